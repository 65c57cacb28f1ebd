//! What is old enough goes: readings first, hours later. What an open billing period needs stays.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::days::{DayRow, day_remove, decoded};
use super::periods::first_open;
use crate::base::fault::Fault;
use crate::base::ids::{AllocationId, PortId, ReadingId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::metering::day::Day;
use crate::metering::rows::Allocation;
use crate::store::Conn;
use crate::store::schema::{
    allocation_ports, bandwidth_allocations, ports, reading_days, readings, series_rollups,
    snmp_targets,
};

/// Days of targets that billing periods need which are not closed.
#[derive(Debug, Clone, Default)]
pub struct HeldDays {
    spans: BTreeMap<SnmpTargetId, Vec<(Day, Day)>>,
}

impl HeldDays {
    fn add(&mut self, target: SnmpTargetId, from: Day, until: Day) {
        self.spans.entry(target).or_default().push((from, until));
    }

    /// Whether a target's day is needed.
    #[must_use]
    pub fn holds(&self, target: SnmpTargetId, day: Day) -> bool {
        let spans = self.spans.get(&target);
        spans.is_some_and(|spans| {
            let mut spans = spans.iter();
            spans.any(|(from, until)| *from <= day && day <= *until)
        })
    }
}

/// The days before `day` that periods need which are not closed: of each port of an allocation, while it belongs to it,
/// from the allocation's first period on that is not closed.
pub fn days_held(c: &mut Conn, now: Timestamp, day: Day) -> Result<HeldDays, Fault> {
    let allocations: Vec<Allocation> = bandwidth_allocations::table
        .filter(bandwidth_allocations::active_from.lt(day.start()))
        .order(bandwidth_allocations::id.asc())
        .select(Allocation::as_select())
        .load(c)?;
    let mut held = HeldDays::default();
    for allocation in allocations {
        let Some(from) = first_open(c, &allocation, now)? else {
            continue;
        };
        if from < day.start() {
            let ends = [allocation.active_until, allocation.archived_at];
            let until = ends.into_iter().flatten().min().unwrap_or(now);
            links_hold(c, &mut held, allocation.id, (from, until.max(from)))?;
        }
    }
    Ok(held)
}

fn links_hold(
    c: &mut Conn,
    held: &mut HeldDays,
    allocation: AllocationId,
    (from, until): (Timestamp, Timestamp),
) -> Result<(), Fault> {
    let links: Vec<(PortId, Timestamp, Option<Timestamp>)> = allocation_ports::table
        .filter(allocation_ports::allocation_id.eq(allocation))
        .select((
            allocation_ports::port_id,
            allocation_ports::from_at,
            allocation_ports::until_at,
        ))
        .load(c)?;
    for (port, linked, unlinked) in links {
        let (begin, end) = (linked.max(from), unlinked.unwrap_or(until).min(until));
        if begin > end {
            continue;
        }
        let target: Option<SnmpTargetId> = ports::table
            .inner_join(snmp_targets::table.on(snmp_targets::device_id.eq(ports::device_id)))
            .filter(ports::id.eq(port))
            .select(snmp_targets::id)
            .first(c)
            .optional()?;
        if let Some(target) = target {
            // The readings around its edges too: what passed between them is counted in part.
            held.add(target, Day::of(begin).plus(-1), Day::of(end).plus(1));
        }
    }
    Ok(())
}

/// What became of old readings in one step.
#[derive(Debug, Default)]
pub struct Expired {
    /// Devices' days, or rows, removed.
    pub removed: usize,
    /// Devices' days, or rows, that an open period needs.
    pub held: usize,
    /// Days that can't be read and were left as they are.
    pub unreadable: Vec<Fault>,
    /// Where the next step goes on; none when there is nothing more.
    pub next: Option<Place>,
}

/// Where a step ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// Nothing was looked at.
    #[default]
    Begin,
    /// The days up to this one of this target.
    Day(i64, SnmpTargetId),
    /// All days, and rows up to this one.
    Row(ReadingId),
}

/// Looks at up to `limit` devices' days before `day` after a place, then at rows from before it that never became
/// blocks, and removes those that nothing holds.
pub fn readings_expire(
    c: &mut Conn,
    day: Day,
    held: &HeldDays,
    after: Place,
    limit: i64,
) -> Result<Expired, Fault> {
    match after {
        Place::Begin => days_expire(c, day, held, (i64::MIN, SnmpTargetId::new(0)), limit),
        Place::Day(number, target) => days_expire(c, day, held, (number, target), limit),
        Place::Row(id) => rows_expire(c, day, held, id, limit),
    }
}

fn days_expire(
    c: &mut Conn,
    day: Day,
    held: &HeldDays,
    (number, target): (i64, SnmpTargetId),
    limit: i64,
) -> Result<Expired, Fault> {
    let later = reading_days::day.gt(number).or(reading_days::day
        .eq(number)
        .and(reading_days::target_id.gt(target)));
    let old: Vec<(SnmpTargetId, i64)> = reading_days::table
        .filter(reading_days::day.lt(day.number()))
        .filter(later)
        .order((reading_days::day.asc(), reading_days::target_id.asc()))
        .limit(limit)
        .select((reading_days::target_id, reading_days::day))
        .load(c)?;
    let mut expired = Expired {
        next: Some(Place::Row(ReadingId::new(0))),
        ..Expired::default()
    };
    for (target, number) in old {
        expired.next = Some(Place::Day(number, target));
        if held.holds(target, Day::from_number(number)) {
            expired.held += 1;
            continue;
        }
        let row: DayRow = reading_days::table
            .filter(reading_days::target_id.eq(target))
            .filter(reading_days::day.eq(number))
            .select(DayRow::as_select())
            .first(c)?;
        match decoded(target, &row) {
            Ok(_) => {
                day_remove(c, target, &row)?;
                expired.removed += 1;
            }
            Err(fault) => expired.unreadable.push(fault),
        }
    }
    Ok(expired)
}

fn rows_expire(
    c: &mut Conn,
    day: Day,
    held: &HeldDays,
    after: ReadingId,
    limit: i64,
) -> Result<Expired, Fault> {
    let old: Vec<(ReadingId, SnmpTargetId, Timestamp)> = readings::table
        .filter(readings::at.lt(day.start()))
        .filter(readings::id.gt(after))
        .order(readings::id.asc())
        .limit(limit)
        .select((readings::id, readings::target_id, readings::at))
        .load(c)?;
    let next = old.last().map(|(id, ..)| Place::Row(*id));
    let looked_at = old.len();
    let gone: Vec<ReadingId> = old
        .into_iter()
        .filter(|(_, target, at)| !held.holds(*target, Day::of(*at)))
        .map(|(id, ..)| id)
        .collect();
    let removed = diesel::delete(readings::table.filter(readings::id.eq_any(gone))).execute(c)?;
    Ok(Expired {
        removed,
        held: looked_at - removed,
        unreadable: Vec::new(),
        next,
    })
}

/// Removes up to `limit` ports' months of hours that lie wholly before `day`; gives how many.
pub fn hours_expire(c: &mut Conn, day: Day, limit: i64) -> Result<usize, Fault> {
    let old: Vec<i64> = series_rollups::table
        .filter(series_rollups::month.lt(day.month().number()))
        .limit(limit)
        .select(series_rollups::id)
        .load(c)?;
    Ok(diesel::delete(series_rollups::table.filter(series_rollups::id.eq_any(old))).execute(c)?)
}
