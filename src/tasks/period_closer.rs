//! Closes billing periods some hours after their end, once all their readings are settled.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::metering::{period_close, periods_due};
use crate::store::Store;

const NAME: &str = "period_closer";

/// The task that closes periods.
pub struct PeriodCloser {
    store: Store,
    interval: Duration,
    rest_ms: i64,
}

impl PeriodCloser {
    /// A closer with its interval and the hours that a period rests after its end; 0 leaves closing to people.
    pub fn new(store: Store, interval: Duration, rest_hours: u32) -> Self {
        Self {
            store,
            interval,
            rest_ms: i64::from(rest_hours) * 3_600_000,
        }
    }

    async fn close(&self, now: Timestamp, stop: &CancellationToken) -> Result<Message, Fault> {
        if self.rest_ms == 0 {
            return Ok(Message::new("tasks-said-period-closer-off"));
        }
        let rest_ms = self.rest_ms;
        let due = self
            .store
            .read(move |c| periods_due(c, now, rest_ms))
            .await?;
        let (mut closed, mut waiting, mut first) = (0_i64, 0_i64, None);
        for (allocation, period) in due {
            if stop.is_cancelled() {
                break;
            }
            let done = self
                .store
                .write("period.close", move |c| {
                    let actor = Actor::task(NAME, now);
                    period_close(c, &actor, allocation, period.from, None)
                })
                .await;
            match done {
                Ok(_) => closed += 1,
                // Not settled yet, or a person was faster: looked at again the next time.
                Err(fault) if fault.kind == FaultKind::Conflict => waiting += 1,
                Err(fault) if fault.kind == FaultKind::Unavailable => return Err(fault),
                Err(fault) => {
                    tracing::error!(allocation = allocation.get(), %fault, "period not closed");
                    first.get_or_insert(fault);
                }
            }
        }
        if let Some(fault) = first {
            return Err(fault);
        }
        Ok(Message::new("tasks-said-period-closer")
            .with("closed", closed)
            .with("waiting", waiting))
    }

    /// What one activation at an instant does.
    ///
    /// # Errors
    /// The database's faults; a period that can't be closed yet is none.
    pub async fn activate_at(&self, now: Timestamp) -> Result<Message, Fault> {
        self.close(now, &CancellationToken::new()).await
    }
}

impl Task for PeriodCloser {
    fn name(&self) -> &'static str {
        NAME
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.close(Timestamp::now(), &stop).await })
    }
}
