//! `/api/v1/racks`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{FromForm, Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::listing::{ApiQuery, Listing, word};
use super::one::{One, versioned};
use crate::base::ids::{CustomerId, RackId, RoomId, SiteId};
use crate::base::units::Grams;
use crate::facility::{
    Occupant, Ownership, RackDraft, RackFilter, RackRow, fill, free_units, occupants, rack_archive,
    rack_by_id, rack_create, rack_list, rack_update,
};
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A rack as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RackJson {
    id: i64,
    name: String,
    site: String,
    room: String,
    room_id: i64,
    row_name: String,
    position_in_row: i64,
    units: i64,
    starting_unit: i64,
    /// `up` or `down`.
    numbering: String,
    width_mm: Option<i64>,
    depth_mm: Option<i64>,
    /// Column of the room's floor tiles, counted from one; null off the plan.
    grid_x: Option<i64>,
    /// Row of the room's floor tiles, counted from one; null off the plan.
    grid_y: Option<i64>,
    /// Where the front looks: 0 to the back of the room, then clockwise in degrees.
    rotation: i64,
    max_watts: Option<i64>,
    /// Power that was promised to who rents it.
    contracted_watts: Option<i64>,
    max_weight_kg: Option<String>,
    /// `operator`, `customer` or `shared`.
    ownership: String,
    /// Code of the customer who rents it whole.
    customer: Option<String>,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(RackJson: version);

impl From<RackRow> for RackJson {
    fn from(row: RackRow) -> Self {
        let rack = row.rack;
        Self {
            id: rack.id.get(),
            name: rack.name,
            site: row.site.code,
            room: row.room.name,
            room_id: rack.room_id.get(),
            row_name: rack.row_name,
            position_in_row: rack.position_in_row,
            units: rack.units,
            starting_unit: rack.starting_unit,
            numbering: rack.numbering.to_string(),
            width_mm: rack.width_mm.map(|width| width.get()),
            depth_mm: rack.depth_mm.map(|depth| depth.get()),
            grid_x: rack.grid_x,
            grid_y: rack.grid_y,
            rotation: rack.rotation,
            max_watts: rack.max_watts.map(|watts| watts.get()),
            contracted_watts: rack.contracted_watts.map(|watts| watts.get()),
            max_weight_kg: rack.max_weight_g.map(Grams::to_kilograms_text),
            ownership: rack.ownership.to_string(),
            customer: row.customer.map(|customer| customer.code),
            note: rack.note,
            archived_at: rack.archived_at.map(|at| at.to_rfc3339()),
            version: rack.version,
        }
    }
}

/// A stretch of free units, as the rack numbers them.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeUnitsJson {
    first: i64,
    last: i64,
}

/// What takes a place in a rack.
#[derive(Debug, Serialize, ToSchema)]
pub struct OccupantJson {
    /// Null when the caller may not see devices.
    device_id: Option<i64>,
    /// Null when the caller may not see devices.
    name: Option<String>,
    /// Lowest-numbered unit, in steps of 0.5; null for what hangs at a side.
    unit: Option<String>,
    height_units: String,
    /// `front`, `rear`, `left` or `right`.
    face: String,
    full_depth: bool,
    /// `left` or `right` for a device of half width, seen from the front.
    half: Option<String>,
}

/// A rack with what stands in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RackDetailJson {
    #[serde(flatten)]
    rack: RackJson,
    filled_percent: i64,
    planned_watts: i64,
    free_units: Vec<FreeUnitsJson>,
    occupants: Vec<OccupantJson>,
}

versioned!(RackDetailJson: rack.version);

/// What narrows a list of racks.
#[derive(Debug, Clone, Default, FromForm, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RackQuery {
    /// Search text.
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most this many rows, 1 to 1,000; 50 when missing.
    limit: Option<usize>,
    /// Only those of this site.
    site_id: Option<i64>,
    /// Only those of this room.
    room_id: Option<i64>,
    /// Only those that this customer rents whole.
    customer_id: Option<i64>,
    /// `operator`, `customer` or `shared`.
    ownership: Option<String>,
    /// The archived ones instead of the live ones.
    archived: Option<bool>,
}

impl RackQuery {
    fn listed(&self) -> ApiQuery {
        ApiQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            limit: self.limit,
        }
    }
}

/// Racks by site, room and row.
#[utoipa::path(get, path = "/api/v1/racks", tag = "racks", params(RackQuery),
    responses((status = 200, body = Listing<RackJson>), (status = 422)))]
#[get("/racks?<narrow..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    narrow: RackQuery,
) -> Result<Json<Listing<RackJson>>, Failure> {
    let filter = RackFilter {
        query: narrow.listed().text(),
        site_id: narrow.site_id.map(SiteId::new),
        room_id: narrow.room_id.map(RoomId::new),
        customer_id: narrow.customer_id.map(CustomerId::new),
        ownership: word(
            "ownership",
            narrow.ownership.as_deref(),
            Ownership::from_word,
            Ownership::words,
        )?,
        archived: narrow.archived.unwrap_or(false),
        ..RackFilter::default()
    };
    let page = narrow.listed().page();
    let found = web
        .store
        .read(move |c| rack_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One rack with its places.
#[utoipa::path(get, path = "/api/v1/racks/{id}", tag = "racks",
    responses((status = 200, body = RackDetailJson), (status = 404)))]
#[get("/racks/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<RackDetailJson>, Failure> {
    let named = caller.actor.may(Permission::ViewDevices);
    let (row, inside) = web
        .store
        .read(move |c| {
            let row = rack_by_id(c, &caller.actor, RackId::new(id))?;
            let inside = occupants(c, row.rack.id)?;
            Ok((row, inside))
        })
        .await?;
    Ok(One(detail(row, &inside, named)))
}

fn detail(row: RackRow, inside: &[Occupant], named: bool) -> RackDetailJson {
    let frame = row.rack.frame();
    let filled = fill(frame, inside);
    let occupants = inside
        .iter()
        .map(|occupant| OccupantJson {
            device_id: named.then_some(occupant.device_id.get()),
            name: named.then(|| occupant.name.clone()),
            unit: occupant
                .offset
                .map(|offset| frame.unit_of(offset, occupant.height).to_units_text()),
            height_units: occupant.height.to_units_text(),
            face: occupant.face.to_string(),
            full_depth: occupant.full_depth,
            half: occupant.half.map(|half| half.to_string()),
        })
        .collect();
    RackDetailJson {
        filled_percent: filled.percent(),
        planned_watts: filled.watts.get(),
        free_units: free_units(frame, inside)
            .into_iter()
            .map(|(first, last)| FreeUnitsJson { first, last })
            .collect(),
        occupants,
        rack: row.into(),
    }
}

/// Adds a rack: `room_id`, `customer_id` and else the columns of the CSV kind `racks`.
#[utoipa::path(post, path = "/api/v1/racks", tag = "racks", request_body = Object,
    responses((status = 201, body = RackJson), (status = 422)))]
#[post("/racks", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<One<RackJson>>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let draft = RackDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("rack.create", move |c| {
            let id = rack_create(c, &caller.actor, &draft)?;
            rack_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, One(made.into())))
}

/// Changes a rack; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/racks/{id}", tag = "racks", request_body = Object,
    responses((status = 200, body = RackJson), (status = 404), (status = 409), (status = 422)))]
#[put("/racks/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<RackJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (draft, version) = (RackDraft::parse(&body.fields)?, body.condition()?);
    let id = RackId::new(id);
    let changed = web
        .store
        .write("rack.update", move |c| {
            let version = version.held(rack_by_id(c, &caller.actor, id)?.rack.version)?;
            rack_update(c, &caller.actor, id, version, &draft)?;
            rack_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives an empty rack (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/racks/{id}/archive", tag = "racks", request_body = Object,
    responses((status = 200, body = RackJson), (status = 404), (status = 409), (status = 422)))]
#[post("/racks/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<RackJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = RackId::new(id);
    let changed = web
        .store
        .write("rack.archive", move |c| {
            let version = version.held(rack_by_id(c, &caller.actor, id)?.rack.version)?;
            rack_archive(c, &caller.actor, id, version, archived)?;
            rack_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}
