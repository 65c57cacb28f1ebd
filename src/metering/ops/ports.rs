//! What is done with ports, and who sees what of them.

use chrono_tz::Tz;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::port_list::{PortRow, dressed, links_of, port_list, without_present};
use super::targets::device_by_name;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, PortId};
use crate::base::page::{Page, PageRequest};
use crate::base::units::BitsPerSecond;
use crate::identity::{Actor, Permission};
use crate::metering::listing::PortFilter;
use crate::metering::model::LinkDates;
use crate::metering::rows::{Allocation, AllocationPort, Port};
use crate::search::{Searched, search_added};
use crate::store::Conn;
use crate::store::schema::{devices, ports, racks, rooms, sites};

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
    let page = PageRequest::largest();
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
    port_speed_because(c, actor, id, version, speed, "")
}

/// What changed, with the reason where somebody gave one.
fn told(mut detail: Value, reason: &str) -> Value {
    if let Some(detail) = detail.as_object_mut().filter(|_| !reason.is_empty()) {
        detail.insert("reason".to_owned(), reason.into());
    }
    detail
}

/// [`port_speed_override`] with a reason that stands in the history.
pub(super) fn port_speed_because(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    version: i64,
    speed: Option<BitsPerSecond>,
    reason: &str,
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
    let event = Event::new("port.speed", "port", id.get(), port.name).with(told(
        json!({"before": port.speed_override_bps, "after": speed}),
        reason,
    ));
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
    port_uplink_because(c, actor, id, port.version, is_uplink, "")
}

/// [`port_mark_uplink`] of the port as it was read, with a reason that stands in the history.
pub(super) fn port_uplink_because(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    version: i64,
    is_uplink: bool,
    reason: &str,
) -> Result<(), Fault> {
    actor.require(Permission::EditNetwork)?;
    let (port, _) = port_seen_by(c, actor, id)?;
    let changed = diesel::update(ports::table.find(id).filter(ports::version.eq(version)))
        .set((
            ports::is_uplink.eq(is_uplink),
            ports::version.eq(ports::version + 1),
            ports::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("port.uplink", "port", id.get(), port.name).with(told(
        json!({"before": port.is_uplink, "after": is_uplink}),
        reason,
    ));
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
