//! Captured sessions between programs of other hands: every sealed packet has to open with keys
//! derived from the login in the same file.
//!
//! The captures are another project's data and not part of this repository. They are read from
//! `COLDAISLE_IPMI_CAPTURES` or beside the checkout; the vectors in `wire::rmcp` do not need them.

use std::collections::HashMap;
use std::path::PathBuf;

use coldaisle::wire::ipmi::message::{Request, Response};
use coldaisle::wire::rmcp::{
    Addressee, CipherSuite, Exchange, OpenReply, OpenRequest, PayloadKind, Rakp1, Rakp2, Rakp3,
    Rakp4, SessionKeys, SolPacket, addressee, open,
};

const PASSWORD: &[u8] = b"ADMIN";

fn folder() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/peers/ipmi_captures");
    let given = std::env::var_os("COLDAISLE_IPMI_CAPTURES").map(PathBuf::from);
    let folder = given.unwrap_or(beside);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("no captured sessions at {}: not read", folder.display());
    None
}

/// UDP payloads of an Ethernet pcap file, with source and destination port.
fn datagrams(file: &PathBuf) -> Vec<(u16, u16, Vec<u8>)> {
    let octets = std::fs::read(file).unwrap();
    let (mut at, mut out) = (24, Vec::new());
    while at + 16 <= octets.len() {
        let length = u32::from_le_bytes(octets[at + 8..at + 12].try_into().unwrap());
        let frame = &octets[at + 16..at + 16 + usize::try_from(length).unwrap()];
        at += 16 + frame.len();
        let udp = &frame[14 + usize::from(frame[14] & 0x0F) * 4..];
        let port = |at: usize| u16::from_be_bytes([udp[at], udp[at + 1]]);
        let end = usize::from(port(4));
        out.push((port(0), port(2), udp[8..end].to_vec()));
    }
    out
}

#[derive(Default)]
struct Watched {
    by_console: HashMap<u32, Exchange>,
    keys: HashMap<u32, SessionKeys>,
    logins: usize,
    requests: usize,
    responses: usize,
    shown: Vec<u8>,
    typed: Vec<u8>,
}

impl Watched {
    fn exchange(&mut self, id: u32) -> &mut Exchange {
        self.by_console
            .values_mut()
            .find(|e| e.bmc_session == id || e.console_session == id)
            .unwrap()
    }

    fn see(&mut self, datagram: &[u8], suite: CipherSuite) {
        if let Some(Addressee::Session(id)) = addressee(datagram) {
            return self.sealed(id, datagram);
        }
        let packet = open(datagram, None).unwrap();
        let payload = &packet.payload;
        match packet.kind {
            PayloadKind::OpenRequest => {
                let request = OpenRequest::decode(payload).unwrap();
                assert_eq!(request.algorithms, suite.algorithms());
                assert_eq!(&request.encode(), payload);
            }
            PayloadKind::OpenReply => {
                let reply = OpenReply::decode(payload).unwrap();
                assert_eq!(&reply.encode(), payload);
                let exchange = Exchange {
                    suite,
                    console_session: reply.console_session,
                    bmc_session: reply.outcome.unwrap().bmc_session,
                    console_random: [0; 16],
                    bmc_random: [0; 16],
                    bmc_guid: [0; 16],
                    role: 0,
                    user: Vec::new(),
                };
                self.by_console.insert(reply.console_session, exchange);
            }
            PayloadKind::Rakp1 => {
                let rakp1 = Rakp1::decode(payload).unwrap();
                let exchange = self.exchange(rakp1.bmc_session);
                exchange.console_random = rakp1.console_random;
                exchange.role = rakp1.role;
                exchange.user = rakp1.user;
            }
            PayloadKind::Rakp2 => {
                let rakp2 = Rakp2::decode(payload, suite.digest_len()).unwrap();
                let proof = rakp2.outcome.unwrap();
                let exchange = self.exchange(rakp2.console_session);
                exchange.bmc_random = proof.bmc_random;
                exchange.bmc_guid = proof.bmc_guid;
                assert_eq!(proof.code, exchange.rakp2_code(PASSWORD));
            }
            PayloadKind::Rakp3 => {
                let rakp3 = Rakp3::decode(payload, suite.digest_len()).unwrap();
                let exchange = self.exchange(rakp3.bmc_session);
                assert_eq!(rakp3.outcome.unwrap(), exchange.rakp3_code(PASSWORD));
            }
            PayloadKind::Rakp4 => {
                let rakp4 = Rakp4::decode(payload, suite.code_len()).unwrap();
                let exchange = self.exchange(rakp4.console_session).clone();
                let keys = exchange.session_keys(PASSWORD, None);
                assert_eq!(rakp4.outcome.unwrap(), keys.rakp4_code());
                self.keys.insert(exchange.bmc_session, keys.clone());
                self.keys.insert(exchange.console_session, keys);
                self.logins += 1;
            }
            PayloadKind::Ipmi | PayloadKind::Sol => {}
        }
    }

    /// Serial over LAN: the characters of each packet that was not sent before.
    fn console(&mut self, id: u32, payload: &[u8]) {
        let sol = SolPacket::decode(payload).unwrap();
        assert_eq!(sol.encode(), payload);
        let to_console = self.by_console.contains_key(&id);
        let all = if to_console {
            &mut self.shown
        } else {
            &mut self.typed
        };
        all.extend(sol.characters);
    }

    fn sealed(&mut self, id: u32, datagram: &[u8]) {
        let packet = open(datagram, Some(&self.keys[&id])).unwrap();
        assert_eq!(packet.session, id);
        if packet.kind == PayloadKind::Sol {
            return self.console(id, &packet.payload);
        }
        if self.by_console.contains_key(&id) {
            let response = Response::decode(&packet.payload).unwrap();
            assert_eq!(response.netfn & 1, 1);
            self.responses += 1;
        } else {
            let request = Request::decode(&packet.payload).unwrap();
            assert_eq!(request.netfn & 1, 0);
            self.requests += 1;
        }
    }
}

#[test]
fn every_packet_of_the_captured_sessions_opens() {
    let Some(folder) = folder() else { return };
    for (name, suite, logins) in [
        ("suite17_ipmitool", CipherSuite::Seventeen, 3),
        ("suite3_ipmitool", CipherSuite::Three, 3),
        ("suite17_freeipmi", CipherSuite::Seventeen, 1),
        ("suite17_sol", CipherSuite::Seventeen, 1),
    ] {
        let mut watched = Watched::default();
        for (from, to, datagram) in datagrams(&folder.join(format!("{name}.pcap"))) {
            assert!(from == 6301 || to == 6301);
            watched.see(&datagram, suite);
        }
        assert_eq!(watched.logins, logins, "{name}");
        assert!(
            watched.requests >= 3 * logins,
            "{name}: {}",
            watched.requests
        );
        assert!(watched.responses >= watched.requests, "{name}");
        if name == "suite17_sol" {
            let shown = String::from_utf8_lossy(&watched.shown).into_owned();
            assert!(shown.contains("simbmc serial console on gobmc"), "{shown}");
            assert!(shown.contains("you said: hello"), "{shown}");
            assert!(watched.typed.starts_with(b"hello"), "{:?}", watched.typed);
        } else {
            assert!(
                watched.shown.is_empty() && watched.typed.is_empty(),
                "{name}"
            );
        }
    }
}
