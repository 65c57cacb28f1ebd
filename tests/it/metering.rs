//! Metering: the life of polls, series within dates, the wall, allocations, CSV, history, the poller on real agents.

mod agents;
pub mod evidence;
mod gauge_pages;
pub mod gauges;
mod killed;
mod life;
mod periods;
mod sealing;
mod series;
mod web;
pub mod world;
