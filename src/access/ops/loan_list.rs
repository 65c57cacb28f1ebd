//! Finding things that are lent, and who has or had them. All of it is for staff.

use std::collections::HashMap;

use diesel::prelude::*;

use super::visit_row;
use crate::access::loan::{LoanItemFilter, LoanState, is_late};
use crate::access::rows::{Loan, LoanItem, LoanItemRow, LoanRow};
use crate::base::fault::Fault;
use crate::base::fold::contains_pattern;
use crate::base::ids::{LoanItemId, RackId, SiteId, UserId, VisitPersonId};
use crate::base::page::{Mark, Page, PageRequest, Walk};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission, Role};
use crate::store::Conn;
use crate::store::schema::{
    loan_items, loans, people, racks, rooms, sites, users, visit_people, visits,
};

/// Most entries of a history that are shown.
const HISTORY: i64 = 500;

/// What is lent is no business of customers.
pub(super) fn for_staff(actor: &Actor) -> Result<(), Fault> {
    if actor.role.is_customer() {
        return Err(Fault::not_found());
    }
    actor.require(Permission::ViewVisits)
}

type Items<'a> = loan_items::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

fn filtered(filter: &LoanItemFilter) -> Items<'static> {
    let mut query = loan_items::table.into_boxed();
    query = match filter.state {
        Some(state) => query.filter(loan_items::state.eq(state)),
        None => query.filter(loan_items::state.ne(LoanState::Retired)),
    };
    if let Some(site) = filter.site {
        query = query.filter(loan_items::site_id.eq(site));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(loan_items::kind.eq(kind));
    }
    if let Some(rack) = filter.rack {
        query = query.filter(loan_items::rack_id.eq(rack));
    }
    if !filter.query.trim().is_empty() {
        query = query.filter(
            loan_items::search_folded
                .like(contains_pattern(&filter.query))
                .escape('\\'),
        );
    }
    query
}

/// A page of things by number.
pub fn loan_item_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &LoanItemFilter,
    page: &PageRequest,
) -> Result<Page<LoanItemRow>, Fault> {
    for_staff(actor)?;
    let total: i64 = filtered(filter).count().get_result(c)?;
    let walk = &Walk::of(page, false);
    let query = filtered(filter)
        .select(LoanItem::as_select())
        .limit(walk.fetch());
    let query = crate::walked!(query, loan_items::number, loan_items::id, walk, text, full);
    let found: Vec<LoanItem> = query.load(c)?;
    let found = walk.page(found, total, |item: &LoanItem| {
        Mark::of_text(item.id.get(), Some(&item.number))
    });
    let (next, previous) = (found.next, found.previous);
    Ok(Page {
        rows: item_rows(c, found.rows, actor.now)?,
        next,
        previous,
        total,
    })
}

/// Things that can be handed out at a site, by number; at most a thousand.
pub fn loan_items_in_stock(
    c: &mut Conn,
    actor: &Actor,
    site: SiteId,
) -> Result<Vec<LoanItemRow>, Fault> {
    let filter = LoanItemFilter {
        site: Some(site),
        state: Some(LoanState::InStock),
        ..LoanItemFilter::default()
    };
    let page = PageRequest {
        limit: 1000,
        ..PageRequest::first()
    };
    Ok(loan_item_list(c, actor, &filter, &page)?.rows)
}

/// One thing, with whoever has it.
pub fn loan_item_by_id(c: &mut Conn, actor: &Actor, id: LoanItemId) -> Result<LoanItemRow, Fault> {
    for_staff(actor)?;
    let found: Option<LoanItem> = loan_items::table
        .find(id)
        .select(LoanItem::as_select())
        .first(c)
        .optional()?;
    item_rows(c, found.into_iter().collect(), actor.now)?
        .pop()
        .ok_or_else(Fault::not_found)
}

/// The label of a rack: `Room A / A01`.
pub(super) fn place_label(room: &str, rack: &str) -> String {
    format!("{room} / {rack}")
}

/// Whoever has a thing now.
pub(super) fn holder_of(c: &mut Conn, item: &LoanItem) -> Result<Option<LoanRow>, Fault> {
    let open = open_loan(c, item.id)?.map(|loan| (loan, item.clone()));
    let rows = loan_rows(c, open.into_iter().collect(), item.updated_at)?;
    Ok(rows.into_iter().next())
}

fn item_rows(
    c: &mut Conn,
    found: Vec<LoanItem>,
    now: Timestamp,
) -> Result<Vec<LoanItemRow>, Fault> {
    let ids: Vec<LoanItemId> = found.iter().map(|item| item.id).collect();
    let open: Vec<(Loan, LoanItem)> = loans::table
        .inner_join(loan_items::table)
        .filter(loans::loan_item_id.eq_any(ids))
        .filter(loans::ended_at.is_null())
        .select((Loan::as_select(), LoanItem::as_select()))
        .load(c)?;
    let mut by_item: HashMap<LoanItemId, LoanRow> = loan_rows(c, open, now)?
        .into_iter()
        .map(|row| (row.loan.loan_item_id, row))
        .collect();
    let named = site_names(c)?;
    let labels = rack_labels(c, &found)?;
    let row = |item: LoanItem| {
        let (site, site_name) = named
            .get(&item.site_id)
            .map(|(code, name, _)| (code.clone(), name.clone()))
            .unwrap_or_default();
        LoanItemRow {
            site,
            site_name,
            rack: item.rack_id.and_then(|rack| labels.get(&rack).cloned()),
            loan: by_item.remove(&item.id),
            item,
        }
    };
    Ok(found.into_iter().map(row).collect())
}

/// Code, name and zone of every site.
fn site_names(c: &mut Conn) -> Result<HashMap<SiteId, (String, String, String)>, Fault> {
    let rows: Vec<(SiteId, String, String, String)> = sites::table
        .select((sites::id, sites::code, sites::name, sites::time_zone))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(id, code, name, zone)| (id, (code, name, zone)))
        .collect())
}

fn rack_labels(c: &mut Conn, items: &[LoanItem]) -> Result<HashMap<RackId, String>, Fault> {
    let ids: Vec<RackId> = items.iter().filter_map(|item| item.rack_id).collect();
    let rows: Vec<(RackId, String, String)> = racks::table
        .inner_join(rooms::table)
        .filter(racks::id.eq_any(ids))
        .select((racks::id, rooms::name, racks::name))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(id, room, rack)| (id, place_label(&room, &rack)))
        .collect())
}

/// The loan of a thing that has not ended.
pub(super) fn open_loan(c: &mut Conn, item: LoanItemId) -> Result<Option<Loan>, Fault> {
    Ok(loans::table
        .filter(loans::loan_item_id.eq(item))
        .filter(loans::ended_at.is_null())
        .select(Loan::as_select())
        .first(c)
        .optional()?)
}

/// A visitor who has something.
struct Borrower {
    name: String,
    company: String,
    visit: String,
    planned_until: Timestamp,
}

/// Loans with the names of whoever has or had them, in the order they came in.
fn loan_rows(
    c: &mut Conn,
    found: Vec<(Loan, LoanItem)>,
    now: Timestamp,
) -> Result<Vec<LoanRow>, Fault> {
    type Row = (VisitPersonId, String, String, String, Timestamp);
    let ids: Vec<VisitPersonId> = found
        .iter()
        .filter_map(|(loan, _)| loan.visit_person_id)
        .collect();
    let mut visitors: HashMap<VisitPersonId, Borrower> = HashMap::new();
    for part in ids.chunks(1000) {
        let rows: Vec<Row> = visit_people::table
            .inner_join(people::table)
            .inner_join(visits::table)
            .filter(visit_people::id.eq_any(part.to_vec()))
            .select((
                visit_people::id,
                people::name,
                people::company,
                visits::number,
                visits::planned_until,
            ))
            .load(c)?;
        visitors.extend(
            rows.into_iter()
                .map(|(id, name, company, visit, planned_until)| {
                    let borrower = Borrower {
                        name,
                        company,
                        visit,
                        planned_until,
                    };
                    (id, borrower)
                }),
        );
    }
    let named = site_names(c)?;
    let row = |(loan, item): (Loan, LoanItem)| {
        let visitor = loan.visit_person_id.and_then(|id| visitors.get(&id));
        let due = loan
            .due_at
            .or_else(|| visitor.map(|visitor| visitor.planned_until));
        let (site, time_zone) = named
            .get(&item.site_id)
            .map(|(code, _, zone)| (code.clone(), zone.clone()))
            .unwrap_or_default();
        LoanRow {
            kind: item.kind,
            number: item.number,
            site,
            time_zone,
            holder: visitor
                .map_or_else(|| loan.holder_name.clone(), |visitor| visitor.name.clone()),
            company: visitor
                .map(|visitor| visitor.company.clone())
                .unwrap_or_default(),
            visit: visitor.map(|visitor| visitor.visit.clone()),
            due,
            late: loan.ended_at.is_none() && is_late(due, now),
            loan,
        }
    };
    Ok(found.into_iter().map(row).collect())
}

/// What is out, of one site or of all: late ones first, then by the time they went out.
pub fn loans_out(c: &mut Conn, actor: &Actor, site: Option<SiteId>) -> Result<Vec<LoanRow>, Fault> {
    for_staff(actor)?;
    let mut query = loans::table
        .inner_join(loan_items::table)
        .filter(loans::ended_at.is_null())
        .into_boxed();
    if let Some(site) = site {
        query = query.filter(loan_items::site_id.eq(site));
    }
    let found: Vec<(Loan, LoanItem)> = query
        .order((loans::out_at.asc(), loans::id.asc()))
        .select((Loan::as_select(), LoanItem::as_select()))
        .load(c)?;
    let mut rows = loan_rows(c, found, actor.now)?;
    // The order within each part stays: the sort is stable.
    rows.sort_by_key(|row| !row.late);
    Ok(rows)
}

/// What the people of a visit have and had, in the order it went out.
pub fn loans_of_visit(c: &mut Conn, actor: &Actor, number: &str) -> Result<Vec<LoanRow>, Fault> {
    for_staff(actor)?;
    let visit = visit_row(c, actor, number)?;
    let ids: Vec<VisitPersonId> = visit_people::table
        .filter(visit_people::visit_id.eq(visit.id))
        .select(visit_people::id)
        .load(c)?;
    let found: Vec<(Loan, LoanItem)> = loans::table
        .inner_join(loan_items::table)
        .filter(loans::visit_person_id.eq_any(ids))
        .order((loans::out_at.asc(), loans::id.asc()))
        .select((Loan::as_select(), LoanItem::as_select()))
        .load(c)?;
    loan_rows(c, found, actor.now)
}

/// Who had a thing, the latest first; `at` narrows it to whoever had it at that instant.
pub fn loan_history(
    c: &mut Conn,
    actor: &Actor,
    id: LoanItemId,
    at: Option<Timestamp>,
) -> Result<Vec<LoanRow>, Fault> {
    loan_item_by_id(c, actor, id)?;
    let mut query = loans::table
        .inner_join(loan_items::table)
        .filter(loans::loan_item_id.eq(id))
        .into_boxed();
    if let Some(at) = at {
        query = query
            .filter(loans::out_at.le(at))
            .filter(loans::ended_at.is_null().or(loans::ended_at.gt(at)));
    }
    let found: Vec<(Loan, LoanItem)> = query
        .order((loans::out_at.desc(), loans::id.desc()))
        .limit(HISTORY)
        .select((Loan::as_select(), LoanItem::as_select()))
        .load(c)?;
    loan_rows(c, found, actor.now)
}

/// Staff who may be given something, by name.
pub fn staff_choices(c: &mut Conn, actor: &Actor) -> Result<Vec<(UserId, String)>, Fault> {
    for_staff(actor)?;
    Ok(users::table
        .filter(users::disabled_at.is_null())
        .filter(users::role.ne_all([Role::CustomerAdmin, Role::CustomerMember]))
        .order((users::display_name.asc(), users::id.asc()))
        .select((users::id, users::display_name))
        .load(c)?)
}
