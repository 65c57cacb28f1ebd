#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use chrono::DateTime;
use proptest::prelude::*;

fn utc(text: &str) -> Timestamp {
    Timestamp::from_millis(
        DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp_millis(),
    )
}

fn day(day: u8) -> BillingDay {
    BillingDay::new(day).unwrap()
}

#[test]
fn periods_by_table() {
    use chrono_tz::{America, Asia, Europe, Pacific};
    // (zone, day, an instant in it, from, until)
    let table = [
        // Shanghai is UTC+8 all year: its months begin at 16:00 UTC.
        (
            Asia::Shanghai,
            1,
            "2026-03-15T00:00:00Z",
            "2026-02-28T16:00:00Z",
            "2026-03-31T16:00:00Z",
        ),
        (
            Asia::Shanghai,
            1,
            "2026-02-28T15:59:59.999Z",
            "2026-01-31T16:00:00Z",
            "2026-02-28T16:00:00Z",
        ),
        (
            Asia::Shanghai,
            1,
            "2026-02-28T16:00:00Z",
            "2026-02-28T16:00:00Z",
            "2026-03-31T16:00:00Z",
        ),
        (
            Asia::Shanghai,
            15,
            "2026-01-10T00:00:00Z",
            "2025-12-14T16:00:00Z",
            "2026-01-14T16:00:00Z",
        ),
        // Days 29 to 31 are the last day of shorter months.
        (
            Asia::Shanghai,
            31,
            "2026-02-10T00:00:00Z",
            "2026-01-30T16:00:00Z",
            "2026-02-27T16:00:00Z",
        ),
        (
            Asia::Shanghai,
            31,
            "2026-03-01T00:00:00Z",
            "2026-02-27T16:00:00Z",
            "2026-03-30T16:00:00Z",
        ),
        (
            Asia::Shanghai,
            30,
            "2028-02-29T00:00:00Z",
            "2028-02-28T16:00:00Z",
            "2028-03-29T16:00:00Z",
        ),
        (
            Asia::Shanghai,
            29,
            "2028-02-29T00:00:00Z",
            "2028-02-28T16:00:00Z",
            "2028-03-28T16:00:00Z",
        ),
        // Summer time: March is an hour shorter, October an hour longer.
        (
            Europe::Berlin,
            1,
            "2026-03-10T00:00:00Z",
            "2026-02-28T23:00:00Z",
            "2026-03-31T22:00:00Z",
        ),
        (
            Europe::Berlin,
            1,
            "2026-10-10T00:00:00Z",
            "2026-09-30T22:00:00Z",
            "2026-10-31T23:00:00Z",
        ),
        // Midnight that does not exist (Beirut, 2026-03-29 begins at 01:00).
        (
            Asia::Beirut,
            29,
            "2026-04-01T00:00:00Z",
            "2026-03-28T22:00:00Z",
            "2026-04-28T21:00:00Z",
        ),
        // Midnight that exists twice (Havana, 2026-11-01): the earlier one.
        (
            America::Havana,
            1,
            "2026-11-10T00:00:00Z",
            "2026-11-01T04:00:00Z",
            "2026-12-01T05:00:00Z",
        ),
        // A day that does not exist (Apia, 2011-12-30): the next one begins the period.
        (
            Pacific::Apia,
            30,
            "2012-01-10T00:00:00Z",
            "2011-12-30T10:00:00Z",
            "2012-01-29T10:00:00Z",
        ),
    ];
    for (zone, of_month, at, from, until) in table {
        let got = period_at(utc(at), day(of_month), zone).unwrap();
        assert_eq!(got.from, utc(from), "{zone} day {of_month} at {at}: from");
        assert_eq!(
            got.until,
            utc(until),
            "{zone} day {of_month} at {at}: until"
        );
        assert!(got.contains(utc(at)));
    }
}

#[test]
fn slots_of_a_period_belong_by_their_start() {
    use chrono_tz::{Asia, Europe};
    let count = |zone, at| period_at(utc(at), day(1), zone).unwrap().slot_count();
    assert_eq!(count(Asia::Shanghai, "2026-04-10T00:00:00Z"), 8640);
    assert_eq!(count(Asia::Shanghai, "2026-03-10T00:00:00Z"), 8928);
    assert_eq!(count(Europe::Berlin, "2026-03-10T00:00:00Z"), 8928 - 12);
    assert_eq!(count(Europe::Berlin, "2026-10-10T00:00:00Z"), 8928 + 12);
    let odd = Period {
        from: Timestamp::from_millis(1),
        until: Timestamp::from_millis(300_001),
    };
    assert_eq!(odd.slot_count(), 1, "only the slot that starts at 300 s");
}

#[test]
fn only_days_of_a_month() {
    assert_eq!(BillingDay::new(0), Err(PeriodError::Day { day: 0 }));
    assert_eq!(BillingDay::new(32), Err(PeriodError::Day { day: 32 }));
    let text = BillingDay::new(32).unwrap_err().to_string();
    assert_eq!(text, "billing day 32 is not between 1 and 31");
}

#[test]
fn a_time_outside_the_calendar_is_said() {
    let at = Timestamp::from_millis(i64::MAX);
    let got = period_at(at, day(1), chrono_tz::Asia::Shanghai);
    assert_eq!(got, Err(PeriodError::OutOfRange { at_ms: i64::MAX }));
}

proptest! {
    #[test]
    fn periods_follow_each_other_without_hole_or_overlap(
        at in 0i64..4_000_000_000_000,
        of_month in 1u8..=31,
        zone in prop::sample::select(vec![
            chrono_tz::Asia::Shanghai, chrono_tz::Europe::Berlin, chrono_tz::America::New_York,
            chrono_tz::Asia::Beirut, chrono_tz::Australia::Lord_Howe, chrono_tz::Asia::Kathmandu,
        ]),
    ) {
        let at = Timestamp::from_millis(at);
        let this = period_at(at, day(of_month), zone).unwrap();
        prop_assert!(this.contains(at));
        let after = period_after(this, day(of_month), zone).unwrap();
        prop_assert_eq!(this.until, after.from);
        prop_assert_eq!(period_before(after, day(of_month), zone).unwrap(), this);
        prop_assert_eq!(this.from.millis() % SLOT_MS, 0, "aligned to slots");
        let days = (this.until.millis() - this.from.millis()) / 86_400_000;
        prop_assert!((27..=31).contains(&days), "{} days", days);
    }
}

#[test]
fn days_are_local_and_as_long_as_they_are() {
    let berlin = chrono_tz::Europe::Berlin;
    for (month, hours, days) in [
        ("2026-03", 743, 31),
        ("2026-10", 745, 31),
        ("2027-02", 672, 28),
    ] {
        let period = period_named(month, BillingDay::default(), berlin).unwrap();
        let all = days_of(period, berlin);
        assert_eq!(all.len(), days, "{month}");
        assert_eq!(
            (all[0].from, all[days - 1].until),
            (period.from, period.until)
        );
        assert!(all.windows(2).all(|pair| pair[0].until == pair[1].from));
        let length: i64 = all.iter().map(|day| day.until.since_millis(day.from)).sum();
        assert_eq!(length / 3_600_000, hours, "{month}");
        assert!(
            all.iter()
                .all(|day| [23, 24, 25].contains(&(day.until.since_millis(day.from) / 3_600_000)))
        );
    }
    let begun = Period {
        from: Timestamp::parse_in("2026-11-05 13:00", berlin).unwrap(),
        until: Timestamp::parse_in("2026-11-07 01:00", berlin).unwrap(),
    };
    let hours: Vec<i64> = days_of(begun, berlin)
        .iter()
        .map(|day| day.until.since_millis(day.from) / 3_600_000)
        .collect();
    assert_eq!(hours, [11, 24, 1]);
    // Samoa had no 30 December 2011.
    let apia = chrono_tz::Pacific::Apia;
    let month = period_named("2011-12", BillingDay::default(), apia).unwrap();
    assert_eq!(days_of(month, apia).len(), 30);
}

#[test]
fn a_period_is_called_by_the_month_it_begins_in_or_a_day_in_it() {
    let zone = chrono_tz::Asia::Shanghai;
    for (text, day, from, until) in [
        ("2026-11", 1, "2026-11-01", "2026-12-01"),
        ("2026-11", 31, "2026-11-30", "2026-12-31"),
        ("2027-02", 30, "2027-02-28", "2027-03-30"),
        ("2028-02", 29, "2028-02-29", "2028-03-29"),
        ("2026-11-30", 31, "2026-11-30", "2026-12-31"),
        ("2026-11-29", 31, "2026-10-31", "2026-11-30"),
        ("2026-12-31", 1, "2026-12-01", "2027-01-01"),
        (" 2026-11-15 ", 15, "2026-11-15", "2026-12-15"),
    ] {
        let found = period_named(text, BillingDay::new(day).unwrap(), zone).unwrap();
        let dates = (found.from.local_date(zone), found.until.local_date(zone));
        assert_eq!(
            dates,
            (from.to_owned(), until.to_owned()),
            "{text} on the {day}"
        );
    }
    for wrong in [
        "",
        "2026",
        "2026-13",
        "2026-02-30",
        "November",
        "2026-11-01-01",
    ] {
        assert_eq!(
            period_named(wrong, BillingDay::default(), zone),
            None,
            "{wrong}"
        );
    }
}
