//! How far an import is.

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Files are read.
    Read,
    /// Rows are tried; nothing of it stays.
    Check,
    /// Rows are written.
    Write,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Rows that are done.
    pub done: usize,
    /// All rows.
    pub of: usize,
}
