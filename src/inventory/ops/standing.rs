//! Where a device may stand: the wanted place against the rack and what is in it.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{CustomerId, DeviceId, DeviceTypeId, RackId};
use crate::base::units::HalfUnits;
use crate::facility::{
    Face, Load, Occupant, Ownership, Place, Rack, Refusal, admit, clashes, occupants, occupants_of,
    rack_by_id, rack_places,
};
use crate::identity::{Actor, Wall};
use crate::inventory::model::{DeviceTypeDraft, PlaceDraft};
use crate::inventory::rows::DeviceType;
use crate::store::Conn;
use crate::store::schema::devices;

/// A place that was found free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub rack_id: RackId,
    pub offset: Option<HalfUnits>,
    pub face: Face,
}

/// Who wants to stand there.
pub(super) struct Arrival<'a> {
    pub device_type: &'a DeviceType,
    pub owner: Option<CustomerId>,
    /// The device itself when it is there already: it isn't in its own way.
    pub device: Option<DeviceId>,
}

/// The place that is wanted, when it is free; `None` when no rack is wanted.
pub(super) fn stand(
    c: &mut Conn,
    actor: &Actor,
    wanted: &PlaceDraft,
    arrival: &Arrival<'_>,
) -> Result<Option<Standing>, Fault> {
    let Some(rack_id) = wanted.rack_id else {
        return Ok(None);
    };
    let rack = live_rack(c, actor, rack_id)?;
    refuse_foreign_rack(&rack, arrival.owner)?;
    let standing = fit(&rack, wanted, arrival.device_type)?;
    let mut others = occupants(c, rack_id)?;
    others.retain(|other| Some(other.device_id) != arrival.device);
    let height = arrival.device_type.height_half_units;
    let full_depth = arrival.device_type.full_depth;
    let place = Place::new(standing.face, standing.offset, height, full_depth)
        .ok_or_else(|| Fault::field("unit", Message::new("inventory-unit-missing")))?;
    let load = Load {
        watts: arrival.device_type.watts.unwrap_or_default(),
        weight: arrival.device_type.weight_g.unwrap_or_default(),
    };
    admit(rack.frame(), rack.limits(), &others, place, load)
        .map_err(|refusal| refused(&rack, &refusal, place, actor.wall()))?;
    Ok(Some(standing))
}

fn live_rack(c: &mut Conn, actor: &Actor, id: RackId) -> Result<Rack, Fault> {
    let no_rack = || Fault::field("rack_id", Message::new("inventory-no-such-rack"));
    match rack_by_id(c, actor, id) {
        Ok(row) if row.rack.archived_at.is_none() => Ok(row.rack),
        Ok(_) => Err(no_rack()),
        Err(fault) if fault.kind == FaultKind::NotFound => Err(no_rack()),
        Err(fault) => Err(fault),
    }
}

fn refuse_foreign_rack(rack: &Rack, owner: Option<CustomerId>) -> Result<(), Fault> {
    let foreign =
        rack.ownership == Ownership::Customer && owner.is_some() && owner != rack.customer_id;
    if foreign {
        let message = Message::new("inventory-foreign-rack").with("rack", rack.name.as_str());
        return Err(Fault::field("rack_id", message));
    }
    Ok(())
}

/// Face and unit as the type of device allows them.
fn fit(rack: &Rack, wanted: &PlaceDraft, device_type: &DeviceType) -> Result<Standing, Fault> {
    let height = device_type.height_half_units;
    if height.get() == 0 {
        let face = wanted
            .face
            .filter(|face| face.is_side())
            .ok_or_else(|| Fault::field("face", Message::new("inventory-side-wanted")))?;
        if wanted.unit.is_some() {
            return Err(Fault::field("unit", Message::new("inventory-side-unit")));
        }
        return Ok(Standing {
            rack_id: rack.id,
            offset: None,
            face,
        });
    }
    let face = wanted.face.unwrap_or(Face::Front);
    if face.is_side() {
        return Err(Fault::field("face", Message::new("inventory-face-wanted")));
    }
    let unit = wanted
        .unit
        .ok_or_else(|| Fault::field("unit", Message::new("inventory-unit-missing")))?;
    let frame = rack.frame();
    let offset = frame.offset_of(unit, height).ok_or_else(|| {
        let (first, last) = frame.span();
        let message = Message::new("inventory-out-of-rack")
            .with("rack", rack.name.as_str())
            .with("first", first)
            .with("last", last);
        Fault::field("unit", message)
    })?;
    Ok(Standing {
        rack_id: rack.id,
        offset: Some(offset),
        face,
    })
}

fn refused(rack: &Rack, refusal: &Refusal<'_>, place: Place, wall: Wall) -> Fault {
    let field = if matches!(place, Place::Side(_)) {
        "face"
    } else {
        "unit"
    };
    match refusal {
        Refusal::OutOfRack => {
            let (first, last) = rack.frame().span();
            let message = Message::new("inventory-out-of-rack")
                .with("rack", rack.name.as_str())
                .with("first", first)
                .with("last", last);
            Fault::field("unit", message)
        }
        Refusal::Occupied(others) => Fault::field(field, in_the_way(others, wall)),
        Refusal::TooMuchPower { total, limit } => {
            let message = Message::new("inventory-too-much-power")
                .with("rack", rack.name.as_str())
                .with("total", total.get())
                .with("limit", limit.get());
            Fault::field("rack_id", message)
        }
        Refusal::TooHeavy { total, limit } => {
            let message = Message::new("inventory-too-heavy")
                .with("rack", rack.name.as_str())
                .with("total", total.to_kilograms_text())
                .with("limit", limit.to_kilograms_text());
            Fault::field("rack_id", message)
        }
    }
}

/// Says what is in the way; what is beyond the wall has no name.
fn in_the_way(others: &[&Occupant], wall: Wall) -> Message {
    let names: Vec<&str> = others
        .iter()
        .filter(|other| wall.shows(other.customer_id))
        .map(|other| other.name.as_str())
        .collect();
    if names.len() < others.len() {
        return Message::new("inventory-occupied");
    }
    Message::new("inventory-occupied-by").with("names", names.join(", "))
}

/// Refuses a change of a type's height or depth after which devices of it would no longer fit where they stand.
pub(super) fn refuse_if_none_fit(
    c: &mut Conn,
    id: DeviceTypeId,
    draft: &DeviceTypeDraft,
) -> Result<(), Fault> {
    let standing: Vec<(DeviceId, Option<RackId>)> = devices::table
        .filter(devices::device_type_id.eq(id))
        .filter(devices::rack_id.is_not_null())
        .filter(devices::archived_at.is_null())
        .select((devices::id, devices::rack_id))
        .load(c)?;
    let of_type: HashSet<DeviceId> = standing.iter().map(|(device, _)| *device).collect();
    let racks: Vec<RackId> = standing
        .iter()
        .filter_map(|(_, rack)| *rack)
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let places = rack_places(c, &racks)?;
    let mut by_rack: HashMap<RackId, Vec<Occupant>> = HashMap::new();
    for mut occupant in occupants_of(c, &racks)? {
        if of_type.contains(&occupant.device_id) {
            occupant.height = draft.height_half_units;
            occupant.full_depth = draft.full_depth;
        }
        by_rack.entry(occupant.rack_id).or_default().push(occupant);
    }
    for (rack, inside) in &by_rack {
        for occupant in inside
            .iter()
            .filter(|occupant| of_type.contains(&occupant.device_id))
        {
            let fits = places.get(rack).is_some_and(|place| {
                still_fits(occupant, inside, |offset, height| {
                    place.frame.holds(offset, height)
                })
            });
            if !fits {
                let message = Message::new("inventory-type-no-longer-fits")
                    .with("name", occupant.name.as_str());
                return Err(Fault::field("height_units", message));
            }
        }
    }
    Ok(())
}

fn still_fits(
    occupant: &Occupant,
    inside: &[Occupant],
    holds: impl Fn(HalfUnits, HalfUnits) -> bool,
) -> bool {
    let side = occupant.face.is_side();
    if side != (occupant.height.get() == 0) {
        return false;
    }
    match occupant.place() {
        Some(Place::Side(_)) => true,
        Some(place) => {
            let others: Vec<Occupant> = inside
                .iter()
                .filter(|other| other.device_id != occupant.device_id)
                .cloned()
                .collect();
            let held = occupant
                .offset
                .is_some_and(|offset| holds(offset, occupant.height));
            held && clashes(&others, place).is_empty()
        }
        None => false,
    }
}
