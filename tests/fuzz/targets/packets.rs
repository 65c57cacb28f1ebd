//! RMCP, RMCP+ and IPMI 1.5 packets, the messages of a login, requests and responses.
#![no_main]

use coldaisle_fuzz::wire::ipmi::message::{Request, Response};
use coldaisle_fuzz::wire::rmcp::{
    Capabilities, Offer, OpenReply, OpenRequest, Rakp1, Rakp2, Rakp3, Rakp4, addressee, open,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|datagram: &[u8]| {
    let _ = addressee(datagram);
    let payload = open(datagram, None).map(|packet| packet.payload);
    for payload in [datagram, payload.as_deref().unwrap_or_default()] {
        let _ = OpenRequest::decode(payload);
        let _ = OpenReply::decode(payload);
        let _ = Rakp1::decode(payload);
        for length in [12, 16, 20, 32] {
            let _ = Rakp2::decode(payload, length);
            let _ = Rakp3::decode(payload, length);
            let _ = Rakp4::decode(payload, length);
        }
        let _ = Request::decode(payload);
        let _ = Response::decode(payload);
        let _ = Capabilities::decode(payload);
        let mut offer = Offer::default();
        if offer.take(payload).is_ok() {
            let _ = offer.suites();
        }
    }
});
