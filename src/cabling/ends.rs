//! What a cable is plugged into, as people and files name it: device and port.

use super::side::{MOST_ENDS, Side};
use crate::base::fault::{Faults, Message};
use crate::base::fields::Fields;
use crate::inventory::PortKind;

/// A port by the names of its device and its own; where two kinds of port share a name, `front:1` says which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPort {
    /// Name of the device.
    pub device: String,
    /// Name of the port, with or without its kind before a colon.
    pub port: String,
}

/// Both sides of a cable by names; one side has one port, the other one or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedEnds {
    /// Side A.
    pub a: Vec<NamedPort>,
    /// Side B.
    pub b: Vec<NamedPort>,
}

impl NamedEnds {
    /// One side.
    #[must_use]
    pub fn side(&self, side: Side) -> &[NamedPort] {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }

    /// Reads `device_a`, `port_a`, `device_b` and `port_b`. Several ports of a side stand between semicolons, or in fields of the same
    /// name; their devices as many, or one for all.
    pub(super) fn parse(faults: &mut Faults, fields: &Fields) -> Option<Self> {
        let a = one_side(faults, fields, Side::A);
        let b = one_side(faults, fields, Side::B);
        let ends = Self { a: a?, b: b? };
        if ends.a.len() > 1 && ends.b.len() > 1 {
            faults.add(Side::B.port_field(), Message::new("cables-many-to-many"));
            return None;
        }
        Some(ends)
    }

    /// Writes the fields that [`Self::parse`] reads.
    pub(super) fn put(&self, fields: &mut Fields) {
        for side in Side::ALL {
            let ends = self.side(*side);
            let mut devices: Vec<&str> = ends.iter().map(|end| end.device.as_str()).collect();
            let ports: Vec<&str> = ends.iter().map(|end| end.port.as_str()).collect();
            if devices.windows(2).all(|pair| pair.first() == pair.last()) {
                devices.truncate(1);
            }
            fields.set(side.device_field(), devices.join("; "));
            fields.set(side.port_field(), ports.join("; "));
        }
    }
}

fn texts(fields: &Fields, name: &str) -> Vec<String> {
    fields
        .all(name)
        .flat_map(|text| text.split([';', '；', '\n']))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

fn one_side(faults: &mut Faults, fields: &Fields, side: Side) -> Option<Vec<NamedPort>> {
    let (devices, ports) = (
        texts(fields, side.device_field()),
        texts(fields, side.port_field()),
    );
    if devices.is_empty() {
        faults.add(side.device_field(), Message::new("fault-required"));
    }
    if ports.is_empty() {
        faults.add(side.port_field(), Message::new("fault-required"));
    }
    if ports.len() > MOST_ENDS {
        let message = Message::new("cables-too-many-ends")
            .with("max", MOST_ENDS)
            .with("count", ports.len());
        faults.add(side.port_field(), message);
        return None;
    }
    match devices.as_slice() {
        [] => None,
        _ if ports.is_empty() => None,
        [device] => Some(
            ports
                .into_iter()
                .map(|port| NamedPort {
                    device: device.clone(),
                    port,
                })
                .collect(),
        ),
        _ if devices.len() == ports.len() => Some(
            devices
                .into_iter()
                .zip(ports)
                .map(|(device, port)| NamedPort { device, port })
                .collect(),
        ),
        _ => {
            let message = Message::new("cables-ends-uneven")
                .with("devices", devices.len())
                .with("ports", ports.len());
            faults.add(side.device_field(), message);
            None
        }
    }
}

/// Which of a device's ports a text means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant<T> {
    /// This one.
    One(T),
    /// Several kinds have the name.
    Several(Vec<PortKind>),
    /// None has it.
    Nothing,
}

/// Finds the port that a text means among those of a device: a name, or `kind:name`.
pub(super) fn meant<'a, T>(
    ports: &'a [T],
    text: &str,
    of: impl Fn(&'a T) -> (PortKind, &'a str),
) -> Meant<&'a T> {
    let named: Vec<&T> = ports.iter().filter(|port| of(port).1 == text).collect();
    match named.as_slice() {
        [one] => return Meant::One(*one),
        [] => {}
        several => {
            let kinds = several.iter().map(|port| of(*port).0);
            return Meant::Several(kinds.collect());
        }
    }
    let Some((kind, name)) = text.split_once(':') else {
        return Meant::Nothing;
    };
    let Some(kind) = PortKind::from_word(kind.trim()) else {
        return Meant::Nothing;
    };
    ports
        .iter()
        .find(|port| of(port) == (kind, name.trim()))
        .map_or(Meant::Nothing, Meant::One)
}

/// How a port is written so that [`meant`] finds it again.
pub(super) fn port_text(kind: PortKind, name: &str, is_shared: bool) -> String {
    if is_shared {
        format!("{kind}:{name}")
    } else {
        name.to_owned()
    }
}
