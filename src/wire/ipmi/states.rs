//! States and events in words: generic ones (IPMI table 42-2) and those of a sensor type
//! (table 42-3), each with how serious it is.

use Severity::{Critical as Crit, Fatal, Fine, Warning as Warn};

/// How serious a state is while it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing to do.
    Fine,
    /// To look at.
    Warning,
    /// A fault.
    Critical,
    /// Beyond what the machine survives.
    Fatal,
}

/// A state of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// What the specification calls it.
    pub text: &'static str,
    /// How serious it is.
    pub severity: Severity,
}

/// Event and reading type of sensors with thresholds.
pub const THRESHOLD: u8 = 0x01;
/// Event and reading type whose states belong to the sensor type.
pub const SENSOR_SPECIFIC: u8 = 0x6F;

/// The state at `offset` (0 to 15); none for makers' own and reserved ones.
pub fn state(reading_kind: u8, sensor_kind: u8, offset: u8) -> Option<State> {
    let rows = match reading_kind {
        SENSOR_SPECIFIC => rows_of(SPECIFIC, sensor_kind)?,
        generic => rows_of(GENERIC, generic)?,
    };
    let row = rows.get(usize::from(offset))?.as_ref()?;
    let (severity, text) = *row;
    Some(State { text, severity })
}

/// The state in words, also where the specification has none.
pub fn words(reading_kind: u8, sensor_kind: u8, offset: u8) -> String {
    match state(reading_kind, sensor_kind, offset) {
        Some(state) => state.text.to_owned(),
        None if reading_kind >= 0x70 => format!("OEM state {offset}"),
        None => format!("State {offset}"),
    }
}

/// How serious a state is; unknown ones are not judged.
pub fn severity(reading_kind: u8, sensor_kind: u8, offset: u8) -> Severity {
    state(reading_kind, sensor_kind, offset).map_or(Fine, |state| state.severity)
}

type Row = Option<(Severity, &'static str)>;
type Table = &'static [(u8, &'static [Row])];

fn rows_of(table: Table, number: u8) -> Option<&'static [Row]> {
    let found = table.iter().find(|(known, _)| *known == number);
    found.map(|(_, rows)| *rows)
}

const GENERIC: Table = &[
    (
        0x01,
        &[
            Some((Warn, "Lower Non-critical going low")),
            Some((Warn, "Lower Non-critical going high")),
            Some((Crit, "Lower Critical going low")),
            Some((Crit, "Lower Critical going high")),
            Some((Fatal, "Lower Non-recoverable going low")),
            Some((Fatal, "Lower Non-recoverable going high")),
            Some((Warn, "Upper Non-critical going low")),
            Some((Warn, "Upper Non-critical going high")),
            Some((Crit, "Upper Critical going low")),
            Some((Crit, "Upper Critical going high")),
            Some((Fatal, "Upper Non-recoverable going low")),
            Some((Fatal, "Upper Non-recoverable going high")),
        ],
    ),
    (
        0x02,
        &[
            Some((Fine, "Transition to Idle")),
            Some((Fine, "Transition to Active")),
            Some((Fine, "Transition to Busy")),
        ],
    ),
    (
        0x03,
        &[
            Some((Fine, "State Deasserted")),
            Some((Fine, "State Asserted")),
        ],
    ),
    (
        0x04,
        &[
            Some((Fine, "Predictive Failure Deasserted")),
            Some((Warn, "Predictive Failure Asserted")),
        ],
    ),
    (
        0x05,
        &[
            Some((Fine, "Limit Not Exceeded")),
            Some((Warn, "Limit Exceeded")),
        ],
    ),
    (
        0x06,
        &[
            Some((Fine, "Performance Met")),
            Some((Warn, "Performance Lags")),
        ],
    ),
    (
        0x07,
        &[
            Some((Fine, "Transition to OK")),
            Some((Warn, "Transition to Non-critical from OK")),
            Some((Crit, "Transition to Critical from less severe")),
            Some((Fatal, "Transition to Non-recoverable from less severe")),
            Some((Warn, "Transition to Non-critical from more severe")),
            Some((Crit, "Transition to Critical from Non-recoverable")),
            Some((Fatal, "Transition to Non-recoverable")),
            Some((Fine, "Monitor")),
            Some((Fine, "Informational")),
        ],
    ),
    (
        0x08,
        &[
            Some((Fine, "Device Absent")),
            Some((Fine, "Device Present")),
        ],
    ),
    (
        0x09,
        &[
            Some((Fine, "Device Disabled")),
            Some((Fine, "Device Enabled")),
        ],
    ),
    (
        0x0A,
        &[
            Some((Fine, "Transition to Running")),
            Some((Fine, "Transition to In Test")),
            Some((Fine, "Transition to Power Off")),
            Some((Fine, "Transition to On Line")),
            Some((Warn, "Transition to Off Line")),
            Some((Fine, "Transition to Off Duty")),
            Some((Warn, "Transition to Degraded")),
            Some((Fine, "Transition to Power Save")),
            Some((Warn, "Install Error")),
        ],
    ),
    (
        0x0B,
        &[
            Some((Fine, "Fully Redundant")),
            Some((Crit, "Redundancy Lost")),
            Some((Warn, "Redundancy Degraded")),
            Some((Warn, "Non-Redundant: Sufficient from Redundant")),
            Some((Warn, "Non-Redundant: Sufficient from Insufficient")),
            Some((Crit, "Non-Redundant: Insufficient Resources")),
            Some((Warn, "Redundancy Degraded from Fully Redundant")),
            Some((Warn, "Redundancy Degraded from Non-Redundant")),
        ],
    ),
    (
        0x0C,
        &[
            Some((Fine, "D0 Power State")),
            Some((Fine, "D1 Power State")),
            Some((Fine, "D2 Power State")),
            Some((Fine, "D3 Power State")),
        ],
    ),
];

const SPECIFIC: Table = &[
    (
        0x05,
        &[
            Some((Warn, "General Chassis intrusion")),
            Some((Warn, "Drive Bay intrusion")),
            Some((Warn, "I/O Card area intrusion")),
            Some((Warn, "Processor area intrusion")),
            Some((Warn, "System unplugged from LAN")),
            Some((Warn, "Unauthorized dock")),
            Some((Warn, "FAN area intrusion")),
        ],
    ),
    (
        0x06,
        &[
            Some((Warn, "Front Panel Lockout violation attempted")),
            Some((Warn, "Pre-boot password violation - user password")),
            Some((Warn, "Pre-boot password violation - setup password")),
            Some((Warn, "Pre-boot password violation - network boot password")),
            Some((Warn, "Other pre-boot password violation")),
            Some((Warn, "Out-of-band access password violation")),
        ],
    ),
    (
        0x07,
        &[
            Some((Crit, "IERR")),
            Some((Crit, "Thermal Trip")),
            Some((Crit, "FRB1/BIST failure")),
            Some((Crit, "FRB2/Hang in POST failure")),
            Some((Crit, "FRB3/Processor startup/init failure")),
            Some((Crit, "Configuration Error")),
            Some((Crit, "SM BIOS Uncorrectable CPU-complex Error")),
            Some((Fine, "Presence detected")),
            Some((Warn, "Disabled")),
            Some((Fine, "Terminator presence detected")),
            Some((Warn, "Throttled")),
            Some((Crit, "Uncorrectable machine check exception")),
            Some((Warn, "Correctable machine check error")),
        ],
    ),
    (
        0x08,
        &[
            Some((Fine, "Presence detected")),
            Some((Crit, "Failure detected")),
            Some((Warn, "Predictive failure")),
            Some((Crit, "Power Supply AC lost")),
            Some((Crit, "AC lost or out-of-range")),
            Some((Warn, "AC out-of-range, but present")),
            Some((Crit, "Config Error")),
            Some((Fine, "Power Supply Inactive")),
        ],
    ),
    (
        0x09,
        &[
            Some((Fine, "Power off/down")),
            Some((Fine, "Power cycle")),
            Some((Fine, "240VA power down")),
            Some((Fine, "Interlock power down")),
            Some((Crit, "AC lost")),
            Some((Crit, "Soft-power control failure")),
            Some((Crit, "Failure detected")),
            Some((Warn, "Predictive failure")),
        ],
    ),
    (
        0x0C,
        &[
            Some((Warn, "Correctable ECC")),
            Some((Crit, "Uncorrectable ECC")),
            Some((Crit, "Parity")),
            Some((Crit, "Memory Scrub Failed")),
            Some((Warn, "Memory Device Disabled")),
            Some((Warn, "Correctable ECC logging limit reached")),
            Some((Fine, "Presence Detected")),
            Some((Crit, "Configuration Error")),
            Some((Fine, "Spare")),
            Some((Warn, "Throttled")),
            Some((Crit, "Critical Overtemperature")),
        ],
    ),
    (
        0x0D,
        &[
            Some((Fine, "Drive Present")),
            Some((Crit, "Drive Fault")),
            Some((Warn, "Predictive Failure")),
            Some((Fine, "Hot Spare")),
            Some((Fine, "Parity Check In Progress")),
            Some((Crit, "In Critical Array")),
            Some((Crit, "In Failed Array")),
            Some((Warn, "Rebuild In Progress")),
            Some((Warn, "Rebuild Aborted")),
        ],
    ),
    (
        0x0F,
        &[
            Some((Crit, "Error")),
            Some((Crit, "Hang")),
            Some((Fine, "Progress")),
        ],
    ),
    (
        0x10,
        &[
            Some((Warn, "Correctable memory error logging disabled")),
            Some((Fine, "Event logging disabled")),
            Some((Fine, "Log area reset/cleared")),
            Some((Warn, "All event logging disabled")),
            Some((Warn, "Log full")),
            Some((Warn, "Log almost full")),
            Some((Warn, "Correctable machine check error logging disabled")),
        ],
    ),
    (
        0x11,
        &[
            Some((Warn, "BIOS Reset")),
            Some((Warn, "OS Reset")),
            Some((Warn, "OS Shut Down")),
            Some((Warn, "OS Power Down")),
            Some((Warn, "OS Power Cycle")),
            Some((Warn, "OS NMI/Diag Interrupt")),
            Some((Warn, "OS Expired")),
            Some((Warn, "OS pre-timeout Interrupt")),
        ],
    ),
    (
        0x12,
        &[
            Some((Fine, "System Reconfigured")),
            Some((Fine, "OEM System boot event")),
            Some((Crit, "Undetermined system hardware failure")),
            Some((Fine, "Entry added to auxiliary log")),
            Some((Fine, "PEF Action")),
            Some((Fine, "Timestamp Clock Sync")),
        ],
    ),
    (
        0x13,
        &[
            Some((Crit, "NMI/Diag Interrupt")),
            Some((Crit, "Bus Timeout")),
            Some((Crit, "I/O Channel check NMI")),
            Some((Warn, "Software NMI")),
            Some((Crit, "PCI PERR")),
            Some((Crit, "PCI SERR")),
            Some((Crit, "EISA failsafe timeout")),
            Some((Warn, "Bus Correctable error")),
            Some((Crit, "Bus Uncorrectable error")),
            Some((Crit, "Fatal NMI")),
            Some((Fatal, "Bus Fatal Error")),
            Some((Warn, "Bus Degraded")),
        ],
    ),
    (
        0x14,
        &[
            Some((Fine, "Power Button pressed")),
            Some((Fine, "Sleep Button pressed")),
            Some((Fine, "Reset Button pressed")),
            Some((Fine, "FRU Latch")),
            Some((Fine, "FRU Service")),
        ],
    ),
    (
        0x19,
        &[
            Some((Warn, "Soft Power Control Failure")),
            Some((Crit, "Thermal Trip")),
        ],
    ),
    (
        0x1B,
        &[Some((Fine, "Connected")), Some((Crit, "Config Error"))],
    ),
    (
        0x1D,
        &[
            Some((Fine, "Initiated by power up")),
            Some((Fine, "Initiated by hard reset")),
            Some((Fine, "Initiated by warm reset")),
            Some((Fine, "User requested PXE boot")),
            Some((Fine, "Automatic boot to diagnostic")),
            Some((Fine, "OS initiated hard reset")),
            Some((Fine, "OS initiated warm reset")),
            Some((Fine, "System Restart")),
        ],
    ),
    (
        0x1E,
        &[
            Some((Warn, "No bootable media")),
            Some((Warn, "Non-bootable disk in drive")),
            Some((Warn, "PXE server not found")),
            Some((Warn, "Invalid boot sector")),
            Some((Warn, "Timeout waiting for selection")),
        ],
    ),
    (
        0x1F,
        &[
            Some((Fine, "A: boot completed")),
            Some((Fine, "C: boot completed")),
            Some((Fine, "PXE boot completed")),
            Some((Fine, "Diagnostic boot completed")),
            Some((Fine, "CD-ROM boot completed")),
            Some((Fine, "ROM boot completed")),
            Some((Fine, "boot completed - device not specified")),
            Some((Fine, "Installation started")),
            Some((Fine, "Installation completed")),
            Some((Warn, "Installation aborted")),
            Some((Warn, "Installation failed")),
        ],
    ),
    (
        0x20,
        &[
            Some((Crit, "Error during system startup")),
            Some((Crit, "Run-time critical stop")),
            Some((Fine, "OS graceful stop")),
            Some((Fine, "OS graceful shutdown")),
            Some((Warn, "PEF initiated soft shutdown")),
            Some((Warn, "Agent not responding")),
        ],
    ),
    (
        0x21,
        &[
            Some((Crit, "Fault Status")),
            Some((Fine, "Identify Status")),
            Some((Fine, "Device Installed")),
            Some((Fine, "Ready for Device Installation")),
            Some((Fine, "Ready for Device Removal")),
            Some((Fine, "Slot Power is Off")),
            Some((Fine, "Device Removal Request")),
            Some((Warn, "Interlock")),
            Some((Warn, "Slot is Disabled")),
            Some((Fine, "Spare Device")),
        ],
    ),
    (
        0x22,
        &[
            Some((Fine, "S0/G0: working")),
            Some((
                Fine,
                "S1: sleeping with system hw & processor context maintained",
            )),
            Some((Fine, "S2: sleeping, processor context lost")),
            Some((
                Fine,
                "S3: sleeping, processor & hw context lost, memory retained",
            )),
            Some((Fine, "S4: non-volatile sleep/suspend-to-disk")),
            Some((Fine, "S5/G2: soft-off")),
            Some((Fine, "S4/S5: soft-off")),
            Some((Fine, "G3: mechanical off")),
            Some((Fine, "Sleeping in S1/S2/S3 state")),
            Some((Fine, "G1: sleeping")),
            Some((Fine, "S5: entered by override")),
            Some((Fine, "Legacy ON state")),
            Some((Fine, "Legacy OFF state")),
            None,
            Some((Fine, "Unknown")),
        ],
    ),
    (
        0x23,
        &[
            Some((Warn, "Timer expired")),
            Some((Warn, "Hard reset")),
            Some((Warn, "Power down")),
            Some((Warn, "Power cycle")),
            None,
            None,
            None,
            None,
            Some((Warn, "Timer interrupt")),
        ],
    ),
    (
        0x24,
        &[
            Some((Fine, "Platform generated page")),
            Some((Fine, "Platform generated LAN alert")),
            Some((Fine, "Platform Event Trap generated")),
            Some((Fine, "Platform generated SNMP trap")),
        ],
    ),
    (
        0x25,
        &[
            Some((Fine, "Present")),
            Some((Fine, "Absent")),
            Some((Warn, "Disabled")),
        ],
    ),
    (
        0x27,
        &[Some((Warn, "Heartbeat Lost")), Some((Fine, "Heartbeat"))],
    ),
    (
        0x28,
        &[
            Some((Warn, "Sensor access degraded or unavailable")),
            Some((Warn, "Controller access degraded or unavailable")),
            Some((Warn, "Management controller off-line")),
            Some((Warn, "Management controller unavailable")),
            Some((Warn, "Sensor failure")),
            Some((Warn, "FRU failure")),
        ],
    ),
    (
        0x29,
        &[
            Some((Warn, "Low")),
            Some((Crit, "Failed")),
            Some((Fine, "Presence Detected")),
        ],
    ),
    (
        0x2A,
        &[
            Some((Fine, "Session Activated")),
            Some((Fine, "Session Deactivated")),
            Some((Warn, "Invalid Username or Password")),
            Some((Warn, "Invalid Password Disable")),
        ],
    ),
    (
        0x2B,
        &[
            Some((Fine, "Hardware change detected")),
            Some((Fine, "Firmware or software change detected")),
            Some((Warn, "Hardware incompatibility detected")),
            Some((Warn, "Firmware or software incompatibility detected")),
            Some((Warn, "Invalid or unsupported hardware version")),
            Some((Warn, "Invalid or unsupported firmware or software version")),
            Some((Fine, "Hardware Change success")),
            Some((Fine, "Firmware or software change success")),
        ],
    ),
    (
        0x2C,
        &[
            Some((Fine, "Not Installed")),
            Some((Fine, "Inactive")),
            Some((Fine, "Activation Requested")),
            Some((Fine, "Activation in Progress")),
            Some((Fine, "Active")),
            Some((Fine, "Deactivation Requested")),
            Some((Fine, "Deactivation in Progress")),
            Some((Warn, "Communication lost")),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_stand_at_their_offsets() {
        for (reading, sensor, offset, wanted, severity) in [
            (0x6F, 0x08, 3, "Power Supply AC lost", Crit),
            (0x6F, 0x08, 0, "Presence detected", Fine),
            (0x6F, 0x0C, 1, "Uncorrectable ECC", Crit),
            (0x6F, 0x22, 14, "Unknown", Fine),
            (0x6F, 0x23, 8, "Timer interrupt", Warn),
            (0x01, 0x01, 9, "Upper Critical going high", Crit),
            (0x0B, 0x08, 1, "Redundancy Lost", Crit),
            (0x6F, 0x22, 13, "State 13", Fine),
            (0x7A, 0x08, 3, "OEM state 3", Fine),
            (0x6F, 0xC8, 3, "State 3", Fine),
        ] {
            assert_eq!(words(reading, sensor, offset), wanted);
            assert_eq!(super::severity(reading, sensor, offset), severity);
        }
    }
}
