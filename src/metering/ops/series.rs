//! From stored readings to slots and figures: the one way for graph, page, API, CSV and bill.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use diesel::prelude::*;

use super::allocations::{allocation_by_id, allocation_links};
use super::ports::{port_seen_by, zone_of_device};
use super::readings::{OfPort, first_after, last_before, read_between};
use super::speeds::{LineSpeeds, speeds_of};
use super::targets::target_of_device;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{AllocationId, DeviceId, PortId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::Actor;
use crate::metering::members::sum_of_members;
use crate::metering::model::LinkDates;
use crate::metering::percentile::{Direction, Figure, GapRule, percentile};
use crate::metering::period::Period;
use crate::metering::rows::{Allocation, AllocationPort, Port, Target};
use crate::metering::series::{Summary, summary};
use crate::metering::slot::{SLOT_MS, Slot, slot_start, slots};
use crate::metering::speeds::intervals_at_speeds;
use crate::store::Conn;
use crate::store::schema::ports;

/// Longest time that slots may be asked for: for files, figures and bills.
pub const LONGEST_DAYS: i64 = 400;

/// Slots and figures of a port or of an allocation.
#[derive(Debug, Clone)]
pub struct Series {
    /// The time asked for.
    pub asked: Period,
    /// Slots of the part of it that is settled and the reader may see, without holes.
    pub slots: Vec<Slot>,
    /// Figures of these slots.
    pub summary: Summary,
    /// The 95th percentile by the contract's rule (for a port the default rule).
    pub figure: Figure,
    /// The committed rate, for an allocation.
    pub committed: Option<BitsPerSecond>,
    /// Zone of the place or the contract; `None` where none is known.
    pub zone: Option<Tz>,
}

/// Checks a time of at most so many days; `from` and `to` are the fields at fault.
pub fn checked_span(from: Timestamp, until: Timestamp, longest_days: i64) -> Result<Period, Fault> {
    if until <= from {
        return Err(Fault::field("to", Message::new("fault-span-order")));
    }
    if until.since_millis(from) > longest_days * 86_400_000 {
        return Err(Fault::field(
            "from",
            Message::new("fault-span-long").with("days", longest_days),
        ));
    }
    if from.millis() < 0 || until.millis() > 253_402_300_800_000 {
        return Err(Fault::field("from", Message::new("fault-instant")));
    }
    Ok(Period { from, until })
}

/// The series of a port. A customer sees of it what lies in the dates of their own links.
pub fn port_series(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    asked: Period,
) -> Result<Series, Fault> {
    let (port, windows) = port_seen_by(c, actor, id)?;
    let zone = zone_of_device(c, port.device_id)?;
    let mut of = Slots::of(c, asked, actor.now, &[port])?;
    let slots = of.take(id);
    let slots = match windows {
        None => slots,
        Some(windows) => within(slots, &windows),
    };
    let figure = percentile(&slots, Direction::MaxOfP95, GapRule::Drop);
    Ok(Series {
        asked,
        summary: summary(&slots),
        figure,
        slots,
        committed: None,
        zone,
    })
}

/// The series of an allocation: the sum over its ports, each within the dates of its link.
pub fn allocation_series(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    asked: Period,
) -> Result<Series, Fault> {
    let allocation = allocation_by_id(c, actor, id)?.allocation;
    let links: Vec<AllocationPort> = allocation_links(c, id)?
        .into_iter()
        .map(|link| link.link)
        .collect();
    series_of_links(c, actor.now, &allocation, &links, asked)
}

/// The series of some links of an allocation.
pub(super) fn series_of_links(
    c: &mut Conn,
    now: Timestamp,
    allocation: &Allocation,
    links: &[AllocationPort],
    asked: Period,
) -> Result<Series, Fault> {
    let wanted = LinkDates {
        from: asked.from,
        until: Some(asked.until),
    };
    let links: Vec<&AllocationPort> = links
        .iter()
        .filter(|link| link.dates().overlaps(&wanted))
        .collect();
    let ids: Vec<PortId> = links.iter().map(|link| link.port_id).collect();
    let ports: Vec<Port> = ports::table
        .filter(ports::id.eq_any(ids))
        .select(Port::as_select())
        .load(c)?;
    let of = Slots::of(c, asked, now, &ports)?;
    let members: Vec<(LinkDates, Vec<Slot>)> = links
        .iter()
        .map(|link| (link.dates(), of.get(link.port_id)))
        .collect();
    let slots = sum_of_members(&members, of.period);
    let figure = percentile(
        &slots,
        allocation.direction_rule.rule(),
        allocation.gap_rule.rule(),
    );
    Ok(Series {
        asked,
        summary: summary(&slots),
        figure,
        slots,
        committed: Some(allocation.committed_bps),
        zone: Some(allocation.zone()),
    })
}

/// What of a port's slots lies in some dates: ends outside are cut off, holes inside become gaps.
fn within(slots: Vec<Slot>, windows: &[LinkDates]) -> Vec<Slot> {
    let seen = |slot: &Slot| {
        windows.iter().any(|dates| {
            dates.from <= slot.start && dates.until.is_none_or(|until| slot.start < until)
        })
    };
    let first = slots.iter().position(seen).unwrap_or(slots.len());
    let last = slots.iter().rposition(seen).map_or(first, |last| last + 1);
    let kept = slots.get(first..last).unwrap_or_default();
    kept.iter()
        .map(|slot| {
            if seen(slot) {
                *slot
            } else {
                Slot::empty(slot.start)
            }
        })
        .collect()
}

/// Poll intervals on either side of a time in which the reading next to it is looked for, for a port that was not in some
/// polls of its device.
pub(super) const EDGE_INTERVALS: i64 = 12;

/// Slots of several ports over the same settled time.
struct Slots {
    period: Period,
    by_port: BTreeMap<PortId, Vec<Slot>>,
}

impl Slots {
    /// Reads each device once for all its ports.
    fn of(c: &mut Conn, asked: Period, now: Timestamp, ports: &[Port]) -> Result<Self, Fault> {
        let mut by_device: BTreeMap<DeviceId, Vec<&Port>> = BTreeMap::new();
        for port in ports {
            by_device.entry(port.device_id).or_default().push(port);
        }
        let mut devices = Vec::new();
        let mut period = Period {
            from: slot_start(asked.from),
            until: asked.until.min(slot_start(now)),
        };
        for (device, ports) in by_device {
            let Some(target) = target_of_device(c, device)? else {
                continue;
            };
            let settled = settled_until(c, &target, now)?;
            period.until = period.until.min(settled);
            devices.push((target, ports));
        }
        period.until = period.until.max(period.from);
        let mut by_port = BTreeMap::new();
        for (target, ports) in devices {
            read(c, &target, &ports, period, &mut by_port)?;
        }
        for port in ports {
            by_port
                .entry(port.id)
                .or_insert_with(|| slots([], period.from, period.until));
        }
        Ok(Self { period, by_port })
    }

    fn get(&self, port: PortId) -> Vec<Slot> {
        self.by_port.get(&port).cloned().unwrap_or_default()
    }

    fn take(&mut self, port: PortId) -> Vec<Slot> {
        self.by_port.remove(&port).unwrap_or_default()
    }
}

/// Slots that end later are still being filled: a device that answers is read again before they count as gaps.
pub(super) fn settled_until(
    c: &mut Conn,
    target: &Target,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    let last = last_before(c, target.id, now)?;
    let patience_ms = target.interval_ms().saturating_mul(3).max(SLOT_MS * 2);
    Ok(match last {
        Some(last) if now.since_millis(last) <= patience_ms => slot_start(last),
        _ => slot_start(now),
    })
}

/// The slots of some ports of a device over a time, gaps included.
pub(super) fn read(
    c: &mut Conn,
    target: &Target,
    ports: &[&Port],
    period: Period,
    by_port: &mut BTreeMap<PortId, Vec<Slot>>,
) -> Result<(), Fault> {
    let mut of = OfPort::of(ports);
    // One reading on either side, so that the intervals over the edges are whole, and more for a port that was not in
    // it.
    let margin_ms = target.interval_ms().saturating_mul(EDGE_INTERVALS);
    let before = last_before(c, target.id, period.from)?;
    let after = first_after(c, target.id, period.until)?;
    let from = before.unwrap_or(period.from).plus_millis(-margin_ms);
    let until = after.unwrap_or(period.until).plus_millis(margin_ms);
    read_between(c, target.id, from, until, &mut of)?;
    let speeds = speeds_of(c, ports)?;
    for (port, of) in ports.iter().zip(of) {
        let constant = LineSpeeds::default();
        let speeds = speeds.get(&port.id).unwrap_or(&constant);
        let rules = target.rules(speeds.first);
        let intervals = intervals_at_speeds(of.readings, rules, &speeds.changes);
        by_port.insert(port.id, slots(intervals, period.from, period.until));
    }
    Ok(())
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;
