//! Days that are over become blocks, and nobody who reads notices.

use std::time::Duration;

use coldaisle::base::fault::FaultKind;
use coldaisle::base::ids::{PortId, SnmpTargetId};
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::day::{DAY_MS, Day};
use coldaisle::metering::packed::{self, PackedPort};
use coldaisle::metering::period::Period;
use coldaisle::metering::poll::PortSeen;
use coldaisle::metering::rollup;
use coldaisle::metering::slot::Slot;
use coldaisle::metering::{
    ExpiryPlace, HeldDays, History, SETTLED_MS, day_ready, day_seal, days_open, history_fill,
    hours_expire, port_hours, port_series, rates_now, readings_expire,
};
use coldaisle::store::Conn;
use coldaisle::store::schema::{reading_blocks, reading_days, readings, series_rollups};
use coldaisle::tasks::sealer::Sealer;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::world::{MINUTE, Switch, allocation, at, link, sample, seen};
use crate::harness::{NOW, TestDb, both};

/// Finishes every day that is over at `now`; gives how many.
pub fn seal_all(db: &TestDb, now: Timestamp) -> usize {
    let mut after = None;
    let mut finished = 0;
    loop {
        let open = db.get(|c| days_open(c, now, after, 7));
        let Some(last) = open.last() else {
            return finished;
        };
        after = Some(*last);
        for of in open {
            let ready = db.get(|c| day_ready(c, of)).expect("a day with rows");
            assert!(db.put(|c| day_seal(c, &ready)), "{of:?}");
            finished += 1;
        }
    }
}

fn rows(db: &TestDb) -> i64 {
    db.get(|c| Ok(readings::table.count().get_result(c)?))
}

/// Lets all go that is older than a day and not held; gives how many days and rows.
fn expire(db: &TestDb, day: Day) -> usize {
    let (mut place, mut removed) = (Some(ExpiryPlace::Begin), 0);
    while let Some(after) = place {
        let step = db.put(|c| readings_expire(c, day, &HeldDays::default(), after, 7));
        assert!(step.unreadable.is_empty() && step.held == 0, "{step:?}");
        removed += step.removed;
        place = step.next;
    }
    removed
}

fn polls_in_days(db: &TestDb) -> Vec<i64> {
    db.get(|c| {
        Ok(reading_days::table
            .order(reading_days::day.asc())
            .select(reading_days::polls)
            .load(c)?)
    })
}

/// The beginning of the day [`NOW`] lies in, so many days later.
pub fn midnight(days: i64) -> Timestamp {
    Day::of(NOW).plus(days).start()
}

pub fn days(from: i64, until: i64) -> Period {
    Period {
        from: midnight(from),
        until: midnight(until),
    }
}

/// A switch with three ports and some days of readings, the second port with a restart of its counter each day.
pub fn with_history(db: &TestDb, period: Period) -> Switch<'_> {
    let switch = Switch::new(db, "SW-1");
    let ports: Vec<PortSeen> = (1..=3)
        .map(|n| seen(n, &format!("Gi{n}"), (0, 0)))
        .collect();
    let octets = |place: usize, at: Timestamp| {
        let passed = u64::try_from(at.since_millis(period.from)).unwrap();
        match place {
            0 => (passed * 12_345 + passed % 977, passed / 3),
            1 => (passed % 86_000_000 * 99, 7),
            _ => (0, 0),
        }
    };
    let history = History {
        period,
        step_ms: 5 * MINUTE,
        boot: period.from.plus_millis(-DAY_MS),
        ports: &ports,
        octets_at: &octets,
    };
    let count = db.put(|c| history_fill(c, &switch.staff, switch.target, &history));
    assert_eq!(
        count as i64,
        period.until.since_millis(period.from) / (5 * MINUTE)
    );
    switch
}

fn at_instant(actor: &Actor, now: Timestamp) -> Actor {
    Actor {
        now,
        ..actor.clone()
    }
}

fn slots(switch: &Switch<'_>, name: &str, asked: Period, now: Timestamp) -> Vec<Slot> {
    let staff = at_instant(&switch.staff, now);
    let id = switch.port_id(name);
    switch.db.get(|c| port_series(c, &staff, id, asked)).slots
}

fn insert(
    c: &mut Conn,
    target: SnmpTargetId,
    at: Timestamp,
    ports: &[PackedPort],
) -> Result<(), coldaisle::base::fault::Fault> {
    diesel::insert_into(readings::table)
        .values((
            readings::target_id.eq(target),
            readings::at.eq(at),
            readings::uptime_ms.eq(Some(5_i64)),
            readings::body.eq(packed::encode(ports)),
        ))
        .execute(c)?;
    Ok(())
}

fn packed_port(id: PortId, inward: u64) -> PackedPort {
    PackedPort {
        port_id: id.get(),
        flags: 3,
        in_octets: Some(inward),
        out_octets: None,
        width: coldaisle::metering::counter::Width::Bits64,
        discontinuity: Some(9),
        oper_up: None,
        packets: coldaisle::metering::packets::PacketCounters::NONE,
    }
}

both! {
    async fn a_finished_day_reads_as_before(db: TestDb) {
        let switch = with_history(&db, days(-3, 0));
        let now = midnight(0).plus_millis(SETTLED_MS);
        let mut before = Vec::new();
        let asked: Vec<Period> = [(-3, 0), (-2, -1), (-1, 0)].map(|(from, until)| days(from, until)).to_vec();
        let odd = Period { from: midnight(-2).plus_millis(7 * MINUTE + 13), until: midnight(-1).plus_millis(61 * MINUTE) };
        for asked in asked.iter().chain([&odd]) {
            for name in ["Gi1", "Gi2", "Gi3"] {
                before.push(slots(&switch, name, *asked, now));
            }
        }
        assert!(before[0].iter().filter(|slot| !slot.is_gap()).count() > 860);
        assert!(before[1].iter().any(|slot| slot.gap.is_some()), "the restarts are there");
        let staff = at_instant(&switch.staff, midnight(0));
        let ports = ["Gi1", "Gi2"].map(|name| switch.port(name));
        let rates = db.get(|c| rates_now(c, &ports, staff.now));
        assert_eq!(rates.len(), 2);
        assert_eq!(seal_all(&db, now), 3);
        assert_eq!((rows(&db), polls_in_days(&db)), (0, vec![288, 288, 288]));
        assert_eq!(db.get(|c| Ok(reading_blocks::table.count().get_result::<i64>(c)?)), 9);
        let mut after = Vec::new();
        for asked in asked.iter().chain([&odd]) {
            for name in ["Gi1", "Gi2", "Gi3"] {
                after.push(slots(&switch, name, *asked, now));
            }
        }
        assert_eq!(before, after);
        assert_eq!(db.get(|c| rates_now(c, &ports, staff.now)), rates, "rates across midnight come from blocks too");
        assert_eq!(seal_all(&db, now), 0, "nothing is left to do");
    }

    async fn a_day_is_finished_two_hours_after_its_end(db: TestDb) {
        with_history(&db, days(-2, 0));
        let open = |now: Timestamp| db.get(|c| days_open(c, now, None, 100)).len();
        assert_eq!(open(midnight(-1)), 0);
        assert_eq!(open(midnight(-1).plus_millis(SETTLED_MS - 1)), 0);
        assert_eq!(open(midnight(-1).plus_millis(SETTLED_MS)), 1);
        assert_eq!(open(midnight(0).plus_millis(SETTLED_MS)), 2);
    }

    async fn a_poll_goes_on_where_the_blocks_end(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let edge = midnight(1).since_millis(NOW) / MINUTE;
        for minute in [-10, -5, 0, 5, 10] {
            let octets = u64::try_from((minute + 20) * 60).unwrap();
            assert!(switch.poll(&sample(at(edge + minute), vec![seen(1, "Gi1", (octets, 0))])));
        }
        assert_eq!(seal_all(&db, midnight(1).plus_millis(SETTLED_MS)), 1);
        assert_eq!((rows(&db), polls_in_days(&db)), (3, vec![2]));
        let asked = Period { from: at(edge - 10), until: at(edge + 10) };
        let octets: Vec<Option<u64>> = slots(&switch, "Gi1", asked, at(edge + 11)).iter().map(|slot| slot.in_octets).collect();
        assert_eq!(octets, [Some(300); 4]);
    }

    async fn a_late_reading_is_merged_and_never_lost(db: TestDb) {
        let switch = with_history(&db, days(-1, 0));
        let now = midnight(0).plus_millis(SETTLED_MS);
        assert_eq!(seal_all(&db, now), 1);
        let before = slots(&switch, "Gi2", days(-1, 0), now);
        let without = slots(&switch, "Gi1", days(-1, 0), now);
        let late = midnight(-1).plus_millis(12 * 60 * MINUTE + 1);
        let port = switch.port_id("Gi1");
        db.put(|c| insert(c, switch.target, late, &[packed_port(port, 77)]));
        let with_row = slots(&switch, "Gi1", days(-1, 0), now);
        assert_ne!(with_row, without, "it is read before it is merged");
        assert_eq!(seal_all(&db, now), 1);
        assert_eq!((rows(&db), polls_in_days(&db)), (0, vec![289]));
        assert_eq!(slots(&switch, "Gi1", days(-1, 0), now), with_row);
        assert_eq!(slots(&switch, "Gi2", days(-1, 0), now), before, "other ports are as they were");
    }

    async fn a_day_that_can_not_be_kept_keeps_its_rows_and_says_so(db: TestDb) {
        let switch = with_history(&db, days(-2, 0));
        let twice = midnight(-2).plus_millis(12 * 60 * MINUTE + 1);
        let port = packed_port(switch.port_id("Gi1"), 77);
        db.put(|c| insert(c, switch.target, twice, &[port, port]));
        let now = midnight(0).plus_millis(SETTLED_MS);
        let open = db.get(|c| days_open(c, now, None, 100));
        let fault = db.store.read_blocking(|c| day_ready(c, open[0])).map(|_| ()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Internal);
        assert!(fault.to_string().contains("twice"), "{fault}");
        let sealer = Sealer::new(db.store.clone(), Duration::from_secs(600));
        let failed = sealer.finish_days(now, CancellationToken::new()).await.unwrap_err();
        assert!(failed.to_string().contains("1 days could not be finished"), "{failed}");
        assert_eq!((rows(&db), polls_in_days(&db)), (289, vec![288]), "the other day is finished all the same");
        db.put(|c| Ok(diesel::delete(readings::table.filter(readings::at.eq(twice))).execute(c)?));
        let said = sealer.finish_days(now, CancellationToken::new()).await.unwrap();
        assert_eq!((rows(&db), said.to_string().as_str()), (0, "tasks-said-sealer finished=1 passed=0 more=no"));
    }

    async fn two_polls_at_one_instant_that_differ_are_a_fault(db: TestDb) {
        let switch = with_history(&db, days(-1, 0));
        let now = midnight(0).plus_millis(SETTLED_MS);
        let first: Timestamp = db.get(|c| Ok(readings::table.order(readings::at.asc()).select(readings::at).first(c)?));
        seal_all(&db, now);
        db.put(|c| insert(c, switch.target, first, &[packed_port(switch.port_id("Gi1"), 77)]));
        let open = db.get(|c| days_open(c, now, None, 100));
        let fault = db.store.read_blocking(|c| day_ready(c, open[0])).map(|_| ()).unwrap_err();
        assert!(fault.to_string().contains("two polls"), "{fault}");
        assert_eq!((rows(&db), polls_in_days(&db)), (1, vec![288]));
    }

    async fn who_is_slower_changes_nothing(db: TestDb) {
        let switch = with_history(&db, days(-1, 0));
        let now = midnight(0).plus_millis(SETTLED_MS);
        let of = db.get(|c| days_open(c, now, None, 1))[0];
        let ready = || db.get(|c| day_ready(c, of)).unwrap();
        let (one, two) = (ready(), ready());
        let late = midnight(-1).plus_millis(1);
        db.put(|c| insert(c, switch.target, late, &[]));
        assert!(!db.put(|c| day_seal(c, &one)), "a row came between");
        assert_eq!((rows(&db), polls_in_days(&db)), (289, vec![]));
        let three = ready();
        assert!(db.put(|c| day_seal(c, &three)));
        assert!(!db.put(|c| day_seal(c, &three)) && !db.put(|c| day_seal(c, &two)));
        assert_eq!((rows(&db), polls_in_days(&db)), (0, vec![289]));
    }

    async fn a_transaction_that_ends_early_leaves_rows_or_blocks(db: TestDb) {
        with_history(&db, days(-1, 0));
        let of = db.get(|c| days_open(c, midnight(0).plus_millis(SETTLED_MS), None, 1))[0];
        let ready = db.get(|c| day_ready(c, of)).unwrap();
        let broken = db.store.write_blocking("t", |c| {
            assert!(day_seal(c, &ready)?);
            Err::<(), _>(coldaisle::base::fault::Fault::internal("the light goes out"))
        });
        assert!(broken.is_err());
        assert_eq!((rows(&db), polls_in_days(&db)), (288, vec![]));
        assert_eq!(db.get(|c| Ok(series_rollups::table.count().get_result::<i64>(c)?)), 0);
    }

    async fn a_long_graph_is_the_sum_of_its_slots(db: TestDb) {
        let asked = days(-43, 0);
        let switch = with_history(&db, asked);
        let now = midnight(0).plus_millis(3 * 60 * MINUTE);
        // The last two days stay in rows.
        assert_eq!(seal_all(&db, midnight(-2).plus_millis(SETTLED_MS)), 41);
        let staff = at_instant(&switch.staff, now);
        for name in ["Gi1", "Gi2", "Gi3"] {
            let slots = slots(&switch, name, asked, now);
            let id = switch.port_id(name);
            let long = db.get(|c| port_hours(c, &staff, id, asked));
            assert_eq!(long.hours, rollup::hours(&slots), "{name}");
            assert_eq!(long.hours.len(), 43 * 24);
        }
        let customer = db.customer("A");
        let port = switch.port_id("Gi1");
        let first = midnight(-10).since_millis(NOW) / MINUTE + 30;
        link(&db, allocation(&db, customer, "A1"), port, first, Some(first + 180));
        let theirs = at_instant(&db.actor_of(Role::CustomerAdmin, Some(customer)), now);
        let long = db.get(|c| port_hours(c, &theirs, port, asked));
        let starts: Vec<i64> = long.hours.iter().map(|hour| hour.start.since_millis(midnight(-10)) / rollup::HOUR_MS).collect();
        assert_eq!(starts, [1, 2], "only hours wholly in the dates of the link");
        let other = db.actor_of(Role::CustomerAdmin, Some(db.customer("B")));
        let fault = db.store.read_blocking(|c| port_hours(c, &other, port, asked)).map(|_| ()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound);
    }

    async fn a_silence_is_drawn_when_it_ends(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let edge = midnight(1).since_millis(NOW) / MINUTE;
        let poll = |minute: i64, octets: u64| {
            let mut sample = sample(at(edge + minute), vec![seen(1, "Gi1", (octets, 0))]);
            sample.uptime_ms = Some(u64::try_from((edge + minute + 100_000) * MINUTE).unwrap());
            assert!(switch.poll(&sample));
        };
        poll(-600, 0);
        poll(-595, 300);
        assert_eq!(seal_all(&db, midnight(1).plus_millis(SETTLED_MS)), 1);
        // Two days later it speaks again: what passed is spread over the silence.
        poll(2 * 1440 + 600, 300 + (595 + 3480) / 5 * 1_000);
        poll(2 * 1440 + 605, 300 + (595 + 3485) / 5 * 1_000);
        assert_eq!(seal_all(&db, midnight(4).plus_millis(SETTLED_MS)), 1);
        let asked = days(0, 4);
        let slots = slots(&switch, "Gi1", asked, midnight(4).plus_millis(SETTLED_MS));
        let staff = at_instant(&switch.staff, midnight(4).plus_millis(SETTLED_MS));
        let id = switch.port_id("Gi1");
        let long = db.get(|c| port_hours(c, &staff, id, asked));
        let known = |hours: &[rollup::Hour]| -> Vec<rollup::Hour> {
            hours.iter().filter(|hour| hour.inward.known > 0).copied().collect()
        };
        assert_eq!(known(&long.hours), known(&rollup::hours(&slots)));
        assert!(known(&long.hours).len() > 60, "{}", known(&long.hours).len());
    }

    async fn old_readings_go_and_hours_stay_longer(db: TestDb) {
        let switch = with_history(&db, days(-3, 0));
        assert_eq!(seal_all(&db, midnight(-1).plus_millis(SETTLED_MS)), 2);
        let before = Day::of(midnight(-2));
        assert_eq!(expire(&db, before), 1);
        assert_eq!(expire(&db, before), 0);
        assert_eq!((rows(&db), polls_in_days(&db)), (288, vec![288]));
        assert_eq!(db.get(|c| Ok(reading_blocks::table.count().get_result::<i64>(c)?)), 3);
        let far = Day::of(midnight(100));
        assert_eq!(expire(&db, far), 1 + 288, "rows that never became blocks too");
        let months: i64 = db.get(|c| Ok(series_rollups::table.count().get_result(c)?));
        assert!(months >= 3);
        assert_eq!(db.put(|c| hours_expire(c, Day::of(midnight(0)), 100)), 0, "the month runs");
        let staff = at_instant(&switch.staff, midnight(0));
        let id = switch.port_id("Gi1");
        assert_eq!(db.get(|c| port_hours(c, &staff, id, days(-60, 0))).hours.len(), 48);
        assert_eq!(db.put(|c| hours_expire(c, far, 100)) as i64, months);
    }
}
