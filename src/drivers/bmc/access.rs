//! The door to BMCs: gate first, then a session.

use std::time::Duration;

use super::error::BmcError;
use super::gate::{Gates, Priority, Sharing};
use super::ipmi::{IpmiHub, IpmiSession};
use super::{BmcSession, BmcTarget};

/// Gates and protocol drivers of one process. Create one and share it.
pub struct BmcAccess {
    gates: Gates,
    ipmi: IpmiHub,
}

impl BmcAccess {
    /// Access with a pause of `pacing` between two sessions with the same BMC.
    pub fn new(pacing: Duration) -> Self {
        Self {
            gates: Gates::new(pacing),
            ipmi: IpmiHub::new(),
        }
    }

    /// Waits for the BMC's gate and joins its session, or logs in. There is one session with a
    /// BMC: callers of different priority share it, the next of the same one waits. It is closed
    /// on the BMC when the last has left, also when session or future is just dropped; or it is
    /// kept as long as the target says.
    ///
    /// # Errors
    /// [`BmcError`]; `Paused` when the BMC does not answer; after `Credentials` every later call with the same credentials is refused
    /// without a packet sent.
    pub async fn open(
        &self,
        target: &BmcTarget,
        priority: Priority,
    ) -> Result<Box<dyn BmcSession>, BmcError> {
        Ok(Box::new(self.ipmi(target, priority).await?))
    }

    /// As [`BmcAccess::open`] with priority console: the session of IPMI itself, to attach
    /// serial over LAN to. It may be held for hours; others share it.
    ///
    /// # Errors
    /// As [`BmcAccess::open`].
    pub async fn console(&self, target: &BmcTarget) -> Result<IpmiSession, BmcError> {
        self.ipmi(target, Priority::Console).await
    }

    async fn ipmi(&self, target: &BmcTarget, priority: Priority) -> Result<IpmiSession, BmcError> {
        let shared = Sharing::Shared;
        let permit = self.gates.enter_with(target, priority, shared).await?;
        self.ipmi.open(target, priority, permit).await
    }

    /// The gates, to see and resume stopped ones.
    pub const fn gates(&self) -> &Gates {
        &self.gates
    }

    /// Stops: running calls end with `Cancelled`, every open session is closed. Returns how
    /// many sessions could not be closed within `budget`.
    pub async fn shutdown(&self, budget: Duration) -> usize {
        self.ipmi.shutdown(budget).await
    }
}
