//! The driver: a timer and a bell per task, one run at a time, and a record of each run.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::Task;
use crate::base::fault::{Fault, Message};
use crate::base::kept::KeptMessage;
use crate::base::time::Timestamp;
use crate::store::task_board::TaskBoard;
use crate::store::task_log::{self, TaskRun};
use crate::store::{Store, Wakeups};

/// Panics of one task in a row after which the driver stops it and says so.
const PANICS_TO_GIVE_UP: u64 = 5;
/// Least rest between a start by the timer and the end of the run before.
const LEAST_REST: Duration = Duration::from_millis(50);
/// Rest after a panic, so that a task that is woken often does not spin.
const REST_AFTER_PANIC: Duration = Duration::from_secs(1);

/// Runs tasks until it is shut down.
pub struct Driver {
    loops: JoinSet<()>,
    stop: CancellationToken,
    given_up: CancellationToken,
    alive: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Driver {
    /// Starts every task once at once, then by its timer and by `wakeups`.
    pub fn start(store: &Store, tasks: Vec<Arc<dyn Task>>, wakeups: &Wakeups) -> Self {
        let stop = CancellationToken::new();
        let given_up = CancellationToken::new();
        let alive = Arc::new(Mutex::new(BTreeSet::new()));
        let mut loops = JoinSet::new();
        for task in tasks {
            lock(&alive).insert(task.name());
            store.task_board().change(task.name(), |state| {
                state.interval_ms = millis(task.interval());
            });
            let runner = Runner {
                task,
                store: store.clone(),
                board: store.task_board().clone(),
                wakeups: wakeups.clone(),
                stop: stop.clone(),
                given_up: given_up.clone(),
            };
            let alive = alive.clone();
            loops.spawn(async move {
                let name = runner.task.name();
                runner.run().await;
                lock(&alive).remove(name);
            });
        }
        Self {
            loops,
            stop,
            given_up,
            alive,
        }
    }

    /// Comes back once a task was given up after panics in a row: the process ought to end and be started anew.
    pub async fn broken(&self) {
        self.given_up.cancelled().await;
    }

    /// Asks all tasks to stop and waits at most `budget`; gives the names of those that did not.
    pub async fn shutdown(mut self, budget: Duration) -> Vec<&'static str> {
        self.stop.cancel();
        let all = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(budget, all).await.is_ok() {
            return Vec::new();
        }
        let late = lock(&self.alive).iter().copied().collect();
        self.loops.abort_all();
        late
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One task with what its loop needs.
struct Runner {
    task: Arc<dyn Task>,
    store: Store,
    board: TaskBoard,
    wakeups: Wakeups,
    stop: CancellationToken,
    given_up: CancellationToken,
}

/// How a run ended.
enum Outcome {
    Ok(Message),
    Failed(Fault),
    Panicked(String),
}

impl Outcome {
    fn kept(&self) -> KeptMessage {
        match self {
            Self::Ok(said) => KeptMessage::from(said),
            Self::Failed(fault) => KeptMessage::from(fault),
            Self::Panicked(words) => {
                KeptMessage::from(&Message::new("tasks-said-panic")).saying(words)
            }
        }
    }
}

impl Runner {
    async fn run(&self) {
        let mut reason = "start";
        let mut panics_in_a_row = 0;
        while !self.stop.is_cancelled() {
            let started = Instant::now();
            let outcome = self.activate(reason).await;
            panics_in_a_row = match outcome {
                Outcome::Panicked(_) => panics_in_a_row + 1,
                _ => 0,
            };
            if panics_in_a_row >= PANICS_TO_GIVE_UP {
                return self.give_up();
            }
            if panics_in_a_row > 0 {
                tokio::select! {
                    () = self.stop.cancelled() => return,
                    () = tokio::time::sleep(REST_AFTER_PANIC) => {}
                }
            }
            let Some(next) = self.rest(started).await else {
                return;
            };
            reason = next;
        }
    }

    /// Waits for the timer or the bell; `None` when it is time to stop.
    async fn rest(&self, started: Instant) -> Option<&'static str> {
        let rest = self
            .task
            .interval()
            .saturating_sub(started.elapsed())
            .max(LEAST_REST);
        let next_at = Timestamp::now().plus_millis(millis(rest));
        self.board
            .change(self.task.name(), |state| state.next_at = Some(next_at));
        tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            () = self.wakeups.wait(self.task.name()) => Some("signal"),
            () = tokio::time::sleep(rest) => Some("timer"),
        }
    }

    /// One run, with its record.
    async fn activate(&self, reason: &'static str) -> Outcome {
        let name = self.task.name();
        let started_at = Timestamp::now();
        let started = Instant::now();
        self.board.change(name, |state| {
            state.running_since = Some(started_at);
            state.next_at = None;
        });
        let outcome = self.guarded().await;
        let duration_ms = millis(started.elapsed());
        self.note(&outcome, duration_ms);
        self.record(&outcome, reason, started_at, duration_ms).await;
        outcome
    }

    /// Runs the task in a tokio task of its own, which ends with this future, so that a panic stays in it.
    async fn guarded(&self) -> Outcome {
        let mut run = JoinSet::new();
        let task = self.task.clone();
        let stop = self.stop.clone();
        run.spawn(async move { task.activate(stop).await });
        match run.join_next().await {
            Some(Ok(Ok(detail))) => Outcome::Ok(detail),
            Some(Ok(Err(fault))) => Outcome::Failed(fault),
            Some(Err(error)) => Outcome::Panicked(panic_words(error)),
            None => Outcome::Failed(Fault::internal("the run was lost")),
        }
    }

    fn note(&self, outcome: &Outcome, duration_ms: i64) {
        let name = self.task.name();
        let (ok, panicked) = match outcome {
            Outcome::Ok(said) => {
                tracing::debug!(task = name, duration_ms, %said, "task done");
                (true, false)
            }
            Outcome::Failed(fault) => {
                tracing::warn!(task = name, duration_ms, %fault, "task failed");
                (false, false)
            }
            Outcome::Panicked(words) => {
                tracing::error!(task = name, duration_ms, words, "TASK PANICKED");
                (false, true)
            }
        };
        self.board.change(name, |state| {
            state.running_since = None;
            state.last_ok = Some(ok);
            state.last_duration_ms = duration_ms;
            state.runs += 1;
            state.failures += u64::from(!ok);
            state.panics += u64::from(panicked);
            state.failures_in_a_row = if ok { 0 } else { state.failures_in_a_row + 1 };
        });
    }

    async fn record(
        &self,
        outcome: &Outcome,
        reason: &str,
        started_at: Timestamp,
        duration_ms: i64,
    ) {
        let word = match outcome {
            Outcome::Ok(_) => "ok",
            Outcome::Failed(_) | Outcome::Panicked(_) => "failed",
        };
        let run = TaskRun {
            name: self.task.name().to_owned(),
            last_started_at: Some(started_at),
            last_reason: reason.to_owned(),
            last_outcome: word.to_owned(),
            last_detail: outcome.kept().to_text(),
            last_duration_ms: duration_ms,
            runs: 1,
            failures: i64::from(word == "failed"),
        };
        let written = self
            .store
            .write("task.record", move |c| task_log::record(c, &run))
            .await;
        if let Err(fault) = written {
            tracing::warn!(task = self.task.name(), %fault, "the run could not be recorded");
        }
    }

    fn give_up(&self) {
        let name = self.task.name();
        tracing::error!(
            task = name,
            panics = PANICS_TO_GIVE_UP,
            "GIVEN UP after panics in a row"
        );
        self.board.change(name, |state| state.given_up = true);
        self.given_up.cancel();
    }
}

/// The words of a panic, without a backtrace.
fn panic_words(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(payload) => payload
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without words".to_owned()),
        Err(error) => error.to_string(),
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "driver_tests.rs"]
mod tests;
