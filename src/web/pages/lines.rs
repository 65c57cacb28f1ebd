//! Lines from end to end, and where switches see something else than the record says.

use rocket::http::ContentType;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::cable_words::{area, cable_facts, sighting_value};
use super::entry::Said;
use crate::base::ids::{DevicePortId, PortId};
use crate::cabling::{Shown, ShownHop, Stop, differences, port_trace, sightings_of_ports};
use crate::identity::Permission;
use crate::web::drawing::trace::Line;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![trace, drawing, list]
}

fn hop_value(hop: &ShownHop, before: Option<&ShownHop>, is_start: bool) -> Value {
    json!({
        "plug": hop.plug,
        "by_cable": hop.by_cable,
        "is_first": hop.parent.is_none(),
        "is_branch": before.is_some_and(|before| before.branches > 1),
        "is_start": is_start,
        "cable": hop.cable.as_ref().map(cable_facts),
        "stop": match hop.stop {
            None => Value::Null,
            Some(Stop::Loop) => "loop".into(),
            Some(Stop::TooLong) => "too-long".into(),
        },
    })
}

fn hops(shown: &Shown) -> Vec<Value> {
    let value = |(at, hop): (usize, &ShownHop)| {
        let before = hop.parent.and_then(|parent| shown.hops.get(parent));
        hop_value(hop, before, at == shown.start)
    };
    shown.hops.iter().enumerate().map(value).collect()
}

#[get("/device-ports/<id>/trace")]
async fn trace(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (shown, seen) = web
        .store
        .read(move |c| {
            let shown = port_trace(c, &actor, DevicePortId::new(id))?;
            let seen = sightings_of_ports(c, &actor, &[shown.port.id])?;
            Ok((shown, seen))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let line = Line {
        shown: &shown,
        words: &web.words,
        locale,
    };
    let device = &shown.device.device;
    let crumb = format!("/devices/{}", device.id);
    let may_edit = signed.actor.may(Permission::EditDevices);
    // A cable in the port itself makes a hop that is joined to it by one.
    let is_plugged =
        shown.hops.iter().enumerate().any(|(at, hop)| {
            hop.by_cable && (hop.parent == Some(shown.start) || at == shown.start)
        });
    View::new(
        web,
        &signed.reader,
        "cabling/trace.html",
        &line.title(),
        area(&signed.actor),
    )
    .crumbs(&[
        (&web.words.text(locale, "cables-title"), "/cables"),
        (&device.name, &crumb),
    ])
    .flash(said.as_ref())
    .with("drawing", line.part())
    .with("drawing_href", format!("/device-ports/{id}/trace.svg"))
    .with("hops", hops(&shown))
    .with("is_cut", shown.is_cut)
    .with("seen", seen.iter().map(sighting_value).collect::<Vec<_>>())
    .with(
        "connect_href",
        (may_edit && !is_plugged).then(|| format!("/cables/new?a={id}")),
    )
    .answer()
}

#[get("/device-ports/<id>/trace.svg")]
async fn drawing(
    web: &State<Web>,
    signed: Signed,
    id: i64,
) -> Result<(ContentType, String), Failure> {
    let actor = signed.actor.clone();
    let shown = web
        .store
        .read(move |c| port_trace(c, &actor, DevicePortId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let line = Line {
        shown: &shown,
        words: &web.words,
        locale: signed.reader.locale,
    };
    Ok((ContentType::SVG, line.file()))
}

#[get("/cables/differences?<after>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    after: Option<i64>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let found = web
        .store
        .read(move |c| differences(c, &actor, after.map(PortId::new)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "cables-differences");
    View::new(
        web,
        &signed.reader,
        "cabling/differences.html",
        &title,
        "network",
    )
    .crumbs(&[(&web.words.text(locale, "cables-title"), "/cables")])
    .flash(said.as_ref())
    .with(
        "rows",
        found.rows.iter().map(sighting_value).collect::<Vec<_>>(),
    )
    .with(
        "next_href",
        found
            .next
            .map(|next| format!("/cables/differences?after={next}")),
    )
    .with("is_first", after.is_none())
    .with("may_edit", signed.actor.may(Permission::EditDevices))
    .answer()
}
