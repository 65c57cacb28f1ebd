//! The last run of each background task, for its page and the metrics.

use diesel::prelude::*;
use serde::Serialize;

use super::Conn;
use super::schema::task_runs;
use crate::base::fault::Fault;
use crate::base::time::Timestamp;
use crate::on_engine;

/// The last run of one task.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize)]
#[diesel(table_name = task_runs, treat_none_as_null = true)]
pub struct TaskRun {
    /// Name of the task.
    pub name: String,
    /// When it last started.
    pub last_started_at: Option<Timestamp>,
    /// Why: `timer`, `signal` or `start`.
    pub last_reason: String,
    /// `ok` or `failed`.
    pub last_outcome: String,
    /// What it did, or what went wrong.
    pub last_detail: String,
    /// How long it took.
    pub last_duration_ms: i64,
    /// Runs since the database was made.
    pub runs: i64,
    /// Failed runs among them.
    pub failures: i64,
}

/// Records a run; `runs` and `failures` of the argument are added to what is there.
pub fn record(c: &mut Conn, run: &TaskRun) -> Result<(), Fault> {
    on_engine!(c, inner => diesel::insert_into(task_runs::table)
        .values(run)
        .on_conflict(task_runs::name)
        .do_update()
        .set((
            task_runs::last_started_at.eq(run.last_started_at),
            task_runs::last_reason.eq(&run.last_reason),
            task_runs::last_outcome.eq(&run.last_outcome),
            task_runs::last_detail.eq(&run.last_detail),
            task_runs::last_duration_ms.eq(run.last_duration_ms),
            task_runs::runs.eq(task_runs::runs + run.runs),
            task_runs::failures.eq(task_runs::failures + run.failures),
        ))
        .execute(inner))?;
    Ok(())
}

/// All tasks that ever ran, by name.
pub fn all(c: &mut Conn) -> Result<Vec<TaskRun>, Fault> {
    Ok(task_runs::table
        .order(task_runs::name.asc())
        .select(TaskRun::as_select())
        .load(c)?)
}
