//! Octets of a session between `ipmitool -I lan -A MD5` and OpenIPMI's simulator.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

const PASSWORD: &[u8] = b"sim-pass-0";
const TEMPORARY: u32 = 5;
const SESSION: u32 = 0x82;
const OUTBOUND: u32 = 0xAF5F_5AA5;

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn guard() -> Guard {
    Guard::new(PASSWORD, TEMPORARY, OUTBOUND)
}

/// The same after the login.
fn logged_in() -> Guard {
    let mut guard = guard();
    guard.session = SESSION;
    guard
}

const ACTIVATE: &str = "0600ff07020000000005000000cf01ad3944aa771ba995c30e953d81d4\
    1d2018c8810c3a0204936954c3b6fe45f30a9ed4a03f21fbd0a55a5fafe0";
const ACTIVATED: &str = "0600ff0702a55a5faf05000000c94fda921d011e9c92017f76b8472579\
    12811c63200c3a0002820000008ea139f104b9";
const PRIVILEGE: &str = "0600ff07028ea139f182000000118243d86e95759796140cc8022d5a8d\
    082018c881103b0430";
const PRIVILEGED: &str = "0600ff0702a55a5faf82000000e0158283d9655e248d5ea55eeb2d7f33\
    09811c6320103b000491";

#[test]
fn a_login_has_the_octets_that_others_send() {
    let wanted = octets("0241444d494e0000000000000000000000");
    assert_eq!(challenge_request(b"ADMIN"), wanted);
    let data = octets("05000000936954c3b6fe45f30a9ed4a03f21fbd0");
    let challenge = Challenge::decode(&data).unwrap();
    assert_eq!(challenge.session, TEMPORARY);
    let mut message = octets("2018c8810c3a");
    message.extend(activate_request(4, challenge.octets, OUTBOUND));
    message.push(0xE0);
    assert_eq!(guard().seal(0, &message), octets(ACTIVATE));
    let opened = guard().open(&octets(ACTIVATED)).unwrap();
    assert_eq!((opened.session, opened.sequence), (TEMPORARY, OUTBOUND));
    let data = &opened.message[7..opened.message.len() - 1];
    let grant = Activation::decode(data).unwrap();
    let wanted = Activation {
        is_per_message: true,
        session: SESSION,
        inbound: 0xF139_A18E,
    };
    assert_eq!(grant, wanted);
    let sent = logged_in().seal(grant.inbound, &octets("2018c881103b0430"));
    assert_eq!(sent, octets(PRIVILEGE));
    let opened = logged_in().open(&octets(PRIVILEGED)).unwrap();
    assert_eq!((opened.session, opened.sequence), (SESSION, OUTBOUND));
}

#[test]
fn what_a_bmc_says_of_its_ways_to_log_in() {
    for (data, v20, md5, per_message) in [
        // Answers of OpenIPMI's simulator, asked with and without the bit of 2.0.
        ("0197040300000000", true, true, true),
        ("0117040000000000", false, true, true),
        // Extended, but this channel only has 1.5; straight password alone; per-message off.
        ("0197040100000000", false, true, true),
        ("0110040000000000", false, false, true),
        ("0117140000000000", false, true, false),
        ("011704", false, true, true),
    ] {
        let told = Capabilities::decode(&octets(data)).unwrap();
        let seen = (told.has_v20, told.has_md5, told.is_per_message);
        assert_eq!(seen, (v20, md5, per_message), "{data}");
    }
    assert!(Capabilities::decode(&[1, 2]).is_err());
}

#[test]
fn a_packet_of_an_odd_length_is_padded_and_read_with_its_pad() {
    let guard = logged_in();
    // 30 octets stand before the message.
    let padded = guard.seal(1, &[7; 26]);
    assert_eq!(padded.len(), 57);
    assert_eq!(guard.open(&padded).unwrap().message, [7; 26]);
    assert_eq!(guard.seal(1, &[7; 27]).len(), 57);
    let mut longer = padded;
    longer.push(0);
    assert_eq!(guard.open(&longer).unwrap_err().kind, DecodeKind::Trailing);
}

#[test]
fn a_packet_without_a_code_is_no_packet_of_a_session() {
    let plain = crate::wire::rmcp::plain_v15(&[1, 2, 3]);
    let fault = logged_in().open(&plain).unwrap_err();
    assert_eq!(fault.kind, DecodeKind::Unprotected);
}

#[test]
fn a_session_or_its_number_may_not_be_nothing() {
    let nothing = octets("00000000936954c3b6fe45f30a9ed4a03f21fbd0");
    assert!(Challenge::decode(&nothing).is_err());
    assert!(Activation::decode(&octets("02000000008ea139f104")).is_err());
}

proptest! {
    #[test]
    fn packets_open_again_and_a_changed_octet_is_noticed(
        sequence: u32, message in proptest::collection::vec(any::<u8>(), 0..200),
        at: prop::sample::Index, change in 1u8..,
    ) {
        let guard = logged_in();
        let mut packet = guard.seal(sequence, &message);
        let opened = guard.open(&packet).unwrap();
        prop_assert_eq!((opened.session, opened.sequence), (SESSION, sequence));
        prop_assert_eq!(opened.message, message.clone());
        // The second octet is reserved and a pad carries nothing; no code covers them.
        let at = at.index(30 + message.len());
        prop_assume!(at != 1);
        packet[at] ^= change;
        prop_assert!(guard.open(&packet).is_err());
    }

    #[test]
    fn no_octets_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = (Capabilities::decode(&octets), Challenge::decode(&octets));
        let _ = (Activation::decode(&octets), logged_in().open(&octets));
        let mut packet = vec![6, 0, 0xFF, 7, 2];
        packet.extend(octets);
        let _ = logged_in().open(&packet);
    }
}
