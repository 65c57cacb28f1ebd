//! UTC days and months, the units the series are kept in.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use crate::base::time::Timestamp;

/// Length of a day in milliseconds; UTC days have no other.
pub const DAY_MS: i64 = 86_400_000;

/// A UTC day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day an instant lies in.
    #[must_use]
    pub const fn of(at: Timestamp) -> Self {
        Self(at.millis().div_euclid(DAY_MS))
    }

    /// From its number, counted from 1970-01-01.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Its number, counted from 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Its first instant.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(DAY_MS))
    }

    /// The first instant after it.
    #[must_use]
    pub const fn end(self) -> Timestamp {
        self.plus(1).start()
    }

    /// So many days later.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The month it lies in.
    #[must_use]
    pub fn month(self) -> Month {
        let date = self.start().to_utc();
        Month(i64::from(date.year()) * 12 + i64::from(date.month0()) - 1970 * 12)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.start().to_utc().date_naive())
    }
}

/// A UTC month, counted from January 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i64);

impl Month {
    /// From its number, counted from January 1970.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Its number, counted from January 1970.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Its first day; the epoch for a month that no calendar has.
    #[must_use]
    pub fn first_day(self) -> Day {
        let year = i32::try_from(self.0.div_euclid(12).saturating_add(1970)).unwrap_or(1970);
        let month = u32::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1);
        let date = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
        let days = date.signed_duration_since(NaiveDate::default()).num_days();
        Day(days)
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// How many hours it has.
    #[must_use]
    pub fn hours(self) -> usize {
        let days = self.next().first_day().number() - self.first_day().number();
        usize::try_from(days * 24).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_utc() {
        let at = Timestamp::from_millis(1_795_334_400_000);
        let day = Day::of(at);
        assert_eq!(day.to_string(), "2026-11-22");
        assert_eq!(Day::of(day.start().plus_millis(-1)), day.plus(-1));
        assert_eq!(Day::of(day.end().plus_millis(-1)), day);
        assert_eq!(day.month().first_day().to_string(), "2026-11-01");
        assert_eq!(day.month().hours(), 720);
        assert_eq!(Day::from_number(0).month(), Month::from_number(0));
        assert_eq!(Day::from_number(-1).month(), Month::from_number(-1));
        assert_eq!(Month::from_number(-1).first_day().to_string(), "1969-12-01");
        let february = Month::from_number((2028 - 1970) * 12 + 1);
        assert_eq!(
            (february.hours(), february.first_day().to_string().as_str()),
            (29 * 24, "2028-02-01")
        );
    }
}
