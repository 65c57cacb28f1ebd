//! What a poll brought, in the words of this room; the poller turns a driver's report into it.

use super::counter::Width;
use super::model::PollTrouble;
use super::naming::PortNames;
use super::packets::PacketCounters;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

/// One good poll of one device.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The time its counters stand for.
    pub at: Timestamp,
    /// sysUpTime in milliseconds.
    pub uptime_ms: Option<u64>,
    /// sysName, sysDescr and sysObjectID, where they were read.
    pub system: SystemSeen,
    /// Whether names, descriptions and speeds were read, or just counters.
    pub with_names: bool,
    /// Rows the device answers at once.
    pub max_repetitions: u32,
    /// Its ports, in the order of their ifIndex.
    pub ports: Vec<PortSeen>,
}

/// The system group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemSeen {
    /// sysName.
    pub name: Option<String>,
    /// sysDescr.
    pub descr: Option<String>,
    /// sysObjectID.
    pub object_id: Option<String>,
}

/// What was said about one port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortSeen {
    /// ifIndex.
    pub if_index: u32,
    /// Its names.
    pub names: PortNames,
    /// ifType.
    pub if_type: Option<u32>,
    /// Line speed.
    pub speed: Option<BitsPerSecond>,
    /// ifAdminStatus is up.
    pub admin_up: Option<bool>,
    /// ifOperStatus is up.
    pub oper_up: Option<bool>,
    /// Size of its counters; `None` when it has none.
    pub width: Option<Width>,
    /// Octets received since the counter began.
    pub in_octets: Option<u64>,
    /// Octets sent since the counter began.
    pub out_octets: Option<u64>,
    /// ifCounterDiscontinuityTime, compared only for change.
    pub discontinuity: Option<u64>,
    /// Unicast packets, errors and discards, as far as they were asked for.
    pub packets: PacketCounters,
}

/// A poll that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// What kind of failure.
    pub trouble: PollTrouble,
    /// Where, when and how, for the operator.
    pub detail: String,
}
