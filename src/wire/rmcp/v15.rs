//! Packets and login messages of IPMI 1.5 sessions with MD5 authentication (IPMI 13.6, 22.13,
//! 22.16, 22.17). Every packet carries a code over password, session and message; nothing is
//! encrypted.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::keys::enclosed;
use super::window::Window;
use crate::wire::ipmi::{DecodeError, DecodeKind, Octets};

/// Number of Get Channel Authentication Capabilities (network function application).
pub const GET_AUTHENTICATION_CAPABILITIES: u8 = 0x38;
/// Number of Get Session Challenge.
pub(super) const GET_SESSION_CHALLENGE: u8 = 0x39;
/// Number of Activate Session.
pub(super) const ACTIVATE_SESSION: u8 = 0x3A;
/// Longest password of IPMI 1.5, octets.
pub const MAX_PASSWORD_V15: usize = 16;

/// RMCP version 1.0, no RMCP acknowledgement, class IPMI.
const RMCP_HEADER: [u8; 4] = [0x06, 0x00, 0xFF, 0x07];
/// Authentication type MD5 (IPMI table 13-8).
const MD5: u8 = 0x02;
const CODE_LEN: usize = 16;
/// How far ahead of the last packet one may be: as many answers may be lost in a row. A session
/// that lost more is not trusted to be the same.
const MOST_AHEAD: u32 = 32;
/// Lengths of a packet, from the RMCP header on, behind which a pad octet stands (table 13-8).
const PADDED: [usize; 5] = [56, 84, 112, 128, 156];

/// What a BMC says of its ways to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// It has IPMI 2.0 (RMCP+).
    pub has_v20: bool,
    /// It has MD5 authentication for IPMI 1.5.
    pub has_md5: bool,
    /// It wants a code on every packet of an IPMI 1.5 session.
    pub is_per_message: bool,
}

impl Capabilities {
    /// Parameters: this channel, at privilege user; with `extended` the BMC also tells of 2.0.
    /// Controllers from before 2.0 may refuse that bit, and are then asked without.
    pub const fn question(extended: bool) -> [u8; 2] {
        [if extended { 0x8E } else { 0x0E }, 0x02]
    }

    /// Reads the answer behind its completion code.
    ///
    /// # Errors
    /// `Truncated` when it is shorter than IPMI 1.5 has it.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        let _channel = octets.u8()?;
        let kinds = octets.u8()?;
        let status = octets.u8()?;
        // The channel's own capabilities are told only where bit 7 says so.
        let extended = octets.u8().unwrap_or(0);
        Ok(Self {
            has_v20: kinds & 0x80 != 0 && extended & 0x02 != 0,
            has_md5: kinds & 0x04 != 0,
            is_per_message: status & 0x10 == 0,
        })
    }
}

/// Parameters of Get Session Challenge: MD5 and the name.
pub(super) fn challenge_request(user: &[u8]) -> Vec<u8> {
    let mut data = vec![MD5];
    data.extend_from_slice(user);
    data.resize(17, 0);
    data
}

/// A challenge and the session id to answer it under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) session: u32,
    pub(super) octets: [u8; 16],
}

impl Challenge {
    pub(super) fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        let at = octets.error(DecodeKind::Field);
        let session = octets.u32()?;
        if session == 0 {
            return Err(at);
        }
        Ok(Self {
            session,
            octets: octets.array()?,
        })
    }
}

/// Parameters of Activate Session; `outbound` is the number that the BMC's first packet is to
/// have.
pub(super) fn activate_request(privilege: u8, challenge: [u8; 16], outbound: u32) -> Vec<u8> {
    let mut data = vec![MD5, privilege];
    data.extend_from_slice(&challenge);
    data.extend_from_slice(&outbound.to_le_bytes());
    data
}

/// What a BMC grants with Activate Session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Activation {
    /// Every packet carries a code.
    pub(super) is_per_message: bool,
    pub(super) session: u32,
    /// Number of our first packet.
    pub(super) inbound: u32,
}

impl Activation {
    pub(super) fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        let kind = octets.u8()? & 0x0F;
        let at = octets.error(DecodeKind::Field);
        let session = octets.u32()?;
        if session == 0 {
            return Err(at);
        }
        Ok(Self {
            is_per_message: kind == MD5,
            session,
            inbound: octets.u32()?,
        })
    }
}

/// The password of a session and the numbers of the BMC's packets. Never printed.
pub(super) struct Guard {
    secret: Zeroizing<[u8; MAX_PASSWORD_V15]>,
    /// Session id under which the challenge is answered.
    pub(super) temporary: u32,
    /// Session id of the packets in both directions.
    pub(super) session: u32,
    window: Window,
}

/// What an authentic packet holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) session: u32,
    pub(super) sequence: u32,
    pub(super) message: Vec<u8>,
}

impl Guard {
    /// For the answer to a challenge; the BMC's first packet is to have the number `outbound`.
    pub(super) fn new(password: &[u8], temporary: u32, outbound: u32) -> Self {
        let mut secret = Zeroizing::new([0; MAX_PASSWORD_V15]);
        for (to, from) in secret.iter_mut().zip(password) {
            *to = *from;
        }
        Self {
            secret,
            temporary,
            session: temporary,
            window: Window::before(outbound, MOST_AHEAD),
        }
    }

    fn code(&self, session: u32, sequence: u32, message: &[u8]) -> [u8; CODE_LEN] {
        let (session, sequence) = (session.to_le_bytes(), sequence.to_le_bytes());
        enclosed(&*self.secret, &[&session, message, &sequence])
    }

    /// Builds a packet with its code. `message` has at most 255 octets.
    pub(super) fn seal(&self, sequence: u32, message: &[u8]) -> Vec<u8> {
        let mut out = RMCP_HEADER.to_vec();
        out.push(MD5);
        out.extend_from_slice(&sequence.to_le_bytes());
        out.extend_from_slice(&self.session.to_le_bytes());
        out.extend_from_slice(&self.code(self.session, sequence, message));
        out.push(u8::try_from(message.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(message);
        if PADDED.contains(&out.len()) {
            out.push(0);
        }
        out
    }

    /// Reads a packet and checks its code; its number is for [`Guard::accept`].
    ///
    /// # Errors
    /// `Unprotected` for a packet without a code, `Integrity` for one with a wrong code, and
    /// what else makes it something that is no packet.
    pub(super) fn open(&self, datagram: &[u8]) -> Result<Opened, DecodeError> {
        let mut octets = Octets::new(datagram);
        octets.expect(0x06)?;
        octets.u8()?; // reserved
        octets.expect(0xFF)?;
        octets.expect(0x07)?;
        octets
            .expect(MD5)
            .map_err(|fault| DecodeError::new(DecodeKind::Unprotected, fault.offset))?;
        let sequence = octets.u32()?;
        let session = octets.u32()?;
        let integrity = octets.error(DecodeKind::Integrity);
        let code = octets.array::<CODE_LEN>()?;
        let lying = octets.error(DecodeKind::Length);
        let length = usize::from(octets.u8()?);
        let message = octets.take(length).map_err(|_| lying)?;
        if !bool::from(self.code(session, sequence, message).ct_eq(&code)) {
            return Err(integrity);
        }
        // One pad octet may follow; it carries nothing.
        if octets.rest().len() > 1 {
            return Err(octets.error(DecodeKind::Trailing));
        }
        Ok(Opened {
            session,
            sequence,
            message: message.to_vec(),
        })
    }

    /// Takes the number of an authentic packet; false for one that was there before, is too old,
    /// or is of another session under the same id.
    pub(super) fn accept(&mut self, sequence: u32) -> bool {
        self.window.accept(sequence)
    }
}

#[cfg(test)]
#[path = "v15_tests.rs"]
mod tests;
