//! PDUs and their outlets: the part of a device's page, and the forms of what is connected to what.

use std::collections::BTreeMap;

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::courses::now_value;
use super::saving::{changed, form_status, saved, settled};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::gauge::{GaugePart, OutletState, Quantity};
use crate::base::ids::{DeviceId, GaugeId, OutletId};
use crate::facility::{
    OutletDraft, OutletRow, Pdu, PduDraft, feed_by_id, feed_list, outlet_by_id, outlet_map,
    outlets_feeding, outlets_of_pdu, pdu_of_device, pdu_update,
};
use crate::identity::{Actor, Permission};
use crate::inventory::device_by_id;
use crate::metering::{Gauge, GaugeNow, PowerOf, gauges_now, gauges_of_device, power_now};
use crate::store::Conn;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![pdu_edit, pdu_save, outlet_edit, outlet_save]
}

type Now = BTreeMap<GaugeId, GaugeNow>;

/// The value `pdu` of a device's page: what it measures and its outlets, or the outlets that feed it; null for those
/// who may not see power and where there is neither.
pub(super) fn pdu_section(c: &mut Conn, actor: &Actor, device: DeviceId) -> Result<Value, Fault> {
    if !actor.may(Permission::ViewPower) {
        return Ok(Value::Null);
    }
    let pdu = pdu_of_device(c, device)?;
    let gauges = gauges_of_device(c, actor, device)?;
    let feeding = outlets_feeding(c, actor, device)?;
    if pdu.is_none() && gauges.is_empty() && feeding.is_empty() {
        return Ok(Value::Null);
    }
    let now = gauges_now(c, &[device], actor.now)?;
    let outlets = match pdu.is_some() {
        true => outlets_of_pdu(c, actor, device)?,
        false => Vec::new(),
    };
    let power = power_now(c, actor, PowerOf::Device(device))?;
    let feed = match &pdu {
        Some(Pdu {
            feed_id: Some(feed),
            ..
        }) if actor.may(Permission::ViewFacility) => Some(feed_by_id(c, actor, *feed)?.feed),
        _ => None,
    };
    let edits = actor.may(Permission::EditFacility);
    let may_see_chain = actor.may(Permission::ViewFacility) && actor.may(Permission::ViewDevices);
    let outlet_rows: Vec<Value> = outlets
        .iter()
        .map(|row| outlet_value(row, &gauges, &now))
        .collect();
    let feeding = feeding_values(c, actor, &feeding)?;
    Ok(json!({
        "is_pdu": pdu.is_some(),
        "family": pdu.as_ref().map(|pdu| &pdu.family),
        "last_read_at": pdu.as_ref().and_then(|pdu| pdu.last_read_at),
        "trouble": pdu.as_ref().and_then(|pdu| pdu.last_trouble.as_ref()),
        "feed": feed.map(|feed| json!({"id": feed.id, "name": feed.name, "side": feed.side})),
        "power": now_value(&power),
        "power_href": format!("/devices/{device}/power-course"),
        "parts": parts(&gauges, &now),
        "outlets": outlet_rows,
        "feeding": feeding,
        "edit_href": (edits && pdu.is_some()).then(|| format!("/devices/{device}/pdu")),
        "failure_href": (may_see_chain && pdu.is_some()).then(|| format!("/devices/{device}/failure")),
        "may_edit": edits,
        "is_customer": actor.role.is_customer(),
    }))
}

fn figure(gauge: &Gauge, now: Option<&GaugeNow>) -> Value {
    json!({
        "id": gauge.id,
        "quantity": gauge.quantity,
        "text": now.map(|now| gauge.quantity.text(now.value)),
        "unit": gauge.quantity.shown_in().0,
        "missing": gauge.missing,
    })
}

/// All parts but outlets, each with its figures.
fn parts(gauges: &[Gauge], now: &Now) -> Vec<Value> {
    let mut parts: Vec<(GaugePart, &str, &str, Vec<Value>)> = Vec::new();
    let mut sorted: Vec<&Gauge> = gauges
        .iter()
        .filter(|gauge| gauge.part != GaugePart::Outlet)
        .collect();
    sorted.sort_by_key(|gauge| (gauge.part, gauge.id));
    for gauge in sorted {
        let shown = figure(gauge, now.get(&gauge.id));
        let there = parts
            .iter_mut()
            .find(|(part, place, ..)| *part == gauge.part && *place == gauge.place);
        match there {
            Some((.., figures)) => figures.push(shown),
            None => parts.push((gauge.part, &gauge.place, &gauge.name, vec![shown])),
        }
    }
    parts
        .into_iter()
        .map(|(part, place, name, figures)| {
            json!({"part": part, "place": place, "name": name, "figures": figures})
        })
        .collect()
}

const fn state_kind(state: OutletState) -> &'static str {
    match state {
        OutletState::On => "ok",
        OutletState::Off => "off",
        OutletState::Unknown => "none",
    }
}

fn outlet_value(row: &OutletRow, gauges: &[Gauge], now: &Now) -> Value {
    let outlet = &row.outlet;
    let of = |quantity: Quantity| {
        let gauge = gauges.iter().find(|gauge| {
            gauge.part == GaugePart::Outlet
                && gauge.place == outlet.place
                && gauge.quantity == quantity
        });
        gauge.map(|gauge| figure(gauge, now.get(&gauge.id)))
    };
    json!({
        "id": outlet.id,
        "number": outlet.number,
        "name": outlet.name,
        "state": outlet.state,
        "state_kind": state_kind(outlet.state),
        "state_at": outlet.state_at,
        "missing_since": outlet.missing_since,
        "power": of(Quantity::ActivePower),
        "current": of(Quantity::Current),
        "device": row.plugged.as_ref().map(|device| json!({"id": device.id, "name": device.name})),
        "supply": outlet.supply,
        "confirmed_at": outlet.confirmed_at,
        "confirmed_by": outlet.confirmed_by_name,
    })
}

/// The outlets that feed a device; a customer is not told which PDU of ours they are on.
fn feeding_values(c: &mut Conn, actor: &Actor, feeding: &[OutletRow]) -> Result<Vec<Value>, Fault> {
    let mut values = Vec::new();
    for row in feeding {
        let pdu = match actor.role.is_customer() {
            true => None,
            false => Some(device_by_id(c, actor, row.outlet.device_id)?.device.name),
        };
        values.push(json!({
            "pdu": pdu.map(|name| json!({"id": row.outlet.device_id, "name": name})),
            "number": row.outlet.number,
            "state": row.outlet.state,
            "state_kind": state_kind(row.outlet.state),
            "supply": row.outlet.supply,
            "confirmed_at": row.outlet.confirmed_at,
        }));
    }
    Ok(values)
}

struct PduPage {
    name: String,
    pdu: Pdu,
}

async fn pdu(web: &Web, signed: &Signed, id: i64) -> Result<PduPage, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditFacility)?;
            let device = device_by_id(c, &actor, DeviceId::new(id))?.device;
            let pdu = pdu_of_device(c, device.id)?.ok_or_else(Fault::not_found)?;
            Ok(PduPage {
                name: device.name,
                pdu,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

async fn pdu_view(
    web: &Web,
    signed: &Signed,
    there: &PduPage,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let (locale, actor) = (signed.reader.locale, signed.actor.clone());
    let feeds = web
        .store
        .read(move |c| feed_list(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let feeds: Vec<Value> = feeds
        .iter()
        .map(|row| json!({"value": row.feed.id.to_string(), "label": format!("{} · {} · {}", row.site.code, row.room.name, row.feed.name)}))
        .collect();
    let message = Message::new("outlets-pdu-edit").with("name", there.name.as_str());
    let device = format!("/devices/{}", there.pdu.device_id);
    View::new(
        web,
        &signed.reader,
        "feeds/pdu_form.html",
        &web.words.say(locale, &message),
        "devices",
    )
    .crumbs(&[(&there.name, &device)])
    .with(
        "form",
        form_context(web, locale, &format!("{device}/pdu"), fields, fault),
    )
    .with("feeds", feeds)
    .with("back", device)
    .status(form_status(fault))
    .answer()
}

#[get("/devices/<id>/pdu")]
async fn pdu_edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = pdu(web, &signed, id).await?;
    let fields = Fields::from_json(&serde_json::to_value(&there.pdu).unwrap_or_default())
        .unwrap_or_default();
    pdu_view(web, &signed, &there, &fields, None).await
}

#[post("/devices/<id>/pdu", data = "<form>")]
async fn pdu_save(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = pdu(web, &signed, id).await?;
    let parsed =
        PduDraft::parse(&form.fields).and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, device) = (signed.actor.clone(), there.pdu.device_id);
            web.store
                .write("pdu.update", move |c| {
                    pdu_update(c, &actor, device, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| format!("/devices/{}", there.pdu.device_id));
    match settled(web, &signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => pdu_view(web, &signed, &there, &form.fields, Some(&fault)).await,
    }
}

struct OutletPage {
    pdu: String,
    row: OutletRow,
}

async fn outlet(web: &Web, signed: &Signed, id: i64) -> Result<OutletPage, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditFacility)?;
            let row = outlet_by_id(c, &actor, OutletId::new(id))?;
            let pdu = device_by_id(c, &actor, row.outlet.device_id)?.device.name;
            Ok(OutletPage { pdu, row })
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn outlet_view(
    web: &Web,
    signed: &Signed,
    there: &OutletPage,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let outlet = &there.row.outlet;
    let message = Message::new("outlets-edit")
        .with("number", outlet.number)
        .with("pdu", there.pdu.as_str());
    let device = format!("/devices/{}", outlet.device_id);
    let action = format!("/outlets/{}/edit", outlet.id);
    View::new(
        web,
        &signed.reader,
        "feeds/outlet_form.html",
        &web.words.say(locale, &message),
        "devices",
    )
    .crumbs(&[(&there.pdu, &device)])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("name", &outlet.name)
    .with(
        "confirmed",
        outlet
            .confirmed_at
            .map(|at| json!({"at": at, "by": outlet.confirmed_by_name})),
    )
    .with("back", device)
    .status(form_status(fault))
    .answer()
}

#[get("/outlets/<id>/edit")]
async fn outlet_edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = outlet(web, &signed, id).await?;
    let outlet = &there.row.outlet;
    let plugged = there.row.plugged.as_ref();
    // That somebody has looked at the cable is never ticked beforehand.
    let fields: Fields = [
        (
            "device",
            plugged
                .map(|device| device.name.clone())
                .unwrap_or_default(),
        ),
        ("supply", outlet.supply.clone()),
        ("version", outlet.version.to_string()),
    ]
    .into_iter()
    .collect();
    outlet_view(web, &signed, &there, &fields, None)
}

#[post("/outlets/<id>/edit", data = "<form>")]
async fn outlet_save(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = outlet(web, &signed, id).await?;
    let id = there.row.outlet.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "outlet.map",
        OutletDraft::parse,
        move |c, actor, version, draft| outlet_map(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/devices/{}#outlets", there.row.outlet.device_id));
    saved(web, &signed, outcome, |fault| {
        outlet_view(web, &signed, &there, &form.fields, Some(fault))
    })
}
