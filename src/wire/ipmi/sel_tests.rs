#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::wire::ipmi::reading::{Linearization, RawFormat};
use proptest::prelude::*;

const CELSIUS: Factors = Factors {
    format: RawFormat::Unsigned,
    linearization: Linearization::Linear,
    m: 1,
    b: 0,
    b_exponent: 0,
    result_exponent: 0,
};

fn event(record: &SelRecord) -> Event {
    match record.body {
        Body::Event(event) => event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_threshold_event_reads_as_ipmitool_prints_it() {
    let octets = [
        2, 0, 2, 0x10, 0x3C, 0x10, 0x66, 0x20, 0, 4, 1, 1, 1, 0x57, 0x56, 0x55,
    ];
    let record = SelRecord::decode(&octets).unwrap();
    let event = event(&record);
    assert_eq!(
        (record.id, record.kind_name()),
        (2, "Temperature".to_owned())
    );
    assert_eq!(record.time(), SelTime::At(0x6610_3C10));
    assert_eq!(event.text(), "Upper Non-critical going high");
    assert!(event.asserted && event.severity() == Severity::Warning);
    assert_eq!(
        event.comparison(&CELSIUS).as_deref(),
        Some("Reading 86 > Threshold 85")
    );
    assert_eq!(
        record.hex(),
        "020002103c106620000401010157".to_owned() + "5655"
    );
}

#[test]
fn a_discrete_event_that_ended_is_no_trouble() {
    let octets = [
        3, 0, 2, 0x20, 0x3C, 0x10, 0x66, 0x20, 0, 4, 8, 6, 0xEF, 3, 0xFF, 0xFF,
    ];
    let record = SelRecord::decode(&octets).unwrap();
    let event = event(&record);
    assert_eq!(event.text(), "Power Supply AC lost");
    assert!(!event.asserted && event.severity() == Severity::Fine);
    assert_eq!(event.comparison(&CELSIUS), None);
}

#[test]
fn times_before_the_clock_was_set_are_told_apart() {
    for (seconds, wanted) in [
        (0, SelTime::SinceStart(0)),
        (0x1FFF_FFFF, SelTime::SinceStart(0x1FFF_FFFF)),
        (0x2000_0000, SelTime::At(0x2000_0000)),
        (0xFFFF_FFFF, SelTime::Unset),
    ] {
        assert_eq!(SelTime::of(seconds), wanted);
    }
}

#[test]
fn makers_records_keep_their_octets() {
    let timed = [
        4, 0, 0xC1, 0, 0x3C, 0x10, 0x66, 0x57, 1, 0, 1, 2, 3, 4, 5, 6,
    ];
    let record = SelRecord::decode(&timed).unwrap();
    assert_eq!(record.kind_name(), "OEM record c1");
    let Body::OemTimed { octets, .. } = record.body else {
        panic!("{record:?}");
    };
    assert_eq!(hex(&octets), "570100010203040506");
    let untimed = [5, 0, 0xE0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
    let record = SelRecord::decode(&untimed).unwrap();
    assert_eq!(record.time(), SelTime::Unset);
    let odd = [5, 0, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
    let record = SelRecord::decode(&odd).unwrap();
    assert_eq!(record.kind_name(), "Record type 07");
}

#[test]
fn the_state_of_the_log_has_a_free_share() {
    let data = [
        0x51, 5, 0, 0x30, 0x3E, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0A,
    ];
    let info = SelInfo::decode(&data).unwrap();
    assert_eq!((info.entries, info.free_octets), (5, 15_920));
    assert_eq!((info.added, info.erased), (1, UNSET));
    assert!(info.reserves && !info.overflow);
    assert_eq!(info.free_percent(), Some(99));
    for (free_octets, overflow, wanted) in [
        (u16::MAX, false, None),
        (0, false, Some(0)),
        (500, true, Some(0)),
    ] {
        let info = SelInfo {
            free_octets,
            overflow,
            ..info
        };
        assert_eq!(info.free_percent(), wanted);
    }
}

proptest! {
    #[test]
    fn no_octets_make_the_decoder_panic(octets in proptest::collection::vec(any::<u8>(), 0..24)) {
        let _ = SelInfo::decode(&octets);
        if let Ok(record) = SelRecord::decode(&octets) {
            prop_assert!(!record.kind_name().is_empty());
            if let Body::Event(event) = record.body {
                prop_assert!(!event.text().is_empty());
                let _ = event.comparison(&CELSIUS);
            }
        }
    }
}
