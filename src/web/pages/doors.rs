//! Doors that access controllers watch: the list, one door, its form.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::door_events::event_value;
use super::entry::Said;
use super::saving::{Archive, form_status, settled};
use crate::access::{
    DoorDraft, DoorEventFilter, DoorRow, area_list, door_archive, door_by_id, door_create,
    door_event_list, door_list, door_update, site_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DoorId, SiteId};
use crate::base::page::PageRequest;
use crate::facility::room_list;
use crate::identity::Permission;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

/// Events shown on the page of a door.
const SHOWN: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        new,
        add,
        show,
        edit,
        save,
        archive_dialog,
        archive_post
    ]
}

fn door_value(row: &DoorRow) -> Value {
    json!({
        "id": row.door.id,
        "code": row.door.code,
        "name": row.door.name,
        "site": row.site.name,
        "from_area": row.from_area,
        "to_area": row.to_area,
        "room": row.room,
        "room_id": row.door.room_id,
        "visitor_badges": row.door.visitor_badges,
        "note": row.door.note,
        "archived_at": row.door.archived_at,
    })
}

#[get("/doors")]
async fn list(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let found = web
        .store
        .read(move |c| door_list(c, &actor, false))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows: Vec<Value> = found.iter().map(door_value).collect();
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "doors-title");
    View::new(web, &signed.reader, "doors/list.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "visit-title"), "/visits")])
        .flash(said.as_ref())
        .with("rows", rows)
        .with("may_edit", signed.actor.may(Permission::EditDoors))
        .with("may_events", signed.actor.may(Permission::ViewVisits))
        .answer()
}

#[get("/doors/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let may_events = signed.actor.may(Permission::ViewVisits);
    let (row, events) = web
        .store
        .read(move |c| {
            let row = door_by_id(c, &actor, DoorId::new(id))?;
            let filter = DoorEventFilter {
                door: Some(row.door.id),
                ..DoorEventFilter::default()
            };
            let page = PageRequest {
                limit: SHOWN,
                ..PageRequest::first()
            };
            let events = if may_events {
                door_event_list(c, &actor, &filter, &page)?.rows
            } else {
                Vec::new()
            };
            Ok((row, events))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let events: Vec<Value> = events.iter().map(event_value).collect();
    View::new(
        web,
        &signed.reader,
        "doors/show.html",
        &row.door.name,
        "visits",
    )
    .crumbs(&[(&web.words.text(locale, "doors-title"), "/doors")])
    .flash(said.as_ref())
    .with("door", door_value(&row))
    .with("events", events)
    .with("may_edit", signed.actor.may(Permission::EditDoors))
    .with("may_events", may_events)
    .answer()
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditDoors)
        .map_err(|fault| signed.failure(fault))
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&DoorRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let (found, areas, rooms) = web
        .store
        .read(move |c| {
            let sites = site_choices(c)?;
            let areas = area_list(c, &actor)?;
            Ok((sites, areas, room_list(c, &actor)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let at_site = |id: SiteId| there.is_none_or(|row| row.door.site_id == id);
    let places: Vec<Value> = found
        .iter()
        .map(|site| json!({"value": site.id.to_string(), "label": format!("{} · {}", site.code, site.name)}))
        .collect();
    let areas: Vec<Value> = areas
        .iter()
        .filter(|area| at_site(area.site_id))
        .map(|area| {
            let code = found.iter().find(|site| site.id == area.site_id);
            let code = code.map_or("", |site| site.code.as_str());
            json!({"value": area.id.to_string(), "label": format!("{code} · {}", area.name)})
        })
        .collect();
    let rooms: Vec<Value> = rooms
        .iter()
        .filter(|row| at_site(row.site.id))
        .map(|row| json!({"value": row.room.id.to_string(), "label": format!("{} · {}", row.site.code, row.room.name)}))
        .collect();
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "doors-new"),
            "/doors/new".to_owned(),
            "/doors".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", row.door.name.as_str()),
            ),
            format!("/doors/{}/edit", row.door.id),
            format!("/doors/{}", row.door.id),
        ),
    };
    View::new(web, &signed.reader, "doors/form.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "doors-title"), "/doors")])
        .with("form", form_context(web, locale, &action, fields, fault))
        .with("is_new", there.is_none())
        .with("places", places)
        .with("areas", areas)
        .with("rooms", rooms)
        .with("back", back)
        .status(form_status(fault))
        .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&DoorRow>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/doors/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    form_view(web, &signed, None, &Fields::new(), None).await
}

#[post("/doors/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = match DoorDraft::parse(&form.fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("door.create", move |c| door_create(c, &actor, &draft))
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|id| format!("/doors/{id}"));
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn door(web: &Web, signed: &Signed, id: i64) -> Result<DoorRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| door_by_id(c, &actor, DoorId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/doors/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = door(web, &signed, id).await?;
    let fields = Fields::from_json(&serde_json::to_value(&there.door).unwrap_or_default())
        .unwrap_or_default();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/doors/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = door(web, &signed, id).await?;
    let parsed =
        DoorDraft::parse(&form.fields).and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, id) = (signed.actor.clone(), there.door.id);
            web.store
                .write("door.update", move |c| {
                    door_update(c, &actor, id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| format!("/doors/{}", there.door.id));
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of(there: &DoorRow) -> Archive<'_> {
    Archive {
        name: &there.door.name,
        action: format!("/doors/{}/archive", there.door.id),
        back: "/doors".to_owned(),
        version: there.door.version,
        archived: there.door.archived_at.is_some(),
        consequence: "doors-archive-consequence",
        section: "visits",
    }
}

#[get("/doors/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = door(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/doors/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = door(web, &signed, id).await?;
    let id = there.door.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "door.archive",
            move |c, actor, version, archive| door_archive(c, actor, id, version, archive),
        )
        .await
}
