//! What is done with a person: blocked and unblocked, agreed, merged with another record.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::people::{allowed, person};
use super::saving::{form_status, saved, settled};
use crate::access::{
    AgreedHow, Block, BlockDraft, MergePlan, PersonRecord, block_by_id, block_lift, consent_add,
    consent_withdraw, merge_plan, people_alike, people_merge, person_block, site_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{ConsentId, ConsentTextId, PersonBlockId, PersonId};
use crate::identity::Permission;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        block_form,
        block,
        lift_dialog,
        lift,
        agree,
        withdraw,
        alike,
        merge_dialog,
        merge
    ]
}

async fn block_view(
    web: &Web,
    signed: &Signed,
    there: &PersonRecord,
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
    let href = format!("/people/{}", there.id);
    let message = Message::new("people-block-title").with("name", there.name.as_str());
    let title = web.words.say(locale, &message);
    let action = format!("{href}/block");
    View::new(web, &signed.reader, "people/block.html", &title, "visits")
        .crumbs(&[
            (&web.words.text(locale, "people-title"), "/people"),
            (&there.name, &href),
        ])
        .with("form", form_context(web, locale, &action, fields, fault))
        .with("sites_offered", sites)
        .with("zone", web.settings.zone.to_string())
        .with("back", href)
        .status(form_status(fault))
        .answer()
}

#[get("/people/<id>/block")]
async fn block_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    allowed(&signed, Permission::BlockPeople)?;
    let there = person(web, &signed, id).await?;
    block_view(web, &signed, &there, &Fields::new(), None).await
}

#[post("/people/<id>/block", data = "<form>")]
async fn block(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed, Permission::BlockPeople)?;
    let there = person(web, &signed, id).await?;
    let parsed = BlockDraft::parse(&form.fields, web.settings.zone, signed.actor.now);
    let outcome = match parsed {
        Ok(draft) => {
            let (actor, id) = (signed.actor.clone(), there.id);
            web.store
                .write("person.block", move |c| person_block(c, &actor, id, &draft))
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|_| format!("/people/{}", there.id));
    match settled(web, &signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => block_view(web, &signed, &there, &form.fields, Some(&fault)).await,
    }
}

async fn block_of(web: &Web, signed: &Signed, id: i64) -> Result<Block, Failure> {
    allowed(signed, Permission::BlockPeople)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| block_by_id(c, &actor, PersonBlockId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn lift_view(
    web: &Web,
    signed: &Signed,
    there: &Block,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let title = words("people-lift");
    let back = format!("/people/{}", there.person_id);
    let action = format!("/person-blocks/{}/lift", there.id);
    View::new(web, &signed.reader, "people/lift.html", &title, "visits")
        .crumbs(&[(&words("people-title"), "/people")])
        .with("entry", there)
        .with("form", form_context(web, locale, &action, fields, fault))
        .with("dialog", json!({
            "submit": title, "danger": false, "cancel_href": back, "confirm_label": null, "icon": null,
        }))
        .status(form_status(fault))
        .answer()
}

#[get("/person-blocks/<id>/lift")]
async fn lift_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = block_of(web, &signed, id).await?;
    lift_view(web, &signed, &there, &Fields::new(), None)
}

#[post("/person-blocks/<id>/lift", data = "<form>")]
async fn lift(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = block_of(web, &signed, id).await?;
    let (actor, id) = (signed.actor.clone(), there.id);
    let reason = form.fields.get("reason").to_owned();
    let outcome = web
        .store
        .write("person.unblock", move |c| {
            block_lift(c, &actor, id, &reason)
        })
        .await
        .map(|person| format!("/people/{person}"));
    saved(web, &signed, outcome, |fault| {
        lift_view(web, &signed, &there, &form.fields, Some(fault))
    })
}

#[post("/people/<id>/consents", data = "<form>")]
async fn agree(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed, Permission::EditPeople)?;
    let text: ConsentTextId = form
        .fields
        .get("notice_id")
        .trim()
        .parse()
        .map_err(|_| signed.failure(Fault::not_found()))?;
    let how = AgreedHow::from_word(form.fields.get("how").trim()).unwrap_or(AgreedHow::Desk);
    let actor = signed.actor.clone();
    web.store
        .write("person.agree", move |c| {
            consent_add(c, &actor, PersonId::new(id), text, how)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(done(
        web,
        signed.reader.locale,
        format!("/people/{id}"),
        &Message::new("flash-saved"),
    ))
}

#[post("/consents/<id>/withdraw", data = "<_form>")]
async fn withdraw(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    _form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let person = web
        .store
        .write("person.disagree", move |c| {
            consent_withdraw(c, &actor, ConsentId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(done(
        web,
        signed.reader.locale,
        format!("/people/{person}"),
        &Message::new("flash-saved"),
    ))
}

#[get("/people/alike")]
async fn alike(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let groups = web
        .store
        .read(move |c| {
            actor.require(Permission::MergePeople)?;
            people_alike(c, &actor)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let groups: Vec<Value> = groups
        .iter()
        .map(|group| {
            json!({
                "why": web.words.text(locale, &format!("people-like-{}", group.why)),
                "people": group.people,
            })
        })
        .collect();
    let title = web.words.text(locale, "people-alike");
    View::new(web, &signed.reader, "people/alike.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "people-title"), "/people")])
        .with("groups", groups)
        .answer()
}

async fn plan_of(web: &Web, signed: &Signed, keep: i64, lose: i64) -> Result<MergePlan, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| merge_plan(c, &actor, PersonId::new(keep), PersonId::new(lose)))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn merge_view(
    web: &Web,
    signed: &Signed,
    plan: &MergePlan,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let title = words("people-merge");
    let href = format!("/people/{}", plan.keep.id);
    let action = format!("{href}/merge/{}", plan.lose.id);
    let fields: Fields = [
        ("version", plan.keep.version.to_string()),
        ("other_version", plan.lose.version.to_string()),
    ]
    .into_iter()
    .collect();
    View::new(web, &signed.reader, "people/merge.html", &title, "visits")
        .crumbs(&[(&words("people-alike"), "/people/alike")])
        .with("plan", plan)
        .with("form", form_context(web, locale, &action, &fields, fault))
        .with("dialog", json!({
            "submit": title, "danger": true, "cancel_href": "/people/alike", "confirm_label": null, "icon": null,
        }))
        .status(form_status(fault))
        .answer()
}

/// What would move, before two records are made one.
#[get("/people/<id>/merge/<other>")]
async fn merge_dialog(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    other: i64,
) -> Result<Answer, Failure> {
    let plan = plan_of(web, &signed, id, other).await?;
    merge_view(web, &signed, &plan, None)
}

#[post("/people/<id>/merge/<other>", data = "<form>")]
async fn merge(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    other: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let plan = plan_of(web, &signed, id, other).await?;
    let own = version(&form.fields);
    let theirs: Option<i64> = form.fields.get("other_version").trim().parse().ok();
    let outcome = match (own, theirs) {
        (Ok(own), Some(theirs)) => {
            let (actor, keep, lose) = (signed.actor.clone(), plan.keep.id, plan.lose.id);
            web.store
                .write("person.merge", move |c| {
                    people_merge(c, &actor, keep, lose, (own, theirs))
                })
                .await
        }
        (Err(fault), _) => Err(fault),
        (Ok(_), None) => Err(Fault::stale()),
    };
    let outcome = outcome.map(|()| format!("/people/{}", plan.keep.id));
    saved(web, &signed, outcome, |fault| {
        merge_view(web, &signed, &plan, Some(fault))
    })
}
