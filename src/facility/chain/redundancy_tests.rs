//! Classes of devices by their cords.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::base::ids::{DeviceId, PowerFeedId, PowerPanelId};
use crate::facility::chain::model::PduNode;

/// Feeds A (1) and B (2) of the boards 1 and 2, A2 (3) beside A on the board 1; PDUs 11, 12 on A, 21 on B, 31 on A2,
/// 91 and 92 on none.
fn chain() -> Chain {
    let feed = |id: i64, side, panel: i64| {
        let node = FeedNode {
            id: PowerFeedId::new(id),
            name: format!("F{id}"),
            side,
            panel: Some(PowerPanelId::new(panel)),
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
            feed(1, FeedSide::A, 1),
            feed(2, FeedSide::B, 2),
            feed(3, FeedSide::A, 1),
        ]
        .into(),
        pdus: [
            pdu(11, Some(1)),
            pdu(12, Some(1)),
            pdu(21, Some(2)),
            pdu(31, Some(3)),
            pdu(91, None),
            pdu(92, None),
        ]
        .into(),
        ..Chain::default()
    }
}

/// `11` is a confirmed cord to that PDU, `11?` one that nobody followed, `11-` one on an outlet that is off.
fn machine(cords: &str) -> Machine {
    let cord = |(text, outlet): (&str, i64)| Cord {
        pdu: DeviceId::new(text.trim_end_matches(['?', '-']).parse().unwrap()),
        outlet,
        supply: format!("PSU{outlet}"),
        is_confirmed: !text.ends_with('?'),
        is_off: text.ends_with('-'),
    };
    Machine {
        id: DeviceId::new(100),
        name: "m".into(),
        customer: None,
        owner: None,
        rack: None,
        rack_name: None,
        chassis: None,
        cords: cords.split_whitespace().zip(1..).map(cord).collect(),
        planned: None,
    }
}

#[test]
fn the_cords_decide_the_class() {
    use Caveat as C;
    use Redundancy as R;
    let table: &[(&str, R, &[C])] = &[
        ("11 21", R::Redundant, &[]),
        ("11 12 21", R::Redundant, &[]),
        ("11 31", R::Redundant, &[C::SamePanel, C::SameSide]),
        ("11 12", R::SameFeed, &[]),
        ("11 11", R::SameFeed, &[]),
        ("11", R::Single, &[]),
        ("", R::Unknown, &[]),
        ("11?", R::Unknown, &[C::Unconfirmed]),
        ("11 21?", R::Single, &[C::Unconfirmed]),
        ("11 21-", R::Single, &[C::OutletOff]),
        ("11- 21-", R::Redundant, &[C::OutletOff]),
        ("91", R::Single, &[C::NoFeed]),
        ("11 91", R::Unknown, &[C::NoFeed]),
        ("91 92", R::Unknown, &[C::NoFeed]),
        ("11 21 91", R::Redundant, &[C::NoFeed]),
    ];
    for (cords, class, caveats) in table {
        let judged = judge(&chain(), &machine(cords));
        assert_eq!(
            (judged.class, judged.caveats.as_slice()),
            (*class, *caveats),
            "{cords}"
        );
    }
}

#[test]
fn blades_have_the_cords_of_their_chassis() {
    let mut chain = chain();
    let mut blade = machine("");
    blade.chassis = Some(DeviceId::new(7));
    let mut own = machine("11");
    own.chassis = Some(DeviceId::new(7));
    chain.machines = vec![blade, own];
    chain.share_cords(&[(DeviceId::new(7), machine("11 21").cords)].into());
    let classes: Vec<Redundancy> = chain
        .machines
        .iter()
        .map(|machine| judge(&chain, machine).class)
        .collect();
    assert_eq!(classes, [Redundancy::Redundant, Redundancy::Single]);
}
