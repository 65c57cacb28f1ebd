//! When a BMC that does not answer is left alone, and for how long. Pure: time is given in.

use std::time::{Duration, Instant};

use super::ticket::Ticket;

/// Silent failures in a row after which a BMC is left alone.
const ENOUGH: u32 = 3;
/// First pause; each one that follows is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// A BMC that is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Silent failures in a row so far.
    pub failures: u32,
    /// Since when it is left alone.
    pub since: Instant,
    /// When the next caller may try.
    pub next_trial: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    pause: Pause,
    length: Duration,
}

/// Counts silent failures of one BMC and holds callers back. Power commands are not held back:
/// somebody waits for them.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: u32,
    open: Option<Open>,
    trial: Option<Ticket>,
}

impl Breaker {
    /// The pause that holds a caller back now; none when it may try. While one tries, the others
    /// are held back.
    pub fn holds_back(&self, ticket: Ticket, now: Instant) -> Option<Pause> {
        let open = self.open?;
        let tried = self.trial.is_some_and(|trial| trial != ticket);
        (tried || now < open.pause.next_trial).then_some(open.pause)
    }

    /// The pause, if the BMC is left alone.
    pub fn pause(&self) -> Option<Pause> {
        self.open.map(|open| open.pause)
    }

    /// This caller has been let in: when the BMC is left alone it is the one that tries.
    pub fn let_in(&mut self, ticket: Ticket) {
        if self.open.is_some() && self.trial.is_none() {
            self.trial = Some(ticket);
        }
    }

    /// This caller is gone, whatever it found.
    pub fn left(&mut self, ticket: Ticket) {
        self.trial.take_if(|trial| *trial == ticket);
    }

    /// The BMC did not answer.
    pub fn silent(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.trial = None;
        let failures = self.failures;
        let length = match &mut self.open {
            // An urgent caller who tries before the time does not make the pause longer.
            Some(open) if now < open.pause.next_trial => {
                open.pause.failures = failures;
                return;
            }
            Some(open) => open.length.saturating_mul(2).min(LONGEST_PAUSE),
            None if failures >= ENOUGH => FIRST_PAUSE,
            None => return,
        };
        let since = self.open.map_or(now, |open| open.pause.since);
        let next_trial = now + length;
        let pause = Pause {
            failures,
            since,
            next_trial,
        };
        self.open = Some(Open { pause, length });
    }

    /// The BMC answered, whatever it said.
    pub fn answered(&mut self) {
        *self = Self::default();
    }
}
