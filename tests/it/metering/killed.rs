//! Polling and finishing days, killed at any moment: what was committed is there, once.
//!
//! The test runs itself as a second process, which says on its standard output what it has committed, and kills it
//! with SIGKILL somewhere in what it does next.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use coldaisle::base::ids::SnmpTargetId;
use coldaisle::base::time::Timestamp;
use coldaisle::metering::day::{DAY_MS, Day};
use coldaisle::metering::sealed::{self, Poll};
use coldaisle::metering::{
    OpenDay, SETTLED_MS, day_ready, day_seal, days_open, packed, poll_succeeded, targets_claim,
};
use coldaisle::store::schema::{reading_blocks, reading_days, readings, snmp_targets};
use coldaisle::store::{DatabaseUrl, Store};
use diesel::prelude::*;

use super::sealing::seal_all;
use super::world::{OWNER, Switch, sample, seen};
use crate::harness::{NOW, TestDb, both};

const URL: &str = "COLDAISLE_TEST_KILLED_URL";
const TARGET: &str = "COLDAISLE_TEST_KILLED_TARGET";
/// Two polls a day, so that days end all the time.
const STEP_MS: i64 = DAY_MS / 2;
const KILLS: u64 = 50;

fn instant(n: i64) -> Timestamp {
    Day::of(NOW)
        .plus(1)
        .start()
        .plus_millis(n * STEP_MS + 4_711)
}

fn number(at: Timestamp) -> i64 {
    at.since_millis(instant(0)) / STEP_MS
}

fn octets(n: i64, port: u32) -> u64 {
    u64::try_from(n).unwrap() * 1_000_003 * u64::from(port)
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// The process that is killed; on its own it has nothing to do.
#[test]
#[ignore = "run by the other test of this file"]
fn child() {
    let Ok(url) = std::env::var(URL) else { return };
    let target = SnmpTargetId::new(std::env::var(TARGET).unwrap().parse().unwrap());
    let url: DatabaseUrl = url.parse().unwrap();
    let store = Store::open(&url, 2).unwrap();
    let last: Option<Timestamp> = store
        .read_blocking(|c| {
            Ok(snmp_targets::table
                .find(target)
                .select(snmp_targets::last_good_at)
                .first(c)?)
        })
        .unwrap();
    for n in last.map_or(0, |last| number(last) + 1).. {
        poll(&store, target, n);
        say(&format!("kept {n}"));
        let now = instant(n).plus_millis(SETTLED_MS);
        for of in store
            .read_blocking(|c| days_open(c, now, None, 100))
            .unwrap()
        {
            seal(&store, of);
        }
    }
}

fn poll(store: &Store, target: SnmpTargetId, n: i64) {
    let now = instant(n);
    let ports = (1..=3).map(|port| seen(port, &format!("Gi{port}"), (octets(n, port), 7)));
    let mut sample = sample(now, ports.collect());
    sample.uptime_ms = Some(u64::try_from(n).unwrap() * 1_000);
    store
        .write_blocking("t", |c| {
            targets_claim(c, OWNER, now, now.plus_millis(DAY_MS), 10)?;
            poll_succeeded(c, OWNER, target, &sample, now)
        })
        .unwrap();
}

fn seal(store: &Store, of: OpenDay) {
    if let Some(ready) = store.read_blocking(|c| day_ready(c, of)).unwrap() {
        say("sealing");
        store.write_blocking("t", |c| day_seal(c, &ready)).unwrap();
        say("sealed");
    }
}

/// Runs the child until it has said so many lines, and a little longer; gives the polls it said it kept, and the last
/// line.
fn run_and_kill(
    db: &TestDb,
    target: SnmpTargetId,
    lines: usize,
    longer: u64,
) -> (Vec<i64>, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "metering::killed::child",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(URL, db.url.to_string())
        .env(TARGET, target.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut said = out.lines().map(Result::unwrap).filter(|line| {
        ["kept ", "sealing", "sealed"]
            .iter()
            .any(|word| line.starts_with(word))
    });
    let mut heard: Vec<String> = said.by_ref().take(lines).collect();
    assert_eq!(heard.len(), lines, "the child ended by itself: {heard:?}");
    for _ in 0..longer {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    heard.extend(said);
    child.wait().unwrap();
    let kept = heard
        .iter()
        .filter_map(|line| line.strip_prefix("kept ")?.parse().ok());
    (kept.collect(), heard.last().unwrap().clone())
}

/// Every poll that is kept, by number, from rows and from blocks.
fn kept(db: &TestDb, target: SnmpTargetId) -> BTreeMap<i64, Vec<Poll>> {
    let mut polls: Vec<Poll> = db.get(|c| {
        let rows: Vec<(Timestamp, Option<i64>, Vec<u8>)> = readings::table
            .select((readings::at, readings::uptime_ms, readings::body))
            .load(c)?;
        let of_rows = rows.into_iter().map(|(at, uptime_ms, body)| Poll {
            at,
            uptime_ms,
            ports: packed::decode(&body).unwrap(),
        });
        let mut polls: Vec<Poll> = of_rows.collect();
        let days: Vec<(i64, Vec<u8>)> = reading_days::table
            .select((reading_days::day, reading_days::body))
            .load(c)?;
        for (day, body) in days {
            let blocks: Vec<(i64, Vec<u8>)> = reading_blocks::table
                .filter(reading_blocks::day.eq(day))
                .order(reading_blocks::port_id.asc())
                .select((reading_blocks::port_id, reading_blocks::body))
                .load(c)?;
            polls.extend(sealed::open(target, Day::from_number(day), &body, &blocks).unwrap());
        }
        Ok(polls)
    });
    polls.sort_by_key(|poll| poll.at);
    let mut by_number: BTreeMap<i64, Vec<Poll>> = BTreeMap::new();
    for poll in polls {
        by_number.entry(number(poll.at)).or_default().push(poll);
    }
    by_number
}

fn assert_each_once(db: &TestDb, target: SnmpTargetId, said: &[i64]) {
    let kept = kept(db, target);
    for n in said {
        assert!(kept.contains_key(n), "poll {n} was committed and is lost");
    }
    let numbers: Vec<i64> = kept.keys().copied().collect();
    assert_eq!(
        numbers,
        (0..kept.len() as i64).collect::<Vec<i64>>(),
        "no holes"
    );
    for (n, polls) in kept {
        assert_eq!(polls.len(), 1, "poll {n} is there more than once");
        assert_eq!(
            (polls[0].at, polls[0].uptime_ms),
            (instant(n), Some(n * 1_000))
        );
        let octets_in: Vec<Option<u64>> =
            polls[0].ports.iter().map(|port| port.in_octets).collect();
        assert_eq!(
            octets_in,
            [1, 2, 3].map(|port| Some(octets(n, port))),
            "poll {n}"
        );
    }
}

both! {
    async fn no_reading_is_lost_or_doubled(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let (mut said, mut in_sealing) = (Vec::new(), 0);
        for kill in 0..KILLS {
            let random = (kill + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let lines = 2 + (random >> 60) as usize;
            let (kept, last) = run_and_kill(&db, switch.target, lines, (random >> 20) % 300_000);
            said.extend(kept);
            in_sealing += u32::from(last == "sealing");
            assert_each_once(&db, switch.target, &said);
        }
        println!("killed {KILLS} times, {in_sealing} of them while a day was put in its place; {} polls", said.len());
        let last = *said.last().unwrap();
        seal_all(&db, instant(last + 10));
        assert_each_once(&db, switch.target, &said);
        assert_eq!(db.get(|c| Ok(readings::table.count().get_result::<i64>(c)?)), 0);
    }
}
