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

/// The sum of four slots of members that were there from and until a time.
fn sum_of(members: &[(&Course, i64, Option<i64>)], incomplete: bool) -> Course {
    let mut sum = CourseSum::new(slots(4), SLOT_MS);
    for (member, from, until) in members {
        sum.add(member, at(*from), until.map(at));
    }
    sum.finish(incomplete)
}

fn incomplete(course: &Course) -> Vec<bool> {
    let cells = course.cells.iter().flatten();
    cells.map(|cell| cell.incomplete).collect()
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
        WOBBLE_MS,
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
        let course = Course::of_readings(&[(at(ms), 5)], slots(1), WOBBLE_MS);
        assert_eq!(means(&course), [expected], "{ms}");
    }
}

#[test]
fn a_sum_says_when_a_member_is_missing() {
    let course = |readings: &[(Timestamp, i64)]| Course::of_readings(readings, slots(4), WOBBLE_MS);
    let one = course(&[(at(1), 100), (at(SLOT_MS + 1), 110)]);
    let two = course(&[(at(1), 30), (at(2 * SLOT_MS + 1), 40)]);
    let sum = sum_of(&[(&one, 0, None), (&two, 0, None)], false);
    assert_eq!(means(&sum), [Some(130), Some(110), Some(40), None]);
    assert_eq!(incomplete(&sum), [false, true, true]);
    assert_eq!(sum.figures().incomplete, 2);
    let alone = sum_of(&[(&one, 0, None)], false);
    assert_eq!(alone, one);
    let none = sum_of(&[], false);
    assert_eq!(means(&none), [None; 4]);
    assert_eq!(none.figures().mean, None);
}

#[test]
fn nothing_is_missing_of_a_member_before_it_came_and_after_it_went() {
    let readings: Vec<_> = (0..4).map(|n| (at(n * SLOT_MS), 100)).collect();
    let always = Course::of_readings(&readings, slots(4), WOBBLE_MS);
    let middle = Course::of_readings(&readings[1..2], slots(4), WOBBLE_MS);
    let (came, went) = (SLOT_MS, Some(2 * SLOT_MS));
    let sum = sum_of(&[(&always, 0, None), (&middle, came, went)], false);
    assert_eq!(means(&sum), [Some(100), Some(200), Some(100), Some(100)]);
    assert_eq!(incomplete(&sum), [false; 4]);
    let still = sum_of(&[(&always, 0, None), (&middle, came, None)], false);
    assert_eq!(incomplete(&still), [false, false, true, true]);
    let unmeasured = sum_of(&[(&always, 0, None)], true);
    assert_eq!(incomplete(&unmeasured), [true; 4]);
}

#[test]
fn a_slow_device_s_reading_reaches_to_the_next() {
    let readings = [(at(10), 7), (at(3 * SLOT_MS + 20), 9)];
    let reach_ms = WOBBLE_MS + 2 * SLOT_MS;
    let course = Course::of_readings(&readings, slots(7), reach_ms);
    let expected = [Some(7), Some(7), Some(7), Some(9), Some(9), Some(9), None];
    assert_eq!(means(&course), expected);
}

#[test]
fn cells_that_begin_before_a_time_are_hidden() {
    let readings: Vec<_> = (0..4).map(|n| (at(n * SLOT_MS), n)).collect();
    let whole = Course::of_readings(&readings, slots(4), WOBBLE_MS);
    for (since, hidden) in [(-1, 0), (0, 0), (1, 1), (SLOT_MS, 1), (9 * SLOT_MS, 4)] {
        let mut course = whole.clone();
        course.hide_before(at(since));
        let gaps = course.cells.iter().filter(|cell| cell.is_none()).count();
        assert_eq!(gaps, hidden, "{since}");
        assert_eq!(course.cells[hidden..], whole.cells[hidden..], "{since}");
    }
}

#[test]
fn points_keep_the_extremes_and_tell_gaps() {
    let readings: Vec<_> = (0..9).map(|n| (at(n * SLOT_MS + 5), n * 10)).collect();
    let course = Course::of_readings(&readings, slots(12), WOBBLE_MS);
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
