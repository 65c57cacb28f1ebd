//! Racks: the list and the form of one.

use std::collections::HashMap;

use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::facility::room_choices;
use super::rack_columns::{RACKS, rack_cell};
use super::saving::{Archive, changed, created, form_status, settled};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{RackId, RoomId, SiteId};
use crate::base::page::every_page;
use crate::base::units::Grams;
use crate::facility::{
    Fill, Occupant, Ownership, RackDraft, RackFilter, RackRow, RackSort, fill, occupants_of,
    rack_archive, rack_by_id, rack_create, rack_list, rack_update, room_list,
};
use crate::identity::ops::view_list;
use crate::identity::{Actor, Permission, ViewedList};
use crate::store::Conn;
use crate::tenancy::{customer_choices, customer_sought};
use crate::web::columns::Shown;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
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

/// Search, page, filters, columns and order of the list.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    customer: Option<String>,
    ownership: Option<String>,
    site: Option<i64>,
    room: Option<i64>,
    column: Vec<String>,
    sort: Option<String>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }

    fn shown(&self) -> Result<Shown, Fault> {
        RACKS.shown(&self.column, self.sort.as_deref(), false)
    }
}

/// A text that was typed; none for blanks.
pub(super) fn given(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

fn filter(
    c: &mut Conn,
    actor: &Actor,
    narrowing: &Narrowing,
    shown: &Shown,
) -> Result<RackFilter, Fault> {
    let customer_id = match given(narrowing.customer.as_ref()) {
        Some(code) => Some(customer_sought(c, actor, &code)?),
        None => None,
    };
    let ownership = match given(narrowing.ownership.as_ref()) {
        Some(word) => Some(Ownership::from_word(&word).ok_or_else(Fault::not_found)?),
        None => None,
    };
    Ok(RackFilter {
        query: narrowing.query().text().to_owned(),
        site_id: narrowing.site.map(SiteId::new),
        room_id: narrowing.room.map(RoomId::new),
        customer_id,
        ownership,
        sort: RackSort::from_word(shown.sort).unwrap_or_default(),
        is_descending: shown.is_descending,
        ..RackFilter::default()
    })
}

/// Rooms and buildings to choose from, for filters of lists.
pub(super) fn place_choices(
    c: &mut Conn,
    actor: &Actor,
) -> Result<(Vec<Value>, Vec<Value>), Fault> {
    let rooms = room_list(c, actor)?;
    let mut houses: Vec<(String, Value)> = rooms
        .iter()
        .map(|row| {
            let value = json!({"value": row.site.id.to_string(), "label": row.site.name});
            (row.site.code.clone(), value)
        })
        .collect();
    houses.sort_by(|(a, _), (b, _)| a.cmp(b));
    houses.dedup_by(|(a, _), (b, _)| a == b);
    let rooms = room_choices(&rooms);
    Ok((rooms, houses.into_iter().map(|(_, value)| value).collect()))
}

/// The words that a choice has for a value; the value itself when it is none of them.
pub(super) fn label_in(choices: &[Value], value: &str) -> String {
    let found = choices
        .iter()
        .find(|choice| choice.get("value").and_then(Value::as_str) == Some(value));
    found
        .and_then(|choice| choice.get("label").and_then(Value::as_str))
        .unwrap_or(value)
        .to_owned()
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

#[get("/racks?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, asked, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let (page, fills, (rooms, houses), views, shown) = web
        .store
        .read(move |c| {
            actor.require(Permission::ViewFacility)?;
            let shown = narrow.shown()?;
            let places = place_choices(c, &actor)?;
            let filter = filter(c, &actor, &narrow, &shown)?;
            let page = rack_list(c, &actor, &filter, &asked)?;
            let fills = fills(c, &page.rows)?;
            let views = view_list(c, &actor, ViewedList::Racks)?;
            Ok((page, fills, places, views, shown))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows = page
        .rows
        .iter()
        .map(|row| {
            let fill = fills.get(&row.rack.id).copied().unwrap_or_default();
            rack_value(row, fill, &shown)
        })
        .collect();
    let id = |id: Option<i64>| id.map(|id| id.to_string());
    let ownership = |word: &str| web.words.text(locale, &format!("ownership-{word}"));
    let list = ListView::new(
        web,
        locale,
        "/racks",
        &query,
        ("racks-empty", "racks-empty-text"),
    )
    .filter("customer", narrowing.customer, str::to_owned)
    .filter("ownership", narrowing.ownership, ownership)
    .filter("site", id(narrowing.site), |id| label_in(&houses, id))
    .filter("room", id(narrowing.room), |id| label_in(&rooms, id))
    .csv()
    .shown(&shown)
    .views(&RACKS, signed.actor.user_id, views)
    .action(
        signed.actor.may(Permission::EditFacility),
        "racks-new",
        "/racks/new",
    )
    .finish(&page, rows);
    let ownerships: Vec<Value> = Ownership::ALL
        .iter()
        .map(|one| json!({"value": one, "label": ownership(one.as_str())}))
        .collect();
    let title = web.words.text(locale, "racks-title");
    View::new(web, &signed.reader, "facility/racks.html", &title, "racks")
        .flash(said.as_ref())
        .with("list", list)
        .with("rooms", rooms)
        .with("houses", houses)
        .with("ownerships", ownerships)
        .with("may_edit", signed.actor.may(Permission::EditFacility))
        .answer()
}

fn rack_value(row: &RackRow, fill: Fill, shown: &Shown) -> Value {
    json!({
        "id": row.rack.id,
        "name": row.rack.name,
        "row_name": row.rack.row_name,
        "ownership": row.rack.ownership,
        "customer": row.customer,
        "room": row.room.name,
        "site": row.site.name,
        "percent": fill.percent(),
        "watts": fill.watts,
        "max_watts": row.rack.max_watts,
        "cells": shown.cells(|key| rack_cell(row, fill, key)),
    })
}

#[get("/racks.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::ViewFacility)?;
            let shown = narrowing.shown()?;
            let filter = filter(c, &actor, &narrowing, &shown)?;
            let mut lines = Vec::new();
            every_page(|page| {
                let part = rack_list(c, &actor, &filter, page)?;
                let fills = fills(c, &part.rows)?;
                for row in &part.rows {
                    let fill = fills.get(&row.rack.id).copied().unwrap_or_default();
                    lines.push(shown.line(|key| rack_cell(row, fill, key)));
                }
                Ok(part.next)
            })?;
            Ok((shown.keys(), lines))
        })
        .await
        .and_then(|(keys, lines)| csv_answer("racks", &keys, &lines))
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
    let rooms = room_choices(&rooms);
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
    let outcome = created(
        web,
        &signed,
        &form,
        "rack.create",
        RackDraft::parse,
        rack_create,
    )
    .await;
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
    let id = there.rack.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "rack.update",
        RackDraft::parse,
        move |c, actor, version, draft| rack_update(c, actor, id, version, draft).map(|()| id),
    )
    .await;
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
