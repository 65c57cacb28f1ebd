//! What many machines draw now, each by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::gauges::{GaugeNow, gauges_now, of_devices};
use crate::base::fault::Fault;
use crate::base::gauge::{DRAW_PLACE, GaugePart, Quantity};
use crate::base::ids::DeviceId;
use crate::base::units::Watts;
use crate::facility::{OutletPlace, outlets_to_devices};
use crate::identity::{Actor, Permission};
use crate::metering::rows::Gauge;
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;

/// What machines that the caller was shown already draw: each by the outlets that are confirmed to feed it, when all
/// of them measure and none is silent, else by its BMC. A part of a draw is not the draw.
pub fn draws_now(
    c: &mut Conn,
    actor: &Actor,
    machines: &[DeviceId],
) -> Result<BTreeMap<DeviceId, Watts>, Fault> {
    actor.require(Permission::ViewPower)?;
    let mut draws = by_outlets(c, actor, machines)?;
    let rest: Vec<DeviceId> = machines
        .iter()
        .copied()
        .filter(|machine| !draws.contains_key(machine))
        .collect();
    let gauges: Vec<Gauge> = gauges_of(c, &rest, GaugePart::Sensor)?
        .into_iter()
        .filter(|gauge| gauge.place == DRAW_PLACE)
        .collect();
    let told: Vec<DeviceId> = gauges.iter().map(|gauge| gauge.device_id).collect();
    let now = gauges_now(c, &told, actor.now)?;
    draws.extend(gauges.iter().filter_map(|gauge| {
        let said = now.get(&gauge.id)?;
        Some((gauge.device_id, Watts::new(said.value)))
    }));
    Ok(draws)
}

fn by_outlets(
    c: &mut Conn,
    actor: &Actor,
    machines: &[DeviceId],
) -> Result<BTreeMap<DeviceId, Watts>, Fault> {
    let places = outlets_to_devices(c, machines)?;
    let pdus: BTreeSet<DeviceId> = places.iter().map(|place| place.device_id).collect();
    let pdus: Vec<DeviceId> = pdus.into_iter().collect();
    let now = gauges_now(c, &pdus, actor.now)?;
    let gauges = gauges_of(c, &pdus, GaugePart::Outlet)?;
    let said: BTreeMap<(DeviceId, &str), &GaugeNow> = gauges
        .iter()
        .filter_map(|gauge| {
            let said = now.get(&gauge.id)?;
            Some(((gauge.device_id, gauge.place.as_str()), said))
        })
        .collect();
    let draw = |place: &OutletPlace| {
        let said = said.get(&(place.device_id, place.place.as_str()))?;
        let is_its = place.confirmed_at.is_none_or(|since| said.at >= since);
        is_its.then_some(said.value)
    };
    let mut draws: BTreeMap<DeviceId, Option<i64>> = BTreeMap::new();
    for place in &places {
        if let Some(machine) = place.feeds {
            let sum = draws.entry(machine).or_insert(Some(0));
            *sum = sum.zip(draw(place)).map(|(sum, more)| sum + more);
        }
    }
    let known = draws
        .into_iter()
        .filter_map(|(machine, watts)| Some((machine, Watts::new(watts?))));
    Ok(known.collect())
}

fn gauges_of(c: &mut Conn, devices: &[DeviceId], part: GaugePart) -> Result<Vec<Gauge>, Fault> {
    let mut all = Vec::new();
    for some in devices.chunks(BATCH_ROWS) {
        all.extend(of_devices(c, some, part, Quantity::ActivePower)?);
    }
    Ok(all)
}
