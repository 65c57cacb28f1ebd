//! RMCP+ (IPMI 2.0 over UDP): packets, login messages, keys, and the client side of a session
//! as a state machine; sessions of IPMI 1.5 for BMCs that have nothing better. Bytes and time in, bytes and timers out; no sockets, no clock.
//!
//! Source: IPMI Specification v2.0 rev. 1.1, chapter 13 (session layer, RAKP, integrity and
//! confidentiality) and section 22 (session commands).

mod cipher;
mod keys;
mod login;
mod offer;
mod packet;
mod session;
mod sol;
mod status;
mod suite;
#[cfg(test)]
mod tests;
mod v15;
mod window;

pub use crate::wire::ipmi::{DecodeError, DecodeKind};
pub use cipher::{IvStream, decrypt, encrypt, encrypted_len};
pub use keys::{Exchange, SessionKeys};
pub use login::{
    Lookup, MAX_USER, OpenGrant, OpenReply, OpenRequest, Privilege, Rakp1, Rakp2, Rakp2Proof,
    Rakp3, Rakp4,
};
pub use offer::{GET_CHANNEL_CIPHER_SUITES, Offer};
pub use packet::{Addressee, Packet, PayloadKind, addressee, open, plain, plain_v15, seal};
pub use session::{
    Client, Command, Event, Failure, Generation, Login, LoginLimit, MAX_PASSWORD, Repeat, Stage,
    Timing,
};
pub use sol::{
    ACTIVATE_PAYLOAD, ALREADY_ACTIVE, DEACTIVATE_PAYLOAD, PAYLOAD_DISABLED, PAYLOAD_LIMIT,
    SOL_HEADER, SOL_QUEUE, SolEnd, SolEvent, SolGrant, SolPacket, SolTiming, from_bmc, to_bmc,
};
pub use status::RakpStatus;
pub use suite::{Algorithms, CipherSuite};
pub use v15::{Capabilities, GET_AUTHENTICATION_CAPABILITIES, MAX_PASSWORD_V15};
pub use window::Window;

/// The UDP port of RMCP (IPMI 13.1.2).
pub const PORT: u16 = 623;

/// The longest datagram this layer builds or reads, in octets; IPMI payloads are far smaller.
pub const MAX_DATAGRAM: usize = 1024;
