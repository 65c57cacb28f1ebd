//! The executor of power intents: claims, acts at most once, watches until the state shows what was asked.
//!
//! One activation goes on while anything is under way, and takes up new intents meanwhile. What a stopped or
//! crashed process leaves is taken up by the next: before the command it begins anew, after it only looks.

mod identity;
mod means;
mod outlets;
mod record;
mod run;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use means::Pace;

use means::Means;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::ids::IntentId;
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::base::token::random_code;
use crate::notify;
use crate::power::ops::{
    Claimed, Letters, expire, intent_claim, intents_due, lease_renew, leases_release,
};
use crate::power::port::{OutletPort, PowerPort};
use crate::power::{IntentState, Path, TASK};
use crate::store::Store;

/// Time between two renewals of the claims; a third of what they hold.
const RENEW_EVERY: Duration = Duration::from_secs(15);

/// The task `power`; cheap to clone.
#[derive(Clone)]
pub struct PowerExecutor {
    means: Means,
}

impl PowerExecutor {
    /// An executor with a name of its own for its claims.
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        port: Arc<dyn PowerPort>,
        letters: Letters,
        pace: Pace,
    ) -> Result<Self, Fault> {
        let owner = format!("executor-{}", random_code(12)?);
        Ok(Self {
            means: Means {
                store,
                keyring,
                port,
                outlets: None,
                letters,
                pace,
                owner,
            },
        })
    }

    /// The same with the way over outlets.
    #[must_use]
    pub fn with_outlets(mut self, outlets: Arc<dyn OutletPort>) -> Self {
        self.means.outlets = Some(outlets);
        self
    }

    async fn go(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        let mut work = Work::default();
        let outcome = self.work(stop, &mut work).await;
        let owner = self.means.owner.clone();
        if stop.is_cancelled() && work.started > 0 {
            self.means
                .store
                .write("power.release", move |c| leases_release(c, &owner))
                .await?;
        }
        outcome.map(|()| work.report())
    }

    async fn work(&self, stop: &CancellationToken, work: &mut Work) -> Result<(), Fault> {
        let bell = self.means.store.wakeups().clone();
        let mut renewed = tokio::time::Instant::now();
        loop {
            if !stop.is_cancelled() {
                self.take_up(stop, work).await?;
            }
            if work.runs.is_empty() {
                return Ok(());
            }
            tokio::select! {
                done = work.runs.join_next_with_id() => self.ended(work, done),
                () = bell.wait(TASK), if !stop.is_cancelled() => {}
                () = tokio::time::sleep(self.means.pace.interval.min(RENEW_EVERY)) => {}
            }
            if renewed.elapsed() >= RENEW_EVERY {
                renewed = tokio::time::Instant::now();
                self.renew(work).await?;
            }
        }
    }

    /// Starts what is due, as far as there is room.
    async fn take_up(&self, stop: &CancellationToken, work: &mut Work) -> Result<(), Fault> {
        let now = Timestamp::now();
        if !self.means.store.read(move |c| intents_due(c, now)).await? {
            return Ok(());
        }
        let room = self.means.pace.at_once.saturating_sub(work.runs.len());
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let (owner, letters) = (self.means.owner.clone(), self.means.letters.clone());
        let (expired, claimed) = self
            .means
            .store
            .write("power.claim", move |c| {
                let expired = expire(c, &letters, now)?;
                Ok((expired, intent_claim(c, &owner, now, limit)?))
            })
            .await?;
        work.expired += expired;
        for claimed in claimed {
            self.start(stop, work, claimed);
        }
        Ok(())
    }

    fn start(&self, stop: &CancellationToken, work: &mut Work, claimed: Claimed) {
        let (id, means, stop) = (claimed.intent.id, self.means.clone(), stop.clone());
        let handle = work
            .runs
            .spawn(async move { carry_out(&means, claimed, &stop).await });
        work.ids.insert(handle.id(), id);
        work.started += 1;
    }

    fn ended(&self, work: &mut Work, done: Option<Ended>) {
        let (task, outcome) = match done {
            None => return,
            Some(Ok((task, outcome))) => (task, outcome),
            Some(Err(error)) => {
                let fault = Fault::internal(&error);
                (error.id(), Err(fault))
            }
        };
        let intent = work.ids.remove(&task).map_or(0, IntentId::get);
        match outcome {
            Ok(Some(state)) => {
                work.finished.push(state);
                self.means.store.wakeups().wake(notify::MAILER);
            }
            Ok(None) => {}
            // Its claim runs out unrenewed, and somebody goes on from what is on record.
            Err(fault) => {
                work.faults += 1;
                tracing::error!(intent, %fault, "a power intent could not be carried on");
            }
        }
    }

    async fn renew(&self, work: &Work) -> Result<(), Fault> {
        let ids: Vec<IntentId> = work.ids.values().copied().collect();
        let owner = self.means.owner.clone();
        let now = Timestamp::now();
        self.means
            .store
            .write("power.renew", move |c| lease_renew(c, &owner, &ids, now))
            .await
    }
}

/// Carries an intent out on its way.
async fn carry_out(
    means: &Means,
    claimed: Claimed,
    stop: &CancellationToken,
) -> Result<Option<IntentState>, Fault> {
    match claimed.intent.path {
        Path::Bmc => run::carry_out(means, claimed, stop).await,
        Path::Outlets => outlets::carry_out(means, claimed, stop).await,
    }
}

type Ended = Result<(tokio::task::Id, Result<Option<IntentState>, Fault>), tokio::task::JoinError>;

/// What one activation has under way and has done.
#[derive(Default)]
struct Work {
    runs: JoinSet<Result<Option<IntentState>, Fault>>,
    ids: HashMap<tokio::task::Id, IntentId>,
    started: usize,
    expired: usize,
    faults: usize,
    finished: Vec<IntentState>,
}

impl Work {
    fn report(&self) -> Message {
        let done = self.finished.iter();
        let succeeded = done
            .filter(|state| **state == IntentState::Succeeded)
            .count();
        Message::new("tasks-said-power")
            .with("started", self.started)
            .with("succeeded", succeeded)
            .with("others", self.finished.len() - succeeded)
            .with("expired", self.expired)
            .with("broken", self.faults)
    }
}

impl Task for PowerExecutor {
    fn name(&self) -> &'static str {
        TASK
    }

    fn interval(&self) -> Duration {
        self.means.pace.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.go(&stop).await })
    }
}
