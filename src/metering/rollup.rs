//! Hours: what long graphs are drawn from. A day is the sum of its hours, so only hours are kept, a row for each port
//! and month. They hold sums and peaks of 300 s slots exactly; a percentile can't be had from them, so bills and
//! files never come from here.
//!
//! Form 1: a version octet (1); runs of hours of the month that are not known and that are, in turn; runs of the same
//! counts (eight of four bits); columns of octets received, busiest slot received, octets sent, busiest slot sent, each
//! of the hours with slots that count in that direction; a CRC-32 over all of it, over port and month.

use super::block::{put_runs, take_runs};
use super::column::{self, ColumnError};
use super::day::Month;
use super::day_polls::{checked_bytes, put_presence, seal_bytes, take_presence};
use super::octets::{Cursor, DecodeError, DecodeErrorKind};
use super::series::{DirectionFigures, Point, Summary};
use super::slot::{SLOT_MS, SLOT_SECONDS, Slot, SlotFlags, mean_rate_bps, rate_bps};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

const VERSION: u8 = 1;
/// Length of an hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;
/// Most slots of an hour.
const SLOTS: u8 = (HOUR_MS / SLOT_MS) as u8;

/// One direction of an hour: its slots with data that are not suspect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Octets of all of them.
    pub octets: u64,
    /// Octets of the busiest.
    pub busiest: u64,
    /// How many they are.
    pub known: u8,
}

/// What is kept of the slots of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Its beginning.
    pub start: Timestamp,
    /// Received.
    pub inward: Part,
    /// Sent.
    pub outward: Part,
    /// Slots there are of it: 12, or fewer at an end of what is known.
    pub slots: u8,
    /// Slots with data in both directions that are not suspect.
    pub used: u8,
    /// Slots without data in a direction.
    pub gap: u8,
    /// Slots marked estimated.
    pub estimated: u8,
    /// Slots marked suspect.
    pub suspect: u8,
    /// Slots marked incomplete.
    pub incomplete: u8,
}

impl Hour {
    const fn empty(start: Timestamp) -> Self {
        let none = Part {
            octets: 0,
            busiest: 0,
            known: 0,
        };
        Self {
            start,
            inward: none,
            outward: none,
            slots: 0,
            used: 0,
            gap: 0,
            estimated: 0,
            suspect: 0,
            incomplete: 0,
        }
    }

    fn add(&mut self, slot: &Slot) {
        let suspect = slot.flags.contains(SlotFlags::SUSPECT);
        let gap = slot.in_octets.is_none() || slot.out_octets.is_none();
        self.slots += 1;
        self.gap += u8::from(gap);
        self.suspect += u8::from(suspect);
        self.used += u8::from(!gap && !suspect);
        self.estimated += u8::from(slot.flags.contains(SlotFlags::ESTIMATED));
        self.incomplete += u8::from(slot.flags.contains(SlotFlags::INCOMPLETE));
        if !suspect {
            self.inward.add(slot.in_octets);
            self.outward.add(slot.out_octets);
        }
    }

    /// Its counts, four bits each.
    fn counts(&self) -> u64 {
        let counts = [
            self.inward.known,
            self.outward.known,
            self.slots,
            self.used,
            self.gap,
            self.estimated,
            self.suspect,
            self.incomplete,
        ];
        counts
            .iter()
            .fold(0, |all, count| all << 4 | u64::from(count & 15))
    }

    /// An hour with these counts and no octets; `None` when a count is more than an hour has slots.
    fn with_counts(start: Timestamp, counts: u64) -> Option<Self> {
        let count = |place: u32| {
            let count = (counts >> (4 * (7 - place))) as u8 & 15;
            (count <= SLOTS).then_some(count)
        };
        let mut hour = Self::empty(start);
        hour.inward.known = count(0)?;
        hour.outward.known = count(1)?;
        hour.slots = count(2)?;
        hour.used = count(3)?;
        hour.gap = count(4)?;
        hour.estimated = count(5)?;
        hour.suspect = count(6)?;
        hour.incomplete = count(7)?;
        (counts >> 32 == 0).then_some(hour)
    }
}

impl Part {
    fn add(&mut self, octets: Option<u64>) {
        if let Some(octets) = octets {
            self.octets = self.octets.saturating_add(octets);
            self.busiest = self.busiest.max(octets);
            self.known += 1;
        }
    }
}

/// The hours of slots that follow each other in order of time.
#[must_use]
pub fn hours(slots: &[Slot]) -> Vec<Hour> {
    let mut hours: Vec<Hour> = Vec::with_capacity(slots.len() / 12 + 2);
    for slot in slots {
        let at_ms = slot.start.millis();
        let start = Timestamp::from_millis(at_ms - at_ms.rem_euclid(HOUR_MS));
        match hours.last_mut() {
            Some(hour) if hour.start == start => hour.add(slot),
            _ => {
                let mut hour = Hour::empty(start);
                hour.add(slot);
                hours.push(hour);
            }
        }
    }
    hours
}

/// At most `max_points` points, each of the same number of hours (the last may have fewer); hours that are not there
/// are gaps. Suspect slots are left out and marked.
#[must_use]
pub fn points(hours: &[Hour], max_points: usize) -> Vec<Point> {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else {
        return Vec::new();
    };
    let step_ms = HOUR_MS.saturating_mul(hours_per_point(hours, max_points));
    let mut points = Vec::new();
    let mut at = first.start;
    let mut rest = hours;
    while at <= last.start {
        let end = at.plus_millis(step_ms);
        let (of, after) = rest.split_at(rest.partition_point(|hour| hour.start < end));
        points.push(point(at, of, step_ms / HOUR_MS));
        (rest, at) = (after, end);
    }
    points
}

/// How many hours one of `max_points` points stands for.
#[must_use]
pub fn hours_per_point(hours: &[Hour], max_points: usize) -> i64 {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else {
        return 1;
    };
    let all = last.start.since_millis(first.start) / HOUR_MS + 1;
    let most = i64::try_from(max_points).unwrap_or(i64::MAX).max(1);
    (all.saturating_add(most - 1) / most).max(1)
}

fn point(at: Timestamp, hours: &[Hour], wanted: i64) -> Point {
    let summary = summary(hours);
    let known = hours
        .iter()
        .any(|hour| hour.inward.known > 0 || hour.outward.known > 0);
    let part = summary.gap > 0 || summary.incomplete > 0 || (hours.len() as i64) < wanted;
    let mut flags = SlotFlags::NONE;
    for (yes, flag) in [
        (summary.estimated > 0, SlotFlags::ESTIMATED),
        (summary.suspect > 0, SlotFlags::SUSPECT),
        (known && part, SlotFlags::INCOMPLETE),
    ] {
        if yes {
            flags = flags.with(flag);
        }
    }
    Point {
        at,
        in_bps_mean: summary.inward.mean,
        in_bps_max: summary.inward.max,
        out_bps_mean: summary.outward.mean,
        out_bps_max: summary.outward.max,
        flags,
    }
}

/// The figures of hours: all but the percentile, which needs slots.
#[must_use]
pub fn summary(hours: &[Hour]) -> Summary {
    let mut total = Summary {
        inward: figures(hours.iter().map(|hour| hour.inward)),
        outward: figures(hours.iter().map(|hour| hour.outward)),
        ..Summary::default()
    };
    for hour in hours {
        total.slots += usize::from(hour.slots);
        total.used += usize::from(hour.used);
        total.gap += usize::from(hour.gap);
        total.estimated += usize::from(hour.estimated);
        total.suspect += usize::from(hour.suspect);
        total.incomplete += usize::from(hour.incomplete);
    }
    total
}

fn figures(parts: impl Iterator<Item = Part>) -> DirectionFigures {
    let (mut octets, mut known, mut busiest) = (0_u128, 0_u64, None);
    for part in parts.filter(|part| part.known > 0) {
        octets += u128::from(part.octets);
        known += u64::from(part.known);
        busiest = busiest.max(Some(part.busiest));
    }
    let mean = |octets| -> BitsPerSecond { mean_rate_bps(octets, known * SLOT_SECONDS) };
    DirectionFigures {
        mean: (known > 0).then(|| mean(octets)),
        max: busiest.map(rate_bps),
        volume_octets: octets,
        ..DirectionFigures::default()
    }
}

/// Puts hours in the place of those of the same time; both in order.
#[must_use]
pub fn replaced(mut there: Vec<Hour>, new: &[Hour]) -> Vec<Hour> {
    there.retain(|hour| {
        new.binary_search_by_key(&hour.start, |hour| hour.start)
            .is_err()
    });
    there.extend_from_slice(new);
    there.sort_unstable_by_key(|hour| hour.start);
    there
}

/// Packs the hours of a month, in order; hours of other months are left out.
///
/// # Errors
/// [`ColumnError`] when a column can't be compressed.
pub fn encode(hours: &[Hour], port_id: i64, month: Month) -> Result<Vec<u8>, ColumnError> {
    let mut there = vec![false; month.hours()];
    let start = month.first_day().start();
    let hours: Vec<&Hour> = hours
        .iter()
        .filter(|hour| {
            let place = usize::try_from(hour.start.since_millis(start) / HOUR_MS);
            let place = place.ok().filter(|_| hour.start >= start);
            let there = place.and_then(|place| there.get_mut(place));
            there.map(|there| *there = true).is_some()
        })
        .collect();
    let mut bytes = vec![VERSION];
    put_presence(&mut bytes, there.into_iter());
    put_runs(&mut bytes, hours.iter().map(|hour| hour.counts()));
    for part in [|hour: &Hour| hour.inward, |hour: &Hour| hour.outward] {
        let parts: Vec<Part> = hours.iter().map(|hour| part(hour)).collect();
        let column = |value: fn(&Part) -> u64| -> Vec<i64> {
            let known = parts.iter().filter(|part| part.known > 0);
            known.map(|part| value(part).cast_signed()).collect()
        };
        column::put(&mut bytes, &column(|part| part.octets))?;
        column::put(&mut bytes, &column(|part| part.busiest))?;
    }
    Ok(seal_bytes(bytes, (port_id, month.number())))
}

/// Reads the hours of a month, in order.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of a broken month is given.
pub fn decode(bytes: &[u8], port_id: i64, month: Month) -> Result<Vec<Hour>, DecodeError> {
    let mut cursor = Cursor::new(bytes);
    cursor.version(VERSION)?;
    cursor.bytes = checked_bytes(bytes, (port_id, month.number()))?;
    let there = take_presence(&mut cursor, month.hours())?;
    let offset = cursor.offset;
    let known = there.iter().filter(|there| **there).count();
    let counts = take_runs(&mut cursor, known)?;
    let start = month.first_day().start();
    let starts = (0_i64..).zip(&there).filter(|(_, there)| **there);
    let mut hours = starts
        .zip(counts)
        .map(|((place, _), counts)| {
            Hour::with_counts(start.plus_millis(place * HOUR_MS), counts)
                .ok_or(DecodeErrorKind::Count(counts).at(offset))
        })
        .collect::<Result<Vec<Hour>, _>>()?;
    take_parts(&mut cursor, &mut hours, |hour| &mut hour.inward)?;
    take_parts(&mut cursor, &mut hours, |hour| &mut hour.outward)?;
    cursor.end()?;
    Ok(hours)
}

fn take_parts(
    cursor: &mut Cursor<'_>,
    hours: &mut [Hour],
    part: fn(&mut Hour) -> &mut Part,
) -> Result<(), DecodeError> {
    let mut parts: Vec<&mut Part> = hours
        .iter_mut()
        .map(part)
        .filter(|part| part.known > 0)
        .collect();
    let octets = column::take(cursor, parts.len())?;
    let busiest = column::take(cursor, parts.len())?;
    for (part, (octets, busiest)) in parts.iter_mut().zip(octets.into_iter().zip(busiest)) {
        part.octets = octets.cast_unsigned();
        part.busiest = busiest.cast_unsigned();
    }
    Ok(())
}

#[cfg(test)]
#[path = "rollup_tests.rs"]
mod tests;
