//! Ports of switches: the list, and a port with its graph.

use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::events::lines_context;
use super::found_words::{compared_context, neighbour_context};
use super::port_columns::{PORTS, port_cell};
use super::racks::{given, label_in, place_choices};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, PortId, RackId, RoomId, SiteId};
use crate::base::locale::Locale;
use crate::base::page::every_page;
use crate::base::units::BitsPerSecond;
use crate::identity::ops::view_list;
use crate::identity::{Actor, Permission, ViewedList};
use crate::inventory::device_compared;
use crate::metering::day::DAY_MS;
use crate::metering::packets::{COUNTERS, Passed};
use crate::metering::period::Period;
use crate::metering::{
    PacketSeries, PortFilter, PortFull, PortRow, PortSort, PortState, line_speed,
    neighbours_of_device, neighbours_of_port, port_by_id, port_list, port_mark_uplink,
    port_packets, port_series, port_speed_override, ports_of_device,
};
use crate::notify::ops::events::events_of;
use crate::store::Conn;
use crate::tenancy::{customer_choices, customer_sought};
use crate::web::columns::Shown;
use crate::web::csv_file::csv_answer;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::pages::compare::{Beside, compare_context, other_of_port, port_choices};
use crate::web::pages::spans::{CsvId, SLOT_COLUMNS, SpanQuery, graph_context, slot_rows};
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, show, show_csv, edit, update]
}

/// The section of the bar a reader of network pages is in.
pub(super) fn section(signed: &Signed) -> &'static str {
    if signed.actor.role.is_customer() {
        "bandwidth"
    } else {
        "network"
    }
}

pub(super) const fn kind(state: PortState) -> &'static str {
    match state {
        PortState::Up => "ok",
        PortState::Missing => "warning",
        PortState::Down | PortState::Disabled => "off",
        PortState::Unseen | PortState::Unknown => "note",
    }
}

/// A port in a list as templates want it.
fn row_context(row: &PortRow) -> Value {
    let port = &row.port;
    let state = port.state();
    json!({
        "id": port.id,
        "device_id": port.device_id,
        "device": row.device,
        "name": port.name,
        "alias": port.alias,
        "state": state,
        "state_kind": kind(state),
        "speed_bps": port.line_speed(),
        "in_bps": row.rate.inward,
        "out_bps": row.rate.outward,
        "owners": row.owners,
        "is_current": row.is_current,
        "warning": port.warning,
        "metered": port.metered,
    })
}

/// Search, page, filters, columns and order of the list.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    customer: Option<String>,
    state: Option<String>,
    site: Option<i64>,
    room: Option<i64>,
    rack: Option<i64>,
    device: Option<i64>,
    column: Vec<String>,
    sort: Option<String>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }

    fn state(&self) -> Option<PortState> {
        self.state.as_deref().and_then(PortState::from_word)
    }

    fn shown(&self, actor: &Actor) -> Result<Shown, Fault> {
        PORTS.shown(&self.column, self.sort.as_deref(), actor.role.is_customer())
    }
}

fn filter(
    c: &mut Conn,
    actor: &Actor,
    narrowing: &Narrowing,
    shown: &Shown,
) -> Result<PortFilter, Fault> {
    let customer = match given(narrowing.customer.as_ref()) {
        // A customer's list is the customer's own whatever is asked.
        Some(code) if actor.wall().customer().is_none() => Some(customer_sought(c, actor, &code)?),
        _ => None,
    };
    Ok(PortFilter {
        query: narrowing.query().text().to_owned(),
        device: narrowing.device.map(DeviceId::new),
        state: narrowing.state(),
        customer,
        site: narrowing.site.map(SiteId::new),
        room: narrowing.room.map(RoomId::new),
        rack: narrowing.rack.map(RackId::new),
        sort: PortSort::from_word(shown.sort).unwrap_or_default(),
        is_descending: shown.is_descending,
    })
}

#[get("/ports?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, request, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let (page, (rooms, houses), customers, views, shown) = web
        .store
        .read(move |c| {
            actor.require(Permission::ViewNetwork)?;
            let shown = narrow.shown(&actor)?;
            let filter = filter(c, &actor, &narrow, &shown)?;
            let page = port_list(c, &actor, &filter, &request)?;
            let places = match actor.may(Permission::ViewFacility) {
                true => place_choices(c, &actor)?,
                false => (Vec::new(), Vec::new()),
            };
            let customers = customer_choices(c, &actor)?;
            let views = view_list(c, &actor, ViewedList::Ports)?;
            Ok((page, places, customers, views, shown))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows = page
        .rows
        .iter()
        .map(|row| {
            let mut context = row_context(row);
            if let Some(context) = context.as_object_mut() {
                let cells = shown.cells(|key| port_cell(row, key));
                context.insert("cells".into(), cells);
            }
            context
        })
        .collect();
    let state = narrowing.state().map(|state| state.to_string());
    let id = |id: Option<i64>| id.map(|id| id.to_string());
    let first = page.rows.first().map(|row| row.device.clone());
    let list = ListView::new(
        web,
        locale,
        "/ports",
        &query,
        ("ports-empty", "ports-empty-text"),
    )
    .filter("customer", narrowing.customer, str::to_owned)
    .filter("state", state, |state| state_words(web, locale, state))
    .filter("site", id(narrowing.site), |id| label_in(&houses, id))
    .filter("room", id(narrowing.room), |id| label_in(&rooms, id))
    .filter("rack", id(narrowing.rack), |id| {
        let rack = Message::new("ports-of-rack").with("id", id);
        web.words.say(locale, &rack)
    })
    .filter("device", id(narrowing.device), |id| {
        first.unwrap_or_else(|| id.to_owned())
    })
    .csv()
    .shown(&shown)
    .views(&PORTS, signed.actor.user_id, views)
    .finish(&page, rows);
    let customers: Vec<Value> = customers
        .iter()
        .map(|(_, code, name)| json!({"value": code, "label": name}))
        .collect();
    let title = web.words.text(locale, "ports-title");
    View::new(
        web,
        &signed.reader,
        "ports/list.html",
        &title,
        section(&signed),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("states", PortState::ALL)
    .with("rooms", rooms)
    .with("houses", houses)
    .with("customers", customers)
    .with("is_staff", !signed.actor.role.is_customer())
    .with("may_edit", signed.actor.may(Permission::EditNetwork))
    .answer()
}

fn state_words(web: &Web, locale: Locale, state: &str) -> String {
    web.words.text(locale, &format!("ports-state-{state}"))
}

#[get("/ports.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::ViewNetwork)?;
            let shown = narrowing.shown(&actor)?;
            let filter = filter(c, &actor, &narrowing, &shown)?;
            let mut lines = Vec::new();
            every_page(|page| {
                let part = port_list(c, &actor, &filter, page)?;
                let rows = part.rows.iter();
                lines.extend(rows.map(|row| shown.line(|key| port_cell(row, key))));
                Ok(part.next)
            })?;
            Ok((shown.keys(), lines))
        })
        .await
        .and_then(|(keys, lines)| csv_answer("ports", &keys, &lines))
        .map_err(|fault| signed.failure(fault))
}

#[get("/ports/<id>?<query..>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    let (actor, usual_zone, span) = (signed.actor.clone(), web.settings.zone, query.clone());
    let (full, series, packets, (neighbours, open), beside, choices) = web
        .store
        .read(move |c| {
            let full = port_by_id(c, &actor, PortId::new(id))?;
            let (zone, id) = (full.zone.unwrap_or(usual_zone), full.row.port.id);
            let period = span.period(actor.now, zone)?;
            let series = port_series(c, &actor, id, period)?;
            let last_day = Period {
                from: actor.now.plus_millis(-DAY_MS),
                until: actor.now,
            };
            let packets = port_packets(c, &actor, id, last_day)?;
            let neighbours = neighbours_of_port(c, &actor, id)?;
            let open = events_of(c, &actor, "port", id.get())?;
            let beside = Beside::of(other_of_port(c, &actor, id, &span, period, zone))?;
            let choices = port_choices(c, &actor, id)?;
            Ok((full, series, packets, (neighbours, open), beside, choices))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let (page, endpoint) = (format!("/ports/{id}"), format!("/api/v1/ports/{id}/series"));
    let is_staff = !signed.actor.role.is_customer();
    let crumb = web.words.text(locale, "ports-title");
    View::new(
        web,
        &signed.reader,
        "ports/show.html",
        &full.row.port.name,
        section(&signed),
    )
    .crumbs(&[(&crumb, "/ports")])
    .flash(said.as_ref())
    .with("port", port_context(&full))
    .with("events", lines_context(web, locale, &open))
    .with("links", links_context(&full))
    .with("packets", packets_context(&packets))
    .with(
        "neighbours",
        neighbours.iter().map(neighbour_context).collect::<Vec<_>>(),
    )
    .with(
        "graph_of",
        graph_context(&beside.graph_query(&query), &series, &page, &endpoint),
    )
    .with(
        "compare",
        compare_context(&query, &page, choices, &beside, usual_zone),
    )
    .with("zone", series.zone.unwrap_or(usual_zone).name())
    .with("is_staff", is_staff)
    .with("may_edit", signed.actor.may(Permission::EditNetwork))
    .answer()
}

/// Packets, errors and discards by direction; none while nothing is known of any.
fn packets_context(packets: &PacketSeries) -> Option<Vec<Value>> {
    let side = |place: usize| {
        packets.total(place).map(|(count, time_ms)| {
            let whole = Passed::of_counter(place, count, time_ms);
            json!({"count": count, "per_minute": whole.per_minute(place)})
        })
    };
    let kinds = [("unicast", 0), ("errors", 2), ("discards", 4)];
    let rows: Vec<Value> = kinds
        .iter()
        .map(|(word, place)| json!({"word": word, "inward": side(*place), "outward": side(place + 1)}))
        .collect();
    let is_known = (0..COUNTERS).any(|place| packets.total(place).is_some());
    is_known.then_some(rows)
}

fn port_context(full: &PortFull) -> Value {
    let mut context = row_context(&full.row);
    let port = &full.row.port;
    let more = json!({
        "descr": port.descr,
        "if_index": port.if_index,
        "told_bps": port.speed_bps,
        "override_bps": port.speed_override_bps,
        "counter_bits": port.counter_bits,
        "missing_since": port.missing_since,
        "is_uplink": port.is_uplink,
        "version": port.version,
    });
    if let (Some(context), Value::Object(more)) = (context.as_object_mut(), more) {
        context.extend(more);
    }
    context
}

fn links_context(full: &PortFull) -> Vec<Value> {
    let links = full.links.iter().map(|(link, allocation)| {
        json!({
            "allocation_id": allocation.id,
            "allocation": allocation.name,
            "from": link.from_at,
            "until": link.until_at,
            "zone": allocation.zone().name(),
        })
    });
    links.collect()
}

#[get("/ports/<file>?<query..>", rank = 2)]
async fn show_csv(
    web: &State<Web>,
    signed: Signed,
    file: CsvId,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    let (actor, usual_zone) = (signed.actor.clone(), web.settings.zone);
    web.store
        .read(move |c| {
            let full = port_by_id(c, &actor, PortId::new(file.0))?;
            let period = query.period(actor.now, full.zone.unwrap_or(usual_zone))?;
            port_series(c, &actor, full.row.port.id, period)
        })
        .await
        .and_then(|series| {
            csv_answer(
                &format!("port-{}", file.0),
                SLOT_COLUMNS,
                &slot_rows(&series, usual_zone),
            )
        })
        .map_err(|fault| signed.failure(fault))
}

async fn editable(web: &Web, signed: &Signed, id: i64) -> Result<PortFull, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditNetwork)?;
            port_by_id(c, &actor, PortId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn form_view(
    web: &Web,
    signed: &Signed,
    full: &PortFull,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let port = &full.row.port;
    let href = format!("/ports/{}", port.id);
    let title = Message::new("ports-edit").with("name", port.name.as_str());
    View::new(
        web,
        &signed.reader,
        "ports/form.html",
        &web.words.say(locale, &title),
        "network",
    )
    .crumbs(&[
        (&web.words.text(locale, "ports-title"), "/ports"),
        (&port.name, &href),
    ])
    .with(
        "form",
        form_context(web, locale, &format!("{href}/edit"), fields, fault),
    )
    .with("cancel_href", &href)
    .with("told_bps", port.speed_bps)
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

#[get("/ports/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let full = editable(web, &signed, id).await?;
    let port = &full.row.port;
    let speed = port
        .speed_override_bps
        .map(BitsPerSecond::to_mbps_text)
        .unwrap_or_default();
    let is_uplink = if port.is_uplink { "yes" } else { "" };
    let fields: Fields = [
        ("speed_mbps", speed),
        ("is_uplink", is_uplink.to_owned()),
        ("version", port.version.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, &full, &fields, None)
}

#[post("/ports/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let full = editable(web, &signed, id).await?;
    let parsed = line_speed("speed_mbps", form.fields.get("speed_mbps"))
        .map_err(Fault::from)
        .and_then(|speed| Ok((speed, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((speed, version)) => {
            let (actor, id) = (signed.actor.clone(), full.row.port.id);
            let is_uplink = form.fields.yes("is_uplink");
            web.store
                .write("port.edit", move |c| {
                    port_speed_override(c, &actor, id, version, speed)?;
                    port_mark_uplink(c, &actor, id, is_uplink)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(()) => {
            let said = Message::new("flash-saved");
            Ok(done(
                web,
                signed.reader.locale,
                format!("/ports/{id}"),
                &said,
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, &signed, &full, &form.fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// What `ports/device.html` shows of a device: its target's state and its ports.
pub(in crate::web) fn network_section(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Value, Fault> {
    if !actor.may(Permission::ViewNetwork) {
        return Ok(Value::Null);
    }
    let neighbours = neighbours_of_device(c, actor, device)?;
    let ports: Vec<Value> = ports_of_device(c, actor, device)?
        .iter()
        .map(|row| {
            let mut context = row_context(row);
            let there = neighbours.get(&row.port.id).into_iter().flatten();
            if let Some(context) = context.as_object_mut() {
                let there = there.map(neighbour_context).collect::<Vec<_>>();
                context.insert("neighbours".into(), there.into());
            }
            context
        })
        .collect();
    let target = match actor.wall().customer() {
        Some(_) => None,
        None => crate::metering::target_of_device(c, device)?,
    };
    let target = target.map(|target| super::targets::state_context(&target));
    if ports.is_empty() && target.is_none() {
        return Ok(Value::Null);
    }
    let (facts, compared) = match actor.may(Permission::ViewDevices) {
        true => device_compared(c, actor, device)?,
        false => (Vec::new(), Vec::new()),
    };
    let itself = compared_context(&facts, &compared);
    Ok(json!({"ports": ports, "target": target, "itself": itself}))
}
