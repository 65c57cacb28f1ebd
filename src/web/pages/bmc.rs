//! The BMC of a device: recorded, changed, forgotten.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::json;

use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::identity::Permission;
use crate::power::ops::{
    endpoint_create, endpoint_of_device, endpoint_remove, endpoint_update, machine,
};
use crate::power::{BMC_TASK, BmcDraft, BmcEndpoint, Machine};
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![edit, save, remove_dialog, remove]
}

async fn there(
    web: &Web,
    signed: &Signed,
    device: i64,
) -> Result<(Machine, Option<BmcEndpoint>), Failure> {
    let (actor, device) = (signed.actor.clone(), DeviceId::new(device));
    web.store
        .read(move |c| {
            actor.require(Permission::EditBmc)?;
            Ok((
                machine(c, &actor, device)?,
                endpoint_of_device(c, &actor, device)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn form_view(
    web: &Web,
    signed: &Signed,
    (machine, bmc): &(Machine, Option<BmcEndpoint>),
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let key = if bmc.is_some() {
        "power-bmc-edit"
    } else {
        "power-bmc-new"
    };
    let title = web.words.say(
        locale,
        &Message::new(key).with("machine", machine.name.as_str()),
    );
    let back = format!("/devices/{}", machine.id);
    let action = format!("{back}/bmc");
    View::new(web, &signed.reader, "power/bmc.html", &title, "devices")
        .crumbs(&[(&machine.name, &back)])
        .with("form", form_context(web, locale, &action, fields, fault))
        .with("cancel_href", &back)
        .with("is_new", bmc.is_none())
        .with(
            "has_kg",
            bmc.as_ref().is_some_and(|bmc| bmc.kg_sealed.is_some()),
        )
        .with(
            "credential_stopped",
            bmc.as_ref()
                .is_some_and(|bmc| bmc.credential_fault.is_some()),
        )
        .with(
            "remove_href",
            bmc.as_ref().map(|_| format!("{action}/remove")),
        )
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

#[get("/devices/<id>/bmc")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let fields: Fields = match &there.1 {
        None => [("port", "623".to_owned())].into_iter().collect(),
        Some(bmc) => [
            ("address", bmc.address.clone()),
            ("port", bmc.port.to_string()),
            ("username", bmc.username.clone()),
            (
                "expected_guid",
                bmc.expected_guid.clone().unwrap_or_default(),
            ),
            ("version", bmc.version.to_string()),
        ]
        .into_iter()
        .collect(),
    };
    form_view(web, &signed, &there, &fields, None)
}

#[post("/devices/<id>/bmc", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let outcome = match BmcDraft::parse(&form.fields) {
        Ok(draft) => keep(web, &signed, &there, &form.fields, draft).await,
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(()) => {
            web.store.wakeups().wake(BMC_TASK);
            Ok(done(
                web,
                signed.reader.locale,
                format!("/devices/{id}"),
                &Message::new("flash-saved"),
            ))
        }
        Err(fault) if belongs_in_form(&fault) => form_view(
            web,
            &signed,
            &there,
            &without_secrets(&form.fields),
            Some(&fault),
        ),
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// A form drawn again never carries a password back.
fn without_secrets(fields: &Fields) -> Fields {
    fields
        .iter()
        .filter(|(name, _)| !matches!(*name, "password" | "kg"))
        .collect()
}

async fn keep(
    web: &Web,
    signed: &Signed,
    (machine, bmc): &(Machine, Option<BmcEndpoint>),
    fields: &Fields,
    draft: BmcDraft,
) -> Result<(), Fault> {
    let (actor, keyring, device) = (signed.actor.clone(), web.keyring.clone(), machine.id);
    if bmc.is_none() {
        return web
            .store
            .write("bmc.create", move |c| {
                endpoint_create(c, &actor, &keyring, device, &draft).map(|_| ())
            })
            .await;
    }
    let version = version(fields)?;
    web.store
        .write("bmc.update", move |c| {
            endpoint_update(c, &actor, &keyring, device, version, &draft)
        })
        .await
}

fn remove_view(
    web: &Web,
    signed: &Signed,
    machine: &Machine,
    bmc: &BmcEndpoint,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = web.words.say(
        locale,
        &Message::new("power-bmc-remove-title").with("machine", machine.name.as_str()),
    );
    let back = format!("/devices/{}", machine.id);
    let fields: Fields = [("version", bmc.version.to_string())].into_iter().collect();
    View::new(
        web,
        &signed.reader,
        "power/bmc_remove.html",
        &title,
        "devices",
    )
    .crumbs(&[(&machine.name, &back)])
    .with("machine", machine)
    .with("position", machine.position())
    .with("address", &bmc.address)
    .with(
        "form",
        form_context(web, locale, &format!("{back}/bmc/remove"), &fields, fault),
    )
    .with(
        "dialog",
        json!({
            "submit": title,
            "danger": true,
            "cancel_href": format!("{back}/bmc"),
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(if fault.is_some() {
        Status::Conflict
    } else {
        Status::Ok
    })
    .answer()
}

async fn to_remove(web: &Web, signed: &Signed, id: i64) -> Result<(Machine, BmcEndpoint), Failure> {
    match there(web, signed, id).await? {
        (machine, Some(bmc)) => Ok((machine, bmc)),
        (_, None) => Err(signed.failure(Fault::not_found())),
    }
}

#[get("/devices/<id>/bmc/remove")]
async fn remove_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (machine, bmc) = to_remove(web, &signed, id).await?;
    remove_view(web, &signed, &machine, &bmc, None)
}

#[post("/devices/<id>/bmc/remove", data = "<form>")]
async fn remove(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (machine, bmc) = to_remove(web, &signed, id).await?;
    let version = version(&form.fields).map_err(|fault| signed.failure(fault))?;
    let (actor, device) = (signed.actor.clone(), machine.id);
    let outcome = web
        .store
        .write("bmc.remove", move |c| {
            endpoint_remove(c, &actor, device, version)
        })
        .await;
    match outcome {
        Ok(()) => Ok(done(
            web,
            signed.reader.locale,
            format!("/devices/{id}"),
            &Message::new("power-flash-bmc-removed").with("machine", machine.name),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            remove_view(web, &signed, &machine, &bmc, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
