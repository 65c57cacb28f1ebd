//! Areas of sites.

use rocket::{Route, State, get, post, routes};

use super::access_index::{back_to_index, site_options};
use super::saving::{Archive, form_status, settled};
use crate::access::{
    Area, AreaDraft, area_archive, area_by_id, area_create, area_update, site_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::AreaId;
use crate::identity::Permission;
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
    there: Option<&Area>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let sites = web
        .store
        .read(site_choices)
        .await
        .map_err(|fault| signed.failure(fault))?;
    let (title, action) = match there {
        None => (
            web.words.text(locale, "areas-new"),
            "/settings/areas/new".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("areas-edit").with("name", row.code.as_str()),
            ),
            format!("/settings/areas/{}/edit", row.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "access/area_form.html",
        &title,
        "settings",
    )
    .crumbs(&back_to_index(web, signed).each())
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("sites_offered", site_options(&sites))
    .with("back", INDEX)
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&Area>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/settings/areas/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    form_view(web, &signed, None, &Fields::new(), None).await
}

#[post("/settings/areas/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let (actor, fields) = (signed.actor.clone(), form.fields.clone());
    let outcome = web
        .store
        .write("area.create", move |c| {
            let draft = AreaDraft::parse(&fields)?;
            area_create(c, &actor, &draft)
        })
        .await
        .map(|_| INDEX.to_owned());
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn found(web: &Web, signed: &Signed, id: i64) -> Result<Area, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| area_by_id(c, &actor, AreaId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn fields_of(there: &Area) -> Fields {
    Fields::from_json(&serde_json::to_value(there).unwrap_or_default()).unwrap_or_default()
}

#[get("/settings/areas/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    let fields = fields_of(&there);
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/settings/areas/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    let outcome = match version(&form.fields) {
        Ok(version) => {
            let (actor, fields, id) = (signed.actor.clone(), form.fields.clone(), there.id);
            web.store
                .write("area.update", move |c| {
                    let draft = AreaDraft::parse(&fields)?;
                    area_update(c, &actor, id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| INDEX.to_owned());
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of<'a>(there: &Area, name: &'a str) -> Archive<'a> {
    Archive {
        name,
        action: format!("/settings/areas/{}/archive", there.id),
        back: INDEX.to_owned(),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "settings",
    }
}

#[get("/settings/areas/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    archive_of(&there, &there.name).view(web, &signed, None)
}

#[post("/settings/areas/<id>/archive", data = "<form>")]
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
            "area.archive",
            move |c, actor, version, archive| area_archive(c, actor, id, version, archive),
        )
        .await
}
