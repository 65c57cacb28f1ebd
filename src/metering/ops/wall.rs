//! What the wall shows: all uplinks, and the allocations with most traffic. The readings of all switches are
//! fetched together, two of each.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::rates::{RateNow, mean_rate, rate_of};
use super::readings::{OfPort, unpacked};
use super::series::{read, settled_until};
use crate::base::fault::Fault;
use crate::base::ids::{AllocationId, CustomerId, DeviceId, PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::{Actor, Permission};
use crate::metering::counter::intervals;
use crate::metering::model::PortState;
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
/// Intervals of its target after which nothing is known of now.
const PATIENCE: i64 = 4;
/// Targets whose polls are fetched at once.
const TARGETS_AT_ONCE: usize = 100;

crate::text_enum! {
    /// The time whose traffic talkers are ordered by.
    pub enum TalkSpan {
        /// Between the last two readings.
        Now = "now",
        /// The mean of the last hour, as far as it is known.
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
    /// Whether its device has not been read for some intervals: how the port fares is not known.
    pub is_silent: bool,
}

impl Uplink {
    /// How the port fares, as far as that is known.
    pub const fn state(&self) -> PortState {
        if self.is_silent {
            PortState::Unknown
        } else {
            self.port.state()
        }
    }

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

/// How many uplinks there are; the wall may show less.
pub fn wall_uplink_count(c: &mut Conn, actor: &Actor) -> Result<i64, Fault> {
    require(actor)?;
    Ok(ports::table
        .inner_join(devices::table)
        .filter(ports::is_uplink.eq(true))
        .filter(devices::archived_at.is_null())
        .count()
        .get_result(c)?)
}

/// The first uplinks by device and name.
pub fn wall_uplinks(c: &mut Conn, actor: &Actor) -> Result<Vec<Uplink>, Fault> {
    require(actor)?;
    let marked: Vec<(Port, String)> = ports::table
        .inner_join(devices::table)
        .filter(ports::is_uplink.eq(true))
        .filter(devices::archived_at.is_null())
        .order((devices::name.asc(), ports::id.asc()))
        .limit(MOST_UPLINKS)
        .select((Port::as_select(), devices::name))
        .load(c)?;
    let of: Vec<&Port> = marked.iter().map(|(port, _)| port).collect();
    let targets = targets_of(c, &of)?;
    let rates = rates(c, &targets, &of, &Since::new(), TalkSpan::Now, actor.now)?;
    let mut courses = courses(c, &targets, &of, actor.now)?;
    let answering: Vec<DeviceId> = targets
        .iter()
        .filter(|target| answers(target, actor.now))
        .map(|target| target.device_id)
        .collect();
    let uplinks = marked.into_iter().map(|(port, device)| Uplink {
        is_silent: !answering.contains(&port.device_id),
        rate: rates.get(&port.id).copied().unwrap_or_default(),
        course: courses.remove(&port.id).unwrap_or_default(),
        port,
        device,
    });
    Ok(uplinks.collect())
}

/// Whether a target was read within a few of its own intervals.
fn answers(target: &Target, now: Timestamp) -> bool {
    let patience_ms = target.interval_ms().saturating_mul(PATIENCE);
    let last = target.last_good_at;
    last.is_some_and(|last| now.since_millis(last) <= patience_ms)
}

/// Allocations in force with traffic, the ones with most first; by rate or by percent of the commitment. Those with an
/// impossible rate are last.
pub fn wall_talkers(
    c: &mut Conn,
    actor: &Actor,
    span: TalkSpan,
    by_percent: bool,
    most: usize,
) -> Result<Vec<Talker>, Fault> {
    require(actor)?;
    let links: Vec<(PortId, Timestamp, Talker)> = links_now(c, actor.now)?;
    let since: Since = links.iter().map(|(port, from, _)| (*port, *from)).collect();
    let ids: Vec<PortId> = since.keys().copied().collect();
    let of: Vec<Port> = ports::table
        .filter(ports::id.eq_any(ids))
        .select(Port::as_select())
        .load(c)?;
    let of: Vec<&Port> = of.iter().collect();
    let targets = targets_of(c, &of)?;
    let rates = rates(c, &targets, &of, &since, span, actor.now)?;
    let mut talkers: BTreeMap<AllocationId, Talker> = BTreeMap::new();
    for (port, _, talker) in links {
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
        let most_first = std::cmp::Reverse((first, rate(talker)));
        (talker.rate.is_suspect, most_first)
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

/// Each linked port with the beginning of its link and its allocation, without traffic yet.
fn links_now(c: &mut Conn, now: Timestamp) -> Result<Vec<(PortId, Timestamp, Talker)>, Fault> {
    type Row = (
        PortId,
        Timestamp,
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
            allocation_ports::from_at,
            bandwidth_allocations::id,
            bandwidth_allocations::name,
            bandwidth_allocations::committed_bps,
            customers::id,
            customers::name,
        ))
        .load(c)?;
    let talker =
        |(port, from, allocation_id, allocation, committed, customer_id, customer): Row| {
            let talker = Talker {
                allocation_id,
                allocation,
                customer_id,
                customer,
                committed,
                rate: RateNow::default(),
            };
            (port, from, talker)
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
/// Beginnings of the links of ports: what passed before is another's.
type Since = BTreeMap<PortId, Timestamp>;

/// The polls of some targets in a time, by target and time.
fn polls(
    c: &mut Conn,
    targets: &[&Target],
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

/// The rate of each port: between the last two readings, or the mean of what is known of an hour. Targets are looked at
/// over a time of their own interval.
fn rates(
    c: &mut Conn,
    targets: &[Target],
    of: &[&Port],
    since: &Since,
    span: TalkSpan,
    now: Timestamp,
) -> Result<BTreeMap<PortId, RateNow>, Fault> {
    let mut by_device: BTreeMap<DeviceId, Vec<&Port>> = BTreeMap::new();
    for port in of {
        by_device.entry(port.device_id).or_default().push(*port);
    }
    let mut by_interval: BTreeMap<i64, Vec<&Target>> = BTreeMap::new();
    for target in targets {
        let group = by_interval.entry(target.interval_ms()).or_default();
        group.push(target);
    }
    let mut rates = BTreeMap::new();
    for (interval_ms, group) in by_interval {
        let window_ms = match span {
            TalkSpan::Now => interval_ms.saturating_mul(PATIENCE),
            TalkSpan::Hour => HOUR_MS,
        };
        for some in group.chunks(TARGETS_AT_ONCE) {
            let rows = polls(c, some, now.plus_millis(-window_ms), now)?;
            for target in some {
                let begin = rows.partition_point(|row| row.0 < target.id);
                let end = rows.partition_point(|row| row.0 <= target.id);
                let polls = rows.get(begin..end).unwrap_or_default();
                if let Some(ports) = by_device.get(&target.device_id) {
                    rates_of_target(target, ports, polls, since, span, &mut rates)?;
                }
            }
        }
    }
    Ok(rates)
}

/// The rates of some ports of one target by its polls.
fn rates_of_target(
    target: &Target,
    ports: &[&Port],
    polls: &[Poll],
    since: &Since,
    span: TalkSpan,
    rates: &mut BTreeMap<PortId, RateNow>,
) -> Result<(), Fault> {
    let first = match span {
        TalkSpan::Now => polls.len().saturating_sub(2),
        TalkSpan::Hour => 0,
    };
    let mut found = OfPort::of(ports);
    for (_, at, uptime_ms, body) in polls.get(first..).unwrap_or_default() {
        unpacked(*at, *uptime_ms, body, &mut found)?;
    }
    for (port, of) in ports.iter().zip(found) {
        let begin = since.get(&port.id).copied();
        let own = intervals(of.readings, target.rules(port.line_speed()))
            .filter(|interval| begin.is_none_or(|begin| begin <= interval.from));
        let rate = match span {
            TalkSpan::Now => own.last().map(|last| rate_of(&last)).unwrap_or_default(),
            TalkSpan::Hour => mean_rate(own),
        };
        rates.insert(port.id, rate);
    }
    Ok(())
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
