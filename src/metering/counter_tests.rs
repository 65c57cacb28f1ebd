#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use proptest::prelude::*;

const GIGABIT: i64 = 1_000_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000 + seconds * 1000)
}

fn reading(seconds: i64, uptime_s: u64, octets: u64, width: Width) -> Reading {
    Reading {
        at: at(seconds),
        uptime_ms: Some(uptime_s * 1000),
        discontinuity: Some(0),
        in_octets: Some(octets),
        out_octets: Some(octets),
        width,
    }
}

fn rules(speed: i64) -> Rules {
    Rules::new(Some(BitsPerSecond::new(speed)), 60_000)
}

#[test]
fn vectors_of_one_direction() {
    use Delta::{Gap, Octets};
    use Width::{Bits32, Bits64};
    let day = 86_400;
    let wrap_s = UPTIME_WRAP_MS / 1000;
    // (name, width, speed, uptime before, counter before, seconds later, uptime after, counter after, expected)
    let table = [
        (
            "moves on",
            Bits64,
            GIGABIT,
            day,
            1000,
            60,
            day + 60,
            5000,
            Octets(4000),
        ),
        (
            "stands still",
            Bits64,
            GIGABIT,
            day,
            1000,
            60,
            day + 60,
            1000,
            Octets(0),
        ),
        (
            "64 bit smaller is a reset",
            Bits64,
            GIGABIT,
            day,
            5000,
            60,
            day + 60,
            4999,
            Gap(GapReason::Reset),
        ),
        (
            "64 bit near its end is a reset too",
            Bits64,
            GIGABIT,
            day,
            u64::MAX - 5,
            60,
            day + 60,
            10,
            Gap(GapReason::Reset),
        ),
        (
            "32 bit wrap",
            Bits32,
            GIGABIT,
            day,
            4_294_967_000,
            60,
            day + 60,
            704,
            Octets(1000),
        ),
        (
            "32 bit wrap, faster than the line",
            Bits32,
            10_000_000,
            day,
            2_000_000_000,
            60,
            day + 60,
            0,
            Gap(GapReason::Reset),
        ),
        (
            "32 bit wrap, exactly line speed",
            Bits32,
            8_000_000,
            day,
            4_294_967_295,
            60,
            day + 60,
            59_999_999,
            Octets(60_000_000),
        ),
        (
            "32 bit wrap, one octet more than the line",
            Bits32,
            8_000_000,
            day,
            4_294_967_295,
            60,
            day + 60,
            60_000_000,
            Gap(GapReason::Reset),
        ),
        (
            "32 bit wrap, speed unknown",
            Bits32,
            0,
            day,
            4_294_967_000,
            60,
            day + 60,
            704,
            Gap(GapReason::Reset),
        ),
        (
            "a 32-bit value out of range",
            Bits32,
            GIGABIT,
            day,
            5_000_000_000,
            60,
            day + 60,
            704,
            Gap(GapReason::Reset),
        ),
        (
            "restart",
            Bits64,
            GIGABIT,
            day,
            5000,
            60,
            20,
            90_000,
            Gap(GapReason::Restart),
        ),
        (
            "restart right after the first reading",
            Bits64,
            GIGABIT,
            day,
            5000,
            60,
            58,
            90_000,
            Gap(GapReason::Restart),
        ),
        (
            "restart beats wrap",
            Bits32,
            GIGABIT,
            day,
            4_294_967_000,
            60,
            20,
            704,
            Gap(GapReason::Restart),
        ),
        (
            "restart soon after a start",
            Bits64,
            GIGABIT,
            60,
            5000,
            600,
            300,
            9000,
            Gap(GapReason::Restart),
        ),
        (
            "uptime wraps, no restart",
            Bits64,
            GIGABIT,
            wrap_s - 20,
            5000,
            60,
            40,
            6000,
            Octets(1000),
        ),
        (
            "restart just before the uptime would wrap",
            Bits64,
            GIGABIT,
            wrap_s - 2000,
            5000,
            300,
            40,
            6000,
            Gap(GapReason::Restart),
        ),
        (
            "device clock two seconds off",
            Bits64,
            GIGABIT,
            day,
            1000,
            60,
            day + 58,
            5000,
            Octets(4000),
        ),
        (
            "same time",
            Bits64,
            GIGABIT,
            day,
            1000,
            0,
            day,
            5000,
            Gap(GapReason::ClockWentBack),
        ),
        (
            "earlier",
            Bits64,
            GIGABIT,
            day,
            1000,
            -5,
            day,
            5000,
            Gap(GapReason::ClockWentBack),
        ),
    ];
    for (name, width, speed, up0, c0, secs, up1, c1, expected) in table {
        let prev = reading(0, up0, c0, width);
        let next = reading(secs, up1, c1, width);
        let got = interval(&prev, &next, rules(speed));
        assert_eq!(got.octets_in, expected, "{name}");
        assert_eq!(got.octets_out, expected, "{name}");
    }
}

#[test]
fn a_wrap_needs_an_uptime_that_went_on() {
    let mut prev = reading(0, 10, 4_294_967_000, Width::Bits32);
    let next = reading(60, 70, 704, Width::Bits32);
    prev.uptime_ms = None;
    let got = interval(&prev, &next, rules(GIGABIT));
    assert_eq!(got.octets_in, Delta::Gap(GapReason::Reset));
}

#[test]
fn discontinuity_and_width_and_missing_are_gaps_with_their_reason() {
    let prev = reading(0, 10, 1000, Width::Bits64);
    let mut next = reading(60, 70, 2000, Width::Bits64);
    next.discontinuity = Some(55);
    let got = interval(&prev, &next, rules(GIGABIT));
    assert_eq!(got.octets_in, Delta::Gap(GapReason::Discontinuity));

    next.discontinuity = None;
    let got = interval(&prev, &next, rules(GIGABIT));
    assert_eq!(
        got.octets_in,
        Delta::Octets(1000),
        "no longer said is no change"
    );

    next.in_octets = None;
    let got = interval(&prev, &next, rules(GIGABIT));
    assert_eq!(got.octets_in, Delta::Gap(GapReason::Missing));
    assert_eq!(got.octets_out, Delta::Octets(1000));

    let next = reading(60, 70, 2000, Width::Bits32);
    let got = interval(&prev, &next, rules(GIGABIT));
    assert_eq!(got.octets_in, Delta::Gap(GapReason::WidthChanged));
}

#[test]
fn a_reset_in_one_direction_is_one_of_the_port() {
    let mut prev = reading(0, 10, 1000, Width::Bits64);
    prev.in_octets = Some(3);
    let mut next = reading(60, 70, 0, Width::Bits64);
    next.in_octets = Some(500);
    let got = interval(&prev, &next, rules(GIGABIT));
    assert_eq!(got.octets_in, Delta::Gap(GapReason::Reset));
    assert_eq!(got.octets_out, Delta::Gap(GapReason::Reset));
}

#[test]
fn suspect_begins_above_eleven_tenths_of_the_line() {
    let prev = reading(0, 10, 0, Width::Bits64);
    // 8 Mbit/s for 60 s are 60 000 000 octets; 1.1 of it is 66 000 000.
    let on_the_limit = interval(
        &prev,
        &reading(60, 70, 66_000_000, Width::Bits64),
        rules(8_000_000),
    );
    let above = interval(
        &prev,
        &reading(60, 70, 66_000_001, Width::Bits64),
        rules(8_000_000),
    );
    assert!(!on_the_limit.suspect);
    assert!(above.suspect);
    assert_eq!(above.octets_in, Delta::Octets(66_000_001), "kept");
    let unknown = interval(&prev, &reading(60, 70, u64::MAX, Width::Bits64), rules(0));
    assert!(
        !unknown.suspect,
        "without a line speed nothing can be too fast"
    );
}

#[test]
fn estimated_begins_above_three_poll_intervals() {
    let prev = reading(0, 10, 0, Width::Bits64);
    assert!(!interval(&prev, &reading(180, 190, 1, Width::Bits64), rules(GIGABIT)).estimated);
    assert!(interval(&prev, &reading(181, 191, 1, Width::Bits64), rules(GIGABIT)).estimated);
}

#[test]
fn a_32_bit_counter_on_a_fast_line_is_ambiguous() {
    let prev = reading(0, 10, 0, Width::Bits32);
    let next = reading(60, 70, 10, Width::Bits32);
    assert!(interval(&prev, &next, rules(GIGABIT)).ambiguous);
    assert!(!interval(&prev, &next, rules(100_000_000)).ambiguous);
    let next = reading(60, 70, 10, Width::Bits64);
    assert!(!interval(&prev, &next, rules(GIGABIT)).ambiguous);
}

#[test]
fn readings_without_counters_and_doubled_readings_are_passed_over() {
    let mut hole = reading(60, 70, 0, Width::Bits64);
    hole.in_octets = None;
    hole.out_octets = None;
    let readings = [
        reading(0, 10, 100, Width::Bits64),
        hole,
        reading(120, 130, 700, Width::Bits64),
        reading(120, 130, 700, Width::Bits64),
        reading(90, 100, 400, Width::Bits64),
        reading(180, 190, 900, Width::Bits64),
    ];
    let got: Vec<_> = intervals(readings, rules(GIGABIT)).collect();
    assert_eq!(got.len(), 2);
    assert_eq!((got[0].from, got[0].until), (at(0), at(120)));
    assert_eq!(got[0].octets_in, Delta::Octets(600));
    assert_eq!(got[1].octets_in, Delta::Octets(200));
}

proptest! {
    #[test]
    fn a_running_device_is_never_a_restart(up in 0..UPTIME_WRAP_MS, ms in 0u64..90_000_000, skew in -20_000i64..20_000) {
        let next = (up + ms).saturating_add_signed(skew) % UPTIME_WRAP_MS;
        prop_assert!(!restarted(up, next, ms));
    }

    #[test]
    fn a_32_bit_counter_gives_back_what_passed(start in 0..WRAP_32, passed in 0u64..3_000_000_000, secs in 60i64..600) {
        let prev = reading(0, 1000, start, Width::Bits32);
        let next = reading(secs, 1000 + secs as u64, (start + passed) % WRAP_32, Width::Bits32);
        let got = interval(&prev, &next, rules(100 * GIGABIT));
        prop_assert_eq!(got.octets_in, Delta::Octets(passed));
    }

    #[test]
    fn suspicion_is_the_same_narrow_and_wide(octets in prop_oneof![0_u64..1 << 44, any::<u64>()], elapsed_ms in prop_oneof![1_u64..1_000_000, any::<u64>()], speed in prop_oneof![1_i64..1_000_000_000_000, 1_i64..i64::MAX]) {
        let limit = (u128::from(speed.unsigned_abs()) * 11).saturating_mul(u128::from(elapsed_ms));
        let wide = u128::from(octets) * 80_000 > limit;
        let rules = Rules::new(Some(BitsPerSecond::new(speed)), 300_000);
        prop_assert_eq!(is_suspect(octets, elapsed_ms, rules), wide);
    }

    #[test]
    fn no_two_readings_make_it_panic(a in any::<(i64, u64, u64)>(), b in any::<(i64, u64, u64)>(), speed in any::<i64>(), poll in any::<u64>()) {
        let make = |(at, up, c): (i64, u64, u64), width| Reading {
            at: Timestamp::from_millis(at),
            uptime_ms: Some(up),
            discontinuity: None,
            in_octets: Some(c),
            out_octets: Some(c ^ up),
            width,
        };
        let rules = Rules::new(Some(BitsPerSecond::new(speed)), poll);
        for width in [Width::Bits32, Width::Bits64] {
            let _ = interval(&make(a, width), &make(b, width), rules);
        }
    }
}
