//! Reads the switches: takes the targets that are due, asks each on its own, keeps what they said.
//!
//! A run only starts polls and reports on those that came to an end: a silent device holds up nobody.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::poll_keeper::{Brought, Landing, PollKeeper, Readings};
use super::poll_words::{failed, measured, pdu_said, sample};
use super::snmp_credentials::credentials;
use super::survey_words::{Surveyed, surveyed};
use super::{BoxFuture, Task};
use crate::base::clock::Clock;
use crate::base::fault::{Fault, Message};
use crate::base::seal::Keyring;
use crate::base::token::random_code;
use crate::drivers::snmp::{
    Column, PollOptions, PollPlan, PollReport, SnmpHub, SnmpTarget, family_of,
};
use crate::metering::poll::Failed;
use crate::metering::{
    Claimed, POLLER, PollTrouble, PortIdentity, Target, schedule, targets_claim, targets_due,
};
use crate::store::Store;

/// Time from one run to the next; polls due before the next run are taken now and wait for their beat.
const INTERVAL: Duration = Duration::from_secs(5);
/// Polls under way at once, those that wait for their beat included.
const MOST_AT_ONCE: usize = 512;
/// How long a device may think about one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
const RETRIES: u32 = 2;
/// How long reading neighbours and chassis may take, after the counters.
const LONGEST_SURVEY: Duration = Duration::from_secs(30);
/// With less time than this it is not begun.
const SHORTEST_SURVEY: Duration = Duration::from_secs(2);
/// A device with more ports than this is refused.
const MOST_PORTS: usize = 10_000;

/// The task that reads the switches.
pub struct Poller {
    asking: Arc<Asking>,
    flights: Mutex<JoinSet<Ended>>,
}

/// What each poll needs.
struct Asking {
    store: Store,
    keyring: Arc<Keyring>,
    hub: Arc<SnmpHub>,
    keeper: PollKeeper,
    owner: String,
    clock: Clock,
}

/// How a poll ended.
enum Ended {
    Good {
        lag_ms: i64,
        timeouts: u32,
        varbinds: u64,
    },
    Failed,
    Dropped,
}

/// What became of the polls since the last run.
#[derive(Default)]
struct Tally {
    good: usize,
    failed: usize,
    dropped: usize,
    worst_lag_ms: i64,
    timeouts: u64,
    varbinds: u64,
}

impl Tally {
    fn add(&mut self, ended: &Ended) {
        match ended {
            Ended::Good {
                lag_ms,
                timeouts,
                varbinds,
            } => {
                self.good += 1;
                self.worst_lag_ms = self.worst_lag_ms.max(*lag_ms);
                self.timeouts += u64::from(*timeouts);
                self.varbinds += varbinds;
            }
            Ended::Failed => self.failed += 1,
            Ended::Dropped => self.dropped += 1,
        }
    }

    fn words(&self, started: usize, under_way: usize) -> Message {
        Message::new("tasks-said-poller")
            .with("started", started)
            .with("flying", under_way)
            .with("good", self.good)
            .with("failed", self.failed)
            .with("dropped", self.dropped)
            .with("lag", self.worst_lag_ms)
            .with("values", i64::try_from(self.varbinds).unwrap_or(i64::MAX))
            .with("timeouts", i64::try_from(self.timeouts).unwrap_or(i64::MAX))
    }
}

impl Poller {
    /// A poller that asks through `hub` and opens credentials with `keyring`.
    pub fn new(store: Store, keyring: Arc<Keyring>, hub: Arc<SnmpHub>) -> Result<Self, Fault> {
        Self::going_by(store, keyring, hub, Clock::default())
    }

    /// A poller that takes what `clock` shows for the time.
    pub fn going_by(
        store: Store,
        keyring: Arc<Keyring>,
        hub: Arc<SnmpHub>,
        clock: Clock,
    ) -> Result<Self, Fault> {
        let owner = format!("poller-{}-{}", std::process::id(), random_code(8)?);
        let keeper = PollKeeper::new(store.clone(), owner.clone());
        let asking = Asking {
            keeper,
            store,
            keyring,
            hub,
            owner,
            clock,
        };
        Ok(Self {
            asking: Arc::new(asking),
            flights: Mutex::new(JoinSet::new()),
        })
    }

    /// Waits until all polls under way have come to an end.
    pub async fn settle(&self) {
        let mut flights = self.flights.lock().await;
        while flights.join_next().await.is_some() {}
    }

    async fn run(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        let mut flights = self.flights.lock().await;
        let mut tally = Tally::default();
        while let Some(ended) = flights.try_join_next() {
            match ended {
                Ok(ended) => tally.add(&ended),
                Err(error) => {
                    tracing::error!(%error, "a poll was lost");
                    tally.dropped += 1;
                }
            }
        }
        let mut started = 0;
        let room = MOST_AT_ONCE.saturating_sub(flights.len());
        if room > 0 && !stop.is_cancelled() {
            for claimed in self.claim(room).await? {
                let (asking, stop) = (self.asking.clone(), stop.clone());
                flights.spawn(async move { asking.fly(claimed, &stop).await });
                started += 1;
            }
        }
        Ok(tally.words(started, flights.len()))
    }

    async fn claim(&self, room: usize) -> Result<Vec<Claimed>, Fault> {
        let now = self.asking.clock.now();
        let until = now.plus_millis(i64::try_from(INTERVAL.as_millis()).unwrap_or(0));
        let store = &self.asking.store;
        if !store.read(move |c| targets_due(c, now, until)).await? {
            return Ok(Vec::new());
        }
        let (owner, limit) = (
            self.asking.owner.clone(),
            i64::try_from(room).unwrap_or(i64::MAX),
        );
        store
            .write("poller.claim", move |c| {
                targets_claim(c, &owner, now, until, limit)
            })
            .await
    }
}

impl Task for Poller {
    fn name(&self) -> &'static str {
        POLLER
    }

    fn interval(&self) -> Duration {
        INTERVAL
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.run(&stop).await })
    }
}

impl Asking {
    /// One poll of one device, from its beat to its record.
    async fn fly(&self, claimed: Claimed, stop: &CancellationToken) -> Ended {
        let (id, due) = (claimed.target.id, claimed.target.next_poll_at);
        let early_ms = due.since_millis(self.clock.now()).max(0);
        let polled = tokio::select! {
            () = stop.cancelled() => None,
            polled = async {
                tokio::time::sleep(Duration::from_millis(u64::try_from(early_ms).unwrap_or(0))).await;
                (self.clock.now(), self.ask(&claimed).await)
            } => Some(polled),
        };
        let (ended, brought) = match polled {
            None => (Ended::Dropped, Brought::Nothing),
            Some((started, Ok((mut report, surveyed)))) => {
                let ended = Ended::Good {
                    lag_ms: started.since_millis(due),
                    timeouts: report.timeouts,
                    varbinds: report.varbinds,
                };
                let measured = measured(&report, started.since_millis(due), claimed.with_names);
                let pdu = pdu_said(&mut report, claimed.target.device_id);
                let readings = Readings {
                    sample: sample(report, claimed.with_names),
                    measured,
                    pdu,
                    surveyed,
                };
                (ended, Brought::Readings(Box::new(readings)))
            }
            Some((_, Err(failed))) => (Ended::Failed, Brought::Trouble(failed)),
        };
        let landing = Landing {
            target: id,
            at: self.clock.now(),
            brought,
        };
        match self.keeper.keep(landing).await {
            Ok(true) => ended,
            Ok(false) => Ended::Dropped,
            Err(fault) => {
                tracing::error!(target_id = id.get(), %fault, "what a poll brought could not be kept");
                Ended::Dropped
            }
        }
    }

    async fn ask(&self, claimed: &Claimed) -> Result<(PollReport, Option<Box<Surveyed>>), Failed> {
        let begun = Instant::now();
        let target = self.target(&claimed.target)?;
        let (due, interval_ms) = (claimed.target.next_poll_at, claimed.target.interval_ms());
        let plan = if claimed.with_names {
            PollPlan::Full { packets: true }
        } else if schedule::wants_packets(due, interval_ms) {
            PollPlan::CountersAndPackets
        } else {
            PollPlan::CountersAndErrors
        };
        let options = PollOptions {
            deadline: schedule::deadline(claimed.target.interval_ms()),
            max_repetitions: u32::try_from(claimed.target.max_repetitions)
                .unwrap_or(1)
                .clamp(1, PollOptions::MOST_REPETITIONS),
            max_ports: MOST_PORTS,
            family: family_of(&claimed.target.system_object_id),
            known_by: match claimed.target.port_identity {
                PortIdentity::IfName => Column::IfName,
                PortIdentity::IfDescr => Column::IfDescr,
                PortIdentity::IfAlias => Column::IfAlias,
            },
        };
        let report = self.hub.poll(&target, plan, options).await;
        let mut report = report.map_err(|error| failed(&error))?;
        report.at_start = self.clock.of_system(report.at_start);
        report.at_end = self.clock.of_system(report.at_end);
        let left = options.deadline.saturating_sub(begun.elapsed());
        let budget = LONGEST_SURVEY.min(left);
        let survey = match claimed.with_names && budget >= SHORTEST_SURVEY {
            true => self.survey(&target, &report, budget).await,
            false => None,
        };
        Ok((report, survey))
    }

    /// What is around a device; whatever goes wrong with it, the counters were read.
    async fn survey(
        &self,
        target: &SnmpTarget,
        report: &PollReport,
        budget: Duration,
    ) -> Option<Box<Surveyed>> {
        match self.hub.survey(target, &report.ports, budget).await {
            Ok(survey) => Some(Box::new(surveyed(survey))),
            Err(error) => {
                tracing::warn!(%error, "what is around a device was not read");
                None
            }
        }
    }

    /// A target as the driver wants it.
    fn target(&self, target: &Target) -> Result<SnmpTarget, Failed> {
        let wrong = |what: &dyn std::fmt::Display| Failed {
            trouble: PollTrouble::Settings,
            detail: what.to_string(),
        };
        let address: IpAddr = target.address.parse().map_err(|error| wrong(&error))?;
        let port = u16::try_from(target.port).map_err(|error| wrong(&error))?;
        let credentials = credentials(&self.keyring, target)?;
        Ok(SnmpTarget {
            address: SocketAddr::new(address, port),
            credentials,
            timeout: ANSWER_WITHIN,
            retries: RETRIES,
        })
    }
}
