//! Ports of devices.

use diesel::prelude::*;
use serde_json::json;

use super::devices::device_by_id;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CableId, DeviceId, DevicePortId, DeviceTypeId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::inventory::fields::{differences, port_fields};
use crate::inventory::port::{PortDraft, PortKind};
use crate::inventory::rows::{DevicePort, DeviceRow, NewDevicePort, TypePort};
use crate::store::Conn;
use crate::store::schema::{cable_ends, cables, device_ports, device_type_ports, devices};

/// Live ports of a device that the actor may see, kind by kind in the order of its type.
pub fn device_ports(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<DevicePort>, Fault> {
    device_by_id(c, actor, device)?;
    let mut found: Vec<DevicePort> = device_ports::table
        .filter(device_ports::device_id.eq(device))
        .filter(device_ports::archived_at.is_null())
        .select(DevicePort::as_select())
        .load(c)?;
    found.sort_by(|a, b| (a.kind, a.sort, &a.name).cmp(&(b.kind, b.sort, &b.name)));
    Ok(found)
}

/// One port with its device, archived ones too.
pub fn device_port_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: DevicePortId,
) -> Result<(DevicePort, DeviceRow), Fault> {
    actor.require(Permission::ViewDevices)?;
    let port: DevicePort = device_ports::table
        .find(id)
        .select(DevicePort::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    let device = device_by_id(c, actor, port.device_id)?;
    Ok((port, device))
}

/// The port of a kind and name, archived ones too.
pub fn device_port_named(
    c: &mut Conn,
    device: DeviceId,
    kind: PortKind,
    name: &str,
) -> Result<Option<DevicePort>, Fault> {
    Ok(device_ports::table
        .filter(device_ports::device_id.eq(device))
        .filter(device_ports::kind.eq(kind))
        .filter(device_ports::name.eq(name.to_owned()))
        .select(DevicePort::as_select())
        .first(c)
        .optional()?)
}

fn refuse_taken(
    c: &mut Conn,
    device: DeviceId,
    draft: &PortDraft,
    except: Option<DevicePortId>,
) -> Result<(), Fault> {
    let spec = &draft.spec;
    match device_port_named(c, device, spec.kind, &spec.name)? {
        Some(other) if Some(other.id) == except => Ok(()),
        Some(other) if other.archived_at.is_some() => {
            Err(Fault::field("name", Message::new("parts-port-archived")))
        }
        Some(_) => Err(Fault::field("name", Message::new("parts-port-taken"))),
        None => Ok(()),
    }
}

fn refuse_archived(row: &DeviceRow) -> Result<(), Fault> {
    match row.device.archived_at {
        Some(_) => Err(Fault::conflict(Message::new("inventory-archived"))),
        None => Ok(()),
    }
}

/// A port with a live cable in it stays, and stays what it is.
fn refuse_connected(c: &mut Conn, id: DevicePortId) -> Result<(), Fault> {
    let cable: Option<(CableId, String)> = cable_ends::table
        .inner_join(cables::table)
        .filter(cable_ends::device_port_id.eq(id))
        .filter(cable_ends::archived_at.is_null())
        .select((cables::id, cables::label))
        .first(c)
        .optional()?;
    let Some((cable, label)) = cable else {
        return Ok(());
    };
    let label = if label.is_empty() {
        format!("#{cable}")
    } else {
        label
    };
    Err(Fault::conflict(
        Message::new("cables-in-port").with("label", label),
    ))
}

/// A device with live cables in its ports stays.
pub(super) fn refuse_cabled(c: &mut Conn, device: DeviceId) -> Result<(), Fault> {
    let count: i64 = cable_ends::table
        .inner_join(device_ports::table)
        .filter(device_ports::device_id.eq(device))
        .filter(cable_ends::archived_at.is_null())
        .count()
        .get_result(c)?;
    if count > 0 {
        return Err(Fault::conflict(
            Message::new("cables-in-device").with("count", count),
        ));
    }
    Ok(())
}

/// Where the next port of a device goes in its list.
fn next_sort(c: &mut Conn, device: DeviceId) -> Result<i64, Fault> {
    let last: Option<i64> = device_ports::table
        .filter(device_ports::device_id.eq(device))
        .select(diesel::dsl::max(device_ports::sort))
        .first(c)?;
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

fn note(
    c: &mut Conn,
    actor: &Actor,
    action: &'static str,
    row: &DeviceRow,
    (before, after): (&Fields, &Fields),
) -> Result<(), Fault> {
    let mut detail = differences(before, after);
    if let Some(detail) = detail.as_object_mut() {
        let named = if after.is_empty() { before } else { after };
        detail.insert("port".to_owned(), named.get("name").into());
    }
    let device = &row.device;
    let event = Event::new(action, "device", device.id.get(), &device.name)
        .for_customer(device.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Adds a port to a device.
pub fn device_port_create(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    draft: &PortDraft,
) -> Result<DevicePortId, Fault> {
    actor.require(Permission::EditDevices)?;
    let row = device_by_id(c, actor, device)?;
    refuse_archived(&row)?;
    refuse_taken(c, device, draft, None)?;
    let sort = next_sort(c, device)?;
    let new = NewDevicePort::of(device, sort, draft.clone(), actor.now);
    let id: DevicePortId = diesel::insert_into(device_ports::table)
        .values(&new)
        .returning(device_ports::id)
        .get_result(c)?;
    let fields = (&Fields::new(), &port_fields(draft));
    note(c, actor, "device.port_create", &row, fields)?;
    Ok(id)
}

/// Changes a port; `version` is the one that was read.
pub fn device_port_update(
    c: &mut Conn,
    actor: &Actor,
    id: DevicePortId,
    version: i64,
    draft: &PortDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let (before, row) = device_port_by_id(c, actor, id)?;
    refuse_archived(&row)?;
    refuse_taken(c, before.device_id, draft, Some(id))?;
    let spec = &draft.spec;
    if spec.kind != before.kind {
        refuse_connected(c, id)?;
    }
    let changed = diesel::update(
        device_ports::table
            .find(id)
            .filter(device_ports::version.eq(version)),
    )
    .set((
        (
            device_ports::kind.eq(spec.kind),
            device_ports::name.eq(&spec.name),
            device_ports::label.eq(&spec.label),
            device_ports::connector.eq(&spec.connector),
            device_ports::positions.eq(spec.positions),
            device_ports::through_port.eq(&spec.through_port),
            device_ports::through_position.eq(spec.through_position),
            device_ports::feed_leg.eq(&spec.feed_leg),
        ),
        (
            device_ports::max_watts.eq(spec.max_watts),
            device_ports::allocated_watts.eq(spec.allocated_watts),
            device_ports::management.eq(spec.management),
            device_ports::enabled.eq(spec.enabled),
            device_ports::poe.eq(&spec.poe),
            device_ports::color.eq(&spec.color),
            device_ports::note.eq(&spec.note),
            device_ports::mac.eq(&draft.mac),
        ),
        device_ports::version.eq(device_ports::version + 1),
        device_ports::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let (before, after) = (port_fields(&PortDraft::from(&before)), port_fields(draft));
    note(c, actor, "device.port_update", &row, (&before, &after))
}

/// Archives a port, or brings one back.
pub fn device_port_archive(
    c: &mut Conn,
    actor: &Actor,
    id: DevicePortId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let (port, row) = device_port_by_id(c, actor, id)?;
    refuse_archived(&row)?;
    if archived {
        refuse_connected(c, id)?;
    }
    let changed = diesel::update(
        device_ports::table
            .find(id)
            .filter(device_ports::version.eq(version)),
    )
    .set((
        device_ports::archived_at.eq(archived.then_some(actor.now)),
        device_ports::version.eq(device_ports::version + 1),
        device_ports::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "device.port_archive"
    } else {
        "device.port_restore"
    };
    let event = Event::new(action, "device", row.device.id.get(), &row.device.name)
        .for_customer(row.device.customer_id)
        .with(json!({"port": port.name, "kind": port.kind}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Adds the ports of its type that a device lacks; one that was archived stays archived. Gives how many were added.
pub fn device_ports_from_type(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<usize, Fault> {
    actor.require(Permission::EditDevices)?;
    let row = device_by_id(c, actor, device)?;
    refuse_archived(&row)?;
    let there: Vec<(PortKind, String)> = device_ports::table
        .filter(device_ports::device_id.eq(device))
        .select((device_ports::kind, device_ports::name))
        .load(c)?;
    let there: std::collections::HashSet<_> = there.into_iter().collect();
    let added = put_from_type(c, device, row.device_type.id, actor.now, &|port| {
        !there.contains(&(port.kind, port.name.clone()))
    })?;
    if added > 0 {
        let event = Event::new(
            "device.ports_from_type",
            "device",
            device.get(),
            &row.device.name,
        )
        .for_customer(row.device.customer_id)
        .with(json!({"added": added}));
        audit::record(c, &actor.author(), actor.now, event)?;
    }
    Ok(added)
}

/// Gives a new device the ports of its type.
pub(super) fn ports_of_new_device(
    c: &mut Conn,
    device: DeviceId,
    device_type: DeviceTypeId,
    now: Timestamp,
) -> Result<(), Fault> {
    put_from_type(c, device, device_type, now, &|_| true).map(|_| ())
}

fn put_from_type(
    c: &mut Conn,
    device: DeviceId,
    device_type: DeviceTypeId,
    now: Timestamp,
    wanted: &dyn Fn(&TypePort) -> bool,
) -> Result<usize, Fault> {
    let of_type: Vec<TypePort> = device_type_ports::table
        .filter(device_type_ports::device_type_id.eq(device_type))
        .order(device_type_ports::sort.asc())
        .select(TypePort::as_select())
        .load(c)?;
    let new: Vec<NewDevicePort> = of_type
        .iter()
        .filter(|port| wanted(port))
        .map(|port| {
            let draft = PortDraft {
                spec: port.spec(),
                mac: String::new(),
            };
            NewDevicePort::of(device, port.sort, draft, now)
        })
        .collect();
    if new.is_empty() {
        return Ok(0);
    }
    Ok(crate::insert_all!(c, device_ports::table, new)?)
}

/// All live ports of live devices by device, kind and place, with the names of the devices; for exports.
pub(in crate::inventory) fn device_ports_all(
    c: &mut Conn,
    actor: &Actor,
) -> Result<Vec<(String, DevicePort)>, Fault> {
    // An export is the operator's: a customer has no wall to stand behind here.
    actor.require(Permission::ImportExport)?;
    Ok(device_ports::table
        .inner_join(devices::table)
        .filter(device_ports::archived_at.is_null())
        .filter(devices::archived_at.is_null())
        .order((
            devices::name.asc(),
            device_ports::kind.asc(),
            device_ports::sort.asc(),
            device_ports::name.asc(),
        ))
        .select((devices::name, DevicePort::as_select()))
        .load(c)?)
}
