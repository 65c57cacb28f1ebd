//! From two readings of a port to the octets that passed between them, or the reason why that is
//! not known (RFC 2863 section 3.1.6 on counter width and discontinuities).

use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

/// Milliseconds after which a `TimeTicks` value (32 bits of 10 ms, RFC 2578 section 7.1.8) starts again.
pub const UPTIME_WRAP_MS: u64 = (1 << 32) * 10;
const WRAP_32: u64 = 1 << 32;
/// Clock differences of less than this between us and the device mean nothing.
const CLOCK_TOLERANCE_MS: u64 = 30_000;

/// Size of the counters a device offers for a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// `Counter64` (ifHCInOctets, ifHCOutOctets): never wraps in practice.
    Bits64,
    /// `Counter32` (ifInOctets, ifOutOctets): wraps at 4 294 967 296 octets.
    Bits32,
}

impl Width {
    /// 64 or 32.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::Bits64 => 64,
            Self::Bits32 => 32,
        }
    }
}

/// What a device said about one port at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When it was read.
    pub at: Timestamp,
    /// sysUpTime in milliseconds, where the device has one.
    pub uptime_ms: Option<u64>,
    /// ifCounterDiscontinuityTime, compared only for change.
    pub discontinuity: Option<u64>,
    /// Octets received since the counter began; `None` when the device gave no usable value.
    pub in_octets: Option<u64>,
    /// Octets sent since the counter began; `None` when the device gave no usable value.
    pub out_octets: Option<u64>,
    /// Size of both counters.
    pub width: Width,
}

/// What the judgement of an interval depends on besides the readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Speed of the line (ifHighSpeed, or what the operator says); `None` or 0 is unknown.
    pub line_speed: Option<BitsPerSecond>,
    /// How often the device is meant to be read, in milliseconds.
    pub poll_interval_ms: u64,
    /// An interval longer than this many poll intervals is an estimate (3 unless the contract differs).
    pub estimate_after: u32,
}

impl Rules {
    /// Rules with the usual limit of three poll intervals.
    #[must_use]
    pub const fn new(line_speed: Option<BitsPerSecond>, poll_interval_ms: u64) -> Self {
        Self {
            line_speed,
            poll_interval_ms,
            estimate_after: 3,
        }
    }

    fn speed_bps(self) -> Option<u128> {
        let bps = self.line_speed?.get();
        u128::try_from(bps).ok().filter(|bps| *bps > 0)
    }
}

/// Why the octets of an interval are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GapReason {
    /// The device started anew: sysUpTime went back, or is shorter than the interval.
    Restart,
    /// The counter went back without a restart: somebody cleared it.
    Reset,
    /// ifCounterDiscontinuityTime changed: the port came anew.
    Discontinuity,
    /// The device gave no usable value at one end.
    Missing,
    /// 32-bit at one end, 64-bit at the other.
    WidthChanged,
    /// The second reading is not later than the first.
    ClockWentBack,
}

impl GapReason {
    /// Stable name for records, JSON and translation keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Reset => "reset",
            Self::Discontinuity => "discontinuity",
            Self::Missing => "missing",
            Self::WidthChanged => "width_changed",
            Self::ClockWentBack => "clock_went_back",
        }
    }
}

/// What passed in one direction: an amount or a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delta {
    /// So many octets.
    Octets(u64),
    /// Not known, and why.
    Gap(GapReason),
}

impl Delta {
    /// The amount, when it is known.
    #[must_use]
    pub const fn octets(self) -> Option<u64> {
        match self {
            Self::Octets(octets) => Some(octets),
            Self::Gap(_) => None,
        }
    }
}

/// The time between two readings of a port and what passed in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Time of the first reading.
    pub from: Timestamp,
    /// Time of the second reading.
    pub until: Timestamp,
    /// Received.
    pub octets_in: Delta,
    /// Sent.
    pub octets_out: Delta,
    /// Longer than the rules allow for a measured course of time: the sum is right, its spread is a guess.
    pub estimated: bool,
    /// Faster than 1.1 × line speed: kept and shown, left out of bills.
    pub suspect: bool,
    /// A 32-bit counter could have wrapped more often than can be seen at this line speed.
    pub ambiguous: bool,
}

/// Judges the time between two readings of the same port.
#[must_use]
pub fn interval(prev: &Reading, next: &Reading, rules: Rules) -> Interval {
    let elapsed_ms = elapsed_ms(prev, next);
    let (octets_in, octets_out) = deltas(prev, next, elapsed_ms, rules);
    let limit_ms = rules
        .poll_interval_ms
        .saturating_mul(u64::from(rules.estimate_after));
    let suspect = [octets_in, octets_out]
        .iter()
        .filter_map(|delta| delta.octets())
        .any(|octets| is_suspect(octets, elapsed_ms, rules));
    Interval {
        from: prev.at,
        until: next.at,
        octets_in,
        octets_out,
        estimated: elapsed_ms > limit_ms,
        suspect,
        ambiguous: next.width == Width::Bits32 && may_wrap_twice(elapsed_ms, rules),
    }
}

/// The intervals of one port's readings in order of time.
///
/// A reading without any counter is passed over: the difference across it is still exact. So is a
/// reading that is not later than the one before it.
pub fn intervals<'a>(
    readings: impl IntoIterator<Item = Reading> + 'a,
    rules: Rules,
) -> impl Iterator<Item = Interval> + 'a {
    usable(readings).map(move |(prev, next)| interval(&prev, &next, rules))
}

/// The usable readings in pairs of neighbours.
pub(super) fn usable<'a>(
    readings: impl IntoIterator<Item = Reading> + 'a,
) -> impl Iterator<Item = (Reading, Reading)> + 'a {
    let mut last: Option<Reading> = None;
    readings.into_iter().filter_map(move |reading| {
        if reading.in_octets.is_none() && reading.out_octets.is_none() {
            return None;
        }
        if last.is_some_and(|last| reading.at <= last.at) {
            return None;
        }
        let prev = last.replace(reading)?;
        Some((prev, reading))
    })
}

/// Whether the device started anew between two values of sysUpTime read `elapsed_ms` apart.
///
/// Going back is a restart unless the wrap after 497 days explains it; an uptime shorter than the
/// time since the first reading is one too, even where it is larger than the earlier value.
#[must_use]
pub fn restarted(prev_uptime_ms: u64, next_uptime_ms: u64, elapsed_ms: u64) -> bool {
    let tolerance_ms = CLOCK_TOLERANCE_MS.max(elapsed_ms / 100);
    let expected_ms = (prev_uptime_ms.saturating_add(elapsed_ms)) % UPTIME_WRAP_MS;
    let apart_ms = expected_ms.abs_diff(next_uptime_ms % UPTIME_WRAP_MS);
    let as_expected = apart_ms.min(UPTIME_WRAP_MS - apart_ms) <= tolerance_ms;
    if as_expected {
        return false;
    }
    next_uptime_ms < prev_uptime_ms || next_uptime_ms.saturating_add(tolerance_ms) < elapsed_ms
}

fn elapsed_ms(prev: &Reading, next: &Reading) -> u64 {
    u64::try_from(next.at.millis().saturating_sub(prev.at.millis())).unwrap_or(0)
}

fn deltas(prev: &Reading, next: &Reading, elapsed_ms: u64, rules: Rules) -> (Delta, Delta) {
    if let Some(reason) = gap_of_both(prev, next, elapsed_ms) {
        return (Delta::Gap(reason), Delta::Gap(reason));
    }
    let pair = (
        difference(prev.in_octets, next.in_octets, prev, next, rules),
        difference(prev.out_octets, next.out_octets, prev, next, rules),
    );
    // Counters are cleared together: what the other direction then seems to have counted is chance.
    let reset = Delta::Gap(GapReason::Reset);
    if pair.0 == reset || pair.1 == reset {
        return (reset, reset);
    }
    pair
}

/// Why nothing is known of any counter between two readings.
pub(super) fn gap_of_both(prev: &Reading, next: &Reading, elapsed_ms: u64) -> Option<GapReason> {
    if elapsed_ms == 0 {
        return Some(GapReason::ClockWentBack);
    }
    if let (Some(before), Some(after)) = (prev.uptime_ms, next.uptime_ms)
        && restarted(before, after, elapsed_ms)
    {
        return Some(GapReason::Restart);
    }
    if prev.width != next.width {
        return Some(GapReason::WidthChanged);
    }
    match (prev.discontinuity, next.discontinuity) {
        (Some(before), Some(after)) if before != after => Some(GapReason::Discontinuity),
        _ => None,
    }
}

fn difference(
    before: Option<u64>,
    after: Option<u64>,
    prev: &Reading,
    next: &Reading,
    rules: Rules,
) -> Delta {
    let (Some(before), Some(after)) = (before, after) else {
        return Delta::Gap(GapReason::Missing);
    };
    match after.checked_sub(before) {
        Some(octets) => Delta::Octets(octets),
        None if next.width == Width::Bits32 => wrapped(before, after, prev, next, rules),
        None => Delta::Gap(GapReason::Reset),
    }
}

/// A smaller 32-bit value: a wrap if the device ran on and one wrap stays within the line speed.
fn wrapped(before: u64, after: u64, prev: &Reading, next: &Reading, rules: Rules) -> Delta {
    let reset = Delta::Gap(GapReason::Reset);
    let ran_on = prev.uptime_ms.is_some() && next.uptime_ms.is_some();
    let (true, Some(speed_bps)) = (ran_on && before < WRAP_32, rules.speed_bps()) else {
        return reset;
    };
    let octets = after + (WRAP_32 - before);
    if u128::from(octets) * 8_000 <= speed_bps * u128::from(elapsed_ms(prev, next)) {
        Delta::Octets(octets)
    } else {
        reset
    }
}

fn is_suspect(octets: u64, elapsed_ms: u64, rules: Rules) -> bool {
    let Some(speed_bps) = rules.speed_bps() else {
        return false;
    };
    // Octets x 8,000 / ms against 1.1 x speed; wide only where it must be.
    let narrow = u64::try_from(speed_bps).ok().and_then(|speed_bps| {
        let limit = speed_bps.checked_mul(11)?.checked_mul(elapsed_ms)?;
        Some(octets.checked_mul(80_000)? > limit)
    });
    narrow.unwrap_or_else(|| {
        u128::from(octets) * 80_000 > (speed_bps * 11).saturating_mul(u128::from(elapsed_ms))
    })
}

fn may_wrap_twice(elapsed_ms: u64, rules: Rules) -> bool {
    rules
        .speed_bps()
        .is_none_or(|speed_bps| speed_bps * u128::from(elapsed_ms) >= u128::from(WRAP_32) * 8_000)
}

#[cfg(test)]
#[path = "counter_tests.rs"]
mod tests;
