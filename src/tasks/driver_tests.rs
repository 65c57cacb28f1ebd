#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::base::fault::Fault;
use crate::store::{DatabaseUrl, migrate};
use crate::tasks::BoxFuture;

type Work =
    Box<dyn Fn(CancellationToken) -> BoxFuture<'static, Result<Message, Fault>> + Send + Sync>;

struct Probe {
    name: &'static str,
    interval: Duration,
    work: Work,
}

impl Task for Probe {
    fn name(&self) -> &'static str {
        self.name
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        (self.work)(stop)
    }
}

const HOUR: Duration = Duration::from_secs(3600);
const BUDGET: Duration = Duration::from_secs(10);

fn probe<F>(
    name: &'static str,
    interval: Duration,
    work: impl Fn(CancellationToken) -> F + Send + Sync + 'static,
) -> Arc<dyn Task>
where
    F: Future<Output = Result<Message, Fault>> + Send + 'static,
{
    Arc::new(Probe {
        name,
        interval,
        work: Box::new(move |stop| Box::pin(work(stop))),
    })
}

fn store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("x.db"));
    migrate::migrate(&url).unwrap();
    (Store::open(&url, 2).unwrap(), folder)
}

/// Waits until a condition holds, at most ten seconds.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + BUDGET;
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn state(store: &Store, name: &str) -> crate::store::task_board::TaskState {
    let states = store.task_board().states();
    states.into_iter().find(|state| state.name == name).unwrap()
}

async fn recorded(store: &Store) -> Vec<TaskRun> {
    store.read(task_log::all).await.unwrap()
}

#[tokio::test]
async fn a_task_runs_at_the_start_by_the_timer_and_when_woken() {
    let (store, _folder) = store();
    let tasks = vec![
        probe("often", Duration::from_millis(60), |_| async {
            Ok(Message::new("tick"))
        }),
        probe("seldom", HOUR, |_| async { Ok(Message::new("woken")) }),
    ];
    let driver = Driver::start(&store, tasks, store.wakeups());
    until("three ticks", || state(&store, "often").runs >= 3).await;
    until("the first run", || state(&store, "seldom").runs == 1).await;
    until("the rest", || state(&store, "seldom").next_at.is_some()).await;
    store.wakeups().wake("seldom");
    until("the second run", || state(&store, "seldom").runs == 2).await;
    assert!(driver.shutdown(BUDGET).await.is_empty());
    let runs = recorded(&store).await;
    assert_eq!(runs[0].last_reason, "timer");
    assert_eq!(runs[1].last_reason, "signal");
    assert_eq!((runs[1].runs, runs[1].failures), (2, 0));
    assert_eq!(runs[1].last_detail, r#"{"key":"woken"}"#);
}

#[tokio::test]
async fn a_task_never_runs_twice_at_once_and_a_wake_up_during_a_run_is_kept() {
    let (store, _folder) = store();
    let (inside, most, gate) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicU64::new(0)),
        Arc::new(tokio::sync::Semaphore::new(0)),
    );
    let task = {
        let (inside, most, gate) = (inside.clone(), most.clone(), gate.clone());
        probe("single", Duration::from_millis(1), move |_| {
            let (inside, most, gate) = (inside.clone(), most.clone(), gate.clone());
            async move {
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                gate.acquire().await.unwrap().forget();
                inside.fetch_sub(1, Ordering::SeqCst);
                Ok(Message::new("done"))
            }
        })
    };
    let driver = Driver::start(&store, vec![task], store.wakeups());
    until("the first run", || inside.load(Ordering::SeqCst) == 1).await;
    assert!(state(&store, "single").running_since.is_some());
    store.wakeups().wake("single");
    store.wakeups().wake("single");
    gate.add_permits(1);
    until("the second run", || {
        state(&store, "single").runs == 1 && inside.load(Ordering::SeqCst) == 1
    })
    .await;
    assert_eq!(recorded(&store).await[0].runs, 1);
    gate.add_permits(1000);
    until("more runs", || state(&store, "single").runs > 3).await;
    assert!(driver.shutdown(BUDGET).await.is_empty());
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn failures_and_panics_are_counted_and_leave_the_others_alone() {
    let (store, _folder) = store();
    let healed = Arc::new(AtomicBool::new(false));
    let flag = healed.clone();
    let tasks = vec![
        probe("failing", HOUR, |_| async {
            Err(Fault::unavailable("no route"))
        }),
        probe("panicking", Duration::from_millis(1), move |_| {
            let healed = flag.swap(true, Ordering::SeqCst);
            async move {
                assert!(healed, "ouch");
                Ok(Message::new("healed"))
            }
        }),
        probe("calm", Duration::from_millis(1), |_| async {
            Ok(Message::new("done"))
        }),
    ];
    let driver = Driver::start(&store, tasks, store.wakeups());
    until("a panic", || state(&store, "panicking").panics == 1).await;
    let before = state(&store, "calm").runs;
    until("the others", || state(&store, "calm").runs > before + 2).await;
    until("a good run", || {
        state(&store, "panicking").last_ok == Some(true)
    })
    .await;
    assert!(!state(&store, "panicking").given_up);
    until("the failure", || state(&store, "failing").failures == 1).await;
    assert!(driver.shutdown(BUDGET).await.is_empty());
    let runs = recorded(&store).await;
    assert_eq!(runs[1].last_outcome, "failed");
    assert!(runs[1].last_detail.contains("no route"));
    assert_eq!(runs[2].failures, 1);
}

#[tokio::test]
async fn panics_in_a_row_break_the_driver() {
    let (store, _folder) = store();
    let task = probe("broken", Duration::from_millis(1), |_| async {
        panic!("always") as Result<Message, Fault>
    });
    let driver = Driver::start(&store, vec![task], store.wakeups());
    tokio::time::timeout(BUDGET, driver.broken()).await.unwrap();
    assert_eq!(state(&store, "broken").panics, PANICS_TO_GIVE_UP);
    assert!(state(&store, "broken").given_up);
    assert!(driver.shutdown(BUDGET).await.is_empty());
    let kept = KeptMessage::from_text(&recorded(&store).await[0].last_detail).unwrap();
    assert_eq!(
        (kept.key.as_str(), kept.technical.as_str()),
        ("tasks-said-panic", "always")
    );
}

#[tokio::test]
async fn a_shutdown_waits_for_good_tasks_and_names_the_late_ones() {
    let (store, _folder) = store();
    let tidy = Arc::new(AtomicBool::new(false));
    let flag = tidy.clone();
    let tasks = vec![
        probe("good", HOUR, move |stop| {
            let tidy = flag.clone();
            async move {
                stop.cancelled().await;
                tidy.store(true, Ordering::SeqCst);
                Ok(Message::new("stopped"))
            }
        }),
        probe("deaf", HOUR, |_| std::future::pending()),
    ];
    let driver = Driver::start(&store, tasks, store.wakeups());
    until("both running", || {
        ["good", "deaf"]
            .iter()
            .all(|name| state(&store, name).running_since.is_some())
    })
    .await;
    let late = driver.shutdown(Duration::from_millis(500)).await;
    assert_eq!(late, ["deaf"]);
    assert!(tidy.load(Ordering::SeqCst));
    assert_eq!(
        recorded(&store).await[0].last_detail,
        r#"{"key":"stopped"}"#
    );
}
