//! One part of a machine out of its document. Pure.

use serde_json::Value;

use super::look;
use crate::drivers::bmc::{Part, PartKind};

const MEBI: u64 = 1024 * 1024;

/// A part with what most resources say alike.
fn part(kind: PartKind, slot: String, document: &Value) -> Part {
    let said = |pointer: &str| look::said(document, pointer).unwrap_or_default();
    Part {
        manufacturer: said("/Manufacturer"),
        model: said("/Model"),
        part_number: said("/PartNumber"),
        serial: said("/SerialNumber"),
        asset_tag: said("/AssetTag"),
        revision: said("/FirmwareVersion"),
        ..Part::new(kind, slot)
    }
}

/// The first of these that says something; else the last segment of the address.
fn place(document: &Value, pointers: &[&str]) -> Option<String> {
    let said = pointers
        .iter()
        .find_map(|pointer| look::said(document, pointer));
    said.or_else(|| look::address(document).map(|path| look::last_segment(&path).to_owned()))
        .filter(|place| !place.is_empty())
}

fn joined(words: impl IntoIterator<Item = Option<String>>) -> String {
    let words: Vec<_> = words.into_iter().flatten().collect();
    words.join(", ")
}

/// The machine as it is sold.
pub(super) fn product(system: &Value, serial: Option<String>) -> Part {
    let mut product = part(PartKind::Product, "system".to_owned(), system);
    product.part_number = look::said(system, "/SKU").unwrap_or(product.part_number);
    product.serial = serial.unwrap_or_default();
    product.revision = look::said(system, "/BiosVersion").unwrap_or_default();
    product
}

/// The chassis.
pub(super) fn chassis(chassis: &Value) -> Option<Part> {
    Some(part(PartKind::Chassis, place(chassis, &["/Id"])?, chassis))
}

/// A processor, or an accelerator that is listed among them.
pub(super) fn processor(document: &Value) -> Option<Part> {
    if look::is_absent(document) {
        return None;
    }
    let kind = match look::text(document, "/ProcessorType").as_deref() {
        None | Some("CPU" | "Core" | "Thread") => PartKind::Processor,
        Some(_) => PartKind::Accelerator,
    };
    let mut processor = part(kind, place(document, &["/Socket", "/Id"])?, document);
    let cores = look::whole(document, "/TotalCores").filter(|cores| *cores > 0);
    let speed = look::whole(document, "/MaxSpeedMHz").filter(|speed| *speed > 0);
    processor.detail = joined([
        cores.map(|cores| format!("{cores} cores")),
        speed.map(|speed| format!("{speed} MHz")),
    ]);
    Some(processor)
}

/// A memory module; empty sockets are none.
pub(super) fn memory(document: &Value) -> Option<Part> {
    let size = look::whole(document, "/CapacityMiB").or_else(|| look::whole(document, "/SizeMB"));
    if look::is_absent(document) || size == Some(0) {
        return None;
    }
    let slot = place(document, &["/DeviceLocator", "/Name", "/Id"])?;
    let mut memory = part(PartKind::Memory, slot, document);
    memory.octets = size.map(|mebi| mebi.saturating_mul(MEBI));
    let speed = look::whole(document, "/OperatingSpeedMhz").filter(|speed| *speed > 0);
    memory.detail = joined([
        look::said(document, "/MemoryDeviceType"),
        speed.map(|speed| format!("{speed} MT/s")),
    ]);
    Some(memory)
}

/// A drive.
pub(super) fn drive(document: &Value) -> Option<Part> {
    if look::is_absent(document) {
        return None;
    }
    let location = "/PhysicalLocation/PartLocation/ServiceLabel";
    let mut drive = part(
        PartKind::Disk,
        place(document, &[location, "/Id", "/Name"])?,
        document,
    );
    drive.octets = look::whole(document, "/CapacityBytes").filter(|octets| *octets > 0);
    drive.revision = look::said(document, "/Revision").unwrap_or(drive.revision);
    drive.detail = joined([
        look::said(document, "/MediaType"),
        look::said(document, "/Protocol"),
    ]);
    Some(drive)
}

/// A device of SimpleStorage, where there is no Storage.
pub(super) fn simple_drive(storage: &Value, index: usize, device: &Value) -> Option<Part> {
    if look::is_absent(device) || look::said(device, "/Model").is_none() {
        return None;
    }
    let of = look::said(storage, "/Id").unwrap_or_default();
    let mut drive = part(PartKind::Disk, format!("{of}/{index}"), device);
    drive.octets = look::whole(device, "/CapacityBytes").filter(|octets| *octets > 0);
    Some(drive)
}

/// A network port with its MAC address.
pub(super) fn network_port(document: &Value) -> Option<Part> {
    let mac = look::text(document, "/MACAddress").and_then(|mac| mac_address(&mac));
    let mac = mac.or_else(|| {
        let permanent = look::text(document, "/PermanentMACAddress")?;
        mac_address(&permanent)
    })?;
    // The name is generic on many services; the id tells the port.
    let mut port = part(
        PartKind::Network,
        place(document, &["/Id", "/Name"])?,
        document,
    );
    port.mac = mac;
    let speed = look::whole(document, "/SpeedMbps").filter(|speed| *speed > 0);
    port.detail = joined([speed.map(|speed| format!("{speed} Mbit/s"))]);
    Some(port)
}

/// A network adapter with its serial number.
pub(super) fn network_adapter(document: &Value) -> Option<Part> {
    if look::is_absent(document) {
        return None;
    }
    let mut adapter = part(
        PartKind::Network,
        place(document, &["/Id", "/Name"])?,
        document,
    );
    let firmware = look::list(document, "/Controllers")
        .iter()
        .find_map(|controller| look::said(controller, "/FirmwarePackageVersion"));
    adapter.revision = firmware.unwrap_or(adapter.revision);
    Some(adapter)
}

/// A power supply, of either schema.
pub(super) fn power_supply(document: &Value) -> Option<Part> {
    if look::is_absent(document) {
        return None;
    }
    let slot = place(document, &["/Name", "/MemberId", "/Id"])?;
    let mut supply = part(PartKind::PowerSupply, slot, document);
    let watts = look::whole(document, "/PowerCapacityWatts").filter(|watts| *watts > 0);
    supply.detail = joined([
        watts.map(|watts| format!("{watts} W")),
        look::said(document, "/PowerSupplyType"),
    ]);
    Some(supply)
}

/// A firmware image; what is only kept for a way back, or offered, is none.
pub(super) fn firmware(document: &Value) -> Option<Part> {
    let id = look::text(document, "/Id").unwrap_or_default();
    if id.starts_with("Previous-") || id.starts_with("Available-") {
        return None;
    }
    let mut firmware = Part::new(PartKind::Firmware, place(document, &["/Name", "/Id"])?);
    firmware.revision = look::said(document, "/Version")?;
    firmware.manufacturer = look::said(document, "/Manufacturer").unwrap_or_default();
    firmware.detail = id.chars().take(200).collect();
    Some(firmware)
}

/// A MAC address, lower-case with colons; none for what is none or all zero.
pub(super) fn mac_address(text: &str) -> Option<String> {
    let digits: Vec<char> = text
        .chars()
        .filter(|c| !matches!(c, ':' | '-' | '.'))
        .collect();
    let good = digits.len() == 12
        && digits.iter().all(char::is_ascii_hexdigit)
        && !digits.iter().all(|digit| *digit == '0');
    let pairs = digits
        .chunks(2)
        .map(|pair| pair.iter().collect::<String>().to_ascii_lowercase());
    good.then(|| pairs.collect::<Vec<_>>().join(":"))
}

/// Makes the slots differ within each kind, and leaves out what was told twice.
pub(super) fn unlike(parts: Vec<Part>) -> Vec<Part> {
    let mut kept: Vec<Part> = Vec::with_capacity(parts.len());
    let mut times = std::collections::HashMap::new();
    for mut part in parts {
        if kept.contains(&part) {
            continue;
        }
        let seen: &mut u32 = times.entry((part.kind, part.slot.clone())).or_default();
        *seen += 1;
        if *seen > 1 {
            part.slot = format!("{} #{seen}", part.slot);
        }
        kept.push(part);
    }
    kept
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_part_is_what_is_there() {
        let module = json!({"@odata.id": "/x/Memory/1", "DeviceLocator": "DIMM A1", "CapacityMiB": 32768,
            "Manufacturer": "Micron", "SerialNumber": "2E67A645", "MemoryDeviceType": "DDR4", "OperatingSpeedMhz": 3200});
        let module = memory(&module).unwrap();
        assert_eq!(
            (module.slot.as_str(), module.octets),
            ("DIMM A1", Some(32 << 30))
        );
        assert_eq!(module.detail, "DDR4, 3200 MT/s");
        assert!(memory(&json!({"Id": "2", "Status": {"State": "Absent"}})).is_none());
        assert!(memory(&json!({"Id": "2", "CapacityMiB": 0})).is_none());
        // Numbers where the schema says text.
        let cpu = processor(
            &json!({"Socket": 1, "ProcessorId": 0, "TotalCores": 24, "Model": "Kunpeng"}),
        )
        .unwrap();
        assert_eq!((cpu.slot.as_str(), cpu.detail.as_str()), ("1", "24 cores"));
        let gpu = processor(&json!({"Id": "GPU1", "ProcessorType": "GPU"})).unwrap();
        assert_eq!(gpu.kind, PartKind::Accelerator);
        assert!(firmware(&json!({"Id": "Previous-159", "Version": "1"})).is_none());
        assert!(firmware(&json!({"Id": "Installed-159", "Name": "BIOS"})).is_none());
    }

    #[test]
    fn a_mac_address_has_one_shape() {
        for (text, expected) in [
            ("B0:7B:25:D6:51:82", Some("b0:7b:25:d6:51:82")),
            ("b07b25d65182", Some("b0:7b:25:d6:51:82")),
            ("00:00:00:00:00:00", None),
            ("", None),
            ("a0:88:c2:ff:fe:08:80:72", None),
        ] {
            assert_eq!(mac_address(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn equal_slots_are_told_apart_and_doubles_left_out() {
        let one = Part::new(PartKind::Firmware, "NIC");
        let other = Part {
            revision: "2".to_owned(),
            ..one.clone()
        };
        let parts = unlike(vec![
            one.clone(),
            other,
            one,
            Part::new(PartKind::Disk, "NIC"),
        ]);
        let slots: Vec<_> = parts.iter().map(|part| part.slot.as_str()).collect();
        assert_eq!(slots, ["NIC", "NIC #2", "NIC"]);
    }
}
