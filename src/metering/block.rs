//! What one port said on one UTC day as bytes. When it was said is in the day's polls ([`super::day_polls`]).
//!
//! Form 1: a version octet (1); the number of the day's polls; runs of polls without and with this port in
//! turn; runs of the same head octet (as in [`super::packed`]); runs of the same flags, then of the same
//! discontinuity, where there are any; octets received: the first value and a column of the differences; octets sent
//! the same; a CRC-32 over all of it, over port and day.
//!
//! Form 2, where the port's packets, errors or discards were read: before the checksum, runs of the octets that say which
//! of them are there, of the readings that have any, then a column of each as those of octets.

use super::column::{self, ColumnError};
use super::counter::Width;
use super::day::Day;
use super::day_polls::{
    MOST_POLLS, checked_bytes, differences, put_presence, seal_bytes, take_presence,
};
use super::octets::{Cursor, DecodeError, DecodeErrorKind, put_number};
use super::packed::{Head, PackedPort, head_of, is_mask};
use super::packets::{COUNTERS, PacketCounters};

/// The form without packets.
const VERSION: u8 = 1;
/// The form with packets.
const VERSION_PACKETS: u8 = 2;

/// What a port said in one poll of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which poll of the day, counted from 0.
    pub poll: usize,
    /// What it said.
    pub port: PackedPort,
}

/// Packs what a port said in some of the `polls` of a day, in their order.
///
/// # Errors
/// [`ColumnError`] when a column can't be compressed.
pub fn encode(said: &[Said], polls: usize, port_id: i64, day: Day) -> Result<Vec<u8>, ColumnError> {
    let bare = said.iter().all(|said| said.port.packets.mask() == 0);
    let mut bytes = vec![if bare { VERSION } else { VERSION_PACKETS }];
    put_number(&mut bytes, polls as u64);
    let mut there = vec![false; polls];
    for said in said {
        if let Some(there) = there.get_mut(said.poll) {
            *there = true;
        }
    }
    put_presence(&mut bytes, there.into_iter());
    put_runs(
        &mut bytes,
        said.iter().map(|said| u64::from(head_of(&said.port))),
    );
    let flags = said.iter().map(|said| u64::from(said.port.flags));
    put_runs(&mut bytes, flags.filter(|flags| *flags != 0));
    put_runs(
        &mut bytes,
        said.iter().filter_map(|said| said.port.discontinuity),
    );
    put_counters(&mut bytes, said.iter().map(|said| said.port.in_octets))?;
    put_counters(&mut bytes, said.iter().map(|said| said.port.out_octets))?;
    if !bare {
        put_packets(&mut bytes, said)?;
    }
    Ok(seal_bytes(bytes, (port_id, day.number())))
}

fn put_packets(bytes: &mut Vec<u8>, said: &[Said]) -> Result<(), ColumnError> {
    let masks = said.iter().map(|said| said.port.packets.mask());
    put_runs(bytes, masks.filter(|mask| *mask != 0).map(u64::from));
    for place in 0..COUNTERS {
        let values = said.iter().map(|said| said.port.packets.values());
        put_counters(
            bytes,
            values.map(|values| values.get(place).copied().flatten()),
        )?;
    }
    Ok(())
}

/// Appends runs of equal values: each the value and how often.
pub(super) fn put_runs(bytes: &mut Vec<u8>, values: impl Iterator<Item = u64>) {
    let mut run: Option<(u64, u64)> = None;
    for value in values {
        match &mut run {
            Some((of, length)) if *of == value => *length += 1,
            _ => {
                if let Some((of, length)) = run.replace((value, 1)) {
                    put_number(bytes, of);
                    put_number(bytes, length);
                }
            }
        }
    }
    if let Some((of, length)) = run {
        put_number(bytes, of);
        put_number(bytes, length);
    }
}

fn put_counters(
    bytes: &mut Vec<u8>,
    values: impl Iterator<Item = Option<u64>>,
) -> Result<(), ColumnError> {
    let values: Vec<i64> = values.flatten().map(u64::cast_signed).collect();
    if let Some(first) = values.first() {
        put_number(bytes, first.cast_unsigned());
    }
    column::put(bytes, &differences(&values))
}

/// Reads what a port said in the `polls` polls of a day.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of a broken block is given.
pub fn decode(
    bytes: &[u8],
    polls: usize,
    port_id: i64,
    day: Day,
) -> Result<Vec<Said>, DecodeError> {
    let parts = parts(bytes, polls, (port_id, day), Wanted::Everything)?;
    let mut flags = parts.flags.into_iter();
    let mut discontinuities = parts.discontinuities.into_iter();
    let mut inward = parts.inward.into_iter();
    let mut outward = parts.outward.into_iter();
    let mut packets = parts.packets.into_iter();
    let said = parts
        .polls
        .into_iter()
        .zip(parts.heads)
        .map(|(poll, head)| Said {
            poll,
            port: PackedPort {
                port_id,
                flags: next(&mut flags, head.has_flags).unwrap_or(0),
                in_octets: next(&mut inward, head.has_in),
                out_octets: next(&mut outward, head.has_out),
                width: head.width,
                discontinuity: next(&mut discontinuities, head.has_discontinuity),
                oper_up: head.oper_up,
                packets: next(&mut packets, head.has_packets).unwrap_or_default(),
            },
        });
    Ok(said.collect())
}

/// What a port said in one poll of the day of its octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OctetsSaid {
    /// Which poll of the day, counted from 0.
    pub poll: usize,
    /// Size of both counters.
    pub width: Width,
    /// ifCounterDiscontinuityTime, where the device has it.
    pub discontinuity: Option<u64>,
    /// Octets received, where they were told.
    pub in_octets: Option<u64>,
    /// Octets sent, where they were told.
    pub out_octets: Option<u64>,
}

/// As [`decode`], without packets, errors and discards: they cost as much again, and no rate or bill is made of them.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of a broken block is given.
pub fn decode_octets(
    bytes: &[u8],
    polls: usize,
    port_id: i64,
    day: Day,
) -> Result<impl Iterator<Item = OctetsSaid>, DecodeError> {
    let parts = parts(bytes, polls, (port_id, day), Wanted::Octets)?;
    let mut discontinuities = parts.discontinuities.into_iter();
    let mut inward = parts.inward.into_iter();
    let mut outward = parts.outward.into_iter();
    Ok(parts
        .polls
        .into_iter()
        .zip(parts.heads)
        .map(move |(poll, head)| OctetsSaid {
            poll,
            width: head.width,
            discontinuity: next(&mut discontinuities, head.has_discontinuity),
            in_octets: next(&mut inward, head.has_in),
            out_octets: next(&mut outward, head.has_out),
        }))
}

/// The next value where there is one.
fn next<T>(values: &mut std::vec::IntoIter<T>, has: bool) -> Option<T> {
    if has { values.next() } else { None }
}

/// What is wanted of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Everything,
    Octets,
}

/// The columns of a block.
struct Parts {
    /// Polls that have the port, rising.
    polls: Vec<usize>,
    /// The head of each.
    heads: Vec<Head>,
    flags: Vec<u32>,
    discontinuities: Vec<u64>,
    inward: Vec<u64>,
    outward: Vec<u64>,
    /// Where wanted.
    packets: Vec<PacketCounters>,
}

fn parts(
    bytes: &[u8],
    polls: usize,
    (port_id, day): (i64, Day),
    wanted: Wanted,
) -> Result<Parts, DecodeError> {
    let mut cursor = Cursor::new(bytes);
    let version = match cursor.octet()? {
        version @ (VERSION | VERSION_PACKETS) => version,
        other => return Err(DecodeErrorKind::Version(other).at(0)),
    };
    cursor.bytes = checked_bytes(bytes, (port_id, day.number()))?;
    let offset = cursor.offset;
    let count = cursor.count(MOST_POLLS)?;
    if count != polls {
        return Err(DecodeErrorKind::Count(count as u64).at(offset));
    }
    let there = take_presence(&mut cursor, polls)?;
    let there = there.into_iter().enumerate();
    let polls: Vec<usize> = there
        .filter_map(|(poll, there)| there.then_some(poll))
        .collect();
    let heads = take_heads(&mut cursor, polls.len(), version)?;
    let having = |has: fn(&Head) -> bool| heads.iter().filter(|head| has(head)).count();
    let flags = take_flags(&mut cursor, having(|head| head.has_flags))?;
    let discontinuities = take_runs(&mut cursor, having(|head| head.has_discontinuity))?;
    let inward = take_counters(&mut cursor, having(|head| head.has_in))?;
    let outward = take_counters(&mut cursor, having(|head| head.has_out))?;
    let of_packets = having(|head| head.has_packets);
    let packets = match (wanted, version) {
        (Wanted::Everything, VERSION_PACKETS) => take_packets(&mut cursor, of_packets)?,
        _ => Vec::new(),
    };
    // Without packets what is left of the second form is not looked at; its checksum was.
    if wanted == Wanted::Everything || version == VERSION {
        cursor.end()?;
    }
    Ok(Parts {
        polls,
        heads,
        flags,
        discontinuities,
        inward,
        outward,
        packets,
    })
}

fn take_packets(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<PacketCounters>, DecodeError> {
    let offset = cursor.offset;
    let mut masks = Vec::with_capacity(count);
    for mask in take_runs(cursor, count)? {
        let mask = u8::try_from(mask).ok().filter(|mask| is_mask(*mask));
        masks.push(mask.ok_or(DecodeErrorKind::Number.at(offset))?);
    }
    let mut values = vec![[None; COUNTERS]; count];
    for place in 0..COUNTERS {
        let has = |mask: &u8| mask >> place & 1 == 1;
        let of_counter = masks.iter().filter(|mask| has(mask)).count();
        let mut column = take_counters(cursor, of_counter)?.into_iter();
        for (values, _) in values.iter_mut().zip(&masks).filter(|(_, mask)| has(mask)) {
            if let Some(value) = values.get_mut(place) {
                *value = column.next();
            }
        }
    }
    let wrong = DecodeErrorKind::Number.at(offset);
    let counters = values.into_iter().map(PacketCounters::from_values);
    counters.map(|counters| counters.ok_or(wrong)).collect()
}

fn take_heads(
    cursor: &mut Cursor<'_>,
    count: usize,
    version: u8,
) -> Result<Vec<Head>, DecodeError> {
    let mut heads = Vec::with_capacity(count);
    while heads.len() < count {
        let offset = cursor.offset;
        let number = cursor.number()?;
        let octet = u8::try_from(number).map_err(|_| DecodeErrorKind::Number.at(offset))?;
        let head = Head::of(octet)
            .filter(|head| version != VERSION || !head.has_packets)
            .ok_or(DecodeErrorKind::Head(octet).at(offset))?;
        let length = cursor.run(count - heads.len())?;
        heads.extend(std::iter::repeat_n(head, length));
    }
    Ok(heads)
}

fn take_flags(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<u32>, DecodeError> {
    let offset = cursor.offset;
    let flags = take_runs(cursor, count)?.into_iter().map(|flags| {
        let flags = u32::try_from(flags).ok().filter(|flags| *flags != 0);
        flags.ok_or(DecodeErrorKind::Number.at(offset))
    });
    flags.collect()
}

/// Reads `count` values that [`put_runs`] wrote.
pub(super) fn take_runs(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<u64>, DecodeError> {
    let mut values = Vec::with_capacity(count);
    while values.len() < count {
        let value = cursor.number()?;
        let length = cursor.run(count - values.len())?;
        values.extend(std::iter::repeat_n(value, length));
    }
    Ok(values)
}

fn take_counters(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<u64>, DecodeError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut last = cursor.number()?;
    let mut values = Vec::with_capacity(count);
    values.push(last);
    for step in column::take(cursor, count - 1)? {
        last = last.wrapping_add(step.cast_unsigned());
        values.push(last);
    }
    Ok(values)
}

#[cfg(test)]
#[path = "block_tests.rs"]
mod tests;
