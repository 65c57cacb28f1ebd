//! When what a machine shows becomes an event and when the event is over. Pure: the situation is given in.

use super::model::{Action, PowerState};
use crate::base::machine::Health;
use crate::base::time::Timestamp;
use crate::metering::judge::{Patience, Verdict};
use crate::notify::event::Severity;

/// Failures in a row from which a BMC counts as silent: after a long stop of this program the first proves nothing.
const FAILURES: i64 = 2;

/// A machine as the watcher sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineNow {
    /// It stands in its rack and works.
    pub in_service: bool,
    /// Whether it has power, as last seen.
    pub state: PowerState,
    /// The last action that came to a good end took the power away.
    pub meant_to_be_off: bool,
    /// An action is under way.
    pub busy: bool,
    /// Since when it is seen off although it should be on.
    pub off_since: Option<Timestamp>,
}

/// Whether the last action that succeeded means that the machine is to be off.
pub const fn means_off(action: Action) -> bool {
    matches!(action, Action::Off | Action::SoftOff)
}

/// Judges a machine that should be on; gives since when it is off as well, to be kept.
pub fn machine_off(
    machine: MachineNow,
    patience: Patience,
    now: Timestamp,
    is_open: bool,
) -> (Verdict, Option<Timestamp>) {
    let over = if is_open { Verdict::End } else { Verdict::Keep };
    let is_wanted = machine.in_service && !machine.meant_to_be_off;
    match machine.state {
        _ if !is_wanted => (over, None),
        PowerState::On => (over, None),
        // What is not known is passed over.
        PowerState::Unknown => (Verdict::Keep, machine.off_since),
        PowerState::Off if machine.busy => (Verdict::Keep, machine.off_since),
        PowerState::Off => {
            let since = machine.off_since.unwrap_or(now);
            let long_enough = now.since_millis(since) >= patience.raise_ms;
            let verdict = if long_enough {
                Verdict::Raise
            } else {
                Verdict::Keep
            };
            (verdict, Some(since))
        }
    }
}

/// A sensor as the watcher sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SensorState {
    /// The BMC's judgement, which has the BMC's own hysteresis in it.
    pub health: Health,
    /// Since when.
    pub since: Timestamp,
    /// The BMC does not list it any more.
    pub missing: bool,
    /// The machine is off: what can't be read then is not a fault.
    pub machine_off: bool,
}

/// Judges a sensor.
pub fn sensor_over(
    sensor: SensorState,
    patience: Patience,
    now: Timestamp,
    is_open: bool,
) -> Verdict {
    let over = if is_open { Verdict::End } else { Verdict::Keep };
    let lasted_ms = now.since_millis(sensor.since);
    match sensor.health {
        _ if sensor.missing => over,
        Health::Warning | Health::Critical | Health::Fatal => {
            if is_open || lasted_ms >= patience.raise_ms {
                Verdict::Raise
            } else {
                Verdict::Keep
            }
        }
        Health::Ok if lasted_ms >= patience.clear_ms => over,
        Health::Unknown if sensor.machine_off => over,
        Health::Ok | Health::Unknown => Verdict::Keep,
    }
}

/// How bad a sensor's event is: the rule's word for what is critical, at most a warning for what is not.
pub fn severity_of(health: Health, rule: Severity) -> Severity {
    match health {
        Health::Warning if rule == Severity::Critical => Severity::Warning,
        _ => rule,
    }
}

/// A BMC as the watcher sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BmcNow {
    /// It refused its credential: nothing is asked, so nothing is silent.
    pub stopped: bool,
    /// Failures in a row.
    pub failures: i64,
    /// When it last answered, or was recorded.
    pub good_at: Timestamp,
}

/// Judges whether a BMC is silent.
pub fn bmc_silent(bmc: BmcNow, patience: Patience, now: Timestamp, is_open: bool) -> Verdict {
    let is_silent = bmc.failures >= FAILURES && now.since_millis(bmc.good_at) >= patience.raise_ms;
    match (bmc.stopped, bmc.failures) {
        (false, _) if is_silent => Verdict::Raise,
        (true, _) | (false, 0) if is_open => Verdict::End,
        _ => Verdict::Keep,
    }
}

/// Judges whether a credential is stopped.
pub fn credential_stopped(
    stopped_at: Option<Timestamp>,
    patience: Patience,
    now: Timestamp,
    is_open: bool,
) -> Verdict {
    match stopped_at {
        Some(at) if now.since_millis(at) >= patience.raise_ms => Verdict::Raise,
        None if is_open => Verdict::End,
        _ => Verdict::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);
    const PATIENCE: Patience = Patience {
        raise_ms: 300_000,
        clear_ms: 120_000,
    };

    fn ago(seconds: i64) -> Timestamp {
        NOW.plus_seconds(-seconds)
    }

    #[test]
    fn a_machine_is_off_by_table() {
        use PowerState as P;
        use Verdict as V;
        let machine = MachineNow {
            in_service: true,
            state: P::Off,
            meant_to_be_off: false,
            busy: false,
            off_since: None,
        };
        let old = Some(ago(300));
        for (machine, is_open, expected) in [
            (machine, false, (V::Keep, Some(NOW))),
            (
                MachineNow {
                    off_since: Some(ago(299)),
                    ..machine
                },
                false,
                (V::Keep, Some(ago(299))),
            ),
            (
                MachineNow {
                    off_since: old,
                    ..machine
                },
                false,
                (V::Raise, old),
            ),
            (
                MachineNow {
                    off_since: old,
                    busy: true,
                    ..machine
                },
                false,
                (V::Keep, old),
            ),
            (
                MachineNow {
                    off_since: old,
                    state: P::Unknown,
                    ..machine
                },
                true,
                (V::Keep, old),
            ),
            (
                MachineNow {
                    off_since: old,
                    state: P::On,
                    ..machine
                },
                true,
                (V::End, None),
            ),
            (
                MachineNow {
                    off_since: old,
                    state: P::On,
                    ..machine
                },
                false,
                (V::Keep, None),
            ),
            (
                MachineNow {
                    off_since: old,
                    meant_to_be_off: true,
                    ..machine
                },
                true,
                (V::End, None),
            ),
            (
                MachineNow {
                    off_since: old,
                    in_service: false,
                    ..machine
                },
                true,
                (V::End, None),
            ),
        ] {
            let found = machine_off(machine, PATIENCE, NOW, is_open);
            assert_eq!(found, expected, "{machine:?}");
        }
    }

    #[test]
    fn a_sensor_is_over_by_the_bmcs_judgement_by_table() {
        use Health as H;
        use Verdict as V;
        for (health, seconds, missing, off, is_open, expected) in [
            (H::Critical, 299, false, false, false, V::Keep),
            (H::Critical, 300, false, false, false, V::Raise),
            (H::Warning, 300, false, false, false, V::Raise),
            // It goes from bad to worse: still the same event, at once.
            (H::Fatal, 0, false, false, true, V::Raise),
            (H::Ok, 119, false, false, true, V::Keep),
            (H::Ok, 120, false, false, true, V::End),
            (H::Ok, 120, false, false, false, V::Keep),
            (H::Unknown, 9999, false, false, true, V::Keep),
            (H::Unknown, 0, false, true, true, V::End),
            (H::Critical, 9999, true, false, true, V::End),
        ] {
            let sensor = SensorState {
                health,
                since: ago(seconds),
                missing,
                machine_off: off,
            };
            assert_eq!(
                sensor_over(sensor, PATIENCE, NOW, is_open),
                expected,
                "{sensor:?}"
            );
        }
    }

    #[test]
    fn a_warning_is_never_critical_and_never_more_than_the_rule_says() {
        use Severity as S;
        assert_eq!(severity_of(Health::Warning, S::Critical), S::Warning);
        assert_eq!(severity_of(Health::Critical, S::Critical), S::Critical);
        assert_eq!(severity_of(Health::Fatal, S::Notice), S::Notice);
        assert_eq!(severity_of(Health::Warning, S::Notice), S::Notice);
    }

    #[test]
    fn a_bmc_is_silent_by_table() {
        use Verdict as V;
        for (stopped, failures, seconds, is_open, expected) in [
            (false, 1, 9999, false, V::Keep),
            (false, 2, 299, false, V::Keep),
            (false, 2, 300, false, V::Raise),
            (false, 0, 300, true, V::End),
            (false, 1, 10, true, V::Keep),
            (true, 5, 9999, true, V::End),
            (true, 5, 9999, false, V::Keep),
        ] {
            let bmc = BmcNow {
                stopped,
                failures,
                good_at: ago(seconds),
            };
            assert_eq!(bmc_silent(bmc, PATIENCE, NOW, is_open), expected, "{bmc:?}");
        }
    }

    #[test]
    fn a_stopped_credential_lasts_until_it_is_lifted() {
        let look = |at, is_open| credential_stopped(at, PATIENCE, NOW, is_open);
        assert_eq!(look(Some(ago(299)), false), Verdict::Keep);
        assert_eq!(look(Some(ago(300)), false), Verdict::Raise);
        assert_eq!(look(None, true), Verdict::End);
        assert_eq!(look(None, false), Verdict::Keep);
    }
}
