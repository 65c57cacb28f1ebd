//! What holds at the door, and who may set it aside.

use serde_json::json;

use super::areas::{areas_of_visit, inside_area};
use super::standing::{site_zone, standing_of};
use super::{audit_visit, note_event};
use crate::access::model::{VisitEventKind, chosen_people, is_in_window};
use crate::access::rows::{Attendance, Person, Visit};
use crate::access::state::VisitAction;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::identity::{Actor, Permission};
use crate::store::Conn;

/// Refuses to do again what another desk did just now, and says who did it and when.
pub(super) fn already(
    c: &mut Conn,
    visit: &Visit,
    all: &[(Attendance, Person)],
    fields: &Fields,
    action: VisitAction,
) -> Result<(), Fault> {
    let comes = action == VisitAction::CheckIn;
    let is_done = |row: &Attendance| {
        if comes {
            row.has_come()
        } else {
            row.checked_out_at.is_some()
        }
    };
    let chosen = chosen_people(fields);
    let done: Vec<&(Attendance, Person)> = all.iter().filter(|(row, _)| is_done(row)).collect();
    let again = if chosen.is_empty() {
        // Everyone is meant: that is done when nobody is left to do it for.
        let left = all.iter().any(|(row, _)| row.has_come() != comes);
        done.into_iter().rfind(|_| !left)
    } else {
        done.into_iter().find(|(row, _)| chosen.contains(&row.id))
    };
    let Some((row, person)) = again else {
        return Ok(());
    };
    let (at, by) = if comes {
        (row.checked_in_at, row.checked_in_by.as_str())
    } else {
        (row.checked_out_at, row.checked_out_by.as_str())
    };
    let at = match at {
        Some(at) => at.local_minute(site_zone(c, visit.site_id)?),
        None => String::new(),
    };
    let name = person.name.as_str();
    Err(Fault::conflict(if comes {
        Message::new("visit-fault-in-already")
            .with("name", name)
            .with("by", by)
            .with("at", at)
    } else {
        Message::new("visit-fault-out-already")
            .with("name", name)
            .with("by", by)
            .with("at", at)
    }))
}

/// Lets `count` people of a visit pass: within its window, within the hours of its standing permission, and while its
/// areas have room. With a reason, and the right to, a rule is set aside; that is on record.
pub(super) fn let_pass(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
    count: usize,
    reason: &str,
) -> Result<(), Fault> {
    let broken = broken_rules(c, actor, visit, count)?;
    let Some((_, message)) = broken.first() else {
        return Ok(());
    };
    if !actor.may(Permission::OverrideVisitRules) {
        return Err(Fault::conflict(message.clone()));
    }
    if reason.is_empty() {
        return Err(Fault::field("override_reason", message.clone()));
    }
    let rules: Vec<&str> = broken.iter().map(|(rule, _)| *rule).collect();
    let note = format!("{} · {reason}", rules.join(", "));
    note_event(c, actor, visit.id, None, VisitEventKind::Overridden, &note)?;
    let detail = json!({"rules": rules, "reason": reason});
    audit_visit(c, actor, visit, "visit.override", detail)
}

fn broken_rules(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
    count: usize,
) -> Result<Vec<(&'static str, Message)>, Fault> {
    let mut broken = Vec::new();
    let zone = site_zone(c, visit.site_id)?;
    if !is_in_window(visit.planned_from, visit.planned_until, actor.now) {
        let message = Message::new("visit-fault-outside-window")
            .with("from", visit.planned_from.local_minute(zone))
            .with("until", visit.planned_until.local_minute(zone));
        broken.push(("window", message));
    }
    if let Some(permission) = standing_of(c, visit)? {
        let valid = permission.archived_at.is_none()
            && permission.valid_from <= actor.now
            && actor.now < permission.valid_until;
        if !valid || !permission.hours().hold(actor.now, zone) {
            let message = Message::new("visit-fault-standing-hours")
                .with("from", permission.hours().from_time())
                .with("until", permission.hours().until_time());
            broken.push(("standing_permission", message));
        }
    }
    let count = i64::try_from(count).map_err(Fault::internal)?;
    for area in areas_of_visit(c, visit.id)? {
        let Some(limit) = area.occupancy_limit else {
            continue;
        };
        let inside = inside_area(c, area.id)?;
        if inside + count > limit {
            let message = Message::new("visit-fault-area-full")
                .with("area", area.name)
                .with("inside", inside)
                .with("limit", limit);
            broken.push(("occupancy", message));
        }
    }
    Ok(broken)
}
