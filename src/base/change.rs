//! What an import did with one row.

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Created,
    /// It was there and is now different.
    Updated,
    /// It was there just like that.
    Unchanged,
}
