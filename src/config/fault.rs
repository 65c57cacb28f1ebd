//! What is wrong with a configuration, and where it was written.

use std::fmt;
use std::path::PathBuf;

use super::key::Kind;
use super::sources::key_of;
use crate::base::fault::Message;

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// Nowhere: it is the built-in value.
    #[default]
    BuiltIn,
    /// In a file.
    File(PathBuf),
    /// In an environment variable.
    Variable(String),
    /// On the command line.
    Flag(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("coldaisle"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// One wrong value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where it was given.
    pub place: Place,
    /// `section.key`, or empty when a file as a whole is at fault.
    pub key: String,
    /// The value as given; `None` for secrets and when there is none.
    pub value: Option<String>,
    /// What is wrong, or what is allowed.
    pub message: Message,
}

impl ConfigFault {
    /// Place, key and value without the words of the message: `file: section.key = value`.
    pub fn subject(&self) -> String {
        let mut text = self.place.to_string();
        if !self.key.is_empty() {
            text.push_str(": ");
            text.push_str(&self.key);
        }
        if let Some(value) = &self.value {
            text.push_str(" = ");
            text.push_str(value);
        }
        text
    }
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}: {}", fault.subject(), fault.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFaults {}

/// What a section's own check finds; places are added where the sources are known.
#[derive(Debug, Default)]
pub struct Findings(pub(super) Vec<(&'static str, Option<String>, Message)>);

impl Findings {
    /// A wrong value at a key.
    pub fn wrong(&mut self, key: &'static str, value: impl fmt::Display, message: Message) {
        let shown = key_of(key).is_some_and(|key| key.kind != Kind::Secret);
        self.0
            .push((key, shown.then(|| value.to_string()), message));
    }

    /// A key without the value it needs.
    pub fn missing(&mut self, key: &'static str, message: Message) {
        self.0.push((key, None, message));
    }
}
