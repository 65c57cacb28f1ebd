//! `/api/v1/allocations`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::base::fault::Fault;
use crate::base::ids::{AllocationId, CustomerId};
use crate::base::number::required_whole;
use crate::identity::Permission;
use crate::metering::{
    AllocationDraft, AllocationFilter, NamedAllocation, allocation_archive, allocation_by_id,
    allocation_create, allocation_list, allocation_series, allocation_update,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::pages::compare::other_of_allocation;
use crate::web::pages::spans::{SeriesJson, SpanQuery};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive, series]
}

/// A bandwidth allocation as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllocationJson {
    id: i64,
    customer_id: i64,
    customer_code: String,
    customer: String,
    name: String,
    /// Committed rate, bit/s.
    committed_bps: i64,
    /// Burst rate, bit/s.
    burst_bps: Option<i64>,
    /// `max_of_p95`, `p95_of_max`, `p95_of_sum`, `in` or `out`.
    direction_rule: String,
    /// `drop`, `zero` or `average`.
    gap_rule: String,
    /// Day of month that periods begin on.
    billing_day: i64,
    time_zone: String,
    /// RFC 3339.
    active_from: String,
    /// RFC 3339, null while it goes on.
    active_until: Option<String>,
    /// Empty for customers.
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(AllocationJson: version);

impl AllocationJson {
    fn of(row: NamedAllocation, for_customer: bool) -> Self {
        let allocation = row.allocation;
        Self {
            id: allocation.id.get(),
            customer_id: allocation.customer_id.get(),
            customer_code: row.customer_code,
            customer: row.customer,
            name: allocation.name,
            committed_bps: allocation.committed_bps.get(),
            burst_bps: allocation.burst_bps.map(|burst| burst.get()),
            direction_rule: allocation.direction_rule.to_string(),
            gap_rule: allocation.gap_rule.to_string(),
            billing_day: allocation.billing_day,
            time_zone: allocation.time_zone,
            active_from: allocation.active_from.to_rfc3339(),
            active_until: allocation.active_until.map(|at| at.to_rfc3339()),
            note: if for_customer {
                String::new()
            } else {
                allocation.note
            },
            archived_at: allocation.archived_at.map(|at| at.to_rfc3339()),
            version: allocation.version,
        }
    }
}

/// Live allocations by customer and name.
#[utoipa::path(get, path = "/api/v1/allocations", tag = "allocations",
    params(ApiQuery, ("customer_id" = Option<i64>, Query, description = "Only those of this customer."),
        ("archived" = Option<bool>, Query, description = "The archived ones instead of the live ones.")),
    responses((status = 200, body = Listing<AllocationJson>)))]
#[get("/allocations?<customer_id>&<archived>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    customer_id: Option<i64>,
    archived: Option<bool>,
    query: ApiQuery,
) -> Result<Json<Listing<AllocationJson>>, Failure> {
    let filter = AllocationFilter {
        query: query.text(),
        customer: customer_id.map(CustomerId::new),
        archived: archived.unwrap_or(false),
    };
    let for_customer = caller.actor.role.is_customer();
    let page = query.page();
    let found = web
        .store
        .read(move |c| allocation_list(c, &caller.actor, &filter, &page))
        .await?;
    let found = found.map(|row| AllocationJson::of(row, for_customer));
    Ok(Json(Listing::from_page(found)))
}

/// One allocation.
#[utoipa::path(get, path = "/api/v1/allocations/{id}", tag = "allocations",
    responses((status = 200, body = AllocationJson), (status = 404)))]
#[get("/allocations/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<AllocationJson>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let found = web
        .store
        .read(move |c| allocation_by_id(c, &caller.actor, AllocationId::new(id)))
        .await?;
    Ok(One(AllocationJson::of(found, for_customer)))
}

/// Adds an allocation: `customer_id` and the columns of the CSV kind `allocations` but `customer` (`committed_mbps`,
/// `burst_mbps`, `active_from` and so on).
#[utoipa::path(post, path = "/api/v1/allocations", tag = "allocations", request_body = Object,
    responses((status = 201, body = AllocationJson), (status = 422)))]
#[post("/allocations", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<One<AllocationJson>>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let draft = AllocationDraft::parse(&body.fields)?;
    let customer = required_whole("customer_id", body.fields.get("customer_id"), 1, i64::MAX);
    let customer = CustomerId::new(customer.map_err(Fault::from)?);
    let made = web
        .store
        .write("allocation.create", move |c| {
            let id = allocation_create(c, &caller.actor, customer, &draft)?;
            allocation_by_id(c, &caller.actor, id)
        })
        .await?;
    let made = AllocationJson::of(made, false);
    Ok(status::Custom(Status::Created, One(made)))
}

/// Changes an allocation; the body has all fields and the `version` that was read. The customer stays.
#[utoipa::path(put, path = "/api/v1/allocations/{id}", tag = "allocations", request_body = Object,
    responses((status = 200, body = AllocationJson), (status = 404), (status = 409), (status = 422)))]
#[put("/allocations/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AllocationJson>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let (draft, version) = (AllocationDraft::parse(&body.fields)?, body.condition()?);
    let id = AllocationId::new(id);
    let changed = web
        .store
        .write("allocation.update", move |c| {
            let there = allocation_by_id(c, &caller.actor, id)?.allocation;
            let version = version.held(there.version)?;
            allocation_update(c, &caller.actor, id, version, &draft)?;
            allocation_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(AllocationJson::of(changed, false)))
}

/// Archives an allocation (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/allocations/{id}/archive", tag = "allocations", request_body = Object,
    responses((status = 200, body = AllocationJson), (status = 404), (status = 409), (status = 422)))]
#[post("/allocations/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AllocationJson>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = AllocationId::new(id);
    let changed = web
        .store
        .write("allocation.archive", move |c| {
            let there = allocation_by_id(c, &caller.actor, id)?.allocation;
            let version = version.held(there.version)?;
            allocation_archive(c, &caller.actor, id, version, archived)?;
            allocation_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(AllocationJson::of(changed, false)))
}

/// Rates and figures of an allocation: the sum of its ports.
#[utoipa::path(get, path = "/api/v1/allocations/{id}/series", tag = "allocations", params(SpanQuery),
    responses((status = 200, body = SeriesJson), (status = 404), (status = 422)))]
#[get("/allocations/<id>/series?<query..>")]
pub(super) async fn series(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: SpanQuery,
) -> Result<Json<SeriesJson>, Failure> {
    let zone = web.settings.zone;
    let points = query.points();
    let series = web
        .store
        .read(move |c| {
            let id = AllocationId::new(id);
            let own = allocation_by_id(c, &caller.actor, id)?.allocation.zone();
            let period = query.period(caller.actor.now, own)?;
            let points = points?;
            let series = allocation_series(c, &caller.actor, id, period)?;
            let other = other_of_allocation(c, &caller.actor, id, &query, period, own)?;
            let other = other.map(|other| other.json(points, zone));
            Ok(SeriesJson::of(&series, points, zone).beside(other))
        })
        .await?;
    Ok(Json(series))
}
