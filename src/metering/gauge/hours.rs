//! Hours of a gauge: sum, count, least and most of its readings, kept by month; a day is its hours.
//!
//! Form 1: a version octet (1); runs of hours of the month without and with readings in turn; runs of equal counts;
//! columns of sums, of the least and of the most; a CRC-32 over all of it, over gauge and month.

use crate::base::time::Timestamp;
use crate::metering::block::{put_runs, take_runs};
use crate::metering::column::{self, ColumnError};
use crate::metering::day::Month;
use crate::metering::day_polls::{checked_bytes, put_presence, seal_bytes, take_presence};
use crate::metering::octets::{Cursor, DecodeError, DecodeErrorKind};
use crate::metering::rollup::HOUR_MS;

const VERSION: u8 = 1;

/// The readings of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GaugeHour {
    /// Its beginning.
    pub start: Timestamp,
    /// All readings together.
    pub sum: i64,
    /// How many they are; never 0.
    pub count: u32,
    /// The least.
    pub least: i64,
    /// The most.
    pub most: i64,
}

impl GaugeHour {
    /// The mean, to the nearest whole number.
    #[must_use]
    pub fn mean(&self) -> i64 {
        mean(i128::from(self.sum), i64::from(self.count))
    }
}

/// A sum over a count that is not 0, to the nearest whole number, halves away from 0.
#[must_use]
pub(super) fn mean(sum: i128, count: i64) -> i64 {
    let count = i128::from(count.max(1));
    let half = count / 2;
    let rounded = if sum < 0 { sum - half } else { sum + half } / count;
    i64::try_from(rounded).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// The hours of readings in order of time.
#[must_use]
pub fn hours(readings: &[(Timestamp, i64)]) -> Vec<GaugeHour> {
    let mut hours: Vec<GaugeHour> = Vec::new();
    for (at, value) in readings {
        let start = Timestamp::from_millis(at.millis() - at.millis().rem_euclid(HOUR_MS));
        match hours.last_mut() {
            Some(hour) if hour.start == start => {
                hour.sum = hour.sum.saturating_add(*value);
                hour.count += 1;
                hour.least = hour.least.min(*value);
                hour.most = hour.most.max(*value);
            }
            _ => hours.push(GaugeHour {
                start,
                sum: *value,
                count: 1,
                least: *value,
                most: *value,
            }),
        }
    }
    hours
}

/// Puts hours in the place of those of the same time; both in order.
#[must_use]
pub fn replaced(mut there: Vec<GaugeHour>, new: &[GaugeHour]) -> Vec<GaugeHour> {
    let is_new = |hour: &GaugeHour| new.binary_search_by_key(&hour.start, |hour| hour.start);
    there.retain(|hour| is_new(hour).is_err());
    there.extend_from_slice(new);
    there.sort_unstable_by_key(|hour| hour.start);
    there
}

/// Packs the hours of a month, in order; hours of other months are left out.
///
/// # Errors
/// [`ColumnError`] when a column can't be compressed.
pub fn encode(hours: &[GaugeHour], gauge: i64, month: Month) -> Result<Vec<u8>, ColumnError> {
    let mut there = vec![false; month.hours()];
    let start = month.first_day().start();
    let inside = hours.iter().filter(|hour| {
        let place = usize::try_from(hour.start.since_millis(start).div_euclid(HOUR_MS));
        let there = place.ok().and_then(|place| there.get_mut(place));
        there.map(|there| *there = true).is_some()
    });
    let hours: Vec<&GaugeHour> = inside.collect();
    let mut bytes = vec![VERSION];
    put_presence(&mut bytes, there.into_iter());
    put_runs(&mut bytes, hours.iter().map(|hour| u64::from(hour.count)));
    for of in [
        |hour: &GaugeHour| hour.sum,
        |hour: &GaugeHour| hour.least,
        |hour: &GaugeHour| hour.most,
    ] {
        let values: Vec<i64> = hours.iter().map(|hour| of(hour)).collect();
        column::put(&mut bytes, &values)?;
    }
    Ok(seal_bytes(bytes, (gauge, month.number())))
}

/// Reads the hours of a month, in order.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of a broken month is given.
pub fn decode(bytes: &[u8], gauge: i64, month: Month) -> Result<Vec<GaugeHour>, DecodeError> {
    let mut cursor = Cursor::new(bytes);
    cursor.version(VERSION)?;
    cursor.bytes = checked_bytes(bytes, (gauge, month.number()))?;
    let there = take_presence(&mut cursor, month.hours())?;
    let known = there.iter().filter(|there| **there).count();
    let offset = cursor.offset;
    let counts = take_runs(&mut cursor, known)?;
    let sums = column::take(&mut cursor, known)?;
    let least = column::take(&mut cursor, known)?;
    let most = column::take(&mut cursor, known)?;
    cursor.end()?;
    let start = month.first_day().start();
    let places = (0_i64..).zip(there).filter(|(_, there)| *there);
    let values = counts
        .into_iter()
        .zip(sums)
        .zip(least.into_iter().zip(most));
    let hours = places
        .zip(values)
        .map(|((place, _), ((count, sum), (least, most)))| {
            let count = u32::try_from(count).ok().filter(|count| *count > 0);
            Ok(GaugeHour {
                start: start.plus_millis(place * HOUR_MS),
                sum,
                count: count.ok_or(DecodeErrorKind::Number.at(offset))?,
                least,
                most,
            })
        });
    hours.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::metering::day::Day;

    #[test]
    fn hours_are_those_of_the_readings_and_come_back_exactly() {
        let day = Day::from_number(20_000);
        let start = day.month().first_day().start();
        let readings: Vec<(Timestamp, i64)> = (0..40)
            .filter(|n| n / 12 != 1)
            .map(|n| (start.plus_millis(n * 300_000 + 17), -100 + n * n))
            .collect();
        let hours = hours(&readings);
        let starts: Vec<i64> = hours
            .iter()
            .map(|hour| hour.start.since_millis(start) / HOUR_MS)
            .collect();
        assert_eq!(starts, [0, 2, 3]);
        let first = hours[0];
        assert_eq!((first.count, first.least, first.most), (12, -100, 21));
        assert_eq!((first.sum, first.mean()), (-694, -58));
        let month = day.month();
        let bytes = encode(&hours, 7, month).unwrap();
        assert_eq!(decode(&bytes, 7, month).unwrap(), hours);
        assert!(decode(&bytes, 8, month).is_err());
        assert!(decode(&bytes, 7, month.next()).is_err());
        let newer = GaugeHour {
            sum: 5,
            count: 1,
            least: 5,
            most: 5,
            ..hours[1]
        };
        let all = replaced(hours.clone(), &[newer]);
        assert_eq!((all.len(), all[1]), (3, newer));
        let elsewhere = encode(&hours, 7, month.next()).unwrap();
        assert_eq!(decode(&elsewhere, 7, month.next()).unwrap(), []);
    }
}
