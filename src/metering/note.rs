//! What an operator should know of a device that answers, and how its polls went.

use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// A kind of note.
    pub enum NoteWord {
        /// Counters stand still on a port that is up.
        Frozen = "frozen",
        /// The chosen name of ports is empty or not unique: they are known by another.
        FellBack = "fell_back",
        /// Ports have no ifName.
        NoName = "no_name",
        /// Several ports have one ifName.
        DuplicateName = "duplicate_name",
        /// A value of the wrong type.
        WrongType = "wrong_type",
        /// Rows that are not named by an ifIndex.
        OddIndex = "odd_index",
        /// Ports have 32-bit counters only.
        NarrowCounters = "narrow_counters",
        /// The device answers few rows at a time.
        FewerRows = "fewer_rows",
        /// The device does not tell its uptime.
        NoUptime = "no_uptime",
    }
}

crate::text_enum! {
    /// How a device was read.
    pub enum PollExtent {
        /// Columns from beginning to end.
        WholeTable = "whole_table",
        /// The rows of the last poll, by their ifIndexes.
        KnownRows = "known_rows",
    }
}

impl NoteWord {
    /// Whether it is found only where everything is read, and stands until then.
    pub const fn lasts(self) -> bool {
        matches!(self, Self::Frozen | Self::OddIndex | Self::FellBack)
    }

    /// Whether somebody should do something about it.
    pub const fn is_trouble(self) -> bool {
        !matches!(
            self,
            Self::NoUptime | Self::NarrowCounters | Self::FewerRows
        )
    }
}

/// Something to know of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What.
    pub word: NoteWord,
    /// Of what: a port or a column, or empty.
    pub subject: String,
    /// How many.
    pub count: i64,
    /// Out of how many.
    pub of: i64,
}

impl Note {
    /// A note about nothing in particular.
    pub const fn new(word: NoteWord) -> Self {
        Self {
            word,
            subject: String::new(),
            count: 0,
            of: 0,
        }
    }

    /// About a port or column.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// About so many.
    #[must_use]
    pub fn counted(mut self, count: usize, of: usize) -> Self {
        self.count = i64::try_from(count).unwrap_or(i64::MAX);
        self.of = i64::try_from(of).unwrap_or(i64::MAX);
        self
    }
}

/// How one good poll went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// Milliseconds it began after its beat.
    pub lag_ms: i64,
    /// Milliseconds it took.
    pub duration_ms: i64,
    /// Questions, repeated ones included.
    pub requests: i64,
    /// Questions without an answer in time.
    pub timeouts: i64,
    /// Values.
    pub varbinds: i64,
    /// Packets, both ways.
    pub packets: i64,
    /// Octets of the Ethernet frames, both ways.
    pub octets: i64,
    /// How it was read.
    pub extent: PollExtent,
    /// Whether names were read, and with them everything else.
    pub with_names: bool,
    /// What the device showed.
    pub notes: Vec<Note>,
}
