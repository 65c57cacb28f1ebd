//! Transactions, portable statements and the outbox on both databases.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use coldaisle::base::fault::{Fault, FaultKind, Message};
use coldaisle::base::time::Timestamp;
use coldaisle::insert_all;
use coldaisle::store::Conn;
use coldaisle::store::outbox;
use coldaisle::store::schema::{customers, rooms, settings, sites};
use coldaisle::store::settings::{set_setting, setting};
use coldaisle::store::task_log::{self, TaskRun};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::harness::{NOW, TestDb, both};

/// How long a test waits for something that must come.
const PATIENCE: Duration = Duration::from_secs(20);

fn refuse<T>() -> Result<T, Fault> {
    Err(Fault::conflict(Message::new("fault-already-there")))
}

/// Adds one to the number in a setting.
fn count_up(c: &mut Conn) -> Result<(), Fault> {
    let before: i64 = setting(c, "count")?.map_or(0, |text| text.parse().unwrap());
    set_setting(c, "count", &(before + 1).to_string(), NOW)
}

fn count(db: &TestDb) -> i64 {
    db.get(|c| setting(c, "count"))
        .map_or(0, |text| text.parse().unwrap())
}

both! {
    async fn a_setting_is_written_once_and_over(db: TestDb) {
        for value in ["first", "second"] {
            db.store
                .write("test", move |c| set_setting(c, "site-name", value, NOW))
                .await
                .unwrap();
            let read = db.store.read(|c| setting(c, "site-name")).await.unwrap();
            assert_eq!(read.as_deref(), Some(value));
        }
        assert_eq!(db.get(|c| setting(c, "nothing")), None);
    }

    async fn a_read_writes_nothing(db: TestDb) {
        let fault = db
            .store
            .read(|c| set_setting(c, "site-name", "written by a read", NOW))
            .await
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::Internal);
        assert!(fault.detail.to_lowercase().contains("read"), "{fault}");
        assert_eq!(db.get(|c| setting(c, "site-name")), None);
        db.put(|c| set_setting(c, "site-name", "written by a write", NOW));
    }

    async fn a_read_sees_one_moment(db: TestDb) {
        db.put(count_up);
        let store = db.store.clone();
        let (first, second) = db
            .store
            .read(move |c| {
                let first = setting(c, "count")?;
                store.write_blocking("test", count_up)?;
                Ok((first, setting(c, "count")?))
            })
            .await
            .unwrap();
        assert_eq!((first.as_deref(), second.as_deref()), (Some("1"), Some("1")));
        assert_eq!(count(&db), 2);
    }

    async fn a_fault_takes_everything_back(db: TestDb) {
        let fault = db
            .store
            .write("test", |c| {
                set_setting(c, "half", "done", NOW)?;
                refuse::<()>()
            })
            .await
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::Conflict);
        assert_eq!(db.get(|c| setting(c, "half")), None);
    }

    async fn a_panic_takes_everything_back_and_leaves_the_store_usable(db: TestDb) {
        let fault = db
            .store
            .write("test", |c| {
                set_setting(c, "half", "done", NOW)?;
                if setting(c, "half")?.is_some() {
                    panic!("on purpose");
                }
                Ok(())
            })
            .await
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::Internal);
        assert_eq!(db.get(|c| setting(c, "half")), None);
        for _ in 0..8 {
            db.put(count_up);
        }
        assert_eq!(count(&db), 8);
    }

    async fn many_writers_lose_nothing(db: TestDb) {
        let writers: Vec<_> = (0..24)
            .map(|_| {
                let store = db.store.clone();
                tokio::spawn(async move { store.write("test", count_up).await })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(count(&db), 24);
    }

    async fn what_is_still_in_use_stays(db: TestDb) {
        let site = db.site("s1");
        db.room(site, "r1");
        let orphan = db
            .store
            .write("test", |c| {
                diesel::insert_into(rooms::table)
                    .values((
                        rooms::site_id.eq(4711),
                        rooms::name.eq("nowhere"),
                        rooms::created_at.eq(NOW),
                        rooms::updated_at.eq(NOW),
                    ))
                    .execute(c)?;
                Ok(())
            })
            .await
            .unwrap_err();
        let removal = db
            .store
            .write("test", move |c| {
                diesel::delete(sites::table.find(site)).execute(c)?;
                Ok(())
            })
            .await
            .unwrap_err();
        for fault in [orphan, removal] {
            assert_eq!(fault.kind, FaultKind::Conflict, "{fault}");
            assert_eq!(fault.message.key, "fault-still-in-use");
            assert!(!fault.retryable);
        }
    }

    async fn a_second_of_the_same_is_a_conflict(db: TestDb) {
        db.customer("ACME");
        let fault = db
            .store
            .write("test", |c| {
                c.batch_execute(
                    "INSERT INTO customers (code, name, locale, created_at, updated_at)
                     VALUES ('ACME', 'Another', 'en', 0, 0)",
                )?;
                Ok(())
            })
            .await
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::Conflict, "{fault}");
        assert_eq!(fault.message.key, "fault-already-there");
        assert!(!fault.retryable);
    }

    async fn unknown_words_and_wrong_types_are_refused(db: TestDb) {
        for values in ["'X', 'X', 'tlh', 0, 0", "'X', 'X', 'en', 'yesterday', 0"] {
            let fault = db
                .store
                .write("test", move |c| {
                    c.batch_execute(&format!(
                        "INSERT INTO customers (code, name, locale, created_at, updated_at) VALUES ({values})"
                    ))?;
                    Ok(())
                })
                .await;
            assert!(fault.is_err(), "{values}");
        }
    }

    async fn a_missing_table_is_not_a_missing_row(db: TestDb) {
        db.put(|c| Ok(c.batch_execute("DROP TABLE settings")?));
        let fault = db.store.read(|c| setting(c, "site-name")).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Internal);
    }

    async fn a_task_run_adds_up(db: TestDb) {
        let run = |outcome: &str, failures| TaskRun {
            name: "poll".to_owned(),
            last_started_at: Some(NOW),
            last_reason: "timer".to_owned(),
            last_outcome: outcome.to_owned(),
            last_detail: "12 devices".to_owned(),
            last_duration_ms: 40,
            runs: 1,
            failures,
        };
        for run in [run("ok", 0), run("failed", 1)] {
            db.put(|c| task_log::record(c, &run));
        }
        let all = db.get(task_log::all);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].runs, all[0].failures), (2, 1));
        assert_eq!(all[0].last_outcome, "failed");
    }
}

/// Lets several threads go on only when all are there.
#[derive(Default)]
struct Gate {
    arrived: Mutex<u32>,
    all: Condvar,
}

impl Gate {
    fn wait_for(&self, threads: u32) {
        let mut arrived = self.arrived.lock().unwrap();
        *arrived += 1;
        self.all.notify_all();
        let (arrived, timeout) = self
            .all
            .wait_timeout_while(arrived, PATIENCE, |arrived| *arrived < threads)
            .unwrap();
        assert!(!timeout.timed_out(), "only {arrived} of {threads} came");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crossing_writers_conflict_and_the_loser_runs_again() {
    let db = TestDb::postgres();
    db.put(count_up);
    let gate = Arc::new(Gate::default());
    let attempts = Arc::new(AtomicU32::new(0));
    let retries = |db: &TestDb| db.store.figures().retries.load(Ordering::Relaxed);
    assert_eq!(retries(&db), 0);
    let writers: Vec<_> = (0..2)
        .map(|_| {
            let (store, gate, attempts) = (db.store.clone(), gate.clone(), attempts.clone());
            tokio::spawn(async move {
                let work = move |c: &mut Conn| {
                    let before: i64 = setting(c, "count")?.unwrap().parse().unwrap();
                    // Both have read before either writes; a later attempt finds the gate open.
                    attempts.fetch_add(1, Ordering::Relaxed);
                    gate.wait_for(2);
                    set_setting(c, "count", &(before + 1).to_string(), NOW)
                };
                store.write("test", work).await
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(count(&db), 3, "neither write is lost");
    let attempts = attempts.load(Ordering::Relaxed);
    assert!(attempts >= 3, "{attempts} attempts: there was no conflict");
    assert_eq!(retries(&db), u64::from(attempts) - 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_always_conflicts_gives_up() {
    let db = TestDb::postgres();
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = attempts.clone();
    let fault = db
        .store
        .write("test", move |c| {
            counted.fetch_add(1, Ordering::Relaxed);
            c.batch_execute("DO $$ BEGIN RAISE serialization_failure; END $$")?;
            Ok(())
        })
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unavailable);
    assert_eq!(attempts.load(Ordering::Relaxed), 8);
}

#[derive(Insertable)]
#[diesel(table_name = settings)]
struct NewSetting {
    name: String,
    value: String,
    updated_at: Timestamp,
}

#[derive(Insertable)]
#[diesel(table_name = customers)]
struct NewCustomer {
    code: String,
    name: &'static str,
    phone: &'static str,
    email: &'static str,
    address: &'static str,
    licence_number: &'static str,
    legal_representative: &'static str,
    locale: &'static str,
    note: &'static str,
    archived_at: Option<Timestamp>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

fn new_settings(count: usize) -> Vec<NewSetting> {
    (0..count)
        .map(|number| NewSetting {
            name: format!("n{number}"),
            value: number.to_string(),
            updated_at: NOW,
        })
        .collect()
}

both! {
    /// 12,000 rows of 3 columns, 5,600 of 13: more values than SQLite (32,766) and PostgreSQL (65,535) take in
    /// one statement.
    async fn batches_of_any_length_go_in(db: TestDb) {
        for length in [0, 1, 499, 500, 501] {
            let inserted = db.put(|c| {
                diesel::delete(settings::table).execute(c)?;
                Ok(insert_all!(c, settings::table, new_settings(length))?)
            });
            assert_eq!(inserted, length);
        }
        let inserted = db.put(|c| {
            diesel::delete(settings::table).execute(c)?;
            Ok(insert_all!(c, settings::table, new_settings(12_000))?)
        });
        assert_eq!(inserted, 12_000);
        assert_eq!(db.get(|c| setting(c, "n11999")).as_deref(), Some("11999"));

        let rows: Vec<NewCustomer> = (0..5_600)
            .map(|number| NewCustomer {
                code: format!("C{number}"),
                name: "Customer",
                phone: "",
                email: "",
                address: "",
                licence_number: "",
                legal_representative: "",
                locale: "zh-CN",
                note: "",
                archived_at: (number % 2 == 0).then_some(NOW),
                version: 1,
                created_at: NOW,
                updated_at: NOW,
            })
            .collect();
        assert_eq!(db.put(|c| Ok(insert_all!(c, customers::table, rows)?)), 5_600);
        let archived: i64 = db.get(|c| {
            Ok(customers::table
                .filter(customers::archived_at.is_not_null())
                .count()
                .get_result(c)?)
        });
        assert_eq!(archived, 2_800);
    }

    async fn a_batch_with_a_wrong_row_goes_in_not_at_all(db: TestDb) {
        let fault = db
            .store
            .write("test", |c| {
                let mut rows = new_settings(900);
                rows[890].name = "n3".to_owned();
                Ok(insert_all!(c, settings::table, rows)?)
            })
            .await
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::Conflict);
        let there: i64 = db.get(|c| Ok(settings::table.count().get_result(c)?));
        assert_eq!(there, 0);
    }
}

const LEASE_MS: i64 = 30_000;

fn put_mail(db: &TestDb, dedupe_key: Option<&str>) {
    db.put(|c| outbox::put(c, "mail", &"body", dedupe_key, NOW));
}

fn claim(db: &TestDb, owner: &str, now: Timestamp) -> Vec<outbox::Entry> {
    db.put(|c| outbox::claim(c, "mail", owner, now, LEASE_MS, 100))
}

both! {
    async fn an_effect_is_asked_for_with_the_write_or_not_at_all(db: TestDb) {
        let fault = db
            .store
            .write("test", |c| {
                outbox::put(c, "mail", &"body", None, NOW)?;
                refuse::<()>()
            })
            .await;
        assert!(fault.is_err());
        assert_eq!(db.get(outbox::counts), (0, 0));
    }

    async fn a_lease_is_given_to_one(db: TestDb) {
        for _ in 0..60 {
            put_mail(&db, None);
        }
        let claims: Vec<_> = (0..4)
            .map(|owner| {
                let store = db.store.clone();
                tokio::spawn(async move {
                    store
                        .write("test", move |c| {
                            outbox::claim(c, "mail", &format!("owner-{owner}"), NOW, LEASE_MS, 20)
                        })
                        .await
                })
            })
            .collect();
        let mut ids = Vec::new();
        for claim in claims {
            ids.extend(claim.await.unwrap().unwrap().into_iter().map(|entry| entry.id.get()));
        }
        assert_eq!(ids.len(), 60);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 60, "given twice");
        assert!(claim(&db, "late", NOW).is_empty());
    }

    async fn an_expired_lease_is_given_again(db: TestDb) {
        put_mail(&db, None);
        assert_eq!(claim(&db, "first", NOW)[0].attempts, 1);
        assert!(claim(&db, "second", NOW.plus_millis(LEASE_MS - 1)).is_empty());
        let again = claim(&db, "second", NOW.plus_millis(LEASE_MS + 1));
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].attempts, 2);
    }

    async fn the_same_effect_is_asked_for_once(db: TestDb) {
        put_mail(&db, Some("visit-7-reminder"));
        put_mail(&db, Some("visit-7-reminder"));
        put_mail(&db, Some("visit-8-reminder"));
        put_mail(&db, None);
        put_mail(&db, None);
        assert_eq!(db.get(outbox::counts), (4, 0));
        let first = claim(&db, "mailer", NOW)[0].id;
        db.put(|c| outbox::done(c, first, NOW));
        put_mail(&db, Some("visit-7-reminder"));
        assert_eq!(db.get(outbox::counts), (3, 0), "what is done is not asked for again");
    }

    async fn other_kinds_and_later_effects_wait(db: TestDb) {
        db.put(|c| outbox::put(c, "webhook", &"body", None, NOW));
        db.put(|c| outbox::put(c, "mail", &"later", None, NOW.plus_millis(1)));
        assert!(claim(&db, "mailer", NOW).is_empty());
        let due = claim(&db, "mailer", NOW.plus_millis(1));
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].payload, "\"later\"");
    }

    async fn what_was_not_tried_is_put_back_with_its_attempt(db: TestDb) {
        put_mail(&db, None);
        let mut now = NOW;
        for _ in 0..7 {
            let claimed = claim(&db, "mailer", now);
            assert_eq!(claimed[0].attempts, 1);
            let id = claimed[0].id;
            now = now.plus_millis(60_000);
            assert!(!db.put(|c| outbox::put_back(c, id, "late", now)), "another holds it");
            assert!(db.put(|c| outbox::put_back(c, id, "mailer", now)));
            assert!(!db.put(|c| outbox::put_back(c, id, "mailer", now)), "once");
            assert!(claim(&db, "mailer", now.plus_millis(-1)).is_empty());
        }
    }

    async fn an_effect_is_tried_again_given_up_and_revived(db: TestDb) {
        put_mail(&db, None);
        let id = claim(&db, "mailer", NOW)[0].id;
        let later = NOW.plus_millis(60_000);
        db.put(|c| outbox::retry(c, id, "mailer", "451 try later", later));
        assert!(claim(&db, "mailer", later.plus_millis(-1)).is_empty());
        let again = claim(&db, "mailer", later);
        assert_eq!(again[0].attempts, 2);
        assert_eq!(again[0].last_error.as_deref(), Some("451 try later"));

        assert!(!db.put(|c| outbox::bury(c, id, "late", "550 no such user", later)), "another holds it");
        db.put(|c| outbox::bury(c, id, "mailer", "550 no such user", later));
        assert_eq!(db.get(outbox::counts), (0, 1));
        let far = later.plus_millis(LEASE_MS * 1000);
        assert!(claim(&db, "mailer", far).is_empty(), "the dead stay dead");
        let dead = db.get(|c| outbox::unfinished(c, 10));
        assert_eq!(dead[0].dead_at, Some(later));

        assert!(db.put(|c| outbox::revive(c, id, far)));
        assert!(!db.put(|c| outbox::revive(c, id, far)), "it is not dead any more");
        assert_eq!(claim(&db, "mailer", far)[0].attempts, 1);
        db.put(|c| outbox::done(c, id, far));
        assert_eq!(db.get(outbox::counts), (0, 0));
        assert!(db.get(|c| outbox::unfinished(c, 10)).is_empty());
        assert!(claim(&db, "mailer", far.plus_millis(LEASE_MS * 2)).is_empty());
    }
}
