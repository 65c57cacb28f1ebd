//! Reading switches over SNMP v2c and v3 (RFC 3416, RFC 3414): one [`SnmpHub`] per process, one
//! [`SnmpHub::poll`] per device and time.
//!
//! A value a device did not give is missing, with the reason, and never 0. Every call ends within
//! its deadline. Nothing is kept between polls but prepared keys and the clocks of v3 engines.

mod asker;
mod column;
mod error;
mod hub;
mod poll;
mod report;
mod resolve;
mod target;
mod text;
mod value;
mod walk;

pub use column::Column;
pub use error::{NotUnderstood, Refusal, SnmpError, SnmpErrorKind, Stage};
pub use hub::{HubStats, SnmpHub};
pub use report::{
    AdminStatus, CounterWidth, Missing, MissingReason, OperStatus, PacketCounters, PollReport,
    PortReading, System, Warning,
};
pub use resolve::resolve;
pub use target::{
    AuthProtocol, Credentials, PollOptions, PollPlan, PrivProtocol, SnmpTarget, UnknownProtocol,
};
