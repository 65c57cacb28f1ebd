//! Forms for the ports of a device.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::devices::area;
use super::saving::{Archive, changed, form_status, saved};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, DevicePortId};
use crate::identity::Permission;
use crate::inventory::{
    DevicePort, DeviceRow, PortDraft, PortKind, device_by_id, device_port_archive,
    device_port_by_id, device_port_create, device_port_update, device_ports_from_type, port_fields,
};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![new, add, edit, update, archive_dialog, archive, from_type]
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

async fn port(web: &Web, signed: &Signed, id: i64) -> Result<(DevicePort, DeviceRow), Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditDevices)?;
            device_port_by_id(c, &actor, DevicePortId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn form_view(
    web: &Web,
    signed: &Signed,
    row: &DeviceRow,
    there: Option<&DevicePort>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let device = &row.device;
    let (title, action) = match there {
        None => (
            Message::new("parts-port-add-title").with("name", device.name.as_str()),
            format!("/devices/{}/ports/new", device.id),
        ),
        Some(port) => (
            Message::new("facility-edit").with("name", port.name.as_str()),
            format!("/device-ports/{}/edit", port.id),
        ),
    };
    let title = web.words.say(locale, &title);
    let kinds: Vec<Value> = PortKind::ALL
        .iter()
        .map(|kind| json!({"value": kind, "label": web.words.text(locale, &format!("parts-port-{kind}"))}))
        .collect();
    let crumb = format!("/devices/{}", device.id);
    View::new(
        web,
        &signed.reader,
        "devices/port.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[
        (&web.words.text(locale, "devices-title"), "/devices"),
        (&device.name, &crumb),
    ])
    .with("kinds", kinds)
    .with(
        "archive_href",
        there.map(|port| format!("/device-ports/{}/archive", port.id)),
    )
    .with("cancel_href", format!("{crumb}#inside"))
    .with("form", form_context(web, locale, &action, fields, fault))
    .status(form_status(fault))
    .answer()
}

#[get("/devices/<id>/ports/new")]
async fn new(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let row = device(web, &signed, id).await?;
    let fields: Fields = [("kind", "interface")].into_iter().collect();
    form_view(web, &signed, &row, None, &fields, None)
}

#[post("/devices/<id>/ports/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let row = device(web, &signed, id).await?;
    let outcome = match PortDraft::parse(&form.fields) {
        Ok(draft) => {
            let (actor, device) = (signed.actor.clone(), row.device.id);
            web.store
                .write("device.port_create", move |c| {
                    device_port_create(c, &actor, device, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|_| format!("/devices/{id}#inside"));
    saved(web, &signed, outcome, |fault| {
        form_view(web, &signed, &row, None, &form.fields, Some(fault))
    })
}

#[get("/device-ports/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (there, row) = port(web, &signed, id).await?;
    let mut fields = port_fields(&PortDraft::from(&there));
    fields.set("version", there.version.to_string());
    form_view(web, &signed, &row, Some(&there), &fields, None)
}

#[post("/device-ports/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (there, row) = port(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "device.port_update",
        PortDraft::parse,
        move |c, actor, version, draft| device_port_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/devices/{}#inside", row.device.id));
    saved(web, &signed, outcome, |fault| {
        form_view(web, &signed, &row, Some(&there), &form.fields, Some(fault))
    })
}

fn archive_of<'a>(there: &'a DevicePort, row: &DeviceRow) -> Archive<'a> {
    Archive {
        name: &there.name,
        action: format!("/device-ports/{}/archive", there.id),
        back: format!("/devices/{}#inside", row.device.id),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "parts-port-archive-consequence",
        section: "devices",
    }
}

#[get("/device-ports/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (there, row) = port(web, &signed, id).await?;
    archive_of(&there, &row).view(web, &signed, None)
}

#[post("/device-ports/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (there, row) = port(web, &signed, id).await?;
    let id = there.id;
    archive_of(&there, &row)
        .post(
            web,
            &signed,
            &form,
            "device.port_archive",
            move |c, actor, version, archive| device_port_archive(c, actor, id, version, archive),
        )
        .await
}

/// Adds the ports of the type that the device lacks.
#[post("/devices/<id>/ports/from-type", data = "<_form>")]
async fn from_type(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    _form: Posted,
) -> Result<Answer, Failure> {
    let row = device(web, &signed, id).await?;
    let (actor, device) = (signed.actor.clone(), row.device.id);
    let added = web
        .store
        .write("device.ports_from_type", move |c| {
            device_ports_from_type(c, &actor, device)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let said = Message::new("parts-from-type-done").with("count", added);
    let href = format!("/devices/{id}#inside");
    Ok(done(web, signed.reader.locale, href, &said))
}
