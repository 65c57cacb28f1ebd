#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::base::time::Timestamp;
use crate::metering::period::{BillingDay, period_named};
use crate::metering::slot::SLOT_MS;

const SHANGHAI: Tz = Tz::Asia__Shanghai;
/// Octets of a slot at 1 Mbps.
const MBPS: u64 = 37_500_000;

fn terms(month: &str, zone: Tz, cap_mbps: i64) -> Terms {
    let period = period_named(month, BillingDay::default(), zone).unwrap();
    Terms {
        period,
        existing: period,
        zone,
        cap: BitsPerSecond::new(cap_mbps * 1_000_000),
        minimum_percent: USUAL_MINIMUM_PERCENT,
    }
}

/// Slots of a period; `octets` by number of the day (from 0) and of the slot in it, `None` a gap.
fn slots(terms: &Terms, octets: impl Fn(usize, usize) -> Option<u64>) -> Vec<Slot> {
    let mut all = Vec::new();
    for (day, of) in days_of(terms.period, terms.zone).iter().enumerate() {
        let count = of.until.since_millis(of.from) / SLOT_MS;
        for n in 0..usize::try_from(count).unwrap() {
            let start = of.from.plus_millis(i64::try_from(n).unwrap() * SLOT_MS);
            all.push(Slot {
                in_octets: octets(day, n),
                out_octets: octets(day, n).map(|octets| octets / 2),
                ..Slot::empty(start)
            });
        }
    }
    all
}

fn mbps(rate: Option<BitsPerSecond>) -> Option<i64> {
    rate.map(|rate| {
        assert_eq!(rate.get() % 1_000_000, 0, "{rate:?}");
        rate.get() / 1_000_000
    })
}

/// Tencent's example: a peak of 80 Mbps on 6 of 30 days, a minimum of 100 Mbps on 12 of 30.
#[test]
fn the_published_example_comes_out() {
    let mut terms = terms("2026-11", SHANGHAI, 500);
    terms.existing.until = Timestamp::parse_in("2026-11-13", SHANGHAI).unwrap();
    let slots = slots(&terms, |day, _| (day < 6).then_some(80 * MBPS));
    let found = variants(&slots, &terms);
    assert_eq!(
        found.days,
        DayCounts {
            days: 30,
            existing: 12,
            valid: 6
        }
    );
    assert_eq!(mbps(found.fifth_peak), Some(16));
    assert_eq!(found.minimum.get(), 40_000_000);
    assert_eq!(found.fifth_peak_or_minimum.get(), 40_000_000);
    assert_eq!(
        (mbps(found.month_95), mbps(found.peak_mean)),
        (Some(16), Some(80))
    );
}

#[test]
fn the_fifth_largest_of_the_five_best_days() {
    let terms = terms("2026-11", SHANGHAI, 100);
    // Each day: four slots at 900, one at 100 × (day + 1), the rest 1; only five days count.
    let slots = slots(&terms, |day, n| {
        Some(match n {
            0..4 => 9_000 * MBPS,
            4 => 100 * (day as u64 + 1) * MBPS,
            _ => MBPS,
        })
    });
    let found = variants(&slots, &terms);
    assert_eq!(
        mbps(found.fifth_peak),
        Some((2_600 + 2_700 + 2_800 + 2_900 + 3_000) / 5)
    );
    assert_eq!(mbps(found.peak_mean), Some(9_000));
    assert_eq!(
        mbps(found.month_95),
        Some(1),
        "5 of 288 slots are within the free 5 %"
    );
    assert_eq!(found.fifth_peak_or_minimum, found.fifth_peak.unwrap());
}

#[test]
fn a_day_of_few_samples_has_its_smallest_as_peak() {
    let terms = terms("2026-11", SHANGHAI, 0);
    let slots = slots(&terms, |day, n| match (day, n) {
        (3, 0) => Some(300 * MBPS),
        (3, 1) => Some(200 * MBPS),
        (4, 0..4) => Some(100 * MBPS),
        _ => None,
    });
    let found = variants(&slots, &terms);
    assert_eq!(found.days.valid, 2);
    assert_eq!(mbps(found.fifth_peak), Some(10), "(200 + 100) / 2 x 2 / 30");
    assert_eq!(mbps(found.peak_mean), Some(200), "(300 + 100) / 2");
    assert_eq!(mbps(found.month_95), Some(20), "300 x 2 / 30");
}

#[test]
fn months_of_28_to_31_days_and_days_of_23_to_25_hours() {
    let berlin = Tz::Europe__Berlin;
    for (month, zone, days, count) in [
        ("2027-02", SHANGHAI, 28, 8_064),
        ("2028-02", SHANGHAI, 29, 8_352),
        ("2026-11", SHANGHAI, 30, 8_640),
        ("2026-12", SHANGHAI, 31, 8_928),
        ("2026-03", berlin, 31, 8_916),
        ("2026-10", berlin, 31, 8_940),
    ] {
        let terms = terms(month, zone, 100);
        let all = slots(&terms, |_, _| Some(10 * MBPS));
        assert_eq!(all.len(), count, "{month}");
        let found = variants(&all, &terms);
        assert_eq!(
            found.days,
            DayCounts {
                days,
                existing: days,
                valid: days
            },
            "{month}"
        );
        for figure in [found.month_95, found.fifth_peak, found.peak_mean] {
            assert_eq!(mbps(figure), Some(10), "{month}");
        }
        assert_eq!(found.minimum.get(), 20_000_000, "{month}");
    }
}

#[test]
fn days_without_traffic_are_no_valid_days_and_suspect_slots_no_samples() {
    let terms = terms("2026-11", SHANGHAI, 10);
    let mut all = slots(&terms, |day, _| match day {
        0 => Some(50 * MBPS),
        1 => Some(0),
        _ => None,
    });
    all[7].in_octets = Some(5_000 * MBPS);
    all[7].flags = SlotFlags::SUSPECT;
    let found = variants(&all, &terms);
    assert_eq!(found.days.valid, 1);
    assert_eq!(mbps(found.peak_mean), Some(50));
    let none = variants(&[], &terms);
    assert_eq!(
        (none.month_95, none.fifth_peak, none.peak_mean),
        (None, None, None)
    );
    assert_eq!(
        none.fifth_peak_or_minimum.get(),
        2_000_000,
        "the minimum is due all the same"
    );
}
