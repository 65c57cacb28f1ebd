//! What a month report is made of, and when it is due.

use sha2::{Digest, Sha256};

use super::month::Month;
use super::rows::MonthReport;
use crate::base::fault::Fault;
use crate::base::ids::{
    AllocationId, ClosedPeriodId, CustomerId, MonthReportId, PeriodCorrectionId,
};
use crate::base::locale::Locale;
use crate::base::token::{hex, sha256_hex};
use crate::metering::period::Period;
use crate::metering::{PeriodState, PeriodView};
use crate::notify::{MonthReported, QueuedMail};

/// How long the report of a month waits for all its periods to be closed; then it is made as a provisional one.
pub(super) const PATIENCE_MS: i64 = 3 * 86_400_000;

/// A billing period that ended in the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Whose it is.
    pub allocation: AllocationId,
    /// Its time.
    pub period: Period,
    /// The closed period.
    pub closed: Option<ClosedPeriodId>,
    /// Its last correction.
    pub last_correction: Option<PeriodCorrectionId>,
}

/// What a report is made from, in short: another one means another report.
pub(super) fn basis_of(pieces: &[Piece]) -> String {
    let piece = |piece: &Piece| {
        format!(
            "{} {} {} {};",
            piece.allocation,
            piece.period.from.millis(),
            piece.closed.map_or(0, |id| id.get()),
            piece.last_correction.map_or(0, |id| id.get()),
        )
    };
    sha256_hex(&pieces.iter().map(piece).collect::<String>())
}

/// Whether a report of a month is to be made that is over for a time: the first once all periods are closed or have
/// been waited for, another once they are closed and something has changed.
pub(super) fn is_due(pieces: &[Piece], latest: Option<&MonthReport>, over_ms: i64) -> bool {
    let is_closed = pieces.iter().all(|piece| piece.closed.is_some());
    match latest {
        _ if pieces.is_empty() || over_ms < 0 => false,
        None => is_closed || over_ms >= PATIENCE_MS,
        Some(latest) => is_closed && latest.basis != basis_of(pieces),
    }
}

/// What a report says.
#[derive(Debug, Clone)]
pub struct MonthFacts {
    /// Whose it is.
    pub customer_id: CustomerId,
    /// The customer's code.
    pub code: String,
    /// The customer's name.
    pub customer: String,
    /// The customer's language.
    pub locale: Locale,
    /// The month.
    pub month: Month,
    /// The closed periods and corrections it is made from, in short.
    pub basis: String,
    /// The periods that ended in it.
    pub parts: Vec<PeriodView>,
}

impl MonthFacts {
    /// Whether all periods are closed.
    pub fn is_final(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.all(|part| part.state == PeriodState::Closed)
    }
}

/// A report that was made and is to be kept.
#[derive(Debug, Clone)]
pub struct Made {
    /// Whose it is.
    pub customer_id: CustomerId,
    /// The customer's code.
    pub code: String,
    /// The customer's name.
    pub customer: String,
    /// Its language.
    pub locale: Locale,
    /// The month.
    pub month: Month,
    /// Its number among those of the month, from 1.
    pub edition: i64,
    /// Whether all periods in it are closed.
    pub is_final: bool,
    /// What it was made from.
    pub basis: String,
    /// How many periods are in it.
    pub periods: usize,
    /// The document.
    pub body: Vec<u8>,
    /// Page of the customer's allocations; may be empty.
    pub url: String,
}

impl Made {
    /// A document with the facts that it was made from.
    pub fn of(facts: &MonthFacts, edition: i64, body: Vec<u8>, url: String) -> Self {
        Self {
            customer_id: facts.customer_id,
            code: facts.code.clone(),
            customer: facts.customer.clone(),
            locale: facts.locale,
            month: facts.month,
            edition,
            is_final: facts.is_final(),
            basis: facts.basis.clone(),
            periods: facts.parts.len(),
            body,
            url,
        }
    }

    /// SHA-256 of the document.
    pub fn sha256(&self) -> String {
        hex(&digest(&self.body))
    }

    /// The mail to a contact; the document itself is fetched when it is sent.
    pub(super) fn mail(
        &self,
        id: MonthReportId,
        to: &str,
        name: &str,
        locale: Locale,
    ) -> Result<QueuedMail, Fault> {
        let facts = MonthReported {
            report_id: id.get(),
            customer: self.customer.clone(),
            month: self.month.to_string(),
            edition: self.edition,
            is_final: self.is_final,
            periods: self.periods,
            sha256: self.sha256(),
            url: self.url.clone(),
        };
        QueuedMail::month_reported(to, name, locale, &facts)
    }
}

pub(super) fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::base::time::Timestamp;

    fn piece(closed: Option<i64>, correction: Option<i64>) -> Piece {
        Piece {
            allocation: AllocationId::new(1),
            period: Period {
                from: Timestamp::from_millis(0),
                until: Timestamp::from_millis(1),
            },
            closed: closed.map(ClosedPeriodId::new),
            last_correction: correction.map(PeriodCorrectionId::new),
        }
    }

    fn kept(pieces: &[Piece], is_final: bool) -> MonthReport {
        MonthReport {
            id: MonthReportId::new(1),
            customer_id: CustomerId::new(1),
            month: "2026-11".into(),
            edition: 1,
            locale: Locale::En,
            is_final,
            basis: basis_of(pieces),
            sha256: String::new(),
            made_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn a_report_waits_for_the_closing_but_not_for_ever_and_is_made_once() {
        let (open, closed) = ([piece(None, None)], [piece(Some(7), None)]);
        assert!(!is_due(&[], None, PATIENCE_MS));
        assert!(!is_due(&closed, None, -1));
        assert!(is_due(&closed, None, 0));
        assert!(!is_due(&open, None, PATIENCE_MS - 1));
        assert!(is_due(&open, None, PATIENCE_MS));
        // The provisional one stays until the final one can be made, and that one until a correction.
        assert!(!is_due(&open, Some(&kept(&open, false)), PATIENCE_MS * 9));
        assert!(is_due(&closed, Some(&kept(&open, false)), PATIENCE_MS * 9));
        assert!(!is_due(
            &closed,
            Some(&kept(&closed, true)),
            PATIENCE_MS * 9
        ));
        let corrected = [piece(Some(7), Some(1))];
        assert!(is_due(
            &corrected,
            Some(&kept(&closed, true)),
            PATIENCE_MS * 9
        ));
    }
}
