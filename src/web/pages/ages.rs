//! Devices by the end of their warranty and by age.

use rocket::form::FromForm;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::device_columns::device_cell;
use super::devices::area;
use super::entry::Said;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::page::every_page;
use crate::identity::ops::view_list;
use crate::identity::{Actor, Permission, ViewedList};
use crate::inventory::ages::{AgeDraft, Ages, WARRANTY_STEPS, whole_years};
use crate::inventory::{DeviceFilter, DeviceRow, DeviceSort, device_ages, device_list};
use crate::web::columns::{Column, Known, Shown};
use crate::web::csv_file::csv_answer;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv]
}

/// The list of devices by age, with columns of devices.
pub(super) const AGES: Known = Known {
    list: ViewedList::Ages,
    columns: &[
        Column::usual("name", "devices-name").sorts("name"),
        Column::usual("label", "devices-label").sorts("label"),
        Column::usual("type", "devices-type").sorts("type"),
        Column::usual("serial", "devices-serial").sorts("serial"),
        Column::further("asset_tag", "devices-asset-tag").sorts("asset_tag"),
        Column::usual("customer", "devices-owner")
            .sorts("customer")
            .staff(),
        Column::usual("place", "devices-place"),
        Column::further("status", "devices-status").sorts("status"),
        Column::usual("purchased_on", "devices-purchased").sorts("purchased_on"),
        Column::usual("age", "ages-years").numeric(),
        Column::usual("warranty_until", "devices-warranty").sorts("warranty_until"),
    ],
    filters: &[
        ("warranty", is_warranty),
        ("older", is_older),
        ("year", is_year),
    ],
    sorts: &[
        "purchased_on",
        "warranty_until",
        "name",
        "label",
        "type",
        "serial",
        "asset_tag",
        "customer",
        "status",
    ],
};

fn is_asked(name: &'static str, text: &str) -> bool {
    let fields: Fields = [(name, text)].into_iter().collect();
    AgeDraft::parse(&fields).is_ok()
}

fn is_warranty(text: &str) -> bool {
    is_asked("warranty", text)
}

fn is_older(text: &str) -> bool {
    is_asked("older", text)
}

fn is_year(text: &str) -> bool {
    is_asked("year", text)
}

/// Search, page, what is asked for, columns and order.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    warranty: Option<String>,
    older: Option<String>,
    year: Option<String>,
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
        AGES.shown(&self.column, self.sort.as_deref(), actor.role.is_customer())
    }

    fn filter(&self, shown: &Shown, today: &str) -> Result<DeviceFilter, Fault> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let fields: Fields = [
            ("warranty", text(&self.warranty)),
            ("older", text(&self.older)),
            ("year", text(&self.year)),
        ]
        .into_iter()
        .collect();
        let mut filter = AgeDraft::parse(&fields)?.filter(today);
        filter.query = self.query().text().to_owned();
        filter.sort = DeviceSort::from_word(shown.sort).unwrap_or_default();
        filter.is_descending = shown.is_descending;
        Ok(filter)
    }
}

fn cell(row: &DeviceRow, key: &str, today: &str) -> String {
    let years = |day: &str| whole_years(day, today).map(|years| years.to_string());
    match key {
        "age" => row
            .device
            .purchased_on
            .as_deref()
            .and_then(years)
            .unwrap_or_default(),
        key => device_cell(row, key),
    }
}

fn tiles(ages: &Ages) -> Vec<Value> {
    let within = WARRANTY_STEPS.iter().zip(&ages.within);
    within
        .map(|(days, count)| json!({"days": days, "count": count}))
        .collect()
}

#[get("/devices/ages?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let today = signed.actor.now.local_date(web.settings.zone);
    let (actor, asked, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let day = today.clone();
    let (page, ages, views, shown) = web
        .store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let shown = narrow.shown(&actor)?;
            let filter = narrow.filter(&shown, &day)?;
            let page = device_list(c, &actor, &filter, &asked)?;
            let views = view_list(c, &actor, ViewedList::Ages)?;
            Ok((page, device_ages(c, &actor, &day)?, views, shown))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|row| {
            json!({
                "id": row.device.id,
                "status": row.device.status,
                "cells": shown.cells(|key| cell(row, key, &today)),
            })
        })
        .collect();
    let words = |message: Message| web.words.say(locale, &message);
    let list = ListView::new(
        web,
        locale,
        "/devices/ages",
        &query,
        ("ages-empty", "ages-empty-text"),
    )
    .filter("warranty", narrowing.warranty, |word| match word {
        "ended" => web.words.text(locale, "ages-ended"),
        days => words(Message::new("ages-within").with("days", days)),
    })
    .filter("older", narrowing.older, |years| {
        words(Message::new("ages-older").with("years", years))
    })
    .filter("year", narrowing.year, |year| {
        words(Message::new("ages-year").with("year", year))
    })
    .csv()
    .shown(&shown)
    .views(&AGES, signed.actor.user_id, views)
    .finish(&page, rows);
    let title = web.words.text(locale, "ages-title");
    View::new(
        web,
        &signed.reader,
        "devices/ages.html",
        &title,
        area(&signed.actor),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("ended", ages.ended)
    .with("within", tiles(&ages))
    .with("years", &ages.years)
    .with("undated", ages.undated)
    .answer()
}

#[get("/devices/ages.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let today = signed.actor.now.local_date(web.settings.zone);
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let shown = narrowing.shown(&actor)?;
            let filter = narrowing.filter(&shown, &today)?;
            let mut lines = Vec::new();
            every_page(|page| {
                let part = device_list(c, &actor, &filter, page)?;
                let rows = part.rows.iter();
                lines.extend(rows.map(|row| shown.line(|key| cell(row, key, &today))));
                Ok(part.next)
            })?;
            Ok((shown.keys(), lines))
        })
        .await
        .and_then(|(keys, lines)| csv_answer("ages", &keys, &lines))
        .map_err(|fault| signed.failure(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_keeps_what_the_list_can_be_asked_for() {
        let kept = |query: &str| AGES.checked(query, false).ok();
        for query in ["warranty=ended", "warranty=90", "older=5", "year=2021"] {
            assert_eq!(kept(query).as_deref(), Some(query));
        }
        for query in ["warranty=soon", "older=old", "year=0", "status=planned"] {
            assert_eq!(kept(query), None, "{query}");
        }
    }

    #[test]
    fn the_list_sorts_by_what_devices_are_sorted_by() {
        for word in AGES.sorts {
            assert!(DeviceSort::from_word(word).is_some(), "{word}");
        }
        for column in AGES.columns {
            assert!(column.sort.is_none_or(|word| AGES.sorts.contains(&word)));
        }
    }
}
