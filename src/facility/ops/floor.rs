//! Racks on the floors of rooms.

use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{RackId, RoomId};
use crate::facility::floor::{Area, Floor, FloorRefusal, Spot, Standing, footprint, settle};
use crate::facility::rows::{Rack, Room};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{racks, rooms};

/// Live racks of a room by row, place and name.
pub fn racks_on_floor(c: &mut Conn, actor: &Actor, room: RoomId) -> Result<Vec<Rack>, Fault> {
    actor.require(Permission::ViewFacility)?;
    live_racks(c, room)
}

fn live_racks(c: &mut Conn, room: RoomId) -> Result<Vec<Rack>, Fault> {
    Ok(racks::table
        .filter(racks::room_id.eq(room))
        .filter(racks::archived_at.is_null())
        .order((
            racks::row_name.asc(),
            racks::position_in_row.asc(),
            racks::name.asc(),
        ))
        .select(Rack::as_select())
        .load(c)?)
}

fn standing(rack: &Rack, floor: &Floor) -> Option<Standing> {
    Some(Standing {
        rack_id: rack.id,
        name: rack.name.clone(),
        area: footprint(rack.spot()?, rack.width_mm, rack.depth_mm, floor.tile),
    })
}

fn words(refusal: &FloorRefusal<'_>, floor: &Floor) -> Message {
    match refusal {
        FloorRefusal::NoPlan => Message::new("facility-no-plan"),
        FloorRefusal::Outside => Message::new("facility-off-the-floor")
            .with("columns", floor.columns)
            .with("rows", floor.rows),
        FloorRefusal::Taken(others) => {
            let names: Vec<&str> = others.iter().map(|other| other.name.as_str()).collect();
            Message::new("facility-tiles-taken").with("names", names.join(", "))
        }
    }
}

/// Refuses tiles that are off the floor or under another rack.
pub(super) fn refuse_taken_tiles(
    c: &mut Conn,
    room: RoomId,
    floor: &Floor,
    area: Area,
    except: Option<RackId>,
) -> Result<(), Fault> {
    let others: Vec<Standing> = live_racks(c, room)?
        .iter()
        .filter(|rack| Some(rack.id) != except)
        .filter_map(|rack| standing(rack, floor))
        .collect();
    settle(floor, &others, area).map_err(|refusal| Fault::field("grid_x", words(&refusal, floor)))
}

/// Refuses a floor on which racks of the room would no longer stand.
pub(super) fn refuse_lost_racks(c: &mut Conn, room: RoomId, floor: &Floor) -> Result<(), Fault> {
    let all: Vec<Standing> = live_racks(c, room)?
        .iter()
        .filter_map(|rack| standing(rack, floor))
        .collect();
    for one in &all {
        let others: Vec<Standing> = all
            .iter()
            .filter(|other| other.rack_id != one.rack_id)
            .cloned()
            .collect();
        if settle(floor, &others, one.area).is_err() {
            let message = Message::new("facility-floor-loses").with("name", one.name.as_str());
            return Err(Fault::field("grid_columns", message));
        }
    }
    Ok(())
}

/// Puts a rack on another place of its room's floor, or takes it off the plan; `version` is the one that was read.
pub fn rack_settle(
    c: &mut Conn,
    actor: &Actor,
    id: RackId,
    version: i64,
    spot: Option<Spot>,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let (rack, room): (Rack, Room) = racks::table
        .inner_join(rooms::table)
        .filter(racks::id.eq(id))
        .filter(racks::archived_at.is_null())
        .select((Rack::as_select(), Room::as_select()))
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    if let Some(spot) = spot {
        let floor = room.floor();
        let area = footprint(spot, rack.width_mm, rack.depth_mm, floor.tile);
        refuse_taken_tiles(c, room.id, &floor, area, Some(id))?;
    }
    let changed = diesel::update(racks::table.find(id).filter(racks::version.eq(version)))
        .set((
            racks::grid_x.eq(spot.map(|spot| spot.x)),
            racks::grid_y.eq(spot.map(|spot| spot.y)),
            racks::rotation.eq(spot.map_or(0, |spot| spot.rotation.degrees())),
            racks::version.eq(racks::version + 1),
            racks::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let detail = json!({"before": {"spot": rack.spot()}, "after": {"spot": spot}});
    let event = Event::new("rack.settle", "rack", id.get(), rack.name)
        .for_customer(rack.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}
