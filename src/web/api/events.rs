//! `/api/v1/events`: what is wrong since when, what was, and taking note of it.

use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{CustomerId, DeviceId, EventId};
use crate::identity::Actor;
use crate::notify::Event;
use crate::notify::event::{EventFilter, EventScope};
use crate::notify::ops::events::{event_ack, event_by_id, event_list};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::pages::events::voice;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, acknowledge]
}

/// Something that began and, perhaps, ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventJson {
    id: i64,
    /// `above_commitment`, `port_down`, `errors_rising`, `target_silent`, …
    kind: String,
    /// `critical`, `warning` or `notice`.
    severity: String,
    /// `open`, `acknowledged` or `ended`.
    state: String,
    /// What it is about: `port`, `target`, `allocation`, `device`, …
    subject_kind: String,
    subject_id: i64,
    /// Name of the thing when it began.
    subject: String,
    customer_id: Option<i64>,
    /// The facts in the caller's language.
    text: String,
    /// RFC 3339.
    started_at: String,
    /// RFC 3339.
    last_seen_at: String,
    /// RFC 3339; null while it lasts.
    ended_at: Option<String>,
    /// RFC 3339; null while nobody has taken note.
    acknowledged_at: Option<String>,
    /// Who took note; empty for customers.
    acknowledged_by: String,
    /// What they wrote; empty for customers.
    note: String,
}

fn json(web: &Web, actor: &Actor, event: Event) -> EventJson {
    let staff = |text: String| match actor.role.is_customer() {
        true => String::new(),
        false => text,
    };
    EventJson {
        id: event.id.get(),
        text: voice(web, actor.locale).facts(&event),
        state: event.state().to_owned(),
        kind: event.kind,
        severity: event.severity.to_string(),
        subject_kind: event.subject_kind,
        subject_id: event.subject_id,
        subject: event.subject_label,
        customer_id: event.customer_id.map(|id| id.get()),
        started_at: event.started_at.to_rfc3339(),
        last_seen_at: event.last_seen_at.to_rfc3339(),
        ended_at: event.ended_at.map(|at| at.to_rfc3339()),
        acknowledged_at: event.acked_at.map(|at| at.to_rfc3339()),
        acknowledged_by: staff(event.acked_by_name),
        note: staff(event.ack_note),
    }
}

fn scope_of(word: Option<&str>) -> Result<Option<EventScope>, Fault> {
    let Some(word) = word.filter(|word| !word.is_empty()) else {
        return Ok(None);
    };
    let allowed = || Message::new("fault-choice").with("allowed", EventScope::words());
    let scope = EventScope::from_word(word);
    Ok(Some(scope.ok_or_else(|| Fault::field("scope", allowed()))?))
}

/// Events, the newest first; a customer's own. Open ones unless `scope` says otherwise.
#[utoipa::path(get, path = "/api/v1/events", tag = "events",
    params(ApiQuery,
        ("scope" = Option<String>, Query, description = "`open`, `unacked`, `ended` or `all`"),
        ("kind" = Option<String>, Query, description = "only this kind"),
        ("device" = Option<i64>, Query, description = "only about this device, its target and its ports"),
        ("customer" = Option<i64>, Query, description = "only about this customer's things")),
    responses((status = 200, body = Listing<EventJson>), (status = 422)))]
#[get("/events?<scope>&<kind>&<device>&<customer>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    scope: Option<&str>,
    kind: Option<&str>,
    device: Option<i64>,
    customer: Option<i64>,
    query: ApiQuery,
) -> Result<Json<Listing<EventJson>>, Failure> {
    let kind = kind.map(str::trim).filter(|kind| !kind.is_empty());
    let filter = EventFilter {
        scope: scope_of(scope)?,
        kind: kind.map(str::to_owned),
        customer: customer.map(CustomerId::new),
        device: device.map(DeviceId::new),
        query: query.text(),
    };
    let (actor, page) = (caller.actor.clone(), query.page());
    let found = web
        .store
        .read(move |c| event_list(c, &actor, &filter, &page))
        .await?;
    let found = found.map(|event| json(web, &caller.actor, event));
    Ok(Json(Listing::from_page(found)))
}

/// One event.
#[utoipa::path(get, path = "/api/v1/events/{id}", tag = "events",
    responses((status = 200, body = EventJson), (status = 404)))]
#[get("/events/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<EventJson>, Failure> {
    let actor = caller.actor.clone();
    let event = web
        .store
        .read(move |c| event_by_id(c, &actor, EventId::new(id)))
        .await?;
    Ok(Json(json(web, &caller.actor, event)))
}

/// Takes note of an open event, with a `note` if there is something to say: nobody is reminded any more.
#[utoipa::path(post, path = "/api/v1/events/{id}/acknowledge", tag = "events", request_body = Object,
    responses((status = 200, body = EventJson), (status = 404), (status = 409), (status = 422)))]
#[post("/events/<id>/acknowledge", data = "<body>")]
pub(super) async fn acknowledge(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<EventJson>, Failure> {
    let actor = caller.actor.clone();
    let event = web
        .store
        .write("event.ack", move |c| {
            let id = EventId::new(id);
            event_ack(c, &actor, id, body.fields.get("note"))?;
            event_by_id(c, &actor, id)
        })
        .await?;
    Ok(Json(json(web, &caller.actor, event)))
}
