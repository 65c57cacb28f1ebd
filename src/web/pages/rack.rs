//! One rack: its drawing with colours, and moving what stands in it.

use std::collections::HashMap;

use chrono_tz::Tz;
use rocket::http::ContentType;
use rocket::response::{Flash, Redirect};
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::record_history::{entries_of, history_value};
use crate::attachments::Subject;
use crate::audit;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::fold::fold;
use crate::base::ids::{DeviceId, RackId};
use crate::base::locale::Locale;
use crate::base::units::Grams;
use crate::facility::{
    Face, Occupant, RackRow, ReservationRow, fill, free_units, occupants, rack_by_id,
    reservations_kept,
};
use crate::identity::{Actor, Permission};
use crate::inventory::{
    DeviceRow, PlaceDraft, device_by_id, device_move, device_move_back, device_move_last,
    devices_in_rack, rack_in_sight,
};
use crate::metering::{PowerNow, PowerOf, power_now};
use crate::power::ops::{Climate, machines_climate};
use crate::store::Conn;
use crate::web::drawing::elevation::{Elevation, Kept};
use crate::web::drawing::{Colour, Paints, Told};
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done};
use crate::web::{Failure, Web};
use crate::words::Words;

pub(super) fn routes() -> Vec<Route> {
    routes![show, drawing, move_post, undo]
}

/// All that a drawing of a rack is made of, as far as the reader may know it.
pub(in crate::web) struct Seen {
    row: RackRow,
    occupants: Vec<Occupant>,
    devices: Vec<DeviceRow>,
    kept: Vec<ReservationRow>,
    told: HashMap<DeviceId, Told>,
    customer: Option<crate::base::ids::CustomerId>,
    today: String,
}

/// What stands in a rack that the reader may see.
pub(in crate::web) fn seen(c: &mut Conn, actor: &Actor, row: RackRow) -> Result<Seen, Fault> {
    let id = row.rack.id;
    let devices = if actor.may(Permission::ViewDevices) {
        devices_in_rack(c, actor, id)?
    } else {
        Vec::new()
    };
    let ids: Vec<DeviceId> = devices.iter().map(|row| row.device.id).collect();
    let told = machines_climate(c, actor, &ids)?
        .into_iter()
        .map(|(id, Climate { watts, inlet })| (id, Told { watts, inlet }))
        .collect();
    let zone = row.site.time_zone.parse::<Tz>().unwrap_or(Tz::UTC);
    Ok(Seen {
        occupants: occupants(c, id)?,
        kept: reservations_kept(c, id)?,
        today: actor.now.local_date(zone),
        customer: actor.wall().customer(),
        row,
        devices,
        told,
    })
}

/// A drawing as it was asked for.
pub(in crate::web) struct Asked<'a> {
    /// `front` or `rear`; both when missing.
    pub face: Option<&'a str>,
    /// A word of [`Colour`].
    pub colour: Option<&'a str>,
    /// What lights up.
    pub search: Option<&'a str>,
}

impl Asked<'_> {
    fn colour(&self) -> Colour {
        self.colour
            .and_then(Colour::from_word)
            .unwrap_or(Colour::Status)
    }

    fn faces(&self) -> Vec<Face> {
        match self.face {
            Some("front") => vec![Face::Front],
            Some("rear") => vec![Face::Rear],
            _ => vec![Face::Front, Face::Rear],
        }
    }
}

impl Seen {
    fn kept_units(&self, words: &Words, locale: Locale) -> Vec<Kept> {
        let frame = self.row.rack.frame();
        self.kept
            .iter()
            .filter(|row| row.reservation.holds_on(&self.today))
            .filter_map(|row| {
                let kept = &row.reservation;
                let is_known = self.customer.is_none() || self.customer == kept.customer_id;
                let owner = row.customer.as_ref().map(|customer| customer.name.clone());
                let owner = owner.unwrap_or_else(|| words.text(locale, "devices-operator"));
                let kind = words.text(locale, &format!("reservation-{}", kept.kind));
                let label = [kind, owner, kept.reason.clone()]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join(" · ");
                Some(Kept {
                    place: kept.place(frame)?,
                    label: is_known.then_some(label),
                })
            })
            .collect()
    }

    fn drawn<T>(
        &self,
        (words, locale): (&Words, Locale),
        asked: &Asked<'_>,
        movable: bool,
        draw: impl FnOnce(&Elevation<'_>) -> T,
    ) -> T {
        let kept = self.kept_units(words, locale);
        let paints = Paints::new(
            asked.colour(),
            &self.told,
            &self.today,
            (words, locale),
            &self.devices,
        );
        draw(&Elevation {
            name: &self.row.rack.name,
            frame: self.row.rack.frame(),
            occupants: &self.occupants,
            seen: &self.devices,
            kept: &kept,
            paints: &paints,
            search: fold(asked.search.unwrap_or("")),
            free_href: movable.then(|| format!("/devices/new?rack={}&unit=", self.row.rack.id)),
            movable,
        })
    }

    /// The drawing as a file.
    pub(in crate::web) fn file(&self, words: (&Words, Locale), asked: &Asked<'_>) -> String {
        self.drawn(words, asked, false, |elevation| {
            elevation.file(&asked.faces())
        })
    }
}

/// A drawing as a person or a program gets it.
pub(in crate::web) fn drawing_of(c: &mut Conn, actor: &Actor, id: RackId) -> Result<Seen, Fault> {
    let row = rack_in_sight(c, actor, id)?;
    seen(c, actor, row)
}

#[get("/racks/<id>/elevation.svg?<face>&<colour>&<q>")]
async fn drawing(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    face: Option<&str>,
    colour: Option<&str>,
    q: Option<&str>,
) -> Result<(ContentType, String), Failure> {
    let actor = signed.actor.clone();
    let seen = web
        .store
        .read(move |c| drawing_of(c, &actor, RackId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let asked = Asked {
        face,
        colour,
        search: q,
    };
    let words = (&web.words, signed.reader.locale);
    Ok((ContentType::SVG, seen.file(words, &asked)))
}

/// One rack with all that is drawn and listed on its page.
struct RackPage {
    seen: Seen,
    power: Option<PowerNow>,
    budget: Value,
    attachments: Value,
    history: Option<Vec<audit::Entry>>,
    last: Option<(DeviceRow, PlaceDraft)>,
}

fn rack_page(
    c: &mut Conn,
    actor: &Actor,
    id: RackId,
    moved: Option<i64>,
) -> Result<RackPage, Fault> {
    let row = rack_by_id(c, actor, id)?;
    let is_live = row.rack.archived_at.is_none();
    let power = actor
        .may(Permission::ViewPower)
        .then(|| power_now(c, actor, PowerOf::Rack(id)))
        .transpose()?;
    let last = match moved {
        Some(device) if actor.may(Permission::EditDevices) => {
            device_move_last(c, actor, DeviceId::new(device))?
        }
        _ => None,
    };
    Ok(RackPage {
        seen: seen(c, actor, row)?,
        power,
        budget: super::rack_budget::budget_section(c, actor, id)?,
        attachments: super::attachments::attachment_section(c, actor, Subject::Rack(id), is_live)?,
        history: entries_of(c, actor, "rack", id.get())?,
        last,
    })
}

fn device_value(row: &DeviceRow) -> Value {
    json!({
        "id": row.device.id,
        "name": row.device.name,
        "label": row.device.label,
        "model": row.device_type.model,
        "customer": row.customer,
        "status": row.device.status,
        "position": row.position(),
    })
}

fn kept_value(row: &ReservationRow, today: &str) -> Value {
    json!({
        "id": row.reservation.id,
        "kind": row.reservation.kind,
        "units": row.reservation.units(),
        "faces": row.reservation.faces,
        "customer": row.customer,
        "reason": row.reservation.reason,
        "until_date": row.reservation.until_date,
        "made_by_name": row.reservation.made_by_name,
        "is_over": !row.reservation.holds_on(today),
    })
}

/// What the button that takes the last move back says and sends.
fn undo_value(last: &(DeviceRow, PlaceDraft)) -> Value {
    let (row, place) = last;
    json!({
        "device_id": row.device.id,
        "name": row.device.name,
        "version": row.device.version,
        "unit": place.unit.map(|unit| unit.to_units_text()),
    })
}

fn colours(web: &Web, locale: Locale, current: Colour) -> Vec<Value> {
    Colour::ALL
        .iter()
        .map(|colour| {
            json!({
                "value": colour.word(),
                "label": web.words.text(locale, &format!("drawing-colour-{}", colour.word())),
                "current": *colour == current,
            })
        })
        .collect()
}

#[get("/racks/<id>?<q>&<colour>&<moved>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    q: Option<&str>,
    colour: Option<&str>,
    moved: Option<i64>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let page = web
        .store
        .read(move |c| rack_page(c, &actor, RackId::new(id), moved))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let asked = Asked {
        face: None,
        colour,
        search: q,
    };
    let there = &page.seen.row;
    let may_move = signed.actor.may(Permission::EditDevices) && there.rack.archived_at.is_none();
    let (front, rear, legend, hits) =
        page.seen
            .drawn((&web.words, locale), &asked, may_move, |elevation| {
                (
                    elevation.face(Face::Front),
                    elevation.face(Face::Rear),
                    elevation.paints.legend(),
                    elevation.hits(),
                )
            });
    let frame = there.rack.frame();
    let filled = fill(frame, &page.seen.occupants);
    let free: Vec<Value> = free_units(frame, &page.seen.occupants)
        .into_iter()
        .map(|(first, last)| json!({"first": first, "last": last}))
        .collect();
    let place = format!("{} · {}", there.site.name, there.room.name);
    let devices: Vec<Value> = page.seen.devices.iter().map(device_value).collect();
    let kept: Vec<Value> = page
        .seen
        .kept
        .iter()
        .map(|row| kept_value(row, &page.seen.today))
        .collect();
    View::new(
        web,
        &signed.reader,
        "facility/rack.html",
        &there.rack.name,
        "racks",
    )
    .crumbs(&[
        (&web.words.text(locale, "racks-title"), "/racks"),
        (&place, &format!("/rooms/{}", there.room.id)),
    ])
    .flash(said.as_ref())
    .with("rack", &there.rack)
    .with("room", &there.room)
    .with("site", &there.site)
    .with("customer", &there.customer)
    .with(
        "max_weight_kg",
        there.rack.max_weight_g.map(Grams::to_kilograms_text),
    )
    .with("fill", filled)
    .with("fill_percent", filled.percent())
    .with("weight_kg", filled.weight_g.to_kilograms_text())
    .with("front", front)
    .with("rear", rear)
    .with("legend", legend)
    .with("colours", colours(web, locale, asked.colour()))
    .with("query", q.unwrap_or(""))
    .with("hits", hits)
    .with("kept", kept)
    .with("undo", page.last.as_ref().map(undo_value))
    .with("power", page.power.as_ref().map(super::courses::now_value))
    .with("budget", page.budget)
    .with("attachments", page.attachments)
    .with(
        "history",
        history_value(web, locale, page.history.as_deref(), None),
    )
    .with("free", free)
    .with("devices", devices)
    .with("may_see_visits", signed.actor.may(Permission::ViewVisits))
    .with("may_see_devices", signed.actor.may(Permission::ViewDevices))
    .with("may_edit", signed.actor.may(Permission::EditFacility))
    .with("may_edit_devices", may_move)
    .answer()
}

/// Back to the rack with what is wrong in words.
fn refused(web: &Web, signed: &Signed, href: String, fault: &Fault) -> Answer {
    let locale = signed.reader.locale;
    let text = match fault.fields.first() {
        Some(_) => fault
            .fields
            .iter()
            .map(|field| web.words.say(locale, &field.message))
            .collect::<Vec<_>>()
            .join(" "),
        None => web.words.say(locale, &fault.message),
    };
    Answer::Done(Box::new(Flash::new(Redirect::to(href), "fault", text)))
}

fn device_of(fields: &Fields) -> Result<DeviceId, Fault> {
    let id = fields.get("device_id").trim().parse::<i64>();
    id.map(DeviceId::new)
        .map_err(|_| Fault::field("device_id", Message::new("fault-required")))
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditDevices)
        .map_err(|fault| signed.failure(fault))
}

#[post("/racks/<id>/move", data = "<form>")]
async fn move_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let mut fields = form.fields.clone();
    fields.set("rack_id", id.to_string());
    let parsed = PlaceDraft::parse(&fields)
        .and_then(|place| Ok((device_of(&fields)?, version(&fields)?, place)));
    let outcome = match parsed {
        Ok((device, version, place)) => {
            let actor = signed.actor.clone();
            web.store
                .write("device.move", move |c| {
                    device_move(c, &actor, device, version, &place)?;
                    device_by_id(c, &actor, device)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, id, outcome, true)
}

#[post("/racks/<id>/undo", data = "<form>")]
async fn undo(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let parsed = device_of(&form.fields).and_then(|device| Ok((device, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((device, version)) => {
            let actor = signed.actor.clone();
            web.store
                .write("device.move_back", move |c| {
                    device_move_back(c, &actor, device, version)?;
                    device_by_id(c, &actor, device)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, id, outcome, false)
}

fn answer(
    web: &Web,
    signed: &Signed,
    rack: i64,
    outcome: Result<DeviceRow, Fault>,
    may_undo: bool,
) -> Result<Answer, Failure> {
    match outcome {
        Ok(row) => {
            let unit = row.position().and_then(|position| position.unit);
            let said = match unit {
                Some(unit) => Message::new("racks-moved")
                    .with("name", row.device.name.as_str())
                    .with("unit", unit),
                None => Message::new("flash-saved"),
            };
            let href = if may_undo {
                format!("/racks/{rack}?moved={}", row.device.id)
            } else {
                format!("/racks/{rack}")
            };
            Ok(done(web, signed.reader.locale, href, &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            Ok(refused(web, signed, format!("/racks/{rack}"), &fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
