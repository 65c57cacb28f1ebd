//! Taking the next address or network, assigning one, and ending an assignment.

use rocket::{Route, State, get, post, routes};
use serde_json::json;

use super::address_words::{Choices, allowed, held_value, wanted};
use super::saving::{form_status, saved, settled};
use crate::addressing::{
    AssignmentDraft, Subject, address_by_id, assignment_add, assignment_by_id, assignment_end,
    instant, next_address, next_prefix, prefix_by_id,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{IpAddressId, IpAssignmentId, PrefixId};
use crate::base::number::required_whole;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        address_form,
        address_take,
        prefix_form,
        prefix_take,
        assign_address_form,
        assign_address,
        assign_prefix_form,
        assign_prefix,
        end_form,
        end
    ]
}

/// What a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    NextAddress(PrefixId),
    NextPrefix(PrefixId),
    Assign(Subject),
}

impl Step {
    const fn word(self) -> &'static str {
        match self {
            Self::NextAddress(_) => "next-address",
            Self::NextPrefix(_) => "next-prefix",
            Self::Assign(_) => "assign",
        }
    }

    /// The page it starts from.
    fn back(self) -> String {
        match self {
            Self::NextAddress(id) | Self::NextPrefix(id) | Self::Assign(Subject::Prefix(id)) => {
                format!("/prefixes/{id}")
            }
            Self::Assign(Subject::Address(id)) => format!("/addresses/{id}"),
        }
    }
}

/// The text of an address or a network that may be changed.
async fn subject(web: &Web, signed: &Signed, subject: Subject) -> Result<String, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            Ok(match subject {
                Subject::Address(id) => address_by_id(c, &actor, id)?.address.ip().to_string(),
                Subject::Prefix(id) => prefix_by_id(c, &actor, id)?.prefix.prefix().to_string(),
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

async fn step_view(
    web: &Web,
    signed: &Signed,
    step: Step,
    name: &str,
    (fields, fault): (&Fields, Option<&Fault>),
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let choices = Choices::of(web, signed).await?;
    let title = match step {
        Step::NextAddress(_) => Message::new("addressing-next-address-of").with("name", name),
        Step::NextPrefix(_) => Message::new("addressing-next-prefix-of").with("name", name),
        Step::Assign(_) => Message::new("assignments-new-of").with("name", name),
    };
    let title = web.words.say(locale, &title);
    let back = step.back();
    let (list, list_href) = match step {
        Step::Assign(Subject::Address(_)) => ("addresses-title", "/addresses"),
        _ => ("prefixes-title", "/prefixes"),
    };
    let action = format!("{back}/{}", step.word());
    View::new(
        web,
        &signed.reader,
        "addressing/step_form.html",
        &title,
        "network",
    )
    .crumbs(&[(&web.words.text(locale, list), list_href), (name, &back)])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("step", step.word())
    .with("customers", choices.customers)
    .with("zone", web.settings.zone.name())
    .with("back", &back)
    .status(form_status(fault))
    .answer()
}

async fn step_answer(
    web: &Web,
    signed: &Signed,
    step: Step,
    name: &str,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => step_view(web, signed, step, name, (fields, Some(&fault))).await,
    }
}

/// Fields that begin now.
fn from_now(web: &Web, signed: &Signed) -> Fields {
    let now = signed.actor.now.local_minute(web.settings.zone);
    [("from", now)].into_iter().collect()
}

#[get("/prefixes/<id>/next-address")]
async fn address_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let id = PrefixId::new(id);
    let name = subject(web, &signed, Subject::Prefix(id)).await?;
    let fields = from_now(web, &signed);
    step_view(web, &signed, Step::NextAddress(id), &name, (&fields, None)).await
}

#[post("/prefixes/<id>/next-address", data = "<form>")]
async fn address_take(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let id = PrefixId::new(id);
    let name = subject(web, &signed, Subject::Prefix(id)).await?;
    let outcome = match wanted(&form.fields, web.settings.zone, signed.actor.now) {
        Ok(to) => {
            let (actor, fields) = (signed.actor.clone(), form.fields.clone());
            web.store
                .write("address.next", move |c| {
                    next_address(c, &actor, id, &fields, to.as_ref())
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|taken| format!("/addresses/{taken}"));
    let step = Step::NextAddress(id);
    step_answer(web, &signed, step, &name, &form.fields, outcome).await
}

#[get("/prefixes/<id>/next-prefix")]
async fn prefix_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let id = PrefixId::new(id);
    let name = subject(web, &signed, Subject::Prefix(id)).await?;
    let fields = from_now(web, &signed);
    step_view(web, &signed, Step::NextPrefix(id), &name, (&fields, None)).await
}

#[post("/prefixes/<id>/next-prefix", data = "<form>")]
async fn prefix_take(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let id = PrefixId::new(id);
    let name = subject(web, &signed, Subject::Prefix(id)).await?;
    let parsed = required_whole(
        "length",
        form.fields.get("length").trim_start_matches('/'),
        0,
        128,
    )
    .map_err(Fault::from)
    .and_then(|length| {
        let to = wanted(&form.fields, web.settings.zone, signed.actor.now)?;
        Ok((length, to))
    });
    let outcome = match parsed {
        Ok((length, to)) => {
            let (actor, fields) = (signed.actor.clone(), form.fields.clone());
            web.store
                .write("prefix.next", move |c| {
                    next_prefix(c, &actor, id, length, &fields, to.as_ref())
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|taken| format!("/prefixes/{taken}"));
    let step = Step::NextPrefix(id);
    step_answer(web, &signed, step, &name, &form.fields, outcome).await
}

async fn assign(web: &Web, signed: Signed, what: Subject, form: Posted) -> Result<Answer, Failure> {
    let name = subject(web, &signed, what).await?;
    let draft = AssignmentDraft::parse(&form.fields, web.settings.zone, signed.actor.now);
    let outcome = match draft {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("address.assign", move |c| {
                    assignment_add(c, &actor, what, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let step = Step::Assign(what);
    let outcome = outcome.map(|_| step.back());
    step_answer(web, &signed, step, &name, &form.fields, outcome).await
}

#[get("/addresses/<id>/assign?<device>")]
async fn assign_address_form(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    device: Option<String>,
) -> Result<Answer, Failure> {
    let what = Subject::Address(IpAddressId::new(id));
    let name = subject(web, &signed, what).await?;
    let mut fields = from_now(web, &signed);
    fields.set("device", device.unwrap_or_default());
    step_view(web, &signed, Step::Assign(what), &name, (&fields, None)).await
}

#[post("/addresses/<id>/assign", data = "<form>")]
async fn assign_address(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    assign(web, signed, Subject::Address(IpAddressId::new(id)), form).await
}

#[get("/prefixes/<id>/assign")]
async fn assign_prefix_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let what = Subject::Prefix(PrefixId::new(id));
    let name = subject(web, &signed, what).await?;
    let fields = from_now(web, &signed);
    step_view(web, &signed, Step::Assign(what), &name, (&fields, None)).await
}

#[post("/prefixes/<id>/assign", data = "<form>")]
async fn assign_prefix(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    assign(web, signed, Subject::Prefix(PrefixId::new(id)), form).await
}

/// An assignment to be ended.
struct Ending {
    id: IpAssignmentId,
    subject: Subject,
    name: String,
    shown: serde_json::Value,
    fields: Fields,
}

async fn ending(web: &Web, signed: &Signed, id: i64) -> Result<Ending, Failure> {
    allowed(signed)?;
    let (actor, id) = (signed.actor.clone(), IpAssignmentId::new(id));
    let row = web
        .store
        .read(move |c| assignment_by_id(c, &actor, id))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let kept = &row.assignment;
    let what = match (kept.address_id, kept.prefix_id) {
        (Some(id), _) => Subject::Address(id),
        (None, Some(id)) => Subject::Prefix(id),
        (None, None) => return Err(signed.failure(Fault::not_found())),
    };
    let until = kept.until_at.unwrap_or(signed.actor.now);
    let fields = [
        ("until", until.local_minute(web.settings.zone)),
        ("version", kept.version.to_string()),
    ];
    Ok(Ending {
        id,
        subject: what,
        name: subject(web, signed, what).await?,
        shown: held_value(&row, signed.actor.now),
        fields: fields.into_iter().collect(),
    })
}

fn end_view(
    web: &Web,
    signed: &Signed,
    there: &Ending,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = Message::new("assignments-end-of").with("name", there.name.as_str());
    let back = Step::Assign(there.subject).back();
    let action = format!("/address-assignments/{}/end", there.id);
    View::new(
        web,
        &signed.reader,
        "addressing/end_form.html",
        &web.words.say(locale, &title),
        "network",
    )
    .crumbs(&[(&there.name, &back)])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("held", &there.shown)
    .with("zone", web.settings.zone.name())
    .with("back", json!(back))
    .status(form_status(fault))
    .answer()
}

#[get("/address-assignments/<id>/end")]
async fn end_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = ending(web, &signed, id).await?;
    end_view(web, &signed, &there, &there.fields, None)
}

#[post("/address-assignments/<id>/end", data = "<form>")]
async fn end(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = ending(web, &signed, id).await?;
    let parsed = instant("until", form.fields.get("until"), web.settings.zone)
        .map_err(Fault::from)
        .and_then(|until| Ok((until, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((until, version)) => {
            let (actor, id) = (signed.actor.clone(), there.id);
            web.store
                .write("address.assignment_end", move |c| {
                    assignment_end(c, &actor, id, version, until)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| Step::Assign(there.subject).back());
    saved(web, &signed, outcome, |fault| {
        end_view(web, &signed, &there, &form.fields, Some(fault))
    })
}
