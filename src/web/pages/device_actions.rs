//! Locking a device against power actions, and archiving it.

use rocket::{Route, State, get, post, routes};
use serde_json::json;

use super::devices::area;
use super::saving::{Archive, changed, form_status, saved};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::identity::Permission;
use crate::inventory::{
    DeviceRow, LockDraft, device_archive, device_by_id, device_lock, device_unlock,
};
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![lock_dialog, lock, unlock, archive_dialog, archive]
}

async fn device(web: &Web, signed: &Signed, id: i64) -> Result<DeviceRow, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditDevices)?;
            device_by_id(c, &actor, DeviceId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn lock_view(
    web: &Web,
    signed: &Signed,
    there: &DeviceRow,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |message: Message| web.words.say(locale, &message);
    let name = there.device.name.as_str();
    let title = words(Message::new("devices-lock-title").with("name", name));
    let action = format!("/devices/{}/lock", there.device.id);
    View::new(
        web,
        &signed.reader,
        "devices/lock.html",
        &title,
        area(&signed.actor),
    )
    .with(
        "device",
        json!({"name": there.device.name, "label": there.device.label}),
    )
    .with("position", there.position())
    .with("form", form_context(web, locale, &action, fields, fault))
    .with(
        "dialog",
        json!({
            "submit": words(Message::new("devices-lock-submit").with("name", name)),
            "danger": false,
            "cancel_href": format!("/devices/{}", there.device.id),
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(form_status(fault))
    .answer()
}

#[get("/devices/<id>/lock")]
async fn lock_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    let fields: Fields = [("version", there.device.version.to_string())]
        .into_iter()
        .collect();
    lock_view(web, &signed, &there, &fields, None)
}

#[post("/devices/<id>/lock", data = "<form>")]
async fn lock(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    let id = there.device.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "device.lock",
        LockDraft::parse,
        move |c, actor, version, draft| device_lock(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/devices/{id}"));
    saved(web, &signed, outcome, |fault| {
        lock_view(web, &signed, &there, &form.fields, Some(fault))
    })
}

#[post("/devices/<id>/unlock", data = "<form>")]
async fn unlock(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    let version = version(&form.fields).map_err(|fault| signed.failure(fault))?;
    let (actor, device_id) = (signed.actor.clone(), there.device.id);
    let outcome = web
        .store
        .write("device.unlock", move |c| {
            device_unlock(c, &actor, device_id, version)
        })
        .await
        .map(|()| format!("/devices/{id}"));
    saved(web, &signed, outcome, |fault| {
        Err(signed.failure(fault.clone()))
    })
}

fn archive_of(there: &DeviceRow) -> Archive<'_> {
    Archive {
        name: &there.device.name,
        action: format!("/devices/{}/archive", there.device.id),
        back: format!("/devices/{}", there.device.id),
        version: there.device.version,
        archived: there.device.archived_at.is_some(),
        consequence: "devices-archive-consequence",
        section: "devices",
    }
}

#[get("/devices/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/devices/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    let id = there.device.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "device.archive",
            move |c, actor, version, archive| device_archive(c, actor, id, version, archive),
        )
        .await
}
