//! What a decoder found wrong, and where.

/// The reason why octets could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeKind {
    /// Fewer octets than a length says.
    #[error("too short")]
    Truncated,
    /// Octets left over inside of something.
    #[error("too long")]
    Trailing,
    /// A length without end, or one that no message has.
    #[error("impossible length")]
    Length,
    /// Another tag than what stands there in every message, or one that no message has.
    #[error("unexpected tag {0:#04x}")]
    Tag(u8),
    /// A number of no octets, too many, or out of its range.
    #[error("impossible number")]
    Number,
    /// A value of a kind that has no octets, or a fixed number of them, with others.
    #[error("impossible value")]
    Value,
    /// A version that is not 2c.
    #[error("another version")]
    Version,
}

impl DecodeKind {
    /// The failure at so many octets from the start of the message.
    #[must_use]
    pub const fn at(self, offset: usize) -> DecodeError {
        DecodeError { kind: self, offset }
    }
}

/// A decoding failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at octet {offset}")]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeKind,
    /// Where, in octets from the start of the message.
    pub offset: usize,
}
