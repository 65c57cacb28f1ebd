//! What an import found and did.

use crate::base::fault::Message;

/// Faults kept in a report; more are only counted.
const SHOWN_FAULTS: usize = 200;

/// What is wrong at one cell.
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

/// What an import did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Per file: name, new, changed, as before.
    pub files: Vec<(String, usize, usize, usize)>,
    /// The first faults.
    pub faults: Vec<RowFault>,
    /// All faults.
    pub fault_count: usize,
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

    pub(super) fn add(&mut self, fault: RowFault) {
        self.fault_count += 1;
        if self.faults.len() < SHOWN_FAULTS {
            self.faults.push(fault);
        }
    }
}
