//! Line speed over time: a rate is judged by what the line could carry then, not by what it can carry today.

use serde::{Deserialize, Serialize};

use super::counter::{Interval, Reading, Rules, interval};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

/// Another line speed from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeedChange {
    /// From when on.
    pub from: Timestamp,
    /// Line speed in bit/s; `None` is not known.
    pub bps: Option<BitsPerSecond>,
}

/// The highest known line speed between two instants, of a line that had `first` before all `changes` (in order of
/// time). A change is noticed some time after it came, so both speeds hold in the interval that has it.
#[must_use]
pub fn speed_between(
    first: Option<BitsPerSecond>,
    changes: &[SpeedChange],
    from: Timestamp,
    until: Timestamp,
) -> Option<BitsPerSecond> {
    let (at_first, later) = speeds_within(first, changes, from, until);
    later
        .iter()
        .map(|change| change.bps)
        .chain([at_first])
        .flatten()
        .max()
}

/// What of a line's speeds is looked at between two instants: the speed at the first, and the changes before the second.
#[must_use]
pub fn speeds_within(
    first: Option<BitsPerSecond>,
    changes: &[SpeedChange],
    from: Timestamp,
    until: Timestamp,
) -> (Option<BitsPerSecond>, Vec<SpeedChange>) {
    let begun = changes.partition_point(|change| change.from <= from);
    let ended = changes.partition_point(|change| change.from < until);
    let at_first = match begun.checked_sub(1).and_then(|last| changes.get(last)) {
        Some(change) => change.bps,
        None => first,
    };
    let later = changes.get(begun..ended.max(begun)).unwrap_or_default();
    (at_first, later.to_vec())
}

/// As [`super::counter::intervals`], each judged by the line speed of its time.
pub fn intervals_at_speeds<'a>(
    readings: impl IntoIterator<Item = Reading> + 'a,
    rules: Rules,
    changes: &'a [SpeedChange],
) -> impl Iterator<Item = Interval> + 'a {
    let usable = super::counter::usable(readings);
    usable.map(move |(prev, next)| {
        if changes.is_empty() {
            return interval(&prev, &next, rules);
        }
        let line_speed = speed_between(rules.line_speed, changes, prev.at, next.at);
        interval(
            &prev,
            &next,
            Rules {
                line_speed,
                ..rules
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metering::counter::{Delta, GapReason, Width};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000)
    }

    fn change(minute: i64, mbps: Option<i64>) -> SpeedChange {
        SpeedChange {
            from: at(minute),
            bps: mbps.map(|mbps| BitsPerSecond::new(mbps * 1_000_000)),
        }
    }

    #[test]
    fn the_speed_of_a_time_by_table() {
        let first = Some(BitsPerSecond::new(10_000_000_000));
        let changes = [
            change(60, Some(1_000)),
            change(120, None),
            change(180, Some(100)),
        ];
        let table = [
            (0, 60, Some(10_000)),
            (0, 61, Some(10_000)),
            (59, 61, Some(10_000)),
            (60, 65, Some(1_000)),
            (115, 125, Some(1_000)),
            (120, 130, None),
            (130, 190, Some(100)),
            (0, 500, Some(10_000)),
            (200, 210, Some(100)),
            (60, 60, Some(1_000)),
        ];
        for (from, until, mbps) in table {
            let expected = mbps.map(|mbps: i64| BitsPerSecond::new(mbps * 1_000_000));
            assert_eq!(
                speed_between(first, &changes, at(from), at(until)),
                expected,
                "{from} to {until}"
            );
        }
        assert_eq!(speed_between(first, &[], at(0), at(1)), first);
        // What others may know of a time holds nothing of the times around it.
        let (begun, within) = speeds_within(first, &changes, at(70), at(130));
        assert_eq!(
            (begun, within),
            (change(0, Some(1_000)).bps, vec![changes[1]])
        );
    }

    #[test]
    fn what_a_faster_line_carried_is_not_suspect_later() {
        // 5 Gbit/s while the line had 10, then 0.5 Gbit/s on a line of 1.
        let reading = |minute: i64, gigabits: u64| Reading {
            at: at(minute),
            uptime_ms: None,
            discontinuity: None,
            in_octets: Some(gigabits * 125_000_000),
            out_octets: Some(0),
            width: Width::Bits64,
        };
        let readings = [
            reading(0, 0),
            reading(5, 1500),
            reading(10, 1650),
            reading(15, 3150),
        ];
        let rules = Rules::new(Some(BitsPerSecond::new(10_000_000_000)), 300_000);
        let changes = [change(5, Some(1_000))];
        let suspect: Vec<bool> = intervals_at_speeds(readings, rules, &changes)
            .map(|interval| interval.suspect)
            .collect();
        assert_eq!(suspect, [false, false, true]);
    }

    #[test]
    fn a_wrap_is_judged_by_the_speed_of_its_time() {
        let reading = |minute: i64, octets: u64| Reading {
            at: at(minute),
            uptime_ms: Some(minute.cast_unsigned() * 60_000 + 1_000_000),
            discontinuity: None,
            in_octets: Some(octets),
            out_octets: Some(octets),
            width: Width::Bits32,
        };
        let readings = [reading(0, 4_294_000_000), reading(5, 2_000_000_000)];
        let rules = Rules::new(Some(BitsPerSecond::new(10_000_000)), 300_000);
        let slow: Vec<_> = intervals_at_speeds(readings, rules, &[]).collect();
        let faster = [change(0, Some(100))];
        let fast: Vec<_> = intervals_at_speeds(readings, rules, &faster).collect();
        assert!(
            slow.iter()
                .all(|of| of.octets_in == Delta::Gap(GapReason::Reset))
        );
        assert!(
            fast.iter()
                .all(|of| of.octets_in == Delta::Octets(2_000_967_296))
        );
    }
}
