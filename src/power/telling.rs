//! What a machine tells through its BMC: when it is read, and how it is kept. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::port::PortFault;
pub use crate::base::gauge::DRAW_PLACE;
use crate::base::gauge::{GaugeMissing, GaugePart, GaugeSeen, Quantity as Measured};
use crate::base::machine::{
    Boot, Controller, Light, LogEntry, LogPart, Part, Quantity, SensorReading,
};
use crate::base::time::Timestamp;

/// Most sensors kept of a machine.
pub const MOST_SENSORS: usize = 512;
/// Most parts kept of a machine.
pub const MOST_PARTS: usize = 512;

/// What a session told; none of what was not asked.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Cipher suite in use.
    pub suite: Option<i64>,
    /// Sensors, power draw, boot override.
    pub sensors: Option<Result<SensorsTold, PortFault>>,
    /// New parts of the event log.
    pub log: Option<Result<Vec<LogPart>, PortFault>>,
    /// Parts and the controller.
    pub parts: Option<Result<PartsTold, PortFault>>,
}

/// What the sensors say now.
#[derive(Debug, Clone, Default)]
pub struct SensorsTold {
    /// The sensors.
    pub sensors: Vec<SensorReading>,
    /// Power draw, watts.
    pub watts: Option<u32>,
    /// Boot override.
    pub boot: Option<Boot>,
    /// The identify light; none where the BMC does not tell.
    pub light: Option<Light>,
}

/// What a machine is made of.
#[derive(Debug, Clone, Default)]
pub struct PartsTold {
    /// The parts.
    pub parts: Vec<Part>,
    /// The controller's own facts.
    pub controller: Option<Controller>,
}

/// How often each kind of thing is read, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Sensors, power draw, boot override.
    pub sensors_ms: i64,
    /// Event log.
    pub log_ms: i64,
    /// Parts and controller.
    pub parts_ms: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            sensors_ms: 120_000,
            log_ms: 300_000,
            parts_ms: 86_400_000,
        }
    }
}

/// When the parts of a machine were read last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastRead {
    /// Sensors.
    pub sensors: Option<Timestamp>,
    /// Event log.
    pub log: Option<Timestamp>,
    /// Parts and controller.
    pub parts: Option<Timestamp>,
    /// A person asked for all of it.
    pub asked: Option<Timestamp>,
}

/// What is to be read in one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Sensors, power draw, boot override.
    pub sensors: bool,
    /// Event log.
    pub log: bool,
    /// Parts and controller.
    pub parts: bool,
}

/// What is due now. A session is worth its login, so what is due within half an interval of the sensors goes along.
pub fn due(last: LastRead, pace: Pace, now: Timestamp) -> Due {
    let slack_ms = pace.sensors_ms / 2;
    let is_due = |read: Option<Timestamp>, every_ms: i64| match (read, last.asked) {
        (None, _) => true,
        (Some(read), Some(asked)) if asked >= read => true,
        (Some(read), _) => now.since_millis(read) >= every_ms.saturating_sub(slack_ms),
    };
    Due {
        sensors: is_due(last.sensors, pace.sensors_ms),
        log: is_due(last.log, pace.log_ms),
        parts: is_due(last.parts, pace.parts_ms),
    }
}

/// The gauge that keeps a sensor's course, and how many of its units are one of the sensor's.
fn measured(quantity: Quantity, unit: &str) -> Option<(Measured, f64)> {
    Some(match quantity {
        Quantity::Temperature => (Measured::Temperature, 1000.0),
        Quantity::Voltage => (Measured::Voltage, 1000.0),
        Quantity::Current => (Measured::Current, 1000.0),
        Quantity::Power => (Measured::ActivePower, 1.0),
        Quantity::Humidity => (Measured::Humidity, 10.0),
        Quantity::FanSpeed if unit == "%" => (Measured::FanShare, 10.0),
        Quantity::FanSpeed => (Measured::FanSpeed, 1.0),
        Quantity::Other | Quantity::Discrete => return None,
    })
}

/// The quantity of the gauge of a sensor; none for those that have none.
pub fn gauge_quantity(quantity: Quantity, unit: &str) -> Option<Measured> {
    measured(quantity, unit).map(|(quantity, _)| quantity)
}

/// A sensor as a gauge; none for what has no gauge of its own.
pub fn gauge_seen(reading: &SensorReading) -> Option<GaugeSeen> {
    let (quantity, factor) = measured(reading.quantity, reading.unit.unwrap_or_default())?;
    let value = match reading.value {
        None => Err(GaugeMissing::NotMeasured),
        Some(value) => amount(value * factor, quantity.bounds()),
    };
    Some(GaugeSeen {
        part: GaugePart::Sensor,
        index: reading.key.clone(),
        quantity,
        name: Some(reading.name.clone()),
        value,
    })
}

/// The power draw of a machine as a gauge.
pub fn draw_seen(watts: u32) -> GaugeSeen {
    GaugeSeen {
        part: GaugePart::Sensor,
        index: DRAW_PLACE.to_owned(),
        quantity: Measured::ActivePower,
        name: None,
        value: amount(f64::from(watts), Measured::ActivePower.bounds()),
    }
}

/// A whole number within what can be true.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the range is checked before"
)]
fn amount(value: f64, (least, most): (i64, i64)) -> Result<i64, GaugeMissing> {
    let rounded = value.round();
    if !rounded.is_finite() || rounded < least as f64 || rounded > most as f64 {
        return Err(GaugeMissing::OutOfRange);
    }
    Ok(rounded as i64)
}

/// The last values of a machine's sensors by sensor key, as one text of its row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Values(pub BTreeMap<String, f64>);

impl Values {
    /// Those of a reading; what is no number is left out.
    pub fn of(readings: &[SensorReading]) -> Self {
        let known = readings.iter().filter_map(|reading| {
            let value = reading.value.filter(|value| value.is_finite())?;
            Some((reading.key.clone(), value))
        });
        Self(known.take(MOST_SENSORS).collect())
    }

    /// As it is stored.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Values::to_text`] wrote; empty for anything else.
    pub fn from_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// What makes an entry the same one, however often it is read: its id, its time and what it says. One without a time
/// is told apart by how often the log was cleared before.
pub fn print_of(entry: &LogEntry, epoch: i64) -> String {
    let raw = crate::base::token::sha256_hex(&format!("{}\u{1f}{}", entry.raw, entry.text));
    let raw: String = raw.chars().take(24).collect();
    match entry.at {
        Some(at) => format!("{}/{}/{raw}", entry.id, at.millis()),
        None => {
            let second = entry.since_start.map_or(0, |since| since.as_secs());
            format!("{}/{epoch}+{second}/{raw}", entry.id)
        }
    }
}

/// Whether a sensor says how a power supply does.
pub fn is_supply(entity: &str, quantity: Quantity) -> bool {
    quantity == Quantity::Discrete && entity.to_ascii_lowercase().starts_with("power supply")
}

/// A measured value as people read it: at most three decimals, none that are zero.
pub fn number_text(value: f64) -> String {
    let text = format!("{value:.3}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    match short {
        "-0" | "" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// A text as a row keeps it: one line, no control letters, no longer than that.
pub fn line(text: &str, longest: usize) -> String {
    let plain = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    let cut: String = plain.take(longest).collect();
    cut.trim().to_owned()
}

#[cfg(test)]
#[path = "telling_tests.rs"]
mod tests;
