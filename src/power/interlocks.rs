//! What must hold before a wish is queued. Pure: the situation is given in.

use super::model::{Action, Limits, Path, PowerState};
use super::wish::Wish;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::IntentId;
use crate::base::time::Timestamp;

/// A lock on a machine: maintenance, evidence hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Who set it.
    pub owner: String,
    /// Why.
    pub reason: String,
}

/// Whether a machine can be switched by its outlets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutletWay {
    /// No outlet is on record for it.
    None,
    /// An outlet is on record that nobody has confirmed.
    Unconfirmed,
    /// An outlet is confirmed that its PDU does not show any more.
    Missing,
    /// All are confirmed and there.
    Ready,
}

/// The state of things around a machine.
#[derive(Debug, Clone)]
pub struct Situation {
    /// Name of the machine, for the words.
    pub machine: String,
    /// It is archived or has been taken out.
    pub gone: bool,
    /// Which way the wish wants.
    pub path: Path,
    /// Whether its outlets can be switched.
    pub outlets: OutletWay,
    /// It has a BMC on record.
    pub has_bmc: bool,
    /// The BMC refused the credential on record.
    pub credential_refused: bool,
    /// Its lock.
    pub lock: Option<Lock>,
    /// A second person must agree.
    pub protected: bool,
    /// Whether it has power, as last seen.
    pub state: PowerState,
    /// How many people are checked in at its rack.
    pub people_at_rack: usize,
    /// Name of the rack, for the words.
    pub rack: String,
    /// Another wish that is not finished.
    pub live: Option<IntentId>,
    /// When the last command went out or was finished with.
    pub last_acted_at: Option<Timestamp>,
    /// Wishes of the asking customer in the last hour; `None` for staff.
    pub customer_actions: Option<i64>,
}

/// What the interlocks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Into the queue.
    Queue,
    /// A second person first.
    AwaitApproval,
}

/// Checks a wish against the situation. The order is from what no one can change to what the asker can.
pub fn decide(
    situation: &Situation,
    wish: &Wish,
    limits: &Limits,
    now: Timestamp,
) -> Result<Decision, Fault> {
    standing(situation, wish.action)?;
    turn(situation, wish.action, limits, now)?;
    known_state(situation, wish)?;
    presence(situation, wish.action, wish.acknowledge_presence)?;
    Ok(if situation.protected && !wish.action.is_harmless() {
        Decision::AwaitApproval
    } else {
        Decision::Queue
    })
}

fn refused(key: &'static str, situation: &Situation) -> Message {
    Message::new(key).with("machine", situation.machine.as_str())
}

/// What must hold until the command goes out; asked again at approval and by the executor.
pub fn standing(situation: &Situation, action: Action) -> Result<(), Fault> {
    if situation.gone {
        return Err(Fault::conflict(refused("power-refuse-gone", situation)));
    }
    if !action.is_harmless() {
        unlocked(situation)?;
    }
    match situation.path {
        Path::Bmc => bmc_there(situation),
        Path::Outlets => outlets_there(situation, action),
    }
}

fn for_customer(situation: &Situation) -> bool {
    situation.customer_actions.is_some()
}

fn unlocked(situation: &Situation) -> Result<(), Fault> {
    let Some(lock) = &situation.lock else {
        return Ok(());
    };
    if for_customer(situation) {
        return Err(Fault::conflict(refused(
            "power-refuse-locked-customer",
            situation,
        )));
    }
    let message = refused("power-refuse-locked", situation)
        .with("owner", lock.owner.as_str())
        .with("reason", lock.reason.as_str());
    Err(Fault::conflict(message))
}

fn bmc_there(situation: &Situation) -> Result<(), Fault> {
    let key = match (situation.has_bmc, situation.credential_refused) {
        (true, false) => return Ok(()),
        _ if for_customer(situation) => "power-refuse-no-bmc-customer",
        (false, _) => "power-refuse-no-bmc",
        (true, true) => "power-refuse-credential",
    };
    Err(Fault::conflict(refused(key, situation)))
}

fn outlets_there(situation: &Situation, action: Action) -> Result<(), Fault> {
    if !action.works_by_outlets() {
        return Err(Fault::field(
            "path",
            Message::new("power-refuse-outlets-action"),
        ));
    }
    let key = match situation.outlets {
        OutletWay::Ready => return Ok(()),
        _ if for_customer(situation) => "power-refuse-no-bmc-customer",
        OutletWay::None => "power-refuse-no-outlets",
        OutletWay::Unconfirmed => "power-refuse-outlets-unconfirmed",
        OutletWay::Missing => "power-refuse-outlets-missing",
    };
    Err(Fault::conflict(refused(key, situation)))
}

/// One wish at a time, a rest between two, and a customer's share.
fn turn(
    situation: &Situation,
    action: Action,
    limits: &Limits,
    now: Timestamp,
) -> Result<(), Fault> {
    if let Some(live) = situation.live {
        let message = refused("power-refuse-live", situation).with("intent", live.to_string());
        return Err(Fault::conflict(message));
    }
    let left_ms =
        cool_down_until(situation.last_acted_at, limits).map_or(0, |until| until.since_millis(now));
    if left_ms > 0 && !action.is_harmless() {
        let seconds = left_ms.saturating_add(999) / 1000;
        let message = refused("power-refuse-cool-down", situation).with("seconds", seconds);
        return Err(Fault::new(FaultKind::TooMany, message));
    }
    if situation
        .customer_actions
        .is_some_and(|asked| asked >= limits.customer_actions_per_hour)
    {
        let message =
            Message::new("power-refuse-hourly").with("max", limits.customer_actions_per_hour);
        return Err(Fault::new(FaultKind::TooMany, message));
    }
    Ok(())
}

/// The end of the rest after an action.
pub fn cool_down_until(last_acted_at: Option<Timestamp>, limits: &Limits) -> Option<Timestamp> {
    last_acted_at.map(|at| at.plus_millis(limits.cool_down_ms))
}

fn known_state(situation: &Situation, wish: &Wish) -> Result<(), Fault> {
    if situation.state != PowerState::Unknown || !wish.action.changes_power() {
        return Ok(());
    }
    if !wish.action.allows_unknown_state() {
        return Err(Fault::conflict(refused("power-refuse-unknown", situation)));
    }
    if !wish.confirm_unknown_state {
        return Err(Fault::field(
            "confirm_unknown_state",
            refused("power-confirm-unknown", situation),
        ));
    }
    Ok(())
}

/// Somebody may have their hands in the machine.
pub fn presence(situation: &Situation, action: Action, acknowledged: bool) -> Result<(), Fault> {
    if situation.people_at_rack == 0 || acknowledged || !action.changes_power() {
        return Ok(());
    }
    let message = Message::new("power-confirm-presence")
        .with("count", situation.people_at_rack)
        .with("rack", situation.rack.as_str());
    Err(Fault::field("acknowledge_presence", message))
}

#[cfg(test)]
#[path = "interlocks_tests.rs"]
mod tests;
