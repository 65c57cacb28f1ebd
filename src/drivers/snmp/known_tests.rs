#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use ::snmp::Value;

use super::*;
use crate::drivers::snmp::report::System;
use crate::drivers::snmp::walk::Cell;

const PLAN: PollPlan = PollPlan::Counters;

fn cell(if_index: u32, column: Column, value: Value) -> Cell {
    Cell {
        if_index,
        column,
        value,
    }
}

fn text(text: &str) -> Value {
    Value::OctetString(text.as_bytes().to_vec().into())
}

/// A switch with ports of these names at ifIndex 11, 12 ...
fn table(names: &[&str]) -> Table {
    let mut table = Table::default();
    for (n, name) in names.iter().enumerate() {
        let at = 11 + u32::try_from(n).unwrap();
        table.put(&[
            cell(at, Column::IfHcInOctets, Value::Counter64(1)),
            cell(at, Column::IfHcOutOctets, Value::Counter64(2)),
            cell(at, Column::IfOperStatus, Value::Integer(1)),
            cell(at, Column::IfDescr, text("port")),
            cell(at, Column::IfName, text(name)),
        ]);
    }
    table
}

fn said(table: Table) -> Said {
    Said {
        system: System::default(),
        uptime_ms: Some(1_000_000),
        interfaces: Some(u32::try_from(table.rows.len()).unwrap()),
        table,
        warnings: Vec::new(),
    }
}

fn options() -> PollOptions {
    PollOptions::within(Duration::from_secs(1))
}

fn known(names: &[&str]) -> Known {
    Known::new(&said(table(names)), PLAN, &options())
}

#[test]
fn runs_are_even_chained_and_ask_only_for_what_is_there() {
    let names: Vec<String> = (1..=48).map(|n| format!("Gi0/{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let spans = known(&names).spans(PLAN, 25);
    assert_eq!(spans.len(), 4, "{spans:?}");
    assert!(spans.iter().all(|span| span.rows == 12));
    assert_eq!((spans[0].after, spans[0].until), (None, 22));
    assert_eq!((spans[3].after, spans[3].until), (Some(46), 58));
    let columns = [
        Column::IfHcInOctets,
        Column::IfHcOutOctets,
        Column::IfOperStatus,
        Column::IfName,
    ];
    assert!(spans.iter().all(|span| span.columns == columns));
    assert_eq!(
        known(&names).spans(PLAN, 3).len(),
        16,
        "what the device can do"
    );
    let both = PollPlan::CountersAndErrors;
    assert!(
        !known(&names).serves(both, &options()),
        "it may have errors: nobody asked"
    );
    assert!(known(&names).serves(PLAN, &options()));
}

#[test]
fn a_row_is_the_same_only_under_its_name_and_in_full() {
    let before = known(&["a", "b", "c"]);
    assert!(before.same(&mut table(&["a", "b", "c"]), PLAN));
    for changed in [
        &["a", "c", "b"][..],
        &["a", "b"],
        &["a", "b", "c", "d"],
        &["a", "b", ""],
    ] {
        assert!(!before.same(&mut table(changed), PLAN), "{changed:?}");
    }
    let mut halved = table(&["a", "b", "c"]);
    halved.rows.get_mut(&12).unwrap().answered &= !Column::IfHcOutOctets.bit();
    assert!(!before.same(&mut halved, PLAN), "a counter is gone");
    let mut moved = Table::default();
    moved.put(&[cell(99, Column::IfName, text("a"))]);
    assert!(!known(&["a"]).same(&mut moved, PLAN));
}

#[test]
fn where_one_kind_of_name_does_not_do_all_are_compared() {
    assert_eq!(known(&["a", "b"]).checks, [Column::IfName]);
    for names in [&["a", "a"][..], &["a", ""]] {
        assert_eq!(known(names).checks, [Column::IfName, Column::IfDescr]);
    }
}

#[test]
fn uptime_tells_a_restart_from_its_wrap() {
    const DAY: u64 = 86_400_000;
    let table = [
        ("a minute later", DAY, DAY + 60_000, 60_000, true),
        ("the same instant", DAY, DAY, 0, true),
        ("the wrap", UPTIME_WRAP_MS - 10_000, 50_000, 60_000, true),
        ("a restart", DAY, 20_000, 60_000, false),
        (
            "a restart of a device just started",
            30_000,
            1_000,
            10_000,
            false,
        ),
        (
            "a restart that outlasts what was",
            60_000,
            120_000,
            600_000,
            false,
        ),
        (
            "a restart within the wrap",
            UPTIME_WRAP_MS - 10_000,
            5_000,
            300_000,
            false,
        ),
        (
            "a clock that is a little fast",
            DAY,
            DAY + 302_000,
            300_000,
            true,
        ),
    ];
    for (name, was, is, elapsed, expected) in table {
        assert_eq!(ran_on(was, is, elapsed), expected, "{name}");
    }
}

#[test]
fn what_the_device_stopped_telling_is_a_change() {
    let before = known(&["a"]);
    assert!(before.ran_on(Some(1_000_000), Some(1)));
    for (uptime, interfaces) in [
        (None, Some(1)),
        (Some(1_000_000), Some(2)),
        (Some(1_000_000), None),
    ] {
        assert!(!before.ran_on(uptime, interfaces));
    }
}

#[test]
fn readings_in_vain_end() {
    let mut before = known(&["a"]);
    for _ in 0..MOST_IN_VAIN {
        assert!(before.serves(PLAN, &options()));
        before = before.in_vain();
    }
    assert!(!before.serves(PLAN, &options()));
    let mut next = known(&["a"]);
    next.inherit(&before, PLAN);
    assert!(!next.serves(PLAN, &options()));
    let mut later = known(&["a"]);
    later.inherit(&before, PollPlan::Full { packets: false });
    assert!(later.serves(PLAN, &options()), "every hour anew");
    let mut changed = known(&["b"]);
    changed.inherit(&before, PLAN);
    assert!(
        changed.serves(PLAN, &options()),
        "it had changed: that was not in vain"
    );
}
