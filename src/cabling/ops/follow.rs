//! Reading as much of the cabling as traces need.

use diesel::prelude::*;

use super::ends::ends_of;
use crate::base::fault::Fault;
use crate::base::ids::{CableId, DeviceId, DevicePortId};
use crate::cabling::trace::{Lacks, Net, NetEnd, NetPort, Trace, trace};
use crate::inventory::PortKind;
use crate::store::Conn;
use crate::store::schema::{cable_ends, device_ports};

/// Ids a statement may name at once; SQLite allows 32,766 values.
const MANY: usize = 10_000;
/// Most times that a trace asks for more: twice the hops of the longest line.
const ROUNDS: usize = 130;

/// Ports with what a trace needs of them.
macro_rules! net_ports {
    () => {
        device_ports::table.select((
            device_ports::id,
            device_ports::device_id,
            device_ports::kind,
            device_ports::name,
            device_ports::positions,
            device_ports::through_port,
            device_ports::through_position,
        ))
    };
}

/// The traces of some ports, in their order.
pub(super) fn traces(c: &mut Conn, starts: &[DevicePortId]) -> Result<(Net, Vec<Trace>), Fault> {
    let mut net = Net::default();
    ports_of(c, &mut net, starts)?;
    for _ in 0..ROUNDS {
        let mut lacks = Lacks::default();
        for start in starts {
            let (_, missing) = trace(&net, *start);
            lacks.ports.extend(missing.ports);
            lacks.panels.extend(missing.panels);
        }
        if lacks.is_empty() {
            break;
        }
        read(c, &mut net, &lacks)?;
    }
    let found = starts.iter().map(|start| trace(&net, *start).0).collect();
    Ok((net, found))
}

fn read(c: &mut Conn, net: &mut Net, lacks: &Lacks) -> Result<(), Fault> {
    let ports: Vec<DevicePortId> = lacks.ports.iter().copied().collect();
    let mut found: Vec<CableId> = Vec::new();
    for ids in ports.chunks(MANY) {
        let of_ports: Vec<CableId> = cable_ends::table
            .filter(cable_ends::device_port_id.eq_any(ids))
            .filter(cable_ends::archived_at.is_null())
            .select(cable_ends::cable_id)
            .load(c)?;
        found.extend(of_ports);
    }
    found.sort_unstable();
    found.dedup();
    let mut beyond = Vec::new();
    let mut by_cable = ends_of(c, &found)?;
    for cable in found {
        for end in by_cable.remove(&cable).unwrap_or_default() {
            beyond.push(end.device_port_id);
            net.add_end(NetEnd {
                cable,
                side: end.side,
                port: end.device_port_id,
            });
        }
    }
    beyond.retain(|port| net.port(*port).is_none());
    ports_of(c, net, &beyond)?;
    let devices: Vec<DeviceId> = lacks.panels.iter().copied().collect();
    for devices in devices.chunks(MANY) {
        let rows: Vec<Row> = net_ports!()
            .filter(device_ports::device_id.eq_any(devices))
            .filter(device_ports::kind.eq_any([PortKind::Front, PortKind::Rear]))
            .filter(device_ports::archived_at.is_null())
            .order((device_ports::sort.asc(), device_ports::id.asc()))
            .load(c)?;
        for row in rows {
            net.add_port(net_port(row));
        }
    }
    net.asked(lacks);
    Ok(())
}

type Row = (
    DevicePortId,
    DeviceId,
    PortKind,
    String,
    Option<i64>,
    String,
    Option<i64>,
);

fn net_port(
    (id, device_id, kind, name, positions, through_port, through_position): Row,
) -> NetPort {
    NetPort {
        id,
        device_id,
        kind,
        name,
        positions: positions.unwrap_or(1),
        through_port,
        through_position: through_position.unwrap_or(1),
    }
}

fn ports_of(c: &mut Conn, net: &mut Net, ids: &[DevicePortId]) -> Result<(), Fault> {
    for ids in ids.chunks(MANY) {
        let rows: Vec<Row> = net_ports!().filter(device_ports::id.eq_any(ids)).load(c)?;
        for row in rows {
            net.add_port(net_port(row));
        }
    }
    Ok(())
}
