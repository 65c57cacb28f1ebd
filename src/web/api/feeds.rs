//! `/api/v1/feeds`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::fault::Fault;
use crate::base::ids::PowerFeedId;
use crate::facility::{
    FeedDraft, FeedRow, feed_archive, feed_by_id, feed_create, feed_list, feed_update, pdus_of_feed,
};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A power feed as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedJson {
    id: i64,
    name: String,
    room_id: i64,
    site: String,
    room: String,
    /// `a`, `b` or `other`.
    side: String,
    /// 1 or 3.
    phases: i64,
    /// Volts between phase and neutral, or of the one phase.
    volts: i64,
    /// Amperes of its breaker.
    amps: i64,
    /// What it can carry, in volt-amperes.
    volt_amperes: i64,
    /// How much of that may be used, percent.
    max_percent: i64,
    /// What may be used, in volt-amperes, rounded down.
    usable_volt_amperes: i64,
    /// What the supplier of the power has promised on it, in watts.
    contracted_watts: Option<i64>,
    /// The board it comes from; null when that is not on record.
    panel_id: Option<i64>,
    /// Name of the board.
    panel: Option<String>,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

impl From<FeedRow> for FeedJson {
    fn from(row: FeedRow) -> Self {
        Self {
            id: row.feed.id.get(),
            room_id: row.feed.room_id.get(),
            volt_amperes: row.feed.volt_amperes(),
            usable_volt_amperes: row.feed.usable_volt_amperes(),
            name: row.feed.name,
            site: row.site.code,
            room: row.room.name,
            side: row.feed.side.to_string(),
            phases: row.feed.phases,
            volts: row.feed.volts,
            amps: row.feed.amps,
            max_percent: row.feed.max_percent,
            contracted_watts: row.feed.contracted_watts.map(|watts| watts.get()),
            panel_id: row.feed.panel_id.map(|id| id.get()),
            panel: row.panel.map(|panel| panel.name),
            note: row.feed.note,
            archived_at: row.feed.archived_at.map(|at| at.to_rfc3339()),
            version: row.feed.version,
        }
    }
}

/// A feed with its PDUs.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedDetailJson {
    #[serde(flatten)]
    feed: FeedJson,
    /// The devices that are PDUs on it.
    pdu_device_ids: Vec<i64>,
}

versioned!(FeedDetailJson: feed.version);

fn looked_up(c: &mut Conn, actor: &Actor, id: PowerFeedId) -> Result<FeedDetailJson, Fault> {
    let row = feed_by_id(c, actor, id)?;
    let pdus = pdus_of_feed(c, row.feed.id)?;
    Ok(FeedDetailJson {
        feed: row.into(),
        pdu_device_ids: pdus.into_iter().map(|device| device.get()).collect(),
    })
}

/// Live feeds by site, room and name.
#[utoipa::path(get, path = "/api/v1/feeds", tag = "power",
    responses((status = 200, body = Vec<FeedJson>)))]
#[get("/feeds")]
pub(super) async fn list(web: &State<Web>, caller: Caller) -> Result<Json<Vec<FeedJson>>, Failure> {
    let found = web.store.read(move |c| feed_list(c, &caller.actor)).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One feed with its PDUs.
#[utoipa::path(get, path = "/api/v1/feeds/{id}", tag = "power",
    responses((status = 200, body = FeedDetailJson), (status = 404)))]
#[get("/feeds/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<FeedDetailJson>, Failure> {
    let found = web
        .store
        .read(move |c| looked_up(c, &caller.actor, PowerFeedId::new(id)))
        .await?;
    Ok(One(found))
}

/// Adds a feed: `room_id`, `name`, `side`, `phases`, `volts`, `amps`, `panel_id`, `max_percent` (80 when missing),
/// `contracted_watts`, `note`.
#[utoipa::path(post, path = "/api/v1/feeds", tag = "power", request_body = Object,
    responses((status = 201, body = FeedDetailJson), (status = 422)))]
#[post("/feeds", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<FeedDetailJson>>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let draft = FeedDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("feed.create", move |c| {
            let id = feed_create(c, &caller.actor, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made)))
}

/// Changes a feed; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/feeds/{id}", tag = "power", request_body = Object,
    responses((status = 200, body = FeedDetailJson), (status = 404), (status = 409), (status = 422)))]
#[put("/feeds/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<FeedDetailJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (draft, version) = (FeedDraft::parse(&body.fields)?, body.condition()?);
    let id = PowerFeedId::new(id);
    let changed = web
        .store
        .write("feed.update", move |c| {
            let version = version.held(feed_by_id(c, &caller.actor, id)?.feed.version)?;
            feed_update(c, &caller.actor, id, version, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// Archives a feed without PDUs (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/feeds/{id}/archive", tag = "power", request_body = Object,
    responses((status = 200, body = FeedDetailJson), (status = 404), (status = 409), (status = 422)))]
#[post("/feeds/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<FeedDetailJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = PowerFeedId::new(id);
    let changed = web
        .store
        .write("feed.archive", move |c| {
            let version = version.held(feed_by_id(c, &caller.actor, id)?.feed.version)?;
            feed_archive(c, &caller.actor, id, version, archived)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}
