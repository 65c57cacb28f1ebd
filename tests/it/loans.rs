//! Badges, lockers and keys: who has them, one at a time.

use coldaisle::access::*;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{LoanItemId, RackId, SiteId, VisitPersonId};
use coldaisle::base::page::PageRequest;
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use rocket::http::{Method, Status};
use serde_json::json;

use crate::harness::{NOW, TestDb, TestWeb, both};

/// A site with two racks, and what tests do at its desk.
struct Desk {
    db: TestDb,
    keys: Keyring,
    site: SiteId,
    racks: [RackId; 2],
    staff: Actor,
    operations: Actor,
}

impl Desk {
    fn new(db: TestDb) -> Self {
        let site = db.site("s1");
        let room = db.room(site, "Room A");
        Self {
            keys: Keyring::generate().unwrap(),
            racks: [db.rack(room, "A01"), db.rack(room, "A02")],
            staff: db.actor(Role::Reception),
            operations: db.actor(Role::Operations),
            site,
            db,
        }
    }

    fn draft(&self, kind: &str, number: &str, rack: Option<RackId>) -> LoanItemDraft {
        let fields: Fields = [
            ("site_id", self.site.to_string()),
            ("kind", kind.to_owned()),
            ("number", number.to_owned()),
            ("rack_id", rack.map(|id| id.to_string()).unwrap_or_default()),
        ]
        .into_iter()
        .collect();
        LoanItemDraft::parse(&fields).unwrap()
    }

    fn add(&self, kind: &str, number: &str, rack: Option<RackId>) -> LoanItemId {
        let draft = self.draft(kind, number, rack);
        self.db.put(|c| loan_item_create(c, &self.staff, &draft))
    }

    /// A visit of one person to the first rack; number and person.
    fn visit(&self, name: &str) -> (String, VisitPersonId) {
        let typed: Fields = [
            ("visitor_name", name.to_owned()),
            ("purpose", "repair".to_owned()),
            ("planned_from", "2026-11-22 15:00".to_owned()),
            ("planned_until", "2026-11-22 18:00".to_owned()),
            ("rack_ids", self.racks[0].to_string()),
        ]
        .into_iter()
        .collect();
        let number = self.db.put(|c| {
            visit_announce(
                c,
                &self.staff,
                &self.keys,
                "https://rooms.example.net",
                &typed,
            )
        });
        let record = self.db.get(|c| visit_by_number(c, &self.staff, &number));
        (number, record.people[0].attendance.id)
    }

    fn enter(
        &self,
        actor: &Actor,
        visit: &(String, VisitPersonId),
        badge: &str,
    ) -> Result<(), Fault> {
        let typed: Fields = [(format!("badge_{}", visit.1), badge)]
            .into_iter()
            .collect();
        self.db
            .store
            .write_blocking("in", |c| check_in(c, actor, &visit.0, &typed))
    }

    fn leave(
        &self,
        actor: &Actor,
        visit: &(String, VisitPersonId),
        pairs: &[(String, &str)],
    ) -> Result<(), Fault> {
        let typed: Fields = pairs.iter().cloned().collect();
        self.db
            .store
            .write_blocking("out", |c| check_out(c, actor, &visit.0, &typed))
    }

    fn lend(
        &self,
        actor: &Actor,
        visit: &(String, VisitPersonId),
        pairs: &[(&str, &str)],
    ) -> Result<(), Fault> {
        let draft = LendDraft::parse(&pairs.iter().copied().collect())?;
        self.db.store.write_blocking("lend", |c| {
            loan_to_visitor(c, actor, &visit.0, visit.1, &draft).map(|_| ())
        })
    }

    fn item(&self, id: LoanItemId) -> LoanItemRow {
        self.db.get(|c| loan_item_by_id(c, &self.staff, id))
    }

    fn state(&self, id: LoanItemId) -> LoanState {
        self.item(id).item.state
    }

    fn out(&self, now: &Actor) -> Vec<LoanRow> {
        self.db.get(|c| loans_out(c, now, None))
    }
}

fn at_field(fault: Result<impl std::fmt::Debug, Fault>) -> (String, &'static str) {
    let fault = fault.unwrap_err();
    match fault.fields.first() {
        Some(field) => (field.field.to_string(), field.message.key),
        None => (String::new(), fault.message.key),
    }
}

fn later(actor: &Actor, minutes: i64) -> Actor {
    Actor {
        now: NOW.plus_seconds(minutes * 60),
        ..actor.clone()
    }
}

both! {
    /// Without badges on record any number is taken; with one on record only those.
    async fn badges_on_record_are_the_only_ones(db: TestDb) {
        let desk = Desk::new(db);
        let (free, own, other) = (desk.visit("张三"), desk.visit("李明"), desk.visit("赵强"));
        desk.enter(&desk.staff, &free, "any text").unwrap();
        let badge = desk.add("badge", "17", None);
        assert_eq!(desk.state(badge), LoanState::InStock);

        let field = format!("badge_{}", own.1);
        let unknown = desk.enter(&desk.staff, &own, "18");
        assert_eq!(at_field(unknown), (field, "loan-fault-badge-unknown"));
        desk.enter(&desk.staff, &own, "17").unwrap();
        assert_eq!(desk.state(badge), LoanState::Out);
        let out = desk.enter(&desk.staff, &other, "17").unwrap_err();
        let message = &out.fields[0].message;
        assert_eq!(message.key, "loan-fault-out");
        assert!(message.to_string().contains("name=李明"), "{message}");
        assert_eq!(out.fields[0].field, format!("badge_{}", other.1));
        assert!(desk.item(badge).loan.is_some_and(|loan| loan.visit.as_ref() == Some(&own.0)));

        // Without a badge is still possible, and what was out as free text comes back as it went.
        desk.enter(&desk.staff, &other, "").unwrap();
        desk.leave(&desk.staff, &free, &[(format!("badge_returned_{}", free.1), "true")]).unwrap();
        desk.leave(&desk.staff, &own, &[(format!("badge_returned_{}", own.1), "true")]).unwrap();
        assert_eq!(desk.state(badge), LoanState::InStock);
        assert!(desk.out(&desk.staff).is_empty());
    }

    /// A badge that is not given back is lost, and comes back later: from the visit, or with its person.
    async fn a_badge_that_was_kept_is_lost_until_it_is_found(db: TestDb) {
        let desk = Desk::new(db);
        let badge = desk.add("badge", "17", None);
        let (own, other) = (desk.visit("李明"), desk.visit("赵强"));
        desk.enter(&desk.staff, &own, "17").unwrap();
        let kept = desk.leave(&desk.staff, &own, &[]);
        assert_eq!(at_field(kept).1, "visit-fault-badge-why");
        let why = [(format!("badge_note_{}", own.1), "忘在酒店")];
        desk.leave(&desk.staff, &own, &why).unwrap();
        assert_eq!(desk.state(badge), LoanState::Lost);
        let loan = desk.item(badge).loan.unwrap();
        assert_eq!((loan.loan.missing_reason.as_str(), loan.loan.ended_at), ("忘在酒店", None));
        assert_eq!(at_field(desk.enter(&desk.staff, &other, "17")).1, "loan-fault-lost");

        // Brought along again: it came back, and goes out anew.
        desk.enter(&later(&desk.staff, 30), &own, "17").unwrap();
        assert_eq!(desk.state(badge), LoanState::Out);
        desk.leave(&later(&desk.staff, 40), &own, &why).unwrap();
        desk.db.put(|c| badge_return(c, &later(&desk.staff, 50), &own.0, own.1));
        assert_eq!(desk.state(badge), LoanState::InStock);
        desk.enter(&later(&desk.staff, 60), &other, "17").unwrap();

        let history = desk.db.get(|c| loan_history(c, &desk.staff, badge, None));
        let told: Vec<_> = history.iter().map(|row| row.holder.as_str()).collect();
        assert_eq!(told, ["赵强", "李明", "李明"]);
        for (minute, holder) in [(-1, None), (10, Some("李明")), (45, Some("李明")), (55, None), (61, Some("赵强"))] {
            let at = NOW.plus_seconds(minute * 60);
            let then = desk.db.get(|c| loan_history(c, &desk.staff, badge, Some(at)));
            let then: Vec<_> = then.iter().map(|row| row.holder.as_str()).collect();
            assert_eq!(then, holder.into_iter().collect::<Vec<_>>(), "{minute}");
        }
    }

    /// A lost thing is found from the stock, and one that never is goes out of use with its loan given up.
    async fn lost_found_and_given_up(db: TestDb) {
        let desk = Desk::new(db);
        let badge = desk.add("badge", "17", None);
        let own = desk.visit("李明");
        desk.enter(&desk.staff, &own, "17").unwrap();
        let version = desk.item(badge).item.version;
        let archive = |version: i64, retired: bool| {
            desk.db.store.write_blocking("x", |c| loan_item_archive(c, &desk.staff, badge, version, retired))
        };
        assert_eq!(at_field(archive(version, true)).1, "loan-fault-out");
        assert_eq!(archive(version - 1, true).unwrap_err().kind, FaultKind::Stale);

        desk.db.put(|c| loan_item_lost(c, &desk.staff, badge, "掉进地板下"));
        let again = desk.db.store.write_blocking("x", |c| loan_item_lost(c, &desk.staff, badge, "again"));
        assert_eq!(at_field(again).1, "loan-fault-lost-already");
        desk.db.put(|c| loan_item_found(c, &desk.staff, badge));
        assert_eq!(desk.state(badge), LoanState::InStock);
        let record = desk.db.get(|c| visit_by_number(c, &desk.staff, &own.0));
        assert_eq!(record.people[0].attendance.badge_returned, Some(true), "the visit tells the same");
        desk.leave(&desk.staff, &own, &[]).unwrap();

        let next = desk.visit("赵强");
        desk.enter(&desk.staff, &next, "17").unwrap();
        desk.leave(&desk.staff, &next, &[(format!("badge_note_{}", next.1), "丢失")]).unwrap();
        archive(desk.item(badge).item.version, true).unwrap();
        assert_eq!(desk.state(badge), LoanState::Retired);
        let history = desk.db.get(|c| loan_history(c, &desk.staff, badge, None));
        assert_eq!(history[0].loan.ended_how, Some(LoanEnd::WrittenOff));
        assert!(desk.out(&desk.staff).is_empty());

        // A new one with the same number takes its place; the old one can't come back beside it.
        let new = desk.add("badge", "17", None);
        assert_eq!(at_field(archive(desk.item(badge).item.version, false)).1, "loan-fault-number-taken");
        let third = desk.visit("钱进");
        desk.enter(&desk.staff, &third, "17").unwrap();
        assert_eq!(desk.state(new), LoanState::Out);
    }

    /// Two desks hand out the same badge at once: one of them does, the other is told who has it.
    async fn two_desks_and_one_badge(db: TestDb) {
        let desk = Desk::new(db);
        let badge = desk.add("badge", "17", None);
        for round in 0..4 {
            let pair = [desk.visit(&format!("甲{round}")), desk.visit(&format!("乙{round}"))];
            let barrier = std::sync::Barrier::new(2);
            let (at, start) = (&desk, &barrier);
            let outcomes: Vec<Result<(), Fault>> = std::thread::scope(|scope| {
                let both: Vec<_> = pair
                    .iter()
                    .map(|visit| {
                        scope.spawn(move || {
                            start.wait();
                            at.enter(&at.staff, visit, "17")
                        })
                    })
                    .collect();
                both.into_iter().map(|one| one.join().unwrap()).collect()
            });
            let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().zip(&pair).partition(|(outcome, _)| outcome.is_ok());
            assert_eq!((won.len(), lost.len()), (1, 1));
            for (outcome, visit) in lost {
                assert_eq!(at_field(outcome), (format!("badge_{}", visit.1), "loan-fault-out"));
            }
            assert_eq!(desk.out(&desk.staff).len(), 1);
            let winner = won[0].1;
            desk.leave(&desk.staff, winner, &[(format!("badge_returned_{}", winner.1), "true")]).unwrap();
            assert_eq!(desk.state(badge), LoanState::InStock);
        }
        let history = desk.db.get(|c| loan_history(c, &desk.staff, badge, None));
        assert_eq!(history.len(), 4);
    }

    /// The key of a rack goes to whose visit names the rack; others need the right and a reason.
    async fn a_key_goes_to_visitors_of_its_rack(db: TestDb) {
        let desk = Desk::new(db);
        let own_key = desk.add("key", "K-01", Some(desk.racks[0]));
        let foreign = desk.add("key", "K-02", Some(desk.racks[1]));
        let locker = desk.add("locker", "5", None);
        let visit = desk.visit("李明");
        let key = |number: &'static str| [("kind", "key"), ("number", number)];
        assert_eq!(at_field(desk.lend(&desk.staff, &visit, &key("K-01"))).1, "loan-fault-not-inside");
        desk.enter(&desk.staff, &visit, "").unwrap();
        desk.lend(&desk.staff, &visit, &key("K-01")).unwrap();
        let twice = desk.lend(&desk.staff, &visit, &key("K-01")).unwrap_err();
        assert_eq!((twice.kind, twice.message.key), (FaultKind::Conflict, "loan-fault-out"));

        assert_eq!(at_field(desk.lend(&desk.staff, &visit, &key("K-02"))).1, "loan-fault-key-rack");
        let bare = desk.lend(&desk.operations, &visit, &key("K-02"));
        assert_eq!(at_field(bare), ("reason".into(), "loan-fault-key-reason"));
        let told = [("kind", "key"), ("number", "K-02"), ("reason", "相邻机柜跳线")];
        desk.lend(&desk.operations, &visit, &told).unwrap();
        assert_eq!(desk.item(foreign).loan.unwrap().loan.override_reason, "相邻机柜跳线");
        desk.lend(&desk.staff, &visit, &[("item_id", &locker.to_string())]).unwrap();
        assert_eq!(at_field(desk.lend(&desk.staff, &visit, &key("K-99"))), ("number".into(), "loan-fault-unknown"));

        // At the way out each comes back, or it is said why not.
        let loans = desk.db.get(|c| loans_of_visit(c, &desk.staff, &visit.0));
        let ids: Vec<_> = loans.iter().map(|row| row.loan.id).collect();
        assert_eq!(ids.len(), 3);
        let some = [(format!("loan_back_{}", ids[0]), "true"), (format!("loan_note_{}", ids[1]), "断在锁里")];
        let third = desk.leave(&desk.staff, &visit, &some);
        assert_eq!(at_field(third), (format!("loan_note_{}", ids[2]), "loan-fault-why"));
        assert_eq!(desk.state(own_key), LoanState::Out, "a refused way out changes nothing");
        let all = [some.to_vec(), vec![(format!("loan_back_{}", ids[2]), "true")]].concat();
        desk.leave(&desk.staff, &visit, &all).unwrap();
        let states = [own_key, foreign, locker].map(|id| desk.state(id));
        assert_eq!(states, [LoanState::InStock, LoanState::Lost, LoanState::InStock]);

        // Taken back twice is once.
        let back = |id| desk.db.store.write_blocking("back", |c| loan_back(c, &desk.staff, id));
        assert_eq!(back(ids[1]).unwrap(), foreign);
        assert_eq!(desk.state(foreign), LoanState::InStock);
        assert_eq!(at_field(back(ids[1])).1, "loan-fault-back-already");
    }

    /// Staff borrow too; what is late stands first.
    async fn what_is_out_shows_late_things_first(db: TestDb) {
        let desk = Desk::new(db);
        let (first, second) = (desk.add("locker", "1", None), desk.add("locker", "2", None));
        let user = desk.operations.user_id.unwrap();
        let lend = |id, due: Option<Timestamp>| {
            let draft = StaffLendDraft { user_id: user, due_at: due, reason: String::new() };
            desk.db.put(|c| loan_to_staff(c, &desk.staff, id, &draft));
        };
        lend(first, None);
        lend(second, Some(NOW.plus_seconds(3600)));
        let numbers = |actor: &Actor| -> Vec<String> {
            desk.out(actor).into_iter().map(|row| format!("{} {}", row.number, row.late)).collect()
        };
        assert_eq!(numbers(&desk.staff), ["1 false", "2 false"]);
        assert_eq!(numbers(&later(&desk.staff, 61)), ["2 true", "1 false"]);
        let rack_key = desk.add("key", "K-01", Some(desk.racks[0]));
        let draft = StaffLendDraft { user_id: user, due_at: None, reason: "巡检".into() };
        let refused = desk.db.store.write_blocking("x", |c| loan_to_staff(c, &desk.staff, rack_key, &draft));
        assert_eq!(at_field(refused).1, "loan-fault-key-rack");
        desk.db.put(|c| loan_to_staff(c, &desk.operations, rack_key, &draft));
        assert_eq!(desk.item(rack_key).loan.unwrap().loan.user_id, Some(user));

        // None of it is there for customers.
        let customer = desk.db.actor(Role::CustomerAdmin);
        let hidden = desk.db.store.read_blocking(|c| loans_out(c, &customer, None).map(|_| ()));
        assert_eq!(hidden.unwrap_err().kind, FaultKind::NotFound);
        let hidden = desk.db.store.read_blocking(|c| loan_item_by_id(c, &customer, first).map(|_| ()));
        assert_eq!(hidden.unwrap_err().kind, FaultKind::NotFound);
    }

    /// A number is there once per site and kind; what somebody has keeps it; lists go on where they stopped.
    async fn numbers_are_unique_and_lists_have_pages(db: TestDb) {
        let desk = Desk::new(db);
        let badge = desk.add("badge", "17", None);
        desk.add("locker", "17", None);
        let twice = desk.draft("badge", "17", None);
        let refused = desk.db.store.write_blocking("x", |c| loan_item_create(c, &desk.staff, &twice));
        assert_eq!(at_field(refused), ("number".into(), "loan-fault-number-taken"));
        let visit = desk.visit("李明");
        desk.enter(&desk.staff, &visit, "17").unwrap();
        let version = desk.item(badge).item.version;
        let renamed = desk.draft("badge", "71", None);
        let refused = desk.db.store.write_blocking("x", |c| loan_item_update(c, &desk.staff, badge, version, &renamed));
        assert_eq!(at_field(refused).1, "loan-fault-changed-out");

        for number in 100..107 {
            desk.add("key", &number.to_string(), None);
        }
        let filter = LoanItemFilter { kind: Some(LoanKind::Key), ..LoanItemFilter::default() };
        let mut page = PageRequest { limit: 3, ..PageRequest::first() };
        let mut seen = Vec::new();
        loop {
            let part = desk.db.get(|c| loan_item_list(c, &desk.staff, &filter, &page));
            assert_eq!(part.total, 7);
            seen.extend(part.rows.into_iter().map(|row| row.item.number));
            match part.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, (100..107).map(|number| number.to_string()).collect::<Vec<_>>());
        let searched = LoanItemFilter { query: "17".into(), ..LoanItemFilter::default() };
        assert_eq!(desk.db.get(|c| loan_item_list(c, &desk.staff, &searched, &PageRequest::first())).total, 2);
    }

    /// The pages and the interface, in both languages.
    async fn pages_and_programs_lend(db: TestDb) {
        let desk = Desk::new(db.clone());
        let visit = desk.visit("李明");
        desk.enter(&desk.staff, &visit, "").unwrap();
        let (rack, site) = (desk.racks[0].to_string(), desk.site.to_string());
        let web = TestWeb::new(db).await;
        let reception = web.browser(Role::Reception, None);
        let form = [("kind", "key"), ("number", "K-01"), ("site_id", site.as_str()), ("rack_id", rack.as_str())];
        let made = web.post(&reception, "/loan-items/new", &form).await;
        assert_eq!(made.status, Status::SeeOther, "{}", made.body);
        let item = made.header("location").unwrap().to_owned();
        let again = web.post(&reception, "/loan-items/new", &form).await;
        assert_eq!(again.status, Status::UnprocessableEntity);

        let lend = format!("/visits/{}/people/{}/lend", visit.0, visit.1);
        for path in ["/loan-items", "/loan-items/new", "/loans", &item, &format!("{item}/edit"), &format!("{item}/lend"),
            &format!("{item}/lost"), &format!("{item}/archive"), &lend] {
            for caller in [reception.clone(), reception.clone().reading_chinese()] {
                let reply = web.get(&caller, path).await;
                assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
                assert!(!reply.body.contains("loan-fault") && !reply.body.contains("style="), "{path}");
            }
        }
        let key = item.rsplit('/').next().unwrap();
        let given = web.post(&reception, &lend, &[("item_id", key)]).await;
        assert_eq!(given.status, Status::SeeOther, "{}", given.body);
        let twice = web.post(&reception, &lend, &[("item_id", key)]).await;
        assert_eq!(twice.status, Status::UnprocessableEntity);
        assert!(twice.body.contains("has been with 李明"), "{}", twice.body);
        for path in [format!("/visits/{}", visit.0), format!("/visits/{}/check-out", visit.0), "/visits/inside".to_owned(), "/loans".to_owned(), item.clone()] {
            assert!(web.get(&reception, &path).await.body.contains("K-01"), "{path}");
        }
        for path in ["/loans.csv", "/loan-items.csv"] {
            assert!(web.get(&reception, path).await.body.contains("李明"), "{path}");
        }

        let program = web.program(Role::Reception, None, "write");
        let out = web.get(&program, "/api/v1/loans").await.json();
        assert_eq!((out[0]["holder"].as_str(), out[0]["visit"].as_str()), (Some("李明"), Some(visit.0.as_str())));
        let back = format!("/api/v1/loans/{}/back", out[0]["id"]);
        let done = web.json(&program, Method::Post, &back, &json!({})).await.json();
        assert_eq!(done["state"], "in_stock");
        assert_eq!(web.json(&program, Method::Post, &back, &json!({})).await.status, Status::Conflict);
        let history = web.get(&program, &format!("/api/v1{item}/loans")).await.json();
        assert_eq!(history[0]["ended_how"], "returned");
        let wrong = web.get(&program, &format!("/api/v1{item}/loans?at=x")).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        let lost = web.json(&program, Method::Post, &format!("/api/v1{item}/lost"), &json!({"reason": "找不到"})).await.json();
        assert_eq!(lost["state"], "lost");
        let page = web.get(&reception, &item).await;
        assert!(page.body.contains("Lost"));
        let found = web.post(&reception, &format!("{item}/found"), &[]).await;
        assert_eq!(found.status, Status::SeeOther);
    }
}
