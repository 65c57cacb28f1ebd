//! `/api/v1/devices/{id}`: sensors, event log and parts.

use rocket::response::status::NoContent;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DeviceFactId, DeviceId};
use crate::base::machine::{Health, Thresholds};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::inventory::{
    Comparison, device_by_id, device_compared, device_fact_accept, device_fact_ignore,
};
use crate::power::ops::{
    LogFilter, SensorNow, log_list, parts_of_device, reading_of_device, sensors_of_device,
};
use crate::power::{LogLine, MachineReading, PartRow};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![sensors, event_log, parts, accept, set_aside]
}

fn at(at: Option<Timestamp>) -> Option<String> {
    at.map(Timestamp::to_rfc3339)
}

/// Limits of a sensor in the unit of its value.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitsJson {
    lower_warning: Option<f64>,
    lower_critical: Option<f64>,
    lower_fatal: Option<f64>,
    upper_warning: Option<f64>,
    upper_critical: Option<f64>,
    upper_fatal: Option<f64>,
}

impl From<Thresholds> for LimitsJson {
    fn from(limits: Thresholds) -> Self {
        Self {
            lower_warning: limits.lower_warning,
            lower_critical: limits.lower_critical,
            lower_fatal: limits.lower_fatal,
            upper_warning: limits.upper_warning,
            upper_critical: limits.upper_critical,
            upper_fatal: limits.upper_fatal,
        }
    }
}

/// A sensor with what it said last.
#[derive(Debug, Serialize, ToSchema)]
pub struct SensorJson {
    id: i64,
    /// Stays the same for this sensor of this machine.
    key: String,
    name: String,
    /// What it belongs to: `processor 1`.
    entity: String,
    /// `temperature`, `voltage`, `current`, `fan_speed`, `power`, `humidity`, `other` or `discrete`.
    quantity: String,
    value: Option<f64>,
    unit: String,
    /// The BMC's judgement: `ok`, `warning`, `critical`, `fatal` or `unknown`.
    health: String,
    /// RFC 3339; since when it is judged so.
    health_since: String,
    /// Asserted states of a discrete sensor.
    states: Vec<String>,
    limits: LimitsJson,
    /// RFC 3339; since when the BMC does not list it any more.
    missing_since: Option<String>,
    /// Its gauge, for `/api/v1/gauges/{id}/series`.
    gauge_id: Option<i64>,
}

impl From<SensorNow> for SensorJson {
    fn from(now: SensorNow) -> Self {
        let sensor = now.sensor;
        Self {
            id: sensor.id.get(),
            limits: sensor.thresholds().into(),
            states: sensor.states.lines().map(str::to_owned).collect(),
            key: sensor.sensor_key,
            name: sensor.name,
            entity: sensor.entity,
            quantity: sensor.quantity.to_string(),
            value: now.value,
            unit: sensor.unit,
            health: sensor.health.to_string(),
            health_since: sensor.health_since.to_rfc3339(),
            missing_since: at(sensor.missing_since),
            gauge_id: now.gauge.map(|gauge| gauge.get()),
        }
    }
}

/// The sensors of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct SensorsJson {
    /// RFC 3339; when they were read last.
    read_at: Option<String>,
    /// Why they could not be read last, `CODE: text`.
    trouble: Option<String>,
    /// Power draw of the whole machine, watts.
    watts: Option<i64>,
    items: Vec<SensorJson>,
}

fn trouble(stored: &str, is_customer: bool) -> Option<String> {
    let code = stored.split(':').next().unwrap_or(stored);
    match (stored.is_empty(), is_customer) {
        (true, _) => None,
        // Addresses of controllers are the operator's.
        (false, true) => Some(code.to_owned()),
        (false, false) => Some(stored.to_owned()),
    }
}

/// Sensors of a device with their last values and the BMC's judgement.
#[utoipa::path(get, path = "/api/v1/devices/{id}/sensors", tag = "power",
    responses((status = 200, body = SensorsJson), (status = 404)))]
#[get("/devices/<id>/sensors")]
pub(super) async fn sensors(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<SensorsJson>, Failure> {
    let is_customer = caller.actor.role.is_customer();
    let (reading, sensors): (Option<MachineReading>, Vec<SensorNow>) = web
        .store
        .read(move |c| {
            let id = DeviceId::new(id);
            let reading = reading_of_device(c, &caller.actor, id)?;
            Ok((reading, sensors_of_device(c, &caller.actor, id)?.0))
        })
        .await?;
    let reading = reading.as_ref();
    Ok(Json(SensorsJson {
        read_at: at(reading.and_then(|row| row.sensors_at)),
        trouble: reading.and_then(|row| trouble(&row.sensors_trouble, is_customer)),
        watts: reading.and_then(|row| row.watts),
        items: sensors.into_iter().map(Into::into).collect(),
    }))
}

/// An entry of an event log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogLineJson {
    id: i64,
    /// `entry`, or `cleared`: the BMC's log was cleared before this.
    origin: String,
    /// RFC 3339, by the BMC's clock; null when that was not set.
    bmc_time: Option<String>,
    /// Seconds after the BMC's start, where its clock was not set.
    since_start_s: Option<i64>,
    /// RFC 3339; when it was read.
    read_at: String,
    /// `ok`, `warning`, `critical`, `fatal` or `unknown`.
    health: String,
    source: String,
    kind: String,
    text: String,
    /// Whether the state began; false when it ended.
    asserted: bool,
    /// The BMC's own id.
    entry_id: String,
    /// The record as it came.
    raw: String,
}

impl From<LogLine> for LogLineJson {
    fn from(line: LogLine) -> Self {
        Self {
            id: line.id.get(),
            origin: line.origin.to_string(),
            bmc_time: at(line.at),
            since_start_s: line.since_start_s,
            read_at: line.read_at.to_rfc3339(),
            health: line.health.to_string(),
            source: line.source,
            kind: line.kind,
            text: line.text,
            asserted: line.asserted,
            entry_id: line.entry_id,
            raw: line.raw,
        }
    }
}

/// The event log of a device, the newest first; `health` is one of its words.
#[utoipa::path(get, path = "/api/v1/devices/{id}/event-log", tag = "power",
    params(ApiQuery, ("health" = Option<String>, Query)),
    responses((status = 200, body = Listing<LogLineJson>), (status = 404), (status = 422)))]
#[get("/devices/<id>/event-log?<health>&<query..>")]
pub(super) async fn event_log(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    health: Option<&str>,
    query: ApiQuery,
) -> Result<Json<Listing<LogLineJson>>, Failure> {
    caller.actor.require(Permission::ViewPower)?;
    let health: Option<Option<Health>> = health.map(Health::from_word);
    let page = query.page();
    let text = query.text();
    let found = web
        .store
        .read(move |c| {
            let id = DeviceId::new(id);
            // Who may not see the machine learns nothing from its faults.
            reading_of_device(c, &caller.actor, id)?;
            let health = match health {
                None => Vec::new(),
                Some(Some(health)) => vec![health],
                Some(None) => {
                    let message = Message::new("fault-choice").with("allowed", Health::words());
                    return Err(Fault::field("health", message));
                }
            };
            let filter = LogFilter { text, health };
            log_list(c, &caller.actor, id, &filter, &page)
        })
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// A part of a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartJson {
    /// `chassis`, `board`, `product`, `processor`, `memory`, `disk`, `network`, `accelerator`, `power_supply`,
    /// `firmware` or `other`.
    kind: String,
    slot: String,
    manufacturer: String,
    model: String,
    part_number: String,
    serial: String,
    asset_tag: String,
    revision: String,
    mac: String,
    octets: Option<i64>,
    detail: String,
    /// RFC 3339.
    first_seen_at: String,
    /// RFC 3339; since when it is not told of any more.
    gone_at: Option<String>,
}

impl From<PartRow> for PartJson {
    fn from(part: PartRow) -> Self {
        Self {
            kind: part.kind.to_string(),
            slot: part.slot,
            manufacturer: part.manufacturer,
            model: part.model,
            part_number: part.part_number,
            serial: part.serial,
            asset_tag: part.asset_tag,
            revision: part.revision,
            mac: part.mac,
            octets: part.octets,
            detail: part.detail,
            first_seen_at: part.first_seen_at.to_rfc3339(),
            gone_at: at(part.gone_at),
        }
    }
}

/// The record beside what the machine says itself; empty for customers.
#[derive(Debug, Serialize, ToSchema)]
pub struct DifferenceJson {
    /// `serial`, `model`, `asset_tag`, `memory_gib` or `mac`.
    field: String,
    record: String,
    said: Vec<String>,
    /// `same`, `differs`, `not_on_record` or `not_said`.
    verdict: String,
    /// What `facts/{fact}/accept` takes over into the record, where something can be.
    fact: Option<i64>,
    /// RFC 3339; when a person set it aside.
    set_aside_at: Option<String>,
}

impl From<Comparison> for DifferenceJson {
    fn from(one: Comparison) -> Self {
        Self {
            field: one.field.to_owned(),
            record: one.record,
            said: one.said,
            verdict: one.verdict.to_string(),
            fact: one.fact.map(DeviceFactId::get),
            set_aside_at: at(one.ignored_at),
        }
    }
}

/// What a machine is made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartsJson {
    /// RFC 3339; when it was read last.
    read_at: Option<String>,
    /// Why it could not be read last.
    trouble: Option<String>,
    items: Vec<PartJson>,
    compared: Vec<DifferenceJson>,
}

/// Parts of a device as its BMC tells them, and what differs from the record.
#[utoipa::path(get, path = "/api/v1/devices/{id}/parts", tag = "power",
    responses((status = 200, body = PartsJson), (status = 404)))]
#[get("/devices/<id>/parts")]
pub(super) async fn parts(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<PartsJson>, Failure> {
    let is_customer = caller.actor.role.is_customer();
    let (reading, parts, compared) = web
        .store
        .read(move |c| {
            let id = DeviceId::new(id);
            let reading = reading_of_device(c, &caller.actor, id)?;
            let parts = parts_of_device(c, &caller.actor, id)?;
            Ok((reading, parts, device_compared(c, &caller.actor, id)?.1))
        })
        .await?;
    let reading = reading.as_ref();
    Ok(Json(PartsJson {
        read_at: at(reading.and_then(|row| row.parts_at)),
        trouble: reading.and_then(|row| trouble(&row.parts_trouble, is_customer)),
        items: parts.into_iter().map(Into::into).collect(),
        compared: compared.into_iter().map(Into::into).collect(),
    }))
}

/// Whether the actor may change the device's record; what they may not see is not there, whatever the body says.
async fn may_edit(web: &Web, actor: &Actor, device: DeviceId) -> Result<(), Failure> {
    let actor = actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditDevices)?;
            device_by_id(c, &actor, device).map(drop)
        })
        .await?;
    Ok(())
}

/// Takes what the machine says over into its record; the body has the device's `version` that was read.
#[utoipa::path(post, path = "/api/v1/devices/{id}/facts/{fact}/accept", tag = "power", request_body = Object,
    responses((status = 204), (status = 404), (status = 409), (status = 422)))]
#[post("/devices/<id>/facts/<fact>/accept", data = "<body>")]
pub(super) async fn accept(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    fact: i64,
    body: Body,
) -> Result<NoContent, Failure> {
    let (device, fact) = (DeviceId::new(id), DeviceFactId::new(fact));
    may_edit(web, &caller.actor, device).await?;
    let version = body.condition()?;
    web.store
        .write("device.accept", move |c| {
            let there = device_by_id(c, &caller.actor, device)?.device.version;
            device_fact_accept(c, &caller.actor, device, fact, version.held(there)?)
        })
        .await?;
    Ok(NoContent)
}

/// Sets a difference aside until the machine says something else; `{"bring_back": true}` takes that back.
#[utoipa::path(post, path = "/api/v1/devices/{id}/facts/{fact}/set-aside", tag = "power", request_body = Object,
    responses((status = 204), (status = 404)))]
#[post("/devices/<id>/facts/<fact>/set-aside", data = "<body>")]
pub(super) async fn set_aside(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    fact: i64,
    body: Body,
) -> Result<NoContent, Failure> {
    let (device, fact) = (DeviceId::new(id), DeviceFactId::new(fact));
    may_edit(web, &caller.actor, device).await?;
    let ignored = !body.fields.yes("bring_back");
    web.store
        .write("device.set_aside", move |c| {
            device_fact_ignore(c, &caller.actor, device, fact, ignored)
        })
        .await?;
    Ok(NoContent)
}
