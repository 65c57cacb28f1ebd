//! What many machines draw now, each by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::gauges::{gauges_now, of_devices};
use crate::base::fault::Fault;
use crate::base::gauge::{DRAW_PLACE, GaugePart, Quantity};
use crate::base::ids::DeviceId;
use crate::base::units::Watts;
use crate::facility::{OutletPlace, outlets_to_devices};
use crate::identity::{Actor, Permission};
use crate::metering::rows::Gauge;
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;

/// What machines that the caller was shown already draw: each by the outlets that are confirmed to feed it and
/// measure that, else by its BMC. One of whose outlets any is silent is left out: a part of a draw is not the draw.
pub fn draws_now(
    c: &mut Conn,
    actor: &Actor,
    machines: &[DeviceId],
) -> Result<BTreeMap<DeviceId, Watts>, Fault> {
    actor.require(Permission::ViewPower)?;
    let (mut draws, measured) = by_outlets(c, actor, machines)?;
    let rest: Vec<DeviceId> = machines
        .iter()
        .copied()
        .filter(|machine| !measured.contains(machine))
        .collect();
    let gauges = gauges_of(c, &rest, GaugePart::Sensor)?;
    let gauges: Vec<Gauge> = gauges
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

type ByOutlets = (BTreeMap<DeviceId, Watts>, BTreeSet<DeviceId>);

/// The draws that outlets tell whole, and all machines that some outlet measures.
fn by_outlets(c: &mut Conn, actor: &Actor, machines: &[DeviceId]) -> Result<ByOutlets, Fault> {
    let places = outlets_to_devices(c, machines)?;
    let wanted: BTreeMap<(DeviceId, &str), &OutletPlace> = places
        .iter()
        .map(|place| ((place.device_id, place.place.as_str()), place))
        .collect();
    let pdus: BTreeSet<DeviceId> = places.iter().map(|place| place.device_id).collect();
    let pdus: Vec<DeviceId> = pdus.into_iter().collect();
    let now = gauges_now(c, &pdus, actor.now)?;
    let mut draws: BTreeMap<DeviceId, Watts> = BTreeMap::new();
    let (mut measured, mut silent) = (BTreeSet::new(), BTreeSet::new());
    for gauge in gauges_of(c, &pdus, GaugePart::Outlet)? {
        let Some(place) = wanted.get(&(gauge.device_id, gauge.place.as_str())) else {
            continue;
        };
        let Some(machine) = place.feeds else { continue };
        measured.insert(machine);
        let said = now
            .get(&gauge.id)
            .filter(|said| place.confirmed_at.is_none_or(|since| said.at >= since));
        match said {
            Some(said) => {
                let draw = draws.entry(machine).or_default();
                *draw = draw.saturating_add(Watts::new(said.value));
            }
            None => {
                silent.insert(machine);
            }
        }
    }
    draws.retain(|machine, _| !silent.contains(machine));
    Ok((draws, measured))
}

fn gauges_of(c: &mut Conn, devices: &[DeviceId], part: GaugePart) -> Result<Vec<Gauge>, Fault> {
    let mut all = Vec::new();
    for some in devices.chunks(BATCH_ROWS) {
        all.extend(of_devices(c, some, part, Quantity::ActivePower)?);
    }
    Ok(all)
}
