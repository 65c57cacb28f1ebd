//! Whose drawing of a rack a person may see.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::RackId;
use crate::facility::{RackRow, rack_by_id, rack_drawn};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::devices;

/// The rack of a drawing: any for staff; for a customer one that holds a device of theirs.
pub fn rack_in_sight(c: &mut Conn, actor: &Actor, id: RackId) -> Result<RackRow, Fault> {
    actor.require(Permission::ViewDevices)?;
    let Some(customer) = actor.wall().customer() else {
        return rack_by_id(c, actor, id);
    };
    let own: i64 = devices::table
        .filter(devices::rack_id.eq(id))
        .filter(devices::customer_id.eq(customer))
        .filter(devices::archived_at.is_null())
        .count()
        .get_result(c)?;
    if own == 0 {
        return Err(Fault::not_found());
    }
    rack_drawn(c, id)
}
