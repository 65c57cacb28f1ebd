//! The form of a schedule.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::super::saving::{changed, created, form_status, settled};
use super::bulk::{action_options, path_options};
use super::dialogs::{boot_devices, lights};
use super::shown::area;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::PowerScheduleId;
use crate::identity::Permission;
use crate::power::ops::{
    schedule_by_id, schedule_create, schedule_machines, schedule_update, site_zones,
};
use crate::power::{Schedule, ScheduleDraft, Setting, Weekdays, schedule_time};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![new, add, edit, save]
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::ControlPower)
        .map_err(|fault| signed.failure(fault))
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&Schedule>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let zones = web
        .store
        .read(move |c| site_zones(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let mut fields = fields.clone();
    let usual_zone = zones.first().map_or_else(
        || web.settings.zone.name().to_owned(),
        |(zone, _)| zone.clone(),
    );
    for (name, usual) in [
        ("zone", usual_zone.as_str()),
        ("rhythm", "weekly"),
        ("stagger_s", "2"),
        ("stop_after", "3"),
        ("identify_seconds", "60"),
    ] {
        if !fields.has(name) {
            fields.set(name, usual);
        }
    }
    let mut zones: Vec<Value> = zones
        .iter()
        .map(|(zone, sites)| json!({"value": zone, "label": format!("{zone} ({sites})")}))
        .collect();
    if zones.is_empty() {
        zones.push(json!({"value": usual_zone, "label": usual_zone}));
    }
    let ticked: Vec<&str> = fields.all("weekdays").collect();
    let days: Vec<Value> = Weekdays::WORDS
        .iter()
        .map(|day| {
            let message = Message::new("power-weekday").with("day", *day);
            json!({"value": day, "label": web.words.say(locale, &message), "ticked": ticked.contains(day)})
        })
        .collect();
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "power-schedule-new"),
            "/power/schedules/new".to_owned(),
            "/power/schedules".to_owned(),
        ),
        Some(there) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", there.name.as_str()),
            ),
            format!("/power/schedules/{}/edit", there.id),
            format!("/power/schedules/{}", there.id),
        ),
    };
    let section = area(&signed.actor, "power");
    View::new(
        web,
        &signed.reader,
        "power/schedule_form.html",
        &title,
        section,
    )
    .crumbs(&[
        (&web.words.text(locale, "power-title"), "/power"),
        (
            &web.words.text(locale, "power-schedules-title"),
            "/power/schedules",
        ),
    ])
    .with("form", form_context(web, locale, &action, &fields, fault))
    .with("actions", action_options(web, locale))
    .with("paths", path_options(web, locale))
    .with("boot_devices", boot_devices(web, locale))
    .with("lights", lights(web, locale))
    .with("zones", zones)
    .with("days", days)
    .with("back", back)
    .with(
        "archive_href",
        there.map(|there| format!("/power/schedules/{}/archive", there.id)),
    )
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&Schedule>,
    fields: &Fields,
    outcome: Result<PowerScheduleId, Fault>,
) -> Result<Answer, Failure> {
    let outcome = outcome.map(|id| format!("/power/schedules/{id}"));
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/power/schedules/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    form_view(web, &signed, None, &Fields::new(), None).await
}

#[post("/power/schedules/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "power.schedule-create",
        ScheduleDraft::parse,
        schedule_create,
    )
    .await;
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn mine(web: &Web, signed: &Signed, id: i64) -> Result<(Schedule, Vec<String>), Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let there = schedule_by_id(c, &actor, PowerScheduleId::new(id))?;
            let machines = schedule_machines(c, there.id)?;
            Ok((there, machines.into_iter().map(|(_, name)| name).collect()))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

/// A schedule as its form has it.
fn fields_of(there: &Schedule, machines: &[String]) -> Fields {
    let mut fields: Fields = [
        ("version", there.version.to_string()),
        ("name", there.name.clone()),
        ("action", there.action.to_string()),
        ("path", there.path.to_string()),
        ("reason", there.reason.clone()),
        ("machines", machines.join("\n")),
        ("zone", there.zone.clone()),
        ("rhythm", there.rhythm.to_string()),
        ("date", there.local_date.clone()),
        ("time", schedule_time(there.minute_of_day)),
        ("stagger_s", (there.stagger_ms / 1000).to_string()),
        ("stop_after", there.stop_after.to_string()),
    ]
    .into_iter()
    .collect();
    for day in there.days().words() {
        fields.push("weekdays", day);
    }
    match there.setting() {
        Setting::None => {}
        Setting::Light(seconds) => fields.push("identify_seconds", seconds.to_string()),
        Setting::Boot(choice) => {
            let yes = |yes: bool| if yes { "true" } else { "" };
            fields.push("boot_device", choice.device.as_str());
            fields.push("boot_persistent", yes(choice.persistent));
            fields.push("boot_uefi", yes(choice.uefi));
        }
    }
    fields
}

#[get("/power/schedules/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (there, machines) = mine(web, &signed, id).await?;
    let fields = fields_of(&there, &machines);
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/power/schedules/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let (there, _) = mine(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "power.schedule-update",
        ScheduleDraft::parse,
        move |c, actor, version, draft| schedule_update(c, actor, id, version, draft),
    )
    .await;
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}
