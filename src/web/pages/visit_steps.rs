//! The steps of a visit's life on dialogs of their own, and what else is done to one.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::visit_words::visit_json;
use super::visits::record;
use crate::access::{
    VisitEvent, VisitEventKind, VisitRecord, WorkResult, badge_return, identity_reveal,
    visit_approve, visit_cancel, visit_close, visit_correct, visit_device_choices, visit_events_of,
    visit_no_show, visit_refuse, visit_step_in, visit_step_out,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{PersonId, VisitPersonId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![step_dialog, step, reveal_dialog, reveal, badge]
}

crate::text_enum! {
    /// A step of a visit's life that is taken on a page of its own.
    enum Step {
        /// Agree.
        Approve = "approve",
        /// Decline.
        Refuse = "refuse",
        /// Call off.
        Cancel = "cancel",
        /// Nobody came.
        NoShow = "no-show",
        /// Write up.
        Close = "close",
        /// Say what is right.
        Correct = "correct",
        /// Out for a moment.
        GoOut = "step-out",
        /// And in again.
        ComeBack = "step-in",
    }
}

impl Step {
    const fn right(self) -> Permission {
        match self {
            Self::Cancel => Permission::AnnounceVisits,
            _ => Permission::DeskVisits,
        }
    }

    const fn is_grave(self) -> bool {
        matches!(self, Self::Refuse | Self::Cancel | Self::NoShow)
    }

    fn take(self, c: &mut Conn, actor: &Actor, number: &str, fields: &Fields) -> Result<(), Fault> {
        let note = fields.get("note");
        match self {
            Self::Approve => visit_approve(c, actor, number),
            Self::Refuse => visit_refuse(c, actor, number, note),
            Self::Cancel => visit_cancel(c, actor, number, note),
            Self::NoShow => visit_no_show(c, actor, number, note),
            Self::Close => visit_close(c, actor, number, fields),
            Self::Correct => visit_correct(c, actor, number, fields),
            Self::GoOut => visit_step_out(c, actor, number, fields),
            Self::ComeBack => visit_step_in(c, actor, number, fields),
        }
    }
}

/// What the dialogs of closing and correcting offer: devices, and entries of the door with their times.
async fn offered(
    web: &Web,
    signed: &Signed,
    record: &VisitRecord,
    step: Step,
) -> Result<Value, Failure> {
    let (actor, number) = (signed.actor.clone(), record.visit.number.clone());
    let (devices, entries) = web
        .store
        .read(move |c| {
            Ok((
                visit_device_choices(c, &actor, &number)?,
                visit_events_of(c, &actor, &number)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let zone = record.site.zone().map_err(|fault| signed.failure(fault))?;
    let at_door = |entry: &&VisitEvent| {
        matches!(
            entry.event,
            VisitEventKind::CheckedIn
                | VisitEventKind::CheckedOut
                | VisitEventKind::SteppedOut
                | VisitEventKind::SteppedIn
        )
    };
    let entries: Vec<Value> = entries
        .iter()
        .filter(at_door)
        .filter(|_| step == Step::Correct)
        .map(|entry| {
            let name = record
                .people
                .iter()
                .find(|visitor| Some(visitor.person.id) == entry.person_id)
                .map_or("", |visitor| visitor.person.name.as_str());
            let what = web
                .words
                .text(locale, &format!("visit-event-{}", entry.event));
            let at = entry.at.local_minute(zone);
            json!({"value": entry.id.to_string(), "label": format!("{at} {name} {what}")})
        })
        .collect();
    let results: Vec<Value> = WorkResult::ALL
        .iter()
        .map(|result| json!({"value": result, "label": web.words.text(locale, &format!("visit-result-{result}"))}))
        .collect();
    let devices: Vec<Value> = devices
        .iter()
        .filter(|_| step == Step::Close)
        .map(|device| {
            let chosen = record.devices.iter().any(|there| there.id == device.id);
            json!({"id": device.id, "name": device.name, "chosen": chosen})
        })
        .collect();
    Ok(
        json!({"devices": devices, "entries": entries, "results": results, "zone": record.site.time_zone}),
    )
}

async fn step_view(
    web: &Web,
    signed: &Signed,
    record: &VisitRecord,
    step: Step,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let href = format!("/visits/{}", record.visit.number);
    let title = words(&format!("visit-step-{step}"));
    let offered = offered(web, signed, record, step).await?;
    View::new(web, &signed.reader, "visits/step.html", &title, "visits")
        .crumbs(&[(&words("visit-title"), "/visits"), (&record.visit.number, &href)])
        .with("visit", visit_json(web, locale, record))
        .with("step", step)
        .with("offered", offered)
        .with("may_override", signed.actor.may(Permission::OverrideVisitRules))
        .with("consequence", words(&format!("visit-consequence-{step}")))
        .with("note_label", words(&format!("visit-note-{step}")))
        .with("note_needed", matches!(step, Step::Refuse | Step::Correct))
        .with("form", form_context(web, locale, &format!("{href}/step/{step}"), fields, fault))
        .with("dialog", json!({
            "submit": title, "danger": step.is_grave(), "cancel_href": href, "confirm_label": null, "icon": null,
        }))
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

fn step_of(word: &str, signed: &Signed) -> Result<Step, Failure> {
    let step = Step::ALL
        .iter()
        .copied()
        .find(|step| step.as_str() == word)
        .ok_or_else(|| signed.failure(Fault::not_found()))?;
    signed
        .actor
        .require(step.right())
        .map_err(|fault| signed.failure(fault))?;
    Ok(step)
}

#[get("/visits/<number>/step/<word>")]
async fn step_dialog(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    word: &str,
) -> Result<Answer, Failure> {
    let step = step_of(word, &signed)?;
    let record = record(web, &signed, number).await?;
    step_view(web, &signed, &record, step, &Fields::new(), None).await
}

#[post("/visits/<number>/step/<word>", data = "<form>")]
async fn step(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    word: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    let step = step_of(word, &signed)?;
    let record = record(web, &signed, number).await?;
    let (actor, number) = (signed.actor.clone(), record.visit.number.clone());
    let fields = form.fields.clone();
    let outcome = web
        .store
        .write("visit.step", move |c| {
            step.take(c, &actor, &number, &fields)
        })
        .await;
    match outcome {
        Ok(()) => Ok(done(
            web,
            signed.reader.locale,
            format!("/visits/{}", record.visit.number),
            &Message::new("flash-saved"),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            step_view(web, &signed, &record, step, &form.fields, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

fn reveal_view(
    web: &Web,
    signed: &Signed,
    record: &VisitRecord,
    id: i64,
    outcome: (Option<&Fault>, Option<String>),
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let (fault, plain) = outcome;
    let visitor = record
        .people
        .iter()
        .find(|visitor| visitor.person.id.get() == id)
        .ok_or_else(|| signed.failure(Fault::not_found()))?;
    let href = format!("/visits/{}", record.visit.number);
    let action = format!("{href}/people/{id}/reveal");
    let title = words("visit-reveal-title");
    View::new(web, &signed.reader, "visits/reveal.html", &title, "visits")
        .crumbs(&[(&words("visit-title"), "/visits"), (&record.visit.number, &href)])
        .with("person", &visitor.person)
        .with("document", web.words.text(locale, &format!("visit-document-{}", visitor.person.identity_kind)))
        .with("plain", plain)
        .with("form", form_context(web, locale, &action, &Fields::new(), fault))
        .with("dialog", json!({
            "submit": words("visit-reveal"), "danger": false, "cancel_href": href, "confirm_label": null, "icon": "eye",
        }))
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

#[get("/visits/<number>/people/<id>/reveal")]
async fn reveal_dialog(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    id: i64,
) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::RevealIdentity)
        .map_err(|fault| signed.failure(fault))?;
    let record = record(web, &signed, number).await?;
    reveal_view(web, &signed, &record, id, (None, None))
}

#[post("/visits/<number>/people/<id>/reveal", data = "<form>")]
async fn reveal(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::RevealIdentity)
        .map_err(|fault| signed.failure(fault))?;
    let record = record(web, &signed, number).await?;
    let (actor, keys, number) = (
        signed.actor.clone(),
        web.keyring.clone(),
        record.visit.number.clone(),
    );
    let reason = form.fields.get("reason").to_owned();
    let outcome = web
        .store
        .write("person.reveal", move |c| {
            identity_reveal(c, &actor, &keys, &number, PersonId::new(id), &reason)
        })
        .await;
    match outcome {
        Ok(plain) => {
            let plain = plain.expose().to_owned();
            reveal_view(web, &signed, &record, id, (None, Some(plain)))
        }
        Err(fault) if belongs_in_form(&fault) => {
            reveal_view(web, &signed, &record, id, (Some(&fault), None))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[post("/visits/<number>/people/<id>/badge", data = "<_form>")]
async fn badge(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    id: i64,
    _form: Posted,
) -> Result<Answer, Failure> {
    let (actor, wanted) = (signed.actor.clone(), number.to_owned());
    web.store
        .write("visit.badge", move |c| {
            badge_return(c, &actor, &wanted, VisitPersonId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(done(
        web,
        signed.reader.locale,
        format!("/visits/{number}"),
        &Message::new("flash-saved"),
    ))
}
