//! Gauges: power, current, temperature and what else hardware measures, whoever reads it.
//!
//! One reading of a device is one row ([`packed`]); a finished day is one [`block`] per gauge and the times once, and
//! its [`hours`] draw long graphs. [`course`] puts readings into 300 s slots and adds gauges up. What is not there is
//! missing: nothing is carried on, nothing counts as 0.

pub mod block;
pub mod course;
pub mod hours;
pub mod packed;
