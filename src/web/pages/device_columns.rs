//! The columns of the list of devices, and what stands in them.

use crate::identity::ViewedList;
use crate::inventory::{DeviceRole, DeviceRow, DeviceStatus};
use crate::web::columns::{Column, Known, is_code, is_id};

/// The list of devices.
pub(super) const DEVICES: Known = Known {
    list: ViewedList::Devices,
    columns: &[
        Column::usual("name", "devices-name").sorts("name"),
        Column::usual("label", "devices-label").sorts("label"),
        Column::usual("type", "devices-type").sorts("type"),
        Column::further("role", "devices-role"),
        Column::usual("customer", "devices-owner")
            .sorts("customer")
            .staff(),
        Column::usual("place", "devices-place"),
        Column::further("site", "devices-site").sorts("site"),
        Column::further("room", "devices-room").sorts("room"),
        Column::further("rack", "devices-rack").sorts("rack"),
        Column::further("unit", "devices-unit").numeric(),
        Column::usual("serial", "devices-serial").sorts("serial"),
        Column::further("asset_tag", "devices-asset-tag").sorts("asset_tag"),
        Column::further("cpu", "devices-cpu"),
        Column::further("memory", "devices-memory")
            .sorts("memory")
            .numeric(),
        Column::further("disks", "devices-disks"),
        Column::further("nics", "devices-nics"),
        Column::further("warranty_until", "devices-warranty").sorts("warranty_until"),
        Column::further("purchased_on", "devices-purchased").sorts("purchased_on"),
        Column::usual("status", "devices-status").sorts("status"),
        Column::further("updated", "devices-updated").sorts("updated"),
    ],
    filters: &[
        ("customer", is_code),
        ("status", is_status),
        ("role", is_role),
        ("site", is_id),
        ("room", is_id),
        ("rack", is_id),
        ("device_type", is_id),
        ("warranty_before", is_day),
    ],
    sorts: &[
        "name",
        "label",
        "type",
        "customer",
        "site",
        "room",
        "rack",
        "serial",
        "asset_tag",
        "status",
        "memory",
        "warranty_until",
        "purchased_on",
        "updated",
    ],
};

fn is_status(word: &str) -> bool {
    DeviceStatus::from_word(word).is_some()
}

fn is_role(word: &str) -> bool {
    DeviceRole::from_word(word).is_some()
}

/// Whether a text is a day of the calendar, `2026-11-22`.
pub(super) fn is_day(text: &str) -> bool {
    text.len() == 10 && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// What stands in a column of a row.
pub(super) fn device_cell(row: &DeviceRow, key: &str) -> String {
    let device = &row.device;
    let position = row.position();
    let placed = |pick: fn(&crate::inventory::Position) -> &str| {
        position.as_ref().map(|one| pick(one).to_owned())
    };
    let unit = position.as_ref().and_then(|one| one.unit.clone());
    let text = match key {
        "name" => Some(device.name.clone()),
        "label" => Some(device.label.clone()),
        "type" => Some(format!(
            "{} {}",
            row.device_type.manufacturer, row.device_type.model
        )),
        "role" => Some(row.role().to_string()),
        "customer" => row.customer.as_ref().map(|owner| owner.name.clone()),
        "place" => position.as_ref().map(|one| match &unit {
            Some(unit) => format!("{} · {} · U{unit}", one.room, one.rack),
            None => format!("{} · {}", one.room, one.rack),
        }),
        "site" => placed(|one| &one.site),
        "room" => placed(|one| &one.room),
        "rack" => placed(|one| &one.rack),
        "unit" => unit,
        "serial" => device.serial.clone(),
        "asset_tag" => device.asset_tag.clone(),
        "cpu" => Some(device.cpu.clone()),
        "memory" => device
            .memory_mib
            .map(|memory| (memory.get() / 1024).to_string()),
        "disks" => Some(device.disks.clone()),
        "nics" => Some(device.nics.clone()),
        "warranty_until" => device.warranty_until.clone(),
        "purchased_on" => device.purchased_on.clone(),
        "status" => Some(device.status.to_string()),
        "updated" => Some(device.updated_at.to_rfc3339()),
        _ => None,
    };
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::DeviceSort;

    #[test]
    fn the_list_sorts_by_what_the_operation_knows() {
        let words: Vec<&str> = DeviceSort::ALL.iter().map(|sort| sort.as_str()).collect();
        assert_eq!(DEVICES.sorts, words);
        for column in DEVICES.columns {
            assert!(column.sort.is_none_or(|word| words.contains(&word)));
        }
        assert!(is_day("2026-02-28") && !is_day("2026-02-30") && !is_day("2026-2-3"));
    }
}
