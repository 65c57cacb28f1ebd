//! Taking the last change of a device back: which change can be, and what the record is then.

use serde_json::Value;

use super::model::DeviceDraft;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;

/// Actions that change fields of a record and nothing else; a move is one of them.
const OF_FIELDS: [&str; 4] = [
    "device.update",
    "device.take_back",
    "device.move",
    "device.move_back",
];
/// Areas whose actions reach a machine.
const OF_HARDWARE: [&str; 3] = ["power.", "bmc.", "console."];

/// Why a change cannot be taken back.
#[derive(Debug, Clone)]
pub enum Why {
    /// It made the record.
    Created,
    /// It took the device out of its place, or back into stock.
    Archived,
    /// It locked or unlocked, which has its own button.
    Locked,
    /// It reached a machine; what is done there is done.
    Hardware,
    /// It was about a port, a part or something else beside the record.
    Elsewhere,
    /// It left every field as it was.
    Nothing,
    /// Something else stands in a field by now.
    Changed {
        /// What the change wrote.
        wrote: String,
        /// What stands there.
        stands: String,
    },
    /// What stood there before is no longer allowed.
    Refused(Box<Fault>),
}

impl From<Why> for Fault {
    fn from(why: Why) -> Self {
        let message = match why {
            Why::Created => Message::new("device-undo-created"),
            Why::Archived => Message::new("device-undo-archived"),
            Why::Locked => Message::new("device-undo-locked"),
            Why::Hardware => Message::new("device-undo-hardware"),
            Why::Elsewhere => Message::new("device-undo-elsewhere"),
            Why::Nothing => Message::new("device-undo-nothing"),
            Why::Changed { wrote, stands } => Message::new("device-undo-changed")
                .with("wrote", shown(wrote))
                .with("stands", shown(stands)),
            Why::Refused(fault) => return *fault,
        };
        Self::conflict(message)
    }
}

fn shown(text: String) -> String {
    if text.is_empty() {
        "–".to_owned()
    } else {
        text
    }
}

/// The record as it was before a change: `action` and `detail` as the audit log has them, `record` as it stands, like
/// [`super::device_fields`] gives it. That the place is still free, and everything else that rules say of a change, is found
/// out when it is written.
pub fn undo_of(action: &str, detail: &str, record: &Fields) -> Result<DeviceDraft, Why> {
    if !OF_FIELDS.contains(&action) {
        return Err(kept(action));
    }
    let detail: Value = serde_json::from_str(detail).map_err(|_| Why::Nothing)?;
    let part = |name: &str| detail.get(name).and_then(Value::as_object);
    let (Some(before), Some(after)) = (part("before"), part("after")) else {
        return Err(Why::Nothing);
    };
    if after.is_empty() {
        return Err(Why::Nothing);
    }
    let mut fields = record.clone();
    for (name, wrote) in after {
        let (wrote, stands) = (text(Some(wrote)), record.get(name));
        if wrote != stands {
            return Err(Why::Changed {
                wrote,
                stands: stands.to_owned(),
            });
        }
        fields.set(name.as_str(), text(before.get(name)));
    }
    DeviceDraft::parse(&fields).map_err(|fault| Why::Refused(Box::new(fault)))
}

fn kept(action: &str) -> Why {
    match action {
        "device.create" => Why::Created,
        "device.archive" | "device.restore" => Why::Archived,
        "device.lock" | "device.unlock" => Why::Locked,
        _ if OF_HARDWARE.iter().any(|area| action.starts_with(*area)) => Why::Hardware,
        _ => Why::Elsewhere,
    }
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The fields of a change, before and after, in the order of their names.
pub(super) fn changed_fields(detail: &str) -> Vec<(String, String, String)> {
    let detail: Value = serde_json::from_str(detail).unwrap_or_default();
    let part = |name: &str| detail.get(name).and_then(Value::as_object);
    let Some(after) = part("after") else {
        return Vec::new();
    };
    let before = |name: &str| part("before").and_then(|before| before.get(name));
    after
        .iter()
        .map(|(name, after)| (name.clone(), text(before(name)), text(Some(after))))
        .collect()
}

#[cfg(test)]
#[path = "undo_tests.rs"]
mod tests;
