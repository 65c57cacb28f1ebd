//! Wake-ups: whoever committed work for a background task wakes it, without knowing the task itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// One bell per task; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Wakeups {
    bells: Arc<Mutex<BTreeMap<String, Arc<Notify>>>>,
}

impl Wakeups {
    /// Wakes a task. Call it after the commit. A task that runs just now runs once more; a task that nobody
    /// waits for yet runs when somebody does.
    pub fn wake(&self, task: &str) {
        self.bell(task).notify_one();
    }

    /// Waits until the task is woken; wake-ups since the last wait count as one.
    pub async fn wait(&self, task: &str) {
        let bell = self.bell(task);
        bell.notified().await;
    }

    fn bell(&self, task: &str) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(task) {
            return bell.clone();
        }
        bells.entry(task.to_owned()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_wake_up_before_the_wait_is_kept_once() {
        let wakeups = Wakeups::default();
        wakeups.wake("mailer");
        wakeups.clone().wake("mailer");
        timeout(Duration::from_secs(5), wakeups.wait("mailer"))
            .await
            .unwrap();
        for other in ["mailer", "poller"] {
            let wait = timeout(Duration::from_millis(20), wakeups.wait(other)).await;
            assert!(wait.is_err(), "{other}");
        }
    }
}
