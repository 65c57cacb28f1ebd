//! Racks.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::floor::refuse_taken_tiles;
use super::occupants::occupants;
use super::reservations::reservations_of_racks;
use super::rooms::room_by_id;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fold::fold;
use crate::base::ids::{RackId, RoomId};
use crate::base::page::{Mark, Page, PageRequest, Walk};
use crate::base::units::Millimetres;
use crate::facility::floor::{Spot, footprint};
use crate::facility::model::{RackDraft, RackFilter, RackSort};
use crate::facility::occupancy::fill;
use crate::facility::placement::{Frame, Place};
use crate::facility::rows::{Rack, RackPlace, RackRow};
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::schema::{customers, racks, rooms, sites};

/// Racks with room, site and customer.
macro_rules! rack_rows {
    () => {
        racks::table
            .inner_join(rooms::table.inner_join(sites::table))
            .left_join(customers::table)
    };
}

/// Racks as the filter sorts them, by place when it says nothing; a page of them.
pub fn rack_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &RackFilter,
    page: &PageRequest,
) -> Result<Page<RackRow>, Fault> {
    actor.require(Permission::ViewFacility)?;
    let mut query = rack_rows!().select(RackRow::as_select()).into_boxed();
    query = if filter.archived {
        query.filter(racks::archived_at.is_not_null())
    } else {
        query.filter(racks::archived_at.is_null())
    };
    if let Some(room) = filter.room_id {
        query = query.filter(racks::room_id.eq(room));
    }
    if let Some(site) = filter.site_id {
        query = query.filter(rooms::site_id.eq(site));
    }
    if let Some(customer) = filter.customer_id {
        query = query.filter(racks::customer_id.eq(customer));
    }
    if let Some(ownership) = filter.ownership {
        query = query.filter(racks::ownership.eq(ownership));
    }
    let mut all: Vec<RackRow> = query.load(c)?;
    let wanted = fold(&filter.query);
    if !wanted.is_empty() {
        all.retain(|row| fold(&searched(row)).contains(&wanted));
    }
    // A building has hundreds of racks, not millions: cutting in memory keeps both engines alike.
    Ok(Walk::of(page, filter.is_descending).cut(all, |row| mark(filter.sort, row)))
}

/// Where a rack stands in a list.
fn mark(sort: RackSort, row: &RackRow) -> Mark {
    let rack = &row.rack;
    let id = rack.id.get();
    match sort {
        RackSort::Place => {
            let position = format!("{:010}", rack.position_in_row.max(0));
            let parts = [
                row.site.code.as_str(),
                &row.room.name,
                &rack.row_name,
                &position,
                &rack.name,
            ];
            // The separator comes before every letter, so that a short name comes before a longer one.
            Mark::of_text(id, Some(&parts.join("\u{1f}")))
        }
        RackSort::Name => Mark::of_text(id, Some(&rack.name)),
        RackSort::Units => Mark::of_number(id, Some(rack.units)),
        RackSort::Customer => Mark::of_text(id, row.customer.as_ref().map(|one| one.name.as_str())),
        RackSort::Ownership => Mark::of_text(id, Some(rack.ownership.as_str())),
        RackSort::Power => Mark::of_number(id, rack.max_watts.map(|watts| watts.get())),
        RackSort::Updated => Mark::of_number(id, Some(rack.updated_at.millis())),
    }
}

fn searched(row: &RackRow) -> String {
    let customer = row.customer.as_ref();
    [
        row.rack.name.as_str(),
        &row.rack.row_name,
        &row.room.name,
        &row.site.code,
        &row.site.name,
        customer.map_or("", |customer| &customer.code),
        customer.map_or("", |customer| &customer.name),
    ]
    .join(" ")
}

/// One rack with room, site and customer.
pub fn rack_by_id(c: &mut Conn, actor: &Actor, id: RackId) -> Result<RackRow, Fault> {
    actor.require(Permission::ViewFacility)?;
    rack_rows!()
        .filter(racks::id.eq(id))
        .select(RackRow::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// One rack for its drawing. For the operations of this program: the caller has checked the right to see it.
pub fn rack_drawn(c: &mut Conn, id: RackId) -> Result<RackRow, Fault> {
    rack_rows!()
        .filter(racks::id.eq(id))
        .select(RackRow::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// The rack of a name in a room, for imports; archived ones too.
pub fn rack_by_name(c: &mut Conn, room: RoomId, name: &str) -> Result<Option<Rack>, Fault> {
    Ok(racks::table
        .filter(racks::room_id.eq(room))
        .filter(racks::name.eq(name.trim()))
        .select(Rack::as_select())
        .first(c)
        .optional()?)
}

/// Names and grids of racks, for what says where a device stands. Needs no right: who sees a device sees its place.
pub fn rack_places(c: &mut Conn, ids: &[RackId]) -> Result<HashMap<RackId, RackPlace>, Fault> {
    // One rack is asked for by a statement that is planned once; a set is a new statement each time.
    let rows: Vec<RackRow> = match ids {
        [] => Vec::new(),
        [id] => rack_rows!()
            .filter(racks::id.eq(id))
            .select(RackRow::as_select())
            .load(c)?,
        ids => rack_rows!()
            .filter(racks::id.eq_any(ids))
            .select(RackRow::as_select())
            .load(c)?,
    };
    Ok(rows
        .into_iter()
        .map(|row| (row.rack.id, RackPlace::from(row)))
        .collect())
}

fn refuse_wrong_place(
    c: &mut Conn,
    actor: &Actor,
    draft: &RackDraft,
    except: Option<RackId>,
) -> Result<(), Fault> {
    let no_room = || Fault::field("room_id", Message::new("facility-no-such-room"));
    match room_by_id(c, actor, draft.room_id) {
        Ok(row) if row.room.archived_at.is_none() => {}
        Ok(_) => return Err(no_room()),
        Err(fault) if fault.kind == FaultKind::NotFound => return Err(no_room()),
        Err(fault) => return Err(fault),
    }
    if let Some(customer) = draft.customer_id {
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
    }
    match rack_by_name(c, draft.room_id, &draft.name)? {
        Some(other) if Some(other.id) != except => Err(Fault::field(
            "name",
            Message::new("facility-rack-name-taken"),
        )),
        _ => Ok(()),
    }
}

/// Adds a rack.
pub fn rack_create(c: &mut Conn, actor: &Actor, draft: &RackDraft) -> Result<RackId, Fault> {
    actor.require(Permission::EditFacility)?;
    refuse_wrong_place(c, actor, draft, None)?;
    refuse_wrong_spot(c, actor, draft, None)?;
    let id: RackId = diesel::insert_into(racks::table)
        .values((
            (
                racks::room_id.eq(draft.room_id),
                racks::name.eq(&draft.name),
                racks::row_name.eq(&draft.row_name),
                racks::position_in_row.eq(draft.position_in_row),
                racks::units.eq(draft.units),
                racks::starting_unit.eq(draft.starting_unit),
                racks::numbering.eq(draft.numbering),
                racks::depth_mm.eq(draft.depth_mm),
            ),
            (
                racks::width_mm.eq(draft.width_mm),
                racks::grid_x.eq(draft.spot.map(|spot| spot.x)),
                racks::grid_y.eq(draft.spot.map(|spot| spot.y)),
                racks::rotation.eq(draft.spot.map_or(0, |spot| spot.rotation.degrees())),
            ),
            racks::max_watts.eq(draft.max_watts),
            racks::contracted_watts.eq(draft.contracted_watts),
            racks::max_weight_g.eq(draft.max_weight_g),
            racks::ownership.eq(draft.ownership),
            racks::customer_id.eq(draft.customer_id),
            racks::note.eq(&draft.note),
            racks::created_at.eq(actor.now),
            racks::updated_at.eq(actor.now),
        ))
        .returning(racks::id)
        .get_result(c)?;
    search_added(c, Searched::Rack(id))?;
    let event = Event::new("rack.create", "rack", id.get(), &draft.name)
        .for_customer(draft.customer_id)
        .with(
            json!({"room_id": draft.room_id, "units": draft.units, "ownership": draft.ownership}),
        );
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a rack; `version` is the one that was read. What stands in it must still fit.
pub fn rack_update(
    c: &mut Conn,
    actor: &Actor,
    id: RackId,
    version: i64,
    draft: &RackDraft,
) -> Result<(), Fault> {
    rack_update_because(c, actor, id, version, draft, "")
}

/// The same with a reason that stands in the history; empty where nobody gave one.
pub(super) fn rack_update_because(
    c: &mut Conn,
    actor: &Actor,
    id: RackId,
    version: i64,
    draft: &RackDraft,
    reason: &str,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let before = rack_by_id(c, actor, id)?.rack;
    refuse_wrong_place(c, actor, draft, Some(id))?;
    if floor_of(&RackDraft::from(&before)) != floor_of(draft) {
        refuse_wrong_spot(c, actor, draft, Some(id))?;
    }
    refuse_if_too_small(c, &before, draft)?;
    refuse_if_kept_units_go(c, actor, id, draft)?;
    let changed = diesel::update(racks::table.find(id).filter(racks::version.eq(version)))
        .set((
            (
                racks::room_id.eq(draft.room_id),
                racks::name.eq(&draft.name),
                racks::row_name.eq(&draft.row_name),
                racks::position_in_row.eq(draft.position_in_row),
                racks::units.eq(draft.units),
                racks::starting_unit.eq(draft.starting_unit),
                racks::numbering.eq(draft.numbering),
                racks::depth_mm.eq(draft.depth_mm),
            ),
            (
                racks::width_mm.eq(draft.width_mm),
                racks::grid_x.eq(draft.spot.map(|spot| spot.x)),
                racks::grid_y.eq(draft.spot.map(|spot| spot.y)),
                racks::rotation.eq(draft.spot.map_or(0, |spot| spot.rotation.degrees())),
            ),
            racks::max_watts.eq(draft.max_watts),
            racks::contracted_watts.eq(draft.contracted_watts),
            racks::max_weight_g.eq(draft.max_weight_g),
            racks::ownership.eq(draft.ownership),
            racks::customer_id.eq(draft.customer_id),
            racks::note.eq(&draft.note),
            racks::version.eq(racks::version + 1),
            racks::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Rack(id))?;
    let mut told = json!({"before": facts(&RackDraft::from(&before)), "after": facts(draft)});
    if let Some(told) = told.as_object_mut().filter(|_| !reason.is_empty()) {
        told.insert("reason".to_owned(), reason.into());
    }
    let event = Event::new("rack.update", "rack", id.get(), &draft.name)
        .for_customer(draft.customer_id)
        .with(told);
    audit::record(c, &actor.author(), actor.now, event)
}

fn facts(rack: &RackDraft) -> Value {
    json!({
        "name": rack.name, "room_id": rack.room_id, "row_name": rack.row_name, "note": rack.note, "units": rack.units, "starting_unit": rack.starting_unit,
        "numbering": rack.numbering, "max_watts": rack.max_watts, "max_weight_g": rack.max_weight_g, "contracted_watts": rack.contracted_watts,
        "ownership": rack.ownership, "customer_id": rack.customer_id, "spot": rack.spot,
    })
}

/// What decides which tiles a rack takes.
const fn floor_of(
    rack: &RackDraft,
) -> (
    RoomId,
    Option<Spot>,
    Option<Millimetres>,
    Option<Millimetres>,
) {
    (rack.room_id, rack.spot, rack.width_mm, rack.depth_mm)
}

fn refuse_wrong_spot(
    c: &mut Conn,
    actor: &Actor,
    draft: &RackDraft,
    except: Option<RackId>,
) -> Result<(), Fault> {
    let Some(spot) = draft.spot else {
        return Ok(());
    };
    let floor = room_by_id(c, actor, draft.room_id)?.room.floor();
    let area = footprint(spot, draft.width_mm, draft.depth_mm, floor.tile);
    refuse_taken_tiles(c, draft.room_id, &floor, area, except)
}

fn refuse_if_kept_units_go(
    c: &mut Conn,
    actor: &Actor,
    id: RackId,
    draft: &RackDraft,
) -> Result<(), Fault> {
    let frame = Frame {
        units: draft.units,
        starting_unit: draft.starting_unit,
        numbering: draft.numbering,
    };
    let lost: Vec<String> = reservations_of_racks(c, actor, &[id])?
        .iter()
        .filter(|row| row.reservation.place(frame).is_none())
        .map(|row| row.reservation.units())
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    let message = Message::new("facility-rack-keeps-units").with("units", lost.join(", "));
    Err(Fault::field("units", message))
}

fn refuse_if_too_small(c: &mut Conn, before: &Rack, draft: &RackDraft) -> Result<(), Fault> {
    let inside = occupants(c, before.id)?;
    let frame = Frame {
        units: draft.units,
        starting_unit: draft.starting_unit,
        numbering: draft.numbering,
    };
    let out: Vec<&str> = inside
        .iter()
        .filter(|occupant| match occupant.place() {
            Some(Place::Units { offset, height, .. }) => !frame.holds(offset, height),
            _ => false,
        })
        .map(|occupant| occupant.name.as_str())
        .collect();
    if !out.is_empty() {
        let message = Message::new("facility-rack-too-small").with("names", out.join(", "));
        return Err(Fault::field("units", message));
    }
    let load = fill(frame, &inside);
    if let Some(limit) = draft.max_watts
        && before.max_watts != draft.max_watts
        && load.watts > limit
    {
        let message = Message::new("facility-rack-draws-more").with("watts", load.watts.get());
        return Err(Fault::field("max_watts", message));
    }
    match draft.max_weight_g {
        Some(limit) if before.max_weight_g != draft.max_weight_g && load.weight_g > limit => {
            let weight = load.weight_g.to_kilograms_text();
            let message = Message::new("facility-rack-weighs-more").with("kilograms", weight);
            Err(Fault::field("max_weight_kg", message))
        }
        _ => Ok(()),
    }
}

/// Archives an empty rack, or brings one back.
pub fn rack_archive(
    c: &mut Conn,
    actor: &Actor,
    id: RackId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let row = rack_by_id(c, actor, id)?;
    let inside = occupants(c, id)?;
    if archived && !inside.is_empty() {
        let message = Message::new("facility-rack-has-devices").with("count", inside.len());
        return Err(Fault::conflict(message));
    }
    if !archived && row.room.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("facility-no-such-room")));
    }
    let changed = diesel::update(racks::table.find(id).filter(racks::version.eq(version)))
        .set((
            racks::archived_at.eq(archived.then_some(actor.now)),
            racks::version.eq(racks::version + 1),
            racks::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Rack(id))?;
    let action = if archived {
        "rack.archive"
    } else {
        "rack.restore"
    };
    let event =
        Event::new(action, "rack", id.get(), row.rack.name).for_customer(row.rack.customer_id);
    audit::record(c, &actor.author(), actor.now, event)
}
