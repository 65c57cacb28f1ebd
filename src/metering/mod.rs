//! Metering: from a counter on a switch to a figure on a bill.
//!
//! The rules are pure functions: [`counter`] turns readings into intervals, [`slot`] intervals into
//! 300 s slots, [`percentile`] slots into the billed figure, [`series`] slots into a graph,
//! [`period`] names the time a figure is for and [`packed`] is how one poll is kept; [`naming`] says which
//! port is which, [`schedule`] when a device is read, [`frozen`] which counters stopped and [`note`] what else is odd. [`poll`] is what a poll brings; targets, ports,
//! readings and allocations are kept by the operations.

pub mod counter;
pub mod csv;
pub mod frozen;
mod model;
pub mod naming;
pub mod note;
mod ops;
pub mod packed;
pub mod percentile;
pub mod period;
pub mod poll;
mod rows;
pub mod schedule;
pub mod series;
pub mod slot;

/// Name of the task that reads the switches; wake it when a target is to be read now.
pub const POLLER: &str = "poller";

pub use model::{
    AllocationDraft, AllocationFilter, AuthWord, DEFAULT_ZONE, DirectionWord, GapWord, LinkDates,
    PollTrouble, PortFilter, PortIdentity, PortState, PrivacyWord, SnmpVersion, TargetDraft,
    TargetSecrets, TargetState, instant,
};
pub use ops::allocations::{
    NamedAllocation, NamedLink, allocation_archive, allocation_by_id, allocation_by_name,
    allocation_create, allocation_links, allocation_list, allocation_port_add,
    allocation_port_by_id, allocation_port_end, allocation_update,
};
pub use ops::history::{History, history_fill};
pub use ops::measures::{poll_measured, target_poll};
pub use ops::polls::{
    Claimed, WARNING_FELL_BACK, WARNING_FROZEN, poll_failed, poll_succeeded, targets_claim,
    targets_due, targets_release,
};
pub use ops::ports::{
    Owner, PortFull, PortRow, port_by_id, port_by_name, port_expected, port_list, port_of_names,
    port_speed_override, ports_of_device,
};
pub use ops::rates::{RateNow, rates_now};
pub use ops::series::{
    LONGEST_DAYS, Series, allocation_period, allocation_series, checked_span, port_series,
};
pub use ops::targets::{
    AUTH as AUTH_PURPOSE, COMMUNITY as COMMUNITY_PURPOSE, NamedTarget, PRIVACY as PRIVACY_PURPOSE,
    devices_without_target, target_by_id, target_create, target_list, target_of_device,
    target_poll_now, target_update,
};
pub use rows::{Allocation, AllocationPort, Port, Target, TargetPoll};
