//! `/api/v1/feeds`, and the outlets of PDUs.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::ids::{DeviceId, PowerFeedId};
use crate::facility::{FeedRow, OutletRow, feed_by_id, feed_list, outlets_of_pdu, pdus_of_feed};
use crate::inventory::device_by_id;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, outlets]
}

/// A power feed as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedJson {
    id: i64,
    name: String,
    site: String,
    room: String,
    /// `a`, `b` or `other`.
    side: String,
    /// 1 or 3.
    phases: i64,
    /// Volts between phase and neutral, or of the one phase.
    volts: i64,
    /// Amperes of its breaker.
    amps: i64,
    /// What it can carry, in volt-amperes.
    volt_amperes: i64,
    note: String,
    version: i64,
}

impl From<FeedRow> for FeedJson {
    fn from(row: FeedRow) -> Self {
        Self {
            id: row.feed.id.get(),
            volt_amperes: row.feed.volt_amperes(),
            name: row.feed.name,
            site: row.site.code,
            room: row.room.name,
            side: row.feed.side.to_string(),
            phases: row.feed.phases,
            volts: row.feed.volts,
            amps: row.feed.amps,
            note: row.feed.note,
            version: row.feed.version,
        }
    }
}

/// A feed with its PDUs.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedDetailJson {
    #[serde(flatten)]
    feed: FeedJson,
    /// The devices that are PDUs on it.
    pdu_device_ids: Vec<i64>,
}

/// An outlet as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutletJson {
    id: i64,
    /// Which, counted from 1.
    number: i64,
    /// Which, as the PDU counts them; the `place` of its gauges.
    place: String,
    name: String,
    /// `on`, `off` or `unknown`.
    state: String,
    /// Since when that is known, RFC 3339.
    state_at: String,
    /// What is plugged in.
    device_id: Option<i64>,
    device: Option<String>,
    /// Which of its supplies.
    supply: String,
    /// When somebody looked at the cable; null while nobody has.
    confirmed_at: Option<String>,
    version: i64,
}

impl From<OutletRow> for OutletJson {
    fn from(row: OutletRow) -> Self {
        let outlet = row.outlet;
        let plugged = row.plugged.is_some();
        Self {
            id: outlet.id.get(),
            number: outlet.number,
            place: outlet.place,
            name: outlet.name,
            state: outlet.state.to_string(),
            state_at: outlet.state_at.to_rfc3339(),
            device_id: row.plugged.as_ref().map(|device| device.id.get()),
            device: row.plugged.map(|device| device.name),
            supply: if plugged {
                outlet.supply
            } else {
                String::new()
            },
            confirmed_at: outlet.confirmed_at.map(|at| at.to_rfc3339()),
            version: outlet.version,
        }
    }
}

/// Live feeds by site, room and name.
#[utoipa::path(get, path = "/api/v1/feeds", tag = "power",
    responses((status = 200, body = Vec<FeedJson>)))]
#[get("/feeds")]
pub(super) async fn list(web: &State<Web>, caller: Caller) -> Result<Json<Vec<FeedJson>>, Failure> {
    let found = web.store.read(move |c| feed_list(c, &caller.actor)).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One feed with its PDUs.
#[utoipa::path(get, path = "/api/v1/feeds/{id}", tag = "power",
    responses((status = 200, body = FeedDetailJson), (status = 404)))]
#[get("/feeds/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<FeedDetailJson>, Failure> {
    let (row, pdus) = web
        .store
        .read(move |c| {
            let row = feed_by_id(c, &caller.actor, PowerFeedId::new(id))?;
            let pdus = pdus_of_feed(c, row.feed.id)?;
            Ok((row, pdus))
        })
        .await?;
    Ok(Json(FeedDetailJson {
        feed: row.into(),
        pdu_device_ids: pdus.into_iter().map(|device| device.get()).collect(),
    }))
}

/// The outlets of a PDU.
#[utoipa::path(get, path = "/api/v1/devices/{id}/outlets", tag = "power",
    responses((status = 200, body = Vec<OutletJson>), (status = 404)))]
#[get("/devices/<id>/outlets")]
pub(super) async fn outlets(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<OutletJson>>, Failure> {
    let found = web
        .store
        .read(move |c| {
            let device = device_by_id(c, &caller.actor, DeviceId::new(id))?.device.id;
            outlets_of_pdu(c, &caller.actor, device)
        })
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}
