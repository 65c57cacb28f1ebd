//! `/api/v1/approval-rules`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::access::{
    ApprovalRule, ApprovalRuleDraft, approval_rule_archive, approval_rule_by_id,
    approval_rule_create, approval_rule_list, approval_rule_update,
};
use crate::base::ids::ApprovalRuleId;
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A rule that approves a customer's visit at once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalRuleJson {
    id: i64,
    site_id: i64,
    /// What the record of an approved visit calls it.
    name: String,
    /// Null for any customer.
    customer_id: Option<i64>,
    /// Everyone came in before.
    known_person: bool,
    /// Every rack is the customer's own.
    own_rack: bool,
    /// 1 is Monday, 7 Sunday.
    weekdays: Vec<i64>,
    /// Time of day at the site.
    from_time: String,
    /// Time of day at the site; `24:00` is midnight.
    until_time: String,
    /// Visits it approves are escorted.
    escort_required: bool,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

impl From<ApprovalRule> for ApprovalRuleJson {
    fn from(rule: ApprovalRule) -> Self {
        let hours = rule.hours();
        Self {
            id: rule.id.get(),
            site_id: rule.site_id.get(),
            name: rule.name,
            customer_id: rule.customer_id.map(|id| id.get()),
            known_person: rule.known_person,
            own_rack: rule.own_rack,
            weekdays: hours.days(),
            from_time: hours.from_time(),
            until_time: hours.until_time(),
            escort_required: rule.escort_required,
            archived_at: rule.archived_at.map(|at| at.to_rfc3339()),
            version: rule.version,
        }
    }
}

versioned!(ApprovalRuleJson: version);

/// Live rules by site and name: the first that fits approves a visit.
#[utoipa::path(get, path = "/api/v1/approval-rules", tag = "visits",
    responses((status = 200, body = Vec<ApprovalRuleJson>)))]
#[get("/approval-rules")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<ApprovalRuleJson>>, Failure> {
    let found = web
        .store
        .read(move |c| approval_rule_list(c, &caller.actor))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/approval-rules/{id}", tag = "visits",
    responses((status = 200, body = ApprovalRuleJson), (status = 404)))]
#[get("/approval-rules/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<ApprovalRuleJson>, Failure> {
    let found = web
        .store
        .read(move |c| approval_rule_by_id(c, &caller.actor, ApprovalRuleId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Adds one: `site_id`, `name`, `customer_id`, `known_person`, `own_rack`, `weekdays` (1 is Monday), `from_time`, `until_time`,
/// `escort_required`.
#[utoipa::path(post, path = "/api/v1/approval-rules", tag = "visits", request_body = Object,
    responses((status = 201, body = ApprovalRuleJson), (status = 422)))]
#[post("/approval-rules", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<ApprovalRuleJson>>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let draft = ApprovalRuleDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("approval_rule.create", move |c| {
            let id = approval_rule_create(c, &caller.actor, &draft)?;
            approval_rule_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes one; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/approval-rules/{id}", tag = "visits", request_body = Object,
    responses((status = 200, body = ApprovalRuleJson), (status = 404), (status = 409), (status = 422)))]
#[put("/approval-rules/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ApprovalRuleJson>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let (id, version) = (ApprovalRuleId::new(id), body.condition()?);
    let draft = ApprovalRuleDraft::parse(&body.fields)?;
    let changed = web
        .store
        .write("approval_rule.update", move |c| {
            let there = approval_rule_by_id(c, &caller.actor, id)?;
            let version = version.held(there.version)?;
            approval_rule_update(c, &caller.actor, id, version, &draft)?;
            approval_rule_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives one (`archived` yes), or brings it back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/approval-rules/{id}/archive", tag = "visits", request_body = Object,
    responses((status = 200, body = ApprovalRuleJson), (status = 404), (status = 409), (status = 422)))]
#[post("/approval-rules/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ApprovalRuleJson>, Failure> {
    caller.actor.require(Permission::ManageAccess)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = ApprovalRuleId::new(id);
    let changed = web
        .store
        .write("approval_rule.archive", move |c| {
            let there = approval_rule_by_id(c, &caller.actor, id)?;
            let version = version.held(there.version)?;
            approval_rule_archive(c, &caller.actor, id, version, archived)?;
            approval_rule_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}
