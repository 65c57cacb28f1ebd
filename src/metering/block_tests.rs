#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;
use crate::metering::counter::Width;
use crate::metering::day_polls::CHECKSUM_OCTETS;
use crate::metering::packets::PacketCounters;
use proptest::prelude::*;

const DAY: Day = Day::from_number(20_779);
const PORT: i64 = 7;

fn said(poll: usize, inward: u64, outward: u64) -> Said {
    Said {
        poll,
        port: PackedPort {
            port_id: PORT,
            flags: 0,
            in_octets: Some(inward),
            out_octets: Some(outward),
            width: Width::Bits64,
            discontinuity: None,
            oper_up: Some(true),
            packets: PacketCounters::NONE,
        },
    }
}

/// A day of a port with everything that can differ in it.
fn eventful() -> Vec<Said> {
    let mut day: Vec<Said> = (0..288)
        .filter(|poll| *poll != 17)
        .map(|poll| {
            let n = poll as u64;
            said(poll, 40_000_000_000 + n * n * 977 + n % 13, 9_000 * n)
        })
        .collect();
    day[3].port.in_octets = None;
    day[5].port.flags = 9;
    day[90].port.oper_up = None;
    for said in &mut day[100..] {
        said.port.discontinuity = Some(86_400);
        said.port.in_octets = said.port.in_octets.map(|octets| octets - 40_000_000_000);
    }
    day[200].port.width = Width::Bits32;
    day
}

#[test]
fn the_form_is_what_the_page_says() {
    let day = [said(1, 1_000, 5), said(2, 1_300, 5)];
    let bytes = encode(&day, 3, PORT, DAY).unwrap();
    let expected = [
        1, 3, // version, three polls
        1, 2, // one without, two with it
        0x23, 2, // in, out, up: twice
        0xe8, 0x07, 0, 0xd8, 0x04, // 1000; all the same: 300
        5, 0, 0, // 5; all the same: 0
    ];
    assert_eq!(bytes[..bytes.len() - CHECKSUM_OCTETS], expected);
    assert_eq!(decode(&bytes, 3, PORT, DAY), Ok(day.to_vec()));
}

#[test]
fn an_eventful_day_comes_back_as_it_was() {
    let day = eventful();
    let bytes = encode(&day, 288, PORT, DAY).unwrap();
    assert_eq!(decode(&bytes, 288, PORT, DAY), Ok(day));
    assert!(bytes.len() < 288 * 4, "{} octets", bytes.len());
}

#[test]
fn errors_that_seldom_come_cost_next_to_nothing() {
    let bare = encode(&eventful(), 288, PORT, DAY).unwrap();
    let mut day = eventful();
    for said in &mut day {
        said.port.packets = PacketCounters {
            in_unicast: (said.poll % 3 == 0).then_some(said.poll as u64 * 90_000),
            in_errors: Some(if said.poll < 100 { 4 } else { 9 }),
            out_errors: Some(0),
            in_discards: Some(0),
            ..PacketCounters::NONE
        };
    }
    let bytes = encode(&day, 288, PORT, DAY).unwrap();
    assert_eq!(decode(&bytes, 288, PORT, DAY), Ok(day));
    // Who needs no packets reads the day as if there were none.
    let octets: Vec<OctetsSaid> = eventful().iter().map(octets_of).collect();
    for bytes in [&bytes, &bare] {
        let read = decode_octets(bytes, 288, PORT, DAY).unwrap();
        assert_eq!(read.collect::<Vec<_>>(), octets);
    }
    assert!(
        bytes.len() < bare.len() + 500,
        "{} and {} octets",
        bytes.len(),
        bare.len()
    );
    for bit in 0..bytes.len() * 8 {
        let mut broken = bytes.clone();
        broken[bit / 8] ^= 1 << (bit % 8);
        assert!(decode(&broken, 288, PORT, DAY).is_err(), "bit {bit}");
        assert!(decode_octets(&broken, 288, PORT, DAY).is_err(), "bit {bit}");
    }
}

fn octets_of(said: &Said) -> OctetsSaid {
    OctetsSaid {
        poll: said.poll,
        width: said.port.width,
        discontinuity: said.port.discontinuity,
        in_octets: said.port.in_octets,
        out_octets: said.port.out_octets,
    }
}

#[test]
fn a_block_belongs_to_its_port_and_its_day() {
    let bytes = encode(&eventful(), 288, PORT, DAY).unwrap();
    let kind = |polls, port, day| decode(&bytes, polls, port, day).unwrap_err().kind;
    assert_eq!(kind(288, PORT + 1, DAY), DecodeErrorKind::Checksum);
    assert_eq!(kind(288, PORT, DAY.plus(1)), DecodeErrorKind::Checksum);
    assert_eq!(kind(287, PORT, DAY), DecodeErrorKind::Count(288));
    assert_eq!(
        decode(&[3], 1, PORT, DAY),
        Err(DecodeErrorKind::Version(3).at(0))
    );
    assert_eq!(
        decode(&[], 1, PORT, DAY),
        Err(DecodeErrorKind::CutShort.at(0))
    );
}

#[test]
fn every_cut_and_every_flipped_bit_is_found() {
    let bytes = encode(&eventful(), 288, PORT, DAY).unwrap();
    for length in 0..bytes.len() {
        assert!(
            decode(&bytes[..length], 288, PORT, DAY).is_err(),
            "{length}"
        );
    }
    for bit in 0..bytes.len() * 8 {
        let mut broken = bytes.clone();
        broken[bit / 8] ^= 1 << (bit % 8);
        assert!(decode(&broken, 288, PORT, DAY).is_err(), "bit {bit}");
    }
}

proptest! {
    #[test]
    fn bytes_with_a_right_checksum_are_read_or_refused(flips in prop::collection::vec((0_usize..100_000, 0_u32..8), 1..6), cut in any::<Option<u16>>()) {
        let bytes = encode(&eventful(), 288, PORT, DAY).unwrap();
        let mut body = bytes[..bytes.len() - CHECKSUM_OCTETS].to_vec();
        if let Some(cut) = cut {
            body.truncate(usize::from(cut) % body.len() + 1);
        }
        let length = body.len();
        for (place, bit) in flips {
            body[place % length] ^= 1 << bit;
        }
        let bytes = seal_bytes(body, (PORT, DAY.number()));
        match decode(&bytes, 288, PORT, DAY) {
            Ok(said) => prop_assert!(said.len() <= 288),
            Err(error) => prop_assert!(error.offset <= bytes.len(), "{error}"),
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300), version in VERSION..=VERSION_PACKETS) {
        let mut body = body;
        body.insert(0, version);
        let bytes = seal_bytes(body, (PORT, DAY.number()));
        let _ = decode(&bytes, 3, PORT, DAY);
        let _ = crate::metering::day_polls::decode(&bytes, crate::base::ids::SnmpTargetId::new(PORT), DAY);
        let _ = crate::metering::rollup::decode(&bytes, PORT, crate::metering::day::Month::from_number(DAY.number()));
    }
}
