//! The last change of a device, and taking it back.

use super::change::{Noted, device_update_as, refuse_archived};
use super::devices::device_by_id;
use crate::audit;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{AuditEntryId, DeviceId};
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::inventory::fields::device_fields;
use crate::inventory::rows::DeviceRow;
use crate::inventory::undo::{changed_fields, undo_of};
use crate::store::Conn;

/// Letters of a reason.
const REASON: usize = 200;

/// What was done last with a device.
#[derive(Debug, Clone)]
pub struct LastChange {
    /// The device as it stands.
    pub row: DeviceRow,
    /// The entry of the audit log.
    pub entry: audit::Entry,
    /// Its fields: name, before and after.
    pub fields: Vec<(String, String, String)>,
    /// Why it cannot be taken back.
    pub refusal: Option<Fault>,
}

/// What was done last with a device, for those who may take it back.
pub fn device_last_change(c: &mut Conn, actor: &Actor, id: DeviceId) -> Result<LastChange, Fault> {
    actor.require(Permission::EditDevices)?;
    let row = device_by_id(c, actor, id)?;
    let entry = newest(c, id)?;
    let undone = undo_of(&entry.action, &entry.detail, &device_fields(&row));
    let refusal = match refuse_archived(&row) {
        Ok(()) => undone.err().map(Fault::from),
        Err(fault) => Some(fault),
    };
    Ok(LastChange {
        fields: changed_fields(&entry.detail),
        row,
        entry,
        refusal,
    })
}

fn newest(c: &mut Conn, id: DeviceId) -> Result<audit::Entry, Fault> {
    let filter = audit::Filter {
        object_kind: Some("device".to_owned()),
        object_id: Some(id.get()),
        limit: 1,
        ..audit::Filter::default()
    };
    audit::list(c, &filter)?
        .pop()
        .ok_or_else(|| Fault::conflict(Message::new("device-undo-nothing")))
}

/// Takes the last change of a device back, as a change of its own with a reason; `entry` and `version` are what was seen.
/// Refused when anything was done with the device since, when the change was none of fields alone, and when a rule stands
/// against what was before, like a device that stands in its old place now.
pub fn device_take_back(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
    entry: AuditEntryId,
    reason: &str,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let reason = text::required_line("reason", reason, REASON)?;
    let row = device_by_id(c, actor, id)?;
    refuse_archived(&row)?;
    let newest = newest(c, id)?;
    if newest.id != entry || row.device.version != version {
        return Err(Fault::stale());
    }
    let draft = undo_of(&newest.action, &newest.detail, &device_fields(&row))?;
    let noted = Noted {
        action: "device.take_back",
        reason: &reason,
    };
    device_update_as(c, actor, id, version, &draft, noted)
}
