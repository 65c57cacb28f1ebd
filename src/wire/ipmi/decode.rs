//! What a decoder found wrong, and where.

use std::fmt;

/// The reason why octets could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeKind {
    /// Fewer octets than the format needs.
    Truncated,
    /// Octets left over after the end of the format.
    Trailing,
    /// A length field that disagrees with the octets that are there.
    Length,
    /// A fixed field with another value than the format's.
    Field,
    /// A checksum that does not fit.
    Checksum,
    /// An integrity code that is missing or does not fit.
    Integrity,
    /// Padding that is impossible.
    Padding,
    /// Not encrypted or not authenticated although it must be.
    Unprotected,
    /// A chain of records that comes back to itself.
    Loop,
    /// A version, algorithm or record type that this decoder does not know.
    Unsupported,
}

/// A decoding failure: kind and offset in octets from the start of what was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at octet {offset}")]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeKind,
    /// Where, in octets.
    pub offset: usize,
}

impl DecodeError {
    /// A failure of `kind` at `offset` octets.
    pub const fn new(kind: DecodeKind, offset: usize) -> Self {
        Self { kind, offset }
    }
}

impl fmt::Display for DecodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "too short",
            Self::Trailing => "too long",
            Self::Length => "wrong length field",
            Self::Field => "unexpected value",
            Self::Checksum => "wrong checksum",
            Self::Integrity => "wrong integrity code",
            Self::Padding => "impossible padding",
            Self::Unprotected => "not protected",
            Self::Loop => "endless chain",
            Self::Unsupported => "unknown kind",
        })
    }
}
