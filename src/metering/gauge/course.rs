//! The course of gauges over time: readings in slots, sums of several gauges, points of a graph and figures.
//!
//! A slot's number is the mean of the readings in it. Polls wobble: a slot without a reading takes one from at most
//! [`WOBBLE_MS`] before it, and of a device that is asked more seldom than there are slots from as much longer. Else it
//! is a gap, and stays one.

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

    /// Slots of readings in order of time; a reading stands for slots that begin at most `reach_ms` after it, and
    /// readings from so long before the time may be among them.
    #[must_use]
    pub fn of_readings(readings: &[(Timestamp, i64)], period: Period, reach_ms: i64) -> Self {
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
            let near = before.filter(|(at, _)| start.since_millis(*at) <= reach_ms);
            *cell = cell_of(of, near);
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

    /// Makes gaps of the cells that begin before a time.
    pub fn hide_before(&mut self, since: Timestamp) {
        let hidden_ms = since.since_millis(self.start);
        let hidden = (hidden_ms + self.step_ms - 1).div_euclid(self.step_ms);
        let hidden = usize::try_from(hidden).unwrap_or(0);
        for cell in self.cells.iter_mut().take(hidden) {
            *cell = None;
        }
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

/// Adds up courses of the same time, one after the other: where a member has a gap the sum of the others is marked
/// incomplete, and where all have one it is a gap. None gives a course of gaps.
#[derive(Clone, Debug)]
pub struct CourseSum {
    course: Course,
    tallies: Vec<Tally>,
    members: usize,
}

#[derive(Clone, Copy, Debug)]
struct Tally {
    known: usize,
    total: Cell,
}

impl Tally {
    fn add(&mut self, cell: Cell) {
        self.known += 1;
        self.total.mean = self.total.mean.saturating_add(cell.mean);
        self.total.least = self.total.least.saturating_add(cell.least);
        self.total.most = self.total.most.saturating_add(cell.most);
        self.total.incomplete |= cell.incomplete;
    }
}

impl CourseSum {
    /// A sum of nothing yet.
    #[must_use]
    pub fn new(period: Period, step_ms: i64) -> Self {
        let course = Course::empty(period, step_ms);
        let none = Tally {
            known: 0,
            total: Cell::of(0),
        };
        Self {
            tallies: vec![none; course.cells.len()],
            course,
            members: 0,
        }
    }

    /// Adds a member that was there from `from` until `until`: outside of that nothing is missing of it.
    pub fn add(&mut self, member: &Course, from: Timestamp, until: Option<Timestamp>) {
        self.members += 1;
        let mut start = self.course.start;
        for (tally, cell) in self.tallies.iter_mut().zip(&member.cells) {
            let end = start.plus_millis(self.course.step_ms);
            match cell {
                Some(cell) => tally.add(*cell),
                None => {
                    let is_there = from < end && until.is_none_or(|until| start < until);
                    tally.total.incomplete |= is_there;
                }
            }
            start = end;
        }
    }

    /// The sum; `incomplete` when there is a part that nothing measures.
    #[must_use]
    pub fn finish(self, incomplete: bool) -> Course {
        // When each of several was at its most is not known: only the means add up.
        let alone = self.members == 1;
        let mut course = self.course;
        for (cell, tally) in course.cells.iter_mut().zip(self.tallies) {
            let mut total = tally.total;
            if !alone {
                (total.least, total.most) = (total.mean, total.mean);
            }
            total.incomplete |= incomplete;
            *cell = (tally.known > 0).then_some(total);
        }
        course
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

fn cell_of(readings: &[(Timestamp, i64)], near: Option<(Timestamp, i64)>) -> Option<Cell> {
    let values = || readings.iter().map(|(_, value)| *value);
    let (Some(least), Some(most)) = (values().min(), values().max()) else {
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
