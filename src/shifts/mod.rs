//! The shift book of a site: what the shift noted, what it hands over, and who took that over.
//!
//! Entries are added and never changed: what is wrong is put right by another entry that names it.

mod model;
mod ops;
mod rows;

pub use model::{NoteDraft, ShiftNoteKind};
pub use ops::{ShiftFilter, shift_note_add, shift_note_by_id, shift_note_list, shift_notes_open};
pub use rows::ShiftNote;
