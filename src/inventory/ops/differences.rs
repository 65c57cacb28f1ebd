//! Everything in which records and devices differ, as one list, and what is done about several at once.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::devices::devices_of_ids;
use super::facts::{compared, device_fact_accept, device_fact_set_aside, fact_by_id};
use crate::base::fault::{Fault, Message};
use crate::base::fold::contains_pattern;
use crate::base::ids::{DeviceFactId, DeviceId};
use crate::base::page::{Mark, Page, PageRequest, Walk};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::inventory::facts::{
    ASSET_TAG, DifferenceKind, FROM_LLDP, MAC, MODEL, SERIAL, SYSTEM_NAME, Verdict, host_of,
    macs_in, verdict,
};
use crate::inventory::port::PortKind;
use crate::inventory::rows::{DeviceFact, DeviceRow};
use crate::store::Conn;
use crate::store::schema::{device_facts, device_ports, device_types, devices};

diesel::define_sql_function! {
    /// Lower case, as both databases have it.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Facts that are compared at once.
const CHUNK: i64 = 500;
/// Chunks that are looked through for one page; the next page goes on behind them.
const MOST_CHUNKS: usize = 20;
/// Differences that can be settled at once.
pub const MOST_SETTLED: usize = 200;

/// Which differences to list.
#[derive(Debug, Clone, Default)]
pub struct DifferenceFilter {
    /// Part of the device's name, label or serial number.
    pub query: String,
    /// Only in this.
    pub kind: Option<DifferenceKind>,
    /// Only of this device.
    pub device: Option<DeviceId>,
    /// Those that were set aside instead of those that are open.
    pub set_aside: bool,
}

/// A record and what its device says instead.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What is said.
    pub fact: DeviceFact,
    /// In what they differ.
    pub kind: DifferenceKind,
    /// What stands on record; empty for nothing.
    pub record: String,
    /// Whether the record says something else, or nothing.
    pub verdict: Verdict,
    /// The device.
    pub device: DeviceRow,
}

impl Difference {
    /// What a person saw who decides about it: fact, since when it is said, version of the record.
    pub fn seen(&self) -> Seen {
        Seen {
            fact: self.fact.id,
            said_at: self.fact.said_at,
            version: self.device.device.version,
        }
    }

    fn mark(&self) -> Mark {
        mark(&self.fact)
    }
}

fn mark(fact: &DeviceFact) -> Mark {
    Mark::of_number(fact.id.get(), Some(fact.said_at.millis()))
}

/// A difference as somebody saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The fact.
    pub fact: DeviceFactId,
    /// Since when it was said.
    pub said_at: Timestamp,
    /// Version of the device's record.
    pub version: i64,
}

impl Seen {
    /// Reads [`Seen::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let mut number = || parts.next()?.parse::<i64>().ok();
        let seen = Self {
            fact: DeviceFactId::new(number()?),
            said_at: Timestamp::from_millis(number()?),
            version: number()?,
        };
        parts.next().is_none().then_some(seen)
    }

    /// As forms and programs send it back: `7-1795334400000-3`.
    pub fn to_text(self) -> String {
        format!("{}-{}-{}", self.fact, self.said_at.millis(), self.version)
    }
}

crate::text_enum! {
    /// What is done about differences.
    pub enum Settle {
        /// The record takes over what is said.
        Accept = "accept",
        /// It is set aside.
        SetAside = "set_aside",
        /// It is shown again.
        BringBack = "bring_back",
    }
}

/// Differences for staff, those first that are said since lately; a page of them. How many there are is not counted.
pub fn difference_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &DifferenceFilter,
    page: &PageRequest,
) -> Result<Page<Difference>, Fault> {
    for_staff(actor)?;
    let walk = Walk::of(page, true);
    let mut rows: Vec<Difference> = Vec::new();
    let mut step = walk.clone();
    let mut is_whole = false;
    for _ in 0..MOST_CHUNKS {
        let chunk = candidates(c, actor, filter, &step)?;
        let is_last = i64::try_from(chunk.len()).unwrap_or(CHUNK) < CHUNK;
        step.from = chunk.last().map(mark);
        rows.extend(differing(c, actor, chunk)?);
        if is_last || rows.len() > walk.limit {
            is_whole = true;
            break;
        }
    }
    let mut found = walk.page(rows, 0, Difference::mark);
    if !is_whole && let Some(from) = step.from {
        let edge = Some(from.to_key());
        if walk.is_back {
            found.previous = edge;
        } else {
            found.next = edge;
        }
    }
    Ok(found)
}

/// The differences of these facts that still are some, in the order of the facts.
pub fn differences_of(
    c: &mut Conn,
    actor: &Actor,
    facts: &[DeviceFactId],
) -> Result<Vec<Difference>, Fault> {
    for_staff(actor)?;
    let chunk: Vec<DeviceFact> = device_facts::table
        .filter(device_facts::id.eq_any(facts.to_vec()))
        .order(device_facts::id.asc())
        .select(DeviceFact::as_select())
        .load(c)?;
    differing(c, actor, chunk)
}

fn for_staff(actor: &Actor) -> Result<(), Fault> {
    actor.require(Permission::ViewDevices)?;
    match actor.wall().customer() {
        Some(_) => Err(Fault::not_found()),
        None => Ok(()),
    }
}

/// Facts behind a mark that can differ: those that are on record letter by letter are left out by the database.
fn candidates(
    c: &mut Conn,
    actor: &Actor,
    filter: &DifferenceFilter,
    walk: &Walk,
) -> Result<Vec<DeviceFact>, Fault> {
    let said = device_facts::value;
    let field = device_facts::field;
    let mut query = device_facts::table
        .inner_join(devices::table.inner_join(device_types::table))
        .filter(devices::archived_at.is_null())
        .select(DeviceFact::as_select())
        .into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(field.eq(kind.as_str()));
    }
    if let Some(device) = filter.device {
        query = query.filter(device_facts::device_id.eq(device));
    }
    if !filter.query.trim().is_empty() {
        let pattern = contains_pattern(&filter.query);
        query = query.filter(devices::search_folded.like(pattern).escape('\\'));
    }
    query = if filter.set_aside {
        query.filter(device_facts::ignored_at.is_not_null()).filter(
            device_facts::ignored_until
                .is_null()
                .or(device_facts::ignored_until.gt(actor.now)),
        )
    } else {
        query.filter(
            device_facts::ignored_at
                .is_null()
                .or(device_facts::ignored_until.le(actor.now)),
        )
    };
    let serial = lower(devices::serial.assume_not_null());
    let tag = lower(devices::asset_tag.assume_not_null());
    query = query
        .filter(
            field
                .ne(SERIAL)
                .or(devices::serial.is_null())
                .or(serial.ne(lower(said))),
        )
        .filter(
            field
                .ne(ASSET_TAG)
                .or(devices::asset_tag.is_null())
                .or(tag.ne(lower(said))),
        )
        .filter(
            field
                .ne(MODEL)
                .or(lower(device_types::model).ne(lower(said))),
        )
        .filter(
            field
                .ne(SYSTEM_NAME)
                .or(lower(devices::name).ne(lower(said))),
        );
    let query = crate::walked!(
        query,
        device_facts::said_at,
        device_facts::id,
        walk,
        number,
        full
    );
    Ok(query.limit(CHUNK).load(c)?)
}

/// Which of these facts differ from the records, in their order.
fn differing(
    c: &mut Conn,
    actor: &Actor,
    chunk: Vec<DeviceFact>,
) -> Result<Vec<Difference>, Fault> {
    let ids: BTreeSet<DeviceId> = chunk.iter().map(|fact| fact.device_id).collect();
    let ids: Vec<DeviceId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut facts: BTreeMap<DeviceId, Vec<DeviceFact>> = BTreeMap::new();
    let all: Vec<DeviceFact> = device_facts::table
        .filter(device_facts::device_id.eq_any(ids.clone()))
        .filter(device_facts::source.ne(FROM_LLDP))
        .order((
            device_facts::source.asc(),
            device_facts::part.asc(),
            device_facts::field.asc(),
        ))
        .select(DeviceFact::as_select())
        .load(c)?;
    for fact in all {
        facts.entry(fact.device_id).or_default().push(fact);
    }
    let ports = ports_on_record(c, &ids)?;
    let rows: BTreeMap<DeviceId, DeviceRow> = devices_of_ids(c, actor, &ids)?
        .into_iter()
        .map(|row| (row.device.id, row))
        .collect();
    let mut open: BTreeMap<DeviceFactId, (String, Verdict)> = BTreeMap::new();
    for (id, row) in &rows {
        let of_device = facts.get(id).map(Vec::as_slice).unwrap_or_default();
        for one in compared(row, of_device, actor.now) {
            if let Some(fact) = one.fact {
                open.insert(fact, (one.record, one.verdict));
            }
        }
    }
    let found = chunk.into_iter().filter_map(|fact| {
        let row = rows.get(&fact.device_id)?;
        let kind = DifferenceKind::from_word(&fact.field)?;
        let (record, verdict) = match kind {
            DifferenceKind::SystemName => named_otherwise(row, &fact)?,
            DifferenceKind::Port => unknown_port(row, ports.get(&fact.device_id), &fact)?,
            _ => open.get(&fact.id)?.clone(),
        };
        Some(Difference {
            fact,
            kind,
            record,
            verdict,
            device: row.clone(),
        })
    });
    Ok(found.collect())
}

/// The names of a device's record, when none of them is the one it has been given.
fn named_otherwise(row: &DeviceRow, fact: &DeviceFact) -> Option<(String, Verdict)> {
    let device = &row.device;
    let record = [device.name.as_str(), &device.label];
    let said = [fact.value.as_str(), host_of(&fact.value)];
    let verdict = verdict(&record, &said).filter(|verdict| *verdict != Verdict::Same)?;
    Some((device.name.clone(), verdict))
}

/// Interfaces on record: what they are called, what is printed beside them, and their addresses.
fn ports_on_record(
    c: &mut Conn,
    devices: &[DeviceId],
) -> Result<BTreeMap<DeviceId, Vec<String>>, Fault> {
    let rows: Vec<(DeviceId, String, String, String)> = device_ports::table
        .filter(device_ports::device_id.eq_any(devices.to_vec()))
        .filter(device_ports::kind.eq(PortKind::Interface))
        .filter(device_ports::archived_at.is_null())
        .order(device_ports::id.asc())
        .select((
            device_ports::device_id,
            device_ports::name,
            device_ports::label,
            device_ports::mac,
        ))
        .load(c)?;
    let mut ports: BTreeMap<DeviceId, Vec<String>> = BTreeMap::new();
    for (device, name, label, mac) in rows {
        let of_device = ports.entry(device).or_default();
        of_device.extend(
            [name, label, mac]
                .into_iter()
                .filter(|text| !text.is_empty()),
        );
    }
    Ok(ports)
}

/// What is on record of a device's interfaces, when it does not know the one that a neighbour sees. Where nothing is on record
/// there is nothing to differ from.
fn unknown_port(
    row: &DeviceRow,
    ports: Option<&Vec<String>>,
    fact: &DeviceFact,
) -> Option<(String, Verdict)> {
    let ports = ports?;
    let address = macs_in(&fact.value).into_iter().next();
    let mut record: Vec<String> = ports.clone();
    record.extend(macs_in(&row.device.nics));
    let said = address.unwrap_or_else(|| fact.value.clone());
    let record: Vec<&str> = record.iter().map(String::as_str).collect();
    match verdict(&record, &[&said])? {
        Verdict::Same => None,
        _ => Some((String::new(), Verdict::NotOnRecord)),
    }
}

/// Takes over, sets aside or brings back several differences, all or none; `until` ends setting aside. A record or a device
/// that says something else than what was seen stops it.
pub fn differences_settle(
    c: &mut Conn,
    actor: &Actor,
    seen: &[Seen],
    settle: Settle,
    until: Option<Timestamp>,
) -> Result<usize, Fault> {
    actor.require(Permission::EditDevices)?;
    if seen.is_empty() {
        return Err(Fault::field(
            "seen",
            Message::new("differences-none-chosen"),
        ));
    }
    if seen.len() > MOST_SETTLED {
        let message = Message::new("differences-too-many").with("most", MOST_SETTLED);
        return Err(Fault::field("seen", message));
    }
    if until.is_some_and(|until| until <= actor.now) {
        return Err(Fault::field(
            "until",
            Message::new("differences-until-past"),
        ));
    }
    let mut facts = Vec::with_capacity(seen.len());
    for one in seen {
        let fact = fact_by_id(c, one.fact)?;
        let version = version_of(c, fact.device_id)?;
        if fact.said_at != one.said_at || version != one.version {
            return Err(Fault::stale());
        }
        facts.push(fact);
    }
    let mut macs_taken: BTreeSet<DeviceId> = BTreeSet::new();
    for fact in facts {
        let (device, id) = (fact.device_id, fact.id);
        match settle {
            // All addresses of a device are taken over together.
            Settle::Accept if fact.field == MAC && !macs_taken.insert(device) => {}
            Settle::Accept => {
                // One before it may have changed the same record in this transaction.
                let version = version_of(c, device)?;
                device_fact_accept(c, actor, device, id, version)?;
            }
            Settle::SetAside => device_fact_set_aside(c, actor, device, id, true, until)?,
            Settle::BringBack => device_fact_set_aside(c, actor, device, id, false, None)?,
        }
    }
    Ok(seen.len())
}

fn version_of(c: &mut Conn, device: DeviceId) -> Result<i64, Fault> {
    let version: Option<i64> = devices::table
        .find(device)
        .select(devices::version)
        .first(c)
        .optional()?;
    version.ok_or_else(Fault::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_as_it_was_written() {
        let seen = Seen {
            fact: DeviceFactId::new(7),
            said_at: Timestamp::from_millis(1_795_334_400_000),
            version: 3,
        };
        assert_eq!(Seen::from_text(&seen.to_text()), Some(seen));
        for wrong in ["", "7", "7-1", "7-1-x", "7-1-2-3"] {
            assert_eq!(Seen::from_text(wrong), None, "{wrong}");
        }
    }
}
