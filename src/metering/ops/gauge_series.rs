//! The course of gauges: of one, and of the power of a rack, a feed, a customer or a device.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::gauge_days::{day_times, month_hours, numbers};
use super::gauges::{gauge_by_id, gauges_now, of_devices, unpacked};
use super::long::is_long;
use crate::base::fault::Fault;
use crate::base::gauge::{GaugePart, Quantity};
use crate::base::ids::{CustomerId, DeviceId, GaugeId, PowerFeedId, RackId};
use crate::base::time::Timestamp;
use crate::base::units::Watts;
use crate::facility::{
    OutletPlace, feed_by_id, outlets_of_customer, outlets_of_rack, outlets_to_device, pdus_of_feed,
    pdus_of_rack, rack_by_id,
};
use crate::identity::{Actor, Permission};
use crate::inventory::device_by_id;
use crate::metering::day::{Day, Month};
use crate::metering::gauge::course::{Course, WOBBLE_MS};
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
    /// What the PDUs of a rack draw; where there is none, what confirmed outlets give its devices.
    Rack(RackId),
    /// What the PDUs of a feed draw.
    Feed(PowerFeedId),
    /// What confirmed outlets give a customer's devices.
    Customer(CustomerId),
    /// What a PDU draws; what confirmed outlets give another device.
    Device(DeviceId),
}

/// What a sum is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerBasis {
    /// The inlets of PDUs.
    Inlets,
    /// Outlets that are confirmed to feed these devices.
    Outlets,
    /// Nothing measures it.
    Nothing,
}

/// A course of power.
#[derive(Debug, Clone)]
pub struct PowerSeries {
    /// Watts.
    pub course: Course,
    /// How many gauges are added up.
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
    /// Gauges that should be in it.
    pub members: usize,
    /// Gauges that said nothing of late.
    pub silent: usize,
    /// What the sum is made of.
    pub basis: PowerBasis,
}

struct Members {
    gauges: Vec<Gauge>,
    basis: PowerBasis,
}

/// The course of one gauge that the actor may see: slots of 300 s, hours for a long time.
pub fn gauge_series(
    c: &mut Conn,
    actor: &Actor,
    id: GaugeId,
    period: Period,
) -> Result<(Gauge, Course), Fault> {
    let gauge = gauge_by_id(c, actor, id)?;
    let course = courses(c, std::slice::from_ref(&gauge), period)?.pop();
    let course = course.unwrap_or_else(|| Course::empty(period, step_of(period)));
    Ok((gauge, course))
}

/// The course of the power of something that the actor may see.
pub fn power_series(
    c: &mut Conn,
    actor: &Actor,
    of: PowerOf,
    period: Period,
) -> Result<PowerSeries, Fault> {
    let members = members(c, actor, of)?;
    let courses = courses(c, &members.gauges, period)?;
    Ok(PowerSeries {
        course: Course::sum(&courses, period, step_of(period)),
        members: members.gauges.len(),
        basis: members.basis,
    })
}

/// The power of something that the actor may see, as it was said last.
pub fn power_now(c: &mut Conn, actor: &Actor, of: PowerOf) -> Result<PowerNow, Fault> {
    let members = members(c, actor, of)?;
    let devices: BTreeSet<DeviceId> = members.gauges.iter().map(|g| g.device_id).collect();
    let devices: Vec<DeviceId> = devices.into_iter().collect();
    let said = gauges_now(c, &devices, actor.now)?;
    let known: Vec<_> = members
        .gauges
        .iter()
        .filter_map(|gauge| said.get(&gauge.id))
        .collect();
    let sum: i64 = known.iter().map(|now| now.value).sum();
    Ok(PowerNow {
        watts: (!known.is_empty()).then(|| Watts::new(sum)),
        at: known.iter().map(|now| now.at).min(),
        members: members.gauges.len(),
        silent: members.gauges.len() - known.len(),
        basis: members.basis,
    })
}

fn members(c: &mut Conn, actor: &Actor, of: PowerOf) -> Result<Members, Fault> {
    actor.require(Permission::ViewPower)?;
    match of {
        PowerOf::Rack(id) => {
            let rack = rack_by_id(c, actor, id)?.rack.id;
            let pdus = pdus_of_rack(c, rack)?;
            if pdus.is_empty() {
                let places = outlets_of_rack(c, rack)?;
                return of_outlets(c, &places);
            }
            of_inlets(c, &pdus)
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
            let places = outlets_of_customer(c, id)?;
            of_outlets(c, &places)
        }
        PowerOf::Device(id) => {
            let device = device_by_id(c, actor, id)?.device.id;
            let own = of_inlets(c, &[device])?;
            if !own.gauges.is_empty() {
                return Ok(own);
            }
            let places = outlets_to_device(c, device)?;
            of_outlets(c, &places)
        }
    }
}

/// What PDUs draw: their inlets, or the phases of those that only tell these.
fn of_inlets(c: &mut Conn, pdus: &[DeviceId]) -> Result<Members, Fault> {
    let mut gauges = of_devices(c, pdus, GaugePart::Input, Quantity::ActivePower)?;
    let told: BTreeSet<DeviceId> = gauges.iter().map(|gauge| gauge.device_id).collect();
    let others: Vec<DeviceId> = pdus
        .iter()
        .filter(|pdu| !told.contains(pdu))
        .copied()
        .collect();
    gauges.extend(of_devices(
        c,
        &others,
        GaugePart::Phase,
        Quantity::ActivePower,
    )?);
    let basis = match gauges.is_empty() {
        true => PowerBasis::Nothing,
        false => PowerBasis::Inlets,
    };
    Ok(Members { gauges, basis })
}

fn of_outlets(c: &mut Conn, places: &[OutletPlace]) -> Result<Members, Fault> {
    let devices: BTreeSet<DeviceId> = places.iter().map(|place| place.device_id).collect();
    let devices: Vec<DeviceId> = devices.into_iter().collect();
    let wanted: BTreeSet<(DeviceId, &str)> = places
        .iter()
        .map(|place| (place.device_id, place.place.as_str()))
        .collect();
    let mut gauges = of_devices(c, &devices, GaugePart::Outlet, Quantity::ActivePower)?;
    gauges.retain(|gauge| wanted.contains(&(gauge.device_id, gauge.place.as_str())));
    let basis = match gauges.is_empty() {
        true => PowerBasis::Nothing,
        false => PowerBasis::Outlets,
    };
    Ok(Members { gauges, basis })
}

fn step_of(period: Period) -> i64 {
    if is_long(period) { HOUR_MS } else { SLOT_MS }
}

/// The course of each gauge, in their order.
fn courses(c: &mut Conn, gauges: &[Gauge], period: Period) -> Result<Vec<Course>, Fault> {
    let mut by_device: BTreeMap<DeviceId, Vec<i64>> = BTreeMap::new();
    for gauge in gauges {
        let ids = by_device.entry(gauge.device_id).or_default();
        ids.push(gauge.id.get());
    }
    let mut found: BTreeMap<i64, Course> = BTreeMap::new();
    for (device, mut ids) in by_device {
        ids.sort_unstable();
        if is_long(period) {
            found.extend(long_courses(c, device, &ids, period)?);
            continue;
        }
        let from = period.from.plus_millis(-WOBBLE_MS - SLOT_MS);
        for (id, readings) in readings(c, device, &ids, from, period.until)? {
            found.insert(id, Course::of_readings(&readings, period));
        }
    }
    let all = gauges.iter().map(|gauge| {
        let course = found.remove(&gauge.id.get());
        course.unwrap_or_else(|| Course::empty(period, step_of(period)))
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
