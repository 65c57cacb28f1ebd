//! Metering: the life of polls, series within dates, the wall, allocations, CSV, history, the poller on real agents.

mod agents;
mod discovery;
mod discovery_pages;
pub mod evidence;
mod killed;
mod life;
mod periods;
mod sealing;
mod series;
mod traps;
mod web;
pub mod world;
