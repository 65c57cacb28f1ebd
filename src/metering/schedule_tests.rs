#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;

const MINUTE: i64 = 60_000;

#[test]
fn beats_are_regular_and_spread() {
    let mut clock = Timestamp::from_millis(1_795_334_400_123);
    let id = SnmpTargetId::new(7);
    let first = next_beat(id, 5 * MINUTE, clock);
    for round in 1..1000 {
        clock = next_beat(id, 5 * MINUTE, clock);
        assert_eq!(clock.since_millis(first), (round - 1) * 5 * MINUTE);
        assert_eq!(next_beat(id, 5 * MINUTE, clock.plus_millis(-1)), clock);
    }
    let mut places: Vec<i64> = (1..=100)
        .map(|id| beat_ms(SnmpTargetId::new(id), 5 * MINUTE) / 15_000)
        .collect();
    places.sort_unstable();
    places.dedup();
    assert!(
        places.len() >= 18,
        "100 devices fall into {} of 20 parts of the interval",
        places.len()
    );
}

#[test]
fn a_late_poll_does_not_move_the_beat() {
    let id = SnmpTargetId::new(3);
    let due = next_beat(id, MINUTE, Timestamp::from_millis(1_795_334_400_000));
    assert_eq!(
        next_beat(id, MINUTE, due.plus_millis(47_000)),
        due.plus_millis(MINUTE)
    );
}

#[test]
fn failing_devices_are_tried_less_often_but_never_given_up() {
    let minutes = |failures| back_off_ms(5 * MINUTE, failures) / MINUTE;
    let waits: Vec<i64> = (0..9).map(minutes).collect();
    assert_eq!(waits, [5, 5, 5, 10, 20, 40, 60, 60, 60]);
    assert_eq!(minutes(1_000_000), 60);
    assert_eq!(
        back_off_ms(2 * LONGEST_BACK_OFF_MS, 9),
        2 * LONGEST_BACK_OFF_MS
    );
    assert!(!is_backing_off(2) && is_backing_off(3));
    let (id, now) = (
        SnmpTargetId::new(5),
        Timestamp::from_millis(1_795_334_400_000),
    );
    for failures in 1..12 {
        let wait = next_try(id, 5 * MINUTE, failures, now).since_millis(now);
        let longest = back_off_ms(5 * MINUTE, failures);
        assert!(
            wait > longest - 5 * MINUTE && wait <= longest,
            "{failures}: {wait}"
        );
    }
}

#[test]
fn a_poll_ends_before_the_next_begins() {
    assert_eq!(deadline(5 * MINUTE), Duration::from_secs(240));
}

#[test]
fn names_are_read_first_and_every_hour() {
    let now = Timestamp::from_millis(1_795_334_400_000);
    assert!(wants_names(None, now));
    assert!(!wants_names(Some(now.plus_millis(-59 * MINUTE)), now));
    assert!(wants_names(Some(now.plus_millis(-60 * MINUTE)), now));
}

/// A day of a thousand devices, some of which are off for a while, are always silent, or answer
/// slowly; the poller looks every five seconds and may have 512 polls under way.
mod day {
    use std::cmp::Reverse;
    use std::collections::{BTreeMap, BinaryHeap};

    use super::super::*;

    const TICK_MS: i64 = 5_000;
    const DAY_MS: i64 = 86_400_000;
    const AT_ONCE: usize = 512;
    const START: i64 = 1_795_334_400_000;

    /// How a device answers at a time: the milliseconds a poll takes, and whether it is good.
    fn answers(id: i64, at: Timestamp) -> (i64, bool) {
        let hour = at.since_millis(Timestamp::from_millis(START)) / 3_600_000;
        let deadline_ms = 48_000;
        match id % 20 {
            0 => (6_000, false),
            1 => (deadline_ms, false),
            2 if (8..11).contains(&hour) => (6_000, false),
            3 => (40_000, true),
            _ => (50 + id % 200, true),
        }
    }

    #[derive(Default)]
    struct Fate {
        good: Vec<Timestamp>,
        failed: Vec<Timestamp>,
        worst_lag_ms: i64,
        under_way: bool,
    }

    fn run() -> BTreeMap<i64, Fate> {
        let start = Timestamp::from_millis(START);
        let mut turns: Vec<Turn> = (1..=1000)
            .map(|id| Turn {
                id: SnmpTargetId::new(id),
                interval_ms: 60_000,
                next: next_beat(SnmpTargetId::new(id), 60_000, start),
                taken_until: None,
                failures: 0,
            })
            .collect();
        let mut fates: BTreeMap<i64, Fate> = (1..=1000).map(|id| (id, Fate::default())).collect();
        // Ends of polls: when, whose, whether good.
        let mut flights: BinaryHeap<Reverse<(Timestamp, usize, bool)>> = BinaryHeap::new();
        let mut clock = start;
        while clock.since_millis(start) < DAY_MS {
            let until = clock.plus_millis(TICK_MS);
            while let Some(Reverse((end, place, good))) = flights.peek().copied() {
                if end > clock {
                    break;
                }
                flights.pop();
                let fate = fates.get_mut(&turns[place].id.get()).unwrap();
                fate.under_way = false;
                if good {
                    fate.good.push(end);
                    turns[place].good(end);
                } else {
                    fate.failed.push(end);
                    turns[place].failed(end);
                }
            }
            let mut due: Vec<usize> = (0..turns.len())
                .filter(|place| turns[*place].is_due(clock, until))
                .collect();
            due.sort_by_key(|place| (turns[*place].next, turns[*place].id.get()));
            due.truncate(AT_ONCE - flights.len());
            for place in due {
                let turn = &mut turns[place];
                let fate = fates.get_mut(&turn.id.get()).unwrap();
                assert!(!fate.under_way, "{}: two polls at once", turn.id.get());
                fate.under_way = true;
                let begins = turn.next.max(clock);
                fate.worst_lag_ms = fate.worst_lag_ms.max(begins.since_millis(turn.next));
                turn.take(clock);
                let (takes_ms, good) = answers(turn.id.get(), begins);
                assert!(takes_ms <= 48_000, "within the deadline");
                flights.push(Reverse((begins.plus_millis(takes_ms), place, good)));
            }
            clock = until;
        }
        fates
    }

    #[test]
    fn nobody_waits_nobody_is_lost_and_nobody_is_polled_twice_at_once() {
        let fates = run();
        for (id, fate) in &fates {
            let (good, failed) = (fate.good.len(), fate.failed.len());
            match id % 20 {
                // Two at the usual pace, then 2, 4 ... 32 minutes, then one an hour.
                0 | 1 => {
                    assert_eq!(good, 0);
                    assert!((27..=31).contains(&failed), "{id}: {failed}");
                }
                2 => {
                    assert!(good > 20 * 60, "{id}: {good}");
                    assert!((7..=9).contains(&failed), "{id}: {failed}");
                    let back = fate
                        .good
                        .iter()
                        .find(|at| **at > *fate.failed.last().unwrap());
                    let away = back.unwrap().since_millis(*fate.failed.last().unwrap());
                    assert!(away <= LONGEST_BACK_OFF_MS + 60_000, "{id}: {away}");
                }
                // Every minute of the day but the first and the last.
                _ => assert!(
                    (1438..=1440).contains(&good) && failed == 0,
                    "{id}: {good}, {failed}"
                ),
            }
            assert!(
                fate.worst_lag_ms == 0,
                "{id} waited {} ms",
                fate.worst_lag_ms
            );
        }
    }

    #[test]
    fn a_poller_that_died_gives_its_targets_up_after_their_deadline() {
        let now = Timestamp::from_millis(START);
        let mut turn = Turn {
            id: SnmpTargetId::new(1),
            interval_ms: 300_000,
            next: now,
            taken_until: None,
            failures: 0,
        };
        let soon = now.plus_millis(TICK_MS);
        assert!(turn.is_due(now, soon));
        turn.take(now);
        assert!(!turn.is_due(now.plus_millis(240_000), now.plus_millis(245_000)));
        assert!(turn.is_due(now.plus_millis(250_001), now.plus_millis(255_000)));
    }
}

#[test]
fn packets_are_read_once_in_each_quarter_of_an_hour() {
    for interval_s in [60_i64, 120, 300, 420] {
        for id in [1_i64, 77, 10_000] {
            let id = SnmpTargetId::new(id);
            let interval_ms = interval_s * 1000;
            let mut due = next_beat(id, interval_ms, Timestamp::from_millis(0));
            let mut with = std::collections::BTreeMap::new();
            while due < Timestamp::from_millis(6 * 3_600_000) {
                if wants_packets(due, interval_ms) {
                    *with.entry(due.millis() / 900_000).or_insert(0) += 1;
                }
                due = next_beat(id, interval_ms, due);
            }
            assert!(
                with.values().all(|count| *count == 1),
                "{interval_s} {with:?}"
            );
            assert_eq!(with.len(), 24, "{interval_s} s, target {id}");
        }
    }
    let long = SnmpTargetId::new(3);
    let due = next_beat(long, 3_600_000, Timestamp::from_millis(0));
    assert!(
        wants_packets(due, 3_600_000),
        "with every poll where they are rare"
    );
}
