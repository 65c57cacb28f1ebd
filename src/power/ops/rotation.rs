//! Changing a BMC's password: the new one is set, it must work, and only then it is on record.
//!
//! What is on record stays the old one until the new one has worked; the new one is kept sealed with the change. A
//! stop of the program before the command leaves everything as it was; after it the next activation tests which of
//! the two holds. Where that can't be told the change is unclear, and a person decides.

use diesel::prelude::*;
use serde_json::json;

use super::endpoints::{PASSWORD_PURPOSE, find, refuse_while_live};
use super::machines::machine;
use super::rotation_rows::{rotation_last, rotation_step};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{BmcRotationId, DeviceId};
use crate::base::seal::Keyring;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::model::RotationState;
use crate::power::rotation::RotationDraft;
use crate::power::rows::{BmcEndpoint, Machine, Rotation, RotationStep};
use crate::store::Conn;
use crate::store::schema::{bmc_endpoints, bmc_rotation_steps, bmc_rotations};

/// What the column with the new password is sealed for.
pub const ROTATION_PURPOSE: &str = "bmc_rotations.password_sealed";
/// A claim that nothing came of is taken up again after this time, milliseconds.
const CLAIM_MS: i64 = 90_000;
/// Time between two tests of the new password while the BMC does not answer, milliseconds.
const AGAIN_MS: i64 = 15_000;
/// Attempts without an answer after which a person has to look.
const MOST_ATTEMPTS: i64 = 8;

/// A change to be carried on, with the endpoint as it is on record.
#[derive(Debug, Clone)]
pub struct ClaimedRotation {
    /// The change.
    pub rotation: Rotation,
    /// The endpoint; none when it was forgotten meanwhile.
    pub endpoint: Option<BmcEndpoint>,
}

fn place_of(endpoint: &BmcEndpoint) -> String {
    format!("{} {}", endpoint.address, endpoint.port)
}

fn event(action: &'static str, machine: &Machine, id: BmcRotationId) -> Event {
    Event::new(action, "device", machine.id.get(), &machine.name)
        .for_customer(machine.customer_id)
        .with(json!({"rotation": id}))
}

/// Asks for a new password on the BMC of a machine. The caller wakes the task after the commit.
pub fn rotation_request(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    device: DeviceId,
    draft: &RotationDraft,
) -> Result<BmcRotationId, Fault> {
    actor.require(Permission::EditBmc)?;
    let machine = machine(c, actor, device)?;
    let refuse = |key| {
        let message = Message::new(key).with("machine", machine.name.as_str());
        Err(Fault::conflict(message))
    };
    let Some(bmc) = find(c, device)? else {
        return refuse("power-refuse-no-bmc");
    };
    if bmc.credential_fault.is_some() {
        return refuse("power-refuse-credential");
    }
    let last = rotation_last(c, device)?;
    if last.is_some_and(|last| RotationState::LIVE.contains(&last.state)) {
        return refuse("rotation-refuse-live");
    }
    refuse_while_live(c, &machine)?;
    let id: BmcRotationId = diesel::insert_into(bmc_rotations::table)
        .values((
            bmc_rotations::device_id.eq(device),
            bmc_rotations::endpoint.eq(place_of(&bmc)),
            bmc_rotations::state.eq(RotationState::Queued),
            bmc_rotations::password_sealed.eq(keyring.seal(ROTATION_PURPOSE, &draft.password)?),
            bmc_rotations::requested_by_user_id.eq(actor.user_id),
            bmc_rotations::requested_by_name.eq(&actor.name),
            bmc_rotations::requested_at.eq(actor.now),
            bmc_rotations::next_at.eq(actor.now),
        ))
        .returning(bmc_rotations::id)
        .get_result(c)?;
    let said = Message::new("rotation-step-asked").with("name", actor.name.as_str());
    rotation_step(c, id, actor.now, RotationState::Queued, &said)?;
    let event = event("bmc.rotate", &machine, id);
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// The last change of the password of a machine's BMC with its steps, oldest first.
pub fn rotation_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Option<(Rotation, Vec<RotationStep>)>, Fault> {
    actor.require(Permission::ViewBmc)?;
    machine(c, actor, device)?;
    let Some(rotation) = rotation_last(c, device)? else {
        return Ok(None);
    };
    let steps = bmc_rotation_steps::table
        .filter(bmc_rotation_steps::rotation_id.eq(rotation.id))
        .order(bmc_rotation_steps::id.asc())
        .select(RotationStep::as_select())
        .load(c)?;
    Ok(Some((rotation, steps)))
}

/// What a person decides about a change that is unclear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// Test the new one again.
    Test,
    /// The old one stays on record.
    Old,
    /// The new one goes on record untested.
    New,
}

/// Settles a change that is unclear. The caller wakes the task after the commit.
pub fn rotation_settle(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    device: DeviceId,
    how: Settling,
) -> Result<(), Fault> {
    actor.require(Permission::EditBmc)?;
    let machine = machine(c, actor, device)?;
    let last = rotation_last(c, device)?;
    let Some(rotation) = last.filter(|last| last.state == RotationState::Unclear) else {
        return Err(Fault::conflict(Message::new("rotation-refuse-not-unclear")));
    };
    let (key, state) = match how {
        Settling::Test => ("rotation-step-again", RotationState::Testing),
        Settling::Old => ("rotation-step-kept-old", RotationState::Failed),
        Settling::New => ("rotation-step-took-new", RotationState::Done),
    };
    match how {
        Settling::Test => {
            diesel::update(bmc_rotations::table.find(rotation.id))
                .set((
                    bmc_rotations::attempts.eq(0),
                    bmc_rotations::next_at.eq(actor.now),
                ))
                .execute(c)?;
        }
        Settling::New => store(c, keyring, &rotation, actor.now)?,
        Settling::Old => {}
    }
    let said = Message::new(key).with("name", actor.name.as_str());
    rotation_step(c, rotation.id, actor.now, state, &said)?;
    let event = event("bmc.rotate_settle", &machine, rotation.id);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Takes up to `limit` changes that are due; what an ended process left is due again after a while.
pub fn rotation_claim(
    c: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ClaimedRotation>, Fault> {
    let going = [
        RotationState::Queued,
        RotationState::Sending,
        RotationState::Testing,
    ];
    let due: Vec<Rotation> = bmc_rotations::table
        .filter(bmc_rotations::state.eq_any(going))
        .filter(bmc_rotations::next_at.le(now))
        .order(bmc_rotations::id.asc())
        .limit(limit)
        .select(Rotation::as_select())
        .load(c)?;
    let mut claimed = Vec::with_capacity(due.len());
    for rotation in due {
        let row = bmc_rotations::table
            .find(rotation.id)
            .filter(bmc_rotations::version.eq(rotation.version));
        let taken = diesel::update(row)
            .set((
                bmc_rotations::next_at.eq(now.plus_millis(CLAIM_MS)),
                bmc_rotations::version.eq(bmc_rotations::version + 1),
            ))
            .execute(c)?;
        if taken == 1 {
            claimed.push(start(c, rotation, now)?);
        }
    }
    Ok(claimed)
}

fn start(c: &mut Conn, rotation: Rotation, now: Timestamp) -> Result<ClaimedRotation, Fault> {
    let endpoint = find(c, rotation.device_id)?;
    let same = endpoint.filter(|bmc| place_of(bmc) == rotation.endpoint);
    let rotation = match (rotation.state, &same) {
        // The command may have gone out when the program stopped: it is not sent again.
        (RotationState::Sending, Some(_)) => {
            let said = Message::new("rotation-step-resumed");
            rotation_step(c, rotation.id, now, RotationState::Testing, &said)?;
            rotation_last(c, rotation.device_id)?.unwrap_or(rotation)
        }
        _ => rotation,
    };
    Ok(ClaimedRotation {
        rotation,
        endpoint: same,
    })
}

/// The new password of a change.
pub fn rotation_password(rotation: &Rotation, keyring: &Keyring) -> Result<Secret, Fault> {
    let sealed = rotation.password_sealed.as_deref();
    let sealed = sealed.ok_or_else(|| Fault::internal("a change without a password"))?;
    Ok(keyring.open(ROTATION_PURPOSE, sealed)?)
}

/// Records that the command is about to go out; committed before it does.
pub fn rotation_sending(c: &mut Conn, id: BmcRotationId, now: Timestamp) -> Result<(), Fault> {
    let row = bmc_rotations::table
        .find(id)
        .filter(bmc_rotations::state.eq(RotationState::Queued))
        .filter(bmc_rotations::sent_at.is_null());
    let marked = diesel::update(row)
        .set((
            bmc_rotations::sent_at.eq(now),
            bmc_rotations::next_at.eq(now.plus_millis(CLAIM_MS)),
        ))
        .execute(c)?;
    if marked != 1 {
        return Err(Fault::conflict(Message::new("power-refuse-lease-lost")));
    }
    let said = Message::new("rotation-step-sending");
    rotation_step(c, id, now, RotationState::Sending, &said)
}

/// Goes on to the tests of the new password.
pub fn rotation_testing(
    c: &mut Conn,
    id: BmcRotationId,
    now: Timestamp,
    said: &Message,
) -> Result<(), Fault> {
    rotation_step(c, id, now, RotationState::Testing, said)
}

/// The new password has worked: it goes on record, and what was stopped goes on.
pub fn rotation_done(
    c: &mut Conn,
    keyring: &Keyring,
    rotation: &Rotation,
    now: Timestamp,
) -> Result<(), Fault> {
    store(c, keyring, rotation, now)?;
    let said = Message::new("rotation-step-stored");
    rotation_step(c, rotation.id, now, RotationState::Done, &said)?;
    audit_task(c, "bmc.rotated", rotation, now)
}

/// Ends a change: the old password stays on record.
pub fn rotation_failed(
    c: &mut Conn,
    rotation: &Rotation,
    now: Timestamp,
    said: &Message,
) -> Result<(), Fault> {
    rotation_step(c, rotation.id, now, RotationState::Failed, said)?;
    audit_task(c, "bmc.rotate_failed", rotation, now)
}

/// Nobody can tell which password holds: a person has to look.
pub fn rotation_unclear(
    c: &mut Conn,
    rotation: &Rotation,
    now: Timestamp,
    said: &Message,
) -> Result<(), Fault> {
    rotation_step(c, rotation.id, now, RotationState::Unclear, said)?;
    audit_task(c, "bmc.rotate_unclear", rotation, now)
}

/// An attempt without an answer: again in a while, as long as there are attempts left. `false` when there are none.
pub fn rotation_again(
    c: &mut Conn,
    rotation: &Rotation,
    now: Timestamp,
    said: &Message,
) -> Result<bool, Fault> {
    if rotation.attempts + 1 >= MOST_ATTEMPTS {
        return Ok(false);
    }
    rotation_step(c, rotation.id, now, rotation.state, said)?;
    diesel::update(bmc_rotations::table.find(rotation.id))
        .set((
            bmc_rotations::attempts.eq(rotation.attempts + 1),
            bmc_rotations::next_at.eq(now.plus_millis(AGAIN_MS)),
        ))
        .execute(c)?;
    Ok(true)
}

fn audit_task(
    c: &mut Conn,
    action: &'static str,
    rotation: &Rotation,
    now: Timestamp,
) -> Result<(), Fault> {
    let actor = Actor::task("bmc_rotation", now);
    let machine = machine(c, &actor, rotation.device_id)?;
    let event = event(action, &machine, rotation.id);
    audit::record(c, &actor.author(), now, event)
}

fn store(
    c: &mut Conn,
    keyring: &Keyring,
    rotation: &Rotation,
    now: Timestamp,
) -> Result<(), Fault> {
    let password = rotation_password(rotation, keyring)?;
    let sealed = keyring.seal(PASSWORD_PURPOSE, &password)?;
    let bmc = find(c, rotation.device_id)?.ok_or_else(Fault::not_found)?;
    diesel::update(bmc_endpoints::table.find(bmc.id))
        .set((
            bmc_endpoints::password_sealed.eq(sealed),
            bmc_endpoints::credential_fault.eq(None::<String>),
            bmc_endpoints::credential_fault_at.eq(None::<Timestamp>),
            bmc_endpoints::consecutive_failures.eq(0),
            bmc_endpoints::next_poll_at.eq(now),
            bmc_endpoints::version.eq(bmc_endpoints::version + 1),
            bmc_endpoints::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}
