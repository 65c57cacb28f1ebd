//! Ends console sessions whose process died, and lets old recordings go.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::console::ops::{consoles_close_abandoned, consoles_expire};
use crate::store::Store;
use crate::tasks::{BoxFuture, Task};

/// Sessions let go in one transaction.
const AT_ONCE: i64 = 20;
/// Transactions of one run; the rest waits for the next.
const STEPS: usize = 50;

/// The task that keeps the records of consoles in order.
pub struct ConsoleKeeper {
    store: Store,
    interval: Duration,
    keep_days: i64,
}

impl ConsoleKeeper {
    /// A task that keeps recordings for so many days.
    pub const fn new(store: Store, interval: Duration, keep_days: i64) -> Self {
        Self {
            store,
            interval,
            keep_days,
        }
    }

    async fn work(&self, stop: CancellationToken) -> Result<Message, Fault> {
        let now = Timestamp::now();
        let abandoned = self
            .store
            .write("console.abandoned", move |c| {
                consoles_close_abandoned(c, &Actor::task("consoles", now))
            })
            .await?;
        let before = now.plus_seconds(-self.keep_days * 86_400);
        let mut gone = 0;
        for _ in 0..STEPS {
            if stop.is_cancelled() {
                break;
            }
            let step = self
                .store
                .write("console.expire", move |c| {
                    consoles_expire(c, before, AT_ONCE)
                })
                .await?;
            gone += step;
            if step == 0 {
                break;
            }
        }
        Ok(Message::new("tasks-said-consoles")
            .with("abandoned", abandoned)
            .with("gone", gone))
    }
}

impl Task for ConsoleKeeper {
    fn name(&self) -> &'static str {
        "consoles"
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(self.work(stop))
    }
}
