//! Ports, bays and components as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::base::ids::{DeviceComponentId, DeviceId, DevicePortId, DeviceTypeId};
use crate::base::time::Timestamp;
use crate::base::units::Watts;
use crate::inventory::component::{ComponentDraft, ComponentKind};
use crate::inventory::port::{BayKind, BaySpec, PortDraft, PortKind, PortSpec};
use crate::store::schema::{device_components, device_ports, device_type_bays, device_type_ports};

/// A port of a type.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = device_type_ports)]
pub struct TypePort {
    /// The type.
    pub device_type_id: DeviceTypeId,
    /// Where it stands in the list.
    pub sort: i64,
    /// What it is for.
    pub kind: PortKind,
    /// Its name.
    pub name: String,
    /// What is printed beside it.
    pub label: String,
    /// Connector or transceiver.
    pub connector: String,
    /// Strands of a rear port.
    pub positions: Option<i64>,
    /// The port behind it.
    pub through_port: String,
    /// Which strand of it.
    pub through_position: Option<i64>,
    /// Leg of an outlet's feed.
    pub feed_leg: String,
    /// Most a power port draws.
    pub max_watts: Option<Watts>,
    /// What is planned for it.
    pub allocated_watts: Option<Watts>,
    /// For management only.
    pub management: bool,
    /// In use.
    pub enabled: bool,
    /// Power over Ethernet.
    pub poe: String,
    /// Colour.
    pub color: String,
    /// What else is known.
    pub note: String,
}

/// A bay of a type.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = device_type_bays)]
pub struct TypeBay {
    /// The type.
    pub device_type_id: DeviceTypeId,
    /// Where it stands in the list.
    pub sort: i64,
    /// What it holds.
    pub kind: BayKind,
    /// Its name.
    pub name: String,
    /// What is printed beside it.
    pub label: String,
    /// The number that stands for it in names of ports.
    pub position: String,
    /// What else is known.
    pub note: String,
}

/// A port of a device that is about to be stored.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = device_ports)]
pub(in crate::inventory) struct NewDevicePort {
    pub device_id: DeviceId,
    pub sort: i64,
    pub kind: PortKind,
    pub name: String,
    pub label: String,
    pub connector: String,
    pub positions: Option<i64>,
    pub through_port: String,
    pub through_position: Option<i64>,
    pub feed_leg: String,
    pub max_watts: Option<Watts>,
    pub allocated_watts: Option<Watts>,
    pub management: bool,
    pub enabled: bool,
    pub poe: String,
    pub color: String,
    pub note: String,
    pub mac: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A port of a device.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = device_ports)]
pub struct DevicePort {
    /// Row id.
    pub id: DevicePortId,
    /// The device.
    pub device_id: DeviceId,
    /// Where it stands in the list.
    pub sort: i64,
    /// What it is for.
    pub kind: PortKind,
    /// Its name.
    pub name: String,
    /// What is printed beside it.
    pub label: String,
    /// Connector or transceiver.
    pub connector: String,
    /// Strands of a rear port.
    pub positions: Option<i64>,
    /// The port behind it.
    pub through_port: String,
    /// Which strand of it.
    pub through_position: Option<i64>,
    /// Leg of an outlet's feed.
    pub feed_leg: String,
    /// Most a power port draws.
    pub max_watts: Option<Watts>,
    /// What is planned for it.
    pub allocated_watts: Option<Watts>,
    /// For management only.
    pub management: bool,
    /// In use.
    pub enabled: bool,
    /// Power over Ethernet.
    pub poe: String,
    /// Colour.
    pub color: String,
    /// For the operator's eyes.
    pub note: String,
    /// Hardware address.
    pub mac: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A part of a device that people put in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = device_components)]
pub struct DeviceComponent {
    /// Row id.
    pub id: DeviceComponentId,
    /// The device.
    pub device_id: DeviceId,
    /// What it is.
    pub kind: ComponentKind,
    /// Where it sits.
    pub slot: String,
    /// Who makes it.
    pub maker: String,
    /// Its model.
    pub model: String,
    /// The maker's number for it.
    pub part_number: String,
    /// Serial number.
    pub serial: Option<String>,
    /// How large it is.
    pub capacity: String,
    /// The day it went in.
    pub installed_on: Option<String>,
    /// The day it came out; none while it is in.
    pub removed_on: Option<String>,
    /// Why it came out.
    pub removed_because: String,
    /// The part it took the place of.
    pub replaces_id: Option<DeviceComponentId>,
    /// For the operator's eyes.
    pub note: String,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl TypePort {
    /// The port of a type at a place of its list.
    pub(in crate::inventory) fn of(
        device_type_id: DeviceTypeId,
        sort: i64,
        spec: PortSpec,
    ) -> Self {
        Self {
            device_type_id,
            sort,
            kind: spec.kind,
            name: spec.name,
            label: spec.label,
            connector: spec.connector,
            positions: spec.positions,
            through_port: spec.through_port,
            through_position: spec.through_position,
            feed_leg: spec.feed_leg,
            max_watts: spec.max_watts,
            allocated_watts: spec.allocated_watts,
            management: spec.management,
            enabled: spec.enabled,
            poe: spec.poe,
            color: spec.color,
            note: spec.note,
        }
    }

    /// What it describes.
    pub fn spec(&self) -> PortSpec {
        PortSpec {
            kind: self.kind,
            name: self.name.clone(),
            label: self.label.clone(),
            connector: self.connector.clone(),
            positions: self.positions,
            through_port: self.through_port.clone(),
            through_position: self.through_position,
            feed_leg: self.feed_leg.clone(),
            max_watts: self.max_watts,
            allocated_watts: self.allocated_watts,
            management: self.management,
            enabled: self.enabled,
            poe: self.poe.clone(),
            color: self.color.clone(),
            note: self.note.clone(),
        }
    }
}

impl TypeBay {
    /// The bay of a type at a place of its list.
    pub(in crate::inventory) fn of(device_type_id: DeviceTypeId, sort: i64, spec: BaySpec) -> Self {
        Self {
            device_type_id,
            sort,
            kind: spec.kind,
            name: spec.name,
            label: spec.label,
            position: spec.position,
            note: spec.note,
        }
    }
}

impl NewDevicePort {
    /// A port of a device at a place of its list.
    pub fn of(device_id: DeviceId, sort: i64, draft: PortDraft, now: Timestamp) -> Self {
        let spec = draft.spec;
        Self {
            device_id,
            sort,
            kind: spec.kind,
            name: spec.name,
            label: spec.label,
            connector: spec.connector,
            positions: spec.positions,
            through_port: spec.through_port,
            through_position: spec.through_position,
            feed_leg: spec.feed_leg,
            max_watts: spec.max_watts,
            allocated_watts: spec.allocated_watts,
            management: spec.management,
            enabled: spec.enabled,
            poe: spec.poe,
            color: spec.color,
            note: spec.note,
            mac: draft.mac,
            created_at: now,
            updated_at: now,
        }
    }
}

impl From<&DevicePort> for PortDraft {
    fn from(there: &DevicePort) -> Self {
        Self {
            spec: PortSpec {
                kind: there.kind,
                name: there.name.clone(),
                label: there.label.clone(),
                connector: there.connector.clone(),
                positions: there.positions,
                through_port: there.through_port.clone(),
                through_position: there.through_position,
                feed_leg: there.feed_leg.clone(),
                max_watts: there.max_watts,
                allocated_watts: there.allocated_watts,
                management: there.management,
                enabled: there.enabled,
                poe: there.poe.clone(),
                color: there.color.clone(),
                note: there.note.clone(),
            },
            mac: there.mac.clone(),
        }
    }
}

impl From<&DeviceComponent> for ComponentDraft {
    fn from(there: &DeviceComponent) -> Self {
        Self {
            kind: there.kind,
            slot: there.slot.clone(),
            maker: there.maker.clone(),
            model: there.model.clone(),
            part_number: there.part_number.clone(),
            serial: there.serial.clone(),
            capacity: there.capacity.clone(),
            installed_on: there.installed_on.clone(),
            note: there.note.clone(),
        }
    }
}
