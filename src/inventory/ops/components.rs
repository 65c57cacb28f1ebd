//! Components of devices: what was put in, what came out, what took its place.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::devices::device_by_id;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceComponentId, DeviceId};
use crate::identity::{Actor, Permission};
use crate::inventory::component::{ComponentDraft, ComponentKind, RemovalDraft};
use crate::inventory::fields::{component_fields, differences};
use crate::inventory::rows::{DeviceComponent, DeviceRow};
use crate::search::{Searched, search_changed};
use crate::store::Conn;
use crate::store::schema::{device_components, devices};

/// Components of a device that the actor may see: those that are in by kind and slot, then those that came out, the
/// last first.
pub fn device_components(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<DeviceComponent>, Fault> {
    device_by_id(c, actor, device)?;
    let mut found: Vec<DeviceComponent> = device_components::table
        .filter(device_components::device_id.eq(device))
        .order(device_components::id.desc())
        .select(DeviceComponent::as_select())
        .load(c)?;
    found.sort_by(|a, b| match (&a.removed_on, &b.removed_on) {
        (None, None) => (a.kind, in_order(&a.slot), a.id).cmp(&(b.kind, in_order(&b.slot), b.id)),
        (None, Some(_)) => std::cmp::Ordering::Less,
        (Some(_), None) => std::cmp::Ordering::Greater,
        (Some(one), Some(other)) => other.cmp(one),
    });
    Ok(found)
}

/// A slot as people count: `Bay 2` before `Bay 10`.
fn in_order(slot: &str) -> (String, u64, String) {
    let start = slot
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(slot.len());
    let (word, rest) = slot.split_at(start);
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let number = rest.get(..end).and_then(|digits| digits.parse().ok());
    (word.to_lowercase(), number.unwrap_or(0), slot.to_owned())
}

/// One component with its device.
pub fn component_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceComponentId,
) -> Result<(DeviceComponent, DeviceRow), Fault> {
    actor.require(Permission::ViewDevices)?;
    let component: DeviceComponent = device_components::table
        .find(id)
        .select(DeviceComponent::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    let device = device_by_id(c, actor, component.device_id)?;
    Ok((component, device))
}

/// The component that is in with a serial number of its kind, in whatever device.
pub fn component_with_serial(
    c: &mut Conn,
    kind: ComponentKind,
    serial: &str,
) -> Result<Option<DeviceComponent>, Fault> {
    Ok(device_components::table
        .filter(device_components::kind.eq(kind))
        .filter(device_components::serial.eq(serial.to_owned()))
        .filter(device_components::removed_on.is_null())
        .select(DeviceComponent::as_select())
        .first(c)
        .optional()?)
}

/// The component that is in a slot of a device.
pub fn component_in_slot(
    c: &mut Conn,
    device: DeviceId,
    kind: ComponentKind,
    slot: &str,
) -> Result<Option<DeviceComponent>, Fault> {
    Ok(device_components::table
        .filter(device_components::device_id.eq(device))
        .filter(device_components::kind.eq(kind))
        .filter(device_components::slot.eq(slot.to_owned()))
        .filter(device_components::removed_on.is_null())
        .select(DeviceComponent::as_select())
        .first(c)
        .optional()?)
}

/// Refuses a serial number that is in somewhere, and a slot that is taken.
fn refuse_taken(
    c: &mut Conn,
    device: DeviceId,
    draft: &ComponentDraft,
    except: Option<DeviceComponentId>,
) -> Result<(), Fault> {
    if let Some(serial) = &draft.serial
        && let Some(other) = component_with_serial(c, draft.kind, serial)?
        && Some(other.id) != except
    {
        let name: String = devices::table
            .find(other.device_id)
            .select(devices::name)
            .first(c)?;
        let message = Message::new("parts-serial-taken")
            .with("name", name)
            .with("slot", other.slot);
        return Err(Fault::field("serial", message));
    }
    if !draft.slot.is_empty()
        && let Some(other) = component_in_slot(c, device, draft.kind, &draft.slot)?
        && Some(other.id) != except
    {
        let what = called(&other);
        let message = Message::new("parts-slot-taken").with("part", what);
        return Err(Fault::field("slot", message));
    }
    Ok(())
}

/// What people call a component: model and serial number, else its kind.
fn called(component: &DeviceComponent) -> String {
    let parts = [
        component.model.as_str(),
        component.serial.as_deref().unwrap_or(""),
    ];
    let words: Vec<&str> = parts.into_iter().filter(|text| !text.is_empty()).collect();
    if words.is_empty() {
        component.kind.to_string()
    } else {
        words.join(" ")
    }
}

fn refuse_archived(row: &DeviceRow) -> Result<(), Fault> {
    match row.device.archived_at {
        Some(_) => Err(Fault::conflict(Message::new("inventory-archived"))),
        None => Ok(()),
    }
}

fn insert(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    draft: &ComponentDraft,
    replaces: Option<DeviceComponentId>,
) -> Result<DeviceComponentId, Fault> {
    Ok(diesel::insert_into(device_components::table)
        .values((
            (
                device_components::device_id.eq(device),
                device_components::kind.eq(draft.kind),
                device_components::slot.eq(&draft.slot),
                device_components::maker.eq(&draft.maker),
                device_components::model.eq(&draft.model),
                device_components::part_number.eq(&draft.part_number),
                device_components::serial.eq(&draft.serial),
            ),
            (
                device_components::capacity.eq(&draft.capacity),
                device_components::installed_on.eq(&draft.installed_on),
                device_components::replaces_id.eq(replaces),
                device_components::note.eq(&draft.note),
                device_components::created_at.eq(actor.now),
                device_components::updated_at.eq(actor.now),
            ),
        ))
        .returning(device_components::id)
        .get_result(c)?)
}

/// What follows each change: the device is found by what is in it now, and the log says what was done.
fn note(
    c: &mut Conn,
    actor: &Actor,
    action: &'static str,
    row: &DeviceRow,
    detail: Value,
) -> Result<(), Fault> {
    let device = &row.device;
    search_changed(c, Searched::Components(device.id))?;
    let event = Event::new(action, "device", device.id.get(), &device.name)
        .for_customer(device.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Puts a component into a device.
pub fn component_add(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    draft: &ComponentDraft,
) -> Result<DeviceComponentId, Fault> {
    actor.require(Permission::EditDevices)?;
    let row = device_by_id(c, actor, device)?;
    refuse_archived(&row)?;
    refuse_taken(c, device, draft, None)?;
    let id = insert(c, actor, device, draft, None)?;
    let detail = differences(&Fields::new(), &component_fields(draft));
    note(c, actor, "device.component_add", &row, detail)?;
    Ok(id)
}

/// Corrects what is recorded of a component; `version` is the one that was read.
pub fn component_update(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceComponentId,
    version: i64,
    draft: &ComponentDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let (before, row) = component_by_id(c, actor, id)?;
    refuse_archived(&row)?;
    match &before.removed_on {
        None => refuse_taken(c, before.device_id, draft, Some(id))?,
        Some(removed_on) => {
            let because = before.removed_because.clone();
            let removed_on = removed_on.clone();
            RemovalDraft {
                removed_on,
                because,
            }
            .refuse_before(draft.installed_on.as_deref())
            .map_err(|_| Fault::field("installed_on", Message::new("parts-in-after-out")))?;
        }
    }
    let changed = diesel::update(
        device_components::table
            .find(id)
            .filter(device_components::version.eq(version)),
    )
    .set((
        device_components::kind.eq(draft.kind),
        device_components::slot.eq(&draft.slot),
        device_components::maker.eq(&draft.maker),
        device_components::model.eq(&draft.model),
        device_components::part_number.eq(&draft.part_number),
        device_components::serial.eq(&draft.serial),
        device_components::capacity.eq(&draft.capacity),
        device_components::installed_on.eq(&draft.installed_on),
        device_components::note.eq(&draft.note),
        device_components::version.eq(device_components::version + 1),
        device_components::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let before = component_fields(&ComponentDraft::from(&before));
    let detail = differences(&before, &component_fields(draft));
    note(c, actor, "device.component_update", &row, detail)
}

/// Takes a component that is in out of its row of live ones.
fn take_out(
    c: &mut Conn,
    actor: &Actor,
    component: &DeviceComponent,
    version: i64,
    draft: &RemovalDraft,
) -> Result<(), Fault> {
    if component.removed_on.is_some() {
        return Err(Fault::conflict(Message::new("parts-is-out")));
    }
    draft.refuse_before(component.installed_on.as_deref())?;
    let changed = diesel::update(
        device_components::table
            .find(component.id)
            .filter(device_components::version.eq(version)),
    )
    .set((
        device_components::removed_on.eq(Some(&draft.removed_on)),
        device_components::removed_because.eq(&draft.because),
        device_components::version.eq(device_components::version + 1),
        device_components::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Fault::stale())
    }
}

/// Takes a component out of its device; its row stays.
pub fn component_remove(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceComponentId,
    version: i64,
    draft: &RemovalDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let (component, row) = component_by_id(c, actor, id)?;
    take_out(c, actor, &component, version, draft)?;
    let detail = json!({
        "part": called(&component), "slot": component.slot, "removed_on": draft.removed_on, "reason": draft.because,
    });
    note(c, actor, "device.component_remove", &row, detail)
}

/// Takes a component out and puts another into its place, in one act. Gives the new one.
pub fn component_replace(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceComponentId,
    version: i64,
    removal: &RemovalDraft,
    draft: &ComponentDraft,
) -> Result<DeviceComponentId, Fault> {
    actor.require(Permission::EditDevices)?;
    let (component, row) = component_by_id(c, actor, id)?;
    refuse_archived(&row)?;
    take_out(c, actor, &component, version, removal)?;
    refuse_taken(c, component.device_id, draft, None)?;
    let new = insert(c, actor, component.device_id, draft, Some(id))?;
    let mut detail = differences(
        &component_fields(&ComponentDraft::from(&component)),
        &component_fields(draft),
    );
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("reason".to_owned(), removal.because.as_str().into());
    }
    note(c, actor, "device.component_replace", &row, detail)?;
    Ok(new)
}

/// All components that are in live devices, with the names of the devices; for exports.
pub(in crate::inventory) fn components_all(
    c: &mut Conn,
    actor: &Actor,
) -> Result<Vec<(String, DeviceComponent)>, Fault> {
    actor.require(Permission::ImportExport)?;
    Ok(device_components::table
        .inner_join(devices::table)
        .filter(device_components::removed_on.is_null())
        .filter(devices::archived_at.is_null())
        .order((
            devices::name.asc(),
            device_components::kind.asc(),
            device_components::slot.asc(),
            device_components::id.asc(),
        ))
        .select((devices::name, DeviceComponent::as_select()))
        .load(c)?)
}
