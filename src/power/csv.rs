//! BMC endpoints as CSV; the same columns both ways. Passwords go in and never come out.

use super::model::{BmcDraft, PasswordDraft};
use super::ops::{
    device_named, endpoint_create, endpoint_list, endpoint_of_device, endpoint_update, target,
};
use super::reach::{Reach, suites_stored};
use super::rows::BmcEndpoint;
use crate::base::change::Change;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::seal::Keyring;
use crate::base::secret::Secret;
use crate::identity::{Actor, Permission};
use crate::store::Conn;

/// Columns of the kind `bmc-endpoints`; keyed by `device`.
pub const COLUMNS: &[&str] = &[
    "device",
    "protocol",
    "address",
    "port",
    "username",
    "password",
    "kg",
    "expected_guid",
    "trust",
    "certificate_sha256",
    "privilege",
    "lookup",
    "suites",
    "allow_v15",
];

/// Creates or updates the endpoint of a row's device. An empty password or K_g leaves the one that is there.
pub fn import_row(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    row: &Fields,
) -> Result<Change, Fault> {
    actor.require(Permission::EditBmc)?;
    let draft = BmcDraft::parse(row)?;
    let name = row.get("device").trim();
    let device = device_named(c, name)?.ok_or_else(|| {
        Fault::field(
            "device",
            Message::new("power-fault-no-device").with("name", name),
        )
    })?;
    let Some(there) = endpoint_of_device(c, actor, device)? else {
        endpoint_create(c, actor, keyring, device, &draft)?;
        return Ok(Change::Created);
    };
    if is_same(&there, keyring, &draft)? {
        return Ok(Change::Unchanged);
    }
    endpoint_update(c, actor, keyring, device, there.version, &draft)?;
    Ok(Change::Updated)
}

fn is_same(there: &BmcEndpoint, keyring: &Keyring, draft: &BmcDraft) -> Result<bool, Fault> {
    let open = target(there, keyring, false)?;
    let kept = |draft: &PasswordDraft, there: Option<&Secret>| match draft {
        PasswordDraft::Keep => true,
        PasswordDraft::Remove => there.is_none(),
        PasswordDraft::Set(new) => there.is_some_and(|there| there.expose() == new.expose()),
    };
    Ok(there.protocol == draft.protocol
        && there.address == draft.address.to_string()
        && there.port == draft.port
        && there.username == draft.username
        && there.expected_guid == draft.expected_guid
        && reached_so(there, &draft.reach)
        && kept(&draft.password, Some(&open.password))
        && kept(&draft.kg, open.kg.as_ref()))
}

fn reached_so(there: &BmcEndpoint, reach: &Reach) -> bool {
    let certificate = reach.certificate_sha256.as_ref();
    there.trust == reach.trust
        && certificate.is_none_or(|new| there.certificate_sha256.as_ref() == Some(new))
        && there.privilege == reach.privilege
        && there.lookup == reach.lookup
        && suites_stored(&there.suites) == reach.suites
        && there.allow_v15 == reach.allow_v15
}

/// All endpoints as rows, without their passwords and keys.
pub fn export_rows(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = endpoint_list(c, actor)?;
    Ok(rows
        .into_iter()
        .map(|(device, bmc)| {
            vec![
                device,
                bmc.protocol.to_string(),
                bmc.address,
                bmc.port.to_string(),
                bmc.username,
                String::new(),
                String::new(),
                bmc.expected_guid.unwrap_or_default(),
                bmc.trust.to_string(),
                bmc.certificate_sha256.unwrap_or_default(),
                bmc.privilege.to_string(),
                bmc.lookup.to_string(),
                bmc.suites,
                bmc.allow_v15.to_string(),
            ]
        })
        .collect())
}
