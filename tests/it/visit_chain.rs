//! The chain of the visits' record: whole when untouched, broken by every change, whole again without names; and
//! the evidence made of it.

use std::cell::RefCell;

use coldaisle::access::*;
use coldaisle::base::fault::{Fault, Message};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::SiteId;
use coldaisle::base::seal::Keyring;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::evidence::package::{FileInside, pack, unpack};
use diesel::connection::SimpleConnection;

use crate::harness::{NOW, TestDb, both};

fn visited(db: &TestDb, names: &[&str]) -> (SiteId, Vec<String>) {
    let site = db.site("s1");
    let (keys, staff) = (Keyring::generate().unwrap(), db.actor(Role::Operations));
    let mut numbers = Vec::new();
    for name in names {
        let fields: Fields = [
            ("visitor_name", (*name).to_owned()),
            ("purpose", "audit".to_owned()),
            ("planned_from", "2026-11-22 15:00".to_owned()),
            ("planned_until", "2026-11-22 18:00".to_owned()),
        ]
        .into_iter()
        .collect();
        let number =
            db.put(|c| visit_announce(c, &staff, &keys, "https://rooms.example.net", &fields));
        db.put(|c| check_in(c, &staff, &number, &Fields::new()));
        numbers.push(number);
    }
    (site, numbers)
}

fn verdict(db: &TestDb) -> ChainVerdict {
    db.get(visit_chain_verify)
}

/// What a verification says after some statements, which are taken back again.
fn after(db: &TestDb, statements: &str) -> ChainVerdict {
    let found = RefCell::new(None);
    let outcome: Result<(), Fault> = db.store.write_blocking("tamper", |c| {
        c.batch_execute(statements)?;
        found.replace(Some(visit_chain_verify(c)?));
        Err(Fault::conflict(Message::new("fault-already-there")))
    });
    let verdict = found.into_inner();
    verdict.unwrap_or_else(|| panic!("{statements}: {outcome:?}"))
}

fn fault(verdict: &ChainVerdict) -> Option<ChainFault> {
    match verdict {
        ChainVerdict::Broken { fault, .. } => Some(*fault),
        ChainVerdict::Whole { .. } => None,
    }
}

fn entries(verdict: &ChainVerdict) -> Option<i64> {
    match verdict {
        ChainVerdict::Whole { entries, .. } => Some(*entries),
        ChainVerdict::Broken { .. } => None,
    }
}

fn right(note: &str) -> Fields {
    [("note", note)].into_iter().collect()
}

both! {
    /// Every change of an entry, its place or the end is found, and the first broken one is named.
    async fn every_change_of_the_record_is_found(db: TestDb) {
        assert_eq!(entries(&verdict(&db)), Some(0));
        let (_, numbers) = visited(&db, &["Lin", "Chen"]);
        let whole = verdict(&db);
        let count = entries(&whole).unwrap();
        assert!(count >= 4, "{whole:?}");
        for (statements, expected) in [
            ("UPDATE visit_events SET at = at + 1 WHERE sequence = 2", ChainFault::Content),
            ("UPDATE visit_events SET event = 'checked_out' WHERE sequence = 2", ChainFault::Content),
            ("UPDATE visit_events SET person_id = 2 WHERE sequence = 2", ChainFault::Content),
            ("UPDATE visit_events SET note = 'other' WHERE sequence = 2", ChainFault::Names),
            ("UPDATE visit_events SET author_name = 'other' WHERE sequence = 2", ChainFault::Names),
            ("UPDATE visit_events SET note = 'other', named_salt = NULL WHERE sequence = 2", ChainFault::Names),
            ("UPDATE visit_events SET entry_hash = previous_hash WHERE sequence = 2", ChainFault::Content),
            ("DELETE FROM visit_events WHERE sequence = 2", ChainFault::Previous),
            ("DELETE FROM visit_events WHERE sequence = (SELECT max(sequence) FROM visit_events)", ChainFault::Head),
            ("UPDATE visit_events SET sequence = NULL WHERE sequence = 2", ChainFault::Older),
        ] {
            assert_eq!(fault(&after(&db, statements)), Some(expected), "{statements}");
        }
        let named = after(&db, "UPDATE visit_events SET at = at + 1 WHERE sequence = 2");
        assert!(matches!(named, ChainVerdict::Broken { visit, .. } if visit == numbers[0]));
        assert_eq!(verdict(&db), whole, "nothing stayed of it");
    }

    /// Entries from before the chain are committed to by its first one.
    async fn older_entries_are_committed_to(db: TestDb) {
        let (_, numbers) = visited(&db, &["Lin"]);
        db.put(|c| {
            c.batch_execute(
                "UPDATE visit_events SET sequence = NULL, previous_hash = '', entry_hash = '', named_salt = NULL, named_digest = '';
                 UPDATE visit_chain SET entries = 0, head_hash = '', older_entries = 0, older_hash = ''",
            )?;
            Ok(())
        });
        let staff = db.actor(Role::Operations);
        db.put(|c| visit_correct(c, &staff, &numbers[0], &right("right")));
        let ChainVerdict::Whole { entries, older, .. } = verdict(&db) else { panic!("broken") };
        assert!(entries == 1 && older >= 2, "{entries} {older}");
        for statements in [
            "UPDATE visit_events SET at = at + 1 WHERE sequence IS NULL",
            "DELETE FROM visit_events WHERE id = (SELECT min(id) FROM visit_events)",
        ] {
            assert_eq!(fault(&after(&db, statements)), Some(ChainFault::Older), "{statements}");
        }
    }

    /// Forgetting a person takes the names and leaves the chain whole.
    async fn forgetting_leaves_the_chain_whole(db: TestDb) {
        let (_, numbers) = visited(&db, &["Lin"]);
        let staff = db.actor(Role::Operations);
        let person = db.get(|c| visit_by_number(c, &staff, &numbers[0])).people[0].person.id;
        let before = verdict(&db);
        let gone = db.put(|c| visit_entries_forget(c, person));
        assert!(gone > 0);
        let ChainVerdict::Whole { entries: count, forgotten, .. } = verdict(&db) else { panic!("broken") };
        assert_eq!((Some(count), forgotten), (entries(&before), i64::try_from(gone).unwrap()));
        let notes = db.get(|c| visit_events_of(c, &staff, &numbers[0]));
        assert!(notes.iter().all(|entry| !entry.note.contains("Lin")));
    }

    /// Writers at once go one after the other.
    async fn writers_at_once_stay_in_line(db: TestDb) {
        let (_, numbers) = visited(&db, &["Lin"]);
        let before = entries(&verdict(&db)).unwrap();
        let staff: Vec<Actor> = (0..3).map(|_| db.actor(Role::Operations)).collect();
        std::thread::scope(|scope| {
            for actor in &staff {
                let (db, number) = (&db, &numbers[0]);
                scope.spawn(move || {
                    for round in 0..4 {
                        let note = format!("round {round}");
                        db.put(|c| visit_correct(c, actor, number, &right(&note)));
                    }
                });
            }
        });
        assert_eq!(entries(&verdict(&db)), Some(before + 12));
    }

    /// Evidence of visits holds by itself, and does not when anything in it is changed.
    async fn evidence_holds_by_itself(db: TestDb) {
        let (site, numbers) = visited(&db, &["Lin", "Chen"]);
        let staff = db.actor(Role::Auditor);
        let (from, until) = (NOW.plus_seconds(-86_400), NOW.plus_seconds(86_400));
        let made = db.get(|c| visit_evidence(c, &staff, site, from, until));
        assert_eq!((made.manifest.counts.visits, made.manifest.counts.people), (2, 2));
        db.put(|c| visit_evidence_note(c, &staff, site, &made));
        assert!(visits_format(&made.body));
        let report = visits_verify(&made.body).unwrap();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        let ChainVerdict::Whole { head_hash, .. } = verdict(&db) else { panic!("broken") };
        assert_eq!(report.manifest.chain.head_hash, head_hash);

        let files = unpack(&made.body).unwrap();
        let entries = files.iter().find(|file| file.name == "entries.csv").unwrap();
        assert!(String::from_utf8_lossy(&entries.body).contains(&numbers[1]));
        let changed = |change: &dyn Fn(&FileInside) -> Option<FileInside>| {
            let files: Vec<FileInside> = files.iter().filter_map(change).collect();
            visits_verify(&pack(&files).unwrap()).map(|report| report.faults.len())
        };
        assert_eq!(changed(&|file| Some(file.clone())).unwrap(), 0);
        let other_name = changed(&|file| {
            let text = String::from_utf8(file.body.clone()).unwrap();
            Some(FileInside::new(&file.name, if file.name == "entries.csv" { text.replace("Lin", "Wu") } else { text }))
        });
        assert!(other_name.unwrap() >= 2, "the file and its entry");
        let without = changed(&|file| (file.name != "people.csv").then(|| file.clone()));
        assert_eq!(without.unwrap(), 1);
        let customer = db.actor(Role::CustomerAdmin);
        assert!(db.store.read_blocking(|c| visit_evidence(c, &customer, site, from, until)).is_err());
    }
}
