//! Changes of passwords as rows: finding them, and their steps.

use diesel::prelude::*;

use crate::base::fault::{Fault, Message};
use crate::base::ids::{BmcRotationId, DeviceId};
use crate::base::kept::KeptMessage;
use crate::base::time::Timestamp;
use crate::power::model::RotationState;
use crate::power::rows::Rotation;
use crate::store::Conn;
use crate::store::schema::{bmc_rotation_steps, bmc_rotations};

/// The last change of a machine's BMC's password.
pub(super) fn rotation_last(c: &mut Conn, device: DeviceId) -> Result<Option<Rotation>, Fault> {
    Ok(bmc_rotations::table
        .filter(bmc_rotations::device_id.eq(device))
        .order(bmc_rotations::id.desc())
        .select(Rotation::as_select())
        .first(c)
        .optional()?)
}

/// Takes a change to a state with words; one that has come to its end forgets the new password.
pub(super) fn rotation_step(
    c: &mut Conn,
    id: BmcRotationId,
    at: Timestamp,
    state: RotationState,
    said: &Message,
) -> Result<(), Fault> {
    diesel::insert_into(bmc_rotation_steps::table)
        .values((
            bmc_rotation_steps::rotation_id.eq(id),
            bmc_rotation_steps::at.eq(at),
            bmc_rotation_steps::state.eq(state),
            bmc_rotation_steps::said.eq(KeptMessage::from(said).to_text()),
        ))
        .execute(c)?;
    let row = bmc_rotations::table.find(id);
    diesel::update(row)
        .set((
            bmc_rotations::state.eq(state),
            bmc_rotations::version.eq(bmc_rotations::version + 1),
        ))
        .execute(c)?;
    if !RotationState::LIVE.contains(&state) {
        diesel::update(row)
            .set((
                bmc_rotations::password_sealed.eq(None::<Vec<u8>>),
                bmc_rotations::finished_at.eq(at),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// Whether a change is under way, so that nobody else may touch the endpoint.
pub(super) fn is_rotating(c: &mut Conn, device: DeviceId) -> Result<bool, Fault> {
    let last = rotation_last(c, device)?;
    let state = last.map(|rotation| rotation.state);
    Ok(state.is_some_and(|state| {
        RotationState::LIVE.contains(&state) && state != RotationState::Unclear
    }))
}

/// A person recorded a credential by hand: that settles which one is right.
pub(super) fn rotation_settled_by_hand(
    c: &mut Conn,
    device: DeviceId,
    name: &str,
    at: Timestamp,
) -> Result<(), Fault> {
    let last = rotation_last(c, device)?;
    match last.filter(|rotation| rotation.state == RotationState::Unclear) {
        None => Ok(()),
        Some(rotation) => {
            let said = Message::new("rotation-step-by-hand").with("name", name);
            rotation_step(c, rotation.id, at, RotationState::Failed, &said)
        }
    }
}
