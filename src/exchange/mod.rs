//! Import and export of whole kinds of records as CSV: the same columns both ways, keyed by names, dry run first,
//! all or nothing, each fault with file, line and column.

mod engine;
mod kinds;
pub mod library;
pub mod parcel;
mod reading;
mod report;

pub use engine::{ImportFile, export, import};
pub use kinds::{Context, KINDS, Kind, kind};
pub use reading::{Row, read};
pub use report::{Report, RowFault};
