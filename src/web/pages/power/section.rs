//! The part of a device's page about its power: state, actions, BMC, history.

use serde_json::{Value, json};

use super::shown::{action_icon, action_word, intent_row, machine_action, power_kind};
use crate::base::fault::Message;
use crate::base::ids::DeviceId;
use crate::base::machine::Light;
use crate::base::time::Timestamp;
use crate::facility::{OutletToSwitch, outlets_to_switch};
use crate::identity::Permission;
use crate::power::console::Seat;
use crate::power::console::ops::may_attend;
use crate::power::ops::{
    endpoint_of_device, intents_of_device, machine, outlet_state, outlet_way, reading_of_device,
};
use crate::power::{Action, BmcEndpoint, Machine, OutletWay, PowerState};
use crate::web::guards::Signed;
use crate::web::{Failure, Web};

/// Intents that the page of a device shows.
const INTENTS_SHOWN: i64 = 10;
/// The actions in the order of the page: gentle first, hard last.
const ORDER: [Action; 9] = [
    Action::On,
    Action::SoftOff,
    Action::Cycle,
    Action::Reset,
    Action::Off,
    Action::Identify,
    Action::BootDevice,
    Action::Nmi,
    Action::BmcReset,
];
/// What outlets can do, in the order of the page.
const BY_OUTLETS: [Action; 3] = [Action::On, Action::Cycle, Action::Off];

/// The value `power` of a device's page; null for those who may not see power.
pub(in crate::web) async fn section(
    web: &Web,
    signed: &Signed,
    device: DeviceId,
) -> Result<Value, Failure> {
    if !signed.actor.may(Permission::ViewPower) {
        return Ok(Value::Null);
    }
    let actor = signed.actor.clone();
    let (machine, bmc, intents, outlets, sees_console, light) = web
        .store
        .read(move |c| {
            Ok((
                machine(c, &actor, device)?,
                endpoint_of_device(c, &actor, device)?,
                intents_of_device(c, &actor, device, INTENTS_SHOWN)?,
                outlets_to_switch(c, device)?,
                may_attend(c, &actor, device, Seat::Watch)?,
                reading_of_device(c, &actor, device)?.and_then(|row| row.light_told()),
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let state = bmc
        .as_ref()
        .map_or(PowerState::Unknown, |bmc| bmc.power_state);
    let state_word = Message::new("power-state").with("state", state.as_str());
    let rows: Vec<Value> = intents
        .iter()
        .map(|intent| intent_row(web, signed, intent, &machine.name))
        .collect();
    let is_live = intents.iter().any(|intent| !intent.state.is_final());
    let edits = signed.actor.may(Permission::EditBmc);
    Ok(json!({
        "state": state,
        "state_kind": power_kind(state),
        "state_word": web.words.say(locale, &state_word),
        "state_at": bmc.as_ref().and_then(|bmc| bmc.power_state_at),
        "has_bmc": bmc.is_some(),
        "actions": actions(web, signed, &machine, bmc.as_ref(), state),
        "outlet_actions": outlet_actions(web, signed, &machine, bmc.as_ref(), &outlets),
        "events_href": format!("/devices/{device}/power-events"),
        "console_href": sees_console.then(|| format!("/devices/{device}/console")),
        "light": light.filter(|_| bmc.is_some()).map(|seen| light_value(web, signed, seen)),
        "is_protected": machine.protected,
        "is_live": is_live,
        "intents": rows,
        "all_href": format!("/power?q={}", rocket::http::RawStr::new(&machine.name).percent_encode()),
        "bmc": bmc.as_ref().filter(|_| edits).map(bmc_json),
        "bmc_href": edits.then(|| format!("/devices/{device}/bmc")),
        "certificate_refused": bmc.as_ref().is_some_and(|bmc| bmc.certificate_refused.is_some()),
        "is_silent": bmc.as_ref().is_some_and(|bmc| bmc.consecutive_failures > 0),
        "credential_stopped": bmc.as_ref().is_some_and(|bmc| bmc.credential_fault.is_some()),
    }))
}

/// The actions that make sense now, as links to their dialogs.
fn actions(
    web: &Web,
    signed: &Signed,
    machine: &Machine,
    bmc: Option<&BmcEndpoint>,
    state: PowerState,
) -> Vec<Value> {
    let able = bmc.is_some_and(|bmc| bmc.credential_fault.is_none()) && !machine.gone;
    if !able || !signed.actor.may(Permission::ControlPower) {
        return Vec::new();
    }
    let locale = signed.reader.locale;
    ORDER
        .iter()
        .filter(|action| !action.changes_power() || makes_sense(**action, state))
        .map(|action| {
            json!({
                "href": format!("/devices/{}/power/{action}", machine.id),
                "label": machine_action(web, locale, *action, &machine.name),
                "word": action_word(web, locale, *action),
                "icon": action_icon(*action),
                "danger": action.is_destructive(),
            })
        })
        .collect()
}

/// Whether an action would change anything of a machine in a state.
fn makes_sense(action: Action, state: PowerState) -> bool {
    match state {
        PowerState::On => action != Action::On,
        PowerState::Off => action == Action::On,
        PowerState::Unknown => action.allows_unknown_state(),
    }
}

/// The way over the outlets, offered where the BMC is absent, silent or refuses; never taken by itself.
fn outlet_actions(
    web: &Web,
    signed: &Signed,
    machine: &Machine,
    bmc: Option<&BmcEndpoint>,
    outlets: &[OutletToSwitch],
) -> Vec<Value> {
    let works =
        bmc.is_some_and(|bmc| bmc.credential_fault.is_none() && bmc.consecutive_failures == 0);
    let able = outlet_way(outlets) == OutletWay::Ready && !machine.gone && !works;
    if !able || !signed.actor.may(Permission::ControlPower) {
        return Vec::new();
    }
    let state = outlet_state(outlets);
    BY_OUTLETS
        .iter()
        .filter(|action| makes_sense(**action, state))
        .map(|action| outlet_action(web, signed, machine, *action))
        .collect()
}

/// A link to the dialog of an action over the outlets.
pub(super) fn outlet_action(
    web: &Web,
    signed: &Signed,
    machine: &Machine,
    action: Action,
) -> Value {
    let word = action_word(web, signed.reader.locale, action);
    let label = Message::new("power-action-by-outlets").with("action", word);
    json!({
        "href": format!("/devices/{}/power/{action}?path=outlets", machine.id),
        "label": web.words.say(signed.reader.locale, &label),
        "icon": action_icon(action),
        "danger": action.is_destructive(),
    })
}

/// The identify light as it was last seen.
fn light_value(web: &Web, signed: &Signed, (light, at): (Light, Timestamp)) -> Value {
    let word = Message::new("power-light-state").with("light", light.as_str());
    json!({
        "kind": if light == Light::Off { "off" } else { "working" },
        "word": web.words.say(signed.reader.locale, &word),
        "at": at,
    })
}

/// What is known of a BMC, for those who care for it.
fn bmc_json(bmc: &BmcEndpoint) -> Value {
    let split = |stored: &Option<String>| {
        stored.as_deref().map(|stored| {
            let (code, technical) = stored.split_once(": ").unwrap_or(("other", stored));
            json!({"code": code, "technical": technical})
        })
    };
    json!({
        "address": bmc.address,
        "port": bmc.port,
        "username": bmc.username,
        "protocol": bmc.protocol,
        "suite": bmc.remembered_suite,
        "expected_guid": bmc.expected_guid,
        "manufacturer_id": bmc.manufacturer_id,
        "product_id": bmc.product_id,
        "firmware": bmc.firmware,
        "last_answer_at": bmc.last_answer_at,
        "next_poll_at": bmc.next_poll_at,
        "failures": bmc.consecutive_failures,
        "certificate": bmc.certificate_sha256,
        "certificate_refused": bmc.certificate_refused,
        "error": split(&bmc.last_error),
        "error_at": bmc.last_error_at,
        "credential_fault": split(&bmc.credential_fault),
        "credential_fault_at": bmc.credential_fault_at,
    })
}
