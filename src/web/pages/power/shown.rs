//! Intents, actions and states as every page of power shows them.

use serde_json::{Value, json};

use crate::base::fault::Message;
use crate::base::ids::{IntentId, PowerBulkId};
use crate::base::locale::Locale;
use crate::facility::outlets_to_switch;
use crate::identity::Actor;
use crate::power::ops::{bulk_of_intent, intent_by_id, intent_steps, machine, outlet_way};
use crate::power::{
    Action, Detail, Intent, IntentState, Machine, OutletWay, Path, PowerState, Setting, Step,
};
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
        Action::Nmi => "warning",
        Action::Identify => "identify",
        Action::BootDevice => "forward",
        Action::BmcReset => "target",
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
        "path": intent.path,
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
    /// The bulk that it is part of, where the reader may see that.
    pub(super) bulk: Option<PowerBulkId>,
    /// The BMC could not be reached, and the machine's outlets can be switched.
    pub(super) offers_outlets: bool,
}

pub(super) async fn shown(web: &Web, signed: &Signed, id: i64) -> Result<Shown, Failure> {
    let (actor, id) = (signed.actor.clone(), IntentId::new(id));
    web.store
        .read(move |c| {
            let intent = intent_by_id(c, &actor, id)?;
            let offers_outlets = wants_outlets(&intent)
                && outlet_way(&outlets_to_switch(c, intent.device_id)?) == OutletWay::Ready;
            Ok(Shown {
                offers_outlets,
                bulk: bulk_of_intent(c, &actor, id)?,
                machine: machine(c, &actor, intent.device_id)?,
                steps: intent_steps(c, &actor, id)?,
                intent,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

/// Whether an intent ended so that the other way is worth offering.
fn wants_outlets(intent: &Intent) -> bool {
    let over = matches!(intent.state, IntentState::Failed | IntentState::TimedOut);
    let silent = intent.detail().is_some_and(|detail| {
        matches!(
            detail.key(),
            "power-detail-bmc-not-reached"
                | "power-detail-credentials"
                | "power-detail-timed-out-silent"
        )
    });
    over && silent && intent.path == Path::Bmc && intent.action.works_by_outlets()
}

/// What an action was told beside its name; empty when it was told nothing.
pub(super) fn setting_word(web: &Web, locale: Locale, setting: Setting) -> String {
    match setting {
        Setting::None => String::new(),
        Setting::Light(seconds) => {
            let message = Message::new("power-light").with("seconds", seconds.to_string());
            web.words.say(locale, &message)
        }
        Setting::Boot(choice) => {
            let message = Message::new("power-boot-choice")
                .with("device", choice.device.as_str())
                .with("persistent", if choice.persistent { "yes" } else { "no" })
                .with("mode", if choice.uefi { "UEFI" } else { "BIOS" });
            web.words.say(locale, &message)
        }
    }
}

/// `Power-cycle SRV-0123`.
pub(super) fn machine_action(web: &Web, locale: Locale, action: Action, machine: &str) -> String {
    let message = Message::new("power-action-machine")
        .with("action", action.as_str())
        .with("machine", machine);
    web.words.say(locale, &message)
}
