//! Intents, actions and states as every page of power shows them.

use serde_json::{Value, json};

use crate::base::fault::Message;
use crate::base::ids::IntentId;
use crate::base::locale::Locale;
use crate::identity::Actor;
use crate::power::ops::{intent_by_id, intent_steps, machine};
use crate::power::{Action, Detail, Intent, IntentState, Machine, PowerState, Step};
use crate::web::guards::Signed;
use crate::web::{Failure, Web};

/// The area a page belongs to in the reader's bar.
pub(super) fn area(actor: &Actor, staff: &'static str) -> &'static str {
    if actor.role.is_customer() {
        "servers"
    } else {
        staff
    }
}

/// Kind of badge of an intent's state.
pub(super) fn intent_kind(state: IntentState) -> &'static str {
    match state {
        IntentState::Succeeded => "ok",
        IntentState::Failed | IntentState::TimedOut => "fault",
        IntentState::Refused | IntentState::AwaitingApproval => "warning",
        IntentState::Cancelled => "off",
        IntentState::Queued | IntentState::Running | IntentState::Verifying => "working",
    }
}

/// Kind of badge of a power state.
pub(super) fn power_kind(state: PowerState) -> &'static str {
    match state {
        PowerState::On => "ok",
        PowerState::Off => "off",
        PowerState::Unknown => "warning",
    }
}

/// Icon of an action.
pub(super) fn action_icon(action: Action) -> &'static str {
    match action {
        Action::On => "power-on",
        Action::Off => "power-off",
        Action::SoftOff => "soft",
        Action::Cycle => "cycle",
        Action::Reset => "reset",
    }
}

/// A detail in the reader's words.
pub(super) fn told(web: &Web, locale: Locale, actor: &Actor, detail: Option<Detail>) -> String {
    let Some(detail) = detail else {
        return String::new();
    };
    let detail = if actor.role.is_customer() {
        detail.for_customer()
    } else {
        detail
    };
    web.words.say(locale, detail.message())
}

pub(super) fn action_word(web: &Web, locale: Locale, action: Action) -> String {
    let message = Message::new("power-action").with("action", action.as_str());
    web.words.say(locale, &message)
}

pub(super) fn state_word(web: &Web, locale: Locale, state: IntentState) -> String {
    let message = Message::new("power-intent-state").with("state", state.as_str());
    web.words.say(locale, &message)
}

/// An intent as lists show it.
pub(super) fn intent_row(web: &Web, signed: &Signed, intent: &Intent, machine: &str) -> Value {
    let locale = signed.reader.locale;
    json!({
        "id": intent.id,
        "href": format!("/power/intents/{}", intent.id),
        "machine": machine,
        "machine_href": format!("/devices/{}", intent.device_id),
        "action": intent.action,
        "action_word": action_word(web, locale, intent.action),
        "state_kind": intent_kind(intent.state),
        "state_word": state_word(web, locale, intent.state),
        "is_final": intent.state.is_final(),
        "detail": told(web, locale, &signed.actor, intent.detail()),
        "reason": intent.reason,
        "requested_by": intent.requested_by_name,
        "requested_at": intent.requested_at,
        "finished_at": intent.finished_at,
    })
}

/// One intent with all that its page needs.
pub(super) struct Shown {
    pub(super) intent: Intent,
    pub(super) machine: Machine,
    pub(super) steps: Vec<Step>,
}

pub(super) async fn shown(web: &Web, signed: &Signed, id: i64) -> Result<Shown, Failure> {
    let (actor, id) = (signed.actor.clone(), IntentId::new(id));
    web.store
        .read(move |c| {
            let intent = intent_by_id(c, &actor, id)?;
            Ok(Shown {
                machine: machine(c, &actor, intent.device_id)?,
                steps: intent_steps(c, &actor, id)?,
                intent,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

/// `Power-cycle SRV-0123`.
pub(super) fn machine_action(web: &Web, locale: Locale, action: Action, machine: &str) -> String {
    let message = Message::new("power-action-machine")
        .with("action", action.as_str())
        .with("machine", machine);
    web.words.say(locale, &message)
}
