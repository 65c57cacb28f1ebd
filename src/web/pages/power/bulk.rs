//! One action on several machines: choosing them, and seeing what each would answer before anything is asked.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::dialogs::{boot_devices, lights};
use super::shown::{action_word, area, power_kind, setting_word};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceId, RackId};
use crate::base::locale::Locale;
use crate::base::token::random_token;
use crate::identity::Permission;
use crate::power::bulk::{BulkWish, machines};
use crate::power::ops::{
    BulkAsked, Choice, Preview, bulk_preview, bulk_request, candidates, places,
};
use crate::power::{Action, Decision, Path, PowerState, TASK, Wish};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![pick, preview, ask]
}

/// All actions, to choose.
pub(super) fn action_options(web: &Web, locale: Locale) -> Vec<Value> {
    Action::ALL
        .iter()
        .map(|action| json!({"value": action, "label": action_word(web, locale, *action)}))
        .collect()
}

/// Both ways, to choose.
pub(super) fn path_options(web: &Web, locale: Locale) -> Vec<Value> {
    let path = |path: &Path| {
        let message = Message::new("power-path").with("path", path.as_str());
        json!({"value": path, "label": web.words.say(locale, &message)})
    };
    Path::ALL.iter().map(path).collect()
}

pub(super) fn state_value(web: &Web, locale: Locale, state: PowerState) -> Value {
    let word = Message::new("power-state").with("state", state.as_str());
    json!({"kind": power_kind(state), "word": web.words.say(locale, &word)})
}

#[get("/power/bulk?<rack>&<customer>&<q>")]
async fn pick(
    web: &State<Web>,
    signed: Signed,
    rack: Option<&str>,
    customer: Option<&str>,
    q: Option<&str>,
) -> Result<Answer, Failure> {
    let choice = Choice {
        rack: rack.and_then(|text| text.parse::<RackId>().ok()),
        customer: customer.and_then(|text| text.parse::<CustomerId>().ok()),
        text: q.unwrap_or_default().to_owned(),
    };
    pick_view(web, &signed, choice, &Fields::new(), None).await
}

async fn pick_view(
    web: &Web,
    signed: &Signed,
    choice: Choice,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (actor, wanted) = (signed.actor.clone(), choice.clone());
    let is_chosen =
        wanted.rack.is_some() || wanted.customer.is_some() || !wanted.text.trim().is_empty();
    let (found, places) = web
        .store
        .read(move |c| {
            let found = match is_chosen {
                true => candidates(c, &actor, &wanted)?,
                false => Vec::new(),
            };
            Ok((found, places(c, &actor)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let ticked: Vec<&str> = fields.all("devices").collect();
    let rows: Vec<Value> = found
        .iter()
        .map(|one| {
            let id = one.id.to_string();
            json!({
                "ticked": ticked.contains(&id.as_str()),
                "id": id,
                "name": one.name,
                "customer": one.customer,
                "rack": one.rack,
                "state": one.state.map(|state| state_value(web, locale, state)),
                "state_at": one.state_at,
                "protected": one.protected,
            })
        })
        .collect();
    let option = |value: String, label: String| json!({"value": value, "label": label});
    let racks: Vec<Value> = places
        .racks
        .iter()
        .map(|(id, site, name)| option(id.to_string(), format!("{site} · {name}")))
        .collect();
    let customers: Vec<Value> = places
        .customers
        .iter()
        .map(|(id, name)| option(id.to_string(), name.clone()))
        .collect();
    let title = web.words.text(locale, "power-bulk-new");
    View::new(
        web,
        &signed.reader,
        "power/bulk.html",
        &title,
        area(&signed.actor, "power"),
    )
    .crumbs(&[(&web.words.text(locale, "power-title"), "/power")])
    .with("rows", rows)
    .with("racks", racks)
    .with("customers", customers)
    .with("is_chosen", is_chosen)
    .with(
        "chosen",
        json!({
            "rack": choice.rack.map(|id| id.to_string()),
            "customer": choice.customer.map(|id| id.to_string()),
            "q": choice.text,
        }),
    )
    .with("actions", action_options(web, locale))
    .with("paths", path_options(web, locale))
    .with(
        "form",
        form_context(web, locale, "/power/bulk/preview", fields, fault),
    )
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

/// What is typed so far: the action with what it needs, and the machines.
fn chosen(fields: &Fields) -> Result<(Wish, Vec<DeviceId>), Fault> {
    let mut fields = fields.clone();
    // What an action needs is asked on the next page.
    if !fields.has("boot_device") {
        fields.set("boot_device", "pxe");
    }
    Ok((Wish::parse(&fields, None)?, machines(&fields)?))
}

#[post("/power/bulk/preview", data = "<form>")]
async fn preview(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ControlPower)
        .map_err(|fault| signed.failure(fault))?;
    match chosen(&form.fields) {
        Ok(_) => preview_view(web, &signed, &form.fields, None).await,
        Err(fault) => {
            let number = |name: &str| form.fields.get(name).parse::<i64>().ok();
            let choice = Choice {
                rack: number("rack").map(RackId::new),
                customer: number("customer").map(CustomerId::new),
                text: form.fields.get("q").to_owned(),
            };
            pick_view(web, &signed, choice, &form.fields, Some(&fault)).await
        }
    }
}

fn preview_row(web: &Web, locale: Locale, one: &Preview) -> Value {
    let verdict = match &one.verdict {
        Ok(Decision::Queue) => {
            json!({"kind": "ok", "word": web.words.text(locale, "power-bulk-goes")})
        }
        Ok(Decision::AwaitApproval) => {
            json!({"kind": "warning", "word": web.words.text(locale, "power-detail-needs-approval")})
        }
        Err(message) => json!({"kind": "fault", "word": web.words.say(locale, message)}),
    };
    json!({
        "id": one.machine.id,
        "name": one.machine.name,
        "label": one.machine.label,
        "position": one.machine.whole_position(),
        "customer": one.machine.customer_name,
        "state": state_value(web, locale, one.state),
        "people": one.people,
        "verdict": verdict,
    })
}

/// Shows what each machine would answer; `fields` is what was typed.
async fn preview_view(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (wish, devices) = chosen(fields).map_err(|fault| signed.failure(fault))?;
    let (actor, limits, asked) = (signed.actor.clone(), web.settings.power, wish.clone());
    let found = web
        .store
        .read(move |c| bulk_preview(c, &actor, &asked, &devices, &limits))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let going = found.iter().filter(|one| one.verdict.is_ok()).count();
    let people: usize = found.iter().map(|one| one.people).sum();
    let changes_power = wish.action.changes_power();
    let is_unknown = found.iter().any(|one| one.state == PowerState::Unknown);
    let rows: Vec<Value> = found
        .iter()
        .map(|one| preview_row(web, locale, one))
        .collect();
    let mut fields = fields.clone();
    for (name, usual) in [
        ("stagger_s", "2"),
        ("stop_after", "3"),
        ("identify_seconds", "60"),
        ("boot_device", "pxe"),
    ] {
        if !fields.has(name) {
            fields.set(name, usual);
        }
    }
    let once = match fields.get("once") {
        "" => random_token().map_err(Fault::from)?,
        sent => sent.to_owned(),
    };
    let mut form = form_context(web, locale, "/power/bulk", &fields, fault);
    if let Some(form) = form.as_object_mut() {
        form.insert("once".into(), once.into());
    }
    let message = Message::new("power-bulk-title")
        .with("action", action_word(web, locale, wish.action))
        .with("count", found.len());
    let title = web.words.say(locale, &message);
    View::new(
        web,
        &signed.reader,
        "power/bulk_check.html",
        &title,
        area(&signed.actor, "power"),
    )
    .crumbs(&[
        (&web.words.text(locale, "power-title"), "/power"),
        (&web.words.text(locale, "power-bulk-new"), "/power/bulk"),
    ])
    .with("rows", rows)
    .with("going", going)
    .with("people", if changes_power { people } else { 0 })
    .with(
        "asks_unknown",
        is_unknown && wish.action.allows_unknown_state(),
    )
    .with("action", wish.action)
    .with("path", wish.path)
    .with("setting", setting_word(web, locale, wish.setting))
    .with("danger", wish.action.is_destructive())
    .with("boot_devices", boot_devices(web, locale))
    .with("lights", lights(web, locale))
    .with("form", form)
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

/// The wish of a posted preview; a destructive one carries the number of machines, typed.
fn typed(fields: &Fields) -> Result<BulkWish, Fault> {
    let key = Some(fields.get("once")).filter(|key| !key.is_empty());
    let bulk = BulkWish::parse(fields, key)?;
    let count = bulk.machines.len().to_string();
    if bulk.wish.action.is_destructive() && fields.get("confirm").trim() != count {
        let message = Message::new("power-fault-count").with("count", bulk.machines.len());
        return Err(Fault::field("confirm", message));
    }
    Ok(bulk)
}

#[post("/power/bulk", data = "<form>")]
async fn ask(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::ControlPower)
        .map_err(|fault| signed.failure(fault))?;
    if let Err(fault) = machines(&form.fields) {
        return pick_view(web, &signed, Choice::default(), &form.fields, Some(&fault)).await;
    }
    let outcome: Result<BulkAsked, Fault> = match typed(&form.fields) {
        Ok(bulk) => {
            let (actor, limits) = (signed.actor.clone(), web.settings.power);
            web.store
                .write("power.bulk", move |c| {
                    bulk_request(c, &actor, &bulk, &limits, None)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(asked) => {
            web.store.wakeups().wake(TASK);
            let said = Message::new("power-flash-bulk")
                .with("count", asked.accepted)
                .with("refused", asked.refused);
            let href = format!("/power/bulks/{}", asked.id);
            Ok(done(web, signed.reader.locale, href, &said))
        }
        Err(fault) if belongs_in_form(&fault) => match chosen(&form.fields) {
            Ok(_) => preview_view(web, &signed, &form.fields, Some(&fault)).await,
            Err(_) => pick_view(web, &signed, Choice::default(), &form.fields, Some(&fault)).await,
        },
        Err(fault) => Err(signed.failure(fault)),
    }
}
