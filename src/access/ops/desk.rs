//! The door: in with a badge, out with the badge given back.

use diesel::prelude::*;
use serde_json::json;

use super::door_rules::{already, let_pass};
use super::loans::{badge_back, hand_over, take_back};
use super::standing::standing_used;
use super::{advance, audit_visit, gate, note_event, visit_row};
use crate::access::model::{VisitEventKind, chosen_people};
use crate::access::rows::{Attendance, Person, Visit};
use crate::access::state::{VisitAction, VisitState};
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{PersonId, SiteId, VisitPersonId};
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{people, visit_people, visits};

/// One person to be let in.
pub(super) struct DeskEntry {
    /// The person on the visit.
    pub attendance: VisitPersonId,
    /// Badge handed out, or empty.
    pub badge: String,
    /// Name of the field it was typed into.
    pub badge_field: String,
}

impl DeskEntry {
    /// Without a badge.
    pub fn without_badge(attendance: VisitPersonId) -> Self {
        Self {
            attendance,
            badge: String::new(),
            badge_field: "badge".to_owned(),
        }
    }
}

/// Who comes in, and what goes for all of them.
pub(super) struct Arriving<'a> {
    /// Each of them.
    pub entries: &'a [DeskEntry],
    /// Who goes along, or empty.
    pub escort: String,
    /// Why a rule at the door is set aside, or empty.
    pub override_reason: String,
}

impl<'a> Arriving<'a> {
    /// Reads `escort_name` and `override_reason`.
    pub fn read(fields: &Fields, entries: &'a [DeskEntry]) -> Result<Self, Fault> {
        let reason = fields.get("override_reason");
        Ok(Self {
            entries,
            escort: text::visible("escort_name", fields.get("escort_name"), 80)?,
            override_reason: text::visible("override_reason", reason, 200)?,
        })
    }
}

/// People of a visit with who they are, in the order they were announced.
pub(super) fn visitors(c: &mut Conn, visit: &Visit) -> Result<Vec<(Attendance, Person)>, Fault> {
    Ok(visit_people::table
        .inner_join(people::table)
        .filter(visit_people::visit_id.eq(visit.id))
        .order(visit_people::id.asc())
        .select((Attendance::as_select(), Person::as_select()))
        .load(c)?)
}

/// Reads one line that belongs to one person: `badge_12`.
fn own_line(
    fields: &Fields,
    name: &str,
    id: VisitPersonId,
    max: usize,
) -> Result<(String, String), Fault> {
    let field = format!("{name}_{id}");
    let line = text::line("", fields.get(&field), max)
        .map_err(|fault| Fault::from(FieldFault::new(field.clone(), fault.message)))?;
    Ok((field, line))
}

/// Who is meant: the named ones, else all who `fits`.
pub(super) fn meant(
    all: Vec<(Attendance, Person)>,
    fields: &Fields,
    fits: impl Fn(&Attendance) -> bool,
) -> Result<Vec<(Attendance, Person)>, Fault> {
    let chosen = chosen_people(fields);
    let known = chosen
        .iter()
        .all(|id| all.iter().any(|(row, _)| row.id == *id));
    let meant: Vec<_> = all
        .into_iter()
        .filter(|(row, _)| fits(row) && (chosen.is_empty() || chosen.contains(&row.id)))
        .collect();
    if meant.is_empty() || !known {
        return Err(Fault::field(
            "person_ids",
            Message::new("visit-fault-nobody"),
        ));
    }
    Ok(meant)
}

/// Lets people of a visit in: `person_ids` (none: everyone outside), `badge_ID`, `escort_name`, `override_reason`.
/// A visit that waits for approval is approved by this.
pub fn check_in(c: &mut Conn, actor: &Actor, number: &str, fields: &Fields) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let mut visit = visit_row(c, actor, number)?;
    if visit.state == VisitState::Announced {
        advance(c, actor, &mut visit, VisitAction::Approve)?;
        note_event(c, actor, visit.id, None, VisitEventKind::Approved, "")?;
        audit_visit(
            c,
            actor,
            &visit,
            "visit.approve",
            json!({"with": "check-in"}),
        )?;
    }
    visit.state.after(VisitAction::CheckIn)?;
    let all = visitors(c, &visit)?;
    already(c, &visit, &all, fields, VisitAction::CheckIn)?;
    let people = meant(all, fields, |row| !row.has_come())?;
    let mut entries = Vec::new();
    for (row, _) in &people {
        let (badge_field, badge) = own_line(fields, "badge", row.id, 40)?;
        entries.push(DeskEntry {
            attendance: row.id,
            badge,
            badge_field,
        });
    }
    gate::agreements(c, actor, visit.site_id, &people, fields)?;
    let arriving = Arriving::read(fields, &entries)?;
    enter(c, actor, &mut visit, &arriving)
}

/// Lets people in: the rules, the rows, the record.
pub(super) fn enter(
    c: &mut Conn,
    actor: &Actor,
    visit: &mut Visit,
    arriving: &Arriving<'_>,
) -> Result<(), Fault> {
    let escort = if arriving.escort.is_empty() {
        visit.escort_name.clone()
    } else {
        arriving.escort.clone()
    };
    if visit.escort_required && escort.is_empty() {
        return Err(Fault::field(
            "escort_name",
            Message::new("visit-fault-escort"),
        ));
    }
    let_pass(
        c,
        actor,
        visit,
        arriving.entries.len(),
        &arriving.override_reason,
    )?;
    let all = visitors(c, visit)?;
    for entry in arriving.entries {
        let (row, person) = all
            .iter()
            .find(|(row, _)| row.id == entry.attendance)
            .ok_or_else(Fault::not_found)?;
        refuse_twice_inside(c, person)?;
        gate::may_enter(c, actor, person, visit.site_id)?;
        refuse_missing_badge(row, entry)?;
        let stocked = hand_over(
            c,
            actor,
            visit,
            (row, person),
            &entry.badge,
            &entry.badge_field,
        )?;
        refuse_taken_badge(c, visit.site_id, row, entry, stocked)?;
        diesel::update(visit_people::table.find(row.id))
            .set((
                visit_people::badge.eq(&entry.badge),
                visit_people::badge_returned.eq(None::<bool>),
                visit_people::badge_note.eq(""),
                visit_people::checked_in_at.eq(actor.now),
                visit_people::checked_in_by.eq(&actor.name),
                visit_people::checked_out_at.eq(None::<i64>),
                visit_people::stepped_out_at.eq(None::<i64>),
                visit_people::checked_out_by.eq(""),
            ))
            .execute(c)?;
        let note = identity_line(person, &entry.badge);
        note_event(
            c,
            actor,
            visit.id,
            Some(person.id),
            VisitEventKind::CheckedIn,
            &note,
        )?;
        let detail = json!({"person": person.name, "document": person.identity_masked, "badge": entry.badge, "escort": escort});
        audit_visit(c, actor, visit, "visit.check_in", detail)?;
        if let Some(permission) = visit.standing_permission_id {
            standing_used(c, permission, &person.name, actor.now)?;
        }
    }
    if escort != visit.escort_name {
        diesel::update(visits::table.find(visit.id))
            .set(visits::escort_name.eq(&escort))
            .execute(c)?;
        visit.escort_name = escort;
    }
    advance(c, actor, visit, VisitAction::CheckIn)
}

/// Who came in, as the record keeps it: name, document, badge as they were at the door.
fn identity_line(person: &Person, badge: &str) -> String {
    [
        person.name.as_str(),
        person.company.as_str(),
        person.identity_masked.as_str(),
        badge,
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(" · ")
}

/// Nobody is inside twice.
fn refuse_twice_inside(c: &mut Conn, person: &Person) -> Result<(), Fault> {
    let elsewhere: Option<String> = visit_people::table
        .inner_join(visits::table)
        .filter(visit_people::person_id.eq(person.id))
        .filter(visit_people::checked_in_at.is_not_null())
        .filter(visit_people::checked_out_at.is_null())
        .select(visits::number)
        .first(c)
        .optional()?;
    match elsewhere {
        Some(number) => Err(Fault::conflict(
            Message::new("visit-fault-inside-already")
                .with("name", person.name.as_str())
                .with("number", number),
        )),
        None => Ok(()),
    }
}

/// Someone who kept a badge brings it along or gives it back first.
fn refuse_missing_badge(row: &Attendance, entry: &DeskEntry) -> Result<(), Fault> {
    if row.badge_missing() && entry.badge != row.badge {
        let message = Message::new("visit-fault-badge-missing").with("badge", row.badge.as_str());
        return Err(Fault::field(entry.badge_field.clone(), message));
    }
    Ok(())
}

/// One badge is with one person. Of a badge on record (`stocked`) the stock says whether it is missing.
fn refuse_taken_badge(
    c: &mut Conn,
    site: SiteId,
    row: &Attendance,
    entry: &DeskEntry,
    stocked: bool,
) -> Result<(), Fault> {
    if entry.badge.is_empty() {
        return Ok(());
    }
    let mut query = visit_people::table
        .inner_join(visits::table)
        .filter(visits::site_id.eq(site))
        .filter(visit_people::id.ne(row.id))
        .filter(visit_people::badge.eq(&entry.badge))
        .filter(visit_people::checked_in_at.is_not_null())
        .into_boxed();
    query = if stocked {
        query.filter(visit_people::badge_returned.is_null())
    } else {
        query.filter(
            visit_people::badge_returned
                .is_null()
                .or(visit_people::badge_returned.eq(false)),
        )
    };
    let holder: Option<(PersonId, String)> = query
        .order(visit_people::id.desc())
        .select((visit_people::person_id, visits::number))
        .first(c)
        .optional()?;
    let Some((holder, number)) = holder else {
        return Ok(());
    };
    let name: String = people::table.find(holder).select(people::name).first(c)?;
    let message = Message::new("visit-fault-badge-taken")
        .with("badge", entry.badge.as_str())
        .with("name", name)
        .with("number", number);
    Err(Fault::field(entry.badge_field.clone(), message))
}

/// Lets people of a visit out: `person_ids` (none: everyone inside), `badge_returned_ID`, `badge_note_ID` (why
/// not), `note` (what was done).
pub fn check_out(c: &mut Conn, actor: &Actor, number: &str, fields: &Fields) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let mut visit = visit_row(c, actor, number)?;
    let all = visitors(c, &visit)?;
    already(c, &visit, &all, fields, VisitAction::CheckOut)?;
    visit.state.after(VisitAction::CheckOut)?;
    let note = text::line("note", fields.get("note"), 500)?;
    let leaving = meant(all, fields, Attendance::has_come)?;
    for (row, person) in &leaving {
        leave(c, actor, &visit, row, person, fields, &note)?;
    }
    let still_inside = visitors(c, &visit)?.iter().any(|(row, _)| row.has_come());
    if still_inside {
        return Ok(());
    }
    advance(c, actor, &mut visit, VisitAction::CheckOut)
}

fn leave(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
    row: &Attendance,
    person: &Person,
    fields: &Fields,
    note: &str,
) -> Result<(), Fault> {
    let returned =
        row.badge_returned == Some(true) || fields.yes(&format!("badge_returned_{}", row.id));
    let (why_field, why) = own_line(fields, "badge_note", row.id, 200)?;
    if !row.badge.is_empty() && !returned && why.is_empty() {
        let message = Message::new("visit-fault-badge-why").with("badge", row.badge.as_str());
        return Err(Fault::field(why_field, message));
    }
    take_back(c, actor, row, fields, (returned, &why))?;
    let returned = (!row.badge.is_empty()).then_some(returned);
    diesel::update(visit_people::table.find(row.id))
        .set((
            visit_people::badge_returned.eq(returned),
            visit_people::badge_note.eq(&why),
            visit_people::checked_out_at.eq(actor.now),
            visit_people::checked_out_by.eq(&actor.name),
            visit_people::stepped_out_at.eq(None::<i64>),
            visit_people::note.eq(note),
        ))
        .execute(c)?;
    let kept = if returned == Some(false) {
        format!("{} · {why}", row.badge)
    } else {
        String::new()
    };
    let line: Vec<&str> = [person.name.as_str(), kept.as_str(), note]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    note_event(
        c,
        actor,
        visit.id,
        Some(person.id),
        VisitEventKind::CheckedOut,
        &line.join(" · "),
    )?;
    let detail = json!({"person": person.name, "badge": row.badge, "badge_returned": returned, "badge_note": why, "note": note});
    audit_visit(c, actor, visit, "visit.check_out", detail)
}

/// A badge that left with its person came back.
pub fn badge_return(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
    id: VisitPersonId,
) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let visit = visit_row(c, actor, number)?;
    let all = visitors(c, &visit)?;
    let (row, person) = all
        .iter()
        .find(|(row, _)| row.id == id)
        .ok_or_else(Fault::not_found)?;
    if !row.badge_missing() {
        return Err(Fault::conflict(Message::new("visit-fault-badge-there")));
    }
    badge_back(c, actor, row)?;
    diesel::update(visit_people::table.find(row.id))
        .set(visit_people::badge_returned.eq(true))
        .execute(c)?;
    let note = format!("{} · {}", person.name, row.badge);
    note_event(
        c,
        actor,
        visit.id,
        Some(person.id),
        VisitEventKind::BadgeReturned,
        &note,
    )?;
    let detail = json!({"person": person.name, "badge": row.badge});
    audit_visit(c, actor, &visit, "visit.badge_return", detail)
}
