//! `/api/v1/consoles`: who sat at the consoles of machines, and the recordings.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ConsoleId, DeviceId};
use crate::base::time::Timestamp;
use crate::power::console::ops::{ConsoleFilter, console_by_id, console_list, console_people};
use crate::power::console::{ConsoleSeat, ConsoleSession};
use crate::web::guards::Caller;
use crate::web::recording::recording_cast;
use crate::web::view::Answer;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, recording]
}

/// Someone at a console.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsoleSeatJson {
    name: String,
    /// Whether they were the one who types for some time.
    wrote: bool,
    /// RFC 3339.
    joined_at: String,
    /// RFC 3339; null while they sit there.
    left_at: Option<String>,
}

impl From<ConsoleSeat> for ConsoleSeatJson {
    fn from(seat: ConsoleSeat) -> Self {
        Self {
            name: seat.name,
            wrote: seat.wrote,
            joined_at: seat.joined_at.to_rfc3339(),
            left_at: seat.left_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// A console from the first person who opened it to the last who left.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsoleJson {
    id: i64,
    device_id: i64,
    /// Name of the machine at the time.
    machine: String,
    opened_by: String,
    reason: String,
    /// RFC 3339.
    opened_at: String,
    /// RFC 3339; null while it lives.
    ended_at: Option<String>,
    /// `left`, `idle`, `right`, `stopped`, `died` or `failed`; null while it lives.
    end_reason: Option<String>,
    /// Octets recorded, before compression.
    octets: i64,
    /// The recording stops before the end: it was too large.
    cut: bool,
    /// Where the recording is, as an asciicast.
    recording_href: String,
    /// Who sat there, first come first; only of a single console.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<Vec<ConsoleSeatJson>>,
}

impl From<ConsoleSession> for ConsoleJson {
    fn from(session: ConsoleSession) -> Self {
        Self {
            id: session.id.get(),
            device_id: session.device_id.get(),
            machine: session.machine,
            opened_by: session.opened_by_name,
            reason: session.reason,
            opened_at: session.opened_at.to_rfc3339(),
            ended_at: session.ended_at.map(Timestamp::to_rfc3339),
            end_reason: session.end_reason.map(|reason| reason.to_string()),
            octets: session.octets,
            cut: session.cut,
            recording_href: format!("/api/v1/consoles/{}/recording.cast", session.id),
            people: None,
        }
    }
}

/// Consoles, newest first; `q` finds machines. Customers see those of their own machines that are open to them.
#[utoipa::path(get, path = "/api/v1/consoles", tag = "consoles",
    params(ApiQuery,
        ("state" = Option<String>, Query, description = "`live` for those that have not ended"),
        ("device_id" = Option<i64>, Query)),
    responses((status = 200, body = Listing<ConsoleJson>), (status = 422)))]
#[get("/consoles?<state>&<device_id>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    state: Option<&str>,
    device_id: Option<i64>,
    query: ApiQuery,
) -> Result<Json<Listing<ConsoleJson>>, Failure> {
    if state.is_some_and(|state| state != "live") {
        let message = Message::new("fault-choice").with("allowed", "live");
        return Err(Fault::field("state", message).into());
    }
    let filter = ConsoleFilter {
        text: query.text(),
        live: state.is_some(),
        device: device_id.map(DeviceId::new),
    };
    let page = web
        .store
        .read(move |c| console_list(c, &caller.actor, &filter, &query.page()))
        .await?;
    Ok(Json(Listing::from_page(page)))
}

/// One console with the people who sat there.
#[utoipa::path(get, path = "/api/v1/consoles/{id}", tag = "consoles",
    responses((status = 200, body = ConsoleJson), (status = 404)))]
#[get("/consoles/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<ConsoleJson>, Failure> {
    let id = ConsoleId::new(id);
    let (session, people) = web
        .store
        .read(move |c| {
            Ok((
                console_by_id(c, &caller.actor, id)?,
                console_people(c, &caller.actor, id)?,
            ))
        })
        .await?;
    Ok(Json(ConsoleJson {
        people: Some(people.into_iter().map(Into::into).collect()),
        ..session.into()
    }))
}

/// The recording of a console as an asciicast, version 2. That someone reads it is written into the audit log.
#[utoipa::path(get, path = "/api/v1/consoles/{id}/recording.cast", tag = "consoles",
    responses((status = 200, content_type = "application/x-asciicast"), (status = 404)))]
#[get("/consoles/<id>/recording.cast")]
pub(super) async fn recording(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Answer, Failure> {
    Ok(recording_cast(web, &caller.actor, ConsoleId::new(id)).await?)
}
