//! Receives notifications of polled devices and has their devices polled at once. What a notification says is not
//! believed: the poll tells.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::snmp_credentials::credentials;
use super::{BoxFuture, Task};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::SnmpTargetId;
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::base::token::random_code;
use crate::drivers::snmp::{Trap, TrapCounts, TrapListener, TrapSource};
use crate::metering::{POLLER, Target, target_hint, targets_changed, targets_polled};
use crate::store::Store;

/// Name of the task.
const NAME: &str = "traps";
/// Time from one look at the targets to the next; a notification wakes the task at once.
const INTERVAL: Duration = Duration::from_secs(10);

/// What came of each target since the last run: the last kind.
type Pending = Arc<Mutex<BTreeMap<i64, String>>>;

/// The task that receives notifications.
pub struct Traps {
    store: Store,
    keyring: Arc<Keyring>,
    listening: tokio::sync::Mutex<Listening>,
    pending: Pending,
}

struct Listening {
    listener: TrapListener,
    /// Which state of the targets it was given.
    of: Option<(i64, Option<Timestamp>)>,
}

impl Traps {
    /// A receiver at `listen`; it begins with the first run.
    pub fn new(store: Store, keyring: Arc<Keyring>, listen: SocketAddr) -> Result<Self, Fault> {
        let pending = Pending::default();
        let (inbox, wakeups) = (pending.clone(), store.wakeups().clone());
        let tell = move |trap: Trap| {
            let mut pending = inbox.lock().unwrap_or_else(PoisonError::into_inner);
            pending.insert(trap.id, trap.kind);
            drop(pending);
            wakeups.wake(NAME);
        };
        // A name of its own at every start (RFC 3411: text under the number for examples), so that no device
        // takes its clock for that of a program that ran before.
        let text = random_code(16)?;
        let engine_id = [0x80, 0x00, 0x7e, 0xd9, 0x04]
            .into_iter()
            .chain(text.bytes());
        Ok(Self {
            store,
            keyring,
            listening: tokio::sync::Mutex::new(Listening {
                listener: TrapListener::new(listen, engine_id.collect(), tell),
                of: None,
            }),
            pending,
        })
    }

    /// Where it listens, once it does.
    pub async fn address(&self) -> Option<SocketAddr> {
        self.listening.lock().await.listener.address()
    }

    /// What came in so far.
    pub async fn counts(&self) -> TrapCounts {
        self.listening.lock().await.listener.counts()
    }

    async fn run(&self) -> Result<Message, Fault> {
        let counts = self.listen().await?;
        let came =
            std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        let hinted = if came.is_empty() {
            0
        } else {
            self.hint_or_keep(came).await?
        };
        if hinted > 0 {
            self.store.wakeups().wake(POLLER);
        }
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(Message::new("tasks-said-traps")
            .with("hinted", hinted)
            .with("accepted", number(counts.accepted))
            .with("unknown", number(counts.unknown))
            .with("refused", number(counts.refused))
            .with("over", number(counts.over_rate)))
    }

    /// Tells the listener which devices there are, when that changed.
    async fn listen(&self) -> Result<TrapCounts, Fault> {
        let mut listening = self.listening.lock().await;
        let state = self.store.read(targets_changed).await?;
        if listening.of != Some(state) || listening.listener.address().is_none() {
            let targets = self.store.read(targets_polled).await?;
            let sources = targets.iter().filter_map(|target| self.source(target));
            let received = listening.listener.receive(sources.collect()).await;
            received.map_err(|error| {
                let message = Message::new("fault-traps").with("listen", error.listen.to_string());
                Fault::new(FaultKind::Upstream, message).because(error)
            })?;
            listening.of = Some(state);
        }
        Ok(listening.listener.counts())
    }

    /// A target whose entries do not do has no notifications; the poller says what is wrong with it.
    fn source(&self, target: &Target) -> Option<TrapSource> {
        Some(TrapSource {
            id: target.id.get(),
            address: target.address.parse().ok()?,
            credentials: credentials(&self.keyring, target).ok()?,
        })
    }

    /// As [`Traps::hint`]; what could not be written is for the next run.
    async fn hint_or_keep(&self, came: BTreeMap<i64, String>) -> Result<usize, Fault> {
        let outcome = self.hint(came.clone()).await;
        if outcome.is_err() {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, kind) in came {
                // What came meanwhile is later.
                pending.entry(id).or_insert(kind);
            }
        }
        outcome
    }

    /// Makes each target due that told something; gives how many are.
    async fn hint(&self, came: BTreeMap<i64, String>) -> Result<usize, Fault> {
        let now = Timestamp::now();
        self.store
            .write("traps.hint", move |c| {
                let mut hinted = 0;
                for (id, kind) in &came {
                    hinted += usize::from(target_hint(c, SnmpTargetId::new(*id), kind, now)?);
                }
                Ok(hinted)
            })
            .await
    }
}

impl Task for Traps {
    fn name(&self) -> &'static str {
        NAME
    }

    fn interval(&self) -> Duration {
        INTERVAL
    }

    fn activate(&self, _stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(self.run())
    }
}
