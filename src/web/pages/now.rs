//! What needs a person: machines, targets, visitors, failed work; each with its one action.

use rocket::response::Redirect;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::events::voice;
use super::settings::{run_words, task_title};
use crate::access::{VisitFilter, VisitScope, people_inside, visit_list};
use crate::base::fault::{Fault, Message};
use crate::base::locale::Locale;
use crate::base::page::PageRequest;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::metering::targets_failing;
use crate::notify::event::Severity;
use crate::notify::ops::events::events_waiting;
use crate::power::IntentState;
use crate::power::ops::{IntentFilter, endpoints_failing, intent_list};
use crate::store::{Conn, outbox, task_log};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![now]
}

/// Most needs of one kind that are listed.
const SHOWN: usize = 20;
/// The same, for questions to the database.
const LISTED: i64 = SHOWN as i64;
/// Failed intents are shown for this long.
const RECENT_MS: i64 = 24 * 3_600_000;

/// One thing that needs a person.
struct Need {
    kind: &'static str,
    title: String,
    text: Message,
    at: Option<Timestamp>,
    href: String,
    action: Message,
}

#[get("/")]
async fn now(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    if signed.actor.role.is_customer() {
        return Ok(Answer::See(Redirect::to("/devices")));
    }
    let (actor, face) = (signed.actor.clone(), web.inner().clone());
    let (needs, inside, expected) = web
        .store
        .read(move |c| {
            Ok((
                needs(&face, c, &actor)?,
                inside(c, &actor)?,
                expected_today(c, &actor)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = needs
        .iter()
        .map(|need| {
            json!({
                "kind": need.kind,
                "title": need.title,
                "text": web.words.say(locale, &need.text),
                "at": need.at,
                "href": need.href,
                "action": {"label": web.words.say(locale, &need.action), "href": need.href},
            })
        })
        .collect();
    let title = web.words.text(locale, "now-title");
    View::new(web, &signed.reader, "now/board.html", &title, "now")
        .flash(said.as_ref())
        .with("needs", rows)
        .with("inside", inside)
        .with("expected", expected)
        .answer()
}

fn needs(web: &Web, c: &mut Conn, actor: &Actor) -> Result<Vec<Need>, Fault> {
    let mut needs = Vec::new();
    if actor.may(Permission::ViewDevices) {
        events(web, c, actor, &mut needs)?;
    }
    if actor.may(Permission::ViewVisits) {
        overdue_visits(c, actor, &mut needs)?;
    }
    if actor.may(Permission::ViewPower) {
        power(c, actor, &mut needs)?;
    }
    if actor.may(Permission::EditBmc) {
        controllers(c, actor, &mut needs)?;
    }
    if actor.may(Permission::ViewNetwork) {
        silent_targets(c, actor, &mut needs)?;
    }
    if actor.may(Permission::ViewTasks) {
        program(web, c, actor.locale, &mut needs)?;
    }
    Ok(needs)
}

/// Open events that nobody has taken note of, the worst first.
fn events(web: &Web, c: &mut Conn, actor: &Actor, needs: &mut Vec<Need>) -> Result<(), Fault> {
    let voice = voice(web, actor.locale);
    for event in events_waiting(c, actor, LISTED)? {
        needs.push(Need {
            kind: if event.severity == Severity::Critical {
                "fault"
            } else {
                "warning"
            },
            title: event.subject_label.clone(),
            text: Message::new("now-event")
                .with("kind", voice.kind(&event.kind))
                .with("facts", voice.facts(&event)),
            at: Some(event.started_at),
            href: format!("/events/{}", event.id),
            action: Message::new("now-event-action"),
        });
    }
    Ok(())
}

fn overdue_visits(c: &mut Conn, actor: &Actor, needs: &mut Vec<Need>) -> Result<(), Fault> {
    let filter = VisitFilter {
        scope: Some(VisitScope::Overdue),
        ..VisitFilter::default()
    };
    for record in visit_list(c, actor, &filter, &PageRequest::first())?
        .rows
        .into_iter()
        .take(SHOWN)
    {
        let people: Vec<&str> = record
            .people
            .iter()
            .map(|visitor| visitor.person.name.as_str())
            .collect();
        needs.push(Need {
            kind: "warning",
            title: record.visit.number.clone(),
            text: Message::new("now-visit-overdue").with("people", people.join(", ")),
            at: Some(record.visit.planned_until),
            href: format!("/visits/{}", record.visit.number),
            action: Message::new("now-visit-action"),
        });
    }
    Ok(())
}

fn power(c: &mut Conn, actor: &Actor, needs: &mut Vec<Need>) -> Result<(), Fault> {
    let of = |state| IntentFilter {
        state: Some(state),
        ..IntentFilter::default()
    };
    for (state, kind, text) in [
        (
            IntentState::AwaitingApproval,
            "warning",
            "now-power-approval",
        ),
        (IntentState::Failed, "fault", "now-power-failed"),
        (IntentState::TimedOut, "fault", "now-power-timed-out"),
    ] {
        let page = intent_list(c, actor, &of(state), &PageRequest::first())?;
        let live = page.rows.into_iter().filter(|(intent, _)| {
            intent
                .finished_at
                .is_none_or(|finished| actor.now.since_millis(finished) < RECENT_MS)
        });
        for (intent, device) in live.take(SHOWN) {
            needs.push(Need {
                kind,
                title: device,
                text: Message::new(text).with("action", intent.action.as_str()),
                at: Some(intent.requested_at),
                href: format!("/power/intents/{}", intent.id),
                action: Message::new("now-power-action"),
            });
        }
    }
    Ok(())
}

fn controllers(c: &mut Conn, actor: &Actor, needs: &mut Vec<Need>) -> Result<(), Fault> {
    for (device, endpoint) in endpoints_failing(c, actor, LISTED)? {
        let refused = endpoint.credential_fault.is_some();
        needs.push(Need {
            kind: "fault",
            title: device,
            text: Message::new(if refused {
                "now-bmc-credential"
            } else {
                "now-bmc-silent"
            })
            .with("address", endpoint.address.as_str()),
            at: if refused {
                endpoint.credential_fault_at
            } else {
                endpoint.last_error_at
            },
            href: format!("/devices/{}", endpoint.device_id),
            action: Message::new("now-bmc-action"),
        });
    }
    Ok(())
}

fn silent_targets(c: &mut Conn, actor: &Actor, needs: &mut Vec<Need>) -> Result<(), Fault> {
    for named in targets_failing(c, actor, LISTED)? {
        needs.push(Need {
            kind: "fault",
            title: named.device,
            text: Message::new("now-target-silent").with("address", named.target.address.as_str()),
            at: named.target.last_good_at,
            href: format!("/targets/{}", named.target.id),
            action: Message::new("now-target-action"),
        });
    }
    Ok(())
}

fn program(web: &Web, c: &mut Conn, locale: Locale, needs: &mut Vec<Need>) -> Result<(), Fault> {
    for task in task_log::all(c)?
        .into_iter()
        .filter(|task| task.last_outcome == "failed")
    {
        let (said, technical) = run_words(web, locale, &task);
        let detail = [said, technical].join(" ");
        needs.push(Need {
            kind: "fault",
            title: task_title(web, locale, &task.name),
            text: Message::new("now-task-failed").with("detail", detail.trim()),
            at: task.last_started_at,
            href: "/settings/tasks".into(),
            action: Message::new("now-task-action"),
        });
    }
    let (_, dead) = outbox::counts(c)?;
    if dead > 0 {
        needs.push(Need {
            kind: "warning",
            title: String::new(),
            text: Message::new("now-mail-dead").with("count", dead),
            at: None,
            href: "/settings/mails".into(),
            action: Message::new("now-mail-action"),
        });
    }
    Ok(())
}

fn inside(c: &mut Conn, actor: &Actor) -> Result<Option<Vec<Value>>, Fault> {
    if !actor.may(Permission::DeskVisits) {
        return Ok(None);
    }
    let people = people_inside(c, actor, None)?;
    Ok(Some(
        people
            .iter()
            .take(SHOWN)
            .map(|person| json!({"name": person.name, "company": person.company, "number": person.number, "since": person.since, "overdue": person.overdue}))
            .collect(),
    ))
}

fn expected_today(c: &mut Conn, actor: &Actor) -> Result<Option<Vec<Value>>, Fault> {
    if !actor.may(Permission::DeskVisits) {
        return Ok(None);
    }
    let filter = VisitFilter {
        scope: Some(VisitScope::Today),
        ..VisitFilter::default()
    };
    let page = visit_list(c, actor, &filter, &PageRequest::first())?;
    Ok(Some(
        page.rows
            .iter()
            .take(SHOWN)
            .map(|record| {
                let people: Vec<&str> = record
                    .people
                    .iter()
                    .map(|visitor| visitor.person.name.as_str())
                    .collect();
                json!({
                    "number": record.visit.number,
                    "people": people.join(", "),
                    "customer": record.customer.as_ref().map(|customer| &customer.name),
                    "from": record.visit.planned_from,
                    "state": record.visit.state,
                })
            })
            .collect(),
    ))
}
