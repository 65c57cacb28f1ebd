//! The line of a room: being opened, open, lost and opened again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::ground::Ground;
use crate::base::fault::{Fault, FaultKind};
use crate::base::ids::DeviceId;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::console::ops::line_target;
use crate::power::console::{Line, LineEvent, LineFault, LineFaultKind, LineFuture, LineState};

/// Waits before a line is opened again, longer each time.
const RESTS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// Wait while another session has the line: it may time out by itself.
const IN_USE_REST: Duration = Duration::from_secs(20);

/// Where the line stands.
pub(super) enum Phase {
    /// Being opened; how often before without success, and whether it was open before.
    Opening(Opening),
    /// Open.
    Open(Box<dyn Line>),
    /// Not there: opened again then, or (none) when someone asks.
    Resting {
        until: Option<Instant>,
        kind: LineFaultKind,
        tries: usize,
    },
}

pub(super) struct Opening {
    result: LineFuture<'static, Result<Box<dyn Line>, LineFault>>,
    before: Option<(LineFaultKind, usize)>,
}

/// What happened to the line.
pub(super) enum Moved {
    Opened(Result<Box<dyn Line>, LineFault>),
    Line(Result<LineEvent, LineFault>),
    Again,
}

impl Phase {
    /// Opens the line, as the database says now that it is reached.
    pub(super) fn opening(ground: &Arc<Ground>, device: DeviceId, evict: bool) -> Self {
        Self::Opening(Opening {
            result: Box::pin(open(ground.clone(), device, evict)),
            before: None,
        })
    }

    /// The same after this phase, which is remembered.
    pub(super) fn open_again(&mut self, ground: &Arc<Ground>, device: DeviceId, evict: bool) {
        let before = match self {
            Self::Resting { kind, tries, .. } => Some((*kind, *tries)),
            Self::Opening(opening) => opening.before,
            Self::Open(_) => None,
        };
        *self = Self::Opening(Opening {
            result: Box::pin(open(ground.clone(), device, evict)),
            before,
        });
    }

    /// Waits for what happens next; can be dropped and asked again.
    pub(super) async fn next(&mut self) -> Moved {
        match self {
            Self::Opening(opening) => Moved::Opened(opening.result.as_mut().await),
            Self::Open(line) => Moved::Line(line.event().await),
            Self::Resting { until: None, .. } => std::future::pending().await,
            Self::Resting {
                until: Some(until), ..
            } => {
                tokio::time::sleep_until(*until).await;
                Moved::Again
            }
        }
    }

    /// The line is open; true when it had been lost or refused before.
    pub(super) fn opened(&mut self, line: Box<dyn Line>) -> bool {
        let again = matches!(
            self,
            Self::Opening(Opening {
                before: Some(_),
                ..
            })
        );
        *self = Self::Open(line);
        again
    }

    /// The line is not there; true when that is news.
    pub(super) fn failed(&mut self, kind: LineFaultKind) -> bool {
        let before = match self {
            Self::Opening(opening) => opening.before,
            Self::Open(_) | Self::Resting { .. } => None,
        };
        let tries = before.map_or(0, |(_, tries)| tries + 1);
        let rest = match kind {
            LineFaultKind::Passing => RESTS.get(tries).or(RESTS.last()).copied(),
            LineFaultKind::InUse => Some(IN_USE_REST),
            _ => None,
        };
        *self = Self::Resting {
            until: rest.map(|rest| Instant::now() + rest),
            kind,
            tries,
        };
        before.is_none_or(|(former, _)| former != kind)
    }

    /// The line's state for people.
    pub(super) const fn state(&self) -> LineState {
        match self {
            Self::Opening(Opening { before: None, .. }) => LineState::Connecting,
            Self::Open(_) => LineState::Open,
            Self::Opening(Opening {
                before: Some((kind, _)),
                ..
            })
            | Self::Resting { kind, .. } => match kind {
                LineFaultKind::Passing => LineState::Waiting,
                LineFaultKind::InUse => LineState::InUse,
                _ => LineState::Refused,
            },
        }
    }

    /// Whether it waits to be opened again.
    pub(super) const fn is_resting(&self) -> bool {
        matches!(self, Self::Resting { .. })
    }

    /// Characters that the BMC has not taken yet.
    pub(super) fn waiting(&self) -> usize {
        match self {
            Self::Open(line) => line.waiting(),
            _ => 0,
        }
    }

    /// Closes the line, if it is open.
    pub(super) async fn close(self) {
        if let Self::Open(line) = self {
            line.close().await;
        }
    }
}

async fn open(
    ground: Arc<Ground>,
    device: DeviceId,
    evict: bool,
) -> Result<Box<dyn Line>, LineFault> {
    let keyring = ground.keyring.clone();
    let actor = Actor::task("consoles", Timestamp::now());
    let target = ground
        .store
        .read(move |c| line_target(c, &actor, &keyring, device))
        .await
        .map_err(|fault| unreachable_line(&fault))?;
    ground.port.open(&target, evict).await
}

fn unreachable_line(fault: &Fault) -> LineFault {
    let kind = match (fault.kind, fault.message.key) {
        (_, "console-fault-credential") => LineFaultKind::Credential,
        (FaultKind::Unavailable, _) => LineFaultKind::Passing,
        _ => LineFaultKind::Lasting,
    };
    LineFault {
        kind,
        text: fault.to_string(),
    }
}
