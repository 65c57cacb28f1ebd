//! An open session, as the trait wants it, and its end on every path.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::channel::{Ask, Auth, Channel, Reply};
use super::expand::Expand;
use super::place::Place;
use super::shelf::{Kept, Made, Shelf};
use super::tls::Fingerprint;
use super::token::{LOG_IN, log_out, new_session};
use crate::base::secret::Secret;
use crate::drivers::bmc::error::BmcError;
use crate::drivers::bmc::gate::LoginKey;
use crate::drivers::bmc::{
    BmcFuture, BmcSession, BmcTarget, Boot, CipherSuite, Controller, Identity, Light, LogMark,
    LogPart, Part, PowerAction, PowerState, SensorReading,
};

/// Longest time that a session is kept without a caller: services end those that are still for a minute or less.
const LONGEST_KEPT: Duration = Duration::from_secs(50);
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
    made: Made,
    keep: Duration,
    shelf: Arc<Shelf>,
    state: Arc<Mutex<State>>,
    runtime: Handle,
}

/// What changes while a session is used.
#[derive(Default)]
struct State {
    /// Address of the session, to delete it.
    own_address: Option<String>,
    /// It was kept, and has not answered since: how to log in should it be no more.
    renewal: Option<BmcTarget>,
    /// An answer was lost, or something was done that ends sessions: it is not worth keeping.
    doubtful: bool,
    /// The caller has left.
    ended: bool,
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RedfishSession {
    pub(super) fn new(
        channel: Channel,
        place: Place,
        root: Value,
        expand: Expand,
        target: &BmcTarget,
        own_address: Option<String>,
        shelf: Arc<Shelf>,
    ) -> Self {
        let state = State {
            own_address,
            ..State::default()
        };
        Self {
            channel: Arc::new(channel),
            place: Arc::new(place),
            root,
            expand,
            system: None,
            expected: target.expected_guid.clone(),
            user: target.user.clone(),
            until: Instant::now() + CALL,
            made: Made {
                login: LoginKey::of(target),
                trust: target.trust,
            },
            keep: target.keep.min(LONGEST_KEPT),
            shelf,
            state: Arc::new(Mutex::new(state)),
            runtime: Handle::current(),
        }
    }

    /// Takes a kept session up.
    pub(super) fn resume(kept: Kept, place: Place, target: &BmcTarget, shelf: Arc<Shelf>) -> Self {
        let auth = kept.channel.auth();
        let channel = kept.channel.with(auth, target.patience, place.reporter());
        let (system, chosen_by) = kept.system;
        let own_address = Some(kept.own_address);
        let mut session = Self::new(
            channel,
            place,
            kept.root,
            kept.expand,
            target,
            own_address,
            shelf,
        );
        session.state().renewal = Some(target.clone());
        // The place aside ends here: the session is counted by its new one.
        drop(kept.place);
        session.system = system.filter(|_| chosen_by == target.expected_guid);
        session.made = kept.made;
        session
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// What follows ends the session on many controllers.
    pub(super) fn doubt(&self) {
        self.state().doubtful = true;
    }

    /// Sends a request; a kept session that turns out to be no more is made anew, once, before anything was done in it.
    pub(super) async fn exchange(&self, ask: &Ask<'_>) -> Result<Reply, BmcError> {
        let outcome = self.channel.send(ask).await;
        let renewal = self.state().renewal.take();
        let outcome = match (outcome, renewal) {
            (Ok(reply), Some(target)) if reply.status == 401 => {
                if self.renew(target).await? {
                    self.channel.send(ask).await
                } else {
                    Ok(reply)
                }
            }
            (outcome, _) => outcome,
        };
        if !matches!(&outcome, Ok(reply) if reply.status != 401) {
            self.doubt();
        }
        outcome
    }

    /// Logs in again; `false` where there are no sessions any more. Goes on when the caller vanishes: a session that came
    /// about is deleted then.
    async fn renew(&self, target: BmcTarget) -> Result<bool, BmcError> {
        let (channel, place) = (self.channel.clone(), self.place.clone());
        let (state, root) = (self.state.clone(), self.root.clone());
        let lost = || BmcError::Closed {
            at: self.channel.here(LOG_IN),
        };
        let renewing = self.runtime.spawn(async move {
            let old = locked(&state).own_address.take();
            if let Some(address) = old {
                // Gone, most likely; if it is not, there must not be two.
                log_out(&channel, &address).await;
            }
            let anonymous = channel.with(Auth::Anonymous, target.patience, place.reporter());
            let Some(made) = new_session(&anonymous, &place, &target, &root).await? else {
                return Ok(false);
            };
            channel.show(Auth::Token(made.token));
            let unwanted = {
                let mut state = locked(&state);
                if state.ended {
                    made.address
                } else {
                    state.own_address = made.address;
                    None
                }
            };
            if let Some(address) = unwanted {
                log_out(&channel, &address).await;
            }
            Ok(true)
        });
        renewing.await.map_err(|_| lost())?
    }

    /// Puts the session aside for the next caller, where that was asked for and it is in order.
    fn put_aside(&self) -> bool {
        let mut state = self.state();
        if self.keep.is_zero() || state.doubtful || *self.channel.stopping.borrow() {
            return false;
        }
        let Some(own_address) = state.own_address.take() else {
            return false;
        };
        let kept = Kept {
            made: self.made,
            channel: Arc::new(
                self.channel
                    .with(self.channel.auth(), self.channel.patience, None),
            ),
            root: self.root.clone(),
            expand: self.expand,
            system: (self.system.clone(), self.expected.clone()),
            own_address,
            place: self.place.aside(),
        };
        let stopping = self.channel.stopping.clone();
        match self.shelf.keep(kept, self.keep, stopping) {
            None => true,
            Some(kept) => {
                state.own_address = Some(kept.own_address);
                false
            }
        }
    }

    /// Begins a call of the trait: its time runs from here.
    fn begin(&mut self) -> &mut Self {
        self.until = Instant::now() + CALL;
        self
    }

    /// Deletes the session on the BMC, in the background; until that is done the gate is held.
    fn delete(&mut self) -> Option<JoinHandle<()>> {
        let address = {
            let mut state = self.state();
            state.ended = true;
            state.own_address.take()?
        };
        let (channel, place) = (self.channel.clone(), self.place.clone());
        Some(self.runtime.spawn(async move {
            log_out(&channel, &address).await;
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

    fn light(&mut self) -> BmcFuture<'_, Option<Light>> {
        Box::pin(self.begin().read_indicator())
    }

    fn serials(&mut self) -> BmcFuture<'_, Vec<String>> {
        Box::pin(self.begin().read_serials())
    }

    fn boot(&mut self) -> BmcFuture<'_, Option<Boot>> {
        Box::pin(self.begin().read_boot())
    }

    fn set_boot(&mut self, boot: Boot) -> BmcFuture<'_, ()> {
        Box::pin(self.begin().write_boot(boot))
    }

    fn reset_controller(&mut self) -> BmcFuture<'_, ()> {
        self.doubt();
        Box::pin(self.begin().restart_controller())
    }

    fn set_password(&mut self, password: Secret) -> BmcFuture<'_, ()> {
        self.doubt();
        Box::pin(self.begin().write_password(password))
    }

    fn unsupported_error(&self, what: &'static str) -> BmcError {
        BmcError::Unsupported {
            at: self.channel.here(what),
        }
    }

    fn close(mut self: Box<Self>) -> BmcFuture<'static, ()> {
        Box::pin(async move {
            if self.put_aside() {
                return Ok(());
            }
            if let Some(deleting) = self.delete() {
                // It runs on also when nobody waits for it any more.
                let _ = deleting.await;
            }
            Ok(())
        })
    }
}
