//! Doors: adding, changing, archiving, listing.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use crate::access::doors::model::DoorDraft;
use crate::access::doors::rows::{Door, DoorRow};
use crate::access::rows::SiteName;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{AreaId, DoorId, RoomId, SiteId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{areas, doors, rooms, sites};

/// Names of areas, archived ones too.
pub(super) fn area_names(c: &mut Conn) -> Result<HashMap<AreaId, String>, Fault> {
    let rows: Vec<(AreaId, String)> = areas::table.select((areas::id, areas::name)).load(c)?;
    Ok(rows.into_iter().collect())
}

/// Sites by their rows.
pub(super) fn site_names(c: &mut Conn) -> Result<HashMap<SiteId, SiteName>, Fault> {
    let rows: Vec<SiteName> = sites::table.select(SiteName::as_select()).load(c)?;
    Ok(rows.into_iter().map(|site| (site.id, site)).collect())
}

fn with_places(c: &mut Conn, found: Vec<Door>) -> Result<Vec<DoorRow>, Fault> {
    let (areas, sites) = (area_names(c)?, site_names(c)?);
    let wanted: Vec<RoomId> = found.iter().filter_map(|door| door.room_id).collect();
    let names: Vec<(RoomId, String)> = rooms::table
        .filter(rooms::id.eq_any(wanted))
        .select((rooms::id, rooms::name))
        .load(c)?;
    let rooms: HashMap<RoomId, String> = names.into_iter().collect();
    let area = |id: Option<AreaId>| id.and_then(|id| areas.get(&id).cloned());
    let mut rows = Vec::with_capacity(found.len());
    for door in found {
        let site = sites
            .get(&door.site_id)
            .cloned()
            .ok_or_else(|| Fault::internal(format!("door {} has no site", door.code)))?;
        rows.push(DoorRow {
            site,
            from_area: area(door.from_area_id),
            to_area: area(door.to_area_id),
            room: door.room_id.and_then(|id| rooms.get(&id).cloned()),
            door,
        });
    }
    Ok(rows)
}

/// Doors by site and code; archived ones when they are wanted.
pub fn door_list(c: &mut Conn, actor: &Actor, archived: bool) -> Result<Vec<DoorRow>, Fault> {
    actor.require(Permission::ViewFacility)?;
    let mut query = doors::table.into_boxed();
    if !archived {
        query = query.filter(doors::archived_at.is_null());
    }
    let found: Vec<Door> = query
        .order((doors::site_id.asc(), doors::code.asc()))
        .select(Door::as_select())
        .load(c)?;
    with_places(c, found)
}

/// One door.
pub fn door_by_id(c: &mut Conn, actor: &Actor, id: DoorId) -> Result<DoorRow, Fault> {
    actor.require(Permission::ViewFacility)?;
    let found: Option<Door> = doors::table
        .find(id)
        .select(Door::as_select())
        .first(c)
        .optional()?;
    let door = found.ok_or_else(Fault::not_found)?;
    with_places(c, vec![door])?
        .into_iter()
        .next()
        .ok_or_else(Fault::not_found)
}

fn refuse_wrong_place(
    c: &mut Conn,
    draft: &DoorDraft,
    except: Option<DoorId>,
) -> Result<(), Fault> {
    let site: Option<SiteId> = sites::table
        .filter(sites::id.eq(draft.site_id))
        .filter(sites::archived_at.is_null())
        .select(sites::id)
        .first(c)
        .optional()?;
    if site.is_none() {
        return Err(Fault::field("site_id", Message::new("visit-fault-site")));
    }
    for (field, area) in [
        ("from_area_id", draft.from_area_id),
        ("to_area_id", draft.to_area_id),
    ] {
        let Some(area) = area else { continue };
        let there: Option<AreaId> = areas::table
            .filter(areas::id.eq(area))
            .filter(areas::site_id.eq(draft.site_id))
            .select(areas::id)
            .first(c)
            .optional()?;
        if there.is_none() {
            return Err(Fault::field(field, Message::new("door-fault-area")));
        }
    }
    if draft.from_area_id == draft.to_area_id {
        return Err(Fault::field(
            "to_area_id",
            Message::new("door-fault-same-area"),
        ));
    }
    if let Some(room) = draft.room_id {
        let there: Option<RoomId> = rooms::table
            .filter(rooms::id.eq(room))
            .filter(rooms::site_id.eq(draft.site_id))
            .select(rooms::id)
            .first(c)
            .optional()?;
        if there.is_none() {
            return Err(Fault::field("room_id", Message::new("door-fault-room")));
        }
    }
    let other: Option<DoorId> = doors::table
        .filter(doors::site_id.eq(draft.site_id))
        .filter(doors::code.eq(&draft.code))
        .select(doors::id)
        .first(c)
        .optional()?;
    match other {
        Some(other) if Some(other) != except => {
            Err(Fault::field("code", Message::new("door-fault-code-taken")))
        }
        _ => Ok(()),
    }
}

/// Adds a door.
pub fn door_create(c: &mut Conn, actor: &Actor, draft: &DoorDraft) -> Result<DoorId, Fault> {
    actor.require(Permission::EditDoors)?;
    refuse_wrong_place(c, draft, None)?;
    let id: DoorId = diesel::insert_into(doors::table)
        .values((
            doors::site_id.eq(draft.site_id),
            doors::code.eq(&draft.code),
            doors::name.eq(&draft.name),
            doors::from_area_id.eq(draft.from_area_id),
            doors::to_area_id.eq(draft.to_area_id),
            doors::room_id.eq(draft.room_id),
            doors::visitor_badges.eq(&draft.visitor_badges),
            doors::note.eq(&draft.note),
            doors::created_at.eq(actor.now),
            doors::updated_at.eq(actor.now),
        ))
        .returning(doors::id)
        .get_result(c)?;
    let event = Event::new("door.create", "door", id.get(), &draft.name)
        .with(json!({"code": draft.code, "site_id": draft.site_id}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a door; `version` is the one that was read. It stays at its site.
pub fn door_update(
    c: &mut Conn,
    actor: &Actor,
    id: DoorId,
    version: i64,
    draft: &DoorDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditDoors)?;
    let before = door_by_id(c, actor, id)?.door;
    if draft.site_id != before.site_id {
        return Err(Fault::field("site_id", Message::new("door-fault-site")));
    }
    refuse_wrong_place(c, draft, Some(id))?;
    let changed = diesel::update(doors::table.find(id).filter(doors::version.eq(version)))
        .set((
            doors::code.eq(&draft.code),
            doors::name.eq(&draft.name),
            doors::from_area_id.eq(draft.from_area_id),
            doors::to_area_id.eq(draft.to_area_id),
            doors::room_id.eq(draft.room_id),
            doors::visitor_badges.eq(&draft.visitor_badges),
            doors::note.eq(&draft.note),
            doors::version.eq(doors::version + 1),
            doors::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("door.update", "door", id.get(), &draft.name).with(json!({
        "before": {"code": before.code, "name": before.name, "from_area_id": before.from_area_id, "to_area_id": before.to_area_id, "room_id": before.room_id, "visitor_badges": before.visitor_badges},
        "after": {"code": draft.code, "name": draft.name, "from_area_id": draft.from_area_id, "to_area_id": draft.to_area_id, "room_id": draft.room_id, "visitor_badges": draft.visitor_badges},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a door, or brings one back. What was told of it stays.
pub fn door_archive(
    c: &mut Conn,
    actor: &Actor,
    id: DoorId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditDoors)?;
    let door = door_by_id(c, actor, id)?.door;
    let changed = diesel::update(doors::table.find(id).filter(doors::version.eq(version)))
        .set((
            doors::archived_at.eq(archived.then_some(actor.now)),
            doors::version.eq(doors::version + 1),
            doors::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "door.archive"
    } else {
        "door.restore"
    };
    let event = Event::new(action, "door", id.get(), door.name);
    audit::record(c, &actor.author(), actor.now, event)
}
