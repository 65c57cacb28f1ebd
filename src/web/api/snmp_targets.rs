//! `/api/v1/targets`: devices that are polled, and as whom they are asked; for staff. Their passwords are never told.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, SnmpTargetId};
use crate::base::number::required_whole;
use crate::identity::Permission;
use crate::metering::{
    NamedTarget, POLLER, TargetDraft, target_by_id, target_create, target_list, target_update,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update]
}

/// A device that is polled over SNMP.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetJson {
    id: i64,
    device_id: i64,
    device: String,
    address: String,
    port: i64,
    /// `v2c` or `v3`.
    snmp_version: String,
    v3_user: String,
    v3_auth_protocol: String,
    v3_privacy_protocol: String,
    v3_context: String,
    /// Seconds from one poll to the next.
    interval_s: i64,
    /// The name its ports are known by.
    port_identity: String,
    /// Whether it is polled.
    enabled: bool,
    /// How it fares.
    state: String,
    /// RFC 3339.
    last_good_at: Option<String>,
    /// RFC 3339.
    last_attempt_at: Option<String>,
    /// RFC 3339.
    next_poll_at: String,
    failures: i64,
    /// Send it back with a change.
    version: i64,
}

versioned!(TargetJson: version);

impl From<NamedTarget> for TargetJson {
    fn from(row: NamedTarget) -> Self {
        let target = row.target;
        Self {
            id: target.id.get(),
            device_id: target.device_id.get(),
            device: row.device,
            state: target.state().to_string(),
            port: target.port,
            snmp_version: target.snmp_version.to_string(),
            interval_s: target.interval_s,
            port_identity: target.port_identity.to_string(),
            enabled: target.enabled,
            last_good_at: target.last_good_at.map(|at| at.to_rfc3339()),
            last_attempt_at: target.last_attempt_at.map(|at| at.to_rfc3339()),
            next_poll_at: target.next_poll_at.to_rfc3339(),
            failures: target.consecutive_failures,
            version: target.version,
            address: target.address,
            v3_user: target.v3_user,
            v3_auth_protocol: target.v3_auth_protocol,
            v3_privacy_protocol: target.v3_privacy_protocol,
            v3_context: target.v3_context,
        }
    }
}

/// Polled devices by name.
#[utoipa::path(get, path = "/api/v1/targets", tag = "targets", params(ApiQuery),
    responses((status = 200, body = Listing<TargetJson>)))]
#[get("/targets?<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
) -> Result<Json<Listing<TargetJson>>, Failure> {
    let (text, page) = (query.text(), query.page());
    let found = web
        .store
        .read(move |c| target_list(c, &caller.actor, &text, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One polled device.
#[utoipa::path(get, path = "/api/v1/targets/{id}", tag = "targets",
    responses((status = 200, body = TargetJson), (status = 404)))]
#[get("/targets/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<TargetJson>, Failure> {
    let found = web
        .store
        .read(move |c| target_by_id(c, &caller.actor, SnmpTargetId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// What a new target is when nobody says otherwise. `version` is the record's here, so the protocol's is `snmp_version`.
const USUAL: [(&str, &str); 2] = [("snmp_version", "v2c"), ("enabled", "yes")];

/// Reads a target that is new.
fn new_draft(body: &Body) -> Result<TargetDraft, Fault> {
    let mut fields: Fields = body.fields.clone();
    for (name, usual) in USUAL {
        if !fields.has(name) {
            fields.set(name, usual);
        }
    }
    TargetDraft::parse(&fields)
}

/// Reads a change: what is there must not become something else because it was left out.
fn changed_draft(body: &Body) -> Result<TargetDraft, Fault> {
    let missing = USUAL.iter().filter(|(name, _)| !body.fields.has(name));
    let faults: Vec<FieldFault> = missing
        .map(|(name, _)| FieldFault::new(*name, Message::new("fault-required")))
        .collect();
    if faults.is_empty() {
        TargetDraft::parse(&body.fields)
    } else {
        Err(Fault::invalid(faults))
    }
}

/// Has a device polled: `device_id`, `address`, `port`, `snmp_version` (`v2c` or `v3`), `community`, `v3_user`,
/// `v3_auth_protocol`, `v3_auth_password`, `v3_privacy_protocol`, `v3_privacy_password`, `v3_context`, `interval_s`,
/// `port_identity`, `enabled` (yes when missing).
#[utoipa::path(post, path = "/api/v1/targets", tag = "targets", request_body = Object,
    responses((status = 201, body = TargetJson), (status = 422)))]
#[post("/targets", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<One<TargetJson>>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let draft = new_draft(&body)?;
    let device = required_whole("device_id", body.fields.get("device_id"), 1, i64::MAX);
    let device = DeviceId::new(device.map_err(Fault::from)?);
    let keyring = web.keyring.clone();
    let made = web
        .store
        .write("target.create", move |c| {
            let id = target_create(c, &caller.actor, &keyring, device, &draft)?;
            target_by_id(c, &caller.actor, id)
        })
        .await?;
    web.store.wakeups().wake(POLLER);
    Ok(status::Custom(Status::Created, One(made.into())))
}

/// Changes how a device is polled; the body has all fields and the `version` that was read. Without a password or a community the one
/// on record stays. A target is taken out of use with `enabled` no: what was measured stays.
#[utoipa::path(put, path = "/api/v1/targets/{id}", tag = "targets", request_body = Object,
    responses((status = 200, body = TargetJson), (status = 404), (status = 409), (status = 422)))]
#[put("/targets/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<TargetJson>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let (draft, version) = (changed_draft(&body)?, body.condition()?);
    let (id, keyring) = (SnmpTargetId::new(id), web.keyring.clone());
    let changed = web
        .store
        .write("target.update", move |c| {
            let there = target_by_id(c, &caller.actor, id)?.target;
            let version = version.held(there.version)?;
            target_update(c, &caller.actor, &keyring, id, version, &draft)?;
            target_by_id(c, &caller.actor, id)
        })
        .await?;
    web.store.wakeups().wake(POLLER);
    Ok(One(changed.into()))
}
