//! What a billing period comes to so far, and where it is going.

use super::percentile::{Direction, Figure, GapRule, octets_by, percentile, rank_of_95th};
use super::slot::{SLOT_SECONDS, Slot, SlotFlags, rate_bps};
use crate::base::units::{BitsPerSecond, Seconds};

/// Slots of a week and of a day: what the rest of a period is expected to look like.
const WEEK_SLOTS: usize = 2_016;
const DAY_SLOTS: usize = 288;

/// The contract's terms that the figures of a period depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contract {
    /// How the two directions make one figure.
    pub direction: Direction,
    /// What a slot without data counts as.
    pub gaps: GapRule,
    /// What is paid for in any case.
    pub committed: BitsPerSecond,
    /// Slots of the period while the contract is in force.
    pub period_slots: usize,
}

/// Slots that may be above the commitment without being billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    /// Slots above the rank of the 95th when the period is over.
    pub free_slots: usize,
    /// Slots above the commitment so far.
    pub used_slots: usize,
}

impl Burst {
    /// Slots left, never below none.
    #[must_use]
    pub const fn left_slots(self) -> usize {
        self.free_slots.saturating_sub(self.used_slots)
    }

    /// Time left.
    #[must_use]
    pub fn left(self) -> Seconds {
        let seconds = u64::try_from(self.left_slots()).unwrap_or(0) * SLOT_SECONDS;
        Seconds::new(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}

/// Figures of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The 95th of what is there.
    pub figure: Figure,
    /// How much of it is above the commitment; `None` without data.
    pub overage: Option<BitsPerSecond>,
    /// The 95th at the end of the period if it goes on like the last week (see [`forecast`]).
    pub forecast: Option<BitsPerSecond>,
    /// Free slots, for the direction that has used most of them.
    pub burst: Burst,
}

/// The figures of a period's slots, from its first one on without holes.
#[must_use]
pub fn usage(slots: &[Slot], contract: &Contract) -> Usage {
    let figure = percentile(slots, contract.direction, contract.gaps);
    Usage {
        overage: figure.rate.map(|rate| overage(rate, contract.committed)),
        forecast: forecast(slots, contract),
        burst: burst(slots, contract),
        figure,
    }
}

/// How much of a rate is above the commitment.
#[must_use]
pub fn overage(rate: BitsPerSecond, committed: BitsPerSecond) -> BitsPerSecond {
    BitsPerSecond::new(rate.get().saturating_sub(committed.get()).max(0))
}

/// The 95th at the end of the period if each slot to come is like the one a week before it, or a day before it
/// while there is no week yet; `None` before the first day is over. When all slots are there it is the figure.
#[must_use]
pub fn forecast(slots: &[Slot], contract: &Contract) -> Option<BitsPerSecond> {
    let back = match slots.len() {
        there if there >= contract.period_slots => {
            return percentile(slots, contract.direction, contract.gaps).rate;
        }
        WEEK_SLOTS.. => WEEK_SLOTS,
        DAY_SLOTS.. => DAY_SLOTS,
        _ => return None,
    };
    let mut all = slots.to_vec();
    while all.len() < contract.period_slots {
        let like = all.get(all.len().checked_sub(back)?).copied()?;
        all.push(like);
    }
    percentile(&all, contract.direction, contract.gaps).rate
}

/// The free slots of a period and how many are used.
#[must_use]
pub fn burst(slots: &[Slot], contract: &Contract) -> Burst {
    match contract.direction {
        Direction::MaxOfP95 => {
            let [inward, outward] = [Direction::In, Direction::Out]
                .map(|direction| burst_of(slots, contract, direction));
            if outward.left_slots() < inward.left_slots() {
                outward
            } else {
                inward
            }
        }
        direction => burst_of(slots, contract, direction),
    }
}

fn burst_of(slots: &[Slot], contract: &Contract, direction: Direction) -> Burst {
    let mut burst = Burst::default();
    let mut unranked = 0;
    for slot in slots {
        match octets_by(direction, slot) {
            _ if slot.flags.contains(SlotFlags::SUSPECT) => unranked += 1,
            None if contract.gaps == GapRule::Drop => unranked += 1,
            Some(octets) if rate_bps(octets) > contract.committed => burst.used_slots += 1,
            _ => {}
        }
    }
    let ranked = contract.period_slots.max(slots.len()) - unranked;
    burst.free_slots = ranked - rank_of_95th(ranked);
    burst
}

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
