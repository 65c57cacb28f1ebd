//! People: recognised when they come again, their document sealed.

use diesel::prelude::*;
use serde_json::json;

use super::note_event;
use crate::access::document::DocumentKind;
use crate::access::model::{PersonDraft, VisitEventKind};
use crate::access::rows::Person;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::{contains_pattern, fold_all};
use crate::base::ids::{CustomerId, PersonId};
use crate::base::seal::Keyring;
use crate::base::secret::Secret;
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::search::pinyin_of;
use crate::store::Conn;
use crate::store::schema::{people, visit_people, visits};

/// Purpose under which numbers are sealed.
pub(super) const SEALED: &str = "people.identity_sealed";
/// Purpose of their fingerprints.
pub(super) const FINGERPRINT: &str = "people.identity_fingerprint";
/// How many known people a search offers.
const OFFERED: i64 = 20;

type People<'a> = people::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

/// People this actor may be told about: all, or those who came for the customer.
fn within_wall(actor: &Actor) -> People<'static> {
    let query = people::table
        .filter(people::merged_into_id.is_null())
        .filter(people::anonymised_at.is_null())
        .into_boxed();
    match actor.wall().customer() {
        Some(own) => query.filter(people::customer_id.eq(own)),
        None => query,
    }
}

/// One known person.
pub fn person_by_id(c: &mut Conn, actor: &Actor, id: PersonId) -> Result<Person, Fault> {
    actor.require(Permission::AnnounceVisits)?;
    within_wall(actor)
        .filter(people::id.eq(id))
        .select(Person::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Known people whose name, company or phone contains a text; nobody for fewer than two letters.
pub fn person_search(c: &mut Conn, actor: &Actor, query: &str) -> Result<Vec<Person>, Fault> {
    actor.require(Permission::AnnounceVisits)?;
    if query.trim().chars().count() < 2 {
        return Ok(Vec::new());
    }
    Ok(within_wall(actor)
        .filter(
            people::search_folded
                .like(contains_pattern(query))
                .escape('\\'),
        )
        .order((people::updated_at.desc(), people::id.desc()))
        .limit(OFFERED)
        .select(Person::as_select())
        .load(c)?)
}

/// Known people for a choice, those who changed last first; at most two hundred.
pub fn people_known(c: &mut Conn, actor: &Actor) -> Result<Vec<Person>, Fault> {
    actor.require(Permission::ManageAccess)?;
    Ok(within_wall(actor)
        .order((people::updated_at.desc(), people::id.desc()))
        .limit(200)
        .select(Person::as_select())
        .load(c)?)
}

/// The known person a draft is about, with what is new written down; else a new person.
pub(super) fn person_resolve(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    draft: &PersonDraft,
    customer: Option<CustomerId>,
) -> Result<Person, Fault> {
    let fingerprint = draft
        .document
        .as_ref()
        .map(|document| keys.fingerprint(FINGERPRINT, &document.fingerprint_text()));
    let known = match draft.known {
        Some(id) => Some(picked(c, actor, draft, id)?),
        None => recognise(c, actor, draft, fingerprint.as_deref())?,
    };
    match known {
        Some(person) => person_refresh(c, actor, keys, person, draft, fingerprint),
        None => person_create(c, actor, keys, draft, fingerprint, customer),
    }
}

fn picked(c: &mut Conn, actor: &Actor, draft: &PersonDraft, id: PersonId) -> Result<Person, Fault> {
    within_wall(actor)
        .filter(people::id.eq(id))
        .select(Person::as_select())
        .first(c)
        .optional()?
        .ok_or_else(|| Fault::field(draft.fields.name, Message::new("visit-fault-person")))
}

/// By document, else by phone and name, else by name and company; never against another document.
fn recognise(
    c: &mut Conn,
    actor: &Actor,
    draft: &PersonDraft,
    fingerprint: Option<&str>,
) -> Result<Option<Person>, Fault> {
    if let Some(fingerprint) = fingerprint {
        let found = within_wall(actor)
            .filter(people::identity_fingerprint.eq(fingerprint.to_owned()))
            .order(people::id.asc())
            .select(Person::as_select())
            .first(c)
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
        if let Some(found) = by_merged_document(c, actor, fingerprint)? {
            return Ok(Some(found));
        }
    }
    if draft.phone.is_empty() && draft.company.is_empty() {
        return Ok(None);
    }
    let mut query = within_wall(actor).filter(people::name.eq(draft.name.clone()));
    if fingerprint.is_some() {
        query = query.filter(people::identity_fingerprint.is_null());
    }
    let same_name: Vec<Person> = query
        .order(people::id.asc())
        .select(Person::as_select())
        .load(c)?;
    let by_phone = same_name
        .iter()
        .find(|person| !draft.phone.is_empty() && person.phone == draft.phone);
    let by_company = same_name.iter().find(|person| {
        !draft.company.is_empty()
            && person.company == draft.company
            && (draft.phone.is_empty() || person.phone.is_empty())
    });
    Ok(by_phone.or(by_company).cloned())
}

/// The record that took over one with this document.
fn by_merged_document(
    c: &mut Conn,
    actor: &Actor,
    fingerprint: &str,
) -> Result<Option<Person>, Fault> {
    let into: Option<Option<PersonId>> = people::table
        .filter(people::identity_fingerprint.eq(fingerprint.to_owned()))
        .filter(people::merged_into_id.is_not_null())
        .order(people::id.asc())
        .select(people::merged_into_id)
        .first(c)
        .optional()?;
    let Some(id) = into.flatten() else {
        return Ok(None);
    };
    Ok(within_wall(actor)
        .filter(people::id.eq(id))
        .select(Person::as_select())
        .first(c)
        .optional()?)
}

/// Whether a record that was merged into this one has the document.
fn merged_has(c: &mut Conn, id: PersonId, fingerprint: &str) -> Result<bool, Fault> {
    let count: i64 = people::table
        .filter(people::merged_into_id.eq(id))
        .filter(people::identity_fingerprint.eq(fingerprint.to_owned()))
        .count()
        .get_result(c)?;
    Ok(count > 0)
}

/// What a person is found by: name, also as it is read, company and telephone.
pub(super) fn folded(name: &str, company: &str, phone: &str) -> String {
    let read = pinyin_of(name);
    fold_all([name, read.as_str(), company, phone])
}

fn person_create(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    draft: &PersonDraft,
    fingerprint: Option<String>,
    customer: Option<CustomerId>,
) -> Result<Person, Fault> {
    let document = draft.document.as_ref();
    let sealed = document
        .map(|document| keys.seal(SEALED, &document.number))
        .transpose()?;
    let id: PersonId = diesel::insert_into(people::table)
        .values((
            people::customer_id.eq(customer),
            people::name.eq(&draft.name),
            people::company.eq(&draft.company),
            people::phone.eq(&draft.phone),
            people::identity_kind.eq(document.map_or(DocumentKind::None, |d| d.kind)),
            people::identity_sealed.eq(sealed),
            people::identity_fingerprint.eq(fingerprint),
            people::identity_masked.eq(document.map(|d| d.masked()).unwrap_or_default()),
            people::search_folded.eq(folded(&draft.name, &draft.company, &draft.phone)),
            people::created_at.eq(actor.now),
            people::updated_at.eq(actor.now),
        ))
        .returning(people::id)
        .get_result(c)?;
    let event = Event::new("person.create", "person", id.get(), &draft.name)
        .for_customer(customer)
        .with(json!({"company": draft.company, "document": document.map(|d| d.kind)}));
    audit::record(c, &actor.author(), actor.now, event)?;
    reread(c, id)
}

fn reread(c: &mut Conn, id: PersonId) -> Result<Person, Fault> {
    Ok(people::table
        .find(id)
        .select(Person::as_select())
        .first(c)?)
}

/// Writes down what the draft knows better: a name as typed now, a company, a phone, a document.
fn person_refresh(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    person: Person,
    draft: &PersonDraft,
    fingerprint: Option<String>,
) -> Result<Person, Fault> {
    let newer = |typed: &str, known: &str| {
        let text = if typed.is_empty() { known } else { typed };
        text.to_owned()
    };
    let (company, phone) = (
        newer(&draft.company, &person.company),
        newer(&draft.phone, &person.phone),
    );
    let is_other_own = match &fingerprint {
        Some(fingerprint) => merged_has(c, person.id, fingerprint)?,
        None => false,
    };
    let new_document = draft
        .document
        .as_ref()
        .filter(|_| fingerprint != person.identity_fingerprint && !is_other_own);
    let same = draft.name == person.name && company == person.company && phone == person.phone;
    if same && new_document.is_none() {
        return Ok(person);
    }
    diesel::update(people::table.find(person.id))
        .set((
            people::name.eq(&draft.name),
            people::company.eq(&company),
            people::phone.eq(&phone),
            people::search_folded.eq(folded(&draft.name, &company, &phone)),
            people::version.eq(people::version + 1),
            people::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if let Some(document) = new_document {
        let sealed = keys.seal(SEALED, &document.number)?;
        diesel::update(people::table.find(person.id))
            .set((
                people::identity_kind.eq(document.kind),
                people::identity_sealed.eq(Some(sealed)),
                people::identity_fingerprint.eq(fingerprint),
                people::identity_masked.eq(document.masked()),
            ))
            .execute(c)?;
    }
    let after = reread(c, person.id)?;
    let facts = |p: &Person| {
        json!({"name": p.name, "company": p.company, "phone": p.phone,
            "document": p.identity_kind, "number": p.identity_masked})
    };
    let event = Event::new("person.update", "person", person.id.get(), &after.name)
        .for_customer(after.customer_id)
        .with(json!({"before": facts(&person), "after": facts(&after)}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(after)
}

/// An identity number in full, for a stated reason. Leaves an entry in the visit's record and in the audit log.
pub fn identity_reveal(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    number: &str,
    id: PersonId,
    reason: &str,
) -> Result<Secret, Fault> {
    actor.require(Permission::RevealIdentity)?;
    let visit = super::visit_row(c, actor, number)?;
    let reason = text::required_line("reason", reason, 200)?;
    let found: Option<(String, Option<Vec<u8>>)> = visit_people::table
        .inner_join(people::table)
        .inner_join(visits::table)
        .filter(visits::id.eq(visit.id))
        .filter(people::id.eq(id))
        .select((people::name, people::identity_sealed))
        .first(c)
        .optional()?;
    let (name, sealed) = found.ok_or_else(Fault::not_found)?;
    let sealed = sealed.ok_or_else(|| Fault::conflict(Message::new("visit-fault-no-document")))?;
    let plain = keys.open(SEALED, &sealed)?;
    note_event(
        c,
        actor,
        visit.id,
        Some(id),
        VisitEventKind::Revealed,
        &reason,
    )?;
    let event = Event::new("person.reveal", "person", id.get(), name)
        .for_customer(visit.customer_id)
        .with(json!({"reason": reason, "visit": visit.number}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(plain)
}
