//! What things are found by, and finding them: serials, names, addresses of network cards, Chinese by character, by
//! pinyin and by initials.
//!
//! The index is one table of terms ([`Searched`] things, a row per term). A domain that writes a record tells it here
//! in the same transaction, by [`search_added`] or [`search_changed`]; the terms are read from the record itself, so
//! that the index can be made anew from nothing ([`search_rebuild_step`]) and is then the same. To teach it another
//! kind: a variant of [`SearchKind`] and [`Searched`], its terms in `ops/sources.rs`, its hits in `ops/hits.rs`.

mod chinese;
mod model;
mod ops;
mod query;
mod rows;
mod terms;

pub use chinese::pinyin_of;
pub use model::{Group, Hit, Rank, SearchKind, Searched, TERMS_VERSION};
pub use ops::{
    search_added, search_added_all, search_changed, search_changed_all, search_find,
    search_index_is_current, search_index_kept, search_rebuild_step,
};
