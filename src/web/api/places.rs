//! `/api/v1/sites` and `/api/v1/rooms`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::ids::{RoomId, SiteId};
use crate::facility::{
    RoomDraft, RoomRow, Site, SiteDraft, room_archive, room_by_id, room_create, room_list,
    room_update, site_archive, site_by_id, site_create, site_list, site_update,
};
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        sites,
        site,
        site_add,
        site_change,
        site_shelve,
        rooms,
        room,
        room_add,
        room_change,
        room_shelve
    ]
}

/// A building with machine rooms.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteJson {
    id: i64,
    code: String,
    name: String,
    /// IANA name of the zone it keeps time in.
    time_zone: String,
    address: String,
    /// How to reach the duty desk.
    contact: String,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(SiteJson: version);

impl From<Site> for SiteJson {
    fn from(site: Site) -> Self {
        Self {
            id: site.id.get(),
            code: site.code,
            name: site.name,
            time_zone: site.time_zone,
            address: site.address,
            contact: site.contact,
            note: site.note,
            archived_at: site.archived_at.map(|at| at.to_rfc3339()),
            version: site.version,
        }
    }
}

/// Live sites by code.
#[utoipa::path(get, path = "/api/v1/sites", tag = "racks",
    responses((status = 200, body = Vec<SiteJson>)))]
#[get("/sites")]
pub(super) async fn sites(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<SiteJson>>, Failure> {
    let found = web.store.read(move |c| site_list(c, &caller.actor)).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One site.
#[utoipa::path(get, path = "/api/v1/sites/{id}", tag = "racks",
    responses((status = 200, body = SiteJson), (status = 404)))]
#[get("/sites/<id>")]
pub(super) async fn site(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<SiteJson>, Failure> {
    let found = web
        .store
        .read(move |c| site_by_id(c, &caller.actor, SiteId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds a site: `code`, `name`, `time_zone` (IANA), `address`, `contact`, `note`.
#[utoipa::path(post, path = "/api/v1/sites", tag = "racks", request_body = Object,
    responses((status = 201, body = SiteJson), (status = 422)))]
#[post("/sites", data = "<body>")]
pub(super) async fn site_add(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<One<SiteJson>>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let draft = SiteDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("site.create", move |c| {
            let id = site_create(c, &caller.actor, &draft)?;
            site_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, One(made.into())))
}

/// Changes a site; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/sites/{id}", tag = "racks", request_body = Object,
    responses((status = 200, body = SiteJson), (status = 404), (status = 409), (status = 422)))]
#[put("/sites/<id>", data = "<body>")]
pub(super) async fn site_change(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<SiteJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (draft, version) = (SiteDraft::parse(&body.fields)?, body.condition()?);
    let id = SiteId::new(id);
    let changed = web
        .store
        .write("site.update", move |c| {
            let version = version.held(site_by_id(c, &caller.actor, id)?.version)?;
            site_update(c, &caller.actor, id, version, &draft)?;
            site_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a site without live rooms (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/sites/{id}/archive", tag = "racks", request_body = Object,
    responses((status = 200, body = SiteJson), (status = 404), (status = 409), (status = 422)))]
#[post("/sites/<id>/archive", data = "<body>")]
pub(super) async fn site_shelve(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<SiteJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = SiteId::new(id);
    let changed = web
        .store
        .write("site.archive", move |c| {
            let version = version.held(site_by_id(c, &caller.actor, id)?.version)?;
            site_archive(c, &caller.actor, id, version, archived)?;
            site_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// A machine room.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomJson {
    id: i64,
    site_id: i64,
    /// Code of the site.
    site: String,
    name: String,
    /// Tiles of the floor from left to right; 0 without a plan.
    grid_columns: i64,
    /// Tiles of the floor from back to front.
    grid_rows: i64,
    /// Edge of a tile.
    tile_mm: i64,
    /// Aisles, one a line.
    aisles: String,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(RoomJson: version);

impl From<RoomRow> for RoomJson {
    fn from(row: RoomRow) -> Self {
        let room = row.room;
        Self {
            id: room.id.get(),
            site_id: room.site_id.get(),
            site: row.site.code,
            name: room.name,
            grid_columns: room.grid_columns,
            grid_rows: room.grid_rows,
            tile_mm: room.tile_mm.get(),
            aisles: room.aisles,
            note: room.note,
            archived_at: room.archived_at.map(|at| at.to_rfc3339()),
            version: room.version,
        }
    }
}

/// Live rooms by site and name.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "racks",
    responses((status = 200, body = Vec<RoomJson>)))]
#[get("/rooms")]
pub(super) async fn rooms(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<RoomJson>>, Failure> {
    let found = web.store.read(move |c| room_list(c, &caller.actor)).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One room.
#[utoipa::path(get, path = "/api/v1/rooms/{id}", tag = "racks",
    responses((status = 200, body = RoomJson), (status = 404)))]
#[get("/rooms/<id>")]
pub(super) async fn room(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<RoomJson>, Failure> {
    let found = web
        .store
        .read(move |c| room_by_id(c, &caller.actor, RoomId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds a room: `site_id`, `name`, `grid_columns`, `grid_rows`, `tile_mm`, `aisles`, `note`.
#[utoipa::path(post, path = "/api/v1/rooms", tag = "racks", request_body = Object,
    responses((status = 201, body = RoomJson), (status = 422)))]
#[post("/rooms", data = "<body>")]
pub(super) async fn room_add(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<One<RoomJson>>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let draft = RoomDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("room.create", move |c| {
            let id = room_create(c, &caller.actor, &draft)?;
            room_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, One(made.into())))
}

/// Changes a room; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/rooms/{id}", tag = "racks", request_body = Object,
    responses((status = 200, body = RoomJson), (status = 404), (status = 409), (status = 422)))]
#[put("/rooms/<id>", data = "<body>")]
pub(super) async fn room_change(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<RoomJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (draft, version) = (RoomDraft::parse(&body.fields)?, body.condition()?);
    let id = RoomId::new(id);
    let changed = web
        .store
        .write("room.update", move |c| {
            let version = version.held(room_by_id(c, &caller.actor, id)?.room.version)?;
            room_update(c, &caller.actor, id, version, &draft)?;
            room_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a room without live racks (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/rooms/{id}/archive", tag = "racks", request_body = Object,
    responses((status = 200, body = RoomJson), (status = 404), (status = 409), (status = 422)))]
#[post("/rooms/<id>/archive", data = "<body>")]
pub(super) async fn room_shelve(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<RoomJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = RoomId::new(id);
    let changed = web
        .store
        .write("room.archive", move |c| {
            let version = version.held(room_by_id(c, &caller.actor, id)?.room.version)?;
            room_archive(c, &caller.actor, id, version, archived)?;
            room_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}
