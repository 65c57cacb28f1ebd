//! `/api/v1/targets`: what a polled device has, and which of its ports are metered.

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, patch, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::inventory::{DeviceFact, device_compared};
use crate::metering::{
    DiscoveryView, FoundPort, NeighbourFound, POLLER, ports_meter, target_discovery,
    target_poll_now,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![discovery, read_now, meter]
}

/// What a polled device has.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscoveryJson {
    target_id: i64,
    device_id: i64,
    device: String,
    /// sysName.
    system_name: String,
    /// sysDescr.
    system_descr: String,
    /// sysObjectID.
    system_object_id: String,
    /// `all` or `chosen`: which ports that are found later are metered.
    take_over: String,
    /// RFC 3339; null while names were not read.
    names_read_at: Option<String>,
    /// RFC 3339; a reading of everything was asked for then and is awaited.
    awaited_since: Option<String>,
    /// `unread`, `read`, `absent` or `failed`.
    neighbours_state: String,
    /// Neighbours at ports that can't be told.
    unplaced_neighbours: i64,
    /// RFC 3339; when its last notification came.
    last_trap_at: Option<String>,
    /// What the device says of itself.
    facts: Vec<FactJson>,
    ports: Vec<FoundPortJson>,
}

/// Something a device says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactJson {
    /// 1, or the number of the chassis in a stack.
    part: i64,
    /// `serial`, `model`, `maker` or `revision`.
    field: String,
    value: String,
    /// RFC 3339.
    seen_at: String,
}

/// A port as it was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPortJson {
    id: i64,
    name: String,
    alias: String,
    if_index: Option<i64>,
    if_type: Option<i64>,
    /// Line speed in bit/s.
    speed_bps: Option<i64>,
    /// `up`, `down`, `disabled`, `missing`, `unseen` or `unknown`.
    state: String,
    /// 64, 32 or null.
    counter_bits: Option<i64>,
    /// Whether its readings are kept.
    metered: bool,
    /// Allocations it belongs to, now or later.
    allocation_ids: Vec<i64>,
    neighbours: Vec<NeighbourJson>,
}

/// Who is at the other end of a port, as LLDP told it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeighbourJson {
    chassis_id_kind: String,
    chassis_id: String,
    port_id_kind: String,
    port_id: String,
    port_descr: String,
    system_name: String,
    management_address: String,
    /// RFC 3339.
    first_seen_at: String,
    /// RFC 3339.
    last_seen_at: String,
    /// The only device on record it can be.
    device_id: Option<i64>,
    /// And its port.
    port: Option<i64>,
}

impl From<NeighbourFound> for NeighbourJson {
    fn from(found: NeighbourFound) -> Self {
        let row = found.neighbour;
        Self {
            chassis_id_kind: row.chassis_id_kind,
            chassis_id: row.chassis_id,
            port_id_kind: row.port_id_kind,
            port_id: row.remote_port_id,
            port_descr: row.port_descr,
            system_name: row.system_name,
            management_address: row.management_address,
            first_seen_at: row.first_seen_at.to_rfc3339(),
            last_seen_at: row.last_seen_at.to_rfc3339(),
            device_id: found.device.map(|(id, _)| id.get()),
            port: found.port.map(|(id, _)| id.get()),
        }
    }
}

impl From<FoundPort> for FoundPortJson {
    fn from(found: FoundPort) -> Self {
        let links = found.links.iter().map(|link| link.allocation_id.get());
        let allocation_ids = links.collect();
        let port = found.port;
        Self {
            id: port.id.get(),
            state: port.state().to_string(),
            speed_bps: port.line_speed().map(|speed| speed.get()),
            name: port.name,
            alias: port.alias,
            if_index: port.if_index,
            if_type: port.if_type,
            counter_bits: port.counter_bits,
            metered: port.metered,
            allocation_ids,
            neighbours: found.neighbours.into_iter().map(Into::into).collect(),
        }
    }
}

fn discovery_json(view: DiscoveryView, facts: Vec<DeviceFact>) -> DiscoveryJson {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_rfc3339());
    let awaited_since = text(view.awaited_since());
    let (target, found) = (view.target.target, view.discovery);
    let facts = facts.into_iter().map(|fact| FactJson {
        part: fact.part,
        field: fact.field,
        value: fact.value,
        seen_at: fact.seen_at.to_rfc3339(),
    });
    DiscoveryJson {
        target_id: target.id.get(),
        device_id: target.device_id.get(),
        device: view.target.device,
        system_name: target.system_name,
        system_descr: target.system_descr,
        system_object_id: target.system_object_id,
        take_over: found.take_over.to_string(),
        names_read_at: text(target.names_read_at),
        awaited_since,
        neighbours_state: found.neighbours_state.to_string(),
        unplaced_neighbours: found.unplaced,
        last_trap_at: text(found.trap_at),
        facts: facts.collect(),
        ports: view.ports.into_iter().map(Into::into).collect(),
    }
}

/// What a polled device has: its ports, who is at their other ends, what it says it is.
#[utoipa::path(get, path = "/api/v1/targets/{id}/discovery", tag = "targets",
    responses((status = 200, body = DiscoveryJson), (status = 404)))]
#[get("/targets/<id>/discovery")]
pub(super) async fn discovery(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<DiscoveryJson>, Failure> {
    let found = web
        .store
        .read(move |c| {
            let view = target_discovery(c, &caller.actor, SnmpTargetId::new(id))?;
            let device = view.target.target.device_id;
            let facts = match caller.actor.may(Permission::ViewDevices) {
                true => device_compared(c, &caller.actor, device)?.0,
                false => Vec::new(),
            };
            Ok(discovery_json(view, facts))
        })
        .await?;
    Ok(Json(found))
}

/// Asks for a reading of everything at once; `awaited_since` of the discovery is null when it is there.
#[utoipa::path(post, path = "/api/v1/targets/{id}/read-now", tag = "targets", request_body = Object,
    responses((status = 202), (status = 404), (status = 409)))]
#[post("/targets/<id>/read-now", data = "<body>")]
pub(super) async fn read_now(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Status, Failure> {
    let _ = body;
    web.store
        .write("target.poll_now", move |c| {
            target_poll_now(c, &caller.actor, SnmpTargetId::new(id))
        })
        .await?;
    web.store.wakeups().wake(POLLER);
    Ok(Status::Accepted)
}

/// How many ports changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeteredJson {
    changed: usize,
}

fn ids(fields: &Fields) -> Result<Vec<PortId>, Fault> {
    let ids = fields.all("ports").map(|id| {
        let id = id.parse().map(PortId::new);
        id.map_err(|_| Fault::not_found())
    });
    ids.collect()
}

fn is_metered(fields: &Fields) -> Result<bool, Fault> {
    match fields.get("metered") {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(Fault::field(
            "metered",
            Message::new("fault-choice").with("allowed", "true, false"),
        )),
    }
}

/// Begins or ends the metering of ports: `{"ports": [1, 2], "metered": true}`. All of them or none.
#[utoipa::path(patch, path = "/api/v1/targets/{id}/ports", tag = "targets", request_body = Object,
    responses((status = 200, body = MeteredJson), (status = 404), (status = 422)))]
#[patch("/targets/<id>/ports", data = "<body>")]
pub(super) async fn meter(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<MeteredJson>, Failure> {
    let changed = web
        .store
        .write("target.meter", move |c| {
            caller.actor.require(Permission::EditNetwork)?;
            let target = SnmpTargetId::new(id);
            let (ids, metered) = (ids(&body.fields)?, is_metered(&body.fields)?);
            ports_meter(c, &caller.actor, target, &ids, metered)
        })
        .await?;
    Ok(Json(MeteredJson { changed }))
}
