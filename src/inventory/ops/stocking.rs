//! What comes into the stock room and goes out of it.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, RackId, SiteId};
use crate::base::time::Timestamp;
use crate::inventory::model::DeviceStatus;
use crate::store::Conn;
use crate::store::schema::{device_stock, racks, rooms};

/// Keeps the stock room as the status of a device says: what comes in is there since now, in the building of the rack
/// that it came out of; what goes out leaves nothing.
pub(super) fn stock_follow(
    c: &mut Conn,
    id: DeviceId,
    out_of: Option<RackId>,
    status: DeviceStatus,
    now: Timestamp,
) -> Result<(), Fault> {
    let there = device_stock::table.filter(device_stock::device_id.eq(id));
    if status != DeviceStatus::InStock {
        diesel::delete(there).execute(c)?;
        return Ok(());
    }
    let count: i64 = there.count().get_result(c)?;
    if count > 0 {
        return Ok(());
    }
    let site: Option<SiteId> = match out_of {
        Some(rack) => racks::table
            .inner_join(rooms::table)
            .filter(racks::id.eq(rack))
            .select(rooms::site_id)
            .first(c)
            .optional()?,
        None => None,
    };
    diesel::insert_into(device_stock::table)
        .values((
            device_stock::device_id.eq(id),
            device_stock::site_id.eq(site),
            device_stock::since.eq(now),
        ))
        .execute(c)?;
    Ok(())
}
