//! Moving devices, and taking the last move back.

use diesel::prelude::*;

use super::arrival::{Arrival, Standing};
use super::bays::change_rack;
use super::change::{changed_one, note_change, refuse_archived};
use super::devices::device_by_id;
use super::standing::stand;
use super::stocking::stock_follow;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, DeviceMoveId};
use crate::identity::{Actor, Permission};
use crate::inventory::fields::device_fields;
use crate::inventory::model::DeviceStatus;
use crate::inventory::place::PlaceDraft;
use crate::inventory::rows::DeviceRow;
use crate::store::Conn;
use crate::store::schema::{device_moves, devices};

/// Columns of a place, as fields.
const PLACE_FIELDS: [&str; 6] = ["rack_id", "unit", "face", "half", "chassis_id", "bay"];

/// Puts a device into another place, or takes it out of its rack. What goes into a rack is installed (or stays
/// planned or decommissioning), what comes out of one is in stock.
pub fn device_move(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
    place: &PlaceDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_by_id(c, actor, id)?;
    refuse_archived(&before)?;
    let standing = wanted(c, actor, &before, place)?;
    let status = match (standing.is_somewhere(), before.device.status) {
        (true, DeviceStatus::InStock | DeviceStatus::Removed) => DeviceStatus::Installed,
        (false, DeviceStatus::Installed | DeviceStatus::Decommissioning) => DeviceStatus::InStock,
        (_, status) => status,
    };
    put(c, actor, &before, version, &standing, status)?;
    remember(c, actor, &before)?;
    note_change(c, actor, "device.move", &before)
}

fn wanted(
    c: &mut Conn,
    actor: &Actor,
    before: &DeviceRow,
    place: &PlaceDraft,
) -> Result<Standing, Fault> {
    let arrival = Arrival {
        device_type: &before.device_type,
        owner: before.device.customer_id,
        device: Some(before.device.id),
    };
    stand(c, actor, place, &arrival)
}

pub(super) fn put(
    c: &mut Conn,
    actor: &Actor,
    before: &DeviceRow,
    version: i64,
    standing: &Standing,
    status: DeviceStatus,
) -> Result<(), Fault> {
    let id = before.device.id;
    let changed = diesel::update(devices::table.find(id).filter(devices::version.eq(version)))
        .set((
            devices::rack_id.eq(standing.rack_id),
            devices::position_half_units.eq(standing.offset),
            devices::face.eq(standing.face),
            devices::half.eq(standing.half),
            devices::chassis_id.eq(standing.chassis_id),
            devices::bay.eq(&standing.bay),
            devices::status.eq(status),
            devices::version.eq(devices::version + 1),
            devices::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    changed_one(changed)?;
    change_rack(c, &before.device, standing.rack_id, actor.now)?;
    stock_follow(c, id, before.device.rack_id, status, actor.now)
}

fn remember(c: &mut Conn, actor: &Actor, before: &DeviceRow) -> Result<(), Fault> {
    let all = device_fields(before);
    let place: serde_json::Map<String, serde_json::Value> = PLACE_FIELDS
        .iter()
        .map(|name| ((*name).to_owned(), all.get(name).into()))
        .collect();
    diesel::insert_into(device_moves::table)
        .values((
            device_moves::device_id.eq(before.device.id),
            device_moves::moved_by_user_id.eq(actor.user_id),
            device_moves::moved_at.eq(actor.now),
            device_moves::version_after.eq(before.device.version + 1),
            device_moves::status_before.eq(before.device.status),
            device_moves::place_before.eq(serde_json::Value::Object(place).to_string()),
        ))
        .execute(c)?;
    Ok(())
}

/// A move that the actor may take back: the own last one of this device, nothing having changed since.
struct Last {
    id: DeviceMoveId,
    status: DeviceStatus,
    place: PlaceDraft,
}

fn last(c: &mut Conn, actor: &Actor, row: &DeviceRow) -> Result<Option<Last>, Fault> {
    let Some(user) = actor.user_id else {
        return Ok(None);
    };
    let found: Option<(DeviceMoveId, DeviceStatus, String)> = device_moves::table
        .filter(device_moves::device_id.eq(row.device.id))
        .filter(device_moves::moved_by_user_id.eq(user))
        .filter(device_moves::version_after.eq(row.device.version))
        .order(device_moves::id.desc())
        .select((
            device_moves::id,
            device_moves::status_before,
            device_moves::place_before,
        ))
        .first(c)
        .optional()?;
    let Some((id, status, place)) = found else {
        return Ok(None);
    };
    let place = serde_json::from_str(&place)
        .ok()
        .and_then(|json| Fields::from_json(&json))
        .ok_or_else(|| Fault::internal(format!("the place before move {id} is unreadable")))?;
    Ok(Some(Last {
        id,
        status,
        place: PlaceDraft::parse(&place)?,
    }))
}

/// Where the actor's last move took a device from, while it can be taken back.
pub fn device_move_last(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
) -> Result<Option<(DeviceRow, PlaceDraft)>, Fault> {
    if !actor.may(Permission::EditDevices) {
        return Ok(None);
    }
    let row = device_by_id(c, actor, id)?;
    Ok(last(c, actor, &row)?.map(|last| (row, last.place)))
}

/// Takes the actor's last move of a device back; `version` is the one that the move left. Refused when anything about
/// the device changed since, or something stands where it was.
pub fn device_move_back(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_by_id(c, actor, id)?;
    refuse_archived(&before)?;
    if before.device.version != version {
        return Err(Fault::stale());
    }
    let last = last(c, actor, &before)?
        .ok_or_else(|| Fault::conflict(Message::new("inventory-nothing-to-undo")))?;
    let standing = wanted(c, actor, &before, &last.place)?;
    put(c, actor, &before, version, &standing, last.status)?;
    diesel::delete(device_moves::table.find(last.id)).execute(c)?;
    note_change(c, actor, "device.move_back", &before)
}
