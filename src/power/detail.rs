//! What a step says, kept as a message key with its values so that each reader gets it in their language.

use serde_json::{Value, json};

use crate::base::fault::{Argument, Message};

/// Every message a step may carry; a stored key that is not here is not shown.
const KEYS: &[&str] = &[
    "power-detail-requested",
    "power-detail-needs-approval",
    "power-detail-approved",
    "power-detail-cancelled",
    "power-detail-approval-expired",
    "power-detail-too-old",
    "power-detail-started",
    "power-detail-started-again",
    "power-detail-resumed",
    "power-detail-locked",
    "power-detail-locked-customer",
    "power-detail-no-bmc",
    "power-detail-state-read",
    "power-detail-is-off",
    "power-detail-already-on",
    "power-detail-already-off",
    "power-detail-state-unknown",
    "power-detail-wrong-machine",
    "power-detail-no-guid",
    "power-detail-wrong-serial",
    "power-detail-sending",
    "power-detail-accepted",
    "power-detail-reply-lost",
    "power-detail-bmc-refused",
    "power-detail-bmc-not-reached",
    "power-detail-credentials",
    "power-detail-seen-off",
    "power-detail-observed",
    "power-detail-cycled",
    "power-detail-cycle-not-seen",
    "power-detail-reset-accepted",
    "power-detail-timed-out",
    "power-detail-timed-out-soft",
    "power-detail-timed-out-silent",
    "power-detail-unseen",
    "power-detail-untold",
    "power-detail-nmi-accepted",
    "power-detail-identify-accepted",
    "power-detail-boot-set",
    "power-detail-boot-not-seen",
    "power-detail-bmc-back",
    "power-detail-bmc-answers",
    "power-detail-bmc-away",
    "power-detail-bulk-stopped",
    "power-detail-no-outlets",
    "power-detail-outlet-sending",
    "power-detail-outlets-off",
    "power-detail-outlets-shown",
    "power-detail-outlets-cycled",
    "power-detail-outlets-restored",
    "power-detail-outlets-timed-out",
    "power-detail-outlets-refused",
    "power-detail-outlets-not-reached",
];

/// A step's words: key and values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail(Message);

impl Detail {
    /// A detail without values; the key is one of those listed in this file.
    pub fn new(key: &'static str) -> Self {
        debug_assert!(KEYS.contains(&key), "{key} is not listed");
        Self(Message::new(key))
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<Argument>) -> Self {
        Self(self.0.with(name, value))
    }

    /// Its key.
    pub const fn key(&self) -> &'static str {
        self.0.key
    }

    /// The words as a message.
    pub const fn message(&self) -> &Message {
        &self.0
    }

    /// The same for a customer: why the operator locked a machine is not theirs to read.
    #[must_use]
    pub fn for_customer(&self) -> Self {
        match self.0.key {
            "power-detail-locked" => Self::new("power-detail-locked-customer"),
            _ => self.clone(),
        }
    }

    /// Target, stage, elapsed and attempt of a driver's fault, for those who care for the BMC.
    pub fn technical(&self) -> Option<String> {
        self.0
            .arguments
            .iter()
            .find(|(name, _)| *name == "technical")
            .map(|(_, text)| text.to_string())
    }

    /// A number that it carries.
    pub fn number(&self, name: &str) -> Option<i64> {
        let found = self.0.arguments.iter().find(|(known, _)| *known == name);
        match found {
            Some((_, Argument::Number(number))) => Some(*number),
            _ => None,
        }
    }

    /// A text that it carries.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.arguments.iter().find(|(known, _)| *known == name);
        match found {
            Some((_, Argument::Text(text))) => Some(text),
            _ => None,
        }
    }

    /// As it is stored.
    pub fn to_text(&self) -> String {
        let values: serde_json::Map<String, Value> = self
            .0
            .arguments
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Argument::Text(text) => json!(text),
                    Argument::Number(number) => json!(number),
                };
                ((*name).to_owned(), value)
            })
            .collect();
        json!({"key": self.0.key, "values": values}).to_string()
    }

    /// Reads what [`Detail::to_text`] wrote; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let stored: Value = serde_json::from_str(text).ok()?;
        let key = stored.get("key")?.as_str()?;
        let mut detail = Self(Message::new(KEYS.iter().find(|known| **known == key)?));
        for (name, value) in stored.get("values")?.as_object()? {
            let name = NAMES.iter().find(|known| **known == name)?;
            detail = match value {
                Value::Number(number) => detail.with(name, number.as_i64()?),
                Value::String(text) => detail.with(name, text.as_str()),
                _ => return None,
            };
        }
        Some(detail)
    }
}

/// Every name of a value.
const NAMES: &[&str] = &[
    "name",
    "reason",
    "state",
    "machine",
    "owner",
    "expected",
    "reported",
    "code",
    "technical",
    "seconds",
    "action",
    "boot",
    "outlet",
    "outlets",
    "outlet_id",
    "count",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_detail_is_read_as_it_was_written() {
        let detail = Detail::new("power-detail-timed-out")
            .with("seconds", 60_i64)
            .with("state", "on");
        assert_eq!(Detail::from_text(&detail.to_text()).unwrap(), detail);
        for other in [
            "",
            "{}",
            "plain words",
            r#"{"key":"faults-internal","values":{}}"#,
            r#"{"key":"power-detail-started","values":{"shell":"x"}}"#,
        ] {
            assert_eq!(Detail::from_text(other), None, "{other}");
        }
    }
}
