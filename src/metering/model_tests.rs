#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, text)| (*name, *text)).collect()
}

fn at_fault(fault: &Fault) -> Vec<&str> {
    fault
        .fields
        .iter()
        .map(|fault| fault.field.as_ref())
        .collect()
}

#[test]
fn a_target_s_faults_come_at_once() {
    let wrong = fields(&[
        ("address", "switch.example"),
        ("port", "70000"),
        ("version", "v1"),
        ("v3_auth_protocol", "SHA-3"),
        ("v3_privacy_protocol", "rot13"),
        ("interval_s", "30"),
        ("port_identity", "if_index"),
    ]);
    let fault = TargetDraft::parse(&wrong).unwrap_err();
    assert_eq!(
        at_fault(&fault),
        [
            "address",
            "port",
            "version",
            "v3_auth_protocol",
            "v3_privacy_protocol",
            "interval_s",
            "port_identity"
        ]
    );
}

#[test]
fn version_3_needs_a_user_and_authentication_before_privacy() {
    let base = [
        ("address", "127.20.0.1"),
        ("version", "v3"),
        ("enabled", "yes"),
    ];
    let mut typed = fields(&base);
    typed.set("v3_privacy_protocol", "aes");
    typed.set("v3_privacy_password", "short");
    let fault = TargetDraft::parse(&typed).unwrap_err();
    assert_eq!(
        at_fault(&fault),
        ["v3_user", "v3_auth_protocol", "v3_privacy_password"]
    );
    typed.set("v3_user", "collector");
    typed.set("v3_auth_protocol", "sha-256");
    typed.set("v3_privacy_password", "sample-priv-pass");
    let draft = TargetDraft::parse(&typed).unwrap();
    assert_eq!(
        (draft.auth, draft.privacy),
        (Some(AuthWord::Sha256), Some(PrivacyWord::Aes128))
    );
    assert_eq!(
        (draft.port, draft.interval_s, draft.enabled),
        (161, 300, true)
    );
    assert!(!format!("{draft:?}").contains("sample-priv-pass"));
}

#[test]
fn a_user_of_version_3_has_at_most_32_octets() {
    for (name, is_fine) in [
        ("u".repeat(32), true),
        ("u".repeat(33), false),
        ("采".repeat(11), false),
    ] {
        let mut typed = fields(&[("address", "127.20.0.1"), ("version", "v3")]);
        typed.set("v3_user", name.as_str());
        match TargetDraft::parse(&typed) {
            Ok(_) => assert!(is_fine, "{name}"),
            Err(fault) => {
                assert!(!is_fine, "{name}");
                assert_eq!(at_fault(&fault), ["v3_user"]);
                let message = &fault.fields.first().unwrap().message;
                assert_eq!(message.key, "fault-too-long");
            }
        }
    }
}

#[test]
fn a_form_s_row_version_is_not_the_snmp_version() {
    let typed = fields(&[
        ("address", "::1"),
        ("version", "7"),
        ("snmp_version", "v2c"),
    ]);
    assert_eq!(
        TargetDraft::parse(&typed).unwrap().version,
        SnmpVersion::V2c
    );
}

#[test]
fn an_allocation_s_dates_are_in_its_own_zone() {
    let typed = fields(&[
        ("name", "MV-BGP-1"),
        ("committed_mbps", "2000"),
        ("burst_mbps", "2500.5"),
        ("active_from", "2026-03-01"),
    ]);
    let draft = AllocationDraft::parse(&typed).unwrap();
    assert_eq!(draft.active_from.to_rfc3339(), "2026-02-28T16:00:00.000Z");
    assert_eq!(draft.burst, Some(BitsPerSecond::new(2_500_500_000)));
    assert_eq!(
        (draft.direction, draft.gaps, draft.billing_day.get()),
        (DirectionWord::MaxOfP95, GapWord::Drop, 1)
    );
}

#[test]
fn an_allocation_s_faults_come_at_once() {
    let wrong = fields(&[
        ("committed_mbps", "fast"),
        ("burst_mbps", "-1"),
        ("direction_rule", "both"),
        ("gap_rule", "guess"),
        ("billing_day", "32"),
        ("time_zone", "Asia/Beijing"),
        ("active_until", "soon"),
    ]);
    let fault = AllocationDraft::parse(&wrong).unwrap_err();
    assert_eq!(
        at_fault(&fault),
        [
            "name",
            "committed_mbps",
            "burst_mbps",
            "direction_rule",
            "gap_rule",
            "billing_day",
            "time_zone",
            "active_from",
            "active_until"
        ]
    );
    let wrong = fields(&[
        ("name", "A"),
        ("committed_mbps", "100"),
        ("burst_mbps", "50"),
        ("active_from", "2026-01-01"),
        ("active_until", "2026-01-01"),
    ]);
    assert_eq!(
        at_fault(&AllocationDraft::parse(&wrong).unwrap_err()),
        ["burst_mbps", "active_until"]
    );
}

#[test]
fn link_dates_lie_on_slots_and_know_overlap() {
    let dates = |from: &str, until: &str| {
        LinkDates::parse(&fields(&[("from", from), ("until", until)]), Tz::UTC)
    };
    let first = dates("2026-01-01 10:03", "2026-01-01 14:32").unwrap();
    assert_eq!(first.from.local_minute(Tz::UTC), "2026-01-01 10:00");
    assert_eq!(
        first.until.unwrap().local_minute(Tz::UTC),
        "2026-01-01 14:30"
    );
    let next = dates("2026-01-01 14:32", "").unwrap();
    assert!(!first.overlaps(&next) && !next.overlaps(&first));
    assert!(next.overlaps(&dates("2027-01-01", "").unwrap()));
    assert!(first.overlaps(&dates("2026-01-01 14:25", "2026-01-01 15:00").unwrap()));
    assert_eq!(
        at_fault(&dates("2026-01-01 10:03", "2026-01-01 10:04").unwrap_err()),
        ["until"]
    );
    assert_eq!(at_fault(&dates("", "x").unwrap_err()), ["from", "until"]);
}
