//! Slots of 300 s, aligned to the epoch: the unit every figure and bill is made of.
//!
//! The octets of an interval are spread evenly over its time in whole octets, so that poll jitter
//! moves nothing and the slots together hold exactly what the counter counted.

use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

use super::counter::{Delta, GapReason, Interval};

/// Length of a slot in milliseconds.
pub const SLOT_MS: i64 = 300_000;
/// Length of a slot in seconds.
pub const SLOT_SECONDS: u64 = 300;
/// At most so many slots are made at once (ten years).
pub const MAX_SLOTS: usize = 1_051_200;

/// Marks of a slot, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SlotFlags(u8);

impl SlotFlags {
    /// No mark.
    pub const NONE: Self = Self(0);
    /// Part of it comes from an interval too long to say when the octets passed.
    pub const ESTIMATED: Self = Self(1);
    /// Part of it is faster than 1.1 × line speed: left out of bills.
    pub const SUSPECT: Self = Self(2);
    /// Part of its time, a direction or (in a sum) a member has no data.
    pub const INCOMPLETE: Self = Self(4);

    /// Whether all marks of `other` are set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The marks of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// As bits: 1 estimated, 2 suspect, 4 incomplete.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From bits; unknown ones are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 7)
    }
}

/// The octets of 300 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its beginning, a multiple of 300 s.
    pub start: Timestamp,
    /// Octets received; `None` is a gap, never zero.
    pub in_octets: Option<u64>,
    /// Octets sent; `None` is a gap, never zero.
    pub out_octets: Option<u64>,
    /// Marks.
    pub flags: SlotFlags,
    /// Why part or all of it is not known, where a reading told.
    pub gap: Option<GapReason>,
}

impl Slot {
    /// A slot nothing is known of.
    #[must_use]
    pub const fn empty(start: Timestamp) -> Self {
        Self {
            start,
            in_octets: None,
            out_octets: None,
            flags: SlotFlags::NONE,
            gap: None,
        }
    }

    /// Whether neither direction has data.
    #[must_use]
    pub const fn is_gap(&self) -> bool {
        self.in_octets.is_none() && self.out_octets.is_none()
    }

    /// Mean rate received, rounded down to whole bits a second.
    #[must_use]
    pub fn in_bps(&self) -> Option<BitsPerSecond> {
        self.in_octets.map(rate_bps)
    }

    /// Mean rate sent, rounded down to whole bits a second.
    #[must_use]
    pub fn out_bps(&self) -> Option<BitsPerSecond> {
        self.out_octets.map(rate_bps)
    }
}

/// The mean rate of a slot that holds so many octets, rounded down to whole bits a second.
#[must_use]
pub fn rate_bps(octets: u64) -> BitsPerSecond {
    mean_rate_bps(u128::from(octets), SLOT_SECONDS)
}

/// The mean rate of so many octets in so many seconds, rounded down; 0 for no time.
#[must_use]
pub fn mean_rate_bps(octets: u128, seconds: u64) -> BitsPerSecond {
    let bits = octets.saturating_mul(8);
    let rate = bits.checked_div(u128::from(seconds)).unwrap_or(0);
    BitsPerSecond::new(i64::try_from(rate).unwrap_or(i64::MAX))
}

/// The beginning of the slot a time falls into.
#[must_use]
pub const fn slot_start(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().saturating_sub(at.millis().rem_euclid(SLOT_MS)))
}

/// All slots from the one `from` falls into to the last that starts before `until`, gaps included.
///
/// Parts of intervals outside are left out. Intervals of one port do not overlap; those of
/// [`super::counter::intervals`] never do. At most [`MAX_SLOTS`] slots are made.
#[must_use]
pub fn slots(
    intervals: impl IntoIterator<Item = Interval>,
    from: Timestamp,
    until: Timestamp,
) -> Vec<Slot> {
    let mut fold = Fold::new(from, until);
    for interval in intervals {
        fold.add(&interval);
    }
    fold.finish()
}

/// Milliseconds of a slot of which something is known, received and sent.
type Known = (i64, i64);

struct Fold {
    first_ms: i64,
    slots: Vec<Slot>,
    known: Vec<Known>,
}

impl Fold {
    fn new(from: Timestamp, until: Timestamp) -> Self {
        let first_ms = slot_start(from).millis();
        let long_ms = until.millis().saturating_sub(first_ms).max(0);
        let count = usize::try_from(long_ms / SLOT_MS + i64::from(long_ms % SLOT_MS > 0))
            .unwrap_or(MAX_SLOTS)
            .min(MAX_SLOTS);
        let mut slots = Vec::with_capacity(count);
        slots.extend(
            (0..count as i64)
                .map_while(|n| first_ms.checked_add(n * SLOT_MS))
                .map(|start_ms| Slot::empty(Timestamp::from_millis(start_ms))),
        );
        Self {
            first_ms,
            known: vec![(0, 0); slots.len()],
            slots,
        }
    }

    fn add(&mut self, interval: &Interval) {
        let (from_ms, until_ms) = (interval.from.millis(), interval.until.millis());
        if until_ms <= from_ms {
            return;
        }
        let skip = from_ms.saturating_sub(self.first_ms).div_euclid(SLOT_MS);
        let skip = usize::try_from(skip).unwrap_or(0);
        let mut begin_ms = from_ms.max(self.first_ms);
        let mut inward = Share::of(interval.octets_in, interval, begin_ms);
        let mut outward = Share::of(interval.octets_out, interval, begin_ms);
        let touched = self.slots.iter_mut().zip(&mut self.known).skip(skip);
        for (slot, known) in touched {
            let start_ms = slot.start.millis();
            if start_ms >= until_ms {
                break;
            }
            let end_ms = start_ms.saturating_add(SLOT_MS).min(until_ms);
            let shares = (inward.until(end_ms), outward.until(end_ms));
            slot.add(known, interval, end_ms - begin_ms, shares);
            begin_ms = end_ms;
        }
    }

    fn finish(mut self) -> Vec<Slot> {
        for (slot, (known_in_ms, known_out_ms)) in self.slots.iter_mut().zip(self.known) {
            let part = known_in_ms < SLOT_MS || known_out_ms < SLOT_MS;
            slot.mark(part && !slot.is_gap(), SlotFlags::INCOMPLETE);
        }
        self.slots
    }
}

impl Slot {
    fn add(
        &mut self,
        known: &mut Known,
        interval: &Interval,
        long_ms: i64,
        (inward, outward): (Option<u64>, Option<u64>),
    ) {
        if let Some(octets) = inward {
            known.0 += long_ms;
            add_to(&mut self.in_octets, octets);
        }
        if let Some(octets) = outward {
            known.1 += long_ms;
            add_to(&mut self.out_octets, octets);
        }
        for delta in [interval.octets_in, interval.octets_out] {
            if let Delta::Gap(reason) = delta {
                self.gap = Some(reason);
            }
        }
        if inward.is_some() || outward.is_some() {
            self.mark(interval.estimated, SlotFlags::ESTIMATED);
            self.mark(interval.suspect, SlotFlags::SUSPECT);
        }
    }

    fn mark(&mut self, yes: bool, flag: SlotFlags) {
        if yes {
            self.flags = self.flags.with(flag);
        }
    }
}

fn add_to(sum: &mut Option<u64>, octets: u64) {
    *sum = Some(sum.unwrap_or(0).saturating_add(octets));
}

/// An interval's octets of one direction, given out slot by slot: each gets the difference of two rounded-down
/// running sums, so that the shares always add up to the whole.
struct Share {
    octets: Option<u64>,
    from_ms: i64,
    length_ms: u64,
    given: u64,
}

impl Share {
    /// The octets of an interval from `begin_ms` on; what lies before it is given to nobody.
    fn of(delta: Delta, interval: &Interval, begin_ms: i64) -> Self {
        let from_ms = interval.from.millis();
        let mut share = Self {
            octets: delta.octets(),
            from_ms,
            length_ms: interval.until.millis().abs_diff(from_ms),
            given: 0,
        };
        share.given = share
            .octets
            .map_or(0, |octets| share.passed(octets, begin_ms));
        share
    }

    /// What passed since the last time that was asked for.
    fn until(&mut self, end_ms: i64) -> Option<u64> {
        let passed = self.passed(self.octets?, end_ms);
        let share = passed.checked_sub(self.given);
        self.given = passed;
        share
    }

    /// What passed since the beginning of the interval, rounded down.
    fn passed(&self, octets: u64, at_ms: i64) -> u64 {
        let into_ms = at_ms.abs_diff(self.from_ms);
        if into_ms == 0 {
            return 0;
        }
        if into_ms == self.length_ms {
            return octets;
        }
        // Wide only where it must be: a division of 128 bits costs five of 64.
        match octets.checked_mul(into_ms) {
            Some(product) => product.checked_div(self.length_ms).unwrap_or(0),
            None => {
                let product = u128::from(octets) * u128::from(into_ms);
                let passed = product.checked_div(u128::from(self.length_ms));
                u64::try_from(passed.unwrap_or(0)).unwrap_or(u64::MAX)
            }
        }
    }
}

#[cfg(test)]
#[path = "slot_tests.rs"]
mod tests;
