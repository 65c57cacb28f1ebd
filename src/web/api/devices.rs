//! `/api/v1/devices`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{FromForm, Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::listing::{ApiQuery, Listing, word};
use super::one::{One, versioned};
use crate::base::ids::{CustomerId, DeviceId, DeviceTypeId, RackId, RoomId, SiteId};
use crate::base::page::Page;
use crate::identity::Permission;
use crate::inventory::{
    DeviceDraft, DeviceFilter, DeviceRole, DeviceRow, DeviceStatus, device_archive, device_by_id,
    device_create, device_list, device_update,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A device as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceJson {
    id: i64,
    name: String,
    label: String,
    serial: Option<String>,
    asset_tag: Option<String>,
    /// Short name of the type.
    device_type: String,
    manufacturer: String,
    model: String,
    /// What it does: by its own word, else by its type's.
    role: String,
    /// The member `role` of a change; null is what its type says.
    own_role: Option<String>,
    height_units: String,
    /// Code of the owner; null is the operator.
    customer: Option<String>,
    /// `planned`, `in_stock`, `installed`, `decommissioning` or `removed`.
    status: String,
    site: Option<String>,
    room: Option<String>,
    rack: Option<String>,
    /// Null for customers.
    rack_id: Option<i64>,
    /// Lowest-numbered unit as the rack numbers it, in steps of 0.5; null at a side.
    unit: Option<String>,
    /// `front`, `rear`, `left` or `right`.
    face: Option<String>,
    /// `left` or `right` for a type of half width, seen from the front.
    half: Option<String>,
    /// Name of the chassis that it is in, when the caller may see it.
    chassis: Option<String>,
    /// Its bay in the chassis.
    bay: Option<String>,
    cpu: String,
    memory_gib: Option<i64>,
    disks: String,
    nics: String,
    /// Like `2026-11-22`.
    warranty_until: Option<String>,
    /// Day of purchase, like `2021-05-30`.
    purchased_on: Option<String>,
    protected: bool,
    lock_reason: Option<String>,
    /// Empty for customers.
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(DeviceJson: version);

/// A device as a program may see it.
pub(super) fn device_json(row: DeviceRow, for_customer: bool) -> DeviceJson {
    let position = row.position();
    let role = row.role();
    let (device, device_type) = (row.device, row.device_type);
    DeviceJson {
        id: device.id.get(),
        name: device.name,
        label: device.label,
        serial: device.serial,
        asset_tag: device.asset_tag,
        device_type: device_type.slug,
        manufacturer: device_type.manufacturer,
        model: device_type.model,
        role: role.to_string(),
        own_role: device.role.map(|role| role.to_string()),
        height_units: device_type.height_half_units.to_units_text(),
        customer: row.customer.map(|customer| customer.code),
        status: device.status.to_string(),
        site: row.place.as_ref().map(|place| place.site.clone()),
        room: row.place.as_ref().map(|place| place.room.clone()),
        rack: row.place.map(|place| place.rack),
        rack_id: device
            .rack_id
            .filter(|_| !for_customer)
            .map(|rack| rack.get()),
        unit: position.and_then(|position| position.unit),
        face: device.face.map(|face| face.to_string()),
        half: device.half.map(|half| half.to_string()),
        chassis: row.chassis.map(|chassis| chassis.name),
        bay: device.bay,
        cpu: device.cpu,
        memory_gib: device.memory_mib.map(|memory| memory.get() / 1024),
        disks: device.disks,
        nics: device.nics,
        warranty_until: device.warranty_until,
        purchased_on: device.purchased_on,
        protected: device.protected,
        lock_reason: device.lock_reason,
        note: if for_customer {
            String::new()
        } else {
            device.note
        },
        archived_at: device.archived_at.map(|at| at.to_rfc3339()),
        version: device.version,
    }
}

/// What narrows a list of devices.
#[derive(Debug, Clone, Default, FromForm, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeviceQuery {
    /// Search text.
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// At most this many rows, 1 to 1,000; 50 when missing.
    limit: Option<usize>,
    /// Only those of this customer.
    customer_id: Option<i64>,
    /// Only those of this type.
    device_type_id: Option<i64>,
    /// Only those in this rack.
    rack_id: Option<i64>,
    /// Only those in this room.
    room_id: Option<i64>,
    /// Only those in this site.
    site_id: Option<i64>,
    /// `planned`, `in_stock`, `installed`, `decommissioning` or `removed`.
    status: Option<String>,
    /// What their type does: `server`, `switch` and so on.
    role: Option<String>,
    /// The archived ones instead of the live ones.
    archived: Option<bool>,
}

impl DeviceQuery {
    fn listed(&self) -> ApiQuery {
        ApiQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            limit: self.limit,
        }
    }
}

/// Devices by name; a customer's own.
#[utoipa::path(get, path = "/api/v1/devices", tag = "devices", params(DeviceQuery),
    responses((status = 200, body = Listing<DeviceJson>), (status = 422)))]
#[get("/devices?<narrow..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    narrow: DeviceQuery,
) -> Result<Json<Listing<DeviceJson>>, Failure> {
    let (status, role) = (narrow.status.as_deref(), narrow.role.as_deref());
    let filter = DeviceFilter {
        query: narrow.listed().text(),
        customer_id: narrow.customer_id.map(CustomerId::new),
        device_type_id: narrow.device_type_id.map(DeviceTypeId::new),
        rack_id: narrow.rack_id.map(RackId::new),
        room_id: narrow.room_id.map(RoomId::new),
        site_id: narrow.site_id.map(SiteId::new),
        status: word(
            "status",
            status,
            DeviceStatus::from_word,
            DeviceStatus::words,
        )?,
        role: word("role", role, DeviceRole::from_word, DeviceRole::words)?,
        archived: narrow.archived.unwrap_or(false),
        ..DeviceFilter::default()
    };
    let page = narrow.listed().page();
    let for_customer = caller.actor.role.is_customer();
    let found: Page<DeviceRow> = web
        .store
        .read(move |c| device_list(c, &caller.actor, &filter, &page))
        .await?;
    let found = found.map(|row| device_json(row, for_customer));
    Ok(Json(Listing::from_page(found)))
}

/// One device.
#[utoipa::path(get, path = "/api/v1/devices/{id}", tag = "devices",
    responses((status = 200, body = DeviceJson), (status = 404)))]
#[get("/devices/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<DeviceJson>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let row = web
        .store
        .read(move |c| device_by_id(c, &caller.actor, DeviceId::new(id)))
        .await?;
    Ok(One(device_json(row, for_customer)))
}

/// Adds a device; the body has `device_type_id`, `customer_id`, `rack_id` and else the fields of the CSV kind `devices`.
#[utoipa::path(post, path = "/api/v1/devices", tag = "devices", request_body = Object,
    responses((status = 201, body = DeviceJson), (status = 422)))]
#[post("/devices", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<DeviceJson>>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let draft = DeviceDraft::parse(&body.fields)?;
    let row = web
        .store
        .write("device.create", move |c| {
            let id = device_create(c, &caller.actor, &draft)?;
            device_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(
        Status::Created,
        Json(device_json(row, false)),
    ))
}

/// Changes a device; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/devices/{id}", tag = "devices", request_body = Object,
    responses((status = 200, body = DeviceJson), (status = 404), (status = 409), (status = 422)))]
#[put("/devices/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DeviceJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let draft = DeviceDraft::parse(&body.fields)?;
    let version = body.condition()?;
    let id = DeviceId::new(id);
    let row = web
        .store
        .write("device.update", move |c| {
            let version = version.held(device_by_id(c, &caller.actor, id)?.device.version)?;
            device_update(c, &caller.actor, id, version, &draft)?;
            device_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(device_json(row, false)))
}

/// Archives a device that stands nowhere (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/devices/{id}/archive", tag = "devices", request_body = Object,
    responses((status = 200, body = DeviceJson), (status = 404), (status = 409), (status = 422)))]
#[post("/devices/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DeviceJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = DeviceId::new(id);
    let changed = web
        .store
        .write("device.archive", move |c| {
            let version = version.held(device_by_id(c, &caller.actor, id)?.device.version)?;
            device_archive(c, &caller.actor, id, version, archived)?;
            device_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(device_json(changed, false)))
}
