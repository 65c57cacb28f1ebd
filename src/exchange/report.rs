//! What an import found and did.

use crate::base::fault::Message;

/// Faults kept in a report; more are only counted.
const SHOWN_FAULTS: usize = 200;
/// Changed rows kept in a report; more are only counted.
const SHOWN_DIFFERENCES: usize = 200;

/// What is wrong at one cell, or worth knowing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// File.
    pub file: String,
    /// 1-based line; 0 when it is the file as a whole.
    pub line: u64,
    /// Column, empty when it is the row as a whole.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong and what would be right.
    pub message: Message,
}

/// One field of a record, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    /// Column.
    pub column: &'static str,
    /// As it is.
    pub before: String,
    /// As it will be.
    pub after: String,
}

/// A record that a row changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDifference {
    /// File.
    pub file: String,
    /// 1-based line.
    pub line: u64,
    /// What the record is found by.
    pub name: String,
    /// What changes. Empty when it is nothing that an export shows: a password, or the record was archived.
    pub fields: Vec<FieldDifference>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Per file: name, new, changed, as before.
    pub files: Vec<(String, usize, usize, usize)>,
    /// The first faults.
    pub faults: Vec<RowFault>,
    /// All faults.
    pub fault_count: usize,
    /// What was not taken over as it stands, and what was filled in: the first of them.
    pub notes: Vec<RowFault>,
    /// All of these.
    pub note_count: usize,
    /// The first records that change.
    pub differences: Vec<RowDifference>,
    /// All of these.
    pub difference_count: usize,
    /// Stands for all that the import does to the records; the same again only when it would do the same again.
    pub digest: String,
    /// It would have done something else than what was seen before, so it did nothing.
    pub is_other: bool,
    /// Whether anything was written.
    pub written: bool,
}

impl Report {
    /// A report of files that could not be read.
    pub fn unread(faults: Vec<RowFault>) -> Self {
        let mut report = Self::default();
        faults.into_iter().for_each(|fault| report.add(fault));
        report
    }

    /// The same report with notes of how its files were read.
    #[must_use]
    pub fn noted(mut self, notes: Vec<RowFault>, count: usize) -> Self {
        self.note_count = count;
        self.notes = notes;
        self.notes.truncate(SHOWN_FAULTS);
        self
    }

    pub(super) fn add(&mut self, fault: RowFault) {
        self.fault_count += 1;
        if self.faults.len() < SHOWN_FAULTS {
            self.faults.push(fault);
        }
    }

    pub(super) fn add_difference(&mut self, difference: impl FnOnce() -> RowDifference) {
        self.difference_count += 1;
        if self.differences.len() < SHOWN_DIFFERENCES {
            self.differences.push(difference());
        }
    }
}
