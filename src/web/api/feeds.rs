//! `/api/v1/feeds`.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::ids::PowerFeedId;
use crate::facility::{FeedRow, feed_by_id, feed_list, pdus_of_feed};
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show]
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
