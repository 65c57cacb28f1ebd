//! Notices that people agree to, legal holds, and what is forgotten.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::people::{allowed, site_word};
use super::saving::{form_status, settled};
use crate::access::{
    HoldOn, NoticeDraft, NoticeKind, legal_hold_lift, legal_hold_list, legal_hold_place,
    notice_add, notice_list, notice_withdraw, retention_plan, retention_runs, site_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{ConsentTextId, LegalHoldId, PersonId};
use crate::identity::Permission;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        notices,
        notice_new,
        notice_post,
        notice_end,
        privacy,
        hold_post,
        hold_end
    ]
}

#[get("/consent-notices")]
async fn notices(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (texts, sites) = web
        .store
        .read(move |c| Ok((notice_list(c, &actor)?, site_choices(c)?)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = texts
        .iter()
        .map(|text| {
            json!({
                "id": text.id,
                "kind": web.words.text(locale, &format!("people-notice-{}", text.kind)),
                "edition": text.edition,
                "site": site_word(web, locale, &sites, text.site_id),
                "effective_from": text.effective_from,
                "text_zh": text.text_zh,
                "text_en": text.text_en,
                "withdrawn_at": text.withdrawn_at,
            })
        })
        .collect();
    let title = web.words.text(locale, "people-notices");
    View::new(web, &signed.reader, "people/notices.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "people-title"), "/people")])
        .flash(said.as_ref())
        .with("rows", rows)
        .with("may_edit", signed.actor.may(Permission::ManagePrivacy))
        .answer()
}

async fn notice_view(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let sites = web
        .store
        .read(site_choices)
        .await
        .map_err(|fault| signed.failure(fault))?;
    let sites: Vec<Value> = sites
        .iter()
        .map(|site| json!({"value": site.id, "label": site.name}))
        .collect();
    let kinds: Vec<Value> = NoticeKind::ALL
        .iter()
        .map(|kind| json!({"value": kind, "label": web.words.text(locale, &format!("people-notice-{kind}"))}))
        .collect();
    let title = web.words.text(locale, "people-notice-new");
    View::new(
        web,
        &signed.reader,
        "people/notice_form.html",
        &title,
        "visits",
    )
    .crumbs(&[(
        &web.words.text(locale, "people-notices"),
        "/consent-notices",
    )])
    .with(
        "form",
        form_context(web, locale, "/consent-notices/new", fields, fault),
    )
    .with("kinds", kinds)
    .with("sites_offered", sites)
    .with("zone", web.settings.zone.to_string())
    .status(form_status(fault))
    .answer()
}

#[get("/consent-notices/new")]
async fn notice_new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed, Permission::ManagePrivacy)?;
    let fields: Fields = [("kind", "safety")].into_iter().collect();
    notice_view(web, &signed, &fields, None).await
}

#[post("/consent-notices/new", data = "<form>")]
async fn notice_post(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed, Permission::ManagePrivacy)?;
    let parsed = NoticeDraft::parse(&form.fields, web.settings.zone, signed.actor.now);
    let outcome = match parsed {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("notice.create", move |c| notice_add(c, &actor, &draft))
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|_| "/consent-notices".to_owned());
    match settled(web, &signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => notice_view(web, &signed, &form.fields, Some(&fault)).await,
    }
}

#[post("/consent-notices/<id>/withdraw", data = "<_form>")]
async fn notice_end(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    _form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .write("notice.withdraw", move |c| {
            notice_withdraw(c, &actor, ConsentTextId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(done(
        web,
        signed.reader.locale,
        "/consent-notices",
        &Message::new("flash-saved"),
    ))
}

#[get("/people/privacy")]
async fn privacy(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    privacy_view(web, &signed, said, &Fields::new(), None).await
}

async fn privacy_view(
    web: &Web,
    signed: &Signed,
    said: Said<'_>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let (actor, keep) = (signed.actor.clone(), web.settings.kept_for);
    let (plan, holds, runs) = web
        .store
        .read(move |c| {
            Ok((
                retention_plan(c, &actor, keep)?,
                legal_hold_list(c, &actor)?,
                retention_runs(c, &actor)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let runs: Vec<Value> = runs
        .iter()
        .map(|entry| {
            let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
            let count = |name: &str| {
                let list = detail.get(name).and_then(Value::as_array);
                list.map_or(0, Vec::len)
            };
            json!({
                "at": entry.at,
                "visits": count("visits"),
                "people": count("people"),
                "numbers": count("numbers"),
            })
        })
        .collect();
    let plan = json!([
        {"label": words("people-kept-visits"), "days": keep.visits_days, "due": plan.visits.due, "held": plan.visits.held},
        {"label": words("people-kept-names"), "days": keep.visits_days, "due": plan.people.due, "held": plan.people.held},
        {"label": words("people-kept-numbers"), "days": keep.numbers_days, "due": plan.numbers.due, "held": plan.numbers.held},
    ]);
    let title = words("people-privacy");
    View::new(web, &signed.reader, "people/privacy.html", &title, "visits")
        .crumbs(&[(&words("people-title"), "/people")])
        .flash(said.as_ref())
        .with("plan", plan)
        .with("holds", holds)
        .with("runs", runs)
        .with("may_edit", signed.actor.may(Permission::ManagePrivacy))
        .with(
            "form",
            form_context(web, locale, "/legal-holds", fields, fault),
        )
        .status(form_status(fault))
        .answer()
}

/// A hold on a person (`person_id`) or a visit (`visit`, its number).
pub(in crate::web) fn hold_on(fields: &Fields) -> Result<HoldOn, Fault> {
    let (person, visit) = (fields.get("person_id").trim(), fields.get("visit").trim());
    match (person.parse::<PersonId>(), visit.is_empty()) {
        (Ok(id), _) => Ok(HoldOn::Person(id)),
        (Err(_), false) => Ok(HoldOn::Visit(visit.to_owned())),
        (Err(_), true) => Err(Fault::field("visit", Message::new("fault-required"))),
    }
}

#[post("/legal-holds", data = "<form>")]
async fn hold_post(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed, Permission::ManagePrivacy)?;
    let outcome = match hold_on(&form.fields) {
        Ok(on) => {
            let actor = signed.actor.clone();
            let reason = form.fields.get("reason").to_owned();
            web.store
                .write("privacy.hold", move |c| {
                    legal_hold_place(c, &actor, &on, &reason)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|_| "/people/privacy".to_owned());
    match settled(web, &signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => privacy_view(web, &signed, None, &form.fields, Some(&fault)).await,
    }
}

#[post("/legal-holds/<id>/lift", data = "<_form>")]
async fn hold_end(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    _form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .write("privacy.unhold", move |c| {
            legal_hold_lift(c, &actor, LegalHoldId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(done(
        web,
        signed.reader.locale,
        "/people/privacy",
        &Message::new("flash-saved"),
    ))
}
