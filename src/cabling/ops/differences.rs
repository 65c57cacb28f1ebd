//! What switches see at ports beside the cables on record; for staff.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::ends::places;
use super::follow::traces;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, DevicePortId, PortId};
use crate::cabling::rows::Plugged;
use crate::cabling::seen::{SeenAt, Verdict, judge, port_called};
use crate::identity::{Actor, Permission};
use crate::inventory::PortKind;
use crate::metering::{
    NeighbourFound, PortNeighbours, port_neighbours_of_device, port_neighbours_page,
};
use crate::store::Conn;
use crate::store::schema::device_ports;

/// Ports read at once for the list.
const READ_AT_ONCE: usize = 200;
/// Most ports read for one page of it.
const MOST_READ: usize = 2000;
/// Differences of a page.
const OF_A_PAGE: usize = 50;

/// A port at which a neighbour is seen, beside the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The measured port.
    pub metered: PortId,
    /// Its device and its name there.
    pub device: (DeviceId, String),
    /// Its name.
    pub name: String,
    /// The same port among those that cables end at; nothing when none has its name.
    pub here: Option<DevicePortId>,
    /// Who is seen.
    pub neighbours: Vec<NeighbourFound>,
    /// Where the line on record ends; `None` without a cable, and empty when it ends in the open.
    pub record: Option<Vec<Plugged>>,
    /// The port that is seen, when it is on record: what a new cable would go to.
    pub there: Option<DevicePortId>,
    /// How the two compare.
    pub verdict: Verdict,
}

impl Sighting {
    /// What the form of a new cable begins with; nothing when there is a cable or no port for one.
    pub fn new_cable(&self) -> Option<(DevicePortId, Option<DevicePortId>)> {
        let is_free = self.verdict == Verdict::NotOnRecord;
        self.here.filter(|_| is_free).map(|here| (here, self.there))
    }
}

/// A page of differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differences {
    /// Ports whose neighbour is not what the record says, or which have no cable on record.
    pub rows: Vec<Sighting>,
    /// Pass it as `after` to go on; nothing at the end.
    pub next: Option<PortId>,
}

fn for_staff(actor: &Actor) -> Result<(), Fault> {
    actor.require(Permission::ViewDevices)?;
    match actor.wall().customer() {
        Some(_) => Err(Fault::not_found()),
        None => Ok(()),
    }
}

/// Where what is seen is not what is on record, by port behind `after`; a page of it. A cable that both its ends see is said once.
pub fn differences(
    c: &mut Conn,
    actor: &Actor,
    after: Option<PortId>,
) -> Result<Differences, Fault> {
    for_staff(actor)?;
    let (mut rows, mut at) = (Vec::new(), after);
    let mut said: BTreeSet<(DevicePortId, DevicePortId)> = BTreeSet::new();
    for _ in 0..MOST_READ / READ_AT_ONCE {
        let seen = port_neighbours_page(c, actor, at, READ_AT_ONCE)?;
        let is_last = seen.len() < READ_AT_ONCE;
        for row in sightings(c, seen)? {
            if rows.len() >= OF_A_PAGE {
                return Ok(Differences { rows, next: at });
            }
            at = Some(row.metered);
            let is_wanted = matches!(row.verdict, Verdict::Differs | Verdict::NotOnRecord);
            let is_new = match (row.here, row.there) {
                (Some(here), Some(there)) => said.insert((here.min(there), here.max(there))),
                _ => true,
            };
            if is_wanted && is_new {
                rows.push(row);
            }
        }
        if is_last {
            return Ok(Differences { rows, next: None });
        }
    }
    Ok(Differences { rows, next: at })
}

/// What is seen at some ports; those at which nobody is seen are left out, and a customer gets none.
pub fn sightings_of_ports(
    c: &mut Conn,
    actor: &Actor,
    ports: &[DevicePortId],
) -> Result<Vec<Sighting>, Fault> {
    if for_staff(actor).is_err() {
        return Ok(Vec::new());
    }
    let of: Vec<DeviceId> = device_ports::table
        .filter(device_ports::id.eq_any(ports))
        .select(device_ports::device_id)
        .load(c)?;
    let mut found = Vec::new();
    for device in of.into_iter().collect::<BTreeSet<_>>() {
        let seen = port_neighbours_of_device(c, actor, device)?;
        found.extend(sightings(c, seen)?);
    }
    found.retain(|row| row.here.is_some_and(|here| ports.contains(&here)));
    Ok(found)
}

/// Interfaces of devices: id, name and hardware address.
type Interfaces = BTreeMap<DeviceId, Vec<(DevicePortId, String, String)>>;

fn interfaces(c: &mut Conn, devices: BTreeSet<DeviceId>) -> Result<Interfaces, Fault> {
    let rows: Vec<(DeviceId, DevicePortId, String, String)> = device_ports::table
        .filter(device_ports::device_id.eq_any(devices))
        .filter(device_ports::kind.eq(PortKind::Interface))
        .filter(device_ports::archived_at.is_null())
        .select((
            device_ports::device_id,
            device_ports::id,
            device_ports::name,
            device_ports::mac,
        ))
        .load(c)?;
    let mut by_device = Interfaces::new();
    for (device, id, name, mac) in rows {
        by_device.entry(device).or_default().push((id, name, mac));
    }
    Ok(by_device)
}

fn called(known: &Interfaces, device: DeviceId, texts: &[&str]) -> Option<DevicePortId> {
    let of_device = known.get(&device)?;
    let ports = of_device
        .iter()
        .map(|(id, name, mac)| (*id, name.as_str(), mac.as_str()));
    port_called(ports, texts)
}

fn seen_at(known: &Interfaces, found: &NeighbourFound) -> SeenAt {
    let device = found.device.as_ref().map(|(id, _)| *id);
    let row = &found.neighbour;
    let metered = found.port.as_ref().map_or("", |(_, name)| name.as_str());
    let port = device.and_then(|device| {
        let texts = [
            metered,
            row.remote_port_id.as_str(),
            row.port_descr.as_str(),
        ];
        called(known, device, &texts)
    });
    SeenAt { device, port }
}

fn sightings(c: &mut Conn, seen: Vec<PortNeighbours>) -> Result<Vec<Sighting>, Fault> {
    let here = seen.iter().map(|port| port.device);
    let there = seen.iter().flat_map(|port| &port.neighbours);
    let there = there.filter_map(|found| found.device.as_ref().map(|(id, _)| *id));
    let known = interfaces(c, here.chain(there).collect())?;
    let placed: Vec<(PortNeighbours, Option<DevicePortId>)> = seen
        .into_iter()
        .map(|port| {
            let here = called(&known, port.device, &[&port.name, &port.descr]);
            (port, here)
        })
        .collect();
    let starts: Vec<DevicePortId> = placed.iter().filter_map(|(_, here)| *here).collect();
    let (net, found) = traces(c, &starts)?;
    let far: HashMap<DevicePortId, Vec<DevicePortId>> = starts
        .iter()
        .zip(&found)
        .filter(|(start, _)| net.cable_of(**start).is_some())
        .map(|(start, trace)| {
            let ends = trace.far_ends();
            (*start, ends.iter().map(|hop| hop.port).collect())
        })
        .collect();
    let places = places(c, far.values().flatten().copied())?;
    let sighting = |(port, here): (PortNeighbours, Option<DevicePortId>)| {
        let record = here.and_then(|here| far.get(&here)).map(|ends| {
            let plugs = ends.iter().filter_map(|id| places.get(id));
            plugs.map(|place| place.plug.clone()).collect::<Vec<_>>()
        });
        let at: Vec<SeenAt> = port
            .neighbours
            .iter()
            .map(|found| seen_at(&known, found))
            .collect();
        let ends: Option<Vec<(DeviceId, DevicePortId)>> = record.as_ref().map(|plugs| {
            let ends = plugs.iter().map(|plug| (plug.device_id, plug.port_id));
            ends.collect()
        });
        Sighting {
            verdict: judge(&at, ends.as_deref()),
            there: at.iter().find_map(|at| at.port),
            metered: port.port,
            device: (port.device, port.device_name),
            name: port.name,
            here,
            neighbours: port.neighbours,
            record,
        }
    };
    Ok(placed.into_iter().map(sighting).collect())
}
