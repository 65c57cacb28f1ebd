//! What is done with ports, and who sees what of them.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use diesel::prelude::*;
use serde_json::json;

use super::rates::{RateNow, rates_now};
use super::targets::device_by_name;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::{contains_pattern, fold};
use crate::base::ids::{CustomerId, DeviceId, PortId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::{Actor, Permission};
use crate::metering::model::{LinkDates, PortFilter, PortState};
use crate::metering::rows::{Allocation, AllocationPort, Port};
use crate::search::{Searched, search_added};
use crate::store::Conn;
use crate::store::schema::{
    allocation_ports, bandwidth_allocations, customers, devices, ports, racks, rooms, sites,
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

/// Ports by device and, on it, in the order they were found; a page of them.
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

type Found = (Port, String);

macro_rules! matching {
    ($filter:expr, $linked:expr) => {{
        let filter: &PortFilter = $filter;
        let mut query = ports::table.inner_join(devices::table).into_boxed();
        if let Some(device) = filter.device {
            query = query.filter(ports::device_id.eq(device));
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
            of_customer,
            of_named,
        })
    }
}

fn all_ports(c: &mut Conn, filter: &PortFilter, page: &PageRequest) -> Result<Page<Found>, Fault> {
    let linked = Linked::find(c, filter)?;
    let total: i64 = matching!(filter, linked).count().get_result(c)?;
    let limit = page.limit.clamp(1, 1000);
    let fetch = i64::try_from(limit).unwrap_or(1000) + 1;
    let query = matching!(filter, linked)
        .select((Port::as_select(), devices::name))
        .limit(fetch);
    let after = page.after.as_deref().and_then(place);
    let before = page
        .before
        .as_deref()
        .and_then(place)
        .filter(|_| after.is_none());
    let mut rows: Vec<Found> = match (&after, &before) {
        (Some((id, device)), _) => query
            .filter(
                devices::name
                    .gt(device)
                    .or(devices::name.eq(device).and(ports::id.gt(id))),
            )
            .order((devices::name.asc(), ports::id.asc()))
            .load(c)?,
        (None, Some((id, device))) => query
            .filter(
                devices::name
                    .lt(device)
                    .or(devices::name.eq(device).and(ports::id.lt(id))),
            )
            .order((devices::name.desc(), ports::id.desc()))
            .load(c)?,
        (None, None) => query
            .order((devices::name.asc(), ports::id.asc()))
            .load(c)?,
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    if before.is_some() {
        rows.reverse();
    }
    let key = |row: Option<&Found>| row.map(|(port, device)| format!("{}~{device}", port.id));
    let (has_next, has_previous) = match (&after, &before) {
        (Some(_), _) => (more, true),
        (None, Some(_)) => (true, more),
        (None, None) => (more, false),
    };
    Ok(Page {
        next: key(rows.last()).filter(|_| has_next),
        previous: key(rows.first()).filter(|_| has_previous),
        rows,
        total,
    })
}

/// The key of a row: id and name of the device.
fn place(key: &str) -> Option<(PortId, String)> {
    let (id, device) = key.split_once('~')?;
    Some((PortId::new(id.parse().ok()?), device.to_owned()))
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
    Ok(Page::cut(shown, page, |(port, device)| {
        format!("{}~{device}", port.id)
    }))
}

/// A port as someone sees it whose link is over: its name, and nothing of how it fares or what it is used for.
fn without_present(port: Port) -> Port {
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

fn dressed(c: &mut Conn, actor: &Actor, found: Page<Found>) -> Result<Page<PortRow>, Fault> {
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

/// A port and the dates in which the actor may see it; `None` is always.
pub(super) fn port_seen_by(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
) -> Result<(Port, Option<Vec<LinkDates>>), Fault> {
    actor.require(Permission::ViewNetwork)?;
    let port: Port = ports::table
        .find(id)
        .select(Port::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    let Some(own) = actor.wall().customer() else {
        return Ok((port, None));
    };
    let dates: Vec<LinkDates> = links_of(c, Some(own), Some(id))?
        .iter()
        .map(|(link, _)| link.dates())
        .filter(|dates| dates.from <= actor.now)
        .collect();
    if dates.is_empty() {
        return Err(Fault::not_found());
    }
    Ok((port, Some(dates)))
}

/// A port with all that its page shows.
#[derive(Debug, Clone)]
pub struct PortFull {
    /// The port in its list's row.
    pub row: PortRow,
    /// Allocations it belongs or belonged to, as far as the reader may know.
    pub links: Vec<(AllocationPort, Allocation)>,
    /// Zone of the place.
    pub zone: Option<Tz>,
}

/// One port.
pub fn port_by_id(c: &mut Conn, actor: &Actor, id: PortId) -> Result<PortFull, Fault> {
    let (port, windows) = port_seen_by(c, actor, id)?;
    let links = links_of(c, actor.wall().customer(), Some(id))?;
    let current = windows.is_none() || links.iter().any(|(link, _)| link.covers(actor.now));
    let device: String = devices::table
        .find(port.device_id)
        .select(devices::name)
        .first(c)?;
    let zone = zone_of_device(c, port.device_id)?;
    let shown = if current { port } else { without_present(port) };
    let page = Page {
        rows: vec![(shown, device)],
        next: None,
        previous: None,
        total: 1,
    };
    let row = dressed(c, actor, page)?
        .rows
        .pop()
        .ok_or_else(Fault::not_found)?;
    Ok(PortFull { row, links, zone })
}

/// The ports of a device as the actor may see them, for the device's page.
pub fn ports_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<PortRow>, Fault> {
    let filter = PortFilter {
        device: Some(device),
        ..PortFilter::default()
    };
    let page = PageRequest {
        limit: 1000,
        ..PageRequest::first()
    };
    Ok(port_list(c, actor, &filter, &page)?.rows)
}

/// The port of a name on a device.
pub fn port_by_name(c: &mut Conn, device: DeviceId, name: &str) -> Result<Option<Port>, Fault> {
    Ok(ports::table
        .filter(ports::device_id.eq(device))
        .filter(ports::name.eq(name.trim()))
        .select(Port::as_select())
        .first(c)
        .optional()?)
}

/// The port that people name by device and port; each name at fault is said.
pub fn port_of_names(c: &mut Conn, device: &str, port: &str) -> Result<PortId, Fault> {
    let id = device_by_name(c, device)?.ok_or_else(|| {
        Fault::field(
            "device",
            Message::new("fault-target-no-device").with("name", device),
        )
    })?;
    let port = port_by_name(c, id, port)?;
    port.map(|port| port.id)
        .ok_or_else(|| Fault::field("port", Message::new("fault-no-such-port")))
}

/// A port that is expected and not seen yet, or the one that is there.
pub fn port_expected(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    name: &str,
) -> Result<PortId, Fault> {
    actor.require(Permission::EditNetwork)?;
    if let Some(port) = port_by_name(c, device, name)? {
        return Ok(port.id);
    }
    let id: PortId = diesel::insert_into(ports::table)
        .values((
            ports::device_id.eq(device),
            ports::name.eq(name.trim()),
            ports::created_at.eq(actor.now),
            ports::updated_at.eq(actor.now),
        ))
        .returning(ports::id)
        .get_result(c)?;
    search_added(c, Searched::Port(id))?;
    let event = Event::new("port.expect", "port", id.get(), name.trim());
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Says how fast a port's line is, because devices lie; `None` believes the device again.
pub fn port_speed_override(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    version: i64,
    speed: Option<BitsPerSecond>,
) -> Result<(), Fault> {
    actor.require(Permission::EditNetwork)?;
    let (port, _) = port_seen_by(c, actor, id)?;
    let changed = diesel::update(ports::table.find(id).filter(ports::version.eq(version)))
        .set((
            ports::speed_override_bps.eq(speed),
            ports::version.eq(ports::version + 1),
            ports::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    if port.speed_override_bps == speed {
        return Ok(());
    }
    let event = Event::new("port.speed", "port", id.get(), port.name)
        .with(json!({"before": port.speed_override_bps, "after": speed}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Says whether a port is an uplink, which the wall shows.
pub fn port_mark_uplink(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    is_uplink: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditNetwork)?;
    let (port, _) = port_seen_by(c, actor, id)?;
    if port.is_uplink == is_uplink {
        return Ok(());
    }
    diesel::update(ports::table.find(id))
        .set((
            ports::is_uplink.eq(is_uplink),
            ports::version.eq(ports::version + 1),
            ports::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    let event = Event::new("port.uplink", "port", id.get(), port.name)
        .with(json!({"before": port.is_uplink, "after": is_uplink}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Zone of the site a device stands in.
pub(super) fn zone_of_device(c: &mut Conn, device: DeviceId) -> Result<Option<Tz>, Fault> {
    let rack: Option<Option<crate::base::ids::RackId>> = devices::table
        .find(device)
        .select(devices::rack_id)
        .first(c)
        .optional()?;
    let Some(rack) = rack.flatten() else {
        return Ok(None);
    };
    let zone: Option<String> = racks::table
        .find(rack)
        .inner_join(rooms::table.inner_join(sites::table))
        .select(sites::time_zone)
        .first(c)
        .optional()?;
    Ok(zone.and_then(|zone| zone.parse().ok()))
}
