//! What a sensor or FRU belongs to (IPMI table 43-13).

use std::fmt;

/// A thing within the machine: kind and number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Entity {
    /// Kind, a number of table 43-13.
    pub id: u8,
    /// Which one; from 0x60 on relative to the controller. 0: not said.
    pub instance: u8,
}

/// Processor.
pub const PROCESSOR: u8 = 3;
/// Disk or disk bay.
pub const DISK: u8 = 4;
/// Main system board.
pub const SYSTEM_BOARD: u8 = 7;
/// Memory module.
pub const MEMORY_MODULE: u8 = 8;
/// Power supply.
pub const POWER_SUPPLY: u8 = 10;
/// Add-in card.
pub const ADD_IN_CARD: u8 = 11;
/// Disk drive bay.
pub const DRIVE_BAY: u8 = 26;
/// Memory device (DIMM).
pub const MEMORY_DEVICE: u8 = 32;

impl Entity {
    /// The kind's name; none for reserved and makers' own numbers.
    pub const fn kind(self) -> Option<&'static str> {
        Some(match self.id {
            1 | 2 => "other",
            3 => "processor",
            4 => "disk",
            5 => "peripheral bay",
            6 => "management module",
            7 => "system board",
            8 => "memory module",
            9 => "processor module",
            10 => "power supply",
            11 => "add-in card",
            12 => "front panel board",
            13 => "back panel board",
            14 => "power system board",
            15 => "drive backplane",
            16 => "internal expansion board",
            17 => "other system board",
            18 => "processor board",
            19 => "power unit",
            20 => "power module",
            21 => "power distribution board",
            22 => "chassis back panel board",
            23 => "system chassis",
            24 => "sub-chassis",
            25 => "other chassis board",
            26 => "disk drive bay",
            27 => "peripheral bay",
            28 => "device bay",
            29 => "fan",
            30 => "cooling unit",
            31 => "cable",
            32 => "memory device",
            33 => "system management software",
            34 => "system firmware",
            35 => "operating system",
            36 => "system bus",
            37 => "group",
            38 => "remote management device",
            39 => "external environment",
            40 => "battery",
            41 => "processing blade",
            42 => "connectivity switch",
            43 => "processor and memory module",
            44 => "I/O module",
            45 => "processor and I/O module",
            46 => "controller firmware",
            47 => "IPMI channel",
            48 => "PCI bus",
            49 => "PCI Express bus",
            50 => "SCSI bus",
            51 => "SATA or SAS bus",
            52 => "front side bus",
            53 => "real time clock",
            // Air inlet of DCMI, and of the later table.
            55 | 64 => "air inlet",
            65 => "processor",
            66 => "system board",
            _ => return None,
        })
    }
}

impl fmt::Display for Entity {
    /// `processor 1`; `entity 210.3` for what has no name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instance = match self.instance & 0x7F {
            local @ 0x60.. => local - 0x60,
            shared => shared,
        };
        match (self.kind(), instance) {
            (Some(kind), 0) => f.write_str(kind),
            (Some(kind), number) => write!(f, "{kind} {number}"),
            (None, number) => write!(f, "entity {}.{number}", self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Entity;

    #[test]
    fn entities_have_their_names() {
        for (id, instance, wanted) in [
            (3, 1, "processor 1"),
            (10, 2, "power supply 2"),
            (7, 0, "system board"),
            (32, 0x61, "memory device 1"),
            (210, 3, "entity 210.3"),
        ] {
            assert_eq!(Entity { id, instance }.to_string(), wanted);
        }
    }
}
