//! When a measured thing becomes an event and when the event is over: pure, and from what was measured alone, so that
//! a restart in the middle of an event changes nothing.
//!
//! What is not known is passed over: a gap neither raises nor ends, and a missing poll does not flap.

use super::percentile::{Direction, octets_by};
use super::slot::{SLOT_MS, Slot, SlotFlags, rate_bps};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

/// What to do about a possible event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Leave it as it is.
    Keep,
    /// It is there: raise it, or say that it is still there.
    Raise,
    /// It is over.
    End,
}

/// Where a measured value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Above what raises.
    Over,
    /// Neither: hysteresis.
    Between,
    /// At or below what clears.
    Under,
}

/// A stretch of time and where the value lay in it; `None` where it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Length, milliseconds.
    pub ms: i64,
    /// Where the value lay.
    pub level: Option<Level>,
}

/// How long a value must stay over to raise and under to clear, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Over for so long.
    pub raise_ms: i64,
    /// Under for so long.
    pub clear_ms: i64,
}

/// Polls come a little early or late: what misses its time by less has lasted long enough.
const JITTER_MS: i64 = 30_000;

/// Whether a time is as long as it must be.
const fn is_long_enough(ms: i64, needed_ms: i64) -> bool {
    ms >= needed_ms || (needed_ms > 0 && ms.saturating_add(JITTER_MS) >= needed_ms)
}

/// Judges samples in order of time; the last one counts most.
#[must_use]
pub fn sustained(samples: &[Sample], patience: Patience, is_open: bool) -> Verdict {
    let lasted = |level, needed_ms: i64| {
        let known = samples.iter().rev().filter(|sample| sample.level.is_some());
        let run = known.take_while(|sample| sample.level == Some(level));
        let (count, ms) = run.fold((0_usize, 0_i64), |(count, ms), sample| {
            (count + 1, ms.saturating_add(sample.ms))
        });
        count > 0 && is_long_enough(ms, needed_ms)
    };
    if lasted(Level::Over, patience.raise_ms) {
        Verdict::Raise
    } else if is_open && lasted(Level::Under, patience.clear_ms) {
        Verdict::End
    } else {
        Verdict::Keep
    }
}

/// Two levels of a value: above `raise` it is over, at or below `clear` it is under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels {
    /// Above this it is over.
    pub raise: i64,
    /// At or below this it is under.
    pub clear: i64,
}

impl Levels {
    /// A share of a committed rate, in percent; `None` when nothing is committed.
    #[must_use]
    pub fn of_commitment(
        committed: BitsPerSecond,
        raise_percent: i64,
        clear_percent: i64,
    ) -> Option<Self> {
        let share = |percent: i64| {
            let share = i128::from(committed.get()) * i128::from(percent) / 100;
            i64::try_from(share).unwrap_or(i64::MAX)
        };
        (committed.get() > 0).then(|| Self {
            raise: share(raise_percent),
            clear: share(clear_percent),
        })
    }

    const fn level(self, value: i64) -> Level {
        if value > self.raise {
            Level::Over
        } else if value <= self.clear {
            Level::Under
        } else {
            Level::Between
        }
    }
}

/// The rate of a slot by the contract's direction; `None` where it is not known or not believed.
#[must_use]
pub fn slot_rate(slot: &Slot, direction: Direction) -> Option<BitsPerSecond> {
    if slot.flags.contains(SlotFlags::SUSPECT) {
        return None;
    }
    octets_by(direction, slot).map(rate_bps)
}

/// Slots as samples. A slot in which a member is missing tells too little: it may show that there is too much, never
/// that there is not.
#[must_use]
pub fn samples_of_slots(slots: &[Slot], direction: Direction, levels: Levels) -> Vec<Sample> {
    let sample = |slot: &Slot| {
        let level = slot_rate(slot, direction).map(|rate| levels.level(rate.get()));
        let at_least = slot.flags.contains(SlotFlags::INCOMPLETE);
        Sample {
            ms: SLOT_MS,
            level: level.filter(|level| *level == Level::Over || !at_least),
        }
    };
    slots.iter().map(sample).collect()
}

/// Whether a port worked, poll by poll, as samples: each poll vouches for the time since the one before it that said
/// the same.
#[must_use]
pub fn samples_of_states(states: &[(Timestamp, Option<bool>)]) -> Vec<Sample> {
    let mut before: Option<(Timestamp, bool)> = None;
    let known = states.iter().filter_map(|(at, up)| Some((*at, (*up)?)));
    known
        .map(|(at, up)| {
            let same = before.filter(|(_, was)| *was == up);
            before = Some((at, up));
            Sample {
                ms: same.map_or(0, |(since, _)| at.since_millis(since)),
                level: Some(if up { Level::Under } else { Level::Over }),
            }
        })
        .collect()
}

/// What is known of a port apart from its polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortNow {
    /// Whether it is switched on; a port that is not there says nothing.
    pub admin_up: Option<bool>,
    /// Since when it is not there.
    pub missing_since: Option<Timestamp>,
    /// When its device was last read.
    pub read_at: Option<Timestamp>,
}

/// Judges a port: it should work and does not. One that was switched off by people is not down.
#[must_use]
pub fn port_down(
    port: PortNow,
    states: &[(Timestamp, Option<bool>)],
    patience: Patience,
    is_open: bool,
) -> Verdict {
    if port.admin_up == Some(false) {
        return if is_open { Verdict::End } else { Verdict::Keep };
    }
    match (port.missing_since, port.read_at) {
        (Some(since), Some(read))
            if is_long_enough(read.since_millis(since), patience.raise_ms) =>
        {
            Verdict::Raise
        }
        (Some(_), _) => Verdict::Keep,
        (None, _) => sustained(&samples_of_states(states), patience, is_open),
    }
}

/// What is known of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetNow {
    /// Whether it is polled at all.
    pub enabled: bool,
    /// When it last answered, or when it was recorded.
    pub good_at: Timestamp,
    /// Polls in a row without an answer.
    pub failures: i64,
}

/// Polls in a row that must fail: after a long stop of this program the first one proves nothing.
const FAILURES: i64 = 2;

/// Judges a target: asked and silent for so long. One that backs off is still silent; one that is switched off is not.
#[must_use]
pub fn target_silent(target: TargetNow, silent_ms: i64, now: Timestamp, is_open: bool) -> Verdict {
    let silent = target.failures >= FAILURES && now.since_millis(target.good_at) >= silent_ms;
    match (target.enabled, target.failures) {
        (true, _) if silent => Verdict::Raise,
        (false, _) | (true, 0) if is_open => Verdict::End,
        _ => Verdict::Keep,
    }
}

/// Errors of a port over some time, per minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorRates {
    /// The time, milliseconds.
    pub ms: i64,
    /// Packets that came in broken, per minute.
    pub inward: Option<i64>,
    /// Packets that could not be sent, per minute.
    pub outward: Option<i64>,
}

/// Error rates as samples: the worse direction counts.
#[must_use]
pub fn samples_of_errors(rates: &[ErrorRates], levels: Levels) -> Vec<Sample> {
    let sample = |rates: &ErrorRates| Sample {
        ms: rates.ms,
        level: rates
            .inward
            .max(rates.outward)
            .map(|rate| levels.level(rate)),
    };
    rates.iter().map(sample).collect()
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
