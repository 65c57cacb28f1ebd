//! Sensor types in words (IPMI table 42-3, first column).

const NAMES: [&str; 45] = [
    "Reserved",
    "Temperature",
    "Voltage",
    "Current",
    "Fan",
    "Physical Security",
    "Platform Security",
    "Processor",
    "Power Supply",
    "Power Unit",
    "Cooling Device",
    "Other",
    "Memory",
    "Drive Slot / Bay",
    "POST Memory Resize",
    "System Firmwares",
    "Event Logging Disabled",
    "Watchdog1",
    "System Event",
    "Critical Interrupt",
    "Button",
    "Module / Board",
    "Microcontroller",
    "Add-in Card",
    "Chassis",
    "Chip Set",
    "Other FRU",
    "Cable / Interconnect",
    "Terminator",
    "System Boot Initiated",
    "Boot Error",
    "OS Boot",
    "OS Critical Stop",
    "Slot / Connector",
    "System ACPI Power State",
    "Watchdog2",
    "Platform Alert",
    "Entity Presence",
    "Monitor ASIC",
    "LAN",
    "Management Subsys Health",
    "Battery",
    "Session Audit",
    "Version Change",
    "FRU State",
];

/// The name of a sensor type; makers' own types and reserved ones by their number.
pub fn name(kind: u8) -> String {
    match NAMES.get(usize::from(kind)) {
        Some(name) if kind != 0 => (*name).to_owned(),
        _ if kind >= 0xC0 => format!("OEM type {kind:02x}h"),
        _ => format!("Type {kind:02x}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn kinds_stand_at_their_numbers() {
        for (kind, wanted) in [
            (0x01, "Temperature"),
            (0x08, "Power Supply"),
            (0x0C, "Memory"),
            (0x12, "System Event"),
            (0x22, "System ACPI Power State"),
            (0x23, "Watchdog2"),
            (0x2C, "FRU State"),
            (0x2D, "Type 2dh"),
            (0xC3, "OEM type c3h"),
        ] {
            assert_eq!(name(kind), wanted);
        }
    }
}
