//! Known answers of the payload, and both ends over a line that loses, doubles and reorders.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use proptest::prelude::*;

use super::*;

#[test]
fn a_payload_reads_as_table_15_2_says() {
    let octets = [0x13, 0xF2, 5, 0x50, b'a', 0xFF];
    let packet = SolPacket::decode(&octets).unwrap();
    let expected = SolPacket {
        sequence: 3,
        acknowledged: 2,
        accepted: 5,
        bits: to_bmc::NACK | to_bmc::BREAK,
        characters: vec![b'a', 0xFF],
    };
    assert_eq!(packet, expected);
    assert_eq!(packet.encode(), [3, 2, 5, 0x50, b'a', 0xFF]);
    assert_eq!(SolPacket::decode(&octets[..3]).unwrap_err().offset, 3);
}

#[test]
fn a_grant_reads_as_section_24_1_says() {
    // Test mode off, 58 to the BMC, 260 from it, port 623, no VLAN.
    let answer = [0, 0, 0, 0, 58, 0, 4, 1, 0x6F, 2, 0xFF, 0xFF];
    let grant = SolGrant::decode(&answer).unwrap();
    let expected = SolGrant {
        to_bmc: 58,
        from_bmc: 260,
        port: 623,
    };
    assert_eq!(grant, expected);
    assert_eq!(grant.encode(), answer);
    assert_eq!(grant.characters_to_bmc(), 54);
    assert!(SolGrant::decode(&answer[..9]).is_err());
    for (said, characters) in [(0, 16), (3, 16), (60_000, 200)] {
        assert_eq!(
            SolGrant {
                to_bmc: said,
                ..grant
            }
            .characters_to_bmc(),
            characters
        );
    }
}

fn packets(end: &mut SolEnd) -> Vec<SolPacket> {
    std::iter::from_fn(|| end.transmit())
        .map(|octets| SolPacket::decode(&octets).unwrap())
        .collect()
}

fn ack(of: u8, accepted: u8, bits: u8) -> Vec<u8> {
    let packet = SolPacket {
        acknowledged: of,
        accepted,
        bits,
        ..SolPacket::default()
    };
    packet.encode()
}

#[test]
fn the_rest_of_a_packet_taken_in_part_goes_under_the_next_number() {
    let now = Instant::now();
    let mut end = SolEnd::new(8, SolTiming::default());
    assert_eq!(end.write(b"uname -a\r", now), 9);
    let sent = packets(&mut end);
    assert_eq!(
        (sent[0].sequence, &sent[0].characters[..]),
        (1, &b"uname -a"[..])
    );
    end.payload(&ack(1, 5, 0), now).unwrap();
    let sent = packets(&mut end);
    assert_eq!(
        (sent[0].sequence, &sent[0].characters[..]),
        (2, &b" -a\r"[..])
    );
    // A late second acknowledgement of the first changes nothing.
    end.payload(&ack(1, 8, 0), now).unwrap();
    assert_eq!((packets(&mut end).len(), end.waiting()), (0, 4));
}

#[test]
fn refused_characters_wait_and_are_offered_again() {
    let now = Instant::now();
    let mut end = SolEnd::new(8, SolTiming::default());
    end.write(b"x", now);
    packets(&mut end);
    end.payload(&ack(1, 0, from_bmc::NACK | from_bmc::UNAVAILABLE), now)
        .unwrap();
    assert_eq!(end.event(), Some(SolEvent::Bits(from_bmc::UNAVAILABLE)));
    assert!(packets(&mut end).is_empty());
    let due = end.deadline().unwrap();
    assert_eq!(due, now + Duration::from_millis(250));
    end.tick(due);
    let sent = packets(&mut end);
    assert_eq!((sent[0].sequence, &sent[0].characters[..]), (2, &b"x"[..]));
}

#[test]
fn a_repeated_packet_is_acknowledged_again_and_taken_once() {
    let now = Instant::now();
    let mut end = SolEnd::new(8, SolTiming::default());
    let mut packet = SolPacket {
        sequence: 4,
        characters: b"boot".to_vec(),
        bits: from_bmc::BREAK,
        ..SolPacket::default()
    };
    for _ in 0..2 {
        end.payload(&packet.encode(), now).unwrap();
        let answer = packets(&mut end);
        assert_eq!(
            (
                answer[0].sequence,
                answer[0].acknowledged,
                answer[0].accepted
            ),
            (0, 4, 4)
        );
    }
    // Repeated with what came in meanwhile.
    packet.characters = b"booting".to_vec();
    end.payload(&packet.encode(), now).unwrap();
    // Late by one.
    packet.sequence = 3;
    end.payload(&packet.encode(), now).unwrap();
    let events: Vec<_> = std::iter::from_fn(|| end.event()).collect();
    let text = |text: &[u8]| SolEvent::Characters(text.to_vec());
    assert_eq!(
        events,
        [SolEvent::Bits(from_bmc::BREAK), text(b"boot"), text(b"ing")]
    );
}

#[test]
fn a_break_goes_behind_what_was_typed_before_it() {
    let now = Instant::now();
    let mut end = SolEnd::new(2, SolTiming::default());
    end.write(b"abc", now);
    end.signal(to_bmc::BREAK, now);
    end.payload(&ack(1, 2, 0), now).unwrap();
    let sent = packets(&mut end);
    assert_eq!((sent[0].bits, &sent[0].characters[..]), (0, &b"ab"[..]));
    assert_eq!(
        (sent[1].bits, &sent[1].characters[..]),
        (to_bmc::BREAK, &b"c"[..])
    );
}

#[test]
fn silence_ends_the_line_after_all_attempts() {
    let mut now = Instant::now();
    let timing = SolTiming::default();
    let mut end = SolEnd::new(8, timing);
    end.write(b"x", now);
    let mut sent = packets(&mut end).len();
    while end.event() != Some(SolEvent::Lost) {
        now = end.deadline().unwrap();
        end.tick(now);
        let again = packets(&mut end);
        assert!(again.iter().all(|packet| packet.sequence == 1));
        sent += again.len();
    }
    assert_eq!(sent, 12);
    assert_eq!((end.deadline(), end.room()), (None, SOL_QUEUE));
}

#[test]
fn more_than_the_queue_holds_is_refused_and_not_dropped() {
    let mut end = SolEnd::new(8, SolTiming::default());
    let taken = end.write(&[b'x'; SOL_QUEUE + 100], Instant::now());
    // Eight of them are under way already when the rest is counted.
    assert_eq!((taken, end.room()), (SOL_QUEUE, 8));
}

/// A BMC written apart from [`SolEnd`]: takes as much as it likes of a packet, and says the same
/// of it again when it is repeated.
#[derive(Default)]
struct Bmc {
    last: (u8, u8),
    typed: Vec<u8>,
    breaks: usize,
}

impl Bmc {
    fn answer(&mut self, octets: &[u8], takes: u8) -> Option<Vec<u8>> {
        let packet = SolPacket::decode(octets).unwrap();
        if packet.sequence == 0 {
            return None;
        }
        let behind = (self.last.0 + 15 - packet.sequence) % 15;
        if self.last.0 != 0 && packet.sequence != self.last.0 && behind < 7 {
            return None;
        }
        if packet.sequence != self.last.0 {
            let length = u8::try_from(packet.characters.len()).unwrap();
            let accepted = takes.min(length);
            self.typed
                .extend(&packet.characters[..usize::from(accepted)]);
            self.breaks += usize::from(packet.bits & to_bmc::BREAK != 0);
            self.last = (packet.sequence, accepted);
        }
        Some(ack(
            packet.sequence,
            self.last.1,
            if self.last.1 == 0 { from_bmc::NACK } else { 0 },
        ))
    }
}

/// What becomes of the datagrams under way at one step.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Delivered,
    Overtaken,
    Doubled,
    Lost,
    Late,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Delivered),
        2 => Just(Fate::Overtaken),
        2 => Just(Fate::Doubled),
        2 => Just(Fate::Lost),
        1 => Just(Fate::Late),
    ]
}

/// A line with datagrams under way; each step one of them meets its fate.
fn step(line: &mut VecDeque<Vec<u8>>, fate: Fate) -> Option<Vec<u8>> {
    match fate {
        Fate::Delivered => line.pop_front(),
        Fate::Overtaken => line.remove(usize::from(line.len() > 1)),
        Fate::Doubled => line.front().cloned(),
        Fate::Lost => {
            line.pop_front();
            None
        }
        Fate::Late => None,
    }
}

proptest! {
    #[test]
    fn every_byte_typed_arrives_once_and_in_order(
        typed in proptest::collection::vec(any::<u8>(), 1..400),
        most in 1_usize..40,
        fates in proptest::collection::vec((fate(), fate(), 0_u8..20), 50..400),
    ) {
        let mut now = Instant::now();
        let timing = SolTiming { attempts: u32::MAX, ..SolTiming::default() };
        let mut end = SolEnd::new(most, timing);
        let mut bmc = Bmc::default();
        let (mut up, mut down) = (VecDeque::new(), VecDeque::new());
        let mut fates = fates.into_iter().chain(std::iter::repeat((Fate::Delivered, Fate::Delivered, 20)));
        let mut left = typed.chunks(7);
        for _ in 0..20_000 {
            if let Some(chunk) = left.next() {
                prop_assert_eq!(end.write(chunk, now), chunk.len());
            }
            up.extend(std::iter::from_fn(|| end.transmit()));
            let (there, back, takes) = fates.next().unwrap();
            if let Some(octets) = step(&mut up, there) {
                down.extend(bmc.answer(&octets, takes));
            }
            if let Some(octets) = step(&mut down, back) {
                end.payload(&octets, now).unwrap();
            }
            now += Duration::from_millis(40);
            end.tick(now);
            prop_assert_eq!(end.event(), None);
            if end.waiting() == 0 && left.len() == 0 {
                break;
            }
        }
        prop_assert_eq!(bmc.typed, typed);
    }

    #[test]
    fn every_byte_shown_arrives_once_and_in_order(
        shown in proptest::collection::vec(any::<u8>(), 1..400),
        most in 1_usize..40,
        fates in proptest::collection::vec((fate(), fate()), 50..400),
    ) {
        let mut now = Instant::now();
        let timing = SolTiming { attempts: u32::MAX, ..SolTiming::default() };
        let (mut bmc, mut end) = (SolEnd::new(most, timing), SolEnd::new(8, timing));
        let (mut down, mut up) = (VecDeque::new(), VecDeque::new());
        let mut fates = fates.into_iter().chain(std::iter::repeat((Fate::Delivered, Fate::Delivered)));
        prop_assert_eq!(bmc.write(&shown, now), shown.len());
        let mut seen = Vec::new();
        for _ in 0..20_000 {
            down.extend(std::iter::from_fn(|| bmc.transmit()));
            let (there, back) = fates.next().unwrap();
            if let Some(octets) = step(&mut down, there) {
                end.payload(&octets, now).unwrap();
            }
            up.extend(std::iter::from_fn(|| end.transmit()));
            if let Some(octets) = step(&mut up, back) {
                bmc.payload(&octets, now).unwrap();
            }
            while let Some(SolEvent::Characters(characters)) = end.event() {
                seen.extend(characters);
            }
            now += Duration::from_millis(40);
            bmc.tick(now);
            if bmc.waiting() == 0 {
                break;
            }
        }
        prop_assert_eq!(seen, shown);
    }

    #[test]
    fn any_octets_are_read_without_a_panic(payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..40)) {
        let now = Instant::now();
        let mut end = SolEnd::new(20, SolTiming::default());
        end.write(b"typed", now);
        for payload in payloads {
            // A fault is an answer too.
            let _ = end.payload(&payload, now);
            end.tick(now + Duration::from_secs(1));
        }
    }
}
