//! Drafts of visits and people, and the rules that need no database.

use std::str::FromStr;

use chrono_tz::Tz;

use super::document::{Document, DocumentKind};
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{
    AreaId, ContactId, CustomerId, DeviceId, IntentId, PersonId, RackId, StandingPermissionId,
    VisitPersonId,
};
use crate::base::text;
use crate::base::time::Timestamp;

crate::text_enum! {
    /// Why someone comes.
    pub enum Purpose {
        /// Putting in or taking out machines.
        Install = "install",
        /// Mending.
        Repair = "repair",
        /// Looking after machines.
        Inspection = "inspection",
        /// Bringing or fetching goods.
        Delivery = "delivery",
        /// An audit.
        Audit = "audit",
        /// Being shown round.
        Tour = "tour",
        /// Anything else, in words.
        Other = "other",
    }
}

crate::text_enum! {
    /// What an entry of a visit's record tells.
    pub enum VisitEventKind {
        /// It was asked for.
        Announced = "announced",
        /// It came without being announced.
        WalkIn = "walk_in",
        /// The operator agreed.
        Approved = "approved",
        /// The operator declined.
        Refused = "refused",
        /// It was called off.
        Cancelled = "cancelled",
        /// A person came in.
        CheckedIn = "checked_in",
        /// A person left.
        CheckedOut = "checked_out",
        /// Nobody came.
        NoShow = "no_show",
        /// It was written up.
        Closed = "closed",
        /// An entry above is wrong; this one says what is right.
        Corrected = "corrected",
        /// A badge that was missing came back.
        BadgeReturned = "badge_returned",
        /// Someone saw an identity number in full.
        Revealed = "revealed",
        /// A person went out for a moment and kept the badge.
        SteppedOut = "stepped_out",
        /// And came back.
        SteppedIn = "stepped_in",
        /// A rule at the door was set aside, with a reason.
        Overridden = "overridden",
        /// Someone was still inside after the planned end.
        Overdue = "overdue",
        /// Someone who is blocked was announced, or stood at the door; not for customers.
        Blocked = "blocked",
    }
}

crate::text_enum! {
    /// How the work of a visit went.
    pub enum WorkResult {
        /// All of it is done.
        Done = "done",
        /// Some of it is left.
        Partly = "partly",
        /// None of it is done.
        NotDone = "not_done",
    }
}

/// Longest planned window, in days; longer needs a standing permission.
pub const LONGEST_DAYS: i64 = 14;
/// Longest planned window under a standing permission, in days.
pub const LONGEST_STANDING_DAYS: i64 = 366;
/// How long before its planned start a visit is let in, in hours.
pub const GRACE_HOURS: i64 = 2;
/// People that a form has room for; the programming interface takes as many as there are [`PERSON_FIELDS`].
pub const PEOPLE_OF_FORM: usize = 5;
/// How long a walk-in is planned to stay when nothing else is said, in hours.
pub const WALK_IN_HOURS: i64 = 8;
const DAY_MS: i64 = 86_400_000;

/// `V-2026-000123` at the first site, `V-SHA2-2026-000123` at the others.
pub fn visit_number(site: Option<&str>, year: i32, counter: i64) -> String {
    match site {
        None => format!("V-{year}-{counter:06}"),
        Some(site) => format!("V-{site}-{year}-{counter:06}"),
    }
}

/// The part of a number that names a site: its code when that is letters and digits of ASCII, else its row id.
pub fn site_part(code: &str, id: i64) -> String {
    if !code.is_empty() && code.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
        code.to_ascii_uppercase()
    } else {
        format!("S-{id}")
    }
}

/// Whether a visit is let in without setting a rule aside: from two hours before its planned start to its end.
pub fn is_in_window(from: Timestamp, until: Timestamp, now: Timestamp) -> bool {
    from.plus_seconds(-GRACE_HOURS * 3600) <= now && now < until
}

/// Whether a visit's people should have left: someone is inside after the planned end.
pub fn is_overdue(inside: bool, planned_until: Timestamp, now: Timestamp) -> bool {
    inside && planned_until < now
}

/// Names of the fields of one person in a form, a JSON body or a CSV row.
#[derive(Debug, Clone, Copy)]
pub struct PersonFields {
    /// Name.
    pub name: &'static str,
    /// Company.
    pub company: &'static str,
    /// Phone.
    pub phone: &'static str,
    /// Kind of document.
    pub document_kind: &'static str,
    /// Number of the document.
    pub document_number: &'static str,
    /// Row id of a known person.
    pub person_id: &'static str,
    /// Badge of a walk-in.
    pub badge: &'static str,
}

macro_rules! person_fields {
    ($($suffix:literal),+) => {
        /// The fields of each of the people one visit takes.
        pub const PERSON_FIELDS: &[PersonFields] = &[$(PersonFields {
            name: concat!("visitor_name", $suffix),
            company: concat!("company", $suffix),
            phone: concat!("phone", $suffix),
            document_kind: concat!("document_kind", $suffix),
            document_number: concat!("document_number", $suffix),
            person_id: concat!("person_id", $suffix),
            badge: concat!("badge", $suffix),
        }),+];
    };
}
person_fields!(
    "", "_2", "_3", "_4", "_5", "_6", "_7", "_8", "_9", "_10", "_11", "_12", "_13", "_14", "_15",
    "_16", "_17", "_18", "_19", "_20"
);

/// A visitor as typed, checked.
#[derive(Debug, Clone)]
pub struct PersonDraft {
    /// Where it was typed, for faults found later.
    pub fields: PersonFields,
    /// Name.
    pub name: String,
    /// Company or empty.
    pub company: String,
    /// Phone without spaces, or empty.
    pub phone: String,
    /// Document, when one was shown.
    pub document: Option<Document>,
    /// The known person that was picked.
    pub known: Option<PersonId>,
}

impl PersonDraft {
    fn parse(
        faults: &mut Faults,
        fields: &Fields,
        names: PersonFields,
        zone: Tz,
        now: Timestamp,
    ) -> Option<Self> {
        let name = faults.keep(text::required_visible(
            names.name,
            fields.get(names.name),
            80,
        ));
        let company = faults.keep(text::visible(names.company, fields.get(names.company), 120));
        let phone = faults.keep(phone(names.phone, fields.get(names.phone)));
        let document = faults.keep(document(fields, names, zone, now));
        Some(Self {
            fields: names,
            name: name?,
            company: company?,
            phone: phone?,
            document: document?,
            known: fields.get(names.person_id).trim().parse().ok(),
        })
    }

    fn is_typed(fields: &Fields, names: PersonFields) -> bool {
        [
            names.name,
            names.company,
            names.phone,
            names.document_number,
        ]
        .iter()
        .any(|name| !fields.get(name).trim().is_empty())
    }
}

/// A phone number: digits with an optional plus, at most 20, without the spaces and dashes people put in.
pub(super) fn phone(field: &'static str, typed: &str) -> Result<String, FieldFault> {
    let phone: String = typed
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')' | '\u{2009}' | '\u{a0}'))
        .collect();
    let digits = phone.strip_prefix('+').unwrap_or(&phone);
    let fits = digits.bytes().all(|b| b.is_ascii_digit()) && (5..=20).contains(&digits.len());
    if phone.is_empty() || fits {
        Ok(phone)
    } else {
        Err(FieldFault::new(field, Message::new("visit-fault-phone")))
    }
}

fn document(
    fields: &Fields,
    names: PersonFields,
    zone: Tz,
    now: Timestamp,
) -> Result<Option<Document>, FieldFault> {
    let today = now.to_utc().with_timezone(&zone).date_naive();
    let word = match fields.get(names.document_kind).trim() {
        "" => DocumentKind::ResidentId.as_str(),
        word => word,
    };
    let Some(kind) = DocumentKind::from_word(word) else {
        let message = Message::new("fault-choice").with("allowed", DocumentKind::words());
        return Err(FieldFault::new(names.document_kind, message));
    };
    Document::parse(kind, fields.get(names.document_number), today)
        .map_err(|message| FieldFault::new(names.document_number, message))
}

/// A visit as typed, checked as far as that goes without the database.
#[derive(Debug, Clone)]
pub struct VisitDraft {
    /// The customer that is visited for; `None` for the operator itself.
    pub customer_id: Option<CustomerId>,
    /// Why.
    pub purpose: Purpose,
    /// More about why.
    pub purpose_text: String,
    /// Start of the planned window.
    pub planned_from: Timestamp,
    /// End of the planned window.
    pub planned_until: Timestamp,
    /// Racks that may be opened.
    pub rack_ids: Vec<RackId>,
    /// Whether someone of the operator must go along.
    pub escort_required: bool,
    /// Who goes along.
    pub escort_name: String,
    /// Areas of the site's list.
    pub area_ids: Vec<AreaId>,
    /// Other areas in words.
    pub areas: String,
    /// Devices it is about.
    pub device_ids: Vec<DeviceId>,
    /// Power intents it is about.
    pub intent_ids: Vec<IntentId>,
    /// The standing permission it comes under.
    pub standing: Option<StandingPermissionId>,
    /// The contact who gets the pass.
    pub host_contact_id: Option<ContactId>,
    /// Anything else.
    pub note: String,
    /// One to twenty people.
    pub people: Vec<PersonDraft>,
}

/// How a draft came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// To come later.
    Announced,
    /// Standing at the door.
    WalkIn,
}

impl VisitDraft {
    /// Checks what was typed; times are in the site's zone.
    pub fn parse(
        fields: &Fields,
        zone: Tz,
        now: Timestamp,
        arrival: Arrival,
    ) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let people = people(&mut faults, fields, zone, now);
        let purpose = faults.keep(purpose(fields));
        let purpose_text = faults.keep(text::visible(
            "purpose_text",
            fields.get("purpose_text"),
            200,
        ));
        let window = window(&mut faults, fields, zone, now, arrival);
        let rack_ids = faults.keep(ids(fields, "rack_ids", "visit-fault-rack"));
        let area_ids = faults.keep(ids(fields, "area_ids", "visit-fault-area"));
        let device_ids = faults.keep(ids(fields, "device_ids", "visit-fault-device"));
        let intent_ids = faults.keep(ids(fields, "power_intent_ids", "visit-fault-intent"));
        let standing = faults.keep(ids(
            fields,
            "standing_permission_id",
            "visit-fault-standing",
        ));
        let escort_name = faults.keep(text::visible("escort_name", fields.get("escort_name"), 80));
        let areas = faults.keep(text::visible("areas", fields.get("areas"), 200));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 2000));
        let draft = (|| {
            let (planned_from, planned_until) = window?;
            Some(Self {
                customer_id: fields.get("customer_id").trim().parse().ok(),
                purpose: purpose?,
                purpose_text: purpose_text?,
                planned_from,
                planned_until,
                rack_ids: rack_ids?,
                escort_required: fields.yes("escort_required"),
                escort_name: escort_name?,
                area_ids: area_ids?,
                areas: areas?,
                device_ids: device_ids?,
                intent_ids: intent_ids?,
                standing: standing?.into_iter().next(),
                host_contact_id: fields.get("host_contact_id").trim().parse().ok(),
                note: note?,
                people,
            })
        })();
        faults.into_result(draft)
    }
}

fn people(faults: &mut Faults, fields: &Fields, zone: Tz, now: Timestamp) -> Vec<PersonDraft> {
    let mut people: Vec<PersonDraft> = Vec::new();
    for (index, names) in PERSON_FIELDS.iter().enumerate() {
        if index > 0 && !PersonDraft::is_typed(fields, *names) {
            continue;
        }
        let Some(person) = PersonDraft::parse(faults, fields, *names, zone, now) else {
            continue;
        };
        if people.iter().any(|other| is_same(other, &person)) {
            faults.add(names.name, Message::new("visit-fault-person-twice"));
        }
        people.push(person);
    }
    people
}

fn is_same(one: &PersonDraft, other: &PersonDraft) -> bool {
    let number = |person: &PersonDraft| person.document.as_ref().map(Document::fingerprint_text);
    match (number(one), number(other)) {
        (Some(a), Some(b)) => a == b,
        _ => one.name == other.name && one.company == other.company && one.phone == other.phone,
    }
}

fn purpose(fields: &Fields) -> Result<Purpose, FieldFault> {
    Purpose::from_word(fields.get("purpose").trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", Purpose::words());
        FieldFault::new("purpose", message)
    })
}

/// Row ids of a field that may be there several times.
fn ids<T: FromStr + Ord>(
    fields: &Fields,
    name: &'static str,
    wrong: &'static str,
) -> Result<Vec<T>, FieldFault> {
    let mut ids: Vec<T> = fields
        .all(name)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse::<T>()
                .map_err(|_| FieldFault::new(name, Message::new(wrong)))
        })
        .collect::<Result<_, _>>()?;
    ids.sort();
    ids.dedup();
    Ok(ids)
}

fn window(
    faults: &mut Faults,
    fields: &Fields,
    zone: Tz,
    now: Timestamp,
    arrival: Arrival,
) -> Option<(Timestamp, Timestamp)> {
    let mut instant = |name: &'static str, default: Option<Timestamp>| {
        let typed = fields.get(name).trim();
        if let (true, Some(default)) = (typed.is_empty(), default) {
            return Some(default);
        }
        let read = Timestamp::parse_in(typed, zone);
        if read.is_none() {
            faults.add(name, Message::new("visit-fault-time"));
        }
        read
    };
    let walk_in = arrival == Arrival::WalkIn;
    let from = if walk_in {
        Some(now)
    } else {
        instant("planned_from", None)
    };
    let end = now.plus_seconds(WALK_IN_HOURS * 3600);
    let until = instant("planned_until", walk_in.then_some(end));
    let (from, until) = (from?, until?);
    let longest = if fields.get("standing_permission_id").trim().is_empty() {
        LONGEST_DAYS
    } else {
        LONGEST_STANDING_DAYS
    };
    match window_fault(from, until, now, longest) {
        Some(fault) => {
            faults.add("planned_until", fault);
            None
        }
        None => Some((from, until)),
    }
}

/// What is wrong with a planned window: its end before its start, longer than may be, or over already.
fn window_fault(
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
    longest: i64,
) -> Option<Message> {
    if until <= from {
        return Some(Message::new("visit-fault-window-order"));
    }
    if until <= now {
        return Some(Message::new("visit-fault-window-past"));
    }
    if until.since_millis(from) > longest * DAY_MS {
        return Some(Message::new("visit-fault-window-long").with("days", longest));
    }
    None
}

/// Who of a visit something is done to: the named ones, or everyone it can be done to.
pub fn chosen_people(fields: &Fields) -> Vec<VisitPersonId> {
    fields
        .all("person_ids")
        .filter_map(|text| text.trim().parse().ok())
        .collect()
}

/// A time span in which someone was inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Stay {
    /// Came in.
    pub from: Timestamp,
    /// Left; `None` while still inside.
    pub until: Option<Timestamp>,
}

impl Stay {
    /// Whether any moment of it lies in `from..until`.
    pub fn touches(&self, from: Timestamp, until: Timestamp) -> bool {
        self.from < until && self.until.is_none_or(|left| left > from)
    }
}

/// The stays of one person from the record of comings (`true`) and goings, oldest first.
pub fn stays(record: impl IntoIterator<Item = (Timestamp, bool)>) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    for (at, came) in record {
        match stays.last_mut() {
            Some(last) if last.until.is_none() && !came => last.until = Some(at),
            Some(last) if last.until.is_none() => {}
            _ if came => stays.push(Stay {
                from: at,
                until: None,
            }),
            _ => {}
        }
    }
    stays
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
