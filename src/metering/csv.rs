//! Targets, allocations and port links as CSV; the same columns both ways, secrets only inwards.

use chrono_tz::Tz;

use super::model::{AllocationDraft, AllocationFilter, LinkDates, TargetDraft};
use super::ops::allocations::{
    NamedAllocation, allocation_archive, allocation_by_name, allocation_create, allocation_is,
    allocation_links, allocation_list, allocation_port_add, allocation_port_end, allocation_update,
};
use super::ops::ports::{port_by_name, port_expected};
use super::ops::targets::{
    AUTH, COMMUNITY, PRIVACY, device_by_name, target_create, target_list, target_of_device,
    target_update,
};
use super::rows::{Allocation, Target};
use crate::base::change::Change;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceId};
use crate::base::page::every_page;
use crate::base::seal::Keyring;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::store::Conn;
use crate::tenancy::customer_by_code;

/// Columns of the kind `snmp-targets`; keyed by `device`.
pub const TARGET_COLUMNS: &[&str] = &[
    "device",
    "address",
    "port",
    "version",
    "community",
    "v3_user",
    "v3_auth_protocol",
    "v3_auth_password",
    "v3_privacy_protocol",
    "v3_privacy_password",
    "v3_context",
    "interval_s",
    "port_identity",
    "enabled",
];

/// Columns of the kind `allocations`; keyed by `customer` and `name`.
pub const ALLOCATION_COLUMNS: &[&str] = &[
    "customer",
    "name",
    "committed_mbps",
    "burst_mbps",
    "direction_rule",
    "gap_rule",
    "billing_day",
    "time_zone",
    "active_from",
    "active_until",
    "note",
];

/// Columns of the kind `allocation-ports`; keyed by all but `until`.
pub const LINK_COLUMNS: &[&str] = &["customer", "allocation", "device", "port", "from", "until"];

fn device(c: &mut Conn, row: &Fields) -> Result<DeviceId, Fault> {
    let name = row.get("device");
    device_by_name(c, name)?.ok_or_else(|| {
        Fault::field(
            "device",
            Message::new("fault-target-no-device").with("name", name),
        )
    })
}

fn customer(c: &mut Conn, row: &Fields) -> Result<CustomerId, Fault> {
    let code = row.get("customer");
    let found = customer_by_code(c, code)?.filter(|customer| customer.archived_at.is_none());
    found.map(|customer| customer.id).ok_or_else(|| {
        Fault::field(
            "customer",
            Message::new("fault-no-such-customer").with("code", code),
        )
    })
}

/// Creates or updates a target from a row. Secrets left empty stay as they are.
pub fn target_import(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    row: &Fields,
) -> Result<Change, Fault> {
    let mut row = row.clone();
    if row.get("enabled").trim().is_empty() {
        row.set("enabled", "yes");
    }
    let draft = TargetDraft::parse(&row)?;
    let device = device(c, &row)?;
    let Some(there) = target_of_device(c, device)? else {
        target_create(c, actor, keyring, device, &draft)?;
        return Ok(Change::Created);
    };
    if target_is(&there, &draft, keyring)? {
        return Ok(Change::Unchanged);
    }
    target_update(c, actor, keyring, there.id, there.version, &draft)?;
    Ok(Change::Updated)
}

/// Whether a target is just as a draft says, with its secrets.
fn target_is(there: &Target, draft: &TargetDraft, keyring: &Keyring) -> Result<bool, Fault> {
    let same = |typed: &Secret, sealed: &Option<Vec<u8>>, purpose: &str| -> Result<bool, Fault> {
        match sealed {
            Some(sealed) if !typed.is_empty() => {
                Ok(keyring.open(purpose, sealed)?.expose() == typed.expose())
            }
            // What this version has no use for is not compared; what is needed and missing is the update's to refuse.
            _ => Ok(true),
        }
    };
    let secrets = &draft.secrets;
    Ok(there.address == draft.address.to_string()
        && there.port == i64::from(draft.port)
        && there.snmp_version == draft.version
        && there.v3_user == draft.v3_user
        && there.auth() == draft.auth
        && there.privacy() == draft.privacy
        && there.v3_context == draft.context
        && there.interval_s == draft.interval_s
        && there.port_identity == draft.identity
        && there.enabled == draft.enabled
        && same(&secrets.community, &there.community_sealed, COMMUNITY)?
        && same(&secrets.auth, &there.v3_auth_sealed, AUTH)?
        && same(&secrets.privacy, &there.v3_privacy_sealed, PRIVACY)?)
}

/// All targets as rows; their secrets stay here.
pub fn target_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let mut rows = Vec::new();
    every_page(|page| {
        let part = target_list(c, actor, "", page)?;
        rows.extend(part.rows.into_iter().map(|row| {
            let target = row.target;
            vec![
                row.device,
                target.address,
                target.port.to_string(),
                target.snmp_version.to_string(),
                String::new(),
                target.v3_user,
                target.v3_auth_protocol,
                String::new(),
                target.v3_privacy_protocol,
                String::new(),
                target.v3_context,
                target.interval_s.to_string(),
                target.port_identity.to_string(),
                if target.enabled { "yes" } else { "no" }.to_owned(),
            ]
        }));
        Ok(part.next)
    })?;
    Ok(rows)
}

/// Creates or updates an allocation from a row.
pub fn allocation_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let draft = AllocationDraft::parse(row)?;
    let customer = customer(c, row)?;
    let Some(there) = allocation_by_name(c, customer, &draft.name)? else {
        allocation_create(c, actor, customer, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        allocation_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if allocation_is(&there, &draft) {
        return Ok(Change::Unchanged);
    }
    allocation_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

fn every_allocation(
    c: &mut Conn,
    actor: &Actor,
    filter: &AllocationFilter,
) -> Result<Vec<NamedAllocation>, Fault> {
    let mut allocations = Vec::new();
    every_page(|page| {
        let part = allocation_list(c, actor, filter, page)?;
        allocations.extend(part.rows);
        Ok(part.next)
    })?;
    Ok(allocations)
}

/// All allocations that a filter lets through as rows.
pub fn allocation_export(
    c: &mut Conn,
    actor: &Actor,
    filter: &AllocationFilter,
) -> Result<Vec<Vec<String>>, Fault> {
    let walled = actor.wall().customer().is_some();
    let rows = every_allocation(c, actor, filter)?.into_iter().map(|row| {
        let zone = row.allocation.zone();
        let allocation = row.allocation;
        vec![
            row.customer_code,
            allocation.name,
            allocation.committed_bps.to_mbps_text(),
            allocation
                .burst_bps
                .map(|burst| burst.to_mbps_text())
                .unwrap_or_default(),
            allocation.direction_rule.to_string(),
            allocation.gap_rule.to_string(),
            allocation.billing_day.to_string(),
            allocation.time_zone,
            date_text(Some(allocation.active_from), zone),
            date_text(allocation.active_until, zone),
            if walled {
                String::new()
            } else {
                allocation.note
            },
        ]
    });
    Ok(rows.collect())
}

/// `2026-11-22`, or with the time of day where it is not midnight.
pub fn date_text(at: Option<Timestamp>, zone: Tz) -> String {
    let Some(at) = at else {
        return String::new();
    };
    let minute = at.local_minute(zone);
    minute
        .strip_suffix(" 00:00")
        .map(str::to_owned)
        .unwrap_or(minute)
}

/// Creates a port link from a row, or moves its end. A port that is not there yet is expected from then on.
pub fn link_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let customer = customer(c, row)?;
    let name = row.get("allocation");
    let allocation: Allocation = allocation_by_name(c, customer, name)?
        .filter(|allocation| allocation.archived_at.is_none())
        .ok_or_else(|| {
            Fault::field(
                "allocation",
                Message::new("fault-no-such-allocation").with("name", name),
            )
        })?;
    let dates = LinkDates::parse(row, allocation.zone())?;
    let device = device(c, row)?;
    let port = crate::base::text::required_line("port", row.get("port"), 200)?;
    let there = match port_by_name(c, device, &port)? {
        None => None,
        Some(port) => allocation_links(c, allocation.id)?
            .into_iter()
            .find(|link| link.link.port_id == port.id && link.link.from_at == dates.from),
    };
    match there {
        Some(link) if link.link.until_at == dates.until => Ok(Change::Unchanged),
        Some(link) => {
            allocation_port_end(c, actor, link.link.id, dates.until)?;
            Ok(Change::Updated)
        }
        None => {
            let port = port_expected(c, actor, device, &port)?;
            allocation_port_add(c, actor, allocation.id, port, dates)?;
            Ok(Change::Created)
        }
    }
}

/// All port links of live allocations as rows.
pub fn link_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let mut rows = Vec::new();
    for row in every_allocation(c, actor, &AllocationFilter::default())? {
        let zone = row.allocation.zone();
        for link in allocation_links(c, row.allocation.id)? {
            rows.push(vec![
                row.customer_code.clone(),
                row.allocation.name.clone(),
                link.device,
                link.port,
                date_text(Some(link.link.from_at), zone),
                date_text(link.link.until_at, zone),
            ]);
        }
    }
    Ok(rows)
}
