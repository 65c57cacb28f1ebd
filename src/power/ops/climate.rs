//! What many machines draw and breathe, for drawings of racks and rooms.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::DeviceId;
use crate::base::machine::Quantity;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::telling::Values;
use crate::store::Conn;
use crate::store::schema::{machine_readings, machine_sensors};

/// What was said longer ago than this is no longer shown, milliseconds.
const FRESH_MS: i64 = 3_600_000;
/// Parts of the names by which BMCs call the air that goes in.
const INLET_NAMES: [&str; 4] = ["inlet", "ambient", "intake", "front panel"];

/// What a machine said last.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Climate {
    /// Its draw, watts.
    pub watts: Option<i64>,
    /// The air at its inlet, degrees Celsius.
    pub inlet: Option<f64>,
}

/// Draw and air of machines that the caller was shown already; nothing for who may not see power.
pub fn machines_climate(
    c: &mut Conn,
    actor: &Actor,
    machines: &[DeviceId],
) -> Result<HashMap<DeviceId, Climate>, Fault> {
    if machines.is_empty() || !actor.may(Permission::ViewPower) {
        return Ok(HashMap::new());
    }
    let readings: Vec<(DeviceId, Option<i64>, String, Option<Timestamp>)> = machine_readings::table
        .filter(machine_readings::device_id.eq_any(machines))
        .select((
            machine_readings::device_id,
            machine_readings::watts,
            machine_readings::sensors_said,
            machine_readings::sensors_at,
        ))
        .load(c)?;
    let sensors: Vec<(DeviceId, String, String)> = machine_sensors::table
        .filter(machine_sensors::device_id.eq_any(machines))
        .filter(machine_sensors::quantity.eq(Quantity::Temperature))
        .filter(machine_sensors::missing_since.is_null())
        .order(machine_sensors::id.asc())
        .select((
            machine_sensors::device_id,
            machine_sensors::sensor_key,
            machine_sensors::name,
        ))
        .load(c)?;
    let mut inlets: HashMap<DeviceId, String> = HashMap::new();
    for (device, key, name) in sensors {
        let name = name.to_lowercase();
        if INLET_NAMES.iter().any(|inlet| name.contains(inlet)) {
            inlets.entry(device).or_insert(key);
        }
    }
    Ok(readings
        .into_iter()
        .filter(|(.., at)| at.is_some_and(|at| actor.now.since_millis(at) <= FRESH_MS))
        .map(|(device, watts, said, _)| {
            let inlet = inlets
                .get(&device)
                .and_then(|key| Values::from_text(&said).0.get(key).copied());
            (device, Climate { watts, inlet })
        })
        .collect())
}
