//! Consoles: the serial line of a machine over its BMC, for one who types and any number who look,
//! recorded with who and when.
//!
//! [`Consoles`] is the face for pages and terminals, [`LinePort`] what is needed of a driver.
//! [`Filter`] keeps what a machine shows from steering a terminal, [`Recorder`] keeps what was shown.

mod cast;
mod filter;
mod frame;
mod line;
mod model;
mod note;
pub mod ops;
mod room;
mod rows;
mod service;

pub use cast::{USUAL_SIZE, cast};
pub use filter::Filter;
pub use frame::{Frame, FrameFault, FrameKind, Part, Recorder, frames, unpack};
pub use line::{Line, LineEvent, LineFault, LineFaultKind, LineFuture, LinePort};
pub use model::{ConsoleLimits, EndReason, LONGEST_REASON, Seat, reason};
pub use note::Note;
pub use room::{Place, Room, Taken};
pub use rows::{ConsoleSeat, ConsoleSession};
pub use service::{Attach, Attended, Consoles, Keyboard, LineState, Screen, Seen, Standing, Wish};
