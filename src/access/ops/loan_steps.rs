//! The steps a thing that is lent takes: out of the stock, back into it, missing.

use chrono_tz::Tz;
use diesel::prelude::*;
use serde_json::json;

use super::loan_list::holder_of;
use crate::access::loan::{LoanEnd, LoanKind, LoanState};
use crate::access::rows::{Loan, LoanItem};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{LoanId, LoanItemId, SiteId, UserId, VisitPersonId};
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::store::Conn;
use crate::store::schema::{loan_items, loans, visit_people};

/// Who gets a thing.
pub(super) enum Borrower<'a> {
    /// Someone on a visit, with the name that the audit log tells.
    Visitor(VisitPersonId, &'a str),
    /// One of the staff, until when.
    Staff(UserId, &'a str, Option<Timestamp>),
}

/// The live thing of a site with this number.
pub(super) fn live_item(
    c: &mut Conn,
    site: SiteId,
    kind: LoanKind,
    number: &str,
) -> Result<Option<LoanItem>, Fault> {
    Ok(loan_items::table
        .filter(loan_items::site_id.eq(site))
        .filter(loan_items::kind.eq(kind))
        .filter(loan_items::number.eq(number))
        .filter(loan_items::state.ne(LoanState::Retired))
        .select(LoanItem::as_select())
        .first(c)
        .optional()?)
}

/// The thing itself; for staff.
pub(super) fn item_by_id(c: &mut Conn, id: LoanItemId) -> Result<LoanItem, Fault> {
    loan_items::table
        .find(id)
        .select(LoanItem::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Moves a thing to a state, from the version that was read.
pub(super) fn set_state(
    c: &mut Conn,
    actor: &Actor,
    item: &LoanItem,
    state: LoanState,
) -> Result<(), Fault> {
    let changed = diesel::update(
        loan_items::table
            .find(item.id)
            .filter(loan_items::version.eq(item.version)),
    )
    .set((
        loan_items::state.eq(state),
        loan_items::version.eq(loan_items::version + 1),
        loan_items::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Fault::stale())
    }
}

/// Why a thing that somebody has can't be had: who has it since when, in the time of its site.
pub(super) fn out_fault(c: &mut Conn, item: &LoanItem) -> Result<Fault, Fault> {
    let Some(row) = holder_of(c, item)? else {
        return Err(Fault::internal(format!(
            "item {} is out with nobody",
            item.id
        )));
    };
    let zone = row.time_zone.parse().unwrap_or(Tz::UTC);
    let message = Message::new("loan-fault-out")
        .with("number", item.number.as_str())
        .with("name", row.holder.as_str())
        .with("since", row.loan.out_at.local_minute(zone));
    Ok(Fault::conflict(message))
}

/// Why a thing can't be handed out now; nothing when it can.
pub(super) fn refuse_not_there(c: &mut Conn, item: &LoanItem) -> Result<(), Fault> {
    match item.state {
        LoanState::InStock => Ok(()),
        LoanState::Out => Err(out_fault(c, item)?),
        LoanState::Lost => Err(Fault::conflict(
            Message::new("loan-fault-lost").with("number", item.number.as_str()),
        )),
        LoanState::Retired => Err(Fault::conflict(Message::new("loan-fault-retired"))),
    }
}

/// Hands a thing out. That it has one holder at a time is the database's word: what two desks do at once fails for one
/// of them, which then runs again and is told who has it.
pub(super) fn start_loan(
    c: &mut Conn,
    actor: &Actor,
    item: &LoanItem,
    to: &Borrower<'_>,
    reason: &str,
) -> Result<LoanId, Fault> {
    refuse_not_there(c, item)?;
    set_state(c, actor, item, LoanState::Out)?;
    let (visitor, user, kept_name, due, name) = match to {
        Borrower::Visitor(id, name) => (Some(*id), None, "", None, *name),
        Borrower::Staff(id, name, due) => (None, Some(*id), *name, *due, *name),
    };
    let id: LoanId = diesel::insert_into(loans::table)
        .values((
            loans::loan_item_id.eq(item.id),
            loans::visit_person_id.eq(visitor),
            loans::user_id.eq(user),
            loans::holder_name.eq(kept_name),
            loans::out_at.eq(actor.now),
            loans::out_by.eq(&actor.name),
            loans::due_at.eq(due),
            loans::override_reason.eq(reason),
        ))
        .returning(loans::id)
        .get_result(c)?;
    let detail = json!({"kind": item.kind, "to": name, "reason": reason});
    told(c, actor, "loan.out", item, detail)?;
    Ok(id)
}

fn told(
    c: &mut Conn,
    actor: &Actor,
    action: &'static str,
    item: &LoanItem,
    detail: serde_json::Value,
) -> Result<(), Fault> {
    let event = Event::new(action, "loan_item", item.id.get(), &item.number).with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Ends a loan: the thing is at the desk again, or given up. One that has ended is a conflict.
pub(super) fn end_loan(
    c: &mut Conn,
    actor: &Actor,
    item: &LoanItem,
    loan: &Loan,
    how: LoanEnd,
) -> Result<(), Fault> {
    let changed = diesel::update(loans::table.find(loan.id).filter(loans::ended_at.is_null()))
        .set((
            loans::ended_at.eq(actor.now),
            loans::ended_how.eq(how),
            loans::ended_by.eq(&actor.name),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::conflict(Message::new("loan-fault-back-already")));
    }
    let state = match how {
        LoanEnd::Returned => LoanState::InStock,
        LoanEnd::WrittenOff => LoanState::Retired,
    };
    set_state(c, actor, item, state)?;
    if let (LoanEnd::Returned, LoanKind::Badge, Some(holder)) =
        (how, item.kind, loan.visit_person_id)
    {
        // The visit tells the same: this badge is not with its person any more.
        diesel::update(
            visit_people::table
                .find(holder)
                .filter(visit_people::badge.eq(&item.number)),
        )
        .set(visit_people::badge_returned.eq(true))
        .execute(c)?;
    }
    let detail = json!({"kind": item.kind, "how": how});
    told(c, actor, "loan.back", item, detail)
}

/// A thing was not given back: its loan stays open with the reason, and nobody gets it until it is found.
pub(super) fn missing(
    c: &mut Conn,
    actor: &Actor,
    item: &LoanItem,
    loan: &Loan,
    reason: &str,
) -> Result<(), Fault> {
    diesel::update(loans::table.find(loan.id))
        .set((
            loans::missing_at.eq(actor.now),
            loans::missing_reason.eq(reason),
        ))
        .execute(c)?;
    set_state(c, actor, item, LoanState::Lost)?;
    let detail = json!({"kind": item.kind, "reason": reason});
    told(c, actor, "loan.missing", item, detail)
}
