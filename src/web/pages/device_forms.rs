//! Adding, editing and moving a device.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::devices::area;
use super::saving::{changed, created, form_status, settled};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::base::page::{PageRequest, every_page};
use crate::facility::{Face, Half, RackFilter, RackRow, rack_list};
use crate::identity::{Actor, Permission};
use crate::inventory::{
    DeviceDraft, DeviceRole, DeviceRow, DeviceStatus, DeviceType, PlaceDraft, chassis_list,
    device_by_id, device_create, device_fields, device_move, device_type_list, device_update,
};
use crate::store::Conn;
use crate::tenancy::customer_choices;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![new, create, edit, update, move_form, move_post]
}

/// Which form is shown.
enum Form<'a> {
    New,
    Edit(&'a DeviceRow),
    Move(&'a DeviceRow),
}

impl Form<'_> {
    fn action(&self) -> String {
        match self {
            Self::New => "/devices/new".to_owned(),
            Self::Edit(row) => format!("/devices/{}/edit", row.device.id),
            Self::Move(row) => format!("/devices/{}/move", row.device.id),
        }
    }

    fn back(&self) -> String {
        match self {
            Self::New => "/devices".to_owned(),
            Self::Edit(row) | Self::Move(row) => format!("/devices/{}", row.device.id),
        }
    }

    fn title(&self, web: &Web, signed: &Signed) -> String {
        let message = match self {
            Self::New => Message::new("devices-new"),
            Self::Edit(row) => Message::new("facility-edit").with("name", row.device.name.as_str()),
            Self::Move(row) => {
                Message::new("devices-move-title").with("name", row.device.name.as_str())
            }
        };
        web.words.say(signed.reader.locale, &message)
    }

    const fn template(&self) -> &'static str {
        match self {
            Self::Move(_) => "devices/move.html",
            _ => "devices/form.html",
        }
    }
}

/// What can be chosen in the form.
struct Choices {
    types: Vec<Value>,
    customers: Vec<Value>,
    racks: Vec<Value>,
    chassis: Vec<Value>,
}

fn choices(c: &mut Conn, actor: &Actor) -> Result<Choices, Fault> {
    let types = device_type_list(c, actor, "", &PageRequest::largest())?.rows;
    let mut racks = Vec::new();
    every_page(|page| {
        let part = rack_list(c, actor, &RackFilter::default(), page)?;
        racks.extend(part.rows);
        Ok(part.next)
    })?;
    Ok(Choices {
        types: types.iter().map(|(row, _)| type_choice(row)).collect(),
        customers: customer_choices(c, actor)?
            .iter()
            .map(|(id, code, name)| json!({"value": id.to_string(), "label": format!("{name} ({code})")}))
            .collect(),
        racks: grouped(&racks),
        chassis: chassis_list(c, actor)?
            .into_iter()
            .map(|chassis| json!({"value": chassis.id.to_string(), "label": chassis.name}))
            .collect(),
    })
}

/// A type to choose from.
pub(super) fn type_choice(row: &DeviceType) -> Value {
    let height = row.height_half_units.to_units_text();
    json!({"value": row.id.to_string(), "label": format!("{} {} · {height} U", row.manufacturer, row.model)})
}

/// Racks in groups of their rooms.
fn grouped(racks: &[RackRow]) -> Vec<Value> {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for row in racks {
        let room = format!("{} · {}", row.site.code, row.room.name);
        let option = json!({"value": row.rack.id.to_string(), "label": row.rack.name});
        match groups.last_mut() {
            Some((name, options)) if *name == room => options.push(option),
            _ => groups.push((room, vec![option])),
        }
    }
    groups
        .into_iter()
        .map(|(label, options)| json!({"label": label, "options": options}))
        .collect()
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    form: &Form<'_>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let choices = web
        .store
        .read(move |c| choices(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let word = |prefix: &str, word: &str| json!({"value": word, "label": web.words.text(locale, &format!("{prefix}{word}"))});
    let roles: Vec<Value> = DeviceRole::ALL
        .iter()
        .map(|role| word("device-role-", role.as_str()))
        .collect();
    let statuses: Vec<Value> = DeviceStatus::ALL
        .iter()
        .map(|status| word("device-status-", status.as_str()))
        .collect();
    let faces: Vec<Value> = Face::ALL
        .iter()
        .map(|face| word("face-", face.as_str()))
        .collect();
    let halves: Vec<Value> = Half::ALL
        .iter()
        .map(|half| word("half-", half.as_str()))
        .collect();
    let title = form.title(web, signed);
    View::new(
        web,
        &signed.reader,
        form.template(),
        &title,
        area(&signed.actor),
    )
    .crumbs(&[(&web.words.text(locale, "devices-title"), "/devices")])
    .with(
        "form",
        form_context(web, locale, &form.action(), fields, fault),
    )
    .with("types", choices.types)
    .with("customers", choices.customers)
    .with("racks", choices.racks)
    .with("roles", roles)
    .with("statuses", statuses)
    .with("faces", faces)
    .with("halves", halves)
    .with("chassis", choices.chassis)
    .with("cancel_href", form.back())
    .status(form_status(fault))
    .answer()
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditDevices)
        .map_err(|fault| signed.failure(fault))
}

async fn device(web: &Web, signed: &Signed, id: i64) -> Result<DeviceRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| device_by_id(c, &actor, DeviceId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

async fn answer(
    web: &Web,
    signed: &Signed,
    form: &Form<'_>,
    fields: &Fields,
    outcome: Result<DeviceId, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome.map(|id| format!("/devices/{id}")))? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, form, fields, Some(&fault)).await,
    }
}

#[get("/devices/new?<rack>&<unit>&<face>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    rack: Option<i64>,
    unit: Option<&str>,
    face: Option<&str>,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let mut fields = Fields::new();
    fields.set(
        "status",
        if rack.is_some() {
            "installed"
        } else {
            "in_stock"
        },
    );
    if let Some(rack) = rack {
        fields.set("rack_id", rack.to_string());
        fields.set("unit", unit.unwrap_or(""));
        fields.set("face", face.unwrap_or("front"));
    }
    form_view(web, &signed, &Form::New, &fields, None).await
}

#[post("/devices/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "device.create",
        DeviceDraft::parse,
        device_create,
    )
    .await;
    answer(web, &signed, &Form::New, &form.fields, outcome).await
}

#[get("/devices/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    let fields = device_fields(&there);
    form_view(web, &signed, &Form::Edit(&there), &fields, None).await
}

#[post("/devices/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    let id = there.device.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "device.update",
        DeviceDraft::parse,
        move |c, actor, version, draft| device_update(c, actor, id, version, draft).map(|()| id),
    )
    .await;
    answer(web, &signed, &Form::Edit(&there), &form.fields, outcome).await
}

#[get("/devices/<id>/move")]
async fn move_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    let fields = device_fields(&there);
    form_view(web, &signed, &Form::Move(&there), &fields, None).await
}

#[post("/devices/<id>/move", data = "<form>")]
async fn move_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = device(web, &signed, id).await?;
    let parsed =
        PlaceDraft::parse(&form.fields).and_then(|place| Ok((place, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((place, version)) => {
            let (actor, id) = (signed.actor.clone(), there.device.id);
            web.store
                .write("device.move", move |c| {
                    device_move(c, &actor, id, version, &place).map(|()| id)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, &Form::Move(&there), &form.fields, outcome).await
}
