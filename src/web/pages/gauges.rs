//! Pages and files of what hardware measures: one gauge, and the power of a rack, a feed, a customer or a device.

use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::courses::{Shown, course_graph, course_period, now_value};
use super::spans::SpanQuery;
use crate::base::fault::{Fault, Message};
use crate::base::gauge::{GaugePart, Quantity};
use crate::base::ids::{CustomerId, DeviceId, GaugeId, PowerFeedId, RackId};
use crate::facility::{feed_by_id, rack_by_id};
use crate::identity::{Actor, Permission};
use crate::inventory::{device_by_id, devices_in_rack};
use crate::metering::{
    Gauge, PowerNow, PowerOf, PowerSeries, gauge_by_id, gauge_series, gauges_of_device, power_now,
    power_series,
};
use crate::store::Conn;
use crate::tenancy::customer_by_id;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        gauge,
        gauge_csv,
        rack,
        rack_csv,
        feed,
        feed_csv,
        customer,
        customer_csv,
        device,
        device_csv
    ]
}

/// A part of a device in the words of a language: what the device calls it, else its kind and place.
pub(super) fn part_words(web: &Web, signed: &Signed, gauge: &Gauge) -> String {
    let kind = web.words.text(
        signed.reader.locale,
        &format!("gauge-part-{}", gauge.part.as_str()),
    );
    match gauge.name.as_str() {
        "" => format!("{kind} {}", gauge.place),
        name => format!("{kind} {name}"),
    }
}

fn quantity_words(web: &Web, signed: &Signed, quantity: Quantity) -> String {
    web.words.text(
        signed.reader.locale,
        &format!("gauge-quantity-{}", quantity.as_str().replace('_', "-")),
    )
}

#[get("/gauges/<id>?<query..>")]
async fn gauge(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    let (actor, zone, span) = (signed.actor.clone(), web.settings.zone, query.clone());
    let (gauge, course, asked, device) = web
        .store
        .read(move |c| {
            let id = GaugeId::new(id);
            let gauge = gauge_by_id(c, &actor, id)?;
            let asked = course_period(&span, actor.now, zone)?;
            let (_, course) = gauge_series(c, &actor, id, asked)?;
            // A customer may see an outlet of a PDU that is none of theirs.
            let device = match actor.role.is_customer() {
                true => None,
                false => Some(device_by_id(c, &actor, gauge.device_id)?.device.name),
            };
            Ok((gauge, course, asked, device))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let shown = Shown {
        course: &course,
        quantity: gauge.quantity,
        members: 1,
        asked,
        zone,
    };
    let part = part_words(web, &signed, &gauge);
    let what = quantity_words(web, &signed, gauge.quantity);
    let title = format!("{part} · {what}");
    let graph = course_graph(
        &query,
        &shown,
        &format!("/gauges/{id}"),
        format!("/api/v1/gauges/{id}/series"),
        format!("/gauges/{id}/series.csv"),
    );
    let back = device
        .as_ref()
        .map(|name| (name.clone(), format!("/devices/{}", gauge.device_id)));
    let crumbs: Vec<(&str, &str)> = back
        .iter()
        .map(|(name, href)| (name.as_str(), href.as_str()))
        .collect();
    View::new(
        web,
        &signed.reader,
        "gauges/course.html",
        &title,
        area(&signed),
    )
    .crumbs(&crumbs)
    .with("power", Value::Null)
    .with("graph_of", graph)
    .with("air", Vec::<Value>::new())
    .answer()
}

fn area(signed: &Signed) -> &'static str {
    super::devices::area(&signed.actor)
}

#[get("/gauges/<id>/series.csv?<query..>")]
async fn gauge_csv(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    let (actor, zone) = (signed.actor.clone(), web.settings.zone);
    web.store
        .read(move |c| {
            let id = GaugeId::new(id);
            gauge_by_id(c, &actor, id)?;
            let asked = course_period(&query, actor.now, zone)?;
            let (gauge, course) = gauge_series(c, &actor, id, asked)?;
            let shown = Shown {
                course: &course,
                quantity: gauge.quantity,
                members: 1,
                asked,
                zone,
            };
            shown.csv(&format!("gauge-{id}"))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

/// What a page of power is about.
struct Subject {
    of: PowerOf,
    /// Name and page of it; the words "own power" where there is none.
    named: Option<(String, String)>,
    /// Probes of the air beside it, with the names of their devices.
    air: Vec<(String, Gauge)>,
}

fn subject(c: &mut Conn, actor: &Actor, of: PowerOf) -> Result<Subject, Fault> {
    let mut air = Vec::new();
    let named = match of {
        PowerOf::Rack(id) => {
            let rack = rack_by_id(c, actor, id)?.rack;
            if actor.may(Permission::ViewDevices) {
                for row in devices_in_rack(c, actor, id)? {
                    let all = gauges_of_device(c, actor, row.device.id)?;
                    let probes = all.into_iter().filter(|g| g.part == GaugePart::Probe);
                    air.extend(probes.map(|probe| (row.device.name.clone(), probe)));
                }
            }
            Some((rack.name, format!("/racks/{id}")))
        }
        PowerOf::Feed(id) => {
            let feed = feed_by_id(c, actor, id)?.feed;
            Some((feed.name, format!("/feeds/{id}")))
        }
        PowerOf::Customer(_) if actor.role.is_customer() => None,
        PowerOf::Customer(id) => {
            let customer = customer_by_id(c, actor, id)?;
            Some((customer.name, format!("/customers/{id}")))
        }
        PowerOf::Device(id) => {
            let device = device_by_id(c, actor, id)?.device;
            Some((device.name, format!("/devices/{id}")))
        }
    };
    Ok(Subject { of, named, air })
}

/// The address of a page of power, without its ending.
fn place(of: PowerOf) -> String {
    match of {
        PowerOf::Rack(id) => format!("/racks/{id}/power"),
        PowerOf::Feed(id) => format!("/feeds/{id}/power"),
        PowerOf::Customer(id) => format!("/customers/{id}/power"),
        PowerOf::Device(id) => format!("/devices/{id}/power-course"),
    }
}

fn endpoint(of: PowerOf) -> String {
    match of {
        PowerOf::Device(id) => format!("/api/v1/devices/{id}/power"),
        _ => format!("/api/v1{}", place(of)),
    }
}

async fn page(
    web: &Web,
    signed: &Signed,
    of: PowerOf,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    let (actor, zone, span) = (signed.actor.clone(), web.settings.zone, query.clone());
    let read = web.store.read(move |c| {
        let now: PowerNow = power_now(c, &actor, of)?;
        let subject = subject(c, &actor, of)?;
        let asked = course_period(&span, actor.now, zone)?;
        let series: PowerSeries = power_series(c, &actor, of, asked)?;
        Ok((subject, now, series, asked))
    });
    let (subject, now, series, asked) = read.await.map_err(|fault| signed.failure(fault))?;
    let shown = Shown {
        course: &series.course,
        quantity: Quantity::ActivePower,
        members: series.members,
        asked,
        zone,
    };
    let path = place(of);
    let csv = format!("{path}.csv");
    let graph = course_graph(&query, &shown, &path, endpoint(subject.of), csv);
    let air: Vec<Value> = subject
        .air
        .iter()
        .map(|(device, gauge)| {
            let quantity = quantity_words(web, signed, gauge.quantity);
            json!({
                "title": format!("{device} · {} · {quantity}", part_words(web, signed, gauge)),
                "href": format!("/gauges/{}", gauge.id),
                "series": format!("/api/v1/gauges/{}/series", gauge.id),
                "unit": gauge.quantity.shown_in().0,
                "quantity": gauge.quantity,
            })
        })
        .collect();
    let locale = signed.reader.locale;
    let title = match &subject.named {
        Some((name, _)) => web.words.say(
            locale,
            &Message::new("gauge-power-of").with("name", name.as_str()),
        ),
        None => web.words.text(locale, "gauge-power-own"),
    };
    let crumbs: Vec<(&str, &str)> = subject
        .named
        .iter()
        .map(|(name, href)| (name.as_str(), href.as_str()))
        .collect();
    let section = match of {
        PowerOf::Rack(_) | PowerOf::Feed(_) => "racks",
        PowerOf::Customer(_) if !signed.actor.role.is_customer() => "customers",
        _ => area(signed),
    };
    View::new(web, &signed.reader, "gauges/course.html", &title, section)
        .crumbs(&crumbs)
        .with("power", now_value(&now))
        .with("graph_of", graph)
        .with("air", air)
        .answer()
}

async fn file(
    web: &Web,
    signed: &Signed,
    of: PowerOf,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    let (actor, zone) = (signed.actor.clone(), web.settings.zone);
    web.store
        .read(move |c| {
            power_now(c, &actor, of)?;
            let asked = course_period(&query, actor.now, zone)?;
            let series = power_series(c, &actor, of, asked)?;
            let shown = Shown {
                course: &series.course,
                quantity: Quantity::ActivePower,
                members: series.members,
                asked,
                zone,
            };
            let name = place(of).trim_matches('/').replace('/', "-");
            shown.csv(&name)
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/racks/<id>/power?<query..>")]
async fn rack(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    page(web, &signed, PowerOf::Rack(RackId::new(id)), query).await
}

#[get("/racks/<id>/power.csv?<query..>")]
async fn rack_csv(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    file(web, &signed, PowerOf::Rack(RackId::new(id)), query).await
}

#[get("/feeds/<id>/power?<query..>")]
async fn feed(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    page(web, &signed, PowerOf::Feed(PowerFeedId::new(id)), query).await
}

#[get("/feeds/<id>/power.csv?<query..>")]
async fn feed_csv(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    file(web, &signed, PowerOf::Feed(PowerFeedId::new(id)), query).await
}

#[get("/customers/<id>/power?<query..>")]
async fn customer(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    page(web, &signed, PowerOf::Customer(CustomerId::new(id)), query).await
}

#[get("/customers/<id>/power.csv?<query..>")]
async fn customer_csv(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    file(web, &signed, PowerOf::Customer(CustomerId::new(id)), query).await
}

#[get("/devices/<id>/power-course?<query..>")]
async fn device(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    page(web, &signed, PowerOf::Device(DeviceId::new(id)), query).await
}

#[get("/devices/<id>/power-course.csv?<query..>")]
async fn device_csv(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    file(web, &signed, PowerOf::Device(DeviceId::new(id)), query).await
}
