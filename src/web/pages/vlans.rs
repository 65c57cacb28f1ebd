//! VLANs and routing tables.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::address_words::{Choices, allowed};
use super::entry::Said;
use super::saving::{Archive, changed, created, form_status, saved, settled};
use crate::addressing::{
    Vlan, VlanDraft, VlanRow, Vrf, VrfDraft, vlan_archive, vlan_by_id, vlan_create, vlan_list,
    vlan_update, vrf_archive, vrf_by_id, vrf_create, vrf_list, vrf_update,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{VlanId, VrfId};
use crate::base::page::Page;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView, fitting};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        new,
        add,
        edit,
        save,
        archive_dialog,
        archive_post,
        vrf_new,
        vrf_add,
        vrf_edit,
        vrf_save,
        vrf_archive_dialog,
        vrf_archive_post
    ]
}

fn vlan_value(row: &VlanRow) -> Value {
    json!({
        "id": row.vlan.id,
        "number": row.vlan.number,
        "name": row.vlan.name,
        "site": row.site,
        "group_name": row.vlan.group_name,
        "prefixes": row.prefixes,
        "note": row.vlan.note,
    })
}

fn place(row: &VlanRow) -> &str {
    match &row.site {
        Some(site) => &site.name,
        None => &row.vlan.group_name,
    }
}

/// The VLANs that a search fits.
fn found(c: &mut Conn, actor: &Actor, query: &ListQuery) -> Result<Vec<VlanRow>, Fault> {
    let rows = vlan_list(c, actor)?;
    Ok(fitting(rows, query.text(), |row| {
        let vlan = &row.vlan;
        format!("{} {} {} {}", vlan.number, vlan.name, place(row), vlan.note)
    }))
}

#[get("/vlans?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, asked) = (signed.actor.clone(), query.clone());
    let (vlans, vrfs) = web
        .store
        .read(move |c| Ok((found(c, &actor, &asked)?, vrf_list(c, &actor)?)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let page = Page::cut(vlans, &query.page(), |row| row.vlan.id.to_string());
    let rows: Vec<Value> = page.rows.iter().map(vlan_value).collect();
    let locale = signed.reader.locale;
    let edits = signed.actor.may(Permission::EditAddresses);
    let list = ListView::new(
        web,
        locale,
        "/vlans",
        &query,
        ("vlans-empty", "vlans-empty-text"),
    )
    .csv()
    .action(edits, "vlans-new", "/vlans/new")
    .finish(&page, rows);
    let title = web.words.text(locale, "vlans-title");
    View::new(
        web,
        &signed.reader,
        "addressing/vlans.html",
        &title,
        "network",
    )
    .crumbs(&[(&web.words.text(locale, "prefixes-title"), "/prefixes")])
    .flash(said.as_ref())
    .with("list", list)
    .with("vrfs", vrfs)
    .with("may_edit", edits)
    .answer()
}

/// Columns of the file: those of the page.
const COLUMNS: &[&str] = &["number", "name", "place", "prefixes", "note"];

#[get("/vlans.csv?<query..>")]
async fn list_csv(web: &State<Web>, signed: Signed, query: ListQuery) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let rows = found(c, &actor, &query)?;
            Ok(rows.iter().map(cells).collect())
        })
        .await
        .and_then(|rows: Vec<Vec<String>>| csv_answer("vlans", COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn cells(row: &VlanRow) -> Vec<String> {
    vec![
        row.vlan.number.to_string(),
        row.vlan.name.clone(),
        place(row).to_owned(),
        row.prefixes.to_string(),
        row.vlan.note.clone(),
    ]
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&Vlan>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let choices = Choices::of(web, signed).await?;
    let (title, action) = match there {
        None => (web.words.text(locale, "vlans-new"), "/vlans/new".to_owned()),
        Some(vlan) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", vlan.name.as_str()),
            ),
            format!("/vlans/{}/edit", vlan.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "addressing/vlan_form.html",
        &title,
        "network",
    )
    .crumbs(&[(&web.words.text(locale, "vlans-title"), "/vlans")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("places", choices.sites)
    .with(
        "archive_href",
        there.map(|vlan| format!("/vlans/{}/archive", vlan.id)),
    )
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&Vlan>,
    fields: &Fields,
    outcome: Result<(), Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome.map(|()| "/vlans".to_owned()))? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/vlans/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    form_view(web, &signed, None, &Fields::new(), None).await
}

#[post("/vlans/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = match VlanDraft::parse(&form.fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("vlan.create", move |c| {
                    vlan_create(c, &actor, &draft).map(drop)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn vlan(web: &Web, signed: &Signed, id: i64) -> Result<Vlan, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    let row = web
        .store
        .read(move |c| vlan_by_id(c, &actor, VlanId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(row.vlan)
}

#[get("/vlans/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = vlan(web, &signed, id).await?;
    let fields =
        Fields::from_json(&serde_json::to_value(&there).unwrap_or_default()).unwrap_or_default();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/vlans/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = vlan(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "vlan.update",
        VlanDraft::parse,
        move |c, actor, version, draft| vlan_update(c, actor, id, version, draft),
    )
    .await;
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of(there: &Vlan) -> Archive<'_> {
    Archive {
        name: &there.name,
        action: format!("/vlans/{}/archive", there.id),
        back: "/vlans".to_owned(),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "network",
    }
}

#[get("/vlans/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = vlan(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/vlans/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = vlan(web, &signed, id).await?;
    let id = there.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "vlan.archive",
            move |c, actor, version, archive| vlan_archive(c, actor, id, version, archive),
        )
        .await
}

fn vrf_view(
    web: &Web,
    signed: &Signed,
    there: Option<&Vrf>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action) = match there {
        None => (web.words.text(locale, "vrfs-new"), "/vrfs/new".to_owned()),
        Some(vrf) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", vrf.name.as_str()),
            ),
            format!("/vrfs/{}/edit", vrf.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "addressing/vrf_form.html",
        &title,
        "network",
    )
    .crumbs(&[(&web.words.text(locale, "vlans-title"), "/vlans")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with(
        "archive_href",
        there.map(|vrf| format!("/vrfs/{}/archive", vrf.id)),
    )
    .status(form_status(fault))
    .answer()
}

#[get("/vrfs/new")]
async fn vrf_new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let fields: Fields = [("refuse_duplicates", "true")].into_iter().collect();
    vrf_view(web, &signed, None, &fields, None)
}

#[post("/vrfs/new", data = "<form>")]
async fn vrf_add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "vrf.create",
        VrfDraft::parse,
        vrf_create,
    )
    .await;
    let outcome = outcome.map(|_| "/vlans".to_owned());
    saved(web, &signed, outcome, |fault| {
        vrf_view(web, &signed, None, &form.fields, Some(fault))
    })
}

async fn vrf(web: &Web, signed: &Signed, id: i64) -> Result<Vrf, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| vrf_by_id(c, &actor, VrfId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/vrfs/<id>/edit")]
async fn vrf_edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = vrf(web, &signed, id).await?;
    let fields =
        Fields::from_json(&serde_json::to_value(&there).unwrap_or_default()).unwrap_or_default();
    vrf_view(web, &signed, Some(&there), &fields, None)
}

#[post("/vrfs/<id>/edit", data = "<form>")]
async fn vrf_save(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = vrf(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "vrf.update",
        VrfDraft::parse,
        move |c, actor, version, draft| vrf_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| "/vlans".to_owned());
    saved(web, &signed, outcome, |fault| {
        vrf_view(web, &signed, Some(&there), &form.fields, Some(fault))
    })
}

fn vrf_archive_of(there: &Vrf) -> Archive<'_> {
    Archive {
        name: &there.name,
        action: format!("/vrfs/{}/archive", there.id),
        back: "/vlans".to_owned(),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "network",
    }
}

#[get("/vrfs/<id>/archive")]
async fn vrf_archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = vrf(web, &signed, id).await?;
    vrf_archive_of(&there).view(web, &signed, None)
}

#[post("/vrfs/<id>/archive", data = "<form>")]
async fn vrf_archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = vrf(web, &signed, id).await?;
    let id = there.id;
    vrf_archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "vrf.archive",
            move |c, actor, version, archive| vrf_archive(c, actor, id, version, archive),
        )
        .await
}
