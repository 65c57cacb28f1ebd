//! What the program says between what a machine shows: a message key with its values, so that
//! each reader and each replay has it in the reader's language.

use serde_json::{Value, json};

use crate::base::fault::{Argument, Message};

/// Every note there is; a recorded key that is not here is not shown.
const KEYS: &[&str] = &[
    "console-note-connected",
    "console-note-lost",
    "console-note-again",
    "console-note-in-use",
    "console-note-evicting",
    "console-note-disabled",
    "console-note-refused",
    "console-note-unsupported",
    "console-note-credential",
    "console-note-unavailable",
    "console-note-overrun",
    "console-note-break-sent",
    "console-note-break-seen",
    "console-note-joined",
    "console-note-left",
    "console-note-writes",
    "console-note-taken",
    "console-note-not-sent",
    "console-note-full",
    "console-note-needs-v20",
];

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(Message);

impl Note {
    /// A note without values; the key is one of those listed in this file.
    pub fn new(key: &'static str) -> Self {
        debug_assert!(KEYS.contains(&key), "{key} is not listed");
        Self(Message::new(key))
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<Argument>) -> Self {
        Self(self.0.with(name, value))
    }

    /// The message.
    pub const fn message(&self) -> &Message {
        &self.0
    }

    /// As it is kept in a recording.
    pub fn to_text(&self) -> String {
        let values: serde_json::Map<String, Value> = self
            .0
            .arguments
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        json!({"key": self.0.key, "values": values}).to_string()
    }

    /// Reads it back; `None` for what this program never wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        const NAMES: &[&str] = &["who", "from", "count", "fault"];
        let value: Value = serde_json::from_str(text).ok()?;
        let key = value.get("key")?.as_str()?;
        let key = KEYS.iter().find(|known| **known == key)?;
        let mut message = Message::new(key);
        for (name, argument) in value.get("values")?.as_object()? {
            let name = NAMES.iter().find(|known| *known == name)?;
            let argument: Argument = serde_json::from_value(argument.clone()).ok()?;
            message = message.with(name, argument);
        }
        Some(Self(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_kept_with_its_values_and_only_known_ones_come_back() {
        let note = Note::new("console-note-taken")
            .with("who", "li")
            .with("from", "wang");
        assert_eq!(Note::from_text(&note.to_text()), Some(note));
        let count = Note::new("console-note-not-sent").with("count", 3_i64);
        assert_eq!(Note::from_text(&count.to_text()), Some(count));
        for text in [
            "",
            "{}",
            r#"{"key":"nav-logout","values":{}}"#,
            r#"{"key":"console-note-left","values":{"x":1}}"#,
        ] {
            assert_eq!(Note::from_text(text), None, "{text}");
        }
    }
}
