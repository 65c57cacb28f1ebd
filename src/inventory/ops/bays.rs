//! Chassis and the blades in their bays.

use diesel::prelude::*;

use super::arrival::{Arrival, Standing};
use super::devices::{blades_of, device_by_id};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{DeviceId, DeviceTypeId, RackId};
use crate::base::time::Timestamp;
use crate::base::units::{Grams, Watts};
use crate::facility::{Load, outlets_unconfirm};
use crate::identity::Actor;
use crate::inventory::chassis::{BayRefusal, Blade, SubdeviceRole, may_enter};
use crate::inventory::rows::{Device, DeviceRow};
use crate::store::Conn;
use crate::store::schema::{device_types, devices};

/// Chassis within chassis at most; what stands deeper is a fault of the record.
const DEEPEST: usize = 8;

/// The bay that is wanted, when it is free.
pub(super) fn enter(
    c: &mut Conn,
    actor: &Actor,
    chassis: DeviceId,
    bay: &str,
    arrival: &Arrival<'_>,
) -> Result<Standing, Fault> {
    let holder = live_chassis(c, actor, chassis)?;
    let above = chain(c, chassis)?;
    let mut others = blades_of(c, chassis)?;
    others.retain(|blade| Some(blade.device_id) != arrival.device);
    may_enter(
        arrival.device,
        arrival.device_type.subdevice_role,
        holder.device_type.subdevice_role,
        &above,
        &others,
        bay,
    )
    .map_err(|refusal| refused(&holder, &refusal))?;
    Ok(Standing {
        rack_id: holder.device.rack_id,
        chassis_id: Some(chassis),
        bay: Some(bay.to_owned()),
        ..Standing::default()
    })
}

fn live_chassis(c: &mut Conn, actor: &Actor, id: DeviceId) -> Result<DeviceRow, Fault> {
    let none = || Fault::field("chassis_id", Message::new("inventory-no-such-chassis"));
    match device_by_id(c, actor, id) {
        Ok(row) if row.device.archived_at.is_none() => Ok(row),
        Ok(_) => Err(none()),
        Err(fault) if fault.kind == FaultKind::NotFound => Err(none()),
        Err(fault) => Err(fault),
    }
}

/// A chassis, what holds it, and so on.
fn chain(c: &mut Conn, chassis: DeviceId) -> Result<Vec<DeviceId>, Fault> {
    let mut above = vec![chassis];
    let mut next = Some(chassis);
    while let Some(id) = next {
        next = devices::table
            .find(id)
            .select(devices::chassis_id)
            .first::<Option<DeviceId>>(c)
            .optional()?
            .flatten();
        let Some(holder) = next else { break };
        if above.contains(&holder) || above.len() >= DEEPEST {
            break;
        }
        above.push(holder);
    }
    Ok(above)
}

fn refused(holder: &DeviceRow, refusal: &BayRefusal<'_>) -> Fault {
    let name = holder.device.name.as_str();
    match refusal {
        BayRefusal::NoChassis => Fault::field(
            "chassis_id",
            Message::new("inventory-no-bays").with("name", name),
        ),
        BayRefusal::NoBlade => Fault::field("chassis_id", Message::new("inventory-no-blade")),
        BayRefusal::Circle => Fault::field(
            "chassis_id",
            Message::new("inventory-chassis-circle").with("name", name),
        ),
        BayRefusal::Taken(blade) => Fault::field(
            "bay",
            Message::new("inventory-bay-taken")
                .with("bay", blade.bay.as_str())
                .with("name", blade.name.as_str()),
        ),
    }
}

/// What a chassis brings into a rack with the blades that are in it.
pub(super) fn load_with_blades(c: &mut Conn, chassis: DeviceId, own: Load) -> Result<Load, Fault> {
    let blades: Vec<(Option<Watts>, Option<Grams>)> = devices::table
        .inner_join(device_types::table)
        .filter(devices::chassis_id.eq(chassis))
        .filter(devices::archived_at.is_null())
        .select((device_types::watts, device_types::weight_g))
        .load(c)?;
    Ok(blades.into_iter().fold(own, |sum, (watts, weight)| Load {
        watts: sum.watts.saturating_add(watts.unwrap_or_default()),
        weight: sum.weight.saturating_add(weight.unwrap_or_default()),
    }))
}

/// What follows when a device comes to stand in `rack`: nothing where it stood in it before. Otherwise its blades come along,
/// and what its outlets feed is not confirmed any more: its cables have been pulled.
pub(super) fn change_rack(
    c: &mut Conn,
    before: &Device,
    rack: Option<RackId>,
    now: Timestamp,
) -> Result<(), Fault> {
    if before.rack_id == rack {
        return Ok(());
    }
    diesel::update(devices::table.filter(devices::chassis_id.eq(before.id)))
        .set(devices::rack_id.eq(rack))
        .execute(c)?;
    outlets_unconfirm(c, before.id, now)
}

/// Refuses what can't be done to a chassis with blades in it.
pub(super) fn refuse_blades_inside(c: &mut Conn, chassis: DeviceId) -> Result<(), Fault> {
    let blades: Vec<Blade> = blades_of(c, chassis)?;
    if blades.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = blades.iter().map(|blade| blade.name.as_str()).collect();
    Err(Fault::conflict(
        Message::new("inventory-blades-inside").with("names", names.join(", ")),
    ))
}

/// Refuses to turn a type into something else while devices of it hold blades or are blades.
pub(super) fn refuse_if_in_bays(c: &mut Conn, id: DeviceTypeId) -> Result<(), Fault> {
    let of_type: Vec<(DeviceId, String, Option<DeviceId>)> = devices::table
        .filter(devices::device_type_id.eq(id))
        .filter(devices::archived_at.is_null())
        .select((devices::id, devices::name, devices::chassis_id))
        .load(c)?;
    let ids: Vec<DeviceId> = of_type.iter().map(|(device, ..)| *device).collect();
    let holding: Vec<Option<DeviceId>> = devices::table
        .filter(devices::chassis_id.eq_any(ids))
        .filter(devices::archived_at.is_null())
        .select(devices::chassis_id)
        .load(c)?;
    let bound = of_type
        .iter()
        .find(|(device, _, chassis)| chassis.is_some() || holding.contains(&Some(*device)));
    match bound {
        Some((_, name, _)) => {
            let message = Message::new("inventory-type-in-bays").with("name", name.as_str());
            Err(Fault::field("subdevice_role", message))
        }
        None => Ok(()),
    }
}

/// The role of what a device is now, for a change of its type.
pub(super) fn refuse_wrong_role(
    c: &mut Conn,
    device: DeviceId,
    before: SubdeviceRole,
    after: SubdeviceRole,
) -> Result<(), Fault> {
    if before == SubdeviceRole::Parent && after != before {
        return refuse_blades_inside(c, device);
    }
    Ok(())
}
