//! The sensors of machines: their list with the BMC's judgement, and their values as gauges.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::machine_rows::reading_find;
use super::machines::machine;
use crate::base::fault::Fault;
use crate::base::gauge::{GaugeMissing, GaugePart, GaugeSeen};
use crate::base::ids::{DeviceId, GaugeId, MachineSensorId};
use crate::base::machine::{Health, SensorReading, Thresholds};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::metering::{Gauge, gauges_keep, gauges_of_device};
use crate::power::rows::{MachineReading, Sensor};
use crate::power::telling::{
    DRAW_PLACE, MOST_SENSORS, SensorsTold, Values, draw_seen, gauge_quantity, gauge_seen, line,
};
use crate::store::Conn;
use crate::store::schema::machine_sensors;

/// Longest name of a sensor.
const LONGEST_NAME: usize = 100;

/// A sensor with what it said last.
#[derive(Debug, Clone)]
pub struct SensorNow {
    /// The sensor.
    pub sensor: Sensor,
    /// Its last value in its unit.
    pub value: Option<f64>,
    /// The gauge that keeps its course.
    pub gauge: Option<GaugeId>,
}

/// The columns of a sensor that a reading may change.
#[derive(PartialEq, Insertable, AsChangeset)]
#[diesel(table_name = machine_sensors, treat_none_as_null = true)]
struct Columns {
    sensor_key: String,
    name: String,
    entity: String,
    quantity: crate::base::machine::Quantity,
    unit: String,
    limits: String,
    health: Health,
    state: String,
    states: String,
    health_since: Timestamp,
    missing_since: Option<Timestamp>,
}

impl Columns {
    fn of(reading: &SensorReading, before: Option<&Sensor>, at: Timestamp) -> Self {
        let same = before.filter(|before| before.health == reading.health);
        let states: Vec<String> = reading
            .states
            .iter()
            .take(16)
            .map(|state| line(state, LONGEST_NAME))
            .collect();
        Self {
            sensor_key: reading.key.clone(),
            name: line(&reading.name, LONGEST_NAME),
            entity: line(reading.entity.as_deref().unwrap_or(""), LONGEST_NAME),
            quantity: reading.quantity,
            unit: line(reading.unit.unwrap_or(""), LONGEST_NAME),
            limits: limits(&reading.thresholds),
            health: reading.health,
            state: line(&reading.state, LONGEST_NAME),
            states: states.join("\n"),
            health_since: same.map_or(at, |before| before.health_since),
            missing_since: None,
        }
    }

    fn there(row: &Sensor) -> Self {
        Self {
            sensor_key: row.sensor_key.clone(),
            name: row.name.clone(),
            entity: row.entity.clone(),
            quantity: row.quantity,
            unit: row.unit.clone(),
            limits: row.limits.clone(),
            health: row.health,
            state: row.state.clone(),
            states: row.states.clone(),
            health_since: row.health_since,
            missing_since: row.missing_since,
        }
    }
}

/// Limits as they are stored; none when there are none, or none that is a number.
fn limits(thresholds: &Thresholds) -> String {
    if *thresholds == Thresholds::default() {
        return String::new();
    }
    serde_json::to_string(thresholds).unwrap_or_default()
}

/// Keeps a reading of all sensors: rows only where something but the value changed, the values in one row of gauges
/// and one text.
pub(super) fn sensors_keep(
    c: &mut Conn,
    row: &mut MachineReading,
    said: &SensorsTold,
    at: Timestamp,
) -> Result<(), Fault> {
    let device = row.device_id;
    let mut heard: BTreeSet<String> = BTreeSet::new();
    let readings: Vec<SensorReading> = said
        .sensors
        .iter()
        .map(|reading| SensorReading {
            key: line(&reading.key, LONGEST_NAME),
            ..reading.clone()
        })
        .filter(|reading| heard.insert(reading.key.clone()))
        .take(MOST_SENSORS)
        .collect();
    let known: BTreeMap<String, Sensor> = of_device(c, device)?
        .into_iter()
        .map(|sensor| (sensor.sensor_key.clone(), sensor))
        .collect();
    let mut gauges: Vec<GaugeSeen> = Vec::with_capacity(readings.len() + 1);
    for reading in &readings {
        let before = known.get(&reading.key);
        sensor_heard(c, device, reading, before, at)?;
        gauges.extend(gauge_seen(reading));
    }
    for gone in known
        .values()
        .filter(|sensor| !heard.contains(&sensor.sensor_key))
    {
        sensor_gone(c, gone, at)?;
        gauges.extend(gauge_gone(gone));
    }
    gauges.extend(said.watts.map(draw_seen));
    if !gauges.is_empty() {
        gauges_keep(c, device, at, &gauges, false)?;
    }
    row.sensors_said = Values::of(&readings).to_text();
    row.watts = said.watts.map(i64::from);
    row.boot = match &said.boot {
        None => String::new(),
        Some(boot) => serde_json::to_string(boot).unwrap_or_default(),
    };
    if let Some(light) = said.light {
        row.light = light.as_str().to_owned();
        row.light_at = Some(at);
    }
    row.sensors_at = Some(at);
    Ok(())
}

fn sensor_heard(
    c: &mut Conn,
    device: DeviceId,
    reading: &SensorReading,
    before: Option<&Sensor>,
    at: Timestamp,
) -> Result<(), Fault> {
    let columns = Columns::of(reading, before, at);
    match before {
        Some(before) if Columns::there(before) == columns => {}
        Some(before) => {
            diesel::update(machine_sensors::table.find(before.id))
                .set((columns, machine_sensors::updated_at.eq(at)))
                .execute(c)?;
        }
        None => {
            diesel::insert_into(machine_sensors::table)
                .values((
                    columns,
                    machine_sensors::device_id.eq(device),
                    machine_sensors::created_at.eq(at),
                    machine_sensors::updated_at.eq(at),
                ))
                .execute(c)?;
        }
    }
    Ok(())
}

fn sensor_gone(c: &mut Conn, sensor: &Sensor, at: Timestamp) -> Result<(), Fault> {
    if sensor.missing_since.is_none() {
        diesel::update(machine_sensors::table.find(sensor.id))
            .set((
                machine_sensors::missing_since.eq(at),
                machine_sensors::updated_at.eq(at),
            ))
            .execute(c)?;
    }
    Ok(())
}

fn gauge_gone(sensor: &Sensor) -> Option<GaugeSeen> {
    Some(GaugeSeen {
        part: GaugePart::Sensor,
        index: sensor.sensor_key.clone(),
        quantity: gauge_quantity(sensor.quantity, &sensor.unit)?,
        name: None,
        value: Err(GaugeMissing::NoSuch),
    })
}

fn of_device(c: &mut Conn, device: DeviceId) -> Result<Vec<Sensor>, Fault> {
    Ok(machine_sensors::table
        .filter(machine_sensors::device_id.eq(device))
        .order(machine_sensors::id.asc())
        .select(Sensor::as_select())
        .load(c)?)
}

/// The sensors of a machine on the actor's side of the wall, in the BMC's order; the gauge of the power draw beside
/// them.
pub fn sensors_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<(Vec<SensorNow>, Option<GaugeId>), Fault> {
    actor.require(Permission::ViewPower)?;
    machine(c, actor, device)?;
    let values = reading_find(c, device)?
        .map(|row| row.last_values())
        .unwrap_or_default();
    let gauges: Vec<Gauge> = gauges_of_device(c, actor, device)?
        .into_iter()
        .filter(|gauge| gauge.part == GaugePart::Sensor)
        .collect();
    let gauge = |place: &str| {
        let found = gauges.iter().find(|gauge| gauge.place == place);
        found.map(|gauge| gauge.id)
    };
    let sensors = of_device(c, device)?
        .into_iter()
        .map(|sensor| {
            let is_there = sensor.missing_since.is_none();
            SensorNow {
                value: values
                    .0
                    .get(&sensor.sensor_key)
                    .copied()
                    .filter(|_| is_there),
                gauge: gauge(&sensor.sensor_key),
                sensor,
            }
        })
        .collect();
    Ok((sensors, gauge(DRAW_PLACE)))
}

/// The machine of a sensor on the actor's side of the wall.
pub fn device_of_sensor(
    c: &mut Conn,
    actor: &Actor,
    id: MachineSensorId,
) -> Result<DeviceId, Fault> {
    actor.require(Permission::ViewPower)?;
    let device: Option<DeviceId> = machine_sensors::table
        .find(id)
        .select(machine_sensors::device_id)
        .first(c)
        .optional()?;
    let device = device.ok_or_else(Fault::not_found)?;
    machine(c, actor, device)?;
    Ok(device)
}
