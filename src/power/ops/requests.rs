//! Asking for an action, agreeing to it, taking it back.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use serde_json::json;

use super::endpoints::find;
use super::intents::intent_by_id;
use super::letters::Letters;
use super::machines::{machine, situation};
use super::steps::{Change, change_state, step};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{CustomerId, DeviceId, IntentId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::detail::Detail;
use crate::power::interlocks::{self, Decision, cool_down_until, decide};
use crate::power::model::{IntentState, Limits};
use crate::power::rows::{Intent, Machine};
use crate::power::wish::Wish;
use crate::store::Conn;
use crate::store::schema::{power_intents, users};

/// What became of a wish.
#[derive(Debug)]
pub enum Asked {
    /// A new intent.
    Accepted(IntentId),
    /// The same key was used for the same wish before: that intent.
    Known(IntentId),
    /// An interlock stopped it; that it was asked is on record.
    Refused(Fault),
}

impl Asked {
    /// The intent, new or known, or the interlock's fault.
    pub fn into_result(self) -> Result<IntentId, Fault> {
        match self {
            Self::Accepted(id) | Self::Known(id) => Ok(id),
            Self::Refused(fault) => Err(fault),
        }
    }
}

/// Asks for an action on a machine. The caller wakes the task `power` after the commit.
pub fn intent_request(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    wish: &Wish,
    limits: &Limits,
) -> Result<Asked, Fault> {
    request_at(c, actor, device, wish, limits, actor.now)
}

/// The same, not to be begun before an instant.
pub(super) fn request_at(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    wish: &Wish,
    limits: &Limits,
    not_before: Timestamp,
) -> Result<Asked, Fault> {
    actor.require(Permission::ControlPower)?;
    let machine = machine(c, actor, device)?;
    if let Some(known) = by_key(c, actor, wish)? {
        return same_wish(&known, device, wish);
    }
    let endpoint = find(c, device)?;
    let situation = situation(c, actor, &machine, endpoint.as_ref(), wish.path)?;
    match decide(&situation, wish, limits, actor.now) {
        Ok(decision) => insert(c, actor, &machine, wish, decision, not_before).map(Asked::Accepted),
        Err(fault) if fault.kind == FaultKind::Invalid => Err(fault),
        Err(fault) => {
            let detail =
                json!({"action": wish.action, "reason": wish.reason, "refused": fault.message.key});
            let event = Event::new("power.refuse", "device", device.get(), &machine.name)
                .for_customer(machine.customer_id)
                .with(detail);
            audit::record(c, &actor.author(), actor.now, event)?;
            Ok(Asked::Refused(fault))
        }
    }
}

fn by_key(c: &mut Conn, actor: &Actor, wish: &Wish) -> Result<Option<Intent>, Fault> {
    let (Some(user), Some(key)) = (actor.user_id, &wish.key) else {
        return Ok(None);
    };
    Ok(power_intents::table
        .filter(power_intents::requested_by_user_id.eq(user))
        .filter(power_intents::idempotency_key.eq(key))
        .select(Intent::as_select())
        .first(c)
        .optional()?)
}

fn same_wish(known: &Intent, device: DeviceId, wish: &Wish) -> Result<Asked, Fault> {
    let same = known.device_id == device
        && known.action == wish.action
        && known.setting() == wish.setting
        && known.path == wish.path
        && known.reason == wish.reason
        && known.presence_acknowledged == wish.acknowledge_presence
        && known.unknown_state_confirmed == wish.confirm_unknown_state;
    if same {
        return Ok(Asked::Known(known.id));
    }
    let message = Message::new("power-refuse-key-reused").with("intent", known.id.to_string());
    Err(Fault::conflict(message))
}

fn insert(
    c: &mut Conn,
    actor: &Actor,
    machine: &Machine,
    wish: &Wish,
    decision: Decision,
    not_before: Timestamp,
) -> Result<IntentId, Fault> {
    let requested = Detail::new("power-detail-requested").with("name", actor.name.as_str());
    let (state, detail) = match decision {
        Decision::Queue => (IntentState::Queued, requested.clone()),
        Decision::AwaitApproval => (
            IntentState::AwaitingApproval,
            Detail::new("power-detail-needs-approval"),
        ),
    };
    let id: IntentId = diesel::insert_into(power_intents::table)
        .values((
            power_intents::device_id.eq(machine.id),
            power_intents::action.eq(wish.action),
            power_intents::reason.eq(&wish.reason),
            power_intents::state.eq(state),
            power_intents::state_detail.eq(detail.to_text()),
            power_intents::requested_by_user_id.eq(actor.user_id),
            power_intents::requested_by_name.eq(&actor.name),
            power_intents::via.eq(actor.via),
            power_intents::remote.eq(&actor.remote),
            power_intents::idempotency_key.eq(&wish.key),
            power_intents::unknown_state_confirmed.eq(wish.confirm_unknown_state),
            power_intents::presence_acknowledged.eq(wish.acknowledge_presence),
            power_intents::requested_at.eq(actor.now),
            power_intents::not_before.eq(not_before),
            power_intents::path.eq(wish.path),
            power_intents::setting.eq(wish.setting.to_text()),
        ))
        .returning(power_intents::id)
        .get_result(c)
        .map_err(key_taken_meanwhile)?;
    step(c, id, actor.now, state, &requested)?;
    if decision == Decision::AwaitApproval {
        step(c, id, actor.now, state, &detail)?;
    }
    let event = Event::new("power.request", "device", machine.id.get(), &machine.name)
        .for_customer(machine.customer_id)
        .with(json!({
            "intent": id, "action": wish.action, "setting": wish.setting.to_text(), "path": wish.path,
            "reason": wish.reason, "state": state,
            "presence_acknowledged": wish.acknowledge_presence,
            "unknown_state_confirmed": wish.confirm_unknown_state,
        }));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Two requests with one key at the same moment: the second looks again and finds the first.
fn key_taken_meanwhile(error: Error) -> Fault {
    let taken = matches!(
        &error,
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)
    );
    let fault = Fault::from(error);
    Fault {
        retryable: fault.retryable || taken,
        ..fault
    }
}

/// A second person agrees to an action on a protected machine.
pub fn intent_approve(
    c: &mut Conn,
    actor: &Actor,
    id: IntentId,
    acknowledge_presence: bool,
    limits: &Limits,
) -> Result<(), Fault> {
    approve_at(c, actor, id, acknowledge_presence, limits, actor.now)
}

/// The same, not to be begun before an instant.
pub(super) fn approve_at(
    c: &mut Conn,
    actor: &Actor,
    id: IntentId,
    acknowledge_presence: bool,
    limits: &Limits,
    not_before: Timestamp,
) -> Result<(), Fault> {
    actor.require(Permission::ApprovePower)?;
    let intent = intent_by_id(c, actor, id)?;
    if intent.state != IntentState::AwaitingApproval {
        return Err(Fault::conflict(Message::new("power-refuse-not-awaiting")));
    }
    let second = actor
        .user_id
        .filter(|user| Some(*user) != intent.requested_by_user_id);
    let Some(second) = second else {
        return Err(Fault::conflict(Message::new("power-refuse-same-person")));
    };
    let machine = machine(c, actor, intent.device_id)?;
    let endpoint = find(c, intent.device_id)?;
    let situation = situation(c, actor, &machine, endpoint.as_ref(), intent.path)?;
    interlocks::standing(&situation, intent.action)?;
    interlocks::presence(&situation, intent.action, acknowledge_presence)?;
    let rested = cool_down_until(situation.last_acted_at, limits);
    diesel::update(power_intents::table.find(id))
        .set((
            power_intents::approved_by_user_id.eq(second),
            power_intents::approved_at.eq(actor.now),
            power_intents::not_before
                .eq(rested.map_or(not_before, |rested| rested.max(not_before))),
        ))
        .execute(c)?;
    let detail = Detail::new("power-detail-approved").with("name", actor.name.as_str());
    change_state(
        c,
        &intent,
        actor.now,
        &Change::to(IntentState::Queued, detail),
    )?;
    let event = Event::new("power.approve", "device", machine.id.get(), &machine.name)
        .for_customer(machine.customer_id)
        .with(json!({"intent": id, "action": intent.action}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Takes an intent back before anything was done. Customers take back only what their own people asked for.
pub fn intent_cancel(
    c: &mut Conn,
    actor: &Actor,
    letters: &Letters,
    id: IntentId,
) -> Result<(), Fault> {
    actor.require(Permission::ControlPower)?;
    let intent = intent_by_id(c, actor, id)?;
    if let Some(customer) = actor.wall().customer() {
        let asker: Option<Option<CustomerId>> = match intent.requested_by_user_id {
            None => None,
            Some(user) => users::table
                .find(user)
                .select(users::customer_id)
                .first(c)
                .optional()?,
        };
        if asker.flatten() != Some(customer) {
            return Err(Fault::conflict(Message::new("power-refuse-not-yours")));
        }
    }
    if !intent.state.is_cancellable() {
        return Err(Fault::conflict(Message::new(
            "power-refuse-not-cancellable",
        )));
    }
    let machine = machine(c, actor, intent.device_id)?;
    let detail = Detail::new("power-detail-cancelled").with("name", actor.name.as_str());
    change_state(
        c,
        &intent,
        actor.now,
        &Change::to(IntentState::Cancelled, detail),
    )?;
    if actor.user_id != intent.requested_by_user_id {
        let ended = intent_by_id(c, actor, id)?;
        letters.outcome(c, &ended, &machine, actor.now)?;
    }
    let event = Event::new("power.cancel", "device", machine.id.get(), &machine.name)
        .for_customer(machine.customer_id)
        .with(json!({"intent": id, "action": intent.action}));
    audit::record(c, &actor.author(), actor.now, event)
}
