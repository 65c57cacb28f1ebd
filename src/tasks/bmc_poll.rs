//! Reads the power state and identity of all BMCs in turn, with back-off for those that don't answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::power::ops::{PollResult, poll_claim, poll_record, target};
use crate::power::port::{PortFault, PortFaultKind, PowerPort};
use crate::power::{BMC_TASK, BmcEndpoint, PowerState};
use crate::store::Store;

/// Longest time for one reading.
const DEADLINE: Duration = Duration::from_secs(60);
/// Readings kept in one transaction.
const BATCH: usize = 200;
/// Longest time that readings wait to be kept.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

/// The task `bmc_poll`.
pub struct BmcPoll {
    store: Store,
    keyring: Arc<Keyring>,
    port: Arc<dyn PowerPort>,
    /// Time between looks for endpoints that are due.
    interval: Duration,
    /// Time between two readings of an endpoint.
    status_interval: Duration,
    at_once: usize,
}

impl BmcPoll {
    /// A poller that reads each endpoint every `status_interval`, `at_once` of them at a time.
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        port: Arc<dyn PowerPort>,
        interval: Duration,
        status_interval: Duration,
        at_once: usize,
    ) -> Self {
        Self {
            store,
            keyring,
            port,
            interval,
            status_interval,
            at_once: at_once.max(1),
        }
    }

    async fn go(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        let mut tally = Tally::default();
        let mut readings: JoinSet<PollResult> = JoinSet::new();
        let mut kept: Vec<PollResult> = Vec::new();
        let mut flushed = tokio::time::Instant::now();
        let mut more = true;
        loop {
            if more && !stop.is_cancelled() && readings.len() <= self.at_once / 2 {
                more = self.take_up(&mut readings).await?;
            }
            let ended = tokio::select! {
                () = stop.cancelled() => break,
                ended = readings.join_next() => ended,
            };
            match ended {
                None => break,
                Some(Ok(result)) => {
                    tally.add(&result);
                    kept.push(result);
                }
                Some(Err(error)) => return Err(Fault::internal(error)),
            }
            if kept.len() >= BATCH || flushed.elapsed() >= FLUSH_EVERY {
                flushed = tokio::time::Instant::now();
                self.keep(std::mem::take(&mut kept)).await?;
            }
        }
        // Readings under way at a stop are dropped; their sessions close themselves.
        readings.abort_all();
        self.keep(kept).await?;
        Ok(tally.report())
    }

    /// Starts readings that are due; `false` when there are no more.
    async fn take_up(&self, readings: &mut JoinSet<PollResult>) -> Result<bool, Fault> {
        let room = self.at_once.saturating_sub(readings.len());
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let now = Timestamp::now();
        let due = self
            .store
            .write("bmc.claim", move |c| poll_claim(c, now, limit))
            .await?;
        let more = due.len() >= room;
        for endpoint in due {
            let (port, keyring) = (self.port.clone(), self.keyring.clone());
            readings.spawn(async move { read(&*port, &keyring, endpoint).await });
        }
        Ok(more)
    }

    async fn keep(&self, results: Vec<PollResult>) -> Result<(), Fault> {
        if results.is_empty() {
            return Ok(());
        }
        let interval_ms = i64::try_from(self.status_interval.as_millis()).unwrap_or(i64::MAX);
        self.store
            .write("bmc.record", move |c| poll_record(c, &results, interval_ms))
            .await
    }
}

async fn read(port: &dyn PowerPort, keyring: &Keyring, endpoint: BmcEndpoint) -> PollResult {
    let mut certificate = None;
    let asked = ask(port, keyring, &endpoint, &mut certificate);
    let outcome = match tokio::time::timeout(DEADLINE, asked).await {
        Ok(outcome) => outcome,
        Err(_) => Err(PortFault::new(
            PortFaultKind::Passing,
            "no-answer",
            format!(
                "{}: not read within {} s",
                endpoint.address,
                DEADLINE.as_secs()
            ),
        )),
    };
    PollResult {
        endpoint,
        at: Timestamp::now(),
        outcome,
        certificate,
    }
}

type Read = (PowerState, crate::power::port::BmcIdentity, Option<i64>);

async fn ask(
    port: &dyn PowerPort,
    keyring: &Keyring,
    endpoint: &BmcEndpoint,
    certificate: &mut Option<String>,
) -> Result<Read, PortFault> {
    let target = target(endpoint, keyring, false)
        .map_err(|fault| PortFault::new(PortFaultKind::Lasting, "sealed", fault.to_string()))?;
    let mut session = port.open(&target).await?;
    *certificate = session.certificate();
    let state = session.state().await?;
    let identity = session.identity().await?;
    let suite = session.suite();
    if let Err(fault) = session.close().await {
        tracing::debug!(%fault, "closing a session");
    }
    Ok((state, identity, suite))
}

#[derive(Default)]
struct Tally {
    answered: usize,
    silent: usize,
    refused: usize,
}

impl Tally {
    fn add(&mut self, result: &PollResult) {
        match &result.outcome {
            Ok(_) => self.answered += 1,
            Err(fault) if fault.kind == PortFaultKind::Credential => self.refused += 1,
            Err(_) => self.silent += 1,
        }
    }

    fn report(&self) -> Message {
        Message::new("tasks-said-bmc-poll")
            .with("answered", self.answered)
            .with("silent", self.silent)
            .with("refused", self.refused)
    }
}

impl Task for BmcPoll {
    fn name(&self) -> &'static str {
        BMC_TASK
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.go(&stop).await })
    }
}
