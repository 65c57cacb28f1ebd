//! Records of people: found, read, written, and who read a number.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::people::{FINGERPRINT, SEALED, folded};
use crate::access::document::{Document, DocumentKind};
use crate::access::person_model::RecordDraft;
use crate::access::rows::PersonRecord;
use crate::access::state::VisitState;
use crate::audit::{self, Event, Filter};
use crate::base::fault::{Fault, Message};
use crate::base::fold::contains_pattern;
use crate::base::ids::PersonId;
use crate::base::page::{Mark, Page, PageRequest, Walk};
use crate::base::seal::Keyring;
use crate::base::secret::Secret;
use crate::base::text;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{people, person_blocks, visit_people, visits};

/// Which people to list.
#[derive(Debug, Clone, Default)]
pub struct PeopleFilter {
    /// Part of name, pinyin, company, telephone or the masked number.
    pub query: String,
    /// Only those who are blocked somewhere.
    pub blocked: bool,
}

type People<'a> = people::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

fn filtered(actor: &Actor, filter: &PeopleFilter) -> People<'static> {
    let mut query = people::table
        .filter(people::merged_into_id.is_null())
        .filter(people::anonymised_at.is_null())
        .into_boxed();
    if !filter.query.trim().is_empty() {
        let pattern = contains_pattern(&filter.query);
        let number = pattern.to_uppercase();
        query = query.filter(
            people::search_folded
                .like(pattern)
                .escape('\\')
                .or(people::identity_masked.like(number).escape('\\')),
        );
    }
    if filter.blocked {
        query = query.filter(
            people::id.eq_any(
                person_blocks::table
                    .filter(person_blocks::lifted_at.is_null())
                    .filter(person_blocks::from_at.le(actor.now))
                    .filter(
                        person_blocks::until_at
                            .is_null()
                            .or(person_blocks::until_at.gt(actor.now)),
                    )
                    .select(person_blocks::person_id),
            ),
        );
    }
    query
}

/// A page of people by name.
pub fn people_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &PeopleFilter,
    page: &PageRequest,
) -> Result<Page<PersonRecord>, Fault> {
    actor.require(Permission::ViewPeople)?;
    let total: i64 = filtered(actor, filter).count().get_result(c)?;
    let walk = Walk::of(page, false);
    let query = filtered(actor, filter);
    let query = crate::walked!(query, people::name, people::id, &walk, text, full);
    let rows: Vec<PersonRecord> = query
        .limit(walk.fetch())
        .select(PersonRecord::as_select())
        .load(c)?;
    Ok(walk.page(rows, total, |row: &PersonRecord| {
        Mark::of_text(row.id.get(), Some(&row.name))
    }))
}

/// Everyone who fits, for a file; at most 100,000.
pub fn people_export(
    c: &mut Conn,
    actor: &Actor,
    filter: &PeopleFilter,
) -> Result<Vec<PersonRecord>, Fault> {
    actor.require(Permission::ViewPeople)?;
    Ok(filtered(actor, filter)
        .order((people::name.asc(), people::id.asc()))
        .limit(100_000)
        .select(PersonRecord::as_select())
        .load(c)?)
}

/// One record, merged and anonymised ones too.
pub fn person_record(c: &mut Conn, actor: &Actor, id: PersonId) -> Result<PersonRecord, Fault> {
    actor.require(Permission::ViewPeople)?;
    people::table
        .find(id)
        .select(PersonRecord::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// A record that can still be changed: neither merged nor anonymised.
pub(super) fn live_record(c: &mut Conn, id: PersonId) -> Result<PersonRecord, Fault> {
    let found: Option<PersonRecord> = people::table
        .find(id)
        .select(PersonRecord::as_select())
        .first(c)
        .optional()?;
    let person = found.ok_or_else(Fault::not_found)?;
    if person.merged_into_id.is_some() || person.anonymised_at.is_some() {
        return Err(Fault::conflict(Message::new("people-fault-over")));
    }
    Ok(person)
}

/// Another live record of the operator's own with this document.
fn refuse_known(c: &mut Conn, fingerprint: &str, but: Option<PersonId>) -> Result<(), Fault> {
    let mut query = people::table
        .filter(people::identity_fingerprint.eq(fingerprint.to_owned()))
        .filter(people::merged_into_id.is_null())
        .into_boxed();
    if let Some(id) = but {
        query = query.filter(people::id.ne(id));
    }
    let there: Option<String> = query.select(people::name).first(c).optional()?;
    match there {
        Some(name) => {
            let message = Message::new("people-fault-known").with("name", name);
            Err(Fault::field("document_number", message))
        }
        None => Ok(()),
    }
}

/// Writes down a person.
pub fn person_add(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    draft: &RecordDraft,
) -> Result<PersonId, Fault> {
    actor.require(Permission::EditPeople)?;
    let document = draft.document.as_ref();
    let fingerprint = document.map(|one| keys.fingerprint(FINGERPRINT, &one.fingerprint_text()));
    if let Some(fingerprint) = &fingerprint {
        refuse_known(c, fingerprint, None)?;
    }
    let sealed = document
        .map(|document| keys.seal(SEALED, &document.number))
        .transpose()?;
    let id: PersonId = diesel::insert_into(people::table)
        .values((
            (
                people::name.eq(&draft.name),
                people::company.eq(&draft.company),
                people::phone.eq(&draft.phone),
                people::email.eq(&draft.email),
                people::identity_kind.eq(document.map_or(DocumentKind::None, |one| one.kind)),
                people::identity_sealed.eq(sealed),
                people::identity_fingerprint.eq(fingerprint),
                people::identity_masked.eq(document.map(Document::masked).unwrap_or_default()),
            ),
            (
                people::language.eq(draft.language),
                people::nationality.eq(&draft.nationality),
                people::vehicle_plate.eq(&draft.vehicle_plate),
                people::note.eq(&draft.note),
                people::search_folded.eq(folded(&draft.name, &draft.company, &draft.phone)),
                people::created_at.eq(actor.now),
                people::updated_at.eq(actor.now),
            ),
        ))
        .returning(people::id)
        .get_result(c)?;
    let event = Event::new("person.create", "person", id.get(), &draft.name)
        .with(json!({"company": draft.company, "document": document.map(|one| one.kind)}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a record; `version` is the one that was read. No number leaves the one on record.
pub fn person_change(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    id: PersonId,
    version: i64,
    draft: &RecordDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditPeople)?;
    let before = live_record(c, id)?;
    if before.version != version {
        return Err(Fault::stale());
    }
    diesel::update(people::table.find(id))
        .set((
            people::name.eq(&draft.name),
            people::company.eq(&draft.company),
            people::phone.eq(&draft.phone),
            people::email.eq(&draft.email),
            people::language.eq(draft.language),
            people::nationality.eq(&draft.nationality),
            people::vehicle_plate.eq(&draft.vehicle_plate),
            people::note.eq(&draft.note),
            people::search_folded.eq(folded(&draft.name, &draft.company, &draft.phone)),
            people::version.eq(people::version + 1),
            people::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if let Some(document) = &draft.document {
        let fingerprint = keys.fingerprint(FINGERPRINT, &document.fingerprint_text());
        refuse_known(c, &fingerprint, Some(id))?;
        let sealed = keys.seal(SEALED, &document.number)?;
        diesel::update(people::table.find(id))
            .set((
                people::identity_kind.eq(document.kind),
                people::identity_sealed.eq(Some(sealed)),
                people::identity_fingerprint.eq(Some(fingerprint)),
                people::identity_masked.eq(document.masked()),
            ))
            .execute(c)?;
    }
    let after = live_record(c, id)?;
    let event = Event::new("person.update", "person", id.get(), &after.name)
        .for_customer(after.customer_id)
        .with(json!({"before": facts(&before), "after": facts(&after)}));
    audit::record(c, &actor.author(), actor.now, event)
}

fn facts(person: &PersonRecord) -> Value {
    json!({
        "name": person.name, "company": person.company, "phone": person.phone,
        "email": person.email, "language": person.language, "nationality": person.nationality,
        "vehicle_plate": person.vehicle_plate, "note": person.note,
        "document": person.identity_kind, "number": person.identity_masked,
    })
}

/// An identity number in full, for a stated reason; leaves an entry in the audit log.
pub fn person_reveal(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    id: PersonId,
    reason: &str,
) -> Result<Secret, Fault> {
    actor.require(Permission::RevealIdentity)?;
    let reason = text::required_line("reason", reason, 200)?;
    let person = live_record(c, id)?;
    let sealed: Option<Vec<u8>> = people::table
        .find(id)
        .select(people::identity_sealed)
        .first(c)?;
    let sealed = sealed.ok_or_else(|| Fault::conflict(Message::new("visit-fault-no-document")))?;
    let plain = keys.open(SEALED, &sealed)?;
    let event = Event::new("person.reveal", "person", id.get(), &person.name)
        .for_customer(person.customer_id)
        .with(json!({"reason": reason}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(plain)
}

/// That someone read a person's number in full.
#[derive(Debug, Clone, Serialize)]
pub struct NumberRead {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// The reason that was given.
    pub reason: String,
    /// Number of the visit, or empty.
    pub visit: String,
}

/// Who read a person's number, newest first; of the records that were merged into this one too.
pub fn number_reads(c: &mut Conn, actor: &Actor, id: PersonId) -> Result<Vec<NumberRead>, Fault> {
    person_record(c, actor, id)?;
    let mut ids: Vec<PersonId> = people::table
        .filter(people::merged_into_id.eq(id))
        .select(people::id)
        .load(c)?;
    ids.push(id);
    let mut reads = Vec::new();
    for id in ids {
        let filter = Filter {
            object_kind: Some("person".to_owned()),
            object_id: Some(id.get()),
            action: Some("person.reveal".to_owned()),
            limit: 1000,
            ..Filter::default()
        };
        for entry in audit::list(c, &filter)? {
            let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
            let said = |name: &str| -> String {
                let text = detail.get(name).and_then(Value::as_str);
                text.unwrap_or_default().to_owned()
            };
            reads.push(NumberRead {
                at: entry.at,
                who: entry.author_name,
                reason: said("reason"),
                visit: said("visit"),
            });
        }
    }
    reads.sort_by_key(|read| std::cmp::Reverse(read.at));
    Ok(reads)
}

/// A visit of a person.
#[derive(Debug, Clone, Queryable, Serialize)]
pub struct PersonVisit {
    /// `V-2026-000123`.
    pub number: String,
    /// Where it stands.
    pub state: VisitState,
    /// Start of the planned window.
    pub planned_from: Timestamp,
    /// Last check-in.
    pub checked_in_at: Option<Timestamp>,
    /// Check-out after it.
    pub checked_out_at: Option<Timestamp>,
}

/// The last hundred visits of a person, latest first.
pub fn visits_of_person(
    c: &mut Conn,
    actor: &Actor,
    id: PersonId,
) -> Result<Vec<PersonVisit>, Fault> {
    person_record(c, actor, id)?;
    Ok(visit_people::table
        .inner_join(visits::table)
        .filter(visit_people::person_id.eq(id))
        .order((visits::planned_from.desc(), visits::id.desc()))
        .limit(100)
        .select((
            visits::number,
            visits::state,
            visits::planned_from,
            visit_people::checked_in_at,
            visit_people::checked_out_at,
        ))
        .load(c)?)
}
