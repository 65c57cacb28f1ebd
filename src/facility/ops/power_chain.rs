//! The chain of power as it is on record around a part of it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::feeds::{feed_by_id, pdus_of_feed, pdus_of_rack};
use super::panels::panel_by_id;
use super::racks::rack_by_id;
use super::rooms::room_by_id;
use crate::base::fault::Fault;
use crate::base::fold::fold;
use crate::base::gauge::OutletState;
use crate::base::ids::{CustomerId, DeviceId, PowerFeedId, PowerPanelId, RackId, RoomId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::base::units::Watts;
use crate::facility::chain::{
    Budget, Chain, Cord, Draw, FeedNode, Judged, Machine, Part, PduNode, Redundancy, budget, judge,
};
use crate::facility::rows::PowerFeed;
use crate::identity::{Actor, Permission};
use crate::inventory::{DeviceRole, DeviceStatus};
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;
use crate::store::schema::{
    customers, device_types, devices, outlets, pdus, power_feeds, power_panels, racks,
};

/// The chain shows where machines of all customers hang: it is for staff who may see power and devices.
fn require_staff(actor: &Actor) -> Result<(), Fault> {
    actor.require(Permission::ViewFacility)?;
    actor.require(Permission::ViewPower)?;
    actor.require(Permission::ViewDevices)
}

/// The chain around a part: its PDUs, what is plugged into them, and what else stands in their racks.
pub fn chain_around(c: &mut Conn, actor: &Actor, part: Part) -> Result<Chain, Fault> {
    require_staff(actor)?;
    let of_part = match part {
        Part::Feed(feed) => {
            feed_by_id(c, actor, feed)?;
            pdus_of_feed(c, feed)?
        }
        Part::Panel(panel) => {
            panel_by_id(c, actor, panel)?;
            let feeds: Vec<PowerFeedId> = power_feeds::table
                .filter(power_feeds::panel_id.eq(panel))
                .filter(power_feeds::archived_at.is_null())
                .select(power_feeds::id)
                .load(c)?;
            let mut all = Vec::new();
            for feed in feeds {
                all.extend(pdus_of_feed(c, feed)?);
            }
            all
        }
        Part::Pdu(pdu) => vec![pdu],
    };
    let pdus = pdu_nodes(c, &of_part)?;
    if matches!(part, Part::Pdu(_)) && pdus.is_empty() {
        return Err(Fault::not_found());
    }
    let racks: BTreeSet<RackId> = pdus.values().filter_map(|pdu| pdu.rack).collect();
    let mut ids = plugged_into(c, &of_part)?;
    ids.extend(standing_in(c, &racks.into_iter().collect::<Vec<_>>())?);
    let mut chain = chain_of(c, &ids)?;
    chain.pdus.extend(pdus);
    Ok(chain)
}

/// The devices that outlets of PDUs are said to feed.
fn plugged_into(c: &mut Conn, of: &[DeviceId]) -> Result<BTreeSet<DeviceId>, Fault> {
    let mut found = BTreeSet::new();
    for some in of.chunks(BATCH_ROWS) {
        let ids: Vec<Option<DeviceId>> = outlets::table
            .filter(outlets::device_id.eq_any(some))
            .filter(outlets::mapped_device_id.is_not_null())
            .select(outlets::mapped_device_id)
            .load(c)?;
        found.extend(ids.into_iter().flatten());
    }
    Ok(found)
}

/// The devices that are in racks, blades too; not those that are only expected.
fn standing_in(c: &mut Conn, of: &[RackId]) -> Result<Vec<DeviceId>, Fault> {
    let mut found = Vec::new();
    for some in of.chunks(BATCH_ROWS) {
        let ids: Vec<DeviceId> = devices::table
            .filter(devices::rack_id.eq_any(some))
            .filter(devices::status.ne(DeviceStatus::Planned))
            .filter(devices::archived_at.is_null())
            .select(devices::id)
            .load(c)?;
        found.extend(ids);
    }
    Ok(found)
}

fn pdu_nodes(c: &mut Conn, ids: &[DeviceId]) -> Result<BTreeMap<DeviceId, PduNode>, Fault> {
    let mut found = BTreeMap::new();
    for some in ids.chunks(BATCH_ROWS) {
        let rows: Vec<(DeviceId, String, Option<PowerFeedId>, Option<RackId>)> = pdus::table
            .inner_join(devices::table.on(devices::id.eq(pdus::device_id)))
            .filter(pdus::device_id.eq_any(some))
            .filter(devices::archived_at.is_null())
            .select((
                pdus::device_id,
                devices::name,
                pdus::feed_id,
                devices::rack_id,
            ))
            .load(c)?;
        found.extend(rows.into_iter().map(|(id, name, feed, rack)| {
            let node = PduNode {
                id,
                name,
                feed,
                rack,
            };
            (id, node)
        }));
    }
    Ok(found)
}

type Found = (
    DeviceId,
    String,
    Option<CustomerId>,
    Option<String>,
    Option<RackId>,
    Option<String>,
    Option<DeviceId>,
    Option<Watts>,
);

/// Those of the devices that draw power: no PDUs, and nothing passive.
fn machines(c: &mut Conn, ids: &[DeviceId]) -> Result<Vec<Machine>, Fault> {
    let mut all = Vec::new();
    for some in ids.chunks(BATCH_ROWS) {
        let pdus: Vec<DeviceId> = pdus::table
            .filter(pdus::device_id.eq_any(some))
            .select(pdus::device_id)
            .load(c)?;
        let pdus: BTreeSet<DeviceId> = pdus.into_iter().collect();
        let found: Vec<Found> = devices::table
            .inner_join(device_types::table)
            .left_join(customers::table)
            .left_join(racks::table)
            .filter(devices::id.eq_any(some))
            .filter(devices::archived_at.is_null())
            .filter(device_types::passive.eq(false))
            .filter(device_types::role.ne(DeviceRole::Pdu))
            .filter(device_types::role.ne(DeviceRole::PatchPanel))
            .filter(device_types::role.ne(DeviceRole::Blank))
            .select((
                devices::id,
                devices::name,
                devices::customer_id,
                customers::name.nullable(),
                devices::rack_id,
                racks::name.nullable(),
                devices::chassis_id,
                device_types::watts,
            ))
            .load(c)?;
        let drawing = found.into_iter().filter(|row| !pdus.contains(&row.0));
        all.extend(drawing.map(machine));
    }
    all.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(all)
}

fn machine((id, name, customer, owner, rack, rack_name, chassis, planned): Found) -> Machine {
    Machine {
        id,
        name,
        customer,
        owner,
        rack,
        rack_name,
        chassis,
        cords: Vec::new(),
        planned,
    }
}

type CordRow = (
    Option<DeviceId>,
    DeviceId,
    i64,
    String,
    Option<Timestamp>,
    OutletState,
);

/// The cords of devices; those to a PDU that is gone are gone.
fn cords(c: &mut Conn, to: &[DeviceId]) -> Result<BTreeMap<DeviceId, Vec<Cord>>, Fault> {
    let mut found: BTreeMap<DeviceId, Vec<Cord>> = BTreeMap::new();
    for some in to.chunks(BATCH_ROWS) {
        let rows: Vec<CordRow> = outlets::table
            .inner_join(devices::table.on(devices::id.eq(outlets::device_id)))
            .filter(outlets::mapped_device_id.eq_any(some))
            .filter(devices::archived_at.is_null())
            .order((outlets::device_id.asc(), outlets::number.asc()))
            .select((
                outlets::mapped_device_id,
                outlets::device_id,
                outlets::number,
                outlets::supply,
                outlets::confirmed_at,
                outlets::state,
            ))
            .load(c)?;
        for (to, pdu, outlet, supply, confirmed_at, state) in rows {
            let Some(to) = to else { continue };
            found.entry(to).or_default().push(Cord {
                pdu,
                outlet,
                supply,
                is_confirmed: confirmed_at.is_some(),
                is_off: state == OutletState::Off,
            });
        }
    }
    Ok(found)
}

/// The chain of some devices: their cords, the PDUs at the other end, and all feeds and boards.
fn chain_of(c: &mut Conn, ids: &BTreeSet<DeviceId>) -> Result<Chain, Fault> {
    let ids: Vec<DeviceId> = ids.iter().copied().collect();
    let mut machines = machines(c, &ids)?;
    let chassis = machines.iter().filter_map(|machine| machine.chassis);
    let wanted: BTreeSet<DeviceId> = machines
        .iter()
        .map(|machine| machine.id)
        .chain(chassis)
        .collect();
    let mut cords = cords(c, &wanted.into_iter().collect::<Vec<_>>())?;
    let ends: BTreeSet<DeviceId> = cords.values().flatten().map(|cord| cord.pdu).collect();
    let pdus = pdu_nodes(c, &ends.into_iter().collect::<Vec<_>>())?;
    let of_chassis: BTreeMap<DeviceId, Vec<Cord>> = machines
        .iter()
        .filter_map(|machine| machine.chassis)
        .filter_map(|chassis| Some((chassis, cords.get(&chassis)?.clone())))
        .collect();
    for machine in &mut machines {
        machine.cords = cords.remove(&machine.id).unwrap_or_default();
    }
    let feeds: Vec<PowerFeed> = power_feeds::table
        .filter(power_feeds::archived_at.is_null())
        .select(PowerFeed::as_select())
        .load(c)?;
    let panels: Vec<(PowerPanelId, String)> = power_panels::table
        .select((power_panels::id, power_panels::name))
        .load(c)?;
    let mut chain = Chain {
        panels: panels.into_iter().collect(),
        feeds: feeds
            .into_iter()
            .map(|feed| (feed.id, node(feed)))
            .collect(),
        pdus,
        machines,
    };
    chain.share_cords(&of_chassis);
    Ok(chain)
}

fn node(feed: PowerFeed) -> FeedNode {
    FeedNode {
        id: feed.id,
        usable: feed.usable_volt_amperes(),
        name: feed.name,
        side: feed.side,
        panel: feed.panel_id,
    }
}

/// Which devices a report of redundancy tells of.
#[derive(Debug, Clone, Default)]
pub struct RedundancyFilter {
    /// Part of the name.
    pub query: String,
    /// Only in racks of this room.
    pub room_id: Option<RoomId>,
    /// Only of this customer.
    pub customer_id: Option<CustomerId>,
    /// Only of this class.
    pub class: Option<Redundancy>,
}

/// A device in a report.
#[derive(Debug, Clone)]
pub struct RedundancyRow {
    /// The device.
    pub machine: Machine,
    /// How it was judged.
    pub judged: Judged,
    /// Names of the feeds that give it power.
    pub feeds: Vec<String>,
}

/// How many devices of each class a report tells of, whichever class it is narrowed to.
pub type RedundancyCounts = BTreeMap<Redundancy, usize>;

/// The devices in racks by name with how redundant they are, and how many there are of each class.
pub fn redundancy_rows(
    c: &mut Conn,
    actor: &Actor,
    filter: &RedundancyFilter,
) -> Result<(Vec<RedundancyRow>, RedundancyCounts), Fault> {
    require_staff(actor)?;
    let mut in_racks = racks::table
        .filter(racks::archived_at.is_null())
        .select(racks::id)
        .into_boxed();
    if let Some(room) = filter.room_id {
        room_by_id(c, actor, room)?;
        in_racks = in_racks.filter(racks::room_id.eq(room));
    }
    let in_racks: Vec<RackId> = in_racks.load(c)?;
    let ids: BTreeSet<DeviceId> = standing_in(c, &in_racks)?.into_iter().collect();
    let mut chain = chain_of(c, &ids)?;
    let wanted = fold(&filter.query);
    let mut counts = RedundancyCounts::new();
    let mut rows = Vec::new();
    for machine in std::mem::take(&mut chain.machines) {
        let is_owned = filter.customer_id.is_none() || filter.customer_id == machine.customer;
        if !is_owned || !fold(&machine.name).contains(&wanted) {
            continue;
        }
        let judged = judge(&chain, &machine);
        *counts.entry(judged.class).or_default() += 1;
        if filter.class.is_none_or(|class| class == judged.class) {
            let feeds = judged.feeds.iter();
            let feeds = feeds.filter_map(|feed| chain.feeds.get(feed));
            rows.push(RedundancyRow {
                feeds: feeds.map(|feed| feed.name.clone()).collect(),
                machine,
                judged,
            });
        }
    }
    Ok((rows, counts))
}

/// A page of [`redundancy_rows`].
pub fn redundancy_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &RedundancyFilter,
    page: &PageRequest,
) -> Result<(Page<RedundancyRow>, RedundancyCounts), Fault> {
    let (rows, counts) = redundancy_rows(c, actor, filter)?;
    // Which class a device has no statement says: cutting in memory keeps both engines alike.
    let page = Page::cut(rows, page, |row| row.machine.id.to_string());
    Ok((page, counts))
}

/// How redundant a device is; none for what draws no power. The caller has checked that the actor may see it, and
/// shows a customer the class alone.
pub fn redundancy_of_device(c: &mut Conn, device: DeviceId) -> Result<Option<Judged>, Fault> {
    let chain = chain_of(c, &[device].into())?;
    let machine = chain.machines.first();
    Ok(machine.map(|machine| judge(&chain, machine)))
}

/// A rack with the feeds that serve it and all that hangs on them.
#[derive(Debug, Clone)]
pub struct RackPower {
    rack: RackId,
    chain: Chain,
    serving: BTreeSet<PowerFeedId>,
    contracts: Vec<Draw>,
}

/// What a rack draws and shares, for its budget.
pub fn rack_power(c: &mut Conn, actor: &Actor, rack: RackId) -> Result<RackPower, Fault> {
    require_staff(actor)?;
    rack_by_id(c, actor, rack)?;
    let own: BTreeSet<DeviceId> = standing_in(c, &[rack])?.into_iter().collect();
    let within = chain_of(c, &own)?;
    let of_rack = pdus_of_rack(c, rack)?;
    let of_rack = pdu_nodes(c, &of_rack)?;
    let serving: BTreeSet<PowerFeedId> = of_rack
        .values()
        .filter_map(|pdu| pdu.feed)
        .chain(
            within
                .machines
                .iter()
                .flat_map(|machine| within.feeds_of(machine)),
        )
        .filter(|feed| within.feeds.contains_key(feed))
        .collect();
    let mut beside = Vec::new();
    for feed in &serving {
        beside.extend(pdus_of_feed(c, *feed)?);
    }
    let mut ids = plugged_into(c, &beside)?;
    ids.extend(own);
    let mut chain = chain_of(c, &ids)?;
    let beside = pdu_nodes(c, &beside)?;
    chain.pdus.extend(of_rack);
    chain.pdus.extend(beside);
    let contracts = contracts(c, rack, &chain, &serving)?;
    Ok(RackPower {
        rack,
        chain,
        serving,
        contracts,
    })
}

/// The contracts of the rack and of those that share its feeds, each on the feeds that serve that rack.
fn contracts(
    c: &mut Conn,
    rack: RackId,
    chain: &Chain,
    serving: &BTreeSet<PowerFeedId>,
) -> Result<Vec<Draw>, Fault> {
    let mut of_racks: BTreeMap<RackId, BTreeSet<PowerFeedId>> = BTreeMap::new();
    for pdu in chain.pdus.values() {
        if let (Some(in_rack), Some(feed)) = (pdu.rack, pdu.feed) {
            of_racks.entry(in_rack).or_default().insert(feed);
        }
    }
    of_racks.insert(rack, serving.clone());
    let ids: Vec<RackId> = of_racks.keys().copied().collect();
    let mut promised: BTreeMap<RackId, Option<Watts>> = BTreeMap::new();
    for some in ids.chunks(BATCH_ROWS) {
        let rows: Vec<(RackId, Option<Watts>)> = racks::table
            .filter(racks::id.eq_any(some))
            .select((racks::id, racks::contracted_watts))
            .load(c)?;
        promised.extend(rows);
    }
    let draw = |(id, feeds): (RackId, BTreeSet<PowerFeedId>)| Draw {
        is_own: id == rack,
        watts: promised.get(&id).copied().flatten().map(Watts::get),
        feeds: feeds.into_iter().collect(),
    };
    Ok(of_racks.into_iter().map(draw).collect())
}

impl RackPower {
    /// The devices whose draw decides: of the rack, and of others on the same feeds.
    pub fn machines(&self) -> Vec<DeviceId> {
        self.chain
            .machines
            .iter()
            .map(|machine| machine.id)
            .collect()
    }

    /// The feeds that serve the rack.
    pub fn serving(&self) -> impl Iterator<Item = &FeedNode> {
        self.serving
            .iter()
            .filter_map(|feed| self.chain.feeds.get(feed))
    }

    /// Name of a feed.
    pub fn feed_name(&self, feed: PowerFeedId) -> &str {
        let feed = self.chain.feeds.get(&feed);
        feed.map_or("", |feed| feed.name.as_str())
    }

    fn budget_of(&self, draws: &[Draw]) -> Budget {
        let usable = self
            .chain
            .feeds
            .values()
            .map(|feed| (feed.id, feed.usable))
            .collect();
        budget(&usable, &self.serving, draws)
    }

    fn draws(&self, watts: impl Fn(&Machine) -> Option<Watts>) -> Vec<Draw> {
        self.chain
            .machines
            .iter()
            .map(|machine| Draw {
                is_own: machine.rack == Some(self.rack),
                watts: watts(machine).map(Watts::get),
                feeds: self.chain.feeds_of(machine),
            })
            .collect()
    }

    /// By what the devices were measured to draw. A blade that nothing measures is in what its chassis draws.
    pub fn measured(&self, watts: &BTreeMap<DeviceId, Watts>) -> Budget {
        let draws = self.draws(|machine| match machine.chassis {
            Some(chassis) if watts.contains_key(&chassis) => Some(Watts::new(0)),
            _ => watts.get(&machine.id).copied(),
        });
        self.budget_of(&draws)
    }

    /// By what the types of the devices are planned to draw.
    pub fn allocated(&self) -> Budget {
        self.budget_of(&self.draws(|machine| machine.planned))
    }

    /// By what was promised for the racks.
    pub fn contracted(&self) -> Budget {
        self.budget_of(&self.contracts)
    }
}
