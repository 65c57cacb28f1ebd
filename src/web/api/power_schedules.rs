//! `/api/v1/power/schedules`.

use rocket::http::Status;
use rocket::response::status::Custom;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::fault::Fault;
use crate::base::ids::PowerScheduleId;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::ops::{
    schedule_archive, schedule_by_id, schedule_create, schedule_list, schedule_machines,
    schedule_pause, schedule_update,
};
use crate::power::{Schedule, ScheduleDraft, schedule_time};
use crate::store::Conn;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, pause, archive]
}

/// An action that comes back by the calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleJson {
    id: i64,
    name: String,
    action: String,
    /// Which way: `bmc` or `outlets`.
    path: String,
    /// Seconds of the light, or `DEVICE once|persistent legacy|uefi` of a boot override; empty for other actions.
    setting: String,
    reason: String,
    /// `once` or `weekly`.
    rhythm: String,
    /// `mon` to `sun`.
    weekdays: Vec<String>,
    /// The day of a single run.
    date: Option<String>,
    /// Wall-clock time, `19:30`.
    time: String,
    /// Zone of the wall clock.
    zone: String,
    /// Names of the machines; only of a single schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    machines: Option<Vec<String>>,
    stagger_s: i64,
    stop_after: i64,
    /// Who answers for its runs.
    owner: String,
    paused: bool,
    /// RFC 3339.
    next_run_at: Option<String>,
    /// RFC 3339.
    last_run_at: Option<String>,
    /// What came of it, in the caller's language.
    last_said: Option<String>,
    /// RFC 3339; taken out of use since then.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(ScheduleJson: version);

fn schedule_json(
    web: &Web,
    actor: &Actor,
    schedule: Schedule,
    machines: Option<Vec<String>>,
) -> ScheduleJson {
    let last = schedule.last_words();
    let days = schedule.days().words();
    let runs = !schedule.paused && schedule.archived_at.is_none();
    let next = schedule.next_run_at.filter(|_| runs);
    ScheduleJson {
        id: schedule.id.get(),
        action: schedule.action.to_string(),
        path: schedule.path.to_string(),
        setting: schedule.setting().to_text(),
        rhythm: schedule.rhythm.to_string(),
        weekdays: days.into_iter().map(str::to_owned).collect(),
        time: schedule_time(schedule.minute_of_day),
        machines,
        stagger_s: schedule.stagger_ms / 1000,
        stop_after: schedule.stop_after,
        paused: schedule.paused,
        next_run_at: next.map(Timestamp::to_rfc3339),
        last_run_at: schedule.last_run_at.map(Timestamp::to_rfc3339),
        last_said: last.and_then(|last| web.words.say_kept(actor.locale, &last)),
        archived_at: schedule.archived_at.map(Timestamp::to_rfc3339),
        version: schedule.version,
        name: schedule.name,
        reason: schedule.reason,
        date: Some(schedule.local_date).filter(|date| !date.is_empty()),
        zone: schedule.zone,
        owner: schedule.owner_name,
    }
}

async fn schedule_found(
    web: &Web,
    actor: &Actor,
    id: PowerScheduleId,
) -> Result<One<ScheduleJson>, Failure> {
    let reader = actor.clone();
    let (schedule, machines) = web
        .store
        .read(move |c| {
            let schedule = schedule_by_id(c, &reader, id)?;
            let machines = schedule_machines(c, id)?;
            Ok((schedule, machines))
        })
        .await?;
    let machines = machines.into_iter().map(|(_, name)| name).collect();
    Ok(One(schedule_json(web, actor, schedule, Some(machines))))
}

/// All schedules that are in use, by their next run.
#[utoipa::path(get, path = "/api/v1/power/schedules", tag = "power",
    responses((status = 200, body = Vec<ScheduleJson>)))]
#[get("/power/schedules")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<ScheduleJson>>, Failure> {
    let actor = caller.actor.clone();
    let found = web.store.read(move |c| schedule_list(c, &actor)).await?;
    let all = found
        .into_iter()
        .map(|schedule| schedule_json(web, &caller.actor, schedule, None));
    Ok(Json(all.collect()))
}

/// One schedule with its machines.
#[utoipa::path(get, path = "/api/v1/power/schedules/{id}", tag = "power",
    responses((status = 200, body = ScheduleJson), (status = 404)))]
#[get("/power/schedules/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<ScheduleJson>, Failure> {
    schedule_found(web, &caller.actor, PowerScheduleId::new(id)).await
}

/// Makes a schedule: `{"name", "action", "path", "reason", "machines": [names], "rhythm": "weekly", "weekdays": ["mon"],
/// "time": "19:30", "zone", "stagger_s", "stop_after"}`, or `"rhythm": "once"` with `"date"`. Who asks answers for it.
#[utoipa::path(post, path = "/api/v1/power/schedules", tag = "power", request_body = Object,
    responses((status = 201, body = ScheduleJson), (status = 422)))]
#[post("/power/schedules", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<Custom<One<ScheduleJson>>, Failure> {
    caller.actor.require(Permission::ControlPower)?;
    let draft = ScheduleDraft::parse(&body.fields)?;
    let actor = caller.actor.clone();
    let id = web
        .store
        .write("power.schedule-create", move |c| {
            schedule_create(c, &actor, &draft)
        })
        .await?;
    let made = schedule_found(web, &caller.actor, id).await?;
    Ok(Custom(Status::Created, made))
}

/// A schedule that the actor may change. What may not be seen is not there, whatever the body says.
async fn mine(web: &Web, actor: &Actor, id: i64) -> Result<PowerScheduleId, Failure> {
    let actor = actor.clone();
    let there = web
        .store
        .read(move |c| {
            actor.require(Permission::ControlPower)?;
            schedule_by_id(c, &actor, PowerScheduleId::new(id))
        })
        .await?;
    Ok(there.id)
}

/// Changes a schedule; the body has all fields of a new one and the `version` that was read. Who asks answers for it
/// from then on.
#[utoipa::path(put, path = "/api/v1/power/schedules/{id}", tag = "power", request_body = Object,
    responses((status = 200, body = ScheduleJson), (status = 404), (status = 409), (status = 422)))]
#[put("/power/schedules/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ScheduleJson>, Failure> {
    let id = mine(web, &caller.actor, id).await?;
    let (draft, version) = (ScheduleDraft::parse(&body.fields)?, body.condition()?);
    let actor = caller.actor.clone();
    web.store
        .write("power.schedule-update", move |c| {
            let version = version.held(schedule_by_id(c, &actor, id)?.version)?;
            schedule_update(c, &actor, id, version, &draft)
        })
        .await?;
    schedule_found(web, &caller.actor, id).await
}

/// Switches something of a schedule, in the version of the body; `names` are those of the write and of the member that
/// says which way.
async fn switched(
    web: &Web,
    actor: &Actor,
    id: i64,
    body: &Body,
    names: (&'static str, &str),
    switch: fn(&mut Conn, &Actor, PowerScheduleId, i64, bool) -> Result<(), Fault>,
) -> Result<One<ScheduleJson>, Failure> {
    let id = mine(web, actor, id).await?;
    let (name, member) = names;
    let (version, on, who) = (body.condition()?, body.fields.yes(member), actor.clone());
    web.store
        .write(name, move |c| {
            let version = version.held(schedule_by_id(c, &who, id)?.version)?;
            switch(c, &who, id, version, on)
        })
        .await?;
    schedule_found(web, actor, id).await
}

/// Pauses a schedule or lets it run on: `{"paused": true, "version"}`.
#[utoipa::path(post, path = "/api/v1/power/schedules/{id}/pause", tag = "power", request_body = Object,
    responses((status = 200, body = ScheduleJson), (status = 404), (status = 409), (status = 422)))]
#[post("/power/schedules/<id>/pause", data = "<body>")]
pub(super) async fn pause(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ScheduleJson>, Failure> {
    let names = ("power.schedule-pause", "paused");
    switched(web, &caller.actor, id, &body, names, schedule_pause).await
}

/// Takes a schedule out of use, or brings it back: `{"archived": true, "version"}`.
#[utoipa::path(post, path = "/api/v1/power/schedules/{id}/archive", tag = "power", request_body = Object,
    responses((status = 200, body = ScheduleJson), (status = 404), (status = 409), (status = 422)))]
#[post("/power/schedules/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ScheduleJson>, Failure> {
    let names = ("power.schedule-archive", "archived");
    switched(web, &caller.actor, id, &body, names, schedule_archive).await
}
