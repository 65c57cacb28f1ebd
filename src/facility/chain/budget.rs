//! What a rack may draw when a feed is away: never A plus B.
//!
//! A device divides its draw evenly over its live cords. When a feed fails, the cords that are left carry all of it.
//! A part of a watt is a whole one: shares are rounded up, so that they add up to the draw or to a little more. What
//! a feed may carry is rounded down.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Chain;
use crate::base::ids::PowerFeedId;

/// What draws power: a device, or a whole rack by its contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// Whether it is of the rack that is looked at.
    pub is_own: bool,
    /// How much, in watts; none when nobody can say.
    pub watts: Option<i64>,
    /// The feed of each of its live cords.
    pub feeds: Vec<PowerFeedId>,
}

/// A feed while another one is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pinch {
    /// The feed that is away.
    pub failed: PowerFeedId,
    /// The feed that has to carry.
    pub on: PowerFeedId,
    /// What of it may be used, in volt-amperes.
    pub usable: i64,
    /// What the rack puts on it then, in watts.
    pub own: i64,
    /// What others put on it then, in watts.
    pub others: i64,
}

impl Pinch {
    /// What the rack may put on it then: what others leave of it.
    pub const fn budget(&self) -> i64 {
        let left = self.usable.saturating_sub(self.others);
        if left > 0 { left } else { 0 }
    }

    /// What is left of it then; below 0 it is overloaded.
    pub const fn margin(&self) -> i64 {
        self.usable
            .saturating_sub(self.own)
            .saturating_sub(self.others)
    }

    /// How full it is then, percent of what may be used, rounded up; of a feed that may not be used, 1,000.
    pub const fn percent(&self) -> i64 {
        if self.usable <= 0 {
            return 1000;
        }
        let load = self.own.saturating_add(self.others);
        up(load.saturating_mul(100), self.usable)
    }
}

crate::text_enum! {
    /// How a budget comes out.
    pub enum Verdict {
        /// Each feed that is left carries what comes to it.
        Fits = "fits",
        /// One of them does not.
        Over = "over",
        /// The rack has one feed: without it nothing is left.
        NothingLeft = "nothing_left",
        /// No feed is known to serve the rack.
        NoFeeds = "no_feeds",
        /// Of nothing in the rack it is known what it draws.
        NoFigures = "no_figures",
    }
}

/// What a rack may draw, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// How it comes out.
    pub verdict: Verdict,
    /// The worst surviving feed.
    pub worst: Option<Pinch>,
    /// What the rack draws in all, as far as it is known, in watts.
    pub watts: i64,
    /// The most of it that goes dark with one feed, in watts.
    pub dark: i64,
    /// How many of the rack's devices are in no sum: nobody can say what they draw, or from which feed.
    pub unknown: usize,
}

/// The budget of a rack that `serving` feeds serve. `usable` says what may be used of each feed, in volt-amperes;
/// `draws` are all that hangs on them, of the rack and of others.
pub fn budget(
    usable: &BTreeMap<PowerFeedId, i64>,
    serving: &BTreeSet<PowerFeedId>,
    draws: &[Draw],
) -> Budget {
    let own = || draws.iter().filter(|draw| draw.is_own);
    let watts = own().filter_map(|draw| draw.watts).sum();
    let is_told = |draw: &&Draw| draw.watts.is_some() && !draw.feeds.is_empty();
    let unknown = own().filter(|draw| !is_told(draw)).count();
    let has_figures = own().any(|draw| is_told(&draw));
    let mut worst: Option<Pinch> = None;
    let mut dark = 0_i64;
    for failed in serving {
        let after = without(draws, *failed);
        dark = dark.max(after.dark);
        for on in serving.iter().filter(|on| *on != failed) {
            let (own, others) = after.on.get(on).copied().unwrap_or_default();
            let pinch = Pinch {
                failed: *failed,
                on: *on,
                usable: usable.get(on).copied().unwrap_or(0),
                own,
                others,
            };
            if worst.is_none_or(|worst| pinch.margin() < worst.margin()) {
                worst = Some(pinch);
            }
        }
    }
    let verdict = match (serving.len(), worst) {
        (0, _) => Verdict::NoFeeds,
        (_, None) => Verdict::NothingLeft,
        _ if !has_figures => Verdict::NoFigures,
        (_, Some(pinch)) if pinch.margin() < 0 => Verdict::Over,
        _ => Verdict::Fits,
    };
    Budget {
        verdict,
        worst,
        watts,
        dark,
        unknown,
    }
}

/// What devices are planned to put on a feed while nothing is away, in watts, and how many of them are in no plan.
pub fn planned_on(chain: &Chain, feed: PowerFeedId) -> (i64, usize) {
    let (mut watts, mut unplanned) = (0_i64, 0);
    for machine in &chain.machines {
        let feeds = chain.feeds_of(machine);
        let cords = |feeds: usize| i64::try_from(feeds).unwrap_or(i64::MAX);
        let here = cords(feeds.iter().filter(|on| **on == feed).count());
        match machine.planned {
            _ if here == 0 => {}
            Some(planned) => watts += up(planned.get(), cords(feeds.len())) * here,
            None => unplanned += 1,
        }
    }
    (watts, unplanned)
}

/// What hangs on feeds while one is away.
#[derive(Default)]
struct After {
    /// Of the rack and of others, by feed.
    on: BTreeMap<PowerFeedId, (i64, i64)>,
    /// What of the rack is dark.
    dark: i64,
}

fn without(draws: &[Draw], failed: PowerFeedId) -> After {
    let mut after = After::default();
    for draw in draws {
        let Some(watts) = draw.watts else { continue };
        let left: Vec<PowerFeedId> = draw
            .feeds
            .iter()
            .copied()
            .filter(|feed| *feed != failed)
            .collect();
        let Ok(cords) = i64::try_from(left.len()) else {
            continue;
        };
        if cords == 0 {
            if draw.is_own && !draw.feeds.is_empty() {
                after.dark += watts;
            }
            continue;
        }
        let share = up(watts, cords);
        for feed in left {
            let (own, others) = after.on.entry(feed).or_default();
            if draw.is_own {
                *own += share;
            } else {
                *others += share;
            }
        }
    }
    after
}

/// Divides and rounds up; both are above 0.
const fn up(what: i64, by: i64) -> i64 {
    what.saturating_add(by - 1) / by
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
