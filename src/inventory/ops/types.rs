//! Device types.

use diesel::prelude::*;
use serde_json::json;

use super::bays::refuse_if_in_bays;
use super::standing::refuse_if_none_fit;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::fold;
use crate::base::ids::DeviceTypeId;
use crate::base::page::{Page, PageRequest};
use crate::identity::{Actor, Permission};
use crate::inventory::fields::{device_type_fields, differences};
use crate::inventory::model::DeviceTypeDraft;
use crate::inventory::rows::DeviceType;
use crate::store::Conn;
use crate::store::schema::{device_types, devices};

/// Live types by maker and model with how many live devices there are of each; a page of them.
pub fn device_type_list(
    c: &mut Conn,
    actor: &Actor,
    query: &str,
    page: &PageRequest,
) -> Result<Page<(DeviceType, i64)>, Fault> {
    // Customers see their machines, not the operator's catalogue.
    actor.require(Permission::ViewFacility)?;
    let mut all: Vec<DeviceType> = device_types::table
        .filter(device_types::archived_at.is_null())
        .order((
            device_types::manufacturer.asc(),
            device_types::model.asc(),
            device_types::slug.asc(),
        ))
        .select(DeviceType::as_select())
        .load(c)?;
    let wanted = fold(query);
    if !wanted.is_empty() {
        all.retain(|row| {
            fold(&format!("{} {} {}", row.manufacturer, row.model, row.slug)).contains(&wanted)
        });
    }
    // There are hundreds of types, not millions: cutting in memory keeps both engines alike.
    let page = Page::cut(all, page, |row| row.slug.clone());
    let ids: Vec<DeviceTypeId> = page.rows.iter().map(|row| row.id).collect();
    let counts: Vec<(DeviceTypeId, i64)> = devices::table
        .filter(devices::device_type_id.eq_any(ids))
        .filter(devices::archived_at.is_null())
        .group_by(devices::device_type_id)
        .select((devices::device_type_id, diesel::dsl::count_star()))
        .load(c)?;
    let count = |id| {
        counts
            .iter()
            .find(|(counted, _)| *counted == id)
            .map_or(0, |(_, count)| *count)
    };
    Ok(page.map(|row| {
        let count = count(row.id);
        (row, count)
    }))
}

/// One type.
pub fn device_type_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceTypeId,
) -> Result<DeviceType, Fault> {
    // Customers see their machines, not the operator's catalogue.
    actor.require(Permission::ViewFacility)?;
    find(c, id)?.ok_or_else(Fault::not_found)
}

/// A type that a draft names; archived ones can't be chosen anew.
pub(super) fn find(c: &mut Conn, id: DeviceTypeId) -> Result<Option<DeviceType>, Fault> {
    Ok(device_types::table
        .find(id)
        .select(DeviceType::as_select())
        .first(c)
        .optional()?)
}

/// The type of a slug, for imports; archived ones too.
pub fn device_type_by_slug(c: &mut Conn, slug: &str) -> Result<Option<DeviceType>, Fault> {
    Ok(device_types::table
        .filter(device_types::slug.eq(slug.trim().to_lowercase()))
        .select(DeviceType::as_select())
        .first(c)
        .optional()?)
}

fn refuse_taken_slug(c: &mut Conn, slug: &str, except: Option<DeviceTypeId>) -> Result<(), Fault> {
    match device_type_by_slug(c, slug)? {
        Some(other) if Some(other.id) != except => {
            let message = Message::new("inventory-slug-taken").with("model", other.model);
            Err(Fault::field("slug", message))
        }
        _ => Ok(()),
    }
}

/// Adds a type.
pub fn device_type_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &DeviceTypeDraft,
) -> Result<DeviceTypeId, Fault> {
    actor.require(Permission::EditDevices)?;
    refuse_taken_slug(c, &draft.slug, None)?;
    let id: DeviceTypeId = diesel::insert_into(device_types::table)
        .values((
            device_types::manufacturer.eq(&draft.manufacturer),
            device_types::model.eq(&draft.model),
            device_types::slug.eq(&draft.slug),
            device_types::height_half_units.eq(draft.height_half_units),
            device_types::full_depth.eq(draft.full_depth),
            device_types::half_width.eq(draft.half_width),
            device_types::subdevice_role.eq(draft.subdevice_role),
            device_types::role.eq(draft.role),
            device_types::airflow.eq(&draft.airflow),
            device_types::weight_g.eq(draft.weight_g),
            device_types::watts.eq(draft.watts),
            device_types::note.eq(&draft.note),
            device_types::part_number.eq(&draft.part_number),
            device_types::passive.eq(draft.passive),
            device_types::created_at.eq(actor.now),
            device_types::updated_at.eq(actor.now),
        ))
        .returning(device_types::id)
        .get_result(c)?;
    let event = Event::new("device_type.create", "device_type", id.get(), &draft.slug)
        .with(json!({"manufacturer": draft.manufacturer, "model": draft.model}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a type; `version` is the one that was read. Devices of it must still fit where they stand.
pub fn device_type_update(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceTypeId,
    version: i64,
    draft: &DeviceTypeDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let before = device_type_by_id(c, actor, id)?;
    refuse_taken_slug(c, &draft.slug, Some(id))?;
    let grid = |height, deep: bool, half: bool| (height, deep, half);
    if grid(
        before.height_half_units,
        before.full_depth,
        before.half_width,
    ) != grid(draft.height_half_units, draft.full_depth, draft.half_width)
    {
        refuse_if_none_fit(c, id, draft)?;
    }
    if before.subdevice_role != draft.subdevice_role {
        refuse_if_in_bays(c, id)?;
    }
    let changed = diesel::update(
        device_types::table
            .find(id)
            .filter(device_types::version.eq(version)),
    )
    .set((
        device_types::manufacturer.eq(&draft.manufacturer),
        device_types::model.eq(&draft.model),
        device_types::slug.eq(&draft.slug),
        device_types::height_half_units.eq(draft.height_half_units),
        device_types::full_depth.eq(draft.full_depth),
        device_types::half_width.eq(draft.half_width),
        device_types::subdevice_role.eq(draft.subdevice_role),
        device_types::role.eq(draft.role),
        device_types::airflow.eq(&draft.airflow),
        device_types::weight_g.eq(draft.weight_g),
        device_types::watts.eq(draft.watts),
        device_types::note.eq(&draft.note),
        device_types::part_number.eq(&draft.part_number),
        device_types::passive.eq(draft.passive),
        device_types::version.eq(device_types::version + 1),
        device_types::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let after = find(c, id)?.ok_or_else(Fault::not_found)?;
    let detail = differences(&device_type_fields(&before), &device_type_fields(&after));
    let event = Event::new("device_type.update", "device_type", id.get(), &draft.slug).with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a type that no live device is of, or brings one back.
pub fn device_type_archive(
    c: &mut Conn,
    actor: &Actor,
    id: DeviceTypeId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let there = device_type_by_id(c, actor, id)?;
    let of_it: i64 = devices::table
        .filter(devices::device_type_id.eq(id))
        .filter(devices::archived_at.is_null())
        .count()
        .get_result(c)?;
    if archived && of_it > 0 {
        let message = Message::new("inventory-type-in-use").with("count", of_it);
        return Err(Fault::conflict(message));
    }
    let changed = diesel::update(
        device_types::table
            .find(id)
            .filter(device_types::version.eq(version)),
    )
    .set((
        device_types::archived_at.eq(archived.then_some(actor.now)),
        device_types::version.eq(device_types::version + 1),
        device_types::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "device_type.archive"
    } else {
        "device_type.restore"
    };
    let event = Event::new(action, "device_type", id.get(), there.slug);
    audit::record(c, &actor.author(), actor.now, event)
}
