#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::*;
use crate::wire::ipmi::thresholds::Limit;
use proptest::prelude::*;

/// A full record as the specification lays it out, 63 mV a step, name as given.
fn full_record(name_head: u8, name: &[u8]) -> Vec<u8> {
    let mut body = vec![0x20, 0x00, 4, 7, 1, 0x43, 0, 0x02, 0x01];
    body.extend([0; 6]);
    body.extend([0x00, 4, 0]); // unsigned, volts
    body.extend([0, 63, 0, 0, 0, 0, 0xD0]); // linear, M 63, B 0, exponent -3
    body.extend([0; 17]);
    body.push(name_head);
    body.extend(name);
    let length = u8::try_from(body.len()).unwrap();
    let mut record = vec![0x05, 0x00, 0x51, 0x01, length];
    record.extend(body);
    record
}

fn only_sensor(record: &[u8]) -> Sensor {
    match decode(record).unwrap() {
        Record::Sensors(mut sensors) if sensors.len() == 1 => sensors.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_packed_six_bit_name_reads_as_its_letters() {
    // P12V: 0x30 0x11 0x12 0x36 in six bits each, low bits first.
    let packed = [
        0x30 | 0x11 << 6,
        0x11 >> 2 | (0x12 & 0x0F) << 4,
        0x12 >> 4 | 0x36 << 2,
    ];
    let packed = packed.map(|wide: u16| wide.to_le_bytes()[0]);
    assert_eq!(packed, [0x70, 0x24, 0xD9]);
    let sensor = only_sensor(&full_record(0x80 | 3, &packed));
    assert_eq!(sensor.name, "P12V");
    // Length in characters and blank padding to sixteen octets, as other makers write it.
    let mut padded = packed.to_vec();
    padded.resize(16, 0);
    assert_eq!(only_sensor(&full_record(0x80 | 4, &padded)).name, "P12V");
}

#[test]
fn names_in_the_other_encodings() {
    for (head, octets, wanted) in [
        (0xC0 | 9, &b"CPU1 Temp"[..], "CPU1 Temp"),
        (0xC0 | 12, &b"CPU1 Temp\0\0\0"[..], "CPU1 Temp"),
        (0x40 | 3, &[0x12, 0xB3, 0xC4][..], "12-3.4"),
        (0xC0 | 20, &b"short"[..], "short"),
        (8, &b"F\0a\0n\x001\0"[..], "Fan1"),
        (4, &b"Fan1"[..], "Fan1"),
        (0xC0, &b""[..], ""),
    ] {
        assert_eq!(only_sensor(&full_record(head, octets)).name, wanted);
    }
}

#[test]
fn factors_are_signed() {
    let mut record = full_record(0xC1, b"x");
    record[24] = 0xFF; // M = -1: ten ones
    record[25] = 0xC0;
    record[26] = 0x00; // B = -512
    record[27] = 0x80;
    record[29] = 0x2F; // result exponent 2, B exponent -1
    let factors = only_sensor(&record).factors.unwrap();
    assert_eq!((factors.m, factors.b), (-1, -512));
    assert_eq!((factors.result_exponent, factors.b_exponent), (2, -1));
}

#[test]
fn a_compact_record_stands_for_all_who_share_it() {
    let mut body = vec![0x20, 0x00, 0x30, 7, 1, 0, 0, 0x0D, 0x6F];
    body.extend([0; 6]);
    body.extend([0xC0, 0, 0]);
    body.extend([0x03, 0x01]); // three share it, numbered from 1
    body.extend([0; 6]);
    body.push(0xC5);
    body.extend(b"Drive");
    let mut record = vec![0x09, 0x00, 0x51, 0x02, u8::try_from(body.len()).unwrap()];
    record.extend(body);
    let Record::Sensors(sensors) = decode(&record).unwrap() else {
        panic!("no sensors");
    };
    let seen: Vec<_> = sensors
        .iter()
        .map(|s| (s.number, s.name.as_str()))
        .collect();
    assert_eq!(seen, [(0x30, "Drive1"), (0x31, "Drive2"), (0x32, "Drive3")]);
    assert!(sensors.iter().all(|s| s.factors.is_none()));
}

#[test]
fn thresholds_entity_and_unit_are_in_the_record() {
    let mut record = full_record(0xC1, b"x");
    record[11] = 0x64; // readable thresholds
    record[18] = 0x1B; // all but the non-recoverable ones
    record[36..42].copy_from_slice(&[0, 206, 202, 0, 174, 178]);
    let sensor = only_sensor(&record);
    let factors = sensor.factors.unwrap();
    let limit = |which| sensor.limits.value(which, &factors);
    assert_eq!(limit(Limit::UpperCritical), Some(12.978));
    assert_eq!(limit(Limit::LowerWarning), Some(11.214));
    assert_eq!(limit(Limit::UpperFatal), None);
    assert_eq!(sensor.access, ThresholdAccess::Readable);
    assert_eq!(
        (sensor.entity.to_string().as_str(), sensor.unit),
        ("system board 1", Some("V"))
    );
    record[11] = 0x60; // no thresholds, whatever else the record says
    let sensor = only_sensor(&record);
    assert_eq!(sensor.limits.value(Limit::UpperCritical, &factors), None);
}

#[test]
fn event_only_sensors_and_inventories_are_known() {
    let mut record = vec![7, 0, 0x51, 0x03, 0];
    record.extend([0x20, 0, 0x21, 7, 1, 0x1D, 0x6F, 1, 0, 0, 0, 0xC4]);
    record.extend(b"Boot");
    record[4] = u8::try_from(record.len() - HEADER_LEN).unwrap();
    let Record::EventOnly(sensors) = decode(&record).unwrap() else {
        panic!("{record:x?}");
    };
    let [sensor] = sensors.as_slice() else {
        panic!("{sensors:?}");
    };
    assert_eq!(
        (sensor.name.as_str(), sensor.number, sensor.kind),
        ("Boot", 0x21, 0x1D)
    );

    let mut record = vec![8, 0, 0x51, 0x11, 0];
    record.extend([0x20, 3, 0x80, 0, 0, 0x10, 0, 32, 2, 0, 0xC7]);
    record.extend(b"DIMM B1");
    record[4] = u8::try_from(record.len() - HEADER_LEN).unwrap();
    let Record::Fru(locator) = decode(&record).unwrap() else {
        panic!("{record:x?}");
    };
    assert_eq!(
        (locator.device, locator.logical, locator.owner),
        (3, true, 0x20)
    );
    assert_eq!(locator.entity.to_string(), "memory device 2");
    assert_eq!(locator.name, "DIMM B1");
}

#[test]
fn a_record_shorter_than_it_says_is_told() {
    let record = full_record(0xC4, b"P12V");
    let error = decode(&record[..record.len() - 1]).unwrap_err();
    assert_eq!(error, DecodeError::new(DecodeKind::Length, 4));
    let error = decode(&record[..3]).unwrap_err();
    assert_eq!(error, DecodeError::new(DecodeKind::Truncated, 3));
}

proptest! {
    #[test]
    fn no_octets_make_the_decoder_panic(
        kind in 0u8..0x14, octets in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let mut record = vec![1, 0, 0x51, kind, u8::try_from(octets.len()).unwrap()];
        record.extend(octets);
        let _ = decode(&record);
    }
}
