//! `/api/v1/device-types`: models with their ports and bays; for staff.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::base::ids::DeviceTypeId;
use crate::base::units::Grams;
use crate::identity::Permission;
use crate::inventory::{
    DeviceType, DeviceTypeDraft, TypeBay, TypePort, device_type_archive, device_type_by_id,
    device_type_create, device_type_list, device_type_parts, device_type_update,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A model of device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceTypeJson {
    id: i64,
    manufacturer: String,
    model: String,
    /// Short unique name.
    slug: String,
    part_number: String,
    /// In steps of 0.5; 0 for what hangs at the side of a rack.
    height_units: String,
    full_depth: bool,
    half_width: bool,
    role: String,
    /// What it is among chassis and blades.
    subdevice_role: String,
    passive: bool,
    airflow: String,
    weight_kg: Option<String>,
    /// Draw to plan with.
    watts: Option<i64>,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(DeviceTypeJson: version);

impl From<DeviceType> for DeviceTypeJson {
    fn from(row: DeviceType) -> Self {
        Self {
            id: row.id.get(),
            manufacturer: row.manufacturer,
            model: row.model,
            slug: row.slug,
            part_number: row.part_number,
            height_units: row.height_half_units.to_units_text(),
            full_depth: row.full_depth,
            half_width: row.half_width,
            role: row.role.to_string(),
            subdevice_role: row.subdevice_role.to_string(),
            passive: row.passive,
            airflow: row.airflow,
            weight_kg: row.weight_g.map(Grams::to_kilograms_text),
            watts: row.watts.map(|watts| watts.get()),
            note: row.note,
            archived_at: row.archived_at.map(|at| at.to_rfc3339()),
            version: row.version,
        }
    }
}

/// A type in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedTypeJson {
    #[serde(flatten)]
    device_type: DeviceTypeJson,
    /// How many live devices are of it.
    devices: i64,
}

impl From<(DeviceType, i64)> for ListedTypeJson {
    fn from((row, devices): (DeviceType, i64)) -> Self {
        Self {
            device_type: row.into(),
            devices,
        }
    }
}

/// A port that every device of a type gets.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypePortJson {
    /// `interface`, `console`, `console_server`, `power_port`, `power_outlet`, `front` or `rear`.
    kind: String,
    name: String,
    label: String,
    connector: String,
    /// Strands of a rear port.
    positions: Option<i64>,
    /// The port of the same device behind it.
    through_port: String,
    through_position: Option<i64>,
    /// `A`, `B`, `C` or empty.
    feed_leg: String,
}

impl From<TypePort> for TypePortJson {
    fn from(row: TypePort) -> Self {
        Self {
            kind: row.kind.to_string(),
            name: row.name,
            label: row.label,
            connector: row.connector,
            positions: row.positions,
            through_port: row.through_port,
            through_position: row.through_position,
            feed_leg: row.feed_leg,
        }
    }
}

/// A bay that every device of a type has.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeBayJson {
    kind: String,
    name: String,
    label: String,
    /// The number that stands for it in names of ports.
    position: String,
}

impl From<TypeBay> for TypeBayJson {
    fn from(row: TypeBay) -> Self {
        Self {
            kind: row.kind.to_string(),
            name: row.name,
            label: row.label,
            position: row.position,
        }
    }
}

/// A type with its ports and bays.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeDetailJson {
    #[serde(flatten)]
    device_type: DeviceTypeJson,
    ports: Vec<TypePortJson>,
    bays: Vec<TypeBayJson>,
}

versioned!(TypeDetailJson: device_type.version);

/// Live types by maker and model, with how many devices there are of each.
#[utoipa::path(get, path = "/api/v1/device-types", tag = "devices", params(ApiQuery),
    responses((status = 200, body = Listing<ListedTypeJson>)))]
#[get("/device-types?<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
) -> Result<Json<Listing<ListedTypeJson>>, Failure> {
    let (text, page) = (query.text(), query.page());
    let found = web
        .store
        .read(move |c| device_type_list(c, &caller.actor, &text, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One type with its ports and bays. They come with a definition of the library (the page of imports), not from here.
#[utoipa::path(get, path = "/api/v1/device-types/{id}", tag = "devices",
    responses((status = 200, body = TypeDetailJson), (status = 404)))]
#[get("/device-types/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<TypeDetailJson>, Failure> {
    let id = DeviceTypeId::new(id);
    let (row, (ports, bays)) = web
        .store
        .read(move |c| {
            let row = device_type_by_id(c, &caller.actor, id)?;
            Ok((row, device_type_parts(c, &caller.actor, id)?))
        })
        .await?;
    Ok(One(TypeDetailJson {
        device_type: row.into(),
        ports: ports.into_iter().map(Into::into).collect(),
        bays: bays.into_iter().map(Into::into).collect(),
    }))
}

/// Adds a device type: the body has the columns of the CSV kind `device-types`.
#[utoipa::path(post, path = "/api/v1/device-types", tag = "devices", request_body = Object,
    responses((status = 201, body = DeviceTypeJson), (status = 422)))]
#[post("/device-types", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<One<DeviceTypeJson>>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let draft = DeviceTypeDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("device_type.create", move |c| {
            let id = device_type_create(c, &caller.actor, &draft)?;
            device_type_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, One(made.into())))
}

/// Changes a device type; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/device-types/{id}", tag = "devices", request_body = Object,
    responses((status = 200, body = DeviceTypeJson), (status = 404), (status = 409), (status = 422)))]
#[put("/device-types/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DeviceTypeJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let (draft, version) = (DeviceTypeDraft::parse(&body.fields)?, body.condition()?);
    let id = DeviceTypeId::new(id);
    let changed = web
        .store
        .write("device_type.update", move |c| {
            let version = version.held(device_type_by_id(c, &caller.actor, id)?.version)?;
            device_type_update(c, &caller.actor, id, version, &draft)?;
            device_type_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a type that no live device has (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/device-types/{id}/archive", tag = "devices", request_body = Object,
    responses((status = 200, body = DeviceTypeJson), (status = 404), (status = 409), (status = 422)))]
#[post("/device-types/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DeviceTypeJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = DeviceTypeId::new(id);
    let changed = web
        .store
        .write("device_type.archive", move |c| {
            let version = version.held(device_type_by_id(c, &caller.actor, id)?.version)?;
            device_type_archive(c, &caller.actor, id, version, archived)?;
            device_type_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}
