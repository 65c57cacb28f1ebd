//! The index over a connection.

mod find;
mod hits;
mod index;
mod sources;

pub use find::search_find;
pub use index::{
    search_added, search_added_all, search_changed, search_changed_all, search_index_is_current,
    search_index_kept, search_rebuild_step,
};
