//! The clock that a part of the program goes by: the system's, off by what a simulation wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::time::Timestamp;

/// A clock; its clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// How far it is ahead of the system's clock, in milliseconds.
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that shows `at` now and goes on at the system's pace.
    #[must_use]
    pub fn showing(at: Timestamp) -> Self {
        let clock = Self::default();
        clock.step(at.since_millis(Timestamp::now()));
        clock
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.of_system(Timestamp::now())
    }

    /// What it showed, or will show, when the system's clock shows `at`.
    #[must_use]
    pub fn of_system(&self, at: Timestamp) -> Timestamp {
        at.plus_millis(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Sets it forward by so many milliseconds, back when negative.
    pub fn step(&self, millis: i64) {
        self.ahead_ms.fetch_add(millis, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_moves_all_clones_and_nothing_else() {
        let (clock, other) = (Clock::default(), Clock::default());
        let at = Timestamp::from_millis(1_000_000);
        assert_eq!(clock.of_system(at), at);
        let clone = clock.clone();
        clock.step(-3_600_000);
        assert_eq!(clone.of_system(at), Timestamp::from_millis(-2_600_000));
        assert_eq!(other.of_system(at), at);
    }
}
