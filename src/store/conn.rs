//! One connection type over both databases, opened by the scheme of a URL and by nothing else.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection};

/// An open connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// The shared database.
    Postgres(PgConnection),
}

impl Conn {
    /// Word for logs and pages.
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// Where the database is, checked.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: one file (plus its write-ahead log beside it).
    Sqlite(PathBuf),
    /// `postgres://…` as libpq reads it.
    Postgres(String),
}

/// Why a text is no database URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no database URL; allowed: sqlite:PATH, postgres://USER@HOST/DATABASE")]
pub struct DatabaseUrlError {
    /// What was given, without a password.
    pub given: String,
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || DatabaseUrlError {
            given: without_password(text),
        };
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path == ":memory:" || path.contains('\0') {
                return Err(wrong());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(wrong())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The URL with `user:password@` cut to `user@`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split(':').next().unwrap_or("");
            format!("{scheme}://{user}@{place}")
        }
        None => url.to_owned(),
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading only; the database refuses writes.
    Read,
    /// Reading and writing.
    Write,
}

/// Opens connections for the pools.
#[derive(Debug, Clone)]
pub struct ConnManager {
    url: DatabaseUrl,
    access: Access,
    statements: Option<Arc<AtomicU64>>,
}

impl ConnManager {
    /// A manager for one database and one kind of access.
    pub const fn new(url: DatabaseUrl, access: Access) -> Self {
        Self {
            url,
            access,
            statements: None,
        }
    }

    /// The same manager, whose connections count their statements.
    #[must_use]
    pub fn counting(mut self, statements: Arc<AtomicU64>) -> Self {
        self.statements = Some(statements);
        self
    }

    /// Opens one connection.
    pub fn open(&self) -> Result<Conn, ConnectionError> {
        let mut conn = match &self.url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path, self.access).map(Conn::Sqlite)?,
            DatabaseUrl::Postgres(url) => open_postgres(url, self.access).map(Conn::Postgres)?,
        };
        if let Some(statements) = self.statements.clone() {
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                    statements.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Ok(conn)
    }
}

fn open_sqlite(path: &Path, access: Access) -> Result<SqliteConnection, ConnectionError> {
    let path = path
        .to_str()
        .ok_or_else(|| ConnectionError::BadConnection("the path is not UTF-8".into()))?;
    let mut connection = SqliteConnection::establish(path)?;
    let pragmas = match access {
        Access::Write => {
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        }
        Access::Read => "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;",
    };
    let shared =
        "PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;";
    connection
        .batch_execute(pragmas)
        .and_then(|()| connection.batch_execute(shared))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

fn open_postgres(url: &str, access: Access) -> Result<PgConnection, ConnectionError> {
    let mut connection = PgConnection::establish(url)?;
    let read_only = if access == Access::Read {
        "SET default_transaction_read_only = on;"
    } else {
        ""
    };
    connection
        .batch_execute(&format!(
            "SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET TIME ZONE 'UTC'; \
             SET client_min_messages = warning; SET application_name = 'coldaisle'; {read_only}"
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

impl r2d2::ManageConnection for ConnManager {
    type Connection = Conn;
    type Error = ConnectionError;

    fn connect(&self) -> Result<Conn, ConnectionError> {
        self.open()
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), ConnectionError> {
        conn.batch_execute("SELECT 1")
            .map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::connection::TransactionManager;
        match conn {
            Conn::Sqlite(inner) => {
                <SqliteConnection as Connection>::TransactionManager::is_broken_transaction_manager(
                    inner,
                )
            }
            Conn::Postgres(inner) => {
                <PgConnection as Connection>::TransactionManager::is_broken_transaction_manager(
                    inner,
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_url_names_its_engine_and_hides_its_password() {
        assert_eq!(
            "sqlite:/var/x.db".parse(),
            Ok(DatabaseUrl::Sqlite("/var/x.db".into()))
        );
        let url: DatabaseUrl = "postgres://app:calvin@db/coldaisle".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://app@db/coldaisle");
        for wrong in [
            "",
            "sqlite:",
            "sqlite::memory:",
            "/var/x.db",
            "mysql://x",
            "host=db user=app",
        ] {
            assert!(wrong.parse::<DatabaseUrl>().is_err(), "{wrong}");
        }
        let error = "mysql://root:calvin@db".parse::<DatabaseUrl>().unwrap_err();
        assert!(!error.to_string().contains("calvin"));
    }
}
