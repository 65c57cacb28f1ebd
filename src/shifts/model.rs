//! What may be written into a shift book.

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{ShiftNoteId, SiteId};
use crate::base::text;

crate::text_enum! {
    /// What an entry is.
    pub enum ShiftNoteKind {
        /// Something that happened or was done.
        Note = "note",
        /// What the next shift has to know or do.
        Handover = "handover",
        /// The next shift has read a handover.
        TakenOver = "taken_over",
        /// What is right instead of an earlier entry.
        Correction = "correction",
    }
}

/// Longest entry, in letters.
pub const MOST_LETTERS: usize = 4000;

impl ShiftNoteKind {
    /// Whether it concerns an earlier entry.
    pub const fn refers(self) -> bool {
        matches!(self, Self::TakenOver | Self::Correction)
    }
}

/// An entry as typed, checked as far as that goes without the database.
#[derive(Debug, Clone)]
pub struct NoteDraft {
    /// The site whose book it is; none where there is only one.
    pub site_id: Option<SiteId>,
    /// What it is.
    pub kind: ShiftNoteKind,
    /// The entry that it concerns, for a kind that concerns one.
    pub refers_to_id: Option<ShiftNoteId>,
    /// What it says; may be empty for a handover that is taken over.
    pub body: String,
}

impl NoteDraft {
    /// Reads `site_id`, `kind` (`note` where nothing is said), `refers_to_id` and `body`.
    ///
    /// # Errors
    /// Each field at fault.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let kind = faults.keep(kind(fields));
        let body = faults.keep(text::paragraph("body", fields.get("body"), MOST_LETTERS));
        let refers_to_id = fields.get("refers_to_id").trim().parse().ok();
        let draft = (|| {
            Some(Self {
                site_id: fields.get("site_id").trim().parse().ok(),
                kind: kind?,
                refers_to_id: refers_to_id.filter(|_| kind.is_some_and(ShiftNoteKind::refers)),
                body: body?,
            })
        })();
        if let Some(draft) = &draft {
            if draft.body.is_empty() && draft.kind != ShiftNoteKind::TakenOver {
                faults.add("body", Message::new("fault-required"));
            }
            if draft.kind.refers() && draft.refers_to_id.is_none() {
                faults.add("refers_to_id", Message::new("shift-fault-refers"));
            }
        }
        faults.into_result(draft)
    }
}

fn kind(fields: &Fields) -> Result<ShiftNoteKind, FieldFault> {
    let word = match fields.get("kind").trim() {
        "" => ShiftNoteKind::Note.as_str(),
        word => word,
    };
    ShiftNoteKind::from_word(word).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", ShiftNoteKind::words());
        FieldFault::new("kind", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(pairs: &[(&str, &str)]) -> Vec<String> {
        let fields: Fields = pairs
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        match NoteDraft::parse(&fields) {
            Ok(_) => Vec::new(),
            Err(fault) => fault
                .fields
                .iter()
                .map(|fault| fault.field.to_string())
                .collect(),
        }
    }

    #[test]
    fn an_entry_says_something_and_names_what_it_concerns() {
        for (pairs, expected) in [
            (&[("body", "UPS self-test passed")][..], &[][..]),
            (&[("body", " ")], &["body"]),
            (&[("kind", "handover"), ("body", "")], &["body"]),
            (&[("kind", "taken_over"), ("refers_to_id", "3")], &[]),
            (&[("kind", "taken_over")], &["refers_to_id"]),
            (
                &[("kind", "correction"), ("body", "B02")],
                &["refers_to_id"],
            ),
            (&[("kind", "erase"), ("body", "x")], &["kind"]),
            (&[("body", "a\u{7}b")], &["body"]),
        ] {
            assert_eq!(faults_of(pairs), expected, "{pairs:?}");
        }
        let long = "机".repeat(MOST_LETTERS + 1);
        assert_eq!(faults_of(&[("body", &long)]), ["body"]);
    }

    #[test]
    fn only_what_concerns_an_entry_keeps_its_name() {
        let fields: Fields = [("body", "x"), ("refers_to_id", "3")]
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        let draft = NoteDraft::parse(&fields).map(|draft| draft.refers_to_id);
        assert_eq!(draft.ok(), Some(None));
    }
}
