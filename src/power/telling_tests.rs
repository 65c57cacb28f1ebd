#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::base::machine::{Health, Thresholds};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);

fn reading(quantity: Quantity, value: Option<f64>) -> SensorReading {
    SensorReading {
        key: "20.0.1".into(),
        name: "CPU1 Temp".into(),
        entity: Some("processor 1".into()),
        quantity,
        value,
        unit: None,
        health: Health::Ok,
        state: "ok".into(),
        states: Vec::new(),
        thresholds: Thresholds::default(),
    }
}

fn entry(id: &str, at: Option<i64>, raw: &str) -> LogEntry {
    LogEntry {
        id: id.into(),
        at: at.map(Timestamp::from_millis),
        since_start: at.is_none().then_some(Duration::from_secs(7)),
        source: "CPU1 Temp".into(),
        kind: "Temperature".into(),
        text: "Upper Critical going high".into(),
        asserted: true,
        health: Health::Critical,
        raw: raw.into(),
    }
}

#[test]
fn each_kind_is_read_at_its_own_pace_and_all_when_a_person_asks() {
    let ago = |seconds: i64| Some(NOW.plus_seconds(-seconds));
    let last = |sensors, log, parts, asked| LastRead {
        sensors,
        log,
        parts,
        asked,
    };
    for (last, letters) in [
        (LastRead::default(), "slp"),
        (last(ago(120), ago(120), ago(120), None), "s.."),
        // A little early is due: the claims are spread.
        (last(ago(110), ago(250), ago(86_350), None), "slp"),
        (last(ago(30), ago(30), ago(30), None), "..."),
        (last(ago(30), ago(30), ago(30), ago(10)), "slp"),
        // Asked before the last reading: it was read since.
        (last(ago(30), ago(30), ago(30), ago(40)), "..."),
    ] {
        let due = due(last, Pace::default(), NOW);
        let letter = |is: bool, letter| if is { letter } else { '.' };
        let said: String = [
            letter(due.sensors, 's'),
            letter(due.log, 'l'),
            letter(due.parts, 'p'),
        ]
        .iter()
        .collect();
        assert_eq!(said, letters, "{last:?}");
    }
}

#[test]
fn sensors_become_gauges_in_the_gauges_unit_and_lies_become_none() {
    for (quantity, value, expected) in [
        (Quantity::Temperature, Some(41.5), Some(Ok(41_500))),
        (Quantity::Temperature, Some(-12.25), Some(Ok(-12_250))),
        (
            Quantity::Temperature,
            Some(1e9),
            Some(Err(GaugeMissing::OutOfRange)),
        ),
        (
            Quantity::Temperature,
            Some(f64::NAN),
            Some(Err(GaugeMissing::OutOfRange)),
        ),
        (Quantity::Voltage, Some(12.096), Some(Ok(12_096))),
        (Quantity::Current, Some(0.8), Some(Ok(800))),
        (Quantity::Power, Some(248.0), Some(Ok(248))),
        (
            Quantity::Power,
            Some(-1.0),
            Some(Err(GaugeMissing::OutOfRange)),
        ),
        (Quantity::Humidity, Some(45.5), Some(Ok(455))),
        (
            Quantity::Humidity,
            None,
            Some(Err(GaugeMissing::NotMeasured)),
        ),
        (Quantity::FanSpeed, Some(5400.0), Some(Ok(5400))),
        (
            Quantity::FanSpeed,
            Some(-1.0),
            Some(Err(GaugeMissing::OutOfRange)),
        ),
        (Quantity::Other, Some(3.0), None),
        (Quantity::Discrete, None, None),
    ] {
        let seen = gauge_seen(&reading(quantity, value)).map(|seen| seen.value);
        assert_eq!(seen, expected, "{quantity} {value:?}");
    }
}

#[test]
fn values_are_read_as_they_were_written_and_junk_is_none() {
    let values = Values::of(&[
        reading(Quantity::FanSpeed, Some(5400.0)),
        reading(Quantity::Other, Some(f64::INFINITY)),
    ]);
    assert_eq!(values.0.len(), 1);
    assert_eq!(Values::from_text(&values.to_text()), values);
    assert_eq!(Values::from_text("{]"), Values::default());
}

#[test]
fn an_entry_is_known_by_id_time_and_content() {
    let first = entry("17", Some(1000), "0102");
    assert_eq!(
        print_of(&first, 1),
        print_of(&first, 2),
        "a time tells enough"
    );
    for other in [
        entry("18", Some(1000), "0102"),
        entry("17", Some(2000), "0102"),
        entry("17", Some(1000), "0103"),
    ] {
        assert_ne!(print_of(&first, 1), print_of(&other, 1), "{other:?}");
    }
    let timeless = entry("17", None, "0102");
    assert_ne!(print_of(&timeless, 1), print_of(&timeless, 2));
}

#[test]
fn only_states_of_power_supplies_are_about_power_supplies() {
    assert!(is_supply("power supply 2", Quantity::Discrete));
    assert!(is_supply("Power Supply 1", Quantity::Discrete));
    assert!(!is_supply("power supply 2", Quantity::Temperature));
    assert!(!is_supply("processor 1", Quantity::Discrete));
}

#[test]
fn texts_are_one_line_of_a_bounded_length() {
    assert_eq!(line(" DIMM\0A1\n\n", 20), "DIMM A1");
    assert_eq!(line("0123456789", 4), "0123");
}

#[test]
fn numbers_have_the_decimals_they_need() {
    for (value, text) in [
        (41.5, "41.5"),
        (5400.0, "5400"),
        (12.0961, "12.096"),
        (-0.0001, "0"),
        (0.0, "0"),
        (100.0, "100"),
    ] {
        assert_eq!(number_text(value), text);
    }
}

#[test]
fn a_fan_is_measured_in_turns_or_as_a_share_of_its_full_speed() {
    let in_percent = SensorReading {
        unit: Some("%"),
        ..reading(Quantity::FanSpeed, Some(35.5))
    };
    let seen = gauge_seen(&in_percent).map(|seen| (seen.quantity, seen.value));
    assert_eq!(seen, Some((Measured::FanShare, Ok(355))));
    let in_turns = gauge_seen(&reading(Quantity::FanSpeed, Some(4320.0)));
    let seen = in_turns.map(|seen| (seen.quantity, seen.value));
    assert_eq!(seen, Some((Measured::FanSpeed, Ok(4320))));
    for unit in ["%", "RPM", ""] {
        assert!(gauge_quantity(Quantity::FanSpeed, unit).is_some(), "{unit}");
    }
}
