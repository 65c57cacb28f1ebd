#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;

fn parse(pairs: &[(&str, &str)]) -> Result<PortDraft, Fault> {
    let mut fields: Fields = [("kind", "interface"), ("name", "eth0")]
        .into_iter()
        .collect();
    for (name, text) in pairs {
        fields.set(*name, *text);
    }
    PortDraft::parse(&fields)
}

#[test]
fn each_wrong_field_of_a_port_is_named() {
    for (pairs, field) in [
        (&[("kind", "socket")][..], "kind"),
        (&[("name", "")], "name"),
        (&[("positions", "2")], "positions"),
        (&[("kind", "rear"), ("positions", "0")], "positions"),
        (&[("through_port", "r1")], "through_port"),
        (
            &[("kind", "power_outlet"), ("through_position", "1")],
            "through_position",
        ),
        (&[("feed_leg", "A")], "feed_leg"),
        (&[("kind", "power_outlet"), ("feed_leg", "D")], "feed_leg"),
        (&[("max_watts", "1")], "max_watts"),
        (&[("kind", "power_port"), ("poe", "pd")], "poe"),
        (
            &[
                ("kind", "power_port"),
                ("max_watts", "10"),
                ("allocated_watts", "11"),
            ],
            "allocated_watts",
        ),
        (&[("mac", "00:11:22:33:44")], "mac"),
        (&[("color", "blue")], "color"),
    ] {
        let fault = parse(pairs).unwrap_err();
        let named: Vec<_> = fault.fields.iter().map(|f| f.field.as_ref()).collect();
        assert_eq!(named, [field], "{pairs:?}");
    }
}

#[test]
fn what_people_type_of_a_port_is_understood() {
    let draft = parse(&[("mac", "0011.2233.44AA"), ("color", "#AA1409")]).unwrap();
    assert_eq!(
        (draft.mac.as_str(), draft.spec.color.as_str()),
        ("00:11:22:33:44:aa", "aa1409")
    );
    assert!(draft.spec.enabled);
    assert!(!parse(&[("disabled", "yes")]).unwrap().spec.enabled);
    let outlet = parse(&[("kind", "power_outlet"), ("feed_leg", "b")]).unwrap();
    assert_eq!(outlet.spec.feed_leg, "B");
}
