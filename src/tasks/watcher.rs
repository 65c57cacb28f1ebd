//! Judges the last readings by the rules, and raises and ends events.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::metering::{Judged, WATCHER, watch_do, watch_look};
use crate::notify::NOTIFIER;
use crate::store::Store;

/// The task that watches.
pub struct Watcher {
    store: Store,
    interval: Duration,
    judged: Arc<Mutex<Judged>>,
}

impl Watcher {
    /// A watcher that has judged nothing yet.
    pub fn new(store: Store, interval: Duration) -> Self {
        Self {
            store,
            interval,
            judged: Arc::default(),
        }
    }

    /// Looks and does as of an instant.
    pub async fn watch(&self, now: Timestamp) -> Result<Message, Fault> {
        let before = self
            .judged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let look = self
            .store
            .read(move |c| watch_look(c, &before, now))
            .await?;
        let steps = Arc::new(look.steps);
        let (mut raised, mut ended) = (0, 0);
        if !steps.is_empty() {
            let steps = steps.clone();
            (raised, ended) = self
                .store
                .write("events.watch", move |c| watch_do(c, &steps, now))
                .await?;
        }
        *self.judged.lock().unwrap_or_else(PoisonError::into_inner) = look.judged;
        if raised + ended > 0 {
            self.store.wakeups().wake(NOTIFIER);
        }
        Ok(Message::new("tasks-said-watcher")
            .with("targets", look.targets)
            .with("things", look.things)
            .with("raised", raised)
            .with("ended", ended))
    }
}

impl Task for Watcher {
    fn name(&self) -> &'static str {
        WATCHER
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, _stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.watch(Timestamp::now()).await })
    }
}
