//! Ports at which neighbours are seen now.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::neighbours::{NeighbourFound, found};
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, PortId};
use crate::identity::{Actor, Permission};
use crate::metering::rows::Neighbour;
use crate::store::Conn;
use crate::store::schema::{devices, neighbours, ports};

/// Most ports that one reading gives.
const MOST_PORTS: usize = 1000;

/// A port with the neighbours that its device tells of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortNeighbours {
    /// The port.
    pub port: PortId,
    /// Its device.
    pub device: DeviceId,
    /// The device's name.
    pub device_name: String,
    /// The port's name on it.
    pub name: String,
    /// ifDescr.
    pub descr: String,
    /// Who is there; at least one.
    pub neighbours: Vec<NeighbourFound>,
}

type Row = (PortId, DeviceId, String, String, String);

/// Ports of live devices at which somebody is seen, by number and behind `after`, at most `limit` of them; none for a customer.
pub fn port_neighbours_page(
    c: &mut Conn,
    actor: &Actor,
    after: Option<PortId>,
    limit: usize,
) -> Result<Vec<PortNeighbours>, Fault> {
    actor.require(Permission::ViewDevices)?;
    if actor.wall().customer().is_some() {
        return Ok(Vec::new());
    }
    let after = after.unwrap_or(PortId::new(0));
    let rows: Vec<Row> = ports::table
        .inner_join(devices::table)
        .filter(devices::archived_at.is_null())
        .filter(ports::missing_since.is_null())
        .filter(ports::id.gt(after))
        .filter(
            ports::id.eq_any(
                neighbours::table
                    .filter(neighbours::gone_at.is_null())
                    .select(neighbours::port_id),
            ),
        )
        .order(ports::id.asc())
        .limit(i64::try_from(limit.clamp(1, MOST_PORTS)).unwrap_or(1))
        .select((
            ports::id,
            devices::id,
            devices::name,
            ports::name,
            ports::descr,
        ))
        .load(c)?;
    with_neighbours(c, rows)
}

/// The ports of a device at which somebody is seen; none for a customer.
pub fn port_neighbours_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<PortNeighbours>, Fault> {
    actor.require(Permission::ViewDevices)?;
    if actor.wall().customer().is_some() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = ports::table
        .inner_join(devices::table)
        .filter(ports::device_id.eq(device))
        .filter(ports::missing_since.is_null())
        .filter(
            ports::id.eq_any(
                neighbours::table
                    .filter(neighbours::gone_at.is_null())
                    .select(neighbours::port_id),
            ),
        )
        .order(ports::id.asc())
        .limit(i64::try_from(MOST_PORTS).unwrap_or(1))
        .select((
            ports::id,
            devices::id,
            devices::name,
            ports::name,
            ports::descr,
        ))
        .load(c)?;
    with_neighbours(c, rows)
}

fn with_neighbours(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<PortNeighbours>, Fault> {
    let told: Vec<Neighbour> = neighbours::table
        .filter(neighbours::port_id.eq_any(rows.iter().map(|row| row.0)))
        .filter(neighbours::gone_at.is_null())
        .order(neighbours::id.asc())
        .select(Neighbour::as_select())
        .load(c)?;
    let mut by_port: BTreeMap<PortId, Vec<NeighbourFound>> = BTreeMap::new();
    for neighbour in found(c, told)? {
        let port = neighbour.neighbour.port_id;
        by_port.entry(port).or_default().push(neighbour);
    }
    let seen = rows
        .into_iter()
        .filter_map(|(port, device, device_name, name, descr)| {
            let neighbours = by_port.remove(&port)?;
            Some(PortNeighbours {
                port,
                device,
                device_name,
                name,
                descr,
                neighbours,
            })
        });
    Ok(seen.collect())
}
