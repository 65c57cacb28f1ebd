#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::metering::counter::Width;
use proptest::prelude::*;

/// Any counters, often none.
pub(in crate::metering) fn any_packets() -> impl Strategy<Value = PacketCounters> {
    let wide = any::<(Option<u64>, Option<u64>)>();
    let narrow = any::<(Option<u32>, Option<u32>, Option<u32>, Option<u32>)>();
    (any::<bool>(), wide, narrow).prop_map(|(there, (in_unicast, out_unicast), narrow)| {
        let (in_errors, out_errors, in_discards, out_discards) = narrow;
        let all = PacketCounters {
            in_unicast,
            out_unicast,
            in_errors,
            out_errors,
            in_discards,
            out_discards,
        };
        if there { all } else { PacketCounters::NONE }
    })
}

fn reading(minute: i64, said: PacketCounters) -> PacketReading {
    PacketReading {
        with: Reading {
            at: Timestamp::from_millis(minute * 60_000),
            uptime_ms: Some(1_000_000_000 + minute.cast_unsigned() * 60_000),
            discontinuity: Some(5),
            in_octets: Some(1),
            out_octets: Some(1),
            width: Width::Bits64,
        },
        said,
    }
}

fn errors(count: u32) -> PacketCounters {
    PacketCounters {
        in_errors: Some(count),
        ..PacketCounters::NONE
    }
}

#[test]
fn values_keep_their_places_and_sizes() {
    let said = PacketCounters {
        in_unicast: Some(u64::MAX),
        out_unicast: Some(2),
        in_errors: Some(u32::MAX),
        out_errors: None,
        in_discards: Some(5),
        out_discards: Some(6),
    };
    assert_eq!(said.mask(), 0b11_0111);
    assert_eq!(PacketCounters::from_values(said.values()), Some(said));
    let too_large = [None, None, None, None, None, Some(1 << 32)];
    assert_eq!(PacketCounters::from_values(too_large), None);
    assert_eq!(PacketCounters::NONE.mask(), 0);
}

#[test]
fn what_passed_is_known_only_where_the_device_ran_on() {
    let (before, after) = (reading(0, errors(10)), reading(5, errors(25)));
    let of = passed(&before, &after);
    assert_eq!((of.counts[2], of.per_minute(2)), (Some(15), Some(3)));
    assert_eq!((of.counts[0], of.per_minute(0)), (None, None));

    let cleared = reading(5, errors(9));
    assert_eq!(passed(&before, &cleared).counts[2], None);
    let mut restarted = after;
    restarted.with.uptime_ms = Some(1_000);
    assert_eq!(passed(&before, &restarted).counts[2], None);
    let mut anew = after;
    anew.with.discontinuity = Some(6);
    assert_eq!(passed(&before, &anew).counts[2], None);
    let mut narrow = after;
    narrow.with.width = Width::Bits32;
    assert_eq!(passed(&before, &narrow).counts[2], Some(15));
    assert_eq!(passed(&after, &before).counts[2], None, "not later");
}

#[test]
fn one_error_in_an_hour_is_not_none() {
    let of = passed(&reading(0, errors(0)), &reading(60, errors(1)));
    assert_eq!(of.per_minute(2), Some(1));
    let none = passed(&reading(0, errors(7)), &reading(60, errors(7)));
    assert_eq!(none.per_minute(2), Some(0));
}

#[test]
fn a_counter_that_is_read_less_often_is_known_over_the_whole_time() {
    let both = |packets, count| PacketCounters {
        in_unicast: Some(packets),
        ..errors(count)
    };
    let readings = [
        reading(0, both(1000, 1)),
        reading(5, errors(2)),
        reading(10, errors(4)),
        reading(15, both(4000, 8)),
    ];
    let series = series(&readings);
    let long: Vec<(i64, Option<u64>)> = series[0]
        .iter()
        .map(|of| (of.length_ms(), of.counts[0]))
        .collect();
    assert_eq!(long, [(900_000, Some(3000))]);
    let errors: Vec<Option<u64>> = series[2].iter().map(|of| of.counts[2]).collect();
    assert_eq!(errors, [Some(1), Some(2), Some(4)]);
    assert!(series[0][0].counts[2].is_none(), "each its own");
    assert!(series[1].is_empty());
}
