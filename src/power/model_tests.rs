#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]
use super::*;
use crate::power::Wish;

fn endpoint(changes: &[(&str, &str)]) -> Fields {
    let mut fields: Fields = [
        ("address", "192.0.2.7"),
        ("username", "operator"),
        ("password", "calvin"),
    ]
    .into_iter()
    .collect();
    for (name, text) in changes {
        fields.set(*name, *text);
    }
    fields
}

#[test]
fn a_plain_endpoint_takes_the_usual_port_and_no_key() {
    let draft = BmcDraft::parse(&endpoint(&[])).unwrap();
    assert_eq!((draft.protocol, draft.port), (Protocol::Ipmi, 623));
    assert!(matches!(draft.kg, PasswordDraft::Keep));
    assert!(draft.password.changes());
    let removed = BmcDraft::parse(&endpoint(&[("kg_remove", "true")])).unwrap();
    assert!(matches!(removed.kg, PasswordDraft::Remove));
}

#[test]
fn each_wrong_field_is_named() {
    for (field, text) in [
        ("protocol", "telnet"),
        ("address", ""),
        ("address", "bmc-7"),
        ("address", "0.0.0.0"),
        ("address", "255.255.255.255"),
        ("address", "ff02::1"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "-1"),
        ("username", ""),
        ("username", "seventeen-letters"),
        ("username", "用户用户用户"),
        ("password", "twenty-one-octets-pwd"),
        ("password", "tab\tinside"),
        ("kg", "twenty-one-octets-key"),
        ("expected_guid", "42bdfe50"),
        ("expected_guid", "00000000-0000-0000-0000-000000000000"),
        ("expected_guid", "zzbdfe50-c199-42d9-8e0b-c9d634020082"),
    ] {
        let fault = BmcDraft::parse(&endpoint(&[(field, text)])).unwrap_err();
        let fields: Vec<_> = fault.fields.iter().map(|f| f.field.as_ref()).collect();
        assert_eq!(fields, [field], "{field} = {text:?}");
    }
}

#[test]
fn a_redfish_endpoint_has_its_own_port_and_longer_passwords() {
    let long = "a-password-of-more-than-twenty-octets";
    let fields = endpoint(&[
        ("protocol", "redfish"),
        ("password", long),
        ("trust", "authority"),
    ]);
    let draft = BmcDraft::parse(&fields).unwrap();
    assert_eq!((draft.protocol, draft.port), (Protocol::Redfish, 443));
    assert_eq!(draft.reach.trust, crate::power::Trust::Authority);
    for (field, text) in [
        ("password", "x".repeat(129)),
        ("trust", "everyone".to_owned()),
        ("certificate_sha256", "abc".to_owned()),
        ("privilege", "root".to_owned()),
        ("lookup", "email".to_owned()),
        ("suites", "0".to_owned()),
    ] {
        let fields = endpoint(&[("protocol", "redfish"), (field, text.as_str())]);
        let fault = BmcDraft::parse(&fields).unwrap_err();
        assert_eq!(fault.fields.first().unwrap().field, field);
    }
}

#[test]
fn guids_are_told_apart_by_digits_only() {
    let canonical = "42bdfe50-c199-42d9-8e0b-c9d634020082";
    for text in [
        canonical,
        "{42BDFE50-C199-42D9-8E0B-C9D634020082}",
        " 42bdfe50c19942d98e0bc9d634020082 ",
    ] {
        assert_eq!(canonical_guid(text).as_deref(), Some(canonical), "{text}");
    }
}

#[test]
fn a_wish_names_what_it_lacks() {
    let fields: Fields = [("action", "cycle"), ("reason", " hangs ")]
        .into_iter()
        .collect();
    let wish = Wish::parse(&fields, Some("a-1")).unwrap();
    assert_eq!(
        (wish.action, wish.reason.as_str(), wish.key.as_deref()),
        (Action::Cycle, "hangs", Some("a-1"))
    );
    assert!(!wish.acknowledge_presence && !wish.confirm_unknown_state);
    for (action, key, field) in [
        ("", None, "action"),
        ("explode", None, "action"),
        ("on", Some(""), "idempotency_key"),
        ("on", Some("with space"), "idempotency_key"),
    ] {
        let fields: Fields = [("action", action)].into_iter().collect();
        let fault = Wish::parse(&fields, key).unwrap_err();
        assert_eq!(fault.fields.first().unwrap().field, field);
    }
}

#[test]
fn soft_is_never_its_own_harder_action_and_the_hard_ones_need_the_label() {
    assert_eq!(Action::SoftOff.harder(), Some(Action::Off));
    assert_eq!(Action::On.harder(), None);
    for action in Action::ALL {
        let typed = matches!(
            action,
            Action::Off | Action::Cycle | Action::Reset | Action::Nmi
        );
        assert_eq!(action.is_destructive(), typed, "{action}");
    }
}
