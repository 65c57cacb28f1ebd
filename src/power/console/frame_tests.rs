//! A recording is what was shown.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

#[test]
fn a_part_is_written_when_it_is_large_or_old() {
    let mut recorder = Recorder::new(1_000, 1 << 20);
    assert_eq!(
        (recorder.due_ms(), recorder.take(9_000, true).unwrap()),
        (None, None)
    );
    assert!(recorder.shown(1_500, b"boot\xff"));
    recorder.size(1_600, 100, 31);
    recorder.note(1_700, &Note::new("console-note-connected"));
    assert_eq!(
        (recorder.due_ms(), recorder.take(6_499, false).unwrap()),
        (Some(6_500), None)
    );
    let part = recorder.take(6_500, false).unwrap().unwrap();
    assert_eq!(part.number, 0);
    let found = frames(&unpack(&part.content).unwrap()).unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|frame| (frame.at_ms, frame.kind, &frame.octets[..]))
        .collect();
    assert_eq!(told[0], (500, FrameKind::Shown, &b"boot\xff"[..]));
    assert_eq!(told[1], (600, FrameKind::Size, &b"100x31"[..]));
    assert_eq!(
        Note::from_text(std::str::from_utf8(told[2].2).unwrap()),
        Some(Note::new("console-note-connected"))
    );
    assert!(recorder.shown(7_000, &vec![b'x'; PART_OCTETS]));
    assert_eq!(recorder.take(7_000, false).unwrap().unwrap().number, 1);
}

#[test]
fn a_recording_has_an_end_and_says_so() {
    let mut recorder = Recorder::new(0, 10);
    assert!(recorder.shown(0, b"123456"));
    assert!(!recorder.shown(0, b"78901"));
    assert!(!recorder.shown(0, b"7") && recorder.is_full());
}

#[test]
fn a_broken_recording_is_a_fault_and_no_panic() {
    assert_eq!(unpack(b"rubbish"), Err(FrameFault::Packed));
    assert_eq!(frames(&[0; 5]), Err(FrameFault::Broken(0)));
    assert_eq!(
        frames(&[0, 0, 0, 0, b'o', 9, 0, 0, 0, 1]),
        Err(FrameFault::Broken(0))
    );
    assert_eq!(
        frames(&[0, 0, 0, 0, b'?', 0, 0, 0, 0]),
        Err(FrameFault::Broken(0))
    );
}

proptest! {
    #[test]
    fn what_was_shown_comes_back_octet_by_octet(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 0..20)) {
        let mut recorder = Recorder::new(0, 1 << 20);
        for piece in &pieces {
            prop_assert!(recorder.shown(1, piece));
        }
        let back: Vec<u8> = match recorder.take(1, true).unwrap() {
            None => Vec::new(),
            Some(part) => frames(&unpack(&part.content).unwrap()).unwrap().into_iter().flat_map(|frame| frame.octets).collect(),
        };
        prop_assert_eq!(back, pieces.concat());
    }

    #[test]
    fn any_octets_are_read_without_a_panic(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
        // A fault is an answer too.
        let _ = (frames(&raw), unpack(&raw));
    }
}
