#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::cabling::NamedPort;
use crate::cabling::ends::{Meant, meant};
use crate::inventory::PortKind;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let mut fields: Fields = [
        ("device_a", "SW-1"),
        ("port_a", "eth1"),
        ("device_b", "SRV-1"),
        ("port_b", "eno1"),
    ]
    .into_iter()
    .collect();
    for (name, text) in pairs {
        fields.set(*name, *text);
    }
    fields
}

fn fault_of(pairs: &[(&str, &str)]) -> (String, &'static str) {
    let fault = CableDraft::parse(&fields(pairs)).unwrap_err();
    let first = &fault.fields[0];
    (first.field.to_string(), first.message.key)
}

#[test]
fn what_was_typed_becomes_a_cable_or_a_fault_at_its_field() {
    let draft = CableDraft::parse(&fields(&[])).unwrap();
    assert_eq!(
        (draft.kind, draft.status),
        (CableKind::Other, CableStatus::Connected)
    );
    for (field, text, wanted) in [
        ("colour", "Blue", "blue"),
        ("colour", "黄色", "yellow"),
        ("colour", "湖蓝", "aqua"),
        ("colour", "gray", "grey"),
        ("colour", "#AA1409", "#aa1409"),
        ("colour", "", ""),
        ("length_m", "2.5 m", "2.5"),
        ("length_m", "2,50", "2.5"),
        ("length_m", "30", "30"),
        ("length_m", "0.305", "0.305"),
        ("length_m", "3 米", "3"),
        ("kind", "MMF-OM4", "mmf-om4"),
    ] {
        let draft = CableDraft::parse(&fields(&[(field, text)])).unwrap();
        assert_eq!(cable_fields(&draft).get(field), wanted, "{field} {text}");
    }
    for (field, text, key) in [
        ("colour", "#12345", "cables-colour-wrong"),
        ("colour", "bluish", "cables-colour-wrong"),
        ("length_m", "0", "cables-length-wrong"),
        ("length_m", "-1", "cables-length-wrong"),
        ("length_m", "m", "cables-length-wrong"),
        ("length_m", "1.2345", "cables-length-wrong"),
        ("length_m", "100001", "cables-length-wrong"),
        ("kind", "cat9", "fault-choice"),
        ("status", "in", "fault-choice"),
        ("port_a", "", "fault-required"),
        ("device_b", " ; ", "fault-required"),
    ] {
        assert_eq!(
            fault_of(&[(field, text)]),
            (field.to_owned(), key),
            "{text}"
        );
    }
}

#[test]
fn a_breakout_names_several_ports_at_one_side() {
    let named = |device: &str, port: &str| NamedPort {
        device: device.to_owned(),
        port: port.to_owned(),
    };
    let draft = CableDraft::parse(&fields(&[
        ("device_b", "SRV-1；SRV-2"),
        ("port_b", "eno1; eno2"),
    ]));
    assert_eq!(
        draft.unwrap().ends.b,
        [named("SRV-1", "eno1"), named("SRV-2", "eno2")]
    );
    let draft = CableDraft::parse(&fields(&[("port_b", "eno1; eno2;")])).unwrap();
    assert_eq!(
        draft.ends.b,
        [named("SRV-1", "eno1"), named("SRV-1", "eno2")]
    );
    let again = CableDraft::parse(&cable_fields(&draft)).unwrap();
    assert_eq!(again, draft, "what is written is read again");
    let thirteen = vec!["p"; 13].join(";");
    for (pairs, field, key) in [
        (
            &[("port_a", "1;2"), ("port_b", "1;2")][..],
            "port_b",
            "cables-many-to-many",
        ),
        (
            &[("port_b", thirteen.as_str())][..],
            "port_b",
            "cables-too-many-ends",
        ),
        (
            &[("device_b", "x;y"), ("port_b", "1;2;3")][..],
            "device_b",
            "cables-ends-uneven",
        ),
    ] {
        assert_eq!(fault_of(pairs), (field.to_owned(), key));
    }
}

#[test]
fn a_port_is_meant_by_its_name_or_with_its_kind() {
    let ports = [
        (PortKind::Front, "1"),
        (PortKind::Rear, "1"),
        (PortKind::Interface, "eth1"),
        (PortKind::Interface, "rear:9"),
    ];
    let found = |text: &str| meant(&ports, text, |port| (port.0, port.1));
    assert_eq!(found("eth1"), Meant::One(&ports[2]));
    assert_eq!(
        found("1"),
        Meant::Several(vec![PortKind::Front, PortKind::Rear])
    );
    assert_eq!(found("rear:1"), Meant::One(&ports[1]));
    assert_eq!(found("front: 1"), Meant::One(&ports[0]));
    assert_eq!(
        found("rear:9"),
        Meant::One(&ports[3]),
        "a name with a colon"
    );
    for text in ["eth2", "rear:2", "side:1", ""] {
        assert_eq!(found(text), Meant::Nothing, "{text}");
    }
}
