//! What a run of an intent works with, and how fast.

use std::sync::Arc;
use std::time::Duration;

use crate::base::seal::Keyring;
use crate::power::Action;
use crate::power::ops::Letters;
use crate::power::port::{OutletPort, PowerPort};
use crate::store::Store;

/// What every run needs; cheap to clone.
#[derive(Clone)]
pub(super) struct Means {
    pub(super) store: Store,
    pub(super) keyring: Arc<Keyring>,
    pub(super) port: Arc<dyn PowerPort>,
    /// The way over outlets; none where it is not set up.
    pub(super) outlets: Option<Arc<dyn OutletPort>>,
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

/// A BMC that restarts may take this many times as long as a machine that is switched.
const BMC_PATIENCE: u32 = 5;
/// A boot override that does not read back in this time will not.
const BOOT_PATIENCE: Duration = Duration::from_secs(15);
/// Looks for which a machine stays without power between its outlets' off and on.
const OUTLET_REST_LOOKS: u32 = 10;

impl Pace {
    /// Time in which an action must show.
    pub fn timeout(&self, action: Action) -> Duration {
        match action {
            Action::SoftOff => self.soft_timeout,
            Action::BmcReset => self.hard_timeout.saturating_mul(BMC_PATIENCE),
            Action::BootDevice => self.hard_timeout.min(BOOT_PATIENCE),
            _ => self.hard_timeout,
        }
    }

    /// Time without power when a machine is cycled by its outlets, for its supplies to run empty.
    pub(super) fn outlet_rest(&self) -> Duration {
        self.look.saturating_mul(OUTLET_REST_LOOKS)
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
