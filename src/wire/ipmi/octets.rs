//! A reader over octets that never runs past the end.

use super::decode::{DecodeError, DecodeKind};

/// Reads a byte slice front to back; all multi-octet numbers are least significant octet first.
#[derive(Debug, Clone)]
pub struct Octets<'a> {
    left: &'a [u8],
    offset: usize,
}

impl<'a> Octets<'a> {
    /// A reader at the start of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self {
            left: bytes,
            offset: 0,
        }
    }

    /// How many octets were read so far.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The octets not read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.left
    }

    /// A failure of `kind` at the present place.
    pub const fn error(&self, kind: DecodeKind) -> DecodeError {
        DecodeError::new(kind, self.offset)
    }

    /// The next `count` octets.
    ///
    /// # Errors
    /// `Truncated` when fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let Some((head, tail)) = self.left.split_at_checked(count) else {
            return Err(self.error(DecodeKind::Truncated));
        };
        self.left = tail;
        self.offset += count;
        Ok(head)
    }

    /// The next `N` octets as an array.
    ///
    /// # Errors
    /// `Truncated` when fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let at = self.error(DecodeKind::Truncated);
        self.take(N)?.try_into().map_err(|_| at)
    }

    /// The next octet.
    ///
    /// # Errors
    /// `Truncated` at the end.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array::<1>().map(|[octet]| octet)
    }

    /// The next two octets as a number.
    ///
    /// # Errors
    /// `Truncated` when fewer are left.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_le_bytes)
    }

    /// The next four octets as a number.
    ///
    /// # Errors
    /// `Truncated` when fewer are left.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_le_bytes)
    }

    /// The next octet, which has to be `value`.
    ///
    /// # Errors
    /// `Truncated` at the end, `Field` for any other value.
    pub fn expect(&mut self, value: u8) -> Result<(), DecodeError> {
        let at = self.error(DecodeKind::Field);
        if self.u8()? == value { Ok(()) } else { Err(at) }
    }

    /// Says that everything has been read.
    ///
    /// # Errors
    /// `Trailing` when octets are left.
    pub const fn end(&self) -> Result<(), DecodeError> {
        if self.left.is_empty() {
            Ok(())
        } else {
            Err(self.error(DecodeKind::Trailing))
        }
    }
}
