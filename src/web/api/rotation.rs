//! `/api/v1/devices/{id}/bmc/password`: a new password for a BMC, and what came of it.

use rocket::http::Status;
use rocket::response::status::Custom;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::fault::{Fault, Message};
use crate::base::ids::DeviceId;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::ops::{
    Settling, endpoint_of_device, machine, rotation_of_device, rotation_request, rotation_settle,
};
use crate::power::rotation::RotationDraft;
use crate::power::{Protocol, ROTATION_TASK};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![show, request, settle]
}

/// A step on the way of a new password.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotationStepJson {
    /// RFC 3339.
    at: String,
    state: String,
    /// In the caller's language.
    said: String,
}

/// The last change of a BMC's password.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotationJson {
    /// `queued`, `sending`, `testing`, `done`, `failed`, or `unclear`: a person decides.
    state: String,
    requested_by: String,
    /// RFC 3339.
    requested_at: String,
    /// RFC 3339.
    finished_at: Option<String>,
    steps: Vec<RotationStepJson>,
}

/// How the BMC of a machine is spoken to; what the actor may not change is not there.
async fn protocol(web: &Web, actor: &Actor, device: DeviceId) -> Result<Protocol, Failure> {
    let actor = actor.clone();
    let there = web
        .store
        .read(move |c| {
            actor.require(Permission::EditBmc)?;
            machine(c, &actor, device)?;
            endpoint_of_device(c, &actor, device)?.ok_or_else(Fault::not_found)
        })
        .await?;
    Ok(there.protocol)
}

async fn last(web: &Web, actor: &Actor, device: DeviceId) -> Result<Json<RotationJson>, Failure> {
    let (reader, locale) = (actor.clone(), actor.locale);
    let (rotation, steps) = web
        .store
        .read(move |c| rotation_of_device(c, &reader, device)?.ok_or_else(Fault::not_found))
        .await?;
    let steps = steps.into_iter().map(|step| RotationStepJson {
        at: step.at.to_rfc3339(),
        state: step.state.to_string(),
        said: step
            .words()
            .and_then(|kept| web.words.say_kept(locale, &kept))
            .unwrap_or_default(),
    });
    Ok(Json(RotationJson {
        state: rotation.state.to_string(),
        requested_by: rotation.requested_by_name,
        requested_at: rotation.requested_at.to_rfc3339(),
        finished_at: rotation.finished_at.map(Timestamp::to_rfc3339),
        steps: steps.collect(),
    }))
}

/// The last change of a BMC's password, with its steps; 404 when there was none.
#[utoipa::path(get, path = "/api/v1/devices/{id}/bmc/password", tag = "power",
    responses((status = 200, body = RotationJson), (status = 404)))]
#[get("/devices/<id>/bmc/password")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<RotationJson>, Failure> {
    last(web, &caller.actor, DeviceId::new(id)).await
}

/// Asks for a new password: `{"password", "password_again"}`, or `{"make_up": true}` for one that nobody needs to know. It
/// is set on the BMC, tried, and only then on record; until then the old one is kept.
#[utoipa::path(post, path = "/api/v1/devices/{id}/bmc/password", tag = "power", request_body = Object,
    responses((status = 202, body = RotationJson), (status = 404), (status = 409), (status = 422)))]
#[post("/devices/<id>/bmc/password", data = "<body>")]
pub(super) async fn request(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Custom<Json<RotationJson>>, Failure> {
    let device = DeviceId::new(id);
    let protocol = protocol(web, &caller.actor, device).await?;
    let draft = RotationDraft::parse(&body.fields, protocol)?;
    let (actor, keyring) = (caller.actor.clone(), web.keyring.clone());
    web.store
        .write("rotation.request", move |c| {
            rotation_request(c, &actor, &keyring, device, &draft).map(drop)
        })
        .await?;
    web.store.wakeups().wake(ROTATION_TASK);
    let asked = last(web, &caller.actor, device).await?;
    Ok(Custom(Status::Accepted, asked))
}

/// Decides what is unclear: `{"do": "test"}` tries again which password works, `"new"` and `"old"` say it.
#[utoipa::path(post, path = "/api/v1/devices/{id}/bmc/password/settle", tag = "power", request_body = Object,
    responses((status = 200, body = RotationJson), (status = 404), (status = 409), (status = 422)))]
#[post("/devices/<id>/bmc/password/settle", data = "<body>")]
pub(super) async fn settle(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<RotationJson>, Failure> {
    let device = DeviceId::new(id);
    protocol(web, &caller.actor, device).await?;
    let how = match body.fields.get("do") {
        "test" => Settling::Test,
        "new" => Settling::New,
        "old" => Settling::Old,
        _ => {
            return Err(Fault::field(
                "do",
                Message::new("fault-choice").with("allowed", "test, new, old"),
            )
            .into());
        }
    };
    let (actor, keyring) = (caller.actor.clone(), web.keyring.clone());
    web.store
        .write("rotation.settle", move |c| {
            rotation_settle(c, &actor, &keyring, device, how)
        })
        .await?;
    web.store.wakeups().wake(ROTATION_TASK);
    last(web, &caller.actor, device).await
}
