//! What is done with targets, ports, readings and allocations.

pub mod allocations;
pub mod history;
pub mod measures;
pub mod polls;
pub mod ports;
pub mod rates;
mod readings;
pub mod series;
pub mod targets;
