#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::super::percentile::p95;
use super::super::slot::SLOT_MS;
use super::*;
use proptest::prelude::*;

fn at(n: i64) -> Timestamp {
    Timestamp::from_millis(n * SLOT_MS)
}

/// Slots of so many bit/s in and half of that out; `None` is a gap.
fn slots_of(rates: &[Option<u64>]) -> Vec<Slot> {
    rates
        .iter()
        .enumerate()
        .map(|(n, bps)| Slot {
            in_octets: bps.map(|bps| bps * 75 / 2),
            out_octets: bps.map(|bps| bps * 75 / 4),
            ..Slot::empty(at(n as i64))
        })
        .collect()
}

fn bps(value: Option<BitsPerSecond>) -> Option<i64> {
    value.map(BitsPerSecond::get)
}

#[test]
fn one_point_a_slot_when_there_is_room() {
    let slots = slots_of(&[Some(4), None, Some(8)]);
    let got = points(&slots, at(0), at(3), 10);
    assert_eq!(got.len(), 3);
    assert_eq!(
        (bps(got[0].in_bps_mean), bps(got[0].out_bps_max)),
        (Some(4), Some(2))
    );
    assert_eq!(
        (got[1].in_bps_mean, got[1].in_bps_max),
        (None, None),
        "a gap stays a gap"
    );
    assert_eq!(got[1].flags, SlotFlags::NONE);
    assert_eq!(got[2].at, at(2));
}

#[test]
fn fewer_points_keep_mean_peak_and_marks() {
    let mut slots = slots_of(&[Some(4), Some(8), None, None, Some(100), None, Some(12)]);
    slots[1].flags = SlotFlags::ESTIMATED;
    let got = points(&slots, at(0), at(7), 4);
    assert_eq!(got.len(), 4);
    assert_eq!(
        (bps(got[0].in_bps_mean), bps(got[0].in_bps_max)),
        (Some(6), Some(8))
    );
    assert_eq!(got[0].flags, SlotFlags::ESTIMATED);
    assert_eq!(got[1].in_bps_mean, None);
    assert_eq!(
        bps(got[2].in_bps_mean),
        Some(100),
        "the mean is of the slots with data"
    );
    assert_eq!(got[2].flags, SlotFlags::INCOMPLETE);
    assert_eq!((got[3].at, bps(got[3].in_bps_mean)), (at(6), Some(12)));
}

#[test]
fn only_the_shown_time() {
    let slots = slots_of(&[Some(2), Some(4), Some(6), Some(8)]);
    let got = points(&slots, at(1), at(3), 100);
    assert_eq!(got.iter().map(|p| p.at).collect::<Vec<_>>(), [at(1), at(2)]);
    assert!(points(&slots, at(3), at(1), 100).is_empty());
    assert!(points(&slots, at(9), at(12), 100).is_empty());
    assert_eq!(points(&slots, at(0), at(4), 0).len(), 1);
}

#[test]
fn figures_come_from_slots() {
    // 100 slots: 0, 4, .. 396 bit/s; the 95th is the 95th value, 376.
    let rates: Vec<_> = (0..100).map(|n| Some(n * 4)).collect();
    let mut slots = slots_of(&rates);
    slots.extend(slots_of(&[None]));
    let got = summary(&slots);
    assert_eq!(bps(got.inward.p95), Some(376));
    assert_eq!(bps(got.inward.max), Some(396));
    assert_eq!(bps(got.inward.mean), Some(198));
    assert_eq!(bps(got.outward.p95), Some(188));
    assert_eq!(got.inward.volume_octets, 198 * 100 * 300 / 8);
    assert_eq!((got.slots, got.used, got.gap), (101, 100, 1));
}

#[test]
fn suspect_slots_are_shown_but_not_in_the_figures() {
    let mut slots = slots_of(&[Some(4), Some(4), Some(4_000_000)]);
    slots[2].flags = SlotFlags::SUSPECT;
    let got = summary(&slots);
    assert_eq!(
        (bps(got.inward.max), bps(got.inward.p95)),
        (Some(4), Some(4))
    );
    assert_eq!(got.inward.volume_octets, 2 * 150);
    assert_eq!((got.used, got.suspect), (2, 1));
    let shown = points(&slots, at(0), at(3), 10);
    assert_eq!(bps(shown[2].in_bps_max), Some(4_000_000));
    assert_eq!(shown[2].flags, SlotFlags::SUSPECT);
}

#[test]
fn no_slots_no_figures() {
    assert_eq!(summary(&[]), Summary::default());
    let got = summary(&slots_of(&[None, None]));
    assert_eq!(
        (got.inward.mean, got.inward.max, got.inward.p95),
        (None, None, None)
    );
}

proptest! {
    #[test]
    fn points_are_bounded_ordered_and_keep_the_peak(
        rates in prop::collection::vec(prop::option::of(0u64..1_000_000), 0..400),
        max_points in 1usize..100,
    ) {
        let slots = slots_of(&rates);
        let got = points(&slots, at(0), at(400), max_points);
        prop_assert!(got.len() <= max_points);
        prop_assert!(got.windows(2).all(|pair| pair[0].at < pair[1].at));
        let peak = got.iter().filter_map(|point| point.in_bps_max).max();
        prop_assert_eq!(peak, summary(&slots).inward.max);
        prop_assert_eq!(got.iter().all(|point| point.in_bps_mean.is_none()), rates.iter().all(Option::is_none));
    }

    #[test]
    fn figures_do_not_depend_on_points(rates in prop::collection::vec(0u64..1_000_000, 1..300)) {
        let slots = slots_of(&rates.iter().copied().map(Some).collect::<Vec<_>>());
        let mut octets: Vec<_> = slots.iter().filter_map(|slot| slot.in_octets).collect();
        prop_assert_eq!(summary(&slots).inward.p95, p95(&mut octets).map(rate_bps));
    }
}
