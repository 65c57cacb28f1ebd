//! Pages of consoles: the live one of a machine, the list, and a recording.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use crate::base::fault::Message;
use crate::base::ids::{ConsoleId, DeviceId};
use crate::identity::Permission;
use crate::power::Machine;
use crate::power::console::ops::{
    ConsoleFilter, attendance, console_by_id, console_list, console_people, consoles_of_device,
    grant_set, is_granted,
};
use crate::power::console::{ConsoleSession, FrameKind, LONGEST_REASON, Seat};
use crate::power::ops::endpoint_of_device;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::recording::{recorded, recorded_note, recording_cast};
use crate::web::view::{Answer, View, done};
use crate::web::{Failure, Web};

/// Recordings that the page of a machine's console lists.
const RECENT: i64 = 8;

pub(super) fn routes() -> Vec<Route> {
    routes![open, grant, list, show, recording, download]
}

fn area(signed: &Signed) -> &'static str {
    if signed.actor.role.is_customer() {
        "servers"
    } else {
        "power"
    }
}

fn row(web: &Web, signed: &Signed, session: &ConsoleSession) -> Value {
    let until = session.ended_at.unwrap_or(session.seen_at);
    let minutes = until.since_millis(session.opened_at).max(0) / 60_000;
    let end = session.end_reason.map_or_else(
        || web.words.text(signed.reader.locale, "console-live"),
        |reason| {
            let message = Message::new("console-ended").with("reason", reason.as_str());
            web.words.say(signed.reader.locale, &message)
        },
    );
    json!({
        "id": session.id,
        "href": format!("/consoles/{}", session.id),
        "machine": session.machine,
        "machine_href": format!("/devices/{}", session.device_id),
        "console_href": format!("/devices/{}/console", session.device_id),
        "who": session.opened_by_name,
        "reason": session.reason,
        "opened_at": session.opened_at,
        "is_live": session.ended_at.is_none(),
        "end": end,
        "end_kind": if session.ended_at.is_none() { "working" } else { "off" },
        "minutes": minutes,
        "kibibytes": session.octets / 1024,
        "cut": session.cut,
    })
}

struct Found {
    machine: Machine,
    has_bmc: bool,
    granted: bool,
    recent: Vec<ConsoleSession>,
}

#[get("/devices/<id>/console")]
async fn open(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let (actor, device) = (signed.actor.clone(), DeviceId::new(id));
    let found = web
        .store
        .read(move |c| {
            let machine = attendance(c, &actor, device, Seat::Watch)?;
            Ok(Found {
                has_bmc: endpoint_of_device(c, &actor, device)?.is_some() && !machine.gone,
                granted: is_granted(c, &machine)?,
                recent: consoles_of_device(c, &actor, device, RECENT)?,
                machine,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let machine = &found.machine;
    let title = Message::new("console-of").with("machine", machine.name.as_str());
    let back = format!("/devices/{id}");
    let grant = machine
        .customer_name
        .as_ref()
        .filter(|_| signed.actor.may(Permission::EditBmc));
    let recent: Vec<Value> = found
        .recent
        .iter()
        .map(|one| row(web, &signed, one))
        .collect();
    View::new(
        web,
        &signed.reader,
        "console/open.html",
        &web.words.say(locale, &title),
        area(&signed),
    )
    .crumbs(&[(&machine.name, &back)])
    .flash(said.as_ref())
    .with("machine", machine)
    .with("position", machine.position())
    .with("has_bmc", found.has_bmc)
    .with("may_write", signed.actor.may(Permission::UseConsole))
    .with("line_href", format!("/devices/{id}/console/line"))
    .with("reason_limit", LONGEST_REASON)
    .with(
        "grant",
        grant.map(|owner| {
            json!({
                "owner": owner,
                "is_open": found.granted,
                "action": format!("/devices/{id}/console/grant"),
            })
        }),
    )
    .with("recent", recent)
    .answer()
}

#[post("/devices/<id>/console/grant", data = "<form>")]
async fn grant(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let (actor, device) = (signed.actor.clone(), DeviceId::new(id));
    let open = form.fields.get("open") == "true";
    web.store
        .write("console.grant", move |c| grant_set(c, &actor, device, open))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let said = if open {
        "console-granted"
    } else {
        "console-grant-withdrawn"
    };
    let href = format!("/devices/{id}/console");
    Ok(done(web, signed.reader.locale, href, &Message::new(said)))
}

#[get("/consoles?<state>&<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    state: Option<String>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (actor, request) = (signed.actor.clone(), query.page());
    let filter = ConsoleFilter {
        text: query.text().to_owned(),
        live: state.as_deref() == Some("live"),
        device: None,
    };
    let page = web
        .store
        .read(move |c| console_list(c, &actor, &filter, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows = page.rows.iter().map(|one| row(web, &signed, one)).collect();
    let live = web.words.text(locale, "console-live");
    let list = ListView::new(
        web,
        locale,
        "/consoles",
        &query,
        ("console-empty", "console-empty-text"),
    )
    .filter("state", state, |_| live.clone())
    .finish(&page, rows);
    let title = web.words.text(locale, "console-list");
    View::new(
        web,
        &signed.reader,
        "console/list.html",
        &title,
        area(&signed),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("states", vec![json!({"value": "live", "label": live})])
    .answer()
}

#[get("/consoles/<id>")]
async fn show(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (actor, id) = (signed.actor.clone(), ConsoleId::new(id));
    let (session, people) = web
        .store
        .read(move |c| {
            Ok((
                console_by_id(c, &actor, id)?,
                console_people(c, &actor, id)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let title = Message::new("console-recording-of").with("machine", session.machine.as_str());
    View::new(
        web,
        &signed.reader,
        "console/show.html",
        &web.words.say(locale, &title),
        area(&signed),
    )
    .crumbs(&[(&web.words.text(locale, "console-list"), "/consoles")])
    .with("console", row(web, &signed, &session))
    .with("people", people)
    .with("recording_href", format!("/consoles/{id}/recording"))
    .with("download_href", format!("/consoles/{id}/recording.cast"))
    .answer()
}

#[get("/consoles/<id>/recording")]
async fn recording(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (session, frames) = recorded(web, &signed.actor, ConsoleId::new(id))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let mut body = Vec::new();
    for frame in &frames {
        let octets = match frame.kind {
            FrameKind::Note => recorded_note(web, &signed.actor, &session, frame).into_bytes(),
            FrameKind::Shown | FrameKind::Size => frame.octets.clone(),
        };
        frame.kind.write(frame.at_ms, &octets, &mut body);
    }
    Ok(Answer::File {
        name: format!("console-{id}.frames"),
        media_type: "application/octet-stream",
        body,
    })
}

#[get("/consoles/<id>/recording.cast")]
async fn download(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    recording_cast(web, &signed.actor, ConsoleId::new(id))
        .await
        .map_err(|fault| signed.failure(fault))
}
