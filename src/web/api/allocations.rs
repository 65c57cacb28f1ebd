//! `/api/v1/allocations`.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::ids::AllocationId;
use crate::metering::{
    AllocationFilter, NamedAllocation, allocation_by_id, allocation_list, allocation_series,
};
use crate::web::guards::Caller;
use crate::web::pages::compare::other_of_allocation;
use crate::web::pages::spans::{SeriesJson, SpanQuery};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, series]
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
}

impl From<NamedAllocation> for AllocationJson {
    fn from(row: NamedAllocation) -> Self {
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
        }
    }
}

/// Live allocations by customer and name.
#[utoipa::path(get, path = "/api/v1/allocations", tag = "allocations", params(ApiQuery),
    responses((status = 200, body = Listing<AllocationJson>)))]
#[get("/allocations?<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
) -> Result<Json<Listing<AllocationJson>>, Failure> {
    let filter = AllocationFilter {
        query: query.text(),
        ..AllocationFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| allocation_list(c, &caller.actor, &filter, &page))
        .await?;
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
) -> Result<Json<AllocationJson>, Failure> {
    let found = web
        .store
        .read(move |c| allocation_by_id(c, &caller.actor, AllocationId::new(id)))
        .await?;
    Ok(Json(found.into()))
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
