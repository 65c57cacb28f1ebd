//! Devices: the list, and one device with what every area knows of it.

use rocket::form::FromForm;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::events::OpenEvents;
use super::settings::author_words;
use crate::audit;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, DeviceTypeId, RackId};
use crate::identity::{Actor, Permission};
use crate::inventory::{
    DeviceFilter, DeviceRole, DeviceRow, DeviceStatus, csv, device_by_id, device_list,
};
use crate::store::Conn;
use crate::tenancy::{customer_by_code, customer_choices};
use crate::web::csv_file::csv_answer;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, show]
}

/// The section of the navigation that devices are in.
pub(super) fn area(actor: &Actor) -> &'static str {
    if actor.role.is_customer() {
        "servers"
    } else {
        "devices"
    }
}

/// Search, page and filters of the list.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    customer: Option<String>,
    status: Option<String>,
    rack: Option<i64>,
    role: Option<String>,
    device_type: Option<i64>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }
}

/// Turns the filters of an address into those of the query; what names nothing finds nothing.
fn filter(c: &mut Conn, narrowing: &Narrowing) -> Result<DeviceFilter, Fault> {
    let given = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let customer_id = match given(&narrowing.customer) {
        Some(code) => Some(
            customer_by_code(c, &code)?
                .map(|customer| customer.id)
                .ok_or_else(Fault::not_found)?,
        ),
        None => None,
    };
    let status = match given(&narrowing.status) {
        Some(word) => Some(DeviceStatus::from_word(&word).ok_or_else(Fault::not_found)?),
        None => None,
    };
    let role = match given(&narrowing.role) {
        Some(word) => Some(DeviceRole::from_word(&word).ok_or_else(Fault::not_found)?),
        None => None,
    };
    Ok(DeviceFilter {
        query: narrowing.query().text().to_owned(),
        customer_id,
        status,
        role,
        rack_id: narrowing.rack.map(RackId::new),
        device_type_id: narrowing.device_type.map(DeviceTypeId::new),
        ..DeviceFilter::default()
    })
}

#[get("/devices?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, asked, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let (page, customers) = web
        .store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let filter = filter(c, &narrow)?;
            let page = device_list(c, &actor, &filter, &asked)?;
            Ok((page, customer_choices(c, &actor)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = page.rows.iter().map(row_value).collect();
    let rack = page
        .rows
        .first()
        .and_then(|row| row.place.as_ref())
        .map(|place| place.rack.clone());
    let model = page.rows.first().map(|row| row.device_type.model.clone());
    let list = ListView::new(
        web,
        locale,
        "/devices",
        &query,
        if signed.actor.role.is_customer() {
            ("servers-empty", "servers-empty-text")
        } else {
            ("devices-empty", "devices-empty-text")
        },
    )
    .filter("customer", narrowing.customer, str::to_owned)
    .filter("status", narrowing.status, |word| {
        web.words.text(locale, &format!("device-status-{word}"))
    })
    .filter("role", narrowing.role, |word| {
        web.words.text(locale, &format!("device-role-{word}"))
    })
    .filter("rack", narrowing.rack.map(|rack| rack.to_string()), |id| {
        rack.unwrap_or_else(|| id.to_owned())
    })
    .filter(
        "device_type",
        narrowing.device_type.map(|id| id.to_string()),
        |id| model.unwrap_or_else(|| id.to_owned()),
    )
    .csv()
    .action(
        signed.actor.may(Permission::EditDevices),
        "devices-new",
        "/devices/new",
    )
    .finish(&page, rows);
    let choice = |prefix: &str, word: &str| json!({"value": word, "label": web.words.text(locale, &format!("device-{prefix}-{word}"))});
    let title = web.words.text(
        locale,
        if signed.actor.role.is_customer() {
            "servers-title"
        } else {
            "devices-title"
        },
    );
    View::new(
        web,
        &signed.reader,
        "devices/list.html",
        &title,
        area(&signed.actor),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with(
        "statuses",
        DeviceStatus::ALL
            .iter()
            .map(|status| choice("status", status.as_str()))
            .collect::<Vec<_>>(),
    )
    .with(
        "roles",
        DeviceRole::ALL
            .iter()
            .map(|role| choice("role", role.as_str()))
            .collect::<Vec<_>>(),
    )
    .with(
        "customers",
        customers
            .iter()
            .map(|(_, code, name)| json!({"value": code, "label": name}))
            .collect::<Vec<_>>(),
    )
    .with("may_see_types", !signed.actor.role.is_customer())
    .answer()
}

fn row_value(row: &DeviceRow) -> Value {
    json!({
        "id": row.device.id,
        "name": row.device.name,
        "label": row.device.label,
        "serial": row.device.serial,
        "status": row.device.status,
        "locked": row.device.lock_reason.is_some(),
        "model": format!("{} {}", row.device_type.manufacturer, row.device_type.model),
        "role": row.device_type.role,
        "customer": row.customer,
        "position": row.position(),
    })
}

#[get("/devices.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::ViewDevices)?;
            let filter = filter(c, &narrowing)?;
            csv::device_export_of(c, &actor, &filter)
        })
        .await
        .and_then(|rows| csv_answer("devices", csv::DEVICE_COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

/// What other areas show on a device's page beside power, which has a reader of its own; each has a template of its own, `devices/_power.html` and so on,
/// and gets its part under its name. A part that is null draws nothing.
struct Parts {
    inside: Value,
    machine: Value,
    events: OpenEvents,
    network: Value,
    pdu: Value,
    redundancy: Value,
    addresses: Value,
    visits: Value,
    history: Option<Vec<Value>>,
}

fn parts(web: &Web, c: &mut Conn, actor: &Actor, row: &DeviceRow) -> Result<Parts, Fault> {
    Ok(Parts {
        inside: super::inside::inside_section(c, actor, row)?,
        machine: super::machine::machine_section(web, c, actor, row.device.id)?,
        events: OpenEvents::of(c, actor, row.device.id)?,
        network: super::ports::network_section(c, actor, row.device.id)?,
        pdu: super::outlets::pdu_section(c, actor, row.device.id)?,
        redundancy: super::redundancy::redundancy_section(c, actor, row)?,
        addresses: super::addresses::device_section(c, actor, row.device.id)?,
        visits: super::visits::device_visits(web, c, actor, row.device.id)?,
        history: history(web, c, actor, row)?,
    })
}

/// What happened to the record, newest first; for the operator's eyes.
fn history(
    web: &Web,
    c: &mut Conn,
    actor: &Actor,
    row: &DeviceRow,
) -> Result<Option<Vec<Value>>, Fault> {
    if actor.role.is_customer() {
        return Ok(None);
    }
    let filter = audit::Filter {
        object_kind: Some("device".to_owned()),
        object_id: Some(row.device.id.get()),
        limit: 30,
        ..audit::Filter::default()
    };
    let entries = audit::list(c, &filter)?;
    let values = entries
        .iter()
        .map(|entry| history_value(entry, author_words(web, actor.locale, entry)));
    Ok(Some(values.collect()))
}

/// Fields by which a part or port is known.
const TELLING: &[&str] = &["name", "slot", "maker", "model", "serial"];

fn history_value(entry: &audit::Entry, who: String) -> Value {
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    let text = |side: &str, name: &str| {
        detail
            .get(side)
            .and_then(|values| values.get(name))
            .cloned()
            .unwrap_or_default()
    };
    let names = detail.get("after").and_then(Value::as_object);
    // Of what was added it is enough to tell which it is.
    let is_new = entry.action.ends_with("_add") || entry.action.ends_with("_create");
    let changes: Vec<Value> = names
        .into_iter()
        .flat_map(|names| names.keys())
        .filter(|name| !name.ends_with("_id") && entry.action != "device.create")
        .filter(|name| !is_new || TELLING.contains(&name.as_str()))
        .map(|name| json!({"field": name, "before": text("before", name), "after": text("after", name)}))
        .collect();
    json!({
        "at": entry.at,
        "who": who,
        "action": entry.action.replace(['.', '_'], "-"),
        "reason": detail.get("reason"),
        "is_new": is_new,
        "changes": changes,
    })
}

#[get("/devices/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let (actor, face) = (signed.actor.clone(), web.inner().clone());
    let (row, parts) = web
        .store
        .read(move |c| {
            let row = device_by_id(c, &actor, DeviceId::new(id))?;
            let parts = parts(&face, c, &actor, &row)?;
            Ok((row, parts))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let power = super::power::section(web, &signed, row.device.id).await?;
    let locale = signed.reader.locale;
    let is_customer = signed.actor.role.is_customer();
    let title = web.words.text(
        locale,
        if is_customer {
            "servers-title"
        } else {
            "devices-title"
        },
    );
    let device = &row.device;
    let shown = json!({
        "id": device.id,
        "name": device.name,
        "label": device.label,
        "serial": device.serial,
        "asset_tag": device.asset_tag,
        "status": device.status,
        "cpu": device.cpu,
        "memory_gib": device.memory_mib.map(|memory| memory.get() / 1024),
        "disks": device.disks,
        "nics": device.nics,
        "warranty_until": device.warranty_until,
        "protected": device.protected,
        "lock_reason": device.lock_reason,
        "locked_at": device.locked_at,
        "note": if is_customer { "" } else { device.note.as_str() },
        "archived_at": device.archived_at,
        "version": device.version,
    });
    View::new(
        web,
        &signed.reader,
        "devices/show.html",
        &device.name,
        area(&signed.actor),
    )
    .crumbs(&[(&title, "/devices")])
    .flash(said.as_ref())
    .with("device", shown)
    .with(
        "device_type",
        json!({
            "id": row.device_type.id,
            "manufacturer": row.device_type.manufacturer,
            "model": row.device_type.model,
            "role": row.device_type.role,
            "height_units": row.device_type.height_half_units.to_units_text(),
            "watts": row.device_type.watts,
        }),
    )
    .with("customer", &row.customer)
    .with("place", &row.place)
    .with("position", row.position())
    .with("rack_href", rack_href(&signed.actor, &row))
    .with("power", power)
    .with("inside", parts.inside)
    .with("machine", parts.machine)
    .with("events", parts.events.context(web, locale))
    .with("network", parts.network)
    .with("pdu", parts.pdu)
    .with("redundancy", parts.redundancy)
    .with("addresses", parts.addresses)
    .with("visits", parts.visits)
    .with("history", parts.history)
    .with("is_customer", is_customer)
    .with("may_edit", signed.actor.may(Permission::EditDevices))
    .with(
        "may_see_customers",
        signed.actor.may(Permission::ViewCustomers),
    )
    .answer()
}

fn rack_href(actor: &Actor, row: &DeviceRow) -> Option<String> {
    let rack = row.place.as_ref()?.rack_id;
    // Pages of racks are for staff; a customer sees the drawing, with nothing of others in it.
    if actor.may(Permission::ViewFacility) {
        Some(format!("/racks/{rack}"))
    } else {
        Some(format!("/racks/{rack}/elevation.svg"))
    }
}
