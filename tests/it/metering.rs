//! Metering: the life of polls, series within dates, the wall, allocations, CSV, history, the poller on real agents.

mod agents;
mod life;
mod series;
mod web;
pub mod world;
