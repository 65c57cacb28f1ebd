//! What one poll of one device brought back.

use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

use super::column::Column;
use super::pdu::PduReport;

/// One poll of one device.
#[derive(Clone, Debug)]
pub struct PollReport {
    /// When the first question went out.
    pub at_start: Timestamp,
    /// When the last answer was in.
    pub at_end: Timestamp,
    /// sysUpTime in milliseconds (it starts again after 497 days).
    pub uptime_ms: Option<u64>,
    /// Seconds since the SNMPv3 engine last started (does not wrap for 68 years).
    pub engine_time_s: Option<u64>,
    /// How often the SNMPv3 engine has started.
    pub engine_boots: Option<u32>,
    /// Whether whole columns were read or only rows that were known.
    pub extent: Extent,
    /// The system group; at most the name where not everything is read.
    pub system: System,
    /// The ports, by ascending ifIndex.
    pub ports: Vec<PortReading>,
    /// Values in all answers.
    pub varbinds: u64,
    /// Packets both ways; a datagram that needs several frames counts as several.
    pub packets: u64,
    /// Octets of UDP payload both ways.
    pub octets: u64,
    /// Questions asked, repeated ones included.
    pub requests: u32,
    /// Questions that were not answered in time.
    pub timeouts: u32,
    /// Rows to ask this device for at once next time.
    pub max_repetitions: u32,
    /// What the operator should know.
    pub warnings: Vec<Warning>,
    /// What it measures, when it is a PDU of a known family.
    pub pdu: Option<PduReport>,
}

impl PollReport {
    /// Octets of the Ethernet frames without checksum that an IPv4 poll of one device took.
    #[must_use]
    pub const fn wire_octets(&self) -> u64 {
        self.octets + 42 * self.packets
    }
}

/// How a device was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Columns from beginning to end.
    WholeTable,
    /// The rows of the last poll by their ifIndexes, each checked by its name.
    KnownRows,
}

/// The system group (RFC 3418).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// sysName.
    pub name: Option<String>,
    /// sysDescr.
    pub descr: Option<String>,
    /// sysObjectID, dotted.
    pub object_id: Option<String>,
}

/// What a device said about one port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortReading {
    /// ifIndex, from the name of the row: today's address of the port, not its identity.
    pub if_index: u32,
    /// ifName, where not empty.
    pub name: Option<String>,
    /// ifDescr, where not empty.
    pub descr: Option<String>,
    /// ifAlias, where not empty.
    pub alias: Option<String>,
    /// ifType (6 is Ethernet, 161 a link aggregate).
    pub if_type: Option<u32>,
    /// Line speed from ifHighSpeed, else ifSpeed; `None` for 0.
    pub speed: Option<BitsPerSecond>,
    /// ifAdminStatus.
    pub admin: Option<AdminStatus>,
    /// ifOperStatus.
    pub oper: Option<OperStatus>,
    /// Size of the octet counters; `None` when there are none.
    pub width: Option<CounterWidth>,
    /// Octets received since the counter began.
    pub in_octets: Option<u64>,
    /// Octets sent since the counter began.
    pub out_octets: Option<u64>,
    /// ifCounterDiscontinuityTime in milliseconds of sysUpTime.
    pub discontinuity_ms: Option<u64>,
    /// Packets, where they were asked for.
    pub packets: PacketCounters,
    /// Values that were asked for and are unusable, or octet counters that are not there.
    pub missing: Vec<Missing>,
}

/// Packets, errors and discards since the counters began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of RFC 2863 by their names")]
pub struct PacketCounters {
    pub in_unicast: Option<u64>,
    pub out_unicast: Option<u64>,
    pub in_errors: Option<u64>,
    pub out_errors: Option<u64>,
    pub in_discards: Option<u64>,
    pub out_discards: Option<u64>,
}

/// Size of a port's octet counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterWidth {
    /// ifHCInOctets and ifHCOutOctets.
    Bits64,
    /// ifInOctets and ifOutOctets.
    Bits32,
}

impl CounterWidth {
    /// 64 or 32.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Bits64 => 64,
            Self::Bits32 => 32,
        }
    }
}

/// What the port is meant to do (ifAdminStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "values of RFC 2863 by their names")]
pub enum AdminStatus {
    Up,
    Down,
    Testing,
}

/// What the port does (ifOperStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "values of RFC 2863 by their names")]
pub enum OperStatus {
    Up,
    Down,
    Testing,
    Unknown,
    Dormant,
    NotPresent,
    LowerLayerDown,
}

/// A value that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Which.
    pub column: Column,
    /// Why.
    pub reason: MissingReason,
}

/// Why a value is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingReason {
    /// The table has no such value for this port.
    Absent,
    /// The device said that there is none (noSuchObject, noSuchInstance).
    NoSuch,
    /// It said nothing (null, or a counter without octets).
    Null,
    /// It said something of another type.
    WrongType {
        /// The type that came, as the protocol calls it.
        got: &'static str,
    },
    /// A number that cannot be.
    OutOfRange,
}

/// What the operator should know about a poll that worked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Without sysUpTime a restart can only be seen by counters that went back.
    #[error("the device gives no sysUpTime: restarts are seen only by counters that go back")]
    NoUptime,
    /// Names are how ports are known.
    #[error("{ports} of {of} ports have no ifName")]
    NoName {
        /// Ports without.
        ports: usize,
        /// All ports.
        of: usize,
    },
    /// Two ports of one name cannot be told apart by it.
    #[error("ifName {name:?} is not unique")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// 32 bits wrap within seconds on fast lines.
    #[error("{ports} of {of} ports have only 32-bit counters")]
    NarrowCounters {
        /// Ports with 32-bit counters.
        ports: usize,
        /// All ports.
        of: usize,
    },
    /// A value of the wrong type.
    #[error("{column} of port {if_index}: {got} is the wrong type")]
    WrongType {
        /// The column.
        column: Column,
        /// The port.
        if_index: u32,
        /// What came.
        got: &'static str,
    },
    /// Rows whose names do not end in one ifIndex.
    #[error("{rows} rows of {column} are not named by an ifIndex")]
    OddIndex {
        /// The column.
        column: Column,
        /// How many.
        rows: usize,
    },
    /// The device needed fewer rows at a time.
    #[error("the device answered only when asked for {max_repetitions} rows at a time")]
    FewerRows {
        /// What it answered.
        max_repetitions: u32,
    },
}
