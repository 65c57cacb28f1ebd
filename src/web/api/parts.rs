//! Ports and components of devices: `/api/v1/devices/{id}/ports`, `/api/v1/devices/{id}/components`.

use rocket::http::Status;
use rocket::response::status::Custom;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::fault::Fault;
use crate::base::ids::{DeviceComponentId, DeviceId, DevicePortId};
use crate::identity::{Actor, Permission};
use crate::inventory::{
    ComponentDraft, DeviceComponent, DevicePort, PortDraft, RemovalDraft, component_add,
    component_by_id, component_remove, component_update, device_by_id, device_components,
    device_port_archive, device_port_by_id, device_port_create, device_port_update, device_ports,
};
use crate::store::Conn;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        ports,
        port,
        port_create,
        port_update,
        port_archive,
        components,
        component,
        component_create,
        component_change,
        component_take_out
    ]
}

/// A port of a device as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DevicePortJson {
    id: i64,
    device_id: i64,
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
    max_watts: Option<i64>,
    allocated_watts: Option<i64>,
    /// For management only.
    management: bool,
    disabled: bool,
    poe: String,
    /// Six hexadecimal digits or empty.
    color: String,
    /// Lower case with colons, or empty.
    mac: String,
    /// Empty for customers.
    note: String,
    archived: bool,
    /// Send it back with a change.
    version: i64,
}

versioned!(DevicePortJson: version);

fn port_json(port: DevicePort, for_customer: bool) -> DevicePortJson {
    DevicePortJson {
        id: port.id.get(),
        device_id: port.device_id.get(),
        kind: port.kind.to_string(),
        name: port.name,
        label: port.label,
        connector: port.connector,
        positions: port.positions,
        through_port: port.through_port,
        through_position: port.through_position,
        feed_leg: port.feed_leg,
        max_watts: port.max_watts.map(|watts| watts.get()),
        allocated_watts: port.allocated_watts.map(|watts| watts.get()),
        management: port.management,
        disabled: !port.enabled,
        poe: port.poe,
        color: port.color,
        mac: port.mac,
        note: if for_customer {
            String::new()
        } else {
            port.note
        },
        archived: port.archived_at.is_some(),
        version: port.version,
    }
}

/// A component of a device as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComponentJson {
    id: i64,
    device_id: i64,
    /// `cpu`, `dimm`, `disk`, `nic`, `gpu`, `psu` or `other`.
    kind: String,
    slot: String,
    maker: String,
    model: String,
    part_number: String,
    serial: Option<String>,
    capacity: String,
    /// Like `2026-11-22`.
    installed_on: Option<String>,
    /// Null while it is in.
    removed_on: Option<String>,
    /// Why it came out; empty for customers.
    because: String,
    /// The component it took the place of.
    replaces_id: Option<i64>,
    /// Empty for customers.
    note: String,
    /// Send it back with a change.
    version: i64,
}

versioned!(ComponentJson: version);

fn component_json(row: DeviceComponent, for_customer: bool) -> ComponentJson {
    let kept = |text: String| if for_customer { String::new() } else { text };
    ComponentJson {
        id: row.id.get(),
        device_id: row.device_id.get(),
        kind: row.kind.to_string(),
        slot: row.slot,
        maker: row.maker,
        model: row.model,
        part_number: row.part_number,
        serial: row.serial,
        capacity: row.capacity,
        installed_on: row.installed_on,
        removed_on: row.removed_on,
        because: kept(row.removed_because),
        replaces_id: row.replaces_id.map(|id| id.get()),
        note: kept(row.note),
        version: row.version,
    }
}

/// Live ports of a device, kind by kind.
#[utoipa::path(get, path = "/api/v1/devices/{id}/ports", tag = "devices",
    responses((status = 200, body = Vec<DevicePortJson>), (status = 404)))]
#[get("/devices/<id>/ports")]
pub(super) async fn ports(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<DevicePortJson>>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let found = web
        .store
        .read(move |c| device_ports(c, &caller.actor, DeviceId::new(id)))
        .await?;
    let rows = found.into_iter().map(|port| port_json(port, for_customer));
    Ok(Json(rows.collect()))
}

/// One port on record.
#[utoipa::path(get, path = "/api/v1/device-ports/{id}", tag = "devices",
    responses((status = 200, body = DevicePortJson), (status = 404)))]
#[get("/device-ports/<id>")]
pub(super) async fn port(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<DevicePortJson>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let (row, _) = web
        .store
        .read(move |c| device_port_by_id(c, &caller.actor, DevicePortId::new(id)))
        .await?;
    Ok(One(port_json(row, for_customer)))
}

/// What may not be seen is not there, whatever the body says.
async fn refuse_unseen<T: Send + 'static>(
    web: &Web,
    actor: &Actor,
    look: impl FnOnce(&mut Conn, &Actor) -> Result<T, Fault> + Send + 'static,
) -> Result<(), Failure> {
    let actor = actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditDevices)?;
            look(c, &actor)
        })
        .await?;
    Ok(())
}

/// Adds a port; the body has the fields of the CSV kind `device-ports` without `device`.
#[utoipa::path(post, path = "/api/v1/devices/{id}/ports", tag = "devices", request_body = Object,
    responses((status = 201, body = DevicePortJson), (status = 404), (status = 422)))]
#[post("/devices/<id>/ports", data = "<body>")]
pub(super) async fn port_create(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Custom<Json<DevicePortJson>>, Failure> {
    let device = DeviceId::new(id);
    refuse_unseen(web, &caller.actor, move |c, actor| {
        device_by_id(c, actor, device)
    })
    .await?;
    let draft = PortDraft::parse(&body.fields)?;
    let (port, _) = web
        .store
        .write("device.port_create", move |c| {
            let id = device_port_create(c, &caller.actor, device, &draft)?;
            device_port_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(Custom(Status::Created, Json(port_json(port, false))))
}

/// Changes a port; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/device-ports/{id}", tag = "devices", request_body = Object,
    responses((status = 200, body = DevicePortJson), (status = 404), (status = 409), (status = 422)))]
#[put("/device-ports/<id>", data = "<body>")]
pub(super) async fn port_update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DevicePortJson>, Failure> {
    let id = DevicePortId::new(id);
    refuse_unseen(web, &caller.actor, move |c, actor| {
        device_port_by_id(c, actor, id)
    })
    .await?;
    let (draft, version) = (PortDraft::parse(&body.fields)?, body.condition()?);
    let (port, _) = web
        .store
        .write("device.port_update", move |c| {
            let version = version.held(device_port_by_id(c, &caller.actor, id)?.0.version)?;
            device_port_update(c, &caller.actor, id, version, &draft)?;
            device_port_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(port_json(port, false)))
}

/// Archives a port, or brings it back: `{"archived": true, "version"}`.
#[utoipa::path(post, path = "/api/v1/device-ports/{id}/archive", tag = "devices", request_body = Object,
    responses((status = 200, body = DevicePortJson), (status = 404), (status = 409), (status = 422)))]
#[post("/device-ports/<id>/archive", data = "<body>")]
pub(super) async fn port_archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DevicePortJson>, Failure> {
    let id = DevicePortId::new(id);
    refuse_unseen(web, &caller.actor, move |c, actor| {
        device_port_by_id(c, actor, id)
    })
    .await?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let (port, _) = web
        .store
        .write("device.port_archive", move |c| {
            let version = version.held(device_port_by_id(c, &caller.actor, id)?.0.version)?;
            device_port_archive(c, &caller.actor, id, version, archived)?;
            device_port_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(port_json(port, false)))
}

/// Components of a device: those that are in, then those that came out.
#[utoipa::path(get, path = "/api/v1/devices/{id}/components", tag = "devices",
    responses((status = 200, body = Vec<ComponentJson>), (status = 404)))]
#[get("/devices/<id>/components")]
pub(super) async fn components(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<ComponentJson>>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let found = web
        .store
        .read(move |c| device_components(c, &caller.actor, DeviceId::new(id)))
        .await?;
    let rows = found
        .into_iter()
        .map(|row| component_json(row, for_customer));
    Ok(Json(rows.collect()))
}

/// One component.
#[utoipa::path(get, path = "/api/v1/components/{id}", tag = "devices",
    responses((status = 200, body = ComponentJson), (status = 404)))]
#[get("/components/<id>")]
pub(super) async fn component(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<ComponentJson>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let (row, _) = web
        .store
        .read(move |c| component_by_id(c, &caller.actor, DeviceComponentId::new(id)))
        .await?;
    Ok(One(component_json(row, for_customer)))
}

/// Puts a component in; the body has the fields of the CSV kind `device-components` without `device`.
#[utoipa::path(post, path = "/api/v1/devices/{id}/components", tag = "devices", request_body = Object,
    responses((status = 201, body = ComponentJson), (status = 404), (status = 422)))]
#[post("/devices/<id>/components", data = "<body>")]
pub(super) async fn component_create(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Custom<Json<ComponentJson>>, Failure> {
    let device = DeviceId::new(id);
    refuse_unseen(web, &caller.actor, move |c, actor| {
        device_by_id(c, actor, device)
    })
    .await?;
    let draft = ComponentDraft::parse(&body.fields)?;
    let (row, _) = web
        .store
        .write("device.component_add", move |c| {
            let id = component_add(c, &caller.actor, device, &draft)?;
            component_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(Custom(Status::Created, Json(component_json(row, false))))
}

/// Corrects a component; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/components/{id}", tag = "devices", request_body = Object,
    responses((status = 200, body = ComponentJson), (status = 404), (status = 409), (status = 422)))]
#[put("/components/<id>", data = "<body>")]
pub(super) async fn component_change(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ComponentJson>, Failure> {
    let id = DeviceComponentId::new(id);
    refuse_unseen(web, &caller.actor, move |c, actor| {
        component_by_id(c, actor, id)
    })
    .await?;
    let (draft, version) = (ComponentDraft::parse(&body.fields)?, body.condition()?);
    let (row, _) = web
        .store
        .write("device.component_update", move |c| {
            let version = version.held(component_by_id(c, &caller.actor, id)?.0.version)?;
            component_update(c, &caller.actor, id, version, &draft)?;
            component_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(component_json(row, false)))
}

/// Takes a component out: `{"removed_on", "because", "version"}`; without a day it came out today.
#[utoipa::path(post, path = "/api/v1/components/{id}/remove", tag = "devices", request_body = Object,
    responses((status = 200, body = ComponentJson), (status = 404), (status = 409), (status = 422)))]
#[post("/components/<id>/remove", data = "<body>")]
pub(super) async fn component_take_out(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ComponentJson>, Failure> {
    let id = DeviceComponentId::new(id);
    refuse_unseen(web, &caller.actor, move |c, actor| {
        component_by_id(c, actor, id)
    })
    .await?;
    let today = caller.actor.now.to_utc().format("%Y-%m-%d").to_string();
    let draft = RemovalDraft::parse(&body.fields, &today)?;
    let version = body.condition()?;
    let (row, _) = web
        .store
        .write("device.component_remove", move |c| {
            let version = version.held(component_by_id(c, &caller.actor, id)?.0.version)?;
            component_remove(c, &caller.actor, id, version, &draft)?;
            component_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(component_json(row, false)))
}
