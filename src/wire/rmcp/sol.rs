//! Serial over LAN (IPMI 2.0, chapter 15): the payload, and both ends' way of moving characters
//! over packets that get lost. Bytes and time in, bytes and timers out; no sockets, no clock.
//!
//! One packet with characters is under way in each direction. It is sent again under the same
//! number until it is acknowledged; a peer that took only a part of it gets the rest under the
//! next number; a repeated packet is acknowledged again and its characters are not taken twice.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{DecodeError, DecodeKind};
use crate::wire::ipmi::Octets;

/// Octets before the characters (IPMI table 15-2).
pub const SOL_HEADER: usize = 4;
/// Highest packet number; 0 means "no packet to acknowledge".
const LAST_SEQUENCE: u8 = 15;
/// Most characters that are put into one packet, whatever the peer says it takes.
const MOST_CHARACTERS: usize = 200;
/// Fewest characters that a peer is believed to take: some say 0 and mean the usual.
const FEWEST_CHARACTERS: usize = 16;
/// Most characters that wait to be sent; more are refused, so that none has to be dropped.
pub const SOL_QUEUE: usize = 4096;

/// Operation and status bits of the fourth octet, as the remote console sends them.
pub mod to_bmc {
    /// The packet that the acknowledge number names is refused.
    pub const NACK: u8 = 0x40;
    /// Generate a break on the host's serial line.
    pub const BREAK: u8 = 0x10;
    /// Take CTS away: the host is to pause.
    pub const PAUSE: u8 = 0x08;
    /// Take DCD and DSR away: the host is to hang up.
    pub const HANG_UP: u8 = 0x04;
    /// Throw away what waits for the remote console.
    pub const FLUSH_INBOUND: u8 = 0x02;
    /// Throw away what waits for the host.
    pub const FLUSH_OUTBOUND: u8 = 0x01;
}

/// Operation and status bits of the fourth octet, as the BMC sends them.
pub mod from_bmc {
    /// The packet that the acknowledge number names is refused.
    pub const NACK: u8 = 0x40;
    /// Characters cannot go to the host now: it is off or asleep.
    pub const UNAVAILABLE: u8 = 0x20;
    /// Serial over LAN is over or about to be.
    pub const DEACTIVATED: u8 = 0x10;
    /// Characters from the host were lost since the last packet.
    pub const OVERRUN: u8 = 0x08;
    /// The host sent a break.
    pub const BREAK: u8 = 0x04;
}

/// A payload of type 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SolPacket {
    /// Number of this packet, 1 to 15; 0 for one that only acknowledges or informs.
    pub sequence: u8,
    /// Number of the packet that is acknowledged; 0 for none.
    pub acknowledged: u8,
    /// How many characters of that packet were taken.
    pub accepted: u8,
    /// Operation and status bits.
    pub bits: u8,
    /// Characters.
    pub characters: Vec<u8>,
}

impl SolPacket {
    /// Reads a payload.
    ///
    /// # Errors
    /// Less than a header.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(payload);
        Ok(Self {
            sequence: octets.u8()? & 0x0F,
            acknowledged: octets.u8()? & 0x0F,
            accepted: octets.u8()?,
            bits: octets.u8()?,
            characters: octets.rest().to_vec(),
        })
    }

    /// Writes a payload.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![
            self.sequence & 0x0F,
            self.acknowledged & 0x0F,
            self.accepted,
            self.bits,
        ];
        out.extend_from_slice(&self.characters);
        out
    }
}

/// What a BMC grants with Activate Payload (IPMI 24.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SolGrant {
    /// Largest payload that the BMC takes, octets.
    pub to_bmc: u16,
    /// Largest payload that the BMC sends, octets.
    pub from_bmc: u16,
    /// UDP port of the payload.
    pub port: u16,
}

/// Number of Activate Payload (network function application).
pub const ACTIVATE_PAYLOAD: u8 = 0x48;
/// Number of Deactivate Payload.
pub const DEACTIVATE_PAYLOAD: u8 = 0x49;
/// Payload is active already, in this session or another one (Activate Payload).
pub const ALREADY_ACTIVE: u8 = 0x80;
/// The payload type is switched off on the BMC.
pub const PAYLOAD_DISABLED: u8 = 0x81;
/// As many as the BMC allows are active.
pub const PAYLOAD_LIMIT: u8 = 0x82;

impl SolGrant {
    /// Parameters of Activate Payload: serial over LAN, instance 1, encrypted and authenticated,
    /// alerts over the serial line wait, CTS and DCD are there from the start.
    pub const REQUEST: [u8; 6] = [1, 1, 0xC4, 0, 0, 0];
    /// Parameters of Deactivate Payload: serial over LAN, instance 1.
    pub const END: [u8; 6] = [1, 1, 0, 0, 0, 0];

    /// Reads the answer to Activate Payload, behind its completion code.
    ///
    /// # Errors
    /// Too few octets.
    pub fn decode(answer: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(answer);
        octets.take(4)?;
        Ok(Self {
            to_bmc: octets.u16()?,
            from_bmc: octets.u16()?,
            port: octets.u16()?,
        })
    }

    /// Writes the answer, as a BMC does.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![0; 4];
        for number in [self.to_bmc, self.from_bmc, self.port, 0xFFFF] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out
    }

    /// Characters that fit in a packet to the BMC. Sizes that cannot be are not believed.
    pub fn characters_to_bmc(&self) -> usize {
        usize::from(self.to_bmc)
            .saturating_sub(SOL_HEADER)
            .clamp(FEWEST_CHARACTERS, MOST_CHARACTERS)
    }
}

/// How long to wait for an acknowledgement, and how often to send again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SolTiming {
    /// Wait after the first transmission; doubles up to the longest.
    pub first_wait: Duration,
    /// Longest single wait.
    pub longest_wait: Duration,
    /// Transmissions of one packet in all.
    pub attempts: u32,
    /// Wait before characters that were refused are offered again.
    pub refused_wait: Duration,
}

impl Default for SolTiming {
    /// 0.25 s, 0.5 s, then 1 s: gives up after some 10 s.
    fn default() -> Self {
        Self {
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(1),
            attempts: 12,
            refused_wait: Duration::from_millis(250),
        }
    }
}

/// What happened on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SolEvent {
    /// Characters from the other end, each once and in order.
    Characters(Vec<u8>),
    /// The peer's status bits of a packet, when they say something (`from_bmc`, `to_bmc`).
    Bits(u8),
    /// A packet stayed without acknowledgement: the line is dead.
    Lost,
}

/// A packet under way.
struct Pending {
    packet: SolPacket,
    attempt: u32,
    due: Instant,
}

/// One end of the line.
pub struct SolEnd {
    timing: SolTiming,
    most: usize,
    queue: VecDeque<u8>,
    bits_wanted: u8,
    sequence: u8,
    pending: Option<Pending>,
    hold_until: Option<Instant>,
    /// Number and length of the packet taken last.
    taken: (u8, usize),
    outbox: VecDeque<Vec<u8>>,
    events: VecDeque<SolEvent>,
    lost: bool,
}

impl SolEnd {
    /// An end that puts at most `most` characters into a packet.
    pub fn new(most: usize, timing: SolTiming) -> Self {
        Self {
            timing,
            most: most.clamp(1, MOST_CHARACTERS),
            queue: VecDeque::new(),
            bits_wanted: 0,
            sequence: 0,
            pending: None,
            hold_until: None,
            taken: (0, 0),
            outbox: VecDeque::new(),
            events: VecDeque::new(),
            lost: false,
        }
    }

    /// Room for characters to be sent.
    pub fn room(&self) -> usize {
        SOL_QUEUE.saturating_sub(self.queue.len())
    }

    /// Characters that are not acknowledged yet.
    pub fn waiting(&self) -> usize {
        let under_way = self.pending.as_ref();
        self.queue.len() + under_way.map_or(0, |pending| pending.packet.characters.len())
    }

    /// Takes characters to be sent; how many there was room for.
    pub fn write(&mut self, characters: &[u8], now: Instant) -> usize {
        let taken = characters.len().min(self.room());
        self.queue.extend(characters.iter().take(taken));
        self.send_next(now);
        taken
    }

    /// Sends operation bits with the next packet, in order with the characters before it.
    pub fn signal(&mut self, bits: u8, now: Instant) {
        self.bits_wanted |= bits;
        self.send_next(now);
    }

    /// Takes a payload from the peer.
    ///
    /// # Errors
    /// What is no payload of this kind is dropped.
    pub fn payload(&mut self, payload: &[u8], now: Instant) -> Result<(), DecodeError> {
        let packet = SolPacket::decode(payload)?;
        if packet.characters.len() > usize::from(u8::MAX) {
            return Err(DecodeError::new(DecodeKind::Length, payload.len()));
        }
        self.acknowledge(&packet, now);
        let status = packet.bits & !to_bmc::NACK;
        if status != 0 && (packet.sequence == 0 || self.is_new(packet.sequence)) {
            self.events.push_back(SolEvent::Bits(status));
        }
        if packet.sequence != 0 {
            self.take(&packet);
        }
        self.send_next(now);
        Ok(())
    }

    /// Whether a number comes after the one taken last; others are repeated or late.
    const fn is_new(&self, sequence: u8) -> bool {
        let last = self.taken.0;
        let ahead = (sequence + LAST_SEQUENCE - last) % LAST_SEQUENCE;
        last == 0 || (0 < ahead && ahead <= LAST_SEQUENCE / 2)
    }

    /// An acknowledgement of the packet under way; others are late ones.
    fn acknowledge(&mut self, packet: &SolPacket, now: Instant) {
        let fits = |pending: &mut Pending| {
            packet.acknowledged != 0 && pending.packet.sequence == packet.acknowledged
        };
        let Some(pending) = self.pending.take_if(fits) else {
            return;
        };
        let sent = pending.packet.characters;
        let accepted = usize::from(packet.accepted).min(sent.len());
        for character in sent.iter().skip(accepted).rev() {
            self.queue.push_front(*character);
        }
        // Refused characters are offered again a little later, the rest of a packet at once.
        let refused = packet.bits & to_bmc::NACK != 0 || (accepted == 0 && !sent.is_empty());
        self.hold_until = refused.then(|| now + self.timing.refused_wait);
    }

    /// Takes the characters of a numbered packet once, and acknowledges it each time.
    fn take(&mut self, packet: &SolPacket) {
        let (last, had) = self.taken;
        let is_new = self.is_new(packet.sequence);
        if packet.sequence != last && !is_new {
            return; // late by many packets: its sender has long gone on
        }
        // A repeated packet may carry characters that came in meanwhile (IPMI 15.11).
        let known = if is_new { 0 } else { had };
        let fresh = packet.characters.get(known..).unwrap_or_default();
        if !fresh.is_empty() {
            self.events.push_back(SolEvent::Characters(fresh.to_vec()));
        }
        let length = packet.characters.len().max(known);
        self.taken = (packet.sequence, length);
        let ack = SolPacket {
            acknowledged: packet.sequence,
            accepted: u8::try_from(packet.characters.len()).unwrap_or(u8::MAX),
            ..SolPacket::default()
        };
        self.outbox.push_back(ack.encode());
    }

    fn send_next(&mut self, now: Instant) {
        let held = self.hold_until.is_some_and(|until| until > now);
        let nothing = self.queue.is_empty() && self.bits_wanted == 0;
        if self.pending.is_some() || held || nothing || self.lost {
            return;
        }
        self.hold_until = None;
        self.sequence = self.sequence % LAST_SEQUENCE + 1;
        // A break goes behind the characters that were typed before it.
        let all = self.queue.len() <= self.most;
        let packet = SolPacket {
            sequence: self.sequence,
            bits: if all {
                std::mem::take(&mut self.bits_wanted)
            } else {
                0
            },
            characters: self
                .queue
                .drain(..self.queue.len().min(self.most))
                .collect(),
            ..SolPacket::default()
        };
        self.transmit_again(packet, 1, now);
    }

    fn transmit_again(&mut self, packet: SolPacket, attempt: u32, now: Instant) {
        self.outbox.push_back(packet.encode());
        let doubled = 1u32.checked_shl(attempt - 1).unwrap_or(u32::MAX);
        let wait = self.timing.first_wait.saturating_mul(doubled);
        self.pending = Some(Pending {
            packet,
            attempt,
            due: now + wait.min(self.timing.longest_wait),
        });
    }

    /// Tells the time: sends again, or gives the line up.
    pub fn tick(&mut self, now: Instant) {
        match self.pending.take_if(|pending| pending.due <= now) {
            Some(pending) if pending.attempt >= self.timing.attempts => {
                self.lost = true;
                self.events.push_back(SolEvent::Lost);
            }
            Some(pending) => self.transmit_again(pending.packet, pending.attempt + 1, now),
            None => self.send_next(now),
        }
    }

    /// When [`SolEnd::tick`] has to be called at the latest.
    pub fn deadline(&self) -> Option<Instant> {
        let pending = self.pending.as_ref().map(|pending| pending.due);
        pending.or_else(|| self.hold_until.filter(|_| !self.queue.is_empty()))
    }

    /// The next payload to send.
    pub fn transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    /// The next event.
    pub fn event(&mut self) -> Option<SolEvent> {
        self.events.pop_front()
    }
}

#[cfg(test)]
#[path = "sol_tests.rs"]
mod tests;
