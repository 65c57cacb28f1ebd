//! Which port belongs to an allocation, and when.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use super::allocations::editable;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::AllocationPortId;
use crate::identity::Permission;
use crate::metering::csv::date_text;
use crate::metering::{
    AllocationPort, LinkDates, NamedAllocation, allocation_port_add, allocation_port_by_id,
    allocation_port_end, instant, port_of_names,
};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![new, create, end_form, end]
}

fn form_view(
    web: &Web,
    signed: &Signed,
    there: &NamedAllocation,
    link: Option<AllocationPortId>,
    (fields, fault): (&Fields, Option<&Fault>),
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let allocation = &there.allocation;
    let href = format!("/allocations/{}", allocation.id);
    let (key, action) = match link {
        None => ("allocations-port-new", format!("{href}/ports/new")),
        Some(link) => (
            "allocations-port-end",
            format!("/allocation-ports/{link}/end"),
        ),
    };
    let title = web.words.text(locale, key);
    View::new(
        web,
        &signed.reader,
        "allocations/port_form.html",
        &title,
        "network",
    )
    .crumbs(&[
        (&web.words.text(locale, "allocations-title"), "/allocations"),
        (&allocation.name, &href),
    ])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("is_new", link.is_none())
    .with("zone", allocation.zone().name())
    .with("cancel_href", &href)
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

fn answer(
    web: &Web,
    signed: &Signed,
    there: &NamedAllocation,
    link: Option<AllocationPortId>,
    fields: &Fields,
    outcome: Result<(), Fault>,
) -> Result<Answer, Failure> {
    match outcome {
        Ok(()) => {
            let (href, said) = (
                format!("/allocations/{}", there.allocation.id),
                Message::new("flash-saved"),
            );
            Ok(done(web, signed.reader.locale, href, &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, signed, there, link, (fields, Some(&fault)))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[get("/allocations/<id>/ports/new?<device>&<port>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    device: Option<String>,
    port: Option<String>,
) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let from = signed.actor.now.local_date(there.allocation.zone());
    let fields: Fields = [
        ("device", device.unwrap_or_default()),
        ("port", port.unwrap_or_default()),
        ("from", from),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, &there, None, (&fields, None))
}

#[post("/allocations/<id>/ports/new", data = "<form>")]
async fn create(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let outcome = match LinkDates::parse(&form.fields, there.allocation.zone()) {
        Ok(dates) => {
            let (actor, allocation) = (signed.actor.clone(), there.allocation.id);
            let (device, port) = (
                form.fields.get("device").to_owned(),
                form.fields.get("port").to_owned(),
            );
            web.store
                .write("allocation.port_add", move |c| {
                    let port = port_of_names(c, &device, &port)?;
                    allocation_port_add(c, &actor, allocation, port, dates).map(|_| ())
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, &there, None, &form.fields, outcome)
}

async fn linked(
    web: &Web,
    signed: &Signed,
    id: i64,
) -> Result<(AllocationPort, NamedAllocation), Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditNetwork)?;
            allocation_port_by_id(c, &actor, AllocationPortId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/allocation-ports/<id>/end")]
async fn end_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (link, there) = linked(web, &signed, id).await?;
    let zone = there.allocation.zone();
    let until = date_text(link.until_at.or(Some(signed.actor.now)), zone);
    let fields: Fields = [("until", until)].into_iter().collect();
    form_view(web, &signed, &there, Some(link.id), (&fields, None))
}

#[post("/allocation-ports/<id>/end", data = "<form>")]
async fn end(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let (link, there) = linked(web, &signed, id).await?;
    let outcome = match instant("until", form.fields.get("until"), there.allocation.zone()) {
        Ok(until) => {
            let actor = signed.actor.clone();
            web.store
                .write("allocation.port_end", move |c| {
                    allocation_port_end(c, &actor, link.id, until)
                })
                .await
        }
        Err(fault) => Err(fault.into()),
    };
    answer(web, &signed, &there, Some(link.id), &form.fields, outcome)
}
