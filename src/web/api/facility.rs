//! `/api/v1/racks`.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::ids::RackId;
use crate::base::units::Grams;
use crate::facility::{
    Occupant, RackFilter, RackRow, fill, free_units, occupants, rack_by_id, rack_list,
};
use crate::identity::Permission;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show]
}

/// A rack as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RackJson {
    id: i64,
    name: String,
    site: String,
    room: String,
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
    max_weight_kg: Option<String>,
    /// `operator`, `customer` or `shared`.
    ownership: String,
    /// Code of the customer who rents it whole.
    customer: Option<String>,
    note: String,
    version: i64,
}

impl From<RackRow> for RackJson {
    fn from(row: RackRow) -> Self {
        let rack = row.rack;
        Self {
            id: rack.id.get(),
            name: rack.name,
            site: row.site.code,
            room: row.room.name,
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
            max_weight_kg: rack.max_weight_g.map(Grams::to_kilograms_text),
            ownership: rack.ownership.to_string(),
            customer: row.customer.map(|customer| customer.code),
            note: rack.note,
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

/// Racks by site, room and row.
#[utoipa::path(get, path = "/api/v1/racks", tag = "racks", params(ApiQuery),
    responses((status = 200, body = Listing<RackJson>)))]
#[get("/racks?<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
) -> Result<Json<Listing<RackJson>>, Failure> {
    let filter = RackFilter {
        query: query.text(),
        ..RackFilter::default()
    };
    let page = query.page();
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
) -> Result<Json<RackDetailJson>, Failure> {
    let named = caller.actor.may(Permission::ViewDevices);
    let (row, inside) = web
        .store
        .read(move |c| {
            let row = rack_by_id(c, &caller.actor, RackId::new(id))?;
            let inside = occupants(c, row.rack.id)?;
            Ok((row, inside))
        })
        .await?;
    Ok(Json(detail(row, &inside, named)))
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
