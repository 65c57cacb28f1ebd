//! A client that logs in, asks and closes, before a peer that sends what it likes.
//!
//! Input: kind of login, then datagrams, each behind its length in one octet; length 0 lets time pass.
#![no_main]

use std::time::{Duration, Instant};

use coldaisle_fuzz::wire::rmcp::{CipherSuite, Client, Event, Login, Timing};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((kind, mut rest)) = input.split_first() else {
        return;
    };
    let mut login = Login::new("ADMIN", "password", None, 7, [3; 16]).unwrap();
    login.suite = CipherSuite::ALL[usize::from(*kind % 4)];
    if kind & 0x80 != 0 {
        login = login.v15().unwrap();
    }
    let mut now = Instant::now();
    let mut client = Client::new(login, Timing::default(), 1, [5; 32], now);
    while let Some((length, more)) = rest.split_first() {
        let (datagram, more) = more.split_at(more.len().min(usize::from(*length)));
        rest = more;
        if datagram.is_empty() {
            now += Duration::from_secs(1);
            client.tick(now);
        } else {
            client.datagram(datagram, now);
        }
        while client.transmit().is_some() {}
        while let Some(event) = client.event() {
            assert!(
                !matches!(event, Event::Opened),
                "let in by a peer without the password"
            );
        }
    }
    client.close(now);
    while client.transmit().is_some() {}
});
