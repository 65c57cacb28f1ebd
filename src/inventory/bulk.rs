//! Changing several devices alike: what is wanted, and what it makes of each record.

use std::collections::BTreeSet;

use super::model::{DeviceStatus, date};
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::base::number::{required_whole, whole};
use crate::base::text;

/// Devices that can be changed at once.
pub const MOST_CHANGED: usize = 500;
/// Letters of a reason.
const REASON: usize = 200;
/// Letters of a note that is added.
const NOTE: usize = 4000;

crate::text_enum! {
    /// A field that several devices can get alike.
    pub enum BulkField {
        /// Where they are in their life.
        Status = "status",
        /// Their owner.
        Customer = "customer_id",
        /// Their type.
        DeviceType = "device_type_id",
        /// Last day of the warranty.
        WarrantyUntil = "warranty_until",
        /// Whether a power action needs a second person.
        Protected = "protected",
        /// Whether nobody may act on their power.
        Locked = "locked",
        /// A line that is added to the note.
        Note = "note",
    }
}

/// A device as somebody saw it who wants it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenDevice {
    /// The device.
    pub id: DeviceId,
    /// Version of its record.
    pub version: i64,
}

impl SeenDevice {
    /// Reads [`SeenDevice::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        let (id, version) = text.trim().split_once('-')?;
        Some(Self {
            id: DeviceId::new(id.parse().ok()?),
            version: version.parse().ok()?,
        })
    }

    /// As forms and programs send it back: `12-3` is device 12 in version 3.
    pub fn to_text(self) -> String {
        format!("{}-{}", self.id, self.version)
    }

    /// Reads several, each once and at most [`MOST_CHANGED`]; `field` is what they are called where they were sent.
    pub fn all<'a>(
        field: &'static str,
        texts: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<Self>, Fault> {
        let mut known = BTreeSet::new();
        let mut seen = Vec::new();
        for text in texts {
            let one = Self::from_text(text).ok_or_else(|| {
                let message = Message::new("devices-bulk-seen").with("given", text);
                Fault::field(field, message)
            })?;
            if known.insert(one.id) {
                seen.push(one);
            }
        }
        if seen.is_empty() {
            return Err(Fault::field(field, Message::new("devices-bulk-none")));
        }
        if seen.len() > MOST_CHANGED {
            let message = Message::new("devices-bulk-many").with("most", MOST_CHANGED);
            return Err(Fault::field(field, message));
        }
        Ok(seen)
    }
}

/// One field of a record, before and after, as a form has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: BulkField,
    /// What stands there.
    pub before: String,
    /// What shall stand there.
    pub after: String,
}

/// What several devices shall get, as typed, checked as far as it goes without the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkDraft {
    wanted: Vec<(BulkField, String)>,
    reason: String,
}

impl BulkDraft {
    /// Checks what was typed, all faults at once: `set` names the fields to change, each has its value under its own name;
    /// `reason` may still be missing when nothing is written.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let mut named = BTreeSet::new();
        for word in fields.all("set") {
            match BulkField::from_word(word.trim()) {
                Some(field) => {
                    named.insert(field);
                }
                None => {
                    let message = Message::new("fault-choice").with("allowed", BulkField::words());
                    faults.add("set", message);
                }
            }
        }
        if !fields.has("set") {
            faults.add("set", Message::new("devices-bulk-no-field"));
        }
        let mut wanted = Vec::with_capacity(named.len());
        for field in named {
            if let Some(text) = faults.keep(value(field, fields.get(field.as_str()))) {
                wanted.push((field, text));
            }
        }
        let reason = faults.keep(text::line("reason", fields.get("reason"), REASON));
        faults.into_result(reason.map(|reason| Self { wanted, reason }))
    }

    /// Why it is done; a fault where nobody said.
    pub fn reason(&self) -> Result<&str, Fault> {
        if self.reason.is_empty() {
            return Err(Fault::field("reason", Message::new("fault-required")));
        }
        Ok(&self.reason)
    }

    /// Why it is done; empty where nobody said.
    pub(super) fn reason_text(&self) -> &str {
        &self.reason
    }

    /// A record with what is wanted in it.
    pub(super) fn after(&self, record: &Fields) -> Fields {
        let mut after = record.clone();
        for (field, text) in &self.wanted {
            let name = field.as_str();
            let text = match field {
                BulkField::Note => appended(record.get(name), text),
                _ => text.clone(),
            };
            after.set(name, text);
        }
        after
    }

    /// What becomes different in a record.
    pub(super) fn changes(&self, record: &Fields) -> Vec<FieldChange> {
        let after = self.after(record);
        let changes = self.wanted.iter().map(|(field, _)| FieldChange {
            field: *field,
            before: record.get(field.as_str()).to_owned(),
            after: after.get(field.as_str()).to_owned(),
        });
        changes
            .filter(|change| change.before != change.after)
            .collect()
    }
}

fn value(field: BulkField, raw: &str) -> Result<String, FieldFault> {
    let name = field.as_str();
    match field {
        BulkField::Status => DeviceStatus::from_word(raw.trim())
            .map(|status| status.to_string())
            .ok_or_else(|| {
                let message = Message::new("fault-choice").with("allowed", DeviceStatus::words());
                FieldFault::new(name, message)
            }),
        BulkField::Customer => {
            let id = whole(name, raw, 1, i64::MAX)?;
            Ok(id.map_or_else(String::new, |id| id.to_string()))
        }
        BulkField::DeviceType => Ok(required_whole(name, raw, 1, i64::MAX)?.to_string()),
        BulkField::WarrantyUntil => Ok(date(name, raw)?.unwrap_or_default()),
        BulkField::Protected | BulkField::Locked => match raw.trim() {
            "yes" | "true" => Ok("yes".to_owned()),
            "no" | "false" => Ok("no".to_owned()),
            _ => {
                let message = Message::new("fault-choice").with("allowed", "yes, no");
                Err(FieldFault::new(name, message))
            }
        },
        BulkField::Note => {
            let note = text::paragraph(name, raw, NOTE)?;
            if note.is_empty() {
                return Err(FieldFault::new(name, Message::new("fault-required")));
            }
            Ok(note)
        }
    }
}

fn appended(note: &str, more: &str) -> String {
    if note.trim().is_empty() {
        return more.to_owned();
    }
    format!("{note}\n{more}")
}

#[cfg(test)]
#[path = "bulk_tests.rs"]
mod tests;
