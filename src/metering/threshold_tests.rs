#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;

fn rule(scope: RuleScope, scope_id: i64, enabled: bool) -> Rule {
    Rule {
        id: ThresholdRuleId::new(i64::from(scope as u8)),
        kind: RuleKind::PortDown,
        scope,
        scope_id,
        severity: Severity::Critical,
        raise_percent: 0,
        clear_percent: 0,
        raise_minutes: 5,
        clear_minutes: 5,
        errors_per_minute: 0,
        enabled,
        version: 1,
        updated_at: Timestamp::from_millis(0),
    }
}

#[test]
fn the_narrowest_rule_decides_also_when_it_is_switched_off() {
    let place = Place {
        customer: Some(CustomerId::new(1)),
        device: Some(DeviceId::new(2)),
        port: Some(PortId::new(3)),
        allocation: None,
    };
    let all = [
        rule(RuleScope::All, 0, true),
        rule(RuleScope::Device, 2, true),
        rule(RuleScope::Port, 3, false),
        rule(RuleScope::Port, 4, true),
        rule(RuleScope::Customer, 1, true),
    ];
    let decides =
        |rules: &[Rule], place| rule_for(rules, RuleKind::PortDown, place).map(|rule| rule.scope);
    assert_eq!(decides(&all, place), None);
    assert_eq!(decides(&all[..2], place), Some(RuleScope::Device));
    assert_eq!(decides(&all, Place::default()), Some(RuleScope::All));
    assert_eq!(
        decides(
            &all,
            Place {
                port: None,
                device: None,
                ..place
            }
        ),
        Some(RuleScope::Customer)
    );
    assert_eq!(decides(&[], place), None);
    assert!(rule_for(&all, RuleKind::TargetSilent, place).is_none());
}

#[test]
fn a_rule_clears_below_where_it_raises_and_is_for_what_it_can_watch() {
    let typed = |pairs: &[(&str, &str)]| {
        let base = [
            ("kind", "above_commitment"),
            ("scope", "all"),
            ("severity", "warning"),
            ("raise_percent", "90"),
            ("clear_percent", "80"),
            ("raise_minutes", "15"),
            ("clear_minutes", "10"),
            ("enabled", "true"),
        ];
        let mut fields: Fields = base.into_iter().collect();
        pairs
            .iter()
            .for_each(|(name, text)| fields.set(*name, *text));
        RuleDraft::parse(&fields)
    };
    let draft = typed(&[]).unwrap();
    assert_eq!(
        (draft.raise_percent, draft.clear_percent, draft.scope_id),
        (90, 80, 0)
    );
    for (pairs, field) in [
        (&[("clear_percent", "91")][..], "clear_percent"),
        (&[("raise_minutes", "61")], "raise_minutes"),
        (&[("raise_percent", "")], "raise_percent"),
        (&[("scope", "device"), ("scope_id", "3")], "scope"),
        (&[("scope", "customer")], "scope_id"),
        (&[("kind", "errors_rising")], "errors_per_minute"),
        (&[("kind", "x")], "kind"),
    ] {
        let fault = typed(pairs).unwrap_err();
        assert!(
            fault.fields.iter().any(|at| at.field == field),
            "{field}: {fault}"
        );
    }
}
