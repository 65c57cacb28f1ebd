//! Out for a moment and in again: the badge is kept.

use diesel::prelude::*;
use serde_json::json;

use super::desk::{meant, visitors};
use super::door_rules::let_pass;
use super::gate::may_enter;
use super::{advance, audit_visit, note_event, visit_row};
use crate::access::model::VisitEventKind;
use crate::access::rows::Attendance;
use crate::access::state::VisitAction;
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::visit_people;

/// People inside go out for a moment: `person_ids` (none: everyone inside), `note`.
pub fn visit_step_out(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
    fields: &Fields,
) -> Result<(), Fault> {
    step(c, actor, number, fields, VisitAction::StepOut)
}

/// And come back: `person_ids` (none: everyone who is out for a moment), `note`, `override_reason`.
pub fn visit_step_in(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
    fields: &Fields,
) -> Result<(), Fault> {
    step(c, actor, number, fields, VisitAction::StepIn)
}

fn step(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
    fields: &Fields,
    action: VisitAction,
) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let mut visit = visit_row(c, actor, number)?;
    visit.state.after(action)?;
    let note = text::visible("note", fields.get("note"), 200)?;
    let out = action == VisitAction::StepOut;
    let people = meant(visitors(c, &visit)?, fields, |row: &Attendance| {
        if out {
            row.is_inside()
        } else {
            row.is_outside_for_a_moment()
        }
    })?;
    let (kind, audited) = if out {
        (VisitEventKind::SteppedOut, "visit.step_out")
    } else {
        let reason = fields.get("override_reason");
        let reason = text::visible("override_reason", reason, 200)?;
        let_pass(c, actor, &visit, people.len(), &reason)?;
        (VisitEventKind::SteppedIn, "visit.step_in")
    };
    for (row, person) in &people {
        if !out {
            may_enter(c, actor, person, visit.site_id)?;
        }
        diesel::update(visit_people::table.find(row.id))
            .set(visit_people::stepped_out_at.eq(out.then_some(actor.now)))
            .execute(c)?;
        let line = if note.is_empty() {
            person.name.clone()
        } else {
            format!("{} · {note}", person.name)
        };
        note_event(c, actor, visit.id, Some(person.id), kind, &line)?;
        let detail = json!({"person": person.name, "badge": row.badge, "note": note});
        audit_visit(c, actor, &visit, audited, detail)?;
    }
    advance(c, actor, &mut visit, action)
}
