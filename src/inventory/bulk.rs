//! Changing several devices alike: what is wanted, and what it makes of each record.

use super::model::{DeviceStatus, date};
use crate::base::alike::{AlikeDraft, AlikeField, AlikeId, Difference, Said, SeenRecord, appended};
use crate::base::fault::{FieldFault, Message};
use crate::base::ids::DeviceId;
use crate::base::number::{required_whole, whole};
use crate::base::text;

pub use crate::base::alike::MOST_CHANGED;

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
pub type SeenDevice = SeenRecord<DeviceId>;
/// One field of a device, before and after.
pub type FieldChange = Difference<BulkField>;
/// What several devices shall get.
pub type BulkDraft = AlikeDraft<BulkField>;

impl AlikeId for DeviceId {
    const SAID: &'static Said = &Said {
        folder: "devices",
        seen: "devices-bulk-seen",
        none: "devices-bulk-none",
        many: "devices-bulk-many",
        no_field: "devices-bulk-no-field",
        refused: "devices-bulk-refused",
    };
}

impl AlikeField for BulkField {
    type Id = DeviceId;

    fn read(word: &str) -> Option<Self> {
        Self::from_word(word)
    }

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn names() -> String {
        Self::words()
    }

    fn value(self, raw: &str) -> Result<String, FieldFault> {
        value(self, raw)
    }

    fn after(self, before: &str, wanted: &str) -> String {
        match self {
            Self::Note => appended(before, wanted),
            _ => wanted.to_owned(),
        }
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

#[cfg(test)]
#[path = "bulk_tests.rs"]
mod tests;
