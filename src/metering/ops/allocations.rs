//! What is done with bandwidth allocations and their dated port links.

use diesel::prelude::*;
use serde_json::json;

use super::port_list::links_of;
use super::ports::port_seen_by;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::contains_pattern;
use crate::base::ids::{AllocationId, AllocationPortId, CustomerId, PortId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::metering::model::{AllocationDraft, AllocationFilter, LinkDates};
use crate::metering::rows::{Allocation, AllocationColumns, AllocationPort};
use crate::metering::slot::slot_start;
use crate::store::Conn;
use crate::store::schema::{allocation_ports, bandwidth_allocations, customers, devices, ports};

diesel::define_sql_function! {
    /// Lower case, as both databases have it.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// An allocation with the names of its customer.
#[derive(Debug, Clone)]
pub struct NamedAllocation {
    /// The allocation.
    pub allocation: Allocation,
    /// The customer's code.
    pub customer_code: String,
    /// The customer's name.
    pub customer: String,
}

/// A dated link with the names of its port.
#[derive(Debug, Clone)]
pub struct NamedLink {
    /// The link.
    pub link: AllocationPort,
    /// Name of the port.
    pub port: String,
    /// Name of the port's device.
    pub device: String,
}

/// Allocations by customer and name, a page of them.
pub fn allocation_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &AllocationFilter,
    page: &PageRequest,
) -> Result<Page<NamedAllocation>, Fault> {
    actor.require(Permission::ViewNetwork)?;
    let mut query = bandwidth_allocations::table
        .inner_join(customers::table)
        .into_boxed();
    query = if filter.archived {
        query.filter(bandwidth_allocations::archived_at.is_not_null())
    } else {
        query.filter(bandwidth_allocations::archived_at.is_null())
    };
    for only in [actor.wall().customer(), filter.customer]
        .into_iter()
        .flatten()
    {
        query = query.filter(bandwidth_allocations::customer_id.eq(only));
    }
    if !filter.query.is_empty() {
        let pattern = contains_pattern(&filter.query);
        query = query.filter(
            lower(bandwidth_allocations::name)
                .like(pattern.clone())
                .escape('\\')
                .or(lower(customers::name).like(pattern.clone()).escape('\\'))
                .or(lower(customers::code).like(pattern).escape('\\')),
        );
    }
    // A building has hundreds of allocations: cutting in memory keeps both engines alike.
    let mut all: Vec<NamedAllocation> = query
        .select((Allocation::as_select(), customers::code, customers::name))
        .load::<(Allocation, String, String)>(c)?
        .into_iter()
        .map(named)
        .collect();
    all.sort_by(|a, b| {
        (&a.customer_code, &a.allocation.name).cmp(&(&b.customer_code, &b.allocation.name))
    });
    Ok(Page::cut(all, page, |row| row.allocation.id.to_string()))
}

fn named((allocation, customer_code, customer): (Allocation, String, String)) -> NamedAllocation {
    NamedAllocation {
        allocation,
        customer_code,
        customer,
    }
}

/// One allocation.
pub fn allocation_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
) -> Result<NamedAllocation, Fault> {
    actor.require(Permission::ViewNetwork)?;
    let mut query = bandwidth_allocations::table
        .inner_join(customers::table)
        .filter(bandwidth_allocations::id.eq(id))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(bandwidth_allocations::customer_id.eq(own));
    }
    query
        .select((Allocation::as_select(), customers::code, customers::name))
        .first::<(Allocation, String, String)>(c)
        .optional()?
        .map(named)
        .ok_or_else(Fault::not_found)
}

/// The allocation of a customer with a name, archived ones too, for imports.
pub fn allocation_by_name(
    c: &mut Conn,
    customer: CustomerId,
    name: &str,
) -> Result<Option<Allocation>, Fault> {
    Ok(bandwidth_allocations::table
        .filter(bandwidth_allocations::customer_id.eq(customer))
        .filter(bandwidth_allocations::name.eq(name.trim()))
        .select(Allocation::as_select())
        .first(c)
        .optional()?)
}

/// The allocation that is meant by its number or by `CUSTOMER/NAME`.
pub fn allocation_named_by(c: &mut Conn, actor: &Actor, text: &str) -> Result<AllocationId, Fault> {
    if let Ok(id) = text.trim().parse::<i64>() {
        return Ok(allocation_by_id(c, actor, AllocationId::new(id))?
            .allocation
            .id);
    }
    let (code, name) = text.split_once('/').unwrap_or((text, ""));
    let found: Option<AllocationId> = bandwidth_allocations::table
        .inner_join(customers::table)
        .filter(customers::code.eq(code.trim()))
        .filter(bandwidth_allocations::name.eq(name.trim()))
        .select(bandwidth_allocations::id)
        .first(c)
        .optional()?;
    let id = found.ok_or_else(Fault::not_found)?;
    Ok(allocation_by_id(c, actor, id)?.allocation.id)
}

/// The links of an allocation the caller has looked up for its reader, by date.
pub fn allocation_links(c: &mut Conn, id: AllocationId) -> Result<Vec<NamedLink>, Fault> {
    let rows: Vec<(AllocationPort, String, String)> = allocation_ports::table
        .inner_join(ports::table.inner_join(devices::table))
        .filter(allocation_ports::allocation_id.eq(id))
        .order((allocation_ports::from_at.asc(), allocation_ports::id.asc()))
        .select((AllocationPort::as_select(), ports::name, devices::name))
        .load(c)?;
    let named = rows
        .into_iter()
        .map(|(link, port, device)| NamedLink { link, port, device });
    Ok(named.collect())
}

fn columns(draft: &AllocationDraft) -> AllocationColumns {
    AllocationColumns {
        name: draft.name.clone(),
        committed_bps: draft.committed,
        burst_bps: draft.burst,
        direction_rule: draft.direction,
        gap_rule: draft.gaps,
        billing_day: i64::from(draft.billing_day.get()),
        time_zone: draft.zone.name().to_owned(),
        active_from: draft.active_from,
        active_until: draft.active_until,
        note: draft.note.clone(),
    }
}

/// Whether an allocation is just as a draft says.
pub fn allocation_is(there: &Allocation, draft: &AllocationDraft) -> bool {
    let there = AllocationColumns {
        name: there.name.clone(),
        committed_bps: there.committed_bps,
        burst_bps: there.burst_bps,
        direction_rule: there.direction_rule,
        gap_rule: there.gap_rule,
        billing_day: there.billing_day,
        time_zone: there.time_zone.clone(),
        active_from: there.active_from,
        active_until: there.active_until,
        note: there.note.clone(),
    };
    there == columns(draft)
}

fn refuse_taken_name(
    c: &mut Conn,
    customer: CustomerId,
    name: &str,
    except: Option<AllocationId>,
) -> Result<(), Fault> {
    match allocation_by_name(c, customer, name)? {
        Some(other) if Some(other.id) != except => Err(Fault::field(
            "name",
            Message::new("fault-allocation-name-taken"),
        )),
        _ => Ok(()),
    }
}

/// Adds an allocation for a customer.
pub fn allocation_create(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
    draft: &AllocationDraft,
) -> Result<AllocationId, Fault> {
    actor.require(Permission::EditNetwork)?;
    let known: Option<CustomerId> = customers::table
        .find(customer)
        .filter(customers::archived_at.is_null())
        .select(customers::id)
        .first(c)
        .optional()?;
    if known.is_none() {
        return Err(Fault::field("customer_id", Message::new("fault-required")));
    }
    refuse_taken_name(c, customer, &draft.name, None)?;
    let id: AllocationId = diesel::insert_into(bandwidth_allocations::table)
        .values((
            bandwidth_allocations::customer_id.eq(customer),
            columns(draft),
            bandwidth_allocations::created_at.eq(actor.now),
            bandwidth_allocations::updated_at.eq(actor.now),
        ))
        .returning(bandwidth_allocations::id)
        .get_result(c)?;
    let event = Event::new("allocation.create", "allocation", id.get(), &draft.name)
        .for_customer(Some(customer))
        .with(json!({"after": told(&columns(draft))}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn told(columns: &AllocationColumns) -> serde_json::Value {
    json!({"name": columns.name, "committed_bps": columns.committed_bps, "burst_bps": columns.burst_bps,
        "direction_rule": columns.direction_rule, "gap_rule": columns.gap_rule, "billing_day": columns.billing_day,
        "time_zone": columns.time_zone, "active_from": columns.active_from, "active_until": columns.active_until})
}

/// Changes an allocation; `version` is the one that was read.
pub fn allocation_update(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    version: i64,
    draft: &AllocationDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditNetwork)?;
    let before = allocation_by_id(c, actor, id)?.allocation;
    refuse_taken_name(c, before.customer_id, &draft.name, Some(id))?;
    let changed = diesel::update(
        bandwidth_allocations::table
            .find(id)
            .filter(bandwidth_allocations::version.eq(version)),
    )
    .set((
        columns(draft),
        bandwidth_allocations::version.eq(bandwidth_allocations::version + 1),
        bandwidth_allocations::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("allocation.update", "allocation", id.get(), &draft.name)
        .for_customer(Some(before.customer_id))
        .with(json!({
            "before": {"name": before.name, "committed_bps": before.committed_bps, "burst_bps": before.burst_bps,
                "direction_rule": before.direction_rule, "gap_rule": before.gap_rule, "billing_day": before.billing_day,
                "time_zone": before.time_zone, "active_from": before.active_from, "active_until": before.active_until},
            "after": told(&columns(draft)),
        }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives an allocation no port belongs to any more, or brings one back.
pub fn allocation_archive(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditNetwork)?;
    let there = allocation_by_id(c, actor, id)?.allocation;
    let open = allocation_links(c, id)?
        .iter()
        .filter(|link| link.link.until_at.is_none_or(|until| until > actor.now))
        .count();
    if archived && open > 0 {
        return Err(Fault::conflict(
            Message::new("fault-allocation-has-ports").with("count", open),
        ));
    }
    let changed = diesel::update(
        bandwidth_allocations::table
            .find(id)
            .filter(bandwidth_allocations::version.eq(version)),
    )
    .set((
        bandwidth_allocations::archived_at.eq(archived.then_some(actor.now)),
        bandwidth_allocations::version.eq(bandwidth_allocations::version + 1),
        bandwidth_allocations::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "allocation.archive"
    } else {
        "allocation.restore"
    };
    let event = Event::new(action, "allocation", id.get(), there.name)
        .for_customer(Some(there.customer_id));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Links a port to an allocation between two dates. A port has one owner at a time.
pub fn allocation_port_add(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    port: PortId,
    dates: LinkDates,
) -> Result<AllocationPortId, Fault> {
    actor.require(Permission::EditNetwork)?;
    let allocation = allocation_by_id(c, actor, id)?.allocation;
    let (port_row, _) = port_seen_by(c, actor, port)
        .map_err(|_| Fault::field("port", Message::new("fault-no-such-port")))?;
    refuse_overlap(c, port, dates, None)?;
    let link: AllocationPortId = diesel::insert_into(allocation_ports::table)
        .values((
            allocation_ports::allocation_id.eq(id),
            allocation_ports::port_id.eq(port),
            allocation_ports::from_at.eq(dates.from),
            allocation_ports::until_at.eq(dates.until),
        ))
        .returning(allocation_ports::id)
        .get_result(c)?;
    // What is billed is measured.
    diesel::update(ports::table.find(port).filter(ports::metered.eq(false)))
        .set(ports::metered.eq(true))
        .execute(c)?;
    let event = Event::new(
        "allocation.port_add",
        "allocation",
        id.get(),
        allocation.name,
    )
    .for_customer(Some(allocation.customer_id))
    .with(
        json!({"port": port_row.name, "port_id": port, "from": dates.from, "until": dates.until}),
    );
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(link)
}

fn refuse_overlap(
    c: &mut Conn,
    port: PortId,
    dates: LinkDates,
    except: Option<AllocationPortId>,
) -> Result<(), Fault> {
    let other = links_of(c, None, Some(port))?
        .into_iter()
        .find(|(link, _)| Some(link.id) != except && link.dates().overlaps(&dates));
    match other {
        Some((_, allocation)) => Err(Fault::field(
            "from",
            Message::new("fault-port-linked").with("allocation", allocation.name),
        )),
        None => Ok(()),
    }
}

/// A link with its allocation.
pub fn allocation_port_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationPortId,
) -> Result<(AllocationPort, NamedAllocation), Fault> {
    let link: AllocationPort = allocation_ports::table
        .find(id)
        .select(AllocationPort::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    let allocation = allocation_by_id(c, actor, link.allocation_id)?;
    Ok((link, allocation))
}

/// Sets when a link ends; `None` lets it go on. What is past the new end was never the customer's.
pub fn allocation_port_end(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationPortId,
    until: Option<Timestamp>,
) -> Result<(), Fault> {
    actor.require(Permission::EditNetwork)?;
    let (link, allocation) = allocation_port_by_id(c, actor, id)?;
    let dates = LinkDates {
        from: link.from_at,
        until: until.map(slot_start),
    };
    if dates.until.is_some_and(|until| until <= dates.from) {
        return Err(Fault::field(
            "until",
            Message::new("fault-until-before-from"),
        ));
    }
    refuse_overlap(c, link.port_id, dates, Some(id))?;
    diesel::update(allocation_ports::table.find(id))
        .set(allocation_ports::until_at.eq(dates.until))
        .execute(c)?;
    let allocation = allocation.allocation;
    let event = Event::new(
        "allocation.port_end",
        "allocation",
        allocation.id.get(),
        allocation.name,
    )
    .for_customer(Some(allocation.customer_id))
    .with(json!({"port_id": link.port_id, "before": link.until_at, "after": dates.until}));
    audit::record(c, &actor.author(), actor.now, event)
}
