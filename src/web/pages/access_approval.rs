//! Rules that approve a customer's visit at once.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::access_index::{back_to_index, day_choices, site_options};
use super::saving::{Archive, form_status, settled};
use crate::access::{
    ApprovalRule, ApprovalRuleDraft, approval_rule_archive, approval_rule_by_id,
    approval_rule_create, approval_rule_update, site_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::ApprovalRuleId;
use crate::identity::Permission;
use crate::tenancy::customer_choices;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![new, add, edit, save, archive_dialog, archive_post]
}

const INDEX: &str = "/settings/access";

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::ManageAccess)
        .map_err(|fault| signed.failure(fault))
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&ApprovalRule>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let (sites, customers) = web
        .store
        .read(move |c| Ok((site_choices(c)?, customer_choices(c, &actor)?)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let customers: Vec<Value> = customers
        .iter()
        .map(|(id, code, name)| json!({"value": id.to_string(), "label": format!("{name} ({code})")}))
        .collect();
    let (title, action) = match there {
        None => (
            web.words.text(locale, "rules-approve-new"),
            "/settings/approval-rules/new".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("areas-edit").with("name", row.name.as_str()),
            ),
            format!("/settings/approval-rules/{}/edit", row.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "access/rule_form.html",
        &title,
        "settings",
    )
    .crumbs(&back_to_index(web, signed).each())
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("sites_offered", site_options(&sites))
    .with("customers", customers)
    .with("days", day_choices(web, locale, fields))
    .with("back", INDEX)
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&ApprovalRule>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/settings/approval-rules/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    form_view(web, &signed, None, &Fields::new(), None).await
}

#[post("/settings/approval-rules/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let (actor, fields) = (signed.actor.clone(), form.fields.clone());
    let outcome = web
        .store
        .write("approval_rule.create", move |c| {
            let draft = ApprovalRuleDraft::parse(&fields)?;
            approval_rule_create(c, &actor, &draft)
        })
        .await
        .map(|_| INDEX.to_owned());
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn found(web: &Web, signed: &Signed, id: i64) -> Result<ApprovalRule, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| approval_rule_by_id(c, &actor, ApprovalRuleId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn fields_of(there: &ApprovalRule) -> Fields {
    let hours = there.hours();
    let mut fields =
        Fields::from_json(&serde_json::to_value(there).unwrap_or_default()).unwrap_or_default();
    fields.set("from_time", hours.from_time());
    fields.set("until_time", hours.until_time());
    fields.set("weekdays", "");
    for day in hours.days() {
        fields.push("weekdays", day.to_string());
    }
    fields
}

#[get("/settings/approval-rules/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    let fields = fields_of(&there);
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/settings/approval-rules/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    let outcome = match version(&form.fields) {
        Ok(version) => {
            let (actor, fields, id) = (signed.actor.clone(), form.fields.clone(), there.id);
            web.store
                .write("approval_rule.update", move |c| {
                    let draft = ApprovalRuleDraft::parse(&fields)?;
                    approval_rule_update(c, &actor, id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| INDEX.to_owned());
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of<'a>(there: &ApprovalRule, name: &'a str) -> Archive<'a> {
    Archive {
        name,
        action: format!("/settings/approval-rules/{}/archive", there.id),
        back: INDEX.to_owned(),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "settings",
    }
}

#[get("/settings/approval-rules/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    archive_of(&there, &there.name).view(web, &signed, None)
}

#[post("/settings/approval-rules/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    let id = there.id;
    archive_of(&there, &there.name)
        .post(
            web,
            &signed,
            &form,
            "approval_rule.archive",
            move |c, actor, version, archive| approval_rule_archive(c, actor, id, version, archive),
        )
        .await
}
