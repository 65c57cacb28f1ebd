//! Taking the last change of a device back.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::devices::area;
use super::saving::{form_status, settled};
use super::settings::author_words;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::base::ids::{AuditEntryId, DeviceId, DeviceTypeId, RackId};
use crate::facility::rack_by_id;
use crate::identity::Actor;
use crate::inventory::{
    LastChange, device_by_id, device_last_change, device_take_back, device_type_by_id,
};
use crate::store::Conn;
use crate::tenancy::customer_choices;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![dialog, take_back]
}

/// The last change with its fields as people call them.
struct Shown {
    last: LastChange,
    changes: Vec<Value>,
}

async fn shown(web: &Web, signed: &Signed, id: i64) -> Result<Shown, Failure> {
    let (actor, face) = (signed.actor.clone(), web.clone());
    web.store
        .read(move |c| {
            let last = device_last_change(c, &actor, DeviceId::new(id))?;
            let mut changes = Vec::with_capacity(last.fields.len());
            for (name, before, after) in &last.fields {
                changes.push(json!({
                    "label": label(&face, &actor, name),
                    "before": called(&face, c, &actor, name, before)?,
                    "after": called(&face, c, &actor, name, after)?,
                }));
            }
            Ok(Shown { last, changes })
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn label(web: &Web, actor: &Actor, name: &str) -> String {
    let text = |key: &str| web.words.text(actor.locale, key);
    match name {
        "customer_id" => text("devices-owner"),
        "device_type_id" => text("devices-type"),
        "rack_id" => text("devices-rack"),
        "chassis_id" => text("devices-chassis"),
        name => text(&format!("device-field-{name}")),
    }
}

/// What a field's text stands for; the text itself where the record it names is gone.
fn called(web: &Web, c: &mut Conn, actor: &Actor, name: &str, text: &str) -> Result<String, Fault> {
    let id = text.parse::<i64>().ok();
    let found = match (name, id) {
        ("customer_id", None) => Ok(web.words.text(actor.locale, "devices-operator")),
        ("customer_id", Some(id)) => customer_choices(c, actor)?
            .into_iter()
            .find(|(known, ..)| known.get() == id)
            .map(|(.., name)| name)
            .ok_or_else(Fault::not_found),
        ("device_type_id", Some(id)) => device_type_by_id(c, actor, DeviceTypeId::new(id))
            .map(|found| format!("{} {}", found.manufacturer, found.model)),
        ("rack_id", Some(id)) => rack_by_id(c, actor, RackId::new(id))
            .map(|row| format!("{} · {}", row.room.name, row.rack.name)),
        ("chassis_id", Some(id)) => {
            device_by_id(c, actor, DeviceId::new(id)).map(|row| row.device.name)
        }
        ("status", None) => Ok(web
            .words
            .text(actor.locale, &format!("device-status-{text}"))),
        _ => Ok(text.to_owned()),
    };
    match found {
        Err(fault) if matches!(fault.kind, FaultKind::NotFound | FaultKind::Forbidden) => {
            Ok(text.to_owned())
        }
        found => found,
    }
}

fn view(
    web: &Web,
    signed: &Signed,
    shown: &Shown,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let device = &shown.last.row.device;
    let title = Message::new("device-undo-title").with("name", device.name.as_str());
    let status = form_status(fault);
    let fault = fault.or(shown.last.refusal.as_ref());
    let action = format!("/devices/{}/take-back", device.id);
    View::new(
        web,
        &signed.reader,
        "devices/take_back.html",
        &web.words.say(locale, &title),
        area(&signed.actor),
    )
    .with(
        "device",
        json!({"name": device.name, "label": device.label}),
    )
    .with("changes", &shown.changes)
    .with("entry", shown.last.entry.id)
    .with("at", shown.last.entry.at)
    .with("author", author_words(web, locale, &shown.last.entry))
    .with("may_go_back", shown.last.refusal.is_none())
    .with("form", form_context(web, locale, &action, fields, fault))
    .with(
        "dialog",
        json!({
            "submit": web.words.text(locale, "device-undo"),
            "danger": false,
            "cancel_href": format!("/devices/{}", device.id),
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(status)
    .answer()
}

#[get("/devices/<id>/take-back")]
async fn dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let shown = shown(web, &signed, id).await?;
    let fields: Fields = [("version", shown.last.row.device.version.to_string())]
        .into_iter()
        .collect();
    view(web, &signed, &shown, &fields, None)
}

fn entry(fields: &Fields) -> Result<AuditEntryId, Fault> {
    let id = fields.get("entry").trim().parse::<i64>();
    id.map(AuditEntryId::new)
        .map_err(|_| Fault::field("entry", Message::new("fault-version")))
}

#[post("/devices/<id>/take-back", data = "<form>")]
async fn take_back(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = shown(web, &signed, id).await?;
    let parsed = entry(&form.fields).and_then(|entry| Ok((entry, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((entry, version)) => {
            let (actor, id) = (signed.actor.clone(), there.last.row.device.id);
            let reason = form.fields.get("reason").to_owned();
            web.store
                .write("device.take_back", move |c| {
                    device_take_back(c, &actor, id, version, entry, &reason)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| format!("/devices/{id}"));
    match settled(web, &signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => view(web, &signed, &there, &form.fields, Some(&fault)),
    }
}
