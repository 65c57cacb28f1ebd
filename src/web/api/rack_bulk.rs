//! `/api/v1/racks/bulk-change`.

use rocket::serde::json::Json;
use rocket::{Route, State, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::device_bulk::{BulkErrorJson, BulkFieldJson, changes_json, errors_json};
use crate::base::fault::Fault;
use crate::base::locale::Locale;
use crate::facility::{RacksDraft, RacksRow, SeenRack, racks_change, racks_change_preview};
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![change]
}

/// What a change of several racks did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkRacksJson {
    /// False for a dry run.
    written: bool,
    /// How many racks a rule refuses; always 0 when it was written.
    refused: usize,
    racks: Vec<BulkRackJson>,
}

/// One rack of a change of several.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkRackJson {
    id: i64,
    name: String,
    /// Empty when all of it was so already.
    changes: Vec<BulkFieldJson>,
    /// Why it cannot be.
    errors: Vec<BulkErrorJson>,
}

fn json(web: &Web, locale: Locale, row: RacksRow) -> BulkRackJson {
    BulkRackJson {
        id: row.row.rack.id.get(),
        name: row.row.rack.name,
        errors: errors_json(web, locale, row.refusal.as_ref()),
        changes: changes_json(row.changes),
    }
}

/// Changes up to 500 racks alike, all or none: `ids` like `12-3` (rack 12 as version 3 was read), `set` with the names of
/// the fields to change (`owner`: `operator`, `shared` or the id of a customer; `row_name`, `max_watts`, `contracted_watts`,
/// `max_weight_kg`, `note`, which is added to the note), each with its value under its own name, and `reason`. With
/// `dry_run=true` nothing is written and no reason is needed: the answer has every rack with its fields before and after,
/// and every refusal. 409 when a rule refuses one, with `errors` like `racks/12/max_watts`, or when one changed since.
#[utoipa::path(post, path = "/api/v1/racks/bulk-change", tag = "racks", request_body = Object,
    params(("dry_run" = Option<bool>, Query)),
    responses((status = 200, body = BulkRacksJson), (status = 404), (status = 409), (status = 422)))]
#[post("/racks/bulk-change?<dry_run>", data = "<body>")]
pub(super) async fn change(
    web: &State<Web>,
    caller: Caller,
    dry_run: Option<bool>,
    body: Body,
) -> Result<Json<BulkRacksJson>, Failure> {
    caller.actor.require(Permission::EditFacility)?;
    let seen = SeenRack::all("ids", body.fields.all("ids"))?;
    let draft = RacksDraft::parse(&body.fields)?;
    let locale = caller.actor.locale;
    let is_dry = dry_run.unwrap_or(false);
    let rows: Result<Vec<RacksRow>, Fault> = if is_dry {
        web.store
            .write("racks.preview", move |c| {
                racks_change_preview(c, &caller.actor, &seen, &draft)
            })
            .await
    } else {
        web.store
            .write("racks.change", move |c| {
                racks_change(c, &caller.actor, &seen, &draft)
            })
            .await
    };
    let rows = rows?;
    let refused = rows.iter().filter(|row| row.refusal.is_some()).count();
    let racks = rows.into_iter().map(|row| json(web, locale, row));
    Ok(Json(BulkRacksJson {
        written: !is_dry,
        refused,
        racks: racks.collect(),
    }))
}
