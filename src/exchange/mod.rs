//! Import and export of whole kinds of records as CSV or workbooks: the same columns both ways, keyed by names, dry run with
//! what differs first, all or nothing, each fault with file, line and column.

mod bulk;
mod cells;
mod difference;
mod engine;
pub mod formula;
mod kinds;
pub mod library;
mod lost_digits;
mod markup;
pub mod netbox;
mod number_format;
pub mod parcel;
mod progress;
mod reading;
mod report;
mod workbook_reading;
mod workbook_writing;

pub use bulk::{BulkStep, MOST_STEPS, bulk};
pub use cells::{Cell, Origin, Sheet, SheetRow};
pub use engine::{export, import, import_as_seen};
pub use kinds::{Context, KINDS, Kind, kind};
pub use progress::{Progress, Stage};
pub use reading::{ImportFile, Row, read, read_sheet, rows_of};
pub use report::{FieldDifference, Report, RowDifference, RowFault};
pub use workbook_writing::{WORKBOOK_TYPE, workbook};
