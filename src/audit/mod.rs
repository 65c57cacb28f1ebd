//! The audit log: an append-only chain of every action and every read of personal data.
//!
//! Each entry holds the hash of the one before, so a changed or removed entry shows. Entries are written in
//! the transaction of the write they tell of.

mod model;
mod ops;
mod rows;

pub use model::{Author, Event, Filter, Verdict, Via};
pub use ops::{list, record, verify};
pub use rows::Entry;
