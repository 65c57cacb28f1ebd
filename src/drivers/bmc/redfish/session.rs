//! An open session, as the trait wants it, and its end on every path.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::channel::{Ask, Channel};
use super::expand::Expand;
use super::place::Place;
use super::tls::Fingerprint;
use crate::base::secret::Secret;
use crate::drivers::bmc::error::{Acted, BmcError};
use crate::drivers::bmc::{
    BmcFuture, BmcSession, BmcTarget, Boot, CipherSuite, Controller, Identity, LogMark, LogPart,
    Part, PowerAction, PowerState, SensorReading,
};

/// Longest wait for the answer to a deletion.
const CLOSING: Duration = Duration::from_secs(5);
/// Longest time for a call of the trait; such a call may need hundreds of requests.
const CALL: Duration = Duration::from_secs(120);

/// A session with one service, or name and password for each request where it has no sessions.
pub struct RedfishSession {
    pub(super) channel: Arc<Channel>,
    pub(super) place: Arc<Place>,
    pub(super) root: Value,
    pub(super) expand: Expand,
    /// Address of the machine's ComputerSystem, once it was found.
    pub(super) system: Option<String>,
    /// UUID of the machine that is meant, where the service has several.
    pub(super) expected: Option<String>,
    pub(super) user: String,
    pub(super) until: Instant,
    /// Address of the session, to delete it.
    own_address: Option<String>,
    runtime: Handle,
}

impl RedfishSession {
    pub(super) fn new(
        channel: Channel,
        place: Place,
        root: Value,
        expand: Expand,
        target: &BmcTarget,
        own_address: Option<String>,
    ) -> Self {
        Self {
            channel: Arc::new(channel),
            place: Arc::new(place),
            root,
            expand,
            system: None,
            expected: target.expected_guid.clone(),
            user: target.user.clone(),
            until: Instant::now() + CALL,
            own_address,
            runtime: Handle::current(),
        }
    }

    /// Begins a call of the trait: its time runs from here.
    fn begin(&mut self) -> &mut Self {
        self.until = Instant::now() + CALL;
        self
    }

    /// Deletes the session on the BMC, in the background; until that is done the gate is held.
    fn delete(&mut self) -> Option<JoinHandle<()>> {
        let address = self.own_address.take()?;
        let (channel, place) = (self.channel.clone(), self.place.clone());
        Some(self.runtime.spawn(async move {
            let mut ask = Ask::of("log out", Method::DELETE, &address, None, Acted::No);
            ask.patience = Some(CLOSING);
            match channel.send(&ask).await {
                Ok(reply) if reply.is_success() || reply.status == 404 || reply.status == 401 => {}
                Ok(reply) => {
                    tracing::debug!(at = %reply.at, status = reply.status, "session not deleted")
                }
                Err(error) => tracing::debug!(%error, "session not deleted"),
            }
            drop(place);
        }))
    }
}

impl Drop for RedfishSession {
    fn drop(&mut self) {
        drop(self.delete());
    }
}

impl BmcSession for RedfishSession {
    fn protocol(&self) -> &'static str {
        "redfish"
    }

    fn cipher_suite(&self) -> Option<CipherSuite> {
        None
    }

    fn certificate(&self) -> Option<Fingerprint> {
        self.channel.shown.fingerprint()
    }

    fn power_state(&mut self) -> BmcFuture<'_, PowerState> {
        Box::pin(self.begin().read_power())
    }

    fn power(&mut self, action: PowerAction) -> BmcFuture<'_, ()> {
        Box::pin(self.begin().act(action))
    }

    fn identity(&mut self) -> BmcFuture<'_, Identity> {
        Box::pin(self.begin().read_identity())
    }

    fn sensors(&mut self) -> BmcFuture<'_, Vec<SensorReading>> {
        Box::pin(self.begin().read_sensors())
    }

    fn event_log(&mut self, mark: LogMark, most: usize) -> BmcFuture<'_, LogPart> {
        Box::pin(self.begin().read_log(mark, most))
    }

    fn parts(&mut self) -> BmcFuture<'_, Vec<Part>> {
        Box::pin(self.begin().read_parts())
    }

    fn controller(&mut self) -> BmcFuture<'_, Controller> {
        Box::pin(self.begin().read_controller())
    }

    fn power_draw(&mut self) -> BmcFuture<'_, Option<u32>> {
        Box::pin(self.begin().read_power_draw())
    }

    fn identify(&mut self, seconds: u8) -> BmcFuture<'_, ()> {
        Box::pin(self.begin().switch_indicator(seconds > 0))
    }

    fn boot(&mut self) -> BmcFuture<'_, Option<Boot>> {
        Box::pin(self.begin().read_boot())
    }

    fn set_boot(&mut self, boot: Boot) -> BmcFuture<'_, ()> {
        Box::pin(self.begin().write_boot(boot))
    }

    fn reset_controller(&mut self) -> BmcFuture<'_, ()> {
        Box::pin(self.begin().restart_controller())
    }

    fn set_password(&mut self, password: Secret) -> BmcFuture<'_, ()> {
        Box::pin(self.begin().write_password(password))
    }

    fn unsupported_error(&self, what: &'static str) -> BmcError {
        BmcError::Unsupported {
            at: self.channel.here(what),
        }
    }

    fn close(mut self: Box<Self>) -> BmcFuture<'static, ()> {
        Box::pin(async move {
            if let Some(deleting) = self.delete() {
                // It runs on also when nobody waits for it any more.
                let _ = deleting.await;
            }
            Ok(())
        })
    }
}
