//! Where a line ends: from port to port along cables and through patch panels.

use std::collections::{BTreeMap, BTreeSet};

use super::side::Side;
use crate::base::ids::{CableId, DeviceId, DevicePortId};
use crate::inventory::PortKind;

/// Most hops of one trace, branches together.
const MOST_HOPS: usize = 512;
/// Most hops one behind the other.
const LONGEST_PATH: usize = 64;

/// A port as a trace needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetPort {
    /// Row id.
    pub id: DevicePortId,
    /// Its device.
    pub device_id: DeviceId,
    /// What it is for.
    pub kind: PortKind,
    /// Its name.
    pub name: String,
    /// Strands of a rear port, at least 1.
    pub positions: i64,
    /// Name of the rear port behind a front port.
    pub through_port: String,
    /// Which strand of it, from 1.
    pub through_position: i64,
}

/// An end of a live cable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetEnd {
    /// The cable.
    pub cable: CableId,
    /// Its side.
    pub side: Side,
    /// The port it is in.
    pub port: DevicePortId,
}

/// The ports and cables that are known, and of which it is known that there are no more.
#[derive(Debug, Default)]
pub struct Net {
    ports: BTreeMap<DevicePortId, NetPort>,
    of_device: BTreeMap<DeviceId, BTreeSet<DevicePortId>>,
    ends: BTreeMap<CableId, Vec<NetEnd>>,
    of_port: BTreeMap<DevicePortId, NetEnd>,
    asked_ports: BTreeSet<DevicePortId>,
    asked_panels: BTreeSet<DeviceId>,
}

impl Net {
    /// Adds a port.
    pub fn add_port(&mut self, port: NetPort) {
        let of_device = self.of_device.entry(port.device_id).or_default();
        of_device.insert(port.id);
        self.ports.insert(port.id, port);
    }

    /// Adds an end; ends of a cable keep the order in which they come.
    pub fn add_end(&mut self, end: NetEnd) {
        if self.of_port.insert(end.port, end).is_none() {
            self.ends.entry(end.cable).or_default().push(end);
        }
    }

    /// Says that all there is of these was added: cables of ports, panel ports of devices.
    pub fn asked(&mut self, lacks: &Lacks) {
        self.asked_ports.extend(&lacks.ports);
        self.asked_panels.extend(&lacks.panels);
    }

    /// A port that is known.
    #[must_use]
    pub fn port(&self, id: DevicePortId) -> Option<&NetPort> {
        self.ports.get(&id)
    }

    /// The cable in a port.
    #[must_use]
    pub fn cable_of(&self, port: DevicePortId) -> Option<CableId> {
        self.of_port.get(&port).map(|end| end.cable)
    }

    fn panel(&self, device: DeviceId, kind: PortKind) -> impl Iterator<Item = &NetPort> {
        self.of_device
            .get(&device)
            .into_iter()
            .flatten()
            .filter_map(move |id| self.ports.get(id))
            .filter(move |port| port.kind == kind)
    }
}

/// What a trace would have to know to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lacks {
    /// Ports whose cable is not known.
    pub ports: BTreeSet<DevicePortId>,
    /// Devices whose panel ports are not known.
    pub panels: BTreeSet<DeviceId>,
}

impl Lacks {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ports.is_empty() && self.panels.is_empty()
    }
}

/// How one hop is joined to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// By a cable.
    Cable(CableId),
    /// Through a patch panel.
    Through,
}

/// Why a line is not followed further, besides its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It comes back to a port it went through.
    Loop,
    /// It is longer than is followed.
    TooLong,
}

/// A port on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// The port.
    pub port: DevicePortId,
    /// The hop before it: a place in the list, always an earlier one.
    pub parent: Option<usize>,
    /// How it is joined to that.
    pub link: Option<Link>,
    /// Why it goes no further.
    pub stop: Option<Stop>,
}

/// A line from end to end. A hop with several behind it branches; the branches follow one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The hops in order, the first without one before it.
    pub hops: Vec<Hop>,
    /// The place of the port that was asked for.
    pub start: usize,
    /// Whether there is more than is followed.
    pub is_cut: bool,
}

impl Trace {
    /// Whether a hop has others behind it.
    #[must_use]
    pub fn is_leaf(&self, at: usize) -> bool {
        !self.hops.iter().any(|hop| hop.parent == Some(at))
    }

    /// How many hops are behind one.
    #[must_use]
    pub fn branches(&self, at: usize) -> usize {
        self.hops
            .iter()
            .filter(|hop| hop.parent == Some(at))
            .count()
    }

    /// The ports where the line ends that leaves the asked port by its cable.
    #[must_use]
    pub fn far_ends(&self) -> Vec<&Hop> {
        let mut beyond = vec![false; self.hops.len()];
        let mut found = Vec::new();
        for (at, hop) in self.hops.iter().enumerate() {
            let is_beyond = match hop.parent {
                Some(parent) if parent == self.start => {
                    matches!(hop.link, Some(Link::Cable(_)))
                }
                Some(parent) => beyond.get(parent).copied().unwrap_or(false),
                None => false,
            };
            if let Some(place) = beyond.get_mut(at) {
                *place = is_beyond;
            }
            if is_beyond && self.is_leaf(at) {
                found.push(hop);
            }
        }
        found
    }
}

/// Follows the line of a port both ways as far as the net is known, and says what is missing to go on.
#[must_use]
pub fn trace(net: &Net, start: DevicePortId) -> (Trace, Lacks) {
    let mut walk = Walk {
        net,
        hops: vec![Hop {
            port: start,
            parent: None,
            link: None,
            stop: None,
        }],
        path: vec![(start, None)],
        lacks: Lacks::default(),
        is_cut: false,
    };
    walk.along(0, start, &[]);
    let forward = walk.hops.len();
    walk.through(0, start, &[]);
    let (hops, start) = from_the_far_end(walk.hops, forward);
    let trace = Trace {
        hops,
        start,
        is_cut: walk.is_cut,
    };
    (trace, walk.lacks)
}

struct Walk<'a> {
    net: &'a Net,
    hops: Vec<Hop>,
    path: Vec<(DevicePortId, Option<i64>)>,
    lacks: Lacks,
    is_cut: bool,
}

impl Walk<'_> {
    /// Goes on along the cable of a port; `strands` are those of trunks that are still to be left.
    fn along(&mut self, at: usize, port: DevicePortId, strands: &[i64]) {
        let net = self.net;
        let Some(end) = net.of_port.get(&port) else {
            if !net.asked_ports.contains(&port) {
                self.lacks.ports.insert(port);
            }
            return;
        };
        let far = net.ends.get(&end.cable).into_iter().flatten();
        for other in far.filter(|other| other.side != end.side) {
            let link = Link::Cable(end.cable);
            if let Some(next) = self.visit(at, link, other.port, strands) {
                self.through(next, other.port, strands);
                self.path.pop();
            }
        }
    }

    /// Goes on through the patch panel that a port is of.
    fn through(&mut self, at: usize, port: DevicePortId, strands: &[i64]) {
        let net = self.net;
        let Some(here) = net.port(port) else { return };
        if !matches!(here.kind, PortKind::Front | PortKind::Rear) {
            return;
        }
        if !net.asked_panels.contains(&here.device_id) {
            self.lacks.panels.insert(here.device_id);
        }
        for (next, strands) in behind(net, here, strands) {
            if let Some(index) = self.visit(at, Link::Through, next, &strands) {
                self.along(index, next, &strands);
                self.path.pop();
            }
        }
    }

    /// Adds a hop; gives its place when the line may be followed behind it.
    fn visit(
        &mut self,
        parent: usize,
        link: Link,
        port: DevicePortId,
        strands: &[i64],
    ) -> Option<usize> {
        if self.hops.len() >= MOST_HOPS {
            self.is_cut = true;
            return None;
        }
        let is_trunk = self
            .net
            .port(port)
            .is_some_and(|port| port.kind == PortKind::Rear);
        // A trunk may be passed twice, by different strands; any other port only once.
        let mark = (port, strands.last().copied().filter(|_| is_trunk));
        let stop = if self.path.contains(&mark) {
            Some(Stop::Loop)
        } else if self.path.len() >= LONGEST_PATH {
            Some(Stop::TooLong)
        } else {
            None
        };
        self.hops.push(Hop {
            port,
            parent: Some(parent),
            link: Some(link),
            stop,
        });
        if stop.is_some() {
            self.is_cut |= stop == Some(Stop::TooLong);
            return None;
        }
        self.path.push(mark);
        Some(self.hops.len() - 1)
    }
}

/// The ports at the other side of a panel, each with the strands that are still to be left behind it.
fn behind(net: &Net, here: &NetPort, strands: &[i64]) -> Vec<(DevicePortId, Vec<i64>)> {
    match here.kind {
        PortKind::Front => net
            .panel(here.device_id, PortKind::Rear)
            .filter(|rear| rear.name == here.through_port)
            .map(|rear| {
                let mut strands = strands.to_vec();
                if rear.positions > 1 {
                    strands.push(here.through_position);
                }
                (rear.id, strands)
            })
            .collect(),
        PortKind::Rear => {
            let (strand, rest) = match strands.split_last() {
                Some((strand, rest)) if here.positions > 1 => (Some(*strand), rest),
                _ => (None, strands),
            };
            net.panel(here.device_id, PortKind::Front)
                .filter(|front| front.through_port == here.name)
                .filter(|front| strand.is_none_or(|strand| front.through_position == strand))
                .map(|front| (front.id, rest.to_vec()))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Turns what lies behind a panel port around, so that the list begins at that end; what branches there stays behind the port.
/// Gives the hops and the place of the port that was asked for.
fn from_the_far_end(hops: Vec<Hop>, forward: usize) -> (Vec<Hop>, usize) {
    let back = hops.get(forward..).unwrap_or_default();
    let is_line = back.iter().enumerate().all(|(at, hop)| {
        let before = if at == 0 { 0 } else { forward + at - 1 };
        hop.parent == Some(before)
    });
    if back.is_empty() || !is_line {
        return (hops, 0);
    }
    let count = back.len();
    let mut turned: Vec<Hop> = Vec::with_capacity(hops.len());
    let mut link = None;
    for hop in back.iter().rev() {
        turned.push(Hop {
            parent: turned.len().checked_sub(1),
            link,
            ..*hop
        });
        link = hop.link;
    }
    for (at, hop) in hops.iter().take(forward).enumerate() {
        turned.push(match at {
            0 => Hop {
                parent: Some(count - 1),
                link,
                ..*hop
            },
            _ => Hop {
                parent: hop.parent.map(|parent| parent + count),
                ..*hop
            },
        });
    }
    (turned, count)
}

#[cfg(test)]
#[path = "trace_tests.rs"]
mod tests;
