//! Switches that are polled: how each fares, where it is and as whom it is asked.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::events::OpenEvents;
use super::found_words::discovery_context;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, SnmpTargetId};
use crate::identity::Permission;
use crate::metering::{
    AuthWord, NamedTarget, POLLER, PortIdentity, PrivacyWord, TakeOver, Target, TargetDraft,
    TargetPoll, TargetState, csv, devices_without_target, discovery_of, target_by_id,
    target_create, target_list, target_poll, target_poll_now, target_take_over, target_update,
};
use crate::web::csv_file::csv_answer;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, new, show, create, edit, update, poll_now]
}

const fn kind(state: TargetState) -> &'static str {
    match state {
        TargetState::Good => "ok",
        TargetState::Waiting => "working",
        TargetState::Warned | TargetState::Failing => "warning",
        TargetState::BackingOff => "fault",
        TargetState::Disabled => "off",
    }
}

/// How a target fares, as templates want it.
pub(super) fn state_context(target: &Target) -> Value {
    let state = target.state();
    let trouble = target.trouble();
    json!({
        "id": target.id,
        "device_id": target.device_id,
        "address": target.address,
        "port": target.port,
        "version": target.snmp_version,
        "interval_s": target.interval_s,
        "state": state,
        "state_kind": kind(state),
        "trouble": trouble.map(|(trouble, _)| trouble),
        "detail": trouble.map(|(_, detail)| detail),
        "last_good_at": target.last_good_at,
        "last_attempt_at": target.last_attempt_at,
        "next_poll_at": target.next_poll_at,
        "failures": target.consecutive_failures,
        "max_repetitions": target.max_repetitions,
        "system_name": target.system_name,
        "system_descr": target.system_descr,
        "enabled": target.enabled,
    })
}

fn row_context(row: &NamedTarget) -> Value {
    let mut context = state_context(&row.target);
    if let Some(context) = context.as_object_mut() {
        context.insert("device".into(), row.device.as_str().into());
    }
    context
}

/// How the last poll went, as its page wants it.
fn poll_context(target: &Target, poll: &TargetPoll) -> Value {
    let notes = poll.notes();
    let notes = notes.iter().map(|note| {
        json!({
            "word": note.word,
            "kind": if note.word.is_trouble() { "warning" } else { "note" },
            "subject": note.subject,
            "count": note.count,
            "of": note.of,
        })
    });
    json!({
        "at": poll.at,
        "lag_ms": poll.lag_ms,
        "duration_ms": poll.duration_ms,
        "requests": poll.requests,
        "timeouts": poll.timeouts,
        "varbinds": poll.varbinds,
        "packets": poll.packets,
        "octets": poll.octets,
        "extent": poll.extent,
        "notes": notes.collect::<Vec<_>>(),
        "names_read_at": target.names_read_at,
    })
}

#[get("/targets/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (row, poll, discovery, events) = web
        .store
        .read(move |c| {
            let row = target_by_id(c, &actor, SnmpTargetId::new(id))?;
            let poll = target_poll(c, row.target.id)?;
            let discovery = discovery_of(c, row.target.id)?;
            let events = OpenEvents::of(c, &actor, row.target.device_id)?;
            Ok((row, poll, discovery, events))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let title = Message::new("targets-edit").with("device", row.device.as_str());
    let title = web.words.say(signed.reader.locale, &title);
    let list = web.words.text(signed.reader.locale, "targets-title");
    View::new(web, &signed.reader, "targets/show.html", &title, "network")
        .crumbs(&[(&list, "/targets")])
        .flash(said.as_ref())
        .with("target", row_context(&row))
        .with("discovery", discovery_context(&discovery))
        .with("events", events.context(web, signed.reader.locale))
        .with("poll", poll.map(|poll| poll_context(&row.target, &poll)))
        .with("may_edit", signed.actor.may(Permission::EditNetwork))
        .answer()
}

#[get("/targets?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, request, text) = (signed.actor.clone(), query.page(), query.text().to_owned());
    let page = web
        .store
        .read(move |c| target_list(c, &actor, &text, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows = page.rows.iter().map(row_context).collect();
    let locale = signed.reader.locale;
    let may_edit = signed.actor.may(Permission::EditNetwork);
    let list = ListView::new(
        web,
        locale,
        "/targets",
        &query,
        ("targets-empty", "targets-empty-text"),
    )
    .csv()
    .action(may_edit, "targets-new", "/targets/new")
    .finish(&page, rows);
    let title = web.words.text(locale, "targets-title");
    View::new(web, &signed.reader, "targets/list.html", &title, "network")
        .crumbs(&[(&web.words.text(locale, "ports-title"), "/ports")])
        .flash(said.as_ref())
        .with("list", list)
        .with("may_edit", may_edit)
        .answer()
}

#[get("/targets.csv")]
async fn list_csv(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| csv::target_export(c, &actor))
        .await
        .and_then(|rows| csv_answer("snmp-targets", csv::TARGET_COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

/// What the form is about: a new target of one of these devices, or one that is there.
enum Place {
    New(Vec<(DeviceId, String)>),
    There(Box<NamedTarget>),
}

fn form_view(
    web: &Web,
    signed: &Signed,
    place: &Place,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action, choices) = match place {
        Place::New(devices) => {
            let choices: Vec<Value> = devices
                .iter()
                .map(|(id, name)| json!({"value": id, "label": name}))
                .collect();
            (
                Message::new("targets-new"),
                "/targets/new".to_owned(),
                choices,
            )
        }
        Place::There(there) => (
            Message::new("targets-edit").with("device", there.device.as_str()),
            format!("/targets/{}/edit", there.target.id),
            Vec::new(),
        ),
    };
    let words = |word: &&'static str| json!({"value": word, "label": word});
    let auth: Vec<Value> = AuthWord::ALL
        .iter()
        .map(|word| words(&word.as_str()))
        .collect();
    let privacy: Vec<Value> = PrivacyWord::ALL
        .iter()
        .map(|word| words(&word.as_str()))
        .collect();
    let identities = PortIdentity::ALL.iter().map(|identity| {
        let label = web
            .words
            .text(locale, &format!("targets-identity-{identity}"));
        json!({"value": identity, "label": label})
    });
    // What was typed as a secret never comes back.
    let shown: Fields = fields
        .iter()
        .filter(|(name, _)| {
            !matches!(
                *name,
                "community" | "v3_auth_password" | "v3_privacy_password"
            )
        })
        .collect();
    View::new(
        web,
        &signed.reader,
        "targets/form.html",
        &web.words.say(locale, &title),
        "network",
    )
    .crumbs(&[(&web.words.text(locale, "targets-title"), "/targets")])
    .with("form", form_context(web, locale, &action, &shown, fault))
    .with("is_new", matches!(place, Place::New(_)))
    .with("devices", choices)
    .with("auth_choices", auth)
    .with("privacy_choices", privacy)
    .with("identity_choices", identities.collect::<Vec<_>>())
    .with("take_over_choices", TakeOver::ALL)
    .with("cancel_href", "/targets")
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

async fn new_place(web: &Web, signed: &Signed) -> Result<Place, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| devices_without_target(c, &actor))
        .await
        .map(Place::New)
        .map_err(|fault| signed.failure(fault))
}

#[get("/targets/new?<device>")]
async fn new(web: &State<Web>, signed: Signed, device: Option<i64>) -> Result<Answer, Failure> {
    let place = new_place(web, &signed).await?;
    let fields: Fields = [
        (
            "device",
            device.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("port", "161".to_owned()),
        ("snmp_version", "v3".to_owned()),
        ("interval_s", "300".to_owned()),
        ("port_identity", "if_name".to_owned()),
        ("enabled", "true".to_owned()),
        ("take_over", TakeOver::All.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, &place, &fields, None)
}

#[post("/targets/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let place = new_place(web, &signed).await?;
    let device = form.fields.get("device").parse().map(DeviceId::new);
    let device = device.map_err(|_| Fault::field("device", Message::new("fault-target-device")));
    let parsed = TargetDraft::parse(&form.fields).and_then(|draft| Ok((draft, device?)));
    let outcome = match parsed {
        Ok((draft, device)) => {
            let (actor, keyring) = (signed.actor.clone(), web.keyring.clone());
            let rule = TakeOver::from_word(form.fields.get("take_over")).unwrap_or(TakeOver::All);
            web.store
                .write("target.create", move |c| {
                    let id = target_create(c, &actor, &keyring, device, &draft)?;
                    target_take_over(c, &actor, id, rule)?;
                    Ok(format!("/targets/{id}/discover"))
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, &place, &form.fields, outcome)
}

fn answer(
    web: &Web,
    signed: &Signed,
    place: &Place,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match outcome {
        Ok(href) => {
            web.store.wakeups().wake(POLLER);
            Ok(done(
                web,
                signed.reader.locale,
                href,
                &Message::new("targets-saved"),
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, signed, place, fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

async fn there(web: &Web, signed: &Signed, id: i64) -> Result<Box<NamedTarget>, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditNetwork)?;
            target_by_id(c, &actor, SnmpTargetId::new(id))
        })
        .await
        .map(Box::new)
        .map_err(|fault| signed.failure(fault))
}

#[get("/targets/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let target = serde_json::to_value(&there.target).unwrap_or_default();
    let mut fields = Fields::from_json(&target).unwrap_or_default();
    if there.target.enabled {
        fields.set("enabled", "true");
    }
    form_view(web, &signed, &Place::There(there), &fields, None)
}

#[post("/targets/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = there(web, &signed, id).await?;
    let parsed =
        TargetDraft::parse(&form.fields).and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, keyring, id) = (signed.actor.clone(), web.keyring.clone(), there.target.id);
            web.store
                .write("target.update", move |c| {
                    target_update(c, &actor, &keyring, id, version, &draft)?;
                    Ok("/targets".to_owned())
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, &Place::There(there), &form.fields, outcome)
}

#[post("/targets/<id>/poll", data = "<form>")]
async fn poll_now(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let back = match form.fields.get("back") {
        "discover" => "/discover",
        _ => "",
    };
    let actor = signed.actor.clone();
    web.store
        .write("target.poll_now", move |c| {
            target_poll_now(c, &actor, SnmpTargetId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    web.store.wakeups().wake(POLLER);
    Ok(done(
        web,
        signed.reader.locale,
        format!("/targets/{id}{back}"),
        &Message::new("targets-polling"),
    ))
}
