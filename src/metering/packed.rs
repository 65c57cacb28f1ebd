//! One poll of one device as bytes: what is kept of the readings of all its ports.
//!
//! Form 1: a version octet (1), the number of ports, then for each port a head octet, the
//! difference of its id to the one before (zigzag), and what the head says is there: flags, octets
//! received, octets sent, discontinuity. Numbers are little-endian base-128 in their shortest form.
//! Head, from the lowest bit: has in, has out, counters of 32 bits, has discontinuity, two bits of
//! state (0 unknown, 1 not up, 2 up), has flags, 0.
//!
//! Form 2, where a port has packets, errors or discards: the highest bit of such a port's head is set, an octet after the
//! head says which of them are there (from the lowest bit as in [`PacketCounters::values`], never none), and they
//! come last.

use super::counter::Width;
use super::octets::{Cursor, put_number, zigzag};
use super::packets::{COUNTERS, PacketCounters};

pub use super::octets::{DecodeError, DecodeErrorKind};

/// The form without packets.
const VERSION: u8 = 1;
/// The form with packets.
const VERSION_PACKETS: u8 = 2;
const HAS_IN: u8 = 1;
const HAS_OUT: u8 = 1 << 1;
const BITS_32: u8 = 1 << 2;
const HAS_DISCONTINUITY: u8 = 1 << 3;
const STATE_SHIFT: u8 = 4;
const HAS_FLAGS: u8 = 1 << 6;
const HAS_PACKETS: u8 = 1 << 7;
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
    /// Unicast packets, errors and discards.
    pub packets: PacketCounters,
}

/// Packs the ports of one poll, in the order given (sorted by id is smallest).
#[must_use]
pub fn encode(ports: &[PackedPort]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 + ports.len() * 24);
    let bare = ports.iter().all(|port| port.packets.mask() == 0);
    bytes.push(if bare { VERSION } else { VERSION_PACKETS });
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

/// The ports of a packed poll whose ids are in `wanted` (sorted), with their places in it. Others are passed
/// over without being read closely, and nothing is read after the last one that is wanted.
///
/// # Errors
/// [`DecodeError`] when the bytes up to the last wanted port are broken.
pub fn select(
    bytes: &[u8],
    wanted: &[i64],
    mut found: impl FnMut(usize, PackedPort),
) -> Result<(), DecodeError> {
    let all = ports(bytes)?;
    let (mut cursor, mut last_id, mut missing) = (all.cursor, 0_i64, wanted.len());
    for _ in 0..all.left {
        if missing == 0 {
            return Ok(());
        }
        let head = cursor.head(all.version)?;
        last_id = last_id.wrapping_add(cursor.signed()?);
        match wanted.binary_search(&last_id) {
            Ok(place) => {
                found(place, cursor.rest_of_port(head, last_id)?);
                missing -= 1;
            }
            Err(_) => cursor.skip_numbers(head.numbers())?,
        }
    }
    if missing == 0 { Ok(()) } else { cursor.end() }
}

/// The ports of a packed poll one after the other; ends after the first error.
///
/// # Errors
/// [`DecodeError`] when version or count are broken.
pub fn ports(bytes: &[u8]) -> Result<Ports<'_>, DecodeError> {
    let mut cursor = Cursor::new(bytes);
    let version = match cursor.octet()? {
        version @ (VERSION | VERSION_PACKETS) => version,
        other => return Err(DecodeErrorKind::Version(other).at(0)),
    };
    let offset = cursor.offset;
    let count = cursor.number()?;
    let room = (bytes.len() - cursor.offset) / LEAST_PORT_OCTETS;
    match usize::try_from(count) {
        Ok(left) if left <= room => Ok(Ports {
            cursor,
            version,
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
    version: u8,
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
        let port = self.cursor.port(self.version, self.last_id);
        match port {
            Ok(port) => self.last_id = port.port_id,
            Err(_) => self.over = true,
        }
        Some(port)
    }
}

/// The head octet of a port: what there is of it, and its state.
pub(super) fn head_of(port: &PackedPort) -> u8 {
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
    head |= if port.packets.mask() != 0 {
        HAS_PACKETS
    } else {
        0
    };
    head |= match port.oper_up {
        None => 0,
        Some(false) => 1 << STATE_SHIFT,
        Some(true) => 2 << STATE_SHIFT,
    };
    head
}

/// What a head octet says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub has_in: bool,
    pub has_out: bool,
    pub has_discontinuity: bool,
    pub has_flags: bool,
    pub has_packets: bool,
    pub width: Width,
    pub oper_up: Option<bool>,
}

/// A head, and which packets, errors and discards there are.
#[derive(Clone, Copy)]
struct Announced {
    head: Head,
    packets: u8,
}

impl Announced {
    /// Numbers that follow the id.
    const fn numbers(self) -> u32 {
        self.head.numbers() + self.packets.count_ones()
    }
}

impl Head {
    /// Reads a head octet; `None` when its bits mean nothing.
    pub const fn of(octet: u8) -> Option<Self> {
        let oper_up = match (octet >> STATE_SHIFT) & 3 {
            0 => None,
            1 => Some(false),
            2 => Some(true),
            _ => return None,
        };
        Some(Self {
            has_in: octet & HAS_IN != 0,
            has_out: octet & HAS_OUT != 0,
            has_discontinuity: octet & HAS_DISCONTINUITY != 0,
            has_flags: octet & HAS_FLAGS != 0,
            has_packets: octet & HAS_PACKETS != 0,
            width: if octet & BITS_32 == 0 {
                Width::Bits64
            } else {
                Width::Bits32
            },
            oper_up,
        })
    }

    /// Numbers that follow the id, without packets.
    const fn numbers(self) -> u32 {
        self.has_in as u32
            + self.has_out as u32
            + self.has_discontinuity as u32
            + self.has_flags as u32
    }
}

fn put_port(bytes: &mut Vec<u8>, port: &PackedPort, last_id: i64) {
    let head = head_of(port);
    bytes.push(head);
    let packets = port.packets.mask();
    if packets != 0 {
        bytes.push(packets);
    }
    put_number(bytes, zigzag(port.port_id.wrapping_sub(last_id)));
    let flags = (port.flags != 0).then_some(u64::from(port.flags));
    let numbers = [flags, port.in_octets, port.out_octets, port.discontinuity];
    let numbers = numbers.into_iter().chain(port.packets.values());
    for number in numbers.flatten() {
        put_number(bytes, number);
    }
}

/// Whether an octet can say which packets there are.
pub(super) const fn is_mask(octet: u8) -> bool {
    octet != 0 && octet >> COUNTERS == 0
}

impl Cursor<'_> {
    fn head(&mut self, version: u8) -> Result<Announced, DecodeError> {
        let offset = self.offset;
        let octet = self.octet()?;
        let wrong = DecodeErrorKind::Head(octet).at(offset);
        let head = Head::of(octet).ok_or(wrong)?;
        if !head.has_packets {
            return Ok(Announced { head, packets: 0 });
        }
        if version == VERSION {
            return Err(wrong);
        }
        let offset = self.offset;
        let packets = self.octet()?;
        if is_mask(packets) {
            Ok(Announced { head, packets })
        } else {
            Err(DecodeErrorKind::Head(packets).at(offset))
        }
    }

    fn port(&mut self, version: u8, last_id: i64) -> Result<PackedPort, DecodeError> {
        let announced = self.head(version)?;
        let port_id = last_id.wrapping_add(self.signed()?);
        self.rest_of_port(announced, port_id)
    }

    fn rest_of_port(
        &mut self,
        Announced { head, packets }: Announced,
        port_id: i64,
    ) -> Result<PackedPort, DecodeError> {
        Ok(PackedPort {
            port_id,
            flags: self.flags(head.has_flags)?,
            in_octets: self.number_if(head.has_in)?,
            out_octets: self.number_if(head.has_out)?,
            width: head.width,
            discontinuity: self.number_if(head.has_discontinuity)?,
            oper_up: head.oper_up,
            packets: self.packets(packets)?,
        })
    }

    fn packets(&mut self, mask: u8) -> Result<PacketCounters, DecodeError> {
        if mask == 0 {
            return Ok(PacketCounters::NONE);
        }
        let offset = self.offset;
        let mut values = [None; COUNTERS];
        for (place, value) in values.iter_mut().enumerate() {
            *value = self.number_if(mask >> place & 1 == 1)?;
        }
        PacketCounters::from_values(values).ok_or(DecodeErrorKind::Number.at(offset))
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
