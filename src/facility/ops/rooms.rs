//! Rooms.

use diesel::prelude::*;
use serde_json::json;

use super::floor::refuse_lost_racks;
use super::sites::site_by_id;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{RoomId, SiteId};
use crate::facility::model::RoomDraft;
use crate::facility::rows::{Room, RoomRow};
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::schema::{racks, rooms, sites};

/// Live rooms by site and name.
pub fn room_list(c: &mut Conn, actor: &Actor) -> Result<Vec<RoomRow>, Fault> {
    actor.require(Permission::ViewFacility)?;
    Ok(rooms::table
        .inner_join(sites::table)
        .filter(rooms::archived_at.is_null())
        .order((sites::code.asc(), rooms::name.asc()))
        .select(RoomRow::as_select())
        .load(c)?)
}

/// One room with its site.
pub fn room_by_id(c: &mut Conn, actor: &Actor, id: RoomId) -> Result<RoomRow, Fault> {
    actor.require(Permission::ViewFacility)?;
    rooms::table
        .inner_join(sites::table)
        .filter(rooms::id.eq(id))
        .select(RoomRow::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// The room of a name in a site, for imports; archived ones too.
pub fn room_by_name(c: &mut Conn, site: SiteId, name: &str) -> Result<Option<Room>, Fault> {
    Ok(rooms::table
        .filter(rooms::site_id.eq(site))
        .filter(rooms::name.eq(name.trim()))
        .select(Room::as_select())
        .first(c)
        .optional()?)
}

fn refuse_wrong_place(
    c: &mut Conn,
    actor: &Actor,
    draft: &RoomDraft,
    except: Option<RoomId>,
) -> Result<(), Fault> {
    match site_by_id(c, actor, draft.site_id) {
        Ok(site) if site.archived_at.is_none() => {}
        Ok(_) => return Err(no_site()),
        Err(fault) if fault.kind == crate::base::fault::FaultKind::NotFound => {
            return Err(no_site());
        }
        Err(fault) => return Err(fault),
    }
    match room_by_name(c, draft.site_id, &draft.name)? {
        Some(other) if Some(other.id) != except => Err(Fault::field(
            "name",
            Message::new("facility-room-name-taken"),
        )),
        _ => Ok(()),
    }
}

fn no_site() -> Fault {
    Fault::field("site_id", Message::new("facility-no-such-site"))
}

/// Adds a room.
pub fn room_create(c: &mut Conn, actor: &Actor, draft: &RoomDraft) -> Result<RoomId, Fault> {
    actor.require(Permission::EditFacility)?;
    refuse_wrong_place(c, actor, draft, None)?;
    let id: RoomId = diesel::insert_into(rooms::table)
        .values((
            rooms::site_id.eq(draft.site_id),
            rooms::name.eq(&draft.name),
            rooms::note.eq(&draft.note),
            rooms::grid_columns.eq(draft.floor.columns),
            rooms::grid_rows.eq(draft.floor.rows),
            rooms::tile_mm.eq(draft.floor.tile),
            rooms::aisles.eq(draft.floor.aisles_text()),
            rooms::created_at.eq(actor.now),
            rooms::updated_at.eq(actor.now),
        ))
        .returning(rooms::id)
        .get_result(c)?;
    search_added(c, Searched::Room(id))?;
    let event = Event::new("room.create", "room", id.get(), &draft.name)
        .with(json!({"site_id": draft.site_id}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a room; `version` is the one that was read.
pub fn room_update(
    c: &mut Conn,
    actor: &Actor,
    id: RoomId,
    version: i64,
    draft: &RoomDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let before = room_by_id(c, actor, id)?.room;
    refuse_wrong_place(c, actor, draft, Some(id))?;
    if before.floor() != draft.floor {
        refuse_lost_racks(c, id, &draft.floor)?;
    }
    let changed = diesel::update(rooms::table.find(id).filter(rooms::version.eq(version)))
        .set((
            rooms::site_id.eq(draft.site_id),
            rooms::name.eq(&draft.name),
            rooms::note.eq(&draft.note),
            rooms::grid_columns.eq(draft.floor.columns),
            rooms::grid_rows.eq(draft.floor.rows),
            rooms::tile_mm.eq(draft.floor.tile),
            rooms::aisles.eq(draft.floor.aisles_text()),
            rooms::version.eq(rooms::version + 1),
            rooms::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Room(id))?;
    let event = Event::new("room.update", "room", id.get(), &draft.name).with(json!({
        "before": {"site_id": before.site_id, "name": before.name, "floor": [before.grid_columns, before.grid_rows], "aisles": before.aisles},
        "after": {"site_id": draft.site_id, "name": draft.name, "floor": [draft.floor.columns, draft.floor.rows], "aisles": draft.floor.aisles_text()},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a room without live racks, or brings one back.
pub fn room_archive(
    c: &mut Conn,
    actor: &Actor,
    id: RoomId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let room = room_by_id(c, actor, id)?.room;
    let live_racks: i64 = racks::table
        .filter(racks::room_id.eq(id))
        .filter(racks::archived_at.is_null())
        .count()
        .get_result(c)?;
    if archived && live_racks > 0 {
        let message = Message::new("facility-room-has-racks").with("count", live_racks);
        return Err(Fault::conflict(message));
    }
    let changed = diesel::update(rooms::table.find(id).filter(rooms::version.eq(version)))
        .set((
            rooms::archived_at.eq(archived.then_some(actor.now)),
            rooms::version.eq(rooms::version + 1),
            rooms::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Room(id))?;
    let action = if archived {
        "room.archive"
    } else {
        "room.restore"
    };
    let event = Event::new(action, "room", id.get(), room.name);
    audit::record(c, &actor.author(), actor.now, event)
}
