use super::*;

const MINUTE: i64 = 60_000;
const PATIENCE: Patience = Patience {
    raise_ms: 15 * MINUTE,
    clear_ms: 10 * MINUTE,
};

/// `^` over, `-` between, `_` under, `.` not known; five minutes each.
fn samples(drawn: &str) -> Vec<Sample> {
    let sample = |drawn| Sample {
        ms: 5 * MINUTE,
        level: match drawn {
            '^' => Some(Level::Over),
            '-' => Some(Level::Between),
            '_' => Some(Level::Under),
            _ => None,
        },
    };
    drawn.chars().map(sample).collect()
}

#[test]
fn it_rises_after_its_time_and_falls_after_its_time() {
    use Verdict::{End, Keep, Raise};
    for (drawn, closed, open) in [
        ("", Keep, Keep),
        ("^", Keep, Keep),
        ("^^", Keep, Keep),
        ("^^^", Raise, Raise),
        ("_^^^", Raise, Raise),
        ("^^_^^", Keep, Keep),
        ("^^-^^", Keep, Keep),
        // A gap neither raises nor ends, and does not break what was there.
        ("...", Keep, Keep),
        ("^^.", Keep, Keep),
        ("^^.^", Raise, Raise),
        ("^.^.", Keep, Keep),
        ("^^^.", Raise, Raise),
        ("__.", Keep, End),
        ("_._", Keep, End),
        ("_.", Keep, Keep),
        // Hysteresis.
        ("^^^-", Keep, Keep),
        ("^^^--------", Keep, Keep),
        ("^^^_", Keep, Keep),
        ("^^^__", Keep, End),
        ("^^^_-_", Keep, Keep),
        ("^^^_-__", Keep, End),
    ] {
        assert_eq!(
            sustained(&samples(drawn), PATIENCE, false),
            closed,
            "{drawn}"
        );
        assert_eq!(
            sustained(&samples(drawn), PATIENCE, true),
            open,
            "{drawn} open"
        );
    }
}

#[test]
fn polls_that_come_milliseconds_early_last_long_enough() {
    use Verdict::{End, Keep, Raise};
    for (ms, over, under) in [
        (299_950, Raise, End),
        (300_050, Raise, End),
        (290_001, Raise, End),
        (285_000, Keep, End),
        (270_000, Keep, Keep),
    ] {
        let of = |level, count| vec![Sample { ms, level }; count];
        let said = sustained(&of(Some(Level::Over), 3), PATIENCE, false);
        assert_eq!(said, over, "{ms}");
        let said = sustained(&of(Some(Level::Under), 2), PATIENCE, true);
        assert_eq!(said, under, "{ms}");
    }
    // A port that went, seen so after a little less than five minutes.
    let patience = Patience {
        raise_ms: 5 * MINUTE,
        clear_ms: 5 * MINUTE,
    };
    for (ms, expected) in [(299_950, Raise), (269_999, Keep)] {
        let port = PortNow {
            admin_up: None,
            missing_since: Some(at(0)),
            read_at: Some(Timestamp::from_millis(ms)),
        };
        assert_eq!(port_down(port, &[], patience, false), expected, "{ms}");
    }
}

#[test]
fn no_patience_still_needs_one_value() {
    let none = Patience {
        raise_ms: 0,
        clear_ms: 0,
    };
    for (drawn, expected) in [
        ("", Verdict::Keep),
        (".", Verdict::Keep),
        ("_^", Verdict::Raise),
        ("^_", Verdict::End),
    ] {
        assert_eq!(sustained(&samples(drawn), none, true), expected, "{drawn}");
    }
}

fn slot(octets: Option<(u64, u64)>, flags: SlotFlags) -> Slot {
    Slot {
        in_octets: octets.map(|(inward, _)| inward),
        out_octets: octets.map(|(_, outward)| outward),
        flags,
        ..Slot::empty(Timestamp::from_millis(0))
    }
}

#[test]
fn a_slot_is_measured_against_the_commitment_in_the_contract_s_direction() {
    // 100 Mbit/s are 3,750,000,000 octets in five minutes.
    let levels = Levels::of_commitment(BitsPerSecond::new(100_000_000), 80, 70);
    let levels = levels.unwrap_or(Levels { raise: 0, clear: 0 });
    assert_eq!((levels.raise, levels.clear), (80_000_000, 70_000_000));
    let of = |percent: u64| percent * 37_500_000;
    for (octets, flags, direction, expected) in [
        (
            Some((of(81), 0)),
            SlotFlags::NONE,
            Direction::MaxOfP95,
            Some(Level::Over),
        ),
        (
            Some((of(80), 0)),
            SlotFlags::NONE,
            Direction::MaxOfP95,
            Some(Level::Between),
        ),
        (
            Some((of(70), 0)),
            SlotFlags::NONE,
            Direction::MaxOfP95,
            Some(Level::Under),
        ),
        (
            Some((of(50), of(40))),
            SlotFlags::NONE,
            Direction::P95OfSum,
            Some(Level::Over),
        ),
        (
            Some((of(81), 0)),
            SlotFlags::NONE,
            Direction::Out,
            Some(Level::Under),
        ),
        (None, SlotFlags::NONE, Direction::In, None),
        (Some((of(300), 0)), SlotFlags::SUSPECT, Direction::In, None),
        (
            Some((of(90), 0)),
            SlotFlags::INCOMPLETE,
            Direction::In,
            Some(Level::Over),
        ),
        (
            Some((of(10), 0)),
            SlotFlags::INCOMPLETE,
            Direction::In,
            None,
        ),
    ] {
        let found = samples_of_slots(&[slot(octets, flags)], direction, levels);
        assert_eq!(
            found.first().map(|sample| sample.level),
            Some(expected),
            "{octets:?} {direction:?}"
        );
    }
    assert_eq!(Levels::of_commitment(BitsPerSecond::new(0), 80, 70), None);
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(minutes * MINUTE)
}

/// `U` up, `D` down, `.` not said; a poll each five minutes, the last one at minute 60.
fn states(drawn: &str) -> Vec<(Timestamp, Option<bool>)> {
    let count = i64::try_from(drawn.len()).unwrap_or(0);
    let state = |(place, drawn): (usize, char)| {
        let up = match drawn {
            'U' => Some(true),
            'D' => Some(false),
            _ => None,
        };
        (
            at(60 - (count - 1 - i64::try_from(place).unwrap_or(0)) * 5),
            up,
        )
    };
    drawn.chars().enumerate().map(state).collect()
}

#[test]
fn a_port_is_down_when_it_should_work_and_polls_say_so_long_enough() {
    use Verdict::{End, Keep, Raise};
    let patience = Patience {
        raise_ms: 5 * MINUTE,
        clear_ms: 5 * MINUTE,
    };
    let on = PortNow {
        admin_up: Some(true),
        missing_since: None,
        read_at: Some(at(60)),
    };
    let off = PortNow {
        admin_up: Some(false),
        ..on
    };
    let gone = |minute| PortNow {
        admin_up: None,
        missing_since: Some(at(minute)),
        ..on
    };
    for (port, drawn, closed, open) in [
        (on, "UUD", Keep, Keep),
        (on, "UDD", Raise, Raise),
        (on, "D.D", Raise, Raise),
        (on, "UD.", Keep, Keep),
        (on, "DDU", Keep, Keep),
        (on, "DUU", Keep, End),
        (on, "DUDU", Keep, Keep),
        (on, "", Keep, Keep),
        (off, "DDDD", Keep, End),
        (gone(58), "UU", Keep, Keep),
        (gone(55), "UU", Raise, Raise),
    ] {
        let states = states(drawn);
        assert_eq!(
            port_down(port, &states, patience, false),
            closed,
            "{drawn} {port:?}"
        );
        assert_eq!(
            port_down(port, &states, patience, true),
            open,
            "{drawn} {port:?} open"
        );
    }
}

#[test]
fn a_target_is_silent_when_it_is_asked_and_does_not_answer() {
    use Verdict::{End, Keep, Raise};
    for (enabled, silent_minutes, failures, closed, open) in [
        (true, 0, 0, Keep, End),
        (true, 14, 3, Keep, Keep),
        (true, 15, 3, Raise, Raise),
        // Backing off for a day.
        (true, 24 * 60, 30, Raise, Raise),
        // The program was off for a day and has asked nothing, or once.
        (true, 24 * 60, 0, Keep, End),
        (true, 24 * 60, 1, Keep, Keep),
        (false, 24 * 60, 9, Keep, End),
    ] {
        let target = TargetNow {
            enabled,
            good_at: at(-silent_minutes),
            failures,
        };
        let said = format!("{enabled} {silent_minutes} {failures}");
        assert_eq!(
            target_silent(target, 15 * MINUTE, at(0), false),
            closed,
            "{said}"
        );
        assert_eq!(
            target_silent(target, 15 * MINUTE, at(0), true),
            open,
            "{said} open"
        );
    }
}

#[test]
fn the_worse_direction_of_errors_counts() {
    let levels = Levels {
        raise: 10,
        clear: 5,
    };
    let rates = |inward, outward| ErrorRates {
        ms: 5 * MINUTE,
        inward,
        outward,
    };
    for (rates, expected) in [
        (rates(Some(11), None), Some(Level::Over)),
        (rates(Some(0), Some(12)), Some(Level::Over)),
        (rates(Some(10), Some(0)), Some(Level::Between)),
        (rates(Some(5), Some(0)), Some(Level::Under)),
        (rates(None, None), None),
    ] {
        let found = samples_of_errors(&[rates], levels);
        assert_eq!(
            found.first().map(|sample| sample.level),
            Some(expected),
            "{rates:?}"
        );
    }
}
