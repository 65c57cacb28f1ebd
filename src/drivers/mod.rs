//! What touches the world: sockets, time-outs, retries, sessions. Drivers never see the database.

pub mod bmc;
pub mod mail;
pub mod snmp;
pub mod webhook;
