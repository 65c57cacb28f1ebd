//! Which ports a cable may join.

use super::model::CableKind;
use super::side::{MOST_ENDS, Side};
use crate::base::fault::{FieldFault, Message};
use crate::base::ids::{CableId, DevicePortId};
use crate::inventory::PortKind;

/// A cable that is in a port already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The cable.
    pub cable: CableId,
    /// Its label, or `#` and its number.
    pub label: String,
    /// Where its other side is.
    pub far: String,
}

/// A port that a cable is to be plugged into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plug {
    /// The port.
    pub port: DevicePortId,
    /// What it is for.
    pub kind: PortKind,
    /// Device and port for people.
    pub text: String,
    /// The live cable that is in it.
    pub taken: Option<Taken>,
}

const fn is_power(kind: PortKind) -> bool {
    matches!(kind, PortKind::PowerPort | PortKind::PowerOutlet)
}

const fn is_panel(kind: PortKind) -> bool {
    matches!(kind, PortKind::Front | PortKind::Rear)
}

/// Whether a cable may go from one kind of port to another; the order does not matter.
#[must_use]
pub const fn fits(a: PortKind, b: PortKind) -> bool {
    use PortKind as P;
    match (a, b) {
        (P::PowerPort, P::PowerOutlet)
        | (P::PowerOutlet, P::PowerPort)
        | (P::Console, P::ConsoleServer)
        | (P::ConsoleServer, P::Console)
        | (P::Interface, P::Interface) => true,
        _ => (is_panel(a) && !is_power(b)) || (is_panel(b) && !is_power(a)),
    }
}

/// All that speaks against a cable of a kind between these ports; empty when nothing does. `own` is the cable itself when it is changed.
#[must_use]
pub fn check(kind: CableKind, a: &[Plug], b: &[Plug], own: Option<CableId>) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if a.len() > 1 && b.len() > 1 {
        let message = Message::new("cables-many-to-many");
        faults.push(FieldFault::new(Side::B.port_field(), message));
    }
    for (side, plugs) in [(Side::A, a), (Side::B, b)] {
        if plugs.is_empty() {
            let message = Message::new("fault-required");
            faults.push(FieldFault::new(side.port_field(), message));
        }
        if plugs.len() > MOST_ENDS {
            let message = Message::new("cables-too-many-ends")
                .with("max", MOST_ENDS)
                .with("count", plugs.len());
            faults.push(FieldFault::new(side.port_field(), message));
        }
    }
    faults.extend(twice(a, b));
    faults.extend(unfit(kind, a, b));
    for (side, plugs) in [(Side::A, a), (Side::B, b)] {
        for plug in plugs {
            if let Some(taken) = plug.taken.as_ref().filter(|at| Some(at.cable) != own) {
                let message = Message::new("cables-port-taken")
                    .with("port", plug.text.as_str())
                    .with("label", taken.label.as_str())
                    .with("far", taken.far.as_str());
                faults.push(FieldFault::new(side.port_field(), message));
            }
        }
    }
    faults
}

fn twice(a: &[Plug], b: &[Plug]) -> Option<FieldFault> {
    let all: Vec<(Side, &Plug)> = a
        .iter()
        .map(|plug| (Side::A, plug))
        .chain(b.iter().map(|plug| (Side::B, plug)))
        .collect();
    all.iter().enumerate().find_map(|(at, (side, plug))| {
        let is_before = all
            .iter()
            .take(at)
            .any(|(_, before)| before.port == plug.port);
        is_before.then(|| {
            let message = Message::new("cables-to-itself").with("port", plug.text.as_str());
            FieldFault::new(side.port_field(), message)
        })
    })
}

fn unfit(kind: CableKind, a: &[Plug], b: &[Plug]) -> Option<FieldFault> {
    for one in a {
        for other in b {
            if one.port == other.port {
                continue;
            }
            if !fits(one.kind, other.kind) {
                let message = Message::new("cables-unfit")
                    .with("a", one.text.as_str())
                    .with("a_kind", one.kind.as_str())
                    .with("b", other.text.as_str())
                    .with("b_kind", other.kind.as_str());
                return Some(FieldFault::new(Side::B.port_field(), message));
            }
            let carries_power = kind == CableKind::Power;
            if kind != CableKind::Other && is_power(one.kind) != carries_power {
                let message = Message::new(if carries_power {
                    "cables-kind-is-power"
                } else {
                    "cables-kind-is-not-power"
                });
                return Some(FieldFault::new("kind", message));
            }
        }
    }
    None
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
