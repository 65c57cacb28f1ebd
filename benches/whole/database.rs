//! Keeping polls: 1,000 switches of 48 ports, as the poller keeps them, on a durable database.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use coldaisle::base::fault::Fault;
use coldaisle::base::ids::SnmpTargetId;
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::base::units::BitsPerSecond;
use coldaisle::identity::Actor;
use coldaisle::metering::counter::Width;
use coldaisle::metering::naming::PortNames;
use coldaisle::metering::packets::PacketCounters;
use coldaisle::metering::poll::{PortSeen, Sample, SystemSeen};
use coldaisle::metering::{PortMemory, poll_kept, targets_claim};
use coldaisle::store::conn::{Access, ConnManager};
use coldaisle::store::{Conn, DatabaseUrl, Store, migrate};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::postgres::Cluster;
use crate::process::{Watch, cpu, family, written};
use crate::records;
use crate::report::{Report, as_figure, millis};

const OWNER: &str = "bench";
const SWITCHES: usize = 1_000;
const PORTS: u32 = 48;
const ROUNDS: u32 = 5;
/// Polls kept in one transaction: each for itself, and many together.
const TOGETHER: [usize; 2] = [1, 50];
/// Transactions waiting at once.
const AT_ONCE: usize = 8;
const READERS: u32 = 8;
/// 2026-11-22T08:00:00Z.
const BEGIN: Timestamp = Timestamp::from_seconds(1_795_334_400);
const INTERVAL_S: i64 = 300;

/// Where the database is.
enum Place {
    File(PathBuf),
    Cluster(Cluster),
}

impl Place {
    fn url(&self) -> Outcome<DatabaseUrl> {
        match self {
            Self::File(path) => Ok(DatabaseUrl::Sqlite(path.clone())),
            Self::Cluster(cluster) => cluster.url(),
        }
    }

    /// Writes out what is only in the log yet.
    fn settle(&self) -> Outcome<()> {
        let statement = match self {
            Self::File(_) => "PRAGMA wal_checkpoint(TRUNCATE)",
            Self::Cluster(_) => "CHECKPOINT",
        };
        let mut connection = ConnManager::new(self.url()?, Access::Write).open()?;
        Ok(connection.batch_execute(statement)?)
    }

    /// Octets of the database as it lies there.
    fn size(&self) -> Outcome<u64> {
        match self {
            Self::File(path) => Ok(std::fs::metadata(path)?.len()),
            Self::Cluster(_) => {
                let size = diesel::dsl::sql::<diesel::sql_types::BigInt>(
                    "pg_database_size(current_database())",
                );
                match ConnManager::new(self.url()?, Access::Read).open()? {
                    Conn::Postgres(mut connection) => {
                        let size: i64 = diesel::select(size).get_result(&mut connection)?;
                        Ok(u64::try_from(size)?)
                    }
                    Conn::Sqlite(_) => Err("not PostgreSQL".into()),
                }
            }
        }
    }

    /// Processor time of the database's own processes; SQLite has none.
    fn cpu_of_server(&self) -> Outcome<Duration> {
        match self {
            Self::File(_) => Ok(Duration::ZERO),
            Self::Cluster(cluster) => sum(cluster, cpu),
        }
    }

    /// Octets given to the disk by whoever writes.
    fn written(&self) -> Outcome<u64> {
        match self {
            Self::File(_) => written(std::process::id()),
            Self::Cluster(cluster) => sum(cluster, written),
        }
    }
}

/// Of all processes of the server; those that end meanwhile (autovacuum) are left out.
fn sum<T: std::iter::Sum>(cluster: &Cluster, of: fn(u32) -> Outcome<T>) -> Outcome<T> {
    let family = family(cluster.pid()?)?;
    Ok(family.into_iter().filter_map(|pid| of(pid).ok()).sum())
}

/// Measures `sqlite` or `postgres`.
pub fn measure(engine: &str, report: &Report) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let place = match engine {
        "sqlite" => Place::File(folder.path().join("bench.db")),
        _ => match Cluster::start(folder.path())? {
            Some(cluster) => Place::Cluster(cluster),
            None => {
                eprintln!("PostgreSQL is left out: no initdb in PATH or /usr/lib/postgresql");
                return Ok(());
            }
        },
    };
    migrate::migrate(&place.url()?)?;
    let store = Store::open(&place.url()?, READERS)?;
    let (actor, keyring) = (Actor::terminal(BEGIN), Keyring::generate()?);
    let targets: Vec<SnmpTargetId> = store
        .write_blocking("bench.switches", |c| {
            records::switches(c, &actor, &keyring, SWITCHES)
        })?
        .into_iter()
        .map(|switch| switch.target)
        .collect();
    let mut bench = Bench {
        store,
        targets,
        place,
        runtime: tokio::runtime::Runtime::new()?,
        round: 0,
        memory: Memory::default(),
    };
    // The first reading of names makes the ports, one switch after the other.
    let first = bench.round(1, 1, true)?;
    if first.kept != SWITCHES {
        return Err(format!("{} of {SWITCHES} first polls were kept", first.kept).into());
    }
    for together in TOGETHER {
        bench.rounds(together, report)?;
    }
    Ok(())
}

struct Bench {
    store: Store,
    targets: Vec<SnmpTargetId>,
    place: Place,
    runtime: tokio::runtime::Runtime,
    round: u32,
    /// What a poller remembers of the ports.
    memory: Memory,
}

type Memory = Arc<Mutex<HashMap<SnmpTargetId, Arc<PortMemory>>>>;

/// What rounds cost this process.
#[derive(Default)]
struct Cost {
    /// Polls that are on record; the others met conflicts until the store gave up.
    kept: usize,
    claim: Duration,
    keep: Duration,
    keep_wall: Duration,
}

impl Bench {
    fn rounds(&mut self, together: usize, report: &Report) -> Outcome<()> {
        self.place.settle()?;
        let (size, octets) = (self.place.size()?, self.place.written()?);
        let server = self.place.cpu_of_server()?;
        let store = self.store.clone();
        let retries = || store.figures().retries.load(Ordering::Relaxed);
        let again = retries();
        let mut cost = Cost::default();
        for _ in 0..ROUNDS {
            let round = self.round(together, AT_ONCE, false)?;
            cost.kept += round.kept;
            cost.claim += round.claim;
            cost.keep += round.keep;
            cost.keep_wall += round.keep_wall;
        }
        let server = self.place.cpu_of_server()?.saturating_sub(server);
        self.place.settle()?;
        let octets = self.place.written()?.saturating_sub(octets);
        let size = self.place.size()?.saturating_sub(size);
        let again = retries().saturating_sub(again);
        let polls = SWITCHES * usize::try_from(ROUNDS)?;
        let pairs = u64::try_from(cost.kept)? * u64::from(PORTS);
        let say = |what: &str| match together {
            1 => format!("a transaction a poll: {what}"),
            many => format!("{many} polls a transaction: {what}"),
        };
        let wall = millis(cost.keep_wall) / f64::from(ROUNDS);
        report.tell(say("keeping 1,000 polls on the clock"), wall, "ms");
        report.each(say("processor a port"), cost.keep, pairs);
        report.each(say("processor a port to take the polls"), cost.claim, pairs);
        if matches!(self.place, Place::Cluster(_)) {
            report.each(say("server's processor a port"), server, pairs);
            report.tell(say("transactions run again"), as_figure(again), "");
            let lost = u64::try_from(polls.saturating_sub(cost.kept))?;
            report.tell(say("polls not kept for conflicts"), as_figure(lost), "");
        }
        let each = |octets: u64| as_figure(octets) / as_figure(pairs);
        report.tell(
            say("written to disk a pair of counters"),
            each(octets),
            "octets",
        );
        report.tell(
            say("database grows a pair of counters"),
            each(size),
            "octets",
        );
        Ok(())
    }

    /// One poll of each switch, taken and kept.
    fn round(&mut self, together: usize, at_once: usize, with_names: bool) -> Outcome<Cost> {
        self.round += 1;
        let now = BEGIN.plus_seconds(i64::from(self.round) * INTERVAL_S);
        let polls: Vec<Poll> = self
            .targets
            .iter()
            .map(|target| (*target, Arc::new(sample(now, self.round, with_names))))
            .collect();
        let watch = Watch::own()?;
        let mut taken = 0;
        while taken < SWITCHES {
            let claimed = self.store.write_blocking("bench.claim", |c| {
                targets_claim(c, OWNER, now, now.plus_seconds(3_600), 256)
            })?;
            if claimed.is_empty() {
                return Err(format!("{taken} of {SWITCHES} polls were due").into());
            }
            taken += claimed.len();
        }
        let claim = watch.spent()?;
        let watch = Watch::own()?;
        let kept = self.runtime.block_on(keep_all(
            &self.store,
            polls,
            (together, at_once),
            now,
            &self.memory,
        ))?;
        let keep = watch.spent()?;
        Ok(Cost {
            kept,
            claim: claim.cpu,
            keep: keep.cpu,
            keep_wall: keep.wall,
        })
    }
}

type Poll = (SnmpTargetId, Arc<Sample>);

async fn keep_all(
    store: &Store,
    polls: Vec<Poll>,
    (together, at_once): (usize, usize),
    now: Timestamp,
    memory: &Memory,
) -> Outcome<usize> {
    // A transaction that the store gave up has kept nothing; any other fault ends the measurement.
    let kept_by = |done: Result<usize, Fault>| match done {
        Err(fault) if fault.retryable => Ok(0),
        done => done,
    };
    let mut under_way = JoinSet::new();
    let mut kept = 0;
    for polls in polls.chunks(together) {
        if under_way.len() >= at_once
            && let Some(done) = under_way.join_next().await
        {
            kept += kept_by(done?)?;
        }
        let (store, polls, memory) = (store.clone(), polls.to_vec(), Arc::clone(memory));
        under_way.spawn(async move {
            let known: Vec<Option<Arc<PortMemory>>> = {
                let memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                polls
                    .iter()
                    .map(|(target, _)| memory.get(target).cloned())
                    .collect()
            };
            let kept = store
                .write("bench.keep", move |c| keep(c, &polls, &known, now))
                .await?;
            let count = kept.len();
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            for (target, learnt) in kept {
                if let Some(learnt) = learnt {
                    memory.insert(target, Arc::new(learnt));
                }
            }
            Ok(count)
        });
    }
    while let Some(done) = under_way.join_next().await {
        kept += kept_by(done?)?;
    }
    Ok(kept)
}

fn keep(
    c: &mut Conn,
    polls: &[Poll],
    known: &[Option<Arc<PortMemory>>],
    now: Timestamp,
) -> Result<Vec<(SnmpTargetId, Option<PortMemory>)>, Fault> {
    let mut kept = Vec::with_capacity(polls.len());
    for ((target, sample), known) in polls.iter().zip(known) {
        let poll = poll_kept(c, OWNER, *target, (sample, now), known.as_deref())?;
        kept.extend(poll.map(|poll| (*target, poll.memory)));
    }
    Ok(kept)
}

/// What a poll of a switch brings; counters go on from round to round.
fn sample(at: Timestamp, round: u32, with_names: bool) -> Sample {
    let ports = (1..=PORTS).map(|number| {
        let octets = |rate: u64| Some((1 << 40) + u64::from(round * number) * rate);
        PortSeen {
            if_index: number,
            names: PortNames {
                name: Some(format!("GigabitEthernet0/0/{number}")),
                ..PortNames::default()
            },
            if_type: with_names.then_some(6),
            speed: with_names.then_some(BitsPerSecond::new(1_000_000_000)),
            admin_up: with_names.then_some(true),
            oper_up: Some(true),
            width: Some(Width::Bits64),
            in_octets: octets(1_234_567_890),
            out_octets: octets(345_678_901),
            discontinuity: Some(0),
            packets: PacketCounters {
                in_errors: Some(7),
                out_errors: Some(0),
                in_discards: Some(number),
                out_discards: Some(0),
                ..PacketCounters::NONE
            },
        }
    });
    Sample {
        at,
        uptime_ms: u64::try_from(at.since_millis(BEGIN) + 86_400_000).ok(),
        system: SystemSeen {
            name: Some("SW".to_owned()),
            ..SystemSeen::default()
        },
        with_names,
        max_repetitions: 25,
        ports: ports.collect(),
    }
}
