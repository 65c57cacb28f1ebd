//! What an attachment belongs to, what it is called, and what must hold before it is taken.

use super::jpeg::without_position;
use super::sniff::{MediaType, sniff};
use crate::base::fault::{Fault, Faults, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, RackId};
use crate::base::text;
use crate::base::units::Octets;

crate::text_enum! {
    /// What attachments belong to.
    pub enum SubjectKind {
        /// A device.
        Device = "device",
        /// A rack.
        Rack = "rack",
    }
}

/// What an attachment belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A device.
    Device(DeviceId),
    /// A rack.
    Rack(RackId),
}

impl Subject {
    /// Which kind it is.
    pub const fn kind(self) -> SubjectKind {
        match self {
            Self::Device(_) => SubjectKind::Device,
            Self::Rack(_) => SubjectKind::Rack,
        }
    }

    /// Its row id.
    pub const fn id(self) -> i64 {
        match self {
            Self::Device(id) => id.get(),
            Self::Rack(id) => id.get(),
        }
    }

    /// The subject of a row.
    pub const fn of(kind: SubjectKind, id: i64) -> Self {
        match kind {
            SubjectKind::Device => Self::Device(DeviceId::new(id)),
            SubjectKind::Rack => Self::Rack(RackId::new(id)),
        }
    }

    /// The address of its page.
    pub fn path(self) -> String {
        match self {
            Self::Device(id) => format!("/devices/{id}"),
            Self::Rack(id) => format!("/racks/{id}"),
        }
    }
}

/// Attachments that one device or rack may have.
pub const MOST_ATTACHMENTS: usize = 100;
/// Letters of a name.
const NAME: usize = 200;
/// Letters of a note or a reason.
const NOTE: usize = 500;

/// What a person says of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemarkDraft {
    /// Its name.
    pub name: String,
    /// What it shows.
    pub note: String,
    /// Whether the owner of the device sees it.
    pub customer_visible: bool,
}

impl RemarkDraft {
    /// Checks what was typed; all faults at once. A name is cleaned, not refused.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let name = clean_name(fields.get("name"));
        if name.is_empty() {
            faults.add("name", Message::new("fault-required"));
        }
        let note = faults.keep(text::paragraph("note", fields.get("note"), NOTE));
        let draft = note.map(|note| Self {
            name,
            note,
            customer_visible: fields.yes("customer_visible"),
        });
        faults.into_result(draft)
    }
}

/// What is known of an attachment as [`RemarkDraft::parse`] reads it.
pub fn remark_fields(draft: &RemarkDraft) -> Fields {
    let visible = if draft.customer_visible { "yes" } else { "no" };
    [
        ("name", draft.name.clone()),
        ("note", draft.note.clone()),
        ("customer_visible", visible.to_owned()),
    ]
    .into_iter()
    .collect()
}

/// Why an attachment is archived, as typed, checked.
pub fn reason_of(fields: &Fields) -> Result<String, Fault> {
    Ok(text::required_line("reason", fields.get("reason"), NOTE)?)
}

/// The last part of a path as it was sent, on one line, without what turns or hides letters, bounded.
pub fn clean_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_kept = |c: &char| !c.is_control() && !is_invisible(*c);
    let kept: String = last.chars().filter(is_kept).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(NAME).collect();
    name.trim_matches([' ', '.']).to_owned()
}

/// Marks of direction, joiners and the byte order mark: a name with them may look like another.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A file that may be kept, with what a person said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentDraft {
    /// What was said of it.
    pub remark: RemarkDraft,
    /// What it is.
    pub media_type: MediaType,
    /// What is kept: of photos without where and with what they were taken.
    pub content: Vec<u8>,
}

impl AttachmentDraft {
    /// Checks a file by its content and size, and takes out of a photo what says where it was taken.
    pub fn parse(fields: &Fields, content: Vec<u8>) -> Result<Self, Fault> {
        let refused = |message| Err(Fault::field("file", message));
        if content.is_empty() {
            return refused(Message::new("attachments-no-file"));
        }
        let remark = RemarkDraft::parse(fields)?;
        let Some(media_type) = sniff(&content) else {
            return refused(Message::new("attachments-unknown-type").with("name", remark.name));
        };
        let most = media_type.most();
        if octets_of(&content) > most {
            let message = Message::new("attachments-too-large")
                .with("name", remark.name)
                .with("mebibytes", most.get() / 1_048_576);
            return refused(message);
        }
        let content = match media_type {
            MediaType::Jpeg => match without_position(&content) {
                Some(kept) => kept,
                None => {
                    let message =
                        Message::new("attachments-broken-photo").with("name", remark.name);
                    return refused(message);
                }
            },
            _ => content,
        };
        Ok(Self {
            remark,
            media_type,
            content,
        })
    }

    /// Its size.
    pub fn octets(&self) -> Octets {
        octets_of(&self.content)
    }
}

fn octets_of(content: &[u8]) -> Octets {
    Octets::new(i64::try_from(content.len()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_last_part_on_one_line() {
        let long = "长".repeat(300);
        let cut = "长".repeat(200);
        for (raw, name) in [
            ("IMG_0042.jpg", "IMG_0042.jpg"),
            ("C:\\photos\\机柜 A01.png", "机柜 A01.png"),
            ("../../etc/passwd", "passwd"),
            ("a\r\nSet-Cookie: x\".pdf", "aSet-Cookie: x\".pdf"),
            ("exe\u{202e}gpj.pdf", "exegpj.pdf"),
            ("  two   words .txt ", "two words .txt"),
            ("..", ""),
            ("", ""),
            (long.as_str(), cut.as_str()),
        ] {
            assert_eq!(clean_name(raw), name, "{raw:?}");
        }
    }

    #[test]
    fn a_file_is_refused_for_what_it_is() {
        let fields: Fields = [("name", "a.pdf")].into_iter().collect();
        let key = |content: &[u8]| match AttachmentDraft::parse(&fields, content.to_vec()) {
            Ok(draft) => draft.media_type.as_str(),
            Err(fault) => fault.fields.first().map_or("", |field| field.message.key),
        };
        assert_eq!(key(b""), "attachments-no-file");
        assert_eq!(key(b"MZ\x90\0"), "attachments-unknown-type");
        assert_eq!(key(b"\xff\xd8\xff\xd9"), "attachments-broken-photo");
        assert_eq!(key(b"%PDF-1.4"), "application/pdf");
        let large = [b"\x89PNG\r\n\x1a\n".to_vec(), vec![0; 11 * 1_048_576]].concat();
        assert_eq!(key(&large), "attachments-too-large");
    }
}
