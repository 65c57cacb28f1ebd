#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::*;
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
        kind in 0u8..4, octets in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let mut record = vec![1, 0, 0x51, kind, u8::try_from(octets.len()).unwrap()];
        record.extend(octets);
        let _ = decode(&record);
    }
}
