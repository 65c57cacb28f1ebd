//! The time a graph is asked for, and how its series looks to programs and in files.

use chrono_tz::Tz;
use rocket::form::FromForm;
use rocket::http::RawStr;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::counter::{Delta, Interval};
use crate::metering::period::Period;
use crate::metering::rollup;
use crate::metering::series::{Point, Summary, points};
use crate::metering::slot::{SLOT_MS, Slot, SlotFlags, slot_start};
use crate::metering::{
    LONGEST_DAYS, LONGEST_GRAPH_DAYS, LongSeries, MemberSeries, Series, checked_span, instant,
};

const DAY_MS: i64 = 86_400_000;
/// Points of a series when the caller does not say.
const USUAL_POINTS: usize = 800;
const MOST_POINTS: usize = 10_000;

/// `?from=&to=&range=&points=`
#[derive(Debug, Clone, Default, FromForm, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// Beginning, RFC 3339 or `2026-11-22 14:05` in the zone of the place.
    pub from: Option<String>,
    /// End, which does not belong to it.
    pub to: Option<String>,
    /// `day`, `week` or `month` up to now, when `from` and `to` are missing.
    pub range: Option<String>,
    /// At most this many points, 1 to 10,000; 800 when missing.
    pub points: Option<String>,
    /// What it is compared with: the number of another port or allocation, or a port's device and name.
    pub with: Option<String>,
    /// The earlier time it is compared with: `previous` (as long, just before), `week` or `month` (30 days) earlier.
    pub against: Option<String>,
}

impl SpanQuery {
    /// Name of the range in force; none when `from` and `to` are given.
    pub fn range(&self) -> Option<&'static str> {
        if self.has_dates() {
            return None;
        }
        Some(match self.range.as_deref() {
            Some("week") => "week",
            Some("month") => "month",
            _ => "day",
        })
    }

    fn has_dates(&self) -> bool {
        let given =
            |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        given(&self.from) || given(&self.to)
    }

    /// The time asked for, of which all slots are wanted.
    pub fn period(&self, now: Timestamp, zone: Tz) -> Result<Period, Fault> {
        self.period_of(now, zone, LONGEST_DAYS)
    }

    /// The time asked for, of which only a graph is wanted.
    pub fn graph_period(&self, now: Timestamp, zone: Tz) -> Result<Period, Fault> {
        self.period_of(now, zone, LONGEST_GRAPH_DAYS)
    }

    fn period_of(&self, now: Timestamp, zone: Tz, longest_days: i64) -> Result<Period, Fault> {
        let Some(range) = self.range() else {
            let from = required("from", self.from.as_deref(), zone)?;
            let until = required("to", self.to.as_deref(), zone)?;
            return checked_span(from, until, longest_days);
        };
        let days = match range {
            "week" => 7,
            "month" => 30,
            _ => 1,
        };
        let until = slot_start(now.plus_millis(SLOT_MS - 1));
        checked_span(until.plus_millis(-days * DAY_MS), until, longest_days)
    }

    /// How many points are wanted.
    pub fn points(&self) -> Result<usize, Fault> {
        let Some(text) = self
            .points
            .as_deref()
            .filter(|text| !text.trim().is_empty())
        else {
            return Ok(USUAL_POINTS);
        };
        let count = text
            .trim()
            .parse()
            .ok()
            .filter(|count| (1..=MOST_POINTS).contains(count));
        count.ok_or_else(|| {
            let message = Message::new("fault-range")
                .with("min", 1_i64)
                .with("max", MOST_POINTS);
            Fault::field("points", message)
        })
    }
}

fn required(field: &'static str, text: Option<&str>, zone: Tz) -> Result<Timestamp, Fault> {
    // A plus sign that was not encoded arrives as a space.
    let text = text.unwrap_or_default().trim().replace(' ', "+");
    let plain = text.replace('+', " ");
    let found = instant(field, &text, zone).or_else(|_| instant(field, &plain, zone))?;
    found.ok_or_else(|| FieldFault::new(field, Message::new("fault-required")).into())
}

/// A series as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesJson {
    /// Beginning of the time asked for, RFC 3339.
    pub(super) from: String,
    /// End of it.
    pub(super) to: String,
    /// Seconds a point stands for.
    pub(super) step_s: i64,
    /// Points in order of time; where there is no data rates are null.
    pub(super) points: Vec<PointJson>,
    /// What passed from reading to reading, of a port and a time of at most six hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) readings: Option<Vec<ReadingJson>>,
    /// Figures of the 300 s slots, whatever the points.
    pub(super) summary: SummaryJson,
    /// Committed rate in bit/s, null for a port.
    pub(super) committed_bps: Option<i64>,
    /// Time zone of the place or the contract.
    pub(super) zone: String,
    /// What it is called beside another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// How much earlier it was than what it is compared with, milliseconds.
    #[serde(skip_serializing_if = "is_nothing")]
    pub(super) shift_ms: i64,
    /// What it is compared with, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub(super) other: Option<Box<SeriesJson>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_nothing(shift_ms: &i64) -> bool {
    *shift_ms == 0
}

/// A point of a series.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointJson {
    /// Its beginning, milliseconds since 1970 (UTC).
    pub(super) at_ms: i64,
    /// Mean rate received, bit/s.
    pub(super) in_bps: Option<i64>,
    /// Highest slot received, bit/s.
    pub(super) in_max_bps: Option<i64>,
    /// Mean rate sent, bit/s.
    pub(super) out_bps: Option<i64>,
    /// Highest slot sent, bit/s.
    pub(super) out_max_bps: Option<i64>,
    /// `estimated`, `suspect`, `incomplete`.
    pub(super) flags: Vec<&'static str>,
}

/// What passed on a port between two readings.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingJson {
    /// The first reading, milliseconds since 1970 (UTC).
    pub(super) at_ms: i64,
    /// The second reading.
    pub(super) until_ms: i64,
    /// Octets received; null is not known.
    pub(super) in_octets: Option<u64>,
    /// Octets sent.
    pub(super) out_octets: Option<u64>,
    /// Rate received, bit/s.
    pub(super) in_bps: Option<i64>,
    /// Rate sent, bit/s.
    pub(super) out_bps: Option<i64>,
    /// `estimated`, `suspect`.
    pub(super) flags: Vec<&'static str>,
    /// Why it is not known: `restart`, `reset`, `discontinuity`, `missing`, `width_changed` or `clock_went_back`.
    pub(super) gap: Option<&'static str>,
}

impl From<&Interval> for ReadingJson {
    fn from(interval: &Interval) -> Self {
        let rate = |octets: Option<u64>| {
            let long_ms = u128::try_from(interval.until.since_millis(interval.from)).ok()?;
            let rate = (u128::from(octets?) * 8_000).checked_div(long_ms)?;
            i64::try_from(rate).ok()
        };
        let (inward, outward) = (interval.octets_in.octets(), interval.octets_out.octets());
        let gap = [interval.octets_in, interval.octets_out]
            .into_iter()
            .find_map(|delta| match delta {
                Delta::Gap(reason) => Some(reason.as_str()),
                Delta::Octets(_) => None,
            });
        let flags = [
            (interval.estimated, "estimated"),
            (interval.suspect, "suspect"),
        ];
        Self {
            at_ms: interval.from.millis(),
            until_ms: interval.until.millis(),
            in_octets: inward,
            out_octets: outward,
            in_bps: rate(inward),
            out_bps: rate(outward),
            flags: flags
                .into_iter()
                .filter(|(is, _)| *is)
                .map(|(_, word)| word)
                .collect(),
            gap,
        }
    }
}

/// Figures of a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryJson {
    /// 95th percentile received, bit/s; null for more than 40 days, which are drawn from hours.
    pub(super) p95_in_bps: Option<i64>,
    /// 95th percentile sent, bit/s.
    pub(super) p95_out_bps: Option<i64>,
    /// 95th percentile by the direction rule, bit/s.
    pub(super) p95_bps: Option<i64>,
    /// Mean received, bit/s.
    pub(super) mean_in_bps: Option<i64>,
    /// Mean sent, bit/s.
    pub(super) mean_out_bps: Option<i64>,
    /// Highest slot received, bit/s.
    pub(super) max_in_bps: Option<i64>,
    /// Highest slot sent, bit/s.
    pub(super) max_out_bps: Option<i64>,
    /// Octets received.
    pub(super) in_octets: u64,
    /// Octets sent.
    pub(super) out_octets: u64,
    /// Slots with data that count.
    pub(super) slots: usize,
    /// Slots without data.
    pub(super) gap_slots: usize,
    /// Slots whose octets are known and their course is not.
    pub(super) estimated_slots: usize,
    /// Slots faster than the line can be; they do not count.
    pub(super) suspect_slots: usize,
}

fn bps(rate: Option<BitsPerSecond>) -> Option<i64> {
    rate.map(BitsPerSecond::get)
}

impl SummaryJson {
    /// The figures of a series.
    pub fn of(series: &Series) -> Self {
        Self::of_parts(&series.summary, series.figure.rate)
    }

    /// The figures of slots, and their 95th by a direction rule.
    pub fn of_parts(summary: &Summary, p95: Option<BitsPerSecond>) -> Self {
        let octets = |octets: u128| u64::try_from(octets).unwrap_or(u64::MAX);
        Self {
            p95_in_bps: bps(summary.inward.p95),
            p95_out_bps: bps(summary.outward.p95),
            p95_bps: bps(p95),
            mean_in_bps: bps(summary.inward.mean),
            mean_out_bps: bps(summary.outward.mean),
            max_in_bps: bps(summary.inward.max),
            max_out_bps: bps(summary.outward.max),
            in_octets: octets(summary.inward.volume_octets),
            out_octets: octets(summary.outward.volume_octets),
            slots: summary.used,
            gap_slots: summary.gap,
            estimated_slots: summary.estimated,
            suspect_slots: summary.suspect,
        }
    }
}

impl SeriesJson {
    /// A series in at most so many points.
    pub fn of(series: &Series, most_points: usize, zone: Tz) -> Self {
        let slots = series.slots.len();
        let from = series
            .slots
            .first()
            .map_or(series.asked.from, |slot| slot.start);
        let until = series
            .slots
            .last()
            .map_or(from, |slot| slot.start.plus_millis(1));
        let per_point = i64::try_from(slots.div_ceil(most_points.max(1)).max(1)).unwrap_or(1);
        Self {
            from: series.asked.from.to_rfc3339(),
            to: series.asked.until.to_rfc3339(),
            step_s: per_point * SLOT_MS / 1000,
            points: points(&series.slots, from, until, most_points)
                .iter()
                .map(point)
                .collect(),
            readings: None,
            summary: SummaryJson::of(series),
            committed_bps: bps(series.committed),
            zone: series.zone.unwrap_or(zone).name().to_owned(),
            name: None,
            shift_ms: 0,
            other: None,
        }
    }

    /// With what passed from reading to reading.
    #[must_use]
    pub fn with_readings(mut self, intervals: &[Interval]) -> Self {
        self.readings = Some(intervals.iter().map(ReadingJson::from).collect());
        self
    }

    /// With what it is compared with.
    #[must_use]
    pub fn beside(mut self, other: Option<Self>) -> Self {
        self.other = other.map(Box::new);
        self
    }

    /// A long series in at most so many points: hours instead of slots, and no percentile.
    pub fn of_hours(series: &LongSeries, most_points: usize, zone: Tz) -> Self {
        let points = rollup::points(&series.hours, most_points);
        Self {
            from: series.asked.from.to_rfc3339(),
            to: series.asked.until.to_rfc3339(),
            step_s: rollup::hours_per_point(&series.hours, most_points) * 3600,
            points: points.iter().map(point).collect(),
            readings: None,
            summary: SummaryJson::of_parts(&series.summary, None),
            committed_bps: None,
            zone: series.zone.unwrap_or(zone).name().to_owned(),
            name: None,
            shift_ms: 0,
            other: None,
        }
    }
}

fn point(point: &Point) -> PointJson {
    PointJson {
        at_ms: point.at.millis(),
        in_bps: bps(point.in_bps_mean),
        in_max_bps: bps(point.in_bps_max),
        out_bps: bps(point.out_bps_mean),
        out_max_bps: bps(point.out_bps_max),
        flags: flags(point.flags),
    }
}

fn flags(flags: SlotFlags) -> Vec<&'static str> {
    [
        (SlotFlags::ESTIMATED, "estimated"),
        (SlotFlags::SUSPECT, "suspect"),
        (SlotFlags::INCOMPLETE, "incomplete"),
    ]
    .into_iter()
    .filter(|(flag, _)| flags.contains(*flag))
    .map(|(_, word)| word)
    .collect()
}

/// Columns of a file of slots.
pub const SLOT_COLUMNS: &[&str] = &[
    "start_utc",
    "start_local",
    "in_octets",
    "out_octets",
    "in_bps",
    "out_bps",
    "flags",
    "gap",
];

/// Slots as rows of a file: all that is needed to compute the figures again.
pub fn slot_rows(series: &Series, zone: Tz) -> Vec<Vec<String>> {
    let zone = series.zone.unwrap_or(zone);
    let row = |slot: &Slot| {
        let number =
            |octets: Option<u64>| octets.map(|octets| octets.to_string()).unwrap_or_default();
        let rate = |rate: Option<BitsPerSecond>| {
            rate.map(|rate| rate.get().to_string()).unwrap_or_default()
        };
        vec![
            slot.start.to_rfc3339(),
            slot.start.local_minute(zone),
            number(slot.in_octets),
            number(slot.out_octets),
            rate(slot.in_bps()),
            rate(slot.out_bps()),
            flags(slot.flags).join(" "),
            slot.gap
                .map(|gap| gap.as_str())
                .unwrap_or_default()
                .to_owned(),
        ]
    };
    series.slots.iter().map(row).collect()
}

/// What the graph macro needs for each member of an allocation, drawn by itself.
pub fn member_contexts(query: &SpanQuery, asked: Period, members: &[MemberSeries]) -> Vec<Value> {
    let context = |member: &MemberSeries| {
        let (span, port) = (member.span, member.link.link.port_id);
        let is_whole = span == asked;
        let range = query.range().filter(|_| is_whole);
        let given = |at: Timestamp| range.is_none().then(|| at.to_rfc3339());
        json!({
            "name": format!("port-{}", member.link.link.id),
            "title": format!("{} {}", member.link.device, member.link.port),
            "href": format!("/ports/{port}"),
            "series": format!("/api/v1/ports/{port}/series"),
            "range": range.unwrap_or("day"),
            "base_href": format!("/ports/{port}?range="),
            "from": given(span.from),
            "to": given(span.until),
            "csv_href": format!("/ports/{port}.csv?from={}&to={}", span.from.to_rfc3339(), span.until.to_rfc3339()),
            "summary": SummaryJson::of_parts(&member.summary, member.figure.rate),
        })
    };
    members.iter().map(context).collect()
}

/// What an address carries on so that the comparison goes with it; begins with `&` unless it is empty.
fn compare_query(query: &SpanQuery) -> String {
    let part = |name: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => {
            format!("&{name}={}", RawStr::new(text).percent_encode())
        }
        _ => String::new(),
    };
    part("with", &query.with) + &part("against", &query.against)
}

/// What the graph macro needs: the endpoint, the time shown, the file.
pub fn graph_context(query: &SpanQuery, series: &Series, page: &str, endpoint: &str) -> Value {
    let range = query.range();
    let asked = series.asked;
    let csv = match range {
        Some(range) => format!("{page}.csv?range={range}"),
        None => format!(
            "{page}.csv?from={}&to={}",
            asked.from.to_rfc3339(),
            asked.until.to_rfc3339()
        ),
    };
    let given = |at: Timestamp| range.is_none().then(|| at.to_rfc3339());
    // Buttons and fetches go on comparing.
    let compared = compare_query(query);
    let compared = compared.strip_prefix('&');
    json!({
        "series": compared.map_or(endpoint.to_owned(), |with| format!("{endpoint}?{with}")),
        "range": range.unwrap_or("day"),
        "base_href": compared.map_or(format!("{page}?range="), |with| format!("{page}?{with}&range=")),
        "from": given(asked.from),
        "to": given(asked.until),
        "csv_href": csv,
        "summary": SummaryJson::of(series),
        "committed_bps": bps(series.committed),
    })
}

/// An id followed by `.csv`, as the last part of an address.
pub struct CsvId(pub i64);

impl<'r> rocket::request::FromParam<'r> for CsvId {
    type Error = &'r str;

    fn from_param(param: &'r str) -> Result<Self, &'r str> {
        let id = param.strip_suffix(".csv").and_then(|id| id.parse().ok());
        id.map(Self).ok_or(param)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_001);

    fn blank() -> SpanQuery {
        <SpanQuery as Default>::default()
    }

    fn query(from: &str, to: &str) -> SpanQuery {
        SpanQuery {
            from: Some(from.into()),
            to: Some(to.into()),
            ..blank()
        }
    }

    #[test]
    fn a_range_ends_with_the_slot_that_runs() {
        let week = SpanQuery {
            range: Some("week".into()),
            ..blank()
        };
        let period = week.period(NOW, Tz::UTC).unwrap();
        assert_eq!(period.until.millis(), 1_795_334_700_000);
        assert_eq!(period.until.since_millis(period.from), 7 * DAY_MS);
        assert_eq!(blank().range(), Some("day"));
    }

    #[test]
    fn dates_are_read_as_people_and_programs_write_them() {
        let shanghai = chrono_tz::Asia::Shanghai;
        for from in [
            "2026-11-01T00:00:00+08:00",
            "2026-11-01T00:00:00 08:00",
            "2026-10-31T16:00:00Z",
            "2026-11-01",
            "2026-11-01 00:00",
        ] {
            let period = query(from, "2026-11-02").period(NOW, shanghai).unwrap();
            assert_eq!(
                period.from.to_rfc3339(),
                "2026-10-31T16:00:00.000Z",
                "{from}"
            );
        }
    }

    #[test]
    fn faults_name_their_field() {
        for (from, to, field) in [
            ("2026-11-02", "2026-11-01", "to"),
            ("2026-11-02", "2026-11-02", "to"),
            ("2024-11-02", "2026-11-02", "from"),
            ("soon", "2026-11-02", "from"),
            ("2026-11-02", "", "to"),
            ("", "2026-11-02", "from"),
        ] {
            let fault = query(from, to).period(NOW, Tz::UTC).unwrap_err();
            assert_eq!(fault.fields[0].field, field, "{from} {to}");
        }
        for points in ["0", "-1", "many", "10001"] {
            let query = SpanQuery {
                points: Some(points.into()),
                ..blank()
            };
            assert_eq!(query.points().unwrap_err().fields[0].field, "points");
        }
    }
}
