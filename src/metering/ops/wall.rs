//! What the wall shows: all uplinks, and the allocations with most traffic. The readings of all switches are
//! fetched together, two of each.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::rates::{RateNow, rate_of};
use super::readings::{OfPort, unpacked};
use super::series::{read, settled_until};
use crate::base::fault::Fault;
use crate::base::ids::{AllocationId, CustomerId, PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::{Actor, Permission};
use crate::metering::counter::intervals;
use crate::metering::period::Period;
use crate::metering::rows::{Port, Target};
use crate::metering::slot::{SLOT_MS, slot_start};
use crate::store::Conn;
use crate::store::schema::{
    allocation_ports, bandwidth_allocations, customers, devices, ports, readings, snmp_targets,
};

/// Time that the little graph of an uplink shows.
const COURSE_MS: i64 = 6 * 3_600_000;
const HOUR_MS: i64 = 3_600_000;
/// Uplinks on one wall; they are marked by hand.
const MOST_UPLINKS: i64 = 60;

crate::text_enum! {
    /// The time whose traffic talkers are ordered by.
    pub enum TalkSpan {
        /// Between the last two readings.
        Now = "now",
        /// The last hour, from its first to its last reading.
        Hour = "hour",
    }
}

/// An uplink as the wall shows it.
#[derive(Debug, Clone)]
pub struct Uplink {
    /// The port.
    pub port: Port,
    /// Name of its device.
    pub device: String,
    /// Its rate between the last two readings.
    pub rate: RateNow,
    /// The larger direction of each slot of the last hours; a slot without data is none.
    pub course: Vec<Option<BitsPerSecond>>,
}

impl Uplink {
    /// The larger direction in percent of the line speed.
    pub fn percent(&self) -> Option<i64> {
        percent(self.rate.larger()?, self.port.line_speed()?)
    }
}

/// An allocation with its traffic.
#[derive(Debug, Clone)]
pub struct Talker {
    /// The allocation.
    pub allocation_id: AllocationId,
    /// Its name.
    pub allocation: String,
    /// The customer.
    pub customer_id: CustomerId,
    /// The customer's name.
    pub customer: String,
    /// What is committed.
    pub committed: BitsPerSecond,
    /// The sum of its ports, as far as they are known.
    pub rate: RateNow,
}

impl Talker {
    /// The larger direction in percent of the commitment.
    pub fn percent(&self) -> Option<i64> {
        percent(self.rate.larger()?, self.committed)
    }
}

fn percent(rate: BitsPerSecond, of: BitsPerSecond) -> Option<i64> {
    rate.get().checked_mul(100)?.checked_div(of.get())
}

/// All uplinks by device and name.
pub fn wall_uplinks(c: &mut Conn, actor: &Actor) -> Result<Vec<Uplink>, Fault> {
    require(actor)?;
    let marked: Vec<(Port, String)> = ports::table
        .inner_join(devices::table)
        .filter(ports::is_uplink.eq(true))
        .order((devices::name.asc(), ports::id.asc()))
        .limit(MOST_UPLINKS)
        .select((Port::as_select(), devices::name))
        .load(c)?;
    let of: Vec<&Port> = marked.iter().map(|(port, _)| port).collect();
    let targets = targets_of(c, &of)?;
    let rates = rates(c, &targets, &of, TalkSpan::Now, actor.now)?;
    let mut courses = courses(c, &targets, &of, actor.now)?;
    let uplinks = marked.into_iter().map(|(port, device)| Uplink {
        rate: rates.get(&port.id).copied().unwrap_or_default(),
        course: courses.remove(&port.id).unwrap_or_default(),
        port,
        device,
    });
    Ok(uplinks.collect())
}

/// Allocations in force with traffic, the ones with most first; by rate or by percent of the commitment.
pub fn wall_talkers(
    c: &mut Conn,
    actor: &Actor,
    span: TalkSpan,
    by_percent: bool,
    most: usize,
) -> Result<Vec<Talker>, Fault> {
    require(actor)?;
    let links: Vec<(PortId, Talker)> = links_now(c, actor.now)?;
    let ids: Vec<PortId> = links.iter().map(|(port, _)| *port).collect();
    let of: Vec<Port> = ports::table
        .filter(ports::id.eq_any(ids))
        .select(Port::as_select())
        .load(c)?;
    let of: Vec<&Port> = of.iter().collect();
    let targets = targets_of(c, &of)?;
    let rates = rates(c, &targets, &of, span, actor.now)?;
    let mut talkers: BTreeMap<AllocationId, Talker> = BTreeMap::new();
    for (port, talker) in links {
        let rate = rates.get(&port).copied().unwrap_or_default();
        let sum = talkers.entry(talker.allocation_id).or_insert(talker);
        sum.rate = sum.rate.plus(rate);
    }
    let mut talkers: Vec<Talker> = talkers
        .into_values()
        .filter(|talker| talker.rate.larger().is_some())
        .collect();
    let rate = |talker: &Talker| talker.rate.larger().map(BitsPerSecond::get);
    talkers.sort_by_key(|talker| {
        let first = if by_percent {
            talker.percent()
        } else {
            rate(talker)
        };
        std::cmp::Reverse((first, rate(talker)))
    });
    talkers.truncate(most);
    Ok(talkers)
}

/// The wall shows everyone's traffic: customers have none.
fn require(actor: &Actor) -> Result<(), Fault> {
    actor.require(Permission::ViewNetwork)?;
    match actor.wall().customer() {
        Some(_) => Err(Fault::not_found()),
        None => Ok(()),
    }
}

/// Each linked port with its allocation, without traffic yet.
fn links_now(c: &mut Conn, now: Timestamp) -> Result<Vec<(PortId, Talker)>, Fault> {
    type Row = (
        PortId,
        AllocationId,
        String,
        BitsPerSecond,
        CustomerId,
        String,
    );
    let rows: Vec<Row> = allocation_ports::table
        .inner_join(bandwidth_allocations::table.inner_join(customers::table))
        .filter(bandwidth_allocations::archived_at.is_null())
        .filter(allocation_ports::from_at.le(now))
        .filter(
            allocation_ports::until_at
                .is_null()
                .or(allocation_ports::until_at.gt(now)),
        )
        .select((
            allocation_ports::port_id,
            bandwidth_allocations::id,
            bandwidth_allocations::name,
            bandwidth_allocations::committed_bps,
            customers::id,
            customers::name,
        ))
        .load(c)?;
    let talker = |(port, allocation_id, allocation, committed, customer_id, customer): Row| {
        let talker = Talker {
            allocation_id,
            allocation,
            customer_id,
            customer,
            committed,
            rate: RateNow::default(),
        };
        (port, talker)
    };
    Ok(rows.into_iter().map(talker).collect())
}

/// The targets of some ports' devices.
fn targets_of(c: &mut Conn, ports: &[&Port]) -> Result<Vec<Target>, Fault> {
    let mut devices: Vec<_> = ports.iter().map(|port| port.device_id).collect();
    devices.sort_unstable();
    devices.dedup();
    Ok(snmp_targets::table
        .filter(snmp_targets::device_id.eq_any(devices))
        .select(Target::as_select())
        .load(c)?)
}

type Poll = (SnmpTargetId, Timestamp, Option<i64>, Vec<u8>);

/// The polls of some targets in a time, by target and time.
fn polls(
    c: &mut Conn,
    targets: &[Target],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Poll>, Fault> {
    let ids: Vec<SnmpTargetId> = targets.iter().map(|target| target.id).collect();
    Ok(readings::table
        .filter(readings::target_id.eq_any(ids))
        .filter(readings::at.between(from, until))
        .order((readings::target_id.asc(), readings::at.asc()))
        .select((
            readings::target_id,
            readings::at,
            readings::uptime_ms,
            readings::body,
        ))
        .load(c)?)
}

/// Rates between two readings of each port: the last two, or the first and the last of an hour.
fn rates(
    c: &mut Conn,
    targets: &[Target],
    of: &[&Port],
    span: TalkSpan,
    now: Timestamp,
) -> Result<BTreeMap<PortId, RateNow>, Fault> {
    let longest_ms = targets.iter().map(Target::interval_ms).max().unwrap_or(0);
    let patience_ms = longest_ms.saturating_mul(4);
    let mut rows = polls(c, targets, now.plus_millis(-patience_ms), now)?;
    if span == TalkSpan::Hour {
        let from = now.plus_millis(-HOUR_MS);
        let first = polls(c, targets, from, from.plus_millis(patience_ms))?;
        rows.extend(first);
        rows.sort_by_key(|(target, at, ..)| (*target, *at));
    }
    let mut rates = BTreeMap::new();
    for target in targets {
        let begin = rows.partition_point(|row| row.0 < target.id);
        let end = rows.partition_point(|row| row.0 <= target.id);
        let polls = rows.get(begin..end).unwrap_or_default();
        let Some(last) = polls.last() else { continue };
        let is_now = now.since_millis(last.1) <= target.interval_ms().saturating_mul(4);
        let before = match span {
            TalkSpan::Now => polls.len().checked_sub(2).and_then(|at| polls.get(at)),
            TalkSpan::Hour => polls.first(),
        };
        let Some(before) = before.filter(|before| is_now && before.1 < last.1) else {
            continue;
        };
        let ports: Vec<&Port> = of
            .iter()
            .filter(|port| port.device_id == target.device_id)
            .copied()
            .collect();
        let mut found = OfPort::of(&ports);
        for (_, at, uptime_ms, body) in [before, last] {
            unpacked(*at, *uptime_ms, body, &mut found)?;
        }
        for (port, of) in ports.iter().zip(found) {
            let rules = target.rules(port.line_speed());
            if let Some(interval) = intervals(of.readings, rules).last() {
                rates.insert(port.id, rate_of(&interval));
            }
        }
    }
    Ok(rates)
}

/// The larger direction of each slot of the last hours.
fn courses(
    c: &mut Conn,
    targets: &[Target],
    of: &[&Port],
    now: Timestamp,
) -> Result<BTreeMap<PortId, Vec<Option<BitsPerSecond>>>, Fault> {
    let mut slots = BTreeMap::new();
    for target in targets {
        let ports: Vec<&Port> = of
            .iter()
            .filter(|port| port.device_id == target.device_id)
            .copied()
            .collect();
        let until = settled_until(c, target, now)?.min(slot_start(now));
        let period = Period {
            from: until.plus_millis(-COURSE_MS / SLOT_MS * SLOT_MS),
            until,
        };
        read(c, target, &ports, period, &mut slots)?;
    }
    let courses = slots.into_iter().map(|(port, slots)| {
        let larger = slots.iter().map(|slot| slot.in_bps().max(slot.out_bps()));
        (port, larger.collect())
    });
    Ok(courses.collect())
}
