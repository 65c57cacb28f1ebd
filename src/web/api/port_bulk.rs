//! `/api/v1/ports/bulk-change`.

use rocket::serde::json::Json;
use rocket::{Route, State, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::device_bulk::{BulkErrorJson, BulkFieldJson, changes_json, errors_json};
use crate::base::fault::Fault;
use crate::base::locale::Locale;
use crate::identity::Permission;
use crate::metering::{PortsDraft, PortsRow, SeenPort, ports_change, ports_change_preview};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![change]
}

/// What a change of several ports did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkPortsJson {
    /// False for a dry run.
    written: bool,
    /// How many ports a rule refuses; always 0 when it was written.
    refused: usize,
    ports: Vec<BulkPortJson>,
}

/// One port of a change of several.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkPortJson {
    id: i64,
    name: String,
    /// Empty when all of it was so already.
    changes: Vec<BulkFieldJson>,
    /// Why it cannot be.
    errors: Vec<BulkErrorJson>,
}

fn json(web: &Web, locale: Locale, row: PortsRow) -> BulkPortJson {
    BulkPortJson {
        id: row.row.port.id.get(),
        name: format!("{} {}", row.row.device, row.row.port.name),
        errors: errors_json(web, locale, row.refusal.as_ref()),
        changes: changes_json(row.changes),
    }
}

/// Changes up to 500 ports alike, all or none: `ids` like `12-3` (port 12 as version 3 was read), `set` with the names of
/// the fields to change (`speed_mbps`, empty to believe the device, and `is_uplink`), each with its value under its own
/// name, and `reason`. With `dry_run=true` nothing is written and no reason is needed: the answer has every port with its
/// fields before and after, and every refusal. 409 when one changed since.
#[utoipa::path(post, path = "/api/v1/ports/bulk-change", tag = "ports", request_body = Object,
    params(("dry_run" = Option<bool>, Query)),
    responses((status = 200, body = BulkPortsJson), (status = 404), (status = 409), (status = 422)))]
#[post("/ports/bulk-change?<dry_run>", data = "<body>")]
pub(super) async fn change(
    web: &State<Web>,
    caller: Caller,
    dry_run: Option<bool>,
    body: Body,
) -> Result<Json<BulkPortsJson>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let seen = SeenPort::all("ids", body.fields.all("ids"))?;
    let draft = PortsDraft::parse(&body.fields)?;
    let locale = caller.actor.locale;
    let is_dry = dry_run.unwrap_or(false);
    let rows: Result<Vec<PortsRow>, Fault> = if is_dry {
        web.store
            .write("ports.preview", move |c| {
                ports_change_preview(c, &caller.actor, &seen, &draft)
            })
            .await
    } else {
        web.store
            .write("ports.change", move |c| {
                ports_change(c, &caller.actor, &seen, &draft)
            })
            .await
    };
    let rows = rows?;
    let refused = rows.iter().filter(|row| row.refusal.is_some()).count();
    let ports = rows.into_iter().map(|row| json(web, locale, row));
    Ok(Json(BulkPortsJson {
        written: !is_dry,
        refused,
        ports: ports.collect(),
    }))
}
