//! Migrations, embedded for both databases under the same names.

use diesel::Connection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Access, Conn, ConnManager, DatabaseUrl};
use crate::base::fault::Fault;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number: all processes use the same one to take turns on PostgreSQL.
const ADVISORY_LOCK: i64 = 0x636f_6c64;

/// Brings a database up to date; gives the names of the migrations that ran.
pub fn migrate(url: &DatabaseUrl) -> Result<Vec<String>, Fault> {
    match open(url)? {
        Conn::Sqlite(mut conn) => run(&mut conn, SQLITE),
        Conn::Postgres(mut conn) => {
            diesel::connection::SimpleConnection::batch_execute(
                &mut conn,
                &format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"),
            )?;
            run(&mut conn, POSTGRES)
        }
    }
}

/// The names of migrations that a database still lacks.
pub fn pending(url: &DatabaseUrl) -> Result<Vec<String>, Fault> {
    match open(url)? {
        Conn::Sqlite(mut conn) => pending_names(&mut conn, SQLITE),
        Conn::Postgres(mut conn) => pending_names(&mut conn, POSTGRES),
    }
}

fn open(url: &DatabaseUrl) -> Result<Conn, Fault> {
    ConnManager::new(url.clone(), Access::Write)
        .open()
        .map_err(|error| Fault::unavailable(format!("{url}: {error}")))
}

fn run<C>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<Vec<String>, Fault>
where
    C: MigrationHarness<<C as Connection>::Backend> + Connection,
    <C as Connection>::Backend: diesel::backend::Backend,
{
    let ran = conn
        .run_pending_migrations(migrations)
        .map_err(Fault::internal)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

fn pending_names<C>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<Vec<String>, Fault>
where
    C: MigrationHarness<<C as Connection>::Backend> + Connection,
{
    let pending = conn
        .pending_migrations(migrations)
        .map_err(Fault::internal)?;
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_string())
        .collect())
}
