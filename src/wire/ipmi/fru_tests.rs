#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use proptest::prelude::*;

/// An area of fixed octets and eight-bit fields, padded and summed as the definition says.
fn made(fixed: &[u8], texts: &[&str]) -> Vec<u8> {
    let mut octets = vec![1, 0];
    octets.extend(fixed);
    for text in texts {
        octets.push(0xC0 | u8::try_from(text.len()).unwrap());
        octets.extend(text.as_bytes());
    }
    octets.push(NO_MORE_FIELDS);
    while octets.len() % UNIT != UNIT - 1 {
        octets.push(0);
    }
    octets[1] = u8::try_from((octets.len() + 1) / UNIT).unwrap();
    octets.push(checksum(&octets));
    octets
}

#[test]
fn the_three_areas_read_in_their_order_of_fields() {
    let chassis = area(AreaKind::Chassis, &made(&[0x17], &["CH-1", "CHSN"])).unwrap();
    assert_eq!(chassis.name, "Rack Mount Chassis");
    assert_eq!(
        (chassis.part_number.as_str(), chassis.serial.as_str()),
        ("CH-1", "CHSN")
    );
    let minutes = u32::try_from((1_700_000_000 - EPOCH_1996) / 60).unwrap();
    let [a, b, c, _] = minutes.to_le_bytes();
    let board = made(
        &[25, a, b, c],
        &["Works", "MB-2", "MBSN", "PN-7", "file", "rev C"],
    );
    let board = area(AreaKind::Board, &board).unwrap();
    assert_eq!(board.made, Some(1_699_999_980));
    assert_eq!(
        (board.manufacturer.as_str(), board.name.as_str()),
        ("Works", "MB-2")
    );
    assert_eq!(
        (board.serial.as_str(), board.part_number.as_str()),
        ("MBSN", "PN-7")
    );
    assert_eq!(board.custom, ["rev C"]);
    let product = made(&[0], &["Works", "2U", "R2", "A1", "SN", "ASSET", ""]);
    let product = area(AreaKind::Product, &product).unwrap();
    assert_eq!(
        (product.version.as_str(), product.serial.as_str()),
        ("A1", "SN")
    );
    assert_eq!(product.asset_tag, "ASSET");
    assert!(chassis.sound && board.sound && product.sound);
}

#[test]
fn a_header_tells_where_the_areas_are() {
    let mut header = vec![1, 0, 1, 0, 5, 0, 0];
    header.push(checksum(&header));
    let seen = FruHeader::decode(&header).unwrap();
    assert_eq!(
        (seen.chassis, seen.board, seen.product),
        (Some(8), None, Some(40))
    );
    assert!(seen.sound);
    header[7] ^= 1;
    assert!(!FruHeader::decode(&header).unwrap().sound);
    for blank in [[0xFF; 8], [0; 8]] {
        let error = FruHeader::decode(&blank).unwrap_err();
        assert_eq!(error.kind, DecodeKind::Unsupported);
    }
}

#[test]
fn lies_are_told_and_what_can_be_read_is() {
    let mut wrong_sum = made(&[0x17], &["CH-1", "CHSN"]);
    wrong_sum[4] ^= 0x01;
    let seen = area(AreaKind::Chassis, &wrong_sum).unwrap();
    assert!(!seen.sound && seen.serial == "CHSN");
    // A field that is longer than the area.
    let lying = [1, 1, 0x17, 0xC4, b'C', b'H', b'-', b'1', 0xFF, b'x'];
    let seen = area(AreaKind::Chassis, &lying).unwrap();
    assert!(!seen.sound);
    assert_eq!(
        (seen.part_number.as_str(), seen.serial.as_str()),
        ("CH-1", "")
    );
    assert_eq!(area_len(&[1, 0]).unwrap_err().kind, DecodeKind::Length);
    assert_eq!(area_len(&[1, 3]), Ok(24));
}

proptest! {
    #[test]
    fn no_octets_make_the_decoder_panic(octets in proptest::collection::vec(any::<u8>(), 0..120)) {
        let _ = FruHeader::decode(&octets);
        let _ = area_len(&octets);
        for kind in [AreaKind::Chassis, AreaKind::Board, AreaKind::Product] {
            let _ = area(kind, &octets);
        }
    }
}
