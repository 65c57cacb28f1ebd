//! `/api/v1/standing-permissions`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::access::{
    StandingRecord, standing_archive, standing_by_id, standing_create, standing_draft,
    standing_list, standing_update,
};
use crate::base::ids::StandingPermissionId;
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A permission to come again and again.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingJson {
    id: i64,
    site_id: i64,
    /// Null for the operator's own suppliers.
    customer_id: Option<i64>,
    /// The person it is for; null when it is for a company.
    person_id: Option<i64>,
    /// Name of the person.
    person: Option<String>,
    company: String,
    /// RFC 3339.
    valid_from: String,
    /// RFC 3339.
    valid_until: String,
    /// 1 is Monday, 7 Sunday.
    weekdays: Vec<i64>,
    /// Time of day at the site.
    from_time: String,
    /// Time of day at the site; `24:00` is midnight.
    until_time: String,
    escort_required: bool,
    rack_ids: Vec<i64>,
    /// None: any area.
    area_ids: Vec<i64>,
    note: String,
    /// RFC 3339: when someone last came in under it.
    last_used_at: Option<String>,
    /// Who that was.
    last_used_by: String,
    given_by: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

impl From<StandingRecord> for StandingJson {
    fn from(record: StandingRecord) -> Self {
        let own = record.permission;
        let hours = own.hours();
        Self {
            id: own.id.get(),
            site_id: own.site_id.get(),
            customer_id: own.customer_id.map(|id| id.get()),
            person_id: own.person_id.map(|id| id.get()),
            person: record.person,
            company: own.company,
            valid_from: own.valid_from.to_rfc3339(),
            valid_until: own.valid_until.to_rfc3339(),
            weekdays: hours.days(),
            from_time: hours.from_time(),
            until_time: hours.until_time(),
            escort_required: own.escort_required,
            rack_ids: record.rack_ids.iter().map(|id| id.get()).collect(),
            area_ids: record.area_ids.iter().map(|id| id.get()).collect(),
            note: own.note,
            last_used_at: own.last_used_at.map(|at| at.to_rfc3339()),
            last_used_by: own.last_used_by,
            given_by: own.created_by_name,
            archived_at: own.archived_at.map(|at| at.to_rfc3339()),
            version: own.version,
        }
    }
}

versioned!(StandingJson: version);

/// Live standing permissions, those that end first before the others.
#[utoipa::path(get, path = "/api/v1/standing-permissions", tag = "visits",
    responses((status = 200, body = Vec<StandingJson>)))]
#[get("/standing-permissions")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<StandingJson>>, Failure> {
    let found = web
        .store
        .read(move |c| standing_list(c, &caller.actor))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/standing-permissions/{id}", tag = "visits",
    responses((status = 200, body = StandingJson), (status = 404)))]
#[get("/standing-permissions/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<StandingJson>, Failure> {
    let found = web
        .store
        .read(move |c| standing_by_id(c, &caller.actor, StandingPermissionId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds one: `site_id`, `customer_id`, `person_id` or `company`, `valid_from`, `valid_until`, `weekdays` (1 is Monday),
/// `from_time`, `until_time`, `escort_required`, `rack_ids`, `area_ids`, `note`.
#[utoipa::path(post, path = "/api/v1/standing-permissions", tag = "visits", request_body = Object,
    responses((status = 201, body = StandingJson), (status = 422)))]
#[post("/standing-permissions", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<StandingJson>>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let made = web
        .store
        .write("standing.create", move |c| {
            let draft = standing_draft(c, &body.fields)?;
            let id = standing_create(c, &caller.actor, &draft)?;
            standing_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes one; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/standing-permissions/{id}", tag = "visits", request_body = Object,
    responses((status = 200, body = StandingJson), (status = 404), (status = 409), (status = 422)))]
#[put("/standing-permissions/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<StandingJson>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let (id, version) = (StandingPermissionId::new(id), body.condition()?);
    let changed = web
        .store
        .write("standing.update", move |c| {
            let there = standing_by_id(c, &caller.actor, id)?;
            let version = version.held(there.permission.version)?;
            let draft = standing_draft(c, &body.fields)?;
            standing_update(c, &caller.actor, id, version, &draft)?;
            standing_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives one (`archived` yes), or brings it back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/standing-permissions/{id}/archive", tag = "visits", request_body = Object,
    responses((status = 200, body = StandingJson), (status = 404), (status = 409), (status = 422)))]
#[post("/standing-permissions/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<StandingJson>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = StandingPermissionId::new(id);
    let changed = web
        .store
        .write("standing.archive", move |c| {
            let there = standing_by_id(c, &caller.actor, id)?;
            let version = version.held(there.permission.version)?;
            standing_archive(c, &caller.actor, id, version, archived)?;
            standing_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}
