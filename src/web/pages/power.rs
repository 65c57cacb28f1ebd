//! Power actions: the list, one intent with its steps, and the dialogs that ask, approve and take back.

mod bulk;
pub(in crate::web) mod bulk_file;
mod bulk_steps;
mod dialogs;
mod live;
mod schedule_form;
mod schedules;
mod section;
mod shown;

use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use self::shown::{
    Shown, action_icon, action_word, area, intent_row, machine_action, setting_word, shown,
    state_word, told,
};
use super::entry::Said;
use crate::base::fault::Fault;
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::power::ops::{IntentFilter, intent_list, intents_all};
use crate::power::{Action, Detail, IntentState, Path};
use crate::web::csv_file::csv_answer;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) use section::section;

pub(super) fn routes() -> Vec<Route> {
    [
        routes![list, list_csv, show],
        bulk::routes(),
        bulk_steps::routes(),
        dialogs::routes(),
        live::routes(),
        schedule_form::routes(),
        schedules::routes(),
    ]
    .concat()
}

/// What the address says about which intents to show; an unknown word shows none rather than all.
fn filter(
    query: &ListQuery,
    state: Option<&str>,
    action: Option<&str>,
) -> Result<IntentFilter, Fault> {
    let known = |word: Option<&str>| word.filter(|word| !word.is_empty()).map(str::to_owned);
    let (state, action) = (known(state), known(action));
    let live = state.as_deref() == Some("live");
    Ok(IntentFilter {
        text: query.text().to_owned(),
        live,
        state: match state {
            Some(word) if !live => {
                Some(IntentState::from_word(&word).ok_or_else(Fault::not_found)?)
            }
            _ => None,
        },
        action: match action {
            Some(word) => Some(Action::from_word(&word).ok_or_else(Fault::not_found)?),
            None => None,
        },
        device: None,
    })
}

#[get("/power?<state>&<action>&<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    state: Option<String>,
    action: Option<String>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (actor, request) = (signed.actor.clone(), query.page());
    let found = match filter(&query, state.as_deref(), action.as_deref()) {
        Ok(filter) => {
            web.store
                .read(move |c| intent_list(c, &actor, &filter, &request))
                .await
        }
        Err(fault) => actor.require(Permission::ViewPower).and(Err(fault)),
    };
    let page = found.map_err(|fault| signed.failure(fault))?;
    let rows = page
        .rows
        .iter()
        .map(|(intent, machine)| intent_row(web, &signed, intent, machine))
        .collect();
    let list = ListView::new(
        web,
        locale,
        "/power",
        &query,
        ("power-empty", "power-empty-text"),
    )
    .filter("state", state, |word| {
        IntentState::from_word(word).map_or_else(
            || web.words.text(locale, "power-filter-live"),
            |state| state_word(web, locale, state),
        )
    })
    .filter("action", action, |word| {
        Action::from_word(word).map_or_else(
            || word.to_owned(),
            |action| action_word(web, locale, action),
        )
    })
    .csv()
    .finish(&page, rows);
    let option = |value: &str, label: String| json!({"value": value, "label": label});
    let mut states = vec![option("live", web.words.text(locale, "power-filter-live"))];
    states.extend(
        IntentState::ALL
            .iter()
            .map(|state| option(state.as_str(), state_word(web, locale, *state))),
    );
    let actions: Vec<Value> = Action::ALL
        .iter()
        .map(|action| option(action.as_str(), action_word(web, locale, *action)))
        .collect();
    let title = web.words.text(locale, "power-title");
    let section = area(&signed.actor, "power");
    View::new(web, &signed.reader, "power/list.html", &title, section)
        .flash(said.as_ref())
        .with("list", list)
        .with("may_ask", signed.actor.may(Permission::ControlPower))
        .with("states", states)
        .with("actions", actions)
        .with("sees_consoles", signed.actor.may(Permission::WatchConsole))
        .answer()
}

const CSV_COLUMNS: &[&str] = &[
    "id",
    "device",
    "action",
    "state",
    "reason",
    "requested_by",
    "requested_at",
    "command_sent_at",
    "finished_at",
    "outcome",
];

#[get("/power.csv?<state>&<action>&<query..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    state: Option<String>,
    action: Option<String>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let found = match filter(&query, state.as_deref(), action.as_deref()) {
        Ok(filter) => {
            web.store
                .read(move |c| intents_all(c, &actor, &filter))
                .await
        }
        Err(fault) => actor.require(Permission::ViewPower).and(Err(fault)),
    };
    let found = found.map_err(|fault| signed.failure(fault))?;
    let at = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_rfc3339());
    let rows: Vec<Vec<String>> = found
        .into_iter()
        .map(|(intent, machine)| {
            vec![
                intent.id.to_string(),
                machine,
                intent.action.to_string(),
                intent.state.to_string(),
                intent.reason.clone(),
                intent.requested_by_name.clone(),
                at(Some(intent.requested_at)),
                at(intent.command_sent_at),
                at(intent.finished_at),
                told(web, signed.reader.locale, &signed.actor, intent.detail()),
            ]
        })
        .collect();
    csv_answer("power", CSV_COLUMNS, &rows).map_err(|fault| signed.failure(fault))
}

fn step_rows(web: &Web, signed: &Signed, shown: &Shown) -> Vec<Value> {
    let last = shown.steps.len().saturating_sub(1);
    let staff = !signed.actor.role.is_customer();
    shown
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| {
            let detail = step.words();
            let technical = detail.as_ref().and_then(Detail::technical);
            let state = match (index == last, shown.intent.state) {
                (false, _) | (true, IntentState::Succeeded | IntentState::Cancelled) => "done",
                (true, state) if !state.is_final() => "now",
                (true, _) => "fault",
            };
            json!({
                "label": told(web, signed.reader.locale, &signed.actor, detail),
                "state": state,
                "at": step.at,
                "note": technical.filter(|_| staff),
            })
        })
        .collect()
}

/// What may be done about an intent next.
fn next_steps(web: &Web, signed: &Signed, shown: &Shown) -> Value {
    let (intent, actor) = (&shown.intent, &signed.actor);
    let controls = actor.may(Permission::ControlPower);
    let own = actor.user_id.is_some() && actor.user_id == intent.requested_by_user_id;
    let awaiting = intent.state == IntentState::AwaitingApproval;
    let harder = intent
        .action
        .harder()
        .filter(|_| intent.state == IntentState::TimedOut && controls && intent.path == Path::Bmc);
    let outlets = (controls && shown.offers_outlets)
        .then(|| section::outlet_action(web, signed, &shown.machine, intent.action));
    json!({
        "outlets": outlets,
        "approve_href": (awaiting && !own && actor.may(Permission::ApprovePower))
            .then(|| format!("/power/intents/{}/approve", intent.id)),
        "cancel_href": (intent.state.is_cancellable() && controls)
            .then(|| format!("/power/intents/{}/cancel", intent.id)),
        "waits_for_other": awaiting && own,
        "harder": harder.map(|action| json!({
            "href": format!("/devices/{}/power/{action}", intent.device_id),
            "label": machine_action(web, signed.reader.locale, action, &shown.machine.name),
            "icon": action_icon(action),
        })),
    })
}

#[get("/power/intents/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let shown = shown(web, &signed, id).await?;
    let locale = signed.reader.locale;
    let title = machine_action(web, locale, shown.intent.action, &shown.machine.name);
    let section = area(&signed.actor, "power");
    View::new(web, &signed.reader, "power/show.html", &title, section)
        .crumbs(&[(&web.words.text(locale, "power-title"), "/power")])
        .flash(said.as_ref())
        .with(
            "intent",
            intent_row(web, &signed, &shown.intent, &shown.machine.name),
        )
        .with("machine", &shown.machine)
        .with("position", shown.machine.position())
        .with("steps", step_rows(web, &signed, &shown))
        .with("observed_before", &shown.intent.observed_before)
        .with("observed_after", &shown.intent.observed_after)
        .with("deadline_at", shown.intent.deadline_at)
        .with("next", next_steps(web, &signed, &shown))
        .with(
            "bulk_href",
            shown.bulk.map(|bulk| format!("/power/bulks/{bulk}")),
        )
        .with("setting", setting_word(web, locale, shown.intent.setting()))
        .answer()
}
