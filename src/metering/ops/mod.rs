//! What is done with targets, ports, readings and allocations.

pub mod allocations;
mod days;
pub mod discovered;
pub mod discovery;
pub mod evidence;
pub mod gauge_days;
pub mod gauge_series;
pub mod gauges;
pub mod hints;
pub mod history;
pub mod long;
pub mod measures;
pub mod members;
pub mod neighbours;
pub mod packets;
pub mod periods;
pub mod polls;
pub mod ports;
pub mod rates;
mod readings;
pub mod retention;
mod rollups;
pub mod seal;
pub mod series;
mod speeds;
pub mod targets;
pub mod wall;
