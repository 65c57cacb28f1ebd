//! What is made on paper: graphs as drawings, and the month report of a customer.
//!
//! A report tells of the billing periods that ended in a month. It is made once they are closed, kept as it was sent,
//! and followed by another edition when one of them is corrected.

mod curve;
mod drawing;
mod model;
mod month;
mod ops;
mod print;
mod rows;
mod sheets;

pub use curve::Curve;
pub use drawing::{Drawing, Size};
pub use model::{Made, MonthFacts};
pub use month::{Month, NoMonth};
pub use ops::{
    report_customer, report_enclosed, report_facts, report_is_there, report_keep, report_kept,
    report_list, report_next_edition, reports_due,
};
pub use print::{Printer, report_pdf};
pub use rows::MonthReport;
