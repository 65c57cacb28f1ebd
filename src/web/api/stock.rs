//! `/api/v1/stock` and `/api/v1/devices/ages`.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::devices::{DeviceJson, device_json};
use super::listing::{ApiQuery, Listing};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceTypeId, SiteId};
use crate::inventory::ages::{AgeDraft, WARRANTY_STEPS};
use crate::inventory::{DeviceFilter, StockRow, device_ages, device_list, stock_list};
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, ages]
}

/// A device in stock.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockJson {
    device: DeviceJson,
    /// Code of the building; null for customers and where nobody said.
    stock_site: Option<String>,
    /// Shelf, box or drawer; empty for customers and where nobody said.
    stock_place: String,
    /// Since when, RFC 3339; null for what was in stock before that was kept.
    since: Option<String>,
}

fn stock_json(there: StockRow, for_customer: bool) -> StockJson {
    let since = there.stock.as_ref().map(|stock| stock.since.to_rfc3339());
    let known = there.stock.filter(|_| !for_customer);
    StockJson {
        device: device_json(there.row, for_customer),
        stock_site: known
            .as_ref()
            .map(|stock| stock.site.clone())
            .filter(|site| !site.is_empty()),
        stock_place: known.map(|stock| stock.place).unwrap_or_default(),
        since,
    }
}

/// Devices in stock by name; `site` and `device_type` are row ids. A customer's are the own.
#[utoipa::path(get, path = "/api/v1/stock", tag = "devices",
    params(ApiQuery, ("site" = Option<i64>, Query), ("device_type" = Option<i64>, Query)),
    responses((status = 200, body = Listing<StockJson>)))]
#[get("/stock?<site>&<device_type>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
    site: Option<i64>,
    device_type: Option<i64>,
) -> Result<Json<Listing<StockJson>>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let filter = DeviceFilter {
        query: query.text(),
        stock_site_id: site.filter(|_| !for_customer).map(SiteId::new),
        device_type_id: device_type.map(DeviceTypeId::new),
        ..DeviceFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| stock_list(c, &caller.actor, &filter, &page))
        .await?;
    let found = found.map(|there| stock_json(there, for_customer));
    Ok(Json(Listing::from_page(found)))
}

/// Devices whose warranty ends within so many days.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithinJson {
    days: i64,
    count: i64,
}

/// Devices bought in a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearJson {
    year: String,
    count: i64,
}

/// Devices by warranty and age.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgesJson {
    /// Devices whose warranty has ended.
    ended: i64,
    within: Vec<WithinJson>,
    /// By year of purchase, oldest first.
    years: Vec<YearJson>,
    /// Devices without a day of purchase.
    undated: i64,
    /// What was asked for.
    devices: Listing<DeviceJson>,
}

/// Counts by the end of the warranty and by year of purchase, and the devices that are asked for: `warranty` is `ended`,
/// `30`, `90` or `180` (days), `older` years since the purchase, `year` the year of purchase.
#[utoipa::path(get, path = "/api/v1/devices/ages", tag = "devices",
    params(ApiQuery, ("warranty" = Option<String>, Query), ("older" = Option<i64>, Query), ("year" = Option<i64>, Query)),
    responses((status = 200, body = AgesJson), (status = 422)))]
#[get("/devices/ages?<warranty>&<older>&<year>&<query..>")]
pub(super) async fn ages(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
    warranty: Option<String>,
    older: Option<String>,
    year: Option<String>,
) -> Result<Json<AgesJson>, Failure> {
    let actor = caller.actor;
    let for_customer = actor.role.is_customer();
    let fields: Fields = [
        ("warranty", warranty.unwrap_or_default()),
        ("older", older.unwrap_or_default()),
        ("year", year.unwrap_or_default()),
    ]
    .into_iter()
    .collect();
    let today = actor.now.local_date(web.settings.zone);
    let mut filter = AgeDraft::parse(&fields)?.filter(&today);
    filter.query = query.text();
    let page = query.page();
    let (found, counts) = web
        .store
        .read(move |c| {
            let found = device_list(c, &actor, &filter, &page)?;
            Ok((found, device_ages(c, &actor, &today)?))
        })
        .await?;
    let found = found.map(|row| device_json(row, for_customer));
    let within = WARRANTY_STEPS.iter().zip(counts.within);
    let years = counts.years.into_iter();
    Ok(Json(AgesJson {
        ended: counts.ended,
        within: within
            .map(|(days, count)| WithinJson { days: *days, count })
            .collect(),
        years: years
            .map(|one| YearJson {
                year: one.year,
                count: one.count,
            })
            .collect(),
        undated: counts.undated,
        devices: Listing::from_page(found),
    }))
}
