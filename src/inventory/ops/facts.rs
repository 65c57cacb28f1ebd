//! Keeping and comparing what devices say of themselves.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::json;

use super::change::device_update;
use super::devices::device_by_id;
use super::ports::device_port_create;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceFactId, DeviceId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::inventory::facts::{
    ASSET_TAG, FROM_BMC, FROM_LLDP, FROM_SNMP, MAC, MEMORY, MODEL, PORT, SERIAL, SYSTEM_NAME,
    Verdict, host_of, macs_in, verdict,
};
use crate::inventory::fields::device_fields;
use crate::inventory::model::DeviceDraft;
use crate::inventory::port::{PortDraft, PortKind};
use crate::inventory::rows::{DeviceFact, DeviceRow};
use crate::store::Conn;
use crate::store::schema::device_facts;

/// Longest text kept.
const LONGEST_TEXT: usize = 255;

/// Something a device says: part (1, or the number in a stack), field and value.
pub type Said = (i64, &'static str, String);

/// A field of a record beside what the device says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// `serial`, `model`, `asset_tag`, `memory_gib` or `mac`.
    pub field: &'static str,
    /// What stands on record.
    pub record: String,
    /// What the device says, once for each chassis.
    pub said: Vec<String>,
    /// Whether they agree.
    pub verdict: Verdict,
    /// The fact that can be taken over into the record: what the device says and the record does not.
    pub fact: Option<DeviceFactId>,
    /// A person has set the difference aside.
    pub ignored_at: Option<Timestamp>,
    /// Who did; empty when nobody.
    pub ignored_by: String,
}

/// Keeps what a source says of a device now; what it says no more goes.
pub fn device_facts_keep(
    c: &mut Conn,
    device: DeviceId,
    source: &str,
    said: &[Said],
    now: Timestamp,
) -> Result<(), Fault> {
    let of_source = device_facts::table
        .filter(device_facts::device_id.eq(device))
        .filter(device_facts::source.eq(source.to_owned()))
        .filter(device_facts::field.ne(SYSTEM_NAME));
    let rows: Vec<DeviceFact> = of_source.select(DeviceFact::as_select()).load(c)?;
    let mut there: BTreeMap<(i64, String), DeviceFact> = rows
        .into_iter()
        .map(|row| ((row.part, row.field.clone()), row))
        .collect();
    for (part, field, value) in said {
        let there = there.remove(&(*part, (*field).to_owned()));
        fact_put(c, there, (device, source, *part, *field), value, now)?;
    }
    let unsaid: Vec<_> = there.into_values().map(|row| row.id).collect();
    diesel::delete(device_facts::table.filter(device_facts::id.eq_any(unsaid))).execute(c)?;
    Ok(())
}

/// Keeps one fact: device, source, part, field. What was set aside comes back with another value.
fn fact_put(
    c: &mut Conn,
    there: Option<DeviceFact>,
    (device, source, part, field): (DeviceId, &str, i64, &str),
    value: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let value: String = value
        .chars()
        .filter(|c| *c != '\0')
        .take(LONGEST_TEXT)
        .collect();
    match there {
        Some(row) if row.value == value => diesel::update(device_facts::table.find(row.id))
            .set(device_facts::seen_at.eq(now))
            .execute(c)?,
        // What was set aside was another difference.
        Some(row) => diesel::update(device_facts::table.find(row.id))
            .set((
                device_facts::value.eq(value),
                device_facts::seen_at.eq(now),
                device_facts::said_at.eq(now),
                device_facts::ignored_at.eq(None::<Timestamp>),
                device_facts::ignored_until.eq(None::<Timestamp>),
                device_facts::ignored_by_name.eq(""),
            ))
            .execute(c)?,
        None => diesel::insert_into(device_facts::table)
            .values((
                device_facts::device_id.eq(device),
                device_facts::source.eq(source.to_owned()),
                device_facts::part.eq(part),
                device_facts::field.eq(field.to_owned()),
                device_facts::value.eq(value),
                device_facts::seen_at.eq(now),
                device_facts::said_at.eq(now),
            ))
            .execute(c)?,
    };
    Ok(())
}

/// Keeps the name that a device has been given, as it tells it over SNMP; an empty one is none.
pub fn system_name_keep(
    c: &mut Conn,
    device: DeviceId,
    name: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let there: Option<DeviceFact> = device_facts::table
        .filter(device_facts::device_id.eq(device))
        .filter(device_facts::source.eq(FROM_SNMP))
        .filter(device_facts::field.eq(SYSTEM_NAME))
        .select(DeviceFact::as_select())
        .first(c)
        .optional()?;
    match (there, name.trim()) {
        (Some(row), "") => {
            diesel::delete(device_facts::table.find(row.id)).execute(c)?;
            Ok(())
        }
        (None, "") => Ok(()),
        (there, name) => fact_put(c, there, (device, FROM_SNMP, 1, SYSTEM_NAME), name, now),
    }
}

/// Keeps which ports of other devices are seen at some ports now: device, the port there that sees it by its number, and what
/// is said of it. What those ports see no more goes.
pub fn port_facts_keep(
    c: &mut Conn,
    at: &[i64],
    seen: &[(DeviceId, i64, String)],
    now: Timestamp,
) -> Result<(), Fault> {
    let rows: Vec<DeviceFact> = device_facts::table
        .filter(device_facts::source.eq(FROM_LLDP))
        .filter(device_facts::part.eq_any(at.to_vec()))
        .select(DeviceFact::as_select())
        .load(c)?;
    let mut there: BTreeMap<(DeviceId, i64), DeviceFact> = rows
        .into_iter()
        .map(|row| ((row.device_id, row.part), row))
        .collect();
    for (device, part, value) in seen {
        let row = there.remove(&(*device, *part));
        fact_put(c, row, (*device, FROM_LLDP, *part, PORT), value, now)?;
    }
    let unseen: Vec<DeviceFactId> = there.into_values().map(|row| row.id).collect();
    diesel::delete(device_facts::table.filter(device_facts::id.eq_any(unseen))).execute(c)?;
    Ok(())
}

/// What a device says of itself, by part and field; its given name and the ports that others see are no part of it.
pub fn device_facts(c: &mut Conn, device: DeviceId) -> Result<Vec<DeviceFact>, Fault> {
    Ok(device_facts::table
        .filter(device_facts::device_id.eq(device))
        .filter(device_facts::field.ne(SYSTEM_NAME))
        .filter(device_facts::field.ne(PORT))
        .order((
            device_facts::source.asc(),
            device_facts::part.asc(),
            device_facts::field.asc(),
        ))
        .select(DeviceFact::as_select())
        .load(c)?)
}

/// A device's serial number and model on record beside what it says itself; nothing for a customer, and nothing
/// where the device says nothing at all.
pub fn device_compared(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<(Vec<DeviceFact>, Vec<Comparison>), Fault> {
    let row: DeviceRow = device_by_id(c, actor, device)?;
    if actor.wall().customer().is_some() {
        return Ok((Vec::new(), Vec::new()));
    }
    let facts = device_facts(c, device)?;
    if facts.is_empty() {
        return Ok((facts, Vec::new()));
    }
    let compared = compared(&row, &facts, actor.now);
    Ok((facts, compared))
}

/// A record beside what its device says of itself.
pub(super) fn compared(row: &DeviceRow, facts: &[DeviceFact], now: Timestamp) -> Vec<Comparison> {
    let device = &row.device;
    let serial = device.serial.as_deref().unwrap_or_default();
    let model = row.device_type.model.as_str();
    let whole = format!("{} {model}", row.device_type.manufacturer);
    let mut compared = vec![
        compare(SERIAL, serial, &[serial], facts, now),
        compare(MODEL, model, &[model, &whole], facts, now),
    ];
    // Only some devices say these at all.
    let tag = device.asset_tag.as_deref().unwrap_or_default();
    let memory = device
        .memory_mib
        .map(|memory| (memory.get() / 1024).to_string());
    let memory = memory.unwrap_or_default();
    let macs = macs_in(&device.nics);
    let macs: Vec<&str> = macs.iter().map(String::as_str).collect();
    for (field, shown, record) in [
        (ASSET_TAG, tag, vec![tag]),
        (MEMORY, memory.as_str(), vec![memory.as_str()]),
        (MAC, device.nics.as_str(), macs),
    ] {
        if facts.iter().any(|fact| fact.field == field) {
            compared.push(compare(field, shown, &record, facts, now));
        }
    }
    compared.into_iter().flatten().collect()
}

fn compare(
    field: &'static str,
    shown: &str,
    record: &[&str],
    facts: &[DeviceFact],
    now: Timestamp,
) -> Option<Comparison> {
    let of_field: Vec<&DeviceFact> = facts.iter().filter(|fact| fact.field == field).collect();
    let said: Vec<&str> = of_field.iter().map(|fact| fact.value.as_str()).collect();
    let verdict = verdict(record, &said)?;
    let is_open = matches!(verdict, Verdict::Differs | Verdict::NotOnRecord);
    // The management controller knows this machine; a switch may speak for a whole stack.
    let by_bmc = of_field.iter().find(|fact| fact.source == FROM_BMC);
    let first = by_bmc.or(of_field.first()).filter(|_| is_open);
    let aside = first.filter(|fact| fact.is_set_aside(now));
    Some(Comparison {
        field,
        record: shown.to_owned(),
        verdict,
        fact: first.map(|fact| fact.id),
        ignored_at: aside.and_then(|fact| fact.ignored_at),
        ignored_by: aside
            .map(|fact| fact.ignored_by_name.clone())
            .unwrap_or_default(),
        said: said.into_iter().map(str::to_owned).collect(),
    })
}

fn fact_find(c: &mut Conn, device: DeviceId, id: DeviceFactId) -> Result<DeviceFact, Fault> {
    device_facts::table
        .find(id)
        .filter(device_facts::device_id.eq(device))
        .select(DeviceFact::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// One fact. For the operations of this program: the caller has checked the right.
pub(super) fn fact_by_id(c: &mut Conn, id: DeviceFactId) -> Result<DeviceFact, Fault> {
    device_facts::table
        .find(id)
        .select(DeviceFact::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Takes what a device says of itself over into its record; `version` is the device's that was read. MAC addresses
/// are added to what stands there.
pub fn device_fact_accept(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    id: DeviceFactId,
    version: i64,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let row = device_by_id(c, actor, device)?;
    let fact = fact_find(c, device, id)?;
    let mut fields = device_fields(&row);
    match fact.field.as_str() {
        SYSTEM_NAME => fields.set("name", host_of(&fact.value)),
        PORT => return port_take_over(c, actor, device, &fact.value),
        SERIAL | ASSET_TAG | MEMORY => fields.set(fact.field.clone(), fact.value),
        MAC => {
            let there = macs_in(&row.device.nics);
            let new: Vec<String> = device_facts(c, device)?
                .into_iter()
                .filter(|other| other.field == MAC && other.source == fact.source)
                .map(|other| other.value)
                .filter(|mac| !there.contains(mac))
                .collect();
            let all = [row.device.nics.as_str()].into_iter();
            let all: Vec<&str> = all.chain(new.iter().map(String::as_str)).collect();
            let all: Vec<&str> = all.into_iter().filter(|text| !text.is_empty()).collect();
            fields.set("nics", all.join(", "));
        }
        _ => return Err(Fault::conflict(Message::new("inventory-fact-by-hand"))),
    }
    let draft = DeviceDraft::parse(&fields)?;
    device_update(c, actor, device, version, &draft)
}

/// Adds the port that a neighbour sees to those on record.
fn port_take_over(c: &mut Conn, actor: &Actor, device: DeviceId, name: &str) -> Result<(), Fault> {
    if !macs_in(name).is_empty() {
        return Err(Fault::conflict(Message::new("inventory-fact-by-hand")));
    }
    let kind = PortKind::Interface.to_string();
    let fields: Fields = [("kind", kind), ("name", name.to_owned())]
        .into_iter()
        .collect();
    let draft = PortDraft::parse(&fields)?;
    device_port_create(c, actor, device, &draft).map(drop)
}

/// Sets a difference between a device and its record aside, or brings it back. When the device says something else it
/// comes back by itself.
pub fn device_fact_ignore(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    id: DeviceFactId,
    ignored: bool,
) -> Result<(), Fault> {
    device_fact_set_aside(c, actor, device, id, ignored, None)
}

/// As [`device_fact_ignore`], until an instant when one is given: then it comes back although the same is said.
pub fn device_fact_set_aside(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    id: DeviceFactId,
    ignored: bool,
    until: Option<Timestamp>,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let row = device_by_id(c, actor, device)?;
    let fact = fact_find(c, device, id)?;
    let name = if ignored { actor.name.as_str() } else { "" };
    diesel::update(device_facts::table.find(id))
        .set((
            device_facts::ignored_at.eq(ignored.then_some(actor.now)),
            device_facts::ignored_until.eq(until.filter(|_| ignored)),
            device_facts::ignored_by_name.eq(name),
        ))
        .execute(c)?;
    let action = if ignored {
        "device.set_aside"
    } else {
        "device.bring_back"
    };
    let event = Event::new(action, "device", device.get(), &row.device.name)
        .for_customer(row.device.customer_id)
        .with(json!({"field": fact.field, "said": fact.value, "until": until}));
    audit::record(c, &actor.author(), actor.now, event)
}
