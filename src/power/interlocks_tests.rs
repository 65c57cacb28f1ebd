#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::power::Action;

const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);
const LIMITS: Limits = Limits {
    cool_down_ms: 30_000,
    customer_actions_per_hour: 3,
};

fn calm() -> Situation {
    Situation {
        machine: "SRV-0001".into(),
        gone: false,
        path: Path::Bmc,
        outlets: OutletWay::None,
        has_bmc: true,
        credential_refused: false,
        lock: None,
        protected: false,
        state: PowerState::On,
        people_at_rack: 0,
        rack: "A01".into(),
        live: None,
        last_acted_at: None,
        customer_actions: None,
    }
}

fn wish(action: Action) -> Wish {
    Wish {
        reason: "hangs".into(),
        ..Wish::of(action)
    }
}

#[test]
fn a_calm_machine_is_queued_and_a_protected_one_awaits_a_second_person() {
    let asked = |situation| decide(&situation, &wish(Action::Cycle), &LIMITS, NOW).unwrap();
    assert_eq!(asked(calm()), Decision::Queue);
    let protected = Situation {
        protected: true,
        ..calm()
    };
    assert_eq!(asked(protected), Decision::AwaitApproval);
}

#[test]
fn each_interlock_stops_every_action() {
    let lock = Lock {
        owner: "Li Wei".into(),
        reason: "evidence hold".into(),
    };
    let live = Some(IntentId::new(7));
    let cases: [(&str, Situation); 7] = [
        (
            "power-refuse-gone",
            Situation {
                gone: true,
                ..calm()
            },
        ),
        (
            "power-refuse-locked",
            Situation {
                lock: Some(lock),
                ..calm()
            },
        ),
        (
            "power-refuse-no-bmc",
            Situation {
                has_bmc: false,
                ..calm()
            },
        ),
        (
            "power-refuse-credential",
            Situation {
                credential_refused: true,
                ..calm()
            },
        ),
        ("power-refuse-live", Situation { live, ..calm() }),
        (
            "power-refuse-cool-down",
            Situation {
                last_acted_at: Some(NOW.plus_seconds(-29)),
                ..calm()
            },
        ),
        (
            "power-refuse-hourly",
            Situation {
                customer_actions: Some(3),
                ..calm()
            },
        ),
    ];
    for (key, situation) in cases {
        for action in Action::ALL {
            let decided = decide(&situation, &wish(*action), &LIMITS, NOW);
            let light_shines = *action == Action::Identify
                && matches!(key, "power-refuse-locked" | "power-refuse-cool-down");
            if light_shines {
                assert_eq!(decided.unwrap(), Decision::Queue, "{key}");
            } else {
                assert_eq!(decided.unwrap_err().message.key, key, "{action}");
            }
        }
    }
}

#[test]
fn the_lock_names_its_owner_and_reason() {
    let situation = Situation {
        lock: Some(Lock {
            owner: "Li Wei".into(),
            reason: "evidence hold".into(),
        }),
        ..calm()
    };
    let fault = decide(&situation, &wish(Action::On), &LIMITS, NOW).unwrap_err();
    let text = fault.message.to_string();
    assert!(text.contains("Li Wei") && text.contains("evidence hold"));
}

#[test]
fn a_customer_learns_that_a_machine_is_locked_and_not_why() {
    let situation = Situation {
        lock: Some(Lock {
            owner: "Li Wei".into(),
            reason: "evidence hold".into(),
        }),
        customer_actions: Some(0),
        ..calm()
    };
    let fault = decide(&situation, &wish(Action::On), &LIMITS, NOW).unwrap_err();
    assert!(!fault.message.to_string().contains("evidence"));
    assert_eq!(fault.kind, FaultKind::Conflict);
}

#[test]
fn the_edges_of_rest_and_share() {
    let rested = Situation {
        last_acted_at: Some(NOW.plus_seconds(-30)),
        customer_actions: Some(2),
        ..calm()
    };
    assert!(decide(&rested, &wish(Action::Off), &LIMITS, NOW).is_ok());
    let just_now = Situation {
        last_acted_at: Some(NOW),
        ..calm()
    };
    let fault = decide(&just_now, &wish(Action::Off), &LIMITS, NOW).unwrap_err();
    assert!(fault.message.to_string().contains("seconds=30"));
    assert_eq!(fault.kind, FaultKind::TooMany);
}

#[test]
fn an_unknown_state_lets_only_on_and_off_through_and_only_confirmed() {
    let unknown = Situation {
        state: PowerState::Unknown,
        ..calm()
    };
    for action in Action::ALL.iter().filter(|action| action.changes_power()) {
        let plain = decide(&unknown, &wish(*action), &LIMITS, NOW);
        assert!(plain.is_err(), "{action}");
        let confirmed = Wish {
            confirm_unknown_state: true,
            ..wish(*action)
        };
        let allowed = decide(&unknown, &confirmed, &LIMITS, NOW).is_ok();
        assert_eq!(
            allowed,
            matches!(action, Action::On | Action::Off),
            "{action}"
        );
    }
}

#[test]
fn people_at_the_rack_must_be_acknowledged() {
    let busy = Situation {
        people_at_rack: 2,
        ..calm()
    };
    let fault = decide(&busy, &wish(Action::Reset), &LIMITS, NOW).unwrap_err();
    assert_eq!(fault.fields.first().unwrap().field, "acknowledge_presence");
    let acknowledged = Wish {
        acknowledge_presence: true,
        ..wish(Action::Reset)
    };
    assert!(decide(&busy, &acknowledged, &LIMITS, NOW).is_ok());
}

#[test]
fn what_leaves_the_power_alone_asks_neither_for_the_state_nor_for_the_people() {
    let odd = Situation {
        state: PowerState::Unknown,
        people_at_rack: 3,
        protected: true,
        ..calm()
    };
    for (action, decision) in [
        (Action::Identify, Decision::Queue),
        (Action::BootDevice, Decision::AwaitApproval),
        (Action::BmcReset, Decision::AwaitApproval),
    ] {
        let decided = decide(&odd, &wish(action), &LIMITS, NOW).unwrap();
        assert_eq!(decided, decision, "{action}");
    }
}

#[test]
fn outlets_are_switched_only_when_all_are_confirmed_and_there() {
    let by_outlets = |outlets| Situation {
        path: Path::Outlets,
        outlets,
        has_bmc: false,
        credential_refused: true,
        ..calm()
    };
    for (outlets, refused) in [
        (OutletWay::None, Some("power-refuse-no-outlets")),
        (
            OutletWay::Unconfirmed,
            Some("power-refuse-outlets-unconfirmed"),
        ),
        (OutletWay::Missing, Some("power-refuse-outlets-missing")),
        (OutletWay::Ready, None),
    ] {
        for action in Action::ALL {
            let decided = decide(&by_outlets(outlets), &wish(*action), &LIMITS, NOW);
            if !action.works_by_outlets() {
                let fault = decided.unwrap_err();
                assert_eq!(fault.fields.first().unwrap().field, "path", "{action}");
                continue;
            }
            let key = decided.err().map(|fault| fault.message.key);
            assert_eq!(key, refused, "{action} {outlets:?}");
        }
    }
    // A BMC is not replaced by outlets that are there.
    let silent = Situation {
        outlets: OutletWay::Ready,
        has_bmc: false,
        ..calm()
    };
    let fault = decide(&silent, &wish(Action::Off), &LIMITS, NOW).unwrap_err();
    assert_eq!(fault.message.key, "power-refuse-no-bmc");
}
