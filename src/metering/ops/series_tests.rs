#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;

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
fn a_reader_sees_nothing_outside_the_dates() {
    let seen = within(run(0, 20, 5), &[dates(2, Some(4)), dates(6, Some(9))]);
    let starts: Vec<_> = seen
        .iter()
        .map(|slot| (slot.start.since_millis(START) / SLOT_MS, slot.is_gap()))
        .collect();
    assert_eq!(
        starts,
        [
            (2, false),
            (3, false),
            (4, true),
            (5, true),
            (6, false),
            (7, false),
            (8, false)
        ]
    );
    assert!(within(run(0, 20, 5), &[]).is_empty());
    assert!(within(run(0, 20, 5), &[dates(30, None)]).is_empty());
}

#[test]
fn spans_are_bounded() {
    let day_ms = 86_400_000;
    assert!(checked_span(START, START.plus_millis(day_ms), LONGEST_DAYS).is_ok());
    for (until, field) in [(0, "to"), (-1, "to"), (401 * day_ms, "from")] {
        let fault = checked_span(START, START.plus_millis(until), LONGEST_DAYS)
            .map(|_| ())
            .unwrap_err();
        assert_eq!(fault.fields[0].field, field);
    }
}
