//! Lets readings, hours and events go that are older than the configuration says.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::metering::day::{DAY_MS, Day};
use crate::metering::{
    ExpiryPlace, HeldDays, days_held, gauge_days_expire, gauge_hours_expire, hours_expire,
    readings_expire,
};
use crate::notify::ops::events::events_expire;
use crate::power::ops::log_expire;
use crate::store::Store;

/// Rows removed in one transaction.
const AT_ONCE: i64 = 50;
/// Lines of event logs removed in one transaction.
const LINES_AT_ONCE: i64 = 500;
/// Transactions of one run for each kind; the rest waits for the next.
const STEPS: usize = 200;

/// For how many days what is kept.
#[derive(Debug, Clone, Copy)]
pub struct KeptDays {
    /// Readings of ports and gauges.
    pub readings: i64,
    /// Their hours.
    pub hours: i64,
    /// Events that are over.
    pub events: i64,
    /// Entries of machines' event logs.
    pub log: i64,
    /// Those about warnings and worse.
    pub log_faults: i64,
}

/// The task that lets go what is old.
pub struct Retention {
    store: Store,
    interval: Duration,
    keep: KeptDays,
}

/// What became of the readings of ports.
#[derive(Default)]
struct Readings {
    removed: usize,
    held: usize,
    unreadable: usize,
}

impl Retention {
    /// A task that keeps things for so many days.
    pub const fn new(store: Store, interval: Duration, keep: KeptDays) -> Self {
        Self {
            store,
            interval,
            keep,
        }
    }

    async fn logs(&self, now: Timestamp, stop: &CancellationToken) -> Result<usize, Fault> {
        let today = Day::of(now);
        let usual = today.plus(-self.keep.log).start();
        let faults = today.plus(-self.keep.log_faults).start();
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

    /// What one activation at an instant does.
    ///
    /// # Errors
    /// The database's faults. A day of readings that can't be read is none: it is left and counted.
    pub async fn activate_at(
        &self,
        now: Timestamp,
        stop: &CancellationToken,
    ) -> Result<Message, Fault> {
        let today = Day::of(now);
        let (readings, hours) = (
            today.plus(-self.keep.readings),
            today.plus(-self.keep.hours),
        );
        let ports = self.ports(now, readings, stop).await?;
        let (gauges, months) = self.gauges_and_hours((readings, hours), stop).await?;
        let since = now.plus_millis(-self.keep.events.saturating_mul(DAY_MS));
        let events = self.events(since, stop).await?;
        let lines = self.logs(now, stop).await?;
        Ok(Message::new("tasks-said-retention")
            .with("days", ports.removed + gauges)
            .with("readings", readings.to_string())
            .with("months", months)
            .with("hours", hours.to_string())
            .with("events", events)
            .with("lines", lines)
            .with("held", ports.held)
            .with("unreadable", ports.unreadable))
    }

    async fn ports(
        &self,
        now: Timestamp,
        day: Day,
        stop: &CancellationToken,
    ) -> Result<Readings, Fault> {
        let held: HeldDays = self.store.read(move |c| days_held(c, now, day)).await?;
        let (mut found, mut place, mut writes) = (Readings::default(), ExpiryPlace::Begin, 0);
        // Steps that only pass over what is held cost next to nothing and do not count.
        while writes < STEPS && !stop.is_cancelled() {
            let held = held.clone();
            let step = self
                .store
                .write("series.expire", move |c| {
                    readings_expire(c, day, &held, place, AT_ONCE)
                })
                .await?;
            for fault in &step.unreadable {
                tracing::error!(%fault, "a day of readings can't be read and was not removed");
            }
            found.removed += step.removed;
            found.held += step.held;
            found.unreadable += step.unreadable.len();
            writes += usize::from(step.removed > 0);
            match step.next {
                Some(next) => place = next,
                None => break,
            }
        }
        Ok(found)
    }

    async fn gauges_and_hours(
        &self,
        (readings, hours): (Day, Day),
        stop: &CancellationToken,
    ) -> Result<(usize, usize), Fault> {
        let (mut days_gone, mut months_gone) = (0, 0);
        for _ in 0..STEPS {
            if stop.is_cancelled() {
                break;
            }
            let step = self
                .store
                .write("series.expire", move |c| {
                    let days = gauge_days_expire(c, readings, AT_ONCE)?;
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
        Ok((days_gone, months_gone))
    }

    async fn events(&self, before: Timestamp, stop: &CancellationToken) -> Result<usize, Fault> {
        let mut gone = 0;
        for _ in 0..STEPS {
            if stop.is_cancelled() {
                break;
            }
            let removed = self
                .store
                .write("events.expire", move |c| events_expire(c, before, AT_ONCE))
                .await?;
            match removed {
                0 => break,
                some => gone += some,
            }
        }
        Ok(gone)
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
        Box::pin(async move { self.activate_at(Timestamp::now(), &stop).await })
    }
}
