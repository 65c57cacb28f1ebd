//! `/api/v1/consent-notices`, `/api/v1/legal-holds` and what retention would do.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{
    ConsentText, Due, HoldRow, NoticeDraft, RetentionPlan, legal_hold_lift, legal_hold_list,
    legal_hold_place, notice_add, notice_list, notice_withdraw, retention_plan,
};
use crate::base::ids::{ConsentTextId, LegalHoldId};
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::pages::privacy::hold_on;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        notices,
        notice_create,
        notice_end,
        plan,
        holds,
        hold,
        unhold
    ]
}

/// An edition of a notice that people agree to.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeJson {
    id: i64,
    /// `safety` or `privacy`.
    kind: String,
    /// Null is everywhere without a notice of its own.
    site_id: Option<i64>,
    edition: i64,
    text_zh: String,
    text_en: String,
    /// RFC 3339.
    effective_from: String,
    written_by: String,
    /// RFC 3339; null while it was not withdrawn.
    withdrawn_at: Option<String>,
}

impl From<ConsentText> for NoticeJson {
    fn from(text: ConsentText) -> Self {
        Self {
            id: text.id.get(),
            kind: text.kind.to_string(),
            site_id: text.site_id.map(|id| id.get()),
            edition: text.edition,
            text_zh: text.text_zh,
            text_en: text.text_en,
            effective_from: text.effective_from.to_rfc3339(),
            written_by: text.written_by_name,
            withdrawn_at: text.withdrawn_at.map(|at| at.to_rfc3339()),
        }
    }
}

/// All editions of all notices, newest first.
#[utoipa::path(get, path = "/api/v1/consent-notices", tag = "people",
    responses((status = 200, body = Vec<NoticeJson>)))]
#[get("/consent-notices")]
pub(super) async fn notices(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<NoticeJson>>, Failure> {
    let found = web
        .store
        .read(move |c| notice_list(c, &caller.actor))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// Writes a new edition: `kind`, `site_id`, `text_zh`, `text_en`, `effective_from`. Gives all editions.
#[utoipa::path(post, path = "/api/v1/consent-notices", tag = "people", request_body = Object,
    responses((status = 201, body = Vec<NoticeJson>), (status = 422)))]
#[post("/consent-notices", data = "<body>")]
pub(super) async fn notice_create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<Vec<NoticeJson>>>, Failure> {
    caller.actor.require(Permission::ManagePrivacy)?;
    let draft = NoticeDraft::parse(&body.fields, web.settings.zone, caller.actor.now)?;
    let found = web
        .store
        .write("notice.create", move |c| {
            notice_add(c, &caller.actor, &draft)?;
            notice_list(c, &caller.actor)
        })
        .await?;
    let found = found.into_iter().map(Into::into).collect();
    Ok(status::Custom(Status::Created, Json(found)))
}

/// Withdraws an edition: it is asked for no more.
#[utoipa::path(post, path = "/api/v1/consent-notices/{id}/withdraw", tag = "people", request_body = Object,
    responses((status = 204), (status = 404), (status = 409)))]
#[post("/consent-notices/<id>/withdraw", data = "<_body>")]
pub(super) async fn notice_end(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    _body: Body,
) -> Result<Status, Failure> {
    web.store
        .write("notice.withdraw", move |c| {
            notice_withdraw(c, &caller.actor, ConsentTextId::new(id))
        })
        .await?;
    Ok(Status::NoContent)
}

/// What is due now, and what a legal hold keeps.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueJson {
    due: i64,
    held: i64,
}

impl From<Due> for DueJson {
    fn from(due: Due) -> Self {
        Self {
            due: due.due,
            held: due.held,
        }
    }
}

/// What retention would do now.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionPlanJson {
    /// Visits that would lose their words.
    visits: DueJson,
    /// People that would lose their names.
    people: DueJson,
    /// People that would lose the number of their document.
    numbers: DueJson,
}

impl From<RetentionPlan> for RetentionPlanJson {
    fn from(plan: RetentionPlan) -> Self {
        Self {
            visits: plan.visits.into(),
            people: plan.people.into(),
            numbers: plan.numbers.into(),
        }
    }
}

/// What retention would do now; changes nothing.
#[utoipa::path(get, path = "/api/v1/people/retention", tag = "people",
    responses((status = 200, body = RetentionPlanJson)))]
#[get("/people/retention")]
pub(super) async fn plan(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<RetentionPlanJson>, Failure> {
    let keep = web.settings.kept_for;
    let plan = web
        .store
        .read(move |c| retention_plan(c, &caller.actor, keep))
        .await?;
    Ok(Json(plan.into()))
}

/// A legal hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldJson {
    id: i64,
    person_id: Option<i64>,
    /// Number of the visit.
    visit: Option<String>,
    reason: String,
    placed_by: String,
    /// RFC 3339.
    placed_at: String,
}

impl From<HoldRow> for HoldJson {
    fn from(row: HoldRow) -> Self {
        Self {
            id: row.hold.id.get(),
            person_id: row.hold.person_id.map(|id| id.get()),
            visit: row.visit,
            reason: row.hold.reason,
            placed_by: row.hold.placed_by_name,
            placed_at: row.hold.placed_at.to_rfc3339(),
        }
    }
}

/// Legal holds that were not lifted, newest first.
#[utoipa::path(get, path = "/api/v1/legal-holds", tag = "people",
    responses((status = 200, body = Vec<HoldJson>)))]
#[get("/legal-holds")]
pub(super) async fn holds(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<HoldJson>>, Failure> {
    let found = web
        .store
        .read(move |c| legal_hold_list(c, &caller.actor))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// Puts a legal hold on a person (`person_id`) or a visit (`visit`, its number), with a `reason`. Gives all holds.
#[utoipa::path(post, path = "/api/v1/legal-holds", tag = "people", request_body = Object,
    responses((status = 201, body = Vec<HoldJson>), (status = 404), (status = 422)))]
#[post("/legal-holds", data = "<body>")]
pub(super) async fn hold(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<Vec<HoldJson>>>, Failure> {
    caller.actor.require(Permission::ManagePrivacy)?;
    let on = hold_on(&body.fields)?;
    let found = web
        .store
        .write("privacy.hold", move |c| {
            legal_hold_place(c, &caller.actor, &on, body.fields.get("reason"))?;
            legal_hold_list(c, &caller.actor)
        })
        .await?;
    let found = found.into_iter().map(Into::into).collect();
    Ok(status::Custom(Status::Created, Json(found)))
}

/// Lifts a legal hold.
#[utoipa::path(post, path = "/api/v1/legal-holds/{id}/lift", tag = "people", request_body = Object,
    responses((status = 204), (status = 404), (status = 409)))]
#[post("/legal-holds/<id>/lift", data = "<_body>")]
pub(super) async fn unhold(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    _body: Body,
) -> Result<Status, Failure> {
    web.store
        .write("privacy.unhold", move |c| {
            legal_hold_lift(c, &caller.actor, LegalHoldId::new(id))
        })
        .await?;
    Ok(Status::NoContent)
}
