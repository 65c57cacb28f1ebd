//! The stored readings of a device, for some of its ports: finished days from their blocks, the others from the
//! rows of the polls. Who reads does not notice which.

use diesel::prelude::*;

use super::days::{DayRow, day_after, day_before, days_between, decoded};
use crate::base::fault::Fault;
use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;
use crate::metering::block;
use crate::metering::counter::Reading;
use crate::metering::day::Day;
use crate::metering::day_polls::DayPolls;
use crate::metering::packed::{self, DecodeError, PackedPort};
use crate::metering::packets::PacketReading;
use crate::metering::rows::Port;
use crate::store::Conn;
use crate::store::schema::{reading_blocks, readings};

/// Rows fetched at once: what a month of five-minute polls has.
const BATCH: i64 = 9_000;
/// Days whose blocks are fetched at once.
const DAYS_AT_ONCE: usize = 64;

/// What is wanted of a reading.
pub(super) trait Kept: Sized {
    /// Of what was kept of one port of one poll.
    fn of(at: Timestamp, uptime_ms: Option<i64>, port: &PackedPort) -> Self;
    /// When it was read.
    fn at(&self) -> Timestamp;
    /// Those of a port's block in a time, appended.
    fn of_block(
        bytes: &[u8],
        polls: &DayPolls,
        of: (i64, Day),
        time: Time,
        into: &mut Vec<Self>,
    ) -> Result<(), DecodeError>;
}

/// A time, both ends included.
type Time = (Timestamp, Timestamp);

/// When a poll of a day was, and how long the device had been up, if it lies in a time.
fn poll_within(
    polls: &DayPolls,
    poll: usize,
    (from, until): Time,
) -> Option<(Timestamp, Option<i64>)> {
    let at = polls.times.get(poll).copied()?;
    let uptime_ms = polls.uptimes_ms.get(poll).copied().flatten();
    (from <= at && at <= until).then_some((at, uptime_ms))
}

impl Kept for Reading {
    fn of(at: Timestamp, uptime_ms: Option<i64>, port: &PackedPort) -> Self {
        Self {
            at,
            uptime_ms: uptime_ms.and_then(|uptime| u64::try_from(uptime).ok()),
            discontinuity: port.discontinuity,
            in_octets: port.in_octets,
            out_octets: port.out_octets,
            width: port.width,
        }
    }

    fn at(&self) -> Timestamp {
        self.at
    }

    fn of_block(
        bytes: &[u8],
        polls: &DayPolls,
        (port, day): (i64, Day),
        time: Time,
        into: &mut Vec<Self>,
    ) -> Result<(), DecodeError> {
        let said = block::decode_octets(bytes, polls.times.len(), port, day)?;
        into.extend(said.filter_map(|said| {
            let (at, uptime_ms) = poll_within(polls, said.poll, time)?;
            Some(Self {
                at,
                uptime_ms: uptime_ms.and_then(|uptime| u64::try_from(uptime).ok()),
                discontinuity: said.discontinuity,
                in_octets: said.in_octets,
                out_octets: said.out_octets,
                width: said.width,
            })
        }));
        Ok(())
    }
}

impl Kept for PacketReading {
    fn of(at: Timestamp, uptime_ms: Option<i64>, port: &PackedPort) -> Self {
        Self {
            with: Reading::of(at, uptime_ms, port),
            said: port.packets,
        }
    }

    fn at(&self) -> Timestamp {
        self.with.at
    }

    fn of_block(
        bytes: &[u8],
        polls: &DayPolls,
        (port, day): (i64, Day),
        time: Time,
        into: &mut Vec<Self>,
    ) -> Result<(), DecodeError> {
        let said = block::decode(bytes, polls.times.len(), port, day)?;
        into.extend(said.iter().filter_map(|said| {
            let (at, uptime_ms) = poll_within(polls, said.poll, time)?;
            Some(Self::of(at, uptime_ms, &said.port))
        }));
        Ok(())
    }
}

/// The readings of one port.
pub(super) struct OfPort<R = Reading> {
    /// The port.
    pub id: i64,
    /// Its readings, in order of time.
    pub readings: Vec<R>,
}

impl<R> OfPort<R> {
    /// Ports without any reading yet.
    pub fn of(ports: &[&Port]) -> Vec<Self> {
        let of = ports.iter().map(|port| Self {
            id: port.id.get(),
            readings: Vec::new(),
        });
        of.collect()
    }
}

/// The last reading at or before an instant.
pub(super) fn last_before(
    c: &mut Conn,
    target: SnmpTargetId,
    at: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    let row: Option<Timestamp> = readings::table
        .filter(readings::target_id.eq(target))
        .filter(readings::at.le(at))
        .order(readings::at.desc())
        .select(readings::at)
        .first(c)
        .optional()?;
    let sealed = match day_before(c, target, at)? {
        Some(day) if day.last_at > at => {
            let times = decoded(target, &day)?.times;
            let count = times.partition_point(|time| *time <= at);
            times.get(..count).and_then(<[_]>::last).copied()
        }
        day => day.map(|day| day.last_at),
    };
    Ok(row.max(sealed))
}

/// The first reading at or after an instant.
pub(super) fn first_after(
    c: &mut Conn,
    target: SnmpTargetId,
    at: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    let row = first_row_after(c, target, at)?;
    let sealed = match day_after(c, target, at)? {
        Some(day) if day.first_at < at => {
            let times = decoded(target, &day)?.times;
            let count = times.partition_point(|time| *time < at);
            times.get(count).copied()
        }
        day => day.map(|day| day.first_at),
    };
    Ok(match (row, sealed) {
        (Some(row), Some(sealed)) => Some(row.min(sealed)),
        (row, sealed) => row.or(sealed),
    })
}

/// The first reading at or after an instant that is not in a block.
pub(super) fn first_row_after(
    c: &mut Conn,
    target: SnmpTargetId,
    at: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    Ok(readings::table
        .filter(readings::target_id.eq(target))
        .filter(readings::at.ge(at))
        .order(readings::at.asc())
        .select(readings::at)
        .first(c)
        .optional()?)
}

/// The readings of a device from `from` to `until`, both included.
pub(super) fn read_between<R: Kept>(
    c: &mut Conn,
    target: SnmpTargetId,
    from: Timestamp,
    until: Timestamp,
    of: &mut [OfPort<R>],
) -> Result<(), Fault> {
    let days = days_between(c, target, Day::of(from), Day::of(until))?;
    for days in days.chunks(DAYS_AT_ONCE) {
        read_days(c, target, days, (from, until), of)?;
    }
    read_rows(c, target, from, until, of)?;
    for of in of {
        // A reading that came after its day was finished waits in a row for its turn.
        if !of.readings.is_sorted_by_key(R::at) {
            of.readings.sort_by_key(R::at);
        }
    }
    Ok(())
}

/// Reads some finished days, and of them only the blocks of the ports that are wanted.
fn read_days<R: Kept>(
    c: &mut Conn,
    target: SnmpTargetId,
    days: &[DayRow],
    time: (Timestamp, Timestamp),
    of: &mut [OfPort<R>],
) -> Result<(), Fault> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Ok(());
    };
    let polls: Vec<DayPolls> = days
        .iter()
        .map(|day| decoded(target, day))
        .collect::<Result<_, _>>()?;
    for of in of {
        let blocks: Vec<(i64, Vec<u8>)> = reading_blocks::table
            .filter(reading_blocks::port_id.eq(of.id))
            .filter(reading_blocks::day.between(first.day, last.day))
            .order(reading_blocks::day.asc())
            .select((reading_blocks::day, reading_blocks::body))
            .load(c)?;
        let all: usize = polls.iter().map(|polls| polls.times.len()).sum();
        of.readings.reserve(all);
        for (day, body) in &blocks {
            let Ok(place) = days.binary_search_by_key(day, |row| row.day) else {
                continue;
            };
            if let Some(polls) = polls.get(place) {
                let day = Day::from_number(*day);
                R::of_block(body, polls, (of.id, day), time, &mut of.readings).map_err(
                    |error| Fault::internal(format!("block of port {} on {day}: {error}", of.id)),
                )?;
            }
        }
    }
    Ok(())
}

/// Goes through rows, a batch at a time.
fn read_rows<R: Kept>(
    c: &mut Conn,
    target: SnmpTargetId,
    from: Timestamp,
    until: Timestamp,
    of: &mut [OfPort<R>],
) -> Result<(), Fault> {
    let wanted = Wanted::of(of);
    let mut from = from;
    loop {
        let batch: Vec<(Timestamp, Option<i64>, Vec<u8>)> = readings::table
            .filter(readings::target_id.eq(target))
            .filter(readings::at.between(from, until))
            .order(readings::at.asc())
            .limit(BATCH)
            .select((readings::at, readings::uptime_ms, readings::body))
            .load(c)?;
        for (at, uptime_ms, body) in &batch {
            wanted.unpack(*at, *uptime_ms, body, of)?;
        }
        match batch.last() {
            Some((at, ..)) if batch.len() as i64 == BATCH => from = at.plus_millis(1),
            _ => return Ok(()),
        }
    }
}

/// The ids of some ports in order, and where each is in the caller's list.
struct Wanted {
    ids: Vec<i64>,
    places: Vec<usize>,
}

impl Wanted {
    fn of<R>(of: &[OfPort<R>]) -> Self {
        let mut ids: Vec<(i64, usize)> = of
            .iter()
            .enumerate()
            .map(|(place, of)| (of.id, place))
            .collect();
        ids.sort_unstable();
        let (ids, places) = ids.into_iter().unzip();
        Self { ids, places }
    }

    fn unpack<R: Kept>(
        &self,
        at: Timestamp,
        uptime_ms: Option<i64>,
        body: &[u8],
        of: &mut [OfPort<R>],
    ) -> Result<(), Fault> {
        packed::select(body, &self.ids, |found, port| {
            let place = self.places.get(found).copied();
            if let Some(of) = place.and_then(|place| of.get_mut(place)) {
                of.readings.push(R::of(at, uptime_ms, &port));
            }
        })
        .map_err(|error| Fault::internal(format!("reading at {}: {error}", at.millis())))
    }
}

/// Adds what one poll said of some ports.
pub(super) fn unpacked(
    at: Timestamp,
    uptime_ms: Option<i64>,
    body: &[u8],
    of: &mut [OfPort],
) -> Result<(), Fault> {
    Wanted::of(of).unpack(at, uptime_ms, body, of)
}

/// The last two readings of a device in a time.
pub(super) fn read_last_two<R: Kept>(
    c: &mut Conn,
    target: SnmpTargetId,
    from: Timestamp,
    until: Timestamp,
    of: &mut [OfPort<R>],
) -> Result<(), Fault> {
    let mut rows: Vec<(Timestamp, Option<i64>, Vec<u8>)> = readings::table
        .filter(readings::target_id.eq(target))
        .filter(readings::at.between(from, until))
        .order(readings::at.desc())
        .limit(2)
        .select((readings::at, readings::uptime_ms, readings::body))
        .load(c)?;
    if rows.len() == 2 {
        rows.reverse();
        let wanted = Wanted::of(of);
        return rows
            .iter()
            .try_for_each(|(at, uptime_ms, body)| wanted.unpack(*at, *uptime_ms, body, of));
    }
    // A day may have been finished between them.
    let Some(last) = last_before(c, target, until)?.filter(|last| *last >= from) else {
        return Ok(());
    };
    let before = last_before(c, target, last.plus_millis(-1))?.filter(|before| *before >= from);
    read_between(c, target, before.unwrap_or(last), last, of)
}
