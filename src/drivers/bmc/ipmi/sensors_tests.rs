use super::*;
use crate::wire::ipmi::entity::Entity;
use crate::wire::ipmi::reading::RawFormat;
use crate::wire::ipmi::thresholds::ThresholdAccess;

fn sensor(unit: Option<&'static str>, kind: u8, reading_kind: u8) -> Sensor {
    Sensor {
        owner: BMC_ADDRESS,
        lun: 0,
        number: 9,
        kind,
        reading_kind,
        name: "Exhaust Humidity".to_owned(),
        entity: Entity { id: 3, instance: 1 },
        unit,
        factors: Some(Factors {
            format: RawFormat::Unsigned,
            linearization: Linearization::Linear,
            m: 1,
            b: 0,
            b_exponent: 0,
            result_exponent: 0,
        }),
        access: ThresholdAccess::Readable,
        limits: Limits::of_record(0x10, [0, 200, 0, 0, 0, 0]),
    }
}

const fn raw(raw: u8, bits: u16) -> RawReading {
    RawReading {
        raw,
        scanning: true,
        available: true,
        bits,
    }
}

#[test]
fn quantities_come_from_units_and_are_in_one_unit_each() {
    for (unit, kind, quantity, shown, value, limit) in [
        ("°C", 1, Quantity::Temperature, "°C", 104.0, 200.0),
        ("°F", 1, Quantity::Temperature, "°C", 40.0, 93.33),
        ("K", 1, Quantity::Temperature, "°C", -169.15, -73.15),
        ("%", 4, Quantity::FanSpeed, "%", 104.0, 200.0),
        ("%", 0x0B, Quantity::Humidity, "%", 104.0, 200.0),
        ("W", 0x0B, Quantity::Power, "W", 104.0, 200.0),
        ("l", 0x0B, Quantity::Other, "l", 104.0, 200.0),
    ] {
        let sensor = sensor(Some(unit), kind, 1);
        let seen = reading(&sensor, raw(104, 0), &sensor.limits);
        assert_eq!(
            (seen.quantity, seen.unit),
            (quantity, Some(shown)),
            "{unit}"
        );
        assert_eq!(
            (seen.value, seen.thresholds.upper_critical),
            (Some(value), Some(limit))
        );
        assert_eq!((seen.key.as_str(), seen.health), ("20.0.09", Health::Ok));
        assert_eq!(seen.entity.as_deref(), Some("processor 1"));
    }
}

#[test]
fn states_are_told_in_words_and_judged_by_the_worst() {
    let supply = sensor(None, 0x08, 0x6F);
    for (bits, words, health) in [
        (0x0000, &[][..], Health::Ok),
        (0x0001, &["Presence detected"][..], Health::Ok),
        (
            0x000D,
            &[
                "Presence detected",
                "Predictive failure",
                "Power Supply AC lost",
            ][..],
            Health::Critical,
        ),
    ] {
        let seen = reading(&supply, raw(0, bits), &Limits::default());
        assert_eq!(seen.states, words);
        assert_eq!(seen.health, health);
        assert_eq!((seen.quantity, seen.value), (Quantity::Discrete, None));
        assert_eq!(seen.state, format!("states:0x{bits:04x}"));
    }
}

#[test]
fn what_can_not_be_read_is_not_judged() {
    let mut odd = sensor(Some("V"), 2, 1);
    odd.factors = odd.factors.map(|factors| Factors { m: 0, ..factors });
    let seen = reading(&odd, raw(104, 0x10), &odd.limits);
    assert_eq!(
        (seen.state.as_str(), seen.health, seen.value),
        ("impossible", Health::Unknown, None)
    );
    let mut curved = sensor(Some("V"), 2, 1);
    curved.factors = curved.factors.map(|factors| Factors {
        linearization: Linearization::NonLinear,
        ..factors
    });
    let seen = reading(&curved, raw(104, 0), &curved.limits);
    assert_eq!(seen.state, "unsupported");
    let plain = sensor(Some("V"), 2, 1);
    for (scanning, available, word) in [(false, true, "disabled"), (true, false, "unavailable")] {
        let none = RawReading {
            scanning,
            available,
            ..raw(104, 0x10)
        };
        let seen = reading(&plain, none, &plain.limits);
        assert_eq!((seen.state.as_str(), seen.health), (word, Health::Unknown));
        assert_eq!(
            seen.thresholds.upper_critical,
            Some(200.0),
            "the limit is known all the same"
        );
    }
    let hot = reading(&plain, raw(201, 0x18), &plain.limits);
    assert_eq!(
        (hot.state.as_str(), hot.health),
        ("critical", Health::Critical)
    );
}
