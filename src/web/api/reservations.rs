//! `/api/v1/racks/{id}/reservations`, and the drawing of a rack.

use rocket::http::{ContentType, Status};
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, delete, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::ids::{RackId, ReservationId};
use crate::facility::{
    ReservationDraft, ReservationRow, rack_by_id, reservation_archive, reservation_by_id,
    reservation_create, reservation_update, reservations_of_racks,
};
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::pages::rack::{Asked, drawing_of};
use crate::web::precondition::{Condition, IfMatch};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, create, show, update, end, elevation]
}

/// Units of a rack that are kept for somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReservationJson {
    id: i64,
    rack_id: i64,
    /// `reserved` or `rented`.
    kind: String,
    first_unit: i64,
    last_unit: i64,
    /// `both`, `front` or `rear`.
    faces: String,
    /// Code of whom they are kept for; null is the operator.
    customer: Option<String>,
    reason: String,
    /// Last day at the site, like `2026-11-22`; null until it is ended.
    until_date: Option<String>,
    made_by: String,
    /// Send it back with a change.
    version: i64,
}

versioned!(ReservationJson: version);

impl From<ReservationRow> for ReservationJson {
    fn from(row: ReservationRow) -> Self {
        let kept = row.reservation;
        Self {
            id: kept.id.get(),
            rack_id: kept.rack_id.get(),
            kind: kept.kind.to_string(),
            first_unit: kept.first_unit,
            last_unit: kept.last_unit,
            faces: kept.faces.to_string(),
            customer: row.customer.map(|customer| customer.code),
            reason: kept.reason,
            until_date: kept.until_date,
            made_by: kept.made_by_name,
            version: kept.version,
        }
    }
}

/// Reservations of a rack that were not ended, by first unit.
#[utoipa::path(get, path = "/api/v1/racks/{id}/reservations", tag = "racks",
    responses((status = 200, body = Vec<ReservationJson>), (status = 404)))]
#[get("/racks/<id>/reservations")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<ReservationJson>>, Failure> {
    let rows = web
        .store
        .read(move |c| {
            let rack = rack_by_id(c, &caller.actor, RackId::new(id))?.rack.id;
            reservations_of_racks(c, &caller.actor, &[rack])
        })
        .await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// Keeps units of a rack; the body has `kind`, `first_unit`, `last_unit`, `faces`, `customer_id`, `reason` and `until_date`.
#[utoipa::path(post, path = "/api/v1/racks/{id}/reservations", tag = "racks", request_body = Object,
    responses((status = 201, body = ReservationJson), (status = 404), (status = 422)))]
#[post("/racks/<id>/reservations", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<ReservationJson>>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let mut fields = body.fields;
    fields.set("rack_id", id.to_string());
    let draft = ReservationDraft::parse(&fields)?;
    let (row, _) = web
        .store
        .write("reservation.create", move |c| {
            rack_by_id(c, &caller.actor, draft.rack_id)?;
            let id = reservation_create(c, &caller.actor, &draft)?;
            reservation_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(row.into())))
}

/// One reservation.
#[utoipa::path(get, path = "/api/v1/reservations/{id}", tag = "racks",
    responses((status = 200, body = ReservationJson), (status = 404)))]
#[get("/reservations/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<ReservationJson>, Failure> {
    let (row, _) = web
        .store
        .read(move |c| reservation_by_id(c, &caller.actor, ReservationId::new(id)))
        .await?;
    Ok(One(row.into()))
}

/// Changes a reservation; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/reservations/{id}", tag = "racks", request_body = Object,
    responses((status = 200, body = ReservationJson), (status = 404), (status = 409), (status = 422)))]
#[put("/reservations/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ReservationJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let version = body.condition();
    let mut fields = body.fields;
    // It stays in its rack, whatever was sent.
    fields.set("rack_id", "1");
    let draft = ReservationDraft::parse(&fields)?;
    let version = version?;
    let id = ReservationId::new(id);
    let (row, _) = web
        .store
        .write("reservation.update", move |c| {
            let (there, _) = reservation_by_id(c, &caller.actor, id)?;
            let version = version.held(there.reservation.version)?;
            reservation_update(c, &caller.actor, id, version, &draft)?;
            reservation_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(row.into()))
}

/// Ends a reservation; `version` is the one that was read, without `If-Match`.
#[utoipa::path(delete, path = "/api/v1/reservations/{id}", tag = "racks",
    params(("version" = Option<i64>, Query, description = "The version that was read.")),
    responses((status = 204), (status = 404), (status = 409)))]
#[delete("/reservations/<id>?<version>")]
pub(super) async fn end(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    version: Option<i64>,
    if_match: IfMatch,
) -> Result<Status, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let named = Condition::Version(version.unwrap_or_default());
    let version = if_match.0.unwrap_or(named);
    web.store
        .write("reservation.archive", move |c| {
            let id = ReservationId::new(id);
            let (there, _) = reservation_by_id(c, &caller.actor, id)?;
            let version = version.held(there.reservation.version)?;
            reservation_archive(c, &caller.actor, id, version, true)
        })
        .await?;
    Ok(Status::NoContent)
}

/// The drawing of a rack. A customer gets it for a rack that holds a device of theirs; what is not theirs is
/// occupied and nameless.
#[utoipa::path(get, path = "/api/v1/racks/{id}/elevation.svg", tag = "racks",
    params(("face" = Option<String>, Query, description = "`front` or `rear`; both when missing."),
        ("colour" = Option<String>, Query, description = "`status`, `customer`, `power`, `temperature` or `age`."),
        ("q" = Option<String>, Query, description = "Devices whose name, label, serial number or tag has this stand out.")),
    responses((status = 200, content_type = "image/svg+xml"), (status = 404)))]
#[get("/racks/<id>/elevation.svg?<face>&<colour>&<q>")]
pub(super) async fn elevation(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    face: Option<&str>,
    colour: Option<&str>,
    q: Option<&str>,
) -> Result<(ContentType, String), Failure> {
    let locale = caller.actor.locale;
    let seen = web
        .store
        .read(move |c| drawing_of(c, &caller.actor, RackId::new(id)))
        .await?;
    let asked = Asked {
        face,
        colour,
        search: q,
    };
    Ok((ContentType::SVG, seen.file((&web.words, locale), &asked)))
}
