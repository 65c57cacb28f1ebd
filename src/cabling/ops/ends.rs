//! Ends of cables: finding the ports that people name, and naming the ports that cables are in.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::ids::{CableId, CustomerId, DeviceId, DevicePortId};
use crate::cabling::ends::{Meant, NamedEnds, NamedPort, meant, port_text};
use crate::cabling::fit::{Plug, Taken};
use crate::cabling::rows::{CableEnd, EndRow, Plugged};
use crate::cabling::side::Side;
use crate::identity::Actor;
use crate::inventory::{DevicePort, PortKind, device_by_name, device_port_by_id, device_ports};
use crate::store::Conn;
use crate::store::schema::{cable_ends, cables, device_ports as port_rows, devices};

/// Ids a statement may name at once; SQLite allows 32,766 values.
const MANY: usize = 10_000;
/// Most ports that a fault lists as what could have been meant.
const SUGGESTED: usize = 12;

/// A port with its device and whose that is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub plug: Plugged,
    pub customer: Option<CustomerId>,
}

/// The ports of ids with their devices, archived ones too.
pub(super) fn places(
    c: &mut Conn,
    ids: impl IntoIterator<Item = DevicePortId>,
) -> Result<HashMap<DevicePortId, Place>, Fault> {
    type Row = (
        DevicePortId,
        String,
        PortKind,
        DeviceId,
        String,
        Option<CustomerId>,
    );
    let mut ids: Vec<DevicePortId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut rows: Vec<Row> = Vec::with_capacity(ids.len());
    for ids in ids.chunks(MANY) {
        let found: Vec<Row> = port_rows::table
            .inner_join(devices::table)
            .filter(port_rows::id.eq_any(ids))
            .select((
                port_rows::id,
                port_rows::name,
                port_rows::kind,
                devices::id,
                devices::name,
                devices::customer_id,
            ))
            .load(c)?;
        rows.extend(found);
    }
    let shared = shared_names(c, rows.iter().map(|row| (row.3, row.1.as_str())))?;
    let place = |(port_id, name, kind, device_id, device, customer): Row| {
        let is_shared = shared.contains(&(device_id, name.clone()));
        let plug = Plugged {
            port_id,
            port: port_text(kind, &name, is_shared),
            kind,
            device_id,
            device,
        };
        (port_id, Place { plug, customer })
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Which of these names are on more than one live port of their device.
fn shared_names<'a>(
    c: &mut Conn,
    named: impl Iterator<Item = (DeviceId, &'a str)>,
) -> Result<HashSet<(DeviceId, String)>, Fault> {
    let mut of: Vec<DeviceId> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (device, name) in named {
        of.push(device);
        names.push(name);
    }
    of.sort_unstable();
    of.dedup();
    names.sort_unstable();
    names.dedup();
    let mut seen = HashSet::new();
    let mut shared = HashSet::new();
    for of in of.chunks(MANY) {
        for names in names.chunks(MANY) {
            let found: Vec<(DeviceId, String)> = port_rows::table
                .filter(port_rows::device_id.eq_any(of))
                .filter(port_rows::name.eq_any(names.iter().copied()))
                .filter(port_rows::archived_at.is_null())
                .select((port_rows::device_id, port_rows::name))
                .load(c)?;
            for one in found {
                if !seen.insert(one.clone()) {
                    shared.insert(one);
                }
            }
        }
    }
    Ok(shared)
}

/// The ends of cables in order: side A first, legs as they are counted.
pub(super) fn ends_of(
    c: &mut Conn,
    ids: &[CableId],
) -> Result<HashMap<CableId, Vec<CableEnd>>, Fault> {
    let mut by_cable: HashMap<CableId, Vec<CableEnd>> = HashMap::new();
    for ids in ids.chunks(MANY) {
        let found: Vec<CableEnd> = cable_ends::table
            .filter(cable_ends::cable_id.eq_any(ids))
            .select(CableEnd::as_select())
            .load(c)?;
        for end in found {
            by_cable.entry(end.cable_id).or_default().push(end);
        }
    }
    for ends in by_cable.values_mut() {
        ends.sort_by_key(|end| (end.side, end.position, end.id));
    }
    Ok(by_cable)
}

/// Ends as a reader may see them: a customer's own, the others without a name.
pub(super) fn shown_ends(
    ends: &[CableEnd],
    places: &HashMap<DevicePortId, Place>,
    own: Option<CustomerId>,
) -> Vec<EndRow> {
    ends.iter()
        .map(|end| EndRow {
            side: end.side,
            position: end.position,
            plug: places
                .get(&end.device_port_id)
                .filter(|place| own.is_none() || place.customer == own)
                .map(|place| place.plug.clone()),
        })
        .collect()
}

/// `SW-1 eth3, SW-2 eth3`: what is at a side.
pub(super) fn side_text(
    ends: &[CableEnd],
    places: &HashMap<DevicePortId, Place>,
    side: Side,
) -> String {
    let texts: Vec<String> = ends
        .iter()
        .filter(|end| end.side == side)
        .filter_map(|end| places.get(&end.device_port_id))
        .map(|place| format!("{} {}", place.plug.device, place.plug.port))
        .collect();
    texts.join(", ")
}

/// The live cables of ports, and the other side of each.
pub(super) fn taken(
    c: &mut Conn,
    ports: &[DevicePortId],
) -> Result<HashMap<DevicePortId, Taken>, Fault> {
    let rows: Vec<(DevicePortId, CableId, Side, String)> = cable_ends::table
        .inner_join(cables::table)
        .filter(cable_ends::device_port_id.eq_any(ports))
        .filter(cable_ends::archived_at.is_null())
        .select((
            cable_ends::device_port_id,
            cables::id,
            cable_ends::side,
            cables::label,
        ))
        .load(c)?;
    let ids: Vec<CableId> = rows.iter().map(|row| row.1).collect();
    let ends = ends_of(c, &ids)?;
    let all = ends.values().flatten().map(|end| end.device_port_id);
    let places = places(c, all)?;
    let taken = |(port, cable, side, label): (DevicePortId, CableId, Side, String)| {
        let of_cable = ends.get(&cable).map(Vec::as_slice).unwrap_or_default();
        let taken = Taken {
            cable,
            label: if label.is_empty() {
                format!("#{cable}")
            } else {
                label
            },
            far: side_text(of_cable, &places, side.other()),
        };
        (port, taken)
    };
    Ok(rows.into_iter().map(taken).collect())
}

/// The live ports that a draft names, with what is in them; every name at fault is said.
pub fn ports_named(
    c: &mut Conn,
    actor: &Actor,
    ends: &NamedEnds,
) -> Result<(Vec<Plug>, Vec<Plug>), Fault> {
    let mut faults = Vec::new();
    let mut known: HashMap<String, Vec<DevicePort>> = HashMap::new();
    let mut sides = Vec::new();
    for side in Side::ALL {
        let mut plugs = Vec::new();
        for named in ends.side(*side) {
            match port_named(c, actor, *side, named, &mut known)? {
                Ok(plug) => plugs.push(plug),
                Err(fault) => faults.push(fault),
            }
        }
        sides.push(plugs);
    }
    if !faults.is_empty() {
        return Err(Fault::invalid(faults));
    }
    let b = sides.pop().unwrap_or_default();
    let a = sides.pop().unwrap_or_default();
    with_taken(c, a, b)
}

/// Adds which cables are in the ports already.
pub(super) fn with_taken(
    c: &mut Conn,
    mut a: Vec<Plug>,
    mut b: Vec<Plug>,
) -> Result<(Vec<Plug>, Vec<Plug>), Fault> {
    let ids: Vec<DevicePortId> = a.iter().chain(&b).map(|plug| plug.port).collect();
    let mut taken = taken(c, &ids)?;
    for plug in a.iter_mut().chain(&mut b) {
        plug.taken = taken.remove(&plug.port);
    }
    Ok((a, b))
}

fn port_named(
    c: &mut Conn,
    actor: &Actor,
    side: Side,
    named: &NamedPort,
    known: &mut HashMap<String, Vec<DevicePort>>,
) -> Result<Result<Plug, FieldFault>, Fault> {
    let ports: &[DevicePort] = match known.entry(named.device.clone()) {
        Entry::Occupied(there) => there.into_mut(),
        Entry::Vacant(gap) => {
            let device = device_by_name(c, &named.device)?;
            let Some(device) = device.filter(|device| device.archived_at.is_none()) else {
                let message = Message::new("cables-no-device").with("name", named.device.as_str());
                return Ok(Err(FieldFault::new(side.device_field(), message)));
            };
            gap.insert(device_ports(c, actor, device.id)?)
        }
    };
    let message = match meant(ports, &named.port, |port| (port.kind, port.name.as_str())) {
        Meant::One(port) => {
            return Ok(Ok(Plug {
                port: port.id,
                kind: port.kind,
                text: format!("{} {}", named.device, named.port),
                taken: None,
            }));
        }
        Meant::Several(kinds) => {
            let texts: Vec<String> = kinds
                .iter()
                .map(|kind| port_text(*kind, &named.port, true))
                .collect();
            Message::new("cables-port-ambiguous")
                .with("port", named.port.as_str())
                .with("allowed", texts.join(", "))
        }
        Meant::Nothing => {
            let names: Vec<&str> = ports
                .iter()
                .take(SUGGESTED)
                .map(|port| port.name.as_str())
                .collect();
            let more = if ports.len() > SUGGESTED { " …" } else { "" };
            Message::new("cables-no-port")
                .with("device", named.device.as_str())
                .with("port", named.port.as_str())
                .with("count", ports.len())
                .with("allowed", format!("{}{more}", names.join(", ")))
        }
    };
    Ok(Err(FieldFault::new(side.port_field(), message)))
}

/// A port by its id as a form names it.
pub fn port_named_for_form(
    c: &mut Conn,
    actor: &Actor,
    id: DevicePortId,
) -> Result<NamedPort, Fault> {
    let (port, device) = device_port_by_id(c, actor, id)?;
    let text = places(c, [port.id])?
        .remove(&port.id)
        .map_or(port.name, |place| place.plug.port);
    Ok(NamedPort {
        device: device.device.name,
        port: text,
    })
}
