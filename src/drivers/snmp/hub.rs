//! The sockets, keys and engine clocks all devices share.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ::snmp::{
    Auth, Client, ClientBuilder, DecodeConfig, DesSaltState, EngineCache, MasterKeys,
    PersistedDesSaltState, ResponseShapePolicy, Retry, UdpTransport, UsmConfig,
};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use super::asker::Asker;
use super::counted::{Counted, Traffic};
use super::datagrams::{Datagrams, Way};
use super::error::{SnmpError, SnmpErrorKind, Stage};
use super::known::Known;
use super::poll;
use super::report::PollReport;
use super::target::{AuthProtocol, Credentials, PollOptions, PollPlan, PrivProtocol, SnmpTarget};

/// So many devices are remembered before all are forgotten and prepared anew.
const MOST_DEVICES: usize = 100_000;
const RECEIVE_BUFFER_OCTETS: usize = 4 << 20;

/// Asks devices: one socket for each address family, whatever the number of devices.
pub struct SnmpHub {
    v4: OnceCell<UdpTransport>,
    v6: OnceCell<UdpTransport>,
    /// The quick way of version 2c, by address family too.
    quick_v4: OnceCell<Datagrams>,
    quick_v6: OnceCell<Datagrams>,
    engines: Arc<EngineCache>,
    devices: Mutex<HashMap<Place, Device>>,
    keys: Mutex<HashMap<u64, MasterKeys>>,
    hasher: RandomState,
    des_salts: Option<DesSaltState>,
}

/// One agent may be asked as several users or in several contexts: address, and all a client depends on.
type Place = (SocketAddr, u64);

struct Device {
    client: Client<Counted>,
    traffic: Arc<Traffic>,
    /// What the last poll left, while none is under way.
    known: Option<Known>,
}

/// A device as one poll of it has it.
struct Prepared {
    place: Place,
    client: Client<Counted>,
    traffic: Arc<Traffic>,
    known: Option<Known>,
    /// Whether it was not asked before.
    fresh: bool,
}

/// What came in on the shared sockets since they were opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubStats {
    /// Answers to questions.
    pub answers: u64,
    /// Late, doubled, from elsewhere, or to no question.
    pub discarded: u64,
    /// Not readable as a message at all.
    pub malformed: u64,
}

impl Default for SnmpHub {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for SnmpHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SnmpHub")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl SnmpHub {
    /// A hub; its sockets are opened when they are first needed.
    #[must_use]
    pub fn new() -> Self {
        Self {
            v4: OnceCell::new(),
            v6: OnceCell::new(),
            quick_v4: OnceCell::new(),
            quick_v6: OnceCell::new(),
            engines: Arc::new(EngineCache::new().with_max_capacity(MOST_DEVICES)),
            devices: Mutex::default(),
            keys: Mutex::default(),
            hasher: RandomState::new(),
            des_salts: des_salts(),
        }
    }

    /// Reads one device. One poll of a device at a time; different devices may be read at once.
    ///
    /// # Errors
    /// [`SnmpError`]; no later than the deadline.
    pub async fn poll(
        &self,
        target: &SnmpTarget,
        plan: PollPlan,
        options: PollOptions,
    ) -> Result<PollReport, SnmpError> {
        let begun = Instant::now();
        let until = begun + options.deadline;
        let over = || SnmpErrorKind::Deadline {
            deadline: options.deadline,
        };
        let prepared = timeout_at(until, self.prepared(target)).await;
        let prepared = prepared
            .unwrap_or_else(|_| Err(over()))
            .map_err(|kind| preparation_error(target, begun, kind))?;
        let (client, traffic) = (&prepared.client, &*prepared.traffic);
        let before = traffic.passed();
        let mut asker = Asker::new(client, target, traffic, &options, begun);
        if prepared.known.is_some() {
            let way = self.way(target).await;
            asker.way = way.map_err(|kind| preparation_error(target, begun, kind))?;
        }
        let polled = Box::pin(poll::run(&mut asker, plan, &options, prepared.known));
        let polled = timeout_at(until, polled).await;
        match polled.unwrap_or_else(|_| Err(over())) {
            Ok((mut report, known)) => {
                let passed = traffic.passed().since(before);
                (report.packets, report.octets) = (passed.packets, passed.octets);
                if let Some((boots, time_s)) = self.engine_clock(target) {
                    report.engine_boots = Some(boots);
                    report.engine_time_s = Some(time_s);
                }
                if let Some(device) = lock(&self.devices).get_mut(&prepared.place) {
                    device.known = Some(known);
                }
                Ok(report)
            }
            Err(kind) => {
                let discovered = prepared.fresh && self.engines.get(&target.address).is_some();
                self.forget(prepared.place);
                Err(asker.error(kind).with_discovery(discovered, target))
            }
        }
    }

    /// What came in so far.
    #[must_use]
    pub fn stats(&self) -> HubStats {
        let mut all = HubStats::default();
        for socket in [self.v4.get(), self.v6.get()].into_iter().flatten() {
            let stats = socket.stats();
            all.answers += stats.correlated_datagrams;
            all.discarded += stats.discarded_datagrams;
            all.malformed += stats.malformed_datagrams;
        }
        let quick = [self.quick_v4.get(), self.quick_v6.get()];
        for came in quick.into_iter().flatten().map(Datagrams::came) {
            all.answers += came.answers;
            all.discarded += came.discarded;
            all.malformed += came.malformed;
        }
        all
    }

    /// The quick way to a device of version 2c.
    async fn way<'a>(&'a self, target: &'a SnmpTarget) -> Result<Option<Way<'a>>, SnmpErrorKind> {
        let Credentials::V2c { community } = &target.credentials else {
            return Ok(None);
        };
        let quick = match target.address {
            SocketAddr::V4(_) => &self.quick_v4,
            SocketAddr::V6(_) => &self.quick_v6,
        };
        let open = async || Datagrams::open(target.address, RECEIVE_BUFFER_OCTETS);
        let datagrams = quick.get_or_try_init(open).await;
        let datagrams = datagrams.map_err(SnmpErrorKind::Network)?;
        Ok(Some(Way {
            datagrams,
            community: community.expose().as_bytes(),
        }))
    }

    /// Boots and seconds of the engine of version 3, as it last said them under its key.
    fn engine_clock(&self, target: &SnmpTarget) -> Option<(u32, u64)> {
        let Credentials::V3 { .. } = target.credentials else {
            return None;
        };
        let engine = self.engines.get(&target.address)?;
        let time = engine.authenticated_time()?;
        Some((time.boots(), u64::from(time.latest_received_time())))
    }

    /// After a failure everything is learnt anew: the device may have another engine or key now.
    fn forget(&self, place: Place) {
        lock(&self.devices).remove(&place);
        self.engines.remove(&place.0);
    }

    /// A client for the target, and what is known of its ports.
    async fn prepared(&self, target: &SnmpTarget) -> Result<Prepared, SnmpErrorKind> {
        let place = (target.address, self.settings_of(target));
        if let Some(device) = lock(&self.devices).get_mut(&place) {
            return Ok(Prepared {
                place,
                client: device.client.clone(),
                traffic: Arc::clone(&device.traffic),
                known: device.known.take(),
                fresh: false,
            });
        }
        self.engines.remove(&target.address);
        let (client, traffic) = self.client(target).await?;
        let mut devices = lock(&self.devices);
        if devices.len() >= MOST_DEVICES {
            devices.clear();
        }
        let device = Device {
            client: client.clone(),
            traffic: Arc::clone(&traffic),
            known: None,
        };
        devices.insert(place, device);
        Ok(Prepared {
            place,
            client,
            traffic,
            known: None,
            fresh: true,
        })
    }

    /// The client that polls the target, or one of its own; what is known of its ports stays where it is.
    pub(super) async fn client_of(
        &self,
        target: &SnmpTarget,
    ) -> Result<(Client<Counted>, Arc<Traffic>), SnmpErrorKind> {
        let place = (target.address, self.settings_of(target));
        let there = lock(&self.devices)
            .get(&place)
            .map(|device| (device.client.clone(), Arc::clone(&device.traffic)));
        match there {
            Some(there) => Ok(there),
            None => self.client(target).await,
        }
    }

    async fn client(
        &self,
        target: &SnmpTarget,
    ) -> Result<(Client<Counted>, Arc<Traffic>), SnmpErrorKind> {
        let auth = self.auth(&target.credentials).await?;
        let mut builder = ClientBuilder::new(auth)
            .request_timeout(target.timeout)
            .retry(Retry::none())
            .decode_config(decode_config())
            .response_shape_policy(ResponseShapePolicy::Compatible)
            // Reports about wrong credentials are not signed (RFC 3414 section 3.2): without this
            // they would be dropped and a wrong password would look like silence.
            .allow_unauthenticated_v3_time_correction(true)
            .engine_cache(Arc::clone(&self.engines));
        if let Some(salts) = &self.des_salts {
            builder = builder.des_salt_state(salts.clone());
        }
        let socket = self.socket(target.address).await?;
        let handle = socket.handle(target.address).map_err(library)?;
        let counted = Counted::new(handle.strict_source(true));
        let traffic = counted.traffic();
        let client = builder.build_with_transport(counted).map_err(library)?;
        Ok((client, traffic))
    }

    async fn socket(&self, address: SocketAddr) -> Result<&UdpTransport, SnmpErrorKind> {
        let (socket, any) = match address {
            SocketAddr::V4(_) => (&self.v4, "0.0.0.0:0"),
            SocketAddr::V6(_) => (&self.v6, "[::]:0"),
        };
        let bind = || {
            UdpTransport::builder()
                .bind(any)
                .recv_buffer_size(RECEIVE_BUFFER_OCTETS)
                .warn_on_source_mismatch(false)
                .build()
        };
        socket.get_or_try_init(bind).await.map_err(library)
    }

    async fn auth(&self, credentials: &Credentials) -> Result<Auth, SnmpErrorKind> {
        let (user, auth, privacy, context) = match credentials {
            Credentials::V2c { community } => return Ok(Auth::v2c(community.expose().to_owned())),
            Credentials::V3 {
                user,
                auth,
                privacy,
                context,
            } => (user, auth, privacy, context),
        };
        let config = UsmConfig::new(user.clone()).context_name(context.clone());
        match (auth, privacy) {
            (None, None) => Ok(config.into()),
            (None, Some(_)) => Err(SnmpErrorKind::Settings(
                "privacy needs authentication".to_owned(),
            )),
            (Some(_), _) => {
                let keys = self.keys_of(credentials).await?;
                let config = config.with_master_keys(keys).map_err(settings)?;
                Ok(config.into())
            }
        }
    }

    /// Keys from passwords cost a megabyte of hashing each: made once per password, off the loop.
    async fn keys_of(&self, credentials: &Credentials) -> Result<MasterKeys, SnmpErrorKind> {
        let Credentials::V3 {
            auth: Some((auth, auth_password)),
            privacy,
            ..
        } = credentials
        else {
            return Err(SnmpErrorKind::Settings("no password".to_owned()));
        };
        let private = privacy
            .as_ref()
            .map(|(kind, secret)| (kind, secret.expose()));
        let known = self
            .hasher
            .hash_one((auth, auth_password.expose(), private));
        if let Some(keys) = lock(&self.keys).get(&known) {
            return Ok(keys.clone());
        }
        let (auth, auth_password, privacy) = (*auth, auth_password.clone(), privacy.clone());
        let made = tokio::task::spawn_blocking(move || {
            let keys = MasterKeys::new(auth_of(auth), auth_password.expose().as_bytes())?;
            match privacy {
                Some((kind, secret)) => {
                    keys.with_privacy(priv_of(kind), secret.expose().as_bytes())
                }
                None => Ok(keys),
            }
        });
        let keys = made.await.map_err(settings)?.map_err(settings)?;
        let mut all = lock(&self.keys);
        if all.len() >= MOST_DEVICES {
            all.clear();
        }
        all.insert(known, keys.clone());
        Ok(keys)
    }

    /// A fingerprint that changes with anything a prepared client depends on; not kept on disk.
    fn settings_of(&self, target: &SnmpTarget) -> u64 {
        let hash = |text: &str| self.hasher.hash_one(text);
        match &target.credentials {
            Credentials::V2c { community } => {
                self.hasher
                    .hash_one((2, target.timeout, hash(community.expose())))
            }
            Credentials::V3 {
                user,
                auth,
                privacy,
                context,
            } => self.hasher.hash_one((
                3,
                target.timeout,
                user,
                auth.as_ref()
                    .map(|(kind, secret)| (kind, hash(secret.expose()))),
                privacy
                    .as_ref()
                    .map(|(kind, secret)| (kind, hash(secret.expose()))),
                context,
            )),
        }
    }
}

fn preparation_error(target: &SnmpTarget, begun: Instant, kind: SnmpErrorKind) -> SnmpError {
    SnmpError {
        target: target.address,
        stage: Stage::Preparation,
        elapsed: begun.elapsed(),
        attempt: 1,
        kind,
    }
}

/// Tolerant where nothing is changed by it: numbers that do not fit are refused, not cut.
fn decode_config() -> DecodeConfig {
    let mut config = DecodeConfig::DEFAULT;
    config.truncate_numeric_values = false;
    config.clamp_bounded_strings = false;
    config
}

/// DES needs salts that never come twice under a key: this process's start is their epoch.
fn des_salts() -> Option<DesSaltState> {
    let seconds = crate::base::time::Timestamp::now().millis() / 1000;
    let epoch = u32::try_from(seconds).ok()?.min(i32::MAX as u32 - 1);
    let previous = PersistedDesSaltState::new(epoch).ok()?;
    DesSaltState::restart(previous, |_| Ok::<(), std::io::Error>(())).ok()
}

pub(super) fn auth_of(protocol: AuthProtocol) -> ::snmp::AuthProtocol {
    match protocol {
        AuthProtocol::Md5 => ::snmp::AuthProtocol::Md5,
        AuthProtocol::Sha1 => ::snmp::AuthProtocol::Sha1,
        AuthProtocol::Sha224 => ::snmp::AuthProtocol::Sha224,
        AuthProtocol::Sha256 => ::snmp::AuthProtocol::Sha256,
        AuthProtocol::Sha384 => ::snmp::AuthProtocol::Sha384,
        AuthProtocol::Sha512 => ::snmp::AuthProtocol::Sha512,
    }
}

pub(super) fn priv_of(protocol: PrivProtocol) -> ::snmp::PrivProtocol {
    match protocol {
        PrivProtocol::Des => ::snmp::PrivProtocol::Des,
        PrivProtocol::Aes128 => ::snmp::PrivProtocol::Aes128,
        PrivProtocol::Aes192 => ::snmp::PrivProtocol::Aes192Blumenthal,
        PrivProtocol::Aes256 => ::snmp::PrivProtocol::Aes256Blumenthal,
        PrivProtocol::Aes192Cisco => ::snmp::PrivProtocol::Aes192Reeder,
        PrivProtocol::Aes256Cisco => ::snmp::PrivProtocol::Aes256Reeder,
    }
}

fn library(error: Box<::snmp::Error>) -> SnmpErrorKind {
    SnmpErrorKind::from_library(&error)
}

fn settings(error: impl std::fmt::Display) -> SnmpErrorKind {
    SnmpErrorKind::Settings(error.to_string())
}

/// A panic elsewhere leaves these maps whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
