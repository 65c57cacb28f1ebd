//! Traces with names, as far as the reader may see them.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::ends::{Place, places};
use super::follow::traces;
use crate::base::fault::Fault;
use crate::base::ids::{CableId, CustomerId, DeviceId, DevicePortId};
use crate::cabling::model::{CableKind, CableStatus};
use crate::cabling::rows::{Cable, Plugged};
use crate::cabling::trace::{Hop, Link, Stop};
use crate::identity::Actor;
use crate::inventory::{DevicePort, DeviceRow, device_port_by_id, device_ports};
use crate::store::Conn;
use crate::store::schema::cables;

/// A hop of a trace with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownHop {
    /// The hop before it: a place in the list.
    pub parent: Option<usize>,
    /// How many hops are behind it.
    pub branches: usize,
    /// The port; nothing when it is another customer's or the operator's and the reader is a customer.
    pub plug: Option<Plugged>,
    /// Whether it is joined to the one before by a cable; if not, through a patch panel.
    pub by_cable: bool,
    /// The cable, when the reader may know of it: for a customer one that is in a port of theirs.
    pub cable: Option<Cable>,
    /// Why it goes no further.
    pub stop: Option<Stop>,
}

/// The line of a port from end to end.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The port that was asked for.
    pub port: DevicePort,
    /// Its device.
    pub device: DeviceRow,
    /// The hops in order.
    pub hops: Vec<ShownHop>,
    /// The place of the asked port.
    pub start: usize,
    /// Whether there is more than is followed.
    pub is_cut: bool,
}

/// Follows the line of a port from end to end.
pub fn port_trace(c: &mut Conn, actor: &Actor, id: DevicePortId) -> Result<Shown, Fault> {
    let (port, device) = device_port_by_id(c, actor, id)?;
    let (_, found) = traces(c, &[port.id])?;
    let Some(trace) = found.into_iter().next() else {
        return Err(Fault::internal("one port has one trace"));
    };
    let own = actor.wall().customer();
    let places = places(c, trace.hops.iter().map(|hop| hop.port))?;
    let ids = trace.hops.iter().filter_map(|hop| match hop.link {
        Some(Link::Cable(id)) => Some(id),
        _ => None,
    });
    let cables = cables_of(c, ids)?;
    let mut branches = vec![0_usize; trace.hops.len()];
    for parent in trace.hops.iter().filter_map(|hop| hop.parent) {
        if let Some(count) = branches.get_mut(parent) {
            *count += 1;
        }
    }
    let hops = trace.hops.iter().zip(branches).map(|(hop, branches)| {
        let before = hop.parent.and_then(|at| trace.hops.get(at));
        shown(hop, before, branches, &places, &cables, own)
    });
    Ok(Shown {
        hops: hops.collect(),
        start: trace.start,
        is_cut: trace.is_cut,
        port,
        device,
    })
}

fn cables_of(
    c: &mut Conn,
    ids: impl Iterator<Item = CableId>,
) -> Result<HashMap<CableId, Cable>, Fault> {
    let found: Vec<Cable> = cables::table
        .filter(cables::id.eq_any(ids))
        .select(Cable::as_select())
        .load(c)?;
    Ok(found.into_iter().map(|cable| (cable.id, cable)).collect())
}

fn shown(
    hop: &Hop,
    before: Option<&Hop>,
    branches: usize,
    places: &HashMap<DevicePortId, Place>,
    cables: &HashMap<CableId, Cable>,
    own: Option<CustomerId>,
) -> ShownHop {
    let seen = |port: DevicePortId| {
        places
            .get(&port)
            .filter(|place| own.is_none() || place.customer == own)
    };
    let is_known = own.is_none()
        || seen(hop.port).is_some()
        || before.is_some_and(|before| seen(before.port).is_some());
    let cable = match hop.link {
        Some(Link::Cable(id)) if is_known => cables.get(&id).cloned(),
        _ => None,
    };
    ShownHop {
        parent: hop.parent,
        branches,
        plug: seen(hop.port).map(|place| place.plug.clone()),
        by_cable: matches!(hop.link, Some(Link::Cable(_))),
        cable: cable.map(|cable| for_reader(cable, own)),
        stop: hop.stop,
    }
}

/// A cable without what is for the operator's eyes.
pub(super) fn for_reader(mut cable: Cable, own: Option<CustomerId>) -> Cable {
    if own.is_some() {
        cable.bundle.clear();
        cable.note.clear();
    }
    cable
}

/// Where the line of a port ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FarEnd {
    /// The cable in the port.
    pub cable: CableId,
    /// Its label, or `#` and its number.
    pub label: String,
    /// What it is made of.
    pub kind: CableKind,
    /// How it stands.
    pub status: CableStatus,
    /// The ports at the end, behind all patch panels.
    pub ends: Vec<FarPort>,
}

/// A port at the end of a line; nothing where the reader may not know.
pub type FarPort = Option<Plugged>;

/// Where the lines of a device's live ports end; ports without a cable are left out.
pub fn far_ends_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<BTreeMap<DevicePortId, FarEnd>, Fault> {
    let starts: Vec<DevicePortId> = device_ports(c, actor, device)?
        .iter()
        .map(|port| port.id)
        .collect();
    let own = actor.wall().customer();
    let (net, found) = traces(c, &starts)?;
    let all = found.iter().flat_map(|trace| trace.far_ends());
    let places = places(c, all.map(|hop| hop.port))?;
    let ids = starts.iter().filter_map(|start| net.cable_of(*start));
    let cables = cables_of(c, ids)?;
    let mut ends = BTreeMap::new();
    for (start, trace) in starts.iter().zip(&found) {
        let Some(cable) = net.cable_of(*start).and_then(|id| cables.get(&id)) else {
            continue;
        };
        let far = trace.far_ends().into_iter().map(|hop| {
            places
                .get(&hop.port)
                .filter(|place| own.is_none() || place.customer == own)
                .map(|place| place.plug.clone())
        });
        let end = FarEnd {
            cable: cable.id,
            label: cable.name(),
            kind: cable.kind,
            status: cable.status,
            ends: far.collect(),
        };
        ends.insert(*start, end);
    }
    Ok(ends)
}
