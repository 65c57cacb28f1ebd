//! What is drawn of a series: some hundreds of points and the levels beside them.

use crate::base::units::BitsPerSecond;
use crate::metering::rollup;
use crate::metering::series::{Point, points};
use crate::metering::slot::{SLOT_MS, Slot};
use crate::metering::{LongSeries, Series};

/// Points that are worth drawing.
const DRAWN_POINTS: usize = 430;

/// A curve of both directions.
#[derive(Debug, Clone)]
pub struct Curve {
    /// Points in order of time.
    pub points: Vec<Point>,
    /// How long a point is, milliseconds.
    pub step_ms: i64,
    /// The 95th percentile, where there is one.
    pub p95: Option<BitsPerSecond>,
    /// The committed rate, where there is one.
    pub committed: Option<BitsPerSecond>,
    /// How much later it is drawn than it was: an earlier period beside a later one.
    pub shift_ms: i64,
    /// What it is called beside another one; empty alone.
    pub name: String,
}

impl Curve {
    /// The curve of a series.
    pub fn of(series: &Series) -> Self {
        Self {
            p95: series.figure.rate,
            committed: series.committed,
            ..Self::of_slots(&series.slots)
        }
    }

    /// The curve of slots, without levels.
    pub fn of_slots(slots: &[Slot]) -> Self {
        let (from, until) = match (slots.first(), slots.last()) {
            (Some(first), Some(last)) => (first.start, last.start.plus_millis(1)),
            _ => Default::default(),
        };
        let per_point = slots.len().div_ceil(DRAWN_POINTS).max(1);
        Self {
            points: points(slots, from, until, DRAWN_POINTS),
            step_ms: i64::try_from(per_point).unwrap_or(1) * SLOT_MS,
            p95: None,
            committed: None,
            shift_ms: 0,
            name: String::new(),
        }
    }

    /// The curve of a long series, without levels.
    pub fn of_hours(series: &LongSeries) -> Self {
        Self {
            points: rollup::points(&series.hours, DRAWN_POINTS),
            step_ms: rollup::hours_per_point(&series.hours, DRAWN_POINTS) * rollup::HOUR_MS,
            p95: None,
            committed: None,
            shift_ms: 0,
            name: String::new(),
        }
    }

    /// The largest rate of it, levels included.
    pub(super) fn most_bps(&self) -> i64 {
        let points = self.points.iter();
        let rates = points.flat_map(|point| [point.in_bps_mean, point.out_bps_mean]);
        let all = rates.chain([self.p95, self.committed]).flatten();
        all.map(BitsPerSecond::get).max().unwrap_or(0)
    }
}
