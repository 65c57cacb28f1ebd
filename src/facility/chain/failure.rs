//! What fails with a part of the chain.

use std::collections::BTreeSet;

use super::model::{Chain, Cord, Machine, Part};
use crate::base::ids::{DeviceId, PowerFeedId};

crate::text_enum! {
    /// What becomes of a device; the worst first.
    pub enum Effect {
        /// It goes dark.
        Lost = "lost",
        /// It goes on, and the next failure takes it.
        Weaker = "weaker",
        /// Nobody can say.
        Unknown = "unknown",
        /// Nothing changes for it that matters.
        Untouched = "untouched",
    }
}

crate::text_enum! {
    /// Why.
    pub enum Why {
        /// Its only supply hangs on it.
        OneCord = "one_cord",
        /// All its supplies hang on it.
        AllCords = "all_cords",
        /// Its other supplies are in outlets that are switched off.
        OthersOff = "others_off",
        /// Nobody has followed its other cables.
        OthersUnconfirmed = "others_unconfirmed",
        /// What is left hangs on one feed.
        OneFeedLeft = "one_feed_left",
        /// No outlet is said to feed it.
        Unmapped = "unmapped",
        /// Nobody has followed any of its cables.
        Unconfirmed = "unconfirmed",
        /// The feed of a PDU that feeds it is not on record.
        NoFeed = "no_feed",
        /// The board of a feed that feeds it is not on record.
        NoPanel = "no_panel",
        /// Two feeds or more are left to it.
        StillRedundant = "still_redundant",
        /// None of its supplies hangs on it.
        Elsewhere = "elsewhere",
        /// Its outlets are switched off already.
        OffAlready = "off_already",
    }
}

/// What becomes of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// The device.
    pub machine: &'a Machine,
    /// What becomes of it.
    pub effect: Effect,
    /// Why.
    pub why: Why,
    /// Feeds that carry it then.
    pub left: BTreeSet<PowerFeedId>,
}

/// What a failure does to a cord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Fails,
    Spared,
    Unsure(Why),
}

fn fate(chain: &Chain, part: Part, cord: &Cord) -> Fate {
    let hit = |is_it: bool| if is_it { Fate::Fails } else { Fate::Spared };
    match part {
        Part::Pdu(pdu) => hit(cord.pdu == pdu),
        Part::Feed(feed) => match chain.feed_of(cord.pdu) {
            Some(there) => hit(there.id == feed),
            None => Fate::Unsure(Why::NoFeed),
        },
        Part::Panel(panel) => match chain.feed_of(cord.pdu).map(|feed| feed.panel) {
            Some(Some(there)) => hit(there == panel),
            Some(None) => Fate::Unsure(Why::NoPanel),
            None => Fate::Unsure(Why::NoFeed),
        },
    }
}

/// The cords of a device that go dark with a part, followed or not.
pub fn fallen_cords<'a>(
    chain: &Chain,
    part: Part,
    machine: &'a Machine,
) -> impl Iterator<Item = &'a Cord> {
    machine
        .cords
        .iter()
        .filter(move |cord| fate(chain, part, cord) == Fate::Fails)
}

/// The PDUs that go dark with a part.
pub fn fallen_pdus(chain: &Chain, part: Part) -> Vec<DeviceId> {
    let falls = |pdu: DeviceId| match part {
        Part::Pdu(failed) => pdu == failed,
        Part::Feed(failed) => chain.feed_of(pdu).is_some_and(|feed| feed.id == failed),
        Part::Panel(failed) => chain
            .feed_of(pdu)
            .is_some_and(|feed| feed.panel == Some(failed)),
    };
    chain
        .pdus
        .keys()
        .copied()
        .filter(|pdu| falls(*pdu))
        .collect()
}

/// What becomes of the devices of a chain when a part of it fails: the worst first, then by name.
pub fn what_fails(chain: &Chain, part: Part) -> Vec<Outcome<'_>> {
    let mut all: Vec<Outcome<'_>> = chain
        .machines
        .iter()
        .map(|machine| outcome(chain, part, machine))
        .collect();
    all.sort_by(|a, b| {
        (a.effect, &a.machine.name, a.machine.id).cmp(&(b.effect, &b.machine.name, b.machine.id))
    });
    all
}

fn outcome<'a>(chain: &Chain, part: Part, machine: &'a Machine) -> Outcome<'a> {
    let live: Vec<(&Cord, Fate)> = machine
        .live()
        .map(|cord| (cord, fate(chain, part, cord)))
        .collect();
    let left: BTreeSet<PowerFeedId> = live
        .iter()
        .filter(|(_, fate)| *fate == Fate::Spared)
        .filter_map(|(cord, _)| chain.feed_of(cord.pdu))
        .map(|feed| feed.id)
        .collect();
    let (effect, why) = said(chain, part, machine, &live, left.len());
    Outcome {
        machine,
        effect,
        why,
        left,
    }
}

fn said(
    chain: &Chain,
    part: Part,
    machine: &Machine,
    live: &[(&Cord, Fate)],
    feeds_left: usize,
) -> (Effect, Why) {
    if machine.cords.is_empty() {
        return (Effect::Unknown, Why::Unmapped);
    }
    if machine.confirmed().next().is_none() {
        return (Effect::Unknown, Why::Unconfirmed);
    }
    if live.is_empty() {
        return (Effect::Untouched, Why::OffAlready);
    }
    let is_hit = live.iter().any(|(_, fate)| *fate == Fate::Fails);
    let is_spared = live.iter().any(|(_, fate)| *fate == Fate::Spared);
    let doubt = live.iter().find_map(|(_, fate)| match fate {
        Fate::Unsure(why) => Some(*why),
        Fate::Fails | Fate::Spared => None,
    });
    match (is_hit, is_spared, doubt) {
        (true, true, _) if feeds_left >= 2 => (Effect::Untouched, Why::StillRedundant),
        (true, true, _) => (Effect::Weaker, Why::OneFeedLeft),
        (_, false, Some(why)) => (Effect::Unknown, why),
        (false, ..) => (Effect::Untouched, Why::Elsewhere),
        (true, false, None) => (Effect::Lost, why_lost(chain, part, machine, live.len())),
    }
}

fn why_lost(chain: &Chain, part: Part, machine: &Machine, live: usize) -> Why {
    let is_elsewhere = |cord: &Cord| fate(chain, part, cord) != Fate::Fails;
    let is_off = |cord: &Cord| cord.is_off && is_elsewhere(cord);
    if machine.confirmed().any(is_off) {
        return Why::OthersOff;
    }
    let is_unproven = |cord: &Cord| !cord.is_confirmed && is_elsewhere(cord);
    if machine.cords.iter().any(is_unproven) {
        return Why::OthersUnconfirmed;
    }
    if live == 1 {
        Why::OneCord
    } else {
        Why::AllCords
    }
}

#[cfg(test)]
#[path = "failure_tests.rs"]
mod tests;
