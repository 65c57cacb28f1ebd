//! What is done with targets, ports, readings and allocations.

pub mod allocations;
mod days;
pub mod evidence;
pub mod history;
pub mod long;
pub mod measures;
pub mod members;
pub mod periods;
pub mod polls;
pub mod ports;
pub mod rates;
mod readings;
pub mod retention;
mod rollups;
pub mod rules;
pub mod seal;
pub mod series;
pub mod targets;
pub mod watch;
