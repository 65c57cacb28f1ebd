//! A bulk under way: its machines, its result as a file, agreeing to it and stopping it.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::super::entry::Said;
use super::bulk_file::{bulk_file, outcome_words};
use super::shown::{action_icon, action_word, area, intent_kind, setting_word, state_word};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::PowerBulkId;
use crate::base::page::{PAGE_ROWS, PageRequest};
use crate::identity::Permission;
use crate::power::ops::{bulk_approve, bulk_by_id, bulk_list, bulk_machines, bulk_stop};
use crate::power::{Bulk, BulkMachine, IntentState, TASK};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        show,
        result_csv,
        approve_dialog,
        approve,
        stop_dialog,
        stop
    ]
}

pub(super) fn title_of(web: &Web, signed: &Signed, bulk: &Bulk, count: usize) -> String {
    let locale = signed.reader.locale;
    let message = Message::new("power-bulk-title")
        .with("action", action_word(web, locale, bulk.action))
        .with("count", count);
    web.words.say(locale, &message)
}

/// A bulk as lists show it.
pub(super) fn bulk_row(web: &Web, signed: &Signed, bulk: &Bulk) -> Value {
    let locale = signed.reader.locale;
    json!({
        "id": bulk.id,
        "href": format!("/power/bulks/{}", bulk.id),
        "action_word": action_word(web, locale, bulk.action),
        "icon": action_icon(bulk.action),
        "reason": bulk.reason,
        "requested_by": bulk.requested_by_name,
        "requested_at": bulk.requested_at,
        "schedule_href": bulk.schedule_id.map(|id| format!("/power/schedules/{id}")),
    })
}

#[get("/power/bulks?<after>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    after: Option<String>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let request = PageRequest {
        after,
        before: None,
        limit: PAGE_ROWS,
    };
    let page = web
        .store
        .read(move |c| bulk_list(c, &actor, None, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|bulk| bulk_row(web, &signed, bulk))
        .collect();
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "power-bulks-title");
    View::new(
        web,
        &signed.reader,
        "power/bulks.html",
        &title,
        area(&signed.actor, "power"),
    )
    .crumbs(&[(&web.words.text(locale, "power-title"), "/power")])
    .flash(said.as_ref())
    .with("rows", rows)
    .with(
        "older_href",
        page.next.map(|key| format!("/power/bulks?after={key}")),
    )
    .with("may_ask", signed.actor.may(Permission::ControlPower))
    .answer()
}

async fn found(web: &Web, signed: &Signed, id: i64) -> Result<(Bulk, Vec<BulkMachine>), Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let bulk = bulk_by_id(c, &actor, PowerBulkId::new(id))?;
            let machines = bulk_machines(c, &bulk)?;
            Ok((bulk, machines))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn machine_row(web: &Web, signed: &Signed, one: &BulkMachine) -> Value {
    let locale = signed.reader.locale;
    let intent = one.intent.as_ref();
    json!({
        "name": one.name,
        "href": format!("/devices/{}", one.device_id),
        "intent_href": intent.map(|intent| format!("/power/intents/{}", intent.id)),
        "state_kind": intent_kind(one.state()),
        "state_word": state_word(web, locale, one.state()),
        "outcome": outcome_words(web, &signed.actor, one),
        "not_before": intent.filter(|intent| intent.state == IntentState::Queued).map(|intent| intent.not_before),
        "finished_at": intent.and_then(|intent| intent.finished_at),
    })
}

/// How many machines stand where.
fn counts(web: &Web, signed: &Signed, machines: &[BulkMachine]) -> Vec<Value> {
    IntentState::ALL
        .iter()
        .filter_map(|state| {
            let count = machines.iter().filter(|one| one.state() == *state).count();
            let word = state_word(web, signed.reader.locale, *state);
            (count > 0).then(|| json!({"kind": intent_kind(*state), "word": word, "count": count}))
        })
        .collect()
}

#[get("/power/bulks/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let (bulk, machines) = found(web, &signed, id).await?;
    let locale = signed.reader.locale;
    let title = title_of(web, &signed, &bulk, machines.len());
    let actor = &signed.actor;
    let waits = machines
        .iter()
        .any(|one| one.state() == IntentState::AwaitingApproval);
    let can_stop = machines
        .iter()
        .any(|one| one.state().is_cancellable() && one.intent.is_some());
    let is_own = actor.user_id.is_some()
        && machines
            .iter()
            .filter_map(|one| one.intent.as_ref())
            .all(|intent| intent.requested_by_user_id == actor.user_id);
    let rows: Vec<Value> = machines
        .iter()
        .map(|one| machine_row(web, &signed, one))
        .collect();
    View::new(web, &signed.reader, "power/bulk_show.html", &title, area(actor, "power"))
        .crumbs(&[
            (&web.words.text(locale, "power-title"), "/power"),
            (&web.words.text(locale, "power-bulks-title"), "/power/bulks"),
        ])
        .flash(said.as_ref())
        .with("bulk", bulk_row(web, &signed, &bulk))
        .with("counts", counts(web, &signed, &machines))
        .with("rows", rows)
        .with("is_settled", machines.iter().all(|one| one.state().is_final()))
        .with("stopped", bulk.stopped_at.map(|at| json!({
            "at": at, "why": bulk.stopped_why, "by": bulk.stopped_by_name, "after": bulk.stop_after,
        })))
        .with("setting", setting_word(web, locale, bulk.setting()))
        .with("path", bulk.path)
        .with("stagger_s", bulk.stagger_ms / 1000)
        .with("stop_after", bulk.stop_after)
        .with("stop_href", (can_stop && actor.may(Permission::ControlPower)).then(|| format!("/power/bulks/{}/stop", bulk.id)))
        .with("approve_href", (waits && !is_own && actor.may(Permission::ApprovePower)).then(|| format!("/power/bulks/{}/approve", bulk.id)))
        .with("waits_for_other", waits && is_own)
        .answer()
}

#[get("/power/bulks/<id>/result.csv")]
async fn result_csv(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (bulk, machines) = found(web, &signed, id).await?;
    bulk_file(web, &signed.actor, &bulk, &machines).map_err(|fault| signed.failure(fault))
}

/// Draws the dialog that stops a bulk or agrees to it.
fn dialog(
    web: &Web,
    signed: &Signed,
    (bulk, machines): &(Bulk, Vec<BulkMachine>),
    verb: &'static str,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let concerned: Vec<&str> = machines
        .iter()
        .filter(|one| match verb {
            "approve" => one.state() == IntentState::AwaitingApproval,
            _ => one.state().is_cancellable() && one.intent.is_some(),
        })
        .map(|one| one.name.as_str())
        .collect();
    let action = title_of(web, signed, bulk, concerned.len());
    let key = if verb == "approve" {
        "power-approve-title"
    } else {
        "power-cancel-title"
    };
    let title = web
        .words
        .say(locale, &Message::new(key).with("action", action));
    let page = format!("/power/bulks/{}", bulk.id);
    let form = form_context(web, locale, &format!("{page}/{verb}"), fields, fault);
    View::new(
        web,
        &signed.reader,
        "power/bulk_decide.html",
        &title,
        area(&signed.actor, "power"),
    )
    .with("verb", verb)
    .with("machines", &concerned)
    .with("action", bulk.action)
    .with("path", bulk.path)
    .with("form", form)
    .with(
        "dialog",
        json!({
            "submit": title,
            "danger": verb == "approve" && bulk.action.is_destructive(),
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

async fn allowed(
    web: &Web,
    signed: &Signed,
    id: i64,
    right: Permission,
) -> Result<(Bulk, Vec<BulkMachine>), Failure> {
    signed
        .actor
        .require(right)
        .map_err(|fault| signed.failure(fault))?;
    found(web, signed, id).await
}

fn decided(
    web: &Web,
    signed: &Signed,
    about: &(Bulk, Vec<BulkMachine>),
    verb: &'static str,
    fields: &Fields,
    outcome: Result<usize, Fault>,
) -> Result<Answer, Failure> {
    match outcome {
        Ok(count) => {
            web.store.wakeups().wake(TASK);
            let said = if verb == "approve" {
                Message::new("power-flash-bulk-approved").with("count", count)
            } else {
                Message::new("power-flash-bulk-stopped").with("count", count)
            };
            let href = format!("/power/bulks/{}", about.0.id);
            Ok(done(web, signed.reader.locale, href, &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            dialog(web, signed, about, verb, fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[get("/power/bulks/<id>/approve")]
async fn approve_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let about = allowed(web, &signed, id, Permission::ApprovePower).await?;
    dialog(web, &signed, &about, "approve", &Fields::new(), None)
}

#[post("/power/bulks/<id>/approve", data = "<form>")]
async fn approve(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let about = allowed(web, &signed, id, Permission::ApprovePower).await?;
    let (actor, bulk, limits) = (signed.actor.clone(), about.0.clone(), web.settings.power);
    let acknowledged = form.fields.yes("acknowledge_presence");
    let outcome = web
        .store
        .write("power.bulk-approve", move |c| {
            bulk_approve(c, &actor, &bulk, acknowledged, &limits)
        })
        .await;
    decided(web, &signed, &about, "approve", &form.fields, outcome)
}

#[get("/power/bulks/<id>/stop")]
async fn stop_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let about = allowed(web, &signed, id, Permission::ControlPower).await?;
    dialog(web, &signed, &about, "stop", &Fields::new(), None)
}

#[post("/power/bulks/<id>/stop", data = "<form>")]
async fn stop(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let about = allowed(web, &signed, id, Permission::ControlPower).await?;
    let (actor, bulk) = (signed.actor.clone(), about.0.clone());
    let outcome = web
        .store
        .write("power.bulk-stop", move |c| bulk_stop(c, &actor, &bulk))
        .await;
    decided(web, &signed, &about, "stop", &form.fields, outcome)
}
