//! `/api/v1/areas`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::access::{
    Area, AreaDraft, area_archive, area_by_id, area_create, area_list, area_update,
};
use crate::base::ids::AreaId;
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A part of a site that visits name.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaJson {
    id: i64,
    site_id: i64,
    /// One of a kind at the site.
    code: String,
    name: String,
    /// How many may be inside at once; null for any number.
    occupancy_limit: Option<i64>,
    escort_required: bool,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

impl From<Area> for AreaJson {
    fn from(area: Area) -> Self {
        Self {
            id: area.id.get(),
            site_id: area.site_id.get(),
            code: area.code,
            name: area.name,
            occupancy_limit: area.occupancy_limit,
            escort_required: area.escort_required,
            archived_at: area.archived_at.map(|at| at.to_rfc3339()),
            version: area.version,
        }
    }
}

versioned!(AreaJson: version);

/// Live areas by site and code.
#[utoipa::path(get, path = "/api/v1/areas", tag = "visits",
    responses((status = 200, body = Vec<AreaJson>)))]
#[get("/areas")]
pub(super) async fn list(web: &State<Web>, caller: Caller) -> Result<Json<Vec<AreaJson>>, Failure> {
    let found = web.store.read(move |c| area_list(c, &caller.actor)).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/areas/{id}", tag = "visits",
    responses((status = 200, body = AreaJson), (status = 404)))]
#[get("/areas/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<AreaJson>, Failure> {
    let found = web
        .store
        .read(move |c| area_by_id(c, &caller.actor, AreaId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds one: `site_id`, `code`, `name`, `occupancy_limit`, `escort_required`.
#[utoipa::path(post, path = "/api/v1/areas", tag = "visits", request_body = Object,
    responses((status = 201, body = AreaJson), (status = 422)))]
#[post("/areas", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<AreaJson>>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let draft = AreaDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("area.create", move |c| {
            let id = area_create(c, &caller.actor, &draft)?;
            area_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes one; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/areas/{id}", tag = "visits", request_body = Object,
    responses((status = 200, body = AreaJson), (status = 404), (status = 409), (status = 422)))]
#[put("/areas/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AreaJson>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let (id, version) = (AreaId::new(id), body.condition()?);
    let draft = AreaDraft::parse(&body.fields)?;
    let changed = web
        .store
        .write("area.update", move |c| {
            let there = area_by_id(c, &caller.actor, id)?;
            let version = version.held(there.version)?;
            area_update(c, &caller.actor, id, version, &draft)?;
            area_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives one (`archived` yes), or brings it back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/areas/{id}/archive", tag = "visits", request_body = Object,
    responses((status = 200, body = AreaJson), (status = 404), (status = 409), (status = 422)))]
#[post("/areas/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AreaJson>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = AreaId::new(id);
    let changed = web
        .store
        .write("area.archive", move |c| {
            let there = area_by_id(c, &caller.actor, id)?;
            let version = version.held(there.version)?;
            area_archive(c, &caller.actor, id, version, archived)?;
            area_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}
