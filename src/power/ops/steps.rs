//! Steps of an intent's life as they are recorded.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::IntentId;
use crate::base::time::Timestamp;
use crate::power::detail::Detail;
use crate::power::model::{IntentState, PowerState};
use crate::power::rows::Intent;
use crate::store::Conn;
use crate::store::schema::{power_intent_steps, power_intents};

/// A step from one state to another.
pub(super) struct Change {
    pub(super) to: IntentState,
    pub(super) detail: Detail,
    pub(super) observed_after: Option<PowerState>,
}

impl Change {
    /// To a state with words.
    pub(super) const fn to(to: IntentState, detail: Detail) -> Self {
        Self {
            to,
            detail,
            observed_after: None,
        }
    }
}

/// Appends a step.
pub(super) fn step(
    c: &mut Conn,
    id: IntentId,
    at: Timestamp,
    state: IntentState,
    detail: &Detail,
) -> Result<(), Fault> {
    diesel::insert_into(power_intent_steps::table)
        .values((
            power_intent_steps::intent_id.eq(id),
            power_intent_steps::at.eq(at),
            power_intent_steps::state.eq(state),
            power_intent_steps::detail.eq(detail.to_text()),
        ))
        .execute(c)?;
    Ok(())
}

/// Takes an intent along one of the ways of the life cycle.
pub(super) fn change_state(
    c: &mut Conn,
    intent: &Intent,
    at: Timestamp,
    change: &Change,
) -> Result<(), Fault> {
    if !intent.state.may_become(change.to) {
        return Err(Fault::internal(format!(
            "intent {}: {} can't become {}",
            intent.id, intent.state, change.to
        )));
    }
    let row = power_intents::table
        .find(intent.id)
        .filter(power_intents::state.eq(intent.state));
    let changed = diesel::update(row)
        .set((
            power_intents::state.eq(change.to),
            power_intents::state_detail.eq(change.detail.to_text()),
            power_intents::version.eq(power_intents::version + 1),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    if let Some(state) = change.observed_after {
        diesel::update(power_intents::table.find(intent.id))
            .set(power_intents::observed_after.eq(state.as_str()))
            .execute(c)?;
    }
    if change.to.is_final() {
        diesel::update(power_intents::table.find(intent.id))
            .set((
                power_intents::finished_at.eq(at),
                power_intents::lease_owner.eq(None::<String>),
                power_intents::lease_until.eq(None::<Timestamp>),
            ))
            .execute(c)?;
    }
    step(c, intent.id, at, change.to, &change.detail)
}
