//! `/api/v1/doors` and `/api/v1/door-events`; who could touch a rack; evidence of visits.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use super::visits::PresentJson;
use crate::access::{
    AreaPeople, Batch, Candidate, DoorAlert, DoorDraft, DoorEventFilter, DoorEventRow, DoorRow,
    EventAnswer, MOST_EVENTS, Outcome, Reported, SiteName, door_archive, door_by_id, door_create,
    door_event_list, door_events_receive, door_list, door_update, people_by_area, site_choices,
    touch_candidates, visit_evidence, visit_evidence_note,
};
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DoorId, RackId, SiteId};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::web::forms::{Body, Document};
use crate::web::guards::Caller;
use crate::web::view::Answer;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list, show, create, update, archive, events, send, touched, by_area, evidence
    ]
}

/// A door that an access controller watches.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoorJson {
    id: i64,
    site_id: i64,
    /// Code of the site.
    site: String,
    /// What the controller calls it.
    code: String,
    name: String,
    /// The area one comes from; null for outside.
    from_area_id: Option<i64>,
    from_area: Option<String>,
    /// The area it leads to; null for outside.
    to_area_id: Option<i64>,
    to_area: Option<String>,
    /// The room it leads into.
    room_id: Option<i64>,
    room: Option<String>,
    /// Beginnings of visitors' badges, with spaces between; all badges when empty.
    visitor_badges: String,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(DoorJson: version);

impl From<DoorRow> for DoorJson {
    fn from(row: DoorRow) -> Self {
        let door = row.door;
        Self {
            id: door.id.get(),
            site_id: door.site_id.get(),
            site: row.site.code,
            code: door.code,
            name: door.name,
            from_area_id: door.from_area_id.map(|id| id.get()),
            from_area: row.from_area,
            to_area_id: door.to_area_id.map(|id| id.get()),
            to_area: row.to_area,
            room_id: door.room_id.map(|id| id.get()),
            room: row.room,
            visitor_badges: door.visitor_badges,
            note: door.note,
            archived_at: door.archived_at.map(|at| at.to_rfc3339()),
            version: door.version,
        }
    }
}

/// Live doors by site and code.
#[utoipa::path(get, path = "/api/v1/doors", tag = "visits", responses((status = 200, body = Vec<DoorJson>)))]
#[get("/doors")]
pub(super) async fn list(web: &State<Web>, caller: Caller) -> Result<Json<Vec<DoorJson>>, Failure> {
    let found = web
        .store
        .read(move |c| door_list(c, &caller.actor, false))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One door.
#[utoipa::path(get, path = "/api/v1/doors/{id}", tag = "visits",
    responses((status = 200, body = DoorJson), (status = 404)))]
#[get("/doors/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<DoorJson>, Failure> {
    let found = web
        .store
        .read(move |c| door_by_id(c, &caller.actor, DoorId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds a door: `site_id`, `code`, `name`, `from_area_id`, `to_area_id`, `room_id`, `visitor_badges`, `note`.
#[utoipa::path(post, path = "/api/v1/doors", tag = "visits", request_body = Object,
    responses((status = 201, body = DoorJson), (status = 422)))]
#[post("/doors", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<DoorJson>>, Failure> {
    caller.actor.require(Permission::EditDoors)?;
    let draft = DoorDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("door.create", move |c| {
            let id = door_create(c, &caller.actor, &draft)?;
            door_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes a door; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/doors/{id}", tag = "visits", request_body = Object,
    responses((status = 200, body = DoorJson), (status = 404), (status = 409), (status = 422)))]
#[put("/doors/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DoorJson>, Failure> {
    caller.actor.require(Permission::EditDoors)?;
    let (draft, version) = (DoorDraft::parse(&body.fields)?, body.condition()?);
    let id = DoorId::new(id);
    let changed = web
        .store
        .write("door.update", move |c| {
            let version = version.held(door_by_id(c, &caller.actor, id)?.door.version)?;
            door_update(c, &caller.actor, id, version, &draft)?;
            door_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a door (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/doors/{id}/archive", tag = "visits", request_body = Object,
    responses((status = 200, body = DoorJson), (status = 404), (status = 409), (status = 422)))]
#[post("/doors/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<DoorJson>, Failure> {
    caller.actor.require(Permission::EditDoors)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = DoorId::new(id);
    let changed = web
        .store
        .write("door.archive", move |c| {
            let version = version.held(door_by_id(c, &caller.actor, id)?.door.version)?;
            door_archive(c, &caller.actor, id, version, archived)?;
            door_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// A badge at a door.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoorEventJson {
    id: i64,
    /// Code of the site.
    site: String,
    /// The door, as the controller named it.
    door: String,
    /// Null for a code that no door had.
    door_id: Option<i64>,
    door_name: Option<String>,
    from_area: Option<String>,
    to_area: Option<String>,
    badge: String,
    /// RFC 3339, by the controller's clock.
    at: String,
    /// RFC 3339.
    received_at: String,
    /// `granted` or `refused`.
    result: &'static str,
    /// `unknown_badge`, `badge_not_out`, `not_checked_in`, `refused_often`, `after_check_out` or null.
    alert: Option<&'static str>,
    /// Number of the visit of whoever had the badge.
    visit: Option<String>,
    /// Who had the badge.
    name: Option<String>,
    source: String,
    external_id: Option<String>,
}

const fn result_word(granted: bool) -> &'static str {
    if granted { "granted" } else { "refused" }
}

impl From<DoorEventRow> for DoorEventJson {
    fn from(row: DoorEventRow) -> Self {
        let event = row.event;
        Self {
            id: event.id.get(),
            site: row.site.code,
            door: event.door_code,
            door_id: event.door_id.map(|id| id.get()),
            door_name: row.door,
            from_area: row.from_area,
            to_area: row.to_area,
            badge: event.badge,
            at: event.at.to_rfc3339(),
            received_at: event.received_at.to_rfc3339(),
            result: result_word(event.granted),
            alert: event.alert.map(DoorAlert::as_str),
            visit: row.visit,
            name: row.person,
            source: event.source,
            external_id: event.external_id,
        }
    }
}

/// Reads an instant of an address, in the zone of the program unless it has its own.
fn instant(
    web: &Web,
    name: &'static str,
    typed: Option<String>,
) -> Result<Option<Timestamp>, Fault> {
    match typed {
        None => Ok(None),
        Some(typed) => Timestamp::parse_in(&typed, web.settings.zone)
            .map(Some)
            .ok_or_else(|| Fault::field(name, Message::new("visit-fault-time"))),
    }
}

/// Badges at doors, the latest first; `q` is a number of a badge. Not for customers.
#[utoipa::path(get, path = "/api/v1/door-events", tag = "visits",
    params(ApiQuery, ("site" = Option<i64>, Query), ("door" = Option<i64>, Query),
        ("alert" = Option<String>, Query), ("from" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = Listing<DoorEventJson>)))]
#[get("/door-events?<site>&<door>&<alert>&<from>&<until>&<query..>")]
#[allow(clippy::too_many_arguments, reason = "one per filter of the address")]
pub(super) async fn events(
    web: &State<Web>,
    caller: Caller,
    site: Option<i64>,
    door: Option<i64>,
    alert: Option<String>,
    from: Option<String>,
    until: Option<String>,
    query: ApiQuery,
) -> Result<Json<Listing<DoorEventJson>>, Failure> {
    let alert = match alert {
        None => None,
        Some(word) => Some(DoorAlert::from_word(&word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", DoorAlert::words());
            Fault::field("alert", message)
        })?),
    };
    let filter = DoorEventFilter {
        site: site.map(SiteId::new),
        door: door.map(DoorId::new),
        badge: query.text(),
        alert,
        from: instant(web, "from", from)?,
        until: instant(web, "until", until)?,
        ..DoorEventFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| door_event_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// What became of one event.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoorEventAnswerJson {
    /// `recorded`, `known` or `refused`.
    outcome: &'static str,
    /// What is wrong about the badge; null when nothing is.
    alert: Option<&'static str>,
    /// The member at fault, when it was refused.
    field: Option<String>,
    /// Why it was refused.
    problem: Option<String>,
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoorEventsJson {
    recorded: usize,
    known: usize,
    refused: usize,
    /// In the order they were sent.
    events: Vec<DoorEventAnswerJson>,
}

fn told(web: &Web, locale: Locale, answers: Vec<EventAnswer>) -> DoorEventsJson {
    let count = |word: &str| {
        let is = |answer: &&EventAnswer| answer.outcome.word() == word;
        answers.iter().filter(is).count()
    };
    DoorEventsJson {
        recorded: count("recorded"),
        known: count("known"),
        refused: count("refused"),
        events: answers
            .iter()
            .map(|answer| {
                let fault = match &answer.outcome {
                    Outcome::Refused(fault) => Some(fault),
                    Outcome::Recorded | Outcome::Known => None,
                };
                DoorEventAnswerJson {
                    outcome: answer.outcome.word(),
                    alert: answer.alert.map(DoorAlert::as_str),
                    field: fault.map(|fault| fault.field.to_string()),
                    problem: fault.map(|fault| web.words.say(locale, &fault.message)),
                }
            })
            .collect(),
    }
}

/// The site of a batch: by its code, or the only one there is.
fn site_of(sites: Vec<SiteName>, code: &str) -> Result<SiteName, Fault> {
    let count = sites.len();
    sites
        .into_iter()
        .find(|site| site.code == code || (code.is_empty() && count == 1))
        .ok_or_else(|| Fault::field("site", Message::new("visit-fault-site")))
}

fn batch_of(document: &Value, site: SiteName, now: Timestamp) -> Result<Batch, Fault> {
    let zone = site.zone()?;
    let events = document
        .get("events")
        .and_then(Value::as_array)
        .ok_or_else(|| Fault::field("events", Message::new("door-fault-events")))?;
    if events.len() > MOST_EVENTS {
        let message = Message::new("door-fault-too-many").with("count", MOST_EVENTS);
        return Err(Fault::field("events", message));
    }
    let read = |event: &Value| match Fields::from_json(event) {
        Some(fields) => Reported::parse(&fields, zone, now),
        None => Err(FieldFault::new("events", Message::new("fault-json-object"))),
    };
    Ok(Batch {
        source: text_of(document, "source"),
        site,
        events: events.iter().map(read).collect(),
    })
}

fn text_of(document: &Value, name: &str) -> String {
    document
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .replace('\0', "\u{fffd}")
}

/// Takes in what an access controller tells, up to 1,000 events: `{"source": "gate-1", "site": "SHA1", "events":
/// [{"id": "77", "door": "D1", "badge": "P12", "at": "2026-11-22T08:00:00Z", "result": "granted"}]}`. `result` is
/// `granted` or `refused`; `at` without an offset is local time of the site; `site` may be left out when there is one.
/// An event that is on record (same `source` and `id`, or same door, badge, time and result) is counted as `known`, so
/// a batch may be sent again. One that can't be taken is `refused` by itself.
#[utoipa::path(post, path = "/api/v1/door-events", tag = "visits", request_body = Object,
    responses((status = 200, body = DoorEventsJson), (status = 422)))]
#[post("/door-events", data = "<document>")]
pub(super) async fn send(
    web: &State<Web>,
    caller: Caller,
    document: Document,
) -> Result<Json<DoorEventsJson>, Failure> {
    caller.actor.require(Permission::SendDoorEvents)?;
    let document = document.value;
    let sites = web.store.read(site_choices).await?;
    let site = site_of(sites, &text_of(&document, "site"))?;
    let batch = batch_of(&document, site, caller.actor.now)?;
    let locale = caller.actor.locale;
    let answers = web
        .store
        .write("door.receive", move |c| {
            door_events_receive(c, &caller.actor, &batch)
        })
        .await?;
    web.store.wakeups().wake(crate::notify::NOTIFIER);
    Ok(Json(told(web, locale, answers)))
}

/// Somebody who could touch a rack, when and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateJson {
    /// `visit_to_rack`, `visit_of_customer`, `door`, `power` or `console`.
    way: &'static str,
    name: String,
    company: String,
    /// RFC 3339.
    from: String,
    /// RFC 3339; null while it lasts, or for what takes no time.
    until: Option<String>,
    /// Number of the visit.
    visit: Option<String>,
    /// Door and badge, machine and action, or empty.
    what: String,
}

impl From<Candidate> for CandidateJson {
    fn from(candidate: Candidate) -> Self {
        Self {
            way: candidate.way.as_str(),
            name: candidate.name,
            company: candidate.company,
            from: candidate.from.to_rfc3339(),
            until: candidate.until.map(Timestamp::to_rfc3339),
            visit: candidate.visit,
            what: candidate.what,
        }
    }
}

/// Who could touch a rack between `from` and `until` (RFC 3339; the last day when missing), the earliest first.
#[utoipa::path(get, path = "/api/v1/racks/{id}/touched", tag = "visits",
    params(("from" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = Vec<CandidateJson>), (status = 404), (status = 422)))]
#[get("/racks/<id>/touched?<from>&<until>")]
pub(super) async fn touched(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    from: Option<String>,
    until: Option<String>,
) -> Result<Json<Vec<CandidateJson>>, Failure> {
    let now = caller.actor.now;
    let until = instant(web, "until", until)?.unwrap_or_else(|| now.plus_millis(1));
    let from = instant(web, "from", from)?.unwrap_or_else(|| until.plus_seconds(-86_400));
    let found = web
        .store
        .read(move |c| touch_candidates(c, &caller.actor, RackId::new(id), from, until))
        .await?;
    Ok(Json(found.candidates.into_iter().map(Into::into).collect()))
}

/// Who is inside in one area.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaPeopleJson {
    /// Null for people whom no door has seen.
    area_id: Option<i64>,
    area: Option<String>,
    people: Vec<PresentJson>,
}

impl From<AreaPeople> for AreaPeopleJson {
    fn from(row: AreaPeople) -> Self {
        Self {
            area_id: row.area_id.map(|id| id.get()),
            area: row.area,
            people: row.people.into_iter().map(Into::into).collect(),
        }
    }
}

/// Who is inside now, by the area that a door let them into last. Not for customers.
#[utoipa::path(get, path = "/api/v1/visits/inside/areas", tag = "visits", params(("site" = Option<i64>, Query)),
    responses((status = 200, body = Vec<AreaPeopleJson>)))]
#[get("/visits/inside/areas?<site>")]
pub(super) async fn by_area(
    web: &State<Web>,
    caller: Caller,
    site: Option<i64>,
) -> Result<Json<Vec<AreaPeopleJson>>, Failure> {
    let found = web
        .store
        .read(move |c| people_by_area(c, &caller.actor, site.map(SiteId::new)))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// The evidence of visits to a site between `from` and `until` (RFC 3339; the last 31 days when missing) as a ZIP file
/// with a manifest. Not for customers.
#[utoipa::path(get, path = "/api/v1/sites/{id}/visits.zip", tag = "visits",
    params(("from" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, content_type = "application/zip"), (status = 404), (status = 422)))]
#[get("/sites/<id>/visits.zip?<from>&<until>")]
pub(super) async fn evidence(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    from: Option<String>,
    until: Option<String>,
) -> Result<Answer, Failure> {
    let now = caller.actor.now;
    let until = instant(web, "until", until)?.unwrap_or_else(|| now.plus_millis(1));
    let from = instant(web, "from", from)?.unwrap_or_else(|| until.plus_seconds(-31 * 86_400));
    let (actor, site) = (caller.actor.clone(), SiteId::new(id));
    let made = web
        .store
        .read(move |c| visit_evidence(c, &actor, site, from, until))
        .await?;
    let noted = made.clone();
    web.store
        .write("visit.evidence", move |c| {
            visit_evidence_note(c, &caller.actor, site, &noted)
        })
        .await?;
    Ok(Answer::File {
        name: format!("visits-{}.zip", made.manifest.site),
        media_type: "application/zip",
        body: made.body,
    })
}
