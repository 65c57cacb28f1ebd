//! Month reports as they are stored. None is ever changed.

use diesel::prelude::*;

use crate::base::ids::{CustomerId, MonthReportId};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::store::schema::month_reports;

/// A month report, without its document.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = month_reports)]
pub struct MonthReport {
    /// Row id.
    pub id: MonthReportId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// `2026-11`.
    pub month: String,
    /// 1 for the first of the month, 2 for what came after a correction.
    pub edition: i64,
    /// Its language.
    pub locale: Locale,
    /// Whether all periods in it were closed.
    pub is_final: bool,
    /// The closed periods and corrections it was made from, in short.
    pub basis: String,
    /// SHA-256 of the document, hexadecimal.
    pub sha256: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A report to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = month_reports)]
pub(super) struct NewMonthReport {
    pub customer_id: CustomerId,
    pub month: String,
    pub edition: i64,
    pub locale: Locale,
    pub is_final: bool,
    pub basis: String,
    pub sha256: String,
    pub body: Vec<u8>,
    pub made_at: Timestamp,
}
