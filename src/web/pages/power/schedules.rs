//! Schedules of power actions: the list, one with its runs, pausing and taking it out of use.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::super::entry::Said;
use super::super::saving::Archive;
use super::bulk_steps::bulk_row;
use super::shown::{action_icon, action_word, area, setting_word};
use crate::base::fault::Message;
use crate::base::ids::PowerScheduleId;
use crate::base::page::PageRequest;
use crate::identity::Permission;
use crate::power::ops::{
    bulk_list, schedule_archive, schedule_by_id, schedule_list, schedule_machines, schedule_pause,
};
use crate::power::{Rhythm, Schedule, Weekdays, schedule_time};
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, done};
use crate::web::{Failure, Web};

/// Runs that the page of a schedule shows.
const RUNS_SHOWN: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, pause, archive_dialog, archive]
}

/// A schedule as lists and its page show it.
fn schedule_value(web: &Web, signed: &Signed, schedule: &Schedule) -> Value {
    let locale = signed.reader.locale;
    let days: Vec<String> = schedule
        .days()
        .words()
        .iter()
        .map(|day| {
            web.words
                .say(locale, &Message::new("power-weekday").with("day", *day))
        })
        .collect();
    let last = schedule.last_words();
    json!({
        "id": schedule.id,
        "href": format!("/power/schedules/{}", schedule.id),
        "name": schedule.name,
        "action_word": action_word(web, locale, schedule.action),
        "icon": action_icon(schedule.action),
        "action": schedule.action,
        "setting": setting_word(web, locale, schedule.setting()),
        "path": schedule.path,
        "reason": schedule.reason,
        "is_weekly": schedule.rhythm == Rhythm::Weekly,
        "every_day": schedule.days().words().len() == Weekdays::WORDS.len(),
        "days": days.join(" "),
        "date": schedule.local_date,
        "time": schedule_time(schedule.minute_of_day),
        "zone": schedule.zone,
        "stagger_s": schedule.stagger_ms / 1000,
        "stop_after": schedule.stop_after,
        "owner": schedule.owner_name,
        "paused": schedule.paused,
        "archived_at": schedule.archived_at,
        "next_run_at": schedule.next_run_at.filter(|_| !schedule.paused),
        "last_run_at": schedule.last_run_at,
        "last_said": last.and_then(|last| web.words.say_kept(locale, &last)),
        "version": schedule.version,
    })
}

#[get("/power/schedules")]
async fn list(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let found = web
        .store
        .read(move |c| schedule_list(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows: Vec<Value> = found
        .iter()
        .map(|schedule| schedule_value(web, &signed, schedule))
        .collect();
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "power-schedules-title");
    let section = area(&signed.actor, "power");
    View::new(web, &signed.reader, "power/schedules.html", &title, section)
        .crumbs(&[(&web.words.text(locale, "power-title"), "/power")])
        .flash(said.as_ref())
        .with("rows", rows)
        .with("may_edit", signed.actor.may(Permission::ControlPower))
        .answer()
}

#[get("/power/schedules/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (schedule, machines, runs) = web
        .store
        .read(move |c| {
            let schedule = schedule_by_id(c, &actor, PowerScheduleId::new(id))?;
            let machines = schedule_machines(c, schedule.id)?;
            let request = PageRequest {
                after: None,
                before: None,
                limit: RUNS_SHOWN,
            };
            let runs = bulk_list(c, &actor, Some(schedule.id), &request)?;
            Ok((schedule, machines, runs.rows))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let machines: Vec<Value> = machines
        .iter()
        .map(|(id, name)| json!({"href": format!("/devices/{id}"), "name": name}))
        .collect();
    let runs: Vec<Value> = runs
        .iter()
        .map(|bulk| bulk_row(web, &signed, bulk))
        .collect();
    let section = area(&signed.actor, "power");
    View::new(
        web,
        &signed.reader,
        "power/schedule.html",
        &schedule.name,
        section,
    )
    .crumbs(&[
        (&web.words.text(locale, "power-title"), "/power"),
        (
            &web.words.text(locale, "power-schedules-title"),
            "/power/schedules",
        ),
    ])
    .flash(said.as_ref())
    .with("schedule", schedule_value(web, &signed, &schedule))
    .with("machines", machines)
    .with("runs", runs)
    .with("may_edit", signed.actor.may(Permission::ControlPower))
    .answer()
}

async fn mine(web: &Web, signed: &Signed, id: i64) -> Result<Schedule, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::ControlPower)?;
            schedule_by_id(c, &actor, PowerScheduleId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

#[post("/power/schedules/<id>/pause", data = "<form>")]
async fn pause(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = mine(web, &signed, id).await?;
    let version = version(&form.fields).map_err(|fault| signed.failure(fault))?;
    let paused = form.fields.yes("paused");
    let (actor, id) = (signed.actor.clone(), there.id);
    web.store
        .write("power.schedule-pause", move |c| {
            schedule_pause(c, &actor, id, version, paused)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let said = Message::new(if paused {
        "power-flash-paused"
    } else {
        "power-flash-resumed"
    });
    let href = format!("/power/schedules/{id}");
    Ok(done(web, signed.reader.locale, href, &said))
}

fn archive_of(there: &Schedule) -> Archive<'_> {
    Archive {
        name: &there.name,
        action: format!("/power/schedules/{}/archive", there.id),
        back: "/power/schedules".to_owned(),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "power-schedule-archive-consequence",
        section: "power",
    }
}

#[get("/power/schedules/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = mine(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/power/schedules/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = mine(web, &signed, id).await?;
    let id = there.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "power.schedule-archive",
            move |c, actor, version, archive| schedule_archive(c, actor, id, version, archive),
        )
        .await
}
