//! One reading out of a document, in the old schema (Thermal, Power) and in the new one (Sensor). Pure.

use serde_json::Value;

use super::look;
use crate::drivers::bmc::{Health, Quantity, SensorReading, Thresholds};

/// How a list of the old schema is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Old {
    /// Where the list is.
    pub(super) list: &'static str,
    /// What it measures.
    pub(super) quantity: Quantity,
    /// Where the value is in an entry.
    pub(super) reading: &'static str,
    /// Unit of the value.
    pub(super) unit: &'static str,
}

/// Lists of Thermal (DSP2046).
pub(super) const THERMAL: [Old; 2] = [
    Old {
        list: "/Temperatures",
        quantity: Quantity::Temperature,
        reading: "/ReadingCelsius",
        unit: "°C",
    },
    Old {
        list: "/Fans",
        quantity: Quantity::FanSpeed,
        reading: "/Reading",
        unit: "RPM",
    },
];

/// Lists of Power (DSP2046).
pub(super) const POWER: [Old; 2] = [
    Old {
        list: "/Voltages",
        quantity: Quantity::Voltage,
        reading: "/ReadingVolts",
        unit: "V",
    },
    Old {
        list: "/PowerControl",
        quantity: Quantity::Power,
        reading: "/PowerConsumedWatts",
        unit: "W",
    },
];

/// Readings of one list of the old schema.
pub(super) fn of_old(document: &Value, old: Old) -> Vec<SensorReading> {
    let entries = look::list(document, old.list).iter();
    entries
        .filter_map(|entry| of_old_entry(entry, old))
        .collect()
}

fn of_old_entry(entry: &Value, old: Old) -> Option<SensorReading> {
    let name = look::said(entry, "/Name").or_else(|| look::said(entry, "/FanName"));
    let name = name.or_else(|| look::said(entry, "/MemberId"))?;
    let value = look::number(entry, old.reading).or_else(|| look::number(entry, "/CurrentReading")); // fans of early services
    let percent = look::text(entry, "/ReadingUnits").is_some_and(|unit| unit == "Percent")
        || look::text(entry, "/Units").is_some_and(|unit| unit == "Percent");
    let limits = Thresholds {
        lower_fatal: look::number(entry, "/LowerThresholdFatal"),
        lower_critical: look::number(entry, "/LowerThresholdCritical"),
        lower_warning: look::number(entry, "/LowerThresholdNonCritical"),
        upper_warning: look::number(entry, "/UpperThresholdNonCritical"),
        upper_critical: look::number(entry, "/UpperThresholdCritical"),
        upper_fatal: look::number(entry, "/UpperThresholdFatal"),
    };
    let reading = Reading {
        key: old_key(entry, old.list, &name),
        name,
        quantity: old.quantity,
        value,
        unit: if percent { "%" } else { old.unit },
        limits,
    };
    Some(reading.judged(entry))
}

/// The last two segments of the entry's place: `Temperatures/0`. Early services give no place of its own.
fn old_key(entry: &Value, list: &str, name: &str) -> String {
    let address = entry.get("@odata.id").and_then(Value::as_str);
    let own = address.and_then(|address| address.split_once('#'));
    match own {
        Some((_, own)) => two_segments(own),
        None => {
            let id = look::text(entry, "/MemberId").unwrap_or_else(|| name.to_owned());
            format!("{}/{id}", list.trim_start_matches('/'))
        }
    }
}

fn two_segments(address: &str) -> String {
    let mut segments = address.trim_matches('/').rsplit('/');
    let last = segments.next().unwrap_or_default();
    match segments.next() {
        Some(before) => format!("{before}/{last}"),
        None => last.to_owned(),
    }
}

/// The reading of a Sensor resource, or of an excerpt of one.
pub(super) fn of_sensor(sensor: &Value) -> Option<SensorReading> {
    let address = look::address(sensor);
    let name = look::said(sensor, "/Name")
        .or_else(|| look::said(sensor, "/DeviceName"))
        .or_else(|| look::said(sensor, "/Id"))?;
    let kind = look::text(sensor, "/ReadingType").unwrap_or_default();
    let said = look::text(sensor, "/ReadingUnits").unwrap_or_default();
    let (quantity, unit) = kind_of(&kind, &said);
    let limit = |name: &str| look::number(sensor, &format!("/Thresholds/{name}/Reading"));
    let limits = Thresholds {
        lower_fatal: limit("LowerFatal"),
        lower_critical: limit("LowerCritical"),
        lower_warning: limit("LowerCaution"),
        upper_warning: limit("UpperCaution"),
        upper_critical: limit("UpperCritical"),
        upper_fatal: limit("UpperFatal"),
    };
    let reading = Reading {
        key: address.map_or_else(|| name.clone(), |address| two_segments(&address)),
        name,
        quantity,
        value: look::number(sensor, "/Reading"),
        unit,
        limits,
    };
    Some(reading.judged(sensor))
}

/// Quantity and unit, by the type (DSP2046, Sensor.ReadingType) or, without one, by the unit (UCUM).
fn kind_of(kind: &str, unit: &str) -> (Quantity, &'static str) {
    match (kind, unit) {
        ("Temperature", _) | ("", "Cel") => (Quantity::Temperature, "°C"),
        ("Voltage", _) | ("", "V") => (Quantity::Voltage, "V"),
        ("Current", _) | ("", "A") => (Quantity::Current, "A"),
        ("Power", _) | ("", "W") => (Quantity::Power, "W"),
        ("Humidity", _) => (Quantity::Humidity, "%"),
        ("Rotational", "%") => (Quantity::FanSpeed, "%"),
        ("Rotational", _) | ("", "RPM" | "{rev}/min") => (Quantity::FanSpeed, "RPM"),
        ("Percent", _) | ("", "%") => (Quantity::Other, "%"),
        ("EnergykWh", _) => (Quantity::Other, "kWh"),
        ("EnergyJoules", _) => (Quantity::Other, "J"),
        ("Frequency", _) => (Quantity::Other, "Hz"),
        ("AltitudeMeters", _) => (Quantity::Other, "m"),
        ("AirFlow", _) => (Quantity::Other, "CFM"),
        _ => (Quantity::Other, ""),
    }
}

struct Reading {
    key: String,
    name: String,
    quantity: Quantity,
    value: Option<f64>,
    unit: &'static str,
    limits: Thresholds,
}

impl Reading {
    /// With the service's own judgement, `Status` of `document`.
    fn judged(self, document: &Value) -> SensorReading {
        let present = look::text(document, "/Status/State").unwrap_or_else(|| "Enabled".to_owned());
        let readable = !matches!(
            present.as_str(),
            "Absent" | "Disabled" | "UnavailableOffline" | "StandbyOffline" | "Deferring"
        );
        let value = self.value.filter(|_| readable);
        let health = match (value, health_of(document, "/Status/Health")) {
            (None, Health::Ok | Health::Unknown) => Health::Unknown,
            (Some(_), Health::Unknown) => Health::Ok,
            (_, health) => health,
        };
        let state = match health {
            Health::Ok => "ok",
            Health::Warning => "warning",
            Health::Critical => "critical",
            Health::Fatal => "non_recoverable",
            Health::Unknown if present == "Disabled" => "disabled",
            Health::Unknown => "unavailable",
        };
        SensorReading {
            key: self.key,
            name: self.name,
            entity: look::said(document, "/PhysicalContext"),
            quantity: self.quantity,
            value,
            unit: (!self.unit.is_empty()).then_some(self.unit),
            health,
            state: state.to_owned(),
            states: Vec::new(),
            thresholds: if readable {
                meant(self.limits)
            } else {
                Thresholds::default()
            },
        }
    }
}

/// Limits that are all 0 are none: what services write that have none.
fn meant(limits: Thresholds) -> Thresholds {
    let all = [
        limits.lower_fatal,
        limits.lower_critical,
        limits.lower_warning,
        limits.upper_warning,
        limits.upper_critical,
        limits.upper_fatal,
    ];
    let zero = |limit: &Option<f64>| limit.is_none_or(|limit| limit.abs() < f64::EPSILON);
    if all.iter().all(zero) {
        return Thresholds::default();
    }
    limits
}

/// A health word of DSP2046.
pub(super) fn health_of(document: &Value, pointer: &str) -> Health {
    match look::text(document, pointer).as_deref() {
        Some("OK") => Health::Ok,
        Some("Warning" | "Caution") => Health::Warning,
        Some("Critical") => Health::Critical,
        Some("Fatal") => Health::Fatal,
        _ => Health::Unknown,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn an_old_reading_has_its_value_its_limits_and_its_place() {
        let thermal = json!({"Temperatures": [
            {"@odata.id": "/redfish/v1/Chassis/1/Thermal#/Temperatures/0", "Name": "CPU1 Temp", "ReadingCelsius": 37,
             "UpperThresholdCritical": 99, "LowerThresholdCritical": 3, "UpperThresholdNonCritical": null,
             "PhysicalContext": "CPU", "Status": {"Health": "OK", "State": "Enabled"}},
            {"Name": "CPU2 Temp", "MemberId": 7, "ReadingCelsius": 0, "UpperThresholdCritical": 0, "Status": {"State": "Absent"}},
            {"Name": "Inlet", "MemberId": "2", "ReadingCelsius": null, "Status": {"Health": "Critical", "State": "Enabled"}},
        ]});
        let readings = of_old(&thermal, THERMAL[0]);
        assert_eq!(readings.len(), 3);
        assert_eq!(readings[0].key, "Temperatures/0");
        assert_eq!(
            (readings[0].value, readings[0].health),
            (Some(37.0), Health::Ok)
        );
        assert_eq!(readings[0].thresholds.upper_critical, Some(99.0));
        assert_eq!(readings[0].thresholds.upper_warning, None);
        assert_eq!(readings[0].entity.as_deref(), Some("CPU"));
        assert_eq!(readings[1].key, "Temperatures/7");
        assert_eq!(
            (readings[1].value, readings[1].state.as_str()),
            (None, "unavailable")
        );
        assert_eq!(readings[1].thresholds, Thresholds::default());
        assert_eq!(
            (readings[2].value, readings[2].health),
            (None, Health::Critical)
        );
    }

    #[test]
    fn a_sensor_is_known_by_type_or_unit() {
        for (kind, unit, quantity, shown) in [
            ("Temperature", "Cel", Quantity::Temperature, "°C"),
            ("", "V", Quantity::Voltage, "V"),
            ("Rotational", "RPM", Quantity::FanSpeed, "RPM"),
            ("Rotational", "%", Quantity::FanSpeed, "%"),
            ("Power", "", Quantity::Power, "W"),
            ("Whatever", "furlong", Quantity::Other, ""),
        ] {
            assert_eq!(kind_of(kind, unit), (quantity, shown), "{kind} {unit}");
        }
        let sensor = json!({"@odata.id": "/redfish/v1/Chassis/1/Sensors/CPU1Temp", "Name": "CPU1 Temp",
            "ReadingType": "Temperature", "Reading": 101.5, "Status": {"Health": "Critical", "State": "Enabled"},
            "Thresholds": {"UpperCritical": {"Reading": 99}, "UpperCaution": {"Reading": null}}});
        let reading = of_sensor(&sensor).unwrap();
        assert_eq!(
            (reading.key.as_str(), reading.state.as_str()),
            ("Sensors/CPU1Temp", "critical")
        );
        assert_eq!(reading.thresholds.upper_critical, Some(99.0));
        assert!(of_sensor(&json!({"Reading": 3})).is_none());
    }
}
