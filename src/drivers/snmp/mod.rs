//! Reading switches over SNMP v2c and v3 (RFC 3416, RFC 3414): one [`SnmpHub`] per process, one
//! [`SnmpHub::poll`] per device and time.
//!
//! A value a device did not give is missing, with the reason, and never 0. Every call ends within
//! its deadline. What is kept between polls: prepared keys, the clocks of v3 engines, and the
//! ifIndexes and names of a device's ports, so that the next poll asks for just these rows. Each
//! row's name comes with its counters; when one differs, uptime went back or the number of
//! interfaces changed, whole columns are read at once, in the same poll. A PDU of a known family is
//! read in what is left of its poll's time, after the counters.

mod asker;
mod column;
mod counted;
mod datagrams;
mod entity;
mod error;
mod hub;
mod known;
mod lldp;
mod lldp_id;
mod lldp_place;
mod outlets;
mod pdu;
mod poll;
mod report;
mod resolve;
mod rows_again;
mod rows_at_once;
mod said;
mod side_table;
mod span_run;
mod survey;
mod table;
mod target;
mod text;
mod traps;
mod value;
mod walk;

pub use column::Column;
pub use entity::Chassis;
pub use error::{NotUnderstood, Refusal, SnmpError, SnmpErrorKind, Stage};
pub use hub::{HubStats, SnmpHub};
pub use lldp::{LldpNeighbour, Neighbours};
pub use lldp_id::{IdKind, LldpId};
pub use outlets::{OUTLET_ANSWER_WITHIN, OutletError, OutletOf};
pub use pdu::{
    Control, Family, FamilyError, PduReport, PduTrouble, family_named, family_of, pdu_families,
};
pub use report::{
    AdminStatus, CounterWidth, Extent, Missing, MissingReason, OperStatus, PacketCounters,
    PollReport, PortReading, System, Warning,
};
pub use resolve::resolve;
pub use side_table::SideFault;
pub use survey::Survey;
pub use target::{
    AuthProtocol, Credentials, PollOptions, PollPlan, PrivProtocol, SnmpTarget, UnknownProtocol,
};
pub use traps::{Trap, TrapCounts, TrapError, TrapListener, TrapSource};
