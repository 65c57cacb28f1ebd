//! Targets, ports, allocations and their links as they are stored.

mod discovery;
mod gauges;
mod periods;
mod rules;

pub use discovery::{Discovery, Neighbour};
pub use gauges::Gauge;
pub(super) use gauges::{GaugeDayRow, GaugeReadingRow, NewGaugeBlock, NewGaugeReading};
pub(super) use periods::NewClosedPeriod;
pub use periods::{ClosedPeriod, PeriodCorrection};
pub(super) use rules::{RuleColumns, RuleRow};

use chrono_tz::Tz;
use diesel::prelude::*;
use serde::Serialize;

use super::counter::Rules;
use super::model::{
    AuthWord, DEFAULT_ZONE, DirectionWord, GapWord, LinkDates, PollTrouble, PortIdentity,
    PortState, PrivacyWord, SnmpVersion, TargetState,
};
use super::note::{Note, PollExtent};
use super::period::BillingDay;
use super::schedule;
use super::slot::SLOT_MS;
use crate::base::ids::{
    AllocationId, AllocationPortId, CustomerId, DeviceId, PortId, ReadingId, SnmpTargetId,
};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::store::schema::{
    allocation_ports, bandwidth_allocations, ports, reading_blocks, reading_days, readings,
    snmp_targets, target_polls,
};

/// An SNMP agent that is polled.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = snmp_targets)]
pub struct Target {
    /// Row id.
    pub id: SnmpTargetId,
    /// The device it speaks for.
    pub device_id: DeviceId,
    /// IP address.
    pub address: String,
    /// UDP port.
    pub port: i64,
    /// Version of the protocol.
    pub snmp_version: SnmpVersion,
    /// Sealed community.
    #[serde(skip)]
    pub community_sealed: Option<Vec<u8>>,
    /// Security name.
    pub v3_user: String,
    /// Authentication protocol, empty for none.
    pub v3_auth_protocol: String,
    /// Sealed authentication password.
    #[serde(skip)]
    pub v3_auth_sealed: Option<Vec<u8>>,
    /// Privacy protocol, empty for none.
    pub v3_privacy_protocol: String,
    /// Sealed privacy password.
    #[serde(skip)]
    pub v3_privacy_sealed: Option<Vec<u8>>,
    /// Context name.
    pub v3_context: String,
    /// Seconds from one poll to the next.
    pub interval_s: i64,
    /// The name its ports are known by.
    pub port_identity: PortIdentity,
    /// Whether it is polled.
    pub enabled: bool,
    /// Rows it answers at once.
    pub max_repetitions: i64,
    /// When it is polled next.
    pub next_poll_at: Timestamp,
    /// When a poll last worked.
    pub last_good_at: Option<Timestamp>,
    /// When it was last polled.
    pub last_attempt_at: Option<Timestamp>,
    /// What was wrong then: a word of [`PollTrouble`], a colon and the detail.
    pub last_error: Option<String>,
    /// Failures since the last good poll.
    pub consecutive_failures: i64,
    /// sysName.
    pub system_name: String,
    /// sysDescr.
    pub system_descr: String,
    /// sysObjectID.
    pub system_object_id: String,
    /// sysUpTime at the last good poll, in milliseconds.
    pub last_uptime_ms: Option<i64>,
    /// When names and speeds were last read.
    pub names_read_at: Option<Timestamp>,
    /// Rises with every change of the device's ports.
    #[serde(skip)]
    pub ports_stamp: i64,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What people enter of a target, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Insertable, AsChangeset)]
#[diesel(table_name = snmp_targets, treat_none_as_null = true)]
pub(super) struct TargetColumns {
    pub address: String,
    pub port: i64,
    pub snmp_version: SnmpVersion,
    pub community_sealed: Option<Vec<u8>>,
    pub v3_user: String,
    pub v3_auth_protocol: String,
    pub v3_auth_sealed: Option<Vec<u8>>,
    pub v3_privacy_protocol: String,
    pub v3_privacy_sealed: Option<Vec<u8>>,
    pub v3_context: String,
    pub interval_s: i64,
    pub port_identity: PortIdentity,
    pub enabled: bool,
}

impl Target {
    /// Milliseconds from one poll to the next.
    pub const fn interval_ms(&self) -> i64 {
        self.interval_s.saturating_mul(1000)
    }

    /// Its place in the schedule; the lease is the claim's own affair.
    pub const fn turn(&self) -> schedule::Turn {
        schedule::Turn {
            id: self.id,
            interval_ms: self.interval_ms(),
            next: self.next_poll_at,
            taken_until: None,
            failures: self.consecutive_failures,
        }
    }

    /// How it fares.
    pub fn state(&self) -> TargetState {
        match (
            self.enabled,
            self.consecutive_failures,
            self.last_good_at,
            &self.last_error,
        ) {
            (false, ..) => TargetState::Disabled,
            (true, failures, ..) if schedule::is_backing_off(failures) => TargetState::BackingOff,
            (true, 1.., ..) => TargetState::Failing,
            (true, _, None, _) => TargetState::Waiting,
            (true, _, Some(_), Some(_)) => TargetState::Warned,
            (true, _, Some(_), None) => TargetState::Good,
        }
    }

    /// What was wrong last, and its detail.
    pub fn trouble(&self) -> Option<(PollTrouble, &str)> {
        let text = self.last_error.as_deref()?;
        let (word, detail) = text.split_once(": ").unwrap_or((text, ""));
        Some((
            PollTrouble::from_word(word).unwrap_or(PollTrouble::NotUnderstood),
            detail,
        ))
    }

    /// Authentication protocol of version 3.
    pub fn auth(&self) -> Option<AuthWord> {
        AuthWord::from_word(&self.v3_auth_protocol)
    }

    /// Privacy protocol of version 3.
    pub fn privacy(&self) -> Option<PrivacyWord> {
        PrivacyWord::from_word(&self.v3_privacy_protocol)
    }

    /// How intervals of a port of this device are judged. Slots are the finest thing figures are made of, so a
    /// device read more often than that is judged by slots: changing its interval changes no past figure.
    pub fn rules(&self, line_speed: Option<BitsPerSecond>) -> Rules {
        let interval_ms = self.interval_ms().max(SLOT_MS);
        Rules::new(line_speed, u64::try_from(interval_ms).unwrap_or(0))
    }
}

/// How the last poll of a target went.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = target_polls)]
pub struct TargetPoll {
    /// The target.
    pub target_id: SnmpTargetId,
    /// When.
    pub at: Timestamp,
    /// Milliseconds it began after its beat.
    pub lag_ms: i64,
    /// Milliseconds it took.
    pub duration_ms: i64,
    /// Questions, repeated ones included.
    pub requests: i64,
    /// Questions without an answer in time.
    pub timeouts: i64,
    /// Values.
    pub varbinds: i64,
    /// Packets, both ways.
    pub packets: i64,
    /// Octets of the Ethernet frames, both ways.
    pub octets: i64,
    /// How it was read.
    pub extent: PollExtent,
    /// What the device showed, as JSON.
    pub notes: String,
}

impl TargetPoll {
    /// What the device showed; nothing where that cannot be read.
    pub fn notes(&self) -> Vec<Note> {
        serde_json::from_str(&self.notes).unwrap_or_default()
    }
}

/// A port of a switch.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = ports)]
pub struct Port {
    /// Row id.
    pub id: PortId,
    /// The device it is on.
    pub device_id: DeviceId,
    /// The name it is known by on its device.
    pub name: String,
    /// Its address in the device's tables today.
    pub if_index: Option<i64>,
    /// ifDescr.
    pub descr: String,
    /// ifAlias.
    pub alias: String,
    /// ifType.
    pub if_type: Option<i64>,
    /// Line speed as the device says.
    pub speed_bps: Option<BitsPerSecond>,
    /// Line speed as the operator says.
    pub speed_override_bps: Option<BitsPerSecond>,
    /// Whether it is switched on.
    pub admin_up: Option<bool>,
    /// Whether it works.
    pub oper_up: Option<bool>,
    /// Size of its counters: 64, 32 or none.
    pub counter_bits: Option<i64>,
    /// When it was first, or last before it went, seen.
    pub last_seen_at: Option<Timestamp>,
    /// Since when it is not there.
    pub missing_since: Option<Timestamp>,
    /// Whether it leads out of the house.
    pub is_uplink: bool,
    /// A word for what the operator should know, or empty.
    pub warning: String,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Whether its readings are kept.
    pub metered: bool,
}

impl Port {
    /// The line speed that counts.
    pub fn line_speed(&self) -> Option<BitsPerSecond> {
        self.speed_override_bps.or(self.speed_bps)
    }

    /// How it fares.
    pub const fn state(&self) -> PortState {
        match (
            self.last_seen_at,
            self.missing_since,
            self.admin_up,
            self.oper_up,
        ) {
            (None, ..) => PortState::Unseen,
            (_, Some(_), ..) => PortState::Missing,
            (.., Some(false), _) => PortState::Disabled,
            (.., Some(true)) => PortState::Up,
            (.., Some(false)) => PortState::Down,
            (.., None) => PortState::Unknown,
        }
    }
}

/// A bandwidth allocation.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = bandwidth_allocations)]
pub struct Allocation {
    /// Row id.
    pub id: AllocationId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Name, unique for the customer.
    pub name: String,
    /// What is paid for in any case.
    pub committed_bps: BitsPerSecond,
    /// What may be used for a while.
    pub burst_bps: Option<BitsPerSecond>,
    /// How two directions make one figure.
    pub direction_rule: DirectionWord,
    /// What a slot without data counts as.
    pub gap_rule: GapWord,
    /// Day of month periods begin on.
    pub billing_day: i64,
    /// Zone its days are in.
    pub time_zone: String,
    /// First instant it is in force.
    pub active_from: Timestamp,
    /// First instant it is not.
    pub active_until: Option<Timestamp>,
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
}

/// What people enter of an allocation, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Insertable, AsChangeset)]
#[diesel(table_name = bandwidth_allocations, treat_none_as_null = true)]
pub(super) struct AllocationColumns {
    pub name: String,
    pub committed_bps: BitsPerSecond,
    pub burst_bps: Option<BitsPerSecond>,
    pub direction_rule: DirectionWord,
    pub gap_rule: GapWord,
    pub billing_day: i64,
    pub time_zone: String,
    pub active_from: Timestamp,
    pub active_until: Option<Timestamp>,
    pub note: String,
}

impl Allocation {
    /// Zone its days are in.
    pub fn zone(&self) -> Tz {
        let name = self.time_zone.parse().or_else(|_| DEFAULT_ZONE.parse());
        name.unwrap_or(Tz::UTC)
    }

    /// Day of month periods begin on.
    pub fn billing_day(&self) -> BillingDay {
        let day = u8::try_from(self.billing_day).ok();
        day.and_then(|day| BillingDay::new(day).ok())
            .unwrap_or_default()
    }
}

/// A reading to be stored with others.
#[derive(Debug, Insertable)]
#[diesel(table_name = readings)]
pub(super) struct NewReading {
    pub target_id: SnmpTargetId,
    pub at: Timestamp,
    pub uptime_ms: Option<i64>,
    pub body: Vec<u8>,
}

/// A stored poll.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = readings)]
pub(super) struct ReadingRow {
    pub id: ReadingId,
    pub at: Timestamp,
    pub uptime_ms: Option<i64>,
    pub body: Vec<u8>,
}

/// The polls of a finished day of a device.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reading_days)]
pub(super) struct DayRow {
    pub day: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub body: Vec<u8>,
}

/// The polls of a day to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = reading_days)]
pub(super) struct NewDay<'a> {
    pub target_id: SnmpTargetId,
    pub day: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub polls: i64,
    pub body: &'a [u8],
}

/// A port as a poll found it first, to be stored with others.
#[derive(Debug, Insertable)]
#[diesel(table_name = ports, treat_none_as_default_value = false)]
pub(super) struct NewPort {
    pub device_id: DeviceId,
    pub name: String,
    pub if_index: i64,
    pub descr: String,
    pub alias: String,
    pub if_type: Option<i64>,
    pub speed_bps: Option<BitsPerSecond>,
    pub admin_up: Option<bool>,
    pub oper_up: Option<bool>,
    pub counter_bits: Option<i64>,
    pub last_seen_at: Timestamp,
    pub warning: String,
    pub metered: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A port's day to be stored with others.
#[derive(Debug, Insertable)]
#[diesel(table_name = reading_blocks)]
pub(super) struct NewBlock<'a> {
    pub port_id: i64,
    pub day: i64,
    pub body: &'a [u8],
}

/// A dated link of a port to an allocation.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = allocation_ports)]
pub struct AllocationPort {
    /// Row id.
    pub id: AllocationPortId,
    /// The allocation.
    pub allocation_id: AllocationId,
    /// The port.
    pub port_id: PortId,
    /// First instant it belongs there.
    pub from_at: Timestamp,
    /// First instant it does not any more.
    pub until_at: Option<Timestamp>,
}

impl AllocationPort {
    /// Its dates.
    pub const fn dates(&self) -> LinkDates {
        LinkDates {
            from: self.from_at,
            until: self.until_at,
        }
    }

    /// Whether an instant lies in it.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from_at <= at && self.until_at.is_none_or(|until| at < until)
    }
}
