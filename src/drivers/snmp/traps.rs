//! Notifications of devices (RFC 3416 sections 4.2.6 and 4.2.7): received, acknowledged where that is asked for,
//! and told by the device they must come from. A notification whose source, community or user is not one device's
//! is counted and dropped.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ::snmp::{
    AuthoritativeEngine, MasterKeys, Notification, NotificationAcceptance, NotificationReceiver,
    SecurityLevel,
};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::hub::{auth_of, priv_of};
use super::target::{Credentials, PrivProtocol};

/// Notifications taken in a second; what comes above it is dropped.
const MOST_A_SECOND: f64 = 100.0;
/// And as many at once after a quiet time.
const MOST_AT_ONCE: f64 = 200.0;
/// snmpTraps of SNMPv2-MIB (RFC 3418) and IF-MIB (RFC 2863).
const SNMP_TRAPS: [u32; 9] = [1, 3, 6, 1, 6, 3, 1, 1, 5];

/// Octets of a user's name (RFC 3414 section 5, usmUserName).
const USER_OCTETS: std::ops::RangeInclusive<usize> = 1..=32;

/// A device whose notifications are wanted.
#[derive(Clone, Debug)]
pub struct TrapSource {
    /// What the caller calls it.
    pub id: i64,
    /// Where its notifications come from.
    pub address: IpAddr,
    /// What they must carry: the community, or the user with at least the level the device is asked with.
    pub credentials: Credentials,
}

/// A notification of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Whose.
    pub id: i64,
    /// `cold_start`, `warm_start`, `link_down`, `link_up`, `authentication_failure`, else its object identifier.
    pub kind: String,
}

/// What came in since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrapCounts {
    /// Told.
    pub accepted: u64,
    /// From an address that is no device's.
    pub unknown: u64,
    /// With another community, user, key or time than the device's.
    pub refused: u64,
    /// Above what is taken in a second.
    pub over_rate: u64,
}

/// Why notifications are not received.
#[derive(Debug, thiserror::Error)]
#[error("notifications at {listen}: {reason}")]
pub struct TrapError {
    /// Where.
    pub listen: SocketAddr,
    /// Why.
    pub reason: String,
}

/// What a notification of a device must carry.
enum Proof {
    Community(Vec<u8>),
    User {
        name: Vec<u8>,
        level: SecurityLevel,
    },
    /// A user whose keys are another device's of the same user name: it can't be told from that one.
    Clashing,
}

struct Entry {
    id: i64,
    proof: Proof,
}

/// Whose a notification is.
enum Whose {
    Nobodys,
    NotProven,
    Of(Vec<i64>),
}

struct Bucket {
    left: f64,
    at: Instant,
}

struct Shared {
    sources: RwLock<HashMap<IpAddr, Vec<Entry>>>,
    bucket: Mutex<Bucket>,
    accepted: AtomicU64,
    unknown: AtomicU64,
    refused: AtomicU64,
    over_rate: AtomicU64,
}

/// Users of version 3 by name: what they are known by here, and their credentials.
type Users = BTreeMap<String, Credentials>;

/// Receives notifications until it is dropped.
pub struct TrapListener {
    listen: SocketAddr,
    engine_id: Vec<u8>,
    shared: Arc<Shared>,
    tell: Arc<dyn Fn(Trap) + Send + Sync>,
    users: Users,
    running: Option<(NotificationReceiver, JoinHandle<()>)>,
}

impl std::fmt::Debug for TrapListener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrapListener")
            .field("listen", &self.listen)
            .finish_non_exhaustive()
    }
}

impl Drop for TrapListener {
    fn drop(&mut self) {
        if let Some((_, task)) = &self.running {
            task.abort();
        }
    }
}

impl TrapListener {
    /// A listener for `listen` that tells notifications to `tell`; nothing is received before
    /// [`TrapListener::receive`]. `engine_id` is its own name towards devices that want acknowledgements.
    pub fn new(
        listen: SocketAddr,
        engine_id: Vec<u8>,
        tell: impl Fn(Trap) + Send + Sync + 'static,
    ) -> Self {
        let bucket = Bucket {
            left: MOST_AT_ONCE,
            at: Instant::now(),
        };
        Self {
            listen,
            engine_id,
            shared: Arc::new(Shared {
                sources: RwLock::default(),
                bucket: Mutex::new(bucket),
                accepted: AtomicU64::new(0),
                unknown: AtomicU64::new(0),
                refused: AtomicU64::new(0),
                over_rate: AtomicU64::new(0),
            }),
            tell: Arc::new(tell),
            users: Users::new(),
            running: None,
        }
    }

    /// Receives from just these devices from now on. The socket is opened anew when the users of version 3 change.
    ///
    /// # Errors
    /// [`TrapError`]; then it is asked again what to receive.
    pub async fn receive(&mut self, sources: Vec<TrapSource>) -> Result<(), TrapError> {
        let users = users(&sources);
        let mut entries: HashMap<IpAddr, Vec<Entry>> = HashMap::new();
        for source in sources {
            let proof = proof(&source.credentials, &users);
            let address = source.address.to_canonical();
            let entry = Entry {
                id: source.id,
                proof,
            };
            entries.entry(address).or_default().push(entry);
        }
        *self
            .shared
            .sources
            .write()
            .unwrap_or_else(PoisonError::into_inner) = entries;
        let is_gone = self
            .running
            .as_ref()
            .is_none_or(|(_, task)| task.is_finished());
        let same = self.users.len() == users.len()
            && self
                .users
                .iter()
                .zip(&users)
                .all(|(a, b)| a.0 == b.0 && is_same(a.1, b.1));
        if same && !is_gone {
            return Ok(());
        }
        self.restart(users).await
    }

    /// Where it listens; the port is the system's where 0 was asked for.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        let (receiver, _) = self.running.as_ref()?;
        Some(receiver.local_addr())
    }

    /// What came in so far.
    #[must_use]
    pub fn counts(&self) -> TrapCounts {
        let shared = &self.shared;
        let refused = self
            .running
            .as_ref()
            .map_or(0, |(receiver, _)| usm(receiver));
        TrapCounts {
            accepted: shared.accepted.load(Ordering::Acquire),
            unknown: shared.unknown.load(Ordering::Relaxed),
            refused: shared.refused.load(Ordering::Relaxed) + refused,
            over_rate: shared.over_rate.load(Ordering::Relaxed),
        }
    }

    async fn stop(&mut self) {
        let Some((receiver, task)) = self.running.take() else {
            return;
        };
        self.shared
            .refused
            .fetch_add(usm(&receiver), Ordering::Relaxed);
        self.listen = receiver.local_addr();
        drop(receiver);
        task.abort();
        // The socket closes with the task.
        let _ = task.await;
    }

    async fn restart(&mut self, users: Users) -> Result<(), TrapError> {
        let listen = self.address().unwrap_or(self.listen);
        let failed = |reason: String| TrapError { listen, reason };
        let keys = keys(&users).await.map_err(failed)?;
        let shared = Arc::clone(&self.shared);
        let mut builder = NotificationReceiver::builder()
            .bind(listen.to_string())
            .acceptance_policy(move |seen| {
                let (community, user) = (
                    seen.community.map(|community| community.as_bytes()),
                    seen.username.map(|name| (name, seen.security_level)),
                );
                shared.judge(seen.source.ip(), community, user)
            });
        if !keys.is_empty() {
            let engine = AuthoritativeEngine::install(self.engine_id.clone(), |_| {
                Ok::<(), std::io::Error>(())
            });
            let engine = engine.map_err(|error| failed(error.to_string()))?;
            builder = builder.authoritative_engine(engine);
        }
        for (name, keys) in keys {
            builder = builder
                .usm_user(name, |user| match keys {
                    Some(keys) => user.with_master_keys(keys),
                    None => Ok(user),
                })
                .map_err(|error| failed(error.to_string()))?;
        }
        // Two can't have the port, so the one before goes as late as can be.
        self.stop().await;
        let receiver = builder
            .build()
            .await
            .map_err(|error| failed(error.to_string()))?;
        let (inbox, shared, tell) = (
            receiver.clone(),
            Arc::clone(&self.shared),
            Arc::clone(&self.tell),
        );
        let task = tokio::spawn(async move { listen_on(&inbox, &shared, &*tell).await });
        self.users = users;
        self.running = Some((receiver, task));
        Ok(())
    }
}

async fn listen_on(
    inbox: &NotificationReceiver,
    shared: &Shared,
    tell: &(dyn Fn(Trap) + Send + Sync),
) {
    loop {
        let received = match inbox.recv().await {
            Ok(received) => received,
            Err(error) => {
                tracing::warn!(%error, "receiving notifications");
                // Whatever it is, it is not worth a busy loop.
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                continue;
            }
        };
        let (community, user) = carried(&received.notification);
        let whose = shared.whose(received.source.ip(), community, user);
        if let Whose::Of(ids) = whose {
            let kind = kind(&received.notification);
            for id in ids {
                tell(Trap {
                    id,
                    kind: kind.clone(),
                });
            }
            // Counted when it was told, so that who reads the count finds what it counts.
            shared.accepted.fetch_add(1, Ordering::Release);
        }
    }
}

/// A user's name and the level of a message.
type User<'a> = (&'a [u8], Option<SecurityLevel>);

/// Community, or user and level, of a notification.
fn carried(notification: &Notification) -> (Option<&[u8]>, Option<User<'_>>) {
    match notification {
        Notification::TrapV1 { community, .. }
        | Notification::TrapV2c { community, .. }
        | Notification::InformV2c { community, .. } => (Some(community.as_bytes()), None),
        Notification::TrapV3 {
            username,
            security_level,
            ..
        }
        | Notification::InformV3 {
            username,
            security_level,
            ..
        } => (None, Some((username, Some(*security_level)))),
    }
}

fn kind(notification: &Notification) -> String {
    let Ok(oid) = notification.trap_oid() else {
        return "unknown".to_owned();
    };
    let standard = oid.arcs().strip_prefix(&SNMP_TRAPS[..]);
    match standard {
        Some([1]) => "cold_start".to_owned(),
        Some([2]) => "warm_start".to_owned(),
        Some([3]) => "link_down".to_owned(),
        Some([4]) => "link_up".to_owned(),
        Some([5]) => "authentication_failure".to_owned(),
        _ => oid.to_string(),
    }
}

impl Shared {
    fn whose(&self, source: IpAddr, community: Option<&[u8]>, user: Option<User<'_>>) -> Whose {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        let Some(entries) = sources.get(&source.to_canonical()) else {
            return Whose::Nobodys;
        };
        let proven = |entry: &&Entry| match (&entry.proof, community, user) {
            (Proof::Community(own), Some(said), None) => is_equal(own, said),
            (Proof::User { name, level }, None, Some((said, at))) => {
                name == said && at >= Some(*level)
            }
            _ => false,
        };
        let ids: Vec<i64> = entries
            .iter()
            .filter(proven)
            .map(|entry| entry.id)
            .collect();
        match ids.is_empty() {
            true => Whose::NotProven,
            false => Whose::Of(ids),
        }
    }

    fn judge(
        &self,
        source: IpAddr,
        community: Option<&[u8]>,
        user: Option<User<'_>>,
    ) -> NotificationAcceptance {
        let count = match self.whose(source, community, user) {
            Whose::Nobodys => &self.unknown,
            Whose::NotProven => &self.refused,
            Whose::Of(_) if !self.has_room() => &self.over_rate,
            Whose::Of(_) => return NotificationAcceptance::Accept,
        };
        count.fetch_add(1, Ordering::Relaxed);
        NotificationAcceptance::Reject
    }

    fn has_room(&self) -> bool {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let filled = now.duration_since(bucket.at).as_secs_f64() * MOST_A_SECOND;
        bucket.left = MOST_AT_ONCE.min(bucket.left + filled);
        bucket.at = now;
        let has_room = bucket.left >= 1.0;
        if has_room {
            bucket.left -= 1.0;
        }
        has_room
    }
}

/// Messages that failed the checks of the user-based security model.
fn usm(receiver: &NotificationReceiver) -> u64 {
    [
        receiver.usm_unknown_usernames(),
        receiver.usm_wrong_digests(),
        receiver.usm_not_in_time_windows(),
        receiver.usm_unsupported_sec_levels(),
        receiver.usm_decryption_errors(),
    ]
    .into_iter()
    .map(u64::from)
    .sum()
}

/// Whether two communities are the same, in a time that does not tell how much of them is.
fn is_equal(own: &[u8], said: &[u8]) -> bool {
    let differing = own.iter().zip(said).fold(0, |all, (a, b)| all | (a ^ b));
    own.len() == said.len() && differing == 0
}

/// The first of each user name: a receiver can hold one set of keys for a name. A name that no user can have is left
/// out, because a receiver refuses to be made with it.
fn users(sources: &[TrapSource]) -> Users {
    let mut users = Users::new();
    for source in sources {
        if let Credentials::V3 { user, .. } = &source.credentials
            && USER_OCTETS.contains(&user.len())
        {
            users
                .entry(user.clone())
                .or_insert_with(|| source.credentials.clone());
        }
    }
    users
}

fn proof(credentials: &Credentials, users: &Users) -> Proof {
    match credentials {
        Credentials::V2c { community } => Proof::Community(community.expose().as_bytes().to_vec()),
        Credentials::V3 {
            user,
            auth,
            privacy,
            ..
        } => {
            let known = users.get(user).is_some_and(|of| is_same(of, credentials));
            if !known {
                return Proof::Clashing;
            }
            Proof::User {
                name: user.as_bytes().to_vec(),
                level: match (auth, privacy) {
                    (None, _) => SecurityLevel::NoAuthNoPriv,
                    (Some(_), None | Some((PrivProtocol::Des, _))) => SecurityLevel::AuthNoPriv,
                    (Some(_), Some(_)) => SecurityLevel::AuthPriv,
                },
            }
        }
    }
}

/// Whether two users have the same protocols and passwords; the context is not the receiver's affair.
fn is_same(one: &Credentials, other: &Credentials) -> bool {
    let parts = |credentials: &Credentials| match credentials {
        Credentials::V2c { .. } => None,
        Credentials::V3 {
            user,
            auth,
            privacy,
            ..
        } => {
            let auth = auth.as_ref();
            let privacy = privacy.as_ref();
            Some((
                user.clone(),
                auth.map(|(kind, secret)| (*kind, secret.expose().to_owned())),
                privacy.map(|(kind, secret)| (*kind, secret.expose().to_owned())),
            ))
        }
    };
    parts(one) == parts(other)
}

/// Keys of each user, made off the loop: they cost a megabyte of hashing each. DES, which would need salts kept on
/// disk, is left out: notifications of such a user are taken when they are signed and not encrypted. A user whose keys
/// can't be made is left out and holds up nobody else.
async fn keys(users: &Users) -> Result<Vec<(String, Option<MasterKeys>)>, String> {
    let users = users.clone();
    let made = tokio::task::spawn_blocking(move || {
        let of = |(name, credentials): (String, Credentials)| match keys_of(&credentials) {
            Ok(keys) => Some((name, keys)),
            Err(reason) => {
                tracing::warn!(user = %name, %reason, "no keys for notifications");
                None
            }
        };
        users.into_iter().filter_map(of).collect()
    });
    made.await.map_err(|error| error.to_string())
}

/// None for a user who signs nothing.
fn keys_of(credentials: &Credentials) -> Result<Option<MasterKeys>, String> {
    let Credentials::V3 {
        auth: Some((auth, secret)),
        privacy,
        ..
    } = credentials
    else {
        return Ok(None);
    };
    let keys = MasterKeys::new(auth_of(*auth), secret.expose().as_bytes());
    let keys = keys.map_err(|error| error.to_string())?;
    let keys = match privacy {
        Some((kind, secret)) if *kind != PrivProtocol::Des => keys
            .with_privacy(priv_of(*kind), secret.expose().as_bytes())
            .map_err(|error| error.to_string())?,
        _ => keys,
    };
    Ok(Some(keys))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::base::secret::Secret;
    use crate::drivers::snmp::target::AuthProtocol;

    fn source(id: i64, user: &str, password: Option<&str>) -> TrapSource {
        let auth = password.map(|password| (AuthProtocol::Sha1, Secret::new(password)));
        TrapSource {
            id,
            address: IpAddr::from([127, 0, 0, 1]),
            credentials: Credentials::V3 {
                user: user.to_owned(),
                auth,
                privacy: None,
                context: String::new(),
            },
        }
    }

    /// A name that no user can have, and keys that can't be made, cost the others nothing.
    #[tokio::test]
    async fn what_is_wrong_with_one_user_holds_up_nobody() {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut listener = TrapListener::new(listen, vec![0x80, 0, 0x7e, 0xd9, 4, 1], |_| {});
        let long = "u".repeat(33);
        let good = source(1, "collector", Some("auth-pass-phrase"));
        let bad = [
            source(2, &long, None),
            source(3, "", None),
            source(4, "short", Some("")),
        ];
        listener.receive(vec![good.clone()]).await.unwrap();
        let address = listener.address().unwrap();
        let all = std::iter::once(good).chain(bad).collect();
        listener.receive(all).await.unwrap();
        assert_eq!(listener.address(), Some(address));
    }
}
