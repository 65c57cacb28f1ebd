#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use crate::metering::packets::tests::any_packets;
use proptest::prelude::*;

fn port(port_id: i64) -> PackedPort {
    PackedPort {
        port_id,
        flags: 0,
        in_octets: Some(300),
        out_octets: Some(5),
        width: Width::Bits64,
        discontinuity: None,
        oper_up: Some(true),
        packets: PacketCounters::NONE,
    }
}

#[test]
fn the_form_is_what_the_page_says() {
    let mut second = port(9);
    second.flags = 1;
    second.in_octets = None;
    second.width = Width::Bits32;
    second.discontinuity = Some(128);
    second.oper_up = Some(false);
    let bytes = encode(&[port(10), second]);
    let expected = [
        1, 2, // version, two ports
        0x23, 20, 0xac, 0x02, 5, // in, out, up; id 0 + 10; 300; 5
        0x5e, 1, 1, 5, 0x80,
        0x01, // out, 32 bits, discontinuity, not up, flags; id 10 - 1; 1; 5; 128
    ];
    assert_eq!(bytes, expected);
    assert_eq!(decode(&bytes), Ok(vec![port(10), second]));
}

#[test]
fn packets_come_last_and_only_where_they_are() {
    let mut second = port(11);
    second.packets.in_errors = Some(7);
    second.packets.out_discards = Some(0);
    let bytes = encode(&[port(10), second]);
    let expected = [
        2, 2, // version, two ports
        0x23, 20, 0xac, 0x02, 5, // as in form 1
        0xa3, 0b10_0100, 2, 0xac, 0x02, 5, 7, 0, // third and sixth counter
    ];
    assert_eq!(bytes, expected);
    assert_eq!(decode(&bytes), Ok(vec![port(10), second]));
    let mut found = Vec::new();
    select(&bytes, &[11], |_, port| found.push(port)).unwrap();
    assert_eq!(found, [second], "the first is passed over rightly");
}

#[test]
fn a_poll_of_busy_ports_is_small() {
    let ports: Vec<_> = (0..1000)
        .map(|n| PackedPort {
            in_octets: Some(40_000_000_000_000 + n as u64),
            out_octets: Some(4_000_000_000_000),
            ..port(5000 + n)
        })
        .collect();
    let bytes = encode(&ports);
    assert!(bytes.len() < 16 * 1000, "{} octets", bytes.len());
}

#[test]
fn faults_say_kind_and_offset() {
    use DecodeErrorKind::{Count, CutShort, Head, LeftOver, Number, Version};
    let table: [(&[u8], DecodeErrorKind, usize); 15] = [
        (&[], CutShort, 0),
        (&[3, 0], Version(3), 0),
        (&[1], CutShort, 1),
        (&[1, 3, 0, 0], Count(3), 1),
        (
            &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            Count(u64::MAX),
            1,
        ),
        (
            &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
            Number,
            1,
        ),
        (&[1, 0x80, 0x00], Number, 1),
        (&[1, 1, 0x80, 0], Head(0x80), 2),
        (&[1, 1, 0x30, 0], Head(0x30), 2),
        (&[1, 1, 0x01, 0], CutShort, 4),
        (&[1, 1, 0x40, 0, 0], Number, 4),
        (&[1, 1, 0, 0, 7], LeftOver, 4),
        (&[2, 1, 0x80, 0, 0], Head(0), 3),
        (&[2, 1, 0x80, 0x40, 0], Head(0x40), 3),
        (&[2, 1, 0x80, 4, 0, 0x80, 0x80, 0x80, 0x80, 0x10], Number, 5),
    ];
    for (bytes, kind, offset) in table {
        assert_eq!(decode(bytes), Err(kind.at(offset)), "{bytes:02x?}");
    }
    let text = decode(&[3]).unwrap_err().to_string();
    assert_eq!(text, "version 3 is not known at octet 0");
}

#[test]
fn find_reads_no_further_than_it_must() {
    let ports: Vec<_> = (1..=100).map(port).collect();
    let mut bytes = encode(&ports);
    assert_eq!(find(&bytes, 42), Ok(Some(port(42))));
    assert_eq!(find(&bytes, 101), Ok(None));
    bytes.pop();
    assert_eq!(find(&bytes, 42), Ok(Some(port(42))));
    assert!(find(&bytes, 101).is_err());
}

#[test]
fn a_selection_passes_over_the_others() {
    let ports: Vec<_> = (1..=100).map(port).collect();
    let mut bytes = encode(&ports);
    let select_ids = |bytes: &[u8], wanted: &[i64]| {
        let mut found = Vec::new();
        select(bytes, wanted, |place, port| found.push((place, port))).map(|()| found)
    };
    let some = select_ids(&bytes, &[3, 42, 99]);
    assert_eq!(some, Ok(vec![(0, port(3)), (1, port(42)), (2, port(99))]));
    assert_eq!(select_ids(&bytes, &[0, 42, 101]), Ok(vec![(1, port(42))]));
    bytes.pop();
    assert_eq!(select_ids(&bytes, &[42]), Ok(vec![(0, port(42))]));
    assert!(select_ids(&bytes, &[101]).is_err());
}

fn any_port() -> impl Strategy<Value = PackedPort> {
    (
        any::<i64>(),
        any::<u32>(),
        any::<Option<u64>>(),
        any::<Option<u64>>(),
        any::<bool>(),
        any::<Option<u64>>(),
        any::<Option<bool>>(),
        any_packets(),
    )
        .prop_map(
            |(port_id, flags, in_octets, out_octets, narrow, discontinuity, oper_up, packets)| {
                PackedPort {
                    port_id,
                    flags,
                    in_octets,
                    out_octets,
                    width: if narrow { Width::Bits32 } else { Width::Bits64 },
                    discontinuity,
                    oper_up,
                    packets,
                }
            },
        )
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(ports in prop::collection::vec(any_port(), 0..12)) {
        let bytes = encode(&ports);
        prop_assert_eq!(decode(&bytes), Ok(ports.clone()));
        for port in &ports {
            let first = ports.iter().find(|other| other.port_id == port.port_id).copied();
            prop_assert_eq!(find(&bytes, port.port_id), Ok(first));
        }
        for length in 0..bytes.len() {
            prop_assert!(decode(&bytes[..length]).is_err(), "cut at {}", length);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_are_exactly_one_poll(mut bytes in prop::collection::vec(any::<u8>(), 0..200), version in 0_u8..3) {
        if version > 0 && !bytes.is_empty() {
            bytes[0] = version;
        }
        if let Ok(ports) = decode(&bytes) {
            prop_assume!(bytes[0] == 1 || ports.iter().any(|port| port.packets.mask() != 0));
            prop_assert_eq!(encode(&ports), bytes.clone(), "one form for one meaning");
        }
        let _ = find(&bytes, 7);
    }
}
