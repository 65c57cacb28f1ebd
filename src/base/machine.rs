//! What a BMC tells about its machine, in one shape for every protocol: drivers say it in these words, power keeps it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

crate::text_enum! {
    /// What a sensor measures.
    pub enum Quantity {
        /// Temperature, degrees Celsius.
        Temperature = "temperature",
        /// Voltage, volts.
        Voltage = "voltage",
        /// Current, amperes.
        Current = "current",
        /// Fan speed, revolutions a minute or percent.
        FanSpeed = "fan_speed",
        /// Power, watts.
        Power = "power",
        /// Relative humidity, percent.
        Humidity = "humidity",
        /// Any other measured value.
        Other = "other",
        /// No value: a set of states.
        Discrete = "discrete",
    }
}

/// The limits of a sensor as the BMC states them, in the unit of its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Lower non-recoverable.
    pub lower_fatal: Option<f64>,
    /// Lower critical.
    pub lower_critical: Option<f64>,
    /// Lower non-critical.
    pub lower_warning: Option<f64>,
    /// Upper non-critical.
    pub upper_warning: Option<f64>,
    /// Upper critical.
    pub upper_critical: Option<f64>,
    /// Upper non-recoverable.
    pub upper_fatal: Option<f64>,
}

crate::text_enum! {
    /// How a sensor or an event is judged by the BMC.
    pub enum Health {
        /// In order.
        Ok = "ok",
        /// Non-critical limit crossed.
        Warning = "warning",
        /// Critical limit crossed, or a fault is asserted.
        Critical = "critical",
        /// Non-recoverable limit crossed.
        Fatal = "fatal",
        /// The BMC gives no judgement: absent, disabled, unreadable.
        Unknown = "unknown",
    }
}

/// One sensor as it was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SensorReading {
    /// Stays the same for this sensor of this BMC: IPMI `OWNER.LUN.NUMBER` in hexadecimal, Redfish the last
    /// two segments of its address.
    pub key: String,
    /// Name in the BMC's records.
    pub name: String,
    /// What it belongs to: `processor 1`, `power supply 2`, `system board`.
    pub entity: Option<String>,
    /// What it measures.
    pub quantity: Quantity,
    /// Converted value; none for states, absent readings and impossible factors.
    pub value: Option<f64>,
    /// Unit of the value.
    pub unit: Option<&'static str>,
    /// The BMC's own judgement.
    pub health: Health,
    /// `ok`, `warning`, `critical`, `non_recoverable` by the BMC's thresholds; `unavailable`,
    /// `disabled`, `impossible` (factors), `unsupported` (conversion), `elsewhere` (another
    /// controller's); for discrete sensors `states:0x…` with a bit per state.
    pub state: String,
    /// Asserted states of a discrete sensor, in the words of the specification (`Failure detected`).
    pub states: Vec<String>,
    /// Limits.
    pub thresholds: Thresholds,
}

/// One entry of a system event log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// The BMC's own id: IPMI record id in decimal, Redfish `Id`.
    pub id: String,
    /// When, by the BMC's clock; none before its clock was set (IPMI 37.1).
    pub at: Option<Timestamp>,
    /// Seconds since the BMC started where its clock was not set, else none.
    pub since_start: Option<Duration>,
    /// What reported it: sensor name or entity, may be empty.
    pub source: String,
    /// Kind of source: `Temperature`, `Power Supply`.
    pub kind: String,
    /// What happened, in the BMC's words or those of the specification.
    pub text: String,
    /// Whether the state began; `false` when it ended.
    pub asserted: bool,
    /// How serious.
    pub health: Health,
    /// The record as it came (IPMI: 16 octets in hexadecimal; Redfish: the message id).
    pub raw: String,
}

/// Where reading of an event log stopped, to go on there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogMark {
    /// Id of the last entry that was read; empty before the first.
    pub last_id: String,
    /// That entry as it came, to notice a log that was cleared and filled anew.
    pub last_raw: String,
    /// The log's own time of the last addition and erasure, opaque.
    pub stamp: String,
}

/// A part of an event log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogPart {
    /// New entries, oldest first.
    pub entries: Vec<LogEntry>,
    /// Where to go on.
    pub mark: LogMark,
    /// The log was cleared since the last part (entries are all there are now).
    pub cleared: bool,
    /// There is more: ask again with the new mark.
    pub more: bool,
    /// How far the BMC's clock is from ours, milliseconds, positive when it is ahead; none where it can't tell.
    pub drift_ms: Option<i64>,
    /// Free room in percent, where the BMC tells.
    pub free_percent: Option<u8>,
}

crate::text_enum! {
    /// What a part of a machine is.
    pub enum PartKind {
        /// The chassis.
        Chassis = "chassis",
        /// The main board.
        Board = "board",
        /// The product as it is sold.
        Product = "product",
        /// A processor.
        Processor = "processor",
        /// A memory module.
        Memory = "memory",
        /// A disk.
        Disk = "disk",
        /// A network port or adapter.
        Network = "network",
        /// A graphics or accelerator card.
        Accelerator = "accelerator",
        /// A power supply.
        PowerSupply = "power_supply",
        /// A firmware image (BMC, BIOS, adapter).
        Firmware = "firmware",
        /// Something else with a FRU of its own.
        Other = "other",
    }
}

/// One part of a machine as the BMC tells it. Empty text: not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Where it is (`CPU1`, `DIMM A3`, `Bay 4`, `NIC.1`), unique among its kind.
    pub slot: String,
    /// Maker.
    pub manufacturer: String,
    /// Model or product name.
    pub model: String,
    /// Part number.
    pub part_number: String,
    /// Serial number.
    pub serial: String,
    /// Asset tag.
    pub asset_tag: String,
    /// Firmware or revision.
    pub revision: String,
    /// MAC address, lower-case with colons, of a network port.
    pub mac: String,
    /// Size in octets: memory, disk.
    pub octets: Option<u64>,
    /// Cores of a processor, links of a port: what else is said, short (`16 cores, 2.4 GHz`).
    pub detail: String,
}

impl Part {
    /// A part about which nothing is said yet.
    pub fn new(kind: PartKind, slot: impl Into<String>) -> Self {
        Self {
            kind,
            slot: slot.into(),
            manufacturer: String::new(),
            model: String::new(),
            part_number: String::new(),
            serial: String::new(),
            asset_tag: String::new(),
            revision: String::new(),
            mac: String::new(),
            octets: None,
            detail: String::new(),
        }
    }
}

crate::text_enum! {
    /// What the next boot is from.
    pub enum BootDevice {
        /// No override: what the firmware is set to.
        Default = "default",
        /// Network.
        Pxe = "pxe",
        /// Hard disk.
        Disk = "disk",
        /// Optical drive, also a virtual one.
        Cdrom = "cdrom",
        /// The firmware's setup pages.
        Bios = "bios",
    }
}

crate::text_enum! {
    /// The identify light of a machine.
    pub enum Light {
        /// Off.
        Off = "off",
        /// On, and goes out by itself.
        Timed = "timed",
        /// On until it is switched off.
        On = "on",
    }
}

/// A boot override.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Boot {
    /// From where.
    pub device: BootDevice,
    /// For all boots to come, not only the next.
    pub persistent: bool,
    /// In UEFI mode, not legacy.
    pub uefi: bool,
}

/// Facts about the controller and its network side; none or empty where not told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controller {
    /// Address it uses.
    pub address: String,
    /// Where it has the address from: `static`, `dhcp`, `bios`, `other`.
    pub address_source: String,
    /// Network mask.
    pub netmask: String,
    /// Default gateway.
    pub gateway: String,
    /// MAC address, lower-case with colons.
    pub mac: String,
    /// VLAN id of its port.
    pub vlan: Option<u16>,
    /// User names with their privilege (`ADMIN: administrator`), enabled ones only.
    pub users: Vec<String>,
    /// Watchdog timer: `stopped`, or what it does and in how many seconds (`power_cycle in 300 s`).
    pub watchdog: String,
}
