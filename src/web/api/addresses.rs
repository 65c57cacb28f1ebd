//! `/api/v1/addresses`, assignments, and who had an address.

use rocket::form::FromForm;
use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::addressing::{
    AddressDraft, AddressFilter, AddressRow, AssignmentDraft, AssignmentRow, Holder, Subject,
    address_archive, address_by_id, address_create, address_list, address_update, assignment_add,
    assignment_by_id, assignment_end, assignments_of, holder_at, vrf_at,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{IpAddressId, IpAssignmentId, VrfId};
use crate::base::ip::Ip;
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list, show, create, update, archive, history, assign, assignment, end, holder
    ]
}

/// The assignment that a body wants besides; times without an offset are UTC.
pub(super) fn wanted(fields: &Fields, now: Timestamp) -> Result<Option<AssignmentDraft>, Fault> {
    AssignmentDraft::is_wanted(fields)
        .then(|| AssignmentDraft::parse(fields, chrono_tz::UTC, now))
        .transpose()
}

/// Who has something from when until when.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentJson {
    id: i64,
    address_id: Option<i64>,
    prefix_id: Option<i64>,
    device_id: Option<i64>,
    device: Option<String>,
    interface: String,
    /// Code of the customer.
    customer: Option<String>,
    /// First instant, RFC 3339.
    from: String,
    /// First instant after, RFC 3339; null while it goes on.
    until: Option<String>,
    note: String,
    /// Send it back with a change.
    version: i64,
}

versioned!(AssignmentJson: version);

impl From<AssignmentRow> for AssignmentJson {
    fn from(row: AssignmentRow) -> Self {
        let kept = row.assignment;
        Self {
            id: kept.id.get(),
            address_id: kept.address_id.map(|id| id.get()),
            prefix_id: kept.prefix_id.map(|id| id.get()),
            device_id: kept.device_id.map(|id| id.get()),
            device: row.device.map(|device| device.name),
            interface: kept.interface,
            customer: row.customer.map(|customer| customer.code),
            from: kept.from_at.to_rfc3339(),
            until: kept.until_at.map(|at| at.to_rfc3339()),
            note: kept.note,
            version: kept.version,
        }
    }
}

/// An address.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressJson {
    id: i64,
    address: String,
    vrf_id: i64,
    vrf: String,
    dns_name: String,
    /// `host`, `gateway`, `virtual` or `loopback`.
    role: String,
    /// `active`, `reserved` or `deprecated`.
    status: String,
    note: String,
    /// Its own assignment now; null when it has none, also when its network is assigned.
    assignment: Option<AssignmentJson>,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(AddressJson: version);

impl From<AddressRow> for AddressJson {
    fn from(row: AddressRow) -> Self {
        let address = row.address;
        Self {
            id: address.id.get(),
            address: address.ip().to_string(),
            vrf_id: address.vrf_id.get(),
            vrf: row.vrf,
            dns_name: address.dns_name,
            role: address.role.to_string(),
            status: address.status.to_string(),
            note: address.note,
            assignment: row.held.map(Into::into),
            archived_at: address.archived_at.map(|at| at.to_rfc3339()),
            version: address.version,
        }
    }
}

/// Addresses by routing table and number; `q` is an address, the beginning of one, a network or part of a name in the DNS.
#[utoipa::path(get, path = "/api/v1/addresses", tag = "addresses", params(ApiQuery, ("vrf_id" = Option<i64>, Query)),
    responses((status = 200, body = Listing<AddressJson>)))]
#[get("/addresses?<vrf_id>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
    vrf_id: Option<i64>,
) -> Result<Json<Listing<AddressJson>>, Failure> {
    let filter = AddressFilter {
        query: query.text(),
        vrf_id: vrf_id.map(VrfId::new),
        ..AddressFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| address_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One address.
#[utoipa::path(get, path = "/api/v1/addresses/{id}", tag = "addresses",
    responses((status = 200, body = AddressJson), (status = 404)))]
#[get("/addresses/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<AddressJson>, Failure> {
    let found = web
        .store
        .read(move |c| address_by_id(c, &caller.actor, IpAddressId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds an address: `vrf_id`, `address`, `dns_name`, `role`, `status`, `note`.
#[utoipa::path(post, path = "/api/v1/addresses", tag = "addresses", request_body = Object,
    responses((status = 201, body = AddressJson), (status = 422)))]
#[post("/addresses", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<AddressJson>>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let draft = AddressDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("address.create", move |c| {
            let id = address_create(c, &caller.actor, &draft)?;
            address_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes an address; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/addresses/{id}", tag = "addresses", request_body = Object,
    responses((status = 200, body = AddressJson), (status = 404), (status = 409), (status = 422)))]
#[put("/addresses/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AddressJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (draft, version) = (AddressDraft::parse(&body.fields)?, body.condition()?);
    let id = IpAddressId::new(id);
    let changed = web
        .store
        .write("address.update", move |c| {
            let version = version.held(address_by_id(c, &caller.actor, id)?.address.version)?;
            address_update(c, &caller.actor, id, version, &draft)?;
            address_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives an address that nobody has (`archived` yes), which frees it, or brings one back (no); with its `version`.
#[utoipa::path(post, path = "/api/v1/addresses/{id}/archive", tag = "addresses", request_body = Object,
    responses((status = 200, body = AddressJson), (status = 404), (status = 409), (status = 422)))]
#[post("/addresses/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AddressJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = IpAddressId::new(id);
    let changed = web
        .store
        .write("address.archive", move |c| {
            let version = version.held(address_by_id(c, &caller.actor, id)?.address.version)?;
            address_archive(c, &caller.actor, id, version, archived)?;
            address_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// The assignments of an address, newest first.
#[utoipa::path(get, path = "/api/v1/addresses/{id}/assignments", tag = "addresses",
    responses((status = 200, body = Vec<AssignmentJson>), (status = 404)))]
#[get("/addresses/<id>/assignments")]
pub(super) async fn history(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<AssignmentJson>>, Failure> {
    assignments(web, caller, Subject::Address(IpAddressId::new(id))).await
}

pub(super) async fn assignments(
    web: &Web,
    caller: Caller,
    subject: Subject,
) -> Result<Json<Vec<AssignmentJson>>, Failure> {
    let found = web
        .store
        .read(move |c| assignments_of(c, &caller.actor, subject))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// Assigns an address: `device`, `interface`, `customer`, `from` (now when missing), `until`, `note`.
#[utoipa::path(post, path = "/api/v1/addresses/{id}/assignments", tag = "addresses", request_body = Object,
    responses((status = 201, body = AssignmentJson), (status = 404), (status = 409), (status = 422)))]
#[post("/addresses/<id>/assignments", data = "<body>")]
pub(super) async fn assign(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<AssignmentJson>>, Failure> {
    assigned(web, caller, Subject::Address(IpAddressId::new(id)), body).await
}

pub(super) async fn assigned(
    web: &Web,
    caller: Caller,
    subject: Subject,
    body: Body,
) -> Result<status::Custom<Json<AssignmentJson>>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let draft = AssignmentDraft::parse(&body.fields, chrono_tz::UTC, caller.actor.now)?;
    let made = web
        .store
        .write("address.assign", move |c| {
            let id = assignment_add(c, &caller.actor, subject, &draft)?;
            assignment_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// One assignment.
#[utoipa::path(get, path = "/api/v1/address-assignments/{id}", tag = "addresses",
    responses((status = 200, body = AssignmentJson), (status = 404)))]
#[get("/address-assignments/<id>")]
pub(super) async fn assignment(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<AssignmentJson>, Failure> {
    let found = web
        .store
        .read(move |c| assignment_by_id(c, &caller.actor, IpAssignmentId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Says when an assignment ends: `until` (empty: it goes on) and the `version` that was read.
#[utoipa::path(post, path = "/api/v1/address-assignments/{id}/end", tag = "addresses", request_body = Object,
    responses((status = 200, body = AssignmentJson), (status = 404), (status = 409), (status = 422)))]
#[post("/address-assignments/<id>/end", data = "<body>")]
pub(super) async fn end(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AssignmentJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let version = body.condition()?;
    if !body.fields.has("until") {
        return Err(Fault::field("until", Message::new("fault-required")).into());
    }
    let until = instant_of("until", body.fields.get("until"))?;
    let id = IpAssignmentId::new(id);
    let changed = web
        .store
        .write("address.assignment_end", move |c| {
            let version =
                version.held(assignment_by_id(c, &caller.actor, id)?.assignment.version)?;
            assignment_end(c, &caller.actor, id, version, until)?;
            assignment_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

fn instant_of(field: &'static str, raw: &str) -> Result<Option<Timestamp>, Fault> {
    crate::addressing::instant(field, raw, chrono_tz::UTC).map_err(Fault::from)
}

/// `?address=&at=&vrf=`
#[derive(Debug, Clone, Default, FromForm, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HolderQuery {
    /// The address.
    address: Option<String>,
    /// The instant, RFC 3339; now when missing.
    at: Option<String>,
    /// Name of the routing table; the only one, or `global`, when missing.
    vrf: Option<String>,
}

/// Who had an address at an instant.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolderJson {
    address: String,
    vrf: String,
    /// RFC 3339.
    at: String,
    /// The assignment that says so; null when nobody had it.
    assignment: Option<AssignmentJson>,
    /// The network that was assigned as a whole; null when it was the address itself.
    through: Option<String>,
}

/// Who had an address at an instant. The assignment of the address counts before those of networks around it, a narrow
/// network before a wide one.
#[utoipa::path(get, path = "/api/v1/address-holder", tag = "addresses", params(HolderQuery),
    responses((status = 200, body = HolderJson), (status = 404), (status = 422)))]
#[get("/address-holder?<query..>")]
pub(super) async fn holder(
    web: &State<Web>,
    caller: Caller,
    query: HolderQuery,
) -> Result<Json<HolderJson>, Failure> {
    caller.actor.require(Permission::ViewAddresses)?;
    let ip =
        Ip::parse("address", query.address.as_deref().unwrap_or_default()).map_err(Fault::from)?;
    let at = instant_of("at", query.at.as_deref().unwrap_or_default())?;
    let at = at.unwrap_or(caller.actor.now);
    let (vrf, found) = web
        .store
        .read(move |c| {
            let vrf = vrf_at(c, query.vrf.as_deref().unwrap_or_default())?;
            let found = holder_at(c, &caller.actor, vrf.id, ip, at)?;
            Ok((vrf.name, found))
        })
        .await?;
    let through = found
        .as_ref()
        .and_then(|holder: &Holder| holder.through.as_ref())
        .map(|prefix| prefix.prefix().to_string());
    Ok(Json(HolderJson {
        address: ip.to_string(),
        vrf,
        at: at.to_rfc3339(),
        assignment: found.map(|holder| holder.row.into()),
        through,
    }))
}
