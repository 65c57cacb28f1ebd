#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::super::ber::{put_head, put_number};
use super::super::name::{Arc, only_number};
use super::super::question::{Bulk, Names};
use super::*;

/// 1.3.6.1.2.1.31.1.1.1.6: ifHCInOctets.
const IN_OCTETS: [u8; 10] = [0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 6];

/// What net-snmp's `snmpbulkget -v2c -c public -Cn1 -Cr2 HOST 1.3.6.1.2.1.1.3 1.3.6.1.2.1.31.1.1.1.6.500` sends but for
/// its number, laid out by hand after RFC 3416.
const QUESTION: &[u8] = &[
    0x30, 0x3a, 0x02, 0x01, 0x01, 0x04, 0x06, b'p', b'u', b'b', b'l', b'i', b'c', 0xa5, 0x2d, 0x02,
    0x04, 0x12, 0x34, 0x56, 0x78, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02, 0x30, 0x1f, 0x30, 0x0b, 0x06,
    0x07, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01, 0x03, 0x05, 0x00, 0x30, 0x10, 0x06, 0x0c, 0x2b, 0x06,
    0x01, 0x02, 0x01, 0x1f, 0x01, 0x01, 0x01, 0x06, 0x83, 0x74, 0x05, 0x00,
];

fn message(version: u32, tag: u8, status: u32, values: &[u8]) -> Vec<u8> {
    let mut pdu = Vec::new();
    for number in [0x1234_5678, status, 0] {
        put_number(&mut pdu, number);
    }
    put_head(&mut pdu, SEQUENCE, values.len());
    pdu.extend_from_slice(values);
    let mut inside = Vec::new();
    put_number(&mut inside, version);
    put_head(&mut inside, OCTET_STRING, 6);
    inside.extend_from_slice(b"public");
    put_head(&mut inside, tag, pdu.len());
    inside.extend_from_slice(&pdu);
    let mut all = Vec::new();
    put_head(&mut all, SEQUENCE, inside.len());
    all.extend_from_slice(&inside);
    all
}

fn varbind(name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut both = Vec::new();
    put_head(&mut both, OBJECT_IDENTIFIER, name.len());
    both.extend_from_slice(name);
    both.extend_from_slice(value);
    let mut all = Vec::new();
    put_head(&mut all, SEQUENCE, both.len());
    all.extend_from_slice(&both);
    all
}

fn value_of(octets: &[u8]) -> Result<String, DecodeKind> {
    let whole = message(1, RESPONSE, 0, &varbind(&IN_OCTETS, octets));
    let answer = Answer::decode(&whole).unwrap();
    let first = answer.varbinds().next().unwrap();
    first
        .map(|varbind| format!("{:?}", varbind.value))
        .map_err(|error| error.kind)
}

#[test]
fn a_question_is_what_net_snmp_would_send() {
    let mut names = Names::default();
    names.push(&[0x2b, 6, 1, 2, 1, 1, 3], None);
    names.push(&IN_OCTETS, Some(500));
    let question = Bulk {
        community: b"public",
        request_id: 0x1234_5678,
        single: 1,
        repetitions: 2,
    };
    let mut octets = vec![1, 2, 3];
    question.write(&names, &mut octets);
    assert_eq!(octets, QUESTION);
    assert_eq!(request_id(&octets), Some(0x1234_5678));
}

#[test]
fn rows_are_numbers_of_names_and_back() {
    for number in [
        0,
        1,
        127,
        128,
        255,
        500,
        16_383,
        16_384,
        2_097_151,
        2_097_152,
        268_435_455,
        268_435_456,
        u32::MAX,
    ] {
        assert_eq!(only_number(Arc::new(number).as_slice()), Some(number));
        assert!(is_name(Arc::new(number).as_slice()));
    }
    for wrong in [
        &[][..],
        &[0x81],
        &[1, 1],
        &[0x80, 1],
        &[0x90, 0x80, 0x80, 0x80, 0],
        &[0x81, 0x80, 0x80, 0x80, 0x80, 0],
    ] {
        assert_eq!(only_number(wrong), None, "{wrong:02x?}");
    }
    assert!(!is_name(&[0x2b, 0x81]));
    assert!(!is_name(&[0x2b, 0x90, 0x80, 0x80, 0x80, 0]));
    assert!(is_name(&[0x2b, 0x8f, 0xff, 0xff, 0xff, 0x7f]));
}

#[test]
fn an_answer_is_read_where_it_lies() {
    let counter = [0x46, 9, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe];
    let name = [&IN_OCTETS[..], &[0x83, 0x74]].concat();
    let values = [varbind(&name, &counter), varbind(&IN_OCTETS, &[0x82, 0])].concat();
    let mut whole = message(1, RESPONSE, 0, &values);
    let length = whole.len();
    // Octets behind a message mean nothing.
    whole.extend_from_slice(&[0, 0, 0]);
    let answer = Answer::decode(&whole).unwrap();
    assert_eq!(answer.community, b"public");
    assert_eq!((answer.request_id, answer.error_status), (0x1234_5678, 0));
    let all: Vec<Varbind<'_>> = answer.varbinds().collect::<Result<_, _>>().unwrap();
    assert_eq!(all[0].name, name);
    assert_eq!(all[0].value, Value::Counter64(u64::MAX - 1));
    assert_eq!(all[1].value, Value::EndOfMibView);
    assert_eq!(all.len(), 2);
    for cut in 0..length {
        let read = Answer::decode(&whole[..cut]);
        let error = read.map(|_| ()).unwrap_err();
        assert_eq!(error.kind, DecodeKind::Truncated, "{cut} octets");
    }
    let failed = message(1, RESPONSE, 1, &[]);
    assert_eq!(Answer::decode(&failed).unwrap().error_status, 1);
}

#[test]
fn what_is_no_answer_of_version_2c_is_refused_with_its_place() {
    let kind = |octets: &[u8]| Answer::decode(octets).map(|_| ()).unwrap_err();
    let v1 = kind(&message(0, RESPONSE, 0, &[]));
    assert_eq!((v1.kind, v1.offset), (DecodeKind::Version, 2));
    let v3 = kind(&message(3, RESPONSE, 0, &[]));
    assert_eq!(v3.kind, DecodeKind::Version);
    let question = kind(QUESTION);
    assert_eq!(
        (question.kind, question.offset),
        (DecodeKind::Tag(0xa5), 13)
    );
    assert_eq!(kind(&[0x30, 0x80, 0, 0]).kind, DecodeKind::Length);
    assert_eq!(kind(&[0x3f, 0]).kind, DecodeKind::Tag(0x3f));
    assert_eq!(kind(b"HTTP/1.1 400").kind, DecodeKind::Truncated);
    assert_eq!(kind(&[0x31, 0]).kind, DecodeKind::Tag(0x31));
    assert_eq!(kind(&[]).kind, DecodeKind::Truncated);
}

#[test]
fn values_by_table() {
    let good: [(&[u8], &str); 18] = [
        (&[0x02, 1, 0xff], "Integer(-1)"),
        (&[0x02, 8, 0, 0, 0, 0, 0, 0, 0, 7], "Integer(7)"),
        (&[0x04, 2, 0x68, 0x69], "Octets([104, 105])"),
        (&[0x04, 0x81, 1, 0x68], "Octets([104])"),
        (&[0x05, 0], "Null"),
        (&[0x06, 1, 0x2b], "ObjectId([43])"),
        (&[0x40, 4, 192, 0, 2, 1], "IpAddress([192, 0, 2, 1])"),
        (&[0x41, 4, 0xff, 0xff, 0xff, 0xff], "Counter32(4294967295)"),
        (
            &[0x41, 5, 0, 0xff, 0xff, 0xff, 0xff],
            "Counter32(4294967295)",
        ),
        (&[0x42, 1, 0], "Gauge32(0)"),
        (&[0x43, 2, 1, 0], "TimeTicks(256)"),
        (&[0x46, 0], "Null"),
        (
            &[0x46, 8, 0x80, 0, 0, 0, 0, 0, 0, 0],
            "Counter64(9223372036854775808)",
        ),
        (&[0x47, 1, 9], "UInteger32(9)"),
        (&[0x80, 0], "NoSuchObject"),
        (&[0x81, 0], "NoSuchInstance"),
        (&[0x82, 0], "EndOfMibView"),
        (&[0x4a, 1, 9], "Unknown(74)"),
    ];
    for (octets, expected) in good {
        assert_eq!(value_of(octets).as_deref(), Ok(expected), "{octets:02x?}");
    }
    let bad: [(&[u8], DecodeKind); 12] = [
        (&[0x02, 0], DecodeKind::Number),
        (&[0x02, 5, 1, 0, 0, 0, 0], DecodeKind::Number),
        (&[0x02, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1], DecodeKind::Number),
        (&[0x41, 0], DecodeKind::Number),
        (&[0x41, 5, 1, 0, 0, 0, 0], DecodeKind::Number),
        (&[0x46, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0], DecodeKind::Number),
        (&[0x40, 3, 1, 2, 3], DecodeKind::Value),
        (&[0x05, 1, 0], DecodeKind::Trailing),
        (&[0x81, 1, 0], DecodeKind::Trailing),
        (&[0x24, 0], DecodeKind::Tag(0x24)),
        (&[0x04, 5, 1], DecodeKind::Truncated),
        (&[0x05, 0, 0], DecodeKind::Trailing),
    ];
    for (octets, expected) in bad {
        assert_eq!(value_of(octets), Err(expected), "{octets:02x?}");
    }
}

/// Numbers that repeat from run to run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end.max(1)
    }
}

#[test]
fn a_million_broken_packets_end_in_an_error_or_in_values() {
    let counter = [0x46, 4, 1, 2, 3, 4];
    let values: Vec<u8> = (0..20_u8)
        .flat_map(|row| varbind(&[&IN_OCTETS[..], &[row]].concat(), &counter))
        .collect();
    let whole = message(1, RESPONSE, 0, &values);
    let mut chance = Chance(7);
    let (mut read, mut refused) = (0, 0);
    let mut packet = Vec::new();
    for _ in 0..1_000_000 {
        packet.clear();
        packet.extend_from_slice(&whole);
        for _ in 0..=chance.below(4) {
            let at = chance.below(packet.len());
            packet[at] = chance.next() as u8;
        }
        packet.truncate(packet.len() - chance.below(packet.len()) * chance.below(2));
        let _ = request_id(&packet);
        let outcome = Answer::decode(&packet)
            .and_then(|answer| answer.varbinds().collect::<Result<Vec<_>, _>>());
        match outcome {
            Ok(all) => {
                assert!(all.len() <= packet.len() / 6);
                read += 1;
            }
            Err(error) => {
                assert!(error.offset <= packet.len(), "{error}");
                refused += 1;
            }
        }
    }
    assert!(read > 10_000 && refused > 10_000, "{read} {refused}");
}
