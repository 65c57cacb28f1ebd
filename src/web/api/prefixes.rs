//! `/api/v1/prefixes`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::addresses::{AddressJson, AssignmentJson, assigned, assignments, wanted};
use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::addressing::{
    PrefixDraft, PrefixMap, PrefixRow, Subject, TreeRow, Usage, address_by_id, next_address,
    next_prefix, prefix_archive, prefix_by_id, prefix_create, prefix_map, prefix_tree,
    prefix_update,
};
use crate::base::fault::Fault;
use crate::base::ids::{PrefixId, VrfId};
use crate::base::ip::Ip;
use crate::base::number::required_whole;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        show,
        create,
        update,
        archive,
        take_address,
        take_prefix,
        history,
        assign
    ]
}

/// A network.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrefixJson {
    id: i64,
    prefix: String,
    /// 4 or 6.
    family: i64,
    vrf_id: i64,
    vrf: String,
    site_id: Option<i64>,
    /// Code of the site.
    site: Option<String>,
    vlan_id: Option<i64>,
    /// Number of the VLAN.
    vlan: Option<i64>,
    /// `container`, `active`, `reserved` or `deprecated`.
    status: String,
    role: String,
    /// Whether its ends are handed out too.
    is_pool: bool,
    note: String,
    /// Its own assignment now.
    assignment: Option<AssignmentJson>,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

impl From<PrefixRow> for PrefixJson {
    fn from(row: PrefixRow) -> Self {
        let prefix = row.prefix;
        Self {
            id: prefix.id.get(),
            prefix: prefix.prefix().to_string(),
            family: prefix.family.number(),
            vrf_id: prefix.vrf_id.get(),
            vrf: row.vrf,
            site_id: prefix.site_id.map(|id| id.get()),
            site: row.site.map(|site| site.name),
            vlan_id: prefix.vlan_id.map(|id| id.get()),
            vlan: row.vlan.map(|vlan| vlan.number),
            status: prefix.status.to_string(),
            role: prefix.role,
            is_pool: prefix.is_pool,
            note: prefix.note,
            assignment: row.held.map(Into::into),
            archived_at: prefix.archived_at.map(|at| at.to_rfc3339()),
            version: prefix.version,
        }
    }
}

/// How full a network is.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrefixUsageJson {
    /// Addresses that are taken, smaller networks as a whole; a decimal number, as it may be longer than JSON's.
    used: String,
    /// The network has two to the power of this many addresses.
    host_bits: u32,
    /// Rounded down.
    percent: i64,
}

impl From<Usage> for PrefixUsageJson {
    fn from(usage: Usage) -> Self {
        Self {
            used: usage.used.to_string(),
            host_bits: usage.host_bits,
            percent: usage.percent(),
        }
    }
}

/// A network in the tree.
#[derive(Debug, Serialize, ToSchema)]
pub struct TreePrefixJson {
    #[serde(flatten)]
    prefix: PrefixJson,
    /// How many networks are around it.
    depth: usize,
    usage: PrefixUsageJson,
}

impl From<TreeRow> for TreePrefixJson {
    fn from(row: TreeRow) -> Self {
        Self {
            prefix: row.row.into(),
            depth: row.depth,
            usage: row.usage.into(),
        }
    }
}

/// A stretch of free addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeJson {
    first: String,
    last: String,
}

/// A network with what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrefixDetailJson {
    #[serde(flatten)]
    prefix: PrefixJson,
    usage: PrefixUsageJson,
    /// Networks around it, the widest first.
    around: Vec<String>,
    /// Networks directly within.
    children: Vec<TreePrefixJson>,
    /// The first stretches that nothing takes, at most 50.
    free: Vec<FreeJson>,
}

versioned!(PrefixDetailJson: prefix.version);

fn detail(row: PrefixRow, map: PrefixMap) -> PrefixDetailJson {
    let family = row.prefix.family;
    let text = |value: u128| Ip::new(family, value).to_string();
    PrefixDetailJson {
        usage: map.usage.into(),
        around: map
            .around
            .iter()
            .map(|wider| wider.prefix().to_string())
            .collect(),
        children: map.children.into_iter().map(Into::into).collect(),
        free: map
            .gaps
            .iter()
            .map(|gap| FreeJson {
                first: text(gap.first),
                last: text(gap.last),
            })
            .collect(),
        prefix: row.into(),
    }
}

fn looked_up(c: &mut Conn, actor: &Actor, id: PrefixId) -> Result<PrefixDetailJson, Fault> {
    let row = prefix_by_id(c, actor, id)?;
    let map = prefix_map(c, actor, &row.prefix)?;
    Ok(detail(row, map))
}

/// Networks as a tree: by routing table, then by number, each behind what is around it.
#[utoipa::path(get, path = "/api/v1/prefixes", tag = "addresses", params(ApiQuery, ("vrf_id" = Option<i64>, Query)),
    responses((status = 200, body = Listing<TreePrefixJson>)))]
#[get("/prefixes?<vrf_id>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
    vrf_id: Option<i64>,
) -> Result<Json<Listing<TreePrefixJson>>, Failure> {
    let (text, page) = (query.text(), query.page());
    let found = web
        .store
        .read(move |c| prefix_tree(c, &caller.actor, vrf_id.map(VrfId::new), &text, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One network with what is in it.
#[utoipa::path(get, path = "/api/v1/prefixes/{id}", tag = "addresses",
    responses((status = 200, body = PrefixDetailJson), (status = 404)))]
#[get("/prefixes/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<PrefixDetailJson>, Failure> {
    let found = web
        .store
        .read(move |c| looked_up(c, &caller.actor, PrefixId::new(id)))
        .await?;
    Ok(One(found))
}

/// Adds a network: `vrf_id`, `prefix`, `site_id`, `vlan_id`, `status`, `role`, `is_pool`, `note`.
#[utoipa::path(post, path = "/api/v1/prefixes", tag = "addresses", request_body = Object,
    responses((status = 201, body = PrefixDetailJson), (status = 422)))]
#[post("/prefixes", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<PrefixDetailJson>>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let draft = PrefixDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("prefix.create", move |c| {
            let id = prefix_create(c, &caller.actor, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made)))
}

/// Changes a network; the body has all fields and the `version` that was read. Table and network stay.
#[utoipa::path(put, path = "/api/v1/prefixes/{id}", tag = "addresses", request_body = Object,
    responses((status = 200, body = PrefixDetailJson), (status = 404), (status = 409), (status = 422)))]
#[put("/prefixes/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<PrefixDetailJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (draft, version) = (PrefixDraft::parse(&body.fields)?, body.condition()?);
    let id = PrefixId::new(id);
    let changed = web
        .store
        .write("prefix.update", move |c| {
            let version = version.held(prefix_by_id(c, &caller.actor, id)?.prefix.version)?;
            prefix_update(c, &caller.actor, id, version, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// Archives a network that nobody has (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/prefixes/{id}/archive", tag = "addresses", request_body = Object,
    responses((status = 200, body = PrefixDetailJson), (status = 404), (status = 409), (status = 422)))]
#[post("/prefixes/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<PrefixDetailJson>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = PrefixId::new(id);
    let changed = web
        .store
        .write("prefix.archive", move |c| {
            let version = version.held(prefix_by_id(c, &caller.actor, id)?.prefix.version)?;
            prefix_archive(c, &caller.actor, id, version, archived)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// Takes the lowest free address of a network: `dns_name`, `role`, `status`, `note`; with `device`, `interface` or
/// `customer` it is assigned at once, from `from` (now when missing) until `until`.
#[utoipa::path(post, path = "/api/v1/prefixes/{id}/next-address", tag = "addresses", request_body = Object,
    responses((status = 201, body = AddressJson), (status = 404), (status = 409), (status = 422)))]
#[post("/prefixes/<id>/next-address", data = "<body>")]
pub(super) async fn take_address(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<AddressJson>>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let to = wanted(&body.fields, caller.actor.now)?;
    let made = web
        .store
        .write("address.next", move |c| {
            let prefix = PrefixId::new(id);
            let id = next_address(c, &caller.actor, prefix, &body.fields, to.as_ref())?;
            address_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Takes the lowest free network of a `length` within a network: `status`, `role`, `note`, and an assignment as for an address.
#[utoipa::path(post, path = "/api/v1/prefixes/{id}/next-prefix", tag = "addresses", request_body = Object,
    responses((status = 201, body = PrefixDetailJson), (status = 404), (status = 409), (status = 422)))]
#[post("/prefixes/<id>/next-prefix", data = "<body>")]
pub(super) async fn take_prefix(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<PrefixDetailJson>>, Failure> {
    caller.actor.require(Permission::EditAddresses)?;
    let length =
        required_whole("length", body.fields.get("length"), 0, 128).map_err(Fault::from)?;
    let to = wanted(&body.fields, caller.actor.now)?;
    let made = web
        .store
        .write("prefix.next", move |c| {
            let prefix = PrefixId::new(id);
            let id = next_prefix(c, &caller.actor, prefix, length, &body.fields, to.as_ref())?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made)))
}

/// The assignments of a network, newest first.
#[utoipa::path(get, path = "/api/v1/prefixes/{id}/assignments", tag = "addresses",
    responses((status = 200, body = Vec<AssignmentJson>), (status = 404)))]
#[get("/prefixes/<id>/assignments")]
pub(super) async fn history(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<AssignmentJson>>, Failure> {
    assignments(web, caller, Subject::Prefix(PrefixId::new(id))).await
}

/// Assigns a network as a whole; the body as that of an address.
#[utoipa::path(post, path = "/api/v1/prefixes/{id}/assignments", tag = "addresses", request_body = Object,
    responses((status = 201, body = AssignmentJson), (status = 404), (status = 409), (status = 422)))]
#[post("/prefixes/<id>/assignments", data = "<body>")]
pub(super) async fn assign(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<AssignmentJson>>, Failure> {
    assigned(web, caller, Subject::Prefix(PrefixId::new(id)), body).await
}
