//! `/api/v1/visits`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::access::{
    CONTACT_MAIL, PresentPerson, VisitFilter, VisitRecord, VisitScope, Visitor, check_in,
    check_out, is_block, people_inside, refusal_note, visit_announce, visit_by_number, visit_close,
    visit_correct, visit_list, visit_step_in, visit_step_out,
};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, RackId, SiteId};
use crate::base::time::Timestamp;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list, show, announce, door_in, door_out, step_out, step_in, close, correct, inside
    ]
}

/// A person on a visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitorJson {
    /// Names the person at the door: an entry of `person_ids`.
    id: i64,
    name: String,
    company: String,
    phone: String,
    /// `resident_id`, `passport`, `work_pass`, `other` or `none`.
    document_kind: String,
    /// With its middle hidden.
    document_number: String,
    badge: String,
    badge_returned: Option<bool>,
    inside: bool,
    /// RFC 3339.
    checked_in_at: Option<String>,
    /// RFC 3339.
    checked_out_at: Option<String>,
    /// RFC 3339: out for a moment since.
    stepped_out_at: Option<String>,
}

impl From<Visitor> for VisitorJson {
    fn from(visitor: Visitor) -> Self {
        let (person, row) = (visitor.person, visitor.attendance);
        Self {
            id: row.id.get(),
            name: person.name,
            company: person.company,
            phone: person.phone,
            document_kind: person.identity_kind.to_string(),
            document_number: person.identity_masked,
            badge: row.badge,
            badge_returned: row.badge_returned,
            inside: visitor.inside,
            checked_in_at: row.checked_in_at.map(Timestamp::to_rfc3339),
            checked_out_at: row.checked_out_at.map(Timestamp::to_rfc3339),
            stepped_out_at: row.stepped_out_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// A rack that a visit may open.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitRackJson {
    id: i64,
    name: String,
    room: String,
}

/// What was done on a visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitWorkJson {
    touched: String,
    /// `done`, `partly` or `not_done`.
    result: String,
    remote_hands_minutes: i64,
    written_by: String,
    /// RFC 3339.
    written_at: String,
}

/// A visit as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitJson {
    /// `V-2026-000123`.
    number: String,
    /// `announced`, `expected`, `refused`, `checked_in`, `checked_out`, `closed`, `no_show` or `cancelled`.
    state: String,
    /// Someone is inside after the planned end.
    overdue: bool,
    walk_in: bool,
    /// Code of the site.
    site: String,
    /// IANA name of the site's zone.
    time_zone: String,
    /// Code of the customer; null for the operator itself.
    customer: Option<String>,
    purpose: String,
    purpose_text: String,
    /// RFC 3339.
    planned_from: String,
    /// RFC 3339.
    planned_until: String,
    escort_required: bool,
    escort_name: String,
    /// Other areas in words.
    areas: String,
    /// Codes of the areas of the site's list.
    named_areas: Vec<String>,
    device_ids: Vec<i64>,
    power_intent_ids: Vec<i64>,
    standing_permission_id: Option<i64>,
    /// Null until it is closed.
    work: Option<VisitWorkJson>,
    note: String,
    pass_code: String,
    announced_by: String,
    /// RFC 3339.
    announced_at: String,
    people: Vec<VisitorJson>,
    racks: Vec<VisitRackJson>,
}

impl From<VisitRecord> for VisitJson {
    fn from(record: VisitRecord) -> Self {
        let visit = record.visit;
        let racks = record.racks.into_iter().map(|rack| VisitRackJson {
            id: rack.id.get(),
            name: rack.name,
            room: rack.room,
        });
        Self {
            number: visit.number,
            state: visit.state.to_string(),
            overdue: record.overdue,
            walk_in: visit.walk_in,
            site: record.site.code,
            time_zone: record.site.time_zone,
            customer: record.customer.map(|host| host.code),
            purpose: visit.purpose.to_string(),
            purpose_text: visit.purpose_text,
            planned_from: visit.planned_from.to_rfc3339(),
            planned_until: visit.planned_until.to_rfc3339(),
            escort_required: visit.escort_required,
            escort_name: visit.escort_name,
            areas: visit.areas,
            named_areas: record
                .named_areas
                .into_iter()
                .map(|area| area.code)
                .collect(),
            device_ids: record
                .devices
                .iter()
                .map(|device| device.id.get())
                .collect(),
            power_intent_ids: record.power_intent_ids.iter().map(|id| id.get()).collect(),
            standing_permission_id: visit.standing_permission_id.map(|id| id.get()),
            work: record.work.map(|work| VisitWorkJson {
                touched: work.touched,
                result: work.result.to_string(),
                remote_hands_minutes: work.remote_hands_minutes,
                written_by: work.written_by,
                written_at: work.written_at.to_rfc3339(),
            }),
            note: visit.note,
            pass_code: visit.pass_code,
            announced_by: visit.created_by_name,
            announced_at: visit.created_at.to_rfc3339(),
            people: record.people.into_iter().map(Into::into).collect(),
            racks: racks.collect(),
        }
    }
}

/// Visits, the latest window first. `scope` is `today`, `expected`, `announced`, `inside`, `overdue` or `past`;
/// `from` and `until` are RFC 3339.
#[utoipa::path(get, path = "/api/v1/visits", tag = "visits",
    params(ApiQuery, ("scope" = Option<String>, Query), ("rack" = Option<i64>, Query),
        ("device" = Option<i64>, Query), ("from" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, body = Listing<VisitJson>)))]
#[get("/visits?<scope>&<rack>&<device>&<from>&<until>&<query..>")]
#[allow(clippy::too_many_arguments, reason = "one per filter of the address")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    scope: Option<String>,
    rack: Option<i64>,
    device: Option<i64>,
    from: Option<String>,
    until: Option<String>,
    query: ApiQuery,
) -> Result<Json<Listing<VisitJson>>, Failure> {
    let zone = web.settings.zone;
    let instant = |name: &'static str, typed: Option<String>| match typed {
        None => Ok(None),
        Some(typed) => Timestamp::parse_in(&typed, zone)
            .map(Some)
            .ok_or_else(|| Fault::field(name, Message::new("visit-fault-time"))),
    };
    let scope = match scope {
        None => None,
        Some(word) => Some(VisitScope::from_word(&word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", VisitScope::words());
            Fault::field("scope", message)
        })?),
    };
    let filter = VisitFilter {
        query: query.text(),
        scope,
        rack: rack.map(RackId::new),
        device: device.map(DeviceId::new),
        from: instant("from", from)?,
        until: instant("until", until)?,
        zone: Some(zone),
        ..VisitFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| visit_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One visit.
#[utoipa::path(get, path = "/api/v1/visits/{number}", tag = "visits",
    responses((status = 200, body = VisitJson), (status = 404)))]
#[get("/visits/<number>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    number: &str,
) -> Result<Json<VisitJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .read(move |c| visit_by_number(c, &caller.actor, &number))
        .await?;
    Ok(Json(record.into()))
}

/// Announces a visit: `visitor_name`, `company`, `phone`, `document_kind`, `document_number` (then with `_2` to
/// `_20`), `purpose`, `planned_from`, `planned_until`, `rack_ids`, and if wanted `site_id`, `customer_id`,
/// `host_contact_id`, `purpose_text`, `escort_required`, `escort_name`, `area_ids`, `areas`, `device_ids`,
/// `power_intent_ids`, `standing_permission_id`, `note`.
#[utoipa::path(post, path = "/api/v1/visits", tag = "visits", request_body = Object,
    responses((status = 201, body = VisitJson), (status = 422)))]
#[post("/visits", data = "<body>")]
pub(super) async fn announce(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<VisitJson>>, Failure> {
    let (keys, url) = (web.keyring.clone(), web.settings.public_url.clone());
    let record = web
        .store
        .write("visit.announce", move |c| {
            let number = visit_announce(c, &caller.actor, &keys, &url, &body.fields)?;
            visit_by_number(c, &caller.actor, &number)
        })
        .await?;
    web.store.wakeups().wake(CONTACT_MAIL);
    Ok(status::Custom(Status::Created, Json(record.into())))
}

/// Lets people in: `person_ids` (none: everyone outside), `badge_ID` and `agreed_ID` for each, `escort_name`, and
/// `override_reason` when a rule at the door is set aside.
#[utoipa::path(post, path = "/api/v1/visits/{number}/check-in", tag = "visits", request_body = Object,
    responses((status = 200, body = VisitJson), (status = 404), (status = 409), (status = 422)))]
#[post("/visits/<number>/check-in", data = "<body>")]
pub(super) async fn door_in(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<Json<VisitJson>, Failure> {
    let (actor, wanted) = (caller.actor.clone(), number.to_owned());
    let outcome = web
        .store
        .write("visit.check_in", move |c| {
            check_in(c, &actor, &wanted, &body.fields)?;
            visit_by_number(c, &actor, &wanted)
        })
        .await;
    if outcome.as_ref().is_err_and(is_block) {
        let number = number.to_owned();
        web.store
            .write("visit.turned_away", move |c| {
                refusal_note(c, &caller.actor, &number)
            })
            .await?;
    }
    Ok(Json(outcome?.into()))
}

/// Lets people out: `person_ids` (none: everyone inside), `badge_returned_ID`, `badge_note_ID`, `note`.
#[utoipa::path(post, path = "/api/v1/visits/{number}/check-out", tag = "visits", request_body = Object,
    responses((status = 200, body = VisitJson), (status = 404), (status = 409), (status = 422)))]
#[post("/visits/<number>/check-out", data = "<body>")]
pub(super) async fn door_out(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<Json<VisitJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("visit.check_out", move |c| {
            check_out(c, &caller.actor, &number, &body.fields)?;
            visit_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(Json(record.into()))
}

/// People go out for a moment and keep their badges: `person_ids` (none: everyone inside), `note`.
#[utoipa::path(post, path = "/api/v1/visits/{number}/step-out", tag = "visits", request_body = Object,
    responses((status = 200, body = VisitJson), (status = 404), (status = 409), (status = 422)))]
#[post("/visits/<number>/step-out", data = "<body>")]
pub(super) async fn step_out(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<Json<VisitJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("visit.step_out", move |c| {
            visit_step_out(c, &caller.actor, &number, &body.fields)?;
            visit_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(Json(record.into()))
}

/// And come back: `person_ids` (none: everyone who is out for a moment), `note`, `override_reason`.
#[utoipa::path(post, path = "/api/v1/visits/{number}/step-in", tag = "visits", request_body = Object,
    responses((status = 200, body = VisitJson), (status = 404), (status = 409), (status = 422)))]
#[post("/visits/<number>/step-in", data = "<body>")]
pub(super) async fn step_in(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<Json<VisitJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("visit.step_in", move |c| {
            visit_step_in(c, &caller.actor, &number, &body.fields)?;
            visit_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(Json(record.into()))
}

/// Writes a visit up: `touched`, `result` (`done`, `partly`, `not_done`), `remote_hands_minutes`, `device_ids`,
/// `power_intent_ids`, `note`.
#[utoipa::path(post, path = "/api/v1/visits/{number}/close", tag = "visits", request_body = Object,
    responses((status = 200, body = VisitJson), (status = 404), (status = 409), (status = 422)))]
#[post("/visits/<number>/close", data = "<body>")]
pub(super) async fn close(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<Json<VisitJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("visit.close", move |c| {
            visit_close(c, &caller.actor, &number, &body.fields)?;
            visit_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(Json(record.into()))
}

/// Adds a correction beside what is on record: `note`, and `event_id` with `corrected_at` when someone came or left at
/// another time.
#[utoipa::path(post, path = "/api/v1/visits/{number}/correct", tag = "visits", request_body = Object,
    responses((status = 200, body = VisitJson), (status = 404), (status = 409), (status = 422)))]
#[post("/visits/<number>/correct", data = "<body>")]
pub(super) async fn correct(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<Json<VisitJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("visit.correct", move |c| {
            visit_correct(c, &caller.actor, &number, &body.fields)?;
            visit_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(Json(record.into()))
}

/// Someone who is inside now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PresentJson {
    name: String,
    company: String,
    phone: String,
    /// Name of the customer that is visited for.
    customer: Option<String>,
    /// Code of the site.
    site: String,
    /// RFC 3339.
    since: String,
    /// RFC 3339.
    planned_until: String,
    overdue: bool,
    /// Room and rack: `Room A / A01`.
    racks: Vec<String>,
    /// Codes of the areas that may be entered.
    areas: Vec<String>,
    escort: String,
    badge: String,
    /// Number of the visit.
    visit: String,
}

impl From<PresentPerson> for PresentJson {
    fn from(person: PresentPerson) -> Self {
        Self {
            name: person.name,
            company: person.company,
            phone: person.phone,
            customer: person.customer,
            site: person.site.code,
            since: person.since.to_rfc3339(),
            planned_until: person.planned_until.to_rfc3339(),
            overdue: person.overdue,
            racks: person.racks,
            areas: person.areas.into_iter().map(|area| area.code).collect(),
            escort: person.escort,
            badge: person.badge,
            visit: person.number,
        }
    }
}

/// Everyone who is inside now.
#[utoipa::path(get, path = "/api/v1/visits/inside", tag = "visits", params(("site" = Option<i64>, Query)),
    responses((status = 200, body = Listing<PresentJson>)))]
#[get("/visits/inside?<site>")]
pub(super) async fn inside(
    web: &State<Web>,
    caller: Caller,
    site: Option<i64>,
) -> Result<Json<Listing<PresentJson>>, Failure> {
    let people = web
        .store
        .read(move |c| people_inside(c, &caller.actor, site.map(SiteId::new)))
        .await?;
    let items: Vec<PresentJson> = people.into_iter().map(Into::into).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Ok(Json(Listing {
        items,
        next: None,
        total,
    }))
}
