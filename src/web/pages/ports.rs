//! Ports of switches: the list, and a port with its graph.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::events::lines_context;
use super::found_words::{compared_context, neighbour_context};
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::PortId;
use crate::base::locale::Locale;
use crate::base::page::PageRequest;
use crate::base::units::BitsPerSecond;
use crate::identity::Permission;
use crate::inventory::device_compared;
use crate::metering::day::DAY_MS;
use crate::metering::packets::{COUNTERS, Passed};
use crate::metering::period::Period;
use crate::metering::{
    PacketSeries, PortFilter, PortFull, PortRow, PortState, neighbours_of_device,
    neighbours_of_port, port_by_id, port_list, port_mark_uplink, port_packets, port_series,
    port_speed_override, ports_of_device,
};
use crate::notify::ops::events::events_of;
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

fn wanted(state: Option<&str>) -> Option<PortState> {
    state.and_then(PortState::from_word)
}

#[get("/ports?<state>&<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    state: Option<&str>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let state = wanted(state);
    let filter = PortFilter {
        query: query.text().to_owned(),
        state,
        ..PortFilter::default()
    };
    let (actor, request) = (signed.actor.clone(), query.page());
    let page = web
        .store
        .read(move |c| port_list(c, &actor, &filter, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows = page.rows.iter().map(row_context).collect();
    let locale = signed.reader.locale;
    let list = ListView::new(
        web,
        locale,
        "/ports",
        &query,
        ("ports-empty", "ports-empty-text"),
    )
    .filter("state", state.map(|state| state.to_string()), |state| {
        state_words(web, locale, state)
    })
    .csv()
    .finish(&page, rows);
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
    .with("is_staff", !signed.actor.role.is_customer())
    .answer()
}

fn state_words(web: &Web, locale: Locale, state: &str) -> String {
    web.words.text(locale, &format!("ports-state-{state}"))
}

const PORT_COLUMNS: &[&str] = &[
    "device",
    "port",
    "alias",
    "state",
    "speed_bps",
    "in_bps",
    "out_bps",
    "customer",
    "allocation",
];

#[get("/ports.csv?<state>&<query..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    state: Option<&str>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let filter = PortFilter {
        query: query.text().to_owned(),
        state: wanted(state),
        ..PortFilter::default()
    };
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let mut rows = Vec::new();
            let mut page = PageRequest {
                limit: 1000,
                ..PageRequest::first()
            };
            loop {
                let part = port_list(c, &actor, &filter, &page)?;
                rows.extend(part.rows.iter().map(csv_row));
                match part.next {
                    Some(next) => page.after = Some(next),
                    None => return Ok(rows),
                }
            }
        })
        .await
        .and_then(|rows| csv_answer("ports", PORT_COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn csv_row(row: &PortRow) -> Vec<String> {
    let rate =
        |rate: Option<BitsPerSecond>| rate.map(|rate| rate.get().to_string()).unwrap_or_default();
    let owners = |name: fn(&crate::metering::Owner) -> &str| {
        let names: Vec<&str> = row.owners.iter().map(name).collect();
        names.join("; ")
    };
    let port = &row.port;
    vec![
        row.device.clone(),
        port.name.clone(),
        port.alias.clone(),
        port.state().to_string(),
        rate(port.line_speed()),
        rate(row.rate.inward),
        rate(row.rate.outward),
        owners(|owner| &owner.customer),
        owners(|owner| &owner.allocation),
    ]
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

fn speed(fields: &Fields) -> Result<Option<BitsPerSecond>, Fault> {
    let text = fields.get("speed_mbps").trim();
    if text.is_empty() {
        return Ok(None);
    }
    let speed = BitsPerSecond::from_mbps_text(text).filter(|speed| speed.get() > 0);
    let wrong = || FieldFault::new("speed_mbps", Message::new("fault-mbps"));
    Ok(Some(speed.ok_or_else(wrong)?))
}

#[post("/ports/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let full = editable(web, &signed, id).await?;
    let parsed = speed(&form.fields).and_then(|speed| Ok((speed, version(&form.fields)?)));
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
    c: &mut crate::store::Conn,
    actor: &crate::identity::Actor,
    device: crate::base::ids::DeviceId,
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
