#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use proptest::prelude::*;

const T0: i64 = 1_760_000_100_000; // a multiple of 300 s

fn ms(at: i64) -> Timestamp {
    Timestamp::from_millis(T0 + at)
}

fn known(from: i64, until: i64, inward: u64, outward: u64) -> Interval {
    Interval {
        from: ms(from),
        until: ms(until),
        octets_in: Delta::Octets(inward),
        octets_out: Delta::Octets(outward),
        estimated: false,
        suspect: false,
        ambiguous: false,
    }
}

fn gap(from: i64, until: i64, reason: GapReason) -> Interval {
    Interval {
        octets_in: Delta::Gap(reason),
        octets_out: Delta::Gap(reason),
        ..known(from, until, 0, 0)
    }
}

#[test]
fn the_epoch_is_where_slots_begin() {
    assert_eq!(T0 % SLOT_MS, 0);
    assert_eq!(slot_start(ms(0)), ms(0));
    assert_eq!(slot_start(ms(299_999)), ms(0));
    assert_eq!(slot_start(ms(300_000)), ms(300_000));
    assert_eq!(slot_start(Timestamp::from_millis(-1)).millis(), -300_000);
}

#[test]
fn an_interval_on_the_grid_is_one_slot() {
    let got = slots([known(0, 300_000, 3_750, 75)], ms(0), ms(300_000));
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].in_octets, Some(3_750));
    assert_eq!(got[0].in_bps(), Some(BitsPerSecond::new(100)));
    assert_eq!(got[0].out_bps(), Some(BitsPerSecond::new(2)));
    assert_eq!(got[0].flags, SlotFlags::NONE);
}

#[test]
fn jitter_moves_nothing() {
    // 10 octets a second, read late once: every slot still holds 3000.
    let got = slots(
        [
            known(0, 300_000, 3_000, 0),
            known(300_000, 617_000, 3_170, 0),
            known(617_000, 900_000, 2_830, 0),
        ],
        ms(0),
        ms(900_000),
    );
    let octets: Vec<_> = got.iter().map(|slot| slot.in_octets).collect();
    assert_eq!(octets, [Some(3_000), Some(3_000), Some(3_000)]);
    assert!(got.iter().all(|slot| slot.flags == SlotFlags::NONE));
}

#[test]
fn a_restart_leaves_a_gap_and_marks_its_neighbours() {
    let got = slots(
        [
            known(0, 360_000, 3_600, 3_600),
            gap(360_000, 960_000, GapReason::Restart),
            known(960_000, 1_200_000, 2_400, 2_400),
        ],
        ms(0),
        ms(1_500_000),
    );
    assert_eq!(got.len(), 5);
    assert_eq!(
        (got[0].in_octets, got[0].flags),
        (Some(3_000), SlotFlags::NONE)
    );
    assert_eq!(
        (got[1].in_octets, got[1].flags),
        (Some(600), SlotFlags::INCOMPLETE)
    );
    assert_eq!(
        (got[2].in_octets, got[2].gap),
        (None, Some(GapReason::Restart))
    );
    assert!(got[2].is_gap());
    assert_eq!(
        got[2].flags,
        SlotFlags::NONE,
        "a gap is a gap, not an incomplete slot"
    );
    assert_eq!(
        (got[3].in_octets, got[3].flags),
        (Some(2_400), SlotFlags::INCOMPLETE)
    );
    assert_eq!((got[4].in_octets, got[4].gap), (None, None));
}

#[test]
fn one_direction_may_be_missing_alone() {
    let mut interval = known(0, 300_000, 0, 10);
    interval.octets_in = Delta::Gap(GapReason::Missing);
    let got = slots([interval], ms(0), ms(300_000));
    assert_eq!((got[0].in_octets, got[0].out_octets), (None, Some(10)));
    assert_eq!(got[0].flags, SlotFlags::INCOMPLETE);
}

#[test]
fn marks_go_to_every_slot_touched() {
    let mut long = known(0, 700_000, 7, 7);
    long.estimated = true;
    let mut fast = known(700_000, 900_000, 7, 7);
    fast.suspect = true;
    let got = slots([long, fast], ms(0), ms(900_000));
    assert_eq!(got[0].flags, SlotFlags::ESTIMATED);
    assert_eq!(got[1].flags, SlotFlags::ESTIMATED);
    assert_eq!(got[2].flags, SlotFlags::ESTIMATED.with(SlotFlags::SUSPECT));
}

#[test]
fn only_the_part_inside_counts() {
    let got = slots([known(-300_000, 600_000, 900, 0)], ms(0), ms(300_000));
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].in_octets, Some(300));
}

#[test]
fn no_time_gives_no_slots_and_the_number_is_bounded() {
    assert!(slots([], ms(0), ms(0)).is_empty());
    assert!(slots([], ms(10), ms(0)).is_empty());
    let all = slots(
        [],
        Timestamp::from_millis(i64::MIN + SLOT_MS),
        Timestamp::from_millis(i64::MAX),
    );
    assert_eq!(all.len(), MAX_SLOTS);
}

#[test]
fn rates_round_down_and_never_overflow() {
    assert_eq!(rate_bps(37).get(), 0);
    assert_eq!(rate_bps(38).get(), 1);
    assert_eq!(mean_rate_bps(u128::MAX, 1).get(), i64::MAX);
    assert_eq!(mean_rate_bps(5, 0).get(), 0);
}

proptest! {
    #[test]
    fn the_slots_hold_exactly_what_was_counted(
        start in -900_000i64..900_000,
        steps in prop::collection::vec((1i64..1_000_000, any::<u32>(), any::<u32>()), 1..40),
    ) {
        let mut at = start;
        let mut all = Vec::new();
        for (step, inward, outward) in &steps {
            all.push(known(at, at + step, u64::from(*inward), u64::from(*outward)));
            at += step;
        }
        let got = slots(all, ms(start), ms(at));
        let sum_in: u64 = got.iter().filter_map(|slot| slot.in_octets).sum();
        let sum_out: u64 = got.iter().filter_map(|slot| slot.out_octets).sum();
        prop_assert_eq!(sum_in, steps.iter().map(|s| u64::from(s.1)).sum::<u64>());
        prop_assert_eq!(sum_out, steps.iter().map(|s| u64::from(s.2)).sum::<u64>());
        prop_assert!(got.iter().all(|slot| !slot.is_gap()));
    }

    #[test]
    fn cutting_the_range_in_two_changes_nothing(length in 1i64..5_000_000, octets in any::<u64>(), cut in 1i64..17) {
        let interval = known(17, 17 + length, octets, octets);
        let whole = slots([interval], ms(0), ms(17 * SLOT_MS));
        let mut parts = slots([interval], ms(0), ms(cut * SLOT_MS));
        parts.extend(slots([interval], ms(cut * SLOT_MS), ms(17 * SLOT_MS)));
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn an_even_rate_gives_even_slots(polls in prop::collection::vec(30_000i64..290_000, 5..60), rate in 1u64..10_000_000) {
        // A steady line read at any times: every whole slot differs by at most the rounding.
        let mut at = 0;
        let mut all = Vec::new();
        for step in polls {
            all.push(known(at, at + step, rate * step as u64, 0));
            at += step;
        }
        let whole_slots = at / SLOT_MS;
        for slot in slots(all, ms(0), ms(whole_slots * SLOT_MS)) {
            prop_assert_eq!(slot.in_octets, Some(rate * SLOT_MS as u64));
        }
    }

    #[test]
    fn narrow_and_wide_divisions_agree(octets in prop_oneof![0_u64..1 << 46, any::<u64>()], from in 0_i64..900_000, length in 1_i64..3_000_000) {
        let interval = known(from, from + length, octets, octets / 3);
        let got = slots([interval], ms(0), ms(4_200_000));
        for slot in got {
            let begin = slot.start.millis().max(interval.from.millis());
            let end = (slot.start.millis() + SLOT_MS).min(interval.until.millis());
            let wide = |octets: u64| {
                let passed = |at: i64| u128::from(octets) * u128::from(at.abs_diff(interval.from.millis())) / u128::from(length.unsigned_abs());
                (begin < end).then(|| u64::try_from(passed(end) - passed(begin)).unwrap())
            };
            prop_assert_eq!((slot.in_octets, slot.out_octets), (wide(octets), wide(octets / 3)));
        }
    }
}
