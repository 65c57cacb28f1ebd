//! The keys of the configuration: what each one takes, for reading, for errors and for the sample file.

use crate::base::fault::Message;

/// One key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// `section.key`.
    pub path: &'static str,
    /// What it takes.
    pub kind: Kind,
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text that is never shown.
    Secret,
    /// A whole number from `least` to `most`.
    Whole {
        /// Smallest number allowed.
        least: i64,
        /// Largest number allowed.
        most: i64,
    },
    /// `true` or `false`.
    Switch,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// Several texts.
    List,
}

impl Key {
    /// A key that takes any text.
    pub const fn text(path: &'static str) -> Self {
        Self::new(path, Kind::Text)
    }

    /// A key that takes a whole number.
    pub const fn whole(path: &'static str, least: i64, most: i64) -> Self {
        Self::new(path, Kind::Whole { least, most })
    }

    /// A key of any kind.
    pub const fn new(path: &'static str, kind: Kind) -> Self {
        Self { path, kind }
    }
}

impl Kind {
    /// What is allowed, in words.
    pub fn allowed(self) -> Message {
        match self {
            Self::Text | Self::Secret => Message::new("config-allowed-text"),
            Self::Whole { least, most } => Message::new("config-allowed-whole")
                .with("least", least)
                .with("most", most),
            Self::Switch => Message::new("config-allowed-word").with("allowed", "true, false"),
            Self::Word(words) => {
                Message::new("config-allowed-word").with("allowed", words.join(", "))
            }
            Self::List => Message::new("config-allowed-list"),
        }
    }
}
