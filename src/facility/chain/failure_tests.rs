//! What becomes of devices when a board, a feed or a PDU fails.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::base::ids::{DeviceId, PowerFeedId, PowerPanelId};
use crate::base::units::Watts;
use crate::facility::chain::budget::planned_on;
use crate::facility::chain::model::{FeedNode, PduNode};
use crate::facility::feed::FeedSide;

/// Feeds A (1, board 1), B (2, board 2) and C (3, no board), PDUs 11 and 12 on A, 21 on B, 31 on C, 91 on none; feed
/// 4 has no PDU.
fn chain(machines: &[&str]) -> Chain {
    let feed = |id: i64, side, panel: Option<i64>| {
        let node = FeedNode {
            id: PowerFeedId::new(id),
            name: format!("F{id}"),
            side,
            panel: panel.map(PowerPanelId::new),
            usable: 1000,
        };
        (node.id, node)
    };
    let pdu = |id: i64, on: Option<i64>| {
        let node = PduNode {
            id: DeviceId::new(id),
            name: format!("P{id}"),
            feed: on.map(PowerFeedId::new),
            rack: None,
        };
        (node.id, node)
    };
    Chain {
        feeds: [
            feed(1, FeedSide::A, Some(1)),
            feed(2, FeedSide::B, Some(2)),
            feed(3, FeedSide::Other, None),
            feed(4, FeedSide::B, Some(2)),
        ]
        .into(),
        pdus: [
            pdu(11, Some(1)),
            pdu(12, Some(1)),
            pdu(21, Some(2)),
            pdu(31, Some(3)),
            pdu(91, None),
        ]
        .into(),
        machines: machines.iter().zip(1..).map(machine).collect(),
        ..Chain::default()
    }
}

/// `11` is a confirmed cord to that PDU, `11?` one that nobody followed, `11-` one on an outlet that is off.
fn machine((cords, id): (&&str, i64)) -> Machine {
    let cord = |(text, outlet): (&str, i64)| Cord {
        pdu: DeviceId::new(text.trim_end_matches(['?', '-']).parse().unwrap()),
        outlet,
        supply: format!("PSU{outlet}"),
        is_confirmed: !text.ends_with('?'),
        is_off: text.ends_with('-'),
    };
    Machine {
        id: DeviceId::new(100 + id),
        name: (*cords).to_owned(),
        customer: None,
        owner: None,
        rack: None,
        rack_name: None,
        chassis: None,
        cords: cords.split_whitespace().zip(1..).map(cord).collect(),
        planned: None,
    }
}

const FEED_A: Part = Part::Feed(PowerFeedId::new(1));
const PANEL_1: Part = Part::Panel(PowerPanelId::new(1));
const PDU_11: Part = Part::Pdu(DeviceId::new(11));

#[test]
fn each_device_has_its_effect_and_its_reason() {
    use Effect as E;
    use Why as W;
    let table: &[(Part, &str, E, W, &[i64])] = &[
        (FEED_A, "11 21", E::Weaker, W::OneFeedLeft, &[2]),
        (FEED_A, "11 12 21", E::Weaker, W::OneFeedLeft, &[2]),
        (FEED_A, "11 21 31", E::Untouched, W::StillRedundant, &[2, 3]),
        (FEED_A, "11 12", E::Lost, W::AllCords, &[]),
        (FEED_A, "11", E::Lost, W::OneCord, &[]),
        (FEED_A, "11 21-", E::Lost, W::OthersOff, &[]),
        (FEED_A, "11 21?", E::Lost, W::OthersUnconfirmed, &[]),
        (FEED_A, "11 91", E::Unknown, W::NoFeed, &[]),
        (FEED_A, "91", E::Unknown, W::NoFeed, &[]),
        (FEED_A, "", E::Unknown, W::Unmapped, &[]),
        (FEED_A, "11?", E::Unknown, W::Unconfirmed, &[]),
        (FEED_A, "21", E::Untouched, W::Elsewhere, &[2]),
        (FEED_A, "21 91", E::Untouched, W::Elsewhere, &[2]),
        (FEED_A, "11- 21-", E::Untouched, W::OffAlready, &[]),
        (PDU_11, "11 12", E::Weaker, W::OneFeedLeft, &[1]),
        (PDU_11, "11 91", E::Weaker, W::OneFeedLeft, &[]),
        (PDU_11, "12", E::Untouched, W::Elsewhere, &[1]),
        (PANEL_1, "11 21", E::Weaker, W::OneFeedLeft, &[2]),
        (PANEL_1, "11 31", E::Unknown, W::NoPanel, &[]),
        (PANEL_1, "31", E::Unknown, W::NoPanel, &[]),
    ];
    for (part, cords, effect, why, left) in table {
        let chain = chain(&[cords]);
        let outcomes = what_fails(&chain, *part);
        let outcome = outcomes.first().unwrap();
        let found: Vec<i64> = outcome.left.iter().map(|feed| feed.get()).collect();
        assert_eq!(
            (outcome.effect, outcome.why, found.as_slice()),
            (*effect, *why, *left),
            "{part:?} {cords}"
        );
    }
}

#[test]
fn the_outlets_that_go_dark_are_named_followed_or_not() {
    let chain = chain(&["11 12? 21 91"]);
    let machine = chain.machines.first().unwrap();
    for (part, outlets) in [
        (FEED_A, [1, 2].as_slice()),
        (PDU_11, [1].as_slice()),
        (PANEL_1, [1, 2].as_slice()),
    ] {
        let found: Vec<i64> = fallen_cords(&chain, part, machine)
            .map(|cord| cord.outlet)
            .collect();
        assert_eq!(found, outlets, "{part:?}");
    }
}

/// Each cord carries its share while nothing is away; a part of a watt is a whole one.
#[test]
fn what_is_planned_is_shared_by_the_cords() {
    let mut chain = chain(&["11 12 21", "11", "21", "11?", "11"]);
    for machine in chain.machines.iter_mut().take(4) {
        machine.planned = Some(Watts::new(100));
    }
    assert_eq!(planned_on(&chain, PowerFeedId::new(1)), (68 + 100, 1));
    assert_eq!(planned_on(&chain, PowerFeedId::new(2)), (34 + 100, 0));
}

#[test]
fn the_worst_comes_first_and_a_feed_without_pdus_takes_nothing() {
    let chain = chain(&["21", "11 21", "12", "11", "11?"]);
    let names: Vec<&str> = what_fails(&chain, FEED_A)
        .iter()
        .map(|outcome| outcome.machine.name.as_str())
        .collect();
    assert_eq!(names, ["11", "12", "11 21", "11?", "21"]);
    let pdus: Vec<i64> = fallen_pdus(&chain, FEED_A)
        .iter()
        .map(|id| id.get())
        .collect();
    assert_eq!(pdus, [11, 12]);

    let idle = Part::Feed(PowerFeedId::new(4));
    assert!(fallen_pdus(&chain, idle).is_empty());
    let touched = what_fails(&chain, idle)
        .iter()
        .filter(|outcome| !matches!(outcome.effect, Effect::Untouched | Effect::Unknown))
        .count();
    assert_eq!(touched, 0);
}
