//! A million broken packets before the decoders and the client, and a network that loses, doubles
//! and reorders, in simulated time.

use proptest::prelude::*;

use super::*;
use crate::wire::rmcp::{Window, addressee};

const PACKETS: usize = 1_000_000;
/// Broken packets for each honest one.
const A_STAGE: usize = 50;

/// Repeatable numbers (xorshift64*).
struct Dice(u64);

impl Dice {
    /// From `COLDAISLE_FUZZ_SEED`, or always the same.
    fn new() -> Self {
        let given = std::env::var("COLDAISLE_FUZZ_SEED").ok();
        let seed = given.and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or(0x9E37_79B9_7F4A_7C15);
        println!("COLDAISLE_FUZZ_SEED={seed}");
        Self(seed | 1)
    }

    fn word(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.word() >> 33).unwrap() % bound.max(1)
    }

    fn octet(&mut self) -> u8 {
        self.word().to_be_bytes()[0]
    }

    fn octets(&mut self, longest: usize) -> Vec<u8> {
        let length = self.below(longest + 1);
        (0..length).map(|_| self.octet()).collect()
    }

    /// A packet that is no longer what it was.
    fn broken(&mut self, honest: &[u8]) -> Vec<u8> {
        let mut packet = honest.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(packet.len());
            match self.below(8) {
                0 => packet.truncate(at),
                1 => {
                    let more = self.octets(40);
                    packet.extend(more);
                }
                2 => packet.insert(at, self.octet()),
                3 if packet.len() > 16 => packet[14 + self.below(2)] = self.octet(),
                4 if !packet.is_empty() => packet[at..].fill(0xFF),
                5 if !packet.is_empty() => {
                    packet.remove(at);
                }
                _ if !packet.is_empty() => packet[at] ^= 1 << self.below(8),
                _ => {}
            }
        }
        packet
    }
}

/// Everything that reads octets from the network.
fn decode_all(packet: &[u8], keys: Option<&SessionKeys>) {
    let _ = addressee(packet);
    if let Some(keys) = keys {
        let _ = open(packet, Some(keys));
    }
    let payload = match open(packet, None) {
        Ok(packet) => packet.payload,
        Err(_) => packet.get(16..).unwrap_or_default().to_vec(),
    };
    let _ = OpenRequest::decode(&payload);
    let _ = OpenReply::decode(&payload);
    let _ = Rakp1::decode(&payload);
    for length in [12, 16, 20, 32] {
        let _ = Rakp2::decode(&payload, length);
        let _ = Rakp3::decode(&payload, length);
        let _ = Rakp4::decode(&payload, length);
    }
    let _ = Request::decode(&payload);
    let _ = Response::decode(&payload);
}

/// True when the ends of both are the same: the code that proves where a packet is from.
fn same_proof(one: &[u8], other: &[u8], length: usize) -> bool {
    let end = |packet: &[u8]| {
        packet
            .get(packet.len().saturating_sub(length)..)
            .map(<[u8]>::to_vec)
    };
    end(one) == end(other)
}

#[test]
fn a_million_broken_packets_neither_panic_nor_are_believed() {
    let mut dice = Dice::new();
    let (mut fed, mut sessions, mut survived) = (0, 0u32, 0u32);
    while fed < PACKETS {
        sessions += 1;
        let suite = CipherSuite::PREFERRED[dice.below(2)];
        let mut bench = Bench::new(suite);
        // Every second one is let in, to be bombarded where it is open.
        let first = if dice.below(2) == 0 { 0 } else { 3 };
        // Three steps of the login, a command, the close.
        for step in 0..5 {
            match step {
                3 if bench.client.stage() == Stage::Ready => bench.ask(Repeat::Again),
                4 => bench.client.close(bench.now),
                _ => {}
            }
            let Some(sent) = bench.client.transmit() else {
                break;
            };
            let Some(honest) = bench.bmc.answer(&sent) else {
                break;
            };
            if step >= first {
                fed += bombard(&mut bench, &mut dice, &honest);
            }
            bench.client.datagram(&honest, bench.now);
            while let Some(event) = bench.client.event() {
                survived += u32::from(event == Event::Closed { confirmed: true });
            }
        }
    }
    println!("{fed} packets, {sessions} sessions, {survived} went through to the end");
    // A broken packet that still reads as a refusal ends a login, as it has to.
    assert!(
        survived > sessions / 50 && survived > 20,
        "{survived} of {sessions}"
    );
}

/// Feeds broken packets in the place of an honest answer.
fn bombard(bench: &mut Bench, dice: &mut Dice, honest: &[u8]) -> usize {
    let stage = bench.client.stage();
    let in_session = !matches!(stage, Stage::Open | Stage::Identify | Stage::Prove);
    let proof = bench.client.login.suite.code_len();
    for _ in 0..A_STAGE {
        let packet = match dice.below(10) {
            0 => dice.octets(120),
            1 => {
                let mut packet = honest.to_vec();
                packet.truncate(4 + dice.below(14));
                packet.extend(dice.octets(80));
                packet
            }
            _ => dice.broken(honest),
        };
        decode_all(&packet, bench.bmc.keys.as_ref());
        bench.client.datagram(&packet, bench.now);
        match bench.client.event() {
            None => {}
            Some(Event::Opened) => {
                assert!(stage == Stage::Prove && same_proof(&packet, honest, proof));
            }
            Some(Event::Answered(_) | Event::Closed { .. }) => {
                // Only the reserved octet of the RMCP header is not covered by the code.
                assert!(in_session && packet[2..] == honest[2..], "{packet:02x?}");
            }
            Some(Event::Failed { .. }) => assert!(!in_session, "{packet:02x?}"),
        }
        assert!(bench.client.outbox.len() <= 2, "no answer to rubbish");
    }
    A_STAGE
}

/// What is on its way, and when it arrives.
struct Flight {
    due: Instant,
    to_bmc: bool,
    datagram: Vec<u8>,
}

/// A network in simulated time.
struct Air {
    dice: Dice,
    flights: Vec<Flight>,
    loss: usize,
    lost: u32,
    doubled: u32,
}

impl Air {
    fn send(&mut self, datagram: &[u8], to_bmc: bool, now: Instant) {
        if self.dice.below(100) < self.loss {
            self.lost += 1;
            return;
        }
        let copies = 1 + usize::from(self.dice.below(10) == 0);
        self.doubled += u32::from(copies > 1);
        for _ in 0..copies {
            let delay = u64::try_from(self.dice.below(600)).unwrap();
            self.flights.push(Flight {
                due: now + Duration::from_millis(delay),
                to_bmc,
                datagram: datagram.to_vec(),
            });
        }
    }

    fn next(&mut self, until: Option<Instant>) -> Option<Flight> {
        let (at, first) = self
            .flights
            .iter()
            .enumerate()
            .min_by_key(|(_, flight)| flight.due)?;
        if until.is_some_and(|until| until < first.due) {
            return None;
        }
        Some(self.flights.remove(at))
    }
}

/// Runs until an event comes up.
fn fly(bench: &mut Bench, air: &mut Air) -> Event {
    loop {
        while let Some(datagram) = bench.client.transmit() {
            air.send(&datagram, true, bench.now);
        }
        if let Some(event) = bench.client.event() {
            return event;
        }
        let deadline = bench.client.deadline();
        match air.next(deadline) {
            Some(flight) => {
                bench.now = bench.now.max(flight.due);
                if !flight.to_bmc {
                    bench.client.datagram(&flight.datagram, bench.now);
                } else if let Some(answer) = bench.bmc.answer(&flight.datagram) {
                    air.send(&answer, false, bench.now);
                }
            }
            None => {
                bench.now = deadline.expect("somebody waits for something");
                bench.client.tick(bench.now);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the network does: an answer belongs to its command, what must not be doubled is
    /// not, and every command ends.
    #[test]
    fn commands_survive_loss_doubling_and_reordering(seed in 1u64.., loss in 0usize..45) {
        let mut bench = Bench::new(CipherSuite::Seventeen);
        let mut air = Air { dice: Dice(seed), flights: vec![], loss, lost: 0, doubled: 0 };
        if fly(&mut bench, &mut air) != Event::Opened {
            return Ok(()); // the network lost too much for a login
        }
        for number in 0..30u8 {
            let repeat = if number % 3 == 0 { Repeat::Never } else { Repeat::Again };
            let command = Command {
                netfn: 0,
                lun: 0,
                command: 0x40,
                data: vec![number, 0xA5],
                repeat,
            };
            prop_assert!(bench.client.command(command, bench.now));
            match fly(&mut bench, &mut air) {
                Event::Answered(response) => prop_assert_eq!(response.data, vec![number, 0xA5]),
                Event::Failed { stage, failure, .. } => {
                    prop_assert_eq!(stage, Stage::Command);
                    prop_assert_eq!(failure, Failure::NoAnswer);
                    prop_assert!(air.lost > 0, "lost nothing, and yet no answer");
                }
                other => prop_assert!(false, "{other:?}"),
            }
            let times = bench.bmc.echoed.iter().filter(|data| data[0] == number).count();
            prop_assert!(repeat == Repeat::Again || times <= 1, "carried out {times} times");
        }
        bench.client.close(bench.now);
        let closed = matches!(fly(&mut bench, &mut air), Event::Closed { .. });
        prop_assert!(closed);
    }

    /// The window says what a list of everything seen says.
    #[test]
    fn the_window_takes_a_number_once_and_none_that_is_old(
        start in any::<u32>(), steps in proptest::collection::vec(-70i64..70, 1..300),
    ) {
        let (mut window, mut seen, mut highest) = (Window::new(), Vec::new(), None::<i64>);
        let mut at = i64::from(start);
        for step in steps {
            at += step;
            let Ok(number) = u32::try_from(at) else { return Ok(()) };
            let old = highest.is_some_and(|highest| highest - at >= 32);
            let fresh = number != 0 && !old && !seen.contains(&number);
            prop_assert_eq!(window.accept(number), fresh, "{} after {:?}", number, highest);
            if fresh {
                seen.push(number);
                highest = Some(highest.map_or(at, |highest| highest.max(at)));
            }
        }
    }
}
