//! BMC endpoints of machines.

use std::collections::HashMap;
use std::net::SocketAddr;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::machines::machine;
use super::rotation_rows::{is_rotating, rotation_settled_by_hand};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{BmcId, DeviceId};
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::model::{BmcDraft, PasswordDraft, PowerState};
use crate::power::port::PortTarget;
use crate::power::reach::{Protocol, Trust, suites_stored, suites_text};
use crate::power::rows::{BmcEndpoint, Machine};
use crate::power::state::LIVE;
use crate::store::Conn;
use crate::store::schema::{bmc_endpoints, devices, power_intents};
use crate::store::settings::{set_setting, setting};

/// What the password column is sealed for.
pub const PASSWORD_PURPOSE: &str = "bmc_endpoints.password_sealed";
/// What the K_g column is sealed for.
pub const KG_PURPOSE: &str = "bmc_endpoints.kg_sealed";

/// The endpoint of a machine on the actor's side of the wall.
pub fn endpoint_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Option<BmcEndpoint>, Fault> {
    actor.require(Permission::ViewPower)?;
    machine(c, actor, device)?;
    find(c, device)
}

/// The live machine of a name, for imports.
pub fn device_named(c: &mut Conn, name: &str) -> Result<Option<DeviceId>, Fault> {
    Ok(devices::table
        .filter(devices::name.eq(name))
        .filter(devices::archived_at.is_null())
        .select(devices::id)
        .first(c)
        .optional()?)
}

/// Failures in a row after which a person should look.
const FAILURES_TO_TELL: i64 = 3;

/// Where a BMC is, without what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointAddress {
    /// IP address.
    pub address: String,
    /// Port.
    pub port: i64,
    /// How it is spoken to.
    pub protocol: Protocol,
}

/// Where the BMCs of these devices are; for who may see BMCs.
pub fn endpoint_addresses(
    c: &mut Conn,
    actor: &Actor,
    machines: &[DeviceId],
) -> Result<HashMap<DeviceId, EndpointAddress>, Fault> {
    actor.require(Permission::ViewBmc)?;
    let rows: Vec<(DeviceId, String, i64, Protocol)> = bmc_endpoints::table
        .filter(bmc_endpoints::device_id.eq_any(machines.to_vec()))
        .select((
            bmc_endpoints::device_id,
            bmc_endpoints::address,
            bmc_endpoints::port,
            bmc_endpoints::protocol,
        ))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(device, address, port, protocol)| {
            let there = EndpointAddress {
                address,
                port,
                protocol,
            };
            (device, there)
        })
        .collect())
}

/// All endpoints of live machines with the machines' names, by name.
pub fn endpoint_list(c: &mut Conn, actor: &Actor) -> Result<Vec<(String, BmcEndpoint)>, Fault> {
    actor.require(Permission::EditBmc)?;
    Ok(bmc_endpoints::table
        .inner_join(devices::table)
        .filter(devices::archived_at.is_null())
        .order(devices::name.asc())
        .select((devices::name, BmcEndpoint::as_select()))
        .load(c)?)
}

/// Endpoints of live machines that need a person: the credential was refused, or no answer three times in a row.
pub fn endpoints_failing(
    c: &mut Conn,
    actor: &Actor,
    limit: i64,
) -> Result<Vec<(String, BmcEndpoint)>, Fault> {
    actor.require(Permission::EditBmc)?;
    Ok(bmc_endpoints::table
        .inner_join(devices::table)
        .filter(devices::archived_at.is_null())
        .filter(
            bmc_endpoints::credential_fault
                .is_not_null()
                .or(bmc_endpoints::consecutive_failures.ge(FAILURES_TO_TELL)),
        )
        .order(devices::name.asc())
        .limit(limit)
        .select((devices::name, BmcEndpoint::as_select()))
        .load(c)?)
}

pub(super) fn find(c: &mut Conn, device: DeviceId) -> Result<Option<BmcEndpoint>, Fault> {
    Ok(bmc_endpoints::table
        .filter(bmc_endpoints::device_id.eq(device))
        .select(BmcEndpoint::as_select())
        .first(c)
        .optional()?)
}

/// How the driver reaches an endpoint; opens the sealed password.
pub fn target(
    endpoint: &BmcEndpoint,
    keyring: &Keyring,
    urgent: bool,
) -> Result<PortTarget, Fault> {
    let address = endpoint.address.parse().map_err(Fault::internal)?;
    let port = u16::try_from(endpoint.port).map_err(Fault::internal)?;
    let kg = endpoint.kg_sealed.as_deref();
    Ok(PortTarget {
        protocol: endpoint.protocol,
        address: SocketAddr::new(address, port),
        user: endpoint.username.clone(),
        password: keyring.open(PASSWORD_PURPOSE, &endpoint.password_sealed)?,
        kg: kg.map(|kg| keyring.open(KG_PURPOSE, kg)).transpose()?,
        remembered_suite: endpoint.remembered_suite,
        expected_guid: endpoint.expected_guid.clone(),
        trust: endpoint.trust,
        certificate_sha256: endpoint.certificate_sha256.clone(),
        privilege: endpoint.privilege,
        lookup: endpoint.lookup,
        suites: suites_stored(&endpoint.suites),
        allow_v15: endpoint.allow_v15,
        version: endpoint.version,
        urgent,
        patient: false,
        administrator: false,
    })
}

/// Two machines behind one BMC would mean to switch the wrong one some day.
fn refuse_taken(c: &mut Conn, draft: &BmcDraft, except: Option<DeviceId>) -> Result<(), Fault> {
    let except = except.unwrap_or(DeviceId::new(-1));
    let same_address: Option<String> = bmc_endpoints::table
        .inner_join(devices::table)
        .filter(bmc_endpoints::address.eq(draft.address.to_string()))
        .filter(bmc_endpoints::port.eq(draft.port))
        .filter(bmc_endpoints::device_id.ne(except))
        .select(devices::name)
        .first(c)
        .optional()?;
    if let Some(name) = same_address {
        let message = Message::new("power-fault-address-taken").with("machine", name);
        return Err(Fault::field("address", message));
    }
    let Some(guid) = &draft.expected_guid else {
        return Ok(());
    };
    let same_guid: Option<String> = bmc_endpoints::table
        .inner_join(devices::table)
        .filter(bmc_endpoints::expected_guid.eq(guid))
        .filter(bmc_endpoints::device_id.ne(except))
        .select(devices::name)
        .first(c)
        .optional()?;
    match same_guid {
        None => Ok(()),
        Some(name) => Err(Fault::field(
            "expected_guid",
            Message::new("power-fault-guid-taken").with("machine", name),
        )),
    }
}

fn sealed(
    keyring: &Keyring,
    purpose: &str,
    draft: &PasswordDraft,
) -> Result<Option<Vec<u8>>, Fault> {
    Ok(match draft {
        PasswordDraft::Set(secret) => Some(keyring.seal(purpose, secret)?),
        PasswordDraft::Keep | PasswordDraft::Remove => None,
    })
}

/// What the audit log keeps of an endpoint: never a secret.
fn facts(draft: &BmcDraft) -> Value {
    json!({
        "protocol": draft.protocol,
        "address": draft.address.to_string(),
        "port": draft.port,
        "username": draft.username,
        "expected_guid": draft.expected_guid,
        "trust": draft.reach.trust,
        "certificate_sha256": draft.reach.certificate_sha256,
        "privilege": draft.reach.privilege,
        "lookup": draft.reach.lookup,
        "suites": draft.reach.suites,
        "allow_v15": draft.reach.allow_v15,
        "password_changed": draft.password.changes(),
        "kg_changed": draft.kg.changes(),
    })
}

fn event(action: &'static str, id: BmcId, machine: &Machine, detail: Value) -> Event {
    Event::new(action, "bmc", id.get(), &machine.name)
        .for_customer(machine.customer_id)
        .with(detail)
}

/// Records the BMC of a machine.
pub fn endpoint_create(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    device: DeviceId,
    draft: &BmcDraft,
) -> Result<BmcId, Fault> {
    actor.require(Permission::EditBmc)?;
    let machine = machine(c, actor, device)?;
    if find(c, device)?.is_some() {
        return Err(Fault::conflict(
            Message::new("power-fault-bmc-there").with("machine", machine.name),
        ));
    }
    refuse_taken(c, draft, None)?;
    let Some(password) = sealed(keyring, PASSWORD_PURPOSE, &draft.password)? else {
        return Err(Fault::field("password", Message::new("fault-required")));
    };
    let version = first_version(c, device)?;
    let id: BmcId = diesel::insert_into(bmc_endpoints::table)
        .values((
            bmc_endpoints::device_id.eq(device),
            bmc_endpoints::protocol.eq(draft.protocol),
            bmc_endpoints::address.eq(draft.address.to_string()),
            bmc_endpoints::port.eq(draft.port),
            bmc_endpoints::username.eq(&draft.username),
            bmc_endpoints::password_sealed.eq(password),
            bmc_endpoints::kg_sealed.eq(sealed(keyring, KG_PURPOSE, &draft.kg)?),
            bmc_endpoints::expected_guid.eq(&draft.expected_guid),
            bmc_endpoints::trust.eq(draft.reach.trust),
            bmc_endpoints::certificate_sha256.eq(&draft.reach.certificate_sha256),
            bmc_endpoints::privilege.eq(draft.reach.privilege),
            bmc_endpoints::lookup.eq(draft.reach.lookup),
            bmc_endpoints::suites.eq(suites_text(&draft.reach.suites)),
            bmc_endpoints::allow_v15.eq(draft.reach.allow_v15),
            bmc_endpoints::power_state.eq(PowerState::Unknown),
            bmc_endpoints::version.eq(version),
            bmc_endpoints::next_poll_at.eq(actor.now),
            bmc_endpoints::created_at.eq(actor.now),
            bmc_endpoints::updated_at.eq(actor.now),
        ))
        .returning(bmc_endpoints::id)
        .get_result(c)?;
    let event = event("bmc.create", id, &machine, json!({"after": facts(draft)}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes the BMC of a machine; `version` is the one that was read. A changed credential, also the same one typed
/// again, lifts the stop after a refused one.
pub fn endpoint_update(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    device: DeviceId,
    version: i64,
    draft: &BmcDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditBmc)?;
    let machine = machine(c, actor, device)?;
    let before = find(c, device)?.ok_or_else(Fault::not_found)?;
    refuse_taken(c, draft, Some(device))?;
    refuse_while_live(c, &machine)?;
    let moved = before.address != draft.address.to_string()
        || before.port != draft.port
        || before.protocol != draft.protocol;
    // The certificate of one place says nothing about that of another.
    let kept = before.certificate_sha256.clone().filter(|_| !moved);
    let certificate = draft.reach.certificate_sha256.clone().or(kept);
    let certificate_changes = certificate != before.certificate_sha256;
    let credential = draft.password.changes()
        || draft.kg.changes()
        || before.username != draft.username
        || moved;
    let password =
        sealed(keyring, PASSWORD_PURPOSE, &draft.password)?.unwrap_or(before.password_sealed);
    let kg = match draft.kg {
        PasswordDraft::Keep => before.kg_sealed,
        _ => sealed(keyring, KG_PURPOSE, &draft.kg)?,
    };
    let row = bmc_endpoints::table
        .find(before.id)
        .filter(bmc_endpoints::version.eq(version));
    let changed = diesel::update(row)
        .set((
            bmc_endpoints::protocol.eq(draft.protocol),
            bmc_endpoints::address.eq(draft.address.to_string()),
            bmc_endpoints::port.eq(draft.port),
            bmc_endpoints::username.eq(&draft.username),
            bmc_endpoints::password_sealed.eq(password),
            bmc_endpoints::kg_sealed.eq(kg),
            bmc_endpoints::expected_guid.eq(&draft.expected_guid),
            bmc_endpoints::trust.eq(draft.reach.trust),
            bmc_endpoints::certificate_sha256.eq(certificate),
            bmc_endpoints::privilege.eq(draft.reach.privilege),
            bmc_endpoints::lookup.eq(draft.reach.lookup),
            bmc_endpoints::suites.eq(suites_text(&draft.reach.suites)),
            bmc_endpoints::allow_v15.eq(draft.reach.allow_v15),
            bmc_endpoints::next_poll_at.eq(actor.now),
            bmc_endpoints::version.eq(bmc_endpoints::version + 1),
            bmc_endpoints::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    if credential {
        lift_stop(c, before.id)?;
        rotation_settled_by_hand(c, device, &actor.name, actor.now)?;
    }
    if moved || certificate_changes || before.trust != draft.reach.trust {
        forget_refused_certificate(c, before.id)?;
    }
    if moved || before.expected_guid != draft.expected_guid {
        forget_answers(c, before.id)?;
    }
    let before = json!({
        "protocol": before.protocol, "address": before.address, "port": before.port,
        "username": before.username, "expected_guid": before.expected_guid,
        "trust": before.trust, "certificate_sha256": before.certificate_sha256,
        "privilege": before.privilege, "lookup": before.lookup, "suites": suites_stored(&before.suites),
        "allow_v15": before.allow_v15,
    });
    let detail = json!({"before": before, "after": facts(draft)});
    let id = find(c, device)?.ok_or_else(Fault::not_found)?.id;
    audit::record(
        c,
        &actor.author(),
        actor.now,
        event("bmc.update", id, &machine, detail),
    )
}

fn forget_refused_certificate(c: &mut Conn, id: BmcId) -> Result<(), Fault> {
    diesel::update(bmc_endpoints::table.find(id))
        .set(bmc_endpoints::certificate_refused.eq(None::<String>))
        .execute(c)?;
    Ok(())
}

/// Trusts from now on the certificate that was shown and refused. `shown` is the fingerprint that the person saw: when
/// the BMC has shown a third one since, nothing is changed.
pub fn certificate_trust(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    shown: &str,
) -> Result<(), Fault> {
    actor.require(Permission::EditBmc)?;
    let machine = machine(c, actor, device)?;
    let endpoint = find(c, device)?.ok_or_else(Fault::not_found)?;
    if endpoint.trust != Trust::Pin || endpoint.certificate_refused.as_deref() != Some(shown) {
        return Err(Fault::stale());
    }
    let row = bmc_endpoints::table
        .find(endpoint.id)
        .filter(bmc_endpoints::version.eq(endpoint.version));
    let changed = diesel::update(row)
        .set((
            bmc_endpoints::certificate_sha256.eq(shown),
            bmc_endpoints::certificate_refused.eq(None::<String>),
            bmc_endpoints::last_error.eq(None::<String>),
            bmc_endpoints::last_error_at.eq(None::<Timestamp>),
            bmc_endpoints::next_poll_at.eq(actor.now),
            bmc_endpoints::version.eq(bmc_endpoints::version + 1),
            bmc_endpoints::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let detail = json!({
        "before": {"certificate_sha256": endpoint.certificate_sha256},
        "after": {"certificate_sha256": shown},
    });
    let event = event("bmc.certificate", endpoint.id, &machine, detail);
    audit::record(c, &actor.author(), actor.now, event)
}

fn lift_stop(c: &mut Conn, id: BmcId) -> Result<(), Fault> {
    diesel::update(bmc_endpoints::table.find(id))
        .set((
            bmc_endpoints::credential_fault.eq(None::<String>),
            bmc_endpoints::credential_fault_at.eq(None::<Timestamp>),
            bmc_endpoints::last_error.eq(None::<String>),
            bmc_endpoints::last_error_at.eq(None::<Timestamp>),
            bmc_endpoints::consecutive_failures.eq(0),
        ))
        .execute(c)?;
    Ok(())
}

/// What another BMC said says nothing about this one.
fn forget_answers(c: &mut Conn, id: BmcId) -> Result<(), Fault> {
    diesel::update(bmc_endpoints::table.find(id))
        .set((
            bmc_endpoints::power_state.eq(PowerState::Unknown),
            bmc_endpoints::power_state_at.eq(None::<Timestamp>),
            bmc_endpoints::last_answer_at.eq(None::<Timestamp>),
            bmc_endpoints::remembered_suite.eq(None::<i64>),
            bmc_endpoints::manufacturer_id.eq(None::<i64>),
            bmc_endpoints::product_id.eq(None::<i64>),
            bmc_endpoints::firmware.eq(None::<String>),
        ))
        .execute(c)?;
    Ok(())
}

pub(super) fn refuse_while_live(c: &mut Conn, machine: &Machine) -> Result<(), Fault> {
    let live: i64 = power_intents::table
        .filter(power_intents::device_id.eq(machine.id))
        .filter(power_intents::state.eq_any(LIVE))
        .count()
        .get_result(c)?;
    if is_rotating(c, machine.id)? {
        return Err(Fault::conflict(
            Message::new("rotation-refuse-live").with("machine", machine.name.as_str()),
        ));
    }
    if live > 0 {
        return Err(Fault::conflict(
            Message::new("power-fault-bmc-in-use").with("machine", machine.name.as_str()),
        ));
    }
    Ok(())
}

/// Records the BMC of a machine, or with a `version` changes the one that was read.
pub fn endpoint_save(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    device: DeviceId,
    version: Option<i64>,
    draft: &BmcDraft,
) -> Result<(), Fault> {
    match version {
        Some(version) => endpoint_update(c, actor, keyring, device, version, draft),
        None => endpoint_create(c, actor, keyring, device, draft).map(drop),
    }
}

/// Name of the setting with the last version of a machine's BMC that was removed.
fn last_version_name(device: DeviceId) -> String {
    format!("bmc.last_version.{device}")
}

/// The version of a new BMC: one that no BMC of this machine had, so that what is meant for an earlier one never changes it.
fn first_version(c: &mut Conn, device: DeviceId) -> Result<i64, Fault> {
    let last = setting(c, &last_version_name(device))?;
    let last: i64 = last.and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(last.saturating_add(1))
}

/// Forgets the BMC of a machine; its intents stay on record.
pub fn endpoint_remove(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    version: i64,
) -> Result<(), Fault> {
    actor.require(Permission::EditBmc)?;
    let machine = machine(c, actor, device)?;
    let endpoint = find(c, device)?.ok_or_else(Fault::not_found)?;
    refuse_while_live(c, &machine)?;
    let row = bmc_endpoints::table
        .find(endpoint.id)
        .filter(bmc_endpoints::version.eq(version));
    if diesel::delete(row).execute(c)? != 1 {
        return Err(Fault::stale());
    }
    let (name, last) = (last_version_name(device), endpoint.version.to_string());
    set_setting(c, &name, &last, actor.now)?;
    let detail = json!({"before": {
        "address": endpoint.address, "port": endpoint.port, "username": endpoint.username,
    }});
    let event = event("bmc.remove", endpoint.id, &machine, detail);
    audit::record(c, &actor.author(), actor.now, event)
}
