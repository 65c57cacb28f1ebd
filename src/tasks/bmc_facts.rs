//! Reads what BMCs know of their machines in turn: sensors, event log, parts. One session for what is due, many
//! machines kept in one transaction.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::machine::LogPart;
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::power::ops::{FactsClaim, FactsRead, facts_claim, facts_record, target};
use crate::power::port::{PortFault, PortFaultKind, PowerPort, PowerSession, UNSUPPORTED};
use crate::power::telling::{Pace, PartsTold, SensorsTold, Told};
use crate::power::{FACTS_TASK, MACHINE_WATCHER};
use crate::store::Store;

/// Longest time for one machine.
const DEADLINE: Duration = Duration::from_secs(240);
/// Machines kept in one transaction.
const BATCH: usize = 50;
/// Longest time that readings wait to be kept.
const FLUSH_EVERY: Duration = Duration::from_secs(2);
/// Entries of a log asked for at once.
const ENTRIES: usize = 256;
/// Parts of a log read in one session; the rest waits for the next.
const LOG_PARTS: usize = 16;

/// The task `bmc_facts`.
pub struct BmcFacts {
    store: Store,
    keyring: Arc<Keyring>,
    port: Arc<dyn PowerPort>,
    interval: Duration,
    pace: Pace,
    at_once: usize,
}

impl BmcFacts {
    /// A reader that looks for machines that are due every `interval`, `at_once` of them at a time.
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        port: Arc<dyn PowerPort>,
        interval: Duration,
        pace: Pace,
        at_once: usize,
    ) -> Self {
        Self {
            store,
            keyring,
            port,
            interval,
            pace,
            at_once: at_once.max(1),
        }
    }

    async fn go(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        let mut tally = Tally::default();
        let mut running: JoinSet<FactsRead> = JoinSet::new();
        let mut kept: Vec<FactsRead> = Vec::new();
        let mut flushed = tokio::time::Instant::now();
        let mut more = true;
        loop {
            if more && !stop.is_cancelled() && running.len() <= self.at_once / 2 {
                more = self.take_up(&mut running).await?;
            }
            let ended = tokio::select! {
                () = stop.cancelled() => break,
                ended = running.join_next() => ended,
            };
            match ended {
                None => break,
                Some(Ok(read)) => {
                    tally.add(&read);
                    kept.push(read);
                }
                Some(Err(error)) => return Err(Fault::internal(error)),
            }
            if kept.len() >= BATCH || flushed.elapsed() >= FLUSH_EVERY {
                flushed = tokio::time::Instant::now();
                self.keep(std::mem::take(&mut kept)).await?;
            }
        }
        // Readings under way at a stop are dropped; their sessions close themselves.
        running.abort_all();
        self.keep(kept).await?;
        if tally.read + tally.failed > 0 {
            self.store.wakeups().wake(MACHINE_WATCHER);
        }
        Ok(tally.report())
    }

    /// Starts readings that are due; `false` when there are no more.
    async fn take_up(&self, running: &mut JoinSet<FactsRead>) -> Result<bool, Fault> {
        let room = self.at_once.saturating_sub(running.len());
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let (now, pace) = (Timestamp::now(), self.pace);
        let due = self
            .store
            .write("machines.claim", move |c| facts_claim(c, now, limit, pace))
            .await?;
        let more = due.len() >= room;
        for claim in due {
            let (port, keyring) = (self.port.clone(), self.keyring.clone());
            running.spawn(async move { read(&*port, &keyring, claim).await });
        }
        Ok(more)
    }

    async fn keep(&self, reads: Vec<FactsRead>) -> Result<(), Fault> {
        if reads.is_empty() {
            return Ok(());
        }
        let pace = self.pace;
        self.store
            .write("machines.record", move |c| facts_record(c, &reads, pace))
            .await
    }
}

async fn read(port: &dyn PowerPort, keyring: &Keyring, claim: FactsClaim) -> FactsRead {
    let outcome = match tokio::time::timeout(DEADLINE, ask(port, keyring, &claim)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(PortFault::new(
            PortFaultKind::Passing,
            "no-answer",
            format!(
                "{}: not read within {} s",
                claim.endpoint.address,
                DEADLINE.as_secs()
            ),
        )),
    };
    FactsRead {
        claim,
        at: Timestamp::now(),
        outcome,
    }
}

async fn ask(
    port: &dyn PowerPort,
    keyring: &Keyring,
    claim: &FactsClaim,
) -> Result<Told, PortFault> {
    let mut target = target(&claim.endpoint, keyring, false)
        .map_err(|fault| PortFault::new(PortFaultKind::Lasting, "sealed", fault.to_string()))?;
    target.patient = true;
    let mut session = port.open(&target).await?;
    right_machine(&mut *session, target.expected_guid.is_some()).await?;
    let told = tell(&mut *session, claim).await;
    if let Err(fault) = session.close().await {
        tracing::debug!(%fault, "closing a session");
    }
    Ok(told)
}

/// What another machine says is not kept as this one's.
async fn right_machine(session: &mut dyn PowerSession, is_expected: bool) -> Result<(), PortFault> {
    if !is_expected {
        return Ok(());
    }
    let identity = session.identity().await?;
    if identity.is_expected == Some(true) {
        return Ok(());
    }
    let reported = identity.guid.as_deref().unwrap_or("none");
    let text = format!("the BMC reports GUID {reported}");
    Err(PortFault::new(
        PortFaultKind::Lasting,
        "wrong-machine",
        text,
    ))
}

/// Reads what is due, the log first: it is what was lost if the rest takes too long. After a lost answer nothing more
/// is asked.
async fn tell(session: &mut dyn PowerSession, claim: &FactsClaim) -> Told {
    let mut told = Told {
        suite: session.suite(),
        ..Told::default()
    };
    if claim.due.log {
        told.log = Some(log(session, claim).await);
    }
    if claim.due.sensors && !is_lost(told.log.as_ref()) {
        told.sensors = Some(sensors(session).await);
    }
    if claim.due.parts && !is_lost(told.log.as_ref()) && !is_lost(told.sensors.as_ref()) {
        told.parts = Some(parts(session).await);
    }
    told
}

fn is_lost<T>(outcome: Option<&Result<T, PortFault>>) -> bool {
    matches!(outcome, Some(Err(fault)) if fault.kind == PortFaultKind::Passing)
}

/// What a BMC need not have: none when it doesn't, a fault only when the session is lost.
fn if_there<T: Default>(outcome: Result<T, PortFault>) -> Result<T, PortFault> {
    match outcome {
        Err(fault) if fault.kind != PortFaultKind::Passing => {
            tracing::debug!(%fault, "not told by this BMC");
            Ok(T::default())
        }
        outcome => outcome,
    }
}

async fn sensors(session: &mut dyn PowerSession) -> Result<SensorsTold, PortFault> {
    let sensors = session.sensors().await?;
    Ok(SensorsTold {
        sensors,
        watts: if_there(session.power_draw().await)?,
        boot: if_there(session.boot_override().await)?,
        light: if_there(session.light_state().await)?,
    })
}

async fn log(
    session: &mut dyn PowerSession,
    claim: &FactsClaim,
) -> Result<Vec<LogPart>, PortFault> {
    let mut mark = claim.reading.mark();
    let mut parts = Vec::new();
    for _ in 0..LOG_PARTS {
        let part = match session.event_log(mark.clone(), ENTRIES).await {
            // What was read before is kept; the rest is read from there next time.
            Err(fault) if !parts.is_empty() => {
                tracing::debug!(%fault, "the rest of an event log");
                break;
            }
            outcome => outcome?,
        };
        let goes_on = part.more && part.mark != mark;
        mark = part.mark.clone();
        parts.push(part);
        if !goes_on {
            break;
        }
    }
    Ok(parts)
}

async fn parts(session: &mut dyn PowerSession) -> Result<PartsTold, PortFault> {
    let parts = session.parts().await;
    let has_none = matches!(&parts, Err(fault) if fault.code == UNSUPPORTED);
    let controller = match session.controller().await {
        Ok(controller) => Some(controller),
        Err(fault) if fault.kind == PortFaultKind::Passing => return Err(fault),
        // Neither one nor the other: that is worth telling.
        Err(fault) if has_none => return Err(fault),
        Err(_) => None,
    };
    Ok(PartsTold {
        parts: if has_none { Vec::new() } else { parts? },
        controller,
    })
}

#[derive(Default)]
struct Tally {
    read: usize,
    failed: usize,
    entries: usize,
}

impl Tally {
    fn add(&mut self, read: &FactsRead) {
        match &read.outcome {
            Ok(told) => {
                self.read += 1;
                if let Some(Ok(parts)) = &told.log {
                    self.entries += parts.iter().map(|part| part.entries.len()).sum::<usize>();
                }
            }
            Err(_) => self.failed += 1,
        }
    }

    fn report(&self) -> Message {
        Message::new("tasks-said-bmc-facts")
            .with("read", self.read)
            .with("failed", self.failed)
            .with("entries", self.entries)
    }
}

impl Task for BmcFacts {
    fn name(&self) -> &'static str {
        FACTS_TASK
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.go(&stop).await })
    }
}
