//! The dialogs: ask for an action, approve one, take one back. Each names the machine and what will happen.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::shown::{Shown, action_icon, area, machine_action, power_kind, shown};
use crate::access::{PresentPerson, people_at_rack};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, IntentId};
use crate::base::locale::Locale;
use crate::base::token::random_token;
use crate::facility::{OutletToSwitch, outlets_to_switch};
use crate::identity::{Actor, Permission};
use crate::power::TASK;
use crate::power::ops::{
    endpoint_of_device, intent_approve, intent_cancel, intent_request, machine, outlet_state,
};
use crate::power::{Action, BmcEndpoint, BootDevice, Limits, Machine, Path, PowerState, Wish};
use crate::store::Conn;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![ask, asked, approve_dialog, approve, cancel_dialog, cancel]
}

/// What a dialog says about the machine.
struct Facts {
    machine: Machine,
    bmc: Option<BmcEndpoint>,
    outlets: Vec<OutletToSwitch>,
    path: Path,
    people: Vec<PresentPerson>,
}

fn facts(c: &mut Conn, actor: &Actor, device: DeviceId, path: Path) -> Result<Facts, Fault> {
    let machine = machine(c, actor, device)?;
    let people = match machine.rack_id {
        None => Vec::new(),
        Some(rack) => people_at_rack(c, rack, actor.now)?,
    };
    Ok(Facts {
        bmc: endpoint_of_device(c, actor, device)?,
        outlets: outlets_to_switch(c, device)?,
        path,
        machine,
        people,
    })
}

impl Facts {
    fn state(&self) -> PowerState {
        match self.path {
            Path::Outlets => outlet_state(&self.outlets),
            Path::Bmc => self
                .bmc
                .as_ref()
                .map_or(PowerState::Unknown, |bmc| bmc.power_state),
        }
    }

    /// The outlets that will be switched, for the template.
    fn outlets(&self) -> Vec<Value> {
        self.outlets
            .iter()
            .filter(|_| self.path == Path::Outlets)
            .map(|outlet| {
                json!({"label": outlet.label(), "supply": outlet.supply, "state": outlet.state})
            })
            .collect()
    }

    /// For the template. Who the people are is for staff only: they may be another customer's.
    fn json(&self, actor: &Actor, action: Action) -> Value {
        let people: Vec<Value> = self
            .people
            .iter()
            .filter(|_| !actor.role.is_customer())
            .map(|person| json!({"name": person.name, "company": person.company, "since": person.since}))
            .collect();
        json!({
            "machine": self.machine,
            "position": self.machine.position(),
            "action": action,
            "icon": action_icon(action),
            "state": self.state(),
            "state_kind": power_kind(self.state()),
            "state_at": self.bmc.as_ref().and_then(|bmc| bmc.power_state_at).filter(|_| self.path == Path::Bmc),
            "people_count": if action.changes_power() { self.people.len() } else { 0 },
            "people": people,
            "path": self.path,
            "outlets": self.outlets(),
            "lock": self.machine.lock.as_ref().filter(|_| !action.is_harmless()).map(|lock| {
                json!({"owner": lock.owner, "reason": lock.reason, "is_told": !actor.role.is_customer()})
            }),
            "is_protected": self.machine.protected && !action.is_harmless(),
            "is_unknown": action.changes_power() && self.state() == PowerState::Unknown,
            "unknown_allowed": action.allows_unknown_state(),
        })
    }
}

/// The devices that a machine may boot from, to choose.
pub(super) fn boot_devices(web: &Web, locale: Locale) -> Vec<Value> {
    let device = |device: &BootDevice| {
        let message = Message::new("power-boot-device").with("device", device.as_str());
        json!({"value": device, "label": web.words.say(locale, &message)})
    };
    BootDevice::ALL.iter().map(device).collect()
}

/// How long the light may be on, to choose.
pub(super) fn lights(web: &Web, locale: Locale) -> Vec<Value> {
    let light = |seconds: &str| {
        let message = Message::new("power-light").with("seconds", seconds);
        json!({"value": seconds, "label": web.words.say(locale, &message)})
    };
    ["60", "240", "255", "0"]
        .iter()
        .map(|seconds| light(seconds))
        .collect()
}

fn limits(web: &Web) -> Limits {
    web.settings.power
}

fn action_of(word: &str) -> Result<Action, Fault> {
    Action::from_word(word).ok_or_else(Fault::not_found)
}

async fn facts_for(
    web: &Web,
    signed: &Signed,
    device: DeviceId,
    path: Path,
) -> Result<Facts, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::ControlPower)?;
            facts(c, &actor, device, path)
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

/// Draws the dialog of an action; `fields` is what was typed before a fault.
fn ask_view(
    web: &Web,
    signed: &Signed,
    facts: &Facts,
    action: Action,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let device = facts.machine.id;
    let title = machine_action(web, locale, action, &facts.machine.name);
    let address = format!("/devices/{device}/power/{action}");
    let mut fields = fields.clone();
    fields.set("path", facts.path.as_str());
    if action == Action::Identify && !fields.has("identify_seconds") {
        fields.set("identify_seconds", "60");
    }
    let mut form = form_context(web, locale, &address, &fields, fault);
    // The same page sent twice is one wish; after a fault that nothing came of, it is a new one.
    let once = match fields.get("once") {
        "" => random_token().map_err(Fault::from)?,
        sent => sent.to_owned(),
    };
    if let Some(form) = form.as_object_mut() {
        form.insert("once".into(), once.into());
    }
    let label = action.is_destructive().then(|| facts.machine.label.clone());
    View::new(
        web,
        &signed.reader,
        "power/ask.html",
        &title,
        area(&signed.actor, "devices"),
    )
    .crumbs(&[(&facts.machine.name, &format!("/devices/{device}"))])
    .with("facts", facts.json(&signed.actor, action))
    .with("form", form)
    .with("boot_devices", boot_devices(web, locale))
    .with("lights", lights(web, locale))
    .with(
        "dialog",
        json!({
            "submit": title,
            "danger": action.is_destructive(),
            "cancel_href": format!("/devices/{device}"),
            "confirm_label": label,
            "icon": action_icon(action),
        }),
    )
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

/// Which way the address or the form says; an unknown word is no page.
fn path_of(word: &str) -> Result<Path, Fault> {
    match word {
        "" => Ok(Path::Bmc),
        word => Path::from_word(word).ok_or_else(Fault::not_found),
    }
}

#[get("/devices/<id>/power/<action>?<path>")]
async fn ask(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    action: &str,
    path: Option<&str>,
) -> Result<Answer, Failure> {
    let path = path_of(path.unwrap_or_default());
    let known = path.as_ref().copied().unwrap_or(Path::Bmc);
    let facts = facts_for(web, &signed, DeviceId::new(id), known).await?;
    let action = path
        .and_then(|_| action_of(action))
        .map_err(|fault| signed.failure(fault))?;
    ask_view(web, &signed, &facts, action, &Fields::new(), None)
}

#[post("/devices/<id>/power/<action>", data = "<form>")]
async fn asked(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    action: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    let device = DeviceId::new(id);
    let path = path_of(form.fields.get("path"));
    let known = path.as_ref().copied().unwrap_or(Path::Bmc);
    let facts = facts_for(web, &signed, device, known).await?;
    let action = path
        .and_then(|_| action_of(action))
        .map_err(|fault| signed.failure(fault))?;
    let outcome = match typed_wish(&facts, action, &form.fields) {
        Ok(wish) => {
            let (actor, limits) = (signed.actor.clone(), limits(web));
            web.store
                .write("power.request", move |c| {
                    intent_request(c, &actor, device, &wish, &limits)
                })
                .await
                .and_then(|asked| asked.into_result())
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(intent) => {
            web.store.wakeups().wake(TASK);
            let said = Message::new("power-flash-asked").with("machine", facts.machine.name);
            let href = format!("/power/intents/{intent}");
            Ok(done(web, signed.reader.locale, href, &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            ask_view(web, &signed, &facts, action, &form.fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// The wish of a posted dialog; a destructive one carries the machine's label, typed.
fn typed_wish(facts: &Facts, action: Action, fields: &Fields) -> Result<Wish, Fault> {
    let label = &facts.machine.label;
    if action.is_destructive() && fields.get("confirm").trim() != label {
        let message = Message::new("power-fault-label").with("label", label.as_str());
        return Err(Fault::field("confirm", message));
    }
    let mut fields = fields.clone();
    fields.set("action", action.as_str());
    let key = Some(fields.get("once").to_owned()).filter(|key| !key.is_empty());
    Wish::parse(&fields, key.as_deref())
}

async fn intent_and_facts(
    web: &Web,
    signed: &Signed,
    id: i64,
    right: Permission,
) -> Result<(Shown, Facts), Failure> {
    signed
        .actor
        .require(right)
        .map_err(|fault| signed.failure(fault))?;
    let shown = shown(web, signed, id).await?;
    let (actor, device) = (signed.actor.clone(), shown.machine.id);
    let path = shown.intent.path;
    let facts = web
        .store
        .read(move |c| facts(c, &actor, device, path))
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok((shown, facts))
}

/// Draws the dialog about an intent that is there.
fn intent_view(
    web: &Web,
    signed: &Signed,
    (shown, facts): &(Shown, Facts),
    verb: &'static str,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let action = machine_action(web, locale, shown.intent.action, &shown.machine.name);
    let key = if verb == "approve" {
        "power-approve-title"
    } else {
        "power-cancel-title"
    };
    let title = web
        .words
        .say(locale, &Message::new(key).with("action", action.as_str()));
    let page = format!("/power/intents/{}", shown.intent.id);
    let form = form_context(web, locale, &format!("{page}/{verb}"), fields, fault);
    View::new(
        web,
        &signed.reader,
        "power/decide.html",
        &title,
        area(&signed.actor, "power"),
    )
    .crumbs(&[
        (&web.words.text(locale, "power-title"), "/power"),
        (&action, &page),
    ])
    .with("facts", facts.json(&signed.actor, shown.intent.action))
    .with("verb", verb)
    .with("reason", &shown.intent.reason)
    .with("requested_by", &shown.intent.requested_by_name)
    .with("form", form)
    .with(
        "dialog",
        json!({
            "submit": title,
            "danger": verb == "approve" && shown.intent.action.is_destructive(),
            "cancel_href": page,
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

#[get("/power/intents/<id>/approve")]
async fn approve_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let about = intent_and_facts(web, &signed, id, Permission::ApprovePower).await?;
    intent_view(web, &signed, &about, "approve", &Fields::new(), None)
}

#[post("/power/intents/<id>/approve", data = "<form>")]
async fn approve(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let about = intent_and_facts(web, &signed, id, Permission::ApprovePower).await?;
    let (actor, limits) = (signed.actor.clone(), limits(web));
    let acknowledged = form.fields.yes("acknowledge_presence");
    let outcome = web
        .store
        .write("power.approve", move |c| {
            intent_approve(c, &actor, IntentId::new(id), acknowledged, &limits)
        })
        .await;
    decided(web, &signed, &about, "approve", &form.fields, outcome)
}

#[get("/power/intents/<id>/cancel")]
async fn cancel_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let about = intent_and_facts(web, &signed, id, Permission::ControlPower).await?;
    intent_view(web, &signed, &about, "cancel", &Fields::new(), None)
}

#[post("/power/intents/<id>/cancel", data = "<form>")]
async fn cancel(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let about = intent_and_facts(web, &signed, id, Permission::ControlPower).await?;
    let (actor, letters) = (signed.actor.clone(), web.letters());
    let outcome = web
        .store
        .write("power.cancel", move |c| {
            intent_cancel(c, &actor, &letters, IntentId::new(id))
        })
        .await;
    decided(web, &signed, &about, "cancel", &form.fields, outcome)
}

fn decided(
    web: &Web,
    signed: &Signed,
    about: &(Shown, Facts),
    verb: &'static str,
    fields: &Fields,
    outcome: Result<(), Fault>,
) -> Result<Answer, Failure> {
    match outcome {
        Ok(()) => {
            web.store.wakeups().wake(TASK);
            let key = if verb == "approve" {
                "power-flash-approved"
            } else {
                "power-flash-cancelled"
            };
            let href = format!("/power/intents/{}", about.0.intent.id);
            Ok(done(web, signed.reader.locale, href, &Message::new(key)))
        }
        Err(fault) if belongs_in_form(&fault) => {
            intent_view(web, signed, about, verb, fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
