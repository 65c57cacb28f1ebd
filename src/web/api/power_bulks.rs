//! `/api/v1/power/bulks`.

use rocket::http::Status;
use rocket::response::status::Custom;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::power::{IdempotencyKey, IntentJson, intent_json};
use crate::base::ids::{PowerBulkId, PowerScheduleId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::bulk::BulkWish;
use crate::power::ops::{
    bulk_approve, bulk_by_id, bulk_list, bulk_machines, bulk_request, bulk_stop,
};
use crate::power::{Bulk, BulkMachine, TASK};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::pages::power::bulk_file::bulk_file;
use crate::web::view::Answer;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, create, result, result_csv, approve, take_back]
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

/// An action on several machines, without them.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkHeadJson {
    id: i64,
    action: String,
    /// Which way: `bmc` or `outlets`.
    path: String,
    /// Seconds of the light, or `DEVICE once|persistent legacy|uefi` of a boot override; empty for other actions.
    setting: String,
    reason: String,
    requested_by: String,
    /// RFC 3339.
    requested_at: String,
    /// The schedule that asked; null when a person or a program did.
    schedule_id: Option<i64>,
    /// Seconds between two starts.
    stagger_s: i64,
    /// So many that did not succeed take back what has not begun.
    stop_after: i64,
    /// RFC 3339; nothing more is begun since then.
    stopped_at: Option<String>,
    /// `failures` or `person`.
    stopped_why: Option<String>,
}

impl From<Bulk> for BulkHeadJson {
    fn from(bulk: Bulk) -> Self {
        Self {
            id: bulk.id.get(),
            action: bulk.action.to_string(),
            path: bulk.path.to_string(),
            setting: bulk.setting().to_text(),
            reason: bulk.reason,
            requested_by: bulk.requested_by_name,
            requested_at: bulk.requested_at.to_rfc3339(),
            schedule_id: bulk.schedule_id.map(PowerScheduleId::get),
            stagger_s: bulk.stagger_ms / 1000,
            stop_after: bulk.stop_after,
            stopped_at: bulk.stopped_at.map(Timestamp::to_rfc3339),
            stopped_why: bulk.stopped_why.map(|why| why.to_string()),
        }
    }
}

/// An action on several machines.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkJson {
    #[serde(flatten)]
    head: BulkHeadJson,
    /// Whether all machines have come to their end.
    is_settled: bool,
    /// Machines by state.
    counts: std::collections::BTreeMap<String, usize>,
    machines: Vec<BulkMachineJson>,
}

fn machine_json(web: &Web, actor: &Actor, one: BulkMachine) -> BulkMachineJson {
    let refused = one.refused.as_ref();
    BulkMachineJson {
        device_id: one.device_id.get(),
        state: one.state().to_string(),
        refused: refused.and_then(|refused| web.words.say_kept(actor.locale, refused)),
        device: one.name,
        intent: one
            .intent
            .map(|intent| intent_json(web, actor, intent, None)),
    }
}

fn bulk_json(web: &Web, actor: &Actor, bulk: Bulk, machines: Vec<BulkMachine>) -> BulkJson {
    let mut counts = std::collections::BTreeMap::new();
    for one in &machines {
        *counts.entry(one.state().to_string()).or_default() += 1;
    }
    BulkJson {
        head: bulk.into(),
        is_settled: machines.iter().all(|one| one.state().is_final()),
        counts,
        machines: machines
            .into_iter()
            .map(|one| machine_json(web, actor, one))
            .collect(),
    }
}

async fn found(
    web: &Web,
    actor: &Actor,
    id: PowerBulkId,
) -> Result<(Bulk, Vec<BulkMachine>), Failure> {
    let actor = actor.clone();
    let found = web
        .store
        .read(move |c| {
            let bulk = bulk_by_id(c, &actor, id)?;
            let machines = bulk_machines(c, &bulk)?;
            Ok((bulk, machines))
        })
        .await?;
    Ok(found)
}

async fn bulk_found(web: &Web, actor: &Actor, id: PowerBulkId) -> Result<Json<BulkJson>, Failure> {
    let (bulk, machines) = found(web, actor, id).await?;
    Ok(Json(bulk_json(web, actor, bulk, machines)))
}

/// Bulks, newest first, without their machines; customers see what their own people asked for.
#[utoipa::path(get, path = "/api/v1/power/bulks", tag = "power",
    params(
        ("after" = Option<String>, Query, description = "The `next` of the page before."),
        ("limit" = Option<usize>, Query, description = "At most this many rows, 1 to 1,000; 50 when missing."),
        ("schedule_id" = Option<i64>, Query, description = "only runs of this schedule"),
    ),
    responses((status = 200, body = Listing<BulkHeadJson>)))]
#[get("/power/bulks?<schedule_id>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    schedule_id: Option<i64>,
    query: ApiQuery,
) -> Result<Json<Listing<BulkHeadJson>>, Failure> {
    let schedule = schedule_id.map(PowerScheduleId::new);
    let page = web
        .store
        .read(move |c| bulk_list(c, &caller.actor, schedule, &query.page()))
        .await?;
    Ok(Json(Listing::from_page(page)))
}

/// Asks for an action on several machines: `{"devices": [ids], "action", "path", "reason", "stagger_s", "stop_after",
/// "acknowledge_presence", "confirm_unknown_state"}`. Machines that an interlock stops are in the answer with its
/// words. The same `Idempotency-Key` with the same body is the same bulk.
#[utoipa::path(post, path = "/api/v1/power/bulks", tag = "power", request_body = Object,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters")),
    responses((status = 202, body = BulkJson), (status = 404), (status = 409), (status = 422)))]
#[post("/power/bulks", data = "<body>")]
pub(super) async fn create(
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
    Ok(Custom(Status::Accepted, bulk))
}

/// A bulk with its machines.
#[utoipa::path(get, path = "/api/v1/power/bulks/{id}", tag = "power",
    responses((status = 200, body = BulkJson), (status = 404)))]
#[get("/power/bulks/<id>")]
pub(super) async fn result(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<BulkJson>, Failure> {
    bulk_found(web, &caller.actor, PowerBulkId::new(id)).await
}

/// What came of each machine of a bulk, as CSV.
#[utoipa::path(get, path = "/api/v1/power/bulks/{id}/result.csv", tag = "power",
    responses((status = 200, content_type = "text/csv"), (status = 404)))]
#[get("/power/bulks/<id>/result.csv")]
pub(super) async fn result_csv(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Answer, Failure> {
    let (bulk, machines) = found(web, &caller.actor, PowerBulkId::new(id)).await?;
    Ok(bulk_file(web, &caller.actor, &bulk, &machines)?)
}

/// A second person agrees to all machines of a bulk that await it: `{"acknowledge_presence"}`.
#[utoipa::path(post, path = "/api/v1/power/bulks/{id}/approve", tag = "power", request_body = Object,
    responses((status = 200, body = BulkJson), (status = 404), (status = 409), (status = 422)))]
#[post("/power/bulks/<id>/approve", data = "<body>")]
pub(super) async fn approve(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<BulkJson>, Failure> {
    let (actor, id, limits) = (
        caller.actor.clone(),
        PowerBulkId::new(id),
        web.settings.power,
    );
    let acknowledged = body.fields.yes("acknowledge_presence");
    web.store
        .write("power.bulk-approve", move |c| {
            actor.require(Permission::ApprovePower)?;
            let bulk = bulk_by_id(c, &actor, id)?;
            bulk_approve(c, &actor, &bulk, acknowledged, &limits)
        })
        .await?;
    web.store.wakeups().wake(TASK);
    bulk_found(web, &caller.actor, id).await
}

/// Takes back what a bulk has not begun; the body is an empty object.
#[utoipa::path(post, path = "/api/v1/power/bulks/{id}/stop", tag = "power", request_body = Object,
    responses((status = 200, body = BulkJson), (status = 404), (status = 409)))]
#[post("/power/bulks/<id>/stop", data = "<_body>")]
pub(super) async fn take_back(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    _body: Body,
) -> Result<Json<BulkJson>, Failure> {
    let (actor, id) = (caller.actor.clone(), PowerBulkId::new(id));
    web.store
        .write("power.bulk-stop", move |c| {
            let bulk = bulk_by_id(c, &actor, id)?;
            bulk_stop(c, &actor, &bulk)
        })
        .await?;
    bulk_found(web, &caller.actor, id).await
}
