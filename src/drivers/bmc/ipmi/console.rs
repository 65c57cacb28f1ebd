//! Serial over LAN on a session with a BMC (IPMI 2.0, chapter 15 and section 24).

use std::time::{Duration, Instant};

use ipmi_rs::connection::{Message, NetFn};

use super::call::Call;
use super::session::IpmiSession;
use super::side::SolLink;
use crate::drivers::bmc::BmcSession;
use crate::drivers::bmc::error::{BmcError, Step, Where};
use crate::wire::rmcp::{
    ACTIVATE_PAYLOAD, ALREADY_ACTIVE, DEACTIVATE_PAYLOAD, PAYLOAD_DISABLED, SolEnd, SolEvent,
    SolGrant, SolTiming, from_bmc, to_bmc,
};

/// Why a console could not be opened, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Another session of the BMC has serial over LAN.
    #[error("{at}: another session has the console")]
    InUse {
        /// Where.
        at: Where,
    },
    /// Serial over LAN is switched off on the BMC, or not allowed to this user.
    #[error("{at}: serial over LAN is switched off on the BMC")]
    Disabled {
        /// Where.
        at: Where,
    },
    /// The session is one of IPMI 1.5, which has no serial over LAN.
    #[error("{at}: the BMC only has IPMI 1.5, and serial over LAN needs IPMI 2.0; not opened")]
    NeedsV20 {
        /// Where.
        at: Where,
    },
    /// The BMC is that of another machine than the record says.
    #[error("{at}: the BMC reports another GUID ({reported}) than the record")]
    OtherMachine {
        /// Where.
        at: Where,
        /// The GUID that it reports.
        reported: String,
    },
    /// The BMC ended serial over LAN: another session took it, or the host's power changed.
    #[error("{at}: the BMC ended serial over LAN")]
    Deactivated {
        /// Where.
        at: Where,
    },
    /// The session is over, or the BMC stopped acknowledging.
    #[error("{at}: the BMC does not answer any more")]
    Lost {
        /// Where.
        at: Where,
    },
    /// Anything else.
    #[error(transparent)]
    Bmc(#[from] BmcError),
}

/// What happened on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsoleEvent {
    /// Characters of the host, each once and in order.
    Characters(Vec<u8>),
    /// The host sent a break.
    Break,
    /// Characters of the host were lost in the BMC.
    Overrun,
    /// Characters cannot go to the host now.
    Unavailable,
    /// There is room for characters again.
    Room,
}

/// An open console. Dropped, it ends without a word: the BMC frees the line with the session.
pub struct IpmiConsole {
    session: IpmiSession,
    link: SolLink,
    end: SolEnd,
    opened: Instant,
    is_starved: bool,
    was_unavailable: bool,
}

impl IpmiConsole {
    /// Opens the console of a machine on a session with its BMC. `expected_guid` is the GUID that the BMC must report, if
    /// it reports one; with `evict` another session that has the line loses it.
    ///
    /// # Errors
    /// [`ConsoleError`].
    pub async fn open(
        mut session: IpmiSession,
        expected_guid: Option<&str>,
        evict: bool,
    ) -> Result<Self, ConsoleError> {
        if session.is_unencrypted() {
            let at = session.unsupported_error("activate payload").at().clone();
            return Err(ConsoleError::NeedsV20 { at });
        }
        if let Some(expected) = expected_guid {
            refuse_other_machine(&mut session, expected).await?;
        }
        session.raise_privilege().await?;
        // Attached first: the BMC may show something before its answer is here.
        let link = session.sol();
        let grant = activate(&mut session, evict).await?;
        Ok(Self {
            session,
            link,
            end: SolEnd::new(grant.characters_to_bmc(), SolTiming::default()),
            opened: Instant::now(),
            is_starved: false,
            was_unavailable: false,
        })
    }

    /// Takes characters for the host; how many there was room for. After less than all a
    /// [`ConsoleEvent::Room`] follows.
    pub fn write(&mut self, characters: &[u8]) -> usize {
        let taken = self.end.write(characters, Instant::now());
        self.is_starved |= taken < characters.len();
        taken
    }

    /// Sends a break behind what was written.
    pub fn send_break(&mut self) {
        self.end.signal(to_bmc::BREAK, Instant::now());
    }

    /// Characters that the BMC has not taken yet.
    pub fn waiting(&self) -> usize {
        self.end.waiting()
    }

    /// Waits for what happens next. May be dropped and asked again.
    ///
    /// # Errors
    /// `Lost` or `Deactivated`: open it anew.
    pub async fn event(&mut self) -> Result<ConsoleEvent, ConsoleError> {
        loop {
            while let Some(payload) = self.end.transmit() {
                if !self.link.send(payload).await {
                    return Err(ConsoleError::Lost { at: self.at() });
                }
            }
            if self.is_starved && self.end.room() > 0 {
                self.is_starved = false;
                return Ok(ConsoleEvent::Room);
            }
            if let Some(event) = self.end.event() {
                if let Some(told) = self.told(event)? {
                    return Ok(told);
                }
                continue;
            }
            let deadline = self.end.deadline();
            tokio::select! {
                payload = self.link.receive() => {
                    let Some(payload) = payload else {
                        return Err(ConsoleError::Lost { at: self.at() });
                    };
                    if let Err(fault) = self.end.payload(&payload, Instant::now()) {
                        tracing::debug!(%fault, "a payload of serial over LAN was dropped");
                    }
                }
                () = sleep_until(deadline) => self.end.tick(Instant::now()),
            }
        }
    }

    fn told(&mut self, event: SolEvent) -> Result<Option<ConsoleEvent>, ConsoleError> {
        let bits = match event {
            SolEvent::Characters(characters) => {
                self.was_unavailable = false;
                return Ok(Some(ConsoleEvent::Characters(characters)));
            }
            SolEvent::Lost => return Err(ConsoleError::Lost { at: self.at() }),
            SolEvent::Bits(bits) => bits,
        };
        if bits & from_bmc::DEACTIVATED != 0 {
            return Err(ConsoleError::Deactivated { at: self.at() });
        }
        if bits & from_bmc::BREAK != 0 {
            return Ok(Some(ConsoleEvent::Break));
        }
        if bits & from_bmc::OVERRUN != 0 {
            return Ok(Some(ConsoleEvent::Overrun));
        }
        // Said with every refused character; told once.
        let news = bits & from_bmc::UNAVAILABLE != 0 && !self.was_unavailable;
        self.was_unavailable |= news;
        Ok(news.then_some(ConsoleEvent::Unavailable))
    }

    fn at(&self) -> Where {
        Where {
            target: self.session.target,
            step: Step::Command("serial over LAN"),
            elapsed: self.opened.elapsed(),
            attempt: 1,
        }
    }

    /// Ends serial over LAN and leaves the session.
    pub async fn close(mut self) {
        let message = Message::new_request(NetFn::App, DEACTIVATE_PAYLOAD, SolGrant::END.to_vec());
        let call = Call::reading("deactivate payload");
        if let Err(error) = self.session.raw(message, call).await {
            tracing::debug!(%error, "serial over LAN was not ended; it ends with the session");
        }
        self.session.close().await;
    }
}

async fn refuse_other_machine(
    session: &mut IpmiSession,
    expected: &str,
) -> Result<(), ConsoleError> {
    let reported = session.identity().await?.guid;
    match reported {
        Some(guid) if !guid.is_also(expected) => Err(ConsoleError::OtherMachine {
            at: Where {
                target: session.target,
                step: Step::Command("get system guid"),
                elapsed: Duration::ZERO,
                attempt: 1,
            },
            reported: guid.to_string(),
        }),
        _ => Ok(()),
    }
}

/// Activates the payload. A first answer may be lost and the repeated question say that it is
/// active already: then it is our own, and activated anew.
async fn activate(session: &mut IpmiSession, evict: bool) -> Result<SolGrant, ConsoleError> {
    let mut may_end = evict;
    loop {
        let message =
            Message::new_request(NetFn::App, ACTIVATE_PAYLOAD, SolGrant::REQUEST.to_vec());
        let answer = session
            .raw(message, Call::reading("activate payload"))
            .await?;
        match answer.completion {
            ALREADY_ACTIVE if may_end || answer.at.attempt > 1 => {
                may_end = false;
                let end = SolGrant::END.to_vec();
                let message = Message::new_request(NetFn::App, DEACTIVATE_PAYLOAD, end);
                session
                    .raw(message, Call::reading("deactivate payload"))
                    .await?;
            }
            ALREADY_ACTIVE => return Err(ConsoleError::InUse { at: answer.at }),
            PAYLOAD_DISABLED => return Err(ConsoleError::Disabled { at: answer.at }),
            _ => {
                let (data, at) = answer.success()?;
                return SolGrant::decode(&data)
                    .map_err(|fault| ConsoleError::Bmc(BmcError::NotUnderstood { at, fault }));
            }
        }
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
