//! Simulated hardware that speaks the real protocols on loopback, for the demonstration and for load.

pub mod bmc;
pub mod redfish;
pub mod switch;
