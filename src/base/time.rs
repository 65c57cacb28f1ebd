//! Instants as epoch milliseconds in UTC, and the zones people live in.

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc,
};
use chrono_tz::Tz;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = BigInt)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The system clock, cut to milliseconds.
    pub fn now() -> Self {
        Self(Utc::now().timestamp_millis())
    }

    /// An instant from epoch milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// An instant from epoch seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Epoch milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Later by `millis` (earlier when negative), staying in range.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Later by `seconds` (earlier when negative), staying in range.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds from `earlier` to this instant.
    pub const fn since_millis(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same instant for calendar work; the edges of the calendar when out of its range.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }

    /// RFC 3339 in UTC with milliseconds.
    pub fn to_rfc3339(self) -> String {
        self.to_utc()
            .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }

    /// `2026-11-22 14:05` in a zone.
    pub fn local_minute(self, zone: Tz) -> String {
        self.to_utc()
            .with_timezone(&zone)
            .format("%Y-%m-%d %H:%M")
            .to_string()
    }

    /// `2026-11-22` in a zone.
    pub fn local_date(self, zone: Tz) -> String {
        self.to_utc()
            .with_timezone(&zone)
            .format("%Y-%m-%d")
            .to_string()
    }

    /// `+08:00` at this instant in a zone.
    pub fn local_offset(self, zone: Tz) -> String {
        self.to_utc().with_timezone(&zone).format("%:z").to_string()
    }

    /// The calendar year in a zone.
    pub fn local_year(self, zone: Tz) -> i32 {
        self.to_utc().with_timezone(&zone).year()
    }

    /// Reads RFC 3339, or what people type (`2026-11-22`, `2026-11-22 14:05`, `2026-11-22T14:05`) in `zone`.
    pub fn parse_in(text: &str, zone: Tz) -> Option<Self> {
        let text = text.trim();
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Some(Self(at.timestamp_millis()));
        }
        let text = text.replace(['/', '.'], "-").replace('T', " ");
        for format in ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"] {
            if let Ok(local) = NaiveDateTime::parse_from_str(&text, format) {
                return Some(local_instant(local, zone));
            }
        }
        let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()?;
        Some(local_instant(date.and_time(NaiveTime::MIN), zone))
    }

    /// Midnight at the start of this instant's day in `zone`.
    #[must_use]
    pub fn start_of_local_day(self, zone: Tz) -> Self {
        let day = self.to_utc().with_timezone(&zone).date_naive();
        local_instant(day.and_time(NaiveTime::MIN), zone)
    }

    /// Midnight that ends this instant's day in `zone`.
    #[must_use]
    pub fn end_of_local_day(self, zone: Tz) -> Self {
        let day = self.to_utc().with_timezone(&zone).date_naive();
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        local_instant(next.and_time(NaiveTime::MIN), zone)
    }
}

/// The instant of a local wall-clock time; in a gap the first instant after it, when doubled the earlier one.
pub fn local_instant(local: NaiveDateTime, zone: Tz) -> Timestamp {
    let mut wall = local;
    for _ in 0..8 {
        match zone.from_local_datetime(&wall) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => {
                return Timestamp(at.timestamp_millis());
            }
            LocalResult::None => wall += chrono::TimeDelta::minutes(15),
        }
    }
    Timestamp(local.and_utc().timestamp_millis())
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|at| Self(at.timestamp_millis()))
            .map_err(serde::de::Error::custom)
    }
}
impl<DB: Backend> ToSql<BigInt, DB> for Timestamp
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}
impl<DB: Backend> FromSql<BigInt, DB> for Timestamp
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn people_type_times_in_their_own_zone() {
        let shanghai = chrono_tz::Asia::Shanghai;
        let expected = Timestamp::parse_in("2026-11-22T06:05:00Z", shanghai).unwrap();
        for text in [
            "2026-11-22 14:05",
            "2026/11/22 14:05",
            "2026-11-22T14:05",
            " 2026-11-22 14:05:00 ",
        ] {
            assert_eq!(
                Timestamp::parse_in(text, shanghai),
                Some(expected),
                "{text}"
            );
        }
        assert_eq!(expected.local_minute(shanghai), "2026-11-22 14:05");
        assert_eq!(Timestamp::parse_in("yesterday", shanghai), None);
    }

    #[test]
    fn a_day_that_springs_forward_is_23_hours() {
        let berlin = chrono_tz::Europe::Berlin;
        let noon = Timestamp::parse_in("2026-03-29 12:00", berlin).unwrap();
        let hours = noon
            .end_of_local_day(berlin)
            .since_millis(noon.start_of_local_day(berlin))
            / 3_600_000;
        assert_eq!(hours, 23);
    }
}
