//! Changing several devices alike: all or none, each by the operations that change one.

use super::change::{Noted, device_lock, device_unlock_because, device_update_as, refuse_archived};
use super::devices::device_by_id;
use crate::base::alike::AlikeRow;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::identity::{Actor, Permission};
use crate::inventory::bulk::{BulkDraft, BulkField, SeenDevice};
use crate::inventory::fields::device_fields;
use crate::inventory::model::{DeviceDraft, LockDraft};
use crate::inventory::rows::DeviceRow;
use crate::store::Conn;
use crate::store::alike::{all_or_none, each_alike, previewed};

/// Why a device is locked in a preview whose reason is not said yet.
const NO_REASON_YET: &str = "…";

/// A device among several that are changed alike.
pub type BulkRow = AlikeRow<DeviceRow, BulkField>;

/// What [`devices_change`] would do, device by device, with every refusal; in a write transaction, of which nothing stays.
pub fn devices_change_preview(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenDevice],
    draft: &BulkDraft,
) -> Result<Vec<BulkRow>, Fault> {
    actor.require(Permission::EditDevices)?;
    previewed(c, |c| each(c, actor, seen, draft))
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
    all_or_none(rows, |row| row.device.id)
}

fn each(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenDevice],
    draft: &BulkDraft,
) -> Result<Vec<BulkRow>, Fault> {
    each_alike(
        c,
        seen,
        draft,
        |c, id| {
            let row = device_by_id(c, actor, id)?;
            let record = record(&row);
            Ok((row, record))
        },
        |c, one, row, record| change(c, actor, one, row, record, draft),
    )
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
