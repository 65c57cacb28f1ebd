//! The members of an allocation: ports within the dates of their links, added up slot by slot.

use std::collections::BTreeSet;

use super::counter::{Reading, Rules};
use super::model::LinkDates;
use super::percentile::sum;
use super::period::Period;
use super::slot::{Slot, slot_start, slots};
use super::speeds::{SpeedChange, intervals_at_speeds};
use crate::base::time::Timestamp;

/// A port while it belongs to an allocation, and all that its slots are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// When it belongs there.
    pub dates: LinkDates,
    /// How its intervals are judged; its line speed is the first.
    pub rules: Rules,
    /// Later line speeds, in order of time.
    pub speeds: Vec<SpeedChange>,
    /// Its readings in order of time, with one on either side of the time that counts.
    pub readings: Vec<Reading>,
}

/// The slots of all members together over a time: the one way from readings to what is billed.
#[must_use]
pub fn slots_of_members(members: &[Member], counted: Period) -> Vec<Slot> {
    let each: Vec<(LinkDates, Vec<Slot>)> = members
        .iter()
        .map(|member| {
            let readings = member.readings.iter().copied();
            let intervals = intervals_at_speeds(readings, member.rules, &member.speeds);
            (member.dates, slots(intervals, counted.from, counted.until))
        })
        .collect();
    sum_of_members(&each, counted)
}

/// What of a port's readings decides its slots between two times: those inside, the last usable one at or
/// before and the first usable one at or after.
#[must_use]
pub fn readings_around(readings: &[Reading], from: Timestamp, until: Timestamp) -> &[Reading] {
    let usable = |reading: &&Reading| reading.in_octets.is_some() || reading.out_octets.is_some();
    let before = readings
        .iter()
        .rposition(|reading| reading.at <= from && usable(&reading));
    let after = readings
        .iter()
        .position(|reading| reading.at >= until && usable(&reading));
    let first = before.unwrap_or_else(|| readings.partition_point(|reading| reading.at < from));
    let end = after.map_or_else(
        || readings.partition_point(|reading| reading.at < until),
        |after| after.saturating_add(1),
    );
    readings.get(first..end).unwrap_or_default()
}

/// Sums members slot by slot. A member counts only within its dates: before and after it is not missing, it is
/// not a member. A slot without any member is a gap.
#[must_use]
pub fn sum_of_members(members: &[(LinkDates, Vec<Slot>)], period: Period) -> Vec<Slot> {
    let mut edges: BTreeSet<Timestamp> = [slot_start(period.from), period.until].into();
    for (dates, _) in members {
        edges.extend(
            [Some(dates.from), dates.until]
                .into_iter()
                .flatten()
                .filter(|at| period.contains(*at)),
        );
    }
    let edges: Vec<Timestamp> = edges.into_iter().collect();
    let mut total = Vec::new();
    for part in edges.windows(2) {
        let &[from, until] = part else { continue };
        let present: Vec<&[Slot]> = members
            .iter()
            .filter(|(dates, _)| dates.from <= from && dates.until.is_none_or(|end| end > from))
            .map(|(_, slots)| part_of(slots, from, until))
            .collect();
        if present.is_empty() {
            total.extend(slots([], from, until));
        } else {
            total.extend(sum(&present));
        }
    }
    total
}

fn part_of(slots: &[Slot], from: Timestamp, until: Timestamp) -> &[Slot] {
    let begin = slots.partition_point(|slot| slot.start < from);
    let end = slots.partition_point(|slot| slot.start < until);
    slots.get(begin..end).unwrap_or_default()
}

#[cfg(test)]
#[path = "members_tests.rs"]
mod tests;
