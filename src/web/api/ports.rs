//! `/api/v1/ports`.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, PortId};
use crate::metering::{
    LONGEST_RAW_MS, PortFilter, PortRow, PortState, is_long, port_by_id, port_hours,
    port_intervals, port_list, port_series,
};
use crate::web::guards::Caller;
use crate::web::pages::compare::other_of_port;
use crate::web::pages::spans::{SeriesJson, SpanQuery};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, series]
}

/// A port as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortJson {
    id: i64,
    device_id: i64,
    device: String,
    name: String,
    alias: String,
    descr: String,
    /// `up`, `down`, `disabled`, `missing`, `unseen` or `unknown`.
    state: String,
    /// Line speed in bit/s.
    speed_bps: Option<i64>,
    /// 64 or 32.
    counter_bits: Option<i64>,
    /// Received between the last two readings, bit/s.
    in_bps: Option<i64>,
    /// Sent between the last two readings, bit/s.
    out_bps: Option<i64>,
    /// RFC 3339; null while it is there.
    missing_since: Option<String>,
    /// Version of the record, for changes.
    version: i64,
    /// The allocations it belongs to now.
    allocations: Vec<PortOwnerJson>,
}

/// To whom a port belongs.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortOwnerJson {
    allocation_id: i64,
    allocation: String,
    customer_id: i64,
    customer: String,
}

impl From<PortRow> for PortJson {
    fn from(row: PortRow) -> Self {
        let owners = row.owners.into_iter().map(|owner| PortOwnerJson {
            allocation_id: owner.allocation_id.get(),
            allocation: owner.allocation,
            customer_id: owner.customer_id.get(),
            customer: owner.customer,
        });
        let port = row.port;
        Self {
            id: port.id.get(),
            device_id: port.device_id.get(),
            device: row.device,
            state: port.state().to_string(),
            speed_bps: port.line_speed().map(|speed| speed.get()),
            counter_bits: port.counter_bits,
            in_bps: row.rate.inward.map(|rate| rate.get()),
            out_bps: row.rate.outward.map(|rate| rate.get()),
            version: port.version,
            missing_since: port.missing_since.map(|at| at.to_rfc3339()),
            name: port.name,
            alias: port.alias,
            descr: port.descr,
            allocations: owners.collect(),
        }
    }
}

/// Ports by device.
#[utoipa::path(get, path = "/api/v1/ports", tag = "ports",
    params(ApiQuery, ("state" = Option<String>, Query), ("device_id" = Option<i64>, Query)),
    responses((status = 200, body = Listing<PortJson>), (status = 422)))]
#[get("/ports?<state>&<device_id>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    state: Option<&str>,
    device_id: Option<i64>,
    query: ApiQuery,
) -> Result<Json<Listing<PortJson>>, Failure> {
    let filter = PortFilter {
        query: query.text(),
        device: device_id.map(DeviceId::new),
        state: state.map(wanted_state).transpose()?,
        ..PortFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| port_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

fn wanted_state(word: &str) -> Result<PortState, Fault> {
    PortState::from_word(word).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", PortState::words());
        Fault::field("state", message)
    })
}

/// One port.
#[utoipa::path(get, path = "/api/v1/ports/{id}", tag = "ports",
    responses((status = 200, body = PortJson), (status = 404)))]
#[get("/ports/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<PortJson>, Failure> {
    let port = web
        .store
        .read(move |c| port_by_id(c, &caller.actor, PortId::new(id)))
        .await?;
    Ok(Json(port.row.into()))
}

/// Rates and figures of a port; of at most six hours what passed from reading to reading as well. More than 40 days come from hours (mean and busiest slot, no percentile), up to 1,098.
#[utoipa::path(get, path = "/api/v1/ports/{id}/series", tag = "ports", params(SpanQuery),
    responses((status = 200, body = SeriesJson), (status = 404), (status = 422)))]
#[get("/ports/<id>/series?<query..>")]
pub(super) async fn series(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: SpanQuery,
) -> Result<Json<SeriesJson>, Failure> {
    let usual = web.settings.zone;
    let series = web
        .store
        .read(move |c| {
            // Who may not see the port learns nothing from its faults.
            let full = port_by_id(c, &caller.actor, PortId::new(id))?;
            let (id, zone) = (full.row.port.id, full.zone.unwrap_or(usual));
            let (period, points) = (query.graph_period(caller.actor.now, zone)?, query.points()?);
            let json = if is_long(period) {
                let series = port_hours(c, &caller.actor, id, period)?;
                SeriesJson::of_hours(&series, points, zone)
            } else {
                let series = port_series(c, &caller.actor, id, period)?;
                SeriesJson::of(&series, points, zone)
            };
            let is_short = period.until.since_millis(period.from) <= LONGEST_RAW_MS;
            let json = match is_short {
                true => json.with_readings(&port_intervals(c, &caller.actor, id, period)?),
                false => json,
            };
            let other = other_of_port(c, &caller.actor, id, &query, period, zone)?;
            Ok(json.beside(other.map(|other| other.json(points, zone))))
        })
        .await?;
    Ok(Json(series))
}
