//! What stands in racks, from the records of devices.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::RackId;
use crate::facility::rows::Occupant;
use crate::store::Conn;
use crate::store::schema::{device_types, devices};

/// Devices of one rack from the bottom up, those at the sides first. For the operations of this program: the
/// caller has checked the right to see the rack and draws what the reader may not see without a name.
pub fn occupants(c: &mut Conn, rack: RackId) -> Result<Vec<Occupant>, Fault> {
    occupants_of(c, &[rack])
}

/// Devices of several racks; as [`occupants`].
pub fn occupants_of(c: &mut Conn, racks: &[RackId]) -> Result<Vec<Occupant>, Fault> {
    Ok(devices::table
        .inner_join(device_types::table)
        .filter(devices::rack_id.eq_any(racks))
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
            device_types::watts,
            device_types::weight_g,
        ))
        .load(c)?)
}
