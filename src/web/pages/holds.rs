//! Holds on devices and customers: the section on their pages, setting and lifting.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::saving::{form_status, saved};
use crate::access::{
    Hold, HoldDraft, HoldKind, HoldSubject, hold_by_id, hold_lift, hold_set, hold_subject, holds_of,
};
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceId, HoldId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::columns::encoded;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        device_dialog,
        device_hold,
        customer_dialog,
        customer_hold,
        lift_dialog,
        lift
    ]
}

/// The holds on a device or a customer, and the ways to its goods passes, for its page; `name` and `owner` are the device's.
pub(super) fn hold_section(
    c: &mut Conn,
    actor: &Actor,
    subject: HoldSubject,
    (name, owner): (&str, Option<CustomerId>),
) -> Result<Value, Fault> {
    let is_customer = actor.role.is_customer();
    let sees = actor.may(Permission::ViewVisits);
    let rows = if !is_customer && actor.may(Permission::ViewCustomers) {
        holds_of(c, actor, subject)?
    } else {
        Vec::new()
    };
    let sets = actor.may(Permission::SetHolds);
    let (base, id) = match subject {
        HoldSubject::Device(id) => ("devices", id.get()),
        HoldSubject::Customer(id) => ("customers", id.get()),
    };
    let owner = owner.map(|owner| owner.to_string()).unwrap_or_default();
    let asked = encoded(&[
        ("direction", "out"),
        ("device", name),
        ("customer", owner.as_str()),
    ]);
    let list = match subject {
        HoldSubject::Device(id) => format!("/goods?device={id}"),
        HoldSubject::Customer(id) => format!("/goods?customer={id}"),
    };
    Ok(json!({
        "rows": rows.iter().map(|hold| row(hold, sets)).collect::<Vec<_>>(),
        "set_href": sets.then(|| format!("/{base}/{id}/holds/new")),
        "new_href": actor.may(Permission::AnnounceVisits).then(|| format!("/goods/new?{asked}")),
        "list_href": sees.then_some(list),
    }))
}

fn row(hold: &Hold, sets: bool) -> Value {
    let in_force = hold.lifted_at.is_none();
    json!({
        "kind": hold.kind,
        "reason": hold.reason,
        "set_by": hold.set_by_name,
        "set_at": hold.set_at,
        "in_force": in_force,
        "lifted_by": hold.lifted_by_name,
        "lifted_at": hold.lifted_at,
        "lift_reason": hold.lift_reason,
        "lift_href": (sets && in_force).then(|| format!("/holds/{}/lift", hold.id)),
    })
}

/// The address of the page of what is held.
fn page_of(subject: HoldSubject) -> String {
    match subject {
        HoldSubject::Device(id) => format!("/devices/{id}"),
        HoldSubject::Customer(id) => format!("/customers/{id}"),
    }
}

async fn named(web: &Web, signed: &Signed, subject: HoldSubject) -> Result<String, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| hold_subject(c, &actor, subject))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn set_view(
    web: &Web,
    signed: &Signed,
    subject: HoldSubject,
    name: &str,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let back = page_of(subject);
    let (title, section) = match subject {
        HoldSubject::Device(_) => (words("hold-set"), "devices"),
        HoldSubject::Customer(_) => (words("hold-set-all"), "customers"),
    };
    let kinds: Vec<Value> = HoldKind::ALL
        .iter()
        .map(|kind| json!({"value": kind, "label": web.words.text(locale, &format!("hold-kind-{kind}"))}))
        .collect();
    View::new(web, &signed.reader, "goods/hold.html", &title, section)
        .with("held", name)
        .with("kinds", kinds)
        .with(
            "form",
            form_context(web, locale, &format!("{back}/holds/new"), fields, fault),
        )
        .with(
            "dialog",
            json!({
                "submit": title, "danger": true, "cancel_href": back, "confirm_label": null, "icon": "lock",
            }),
        )
        .status(form_status(fault))
        .answer()
}

async fn set_dialog(web: &Web, signed: &Signed, subject: HoldSubject) -> Result<Answer, Failure> {
    let name = named(web, signed, subject).await?;
    set_view(web, signed, subject, &name, &Fields::new(), None)
}

async fn set(
    web: &Web,
    signed: &Signed,
    subject: HoldSubject,
    form: &Posted,
) -> Result<Answer, Failure> {
    let name = named(web, signed, subject).await?;
    let outcome = match HoldDraft::parse(&form.fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("hold.set", move |c| hold_set(c, &actor, subject, &draft))
                .await
                .map(|_| page_of(subject))
        }
        Err(fault) => Err(fault),
    };
    saved(web, signed, outcome, |fault| {
        set_view(web, signed, subject, &name, &form.fields, Some(fault))
    })
}

#[get("/devices/<id>/holds/new")]
async fn device_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    set_dialog(web, &signed, HoldSubject::Device(DeviceId::new(id))).await
}

#[post("/devices/<id>/holds/new", data = "<form>")]
async fn device_hold(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    set(web, &signed, HoldSubject::Device(DeviceId::new(id)), &form).await
}

#[get("/customers/<id>/holds/new")]
async fn customer_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    set_dialog(web, &signed, HoldSubject::Customer(CustomerId::new(id))).await
}

#[post("/customers/<id>/holds/new", data = "<form>")]
async fn customer_hold(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let subject = HoldSubject::Customer(CustomerId::new(id));
    set(web, &signed, subject, &form).await
}

/// A hold with the address of the page of what it is on.
async fn held(web: &Web, signed: &Signed, id: i64) -> Result<(Hold, String), Failure> {
    signed
        .actor
        .require(Permission::SetHolds)
        .map_err(|fault| signed.failure(fault))?;
    let actor = signed.actor.clone();
    let hold = web
        .store
        .read(move |c| hold_by_id(c, &actor, HoldId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let back = match (hold.device_id, hold.customer_id) {
        (Some(device), _) => format!("/devices/{device}"),
        (None, Some(customer)) => format!("/customers/{customer}"),
        (None, None) => "/devices".to_owned(),
    };
    Ok((hold, back))
}

fn lift_view(
    web: &Web,
    signed: &Signed,
    (hold, back): (&Hold, &str),
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "hold-lift");
    let action = format!("/holds/{}/lift", hold.id);
    View::new(web, &signed.reader, "goods/lift.html", &title, "devices")
        .with("hold", row(hold, false))
        .with("form", form_context(web, locale, &action, fields, fault))
        .with(
            "dialog",
            json!({
                "submit": title, "danger": false, "cancel_href": back, "confirm_label": null, "icon": "unlock",
            }),
        )
        .status(form_status(fault))
        .answer()
}

#[get("/holds/<id>/lift")]
async fn lift_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (hold, back) = held(web, &signed, id).await?;
    lift_view(web, &signed, (&hold, back.as_str()), &Fields::new(), None)
}

#[post("/holds/<id>/lift", data = "<form>")]
async fn lift(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let (hold, back) = held(web, &signed, id).await?;
    let (actor, reason) = (signed.actor.clone(), form.fields.get("reason").to_owned());
    let outcome = web
        .store
        .write("hold.lift", move |c| {
            hold_lift(c, &actor, HoldId::new(id), &reason)
        })
        .await
        .map(|_| back.clone());
    saved(web, &signed, outcome, |fault| {
        lift_view(
            web,
            &signed,
            (&hold, back.as_str()),
            &form.fields,
            Some(fault),
        )
    })
}
