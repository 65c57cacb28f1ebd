//! What the background tasks of this process are doing right now, for their page and the metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::base::time::Timestamp;

/// State of one task in this process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TaskState {
    /// Name of the task.
    pub name: &'static str,
    /// Milliseconds between two runs when nobody wakes it.
    pub interval_ms: i64,
    /// Since when it runs; `None` while it rests.
    pub running_since: Option<Timestamp>,
    /// When the timer starts it next.
    pub next_at: Option<Timestamp>,
    /// Whether the last run went well; `None` before the first.
    pub last_ok: Option<bool>,
    /// How long the last run took, in milliseconds.
    pub last_duration_ms: i64,
    /// Runs since the start of the process.
    pub runs: u64,
    /// Failed runs among them, panics included.
    pub failures: u64,
    /// Panics among them.
    pub panics: u64,
    /// Failed runs in a row up to now.
    pub failures_in_a_row: u64,
    /// Whether the driver has given it up after panics in a row.
    pub given_up: bool,
}

/// The states of all tasks of this process; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct TaskBoard {
    states: Arc<Mutex<BTreeMap<&'static str, TaskState>>>,
}

impl TaskBoard {
    /// All tasks by name; none in a process that runs no tasks.
    pub fn states(&self) -> Vec<TaskState> {
        self.lock().values().cloned().collect()
    }

    /// Whether a task of this name runs in this process.
    pub fn knows(&self, name: &str) -> bool {
        self.lock().contains_key(name)
    }

    /// Changes the state of a task, which is made when it is new.
    pub fn change(&self, name: &'static str, change: impl FnOnce(&mut TaskState)) {
        let mut states = self.lock();
        let state = states.entry(name).or_default();
        state.name = name;
        change(state);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, TaskState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
