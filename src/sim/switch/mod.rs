//! Simulated switches and PDUs on loopback: SNMP v2c and v3, ifTable and ifXTable with counters of a
//! believable day, neighbours and chassis, and faults that can be set while they run.
//!
//! Thousands fit into one process (a socket and a task each): mind the limit of open files.

mod beside;
mod mib;
mod pdu;
mod spec;
mod state;
mod traffic;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::snmp::{
    Agent, AuthProtocol, AuthoritativeEngine, MasterKeys, Oid, PersistedAuthoritativeEngine,
    PrivProtocol,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::base::clock::Clock;

use state::State;

pub use pdu::{OutletNow, OutletSpec, PduSpec, Switched};
pub use spec::{Beside, ChassisSpec, NeighbourSpec, PortSpec, SwitchSpec};
pub use state::Fault;
pub use traffic::{Profile, Traffic, Way};

/// Largest answer, as of hardware that does not fragment.
const MESSAGE_OCTETS: usize = 1472;
/// How long a restarted switch may wait for its own port to be free.
const REBIND: Duration = Duration::from_secs(2);

/// Who may read a simulated switch. Keys cost time to make: make one and clone it.
#[derive(Clone)]
pub struct SimAccess {
    community: String,
    users: Vec<(String, MasterKeys)>,
}

impl SimAccess {
    /// Version 2c with this community.
    #[must_use]
    pub fn community(community: &str) -> Self {
        Self {
            community: community.to_owned(),
            users: Vec::new(),
        }
    }

    /// And a user of version 3 with SHA-1 and AES-128.
    ///
    /// # Errors
    /// [`SimError::Password`] for passwords of fewer than eight octets.
    pub fn with_sha1_aes128(self, user: &str, auth: &str, privacy: &str) -> Result<Self, SimError> {
        self.with(AuthProtocol::Sha1, user, auth, privacy)
    }

    /// And a user of version 3 with SHA-256 and AES-128.
    ///
    /// # Errors
    /// [`SimError::Password`] for passwords of fewer than eight octets.
    pub fn with_sha256_aes128(
        self,
        user: &str,
        auth: &str,
        privacy: &str,
    ) -> Result<Self, SimError> {
        self.with(AuthProtocol::Sha256, user, auth, privacy)
    }

    fn with(
        mut self,
        protocol: AuthProtocol,
        user: &str,
        auth: &str,
        privacy: &str,
    ) -> Result<Self, SimError> {
        let keys = MasterKeys::new(protocol, auth.as_bytes())
            .and_then(|keys| keys.with_privacy(PrivProtocol::Aes128, privacy.as_bytes()))
            .map_err(|error| SimError::Password {
                user: user.to_owned(),
                reason: error.to_string(),
            })?;
        self.users.push((user.to_owned(), keys));
        Ok(self)
    }
}

impl std::fmt::Debug for SimAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimAccess").finish_non_exhaustive()
    }
}

/// Why a simulated switch did not start.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// A password no key can be made of.
    #[error("user {user}: {reason}")]
    Password {
        /// Whose.
        user: String,
        /// Why.
        reason: String,
    },
    /// The address is taken or not of this machine, or too many files are open.
    #[error("simulated switch at {address}: {reason}")]
    Start {
        /// Where.
        address: SocketAddr,
        /// Why.
        reason: String,
    },
}

/// A running simulated switch; it stops when dropped.
#[derive(Debug)]
pub struct SimSwitch {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    switched: Switched,
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
}

enum Order {
    Look,
    Restart(oneshot::Sender<Result<(), SimError>>),
}

impl SimSwitch {
    /// Starts a switch at an address of this machine (port 0: any).
    ///
    /// # Errors
    /// [`SimError::Start`].
    pub async fn start(
        address: SocketAddr,
        spec: SwitchSpec,
        access: SimAccess,
    ) -> Result<Self, SimError> {
        Self::start_by(address, spec, access, Clock::default()).await
    }

    /// Starts a switch in a world whose time `clock` shows.
    ///
    /// # Errors
    /// [`SimError::Start`].
    pub async fn start_by(
        address: SocketAddr,
        spec: SwitchSpec,
        access: SimAccess,
        clock: Clock,
    ) -> Result<Self, SimError> {
        let state = Arc::new(Mutex::new(State {
            fault: Fault::None,
            boot: spec.boot,
            since: None,
            frozen_at: None,
            index_shift: 0,
            clock,
        }));
        let engine_id = engine_id(&spec.name, address);
        let mut hardware = Hardware {
            address,
            spec: Arc::new(spec),
            access,
            state: Arc::clone(&state),
            switched: Switched::default(),
            boots: 0,
            engine_id,
        };
        let agent = hardware.agent().await?;
        hardware.address = agent.local_addr();
        let (orders, inbox) = mpsc::channel(4);
        Ok(Self {
            address: hardware.address,
            state,
            switched: hardware.switched.clone(),
            orders,
            task: tokio::spawn(hardware.run(agent, inbox)),
        })
    }

    /// Where it answers.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The outlets of a PDU as they were switched.
    #[must_use]
    pub const fn switched(&self) -> &Switched {
        &self.switched
    }

    /// Sets or clears a fault.
    pub async fn set_fault(&self, fault: Fault) {
        {
            let mut state = self.lock();
            state.fault = fault;
            state.frozen_at = (fault == Fault::Frozen).then(|| state.now());
        }
        let _ = self.orders.send(Order::Look).await;
    }

    /// Starts the switch anew: uptime and counters from 0, one more boot of the v3 engine.
    ///
    /// # Errors
    /// [`SimError::Start`] when its address is gone; it is silent then.
    pub async fn restart(&self) -> Result<(), SimError> {
        {
            let mut state = self.lock();
            state.boot = state.now();
            state.since = Some(state.boot);
        }
        let (done, told) = oneshot::channel();
        let gone = || SimError::Start {
            address: self.address,
            reason: "it has stopped".to_owned(),
        };
        let sent = self.orders.send(Order::Restart(done)).await;
        sent.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }

    /// Gives every port another ifIndex, as some switches do when a card is changed.
    pub fn renumber(&self, shift: u32) {
        self.lock().index_shift = shift;
    }

    /// Clears the counters without a restart, as an operator can.
    pub fn clear_counters(&self) {
        let mut state = self.lock();
        state.since = Some(state.now());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SimSwitch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Hardware {
    address: SocketAddr,
    spec: Arc<SwitchSpec>,
    access: SimAccess,
    state: Arc<Mutex<State>>,
    switched: Switched,
    boots: u32,
    engine_id: Vec<u8>,
}

/// An engine id in text format under the enterprise number for examples (RFC 3411, RFC 5612), the
/// same at every start where the address is.
fn engine_id(name: &str, address: SocketAddr) -> Vec<u8> {
    static UNNUMBERED: AtomicU32 = AtomicU32::new(0);
    let place = match address.port() {
        0 => format!("#{}", UNNUMBERED.fetch_add(1, Ordering::Relaxed)),
        _ => address.to_string(),
    };
    let text = place.bytes().chain(name.bytes()).take(27);
    [0x80, 0x00, 0x7e, 0xd9, 0x04]
        .into_iter()
        .chain(text)
        .collect()
}

impl Hardware {
    async fn run(mut self, mut agent: Agent, mut inbox: mpsc::Receiver<Order>) {
        loop {
            let silent = self.silent();
            let order = tokio::select! {
                order = inbox.recv() => order,
                // Without this the socket only fills: what is in it is answered later.
                outcome = agent.run(), if !silent => {
                    if let Err(error) = outcome {
                        tracing::debug!(address = %self.address, %error, "simulated switch");
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    continue;
                }
            };
            match order {
                None => return,
                Some(Order::Look) => {}
                Some(Order::Restart(done)) => {
                    drop(agent);
                    match self.agent_again().await {
                        Ok(new) => agent = new,
                        Err(error) => {
                            let _ = done.send(Err(error));
                            return;
                        }
                    }
                    let _ = done.send(Ok(()));
                }
            }
        }
    }

    fn silent(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.fault == Fault::Silent
    }

    /// The old socket closes when the last question to it is answered.
    async fn agent_again(&mut self) -> Result<Agent, SimError> {
        let until = tokio::time::Instant::now() + REBIND;
        loop {
            match self.agent().await {
                Ok(agent) => return Ok(agent),
                Err(error) if tokio::time::Instant::now() > until => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    async fn agent(&mut self) -> Result<Agent, SimError> {
        let address = self.address;
        let start = |error: &dyn std::fmt::Display| SimError::Start {
            address,
            reason: error.to_string(),
        };
        let mib = Arc::new(mib::Mib::new(
            Arc::clone(&self.spec),
            Arc::clone(&self.state),
        ));
        let lldp = Arc::new(beside::Objects::lldp(&self.spec));
        let entities = Arc::new(beside::Objects::entities(&self.spec));
        let mut builder = Agent::builder()
            .bind(address.to_string())
            .community(self.access.community.clone().into_bytes())
            .allow_all_access()
            .max_message_size(MESSAGE_OCTETS)
            .max_concurrent_requests(Some(64))
            .handler(Oid::from_slice(&[1, 3, 6, 1, 2, 1]), mib)
            .handler(Oid::from_slice(&beside::LLDP), lldp)
            .handler(Oid::from_slice(&beside::ENTITY), entities);
        if let Some(spec) = &self.spec.pdu {
            let mib = Arc::new(pdu::PduMib::new(spec.clone(), self.switched.clone()));
            builder = builder.handler(pdu::PduMib::root(), mib);
        }
        if !self.access.users.is_empty() {
            let engine = self.engine().map_err(|error| start(&error))?;
            builder = builder.authoritative_engine(engine);
        }
        for (user, keys) in &self.access.users {
            let keys = keys.clone();
            builder = builder
                .usm_user(user.clone(), |user| user.with_master_keys(keys))
                .map_err(|error| start(&error))?;
        }
        let agent = builder.build().await.map_err(|error| start(&error))?;
        self.boots += 1;
        Ok(agent)
    }

    fn engine(&self) -> ::snmp::Result<AuthoritativeEngine> {
        let id = self.engine_id.clone();
        let keep = |_: &PersistedAuthoritativeEngine| Ok::<(), std::io::Error>(());
        match self.boots {
            0 => AuthoritativeEngine::install(id, keep),
            boots => {
                let before = PersistedAuthoritativeEngine::new(id, boots)?;
                AuthoritativeEngine::restart(before, keep)
            }
        }
    }
}
