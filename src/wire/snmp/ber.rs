//! The part of the Basic Encoding Rules (X.690) that SNMP uses (RFC 3417 section 8): definite lengths, tags of one octet.

use super::decode::{DecodeError, DecodeKind};

/// INTEGER.
pub const INTEGER: u8 = 0x02;
/// OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// NULL.
pub const NULL: u8 = 0x05;
/// OBJECT IDENTIFIER.
pub const OBJECT_IDENTIFIER: u8 = 0x06;
/// SEQUENCE.
pub const SEQUENCE: u8 = 0x30;

/// The low bits of a tag that goes on in further octets.
const LONG_TAG: u8 = 0x1f;
/// The most octets of a length that anyone writes.
const MOST_LENGTH_OCTETS: usize = 8;

/// Reads what lies one behind the other inside of something.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    left: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a message.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self {
            left: octets,
            offset: 0,
        }
    }

    /// Octets from the start of the message.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Octets that were not read.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.left.len()
    }

    /// Whether all was read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// A failure here.
    #[must_use]
    pub const fn error(&self, kind: DecodeKind) -> DecodeError {
        kind.at(self.offset)
    }

    fn octet(&mut self) -> Result<u8, DecodeError> {
        let Some((octet, left)) = self.left.split_first() else {
            return Err(self.error(DecodeKind::Truncated));
        };
        self.left = left;
        self.offset += 1;
        Ok(*octet)
    }

    fn length(&mut self) -> Result<usize, DecodeError> {
        let at = self.error(DecodeKind::Length);
        let first = self.octet()?;
        if first < 0x80 {
            return Ok(usize::from(first));
        }
        let octets = usize::from(first & 0x7f);
        if octets == 0 || octets > MOST_LENGTH_OCTETS {
            return Err(at);
        }
        let mut length = 0_usize;
        for _ in 0..octets {
            let next = usize::from(self.octet()?);
            length = length.checked_mul(256).ok_or(at)? | next;
        }
        Ok(length)
    }

    /// The next tag, and a reader of what it holds.
    ///
    /// # Errors
    /// [`DecodeError`] when it is not all there.
    #[inline]
    pub fn tagged(&mut self) -> Result<(u8, Reader<'a>), DecodeError> {
        let at = self.offset;
        let tag = self.octet()?;
        if tag & LONG_TAG == LONG_TAG {
            return Err(DecodeKind::Tag(tag).at(at));
        }
        let length = self.length()?;
        let Some((inside, left)) = self.left.split_at_checked(length) else {
            return Err(self.error(DecodeKind::Truncated));
        };
        let inside = Reader {
            left: inside,
            offset: self.offset,
        };
        self.left = left;
        self.offset += length;
        Ok((tag, inside))
    }

    /// A reader of what the next one holds, which has to have this tag.
    ///
    /// # Errors
    /// [`DecodeError`] when it is another, or not all there.
    #[inline]
    pub fn expect(&mut self, tag: u8) -> Result<Reader<'a>, DecodeError> {
        let at = self.offset;
        match self.tagged()? {
            (found, inside) if found == tag => Ok(inside),
            (found, _) => Err(DecodeKind::Tag(found).at(at)),
        }
    }

    /// The next one as a number of 32 bits with a sign.
    ///
    /// # Errors
    /// [`DecodeError`] when it is something else.
    pub fn integer(&mut self) -> Result<i32, DecodeError> {
        self.expect(INTEGER)?.as_integer()
    }

    /// Says that everything was read.
    ///
    /// # Errors
    /// `Trailing` when octets are left.
    pub const fn end(&self) -> Result<(), DecodeError> {
        match self.left.is_empty() {
            true => Ok(()),
            false => Err(self.error(DecodeKind::Trailing)),
        }
    }

    /// All octets.
    #[must_use]
    pub const fn octets(self) -> &'a [u8] {
        self.left
    }

    /// The content of a number with a sign; net-snmp writes up to eight octets of one.
    pub(super) fn as_integer(self) -> Result<i32, DecodeError> {
        let wrong = self.error(DecodeKind::Number);
        let Some(first) = self.left.first() else {
            return Err(wrong);
        };
        if self.left.len() > 8 {
            return Err(wrong);
        }
        let start = if first & 0x80 == 0 { 0 } else { -1_i64 };
        let number = self
            .left
            .iter()
            .fold(start, |number, octet| number << 8 | i64::from(*octet));
        i32::try_from(number).map_err(|_| wrong)
    }

    /// The content of a number without a sign, which some write with its highest bit set and no octet before it.
    pub(super) fn as_unsigned(self) -> Result<u64, DecodeError> {
        let wrong = self.error(DecodeKind::Number);
        let octets = match self.left {
            [] => return Err(wrong),
            [0, octets @ ..] if octets.len() == 8 => octets,
            octets if octets.len() > 8 => return Err(wrong),
            octets => octets,
        };
        let number = octets
            .iter()
            .fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
        Ok(number)
    }
}

/// Octets that a length takes.
#[must_use]
pub const fn length_octets(length: usize) -> usize {
    match length {
        0..0x80 => 1,
        0x80..0x100 => 2,
        0x100..0x1_0000 => 3,
        _ => 4,
    }
}

/// Octets of something with `length` octets in it, tag and length included.
#[must_use]
pub const fn whole(length: usize) -> usize {
    1 + length_octets(length) + length
}

/// Appends a tag and a length of less than 16 MiB.
pub fn put_head(out: &mut Vec<u8>, tag: u8, length: usize) {
    let [_, .., high, middle, low] = length.to_be_bytes();
    match length_octets(length) {
        1 => out.extend_from_slice(&[tag, low]),
        2 => out.extend_from_slice(&[tag, 0x81, low]),
        3 => out.extend_from_slice(&[tag, 0x82, middle, low]),
        _ => out.extend_from_slice(&[tag, 0x83, high, middle, low]),
    }
}

/// The content octets of a number that has no sign, from the first that is needed.
fn content(number: &[u8; 4]) -> &[u8] {
    let bits = u32::from_be_bytes(*number);
    let redundant = match bits {
        0..0x80 => 3,
        0x80..0x8000 => 2,
        0x8000..0x80_0000 => 1,
        _ => 0,
    };
    number.get(redundant..).unwrap_or(number)
}

/// Octets of a number from 0 to 2³¹ − 1 with tag and length.
#[must_use]
pub fn number_octets(number: u32) -> usize {
    2 + content(&number.to_be_bytes()).len()
}

/// Appends a number from 0 to 2³¹ − 1 as an INTEGER.
pub fn put_number(out: &mut Vec<u8>, number: u32) {
    let octets = number.to_be_bytes();
    let content = content(&octets);
    put_head(out, INTEGER, content.len());
    out.extend_from_slice(content);
}
