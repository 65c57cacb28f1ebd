//! The floor plan of a room.

use std::collections::HashMap;

use rocket::response::{Flash, Redirect};
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use crate::base::fault::{Fault, Faults, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, RackId, RoomId};
use crate::base::locale::Locale;
use crate::facility::floor::Spot;
use crate::facility::{
    Fill, Occupant, Rack, RoomRow, fill, occupants_of, rack_settle, racks_on_floor, room_by_id,
};
use crate::identity::{Actor, Permission};
use crate::power::ops::machines_climate;
use crate::store::Conn;
use crate::web::drawing::floor::{FloorPlan, Heat, Tile};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![show, settle]
}

/// A room with what its plan shows.
struct RoomPage {
    row: RoomRow,
    racks: Vec<Rack>,
    fills: HashMap<RackId, Fill>,
    warmest: HashMap<RackId, f64>,
}

fn room_page(c: &mut Conn, actor: &Actor, id: RoomId) -> Result<RoomPage, Fault> {
    let row = room_by_id(c, actor, id)?;
    let racks = racks_on_floor(c, actor, id)?;
    let ids: Vec<RackId> = racks.iter().map(|rack| rack.id).collect();
    let inside = occupants_of(c, &ids)?;
    let machines: Vec<DeviceId> = inside.iter().map(|one| one.device_id).collect();
    let climate = machines_climate(c, actor, &machines)?;
    let mut by_rack: HashMap<RackId, Vec<Occupant>> = HashMap::new();
    let mut warmest: HashMap<RackId, f64> = HashMap::new();
    for one in inside {
        if let Some(air) = climate.get(&one.device_id).and_then(|said| said.inlet) {
            let most = warmest.entry(one.rack_id).or_insert(air);
            *most = most.max(air);
        }
        by_rack.entry(one.rack_id).or_default().push(one);
    }
    let fills = racks
        .iter()
        .map(|rack| {
            let own = by_rack.remove(&rack.id).unwrap_or_default();
            (rack.id, fill(rack.frame(), &own))
        })
        .collect();
    Ok(RoomPage {
        row,
        racks,
        fills,
        warmest,
    })
}

fn heats(web: &Web, locale: Locale, current: Heat) -> Vec<Value> {
    Heat::ALL
        .iter()
        .map(|heat| {
            json!({
                "value": heat.word(),
                "label": web.words.text(locale, &format!("floor-heat-{}", heat.word())),
                "current": *heat == current,
            })
        })
        .collect()
}

fn rack_value(tile: &Tile<'_>, heat: Heat) -> Value {
    let rack = tile.rack;
    json!({
        "id": rack.id,
        "name": rack.name,
        "row_name": rack.row_name,
        "version": rack.version,
        "spot": rack.spot().map(|spot| json!({"x": spot.x, "y": spot.y, "rotation": spot.rotation.degrees()})),
        "percent": tile.fill.percent(),
        "devices": tile.fill.devices,
        "word": tile.heat(heat).1,
    })
}

#[get("/rooms/<id>?<colour>&<edit>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    colour: Option<&str>,
    edit: Option<&str>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let page = web
        .store
        .read(move |c| room_page(c, &actor, RoomId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let heat = colour.and_then(Heat::from_word).unwrap_or(Heat::Fill);
    let may_edit = signed.actor.may(Permission::EditFacility);
    let floor = page.row.room.floor();
    let tiles: Vec<Tile<'_>> = page
        .racks
        .iter()
        .map(|rack| Tile {
            rack,
            fill: page.fills.get(&rack.id).copied().unwrap_or_default(),
            warmest: page.warmest.get(&rack.id).copied(),
        })
        .collect();
    let plan = FloorPlan {
        name: &page.row.room.name,
        floor: &floor,
        tiles: &tiles,
        heat,
        edit: may_edit && edit.is_some(),
        words: &web.words,
        locale,
    };
    let racks: Vec<Value> = tiles.iter().map(|tile| rack_value(tile, heat)).collect();
    View::new(
        web,
        &signed.reader,
        "facility/room.html",
        &page.row.room.name,
        "racks",
    )
    .crumbs(&[
        (&web.words.text(locale, "racks-title"), "/racks"),
        (&page.row.site.name, "/sites"),
    ])
    .flash(said.as_ref())
    .with("room", &page.row.room)
    .with("site", &page.row.site)
    .with("plan", floor.is_planned().then(|| plan.svg()))
    .with("racks", racks)
    .with("heat", heat.word())
    .with("heats", heats(web, locale, heat))
    .with("edit", plan.edit)
    .with("may_edit", may_edit)
    .answer()
}

/// The rack of a posted form, `id:version`, and where it is wanted.
fn wanted(fields: &Fields) -> Result<(RackId, i64, Option<Spot>), Fault> {
    let mut faults = Faults::new();
    let rack = fields
        .get("rack")
        .split_once(':')
        .and_then(|(id, version)| Some((id.parse::<i64>().ok()?, version.parse::<i64>().ok()?)));
    if rack.is_none() {
        faults.add("rack", Message::new("fault-required"));
    }
    let spot = Spot::read(fields, &mut faults);
    let wanted = rack.and_then(|(id, version)| Some((RackId::new(id), version, spot?)));
    faults.into_result(wanted)
}

#[post("/rooms/<id>/settle", data = "<form>")]
async fn settle(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::EditFacility)
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let outcome = match wanted(&form.fields) {
        Ok((rack, version, spot)) => {
            let actor = signed.actor.clone();
            web.store
                .write("rack.settle", move |c| {
                    rack_settle(c, &actor, rack, version, spot)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let href = format!("/rooms/{id}?edit=1");
    match outcome {
        Ok(()) => Ok(done(web, locale, href, &Message::new("flash-saved"))),
        Err(fault) if belongs_in_form(&fault) => {
            let words: Vec<String> = if fault.fields.is_empty() {
                vec![web.words.say(locale, &fault.message)]
            } else {
                fault
                    .fields
                    .iter()
                    .map(|field| web.words.say(locale, &field.message))
                    .collect()
            };
            let flash = Flash::new(Redirect::to(href), "fault", words.join(" "));
            Ok(Answer::Done(Box::new(flash)))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
