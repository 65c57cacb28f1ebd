//! Keeping and comparing what devices say of themselves.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::devices::device_by_id;
use crate::base::fault::Fault;
use crate::base::ids::DeviceId;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::inventory::facts::{MODEL, SERIAL, Verdict, verdict};
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
    /// `serial` or `model`.
    pub field: &'static str,
    /// What stands on record.
    pub record: String,
    /// What the device says, once for each chassis.
    pub said: Vec<String>,
    /// Whether they agree.
    pub verdict: Verdict,
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
        .filter(device_facts::source.eq(source.to_owned()));
    let rows: Vec<DeviceFact> = of_source.select(DeviceFact::as_select()).load(c)?;
    let mut there: BTreeMap<(i64, String), DeviceFact> = rows
        .into_iter()
        .map(|row| ((row.part, row.field.clone()), row))
        .collect();
    for (part, field, value) in said {
        let value: String = value
            .chars()
            .filter(|c| *c != '\0')
            .take(LONGEST_TEXT)
            .collect();
        match there.remove(&(*part, (*field).to_owned())) {
            Some(row) => diesel::update(device_facts::table.find(row.id))
                .set((device_facts::value.eq(value), device_facts::seen_at.eq(now)))
                .execute(c)?,
            None => diesel::insert_into(device_facts::table)
                .values((
                    device_facts::device_id.eq(device),
                    device_facts::source.eq(source),
                    device_facts::part.eq(part),
                    device_facts::field.eq(*field),
                    device_facts::value.eq(value),
                    device_facts::seen_at.eq(now),
                ))
                .execute(c)?,
        };
    }
    let unsaid: Vec<_> = there.into_values().map(|row| row.id).collect();
    diesel::delete(device_facts::table.filter(device_facts::id.eq_any(unsaid))).execute(c)?;
    Ok(())
}

/// What a device says of itself, by part and field.
pub fn device_facts(c: &mut Conn, device: DeviceId) -> Result<Vec<DeviceFact>, Fault> {
    Ok(device_facts::table
        .filter(device_facts::device_id.eq(device))
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
    let serial = row.device.serial.unwrap_or_default();
    let model = row.device_type.model;
    let whole = format!("{} {model}", row.device_type.manufacturer);
    let compared = [
        compared(SERIAL, &serial, &[&serial], &facts),
        compared(MODEL, &model, &[&model, &whole], &facts),
    ];
    Ok((facts, compared.into_iter().flatten().collect()))
}

fn compared(
    field: &'static str,
    shown: &str,
    record: &[&str],
    facts: &[DeviceFact],
) -> Option<Comparison> {
    let said: Vec<&str> = facts
        .iter()
        .filter(|fact| fact.field == field)
        .map(|fact| fact.value.as_str())
        .collect();
    Some(Comparison {
        field,
        record: shown.to_owned(),
        verdict: verdict(record, &said)?,
        said: said.into_iter().map(str::to_owned).collect(),
    })
}
