//! Answers of SNMP version 2c.
#![no_main]

use coldaisle_fuzz::wire::snmp::{Answer, request_id};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|datagram: &[u8]| {
    let _ = request_id(datagram);
    if let Ok(answer) = Answer::decode(datagram) {
        // Each value takes octets, so that their number is bounded by the datagram.
        assert!(answer.varbinds().count() <= datagram.len());
    }
});
