//! Graphs of ports and allocations as pictures: one function for both, and both kinds of picture.

use std::io::Cursor;

use chrono_tz::Tz;
use rocket::form::FromForm;
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{Responder, Response};
use rocket::{Route, State, get, routes};
use utoipa::IntoParams;

use crate::base::fault::{Fault, Message};
use crate::base::ids::{AllocationId, PortId};
use crate::base::token::sha256_hex;
use crate::identity::Actor;
use crate::metering::period::Period;
use crate::metering::{
    allocation_by_id, allocation_series, is_long, port_by_id, port_hours, port_series,
};
use crate::paper::{PaperError, png};
use crate::reports::{Curve, Drawing, Size};
use crate::store::Conn;
use crate::web::guards::Caller;
use crate::web::pages::compare::{other_of_allocation, other_of_port};
use crate::web::pages::spans::SpanQuery;
use crate::web::printing::in_turn;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![port_svg, port_png, allocation_svg, allocation_png]
}

const WIDTHS: (i64, i64) = (320, 1920);
const HEIGHTS: (i64, i64) = (200, 1080);
const SCALES: (i64, i64) = (1, 4);

/// `?from=&to=&range=&theme=&width=&height=&scale=`
#[derive(Debug, Clone, FromForm, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct GraphQuery {
    /// Beginning, RFC 3339 or `2026-11-22 14:05` in the zone of the place.
    from: Option<String>,
    /// End, which does not belong to it.
    to: Option<String>,
    /// `day`, `week` or `month` up to now, when `from` and `to` are missing.
    range: Option<String>,
    /// What it is compared with: the number of another port or allocation, or a port's device and name.
    with: Option<String>,
    /// The earlier time it is compared with: `previous`, `week` or `month`.
    against: Option<String>,
    /// `dark` for light lines on dark ground.
    theme: Option<String>,
    /// Width, 320 to 1,920; 960 when missing.
    width: Option<String>,
    /// Height, 200 to 1,080; 360 when missing.
    height: Option<String>,
    /// Pixels of a PNG to one unit of width and height, 1 to 4; 1 when missing.
    scale: Option<String>,
}

fn number(
    field: &'static str,
    text: Option<&str>,
    usual: i64,
    (min, max): (i64, i64),
) -> Result<i64, Fault> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(usual);
    };
    let number = text.parse().ok().filter(|n| (min..=max).contains(n));
    number.ok_or_else(|| {
        let message = Message::new("fault-range")
            .with("min", min)
            .with("max", max);
        Fault::field(field, message)
    })
}

impl GraphQuery {
    fn span(&self) -> SpanQuery {
        SpanQuery {
            from: self.from.clone(),
            to: self.to.clone(),
            range: self.range.clone(),
            points: None,
            with: self.with.clone(),
            against: self.against.clone(),
        }
    }

    fn size(&self) -> Result<Size, Fault> {
        let width = number("width", self.width.as_deref(), 960, WIDTHS)?;
        let height = number("height", self.height.as_deref(), 360, HEIGHTS)?;
        Ok(Size {
            width: width as f64,
            height: height as f64,
        })
    }

    fn scale(&self) -> Result<f32, Fault> {
        Ok(number("scale", self.scale.as_deref(), 1, SCALES)? as f32)
    }
}

/// What is drawn.
struct Subject {
    title: String,
    curve: Curve,
    other: Option<Curve>,
    asked: Period,
    zone: Tz,
}

fn of_port(
    c: &mut Conn,
    actor: &Actor,
    id: i64,
    span: &SpanQuery,
    usual: Tz,
) -> Result<Subject, Fault> {
    // Who may not see the port learns nothing from its faults.
    let full = port_by_id(c, actor, PortId::new(id))?;
    let (row, own_zone) = (full.row, full.zone.unwrap_or(usual));
    let asked = span.graph_period(actor.now, own_zone)?;
    let curve = if is_long(asked) {
        Curve::of_hours(&port_hours(c, actor, row.port.id, asked)?)
    } else {
        Curve::of(&port_series(c, actor, row.port.id, asked)?)
    };
    let other = other_of_port(c, actor, row.port.id, span, asked, own_zone)?;
    Ok(Subject {
        title: format!("{} {}", row.device, row.port.name),
        curve,
        other: other.map(|other| other.curve()),
        asked,
        zone: own_zone,
    })
}

fn of_allocation(c: &mut Conn, actor: &Actor, id: i64, span: &SpanQuery) -> Result<Subject, Fault> {
    let id = AllocationId::new(id);
    let allocation = allocation_by_id(c, actor, id)?.allocation;
    let zone = allocation.zone();
    let asked = span.period(actor.now, zone)?;
    let series = allocation_series(c, actor, id, asked)?;
    let other = other_of_allocation(c, actor, id, span, asked, zone)?;
    Ok(Subject {
        title: allocation.name,
        curve: Curve::of(&series),
        other: other.map(|other| other.curve()),
        asked,
        zone,
    })
}

/// Reads and draws.
async fn drawn<F>(web: &Web, caller: Caller, query: &GraphQuery, find: F) -> Result<String, Failure>
where
    F: Fn(&mut Conn, &Actor) -> Result<Subject, Fault> + Send + 'static,
{
    let (locale, size) = (caller.actor.locale, query.size());
    let subject = web.store.read(move |c| find(c, &caller.actor)).await?;
    let drawing = Drawing {
        curve: &subject.curve,
        other: subject.other.as_ref(),
        asked: subject.asked,
        zone: subject.zone,
        title: &subject.title,
        words: &web.words,
        locale,
        dark: query.theme.as_deref() == Some("dark"),
        size: size?,
    };
    Ok(drawing.svg())
}

/// The picture of a drawing, unless the reader has it; two are made at once.
async fn picture(svg: String, query: &GraphQuery, had: &Had) -> Result<Picture, Failure> {
    let scale = query.scale()?;
    let tag = tag(&format!("{svg}{scale}"));
    if had.0.as_deref() == Some(tag.as_str()) {
        return Ok(Picture::same(tag));
    }
    let body = in_turn(move || png(&svg, scale).map_err(too_large)).await?;
    Ok(Picture::new(ContentType::PNG, body, tag))
}

fn too_large(error: PaperError) -> Fault {
    match error {
        PaperError::Size { .. } => {
            let message = Message::new("fault-picture-large")
                .with("most", i64::from(crate::paper::MOST_PIXELS));
            Fault::field("scale", message)
        }
        error => Fault::internal(error),
    }
}

fn vector(svg: String, had: &Had) -> Picture {
    let tag = tag(&svg);
    if had.0.as_deref() == Some(tag.as_str()) {
        return Picture::same(tag);
    }
    Picture::new(ContentType::SVG, svg.into_bytes(), tag)
}

fn tag(of: &str) -> String {
    let hash: String = sha256_hex(of).chars().take(32).collect();
    format!("\"{hash}\"")
}

/// The version of a picture that the reader has (RFC 9110, section 13.1.2).
pub(super) struct Had(Option<String>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Had {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let said = request.headers().get_one("If-None-Match");
        Outcome::Success(Self(said.map(|tag| tag.trim().to_owned())))
    }
}

/// A picture with its version; without a body when the reader has it.
pub(super) struct Picture {
    kind: Option<ContentType>,
    body: Vec<u8>,
    tag: String,
}

impl Picture {
    const fn new(kind: ContentType, body: Vec<u8>, tag: String) -> Self {
        let kind = Some(kind);
        Self { kind, body, tag }
    }

    const fn same(tag: String) -> Self {
        Self {
            kind: None,
            body: Vec::new(),
            tag,
        }
    }
}

impl<'r> Responder<'r, 'static> for Picture {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let mut response = Response::build();
        response
            .header(Header::new("Cache-Control", "private, max-age=60"))
            .header(Header::new(
                "Vary",
                "Accept-Language, Authorization, Cookie",
            ))
            .header(Header::new("ETag", self.tag));
        match self.kind {
            None => response.status(Status::NotModified).ok(),
            Some(kind) => response
                .header(kind)
                .sized_body(self.body.len(), Cursor::new(self.body))
                .ok(),
        }
    }
}

/// Rates of a port as a drawing: in as area, out as line, 95th percentile.
#[utoipa::path(get, path = "/api/v1/ports/{id}/graph.svg", tag = "ports", params(GraphQuery),
    responses((status = 200, content_type = "image/svg+xml"), (status = 404), (status = 422)))]
#[get("/ports/<id>/graph.svg?<query..>")]
pub(super) async fn port_svg(
    web: &State<Web>,
    caller: Caller,
    had: Had,
    id: i64,
    query: GraphQuery,
) -> Result<Picture, Failure> {
    let usual = web.settings.zone;
    let span = query.span();
    let find = move |c: &mut Conn, actor: &Actor| of_port(c, actor, id, &span, usual);
    Ok(vector(drawn(web, caller, &query, find).await?, &had))
}

/// The same as a picture of pixels.
#[utoipa::path(get, path = "/api/v1/ports/{id}/graph.png", tag = "ports", params(GraphQuery),
    responses((status = 200, content_type = "image/png"), (status = 404), (status = 422)))]
#[get("/ports/<id>/graph.png?<query..>")]
pub(super) async fn port_png(
    web: &State<Web>,
    caller: Caller,
    had: Had,
    id: i64,
    query: GraphQuery,
) -> Result<Picture, Failure> {
    let usual = web.settings.zone;
    let span = query.span();
    let find = move |c: &mut Conn, actor: &Actor| of_port(c, actor, id, &span, usual);
    let svg = drawn(web, caller, &query, find).await?;
    picture(svg, &query, &had).await
}

/// Rates of all ports of an allocation together as a drawing, with the committed rate.
#[utoipa::path(get, path = "/api/v1/allocations/{id}/graph.svg", tag = "allocations", params(GraphQuery),
    responses((status = 200, content_type = "image/svg+xml"), (status = 404), (status = 422)))]
#[get("/allocations/<id>/graph.svg?<query..>")]
pub(super) async fn allocation_svg(
    web: &State<Web>,
    caller: Caller,
    had: Had,
    id: i64,
    query: GraphQuery,
) -> Result<Picture, Failure> {
    let span = query.span();
    let find = move |c: &mut Conn, actor: &Actor| of_allocation(c, actor, id, &span);
    Ok(vector(drawn(web, caller, &query, find).await?, &had))
}

/// The same as a picture of pixels.
#[utoipa::path(get, path = "/api/v1/allocations/{id}/graph.png", tag = "allocations", params(GraphQuery),
    responses((status = 200, content_type = "image/png"), (status = 404), (status = 422)))]
#[get("/allocations/<id>/graph.png?<query..>")]
pub(super) async fn allocation_png(
    web: &State<Web>,
    caller: Caller,
    had: Had,
    id: i64,
    query: GraphQuery,
) -> Result<Picture, Failure> {
    let span = query.span();
    let find = move |c: &mut Conn, actor: &Actor| of_allocation(c, actor, id, &span);
    let svg = drawn(web, caller, &query, find).await?;
    picture(svg, &query, &had).await
}
