//! What a run of an intent works with, and how fast.

use std::sync::Arc;
use std::time::Duration;

use crate::base::seal::Keyring;
use crate::power::Action;
use crate::power::ops::Letters;
use crate::power::port::PowerPort;
use crate::store::Store;

/// What every run needs; cheap to clone.
#[derive(Clone)]
pub(super) struct Means {
    pub(super) store: Store,
    pub(super) keyring: Arc<Keyring>,
    pub(super) port: Arc<dyn PowerPort>,
    pub(super) letters: Letters,
    pub(super) pace: Pace,
    /// Name for claims.
    pub(super) owner: String,
}

/// How fast the executor goes about it.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Time between looks for intents that are due.
    pub interval: Duration,
    /// Time in which a hard action must show.
    pub hard_timeout: Duration,
    /// Time in which a machine that was asked to shut down must be off.
    pub soft_timeout: Duration,
    /// Time between two looks at a machine right after the command; later five times that.
    pub look: Duration,
    /// Machines worked on at the same time.
    pub at_once: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            hard_timeout: Duration::from_secs(60),
            soft_timeout: Duration::from_secs(600),
            look: Duration::from_secs(1),
            at_once: 64,
        }
    }
}

impl Pace {
    /// Time in which an action must show.
    pub const fn timeout(&self, action: Action) -> Duration {
        match action {
            Action::SoftOff => self.soft_timeout,
            _ => self.hard_timeout,
        }
    }

    /// Time until the next look, this long after the command: frequent in the first minute.
    pub(super) fn next_look(&self, after: Duration) -> Duration {
        if after > self.look.saturating_mul(60) {
            self.look.saturating_mul(5)
        } else {
            self.look
        }
    }
}
