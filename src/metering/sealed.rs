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
    /// Polls that are not of the day, not in order, too many, or other ones in each part; or ports out of order.
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

/// A day being packed, some ports at a time: what all its polls hold unpacked need not fit into memory at once.
pub struct Sealing {
    target: SnmpTargetId,
    day: Day,
    polls: Option<DayPolls>,
    blocks: BTreeMap<i64, Vec<u8>>,
}

impl Sealing {
    /// Nothing packed yet.
    #[must_use]
    pub const fn new(target: SnmpTargetId, day: Day) -> Self {
        Self {
            target,
            day,
            polls: None,
            blocks: BTreeMap::new(),
        }
    }

    /// Packs some ports, reads them again, and compares. Every part has all polls of the day, and of the ports those
    /// that no other part has.
    ///
    /// # Errors
    /// [`SealError`]; then nothing may be removed of what the polls came from.
    pub fn part(&mut self, polls: &[Poll]) -> Result<(), SealError> {
        self.times(polls)?;
        for (port, said) in apart(polls)? {
            let at = |place: usize| polls.get(place).map_or(0, |poll| poll.at.millis());
            let body = block::encode(&said, polls.len(), port, self.day)?;
            let read = block::decode(&body, polls.len(), port, self.day)?;
            if read != said {
                let differing = said.iter().zip(&read).find(|(said, read)| said != read);
                return Err(SealError::Differs(
                    differing.map_or(0, |(said, _)| at(said.poll)),
                ));
            }
            if self.blocks.insert(port, body).is_some() {
                return Err(SealError::Twice { port, at_ms: at(0) });
            }
        }
        Ok(())
    }

    /// Makes sure that the polls are in order, of the day, and those of the other parts.
    fn times(&mut self, polls: &[Poll]) -> Result<(), SealError> {
        let mut before = None;
        for (place, poll) in polls.iter().enumerate() {
            if Day::of(poll.at) != self.day || before >= Some(poll.at) || place >= MOST_POLLS {
                return Err(SealError::Order(poll.at.millis()));
            }
            before = Some(poll.at);
        }
        let of_part = DayPolls {
            times: polls.iter().map(|poll| poll.at).collect(),
            uptimes_ms: polls.iter().map(|poll| poll.uptime_ms).collect(),
            ports: Vec::new(),
        };
        match &self.polls {
            None => self.polls = Some(of_part),
            Some(polls) if *polls == of_part => {}
            Some(_) => return Err(SealError::Order(self.day.start().millis())),
        }
        Ok(())
    }

    /// The day with all ports of its parts.
    ///
    /// # Errors
    /// [`SealError`] where there was nothing, or the times can't be read again.
    pub fn finish(self) -> Result<SealedDay, SealError> {
        let mut polls = self.polls.ok_or(SealError::Empty)?;
        let (first_at, last_at) = match (polls.times.first(), polls.times.last()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => return Err(SealError::Empty),
        };
        polls.ports = self.blocks.keys().copied().collect();
        let body = day_polls::encode(&polls, self.target, self.day)?;
        if day_polls::decode(&body, self.target, self.day)? != polls {
            return Err(SealError::Differs(first_at.millis()));
        }
        Ok(SealedDay {
            first_at,
            last_at,
            count: polls.times.len(),
            polls: body,
            blocks: self.blocks.into_iter().collect(),
        })
    }
}

/// Packs a whole day at once.
///
/// # Errors
/// [`SealError`], as [`Sealing`] has them.
pub fn seal(target: SnmpTargetId, day: Day, polls: &[Poll]) -> Result<SealedDay, SealError> {
    let mut sealing = Sealing::new(target, day);
    sealing.part(polls)?;
    sealing.finish()
}

fn apart(polls: &[Poll]) -> Result<BTreeMap<i64, Vec<Said>>, SealError> {
    let mut said: BTreeMap<i64, Vec<Said>> = BTreeMap::new();
    for (place, poll) in polls.iter().enumerate() {
        let mut before = None;
        for port in &poll.ports {
            let (id, at_ms) = (port.port_id, poll.at.millis());
            if before == Some(id) {
                return Err(SealError::Twice { port: id, at_ms });
            }
            // Together again it would be another poll.
            if before > Some(id) {
                return Err(SealError::Order(at_ms));
            }
            before = Some(id);
            said.entry(id).or_default().push(Said {
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
