//! A message as a row keeps it: whoever reads it later reads it in their own language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fault::{Argument, Fault, Message};

/// Longest technical words that are kept.
const TECHNICAL_LETTERS: usize = 500;

/// Key and values of a message, and technical words that have no translation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMessage {
    /// Key of the Fluent message; may be one that a newer program no longer knows.
    pub key: String,
    /// Values by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, Argument>,
    /// What a device, a server or a library said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub technical: String,
}

impl KeptMessage {
    /// The same with technical words, cut to 500 letters.
    #[must_use]
    pub fn saying(mut self, technical: &str) -> Self {
        self.technical = technical.chars().take(TECHNICAL_LETTERS).collect();
        self
    }

    /// As text for a row.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From the text of a row; `None` for anything else.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl From<&Message> for KeptMessage {
    fn from(message: &Message) -> Self {
        let arguments = message.arguments.iter();
        Self {
            key: message.key.to_owned(),
            arguments: arguments
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            technical: String::new(),
        }
    }
}

impl From<&Fault> for KeptMessage {
    fn from(fault: &Fault) -> Self {
        Self::from(&fault.message).saying(&fault.detail)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let message = Message::new("tasks-said-mailer")
            .with("sent", 2_i64)
            .with("name", "a \"b\"");
        let kept = KeptMessage::from(&message).saying(&"é".repeat(600));
        assert_eq!(kept.technical.chars().count(), TECHNICAL_LETTERS);
        assert_eq!(KeptMessage::from_text(&kept.to_text()).unwrap(), kept);
        for other in ["", "2 sent, 1 put back", "{\"arguments\":{}}", "[1]"] {
            assert_eq!(KeptMessage::from_text(other), None, "{other}");
        }
    }
}
