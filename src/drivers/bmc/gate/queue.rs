//! The order in which callers reach a BMC. Pure: time is given in.

use std::time::{Duration, Instant};

use super::breaker::{Breaker, Pause};
use super::ticket::Ticket;
use super::{Fingerprint, LoginKey};

/// How urgent a caller is, most urgent first. Each has a lane of its own on a shared session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Someone switches power and waits.
    Power,
    /// Power state, identity.
    Status,
    /// Sensors and logs.
    Sensors,
    /// A console: for hours, and in nobody's way.
    Console,
}

/// Whether callers of different lanes may have a BMC at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// No: each has a session of its own.
    Alone,
    /// Yes: they share one session, if they log in alike.
    Shared,
}

/// Who asks for a BMC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// How urgent it is.
    pub priority: Priority,
    /// How it logs in.
    pub login: LoginKey,
    /// Beside whom.
    pub sharing: Sharing,
}

/// Why a caller is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its credentials are stopped.
    Stopped,
    /// The BMC does not answer and is left alone for a while.
    Paused(Pause),
}

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

#[derive(Debug, Clone, Copy)]
struct Place {
    ticket: Ticket,
    caller: Caller,
}

impl Place {
    /// Whether it may go while `other` holds the BMC or waits before it: on one session, in
    /// another lane. A console gives way to those who log in otherwise.
    fn fits_beside(&self, other: &Self) -> bool {
        let (own, other) = (self.caller, other.caller);
        let shared = own.sharing == Sharing::Shared && other.sharing == Sharing::Shared;
        let alike = own.login == other.login || other.priority == Priority::Console;
        shared && alike && own.priority != other.priority
    }
}

/// The queue of one BMC.
pub struct Queue {
    pacing: Duration,
    holders: Vec<Place>,
    waiting: Vec<Place>,
    free_since: Option<Instant>,
    refused: Vec<Fingerprint>,
    breaker: Breaker,
    last: Ticket,
}

/// How many refused credentials are remembered per BMC.
const REFUSED_KEPT: usize = 8;

impl Queue {
    /// An empty queue with a pause of `pacing` between one who leaves and the next.
    pub fn new(pacing: Duration) -> Self {
        Self {
            pacing,
            holders: Vec::new(),
            waiting: Vec::new(),
            free_since: None,
            refused: Vec::new(),
            breaker: Breaker::default(),
            last: Ticket::default(),
        }
    }

    /// Joins the queue.
    ///
    /// # Errors
    /// `Stopped` when these credentials were refused before, `Paused` when the BMC is left alone
    /// and this is no power command.
    pub fn enter(&mut self, caller: Caller, now: Instant) -> Result<Ticket, Refusal> {
        let ticket = self.last.next();
        self.last = ticket;
        let place = Place { ticket, caller };
        self.refusal(&place, now).map_or(Ok(()), Err)?;
        self.waiting.push(place);
        Ok(ticket)
    }

    fn refusal(&self, place: &Place, now: Instant) -> Option<Refusal> {
        if self.is_refused(place) {
            return Some(Refusal::Stopped);
        }
        if place.caller.priority == Priority::Power {
            return None;
        }
        let pause = self.breaker.holds_back(place.ticket, now);
        pause.map(Refusal::Paused)
    }

    fn is_refused(&self, place: &Place) -> bool {
        self.refused.contains(&place.caller.login.credentials)
    }

    /// Asks whether it is this caller's turn: those who hold the BMC and those who are more
    /// urgent or as urgent and earlier leave room for it, and the pause is over (power does not
    /// pause).
    ///
    /// # Errors
    /// [`Refusal`], as in [`Queue::enter`], when that came up while it waited.
    pub fn next(&mut self, ticket: Ticket, now: Instant) -> Result<Next, Refusal> {
        if self.holders.iter().any(|place| place.ticket == ticket) {
            return Ok(Next::Go);
        }
        let own = self.waiting.iter().find(|place| place.ticket == ticket);
        let own = *own.ok_or(Refusal::Stopped)?;
        self.refusal(&own, now).map_or(Ok(()), Err)?;
        let order = |place: &Place| (place.caller.priority, place.ticket);
        let mut before = self
            .waiting
            .iter()
            .filter(|other| order(other) < order(&own) && self.refusal(other, now).is_none());
        let free = self.holders.iter().all(|holder| own.fits_beside(holder));
        if !free || before.any(|other| !own.fits_beside(other)) {
            return Ok(Next::Wait);
        }
        let alone = self.holders.is_empty();
        let pause_over = self.free_since.map(|since| since + self.pacing);
        match pause_over {
            Some(over) if alone && over > now && own.caller.priority != Priority::Power => {
                Ok(Next::At(over))
            }
            _ => {
                self.waiting.retain(|place| place.ticket != ticket);
                self.holders.push(own);
                self.breaker.let_in(ticket);
                Ok(Next::Go)
            }
        }
    }

    /// Leaves: gives the BMC back, or stops waiting.
    pub fn leave(&mut self, ticket: Ticket, now: Instant) {
        self.waiting.retain(|place| place.ticket != ticket);
        self.breaker.left(ticket);
        let before = self.holders.len();
        self.holders.retain(|place| place.ticket != ticket);
        if self.holders.len() < before {
            self.free_since = Some(now);
        }
    }

    /// Remembers credentials as refused.
    pub fn stop(&mut self, credentials: Fingerprint) {
        if !self.refused.contains(&credentials) {
            self.refused.push(credentials);
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

    /// The BMC did not answer.
    pub fn silent(&mut self, now: Instant) {
        self.breaker.silent(now);
    }

    /// The BMC answered, whatever it said.
    pub fn answered(&mut self) {
        self.breaker.answered();
    }

    /// The pause, if the BMC is left alone.
    pub fn pause(&self) -> Option<Pause> {
        self.breaker.pause()
    }
}
