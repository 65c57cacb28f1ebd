//! Evidence of a bad day: restarts, wraps, resets, gaps, late polls; computed again by a script that shares no code.

use std::process::Command;

use coldaisle::base::ids::AllocationId;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::counter::Width;
use coldaisle::metering::evidence::package::{text, unpack};
use coldaisle::metering::evidence::tables::parse_slots;
use coldaisle::metering::evidence::verify::verify;
use coldaisle::metering::packed::{PackedPort, encode};
use coldaisle::metering::percentile::{Direction, GapRule, percentile};
use coldaisle::metering::poll::PortSeen;
use coldaisle::metering::slot::{Slot, SlotFlags};
use coldaisle::metering::{allocation_period, period_evidence};
use coldaisle::store::schema::{port_speed_changes, readings};
use diesel::prelude::*;

use super::world::{Switch, allocation, at, link, sample, seen};
use crate::harness::{NOW, TestDb, both, scratch_dir};

/// A day of polls begins so many minutes before [`NOW`], at 2026-11-20T08:00:00Z.
const BEGIN: i64 = -2 * 24 * 60;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A port as the switch has it.
#[derive(Clone, Copy)]
struct Counter {
    octets: (u64, u64),
    bits: Width,
    discontinuity: u64,
}

/// Makes the ports of a switch by a poll, and forgets its reading.
pub fn without_readings(switch: &Switch<'_>, ports: Vec<PortSeen>) {
    assert!(switch.poll(&sample(at(0), ports)));
    let target = switch.target;
    switch.db.put(|c| {
        let of_target = readings::table.filter(readings::target_id.eq(target));
        Ok(diesel::delete(of_target).execute(c)?)
    });
}

/// Keeps a day of readings of a switch with a 64-bit and a 32-bit port.
pub fn bad_day(switch: &Switch<'_>, seed: u64) {
    without_readings(switch, vec![seen(1, "Gi1", (0, 0)), seen(2, "Gi2", (0, 0))]);
    let ids = [switch.port_id("Gi1"), switch.port_id("Gi2")].map(|id| id.get());
    let mut dice = Dice(seed);
    let mut ports = [Width::Bits64, Width::Bits32].map(|bits| Counter {
        octets: (dice.roll(1 << 31), dice.roll(1 << 31)),
        bits,
        discontinuity: 0,
    });
    let mut uptime_ms = 40 * 86_400_000_i64;
    let mut last = at(BEGIN).plus_millis(-310_000);
    let mut rows: Vec<(Timestamp, i64, Vec<PackedPort>)> = Vec::new();
    for step in 0..300 {
        let jitter = i64::try_from(dice.roll(60_000)).unwrap() - 20_000;
        let now = at(BEGIN + step * 5).plus_millis(jitter);
        let passed = u64::try_from(now.since_millis(last)).unwrap();
        uptime_ms += now.since_millis(last);
        last = now;
        if dice.roll(50) == 0 {
            uptime_ms = i64::try_from(dice.roll(passed)).unwrap();
            for port in &mut ports {
                port.octets = (dice.roll(1_000), dice.roll(1_000));
            }
        }
        for port in &mut ports {
            // Up to 95 Mbps; now and then more than the line of 1 Gbps carries.
            let limit = if dice.roll(80) == 0 { 400_000 } else { 12_000 };
            port.octets.0 += passed * dice.roll(limit);
            port.octets.1 += passed * dice.roll(9_000);
            if dice.roll(60) == 0 {
                port.octets = (0, 0);
            }
            if dice.roll(70) == 0 {
                port.discontinuity += 1;
            }
        }
        // Lost polls, sometimes several in a row.
        if dice.roll(12) == 0 || (100..108).contains(&step) {
            continue;
        }
        let packed = ports.iter().zip(ids).map(|(port, port_id)| {
            let cut = |octets: u64| match port.bits {
                Width::Bits64 => octets,
                Width::Bits32 => octets & 0xffff_ffff,
            };
            PackedPort {
                port_id,
                flags: 0,
                in_octets: (dice.roll(30) != 0).then_some(cut(port.octets.0)),
                out_octets: (dice.roll(30) != 0).then_some(cut(port.octets.1)),
                width: port.bits,
                discontinuity: (dice.roll(40) != 0).then_some(port.discontinuity),
                oper_up: Some(true),
                packets: coldaisle::metering::packets::PacketCounters::NONE,
            }
        });
        rows.push((now, uptime_ms, packed.collect()));
    }
    let target = switch.target;
    switch.db.put(|c| {
        for (at, uptime_ms, packed) in &rows {
            diesel::insert_into(readings::table)
                .values((
                    readings::target_id.eq(target),
                    readings::at.eq(*at),
                    readings::uptime_ms.eq(*uptime_ms),
                    readings::body.eq(encode(packed)),
                ))
                .execute(c)?;
        }
        Ok(())
    });
}

/// What the switch said of a line's speed during the day: minutes into it, before and after.
fn speed_changes(switch: &Switch<'_>, port: &str, changes: &[(i64, Option<i64>, Option<i64>)]) {
    let port = switch.port_id(port);
    switch.db.put(|c| {
        for (minute, before, after) in changes {
            diesel::insert_into(port_speed_changes::table)
                .values((
                    port_speed_changes::port_id.eq(port),
                    port_speed_changes::at.eq(at(BEGIN + minute)),
                    port_speed_changes::before_bps.eq(before),
                    port_speed_changes::after_bps.eq(after),
                ))
                .execute(c)?;
        }
        Ok(())
    });
}

/// An allocation over both ports of two bad switches, one of which joins and one leaves during the day.
pub fn bad_allocation(db: &TestDb) -> AllocationId {
    let one = Switch::new(db, "SW-1");
    bad_day(&one, 4711);
    let two = Switch::new(db, "SW-2");
    bad_day(&two, 42);
    let gigabit = Some(1_000_000_000);
    speed_changes(
        &one,
        "Gi1",
        &[
            (400, gigabit, Some(50_000_000)),
            (700, Some(50_000_000), None),
            (900, None, gigabit),
        ],
    );
    speed_changes(&two, "Gi2", &[(350, Some(20_000_000), gigabit)]);
    let id = allocation(db, db.customer("ACME-1"), "BGP");
    link(db, id, one.port_id("Gi1"), BEGIN - 600, None);
    link(db, id, one.port_id("Gi2"), BEGIN + 300, Some(BEGIN + 900));
    link(db, id, two.port_id("Gi1"), BEGIN + 600, None);
    link(db, id, two.port_id("Gi2"), BEGIN - 600, Some(BEGIN + 700));
    // And back again.
    link(
        db,
        id,
        one.port_id("Gi2"),
        BEGIN + 1_000,
        Some(BEGIN + 1_200),
    );
    id
}

pub fn staff(db: &TestDb) -> Actor {
    Actor {
        now: NOW,
        ..db.actor(Role::Operations)
    }
}

fn recomputed(file: &std::path::Path) -> serde_json::Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/recompute.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(file)
        .output()
        .expect("python3");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{complaint}");
    serde_json::from_slice(&output.stdout).expect("JSON of the script")
}

/// Exports the running period and has it computed by the script and by the program's own check: all agree. Gives the
/// slots.
pub fn recomputed_the_same(db: &TestDb, actor: &Actor, id: AllocationId) -> Vec<Slot> {
    let now = actor.now;
    let evidence = db.get(|c| period_evidence(c, actor, id, now));
    let files = unpack(&evidence.body).unwrap();
    let slots_csv = text(files.iter().find(|file| file.name == "slots.csv").unwrap()).unwrap();
    let slots = parse_slots("slots.csv", slots_csv).unwrap();
    let series = db.get(|c| allocation_period(c, actor, id, now));
    assert_eq!(
        slots, series.slots,
        "evidence, page and graph have the same slots"
    );
    let path = scratch_dir().join(format!(
        "evidence-{:?}-{now}.zip",
        db.engine,
        now = now.millis()
    ));
    std::fs::write(&path, &evidence.body).unwrap();
    let theirs = recomputed(&path);
    let lines = theirs["slots_csv"].as_str().unwrap();
    let differing = lines
        .lines()
        .zip(slots_csv.lines())
        .find(|(theirs, ours)| theirs != ours);
    assert_eq!(differing, None);
    assert_eq!(lines.len(), slots_csv.len());
    let mut seen = std::collections::BTreeSet::new();
    for direction in Direction::ALL {
        for gaps in GapRule::ALL {
            let ours = percentile(&slots, direction, gaps)
                .rate
                .map(|rate| rate.get());
            let name = format!("{}/{}", direction.as_str(), gaps.as_str());
            assert_eq!(theirs["figures"][&name].as_i64(), ours, "{name}");
            seen.insert(ours);
        }
    }
    assert!(
        seen.len() > 5,
        "rules that make no difference prove nothing: {seen:?}"
    );
    let report = verify(&evidence.body).unwrap();
    assert_eq!(
        (report.faults.len(), report.computed_bps),
        (0, series.figure.rate.map(|rate| rate.get()))
    );
    assert_eq!(report.hash, evidence.hash);
    slots
}

/// The day is as bad as it says.
fn assert_bad(slots: &[Slot]) {
    let count = |is: &dyn Fn(&Slot) -> bool| slots.iter().filter(|slot| is(slot)).count();
    for flag in [
        SlotFlags::ESTIMATED,
        SlotFlags::SUSPECT,
        SlotFlags::INCOMPLETE,
    ] {
        assert!(count(&|slot| slot.flags.contains(flag)) > 1, "{flag:?}");
    }
    for reason in ["restart", "reset", "discontinuity", "missing"] {
        assert!(
            count(&|slot| slot.gap.is_some_and(|gap| gap.as_str() == reason)) > 0,
            "{reason}"
        );
    }
    assert!(count(&|slot| !slot.is_gap() && slot.flags == SlotFlags::NONE) > 20);
}

both! {
    async fn a_script_that_shares_no_code_computes_the_same_to_the_octet(db: TestDb) {
        let id = bad_allocation(&db);
        let actor = staff(&db);
        let slots = recomputed_the_same(&db, &actor, id);
        assert_bad(&slots);
    }

    async fn the_program_writes_evidence_and_checks_it_without_a_database(db: TestDb) {
        let id = bad_allocation(&db);
        let file = scratch_dir().join(format!("cli-{:?}.zip", db.engine));
        let run = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_coldaisle"))
                .args(["--lang", "en"])
                .args(arguments)
                .env_remove("RUST_LOG")
                .output()
                .unwrap();
            let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
            (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
        };
        let url = db.url.to_string();
        let path = file.display().to_string();
        let name = id.to_string();
        for (allocation, period) in [(name.as_str(), "2026-11"), ("ACME-1/BGP", "2026-11-20")] {
            let (code, out, err) = run(&["--database", &url, "evidence", "export", allocation, period, &path]);
            assert_eq!(code, 0, "{out}{err}");
        }
        let (code, out, err) = run(&["evidence", "verify", &path]);
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains("BGP") && out.contains("computed again from"), "{out}");
        for (allocation, period) in [("4711", "2026-11"), ("ACME-1/NONE", "2026-11"), (name.as_str(), "soon")] {
            let (code, _, err) = run(&["--database", &url, "evidence", "export", allocation, period, &path]);
            assert!(code == 1 && !err.is_empty(), "{allocation} {period}: {code} {err}");
        }
        let mut files = unpack(&std::fs::read(&file).unwrap()).unwrap();
        let slots = files.iter_mut().find(|file| file.name == "slots.csv").unwrap();
        let before = String::from_utf8(slots.body.clone()).unwrap();
        let line = before.lines().nth(700).unwrap();
        slots.body = before.replacen(line, &format!("{line} "), 1).into_bytes();
        std::fs::write(&file, coldaisle::metering::evidence::package::pack(&files).unwrap()).unwrap();
        let (code, _, err) = run(&["evidence", "verify", &path]);
        assert!(code == 1 && err.contains("slots.csv, line 701:"), "{code} {err}");
        let (code, _, err) = run(&["evidence", "verify", "/nowhere/at-all.zip"]);
        assert!(code == 1 && err.contains("/nowhere/at-all.zip"), "{code} {err}");
    }
}
