//! The chain of the audit log: whole when untouched, and broken by every kind of change.

use std::cell::RefCell;

use coldaisle::audit::{self, Author, Event, Filter, Verdict, Via};
use coldaisle::base::fault::{Fault, Message};
use coldaisle::base::ids::CustomerId;
use coldaisle::base::secret::Secret;
use coldaisle::identity::ops::{user_create, user_password_set};
use coldaisle::identity::{Role, UserDraft, UserLocale};
use coldaisle::store::Conn;
use diesel::connection::SimpleConnection;
use serde_json::json;

use crate::harness::{NOW, TestDb, both};

const ENTRIES: i64 = 5;

fn author() -> Author {
    Author {
        user_id: None,
        name: "Wang Fang".to_owned(),
        via: Via::Web,
        remote: "192.0.2.7".to_owned(),
    }
}

fn write_entries(db: &TestDb) {
    for number in 1..=ENTRIES {
        db.put(|c| {
            let event = Event::new("rack.update", "rack", number, format!("A{number:02}"))
                .for_customer(Some(CustomerId::new(3)))
                .with(json!({"units": [42, 47]}));
            audit::record(c, &author(), NOW.plus_millis(number), event)
        });
    }
}

fn verdict(db: &TestDb) -> Verdict {
    db.get(audit::verify)
}

/// What a verification says after some statements, which are taken back again.
fn verdict_after(db: &TestDb, statements: &str) -> Verdict {
    let found = RefCell::new(None);
    let outcome: Result<(), Fault> = db.store.write_blocking("tamper", |c| {
        c.batch_execute(statements)?;
        found.replace(Some(audit::verify(c)?));
        Err(Fault::conflict(Message::new("fault-already-there")))
    });
    let verdict = found.into_inner();
    verdict.unwrap_or_else(|| panic!("{statements}: {outcome:?}"))
}

fn broken_id(verdict: Verdict) -> Option<i64> {
    match verdict {
        Verdict::Broken { id, .. } => Some(id),
        Verdict::Whole { .. } => None,
    }
}

/// A changed value of each column but the row id; the test below fails when one is missing here.
const CHANGES: &[(&str, &str)] = &[
    ("action", "action || 'd'"),
    ("at", "at + 1"),
    ("author_name", "'Li Na'"),
    ("author_user_id", "1"),
    ("customer_id", "NULL"),
    ("customer_id", "4"),
    ("detail", "'{\"units\":[42,48]}'"),
    ("entry_hash", "previous_hash"),
    ("object_id", "NULL"),
    ("object_id", "object_id + 1"),
    ("object_kind", "'room'"),
    ("object_label", "object_label || ' '"),
    ("previous_hash", "entry_hash"),
    ("remote", "''"),
    ("via", "'task'"),
];

#[test]
fn every_column_of_the_log_is_in_the_list_of_changes() {
    let text = include_str!("../../src/store/schema.rs");
    let table = text.split("audit_entries (id) {").nth(1).unwrap();
    let table = table.split("\n    }\n").next().unwrap();
    let mut columns: Vec<&str> = table
        .lines()
        .filter_map(|line| Some(line.trim().split_once(" -> ")?.0))
        .filter(|column| *column != "id")
        .collect();
    columns.sort_unstable();
    let mut listed: Vec<&str> = CHANGES.iter().map(|(column, _)| *column).collect();
    listed.dedup();
    assert_eq!(columns, listed);
}

both! {
    async fn an_untouched_log_is_whole(db: TestDb) {
        assert!(matches!(verdict(&db), Verdict::Whole { entries: 0, .. }));
        write_entries(&db);
        assert!(matches!(verdict(&db), Verdict::Whole { entries: ENTRIES, .. }));
    }

    async fn a_change_of_any_column_of_any_entry_is_named(db: TestDb) {
        write_entries(&db);
        for id in 1..=ENTRIES {
            for (column, value) in CHANGES {
                let statement = format!("UPDATE audit_entries SET {column} = {value} WHERE id = {id}");
                let named = broken_id(verdict_after(&db, &statement));
                assert_eq!(named, Some(id), "{statement}");
            }
        }
        assert!(matches!(verdict(&db), Verdict::Whole { entries: ENTRIES, .. }));
    }

    async fn a_removed_entry_is_named_by_the_one_after(db: TestDb) {
        write_entries(&db);
        for id in 1..ENTRIES {
            let statement = format!("DELETE FROM audit_entries WHERE id = {id}");
            assert_eq!(broken_id(verdict_after(&db, &statement)), Some(id + 1));
        }
    }

    /// Nothing follows the last entry, so its loss shows only in the count and the last hash, which the
    /// verdict gives out to be kept elsewhere.
    async fn a_removed_last_entry_shows_in_count_and_hash(db: TestDb) {
        write_entries(&db);
        let Verdict::Whole { last_hash: before, .. } = verdict(&db) else {
            panic!("broken");
        };
        let statement = format!("DELETE FROM audit_entries WHERE id = {ENTRIES}");
        let Verdict::Whole { entries, last_hash } = verdict_after(&db, &statement) else {
            panic!("broken");
        };
        assert_eq!(entries, ENTRIES - 1);
        assert_ne!(last_hash, before);
    }

    async fn swapped_entries_are_named(db: TestDb) {
        write_entries(&db);
        for id in 1..ENTRIES {
            let next = id + 1;
            let statements = format!(
                "UPDATE audit_entries SET id = 9999 WHERE id = {id};
                 UPDATE audit_entries SET id = {id} WHERE id = {next};
                 UPDATE audit_entries SET id = {next} WHERE id = 9999;"
            );
            assert_eq!(broken_id(verdict_after(&db, &statements)), Some(id));
        }
    }

    async fn an_entry_slipped_in_is_named(db: TestDb) {
        write_entries(&db);
        let statements = "UPDATE audit_entries SET id = id + 100 WHERE id > 2;
             INSERT INTO audit_entries (id, at, author_name, via, action, object_kind, detail, previous_hash, entry_hash)
             SELECT 50, at, author_name, via, action, object_kind, detail, entry_hash, entry_hash
             FROM audit_entries WHERE id = 2;";
        assert_eq!(broken_id(verdict_after(&db, statements)), Some(50));
    }

    async fn many_writers_make_one_chain(db: TestDb) {
        let writers: Vec<_> = (0..20)
            .map(|number| {
                let store = db.store.clone();
                tokio::spawn(async move {
                    store
                        .write("test", move |c| {
                            audit::record(c, &author(), NOW, Event::new("rack.create", "rack", number, "A"))
                        })
                        .await
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert!(matches!(verdict(&db), Verdict::Whole { entries: 20, .. }));
    }

    async fn a_write_and_its_entry_stand_or_fall_together(db: TestDb) {
        let actor = db.actor(Role::Administrator);
        let draft = draft("zhang.wei");
        let work = move |c: &mut Conn, keep: bool| {
            user_create(c, &actor, &draft)?;
            if keep { Ok(()) } else { Err(Fault::conflict(Message::new("fault-already-there"))) }
        };
        let entries = |db: &TestDb| db.get(|c| audit::list(c, &Filter { limit: 100, ..Filter::default() }));
        assert!(db.store.write_blocking("test", |c| work(c, false)).is_err());
        assert!(entries(&db).is_empty());
        db.put(|c| work(c, true));
        let entries = entries(&db);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].action, "user.create");
        assert_eq!(entries[0].author_name, "administrator");
        assert_eq!(entries[0].remote, "192.0.2.7");
    }

    async fn passwords_are_not_in_the_log(db: TestDb) {
        let actor = db.actor(Role::Administrator);
        let password = Secret::new("three-racks-and-a-fan");
        let user = db.put(|c| user_create(c, &actor, &draft("zhang.wei")));
        db.put(|c| user_password_set(c, &actor, user, &password));
        let entries = db.get(|c| audit::list(c, &Filter { limit: 100, ..Filter::default() }));
        assert_eq!(entries[0].action, "user.password");
        for entry in entries {
            assert!(!entry.detail.contains(password.expose()), "{}", entry.detail);
            assert!(!entry.detail.contains("$argon2"), "{}", entry.detail);
        }
    }

    async fn the_log_is_filtered_and_paged(db: TestDb) {
        write_entries(&db);
        db.put(|c| audit::record(c, &author(), NOW, Event::new("site.create", "site", 1, "S1")));
        let ids = |filter: Filter| -> Vec<i64> {
            db.get(|c| audit::list(c, &filter)).into_iter().map(|entry| entry.id.get()).collect()
        };
        let all = Filter { limit: 100, ..Filter::default() };
        assert_eq!(ids(all.clone()), [6, 5, 4, 3, 2, 1]);
        assert_eq!(ids(Filter { limit: 2, ..all.clone() }), [6, 5]);
        assert_eq!(ids(Filter { action: Some("site.".to_owned()), ..all.clone() }), [6]);
        assert_eq!(
            ids(Filter { object_kind: Some("rack".to_owned()), object_id: Some(1), ..all.clone() }),
            [1]
        );
        assert_eq!(ids(Filter { author: Some("Fang".to_owned()), limit: 1, ..all.clone() }), [6]);
        let oldest = db.get(|c| audit::list(c, &all)).pop().unwrap().id;
        assert!(ids(Filter { before: Some(oldest), ..all }).is_empty());
    }
}

fn draft(login: &str) -> UserDraft {
    UserDraft {
        login: login.to_owned(),
        display_name: "Zhang Wei".to_owned(),
        email: String::new(),
        role: Role::Technician,
        customer_id: None,
        locale: UserLocale::ZhCn,
    }
}
