//! Finishes days: what polls said on a day that is over becomes one block per port and per gauge. One device's day at a time and
//! only so many in a row, so that polls are kept in between.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::time::Timestamp;
use crate::metering::day::Day;
use crate::metering::{
    OpenDay, OpenGaugeDay, SEALER, day_ready, day_seal, days_open, gauge_day_ready, gauge_day_seal,
    gauge_days_open,
};
use crate::store::Store;

/// Days finished in one run; when there are more the task wakes itself.
const DAYS_A_RUN: usize = 64;
/// Days looked for at once.
const DAYS_AT_ONCE: usize = 16;

/// The task that turns finished days into blocks.
pub struct Sealer {
    store: Store,
    interval: Duration,
}

/// What a run did.
#[derive(Default)]
struct Run {
    finished: usize,
    passed_over: usize,
    failed: usize,
    first: Option<Fault>,
    more: bool,
}

impl Sealer {
    /// A sealer with its interval.
    pub const fn new(store: Store, interval: Duration) -> Self {
        Self { store, interval }
    }

    /// Finishes days that are over at `now`, and says how many.
    ///
    /// # Errors
    /// The first [`Fault`] when days could not be finished (the others are), or when the database is away.
    pub async fn finish_days(
        &self,
        now: Timestamp,
        stop: CancellationToken,
    ) -> Result<Message, Fault> {
        let mut run = Run::default();
        let mut after = None;
        while !run.more {
            let open = self
                .store
                .read(move |c| days_open(c, now, after, DAYS_AT_ONCE))
                .await?;
            if open.is_empty() {
                break;
            }
            for of in open {
                if stop.is_cancelled() {
                    return run.ended();
                }
                if run.finished >= DAYS_A_RUN {
                    run.more = true;
                    break;
                }
                let named = format!("target {}", of.target);
                run.note(&named, of.day, self.finish(of).await)?;
                after = Some(of);
            }
        }
        self.finish_gauge_days(now, &stop, &mut run).await?;
        if run.more {
            self.store.wakeups().wake(SEALER);
        }
        run.ended()
    }

    async fn finish_gauge_days(
        &self,
        now: Timestamp,
        stop: &CancellationToken,
        run: &mut Run,
    ) -> Result<(), Fault> {
        let mut after = None;
        while !run.more {
            let open = self
                .store
                .read(move |c| gauge_days_open(c, now, after, DAYS_AT_ONCE))
                .await?;
            if open.is_empty() {
                break;
            }
            for of in open {
                if stop.is_cancelled() {
                    return Ok(());
                }
                if run.finished >= DAYS_A_RUN {
                    run.more = true;
                    break;
                }
                let named = format!("gauges of device {}", of.device);
                run.note(&named, of.day, self.finish_gauges(of).await)?;
                after = Some(of);
            }
        }
        Ok(())
    }

    async fn finish_gauges(&self, of: OpenGaugeDay) -> Result<bool, Fault> {
        let ready = self.store.read(move |c| gauge_day_ready(c, of)).await?;
        match ready {
            None => Ok(false),
            Some(ready) => {
                self.store
                    .write("gauge_day.seal", move |c| gauge_day_seal(c, &ready))
                    .await
            }
        }
    }

    /// Finishes one day; `false` when somebody was faster or a poll came between.
    async fn finish(&self, of: OpenDay) -> Result<bool, Fault> {
        let ready = self.store.read(move |c| day_ready(c, of)).await?;
        match ready {
            None => Ok(false),
            Some(ready) => {
                self.store
                    .write("day.seal", move |c| day_seal(c, &ready))
                    .await
            }
        }
    }
}

impl Run {
    /// A day that can't be finished keeps its rows and does not hold up the others; a database that is away does.
    fn note(&mut self, of: &str, day: Day, outcome: Result<bool, Fault>) -> Result<(), Fault> {
        match outcome {
            Ok(true) => self.finished += 1,
            Ok(false) => self.passed_over += 1,
            Err(fault) if fault.kind == FaultKind::Unavailable => return Err(fault),
            Err(fault) => {
                tracing::error!(of, %day, %fault, "day not finished, its rows are kept");
                self.failed += 1;
                self.first.get_or_insert(fault);
            }
        }
        Ok(())
    }

    fn ended(self) -> Result<Message, Fault> {
        match self.first {
            Some(fault) => Err(Fault::internal(format!(
                "{} days could not be finished and keep their rows; the first: {fault}",
                self.failed
            ))),
            None => Ok(Message::new("tasks-said-sealer")
                .with("finished", self.finished)
                .with("passed", self.passed_over)
                .with("more", if self.more { "yes" } else { "no" })),
        }
    }
}

impl Task for Sealer {
    fn name(&self) -> &'static str {
        SEALER
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(self.finish_days(Timestamp::now(), stop))
    }
}
