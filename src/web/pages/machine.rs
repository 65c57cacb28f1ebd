//! What a machine tells through its BMC: the parts of a device's page about sensors, event log and hardware, the page
//! of the whole log, and what people do about differences.

use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::found_words::compared_context;
use super::machine_words::{
    boot_words, controller_words, is_bad, log_row, part_row, sensor_groups, trouble,
};
use super::saving::saved;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceFactId, DeviceId, MachineSensorId};
use crate::base::machine::Health;
use crate::base::page::PageRequest;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::inventory::{device_compared, device_fact_accept, device_fact_ignore};
use crate::metering::gauges_recent;
use crate::power::ops::{
    LogFilter, device_of_sensor, endpoint_of_device, facts_ask, log_all, log_list, machine,
    parts_of_device, reading_of_device, sensors_of_device,
};
use crate::power::{FACTS_TASK, LogLine, LogOrigin};
use crate::store::Conn;
use crate::web::csv_file::csv_answer;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, done};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![read_again, accept, set_aside, log_page, log_csv, sensor]
}

/// Lines of the log on the page of a device.
const NEWEST: usize = 5;
/// How far back the small drawings look, milliseconds.
const SPARK_MS: i64 = 6 * 3_600_000;
/// A clock that is off by more is worth telling, milliseconds.
const DRIFT_MS: i64 = 60_000;

/// The value `machine` of a device's page; null for those who may not see power, and where nothing was read.
pub(super) fn machine_section(
    web: &Web,
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Value, Fault> {
    if !actor.may(Permission::ViewPower) {
        return Ok(Value::Null);
    }
    let bmc = endpoint_of_device(c, actor, device)?;
    let Some(reading) = reading_of_device(c, actor, device)? else {
        return Ok(Value::Null);
    };
    let (sensors, draw) = sensors_of_device(c, actor, device)?;
    let courses = gauges_recent(c, device, actor.now.plus_millis(-SPARK_MS))?;
    let newest = PageRequest {
        limit: NEWEST,
        ..PageRequest::first()
    };
    let log = log_list(c, actor, device, &LogFilter::default(), &newest)?;
    let parts = parts_of_device(c, actor, device)?;
    let is_customer = actor.role.is_customer();
    let (facts, compared) = device_compared(c, actor, device)?;
    let locale = actor.locale;
    let able = bmc.is_some_and(|bmc| bmc.credential_fault.is_none());
    let may_ask = able && actor.may(Permission::ControlPower);
    let bad = sensors.iter().filter(|one| is_bad(one));
    Ok(json!({
        "awaited": reading.is_awaited().then_some(reading.asked_at),
        "read_href": may_ask.then(|| format!("/devices/{device}/read-again")),
        "sensors_at": reading.sensors_at,
        "sensors_trouble": trouble(&reading.sensors_trouble),
        "watts": reading.watts,
        "draw_href": draw.map(|gauge| format!("/gauges/{gauge}")),
        "boot": reading.sensors_at.map(|_| boot_words(web, locale, reading.boot_told())),
        "bad": bad.count(),
        "groups": sensor_groups(web, locale, &sensors, &courses, (SPARK_MS, actor.now)),
        "log": {
            "at": reading.log_at,
            "trouble": trouble(&reading.log_trouble),
            "drift_s": reading.log_drift_ms.filter(|ms| ms.abs() > DRIFT_MS).map(|ms| ms / 1000),
            "free_percent": reading.log_free_percent,
            "rows": log.rows.iter().map(|line| log_row(web, locale, line)).collect::<Vec<_>>(),
            "total": log.total,
            "href": format!("/devices/{device}/event-log"),
        },
        "parts_at": reading.parts_at,
        "parts_trouble": trouble(&reading.parts_trouble),
        "parts": parts.iter().map(|part| part_row(web, locale, part)).collect::<Vec<_>>(),
        "itself": compared_context(&facts, &compared),
        "controller": reading.controller_told().filter(|_| !is_customer)
            .map(|told| controller_words(web, locale, told)),
        "may_edit": actor.may(Permission::EditDevices),
    }))
}

#[post("/devices/<id>/read-again", data = "<form>")]
async fn read_again(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let _ = form;
    let actor = signed.actor.clone();
    web.store
        .write("bmc.read", move |c| facts_ask(c, &actor, DeviceId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    web.store.wakeups().wake(FACTS_TASK);
    Ok(done(
        web,
        signed.reader.locale,
        format!("/devices/{id}#sensors"),
        &Message::new("machine-flash-asked"),
    ))
}

#[post("/devices/<id>/facts/<fact>/accept", data = "<form>")]
async fn accept(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    fact: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let outcome = web
        .store
        .write("device.accept", move |c| {
            actor.require(Permission::EditDevices)?;
            let version = version(&form.fields)?;
            let (id, fact) = (DeviceId::new(id), DeviceFactId::new(fact));
            device_fact_accept(c, &actor, id, fact, version)
        })
        .await
        .map(|()| format!("/devices/{id}#hardware"));
    saved(web, &signed, outcome, |fault| {
        Err(signed.failure(fault.clone()))
    })
}

#[post("/devices/<id>/facts/<fact>/set-aside", data = "<form>")]
async fn set_aside(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    fact: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let outcome = web
        .store
        .write("device.set_aside", move |c| {
            let ignored = !form.fields.yes("bring_back");
            let (id, fact) = (DeviceId::new(id), DeviceFactId::new(fact));
            device_fact_ignore(c, &actor, id, fact, ignored)
        })
        .await
        .map(|()| format!("/devices/{id}#hardware"));
    saved(web, &signed, outcome, |fault| {
        Err(signed.failure(fault.clone()))
    })
}

const fn area(actor: &Actor) -> &'static str {
    if actor.role.is_customer() {
        "servers"
    } else {
        "devices"
    }
}

/// How serious, as people choose it.
fn healths(word: Option<&str>) -> Vec<Health> {
    match word {
        Some("faults") => vec![Health::Critical, Health::Fatal],
        Some("warnings") => vec![Health::Warning, Health::Critical, Health::Fatal],
        _ => Vec::new(),
    }
}

#[get("/devices/<id>/event-log?<health>&<query..>")]
async fn log_page(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    health: Option<&str>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, page) = (signed.actor.clone(), query.page());
    let filter = LogFilter {
        text: query.text().to_owned(),
        health: healths(health),
    };
    let (machine, reading, found) = web
        .store
        .read(move |c| {
            let device = DeviceId::new(id);
            Ok((
                machine(c, &actor, device)?,
                reading_of_device(c, &actor, device)?,
                log_list(c, &actor, device, &filter, &page)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows = found.rows.iter().map(|line| log_row(web, locale, line));
    let choice = |word: &str| web.words.text(locale, &format!("machine-log-{word}"));
    let list = ListView::new(
        web,
        locale,
        format!("/devices/{id}/event-log"),
        &query,
        ("machine-log-empty", "machine-log-empty-text"),
    )
    .filter("health", health.map(str::to_owned), choice)
    .csv()
    .finish(&found, rows.collect());
    let title = Message::new("machine-log-of").with("machine", machine.name.as_str());
    let title = web.words.say(locale, &title);
    let back = format!("/devices/{id}");
    let drift = reading.as_ref().and_then(|row| row.log_drift_ms);
    View::new(
        web,
        &signed.reader,
        "devices/event_log.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[(&machine.name, &back)])
    .flash(said.as_ref())
    .with("list", list)
    .with(
        "healths",
        ["warnings", "faults"].map(|word| json!({"value": word, "label": choice(word)})),
    )
    .with("read_at", reading.as_ref().and_then(|row| row.log_at))
    .with(
        "drift_s",
        drift.filter(|ms| ms.abs() > DRIFT_MS).map(|ms| ms / 1000),
    )
    .with("free_percent", reading.and_then(|row| row.log_free_percent))
    .answer()
}

/// Columns of the file.
const COLUMNS: &[&str] = &[
    "id", "origin", "bmc_time", "read_at", "health", "source", "kind", "text", "asserted",
    "entry_id", "raw",
];

#[get("/devices/<id>/event-log.csv?<health>&<query..>")]
async fn log_csv(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    health: Option<&str>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let filter = LogFilter {
        text: query.text().to_owned(),
        health: healths(health),
    };
    let lines = web
        .store
        .read(move |c| log_all(c, &actor, DeviceId::new(id), &filter))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows: Vec<Vec<String>> = lines.iter().map(csv_row).collect();
    csv_answer(&format!("event-log-{id}"), COLUMNS, &rows).map_err(|fault| signed.failure(fault))
}

fn csv_row(line: &LogLine) -> Vec<String> {
    let asserted = match (line.origin, line.asserted) {
        (LogOrigin::Cleared, _) => "",
        (LogOrigin::Entry, true) => "yes",
        (LogOrigin::Entry, false) => "no",
    };
    vec![
        line.id.to_string(),
        line.origin.to_string(),
        line.at.map_or_else(String::new, Timestamp::to_rfc3339),
        line.read_at.to_rfc3339(),
        line.health.to_string(),
        line.source.clone(),
        line.kind.clone(),
        line.text.clone(),
        asserted.to_owned(),
        line.entry_id.clone(),
        line.raw.clone(),
    ]
}

/// The place of a sensor, for links in notices.
#[get("/sensors/<id>")]
async fn sensor(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let device = web
        .store
        .read(move |c| device_of_sensor(c, &actor, MachineSensorId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(Answer::See(Redirect::to(format!(
        "/devices/{device}#sensors"
    ))))
}
