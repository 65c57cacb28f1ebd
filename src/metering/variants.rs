//! Rules that Chinese carriers bill by, on the same slots: for comparison beside the contract's own rule.
//!
//! A sample is a slot's larger direction, without suspect slots and gaps. A *valid* day is a local day with any
//! traffic; an *existing* day is one in which the contract is in force. All of it in whole octets, rounded down
//! once at the end. Carriers differ in details; what is computed here is:
//!
//! - month 95 by valid days: nearest-rank 95th of the samples of the valid days × valid days ÷ days of the period;
//! - fifth daily peak: a day's peak is its fifth largest sample (of fewer than five the smallest); the mean of the
//!   five largest of these × valid days ÷ days of the period;
//! - mean of daily peaks: the largest sample of each valid day, their mean over the valid days;
//! - daily minimum (保底): a part of the cap × existing days ÷ days of the period, below which the fifth peak is
//!   not billed. The part is 20 % unless a contract says otherwise.

use chrono_tz::Tz;

use super::percentile::{Direction, octets_by, p95};
use super::period::{Period, days_of};
use super::slot::{SLOT_SECONDS, Slot, SlotFlags};
use crate::base::units::BitsPerSecond;

/// Part of the cap that is due in any case, in hundredths, as the carriers have it.
pub const USUAL_MINIMUM_PERCENT: u32 = 20;
/// Place of a day's peak among its samples, and how many days' peaks make the figure.
const FIFTH: usize = 5;

/// Days that the figures are weighed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// Local days of the whole period.
    pub days: usize,
    /// Days in which the contract is in force.
    pub existing: usize,
    /// Days with any traffic.
    pub valid: usize,
}

/// What the carriers' rules make of the slots of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variants {
    /// Days.
    pub days: DayCounts,
    /// Month 95 by valid days; `None` without traffic.
    pub month_95: Option<BitsPerSecond>,
    /// Fifth daily peak; `None` without traffic.
    pub fifth_peak: Option<BitsPerSecond>,
    /// Mean of daily peaks; `None` without traffic.
    pub peak_mean: Option<BitsPerSecond>,
    /// The daily minimum over the existing days.
    pub minimum: BitsPerSecond,
    /// The fifth daily peak, or the minimum where that is more.
    pub fifth_peak_or_minimum: BitsPerSecond,
}

/// What the days of a period depend on.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The whole period.
    pub period: Period,
    /// The part of it in which the contract is in force.
    pub existing: Period,
    /// Zone of its days.
    pub zone: Tz,
    /// The rate that the minimum is a part of: the burst rate, or the committed rate where there is none.
    pub cap: BitsPerSecond,
    /// That part in hundredths.
    pub minimum_percent: u32,
}

/// The figures of the carriers' rules; `slots` are those of the period in order of time.
#[must_use]
pub fn variants(slots: &[Slot], terms: &Terms) -> Variants {
    let all_days = days_of(terms.period, terms.zone);
    let mut valid: Vec<Vec<u64>> = all_days
        .iter()
        .map(|day| samples(slots, *day))
        .filter(|samples| samples.iter().any(|octets| *octets > 0))
        .collect();
    let overlaps =
        |day: &&Period| day.from < terms.existing.until && terms.existing.from < day.until;
    let days = DayCounts {
        days: all_days.len(),
        existing: all_days.iter().filter(overlaps).count(),
        valid: valid.len(),
    };
    for samples in &mut valid {
        samples.sort_unstable_by(|a, b| b.cmp(a));
    }
    let fifth_peak = fifth_peak(&valid, days);
    let minimum = minimum(terms, days);
    Variants {
        days,
        month_95: month_95(&valid, days),
        fifth_peak,
        peak_mean: peak_mean(&valid),
        minimum,
        fifth_peak_or_minimum: fifth_peak.map_or(minimum, |peak| peak.max(minimum)),
    }
}

fn samples(slots: &[Slot], day: Period) -> Vec<u64> {
    let begin = slots.partition_point(|slot| slot.start < day.from);
    let end = slots.partition_point(|slot| slot.start < day.until);
    let of_day = slots.get(begin..end).unwrap_or_default();
    of_day
        .iter()
        .filter(|slot| !slot.flags.contains(SlotFlags::SUSPECT))
        .filter_map(|slot| octets_by(Direction::P95OfMax, slot))
        .collect()
}

fn month_95(valid: &[Vec<u64>], days: DayCounts) -> Option<BitsPerSecond> {
    let mut all: Vec<u64> = valid.iter().flatten().copied().collect();
    let octets = p95(&mut all)?;
    rate(octets.into(), 1, (days.valid, days.days))
}

/// Days' samples are in descending order.
fn fifth_peak(valid: &[Vec<u64>], days: DayCounts) -> Option<BitsPerSecond> {
    let mut peaks: Vec<u64> = valid
        .iter()
        .filter_map(|samples| samples.get(FIFTH - 1).or(samples.last()).copied())
        .collect();
    peaks.sort_unstable_by(|a, b| b.cmp(a));
    peaks.truncate(FIFTH);
    let sum = peaks.iter().copied().map(u128::from).sum();
    rate(sum, peaks.len(), (days.valid, days.days))
}

fn peak_mean(valid: &[Vec<u64>]) -> Option<BitsPerSecond> {
    let peaks = valid.iter().filter_map(|samples| samples.first().copied());
    rate(peaks.map(u128::from).sum(), valid.len(), (1, 1))
}

/// The mean of `count` slots that hold `octets` together, times a fraction; `None` for a division by nothing.
fn rate(octets: u128, count: usize, fraction: (usize, usize)) -> Option<BitsPerSecond> {
    let number = |n: usize| u128::try_from(n).unwrap_or(u128::MAX);
    let bits = octets.saturating_mul(8).saturating_mul(number(fraction.0));
    let seconds = number(count).saturating_mul(u128::from(SLOT_SECONDS));
    let rate = bits.checked_div(seconds.saturating_mul(number(fraction.1)))?;
    Some(BitsPerSecond::new(i64::try_from(rate).unwrap_or(i64::MAX)))
}

fn minimum(terms: &Terms, days: DayCounts) -> BitsPerSecond {
    let number = |n: usize| i128::try_from(n).unwrap_or(0);
    let part =
        i128::from(terms.cap.get()) * i128::from(terms.minimum_percent) * number(days.existing);
    let minimum = part.checked_div(100 * number(days.days)).unwrap_or(0);
    BitsPerSecond::new(i64::try_from(minimum).unwrap_or(i64::MAX))
}

#[cfg(test)]
#[path = "variants_tests.rs"]
mod tests;
