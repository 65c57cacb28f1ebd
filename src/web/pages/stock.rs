//! The stock room: what lies in it since when, how many of each type, and where a device is put.

use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::device_columns::device_cell;
use super::devices::area;
use super::entry::Said;
use super::racks::{given, label_in, place_choices};
use super::saving::{changed, form_status, saved};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, DeviceTypeId, SiteId};
use crate::base::page::every_page;
use crate::identity::ops::view_list;
use crate::identity::{Actor, Permission, ViewedList};
use crate::inventory::{
    DeviceFilter, DeviceSort, StockDraft, StockRow, TypeCount, stock_by_device, stock_counts,
    stock_list, stock_put,
};
use crate::store::Conn;
use crate::tenancy::{customer_choices, customer_sought};
use crate::web::columns::{Column, Known, Shown, is_code, is_id};
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, put_form, put]
}

/// The list of the stock room, with columns of devices.
pub(super) const STOCK: Known = Known {
    list: ViewedList::Stock,
    columns: &[
        Column::usual("name", "devices-name").sorts("name"),
        Column::usual("label", "devices-label").sorts("label"),
        Column::usual("type", "devices-type").sorts("type"),
        Column::usual("serial", "devices-serial").sorts("serial"),
        Column::further("asset_tag", "devices-asset-tag").sorts("asset_tag"),
        Column::usual("customer", "devices-owner")
            .sorts("customer")
            .staff(),
        Column::usual("site", "devices-site").staff(),
        Column::usual("stock_place", "stock-place").staff(),
        Column::usual("since", "stock-since"),
        Column::further("purchased_on", "devices-purchased").sorts("purchased_on"),
        Column::usual("warranty_until", "devices-warranty").sorts("warranty_until"),
    ],
    filters: &[
        ("customer", is_code),
        ("site", is_id),
        ("device_type", is_id),
    ],
    sorts: &[
        "name",
        "label",
        "type",
        "serial",
        "asset_tag",
        "customer",
        "purchased_on",
        "warranty_until",
    ],
};

/// Search, page, filters, columns and order.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    customer: Option<String>,
    site: Option<i64>,
    device_type: Option<i64>,
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

    fn shown(&self, actor: &Actor) -> Result<Shown, Fault> {
        STOCK.shown(&self.column, self.sort.as_deref(), actor.role.is_customer())
    }
}

fn filter(
    c: &mut Conn,
    actor: &Actor,
    narrowing: &Narrowing,
    shown: &Shown,
) -> Result<DeviceFilter, Fault> {
    let is_customer = actor.role.is_customer();
    let owner = given(narrowing.customer.as_ref()).filter(|_| !is_customer);
    let customer_id = match owner {
        Some(code) => Some(customer_sought(c, actor, &code)?),
        None => None,
    };
    Ok(DeviceFilter {
        query: narrowing.query().text().to_owned(),
        // A customer asks for the own devices, whatever the address says.
        customer_id: actor.wall().customer().or(customer_id),
        stock_site_id: narrowing.site.filter(|_| !is_customer).map(SiteId::new),
        device_type_id: narrowing.device_type.map(DeviceTypeId::new),
        sort: DeviceSort::from_word(shown.sort).unwrap_or_default(),
        is_descending: shown.is_descending,
        ..DeviceFilter::default()
    })
}

/// What stands in a column of a row.
fn cell(there: &StockRow, key: &str) -> String {
    let stock = there.stock.as_ref();
    let text = match key {
        "site" => stock.map(|stock| stock.site.clone()),
        "stock_place" => stock.map(|stock| stock.place.clone()),
        "since" => stock.map(|stock| stock.since.to_rfc3339()),
        key => Some(device_cell(&there.row, key)),
    };
    text.unwrap_or_default()
}

/// Buildings to choose from, for those who may know them.
fn houses(c: &mut Conn, actor: &Actor) -> Result<Vec<Value>, Fault> {
    if !actor.may(Permission::ViewFacility) {
        return Ok(Vec::new());
    }
    Ok(place_choices(c, actor)?.1)
}

#[get("/stock?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, asked, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let (page, counts, customers, houses, views, shown) = web
        .store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let shown = narrow.shown(&actor)?;
            let filter = filter(c, &actor, &narrow, &shown)?;
            let page = stock_list(c, &actor, &filter, &asked)?;
            let counts = stock_counts(c, &actor, &filter)?;
            let customers = customer_choices(c, &actor)?;
            let houses = houses(c, &actor)?;
            let views = view_list(c, &actor, ViewedList::Stock)?;
            Ok((page, counts, customers, houses, views, shown))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let may_edit = signed.actor.may(Permission::EditDevices);
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|there| {
            json!({
                "id": there.row.device.id,
                "name": there.row.device.name,
                "cells": shown.cells(|key| cell(there, key)),
            })
        })
        .collect();
    let id = |id: Option<i64>| id.map(|id| id.to_string());
    let list = ListView::new(
        web,
        locale,
        "/stock",
        &query,
        ("stock-empty", "stock-empty-text"),
    )
    .filter("customer", narrowing.customer, str::to_owned)
    .filter("site", id(narrowing.site), |id| label_in(&houses, id))
    .filter("device_type", id(narrowing.device_type), |id| {
        type_named(&counts, id)
    })
    .csv()
    .shown(&shown)
    .views(&STOCK, signed.actor.user_id, views)
    .finish(&page, rows);
    let choices: Vec<Value> = customers
        .iter()
        .map(|(_, code, name)| json!({"value": code, "label": name}))
        .collect();
    let title = web.words.text(locale, "stock-title");
    View::new(
        web,
        &signed.reader,
        "devices/stock.html",
        &title,
        area(&signed.actor),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("counts", counts)
    .with("customers", choices)
    .with("houses", houses)
    .with("may_edit", may_edit)
    .answer()
}

fn type_named(counts: &[TypeCount], id: &str) -> String {
    let found = counts.iter().find(|count| count.id.to_string() == id);
    found.map_or_else(|| id.to_owned(), |count| count.name.clone())
}

#[get("/stock.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let shown = narrowing.shown(&actor)?;
            let filter = filter(c, &actor, &narrowing, &shown)?;
            let mut lines = Vec::new();
            every_page(|page| {
                let part = stock_list(c, &actor, &filter, page)?;
                let rows = part.rows.iter();
                lines.extend(rows.map(|there| shown.line(|key| cell(there, key))));
                Ok(part.next)
            })?;
            Ok((shown.keys(), lines))
        })
        .await
        .and_then(|(keys, lines)| csv_answer("stock", &keys, &lines))
        .map_err(|fault| signed.failure(fault))
}

async fn there(web: &Web, signed: &Signed, id: i64) -> Result<(StockRow, Vec<Value>), Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let there = stock_by_device(c, &actor, DeviceId::new(id))?;
            Ok((there, houses(c, &actor)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn put_view(
    web: &Web,
    signed: &Signed,
    (there, houses): &(StockRow, Vec<Value>),
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let device = &there.row.device;
    let title = Message::new("stock-put-title").with("name", device.name.as_str());
    let title = web.words.say(locale, &title);
    let action = format!("/devices/{}/stock", device.id);
    View::new(
        web,
        &signed.reader,
        "devices/stock_form.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[(&web.words.text(locale, "stock-title"), "/stock")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("houses", houses)
    .with("move_href", format!("/devices/{}/move", device.id))
    .status(form_status(fault))
    .answer()
}

#[get("/devices/<id>/stock")]
async fn put_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let stock = there.0.stock.as_ref();
    let site = stock.and_then(|stock| stock.site_id);
    let place = stock.map(|stock| stock.place.clone());
    let fields: Fields = [
        ("site_id", site.map(|id| id.to_string()).unwrap_or_default()),
        ("place", place.unwrap_or_default()),
        ("version", there.0.row.device.version.to_string()),
    ]
    .into_iter()
    .collect();
    put_view(web, &signed, &there, &fields, None)
}

#[post("/devices/<id>/stock", data = "<form>")]
async fn put(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let id = there.0.row.device.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "device.stock",
        StockDraft::parse,
        move |c, actor, version, draft| stock_put(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| "/stock".to_owned());
    saved(web, &signed, outcome, |fault| {
        put_view(web, &signed, &there, &form.fields, Some(fault))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stock_room_sorts_by_what_devices_are_sorted_by() {
        for word in STOCK.sorts {
            assert!(DeviceSort::from_word(word).is_some(), "{word}");
        }
        for column in STOCK.columns {
            assert!(column.sort.is_none_or(|word| STOCK.sorts.contains(&word)));
        }
    }
}
