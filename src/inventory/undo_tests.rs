#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use serde_json::json;

use super::*;
use crate::base::units::HalfUnits;
use crate::inventory::model::DeviceStatus;

fn record(pairs: &[(&str, &str)]) -> Fields {
    let mut record: Fields = [
        ("name", "SRV-1"),
        ("device_type_id", "1"),
        ("status", "installed"),
        ("rack_id", "7"),
        ("unit", "12"),
        ("face", "front"),
        ("note", "new"),
        ("version", "4"),
    ]
    .into_iter()
    .collect();
    for (name, text) in pairs {
        record.set(*name, *text);
    }
    record
}

fn detail(before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
    let side = |pairs: &[(&str, &str)]| -> Value {
        let pairs = pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Value::from(*text)));
        Value::Object(pairs.collect())
    };
    json!({"before": side(before), "after": side(after)}).to_string()
}

fn why(outcome: Result<DeviceDraft, Why>) -> &'static str {
    Fault::from(outcome.unwrap_err()).message.key
}

#[test]
fn a_change_of_fields_goes_back_and_nothing_else_does() {
    let note = detail(&[("note", "old")], &[("note", "new")]);
    let note = note.as_str();
    // action, detail, key of the refusal; none where it goes back
    for (action, detail, expected) in [
        ("device.update", note, None),
        ("device.take_back", note, None),
        ("device.move", note, None),
        ("device.create", note, Some("device-undo-created")),
        ("device.archive", note, Some("device-undo-archived")),
        ("device.restore", note, Some("device-undo-archived")),
        ("device.lock", note, Some("device-undo-locked")),
        ("device.unlock", note, Some("device-undo-locked")),
        ("power.finish", note, Some("device-undo-hardware")),
        ("bmc.rotated", note, Some("device-undo-hardware")),
        ("console.grant", note, Some("device-undo-hardware")),
        ("device.port_create", note, Some("device-undo-elsewhere")),
        ("outlet.map", note, Some("device-undo-elsewhere")),
        ("device.update", "", Some("device-undo-nothing")),
        (
            "device.update",
            "{\"before\": {}, \"after\": {}}",
            Some("device-undo-nothing"),
        ),
    ] {
        let outcome = undo_of(action, detail, &record(&[]));
        match expected {
            None => assert_eq!(outcome.unwrap().note, "old", "{action}"),
            Some(key) => assert_eq!(why(outcome), key, "{action} {detail}"),
        }
    }
}

#[test]
fn a_move_goes_back_to_its_place_with_its_status() {
    let moved = detail(
        &[
            ("status", "in_stock"),
            ("rack_id", ""),
            ("unit", ""),
            ("face", ""),
        ],
        &[
            ("status", "installed"),
            ("rack_id", "7"),
            ("unit", "12"),
            ("face", "front"),
        ],
    );
    let draft = undo_of("device.move", &moved, &record(&[])).unwrap();
    assert_eq!(draft.status, DeviceStatus::InStock);
    assert!(!draft.place.is_somewhere());
    let up = detail(&[("unit", "3.5")], &[("unit", "12")]);
    let draft = undo_of("device.move", &up, &record(&[])).unwrap();
    assert_eq!(draft.place.unit, Some(HalfUnits::new(7)));
    assert_eq!((draft.name.as_str(), draft.note.as_str()), ("SRV-1", "new"));
}

#[test]
fn a_record_that_changed_since_keeps_what_it_says() {
    let note = detail(&[("note", "old")], &[("note", "new")]);
    let outcome = undo_of("device.update", &note, &record(&[("note", "newer")]));
    let fault = Fault::from(outcome.unwrap_err());
    assert_eq!(fault.message.key, "device-undo-changed");
    let said: Vec<String> = fault
        .message
        .arguments
        .iter()
        .map(|(_, text)| text.to_string())
        .collect();
    assert_eq!(said, ["new", "newer"]);
    // What no rule allows any more is told by the rule.
    let gone = detail(&[("status", "removed")], &[("status", "installed")]);
    let fault = Fault::from(undo_of("device.update", &gone, &record(&[])).unwrap_err());
    assert_eq!(fault.fields[0].message.key, "inventory-status-without-rack");
}
