//! `/api/v1/rules`: what becomes an event, and where.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::ids::ThresholdRuleId;
use crate::identity::Permission;
use crate::metering::threshold::{Rule, RuleDraft};
use crate::metering::{WATCHER, rule_by_id, rule_create, rule_list, rule_update};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update]
}

/// A rule for what becomes an event. The narrowest place decides, also when its rule is switched off.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleJson {
    id: i64,
    /// `above_commitment`, `port_down`, `errors_rising` or `target_silent`.
    kind: String,
    /// `all`, `customer`, `device`, `port` or `allocation`.
    scope: String,
    /// The customer, device, port or allocation; 0 for everywhere.
    scope_id: i64,
    /// `critical`, `warning` or `notice`.
    severity: String,
    /// Percent of the commitment that raises.
    raise_percent: i64,
    /// Percent of the commitment, or of the errors, that clears.
    clear_percent: i64,
    /// Minutes it must last.
    raise_minutes: i64,
    /// Minutes it must be over.
    clear_minutes: i64,
    errors_per_minute: i64,
    /// Whether it watches anything.
    enabled: bool,
    /// Send it back with a change.
    version: i64,
    /// RFC 3339.
    updated_at: String,
}

versioned!(RuleJson: version);

impl From<Rule> for RuleJson {
    fn from(rule: Rule) -> Self {
        Self {
            id: rule.id.get(),
            kind: rule.kind.to_string(),
            scope: rule.scope.to_string(),
            scope_id: rule.scope_id,
            severity: rule.severity.to_string(),
            raise_percent: rule.raise_percent,
            clear_percent: rule.clear_percent,
            raise_minutes: rule.raise_minutes,
            clear_minutes: rule.clear_minutes,
            errors_per_minute: rule.errors_per_minute,
            enabled: rule.enabled,
            version: rule.version,
            updated_at: rule.updated_at.to_rfc3339(),
        }
    }
}

/// All rules; there are few.
#[utoipa::path(get, path = "/api/v1/rules", tag = "events",
    responses((status = 200, body = Vec<RuleJson>)))]
#[get("/rules")]
pub(super) async fn list(web: &State<Web>, caller: Caller) -> Result<Json<Vec<RuleJson>>, Failure> {
    let rules = web.store.read(move |c| rule_list(c, &caller.actor)).await?;
    let rules = rules.into_iter().map(|(rule, _)| rule.into());
    Ok(Json(rules.collect()))
}

/// One rule.
#[utoipa::path(get, path = "/api/v1/rules/{id}", tag = "events",
    responses((status = 200, body = RuleJson), (status = 404)))]
#[get("/rules/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<RuleJson>, Failure> {
    let rule = web
        .store
        .read(move |c| rule_by_id(c, &caller.actor, ThresholdRuleId::new(id)))
        .await?;
    Ok(One(rule.into()))
}

/// Adds a rule; the body has the fields of a rule without `id`, `version` and `updated_at`.
#[utoipa::path(post, path = "/api/v1/rules", tag = "events", request_body = Object,
    responses((status = 201, body = RuleJson), (status = 422)))]
#[post("/rules", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<RuleJson>>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let draft = RuleDraft::parse(&body.fields)?;
    let rule = web
        .store
        .write("rule.create", move |c| {
            let id = rule_create(c, &caller.actor, &draft)?;
            rule_by_id(c, &caller.actor, id)
        })
        .await?;
    web.store.wakeups().wake(WATCHER);
    Ok(status::Custom(Status::Created, Json(rule.into())))
}

/// Changes a rule; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/rules/{id}", tag = "events", request_body = Object,
    responses((status = 200, body = RuleJson), (status = 404), (status = 409), (status = 422)))]
#[put("/rules/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<RuleJson>, Failure> {
    caller.actor.require(Permission::EditNetwork)?;
    let (draft, version) = (RuleDraft::parse(&body.fields)?, body.condition()?);
    let id = ThresholdRuleId::new(id);
    let rule = web
        .store
        .write("rule.update", move |c| {
            let version = version.held(rule_by_id(c, &caller.actor, id)?.version)?;
            rule_update(c, &caller.actor, id, version, &draft)?;
            rule_by_id(c, &caller.actor, id)
        })
        .await?;
    web.store.wakeups().wake(WATCHER);
    Ok(One(rule.into()))
}
