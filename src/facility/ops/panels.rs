//! Boards that feeds of power come from.

use diesel::prelude::*;
use serde_json::json;

use super::rooms::room_by_id;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{PowerPanelId, RoomId};
use crate::facility::feed::PanelDraft;
use crate::facility::rows::{PanelRow, PowerPanel};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{power_feeds, power_panels, rooms, sites};

/// Live boards by site, room and name.
pub fn panel_list(c: &mut Conn, actor: &Actor) -> Result<Vec<PanelRow>, Fault> {
    actor.require(Permission::ViewFacility)?;
    Ok(power_panels::table
        .inner_join(rooms::table.inner_join(sites::table))
        .filter(power_panels::archived_at.is_null())
        .order((
            sites::code.asc(),
            rooms::name.asc(),
            power_panels::name.asc(),
        ))
        .select(PanelRow::as_select())
        .load(c)?)
}

/// One board with its room.
pub fn panel_by_id(c: &mut Conn, actor: &Actor, id: PowerPanelId) -> Result<PanelRow, Fault> {
    actor.require(Permission::ViewFacility)?;
    power_panels::table
        .inner_join(rooms::table.inner_join(sites::table))
        .filter(power_panels::id.eq(id))
        .select(PanelRow::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// The live board of a name in a room.
pub fn panel_by_name(c: &mut Conn, room: RoomId, name: &str) -> Result<Option<PowerPanel>, Fault> {
    Ok(power_panels::table
        .filter(power_panels::room_id.eq(room))
        .filter(power_panels::name.eq(name.trim()))
        .filter(power_panels::archived_at.is_null())
        .select(PowerPanel::as_select())
        .first(c)
        .optional()?)
}

fn refuse_wrong_place(
    c: &mut Conn,
    actor: &Actor,
    draft: &PanelDraft,
    except: Option<PowerPanelId>,
) -> Result<(), Fault> {
    let no_room = || Fault::field("room_id", Message::new("facility-no-such-room"));
    match room_by_id(c, actor, draft.room_id) {
        Ok(row) if row.room.archived_at.is_none() => {}
        Ok(_) => return Err(no_room()),
        Err(fault) if fault.kind == FaultKind::NotFound => return Err(no_room()),
        Err(fault) => return Err(fault),
    }
    match panel_by_name(c, draft.room_id, &draft.name)? {
        Some(other) if Some(other.id) != except => {
            Err(Fault::field("name", Message::new("panels-name-taken")))
        }
        _ => Ok(()),
    }
}

/// Adds a board.
pub fn panel_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &PanelDraft,
) -> Result<PowerPanelId, Fault> {
    actor.require(Permission::EditFacility)?;
    refuse_wrong_place(c, actor, draft, None)?;
    let id: PowerPanelId = diesel::insert_into(power_panels::table)
        .values((
            power_panels::room_id.eq(draft.room_id),
            power_panels::name.eq(&draft.name),
            power_panels::note.eq(&draft.note),
            power_panels::created_at.eq(actor.now),
            power_panels::updated_at.eq(actor.now),
        ))
        .returning(power_panels::id)
        .get_result(c)?;
    let event = Event::new("panel.create", "panel", id.get(), &draft.name)
        .with(json!({"room_id": draft.room_id}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a board; `version` is the one that was read. It stays in the building of its feeds.
pub fn panel_update(
    c: &mut Conn,
    actor: &Actor,
    id: PowerPanelId,
    version: i64,
    draft: &PanelDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let before = panel_by_id(c, actor, id)?;
    refuse_wrong_place(c, actor, draft, Some(id))?;
    let feeds = live_feeds(c, id)?;
    if feeds > 0 && room_by_id(c, actor, draft.room_id)?.site.id != before.site.id {
        let message = Message::new("panels-feeds-stay").with("count", feeds);
        return Err(Fault::field("room_id", message));
    }
    let changed = diesel::update(
        power_panels::table
            .find(id)
            .filter(power_panels::version.eq(version)),
    )
    .set((
        power_panels::room_id.eq(draft.room_id),
        power_panels::name.eq(&draft.name),
        power_panels::note.eq(&draft.note),
        power_panels::version.eq(power_panels::version + 1),
        power_panels::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let before = before.panel;
    let event = Event::new("panel.update", "panel", id.get(), &draft.name).with(json!({
        "before": {"name": before.name, "room_id": before.room_id},
        "after": {"name": draft.name, "room_id": draft.room_id},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

fn live_feeds(c: &mut Conn, id: PowerPanelId) -> Result<i64, Fault> {
    Ok(power_feeds::table
        .filter(power_feeds::panel_id.eq(id))
        .filter(power_feeds::archived_at.is_null())
        .count()
        .get_result(c)?)
}

/// Archives a board without live feeds, or brings one back.
pub fn panel_archive(
    c: &mut Conn,
    actor: &Actor,
    id: PowerPanelId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let panel = panel_by_id(c, actor, id)?.panel;
    let feeds = live_feeds(c, id)?;
    if archived && feeds > 0 {
        let message = Message::new("panels-has-feeds").with("count", feeds);
        return Err(Fault::conflict(message));
    }
    let other = panel_by_name(c, panel.room_id, &panel.name)?;
    if !archived && other.is_some_and(|other| other.id != id) {
        return Err(Fault::conflict(Message::new("panels-name-taken")));
    }
    let changed = diesel::update(
        power_panels::table
            .find(id)
            .filter(power_panels::version.eq(version)),
    )
    .set((
        power_panels::archived_at.eq(archived.then_some(actor.now)),
        power_panels::version.eq(power_panels::version + 1),
        power_panels::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "panel.archive"
    } else {
        "panel.restore"
    };
    let event = Event::new(action, "panel", id.get(), panel.name);
    audit::record(c, &actor.author(), actor.now, event)
}
