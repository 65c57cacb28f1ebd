//! Takes numbers and names of people out of the records when they are no longer needed.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::access::{KeptFor, retention_step};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::store::Store;

/// Records of each kind in one transaction.
const AT_ONCE: i64 = 50;
/// Transactions of one run; the rest waits for the next.
const STEPS: usize = 200;

/// The task that forgets people.
pub struct Forgetting {
    store: Store,
    interval: Duration,
    keep: KeptFor,
}

impl Forgetting {
    /// A task that remembers people for so long.
    pub const fn new(store: Store, interval: Duration, keep: KeptFor) -> Self {
        Self {
            store,
            interval,
            keep,
        }
    }

    /// What one activation at an instant does.
    ///
    /// # Errors
    /// The database's faults.
    pub async fn activate_at(
        &self,
        now: Timestamp,
        stop: &CancellationToken,
    ) -> Result<Message, Fault> {
        let (mut visits, mut people, mut numbers) = (0, 0, 0);
        for _ in 0..STEPS {
            if stop.is_cancelled() {
                break;
            }
            let keep = self.keep;
            let step = self
                .store
                .write("privacy.forget", move |c| {
                    let actor = Actor::task("privacy", now);
                    retention_step(c, &actor, keep, AT_ONCE)
                })
                .await?;
            visits += step.visits;
            people += step.people;
            numbers += step.numbers;
            if step.is_nothing() {
                break;
            }
        }
        Ok(Message::new("tasks-said-privacy")
            .with("visits", visits)
            .with("people", people)
            .with("numbers", numbers))
    }
}

impl Task for Forgetting {
    fn name(&self) -> &'static str {
        "privacy"
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.activate_at(Timestamp::now(), &stop).await })
    }
}
