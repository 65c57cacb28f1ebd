//! Sensors: record and raw reading put together, one packet pair for each sensor.

use super::ask::{Ask, not_understood};
use super::session::IpmiSession;
use super::shelf::SdrCache;
use crate::drivers::bmc::error::BmcError;
use crate::drivers::bmc::{Health, Quantity, SensorReading, Thresholds};
use crate::wire::ipmi::message::BMC_ADDRESS;
use crate::wire::ipmi::reading::{Factors, Linearization, RawReading};
use crate::wire::ipmi::sdr::Sensor;
use crate::wire::ipmi::states::{self, Severity};
use crate::wire::ipmi::thresholds::{Limit, Limits};

const GET_SENSOR_READING_FACTORS: u8 = 0x23;
const GET_SENSOR_THRESHOLDS: u8 = 0x27;
const GET_SENSOR_READING: u8 = 0x2D;
/// Sensor type of fans.
const FAN: u8 = 0x04;

impl IpmiSession {
    /// Reads all sensors, with the records on the shelf.
    pub(super) async fn read_sensors(&mut self) -> Result<Vec<SensorReading>, BmcError> {
        let known = self.shelf.get(self.target);
        let (readings, cache) = self.sensors_with(known).await?;
        self.shelf.put(self.target, cache);
        Ok(readings)
    }

    /// Reads all sensors. With the records of an earlier call, if they are still good, this
    /// takes one packet pair for each sensor and one more; every twentieth time the limits that
    /// can be set are asked for too.
    ///
    /// # Errors
    /// [`BmcError`]; a sensor that can't be read is no error, its reading says so.
    pub async fn sensors_with(
        &mut self,
        known: Option<SdrCache>,
    ) -> Result<(Vec<SensorReading>, SdrCache), BmcError> {
        let mut cache = self.records(known).await?;
        let sensors = cache.sensors();
        if cache.begin_reading() {
            for sensor in sensors.iter().filter(|sensor| has_limits_to_ask(sensor)) {
                if let Some(answer) = self
                    .ask_if_there(about(sensor, GET_SENSOR_THRESHOLDS))
                    .await?
                {
                    cache.note_limits(sensor, answer);
                }
            }
        }
        let mut readings = Vec::with_capacity(sensors.len());
        for sensor in &sensors {
            readings.push(self.read_sensor(sensor, &cache.limits(sensor)).await?);
        }
        Ok((readings, cache))
    }

    async fn read_sensor(
        &mut self,
        sensor: &Sensor,
        limits: &Limits,
    ) -> Result<SensorReading, BmcError> {
        if sensor.owner != BMC_ADDRESS {
            return Ok(without_value(sensor, "elsewhere"));
        }
        let answer = self.answer(about(sensor, GET_SENSOR_READING)).await?;
        if answer.completion != 0 {
            return Ok(without_value(sensor, "unavailable"));
        }
        let (data, at) = answer.success()?;
        let raw = RawReading::decode(&data).map_err(not_understood(&at))?;
        match sensor.factors {
            Some(factors) if factors.linearization == Linearization::NonLinear => {
                let factors = self.factors_at(sensor, factors, raw.raw).await?;
                let sensor = Sensor {
                    factors,
                    ..sensor.clone()
                };
                // These factors are of this reading, not of the limits.
                Ok(reading(&sensor, raw, &Limits::default()))
            }
            _ => Ok(reading(sensor, raw, limits)),
        }
    }

    /// The factors of a non-linear sensor at one raw reading; as they were where the BMC does
    /// not tell them.
    async fn factors_at(
        &mut self,
        sensor: &Sensor,
        factors: Factors,
        raw: u8,
    ) -> Result<Option<Factors>, BmcError> {
        let mut ask = about(sensor, GET_SENSOR_READING_FACTORS);
        ask.data.push(raw);
        let answer = self.ask_if_there(ask).await?;
        let told = answer.and_then(|data| factors.at_reading(&data).ok());
        Ok(Some(told.unwrap_or(factors)))
    }
}

/// A command about one sensor.
fn about(sensor: &Sensor, command: u8) -> Ask {
    let name = match command {
        GET_SENSOR_THRESHOLDS => "get sensor thresholds",
        GET_SENSOR_READING_FACTORS => "get sensor reading factors",
        _ => "get sensor reading",
    };
    Ask::sensor(command, name, vec![sensor.number]).at_lun(sensor.lun)
}

const fn has_limits_to_ask(sensor: &Sensor) -> bool {
    sensor.owner == BMC_ADDRESS && sensor.factors.is_some() && sensor.access.can_be_asked()
}

fn without_value(sensor: &Sensor, state: impl Into<String>) -> SensorReading {
    let (quantity, unit, _) = measure(sensor);
    SensorReading {
        key: format!("{:02x}.{}.{:02x}", sensor.owner, sensor.lun, sensor.number),
        name: sensor.name.clone(),
        entity: (sensor.entity.id != 0).then(|| sensor.entity.to_string()),
        quantity,
        value: None,
        unit,
        health: Health::Unknown,
        state: state.into(),
        states: Vec::new(),
        thresholds: Thresholds::default(),
    }
}

/// Puts record, raw reading and limits together.
fn reading(sensor: &Sensor, raw: RawReading, limits: &Limits) -> SensorReading {
    let thresholds = thresholds(sensor, limits);
    if !raw.scanning || !raw.available {
        let state = if raw.scanning {
            "unavailable"
        } else {
            "disabled"
        };
        return SensorReading {
            thresholds,
            ..without_value(sensor, state)
        };
    }
    if !sensor.has_thresholds() {
        return discrete(sensor, raw.bits);
    }
    let judged = SensorReading {
        health: threshold_health(raw),
        thresholds,
        ..without_value(sensor, raw.threshold_word())
    };
    let Some(factors) = sensor.factors else {
        // Thresholds without an analog value: only the comparison says something.
        return judged;
    };
    let unusable = |state: &str| SensorReading {
        health: Health::Unknown,
        state: state.to_owned(),
        ..judged.clone()
    };
    if factors.linearization == Linearization::NonLinear {
        return unusable("unsupported");
    }
    let (_, _, convert) = measure(sensor);
    match factors.value(raw.raw).map(convert) {
        Some(value) => SensorReading {
            value: Some(value),
            ..judged
        },
        None => unusable("impossible"),
    }
}

/// Each bit is a state of its own.
fn discrete(sensor: &Sensor, bits: u16) -> SensorReading {
    let asserted: Vec<u8> = (0..15u8).filter(|offset| bits >> offset & 1 != 0).collect();
    let words = |offset: &u8| states::words(sensor.reading_kind, sensor.kind, *offset);
    let severity = |offset: &u8| states::severity(sensor.reading_kind, sensor.kind, *offset);
    let worst = asserted.iter().map(severity).max();
    SensorReading {
        health: worst.map_or(Health::Ok, health),
        states: asserted.iter().map(words).collect(),
        ..without_value(sensor, format!("states:0x{bits:04x}"))
    }
}

/// The judgement of the specification's severity.
pub(super) const fn health(severity: Severity) -> Health {
    match severity {
        Severity::Fine => Health::Ok,
        Severity::Warning => Health::Warning,
        Severity::Critical => Health::Critical,
        Severity::Fatal => Health::Fatal,
    }
}

fn threshold_health(raw: RawReading) -> Health {
    match raw.threshold_word() {
        "warning" => Health::Warning,
        "critical" => Health::Critical,
        "non_recoverable" => Health::Fatal,
        _ => Health::Ok,
    }
}

fn thresholds(sensor: &Sensor, limits: &Limits) -> Thresholds {
    let Some(factors) = &sensor.factors else {
        return Thresholds::default();
    };
    let (_, _, convert) = measure(sensor);
    let limit = |which: Limit| limits.value(which, factors).map(convert);
    Thresholds {
        lower_fatal: limit(Limit::LowerFatal),
        lower_critical: limit(Limit::LowerCritical),
        lower_warning: limit(Limit::LowerWarning),
        upper_warning: limit(Limit::UpperWarning),
        upper_critical: limit(Limit::UpperCritical),
        upper_fatal: limit(Limit::UpperFatal),
    }
}

/// What a sensor measures, its unit here, and how its own unit becomes that.
fn measure(sensor: &Sensor) -> (Quantity, Option<&'static str>, fn(f64) -> f64) {
    let as_is = |value: f64| value;
    if !sensor.has_thresholds() {
        return (Quantity::Discrete, None, as_is);
    }
    match sensor.unit {
        Some("°C") => (Quantity::Temperature, Some("°C"), as_is),
        Some("°F") => (Quantity::Temperature, Some("°C"), |value| {
            hundredths((value - 32.0) / 1.8)
        }),
        Some("K") => (Quantity::Temperature, Some("°C"), |value| {
            hundredths(value - 273.15)
        }),
        Some("V") => (Quantity::Voltage, Some("V"), as_is),
        Some("A") => (Quantity::Current, Some("A"), as_is),
        Some("W") => (Quantity::Power, Some("W"), as_is),
        Some("rpm") => (Quantity::FanSpeed, Some("rpm"), as_is),
        Some("%") if sensor.kind == FAN => (Quantity::FanSpeed, Some("%"), as_is),
        // The specification has no sensor type for humidity; only the name tells.
        Some("%") if sensor.name.to_ascii_lowercase().contains("humid") => {
            (Quantity::Humidity, Some("%"), as_is)
        }
        unit => (Quantity::Other, unit, as_is),
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
#[path = "sensors_tests.rs"]
mod tests;
