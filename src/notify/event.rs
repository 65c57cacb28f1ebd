//! Events: what is wrong with what since when, from whichever room, until it is over.

use serde::{Deserialize, Serialize};

use crate::base::fault::Message;
use crate::base::ids::{CustomerId, DeviceId};

crate::text_enum! {
    /// How bad an event is.
    pub enum Severity {
        /// Someone has to come now.
        Critical = "critical",
        /// Someone has to look today.
        Warning = "warning",
        /// Good to know.
        Notice = "notice",
    }
}

impl Severity {
    /// Whether this is at least as bad as another.
    #[must_use]
    pub const fn reaches(self, least: Self) -> bool {
        self.rank() <= least.rank()
    }

    /// 0 is the worst.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Critical => 0,
            Self::Warning => 1,
            Self::Notice => 2,
        }
    }
}

crate::text_enum! {
    /// Which events are listed.
    pub enum EventScope {
        /// Not over yet.
        Open = "open",
        /// Not over and nobody has taken note.
        Unacked = "unacked",
        /// Over.
        Ended = "ended",
        /// All.
        All = "all",
    }
}

/// A thing that an event is about. Rooms name their own kinds; known kinds have a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Kind of thing: `port`, `target`, `allocation`, `device`, …
    pub kind: &'static str,
    /// Its row.
    pub id: i64,
}

/// What a room says when something begins or still is.
#[derive(Debug, Clone)]
pub struct Raise {
    /// What it is, a word of the room: `port_down`. `event-kind-of` has its words.
    pub kind: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// Name of the thing, as it is now.
    pub label: String,
    /// Whose thing it is.
    pub customer: Option<CustomerId>,
    /// How bad it is.
    pub severity: Severity,
    /// Whether the customer's contacts are told.
    pub tell_customer: bool,
    /// The facts in one sentence.
    pub facts: Message,
}

/// What became of a raised event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    /// It began.
    New,
    /// It is still there.
    Still,
}

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Open, ended, …; open ones unless said otherwise.
    pub scope: Option<EventScope>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only about this device, its target and its ports.
    pub device: Option<DeviceId>,
    /// Only about things whose name contains this.
    pub query: String,
}

/// A step in an event's life that people are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// It began.
    Raised,
    /// Nobody has taken note for a while.
    Escalated,
    /// It is over.
    Ended,
}

impl Transition {
    /// Stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Escalated => "escalated",
            Self::Ended => "ended",
        }
    }
}

/// Address of the page of a thing; `None` for kinds that have none.
#[must_use]
pub fn subject_path(kind: &str, id: i64) -> Option<String> {
    let area = match kind {
        "port" => "ports",
        "target" => "targets",
        "allocation" => "allocations",
        "device" => "devices",
        "sensor" => "sensors",
        "power_schedule" => "power/schedules",
        "door" => "doors",
        _ => return None,
    };
    Some(format!("/{area}/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_reaches_what_is_less() {
        assert!(Severity::Critical.reaches(Severity::Warning));
        assert!(Severity::Warning.reaches(Severity::Warning));
        assert!(!Severity::Notice.reaches(Severity::Warning));
    }
}
