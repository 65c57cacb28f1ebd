#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::super::slot::SLOT_MS;
use super::*;
use crate::base::time::Timestamp;
use proptest::prelude::*;

/// Slots of so many bit/s; multiples of 2 bit/s make whole octets (75 octets are 2 bit/s).
fn slots_of(rates: impl IntoIterator<Item = (Option<u64>, Option<u64>)>) -> Vec<Slot> {
    let octets = |bps: u64| bps * 75 / 2;
    rates
        .into_iter()
        .enumerate()
        .map(|(n, (inward, outward))| Slot {
            in_octets: inward.map(octets),
            out_octets: outward.map(octets),
            ..Slot::empty(Timestamp::from_millis(n as i64 * SLOT_MS))
        })
        .collect()
}

fn rate(slots: &[Slot], direction: Direction, gaps: GapRule) -> Option<i64> {
    percentile(slots, direction, gaps)
        .rate
        .map(BitsPerSecond::get)
}

#[test]
fn the_rank_is_the_nearest_one_in_integers() {
    let table = [
        (0, 0),
        (1, 1),
        (2, 2),
        (19, 19),
        (20, 19),
        (21, 20),
        (100, 95),
        (101, 96),
        (2016, 1916),
        (8640, 8208),
        (8928, 8482),
    ];
    for (n, rank) in table {
        assert_eq!(rank_of_95th(n), rank, "{n} values");
    }
    assert_eq!(8640 - rank_of_95th(8640), 432, "free slots of 30 days");
    assert_eq!(432 * 5 / 60, 36, "hours");
}

#[test]
fn none_and_one() {
    assert_eq!(p95(&mut []), None);
    assert_eq!(p95(&mut [7]), Some(7));
}

#[test]
fn the_worked_example_of_the_design() {
    // in is 100 for 4 % of the slots, out for another 4 %, everything else 10.
    let slots = slots_of((0..100).map(|n| match n {
        0..4 => (Some(100), Some(10)),
        4..8 => (Some(10), Some(100)),
        _ => (Some(10), Some(10)),
    }));
    assert_eq!(rate(&slots, Direction::MaxOfP95, GapRule::Drop), Some(10));
    assert_eq!(rate(&slots, Direction::P95OfMax, GapRule::Drop), Some(100));
    assert_eq!(rate(&slots, Direction::P95OfSum, GapRule::Drop), Some(110));
    assert_eq!(rate(&slots, Direction::In, GapRule::Drop), Some(10));
    assert_eq!(rate(&slots, Direction::Out, GapRule::Drop), Some(10));
}

#[test]
fn the_larger_direction_decides() {
    let slots = slots_of((0..20).map(|n| (Some(n * 2), Some(n * 4))));
    let figure = percentile(&slots, Direction::MaxOfP95, GapRule::Drop);
    assert_eq!(figure.rate.map(BitsPerSecond::get), Some(72));
    assert_eq!(figure.decided_by, Some(Direction::Out));
    assert_eq!((figure.ranked, figure.rank), (20, 19));
}

#[test]
fn gap_rules() {
    // 10 slots of 100, 10 gaps.
    let slots = slots_of((0..20).map(|n| {
        let value = (n % 2 == 0).then_some(100);
        (value, value)
    }));
    assert_eq!(rate(&slots, Direction::In, GapRule::Drop), Some(100));
    assert_eq!(rate(&slots, Direction::In, GapRule::Zero), Some(100));
    assert_eq!(rate(&slots, Direction::In, GapRule::Average), Some(100));
    // One slot of 2000 and 19 gaps: zero makes it one of the free ones.
    let slots = slots_of((0..20).map(|n| ((n == 3).then_some(2000), None)));
    assert_eq!(rate(&slots, Direction::In, GapRule::Drop), Some(2000));
    assert_eq!(rate(&slots, Direction::In, GapRule::Zero), Some(0));
    assert_eq!(rate(&slots, Direction::In, GapRule::Average), Some(2000));
    let counts = percentile(&slots, Direction::In, GapRule::Zero).counts;
    assert_eq!((counts.slots, counts.used, counts.gap), (20, 1, 19));
    // Two slots, 100 and 300, and 38 gaps of their mean 200: rank 38 of 40 is a mean one.
    let slots = slots_of((0..40).map(|n| match n {
        0 => (Some(100), None),
        1 => (Some(300), None),
        _ => (None, None),
    }));
    assert_eq!(rate(&slots, Direction::In, GapRule::Average), Some(200));
}

#[test]
fn no_data_is_no_figure_under_any_rule() {
    let slots = slots_of((0..20).map(|_| (None, None)));
    for gaps in GapRule::ALL {
        for direction in Direction::ALL {
            assert_eq!(rate(&slots, direction, gaps), None);
        }
    }
}

#[test]
fn suspect_slots_are_left_out_whatever_the_gap_rule() {
    for gaps in GapRule::ALL {
        let mut slots = slots_of((0..20).map(|_| (Some(10), Some(10))));
        for slot in &mut slots[0..10] {
            slot.in_octets = Some(u64::MAX / 16);
            slot.flags = SlotFlags::SUSPECT;
        }
        let figure = percentile(&slots, Direction::In, gaps);
        assert_eq!(figure.rate.map(BitsPerSecond::get), Some(10));
        assert_eq!((figure.counts.used, figure.counts.suspect), (10, 10));
    }
}

#[test]
fn several_ports_are_summed_slot_by_slot_first() {
    // Two ports whose peaks never meet: the sum of percentiles would say 200.
    let a = slots_of((0..20).map(|n| (Some(if n < 10 { 100 } else { 0 }), Some(0))));
    let b = slots_of((0..20).map(|n| (Some(if n < 10 { 0 } else { 100 }), Some(0))));
    let both = sum(&[&a, &b]);
    assert_eq!(rate(&both, Direction::In, GapRule::Drop), Some(100));
    assert!(both.iter().all(|slot| slot.flags == SlotFlags::NONE));
}

#[test]
fn a_member_without_data_makes_the_sum_incomplete() {
    let a = slots_of([(Some(100), Some(10)), (None, None), (Some(2), Some(2))]);
    let mut b = slots_of([(Some(50), Some(4)), (None, None), (None, None)]);
    let both = sum(&[&a, &b]);
    assert_eq!(both[0].in_bps().map(BitsPerSecond::get), Some(150));
    assert_eq!(both[0].flags, SlotFlags::NONE);
    assert!(both[1].is_gap());
    assert_eq!(both[1].flags, SlotFlags::NONE);
    assert_eq!(both[2].in_bps().map(BitsPerSecond::get), Some(2));
    assert_eq!(both[2].flags, SlotFlags::INCOMPLETE);
    b.truncate(1);
    let shorter = sum(&[&a, &b]);
    assert_eq!(
        shorter[2].flags,
        SlotFlags::INCOMPLETE,
        "a member that begins later or ends earlier"
    );
    assert!(sum(&[]).is_empty());
}

#[test]
fn names_round_trip_and_a_wrong_one_says_what_is_allowed() {
    for rule in Direction::ALL {
        assert_eq!(rule.as_str().parse(), Ok(rule));
    }
    for rule in GapRule::ALL {
        assert_eq!(rule.as_str().parse(), Ok(rule));
    }
    let wrong = "p95".parse::<Direction>().unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "`p95` is not one of max_of_p95, p95_of_max, p95_of_sum, in, out"
    );
}

proptest! {
    #[test]
    fn it_is_the_value_at_the_rank_of_the_sorted_values(mut values in prop::collection::vec(any::<u64>(), 1..500)) {
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let at_most = sorted.len() * 5 / 100;
        let got = p95(&mut values).unwrap();
        prop_assert_eq!(got, sorted[sorted.len() - 1 - at_most], "the largest 5 % are free");
        prop_assert_eq!(got, sorted[rank_of_95th(sorted.len()) - 1]);
    }

    #[test]
    fn direction_rules_keep_their_order(rates in prop::collection::vec((0u64..1_000_000, 0u64..1_000_000), 1..300)) {
        let slots = slots_of(rates.into_iter().map(|(a, b)| (Some(a * 2), Some(b * 2))));
        let of = |direction| rate(&slots, direction, GapRule::Drop).unwrap();
        prop_assert_eq!(of(Direction::MaxOfP95), of(Direction::In).max(of(Direction::Out)));
        prop_assert!(of(Direction::MaxOfP95) <= of(Direction::P95OfMax));
        prop_assert!(of(Direction::P95OfMax) <= of(Direction::P95OfSum));
    }

    #[test]
    fn the_order_of_ports_does_not_matter(
        a in prop::collection::vec((any::<Option<u32>>(), any::<Option<u32>>()), 10),
        b in prop::collection::vec((any::<Option<u32>>(), any::<Option<u32>>()), 10),
        c in prop::collection::vec((any::<Option<u32>>(), any::<Option<u32>>()), 10),
    ) {
        let make = |v: Vec<(Option<u32>, Option<u32>)>| slots_of(v.into_iter().map(|(i, o)| (i.map(u64::from), o.map(u64::from))));
        let (a, b, c) = (make(a), make(b), make(c));
        prop_assert_eq!(sum(&[&a, &b, &c]), sum(&[&c, &a, &b]));
    }
}
