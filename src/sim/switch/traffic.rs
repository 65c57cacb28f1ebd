//! Octets of a believable day, as a pure function of seed and time.
//!
//! A running sum in closed form: generated history and a live agent that use the same function
//! agree at every instant, however far apart they are asked. The sum of a day's course is stretched
//! and squeezed in time by smooth noise, so it never goes back and never passes the line speed.

use std::f64::consts::TAU;

use crate::base::time::Timestamp;

const DAY_S: f64 = 86_400.0;
/// Local time of the simulated room: UTC+8.
const ZONE_S: f64 = 8.0 * 3600.0;
/// Counting begins on Monday 2024-01-01 00:00 UTC+8; before it nothing has passed.
const BEGIN_MS: i64 = 1_704_038_400_000;
/// Steps of the noise and how far each moves the clock at most, in seconds. Their slopes add up to
/// less than 1, which keeps the clock going forward.
const NOISE: [(f64, f64); 4] = [
    (300.0, 45.0),
    (1_320.0, 130.0),
    (7_200.0, 500.0),
    (40_000.0, 1_500.0),
];

/// What is behind a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Nothing plugged in.
    Unused,
    /// Keep-alives and broadcasts.
    Idle,
    /// A company's servers: working hours, quiet weekends, a backup at night.
    Office,
    /// Web and video: evenings, more at weekends; mostly outward.
    Web,
    /// Even day and night.
    Steady,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Into the switch.
    In,
    /// Out of the switch.
    Out,
}

/// The traffic of one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Makes ports of a profile differ.
    pub seed: u64,
    /// What is behind it.
    pub profile: Profile,
    /// Line speed in bit/s, never passed.
    pub speed_bps: u64,
}

/// A day's course: mean share of the line, swing over the day, its peak hour, weekend factor and
/// share of the line during the nightly backup.
struct Course {
    mean: f64,
    swing: f64,
    peak_hour: f64,
    weekend: f64,
    backup: f64,
}

impl Traffic {
    /// Octets that passed since the beginning, never fewer than at an earlier time.
    #[must_use]
    pub fn octets_at(&self, way: Way, at: Timestamp) -> u64 {
        let Some(course) = self.course(way) else {
            return 0;
        };
        let seconds = (at.millis().saturating_sub(BEGIN_MS)) as f64 / 1000.0;
        if seconds <= 0.0 {
            return 0;
        }
        let line_octets_per_s = self.speed_bps as f64 / 8.0;
        let shares = course.sum_until(self.warped(way, seconds));
        // Too small to matter below 2^53; `as` stops at 0 and u64::MAX.
        (shares * line_octets_per_s) as u64
    }

    /// The clock with noise: 0 at 0, always going forward, at 0.35 to 1.65 of its pace.
    fn warped(&self, way: Way, seconds: f64) -> f64 {
        let salt = mix(self.seed ^ (way as u64).wrapping_mul(0x9e37_79b9));
        NOISE.iter().fold(seconds, |clock, (step_s, most_s)| {
            let salt = salt ^ step_s.to_bits();
            clock + most_s * (noise(salt, seconds / step_s) - noise(salt, 0.0))
        })
    }

    fn course(&self, way: Way) -> Option<Course> {
        let chance = |n: u64| unit(mix(self.seed.wrapping_add(n)));
        let size = 0.02 + 0.13 * chance(1);
        let (ahead, back) = (1.0, 0.1 + 0.3 * chance(2));
        let course = match self.profile {
            Profile::Unused => return None,
            Profile::Idle => Course {
                mean: 2e-7 + 2e-6 * chance(3),
                swing: 0.1,
                peak_hour: 14.0,
                weekend: 1.0,
                backup: 0.0,
            },
            Profile::Office => Course {
                mean: size * if way == Way::In { ahead } else { back },
                swing: 0.85,
                peak_hour: 14.0 + 2.0 * chance(4),
                weekend: 0.25,
                backup: if way == Way::In { 0.1 } else { 0.0 },
            },
            Profile::Web => Course {
                mean: size * if way == Way::In { ahead } else { back * 0.4 },
                swing: 0.7,
                peak_hour: 20.0 + 2.0 * chance(4),
                weekend: 1.25,
                backup: 0.0,
            },
            Profile::Steady => Course {
                mean: size * if way == Way::In { ahead } else { back },
                swing: 0.08,
                peak_hour: 12.0,
                weekend: 1.0,
                backup: 0.0,
            },
        };
        Some(course)
    }
}

impl Course {
    /// Seconds of full line since the beginning, a Monday at local midnight.
    fn sum_until(&self, clock_s: f64) -> f64 {
        let clock_s = clock_s.max(0.0);
        let days = (clock_s / DAY_S).floor();
        let weeks = (days / 7.0).floor();
        let weekday = days - weeks * 7.0;
        let whole = 5.0 + 2.0 * self.weekend;
        let this_week = weekday.min(5.0) + (weekday - 5.0).max(0.0) * self.weekend;
        let today = if weekday >= 5.0 { self.weekend } else { 1.0 };
        let into_day = clock_s - days * DAY_S;
        let plain = (weeks * whole + this_week) * DAY_S + today * self.day_until(into_day);
        let backups = days * BACKUP_LONG_S + (into_day - BACKUP_FROM_S).clamp(0.0, BACKUP_LONG_S);
        self.mean * plain + self.backup * backups
    }

    /// The course of one day, with a mean of 1: a swing and half of it at twice the pace, which
    /// makes the night flat and the peak narrow.
    fn day_until(&self, seconds: f64) -> f64 {
        let peak = self.peak_hour * 3600.0;
        let wave =
            |times: f64, t: f64| (TAU * times * (t - peak) / DAY_S).sin() * DAY_S / (TAU * times);
        let first = wave(1.0, seconds) - wave(1.0, 0.0);
        let second = wave(2.0, seconds) - wave(2.0, 0.0);
        seconds + self.swing * (first + 0.25 * second)
    }
}

const BACKUP_FROM_S: f64 = 2.0 * 3600.0;
const BACKUP_LONG_S: f64 = 1.5 * 3600.0;
const _: () = assert!(ZONE_S > 0.0 && (BEGIN_MS / 1000 + 8 * 3600) % 86_400 == 0);

/// Straight lines between random points of -1 to 1 at whole numbers.
fn noise(salt: u64, x: f64) -> f64 {
    let cell = x.floor();
    let at = |cell: f64| 2.0 * unit(mix(salt ^ (cell as i64).cast_unsigned())) - 1.0;
    let (left, right) = (at(cell), at(cell + 1.0));
    left + (right - left) * (x - cell)
}

/// 0 to 1.
fn unit(random: u64) -> f64 {
    (random >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number that looks random (the finalizer of SplitMix64).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
#[path = "traffic_tests.rs"]
mod tests;
