//! Bulks: one wish for several machines, each an intent of its own with its own interlocks.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use serde_json::json;

use super::endpoints::find;
use super::machines::{machine, situation};
use super::requests::{Asked, approve_at, request_at};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{DeviceId, IntentId, PowerBulkId, PowerScheduleId};
use crate::base::kept::KeptMessage;
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::bulk::BulkWish;
use crate::power::bulk_machine::BulkMachine;
use crate::power::interlocks::{Decision, decide};
use crate::power::model::{IntentState, Limits, PowerState};
use crate::power::rows::{Bulk, Intent, Machine};
use crate::power::wish::Wish;
use crate::store::Conn;
use crate::store::schema::{devices, power_bulk_machines, power_bulks, power_intents};

/// What became of a bulk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkAsked {
    /// Its number.
    pub id: PowerBulkId,
    /// Machines whose intent was let through.
    pub accepted: usize,
    /// Machines that an interlock stopped.
    pub refused: usize,
}

/// What a machine would answer to a wish now.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The machine.
    pub machine: Machine,
    /// Whether it has power, as last seen on the way that is asked for.
    pub state: PowerState,
    /// How many people are checked in at its rack.
    pub people: usize,
    /// What the interlocks say.
    pub verdict: Result<Decision, Message>,
}

/// The words of an interlock: of a missing confirmation those beside its field.
fn words(fault: &Fault) -> Message {
    let first = fault.fields.first();
    first.map_or_else(|| fault.message.clone(), |field| field.message.clone())
}

/// What each machine would answer now; nothing is asked. Machines that the actor may not see are not found.
pub fn bulk_preview(
    c: &mut Conn,
    actor: &Actor,
    wish: &Wish,
    machines: &[DeviceId],
    limits: &Limits,
) -> Result<Vec<Preview>, Fault> {
    actor.require(Permission::ControlPower)?;
    let mut accepted = 0;
    let mut found = Vec::with_capacity(machines.len());
    for device in machines {
        let machine = machine(c, actor, *device)?;
        let endpoint = find(c, *device)?;
        let mut situation = situation(c, actor, &machine, endpoint.as_ref(), wish.path)?;
        // Those before it count for the share of the hour.
        situation.customer_actions = situation.customer_actions.map(|asked| asked + accepted);
        let verdict = decide(&situation, wish, limits, actor.now).map_err(|fault| words(&fault));
        accepted += i64::from(verdict.is_ok());
        found.push(Preview {
            machine,
            state: situation.state,
            people: situation.people_at_rack,
            verdict,
        });
    }
    Ok(found)
}

/// Asks for an action on several machines. Those that an interlock stops are on record with its words; the others
/// begin one after another. The caller wakes the task `power` after the commit.
pub fn bulk_request(
    c: &mut Conn,
    actor: &Actor,
    bulk: &BulkWish,
    limits: &Limits,
    schedule: Option<PowerScheduleId>,
) -> Result<BulkAsked, Fault> {
    actor.require(Permission::ControlPower)?;
    if let Some(known) = by_key(c, actor, bulk)? {
        return Ok(known);
    }
    for device in &bulk.machines {
        machine(c, actor, *device)?;
    }
    let id = insert(c, actor, bulk, schedule)?;
    let each = Wish {
        key: None,
        ..bulk.wish.clone()
    };
    let mut asked = BulkAsked {
        id,
        accepted: 0,
        refused: 0,
    };
    for (place, device) in bulk.machines.iter().enumerate() {
        let begun = i64::try_from(asked.accepted).unwrap_or(i64::MAX);
        let not_before = actor
            .now
            .plus_millis(bulk.order.stagger_ms.saturating_mul(begun));
        let outcome = match request_at(c, actor, *device, &each, limits, not_before) {
            Ok(Asked::Accepted(intent) | Asked::Known(intent)) => Ok(intent),
            Ok(Asked::Refused(fault)) => Err(fault),
            Err(fault) if fault.kind == FaultKind::Invalid => Err(fault),
            Err(fault) => return Err(fault),
        };
        asked.accepted += usize::from(outcome.is_ok());
        asked.refused += usize::from(outcome.is_err());
        machine_insert(c, id, place, *device, outcome)?;
    }
    let event = Event::new(
        "power.bulk",
        "power_bulk",
        id.get(),
        bulk.wish.action.as_str(),
    )
    .for_customer(actor.wall().customer())
    .with(json!({
        "action": bulk.wish.action, "machines": bulk.machines.len(), "refused": asked.refused,
        "reason": bulk.wish.reason, "schedule": schedule,
    }));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(asked)
}

fn by_key(c: &mut Conn, actor: &Actor, bulk: &BulkWish) -> Result<Option<BulkAsked>, Fault> {
    let (Some(user), Some(key)) = (actor.user_id, &bulk.wish.key) else {
        return Ok(None);
    };
    let known: Option<Bulk> = power_bulks::table
        .filter(power_bulks::requested_by_user_id.eq(user))
        .filter(power_bulks::idempotency_key.eq(key))
        .select(Bulk::as_select())
        .first(c)
        .optional()?;
    let Some(known) = known else {
        return Ok(None);
    };
    let machines = bulk_machines(c, &known)?;
    let same = known.action == bulk.wish.action
        && known.setting() == bulk.wish.setting
        && known.path == bulk.wish.path
        && known.reason == bulk.wish.reason
        && machines
            .iter()
            .map(|one| one.device_id)
            .eq(bulk.machines.iter().copied());
    if !same {
        let message = Message::new("power-refuse-key-reused").with("intent", known.id.to_string());
        return Err(Fault::conflict(message));
    }
    let refused = machines.iter().filter(|one| one.intent.is_none()).count();
    Ok(Some(BulkAsked {
        id: known.id,
        accepted: machines.len() - refused,
        refused,
    }))
}

fn insert(
    c: &mut Conn,
    actor: &Actor,
    bulk: &BulkWish,
    schedule: Option<PowerScheduleId>,
) -> Result<PowerBulkId, Fault> {
    let inserted = diesel::insert_into(power_bulks::table)
        .values((
            power_bulks::action.eq(bulk.wish.action),
            power_bulks::setting.eq(bulk.wish.setting.to_text()),
            power_bulks::path.eq(bulk.wish.path),
            power_bulks::reason.eq(&bulk.wish.reason),
            power_bulks::stagger_ms.eq(bulk.order.stagger_ms),
            power_bulks::stop_after.eq(bulk.order.stop_after),
            power_bulks::schedule_id.eq(schedule),
            power_bulks::customer_id.eq(actor.wall().customer()),
            power_bulks::requested_by_user_id.eq(actor.user_id),
            power_bulks::requested_by_name.eq(&actor.name),
            power_bulks::via.eq(actor.via),
            power_bulks::idempotency_key.eq(&bulk.wish.key),
            power_bulks::requested_at.eq(actor.now),
        ))
        .returning(power_bulks::id)
        .get_result(c);
    inserted.map_err(|error| {
        // Two requests with one key at the same moment: the second looks again and finds the first.
        let taken = matches!(
            &error,
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)
        );
        let fault = Fault::from(error);
        Fault {
            retryable: fault.retryable || taken,
            ..fault
        }
    })
}

fn machine_insert(
    c: &mut Conn,
    bulk: PowerBulkId,
    place: usize,
    device: DeviceId,
    outcome: Result<IntentId, Fault>,
) -> Result<(), Fault> {
    let refused = outcome
        .as_ref()
        .err()
        .map(|fault| KeptMessage::from(&words(fault)).to_text());
    diesel::insert_into(power_bulk_machines::table)
        .values((
            power_bulk_machines::bulk_id.eq(bulk),
            power_bulk_machines::place.eq(i64::try_from(place).unwrap_or(i64::MAX)),
            power_bulk_machines::device_id.eq(device),
            power_bulk_machines::intent_id.eq(outcome.ok()),
            power_bulk_machines::refused.eq(refused),
        ))
        .execute(c)?;
    Ok(())
}

/// A bulk on the actor's side of the wall: customers see what their own people asked for.
pub fn bulk_by_id(c: &mut Conn, actor: &Actor, id: PowerBulkId) -> Result<Bulk, Fault> {
    actor.require(Permission::ViewPower)?;
    let mut query = power_bulks::table
        .filter(power_bulks::id.eq(id))
        .select(Bulk::as_select())
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(power_bulks::customer_id.eq(customer));
    }
    query.first(c).optional()?.ok_or_else(Fault::not_found)
}

/// The bulk that an intent is part of, where the actor may see it.
pub fn bulk_of_intent(
    c: &mut Conn,
    actor: &Actor,
    intent: IntentId,
) -> Result<Option<PowerBulkId>, Fault> {
    let found: Option<Bulk> = power_bulk_machines::table
        .inner_join(power_bulks::table)
        .filter(power_bulk_machines::intent_id.eq(intent))
        .select(Bulk::as_select())
        .first(c)
        .optional()?;
    let customer = actor.wall().customer();
    let seen = found.filter(|bulk| customer.is_none() || bulk.customer_id == customer);
    Ok(seen.map(|bulk| bulk.id))
}

/// Bulks, newest first, with the number of their machines.
pub fn bulk_list(
    c: &mut Conn,
    actor: &Actor,
    schedule: Option<PowerScheduleId>,
    request: &PageRequest,
) -> Result<Page<Bulk>, Fault> {
    actor.require(Permission::ViewPower)?;
    let limit = i64::try_from(request.limit.clamp(1, 1000)).unwrap_or(1000);
    let mut query = power_bulks::table.into_boxed();
    let mut count = power_bulks::table.into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(power_bulks::customer_id.eq(customer));
        count = count.filter(power_bulks::customer_id.eq(customer));
    }
    if let Some(schedule) = schedule {
        query = query.filter(power_bulks::schedule_id.eq(schedule));
        count = count.filter(power_bulks::schedule_id.eq(schedule));
    }
    let after: Option<PowerBulkId> = request.after.as_deref().and_then(|key| key.parse().ok());
    if let Some(after) = after {
        query = query.filter(power_bulks::id.lt(after));
    }
    let mut rows: Vec<Bulk> = query
        .order(power_bulks::id.desc())
        .limit(limit + 1)
        .select(Bulk::as_select())
        .load(c)?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(Page {
        next: rows.last().filter(|_| more).map(|bulk| bulk.id.to_string()),
        previous: None,
        total: count.count().get_result(c)?,
        rows,
    })
}

/// The machines of a bulk in their order, with their intents as they are now.
pub fn bulk_machines(c: &mut Conn, bulk: &Bulk) -> Result<Vec<BulkMachine>, Fault> {
    type Row = (DeviceId, String, Option<IntentId>, Option<String>);
    let rows: Vec<Row> = power_bulk_machines::table
        .inner_join(devices::table)
        .filter(power_bulk_machines::bulk_id.eq(bulk.id))
        .order(power_bulk_machines::place.asc())
        .select((
            devices::id,
            devices::name,
            power_bulk_machines::intent_id,
            power_bulk_machines::refused,
        ))
        .load(c)?;
    let intents: Vec<Intent> = power_bulk_machines::table
        .inner_join(power_intents::table)
        .filter(power_bulk_machines::bulk_id.eq(bulk.id))
        .select(Intent::as_select())
        .load(c)?;
    let mut intents: BTreeMap<IntentId, Intent> = intents
        .into_iter()
        .map(|intent| (intent.id, intent))
        .collect();
    let machine = |(device_id, name, intent, refused): Row| BulkMachine {
        device_id,
        name,
        intent: intent.and_then(|id| intents.remove(&id)),
        refused: refused.as_deref().and_then(KeptMessage::from_text),
    };
    Ok(rows.into_iter().map(machine).collect())
}

/// A second person agrees to everything of a bulk that awaits it; gives how many. They begin one after another.
pub fn bulk_approve(
    c: &mut Conn,
    actor: &Actor,
    bulk: &Bulk,
    acknowledge_presence: bool,
    limits: &Limits,
) -> Result<usize, Fault> {
    actor.require(Permission::ApprovePower)?;
    let mut approved: usize = 0;
    for one in bulk_machines(c, bulk)? {
        let Some(intent) = one.intent else { continue };
        if intent.state != IntentState::AwaitingApproval {
            continue;
        }
        let begun = i64::try_from(approved).unwrap_or(i64::MAX);
        let at: Timestamp = actor.now.plus_millis(bulk.stagger_ms.saturating_mul(begun));
        approve_at(c, actor, intent.id, acknowledge_presence, limits, at)?;
        approved += 1;
    }
    if approved == 0 {
        return Err(Fault::conflict(Message::new("power-refuse-not-awaiting")));
    }
    Ok(approved)
}
