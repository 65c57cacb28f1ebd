//! A device's day: its polls apart into times and a block per port, and together again.

use std::collections::BTreeMap;

use super::block::{self, Said};
use super::column::ColumnError;
use super::day::Day;
use super::day_polls::{self, DayPolls, MOST_POLLS};
use super::octets::DecodeError;
use super::packed::PackedPort;
use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;

/// One poll of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    /// When it was.
    pub at: Timestamp,
    /// sysUpTime in milliseconds, where the device said it.
    pub uptime_ms: Option<i64>,
    /// What its ports said, sorted by id.
    pub ports: Vec<PackedPort>,
}

/// A device's day as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedDay {
    /// The first poll.
    pub first_at: Timestamp,
    /// The last poll.
    pub last_at: Timestamp,
    /// How many polls.
    pub count: usize,
    /// The polls, packed.
    pub polls: Vec<u8>,
    /// A block for each port that said something, by id.
    pub blocks: Vec<(i64, Vec<u8>)>,
}

/// Why a day can't be kept as blocks.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Nothing to keep.
    #[error("a day without polls")]
    Empty,
    /// Polls that are not of the day, not in order, or too many.
    #[error("polls out of order at {0}")]
    Order(i64),
    /// A port twice in one poll.
    #[error("port {port} twice in the poll at {at_ms}")]
    Twice {
        /// The port.
        port: i64,
        /// The poll.
        at_ms: i64,
    },
    /// A column that can't be compressed.
    #[error(transparent)]
    Column(#[from] ColumnError),
    /// What was written can't be read.
    #[error("what was packed can't be read: {0}")]
    Unreadable(#[from] DecodeError),
    /// What was read is not what was written.
    #[error("what was packed reads differently at {0}")]
    Differs(i64),
}

/// Packs a day, reads it again, and compares.
///
/// # Errors
/// [`SealError`]; then nothing may be removed of what the polls came from.
pub fn seal(target: SnmpTargetId, day: Day, polls: &[Poll]) -> Result<SealedDay, SealError> {
    let (first, last) = match (polls.first(), polls.last()) {
        (Some(first), Some(last)) => (first.at, last.at),
        _ => return Err(SealError::Empty),
    };
    let said = apart(day, polls)?;
    let times = DayPolls {
        times: polls.iter().map(|poll| poll.at).collect(),
        uptimes_ms: polls.iter().map(|poll| poll.uptime_ms).collect(),
        ports: said.keys().copied().collect(),
    };
    let blocks = said
        .iter()
        .map(|(port, said)| Ok((*port, block::encode(said, polls.len(), *port, day)?)));
    let sealed = SealedDay {
        first_at: first,
        last_at: last,
        count: polls.len(),
        polls: day_polls::encode(&times, target, day)?,
        blocks: blocks.collect::<Result<_, ColumnError>>()?,
    };
    let read = open(target, day, &sealed.polls, &sealed.blocks)?;
    if read.len() != polls.len() {
        return Err(SealError::Differs(first.millis()));
    }
    match read.iter().zip(polls).find(|(read, poll)| read != poll) {
        None => Ok(sealed),
        Some((_, poll)) => Err(SealError::Differs(poll.at.millis())),
    }
}

fn apart(day: Day, polls: &[Poll]) -> Result<BTreeMap<i64, Vec<Said>>, SealError> {
    let mut said: BTreeMap<i64, Vec<Said>> = BTreeMap::new();
    let mut before = None;
    for (place, poll) in polls.iter().enumerate() {
        let order = SealError::Order(poll.at.millis());
        if Day::of(poll.at) != day || before >= Some(poll.at) || place >= MOST_POLLS {
            return Err(order);
        }
        before = Some(poll.at);
        for port in &poll.ports {
            let of_port = said.entry(port.port_id).or_default();
            if of_port.last().is_some_and(|last| last.poll == place) {
                return Err(SealError::Twice {
                    port: port.port_id,
                    at_ms: poll.at.millis(),
                });
            }
            of_port.push(Said {
                poll: place,
                port: *port,
            });
        }
    }
    Ok(said)
}

/// Puts a day together again.
///
/// # Errors
/// [`DecodeError`] when anything of it is broken.
pub fn open(
    target: SnmpTargetId,
    day: Day,
    polls: &[u8],
    blocks: &[(i64, Vec<u8>)],
) -> Result<Vec<Poll>, DecodeError> {
    let times = day_polls::decode(polls, target, day)?;
    let mut polls: Vec<Poll> = times
        .times
        .iter()
        .zip(&times.uptimes_ms)
        .map(|(at, uptime_ms)| Poll {
            at: *at,
            uptime_ms: *uptime_ms,
            ports: Vec::new(),
        })
        .collect();
    for (port, body) in blocks {
        for said in block::decode(body, polls.len(), *port, day)? {
            if let Some(poll) = polls.get_mut(said.poll) {
                poll.ports.push(said.port);
            }
        }
    }
    Ok(polls)
}

#[cfg(test)]
#[path = "sealed_tests.rs"]
mod tests;
