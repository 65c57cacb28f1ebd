//! The order in which callers reach a BMC. Pure: time is given in.

use std::time::{Duration, Instant};

use super::Fingerprint;

/// How urgent a caller is, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Someone switches power and waits.
    Power,
    /// Power state, identity.
    Status,
    /// Sensors and logs.
    Sensors,
}

/// A place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

/// The credentials of this caller are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

/// What a waiting caller is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go: it holds the BMC now.
    Go,
    /// Ask again when something changed.
    Wait,
    /// Ask again when something changed, and at the latest then.
    At(Instant),
}

struct Waiting {
    ticket: Ticket,
    priority: Priority,
    fingerprint: Fingerprint,
}

/// The queue of one BMC.
pub struct Queue {
    pacing: Duration,
    holder: Option<Ticket>,
    waiting: Vec<Waiting>,
    free_since: Option<Instant>,
    refused: Vec<Fingerprint>,
    last: u64,
}

/// How many refused credentials are remembered per BMC.
const REFUSED_KEPT: usize = 8;

impl Queue {
    /// An empty queue with a pause of `pacing` between sessions.
    pub const fn new(pacing: Duration) -> Self {
        Self {
            pacing,
            holder: None,
            waiting: Vec::new(),
            free_since: None,
            refused: Vec::new(),
            last: 0,
        }
    }

    /// Joins the queue.
    ///
    /// # Errors
    /// `Stopped` when these credentials were refused before.
    pub fn enter(
        &mut self,
        priority: Priority,
        fingerprint: Fingerprint,
    ) -> Result<Ticket, Stopped> {
        if self.refused.contains(&fingerprint) {
            return Err(Stopped);
        }
        self.last += 1;
        let ticket = Ticket(self.last);
        self.waiting.push(Waiting {
            ticket,
            priority,
            fingerprint,
        });
        Ok(ticket)
    }

    /// Asks whether it is this caller's turn: the BMC is free, no one more urgent or as urgent
    /// and earlier waits, and the pause is over (power does not pause).
    ///
    /// # Errors
    /// `Stopped` when its credentials were refused while it waited.
    pub fn next(&mut self, ticket: Ticket, now: Instant) -> Result<Next, Stopped> {
        if self.holder == Some(ticket) {
            return Ok(Next::Go);
        }
        let Some(own) = self.waiting.iter().find(|w| w.ticket == ticket) else {
            return Err(Stopped);
        };
        if self.refused.contains(&own.fingerprint) {
            return Err(Stopped);
        }
        let order = (own.priority, own.ticket);
        let first = !self
            .waiting
            .iter()
            .any(|other| (other.priority, other.ticket) < order && !self.is_refused(other));
        if self.holder.is_some() || !first {
            return Ok(Next::Wait);
        }
        let pause_over = self.free_since.map(|since| since + self.pacing);
        match pause_over {
            Some(over) if over > now && own.priority != Priority::Power => Ok(Next::At(over)),
            _ => {
                self.waiting.retain(|w| w.ticket != ticket);
                self.holder = Some(ticket);
                Ok(Next::Go)
            }
        }
    }

    fn is_refused(&self, waiting: &Waiting) -> bool {
        self.refused.contains(&waiting.fingerprint)
    }

    /// Leaves: gives the BMC back, or stops waiting.
    pub fn leave(&mut self, ticket: Ticket, now: Instant) {
        self.waiting.retain(|w| w.ticket != ticket);
        if self.holder == Some(ticket) {
            self.holder = None;
            self.free_since = Some(now);
        }
    }

    /// Remembers credentials as refused.
    pub fn stop(&mut self, fingerprint: Fingerprint) {
        if !self.refused.contains(&fingerprint) {
            self.refused.push(fingerprint);
        }
        if self.refused.len() > REFUSED_KEPT {
            self.refused.remove(0);
        }
    }

    /// Forgets what was refused.
    pub fn resume(&mut self) {
        self.refused.clear();
    }

    /// True when some credentials are stopped.
    pub fn is_stopped(&self) -> bool {
        !self.refused.is_empty()
    }
}
