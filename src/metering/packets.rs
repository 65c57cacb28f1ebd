//! Counters of a port besides its octets: unicast packets, errors and discards (RFC 2863 sections 3.1.7 and 6), and
//! what passed between two readings of them.

use super::counter::{GapReason, Reading, gap_of_both};
use crate::base::time::Timestamp;

/// How many counters there are besides octets.
pub const COUNTERS: usize = 6;
/// Place of ifInErrors among them.
pub const IN_ERRORS: usize = 2;
/// Place of ifOutErrors among them.
pub const OUT_ERRORS: usize = 3;

/// What a device said of a port's packets since its counters began; `None` where it said nothing usable or was not
/// asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketCounters {
    /// ifHCInUcastPkts.
    pub in_unicast: Option<u64>,
    /// ifHCOutUcastPkts.
    pub out_unicast: Option<u64>,
    /// ifInErrors.
    pub in_errors: Option<u32>,
    /// ifOutErrors.
    pub out_errors: Option<u32>,
    /// ifInDiscards.
    pub in_discards: Option<u32>,
    /// ifOutDiscards.
    pub out_discards: Option<u32>,
}

impl PacketCounters {
    /// Nothing said.
    pub const NONE: Self = Self {
        in_unicast: None,
        out_unicast: None,
        in_errors: None,
        out_errors: None,
        in_discards: None,
        out_discards: None,
    };

    /// All of them in their order.
    #[must_use]
    pub fn values(&self) -> [Option<u64>; COUNTERS] {
        [
            self.in_unicast,
            self.out_unicast,
            self.in_errors.map(u64::from),
            self.out_errors.map(u64::from),
            self.in_discards.map(u64::from),
            self.out_discards.map(u64::from),
        ]
    }

    /// From values in their order; `None` when one is larger than its counter.
    #[must_use]
    pub fn from_values(values: [Option<u64>; COUNTERS]) -> Option<Self> {
        let [in_unicast, out_unicast, rest @ ..] = values;
        let mut narrow = [None; 4];
        for (into, value) in narrow.iter_mut().zip(rest) {
            *into = value.map(u32::try_from).transpose().ok()?;
        }
        let [in_errors, out_errors, in_discards, out_discards] = narrow;
        Some(Self {
            in_unicast,
            out_unicast,
            in_errors,
            out_errors,
            in_discards,
            out_discards,
        })
    }

    /// Which of them are there, as bits from the lowest.
    #[must_use]
    pub fn mask(&self) -> u8 {
        let there = self.values().into_iter().enumerate();
        there.fold(0, |mask, (place, value)| {
            mask | u8::from(value.is_some()) << place
        })
    }
}

/// One reading of a port's packets.
#[derive(Clone, Copy, Debug)]
pub struct PacketReading {
    /// The reading they came with, for the judgement of restarts and discontinuities.
    pub with: Reading,
    /// What was said.
    pub said: PacketCounters,
}

/// What passed in some time, of each counter in the order of [`PacketCounters::values`]; `None` is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Time of the first reading.
    pub from: Timestamp,
    /// Time of the second reading.
    pub until: Timestamp,
    /// Packets, errors, discards.
    pub counts: [Option<u64>; COUNTERS],
}

impl Passed {
    /// So much of one counter in a time that began with the epoch.
    #[must_use]
    pub fn of_counter(place: usize, count: u64, length_ms: i64) -> Self {
        let mut counts = [None; COUNTERS];
        if let Some(of) = counts.get_mut(place) {
            *of = Some(count);
        }
        Self {
            from: Timestamp::from_millis(0),
            until: Timestamp::from_millis(length_ms),
            counts,
        }
    }

    /// Length in milliseconds.
    #[must_use]
    pub const fn length_ms(&self) -> i64 {
        self.until.since_millis(self.from)
    }

    /// What passed per minute of one counter, rounded to the nearest; 0 only where nothing passed.
    #[must_use]
    pub fn per_minute(&self, place: usize) -> Option<u64> {
        let count = (*self.counts.get(place)?)?;
        let long_ms = u128::try_from(self.length_ms()).ok().filter(|ms| *ms > 0)?;
        let rate = (u128::from(count) * 60_000 + long_ms / 2) / long_ms;
        let rate = u64::try_from(rate).ok()?;
        Some(if count > 0 { rate.max(1) } else { 0 })
    }
}

/// What passed between two readings of the same port. Nothing is known over a restart or a discontinuity, and of a
/// counter that is smaller than before: 32 bits of errors wrap so seldom that it was cleared.
#[must_use]
pub fn passed(prev: &PacketReading, next: &PacketReading) -> Passed {
    let elapsed_ms = next.with.at.since_millis(prev.with.at);
    let gap = gap_of_both(
        &prev.with,
        &next.with,
        u64::try_from(elapsed_ms).unwrap_or(0),
    )
    // The width of octet counters does not touch the others.
    .filter(|reason| *reason != GapReason::WidthChanged);
    let mut counts = [None; COUNTERS];
    if gap.is_none() {
        let pairs = prev.said.values().into_iter().zip(next.said.values());
        for (count, pair) in counts.iter_mut().zip(pairs) {
            *count = match pair {
                (Some(before), Some(after)) => after.checked_sub(before),
                _ => None,
            };
        }
    }
    Passed {
        from: prev.with.at,
        until: next.with.at,
        counts,
    }
}

/// Of each counter what passed between its readings, in order of time. A counter that was left out of a reading
/// (packets are read less often than errors) is known over the whole time between those that have it: so there
/// is a series for each.
#[must_use]
pub fn series(readings: &[PacketReading]) -> [Vec<Passed>; COUNTERS] {
    std::array::from_fn(|place| {
        let mut all = Vec::new();
        let mut last: Option<&PacketReading> = None;
        for reading in readings {
            if reading.said.values().get(place).is_none_or(Option::is_none) {
                continue;
            }
            if let Some(before) = last
                && reading.with.at > before.with.at
            {
                let mut of = passed(before, reading);
                for (other, count) in of.counts.iter_mut().enumerate() {
                    if other != place {
                        *count = None;
                    }
                }
                all.push(of);
            }
            last = Some(reading);
        }
        all
    })
}

#[cfg(test)]
#[path = "packets_tests.rs"]
pub(super) mod tests;
