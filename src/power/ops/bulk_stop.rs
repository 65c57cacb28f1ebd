//! Taking back what a bulk has not begun: after too many failures, or because a person says so.

use diesel::prelude::*;
use serde_json::json;

use super::steps::{Change, change_state};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{IntentId, PowerBulkId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::detail::Detail;
use crate::power::model::{IntentState, Stopped};
use crate::power::rows::{Bulk, Intent};
use crate::store::Conn;
use crate::store::schema::{power_bulk_machines, power_bulks, power_intents};

/// Looks after the bulk of an intent that came to its end: `false` when it has none.
pub(super) fn bulk_after(
    c: &mut Conn,
    intent: IntentId,
    at: Timestamp,
    outcome: IntentState,
) -> Result<bool, Fault> {
    let bulk: Option<Bulk> = power_bulk_machines::table
        .inner_join(power_bulks::table)
        .filter(power_bulk_machines::intent_id.eq(intent))
        .select(Bulk::as_select())
        .first(c)
        .optional()?;
    let Some(bulk) = bulk else {
        return Ok(false);
    };
    if outcome == IntentState::Succeeded || bulk.stopped_at.is_some() {
        return Ok(true);
    }
    let failed: i64 = power_bulk_machines::table
        .inner_join(power_intents::table)
        .filter(power_bulk_machines::bulk_id.eq(bulk.id))
        .filter(power_intents::state.eq_any(FAILED))
        .count()
        .get_result(c)?;
    if failed >= bulk.stop_after {
        let detail = Detail::new("power-detail-bulk-stopped").with("count", failed);
        take_back(c, &bulk, at, &detail)?;
        mark(c, bulk.id, at, Stopped::Failures, "")?;
    }
    Ok(true)
}

/// What counts as a failure of a bulk.
const FAILED: [IntentState; 3] = [
    IntentState::Failed,
    IntentState::TimedOut,
    IntentState::Refused,
];

/// Takes back everything of a bulk that has not begun; gives how many. The bulk is on the actor's side of the wall.
pub fn bulk_stop(c: &mut Conn, actor: &Actor, bulk: &Bulk) -> Result<usize, Fault> {
    actor.require(Permission::ControlPower)?;
    if actor.wall().customer() != bulk.customer_id && actor.wall().customer().is_some() {
        return Err(Fault::not_found());
    }
    let detail = Detail::new("power-detail-cancelled").with("name", actor.name.as_str());
    let taken_back = take_back(c, bulk, actor.now, &detail)?;
    if taken_back == 0 {
        return Err(Fault::conflict(Message::new("power-refuse-bulk-begun")));
    }
    mark(c, bulk.id, actor.now, Stopped::Person, &actor.name)?;
    let event = Event::new(
        "power.bulk-stop",
        "power_bulk",
        bulk.id.get(),
        bulk.action.as_str(),
    )
    .for_customer(bulk.customer_id)
    .with(json!({"taken_back": taken_back}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(taken_back)
}

fn mark(
    c: &mut Conn,
    bulk: PowerBulkId,
    at: Timestamp,
    why: Stopped,
    by: &str,
) -> Result<(), Fault> {
    diesel::update(power_bulks::table.find(bulk))
        .set((
            power_bulks::stopped_at.eq(at),
            power_bulks::stopped_why.eq(why),
            power_bulks::stopped_by_name.eq(by),
            power_bulks::version.eq(power_bulks::version + 1),
        ))
        .execute(c)?;
    Ok(())
}

fn take_back(c: &mut Conn, bulk: &Bulk, at: Timestamp, detail: &Detail) -> Result<usize, Fault> {
    let waiting: Vec<Intent> = power_bulk_machines::table
        .inner_join(power_intents::table)
        .filter(power_bulk_machines::bulk_id.eq(bulk.id))
        .filter(power_intents::state.eq_any([IntentState::AwaitingApproval, IntentState::Queued]))
        .select(Intent::as_select())
        .load(c)?;
    for intent in &waiting {
        let change = Change::to(IntentState::Cancelled, detail.clone());
        change_state(c, intent, at, &change)?;
    }
    Ok(waiting.len())
}
