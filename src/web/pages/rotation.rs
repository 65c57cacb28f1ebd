//! A new password for the BMC of a device: asking for it, its steps, and what a person decides when it is unclear.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::saving::form_status;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::identity::Permission;
use crate::power::ops::{
    Settling, endpoint_of_device, machine, rotation_of_device, rotation_request, rotation_settle,
};
use crate::power::rotation::RotationDraft;
use crate::power::{BmcEndpoint, Machine, ROTATION_TASK, Rotation, RotationState, RotationStep};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![show, request, settle]
}

struct There {
    machine: Machine,
    bmc: BmcEndpoint,
    last: Option<(Rotation, Vec<RotationStep>)>,
}

async fn there(web: &Web, signed: &Signed, device: i64) -> Result<There, Failure> {
    let (actor, device) = (signed.actor.clone(), DeviceId::new(device));
    web.store
        .read(move |c| {
            actor.require(Permission::EditBmc)?;
            let machine = machine(c, &actor, device)?;
            let bmc = endpoint_of_device(c, &actor, device)?.ok_or_else(Fault::not_found)?;
            let last = rotation_of_device(c, &actor, device)?;
            Ok(There { machine, bmc, last })
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

const fn kind(state: RotationState) -> &'static str {
    match state {
        RotationState::Queued | RotationState::Sending | RotationState::Testing => "working",
        RotationState::Done => "ok",
        RotationState::Failed => "fault",
        RotationState::Unclear => "warning",
    }
}

fn rotation_value(
    web: &Web,
    signed: &Signed,
    (rotation, steps): &(Rotation, Vec<RotationStep>),
) -> Value {
    let locale = signed.reader.locale;
    let word = Message::new("rotation-state").with("state", rotation.state.as_str());
    let steps = steps.iter().map(|step| {
        let words = step.words();
        let text = words.and_then(|kept| web.words.say_kept(locale, &kept));
        json!({"at": step.at, "text": text.unwrap_or_default()})
    });
    json!({
        "state": rotation.state,
        "kind": kind(rotation.state),
        "word": web.words.say(locale, &word),
        "requested_by": rotation.requested_by_name,
        "requested_at": rotation.requested_at,
        "is_going": kind(rotation.state) == "working",
        "is_unclear": rotation.state == RotationState::Unclear,
        "steps": steps.collect::<Vec<_>>(),
    })
}

fn page(
    web: &Web,
    signed: &Signed,
    said: Option<&Said<'_>>,
    there: &There,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let name = there.machine.name.as_str();
    let title = web.words.say(
        locale,
        &Message::new("rotation-title").with("machine", name),
    );
    let back = format!("/devices/{}", there.machine.id);
    let action = format!("{back}/bmc/password");
    let is_live = there
        .last
        .as_ref()
        .is_some_and(|(last, _)| RotationState::LIVE.contains(&last.state));
    let view = View::new(
        web,
        &signed.reader,
        "power/rotation.html",
        &title,
        "devices",
    )
    .crumbs(&[(name, &back)]);
    let view = match said {
        Some(said) => view.flash(said.as_ref()),
        None => view,
    };
    let last = there.last.as_ref();
    view.with("form", form_context(web, locale, &action, fields, fault))
        .with("cancel_href", &back)
        .with("settle_href", format!("{action}/settle"))
        .with("bmc_href", format!("{back}/bmc"))
        .with("username", &there.bmc.username)
        .with("is_live", is_live)
        .with("is_stopped", there.bmc.credential_fault.is_some())
        .with(
            "rotation",
            last.map(|last| rotation_value(web, signed, last)),
        )
        .status(match fault {
            Some(fault) if fault.fields.is_empty() => Status::Conflict,
            fault => form_status(fault),
        })
        .answer()
}

#[get("/devices/<id>/bmc/password")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    page(web, &signed, Some(&said), &there, &Fields::new(), None)
}

#[post("/devices/<id>/bmc/password", data = "<form>")]
async fn request(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let outcome = match RotationDraft::parse(&form.fields, there.bmc.protocol) {
        Ok(draft) => {
            let (actor, keyring) = (signed.actor.clone(), web.keyring.clone());
            web.store
                .write("rotation.request", move |c| {
                    rotation_request(c, &actor, &keyring, DeviceId::new(id), &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(_) => {
            web.store.wakeups().wake(ROTATION_TASK);
            Ok(done(
                web,
                signed.reader.locale,
                format!("/devices/{id}/bmc/password"),
                &Message::new("rotation-flash-asked"),
            ))
        }
        // A form drawn again never carries a password back.
        Err(fault) if belongs_in_form(&fault) => {
            page(web, &signed, None, &there, &Fields::new(), Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[post("/devices/<id>/bmc/password/settle", data = "<form>")]
async fn settle(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let how = match form.fields.get("do") {
        "test" => Settling::Test,
        "new" => Settling::New,
        _ => Settling::Old,
    };
    let (actor, keyring) = (signed.actor.clone(), web.keyring.clone());
    let outcome = web
        .store
        .write("rotation.settle", move |c| {
            rotation_settle(c, &actor, &keyring, DeviceId::new(id), how)
        })
        .await;
    match outcome {
        Ok(()) => {
            web.store.wakeups().wake(ROTATION_TASK);
            Ok(done(
                web,
                signed.reader.locale,
                format!("/devices/{id}/bmc/password"),
                &Message::new("flash-saved"),
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            page(web, &signed, None, &there, &Fields::new(), Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
