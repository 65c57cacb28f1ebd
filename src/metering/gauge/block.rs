//! A UTC day of gauges as bytes: the times once for the device, and a block of numbers for each gauge.
//!
//! Times, form 1: a version octet (1); the number of gauges and their ids (differences, zigzag); the number of
//! readings; the first time as milliseconds into the day and a column of the differences; a CRC-32 over all of it, over
//! device and day. Block, form 1: a version octet (1); runs of readings without and with a number in turn; a column of
//! the numbers; a CRC-32 over all of it, over gauge and day.

use crate::base::time::Timestamp;
use crate::metering::column::{self, ColumnError};
use crate::metering::day::{DAY_MS, Day};
use crate::metering::day_polls::{
    MOST_POLLS, checked_bytes, differences, put_presence, seal_bytes, take_presence,
};
use crate::metering::octets::{Cursor, DecodeError, DecodeErrorKind, put_number, zigzag};

const VERSION: u8 = 1;
/// Gauges of a device, more than any has.
const MOST_GAUGES: usize = 100_000;

/// When a device was read on a day, and which gauges said something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayTimes {
    /// Rising.
    pub times: Vec<Timestamp>,
    /// Sorted.
    pub gauges: Vec<i64>,
}

/// Packs the times of a day.
///
/// # Errors
/// [`ColumnError`] when a column can't be compressed.
pub fn encode_times(of: &DayTimes, device: i64, day: Day) -> Result<Vec<u8>, ColumnError> {
    let mut bytes = vec![VERSION];
    put_number(&mut bytes, of.gauges.len() as u64);
    let mut last_id = 0_i64;
    for id in &of.gauges {
        put_number(&mut bytes, zigzag(id.wrapping_sub(last_id)));
        last_id = *id;
    }
    let into_day: Vec<i64> = of
        .times
        .iter()
        .map(|at| at.since_millis(day.start()))
        .collect();
    put_number(&mut bytes, into_day.len() as u64);
    if let Some(first) = into_day.first() {
        put_number(&mut bytes, zigzag(*first));
    }
    column::put(&mut bytes, &differences(&into_day))?;
    Ok(seal_bytes(bytes, (device, day.number())))
}

/// Reads the times of a day.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of a broken day is given.
pub fn decode_times(bytes: &[u8], device: i64, day: Day) -> Result<DayTimes, DecodeError> {
    let mut cursor = Cursor::new(bytes);
    cursor.version(VERSION)?;
    cursor.bytes = checked_bytes(bytes, (device, day.number()))?;
    let count = cursor.count(MOST_GAUGES.min(bytes.len()))?;
    let mut gauges = Vec::with_capacity(count);
    let mut last_id = 0_i64;
    for _ in 0..count {
        last_id = last_id.wrapping_add(cursor.signed()?);
        gauges.push(last_id);
    }
    let count = cursor.count(MOST_POLLS)?;
    let mut times = Vec::with_capacity(count);
    if count > 0 {
        let offset = cursor.offset;
        let mut last = cursor.signed()?;
        let mut into_day = vec![last];
        for step in column::take(&mut cursor, count - 1)? {
            let next = last.checked_add(step).filter(|next| *next > last);
            last = next.ok_or(DecodeErrorKind::Times.at(offset))?;
            into_day.push(last);
        }
        let inside = into_day.first().is_some_and(|first| *first >= 0) && last < DAY_MS;
        if !inside {
            return Err(DecodeErrorKind::Times.at(offset));
        }
        times.extend(into_day.into_iter().map(|ms| day.start().plus_millis(ms)));
    }
    cursor.end()?;
    Ok(DayTimes { times, gauges })
}

/// Packs what a gauge said at each of the times of a day.
///
/// # Errors
/// [`ColumnError`] when the column can't be compressed.
pub fn encode(values: &[Option<i64>], gauge: i64, day: Day) -> Result<Vec<u8>, ColumnError> {
    let mut bytes = vec![VERSION];
    put_presence(&mut bytes, values.iter().map(Option::is_some));
    let known: Vec<i64> = values.iter().flatten().copied().collect();
    column::put(&mut bytes, &known)?;
    Ok(seal_bytes(bytes, (gauge, day.number())))
}

/// Reads what a gauge said at each of `count` times.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of a broken block is given.
pub fn decode(
    bytes: &[u8],
    count: usize,
    gauge: i64,
    day: Day,
) -> Result<Vec<Option<i64>>, DecodeError> {
    let mut cursor = Cursor::new(bytes);
    cursor.version(VERSION)?;
    cursor.bytes = checked_bytes(bytes, (gauge, day.number()))?;
    let there = take_presence(&mut cursor, count)?;
    let known = there.iter().filter(|there| **there).count();
    let mut values = column::take(&mut cursor, known)?.into_iter();
    cursor.end()?;
    let all = there.into_iter();
    Ok(all
        .map(|there| if there { values.next() } else { None })
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn a_day_comes_out_as_it_went_in_and_belongs_to_nothing_else() {
        let day = Day::from_number(20_000);
        let at = |n: i64| day.start().plus_millis(n * 300_000 + (n * 7919) % 1300);
        let of = DayTimes {
            times: (0..288).map(at).collect(),
            gauges: vec![3, 9, 4000],
        };
        let bytes = encode_times(&of, 5, day).unwrap();
        assert_eq!(decode_times(&bytes, 5, day).unwrap(), of);
        assert!(decode_times(&bytes, 6, day).is_err());
        assert!(decode_times(&bytes, 5, day.plus(1)).is_err());
        let watts = |n: i64| (n % 17 != 0).then_some(4000 + (n * 7919) % 211);
        let values: Vec<Option<i64>> = (0..288).map(watts).collect();
        let bytes = encode(&values, 9, day).unwrap();
        assert_eq!(decode(&bytes, 288, 9, day).unwrap(), values);
        assert!(bytes.len() < 400, "{}", bytes.len());
        assert!(decode(&bytes, 287, 9, day).is_err());
        assert!(decode(&bytes, 288, 8, day).is_err());
        for place in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[place] ^= 4;
            assert!(decode(&broken, 288, 9, day).is_err(), "octet {place}");
        }
        let none = DayTimes::default();
        let bytes = encode_times(&none, 5, day).unwrap();
        assert_eq!(decode_times(&bytes, 5, day).unwrap(), none);
    }
}
