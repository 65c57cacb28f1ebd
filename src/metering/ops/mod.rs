//! What is done with targets, ports, readings and allocations.

pub mod allocations;
pub mod evidence;
pub mod history;
pub mod members;
pub mod periods;
pub mod polls;
pub mod ports;
pub mod rates;
mod readings;
pub mod series;
pub mod targets;
