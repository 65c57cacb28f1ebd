//! Drafts of people's records, blocks, notices and holds, and the rules that need no database.

use chrono_tz::Tz;

use super::document::{Document, DocumentKind};
use super::model::phone;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::SiteId;
use crate::base::text;
use crate::base::time::Timestamp;

crate::text_enum! {
    /// The language someone is spoken to in.
    pub enum Language {
        /// Simplified Chinese.
        ZhCn = "zh-CN",
        /// English.
        En = "en",
    }
}

crate::text_enum! {
    /// What a notice is about.
    pub enum NoticeKind {
        /// How to behave in the rooms.
        Safety = "safety",
        /// What is kept of people.
        Privacy = "privacy",
    }
}

crate::text_enum! {
    /// How someone agreed.
    pub enum AgreedHow {
        /// Said at the desk.
        Desk = "desk",
        /// Signed on a tablet.
        Tablet = "tablet",
        /// In the customers' pages.
        Portal = "portal",
    }
}

crate::text_enum! {
    /// Why two records may be of one person.
    pub enum LikeKind {
        /// The same document.
        Document = "document",
        /// The same telephone.
        Phone = "phone",
        /// The same name and company.
        Name = "name",
    }
}

/// A person's record as typed, checked.
#[derive(Debug, Clone)]
pub struct RecordDraft {
    /// Name.
    pub name: String,
    /// Company or empty.
    pub company: String,
    /// Telephone or empty.
    pub phone: String,
    /// Mail address or empty.
    pub email: String,
    /// Language.
    pub language: Language,
    /// Nationality or empty.
    pub nationality: String,
    /// Number plate or empty.
    pub vehicle_plate: String,
    /// Anything else.
    pub note: String,
    /// A document; none leaves the one that is on record.
    pub document: Option<Document>,
}

impl RecordDraft {
    /// Checks what was typed; ages are those of today in a zone.
    pub fn parse(fields: &Fields, zone: Tz, now: Timestamp) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let name = faults.keep(text::required_line("name", fields.get("name"), 80));
        let company = faults.keep(text::line("company", fields.get("company"), 120));
        let phone = faults.keep(phone("phone", fields.get("phone")));
        let email = faults.keep(email(fields));
        let language = faults.keep(language(fields));
        let nationality = faults.keep(text::line("nationality", fields.get("nationality"), 60));
        let plate = faults.keep(text::line("vehicle_plate", fields.get("vehicle_plate"), 20));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 2000));
        let document = faults.keep(document(fields, zone, now));
        let draft = (|| {
            Some(Self {
                name: name?,
                company: company?,
                phone: phone?,
                email: email?,
                language: language?,
                nationality: nationality?,
                vehicle_plate: plate?.to_uppercase(),
                note: note?,
                document: document?,
            })
        })();
        faults.into_result(draft)
    }
}

fn email(fields: &Fields) -> Result<String, FieldFault> {
    let email = text::line("email", fields.get("email"), 200)?;
    if !email.is_empty() && !email.contains('@') {
        return Err(FieldFault::new("email", Message::new("people-fault-email")));
    }
    Ok(email)
}

fn language(fields: &Fields) -> Result<Language, FieldFault> {
    match fields.get("language").trim() {
        "" => Ok(Language::ZhCn),
        word => Language::from_word(word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", Language::words());
            FieldFault::new("language", message)
        }),
    }
}

fn document(fields: &Fields, zone: Tz, now: Timestamp) -> Result<Option<Document>, FieldFault> {
    let today = now.to_utc().with_timezone(&zone).date_naive();
    let word = match fields.get("document_kind").trim() {
        "" => DocumentKind::ResidentId.as_str(),
        word => word,
    };
    let Some(kind) = DocumentKind::from_word(word) else {
        let message = Message::new("fault-choice").with("allowed", DocumentKind::words());
        return Err(FieldFault::new("document_kind", message));
    };
    Document::parse(kind, fields.get("document_number"), today)
        .map_err(|message| FieldFault::new("document_number", message))
}

/// A moment that was typed, or none.
fn moment(fields: &Fields, name: &'static str, zone: Tz) -> Result<Option<Timestamp>, FieldFault> {
    match fields.get(name).trim() {
        "" => Ok(None),
        typed => Timestamp::parse_in(typed, zone)
            .map(Some)
            .ok_or_else(|| FieldFault::new(name, Message::new("visit-fault-time"))),
    }
}

/// A site that was typed, or none; whether there is one is asked of the database.
fn site(fields: &Fields) -> Result<Option<SiteId>, FieldFault> {
    match fields.get("site_id").trim() {
        "" => Ok(None),
        typed => typed
            .parse()
            .map(Some)
            .map_err(|_| FieldFault::new("site_id", Message::new("visit-fault-site"))),
    }
}

/// A block as typed, checked.
#[derive(Debug, Clone)]
pub struct BlockDraft {
    /// Where; none is everywhere.
    pub site_id: Option<SiteId>,
    /// Why; never shown to customers.
    pub reason: String,
    /// From when on.
    pub from_at: Timestamp,
    /// Until when; none is until it is lifted.
    pub until_at: Option<Timestamp>,
}

impl BlockDraft {
    /// Checks what was typed; times are in a zone.
    pub fn parse(fields: &Fields, zone: Tz, now: Timestamp) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site_id = faults.keep(site(fields));
        let reason = faults.keep(text::required_line("reason", fields.get("reason"), 300));
        let from_at = faults
            .keep(moment(fields, "from_at", zone))
            .map(|from| from.unwrap_or(now));
        let until_at = faults.keep(moment(fields, "until_at", zone));
        if let (Some(from), Some(Some(until))) = (from_at, until_at)
            && until <= from
        {
            faults.add("until_at", Message::new("visit-fault-window-order"));
        }
        let draft = (|| {
            Some(Self {
                site_id: site_id?,
                reason: reason?,
                from_at: from_at?,
                until_at: until_at?,
            })
        })();
        faults.into_result(draft)
    }
}

/// An edition of a notice as typed, checked.
#[derive(Debug, Clone)]
pub struct NoticeDraft {
    /// What it is about.
    pub kind: NoticeKind,
    /// Where it is asked for; none is everywhere without a notice of its own.
    pub site_id: Option<SiteId>,
    /// Its text in Chinese.
    pub text_zh: String,
    /// Its text in English.
    pub text_en: String,
    /// From when on it is asked for.
    pub effective_from: Timestamp,
}

impl NoticeDraft {
    /// Checks what was typed; times are in a zone.
    pub fn parse(fields: &Fields, zone: Tz, now: Timestamp) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let kind = NoticeKind::from_word(fields.get("kind").trim());
        if kind.is_none() {
            let message = Message::new("fault-choice").with("allowed", NoticeKind::words());
            faults.add("kind", message);
        }
        let site_id = faults.keep(site(fields));
        let text_zh = faults.keep(text::paragraph("text_zh", fields.get("text_zh"), 8000));
        let text_en = faults.keep(text::paragraph("text_en", fields.get("text_en"), 8000));
        for (name, there) in [("text_zh", &text_zh), ("text_en", &text_en)] {
            if there.as_ref().is_some_and(String::is_empty) {
                faults.add(name, Message::new("fault-required"));
            }
        }
        let effective_from = faults
            .keep(moment(fields, "effective_from", zone))
            .map(|from| from.unwrap_or(now));
        let draft = (|| {
            Some(Self {
                kind: kind?,
                site_id: site_id?,
                text_zh: text_zh?,
                text_en: text_en?,
                effective_from: effective_from?,
            })
        })();
        faults.into_result(draft)
    }
}

/// How long people are remembered, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptFor {
    /// Names and visits, after the last visit.
    pub visits_days: i64,
    /// Numbers of documents, after the last visit.
    pub numbers_days: i64,
}

impl Default for KeptFor {
    fn default() -> Self {
        Self {
            visits_days: 1096,
            numbers_days: 183,
        }
    }
}

const DAY_MS: i64 = 86_400_000;

impl KeptFor {
    /// What ended before this instant loses its names.
    pub const fn visits_before(self, now: Timestamp) -> Timestamp {
        now.plus_millis(-self.visits_days.saturating_mul(DAY_MS))
    }

    /// Who came last before this instant loses the number.
    pub const fn numbers_before(self, now: Timestamp) -> Timestamp {
        now.plus_millis(-self.numbers_days.saturating_mul(DAY_MS))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().copied().collect()
    }

    #[test]
    fn each_field_of_a_record_is_checked() {
        let zone = chrono_tz::Asia::Shanghai;
        for (name, typed, fault) in [
            ("name", "", Some("fault-required")),
            ("email", "nobody", Some("people-fault-email")),
            ("email", "li@acme.example", None),
            ("language", "fr", Some("fault-choice")),
            ("language", "en", None),
            ("phone", "12", Some("visit-fault-phone")),
            (
                "document_number",
                "000000199001010017",
                Some("visit-fault-id-check"),
            ),
            ("document_number", "000000199001010018", None),
        ] {
            let mut typed_fields = fields(&[("name", "李明")]);
            typed_fields.set(name, typed);
            let found = RecordDraft::parse(&typed_fields, zone, NOW);
            let key = found.err().map(|fault| fault.fields[0].message.key);
            assert_eq!(key, fault, "{name} {typed}");
        }
    }

    #[test]
    fn a_block_ends_after_it_begins_and_has_a_reason() {
        let zone = chrono_tz::UTC;
        let parse = |pairs: &[(&str, &str)]| BlockDraft::parse(&fields(pairs), zone, NOW);
        assert!(parse(&[("reason", "x")]).unwrap().until_at.is_none());
        assert_eq!(parse(&[("reason", "x")]).unwrap().from_at, NOW);
        assert!(parse(&[("reason", " ")]).is_err());
        assert!(parse(&[("reason", "x"), ("until_at", "2020-01-01 00:00")]).is_err());
        assert!(parse(&[("reason", "x"), ("until_at", "soon")]).is_err());
    }

    #[test]
    fn a_notice_has_both_languages() {
        let parse = |zh: &str, en: &str| {
            let typed = fields(&[("kind", "safety"), ("text_zh", zh), ("text_en", en)]);
            NoticeDraft::parse(&typed, chrono_tz::UTC, NOW)
        };
        assert!(parse("须知", "Notice").is_ok());
        assert!(parse("须知", "").is_err());
        assert!(parse("", "Notice").is_err());
    }
}
