//! Who is at the other end of ports: kept as devices tell it, shown with the device on record it probably is.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::discovered::discovery_change;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, NeighbourId, PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::inventory::port_facts_keep;
use crate::metering::model::SurveyState;
use crate::metering::rows::{Neighbour, Port};
use crate::metering::survey::{NeighbourSeen, Part, SurveySeen};
use crate::search::{Searched, search_changed};
use crate::store::Conn;
use crate::store::schema::{devices, neighbours, ports, snmp_targets, target_discoveries};

diesel::define_sql_function! {
    /// Lower case, as both databases have it.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Neighbours of one port that are kept as there; a hub in between shows a few, a fault thousands.
const MOST_OF_A_PORT: usize = 32;
/// Neighbours of one port that are kept after they went.
const MOST_GONE: usize = 20;
/// Longest text kept of what a neighbour says.
const LONGEST_TEXT: usize = 500;

/// A neighbour, and which device and port on record it probably is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighbourFound {
    /// As it was told.
    pub neighbour: Neighbour,
    /// The only device on record it can be.
    pub device: Option<(DeviceId, String)>,
    /// And the port there.
    pub port: Option<(PortId, String)>,
}

/// Keeps what a survey of a target found. What could not be read stays as it was.
pub fn survey_keep(
    c: &mut Conn,
    id: SnmpTargetId,
    seen: &SurveySeen,
    now: Timestamp,
) -> Result<(), Fault> {
    let device: Option<DeviceId> = snmp_targets::table
        .find(id)
        .select(snmp_targets::device_id)
        .first(c)
        .optional()?;
    let Some(device) = device else { return Ok(()) };
    match &seen.neighbours {
        Part::Read(found) => neighbours_keep(c, device, found, now)?,
        Part::Absent => neighbours_keep(c, device, &[], now)?,
        Part::Failed(_) => {}
    }
    discovery_change(c, id, |row| {
        row.surveyed_at = Some(now);
        if !matches!(seen.neighbours, Part::Failed(_)) {
            row.own_chassis_id = cut(seen.own_chassis_id.as_deref().unwrap_or_default());
            row.unplaced = i64::try_from(seen.unplaced).unwrap_or(i64::MAX);
        }
        (row.neighbours_state, row.neighbours_detail) = state(&seen.neighbours);
        (row.chassis_state, row.chassis_detail) = state(&seen.chassis);
    })
}

fn state<T>(part: &Part<T>) -> (SurveyState, String) {
    match part {
        Part::Read(_) => (SurveyState::Read, String::new()),
        Part::Absent => (SurveyState::Absent, String::new()),
        Part::Failed(why) => (SurveyState::Failed, cut(why)),
    }
}

fn cut(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\0')
        .take(LONGEST_TEXT)
        .collect()
}

/// What makes two reports the same neighbour.
type Key = (PortId, String, String, String, String);

fn key(row: &Neighbour) -> Key {
    (
        row.port_id,
        row.chassis_id_kind.clone(),
        row.chassis_id.clone(),
        row.port_id_kind.clone(),
        row.remote_port_id.clone(),
    )
}

fn neighbours_keep(
    c: &mut Conn,
    device: DeviceId,
    found: &[NeighbourSeen],
    now: Timestamp,
) -> Result<(), Fault> {
    let indexes: BTreeMap<i64, PortId> = ports::table
        .filter(ports::device_id.eq(device))
        .filter(ports::if_index.is_not_null())
        .filter(ports::missing_since.is_null())
        .select((ports::if_index.assume_not_null(), ports::id))
        .load::<(i64, PortId)>(c)?
        .into_iter()
        .collect();
    let there: BTreeMap<Key, Neighbour> = neighbours::table
        .inner_join(ports::table)
        .filter(ports::device_id.eq(device))
        .select(Neighbour::as_select())
        .load(c)?
        .into_iter()
        .map(|row: Neighbour| (key(&row), row))
        .collect();
    let mut seen = BTreeSet::new();
    let mut counts: BTreeMap<PortId, usize> = BTreeMap::new();
    for neighbour in found {
        let Some(port) = indexes.get(&i64::from(neighbour.if_index)) else {
            continue;
        };
        let count = counts.entry(*port).or_default();
        *count += 1;
        let row = row_of(*port, neighbour, now);
        if *count <= MOST_OF_A_PORT && seen.insert(key(&row)) {
            put(c, there.get(&key(&row)), &row, now)?;
        }
    }
    let gone: Vec<NeighbourId> = there
        .iter()
        .filter(|(key, row)| row.gone_at.is_none() && !seen.contains(key))
        .map(|(_, row)| row.id)
        .collect();
    diesel::update(neighbours::table.filter(neighbours::id.eq_any(gone)))
        .set(neighbours::gone_at.eq(now))
        .execute(c)?;
    forget(c, there.values().filter(|row| row.gone_at.is_some()))?;
    far_ports_keep(c, device, now)?;
    // A device with its ports: who is seen at a port is what the port is found by.
    search_changed(c, Searched::Device(device))
}

/// Tells the devices at the other ends which of their ports are seen here.
fn far_ports_keep(c: &mut Conn, device: DeviceId, now: Timestamp) -> Result<(), Fault> {
    let here: Vec<PortId> = ports::table
        .filter(ports::device_id.eq(device))
        .select(ports::id)
        .load(c)?;
    let rows: Vec<Neighbour> = neighbours::table
        .inner_join(ports::table)
        .filter(ports::device_id.eq(device))
        .filter(neighbours::gone_at.is_null())
        .order(neighbours::id.asc())
        .select(Neighbour::as_select())
        .load(c)?;
    let mut seen: BTreeMap<(DeviceId, i64), String> = BTreeMap::new();
    for one in found(c, rows)? {
        let (Some((far, _)), said) = (one.device, one.neighbour) else {
            continue;
        };
        let names = [said.remote_port_id, said.port_descr];
        let name = names.into_iter().find(|name| !name.trim().is_empty());
        if let Some(name) = name {
            seen.entry((far, said.port_id.get())).or_insert(name);
        }
    }
    let here: Vec<i64> = here.into_iter().map(PortId::get).collect();
    let seen: Vec<(DeviceId, i64, String)> = seen
        .into_iter()
        .map(|((far, port), name)| (far, port, name))
        .collect();
    port_facts_keep(c, &here, &seen, now)
}

fn row_of(port: PortId, seen: &NeighbourSeen, now: Timestamp) -> Neighbour {
    Neighbour {
        id: NeighbourId::new(0),
        port_id: port,
        chassis_id_kind: seen.chassis_id_kind.clone(),
        chassis_id: cut(&seen.chassis_id),
        port_id_kind: seen.port_id_kind.clone(),
        remote_port_id: cut(&seen.port_id),
        port_descr: cut(&seen.port_descr),
        system_name: cut(&seen.system_name),
        system_descr: cut(&seen.system_descr),
        management_address: cut(&seen.management_address),
        first_seen_at: now,
        last_seen_at: now,
        gone_at: None,
    }
}

fn put(
    c: &mut Conn,
    there: Option<&Neighbour>,
    row: &Neighbour,
    now: Timestamp,
) -> Result<(), Fault> {
    let said = (
        neighbours::port_descr.eq(&row.port_descr),
        neighbours::system_name.eq(&row.system_name),
        neighbours::system_descr.eq(&row.system_descr),
        neighbours::management_address.eq(&row.management_address),
        neighbours::last_seen_at.eq(now),
    );
    match there {
        Some(there) => diesel::update(neighbours::table.find(there.id))
            .set((said, neighbours::gone_at.eq(None::<Timestamp>)))
            .execute(c)?,
        None => diesel::insert_into(neighbours::table)
            .values((
                neighbours::port_id.eq(row.port_id),
                neighbours::chassis_id_kind.eq(&row.chassis_id_kind),
                neighbours::chassis_id.eq(&row.chassis_id),
                neighbours::port_id_kind.eq(&row.port_id_kind),
                neighbours::remote_port_id.eq(&row.remote_port_id),
                neighbours::first_seen_at.eq(now),
                said,
            ))
            .execute(c)?,
    };
    Ok(())
}

/// Removes the oldest of those that went, so that a port that sees another one each hour fills nothing.
fn forget<'a>(c: &mut Conn, gone: impl Iterator<Item = &'a Neighbour>) -> Result<(), Fault> {
    let mut of_ports: BTreeMap<PortId, Vec<(Timestamp, NeighbourId)>> = BTreeMap::new();
    for row in gone {
        let of_port = of_ports.entry(row.port_id).or_default();
        of_port.push((row.last_seen_at, row.id));
    }
    for mut of_port in of_ports.into_values() {
        of_port.sort_unstable_by_key(|(at, id)| std::cmp::Reverse((*at, *id)));
        let old: Vec<NeighbourId> = of_port.iter().skip(MOST_GONE).map(|(_, id)| *id).collect();
        if !old.is_empty() {
            diesel::delete(
                neighbours::table
                    .filter(neighbours::id.eq_any(old))
                    .filter(neighbours::gone_at.is_not_null()),
            )
            .execute(c)?;
        }
    }
    Ok(())
}

/// Who is at the other end of a port, those who went last; nobody for a customer, whose business it is not.
pub fn neighbours_of_port(
    c: &mut Conn,
    actor: &Actor,
    port: PortId,
) -> Result<Vec<NeighbourFound>, Fault> {
    if actor.wall().customer().is_some() {
        return Ok(Vec::new());
    }
    let rows: Vec<Neighbour> = neighbours::table
        .filter(neighbours::port_id.eq(port))
        .order((neighbours::last_seen_at.desc(), neighbours::id.asc()))
        .select(Neighbour::as_select())
        .load(c)?;
    found(c, rows)
}

/// Who is at the other end of each port of a device now; nobody for a customer.
pub fn neighbours_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<BTreeMap<PortId, Vec<NeighbourFound>>, Fault> {
    if actor.wall().customer().is_some() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<Neighbour> = neighbours::table
        .inner_join(ports::table)
        .filter(ports::device_id.eq(device))
        .filter(neighbours::gone_at.is_null())
        .order(neighbours::id.asc())
        .select(Neighbour::as_select())
        .load(c)?;
    let mut by_port: BTreeMap<PortId, Vec<NeighbourFound>> = BTreeMap::new();
    for neighbour in found(c, rows)? {
        let port = neighbour.neighbour.port_id;
        by_port.entry(port).or_default().push(neighbour);
    }
    Ok(by_port)
}

/// A name without its domain, in small letters.
fn short(name: &str) -> String {
    let name = name.trim().to_lowercase();
    // An address is no name with a domain.
    match name.split_once('.') {
        Some((host, _)) if name.parse::<std::net::IpAddr>().is_err() => host.to_owned(),
        _ => name,
    }
}

/// Devices on record by what neighbours call them.
#[derive(Default)]
struct OnRecord {
    by_chassis: BTreeMap<String, BTreeSet<DeviceId>>,
    by_name: BTreeMap<String, BTreeSet<DeviceId>>,
    names: BTreeMap<DeviceId, String>,
}

impl OnRecord {
    fn load(c: &mut Conn, rows: &[Neighbour]) -> Result<Self, Fault> {
        let mut record = Self::default();
        let chassis: BTreeSet<&str> = rows
            .iter()
            .map(|row| row.chassis_id.as_str())
            .filter(|id| !id.is_empty())
            .collect();
        let names: BTreeSet<String> = rows
            .iter()
            .flat_map(|row| {
                [
                    row.system_name.trim().to_lowercase(),
                    short(&row.system_name),
                ]
            })
            .filter(|name| !name.is_empty())
            .collect();
        let of_chassis: Vec<(String, DeviceId, String)> = target_discoveries::table
            .inner_join(snmp_targets::table.inner_join(devices::table))
            .filter(target_discoveries::own_chassis_id.eq_any(chassis))
            .filter(devices::archived_at.is_null())
            .select((
                target_discoveries::own_chassis_id,
                devices::id,
                devices::name,
            ))
            .load(c)?;
        for (chassis, device, name) in of_chassis {
            record.names.insert(device, name);
            record.by_chassis.entry(chassis).or_default().insert(device);
        }
        let names: Vec<String> = names.into_iter().collect();
        let named: Vec<(DeviceId, String)> = devices::table
            .filter(lower(devices::name).eq_any(names.clone()))
            .filter(devices::archived_at.is_null())
            .select((devices::id, devices::name))
            .load(c)?;
        let told: Vec<(DeviceId, String, String)> = snmp_targets::table
            .inner_join(devices::table)
            .filter(lower(snmp_targets::system_name).eq_any(names))
            .filter(devices::archived_at.is_null())
            .select((devices::id, devices::name, snmp_targets::system_name))
            .load(c)?;
        let named = named.into_iter().map(|(id, name)| (id, name.clone(), name));
        for (device, name, called) in named.chain(told) {
            record.names.insert(device, name);
            let called = short(&called);
            record.by_name.entry(called).or_default().insert(device);
        }
        Ok(record)
    }

    /// The only device it can be: chassis and name must not disagree.
    fn device(&self, row: &Neighbour) -> Option<(DeviceId, String)> {
        let chassis = self.by_chassis.get(&row.chassis_id);
        let named = self.by_name.get(&short(&row.system_name));
        let both: BTreeSet<DeviceId> = match (chassis, named) {
            (Some(chassis), Some(named)) => chassis.intersection(named).copied().collect(),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => return None,
        };
        let mut both = both.into_iter();
        let device = both.next().filter(|_| both.next().is_none())?;
        Some((device, self.names.get(&device)?.clone()))
    }
}

/// Neighbours with the devices and ports on record that they probably are.
pub(super) fn found(c: &mut Conn, rows: Vec<Neighbour>) -> Result<Vec<NeighbourFound>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let record = OnRecord::load(c, &rows)?;
    let probable: Vec<Option<(DeviceId, String)>> =
        rows.iter().map(|row| record.device(row)).collect();
    let wanted: BTreeSet<DeviceId> = probable.iter().flatten().map(|(id, _)| *id).collect();
    let theirs: Vec<Port> = ports::table
        .filter(ports::device_id.eq_any(wanted))
        .select(Port::as_select())
        .load(c)?;
    let pairs = rows.into_iter().zip(probable);
    Ok(pairs
        .map(|(neighbour, device)| {
            let port = device
                .as_ref()
                .and_then(|(id, _)| port_of(&theirs, *id, &neighbour));
            NeighbourFound {
                neighbour,
                device,
                port,
            }
        })
        .collect())
}

/// The only port of a device that a neighbour can mean by its id or its description.
fn port_of(theirs: &[Port], device: DeviceId, said: &Neighbour) -> Option<(PortId, String)> {
    let named = |text: &str| {
        let mut same = theirs.iter().filter(|port| {
            port.device_id == device
                && !text.is_empty()
                && (port.name == text || port.descr == text)
        });
        let port = same.next().filter(|_| same.next().is_none())?;
        Some((port.id, port.name.clone()))
    };
    named(&said.remote_port_id).or_else(|| named(&said.port_descr))
}
