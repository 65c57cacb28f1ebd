//! Sites and their rooms.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::saving::{Archive, changed, created, form_status, saved, settled};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{RoomId, SiteId};
use crate::facility::{
    RoomDraft, RoomRow, Site, SiteDraft, room_archive, room_by_id, room_create, room_list,
    room_update, site_archive, site_by_id, site_create, site_list, site_update,
};
use crate::identity::Permission;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        site_new,
        site_add,
        site_edit,
        site_save,
        site_archive_dialog,
        site_archive_post,
        room_new,
        room_add,
        room_edit,
        room_save,
        room_archive_dialog,
        room_archive_post
    ]
}

#[get("/sites")]
async fn list(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (sites, rooms) = web
        .store
        .read(move |c| Ok((site_list(c, &actor)?, room_list(c, &actor)?)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = sites
        .iter()
        .map(|site| {
            let own: Vec<&RoomRow> = rooms.iter().filter(|row| row.site.id == site.id).collect();
            json!({"site": site, "rooms": own.iter().map(|row| &row.room).collect::<Vec<_>>()})
        })
        .collect();
    let title = web.words.text(locale, "sites-title");
    View::new(web, &signed.reader, "facility/sites.html", &title, "racks")
        .crumbs(&[(&web.words.text(locale, "racks-title"), "/racks")])
        .flash(said.as_ref())
        .with("rows", rows)
        .with("may_edit", signed.actor.may(Permission::EditFacility))
        .answer()
}

/// Columns of the file: what the page says of a site.
const COLUMNS: &[&str] = &[
    "code",
    "name",
    "time_zone",
    "address",
    "contact",
    "note",
    "rooms",
];

#[get("/sites.csv")]
async fn list_csv(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let rooms = room_list(c, &actor)?;
            let sites = site_list(c, &actor)?;
            Ok(sites.iter().map(|site| cells(site, &rooms)).collect())
        })
        .await
        .and_then(|rows: Vec<Vec<String>>| csv_answer("sites", COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn cells(site: &Site, rooms: &[RoomRow]) -> Vec<String> {
    let own = rooms.iter().filter(|row| row.site.id == site.id);
    let own: Vec<&str> = own.map(|row| row.room.name.as_str()).collect();
    vec![
        site.code.clone(),
        site.name.clone(),
        site.time_zone.clone(),
        site.address.clone(),
        site.contact.clone(),
        site.note.clone(),
        own.join("; "),
    ]
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditFacility)
        .map_err(|fault| signed.failure(fault))
}

fn site_view(
    web: &Web,
    signed: &Signed,
    there: Option<&Site>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action) = match there {
        None => (web.words.text(locale, "sites-new"), "/sites/new".to_owned()),
        Some(site) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", site.name.as_str()),
            ),
            format!("/sites/{}/edit", site.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "facility/site_form.html",
        &title,
        "racks",
    )
    .crumbs(&[(&web.words.text(locale, "sites-title"), "/sites")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with(
        "archive_href",
        there.map(|site| format!("/sites/{}/archive", site.id)),
    )
    .status(form_status(fault))
    .answer()
}

#[get("/sites/new")]
async fn site_new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let fields: Fields = [("time_zone", web.settings.zone.name())]
        .into_iter()
        .collect();
    site_view(web, &signed, None, &fields, None)
}

#[post("/sites/new", data = "<form>")]
async fn site_add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "site.create",
        SiteDraft::parse,
        site_create,
    )
    .await;
    let outcome = outcome.map(|_| "/sites".to_owned());
    saved(web, &signed, outcome, |fault| {
        site_view(web, &signed, None, &form.fields, Some(fault))
    })
}

async fn site(web: &Web, signed: &Signed, id: i64) -> Result<Site, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| site_by_id(c, &actor, SiteId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/sites/<id>/edit")]
async fn site_edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = site(web, &signed, id).await?;
    let fields =
        Fields::from_json(&serde_json::to_value(&there).unwrap_or_default()).unwrap_or_default();
    site_view(web, &signed, Some(&there), &fields, None)
}

#[post("/sites/<id>/edit", data = "<form>")]
async fn site_save(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = site(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "site.update",
        SiteDraft::parse,
        move |c, actor, version, draft| site_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| "/sites".to_owned());
    saved(web, &signed, outcome, |fault| {
        site_view(web, &signed, Some(&there), &form.fields, Some(fault))
    })
}

fn site_archive_of(there: &Site) -> Archive<'_> {
    Archive {
        name: &there.name,
        action: format!("/sites/{}/archive", there.id),
        back: "/sites".to_owned(),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "racks",
    }
}

#[get("/sites/<id>/archive")]
async fn site_archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = site(web, &signed, id).await?;
    site_archive_of(&there).view(web, &signed, None)
}

#[post("/sites/<id>/archive", data = "<form>")]
async fn site_archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = site(web, &signed, id).await?;
    let id = there.id;
    site_archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "site.archive",
            move |c, actor, version, archive| site_archive(c, actor, id, version, archive),
        )
        .await
}

/// Rooms to choose from, each after the code of its site.
pub(super) fn room_choices(rooms: &[RoomRow]) -> Vec<Value> {
    let choice = |row: &RoomRow| json!({"value": row.room.id.to_string(), "label": format!("{} · {}", row.site.code, row.room.name)});
    rooms.iter().map(choice).collect()
}

async fn room_view(
    web: &Web,
    signed: &Signed,
    there: Option<&RoomRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let sites = web
        .store
        .read(move |c| site_list(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let choices: Vec<Value> = sites
        .iter()
        .map(|site| json!({"value": site.id.to_string(), "label": site.name}))
        .collect();
    let (title, action) = match there {
        None => (web.words.text(locale, "rooms-new"), "/rooms/new".to_owned()),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", row.room.name.as_str()),
            ),
            format!("/rooms/{}/edit", row.room.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "facility/room_form.html",
        &title,
        "racks",
    )
    .crumbs(&[(&web.words.text(locale, "sites-title"), "/sites")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("sites_to_choose", choices)
    .with(
        "archive_href",
        there.map(|row| format!("/rooms/{}/archive", row.room.id)),
    )
    .status(form_status(fault))
    .answer()
}

#[get("/rooms/new?<site>")]
async fn room_new(web: &State<Web>, signed: Signed, site: Option<i64>) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let fields: Fields = site
        .map(|site| ("site_id", site.to_string()))
        .into_iter()
        .collect();
    room_view(web, &signed, None, &fields, None).await
}

#[post("/rooms/new", data = "<form>")]
async fn room_add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "room.create",
        RoomDraft::parse,
        room_create,
    )
    .await;
    room_answer(web, &signed, None, &form.fields, outcome.map(|_| ())).await
}

async fn room_answer(
    web: &Web,
    signed: &Signed,
    there: Option<&RoomRow>,
    fields: &Fields,
    outcome: Result<(), Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome.map(|()| "/sites".to_owned()))? {
        Ok(answer) => Ok(answer),
        Err(fault) => room_view(web, signed, there, fields, Some(&fault)).await,
    }
}

async fn room(web: &Web, signed: &Signed, id: i64) -> Result<RoomRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| room_by_id(c, &actor, RoomId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/rooms/<id>/edit")]
async fn room_edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = room(web, &signed, id).await?;
    let fields = Fields::from_json(&serde_json::to_value(&there.room).unwrap_or_default())
        .unwrap_or_default();
    room_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/rooms/<id>/edit", data = "<form>")]
async fn room_save(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = room(web, &signed, id).await?;
    let id = there.room.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "room.update",
        RoomDraft::parse,
        move |c, actor, version, draft| room_update(c, actor, id, version, draft),
    )
    .await;
    room_answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn room_archive_of(there: &RoomRow) -> Archive<'_> {
    Archive {
        name: &there.room.name,
        action: format!("/rooms/{}/archive", there.room.id),
        back: "/sites".to_owned(),
        version: there.room.version,
        archived: there.room.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "racks",
    }
}

#[get("/rooms/<id>/archive")]
async fn room_archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = room(web, &signed, id).await?;
    room_archive_of(&there).view(web, &signed, None)
}

#[post("/rooms/<id>/archive", data = "<form>")]
async fn room_archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = room(web, &signed, id).await?;
    let id = there.room.id;
    room_archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "room.archive",
            move |c, actor, version, archive| room_archive(c, actor, id, version, archive),
        )
        .await
}
