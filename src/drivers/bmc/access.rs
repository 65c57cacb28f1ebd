//! The door to BMCs: gate first, then a session.

use std::path::Path;
use std::time::Duration;

use super::error::BmcError;
use super::gate::{Gates, Priority, Sharing};
use super::ipmi::{IpmiHub, IpmiSession};
use super::redfish::{RedfishHub, ServiceSeen};
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
        if target.protocol == Protocol::Redfish {
            let permit = self.gates.enter(target, priority).await?;
            return Ok(Box::new(self.redfish.open(target, Some(permit)).await?));
        }
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

    /// The numbers of the cipher suites that a BMC says it offers, asked without a login. Many
    /// do not answer this, or leave out what they have.
    ///
    /// # Errors
    /// [`BmcError`]; `NoAnswer` says little of the BMC.
    pub async fn offered_suites(&self, target: &BmcTarget) -> Result<Vec<u8>, BmcError> {
        let shared = Sharing::Shared;
        let _permit = self
            .gates
            .enter_with(target, Priority::Status, shared)
            .await?;
        self.ipmi
            .offered_suites(target.address, target.timing)
            .await
    }

    /// What a Redfish service says of itself before a login, and the certificate it shows. User and password of the
    /// target are not sent.
    ///
    /// # Errors
    /// [`BmcError`].
    pub async fn service(&self, target: &BmcTarget) -> Result<ServiceSeen, BmcError> {
        let _permit = self.gates.enter(target, Priority::Status).await?;
        self.redfish.service(target).await
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
        let (ipmi, redfish) =
            tokio::join!(self.ipmi.shutdown(budget), self.redfish.shutdown(budget));
        ipmi + redfish
    }
}
