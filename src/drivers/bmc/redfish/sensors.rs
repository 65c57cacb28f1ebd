//! Sensors of the machine's chassis, and its power draw.

use serde_json::Value;

use super::expand::Expand;
use super::look;
use super::sensor_of::{POWER, THERMAL, of_old, of_sensor};
use super::session::RedfishSession;
use crate::drivers::bmc::error::BmcError;
use crate::drivers::bmc::{Quantity, SensorReading};

impl RedfishSession {
    pub(super) async fn read_sensors(&mut self) -> Result<Vec<SensorReading>, BmcError> {
        let system = self.system().await?.body;
        let Some(chassis) = self.chassis(&system).await? else {
            return Ok(Vec::new());
        };
        let old_is_cheaper = self.expand == Expand::No && chassis.get("Thermal").is_some();
        if old_is_cheaper {
            let readings = self.old_readings(&chassis).await?;
            if !readings.is_empty() {
                return Ok(unlike(readings));
            }
        }
        let members = self.members("sensors", &chassis, "/Sensors").await?;
        let mut readings: Vec<_> = members.iter().filter_map(of_sensor).collect();
        if !old_is_cheaper {
            let old = self.old_readings(&chassis).await?;
            complete(&mut readings, old);
        }
        if !has(&readings, Quantity::FanSpeed) {
            readings.extend(self.fans(&chassis).await?);
        }
        Ok(unlike(readings))
    }

    async fn old_readings(&mut self, chassis: &Value) -> Result<Vec<SensorReading>, BmcError> {
        let thermal = self.behind("thermal", chassis, "/Thermal").await?;
        let power = self.behind("power", chassis, "/Power").await?;
        let mut readings = Vec::new();
        for (document, lists) in [(thermal, THERMAL), (power, POWER)] {
            let Some(document) = document else { continue };
            for old in lists {
                readings.extend(of_old(&document, old));
            }
        }
        Ok(readings)
    }

    /// Fans of the new schema: their speed is an excerpt of a sensor.
    async fn fans(&mut self, chassis: &Value) -> Result<Vec<SensorReading>, BmcError> {
        let thermal = self
            .behind("thermal subsystem", chassis, "/ThermalSubsystem")
            .await?;
        let fans = self
            .members("fans", &thermal.unwrap_or_default(), "/Fans")
            .await?;
        Ok(fans.iter().filter_map(fan).collect())
    }

    pub(super) async fn read_power_draw(&mut self) -> Result<Option<u32>, BmcError> {
        let system = self.system().await?.body;
        let Some(chassis) = self.chassis(&system).await? else {
            return Ok(None);
        };
        let power = self
            .behind("power", &chassis, "/Power")
            .await?
            .unwrap_or_default();
        let old = look::list(&power, "/PowerControl")
            .iter()
            .find_map(|control| look::whole(control, "/PowerConsumedWatts"));
        let watts = match old {
            Some(watts) => Some(watts),
            None => {
                let metrics = self
                    .behind("environment", &chassis, "/EnvironmentMetrics")
                    .await?;
                metrics.and_then(|metrics| look::whole(&metrics, "/PowerWatts/Reading"))
            }
        };
        // A service without a meter says 0.
        let measured = watts.filter(|watts| *watts > 0);
        Ok(measured.and_then(|watts| u32::try_from(watts).ok()))
    }
}

fn fan(fan: &Value) -> Option<SensorReading> {
    let percent = look::number(fan, "/SpeedPercent/Reading");
    let mut sensor = fan.clone();
    let fields = sensor.as_object_mut()?;
    let (reading, unit) = match look::number(fan, "/SpeedPercent/SpeedRPM") {
        Some(turns) => (Some(turns), "RPM"),
        None => (percent, "%"),
    };
    fields.insert("Reading".to_owned(), reading.into());
    fields.insert("ReadingType".to_owned(), "Rotational".into());
    fields.insert("ReadingUnits".to_owned(), unit.into());
    of_sensor(&sensor)
}

fn has(readings: &[SensorReading], quantity: Quantity) -> bool {
    readings.iter().any(|reading| reading.quantity == quantity)
}

/// Adds readings of the old schema for what the new one does not tell at all.
fn complete(readings: &mut Vec<SensorReading>, old: Vec<SensorReading>) {
    let missing: Vec<_> = old
        .into_iter()
        .filter(|reading| !has(readings, reading.quantity))
        .collect();
    readings.extend(missing);
}

/// The readings with keys that are each there once: two entries may say the same place.
fn unlike(mut readings: Vec<SensorReading>) -> Vec<SensorReading> {
    let mut seen = std::collections::HashMap::new();
    for reading in &mut readings {
        let times: &mut u32 = seen.entry(reading.key.clone()).or_default();
        *times += 1;
        if *times > 1 {
            reading.key = format!("{}#{times}", reading.key);
        }
    }
    readings
}
