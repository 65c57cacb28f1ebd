//! Records as the fields of a form or of a programming interface: what a parser of drafts reads.

use serde_json::{Map, Value, json};

use super::component::ComponentDraft;
use super::port::PortDraft;
use super::rows::{DeviceRow, DeviceType};
use crate::base::fields::Fields;
use crate::base::units::Grams;

fn yes_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

fn number<T: ToString>(number: Option<T>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// A device type as [`super::DeviceTypeDraft::parse`] reads it, with its version.
pub fn device_type_fields(there: &DeviceType) -> Fields {
    [
        ("manufacturer", there.manufacturer.clone()),
        ("model", there.model.clone()),
        ("slug", there.slug.clone()),
        ("height_units", there.height_half_units.to_units_text()),
        ("full_depth", yes_no(there.full_depth)),
        ("half_width", yes_no(there.half_width)),
        ("subdevice_role", there.subdevice_role.to_string()),
        ("role", there.role.to_string()),
        ("airflow", there.airflow.clone()),
        (
            "weight_kg",
            there
                .weight_g
                .map_or_else(String::new, Grams::to_kilograms_text),
        ),
        ("watts", number(there.watts.map(|watts| watts.get()))),
        ("note", there.note.clone()),
        ("part_number", there.part_number.clone()),
        ("passive", yes_no(there.passive)),
        ("version", there.version.to_string()),
    ]
    .into_iter()
    .collect()
}

/// A device as [`super::DeviceDraft::parse`] reads it, with its version.
pub fn device_fields(row: &DeviceRow) -> Fields {
    let there = &row.device;
    let unit = row.position().and_then(|position| position.unit);
    [
        ("name", there.name.clone()),
        ("label", there.label.clone()),
        ("serial", number(there.serial.as_deref())),
        ("asset_tag", number(there.asset_tag.as_deref())),
        ("device_type_id", there.device_type_id.to_string()),
        ("role", number(there.role)),
        ("customer_id", number(there.customer_id)),
        ("status", there.status.to_string()),
        (
            "rack_id",
            number(there.rack_id.filter(|_| there.chassis_id.is_none())),
        ),
        ("unit", unit.unwrap_or_default()),
        ("face", number(there.face)),
        ("half", number(there.half)),
        ("chassis_id", number(there.chassis_id)),
        ("bay", number(there.bay.as_deref())),
        ("cpu", there.cpu.clone()),
        (
            "memory_gib",
            number(there.memory_mib.map(|memory| memory.get() / 1024)),
        ),
        ("disks", there.disks.clone()),
        ("nics", there.nics.clone()),
        ("warranty_until", number(there.warranty_until.as_deref())),
        ("purchased_on", number(there.purchased_on.as_deref())),
        ("protected", yes_no(there.protected)),
        ("note", there.note.clone()),
        ("version", there.version.to_string()),
    ]
    .into_iter()
    .collect()
}

/// A port as [`PortDraft::parse`] reads it.
pub fn port_fields(draft: &PortDraft) -> Fields {
    let spec = &draft.spec;
    [
        ("kind", spec.kind.to_string()),
        ("name", spec.name.clone()),
        ("label", spec.label.clone()),
        ("connector", spec.connector.clone()),
        ("positions", number(spec.positions)),
        ("through_port", spec.through_port.clone()),
        ("through_position", number(spec.through_position)),
        ("feed_leg", spec.feed_leg.clone()),
        ("max_watts", number(spec.max_watts.map(|watts| watts.get()))),
        (
            "allocated_watts",
            number(spec.allocated_watts.map(|watts| watts.get())),
        ),
        ("management", yes_no(spec.management)),
        ("disabled", yes_no(!spec.enabled)),
        ("poe", spec.poe.clone()),
        ("color", spec.color.clone()),
        ("mac", draft.mac.clone()),
        ("note", spec.note.clone()),
    ]
    .into_iter()
    .collect()
}

/// A component as [`ComponentDraft::parse`] reads it.
pub fn component_fields(draft: &ComponentDraft) -> Fields {
    [
        ("kind", draft.kind.to_string()),
        ("slot", draft.slot.clone()),
        ("maker", draft.maker.clone()),
        ("model", draft.model.clone()),
        ("part_number", draft.part_number.clone()),
        ("serial", number(draft.serial.as_deref())),
        ("capacity", draft.capacity.clone()),
        ("installed_on", number(draft.installed_on.as_deref())),
        ("note", draft.note.clone()),
    ]
    .into_iter()
    .collect()
}

/// Which fields differ, before and after; for the audit log.
pub(super) fn differences(before: &Fields, after: &Fields) -> Value {
    let mut changed = (Map::new(), Map::new());
    for (name, text) in after.iter().filter(|(name, _)| *name != "version") {
        if before.get(name) != text {
            changed.0.insert(name.to_owned(), before.get(name).into());
            changed.1.insert(name.to_owned(), text.into());
        }
    }
    json!({"before": changed.0, "after": changed.1})
}
