//! The store: pools of connections, read and write transactions on blocking threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};

use super::conn::{Access, Conn, ConnManager, DatabaseUrl};
use super::task_board::TaskBoard;
use super::wake::Wakeups;
use crate::base::fault::Fault;

/// How often a write transaction is tried before its fault is handed out.
const WRITE_ATTEMPTS: u32 = 8;
/// A transaction slower than this is logged.
const SLOW: Duration = Duration::from_millis(500);

/// Handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    url: DatabaseUrl,
    readers: r2d2::Pool<ConnManager>,
    writers: r2d2::Pool<ConnManager>,
    figures: Figures,
    wakeups: Wakeups,
    task_board: TaskBoard,
}

/// Running counts since the start of the process.
#[derive(Debug, Default)]
pub struct Figures {
    /// Read transactions finished.
    pub reads: AtomicU64,
    /// Write transactions committed.
    pub writes: AtomicU64,
    /// Write transactions run again after a conflict.
    pub retries: AtomicU64,
    /// Statements sent to the database, those that begin and end transactions included.
    pub statements: Arc<AtomicU64>,
}

impl Store {
    /// Opens the pools. SQLite gets one writer and `readers` readers, PostgreSQL `readers` of each.
    /// The directory of an SQLite file must exist; the file is made when it does not.
    pub fn open(url: &DatabaseUrl, readers: u32) -> Result<Self, Fault> {
        let writers = if matches!(url, DatabaseUrl::Sqlite(_)) {
            1
        } else {
            readers
        };
        // The writer comes first: it makes the file and its journal mode, which readers need.
        let figures = Figures::default();
        let writers = pool(url, Access::Write, writers, &figures)?;
        let readers = pool(url, Access::Read, readers, &figures)?;
        let inner = Inner {
            url: url.clone(),
            readers,
            writers,
            figures,
            wakeups: Wakeups::default(),
            task_board: TaskBoard::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Which database this is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.inner.url
    }

    /// Running counts.
    pub fn figures(&self) -> &Figures {
        &self.inner.figures
    }

    /// The bells of the background tasks of this process.
    pub fn wakeups(&self) -> &Wakeups {
        &self.inner.wakeups
    }

    /// What the background tasks of this process are doing.
    pub fn task_board(&self) -> &TaskBoard {
        &self.inner.task_board
    }

    /// Runs a closure in a read-only snapshot on a blocking thread.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Fault> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read_blocking(work))
            .await
            .map_err(Fault::internal)?
    }

    /// Runs a closure in a write transaction on a blocking thread. It may run again after a conflict,
    /// so it must touch nothing but the database.
    pub async fn write<T, F>(&self, name: &'static str, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.write_blocking(name, work))
            .await
            .map_err(Fault::internal)?
    }

    /// [`Store::read`] for callers that are on a blocking thread already.
    pub fn read_blocking<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let started = Instant::now();
        let mut conn = self.inner.readers.get().map_err(Fault::unavailable)?;
        begin(
            &mut conn,
            "BEGIN",
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )?;
        let result = finish(&mut conn, work);
        self.inner.figures.reads.fetch_add(1, Ordering::Relaxed);
        note_slow("read", started);
        result
    }

    /// [`Store::write`] for callers that are on a blocking thread already.
    pub fn write_blocking<T>(
        &self,
        name: &'static str,
        work: impl Fn(&mut Conn) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let started = Instant::now();
        let mut attempt = 1;
        loop {
            let mut conn = self.inner.writers.get().map_err(Fault::unavailable)?;
            begin(
                &mut conn,
                "BEGIN IMMEDIATE",
                "BEGIN ISOLATION LEVEL SERIALIZABLE",
            )?;
            match finish(&mut conn, &work) {
                Err(fault) if fault.retryable && attempt < WRITE_ATTEMPTS => {
                    drop(conn);
                    self.inner.figures.retries.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(transaction = name, attempt, "conflict, running again");
                    std::thread::sleep(pause(attempt));
                    attempt += 1;
                }
                result => {
                    self.inner.figures.writes.fetch_add(1, Ordering::Relaxed);
                    note_slow(name, started);
                    return result;
                }
            }
        }
    }
}

fn pool(
    url: &DatabaseUrl,
    access: Access,
    size: u32,
    figures: &Figures,
) -> Result<r2d2::Pool<ConnManager>, Fault> {
    r2d2::Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(1))
        .test_on_check_out(matches!(url, DatabaseUrl::Postgres(_)))
        .connection_timeout(Duration::from_secs(15))
        .error_handler(Box::new(QuietErrors))
        .build(ConnManager::new(url.clone(), access).counting(figures.statements.clone()))
        .map_err(|error| Fault::unavailable(format!("{url}: {error}")))
}

/// The pool's own logger would print connection errors twice.
#[derive(Debug)]
struct QuietErrors;

impl r2d2::HandleError<diesel::ConnectionError> for QuietErrors {
    fn handle_error(&self, error: diesel::ConnectionError) {
        tracing::warn!(%error, "database connection");
    }
}

fn begin(conn: &mut Conn, sqlite: &str, postgres: &str) -> Result<(), Fault> {
    match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, sqlite)?,
        Conn::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(inner, postgres)?,
    }
    Ok(())
}

/// Runs the closure, then commits or rolls back through the enum's own manager.
fn finish<T>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, Fault>,
) -> Result<T, Fault> {
    type Manager = <Conn as Connection>::TransactionManager;
    match work(conn) {
        Ok(value) => {
            Manager::commit_transaction(conn)?;
            Ok(value)
        }
        Err(fault) => {
            if let Err(error) = Manager::rollback_transaction(conn) {
                tracing::warn!(%error, "rollback");
            }
            Err(fault)
        }
    }
}

/// Grows with each attempt and differs between threads.
fn pause(attempt: u32) -> Duration {
    let mut spread = [0_u8; 1];
    let spread = if getrandom::fill(&mut spread).is_ok() {
        u64::from(spread[0] % 8)
    } else {
        0
    };
    Duration::from_millis((2_u64 << attempt.min(6)) + spread)
}

fn note_slow(name: &str, started: Instant) {
    let elapsed = started.elapsed();
    if elapsed > SLOW {
        let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(transaction = name, duration_ms, "slow transaction");
    }
}
