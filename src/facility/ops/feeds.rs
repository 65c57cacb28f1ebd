//! Power feeds, and which PDUs hang on them.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::panels::panel_by_id;
use super::rooms::room_by_id;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{DeviceId, PowerFeedId, PowerPanelId, RackId, RoomId};
use crate::facility::feed::{FeedDraft, PduDraft};
use crate::facility::rows::{FeedRow, Pdu, PowerFeed};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{devices, pdus, power_feeds, power_panels, rooms, sites};

/// Feeds with room, site and board.
macro_rules! feed_rows {
    () => {
        power_feeds::table
            .inner_join(rooms::table.inner_join(sites::table))
            .left_join(power_panels::table)
    };
}

/// Live feeds by site, room and name.
pub fn feed_list(c: &mut Conn, actor: &Actor) -> Result<Vec<FeedRow>, Fault> {
    actor.require(Permission::ViewFacility)?;
    Ok(feed_rows!()
        .filter(power_feeds::archived_at.is_null())
        .order((
            sites::code.asc(),
            rooms::name.asc(),
            power_feeds::name.asc(),
        ))
        .select(FeedRow::as_select())
        .load(c)?)
}

/// One feed with its room.
pub fn feed_by_id(c: &mut Conn, actor: &Actor, id: PowerFeedId) -> Result<FeedRow, Fault> {
    actor.require(Permission::ViewFacility)?;
    feed_rows!()
        .filter(power_feeds::id.eq(id))
        .select(FeedRow::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Live feeds of a board by room and name.
pub fn feeds_of_panel(
    c: &mut Conn,
    actor: &Actor,
    panel: PowerPanelId,
) -> Result<Vec<FeedRow>, Fault> {
    actor.require(Permission::ViewFacility)?;
    Ok(feed_rows!()
        .filter(power_feeds::panel_id.eq(panel))
        .filter(power_feeds::archived_at.is_null())
        .order((rooms::name.asc(), power_feeds::name.asc()))
        .select(FeedRow::as_select())
        .load(c)?)
}

/// The feed of a name in a room; archived ones too.
pub fn feed_by_name(c: &mut Conn, room: RoomId, name: &str) -> Result<Option<PowerFeed>, Fault> {
    Ok(power_feeds::table
        .filter(power_feeds::room_id.eq(room))
        .filter(power_feeds::name.eq(name.trim()))
        .select(PowerFeed::as_select())
        .first(c)
        .optional()?)
}

fn refuse_wrong_place(
    c: &mut Conn,
    actor: &Actor,
    draft: &FeedDraft,
    except: Option<PowerFeedId>,
) -> Result<(), Fault> {
    let no_room = || Fault::field("room_id", Message::new("facility-no-such-room"));
    let site = match room_by_id(c, actor, draft.room_id) {
        Ok(row) if row.room.archived_at.is_none() => row.site.id,
        Ok(_) => return Err(no_room()),
        Err(fault) if fault.kind == FaultKind::NotFound => return Err(no_room()),
        Err(fault) => return Err(fault),
    };
    if let Some(panel) = draft.panel_id {
        // Boards often stand in a room of their own; only another building is a mistake.
        let there = match panel_by_id(c, actor, panel) {
            Ok(row) => row.panel.archived_at.is_none() && row.site.id == site,
            Err(fault) if fault.kind == FaultKind::NotFound => false,
            Err(fault) => return Err(fault),
        };
        if !there {
            return Err(Fault::field("panel_id", Message::new("panels-no-such")));
        }
    }
    match feed_by_name(c, draft.room_id, &draft.name)? {
        Some(other) if Some(other.id) != except => {
            Err(Fault::field("name", Message::new("feeds-name-taken")))
        }
        _ => Ok(()),
    }
}

/// Adds a feed.
pub fn feed_create(c: &mut Conn, actor: &Actor, draft: &FeedDraft) -> Result<PowerFeedId, Fault> {
    actor.require(Permission::EditFacility)?;
    refuse_wrong_place(c, actor, draft, None)?;
    let id: PowerFeedId = diesel::insert_into(power_feeds::table)
        .values((
            power_feeds::room_id.eq(draft.room_id),
            power_feeds::name.eq(&draft.name),
            power_feeds::side.eq(draft.side),
            power_feeds::phases.eq(draft.phases),
            power_feeds::volts.eq(draft.volts),
            power_feeds::amps.eq(draft.amps),
            power_feeds::panel_id.eq(draft.panel_id),
            power_feeds::max_percent.eq(draft.max_percent),
            power_feeds::contracted_watts.eq(draft.contracted_watts),
            power_feeds::note.eq(&draft.note),
            power_feeds::created_at.eq(actor.now),
            power_feeds::updated_at.eq(actor.now),
        ))
        .returning(power_feeds::id)
        .get_result(c)?;
    let event = Event::new("feed.create", "feed", id.get(), &draft.name)
        .with(json!({"room_id": draft.room_id}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a feed; `version` is the one that was read.
pub fn feed_update(
    c: &mut Conn,
    actor: &Actor,
    id: PowerFeedId,
    version: i64,
    draft: &FeedDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let before = feed_by_id(c, actor, id)?.feed;
    refuse_wrong_place(c, actor, draft, Some(id))?;
    let changed = diesel::update(
        power_feeds::table
            .find(id)
            .filter(power_feeds::version.eq(version)),
    )
    .set((
        power_feeds::room_id.eq(draft.room_id),
        power_feeds::name.eq(&draft.name),
        power_feeds::side.eq(draft.side),
        power_feeds::phases.eq(draft.phases),
        power_feeds::volts.eq(draft.volts),
        power_feeds::amps.eq(draft.amps),
        power_feeds::panel_id.eq(draft.panel_id),
        power_feeds::max_percent.eq(draft.max_percent),
        power_feeds::contracted_watts.eq(draft.contracted_watts),
        power_feeds::note.eq(&draft.note),
        power_feeds::version.eq(power_feeds::version + 1),
        power_feeds::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("feed.update", "feed", id.get(), &draft.name)
        .with(json!({"before": facts(&FeedDraft::from(&before)), "after": facts(draft)}));
    audit::record(c, &actor.author(), actor.now, event)
}

fn facts(feed: &FeedDraft) -> Value {
    json!({
        "name": feed.name, "side": feed.side, "phases": feed.phases, "volts": feed.volts, "amps": feed.amps,
        "panel_id": feed.panel_id, "max_percent": feed.max_percent, "contracted_watts": feed.contracted_watts,
    })
}

/// Archives a feed without PDUs, or brings one back.
pub fn feed_archive(
    c: &mut Conn,
    actor: &Actor,
    id: PowerFeedId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let feed = feed_by_id(c, actor, id)?.feed;
    let count = pdus_of_feed(c, id)?.len();
    if archived && count > 0 {
        return Err(Fault::conflict(
            Message::new("feeds-has-pdus").with("count", count),
        ));
    }
    let changed = diesel::update(
        power_feeds::table
            .find(id)
            .filter(power_feeds::version.eq(version)),
    )
    .set((
        power_feeds::archived_at.eq(archived.then_some(actor.now)),
        power_feeds::version.eq(power_feeds::version + 1),
        power_feeds::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "feed.archive"
    } else {
        "feed.restore"
    };
    let event = Event::new(action, "feed", id.get(), feed.name);
    audit::record(c, &actor.author(), actor.now, event)
}

/// The PDU that a device is; none when it is none. For the operations of this program: the caller has checked the
/// right to see the device.
pub fn pdu_of_device(c: &mut Conn, device: DeviceId) -> Result<Option<Pdu>, Fault> {
    Ok(pdus::table
        .filter(pdus::device_id.eq(device))
        .select(Pdu::as_select())
        .first(c)
        .optional()?)
}

/// Connects a PDU to a feed; `version` is the one that was read.
pub fn pdu_update(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    version: i64,
    draft: &PduDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let name: String = devices::table
        .find(device)
        .select(devices::name)
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    pdu_of_device(c, device)?.ok_or_else(Fault::not_found)?;
    if let Some(feed) = draft.feed_id {
        let there = match feed_by_id(c, actor, feed) {
            Ok(row) => row.feed.archived_at.is_none(),
            Err(fault) if fault.kind == FaultKind::NotFound => false,
            Err(fault) => return Err(fault),
        };
        if !there {
            return Err(Fault::field("feed_id", Message::new("feeds-no-such")));
        }
    }
    let changed = diesel::update(
        pdus::table
            .filter(pdus::device_id.eq(device))
            .filter(pdus::version.eq(version)),
    )
    .set((
        pdus::feed_id.eq(draft.feed_id),
        pdus::version.eq(pdus::version + 1),
        pdus::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("pdu.update", "device", device.get(), name)
        .with(json!({"feed_id": draft.feed_id}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Live PDUs of a rack. For the operations of this program, as the others below: the caller has checked the right.
pub fn pdus_of_rack(c: &mut Conn, rack: RackId) -> Result<Vec<DeviceId>, Fault> {
    let inside: Vec<DeviceId> = devices::table
        .filter(devices::rack_id.eq(rack))
        .filter(devices::archived_at.is_null())
        .select(devices::id)
        .load(c)?;
    Ok(pdus::table
        .filter(pdus::device_id.eq_any(inside))
        .order(pdus::device_id.asc())
        .select(pdus::device_id)
        .load(c)?)
}

/// Live PDUs of a feed.
pub fn pdus_of_feed(c: &mut Conn, feed: PowerFeedId) -> Result<Vec<DeviceId>, Fault> {
    let of: Vec<DeviceId> = pdus::table
        .filter(pdus::feed_id.eq(feed))
        .select(pdus::device_id)
        .load(c)?;
    Ok(devices::table
        .filter(devices::id.eq_any(of))
        .filter(devices::archived_at.is_null())
        .order(devices::name.asc())
        .select(devices::id)
        .load(c)?)
}
