//! Deletes what is of no use any more: ended sessions, old tries to sign in, side effects done long ago.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::identity;
use crate::store::{Store, outbox};

/// Tries to sign in are kept this long, to look into odd access.
const LOGIN_ATTEMPTS_SECONDS: i64 = 180 * 86_400;
/// Finished side effects are kept this long.
const OUTBOX_SECONDS: i64 = 30 * 86_400;

/// The task that cleans up.
pub struct Housekeeping {
    store: Store,
    interval: Duration,
}

impl Housekeeping {
    /// A cleaner with its interval.
    pub const fn new(store: Store, interval: Duration) -> Self {
        Self { store, interval }
    }

    async fn clean(&self) -> Result<Message, Fault> {
        let now = Timestamp::now();
        let sessions = self
            .store
            .write("sessions.purge", move |c| {
                identity::ops::sessions_purge(c, now)
            })
            .await?;
        let attempts = self
            .store
            .write("login_attempts.purge", move |c| {
                identity::ops::login_attempts_purge(c, now.plus_seconds(-LOGIN_ATTEMPTS_SECONDS))
            })
            .await?;
        let entries = self
            .store
            .write("outbox.purge", move |c| {
                outbox::purge_done(c, now.plus_seconds(-OUTBOX_SECONDS))
            })
            .await?;
        Ok(Message::new("tasks-said-housekeeping")
            .with("sessions", sessions)
            .with("attempts", attempts)
            .with("entries", entries))
    }
}

impl Task for Housekeeping {
    fn name(&self) -> &'static str {
        "housekeeping"
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, _stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(self.clean())
    }
}
