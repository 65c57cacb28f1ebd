//! Metering: from a counter on a switch to a figure on a bill.
//!
//! The rules are pure functions: [`counter`] turns readings into intervals, [`slot`] intervals into
//! 300 s slots, [`percentile`] slots into the billed figure, [`series`] slots into a graph,
//! [`period`] names the time a figure is for, [`members`] adds ports up, [`usage`] and [`variants`] say what a
//! period comes to and [`evidence`] is how anyone can compute it again. [`packed`] is how one poll is kept,
//! [`sealed`] how a finished day ([`day_polls`], a [`block`] per port) and [`rollup`] what long graphs are drawn
//! from; [`gauge`] is what hardware measures besides; [`naming`] says which port is which, [`schedule`] when a device is read, [`frozen`] which counters stopped
//! and [`note`] what else is odd. [`poll`] is what a poll brings; targets, ports, readings and allocations are kept
//! by the operations; [`survey`] is what a reading of names finds around a device.

mod alike;
pub mod block;
mod column;
mod correction;
pub mod counter;
pub mod csv;
pub mod day;
pub mod day_polls;
pub mod evidence;
pub mod frozen;
pub mod gauge;
pub mod judge;
mod listing;
pub mod members;
mod model;
pub mod naming;
pub mod note;
mod octets;
mod ops;
pub mod packed;
pub mod packets;
pub mod percentile;
pub mod period;
pub mod poll;
pub mod rollup;
mod rows;
pub mod schedule;
pub mod sealed;
pub mod series;
pub mod slot;
pub mod speeds;
pub mod survey;
pub mod threshold;
pub mod usage;
pub mod variants;

/// Name of the task that reads the switches; wake it when a target is to be read now.
pub const POLLER: &str = "poller";
/// Name of the task that turns finished days into blocks; wake it when there is more to do.
pub const SEALER: &str = "sealer";
/// Name of the task that judges readings by the rules for events.
pub const WATCHER: &str = "watcher";

pub use alike::{PortChange, PortField, PortsDraft, SeenPort, speed as line_speed};
pub use correction::CorrectionDraft;
pub use listing::{PortFilter, PortSort};
pub use model::{
    AllocationDraft, AllocationFilter, AuthWord, DEFAULT_ZONE, DirectionWord, GapWord, LinkDates,
    PollTrouble, PortIdentity, PortState, PrivacyWord, SnmpVersion, SurveyState, TakeOver,
    TargetDraft, TargetSecrets, TargetState, instant,
};
pub use ops::alike::{PortsRow, ports_change, ports_change_preview};
pub use ops::allocations::{
    NamedAllocation, NamedLink, allocation_archive, allocation_by_id, allocation_by_name,
    allocation_create, allocation_links, allocation_list, allocation_named_by, allocation_port_add,
    allocation_port_by_id, allocation_port_end, allocation_update,
};
pub use ops::discovered::discovery_of;
pub use ops::discovery::{
    DiscoveryView, FoundPort, PortLink, ports_meter, ports_take_over, target_discovery,
    target_take_over,
};
pub use ops::draws::draws_now;
pub use ops::evidence::{EvidenceFile, period_evidence};
pub use ops::gauge_days::{
    OpenGaugeDay, ReadyGaugeDay, gauge_day_ready, gauge_day_seal, gauge_days_expire,
    gauge_days_open, gauge_hours_expire,
};
pub use ops::gauge_series::{
    PowerBasis, PowerNow, PowerOf, PowerSeries, gauge_series, power_now, power_series,
};
pub use ops::gauges::{
    GaugeNow, gauge_by_id, gauges_fill, gauges_keep, gauges_now, gauges_of_device, gauges_recent,
};
pub use ops::hints::target_hint;
pub use ops::history::{History, history_fill};
pub use ops::long::{LONG_GRAPH_DAYS, LONGEST_GRAPH_DAYS, LongSeries, is_long, port_hours};
pub use ops::measures::{PollTold, poll_measured, target_poll};
pub use ops::members::{MemberSeries, allocation_members};
pub use ops::neighbours::{NeighbourFound, neighbours_of_device, neighbours_of_port, survey_keep};
pub use ops::packets::{PacketSeries, PortCounters, packets_now, port_counters, port_packets};
pub use ops::periods::{
    PeriodListed, PeriodState, PeriodView, WhatIf, allocation_period, period_at_instant,
    period_close, period_correct, period_list, period_named_by, period_view, periods_due,
};
pub use ops::polled_ports::{PortMemory, WARNING_FELL_BACK, WARNING_FROZEN};
pub use ops::polls::{
    Claimed, KeptPoll, poll_failed, poll_kept, poll_succeeded, targets_claim, targets_due,
    targets_release,
};
pub use ops::port_list::{Owner, PortRow, port_list};
pub use ops::port_neighbours::{PortNeighbours, port_neighbours_of_device, port_neighbours_page};
pub use ops::ports::{
    PortFull, port_by_id, port_by_name, port_expected, port_mark_uplink, port_of_names,
    port_speed_override, ports_of_device,
};
pub use ops::rates::{RateNow, rates_now};
pub use ops::raw::{LONGEST_RAW_MS, port_intervals};
pub use ops::retention::{
    Expired, HeldDays, Place as ExpiryPlace, days_held, hours_expire, readings_expire,
};
pub use ops::rules::{machine_rules, rule_by_id, rule_create, rule_list, rule_update};
pub use ops::seal::{OpenDay, ReadyDay, SETTLED_MS, day_ready, day_seal, days_open};
pub use ops::series::{LONGEST_DAYS, Series, allocation_series, checked_span, port_series};
pub use ops::targets::{
    AUTH as AUTH_PURPOSE, COMMUNITY as COMMUNITY_PURPOSE, NamedTarget, PRIVACY as PRIVACY_PURPOSE,
    TargetAddress, device_of_target, devices_without_target, target_addresses, target_by_id,
    target_create, target_list, target_of_device, target_poll_now, target_update, targets_changed,
    targets_failing, targets_polled,
};
pub use ops::wall::{TalkSpan, Talker, Uplink, wall_talkers, wall_uplink_count, wall_uplinks};
pub use ops::watch::{Judged, Look, Step, watch_do, watch_look};
pub use rows::{
    Allocation, AllocationPort, ClosedPeriod, Discovery, Gauge, Neighbour, PeriodCorrection, Port,
    Target, TargetPoll,
};
