//! Adding, changing, locking and archiving devices.

use diesel::prelude::*;
use serde_json::json;

use super::arrival::{Arrival, Standing};
use super::bays::{change_rack, refuse_blades_inside, refuse_wrong_role};
use super::devices::device_by_id;
use super::ports::{ports_of_new_device, refuse_cabled};
use super::standing::stand;
use super::stocking::stock_follow;
use super::types;
use crate::attachments::attachment_marks_withdraw;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Faults, Message};
use crate::base::fields::Fields;
use crate::base::fold::fold_all;
use crate::base::ids::{CustomerId, DeviceId, RackId};
use crate::base::units::HalfUnits;
use crate::facility::{Face, Half, outlets_unconfirm};
use crate::identity::{Actor, Permission};
use crate::inventory::fields::{device_fields, differences};
use crate::inventory::model::{DeviceDraft, DeviceStatus, LockDraft};
use crate::inventory::rows::{DeviceRow, DeviceType};
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::schema::{customers, devices};

/// Adds a device.
pub fn device_create(c: &mut Conn, actor: &Actor, draft: &DeviceDraft) -> Result<DeviceId, Fault> {
    actor.require(Permission::EditDevices)?;
    refuse_taken_names(c, draft, None)?;
    refuse_wrong_owner(c, draft.customer_id)?;
    let device_type = live_type(c, draft, None)?;
    let arrival = Arrival {
        device_type: &device_type,
        owner: draft.customer_id,
        device: None,
    };
    let standing = stand(c, actor, &draft.place, &arrival)?;
    let id: DeviceId = diesel::insert_into(devices::table)
        .values((
            (
                devices::name.eq(&draft.name),
                devices::label.eq(&draft.label),
                devices::serial.eq(&draft.serial),
                devices::asset_tag.eq(&draft.asset_tag),
                devices::device_type_id.eq(draft.device_type_id),
                devices::role.eq(draft.role),
                devices::customer_id.eq(draft.customer_id),
                devices::status.eq(draft.status),
            ),
            (
                devices::rack_id.eq(standing.rack_id),
                devices::position_half_units.eq(standing.offset),
                devices::face.eq(standing.face),
                devices::half.eq(standing.half),
                devices::chassis_id.eq(standing.chassis_id),
                devices::bay.eq(&standing.bay),
            ),
            (
                devices::cpu.eq(&draft.cpu),
                devices::memory_mib.eq(draft.memory),
                devices::disks.eq(&draft.disks),
                devices::nics.eq(&draft.nics),
                devices::warranty_until.eq(&draft.warranty_until),
                devices::purchased_on.eq(&draft.purchased_on),
                devices::protected.eq(draft.protected),
                devices::note.eq(&draft.note),
                devices::search_folded.eq(searched(draft)),
            ),
            devices::created_at.eq(actor.now),
            devices::updated_at.eq(actor.now),
        ))
        .returning(devices::id)
        .get_result(c)?;
    search_added(c, Searched::Device(id))?;
    stock_follow(c, id, None, draft.status, actor.now)?;
    ports_of_new_device(c, id, device_type.id, actor.now)?;
    let after = device_by_id(c, actor, id)?;
    let detail = differences(&Fields::new(), &device_fields(&after));
    let event = Event::new("device.create", "device", id.get(), &draft.name)
        .for_customer(draft.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn searched(draft: &DeviceDraft) -> String {
    fold_all([
        draft.name.as_str(),
        &draft.label,
        draft.serial.as_deref().unwrap_or(""),
        draft.asset_tag.as_deref().unwrap_or(""),
        &draft.nics,
    ])
}

fn refuse_taken_names(
    c: &mut Conn,
    draft: &DeviceDraft,
    except: Option<DeviceId>,
) -> Result<(), Fault> {
    let other = except.unwrap_or(DeviceId::new(-1));
    let live = devices::table.filter(devices::id.ne(other));
    let mut faults = Faults::new();
    let name: Option<String> = live
        .filter(devices::name.eq(&draft.name))
        .select(devices::name)
        .first(c)
        .optional()?;
    let serial: Option<String> = match &draft.serial {
        Some(serial) => live
            .filter(devices::serial.eq(serial))
            .select(devices::name)
            .first(c)
            .optional()?,
        None => None,
    };
    let asset_tag: Option<String> = match &draft.asset_tag {
        Some(tag) => live
            .filter(devices::asset_tag.eq(tag))
            .select(devices::name)
            .first(c)
            .optional()?,
        None => None,
    };
    for (field, key, taken) in [
        ("name", "inventory-name-taken", name),
        ("serial", "inventory-serial-taken", serial),
        ("asset_tag", "inventory-asset-tag-taken", asset_tag),
    ] {
        if let Some(taken) = taken {
            faults.add(field, Message::new(key).with("name", taken));
        }
    }
    faults.into_result(Some(()))
}

fn refuse_wrong_owner(c: &mut Conn, customer: Option<CustomerId>) -> Result<(), Fault> {
    let Some(customer) = customer else {
        return Ok(());
    };
    let live: i64 = customers::table
        .filter(customers::id.eq(customer))
        .filter(customers::archived_at.is_null())
        .count()
        .get_result(c)?;
    if live == 0 {
        return Err(Fault::field(
            "customer_id",
            Message::new("facility-no-such-customer"),
        ));
    }
    Ok(())
}

/// The type a draft names: a live one, or the one the device has already.
fn live_type(
    c: &mut Conn,
    draft: &DeviceDraft,
    before: Option<&DeviceRow>,
) -> Result<DeviceType, Fault> {
    let kept = before.is_some_and(|row| row.device_type.id == draft.device_type_id);
    types::find(c, draft.device_type_id)?
        .filter(|found| kept || found.archived_at.is_none())
        .ok_or_else(|| Fault::field("device_type_id", Message::new("inventory-no-such-type")))
}

/// Changes a device; `version` is the one that was read. With another owner the outlets that feed it want another look.
pub fn device_update(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
    draft: &DeviceDraft,
) -> Result<(), Fault> {
    device_update_as(c, actor, id, version, draft, Noted::CHANGE)
}

/// How a change of a device is written down.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noted<'a> {
    /// Verb of the audit log.
    pub action: &'static str,
    /// Why it was done; empty where nobody was asked.
    pub reason: &'a str,
}

impl Noted<'_> {
    /// A change that gives no reason.
    const CHANGE: Self = Self {
        action: "device.update",
        reason: "",
    };
}

/// [`device_update`] under another name or with a reason.
pub(super) fn device_update_as(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
    draft: &DeviceDraft,
    noted: Noted<'_>,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_by_id(c, actor, id)?;
    refuse_archived(&before)?;
    refuse_taken_names(c, draft, Some(id))?;
    if before.device.customer_id != draft.customer_id {
        refuse_wrong_owner(c, draft.customer_id)?;
    }
    let device_type = live_type(c, draft, Some(&before))?;
    let roles = (
        before.device_type.subdevice_role,
        device_type.subdevice_role,
    );
    refuse_wrong_role(c, id, roles.0, roles.1)?;
    let standing = if stays(&before, draft) {
        Standing::of(&before.device)
    } else {
        let arrival = Arrival {
            device_type: &device_type,
            owner: draft.customer_id,
            device: Some(id),
        };
        stand(c, actor, &draft.place, &arrival)?
    };
    let changed = diesel::update(devices::table.find(id).filter(devices::version.eq(version)))
        .set((
            (
                devices::name.eq(&draft.name),
                devices::label.eq(&draft.label),
                devices::serial.eq(&draft.serial),
                devices::asset_tag.eq(&draft.asset_tag),
                devices::device_type_id.eq(draft.device_type_id),
                devices::role.eq(draft.role),
                devices::customer_id.eq(draft.customer_id),
                devices::status.eq(draft.status),
            ),
            (
                devices::rack_id.eq(standing.rack_id),
                devices::position_half_units.eq(standing.offset),
                devices::face.eq(standing.face),
                devices::half.eq(standing.half),
                devices::chassis_id.eq(standing.chassis_id),
                devices::bay.eq(&standing.bay),
            ),
            (
                devices::cpu.eq(&draft.cpu),
                devices::memory_mib.eq(draft.memory),
                devices::disks.eq(&draft.disks),
                devices::nics.eq(&draft.nics),
                devices::warranty_until.eq(&draft.warranty_until),
                devices::purchased_on.eq(&draft.purchased_on),
                devices::protected.eq(draft.protected),
                devices::note.eq(&draft.note),
                devices::search_folded.eq(searched(draft)),
            ),
            devices::version.eq(devices::version + 1),
            devices::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    changed_one(changed)?;
    change_rack(c, &before.device, standing.rack_id, actor.now)?;
    stock_follow(c, id, before.device.rack_id, draft.status, actor.now)?;
    if before.device.customer_id != draft.customer_id {
        outlets_unconfirm(c, id, actor.now)?;
        let owner = before.device.customer_id;
        attachment_marks_withdraw(c, actor, id, &draft.name, owner)?;
    }
    search_changed(c, Searched::Device(id))?;
    note(c, actor, noted, &before)
}

/// Whether type, owner and place are as they were, so that nothing needs to be found free.
fn stays(before: &DeviceRow, draft: &DeviceDraft) -> bool {
    let there = DeviceDraft::parse(&device_fields(before));
    there.is_ok_and(|there| {
        there.place == draft.place
            && there.device_type_id == draft.device_type_id
            && there.customer_id == draft.customer_id
    })
}

pub(super) fn refuse_archived(before: &DeviceRow) -> Result<(), Fault> {
    if before.device.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("inventory-archived")));
    }
    Ok(())
}

pub(super) fn changed_one(changed: usize) -> Result<(), Fault> {
    if changed == 1 {
        Ok(())
    } else {
        Err(Fault::stale())
    }
}

pub(super) fn note_change(
    c: &mut Conn,
    actor: &Actor,
    action: &'static str,
    before: &DeviceRow,
) -> Result<(), Fault> {
    note(c, actor, Noted { action, reason: "" }, before)
}

pub(super) fn note(
    c: &mut Conn,
    actor: &Actor,
    noted: Noted<'_>,
    before: &DeviceRow,
) -> Result<(), Fault> {
    let id = before.device.id;
    let after = device_by_id(c, actor, id)?;
    let mut detail = differences(&device_fields(before), &device_fields(&after));
    if let Some(detail) = detail.as_object_mut()
        && !noted.reason.is_empty()
    {
        detail.insert("reason".to_owned(), noted.reason.into());
    }
    let event = Event::new(noted.action, "device", id.get(), after.device.name)
        .for_customer(after.device.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a device, which takes it out of its rack, or brings one back into stock.
pub fn device_archive(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_by_id(c, actor, id)?;
    if archived {
        refuse_locked(&before)?;
        refuse_blades_inside(c, id)?;
        refuse_cabled(c, id)?;
    }
    let status = if archived {
        DeviceStatus::Removed
    } else {
        DeviceStatus::InStock
    };
    let changed = diesel::update(devices::table.find(id).filter(devices::version.eq(version)))
        .set((
            devices::archived_at.eq(archived.then_some(actor.now)),
            devices::status.eq(status),
            devices::rack_id.eq(None::<RackId>),
            devices::position_half_units.eq(None::<HalfUnits>),
            devices::face.eq(None::<Face>),
            devices::half.eq(None::<Half>),
            devices::chassis_id.eq(None::<DeviceId>),
            devices::bay.eq(None::<String>),
            devices::version.eq(devices::version + 1),
            devices::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    changed_one(changed)?;
    outlets_unconfirm(c, id, actor.now)?;
    stock_follow(c, id, before.device.rack_id, status, actor.now)?;
    search_changed(c, Searched::Device(id))?;
    let action = if archived {
        "device.archive"
    } else {
        "device.restore"
    };
    note_change(c, actor, action, &before)
}

pub(super) fn refuse_locked(before: &DeviceRow) -> Result<(), Fault> {
    match &before.device.lock_reason {
        Some(reason) => Err(Fault::conflict(
            Message::new("inventory-locked").with("reason", reason.as_str()),
        )),
        None => Ok(()),
    }
}

/// Locks a device: nobody may act on its power until it is unlocked.
pub fn device_lock(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
    draft: &LockDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_by_id(c, actor, id)?;
    refuse_archived(&before)?;
    refuse_locked(&before)?;
    let changed = diesel::update(devices::table.find(id).filter(devices::version.eq(version)))
        .set((
            devices::lock_reason.eq(Some(&draft.reason)),
            devices::locked_by_user_id.eq(actor.user_id),
            devices::locked_at.eq(Some(actor.now)),
            devices::version.eq(devices::version + 1),
            devices::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    changed_one(changed)?;
    let event = Event::new("device.lock", "device", id.get(), before.device.name)
        .for_customer(before.device.customer_id)
        .with(json!({"reason": draft.reason}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Lets people act on a device again.
pub fn device_unlock(c: &mut Conn, actor: &Actor, id: DeviceId, version: i64) -> Result<(), Fault> {
    device_unlock_because(c, actor, id, version, "")
}

/// [`device_unlock`] with a reason of its own; without one the entry tells why it was locked.
pub(super) fn device_unlock_because(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceId,
    version: i64,
    reason: &str,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_by_id(c, actor, id)?;
    let changed = diesel::update(devices::table.find(id).filter(devices::version.eq(version)))
        .set((
            devices::lock_reason.eq(None::<String>),
            devices::locked_by_user_id.eq(None::<i64>),
            devices::locked_at.eq(None::<i64>),
            devices::version.eq(devices::version + 1),
            devices::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    changed_one(changed)?;
    let detail = match reason {
        "" => json!({"reason": before.device.lock_reason}),
        reason => json!({"reason": reason, "lock_reason": before.device.lock_reason}),
    };
    let event = Event::new("device.unlock", "device", id.get(), before.device.name)
        .for_customer(before.device.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}
