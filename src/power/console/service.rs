//! The face of consoles: sitting down at one, looking, typing. Pages and terminals use it.

use std::sync::Arc;

use super::line::LineFuture;
use super::model::{EndReason, Seat};
use super::note::Note;
use crate::base::fault::Fault;
use crate::base::ids::{ConsoleId, DeviceId};
use crate::base::time::Timestamp;
use crate::identity::Actor;

/// Who wants to sit down where.
#[derive(Debug, Clone)]
pub struct Attach {
    /// The person.
    pub actor: Actor,
    /// The machine.
    pub device: DeviceId,
    /// To type or to look.
    pub seat: Seat,
    /// Why, in the person's words; kept when this opens the console.
    pub reason: String,
}

/// Whether the serial line is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineState {
    /// Being opened.
    Connecting,
    /// Open.
    Open,
    /// Lost; opened again soon.
    Waiting,
    /// Another session of the BMC has it.
    InUse,
    /// It can't be opened; somebody has to change something.
    Refused,
}

impl LineState {
    /// Stable word for scripts and styles.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::InUse => "in_use",
            Self::Refused => "refused",
        }
    }
}

/// How things stand at a console, for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The line.
    pub line: LineState,
    /// Who types.
    pub writer: Option<String>,
    /// Whether that is this person.
    pub is_writer: bool,
    /// How many are here.
    pub people: usize,
    /// Characters typed that the BMC has not taken yet.
    pub waiting: usize,
}

/// What a person gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Output of the machine, harmless for a terminal.
    Octets(Arc<[u8]>),
    /// A note of ours.
    Note(Timestamp, Note),
    /// How things stand; sent when that changes.
    Standing(Standing),
    /// The console is over for everyone.
    Ended(EndReason),
}

/// What a person wishes besides typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Send a break.
    Break,
    /// Type instead of whoever does.
    TakeOver,
    /// Throw out the other session that has the BMC's line.
    Evict,
    /// Open a line that is not there again, now.
    Reopen,
    /// Not the person's own wish: their right ended.
    Expelled,
    /// Note the size of the person's window: columns and rows.
    Size(u16, u16),
}

/// What a person sees; dropped, the person leaves.
pub trait Screen: Send {
    /// The next thing to see; none when the console is over or this person was too slow.
    fn next(&mut self) -> LineFuture<'_, Option<Seen>>;
}

/// What a person types with.
pub trait Keyboard: Send + Sync {
    /// Types; waits while there is no room, so that nothing is dropped. False when the console
    /// is over. What someone types who is not the writer goes nowhere.
    fn typed(&self, octets: Vec<u8>) -> LineFuture<'_, bool>;
    /// Wishes; false when the console is over.
    fn wish(&self, wish: Wish) -> LineFuture<'_, bool>;
}

/// A person at a console.
pub struct Attended {
    /// The session that is recorded.
    pub console: ConsoleId,
    /// What the person sees.
    pub screen: Box<dyn Screen>,
    /// What the person types with.
    pub keyboard: Arc<dyn Keyboard>,
}

/// All consoles of a process.
pub trait Consoles: Send + Sync {
    /// Sits down at a console; opens it when nobody is there.
    ///
    /// The future fails for want of rights, machine or BMC, and while the program stops.
    fn attach(&self, asked: Attach) -> LineFuture<'_, Result<Attended, Fault>>;
}
