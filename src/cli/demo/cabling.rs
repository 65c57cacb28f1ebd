//! What the simulated switches of the sample say beside their ports: who is at the other end, and what they are.

use super::seed::seed;
use crate::sim::switch::{Beside, ChassisSpec, NeighbourSpec};

/// A cable: device and port at either end.
type Cable = ((&'static str, &'static str), (&'static str, &'static str));

const CABLES: [Cable; 6] = [
    (
        ("SW-A01-1", "100GE1/0/1"),
        ("SW-C01-1", "HundredGigE1/0/49"),
    ),
    (
        ("SW-A01-1", "10GE1/0/47"),
        ("SW-A06-1", "XGigabitEthernet0/0/1"),
    ),
    (("SW-A01-1", "100GE1/0/2"), ("SW-D03-1", "Fo0/49")),
    (("SW-A01-1", "100GE1/0/6"), ("RT-A01-1", "100GE0/1/0")),
    (
        ("SW-A01-1", "10GE1/0/48"),
        ("FW-A01-1", "GigabitEthernet0/0/1"),
    ),
    (
        ("SW-C01-1", "HundredGigE1/0/56"),
        ("carrier-edge-7", "Eth-Trunk12"),
    ),
];

/// Device, serial number, maker, model, revision of the software.
type Label = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// What is printed on each switch; one of them is not what the record says.
const LABELS: [Label; 4] = [
    (
        "SW-A01-1",
        "210284KDH10J74017572",
        "Huawei",
        "CE6881-48S6CQ",
        "V200R021C10",
    ),
    (
        "SW-A06-1",
        "210264cjk10j79371955 ",
        "Huawei",
        "S5735-L48T4X-A1",
        "V200R022C00",
    ),
    (
        "SW-C01-1",
        "210235ABBDH164622461",
        "H3C",
        "S6850-56HF",
        "7.1.070",
    ),
    (
        "SW-D03-1",
        "G1R7437326999",
        "Ruijie",
        "RG-S6220-48XS6QXS-H",
        "RGOS 12.5",
    ),
];

/// An address of the range for local ones, always the same for a name.
fn mac(device: &str) -> [u8; 6] {
    let [a, b, c, ..] = seed(device).to_le_bytes();
    [0x02, 0xca, 0x1d, a, b, c]
}

/// One of the range for examples (RFC 5737).
fn address(device: &str) -> [u8; 4] {
    let [.., last] = mac(device);
    [192, 0, 2, last]
}

/// What a device of the sample says; nothing for those that are no switches.
pub fn beside(device: &str) -> Beside {
    let label = LABELS.iter().find(|(name, ..)| *name == device);
    let Some((_, serial, maker, model, revision)) = label else {
        return Beside::default();
    };
    let ends = CABLES
        .iter()
        .flat_map(|(one, other)| [(one, other), (other, one)].map(|(here, there)| (*here, *there)));
    let neighbours =
        ends.filter(|((here, _), _)| *here == device)
            .map(|((_, port), (name, remote_port))| NeighbourSpec {
                port: port.to_owned(),
                mac: mac(name),
                remote_port: remote_port.to_owned(),
                name: name.to_owned(),
                descr: format!("{name} (simulated)"),
                address: Some(address(name)),
            });
    Beside {
        mac: Some(mac(device)),
        neighbours: neighbours.collect(),
        chassis: vec![ChassisSpec {
            serial: (*serial).to_owned(),
            model: (*model).to_owned(),
            maker: (*maker).to_owned(),
            revision: (*revision).to_owned(),
        }],
    }
}
