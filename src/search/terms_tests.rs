#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use proptest::prelude::*;

use super::*;
use crate::search::query::words;

fn named(text: &str) -> BTreeMap<String, i64> {
    let mut terms = Terms::default();
    terms.name(text);
    terms.finish()
}

/// Whether something of these terms is found by a query.
fn finds(terms: &BTreeMap<String, i64>, typed: &str) -> bool {
    let words = words(typed);
    !words.is_empty()
        && words
            .iter()
            .all(|word| terms.keys().any(|term| word.fits(term).is_some()))
}

#[test]
fn names_are_found_by_what_people_type() {
    for (name, typed, found) in [
        ("SRV-0123", "srv-01", true),
        ("SRV-0123", "SRV0123", true),
        ("SRV-0123", "0123", true),
        ("SRV-0123", "123", false),
        ("web12", "12", true),
        ("xe-0/0/1", "xe-0/0/1", true),
        ("GigabitEthernet0/1", "gigabitethernet0/1", true),
        ("Te1/1/3", "te1/1/3", true),
        ("10.0.12.1", "10.0.12", true),
        ("10.0.12.1", "10.0.1.21", false),
        ("192.168.100.101", "192.168.100.101", true),
        ("192.168.100.101", "168.100", true),
        ("192.168.100.101", "192168100101", false),
        ("core.example.net", "example", true),
        ("北京云海科技有限公司", "云海", true),
        ("北京云海科技有限公司", "公司", true),
        ("北京云海科技有限公司", "海云", false),
        ("北京云海科技有限公司", "yunhai", true),
        ("北京云海科技有限公司", "yunhaikeji", true),
        ("北京云海科技有限公司", "yhkj", true),
        ("北京云海科技有限公司", "bjyh", true),
        ("北京云海科技有限公司", "北京 yhkj", true),
        ("重庆机房", "chongqing", true),
        ("重庆机房", "cqjf", true),
        ("A区3号柜", "3号柜", true),
        ("A区3号柜", "aqu", true),
        ("A区3号柜", "haogui", true),
        ("吕布", "lvbu", true),
        ("Mossvale Hosting", "hosting moss", true),
        ("Mossvale Hosting", "ting", false),
    ] {
        assert_eq!(finds(&named(name), typed), found, "{typed} in {name}");
    }
}

#[test]
fn numbers_are_found_from_both_ends_and_cards_in_any_notation() {
    let mut terms = Terms::default();
    terms.number("CZ2D1X0ABC");
    terms.cards("eth0 00:1B:21:aa:BB:0f, eth1=001b.21aa.bb10 (25G), not-a-mac 00-11");
    let terms = terms.finish();
    for (typed, found) in [
        ("cz2d", true),
        ("0abc", true),
        ("x0a", false),
        ("001b21aabb0f", true),
        ("00-1b-21-aa-bb-10", true),
        ("001B.21AA", true),
        ("bb:0f", true),
        ("25g", false),
    ] {
        assert_eq!(finds(&terms, typed), found, "{typed}: {terms:?}");
    }
}

#[test]
fn the_beginning_of_a_name_is_better_than_a_later_part_and_that_better_than_what_is_around() {
    let mut terms = Terms::default();
    terms.around("A01 srv");
    terms.name("srv-a01");
    let terms = terms.finish();
    assert_eq!(terms["srva01"], Class::Own.number());
    assert_eq!(terms["a01"], Class::Inner.number());
    assert_eq!(terms["srv"], Class::Around.number());
}

#[test]
fn a_thing_has_a_bounded_number_of_bounded_terms() {
    let long = named(&"行长重庆 x1-".repeat(200));
    assert!(long.len() <= MOST_TERMS, "{}", long.len());
    assert!(long.keys().all(|term| term.chars().count() <= LONGEST_TERM));
    assert!(named("  --  ").is_empty());
}

proptest! {
    /// A name is found by itself and by each of its words.
    #[test]
    fn everything_is_found_by_its_own_name(name in "[a-zA-Z0-9 ._:/\u{4e00}-\u{4e80}-]{1,30}") {
        let terms = named(&name);
        for word in fold(&name).split(' ').take(6).filter(|word| word.chars().any(char::is_alphanumeric)) {
            prop_assert!(finds(&terms, word), "{} in {}: {:?}", word, name, terms);
        }
    }
}
