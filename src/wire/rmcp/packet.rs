//! RMCP headers, the session wrapper, and sealed packets (IPMI 13.1, 13.6, 13.28.4).

use subtle::ConstantTimeEq;

use super::cipher::{decrypt, encrypt};
use super::keys::SessionKeys;
use crate::wire::ipmi::Octets;
use crate::wire::ipmi::{DecodeError, DecodeKind};

/// RMCP version 1.0, no RMCP acknowledgement, class IPMI.
const RMCP_HEADER: [u8; 4] = [0x06, 0x00, 0xFF, 0x07];
const FORMAT_RMCP_PLUS: u8 = 0x06;
const FORMAT_V15_NONE: u8 = 0x00;
const NEXT_HEADER: u8 = 0x07;
const ENCRYPTED: u8 = 0x80;
const AUTHENTICATED: u8 = 0x40;

/// Payload types of RMCP+ (IPMI table 13-16) that are understood here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadKind {
    /// An IPMI message.
    Ipmi,
    /// Serial over LAN.
    Sol,
    /// Open Session request.
    OpenRequest,
    /// Open Session response.
    OpenReply,
    /// RAKP message 1, console to BMC.
    Rakp1,
    /// RAKP message 2, BMC to console.
    Rakp2,
    /// RAKP message 3, console to BMC.
    Rakp3,
    /// RAKP message 4, BMC to console.
    Rakp4,
}

impl PayloadKind {
    /// The type's number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Ipmi => 0x00,
            Self::Sol => 0x01,
            Self::OpenRequest => 0x10,
            Self::OpenReply => 0x11,
            Self::Rakp1 => 0x12,
            Self::Rakp2 => 0x13,
            Self::Rakp3 => 0x14,
            Self::Rakp4 => 0x15,
        }
    }

    /// The type of a number, if it is understood here.
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0x00 => Self::Ipmi,
            0x01 => Self::Sol,
            0x10 => Self::OpenRequest,
            0x11 => Self::OpenReply,
            0x12 => Self::Rakp1,
            0x13 => Self::Rakp2,
            0x14 => Self::Rakp3,
            0x15 => Self::Rakp4,
            _ => return None,
        })
    }
}

/// A packet, decrypted if it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// What the payload is.
    pub kind: PayloadKind,
    /// Session id of the receiver; 0 outside a session.
    pub session: u32,
    /// Session sequence number; 0 outside a session.
    pub sequence: u32,
    /// True when it came in the IPMI 1.5 wrapper (only ever outside a session).
    pub v15: bool,
    /// The payload in the clear.
    pub payload: Vec<u8>,
}

/// For whom a datagram from a BMC is, read without any key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressee {
    /// For the session with this console session id.
    Session(u32),
    /// Part of a login: the message tag, and the console session id where the message has one.
    Login {
        /// Message tag that the console chose.
        tag: u8,
        /// Console session id; 0 or missing in some refusals.
        console_session: Option<u32>,
    },
    /// An IPMI message outside a session.
    Sessionless,
}

/// The wrapper around a payload, still sealed.
struct Frame<'a> {
    flags: u8,
    kind: PayloadKind,
    session: u32,
    sequence: u32,
    v15: bool,
    payload: &'a [u8],
    covered: &'a [u8],
    trailer: &'a [u8],
    payload_end: usize,
}

/// Builds an unprotected RMCP+ packet outside a session: the login messages.
pub fn plain(kind: PayloadKind, payload: &[u8]) -> Vec<u8> {
    let mut out = RMCP_HEADER.to_vec();
    out.push(FORMAT_RMCP_PLUS);
    out.push(kind.number());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&length16(payload).to_le_bytes());
    out.extend_from_slice(payload);
    out
}

/// Builds an IPMI 1.5 packet without authentication outside a session: how capabilities are
/// asked for before a login.
pub fn plain_v15(payload: &[u8]) -> Vec<u8> {
    let mut out = RMCP_HEADER.to_vec();
    out.push(FORMAT_V15_NONE);
    out.extend_from_slice(&[0; 8]);
    out.push(u8::try_from(payload.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(payload);
    out
}

/// Builds an encrypted, authenticated packet for `session` (the receiver's id).
pub fn seal(
    keys: &SessionKeys,
    kind: PayloadKind,
    session: u32,
    sequence: u32,
    iv: [u8; 16],
    payload: &[u8],
) -> Vec<u8> {
    let sealed = encrypt(keys, iv, payload);
    let mut out = RMCP_HEADER.to_vec();
    out.push(FORMAT_RMCP_PLUS);
    out.push(kind.number() | ENCRYPTED | AUTHENTICATED);
    out.extend_from_slice(&session.to_le_bytes());
    out.extend_from_slice(&sequence.to_le_bytes());
    out.extend_from_slice(&length16(&sealed).to_le_bytes());
    out.extend_from_slice(&sealed);
    // The octets under the integrity code are padded to a multiple of four.
    let covered = out.len() - RMCP_HEADER.len() + 2;
    let pad = (4 - covered % 4) % 4;
    out.extend(std::iter::repeat_n(0xFF, pad));
    out.push(u8::try_from(pad).unwrap_or_default());
    out.push(NEXT_HEADER);
    let code = keys.packet_code(out.get(RMCP_HEADER.len()..).unwrap_or_default());
    out.extend_from_slice(&code);
    out
}

fn length16(payload: &[u8]) -> u16 {
    u16::try_from(payload.len()).unwrap_or(u16::MAX)
}

/// Reads a datagram. With `keys` it must be a sealed packet of a session: its integrity code is
/// checked in constant time before anything is decrypted. Without, it must be a packet outside
/// a session.
///
/// # Errors
/// Kind and offset of what is wrong; `Unprotected` for a packet of a session that is not both
/// encrypted and authenticated.
pub fn open(datagram: &[u8], keys: Option<&SessionKeys>) -> Result<Packet, DecodeError> {
    let frame = frame(datagram)?;
    let payload = match keys {
        Some(keys) => unseal(&frame, keys)?,
        None if frame.session != 0 || frame.flags != 0 => {
            return Err(DecodeError::new(DecodeKind::Field, 5));
        }
        None if !frame.trailer.is_empty() => {
            return Err(DecodeError::new(DecodeKind::Trailing, frame.payload_end));
        }
        None => frame.payload.to_vec(),
    };
    Ok(Packet {
        kind: frame.kind,
        session: frame.session,
        sequence: frame.sequence,
        v15: frame.v15,
        payload,
    })
}

fn unseal(frame: &Frame<'_>, keys: &SessionKeys) -> Result<Vec<u8>, DecodeError> {
    if frame.v15 || frame.session == 0 || frame.flags != ENCRYPTED | AUTHENTICATED {
        return Err(DecodeError::new(DecodeKind::Unprotected, 5));
    }
    let integrity = DecodeError::new(DecodeKind::Integrity, frame.payload_end);
    let code_len = keys.suite().code_len();
    let tail_len = frame.trailer.len().checked_sub(code_len).ok_or(integrity)?;
    let (tail, code) = frame.trailer.split_at_checked(tail_len).ok_or(integrity)?;
    let covered_len = frame.covered.len().checked_sub(code_len).ok_or(integrity)?;
    let covered = frame.covered.get(..covered_len).ok_or(integrity)?;
    if !bool::from(keys.packet_code(covered).ct_eq(code)) {
        return Err(integrity);
    }
    let (&[pad_len, next], pads) = tail
        .split_last_chunk::<2>()
        .map(|(pads, ends)| (ends, pads))
        .ok_or(integrity)?;
    if next != NEXT_HEADER || usize::from(pad_len) != pads.len() {
        return Err(DecodeError::new(DecodeKind::Padding, frame.payload_end));
    }
    decrypt(keys, frame.payload).map_err(|e| DecodeError::new(e.kind, e.offset + 16))
}

/// Says for whom a datagram is, without keys and without believing anything in it.
pub fn addressee(datagram: &[u8]) -> Option<Addressee> {
    let frame = frame(datagram).ok()?;
    if frame.v15 {
        return Some(Addressee::Sessionless);
    }
    match frame.kind {
        PayloadKind::Ipmi | PayloadKind::Sol if frame.session != 0 => {
            Some(Addressee::Session(frame.session))
        }
        PayloadKind::OpenReply | PayloadKind::Rakp2 | PayloadKind::Rakp4 => {
            let mut octets = Octets::new(frame.payload);
            let tag = octets.u8().ok()?;
            let console_session = octets
                .take(3)
                .and_then(|_| octets.u32())
                .ok()
                .filter(|id| *id != 0);
            Some(Addressee::Login {
                tag,
                console_session,
            })
        }
        _ => Some(Addressee::Sessionless),
    }
}

fn frame(datagram: &[u8]) -> Result<Frame<'_>, DecodeError> {
    let mut octets = Octets::new(datagram);
    octets.expect(0x06)?;
    octets.u8()?; // reserved
    octets.expect(0xFF)?;
    octets.expect(0x07)?;
    let covered = octets.rest();
    let format = octets.u8()?;
    match format {
        FORMAT_RMCP_PLUS => frame_v20(octets, covered),
        FORMAT_V15_NONE => frame_v15(octets, covered),
        _ => Err(DecodeError::new(DecodeKind::Unsupported, 4)),
    }
}

fn frame_v20<'a>(mut octets: Octets<'a>, covered: &'a [u8]) -> Result<Frame<'a>, DecodeError> {
    let at = octets.error(DecodeKind::Unsupported);
    let kind = octets.u8()?;
    let flags = kind & (ENCRYPTED | AUTHENTICATED);
    let kind = PayloadKind::from_number(kind & 0x3F).ok_or(at)?;
    let session = octets.u32()?;
    let sequence = octets.u32()?;
    let lying = octets.error(DecodeKind::Length);
    let length = usize::from(octets.u16()?);
    let payload = octets.take(length).map_err(|_| lying)?;
    Ok(Frame {
        flags,
        kind,
        session,
        sequence,
        v15: false,
        payload,
        covered,
        trailer: octets.rest(),
        payload_end: octets.offset(),
    })
}

fn frame_v15<'a>(mut octets: Octets<'a>, covered: &'a [u8]) -> Result<Frame<'a>, DecodeError> {
    let sequence = octets.u32()?;
    let session = octets.u32()?;
    let lying = octets.error(DecodeKind::Length);
    let length = usize::from(octets.u8()?);
    let payload = octets.take(length).map_err(|_| lying)?;
    // Some stacks add one legacy pad octet behind an IPMI 1.5 packet; it carries nothing.
    let trailer = match octets.rest() {
        [0] => &[],
        rest => rest,
    };
    Ok(Frame {
        flags: 0,
        kind: PayloadKind::Ipmi,
        session,
        sequence,
        v15: true,
        payload,
        covered,
        trailer,
        payload_end: octets.offset(),
    })
}
