//! A billing period put together from what is stored: its members, their readings, its slots and figures.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use diesel::prelude::*;

use super::allocations::{NamedAllocation, NamedLink, allocation_by_id, allocation_links};
use super::readings::{OfPort, first_after, last_before, read_between};
use super::series::{EDGE_INTERVALS, settled_until};
use super::speeds::speeds_of;
use super::targets::target_of_device;
use crate::base::fault::Fault;
use crate::base::ids::{AllocationId, DeviceId, PortId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::Actor;
use crate::metering::counter::{Reading, Rules};
use crate::metering::evidence::document::{Frozen, Head, Owner, PortSaid};
use crate::metering::members::{Member, readings_around, slots_of_members};
use crate::metering::model::LinkDates;
use crate::metering::percentile::{Direction, Figure, GapRule, percentile};
use crate::metering::period::Period;
use crate::metering::rows::{Port, Target};
use crate::metering::series::{Summary, summary};
use crate::metering::slot::{SLOT_MS, slot_start};
use crate::metering::speeds::{SpeedChange, speeds_within};
use crate::store::Conn;
use crate::store::schema::ports;

/// A period computed from the readings.
pub(super) struct Computed {
    /// Its document and slots.
    pub frozen: Frozen,
    /// Its members in the order of the document.
    pub members: Vec<Member>,
    /// The part of it in which the contract is in force.
    pub in_force: Period,
    /// Whether all its slots are settled.
    pub is_settled: bool,
}

/// The part of a period in which a contract is in force.
pub(super) fn in_force(named: &NamedAllocation, period: Period) -> Period {
    let allocation = &named.allocation;
    let until = allocation.active_until.unwrap_or(period.until);
    let from = slot_start(period.from.max(allocation.active_from));
    Period {
        from,
        until: period.until.min(until).max(from),
    }
}

/// Computes a period of an allocation as far as it is settled.
pub(super) fn compute(
    c: &mut Conn,
    now: Timestamp,
    named: &NamedAllocation,
    period: Period,
) -> Result<Computed, Fault> {
    let allocation = &named.allocation;
    let in_force = in_force(named, period);
    let links = links_within(c, named, in_force)?;
    let ids: Vec<PortId> = links.iter().map(|link| link.link.port_id).collect();
    let ports: Vec<Port> = ports::table
        .filter(ports::id.eq_any(ids))
        .select(Port::as_select())
        .load(c)?;
    let devices = devices_of(c, &ports)?;
    let counted = counted(c, now, in_force, &devices)?;
    let read = read_all(c, &devices, &ports, counted)?;
    let (said, members) = members_of(&links, &read, counted);
    let head = Head {
        owner: Owner {
            allocation_id: allocation.id.get(),
            allocation: allocation.name.clone(),
            customer_code: named.customer_code.clone(),
            customer: named.customer.clone(),
        },
        period,
        counted,
        time_zone: allocation.zone().name().to_owned(),
        billing_day: i64::from(allocation.billing_day().get()),
        committed: allocation.committed_bps,
        burst: allocation.burst_bps,
        direction: allocation.direction_rule.rule(),
        gaps: allocation.gap_rule.rule(),
    };
    Ok(Computed {
        frozen: Frozen::of(head, said, &members),
        members,
        in_force,
        is_settled: counted.until >= in_force.until,
    })
}

fn links_within(
    c: &mut Conn,
    named: &NamedAllocation,
    period: Period,
) -> Result<Vec<NamedLink>, Fault> {
    let wanted = LinkDates {
        from: period.from,
        until: Some(period.until),
    };
    let mut links = allocation_links(c, named.allocation.id)?;
    links.retain(|link| link.link.dates().overlaps(&wanted));
    Ok(links)
}

/// Each device with its target, where it has one.
fn devices_of(c: &mut Conn, ports: &[Port]) -> Result<BTreeMap<DeviceId, Option<Target>>, Fault> {
    let mut devices = BTreeMap::new();
    for port in ports {
        if let Entry::Vacant(place) = devices.entry(port.device_id) {
            place.insert(target_of_device(c, port.device_id)?);
        }
    }
    Ok(devices)
}

/// What of a time is settled on all devices.
fn counted(
    c: &mut Conn,
    now: Timestamp,
    in_force: Period,
    devices: &BTreeMap<DeviceId, Option<Target>>,
) -> Result<Period, Fault> {
    let mut until = in_force.until.min(slot_start(now));
    for target in devices.values().flatten() {
        until = until.min(settled_until(c, target, now)?);
    }
    Ok(Period {
        from: in_force.from,
        until: until.max(in_force.from),
    })
}

/// What is known of a port: how it is judged, and its readings.
struct Read {
    rules: Rules,
    speeds: Vec<SpeedChange>,
    readings: Vec<Reading>,
}

impl Read {
    /// The readings that decide the slots within some dates.
    fn within(&self, dates: LinkDates, counted: Period) -> Vec<Reading> {
        let from = counted.from.max(dates.from);
        let until = dates
            .until
            .map_or(counted.until, |until| until.min(counted.until));
        if until > from {
            readings_around(&self.readings, from, until).to_vec()
        } else {
            Vec::new()
        }
    }
}

/// Reads each device once for all its ports.
fn read_all(
    c: &mut Conn,
    devices: &BTreeMap<DeviceId, Option<Target>>,
    ports: &[Port],
    counted: Period,
) -> Result<BTreeMap<PortId, Read>, Fault> {
    let mut all = BTreeMap::new();
    for (device, target) in devices {
        let of_device: Vec<&Port> = ports
            .iter()
            .filter(|port| port.device_id == *device)
            .collect();
        let Some(target) = target else {
            for port in of_device {
                let interval_ms = u64::try_from(SLOT_MS).unwrap_or(0);
                let nothing = Read {
                    rules: Rules::new(port.line_speed(), interval_ms),
                    speeds: Vec::new(),
                    readings: Vec::new(),
                };
                all.insert(port.id, nothing);
            }
            continue;
        };
        // One reading on either side of the time, and more for a port that was not in it.
        let margin_ms = target.interval_ms().saturating_mul(EDGE_INTERVALS);
        let before = last_before(c, target.id, counted.from)?.unwrap_or(counted.from);
        let after = first_after(c, target.id, counted.until)?.unwrap_or(counted.until);
        let mut of = OfPort::of(&of_device);
        read_between(
            c,
            target.id,
            before.plus_millis(-margin_ms),
            after.plus_millis(margin_ms),
            &mut of,
        )?;
        let mut speeds = speeds_of(c, &of_device)?;
        for (port, of) in of_device.iter().zip(of) {
            let speeds = speeds.remove(&port.id).unwrap_or_default();
            let read = Read {
                rules: target.rules(speeds.first),
                speeds: speeds.changes,
                readings: of.readings,
            };
            all.insert(port.id, read);
        }
    }
    Ok(all)
}

/// One member of an allocation over a time, by itself.
#[derive(Debug, Clone)]
pub struct MemberSeries {
    /// The link with the names of its port.
    pub link: NamedLink,
    /// The time asked for within the dates of the link.
    pub span: Period,
    /// Figures of its settled slots.
    pub summary: Summary,
    /// The 95th by the usual rule.
    pub figure: Figure,
}

/// A longer time is not drawn port by port: all its readings would be held at once.
const LONGEST_DRAWN_MS: i64 = 62 * 86_400_000;

/// The members of an allocation over a time, each by itself within the dates of its link. Links that have not
/// begun are not among them, nor those after the first `most`; a time longer than 62 days has none.
pub fn allocation_members(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    asked: Period,
    most: usize,
) -> Result<Vec<MemberSeries>, Fault> {
    let named = allocation_by_id(c, actor, id)?;
    if asked.until.since_millis(asked.from) > LONGEST_DRAWN_MS {
        return Ok(Vec::new());
    }
    let mut links = links_within(c, &named, asked)?;
    links.truncate(most);
    let ids: Vec<PortId> = links.iter().map(|link| link.link.port_id).collect();
    let ports: Vec<Port> = ports::table
        .filter(ports::id.eq_any(ids))
        .select(Port::as_select())
        .load(c)?;
    let devices = devices_of(c, &ports)?;
    let counted = counted(c, actor.now, asked, &devices)?;
    let read = read_all(c, &devices, &ports, counted)?;
    let (_, members) = members_of(&links, &read, counted);
    let mut all = Vec::new();
    for (link, member) in links.into_iter().zip(members) {
        let dates = member.dates;
        if dates.from > actor.now {
            continue;
        }
        let cut = |period: Period| Period {
            from: period.from.max(dates.from),
            until: dates
                .until
                .map_or(period.until, |until| until.min(period.until)),
        };
        let slots = slots_of_members(&[member], cut(counted));
        all.push(MemberSeries {
            link,
            span: cut(asked),
            summary: summary(&slots),
            figure: percentile(&slots, Direction::MaxOfP95, GapRule::Drop),
        });
    }
    Ok(all)
}

/// The members that a document tells of, with the readings that are stored of them up to `known_until`.
pub(super) fn members_said(
    c: &mut Conn,
    said: &[PortSaid],
    counted: Period,
    known_until: Timestamp,
) -> Result<Vec<Member>, Fault> {
    let ids: Vec<PortId> = said.iter().map(|port| PortId::new(port.port_id)).collect();
    let ports: Vec<Port> = ports::table
        .filter(ports::id.eq_any(ids))
        .select(Port::as_select())
        .load(c)?;
    let devices = devices_of(c, &ports)?;
    let mut read = read_all(c, &devices, &ports, counted)?;
    for read in read.values_mut() {
        read.readings.retain(|reading| reading.at <= known_until);
    }
    let member = |port: &PortSaid| {
        let dates = LinkDates {
            from: port.from,
            until: port.until,
        };
        let readings = read.get(&PortId::new(port.port_id));
        port.member(readings.map_or_else(Vec::new, |read| read.within(dates, counted)))
    };
    Ok(said.iter().map(member).collect())
}

/// Each link with just the readings that decide its slots.
fn members_of(
    links: &[NamedLink],
    read: &BTreeMap<PortId, Read>,
    counted: Period,
) -> (Vec<PortSaid>, Vec<Member>) {
    let mut said = Vec::new();
    let mut members = Vec::new();
    for link in links {
        let Some(read) = read.get(&link.link.port_id) else {
            continue;
        };
        let dates = link.link.dates();
        let number = said.len() + 1;
        let readings = read.within(dates, counted);
        // Only what the readings are judged by: the rest of the line's history belongs to others.
        let (from, until) = match (readings.first(), readings.last()) {
            (Some(first), Some(last)) => (first.at, last.at),
            _ => (counted.from, counted.from),
        };
        let (line_speed, line_speeds) =
            speeds_within(read.rules.line_speed, &read.speeds, from, until);
        let port = PortSaid {
            readings: format!("readings/{number:03}-port-{}.csv", link.link.port_id),
            port_id: link.link.port_id.get(),
            device: link.device.clone(),
            port: link.port.clone(),
            from: dates.from,
            until: dates.until,
            line_speed_bps: line_speed.map(BitsPerSecond::get),
            line_speeds,
            poll_interval_ms: read.rules.poll_interval_ms,
            estimate_after: read.rules.estimate_after,
        };
        members.push(port.member(readings));
        said.push(port);
    }
    (said, members)
}
