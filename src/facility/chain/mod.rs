//! The chain of power: panel, feed, PDU, outlet, supply; what fails with a part of it, how redundant a device is, and
//! what a rack may draw.
//!
//! All of it is made of what people confirmed: an outlet that nobody followed the cable of counts for nothing. Watts
//! are compared with volt-amperes one to one, as if the power factor were 1.

mod budget;
mod failure;
mod model;
mod redundancy;

pub use budget::{Budget, Draw, Pinch, Verdict, budget, planned_on};
pub use failure::{Effect, Outcome, Why, fallen_cords, fallen_pdus, what_fails};
pub use model::{Chain, Cord, FeedNode, Machine, Part, PduNode};
pub use redundancy::{Caveat, Judged, Redundancy, judge};
