#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

fn at_fault(fault: &Fault) -> (&str, &'static str) {
    (&fault.fields[0].field, fault.fields[0].message.key)
}

#[test]
fn a_route_distinguisher_has_eight_octets() {
    for good in [
        "65000:1",
        "65535:4294967295",
        "192.0.2.1:65535",
        "4200000000:1",
        "65536:65535",
    ] {
        let draft = VrfDraft::parse(&fields(&[("name", "a"), ("route_distinguisher", good)]));
        assert_eq!(draft.unwrap().route_distinguisher.unwrap(), good);
    }
    for wrong in [
        "65000",
        ":1",
        "1:",
        "65000:4294967296",
        "4200000000:65536",
        "192.0.2.1:65536",
        "192.0.2.256:1",
        "2001:db8::1:1",
        "-1:1",
        "+1:1",
    ] {
        let fault = VrfDraft::parse(&fields(&[("name", "a"), ("route_distinguisher", wrong)]));
        assert_eq!(
            at_fault(&fault.unwrap_err()).0,
            "route_distinguisher",
            "{wrong}"
        );
    }
}

#[test]
fn a_vlan_counts_in_a_site_or_in_a_group() {
    let vlan = |site: &str, group: &str, number: &str| {
        VlanDraft::parse(&fields(&[
            ("site_id", site),
            ("group_name", group),
            ("number", number),
            ("name", "uplink"),
        ]))
    };
    assert_eq!(vlan("3", "", "4094").unwrap().number, 4094);
    assert_eq!(vlan("", "core", "1").unwrap().group_name, "core");
    for (site, group, number, field) in [
        ("", "", "10", "site_id"),
        ("3", "core", "10", "site_id"),
        ("3", "", "0", "number"),
        ("3", "", "4095", "number"),
        ("3", "", "-7", "number"),
        ("3", "", "1e2", "number"),
    ] {
        let fault = vlan(site, group, number).unwrap_err();
        assert_eq!(at_fault(&fault).0, field);
    }
}

#[test]
fn a_gateway_is_always_reserved() {
    let address = |role: &str, status: &str| {
        AddressDraft::parse(&fields(&[
            ("vrf_id", "1"),
            ("address", "10.0.0.1"),
            ("role", role),
            ("status", status),
        ]))
    };
    for (role, status, stands) in [
        ("gateway", "active", AddressStatus::Reserved),
        ("gateway", "", AddressStatus::Reserved),
        ("", "", AddressStatus::Active),
        ("virtual", "deprecated", AddressStatus::Deprecated),
    ] {
        assert_eq!(address(role, status).unwrap().status, stands);
    }
    assert_eq!(at_fault(&address("router", "").unwrap_err()).0, "role");
}

#[test]
fn names_of_the_dns_are_ascii_labels() {
    let name = |text: &str| {
        AddressDraft::parse(&fields(&[
            ("vrf_id", "1"),
            ("address", "10.0.0.1"),
            ("dns_name", text),
        ]))
        .map(|draft| draft.dns_name)
    };
    assert_eq!(name("Web-1.Example.COM.").unwrap(), "web-1.example.com");
    assert_eq!(name("").unwrap(), "");
    let long = "a".repeat(64);
    for wrong in [
        "-a.b",
        "a-.b",
        "a..b",
        "服务器.cn",
        "<b>",
        "=cmd",
        "a b",
        long.as_str(),
    ] {
        assert_eq!(
            at_fault(&name(wrong).unwrap_err()),
            ("dns_name", "addresses-dns-name-wrong"),
            "{wrong}"
        );
    }
}

#[test]
fn a_range_does_not_end_before_it_begins() {
    let range = |first: &str, last: &str| {
        RangeDraft::parse(&fields(&[
            ("vrf_id", "1"),
            ("first", first),
            ("last", last),
        ]))
    };
    assert_eq!(
        range("10.0.0.9", "10.0.0.10").unwrap().span().size(),
        2,
        "by number, not by text"
    );
    assert!(range("10.0.0.9", "10.0.0.9").is_ok());
    for (first, last) in [("10.0.0.10", "10.0.0.9"), ("10.0.0.1", "2001:db8::1")] {
        let fault = range(first, last).unwrap_err();
        assert_eq!(at_fault(&fault), ("last", "ranges-last-before-first"));
    }
}

#[test]
fn what_is_searched_for_may_be_the_beginning_of_an_address() {
    for (query, meant) in [
        ("10.1.2.3", "10.1.2.3/32"),
        ("10.1.2.3/24", "10.1.2.0/24"),
        ("10.1", "10.1.0.0/16"),
        ("10.1.2.", "10.1.2.0/24"),
        ("10.", "10.0.0.0/8"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2001:db8:", "2001:db8::/32"),
    ] {
        let filter = AddressFilter {
            query: query.to_owned(),
            ..AddressFilter::default()
        };
        assert_eq!(filter.meant().unwrap().to_string(), meant, "{query}");
    }
    for query in ["10", "web-1", "", "10.1.2.3.4", "1.2.3.4/x", ":"] {
        let filter = AddressFilter {
            query: query.to_owned(),
            ..AddressFilter::default()
        };
        assert!(filter.meant().is_none(), "{query}");
    }
}
