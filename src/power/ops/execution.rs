//! What the executor does with intents: claims them under a lease, records each step, ends them.
//!
//! Every change checks that the executor still has the lease, so an intent that another one took over is left
//! alone. `command_sent_at` is committed before the command goes out and is never taken back.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::json;

use super::bulk_stop::bulk_after;
use super::endpoints::find;
use super::letters::Letters;
use super::machines::{machine, situation};
use super::steps::{Change, change_state, step};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{BmcId, IntentId};
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::detail::Detail;
use crate::power::interlocks;
use crate::power::model::{IntentState, Path, PowerState, RotationState};
use crate::power::rows::{BmcEndpoint, Intent, Machine};
use crate::power::state::{ACTING, LIVE};
use crate::store::Conn;
use crate::store::schema::{bmc_endpoints, bmc_rotations, power_intents};

/// How long a claim holds without being renewed, milliseconds.
pub const LEASE_MS: i64 = 45_000;
/// An approval that nobody gives in this time, milliseconds, is no longer wanted.
const APPROVAL_MS: i64 = 24 * 3_600_000;
/// A command that could not be started in this time, milliseconds, would come as a surprise.
const QUEUE_MS: i64 = 600_000;

/// An intent to be carried out, with what is needed for it.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The intent, as it is after the claim.
    pub intent: Intent,
    /// Its machine.
    pub machine: Machine,
    /// Its BMC.
    pub endpoint: Option<BmcEndpoint>,
}

/// The answer to the question whether the command may go out now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It may; that it goes out is on record.
    Go {
        /// When it was recorded.
        sent_at: Timestamp,
        /// When the state must show it.
        deadline_at: Timestamp,
    },
    /// An interlock fell meanwhile.
    Refused(Detail),
}

fn load(c: &mut Conn, id: IntentId) -> Result<Intent, Fault> {
    power_intents::table
        .find(id)
        .select(Intent::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// The intent, if this executor still has it.
fn own(c: &mut Conn, owner: &str, id: IntentId) -> Result<Intent, Fault> {
    let intent = load(c, id)?;
    if intent.lease_owner.as_deref() == Some(owner) && ACTING.contains(&intent.state) {
        return Ok(intent);
    }
    Err(Fault::conflict(Message::new("power-refuse-lease-lost")))
}

/// Whether there is anything to claim or to expire; a cheap question before a write.
pub fn intents_due(c: &mut Conn, now: Timestamp) -> Result<bool, Fault> {
    let free = power_intents::lease_until
        .is_null()
        .or(power_intents::lease_until.lt(now));
    let due: i64 = power_intents::table
        .filter(power_intents::state.eq_any(LIVE))
        .filter(free)
        .count()
        .get_result(c)?;
    Ok(due > 0)
}

/// Takes up to `limit` intents: queued ones that are due, and running ones whose executor is gone.
pub fn intent_claim(
    c: &mut Conn,
    owner: &str,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Claimed>, Fault> {
    let due = power_intents::state
        .eq(IntentState::Queued)
        .and(power_intents::not_before.le(now))
        .or(power_intents::state.eq_any(ACTING));
    let free = power_intents::lease_until
        .is_null()
        .or(power_intents::lease_until.lt(now));
    // While a password changes nobody else logs in; one that is unclear stops nobody who acts.
    let rotating = bmc_rotations::table
        .filter(bmc_rotations::device_id.eq(power_intents::device_id))
        .filter(bmc_rotations::state.eq_any(RotationState::LIVE))
        .filter(bmc_rotations::state.ne(RotationState::Unclear));
    let found: Vec<Intent> = power_intents::table
        .filter(due)
        .filter(free)
        .filter(not(exists(rotating)))
        .order(power_intents::id.asc())
        .limit(limit)
        .select(Intent::as_select())
        .load(c)?;
    let mut claimed = Vec::with_capacity(found.len());
    for intent in found {
        let row = power_intents::table
            .find(intent.id)
            .filter(power_intents::version.eq(intent.version));
        let taken = diesel::update(row)
            .set((
                power_intents::lease_owner.eq(owner),
                power_intents::lease_until.eq(now.plus_millis(LEASE_MS)),
                power_intents::version.eq(power_intents::version + 1),
            ))
            .execute(c)?;
        if taken == 1 {
            claimed.push(start(c, &intent, now)?);
        }
    }
    Ok(claimed)
}

fn start(c: &mut Conn, intent: &Intent, now: Timestamp) -> Result<Claimed, Fault> {
    if intent.state == IntentState::Queued {
        let detail = Detail::new("power-detail-started");
        change_state(c, intent, now, &Change::to(IntentState::Running, detail))?;
    } else {
        let key = if intent.command_sent_at.is_some() {
            "power-detail-resumed"
        } else {
            "power-detail-started-again"
        };
        step(c, intent.id, now, intent.state, &Detail::new(key))?;
    }
    let actor = Actor::task("power", now);
    Ok(Claimed {
        intent: load(c, intent.id)?,
        machine: machine(c, &actor, intent.device_id)?,
        endpoint: find(c, intent.device_id)?,
    })
}

/// Prolongs an executor's claims on these intents.
pub fn lease_renew(
    c: &mut Conn,
    owner: &str,
    ids: &[IntentId],
    now: Timestamp,
) -> Result<(), Fault> {
    diesel::update(
        power_intents::table
            .filter(power_intents::id.eq_any(ids.to_vec()))
            .filter(power_intents::lease_owner.eq(owner))
            .filter(power_intents::state.eq_any(ACTING)),
    )
    .set(power_intents::lease_until.eq(now.plus_millis(LEASE_MS)))
    .execute(c)?;
    Ok(())
}

/// Gives all claims of an executor back, so that another one goes on at once.
pub fn leases_release(c: &mut Conn, owner: &str) -> Result<(), Fault> {
    diesel::update(power_intents::table.filter(power_intents::lease_owner.eq(owner)))
        .set((
            power_intents::lease_owner.eq(None::<String>),
            power_intents::lease_until.eq(None::<Timestamp>),
        ))
        .execute(c)?;
    Ok(())
}

/// Ends wishes that waited too long; gives how many.
pub fn expire(c: &mut Conn, letters: &Letters, now: Timestamp) -> Result<usize, Fault> {
    let unapproved = power_intents::state
        .eq(IntentState::AwaitingApproval)
        .and(power_intents::requested_at.lt(now.plus_millis(-APPROVAL_MS)));
    let unstarted = power_intents::state
        .eq(IntentState::Queued)
        .and(power_intents::not_before.lt(now.plus_millis(-QUEUE_MS)));
    let late: Vec<Intent> = power_intents::table
        .filter(unapproved.or(unstarted))
        .select(Intent::as_select())
        .load(c)?;
    for intent in &late {
        let detail = if intent.state == IntentState::Queued {
            Detail::new("power-detail-too-old").with("seconds", QUEUE_MS / 1000)
        } else {
            Detail::new("power-detail-approval-expired")
        };
        end(
            c,
            letters,
            intent,
            now,
            &Change::to(IntentState::Refused, detail),
        )?;
    }
    Ok(late.len())
}

/// Records the state that was read before acting.
pub fn intent_started(
    c: &mut Conn,
    owner: &str,
    id: IntentId,
    at: Timestamp,
    state: PowerState,
) -> Result<(), Fault> {
    let intent = own(c, owner, id)?;
    diesel::update(power_intents::table.find(id))
        .set(power_intents::observed_before.eq(state.as_str()))
        .execute(c)?;
    let detail = Detail::new("power-detail-state-read").with("state", state.as_str());
    step(c, id, at, intent.state, &detail)
}

/// The last question before the command: may it go out? That it does is committed with the answer.
pub fn intent_send(
    c: &mut Conn,
    owner: &str,
    id: IntentId,
    now: Timestamp,
    timeout_ms: i64,
) -> Result<Sent, Fault> {
    let intent = own(c, owner, id)?;
    if intent.state != IntentState::Running || intent.command_sent_at.is_some() {
        return Err(Fault::conflict(Message::new("power-refuse-lease-lost")));
    }
    if let Some(refused) = still_stands(c, &intent, now)? {
        return Ok(Sent::Refused(refused));
    }
    let deadline_at = now.plus_millis(timeout_ms);
    let row = power_intents::table
        .find(id)
        .filter(power_intents::command_sent_at.is_null());
    let marked = diesel::update(row)
        .set((
            power_intents::command_sent_at.eq(now),
            power_intents::deadline_at.eq(deadline_at),
            power_intents::version.eq(power_intents::version + 1),
        ))
        .execute(c)?;
    if marked != 1 {
        return Err(Fault::conflict(Message::new("power-refuse-lease-lost")));
    }
    let detail = Detail::new("power-detail-sending").with("action", intent.action.as_str());
    step(c, id, now, IntentState::Running, &detail)?;
    Ok(Sent::Go {
        sent_at: now,
        deadline_at,
    })
}

/// Whether an interlock fell since the intent was queued, in its words.
pub fn still_stands(
    c: &mut Conn,
    intent: &Intent,
    now: Timestamp,
) -> Result<Option<Detail>, Fault> {
    let actor = Actor::task("power", now);
    let machine = machine(c, &actor, intent.device_id)?;
    let endpoint = find(c, intent.device_id)?;
    let situation = situation(c, &actor, &machine, endpoint.as_ref(), intent.path)?;
    if interlocks::standing(&situation, intent.action).is_ok() {
        return Ok(None);
    }
    Ok(Some(
        match (&situation.lock, intent.path, situation.credential_refused) {
            (Some(lock), _, _) => Detail::new("power-detail-locked")
                .with("owner", lock.owner.as_str())
                .with("reason", lock.reason.as_str()),
            (None, Path::Outlets, _) => Detail::new("power-detail-no-outlets"),
            (None, Path::Bmc, true) => Detail::new("power-detail-credentials"),
            (None, Path::Bmc, false) => Detail::new("power-detail-no-bmc"),
        },
    ))
}

/// The command went out: from now on the state is watched.
pub fn intent_verifying(
    c: &mut Conn,
    owner: &str,
    id: IntentId,
    at: Timestamp,
    accepted: bool,
) -> Result<(), Fault> {
    let intent = own(c, owner, id)?;
    let key = if accepted {
        "power-detail-accepted"
    } else {
        "power-detail-reply-lost"
    };
    let change = Change::to(IntentState::Verifying, Detail::new(key));
    change_state(c, &intent, at, &change)
}

/// Adds a step in the same state; a state that was seen is kept.
pub fn intent_note(
    c: &mut Conn,
    owner: &str,
    id: IntentId,
    at: Timestamp,
    detail: &Detail,
    seen: Option<PowerState>,
) -> Result<(), Fault> {
    let intent = own(c, owner, id)?;
    if let Some(seen) = seen {
        diesel::update(power_intents::table.find(id))
            .set(power_intents::observed_after.eq(seen.as_str()))
            .execute(c)?;
    }
    step(c, id, at, intent.state, detail)
}

/// Ends an intent, with audit entry and mail.
#[allow(clippy::too_many_arguments, reason = "one row's worth of facts")]
pub fn intent_finish(
    c: &mut Conn,
    letters: &Letters,
    owner: &str,
    id: IntentId,
    at: Timestamp,
    outcome: IntentState,
    detail: &Detail,
    seen: Option<PowerState>,
) -> Result<(), Fault> {
    let intent = own(c, owner, id)?;
    let change = Change {
        observed_after: seen,
        ..Change::to(outcome, detail.clone())
    };
    end(c, letters, &intent, at, &change)
}

fn end(
    c: &mut Conn,
    letters: &Letters,
    intent: &Intent,
    at: Timestamp,
    change: &Change,
) -> Result<(), Fault> {
    change_state(c, intent, at, change)?;
    let actor = Actor::task("power", at);
    let machine = machine(c, &actor, intent.device_id)?;
    let event = Event::new("power.finish", "device", machine.id.get(), &machine.name)
        .for_customer(machine.customer_id)
        .with(json!({
            "intent": intent.id, "action": intent.action, "outcome": change.to,
            "detail": change.detail.key(),
        }));
    audit::record(c, &actor.author(), at, event)?;
    // A bulk tells of its machines on its own page, not in a mail for each.
    if bulk_after(c, intent.id, at, change.to)? {
        return Ok(());
    }
    let ended = load(c, intent.id)?;
    letters.outcome(c, &ended, &machine, at)
}

/// Keeps what a BMC showed while an intent ran on it.
pub fn outcome_observed(
    c: &mut Conn,
    id: BmcId,
    at: Timestamp,
    state: PowerState,
    suite: Option<i64>,
) -> Result<(), Fault> {
    diesel::update(bmc_endpoints::table.find(id))
        .set((
            bmc_endpoints::power_state.eq(state),
            bmc_endpoints::power_state_at.eq(at),
            bmc_endpoints::last_answer_at.eq(at),
            bmc_endpoints::last_error.eq(None::<String>),
            bmc_endpoints::last_error_at.eq(None::<Timestamp>),
            bmc_endpoints::consecutive_failures.eq(0),
        ))
        .execute(c)?;
    if let Some(suite) = suite {
        diesel::update(bmc_endpoints::table.find(id))
            .set(bmc_endpoints::remembered_suite.eq(suite))
            .execute(c)?;
    }
    Ok(())
}

/// Stops all attempts with a credential that the BMC refused, unless it was changed meanwhile (`version`).
pub fn credential_refused(
    c: &mut Conn,
    id: BmcId,
    version: i64,
    at: Timestamp,
    text: &str,
) -> Result<(), Fault> {
    let row = bmc_endpoints::table
        .find(id)
        .filter(bmc_endpoints::version.eq(version));
    diesel::update(row)
        .set((
            bmc_endpoints::credential_fault.eq(text),
            bmc_endpoints::credential_fault_at.eq(at),
            bmc_endpoints::power_state.eq(PowerState::Unknown),
            bmc_endpoints::last_error.eq(text),
            bmc_endpoints::last_error_at.eq(at),
        ))
        .execute(c)?;
    Ok(())
}
