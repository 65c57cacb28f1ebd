//! What callers ask of a line.

use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::quirks::Quirks;
use super::side::Side;
use crate::drivers::bmc::CipherSuite;
use crate::drivers::bmc::error::{Acted, BmcError, Step, Where};
use crate::drivers::bmc::gate::{Permit, Priority};
use crate::wire::ipmi::message::Response;
use crate::wire::rmcp::Command;

/// An order to a line.
pub(super) enum Order {
    /// Tell when the session is open, and what it is like.
    Opened(oneshot::Sender<Result<Opened, BmcError>>),
    /// Carry out a command.
    Run(Box<Run>),
    /// Pass serial over LAN on.
    Attach(Side),
    /// Somebody left.
    Left(Box<Left>),
    /// End now: others log in otherwise.
    End,
}

/// What an open session is like.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    /// Suite in use; none in a session of IPMI 1.5.
    pub(super) suite: Option<CipherSuite>,
    /// GUID that the BMC sent at the login.
    pub(super) guid: Option<[u8; 16]>,
    /// What is odd about the controller, once it was asked who it is.
    pub(super) quirks: Arc<OnceLock<Quirks>>,
    /// Whether the privilege was raised; all who share the session see the same.
    pub(super) raised: Arc<AtomicBool>,
}

/// A command and who waits for it.
pub(super) struct Run {
    pub(super) command: Command,
    pub(super) name: &'static str,
    pub(super) acts: Acted,
    pub(super) priority: Priority,
    pub(super) begun: Instant,
    pub(super) reply: oneshot::Sender<Result<(Response, Where), BmcError>>,
}

/// A word at leaving.
pub(super) struct Left {
    /// How long the session is to be kept for others.
    pub(super) keep: Duration,
    /// Given back when the session is kept or closed.
    pub(super) permit: Option<Permit>,
    /// Told when the session is closed, or kept, or left to others.
    pub(super) done: Option<oneshot::Sender<bool>>,
}

impl Run {
    /// Where a failure of this command happened.
    pub(super) fn at(&self, target: SocketAddr, attempt: u32) -> Where {
        Where {
            target,
            step: Step::Command(self.name),
            elapsed: self.begun.elapsed(),
            attempt,
        }
    }
}
