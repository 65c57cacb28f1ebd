//! `/api/v1/devices/{id}/power` and `/api/v1/power/intents`.

use std::time::Duration;

use rocket::http::{Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{Responder, Response};
use rocket::serde::json::Json;
use rocket::{Route, Shutdown, State, get, post, routes};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, IntentId};
use crate::base::page::Page;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::ops::{
    IntentFilter, intent_approve, intent_by_id, intent_cancel, intent_list, intent_request,
    intent_steps,
};
use crate::power::{Action, Detail, Intent, IntentState, Step, TASK, Wish};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![request, show, list, approve, cancel]
}

/// What a detail says to a caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct DetailJson {
    /// Stable key of the words.
    code: Option<String>,
    /// The words in the caller's language.
    text: String,
}

/// One step of an intent.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepJson {
    /// RFC 3339.
    at: String,
    /// State of the intent from then on.
    state: String,
    detail: DetailJson,
}

/// An intent as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntentJson {
    id: i64,
    device_id: i64,
    /// `on`, `off`, `soft_off`, `cycle`, `reset`, `nmi`, `identify`, `boot_device` or `bmc_reset`.
    action: String,
    /// Which way: `bmc` or `outlets`.
    path: String,
    /// Seconds of the light, or `DEVICE once|persistent legacy|uefi` of a boot override; empty for other actions.
    setting: String,
    /// `awaiting_approval`, `queued`, `running`, `verifying`, or final: `succeeded`, `failed`, `timed_out`, `refused`,
    /// `cancelled`.
    state: String,
    /// Whether nothing comes after this state.
    is_final: bool,
    detail: DetailJson,
    reason: String,
    requested_by: String,
    /// RFC 3339.
    requested_at: String,
    /// State read before acting: `on`, `off`, `unknown`.
    observed_before: Option<String>,
    /// State seen last after acting.
    observed_after: Option<String>,
    /// RFC 3339; the command went out then, once.
    command_sent_at: Option<String>,
    /// RFC 3339; the state must show it by then.
    deadline_at: Option<String>,
    /// RFC 3339.
    finished_at: Option<String>,
    /// What happened so far, oldest first; only of a single intent.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepJson>>,
}

fn detail_json(web: &Web, actor: &Actor, detail: Option<Detail>) -> DetailJson {
    let Some(detail) = detail else {
        return DetailJson {
            code: None,
            text: String::new(),
        };
    };
    let detail = if actor.role.is_customer() {
        detail.for_customer()
    } else {
        detail
    };
    DetailJson {
        code: Some(detail.key().to_owned()),
        text: web.words.say(actor.locale, detail.message()),
    }
}

pub(super) fn intent_json(
    web: &Web,
    actor: &Actor,
    intent: Intent,
    steps: Option<&[Step]>,
) -> IntentJson {
    let at = |at: Option<Timestamp>| at.map(Timestamp::to_rfc3339);
    let steps = steps.map(|steps| {
        steps
            .iter()
            .map(|step| StepJson {
                at: step.at.to_rfc3339(),
                state: step.state.to_string(),
                detail: detail_json(web, actor, step.words()),
            })
            .collect()
    });
    IntentJson {
        id: intent.id.get(),
        device_id: intent.device_id.get(),
        action: intent.action.to_string(),
        path: intent.path.to_string(),
        setting: intent.setting().to_text(),
        state: intent.state.to_string(),
        is_final: intent.state.is_final(),
        detail: detail_json(web, actor, intent.detail()),
        reason: intent.reason,
        requested_by: intent.requested_by_name,
        requested_at: intent.requested_at.to_rfc3339(),
        observed_before: intent.observed_before,
        observed_after: intent.observed_after,
        command_sent_at: at(intent.command_sent_at),
        deadline_at: at(intent.deadline_at),
        finished_at: at(intent.finished_at),
        steps,
    }
}

/// The header `Idempotency-Key`.
pub struct IdempotencyKey(pub(super) Option<String>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IdempotencyKey {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let key = request.headers().get_one("Idempotency-Key");
        Outcome::Success(Self(key.map(str::to_owned)))
    }
}

/// 202 with the intent and where it is.
pub struct Taken {
    location: String,
    intent: Json<IntentJson>,
}

impl<'r> Responder<'r, 'static> for Taken {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        Response::build_from(self.intent.respond_to(request)?)
            .status(Status::Accepted)
            .header(Header::new("Location", self.location))
            .ok()
    }
}

/// Asks for a power action: `{"action", "path", "reason", "acknowledge_presence", "confirm_unknown_state"}`, of the
/// light also `identify_seconds`, of the boot device `boot_device`, `boot_persistent` and `boot_uefi`. The same
/// `Idempotency-Key` with the same body is the same intent; with another body it is a conflict.
#[utoipa::path(post, path = "/api/v1/devices/{id}/power", tag = "power", request_body = Object,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters")),
    responses((status = 202, body = IntentJson), (status = 404), (status = 409), (status = 422), (status = 429)))]
#[post("/devices/<id>/power", data = "<body>")]
pub(super) async fn request(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    key: IdempotencyKey,
    body: Body,
) -> Result<Taken, Failure> {
    caller.actor.require(Permission::ControlPower)?;
    let device = DeviceId::new(id);
    let actor = caller.actor.clone();
    // What may not be seen is not there, whatever the body says.
    web.store
        .read(move |c| crate::power::ops::machine(c, &actor, device))
        .await?;
    let wish = Wish::parse(&body.fields, key.0.as_deref())?;
    let (actor, limits) = (caller.actor.clone(), web.settings.power);
    let intent = web
        .store
        .write("power.request", move |c| {
            match intent_request(c, &actor, device, &wish, &limits)?.into_result() {
                Ok(id) => intent_by_id(c, &actor, id).map(Ok),
                // The refusal is on record: it must not take the transaction back.
                Err(fault) => Ok(Err(fault)),
            }
        })
        .await??;
    web.store.wakeups().wake(TASK);
    Ok(Taken {
        location: format!("/api/v1/power/intents/{}", intent.id),
        intent: Json(intent_json(web, &caller.actor, intent, None)),
    })
}

/// Time between two looks at an intent that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The longest wait.
const LONGEST_WAIT_S: u64 = 60;

/// One intent with its steps. With `wait` the answer comes when the intent has ended, or after so many seconds, at
/// most 60, with the state of then.
#[utoipa::path(get, path = "/api/v1/power/intents/{id}", tag = "power",
    params(("wait" = Option<u64>, Query, description = "seconds to wait for the end, at most 60")),
    responses((status = 200, body = IntentJson), (status = 404)))]
#[get("/power/intents/<id>?<wait>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    wait: Option<u64>,
    mut shutdown: Shutdown,
) -> Result<Json<IntentJson>, Failure> {
    let wait = Duration::from_secs(wait.unwrap_or(0).min(LONGEST_WAIT_S));
    let until = Instant::now() + wait;
    let id = IntentId::new(id);
    loop {
        let (intent, steps) = with_steps(web, &caller.actor, id).await?;
        let over = intent.state.is_final() || Instant::now() >= until;
        let stops = !over
            && tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => false,
                () = &mut shutdown => true,
            };
        if over || stops {
            return Ok(Json(intent_json(web, &caller.actor, intent, Some(&steps))));
        }
    }
}

/// Intents, newest first; `state` is a state or `live`, `q` finds machines.
#[utoipa::path(get, path = "/api/v1/power/intents", tag = "power",
    params(ApiQuery, ("state" = Option<String>, Query), ("action" = Option<String>, Query), ("device_id" = Option<i64>, Query)),
    responses((status = 200, body = Listing<IntentJson>), (status = 422)))]
#[get("/power/intents?<state>&<action>&<device_id>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    state: Option<&str>,
    action: Option<&str>,
    device_id: Option<i64>,
    query: ApiQuery,
) -> Result<Json<Listing<IntentJson>>, Failure> {
    caller.actor.require(Permission::ViewPower)?;
    let choice = |field: &'static str, allowed: String| {
        Fault::field(field, Message::new("fault-choice").with("allowed", allowed))
    };
    let live = state == Some("live");
    let filter = IntentFilter {
        text: query.text(),
        live,
        state: match state {
            Some(word) if !live => Some(
                IntentState::from_word(word)
                    .ok_or_else(|| choice("state", IntentState::words()))?,
            ),
            _ => None,
        },
        action: match action {
            Some(word) => {
                Some(Action::from_word(word).ok_or_else(|| choice("action", Action::words()))?)
            }
            None => None,
        },
        device: device_id.map(DeviceId::new),
    };
    let (actor, page) = (caller.actor.clone(), query.page());
    let found: Page<(Intent, String)> = web
        .store
        .read(move |c| intent_list(c, &actor, &filter, &page))
        .await?;
    let found = found.map(|(intent, _)| intent_json(web, &caller.actor, intent, None));
    Ok(Json(Listing::from_page(found)))
}

async fn with_steps(
    web: &Web,
    actor: &Actor,
    id: IntentId,
) -> Result<(Intent, Vec<Step>), Failure> {
    let actor = actor.clone();
    let found = web
        .store
        .read(move |c| Ok((intent_by_id(c, &actor, id)?, intent_steps(c, &actor, id)?)))
        .await?;
    Ok(found)
}

async fn intent_found(web: &Web, actor: &Actor, id: IntentId) -> Result<Json<IntentJson>, Failure> {
    let (intent, steps) = with_steps(web, actor, id).await?;
    Ok(Json(intent_json(web, actor, intent, Some(&steps))))
}

/// A second person agrees to an intent that awaits it: `{"acknowledge_presence"}`.
#[utoipa::path(post, path = "/api/v1/power/intents/{id}/approve", tag = "power", request_body = Object,
    responses((status = 200, body = IntentJson), (status = 404), (status = 409), (status = 422)))]
#[post("/power/intents/<id>/approve", data = "<body>")]
pub(super) async fn approve(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<IntentJson>, Failure> {
    let (actor, id, limits) = (caller.actor.clone(), IntentId::new(id), web.settings.power);
    let acknowledged = body.fields.yes("acknowledge_presence");
    web.store
        .write("power.approve", move |c| {
            intent_approve(c, &actor, id, acknowledged, &limits)
        })
        .await?;
    web.store.wakeups().wake(TASK);
    intent_found(web, &caller.actor, id).await
}

/// Takes back an intent that has not begun; the body is an empty object.
#[utoipa::path(post, path = "/api/v1/power/intents/{id}/cancel", tag = "power", request_body = Object,
    responses((status = 200, body = IntentJson), (status = 404), (status = 409)))]
#[post("/power/intents/<id>/cancel", data = "<_body>")]
pub(super) async fn cancel(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    _body: Body,
) -> Result<Json<IntentJson>, Failure> {
    let (actor, id, letters) = (caller.actor.clone(), IntentId::new(id), web.letters());
    web.store
        .write("power.cancel", move |c| {
            intent_cancel(c, &actor, &letters, id)
        })
        .await?;
    web.store.wakeups().wake(TASK);
    intent_found(web, &caller.actor, id).await
}
