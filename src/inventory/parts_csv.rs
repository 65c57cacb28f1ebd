//! Ports and components of devices as CSV; the same columns both ways. Devices are named.

use super::component::ComponentDraft;
use super::fields::{component_fields, port_fields};
use super::ops::{
    component_add, component_in_slot, component_update, component_with_serial, components_all,
    device_by_name, device_port_archive, device_port_create, device_port_named, device_port_update,
    device_ports_all,
};
use super::port::PortDraft;
use super::rows::Device;
use crate::base::change::Change;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::identity::Actor;
use crate::store::Conn;

/// Columns of the kind `device-ports`; keyed by `device`, `kind` and `name`.
pub const PORT_COLUMNS: &[&str] = &[
    "device",
    "kind",
    "name",
    "label",
    "connector",
    "positions",
    "through_port",
    "through_position",
    "feed_leg",
    "max_watts",
    "allocated_watts",
    "management",
    "disabled",
    "poe",
    "color",
    "mac",
    "note",
];

/// Columns of the kind `device-components`: what is in; keyed by `kind` and `serial`, else by `device`, `kind` and `slot`.
pub const COMPONENT_COLUMNS: &[&str] = &[
    "device",
    "kind",
    "slot",
    "maker",
    "model",
    "part_number",
    "serial",
    "capacity",
    "installed_on",
    "note",
];

fn device_of_row(c: &mut Conn, row: &Fields) -> Result<Device, Fault> {
    let name = row.get("device").trim();
    if name.is_empty() {
        return Err(Fault::field("device", Message::new("fault-required")));
    }
    device_by_name(c, name)?
        .filter(|device| device.archived_at.is_none())
        .ok_or_else(|| {
            Fault::field(
                "device",
                Message::new("parts-csv-no-device").with("name", name),
            )
        })
}

/// Creates or updates a port from a row.
pub fn port_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let device = device_of_row(c, row)?;
    let draft = PortDraft::parse(row)?;
    let named = device_port_named(c, device.id, draft.spec.kind, &draft.spec.name)?;
    let Some(there) = named else {
        device_port_create(c, actor, device.id, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        device_port_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if PortDraft::from(&there) == draft {
        return Ok(Change::Unchanged);
    }
    device_port_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

/// All live ports as rows.
pub fn port_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = device_ports_all(c, actor)?
        .into_iter()
        .map(|(device, port)| {
            let fields = port_fields(&PortDraft::from(&port));
            cells(PORT_COLUMNS, &device, &fields)
        });
    Ok(rows.collect())
}

fn cells(columns: &[&str], device: &str, fields: &Fields) -> Vec<String> {
    columns
        .iter()
        .map(|column| match *column {
            "device" => device.to_owned(),
            column => fields.get(column).to_owned(),
        })
        .collect()
}

/// Creates or updates a component from a row. What is in another device must come out there first.
pub fn component_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let device = device_of_row(c, row)?;
    let draft = ComponentDraft::parse(row)?;
    let there = match &draft.serial {
        Some(serial) => component_with_serial(c, draft.kind, serial)?
            .filter(|there| there.device_id == device.id),
        None => component_in_slot(c, device.id, draft.kind, &draft.slot)?,
    };
    match there {
        None => {
            component_add(c, actor, device.id, &draft)?;
            Ok(Change::Created)
        }
        Some(there) if ComponentDraft::from(&there) == draft => Ok(Change::Unchanged),
        Some(there) => {
            component_update(c, actor, there.id, there.version, &draft)?;
            Ok(Change::Updated)
        }
    }
}

/// All components that are in as rows.
pub fn component_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = components_all(c, actor)?.into_iter().map(|(device, row)| {
        let fields = component_fields(&ComponentDraft::from(&row));
        cells(COMPONENT_COLUMNS, &device, &fields)
    });
    Ok(rows.collect())
}
