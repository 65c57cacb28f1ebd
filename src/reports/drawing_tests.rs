#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(
        chrono::DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp_millis(),
    )
}

fn labels(from: &str, until: &str, zone: Tz) -> Vec<String> {
    let asked = Period {
        from: at(from),
        until: at(until),
    };
    marks(asked, zone, 9)
        .into_iter()
        .map(|(_, label)| label)
        .collect()
}

#[test]
fn marks_stand_at_round_times_of_the_zone() {
    let shanghai = chrono_tz::Asia::Shanghai;
    let day = labels("2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z", shanghai);
    assert_eq!(
        day,
        [
            "12:00", "15:00", "18:00", "21:00", "11-23", "03:00", "06:00", "09:00"
        ]
    );
    let month = labels("2026-10-24T16:00:00Z", "2026-11-23T16:00:00Z", shanghai);
    assert!(
        (7..=9).contains(&month.len()) && month.iter().all(|label| label.len() == 5),
        "{month:?}"
    );
    let years = labels("2023-11-23T00:00:00Z", "2026-11-23T00:00:00Z", shanghai);
    assert!(
        (4..=9).contains(&years.len()) && years[0].len() == 7,
        "{years:?}"
    );
    // The clocks go back at 03:00: the day has 25 hours and midnight stays midnight.
    let berlin = labels(
        "2026-10-24T22:00:00Z",
        "2026-10-26T23:00:00Z",
        chrono_tz::Europe::Berlin,
    );
    assert!(
        berlin.contains(&"10-25".to_owned()) && berlin.contains(&"10-26".to_owned()),
        "{berlin:?}"
    );
}

#[test]
fn steps_are_round() {
    for (least, step) in [
        (1.0, 1.0),
        (1.1, 2.0),
        (210.0, 250.0),
        (260.0, 500.0),
        (5.1e9, 1e10),
    ] {
        assert!(
            (nice_step(least) - step).abs() < step / 1e6,
            "{least}: {}",
            nice_step(least)
        );
    }
}

#[test]
fn names_cannot_leave_their_place() {
    assert_eq!(
        escaped("<a href=\"x\">&\u{1}"),
        "&lt;a href=&quot;x&quot;&gt;&amp; "
    );
}

#[test]
fn a_long_legend_and_a_long_title_stay_inside() {
    let words = Words::load().unwrap();
    let curve = |name: &str| Curve {
        name: name.to_owned(),
        p95: Some(BitsPerSecond::new(5_000_000)),
        committed: Some(BitsPerSecond::new(5_000_000)),
        ..Curve::of_slots(&[])
    };
    let (one, other) = (curve(""), curve(&"a switch of a long name ".repeat(4)));
    let drawing = Drawing {
        curve: &one,
        other: Some(&other),
        asked: Period {
            from: at("2026-11-22T00:00:00Z"),
            until: at("2026-11-23T00:00:00Z"),
        },
        zone: Tz::UTC,
        title: &"a port of a long name ".repeat(9),
        words: &words,
        locale: Locale::En,
        dark: false,
        size: Size {
            width: 320.0,
            height: 300.0,
        },
    };
    let svg = drawing.group();
    let lowest = svg
        .split(" y=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().parse::<f64>().unwrap())
        .fold(0.0, f64::max);
    assert!(lowest > 230.0 && lowest < 296.0, "{lowest}: {svg}");
    assert!(
        svg.contains("a port") && svg.matches('…').count() >= 3,
        "{svg}"
    );
}
