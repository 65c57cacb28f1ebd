//! `/api/v1/devices/{id}/bmc`: how a machine's BMC is reached, and what it says of itself.

use rocket::response::status::NoContent;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::fault::Fault;
use crate::base::ids::DeviceId;
use crate::base::machine::Controller;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::ops::{endpoint_of_device, endpoint_remove, endpoint_save, reading_of_device};
use crate::power::{BMC_TASK, BmcDraft, BmcEndpoint, MachineReading};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![show, save, remove]
}

/// A BMC and what it says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct BmcJson {
    /// `ipmi` or `redfish`.
    protocol: String,
    address: String,
    port: i64,
    username: String,
    expected_guid: Option<String>,
    /// Redfish: `pin`, the certificate first seen, or `authority`, one that an authority vouches for.
    trust: String,
    /// Redfish: SHA-256 of the pinned certificate, hexadecimal.
    certificate_sha256: Option<String>,
    /// IPMI: `user`, `operator` or `administrator`.
    privilege: String,
    /// IPMI: how the BMC looks a user up, `name` or `name_privilege`.
    lookup: String,
    /// IPMI: cipher suites in the order they are tried, `17 3`; empty for the usual ones.
    suites: String,
    /// IPMI: whether a session of IPMI 1.5, which hides nothing, is allowed where there is no 2.0.
    allow_v15: bool,
    firmware: Option<String>,
    /// `on`, `off` or `unknown`.
    power_state: String,
    /// RFC 3339.
    power_state_at: Option<String>,
    /// RFC 3339.
    last_answer_at: Option<String>,
    /// Why it refused the credential; nothing is tried until that is changed.
    credential_fault: Option<String>,
    /// How far its clock is ahead, milliseconds.
    clock_drift_ms: Option<i64>,
    /// Its own facts: address, gateway, MAC address, VLAN, users, watchdog.
    #[schema(value_type = Option<Object>)]
    controller: Option<Controller>,
    /// Send it back with a change.
    version: i64,
}

versioned!(BmcJson: version);

fn bmc_json(bmc: BmcEndpoint, reading: Option<&MachineReading>) -> BmcJson {
    BmcJson {
        protocol: bmc.protocol.to_string(),
        address: bmc.address,
        port: bmc.port,
        username: bmc.username,
        expected_guid: bmc.expected_guid,
        trust: bmc.trust.to_string(),
        certificate_sha256: bmc.certificate_sha256,
        privilege: bmc.privilege.to_string(),
        lookup: bmc.lookup.to_string(),
        suites: bmc.suites,
        allow_v15: bmc.allow_v15,
        firmware: bmc.firmware,
        power_state: bmc.power_state.to_string(),
        power_state_at: bmc.power_state_at.map(Timestamp::to_rfc3339),
        last_answer_at: bmc.last_answer_at.map(Timestamp::to_rfc3339),
        credential_fault: bmc.credential_fault,
        clock_drift_ms: reading.and_then(|row| row.log_drift_ms),
        controller: reading.and_then(MachineReading::controller_told),
        version: bmc.version,
    }
}

async fn found(web: &Web, actor: Actor, device: DeviceId) -> Result<One<BmcJson>, Failure> {
    let (bmc, reading) = web
        .store
        .read(move |c| {
            actor.require(Permission::ViewBmc)?;
            let bmc = endpoint_of_device(c, &actor, device)?;
            let bmc = bmc.ok_or_else(Fault::not_found)?;
            Ok((bmc, reading_of_device(c, &actor, device)?))
        })
        .await?;
    Ok(One(bmc_json(bmc, reading.as_ref())))
}

/// The BMC of a device, for those who care for it; its passwords are never told.
#[utoipa::path(get, path = "/api/v1/devices/{id}/bmc", tag = "power",
    responses((status = 200, body = BmcJson), (status = 404)))]
#[get("/devices/<id>/bmc")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<BmcJson>, Failure> {
    found(web, caller.actor, DeviceId::new(id)).await
}

/// Records the BMC of a device, or changes it: `{"protocol", "address", "port", "username", "password", "kg",
/// "expected_guid", "privilege", "lookup", "suites", "allow_v15", "trust"}`. A change needs the `version` that was read;
/// without a password the one on record stays. A credential that was refused is tried again after this, once.
#[utoipa::path(put, path = "/api/v1/devices/{id}/bmc", tag = "power", request_body = Object,
    responses((status = 200, body = BmcJson), (status = 404), (status = 409), (status = 422)))]
#[put("/devices/<id>/bmc", data = "<body>")]
pub(super) async fn save(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<BmcJson>, Failure> {
    let device = DeviceId::new(id);
    let there = recorded(web, &caller.actor, device).await?;
    let draft = BmcDraft::parse(&body.fields)?;
    let version = match there {
        Some(there) => Some(body.condition()?.held(there.version)?),
        // Removed meanwhile: a new one was not meant.
        None if body.names_version() => return Err(Fault::stale().into()),
        None => None,
    };
    let (actor, keyring) = (caller.actor.clone(), web.keyring.clone());
    web.store
        .write("bmc.save", move |c| {
            endpoint_save(c, &actor, &keyring, device, version, &draft)
        })
        .await?;
    web.store.wakeups().wake(BMC_TASK);
    found(web, caller.actor, device).await
}

/// Forgets the BMC of a device; what was done with it stays on record. The body has the `version` that was read.
#[utoipa::path(post, path = "/api/v1/devices/{id}/bmc/remove", tag = "power", request_body = Object,
    responses((status = 204), (status = 404), (status = 409), (status = 422)))]
#[post("/devices/<id>/bmc/remove", data = "<body>")]
pub(super) async fn remove(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<NoContent, Failure> {
    let device = DeviceId::new(id);
    let there = recorded(web, &caller.actor, device).await?;
    let there = there.ok_or_else(Fault::not_found)?;
    let (actor, version) = (caller.actor, body.condition()?.held(there.version)?);
    web.store
        .write("bmc.remove", move |c| {
            endpoint_remove(c, &actor, device, version)
        })
        .await?;
    Ok(NoContent)
}

/// What is on record of a machine that the actor may see and whose BMC they may change.
async fn recorded(
    web: &Web,
    actor: &Actor,
    device: DeviceId,
) -> Result<Option<BmcEndpoint>, Failure> {
    let actor = actor.clone();
    let there = web
        .store
        .read(move |c| {
            actor.require(Permission::EditBmc)?;
            endpoint_of_device(c, &actor, device)
        })
        .await?;
    Ok(there)
}
