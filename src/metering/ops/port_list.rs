//! Lists of ports, and what of a port in them a reader may see.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::rates::{RateNow, rates_now};
use crate::base::fault::Fault;
use crate::base::fold::{contains_pattern, fold};
use crate::base::ids::{CustomerId, PortId, RackId};
use crate::base::page::{Mark, Page, PageRequest, Walk};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::metering::listing::{PortFilter, PortSort};
use crate::metering::model::PortState;
use crate::metering::rows::{Allocation, AllocationPort, Port};
use crate::store::Conn;
use crate::store::schema::{
    allocation_ports, bandwidth_allocations, customers, devices, ports, racks, rooms,
};

diesel::define_sql_function! {
    /// Lower case, as both databases have it.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// A port in a list.
#[derive(Debug, Clone)]
pub struct PortRow {
    /// The port, as far as the reader may see it.
    pub port: Port,
    /// Name of its device.
    pub device: String,
    /// Its present rate.
    pub rate: RateNow,
    /// Allocations and customers it belongs to now.
    pub owners: Vec<Owner>,
    /// Whether the reader may see how it fares now (a customer: while their link lasts).
    pub is_current: bool,
}

/// To whom a port belongs now.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Owner {
    /// The allocation.
    pub allocation_id: crate::base::ids::AllocationId,
    /// Its name.
    pub allocation: String,
    /// The customer.
    pub customer_id: CustomerId,
    /// The customer's name.
    pub customer: String,
}

/// Ports as the filter sorts them, by device and in the order they were found when it says nothing; a page of them.
pub fn port_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &PortFilter,
    page: &PageRequest,
) -> Result<Page<PortRow>, Fault> {
    actor.require(Permission::ViewNetwork)?;
    let found = match actor.wall().customer() {
        Some(own) => own_ports(c, actor, own, filter, page)?,
        None => all_ports(c, filter, page)?,
    };
    dressed(c, actor, found)
}

pub(super) type Found = (Port, String);

macro_rules! matching {
    ($filter:expr, $linked:expr) => {{
        let filter: &PortFilter = $filter;
        let mut query = ports::table.inner_join(devices::table).into_boxed();
        if let Some(device) = filter.device {
            query = query.filter(ports::device_id.eq(device));
        }
        if let Some(racks) = $linked.of_racks.clone() {
            query = query.filter(devices::rack_id.eq_any(racks));
        }
        if let Some(only) = $linked.of_customer.clone() {
            query = query.filter(ports::id.eq_any(only));
        }
        if !filter.query.is_empty() {
            let pattern = contains_pattern(&filter.query);
            query = query.filter(
                devices::search_folded
                    .like(pattern.clone())
                    .escape('\\')
                    .or(lower(ports::name).like(pattern.clone()).escape('\\'))
                    .or(lower(ports::alias).like(pattern.clone()).escape('\\'))
                    .or(ports::id.eq_any($linked.of_named.clone())),
            );
        }
        let there = ports::missing_since
            .is_null()
            .and(ports::last_seen_at.is_not_null());
        let on = ports::admin_up.is_null().or(ports::admin_up.eq(true));
        match filter.state {
            None => query,
            Some(PortState::Unseen) => query.filter(ports::last_seen_at.is_null()),
            Some(PortState::Missing) => query.filter(
                ports::missing_since
                    .is_not_null()
                    .and(ports::last_seen_at.is_not_null()),
            ),
            Some(PortState::Disabled) => query.filter(there.and(ports::admin_up.eq(false))),
            Some(PortState::Up) => query.filter(there.and(on).and(ports::oper_up.eq(true))),
            Some(PortState::Down) => query.filter(there.and(on).and(ports::oper_up.eq(false))),
            Some(PortState::Unknown) => query.filter(there.and(on).and(ports::oper_up.is_null())),
        }
    }};
}

/// Ports found through their customers.
struct Linked {
    of_racks: Option<Vec<RackId>>,
    of_customer: Option<Vec<PortId>>,
    of_named: Vec<PortId>,
}

impl Linked {
    fn find(c: &mut Conn, filter: &PortFilter) -> Result<Self, Fault> {
        let of_customer = match filter.customer {
            None => None,
            Some(customer) => Some(
                allocation_ports::table
                    .inner_join(bandwidth_allocations::table)
                    .filter(bandwidth_allocations::customer_id.eq(customer))
                    .select(allocation_ports::port_id)
                    .load(c)?,
            ),
        };
        let of_named = if filter.query.is_empty() {
            Vec::new()
        } else {
            let pattern = contains_pattern(&filter.query);
            allocation_ports::table
                .inner_join(bandwidth_allocations::table.inner_join(customers::table))
                .filter(
                    lower(customers::name)
                        .like(pattern.clone())
                        .escape('\\')
                        .or(lower(customers::code).like(pattern.clone()).escape('\\'))
                        .or(lower(bandwidth_allocations::name)
                            .like(pattern)
                            .escape('\\')),
                )
                .select(allocation_ports::port_id)
                .load(c)?
        };
        Ok(Self {
            of_racks: racks_of(c, filter)?,
            of_customer,
            of_named,
        })
    }
}

/// The racks that a filter means by rack, room and building; none when it means all.
fn racks_of(c: &mut Conn, filter: &PortFilter) -> Result<Option<Vec<RackId>>, Fault> {
    if filter.rack.is_none() && filter.room.is_none() && filter.site.is_none() {
        return Ok(None);
    }
    let mut there = racks::table.inner_join(rooms::table).into_boxed();
    if let Some(rack) = filter.rack {
        there = there.filter(racks::id.eq(rack));
    }
    if let Some(room) = filter.room {
        there = there.filter(racks::room_id.eq(room));
    }
    if let Some(site) = filter.site {
        there = there.filter(rooms::site_id.eq(site));
    }
    Ok(Some(there.select(racks::id).load(c)?))
}

/// Where a port stands in a list.
fn mark(sort: PortSort, (port, device): &Found) -> Mark {
    let id = port.id.get();
    match sort {
        PortSort::Device => Mark::of_text(id, Some(device)),
        PortSort::Name => Mark::of_text(id, Some(&port.name)),
        PortSort::Alias => Mark::of_text(id, Some(&port.alias)),
        PortSort::Seen => Mark::of_number(id, port.last_seen_at.map(Timestamp::millis)),
        PortSort::Missing => Mark::of_number(id, port.missing_since.map(Timestamp::millis)),
    }
}

fn all_ports(c: &mut Conn, filter: &PortFilter, page: &PageRequest) -> Result<Page<Found>, Fault> {
    let linked = Linked::find(c, filter)?;
    let total: i64 = matching!(filter, linked).count().get_result(c)?;
    let walk = &Walk::of(page, filter.is_descending);
    let query = matching!(filter, linked)
        .select((Port::as_select(), devices::name))
        .limit(walk.fetch());
    let id = ports::id;
    let query = match filter.sort {
        PortSort::Device => crate::walked!(query, devices::name, id, walk, text, full),
        PortSort::Name => crate::walked!(query, ports::name, id, walk, text, full),
        PortSort::Alias => crate::walked!(query, ports::alias, id, walk, text, full),
        PortSort::Seen => crate::walked!(query, ports::last_seen_at, id, walk, number),
        PortSort::Missing => crate::walked!(query, ports::missing_since, id, walk, number),
    };
    let rows: Vec<Found> = query.load(c)?;
    Ok(walk.page(rows, total, |row| mark(filter.sort, row)))
}

/// A customer's ports. They are few; what a search may find is only what the customer may see.
fn own_ports(
    c: &mut Conn,
    actor: &Actor,
    own: CustomerId,
    filter: &PortFilter,
    page: &PageRequest,
) -> Result<Page<Found>, Fault> {
    let mut links = links_of(c, Some(own), None)?;
    links.retain(|(link, _)| link.from_at <= actor.now);
    let ids: Vec<PortId> = links.iter().map(|(link, _)| link.port_id).collect();
    let found: Vec<Found> = ports::table
        .inner_join(devices::table)
        .filter(ports::id.eq_any(ids))
        .order((devices::name.asc(), ports::id.asc()))
        .select((Port::as_select(), devices::name))
        .load(c)?;
    let wanted = fold(&filter.query);
    let shown = found
        .into_iter()
        .map(|(port, device)| {
            let now = links
                .iter()
                .any(|(link, _)| link.port_id == port.id && link.covers(actor.now));
            (if now { port } else { without_present(port) }, device)
        })
        .filter(|(port, device)| {
            wanted.is_empty()
                || [device, &port.name, &port.alias]
                    .iter()
                    .any(|text| fold(text).contains(&wanted))
        })
        .filter(|(port, _)| filter.state.is_none_or(|state| port.state() == state))
        .filter(|(port, _)| filter.device.is_none_or(|device| port.device_id == device))
        .collect();
    let walk = Walk::of(page, filter.is_descending);
    Ok(walk.cut(shown, |row| mark(filter.sort, row)))
}

/// A port as someone sees it whose link is over: its name, and nothing of how it fares or what it is used for.
pub(super) fn without_present(port: Port) -> Port {
    Port {
        if_index: None,
        descr: String::new(),
        alias: String::new(),
        is_uplink: false,
        admin_up: None,
        oper_up: None,
        last_seen_at: port.last_seen_at.map(|_| Timestamp::from_millis(0)),
        missing_since: None,
        warning: String::new(),
        ..port
    }
}

pub(super) fn dressed(
    c: &mut Conn,
    actor: &Actor,
    found: Page<Found>,
) -> Result<Page<PortRow>, Fault> {
    let of: Vec<Port> = found.rows.iter().map(|(port, _)| port.clone()).collect();
    let ids: Vec<PortId> = of.iter().map(|port| port.id).collect();
    let rates = rates_now(c, &of, actor.now)?;
    let mut owners = owners_now(c, actor, &ids)?;
    let walled = actor.wall().customer().is_some();
    Ok(found.map(|(port, device)| {
        let owners = owners.remove(&port.id).unwrap_or_default();
        let is_current = !walled || !owners.is_empty();
        let rate = rates
            .get(&port.id)
            .copied()
            .filter(|_| is_current)
            .unwrap_or_default();
        PortRow {
            port,
            device,
            rate,
            owners,
            is_current,
        }
    }))
}

/// To whom ports belong now, as far as the reader may know.
fn owners_now(
    c: &mut Conn,
    actor: &Actor,
    ids: &[PortId],
) -> Result<BTreeMap<PortId, Vec<Owner>>, Fault> {
    let mut query = allocation_ports::table
        .inner_join(bandwidth_allocations::table.inner_join(customers::table))
        .filter(allocation_ports::port_id.eq_any(ids.to_vec()))
        .filter(allocation_ports::from_at.le(actor.now))
        .filter(
            allocation_ports::until_at
                .is_null()
                .or(allocation_ports::until_at.gt(actor.now)),
        )
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(bandwidth_allocations::customer_id.eq(own));
    }
    let rows: Vec<(
        PortId,
        crate::base::ids::AllocationId,
        String,
        CustomerId,
        String,
    )> = query
        .select((
            allocation_ports::port_id,
            bandwidth_allocations::id,
            bandwidth_allocations::name,
            customers::id,
            customers::name,
        ))
        .load(c)?;
    let mut owners: BTreeMap<PortId, Vec<Owner>> = BTreeMap::new();
    for (port, allocation_id, allocation, customer_id, customer) in rows {
        owners.entry(port).or_default().push(Owner {
            allocation_id,
            allocation,
            customer_id,
            customer,
        });
    }
    Ok(owners)
}

/// Links with their allocations, of a customer, of a port, or of both, by date.
pub(super) fn links_of(
    c: &mut Conn,
    customer: Option<CustomerId>,
    port: Option<PortId>,
) -> Result<Vec<(AllocationPort, Allocation)>, Fault> {
    let mut query = allocation_ports::table
        .inner_join(bandwidth_allocations::table)
        .into_boxed();
    if let Some(customer) = customer {
        query = query.filter(bandwidth_allocations::customer_id.eq(customer));
    }
    if let Some(port) = port {
        query = query.filter(allocation_ports::port_id.eq(port));
    }
    Ok(query
        .order((allocation_ports::from_at.asc(), allocation_ports::id.asc()))
        .select((AllocationPort::as_select(), Allocation::as_select()))
        .load(c)?)
}
