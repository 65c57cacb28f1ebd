//! The course of gauges over time: readings in slots, sums of several gauges, points of a graph and figures.
//!
//! A slot's number is the mean of the readings in it. Polls wobble: a slot without a reading takes one from at most
//! [`WOBBLE_MS`] before it. Else it is a gap, and stays one.

use super::hours::{GaugeHour, mean};
use crate::base::time::Timestamp;
use crate::metering::period::Period;
use crate::metering::rollup::HOUR_MS;
use crate::metering::slot::{MAX_SLOTS, SLOT_MS};

/// How long before a slot a reading may have been that stands for it too.
pub const WOBBLE_MS: i64 = 60_000;

/// What is known of a slot or an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The mean.
    pub mean: i64,
    /// The least.
    pub least: i64,
    /// The most.
    pub most: i64,
    /// Whether a part of what is added up is not in it.
    pub incomplete: bool,
}

impl Cell {
    const fn of(value: i64) -> Self {
        Self {
            mean: value,
            least: value,
            most: value,
            incomplete: false,
        }
    }
}

/// Cells of equal length without holes between them; `None` is a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Beginning of the first, a multiple of the step.
    pub start: Timestamp,
    /// Length of each in milliseconds.
    pub step_ms: i64,
    /// The cells.
    pub cells: Vec<Option<Cell>>,
}

impl Course {
    /// Gaps for a time.
    #[must_use]
    pub fn empty(period: Period, step_ms: i64) -> Self {
        let first = period.from.millis().div_euclid(step_ms);
        let last = (period.until.millis() + step_ms - 1).div_euclid(step_ms);
        let count = usize::try_from(last - first).unwrap_or(0).min(MAX_SLOTS);
        Self {
            start: Timestamp::from_millis(first * step_ms),
            step_ms,
            cells: vec![None; count],
        }
    }

    /// Slots of readings in order of time; readings from [`WOBBLE_MS`] before the time may be among them.
    #[must_use]
    pub fn of_readings(readings: &[(Timestamp, i64)], period: Period) -> Self {
        let mut course = Self::empty(period, SLOT_MS);
        let mut rest = readings;
        let mut start = course.start;
        let mut before: Option<(Timestamp, i64)> = None;
        for cell in &mut course.cells {
            let end = start.plus_millis(SLOT_MS);
            let passed = rest.partition_point(|(at, _)| *at < start);
            before = rest.get(..passed).and_then(<[_]>::last).copied().or(before);
            let inside = rest.partition_point(|(at, _)| *at < end);
            let of = rest.get(passed..inside).unwrap_or_default();
            *cell = cell_of(of, start, before);
            before = of.last().copied().or(before);
            rest = rest.get(inside..).unwrap_or_default();
            start = end;
        }
        course
    }

    /// Hours as they are kept.
    #[must_use]
    pub fn of_hours(hours: &[GaugeHour], period: Period) -> Self {
        let mut course = Self::empty(period, HOUR_MS);
        for hour in hours {
            let place = hour.start.since_millis(course.start).div_euclid(HOUR_MS);
            let cell = usize::try_from(place).ok();
            if let Some(cell) = cell.and_then(|place| course.cells.get_mut(place)) {
                *cell = Some(Cell {
                    mean: hour.mean(),
                    least: hour.least,
                    most: hour.most,
                    incomplete: false,
                });
            }
        }
        course
    }

    /// The sum of several courses of the same time: where a member has a gap the sum of the others is marked
    /// incomplete, and where all have one it is a gap. None gives a course of gaps.
    #[must_use]
    pub fn sum(members: &[Self], period: Period, step_ms: i64) -> Self {
        let mut sum = Self::empty(period, step_ms);
        let alone = members.len() == 1;
        for (place, cell) in sum.cells.iter_mut().enumerate() {
            let mut known = 0_usize;
            let mut total = Cell::of(0);
            for of in members
                .iter()
                .filter_map(|one| one.cells.get(place))
                .flatten()
            {
                known += 1;
                total.mean = total.mean.saturating_add(of.mean);
                // When each of several was at its most is not known: only the means add up.
                let (least, most) = if alone {
                    (of.least, of.most)
                } else {
                    (of.mean, of.mean)
                };
                total.least = total.least.saturating_add(least);
                total.most = total.most.saturating_add(most);
                total.incomplete |= of.incomplete;
            }
            total.incomplete |= known < members.len();
            *cell = (known > 0).then_some(total);
        }
        sum
    }

    /// At most `max_points` points, each of the same number of cells (the last may have fewer).
    #[must_use]
    pub fn points(&self, max_points: usize) -> Vec<CoursePoint> {
        let each = self.cells.len().div_ceil(max_points.max(1)).max(1);
        let step_ms = self.step_ms.saturating_mul(each as i64);
        let starts = (0_i64..).map(|n| self.start.plus_millis(n * step_ms));
        let chunks = self.cells.chunks(each).zip(starts);
        let points = chunks.map(|(cells, at)| CoursePoint {
            at,
            cell: folded(cells),
        });
        points.collect()
    }

    /// Milliseconds that each of these points stands for.
    #[must_use]
    pub fn point_ms(&self, max_points: usize) -> i64 {
        let each = self.cells.len().div_ceil(max_points.max(1)).max(1);
        self.step_ms.saturating_mul(each as i64)
    }

    /// Figures of all cells.
    #[must_use]
    pub fn figures(&self) -> CourseFigures {
        let known: Vec<&Cell> = self.cells.iter().flatten().collect();
        let sum: i128 = known.iter().map(|cell| i128::from(cell.mean)).sum();
        let count = i64::try_from(known.len()).unwrap_or(i64::MAX);
        let hours = i128::from(HOUR_MS / self.step_ms.clamp(1, HOUR_MS));
        CourseFigures {
            mean: (count > 0).then(|| mean(sum, count)),
            least: known.iter().map(|cell| cell.least).min(),
            most: known.iter().map(|cell| cell.most).max(),
            per_hour: i64::try_from(sum / hours).unwrap_or(i64::MAX),
            cells: self.cells.len(),
            gaps: self.cells.len() - known.len(),
            incomplete: known.iter().filter(|cell| cell.incomplete).count(),
        }
    }
}

/// A point of a graph; no cell is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoursePoint {
    /// Its beginning.
    pub at: Timestamp,
    /// What is known of it.
    pub cell: Option<Cell>,
}

/// Figures of a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CourseFigures {
    /// Mean of the cells that are known.
    pub mean: Option<i64>,
    /// The least.
    pub least: Option<i64>,
    /// The most.
    pub most: Option<i64>,
    /// The number times hours, over the cells that are known: watt-hours of watts.
    pub per_hour: i64,
    /// All cells.
    pub cells: usize,
    /// Cells of which nothing is known.
    pub gaps: usize,
    /// Cells in which a part is not known.
    pub incomplete: usize,
}

fn cell_of(
    readings: &[(Timestamp, i64)],
    start: Timestamp,
    before: Option<(Timestamp, i64)>,
) -> Option<Cell> {
    let values = || readings.iter().map(|(_, value)| *value);
    let (Some(least), Some(most)) = (values().min(), values().max()) else {
        let near = before.filter(|(at, _)| start.since_millis(*at) <= WOBBLE_MS);
        return near.map(|(_, value)| Cell::of(value));
    };
    let sum: i128 = values().map(i128::from).sum();
    Some(Cell {
        mean: mean(sum, i64::try_from(readings.len()).unwrap_or(i64::MAX)),
        least,
        most,
        incomplete: false,
    })
}

fn folded(cells: &[Option<Cell>]) -> Option<Cell> {
    let known: Vec<&Cell> = cells.iter().flatten().collect();
    let sum: i128 = known.iter().map(|cell| i128::from(cell.mean)).sum();
    Some(Cell {
        mean: mean(sum, i64::try_from(known.len()).unwrap_or(i64::MAX)),
        least: known.iter().map(|cell| cell.least).min()?,
        most: known.iter().map(|cell| cell.most).max()?,
        incomplete: known.len() < cells.len() || known.iter().any(|cell| cell.incomplete),
    })
}

#[cfg(test)]
#[path = "course_tests.rs"]
mod tests;
