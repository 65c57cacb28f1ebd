//! Events: what is wrong since when, what was, and taking note of it.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::saving::saved;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, EventId};
use crate::base::locale::Locale;
use crate::base::page::PageRequest;
use crate::identity::{Actor, Permission};
use crate::inventory::device_by_id;
use crate::metering::threshold::RuleKind;
use crate::notify::Event;
use crate::notify::event::{EventFilter, EventScope, Severity};
use crate::notify::ops::events::{event_ack, event_by_id, event_export, event_list};
use crate::notify::wording::Voice;
use crate::store::Conn;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, show, ack]
}

/// The badge of a severity.
pub(super) const fn severity_kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "fault",
        Severity::Warning => "warning",
        Severity::Notice => "note",
    }
}

/// The voice of a page.
pub(in crate::web) fn voice(web: &Web, locale: Locale) -> Voice<'_> {
    Voice {
        words: &web.words,
        locale,
        zone: web.settings.zone,
        public_url: &web.settings.public_url,
    }
}

fn context(web: &Web, signed: &Signed, event: &Event) -> Value {
    let voice = voice(web, signed.reader.locale);
    // A customer has no page of targets.
    let customer = signed.actor.role.is_customer();
    let href = event
        .subject_path()
        .filter(|_| !(customer && event.subject_kind == "target"));
    json!({
        "id": event.id,
        "kind": voice.kind(&event.kind),
        "severity": event.severity,
        "severity_kind": severity_kind(event.severity),
        "subject": event.subject_label,
        "subject_href": href,
        "text": voice.facts(event),
        "state": event.state(),
        "started_at": event.started_at,
        "last_seen_at": event.last_seen_at,
        "ended_at": event.ended_at,
        "minutes": event.ended_at.map(|at| at.since_millis(event.started_at) / 60_000),
        "acked_at": event.acked_at,
        "acked_by": if customer { "" } else { event.acked_by_name.as_str() },
        "ack_note": if customer { "" } else { event.ack_note.as_str() },
    })
}

/// Open events of a thing in one line each, for its page.
pub(super) fn lines_context(web: &Web, locale: Locale, events: &[Event]) -> Vec<Value> {
    let voice = voice(web, locale);
    let line = |event: &Event| {
        json!({
            "href": format!("/events/{}", event.id),
            "kind": voice.kind(&event.kind),
            "severity_kind": severity_kind(event.severity),
            "text": voice.facts(event),
        })
    };
    events.iter().map(line).collect()
}

/// Lines of a device's page.
const MOST_LINES: usize = 5;

/// Open events of a device, its target and its ports.
pub(super) struct OpenEvents {
    device: DeviceId,
    newest: Vec<Event>,
    total: i64,
}

impl OpenEvents {
    /// Those that the actor may see; none without the right to see any.
    pub(super) fn of(c: &mut Conn, actor: &Actor, device: DeviceId) -> Result<Self, Fault> {
        let (newest, total) = match actor.may(Permission::ViewDevices) {
            false => (Vec::new(), 0),
            true => {
                let filter = EventFilter {
                    device: Some(device),
                    ..EventFilter::default()
                };
                let page = PageRequest {
                    limit: MOST_LINES,
                    ..PageRequest::first()
                };
                let found = event_list(c, actor, &filter, &page)?;
                (found.rows, found.total)
            }
        };
        Ok(Self {
            device,
            newest,
            total,
        })
    }

    /// As `events/_open.html` wants them.
    pub(super) fn context(&self, web: &Web, locale: Locale) -> Value {
        let mut lines = lines_context(web, locale, &self.newest);
        for (line, event) in lines.iter_mut().zip(&self.newest) {
            // Which of the device's things: its ports differ.
            if let Some(line) = line.as_object_mut() {
                line.insert("subject".into(), json!(event.subject_label));
            }
        }
        let device = self.device;
        json!({
            "lines": lines,
            "more": self.total - i64::try_from(self.newest.len()).unwrap_or(0),
            "href": format!("/events?device={device}"),
            "all_href": format!("/events?scope=all&device={device}"),
        })
    }
}

const fn section(signed: &Signed) -> &'static str {
    if signed.actor.role.is_customer() {
        "bandwidth"
    } else {
        "now"
    }
}

fn filter_of(
    query: &ListQuery,
    (scope, kind): (Option<&str>, Option<&str>),
    device: Option<i64>,
) -> EventFilter {
    let given = |text: Option<&str>| {
        text.map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    EventFilter {
        scope: scope.and_then(EventScope::from_word),
        kind: given(kind),
        customer: None,
        device: device.map(DeviceId::new),
        query: query.text().to_owned(),
    }
}

/// The name of a device that the list is about; its number where its page isn't the reader's.
fn device_named(c: &mut Conn, actor: &Actor, id: DeviceId) -> Result<String, Fault> {
    match device_by_id(c, actor, id) {
        Ok(row) => Ok(row.device.name),
        Err(fault) if fault.kind == FaultKind::NotFound => Ok(format!("#{id}")),
        Err(fault) => Err(fault),
    }
}

#[get("/events?<scope>&<kind>&<device>&<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    scope: Option<&str>,
    kind: Option<&str>,
    device: Option<i64>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, page) = (signed.actor.clone(), query.page());
    let filter = filter_of(&query, (scope, kind), device);
    let (found, name) = web
        .store
        .read(move |c| {
            let name = filter.device.map(|id| device_named(c, &actor, id));
            Ok((event_list(c, &actor, &filter, &page)?, name.transpose()?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows = found
        .rows
        .iter()
        .map(|event| context(web, &signed, event))
        .collect();
    let locale = signed.reader.locale;
    let list = ListView::new(
        web,
        locale,
        "/events",
        &query,
        ("events-empty", "events-empty-text"),
    )
    .filter("scope", scope.map(str::to_owned), |scope| {
        web.words.say(
            locale,
            &Message::new("events-scope-of").with("scope", scope),
        )
    })
    .filter("kind", kind.map(str::to_owned), |kind| {
        voice(web, locale).kind(kind)
    })
    .filter("device", device.map(|id| id.to_string()), |_| {
        name.unwrap_or_default()
    })
    .csv()
    .finish(&found, rows);
    let scopes: Vec<Value> = EventScope::ALL
        .iter()
        .map(|scope| {
            let label = Message::new("events-scope-of").with("scope", scope.as_str());
            json!({"value": scope, "label": web.words.say(locale, &label)})
        })
        .collect();
    let kinds: Vec<Value> = RuleKind::ALL
        .iter()
        .map(|kind| json!({"value": kind, "label": voice(web, locale).kind(kind.as_str())}))
        .collect();
    let title = web.words.text(locale, "events-title");
    View::new(
        web,
        &signed.reader,
        "events/list.html",
        &title,
        section(&signed),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("scopes", scopes)
    .with("kinds", kinds)
    .answer()
}

/// Columns of the file.
const COLUMNS: &[&str] = &[
    "id",
    "kind",
    "severity",
    "subject_kind",
    "subject_id",
    "subject",
    "customer_id",
    "started_at",
    "last_seen_at",
    "ended_at",
    "acked_at",
    "text",
];

#[get("/events.csv?<scope>&<kind>&<device>&<query..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    scope: Option<&str>,
    kind: Option<&str>,
    device: Option<i64>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let filter = filter_of(&query, (scope, kind), device);
    let events = web
        .store
        .read(move |c| event_export(c, &actor, &filter))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let voice = voice(web, signed.reader.locale);
    let at = |at: Option<crate::base::time::Timestamp>| {
        at.map_or_else(String::new, |at| at.to_rfc3339())
    };
    let rows: Vec<Vec<String>> = events
        .iter()
        .map(|event| {
            vec![
                event.id.to_string(),
                event.kind.clone(),
                event.severity.to_string(),
                event.subject_kind.clone(),
                event.subject_id.to_string(),
                event.subject_label.clone(),
                event
                    .customer_id
                    .map_or_else(String::new, |id| id.to_string()),
                at(Some(event.started_at)),
                at(Some(event.last_seen_at)),
                at(event.ended_at),
                at(event.acked_at),
                voice.facts(event),
            ]
        })
        .collect();
    csv_answer("events", COLUMNS, &rows).map_err(|fault| signed.failure(fault))
}

async fn found(web: &Web, signed: &Signed, id: i64) -> Result<Event, Failure> {
    let actor: Actor = signed.actor.clone();
    web.store
        .read(move |c| event_by_id(c, &actor, EventId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn page(
    web: &Web,
    signed: &Signed,
    said: Option<&rocket::request::FlashMessage<'_>>,
    event: &Event,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = format!(
        "{}: {}",
        voice(web, locale).kind(&event.kind),
        event.subject_label
    );
    // A note that was typed is shown again even when somebody else was first.
    let is_waiting = event.ended_at.is_none() && event.acked_at.is_none();
    let may_ack = signed.actor.may(Permission::EditDevices) && (is_waiting || fault.is_some());
    let action = format!("/events/{}/ack", event.id);
    View::new(
        web,
        &signed.reader,
        "events/show.html",
        &title,
        section(signed),
    )
    .crumbs(&[(&web.words.text(locale, "events-title"), "/events")])
    .flash(said)
    .with("event", context(web, signed, event))
    .with("may_ack", may_ack)
    .with("form", form_context(web, locale, &action, fields, fault))
    .status(super::saving::form_status(fault))
    .answer()
}

#[get("/events/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let event = found(web, &signed, id).await?;
    page(web, &signed, said.as_ref(), &event, &Fields::new(), None)
}

#[post("/events/<id>/ack", data = "<form>")]
async fn ack(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let event = found(web, &signed, id).await?;
    let (actor, note) = (signed.actor.clone(), form.fields.get("note").to_owned());
    let outcome = web
        .store
        .write("event.ack", move |c| {
            event_ack(c, &actor, EventId::new(id), &note)
        })
        .await
        .map(|()| format!("/events/{id}"));
    saved(web, &signed, outcome, |fault| {
        page(web, &signed, None, &event, &form.fields, Some(fault))
    })
}
