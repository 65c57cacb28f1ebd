//! Judges machines by the rules for events, and raises and ends events.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::notify::NOTIFIER;
use crate::power::MACHINE_WATCHER;
use crate::power::ops::{machine_do, machine_look};
use crate::store::Store;

/// The task `machine_watcher`.
pub struct MachineWatcher {
    store: Store,
    interval: Duration,
}

impl MachineWatcher {
    /// A watcher that looks this often.
    pub const fn new(store: Store, interval: Duration) -> Self {
        Self { store, interval }
    }

    /// Looks and does as of an instant.
    pub async fn watch(&self, now: Timestamp) -> Result<Message, Fault> {
        let look = self.store.read(move |c| machine_look(c, now)).await?;
        let things = look.things;
        let (mut raised, mut ended) = (0, 0);
        if !look.steps.is_empty() || !look.off_since.is_empty() {
            (raised, ended) = self
                .store
                .write("machines.watch", move |c| machine_do(c, &look, now))
                .await?;
        }
        if raised + ended > 0 {
            self.store.wakeups().wake(NOTIFIER);
        }
        Ok(Message::new("tasks-said-machine-watcher")
            .with("things", things)
            .with("raised", raised)
            .with("ended", ended))
    }
}

impl Task for MachineWatcher {
    fn name(&self) -> &'static str {
        MACHINE_WATCHER
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, _stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.watch(Timestamp::now()).await })
    }
}
