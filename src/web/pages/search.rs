//! One search box for everything the reader may see.

use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use crate::access::{VisitFilter, visit_list};
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::page::PageRequest;
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

fn hit(label: &str, detail: &str, href: String) -> Value {
    json!({"label": label, "detail": detail, "href": href})
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
    let page = PageRequest {
        limit: SHOWN,
        ..PageRequest::first()
    };
    let encoded = rocket::http::RawStr::new(query)
        .percent_encode()
        .to_string();
    let mut groups = Vec::new();
    if actor.may(Permission::ViewDevices) {
        let filter = DeviceFilter {
            query: query.to_owned(),
            ..DeviceFilter::default()
        };
        let found = device_list(c, actor, &filter, &page)?;
        let hits = found.rows.iter().map(|row| {
            let place = row
                .place
                .as_ref()
                .map(|place| place.rack.clone())
                .unwrap_or_default();
            let serial = row.device.serial.as_deref().unwrap_or("");
            let owner = row
                .customer
                .as_ref()
                .map_or("", |customer| customer.name.as_str());
            let detail = joined(&[
                &row.device.label,
                serial,
                &row.device_type.model,
                &place,
                owner,
            ]);
            hit(
                &row.device.name,
                &detail,
                format!("/devices/{}", row.device.id),
            )
        });
        let hits = hits.collect();
        groups.push(Group {
            title: "search-devices",
            total: found.total,
            more_href: format!("/devices?q={encoded}"),
            hits,
        });
    }
    if actor.may(Permission::ViewFacility) {
        let filter = RackFilter {
            query: query.to_owned(),
            ..RackFilter::default()
        };
        let found = rack_list(c, actor, &filter, &page)?;
        let hits = found
            .rows
            .iter()
            .map(|row| {
                hit(
                    &row.rack.name,
                    &joined(&[&row.site.name, &row.room.name]),
                    format!("/racks/{}", row.rack.id),
                )
            })
            .collect();
        groups.push(Group {
            title: "search-racks",
            total: found.total,
            more_href: format!("/racks?q={encoded}"),
            hits,
        });
    }
    if actor.may(Permission::ViewCustomers) {
        let filter = CustomerFilter {
            query: query.to_owned(),
            archived: false,
        };
        let found = customer_list(c, actor, &filter, &page)?;
        let hits = found
            .rows
            .iter()
            .map(|row| hit(&row.name, &row.code, format!("/customers/{}", row.id)))
            .collect();
        groups.push(Group {
            title: "search-customers",
            total: found.total,
            more_href: format!("/customers?q={encoded}"),
            hits,
        });
    }
    if actor.may(Permission::ViewNetwork) {
        let filter = PortFilter {
            query: query.to_owned(),
            ..PortFilter::default()
        };
        let found = port_list(c, actor, &filter, &page)?;
        let hits = found
            .rows
            .iter()
            .map(|row| {
                hit(
                    &format!("{} {}", row.device, row.port.name),
                    &row.port.alias,
                    format!("/ports/{}", row.port.id),
                )
            })
            .collect();
        groups.push(Group {
            title: "search-ports",
            total: found.total,
            more_href: format!("/ports?q={encoded}"),
            hits,
        });
    }
    if actor.may(Permission::ViewVisits) {
        let filter = VisitFilter {
            query: query.to_owned(),
            ..VisitFilter::default()
        };
        let found = visit_list(c, actor, &filter, &page)?;
        let hits = found.rows.iter().map(|row| {
            let people: Vec<&str> = row
                .people
                .iter()
                .map(|visitor| visitor.person.name.as_str())
                .collect();
            let customer = row
                .customer
                .as_ref()
                .map_or("", |customer| customer.name.as_str());
            hit(
                &row.visit.number,
                &joined(&[&people.join(", "), customer]),
                format!("/visits/{}", row.visit.number),
            )
        });
        let hits = hits.collect();
        groups.push(Group {
            title: "search-visits",
            total: found.total,
            more_href: format!("/visits?q={encoded}"),
            hits,
        });
    }
    Ok(groups)
}
