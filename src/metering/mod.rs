//! Metering: from a counter on a switch to a figure on a bill.
//!
//! The rules are pure functions: [`counter`] turns readings into intervals, [`slot`] intervals into
//! 300 s slots, [`percentile`] slots into the billed figure, [`series`] slots into a graph,
//! [`period`] names the time a figure is for and [`packed`] is how one poll is kept.

pub mod counter;
pub mod packed;
pub mod percentile;
pub mod period;
pub mod series;
pub mod slot;
