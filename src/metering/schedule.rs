//! When a device is polled next: on a fixed beat of its own, less often while it fails.

use std::time::Duration;

use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;

/// A failing device is tried at least this often.
pub const LONGEST_BACK_OFF_MS: i64 = 3_600_000;
/// So many failures in a row are tried again at the usual interval.
const PATIENT_FAILURES: i64 = 2;
/// How long the names of ports are believed.
pub const NAMES_ARE_GOOD_FOR_MS: i64 = 3_600_000;

/// How long after its deadline a poll is given up whose poller said nothing more.
const GRACE_MS: i64 = 10_000;

/// A device's place in the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Whose.
    pub id: SnmpTargetId,
    /// Milliseconds from one poll to the next.
    pub interval_ms: i64,
    /// When it is polled next.
    pub next: Timestamp,
    /// While a poll is under way: until when nobody else begins one.
    pub taken_until: Option<Timestamp>,
    /// Failures since the last good poll.
    pub failures: i64,
}

impl Turn {
    /// Whether it may be taken now for a poll that begins before `until`.
    pub fn is_due(&self, now: Timestamp, until: Timestamp) -> bool {
        self.next < until && self.taken_until.is_none_or(|taken| taken < now)
    }

    /// Takes it for one poll, which begins on its beat or, late, at once.
    pub fn take(&mut self, now: Timestamp) {
        let longest_ms = deadline(self.interval_ms).as_millis();
        let longest_ms = i64::try_from(longest_ms).unwrap_or(i64::MAX);
        let begins = self.next.max(now);
        self.taken_until = Some(begins.plus_millis(longest_ms).plus_millis(GRACE_MS));
    }

    /// After a good poll.
    pub fn good(&mut self, now: Timestamp) {
        self.failures = 0;
        self.next = next_beat(self.id, self.interval_ms, now);
        self.taken_until = None;
    }

    /// After a poll that failed.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.next = next_try(self.id, self.interval_ms, self.failures, now);
        self.taken_until = None;
    }
}

/// The place of a device's beat within its interval: spread over devices, the same for ever.
pub fn beat_ms(id: SnmpTargetId, interval_ms: i64) -> i64 {
    // Multiplication by an odd constant (2^64 / golden ratio) spreads neighbouring ids far apart.
    let spread = id.get().unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
    i64::try_from(spread)
        .unwrap_or(0)
        .rem_euclid(interval_ms.max(1))
}

/// The first beat after `now`.
pub fn next_beat(id: SnmpTargetId, interval_ms: i64, now: Timestamp) -> Timestamp {
    let interval_ms = interval_ms.max(1);
    let since = now
        .millis()
        .saturating_sub(beat_ms(id, interval_ms))
        .rem_euclid(interval_ms);
    now.plus_millis(interval_ms - since)
}

/// The beat on which a device is tried again after so many failures in a row.
pub fn next_try(id: SnmpTargetId, interval_ms: i64, failures: i64, now: Timestamp) -> Timestamp {
    let wait = back_off_ms(interval_ms, failures);
    next_beat(
        id,
        interval_ms,
        now.plus_millis(wait.saturating_sub(interval_ms)),
    )
}

/// Time to the next try after so many failures in a row: the interval, then doubling, at most an hour.
pub fn back_off_ms(interval_ms: i64, failures: i64) -> i64 {
    let doublings = u32::try_from((failures - PATIENT_FAILURES).clamp(0, 20)).unwrap_or(0);
    interval_ms
        .saturating_mul(1_i64 << doublings)
        .min(LONGEST_BACK_OFF_MS)
        .max(interval_ms)
}

/// Whether the device is tried less often than its interval says.
pub fn is_backing_off(failures: i64) -> bool {
    failures > PATIENT_FAILURES
}

/// The time a poll may take: 0.8 of the interval.
pub fn deadline(interval_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(interval_ms.saturating_mul(4) / 5).unwrap_or(0))
}

/// Whether names, speeds and the rest are read again, not just counters.
pub fn wants_names(names_read_at: Option<Timestamp>, now: Timestamp) -> bool {
    names_read_at.is_none_or(|read| now.since_millis(read) >= NAMES_ARE_GOOD_FOR_MS)
}

/// How often unicast packets are read: nobody bills them, and errors come with every poll.
const PACKETS_EVERY_MS: i64 = 900_000;

/// Whether the poll due at an instant reads unicast packets too: the first of each quarter of an hour.
pub fn wants_packets(due: Timestamp, interval_ms: i64) -> bool {
    let quarter = |at: Timestamp| at.millis().div_euclid(PACKETS_EVERY_MS);
    quarter(due) != quarter(due.plus_millis(-interval_ms.max(1)))
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
