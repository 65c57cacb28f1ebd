//! What tests share: databases of both kinds, actors and fixtures.
//!
//! ```ignore
//! use crate::harness::{TestDb, both};
//!
//! both! {
//!     /// What must hold.
//!     async fn a_rack_has_a_name(db: TestDb) {
//!         let rack = db.rack(db.room(db.site("s1"), "r1"), "A01");
//!         let actor = db.actor(Role::Operations);
//!         let found = db.store.read(move |c| rack_by_id(c, &actor, rack)).await.unwrap();
//!         assert_eq!(found.name, "A01");
//!     }
//! }
//! ```
//!
//! makes the tests `a_rack_has_a_name::sqlite` and `a_rack_has_a_name::postgres`, each with a database of its own.

#![allow(dead_code, unused_imports, reason = "each area takes what it needs")]

mod database;
mod fixtures;
mod postgres;
mod scratch;
mod web;

pub use self::database::{Engine, TestDb};
pub use self::fixtures::{NOW, PASSWORD};
pub use self::scratch::scratch_dir;
pub use self::web::{Caller, Reply, TestWeb};

/// Makes two tests of each function: on SQLite and on PostgreSQL, each with a fresh migrated database.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: $kind:ty) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing of its file")]
            use super::*;

            async fn run($db: $kind) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run(crate::harness::TestDb::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run(crate::harness::TestDb::postgres()).await;
            }
        }
    )+};
}
pub(crate) use both;
