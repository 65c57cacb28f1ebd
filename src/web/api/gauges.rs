//! `/api/v1`: gauges, and the power of racks, feeds, customers and devices.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::gauge::Quantity;
use crate::base::ids::{CustomerId, DeviceId, GaugeId, PowerFeedId, RackId};
use crate::metering::{
    Gauge, GaugeNow, PowerOf, gauge_series, gauges_now, gauges_of_device, power_series,
};
use crate::web::guards::Caller;
use crate::web::pages::courses::{CourseJson, Shown, course_period};
use crate::web::pages::spans::SpanQuery;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![of_device, series, rack, feed, customer, device]
}

/// What a part of a device measures.
#[derive(Debug, Serialize, ToSchema)]
pub struct GaugeJson {
    id: i64,
    /// `input`, `line`, `phase`, `bank`, `outlet`, `probe` or `sensor`.
    part: String,
    /// Which of these, as the device counts them.
    place: String,
    name: String,
    /// `active_power`, `apparent_power`, `current`, `voltage`, `energy`, `temperature`,
    /// `humidity`, `fan_speed` or `fan_share` (share of full speed).
    quantity: String,
    /// Unit of `value` once its decimals are counted.
    unit: &'static str,
    /// How many of the last digits of `value` are decimals.
    decimals: u32,
    /// The last number of the last 15 minutes.
    value: Option<i64>,
    /// When that was, RFC 3339.
    at: Option<String>,
    /// Why the last reading brought no number.
    missing: Option<String>,
}

fn gauge_json(gauge: &Gauge, now: Option<&GaugeNow>) -> GaugeJson {
    let (unit, decimals) = gauge.quantity.shown_in();
    GaugeJson {
        id: gauge.id.get(),
        part: gauge.part.to_string(),
        place: gauge.place.clone(),
        name: gauge.name.clone(),
        quantity: gauge.quantity.to_string(),
        unit,
        decimals,
        value: now.map(|now| now.value),
        at: now.map(|now| now.at.to_rfc3339()),
        missing: gauge.missing.map(|missing| missing.to_string()),
    }
}

/// What a device measures, with the last numbers.
#[utoipa::path(get, path = "/api/v1/devices/{id}/gauges", tag = "power",
    responses((status = 200, body = Vec<GaugeJson>), (status = 404)))]
#[get("/devices/<id>/gauges")]
pub(super) async fn of_device(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<GaugeJson>>, Failure> {
    let (gauges, now) = web
        .store
        .read(move |c| {
            let id = DeviceId::new(id);
            let gauges = gauges_of_device(c, &caller.actor, id)?;
            let now = gauges_now(c, &[id], caller.actor.now)?;
            Ok((gauges, now))
        })
        .await?;
    let all = gauges
        .iter()
        .map(|gauge| gauge_json(gauge, now.get(&gauge.id)));
    Ok(Json(all.collect()))
}

/// The course of a gauge: slots of 300 s, hours for more than 40 days.
#[utoipa::path(get, path = "/api/v1/gauges/{id}/series", tag = "power", params(SpanQuery),
    responses((status = 200, body = CourseJson), (status = 404), (status = 422)))]
#[get("/gauges/<id>/series?<query..>")]
pub(super) async fn series(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: SpanQuery,
) -> Result<Json<CourseJson>, Failure> {
    let zone = web.settings.zone;
    let (asked, points) = (
        course_period(&query, caller.actor.now, zone),
        query.points(),
    );
    let (gauge, course, asked) = web
        .store
        .read(move |c| {
            let id = GaugeId::new(id);
            // Who may not see the gauge learns nothing from its faults.
            crate::metering::gauge_by_id(c, &caller.actor, id)?;
            let asked = asked?;
            let (gauge, course) = gauge_series(c, &caller.actor, id, asked)?;
            Ok((gauge, course, asked))
        })
        .await?;
    let shown = Shown {
        course: &course,
        quantity: gauge.quantity,
        members: 1,
        asked,
        zone,
    };
    Ok(Json(shown.json(points?)))
}

async fn power(
    web: &Web,
    caller: Caller,
    of: PowerOf,
    query: SpanQuery,
) -> Result<Json<CourseJson>, Failure> {
    let zone = web.settings.zone;
    let (asked, points) = (
        course_period(&query, caller.actor.now, zone),
        query.points(),
    );
    let (series, asked) = web
        .store
        .read(move |c| {
            // Who may not see it learns nothing from its faults.
            crate::metering::power_now(c, &caller.actor, of)?;
            let asked = asked?;
            Ok((power_series(c, &caller.actor, of, asked)?, asked))
        })
        .await?;
    let shown = Shown {
        course: &series.course,
        quantity: Quantity::ActivePower,
        members: series.members,
        asked,
        zone,
    };
    Ok(Json(shown.json(points?)))
}

/// Power of a rack: the inlets of its PDUs, else confirmed outlets of its devices.
#[utoipa::path(get, path = "/api/v1/racks/{id}/power", tag = "power", params(SpanQuery),
    responses((status = 200, body = CourseJson), (status = 404), (status = 422)))]
#[get("/racks/<id>/power?<query..>")]
pub(super) async fn rack(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: SpanQuery,
) -> Result<Json<CourseJson>, Failure> {
    power(web, caller, PowerOf::Rack(RackId::new(id)), query).await
}

/// Power of a feed: the inlets of its PDUs.
#[utoipa::path(get, path = "/api/v1/feeds/{id}/power", tag = "power", params(SpanQuery),
    responses((status = 200, body = CourseJson), (status = 404), (status = 422)))]
#[get("/feeds/<id>/power?<query..>")]
pub(super) async fn feed(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: SpanQuery,
) -> Result<Json<CourseJson>, Failure> {
    power(web, caller, PowerOf::Feed(PowerFeedId::new(id)), query).await
}

/// Power of a customer: outlets that are confirmed to feed their devices.
#[utoipa::path(get, path = "/api/v1/customers/{id}/power", tag = "power", params(SpanQuery),
    responses((status = 200, body = CourseJson), (status = 404), (status = 422)))]
#[get("/customers/<id>/power?<query..>")]
pub(super) async fn customer(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: SpanQuery,
) -> Result<Json<CourseJson>, Failure> {
    power(web, caller, PowerOf::Customer(CustomerId::new(id)), query).await
}

/// Power of a device: its inlets when it is a PDU, else outlets that are confirmed to feed it.
#[utoipa::path(get, path = "/api/v1/devices/{id}/power", tag = "power", params(SpanQuery),
    responses((status = 200, body = CourseJson), (status = 404), (status = 422)))]
#[get("/devices/<id>/power?<query..>")]
pub(super) async fn device(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: SpanQuery,
) -> Result<Json<CourseJson>, Failure> {
    power(web, caller, PowerOf::Device(DeviceId::new(id)), query).await
}
