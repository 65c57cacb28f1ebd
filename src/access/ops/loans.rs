//! Handing out and taking back what is lent: at the door, on a visit's page, to staff.

use diesel::prelude::*;

use super::loan_list::{for_staff, open_loan};
use super::loan_steps::{
    Borrower, end_loan, item_by_id, live_item, missing, refuse_not_there, start_loan,
};
use super::visit_row;
use crate::access::loan::{LendDraft, LoanEnd, LoanKind, LoanState, StaffLendDraft, at_field};
use crate::access::rows::{Attendance, Loan, LoanItem, Person, Visit};
use crate::base::fault::{Fault, Faults, Message};
use crate::base::fields::Fields;
use crate::base::ids::{LoanId, LoanItemId, RackId, SiteId, UserId, VisitPersonId};
use crate::base::text;
use crate::identity::{Actor, Permission, Role};
use crate::store::Conn;
use crate::store::schema::{loan_items, loans, people, users, visit_people, visit_racks};

/// Whether badges of a site are on record: then only these are handed out.
fn has_badges(c: &mut Conn, site: SiteId) -> Result<bool, Fault> {
    let live: i64 = loan_items::table
        .filter(loan_items::site_id.eq(site))
        .filter(loan_items::kind.eq(LoanKind::Badge))
        .filter(loan_items::state.ne(LoanState::Retired))
        .count()
        .get_result(c)?;
    Ok(live > 0)
}

/// Hands a badge out at the door, once the site has badges on record; answers whether it has. A badge that its person
/// kept and brings along again came back first. Asks no rights: the desk has.
pub(super) fn hand_over(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
    (row, person): (&Attendance, &Person),
    badge: &str,
    field: &str,
) -> Result<bool, Fault> {
    if !has_badges(c, visit.site_id)? {
        return Ok(false);
    }
    if badge.is_empty() {
        return Ok(true);
    }
    let Some(mut item) = live_item(c, visit.site_id, LoanKind::Badge, badge)? else {
        let message = Message::new("loan-fault-badge-unknown").with("badge", badge);
        return Err(Fault::field(field.to_owned(), message));
    };
    let own = open_loan(c, item.id)?.filter(|loan| loan.visit_person_id == Some(row.id));
    if let Some(loan) = own {
        end_loan(c, actor, &item, &loan, LoanEnd::Returned)?;
        item = item_by_id(c, item.id)?;
    }
    let to = Borrower::Visitor(row.id, &person.name);
    start_loan(c, actor, &item, &to, "").map_err(|fault| at_field(fault, field))?;
    Ok(true)
}

/// What someone on a visit has, missing things included.
fn held(c: &mut Conn, id: VisitPersonId) -> Result<Vec<(Loan, LoanItem)>, Fault> {
    Ok(loans::table
        .inner_join(loan_items::table)
        .filter(loans::visit_person_id.eq(id))
        .filter(loans::ended_at.is_null())
        .order((loans::out_at.asc(), loans::id.asc()))
        .select((Loan::as_select(), LoanItem::as_select()))
        .load(c)?)
}

/// Takes back at the door what someone has: the badge as `badge` says (whether it came back, and why not), everything
/// else by `loan_back_ID` or with a reason in `loan_note_ID`. Asks no rights: the desk has.
pub(super) fn take_back(
    c: &mut Conn,
    actor: &Actor,
    row: &Attendance,
    fields: &Fields,
    (is_back, why): (bool, &str),
) -> Result<(), Fault> {
    let mut faults = Faults::new();
    for (loan, item) in held(c, row.id)? {
        if item.kind == LoanKind::Badge && item.number == row.badge {
            if is_back {
                end_loan(c, actor, &item, &loan, LoanEnd::Returned)?;
            } else if loan.missing_at.is_none() {
                missing(c, actor, &item, &loan, why)?;
            }
            continue;
        }
        if fields.yes(&format!("loan_back_{}", loan.id)) {
            end_loan(c, actor, &item, &loan, LoanEnd::Returned)?;
            continue;
        }
        if loan.missing_at.is_some() {
            continue;
        }
        let field = format!("loan_note_{}", loan.id);
        match text::line("", fields.get(&field), 200) {
            Err(fault) => faults.add(field, fault.message),
            Ok(reason) if reason.is_empty() => {
                let message = Message::new("loan-fault-why").with("number", item.number.as_str());
                faults.add(field, message);
            }
            Ok(reason) => missing(c, actor, &item, &loan, &reason)?,
        }
    }
    faults.into_result(Some(()))
}

/// A badge that left with its person came back: its loan ends too. Asks no rights: the desk has.
pub(super) fn badge_back(c: &mut Conn, actor: &Actor, row: &Attendance) -> Result<(), Fault> {
    let open: Vec<(Loan, LoanItem)> = loans::table
        .inner_join(loan_items::table)
        .filter(loans::visit_person_id.eq(row.id))
        .filter(loans::ended_at.is_null())
        .filter(loan_items::kind.eq(LoanKind::Badge))
        .filter(loan_items::number.eq(&row.badge))
        .select((Loan::as_select(), LoanItem::as_select()))
        .load(c)?;
    for (loan, item) in open {
        end_loan(c, actor, &item, &loan, LoanEnd::Returned)?;
    }
    Ok(())
}

/// The thing that a draft names, at a site.
fn item_named(c: &mut Conn, site: SiteId, draft: &LendDraft) -> Result<LoanItem, Fault> {
    if let Some(id) = draft.item {
        let item = item_by_id(c, id)?;
        return if item.site_id == site {
            Ok(item)
        } else {
            Err(Fault::not_found())
        };
    }
    let found = match &draft.typed {
        Some((kind, number)) => live_item(c, site, *kind, number)?,
        None => None,
    };
    found.ok_or_else(|| Fault::field("number", Message::new("loan-fault-unknown")))
}

/// Gives something to someone who is inside. The key of a rack goes only to whose visit names that rack, unless staff
/// with the right say why.
pub fn loan_to_visitor(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
    id: VisitPersonId,
    draft: &LendDraft,
) -> Result<LoanId, Fault> {
    actor.require(Permission::DeskVisits)?;
    let visit = visit_row(c, actor, number)?;
    let found: Option<(Attendance, Person)> = visit_people::table
        .inner_join(people::table)
        .filter(visit_people::id.eq(id))
        .filter(visit_people::visit_id.eq(visit.id))
        .select((Attendance::as_select(), Person::as_select()))
        .first(c)
        .optional()?;
    let (row, person) = found.ok_or_else(Fault::not_found)?;
    let item = item_named(c, visit.site_id, draft)?;
    if !row.is_inside() {
        return Err(Fault::conflict(
            Message::new("loan-fault-not-inside").with("name", person.name.as_str()),
        ));
    }
    refuse_not_there(c, &item)?;
    let has_badge = !row.badge.is_empty() && row.badge_returned != Some(true);
    if item.kind == LoanKind::Badge && has_badge {
        return Err(Fault::conflict(
            Message::new("loan-fault-has-badge").with("badge", row.badge.as_str()),
        ));
    }
    let reason = match item.rack_id {
        Some(rack) if !is_named(c, &visit, rack)? => key_reason(actor, &draft.reason)?,
        _ => "",
    };
    let to = Borrower::Visitor(row.id, &person.name);
    let loan = start_loan(c, actor, &item, &to, reason)?;
    if item.kind == LoanKind::Badge {
        diesel::update(visit_people::table.find(row.id))
            .set((
                visit_people::badge.eq(&item.number),
                visit_people::badge_returned.eq(None::<bool>),
                visit_people::badge_note.eq(""),
            ))
            .execute(c)?;
    }
    Ok(loan)
}

fn is_named(c: &mut Conn, visit: &Visit, rack: RackId) -> Result<bool, Fault> {
    let named: i64 = visit_racks::table
        .filter(visit_racks::visit_id.eq(visit.id))
        .filter(visit_racks::rack_id.eq(rack))
        .count()
        .get_result(c)?;
    Ok(named > 0)
}

/// Why a key goes to someone whose visit does not name its rack; only some may say so.
fn key_reason<'a>(actor: &Actor, reason: &'a str) -> Result<&'a str, Fault> {
    if !actor.may(Permission::LendAnyKey) {
        return Err(Fault::conflict(Message::new("loan-fault-key-rack")));
    }
    if reason.is_empty() {
        return Err(Fault::field(
            "reason",
            Message::new("loan-fault-key-reason"),
        ));
    }
    Ok(reason)
}

/// Gives something to one of the staff. The key of a rack goes only to visitors of that rack, unless staff with the
/// right say why.
pub fn loan_to_staff(
    c: &mut Conn,
    actor: &Actor,
    id: LoanItemId,
    draft: &StaffLendDraft,
) -> Result<LoanId, Fault> {
    actor.require(Permission::DeskVisits)?;
    let item = item_by_id(c, id)?;
    let found: Option<(UserId, String, Role)> = users::table
        .filter(users::id.eq(draft.user_id))
        .filter(users::disabled_at.is_null())
        .select((users::id, users::display_name, users::role))
        .first(c)
        .optional()?;
    let (user, name, _) = found
        .filter(|(_, _, role)| !role.is_customer())
        .ok_or_else(|| Fault::field("user_id", Message::new("loan-fault-user")))?;
    refuse_not_there(c, &item)?;
    let reason = match item.rack_id {
        Some(_) => key_reason(actor, &draft.reason)?,
        None => "",
    };
    let to = Borrower::Staff(user, &name, draft.due_at);
    start_loan(c, actor, &item, &to, reason)
}

/// A loan with its thing; for staff.
fn loan_row(c: &mut Conn, actor: &Actor, id: LoanId) -> Result<(Loan, LoanItem), Fault> {
    for_staff(actor)?;
    loans::table
        .inner_join(loan_items::table)
        .filter(loans::id.eq(id))
        .select((Loan::as_select(), LoanItem::as_select()))
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// A thing came back, lost or not. A loan that has ended is a conflict.
pub fn loan_back(c: &mut Conn, actor: &Actor, id: LoanId) -> Result<LoanItemId, Fault> {
    actor.require(Permission::DeskVisits)?;
    let (loan, item) = loan_row(c, actor, id)?;
    end_loan(c, actor, &item, &loan, LoanEnd::Returned)?;
    Ok(item.id)
}
