//! Ports and parts on a device's page.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cable_words::far_value;
use crate::base::fault::Fault;
use crate::base::ids::DevicePortId;
use crate::cabling::{FarEnd, far_ends_of_device};
use crate::identity::{Actor, Permission};
use crate::inventory::{
    DeviceComponent, DevicePort, DeviceRow, PortKind, device_components, device_ports,
};
use crate::store::Conn;

/// Ports and parts of a device; null when there are none and the reader could add none.
pub(super) fn inside_section(c: &mut Conn, actor: &Actor, row: &DeviceRow) -> Result<Value, Fault> {
    let device = row.device.id;
    let is_customer = actor.role.is_customer();
    let may_edit = actor.may(Permission::EditDevices) && row.device.archived_at.is_none();
    let ports = device_ports(c, actor, device)?;
    let far = far_ends_of_device(c, actor, device)?;
    let components = device_components(c, actor, device)?;
    if ports.is_empty() && components.is_empty() && !may_edit {
        return Ok(Value::Null);
    }
    let (fitted, removed): (Vec<_>, Vec<_>) = components
        .iter()
        .partition(|component| component.removed_on.is_none());
    let of_kind = |kind: PortKind| {
        let rows: Vec<Value> = ports
            .iter()
            .filter(|port| port.kind == kind)
            .map(|port| port_value(port, &far, is_customer))
            .collect();
        (!rows.is_empty()).then(|| json!({"kind": kind, "rows": rows}))
    };
    let values = |rows: &[&DeviceComponent]| -> Vec<Value> {
        rows.iter()
            .map(|row| component_value(row, is_customer))
            .collect()
    };
    Ok(json!({
        "ports": PortKind::ALL.iter().filter_map(|kind| of_kind(*kind)).collect::<Vec<_>>(),
        "port_count": ports.len(),
        "fitted": values(&fitted),
        "removed": values(&removed),
        "may_edit": may_edit,
    }))
}

fn port_value(port: &DevicePort, far: &BTreeMap<DevicePortId, FarEnd>, is_customer: bool) -> Value {
    json!({
        "id": port.id,
        "name": port.name,
        "label": port.label,
        "connector": port.connector,
        "positions": port.positions,
        "through_port": port.through_port,
        "through_position": port.through_position,
        "feed_leg": port.feed_leg,
        "max_watts": port.max_watts,
        "allocated_watts": port.allocated_watts,
        "management": port.management,
        "enabled": port.enabled,
        "poe": port.poe,
        "mac": port.mac,
        "far": far.get(&port.id).map(far_value),
        "note": if is_customer { "" } else { port.note.as_str() },
    })
}

/// A part as templates read it; notes and reasons are for the operator.
pub(super) fn component_value(row: &DeviceComponent, is_customer: bool) -> Value {
    json!({
        "id": row.id,
        "kind": row.kind,
        "slot": row.slot,
        "maker": row.maker,
        "model": row.model,
        "part_number": row.part_number,
        "serial": row.serial,
        "capacity": row.capacity,
        "installed_on": row.installed_on,
        "removed_on": row.removed_on,
        "removed_because": if is_customer { "" } else { row.removed_because.as_str() },
        "note": if is_customer { "" } else { row.note.as_str() },
    })
}
