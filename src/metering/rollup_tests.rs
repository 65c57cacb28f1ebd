#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use crate::metering::day::Day;
use crate::metering::series;
use proptest::prelude::*;

fn month() -> Month {
    Day::from_number(20_779).month()
}

fn slot(n: i64, octets: Option<(u64, u64)>, flags: SlotFlags) -> Slot {
    Slot {
        in_octets: octets.map(|octets| octets.0),
        out_octets: octets.map(|octets| octets.1),
        flags,
        ..Slot::empty(month().first_day().start().plus_millis(n * SLOT_MS))
    }
}

#[test]
fn an_hour_is_the_sum_and_the_peak_of_its_slots() {
    let mut slots: Vec<Slot> = (0..24)
        .map(|n| slot(n, Some((n.unsigned_abs() * 100, 7)), SlotFlags::NONE))
        .collect();
    slots[3] = slot(3, None, SlotFlags::NONE);
    slots[4].out_octets = None;
    slots[5].flags = SlotFlags::SUSPECT;
    slots[6].flags = SlotFlags::ESTIMATED.with(SlotFlags::INCOMPLETE);
    let hours = hours(&slots[..20]);
    assert_eq!(hours.len(), 2);
    let first = hours[0];
    assert_eq!(
        (first.slots, first.gap, first.suspect, first.used),
        (12, 2, 1, 9)
    );
    assert_eq!((first.estimated, first.incomplete), (1, 1));
    assert_eq!(
        first.inward,
        Part {
            octets: 6_600 - 300 - 500,
            busiest: 1_100,
            known: 10
        }
    );
    assert_eq!(
        first.outward,
        Part {
            octets: 63,
            busiest: 7,
            known: 9
        }
    );
    assert_eq!(
        (hours[1].slots, hours[1].start.since_millis(first.start)),
        (8, HOUR_MS)
    );
}

#[test]
fn points_are_whole_hours_and_gaps_stay_gaps() {
    let slots: Vec<Slot> = (0..288)
        .filter(|n| !(120..144).contains(n))
        .map(|n| slot(n, Some((3_750, 7_500)), SlotFlags::NONE))
        .collect();
    let hours = hours(&slots);
    assert_eq!((hours.len(), hours_per_point(&hours, 12)), (22, 2));
    let points = points(&hours, 12);
    assert_eq!(points.len(), 12);
    assert_eq!(points[0].in_bps_mean, Some(BitsPerSecond::new(100)));
    assert_eq!(points[0].out_bps_max, Some(BitsPerSecond::new(200)));
    assert_eq!(
        (points[5].in_bps_mean, points[5].flags),
        (None, SlotFlags::NONE)
    );
    assert_eq!(points[5].at.since_millis(points[0].at), 10 * HOUR_MS);
    let halves = super::points(&hours, 8);
    assert!(
        halves[3].flags.contains(SlotFlags::INCOMPLETE),
        "one of three hours is there"
    );
    assert!(super::points(&[], 8).is_empty());
}

#[test]
fn hours_take_the_place_of_those_of_the_same_time() {
    let hours_of = |from: i64, octets: u64| {
        let slots: Vec<Slot> = (from..from + 36)
            .map(|n| slot(n, Some((octets, 0)), SlotFlags::NONE))
            .collect();
        hours(&slots)
    };
    let both = replaced(hours_of(0, 1), &hours_of(24, 2));
    let sums: Vec<u64> = both.iter().map(|hour| hour.inward.octets).collect();
    assert_eq!(sums, [12, 12, 24, 24, 24]);
}

fn any_slots() -> impl Strategy<Value = Vec<Slot>> {
    let octets = prop::option::weighted(0.9, (0_u64..1 << 40, 0_u64..1 << 20));
    prop::collection::vec((octets, 0_u8..8, 0_i64..3), 1..400).prop_map(|slots| {
        let mut n = -1;
        let slots = slots.into_iter().map(|(octets, flags, skip)| {
            n += 1 + if skip == 2 { 5 } else { 0 };
            slot(n, octets, SlotFlags::from_bits(flags))
        });
        slots.collect()
    })
}

proptest! {
    #[test]
    fn a_month_comes_back_as_it_was(slots in any_slots()) {
        let hours = hours(&slots);
        let bytes = encode(&hours, 5, month()).unwrap();
        prop_assert_eq!(decode(&bytes, 5, month()).unwrap(), hours);
        prop_assert_eq!(decode(&bytes, 6, month()).unwrap_err().kind, DecodeErrorKind::Checksum);
        for length in 0..bytes.len() {
            prop_assert!(decode(&bytes[..length], 5, month()).is_err(), "{}", length);
        }
    }

    #[test]
    fn the_figures_are_those_of_the_slots(slots in any_slots()) {
        let (of_hours, of_slots) = (summary(&hours(&slots)), series::summary(&slots));
        for (one, two) in [(of_hours.inward, of_slots.inward), (of_hours.outward, of_slots.outward)] {
            prop_assert_eq!((one.mean, one.max, one.volume_octets), (two.mean, two.max, two.volume_octets));
        }
        prop_assert_eq!((of_hours.slots, of_hours.used, of_hours.gap), (of_slots.slots, of_slots.used, of_slots.gap));
        prop_assert_eq!((of_hours.estimated, of_hours.suspect, of_hours.incomplete), (of_slots.estimated, of_slots.suspect, of_slots.incomplete));
    }
}
