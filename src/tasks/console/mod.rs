//! Consoles that are open now: a room each, with its serial line, its people and its recorder.

mod ground;
mod hub;
mod input;
mod keeper;
mod order;
mod phase;
mod port;
mod room;
mod scribe;
mod seat;

pub use hub::ConsoleHub;
pub use keeper::ConsoleKeeper;
pub use port::BmcLines;
