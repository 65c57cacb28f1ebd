//! A table as it stands in a file, before anybody knows what it holds.

use super::report::RowFault;
use crate::base::fault::Message;

/// Most rows of one file.
pub const MAX_ROWS: usize = 200_000;
/// Most columns of one file.
pub const MAX_COLUMNS: usize = 200;

/// Most cells of one file, empty ones too: a row has as many as the header.
pub const MAX_CELLS: usize = 4_000_000;
/// Most faults that are told of one file.
pub(super) const MAX_FAULTS: usize = 200;

/// How a text came to be in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody wrote it as it is.
    Text,
    /// It is a number: leading zeros are gone, if there were any.
    Number,
    /// It is a number of more digits than a workbook keeps: the last ones are wrong.
    Rounded,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What a person sees there, without blanks around it.
    pub text: String,
    /// How it came there.
    pub origin: Origin,
}

impl Cell {
    /// A cell with a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            origin: Origin::Text,
        }
    }

    /// A cell with nothing in it.
    pub const fn empty() -> Self {
        Self {
            text: String::new(),
            origin: Origin::Text,
        }
    }
}

/// One row with the line it starts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// 1-based line of the file, or row of the sheet.
    pub line: u64,
    /// As many cells as the header has.
    pub cells: Vec<Cell>,
}

/// A header and its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Names of the columns as they stand there, without blanks around them.
    pub header: Vec<String>,
    /// Line of the header.
    pub header_line: u64,
    /// What is below.
    pub rows: Vec<SheetRow>,
}

/// A fault of a file at a line; line 0 is the file as a whole.
pub(super) fn fault_at(file: &str, line: u64, column: &str, message: Message) -> RowFault {
    RowFault {
        file: file.to_owned(),
        line,
        column: column.to_owned(),
        value: String::new(),
        message,
    }
}

/// A column's name as it is compared: `Rack Position` and `rack-position` are `rack_position`.
pub fn column_name(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}
