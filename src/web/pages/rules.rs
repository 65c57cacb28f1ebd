//! Rules for what becomes an event.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::events::{severity_kind, voice};
use super::saving::{form_status, saved};
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::ids::ThresholdRuleId;
use crate::identity::Permission;
use crate::metering::threshold::{Rule, RuleDraft, RuleKind, RuleScope};
use crate::metering::{WATCHER, rule_by_id, rule_create, rule_list, rule_update};
use crate::notify::event::Severity;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, new, create, edit, update]
}

const PATH: &str = "/settings/rules";

fn row(web: &Web, signed: &Signed, rule: &Rule, place: &str) -> Value {
    json!({
        "id": rule.id,
        "kind": voice(web, signed.reader.locale).kind(rule.kind.as_str()),
        "word": rule.kind,
        "scope": rule.scope,
        "place": place,
        "severity": rule.severity,
        "severity_kind": severity_kind(rule.severity),
        "raise_percent": rule.raise_percent,
        "clear_percent": rule.clear_percent,
        "raise_minutes": rule.raise_minutes,
        "clear_minutes": rule.clear_minutes,
        "errors_per_minute": rule.errors_per_minute,
        "enabled": rule.enabled,
    })
}

#[get("/settings/rules")]
async fn list(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let rules = web
        .store
        .read(move |c| rule_list(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows: Vec<Value> = rules
        .iter()
        .map(|(rule, place)| row(web, &signed, rule, place))
        .collect();
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "rules-title");
    View::new(web, &signed.reader, "rules/list.html", &title, "settings")
        .crumbs(&[(&web.words.text(locale, "nav-settings"), "/settings")])
        .flash(said.as_ref())
        .with("rows", rows)
        .with("may_edit", signed.actor.may(Permission::EditNetwork))
        .answer()
}

fn form(
    web: &Web,
    signed: &Signed,
    there: Option<&Rule>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (key, action) = match there {
        None => ("rules-new", format!("{PATH}/new")),
        Some(rule) => ("rules-edit", format!("{PATH}/{}/edit", rule.id)),
    };
    let kinds = RuleKind::ALL
        .iter()
        .map(|kind| json!({"value": kind, "label": voice(web, locale).kind(kind.as_str())}));
    let scopes = RuleScope::ALL.iter().map(|scope| {
        json!({"value": scope, "label": web.words.text(locale, &format!("rules-scope-{scope}"))})
    });
    let severities = Severity::ALL.iter().map(|severity| {
        json!({"value": severity, "label": web.words.text(locale, &format!("severity-{severity}"))})
    });
    View::new(
        web,
        &signed.reader,
        "rules/form.html",
        &web.words.text(locale, key),
        "settings",
    )
    .crumbs(&[(&web.words.text(locale, "rules-title"), PATH)])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("kinds", kinds.collect::<Vec<_>>())
    .with("scopes", scopes.collect::<Vec<_>>())
    .with("severities", severities.collect::<Vec<_>>())
    .with("cancel_href", PATH)
    .status(form_status(fault))
    .answer()
}

fn may_edit(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditNetwork)
        .map_err(|fault| signed.failure(fault))
}

#[get("/settings/rules/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    may_edit(&signed)?;
    let fields: Fields = [
        ("kind", "above_commitment"),
        ("scope", "customer"),
        ("severity", "warning"),
        ("raise_percent", "100"),
        ("clear_percent", "90"),
        ("raise_minutes", "15"),
        ("clear_minutes", "15"),
        ("errors_per_minute", "10"),
        ("enabled", "true"),
    ]
    .into_iter()
    .collect();
    form(web, &signed, None, &fields, None)
}

#[post("/settings/rules/new", data = "<posted>")]
async fn create(web: &State<Web>, signed: Signed, posted: Posted) -> Result<Answer, Failure> {
    may_edit(&signed)?;
    let outcome = match RuleDraft::parse(&posted.fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("rule.create", move |c| rule_create(c, &actor, &draft))
                .await
        }
        Err(fault) => Err(fault),
    };
    web.store.wakeups().wake(WATCHER);
    let outcome = outcome.map(|_| PATH.to_owned());
    saved(web, &signed, outcome, |fault| {
        form(web, &signed, None, &posted.fields, Some(fault))
    })
}

async fn found(web: &Web, signed: &Signed, id: i64) -> Result<Rule, Failure> {
    may_edit(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| rule_by_id(c, &actor, ThresholdRuleId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/settings/rules/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let rule = found(web, &signed, id).await?;
    let value = serde_json::to_value(rule).unwrap_or_default();
    let mut fields = Fields::from_json(&value).unwrap_or_default();
    if rule.enabled {
        fields.set("enabled", "true");
    }
    form(web, &signed, Some(&rule), &fields, None)
}

#[post("/settings/rules/<id>/edit", data = "<posted>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    posted: Posted,
) -> Result<Answer, Failure> {
    let rule = found(web, &signed, id).await?;
    let parsed =
        RuleDraft::parse(&posted.fields).and_then(|draft| Ok((draft, version(&posted.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let actor = signed.actor.clone();
            web.store
                .write("rule.update", move |c| {
                    rule_update(c, &actor, rule.id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    web.store.wakeups().wake(WATCHER);
    let outcome = outcome.map(|()| PATH.to_owned());
    saved(web, &signed, outcome, |fault| {
        form(web, &signed, Some(&rule), &posted.fields, Some(fault))
    })
}
