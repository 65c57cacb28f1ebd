//! Records of people, blocks, notices, agreements and holds as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::access::document::DocumentKind;
use crate::access::person_model::{AgreedHow, Language, NoticeKind};
use crate::base::ids::{
    ConsentId, ConsentTextId, CustomerId, LegalHoldId, PersonBlockId, PersonId, SiteId, VisitId,
};
use crate::base::time::Timestamp;
use crate::store::schema::{consent_texts, consents, legal_holds, people, person_blocks};

/// All that is known of a person.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = people)]
pub struct PersonRecord {
    /// Row id.
    pub id: PersonId,
    /// The customer the person came for first.
    pub customer_id: Option<CustomerId>,
    /// Name.
    pub name: String,
    /// Company or empty.
    pub company: String,
    /// Telephone or empty.
    pub phone: String,
    /// Mail address or empty.
    pub email: String,
    /// Kind of document on record.
    pub identity_kind: DocumentKind,
    /// Number of the document with its middle hidden.
    pub identity_masked: String,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Version for changes.
    pub version: i64,
    /// Language.
    pub language: Language,
    /// Nationality or empty.
    pub nationality: String,
    /// Number plate or empty.
    pub vehicle_plate: String,
    /// Anything else.
    pub note: String,
    /// The record that took this one over.
    pub merged_into_id: Option<PersonId>,
    /// When the name was taken out.
    pub anonymised_at: Option<Timestamp>,
}

/// A block of a person.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = person_blocks)]
pub struct Block {
    /// Row id.
    pub id: PersonBlockId,
    /// Who.
    pub person_id: PersonId,
    /// Where; none is everywhere.
    pub site_id: Option<SiteId>,
    /// Why.
    pub reason: String,
    /// From when on.
    pub from_at: Timestamp,
    /// Until when; none is until it is lifted.
    pub until_at: Option<Timestamp>,
    /// By whom.
    pub blocked_by_name: String,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it was lifted.
    pub lifted_at: Option<Timestamp>,
    /// By whom.
    pub lifted_by_name: String,
    /// Why it was lifted.
    pub lift_reason: String,
}

impl Block {
    /// Whether it keeps the person out at an instant.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.lifted_at.is_none()
            && self.from_at <= now
            && self.until_at.is_none_or(|until| until > now)
    }
}

/// An edition of a notice.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = consent_texts)]
pub struct ConsentText {
    /// Row id.
    pub id: ConsentTextId,
    /// What it is about.
    pub kind: NoticeKind,
    /// Where it is asked for; none is everywhere without a notice of its own.
    pub site_id: Option<SiteId>,
    /// Edition, counted by kind and site.
    pub edition: i64,
    /// Its text in Chinese.
    pub text_zh: String,
    /// Its text in English.
    pub text_en: String,
    /// From when on it is asked for.
    pub effective_from: Timestamp,
    /// By whom.
    pub written_by_name: String,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

/// An agreement.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = consents)]
pub struct Consent {
    /// Row id.
    pub id: ConsentId,
    /// Who.
    pub person_id: PersonId,
    /// To what.
    pub consent_text_id: ConsentTextId,
    /// When.
    pub agreed_at: Timestamp,
    /// How.
    pub how: AgreedHow,
    /// Who noted it.
    pub noted_by_name: String,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// Who noted that.
    pub withdrawn_by_name: String,
}

/// A legal hold on a person or a visit.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = legal_holds)]
pub struct LegalHold {
    /// Row id.
    pub id: LegalHoldId,
    /// The person.
    pub person_id: Option<PersonId>,
    /// The visit.
    pub visit_id: Option<VisitId>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub placed_by_name: String,
    /// When.
    pub placed_at: Timestamp,
    /// When it was lifted.
    pub lifted_at: Option<Timestamp>,
    /// By whom.
    pub lifted_by_name: String,
}
