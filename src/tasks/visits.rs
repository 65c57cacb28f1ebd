//! Marks visits that nobody came to, and notes those that are still on after their planned end.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::access::visits_sweep;
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::store::Store;

/// The task that looks after visits.
pub struct VisitSweep {
    store: Store,
    interval: Duration,
    no_show_h: i64,
}

impl VisitSweep {
    /// A task with its interval, and the hours after its planned end that a visit nobody came to is marked.
    pub const fn new(store: Store, interval: Duration, no_show_h: i64) -> Self {
        Self {
            store,
            interval,
            no_show_h,
        }
    }

    async fn sweep(&self) -> Result<Message, Fault> {
        let (now, no_show_h) = (Timestamp::now(), self.no_show_h);
        let swept = self
            .store
            .write("visits.sweep", move |c| visits_sweep(c, now, no_show_h))
            .await?;
        Ok(Message::new("tasks-said-visits")
            .with("missed", swept.no_show)
            .with("overdue", swept.overdue))
    }
}

impl Task for VisitSweep {
    fn name(&self) -> &'static str {
        "visits"
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, _: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(self.sweep())
    }
}
