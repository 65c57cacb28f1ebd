//! Known people: blocked, asked to agree, merged, forgotten.

use coldaisle::access::*;
use coldaisle::audit::{Verdict, verify};
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{PersonId, SiteId};
use coldaisle::base::page::PageRequest;
use coldaisle::base::seal::Keyring;
use coldaisle::identity::{Actor, Role};
use coldaisle::store::schema::{people, visit_events};
use coldaisle::tasks::privacy::Forgetting;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::harness::{NOW, TestDb, both};

const NUMBER: &str = "000000199001010018";
const DAY_S: i64 = 86_400;

/// A site with a desk.
struct Desk {
    db: TestDb,
    keys: Keyring,
    site: SiteId,
    staff: Actor,
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

impl Desk {
    fn new(db: TestDb) -> Self {
        let site = db.site("s1");
        let staff = db.actor(Role::Administrator);
        Self {
            keys: Keyring::generate().unwrap(),
            db,
            site,
            staff,
        }
    }

    fn walk_in(&self, pairs: &[(&str, &str)]) -> Result<String, Fault> {
        let mut typed = fields(&[
            ("visitor_name", "万晓达"),
            ("purpose", "repair"),
            ("document_number", NUMBER),
        ]);
        for (name, text) in pairs {
            typed.set(*name, *text);
        }
        self.db
            .store
            .write_blocking("in", |c| walk_in(c, &self.staff, &self.keys, &typed))
    }

    fn out(&self, number: &str) {
        self.db
            .put(|c| check_out(c, &self.staff, number, &Fields::new()));
    }

    fn person_of(&self, number: &str) -> PersonId {
        self.db
            .get(|c| visit_by_number(c, &self.staff, number))
            .people[0]
            .person
            .id
    }

    fn record(&self, id: PersonId) -> PersonRecord {
        self.db.get(|c| person_record(c, &self.staff, id))
    }

    fn block(&self, id: PersonId, site: Option<SiteId>) {
        let draft = BlockDraft {
            site_id: site,
            reason: "偷拍机柜".to_owned(),
            from_at: NOW,
            until_at: None,
        };
        self.db.put(|c| person_block(c, &self.staff, id, &draft));
    }

    fn entries(&self, actor: &Actor, number: &str) -> Vec<&'static str> {
        self.db
            .get(|c| visit_events_of(c, actor, number))
            .into_iter()
            .map(|entry| entry.event.as_str())
            .collect()
    }

    fn later(&self, days: i64) -> Actor {
        Actor {
            now: NOW.plus_seconds(days * DAY_S),
            ..self.staff.clone()
        }
    }
}

fn key(outcome: Result<impl std::fmt::Debug, Fault>) -> &'static str {
    let fault = outcome.unwrap_err();
    fault
        .fields
        .first()
        .map_or(fault.message.key, |field| field.message.key)
}

both! {
    /// A person is found by pinyin, telephone and the masked number; a record is changed with its version only.
    async fn people_are_found_and_changed(db: TestDb) {
        let desk = Desk::new(db);
        let staff = &desk.staff;
        let typed = fields(&[("name", "张三"), ("company", "示例公司"), ("phone", "138 0000 0000"), ("document_number", NUMBER)]);
        let draft = RecordDraft::parse(&typed, chrono_tz::UTC, NOW).unwrap();
        let id = desk.db.put(|c| person_add(c, staff, &desk.keys, &draft));
        let again = desk.db.store.write_blocking("again", |c| person_add(c, staff, &desk.keys, &draft));
        assert_eq!(key(again), "people-fault-known");
        for query in ["张三", "zhangsan", "zs", "13800000000", "0018", "示例"] {
            let filter = PeopleFilter { query: query.to_owned(), blocked: false };
            let page = desk.db.get(|c| people_list(c, staff, &filter, &PageRequest::first()));
            assert_eq!((page.total, page.rows.len()), (1, 1), "{query}");
        }
        let change = |version: i64| {
            desk.db.store.write_blocking("change", |c| person_change(c, staff, &desk.keys, id, version, &draft))
        };
        change(1).unwrap();
        assert_eq!(change(1).unwrap_err().kind, FaultKind::Stale);
        assert_eq!(desk.record(id).identity_masked, "0000**********0018");
        let technician = desk.db.actor(Role::Technician);
        let refused = desk.db.store.write_blocking("x", |c| person_add(c, &technician, &desk.keys, &draft));
        assert_eq!(refused.unwrap_err().kind, FaultKind::Forbidden);
    }

    /// Who read a number is on the person's page, with the reason.
    async fn reading_a_number_is_on_record(db: TestDb) {
        let desk = Desk::new(db);
        let number = desk.walk_in(&[]).unwrap();
        let id = desk.person_of(&number);
        let reveal = |reason: &str| {
            desk.db.store.write_blocking("reveal", |c| person_reveal(c, &desk.staff, &desk.keys, id, reason))
        };
        assert_eq!(key(reveal(" ").map(|_| ())), "fault-required");
        assert_eq!(reveal("核查").unwrap().expose(), NUMBER);
        let reads = desk.db.get(|c| number_reads(c, &desk.staff, id));
        assert_eq!(reads.len(), 1);
        assert_eq!(reads[0].reason, "核查");
    }

    /// A blocked person is kept out, under another name with the same document too; customers learn nothing of it.
    async fn a_block_keeps_the_document_out(db: TestDb) {
        let desk = Desk::new(db);
        let first = desk.walk_in(&[]).unwrap();
        desk.out(&first);
        let id = desk.person_of(&first);
        let other = desk.db.site("s2");
        desk.block(id, Some(other));
        let site = desk.site.to_string();
        let second = desk.walk_in(&[("site_id", &site)]).unwrap();
        desk.out(&second);
        desk.block(id, None);
        let refused = desk.walk_in(&[("site_id", &site), ("visitor_name", "另一个名字")]);
        assert_eq!(key(refused), "people-fault-blocked");
        assert!(desk.db.get(|c| people_inside(c, &desk.staff, None)).is_empty());

        // Staff may announce, and the visit says so; a customer may not, in words that tell nothing.
        let acme = desk.db.customer("ACME");
        let rack = desk.db.rack(desk.db.room(desk.site, "Room A"), "A01");
        desk.db.put(|c| {
            use coldaisle::store::schema::racks;
            diesel::update(racks::table.find(rack)).set(racks::customer_id.eq(acme)).execute(c)?;
            Ok(())
        });
        let rack = rack.to_string();
        let acme_id = acme.to_string();
        let typed = fields(&[
            ("visitor_name", "万晓达"), ("document_number", NUMBER), ("purpose", "repair"), ("rack_ids", &rack),
            ("planned_from", "2026-11-22 15:00"), ("planned_until", "2026-11-22 18:00"), ("site_id", &site),
            ("customer_id", &acme_id),
        ]);
        let announce = |actor: &Actor| {
            desk.db.store.write_blocking("announce", |c| visit_announce(c, actor, &desk.keys, "http://x", &typed))
        };
        let customer = desk.db.actor_of(Role::CustomerAdmin, Some(acme));
        assert_eq!(key(announce(&customer)), "people-fault-not-here");
        let number = announce(&desk.staff).unwrap();
        assert!(desk.entries(&desk.staff, &number).contains(&"blocked"));
        assert!(!desk.entries(&customer, &number).contains(&"blocked"));
        assert_eq!(desk.db.get(|c| visit_warnings(c, &desk.staff, &number)).len(), 1);
        assert!(desk.db.get(|c| visit_warnings(c, &customer, &number)).is_empty());
        let refused = desk.db.store.write_blocking("in", |c| check_in(c, &desk.staff, &number, &Fields::new()));
        assert!(is_block(&refused.unwrap_err()));

        let blocks = desk.db.get(|c| blocks_of_person(c, &desk.staff, id));
        assert_eq!(blocks.len(), 2);
        for block in blocks {
            desk.db.put(|c| block_lift(c, &desk.staff, block.id, "误会"));
        }
        desk.db.put(|c| check_in(c, &desk.staff, &number, &Fields::new()));
    }

    /// Where a notice is in force nobody comes in without agreeing to its newest edition; elsewhere nothing is asked.
    async fn a_new_edition_is_asked_for_again(db: TestDb) {
        let desk = Desk::new(db);
        let number = desk.walk_in(&[]).unwrap();
        desk.out(&number);
        let notice = || {
            let draft = NoticeDraft {
                kind: NoticeKind::Safety,
                site_id: None,
                text_zh: "须知".to_owned(),
                text_en: "Notice".to_owned(),
                effective_from: NOW,
            };
            desk.db.put(|c| notice_add(c, &desk.staff, &draft))
        };
        notice();
        assert_eq!(key(desk.walk_in(&[])), "people-fault-safety");
        let number = desk.walk_in(&[("agreed", "true")]).unwrap();
        desk.out(&number);
        let number = desk.walk_in(&[]).unwrap();
        desk.out(&number);
        let second = notice();
        assert_eq!(key(desk.walk_in(&[])), "people-fault-safety");
        let id = desk.person_of(&number);
        desk.db.put(|c| consent_add(c, &desk.staff, id, second, AgreedHow::Tablet));
        let number = desk.walk_in(&[]).unwrap();
        desk.out(&number);
        let agreed = desk.db.get(|c| consents_of_person(c, &desk.staff, id));
        let editions: Vec<i64> = agreed.iter().map(|(_, text)| text.edition).collect();
        assert_eq!(editions, [2, 1]);
        desk.db.put(|c| consent_withdraw(c, &desk.staff, agreed[0].0.id));
        assert_eq!(key(desk.walk_in(&[])), "people-fault-safety");
        desk.db.put(|c| notice_withdraw(c, &desk.staff, second));
        desk.walk_in(&[]).unwrap();
    }

    /// Of two records one stays: visits move, entries stay as written, the document leads to the one that stays.
    async fn two_records_become_one(db: TestDb) {
        let desk = Desk::new(db);
        let with = desk.walk_in(&[("company", "示例公司")]).unwrap();
        desk.out(&with);
        let other = [("document_kind", "passport"), ("document_number", "E12345678"), ("company", "示例公司")];
        let without = desk.walk_in(&other).unwrap();
        desk.out(&without);
        let (keep, lose) = (desk.person_of(&with), desk.person_of(&without));
        assert_ne!(keep, lose);
        let alike = desk.db.get(|c| people_alike(c, &desk.staff));
        assert_eq!((alike.len(), alike[0].why), (1, LikeKind::Name));
        let plan = desk.db.get(|c| merge_plan(c, &desk.staff, keep, lose));
        assert_eq!(plan.visits, 1);
        let versions = (plan.keep.version, plan.lose.version);
        let merge = |versions: (i64, i64)| {
            desk.db.store.write_blocking("merge", |c| people_merge(c, &desk.staff, keep, lose, versions))
        };
        assert_eq!(merge((versions.0 + 1, versions.1)).unwrap_err().kind, FaultKind::Stale);
        merge(versions).unwrap();
        assert_eq!(key(merge(versions)), "people-fault-over");
        assert_eq!(desk.record(lose).merged_into_id, Some(keep));
        assert_eq!(desk.person_of(&without), keep);
        assert_eq!(desk.db.get(|c| visits_of_person(c, &desk.staff, keep)).len(), 2);
        let entries: i64 = desk.db.get(|c| {
            Ok(visit_events::table.filter(visit_events::person_id.eq(lose)).count().get_result(c)?)
        });
        assert_eq!(entries, 2, "what was written stays");
        let third = desk.walk_in(&other).unwrap();
        assert_eq!(desk.person_of(&third), keep, "the merged document leads to the one that stays");
        assert_eq!(desk.record(keep).identity_masked, "0000**********0018");
        assert!(desk.db.get(|c| people_alike(c, &desk.staff)).is_empty());
        assert!(matches!(desk.db.get(verify), Verdict::Whole { .. }));
    }

    /// Numbers go after half a year, names and words after three; a hold stops it, and a second run finds nothing.
    async fn people_are_forgotten_unless_held(db: TestDb) {
        let desk = Desk::new(db);
        let number = desk.walk_in(&[("note", "万晓达的备注")]).unwrap();
        desk.out(&number);
        let id = desk.person_of(&number);
        let keep = KeptFor::default();
        let plan = |days: i64| {
            let actor = desk.later(days);
            desk.db.get(|c| retention_plan(c, &actor, keep))
        };
        let step = |days: i64| {
            let actor = desk.later(days);
            desk.db.put(|c| retention_step(c, &actor, keep, 50))
        };
        assert_eq!(plan(180), RetentionPlan::default());
        assert!(step(180).is_nothing());
        assert_eq!(plan(190).numbers, Due { due: 1, held: 0 });

        let hold = desk.db.put(|c| legal_hold_place(c, &desk.staff, &HoldOn::Visit(number.clone()), "诉讼"));
        assert_eq!(plan(1200).people, Due { due: 0, held: 1 });
        assert_eq!(plan(1200).visits, Due { due: 0, held: 1 });
        assert!(step(1200).is_nothing());
        assert_eq!(desk.db.get(|c| legal_hold_list(c, &desk.staff)).len(), 1);
        desk.db.put(|c| legal_hold_lift(c, &desk.staff, hold));

        let done = step(190);
        assert_eq!((done.numbers, done.people, done.visits), (1, 0, 0));
        let person = desk.record(id);
        assert_eq!((person.identity_masked.as_str(), person.name.as_str()), ("", "万晓达"));
        let task = Forgetting::new(desk.db.store.clone(), std::time::Duration::from_secs(1), keep);
        task.activate_at(NOW.plus_seconds(1500 * DAY_S), &CancellationToken::new()).await.unwrap();
        let person = desk.record(id);
        assert_eq!(person.name, format!("#{id}"));
        assert!(person.anonymised_at.is_some() && person.company.is_empty());
        let folded: String = desk.db.get(|c| {
            Ok(people::table.find(id).select(people::search_folded).first(c)?)
        });
        assert_eq!(folded, "");
        let shown = desk.db.get(|c| visit_events_of(c, &desk.staff, &number));
        assert!(shown.iter().all(|entry| entry.note.is_empty()));
        let kept: Vec<String> = desk.db.get(|c| {
            let of_person = visit_events::table.filter(visit_events::person_id.eq(id));
            Ok(of_person.select(visit_events::note).load(c)?)
        });
        assert!(kept.len() >= 2 && kept.iter().all(String::is_empty), "words about a person go with the name");
        assert_eq!(desk.db.get(|c| visit_by_number(c, &desk.staff, &number)).visit.note, "");
        assert!(step(1500).is_nothing());
        assert_eq!(desk.db.get(|c| retention_runs(c, &desk.staff)).len(), 2);
        assert!(matches!(desk.db.get(verify), Verdict::Whole { .. }));
        let chain = desk.db.get(visit_chain_verify);
        assert!(matches!(chain, ChainVerdict::Whole { forgotten, .. } if forgotten >= 2), "{chain:?}");
    }
}
