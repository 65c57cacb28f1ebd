//! The parts of the chain as the rules see them.

use std::collections::BTreeMap;

use crate::base::ids::{CustomerId, DeviceId, PowerFeedId, PowerPanelId, RackId};
use crate::base::units::Watts;
use crate::facility::feed::FeedSide;

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedNode {
    /// The feed.
    pub id: PowerFeedId,
    /// Its name.
    pub name: String,
    /// Its side.
    pub side: FeedSide,
    /// The board it comes from; none when that is not on record.
    pub panel: Option<PowerPanelId>,
    /// What of it may be used, in volt-amperes.
    pub usable: i64,
}

/// A PDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PduNode {
    /// The device.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// What it hangs on; none when that is not on record.
    pub feed: Option<PowerFeedId>,
    /// The rack it stands in.
    pub rack: Option<RackId>,
}

/// A cable from an outlet to a supply of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cord {
    /// The PDU.
    pub pdu: DeviceId,
    /// Number of its outlet.
    pub outlet: i64,
    /// Which of the device's supplies.
    pub supply: String,
    /// Whether somebody has followed it.
    pub is_confirmed: bool,
    /// Whether its outlet is switched off.
    pub is_off: bool,
}

/// A device that draws power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The device.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its owner; `None` is the operator.
    pub customer: Option<CustomerId>,
    /// Name of the owner.
    pub owner: Option<String>,
    /// The rack it stands in.
    pub rack: Option<RackId>,
    /// Name of the rack.
    pub rack_name: Option<String>,
    /// The chassis it is a blade of: it has the chassis' cords where it has none of its own.
    pub chassis: Option<DeviceId>,
    /// Its cords.
    pub cords: Vec<Cord>,
    /// Planned draw of its type.
    pub planned: Option<Watts>,
}

impl Machine {
    /// The cords that somebody has followed.
    pub fn confirmed(&self) -> impl Iterator<Item = &Cord> {
        self.cords.iter().filter(|cord| cord.is_confirmed)
    }

    /// The cords that are followed and give power.
    pub fn live(&self) -> impl Iterator<Item = &Cord> {
        self.confirmed().filter(|cord| !cord.is_off)
    }
}

/// A part that may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A board with all its feeds.
    Panel(PowerPanelId),
    /// A feed with all its PDUs.
    Feed(PowerFeedId),
    /// A PDU.
    Pdu(DeviceId),
}

/// The chain around something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// Names of boards.
    pub panels: BTreeMap<PowerPanelId, String>,
    /// Feeds.
    pub feeds: BTreeMap<PowerFeedId, FeedNode>,
    /// PDUs.
    pub pdus: BTreeMap<DeviceId, PduNode>,
    /// Devices by name.
    pub machines: Vec<Machine>,
}

impl Chain {
    /// The feed that a PDU hangs on, when that is on record.
    pub fn feed_of(&self, pdu: DeviceId) -> Option<&FeedNode> {
        let feed = self.pdus.get(&pdu)?.feed?;
        self.feeds.get(&feed)
    }

    /// The feeds that give a device power, one for each of its live cords.
    pub fn feeds_of(&self, machine: &Machine) -> Vec<PowerFeedId> {
        machine
            .live()
            .filter_map(|cord| self.feed_of(cord.pdu))
            .map(|feed| feed.id)
            .collect()
    }

    /// Gives blades the cords of their chassis.
    pub fn share_cords(&mut self, of_chassis: &BTreeMap<DeviceId, Vec<Cord>>) {
        for machine in &mut self.machines {
            let chassis = machine.chassis.filter(|_| machine.cords.is_empty());
            if let Some(cords) = chassis.and_then(|chassis| of_chassis.get(&chassis)) {
                machine.cords.clone_from(cords);
            }
        }
    }
}
