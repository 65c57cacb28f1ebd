//! Keeps what polls brought: whoever comes first writes for all who came meanwhile, in one transaction.
//!
//! A transaction per poll costs three times the processor time and eight times the octets on disk, and on
//! PostgreSQL concurrent ones undo each other until some are given up (docs/performance.md).

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::survey_words::Surveyed;
use crate::base::fault::Fault;
use crate::base::gauge::{GaugeSeen, OutletSeen};
use crate::base::ids::{DeviceId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::facility::pdu_seen;
use crate::inventory::device_facts_keep;
use crate::inventory::facts::FROM_SNMP;
use crate::metering::note::Measured;
use crate::metering::poll::{Failed, Sample};
use crate::metering::{
    PollTold, PortMemory, device_of_target, gauges_keep, poll_failed, poll_kept, poll_measured,
    survey_keep, targets_release,
};
use crate::store::portable::savepoint;
use crate::store::{Conn, Store};

/// Polls kept in one transaction at most.
const MOST_AT_ONCE: usize = 64;

/// What a poll came to.
pub(super) enum Brought {
    /// Readings, and what came with them.
    Readings(Box<Readings>),
    /// Nothing usable.
    Trouble(Failed),
    /// It was not begun; the target is free for others.
    Nothing,
}

/// What came of keeping one.
struct Put {
    /// Whether it was kept.
    kept: bool,
    /// What to remember of the ports.
    memory: Option<PortMemory>,
    /// What is on record of how its polls go, where that was looked up.
    told: Option<PollTold>,
}

/// What is remembered of a target.
#[derive(Clone, Default)]
struct Remembered {
    ports: Option<Arc<PortMemory>>,
    told: Option<Arc<PollTold>>,
}

/// What a good poll brought.
pub(super) struct Readings {
    /// Its readings.
    pub sample: Sample,
    /// How it went.
    pub measured: Measured,
    /// What a PDU measures.
    pub pdu: Option<PduSaid>,
    /// What was found around the device.
    pub surveyed: Option<Box<Surveyed>>,
}

/// What a PDU said in a poll.
pub(super) struct PduSaid {
    /// The device.
    pub device: DeviceId,
    /// The time its values stand for.
    pub at: Timestamp,
    /// Word of its family.
    pub family: &'static str,
    /// What went wrong while it was read.
    pub trouble: Option<String>,
    /// What it measures.
    pub gauges: Vec<GaugeSeen>,
    /// Its outlets.
    pub outlets: Vec<OutletSeen>,
}

/// What is to be kept of one target.
pub(super) struct Landing {
    /// The target.
    pub target: SnmpTargetId,
    /// When it came.
    pub at: Timestamp,
    /// What.
    pub brought: Brought,
}

type Answer = Result<bool, Fault>;
type Waiting = (Arc<Landing>, oneshot::Sender<Answer>);

/// The one way from polls to the database.
pub(super) struct PollKeeper {
    store: Store,
    owner: String,
    waiting: Mutex<VecDeque<Waiting>>,
    /// What is remembered of each target.
    remembered: Mutex<HashMap<SnmpTargetId, Remembered>>,
    writing: tokio::sync::Mutex<()>,
}

impl PollKeeper {
    /// A keeper for targets claimed by `owner`.
    pub fn new(store: Store, owner: String) -> Self {
        Self {
            store,
            owner,
            waiting: Mutex::default(),
            remembered: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
        }
    }

    /// Keeps one; `false` when another has claimed the target meanwhile and nothing was kept.
    pub async fn keep(&self, landing: Landing) -> Answer {
        let (told, mut hears) = oneshot::channel();
        self.queue().push_back((Arc::new(landing), told));
        loop {
            tokio::select! {
                biased;
                answer = &mut hears => {
                    return answer.unwrap_or_else(|_| Err(Fault::internal("its writer was dropped")));
                }
                _writing = self.writing.lock() => self.write_waiting().await,
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        lock(&self.waiting)
    }

    /// Writes what waits, and each by itself when they can't be written together.
    async fn write_waiting(&self) {
        let batch: Vec<Waiting> = {
            let mut queue = self.queue();
            let count = queue.len().min(MOST_AT_ONCE);
            queue.drain(..count).collect()
        };
        let landings: Vec<Arc<Landing>> = batch.iter().map(|(of, _)| of.clone()).collect();
        let together = self.write(landings).await;
        let is_alone = batch.len() == 1;
        let mut kept = together.as_ref().ok().into_iter().flatten();
        for (landing, told) in batch {
            let answer = match (&together, kept.next()) {
                (Ok(_), Some(kept)) => Ok(*kept),
                (Err(fault), _) if is_alone => Err(fault.clone()),
                _ => self.write(vec![landing]).await.map(|kept| kept == [true]),
            };
            // Who asked may be gone: the program is stopping.
            let _ = told.send(answer);
        }
    }

    async fn write(&self, landings: Vec<Arc<Landing>>) -> Result<Vec<bool>, Fault> {
        let owner = self.owner.clone();
        let targets: Vec<SnmpTargetId> = landings.iter().map(|landing| landing.target).collect();
        let remembered = self.remembered(&targets);
        let kept: Vec<Put> = self
            .store
            .write("poller.keep", move |c| {
                let landings = landings.iter().zip(&remembered);
                landings
                    .map(|(landing, remembered)| landing.put(c, &owner, remembered))
                    .collect()
            })
            .await?;
        // Only what is in the database for good is remembered.
        let mut all = lock(&self.remembered);
        let kept = targets.into_iter().zip(kept);
        Ok(kept
            .map(|(target, put)| {
                if put.memory.is_some() || put.told.is_some() {
                    let of = all.entry(target).or_default();
                    of.ports = put.memory.map(Arc::new).or_else(|| of.ports.take());
                    of.told = put.told.map(Arc::new).or_else(|| of.told.take());
                }
                put.kept
            })
            .collect())
    }

    fn remembered(&self, targets: &[SnmpTargetId]) -> Vec<Remembered> {
        let all = lock(&self.remembered);
        let each = targets.iter().map(|target| all.get(target).cloned());
        each.map(Option::unwrap_or_default).collect()
    }
}

/// A panic elsewhere leaves what is in there whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PduSaid {
    fn put(&self, c: &mut Conn) -> Result<(), Fault> {
        let trouble = self.trouble.as_deref();
        pdu_seen(c, self.device, self.at, self.family, trouble, &self.outlets)?;
        let whole = trouble.is_none();
        gauges_keep(c, self.device, self.at, &self.gauges, whole).map(drop)
    }
}

impl Landing {
    fn put(&self, c: &mut Conn, owner: &str, remembered: &Remembered) -> Result<Put, Fault> {
        let (mut kept, mut memory, mut told) = (true, None, None);
        match &self.brought {
            Brought::Readings(readings) => {
                let sample = (&readings.sample, self.at);
                match poll_kept(c, owner, self.target, sample, remembered.ports.as_deref())? {
                    Some(poll) => {
                        told = self.measured(c, readings, remembered.told.as_deref())?;
                        self.beside_readings(c, readings)?;
                        memory = poll.memory;
                    }
                    None => kept = false,
                }
            }
            Brought::Trouble(failed) => {
                kept = poll_failed(c, owner, self.target, failed, self.at)?;
            }
            Brought::Nothing => targets_release(c, owner, self.target)?,
        }
        Ok(Put { kept, memory, told })
    }

    /// Keeps how the poll went, unless what is on record tells it.
    fn measured(
        &self,
        c: &mut Conn,
        readings: &Readings,
        told: Option<&PollTold>,
    ) -> Result<Option<PollTold>, Fault> {
        if told.is_some_and(|told| told.tells(&readings.measured, self.at)) {
            return Ok(None);
        }
        let mut after = None;
        self.beside(c, "how a poll went", |c| {
            after = Some(poll_measured(c, self.target, &readings.measured, self.at)?);
            Ok(())
        })?;
        Ok(after)
    }

    fn beside_readings(&self, c: &mut Conn, readings: &Readings) -> Result<(), Fault> {
        if let Some(pdu) = &readings.pdu {
            self.beside(c, "what a PDU said", |c| pdu.put(c))?;
        }
        if let Some(surveyed) = &readings.surveyed {
            self.beside(c, "what is around a device", |c| self.surveyed(c, surveyed))?;
        }
        Ok(())
    }

    fn surveyed(&self, c: &mut Conn, surveyed: &Surveyed) -> Result<(), Fault> {
        survey_keep(c, self.target, &surveyed.seen, self.at)?;
        match (&surveyed.facts, device_of_target(c, self.target)?) {
            (Some(facts), Some(device)) => device_facts_keep(c, device, FROM_SNMP, facts, self.at),
            _ => Ok(()),
        }
    }

    /// Keeps something beside the readings; a fault in it costs none of them.
    fn beside(
        &self,
        c: &mut Conn,
        what: &'static str,
        keep: impl FnOnce(&mut Conn) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match savepoint(c, keep) {
            Err(fault) if !fault.retryable => {
                tracing::error!(target_id = self.target.get(), %fault, "{what} could not be kept");
                Ok(())
            }
            outcome => outcome,
        }
    }
}
