//! Who may come in: nobody who is blocked, nobody who has not agreed to what is asked for.

use diesel::prelude::*;
use serde_json::json;

use super::blocks::blocking;
use super::consent::{agree, lacking};
use super::{audit_visit, note_event, visit_row};
use crate::access::model::{PersonDraft, VisitEventKind};
use crate::access::person_model::{AgreedHow, NoticeKind};
use crate::access::rows::{Attendance, Person, SiteName, Visit, VisitEvent};
use crate::access::rows::{Block, ConsentText};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{PersonId, SiteId, VisitPersonId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{people, sites, visit_people, visits};

/// Refuses whoever is blocked at the site, and whoever has not agreed to a notice that is in force there.
pub(super) fn may_enter(
    c: &mut Conn,
    actor: &Actor,
    person: &Person,
    site: SiteId,
) -> Result<(), Fault> {
    if let Some(block) = blocking(c, actor, person, site)? {
        return Err(refusal(c, actor, person, site, &block)?);
    }
    match lacking(c, person.id, site, actor.now)?.first() {
        None => Ok(()),
        Some(text) => {
            let message = match text.kind {
                NoticeKind::Safety => Message::new("people-fault-safety")
                    .with("name", person.name.as_str())
                    .with("edition", text.edition),
                NoticeKind::Privacy => Message::new("people-fault-privacy")
                    .with("name", person.name.as_str())
                    .with("edition", text.edition),
            };
            Err(Fault::conflict(message))
        }
    }
}

/// Words for a refusal: staff are told why and until when, customers neither.
fn refusal(
    c: &mut Conn,
    actor: &Actor,
    person: &Person,
    site: SiteId,
    block: &Block,
) -> Result<Fault, Fault> {
    if actor.role.is_customer() {
        return Ok(neutral());
    }
    let Some(until) = block.until_at else {
        return Ok(Fault::conflict(
            Message::new("people-fault-blocked")
                .with("name", person.name.as_str())
                .with("reason", block.reason.as_str()),
        ));
    };
    let site: SiteName = sites::table
        .find(site)
        .select(SiteName::as_select())
        .first(c)?;
    Ok(Fault::conflict(
        Message::new("people-fault-blocked-until")
            .with("name", person.name.as_str())
            .with("reason", block.reason.as_str())
            .with("until", until.local_minute(site.zone()?)),
    ))
}

/// What a customer is told: nothing of a block.
fn neutral() -> Fault {
    Fault::field("visitor_name", Message::new("people-fault-not-here"))
}

/// At the announcement a customer is refused in neutral words; staff may go on, and the visit's record says so.
pub(super) fn announced(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
    people: &[Person],
) -> Result<(), Fault> {
    for person in people {
        if blocking(c, actor, person, visit.site_id)?.is_none() {
            continue;
        }
        if actor.role.is_customer() {
            return Err(neutral());
        }
        let id = Some(person.id);
        note_event(c, actor, visit.id, id, VisitEventKind::Blocked, "")?;
    }
    Ok(())
}

/// Who of a visit is blocked at its site, in words for staff; nobody for customers.
pub fn visit_warnings(c: &mut Conn, actor: &Actor, number: &str) -> Result<Vec<Message>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let visit = visit_row(c, actor, number)?;
    if actor.role.is_customer() {
        return Ok(Vec::new());
    }
    let people: Vec<Person> = visit_people::table
        .inner_join(people::table)
        .filter(visit_people::visit_id.eq(visit.id))
        .select(Person::as_select())
        .load(c)?;
    let mut warnings = Vec::new();
    for person in &people {
        if let Some(block) = blocking(c, actor, person, visit.site_id)? {
            let fault = refusal(c, actor, person, visit.site_id, &block)?;
            warnings.push(fault.message);
        }
    }
    Ok(warnings)
}

/// Whether a check-in failed because someone is blocked.
pub fn is_block(fault: &Fault) -> bool {
    matches!(
        fault.message.key,
        "people-fault-blocked" | "people-fault-blocked-until"
    )
}

/// Writes into a visit's record that someone blocked stood at the door and was refused.
pub fn refusal_note(c: &mut Conn, actor: &Actor, number: &str) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let visit = visit_row(c, actor, number)?;
    note_event(c, actor, visit.id, None, VisitEventKind::Blocked, "")?;
    audit_visit(c, actor, &visit, "visit.turned_away", json!({}))
}

fn agree_all(c: &mut Conn, actor: &Actor, person: &Person, site: SiteId) -> Result<(), Fault> {
    for text in lacking(c, person.id, site, actor.now)? {
        agree(
            c,
            actor,
            (person.id, person.name.as_str()),
            &text,
            AgreedHow::Desk,
        )?;
    }
    Ok(())
}

/// Notes who agreed, as ticked at the desk: `agreed_ID` for each person of a visit.
pub(super) fn agreements(
    c: &mut Conn,
    actor: &Actor,
    site: SiteId,
    people: &[(Attendance, Person)],
    fields: &Fields,
) -> Result<(), Fault> {
    for (row, person) in people {
        if fields.yes(&format!("agreed_{}", row.id)) {
            agree_all(c, actor, person, site)?;
        }
    }
    Ok(())
}

/// The same for people who were just written down: `agreed`, `agreed_2` and so on beside `visitor_name`.
pub(super) fn agreements_typed(
    c: &mut Conn,
    actor: &Actor,
    site: SiteId,
    drafts: &[PersonDraft],
    people: &[Person],
    fields: &Fields,
) -> Result<(), Fault> {
    for (draft, person) in drafts.iter().zip(people) {
        let field = draft.fields.name.replace("visitor_name", "agreed");
        if fields.yes(&field) {
            agree_all(c, actor, person, site)?;
        }
    }
    Ok(())
}

/// What each person of a visit is still to agree to, for the form at the desk.
pub fn notices_asked(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
) -> Result<Vec<(VisitPersonId, Vec<ConsentText>)>, Fault> {
    actor.require(Permission::DeskVisits)?;
    let visit = visit_row(c, actor, number)?;
    let rows: Vec<(VisitPersonId, PersonId)> = visit_people::table
        .filter(visit_people::visit_id.eq(visit.id))
        .select((visit_people::id, visit_people::person_id))
        .load(c)?;
    let mut asked = Vec::new();
    for (row, person) in rows {
        asked.push((row, lacking(c, person, visit.site_id, actor.now)?));
    }
    Ok(asked)
}

/// A visit's entries as this reader may see them: no blocks for customers, no words of people whose names were taken out.
pub(super) fn entries_shown(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
    mut entries: Vec<VisitEvent>,
) -> Result<Vec<VisitEvent>, Fault> {
    if actor.role.is_customer() {
        entries.retain(|entry| entry.event != VisitEventKind::Blocked);
    }
    let taken_out: Option<i64> = visits::table
        .find(visit.id)
        .select(visits::anonymised_at)
        .first(c)?;
    let ids: Vec<PersonId> = entries.iter().filter_map(|entry| entry.person_id).collect();
    let nameless: Vec<PersonId> = people::table
        .filter(people::id.eq_any(ids))
        .filter(people::anonymised_at.is_not_null())
        .select(people::id)
        .load(c)?;
    for entry in &mut entries {
        let is_nameless = entry.person_id.is_some_and(|id| nameless.contains(&id));
        if taken_out.is_some() || is_nameless {
            entry.note.clear();
        }
    }
    Ok(entries)
}
