#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::base::units::BitsPerSecond;
use crate::metering::counter::Width;
use crate::metering::slot::{SLOT_MS, SlotFlags};

const START: Timestamp = Timestamp::from_millis(1_795_334_400_000);

fn at(slot: i64) -> Timestamp {
    START.plus_millis(slot * SLOT_MS)
}

fn run(from: i64, until: i64, octets: u64) -> Vec<Slot> {
    (from..until)
        .map(|n| Slot {
            in_octets: Some(octets),
            out_octets: Some(octets * 10),
            ..Slot::empty(at(n))
        })
        .collect()
}

fn dates(from: i64, until: Option<i64>) -> LinkDates {
    LinkDates {
        from: at(from),
        until: until.map(at),
    }
}

#[test]
fn a_port_counts_only_within_its_dates() {
    let period = Period {
        from: at(0),
        until: at(10),
    };
    let members = [
        (dates(-5, Some(4)), run(0, 10, 1)),
        (dates(2, Some(8)), run(0, 10, 100)),
    ];
    let total: Vec<Option<u64>> = sum_of_members(&members, period)
        .iter()
        .map(|slot| slot.in_octets)
        .collect();
    let expected = [1, 1, 101, 101, 100, 100, 100, 100].map(Some);
    assert_eq!(total, [&expected[..], &[None, None]].concat());
    let slots = sum_of_members(&members, period);
    assert!(
        slots.iter().all(|slot| slot.flags == SlotFlags::NONE),
        "who is not a member is not missing"
    );
    assert_eq!(
        slots.iter().map(|slot| slot.start).collect::<Vec<_>>(),
        (0..10).map(at).collect::<Vec<_>>()
    );
}

#[test]
fn a_member_without_data_makes_the_slot_incomplete() {
    let period = Period {
        from: at(0),
        until: at(3),
    };
    let mut hole = run(0, 3, 7);
    hole[1] = Slot::empty(at(1));
    let slots = sum_of_members(
        &[(dates(0, None), run(0, 3, 1)), (dates(0, None), hole)],
        period,
    );
    let seen: Vec<_> = slots
        .iter()
        .map(|slot| (slot.in_octets, slot.flags.contains(SlotFlags::INCOMPLETE)))
        .collect();
    assert_eq!(seen, [(Some(8), false), (Some(1), true), (Some(8), false)]);
}

/// A reading some seconds after the start; the counters run at 1 octet a millisecond.
fn read(at_ms: i64, usable: bool) -> Reading {
    let octets = usable.then(|| u64::try_from(at_ms + 10_000_000).unwrap());
    Reading {
        at: START.plus_millis(at_ms),
        uptime_ms: Some(u64::try_from(at_ms + 50_000_000).unwrap()),
        discontinuity: None,
        in_octets: octets,
        out_octets: octets,
        width: Width::Bits64,
    }
}

#[test]
fn one_usable_reading_on_either_side_is_enough() {
    let rules = Rules::new(Some(BitsPerSecond::new(1_000_000_000)), 300_000);
    // Late polls, lost polls and readings without counters, from an hour before to an hour after.
    let readings: Vec<Reading> = (-40..60)
        .filter(|n| n % 7 != 3)
        .map(|n| read(n * 97_000 + (n * n) % 13 * 1_000, n % 5 != 0))
        .collect();
    for (from, until) in [(0, 10), (-3, 4), (2, 3), (-100, 100), (-100, -60), (60, 70)] {
        let member = |readings: &[Reading]| Member {
            dates: dates(from, Some(until)),
            rules,
            speeds: Vec::new(),
            readings: readings.to_vec(),
        };
        let counted = Period {
            from: at(from),
            until: at(until),
        };
        let few = readings_around(&readings, at(from), at(until));
        assert_eq!(
            slots_of_members(&[member(few)], counted),
            slots_of_members(&[member(&readings)], counted),
            "{from}..{until}"
        );
        let outside = few.iter().filter(|reading| {
            (reading.at < at(from) || reading.at > at(until))
                && (reading.in_octets.is_some() || reading.out_octets.is_some())
        });
        assert!(
            outside.count() <= 2,
            "no more of others' time than the edges need"
        );
    }
}

#[test]
fn who_joins_and_leaves_counts_from_its_own_readings() {
    let rules = Rules::new(None, 300_000);
    let readings: Vec<Reading> = (-2..14).map(|n| read(n * 300_000, true)).collect();
    let member = |from, until| Member {
        dates: dates(from, until),
        rules,
        speeds: Vec::new(),
        readings: readings.clone(),
    };
    let counted = Period {
        from: at(0),
        until: at(10),
    };
    let slots = slots_of_members(
        &[member(-9, Some(4)), member(2, None), member(8, Some(9))],
        counted,
    );
    let seen: Vec<u64> = slots
        .iter()
        .map(|slot| slot.in_octets.unwrap() / 300_000)
        .collect();
    assert_eq!(seen, [1, 1, 2, 2, 1, 1, 1, 1, 2, 1]);
    assert!(slots.iter().all(|slot| slot.flags == SlotFlags::NONE));
}
