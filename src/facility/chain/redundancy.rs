//! How many ways power has into a device.

use std::collections::BTreeSet;

use super::model::{Chain, Cord, FeedNode, Machine};
use crate::base::ids::PowerFeedId;
use crate::facility::feed::FeedSide;

crate::text_enum! {
    /// What a device survives.
    pub enum Redundancy {
        /// Supplies on two feeds or more: it survives the loss of one.
        Redundant = "redundant",
        /// Two supplies or more, all on one feed.
        SameFeed = "same_feed",
        /// One supply.
        Single = "single",
        /// Nobody has followed its cables, or they end at a PDU whose feed is not on record.
        Unknown = "unknown",
    }
}

crate::text_enum! {
    /// What to look at, beside the class.
    pub enum Caveat {
        /// All its feeds come from one board.
        SamePanel = "same_panel",
        /// All its feeds are of one side.
        SameSide = "same_side",
        /// An outlet is switched off.
        OutletOff = "outlet_off",
        /// There are more cables, which nobody has followed.
        Unconfirmed = "unconfirmed",
        /// The feed of a PDU is not on record.
        NoFeed = "no_feed",
    }
}

/// A device, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The class.
    pub class: Redundancy,
    /// What to look at.
    pub caveats: Vec<Caveat>,
    /// Feeds that give it power.
    pub feeds: BTreeSet<PowerFeedId>,
    /// Their sides.
    pub sides: BTreeSet<FeedSide>,
}

/// Judges a device by its confirmed cords. A cord on an outlet that is off does not count, unless all are off: then
/// somebody has switched the device off, and it is judged as it would run.
pub fn judge(chain: &Chain, machine: &Machine) -> Judged {
    let confirmed: Vec<&Cord> = machine.confirmed().collect();
    let live: Vec<&Cord> = machine.live().collect();
    let is_any_off = live.len() < confirmed.len();
    let counted = if live.is_empty() { &confirmed } else { &live };
    let feeds: Vec<&FeedNode> = counted
        .iter()
        .filter_map(|cord| chain.feed_of(cord.pdu))
        .collect();
    let unfed = counted.len() - feeds.len();
    let distinct: BTreeSet<PowerFeedId> = feeds.iter().map(|feed| feed.id).collect();
    let class = match (distinct.len(), unfed, counted.len()) {
        (0, _, 1) | (1, 0, 1) => Redundancy::Single,
        (1, 0, _) => Redundancy::SameFeed,
        (0 | 1, ..) => Redundancy::Unknown,
        _ => Redundancy::Redundant,
    };
    let is_redundant = class == Redundancy::Redundant;
    let panels: BTreeSet<_> = feeds.iter().map(|feed| feed.panel).collect();
    let sides: BTreeSet<FeedSide> = feeds.iter().map(|feed| feed.side).collect();
    let one_panel = panels.len() == 1 && !panels.contains(&None);
    let one_side = sides.len() == 1 && !sides.contains(&FeedSide::Other);
    let said = [
        (is_redundant && one_panel, Caveat::SamePanel),
        (is_redundant && one_side, Caveat::SameSide),
        (is_any_off, Caveat::OutletOff),
        (confirmed.len() < machine.cords.len(), Caveat::Unconfirmed),
        (unfed > 0, Caveat::NoFeed),
    ];
    Judged {
        class,
        caveats: said
            .into_iter()
            .filter_map(|(holds, caveat)| holds.then_some(caveat))
            .collect(),
        feeds: distinct,
        sides,
    }
}

#[cfg(test)]
#[path = "redundancy_tests.rs"]
mod tests;
