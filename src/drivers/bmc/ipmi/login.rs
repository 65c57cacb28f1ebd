//! Logging in: suite after suite, failures to typed errors.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::lines::Seat;
use super::link::{Broken, Link, Start};
use super::order::Opened;
use super::sockets::Sockets;
use crate::drivers::bmc::error::{Acted, BmcError, CredentialFault, Step, V15Fault, Where};
use crate::drivers::bmc::{BmcTarget, CipherSuite};
use crate::wire::ipmi::completion;
use crate::wire::rmcp::{Event, Failure, Generation, Login, LoginLimit, RakpStatus, Stage};

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
pub(super) enum Outcome {
    Open(Link),
    /// The next suite may do.
    SuiteRefused(Option<RakpStatus>, Where),
    /// The same again may do.
    StartAfresh(BmcError),
    Failed(BmcError),
}

/// A login under way.
pub(super) struct Attempt {
    pub(super) sockets: Arc<Sockets>,
    pub(super) target: Arc<BmcTarget>,
    pub(super) seat: Arc<Seat>,
    pub(super) begun: Instant,
}

impl Attempt {
    /// Where a failure of this login happened.
    pub(super) fn at(&self, stage: Stage, attempt: u32) -> Where {
        Where {
            target: self.target.address,
            step: Step::Login(stage),
            elapsed: self.begun.elapsed(),
            attempt,
        }
    }

    /// Logs in: with IPMI 2.0, or, where that is allowed and the BMC has no 2.0, with 1.5.
    pub(super) async fn login(&self) -> Result<(Link, Opened), BmcError> {
        match self.elder().await? {
            Some(Outcome::Open(link)) => Ok(opened(link, None)),
            Some(Outcome::Failed(error) | Outcome::StartAfresh(error)) => Err(error),
            Some(Outcome::SuiteRefused(_, at)) => Err(BmcError::Unsupported { at }),
            None => match self.all_suites().await {
                Err(error) => Err(self.explained(error).await),
                opened => opened,
            },
        }
    }

    /// Logs in with the first of the target's suites that is accepted.
    async fn all_suites(&self) -> Result<(Link, Opened), BmcError> {
        let mut refusal = (None, self.at(Stage::Open, 0));
        for suite in &self.target.suites {
            let mut starts = 0;
            loop {
                starts += 1;
                match self.one(Generation::V20, *suite).await {
                    Outcome::Open(link) => return Ok(opened(link, Some(*suite))),
                    Outcome::StartAfresh(_) if starts < FRESH_STARTS => {}
                    Outcome::StartAfresh(error) | Outcome::Failed(error) => return Err(error),
                    Outcome::SuiteRefused(status, at) => {
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

    /// One login of a kind; a session of IPMI 1.5 has no suite.
    pub(super) async fn one(&self, generation: Generation, suite: CipherSuite) -> Outcome {
        let mut link = match self.start(generation, suite).await {
            Ok(link) => link,
            Err(error) => return Outcome::Failed(error),
        };
        match link.event().await {
            Ok(Event::Opened) => Outcome::Open(link),
            Ok(Event::Failed {
                stage,
                failure,
                attempts,
            }) => self.failed(failure, self.at(stage, attempts)),
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

    async fn start(&self, generation: Generation, suite: CipherSuite) -> Result<Link, BmcError> {
        let at = || self.at(Stage::Open, 0);
        if *self.sockets.stopping.borrow() {
            return Err(BmcError::Cancelled {
                at: at(),
                acted: Acted::No,
            });
        }
        let network = |error: &io::Error| BmcError::Network {
            at: at(),
            kind: error.kind(),
        };
        let dice = Dice::roll().map_err(|error| network(&error))?;
        let start = Start {
            login: self.keys_to(generation, suite, &dice).map_err(|limit| {
                BmcError::Credentials {
                    at: at(),
                    fault: CredentialFault::TooLong(limit),
                }
            })?,
            timing: self.target.timing,
            first_tag: dice.first_tag,
            seed: dice.seed,
            peer: self.target.address,
            seat: Arc::clone(&self.seat),
        };
        Link::start(&self.sockets, start)
            .await
            .map_err(|error| network(&error))
    }

    fn keys_to(
        &self,
        generation: Generation,
        suite: CipherSuite,
        dice: &Dice,
    ) -> Result<Login, LoginLimit> {
        let target = &self.target;
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
        match generation {
            Generation::V20 => Ok(login),
            Generation::V15 => login.v15(),
        }
    }

    fn failed(&self, failure: Failure, at: Where) -> Outcome {
        let refused = |at, fault| Outcome::Failed(BmcError::Credentials { at, fault });
        match failure {
            Failure::NoAnswer => Outcome::Failed(BmcError::NoAnswer {
                at,
                acted: Acted::No,
            }),
            Failure::NotUnderstood(fault) => Outcome::Failed(BmcError::NotUnderstood { at, fault }),
            Failure::OtherSuite(_) => Outcome::SuiteRefused(None, at),
            Failure::PasswordDiffers => refused(at, CredentialFault::UserOrPassword),
            Failure::KeyDiffers => refused(at, CredentialFault::Kg),
            Failure::Refused(status) => refusal(status, at),
            Failure::Unprotected => Outcome::Failed(BmcError::V15 {
                at,
                fault: V15Fault::Unprotected,
            }),
            Failure::Completion(completion::NODE_BUSY) => Outcome::Failed(BmcError::Busy { at }),
            Failure::Completion(code) => Outcome::Failed(BmcError::Completion { at, code }),
        }
    }
}

/// A BMC's refusal. The stage decides what a code is about: in Open Session no name was given
/// yet.
fn refusal(status: RakpStatus, at: Where) -> Outcome {
    let later = at.step != Step::Login(Stage::Open);
    if status.slots_full() {
        Outcome::Failed(BmcError::SessionSlotsFull { at })
    } else if status.refuses_suite() {
        Outcome::SuiteRefused(Some(status), at)
    } else if status.refuses_privilege() {
        Outcome::Failed(BmcError::Privilege { at })
    } else if later && status.refuses_credentials() {
        let fault = if status == RakpStatus::UNAUTHORIZED_NAME {
            CredentialFault::User
        } else {
            CredentialFault::UserOrPassword
        };
        Outcome::Failed(BmcError::Credentials { at, fault })
    } else if later && status == RakpStatus::INVALID_SESSION {
        Outcome::StartAfresh(BmcError::Refused { at, status })
    } else {
        Outcome::Failed(BmcError::Refused { at, status })
    }
}

fn opened(mut link: Link, suite: Option<CipherSuite>) -> (Link, Opened) {
    let guid = link.client().and_then(|client| client.bmc_guid());
    let opened = Opened {
        suite,
        guid,
        quirks: Arc::default(),
        raised: Arc::new(AtomicBool::new(false)),
    };
    (link, opened)
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
