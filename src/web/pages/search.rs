//! One search box for everything the reader may see.

use rocket::http::RawStr;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use crate::access::{VisitFilter, visit_list};
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::page::{Page, PageRequest};
use crate::facility::{RackFilter, rack_list};
use crate::identity::{Actor, Permission};
use crate::inventory::{DeviceFilter, device_list};
use crate::metering::{PortFilter, port_list};
use crate::store::Conn;
use crate::tenancy::{CustomerFilter, customer_list};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![search]
}

/// Hits of one kind on the page.
const SHOWN: usize = 10;

#[get("/search?<q>&<scan>")]
async fn search(
    web: &State<Web>,
    signed: Signed,
    q: Option<&str>,
    scan: Option<&str>,
) -> Result<Answer, Failure> {
    let query = q.unwrap_or("").trim().to_owned();
    let (actor, wanted) = (signed.actor.clone(), query.clone());
    let groups = if wanted.is_empty() {
        Vec::new()
    } else {
        web.store
            .read(move |c| groups(c, &actor, &wanted))
            .await
            .map_err(|fault| signed.failure(fault))?
    };
    let locale = signed.reader.locale;
    let shown: Vec<Value> = groups
        .into_iter()
        .filter(|group| !group.hits.is_empty())
        .map(|group| {
            json!({
                "title": web.words.text(locale, group.title),
                "total": group.total,
                "more_href": group.more_href,
                "hits": group.hits,
            })
        })
        .collect();
    let fields: Fields = [("q", query.as_str())].into_iter().collect();
    let title = web.words.text(locale, "search-title");
    View::new(
        web,
        &signed.reader,
        "search/results.html",
        &title,
        if scan.is_some() { "scan" } else { "find" },
    )
    .with("query", query)
    .with("groups", shown)
    .with("form", form_context(web, locale, "/search", &fields, None))
    .answer()
}

/// Hits of one kind.
struct Group {
    title: &'static str,
    total: i64,
    more_href: String,
    hits: Vec<Value>,
}

/// What is searched for.
struct Search<'a> {
    query: &'a str,
    page: PageRequest,
}

impl Search<'_> {
    /// The group of a list: its hits as name, detail and address.
    fn group<T>(
        &self,
        title: &'static str,
        list: &str,
        found: &Page<T>,
        hit: impl Fn(&T) -> (String, String, String),
    ) -> Group {
        let encoded = RawStr::new(self.query).percent_encode();
        let hits = found.rows.iter().map(|row| {
            let (label, detail, href) = hit(row);
            json!({"label": label, "detail": detail, "href": href})
        });
        Group {
            title,
            total: found.total,
            more_href: format!("{list}?q={encoded}"),
            hits: hits.collect(),
        }
    }
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

fn groups(c: &mut Conn, actor: &Actor, query: &str) -> Result<Vec<Group>, Fault> {
    let search = Search {
        query,
        page: PageRequest {
            limit: SHOWN,
            ..PageRequest::first()
        },
    };
    let of_area: [(Permission, Find); 5] = [
        (Permission::ViewDevices, devices),
        (Permission::ViewFacility, racks),
        (Permission::ViewCustomers, customers),
        (Permission::ViewNetwork, ports),
        (Permission::ViewVisits, visits),
    ];
    of_area
        .into_iter()
        .filter(|(right, _)| actor.may(*right))
        .map(|(_, find)| find(c, actor, &search))
        .collect()
}

/// Searches one area.
type Find = fn(&mut Conn, &Actor, &Search<'_>) -> Result<Group, Fault>;

fn devices(c: &mut Conn, actor: &Actor, search: &Search<'_>) -> Result<Group, Fault> {
    let filter = DeviceFilter {
        query: search.query.to_owned(),
        ..DeviceFilter::default()
    };
    let found = device_list(c, actor, &filter, &search.page)?;
    Ok(search.group("search-devices", "/devices", &found, |row| {
        let device = &row.device;
        let rack = row.place.as_ref().map_or("", |place| place.rack.as_str());
        let owner = row.customer.as_ref();
        let detail = joined(&[
            &device.label,
            device.serial.as_deref().unwrap_or(""),
            &row.device_type.model,
            rack,
            owner.map_or("", |customer| customer.name.as_str()),
        ]);
        (
            device.name.clone(),
            detail,
            format!("/devices/{}", device.id),
        )
    }))
}

fn racks(c: &mut Conn, actor: &Actor, search: &Search<'_>) -> Result<Group, Fault> {
    let filter = RackFilter {
        query: search.query.to_owned(),
        ..RackFilter::default()
    };
    let found = rack_list(c, actor, &filter, &search.page)?;
    Ok(search.group("search-racks", "/racks", &found, |row| {
        let detail = joined(&[&row.site.name, &row.room.name]);
        (
            row.rack.name.clone(),
            detail,
            format!("/racks/{}", row.rack.id),
        )
    }))
}

fn customers(c: &mut Conn, actor: &Actor, search: &Search<'_>) -> Result<Group, Fault> {
    let filter = CustomerFilter {
        query: search.query.to_owned(),
        archived: false,
    };
    let found = customer_list(c, actor, &filter, &search.page)?;
    Ok(
        search.group("search-customers", "/customers", &found, |row| {
            (
                row.name.clone(),
                row.code.clone(),
                format!("/customers/{}", row.id),
            )
        }),
    )
}

fn ports(c: &mut Conn, actor: &Actor, search: &Search<'_>) -> Result<Group, Fault> {
    let filter = PortFilter {
        query: search.query.to_owned(),
        ..PortFilter::default()
    };
    let found = port_list(c, actor, &filter, &search.page)?;
    Ok(search.group("search-ports", "/ports", &found, |row| {
        let label = format!("{} {}", row.device, row.port.name);
        (
            label,
            row.port.alias.clone(),
            format!("/ports/{}", row.port.id),
        )
    }))
}

fn visits(c: &mut Conn, actor: &Actor, search: &Search<'_>) -> Result<Group, Fault> {
    let filter = VisitFilter {
        query: search.query.to_owned(),
        ..VisitFilter::default()
    };
    let found = visit_list(c, actor, &filter, &search.page)?;
    Ok(search.group("search-visits", "/visits", &found, |row| {
        let people: Vec<&str> = row
            .people
            .iter()
            .map(|visitor| visitor.person.name.as_str())
            .collect();
        let customer = row.customer.as_ref();
        let customer = customer.map_or("", |customer| customer.name.as_str());
        let detail = joined(&[&people.join(", "), customer]);
        (
            row.visit.number.clone(),
            detail,
            format!("/visits/{}", row.visit.number),
        )
    }))
}
