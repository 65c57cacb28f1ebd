//! Forms for the parts of a device.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::devices::area;
use super::inside::component_value;
use super::saving::{changed, form_status, saved};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceComponentId, DeviceId};
use crate::identity::Permission;
use crate::inventory::{
    ComponentDraft, ComponentKind, DeviceComponent, DeviceRow, RemovalDraft, component_add,
    component_by_id, component_fields, component_remove, component_replace, component_update,
    device_by_id,
};
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        new,
        add,
        edit,
        update,
        replace_form,
        replace,
        remove_dialog,
        remove
    ]
}

/// Today, as the form's help and an empty day have it.
fn today(signed: &Signed) -> String {
    signed.actor.now.to_utc().format("%Y-%m-%d").to_string()
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

async fn component(
    web: &Web,
    signed: &Signed,
    id: i64,
) -> Result<(DeviceComponent, DeviceRow), Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditDevices)?;
            component_by_id(c, &actor, DeviceComponentId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

/// What a form of a part is for.
struct Sheet<'a> {
    title: Message,
    action: String,
    row: &'a DeviceRow,
    /// The part that comes out, for a replacement.
    replaced: Option<&'a DeviceComponent>,
}

impl Sheet<'_> {
    fn view(
        &self,
        web: &Web,
        signed: &Signed,
        fields: &Fields,
        fault: Option<&Fault>,
    ) -> Result<Answer, Failure> {
        let locale = signed.reader.locale;
        let device = &self.row.device;
        let title = web.words.say(locale, &self.title);
        let kinds: Vec<Value> = ComponentKind::ALL
            .iter()
            .map(|kind| json!({"value": kind, "label": web.words.text(locale, &format!("parts-component-{kind}"))}))
            .collect();
        let back = format!("/devices/{}#inside", device.id);
        let crumb = format!("/devices/{}", device.id);
        View::new(
            web,
            &signed.reader,
            "devices/component.html",
            &title,
            area(&signed.actor),
        )
        .crumbs(&[
            (&web.words.text(locale, "devices-title"), "/devices"),
            (&device.name, &crumb),
        ])
        .with("kinds", kinds)
        .with(
            "replaced",
            self.replaced.map(|row| component_value(row, false)),
        )
        .with("cancel_href", back)
        .with(
            "form",
            form_context(web, locale, &self.action, fields, fault),
        )
        .status(form_status(fault))
        .answer()
    }
}

fn adding(row: &DeviceRow) -> Sheet<'_> {
    Sheet {
        title: Message::new("parts-add-title").with("name", row.device.name.as_str()),
        action: format!("/devices/{}/components/new", row.device.id),
        row,
        replaced: None,
    }
}

#[get("/devices/<id>/components/new?<kind>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    kind: Option<&str>,
) -> Result<Answer, Failure> {
    let row = device(web, &signed, id).await?;
    let fields: Fields = [
        ("kind", kind.unwrap_or("disk").to_owned()),
        ("installed_on", today(&signed)),
    ]
    .into_iter()
    .collect();
    adding(&row).view(web, &signed, &fields, None)
}

#[post("/devices/<id>/components/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let row = device(web, &signed, id).await?;
    let outcome = match ComponentDraft::parse(&form.fields) {
        Ok(draft) => {
            let (actor, device) = (signed.actor.clone(), row.device.id);
            web.store
                .write("device.component_add", move |c| {
                    component_add(c, &actor, device, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|_| format!("/devices/{id}#inside"));
    saved(web, &signed, outcome, |fault| {
        adding(&row).view(web, &signed, &form.fields, Some(fault))
    })
}

fn what(component: &DeviceComponent) -> String {
    let serial = component.serial.as_deref().unwrap_or("");
    let words = [component.slot.as_str(), &component.model, serial];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" · ")
}

fn editing<'a>(component: &DeviceComponent, row: &'a DeviceRow) -> Sheet<'a> {
    Sheet {
        title: Message::new("parts-edit-title").with("part", what(component)),
        action: format!("/components/{}/edit", component.id),
        row,
        replaced: None,
    }
}

fn versioned(component: &DeviceComponent) -> Fields {
    let mut fields = component_fields(&ComponentDraft::from(component));
    fields.set("version", component.version.to_string());
    fields
}

#[get("/components/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (there, row) = component(web, &signed, id).await?;
    editing(&there, &row).view(web, &signed, &versioned(&there), None)
}

#[post("/components/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (there, row) = component(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "device.component_update",
        ComponentDraft::parse,
        move |c, actor, version, draft| component_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/devices/{}#inside", row.device.id));
    saved(web, &signed, outcome, |fault| {
        editing(&there, &row).view(web, &signed, &form.fields, Some(fault))
    })
}

fn replacing<'a>(component: &'a DeviceComponent, row: &'a DeviceRow) -> Sheet<'a> {
    Sheet {
        title: Message::new("parts-replace-title").with("part", what(component)),
        action: format!("/components/{}/replace", component.id),
        row,
        replaced: Some(component),
    }
}

#[get("/components/<id>/replace")]
async fn replace_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (there, row) = component(web, &signed, id).await?;
    let mut fields = versioned(&there);
    // The same model as a rule, another piece for sure.
    fields.set("serial", "");
    fields.set("note", "");
    fields.set("installed_on", today(&signed));
    replacing(&there, &row).view(web, &signed, &fields, None)
}

#[post("/components/<id>/replace", data = "<form>")]
async fn replace(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (there, row) = component(web, &signed, id).await?;
    let outcome = match swap(&form.fields, &today(&signed)) {
        Ok((removal, draft, version)) => {
            let (actor, id) = (signed.actor.clone(), there.id);
            web.store
                .write("device.component_replace", move |c| {
                    component_replace(c, &actor, id, version, &removal, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|_| format!("/devices/{}#inside", row.device.id));
    saved(web, &signed, outcome, |fault| {
        replacing(&there, &row).view(web, &signed, &form.fields, Some(fault))
    })
}

/// The old part comes out on the day the new one goes in.
fn swap(fields: &Fields, today: &str) -> Result<(RemovalDraft, ComponentDraft, i64), Fault> {
    let draft = ComponentDraft::parse(fields)?;
    let day = draft.installed_on.as_deref().unwrap_or(today).to_owned();
    let removal = RemovalDraft::parse(fields, &day)?;
    Ok((removal, draft, version(fields)?))
}

fn remove_view(
    web: &Web,
    signed: &Signed,
    (there, row): (&DeviceComponent, &DeviceRow),
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |message: Message| web.words.say(locale, &message);
    let title = words(Message::new("parts-remove-title").with("part", what(there)));
    let action = format!("/components/{}/remove", there.id);
    View::new(
        web,
        &signed.reader,
        "devices/component_remove.html",
        &title,
        area(&signed.actor),
    )
    .with("component", component_value(there, false))
    .with("device", json!({"name": row.device.name}))
    .with("form", form_context(web, locale, &action, fields, fault))
    .with(
        "dialog",
        json!({
            "submit": words(Message::new("parts-remove-submit")),
            "danger": true,
            "cancel_href": format!("/devices/{}#inside", row.device.id),
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(form_status(fault))
    .answer()
}

#[get("/components/<id>/remove")]
async fn remove_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (there, row) = component(web, &signed, id).await?;
    let fields: Fields = [
        ("version", there.version.to_string()),
        ("removed_on", today(&signed)),
    ]
    .into_iter()
    .collect();
    remove_view(web, &signed, (&there, &row), &fields, None)
}

#[post("/components/<id>/remove", data = "<form>")]
async fn remove(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (there, row) = component(web, &signed, id).await?;
    let parsed = RemovalDraft::parse(&form.fields, &today(&signed))
        .and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, id) = (signed.actor.clone(), there.id);
            web.store
                .write("device.component_remove", move |c| {
                    component_remove(c, &actor, id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| format!("/devices/{}#inside", row.device.id));
    saved(web, &signed, outcome, |fault| {
        remove_view(web, &signed, (&there, &row), &form.fields, Some(fault))
    })
}
