//! The course of gauges: of one, and of the power of a rack, a feed, a customer or a device.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::gauge_days::{day_times, month_hours, numbers};
use super::gauges::{GaugeNow, gauge_shown, gauges_now, interval_ms, of_devices, unpacked};
use super::long::is_long;
use crate::base::fault::Fault;
use crate::base::gauge::{DRAW_PLACE, GaugePart, Quantity};
use crate::base::ids::{CustomerId, DeviceId, GaugeId, PowerFeedId, RackId};
use crate::base::time::Timestamp;
use crate::base::units::Watts;
use crate::facility::{
    OutletPlace, feed_by_id, machines_of_customer, machines_of_rack, outlets_of_customer,
    outlets_of_rack, outlets_to_device, pdus_of_feed, pdus_of_rack, rack_by_id,
};
use crate::identity::{Actor, Permission};
use crate::inventory::device_by_id;
use crate::metering::day::{DAY_MS, Day, Month};
use crate::metering::gauge::course::{Course, CourseSum, WOBBLE_MS};
use crate::metering::gauge::hours::{self, GaugeHour};
use crate::metering::period::Period;
use crate::metering::rollup::HOUR_MS;
use crate::metering::rows::{Gauge, GaugeDayRow, GaugeReadingRow};
use crate::metering::slot::SLOT_MS;
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;
use crate::store::schema::{gauge_blocks, gauge_days, gauge_readings, gauge_rollups};
use crate::tenancy::customer_by_id;

/// Whose power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerOf {
    /// What the PDUs of a rack draw; where none of them measures, what its devices draw.
    Rack(RackId),
    /// What the PDUs of a feed draw.
    Feed(PowerFeedId),
    /// What a customer's devices draw: each by the confirmed outlets that measure it, else by its BMC.
    Customer(CustomerId),
    /// What a PDU draws; another device by the confirmed outlets that measure it, else by its BMC.
    Device(DeviceId),
}

/// What a sum is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerBasis {
    /// The inlets of PDUs; of one that does not measure there its phases, else all its outlets.
    Inlets,
    /// Outlets that are confirmed to feed these devices.
    Outlets,
    /// What the BMCs of these devices say that they draw.
    Bmcs,
    /// Outlets, and for devices without one that measures their BMCs. No device is in it twice.
    OutletsAndBmcs,
    /// Nothing measures it.
    Nothing,
}

/// A course of power.
#[derive(Debug, Clone)]
pub struct PowerSeries {
    /// Watts.
    pub course: Course,
    /// How many gauges are added up, and PDUs that should be and measure nothing.
    pub members: usize,
    /// Which.
    pub basis: PowerBasis,
}

/// Power at this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerNow {
    /// The sum of what is known; none when nothing is.
    pub watts: Option<Watts>,
    /// The oldest reading in it.
    pub at: Option<Timestamp>,
    /// Gauges that should be in it, and PDUs that measure nothing.
    pub members: usize,
    /// Those of them that said nothing of late.
    pub silent: usize,
    /// What the sum is made of.
    pub basis: PowerBasis,
    /// How many of the gauges are outlets.
    pub outlets: usize,
    /// How many of them are the power draw that a BMC tells.
    pub bmcs: usize,
}

/// Gauges whose courses are in memory at once.
const AT_ONCE: usize = 64;

/// A gauge of a sum.
struct Member {
    gauge: Gauge,
    /// What it measured before this may be another's.
    since: Option<Timestamp>,
}

impl Member {
    /// Whether the device has not told of it for so long that nobody misses it.
    fn is_given_up(&self, now: Timestamp) -> bool {
        let gone = self.gauge.gone_at();
        gone.is_some_and(|at| now.since_millis(at) > DAY_MS)
    }
}

struct Members {
    all: Vec<Member>,
    /// PDUs that measure no power at all.
    unmeasured: usize,
    basis: PowerBasis,
}

impl Members {
    fn new(all: Vec<Member>, unmeasured: usize, basis: PowerBasis) -> Self {
        let basis = match all.is_empty() {
            true => PowerBasis::Nothing,
            false => basis,
        };
        Self {
            all,
            unmeasured,
            basis,
        }
    }
}

/// The course of one gauge that the actor may see: slots of 300 s, hours for a long time.
pub fn gauge_series(
    c: &mut Conn,
    actor: &Actor,
    id: GaugeId,
    period: Period,
) -> Result<(Gauge, Course), Fault> {
    let (gauge, since) = gauge_shown(c, actor, id)?;
    let member = Member { gauge, since };
    let course = courses(c, std::slice::from_ref(&member), period)?.pop();
    let course = course.unwrap_or_else(|| Course::empty(period, step_of(period)));
    Ok((member.gauge, course))
}

/// The course of the power of something that the actor may see.
pub fn power_series(
    c: &mut Conn,
    actor: &Actor,
    of: PowerOf,
    period: Period,
) -> Result<PowerSeries, Fault> {
    let members = members(c, actor, of)?;
    let mut sum = CourseSum::new(period, step_of(period));
    for some in members.all.chunks(AT_ONCE) {
        for (member, course) in some.iter().zip(courses(c, some, period)?) {
            sum.add(&course, member.gauge.created_at, member.gauge.gone_at());
        }
    }
    Ok(PowerSeries {
        course: sum.finish(members.unmeasured > 0),
        members: members.all.len() + members.unmeasured,
        basis: members.basis,
    })
}

/// The power of something that the actor may see, as it was said last.
pub fn power_now(c: &mut Conn, actor: &Actor, of: PowerOf) -> Result<PowerNow, Fault> {
    let members = members(c, actor, of)?;
    let wanted: Vec<&Member> = members
        .all
        .iter()
        .filter(|member| !member.is_given_up(actor.now))
        .collect();
    let devices: BTreeSet<DeviceId> = wanted.iter().map(|of| of.gauge.device_id).collect();
    let devices: Vec<DeviceId> = devices.into_iter().collect();
    let said = gauges_now(c, &devices, actor.now)?;
    let known: Vec<&GaugeNow> = wanted
        .iter()
        .filter_map(|member| {
            let now = said.get(&member.gauge.id)?;
            let is_shown = member.since.is_none_or(|since| now.at >= since);
            is_shown.then_some(now)
        })
        .collect();
    let members_count = wanted.len() + members.unmeasured;
    let of_part = |part| wanted.iter().filter(|of| of.gauge.part == part).count();
    let sum: i64 = known.iter().map(|now| now.value).sum();
    Ok(PowerNow {
        watts: (!known.is_empty()).then(|| Watts::new(sum)),
        at: known.iter().map(|now| now.at).min(),
        members: members_count,
        silent: members_count - known.len(),
        basis: members.basis,
        outlets: of_part(GaugePart::Outlet),
        bmcs: of_part(GaugePart::Sensor),
    })
}

fn members(c: &mut Conn, actor: &Actor, of: PowerOf) -> Result<Members, Fault> {
    actor.require(Permission::ViewPower)?;
    match of {
        PowerOf::Rack(id) => {
            let rack = rack_by_id(c, actor, id)?.rack.id;
            let pdus = pdus_of_rack(c, rack)?;
            let inlets = of_inlets(c, &pdus)?;
            if !inlets.all.is_empty() {
                return Ok(inlets);
            }
            let (inside, places) = (machines_of_rack(c, rack)?, outlets_of_rack(c, rack)?);
            of_machines(c, &inside, &places, inlets.unmeasured)
        }
        PowerOf::Feed(id) => {
            let feed = feed_by_id(c, actor, id)?.feed.id;
            let pdus = pdus_of_feed(c, feed)?;
            of_inlets(c, &pdus)
        }
        PowerOf::Customer(id) => {
            match actor.wall().customer() {
                Some(own) if own != id => return Err(Fault::not_found()),
                Some(_) => {}
                None => {
                    customer_by_id(c, actor, id)?;
                }
            }
            let (own, places) = (machines_of_customer(c, id)?, outlets_of_customer(c, id)?);
            of_machines(c, &own, &places, 0)
        }
        PowerOf::Device(id) => {
            let device = device_by_id(c, actor, id)?.device.id;
            let own = of_inlets(c, &[device])?;
            if !own.all.is_empty() {
                return Ok(own);
            }
            let places = outlets_to_device(c, device)?;
            of_machines(c, &[device], &places, 0)
        }
    }
}

/// What PDUs draw: their inlets, the phases of those that only tell these, the outlets of those that tell neither.
fn of_inlets(c: &mut Conn, pdus: &[DeviceId]) -> Result<Members, Fault> {
    let mut untold = pdus.to_vec();
    let mut all = Vec::new();
    for part in [GaugePart::Input, GaugePart::Phase, GaugePart::Outlet] {
        let found = of_devices(c, &untold, part, Quantity::ActivePower)?;
        let told: BTreeSet<DeviceId> = found.iter().map(|gauge| gauge.device_id).collect();
        untold.retain(|pdu| !told.contains(pdu));
        let found = found.into_iter();
        all.extend(found.map(|gauge| Member { gauge, since: None }));
    }
    Ok(Members::new(all, untold.len(), PowerBasis::Inlets))
}

/// What machines draw: each by the outlets that are confirmed to feed it and measure that, else by its own BMC, so
/// that none is counted twice.
fn of_machines(
    c: &mut Conn,
    machines: &[DeviceId],
    places: &[OutletPlace],
    unmeasured: usize,
) -> Result<Members, Fault> {
    let pdus: BTreeSet<DeviceId> = places.iter().map(|place| place.device_id).collect();
    let pdus: Vec<DeviceId> = pdus.into_iter().collect();
    let wanted: BTreeMap<(DeviceId, &str), &OutletPlace> = places
        .iter()
        .map(|place| ((place.device_id, place.place.as_str()), place))
        .collect();
    let mut by_outlet = BTreeSet::new();
    let mut all = Vec::new();
    for gauge in of_devices(c, &pdus, GaugePart::Outlet, Quantity::ActivePower)? {
        let Some(place) = wanted.get(&(gauge.device_id, gauge.place.as_str())) else {
            continue;
        };
        by_outlet.extend(place.feeds);
        let since = place.confirmed_at;
        all.push(Member { gauge, since });
    }
    let by_bmc: Vec<DeviceId> = machines
        .iter()
        .copied()
        .filter(|machine| !by_outlet.contains(machine))
        .collect();
    let outlets = all.len();
    let draws = of_devices(c, &by_bmc, GaugePart::Sensor, Quantity::ActivePower)?.into_iter();
    let draws = draws.filter(|gauge| gauge.place == DRAW_PLACE);
    all.extend(draws.map(|gauge| Member { gauge, since: None }));
    let basis = match (outlets, all.len() - outlets) {
        (0, _) => PowerBasis::Bmcs,
        (_, 0) => PowerBasis::Outlets,
        _ => PowerBasis::OutletsAndBmcs,
    };
    Ok(Members::new(all, unmeasured, basis))
}

fn step_of(period: Period) -> i64 {
    if is_long(period) { HOUR_MS } else { SLOT_MS }
}

/// The course of each gauge, in their order; what is not to be seen of one is a gap.
fn courses(c: &mut Conn, members: &[Member], period: Period) -> Result<Vec<Course>, Fault> {
    let mut by_device: BTreeMap<DeviceId, Vec<i64>> = BTreeMap::new();
    let mut since: BTreeMap<i64, Timestamp> = BTreeMap::new();
    for member in members {
        let id = member.gauge.id.get();
        let ids = by_device.entry(member.gauge.device_id).or_default();
        ids.push(id);
        since.extend(member.since.map(|at| (id, at)));
    }
    let mut found: BTreeMap<i64, Course> = BTreeMap::new();
    for (device, mut ids) in by_device {
        ids.sort_unstable();
        if is_long(period) {
            found.extend(long_courses(c, device, &ids, period)?);
            continue;
        }
        let reach_ms = WOBBLE_MS + (interval_ms(c, device)? - SLOT_MS).max(0);
        let from = period.from.plus_millis(-reach_ms - SLOT_MS);
        for (id, mut of) in readings(c, device, &ids, from, period.until)? {
            if let Some(since) = since.get(&id) {
                of.retain(|(at, _)| at >= since);
            }
            found.insert(id, Course::of_readings(&of, period, reach_ms));
        }
    }
    let all = members.iter().map(|member| {
        let course = found.remove(&member.gauge.id.get());
        let mut course = course.unwrap_or_else(|| Course::empty(period, step_of(period)));
        if let Some(since) = member.since {
            course.hide_before(since);
        }
        course
    });
    Ok(all.collect())
}

type ByGauge = BTreeMap<i64, Vec<(Timestamp, i64)>>;

/// Readings of some gauges of a device, in order of time, from finished days and from rows.
fn readings(
    c: &mut Conn,
    device: DeviceId,
    ids: &[i64],
    from: Timestamp,
    until: Timestamp,
) -> Result<ByGauge, Fault> {
    let mut found = sealed(c, device, ids, from, until)?;
    for (id, of) in open(c, device, ids, from, until)? {
        found.entry(id).or_default().extend(of);
    }
    for of in found.values_mut() {
        of.retain(|(at, _)| (from..until).contains(at));
        of.sort_unstable_by_key(|(at, _)| *at);
    }
    Ok(found)
}

fn open(
    c: &mut Conn,
    device: DeviceId,
    ids: &[i64],
    from: Timestamp,
    until: Timestamp,
) -> Result<ByGauge, Fault> {
    let rows: Vec<GaugeReadingRow> = gauge_readings::table
        .filter(gauge_readings::device_id.eq(device))
        .filter(gauge_readings::at.ge(from))
        .filter(gauge_readings::at.lt(until))
        .order(gauge_readings::at.asc())
        .select(GaugeReadingRow::as_select())
        .load(c)?;
    let mut found = ByGauge::new();
    for row in &rows {
        for (id, value) in unpacked(row)? {
            if ids.binary_search(&id).is_ok() {
                found.entry(id).or_default().push((row.at, value));
            }
        }
    }
    Ok(found)
}

fn sealed(
    c: &mut Conn,
    device: DeviceId,
    ids: &[i64],
    from: Timestamp,
    until: Timestamp,
) -> Result<ByGauge, Fault> {
    let (first, last) = (Day::of(from).number(), Day::of(until).number());
    let days: Vec<GaugeDayRow> = gauge_days::table
        .filter(gauge_days::device_id.eq(device))
        .filter(gauge_days::day.between(first, last))
        .select(GaugeDayRow::as_select())
        .load(c)?;
    let mut times = BTreeMap::new();
    for row in &days {
        times.insert(row.day, day_times(device, row)?.times);
    }
    let mut found = ByGauge::new();
    for ids in ids.chunks(BATCH_ROWS) {
        let blocks: Vec<(i64, i64, Vec<u8>)> = gauge_blocks::table
            .filter(gauge_blocks::gauge_id.eq_any(ids))
            .filter(gauge_blocks::day.between(first, last))
            .select((
                gauge_blocks::gauge_id,
                gauge_blocks::day,
                gauge_blocks::body,
            ))
            .load(c)?;
        for (id, day, body) in blocks {
            let missing = || Fault::internal(format!("gauge {id}: a block without its day {day}"));
            let times = times.get(&day).ok_or_else(missing)?;
            let values = numbers(id, day, &body, times.len())?;
            let known = times.iter().zip(values);
            let known = known.filter_map(|(at, value)| Some((*at, value?)));
            found.entry(id).or_default().extend(known);
        }
    }
    Ok(found)
}

/// Courses of hours: those that are kept, and those of days that are not finished.
fn long_courses(
    c: &mut Conn,
    device: DeviceId,
    ids: &[i64],
    period: Period,
) -> Result<BTreeMap<i64, Course>, Fault> {
    let (first, last) = (Day::of(period.from).month(), Day::of(period.until).month());
    let mut all: BTreeMap<i64, Vec<GaugeHour>> = BTreeMap::new();
    for ids in ids.chunks(BATCH_ROWS) {
        let months: Vec<(i64, i64, Vec<u8>)> = gauge_rollups::table
            .filter(gauge_rollups::gauge_id.eq_any(ids))
            .filter(gauge_rollups::month.between(first.number(), last.number()))
            .order(gauge_rollups::month.asc())
            .select((
                gauge_rollups::gauge_id,
                gauge_rollups::month,
                gauge_rollups::body,
            ))
            .load(c)?;
        for (id, month, body) in months {
            let hours = month_hours(id, Month::from_number(month), &body)?;
            all.entry(id).or_default().extend(hours);
        }
    }
    for (id, readings) in open(c, device, ids, period.from, period.until)? {
        let there = all.remove(&id).unwrap_or_default();
        all.insert(id, hours::replaced(there, &hours::hours(&readings)));
    }
    let courses = all
        .into_iter()
        .map(|(id, hours)| (id, Course::of_hours(&hours, period)));
    Ok(courses.collect())
}
