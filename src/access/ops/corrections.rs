//! Something in the record is wrong: what is right goes beside it; nothing is overwritten.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::chain::{NewEntry, append};
use super::standing::site_zone;
use super::{audit_visit, note_event, visit_row};
use crate::access::model::VisitEventKind;
use crate::access::rows::{Attendance, Visit, VisitEvent};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{PersonId, VisitEventId, VisitId};
use crate::base::text;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{visit_events, visit_people};

/// Entries that tell of someone's coming or going.
pub(super) const AT_THE_DOOR: [VisitEventKind; 4] = [
    VisitEventKind::CheckedIn,
    VisitEventKind::CheckedOut,
    VisitEventKind::SteppedOut,
    VisitEventKind::SteppedIn,
];

/// When what an entry of some visits tells really happened, where that was corrected.
pub(super) fn corrected_times(
    c: &mut Conn,
    visits: &[VisitId],
) -> Result<HashMap<VisitEventId, Timestamp>, Fault> {
    let rows: Vec<(Option<VisitEventId>, Option<Timestamp>)> = visit_events::table
        .filter(visit_events::visit_id.eq_any(visits.to_vec()))
        .filter(visit_events::corrects_event_id.is_not_null())
        .order(visit_events::id.asc())
        .select((visit_events::corrects_event_id, visit_events::corrected_at))
        .load(c)?;
    // The latest correction of an entry holds.
    Ok(rows
        .into_iter()
        .filter_map(|(entry, at)| Some((entry?, at?)))
        .collect())
}

/// Adds what is right: `note`; with `event_id` and `corrected_at` when someone really came or left at another time.
pub fn visit_correct(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
    fields: &Fields,
) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let visit = visit_row(c, actor, number)?;
    let right = text::required_line("note", fields.get("note"), 500)?;
    let typed = fields.get("event_id").trim();
    if typed.is_empty() {
        note_event(c, actor, visit.id, None, VisitEventKind::Corrected, &right)?;
        return audit_visit(c, actor, &visit, "visit.correct", json!({"note": right}));
    }
    let no_entry = || Fault::field("event_id", Message::new("visit-fault-entry"));
    let id: VisitEventId = typed.parse().map_err(|_| no_entry())?;
    let wrong: VisitEvent = visit_events::table
        .filter(visit_events::id.eq(id))
        .filter(visit_events::visit_id.eq(visit.id))
        .select(VisitEvent::as_select())
        .first(c)
        .optional()?
        .ok_or_else(no_entry)?;
    let (true, Some(person)) = (AT_THE_DOOR.contains(&wrong.event), wrong.person_id) else {
        return Err(no_entry());
    };
    let zone = site_zone(c, visit.site_id)?;
    let at = Timestamp::parse_in(fields.get("corrected_at"), zone)
        .ok_or_else(|| Fault::field("corrected_at", Message::new("visit-fault-time")))?;
    if at > actor.now {
        let message = Message::new("visit-fault-corrected-future");
        return Err(Fault::field("corrected_at", message));
    }
    let record = door_record(c, &visit, person, id, at)?;
    if !record.is_sorted_by_key(|(_, _, at)| *at) {
        let message = Message::new("visit-fault-corrected-order");
        return Err(Fault::field("corrected_at", message));
    }
    let entry = NewEntry {
        visit: visit.id,
        person: Some(person),
        kind: VisitEventKind::Corrected,
        note: &right,
        corrects: Some((id, at)),
    };
    append(c, actor, &entry)?;
    follow(c, &visit, person, &record)?;
    let detail = json!({"note": right, "event_id": id, "event": wrong.event, "at": wrong.at, "corrected_at": at});
    audit_visit(c, actor, &visit, "visit.correct", detail)
}

/// What is on record of one person at the door, in the order it was written, with what is right now for one entry.
fn door_record(
    c: &mut Conn,
    visit: &Visit,
    person: PersonId,
    corrected: VisitEventId,
    at: Timestamp,
) -> Result<Vec<(VisitEventId, VisitEventKind, Timestamp)>, Fault> {
    let mut times = corrected_times(c, &[visit.id])?;
    times.insert(corrected, at);
    let entries: Vec<(VisitEventId, VisitEventKind, Timestamp)> = visit_events::table
        .filter(visit_events::visit_id.eq(visit.id))
        .filter(visit_events::person_id.eq(person))
        .filter(visit_events::event.eq_any(AT_THE_DOOR))
        .order(visit_events::id.asc())
        .select((visit_events::id, visit_events::event, visit_events::at))
        .load(c)?;
    Ok(entries
        .into_iter()
        .map(|(id, kind, at)| (id, kind, times.get(&id).copied().unwrap_or(at)))
        .collect())
}

/// Lets the list of who is inside follow the corrected record: only times change, not who is inside.
fn follow(
    c: &mut Conn,
    visit: &Visit,
    person: PersonId,
    record: &[(VisitEventId, VisitEventKind, Timestamp)],
) -> Result<(), Fault> {
    let row: Attendance = visit_people::table
        .filter(visit_people::visit_id.eq(visit.id))
        .filter(visit_people::person_id.eq(person))
        .select(Attendance::as_select())
        .first(c)?;
    let last = |kind: VisitEventKind| {
        record
            .iter()
            .rfind(|(_, of, _)| *of == kind)
            .map(|(_, _, at)| *at)
    };
    let now_or_none = |there: Option<Timestamp>, kind: VisitEventKind| {
        there.and_then(|there| last(kind).or(Some(there)))
    };
    diesel::update(visit_people::table.find(row.id))
        .set((
            visit_people::checked_in_at
                .eq(now_or_none(row.checked_in_at, VisitEventKind::CheckedIn)),
            visit_people::checked_out_at
                .eq(now_or_none(row.checked_out_at, VisitEventKind::CheckedOut)),
            visit_people::stepped_out_at
                .eq(now_or_none(row.stepped_out_at, VisitEventKind::SteppedOut)),
        ))
        .execute(c)?;
    Ok(())
}
