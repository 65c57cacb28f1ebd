//! Changing several devices alike: all or none, each by the operations that change one.

use super::change::{Noted, device_lock, device_unlock_because, device_update_as, refuse_archived};
use super::devices::device_by_id;
use crate::base::fault::{Fault, FaultKind, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::identity::{Actor, Permission};
use crate::inventory::bulk::{BulkDraft, BulkField, FieldChange, SeenDevice};
use crate::inventory::fields::device_fields;
use crate::inventory::model::{DeviceDraft, LockDraft};
use crate::inventory::rows::DeviceRow;
use crate::store::Conn;
use crate::store::portable::savepoint;

/// What a preview fails with once it has seen everything, so that nothing of it stays.
const PREVIEWED: &str = "devices-bulk-previewed";
/// Why a device is locked in a preview whose reason is not said yet.
const NO_REASON_YET: &str = "…";

/// A device among several that are changed alike.
#[derive(Debug, Clone)]
pub struct BulkRow {
    /// Its record as it was.
    pub row: DeviceRow,
    /// What becomes different; nothing when all of it is so already.
    pub changes: Vec<FieldChange>,
    /// Why it cannot be.
    pub refusal: Option<Fault>,
}

/// What [`devices_change`] would do, device by device, with every refusal; in a write transaction, of which nothing stays.
pub fn devices_change_preview(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenDevice],
    draft: &BulkDraft,
) -> Result<Vec<BulkRow>, Fault> {
    actor.require(Permission::EditDevices)?;
    let mut rows = Vec::new();
    let outcome: Result<(), Fault> = savepoint(c, |c| {
        rows = each(c, actor, seen, draft)?;
        Err(Fault::conflict(Message::new(PREVIEWED)))
    });
    match outcome {
        Err(fault) if fault.message.key != PREVIEWED => Err(fault),
        _ => Ok(rows),
    }
}

/// Changes several devices alike, or none of them: the first that is another than was seen, or all that a rule refuses, are
/// named. A draft without a reason is refused.
pub fn devices_change(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenDevice],
    draft: &BulkDraft,
) -> Result<Vec<BulkRow>, Fault> {
    actor.require(Permission::EditDevices)?;
    draft.reason()?;
    let rows = each(c, actor, seen, draft)?;
    match refused(&rows) {
        Some(fault) => Err(fault),
        None => Ok(rows),
    }
}

fn each(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenDevice],
    draft: &BulkDraft,
) -> Result<Vec<BulkRow>, Fault> {
    let mut rows = Vec::with_capacity(seen.len());
    for one in seen {
        let row = device_by_id(c, actor, one.id)?;
        let record = record(&row);
        let changes = draft.changes(&record);
        // A savepoint each: what is refused must leave nothing behind, and PostgreSQL ready to go on.
        let outcome = savepoint(c, |c| change(c, actor, *one, &row, &record, draft));
        let refusal = match outcome {
            Ok(()) => None,
            Err(fault) if fault.retryable => return Err(fault),
            Err(fault) => match fault.kind {
                FaultKind::Internal
                | FaultKind::Unavailable
                | FaultKind::Forbidden
                | FaultKind::Unauthenticated => return Err(fault),
                _ => Some(fault),
            },
        };
        rows.push(BulkRow {
            row,
            changes,
            refusal,
        });
    }
    Ok(rows)
}

/// A record as fields, with whether it is locked.
fn record(row: &DeviceRow) -> Fields {
    let mut record = device_fields(row);
    let is_locked = row.device.lock_reason.is_some();
    record.set(
        BulkField::Locked.as_str(),
        if is_locked { "yes" } else { "no" },
    );
    record
}

fn change(
    c: &mut Conn,
    actor: &Actor,
    seen: SeenDevice,
    row: &DeviceRow,
    record: &Fields,
    draft: &BulkDraft,
) -> Result<(), Fault> {
    if row.device.version != seen.version {
        let message = Message::new("devices-bulk-stale").with("name", row.device.name.as_str());
        return Err(Fault::new(FaultKind::Stale, message));
    }
    refuse_archived(row)?;
    let changes = draft.changes(record);
    let mut version = seen.version;
    if changes
        .iter()
        .any(|change| change.field != BulkField::Locked)
    {
        let device = DeviceDraft::parse(&draft.after(record))?;
        let noted = Noted {
            action: "device.update",
            reason: draft.reason_text(),
        };
        device_update_as(c, actor, seen.id, version, &device, noted)?;
        version += 1;
    }
    let lock = changes
        .iter()
        .find(|change| change.field == BulkField::Locked);
    match lock.map(|change| change.after.as_str()) {
        Some("yes") => {
            let reason = match draft.reason_text() {
                "" => NO_REASON_YET,
                reason => reason,
            };
            let lock = LockDraft {
                reason: reason.to_owned(),
            };
            device_lock(c, actor, seen.id, version, &lock)
        }
        Some(_) => device_unlock_because(c, actor, seen.id, version, draft.reason_text()),
        None => Ok(()),
    }
}

/// What stands against changing all of them: a device that is another by now, by its name, else every refusal under
/// `devices/12/status`.
fn refused(rows: &[BulkRow]) -> Option<Fault> {
    let refusals: Vec<(DeviceId, &Fault)> = rows
        .iter()
        .filter_map(|row| Some((row.row.device.id, row.refusal.as_ref()?)))
        .collect();
    let stale = refusals
        .iter()
        .find(|(_, fault)| fault.kind == FaultKind::Stale);
    if let Some((_, fault)) = stale {
        return Some((*fault).clone());
    }
    if refusals.is_empty() {
        return None;
    }
    let message = Message::new("devices-bulk-refused").with("count", refusals.len());
    let fields = refusals.into_iter().flat_map(|(id, fault)| {
        let at = |field: &FieldFault| {
            FieldFault::new(
                format!("devices/{id}/{}", field.field),
                field.message.clone(),
            )
        };
        if fault.fields.is_empty() {
            vec![FieldFault::new(
                format!("devices/{id}"),
                fault.message.clone(),
            )]
        } else {
            fault.fields.iter().map(at).collect()
        }
    });
    Some(Fault {
        fields: fields.collect(),
        ..Fault::conflict(message)
    })
}
