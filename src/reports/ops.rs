//! Month reports: what goes into one, which are due, and keeping what was made.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use diesel::prelude::*;
use serde_json::json;

use super::model::{Made, MonthFacts, Piece, basis_of, is_due};
use super::month::Month;
use super::rows::{MonthReport, NewMonthReport};
use crate::audit::{self, Event};
use crate::base::fault::Fault;
use crate::base::ids::{
    AllocationId, ClosedPeriodId, CustomerId, MonthReportId, PeriodCorrectionId,
};
use crate::base::locale::Locale;
use crate::base::page::every_page;
use crate::base::time::Timestamp;
use crate::base::token::hex;
use crate::identity::{Actor, Permission};
use crate::metering::{
    Allocation, AllocationFilter, allocation_list, period_at_instant, period_view,
};
use crate::notify::ops::mail_queue;
use crate::store::Conn;
use crate::store::schema::{
    bandwidth_allocations, closed_periods, customers, month_reports, period_corrections,
};
use crate::tenancy::contact_list;

/// Months before the last one that are looked at again for what was closed since.
const MONTHS_AGAIN: usize = 2;

/// A customer that is not on the actor's side of the wall is not there.
fn require(actor: &Actor, customer: CustomerId) -> Result<(), Fault> {
    actor.require(Permission::ViewNetwork)?;
    if actor.wall().shows(Some(customer)) {
        Ok(())
    } else {
        Err(Fault::not_found())
    }
}

/// Every allocation of a customer, archived ones too.
fn allocations_of(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
) -> Result<Vec<Allocation>, Fault> {
    let mut all = Vec::new();
    for archived in [false, true] {
        let filter = AllocationFilter {
            archived,
            customer: Some(customer),
            ..AllocationFilter::default()
        };
        every_page(|page| {
            let part = allocation_list(c, actor, &filter, page)?;
            all.extend(part.rows.into_iter().map(|row| row.allocation));
            Ok(part.next)
        })?;
    }
    Ok(all)
}

/// The periods of some allocations that ended within a month of their own zone, in the order of the allocations.
fn pieces(
    c: &mut Conn,
    actor: &Actor,
    allocations: &[Allocation],
    month: Month,
) -> Result<Vec<Piece>, Fault> {
    let ids: Vec<AllocationId> = allocations.iter().map(|one| one.id).collect();
    let closed = closed_of(c, &ids)?;
    let mut found = Vec::new();
    for allocation in allocations {
        let Some(within) = month.within(allocation.zone()) else {
            continue;
        };
        let mut at = within.until.plus_millis(-1);
        let mut of_this = Vec::new();
        while at >= within.from {
            let period = period_at_instant(c, actor, allocation.id, at)?;
            let closed = closed.get(&(allocation.id, period.from)).copied();
            let in_force = allocation.active_from < period.until
                && allocation
                    .active_until
                    .is_none_or(|until| until > period.from);
            // Nobody closes a period that begins after the allocation was archived.
            let is_alive = closed.is_some()
                || allocation
                    .archived_at
                    .is_none_or(|archived| archived > period.from);
            // A period that began after now has nothing in it yet.
            let is_begun = period.from < actor.now;
            if period.until <= within.until && in_force && is_alive && is_begun {
                of_this.push(Piece {
                    allocation: allocation.id,
                    period,
                    closed: closed.map(|(id, _)| id),
                    last_correction: closed.and_then(|(_, correction)| correction),
                });
            }
            at = period.from.plus_millis(-1);
        }
        found.extend(of_this.into_iter().rev());
    }
    Ok(found)
}

type Closed = BTreeMap<(AllocationId, Timestamp), (ClosedPeriodId, Option<PeriodCorrectionId>)>;

/// Closed periods by allocation and beginning, each with its last correction.
fn closed_of(c: &mut Conn, ids: &[AllocationId]) -> Result<Closed, Fault> {
    let rows: Vec<(ClosedPeriodId, AllocationId, Timestamp)> = closed_periods::table
        .filter(closed_periods::allocation_id.eq_any(ids))
        .select((
            closed_periods::id,
            closed_periods::allocation_id,
            closed_periods::from_at,
        ))
        .load(c)?;
    let closed: Vec<ClosedPeriodId> = rows.iter().map(|(id, ..)| *id).collect();
    let corrections: Vec<(ClosedPeriodId, PeriodCorrectionId)> = period_corrections::table
        .filter(period_corrections::closed_period_id.eq_any(closed))
        .order(period_corrections::id.asc())
        .select((period_corrections::closed_period_id, period_corrections::id))
        .load(c)?;
    let last: BTreeMap<ClosedPeriodId, PeriodCorrectionId> = corrections.into_iter().collect();
    let keyed = rows.into_iter().map(|(id, allocation, from)| {
        let correction = last.get(&id).copied();
        ((allocation, from), (id, correction))
    });
    Ok(keyed.collect())
}

/// Name of a customer that the actor may see.
pub fn report_customer(c: &mut Conn, actor: &Actor, customer: CustomerId) -> Result<String, Fault> {
    Ok(named(c, actor, customer)?.1)
}

/// Code, name and language of a customer.
fn named(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
) -> Result<(String, String, Locale), Fault> {
    require(actor, customer)?;
    customers::table
        .find(customer)
        .select((customers::code, customers::name, customers::locale))
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// What a customer's report of a month says; `None` when no billing period ended in it.
pub fn report_facts(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
    month: Month,
) -> Result<Option<MonthFacts>, Fault> {
    let (code, name, locale) = named(c, actor, customer)?;
    let allocations = allocations_of(c, actor, customer)?;
    let pieces = pieces(c, actor, &allocations, month)?;
    if pieces.is_empty() {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for piece in &pieces {
        let at = piece.period.from;
        parts.push(period_view(c, actor, piece.allocation, at)?);
    }
    Ok(Some(MonthFacts {
        customer_id: customer,
        code,
        customer: name,
        locale,
        month,
        basis: basis_of(&pieces),
        parts,
    }))
}

/// Whether a billing period of a customer ended in a month, or runs and ends in it.
pub fn report_is_there(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
    month: Month,
) -> Result<bool, Fault> {
    require(actor, customer)?;
    let allocations = allocations_of(c, actor, customer)?;
    Ok(!pieces(c, actor, &allocations, month)?.is_empty())
}

/// Customers and months whose report is to be made now.
pub fn reports_due(c: &mut Conn, actor: &Actor) -> Result<Vec<(CustomerId, Month)>, Fault> {
    let customers: Vec<CustomerId> = bandwidth_allocations::table
        .inner_join(customers::table)
        .filter(customers::archived_at.is_null())
        .select(bandwidth_allocations::customer_id)
        .distinct()
        .order(bandwidth_allocations::customer_id.asc())
        .load(c)?;
    let mut due = Vec::new();
    for customer in customers {
        let allocations = allocations_of(c, actor, customer)?;
        let zones: Vec<Tz> = allocations.iter().map(Allocation::zone).collect();
        let Some(last) = last_month(&zones, actor.now) else {
            continue;
        };
        let mut months = corrected_since(c, customer, &allocations)?;
        let again = std::iter::successors(Some(last), |month| Some(month.previous()));
        months.extend(again.take(MONTHS_AGAIN + 1));
        for month in months.into_iter().rev().filter(|month| *month <= last) {
            let latest = latest(c, customer, month)?;
            if month == last || latest.is_some() {
                let pieces = pieces(c, actor, &allocations, month)?;
                let over_ms = over_since_ms(&zones, month, actor.now);
                if is_due(&pieces, latest.as_ref(), over_ms) {
                    due.push((customer, month));
                }
            }
        }
    }
    Ok(due)
}

/// Months with a report that a period was corrected after, however long ago they were.
fn corrected_since(
    c: &mut Conn,
    customer: CustomerId,
    allocations: &[Allocation],
) -> Result<BTreeSet<Month>, Fault> {
    let zones: BTreeMap<AllocationId, Tz> = allocations
        .iter()
        .map(|allocation| (allocation.id, allocation.zone()))
        .collect();
    let ids: Vec<AllocationId> = zones.keys().copied().collect();
    let corrected: Vec<(AllocationId, Timestamp, Timestamp)> = period_corrections::table
        .inner_join(closed_periods::table)
        .filter(closed_periods::allocation_id.eq_any(ids))
        .order(period_corrections::id.asc())
        .select((
            closed_periods::allocation_id,
            closed_periods::until_at,
            period_corrections::created_at,
        ))
        .load(c)?;
    let in_months = corrected.into_iter().filter_map(|(id, until, at)| {
        let month = Month::of(until.plus_millis(-1), *zones.get(&id)?)?;
        Some((month, at))
    });
    // The last correction of each month.
    let in_months: BTreeMap<Month, Timestamp> = in_months.collect();
    let mut months = BTreeSet::new();
    for (month, at) in in_months {
        if latest(c, customer, month)?.is_some_and(|report| report.made_at <= at) {
            months.insert(month);
        }
    }
    Ok(months)
}

/// The latest month that is over in all of these zones.
fn last_month(zones: &[Tz], now: Timestamp) -> Option<Month> {
    let running = zones
        .iter()
        .filter_map(|zone| Month::of(now, *zone))
        .min()?;
    Some(running.previous())
}

fn over_since_ms(zones: &[Tz], month: Month, now: Timestamp) -> i64 {
    let ends = zones.iter().filter_map(|zone| month.within(*zone));
    let last = ends.map(|within| within.until).max();
    last.map_or(0, |last| now.since_millis(last))
}

fn latest(c: &mut Conn, customer: CustomerId, month: Month) -> Result<Option<MonthReport>, Fault> {
    Ok(month_reports::table
        .filter(month_reports::customer_id.eq(customer))
        .filter(month_reports::month.eq(month.to_string()))
        .order(month_reports::edition.desc())
        .select(MonthReport::as_select())
        .first(c)
        .optional()?)
}

/// The number that the next edition of a report has.
pub fn report_next_edition(c: &mut Conn, customer: CustomerId, month: Month) -> Result<i64, Fault> {
    Ok(latest(c, customer, month)?.map_or(1, |last| last.edition + 1))
}

/// Keeps a report and queues a mail to each contact that wants it, all or nothing. `None` when another process was
/// faster, or something in the report has changed since it was made.
pub fn report_keep(
    c: &mut Conn,
    actor: &Actor,
    made: &Made,
) -> Result<Option<MonthReportId>, Fault> {
    actor.require(Permission::ClosePeriods)?;
    let allocations = allocations_of(c, actor, made.customer_id)?;
    let basis = basis_of(&pieces(c, actor, &allocations, made.month)?);
    let next = report_next_edition(c, made.customer_id, made.month)?;
    if basis != made.basis || next != made.edition {
        return Ok(None);
    }
    let row = NewMonthReport {
        customer_id: made.customer_id,
        month: made.month.to_string(),
        edition: made.edition,
        locale: made.locale,
        is_final: made.is_final,
        basis,
        sha256: made.sha256(),
        body: made.body.clone(),
        made_at: actor.now,
    };
    let event = Event::new("report.make", "customer", made.customer_id.get(), &made.code)
        .for_customer(Some(made.customer_id))
        .with(json!({"month": row.month, "edition": row.edition, "is_final": row.is_final, "sha256": row.sha256}));
    let id: MonthReportId = diesel::insert_into(month_reports::table)
        .values(row)
        .returning(month_reports::id)
        .get_result(c)?;
    audit::record(c, &actor.author(), actor.now, event)?;
    for contact in contact_list(c, actor, made.customer_id)? {
        if contact.wants_reports {
            let mail = made.mail(id, &contact.email, &contact.name, contact.locale)?;
            let once = format!("month-report-{id}-{}", contact.id);
            mail_queue(c, &mail, Some(&once), actor.now)?;
        }
    }
    Ok(Some(id))
}

/// The kept reports of a customer, the newest first.
pub fn report_list(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
) -> Result<Vec<MonthReport>, Fault> {
    require(actor, customer)?;
    Ok(month_reports::table
        .filter(month_reports::customer_id.eq(customer))
        .order((month_reports::month.desc(), month_reports::edition.desc()))
        .select(MonthReport::as_select())
        .load(c)?)
}

/// The latest kept report of a month with its document.
pub fn report_kept(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
    month: Month,
    edition: Option<i64>,
) -> Result<Option<(MonthReport, Vec<u8>)>, Fault> {
    require(actor, customer)?;
    let found = match edition {
        None => latest(c, customer, month)?,
        Some(edition) => {
            let all = report_list(c, actor, customer)?;
            let name = month.to_string();
            let wanted = |report: &MonthReport| report.month == name && report.edition == edition;
            Some(all.into_iter().find(wanted).ok_or_else(Fault::not_found)?)
        }
    };
    let Some(report) = found else { return Ok(None) };
    let body = body_of(c, &report)?;
    Ok(Some((report, body)))
}

/// A report that is to be sent: name of the file and the document; `None` when there is no such report.
pub fn report_enclosed(
    c: &mut Conn,
    id: MonthReportId,
) -> Result<Option<(String, Vec<u8>)>, Fault> {
    let found: Option<(MonthReport, String)> = month_reports::table
        .inner_join(customers::table)
        .filter(month_reports::id.eq(id))
        .select((MonthReport::as_select(), customers::code))
        .first(c)
        .optional()?;
    let Some((report, code)) = found else {
        return Ok(None);
    };
    let body = body_of(c, &report)?;
    Ok(Some((format!("{code}-{}.pdf", report.month), body)))
}

/// The document; one that is not what was hashed is a fault.
fn body_of(c: &mut Conn, report: &MonthReport) -> Result<Vec<u8>, Fault> {
    let body: Vec<u8> = month_reports::table
        .find(report.id)
        .select(month_reports::body)
        .first(c)?;
    if hex(&super::model::digest(&body)) == report.sha256 {
        Ok(body)
    } else {
        let what = format!(
            "month report {}: its body is not what was hashed",
            report.id
        );
        Err(Fault::internal(what))
    }
}
