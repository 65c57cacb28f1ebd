//! The machine behind a BMC: power that takes its time. Time is given in.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use crate::wire::ipmi::chassis::ChassisControl;

/// Power of the simulated machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// On.
    On,
    /// Off.
    Off,
}

/// How long changes take; each time a value in the range, by the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delays {
    /// Off to on.
    pub on: RangeInclusive<Duration>,
    /// Hard off.
    pub off: RangeInclusive<Duration>,
    /// Soft off: the host shuts down.
    pub soft_off: RangeInclusive<Duration>,
    /// Off time within a cycle.
    pub cycle_pause: RangeInclusive<Duration>,
}

impl Default for Delays {
    /// On 0.5 to 1.5 s, off 1 to 3 s, soft off 5 to 10 s, 2 to 4 s off in a cycle.
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self {
            on: ms(500)..=ms(1_500),
            off: ms(1_000)..=ms(3_000),
            soft_off: ms(5_000)..=ms(10_000),
            cycle_pause: ms(2_000)..=ms(4_000),
        }
    }
}

impl Delays {
    /// Everything within milliseconds, for tests; off in a cycle for long enough to be seen.
    pub fn quick() -> Self {
        let ms = Duration::from_millis;
        Self {
            on: ms(5)..=ms(10),
            off: ms(5)..=ms(10),
            soft_off: ms(20)..=ms(40),
            cycle_pause: ms(200)..=ms(300),
        }
    }
}

/// A small generator of repeatable numbers (SplitMix64); not for secrets.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(super) const fn below(&mut self, bound: u64) -> u64 {
        match self.word().checked_rem(bound) {
            Some(number) => number,
            None => 0,
        }
    }

    /// Sixteen octets.
    pub(super) fn octets(&mut self) -> [u8; 16] {
        (u128::from(self.word()) << 64 | u128::from(self.word())).to_le_bytes()
    }

    fn within(&mut self, range: &RangeInclusive<Duration>) -> Duration {
        let span = range.end().saturating_sub(*range.start());
        let steps = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        *range.start() + Duration::from_micros(self.below(steps.saturating_add(1)))
    }
}

/// Whether a control was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    NotInThisState,
}

/// Changes of power kept for the event log.
const MOST_CHANGES: usize = 16;

/// Power now, and the changes that are under way.
pub(super) struct Machine {
    power: Power,
    since: Instant,
    coming: Vec<(Instant, Power)>,
    /// Changes that happened and were not taken yet.
    happened: Vec<(Instant, Power)>,
    delays: Delays,
    chance: Chance,
}

impl Machine {
    pub(super) const fn new(power: Power, delays: Delays, seed: u64, now: Instant) -> Self {
        Self {
            power,
            since: now,
            coming: Vec::new(),
            happened: Vec::new(),
            delays,
            chance: Chance::new(seed),
        }
    }

    /// Lets everything happen that is due, and tells the power.
    pub(super) fn power(&mut self, now: Instant) -> Power {
        while let Some((at, power)) = self.coming.first().copied().filter(|(at, _)| *at <= now) {
            self.coming.remove(0);
            self.becomes(power, at);
        }
        self.power
    }

    fn becomes(&mut self, power: Power, at: Instant) {
        // No one may ever take them: a status of ten thousand machines does not.
        if self.power != power && self.happened.len() < MOST_CHANGES {
            self.happened.push((at, power));
        }
        self.power = power;
        self.since = at;
    }

    /// The changes of power since the last call, oldest first.
    pub(super) fn take_changes(&mut self, now: Instant) -> Vec<(Instant, Power)> {
        self.power(now);
        std::mem::take(&mut self.happened)
    }

    /// Since when the power is as it is.
    pub(super) const fn since(&self) -> Instant {
        self.since
    }

    pub(super) fn set(&mut self, power: Power) {
        self.coming.clear();
        self.becomes(power, Instant::now());
    }

    /// Begins what Chassis Control asks for.
    pub(super) fn control(
        &mut self,
        control: ChassisControl,
        ignore_soft_off: bool,
        now: Instant,
    ) -> Verdict {
        let on = self.power(now) == Power::On;
        match control {
            ChassisControl::PowerUp => {
                if !on {
                    self.coming = vec![(now + self.chance.within(&self.delays.on), Power::On)];
                }
            }
            ChassisControl::PowerDown => {
                if on || !self.coming.is_empty() {
                    self.coming = vec![(now + self.chance.within(&self.delays.off), Power::Off)];
                }
            }
            ChassisControl::PowerCycle if on => {
                let off = now + self.chance.within(&self.delays.off);
                let pause = self.chance.within(&self.delays.cycle_pause);
                self.coming = vec![(off, Power::Off), (off + pause, Power::On)];
            }
            ChassisControl::SoftShutdown if on => {
                if !ignore_soft_off {
                    let off = now + self.chance.within(&self.delays.soft_off);
                    self.coming = vec![(off, Power::Off)];
                }
            }
            // The host starts anew; to the sensors it has just been switched on.
            ChassisControl::HardReset if on => self.since = now,
            // The host notes it and runs on.
            ChassisControl::Diagnostic if on => {}
            ChassisControl::PowerCycle
            | ChassisControl::SoftShutdown
            | ChassisControl::HardReset
            | ChassisControl::Diagnostic => return Verdict::NotInThisState,
        }
        Verdict::Accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChassisControl::{HardReset, PowerCycle, PowerDown, PowerUp, SoftShutdown};

    /// Power at the times (in milliseconds) after the control.
    fn seen(machine: &mut Machine, now: Instant, times: &[u64]) -> Vec<Power> {
        times
            .iter()
            .map(|ms| machine.power(now + Duration::from_millis(*ms)))
            .collect()
    }

    #[test]
    fn changes_take_their_time() {
        let now = Instant::now();
        for seed in 0..50 {
            let mut machine = Machine::new(Power::On, Delays::default(), seed, now);
            assert_eq!(machine.control(PowerDown, false, now), Verdict::Accepted);
            assert_eq!(
                seen(&mut machine, now, &[0, 999, 3_000]),
                [Power::On, Power::On, Power::Off]
            );
            let later = now + Duration::from_secs(10);
            assert_eq!(machine.control(PowerUp, false, later), Verdict::Accepted);
            assert_eq!(
                seen(&mut machine, later, &[499, 1_500]),
                [Power::Off, Power::On]
            );
            let later = later + Duration::from_secs(10);
            machine.control(SoftShutdown, false, later);
            assert_eq!(
                seen(&mut machine, later, &[4_999, 10_000]),
                [Power::On, Power::Off]
            );
        }
    }

    #[test]
    fn a_cycle_is_off_for_a_while_and_on_again() {
        let now = Instant::now();
        let mut machine = Machine::new(Power::On, Delays::default(), 1, now);
        machine.control(PowerCycle, false, now);
        assert_eq!(
            seen(&mut machine, now, &[500, 3_001, 7_000]),
            [Power::On, Power::Off, Power::On]
        );
    }

    #[test]
    fn what_needs_power_is_refused_without_it() {
        let now = Instant::now();
        for control in [PowerCycle, SoftShutdown, HardReset] {
            let mut machine = Machine::new(Power::Off, Delays::default(), 1, now);
            assert_eq!(
                machine.control(control, false, now),
                Verdict::NotInThisState
            );
            assert_eq!(seen(&mut machine, now, &[60_000]), [Power::Off]);
        }
    }

    #[test]
    fn an_ignored_soft_off_is_accepted_and_changes_nothing() {
        let now = Instant::now();
        let mut machine = Machine::new(Power::On, Delays::default(), 1, now);
        assert_eq!(machine.control(SoftShutdown, true, now), Verdict::Accepted);
        assert_eq!(seen(&mut machine, now, &[60_000]), [Power::On]);
    }
}
