//! What a status of one BMC costs in computing: the login's check values and keys, and one sealed packet each way.

use coldaisle::wire::rmcp::{CipherSuite, Exchange, Lookup, PayloadKind, Privilege, open, seal};
use divan::{Bencher, black_box};

const SUITES: [CipherSuite; 2] = [CipherSuite::Three, CipherSuite::Seventeen];
const PASSWORD: &[u8] = b"sixteen octets ok";
/// A Get Chassis Status request.
const MESSAGE: [u8; 7] = [0x20, 0x00, 0xE0, 0x81, 0x04, 0x01, 0x7A];

fn exchange(suite: CipherSuite) -> Exchange {
    Exchange {
        suite,
        console_session: 0xA0A1_A2A3,
        bmc_session: 0x0BAD_CAFE,
        console_random: [0x11; 16],
        bmc_random: [0x82; 16],
        bmc_guid: [0xF3; 16],
        role: Lookup::NameOnly.role(Privilege::Operator),
        user: b"ADMIN".to_vec(),
    }
}

#[divan::bench(args = SUITES)]
fn login_values_and_keys(bencher: Bencher, suite: CipherSuite) {
    let exchange = exchange(suite);
    bencher.bench(|| {
        let exchange = black_box(&exchange);
        let proof = exchange.rakp2_code(PASSWORD);
        let answer = exchange.rakp3_code(PASSWORD);
        (proof, answer, exchange.session_keys(PASSWORD, None))
    });
}

#[divan::bench(args = SUITES)]
fn status_packet_seal(bencher: Bencher, suite: CipherSuite) {
    let keys = exchange(suite).session_keys(PASSWORD, None);
    bencher.bench(|| seal(&keys, PayloadKind::Ipmi, 7, 1, [9; 16], black_box(&MESSAGE)));
}

#[divan::bench(args = SUITES)]
fn status_packet_open(bencher: Bencher, suite: CipherSuite) {
    let keys = exchange(suite).session_keys(PASSWORD, None);
    let packet = seal(&keys, PayloadKind::Ipmi, 7, 1, [9; 16], &MESSAGE);
    bencher.bench(|| open(black_box(&packet), Some(&keys)));
}
