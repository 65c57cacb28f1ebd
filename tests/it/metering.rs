//! Metering: the life of polls, series within dates, the wall, allocations, CSV, history, the poller on real agents.

mod life;
mod series;
mod world;
