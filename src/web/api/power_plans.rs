//! `/api/v1/power/bulks` and `/api/v1/power/schedules`.

use rocket::http::Status;
use rocket::response::status::Custom;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::power::{IdempotencyKey, IntentJson, intent_json};
use crate::base::ids::{PowerBulkId, PowerScheduleId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::bulk::BulkWish;
use crate::power::ops::{
    bulk_by_id, bulk_machines, bulk_request, bulk_stop, schedule_by_id, schedule_create,
    schedule_list, schedule_machines, schedule_pause,
};
use crate::power::{Bulk, BulkMachine, Schedule, ScheduleDraft, TASK, schedule_time};
use crate::web::forms::{Body, version};
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        bulk_create,
        bulk_result,
        bulk_take_back,
        schedules,
        schedule_one,
        schedule_add,
        schedule_stop
    ]
}

/// One machine of a bulk.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkMachineJson {
    device_id: i64,
    device: String,
    /// State of its intent; `refused` for a machine that an interlock stopped at once.
    state: String,
    /// Why there is no intent, in the caller's language.
    refused: Option<String>,
    intent: Option<IntentJson>,
}

/// An action on several machines.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkJson {
    id: i64,
    action: String,
    /// Which way: `bmc` or `outlets`.
    path: String,
    reason: String,
    requested_by: String,
    /// RFC 3339.
    requested_at: String,
    /// Seconds between two starts.
    stagger_s: i64,
    /// So many that did not succeed take back what has not begun.
    stop_after: i64,
    /// RFC 3339; nothing more is begun since then.
    stopped_at: Option<String>,
    /// `failures` or `person`.
    stopped_why: Option<String>,
    /// Whether all machines have come to their end.
    is_settled: bool,
    /// Machines by state.
    counts: std::collections::BTreeMap<String, usize>,
    machines: Vec<BulkMachineJson>,
}

fn bulk_json(web: &Web, actor: &Actor, bulk: Bulk, machines: Vec<BulkMachine>) -> BulkJson {
    let mut counts = std::collections::BTreeMap::new();
    for one in &machines {
        *counts.entry(one.state().to_string()).or_default() += 1;
    }
    BulkJson {
        id: bulk.id.get(),
        action: bulk.action.to_string(),
        path: bulk.path.to_string(),
        reason: bulk.reason,
        requested_by: bulk.requested_by_name,
        requested_at: bulk.requested_at.to_rfc3339(),
        stagger_s: bulk.stagger_ms / 1000,
        stop_after: bulk.stop_after,
        stopped_at: bulk.stopped_at.map(Timestamp::to_rfc3339),
        stopped_why: bulk.stopped_why.map(|why| why.to_string()),
        is_settled: machines.iter().all(|one| one.state().is_final()),
        counts,
        machines: machines
            .into_iter()
            .map(|one| BulkMachineJson {
                device_id: one.device_id.get(),
                state: one.state().to_string(),
                device: one.name,
                refused: one
                    .refused
                    .and_then(|refused| web.words.say_kept(actor.locale, &refused)),
                intent: one
                    .intent
                    .map(|intent| intent_json(web, actor, intent, None)),
            })
            .collect(),
    }
}

async fn bulk_found(web: &Web, actor: &Actor, id: PowerBulkId) -> Result<BulkJson, Failure> {
    let reader = actor.clone();
    let (bulk, machines) = web
        .store
        .read(move |c| {
            let bulk = bulk_by_id(c, &reader, id)?;
            let machines = bulk_machines(c, &bulk)?;
            Ok((bulk, machines))
        })
        .await?;
    Ok(bulk_json(web, actor, bulk, machines))
}

/// Asks for an action on several machines: `{"devices": [ids], "action", "path", "reason", "stagger_s", "stop_after",
/// "acknowledge_presence", "confirm_unknown_state"}`. Machines that an interlock stops are in the answer with its
/// words. The same `Idempotency-Key` with the same body is the same bulk.
#[utoipa::path(post, path = "/api/v1/power/bulks", tag = "power", request_body = Object,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters")),
    responses((status = 202, body = BulkJson), (status = 404), (status = 409), (status = 422)))]
#[post("/power/bulks", data = "<body>")]
pub(super) async fn bulk_create(
    web: &State<Web>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body,
) -> Result<Custom<Json<BulkJson>>, Failure> {
    caller.actor.require(Permission::ControlPower)?;
    let bulk = BulkWish::parse(&body.fields, key.0.as_deref())?;
    let (actor, limits) = (caller.actor.clone(), web.settings.power);
    let asked = web
        .store
        .write("power.bulk", move |c| {
            bulk_request(c, &actor, &bulk, &limits, None)
        })
        .await?;
    web.store.wakeups().wake(TASK);
    let bulk = bulk_found(web, &caller.actor, asked.id).await?;
    Ok(Custom(Status::Accepted, Json(bulk)))
}

/// A bulk with its machines.
#[utoipa::path(get, path = "/api/v1/power/bulks/{id}", tag = "power",
    responses((status = 200, body = BulkJson), (status = 404)))]
#[get("/power/bulks/<id>")]
pub(super) async fn bulk_result(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<BulkJson>, Failure> {
    let bulk = bulk_found(web, &caller.actor, PowerBulkId::new(id)).await?;
    Ok(Json(bulk))
}

/// Takes back what a bulk has not begun.
#[utoipa::path(post, path = "/api/v1/power/bulks/{id}/stop", tag = "power", request_body = Object,
    responses((status = 200, body = BulkJson), (status = 404), (status = 409)))]
#[post("/power/bulks/<id>/stop", data = "<body>")]
pub(super) async fn bulk_take_back(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<BulkJson>, Failure> {
    // An object without members: read so that the forgery check has been passed.
    drop(body);
    let (actor, id) = (caller.actor.clone(), PowerBulkId::new(id));
    web.store
        .write("power.bulk-stop", move |c| {
            let bulk = bulk_by_id(c, &actor, id)?;
            bulk_stop(c, &actor, &bulk)
        })
        .await?;
    Ok(Json(bulk_found(web, &caller.actor, id).await?))
}

/// An action that comes back by the calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleJson {
    id: i64,
    name: String,
    action: String,
    /// Which way: `bmc` or `outlets`.
    path: String,
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
    version: i64,
}

fn schedule_json(
    web: &Web,
    actor: &Actor,
    schedule: Schedule,
    machines: Option<Vec<String>>,
) -> ScheduleJson {
    let last = schedule.last_words();
    let days = schedule.days().words();
    let next = schedule.next_run_at.filter(|_| !schedule.paused);
    ScheduleJson {
        id: schedule.id.get(),
        action: schedule.action.to_string(),
        path: schedule.path.to_string(),
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
) -> Result<Json<ScheduleJson>, Failure> {
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
    Ok(Json(schedule_json(web, actor, schedule, Some(machines))))
}

/// All schedules that are in use, by their next run.
#[utoipa::path(get, path = "/api/v1/power/schedules", tag = "power",
    responses((status = 200, body = Vec<ScheduleJson>)))]
#[get("/power/schedules")]
pub(super) async fn schedules(
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
pub(super) async fn schedule_one(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<ScheduleJson>, Failure> {
    schedule_found(web, &caller.actor, PowerScheduleId::new(id)).await
}

/// Makes a schedule: `{"name", "action", "path", "reason", "machines": [names], "rhythm": "weekly", "weekdays": ["mon"],
/// "time": "19:30", "zone", "stagger_s", "stop_after"}`, or `"rhythm": "once"` with `"date"`. Who asks answers for it.
#[utoipa::path(post, path = "/api/v1/power/schedules", tag = "power", request_body = Object,
    responses((status = 201, body = ScheduleJson), (status = 422)))]
#[post("/power/schedules", data = "<body>")]
pub(super) async fn schedule_add(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<Custom<Json<ScheduleJson>>, Failure> {
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

/// Pauses a schedule or lets it run on: `{"paused": true, "version"}`.
#[utoipa::path(post, path = "/api/v1/power/schedules/{id}/pause", tag = "power", request_body = Object,
    responses((status = 200, body = ScheduleJson), (status = 404), (status = 409), (status = 422)))]
#[post("/power/schedules/<id>/pause", data = "<body>")]
pub(super) async fn schedule_stop(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<ScheduleJson>, Failure> {
    let id = PowerScheduleId::new(id);
    schedule_found(web, &caller.actor, id).await?;
    caller.actor.require(Permission::ControlPower)?;
    let (actor, version) = (caller.actor.clone(), version(&body.fields)?);
    let paused = body.fields.yes("paused");
    web.store
        .write("power.schedule-pause", move |c| {
            schedule_pause(c, &actor, id, version, paused)
        })
        .await?;
    schedule_found(web, &caller.actor, id).await
}
