//! Quiet hours: when nobody is to be woken, in a named zone, over midnight and over the change of the clocks.

use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use crate::base::time::{Timestamp, local_instant};

/// From a minute of the day to another; when the second is not later it is on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// First quiet minute of the day.
    pub from_minute: i64,
    /// First minute that is not quiet.
    pub until_minute: i64,
    /// Days on which quiet hours begin, Monday first.
    pub days: [bool; 7],
    /// Zone of these hours.
    pub zone: Tz,
}

impl QuietHours {
    /// Days of digits: `1` is Monday; none at all is every day.
    #[must_use]
    pub fn days_of(digits: &str) -> [bool; 7] {
        if digits.is_empty() {
            return [true; 7];
        }
        let mut days = [false; 7];
        for (day, number) in days.iter_mut().zip('1'..='7') {
            *day = digits.contains(number);
        }
        days
    }

    /// When the quiet hours end that an instant lies in; `None` when it lies in none.
    #[must_use]
    pub fn hold_until(&self, at: Timestamp) -> Option<Timestamp> {
        let today = at.to_utc().with_timezone(&self.zone).date_naive();
        let yesterday = today.checked_sub_days(Days::new(1));
        [yesterday, Some(today)]
            .into_iter()
            .flatten()
            .filter_map(|day| self.hours_of(day))
            .filter(|(from, until)| *from <= at && at < *until)
            .map(|(_, until)| until)
            .max()
    }

    /// The quiet hours that begin on a day.
    fn hours_of(&self, day: NaiveDate) -> Option<(Timestamp, Timestamp)> {
        let place = usize::try_from(day.weekday().num_days_from_monday()).ok()?;
        self.days.get(place).filter(|quiet| **quiet)?;
        let last = if self.until_minute > self.from_minute {
            day
        } else {
            day.checked_add_days(Days::new(1))?
        };
        let instant = |day: NaiveDate, minute: i64| {
            let seconds = u32::try_from(minute.checked_mul(60)?).ok()?;
            let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)?;
            Some(local_instant(day.and_time(time), self.zone))
        };
        Some((
            instant(day, self.from_minute)?,
            instant(last, self.until_minute)?,
        ))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn held(hours: &QuietHours, local: &str) -> Option<String> {
        let at = Timestamp::parse_in(local, hours.zone).unwrap();
        let until = hours.hold_until(at);
        until.map(|until| until.local_minute(hours.zone))
    }

    fn hours(from: &str, until: &str, days: &str, zone: Tz) -> QuietHours {
        let minute = |text: &str| {
            let (hour, minute) = text.split_once(':').unwrap();
            hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()
        };
        QuietHours {
            from_minute: minute(from),
            until_minute: minute(until),
            days: QuietHours::days_of(days),
            zone,
        }
    }

    #[test]
    fn a_night_goes_over_midnight() {
        let night = hours("22:00", "07:30", "", chrono_tz::Asia::Shanghai);
        for (at, expected) in [
            ("2026-11-23 21:59", None),
            ("2026-11-23 22:00", Some("2026-11-24 07:30")),
            ("2026-11-24 00:00", Some("2026-11-24 07:30")),
            ("2026-11-24 07:29", Some("2026-11-24 07:30")),
            ("2026-11-24 07:30", None),
        ] {
            assert_eq!(held(&night, at).as_deref(), expected, "{at}");
        }
    }

    #[test]
    fn only_the_days_on_which_it_begins_count() {
        // Friday and Saturday: 27 and 28 November 2026.
        let weekend = hours("22:00", "10:00", "56", chrono_tz::Asia::Shanghai);
        for (at, expected) in [
            ("2026-11-26 23:00", None),
            ("2026-11-27 23:00", Some("2026-11-28 10:00")),
            ("2026-11-28 09:00", Some("2026-11-28 10:00")),
            ("2026-11-28 12:00", None),
            ("2026-11-29 09:00", Some("2026-11-29 10:00")),
            ("2026-11-29 23:00", None),
            ("2026-11-30 09:00", None),
        ] {
            assert_eq!(held(&weekend, at).as_deref(), expected, "{at}");
        }
        let noon = hours("12:00", "14:00", "", chrono_tz::Asia::Shanghai);
        assert_eq!(
            held(&noon, "2026-11-27 13:00").as_deref(),
            Some("2026-11-27 14:00")
        );
        assert_eq!(held(&noon, "2026-11-27 14:00"), None);
        let always = hours("08:00", "08:00", "", chrono_tz::Asia::Shanghai);
        assert_eq!(
            held(&always, "2026-11-27 08:00").as_deref(),
            Some("2026-11-28 08:00")
        );
    }

    #[test]
    fn a_night_in_which_the_clocks_change_is_shorter_or_longer() {
        let berlin = chrono_tz::Europe::Berlin;
        let night = hours("22:00", "06:00", "", berlin);
        let length = |evening: &str| {
            let at = Timestamp::parse_in(evening, berlin).unwrap();
            night.hold_until(at).unwrap().since_millis(at) / 3_600_000
        };
        assert_eq!(length("2026-03-27 22:00"), 8);
        assert_eq!(length("2026-03-28 22:00"), 7);
        assert_eq!(length("2026-10-24 22:00"), 9);
        // An end in the hour that does not exist is the first instant after it.
        let gone = hours("22:00", "02:30", "", berlin);
        assert_eq!(
            held(&gone, "2026-03-29 01:00").as_deref(),
            Some("2026-03-29 03:00")
        );
    }
}
