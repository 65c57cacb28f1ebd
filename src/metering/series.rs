//! From slots to the points of a graph and the figures beside it.
//!
//! Points may be coarser than slots; the figures never are: they come from the 300 s slots.

use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

use super::percentile::{Counts, Direction, GapRule, percentile};
use super::slot::{SLOT_SECONDS, Slot, SlotFlags, mean_rate_bps, rate_bps};

/// One point of a graph: some neighbouring slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Start of its first slot.
    pub at: Timestamp,
    /// Mean received rate of its slots that have data; `None` is a gap.
    pub in_bps_mean: Option<BitsPerSecond>,
    /// Rate of its busiest slot, received.
    pub in_bps_max: Option<BitsPerSecond>,
    /// Mean sent rate of its slots that have data; `None` is a gap.
    pub out_bps_mean: Option<BitsPerSecond>,
    /// Rate of its busiest slot, sent.
    pub out_bps_max: Option<BitsPerSecond>,
    /// Marks of its slots; incomplete also when some of them are gaps.
    pub flags: SlotFlags,
}

/// The figures of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectionFigures {
    /// Mean rate over the slots with data.
    pub mean: Option<BitsPerSecond>,
    /// Rate of the busiest slot.
    pub max: Option<BitsPerSecond>,
    /// 95th percentile, gaps dropped.
    pub p95: Option<BitsPerSecond>,
    /// Octets that passed, as far as they are known.
    pub volume_octets: u128,
    /// What they were made of.
    pub counts: Counts,
}

/// The figures of a period, made of its slots; suspect slots are counted and left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Received.
    pub inward: DirectionFigures,
    /// Sent.
    pub outward: DirectionFigures,
    /// All slots.
    pub slots: usize,
    /// Slots with data in both directions that are not suspect.
    pub used: usize,
    /// Slots without data in a direction.
    pub gap: usize,
    /// Slots marked estimated.
    pub estimated: usize,
    /// Slots marked suspect.
    pub suspect: usize,
    /// Slots marked incomplete.
    pub incomplete: usize,
}

/// At most `max_points` points for the slots that start in `from..until`, each of the same number
/// of slots (the last may have fewer). A point is a gap only where all its slots are.
#[must_use]
pub fn points(slots: &[Slot], from: Timestamp, until: Timestamp, max_points: usize) -> Vec<Point> {
    let begin = slots.partition_point(|slot| slot.start < from);
    let end = slots.partition_point(|slot| slot.start < until);
    let shown = slots.get(begin..end).unwrap_or_default();
    let per_point = shown.len().div_ceil(max_points.max(1)).max(1);
    shown.chunks(per_point).filter_map(point).collect()
}

/// The figures of slots.
#[must_use]
pub fn summary(slots: &[Slot]) -> Summary {
    let mut total = Summary {
        inward: figures(slots, Direction::In),
        outward: figures(slots, Direction::Out),
        slots: slots.len(),
        ..Summary::default()
    };
    for slot in slots {
        let gap = slot.in_octets.is_none() || slot.out_octets.is_none();
        let suspect = slot.flags.contains(SlotFlags::SUSPECT);
        total.gap += usize::from(gap);
        total.suspect += usize::from(suspect);
        total.used += usize::from(!gap && !suspect);
        total.estimated += usize::from(slot.flags.contains(SlotFlags::ESTIMATED));
        total.incomplete += usize::from(slot.flags.contains(SlotFlags::INCOMPLETE));
    }
    total
}

fn figures(slots: &[Slot], direction: Direction) -> DirectionFigures {
    let known = slots
        .iter()
        .filter(|slot| !slot.flags.contains(SlotFlags::SUSPECT))
        .filter_map(|slot| match direction {
            Direction::Out => slot.out_octets,
            _ => slot.in_octets,
        });
    let rates = Rates::of(known);
    let p95 = percentile(slots, direction, GapRule::Drop);
    DirectionFigures {
        mean: rates.mean(),
        max: rates.max(),
        p95: p95.rate,
        volume_octets: rates.octets,
        counts: p95.counts,
    }
}

fn point(slots: &[Slot]) -> Option<Point> {
    let inward = Rates::of(slots.iter().filter_map(|slot| slot.in_octets));
    let outward = Rates::of(slots.iter().filter_map(|slot| slot.out_octets));
    let mut flags = slots
        .iter()
        .fold(SlotFlags::NONE, |all, slot| all.with(slot.flags));
    let known = slots.iter().filter(|slot| !slot.is_gap()).count();
    if known > 0 && known < slots.len() {
        flags = flags.with(SlotFlags::INCOMPLETE);
    }
    Some(Point {
        at: slots.first()?.start,
        in_bps_mean: inward.mean(),
        in_bps_max: inward.max(),
        out_bps_mean: outward.mean(),
        out_bps_max: outward.max(),
        flags,
    })
}

/// Running sum and maximum of slots' octets.
#[derive(Default)]
struct Rates {
    octets: u128,
    slots: u64,
    busiest: Option<u64>,
}

impl Rates {
    fn of(known: impl Iterator<Item = u64>) -> Self {
        known.fold(Self::default(), |mut all, octets| {
            all.octets += u128::from(octets);
            all.slots += 1;
            all.busiest = all.busiest.max(Some(octets));
            all
        })
    }

    fn mean(&self) -> Option<BitsPerSecond> {
        (self.slots > 0)
            .then(|| mean_rate_bps(self.octets, self.slots.saturating_mul(SLOT_SECONDS)))
    }

    fn max(&self) -> Option<BitsPerSecond> {
        self.busiest.map(rate_bps)
    }
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;
