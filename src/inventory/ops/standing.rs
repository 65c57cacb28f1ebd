//! Where a device may stand: the wanted place against the rack and what is in it.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::arrival::{Arrival, Standing};
use super::bays::{enter, load_with_blades};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{CustomerId, DeviceId, DeviceTypeId, RackId};
use crate::base::units::HalfUnits;
use crate::facility::{
    Face, Ground, Half, Hold, Load, Newcomer, Occupant, Ownership, Place, Rack, RackRow, Refusal,
    admit, clashes, holds, occupants, occupants_of, rack_by_id, rack_places,
};
use crate::identity::{Actor, Wall};
use crate::inventory::chassis::SubdeviceRole;
use crate::inventory::model::DeviceTypeDraft;
use crate::inventory::place::PlaceDraft;
use crate::inventory::rows::DeviceType;
use crate::store::Conn;
use crate::store::schema::devices;

/// The place that is wanted, when it is free.
pub(super) fn stand(
    c: &mut Conn,
    actor: &Actor,
    wanted: &PlaceDraft,
    arrival: &Arrival<'_>,
) -> Result<Standing, Fault> {
    if let Some(chassis) = wanted.chassis_id {
        let bay = wanted.bay.as_deref().unwrap_or("");
        return enter(c, actor, chassis, bay, arrival);
    }
    let Some(rack_id) = wanted.rack_id else {
        return Ok(Standing::default());
    };
    if arrival.device_type.subdevice_role == SubdeviceRole::Child {
        return Err(Fault::field(
            "chassis_id",
            Message::new("inventory-blade-wants-bay"),
        ));
    }
    let row = live_rack(c, actor, rack_id)?;
    let rack = &row.rack;
    refuse_foreign_rack(rack, arrival.owner)?;
    let (standing, place) = fit(rack, wanted, arrival.device_type)?;
    let mut others = occupants(c, rack_id)?;
    others.retain(|other| Some(other.device_id) != arrival.device);
    let holds = holds(c, actor, &row)?;
    let ground = Ground {
        frame: rack.frame(),
        limits: rack.limits(),
        others: &others,
        holds: &holds,
    };
    let newcomer = Newcomer {
        place,
        load: load_of(c, arrival)?,
        owner: arrival.owner,
    };
    admit(&ground, newcomer).map_err(|refusal| refused(rack, &refusal, place, actor.wall()))?;
    Ok(standing)
}

/// What it brings: its type's load, and that of the blades in it.
fn load_of(c: &mut Conn, arrival: &Arrival<'_>) -> Result<Load, Fault> {
    let own = Load {
        watts: arrival.device_type.watts.unwrap_or_default(),
        weight: arrival.device_type.weight_g.unwrap_or_default(),
    };
    match arrival.device {
        Some(device) => load_with_blades(c, device, own),
        None => Ok(own),
    }
}

fn live_rack(c: &mut Conn, actor: &Actor, id: RackId) -> Result<RackRow, Fault> {
    let no_rack = || Fault::field("rack_id", Message::new("inventory-no-such-rack"));
    match rack_by_id(c, actor, id) {
        Ok(row) if row.rack.archived_at.is_none() => Ok(row),
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

/// Face, unit and half as the type of device allows them.
fn fit(
    rack: &Rack,
    wanted: &PlaceDraft,
    device_type: &DeviceType,
) -> Result<(Standing, Place), Fault> {
    let height = device_type.height_half_units;
    if height.get() == 0 {
        let face = wanted
            .face
            .filter(|face| face.is_side())
            .ok_or_else(|| Fault::field("face", Message::new("inventory-side-wanted")))?;
        if wanted.unit.is_some() {
            return Err(Fault::field("unit", Message::new("inventory-side-unit")));
        }
        let standing = Standing {
            rack_id: Some(rack.id),
            face: Some(face),
            ..Standing::default()
        };
        return Ok((standing, Place::Side(face)));
    }
    let face = wanted.face.unwrap_or(Face::Front);
    if face.is_side() {
        return Err(Fault::field("face", Message::new("inventory-face-wanted")));
    }
    let half = half_of(wanted, device_type)?;
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
    let standing = Standing {
        rack_id: Some(rack.id),
        offset: Some(offset),
        face: Some(face),
        half,
        ..Standing::default()
    };
    let place = Place::new(face, Some(offset), height, device_type.full_depth, half)
        .ok_or_else(|| Fault::field("unit", Message::new("inventory-unit-missing")))?;
    Ok((standing, place))
}

fn half_of(wanted: &PlaceDraft, device_type: &DeviceType) -> Result<Option<Half>, Fault> {
    match (device_type.half_width, wanted.half) {
        (false, Some(_)) => Err(Fault::field(
            "half",
            Message::new("inventory-half-of-whole"),
        )),
        (true, None) => Err(Fault::field("half", Message::new("inventory-half-wanted"))),
        (_, half) => Ok(half),
    }
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
        Refusal::Kept(holds) => Fault::field(field, kept(holds)),
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

/// Says which units are kept; for whom is on the page of the rack.
fn kept(holds: &[&Hold]) -> Message {
    let units: Vec<&str> = holds.iter().map(|hold| hold.units.as_str()).collect();
    Message::new("inventory-kept-units").with("units", units.join(", "))
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
                let as_wide = draft.half_width == occupant.half.is_some();
                let in_units = occupant.height.get() > 0;
                (as_wide || !in_units)
                    && still_fits(occupant, inside, |offset, height| {
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
