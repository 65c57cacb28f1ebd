#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use proptest::prelude::*;

const GIGABIT: u64 = 1_000_000_000;

fn port(seed: u64, profile: Profile) -> Traffic {
    Traffic {
        seed,
        profile,
        speed_bps: GIGABIT,
    }
}

/// Mean bit/s of an hour of a day after the beginning, local time.
fn bps(traffic: Traffic, way: Way, day: i64, hour: i64) -> f64 {
    let at = |hours: i64| Timestamp::from_millis(BEGIN_MS + (day * 24 + hours) * 3_600_000);
    let octets = traffic.octets_at(way, at(hour + 1)) - traffic.octets_at(way, at(hour));
    octets as f64 * 8.0 / 3600.0
}

#[test]
fn the_noise_cannot_stop_the_clock() {
    let steepest: f64 = NOISE.iter().map(|(step, most)| 2.0 * most / step).sum();
    assert!(steepest < 0.75, "{steepest}");
}

#[test]
fn days_look_like_days() {
    // Day 700 is a Monday, 705 a Saturday; the mean of several ports evens the noise out.
    let mean = |profile, way, day, hour| {
        (0..20)
            .map(|seed| bps(port(seed, profile), way, day, hour))
            .sum::<f64>()
            / 20.0
    };
    let office = |day, hour| mean(Profile::Office, Way::In, day, hour);
    assert!(office(700, 15) > 3.0 * office(700, 5), "working hours");
    assert!(office(700, 15) > 2.0 * office(705, 15), "weekend");
    assert!(
        office(700, 2) > 1.5 * office(700, 5),
        "backup at two in the night"
    );
    let web = |day, hour| mean(Profile::Web, Way::In, day, hour);
    assert!(web(700, 21) > 2.0 * web(700, 7), "evening");
    assert!(web(705, 21) > 1.1 * web(700, 21), "weekend");
    assert!(mean(Profile::Web, Way::Out, 700, 21) < 0.5 * web(700, 21));
    assert!(mean(Profile::Idle, Way::In, 700, 12) < 10_000.0);
    assert_eq!(mean(Profile::Unused, Way::In, 700, 12), 0.0);
}

#[test]
fn five_minutes_are_not_all_alike() {
    let traffic = port(7, Profile::Steady);
    let at = |n: i64| Timestamp::from_millis(BEGIN_MS + 700 * 86_400_000 + n * 300_000);
    let rates: Vec<u64> = (0..288)
        .map(|n| traffic.octets_at(Way::In, at(n + 1)) - traffic.octets_at(Way::In, at(n)))
        .collect();
    let (least, most) = (rates.iter().min().unwrap(), rates.iter().max().unwrap());
    assert!(*most as f64 > 1.3 * *least as f64, "{least} to {most}");
    assert!(*least > 0);
}

proptest! {
    #[test]
    fn counters_never_go_back_and_never_pass_the_line(
        seed: u64,
        kind in 0usize..5,
        from_ms in BEGIN_MS - 1_000_000..BEGIN_MS + 200_000_000_000,
        step_ms in 0i64..90_000_000,
    ) {
        let profile = [Profile::Unused, Profile::Idle, Profile::Office, Profile::Web, Profile::Steady][kind];
        let traffic = port(seed, profile);
        for way in [Way::In, Way::Out] {
            let before = traffic.octets_at(way, Timestamp::from_millis(from_ms));
            let after = traffic.octets_at(way, Timestamp::from_millis(from_ms + step_ms));
            prop_assert!(after >= before);
            let most = u128::from(GIGABIT) * step_ms as u128 / 8_000 + 1;
            prop_assert!(u128::from(after - before) <= most);
        }
    }
}
