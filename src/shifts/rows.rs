//! Entries of shift books as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use super::model::ShiftNoteKind;
use crate::base::ids::{ShiftNoteId, SiteId};
use crate::base::time::Timestamp;
use crate::store::schema::shift_notes;

/// An entry of a shift book.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = shift_notes)]
pub struct ShiftNote {
    /// Row id.
    pub id: ShiftNoteId,
    /// The site whose book it is.
    pub site_id: SiteId,
    /// When it was written.
    pub at: Timestamp,
    /// What it is.
    pub kind: ShiftNoteKind,
    /// The entry that it concerns.
    pub refers_to_id: Option<ShiftNoteId>,
    /// What it says.
    pub body: String,
    /// Who wrote it.
    pub author_name: String,
}
