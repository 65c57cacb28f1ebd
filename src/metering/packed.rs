//! One poll of one device as bytes: what is kept of the readings of all its ports.
//!
//! Form 1: a version octet (1), the number of ports, then for each port a head octet, the
//! difference of its id to the one before (zigzag), and what the head says is there: flags, octets
//! received, octets sent, discontinuity. Numbers are little-endian base-128 in their shortest form.
//! Head, from the lowest bit: has in, has out, counters of 32 bits, has discontinuity, two bits of
//! state (0 unknown, 1 not up, 2 up), has flags, 0.

use super::counter::Width;

const VERSION: u8 = 1;
const HAS_IN: u8 = 1;
const HAS_OUT: u8 = 1 << 1;
const BITS_32: u8 = 1 << 2;
const HAS_DISCONTINUITY: u8 = 1 << 3;
const STATE_SHIFT: u8 = 4;
const HAS_FLAGS: u8 = 1 << 6;
const UNUSED: u8 = 1 << 7;
/// Smallest port on the wire: a head octet and an id.
const LEAST_PORT_OCTETS: usize = 2;

/// What is kept of one port of one poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackedPort {
    /// The port's row.
    pub port_id: i64,
    /// Marks of the reading, the domain's to give meaning to.
    pub flags: u32,
    /// Octets received since the counter began.
    pub in_octets: Option<u64>,
    /// Octets sent since the counter began.
    pub out_octets: Option<u64>,
    /// Size of the counters.
    pub width: Width,
    /// ifCounterDiscontinuityTime as the device gave it.
    pub discontinuity: Option<u64>,
    /// ifOperStatus is up; `None` when the device did not say.
    pub oper_up: Option<bool>,
}

/// Bytes that are no packed poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("packed poll: {kind} at octet {offset}")]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeErrorKind,
    /// Where, counted from 0.
    pub offset: usize,
}

/// What is wrong with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeErrorKind {
    /// They end too early.
    #[error("cut short")]
    CutShort,
    /// Made by a newer program.
    #[error("version {0} is not known")]
    Version(u8),
    /// A head octet with bits that mean nothing.
    #[error("head {0:#04x} means nothing")]
    Head(u8),
    /// A number longer than it needs to be or than 64 bits.
    #[error("number out of range")]
    Number,
    /// More ports announced than the bytes could hold.
    #[error("{0} ports announced, more than fit")]
    Count(u64),
    /// More bytes than ports.
    #[error("bytes left over")]
    LeftOver,
}

/// Packs the ports of one poll, in the order given (sorted by id is smallest).
#[must_use]
pub fn encode(ports: &[PackedPort]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 + ports.len() * 20);
    bytes.push(VERSION);
    put_number(&mut bytes, ports.len() as u64);
    let mut last_id = 0_i64;
    for port in ports {
        put_port(&mut bytes, port, last_id);
        last_id = port.port_id;
    }
    bytes
}

/// All ports of a packed poll.
///
/// # Errors
/// [`DecodeError`] with kind and offset; nothing of a broken poll is given.
pub fn decode(bytes: &[u8]) -> Result<Vec<PackedPort>, DecodeError> {
    ports(bytes)?.collect()
}

/// One port of a packed poll, without keeping the others.
///
/// # Errors
/// [`DecodeError`] when the bytes up to the port are broken.
pub fn find(bytes: &[u8], port_id: i64) -> Result<Option<PackedPort>, DecodeError> {
    for port in ports(bytes)? {
        let port = port?;
        if port.port_id == port_id {
            return Ok(Some(port));
        }
    }
    Ok(None)
}

/// The ports of a packed poll one after the other; ends after the first error.
///
/// # Errors
/// [`DecodeError`] when version or count are broken.
pub fn ports(bytes: &[u8]) -> Result<Ports<'_>, DecodeError> {
    let mut cursor = Cursor { bytes, offset: 0 };
    match cursor.octet()? {
        VERSION => {}
        other => return Err(DecodeErrorKind::Version(other).at(0)),
    }
    let offset = cursor.offset;
    let count = cursor.number()?;
    let room = (bytes.len() - cursor.offset) / LEAST_PORT_OCTETS;
    match usize::try_from(count) {
        Ok(left) if left <= room => Ok(Ports {
            cursor,
            left,
            last_id: 0,
            over: false,
        }),
        _ => Err(DecodeErrorKind::Count(count).at(offset)),
    }
}

/// Iterator of [`ports`].
#[derive(Clone, Debug)]
pub struct Ports<'a> {
    cursor: Cursor<'a>,
    left: usize,
    last_id: i64,
    over: bool,
}

impl Iterator for Ports<'_> {
    type Item = Result<PackedPort, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let Some(left) = self.left.checked_sub(1) else {
            self.over = true;
            let offset = self.cursor.offset;
            let whole = offset == self.cursor.bytes.len();
            return (!whole).then(|| Err(DecodeErrorKind::LeftOver.at(offset)));
        };
        self.left = left;
        let port = self.cursor.port(self.last_id);
        match port {
            Ok(port) => self.last_id = port.port_id,
            Err(_) => self.over = true,
        }
        Some(port)
    }
}

impl DecodeErrorKind {
    const fn at(self, offset: usize) -> DecodeError {
        DecodeError { kind: self, offset }
    }
}

fn put_port(bytes: &mut Vec<u8>, port: &PackedPort, last_id: i64) {
    let mut head = 0;
    head |= if port.in_octets.is_some() { HAS_IN } else { 0 };
    head |= if port.out_octets.is_some() {
        HAS_OUT
    } else {
        0
    };
    head |= if port.width == Width::Bits32 {
        BITS_32
    } else {
        0
    };
    head |= if port.discontinuity.is_some() {
        HAS_DISCONTINUITY
    } else {
        0
    };
    head |= if port.flags != 0 { HAS_FLAGS } else { 0 };
    head |= match port.oper_up {
        None => 0,
        Some(false) => 1 << STATE_SHIFT,
        Some(true) => 2 << STATE_SHIFT,
    };
    bytes.push(head);
    put_number(bytes, zigzag(port.port_id.wrapping_sub(last_id)));
    let flags = (port.flags != 0).then_some(u64::from(port.flags));
    let numbers = [flags, port.in_octets, port.out_octets, port.discontinuity];
    for number in numbers.into_iter().flatten() {
        put_number(bytes, number);
    }
}

fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[derive(Clone, Copy, Debug)]
struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl Cursor<'_> {
    fn octet(&mut self) -> Result<u8, DecodeError> {
        let octet = self.bytes.get(self.offset).copied();
        let octet = octet.ok_or(DecodeErrorKind::CutShort.at(self.offset))?;
        self.offset += 1;
        Ok(octet)
    }

    fn number(&mut self) -> Result<u64, DecodeError> {
        let wrong = DecodeErrorKind::Number.at(self.offset);
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let octet = self.octet()?;
            let part = u64::from(octet & 0x7f);
            if shift == 63 && part > 1 {
                return Err(wrong);
            }
            number |= part << shift;
            if octet & 0x80 == 0 {
                let shortest = shift == 0 || octet != 0;
                return if shortest { Ok(number) } else { Err(wrong) };
            }
        }
        Err(wrong)
    }

    fn number_if(&mut self, there: bool) -> Result<Option<u64>, DecodeError> {
        there.then(|| self.number()).transpose()
    }

    fn port(&mut self, last_id: i64) -> Result<PackedPort, DecodeError> {
        let head_offset = self.offset;
        let head = self.octet()?;
        let wrong_head = DecodeErrorKind::Head(head).at(head_offset);
        let oper_up = match (head >> STATE_SHIFT) & 3 {
            0 => None,
            1 => Some(false),
            2 => Some(true),
            _ => return Err(wrong_head),
        };
        if head & UNUSED != 0 {
            return Err(wrong_head);
        }
        let port_id = last_id.wrapping_add(unzigzag(self.number()?));
        Ok(PackedPort {
            port_id,
            flags: self.flags(head & HAS_FLAGS != 0)?,
            in_octets: self.number_if(head & HAS_IN != 0)?,
            out_octets: self.number_if(head & HAS_OUT != 0)?,
            width: if head & BITS_32 == 0 {
                Width::Bits64
            } else {
                Width::Bits32
            },
            discontinuity: self.number_if(head & HAS_DISCONTINUITY != 0)?,
            oper_up,
        })
    }

    fn flags(&mut self, there: bool) -> Result<u32, DecodeError> {
        let wrong = DecodeErrorKind::Number.at(self.offset);
        match self.number_if(there)? {
            None => Ok(0),
            Some(0) => Err(wrong),
            Some(flags) => u32::try_from(flags).map_err(|_| wrong),
        }
    }
}

#[cfg(test)]
#[path = "packed_tests.rs"]
mod tests;
