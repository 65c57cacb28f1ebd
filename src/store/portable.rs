//! What the connection enum can't say itself: upserts, batch inserts, texts of SQL per engine.
//!
//! This is the only place that looks at which database a connection belongs to.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Conn;
use crate::base::fault::Fault;

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Name and version of the database engine: `SQLite 3.50.4`.
pub fn engine_version(c: &mut Conn) -> Result<String, Fault> {
    let engine = c.engine();
    let text = match c {
        Conn::Sqlite(_) => "SELECT sqlite_version() AS version",
        Conn::Postgres(_) => "SELECT current_setting('server_version') AS version",
    };
    let row: Version = crate::on_engine!(c, inner => diesel::sql_query(text).get_result(inner))?;
    Ok(format!("{engine} {}", row.version))
}

/// Runs one diesel statement on whichever connection it is; needed for batch inserts and upserts,
/// which have no type over both databases: `on_engine!(conn, c => insert_into(t).values(&rows).execute(c))`.
#[macro_export]
macro_rules! on_engine {
    ($conn:expr, $inner:ident => $statement:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($inner) => $statement,
            $crate::store::Conn::Postgres($inner) => $statement,
        }
    };
}

use diesel::Connection;

/// Runs a closure in a savepoint of the present transaction: when it fails nothing of it stays, and the
/// transaction can go on.
pub fn savepoint<T>(
    c: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, Fault>,
) -> Result<T, Fault> {
    c.transaction(work)
}

/// Lets no other transaction write to a table, or come here for it, until this one ends. As the first statement of a write
/// transaction it makes the transaction see what the one before it left: PostgreSQL takes its snapshot behind it, so
/// nobody has to run again. SQLite has one writer anyway.
pub fn one_at_a_time(c: &mut Conn, table: &'static str) -> Result<(), Fault> {
    if let Conn::Postgres(inner) = c {
        let statement = format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
        diesel::sql_query(statement).execute(inner)?;
    }
    Ok(())
}

/// Rows per statement of a batch insert: SQLite allows 32,766 values in one.
pub const BATCH_ROWS: usize = 500;

/// Inserts rows in batches on either database; gives how many went in.
#[macro_export]
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        let mut inserted = 0_usize;
        let mut outcome: Result<usize, diesel::result::Error> = Ok(0);
        for batch in $rows.chunks($crate::store::portable::BATCH_ROWS) {
            outcome = $crate::on_engine!($conn, inner => diesel::RunQueryDsl::execute(
                diesel::insert_into($table).values(batch), inner));
            match outcome {
                Ok(count) => inserted += count,
                Err(_) => break,
            }
        }
        outcome.map(|_| inserted)
    }};
}
