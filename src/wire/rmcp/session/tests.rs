//! The client against a BMC made of the same codecs, with time and loss under control.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "fuzz_tests.rs"]
mod fuzz;

use std::time::{Duration, Instant};

use super::*;
use crate::wire::ipmi::message::Request;
use crate::wire::rmcp::{
    Exchange, OpenGrant, OpenReply, OpenRequest, PayloadKind, Rakp1, Rakp2, Rakp2Proof, Rakp3,
    Rakp4, SessionKeys, open, plain, seal,
};

const BMC_SESSION: u32 = 0x0101_0202;
const STATUS: u8 = 0x01;

/// A BMC that counts what it receives and carries out.
struct Bmc {
    suite: CipherSuite,
    answer_suite: CipherSuite,
    privilege: u8,
    password: Vec<u8>,
    key: Vec<u8>,
    exchange: Option<Exchange>,
    keys: Option<SessionKeys>,
    sequence: u32,
    window: crate::wire::rmcp::Window,
    carried_out: Vec<u8>,
    echoed: Vec<Vec<u8>>,
    declined: bool,
    closed: bool,
}

impl Bmc {
    fn new(suite: CipherSuite) -> Self {
        Self {
            suite,
            answer_suite: suite,
            privilege: 4,
            password: b"secret".to_vec(),
            key: b"secret".to_vec(),
            exchange: None,
            keys: None,
            sequence: 0,
            window: crate::wire::rmcp::Window::new(),
            carried_out: Vec::new(),
            echoed: Vec::new(),
            declined: false,
            closed: false,
        }
    }

    fn answer(&mut self, datagram: &[u8]) -> Option<Vec<u8>> {
        if datagram.get(5) == Some(&0xC0) {
            return self.command(datagram);
        }
        let packet = open(datagram, None).unwrap();
        match packet.kind {
            PayloadKind::OpenRequest => {
                let request = OpenRequest::decode(&packet.payload).unwrap();
                assert_eq!(request.algorithms, self.suite.algorithms());
                // The same request again changes nothing.
                self.exchange.get_or_insert_with(|| Exchange {
                    suite: self.suite,
                    console_session: request.console_session,
                    bmc_session: BMC_SESSION,
                    console_random: [0; 16],
                    bmc_random: [5; 16],
                    bmc_guid: [6; 16],
                    role: 0,
                    user: vec![],
                });
                let reply = OpenReply {
                    tag: request.tag,
                    privilege: self.privilege,
                    console_session: request.console_session,
                    outcome: Ok(OpenGrant {
                        bmc_session: BMC_SESSION,
                        algorithms: self.answer_suite.algorithms(),
                    }),
                };
                Some(plain(PayloadKind::OpenReply, &reply.encode()))
            }
            PayloadKind::Rakp1 => {
                let rakp1 = Rakp1::decode(&packet.payload).unwrap();
                let exchange = self.exchange.as_mut().unwrap();
                exchange.console_random = rakp1.console_random;
                exchange.role = rakp1.role;
                exchange.user = rakp1.user;
                let rakp2 = Rakp2 {
                    tag: rakp1.tag,
                    console_session: exchange.console_session,
                    outcome: Ok(Rakp2Proof {
                        bmc_random: exchange.bmc_random,
                        bmc_guid: exchange.bmc_guid,
                        code: exchange.rakp2_code(&self.password),
                    }),
                };
                Some(plain(PayloadKind::Rakp2, &rakp2.encode()))
            }
            PayloadKind::Rakp3 => {
                let rakp3 = Rakp3::decode(&packet.payload, self.suite.digest_len()).unwrap();
                let exchange = self.exchange.as_ref().unwrap();
                let Ok(code) = rakp3.outcome else {
                    self.declined = true;
                    return None;
                };
                assert_eq!(code, exchange.rakp3_code(&self.password));
                let keys = exchange.session_keys(&self.password, Some(&self.key));
                let rakp4 = Rakp4 {
                    tag: rakp3.tag,
                    console_session: exchange.console_session,
                    outcome: Ok(keys.rakp4_code().to_vec()),
                };
                self.keys = Some(keys);
                Some(plain(PayloadKind::Rakp4, &rakp4.encode()))
            }
            other => panic!("{other:?}"),
        }
    }

    fn command(&mut self, datagram: &[u8]) -> Option<Vec<u8>> {
        let keys = self.keys.clone().unwrap();
        let packet = open(datagram, Some(&keys)).unwrap();
        if !self.window.accept(packet.sequence) {
            return None;
        }
        let request = Request::decode(&packet.payload).unwrap();
        self.carried_out.push(request.command);
        self.closed |= request.command == 0x3C;
        self.sequence += 1;
        let data = match request.data.as_slice() {
            [] => vec![0x21, 0, 0],
            data => data.to_vec(),
        };
        self.echoed.push(data.clone());
        let response = request.response(0, data).encode();
        let console = self.exchange.as_ref().unwrap().console_session;
        Some(seal(
            &keys,
            PayloadKind::Ipmi,
            console,
            self.sequence,
            [1; 16],
            &response,
        ))
    }
}

struct Bench {
    client: Client,
    bmc: Bmc,
    now: Instant,
}

impl Bench {
    fn new(suite: CipherSuite) -> Self {
        Self::with(suite, "secret", None)
    }

    fn with(suite: CipherSuite, password: &str, kg: Option<&[u8]>) -> Self {
        let mut login = Login::new("ADMIN", password, kg, 0x7777_0001, [8; 16]).unwrap();
        login.suite = suite;
        let now = Instant::now();
        Self {
            client: Client::new(login, Timing::default(), 250, [4; 32], now),
            bmc: Bmc::new(suite),
            now,
        }
    }

    /// Carries everything to and fro until both are silent.
    fn exchange(&mut self) {
        while let Some(datagram) = self.client.transmit() {
            if let Some(answer) = self.bmc.answer(&datagram) {
                self.client.datagram(&answer, self.now);
            }
        }
    }

    fn open(&mut self) {
        self.exchange();
        assert_eq!(self.client.event(), Some(Event::Opened));
    }

    /// Lets time run to the next deadline; returns how long that was.
    fn wait(&mut self) -> Duration {
        let deadline = self.client.deadline().unwrap();
        let waited = deadline - self.now;
        self.now = deadline;
        self.client.tick(self.now);
        waited
    }

    fn ask(&mut self, repeat: Repeat) {
        let command = Command {
            netfn: 0,
            lun: 0,
            command: STATUS,
            data: vec![],
            repeat,
        };
        assert!(self.client.command(command, self.now));
    }

    fn failure(&mut self) -> (Stage, Failure, u32) {
        match self.client.event() {
            Some(Event::Failed {
                stage,
                failure,
                attempts,
            }) => (stage, failure, attempts),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_session_takes_ten_packets_with_one_command_and_is_closed() {
    for suite in CipherSuite::PREFERRED {
        let mut bench = Bench::new(suite);
        let mut packets = 0;
        let mut run = |bench: &mut Bench| {
            while let Some(datagram) = bench.client.transmit() {
                packets += 1;
                if let Some(answer) = bench.bmc.answer(&datagram) {
                    packets += 1;
                    bench.client.datagram(&answer, bench.now);
                }
            }
        };
        run(&mut bench);
        assert_eq!(bench.client.event(), Some(Event::Opened));
        bench.ask(Repeat::Again);
        run(&mut bench);
        assert!(matches!(bench.client.event(), Some(Event::Answered(r)) if r.data[0] == 0x21));
        bench.client.close(bench.now);
        run(&mut bench);
        assert_eq!(
            bench.client.event(),
            Some(Event::Closed { confirmed: true })
        );
        assert!(bench.bmc.closed && packets == 10, "{packets}");
        assert!(bench.client.deadline().is_none());
    }
}

#[test]
fn every_login_step_is_sent_again_as_it_was() {
    let mut bench = Bench::new(CipherSuite::Seventeen);
    for step in [Stage::Open, Stage::Identify, Stage::Prove] {
        assert_eq!(bench.client.stage(), step);
        let lost = bench.client.transmit().unwrap();
        assert_eq!(bench.wait(), Duration::from_millis(800));
        let again = bench.client.transmit().unwrap();
        assert_eq!(lost, again, "{step}");
        let answer = bench.bmc.answer(&again).unwrap();
        bench.client.datagram(&answer, bench.now);
        bench.client.datagram(&answer, bench.now); // doubled by the network
    }
    assert_eq!(bench.client.event(), Some(Event::Opened));
    assert_eq!(bench.client.event(), None);
}

#[test]
fn silence_ends_after_four_attempts_with_growing_waits() {
    let mut bench = Bench::new(CipherSuite::Three);
    let waits: Vec<_> = (0..4).map(|_| bench.wait().as_millis()).collect();
    assert_eq!(waits, [800, 1600, 3000, 3000]);
    assert_eq!(bench.failure(), (Stage::Open, Failure::NoAnswer, 4));
    assert_eq!(bench.client.stage(), Stage::Over);
}

#[test]
fn rubbish_is_waited_out_and_then_named() {
    let mut bench = Bench::new(CipherSuite::Three);
    bench.client.datagram(&[6, 0, 0xFF, 7, 6, 0x11], bench.now);
    for _ in 0..4 {
        bench.wait();
    }
    let (stage, failure, _) = bench.failure();
    assert_eq!(stage, Stage::Open);
    assert!(matches!(failure, Failure::NotUnderstood(fault) if fault.offset == 6));
}

#[test]
fn a_lost_answer_is_made_good_under_the_same_message_number() {
    let mut bench = Bench::new(CipherSuite::Seventeen);
    bench.open();
    bench.ask(Repeat::Again);
    let first = bench.client.transmit().unwrap();
    let late_answer = bench.bmc.answer(&first).unwrap();
    bench.wait();
    let second = bench.client.transmit().unwrap();
    assert_ne!(
        first, second,
        "a new packet, or the BMC drops it as a replay"
    );
    let answer = bench.bmc.answer(&second).unwrap();
    assert_eq!(bench.bmc.carried_out.len(), 2);
    // Both answers bear the same message number, so either one does, once.
    bench.client.datagram(&late_answer, bench.now);
    assert!(matches!(bench.client.event(), Some(Event::Answered(_))));
    bench.client.datagram(&answer, bench.now);
    assert_eq!(bench.client.event(), None);
}

#[test]
fn a_command_that_must_not_be_doubled_is_sent_once_and_waited_for_briefly() {
    let mut bench = Bench::new(CipherSuite::Three);
    bench.open();
    bench.ask(Repeat::Never);
    assert!(bench.client.transmit().is_some());
    assert_eq!(bench.wait(), Timing::default().in_vain());
    assert!(bench.client.transmit().is_none());
    assert_eq!(bench.failure(), (Stage::Command, Failure::NoAnswer, 1));
    assert_eq!(bench.client.stage(), Stage::Ready);
}

#[test]
fn a_late_answer_is_not_taken_for_the_next_command() {
    let mut bench = Bench::new(CipherSuite::Three);
    bench.open();
    bench.ask(Repeat::Again);
    let late = {
        let datagram = bench.client.transmit().unwrap();
        bench.bmc.answer(&datagram).unwrap()
    };
    for _ in 0..4 {
        bench.wait();
        while bench.client.transmit().is_some() {}
    }
    assert_eq!(bench.failure().1, Failure::NoAnswer);
    bench.ask(Repeat::Again);
    bench.client.datagram(&late, bench.now);
    assert_eq!(bench.client.event(), None, "answer to the first command");
    bench.exchange();
    assert!(matches!(bench.client.event(), Some(Event::Answered(_))));
}

#[test]
fn a_command_whose_asker_went_away_makes_room_for_the_next() {
    let mut bench = Bench::new(CipherSuite::Three);
    bench.open();
    bench.ask(Repeat::Again);
    let first = bench.client.transmit().unwrap();
    let late = bench.bmc.answer(&first).unwrap();
    bench.ask(Repeat::Again);
    bench.client.datagram(&late, bench.now);
    assert_eq!(bench.client.event(), None);
    bench.exchange();
    assert!(matches!(bench.client.event(), Some(Event::Answered(_))));
}

#[test]
fn a_tampered_answer_is_dropped_and_the_good_one_taken() {
    let mut bench = Bench::new(CipherSuite::Three);
    bench.open();
    bench.ask(Repeat::Again);
    let datagram = bench.client.transmit().unwrap();
    let good = bench.bmc.answer(&datagram).unwrap();
    for at in 0..good.len() {
        if at == 1 {
            continue; // reserved octet
        }
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        bench.client.datagram(&bad, bench.now);
        assert_eq!(bench.client.event(), None, "octet {at}");
    }
    bench.client.datagram(&good, bench.now);
    assert!(matches!(bench.client.event(), Some(Event::Answered(_))));
}

#[test]
fn a_wrong_password_is_seen_before_it_is_proven_and_the_bmc_is_told() {
    let mut bench = Bench::with(CipherSuite::Seventeen, "guess", None);
    bench.exchange();
    let (stage, failure, _) = bench.failure();
    assert_eq!(
        (stage, failure),
        (Stage::Identify, Failure::PasswordDiffers)
    );
    assert!(bench.bmc.declined, "RAKP 3 with a status frees the slot");
    assert!(bench.bmc.keys.is_none());
}

#[test]
fn k_g_makes_the_keys_and_a_wrong_one_is_told_from_a_wrong_password() {
    let mut bench = Bench::with(CipherSuite::Seventeen, "secret", Some(b"room key"));
    bench.bmc.key = b"room key".to_vec();
    bench.open();
    let mut bench = Bench::with(CipherSuite::Seventeen, "secret", Some(b"room key"));
    bench.exchange();
    let (stage, failure, _) = bench.failure();
    assert_eq!((stage, failure), (Stage::Prove, Failure::KeyDiffers));
}

#[test]
fn another_suite_than_asked_for_is_a_failure() {
    let mut bench = Bench::new(CipherSuite::Seventeen);
    bench.bmc.answer_suite = CipherSuite::Three;
    bench.exchange();
    let (stage, failure, _) = bench.failure();
    assert_eq!(stage, Stage::Open);
    let three = CipherSuite::Three.algorithms();
    assert_eq!(failure, Failure::OtherSuite(three));
}

#[test]
fn a_bmc_that_names_no_privilege_is_logged_in_to() {
    // OpenBMC and OpenIPMI answer Open Session with privilege 0.
    let mut bench = Bench::new(CipherSuite::Seventeen);
    bench.bmc.privilege = 0;
    bench.open();
}

#[test]
fn closing_in_the_middle_of_a_login_finishes_it_and_closes() {
    let mut bench = Bench::new(CipherSuite::Three);
    let first = bench.client.transmit().unwrap();
    let answer = bench.bmc.answer(&first).unwrap();
    bench.client.datagram(&answer, bench.now);
    assert!(bench.client.may_hold_session());
    bench.client.close(bench.now);
    bench.exchange();
    assert_eq!(bench.client.event(), Some(Event::Opened));
    assert_eq!(
        bench.client.event(),
        Some(Event::Closed { confirmed: true })
    );
    assert!(bench.bmc.closed);
}

#[test]
fn closing_before_the_first_answer_waits_for_it_a_little_and_asks_no_more() {
    let mut bench = Bench::new(CipherSuite::Three);
    assert!(!bench.client.may_hold_session(), "nothing was sent");
    let first = bench.client.transmit().unwrap();
    let answer = bench.bmc.answer(&first).unwrap();
    assert!(bench.client.may_hold_session());
    bench.client.close(bench.now);
    bench.client.datagram(&answer, bench.now);
    // From here on losses are made good again.
    bench.client.transmit().unwrap();
    bench.wait();
    bench.exchange();
    assert!(bench.bmc.closed);

    let mut bench = Bench::new(CipherSuite::Three);
    for _ in 0..3 {
        bench.client.transmit().unwrap();
        bench.wait();
    }
    bench.client.transmit().unwrap();
    bench.client.close(bench.now);
    assert_eq!(bench.wait(), Timing::default().first_wait);
    assert_eq!(bench.failure(), (Stage::Open, Failure::NoAnswer, 4));
    assert!(bench.client.transmit().is_none() && !bench.client.may_hold_session());
}

#[test]
fn an_unanswered_close_ends_too() {
    let mut bench = Bench::new(CipherSuite::Three);
    bench.open();
    bench.client.close(bench.now);
    let waits: Vec<_> = (0..8).map(|_| bench.wait().as_millis()).collect();
    assert_eq!((waits, bench.client.stage()), (vec![300; 8], Stage::Over));
    assert_eq!(
        bench.client.event(),
        Some(Event::Closed { confirmed: false })
    );
}

#[test]
fn a_login_whose_last_answer_never_comes_closes_what_the_bmc_may_have_opened() {
    let mut bench = Bench::new(CipherSuite::Three);
    for _ in 0..2 {
        let sent = bench.client.transmit().unwrap();
        let answer = bench.bmc.answer(&sent).unwrap();
        bench.client.datagram(&answer, bench.now);
    }
    for _ in 0..4 {
        let rakp3 = bench.client.transmit().unwrap();
        assert!(bench.bmc.answer(&rakp3).is_some(), "and it is lost");
        bench.wait();
    }
    assert_eq!(bench.failure(), (Stage::Prove, Failure::NoAnswer, 4));
    while let Some(datagram) = bench.client.transmit() {
        bench.bmc.answer(&datagram);
    }
    assert!(bench.bmc.closed);
}

#[test]
fn names_and_keys_the_protocol_cannot_carry_are_refused() {
    let long = "x".repeat(21);
    let login = |user, password, kg| Login::new(user, password, kg, 1, [0; 16]).map(|_| ());
    assert_eq!(login(&long[..17], "p", None), Err(LoginLimit::User));
    assert_eq!(login("u", &long, None), Err(LoginLimit::Password));
    assert_eq!(login("u", "p", Some(long.as_bytes())), Err(LoginLimit::Kg));
    assert_eq!(login(&long[..16], &long[..20], None), Ok(()));
}

/// A payload of serial over LAN from the BMC.
fn from_serial_port(bench: &mut Bench, payload: &[u8]) -> Vec<u8> {
    bench.bmc.sequence += 1;
    let keys = bench.bmc.keys.as_ref().unwrap();
    let console = bench.bmc.exchange.as_ref().unwrap().console_session;
    let sequence = bench.bmc.sequence;
    seal(keys, PayloadKind::Sol, console, sequence, [2; 16], payload)
}

#[test]
fn serial_over_lan_passes_beside_a_command_under_way() {
    let mut bench = Bench::new(CipherSuite::Seventeen);
    assert!(!bench.client.send_sol(b"early"), "not before the login");
    bench.open();
    let unwanted = from_serial_port(&mut bench, b"unwanted");
    bench.client.datagram(&unwanted, bench.now);
    assert_eq!(bench.client.sol(), None);
    bench.client.want_sol(true);
    bench.ask(Repeat::Again);
    let command = bench.client.transmit().unwrap();
    assert!(bench.client.send_sol(b"typed"));
    let sealed = bench.client.transmit().unwrap();
    let packet = open(&sealed, bench.bmc.keys.as_ref()).unwrap();
    assert_eq!(
        (packet.kind, &packet.payload[..]),
        (PayloadKind::Sol, &b"typed"[..])
    );
    assert!(bench.bmc.window.accept(packet.sequence));
    let shown = from_serial_port(&mut bench, b"shown");
    bench.client.datagram(&shown, bench.now);
    bench.client.datagram(&shown, bench.now); // doubled by the network
    let mut tampered = from_serial_port(&mut bench, b"tampered");
    tampered[20] ^= 1;
    bench.client.datagram(&tampered, bench.now);
    assert_eq!(bench.client.sol(), Some(b"shown".to_vec()));
    assert_eq!((bench.client.sol(), bench.client.event()), (None, None));
    let answer = bench.bmc.answer(&command).unwrap();
    bench.client.datagram(&answer, bench.now);
    assert!(matches!(bench.client.event(), Some(Event::Answered(_))));
}

#[test]
fn a_flood_from_the_serial_port_is_bounded() {
    let mut bench = Bench::new(CipherSuite::Three);
    bench.open();
    bench.client.want_sol(true);
    for number in 0..200u8 {
        let payload = from_serial_port(&mut bench, &[number]);
        bench.client.datagram(&payload, bench.now);
    }
    let kept: Vec<_> = std::iter::from_fn(|| bench.client.sol()).collect();
    assert_eq!(kept.len(), 64);
    assert!(
        kept.iter()
            .zip(0..)
            .all(|(payload, number)| payload == &[number])
    );
}

#[test]
fn a_limited_command_gives_up_earlier_and_the_next_one_does_not() {
    let mut bench = Bench::new(CipherSuite::Three);
    bench.open();
    bench.ask(Repeat::Again);
    bench.client.limit(2);
    bench.wait();
    bench.wait();
    assert_eq!(bench.failure(), (Stage::Command, Failure::NoAnswer, 2));
    bench.ask(Repeat::Again);
    for _ in 0..4 {
        bench.wait();
    }
    assert_eq!(bench.failure().2, 4);
}
