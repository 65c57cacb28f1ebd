//! A calendar month, and which instants of a zone belong to it.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use crate::base::time::Timestamp;
use crate::metering::period::{Period, start_of_day};

/// A month of the calendar: `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(NaiveDate);

/// Not a month from 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month")]
pub struct NoMonth;

impl Month {
    /// The month an instant lies in.
    pub fn of(at: Timestamp, zone: Tz) -> Option<Self> {
        let utc = Utc.timestamp_millis_opt(at.millis()).single()?;
        utc.with_timezone(&zone).date_naive().with_day(1).map(Self)
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.checked_sub_months(Months::new(1)).unwrap_or(self.0))
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add_months(Months::new(1)).unwrap_or(self.0))
    }

    /// From the first instant of its first day to that of the next month's.
    pub fn within(self, zone: Tz) -> Option<Period> {
        Some(Period {
            from: start_of_day(self.0, zone)?,
            until: start_of_day(self.next().0, zone)?,
        })
    }

    /// Its year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Its number, 1 to 12.
    pub fn number(self) -> u32 {
        self.0.month()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl FromStr for Month {
    type Err = NoMonth;

    fn from_str(text: &str) -> Result<Self, NoMonth> {
        let is_plain = text.len() == 7 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let date = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d");
        match date {
            Ok(date) if is_plain && (1970..=9998).contains(&date.year()) => Ok(Self(date)),
            _ => Err(NoMonth),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn months_are_read_counted_and_bounded_in_their_zone() {
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!(month.next().to_string(), "2027-01");
        assert_eq!(month.next().previous(), month);
        let within = month.within(chrono_tz::Asia::Shanghai).unwrap();
        assert_eq!(within.from.to_rfc3339(), "2026-11-30T16:00:00.000Z");
        assert_eq!(
            Month::of(within.from, chrono_tz::Asia::Shanghai),
            Some(month)
        );
        let last = within.until.plus_millis(-1);
        assert_eq!(Month::of(last, chrono_tz::Asia::Shanghai), Some(month));
        assert_eq!(Month::of(within.from, Tz::UTC), Some(month.previous()));
        for wrong in [
            "2026-13",
            "2026-1",
            "2026-012",
            "1969-12",
            "2026-11-01",
            "",
            "+026-01",
        ] {
            assert_eq!(wrong.parse::<Month>(), Err(NoMonth), "{wrong}");
        }
    }
}
