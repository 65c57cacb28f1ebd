//! One search box for everything the reader may see: what it offers as one types, and the page of all that fits.

use rocket::http::{RawStr, Status};
use rocket::response::Redirect;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::locale::Locale;
use crate::base::page::PageRequest;
use crate::identity::{Actor, Permission};
use crate::metering::{PortFilter, port_list};
use crate::search::{Group, Hit, Rank, SearchKind, search_find};
use crate::store::Conn;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![search, suggest]
}

/// Hits of one kind on the page.
const SHOWN: usize = 10;
/// Hits of one kind below the box.
const OFFERED: usize = 8;

#[get("/search?<q>&<scan>")]
async fn search(
    web: &State<Web>,
    signed: Signed,
    q: Option<&str>,
    scan: Option<&str>,
) -> Result<Answer, Failure> {
    let query = q.unwrap_or("").trim().to_owned();
    let groups = found(web, &signed, &query, SHOWN).await?;
    // Who scanned a label wants that machine, not a list of one.
    if let Some(only) = scan.and_then(|_| only_exact(&groups)) {
        return Ok(Answer::See(Redirect::to(only)));
    }
    let locale = signed.reader.locale;
    let fields: Fields = [("q", query.as_str())].into_iter().collect();
    let title = web.words.text(locale, "search-title");
    View::new(
        web,
        &signed.reader,
        "search/results.html",
        &title,
        if scan.is_some() { "scan" } else { "find" },
    )
    .with("groups", shown(web, locale, &groups, &query))
    .with("lists", lists(web, &signed, &query))
    .with("query", query)
    .with("form", form_context(web, locale, "/search", &fields, None))
    .answer()
}

#[get("/search/suggest?<q>")]
async fn suggest(web: &State<Web>, signed: Signed, q: Option<&str>) -> Result<Answer, Failure> {
    let query = q.unwrap_or("").trim().to_owned();
    let groups = found(web, &signed, &query, OFFERED).await?;
    let locale = signed.reader.locale;
    let context = json!({
        "groups": shown(web, locale, &groups, &query),
        "all_href": format!("/search?q={}", encoded(&query)),
        "query": query,
    });
    let html = web
        .pages
        .render(locale, "search/_offered.html", context)
        .map_err(|fault| signed.failure(Fault::internal(fault)))?;
    Ok(Answer::Html(Status::Ok, html))
}

async fn found(
    web: &Web,
    signed: &Signed,
    query: &str,
    most: usize,
) -> Result<Vec<Group>, Failure> {
    groups_of(web, &signed.actor, query, most)
        .await
        .map_err(|fault| signed.failure(fault))
}

/// What an actor finds: at most so many of each kind, and nothing for no words.
pub(in crate::web) async fn groups_of(
    web: &Web,
    actor: &Actor,
    query: &str,
    most: usize,
) -> Result<Vec<Group>, Fault> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let (actor, wanted) = (actor.clone(), query.to_owned());
    web.store
        .read(move |c| {
            let mut groups = search_find(c, &actor, &wanted, most)?;
            groups.extend(own_ports(c, &actor, &wanted, most)?);
            groups.sort_by_key(|group| group.kind);
            Ok(groups)
        })
        .await
}

/// A customer's ports. Whose a port is, and what of it may be known, changes with the clock: their list knows.
fn own_ports(
    c: &mut Conn,
    actor: &Actor,
    query: &str,
    most: usize,
) -> Result<Option<Group>, Fault> {
    if actor.wall().customer().is_none() || !actor.may(Permission::ViewNetwork) {
        return Ok(None);
    }
    let filter = PortFilter {
        query: query.to_owned(),
        ..PortFilter::default()
    };
    let page = PageRequest {
        limit: most,
        ..PageRequest::first()
    };
    let found = port_list(c, actor, &filter, &page)?;
    let hits: Vec<Hit> = found
        .rows
        .into_iter()
        .map(|row| Hit {
            id: row.port.id.get(),
            parent: None,
            label: format!("{} {}", row.device, row.port.name),
            detail: vec![row.port.alias],
            rank: Rank::Inner,
        })
        .collect();
    let group = Group {
        kind: SearchKind::Port,
        hits,
        total: usize::try_from(found.total).unwrap_or(0),
        is_more: false,
    };
    Ok((group.total > 0).then_some(group))
}

/// The page of the one thing whose name or number is exactly what was scanned.
fn only_exact(groups: &[Group]) -> Option<String> {
    let mut exact = groups.iter().flat_map(|group| {
        let is_exact = |hit: &&Hit| hit.rank == Rank::Exact;
        group
            .hits
            .iter()
            .filter(is_exact)
            .map(|hit| href(group.kind, hit))
    });
    exact.next().filter(|_| exact.next().is_none())
}

/// The page of a thing.
fn href(kind: SearchKind, hit: &Hit) -> String {
    match kind {
        SearchKind::Device => format!("/devices/{}", hit.id),
        SearchKind::Rack => format!("/racks/{}", hit.id),
        SearchKind::Room => format!("/racks?room={}", hit.id),
        SearchKind::Reservation => {
            format!("/racks/{}#reservations", hit.parent.unwrap_or_default())
        }
        SearchKind::Customer => format!("/customers/{}", hit.id),
        SearchKind::Contact => format!("/customers/{}", hit.parent.unwrap_or_default()),
        SearchKind::Port => format!("/ports/{}", hit.id),
        SearchKind::Cable => format!("/cables/{}", hit.id),
        SearchKind::Address => format!("/addresses/{}", hit.id),
        SearchKind::Prefix => format!("/prefixes/{}", hit.id),
        SearchKind::Vlan => "/vlans".to_owned(),
        SearchKind::Visit => format!("/visits/{}", hit.label),
        SearchKind::Goods => format!("/goods/{}", hit.label),
    }
}

/// Key of a kind's name, and its list where it has one that can be searched.
const fn words_of(kind: SearchKind) -> (&'static str, Option<&'static str>) {
    match kind {
        SearchKind::Device => ("search-devices", Some("/devices")),
        SearchKind::Rack => ("search-racks", Some("/racks")),
        SearchKind::Room => ("search-rooms", None),
        SearchKind::Reservation => ("search-reservations", None),
        SearchKind::Customer => ("search-customers", Some("/customers")),
        SearchKind::Contact => ("search-contacts", None),
        SearchKind::Port => ("search-ports", Some("/ports")),
        SearchKind::Cable => ("search-cables", Some("/cables")),
        SearchKind::Address => ("search-addresses", Some("/addresses")),
        SearchKind::Prefix => ("search-prefixes", Some("/prefixes")),
        SearchKind::Vlan => ("search-vlans", None),
        SearchKind::Visit => ("search-visits", Some("/visits")),
        SearchKind::Goods => ("goods-title", Some("/goods")),
    }
}

fn encoded(query: &str) -> String {
    RawStr::new(query).percent_encode().to_string()
}

/// The groups as templates take them.
fn shown(web: &Web, locale: Locale, groups: &[Group], query: &str) -> Vec<Value> {
    let group = |group: &Group| {
        let (title, list) = words_of(group.kind);
        let hits: Vec<Value> = group
            .hits
            .iter()
            .map(|hit| {
                let told = hit.detail.iter().filter(|part| !part.is_empty());
                let detail: Vec<&str> = told.map(String::as_str).collect();
                json!({"label": hit.label, "detail": detail.join(" · "), "href": href(group.kind, hit)})
            })
            .collect();
        json!({
            "kind": group.kind,
            "title": web.words.text(locale, title),
            "total": group.total,
            "is_more": group.is_more,
            "more_href": list.map(|list| format!("{list}?q={}", encoded(query))),
            "hits": hits,
        })
    };
    groups.iter().map(group).collect()
}

/// Lists whose own search also looks inside words: offered where nothing was found.
fn lists(web: &Web, signed: &Signed, query: &str) -> Vec<Value> {
    let kinds = SearchKind::ALL.iter().copied();
    let list = |kind: SearchKind| {
        let (title, list) = words_of(kind);
        let href = format!("{}?q={}", list?, encoded(query));
        let label = web.words.text(signed.reader.locale, title);
        Some(json!({"label": label, "href": href}))
    };
    kinds
        .filter(|kind| signed.actor.may(kind.right()))
        .filter_map(list)
        .collect()
}
