//! The 95th percentile: one function for graph, page, API, CSV and bill.
//!
//! Nearest rank in integers on 300 s slots. Several ports are summed slot by slot first, then comes
//! the direction rule, then the rank.

use crate::base::units::BitsPerSecond;

use super::slot::{Slot, SlotFlags, rate_bps};

/// Version of the rule, frozen with every figure it made.
pub const RULE_VERSION: u16 = 1;

/// How the two directions make one figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The larger of the two directions' percentiles.
    #[default]
    MaxOfP95,
    /// The percentile of each slot's larger direction.
    P95OfMax,
    /// The percentile of each slot's sum of both directions.
    P95OfSum,
    /// Received only.
    In,
    /// Sent only.
    Out,
}

/// What a slot without data counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GapRule {
    /// It is left out; fewer slots are ranked.
    #[default]
    Drop,
    /// It counts as no traffic.
    Zero,
    /// It counts as the mean of the slots that have data, rounded down to whole octets.
    Average,
}

/// A word that is not one of a rule's names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not one of {allowed}")]
pub struct UnknownRule {
    /// What was given.
    pub found: String,
    /// What is allowed.
    pub allowed: &'static str,
}

impl Direction {
    /// All of them, the default first.
    pub const ALL: [Self; 5] = [
        Self::MaxOfP95,
        Self::P95OfMax,
        Self::P95OfSum,
        Self::In,
        Self::Out,
    ];

    /// Stable name for records, CSV and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MaxOfP95 => "max_of_p95",
            Self::P95OfMax => "p95_of_max",
            Self::P95OfSum => "p95_of_sum",
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

impl std::str::FromStr for Direction {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        let found = Self::ALL.into_iter().find(|rule| rule.as_str() == text);
        found.ok_or_else(|| UnknownRule {
            found: text.to_owned(),
            allowed: "max_of_p95, p95_of_max, p95_of_sum, in, out",
        })
    }
}

impl GapRule {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Drop, Self::Zero, Self::Average];

    /// Stable name for records, CSV and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Zero => "zero",
            Self::Average => "average",
        }
    }
}

impl std::str::FromStr for GapRule {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        let found = Self::ALL.into_iter().find(|rule| rule.as_str() == text);
        found.ok_or_else(|| UnknownRule {
            found: text.to_owned(),
            allowed: "drop, zero, average",
        })
    }
}

/// How many slots a figure was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All slots of the period.
    pub slots: usize,
    /// Slots with data that were ranked.
    pub used: usize,
    /// Slots without (all of) the data the direction rule needs.
    pub gap: usize,
    /// Of the used: marked estimated.
    pub estimated: usize,
    /// Left out because a rate was impossible.
    pub suspect: usize,
    /// Of the used: marked incomplete.
    pub incomplete: usize,
}

/// A percentile and what it was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The figure; `None` when there was no data.
    pub rate: Option<BitsPerSecond>,
    /// The direction that decided, for the rules that rank one direction.
    pub decided_by: Option<Direction>,
    /// How many values were ranked (with the gaps that count under the gap rule).
    pub ranked: usize,
    /// Place of the figure among them, counted from 1 and from the smallest; 0 without data.
    pub rank: usize,
    /// What it was made of.
    pub counts: Counts,
}

/// Nearest rank of the 95th percentile among `n` values, from 1; 0 for none.
#[must_use]
pub const fn rank_of_95th(n: usize) -> usize {
    n.saturating_mul(95).saturating_add(99) / 100
}

/// The 95th percentile of values in any order (which this changes); `None` for none.
#[must_use]
pub fn p95(values: &mut [u64]) -> Option<u64> {
    let place = rank_of_95th(values.len()).checked_sub(1)?;
    if place >= values.len() {
        return None;
    }
    Some(*values.select_nth_unstable(place).1)
}

/// The billed figure of a period's slots.
#[must_use]
pub fn percentile(slots: &[Slot], direction: Direction, gaps: GapRule) -> Figure {
    if direction == Direction::MaxOfP95 {
        let inward = percentile(slots, Direction::In, gaps);
        let outward = percentile(slots, Direction::Out, gaps);
        return if outward.rate > inward.rate {
            outward
        } else {
            inward
        };
    }
    let (mut values, mut counts) = (Vec::with_capacity(slots.len()), Counts::default());
    for slot in slots {
        counts.slots += 1;
        match octets_by(direction, slot) {
            _ if slot.flags.contains(SlotFlags::SUSPECT) => counts.suspect += 1,
            None => counts.gap += 1,
            Some(octets) => {
                counts.used += 1;
                counts.estimated += usize::from(slot.flags.contains(SlotFlags::ESTIMATED));
                counts.incomplete += usize::from(slot.flags.contains(SlotFlags::INCOMPLETE));
                values.push(octets);
            }
        }
    }
    fill_gaps(&mut values, counts.gap, gaps);
    let decided_by = matches!(direction, Direction::In | Direction::Out).then_some(direction);
    Figure {
        ranked: values.len(),
        rank: rank_of_95th(values.len()),
        rate: p95(&mut values).map(rate_bps),
        decided_by,
        counts,
    }
}

/// The slots of several ports added up: of the same period, matched by place.
///
/// A slot in which a member has no data is marked incomplete; one in which none has is a gap.
#[must_use]
pub fn sum(members: &[&[Slot]]) -> Vec<Slot> {
    let Some((first, rest)) = members.split_first() else {
        return Vec::new();
    };
    let mut total = first.to_vec();
    for member in rest {
        for (place, into) in total.iter_mut().enumerate() {
            let other = member.get(place).copied();
            let other = other.filter(|slot| slot.start == into.start);
            add(into, &other.unwrap_or_else(|| Slot::empty(into.start)));
        }
    }
    total
}

fn add(into: &mut Slot, other: &Slot) {
    let differ = into.in_octets.is_some() != other.in_octets.is_some()
        || into.out_octets.is_some() != other.out_octets.is_some();
    let one_gap = into.is_gap() != other.is_gap();
    into.in_octets = plus(into.in_octets, other.in_octets);
    into.out_octets = plus(into.out_octets, other.out_octets);
    into.flags = into.flags.with(other.flags);
    into.gap = into.gap.or(other.gap);
    if differ || one_gap {
        into.flags = into.flags.with(SlotFlags::INCOMPLETE);
    }
}

fn plus(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    }
}

/// The octets of a slot that a direction rule ranks; for [`Direction::MaxOfP95`], which ranks both apart, the larger.
#[must_use]
pub fn octets_by(direction: Direction, slot: &Slot) -> Option<u64> {
    match direction {
        Direction::In => slot.in_octets,
        Direction::Out => slot.out_octets,
        Direction::P95OfSum => Some(slot.in_octets?.saturating_add(slot.out_octets?)),
        Direction::P95OfMax | Direction::MaxOfP95 => Some(slot.in_octets?.max(slot.out_octets?)),
    }
}

fn fill_gaps(values: &mut Vec<u64>, gaps: usize, rule: GapRule) {
    let count = u128::try_from(values.len()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let fill = match rule {
        GapRule::Drop => return,
        GapRule::Zero => 0,
        GapRule::Average => {
            let total: u128 = values.iter().copied().map(u128::from).sum();
            u64::try_from(total / count).unwrap_or(u64::MAX)
        }
    };
    values.resize(values.len() + gaps, fill);
}

#[cfg(test)]
#[path = "percentile_tests.rs"]
mod tests;
