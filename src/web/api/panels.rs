//! `/api/v1/panels`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::fault::Fault;
use crate::base::ids::PowerPanelId;
use crate::facility::{
    PanelDraft, PanelRow, feeds_of_panel, panel_archive, panel_by_id, panel_create, panel_list,
    panel_update,
};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A board that feeds come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelJson {
    id: i64,
    name: String,
    room_id: i64,
    /// Code of the site.
    site: String,
    /// Name of the room it stands in.
    room: String,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

impl From<PanelRow> for PanelJson {
    fn from(row: PanelRow) -> Self {
        Self {
            id: row.panel.id.get(),
            name: row.panel.name,
            room_id: row.panel.room_id.get(),
            site: row.site.code,
            room: row.room.name,
            note: row.panel.note,
            archived_at: row.panel.archived_at.map(|at| at.to_rfc3339()),
            version: row.panel.version,
        }
    }
}

/// A board with its feeds.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelDetailJson {
    #[serde(flatten)]
    panel: PanelJson,
    /// The live feeds that come from it.
    feed_ids: Vec<i64>,
}

versioned!(PanelDetailJson: panel.version);

fn looked_up(c: &mut Conn, actor: &Actor, id: PowerPanelId) -> Result<PanelDetailJson, Fault> {
    let row = panel_by_id(c, actor, id)?;
    let feeds = feeds_of_panel(c, actor, row.panel.id)?;
    Ok(PanelDetailJson {
        panel: row.into(),
        feed_ids: feeds.into_iter().map(|row| row.feed.id.get()).collect(),
    })
}

/// Live boards by site, room and name.
#[utoipa::path(get, path = "/api/v1/panels", tag = "power",
    responses((status = 200, body = Vec<PanelJson>)))]
#[get("/panels")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<PanelJson>>, Failure> {
    let found = web
        .store
        .read(move |c| panel_list(c, &caller.actor))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One board with its feeds.
#[utoipa::path(get, path = "/api/v1/panels/{id}", tag = "power",
    responses((status = 200, body = PanelDetailJson), (status = 404)))]
#[get("/panels/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<PanelDetailJson>, Failure> {
    let found = web
        .store
        .read(move |c| looked_up(c, &caller.actor, PowerPanelId::new(id)))
        .await?;
    Ok(One(found))
}

/// Adds a board: `room_id`, `name`, `note`.
#[utoipa::path(post, path = "/api/v1/panels", tag = "power", request_body = Object,
    responses((status = 201, body = PanelDetailJson), (status = 422)))]
#[post("/panels", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<PanelDetailJson>>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let draft = PanelDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("panel.create", move |c| {
            let id = panel_create(c, &caller.actor, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made)))
}

/// Changes a board; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/panels/{id}", tag = "power", request_body = Object,
    responses((status = 200, body = PanelDetailJson), (status = 404), (status = 409), (status = 422)))]
#[put("/panels/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<PanelDetailJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (draft, version) = (PanelDraft::parse(&body.fields)?, body.condition()?);
    let id = PowerPanelId::new(id);
    let changed = web
        .store
        .write("panel.update", move |c| {
            let version = version.held(panel_by_id(c, &caller.actor, id)?.panel.version)?;
            panel_update(c, &caller.actor, id, version, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// Archives a board without live feeds (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/panels/{id}/archive", tag = "power", request_body = Object,
    responses((status = 200, body = PanelDetailJson), (status = 404), (status = 409), (status = 422)))]
#[post("/panels/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<PanelDetailJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = PowerPanelId::new(id);
    let changed = web
        .store
        .write("panel.archive", move |c| {
            let version = version.held(panel_by_id(c, &caller.actor, id)?.panel.version)?;
            panel_archive(c, &caller.actor, id, version, archived)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}
