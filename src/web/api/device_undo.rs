//! `/api/v1/devices/{id}/undo`.

use rocket::{Route, State, post, routes};

use super::devices::{DeviceJson, device_json};
use super::one::One;
use crate::base::ids::DeviceId;
use crate::identity::Permission;
use crate::inventory::{device_by_id, device_last_change, device_take_back};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![undo]
}

/// Takes the last change of a device back, as a change of its own with a `reason`; with the `version` that was read. Only a
/// change of fields or a move goes back, and only while nothing else was done with the device.
#[utoipa::path(post, path = "/api/v1/devices/{id}/undo", tag = "devices", request_body = Object,
    responses((status = 200, body = DeviceJson), (status = 404), (status = 409), (status = 422)))]
#[post("/devices/<id>/undo", data = "<body>")]
pub(super) async fn undo(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DeviceJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let version = body.condition()?;
    let reason = body.fields.get("reason").to_owned();
    let id = DeviceId::new(id);
    let row = web
        .store
        .write("device.take_back", move |c| {
            let last = device_last_change(c, &caller.actor, id)?;
            let version = version.held(last.row.device.version)?;
            let entry = last.entry.id;
            device_take_back(c, &caller.actor, id, version, entry, &reason)?;
            device_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(device_json(row, false)))
}
