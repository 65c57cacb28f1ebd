//! Billing periods: half-open, from the contract's day of month at 00:00 in its named zone.

use chrono::{Datelike, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::base::time::Timestamp;

use super::slot::SLOT_MS;

/// The day of month a contract's periods begin on: 1 to 31, the last day in shorter months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BillingDay(u8);

impl Default for BillingDay {
    fn default() -> Self {
        Self(1)
    }
}

impl BillingDay {
    /// A day from 1 to 31.
    ///
    /// # Errors
    /// [`PeriodError::Day`] for any other.
    pub const fn new(day: u8) -> Result<Self, PeriodError> {
        match day {
            1..=31 => Ok(Self(day)),
            _ => Err(PeriodError::Day { day }),
        }
    }

    /// The day as it was given.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// Why there is no such period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Not a day of a month.
    #[error("billing day {day} is not between 1 and 31")]
    Day {
        /// What was given.
        day: u8,
    },
    /// The time is outside of what calendars can say.
    #[error("time {at_ms} ms is outside the calendar")]
    OutOfRange {
        /// Milliseconds since the epoch.
        at_ms: i64,
    },
}

/// A half-open time: `from` belongs to it, `until` to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
}

impl Period {
    /// Whether an instant (or a slot by its start) belongs to it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// How many slots of 300 s start in it.
    #[must_use]
    pub const fn slot_count(&self) -> i64 {
        let last = self.until.millis().saturating_sub(1).div_euclid(SLOT_MS);
        last - self.from.millis().saturating_sub(1).div_euclid(SLOT_MS)
    }
}

/// The billing period an instant falls into.
///
/// # Errors
/// [`PeriodError::OutOfRange`] for an instant no calendar knows.
pub fn period_at(at: Timestamp, day: BillingDay, zone: Tz) -> Result<Period, PeriodError> {
    let out_of_range = PeriodError::OutOfRange { at_ms: at.millis() };
    let utc = Utc.timestamp_millis_opt(at.millis()).single();
    let local = utc.ok_or(out_of_range)?.with_timezone(&zone).date_naive();
    let month = Month::of(local);
    let this = month.begin(day, zone).ok_or(out_of_range)?;
    let (from, until) = if at < this {
        (month.previous().begin(day, zone), Some(this))
    } else {
        (Some(this), month.next().begin(day, zone))
    };
    match (from, until) {
        (Some(from), Some(until)) => Ok(Period { from, until }),
        _ => Err(out_of_range),
    }
}

/// The period before one made by [`period_at`] with the same day and zone.
///
/// # Errors
/// [`PeriodError::OutOfRange`] at the beginning of the calendar.
pub fn period_before(period: Period, day: BillingDay, zone: Tz) -> Result<Period, PeriodError> {
    let just_before = period.from.millis().saturating_sub(1);
    period_at(Timestamp::from_millis(just_before), day, zone)
}

/// The period after one made by [`period_at`] with the same day and zone.
///
/// # Errors
/// [`PeriodError::OutOfRange`] at the end of the calendar.
pub fn period_after(period: Period, day: BillingDay, zone: Tz) -> Result<Period, PeriodError> {
    period_at(period.until, day, zone)
}

/// The local days of a time, each cut to what lies in it. A day may have 23 or 25 hours.
#[must_use]
pub fn days_of(period: Period, zone: Tz) -> Vec<Period> {
    let mut days = Vec::new();
    let mut from = period.from;
    while from < period.until {
        let Some(end) = end_of_day(from, zone).filter(|end| *end > from) else {
            break;
        };
        let until = end.min(period.until);
        days.push(Period { from, until });
        from = until;
    }
    days
}

fn end_of_day(at: Timestamp, zone: Tz) -> Option<Timestamp> {
    let utc = Utc.timestamp_millis_opt(at.millis()).single()?;
    let date = utc.with_timezone(&zone).date_naive();
    start_of_day(date.succ_opt()?, zone).filter(|next| *next > at)
}

/// The first local date whose 00:00 lies in a period: what the period is called by.
#[must_use]
pub fn date_of(period: Period, zone: Tz) -> String {
    let from = period.from;
    if from.start_of_local_day(zone) == from {
        from.local_date(zone)
    } else {
        from.end_of_local_day(zone).local_date(zone)
    }
}

/// The period that people call by a month (`2026-11`, the one that begins in it) or by a local date in it.
#[must_use]
pub fn period_named(text: &str, day: BillingDay, zone: Tz) -> Option<Period> {
    let text = text.trim();
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return period_at(start_of_day(date, zone)?, day, zone).ok();
    }
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()?;
    let next = first.checked_add_months(chrono::Months::new(1))?;
    let last = start_of_day(next, zone)?.plus_millis(-1);
    period_at(last, day, zone).ok()
}

/// The first instant of a local date: 00:00, the earlier one where clocks are set back over
/// midnight, the first that exists where they are set forward over it.
#[must_use]
pub fn start_of_day(date: NaiveDate, zone: Tz) -> Option<Timestamp> {
    let midnight = date.and_hms_opt(0, 0, 0)?;
    // A whole day was skipped once (Samoa, 2011-12-30): look up to two days ahead.
    (0..=2 * 24 * 60)
        .map_while(|minutes| midnight.checked_add_signed(Duration::minutes(minutes)))
        .find_map(|local| instant(local, zone))
}

fn instant(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => {
            Some(Timestamp::from_millis(at.timestamp_millis()))
        }
        LocalResult::None => None,
    }
}

#[derive(Clone, Copy)]
struct Month {
    year: i32,
    month: u32,
}

impl Month {
    fn of(date: NaiveDate) -> Self {
        Self {
            year: date.year(),
            month: date.month(),
        }
    }

    const fn next(self) -> Self {
        match self.month {
            12 => Self {
                year: self.year.saturating_add(1),
                month: 1,
            },
            month => Self {
                month: month + 1,
                ..self
            },
        }
    }

    const fn previous(self) -> Self {
        match self.month {
            1 => Self {
                year: self.year.saturating_sub(1),
                month: 12,
            },
            month => Self {
                month: month - 1,
                ..self
            },
        }
    }

    fn begin(self, day: BillingDay, zone: Tz) -> Option<Timestamp> {
        let date = (28..=31)
            .rev()
            .map(|last| last.min(u32::from(day.get())))
            .find_map(|day| NaiveDate::from_ymd_opt(self.year, self.month, day))?;
        start_of_day(date, zone)
    }
}

#[cfg(test)]
#[path = "period_tests.rs"]
mod tests;
