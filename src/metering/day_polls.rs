//! The polls of one device on one UTC day as bytes: when each was and how long the device had been up. What the
//! ports said is in a block each ([`super::block`]); the times are kept once for all of them.
//!
//! Form 1: a version octet (1); the number of ports and their ids (each the difference to the one before,
//! zigzag); the number of polls; the first time as milliseconds into the day and a column of the differences; runs
//! of polls without and with uptime in turn; a column of uptimes less the time into the day; a CRC-32 over all of it,
//! over target and day. Numbers and columns as in [`super::octets`] and [`super::column`].

use super::column::{self, ColumnError};
use super::day::{DAY_MS, Day};
use super::octets::{Cursor, DecodeError, DecodeErrorKind, put_number, zigzag};
use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;

const VERSION: u8 = 1;
/// Polls of a day: more than one a second is no poll.
pub const MOST_POLLS: usize = 100_000;
/// Ports of a device, more than any chassis has.
const MOST_PORTS: usize = 1_000_000;
pub(super) const CHECKSUM_OCTETS: usize = 4;

/// The polls of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayPolls {
    /// When each was, rising.
    pub times: Vec<Timestamp>,
    /// sysUpTime of each in milliseconds, where the device said it.
    pub uptimes_ms: Vec<Option<i64>>,
    /// The ports that said something that day, sorted.
    pub ports: Vec<i64>,
}

/// Appends the CRC-32 of bytes that belong to two numbers and to nothing else.
pub(super) fn seal_bytes(mut bytes: Vec<u8>, of: (i64, i64)) -> Vec<u8> {
    let checksum = checksum(&bytes, of);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The bytes before the checksum, when it fits.
pub(super) fn checked_bytes(bytes: &[u8], of: (i64, i64)) -> Result<&[u8], DecodeError> {
    let cut = DecodeErrorKind::CutShort.at(bytes.len());
    let (body, said) = bytes.split_last_chunk::<CHECKSUM_OCTETS>().ok_or(cut)?;
    if checksum(body, of) == u32::from_le_bytes(*said) {
        Ok(body)
    } else {
        Err(DecodeErrorKind::Checksum.at(body.len()))
    }
}

fn checksum(bytes: &[u8], of: (i64, i64)) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&of.0.to_le_bytes());
    hasher.update(&of.1.to_le_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

/// Packs the polls of a day.
///
/// # Errors
/// [`ColumnError`] when a column can't be compressed.
pub fn encode(polls: &DayPolls, target: SnmpTargetId, day: Day) -> Result<Vec<u8>, ColumnError> {
    let mut bytes = vec![VERSION];
    put_number(&mut bytes, polls.ports.len() as u64);
    let mut last_id = 0_i64;
    for id in &polls.ports {
        put_number(&mut bytes, zigzag(id.wrapping_sub(last_id)));
        last_id = *id;
    }
    let into_day: Vec<i64> = polls
        .times
        .iter()
        .map(|at| at.since_millis(day.start()))
        .collect();
    put_number(&mut bytes, into_day.len() as u64);
    if let Some(first) = into_day.first() {
        put_number(&mut bytes, zigzag(*first));
    }
    column::put(&mut bytes, &differences(&into_day))?;
    put_presence(&mut bytes, polls.uptimes_ms.iter().map(Option::is_some));
    let uptimes: Vec<i64> = polls
        .uptimes_ms
        .iter()
        .zip(&into_day)
        .filter_map(|(uptime, into_day)| Some((*uptime)?.wrapping_sub(*into_day)))
        .collect();
    column::put(&mut bytes, &uptimes)?;
    Ok(seal_bytes(bytes, (target.get(), day.number())))
}

/// Reads the polls of a day.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of a broken day is given.
pub fn decode(bytes: &[u8], target: SnmpTargetId, day: Day) -> Result<DayPolls, DecodeError> {
    let mut cursor = Cursor::new(bytes);
    cursor.version(VERSION)?;
    cursor.bytes = checked_bytes(bytes, (target.get(), day.number()))?;
    let ports = take_ids(&mut cursor)?;
    let count = cursor.count(MOST_POLLS)?;
    let into_day = take_times(&mut cursor, count)?;
    let there = take_presence(&mut cursor, count)?;
    let known = there.iter().filter(|there| **there).count();
    let mut values = column::take(&mut cursor, known)?.into_iter();
    cursor.end()?;
    let uptimes_ms = there
        .iter()
        .zip(&into_day)
        .map(|(there, into_day)| {
            let value = if *there { values.next() } else { None };
            Some(value?.wrapping_add(*into_day))
        })
        .collect();
    let start = day.start();
    Ok(DayPolls {
        times: into_day.iter().map(|ms| start.plus_millis(*ms)).collect(),
        uptimes_ms,
        ports,
    })
}

fn take_ids(cursor: &mut Cursor<'_>) -> Result<Vec<i64>, DecodeError> {
    let count = cursor.count(MOST_PORTS.min(cursor.bytes.len()))?;
    let mut ids = Vec::with_capacity(count);
    let mut last_id = 0_i64;
    for _ in 0..count {
        last_id = last_id.wrapping_add(cursor.signed()?);
        ids.push(last_id);
    }
    Ok(ids)
}

fn take_times(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<i64>, DecodeError> {
    let offset = cursor.offset;
    if count == 0 {
        return Ok(Vec::new());
    }
    let first = cursor.signed()?;
    let steps = column::take(cursor, count - 1)?;
    let mut times = Vec::with_capacity(count);
    times.push(first);
    let mut last = first;
    for step in steps {
        let next = last.checked_add(step).filter(|next| *next > last);
        last = next.ok_or(DecodeErrorKind::Times.at(offset))?;
        times.push(last);
    }
    if first < 0 || last >= DAY_MS {
        return Err(DecodeErrorKind::Times.at(offset));
    }
    Ok(times)
}

/// Each number less the one before it, from the second on.
pub(super) fn differences(values: &[i64]) -> Vec<i64> {
    values
        .iter()
        .zip(values.iter().skip(1))
        .map(|(before, after)| after.wrapping_sub(*before))
        .collect()
}

/// Appends runs of things that are not there and that are there, in turn; only the first may be empty.
pub(super) fn put_presence(bytes: &mut Vec<u8>, there: impl Iterator<Item = bool>) {
    let mut runs: Vec<u64> = Vec::new();
    let mut of = true;
    for there in there {
        match runs.last_mut() {
            Some(length) if of == there => *length += 1,
            _ => {
                if runs.is_empty() && there {
                    runs.push(0);
                }
                runs.push(1);
                of = there;
            }
        }
    }
    for run in runs {
        put_number(bytes, run);
    }
}

/// Reads what [`put_presence`] wrote for `count` things.
pub(super) fn take_presence(
    cursor: &mut Cursor<'_>,
    count: usize,
) -> Result<Vec<bool>, DecodeError> {
    let mut there = Vec::with_capacity(count);
    if count > 0 {
        let absent = cursor.count(count)?;
        there.resize(absent, false);
    }
    let mut of = true;
    while there.len() < count {
        let length = cursor.run(count - there.len())?;
        there.resize(there.len() + length, of);
        of = !of;
    }
    Ok(there)
}

#[cfg(test)]
#[path = "day_polls_tests.rs"]
mod tests;
