//! Metering: the life of polls, series within dates, the wall, allocations, CSV, history, the poller on real agents.

mod agents;
mod day;
mod discovery;
mod discovery_pages;
pub mod evidence;
mod gauge_pages;
pub mod gauges;
mod killed;
mod life;
mod packets;
mod periods;
mod reports;
mod retention;
mod sealing;
mod series;
mod traps;
mod wall;
mod web;
pub mod world;
