//! What a switch has: its ports, who is at their other ends, what it says it is; and taking ports over.

use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::found_words::{compared_context, discovery_context, neighbour_context};
use super::targets::state_context;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{AllocationId, PortId, SnmpTargetId};
use crate::base::page::PageRequest;
use crate::identity::Permission;
use crate::inventory::{Comparison, DeviceFact, device_compared};
use crate::metering::{
    AllocationFilter, DiscoveryView, FoundPort, LinkDates, NamedAllocation, Port, PortState,
    TakeOver, allocation_by_id, allocation_list, ports_meter, ports_take_over, target_discovery,
    target_take_over,
};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![show, take_over, rule]
}

/// Interface types that are sockets one can plug into (IANAifType-MIB): Ethernet under its five names, Fibre
/// Channel, SONET.
const PHYSICAL: [i64; 7] = [6, 7, 39, 56, 62, 69, 117];

/// Which ports are shown.
#[derive(Debug, Clone, Copy, Default, FromForm)]
struct Narrowing {
    up: bool,
    physical: bool,
    unmetered: bool,
}

impl Narrowing {
    fn of(fields: &Fields) -> Self {
        Self {
            up: fields.yes("up"),
            physical: fields.yes("physical"),
            unmetered: fields.yes("unmetered"),
        }
    }

    fn shows(self, port: &Port) -> bool {
        let is_physical = port.if_type.is_some_and(|kind| PHYSICAL.contains(&kind));
        (!self.up || port.state() == PortState::Up)
            && (!self.physical || is_physical)
            && (!self.unmetered || !port.metered)
    }
}

/// The field's own word for an interface type (IANAifType-MIB), where it is a usual one.
const fn type_word(kind: i64) -> Option<&'static str> {
    Some(match kind {
        6 | 7 | 62 | 69 | 117 => "Ethernet",
        24 => "loopback",
        53 => "virtual",
        56 => "FC",
        131 => "tunnel",
        135 | 136 => "VLAN",
        161 => "LAG",
        _ => return None,
    })
}

fn port_context(found: &FoundPort, ticked: bool) -> Value {
    let port = &found.port;
    let state = port.state();
    let links = found.links.iter().map(|link| {
        json!({"id": link.allocation_id, "allocation": link.allocation, "customer": link.customer})
    });
    let neighbours = found.neighbours.iter().map(neighbour_context);
    json!({
        "id": port.id,
        "name": port.name,
        "alias": port.alias,
        "descr": port.descr,
        "if_index": port.if_index,
        "type": port.if_type,
        "type_word": port.if_type.and_then(type_word),
        "speed_bps": port.line_speed(),
        "state": state,
        "state_kind": super::ports::kind(state),
        "counter_bits": port.counter_bits,
        "warning": port.warning,
        "metered": port.metered,
        "links": links.collect::<Vec<_>>(),
        "neighbours": neighbours.collect::<Vec<_>>(),
        "ticked": ticked,
    })
}

/// Everything the page needs.
struct Found {
    view: DiscoveryView,
    facts: Vec<DeviceFact>,
    compared: Vec<Comparison>,
    allocations: Vec<NamedAllocation>,
}

async fn found(web: &Web, signed: &Signed, id: i64) -> Result<Found, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let view = target_discovery(c, &actor, SnmpTargetId::new(id))?;
            let device = view.target.target.device_id;
            let (facts, compared) = match actor.may(Permission::ViewDevices) {
                true => device_compared(c, &actor, device)?,
                false => (Vec::new(), Vec::new()),
            };
            let all = PageRequest::largest();
            let allocations = match actor.may(Permission::EditNetwork) {
                true => allocation_list(c, &actor, &AllocationFilter::default(), &all)?.rows,
                false => Vec::new(),
            };
            Ok(Found {
                view,
                facts,
                compared,
                allocations,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))
}

fn page(
    web: &Web,
    signed: &Signed,
    said: Option<&Said<'_>>,
    found: &Found,
    narrowing: Narrowing,
    (fields, fault): (&Fields, Option<&Fault>),
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let view = &found.view;
    let target = &view.target.target;
    let href = format!("/targets/{}", target.id);
    let ticked: Vec<&str> = fields.all("id").collect();
    let shown = view.ports.iter().filter(|port| narrowing.shows(&port.port));
    let ports: Vec<Value> = shown
        .map(|port| port_context(port, ticked.contains(&port.port.id.to_string().as_str())))
        .collect();
    let allocations = found.allocations.iter().map(|row| {
        json!({"value": row.allocation.id, "label": format!("{} · {}", row.customer, row.allocation.name)})
    });
    let title = Message::new("discovery-title").with("device", view.target.device.as_str());
    let title = web.words.say(locale, &title);
    let polled = Message::new("targets-edit").with("device", view.target.device.as_str());
    let mut context = state_context(target);
    if let Some(context) = context.as_object_mut() {
        context.insert("device".into(), view.target.device.as_str().into());
        context.insert("object_id".into(), target.system_object_id.as_str().into());
        context.insert("names_read_at".into(), json!(target.names_read_at));
    }
    let page = View::new(
        web,
        &signed.reader,
        "targets/discover.html",
        &title,
        "network",
    )
    .crumbs(&[
        (&web.words.text(locale, "targets-title"), "/targets"),
        (&web.words.say(locale, &polled), &href),
    ]);
    let page = match said {
        Some(said) => page.flash(said.as_ref()),
        None => page,
    };
    page.with("target", context)
        .with("discovery", discovery_context(&view.discovery))
        .with("awaited_since", view.awaited_since())
        .with("itself", compared_context(&found.facts, &found.compared))
        .with("total", view.ports.len())
        .with("ports", ports)
        .with("up", narrowing.up)
        .with("physical", narrowing.physical)
        .with("unmetered", narrowing.unmetered)
        .with("allocations", allocations.collect::<Vec<_>>())
        .with(
            "form",
            form_context(web, locale, &format!("{href}/discover"), fields, fault),
        )
        .with("may_edit", signed.actor.may(Permission::EditNetwork))
        .status(match fault {
            Some(_) => Status::UnprocessableEntity,
            None => Status::Ok,
        })
        .answer()
}

#[get("/targets/<id>/discover?<narrowing..>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let found = found(web, &signed, id).await?;
    let today = signed.actor.now.local_date(web.settings.zone);
    let fields: Fields = [("from", today)].into_iter().collect();
    page(
        web,
        &signed,
        Some(&said),
        &found,
        narrowing,
        (&fields, None),
    )
}

fn ticked(fields: &Fields) -> Result<Vec<PortId>, Fault> {
    let ids = fields.all("id").map(|id| {
        let id = id.parse().map(PortId::new);
        id.map_err(|_| Fault::not_found())
    });
    ids.collect()
}

#[post("/targets/<id>/discover", data = "<form>")]
async fn take_over(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (actor, fields) = (signed.actor.clone(), form.fields.clone());
    let outcome = web
        .store
        .write("target.discover", move |c| {
            actor.require(Permission::EditNetwork)?;
            let (id, ids) = (SnmpTargetId::new(id), ticked(&fields)?);
            if fields.get("do") == "stop" {
                let count = ports_meter(c, &actor, id, &ids, false)?;
                return Ok(Message::new("discovery-stopped").with("count", count));
            }
            let link = match fields.get("allocation_id") {
                "" => None,
                typed => {
                    let no_such = || {
                        Fault::field("allocation_id", Message::new("fault-discovery-allocation"))
                    };
                    let allocation = typed
                        .parse()
                        .map(AllocationId::new)
                        .map_err(|_| no_such())?;
                    let there = allocation_by_id(c, &actor, allocation).map_err(|_| no_such())?;
                    let dates = LinkDates::parse(&fields, there.allocation.zone())?;
                    Some((allocation, dates))
                }
            };
            let count = ports_take_over(c, &actor, id, &ids, link)?;
            Ok(Message::new("discovery-taken").with("count", count))
        })
        .await;
    match outcome {
        Ok(message) => Ok(done(
            web,
            signed.reader.locale,
            format!("/targets/{id}/discover"),
            &message,
        )),
        Err(fault) if belongs_in_form(&fault) => {
            let found = found(web, &signed, id).await?;
            let narrowing = Narrowing::of(&form.fields);
            let shown = (&form.fields, Some(&fault));
            page(web, &signed, None, &found, narrowing, shown)
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[post("/targets/<id>/take-over", data = "<form>")]
async fn rule(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let rule = TakeOver::from_word(form.fields.get("take_over")).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", TakeOver::words());
        Fault::field("take_over", message)
    });
    web.store
        .write("target.take_over", move |c| {
            actor.require(Permission::EditNetwork)?;
            target_take_over(c, &actor, SnmpTargetId::new(id), rule.clone()?)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(done(
        web,
        signed.reader.locale,
        format!("/targets/{id}/discover"),
        &Message::new("flash-saved"),
    ))
}
