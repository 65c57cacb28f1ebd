//! A fresh migrated database for one test.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use coldaisle::store::{DatabaseUrl, Store, migrate};

use super::postgres;
use super::scratch::scratch_dir;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A database of the throw-away cluster.
    Postgres,
}

/// A database of its own for one test; gone when the last clone is dropped.
#[derive(Clone)]
pub struct TestDb {
    /// The store over it.
    pub store: Store,
    /// Which database it is.
    pub engine: Engine,
    /// Where it is.
    pub url: DatabaseUrl,
    /// Last, so that the store's connections are closed before.
    _removal: Arc<Removal>,
}

/// Removes the database when dropped.
struct Removal {
    url: DatabaseUrl,
    name: String,
}

/// Connections for reading (and on PostgreSQL for writing) of one test.
const READERS: u32 = 4;

impl TestDb {
    /// A copy of the migrated SQLite file.
    pub fn sqlite() -> Self {
        let name = unique_name();
        let path = scratch_dir().join(format!("{name}.db"));
        std::fs::copy(sqlite_template(), &path).expect("a copy of the migrated file");
        Self::open(Engine::Sqlite, DatabaseUrl::Sqlite(path), name)
    }

    /// A copy of the migrated PostgreSQL database.
    pub fn postgres() -> Self {
        let name = unique_name();
        let url = postgres::create(&name);
        Self::open(Engine::Postgres, url, name)
    }

    /// A database without any table; the store isn't opened before the test asks for it.
    pub fn empty_url(engine: Engine) -> DatabaseUrl {
        let name = unique_name();
        match engine {
            Engine::Sqlite => DatabaseUrl::Sqlite(scratch_dir().join(format!("{name}.db"))),
            Engine::Postgres => postgres::create_empty(&name),
        }
    }

    fn open(engine: Engine, url: DatabaseUrl, name: String) -> Self {
        let store = Store::open(&url, READERS).unwrap_or_else(|fault| panic!("{url}: {fault}"));
        Self {
            store,
            engine,
            _removal: Arc::new(Removal {
                url: url.clone(),
                name,
            }),
            url,
        }
    }
}

impl Drop for Removal {
    fn drop(&mut self) {
        match &self.url {
            DatabaseUrl::Postgres(_) => postgres::remove(&self.name),
            DatabaseUrl::Sqlite(path) => {
                for suffix in ["", "-wal", "-shm"] {
                    let mut file = path.clone().into_os_string();
                    file.push(suffix);
                    let _ = std::fs::remove_file(file);
                }
            }
        }
    }
}

fn unique_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn sqlite_template() -> &'static PathBuf {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let path = scratch_dir().join("migrated.db");
        migrate::migrate(&DatabaseUrl::Sqlite(path.clone())).expect("migrations");
        path
    })
}
