//! The BMC of a device: recorded, changed, forgotten.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::identity::Permission;
use crate::power::ops::{
    certificate_trust, endpoint_of_device, endpoint_remove, endpoint_save, machine,
};
use crate::power::{
    BMC_TASK, BmcDraft, BmcEndpoint, BmcPrivilege, Machine, Protocol, Trust, UserLookup,
};
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        edit,
        save,
        certificate_dialog,
        certificate,
        remove_dialog,
        remove
    ]
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
        .with("protocols", protocols(web, signed, &action, fields))
        .with("choices", choices(web, signed))
        .with("is_redfish", protocol_of(fields) == Protocol::Redfish)
        .with(
            "certificate",
            bmc.as_ref().and_then(|bmc| bmc.certificate_sha256.as_ref()),
        )
        .with(
            "certificate_refused",
            bmc.as_ref()
                .and_then(|bmc| bmc.certificate_refused.as_ref()),
        )
        .with("certificate_href", format!("{action}/certificate"))
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

/// The protocol that a form is for.
fn protocol_of(fields: &Fields) -> Protocol {
    Protocol::from_word(fields.get("protocol")).unwrap_or(Protocol::Ipmi)
}

/// The protocols as tabs: the form shows what fits the chosen one.
fn protocols(web: &Web, signed: &Signed, action: &str, fields: &Fields) -> Vec<Value> {
    let chosen = protocol_of(fields);
    let tab = |protocol: &Protocol| {
        let label = match protocol {
            Protocol::Ipmi => "power-bmc-ipmi",
            Protocol::Redfish => "power-bmc-redfish",
        };
        json!({
            "label": web.words.say(signed.reader.locale, &Message::new(label)),
            "href": format!("{action}?protocol={protocol}"),
            "current": *protocol == chosen,
            "count": null,
        })
    };
    Protocol::ALL.iter().map(tab).collect()
}

/// What the fields of a few words offer.
fn choices(web: &Web, signed: &Signed) -> Value {
    let offer = |choices: &[(&str, &'static str)]| -> Vec<Value> {
        let say = |key| web.words.say(signed.reader.locale, &Message::new(key));
        let one = |(value, key): &(&str, &'static str)| json!({"value": value, "label": say(key)});
        choices.iter().map(one).collect()
    };
    json!({
        "trust": offer(&[("pin", "power-bmc-trust-pin"), ("authority", "power-bmc-trust-authority")]),
        "privilege": offer(&[
            ("user", "power-bmc-privilege-user"),
            ("operator", "power-bmc-privilege-operator"),
            ("administrator", "power-bmc-privilege-administrator"),
        ]),
        "lookup": offer(&[
            ("name", "power-bmc-lookup-name"),
            ("name_privilege", "power-bmc-lookup-name-privilege"),
        ]),
        "suites": offer(&[
            ("", "power-bmc-suites-usual"),
            ("17,3", "power-bmc-suites-17-3"),
            ("3,17", "power-bmc-suites-3-17"),
            ("17", "power-bmc-suites-17"),
            ("3", "power-bmc-suites-3"),
            ("17,3,8", "power-bmc-suites-17-3-8"),
            ("17,3,8,12", "power-bmc-suites-17-3-8-12"),
            ("8", "power-bmc-suites-8"),
            ("12", "power-bmc-suites-12"),
        ]),
    })
}

#[get("/devices/<id>/bmc?<protocol>")]
async fn edit(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    protocol: Option<&str>,
) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let recorded = there.1.as_ref().map(|bmc| bmc.protocol);
    let chosen = protocol.and_then(Protocol::from_word).or(recorded);
    let chosen = chosen.unwrap_or(Protocol::Ipmi);
    let usual_port = chosen.usual_port().to_string();
    let mut fields: Fields = match &there.1 {
        None => [
            ("port", usual_port.clone()),
            ("trust", Trust::Pin.to_string()),
            ("privilege", BmcPrivilege::Operator.to_string()),
            ("lookup", UserLookup::Name.to_string()),
        ]
        .into_iter()
        .collect(),
        Some(bmc) => [
            ("address", bmc.address.clone()),
            ("trust", bmc.trust.to_string()),
            ("privilege", bmc.privilege.to_string()),
            ("lookup", bmc.lookup.to_string()),
            ("suites", bmc.suites.clone()),
            ("allow_v15", bmc.allow_v15.to_string()),
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
    if recorded.is_some_and(|recorded| recorded != chosen) {
        fields.set("port", usual_port);
    }
    fields.set("protocol", chosen.as_str());
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
    // A form of a BMC that was removed meanwhile makes no new one.
    if bmc.is_none() && !fields.get("version").is_empty() {
        return Err(Fault::stale());
    }
    let version = bmc.as_ref().map(|_| version(fields)).transpose()?;
    web.store
        .write("bmc.save", move |c| {
            endpoint_save(c, &actor, &keyring, device, version, &draft)
        })
        .await
}

fn certificate_view(
    web: &Web,
    signed: &Signed,
    machine: &Machine,
    bmc: &BmcEndpoint,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let Some(refused) = &bmc.certificate_refused else {
        return Err(signed.failure(Fault::not_found()));
    };
    let locale = signed.reader.locale;
    let title = Message::new("power-bmc-certificate-title").with("machine", machine.name.as_str());
    let title = web.words.say(locale, &title);
    let back = format!("/devices/{}", machine.id);
    let action = format!("{back}/bmc/certificate");
    let fields: Fields = [("shown", refused.clone())].into_iter().collect();
    View::new(
        web,
        &signed.reader,
        "power/bmc_certificate.html",
        &title,
        "devices",
    )
    .crumbs(&[(&machine.name, &back)])
    .with("machine", machine)
    .with("position", machine.position())
    .with("address", format!("{}:{}", bmc.address, bmc.port))
    .with("certificate", &bmc.certificate_sha256)
    .with("certificate_shown", refused)
    .with("form", form_context(web, locale, &action, &fields, fault))
    .with(
        "dialog",
        json!({
            "submit": web.words.say(locale, &Message::new("power-bmc-certificate-submit")),
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

#[get("/devices/<id>/bmc/certificate")]
async fn certificate_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (machine, bmc) = recorded(web, &signed, id).await?;
    certificate_view(web, &signed, &machine, &bmc, None)
}

#[post("/devices/<id>/bmc/certificate", data = "<form>")]
async fn certificate(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (machine, bmc) = recorded(web, &signed, id).await?;
    let (actor, device) = (signed.actor.clone(), machine.id);
    let shown = form.fields.get("shown").to_owned();
    let outcome = web
        .store
        .write("bmc.certificate", move |c| {
            certificate_trust(c, &actor, device, &shown)
        })
        .await;
    match outcome {
        Ok(()) => {
            web.store.wakeups().wake(BMC_TASK);
            Ok(done(
                web,
                signed.reader.locale,
                format!("/devices/{id}/bmc"),
                &Message::new("power-flash-certificate"),
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            certificate_view(web, &signed, &machine, &bmc, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
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

async fn recorded(web: &Web, signed: &Signed, id: i64) -> Result<(Machine, BmcEndpoint), Failure> {
    match there(web, signed, id).await? {
        (machine, Some(bmc)) => Ok((machine, bmc)),
        (_, None) => Err(signed.failure(Fault::not_found())),
    }
}

#[get("/devices/<id>/bmc/remove")]
async fn remove_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (machine, bmc) = recorded(web, &signed, id).await?;
    remove_view(web, &signed, &machine, &bmc, None)
}

#[post("/devices/<id>/bmc/remove", data = "<form>")]
async fn remove(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (machine, bmc) = recorded(web, &signed, id).await?;
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
