//! `/api/v1/devices/bulk-change`.

use rocket::serde::json::Json;
use rocket::{Route, State, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::alike::{AlikeField, Difference};
use crate::base::fault::{Fault, Message};
use crate::base::locale::Locale;
use crate::identity::Permission;
use crate::inventory::{BulkDraft, BulkRow, SeenDevice, devices_change, devices_change_preview};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![change]
}

/// What a change of several devices did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkChangeJson {
    /// False for a dry run.
    written: bool,
    /// How many devices a rule refuses; always 0 when it was written.
    refused: usize,
    devices: Vec<BulkDeviceJson>,
}

/// One device of a change of several.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkDeviceJson {
    id: i64,
    name: String,
    /// Empty when all of it was so already.
    changes: Vec<BulkFieldJson>,
    /// Why it cannot be.
    errors: Vec<BulkErrorJson>,
}

/// A field before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkFieldJson {
    field: String,
    before: String,
    after: String,
}

/// What a rule says against a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkErrorJson {
    /// Empty when it concerns the whole device.
    field: String,
    detail: String,
    code: String,
}

/// Why a record cannot be changed, in the words of the caller.
pub(super) fn errors_json(
    web: &Web,
    locale: Locale,
    refusal: Option<&Fault>,
) -> Vec<BulkErrorJson> {
    let error = |field: &str, message: &Message| BulkErrorJson {
        field: field.to_owned(),
        detail: web.words.say(locale, message),
        code: message.key.to_owned(),
    };
    match refusal {
        None => Vec::new(),
        Some(fault) if fault.fields.is_empty() => vec![error("", &fault.message)],
        Some(fault) => {
            let fields = fault.fields.iter();
            fields
                .map(|fault| error(&fault.field, &fault.message))
                .collect()
        }
    }
}

/// What becomes different in a record.
pub(super) fn changes_json<F: AlikeField>(changes: Vec<Difference<F>>) -> Vec<BulkFieldJson> {
    let changes = changes.into_iter().map(|change| BulkFieldJson {
        field: change.field.name().to_owned(),
        before: change.before,
        after: change.after,
    });
    changes.collect()
}

fn json(web: &Web, locale: Locale, row: BulkRow) -> BulkDeviceJson {
    BulkDeviceJson {
        id: row.row.device.id.get(),
        name: row.row.device.name,
        errors: errors_json(web, locale, row.refusal.as_ref()),
        changes: changes_json(row.changes),
    }
}

/// Changes up to 500 devices alike, all or none: `ids` like `12-3` (device 12 as version 3 was read), `set` with the names of
/// the fields to change (`status`, `customer_id`, `device_type_id`, `warranty_until`, `protected`, `locked`, `note`, which is
/// added to the note), each with its value under its own name, and `reason`. With `dry_run=true` nothing is written and no
/// reason is needed: the answer has every device with its fields before and after, and every refusal. 409 when a rule refuses
/// one, with `errors` like `devices/12/status`, or when one changed since.
#[utoipa::path(post, path = "/api/v1/devices/bulk-change", tag = "devices", request_body = Object,
    params(("dry_run" = Option<bool>, Query)),
    responses((status = 200, body = BulkChangeJson), (status = 404), (status = 409), (status = 422)))]
#[post("/devices/bulk-change?<dry_run>", data = "<body>")]
pub(super) async fn change(
    web: &State<Web>,
    caller: Caller,
    dry_run: Option<bool>,
    body: Body,
) -> Result<Json<BulkChangeJson>, Failure> {
    caller.actor.require(Permission::EditDevices)?;
    let seen = SeenDevice::all("ids", body.fields.all("ids"))?;
    let draft = BulkDraft::parse(&body.fields)?;
    let locale = caller.actor.locale;
    let is_dry = dry_run.unwrap_or(false);
    let rows: Result<Vec<BulkRow>, Fault> = if is_dry {
        web.store
            .write("devices.preview", move |c| {
                devices_change_preview(c, &caller.actor, &seen, &draft)
            })
            .await
    } else {
        web.store
            .write("devices.change", move |c| {
                devices_change(c, &caller.actor, &seen, &draft)
            })
            .await
    };
    let rows = rows?;
    let refused = rows.iter().filter(|row| row.refusal.is_some()).count();
    let devices = rows.into_iter().map(|row| json(web, locale, row));
    Ok(Json(BulkChangeJson {
        written: !is_dry,
        refused,
        devices: devices.collect(),
    }))
}
