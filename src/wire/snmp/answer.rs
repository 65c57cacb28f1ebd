//! Answers of version 2c (RFC 3416 section 4.2), read where they lie.

use super::ber::{OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE};
use super::decode::{DecodeError, DecodeKind};
use super::name::is_name;
use super::question::VERSION_2C;
use super::value::Value;

const RESPONSE: u8 = 0xa2;

/// An answer: what stands before its values, and where they are.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The community it was given as.
    pub community: &'a [u8],
    /// What it says it answers.
    pub request_id: i32,
    /// Its error status; 0 for none.
    pub error_status: i32,
    values: Reader<'a>,
}

impl<'a> Answer<'a> {
    /// Reads everything before the values. Octets behind the message are passed over, as they mean nothing.
    ///
    /// # Errors
    /// [`DecodeError`] when it is no answer of version 2c.
    pub fn decode(datagram: &'a [u8]) -> Result<Self, DecodeError> {
        let mut message = Reader::new(datagram).expect(SEQUENCE)?;
        let at = message.offset();
        if message.integer()? != VERSION_2C {
            return Err(DecodeKind::Version.at(at));
        }
        let community = message.expect(OCTET_STRING)?.octets();
        let mut pdu = message.expect(RESPONSE)?;
        message.end()?;
        let request_id = pdu.integer()?;
        let error_status = pdu.integer()?;
        pdu.integer()?;
        let values = pdu.expect(SEQUENCE)?;
        pdu.end()?;
        Ok(Self {
            community,
            request_id,
            error_status,
            values,
        })
    }

    /// Its values one after the other; ends after the first error.
    #[must_use]
    pub const fn varbinds(&self) -> Varbinds<'a> {
        Varbinds {
            left: self.values,
            over: false,
        }
    }

    /// Octets of all values together.
    #[must_use]
    pub const fn value_octets(&self) -> usize {
        self.values.left()
    }
}

/// A name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Varbind<'a> {
    /// The name as it is encoded.
    pub name: &'a [u8],
    /// What was said.
    pub value: Value<'a>,
}

/// Iterator of [`Answer::varbinds`].
#[derive(Clone, Debug)]
pub struct Varbinds<'a> {
    left: Reader<'a>,
    over: bool,
}

impl<'a> Varbinds<'a> {
    #[inline]
    fn one(&mut self) -> Result<Varbind<'a>, DecodeError> {
        let mut both = self.left.expect(SEQUENCE)?;
        let name = both.expect(OBJECT_IDENTIFIER)?;
        if !is_name(name.octets()) {
            return Err(name.error(DecodeKind::Number));
        }
        let (tag, inside) = both.tagged()?;
        let value = Value::of(tag, inside)?;
        both.end()?;
        Ok(Varbind {
            name: name.octets(),
            value,
        })
    }
}

impl<'a> Iterator for Varbinds<'a> {
    type Item = Result<Varbind<'a>, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.over || self.left.is_empty() {
            return None;
        }
        let varbind = self.one();
        self.over = varbind.is_err();
        Some(varbind)
    }
}

/// What a datagram says it answers, without reading more of it; `None` when it does not begin like a message of
/// version 2c.
#[must_use]
pub fn request_id(datagram: &[u8]) -> Option<i32> {
    let mut message = Reader::new(datagram).expect(SEQUENCE).ok()?;
    message.integer().ok()?;
    message.expect(OCTET_STRING).ok()?;
    let (tag, mut pdu) = message.tagged().ok()?;
    (0xa0..=0xa8).contains(&tag).then_some(())?;
    pdu.integer().ok()
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
