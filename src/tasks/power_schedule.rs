//! Runs power schedules whose time has come: each becomes a bulk of whoever answers for it.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::power::ops::{ScheduleRan, schedule_run, schedules_due};
use crate::power::{Limits, SCHEDULE_TASK, TASK};
use crate::store::Store;

/// The task `power_schedule`.
pub struct PowerSchedules {
    store: Store,
    limits: Limits,
    interval: Duration,
}

impl PowerSchedules {
    /// A task that looks for schedules as often as `interval`.
    pub fn new(store: Store, limits: Limits, interval: Duration) -> Self {
        Self {
            store,
            limits,
            interval,
        }
    }

    async fn run(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        let now = Timestamp::now();
        let due = self.store.read(move |c| schedules_due(c, now)).await?;
        let (mut ran, mut not) = (0_usize, 0_usize);
        for id in due {
            if stop.is_cancelled() {
                break;
            }
            let limits = self.limits;
            let outcome = self
                .store
                .write("power.schedule", move |c| schedule_run(c, id, now, &limits))
                .await?;
            ran += usize::from(matches!(outcome, ScheduleRan::Bulk(_)));
            not += usize::from(outcome == ScheduleRan::Not);
        }
        if ran > 0 {
            self.store.wakeups().wake(TASK);
        }
        Ok(Message::new("tasks-said-power-schedule")
            .with("ran", ran)
            .with("not", not))
    }
}

impl Task for PowerSchedules {
    fn name(&self) -> &'static str {
        SCHEDULE_TASK
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.run(&stop).await })
    }
}
