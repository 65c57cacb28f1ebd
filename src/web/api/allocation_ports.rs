//! Which port belongs to an allocation, and when: `/api/v1/allocations/{id}/ports`, `/api/v1/allocation-ports`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::fault::{Fault, Message};
use crate::base::ids::{AllocationId, AllocationPortId, PortId};
use crate::base::number::whole;
use crate::identity::{Actor, Permission};
use crate::metering::{
    AllocationPort, LinkDates, allocation_by_id, allocation_links, allocation_port_add,
    allocation_port_by_id, allocation_port_end, instant, port_of_names,
};
use crate::store::Conn;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, create, show, end]
}

/// A port of an allocation, with its dates.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllocationPortJson {
    id: i64,
    allocation_id: i64,
    port_id: i64,
    /// RFC 3339: the first instant it belongs there.
    from: String,
    /// RFC 3339: the first instant it does not any more; null while it goes on.
    until: Option<String>,
}

impl From<AllocationPort> for AllocationPortJson {
    fn from(link: AllocationPort) -> Self {
        Self {
            id: link.id.get(),
            allocation_id: link.allocation_id.get(),
            port_id: link.port_id.get(),
            from: link.from_at.to_rfc3339(),
            until: link.until_at.map(|at| at.to_rfc3339()),
        }
    }
}

/// A link of an allocation that the actor may see.
fn found(c: &mut Conn, actor: &Actor, id: AllocationPortId) -> Result<AllocationPortJson, Fault> {
    actor.require(Permission::ViewNetwork)?;
    let (link, _) = allocation_port_by_id(c, actor, id)?;
    Ok(link.into())
}

/// The ports of an allocation by date, those that left as well.
#[utoipa::path(get, path = "/api/v1/allocations/{id}/ports", tag = "allocations",
    responses((status = 200, body = Vec<AllocationPortJson>), (status = 404)))]
#[get("/allocations/<id>/ports")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<AllocationPortJson>>, Failure> {
    let links = web
        .store
        .read(move |c| {
            let id = allocation_by_id(c, &caller.actor, AllocationId::new(id))?
                .allocation
                .id;
            allocation_links(c, id)
        })
        .await?;
    Ok(Json(links.into_iter().map(|row| row.link.into()).collect()))
}

/// Adds a port to an allocation: `port_id`, or `device` and `port` by name; `from` and `until` (empty: it goes on), in the
/// allocation's zone where they say none.
#[utoipa::path(post, path = "/api/v1/allocations/{id}/ports", tag = "allocations", request_body = Object,
    responses((status = 201, body = AllocationPortJson), (status = 404), (status = 422)))]
#[post("/allocations/<id>/ports", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<AllocationPortJson>>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let id = AllocationId::new(id);
    let made = web
        .store
        .write("allocation.port_add", move |c| {
            let allocation = allocation_by_id(c, &caller.actor, id)?.allocation;
            let dates = LinkDates::parse(&body.fields, allocation.zone())?;
            let port = whole("port_id", body.fields.get("port_id"), 1, i64::MAX)?;
            let port = match port {
                Some(port) => PortId::new(port),
                None => port_of_names(c, body.fields.get("device"), body.fields.get("port"))?,
            };
            let link = allocation_port_add(c, &caller.actor, allocation.id, port, dates)?;
            found(c, &caller.actor, link)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made)))
}

/// One port of an allocation.
#[utoipa::path(get, path = "/api/v1/allocation-ports/{id}", tag = "allocations",
    responses((status = 200, body = AllocationPortJson), (status = 404)))]
#[get("/allocation-ports/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<AllocationPortJson>, Failure> {
    let link = web
        .store
        .read(move |c| found(c, &caller.actor, AllocationPortId::new(id)))
        .await?;
    Ok(Json(link))
}

/// Says when a port leaves its allocation: `until`; empty lets it go on.
#[utoipa::path(post, path = "/api/v1/allocation-ports/{id}/end", tag = "allocations", request_body = Object,
    responses((status = 200, body = AllocationPortJson), (status = 404), (status = 422)))]
#[post("/allocation-ports/<id>/end", data = "<body>")]
pub(super) async fn end(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<AllocationPortJson>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    if !body.fields.has("until") {
        return Err(Fault::field("until", Message::new("fault-required")).into());
    }
    let id = AllocationPortId::new(id);
    let changed = web
        .store
        .write("allocation.port_end", move |c| {
            let (_, allocation) = allocation_port_by_id(c, &caller.actor, id)?;
            let zone = allocation.allocation.zone();
            let until = instant("until", body.fields.get("until"), zone)?;
            allocation_port_end(c, &caller.actor, id, until)?;
            found(c, &caller.actor, id)
        })
        .await?;
    Ok(Json(changed))
}
