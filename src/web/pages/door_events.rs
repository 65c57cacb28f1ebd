//! Badges at doors: the list with its alerts, its file, and taking in a file of a controller.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::saving::form_status;
use crate::access::{
    DOOR_EVENT_COLUMNS, DoorAlert, DoorEventFilter, DoorEventRow, MOST_EVENTS, Outcome,
    door_event_export, door_event_list, door_events_receive, door_file_read, site_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DoorId, SiteId};
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::notify::NOTIFIER;
use crate::web::csv_file::csv_answer;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::uploads::Uploaded;
use crate::web::view::{Answer, View, belongs_in_form, form_context};
use crate::web::{Failure, Web};

/// Rows that were not taken, shown one by one.
const MOST_SHOWN: usize = 20;
/// The choice of any alert.
const ANY: &str = "any";

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, upload_form, upload]
}

/// An event as templates read it.
pub(super) fn event_value(row: &DoorEventRow) -> Value {
    json!({
        "at": row.event.at,
        "zone": row.site.time_zone,
        "site": row.site.name,
        "door": row.door.as_deref().unwrap_or(&row.event.door_code),
        "door_id": row.event.door_id,
        "from_area": row.from_area,
        "to_area": row.to_area,
        "badge": row.event.badge,
        "granted": row.event.granted,
        "alert": row.event.alert,
        "person": row.person,
        "visit": row.visit,
        "source": row.event.source,
    })
}

/// The filters of the list as they stand in its address.
#[derive(Debug, Clone, Default, rocket::form::FromForm)]
pub struct EventQuery {
    site: Option<i64>,
    door: Option<i64>,
    alert: Option<String>,
    from: Option<String>,
    until: Option<String>,
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

impl EventQuery {
    fn list(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }

    fn filter(&self, web: &Web) -> Result<DoorEventFilter, Fault> {
        let instant = |name: &'static str, typed: &Option<String>| {
            let typed = typed.as_deref().unwrap_or("").trim();
            if typed.is_empty() {
                return Ok(None);
            }
            Timestamp::parse_in(typed, web.settings.zone)
                .map(Some)
                .ok_or_else(|| Fault::field(name, Message::new("visit-fault-time")))
        };
        Ok(DoorEventFilter {
            site: self.site.map(SiteId::new),
            door: self.door.map(DoorId::new),
            room: None,
            badge: self.list().text().to_owned(),
            alert: self.alert.as_deref().and_then(DoorAlert::from_word),
            alerts_only: self.alert.as_deref() == Some(ANY),
            from: instant("from", &self.from)?,
            until: instant("until", &self.until)?,
        })
    }
}

fn alert_word(web: &Web, signed: &Signed, alert: &str) -> String {
    let message = Message::new("door-alert-of").with("alert", alert);
    web.words.say(signed.reader.locale, &message)
}

#[get("/door-events?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: EventQuery,
) -> Result<Answer, Failure> {
    let filter = query.filter(web).map_err(|fault| signed.failure(fault))?;
    let request = query.list().page();
    let actor = signed.actor.clone();
    let page = web
        .store
        .read(move |c| door_event_list(c, &actor, &filter, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let rows: Vec<Value> = page.rows.iter().map(event_value).collect();
    let number = |value: Option<i64>| value.map(|value| value.to_string());
    let list = ListView::new(
        web,
        locale,
        "/door-events",
        &query.list(),
        ("door-events-empty", "door-events-empty-text"),
    )
    .filter("site", number(query.site), |_| words("visit-filter-site"))
    .filter("door", number(query.door), |_| words("doors-one"))
    .filter("alert", query.alert.clone(), |word| {
        alert_word(web, &signed, word)
    })
    .filter("from", query.from.clone(), |at| format!("≥ {at}"))
    .filter("until", query.until.clone(), |at| format!("< {at}"))
    .csv()
    .action(
        signed.actor.may(Permission::SendDoorEvents),
        "door-events-upload",
        "/door-events/upload",
    )
    .finish(&page, rows);
    let mut tabs = vec![
        json!({"label": words("door-events-all"), "href": "/door-events", "current": query.alert.is_none()}),
        json!({"label": alert_word(web, &signed, ANY), "href": "/door-events?alert=any", "current": query.alert.as_deref() == Some(ANY)}),
    ];
    tabs.extend(DoorAlert::ALL.iter().map(|alert| {
        json!({
            "label": alert_word(web, &signed, alert.as_str()),
            "href": format!("/door-events?alert={alert}"),
            "current": query.alert.as_deref() == Some(alert.as_str()),
        })
    }));
    let title = words("door-events-title");
    View::new(web, &signed.reader, "doors/events.html", &title, "visits")
        .crumbs(&[(&words("doors-title"), "/doors")])
        .flash(said.as_ref())
        .with("list", list)
        .with("alerts", tabs)
        .answer()
}

const COLUMNS: &[&str] = &[
    "site",
    "source",
    "door",
    "door_name",
    "from_area",
    "to_area",
    "badge",
    "at",
    "time_zone",
    "result",
    "alert",
    "visit",
    "name",
    "received_at",
    "id",
];

#[get("/door-events.csv?<query..>")]
async fn list_csv(web: &State<Web>, signed: Signed, query: EventQuery) -> Result<Answer, Failure> {
    let filter = query.filter(web).map_err(|fault| signed.failure(fault))?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| door_event_export(c, &actor, &filter))
        .await
        .and_then(|found| {
            let rows: Vec<Vec<String>> = found.iter().map(csv_row).collect::<Result<_, Fault>>()?;
            csv_answer("door-events", COLUMNS, &rows)
        })
        .map_err(|fault| signed.failure(fault))
}

fn csv_row(row: &DoorEventRow) -> Result<Vec<String>, Fault> {
    let zone = row.site.zone()?;
    let event = &row.event;
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(vec![
        row.site.code.clone(),
        event.source.clone(),
        event.door_code.clone(),
        or_empty(&row.door),
        or_empty(&row.from_area),
        or_empty(&row.to_area),
        event.badge.clone(),
        event.at.local_minute(zone),
        row.site.time_zone.clone(),
        if event.granted { "granted" } else { "refused" }.to_owned(),
        event
            .alert
            .map(|alert| alert.to_string())
            .unwrap_or_default(),
        or_empty(&row.visit),
        or_empty(&row.person),
        event.received_at.to_rfc3339(),
        or_empty(&event.external_id),
    ])
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::SendDoorEvents)
        .map_err(|fault| signed.failure(fault))
}

/// What became of a file.
#[derive(Default)]
struct Taken {
    recorded: usize,
    known: usize,
    refused: usize,
    alerts: usize,
    faults: Vec<Value>,
}

fn upload_view(
    web: &Web,
    signed: &Signed,
    taken: Option<&Taken>,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "door-events-upload");
    let outcome = taken.map(|taken| {
        json!({
            "recorded": taken.recorded,
            "known": taken.known,
            "refused": taken.refused,
            "alerts": taken.alerts,
            "faults": taken.faults,
        })
    });
    let fields = Fields::new();
    View::new(web, &signed.reader, "doors/upload.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "door-events-title"), "/door-events")])
        .with(
            "form",
            form_context(web, locale, "/door-events/upload", &fields, fault),
        )
        .with("outcome", outcome)
        .with("columns", DOOR_EVENT_COLUMNS.join(", "))
        .with("most", MOST_EVENTS)
        .status(form_status(fault))
        .answer()
}

#[get("/door-events/upload")]
async fn upload_form(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    upload_view(web, &signed, None, None)
}

#[post("/door-events/upload", data = "<sent>")]
async fn upload(web: &State<Web>, signed: Signed, sent: Uploaded) -> Result<Answer, Failure> {
    allowed(&signed)?;
    match taken(web, &signed, &sent.bytes).await {
        Ok(taken) => upload_view(web, &signed, Some(&taken), None),
        Err(fault) if belongs_in_form(&fault) => upload_view(web, &signed, None, Some(&fault)),
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// Takes a file in, batch by batch: what is done is done when a later one fails, and the file may be sent again.
async fn taken(web: &Web, signed: &Signed, bytes: &[u8]) -> Result<Taken, Fault> {
    if bytes.is_empty() {
        return Err(Fault::field("file", Message::new("door-fault-no-file")));
    }
    let found = web.store.read(site_choices).await?;
    let mut all = Taken::default();
    for part in door_file_read(bytes, &found, signed.actor.now)? {
        let (actor, batch) = (signed.actor.clone(), part.batch);
        let answers = web
            .store
            .write("door.receive", move |c| {
                door_events_receive(c, &actor, &batch)
            })
            .await?;
        for (line, answer) in part.lines.iter().zip(answers) {
            all.alerts += usize::from(answer.alert.is_some());
            match answer.outcome {
                Outcome::Recorded => all.recorded += 1,
                Outcome::Known => all.known += 1,
                Outcome::Refused(fault) => {
                    all.refused += 1;
                    if all.faults.len() < MOST_SHOWN {
                        let text = web.words.say(signed.reader.locale, &fault.message);
                        all.faults
                            .push(json!({"line": line, "field": fault.field, "text": text}));
                    }
                }
            }
        }
    }
    web.store.wakeups().wake(NOTIFIER);
    Ok(all)
}
