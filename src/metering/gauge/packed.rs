//! What the gauges of a device said at one time, as bytes.
//!
//! Form 1: a version octet (1), the number of gauges, then for each the difference of its id to the one before and
//! its number, both folded (zigzag). Gauges that said nothing are left out.

use crate::metering::octets::{Cursor, DecodeError, put_number, zigzag};

const VERSION: u8 = 1;
/// Gauges of a device, more than any PDU or machine has.
const MOST_GAUGES: usize = 100_000;

/// Packs gauges by id and number, in the order given (sorted by id is smallest).
#[must_use]
pub fn encode(values: &[(i64, i64)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 + values.len() * 4);
    bytes.push(VERSION);
    put_number(&mut bytes, values.len() as u64);
    let mut last_id = 0_i64;
    for (id, value) in values {
        put_number(&mut bytes, zigzag(id.wrapping_sub(last_id)));
        put_number(&mut bytes, zigzag(*value));
        last_id = *id;
    }
    bytes
}

/// Ids and numbers of all gauges.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of broken bytes is given.
pub fn decode(bytes: &[u8]) -> Result<Vec<(i64, i64)>, DecodeError> {
    let mut cursor = Cursor::new(bytes);
    cursor.version(VERSION)?;
    let count = cursor.count(MOST_GAUGES.min(bytes.len()))?;
    let mut values = Vec::with_capacity(count);
    let mut last_id = 0_i64;
    for _ in 0..count {
        last_id = last_id.wrapping_add(cursor.signed()?);
        values.push((last_id, cursor.signed()?));
    }
    cursor.end()?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::metering::octets::DecodeErrorKind;

    #[test]
    fn what_goes_in_comes_out_and_broken_bytes_give_nothing() {
        let values = [(7, 270), (8, -40_000), (1 << 40, i64::MAX), (3, i64::MIN)];
        let bytes = encode(&values);
        assert_eq!(decode(&bytes).unwrap(), values);
        assert_eq!(decode(&encode(&[])).unwrap(), []);
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "{end}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(decode(&longer).unwrap_err().kind, DecodeErrorKind::LeftOver);
        assert!(decode(&[2, 0]).is_err());
    }
}
