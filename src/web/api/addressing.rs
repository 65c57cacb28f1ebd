//! `/api/v1/vrfs`, `/api/v1/vlans` and `/api/v1/ip-ranges`; for staff.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::addresses::{AddressJson, wanted};
use super::one::{One, versioned};
use crate::addressing::{
    RangeDraft, RangeRow, VlanDraft, VlanRow, Vrf, VrfDraft, address_by_id, range_archive,
    range_by_id, range_create, range_list, range_next_address, range_update, vlan_archive,
    vlan_by_id, vlan_create, vlan_list, vlan_update, vrf_archive, vrf_by_id, vrf_create, vrf_list,
    vrf_update,
};
use crate::base::ids::{IpRangeId, VlanId, VrfId};
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        vrfs,
        vrf,
        vrf_add,
        vrf_change,
        vrf_shelve,
        vlans,
        vlan,
        vlan_add,
        vlan_change,
        vlan_shelve,
        ranges,
        range,
        range_add,
        range_change,
        range_shelve,
        range_next
    ]
}

type Created<T> = status::Custom<Json<T>>;

/// A routing table.
#[derive(Debug, Serialize, ToSchema)]
pub struct VrfJson {
    id: i64,
    name: String,
    /// RFC 4364, or null.
    route_distinguisher: Option<String>,
    /// Whether an address may be in it only once.
    refuse_duplicates: bool,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(VrfJson: version);

impl From<Vrf> for VrfJson {
    fn from(vrf: Vrf) -> Self {
        Self {
            id: vrf.id.get(),
            name: vrf.name,
            route_distinguisher: vrf.route_distinguisher,
            refuse_duplicates: vrf.refuse_duplicates,
            note: vrf.note,
            archived_at: vrf.archived_at.map(|at| at.to_rfc3339()),
            version: vrf.version,
        }
    }
}

/// Live routing tables by name.
#[utoipa::path(get, path = "/api/v1/vrfs", tag = "addresses",
    responses((status = 200, body = Vec<VrfJson>)))]
#[get("/vrfs")]
pub(super) async fn vrfs(web: &State<Web>, caller: Caller) -> Result<Json<Vec<VrfJson>>, Failure> {
    let found = web.store.read(move |c| vrf_list(c, &caller.actor)).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One routing table.
#[utoipa::path(get, path = "/api/v1/vrfs/{id}", tag = "addresses",
    responses((status = 200, body = VrfJson), (status = 404)))]
#[get("/vrfs/<id>")]
pub(super) async fn vrf(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<VrfJson>, Failure> {
    let found = web
        .store
        .read(move |c| vrf_by_id(c, &caller.actor, VrfId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds a routing table; the body has the columns of the CSV kind `vrfs`.
#[utoipa::path(post, path = "/api/v1/vrfs", tag = "addresses", request_body = Object,
    responses((status = 201, body = VrfJson), (status = 422)))]
#[post("/vrfs", data = "<body>")]
pub(super) async fn vrf_add(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<Created<VrfJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let draft = VrfDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("vrf.create", move |c| {
            let id = vrf_create(c, &caller.actor, &draft)?;
            vrf_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes a routing table; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/vrfs/{id}", tag = "addresses", request_body = Object,
    responses((status = 200, body = VrfJson), (status = 404), (status = 409), (status = 422)))]
#[put("/vrfs/<id>", data = "<body>")]
pub(super) async fn vrf_change(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<VrfJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (draft, version) = (VrfDraft::parse(&body.fields)?, body.condition()?);
    let id = VrfId::new(id);
    let changed = web
        .store
        .write("vrf.update", move |c| {
            let version = version.held(vrf_by_id(c, &caller.actor, id)?.version)?;
            vrf_update(c, &caller.actor, id, version, &draft)?;
            vrf_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a routing table that nothing is in (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/vrfs/{id}/archive", tag = "addresses", request_body = Object,
    responses((status = 200, body = VrfJson), (status = 404), (status = 409), (status = 422)))]
#[post("/vrfs/<id>/archive", data = "<body>")]
pub(super) async fn vrf_shelve(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<VrfJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = VrfId::new(id);
    let changed = web
        .store
        .write("vrf.archive", move |c| {
            let version = version.held(vrf_by_id(c, &caller.actor, id)?.version)?;
            vrf_archive(c, &caller.actor, id, version, archived)?;
            vrf_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// A VLAN.
#[derive(Debug, Serialize, ToSchema)]
pub struct VlanJson {
    id: i64,
    /// 1 to 4094, unique in its site or group.
    number: i64,
    name: String,
    site_id: Option<i64>,
    /// Code of the site.
    site: Option<String>,
    /// Name of the group when it is of no site.
    group_name: String,
    /// Live networks on it.
    prefixes: i64,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(VlanJson: version);

impl From<VlanRow> for VlanJson {
    fn from(row: VlanRow) -> Self {
        let vlan = row.vlan;
        Self {
            id: vlan.id.get(),
            number: vlan.number,
            name: vlan.name,
            site_id: vlan.site_id.map(|id| id.get()),
            site: row.site.map(|site| site.name),
            group_name: vlan.group_name,
            prefixes: row.prefixes,
            note: vlan.note,
            archived_at: vlan.archived_at.map(|at| at.to_rfc3339()),
            version: vlan.version,
        }
    }
}

/// Live VLANs by site or group and number.
#[utoipa::path(get, path = "/api/v1/vlans", tag = "addresses",
    responses((status = 200, body = Vec<VlanJson>)))]
#[get("/vlans")]
pub(super) async fn vlans(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<VlanJson>>, Failure> {
    let found = web.store.read(move |c| vlan_list(c, &caller.actor)).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One VLAN.
#[utoipa::path(get, path = "/api/v1/vlans/{id}", tag = "addresses",
    responses((status = 200, body = VlanJson), (status = 404)))]
#[get("/vlans/<id>")]
pub(super) async fn vlan(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<VlanJson>, Failure> {
    let found = web
        .store
        .read(move |c| vlan_by_id(c, &caller.actor, VlanId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds a VLAN: `number`, `name`, `note`, and `site_id` or `group_name`.
#[utoipa::path(post, path = "/api/v1/vlans", tag = "addresses", request_body = Object,
    responses((status = 201, body = VlanJson), (status = 422)))]
#[post("/vlans", data = "<body>")]
pub(super) async fn vlan_add(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<Created<VlanJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let draft = VlanDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("vlan.create", move |c| {
            let id = vlan_create(c, &caller.actor, &draft)?;
            vlan_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes a VLAN; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/vlans/{id}", tag = "addresses", request_body = Object,
    responses((status = 200, body = VlanJson), (status = 404), (status = 409), (status = 422)))]
#[put("/vlans/<id>", data = "<body>")]
pub(super) async fn vlan_change(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<VlanJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (draft, version) = (VlanDraft::parse(&body.fields)?, body.condition()?);
    let id = VlanId::new(id);
    let changed = web
        .store
        .write("vlan.update", move |c| {
            let version = version.held(vlan_by_id(c, &caller.actor, id)?.vlan.version)?;
            vlan_update(c, &caller.actor, id, version, &draft)?;
            vlan_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a VLAN without networks (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/vlans/{id}/archive", tag = "addresses", request_body = Object,
    responses((status = 200, body = VlanJson), (status = 404), (status = 409), (status = 422)))]
#[post("/vlans/<id>/archive", data = "<body>")]
pub(super) async fn vlan_shelve(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<VlanJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = VlanId::new(id);
    let changed = web
        .store
        .write("vlan.archive", move |c| {
            let version = version.held(vlan_by_id(c, &caller.actor, id)?.vlan.version)?;
            vlan_archive(c, &caller.actor, id, version, archived)?;
            vlan_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// A range of addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct RangeJson {
    id: i64,
    vrf_id: i64,
    vrf: String,
    first: String,
    last: String,
    name: String,
    /// `pool`, `dhcp` or `reserved`.
    purpose: String,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(RangeJson: version);

impl From<RangeRow> for RangeJson {
    fn from(row: RangeRow) -> Self {
        let (first, last) = row.range.ends();
        Self {
            id: row.range.id.get(),
            vrf_id: row.range.vrf_id.get(),
            vrf: row.vrf,
            first: first.to_string(),
            last: last.to_string(),
            name: row.range.name,
            purpose: row.range.purpose.to_string(),
            note: row.range.note,
            archived_at: row.range.archived_at.map(|at| at.to_rfc3339()),
            version: row.range.version,
        }
    }
}

/// Live ranges by routing table and number.
#[utoipa::path(get, path = "/api/v1/ip-ranges", tag = "addresses",
    responses((status = 200, body = Vec<RangeJson>)))]
#[get("/ip-ranges")]
pub(super) async fn ranges(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<RangeJson>>, Failure> {
    let found = web
        .store
        .read(move |c| range_list(c, &caller.actor))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One range.
#[utoipa::path(get, path = "/api/v1/ip-ranges/{id}", tag = "addresses",
    responses((status = 200, body = RangeJson), (status = 404)))]
#[get("/ip-ranges/<id>")]
pub(super) async fn range(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<RangeJson>, Failure> {
    let found = web
        .store
        .read(move |c| range_by_id(c, &caller.actor, IpRangeId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds a range: `vrf_id`, `first`, `last`, `name`, `purpose`, `note`.
#[utoipa::path(post, path = "/api/v1/ip-ranges", tag = "addresses", request_body = Object,
    responses((status = 201, body = RangeJson), (status = 422)))]
#[post("/ip-ranges", data = "<body>")]
pub(super) async fn range_add(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<Created<RangeJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let draft = RangeDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("range.create", move |c| {
            let id = range_create(c, &caller.actor, &draft)?;
            range_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes a range; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/ip-ranges/{id}", tag = "addresses", request_body = Object,
    responses((status = 200, body = RangeJson), (status = 404), (status = 409), (status = 422)))]
#[put("/ip-ranges/<id>", data = "<body>")]
pub(super) async fn range_change(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<RangeJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (draft, version) = (RangeDraft::parse(&body.fields)?, body.condition()?);
    let id = IpRangeId::new(id);
    let changed = web
        .store
        .write("range.update", move |c| {
            let version = version.held(range_by_id(c, &caller.actor, id)?.range.version)?;
            range_update(c, &caller.actor, id, version, &draft)?;
            range_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a range (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/ip-ranges/{id}/archive", tag = "addresses", request_body = Object,
    responses((status = 200, body = RangeJson), (status = 404), (status = 409), (status = 422)))]
#[post("/ip-ranges/<id>/archive", data = "<body>")]
pub(super) async fn range_shelve(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<RangeJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = IpRangeId::new(id);
    let changed = web
        .store
        .write("range.archive", move |c| {
            let version = version.held(range_by_id(c, &caller.actor, id)?.range.version)?;
            range_archive(c, &caller.actor, id, version, archived)?;
            range_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Takes the lowest free address of a pool; the body as that of `/prefixes/{id}/next-address`.
#[utoipa::path(post, path = "/api/v1/ip-ranges/{id}/next-address", tag = "addresses", request_body = Object,
    responses((status = 201, body = AddressJson), (status = 404), (status = 409), (status = 422)))]
#[post("/ip-ranges/<id>/next-address", data = "<body>")]
pub(super) async fn range_next(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Created<AddressJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let to = wanted(&body.fields, caller.actor.now)?;
    let made = web
        .store
        .write("address.next", move |c| {
            let range = IpRangeId::new(id);
            let id = range_next_address(c, &caller.actor, range, &body.fields, to.as_ref())?;
            address_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}
