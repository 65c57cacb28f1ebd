//! `/api/v1/outlets`: what the outlets of PDUs feed, and that somebody has looked at the cable.

use rocket::serde::json::Json;
use rocket::{Route, State, get, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, OutletId};
use crate::facility::{
    OutletDraft, OutletRow, Pdu, PduDraft, outlet_by_id, outlet_map, outlets_of_pdu, pdu_of_device,
    pdu_update,
};
use crate::identity::{Actor, Permission};
use crate::inventory::device_by_id;
use crate::store::Conn;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, save, pdu, pdu_save]
}

/// An outlet as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutletJson {
    id: i64,
    /// Which, counted from 1.
    number: i64,
    /// Which, as the PDU counts them; the `place` of its gauges.
    place: String,
    name: String,
    /// `on`, `off` or `unknown`.
    state: String,
    /// Since when that is known, RFC 3339.
    state_at: String,
    /// What is plugged in.
    device_id: Option<i64>,
    device: Option<String>,
    /// Which of its supplies.
    supply: String,
    /// When somebody looked at the cable; null while nobody has.
    confirmed_at: Option<String>,
    version: i64,
}

versioned!(OutletJson: version);

impl From<OutletRow> for OutletJson {
    fn from(row: OutletRow) -> Self {
        let outlet = row.outlet;
        let plugged = row.plugged.is_some();
        Self {
            id: outlet.id.get(),
            number: outlet.number,
            place: outlet.place,
            name: outlet.name,
            state: outlet.state.to_string(),
            state_at: outlet.state_at.to_rfc3339(),
            device_id: row.plugged.as_ref().map(|device| device.id.get()),
            device: row.plugged.map(|device| device.name),
            supply: if plugged {
                outlet.supply
            } else {
                String::new()
            },
            confirmed_at: outlet.confirmed_at.map(|at| at.to_rfc3339()),
            version: outlet.version,
        }
    }
}

/// The outlets of a PDU.
#[utoipa::path(get, path = "/api/v1/devices/{id}/outlets", tag = "power",
    responses((status = 200, body = Vec<OutletJson>), (status = 404)))]
#[get("/devices/<id>/outlets")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<OutletJson>>, Failure> {
    let found = web
        .store
        .read(move |c| {
            let device = device_by_id(c, &caller.actor, DeviceId::new(id))?.device.id;
            outlets_of_pdu(c, &caller.actor, device)
        })
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

async fn outlet(web: &Web, actor: &Actor, id: i64) -> Result<One<OutletJson>, Failure> {
    let actor = actor.clone();
    let found = web
        .store
        .read(move |c| outlet_by_id(c, &actor, OutletId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// One outlet.
#[utoipa::path(get, path = "/api/v1/outlets/{id}", tag = "power",
    responses((status = 200, body = OutletJson), (status = 404)))]
#[get("/outlets/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<OutletJson>, Failure> {
    outlet(web, &caller.actor, id).await
}

/// Says what an outlet feeds: `{"device", "supply", "confirmed", "version"}`. Only `"confirmed": true`, from somebody who
/// has looked at the cable, lets it be switched for that device; an empty `device` unplugs it.
#[utoipa::path(put, path = "/api/v1/outlets/{id}", tag = "power", request_body = Object,
    responses((status = 200, body = OutletJson), (status = 404), (status = 409), (status = 422)))]
#[put("/outlets/<id>", data = "<body>")]
pub(super) async fn save(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<OutletJson>, Failure> {
    // Who may not map is told so before what is wrong with the body.
    caller.actor.require(Permission::EditFacility)?;
    outlet(web, &caller.actor, id).await?;
    let (draft, version) = (OutletDraft::parse(&body.fields)?, body.condition()?);
    let actor = caller.actor.clone();
    web.store
        .write("outlet.map", move |c| {
            let id = OutletId::new(id);
            let version = version.held(outlet_by_id(c, &actor, id)?.outlet.version)?;
            outlet_map(c, &actor, id, version, &draft)
        })
        .await?;
    outlet(web, &caller.actor, id).await
}

/// A PDU.
#[derive(Debug, Serialize, ToSchema)]
pub struct PduJson {
    device_id: i64,
    /// The feed it is connected to; null when that is not on record.
    feed_id: Option<i64>,
    /// Word of its family, as it was recognised.
    family: String,
    /// RFC 3339.
    last_read_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(PduJson: version);

impl From<Pdu> for PduJson {
    fn from(pdu: Pdu) -> Self {
        Self {
            device_id: pdu.device_id.get(),
            feed_id: pdu.feed_id.map(|feed| feed.get()),
            family: pdu.family,
            last_read_at: pdu.last_read_at.map(|at| at.to_rfc3339()),
            version: pdu.version,
        }
    }
}

fn pdu_found(c: &mut Conn, actor: &Actor, device: DeviceId) -> Result<Pdu, Fault> {
    actor.require(Permission::ViewPower)?;
    let device = device_by_id(c, actor, device)?.device.id;
    pdu_of_device(c, device)?.ok_or_else(Fault::not_found)
}

/// A device as a PDU: which feed it is on.
#[utoipa::path(get, path = "/api/v1/devices/{id}/pdu", tag = "power",
    responses((status = 200, body = PduJson), (status = 404)))]
#[get("/devices/<id>/pdu")]
pub(super) async fn pdu(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<PduJson>, Failure> {
    let found = web
        .store
        .read(move |c| pdu_found(c, &caller.actor, DeviceId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Connects a PDU to a feed: `feed_id` (empty: to none) and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/devices/{id}/pdu", tag = "power", request_body = Object,
    responses((status = 200, body = PduJson), (status = 404), (status = 409), (status = 422)))]
#[put("/devices/<id>/pdu", data = "<body>")]
pub(super) async fn pdu_save(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<PduJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let (draft, version) = (PduDraft::parse(&body.fields)?, body.condition()?);
    let device = DeviceId::new(id);
    let changed = web
        .store
        .write("pdu.update", move |c| {
            let version = version.held(pdu_found(c, &caller.actor, device)?.version)?;
            pdu_update(c, &caller.actor, device, version, &draft)?;
            pdu_found(c, &caller.actor, device)
        })
        .await?;
    Ok(One(changed.into()))
}
