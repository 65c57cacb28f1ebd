//! Lets readings and hours go that are older than the configuration says.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::metering::day::Day;
use crate::metering::{gauge_days_expire, gauge_hours_expire, hours_expire, readings_expire};
use crate::power::ops::log_expire;
use crate::store::Store;

/// Rows removed in one transaction.
const AT_ONCE: i64 = 50;
/// Lines of event logs removed in one transaction.
const LINES_AT_ONCE: i64 = 500;
/// Transactions of one run; the rest waits for the next.
const STEPS: usize = 200;

/// The task that lets old readings go.
pub struct Retention {
    store: Store,
    interval: Duration,
    readings_days: i64,
    hours_days: i64,
    log_days: i64,
    log_faults_days: i64,
}

impl Retention {
    /// A task that keeps readings and hours for so many days.
    pub const fn new(
        store: Store,
        interval: Duration,
        readings_days: i64,
        hours_days: i64,
    ) -> Self {
        Self {
            store,
            interval,
            readings_days,
            hours_days,
            log_days: 400,
            log_faults_days: 1_096,
        }
    }

    /// The same with other times for entries of machines' event logs: usual ones, and warnings and worse.
    #[must_use]
    pub const fn with_machine_logs(mut self, days: i64, faults_days: i64) -> Self {
        self.log_days = days;
        self.log_faults_days = faults_days;
        self
    }

    async fn logs(&self, stop: &CancellationToken) -> Result<usize, Fault> {
        let today = Day::of(Timestamp::now());
        let usual = today.plus(-self.log_days).start();
        let faults = today.plus(-self.log_faults_days).start();
        let mut gone = 0;
        for _ in 0..STEPS {
            if stop.is_cancelled() {
                break;
            }
            let step = self
                .store
                .write("machine_log.expire", move |c| {
                    log_expire(c, usual, faults, LINES_AT_ONCE)
                })
                .await?;
            gone += step;
            if step == 0 {
                break;
            }
        }
        Ok(gone)
    }

    async fn work(&self, stop: CancellationToken) -> Result<Message, Fault> {
        let today = Day::of(Timestamp::now());
        let (readings, hours) = (
            today.plus(-self.readings_days),
            today.plus(-self.hours_days),
        );
        let (mut days_gone, mut months_gone) = (0, 0);
        for _ in 0..STEPS {
            if stop.is_cancelled() {
                break;
            }
            let step = self
                .store
                .write("series.expire", move |c| {
                    let days = readings_expire(c, readings, AT_ONCE)?
                        + gauge_days_expire(c, readings, AT_ONCE)?;
                    let months =
                        hours_expire(c, hours, AT_ONCE)? + gauge_hours_expire(c, hours, AT_ONCE)?;
                    Ok((days, months))
                })
                .await?;
            days_gone += step.0;
            months_gone += step.1;
            if step == (0, 0) {
                break;
            }
        }
        let lines = self.logs(&stop).await?;
        Ok(Message::new("tasks-said-retention")
            .with("lines", lines)
            .with("days", days_gone)
            .with("readings", readings.to_string())
            .with("months", months_gone)
            .with("hours", hours.to_string()))
    }
}

impl Task for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(self.work(stop))
    }
}
