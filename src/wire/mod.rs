//! Pure codecs on byte slices: no sockets, no clock.

pub mod ipmi;
pub mod rmcp;
pub mod snmp;
