//! Visits, people and their record as they are stored.

mod loan;
mod person;
mod rules;

use chrono_tz::Tz;
use diesel::prelude::*;
use serde::Serialize;

use super::chain::{Facts, Named};
use super::document::DocumentKind;
use super::model::{Purpose, VisitEventKind, WorkResult};
use super::state::VisitState;
use crate::base::fault::Fault;
use crate::base::ids::{
    AreaId, ContactId, CustomerId, DeviceId, IntentId, PersonId, RackId, SiteId,
    StandingPermissionId, UserId, VisitEventId, VisitId, VisitPersonId,
};
use crate::base::time::Timestamp;
use crate::store::schema::{
    people, sites, visit_chain, visit_events, visit_people, visit_works, visits,
};

pub use rules::{ApprovalRule, Area, AreaOccupancy, StandingPermission, StandingRecord};

pub use loan::{Loan, LoanItem, LoanItemRow, LoanRow};

pub use person::{Block, Consent, ConsentText, LegalHold, PersonRecord};

/// A visit.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = visits)]
pub struct Visit {
    /// Row id.
    pub id: VisitId,
    /// `V-2026-000123`.
    pub number: String,
    /// Where to.
    pub site_id: SiteId,
    /// The customer that is visited for; none for the operator itself.
    pub customer_id: Option<CustomerId>,
    /// Why.
    pub purpose: Purpose,
    /// More about why.
    pub purpose_text: String,
    /// Start of the planned window.
    pub planned_from: Timestamp,
    /// End of the planned window.
    pub planned_until: Timestamp,
    /// Where it stands.
    pub state: VisitState,
    /// Whether it came without being announced.
    pub walk_in: bool,
    /// Whether someone of the operator must go along.
    pub escort_required: bool,
    /// Who goes along.
    pub escort_name: String,
    /// Areas in words.
    pub areas: String,
    /// The code of the pass.
    pub pass_code: String,
    /// The contact who got the pass.
    pub host_contact_id: Option<ContactId>,
    /// Anything else.
    pub note: String,
    /// Who announced it.
    pub created_by_user_id: Option<UserId>,
    /// The name of who announced it.
    pub created_by_name: String,
    /// Version for changes.
    pub version: i64,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The standing permission it comes under.
    pub standing_permission_id: Option<StandingPermissionId>,
}

/// A person who visits.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = people)]
pub struct Person {
    /// Row id.
    pub id: PersonId,
    /// The customer the person came for first.
    pub customer_id: Option<CustomerId>,
    /// Name.
    pub name: String,
    /// Company or empty.
    pub company: String,
    /// Phone or empty.
    pub phone: String,
    /// Mail address or empty.
    pub email: String,
    /// Kind of document on record.
    pub identity_kind: DocumentKind,
    /// Number of the document with its middle hidden.
    pub identity_masked: String,
    /// Keyed hash of the document, to recognise it.
    #[serde(skip)]
    pub identity_fingerprint: Option<String>,
    /// Version for changes.
    pub version: i64,
}

/// A person on a visit, without the person.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = visit_people)]
pub struct Attendance {
    /// Row id.
    pub id: VisitPersonId,
    /// The visit.
    pub visit_id: VisitId,
    /// The person.
    pub person_id: PersonId,
    /// Badge handed out, or empty.
    pub badge: String,
    /// Whether it was given back; none before the check-out.
    pub badge_returned: Option<bool>,
    /// Why it was not.
    pub badge_note: String,
    /// Last check-in.
    pub checked_in_at: Option<Timestamp>,
    /// By whom.
    pub checked_in_by: String,
    /// Check-out after it.
    pub checked_out_at: Option<Timestamp>,
    /// By whom.
    pub checked_out_by: String,
    /// What was written down at the desk.
    pub note: String,
    /// Out for a moment since; none while inside or gone.
    pub stepped_out_at: Option<Timestamp>,
}

impl Attendance {
    /// Whether the person is inside now.
    pub const fn is_inside(&self) -> bool {
        self.has_come() && self.stepped_out_at.is_none()
    }

    /// Whether the person is checked in and not out: inside, or out for a moment.
    pub const fn has_come(&self) -> bool {
        self.checked_in_at.is_some() && self.checked_out_at.is_none()
    }

    /// Whether the person is out for a moment.
    pub const fn is_outside_for_a_moment(&self) -> bool {
        self.has_come() && self.stepped_out_at.is_some()
    }

    /// Whether a badge left the building with the person.
    pub fn badge_missing(&self) -> bool {
        !self.badge.is_empty() && self.badge_returned == Some(false)
    }
}

/// A person on a visit.
#[derive(Debug, Clone, Serialize)]
pub struct Visitor {
    /// Badge, comings and goings.
    #[serde(flatten)]
    pub attendance: Attendance,
    /// Who it is.
    pub person: Person,
    /// Whether the person is inside now.
    pub inside: bool,
}

/// An entry of a visit's record; entries are never changed or removed.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = visit_events)]
pub struct VisitEvent {
    /// Row id.
    pub id: VisitEventId,
    /// The person it concerns.
    pub person_id: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: VisitEventKind,
    /// By whom.
    pub author_name: String,
    /// In words.
    pub note: String,
    /// The entry that this one corrects.
    pub corrects_event_id: Option<VisitEventId>,
    /// When what the corrected entry tells really happened.
    pub corrected_at: Option<Timestamp>,
}

/// Where the chain of all entries stands.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = visit_chain)]
pub struct ChainHead {
    /// How many entries there are.
    pub entries: i64,
    /// Hash of the last one.
    pub head_hash: String,
    /// How many are from before the chain.
    pub older_entries: i64,
    /// The hash that commits to those.
    pub older_hash: String,
}

/// An entry as the chain has it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = visit_events)]
pub struct ChainedEntry {
    /// Row id.
    pub id: VisitEventId,
    /// The visit.
    pub visit_id: VisitId,
    /// The person it concerns.
    pub person_id: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// What, also when this program knows no such word.
    pub event: String,
    /// The user who made it.
    pub author_user_id: Option<UserId>,
    /// Their name then.
    pub author_name: String,
    /// Network address it came from.
    pub remote: String,
    /// In words.
    pub note: String,
    /// The entry that it puts right.
    pub corrects_event_id: Option<VisitEventId>,
    /// When what that entry tells really was.
    pub corrected_at: Option<Timestamp>,
    /// Its place in the chain; none from before there was one.
    pub sequence: Option<i64>,
    /// Hash of the entry before.
    pub previous_hash: String,
    /// Its own.
    pub entry_hash: String,
    /// Salt of the digest of its names; none once they are forgotten.
    pub named_salt: Option<String>,
    /// The digest.
    pub named_digest: String,
}

impl ChainedEntry {
    /// What of it names nobody.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            visit: self.visit_id,
            person: self.person_id,
            at: self.at,
            event: &self.event,
            author: self.author_user_id,
            corrects: self.corrects_event_id.zip(self.corrected_at),
        }
    }

    /// What of it may name people.
    pub fn named(&self) -> Named<'_> {
        Named {
            author_name: &self.author_name,
            remote: &self.remote,
            note: &self.note,
        }
    }

    /// Whether it names nobody any more.
    pub fn is_nameless(&self) -> bool {
        self.author_name.is_empty() && self.remote.is_empty() && self.note.is_empty()
    }
}

/// What visits need to know of a site.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = sites)]
pub struct SiteName {
    /// Row id.
    pub id: SiteId,
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
    /// IANA name of its zone.
    pub time_zone: String,
    /// Postal address or empty.
    pub address: String,
}

impl SiteName {
    /// The zone its times are in.
    pub fn zone(&self) -> Result<Tz, Fault> {
        self.time_zone.parse().map_err(|_| {
            Fault::internal(format!("site {}: no zone {:?}", self.code, self.time_zone))
        })
    }
}

/// What visits need to know of a rack.
#[derive(Debug, Clone, Serialize)]
pub struct RackPlace {
    /// Row id.
    pub id: RackId,
    /// Name of the rack.
    pub name: String,
    /// Name of its room.
    pub room: String,
    /// Site of the room.
    pub site_id: SiteId,
}

/// What visits need to know of a customer.
#[derive(Debug, Clone, Serialize)]
pub struct HostName {
    /// Row id.
    pub id: CustomerId,
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A visit with all that belongs to it but its record of entries.
#[derive(Debug, Clone, Serialize)]
pub struct VisitRecord {
    /// The visit.
    #[serde(flatten)]
    pub visit: Visit,
    /// Where to.
    pub site: SiteName,
    /// The customer that is visited for.
    pub customer: Option<HostName>,
    /// Who.
    pub people: Vec<Visitor>,
    /// Racks that may be opened.
    pub racks: Vec<RackPlace>,
    /// Areas of the site's list that may be entered.
    pub named_areas: Vec<AreaName>,
    /// Devices it is about.
    pub devices: Vec<VisitDevice>,
    /// Power intents it is about.
    pub power_intent_ids: Vec<IntentId>,
    /// What was done, once it is written up.
    pub work: Option<VisitWork>,
    /// Whether someone is inside after the planned end.
    pub overdue: bool,
}

/// An area as visits name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AreaName {
    /// Row id.
    pub id: AreaId,
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A device that a visit is about.
#[derive(Debug, Clone, Serialize)]
pub struct VisitDevice {
    /// Row id.
    pub id: DeviceId,
    /// Name.
    pub name: String,
}

/// What was done on a visit.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = visit_works)]
pub struct VisitWork {
    /// The visit.
    pub visit_id: VisitId,
    /// What was touched, in words.
    pub touched: String,
    /// How it went.
    pub result: WorkResult,
    /// Minutes of remote hands.
    pub remote_hands_minutes: i64,
    /// Who wrote it down.
    pub written_by: String,
    /// When.
    pub written_at: Timestamp,
}

/// Someone who is inside now.
#[derive(Debug, Clone, Serialize)]
pub struct PresentPerson {
    /// Row id of the person on the visit.
    pub attendance_id: VisitPersonId,
    /// Number of the visit.
    pub number: String,
    /// Name.
    pub name: String,
    /// Company or empty.
    pub company: String,
    /// Phone or empty.
    pub phone: String,
    /// Name of the customer that is visited for.
    pub customer: Option<String>,
    /// Site.
    pub site: SiteName,
    /// Inside since.
    pub since: Timestamp,
    /// End of the planned window.
    pub planned_until: Timestamp,
    /// Whether that has passed.
    pub overdue: bool,
    /// Racks that may be opened: `Room A / A01`.
    pub racks: Vec<String>,
    /// Areas that may be entered.
    pub areas: Vec<AreaName>,
    /// Who goes along, or empty.
    pub escort: String,
    /// Badge or empty.
    pub badge: String,
}
