//! Device types out of the community's library.

use diesel::prelude::*;
use serde_json::json;

use super::types::{
    device_type_archive, device_type_by_id, device_type_by_slug, device_type_create,
    device_type_update,
};
use crate::audit::{self, Event};
use crate::base::change::Change;
use crate::base::fault::Fault;
use crate::base::ids::DeviceTypeId;
use crate::identity::{Actor, Permission};
use crate::inventory::fields::device_type_fields;
use crate::inventory::library::Definition;
use crate::inventory::model::DeviceTypeDraft;
use crate::inventory::rows::{DeviceType, TypeBay, TypePort};
use crate::store::Conn;
use crate::store::schema::{device_type_bays, device_type_ports};

/// Ports and bays of a type, in the order of its file.
pub fn device_type_parts(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceTypeId,
) -> Result<(Vec<TypePort>, Vec<TypeBay>), Fault> {
    device_type_by_id(c, actor, id)?;
    stored(c, id)
}

fn stored(c: &mut Conn, id: DeviceTypeId) -> Result<(Vec<TypePort>, Vec<TypeBay>), Fault> {
    let ports = device_type_ports::table
        .filter(device_type_ports::device_type_id.eq(id))
        .order(device_type_ports::sort.asc())
        .select(TypePort::as_select())
        .load(c)?;
    let bays = device_type_bays::table
        .filter(device_type_bays::device_type_id.eq(id))
        .order(device_type_bays::sort.asc())
        .select(TypeBay::as_select())
        .load(c)?;
    Ok((ports, bays))
}

/// Creates or updates the type that a file of the library describes, with its ports and bays. Role, draw and note that
/// a person said stay.
pub fn device_type_define(
    c: &mut Conn,
    actor: &Actor,
    definition: &Definition,
) -> Result<Change, Fault> {
    actor.require(Permission::EditDevices)?;
    match device_type_by_slug(c, &definition.slug)? {
        None => {
            let id = device_type_create(c, actor, &definition.draft(None)?)?;
            put(c, id, definition)?;
            Ok(Change::Created)
        }
        Some(there) => redefine(c, actor, &there, definition),
    }
}

fn redefine(
    c: &mut Conn,
    actor: &Actor,
    there: &DeviceType,
    definition: &Definition,
) -> Result<Change, Fault> {
    let fields = device_type_fields(there);
    let draft = definition.draft(Some(&fields))?;
    let mut version = there.version;
    let was_archived = there.archived_at.is_some();
    if was_archived {
        device_type_archive(c, actor, there.id, version, false)?;
        version += 1;
    }
    let is_same = DeviceTypeDraft::parse(&fields).is_ok_and(|same| same == draft);
    if !is_same {
        device_type_update(c, actor, there.id, version, &draft)?;
    }
    let (ports, bays) = stored(c, there.id)?;
    let has_same_parts =
        ports == type_ports(there.id, definition) && bays == type_bays(there.id, definition);
    if !has_same_parts {
        diesel::delete(
            device_type_ports::table.filter(device_type_ports::device_type_id.eq(there.id)),
        )
        .execute(c)?;
        diesel::delete(
            device_type_bays::table.filter(device_type_bays::device_type_id.eq(there.id)),
        )
        .execute(c)?;
        put(c, there.id, definition)?;
        let event = Event::new(
            "device_type.ports",
            "device_type",
            there.id.get(),
            &there.slug,
        )
        .with(json!({
            "ports_before": ports.len(), "ports": definition.ports.len(),
            "bays_before": bays.len(), "bays": definition.bays.len(),
        }));
        audit::record(c, &actor.author(), actor.now, event)?;
    }
    if is_same && has_same_parts && !was_archived {
        Ok(Change::Unchanged)
    } else {
        Ok(Change::Updated)
    }
}

fn type_ports(id: DeviceTypeId, definition: &Definition) -> Vec<TypePort> {
    (0..)
        .zip(definition.ports.iter().cloned())
        .map(|(sort, spec)| TypePort::of(id, sort, spec))
        .collect()
}

fn type_bays(id: DeviceTypeId, definition: &Definition) -> Vec<TypeBay> {
    (0..)
        .zip(definition.bays.iter().cloned())
        .map(|(sort, spec)| TypeBay::of(id, sort, spec))
        .collect()
}

fn put(c: &mut Conn, id: DeviceTypeId, definition: &Definition) -> Result<(), Fault> {
    let (ports, bays) = (type_ports(id, definition), type_bays(id, definition));
    if !ports.is_empty() {
        crate::insert_all!(c, device_type_ports::table, ports)?;
    }
    if !bays.is_empty() {
        crate::insert_all!(c, device_type_bays::table, bays)?;
    }
    Ok(())
}
