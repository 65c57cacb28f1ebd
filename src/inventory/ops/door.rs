//! Devices that leave the building and come into it.

use diesel::prelude::*;

use super::arrival::{Arrival, Standing};
use super::bays::refuse_blades_inside;
use super::change::{Noted, note, refuse_archived, refuse_locked};
use super::devices::device_by_id;
use super::moves::put;
use super::ports::refuse_cabled;
use super::standing::stand;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, SiteId};
use crate::identity::{Actor, Permission};
use crate::inventory::model::DeviceStatus;
use crate::inventory::place::PlaceDraft;
use crate::store::Conn;
use crate::store::schema::device_stock;

/// A device leaves the building: out of its rack or out of stock, and `removed`. Refused while it is locked, holds blades or
/// has cables. `reason` names what let it go.
pub fn device_leave(c: &mut Conn, actor: &Actor, id: DeviceId, reason: &str) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_by_id(c, actor, id)?;
    refuse_archived(&before)?;
    refuse_locked(&before)?;
    if before.device.status == DeviceStatus::Removed {
        let message = Message::new("inventory-has-left").with("name", before.device.name.as_str());
        return Err(Fault::conflict(message));
    }
    refuse_blades_inside(c, id)?;
    refuse_cabled(c, id)?;
    let nowhere = Standing::default();
    let version = before.device.version;
    put(c, actor, &before, version, &nowhere, DeviceStatus::Removed)?;
    let noted = Noted {
        action: "device.leave",
        reason,
    };
    note(c, actor, noted, &before)
}

/// A device comes into a building: in stock there, or installed where a place is given. Refused for one that stands in a
/// rack already.
pub fn device_arrive(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    (site, place): (SiteId, &PlaceDraft),
    reason: &str,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_by_id(c, actor, id)?;
    refuse_archived(&before)?;
    if before.device.rack_id.is_some() || before.device.chassis_id.is_some() {
        let message =
            Message::new("inventory-stands-already").with("name", before.device.name.as_str());
        return Err(Fault::conflict(message));
    }
    let arrival = Arrival {
        device_type: &before.device_type,
        owner: before.device.customer_id,
        device: Some(id),
    };
    let standing = stand(c, actor, place, &arrival)?;
    let status = if standing.is_somewhere() {
        DeviceStatus::Installed
    } else {
        DeviceStatus::InStock
    };
    put(c, actor, &before, before.device.version, &standing, status)?;
    if status == DeviceStatus::InStock {
        diesel::update(device_stock::table.filter(device_stock::device_id.eq(id)))
            .set(device_stock::site_id.eq(Some(site)))
            .execute(c)?;
    }
    let noted = Noted {
        action: "device.arrive",
        reason,
    };
    note(c, actor, noted, &before)
}
