//! Two ports, two allocations, or two times of one, over the same axes.

use chrono_tz::Tz;
use rocket::http::RawStr;
use serde_json::{Value, json};

use super::spans::{SeriesJson, SpanQuery};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{AllocationId, PortId};
use crate::base::page::PageRequest;
use crate::identity::Actor;
use crate::metering::period::Period;
use crate::metering::{
    AllocationFilter, LongSeries, PortFilter, Series, allocation_by_id, allocation_list,
    allocation_series, is_long, port_by_id, port_hours, port_list, port_of_names, port_series,
};
use crate::reports::Curve;
use crate::store::Conn;

const DAY_MS: i64 = 86_400_000;
/// Choices on a page.
const MOST_CHOICES: usize = 200;
/// Spaces of a port's name and its device's that are looked at.
const MOST_SPACES: usize = 20;

/// What an earlier time is asked for by.
pub const AGAINST: [&str; 3] = ["previous", "week", "month"];

enum Found {
    Slots(Box<Series>),
    Hours(Box<LongSeries>),
}

/// The other of two.
pub struct Other {
    name: String,
    shift_ms: i64,
    found: Found,
}

impl Other {
    /// As programs see it.
    pub fn json(&self, most_points: usize, zone: Tz) -> SeriesJson {
        let mut json = match &self.found {
            Found::Slots(series) => SeriesJson::of(series, most_points, zone),
            Found::Hours(series) => SeriesJson::of_hours(series, most_points, zone),
        };
        json.name = Some(self.name.clone());
        json.shift_ms = self.shift_ms;
        json
    }

    /// As it is drawn.
    pub fn curve(&self) -> Curve {
        let curve = match &self.found {
            Found::Slots(series) => Curve::of(series),
            Found::Hours(series) => Curve::of_hours(series),
        };
        Curve {
            name: self.name.clone(),
            shift_ms: self.shift_ms,
            ..curve
        }
    }
}

/// What is compared with: another record, an earlier time, or nothing.
enum Wanted<'a> {
    Nothing,
    Record(&'a str),
    Earlier(Period),
}

fn wanted<'a>(query: &'a SpanQuery, asked: Period) -> Result<Wanted<'a>, Fault> {
    let given = |text: &'a Option<String>| {
        let text = text.as_deref().map(str::trim);
        text.filter(|text| !text.is_empty())
    };
    let length_ms = asked.until.since_millis(asked.from);
    match (given(&query.with), given(&query.against)) {
        (Some(record), _) => Ok(Wanted::Record(record)),
        (None, None) => Ok(Wanted::Nothing),
        (None, Some(word)) => {
            let back_ms = match word {
                "previous" => length_ms,
                "week" => 7 * DAY_MS,
                "month" => 30 * DAY_MS,
                _ => {
                    let message = Message::new("fault-choice").with("allowed", AGAINST.join(", "));
                    return Err(Fault::field("against", message));
                }
            };
            Ok(Wanted::Earlier(Period {
                from: asked.from.plus_millis(-back_ms),
                until: asked.until.plus_millis(-back_ms),
            }))
        }
    }
}

/// Who may not see it learns only that it is not there.
fn no_such() -> Fault {
    Fault::field("with", Message::new("fault-compare-with"))
}

fn earlier_name(period: Period, zone: Tz) -> String {
    period.from.local_minute(zone)
}

fn port_found(c: &mut Conn, actor: &Actor, id: PortId, period: Period) -> Result<Found, Fault> {
    Ok(if is_long(period) {
        Found::Hours(Box::new(port_hours(c, actor, id, period)?))
    } else {
        Found::Slots(Box::new(port_series(c, actor, id, period)?))
    })
}

/// What a page has beside its graph.
pub enum Beside {
    /// The other, or nothing.
    Other(Option<Box<Other>>),
    /// What was asked for is not there.
    NoSuch,
}

impl Beside {
    /// A page is shown without what is not there, and says so.
    pub fn of(found: Result<Option<Other>, Fault>) -> Result<Self, Fault> {
        match found {
            Ok(other) => Ok(Self::Other(other.map(Box::new))),
            Err(fault) if fault.fields.iter().any(|field| field.field == "with") => {
                Ok(Self::NoSuch)
            }
            Err(fault) => Err(fault),
        }
    }

    /// What the graph of the page asks for; it would be refused what is not there.
    pub fn graph_query(&self, query: &SpanQuery) -> SpanQuery {
        let with = query.with.clone();
        SpanQuery {
            with: with.filter(|_| matches!(self, Self::Other(_))),
            ..query.clone()
        }
    }

    fn other(&self) -> Option<&Other> {
        match self {
            Self::Other(other) => other.as_deref(),
            Self::NoSuch => None,
        }
    }
}

/// What a port is compared with.
pub fn other_of_port(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    query: &SpanQuery,
    asked: Period,
    zone: Tz,
) -> Result<Option<Other>, Fault> {
    match wanted(query, asked)? {
        Wanted::Nothing => Ok(None),
        Wanted::Earlier(period) => Ok(Some(Other {
            name: earlier_name(period, zone),
            shift_ms: asked.from.since_millis(period.from),
            found: port_found(c, actor, id, period)?,
        })),
        Wanted::Record(text) => {
            let other = port_named(c, actor, text)?;
            let row = port_by_id(c, actor, other)?.row;
            Ok(Some(Other {
                name: format!("{} {}", row.device, row.port.name),
                shift_ms: 0,
                found: port_found(c, actor, other, asked)?,
            }))
        }
    }
}

/// A port by number or by the names of device and port, among those the reader may see. Names may have spaces: each may
/// be the one between the two.
fn port_named(c: &mut Conn, actor: &Actor, text: &str) -> Result<PortId, Fault> {
    if let Ok(id) = text.parse() {
        let found = port_by_id(c, actor, PortId::new(id));
        return found.map(|full| full.row.port.id).map_err(not_seen);
    }
    for (at, _) in text.match_indices(' ').take(MOST_SPACES) {
        let (device, port) = text.split_at(at);
        let found = port_of_names(c, device, port).and_then(|id| port_by_id(c, actor, id));
        match found {
            Ok(full) => return Ok(full.row.port.id),
            Err(fault) if matches!(fault.kind, FaultKind::Invalid | FaultKind::NotFound) => {}
            Err(fault) => return Err(fault),
        }
    }
    Err(no_such())
}

fn not_seen(fault: Fault) -> Fault {
    match fault.kind {
        FaultKind::NotFound => no_such(),
        _ => fault,
    }
}

/// What an allocation is compared with.
pub fn other_of_allocation(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    query: &SpanQuery,
    asked: Period,
    zone: Tz,
) -> Result<Option<Other>, Fault> {
    let (name, shift_ms, id, period) = match wanted(query, asked)? {
        Wanted::Nothing => return Ok(None),
        Wanted::Earlier(period) => {
            let shift_ms = asked.from.since_millis(period.from);
            (earlier_name(period, zone), shift_ms, id, period)
        }
        Wanted::Record(text) => {
            let id = text.parse().map_err(|_| no_such())?;
            let found = allocation_by_id(c, actor, AllocationId::new(id)).map_err(not_seen)?;
            (found.allocation.name, 0, found.allocation.id, asked)
        }
    };
    let series = allocation_series(c, actor, id, period)?;
    Ok(Some(Other {
        name,
        shift_ms,
        found: Found::Slots(Box::new(series)),
    }))
}

/// What the page of a port offers: the other ports of its device, by name.
pub fn port_choices(c: &mut Conn, actor: &Actor, id: PortId) -> Result<Vec<Value>, Fault> {
    let device = port_by_id(c, actor, id)?.row.port.device_id;
    let filter = PortFilter {
        device: Some(device),
        ..PortFilter::default()
    };
    let page = port_list(c, actor, &filter, &PageRequest::largest())?;
    let others = page.rows.iter().filter(|row| row.port.id != id);
    let choice = |row: &crate::metering::PortRow| {
        let name = format!("{} {}", row.device, row.port.name);
        json!({"value": name, "label": name})
    };
    Ok(others.take(MOST_CHOICES).map(choice).collect())
}

/// What the page of an allocation offers: the other allocations of its customer.
pub fn allocation_choices(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
) -> Result<Vec<Value>, Fault> {
    let customer = allocation_by_id(c, actor, id)?.allocation.customer_id;
    let filter = AllocationFilter {
        customer: Some(customer),
        ..AllocationFilter::default()
    };
    let page = allocation_list(c, actor, &filter, &PageRequest::largest())?;
    let others = page.rows.iter().filter(|row| row.allocation.id != id);
    let choice = |row: &crate::metering::NamedAllocation| json!({"value": row.allocation.id.to_string(), "label": row.allocation.name});
    Ok(others.take(MOST_CHOICES).map(choice).collect())
}

/// The same page with nothing beside it.
fn end_href(query: &SpanQuery, page: &str) -> String {
    let coded = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        RawStr::new(text).percent_encode().to_string()
    };
    match query.range() {
        Some(range) => format!("{page}?range={range}"),
        None => format!("{page}?from={}&to={}", coded(&query.from), coded(&query.to)),
    }
}

/// What `macros/compare.html` shows: the form, and the figures of the other.
pub fn compare_context(
    query: &SpanQuery,
    page: &str,
    choices: Vec<Value>,
    beside: &Beside,
    zone: Tz,
) -> Value {
    json!({
        "action": page,
        "from": query.from.as_deref().unwrap_or_default(),
        "to": query.to.as_deref().unwrap_or_default(),
        "range": query.range().unwrap_or_default(),
        "with": query.with.as_deref().unwrap_or_default(),
        "against": query.against.as_deref().unwrap_or_default(),
        "choices": choices,
        "end_href": end_href(query, page),
        "words": AGAINST,
        "is_missing": matches!(beside, Beside::NoSuch),
        "other": beside.other().map(|other| {
            let json = other.json(1, zone);
            json!({"name": other.name, "summary": json.summary})
        }),
    })
}
