#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use super::*;

const DAY: Day = Day::from_number(20_779);

fn target() -> SnmpTargetId {
    SnmpTargetId::new(3)
}

fn polls() -> DayPolls {
    let start = DAY.start();
    let times: Vec<Timestamp> = (0..288)
        .map(|n| start.plus_millis(n * 300_000 + 120_000 + n * 7 % 23))
        .collect();
    let uptimes_ms = times
        .iter()
        .enumerate()
        .map(|(n, at)| (n != 40).then(|| at.since_millis(start) / 10 * 10 + 5_000_000))
        .collect();
    DayPolls {
        times,
        uptimes_ms,
        ports: vec![4, 5, 6, 900],
    }
}

#[test]
fn a_day_comes_back_as_it_was_and_is_small() {
    let bytes = encode(&polls(), target(), DAY).unwrap();
    assert_eq!(decode(&bytes, target(), DAY), Ok(polls()));
    assert!(bytes.len() < 600, "{} octets", bytes.len());
    let none = DayPolls::default();
    let bytes = encode(&none, target(), DAY).unwrap();
    assert_eq!(decode(&bytes, target(), DAY), Ok(none));
}

#[test]
fn it_belongs_to_its_target_and_its_day() {
    let bytes = encode(&polls(), target(), DAY).unwrap();
    for (target, day) in [(SnmpTargetId::new(4), DAY), (target(), DAY.plus(-1))] {
        let error = decode(&bytes, target, day).unwrap_err();
        assert_eq!(error.kind, DecodeErrorKind::Checksum);
    }
    for length in 0..bytes.len() {
        assert!(decode(&bytes[..length], target(), DAY).is_err(), "{length}");
    }
}

#[test]
fn times_rise_and_stay_in_their_day() {
    for times in [[5, 5], [6, 5], [-1, 5], [5, DAY_MS]] {
        let polls = DayPolls {
            times: times
                .iter()
                .map(|ms| DAY.start().plus_millis(*ms))
                .collect(),
            uptimes_ms: vec![None; 2],
            ports: Vec::new(),
        };
        let bytes = encode(&polls, target(), DAY).unwrap();
        let error = decode(&bytes, target(), DAY).unwrap_err();
        assert_eq!(error.kind, DecodeErrorKind::Times, "{times:?}");
    }
}

#[test]
fn presence_is_runs() {
    for (there, expected) in [
        (vec![], vec![]),
        (vec![true; 3], vec![0, 3]),
        (vec![false; 3], vec![3]),
        (vec![true, false, false, true], vec![0, 1, 2, 1]),
        (vec![false, true, true], vec![1, 2]),
    ] {
        let mut bytes = Vec::new();
        put_presence(&mut bytes, there.iter().copied());
        assert_eq!(bytes, expected);
        let mut cursor = Cursor::new(&bytes);
        assert_eq!(take_presence(&mut cursor, there.len()), Ok(there));
    }
    let kind = |bytes: &[u8]| take_presence(&mut Cursor::new(bytes), 3).unwrap_err().kind;
    assert_eq!(kind(&[4]), DecodeErrorKind::Count(4));
    assert_eq!(kind(&[0, 0]), DecodeErrorKind::Run);
    assert_eq!(kind(&[1, 3]), DecodeErrorKind::Run);
    assert_eq!(kind(&[1, 1]), DecodeErrorKind::CutShort);
}
