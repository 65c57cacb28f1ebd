//! Photos and documents of devices and racks: what they are, who may see them, and the folder that holds them.
//!
//! A row says what a file is and what it belongs to; its octets lie beside the database under their SHA-256.

mod jpeg;
mod model;
mod ops;
mod rows;
mod shelf;
mod sniff;

pub use jpeg::without_position;
pub use model::{
    AttachmentDraft, MOST_ATTACHMENTS, RemarkDraft, Subject, SubjectKind, clean_name, reason_of,
    remark_fields,
};
pub use ops::{
    attachment_add, attachment_archive, attachment_by_id, attachment_for_edit, attachment_list,
    attachment_marks_withdraw, attachment_room, attachment_sums, attachment_update, folder_mark,
};
pub use rows::Attachment;
pub use shelf::{Holder, Shelf, Stored};
pub use sniff::{MOST_OCTETS, MediaType, sniff};
