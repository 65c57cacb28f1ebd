//! Evidence of a billing period: all that is needed to compute its figure again, without us and without a database.
//!
//! [`document`] is what is frozen of a period, [`tables`] how readings and slots look as files, [`package`] how the
//! files lie in one, and [`verify`] computes the figure again from the readings alone.

pub mod document;
pub mod package;
pub mod tables;
pub mod verify;

use crate::base::fault::Message;

/// Why evidence does not hold, or could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceFault {
    /// Not a file that can be unpacked.
    #[error("not a readable ZIP file: {0}")]
    Package(String),
    /// Larger than any evidence is.
    #[error("{file}: larger than evidence can be")]
    TooLarge {
        /// The file inside, or empty for the whole.
        file: String,
    },
    /// A file that must be there is not.
    #[error("{file}: missing")]
    Missing {
        /// Its name.
        file: String,
    },
    /// A file that the manifest does not name.
    #[error("{file}: not in the manifest")]
    Unlisted {
        /// Its name.
        file: String,
    },
    /// A file is not the one that the manifest names.
    #[error("{file}: SHA-256 is {found}, the manifest says {listed}")]
    Changed {
        /// Its name.
        file: String,
        /// Its hash.
        found: String,
        /// The hash in the manifest.
        listed: String,
    },
    /// A line that means nothing.
    #[error("{file} line {line}: {what}")]
    Line {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// A line that does not follow from the readings.
    #[error("{file} line {line}: is {found:?}, computed {computed:?}")]
    Differs {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What it says.
        found: String,
        /// What the readings say.
        computed: String,
    },
    /// A figure of the document that does not follow from the readings.
    #[error("period.json {field}: is {found}, computed {computed}")]
    Figure {
        /// Its name.
        field: &'static str,
        /// What the document says.
        found: String,
        /// What the readings say.
        computed: String,
    },
    /// Made by rules that this version does not know.
    #[error("{file}: version {version} is not known to this program")]
    Version {
        /// The file.
        file: String,
        /// What it says.
        version: String,
    },
}

impl EvidenceFault {
    /// The same in the words of a person.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Package(what) => Message::new("evidence-no-zip").with("fault", what.as_str()),
            Self::TooLarge { file } => {
                Message::new("evidence-too-large").with("file", file.as_str())
            }
            Self::Missing { file } => Message::new("evidence-missing").with("file", file.as_str()),
            Self::Unlisted { file } => {
                Message::new("evidence-unlisted").with("file", file.as_str())
            }
            Self::Changed {
                file,
                found,
                listed,
            } => Message::new("evidence-changed")
                .with("file", file.as_str())
                .with("found", found.as_str())
                .with("listed", listed.as_str()),
            Self::Line { file, line, what } => Message::new("evidence-line")
                .with("file", file.as_str())
                .with("line", line.to_string())
                .with("fault", what.as_str()),
            Self::Differs {
                file,
                line,
                found,
                computed,
            } => Message::new("evidence-differs")
                .with("file", file.as_str())
                .with("line", line.to_string())
                .with("found", found.as_str())
                .with("computed", computed.as_str()),
            Self::Figure {
                field,
                found,
                computed,
            } => Message::new("evidence-figure")
                .with("field", *field)
                .with("found", found.as_str())
                .with("computed", computed.as_str()),
            Self::Version { file, version } => Message::new("evidence-version")
                .with("file", file.as_str())
                .with("version", version.as_str()),
        }
    }
}

#[cfg(test)]
#[path = "evidence_tests.rs"]
mod tests;
