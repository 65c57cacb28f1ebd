#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn key(raw: &str) -> (&'static str, String) {
    let fault = IpPrefix::parse("prefix", raw).unwrap_err().message;
    let right = fault
        .arguments
        .iter()
        .find(|(name, _)| *name == "right")
        .map(|(_, value)| value.to_string());
    (fault.key, right.unwrap_or_default())
}

fn prefix(text: &str) -> IpPrefix {
    IpPrefix::parse("prefix", text).unwrap()
}

fn ip(text: &str) -> Ip {
    Ip::parse("address", text).unwrap()
}

#[test]
fn prefixes_are_read_and_written_canonically() {
    for (given, written) in [
        ("10.0.0.0/8", "10.0.0.0/8"),
        (" 192.0.2.0/24 ", "192.0.2.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("203.0.113.7/32", "203.0.113.7/32"),
        ("2001:0DB8::/32", "2001:db8::/32"),
        ("2001:db8:0:0:1:0:0:0/80", "2001:db8:0:0:1::/80"),
        ("::/0", "::/0"),
        ("fe80::1/128", "fe80::1/128"),
    ] {
        assert_eq!(prefix(given).to_string(), written);
    }
}

#[test]
fn what_is_no_prefix_is_refused_with_what_would_be_right() {
    for (given, wanted, right) in [
        ("", "fault-required", ""),
        ("10.0.0.0", "ip-no-length", ""),
        ("10.0.0.1/24", "ip-host-bits", "10.0.0.0/24"),
        ("2001:db8::1/64", "ip-host-bits", "2001:db8::/64"),
        ("10.0.0.0/33", "ip-length", ""),
        ("2001:db8::/129", "ip-length", ""),
        ("10.0.0.0/08", "ip-length", ""),
        ("10.0.0.0/-1", "ip-length", ""),
        ("10.0.0.0/+8", "ip-length", ""),
        ("10.0.0.0/", "ip-length", ""),
        ("10.0.0.0/99999999999", "ip-length", ""),
        ("010.000.000.000/8", "ip-zero-padded", "10.0.0.0"),
        ("10.0.00.0/8", "ip-zero-padded", "10.0.0.0"),
        ("::ffff:10.0.0.0/104", "ip-mapped", "10.0.0.0"),
        ("10.0.0/24", "ip-no-address", ""),
        ("10.0.0.0.0/24", "ip-no-address", ""),
        ("10.0.0.256/32", "ip-no-address", ""),
        ("１０.0.0.0/8", "ip-no-address", ""),
        ("fe80::1%eth0/128", "ip-no-address", ""),
        ("2001:db8:::/32", "ip-no-address", ""),
        ("=cmd|' /c calc'!A0/8", "ip-no-address", ""),
    ] {
        assert_eq!(key(given), (wanted, right.to_owned()), "{given}");
    }
    for given in ["10.0.0.0/8", "1.2.3", "0x7f.0.0.1", "127.1", "2130706433"] {
        let fault = Ip::parse("address", given).unwrap_err();
        assert_eq!(fault.message.key, "ip-no-address", "{given}");
    }
}

#[test]
fn containment_is_of_one_family_and_by_bits() {
    for (outer, inner, contains) in [
        ("10.0.0.0/8", "10.255.0.0/16", true),
        ("10.0.0.0/8", "10.0.0.0/8", true),
        ("10.0.0.0/16", "10.0.0.0/8", false),
        ("10.0.0.0/8", "11.0.0.0/16", false),
        ("0.0.0.0/0", "203.0.113.7/32", true),
        ("::/0", "10.0.0.0/8", false),
        ("0.0.0.0/0", "::/128", false),
        ("2001:db8::/32", "2001:db8:ffff::/48", true),
        ("2001:db8::/32", "2001:db9::/48", false),
    ] {
        let (outer, inner) = (prefix(outer), prefix(inner));
        assert_eq!(outer.contains(&inner), contains, "{outer} {inner}");
    }
}

#[test]
fn the_ends_of_a_network_are_not_handed_out() {
    for (text, is_pool, first, last) in [
        ("192.0.2.0/24", false, "192.0.2.1", "192.0.2.254"),
        ("192.0.2.0/24", true, "192.0.2.0", "192.0.2.255"),
        ("192.0.2.0/30", false, "192.0.2.1", "192.0.2.2"),
        ("192.0.2.0/31", false, "192.0.2.0", "192.0.2.1"),
        ("192.0.2.1/32", false, "192.0.2.1", "192.0.2.1"),
        (
            "2001:db8::/64",
            false,
            "2001:db8::1",
            "2001:db8::ffff:ffff:ffff:ffff",
        ),
        ("2001:db8::/127", false, "2001:db8::", "2001:db8::1"),
        ("2001:db8::/128", false, "2001:db8::", "2001:db8::"),
    ] {
        let usable = prefix(text).usable(is_pool);
        assert_eq!(
            (usable.first, usable.last),
            (ip(first).value(), ip(last).value()),
            "{text}"
        );
    }
}

proptest! {
    /// Any network reads back as itself, holds both its ends, and its octets sort as its number.
    #[test]
    fn a_network_is_what_its_text_says(value: u128, other: u128, v6: bool, length in 0_u32..=128) {
        let family = if v6 { Family::V6 } else { Family::V4 };
        let made = IpPrefix::around(Ip::new(family, value), length.min(family.bits())).unwrap();
        let text = made.to_string();
        // The one text that both families could mean is refused on the way in.
        if !text.starts_with("::ffff:") {
            prop_assert_eq!(prefix(&text), made);
        }
        prop_assert!(made.holds(made.network()) && made.holds(made.last()));
        prop_assert!(made.holds(Ip::new(family, value)));
        prop_assert_eq!(value.cmp(&other), IpOctets::new(value).cmp(&IpOctets::new(other)));
        prop_assert_eq!(IpOctets::new(value).value(), value);
        prop_assert!(IpPrefix::all_around(made.network(), made.length()).all(|wider| wider.contains(&made)));
    }
}
