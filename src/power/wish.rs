//! A wish to do something with a machine, as it was typed or sent, checked for its form only.

use super::model::{Action, Path};
use super::setting::Setting;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::text;

/// A wish, checked for its form only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What is wanted.
    pub action: Action,
    /// What the action was told beside its name.
    pub setting: Setting,
    /// By the BMC, or by the outlets of the PDUs.
    pub path: Path,
    /// Why, in the person's words.
    pub reason: String,
    /// The person knows that someone works at the rack.
    pub acknowledge_presence: bool,
    /// The person acts although nobody knows the state.
    pub confirm_unknown_state: bool,
    /// The same key by the same user is the same intent.
    pub key: Option<String>,
}

/// Longest reason, letters.
const REASON_LETTERS: usize = 500;
/// Longest idempotency key, letters.
const KEY_LETTERS: usize = 128;

impl Wish {
    /// An action by the BMC, without a word more.
    pub const fn of(action: Action) -> Self {
        Self {
            action,
            setting: Setting::None,
            path: Path::Bmc,
            reason: String::new(),
            acknowledge_presence: false,
            confirm_unknown_state: false,
            key: None,
        }
    }

    /// Checks what was typed or sent.
    pub fn parse(fields: &Fields, key: Option<&str>) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let action = Action::from_word(fields.get("action").trim());
        if action.is_none() {
            faults.add(
                "action",
                Message::new("fault-choice").with("allowed", Action::words()),
            );
        }
        let path = faults.keep(path(fields.get("path")));
        let reason = faults.keep(text::line("reason", fields.get("reason"), REASON_LETTERS));
        let key = faults.keep(key.map(idempotency_key).transpose());
        let setting = match action {
            Some(action) => faults.keep(Setting::parse(action, fields)),
            None => None,
        };
        let wish = (|| {
            Some(Self {
                action: action?,
                setting: setting?,
                path: path?,
                reason: reason?,
                acknowledge_presence: fields.yes("acknowledge_presence"),
                confirm_unknown_state: fields.yes("confirm_unknown_state"),
                key: key?,
            })
        })();
        faults.into_result(wish)
    }
}

fn path(raw: &str) -> Result<Path, FieldFault> {
    match raw.trim() {
        "" => Ok(Path::Bmc),
        word => Path::from_word(word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", Path::words());
            FieldFault::new("path", message)
        }),
    }
}

fn idempotency_key(raw: &str) -> Result<String, FieldFault> {
    let key = raw.trim();
    if key.is_empty() || key.len() > KEY_LETTERS || !key.chars().all(|c| c.is_ascii_graphic()) {
        let message = Message::new("power-fault-key").with("max", KEY_LETTERS);
        return Err(FieldFault::new("idempotency_key", message));
    }
    Ok(key.to_owned())
}
