//! The course of gauges and of power as programs, pages and files see it.

use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::spans::SpanQuery;
use crate::base::fault::Fault;
use crate::base::gauge::Quantity;
use crate::base::time::Timestamp;
use crate::metering::gauge::course::Course;
use crate::metering::period::Period;
use crate::metering::{LONGEST_GRAPH_DAYS, PowerBasis, PowerNow, checked_span};
use crate::web::csv_file::csv_answer;
use crate::web::view::Answer;

/// Columns of a course as a file.
const COURSE_COLUMNS: &[&str] = &["from", "mean", "least", "most", "unit", "incomplete"];

/// A course as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseJson {
    /// Beginning of the time asked for, RFC 3339.
    from: String,
    /// End of it.
    to: String,
    /// Seconds a point stands for.
    step_s: i64,
    /// `active_power`, `current`, `temperature` and so on.
    quantity: String,
    /// Unit of the numbers once their decimals are counted.
    unit: &'static str,
    /// How many of the last digits of the numbers are decimals.
    decimals: u32,
    /// Points in order of time; where there is no data they are null.
    points: Vec<CoursePointJson>,
    /// Figures of the whole time.
    summary: CourseSummaryJson,
    /// How many gauges are added up.
    members: usize,
    /// Time zone of the place.
    zone: String,
}

/// A point of a course.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoursePointJson {
    /// Its beginning, milliseconds since 1970 (UTC).
    at_ms: i64,
    /// Mean.
    mean: Option<i64>,
    /// Least.
    least: Option<i64>,
    /// Most.
    most: Option<i64>,
    /// Whether a part is not in it.
    incomplete: bool,
}

/// Figures of a course.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseSummaryJson {
    /// Mean of what is known.
    mean: Option<i64>,
    /// Least.
    least: Option<i64>,
    /// Most.
    most: Option<i64>,
    /// Watt-hours of what is known; null for what is not power.
    watt_hours: Option<i64>,
    /// Slots of 300 s, or hours for a long time.
    slots: usize,
    /// Slots without data.
    gap_slots: usize,
    /// Slots in which a part has no data.
    incomplete_slots: usize,
}

impl CourseSummaryJson {
    fn of(course: &Course, quantity: Quantity) -> Self {
        let figures = course.figures();
        let is_power = quantity == Quantity::ActivePower && figures.mean.is_some();
        Self {
            mean: figures.mean,
            least: figures.least,
            most: figures.most,
            watt_hours: is_power.then_some(figures.per_hour),
            slots: figures.cells - figures.gaps,
            gap_slots: figures.gaps,
            incomplete_slots: figures.incomplete,
        }
    }
}

/// A course with what a reader must know of it.
pub struct Shown<'a> {
    /// The course.
    pub course: &'a Course,
    /// What it measures.
    pub quantity: Quantity,
    /// How many gauges are added up.
    pub members: usize,
    /// The time asked for.
    pub asked: Period,
    /// The zone of the place.
    pub zone: Tz,
}

impl Shown<'_> {
    /// For programs and graphs.
    pub fn json(&self, max_points: usize) -> CourseJson {
        let (unit, decimals) = self.quantity.shown_in();
        let points = self.course.points(max_points).into_iter().map(|point| {
            let cell = point.cell;
            CoursePointJson {
                at_ms: point.at.millis(),
                mean: cell.map(|cell| cell.mean),
                least: cell.map(|cell| cell.least),
                most: cell.map(|cell| cell.most),
                incomplete: cell.is_some_and(|cell| cell.incomplete),
            }
        });
        CourseJson {
            from: self.asked.from.to_rfc3339(),
            to: self.asked.until.to_rfc3339(),
            step_s: self.course.point_ms(max_points) / 1000,
            quantity: self.quantity.to_string(),
            unit,
            decimals,
            points: points.collect(),
            summary: CourseSummaryJson::of(self.course, self.quantity),
            members: self.members,
            zone: self.zone.name().to_owned(),
        }
    }

    /// As a file; `name` without the ending.
    pub fn csv(&self, name: &str) -> Result<Answer, Fault> {
        let (unit, _) = self.quantity.shown_in();
        let number = |value: Option<i64>| {
            value
                .map(|value| self.quantity.text(value))
                .unwrap_or_default()
        };
        let rows: Vec<Vec<String>> = self
            .course
            .points(usize::MAX)
            .into_iter()
            .map(|point| {
                let cell = point.cell;
                vec![
                    point.at.to_rfc3339(),
                    number(cell.map(|cell| cell.mean)),
                    number(cell.map(|cell| cell.least)),
                    number(cell.map(|cell| cell.most)),
                    unit.to_owned(),
                    if cell.is_some_and(|cell| cell.incomplete) {
                        "yes"
                    } else {
                        "no"
                    }
                    .to_owned(),
                ]
            })
            .collect();
        csv_answer(name, COURSE_COLUMNS, &rows)
    }
}

/// What a template needs to draw a course; `endpoint` gives the numbers, `csv` the file.
pub(super) fn course_graph(
    query: &SpanQuery,
    shown: &Shown<'_>,
    page: &str,
    endpoint: String,
    csv: String,
) -> Value {
    let (unit, _) = shown.quantity.shown_in();
    let summary = CourseSummaryJson::of(shown.course, shown.quantity);
    let text = |value: Option<i64>| value.map(|value| shown.quantity.text(value));
    let dates = query.range().is_none();
    let (from, to) = (
        shown.asked.from.to_rfc3339(),
        shown.asked.until.to_rfc3339(),
    );
    let csv = match query.range() {
        Some(range) => format!("{csv}?range={range}"),
        None => format!("{csv}?from={from}&to={to}"),
    };
    json!({
        "series": endpoint,
        "csv_href": csv,
        "base_href": format!("{page}?range="),
        "range": query.range().unwrap_or("day"),
        "from": dates.then_some(from),
        "to": dates.then_some(to),
        "unit": unit,
        "quantity": shown.quantity,
        "mean": text(summary.mean),
        "least": text(summary.least),
        "most": text(summary.most),
        "kilowatt_hours": summary.watt_hours.map(|wh| Quantity::Energy.text(wh)),
        "slots": summary.slots,
        "gaps": summary.gap_slots,
        "incomplete": summary.incomplete_slots,
    })
}

/// Power now, as templates want it.
pub(super) fn now_value(now: &PowerNow) -> Value {
    json!({
        "watts": now.watts,
        "at": now.at,
        "members": now.members,
        "silent": now.silent,
        "outlets": now.outlets,
        "bmcs": now.bmcs,
        "basis": match now.basis {
            PowerBasis::Inlets => "inlets",
            PowerBasis::Outlets => "outlets",
            PowerBasis::Bmcs => "bmcs",
            PowerBasis::OutletsAndBmcs => "outlets-and-bmcs",
            PowerBasis::Nothing => "nothing",
        },
    })
}

/// The time a query asks for, of a course.
pub fn course_period(query: &SpanQuery, now: Timestamp, zone: Tz) -> Result<Period, Fault> {
    let period = query.graph_period(now, zone)?;
    checked_span(period.from, period.until, LONGEST_GRAPH_DAYS)
}
