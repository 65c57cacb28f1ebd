//! Devices: the list, and one device with what every area knows of it.

use rocket::form::FromForm;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::device_columns::{DEVICES, device_cell, is_day};
use super::entry::Said;
use super::events::OpenEvents;
use super::racks::{given, label_in, place_choices};
use super::record_history::{entries_of, history_value};
use crate::access::HoldSubject;
use crate::attachments::Subject;
use crate::audit;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceId, DeviceTypeId, RackId, RoomId, SiteId};
use crate::base::page::every_page;
use crate::identity::ops::view_list;
use crate::identity::{Actor, Permission, SavedView, ViewedList};
use crate::inventory::{
    DeviceFilter, DeviceRole, DeviceRow, DeviceSort, DeviceStatus, MOST_CHANGED, device_by_id,
    device_fields, device_list, undo_of,
};
use crate::store::Conn;
use crate::tenancy::{customer_choices, customer_sought};
use crate::web::columns::Shown;
use crate::web::csv_file::csv_answer;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, show]
}

/// The section of the navigation that devices are in.
pub(super) fn area(actor: &Actor) -> &'static str {
    if actor.role.is_customer() {
        "servers"
    } else {
        "devices"
    }
}

/// Search, page, filters, columns and order of the list.
#[derive(Debug, Clone, Default, FromForm)]
pub(super) struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    customer: Option<String>,
    status: Option<String>,
    role: Option<String>,
    site: Option<i64>,
    room: Option<i64>,
    rack: Option<i64>,
    device_type: Option<i64>,
    warranty_before: Option<String>,
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

    pub(super) fn shown(&self, actor: &Actor) -> Result<Shown, Fault> {
        DEVICES.shown(&self.column, self.sort.as_deref(), actor.role.is_customer())
    }
}

/// Turns the filters of an address into those of the query; what names nothing finds nothing.
pub(super) fn filter(
    c: &mut Conn,
    actor: &Actor,
    narrowing: &Narrowing,
    shown: &Shown,
) -> Result<DeviceFilter, Fault> {
    let customer_id = match given(narrowing.customer.as_ref()) {
        Some(code) => Some(customer_sought(c, actor, &code)?),
        None => None,
    };
    let status = match given(narrowing.status.as_ref()) {
        Some(word) => Some(DeviceStatus::from_word(&word).ok_or_else(Fault::not_found)?),
        None => None,
    };
    let role = match given(narrowing.role.as_ref()) {
        Some(word) => Some(DeviceRole::from_word(&word).ok_or_else(Fault::not_found)?),
        None => None,
    };
    let warranty_before = given(narrowing.warranty_before.as_ref());
    if warranty_before.as_deref().is_some_and(|day| !is_day(day)) {
        return Err(Fault::field("warranty_before", Message::new("fault-date")));
    }
    Ok(DeviceFilter {
        query: narrowing.query().text().to_owned(),
        customer_id,
        status,
        role,
        site_id: narrowing.site.map(SiteId::new),
        room_id: narrowing.room.map(RoomId::new),
        rack_id: narrowing.rack.map(RackId::new),
        device_type_id: narrowing.device_type.map(DeviceTypeId::new),
        warranty_before,
        sort: DeviceSort::from_word(shown.sort).unwrap_or_default(),
        is_descending: shown.is_descending,
        ..DeviceFilter::default()
    })
}

/// What the page of the list needs beside its rows.
struct Around {
    customers: Vec<Value>,
    rooms: Vec<Value>,
    sites: Vec<Value>,
    views: Vec<SavedView>,
}

impl Around {
    fn of(c: &mut Conn, actor: &Actor) -> Result<Self, Fault> {
        let customers = customer_choices(c, actor)?;
        let (rooms, sites) = match actor.may(Permission::ViewFacility) {
            true => place_choices(c, actor)?,
            false => (Vec::new(), Vec::new()),
        };
        Ok(Self {
            customers: customers
                .iter()
                .map(|(_, code, name)| json!({"value": code, "label": name}))
                .collect(),
            rooms,
            sites,
            views: view_list(c, actor, ViewedList::Devices)?,
        })
    }
}

#[get("/devices?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, asked, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let (page, around, shown) = web
        .store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let shown = narrow.shown(&actor)?;
            let filter = filter(c, &actor, &narrow, &shown)?;
            let page = device_list(c, &actor, &filter, &asked)?;
            Ok((page, Around::of(c, &actor)?, shown))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = page.rows.iter().map(|row| row_value(row, &shown)).collect();
    let rack = page
        .rows
        .first()
        .and_then(|row| row.place.as_ref())
        .map(|place| place.rack.clone());
    let model = page.rows.first().map(|row| row.device_type.model.clone());
    let id = |id: Option<i64>| id.map(|id| id.to_string());
    let word = |kind: &str, word: &str| web.words.text(locale, &format!("device-{kind}-{word}"));
    let before = |day: &str| {
        let message = Message::new("devices-warranty-before-day").with("day", day);
        web.words.say(locale, &message)
    };
    let list = ListView::new(
        web,
        locale,
        "/devices",
        &query,
        if signed.actor.role.is_customer() {
            ("servers-empty", "servers-empty-text")
        } else {
            ("devices-empty", "devices-empty-text")
        },
    )
    .filter("customer", narrowing.customer, str::to_owned)
    .filter("status", narrowing.status, |status| word("status", status))
    .filter("role", narrowing.role, |role| word("role", role))
    .filter("site", id(narrowing.site), |id| label_in(&around.sites, id))
    .filter("room", id(narrowing.room), |id| label_in(&around.rooms, id))
    .filter("rack", id(narrowing.rack), |id| {
        rack.unwrap_or_else(|| id.to_owned())
    })
    .filter("device_type", id(narrowing.device_type), |id| {
        model.unwrap_or_else(|| id.to_owned())
    })
    .filter("warranty_before", narrowing.warranty_before, before)
    .csv()
    .shown(&shown)
    .views(&DEVICES, signed.actor.user_id, around.views)
    .action(
        signed.actor.may(Permission::EditDevices),
        "devices-new",
        "/devices/new",
    )
    .finish(&page, rows);
    let choice = |kind: &str, value: &str| json!({"value": value, "label": word(kind, value)});
    let title = web.words.text(
        locale,
        if signed.actor.role.is_customer() {
            "servers-title"
        } else {
            "devices-title"
        },
    );
    let statuses = DeviceStatus::ALL.iter();
    let roles = DeviceRole::ALL.iter();
    View::new(
        web,
        &signed.reader,
        "devices/list.html",
        &title,
        area(&signed.actor),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with(
        "statuses",
        statuses
            .map(|status| choice("status", status.as_str()))
            .collect::<Vec<_>>(),
    )
    .with(
        "roles",
        roles
            .map(|role| choice("role", role.as_str()))
            .collect::<Vec<_>>(),
    )
    .with("customers", around.customers)
    .with("houses", around.sites)
    .with("rooms", around.rooms)
    .with("may_see_types", !signed.actor.role.is_customer())
    .with("may_edit", signed.actor.may(Permission::EditDevices))
    .with("bulk_most", MOST_CHANGED)
    .answer()
}

fn row_value(row: &DeviceRow, shown: &Shown) -> Value {
    json!({
        "id": row.device.id,
        "name": row.device.name,
        "status": row.device.status,
        "locked": row.device.lock_reason.is_some(),
        "role": row.role(),
        "position": row.position(),
        "cells": shown.cells(|key| device_cell(row, key)),
    })
}

#[get("/devices.csv?<narrowing..>")]
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
                let part = device_list(c, &actor, &filter, page)?;
                let rows = part.rows.iter();
                lines.extend(rows.map(|row| shown.line(|key| device_cell(row, key))));
                Ok(part.next)
            })?;
            Ok((shown.keys(), lines))
        })
        .await
        .and_then(|(keys, lines)| csv_answer("devices", &keys, &lines))
        .map_err(|fault| signed.failure(fault))
}

/// What other areas show on a device's page beside power, which has a reader of its own; each has a template of its own, `devices/_power.html` and so on,
/// and gets its part under its name. A part that is null draws nothing.
struct Parts {
    inside: Value,
    machine: Value,
    events: OpenEvents,
    network: Value,
    pdu: Value,
    redundancy: Value,
    addresses: Value,
    visits: Value,
    holds: Value,
    attachments: Value,
    history: Value,
}

fn parts(web: &Web, c: &mut Conn, actor: &Actor, row: &DeviceRow) -> Result<Parts, Fault> {
    Ok(Parts {
        inside: super::inside::inside_section(c, actor, row)?,
        machine: super::machine::machine_section(web, c, actor, row.device.id)?,
        events: OpenEvents::of(c, actor, row.device.id)?,
        network: super::ports::network_section(c, actor, row.device.id)?,
        pdu: super::outlets::pdu_section(c, actor, row.device.id)?,
        redundancy: super::redundancy::redundancy_section(c, actor, row)?,
        addresses: super::addresses::device_section(c, actor, row.device.id)?,
        visits: super::visits::device_visits(web, c, actor, row.device.id)?,
        holds: super::holds::hold_section(
            c,
            actor,
            HoldSubject::Device(row.device.id),
            (row.device.name.as_str(), row.device.customer_id),
        )?,
        attachments: super::attachments::attachment_section(
            c,
            actor,
            Subject::Device(row.device.id),
            row.device.archived_at.is_none(),
        )?,
        history: history(web, c, actor, row)?,
    })
}

/// What happened to the record, newest first, with the way back where there is one.
fn history(web: &Web, c: &mut Conn, actor: &Actor, row: &DeviceRow) -> Result<Value, Fault> {
    let entries = entries_of(c, actor, "device", row.device.id.get())?;
    let newest = entries.as_ref().and_then(|entries| entries.first());
    let undo = newest
        .filter(|newest| may_take_back(actor, row, newest))
        .map(|_| format!("/devices/{}/take-back", row.device.id));
    let locale = actor.locale;
    Ok(history_value(
        web,
        locale,
        entries.as_deref(),
        undo.as_deref(),
    ))
}

/// Whether the newest entry is a change that can be taken back, as far as the record tells.
fn may_take_back(actor: &Actor, row: &DeviceRow, newest: &audit::Entry) -> bool {
    actor.may(Permission::EditDevices)
        && row.device.archived_at.is_none()
        && undo_of(&newest.action, &newest.detail, &device_fields(row)).is_ok()
}

#[get("/devices/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let (actor, face) = (signed.actor.clone(), web.inner().clone());
    let (row, parts) = web
        .store
        .read(move |c| {
            let row = device_by_id(c, &actor, DeviceId::new(id))?;
            let parts = parts(&face, c, &actor, &row)?;
            Ok((row, parts))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let power = super::power::section(web, &signed, row.device.id).await?;
    let locale = signed.reader.locale;
    let is_customer = signed.actor.role.is_customer();
    let title = web.words.text(
        locale,
        if is_customer {
            "servers-title"
        } else {
            "devices-title"
        },
    );
    let device = &row.device;
    let shown = json!({
        "id": device.id,
        "name": device.name,
        "label": device.label,
        "serial": device.serial,
        "asset_tag": device.asset_tag,
        "status": device.status,
        "cpu": device.cpu,
        "memory_gib": device.memory_mib.map(|memory| memory.get() / 1024),
        "disks": device.disks,
        "nics": device.nics,
        "warranty_until": device.warranty_until,
        "purchased_on": device.purchased_on,
        "protected": device.protected,
        "lock_reason": device.lock_reason,
        "locked_at": device.locked_at,
        "note": if is_customer { "" } else { device.note.as_str() },
        "archived_at": device.archived_at,
        "version": device.version,
    });
    View::new(
        web,
        &signed.reader,
        "devices/show.html",
        &device.name,
        area(&signed.actor),
    )
    .crumbs(&[(&title, "/devices")])
    .flash(said.as_ref())
    .with("device", shown)
    .with(
        "device_type",
        json!({
            "id": row.device_type.id,
            "manufacturer": row.device_type.manufacturer,
            "model": row.device_type.model,
            "role": row.role(),
            "height_units": row.device_type.height_half_units.to_units_text(),
            "watts": row.device_type.watts,
        }),
    )
    .with("customer", &row.customer)
    .with("place", &row.place)
    .with("position", row.position())
    .with("rack_href", rack_href(&signed.actor, &row))
    .with("power", power)
    .with("inside", parts.inside)
    .with("machine", parts.machine)
    .with("events", parts.events.context(web, locale))
    .with("network", parts.network)
    .with("pdu", parts.pdu)
    .with("redundancy", parts.redundancy)
    .with("addresses", parts.addresses)
    .with("visits", parts.visits)
    .with("holds", parts.holds)
    .with("attachments", parts.attachments)
    .with("history", parts.history)
    .with("is_customer", is_customer)
    .with("may_edit", signed.actor.may(Permission::EditDevices))
    .with(
        "may_see_customers",
        signed.actor.may(Permission::ViewCustomers),
    )
    .answer()
}

fn rack_href(actor: &Actor, row: &DeviceRow) -> Option<String> {
    let rack = row.place.as_ref()?.rack_id;
    // Pages of racks are for staff; a customer sees the drawing, with nothing of others in it.
    if actor.may(Permission::ViewFacility) {
        Some(format!("/racks/{rack}"))
    } else {
        Some(format!("/racks/{rack}/elevation.svg"))
    }
}
