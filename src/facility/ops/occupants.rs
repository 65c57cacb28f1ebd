//! What stands in racks, from the records of devices.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, RackId};
use crate::base::units::{Grams, Watts};
use crate::facility::placement::Load;
use crate::facility::rows::Occupant;
use crate::store::Conn;
use crate::store::schema::{device_types, devices};

/// What stands in racks; one rack is asked for by a statement that is planned once, a set is a new one each time.
macro_rules! standing {
    ($of:expr) => {
        devices::table
            .inner_join(device_types::table)
            .filter($of)
            .filter(devices::face.is_not_null())
            .filter(devices::archived_at.is_null())
            .order((
                devices::rack_id.asc(),
                devices::position_half_units.asc(),
                devices::id.asc(),
            ))
            .select((
                devices::rack_id.assume_not_null(),
                devices::id,
                devices::name,
                devices::customer_id,
                devices::face.assume_not_null(),
                devices::position_half_units,
                device_types::height_half_units,
                device_types::full_depth,
                devices::half,
                device_types::watts,
                device_types::weight_g,
            ))
    };
}

/// What is in the bays of what stands in racks.
macro_rules! in_bays {
    ($of:expr) => {
        devices::table
            .inner_join(device_types::table)
            .filter($of)
            .filter(devices::chassis_id.is_not_null())
            .filter(devices::archived_at.is_null())
            .select((
                devices::chassis_id.assume_not_null(),
                device_types::watts,
                device_types::weight_g,
            ))
    };
}

/// Devices of one rack from the bottom up, those at the sides first. For the operations of this program: the
/// caller has checked the right to see the rack and draws what the reader may not see without a name.
pub fn occupants(c: &mut Conn, rack: RackId) -> Result<Vec<Occupant>, Fault> {
    occupants_of(c, &[rack])
}

/// Devices of several racks; as [`occupants`].
pub fn occupants_of(c: &mut Conn, racks: &[RackId]) -> Result<Vec<Occupant>, Fault> {
    let mut found: Vec<Occupant> = match racks {
        [rack] => standing!(devices::rack_id.eq(rack)).load(c)?,
        racks => standing!(devices::rack_id.eq_any(racks)).load(c)?,
    };
    for (chassis, load) in loads_of_blades(c, racks)? {
        if let Some(occupant) = found.iter_mut().find(|there| there.device_id == chassis) {
            let both = |own: Option<i64>, more: i64| Some(own.unwrap_or(0).saturating_add(more));
            occupant.watts = both(occupant.watts.map(Watts::get), load.watts.get()).map(Watts::new);
            occupant.weight_g =
                both(occupant.weight_g.map(Grams::get), load.weight.get()).map(Grams::new);
        }
    }
    Ok(found)
}

/// What the blades of racks bring along, by chassis: a chassis draws and weighs with all that is in it.
fn loads_of_blades(c: &mut Conn, racks: &[RackId]) -> Result<HashMap<DeviceId, Load>, Fault> {
    let blades: Vec<(DeviceId, Option<Watts>, Option<Grams>)> = match racks {
        [rack] => in_bays!(devices::rack_id.eq(rack)).load(c)?,
        racks => in_bays!(devices::rack_id.eq_any(racks)).load(c)?,
    };
    let mut loads: HashMap<DeviceId, Load> = HashMap::new();
    for (chassis, watts, weight) in blades {
        let load = loads.entry(chassis).or_default();
        load.watts = load.watts.saturating_add(watts.unwrap_or_default());
        load.weight = load.weight.saturating_add(weight.unwrap_or_default());
    }
    Ok(loads)
}
