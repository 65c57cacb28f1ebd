#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::base::fault::Fault;
use crate::base::fields::Fields;

fn draft(pairs: &[(&str, &str)]) -> Result<BulkDraft, Fault> {
    BulkDraft::parse(&pairs.iter().copied().collect())
}

fn at_fault(outcome: Result<BulkDraft, Fault>) -> Vec<(String, &'static str)> {
    let fault = outcome.unwrap_err();
    let fields = fault.fields.iter();
    fields
        .map(|fault| (fault.field.to_string(), fault.message.key))
        .collect()
}

/// What is typed, and which field is at fault how.
type Typed<'a> = (&'a [(&'a str, &'a str)], Vec<(String, &'static str)>);

#[test]
fn each_wrong_field_is_named() {
    let at = |field: &str, key: &'static str| vec![(field.to_owned(), key)];
    let table: [Typed<'_>; 10] = [
        (&[], at("set", "devices-bulk-no-field")),
        (&[("set", "serial")], at("set", "fault-choice")),
        // A field of which nothing is said has no value that could be meant.
        (&[("set", "status")], at("status", "fault-choice")),
        (
            &[("set", "status"), ("status", "gone")],
            at("status", "fault-choice"),
        ),
        (
            &[("set", "customer_id"), ("customer_id", "-1")],
            at("customer_id", "fault-range"),
        ),
        (
            &[("set", "device_type_id")],
            at("device_type_id", "fault-required"),
        ),
        (
            &[("set", "warranty_until"), ("warranty_until", "2026-02-30")],
            at("warranty_until", "fault-date"),
        ),
        (&[("set", "protected")], at("protected", "fault-choice")),
        (
            &[("set", "locked"), ("locked", "maybe")],
            at("locked", "fault-choice"),
        ),
        (
            &[("set", "note"), ("note", "  ")],
            at("note", "fault-required"),
        ),
    ];
    for (pairs, expected) in table {
        assert_eq!(at_fault(draft(pairs)), expected, "{pairs:?}");
    }
    // What is not named is not read.
    assert!(draft(&[("set", "locked"), ("locked", "yes"), ("status", "gone")]).is_ok());
}

#[test]
fn a_record_gets_what_is_wanted_and_keeps_the_rest() {
    let record: Fields = [
        ("name", "SRV-1"),
        ("status", "installed"),
        ("customer_id", "7"),
        ("warranty_until", "2026-01-05"),
        ("protected", "no"),
        ("locked", "no"),
        ("note", "first"),
    ]
    .into_iter()
    .collect();
    // set, value, before, after; no line where nothing becomes different
    for (field, value, expected) in [
        (
            "status",
            "decommissioning",
            Some(("installed", "decommissioning")),
        ),
        ("status", "installed", None),
        ("customer_id", "", Some(("7", ""))),
        ("customer_id", " 7 ", None),
        (
            "warranty_until",
            "2027/1/5",
            Some(("2026-01-05", "2027-01-05")),
        ),
        ("warranty_until", "", Some(("2026-01-05", ""))),
        ("protected", "true", Some(("no", "yes"))),
        ("locked", "yes", Some(("no", "yes"))),
        ("locked", "no", None),
        ("note", "second", Some(("first", "first\nsecond"))),
    ] {
        let draft = draft(&[("set", field), (field, value)]).unwrap();
        let changes: Vec<_> = draft
            .changes(&record)
            .into_iter()
            .map(|change| (change.field.as_str(), change.before, change.after))
            .collect();
        let expected: Vec<_> = expected
            .map(|(before, after)| (field, before.to_owned(), after.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(changes, expected, "{field} {value}");
        assert_eq!(draft.after(&record).get("name"), "SRV-1");
        assert_eq!(draft.after(&record).len(), record.len());
    }
    let empty: Fields = [("note", "")].into_iter().collect();
    let draft = draft(&[("set", "note"), ("note", "only")]).unwrap();
    assert_eq!(draft.after(&empty).get("note"), "only");
}

#[test]
fn what_was_seen_is_read_as_it_was_written() {
    let one = SeenDevice {
        id: DeviceId::new(12),
        version: 3,
    };
    assert_eq!(SeenDevice::from_text(&one.to_text()), Some(one));
    for wrong in ["", "12", "12-", "x-3", "12-3-4"] {
        assert_eq!(SeenDevice::from_text(wrong), None, "{wrong}");
    }
    let twice = SeenDevice::all("seen", ["12-3", " 12-3 "].into_iter());
    assert_eq!(twice.unwrap(), [one]);
    let many: Vec<String> = (0..=MOST_CHANGED).map(|id| format!("{id}-1")).collect();
    for (given, key) in [
        (Vec::new(), "devices-bulk-none"),
        (vec!["12"], "devices-bulk-seen"),
        (
            many.iter().map(String::as_str).collect(),
            "devices-bulk-many",
        ),
    ] {
        let fault = SeenDevice::all("seen", given.into_iter()).unwrap_err();
        assert_eq!(fault.fields[0].message.key, key);
    }
}
