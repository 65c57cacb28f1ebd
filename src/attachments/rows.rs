//! Attachments as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use super::model::{RemarkDraft, Subject, SubjectKind};
use super::sniff::MediaType;
use crate::base::ids::AttachmentId;
use crate::base::time::Timestamp;
use crate::base::units::Octets;
use crate::store::schema::attachments;

/// A photo or document of a device or a rack.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = attachments)]
pub struct Attachment {
    /// Row id.
    pub id: AttachmentId,
    /// What it belongs to.
    pub subject_kind: SubjectKind,
    /// Row id of what it belongs to.
    pub subject_id: i64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: MediaType,
    /// Its size.
    pub octets: Octets,
    /// SHA-256 of what is kept, as hexadecimal; the name of the file.
    pub sha256: String,
    /// What it shows.
    pub note: String,
    /// Whether the owner of the device sees it.
    pub customer_visible: bool,
    /// Who added it.
    pub added_by_name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Why it was archived.
    pub archive_reason: String,
    /// Version for edits.
    pub version: i64,
}

impl Attachment {
    /// What it belongs to.
    pub const fn subject(&self) -> Subject {
        Subject::of(self.subject_kind, self.subject_id)
    }
}

impl From<&Attachment> for RemarkDraft {
    fn from(there: &Attachment) -> Self {
        Self {
            name: there.name.clone(),
            note: there.note.clone(),
            customer_visible: there.customer_visible,
        }
    }
}
