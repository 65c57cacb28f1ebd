//! The ports of a device after a poll: found by their names, made, changed, missing; and what a poller remembers of them,
//! so that a poll with nothing new need not read their rows.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::discovered::discovery_of;
use super::speeds::speed_changed;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, PortId};
use crate::base::time::Timestamp;
use crate::insert_all;
use crate::metering::counter::Width;
use crate::metering::model::{PortIdentity, TakeOver};
use crate::metering::naming::{self, Known, PortNames};
use crate::metering::packed::PackedPort;
use crate::metering::poll::{PortSeen, Sample};
use crate::metering::rows::{NewPort, Port, Target};
use crate::on_engine;
use crate::search::{Searched, search_added_all, search_changed};
use crate::store::Conn;
use crate::store::schema::{ports, snmp_targets};

/// Word in a port's `warning`: its chosen name is empty or not unique, it is known by another.
pub const WARNING_FELL_BACK: &str = "fell_back";
/// Word in a port's `warning`: its counters stand still while it works.
pub const WARNING_FROZEN: &str = "frozen";
/// Longest text kept of what a device says of itself.
const LONGEST_TEXT: usize = 500;

/// What a poller remembers of a device's ports from the last poll it kept. It holds while the stamp of the target is the
/// same: whoever changes a port raises it.
#[derive(Debug)]
pub struct PortMemory {
    stamp: i64,
    identity: PortIdentity,
    ports: Vec<Remembered>,
}

/// A port as it was, and its row.
#[derive(Debug)]
struct Remembered {
    if_index: u32,
    names: PortNames,
    oper_up: Option<bool>,
    width: Option<Width>,
    /// The row, and whether it is metered; none when no name tells it from others.
    row: Option<(PortId, bool)>,
}

impl PortMemory {
    /// Of a poll whose ports are in these rows now.
    fn of(
        c: &mut Conn,
        target: &Target,
        sample: &Sample,
        rows: &[Option<(PortId, bool)>],
    ) -> Result<Self, Fault> {
        let stamp = on_engine!(c, c => snmp_targets::table
            .find(target.id)
            .select(snmp_targets::ports_stamp)
            .get_result(c))?;
        let seen = sample.ports.iter().zip(rows);
        Ok(Self {
            stamp,
            identity: target.port_identity,
            ports: seen
                .map(|(seen, row)| Remembered {
                    if_index: seen.if_index,
                    names: seen.names.clone(),
                    oper_up: seen.oper_up,
                    width: seen.width,
                    row: *row,
                })
                .collect(),
        })
    }

    /// What is kept of a light reading that shows just the ports that are remembered, as they were.
    fn unchanged(&self, target: &Target, sample: &Sample) -> Option<Vec<PackedPort>> {
        let holds = !sample.with_names
            && self.stamp == target.ports_stamp
            && self.identity == target.port_identity
            && self.ports.len() == sample.ports.len();
        if !holds {
            return None;
        }
        let mut all = Vec::with_capacity(self.ports.len());
        for (port, seen) in self.ports.iter().zip(&sample.ports) {
            let same = port.if_index == seen.if_index
                && port.oper_up == seen.oper_up
                && port.width == seen.width
                && port.names == seen.names;
            if !same {
                return None;
            }
            let metered = port.row.filter(|(_, metered)| *metered);
            all.extend(metered.and_then(|(id, _)| packed(id, seen)));
        }
        all.sort_unstable_by_key(|port| port.port_id);
        Some(all)
    }
}

/// What became of a sample's ports.
pub(super) struct Applied {
    /// What is kept of their counters, by port id.
    pub packed: Vec<PackedPort>,
    /// Ports that no name tells from others.
    pub nameless: usize,
    /// Whether something is there that only a reading of names can explain.
    pub wants_names: bool,
    /// What to remember, where it is not what is remembered already.
    pub memory: Option<PortMemory>,
}

/// Finds each port by its name, makes new ones, notes what changed and which are missing.
pub(super) fn ports_apply(
    c: &mut Conn,
    target: &Target,
    sample: &Sample,
    memory: Option<&PortMemory>,
) -> Result<Applied, Fault> {
    if let Some(packed) = memory.and_then(|memory| memory.unchanged(target, sample)) {
        return Ok(Applied {
            packed,
            nameless: 0,
            wants_names: false,
            memory: None,
        });
    }
    let names: Vec<_> = sample.ports.iter().map(|seen| seen.names.clone()).collect();
    let known = naming::names(&names, target.port_identity);
    let before = ports_of(c, target.device_id)?;
    let were_there = before.len();
    let there = ports_create(c, target, sample, &known, before)?;
    let mut applied = Applied {
        packed: Vec::with_capacity(sample.ports.len()),
        nameless: 0,
        // What is new is asked for its names.
        wants_names: !sample.with_names && there.len() > were_there,
        memory: None,
    };
    let mut seen_ids = BTreeSet::new();
    let mut rows = Vec::with_capacity(sample.ports.len());
    for (seen, known) in sample.ports.iter().zip(known) {
        let Some(known) = known else {
            applied.nameless += 1;
            rows.push(None);
            continue;
        };
        let Some(port) = there.get(&cut(&known.name)) else {
            return Err(Fault::internal(format!(
                "port {:?} of device {} was made and is not there",
                known.name, target.device_id
            )));
        };
        let after = changed(port, seen, &known, sample);
        if after != *port {
            speed_changed(c, target, port, &after, sample.at)?;
            port_write(c, &after, sample.at)?;
            if after.alias != port.alias {
                search_changed(c, Searched::Port(port.id))?;
            }
        }
        // A line that came up may run at another speed than before; one that went down may have been switched off.
        let (was_up, is_up) = (port.oper_up == Some(true), seen.oper_up == Some(true));
        applied.wants_names |= !sample.with_names && was_up != is_up;
        applied.wants_names |=
            port.if_index != Some(i64::from(seen.if_index)) && !sample.with_names;
        let (id, metered) = (port.id, port.metered);
        seen_ids.insert(id);
        rows.push(Some((id, metered)));
        applied.packed.extend(packed(id, seen).filter(|_| metered));
    }
    let was_seen = target.last_good_at.unwrap_or(sample.at);
    for port in there.values() {
        let gone = !seen_ids.contains(&port.id)
            && port.last_seen_at.is_some()
            && port.missing_since.is_none();
        if gone {
            port_vanished(c, port.id, was_seen, sample.at)?;
        }
    }
    applied.packed.sort_unstable_by_key(|port| port.port_id);
    applied.memory = Some(PortMemory::of(c, target, sample, &rows)?);
    Ok(applied)
}

fn ports_of(c: &mut Conn, device: DeviceId) -> Result<BTreeMap<String, Port>, Fault> {
    let all: Vec<Port> = ports::table
        .filter(ports::device_id.eq(device))
        .select(Port::as_select())
        .load(c)?;
    Ok(all
        .into_iter()
        .map(|port| (port.name.clone(), port))
        .collect())
}

/// A port as it is after a poll. What only a reading of names tells stays as it was otherwise.
fn changed(port: &Port, seen: &PortSeen, known: &Known, sample: &Sample) -> Port {
    let mut after = port.clone();
    let back = port.missing_since.is_some() || port.last_seen_at.is_none();
    after.if_index = Some(i64::from(seen.if_index));
    // The light reading does not ask for it.
    if sample.with_names {
        after.admin_up = seen.admin_up;
    }
    after.oper_up = seen.oper_up;
    after.counter_bits = seen.width.map(|width| i64::from(width.bits()));
    after.missing_since = None;
    if back {
        after.last_seen_at = Some(sample.at);
    }
    if sample.with_names {
        after.descr = seen.names.descr.as_deref().map(cut).unwrap_or_default();
        after.alias = seen.names.alias.as_deref().map(cut).unwrap_or_default();
        after.if_type = seen.if_type.map(i64::from);
        after.speed_bps = seen.speed;
        // What stands still is judged after the reading is kept.
        let frozen = port.warning == WARNING_FROZEN && !known.fell_back;
        if !frozen {
            after.warning = warning(known);
        }
    }
    after
}

fn warning(known: &Known) -> String {
    if known.fell_back {
        WARNING_FELL_BACK
    } else {
        ""
    }
    .to_owned()
}

fn packed(id: PortId, seen: &PortSeen) -> Option<PackedPort> {
    // A port without any counter has nothing to be computed from; its state is in its row.
    seen.width?;
    Some(PackedPort {
        port_id: id.get(),
        flags: 0,
        in_octets: seen.in_octets,
        out_octets: seen.out_octets,
        width: seen.width.unwrap_or(Width::Bits64),
        discontinuity: seen.discontinuity,
        oper_up: seen.oper_up,
        packets: seen.packets,
    })
}

fn port_write(c: &mut Conn, port: &Port, now: Timestamp) -> Result<(), Fault> {
    diesel::update(ports::table.find(port.id))
        .set((
            ports::if_index.eq(port.if_index),
            ports::descr.eq(&port.descr),
            ports::alias.eq(&port.alias),
            ports::if_type.eq(port.if_type),
            ports::speed_bps.eq(port.speed_bps),
            ports::admin_up.eq(port.admin_up),
            ports::oper_up.eq(port.oper_up),
            ports::counter_bits.eq(port.counter_bits),
            ports::last_seen_at.eq(port.last_seen_at),
            ports::missing_since.eq(port.missing_since),
            ports::warning.eq(&port.warning),
            ports::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// Makes the ports that are not there yet, many at a time; gives all that are there then.
fn ports_create(
    c: &mut Conn,
    target: &Target,
    sample: &Sample,
    known: &[Option<Known>],
    there: BTreeMap<String, Port>,
) -> Result<BTreeMap<String, Port>, Fault> {
    let seen = sample.ports.iter().zip(known);
    let missing = seen.filter_map(|(seen, known)| Some((seen, known.as_ref()?)));
    let missing: Vec<(&PortSeen, &Known)> = missing
        .filter(|(_, known)| !there.contains_key(&cut(&known.name)))
        .collect();
    if missing.is_empty() {
        return Ok(there);
    }
    let metered = discovery_of(c, target.id)?.take_over == TakeOver::All;
    let new: Vec<NewPort> = missing
        .into_iter()
        .map(|(seen, known)| new_port(target.device_id, (seen, known), metered, sample.at))
        .collect();
    insert_all!(c, ports::table, new)?;
    let all = ports_of(c, target.device_id)?;
    let made: Vec<Searched> = all
        .iter()
        .filter(|(name, _)| !there.contains_key(*name))
        .map(|(_, port)| Searched::Port(port.id))
        .collect();
    search_added_all(c, &made)?;
    Ok(all)
}

fn new_port(
    device: DeviceId,
    (seen, known): (&PortSeen, &Known),
    metered: bool,
    at: Timestamp,
) -> NewPort {
    NewPort {
        device_id: device,
        name: cut(&known.name),
        if_index: i64::from(seen.if_index),
        descr: seen.names.descr.as_deref().map(cut).unwrap_or_default(),
        alias: seen.names.alias.as_deref().map(cut).unwrap_or_default(),
        if_type: seen.if_type.map(i64::from),
        speed_bps: seen.speed,
        admin_up: seen.admin_up,
        oper_up: seen.oper_up,
        counter_bits: seen.width.map(|width| i64::from(width.bits())),
        last_seen_at: at,
        warning: warning(known),
        metered,
        created_at: at,
        updated_at: at,
    }
}

fn port_vanished(
    c: &mut Conn,
    id: PortId,
    last_seen: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    diesel::update(ports::table.find(id))
        .set((
            ports::missing_since.eq(now),
            ports::last_seen_at.eq(last_seen),
            ports::if_index.eq(None::<i64>),
            ports::admin_up.eq(None::<bool>),
            ports::oper_up.eq(None::<bool>),
            ports::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// A text of a device as it is kept.
pub(super) fn cut(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\0')
        .take(LONGEST_TEXT)
        .collect()
}
