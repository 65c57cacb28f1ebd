//! When a device is polled next: on a fixed beat of its own, less often while it fails.

use std::time::Duration;

use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;

/// A failing device is tried at least this often.
pub const LONGEST_BACK_OFF_MS: i64 = 3_600_000;
/// So many failures in a row are tried again at the usual interval.
const PATIENT_FAILURES: i64 = 2;
/// How long the names of ports are believed.
const NAMES_ARE_GOOD_FOR_MS: i64 = 3_600_000;

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

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn beats_are_regular_and_spread() {
        let mut clock = Timestamp::from_millis(1_795_334_400_123);
        let id = SnmpTargetId::new(7);
        let first = next_beat(id, 5 * MINUTE, clock);
        for round in 1..1000 {
            clock = next_beat(id, 5 * MINUTE, clock);
            assert_eq!(clock.since_millis(first), (round - 1) * 5 * MINUTE);
            assert_eq!(next_beat(id, 5 * MINUTE, clock.plus_millis(-1)), clock);
        }
        let mut places: Vec<i64> = (1..=100)
            .map(|id| beat_ms(SnmpTargetId::new(id), 5 * MINUTE) / 15_000)
            .collect();
        places.sort_unstable();
        places.dedup();
        assert!(
            places.len() >= 18,
            "100 devices fall into {} of 20 parts of the interval",
            places.len()
        );
    }

    #[test]
    fn a_late_poll_does_not_move_the_beat() {
        let id = SnmpTargetId::new(3);
        let due = next_beat(id, MINUTE, Timestamp::from_millis(1_795_334_400_000));
        assert_eq!(
            next_beat(id, MINUTE, due.plus_millis(47_000)),
            due.plus_millis(MINUTE)
        );
    }

    #[test]
    fn failing_devices_are_tried_less_often_but_never_given_up() {
        let minutes = |failures| back_off_ms(5 * MINUTE, failures) / MINUTE;
        let waits: Vec<i64> = (0..9).map(minutes).collect();
        assert_eq!(waits, [5, 5, 5, 10, 20, 40, 60, 60, 60]);
        assert_eq!(minutes(1_000_000), 60);
        assert_eq!(
            back_off_ms(2 * LONGEST_BACK_OFF_MS, 9),
            2 * LONGEST_BACK_OFF_MS
        );
        assert!(!is_backing_off(2) && is_backing_off(3));
        let (id, now) = (
            SnmpTargetId::new(5),
            Timestamp::from_millis(1_795_334_400_000),
        );
        for failures in 1..12 {
            let wait = next_try(id, 5 * MINUTE, failures, now).since_millis(now);
            let longest = back_off_ms(5 * MINUTE, failures);
            assert!(
                wait > longest - 5 * MINUTE && wait <= longest,
                "{failures}: {wait}"
            );
        }
    }

    #[test]
    fn a_poll_ends_before_the_next_begins() {
        assert_eq!(deadline(5 * MINUTE), Duration::from_secs(240));
    }

    #[test]
    fn names_are_read_first_and_every_hour() {
        let now = Timestamp::from_millis(1_795_334_400_000);
        assert!(wants_names(None, now));
        assert!(!wants_names(Some(now.plus_millis(-59 * MINUTE)), now));
        assert!(wants_names(Some(now.plus_millis(-60 * MINUTE)), now));
    }
}
