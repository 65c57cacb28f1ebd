//! The door to BMCs: gate first, then a session.

use std::path::Path;
use std::time::Duration;

use super::error::BmcError;
use super::gate::{Gates, Priority};
use super::ipmi::IpmiHub;
use super::redfish::RedfishHub;
use super::{BmcSession, BmcTarget, Protocol};

/// Gates and protocol drivers of one process. Create one and share it.
pub struct BmcAccess {
    gates: Gates,
    ipmi: IpmiHub,
    redfish: RedfishHub,
}

impl BmcAccess {
    /// Access with a pause of `pacing` between two sessions with the same BMC.
    pub fn new(pacing: Duration) -> Self {
        Self {
            gates: Gates::new(pacing),
            ipmi: IpmiHub::new(),
            redfish: RedfishHub::new(None),
        }
    }

    /// The same, where certificates of Redfish services may also be vouched for by the authorities of a PEM file.
    #[must_use]
    pub fn with_authorities(self, file: &Path) -> Self {
        Self {
            redfish: RedfishHub::new(Some(file)),
            ..self
        }
    }

    /// Waits for the BMC's gate and logs in. The gate stays held until the session is closed on
    /// the BMC, also when session or future is just dropped.
    ///
    /// # Errors
    /// [`BmcError`]; after `Credentials` every later call with the same credentials is refused
    /// without a packet sent.
    pub async fn open(
        &self,
        target: &BmcTarget,
        priority: Priority,
    ) -> Result<Box<dyn BmcSession>, BmcError> {
        let permit = self.gates.enter(target, priority).await?;
        Ok(match target.protocol {
            Protocol::Ipmi => Box::new(self.ipmi.open(target, Some(permit)).await?),
            Protocol::Redfish => Box::new(self.redfish.open(target, Some(permit)).await?),
        })
    }

    /// The gates, to see and resume stopped ones.
    pub const fn gates(&self) -> &Gates {
        &self.gates
    }

    /// Stops: running calls end with `Cancelled`, every open session is closed. Returns how
    /// many sessions could not be closed within `budget`.
    pub async fn shutdown(&self, budget: Duration) -> usize {
        let (ipmi, redfish) =
            tokio::join!(self.ipmi.shutdown(budget), self.redfish.shutdown(budget));
        ipmi + redfish
    }
}
