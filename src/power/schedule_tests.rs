#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_in(text, Tz::UTC).unwrap()
}

fn weekly(words: &[&str]) -> When {
    let fields: Fields = words.iter().map(|word| ("weekdays", *word)).collect();
    When::Weekly(Weekdays::parse(&fields).unwrap())
}

/// The runs after an instant, as local minutes with their offsets.
fn runs(when: When, time: &str, zone: Tz, after: &str, count: usize) -> Vec<String> {
    let minute = minute_of_day(time).unwrap();
    let mut last = at(after);
    let mut found = Vec::new();
    while let Some(next) = next_run(when, minute, zone, last).filter(|_| found.len() < count) {
        found.push(format!(
            "{} {}",
            next.local_minute(zone),
            next.local_offset(zone)
        ));
        last = next;
    }
    found
}

#[test]
fn weekly_runs_follow_the_wall_clock() {
    let shanghai = chrono_tz::Asia::Shanghai;
    assert_eq!(
        runs(
            weekly(&["mon", "fri"]),
            "02:30",
            shanghai,
            "2026-11-22T19:00:00Z",
            3
        ),
        [
            "2026-11-27 02:30 +08:00",
            "2026-11-30 02:30 +08:00",
            "2026-12-04 02:30 +08:00"
        ]
    );
    // Monday 02:30 in Shanghai is Sunday 18:30 in UTC.
    assert_eq!(
        runs(
            weekly(&["mon"]),
            "02:30",
            shanghai,
            "2026-11-22T18:29:59Z",
            1
        ),
        ["2026-11-23 02:30 +08:00"]
    );
}

#[test]
fn a_skipped_hour_runs_at_the_next_instant_and_a_doubled_one_once() {
    let berlin = chrono_tz::Europe::Berlin;
    // 2026-03-29: 02:00 becomes 03:00.
    assert_eq!(
        runs(weekly(&["sun"]), "02:20", berlin, "2026-03-27T00:00:00Z", 2),
        ["2026-03-29 03:00 +02:00", "2026-04-05 02:20 +02:00"]
    );
    // 2026-10-25: 03:00 becomes 02:00.
    assert_eq!(
        runs(weekly(&["sun"]), "02:30", berlin, "2026-10-24T00:00:00Z", 2),
        ["2026-10-25 02:30 +02:00", "2026-11-01 02:30 +01:00"]
    );
    // Midnight itself is skipped there: 2026-09-06, 00:00 becomes 01:00.
    let santiago = chrono_tz::America::Santiago;
    assert_eq!(
        runs(
            weekly(&["sun"]),
            "00:10",
            santiago,
            "2026-09-05T12:00:00Z",
            1
        ),
        ["2026-09-06 01:00 -03:00"]
    );
    // A half hour is skipped there: 2026-10-04, 02:00 becomes 02:30.
    let lord_howe = chrono_tz::Australia::Lord_Howe;
    assert_eq!(
        runs(
            weekly(&["sun"]),
            "02:15",
            lord_howe,
            "2026-10-02T12:00:00Z",
            1
        ),
        ["2026-10-04 02:30 +11:00"]
    );
}

#[test]
fn once_is_once() {
    let shanghai = chrono_tz::Asia::Shanghai;
    let once = When::Once(day("2026-12-01").unwrap());
    assert_eq!(
        runs(once, "08:00", shanghai, "2026-11-22T00:00:00Z", 5),
        ["2026-12-01 08:00 +08:00"]
    );
    assert!(runs(once, "08:00", shanghai, "2026-12-01T00:00:00Z", 5).is_empty());
}

#[test]
fn what_is_wrong_with_a_schedule_is_named() {
    let right = [
        ("name", "Lab off"),
        ("action", "soft_off"),
        ("machines", "SRV-1\r\n SRV-2 \n\nSRV-1"),
        ("zone", "Asia/Shanghai"),
        ("rhythm", "weekly"),
        ("weekdays", "fri"),
        ("time", "19:05"),
    ];
    let fields: Fields = right.into_iter().collect();
    let draft = ScheduleDraft::parse(&fields).unwrap();
    assert_eq!(draft.machines, ["SRV-1", "SRV-2"]);
    assert_eq!(
        (draft.minute_of_day, time_text(draft.minute_of_day)),
        (1145, "19:05".into())
    );
    for (name, text) in [
        ("name", " "),
        ("action", "explode"),
        ("machines", "\n"),
        ("zone", "Mars/Base"),
        ("rhythm", "hourly"),
        ("weekdays", "someday"),
        ("time", "24:00"),
        ("time", "7"),
        ("time", "+7:00"),
        ("stagger_s", "x"),
    ] {
        let mut fields: Fields = right.into_iter().collect();
        fields.set(name, text);
        let fault = ScheduleDraft::parse(&fields).unwrap_err();
        let fields: Vec<_> = fault.fields.iter().map(|field| &*field.field).collect();
        assert_eq!(fields, [name], "{text}");
    }
}
