//! Racks: the list and the form of one.

use std::collections::HashMap;

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::saving::{Archive, form_status, settled};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{RackId, RoomId};
use crate::base::units::Grams;
use crate::facility::{
    Fill, Occupant, RackDraft, RackFilter, RackRow, csv, fill, occupants_of, rack_archive,
    rack_by_id, rack_create, rack_list, rack_update, room_list,
};
use crate::identity::Permission;
use crate::store::Conn;
use crate::tenancy::{customer_by_code, customer_choices};
use crate::web::csv_file::csv_answer;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        new,
        create,
        edit,
        update,
        archive_dialog,
        archive
    ]
}

fn filter(
    c: &mut Conn,
    query: &ListQuery,
    room: Option<i64>,
    customer: Option<&str>,
) -> Result<RackFilter, Fault> {
    let customer_id = match customer.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => Some(
            customer_by_code(c, code)?
                .map(|customer| customer.id)
                .ok_or_else(Fault::not_found)?,
        ),
        None => None,
    };
    Ok(RackFilter {
        query: query.text().to_owned(),
        room_id: room.map(RoomId::new),
        customer_id,
        ..RackFilter::default()
    })
}

fn fills(c: &mut Conn, rows: &[RackRow]) -> Result<HashMap<RackId, Fill>, Fault> {
    let ids: Vec<RackId> = rows.iter().map(|row| row.rack.id).collect();
    let mut inside: HashMap<RackId, Vec<Occupant>> = HashMap::new();
    for occupant in occupants_of(c, &ids)? {
        inside.entry(occupant.rack_id).or_default().push(occupant);
    }
    Ok(rows
        .iter()
        .map(|row| {
            let own = inside.remove(&row.rack.id).unwrap_or_default();
            (row.rack.id, fill(row.rack.frame(), &own))
        })
        .collect())
}

#[get("/racks?<room>&<customer>&<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    room: Option<i64>,
    customer: Option<String>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, asked, code) = (signed.actor.clone(), query.clone(), customer.clone());
    let (page, fills, rooms) = web
        .store
        .read(move |c| {
            let rooms = room_list(c, &actor)?;
            let filter = filter(c, &asked, room, code.as_deref())?;
            let page = rack_list(c, &actor, &filter, &asked.page())?;
            let fills = fills(c, &page.rows)?;
            Ok((page, fills, rooms))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows = page
        .rows
        .iter()
        .map(|row| rack_value(row, fills.get(&row.rack.id).copied().unwrap_or_default()))
        .collect();
    let room_name = |id: &str| {
        rooms
            .iter()
            .find(|row| row.room.id.to_string() == id)
            .map_or_else(|| id.to_owned(), |row| row.room.name.clone())
    };
    let list = ListView::new(
        web,
        locale,
        "/racks",
        &query,
        ("racks-empty", "racks-empty-text"),
    )
    .filter("room", room.map(|room| room.to_string()), room_name)
    .filter("customer", customer, str::to_owned)
    .csv()
    .action(
        signed.actor.may(Permission::EditFacility),
        "racks-new",
        "/racks/new",
    )
    .finish(&page, rows);
    let rooms: Vec<Value> = rooms
        .iter()
        .map(|row| json!({"value": row.room.id.to_string(), "label": format!("{} · {}", row.site.code, row.room.name)}))
        .collect();
    let title = web.words.text(locale, "racks-title");
    View::new(web, &signed.reader, "facility/racks.html", &title, "racks")
        .flash(said.as_ref())
        .with("list", list)
        .with("rooms", rooms)
        .answer()
}

fn rack_value(row: &RackRow, fill: Fill) -> Value {
    json!({
        "id": row.rack.id,
        "name": row.rack.name,
        "row_name": row.rack.row_name,
        "units": row.rack.units,
        "ownership": row.rack.ownership,
        "customer": row.customer,
        "room": row.room.name,
        "site": row.site.name,
        "percent": fill.percent(),
        "devices": fill.devices,
        "watts": fill.watts,
        "max_watts": row.rack.max_watts,
    })
}

#[get("/racks.csv?<room>&<customer>&<query..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    room: Option<i64>,
    customer: Option<String>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::ViewFacility)?;
            let filter = filter(c, &query, room, customer.as_deref())?;
            csv::rack_export_of(c, &actor, &filter)
        })
        .await
        .and_then(|rows| csv_answer("racks", csv::RACK_COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditFacility)
        .map_err(|fault| signed.failure(fault))
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&RackRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let (rooms, customers) = web
        .store
        .read(move |c| Ok((room_list(c, &actor)?, customer_choices(c, &actor)?)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rooms: Vec<Value> = rooms
        .iter()
        .map(|row| json!({"value": row.room.id.to_string(), "label": format!("{} · {}", row.site.code, row.room.name)}))
        .collect();
    let customers: Vec<Value> = customers
        .iter()
        .map(|(id, code, name)| json!({"value": id.to_string(), "label": format!("{name} ({code})")}))
        .collect();
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "racks-new"),
            "/racks/new".to_owned(),
            "/racks".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", row.rack.name.as_str()),
            ),
            format!("/racks/{}/edit", row.rack.id),
            format!("/racks/{}", row.rack.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "facility/rack_form.html",
        &title,
        "racks",
    )
    .crumbs(&[(&web.words.text(locale, "racks-title"), "/racks")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("rooms", rooms)
    .with("customers", customers)
    .with("cancel_href", back)
    .status(form_status(fault))
    .answer()
}

#[get("/racks/new?<room>")]
async fn new(web: &State<Web>, signed: Signed, room: Option<i64>) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let mut fields: Fields = [
        ("units", "42"),
        ("starting_unit", "1"),
        ("numbering", "up"),
        ("ownership", "operator"),
    ]
    .into_iter()
    .collect();
    if let Some(room) = room {
        fields.set("room_id", room.to_string());
    }
    form_view(web, &signed, None, &fields, None).await
}

#[post("/racks/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = match RackDraft::parse(&form.fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("rack.create", move |c| rack_create(c, &actor, &draft))
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&RackRow>,
    fields: &Fields,
    outcome: Result<RackId, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome.map(|id| format!("/racks/{id}")))? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

async fn rack(web: &Web, signed: &Signed, id: i64) -> Result<RackRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| rack_by_id(c, &actor, RackId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/racks/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = rack(web, &signed, id).await?;
    let mut fields = Fields::from_json(&serde_json::to_value(&there.rack).unwrap_or_default())
        .unwrap_or_default();
    let weight = there.rack.max_weight_g.map(Grams::to_kilograms_text);
    fields.set("max_weight_kg", weight.unwrap_or_default());
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/racks/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = rack(web, &signed, id).await?;
    let parsed =
        RackDraft::parse(&form.fields).and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, id) = (signed.actor.clone(), there.rack.id);
            web.store
                .write("rack.update", move |c| {
                    rack_update(c, &actor, id, version, &draft).map(|()| id)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of(there: &RackRow) -> Archive<'_> {
    Archive {
        name: &there.rack.name,
        action: format!("/racks/{}/archive", there.rack.id),
        back: format!("/racks/{}", there.rack.id),
        version: there.rack.version,
        archived: there.rack.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "racks",
    }
}

#[get("/racks/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = rack(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/racks/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = rack(web, &signed, id).await?;
    let id = there.rack.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "rack.archive",
            move |c, actor, version, archive| rack_archive(c, actor, id, version, archive),
        )
        .await
}
