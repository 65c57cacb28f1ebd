//! What is done with targets.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::discovered::discovery_change;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::contains_pattern;
use crate::base::ids::{DeviceId, SnmpTargetId};
use crate::base::page::{Page, PageRequest};
use crate::base::seal::Keyring;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::metering::model::{SnmpVersion, TargetDraft};
use crate::metering::rows::{Target, TargetColumns};
use crate::store::Conn;
use crate::store::schema::{devices, snmp_targets};

/// Purpose of the sealed community.
pub const COMMUNITY: &str = "snmp_targets.community_sealed";
/// Purpose of the sealed authentication password.
pub const AUTH: &str = "snmp_targets.v3_auth_sealed";
/// Purpose of the sealed privacy password.
pub const PRIVACY: &str = "snmp_targets.v3_privacy_sealed";

/// A target with the name of its device.
#[derive(Debug, Clone)]
pub struct NamedTarget {
    /// The target.
    pub target: Target,
    /// Name of its device.
    pub device: String,
}

/// Targets exist for the operator only.
fn require(actor: &Actor, permission: Permission) -> Result<(), Fault> {
    if actor.wall().customer().is_some() {
        return Err(Fault::not_found());
    }
    actor.require(permission)
}

/// Targets by the name of their device, a page of them.
pub fn target_list(
    c: &mut Conn,
    actor: &Actor,
    query: &str,
    page: &PageRequest,
) -> Result<Page<NamedTarget>, Fault> {
    require(actor, Permission::ViewNetwork)?;
    let mut found = snmp_targets::table.inner_join(devices::table).into_boxed();
    if !query.is_empty() {
        let pattern = contains_pattern(query);
        found = found.filter(
            devices::search_folded
                .like(pattern.clone())
                .escape('\\')
                .or(snmp_targets::address.like(pattern).escape('\\')),
        );
    }
    // There are as many targets as switches, thousands at most: cutting in memory keeps both engines alike.
    let mut all: Vec<NamedTarget> = found
        .select((Target::as_select(), devices::name))
        .load::<(Target, String)>(c)?
        .into_iter()
        .map(|(target, device)| NamedTarget { target, device })
        .collect();
    all.sort_by(|a, b| a.device.cmp(&b.device));
    Ok(Page::cut(all, page, |row| row.device.clone()))
}

/// Where an agent is, without what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetAddress {
    /// IP address.
    pub address: String,
    /// UDP port.
    pub port: i64,
    /// Version of the protocol.
    pub version: SnmpVersion,
    /// Whether it is polled.
    pub is_enabled: bool,
}

/// Where the agents of these devices are; for staff.
pub fn target_addresses(
    c: &mut Conn,
    actor: &Actor,
    devices: &[DeviceId],
) -> Result<HashMap<DeviceId, TargetAddress>, Fault> {
    require(actor, Permission::ViewNetwork)?;
    let rows: Vec<(DeviceId, String, i64, SnmpVersion, bool)> = snmp_targets::table
        .filter(snmp_targets::device_id.eq_any(devices.to_vec()))
        .select((
            snmp_targets::device_id,
            snmp_targets::address,
            snmp_targets::port,
            snmp_targets::snmp_version,
            snmp_targets::enabled,
        ))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(device, address, port, version, is_enabled)| {
            let there = TargetAddress {
                address,
                port,
                version,
                is_enabled,
            };
            (device, there)
        })
        .collect())
}

/// Targets whose last polls failed, by the name of their device.
pub fn targets_failing(c: &mut Conn, actor: &Actor, limit: i64) -> Result<Vec<NamedTarget>, Fault> {
    require(actor, Permission::ViewNetwork)?;
    let rows: Vec<(Target, String)> = snmp_targets::table
        .inner_join(devices::table)
        .filter(snmp_targets::enabled.eq(true))
        .filter(snmp_targets::consecutive_failures.gt(0))
        .order(devices::name.asc())
        .limit(limit)
        .select((Target::as_select(), devices::name))
        .load(c)?;
    let named = rows.into_iter();
    Ok(named
        .map(|(target, device)| NamedTarget { target, device })
        .collect())
}

/// One target.
pub fn target_by_id(c: &mut Conn, actor: &Actor, id: SnmpTargetId) -> Result<NamedTarget, Fault> {
    require(actor, Permission::ViewNetwork)?;
    snmp_targets::table
        .inner_join(devices::table)
        .filter(snmp_targets::id.eq(id))
        .select((Target::as_select(), devices::name))
        .first::<(Target, String)>(c)
        .optional()?
        .map(|(target, device)| NamedTarget { target, device })
        .ok_or_else(Fault::not_found)
}

/// The target of a device, for other rooms' pages.
pub fn target_of_device(c: &mut Conn, device: DeviceId) -> Result<Option<Target>, Fault> {
    Ok(snmp_targets::table
        .filter(snmp_targets::device_id.eq(device))
        .select(Target::as_select())
        .first(c)
        .optional()?)
}

/// The targets of devices, for those who look at many at once.
pub(super) fn targets_of_devices(
    c: &mut Conn,
    devices: &[DeviceId],
) -> Result<HashMap<DeviceId, Target>, Fault> {
    let found: Vec<Target> = snmp_targets::table
        .filter(snmp_targets::device_id.eq_any(devices.to_vec()))
        .select(Target::as_select())
        .load(c)?;
    Ok(found
        .into_iter()
        .map(|target| (target.device_id, target))
        .collect())
}

/// The device of a target, for tasks.
pub fn device_of_target(c: &mut Conn, id: SnmpTargetId) -> Result<Option<DeviceId>, Fault> {
    Ok(snmp_targets::table
        .find(id)
        .select(snmp_targets::device_id)
        .first(c)
        .optional()?)
}

/// Targets that are polled, for tasks.
pub fn targets_polled(c: &mut Conn) -> Result<Vec<Target>, Fault> {
    Ok(snmp_targets::table
        .filter(snmp_targets::enabled.eq(true))
        .order(snmp_targets::id.asc())
        .select(Target::as_select())
        .load(c)?)
}

/// How many targets there are and when one was last edited: a new pair means that something changed.
pub fn targets_changed(c: &mut Conn) -> Result<(i64, Option<Timestamp>), Fault> {
    Ok(snmp_targets::table
        .select((
            diesel::dsl::count_star(),
            diesel::dsl::max(snmp_targets::updated_at),
        ))
        .first(c)?)
}

/// Live devices that have no target yet: id and name, for a form.
pub fn devices_without_target(
    c: &mut Conn,
    actor: &Actor,
) -> Result<Vec<(DeviceId, String)>, Fault> {
    require(actor, Permission::EditNetwork)?;
    Ok(devices::table
        .left_join(snmp_targets::table)
        .filter(snmp_targets::id.nullable().is_null())
        .filter(devices::archived_at.is_null())
        .order(devices::name.asc())
        .select((devices::id, devices::name))
        .load(c)?)
}

/// The live device of a name.
pub fn device_by_name(c: &mut Conn, name: &str) -> Result<Option<DeviceId>, Fault> {
    Ok(devices::table
        .filter(devices::name.eq(name.trim()))
        .filter(devices::archived_at.is_null())
        .select(devices::id)
        .first(c)
        .optional()?)
}

/// What was typed as columns: secrets sealed; those left empty stay as they are; what the version has no use for goes.
fn columns(
    draft: &TargetDraft,
    there: Option<&Target>,
    keyring: &Keyring,
) -> Result<TargetColumns, Fault> {
    let v3 = draft.version == SnmpVersion::V3;
    let (auth, privacy) = (draft.auth.filter(|_| v3), draft.privacy.filter(|_| v3));
    let text = |text: &str| if v3 { text.to_owned() } else { String::new() };
    let secrets = &draft.secrets;
    let was = |pick: fn(&Target) -> &Option<Vec<u8>>| there.and_then(|there| pick(there).clone());
    let community = Kept {
        wanted: !v3,
        field: "community",
        typed: &secrets.community,
        was: was(|t| &t.community_sealed),
        purpose: COMMUNITY,
    };
    let auth_password = Kept {
        wanted: auth.is_some(),
        field: "v3_auth_password",
        typed: &secrets.auth,
        was: was(|t| &t.v3_auth_sealed),
        purpose: AUTH,
    };
    let privacy_password = Kept {
        wanted: privacy.is_some(),
        field: "v3_privacy_password",
        typed: &secrets.privacy,
        was: was(|t| &t.v3_privacy_sealed),
        purpose: PRIVACY,
    };
    Ok(TargetColumns {
        address: draft.address.to_string(),
        port: i64::from(draft.port),
        snmp_version: draft.version,
        community_sealed: community.sealed(keyring)?,
        v3_user: text(&draft.v3_user),
        v3_auth_protocol: auth.map_or("", |auth| auth.as_str()).to_owned(),
        v3_auth_sealed: auth_password.sealed(keyring)?,
        v3_privacy_protocol: privacy.map_or("", |privacy| privacy.as_str()).to_owned(),
        v3_privacy_sealed: privacy_password.sealed(keyring)?,
        v3_context: text(&draft.context),
        interval_s: draft.interval_s,
        port_identity: draft.identity,
        enabled: draft.enabled,
    })
}

/// A secret that was typed, or that stays.
struct Kept<'a> {
    wanted: bool,
    field: &'static str,
    typed: &'a Secret,
    was: Option<Vec<u8>>,
    purpose: &'static str,
}

impl Kept<'_> {
    fn sealed(self, keyring: &Keyring) -> Result<Option<Vec<u8>>, Fault> {
        match (self.wanted, self.typed.is_empty(), self.was) {
            (false, ..) => Ok(None),
            (true, false, _) => Ok(Some(keyring.seal(self.purpose, self.typed)?)),
            (true, true, Some(was)) => Ok(Some(was)),
            (true, true, None) => Err(Fault::field(self.field, Message::new("fault-required"))),
        }
    }
}

/// Adds the target of a device.
pub fn target_create(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    device: DeviceId,
    draft: &TargetDraft,
) -> Result<SnmpTargetId, Fault> {
    require(actor, Permission::EditNetwork)?;
    let name: String = devices::table
        .find(device)
        .filter(devices::archived_at.is_null())
        .select(devices::name)
        .first(c)
        .optional()?
        .ok_or_else(|| Fault::field("device", Message::new("fault-target-device")))?;
    if target_of_device(c, device)?.is_some() {
        return Err(Fault::field(
            "device",
            Message::new("fault-target-there").with("device", name),
        ));
    }
    let columns = columns(draft, None, keyring)?;
    let id: SnmpTargetId = diesel::insert_into(snmp_targets::table)
        .values((
            snmp_targets::device_id.eq(device),
            columns,
            snmp_targets::next_poll_at.eq(actor.now),
            snmp_targets::created_at.eq(actor.now),
            snmp_targets::updated_at.eq(actor.now),
        ))
        .returning(snmp_targets::id)
        .get_result(c)?;
    let event = Event::new("target.create", "snmp_target", id.get(), name)
        .with(json!({"after": told(draft)}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a target; `version` is the one that was read. It is polled anew at once.
pub fn target_update(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    id: SnmpTargetId,
    version: i64,
    draft: &TargetDraft,
) -> Result<(), Fault> {
    require(actor, Permission::EditNetwork)?;
    let there = target_by_id(c, actor, id)?;
    let columns = columns(draft, Some(&there.target), keyring)?;
    let changed = diesel::update(
        snmp_targets::table
            .find(id)
            .filter(snmp_targets::version.eq(version)),
    )
    .set((
        columns,
        snmp_targets::next_poll_at.eq(actor.now),
        snmp_targets::consecutive_failures.eq(0),
        snmp_targets::last_error.eq(None::<String>),
        snmp_targets::names_read_at.eq(None::<Timestamp>),
        snmp_targets::version.eq(snmp_targets::version + 1),
        snmp_targets::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    discovery_change(c, id, |row| row.asked_at = Some(actor.now))?;
    let secrets = &draft.secrets;
    let replaced: Vec<&str> = [
        ("community", &secrets.community),
        ("v3_auth_password", &secrets.auth),
        ("v3_privacy_password", &secrets.privacy),
    ]
    .into_iter()
    .filter(|(_, secret)| !secret.is_empty())
    .map(|(name, _)| name)
    .collect();
    let before = &there.target;
    let event = Event::new("target.update", "snmp_target", id.get(), there.device).with(json!({
        "before": {"address": before.address, "port": before.port, "version": before.snmp_version, "v3_user": before.v3_user,
            "interval_s": before.interval_s, "port_identity": before.port_identity, "enabled": before.enabled},
        "after": told(draft),
        "secrets_replaced": replaced,
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Wants a target polled at once, whatever its back-off says. Wake the poller after the commit.
pub fn target_poll_now(c: &mut Conn, actor: &Actor, id: SnmpTargetId) -> Result<(), Fault> {
    require(actor, Permission::EditNetwork)?;
    let there = target_by_id(c, actor, id)?;
    if !there.target.enabled {
        return Err(Fault::conflict(Message::new("fault-target-disabled")));
    }
    diesel::update(snmp_targets::table.find(id))
        .set((
            snmp_targets::next_poll_at.eq(actor.now),
            snmp_targets::names_read_at.eq(None::<Timestamp>),
        ))
        .execute(c)?;
    discovery_change(c, id, |row| row.asked_at = Some(actor.now))?;
    let event = Event::new("target.poll_now", "snmp_target", id.get(), there.device);
    audit::record(c, &actor.author(), actor.now, event)
}

fn told(draft: &TargetDraft) -> serde_json::Value {
    json!({"address": draft.address.to_string(), "port": draft.port, "version": draft.version, "v3_user": draft.v3_user,
        "interval_s": draft.interval_s, "port_identity": draft.identity, "enabled": draft.enabled})
}
