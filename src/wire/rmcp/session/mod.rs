//! The client's side of an RMCP+ session as a state machine.
//!
//! The owner feeds datagrams and time in ([`Client::datagram`], [`Client::tick`]) and takes
//! datagrams, events and the next deadline out. Nothing here opens a socket or reads a clock.

mod client;
mod login;
mod login_v15;
#[cfg(test)]
mod tests;

use std::time::Duration;

use zeroize::Zeroizing;

pub use client::Client;

use super::login::{Lookup, MAX_USER, Privilege};
use super::status::RakpStatus;
use super::suite::{Algorithms, CipherSuite};
use super::v15::MAX_PASSWORD_V15;
use crate::wire::ipmi::DecodeError;
use crate::wire::ipmi::message::Response;

/// Longest password and K_g, in octets (IPMI 22.30, 13.31).
pub const MAX_PASSWORD: usize = 20;

/// Which kind of session is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// IPMI 2.0: RMCP+, encrypted.
    V20,
    /// IPMI 1.5 with MD5: a code on every packet, nothing encrypted.
    V15,
}

/// What a client needs to log in. Secrets are wiped when dropped.
#[derive(Clone)]
pub struct Login {
    pub(super) user: Vec<u8>,
    pub(super) password: Zeroizing<Vec<u8>>,
    pub(super) kg: Option<Zeroizing<Vec<u8>>>,
    /// Kind of session; no other one is opened.
    pub generation: Generation,
    /// Suite to propose; no other one is accepted. IPMI 1.5 has none.
    pub suite: CipherSuite,
    /// Highest privilege to ask for.
    pub privilege: Privilege,
    /// How the BMC finds the user.
    pub lookup: Lookup,
    /// Session id that the BMC is to call us by; not 0.
    pub console_session: u32,
    /// Fresh random octets.
    pub console_random: [u8; 16],
}

/// A name or key that no BMC can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LoginLimit {
    /// User names have at most 16 octets.
    #[error("the user name is longer than {MAX_USER} octets")]
    User,
    /// Passwords have at most 20 octets.
    #[error("the password is longer than {MAX_PASSWORD} octets")]
    Password,
    /// Passwords of IPMI 1.5 have at most 16 octets.
    #[error("the password is longer than the {MAX_PASSWORD_V15} octets of IPMI 1.5")]
    PasswordV15,
    /// K_g has at most 20 octets.
    #[error("the K_g key is longer than {MAX_PASSWORD} octets")]
    Kg,
}

impl Login {
    /// A login with privilege operator, suite 17 and look-up by name; `console_session` and
    /// `console_random` have to be random, the first not 0.
    ///
    /// # Errors
    /// A name or key longer than the protocol can carry.
    pub fn new(
        user: &str,
        password: &str,
        kg: Option<&[u8]>,
        console_session: u32,
        console_random: [u8; 16],
    ) -> Result<Self, LoginLimit> {
        if user.len() > MAX_USER {
            return Err(LoginLimit::User);
        }
        if password.len() > MAX_PASSWORD {
            return Err(LoginLimit::Password);
        }
        if kg.is_some_and(|key| key.len() > MAX_PASSWORD) {
            return Err(LoginLimit::Kg);
        }
        Ok(Self {
            user: user.as_bytes().to_vec(),
            password: Zeroizing::new(password.as_bytes().to_vec()),
            kg: kg.map(|key| Zeroizing::new(key.to_vec())),
            generation: Generation::V20,
            suite: CipherSuite::Seventeen,
            privilege: Privilege::Operator,
            lookup: Lookup::NameOnly,
            console_session,
            console_random,
        })
    }

    /// The same for a session of IPMI 1.5.
    ///
    /// # Errors
    /// `PasswordV15` for a password that only IPMI 2.0 can carry.
    pub fn v15(self) -> Result<Self, LoginLimit> {
        if self.password.len() > MAX_PASSWORD_V15 {
            return Err(LoginLimit::PasswordV15);
        }
        Ok(Self {
            generation: Generation::V15,
            ..self
        })
    }
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("suite", &self.suite)
            .field("privilege", &self.privilege)
            .finish_non_exhaustive()
    }
}

/// How long to wait for an answer, and how often to send again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Wait after the first transmission; doubles each time.
    pub first_wait: Duration,
    /// Longest single wait.
    pub longest_wait: Duration,
    /// Transmissions in all, at least 1.
    pub attempts: u32,
}

impl Default for Timing {
    /// 0.8 s, 1.6 s, 3 s, 3 s: gives up after 8.4 s.
    fn default() -> Self {
        Self {
            first_wait: Duration::from_millis(800),
            longest_wait: Duration::from_secs(3),
            attempts: 4,
        }
    }
}

impl Timing {
    /// The wait after transmission `attempt`, counted from 1.
    pub fn wait(self, attempt: u32) -> Duration {
        let doubled = 1u32
            .checked_shl(attempt.saturating_sub(1))
            .unwrap_or(u32::MAX);
        self.first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait)
    }

    /// How long the answer to a command is waited for that is sent once.
    pub fn in_vain(self) -> Duration {
        self.longest_wait.max(self.first_wait)
    }
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Open Session was asked for.
    Open,
    /// RAKP message 1 was sent.
    Identify,
    /// RAKP message 3 was sent.
    Prove,
    /// Get Session Challenge was asked for (IPMI 1.5).
    Challenge,
    /// Activate Session was asked for (IPMI 1.5).
    Activate,
    /// Activate Session went unanswered; is the BMC there at all?
    Doubt,
    /// Logged in, nothing under way.
    Ready,
    /// A command is under way.
    Command,
    /// Close Session was asked for.
    Close,
    /// Over.
    Over,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open => "open session",
            Self::Identify => "RAKP 1-2",
            Self::Prove => "RAKP 3-4",
            Self::Challenge => "get session challenge",
            Self::Activate | Self::Doubt => "activate session",
            Self::Ready => "session",
            Self::Command => "command",
            Self::Close => "close session",
            Self::Over => "session over",
        })
    }
}

/// Whether a command may be sent again when no answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The same message under the same message number, so that a late answer still fits; but
    /// in a new packet, which the BMC does not drop as a replay when only the answer was lost.
    /// For commands that may be carried out twice.
    Again,
    /// Not at all, only waited for: commands that must not be doubled. Sending the very same
    /// packet again would be no help: not every BMC drops a replay (OpenIPMI's does not). The wait
    /// is short, as whoever asked looks at the state next, and a cycle is seen only while it lasts.
    Never,
}

/// A command to the BMC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Network function, even.
    pub netfn: u8,
    /// Logical unit, 0 to 3.
    pub lun: u8,
    /// Command number.
    pub command: u8,
    /// Parameters.
    pub data: Vec<u8>,
    /// How it may be repeated.
    pub repeat: Repeat,
}

/// Why a login or a command ended badly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nothing came back.
    NoAnswer,
    /// Something came back, but it was not an answer; the last fault found.
    NotUnderstood(DecodeError),
    /// The BMC refused with a status code.
    Refused(RakpStatus),
    /// The BMC refused a command of an IPMI 1.5 login with a completion code that has no status
    /// code of RMCP+ beside it.
    Completion(u8),
    /// The BMC would go on without a code on every packet (IPMI 1.5).
    Unprotected,
    /// The BMC answered with algorithms that were not asked for.
    OtherSuite(Algorithms),
    /// The BMC's proof does not fit the password: wrong password, or a BMC that hides that it
    /// does not know the user. In IPMI 1.5: it ignores our proof and answers other questions.
    PasswordDiffers,
    /// Name and password fit, but the session keys do not: wrong or missing K_g.
    KeyDiffers,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Logged in.
    Opened,
    /// The answer to the command under way.
    Answered(Response),
    /// The login failed (the session is over) or the command went unanswered (it is not).
    Failed {
        /// Where.
        stage: Stage,
        /// Why.
        failure: Failure,
        /// Transmissions made in that stage.
        attempts: u32,
    },
    /// The session is over.
    Closed {
        /// True when the BMC said so.
        confirmed: bool,
    },
}
