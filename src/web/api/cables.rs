//! `/api/v1/cables`, and the line of a port from end to end.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::base::ids::{CableId, DeviceId, DevicePortId};
use crate::cabling::{
    CableDraft, CableFilter, CableRow, Plugged, Shown, ShownHop, Side, Stop, cable_archive,
    cable_by_id, cable_create, cable_list, cable_update, port_trace,
};
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive, trace]
}

/// What an end of a cable is in; all null where the caller may not know.
#[derive(Debug, Serialize, ToSchema)]
pub struct CableEndJson {
    device_port_id: Option<i64>,
    /// Name of the port, with its kind in front where the device has the name twice: `front:1`.
    port: Option<String>,
    /// `interface`, `console`, `console_server`, `power_port`, `power_outlet`, `front` or `rear`.
    port_kind: Option<String>,
    device_id: Option<i64>,
    device: Option<String>,
    /// Leg of a breakout, from 1; null where the side has one end.
    position: Option<i64>,
}

fn end_json(plug: Option<Plugged>, position: Option<i64>) -> CableEndJson {
    CableEndJson {
        device_port_id: plug.as_ref().map(|plug| plug.port_id.get()),
        port_kind: plug.as_ref().map(|plug| plug.kind.to_string()),
        device_id: plug.as_ref().map(|plug| plug.device_id.get()),
        device: plug.as_ref().map(|plug| plug.device.clone()),
        port: plug.map(|plug| plug.port),
        position,
    }
}

/// A cable.
#[derive(Debug, Serialize, ToSchema)]
pub struct CableJson {
    id: i64,
    /// What is printed on it; may be empty.
    label: String,
    /// `cat5e`, `cat6`, `cat6a`, `cat7`, `cat8`, `mmf-om3`, `mmf-om4`, `mmf-om5`, `smf-os2`, `dac`, `aoc`, `coax`, `power`, `console`,
    /// `usb` or `other`.
    kind: String,
    /// `planned`, `connected` or `decommissioning`.
    status: String,
    /// A word like `blue`, `#rrggbb`, or empty.
    colour: String,
    length_mm: Option<i64>,
    bundle: String,
    note: String,
    /// What side A is in.
    a: Vec<CableEndJson>,
    /// What side B is in.
    b: Vec<CableEndJson>,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(CableJson: version);

impl From<CableRow> for CableJson {
    fn from(row: CableRow) -> Self {
        let side = |side: Side| {
            let ends = row.side(side);
            ends.map(|end| end_json(end.plug.clone(), end.position))
                .collect()
        };
        let (a, b) = (side(Side::A), side(Side::B));
        let cable = row.cable;
        Self {
            id: cable.id.get(),
            label: cable.label,
            kind: cable.kind.to_string(),
            status: cable.status.to_string(),
            colour: cable.colour,
            length_mm: cable.length_mm.map(|length| length.get()),
            bundle: cable.bundle,
            note: cable.note,
            a,
            b,
            archived_at: cable.archived_at.map(|at| at.to_rfc3339()),
            version: cable.version,
        }
    }
}

/// Live cables by label; `q` is part of a label, a bundle or the name of a device. A customer's are those in a port of theirs.
#[utoipa::path(get, path = "/api/v1/cables", tag = "cables", params(ApiQuery, ("device_id" = Option<i64>, Query)),
    responses((status = 200, body = Listing<CableJson>)))]
#[get("/cables?<device_id>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
    device_id: Option<i64>,
) -> Result<Json<Listing<CableJson>>, Failure> {
    let filter = CableFilter {
        query: query.text(),
        device_id: device_id.map(DeviceId::new),
        ..CableFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| cable_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One cable.
#[utoipa::path(get, path = "/api/v1/cables/{id}", tag = "cables",
    responses((status = 200, body = CableJson), (status = 404)))]
#[get("/cables/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<CableJson>, Failure> {
    let found = web
        .store
        .read(move |c| cable_by_id(c, &caller.actor, CableId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds a cable; the body has the columns of the CSV kind `cables`. Several ports of a side are an array.
#[utoipa::path(post, path = "/api/v1/cables", tag = "cables", request_body = Object,
    responses((status = 201, body = CableJson), (status = 422)))]
#[post("/cables", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<CableJson>>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let draft = CableDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("cable.create", move |c| {
            let id = cable_create(c, &caller.actor, &draft)?;
            cable_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes a cable and what it is plugged into; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/cables/{id}", tag = "cables", request_body = Object,
    responses((status = 200, body = CableJson), (status = 404), (status = 409), (status = 422)))]
#[put("/cables/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<CableJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let (draft, version) = (CableDraft::parse(&body.fields)?, body.condition()?);
    let id = CableId::new(id);
    let changed = web
        .store
        .write("cable.update", move |c| {
            let version = version.held(cable_by_id(c, &caller.actor, id)?.cable.version)?;
            cable_update(c, &caller.actor, id, version, &draft)?;
            cable_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a cable (`archived` yes), which frees its ports, or brings one back (no); with its `version`.
#[utoipa::path(post, path = "/api/v1/cables/{id}/archive", tag = "cables", request_body = Object,
    responses((status = 200, body = CableJson), (status = 404), (status = 409), (status = 422)))]
#[post("/cables/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<CableJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = CableId::new(id);
    let changed = web
        .store
        .write("cable.archive", move |c| {
            let version = version.held(cable_by_id(c, &caller.actor, id)?.cable.version)?;
            cable_archive(c, &caller.actor, id, version, archived)?;
            cable_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// A port on the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct HopJson {
    /// Place in the list of the hop before it; null for the first. Several hops with the same one are branches.
    parent: Option<usize>,
    /// `cable` or `through` (a patch panel); null for the first hop.
    link: Option<&'static str>,
    /// Null for a cable that the caller may not know.
    cable_id: Option<i64>,
    /// Label of the cable.
    cable: Option<String>,
    #[serde(flatten)]
    port: CableEndJson,
    /// `loop` or `too-long` where the line is followed no further; null otherwise.
    stop: Option<&'static str>,
}

impl From<ShownHop> for HopJson {
    fn from(hop: ShownHop) -> Self {
        let link = if hop.by_cable { "cable" } else { "through" };
        Self {
            parent: hop.parent,
            link: hop.parent.map(|_| link),
            cable_id: hop.cable.as_ref().map(|cable| cable.id.get()),
            cable: hop.cable.map(|cable| cable.label),
            port: end_json(hop.plug, None),
            stop: hop.stop.map(|stop| match stop {
                Stop::Loop => "loop",
                Stop::TooLong => "too-long",
            }),
        }
    }
}

/// The line of a port from end to end.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceJson {
    /// The ports in order, from end to end.
    hops: Vec<HopJson>,
    /// Place in the list of the port that was asked for.
    start: usize,
    /// Whether there is more than is followed.
    is_cut: bool,
}

impl From<Shown> for TraceJson {
    fn from(shown: Shown) -> Self {
        Self {
            hops: shown.hops.into_iter().map(Into::into).collect(),
            start: shown.start,
            is_cut: shown.is_cut,
        }
    }
}

/// The line of a port from end to end, along cables and through patch panels. What is not a customer's has no names in it.
#[utoipa::path(get, path = "/api/v1/device-ports/{id}/trace", tag = "cables",
    responses((status = 200, body = TraceJson), (status = 404)))]
#[get("/device-ports/<id>/trace")]
pub(super) async fn trace(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<TraceJson>, Failure> {
    let found = web
        .store
        .read(move |c| port_trace(c, &caller.actor, DevicePortId::new(id)))
        .await?;
    Ok(Json(found.into()))
}
