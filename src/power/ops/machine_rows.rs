//! The row with what is read of a machine.

use diesel::prelude::*;

use super::machines::machine;
use crate::base::fault::Fault;
use crate::base::ids::DeviceId;
use crate::base::machine::Light;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::rows::MachineReading;
use crate::store::Conn;
use crate::store::schema::machine_readings;

/// What was read of a machine; for those who have checked who may see it.
pub(super) fn reading_find(
    c: &mut Conn,
    device: DeviceId,
) -> Result<Option<MachineReading>, Fault> {
    Ok(machine_readings::table
        .find(device)
        .select(MachineReading::as_select())
        .first(c)
        .optional()?)
}

/// Writes it back.
pub(super) fn reading_save(c: &mut Conn, row: &MachineReading) -> Result<(), Fault> {
    diesel::update(machine_readings::table.find(row.device_id))
        .set(row)
        .execute(c)?;
    Ok(())
}

/// Keeps what the identify light does; a machine of which nothing was read yet keeps none.
pub fn light_seen(
    c: &mut Conn,
    device: DeviceId,
    light: Light,
    at: Timestamp,
) -> Result<(), Fault> {
    diesel::update(machine_readings::table.find(device))
        .set((
            machine_readings::light.eq(light.as_str()),
            machine_readings::light_at.eq(at),
        ))
        .execute(c)?;
    Ok(())
}

/// What was read of a machine on the actor's side of the wall; none before the first reading.
pub fn reading_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Option<MachineReading>, Fault> {
    actor.require(Permission::ViewPower)?;
    machine(c, actor, device)?;
    reading_find(c, device)
}
