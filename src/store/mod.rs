//! The database: one connection enum over SQLite and PostgreSQL, transactions, migrations, the outbox.
//!
//! Domains hand closures to [`Store::read`] and [`Store::write`]; the closures are synchronous, so nobody
//! can await a device inside a transaction, and may run twice, so they touch nothing but the database.

pub mod alike;
#[allow(missing_docs, reason = "the connection derive's generated items")]
pub mod conn;
mod failure;
mod keyset;
pub mod migrate;
pub mod outbox;
pub mod pool;
pub mod portable;
#[allow(missing_docs, reason = "the table macro's generated items")]
pub mod schema;
pub mod sealed;
pub mod settings;
pub mod task_board;
pub mod task_log;
pub mod wake;

pub use conn::{Conn, DatabaseUrl};
pub use pool::Store;
pub use wake::Wakeups;
