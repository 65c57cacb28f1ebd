#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::inventory::library::vocabulary;
use crate::inventory::model::DeviceRole;
use crate::inventory::port::{BayKind, PortKind};

const SWITCH: &str = "\
---
manufacturer: Aisle Works
model: Edge 4
slug: Aisle-Works-edge-4
part_number: AW-E4
u_height: 1.5
is_full_depth: false
airflow: front-to-rear
weight: 10.5
weight_unit: lb
comments: |
  Two lines
  of comment
console-ports:
  - name: con0
    type: rj-45
power-ports:
  - name: PSU0
    type: iec-60320-c14
    maximum_draw: 90
    allocated_draw: 60
  - name: PSU1
    type: iec-60320-c14
    maximum_draw: 90
    allocated_draw: 60
power-outlets:
  - name: out
    type: iec-60320-c13
    power_port: PSU0
    feed_leg: A
interfaces:
  - name: ge-0
    type: 1000base-t
    poe-mode: pse
    poe_type: type2-ieee802.3at
  - name: mgmt
    type: 1000base-t
    mgmt_only: true
    enabled: false
rear-ports:
  - name: R
    type: mpo
    positions: 2
front-ports:
  - {name: F1, type: lc, rear_port: R, rear_port_position: 2, color: AA1409}
device-bays:
  - name: Blade 1
module-bays:
  - {name: Slot 1, position: '1'}
inventory-items:
  - {name: Fan, manufacturer: Aisle Works, part_id: AW-F}
";

fn kinds(definition: &Definition) -> Vec<(PortKind, &str)> {
    let ports = definition.ports.iter();
    ports.map(|port| (port.kind, port.name.as_str())).collect()
}

#[test]
fn a_whole_file_is_understood() {
    let (found, odd) = read(SWITCH.as_bytes(), None).unwrap();
    assert_eq!(odd, []);
    assert_eq!(
        (found.sort, found.slug.as_str()),
        (Sort::Device, "aisle-works-edge-4")
    );
    assert_eq!(found.height, HalfUnits::new(3));
    assert!(!found.full_depth && !found.passive);
    assert_eq!(found.weight, Some(Grams::new(4763)));
    assert_eq!(found.note, "Two lines\nof comment");
    assert_eq!(
        kinds(&found),
        [
            (PortKind::Console, "con0"),
            (PortKind::PowerPort, "PSU0"),
            (PortKind::PowerPort, "PSU1"),
            (PortKind::PowerOutlet, "out"),
            (PortKind::Interface, "ge-0"),
            (PortKind::Interface, "mgmt"),
            (PortKind::Rear, "R"),
            (PortKind::Front, "F1"),
        ]
    );
    let port = |name: &str| found.ports.iter().find(|port| port.name == name).unwrap();
    assert_eq!(port("ge-0").poe, "pse type2-ieee802.3at");
    assert!(port("mgmt").management && !port("mgmt").enabled);
    let front = port("F1");
    assert_eq!(
        (front.through_port.as_str(), front.through_position),
        ("R", Some(2))
    );
    assert_eq!(front.color, "aa1409");
    assert_eq!(
        (
            port("out").through_port.as_str(),
            port("out").feed_leg.as_str()
        ),
        ("PSU0", "A")
    );
    assert_eq!(port("PSU0").max_watts.map(|watts| watts.get()), Some(90));
    assert_eq!(found.planned_watts(), Some(120));
    let bays: Vec<_> = found
        .bays
        .iter()
        .map(|bay| (bay.kind, bay.name.as_str(), bay.note.as_str()))
        .collect();
    assert_eq!(
        bays,
        [
            (BayKind::Device, "Blade 1", ""),
            (BayKind::Module, "Slot 1", ""),
            (BayKind::Inventory, "Fan", "Aisle Works · AW-F"),
        ]
    );
    let draft = found.draft(None).unwrap();
    assert_eq!(draft.watts.map(|watts| watts.get()), Some(120));
}

const HEAD: &str = "manufacturer: M\nmodel: X\nslug: m-x\n";

/// What stands in a file behind its head, and where a finding must be, with its message.
#[test]
fn everything_else_is_found_with_its_line() {
    for (text, place, key) in [
        ("colour: red\n", "colour", "library-unknown-name"),
        ("model: Y\n", "model", "library-twice"),
        ("airflow: upwards\n", "airflow", "library-unknown-word"),
        (
            "weight: heavy\nweight_unit: kg\n",
            "weight",
            "library-weight",
        ),
        ("weight: 1\nweight_unit: st\n", "weight", "library-weight"),
        ("weight: 1\n", "weight", "library-weight"),
        (
            "is_full_depth: maybe\n",
            "is_full_depth",
            "library-no-truth",
        ),
        ("interfaces: none\n", "interfaces", "library-no-list"),
        ("interfaces:\n  - eth0\n", "interfaces[1]", "library-no-map"),
        (
            "interfaces:\n  - type: lag\n",
            "interfaces[1].name",
            "library-nameless",
        ),
        (
            "interfaces:\n  - {name: a, type: carrier-pigeon}\n",
            "interfaces[1].type",
            "library-unknown-word",
        ),
        (
            "interfaces:\n  - {name: a}\n  - {name: a}\n",
            "interfaces[2].name",
            "library-name-twice",
        ),
        (
            "interfaces:\n  - {name: a, management-only: true}\n",
            "interfaces[1].management-only",
            "library-unknown-name",
        ),
        (
            "power-ports:\n  - {name: a, maximum_draw: lots}\n",
            "power-ports[1].maximum_draw",
            "library-no-whole",
        ),
        (
            "power-ports:\n  - {name: a, maximum_draw: -1}\n",
            "power-ports[1].maximum_draw",
            "library-no-whole",
        ),
        (
            "power-outlets:\n  - {name: a, power_port: gone}\n",
            "power-outlets[1].power_port",
            "library-no-port",
        ),
        (
            "power-outlets:\n  - {name: a, feed_leg: D}\n",
            "power-outlets[1].feed_leg",
            "library-unknown-word",
        ),
        (
            "front-ports:\n  - {name: a}\n",
            "front-ports[1].rear_port",
            "library-no-rear-port",
        ),
        (
            "rear-ports:\n  - {name: r}\nfront-ports:\n  - {name: a, rear_port: r, rear_port_position: 2}\n",
            "front-ports[1].rear_port",
            "library-no-position",
        ),
        (
            "module-bays:\n  - {name: a, maximum_draw: 3}\n",
            "module-bays[1].maximum_draw",
            "library-unknown-name",
        ),
        ("comments: [a, b]\n", "comments", "library-no-text"),
    ] {
        let (_, odd) = read(format!("{HEAD}{text}").as_bytes(), None).unwrap();
        let found: Vec<_> = odd
            .iter()
            .map(|f| (f.place.as_str(), f.message.key))
            .collect();
        assert_eq!(found, [(place, key)], "{text}");
        assert!(odd[0].line >= 2, "{text}");
    }
}

#[test]
fn a_file_of_no_use_says_why() {
    for (text, place, key) in [
        ("- a\n", "", "library-no-map"),
        ("model: X\nslug: x\n", "manufacturer", "library-missing"),
        ("manufacturer: M\nslug: x\n", "model", "library-missing"),
        (
            "manufacturer: M\nmodel: X\nslug: x\nu_height: 0.7\n",
            "u_height",
            "library-height",
        ),
        (
            "manufacturer: M\nmodel: X\nslug: x\nu_height: -1\n",
            "u_height",
            "library-height",
        ),
        (
            "manufacturer: M\nmodel: X\nslug: x\nu_height: 51\n",
            "u_height",
            "library-height",
        ),
    ] {
        let wrong = read(text.as_bytes(), None).unwrap_err();
        assert_eq!(
            (wrong[0].place.as_str(), wrong[0].message.key),
            (place, key),
            "{text}"
        );
    }
    let module = b"manufacturer: M\nmodel: X\n";
    assert_eq!(read(module, None).unwrap().0.sort, Sort::Module);
    assert_eq!(
        read(module, Some(Sort::Device)).unwrap_err()[0].place,
        "slug"
    );
}

#[test]
fn weights_of_all_units_come_to_the_gram() {
    for (text, unit, grams) in [
        ("1", "kg", 1000),
        ("7.26", "kg", 7260),
        ("1", "lb", 454),
        ("67", "lb", 30_391),
        ("16", "oz", 454),
        ("245", "g", 245),
    ] {
        let text = format!("{HEAD}weight: {text}\nweight_unit: {unit}\n");
        let (found, odd) = read(text.as_bytes(), None).unwrap();
        assert_eq!(
            (found.weight, odd.len()),
            (Some(Grams::new(grams)), 0),
            "{text}"
        );
    }
}

#[test]
fn what_a_type_does_is_guessed_from_its_ports() {
    let many: String = (0..16)
        .map(|n| format!("  - {{name: p{n}, type: 1000base-t}}\n"))
        .collect();
    for (text, role) in [
        (
            "power-outlets:\n  - {name: 1}\n".to_owned(),
            DeviceRole::Pdu,
        ),
        (
            "console-server-ports:\n  - {name: 1}\n".to_owned(),
            DeviceRole::ConsoleServer,
        ),
        (
            "rear-ports:\n  - {name: r}\nfront-ports:\n  - {name: f, rear_port: r}\n".to_owned(),
            DeviceRole::PatchPanel,
        ),
        (
            format!("interfaces:\n  - {{name: iDRAC}}\n{many}"),
            DeviceRole::Server,
        ),
        ("subdevice_role: child\n".to_owned(), DeviceRole::Server),
        (format!("interfaces:\n{many}"), DeviceRole::Switch),
        (String::new(), DeviceRole::Other),
    ] {
        let (found, _) = read(format!("{HEAD}{text}").as_bytes(), None).unwrap();
        assert_eq!(found.role(), role, "{text}");
    }
    let blank = b"manufacturer: M\nmodel: Blanking Panel\nslug: x\n";
    assert_eq!(read(blank, None).unwrap().0.role(), DeviceRole::Blank);
}

#[test]
fn what_a_person_said_of_a_type_stays() {
    let (found, _) = read(SWITCH.as_bytes(), None).unwrap();
    let before: Fields = [
        ("role", "firewall"),
        ("watts", "500"),
        ("note", ""),
        ("airflow", "passive"),
    ]
    .into_iter()
    .collect();
    let fields = found.fields(Some(&before));
    assert_eq!(
        (fields.get("role"), fields.get("watts")),
        ("firewall", "500")
    );
    assert_eq!(
        (fields.get("airflow"), fields.get("note")),
        ("front-to-rear", "Two lines\nof comment")
    );
}

#[test]
fn no_word_of_the_format_is_there_twice() {
    for words in [
        vocabulary::AIRFLOWS,
        vocabulary::POE_TYPES,
        vocabulary::CONSOLES,
        vocabulary::POWER_PORTS,
        vocabulary::OUTLETS,
        vocabulary::PASS_THROUGH,
        vocabulary::INTERFACES,
    ] {
        let mut sorted = words.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), words.len());
    }
}
