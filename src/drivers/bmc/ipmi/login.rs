//! Logging in: suite after suite, failures to typed errors.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::hub::{IpmiHub, Shared};
use super::link::{Broken, Link, Start};
use super::session::IpmiSession;
use crate::drivers::bmc::error::{Acted, BmcError, CredentialFault, Step, Where};
use crate::drivers::bmc::gate::Permit;
use crate::drivers::bmc::{BmcTarget, CipherSuite};
use crate::wire::rmcp::{Event, Failure, Login, LoginLimit, RakpStatus, Stage};

/// Logins tried over again when an answer of the last step was lost and the BMC has moved on.
const FRESH_STARTS: u32 = 2;

/// Random octets for one login.
struct Dice {
    console_session: u32,
    console_random: [u8; 16],
    seed: [u8; 32],
    first_tag: u8,
}

impl Dice {
    fn roll() -> io::Result<Self> {
        let (mut console_random, mut seed, mut rest) = ([0; 16], [0; 32], [0; 5]);
        for octets in [&mut console_random[..], &mut seed, &mut rest] {
            getrandom::fill(octets).map_err(|_| io::Error::from(io::ErrorKind::Other))?;
        }
        let [a, b, c, d, first_tag] = rest;
        Ok(Self {
            // Never 0: that means "no session".
            console_session: u32::from_le_bytes([a, b, c, d]) | 1,
            console_random,
            seed,
            first_tag,
        })
    }
}

/// One login attempt's end.
enum Outcome {
    Open(Link),
    /// The next suite may do.
    SuiteRefused(Option<RakpStatus>, Where, Option<Permit>),
    /// The same again may do.
    StartAfresh(BmcError, Option<Permit>),
    Failed(BmcError),
}

struct Attempt<'a> {
    shared: &'a Arc<Shared>,
    target: &'a BmcTarget,
    begun: Instant,
}

impl IpmiHub {
    /// Logs in to a BMC with the first of its suites that is accepted. `permit` is held until
    /// the session is closed.
    ///
    /// # Errors
    /// [`BmcError`], see its variants.
    pub async fn open(
        &self,
        target: &BmcTarget,
        permit: Option<Permit>,
    ) -> Result<IpmiSession, BmcError> {
        let attempt = Attempt {
            shared: &self.shared,
            target,
            begun: Instant::now(),
        };
        attempt.all_suites(permit).await
    }
}

impl Attempt<'_> {
    fn at(&self, stage: Stage, attempt: u32) -> Where {
        Where {
            target: self.target.address,
            step: Step::Login(stage),
            elapsed: self.begun.elapsed(),
            attempt,
        }
    }

    async fn all_suites(&self, mut permit: Option<Permit>) -> Result<IpmiSession, BmcError> {
        let mut refusal = (None, self.at(Stage::Open, 0));
        for suite in &self.target.suites {
            let mut starts = 0;
            loop {
                starts += 1;
                match self.one_suite(*suite, permit.take()).await {
                    Outcome::Open(link) => {
                        let shelf = Arc::clone(&self.shared.shelf);
                        return Ok(IpmiSession::new(link, self.target, *suite, shelf));
                    }
                    Outcome::StartAfresh(_, kept) if starts < FRESH_STARTS => permit = kept,
                    Outcome::StartAfresh(error, _) | Outcome::Failed(error) => return Err(error),
                    Outcome::SuiteRefused(status, at, kept) => {
                        permit = kept;
                        refusal = (status, at);
                        break;
                    }
                }
            }
        }
        let (status, at) = refusal;
        Err(BmcError::SuiteRefused {
            at,
            offered: self.target.suites.clone(),
            status,
        })
    }

    async fn one_suite(&self, suite: CipherSuite, permit: Option<Permit>) -> Outcome {
        let mut link = match self.start(suite, permit).await {
            Ok(link) => link,
            Err(error) => return Outcome::Failed(error),
        };
        match link.event().await {
            Ok(Event::Opened) => Outcome::Open(link),
            Ok(Event::Failed {
                stage,
                failure,
                attempts,
            }) => self.failed(&mut link, failure, self.at(stage, attempts)),
            Ok(_) => Outcome::Failed(BmcError::Closed {
                at: self.at(Stage::Over, 0),
            }),
            Err(broken) => {
                let (stage, attempts) = link
                    .client()
                    .map_or((Stage::Over, 0), |c| (c.stage(), c.attempts()));
                Outcome::Failed(broken.into_error(self.at(stage, attempts), Acted::No))
            }
        }
    }

    async fn start(&self, suite: CipherSuite, permit: Option<Permit>) -> Result<Link, BmcError> {
        let at = || self.at(Stage::Open, 0);
        if *self.shared.stopping.borrow() {
            return Err(BmcError::Cancelled {
                at: at(),
                acted: Acted::No,
            });
        }
        let network = |error: &io::Error| BmcError::Network {
            at: at(),
            kind: error.kind(),
        };
        let slots = Arc::clone(&self.shared.slots);
        let slot = slots
            .acquire_owned()
            .await
            .map_err(|_| BmcError::Cancelled {
                at: at(),
                acted: Acted::No,
            })?;
        let dice = Dice::roll().map_err(|error| network(&error))?;
        let start = Start {
            login: self
                .login(suite, &dice)
                .map_err(|limit| BmcError::Credentials {
                    at: at(),
                    fault: CredentialFault::TooLong(limit),
                })?,
            timing: self.target.timing,
            first_tag: dice.first_tag,
            seed: dice.seed,
            peer: self.target.address,
            slot,
        };
        Link::start(self.shared, start, permit)
            .await
            .map_err(|(error, _)| network(&error))
    }

    fn login(&self, suite: CipherSuite, dice: &Dice) -> Result<Login, LoginLimit> {
        let target = self.target;
        let mut login = Login::new(
            &target.user,
            target.password.expose(),
            target.kg.as_ref().map(|kg| kg.expose().as_bytes()),
            dice.console_session,
            dice.console_random,
        )?;
        login.suite = suite;
        login.privilege = target.privilege;
        login.lookup = target.lookup;
        Ok(login)
    }

    fn failed(&self, link: &mut Link, failure: Failure, at: Where) -> Outcome {
        let refused = |link: &Link, at, fault| {
            link.credentials_refused();
            Outcome::Failed(BmcError::Credentials { at, fault })
        };
        match failure {
            Failure::NoAnswer => Outcome::Failed(BmcError::NoAnswer {
                at,
                acted: Acted::No,
            }),
            Failure::NotUnderstood(fault) => Outcome::Failed(BmcError::NotUnderstood { at, fault }),
            Failure::OtherSuite(_) => Outcome::SuiteRefused(None, at, link.take_permit()),
            Failure::PasswordDiffers => refused(link, at, CredentialFault::UserOrPassword),
            Failure::KeyDiffers => refused(link, at, CredentialFault::Kg),
            Failure::Refused(status) => self.refused(link, status, at),
        }
    }

    /// A BMC's refusal. The stage decides what a code is about: in Open Session no name was
    /// given yet.
    fn refused(&self, link: &mut Link, status: RakpStatus, at: Where) -> Outcome {
        let later = at.step != Step::Login(Stage::Open);
        if status.slots_full() {
            Outcome::Failed(BmcError::SessionSlotsFull { at })
        } else if status.refuses_suite() {
            Outcome::SuiteRefused(Some(status), at, link.take_permit())
        } else if status.refuses_privilege() {
            Outcome::Failed(BmcError::Privilege { at })
        } else if later && status.refuses_credentials() {
            link.credentials_refused();
            let fault = if status == RakpStatus::UNAUTHORIZED_NAME {
                CredentialFault::User
            } else {
                CredentialFault::UserOrPassword
            };
            Outcome::Failed(BmcError::Credentials { at, fault })
        } else if later && status == RakpStatus::INVALID_SESSION {
            let permit = link.take_permit();
            Outcome::StartAfresh(BmcError::Refused { at, status }, permit)
        } else {
            Outcome::Failed(BmcError::Refused { at, status })
        }
    }
}

impl Broken {
    /// The error of a link that broke under a command that acts or does not.
    pub(super) fn into_error(self, at: Where, acted: Acted) -> BmcError {
        match self {
            Self::Stopping => BmcError::Cancelled { at, acted },
            Self::Send(error) => BmcError::Network {
                at,
                kind: error.kind(),
            },
        }
    }
}
