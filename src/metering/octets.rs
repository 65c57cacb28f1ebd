//! Numbers in octets: little-endian base-128 in their shortest form, signed ones folded (zigzag); and the
//! faults of bytes that are not what they should be.

/// Bytes that are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at octet {offset}")]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeErrorKind,
    /// Where, counted from 0.
    pub offset: usize,
}

/// What is wrong with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeErrorKind {
    /// They end too early.
    #[error("cut short")]
    CutShort,
    /// Made by a newer program.
    #[error("version {0} is not known")]
    Version(u8),
    /// A head octet with bits that mean nothing.
    #[error("head {0:#04x} means nothing")]
    Head(u8),
    /// A number longer than it needs to be or than 64 bits.
    #[error("number out of range")]
    Number,
    /// More things announced than the bytes or a day could hold.
    #[error("{0} announced, more than fit")]
    Count(u64),
    /// More bytes than things.
    #[error("bytes left over")]
    LeftOver,
    /// The checksum says that something was changed, or that it belongs elsewhere.
    #[error("the checksum does not fit")]
    Checksum,
    /// A compressed column that can't be read.
    #[error("broken column")]
    Column,
    /// A run of nothing, or past the end.
    #[error("a run that does not fit")]
    Run,
    /// Times that do not rise or lie outside their day.
    #[error("times out of order")]
    Times,
}

impl DecodeErrorKind {
    /// The error at an offset.
    #[must_use]
    pub const fn at(self, offset: usize) -> DecodeError {
        DecodeError { kind: self, offset }
    }
}

/// Appends a number.
pub(super) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// A signed number as an unsigned one that is small when it is near 0.
pub(super) const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// Undoes [`zigzag`].
pub(super) const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Reads octets and numbers one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    pub bytes: &'a [u8],
    pub offset: usize,
}

impl<'a> Cursor<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    pub fn octet(&mut self) -> Result<u8, DecodeError> {
        let octet = self.bytes.get(self.offset).copied();
        let octet = octet.ok_or(DecodeErrorKind::CutShort.at(self.offset))?;
        self.offset += 1;
        Ok(octet)
    }

    pub fn number(&mut self) -> Result<u64, DecodeError> {
        let wrong = DecodeErrorKind::Number.at(self.offset);
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let octet = self.octet()?;
            let part = u64::from(octet & 0x7f);
            if shift == 63 && part > 1 {
                return Err(wrong);
            }
            number |= part << shift;
            if octet & 0x80 == 0 {
                let shortest = shift == 0 || octet != 0;
                return if shortest { Ok(number) } else { Err(wrong) };
            }
        }
        Err(wrong)
    }

    /// Passes over so many numbers without looking at them closely.
    pub fn skip_numbers(&mut self, count: u32) -> Result<(), DecodeError> {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        let mut left = count;
        if left == 0 {
            return Ok(());
        }
        for (place, octet) in rest.iter().enumerate() {
            if octet & 0x80 == 0 {
                left -= 1;
                if left == 0 {
                    self.offset += place + 1;
                    return Ok(());
                }
            }
        }
        Err(DecodeErrorKind::CutShort.at(self.bytes.len()))
    }

    pub fn number_if(&mut self, there: bool) -> Result<Option<u64>, DecodeError> {
        there.then(|| self.number()).transpose()
    }

    pub fn signed(&mut self) -> Result<i64, DecodeError> {
        self.number().map(unzigzag)
    }

    /// A number of things, at most `most`.
    pub fn count(&mut self, most: usize) -> Result<usize, DecodeError> {
        let offset = self.offset;
        let count = self.number()?;
        let fits = usize::try_from(count).ok().filter(|count| *count <= most);
        fits.ok_or(DecodeErrorKind::Count(count).at(offset))
    }

    /// The length of a run: at least 1, at most what is left of its things.
    pub fn run(&mut self, left: usize) -> Result<usize, DecodeError> {
        let offset = self.offset;
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if length == 0 || length > left {
            return Err(DecodeErrorKind::Run.at(offset));
        }
        Ok(length)
    }

    pub fn slice(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.offset.saturating_add(length);
        let slice = self.bytes.get(self.offset..end);
        let slice = slice.ok_or(DecodeErrorKind::CutShort.at(self.bytes.len()))?;
        self.offset = end;
        Ok(slice)
    }

    pub fn version(&mut self, known: u8) -> Result<(), DecodeError> {
        match self.octet()? {
            version if version == known => Ok(()),
            other => Err(DecodeErrorKind::Version(other).at(self.offset - 1)),
        }
    }

    pub fn end(&self) -> Result<(), DecodeError> {
        if self.offset == self.bytes.len() {
            Ok(())
        } else {
            Err(DecodeErrorKind::LeftOver.at(self.offset))
        }
    }
}
