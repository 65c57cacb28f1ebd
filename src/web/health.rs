//! For machines that watch the machine: alive, ready, metrics.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Status};
use rocket::{State, get, routes};

use super::Web;
use crate::store::{outbox, task_log};

pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("health", |rocket| async {
        rocket.mount("/", routes![healthz, readyz, metrics])
    })
}

/// The process answers.
#[get("/healthz")]
fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers.
#[get("/readyz")]
async fn readyz(web: &State<Web>) -> (Status, &'static str) {
    match web.store.read(outbox::counts).await {
        Ok(_) => (Status::Ok, "ready\n"),
        Err(fault) => {
            tracing::warn!(%fault, "not ready");
            (Status::ServiceUnavailable, "the database does not answer\n")
        }
    }
}

/// Prometheus text format 0.0.4. Holds counts and times, no names of customers.
#[get("/metrics")]
async fn metrics(web: &State<Web>) -> (Status, (ContentType, String)) {
    let kind =
        ContentType::new("text", "plain").with_params([("version", "0.0.4"), ("charset", "utf-8")]);
    let figures = web
        .store
        .read(|c| Ok((outbox::counts(c)?, task_log::all(c)?)))
        .await;
    let Ok(((waiting, dead), tasks)) = figures else {
        return (
            Status::ServiceUnavailable,
            (kind, "# the database does not answer\n".to_owned()),
        );
    };
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, kind: &str, lines: &[(String, i64)]| {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in lines {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let counted = |value: &std::sync::atomic::AtomicU64| {
        i64::try_from(value.load(Ordering::Relaxed)).unwrap_or(i64::MAX)
    };
    let store = web.store.figures();
    gauge(
        "coldaisle_outbox_entries",
        "Side effects not done.",
        "gauge",
        &[
            ("{state=\"waiting\"}".into(), waiting),
            ("{state=\"dead\"}".into(), dead),
        ],
    );
    gauge(
        "coldaisle_store_transactions_total",
        "Transactions since the start.",
        "counter",
        &[
            ("{access=\"read\"}".into(), counted(&store.reads)),
            ("{access=\"write\"}".into(), counted(&store.writes)),
        ],
    );
    gauge(
        "coldaisle_store_retries_total",
        "Write transactions run again.",
        "counter",
        &[(String::new(), counted(&store.retries))],
    );
    let per_task = |value: fn(&task_log::TaskRun) -> i64| -> Vec<(String, i64)> {
        tasks
            .iter()
            .map(|task| (format!("{{task=\"{}\"}}", task.name), value(task)))
            .collect()
    };
    gauge(
        "coldaisle_task_runs_total",
        "Runs of a background task.",
        "counter",
        &per_task(|task| task.runs),
    );
    gauge(
        "coldaisle_task_failures_total",
        "Failed runs of a background task.",
        "counter",
        &per_task(|task| task.failures),
    );
    gauge(
        "coldaisle_task_last_duration_milliseconds",
        "Duration of the last run.",
        "gauge",
        &per_task(|task| task.last_duration_ms),
    );
    gauge(
        "coldaisle_task_last_start_timestamp_milliseconds",
        "Start of the last run.",
        "gauge",
        &per_task(|task| {
            task.last_started_at
                .map_or(0, crate::base::time::Timestamp::millis)
        }),
    );
    (Status::Ok, (kind, text))
}
