#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
use super::*;

const ZONE: Tz = chrono_tz::Asia::Shanghai;

fn now() -> Timestamp {
    Timestamp::parse_in("2026-11-22 16:00", ZONE).unwrap()
}

fn typed() -> Fields {
    [
        ("visitor_name", "李明"),
        ("company", "示例布线工程部"),
        ("phone", "138 0000-0000"),
        ("document_number", "000000199001010018"),
        ("purpose", "repair"),
        ("planned_from", "2026-11-23 09:00"),
        ("planned_until", "2026-11-23 18:00"),
    ]
    .into_iter()
    .collect()
}

fn parse(fields: &Fields) -> Result<VisitDraft, Vec<(String, &'static str)>> {
    VisitDraft::parse(fields, ZONE, now(), Arrival::Announced).map_err(|fault| {
        fault
            .fields
            .into_iter()
            .map(|fault| (fault.field.into_owned(), fault.message.key))
            .collect()
    })
}

fn fault(name: &str, text: &str) -> (String, &'static str) {
    let mut fields = typed();
    fields.set(name, text);
    match parse(&fields) {
        Ok(_) => ("-".into(), "-"),
        Err(faults) => faults[0].clone(),
    }
}

#[test]
fn a_draft_reads_times_in_the_zone_of_the_site() {
    let draft = parse(&typed()).unwrap();
    assert_eq!(draft.planned_from.to_rfc3339(), "2026-11-23T01:00:00.000Z");
    assert_eq!(draft.people[0].phone, "13800000000");
    let document = draft.people[0].document.as_ref().unwrap();
    assert_eq!(document.masked(), "0000**********0018");
}

#[test]
fn each_wrong_field_is_named() {
    for (name, text, at, key) in [
        ("visitor_name", " ", "visitor_name", "fault-required"),
        ("phone", "call me", "phone", "visit-fault-phone"),
        ("phone", "123", "phone", "visit-fault-phone"),
        ("document_kind", "licence", "document_kind", "fault-choice"),
        (
            "document_number",
            "000000199001010017",
            "document_number",
            "visit-fault-id-check",
        ),
        ("purpose", "", "purpose", "fault-choice"),
        ("rack_ids", "A01", "rack_ids", "visit-fault-rack"),
        (
            "planned_from",
            "tomorrow",
            "planned_from",
            "visit-fault-time",
        ),
        ("planned_until", "", "planned_until", "visit-fault-time"),
        (
            "planned_until",
            "2026-11-23 09:00",
            "planned_until",
            "visit-fault-window-order",
        ),
        ("planned_until", "2026-12-07 09:00", "-", "-"),
        (
            "planned_until",
            "2026-12-07 09:01",
            "planned_until",
            "visit-fault-window-long",
        ),
        ("planned_from", "2026-11-20 09:00", "-", "-"),
        ("visitor_name_2", "李明", "-", "-"),
        (
            "document_number_3",
            "000000199001010018",
            "visitor_name_3",
            "fault-required",
        ),
    ] {
        assert_eq!(fault(name, text), (at.to_owned(), key), "{name}={text}");
    }
}

#[test]
fn a_window_that_is_over_is_refused() {
    let mut fields = typed();
    fields.set("planned_from", "2026-11-21 09:00");
    fields.set("planned_until", "2026-11-22 16:00");
    assert_eq!(parse(&fields).unwrap_err()[0].1, "visit-fault-window-past");
}

#[test]
fn all_faults_come_at_once() {
    let mut fields = typed();
    fields.set("visitor_name", "");
    fields.set("purpose", "fun");
    fields.set("planned_from", "x");
    assert_eq!(parse(&fields).unwrap_err().len(), 3);
}

#[test]
fn up_to_twenty_people_each_once() {
    let mut fields = typed();
    for names in PERSON_FIELDS.iter().skip(1) {
        fields.set(names.name, format!("{} 访客", names.name));
    }
    assert_eq!(parse(&fields).unwrap().people.len(), 20);
    fields.set("visitor_name_3", "visitor_name_2 访客");
    let faults = parse(&fields).unwrap_err();
    assert_eq!(
        faults[0],
        ("visitor_name_3".to_owned(), "visit-fault-person-twice")
    );
}

#[test]
fn a_walk_in_needs_no_window() {
    let mut fields = typed();
    fields.set("planned_from", "");
    fields.set("planned_until", "");
    let draft = VisitDraft::parse(&fields, ZONE, now(), Arrival::WalkIn).unwrap();
    assert_eq!(draft.planned_from, now());
    assert_eq!(
        draft.planned_until.since_millis(now()),
        WALK_IN_HOURS * 3_600_000
    );
}

#[test]
fn stays_come_from_comings_and_goings() {
    let at = |minute: i64| Timestamp::from_seconds(minute * 60);
    let record = [(1, true), (5, false), (6, false), (9, true), (10, true)];
    let stays = stays(record.map(|(minute, came)| (at(minute), came)));
    assert_eq!(
        stays,
        [
            Stay {
                from: at(1),
                until: Some(at(5))
            },
            Stay {
                from: at(9),
                until: None
            }
        ]
    );
    for (from, until, first, second) in [
        (0, 1, false, false),
        (0, 2, true, false),
        (4, 9, true, false),
        (5, 9, false, false),
        (5, 99, false, true),
    ] {
        assert_eq!(
            stays[0].touches(at(from), at(until)),
            first,
            "{from}..{until}"
        );
        assert_eq!(
            stays[1].touches(at(from), at(until)),
            second,
            "{from}..{until}"
        );
    }
}

#[test]
fn overdue_is_inside_after_the_planned_end() {
    let later = now().plus_millis(1);
    for (inside, until, expected) in [
        (true, now(), true),
        (true, later, false),
        (false, now(), false),
    ] {
        assert_eq!(is_overdue(inside, until, later), expected);
    }
    assert_eq!(visit_number(None, 2026, 123), "V-2026-000123");
    let numbered = |code: &str| visit_number(Some(&site_part(code, 7)), 2026, 123);
    assert_eq!(numbered("sha2"), "V-SHA2-2026-000123");
    assert_eq!(numbered("上海/2"), "V-S-7-2026-000123");
}

#[test]
fn the_door_opens_two_hours_before_the_window_and_shuts_at_its_end() {
    let (from, until) = (now(), now().plus_seconds(3600));
    for (second, open) in [
        (-7201, false),
        (-7200, true),
        (0, true),
        (3599, true),
        (3600, false),
    ] {
        let at = now().plus_seconds(second);
        assert_eq!(is_in_window(from, until, at), open, "{second}");
    }
}

#[test]
fn letters_that_are_not_seen_are_refused_where_names_are_typed() {
    for (text, key) in [
        ("a".repeat(5000), "fault-too-long"),
        ("李\u{202e}明".to_owned(), "fault-unseen-characters"),
        ("李\u{200b}明".to_owned(), "fault-unseen-characters"),
        ("李\u{7}明".to_owned(), "fault-control-characters"),
    ] {
        assert_eq!(
            fault("visitor_name", &text),
            ("visitor_name".to_owned(), key)
        );
        assert_eq!(fault("company", &text), ("company".to_owned(), key));
    }
}

#[test]
fn a_standing_permission_allows_a_longer_window() {
    let mut fields = typed();
    fields.set("planned_until", "2027-02-01 09:00");
    assert_eq!(parse(&fields).unwrap_err()[0].1, "visit-fault-window-long");
    fields.set("standing_permission_id", "3");
    assert!(parse(&fields).is_ok());
}
