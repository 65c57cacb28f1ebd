//! Device types and devices as they are stored.

mod parts;

use diesel::prelude::*;
use serde::Serialize;

use super::chassis::SubdeviceRole;
use super::model::{DeviceRole, DeviceStatus};
use crate::base::ids::{CustomerId, DeviceFactId, DeviceId, DeviceTypeId, RackId, UserId};
use crate::base::time::Timestamp;
use crate::base::units::{Grams, HalfUnits, Mebibytes, Watts};
use crate::facility::{CustomerName, Face, Half, RackPlace};
use crate::store::schema::{device_facts, device_types, devices};

pub(super) use parts::NewDevicePort;
pub use parts::{DeviceComponent, DevicePort, TypeBay, TypePort};

/// A make and model.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = device_types)]
pub struct DeviceType {
    /// Row id.
    pub id: DeviceTypeId,
    /// Who makes it.
    pub manufacturer: String,
    /// Its model.
    pub model: String,
    /// Short unique name.
    pub slug: String,
    /// Height; zero for what hangs at the side of a rack.
    pub height_half_units: HalfUnits,
    /// Whether it takes both faces.
    pub full_depth: bool,
    /// What it does.
    pub role: DeviceRole,
    /// Which way air goes through.
    pub airflow: String,
    /// Weight to plan with.
    pub weight_g: Option<Grams>,
    /// Draw to plan with.
    pub watts: Option<Watts>,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The maker's number for it.
    pub part_number: String,
    /// What it is among chassis and blades.
    pub subdevice_role: SubdeviceRole,
    /// Takes no power.
    pub passive: bool,
    /// Whether two of it stand side by side in one unit.
    pub half_width: bool,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = devices)]
pub struct Device {
    /// Row id.
    pub id: DeviceId,
    /// Unique name.
    pub name: String,
    /// What is written on it.
    pub label: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Asset tag.
    pub asset_tag: Option<String>,
    /// Its type.
    pub device_type_id: DeviceTypeId,
    /// Its owner; `None` is the operator.
    pub customer_id: Option<CustomerId>,
    /// Where it is in its life.
    pub status: DeviceStatus,
    /// Its rack.
    pub rack_id: Option<RackId>,
    /// Half-units between it and the rack's bottom; none at a side.
    pub position_half_units: Option<HalfUnits>,
    /// Where it is fixed.
    pub face: Option<Face>,
    /// Processors.
    pub cpu: String,
    /// Memory.
    pub memory_mib: Option<Mebibytes>,
    /// Disks.
    pub disks: String,
    /// Network cards.
    pub nics: String,
    /// Last day of the warranty.
    pub warranty_until: Option<String>,
    /// Whether a power action needs a second person.
    pub protected: bool,
    /// Why nobody may act on it, while it is locked.
    pub lock_reason: Option<String>,
    /// Who locked it.
    pub locked_by_user_id: Option<UserId>,
    /// Since when.
    pub locked_at: Option<Timestamp>,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The half of its units, for a type of half width.
    pub half: Option<Half>,
    /// The chassis that it is in.
    pub chassis_id: Option<DeviceId>,
    /// The bay of the chassis.
    pub bay: Option<String>,
    /// Day of purchase.
    pub purchased_on: Option<String>,
    /// What it does, where that is not what its type says.
    pub role: Option<DeviceRole>,
}

impl Device {
    /// What people call it: what is written on it, else its name.
    pub fn shown_label(&self) -> &str {
        if self.label.is_empty() {
            &self.name
        } else {
            &self.label
        }
    }
}

/// Something a device says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = device_facts)]
pub struct DeviceFact {
    /// Row id.
    pub id: DeviceFactId,
    /// The device.
    pub device_id: DeviceId,
    /// How it was read.
    pub source: String,
    /// 1, or the number of the chassis in a stack.
    pub part: i64,
    /// What it is about.
    pub field: String,
    /// What it says.
    pub value: String,
    /// When it last said so.
    pub seen_at: Timestamp,
    /// When a person set the difference aside; what is said since is the same.
    pub ignored_at: Option<Timestamp>,
    /// Who did.
    pub ignored_by_name: String,
    /// Since when it says this.
    pub said_at: Timestamp,
    /// The first instant at which a difference that was set aside is shown again; none for as long as the same is said.
    pub ignored_until: Option<Timestamp>,
}

impl DeviceFact {
    /// Whether a person has set the difference aside, and it has not come back.
    pub fn is_set_aside(&self, now: Timestamp) -> bool {
        self.ignored_at.is_some() && self.ignored_until.is_none_or(|until| until > now)
    }
}

/// A device as a query of devices, types and owners gives it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = devices)]
pub(super) struct JoinedDevice {
    #[diesel(embed)]
    pub device: Device,
    #[diesel(embed)]
    pub device_type: DeviceType,
    #[diesel(embed)]
    pub customer: Option<CustomerName>,
}

/// A device with its type, its owner and where it stands.
#[derive(Debug, Clone, Serialize)]
pub struct DeviceRow {
    /// The device.
    pub device: Device,
    /// Its type.
    pub device_type: DeviceType,
    /// Its owner; `None` is the operator.
    pub customer: Option<CustomerName>,
    /// Its rack.
    pub place: Option<RackPlace>,
    /// The chassis that it is in, when the reader may see it.
    pub chassis: Option<ChassisName>,
}

/// A chassis as its blades name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChassisName {
    /// Row id.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
}

impl DeviceRow {
    /// What it does: by its own word, else by its type's.
    pub fn role(&self) -> DeviceRole {
        self.device.role.unwrap_or(self.device_type.role)
    }

    /// Where it stands, in the rack's own count.
    pub fn position(&self) -> Option<Position> {
        let place = self.place.as_ref()?;
        let height = self.device_type.height_half_units;
        let lowest = self
            .device
            .position_half_units
            .map(|offset| place.frame.unit_of(offset, height));
        let last = lowest.map(|unit| HalfUnits::new(unit.get() + (height.get() - 1).max(0)));
        Some(Position {
            site: place.site.clone(),
            room: place.room.clone(),
            rack: place.rack.clone(),
            unit: lowest.map(HalfUnits::to_units_text),
            last_unit: last.map(|half| HalfUnits::new(half.get() / 2 * 2).to_units_text()),
            face: self.device.face,
            half: self.device.half,
            chassis: self.chassis.as_ref().map(|chassis| chassis.name.clone()),
            bay: self.device.bay.clone(),
        })
    }
}

/// Where a device stands, in words of the rack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Code of the building.
    pub site: String,
    /// Name of the room.
    pub room: String,
    /// Name of the rack.
    pub rack: String,
    /// Lowest-numbered unit; none at a side.
    pub unit: Option<String>,
    /// Highest-numbered whole unit it reaches into; none at a side.
    pub last_unit: Option<String>,
    /// Where it is fixed; none in a bay.
    pub face: Option<Face>,
    /// The half of its units, for a type of half width.
    pub half: Option<Half>,
    /// Name of its chassis, when the reader may see it.
    pub chassis: Option<String>,
    /// Its bay in the chassis.
    pub bay: Option<String>,
}
