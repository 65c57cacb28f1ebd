//! Billing periods: closing, what never changes, corrections, the task, pages, the interface and the wall.

use chrono_tz::Tz;
use coldaisle::audit::{self, Filter};
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::ids::{AllocationId, CustomerId, SnmpTargetId};
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::counter::Width;
use coldaisle::metering::evidence::package::{named, unpack};
use coldaisle::metering::evidence::verify::verify;
use coldaisle::metering::packed::{PackedPort, decode, encode};
use coldaisle::metering::period::{BillingDay, Period, date_of, period_at, period_before};
use coldaisle::metering::{
    AllocationDraft, CorrectionDraft, PeriodState, allocation_by_id, allocation_create,
    allocation_links, allocation_port_end, allocation_update, period_close, period_correct,
    period_evidence, period_list, period_view, periods_due,
};
use coldaisle::store::Conn;
use coldaisle::store::schema::{bandwidth_allocations, readings};
use coldaisle::tasks::period_closer::PeriodCloser;
use diesel::prelude::*;
use rocket::http::{Method, Status};

use super::evidence::{bad_allocation, staff, without_readings};
use super::world::{Switch, fields, link, seen};
use crate::harness::{NOW, TestDb, TestWeb, both};

const HOUR_MS: i64 = 3_600_000;

pub fn utc(text: &str) -> Timestamp {
    Timestamp::parse_in(text, Tz::UTC).unwrap()
}

pub fn finance(db: &TestDb, now: &str) -> Actor {
    Actor {
        now: utc(now),
        ..db.actor(Role::Finance)
    }
}

fn kind<T>(result: Result<T, Fault>) -> (FaultKind, &'static str) {
    let fault = result.map(|_| ()).unwrap_err();
    (fault.kind, fault.message.key)
}

fn typed(committed: &str, day: &str) -> AllocationDraft {
    AllocationDraft::parse(&fields(&[
        ("name", "BGP"),
        ("committed_mbps", committed),
        ("active_from", "2026-01-01"),
        ("billing_day", day),
        ("time_zone", "UTC"),
    ]))
    .unwrap()
}

/// An allocation over one port that sends and receives 8 Mbps from a day before a time to two hours after it.
pub fn steady(db: &TestDb, customer: CustomerId, around: Timestamp) -> AllocationId {
    let switch = Switch::new(db, &format!("SW-{customer}"));
    without_readings(&switch, vec![seen(1, "Gi1", (0, 0))]);
    let port = switch.port_id("Gi1");
    db.put(|c| {
        for step in 0..=312_i64 {
            let at = around.plus_millis(step * 300_000 - 24 * HOUR_MS);
            let octets = u64::try_from(step * 300_000_000).unwrap();
            let packed = PackedPort {
                port_id: port.get(),
                flags: 0,
                in_octets: Some(octets),
                out_octets: Some(octets / 2),
                width: Width::Bits64,
                discontinuity: None,
                oper_up: Some(true),
                packets: coldaisle::metering::packets::PacketCounters::NONE,
            };
            diesel::insert_into(readings::table)
                .values((
                    readings::target_id.eq(switch.target),
                    readings::at.eq(at),
                    readings::uptime_ms.eq(90 * HOUR_MS + step * 300_000),
                    readings::body.eq(encode(&[packed])),
                ))
                .execute(c)?;
        }
        Ok(())
    });
    let staff = db.actor(Role::Operations);
    let mut draft = typed("5", "1");
    draft.active_from = draft
        .active_from
        .min(around.plus_millis(-400 * 24 * HOUR_MS));
    let id = db.put(|c| allocation_create(c, &staff, customer, &draft));
    let minutes = around.since_millis(NOW) / 60_000;
    link(db, id, port, minutes - 2_000, None);
    id
}

pub fn changes_nothing(db: &TestDb, statement: &str) {
    let tried = db
        .store
        .write_blocking("test", |c| Ok(diesel::sql_query(statement).execute(c)?));
    let fault = tried.unwrap_err();
    assert!(
        fault.to_string().contains("never changes"),
        "{statement}: {fault}"
    );
}

both! {
    async fn a_closed_period_is_what_it_was_whatever_comes_later(db: TestDb) {
        let id = bad_allocation(&db);
        let actor = finance(&db, "2026-12-01 12:00");
        let at = utc("2026-11-20 12:00");
        let before = db.get(|c| period_view(c, &actor, id, at));
        assert_eq!(before.state, PeriodState::Open);
        let closed = db.put(|c| period_close(c, &actor, id, at, Some(&before.hash)));
        let view = db.get(|c| period_view(c, &actor, id, at));
        let row = view.closed.as_ref().unwrap();
        assert_eq!((row.id, row.figure_bps, row.sha256.as_str()), (closed, before.usage.figure.rate, before.hash.as_str()));
        assert_eq!((view.state, view.frozen == before.frozen, view.usage == before.usage), (PeriodState::Closed, true, true));
        let counts = before.usage.figure.counts;
        let stored = [row.slots, row.used_slots, row.gap_slots, row.estimated_slots, row.suspect_slots, row.incomplete_slots];
        let made = [counts.slots, counts.used, counts.gap, counts.estimated, counts.suspect, counts.incomplete];
        assert_eq!(stored.map(|n| usize::try_from(n).unwrap()), made);
        assert_eq!(counts.slots, 8_640);
        // The contract changes, a port ends earlier, readings are lost: the closed period stays.
        let operations = staff(&db);
        db.put(|c| allocation_update(c, &operations, id, 1, &typed("900", "15")));
        let first = db.get(|c| allocation_links(c, id))[0].link.clone();
        db.put(|c| allocation_port_end(c, &operations, first.id, Some(first.from_at.plus_millis(HOUR_MS))));
        let after = db.get(|c| period_view(c, &actor, id, at));
        assert!(after.frozen == before.frozen && after.usage.figure == before.usage.figure && after.period == before.period);
        assert_eq!(after.frozen.document.committed_bps, 100_000_000);
        let evidence = db.get(|c| period_evidence(c, &actor, id, at));
        let report = verify(&evidence.body).unwrap();
        assert_eq!((report.faults, report.hash), (vec![], before.hash.clone()), "the readings still give what was frozen");
        for statement in [
            "UPDATE closed_periods SET figure_bps = 1", "DELETE FROM closed_periods", "UPDATE closed_periods SET closed_by_name = 'x'",
        ] {
            changes_nothing(&db, statement);
        }
        let log = db.get(|c| audit::list(c, &Filter { action: Some("period.close".into()), limit: 10, ..Filter::default() }));
        assert!(log.len() == 1 && log[0].detail.contains(&before.hash), "{log:?}");
        // The new billing day begins a period where the closed one ends.
        let next = db.get(|c| period_view(c, &actor, id, utc("2026-12-01 00:00"))).period;
        assert_eq!((next.from, next.until), (utc("2026-12-01"), utc("2026-12-15")));
    }

    async fn closing_is_refused_with_a_reason(db: TestDb) {
        let id = steady(&db, db.customer("AAA"), utc("2026-12-01"));
        let at = utc("2026-11-30 12:00");
        let refused = |actor: &Actor, at: Timestamp, seen: Option<&str>| kind(db.store.write_blocking("t", |c| period_close(c, actor, id, at, seen)));
        let close = |now: &str, seen: Option<&str>| refused(&finance(&db, now), at, seen);
        assert_eq!(close("2026-11-30 23:59", None), (FaultKind::Conflict, "fault-period-running"));
        // Readings go on until 02:00. At 00:03 the last slot still waits for the reading of 00:05.
        let early = finance(&db, "2026-12-01 00:03");
        let only_until = |c: &mut Conn| -> Result<usize, Fault> {
            Ok(diesel::delete(readings::table.filter(readings::at.gt(utc("2026-11-30 23:57")))).execute(c)?)
        };
        let tried = db.store.write_blocking("t", |c| {
            only_until(c)?;
            period_close(c, &early, id, at, None)
        });
        assert_eq!(kind(tried), (FaultKind::Conflict, "fault-period-settling"));
        assert_eq!(close("2026-12-01 12:00", Some("another")).0, FaultKind::Stale);
        let technician = Actor { now: utc("2026-12-02"), ..db.actor(Role::Technician) };
        assert_eq!(refused(&technician, at, None).0, FaultKind::Forbidden);
        assert_eq!(refused(&finance(&db, "2026-12-02"), utc("2020-05-05"), None), (FaultKind::Conflict, "fault-period-not-in-force"));
        let actor = finance(&db, "2026-12-01 12:00");
        db.put(|c| period_close(c, &actor, id, at, None));
        assert_eq!(close("2026-12-01 12:00", None), (FaultKind::Conflict, "fault-period-closed"));
    }

    async fn a_switch_that_comes_back_after_the_closing_changes_no_evidence(db: TestDb) {
        let id = steady(&db, db.customer("AAA"), utc("2026-12-01"));
        let (silent, back) = (utc("2026-11-30 20:00"), utc("2026-12-02 10:00"));
        let last = db.get(|c| {
            Ok(readings::table.filter(readings::at.le(silent)).order(readings::at.desc()).select((readings::target_id, readings::body)).first::<(SnmpTargetId, Vec<u8>)>(c)?)
        });
        db.put(|c| Ok(diesel::delete(readings::table.filter(readings::at.gt(silent))).execute(c)?));
        let (actor, at) = (finance(&db, "2026-12-01 12:00"), utc("2026-11-20"));
        let before = db.get(|c| period_view(c, &actor, id, at));
        db.put(|c| period_close(c, &actor, id, at, Some(&before.hash)));
        let port = decode(&last.1).unwrap()[0];
        let body = encode(&[PackedPort { in_octets: port.in_octets.map(|octets| octets + 1_000_000), ..port }]);
        db.put(|c| {
            Ok(diesel::insert_into(readings::table)
                .values((readings::target_id.eq(last.0), readings::at.eq(back), readings::uptime_ms.eq(200 * HOUR_MS), readings::body.eq(&body)))
                .execute(c)?)
        });
        let later = finance(&db, "2026-12-03");
        let evidence = db.get(|c| period_evidence(c, &later, id, at));
        let report = verify(&evidence.body).unwrap();
        assert_eq!((report.faults, report.hash), (vec![], before.hash));
        // Past their retention the readings prove nothing: no evidence rather than a false one.
        db.put(|c| Ok(diesel::delete(readings::table.filter(readings::at.lt(utc("2026-11-30 12:00")))).execute(c)?));
        let gone = db.store.read_blocking(|c| period_evidence(c, &later, id, at)).unwrap_err();
        assert_eq!((gone.kind, gone.message.key), (FaultKind::Conflict, "fault-evidence-gone"));
    }

    async fn a_correction_stands_beside_the_period(db: TestDb) {
        let id = steady(&db, db.customer("AAA"), utc("2026-12-01"));
        let (actor, at) = (finance(&db, "2026-12-02"), utc("2026-11-05"));
        let draft = CorrectionDraft::parse(&fields(&[("credit_mbps", "1.5"), ("credit_gigabytes", "0.25"), ("reason", "Flood by us")])).unwrap();
        let early = db.store.write_blocking("t", |c| period_correct(c, &actor, id, at, &draft));
        assert_eq!(kind(early), (FaultKind::Conflict, "fault-period-not-closed"));
        db.put(|c| period_close(c, &actor, id, at, None));
        let before = db.get(|c| period_view(c, &actor, id, at));
        db.put(|c| period_correct(c, &actor, id, at, &draft));
        let view = db.get(|c| period_view(c, &actor, id, at));
        assert_eq!(view.usage, before.usage);
        let found = &view.corrections[0];
        assert_eq!((found.credit_bps.unwrap().get(), found.credit_octets.unwrap().get()), (1_500_000, 250_000_000));
        assert_eq!((found.reason.as_str(), found.author_name.as_str()), ("Flood by us", "finance"));
        changes_nothing(&db, "UPDATE period_corrections SET credit_bps = 0");
        changes_nothing(&db, "DELETE FROM period_corrections");
        for wrong in [&[("reason", "x")][..], &[("credit_mbps", "1")], &[("credit_gigabytes", "0"), ("reason", "x")]] {
            assert_eq!(CorrectionDraft::parse(&fields(wrong)).unwrap_err().kind, FaultKind::Invalid);
        }
    }

    async fn the_task_closes_what_is_over_and_settled_once(db: TestDb) {
        let id = steady(&db, db.customer("AAA"), utc("2026-12-01"));
        let closer = PeriodCloser::new(db.store.clone(), std::time::Duration::from_secs(60), 12);
        let run = async |now: &str| closer.activate_at(utc(now)).await.unwrap().to_string();
        // Of three periods that ended within two months a day was measured: a person has to look.
        assert_eq!(run("2026-12-01 12:30").await, "tasks-said-period-closer closed=0 waiting=3");
        let begins = utc("2026-11-30");
        db.put(|c| Ok(diesel::update(bandwidth_allocations::table).set(bandwidth_allocations::active_from.eq(begins)).execute(c)?));
        // Ten hours after the end it rests.
        assert_eq!(run("2026-12-01 10:00").await, "tasks-said-period-closer closed=0 waiting=0");
        assert_eq!(run("2026-12-01 12:30").await, "tasks-said-period-closer closed=1 waiting=0");
        assert_eq!(run("2026-12-01 13:30").await, "tasks-said-period-closer closed=0 waiting=0");
        let actor = finance(&db, "2026-12-02");
        let (_, listed) = db.get(|c| period_list(c, &actor, id));
        let states: Vec<(String, PeriodState)> = listed.iter().take(4).map(|row| (date_of(row.period, Tz::UTC), row.state)).collect();
        let expected = [("2026-12-01", PeriodState::Running), ("2026-11-01", PeriodState::Closed)];
        assert_eq!(states, expected.map(|(from, state)| (from.to_owned(), state)));
        assert_eq!(listed[1].closed.as_ref().unwrap().closed_by_name, "period_closer");
        assert_eq!(listed[1].figure.map(|rate| rate.get()), Some(8_000_000));
        let off = PeriodCloser::new(db.store.clone(), std::time::Duration::from_secs(60), 0);
        assert!(off.activate_at(utc("2027-01-05")).await.unwrap().key.ends_with("-off"));
        assert_eq!(db.get(|c| periods_due(c, utc("2027-01-01 11:00"), 12 * HOUR_MS)).len(), 0);
        assert_eq!(db.get(|c| periods_due(c, utc("2027-01-01 12:00"), 12 * HOUR_MS)).len(), 1);
    }

    async fn pages_and_the_interface_show_close_and_hand_out_the_evidence(db: TestDb) {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        let web = TestWeb::new(db).await;
        let running = period_at(Timestamp::now(), BillingDay::default(), Tz::UTC).unwrap();
        let last: Period = period_before(running, BillingDay::default(), Tz::UTC).unwrap();
        let id = steady(&web.db, a, last.until.plus_millis(-48 * HOUR_MS));
        let name = date_of(last, Tz::UTC);
        let page = format!("/allocations/{id}/periods/{name}");
        let api = format!("/api/v1{page}");
        let (staff, own, other) = (web.browser(Role::Finance, None), web.browser(Role::CustomerMember, Some(a)), web.browser(Role::CustomerAdmin, Some(b)));
        for reader in [&staff, &own, &staff.clone().reading_chinese(), &own.clone().reading_chinese()] {
            for path in [format!("/allocations/{id}/periods"), page.clone(), format!("/allocations/{id}"), format!("/allocations/{id}?range=month")] {
                let reply = web.get(reader, &path).await;
                assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
                assert!(!reply.body.contains("style="), "{path}");
            }
        }
        let shown = web.get(&staff, &page).await.body.replace("&#x2f;", "/");
        assert!(shown.contains(&format!("{page}/close")) && shown.contains("8.00") && shown.contains("Fifth daily peak"), "{shown}");
        let month = web.get(&staff, &format!("/allocations/{id}?from={}&to={}", last.from.to_rfc3339(), last.until.to_rfc3339())).await.body.replace("&#x2f;", "/");
        assert!(month.contains("graph-small") && month.contains("/api/v1/ports/"), "{month}");
        let of_customer = web.get(&own, &page).await.body.replace("&#x2f;", "/");
        assert!(!of_customer.contains(&format!("{page}/close")) && of_customer.contains("evidence.zip"));
        for path in ["", "/evidence.zip", "/close", "/correct"] {
            assert_eq!(web.get(&other, &format!("{page}{path}")).await.status, Status::NotFound, "{path}");
        }
        for path in [format!("/allocations/{id}/usage"), format!("/allocations/{id}/periods"), format!("/allocations/{id}/periods/{name}"), format!("/allocations/{id}/periods/soon")] {
            assert_eq!(web.get(&other, &format!("/api/v1{path}")).await.status, Status::NotFound, "{path}");
        }
        assert_eq!(web.get(&own, &format!("{page}/close")).await.status, Status::NotFound);
        assert_eq!(web.get(&staff, &format!("/allocations/{id}/periods/soon")).await.status, Status::NotFound);
        let program = web.program(Role::Finance, None, "write");
        assert_eq!(web.get(&program, &format!("/api/v1/allocations/{id}/periods/soon")).await.status, Status::UnprocessableEntity);
        let usage = web.get(&program, &format!("/api/v1/allocations/{id}/usage")).await.json();
        assert_eq!((usage["state"].as_str(), usage["committed_bps"].as_i64()), (Some("running"), Some(5_000_000)));
        assert!(usage["p95_bps"].is_null() && usage["burst_used_slots"] == 0 && usage["burst_free_slots"].as_i64().unwrap() <= 447, "{usage}");
        let open = web.get(&program, &api).await.json();
        assert_eq!((open["state"].as_str(), open["p95_bps"].as_i64(), open["overage_bps"].as_i64()), (Some("open"), Some(8_000_000), Some(3_000_000)));
        assert_eq!(open["burst_used_slots"].as_i64(), Some(312));
        assert_eq!((open["what_if"].as_array().unwrap().len(), open["what_if"][2]["rate_bps"].as_i64()), (10, Some(12_000_000)));
        let stale = web.json(&program, Method::Post, &format!("{api}/close"), &serde_json::json!({"sha256": "0"})).await;
        assert_eq!(stale.status, Status::Conflict, "{}", stale.body);
        let dialog = web.get(&staff, &format!("{page}/close")).await.body;
        let hash = dialog.split("name=\"sha256\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let changed = web.post(&staff, &format!("{page}/close"), &[("sha256", "0")]).await;
        assert_eq!(changed.status, Status::Conflict, "{}", changed.body);
        let done = web.post(&staff, &format!("{page}/close"), &[("sha256", &hash)]).await;
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, Some(page.as_str())), "{}", done.body);
        let again = web.json(&program, Method::Post, &format!("{api}/close"), &serde_json::json!({})).await;
        assert!(again.status == Status::Conflict && again.body.contains("closed already"), "{}", again.body);
        let corrected = web.post(&staff, &format!("{page}/correct"), &[("credit_mbps", "0.5"), ("reason", "Our maintenance")]).await;
        assert_eq!(corrected.status, Status::SeeOther, "{}", corrected.body);
        let wrong = web.post(&staff, &format!("{page}/correct"), &[("reason", "x")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        let shown = web.get(&own, &page).await.body;
        assert!(shown.contains("Our maintenance") && shown.contains(&hash) && !shown.contains("finance"), "{shown}");
        let closed = web.get(&program, &api).await.json();
        assert_eq!((closed["state"].as_str(), closed["sha256"].as_str()), (Some("closed"), Some(hash.as_str())));
        assert_eq!(closed["corrections"][0]["credit_bps"].as_i64(), Some(500_000));
        let listed = web.get(&program, &format!("/api/v1/allocations/{id}/periods")).await.json();
        assert_eq!((listed["items"][1]["state"].as_str(), listed["items"][1]["name"].as_str()), (Some("closed"), Some(name.as_str())));
        for (caller, path) in [(&own, format!("{page}/evidence.zip")), (&program, format!("{api}/evidence.zip"))] {
            let reply = web.get(caller, &path).await;
            assert_eq!((reply.status, reply.header("content-type")), (Status::Ok, Some("application/zip")));
            let body = reply.octets;
            let report = verify(&body).unwrap();
            assert_eq!((report.faults.len(), report.hash.as_str()), (0, hash.as_str()));
            let files = unpack(&body).unwrap();
            let readings = String::from_utf8(named(&files, "readings/001-port-1.csv").unwrap().body.clone()).unwrap();
            assert!(readings.lines().count() > 300, "{readings}");
        }
    }

    async fn the_evidence_of_a_customer_holds_no_time_of_others(db: TestDb) {
        let id = bad_allocation(&db);
        let actor = staff(&db);
        let allocation = db.get(|c| allocation_by_id(c, &actor, id)).allocation;
        let customer = Actor { now: NOW, ..db.actor_of(Role::CustomerMember, Some(allocation.customer_id)) };
        let evidence = db.get(|c| period_evidence(c, &customer, id, NOW));
        let files = unpack(&evidence.body).unwrap();
        let report = verify(&evidence.body).unwrap();
        assert_eq!(report.faults, []);
        for port in &report.document.ports {
            let body = String::from_utf8(named(&files, &port.readings).unwrap().body.clone()).unwrap();
            let outside = body.lines().skip(1).filter(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let at = Timestamp::from_millis(cells[0].parse().unwrap());
                let usable = !(cells[4].is_empty() && cells[5].is_empty());
                usable && (at < port.from || port.until.is_some_and(|until| at > until))
            });
            assert!(outside.count() <= 2, "{port:?}");
        }
    }
}
