#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use std::collections::BTreeMap;

use super::document::{Frozen, Head, Owner, PERIOD_FILE, PortSaid, SLOTS_FILE};
use super::package::{FileInside, evidence, freeze, pack, thaw, unpack};
use super::tables::{parse_readings, parse_slots, readings_csv, slots_csv};
use super::verify::verify;
use super::*;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::counter::{Reading, Width};
use crate::metering::percentile::{Direction, GapRule};
use crate::metering::period::Period;
use crate::metering::slot::SLOT_MS;

const START: Timestamp = Timestamp::from_millis(1_795_334_400_000);

fn at(slot: i64) -> Timestamp {
    START.plus_millis(slot * SLOT_MS)
}

/// Readings every five minutes with a reset, a restart, a lost direction and an impossible rate among them.
fn readings() -> Vec<Reading> {
    (-2..300)
        .filter(|n| ![101, 102].contains(n))
        .map(|n: i64| {
            let steady = u64::try_from(n + 2).unwrap() * 30_000_000;
            let octets = match n {
                ..101 => steady,
                101..200 => steady - 3_000_000_000,
                200 => u64::MAX / 4,
                _ => u64::MAX / 4 + steady,
            };
            let up = if n < 50 { n + 1_000 } else { n - 49 };
            Reading {
                at: at(n).plus_millis(n * n % 41 * 100),
                uptime_ms: Some(u64::try_from(up * SLOT_MS).unwrap()),
                discontinuity: None,
                in_octets: Some(octets),
                out_octets: (n != 70).then_some(octets / 3),
                width: Width::Bits64,
            }
        })
        .collect()
}

fn made() -> Vec<u8> {
    let counted = Period {
        from: at(0),
        until: at(288),
    };
    let head = Head {
        owner: Owner {
            allocation_id: 7,
            allocation: "BGP \"quoted\", 带宽".into(),
            customer_code: "AAA".into(),
            customer: "Customer".into(),
        },
        period: counted,
        counted,
        time_zone: "Asia/Shanghai".into(),
        billing_day: 1,
        committed: BitsPerSecond::new(500_000),
        burst: None,
        direction: Direction::MaxOfP95,
        gaps: GapRule::Drop,
    };
    let port = PortSaid {
        readings: "readings/001-port-3.csv".into(),
        port_id: 3,
        device: "SW-1".into(),
        port: "10GE1/0/1".into(),
        from: at(-100),
        until: None,
        line_speed_bps: Some(1_000_000_000),
        line_speeds: Vec::new(),
        poll_interval_ms: 300_000,
        estimate_after: 3,
    };
    let members = [port.member(readings())];
    let frozen = Frozen::of(head, vec![port], &members);
    let counts = &frozen.document.figure;
    assert!(
        counts.gap >= 2 && counts.suspect >= 1 && counts.incomplete > 3,
        "{counts:?}"
    );
    assert_eq!(thaw(&freeze(&frozen).unwrap()).unwrap(), frozen);
    evidence(&frozen, &members, at(400), Some(at(399))).unwrap()
}

/// The same evidence with a file changed; the manifest follows when `honest` is false.
fn changed(name: &str, change: impl Fn(&str) -> String, manifest_too: bool) -> Vec<u8> {
    let mut files = unpack(&made()).unwrap();
    let text = |file: &FileInside| String::from_utf8(file.body.clone()).unwrap();
    let place = files.iter().position(|file| file.name == name).unwrap();
    let before = text(&files[place]);
    let after = change(&before);
    assert_ne!(before, after, "the change of {name} changed nothing");
    files[place].body = after.into_bytes();
    if manifest_too {
        let mut manifest: package::Manifest = serde_json::from_slice(&files[0].body).unwrap();
        let by_name: BTreeMap<&str, &[u8]> = files
            .iter()
            .map(|file| (file.name.as_str(), &file.body[..]))
            .collect();
        for listed in &mut manifest.files {
            listed.sha256 = package::sha256(by_name[listed.name.as_str()]);
            listed.octets = by_name[listed.name.as_str()].len();
        }
        manifest.sha256 = document::hash_of(by_name[PERIOD_FILE], by_name[SLOTS_FILE]);
        files[0].body = serde_json::to_vec(&manifest).unwrap();
    }
    pack(&files).unwrap()
}

#[test]
fn what_was_not_changed_holds() {
    let report = verify(&made()).unwrap();
    assert_eq!(report.faults, []);
    assert_eq!(report.computed_bps, report.document.figure.p95_bps);
    assert!(report.computed_bps.unwrap() > 700_000);
    assert_eq!(report.readings, 300);
    assert_eq!(made(), made(), "the same evidence has the same bytes");
}

#[test]
fn a_change_is_named_with_its_file_and_line_however_well_the_manifest_fits() {
    let line = |text: &str, number: usize| text.lines().nth(number - 1).unwrap().to_owned();
    let slot = |text: &str| text.replacen(&line(text, 10), "1795336800000,x,1,1,,", 1);
    for manifest_too in [false, true] {
        let report = verify(&changed(SLOTS_FILE, slot, manifest_too)).unwrap();
        let named = |fault: &EvidenceFault| matches!(fault, EvidenceFault::Differs { file, line: 10, .. } if file == SLOTS_FILE);
        assert!(report.faults.iter().any(named), "{:?}", report.faults);
        let by_hash = report
            .faults
            .iter()
            .any(|fault| matches!(fault, EvidenceFault::Changed { .. }));
        assert_eq!(by_hash, !manifest_too);
    }
    // More octets in one reading: its slots and perhaps the figure follow.
    let reading = |text: &str| {
        let old = line(text, 30);
        let mut cells: Vec<String> = old.split(',').map(str::to_owned).collect();
        cells[4] = (cells[4].parse::<u64>().unwrap() + 1_000_000).to_string();
        text.replacen(&old, &cells.join(","), 1)
    };
    let report = verify(&changed("readings/001-port-3.csv", reading, true)).unwrap();
    assert!(
        report.faults.iter().any(
            |fault| matches!(fault, EvidenceFault::Differs { file, .. } if file == SLOTS_FILE)
        )
    );
    let figure = |text: &str| text.replacen("\"p95_bps\":", "\"p95_bps\":1", 1);
    let report = verify(&changed(PERIOD_FILE, figure, true)).unwrap();
    assert!(
        matches!(
            &report.faults[0],
            EvidenceFault::Figure {
                field: "p95_bps",
                ..
            }
        ),
        "{:?}",
        report.faults
    );
    let spaces = |text: &str| text.replacen(",\"period\"", ", \"period\"", 1);
    assert_ne!(
        verify(&changed(PERIOD_FILE, spaces, true)).unwrap().faults,
        []
    );
    let dropped = |text: &str| text.replacen("suspect", "gap", 1);
    assert_ne!(
        verify(&changed("dropped.csv", dropped, true))
            .unwrap()
            .faults,
        []
    );
    let readme = |text: &str| format!("{text}!");
    let report = verify(&changed("README.en.md", readme, false)).unwrap();
    assert!(
        matches!(&report.faults[..], [EvidenceFault::Changed { file, .. }] if file == "README.en.md")
    );
}

#[test]
fn what_can_not_be_read_is_named() {
    let bad =
        |name: &str, change: fn(&str) -> String| verify(&changed(name, change, true)).unwrap_err();
    let fault = bad("readings/001-port-3.csv", |text| {
        text.replacen(",64\n", ",65\n", 1)
    });
    assert!(
        matches!(fault, EvidenceFault::Line { line: 2, .. }),
        "{fault}"
    );
    let fault = bad("readings/001-port-3.csv", |text| {
        text.replacen("at_ms", "at", 1)
    });
    assert!(
        matches!(fault, EvidenceFault::Line { line: 1, .. }),
        "{fault}"
    );
    let fault = bad(PERIOD_FILE, |text| text.replacen("period/1", "period/2", 1));
    assert!(
        matches!(&fault, EvidenceFault::Version { version, .. } if version == "coldaisle-period/2"),
        "{fault}"
    );
    let fault = bad(PERIOD_FILE, |text| {
        text.replacen("\"version\":1", "\"version\":9", 1)
    });
    assert!(
        matches!(&fault, EvidenceFault::Version { version, .. } if version == "9"),
        "{fault}"
    );
    let fault = bad(PERIOD_FILE, |text| {
        text.replacen("001-port-3", "../../etc/passwd", 1)
    });
    assert!(matches!(fault, EvidenceFault::Missing { .. }), "{fault}");
    let without = |name: &str| {
        let mut files = unpack(&made()).unwrap();
        files.retain(|file| file.name != name);
        pack(&files).unwrap()
    };
    assert!(matches!(
        verify(&without(SLOTS_FILE)),
        Err(EvidenceFault::Missing { .. })
    ));
    let report = verify(&without("rule.json")).unwrap();
    assert!(matches!(&report.faults[..], [EvidenceFault::Missing { file }] if file == "rule.json"));
    let mut more = unpack(&made()).unwrap();
    more.push(FileInside::new("note.txt", "pay twice"));
    let report = verify(&pack(&more).unwrap()).unwrap();
    assert!(matches!(&report.faults[..], [EvidenceFault::Unlisted { file }] if file == "note.txt"));
}

#[test]
fn hostile_packages_are_refused_within_bounds() {
    assert!(matches!(verify(b""), Err(EvidenceFault::Package(_))));
    assert!(matches!(
        verify(b"PK\x03\x04 and then nothing"),
        Err(EvidenceFault::Package(_))
    ));
    let whole = made();
    for cut in [1, 30, whole.len() / 2, whole.len() - 1] {
        assert!(verify(&whole[..cut]).is_err(), "cut at {cut}");
    }
    // 65 MiB of zeros are some 65 kB packed: more than any file of evidence has.
    let bomb = pack(&[FileInside {
        name: PERIOD_FILE.into(),
        body: vec![0; 65 * 1_048_576],
    }])
    .unwrap();
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert!(matches!(verify(&bomb), Err(EvidenceFault::TooLarge { .. })));
    let many: Vec<FileInside> = (0..2_049)
        .map(|n| FileInside::new(&format!("{n}"), ""))
        .collect();
    assert!(matches!(
        verify(&pack(&many).unwrap()),
        Err(EvidenceFault::TooLarge { .. })
    ));
}

#[test]
fn tables_are_read_as_they_were_written() {
    let mut all = readings();
    all[4].in_octets = None;
    all[4].out_octets = None;
    all[5].uptime_ms = None;
    all[6].discontinuity = Some(12_345);
    all[7].width = Width::Bits32;
    assert_eq!(parse_readings("r", &readings_csv(&all)).unwrap(), all);
    let frozen = thaw(&freeze_of()).unwrap();
    assert_eq!(
        parse_slots("s", &slots_csv(&frozen.slots)).unwrap(),
        frozen.slots
    );
    let twice = readings_csv(&[all[0], all[0]]);
    assert!(matches!(
        parse_readings("r", &twice),
        Err(EvidenceFault::Line { line: 3, .. })
    ));
}

fn freeze_of() -> Vec<u8> {
    let files = unpack(&made()).unwrap();
    let wanted: Vec<FileInside> = files
        .into_iter()
        .filter(|file| [PERIOD_FILE, SLOTS_FILE].contains(&file.name.as_str()))
        .collect();
    pack(&wanted).unwrap()
}
