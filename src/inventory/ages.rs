//! How old devices are and how long their warranty lasts, by the days on record.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use serde::Serialize;

use super::model::DeviceFilter;
use super::sorting::DeviceSort;
use crate::base::fault::{Fault, Faults, Message};
use crate::base::fields::Fields;
use crate::base::number::whole;

/// Steps of what is left of a warranty, days.
pub const WARRANTY_STEPS: [i64; 3] = [30, 90, 180];
/// Most years that can be asked for.
const MOST_YEARS: i64 = 50;

/// When a warranty ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarrantyEnd {
    /// Before today.
    Ended,
    /// Today or within so many days.
    Within(i64),
}

/// Which devices are asked for by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AgeDraft {
    /// By the end of their warranty.
    pub warranty: Option<WarrantyEnd>,
    /// Bought more than so many years ago.
    pub older: Option<i64>,
    /// Bought in this year.
    pub year: Option<i64>,
}

impl AgeDraft {
    /// Reads `warranty` (`ended` or a step in days), `older` (years) and `year`; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let warranty = match fields.get("warranty").trim() {
            "" => None,
            "ended" => Some(WarrantyEnd::Ended),
            word => {
                let step = WARRANTY_STEPS.iter().find(|step| step.to_string() == word);
                if step.is_none() {
                    let message =
                        Message::new("fault-choice").with("allowed", "ended, 30, 90, 180");
                    faults.add("warranty", message);
                }
                step.map(|step| WarrantyEnd::Within(*step))
            }
        };
        let older = faults.keep(whole("older", fields.get("older"), 1, MOST_YEARS));
        let year = faults.keep(whole("year", fields.get("year"), 1970, 2200));
        let draft = (|| {
            Some(Self {
                warranty,
                older: older?,
                year: year?,
            })
        })();
        faults.into_result(draft)
    }

    /// The filter of devices that this asks for on a day, `2026-11-22`: by the end of the warranty where that is asked
    /// for, else by the day of purchase, oldest first.
    pub fn filter(&self, today: &str) -> DeviceFilter {
        let mut filter = DeviceFilter {
            sort: DeviceSort::Purchase,
            ..DeviceFilter::default()
        };
        match self.warranty {
            Some(WarrantyEnd::Ended) => filter.warranty_before = Some(today.to_owned()),
            Some(WarrantyEnd::Within(days)) => {
                filter.warranty_from = Some(today.to_owned());
                filter.warranty_before = Some(days_after(today, days + 1));
            }
            None => {}
        }
        if self.warranty.is_some() {
            filter.sort = DeviceSort::Warranty;
        }
        let mut before: Vec<String> = Vec::new();
        if let Some(years) = self.older {
            before.push(years_before(today, years));
        }
        if let Some(year) = self.year {
            filter.purchased_from = Some(format!("{year:04}-01-01"));
            before.push(format!("{:04}-01-01", year + 1));
        }
        filter.purchased_before = before.into_iter().min();
        filter
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// The day so many days after another; the other itself where there is none.
fn days_after(today: &str, days: i64) -> String {
    let days = Days::new(days.unsigned_abs());
    day(today)
        .and_then(|day| day.checked_add_days(days))
        .map_or_else(|| today.to_owned(), |day| day.to_string())
}

/// The same day so many years before; the last of February for a day that a year lacks.
fn years_before(today: &str, years: i64) -> String {
    let months = u32::try_from(years.saturating_mul(12)).unwrap_or(0);
    day(today)
        .and_then(|day| day.checked_sub_months(Months::new(months)))
        .map_or_else(|| today.to_owned(), |day| day.to_string())
}

/// Whole years between a day and today; none when it is no day or lies ahead.
pub fn whole_years(from: &str, today: &str) -> Option<u32> {
    day(today)?.years_since(day(from)?)
}

/// How many devices were bought in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct YearCount {
    /// The year, like `2021`.
    pub year: String,
    /// How many.
    pub count: i64,
}

/// Counts by day as counts by year, oldest first, and how many have no day.
pub fn by_year(days: impl IntoIterator<Item = (Option<String>, i64)>) -> (Vec<YearCount>, i64) {
    let mut years: BTreeMap<String, i64> = BTreeMap::new();
    let mut undated = 0;
    for (day, count) in days {
        match day.as_deref().and_then(|day| day.get(..4)) {
            Some(year) => *years.entry(year.to_owned()).or_default() += count,
            None => undated += count,
        }
    }
    let years = years
        .into_iter()
        .map(|(year, count)| YearCount { year, count })
        .collect();
    (years, undated)
}

/// How many devices there are by the end of their warranty and by their year of purchase.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Ages {
    /// Those whose warranty has ended.
    pub ended: i64,
    /// Those whose warranty ends within each step of [`WARRANTY_STEPS`], in their order.
    pub within: Vec<i64>,
    /// By year of purchase, oldest first.
    pub years: Vec<YearCount>,
    /// Those without a day of purchase.
    pub undated: i64,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Result<AgeDraft, Fault> {
        AgeDraft::parse(&pairs.iter().copied().collect())
    }

    #[test]
    fn what_is_asked_for_becomes_days() {
        let today = "2028-02-29";
        type Asked<'a> = &'a [(&'a str, &'a str)];
        type Bounds<'a> = [Option<&'a str>; 4];
        let cases: [(Asked<'_>, Bounds<'_>, DeviceSort); 6] = [
            (&[], [None; 4], DeviceSort::Purchase),
            (
                &[("warranty", "ended")],
                [None, Some("2028-02-29"), None, None],
                DeviceSort::Warranty,
            ),
            (
                &[("warranty", "30")],
                [Some("2028-02-29"), Some("2028-03-31"), None, None],
                DeviceSort::Warranty,
            ),
            (
                &[("older", "5")],
                [None, None, None, Some("2023-02-28")],
                DeviceSort::Purchase,
            ),
            (
                &[("year", "2021")],
                [None, None, Some("2021-01-01"), Some("2022-01-01")],
                DeviceSort::Purchase,
            ),
            (
                &[("year", "2024"), ("older", "4")],
                [None, None, Some("2024-01-01"), Some("2024-02-29")],
                DeviceSort::Purchase,
            ),
        ];
        for (pairs, bounds, sort) in cases {
            let filter = asked(pairs).unwrap().filter(today);
            let found = [
                filter.warranty_from.as_deref(),
                filter.warranty_before.as_deref(),
                filter.purchased_from.as_deref(),
                filter.purchased_before.as_deref(),
            ];
            assert_eq!(found, bounds, "{pairs:?}");
            assert_eq!(filter.sort, sort, "{pairs:?}");
        }
    }

    #[test]
    fn what_cannot_be_asked_for_is_named() {
        for (name, text) in [
            ("warranty", "31"),
            ("warranty", "soon"),
            ("older", "0"),
            ("older", "51"),
            ("year", "21"),
        ] {
            let fault = asked(&[(name, text)]).unwrap_err();
            assert_eq!(fault.fields.first().map(|f| &*f.field), Some(name));
        }
    }

    #[test]
    fn years_are_counted_whole_and_from_the_oldest() {
        for (from, years) in [
            ("2021-11-23", Some(5)),
            ("2021-11-24", Some(4)),
            ("2026-11-23", Some(0)),
            ("2027-01-01", None),
            ("soon", None),
        ] {
            assert_eq!(whole_years(from, "2026-11-23"), years, "{from}");
        }
        let days = [("2024-05-01", 2), ("2019-01-31", 1), ("2024-01-01", 3)];
        let days = days.map(|(day, count)| (Some(day.to_owned()), count));
        let (years, undated) = by_year(days.into_iter().chain([(None, 7)]));
        let counts: Vec<(&str, i64)> = years.iter().map(|y| (y.year.as_str(), y.count)).collect();
        assert_eq!(counts, [("2019", 1), ("2024", 5)]);
        assert_eq!(undated, 7);
    }
}
