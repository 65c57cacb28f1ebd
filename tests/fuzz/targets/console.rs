//! Serial over LAN before a BMC that sends what it likes.
#![no_main]

use std::time::Instant;

use coldaisle_fuzz::wire::rmcp::{SolEnd, SolTiming};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let now = Instant::now();
    let mut link = SolEnd::new(60, SolTiming::default());
    link.write(b"ls -l\r", now);
    let mut rest = input;
    while let Some((length, more)) = rest.split_first() {
        let (payload, more) = more.split_at(more.len().min(usize::from(*length)));
        rest = more;
        let _ = link.payload(payload, now);
        while link.transmit().is_some() {}
        while link.event().is_some() {}
    }
});
