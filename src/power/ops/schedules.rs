//! Schedules: making, changing, pausing and reading them.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::ids::{DeviceId, PowerScheduleId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::model::Action;
use crate::power::rows::Schedule;
use crate::power::schedule::{Rhythm, ScheduleDraft, When, next_run};
use crate::store::Conn;
use crate::store::schema::{
    devices, power_schedule_machines, power_schedules, racks, rooms, sites,
};

/// Schedules by their next run, those that do not run any more last; archived ones are left out.
pub fn schedule_list(c: &mut Conn, actor: &Actor) -> Result<Vec<Schedule>, Fault> {
    actor.require(Permission::ViewPower)?;
    let mut query = power_schedules::table
        .filter(power_schedules::archived_at.is_null())
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(power_schedules::customer_id.eq(customer));
    }
    let mut found: Vec<Schedule> = query
        .order((
            power_schedules::next_run_at.asc(),
            power_schedules::id.asc(),
        ))
        .select(Schedule::as_select())
        .load(c)?;
    found.sort_by_key(|one| (one.paused, one.next_run_at.is_none(), one.next_run_at));
    Ok(found)
}

/// A schedule on the actor's side of the wall.
pub fn schedule_by_id(c: &mut Conn, actor: &Actor, id: PowerScheduleId) -> Result<Schedule, Fault> {
    actor.require(Permission::ViewPower)?;
    let mut query = power_schedules::table
        .filter(power_schedules::id.eq(id))
        .select(Schedule::as_select())
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(power_schedules::customer_id.eq(customer));
    }
    query.first(c).optional()?.ok_or_else(Fault::not_found)
}

/// The machines of a schedule by name. The caller has found the schedule for its actor.
pub fn schedule_machines(
    c: &mut Conn,
    id: PowerScheduleId,
) -> Result<Vec<(DeviceId, String)>, Fault> {
    Ok(power_schedule_machines::table
        .inner_join(devices::table)
        .filter(power_schedule_machines::schedule_id.eq(id))
        .order(devices::name.asc())
        .select((devices::id, devices::name))
        .load(c)?)
}

/// The zones of sites where the actor has machines, with the codes of the sites.
pub fn site_zones(c: &mut Conn, actor: &Actor) -> Result<Vec<(String, String)>, Fault> {
    actor.require(Permission::ControlPower)?;
    let mut query = devices::table
        .inner_join(racks::table.inner_join(rooms::table.inner_join(sites::table)))
        .filter(devices::archived_at.is_null())
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(customer));
    }
    let found: Vec<(String, String)> = query
        .select((sites::time_zone, sites::code))
        .distinct()
        .order((sites::time_zone.asc(), sites::code.asc()))
        .load(c)?;
    let mut zones: Vec<(String, String)> = Vec::new();
    for (zone, code) in found {
        match zones.last_mut().filter(|(known, _)| *known == zone) {
            Some((_, codes)) => {
                codes.push_str(", ");
                codes.push_str(&code);
            }
            None => zones.push((zone, code)),
        }
    }
    Ok(zones)
}

/// The machines by name, on the actor's side of the wall.
fn resolve(c: &mut Conn, actor: &Actor, names: &[String]) -> Result<Vec<DeviceId>, Fault> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let mut query = devices::table
            .filter(devices::name.eq(name))
            .filter(devices::archived_at.is_null())
            .select(devices::id)
            .into_boxed();
        if let Some(customer) = actor.wall().customer() {
            query = query.filter(devices::customer_id.eq(customer));
        }
        let device: Option<DeviceId> = query.first(c).optional()?;
        found.push(device.ok_or_else(|| {
            let message = Message::new("power-fault-no-device").with("name", name.as_str());
            Fault::field("machines", message)
        })?);
    }
    Ok(found)
}

/// The columns of a draft.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = power_schedules)]
struct Typed<'a> {
    name: &'a str,
    action: Action,
    setting: String,
    path: crate::power::model::Path,
    reason: &'a str,
    zone: &'a str,
    rhythm: Rhythm,
    local_date: String,
    weekdays: i64,
    minute_of_day: i64,
    stagger_ms: i64,
    stop_after: i64,
    updated_at: Timestamp,
}

fn typed<'a>(draft: &'a ScheduleDraft, now: Timestamp) -> Typed<'a> {
    let (rhythm, local_date, weekdays) = match draft.when {
        When::Once(day) => (Rhythm::Once, day_text(day), 0),
        When::Weekly(days) => (Rhythm::Weekly, String::new(), days.number()),
    };
    Typed {
        name: &draft.name,
        action: draft.wish.action,
        setting: draft.wish.setting.to_text(),
        path: draft.wish.path,
        reason: &draft.wish.reason,
        zone: draft.zone.name(),
        rhythm,
        local_date,
        weekdays,
        minute_of_day: draft.minute_of_day,
        stagger_ms: draft.order.stagger_ms,
        stop_after: draft.order.stop_after,
        updated_at: now,
    }
}

fn day_text(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// The first run after now; a schedule that would never run is a fault of its date.
fn first_run(draft: &ScheduleDraft, now: Timestamp) -> Result<Timestamp, Fault> {
    next_run(draft.when, draft.minute_of_day, draft.zone, now)
        .ok_or_else(|| FieldFault::new("date", Message::new("power-fault-past")).into())
}

/// Makes a schedule; who makes it answers for its runs.
pub fn schedule_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &ScheduleDraft,
) -> Result<PowerScheduleId, Fault> {
    actor.require(Permission::ControlPower)?;
    let machines = resolve(c, actor, &draft.machines)?;
    let next = first_run(draft, actor.now)?;
    let id: PowerScheduleId = diesel::insert_into(power_schedules::table)
        .values((
            typed(draft, actor.now),
            power_schedules::customer_id.eq(actor.wall().customer()),
            power_schedules::owner_user_id.eq(actor.user_id),
            power_schedules::owner_name.eq(&actor.name),
            power_schedules::next_run_at.eq(next),
            power_schedules::created_at.eq(actor.now),
        ))
        .returning(power_schedules::id)
        .get_result(c)?;
    machines_set(c, id, &machines)?;
    record(c, actor, "power.schedule-create", id, draft)
}

/// Changes a schedule; who changes it answers for its runs from now on.
pub fn schedule_update(
    c: &mut Conn,
    actor: &Actor,
    id: PowerScheduleId,
    version: i64,
    draft: &ScheduleDraft,
) -> Result<PowerScheduleId, Fault> {
    actor.require(Permission::ControlPower)?;
    schedule_by_id(c, actor, id)?;
    let machines = resolve(c, actor, &draft.machines)?;
    let next = first_run(draft, actor.now)?;
    let row = power_schedules::table
        .find(id)
        .filter(power_schedules::version.eq(version));
    let changed = diesel::update(row)
        .set((
            typed(draft, actor.now),
            power_schedules::owner_user_id.eq(actor.user_id),
            power_schedules::owner_name.eq(&actor.name),
            power_schedules::next_run_at.eq(next),
            power_schedules::version.eq(power_schedules::version + 1),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    diesel::delete(
        power_schedule_machines::table.filter(power_schedule_machines::schedule_id.eq(id)),
    )
    .execute(c)?;
    machines_set(c, id, &machines)?;
    record(c, actor, "power.schedule-update", id, draft)
}

fn machines_set(c: &mut Conn, id: PowerScheduleId, machines: &[DeviceId]) -> Result<(), Fault> {
    for device in machines {
        diesel::insert_into(power_schedule_machines::table)
            .values((
                power_schedule_machines::schedule_id.eq(id),
                power_schedule_machines::device_id.eq(device),
            ))
            .execute(c)?;
    }
    Ok(())
}

fn record(
    c: &mut Conn,
    actor: &Actor,
    action: &'static str,
    id: PowerScheduleId,
    draft: &ScheduleDraft,
) -> Result<PowerScheduleId, Fault> {
    let event = Event::new(action, "power_schedule", id.get(), &draft.name)
        .for_customer(actor.wall().customer())
        .with(json!({
            "action": draft.wish.action, "machines": draft.machines, "reason": draft.wish.reason,
        }));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Pauses a schedule or lets it run on; runs in between are not made up for.
pub fn schedule_pause(
    c: &mut Conn,
    actor: &Actor,
    id: PowerScheduleId,
    version: i64,
    paused: bool,
) -> Result<(), Fault> {
    actor.require(Permission::ControlPower)?;
    let there = schedule_by_id(c, actor, id)?;
    let next = following(&there, actor.now);
    let row = power_schedules::table
        .find(id)
        .filter(power_schedules::version.eq(version));
    let changed = diesel::update(row)
        .set((
            power_schedules::paused.eq(paused),
            power_schedules::next_run_at.eq(next),
            power_schedules::version.eq(power_schedules::version + 1),
            power_schedules::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    changed_by(
        c,
        actor,
        &there,
        changed,
        if paused {
            "power.schedule-pause"
        } else {
            "power.schedule-resume"
        },
    )
}

/// Takes a schedule out of use, or brings it back.
pub fn schedule_archive(
    c: &mut Conn,
    actor: &Actor,
    id: PowerScheduleId,
    version: i64,
    archive: bool,
) -> Result<(), Fault> {
    actor.require(Permission::ControlPower)?;
    let there = schedule_by_id(c, actor, id)?;
    let next = following(&there, actor.now).filter(|_| !archive);
    let row = power_schedules::table
        .find(id)
        .filter(power_schedules::version.eq(version));
    let changed = diesel::update(row)
        .set((
            power_schedules::archived_at.eq(archive.then_some(actor.now)),
            power_schedules::next_run_at.eq(next),
            power_schedules::version.eq(power_schedules::version + 1),
            power_schedules::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    changed_by(
        c,
        actor,
        &there,
        changed,
        if archive {
            "power.schedule-archive"
        } else {
            "power.schedule-restore"
        },
    )
}

fn changed_by(
    c: &mut Conn,
    actor: &Actor,
    there: &Schedule,
    changed: usize,
    action: &'static str,
) -> Result<(), Fault> {
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new(action, "power_schedule", there.id.get(), &there.name)
        .for_customer(there.customer_id);
    audit::record(c, &actor.author(), actor.now, event)
}

/// The first run of a schedule after an instant.
pub(super) fn following(there: &Schedule, after: Timestamp) -> Option<Timestamp> {
    next_run(there.when()?, there.minute_of_day, there.zone(), after)
}
