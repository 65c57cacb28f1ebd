//! Keeping what gauges say, and finding them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::base::fault::{Fault, FaultKind};
use crate::base::gauge::{GaugeMissing, GaugePart, GaugeSeen, Quantity};
use crate::base::ids::{DeviceId, GaugeId};
use crate::base::time::Timestamp;
use crate::facility::outlet_shown;
use crate::identity::{Actor, Permission};
use crate::insert_all;
use crate::inventory::device_by_id;
use crate::metering::gauge::packed;
use crate::metering::rows::{Gauge, GaugeReadingRow, NewGaugeReading};
use crate::metering::slot::SLOT_MS;
use crate::store::Conn;
use crate::store::schema::{gauge_readings, gauges, snmp_targets};

/// Longest name kept of a part.
const LONGEST_NAME: usize = 200;
/// A number older than this is not of now, unless its device is asked more seldom: then one that is older than two
/// intervals.
const FRESH_MS: i64 = 15 * 60_000;

type Place = (GaugePart, String, Quantity);

/// What a gauge said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GaugeNow {
    /// When.
    pub at: Timestamp,
    /// The number in the unit of its quantity.
    pub value: i64,
}

/// Keeps what a device's gauges said at one time, whoever read them: numbers as one row, and of the gauges what
/// changed. A gauge is made when it first has a number. Those that a `whole` reading does not tell of are gone.
/// `false` when there is a reading of that time already.
pub fn gauges_keep(
    c: &mut Conn,
    device: DeviceId,
    at: Timestamp,
    seen: &[GaugeSeen],
    whole: bool,
) -> Result<bool, Fault> {
    let there: Option<crate::base::ids::GaugeReadingId> = gauge_readings::table
        .filter(gauge_readings::device_id.eq(device))
        .filter(gauge_readings::at.eq(at))
        .select(gauge_readings::id)
        .first(c)
        .optional()?;
    if there.is_some() {
        return Ok(false);
    }
    let known: BTreeMap<Place, Gauge> = of_device(c, device)?
        .into_iter()
        .map(|gauge| ((gauge.part, gauge.place.clone(), gauge.quantity), gauge))
        .collect();
    let mut heard = BTreeSet::new();
    let mut values: Vec<(i64, i64)> = Vec::with_capacity(seen.len());
    for one in seen {
        let place = (one.part, one.index.clone(), one.quantity);
        let id = match known.get(&place) {
            Some(gauge) => {
                gauge_heard(c, gauge, one, at)?;
                heard.insert(gauge.id);
                gauge.id
            }
            None if one.value.is_err() => continue,
            None => gauge_create(c, device, one, at)?,
        };
        if let Ok(value) = one.value {
            values.push((id.get(), value));
        }
    }
    let unheard = known.values().filter(|gauge| !heard.contains(&gauge.id));
    for gauge in unheard.filter(|_| whole) {
        missing_set(c, gauge, Some(GaugeMissing::NoSuch), at)?;
    }
    values.sort_unstable();
    values.dedup_by_key(|(id, _)| *id);
    diesel::insert_into(gauge_readings::table)
        .values((
            gauge_readings::device_id.eq(device),
            gauge_readings::at.eq(at),
            gauge_readings::body.eq(packed::encode(&values)),
        ))
        .execute(c)?;
    Ok(true)
}

fn gauge_heard(c: &mut Conn, gauge: &Gauge, one: &GaugeSeen, at: Timestamp) -> Result<(), Fault> {
    let name = one.name.as_deref().map(cut);
    if let Some(name) = name.filter(|name| *name != gauge.name) {
        diesel::update(gauges::table.find(gauge.id))
            .set((gauges::name.eq(name), gauges::updated_at.eq(at)))
            .execute(c)?;
    }
    missing_set(c, gauge, one.value.err(), at)
}

fn missing_set(
    c: &mut Conn,
    gauge: &Gauge,
    missing: Option<GaugeMissing>,
    at: Timestamp,
) -> Result<(), Fault> {
    if gauge.missing != missing {
        diesel::update(gauges::table.find(gauge.id))
            .set((gauges::missing.eq(missing), gauges::updated_at.eq(at)))
            .execute(c)?;
    }
    Ok(())
}

fn gauge_create(
    c: &mut Conn,
    device: DeviceId,
    one: &GaugeSeen,
    at: Timestamp,
) -> Result<GaugeId, Fault> {
    Ok(diesel::insert_into(gauges::table)
        .values((
            gauges::device_id.eq(device),
            gauges::part.eq(one.part),
            gauges::place.eq(&one.index),
            gauges::quantity.eq(one.quantity),
            gauges::name.eq(one.name.as_deref().map(cut).unwrap_or_default()),
            gauges::created_at.eq(at),
            gauges::updated_at.eq(at),
        ))
        .returning(gauges::id)
        .get_result(c)?)
}

fn cut(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '\0')
        .take(LONGEST_NAME)
        .collect()
}

/// All gauges of a device, by part, place and quantity.
pub(super) fn of_device(c: &mut Conn, device: DeviceId) -> Result<Vec<Gauge>, Fault> {
    Ok(gauges::table
        .filter(gauges::device_id.eq(device))
        .order((gauges::part.asc(), gauges::id.asc()))
        .select(Gauge::as_select())
        .load(c)?)
}

/// Gauges of several devices that measure one quantity at parts of one kind.
pub(super) fn of_devices(
    c: &mut Conn,
    devices: &[DeviceId],
    part: GaugePart,
    quantity: Quantity,
) -> Result<Vec<Gauge>, Fault> {
    Ok(gauges::table
        .filter(gauges::device_id.eq_any(devices))
        .filter(gauges::part.eq(part))
        .filter(gauges::quantity.eq(quantity))
        .order((gauges::device_id.asc(), gauges::id.asc()))
        .select(Gauge::as_select())
        .load(c)?)
}

/// The gauges of a device that the actor may see: staff all of them, a customer all of an own device and else those of
/// the outlets that are confirmed to feed an own one.
pub fn gauges_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<Gauge>, Fault> {
    actor.require(Permission::ViewPower)?;
    device_by_id(c, actor, device)?;
    of_device(c, device)
}

/// A gauge that the actor may see; see [`gauges_of_device`].
pub fn gauge_by_id(c: &mut Conn, actor: &Actor, id: GaugeId) -> Result<Gauge, Fault> {
    gauge_shown(c, actor, id).map(|(gauge, _)| gauge)
}

/// A gauge that the actor may see, and since when: through an outlet a customer sees what was measured since it was
/// confirmed to feed an own device.
pub(super) fn gauge_shown(
    c: &mut Conn,
    actor: &Actor,
    id: GaugeId,
) -> Result<(Gauge, Option<Timestamp>), Fault> {
    actor.require(Permission::ViewPower)?;
    let gauge: Gauge = gauges::table
        .find(id)
        .select(Gauge::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    let Some(customer) = actor.wall().customer() else {
        return Ok((gauge, None));
    };
    let Err(hidden) = device_by_id(c, actor, gauge.device_id) else {
        return Ok((gauge, None));
    };
    let is_walled = matches!(hidden.kind, FaultKind::NotFound | FaultKind::Forbidden);
    if !is_walled || gauge.part != GaugePart::Outlet {
        return Err(hidden);
    }
    let since = outlet_shown(c, gauge.device_id, &gauge.place, customer)?;
    Ok((gauge, Some(since.ok_or(hidden)?)))
}

/// Milliseconds from one reading of a device's gauges to the next.
pub(super) fn interval_ms(c: &mut Conn, device: DeviceId) -> Result<i64, Fault> {
    let seconds: Option<i64> = snmp_targets::table
        .filter(snmp_targets::device_id.eq(device))
        .select(snmp_targets::interval_s)
        .first(c)
        .optional()?;
    Ok(seconds.map_or(SLOT_MS, |seconds| seconds.saturating_mul(1000)))
}

/// What the gauges of devices said last, when that is not long ago. For the operations of this program: the caller
/// has checked who may see it.
pub fn gauges_now(
    c: &mut Conn,
    devices: &[DeviceId],
    now: Timestamp,
) -> Result<BTreeMap<GaugeId, GaugeNow>, Fault> {
    let mut found = BTreeMap::new();
    for device in devices {
        let fresh_ms = interval_ms(c, *device)?.saturating_mul(2).max(FRESH_MS);
        let row: Option<GaugeReadingRow> = gauge_readings::table
            .filter(gauge_readings::device_id.eq(*device))
            .filter(gauge_readings::at.ge(now.plus_millis(-fresh_ms)))
            .filter(gauge_readings::at.le(now.plus_millis(FRESH_MS)))
            .order(gauge_readings::at.desc())
            .select(GaugeReadingRow::as_select())
            .first(c)
            .optional()?;
        let Some(row) = row else { continue };
        for (id, value) in unpacked(&row)? {
            found.insert(GaugeId::new(id), GaugeNow { at: row.at, value });
        }
    }
    Ok(found)
}

/// What the gauges of a device said since a time, oldest first, as far as it is not yet put away by days; for small
/// drawings. The caller has checked who may see it.
pub fn gauges_recent(
    c: &mut Conn,
    device: DeviceId,
    since: Timestamp,
) -> Result<BTreeMap<GaugeId, Vec<GaugeNow>>, Fault> {
    let rows: Vec<GaugeReadingRow> = gauge_readings::table
        .filter(gauge_readings::device_id.eq(device))
        .filter(gauge_readings::at.ge(since))
        .order(gauge_readings::at.asc())
        .select(GaugeReadingRow::as_select())
        .load(c)?;
    let mut found: BTreeMap<GaugeId, Vec<GaugeNow>> = BTreeMap::new();
    for row in &rows {
        for (id, value) in unpacked(row)? {
            let of = found.entry(GaugeId::new(id)).or_default();
            of.push(GaugeNow { at: row.at, value });
        }
    }
    Ok(found)
}

/// Ids and numbers of a row.
pub(super) fn unpacked(row: &GaugeReadingRow) -> Result<Vec<(i64, i64)>, Fault> {
    packed::decode(&row.body)
        .map_err(|error| Fault::internal(format!("gauge reading {}: {error}", row.id)))
}

/// Makes the gauges of a device and stores readings of a past time at once, for the demo: `values_at` gives the
/// numbers in the order of `seen`. Nothing is done for a device that has a reading already; gives how many.
pub fn gauges_fill(
    c: &mut Conn,
    device: DeviceId,
    seen: &[GaugeSeen],
    times: impl Iterator<Item = Timestamp>,
    values_at: impl Fn(Timestamp) -> Vec<i64>,
) -> Result<usize, Fault> {
    let mut times = times.peekable();
    let Some(first) = times.peek().copied() else {
        return Ok(0);
    };
    let known: i64 = gauge_readings::table
        .filter(gauge_readings::device_id.eq(device))
        .count()
        .get_result(c)?;
    if known > 0 || !of_device(c, device)?.is_empty() {
        return Ok(0);
    }
    let ids = seen
        .iter()
        .map(|one| gauge_create(c, device, one, first).map(GaugeId::get))
        .collect::<Result<Vec<i64>, Fault>>()?;
    let rows: Vec<NewGaugeReading> = times
        .map(|at| {
            let values: Vec<(i64, i64)> = ids.iter().copied().zip(values_at(at)).collect();
            NewGaugeReading {
                device_id: device,
                at,
                body: packed::encode(&values),
            }
        })
        .collect();
    Ok(insert_all!(c, gauge_readings::table, rows)?)
}
