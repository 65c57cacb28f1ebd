//! Units of racks that are kept for somebody.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::saving::{Archive, form_status, settled};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{RackId, ReservationId};
use crate::facility::{
    Faces, RackRow, ReservationDraft, ReservationKind, ReservationRow, rack_by_id,
    reservation_archive, reservation_by_id, reservation_create, reservation_update,
};
use crate::identity::Permission;
use crate::tenancy::customer_choices;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![new, create, edit, update, archive_dialog, archive]
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditFacility)
        .map_err(|fault| signed.failure(fault))
}

async fn rack(web: &Web, signed: &Signed, id: i64) -> Result<RackRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| rack_by_id(c, &actor, RackId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

async fn kept(web: &Web, signed: &Signed, id: i64) -> Result<(ReservationRow, RackRow), Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| reservation_by_id(c, &actor, ReservationId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    rack: &RackRow,
    there: Option<&ReservationRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let customers = web
        .store
        .read(move |c| customer_choices(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let customers: Vec<Value> = customers
        .iter()
        .map(|(id, code, name)| json!({"value": id.to_string(), "label": format!("{name} ({code})")}))
        .collect();
    let word = |prefix: &str, word: &str| json!({"value": word, "label": web.words.text(locale, &format!("{prefix}{word}"))});
    let kinds: Vec<Value> = ReservationKind::ALL
        .iter()
        .map(|kind| word("reservation-", kind.as_str()))
        .collect();
    let faces: Vec<Value> = Faces::ALL
        .iter()
        .map(|faces| word("faces-", faces.as_str()))
        .collect();
    let back = format!("/racks/{}", rack.rack.id);
    let (title, action, archive_href) = match there {
        None => ("reservations-new", format!("{back}/reservations/new"), None),
        Some(row) => {
            let path = format!("/reservations/{}", row.reservation.id);
            (
                "reservations-edit",
                format!("{path}/edit"),
                Some(format!("{path}/archive")),
            )
        }
    };
    let title = Message::new(title).with("name", rack.rack.name.as_str());
    View::new(
        web,
        &signed.reader,
        "facility/reservation_form.html",
        &web.words.say(locale, &title),
        "racks",
    )
    .crumbs(&[
        (&web.words.text(locale, "racks-title"), "/racks"),
        (&rack.rack.name, &back),
    ])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("customers", customers)
    .with("kinds", kinds)
    .with("faces", faces)
    .with("cancel_href", back)
    .with("archive_href", archive_href)
    .status(form_status(fault))
    .answer()
}

#[get("/racks/<id>/reservations/new")]
async fn new(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let rack = rack(web, &signed, id).await?;
    let fields: Fields = [("kind", "reserved"), ("faces", "both")]
        .into_iter()
        .collect();
    form_view(web, &signed, &rack, None, &fields, None).await
}

#[post("/racks/<id>/reservations/new", data = "<form>")]
async fn create(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let rack = rack(web, &signed, id).await?;
    let mut fields = form.fields.clone();
    fields.set("rack_id", rack.rack.id.to_string());
    let outcome = match ReservationDraft::parse(&fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("reservation.create", move |c| {
                    reservation_create(c, &actor, &draft).map(|_| ())
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, (&rack, None), &form.fields, outcome).await
}

async fn answer(
    web: &Web,
    signed: &Signed,
    (rack, there): (&RackRow, Option<&ReservationRow>),
    fields: &Fields,
    outcome: Result<(), Fault>,
) -> Result<Answer, Failure> {
    match settled(
        web,
        signed,
        outcome.map(|()| format!("/racks/{}", rack.rack.id)),
    )? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, rack, there, fields, Some(&fault)).await,
    }
}

#[get("/reservations/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (row, rack) = kept(web, &signed, id).await?;
    let fields = Fields::from_json(&serde_json::to_value(&row.reservation).unwrap_or_default())
        .unwrap_or_default();
    form_view(web, &signed, &rack, Some(&row), &fields, None).await
}

#[post("/reservations/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (row, rack) = kept(web, &signed, id).await?;
    let mut fields = form.fields.clone();
    fields.set("rack_id", rack.rack.id.to_string());
    let parsed = ReservationDraft::parse(&fields).and_then(|draft| Ok((draft, version(&fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, id) = (signed.actor.clone(), row.reservation.id);
            web.store
                .write("reservation.update", move |c| {
                    reservation_update(c, &actor, id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, (&rack, Some(&row)), &form.fields, outcome).await
}

fn archive_of<'a>(row: &ReservationRow, rack: &RackRow, name: &'a str) -> Archive<'a> {
    Archive {
        name,
        action: format!("/reservations/{}/archive", row.reservation.id),
        back: format!("/racks/{}", rack.rack.id),
        version: row.reservation.version,
        archived: row.reservation.archived_at.is_some(),
        consequence: "reservations-archive-consequence",
        section: "racks",
    }
}

fn name_of(row: &ReservationRow, rack: &RackRow) -> String {
    format!("{} · U{}", rack.rack.name, row.reservation.units())
}

#[get("/reservations/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (row, rack) = kept(web, &signed, id).await?;
    let name = name_of(&row, &rack);
    archive_of(&row, &rack, &name).view(web, &signed, None)
}

#[post("/reservations/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (row, rack) = kept(web, &signed, id).await?;
    let (name, id) = (name_of(&row, &rack), row.reservation.id);
    archive_of(&row, &rack, &name)
        .post(
            web,
            &signed,
            &form,
            "reservation.archive",
            move |c, actor, version, archive| reservation_archive(c, actor, id, version, archive),
        )
        .await
}
