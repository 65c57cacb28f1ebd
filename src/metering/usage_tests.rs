#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::base::time::Timestamp;
use crate::metering::slot::SLOT_MS;

const MBPS: u64 = 37_500_000;
const MONTH: usize = 8_640;

fn contract(direction: Direction, gaps: GapRule, committed_mbps: i64) -> Contract {
    Contract {
        direction,
        gaps,
        committed: BitsPerSecond::new(committed_mbps * 1_000_000),
        period_slots: MONTH,
    }
}

fn slots(count: usize, of: impl Fn(usize) -> Option<(u64, u64)>) -> Vec<Slot> {
    (0..count)
        .map(|n| {
            let rates = of(n);
            Slot {
                in_octets: rates.map(|(inward, _)| inward * MBPS),
                out_octets: rates.map(|(_, outward)| outward * MBPS),
                ..Slot::empty(Timestamp::from_millis(i64::try_from(n).unwrap() * SLOT_MS))
            }
        })
        .collect()
}

fn mbps(rate: Option<BitsPerSecond>) -> Option<i64> {
    rate.map(|rate| rate.get() / 1_000_000)
}

/// The worked example of the design: in is 100 for 4 % of the slots, out for another 4 %, all else is 10.
#[test]
fn the_worked_example_has_its_three_bills() {
    let all = slots(MONTH, |n| {
        Some(match n % 100 {
            0..4 => (100, 10),
            4..8 => (10, 100),
            _ => (10, 10),
        })
    });
    for (direction, expected) in [
        (Direction::MaxOfP95, 10),
        (Direction::P95OfMax, 100),
        (Direction::P95OfSum, 110),
        (Direction::In, 10),
        (Direction::Out, 10),
    ] {
        let found = usage(&all, &contract(direction, GapRule::Drop, 50));
        assert_eq!(mbps(found.figure.rate), Some(expected), "{direction:?}");
        assert_eq!((found.figure.ranked, found.figure.rank), (8_640, 8_208));
        assert_eq!(mbps(found.overage), Some((expected - 50).max(0)));
        assert_eq!(
            found.forecast, found.figure.rate,
            "a whole period needs no forecast"
        );
        assert_eq!(found.burst.free_slots, 432);
    }
    let found = usage(&all, &contract(Direction::MaxOfP95, GapRule::Drop, 50));
    assert_eq!(
        (found.burst.used_slots, found.burst.left_slots()),
        (348, 84)
    );
    let found = usage(&all, &contract(Direction::P95OfMax, GapRule::Drop, 50));
    assert_eq!((found.burst.used_slots, found.burst.left_slots()), (696, 0));
}

#[test]
fn thirty_days_have_thirty_six_free_hours() {
    let nothing = usage(&[], &contract(Direction::MaxOfP95, GapRule::Drop, 10));
    assert_eq!(nothing.burst.left().get(), 36 * 3_600);
    assert_eq!(
        (nothing.figure.rate, nothing.overage, nothing.forecast),
        (None, None, None)
    );
}

#[test]
fn burst_time_is_used_by_slots_above_the_commitment_only() {
    let contract = contract(Direction::MaxOfP95, GapRule::Drop, 10);
    // At the commitment is not above it; the direction that used most counts.
    let some = slots(1_000, |n| {
        Some((if n < 5 { 11 } else { 10 }, if n < 300 { 20 } else { 1 }))
    });
    let found = burst(&some, &contract);
    assert_eq!(
        (found.free_slots, found.used_slots, found.left_slots()),
        (432, 300, 132)
    );
    assert_eq!(found.left().get(), 132 * 300);
    let too_many = slots(1_000, |_| Some((11, 1)));
    assert_eq!(burst(&too_many, &contract).left_slots(), 0);
}

#[test]
fn dropped_gaps_and_suspect_slots_shrink_the_free_time() {
    let gaps = slots(2_000, |n| (n >= 1_000).then_some((1, 1)));
    for (rule, free) in [
        (GapRule::Drop, 382),
        (GapRule::Zero, 432),
        (GapRule::Average, 432),
    ] {
        let found = burst(&gaps, &contract(Direction::In, rule, 10));
        assert_eq!(found.free_slots, free, "{rule:?}");
    }
    let mut suspect = slots(100, |_| Some((100, 100)));
    for slot in &mut suspect {
        slot.flags = SlotFlags::SUSPECT;
    }
    let found = burst(&suspect, &contract(Direction::In, GapRule::Zero, 10));
    assert_eq!((found.free_slots, found.used_slots), (427, 0));
}

#[test]
fn the_forecast_goes_on_like_the_week_before() {
    let contract = contract(Direction::In, GapRule::Drop, 10);
    // Ten quiet days, then six hours a day at 100: a quarter of the rest is more than 5 % of all.
    let busy = |n: usize| n >= 2_880 && n % 288 < 73;
    let now = slots(10 * 288 + 4 * 288, |n| {
        Some((if busy(n) { 100 } else { 1 }, 0))
    });
    assert_eq!(mbps(usage(&now, &contract).figure.rate), Some(100));
    let early = slots(10 * 288 + 288, |n| Some((if busy(n) { 100 } else { 1 }, 0)));
    let found = usage(&early, &contract);
    assert_eq!(
        mbps(found.figure.rate),
        Some(1),
        "73 of 3,168 slots are free"
    );
    assert_eq!(
        mbps(found.forecast),
        Some(1),
        "one busy day a week is 3.6 %"
    );
    let two = slots(10 * 288 + 576, |n| Some((if busy(n) { 100 } else { 1 }, 0)));
    assert_eq!(mbps(usage(&two, &contract).figure.rate), Some(1));
    assert_eq!(
        mbps(usage(&two, &contract).forecast),
        Some(100),
        "two busy days a week are 7 %"
    );
    let short = slots(287, |_| Some((5, 5)));
    assert_eq!(
        usage(&short, &contract).forecast,
        None,
        "less than a day says nothing"
    );
    let day = slots(288, |_| Some((5, 5)));
    assert_eq!(mbps(usage(&day, &contract).forecast), Some(5));
}
