//! Who may sit down at the console of a machine.

use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::Fault;
use crate::base::ids::{CustomerId, DeviceId};
use crate::identity::{Actor, Permission};
use crate::power::console::model::Seat;
use crate::power::ops::machine;
use crate::power::rows::Machine;
use crate::store::Conn;
use crate::store::schema::console_grants;

/// The machine, when the actor may sit at its console. For customers it is there only when the
/// operator opened it to them.
pub fn attendance(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    seat: Seat,
) -> Result<Machine, Fault> {
    actor.require(match seat {
        Seat::Write => Permission::UseConsole,
        Seat::Watch => Permission::WatchConsole,
    })?;
    let machine = machine(c, actor, device)?;
    if actor.role.is_customer() && !is_granted(c, &machine)? {
        return Err(Fault::not_found());
    }
    Ok(machine)
}

/// Whether [`attendance`] lets the actor in.
pub fn may_attend(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    seat: Seat,
) -> Result<bool, Fault> {
    use crate::base::fault::FaultKind;
    match attendance(c, actor, device, seat) {
        Ok(_) => Ok(true),
        Err(fault) if matches!(fault.kind, FaultKind::NotFound | FaultKind::Forbidden) => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Whether the present owner of a machine may use its console.
pub fn is_granted(c: &mut Conn, machine: &Machine) -> Result<bool, Fault> {
    let granted: Option<CustomerId> = console_grants::table
        .filter(console_grants::device_id.eq(machine.id))
        .select(console_grants::customer_id)
        .first(c)
        .optional()?;
    // A grant to a former owner is none.
    Ok(granted.is_some() && granted == machine.customer_id)
}

/// Opens the console of a machine to its owner, or closes it to them.
pub fn grant_set(c: &mut Conn, actor: &Actor, device: DeviceId, open: bool) -> Result<(), Fault> {
    actor.require(Permission::EditBmc)?;
    let machine = machine(c, actor, device)?;
    let owner = machine.customer_id.ok_or_else(Fault::not_found)?;
    if is_granted(c, &machine)? == open {
        return Ok(());
    }
    diesel::delete(console_grants::table.filter(console_grants::device_id.eq(device)))
        .execute(c)?;
    if open {
        diesel::insert_into(console_grants::table)
            .values((
                console_grants::device_id.eq(device),
                console_grants::customer_id.eq(owner),
                console_grants::granted_by_user_id.eq(actor.user_id),
                console_grants::granted_at.eq(actor.now),
            ))
            .execute(c)?;
    }
    let event = Event::new("console.grant", "device", device.get(), machine.name)
        .for_customer(Some(owner))
        .with(json!({"open": open}));
    audit::record(c, &actor.author(), actor.now, event)
}
