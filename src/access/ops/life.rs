//! What happens to a visit apart from the door: approved, refused, cancelled, not come.

use serde_json::json;

use super::{advance, audit_visit, invitation, note_event, visit_row};
use crate::access::model::VisitEventKind;
use crate::access::state::VisitAction;
use crate::base::fault::{Fault, Message};
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::store::Conn;

/// One step of a life: the action, its right, its entry, its name in the audit log.
struct Step {
    action: VisitAction,
    right: Permission,
    entry: VisitEventKind,
    audited: &'static str,
    reason_needed: bool,
}

fn take(c: &mut Conn, actor: &Actor, number: &str, note: &str, step: &Step) -> Result<(), Fault> {
    actor.require(step.right)?;
    let mut visit = visit_row(c, actor, number)?;
    let note = if step.reason_needed {
        text::required_line("note", note, 500)?
    } else {
        text::line("note", note, 500)?
    };
    if step.action == VisitAction::NoShow && visit.planned_from > actor.now {
        return Err(Fault::conflict(Message::new("visit-fault-not-begun")));
    }
    let before = visit.state;
    advance(c, actor, &mut visit, step.action)?;
    note_event(c, actor, visit.id, None, step.entry, &note)?;
    if matches!(step.action, VisitAction::Cancel | VisitAction::Refuse) {
        invitation::recall(c, actor, &visit, &note)?;
    }
    let detail = json!({"before": before, "after": visit.state, "note": note});
    audit_visit(c, actor, &visit, step.audited, detail)
}

/// The operator agrees to a customer's visit.
pub fn visit_approve(c: &mut Conn, actor: &Actor, number: &str) -> Result<(), Fault> {
    let step = Step {
        action: VisitAction::Approve,
        right: Permission::DeskVisits,
        entry: VisitEventKind::Approved,
        audited: "visit.approve",
        reason_needed: false,
    };
    take(c, actor, number, "", &step)
}

/// The operator declines, and says why.
pub fn visit_refuse(c: &mut Conn, actor: &Actor, number: &str, why: &str) -> Result<(), Fault> {
    let step = Step {
        action: VisitAction::Refuse,
        right: Permission::DeskVisits,
        entry: VisitEventKind::Refused,
        audited: "visit.refuse",
        reason_needed: true,
    };
    take(c, actor, number, why, &step)
}

/// It is called off before anyone came.
pub fn visit_cancel(c: &mut Conn, actor: &Actor, number: &str, why: &str) -> Result<(), Fault> {
    let step = Step {
        action: VisitAction::Cancel,
        right: Permission::AnnounceVisits,
        entry: VisitEventKind::Cancelled,
        audited: "visit.cancel",
        reason_needed: false,
    };
    take(c, actor, number, why, &step)
}

/// Nobody came; not before the planned start.
pub fn visit_no_show(c: &mut Conn, actor: &Actor, number: &str, note: &str) -> Result<(), Fault> {
    let step = Step {
        action: VisitAction::NoShow,
        right: Permission::DeskVisits,
        entry: VisitEventKind::NoShow,
        audited: "visit.no_show",
        reason_needed: false,
    };
    take(c, actor, number, note, &step)
}
