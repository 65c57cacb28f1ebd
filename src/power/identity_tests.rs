use super::*;

const OWN: &str = "38947555-4212-4248-9784-823347823834";
const OTHER: &str = "4c4c4544-0046-3510-8054-b4c04f503147";
const SHARED: &str = "03000200-0400-0500-0006-000700080009";
const ZEROS: &str = "00000000-0000-0000-0000-000000000000";

fn right() -> Finding {
    Finding::Right
}

fn nothing() -> Finding {
    Finding::NothingToCompare
}

fn other_guid(reported: &str) -> Finding {
    Finding::OtherGuid {
        expected: OWN.to_owned(),
        reported: reported.to_owned(),
    }
}

fn other_serial(reported: &str) -> Finding {
    Finding::OtherSerial {
        expected: "SN-17".to_owned(),
        reported: reported.to_owned(),
    }
}

fn unconfirmed() -> Finding {
    Finding::Unconfirmed {
        expected: OWN.to_owned(),
    }
}

/// As the executor does: serial numbers are asked for only where they decide. Tells also whether they were.
fn judged(
    (guid, serial): (Option<&str>, Option<&str>),
    (told, serials): (Option<&str>, &[&str]),
) -> (Finding, bool) {
    let record = OnRecord { guid, serial };
    let reported = Reported {
        guid: told,
        is_expected: guid.and_then(|guid| told.map(|told| told == guid)),
        serials: None,
    };
    match compare(record, reported) {
        Finding::AskSerials => {
            let serials: Vec<String> = serials.iter().map(|&serial| serial.to_owned()).collect();
            let reported = Reported {
                serials: Some(&serials),
                ..reported
            };
            (compare(record, reported), true)
        }
        finding => (finding, false),
    }
}

#[test]
fn the_uuid_decides_where_both_have_one_else_the_serial_number() {
    let (uuid, serial, both, neither) = (
        (Some(OWN), None),
        (None, Some("SN-17")),
        (Some(OWN), Some("SN-17")),
        (None, None),
    );
    let table: &[(&str, _, _, Finding, bool)] = &[
        ("uuid, same", uuid, (Some(OWN), &[][..]), right(), false),
        (
            "uuid, other",
            uuid,
            (Some(OTHER), &["SN-17"]),
            other_guid(OTHER),
            false,
        ),
        (
            "uuid, none told",
            uuid,
            (None, &["SN-17"]),
            unconfirmed(),
            false,
        ),
        (
            "uuid, zeros told",
            uuid,
            (Some(ZEROS), &[]),
            unconfirmed(),
            false,
        ),
        (
            "uuid, a shared one told",
            uuid,
            (Some(SHARED), &[]),
            unconfirmed(),
            false,
        ),
        (
            "serial, same",
            serial,
            (Some(OTHER), &["SN-17"]),
            right(),
            true,
        ),
        (
            "serial, written otherwise",
            serial,
            (None, &[" sn-17 "]),
            right(),
            true,
        ),
        (
            "serial, that of the chassis",
            serial,
            (None, &["N-2", "SN-17"]),
            right(),
            true,
        ),
        (
            "serial, other",
            serial,
            (Some(OTHER), &["SN-18"]),
            other_serial("SN-18"),
            true,
        ),
        (
            "serial, none told",
            serial,
            (Some(OTHER), &[]),
            nothing(),
            true,
        ),
        (
            "serial, never filled in",
            serial,
            (None, &["To be filled by O.E.M."]),
            nothing(),
            true,
        ),
        (
            "serial, zeros",
            serial,
            (None, &["0000000000"]),
            nothing(),
            true,
        ),
        (
            "serial, digits in a row",
            serial,
            (None, &["0123456789"]),
            nothing(),
            true,
        ),
        (
            "serial, one of two filled in",
            serial,
            (None, &["Default string", "SN-18"]),
            other_serial("SN-18"),
            true,
        ),
        (
            "both, same uuid",
            both,
            (Some(OWN), &["SN-18"]),
            right(),
            false,
        ),
        (
            "both, other uuid",
            both,
            (Some(OTHER), &["SN-17"]),
            other_guid(OTHER),
            false,
        ),
        (
            "both, no uuid, same serial",
            both,
            (None, &["SN-17"]),
            right(),
            true,
        ),
        (
            "both, shared uuid, same serial",
            both,
            (Some(SHARED), &["SN-17"]),
            right(),
            true,
        ),
        (
            "both, no uuid, other serial",
            both,
            (None, &["SN-18"]),
            other_serial("SN-18"),
            true,
        ),
        ("both, neither told", both, (None, &[]), unconfirmed(), true),
        (
            "both, only placeholders told",
            both,
            (Some(ZEROS), &["N/A"]),
            unconfirmed(),
            true,
        ),
        (
            "neither",
            neither,
            (Some(OTHER), &["SN-18"]),
            nothing(),
            false,
        ),
        (
            "neither, nothing told",
            neither,
            (None, &[]),
            nothing(),
            false,
        ),
        (
            "a record that says nothing",
            (Some(ZEROS), Some("Not Specified")),
            (Some(OTHER), &["SN-18"]),
            nothing(),
            false,
        ),
    ];
    for (name, record, reported, finding, asks) in table {
        let judged = judged(*record, *reported);
        assert_eq!(judged, (finding.clone(), *asks), "{name}");
    }
}

#[test]
fn what_makers_leave_in_their_fields_says_nothing() {
    for text in [
        "",
        "  ",
        "0",
        "0000-0000",
        "xxxxxxxx",
        "XXXX",
        "....",
        "FFFFFFFF",
        "N/A",
        "None",
        "NULL",
        "Default string",
        "System Serial Number",
        "To Be Filled By O.E.M.",
        " 0123456789 ",
        "1234567890",
    ] {
        assert!(!says_something(text), "{text:?}");
    }
    for text in [
        "F54P1G3",
        "2102311XBS10J7000123",
        "SN000000",
        "1",
        "C01234567890",
        "X11DPU",
        "0001",
    ] {
        assert!(says_something(text), "{text:?}");
    }
}
