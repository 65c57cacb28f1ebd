//! What a visit is about and what came of it: devices, power intents, work done.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::{advance, audit_visit, note_event, visit_row};
use crate::access::model::{VisitEventKind, WorkResult};
use crate::access::rows::{VisitDevice, VisitWork};
use crate::access::state::VisitAction;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, IntentId, RackId, VisitId};
use crate::base::number::whole;
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::insert_all;
use crate::store::Conn;
use crate::store::schema::{
    devices, power_intents, visit_devices, visit_intents, visit_racks, visit_works,
};

/// Links a visit to devices and power intents; those that are linked already stay.
pub(super) fn link(
    c: &mut Conn,
    actor: &Actor,
    visit: VisitId,
    device_ids: &[DeviceId],
    intent_ids: &[IntentId],
) -> Result<(), Fault> {
    let seen = devices_seen(c, actor, device_ids)?;
    if seen.len() != device_ids.len() {
        let message = Message::new("visit-fault-device");
        return Err(Fault::field("device_ids", message));
    }
    let intents: Vec<(IntentId, DeviceId)> = power_intents::table
        .filter(power_intents::id.eq_any(intent_ids.to_vec()))
        .select((power_intents::id, power_intents::device_id))
        .load(c)?;
    let of_intents: Vec<DeviceId> = intents.iter().map(|(_, device)| *device).collect();
    let reachable = devices_seen(c, actor, &of_intents)?;
    let all = intents.iter().all(|(_, device)| reachable.contains(device));
    if intents.len() != intent_ids.len() || !all {
        let message = Message::new("visit-fault-intent");
        return Err(Fault::field("power_intent_ids", message));
    }
    let there: Vec<DeviceId> = visit_devices::table
        .filter(visit_devices::visit_id.eq(visit))
        .select(visit_devices::device_id)
        .load(c)?;
    let rows: Vec<_> = device_ids
        .iter()
        .filter(|id| !there.contains(id))
        .map(|id| {
            (
                visit_devices::visit_id.eq(visit),
                visit_devices::device_id.eq(*id),
            )
        })
        .collect();
    insert_all!(c, visit_devices::table, rows)?;
    let there: Vec<IntentId> = visit_intents::table
        .filter(visit_intents::visit_id.eq(visit))
        .select(visit_intents::power_intent_id)
        .load(c)?;
    let rows: Vec<_> = intent_ids
        .iter()
        .filter(|id| !there.contains(id))
        .map(|id| {
            (
                visit_intents::visit_id.eq(visit),
                visit_intents::power_intent_id.eq(*id),
            )
        })
        .collect();
    insert_all!(c, visit_intents::table, rows)?;
    Ok(())
}

/// Which of some devices the actor may see.
fn devices_seen(c: &mut Conn, actor: &Actor, ids: &[DeviceId]) -> Result<Vec<DeviceId>, Fault> {
    let mut query = devices::table
        .filter(devices::id.eq_any(ids.to_vec()))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(own));
    }
    Ok(query.select(devices::id).load(c)?)
}

/// Devices of visits, by visit.
pub(super) fn devices_of(
    c: &mut Conn,
    visits: &[VisitId],
) -> Result<HashMap<VisitId, Vec<VisitDevice>>, Fault> {
    let links: Vec<(VisitId, DeviceId)> = visit_devices::table
        .filter(visit_devices::visit_id.eq_any(visits.to_vec()))
        .order((visit_devices::visit_id.asc(), visit_devices::id.asc()))
        .select((visit_devices::visit_id, visit_devices::device_id))
        .load(c)?;
    let ids: Vec<DeviceId> = links.iter().map(|(_, device)| *device).collect();
    let names: HashMap<DeviceId, String> = devices::table
        .filter(devices::id.eq_any(ids))
        .select((devices::id, devices::name))
        .load(c)?
        .into_iter()
        .collect();
    let mut by_visit: HashMap<VisitId, Vec<VisitDevice>> = HashMap::new();
    for (visit, id) in links {
        let name = names.get(&id).cloned().unwrap_or_default();
        by_visit
            .entry(visit)
            .or_default()
            .push(VisitDevice { id, name });
    }
    Ok(by_visit)
}

/// Power intents of visits, by visit.
pub(super) fn intents_of(
    c: &mut Conn,
    visits: &[VisitId],
) -> Result<HashMap<VisitId, Vec<IntentId>>, Fault> {
    let links: Vec<(VisitId, IntentId)> = visit_intents::table
        .filter(visit_intents::visit_id.eq_any(visits.to_vec()))
        .order((visit_intents::visit_id.asc(), visit_intents::id.asc()))
        .select((visit_intents::visit_id, visit_intents::power_intent_id))
        .load(c)?;
    let mut by_visit: HashMap<VisitId, Vec<IntentId>> = HashMap::new();
    for (visit, id) in links {
        by_visit.entry(visit).or_default().push(id);
    }
    Ok(by_visit)
}

/// What was done on visits, by visit.
pub(super) fn works_of(
    c: &mut Conn,
    visits: &[VisitId],
) -> Result<HashMap<VisitId, VisitWork>, Fault> {
    let works: Vec<VisitWork> = visit_works::table
        .filter(visit_works::visit_id.eq_any(visits.to_vec()))
        .select(VisitWork::as_select())
        .load(c)?;
    Ok(works
        .into_iter()
        .map(|work| (work.visit_id, work))
        .collect())
}

/// Devices in the racks of a visit that it may be about, by name.
pub fn visit_device_choices(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
) -> Result<Vec<VisitDevice>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let visit = visit_row(c, actor, number)?;
    let racks: Vec<RackId> = visit_racks::table
        .filter(visit_racks::visit_id.eq(visit.id))
        .select(visit_racks::rack_id)
        .load(c)?;
    let mut query = devices::table
        .filter(devices::rack_id.eq_any(racks))
        .filter(devices::archived_at.is_null())
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(own));
    }
    let rows: Vec<(DeviceId, String)> = query
        .order((devices::name.asc(), devices::id.asc()))
        .select((devices::id, devices::name))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| VisitDevice { id, name })
        .collect())
}

/// What was done, as typed: `touched`, `result`, `remote_hands_minutes`, `device_ids`, `power_intent_ids`, `note`.
struct Done {
    touched: String,
    result: WorkResult,
    minutes: i64,
    note: String,
}

impl Done {
    fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let touched = faults.keep(text::paragraph("touched", fields.get("touched"), 2000));
        let result = faults.keep(match fields.get("result").trim() {
            "" => Ok(WorkResult::Done),
            word => WorkResult::from_word(word).ok_or_else(|| {
                let message = Message::new("fault-choice").with("allowed", WorkResult::words());
                FieldFault::new("result", message)
            }),
        });
        let minutes = fields.get("remote_hands_minutes");
        let minutes = faults.keep(whole("remote_hands_minutes", minutes, 0, 100_000));
        let note = faults.keep(text::line("note", fields.get("note"), 500));
        let done = (|| {
            Some(Self {
                touched: touched?,
                result: result?,
                minutes: minutes?.unwrap_or(0),
                note: note?,
            })
        })();
        faults.into_result(done)
    }
}

fn each<T: std::str::FromStr>(
    fields: &Fields,
    name: &'static str,
    wrong: &'static str,
) -> Result<Vec<T>, Fault> {
    fields
        .all(name)
        .filter(|text| !text.trim().is_empty())
        .map(|text| {
            let read = text.trim().parse::<T>();
            read.map_err(|_| Fault::field(name, Message::new(wrong)))
        })
        .collect()
}

/// It is written up: what was touched, how it went, how long remote hands took.
pub fn visit_close(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
    fields: &Fields,
) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let mut visit = visit_row(c, actor, number)?;
    let done = Done::parse(fields)?;
    let mut device_ids: Vec<DeviceId> = each(fields, "device_ids", "visit-fault-device")?;
    device_ids.sort();
    device_ids.dedup();
    let mut intent_ids: Vec<IntentId> = each(fields, "power_intent_ids", "visit-fault-intent")?;
    intent_ids.sort();
    intent_ids.dedup();
    let before = visit.state;
    advance(c, actor, &mut visit, VisitAction::Close)?;
    link(c, actor, visit.id, &device_ids, &intent_ids)?;
    diesel::insert_into(visit_works::table)
        .values((
            visit_works::visit_id.eq(visit.id),
            visit_works::touched.eq(&done.touched),
            visit_works::result.eq(done.result),
            visit_works::remote_hands_minutes.eq(done.minutes),
            visit_works::written_by.eq(&actor.name),
            visit_works::written_at.eq(actor.now),
        ))
        .execute(c)?;
    note_event(c, actor, visit.id, None, VisitEventKind::Closed, &done.note)?;
    let detail = json!({"before": before, "after": visit.state, "note": done.note, "touched": done.touched,
        "result": done.result, "remote_hands_minutes": done.minutes, "devices": device_ids, "power_intents": intent_ids});
    audit_visit(c, actor, &visit, "visit.close", detail)
}
