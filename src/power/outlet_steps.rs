//! Switching a machine by its outlets, one step at a time. Pure: what is read and when are given in.
//!
//! `off` tells all outlets in their order and is done when all are seen off. `on` goes one outlet after another: the
//! next is told when the one before is seen on. `cycle` is `off`, a rest, and `on`. No outlet is told the same twice;
//! what was told is given in, also after a restart of the program. When not all outlets of a cycle go off in time,
//! those that did are switched on again.

use super::model::{Action, PowerState};
use super::watch::Before;
use crate::base::time::Timestamp;
use crate::power::detail::Detail;

/// What an outlet was told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// To give no power.
    pub off: bool,
    /// To give power.
    pub on: bool,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Tell this outlet.
    Tell {
        /// Which of them.
        outlet: usize,
        /// To give power or not.
        on: bool,
    },
    /// All are off: keep that on record.
    SeenOff,
    /// Look again.
    Wait,
    /// It shows.
    Shown,
    /// Not all went off in time; those that did are on again.
    Restored,
    /// It does not show, and the time is over; these don't.
    TimedOut(Vec<usize>),
}

/// A machine's outlets under way.
#[derive(Debug, Clone)]
pub struct OutletRun {
    /// What was asked.
    pub action: Action,
    /// When the time is over.
    pub deadline_at: Timestamp,
    /// Time without power within a cycle, milliseconds.
    pub rest_ms: i64,
    /// Time that switching on may take after the rest, milliseconds.
    pub patience_ms: i64,
    /// What each was told.
    pub told: Vec<Told>,
    /// Since when all are known to be off.
    pub off_since: Option<Timestamp>,
    restoring_since: Option<Timestamp>,
}

impl OutletRun {
    /// A run; `told` and `off_since` are what an earlier one left on record.
    pub fn new(
        action: Action,
        deadline_at: Timestamp,
        (rest_ms, patience_ms): (i64, i64),
        told: Vec<Told>,
        off_since: Option<Timestamp>,
    ) -> Self {
        Self {
            action,
            deadline_at,
            rest_ms,
            patience_ms,
            told,
            off_since,
            restoring_since: None,
        }
    }

    /// What to do after a look; `None` is an outlet that could not be read.
    pub fn next(&mut self, at: Timestamp, read: &[Option<PowerState>]) -> Next {
        match self.action {
            Action::On => self.switch_on(at, read, self.deadline_at),
            Action::Cycle => self.cycle(at, read),
            _ => self.switch_off(at, read).unwrap_or(Next::Shown),
        }
    }

    /// `None` when all are off.
    fn switch_off(&mut self, at: Timestamp, read: &[Option<PowerState>]) -> Option<Next> {
        let left = lacking(read, PowerState::Off);
        if left.is_empty() {
            return None;
        }
        if at >= self.deadline_at {
            return Some(Next::TimedOut(left));
        }
        let untold = self.told.iter().enumerate();
        let next = untold
            .filter(|(outlet, told)| !told.off && left.contains(outlet))
            .map(|(outlet, _)| outlet)
            .next();
        Some(self.tell(next, false))
    }

    fn switch_on(
        &mut self,
        at: Timestamp,
        read: &[Option<PowerState>],
        deadline_at: Timestamp,
    ) -> Next {
        let left = lacking(read, PowerState::On);
        let Some(first) = left.first().copied() else {
            return Next::Shown;
        };
        if at >= deadline_at {
            return Next::TimedOut(left);
        }
        let untold = self.told.get(first).is_some_and(|told| !told.on);
        self.tell(untold.then_some(first), true)
    }

    fn cycle(&mut self, at: Timestamp, read: &[Option<PowerState>]) -> Next {
        if let Some(since) = self.restoring_since {
            let until = since.plus_millis(self.patience_ms);
            return match self.switch_on(at, read, until) {
                Next::Shown => Next::Restored,
                other => other,
            };
        }
        let Some(off_since) = self.off_since else {
            return match self.switch_off(at, read) {
                None => {
                    self.off_since = Some(at);
                    Next::SeenOff
                }
                Some(Next::TimedOut(_)) => {
                    self.restoring_since = Some(at);
                    Next::Wait
                }
                Some(other) => other,
            };
        };
        let rested = off_since.plus_millis(self.rest_ms);
        if at < rested {
            return Next::Wait;
        }
        self.switch_on(at, read, rested.plus_millis(self.patience_ms))
    }

    fn tell(&mut self, outlet: Option<usize>, on: bool) -> Next {
        let Some(outlet) = outlet else {
            return Next::Wait;
        };
        if let Some(told) = self.told.get_mut(outlet) {
            if on {
                told.on = true;
            } else {
                told.off = true;
            }
        }
        Next::Tell { outlet, on }
    }
}

fn lacking(read: &[Option<PowerState>], wanted: PowerState) -> Vec<usize> {
    let all = read.iter().enumerate();
    all.filter(|(_, state)| **state != Some(wanted))
        .map(|(outlet, _)| outlet)
        .collect()
}

/// Whether a machine has power by its outlets: one that gives power is enough.
pub fn state_of(read: &[PowerState]) -> PowerState {
    let all_off = !read.is_empty() && read.iter().all(|state| *state == PowerState::Off);
    if read.contains(&PowerState::On) {
        PowerState::On
    } else if all_off {
        PowerState::Off
    } else {
        PowerState::Unknown
    }
}

/// Judges an action by what the outlets show before it.
pub fn before(action: Action, read: &[PowerState], unknown_confirmed: bool) -> Before {
    let all = |wanted: PowerState| read.iter().all(|state| *state == wanted);
    let is_unknown = read.contains(&PowerState::Unknown);
    match action {
        Action::On if all(PowerState::On) => Before::Done(Detail::new("power-detail-already-on")),
        Action::Off if all(PowerState::Off) => {
            Before::Done(Detail::new("power-detail-already-off"))
        }
        Action::Cycle if all(PowerState::Off) => Before::Refuse(Detail::new("power-detail-is-off")),
        _ if is_unknown && !(action.allows_unknown_state() && unknown_confirmed) => {
            Before::Refuse(Detail::new("power-detail-state-unknown"))
        }
        _ => Before::Send,
    }
}

#[cfg(test)]
#[path = "outlet_steps_tests.rs"]
mod tests;
