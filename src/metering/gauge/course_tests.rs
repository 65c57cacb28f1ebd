#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::metering::gauge::hours::hours;

const T0: i64 = 1_795_334_400_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(T0 + ms)
}

fn slots(count: i64) -> Period {
    Period {
        from: at(0),
        until: at(count * SLOT_MS),
    }
}

fn means(course: &Course) -> Vec<Option<i64>> {
    let cells = course.cells.iter();
    cells.map(|cell| cell.map(|cell| cell.mean)).collect()
}

#[test]
fn readings_fall_into_their_slots_and_gaps_stay_gaps() {
    let course = Course::of_readings(
        &[
            (at(-70_000), 1),
            (at(1000), 100),
            (at(250_000), 103),
            (at(590_000), 200),
            (at(1_800_000 - 1), 300),
        ],
        slots(7),
    );
    // The third slot begins 10 s after a reading; the fourth is 310 s from it. The last is 1 ms after one.
    let expected = [
        Some(102),
        Some(200),
        Some(200),
        None,
        None,
        Some(300),
        Some(300),
    ];
    assert_eq!(means(&course), expected);
    let first = course.cells[0].unwrap();
    assert_eq!((first.least, first.most), (100, 103));
    let figures = course.figures();
    assert_eq!((figures.cells, figures.gaps), (7, 2));
    assert_eq!(figures.per_hour, (102 + 200 + 200 + 300 + 300) / 12);
}

#[test]
fn a_reading_stands_for_the_next_slot_only_within_its_wobble() {
    for (ms, expected) in [(-WOBBLE_MS, Some(5)), (-WOBBLE_MS - 1, None)] {
        let course = Course::of_readings(&[(at(ms), 5)], slots(1));
        assert_eq!(means(&course), [expected], "{ms}");
    }
}

#[test]
fn a_sum_says_when_a_member_is_missing() {
    let one = Course::of_readings(&[(at(1), 100), (at(SLOT_MS + 1), 110)], slots(4));
    let two = Course::of_readings(&[(at(1), 30), (at(2 * SLOT_MS + 1), 40)], slots(4));
    let sum = Course::sum(&[one.clone(), two], slots(4), SLOT_MS);
    assert_eq!(means(&sum), [Some(130), Some(110), Some(40), None]);
    let incomplete: Vec<bool> = sum.cells.iter().flatten().map(|c| c.incomplete).collect();
    assert_eq!(incomplete, [false, true, true]);
    assert_eq!(sum.figures().incomplete, 2);
    let alone = Course::sum(std::slice::from_ref(&one), slots(4), SLOT_MS);
    assert_eq!(alone, one);
    let none = Course::sum(&[], slots(4), SLOT_MS);
    assert_eq!(means(&none), [None; 4]);
    assert_eq!(none.figures().mean, None);
}

#[test]
fn points_keep_the_extremes_and_tell_gaps() {
    let readings: Vec<_> = (0..9).map(|n| (at(n * SLOT_MS + 5), n * 10)).collect();
    let course = Course::of_readings(&readings, slots(12));
    let points = course.points(4);
    assert_eq!(points.len(), 4);
    assert_eq!(course.point_ms(4), 3 * SLOT_MS);
    let second = points[1].cell.unwrap();
    assert_eq!((second.mean, second.least, second.most), (40, 30, 50));
    assert_eq!(points[1].at, at(3 * SLOT_MS));
    assert_eq!(points[3].cell, None);
    let uneven = course.points(5);
    assert_eq!((uneven.len(), course.point_ms(5)), (4, 3 * SLOT_MS));
}

#[test]
fn hours_stand_where_they_were() {
    let readings: Vec<_> = (0..36).map(|n| (at(n * SLOT_MS), n)).collect();
    let asked = Period {
        from: at(HOUR_MS + 5),
        until: at(4 * HOUR_MS),
    };
    let course = Course::of_hours(&hours(&readings), asked);
    assert_eq!(means(&course), [Some(18), Some(30), None]);
    assert_eq!(course.start, at(HOUR_MS));
    assert_eq!(course.figures().per_hour, 48);
}
