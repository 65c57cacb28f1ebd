//! Words and limits of consoles.

use crate::base::fault::Fault;
use crate::base::text;

crate::text_enum! {
    /// Why a console came to its end.
    pub enum EndReason {
        /// The last person left.
        Left = "left",
        /// Nobody typed for too long.
        Idle = "idle",
        /// Someone's right ended, and with them the last person was gone.
        Right = "right",
        /// The program was stopped.
        Stopped = "stopped",
        /// The program ended without a word; found later.
        Died = "died",
        /// The BMC can't do it, or the recording could not be written.
        Failed = "failed",
    }
}

/// What someone wants at a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// To type, when nobody else does.
    Write,
    /// Only to look.
    Watch,
}

/// What the operator set for consoles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleLimits {
    /// A console ends when nobody typed for this long, milliseconds.
    pub idle_ms: i64,
    /// Largest recording of one console, octets before compression.
    pub recording_octets: u64,
}

impl Default for ConsoleLimits {
    fn default() -> Self {
        Self {
            idle_ms: 3_600_000,
            recording_octets: 32 * 1024 * 1024,
        }
    }
}

/// Longest reason, characters.
pub const LONGEST_REASON: usize = 200;

/// A reason as typed, checked: one line of at most [`LONGEST_REASON`] characters.
pub fn reason(text: &str) -> Result<String, Fault> {
    text::line("reason", text, LONGEST_REASON).map_err(|fault| Fault::invalid(vec![fault]))
}
