//! Metering: the life of polls, series within dates, the wall, allocations, CSV, history, the poller on real agents.

mod agents;
pub mod evidence;
mod life;
mod periods;
mod series;
mod web;
pub mod world;
