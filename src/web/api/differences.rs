//! `/api/v1/differences`.

use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::fault::{Fault, Message};
use crate::base::ids::DeviceId;
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::inventory::{
    Difference, DifferenceFilter, DifferenceKind, Seen, Settle, difference_list, differences_settle,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, settle]
}

/// A record and what its device says instead.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenDifferenceJson {
    /// What was seen: send it back to decide about it.
    id: String,
    device_id: i64,
    device: String,
    /// `serial`, `model`, `asset_tag`, `memory_gib`, `mac`, `system_name` or `port`.
    kind: String,
    /// `snmp`, `bmc` or `lldp`.
    source: String,
    /// Empty for nothing.
    record: String,
    said: String,
    /// `differs` or `not_on_record`.
    verdict: String,
    /// RFC 3339; since when it is said.
    said_at: String,
    /// RFC 3339; when it was said last.
    seen_at: String,
    /// RFC 3339; when it was set aside.
    set_aside_at: Option<String>,
    /// RFC 3339; when it comes back although the same is said.
    set_aside_until: Option<String>,
}

impl From<Difference> for OpenDifferenceJson {
    fn from(one: Difference) -> Self {
        let text = |at: Option<Timestamp>| at.map(Timestamp::to_rfc3339);
        Self {
            id: one.seen().to_text(),
            device_id: one.device.device.id.get(),
            kind: one.kind.to_string(),
            verdict: one.verdict.to_string(),
            said_at: one.fact.said_at.to_rfc3339(),
            seen_at: one.fact.seen_at.to_rfc3339(),
            set_aside_at: text(one.fact.ignored_at),
            set_aside_until: text(one.fact.ignored_until),
            record: one.record,
            device: one.device.device.name,
            source: one.fact.source,
            said: one.fact.value,
        }
    }
}

fn kind_named(word: &str) -> Result<DifferenceKind, Fault> {
    DifferenceKind::from_word(word).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", DifferenceKind::words());
        Fault::field("kind", message)
    })
}

/// Differences between records and devices, those first that are said since lately; `total` is always 0, nobody counts them.
#[utoipa::path(get, path = "/api/v1/differences", tag = "devices",
    params(ApiQuery, ("kind" = Option<String>, Query), ("device_id" = Option<i64>, Query), ("set_aside" = Option<bool>, Query)),
    responses((status = 200, body = Listing<OpenDifferenceJson>), (status = 404)))]
#[get("/differences?<kind>&<device_id>&<set_aside>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    kind: Option<&str>,
    device_id: Option<i64>,
    set_aside: Option<bool>,
    query: ApiQuery,
) -> Result<Json<Listing<OpenDifferenceJson>>, Failure> {
    let filter = DifferenceFilter {
        query: query.text(),
        kind: kind.map(kind_named).transpose()?,
        device: device_id.map(DeviceId::new),
        set_aside: set_aside.unwrap_or(false),
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| difference_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// How many were settled.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettledJson {
    settled: usize,
}

/// Decides about several, all or none: `do` (`accept`, `set_aside` or `bring_back`), `ids` as the list gave them, and for
/// `set_aside` perhaps `until`, an instant. 409 when a device or a record says something else by now.
#[utoipa::path(post, path = "/api/v1/differences/settle", tag = "devices", request_body = Object,
    responses((status = 200, body = SettledJson), (status = 409), (status = 422)))]
#[post("/differences/settle", data = "<body>")]
pub(super) async fn settle(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<Json<SettledJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let settle = Settle::from_word(body.fields.get("do")).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", Settle::words());
        Fault::field("do", message)
    })?;
    let seen: Option<Vec<Seen>> = body.fields.all("ids").map(Seen::from_text).collect();
    let seen = seen.ok_or_else(|| Fault::field("ids", Message::new("differences-none-chosen")))?;
    let until = match body.fields.get("until").trim() {
        "" => None,
        text => Some(
            Timestamp::parse_in(text, web.settings.zone)
                .ok_or_else(|| Fault::field("until", Message::new("fault-instant")))?,
        ),
    };
    let settled = web
        .store
        .write("differences.settle", move |c| {
            differences_settle(c, &caller.actor, &seen, settle, until)
        })
        .await?;
    Ok(Json(SettledJson { settled }))
}
