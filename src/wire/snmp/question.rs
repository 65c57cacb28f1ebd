//! GETBULK of version 2c (RFC 3416 section 4.2.3) in octets.

use super::ber::{
    NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, number_octets, put_head, put_number, whole,
};
use super::name::Arc;

/// Version 2c as a message says it (RFC 1901).
pub(super) const VERSION_2C: i32 = 1;
const GET_BULK: u8 = 0xa5;

/// The names of a question, in the octets they go out in.
#[derive(Clone, Debug, Default)]
pub struct Names {
    octets: Vec<u8>,
    count: usize,
}

impl Names {
    /// Takes all names out again.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.count = 0;
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends a name: its start in octets, and the row behind it.
    pub fn push(&mut self, start: &[u8], row: Option<u32>) {
        let row = row.map(Arc::new);
        let row = row.as_ref().map_or(&[][..], Arc::as_slice);
        let length = start.len() + row.len();
        put_head(&mut self.octets, SEQUENCE, whole(length) + 2);
        put_head(&mut self.octets, OBJECT_IDENTIFIER, length);
        self.octets.extend_from_slice(start);
        self.octets.extend_from_slice(row);
        self.octets.extend_from_slice(&[NULL, 0]);
        self.count += 1;
    }
}

/// A question for what is behind some names.
#[derive(Clone, Copy, Debug)]
pub struct Bulk<'a> {
    /// The community.
    pub community: &'a [u8],
    /// What the answer has to repeat; 0 to 2³¹ − 1.
    pub request_id: u32,
    /// Names at the beginning that are asked for once.
    pub single: u32,
    /// How often the others are asked for.
    pub repetitions: u32,
}

impl Bulk<'_> {
    /// Writes the question over what is in `out`.
    pub fn write(&self, names: &Names, out: &mut Vec<u8>) {
        let numbers = [self.request_id, self.single, self.repetitions];
        let fields: usize = numbers.into_iter().map(number_octets).sum();
        let pdu = fields + whole(names.octets.len());
        let message = 3 + whole(self.community.len()) + whole(pdu);
        out.clear();
        out.reserve(whole(message));
        put_head(out, SEQUENCE, message);
        put_number(out, VERSION_2C.unsigned_abs());
        put_head(out, OCTET_STRING, self.community.len());
        out.extend_from_slice(self.community);
        put_head(out, GET_BULK, pdu);
        for number in numbers {
            put_number(out, number);
        }
        put_head(out, SEQUENCE, names.octets.len());
        out.extend_from_slice(&names.octets);
    }
}
