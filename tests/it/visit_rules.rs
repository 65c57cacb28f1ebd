//! What holds for visits: areas, windows, standing permissions, rules that approve, numbers, stepping out, corrections.

use std::collections::BTreeSet;

use coldaisle::access::*;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{AreaId, CustomerId, DeviceId, RackId, SiteId, StandingPermissionId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::store::schema::{racks, standing_permissions, visit_events, visits};
use diesel::prelude::*;

use crate::harness::{NOW, TestDb, both};

const URL: &str = "https://rooms.example.net";

/// A site with a customer's rack and a machine in it; it is 16:00 on a Sunday there.
struct Gate {
    db: TestDb,
    keys: Keyring,
    site: SiteId,
    acme: CustomerId,
    rack: RackId,
    device: DeviceId,
}

impl Gate {
    fn new(db: TestDb) -> Self {
        let site = db.site("s1");
        let rack = db.rack(db.room(site, "Room A"), "A01");
        let acme = db.customer("ACME");
        db.put(|c| {
            diesel::update(racks::table.find(rack))
                .set(racks::customer_id.eq(acme))
                .execute(c)?;
            Ok(())
        });
        let device = db.device("srv-1", Some(acme));
        db.install(device, rack, 0);
        Self {
            keys: Keyring::generate().unwrap(),
            db,
            site,
            acme,
            rack,
            device,
        }
    }

    fn desk(&self) -> Actor {
        self.db.actor(Role::Reception)
    }

    fn boss(&self) -> Actor {
        self.db.actor(Role::Operations)
    }

    fn customer(&self) -> Actor {
        self.db.actor_of(Role::CustomerAdmin, Some(self.acme))
    }

    fn typed(&self, name: &str) -> Fields {
        [
            ("visitor_name", name.to_owned()),
            ("company", "示例布线工程部".to_owned()),
            ("purpose", "repair".to_owned()),
            ("planned_from", "2026-11-22 15:00".to_owned()),
            ("planned_until", "2026-11-22 18:00".to_owned()),
            ("rack_ids", self.rack.to_string()),
            ("site_id", self.site.to_string()),
        ]
        .into_iter()
        .collect()
    }

    fn announce(&self, actor: &Actor, fields: &Fields) -> Result<String, Fault> {
        self.db.store.write_blocking("announce", |c| {
            visit_announce(c, actor, &self.keys, URL, fields)
        })
    }

    fn enter(&self, actor: &Actor, number: &str, fields: &Fields) -> Result<(), Fault> {
        self.db
            .store
            .write_blocking("in", |c| check_in(c, actor, number, fields))
    }

    fn leave(&self, actor: &Actor, number: &str) {
        self.db.put(|c| check_out(c, actor, number, &Fields::new()));
    }

    fn visit(&self, number: &str) -> VisitRecord {
        let desk = self.desk();
        self.db.get(|c| visit_by_number(c, &desk, number))
    }

    fn events(&self, number: &str) -> Vec<VisitEvent> {
        let desk = self.desk();
        self.db.get(|c| visit_events_of(c, &desk, number))
    }

    fn kinds(&self, number: &str) -> Vec<&'static str> {
        let events = self.events(number);
        events.iter().map(|entry| entry.event.as_str()).collect()
    }

    fn inside(&self) -> usize {
        let desk = self.desk();
        self.db.get(|c| people_inside(c, &desk, None)).len()
    }

    fn area(&self, code: &str, pairs: &[(&str, &str)]) -> AreaId {
        let mut typed = fields(pairs);
        typed.set("site_id", self.site.to_string());
        typed.set("code", code);
        typed.set("name", format!("Area {code}"));
        let draft = AreaDraft::parse(&typed).unwrap();
        let boss = self.boss();
        self.db.put(|c| area_create(c, &boss, &draft))
    }

    fn standing(&self, pairs: &[(&str, &str)]) -> StandingPermissionId {
        let mut typed = fields(&[
            ("company", "示例布线工程部"),
            ("valid_from", "2026-01-01"),
            ("valid_until", "2027-12-31"),
        ]);
        typed.set("site_id", self.site.to_string());
        typed.set("customer_id", self.acme.to_string());
        typed.set("rack_ids", self.rack.to_string());
        for (name, text) in pairs {
            typed.set(*name, *text);
        }
        let boss = self.boss();
        self.db.put(|c| {
            let draft = standing_draft(c, &typed)?;
            standing_create(c, &boss, &draft)
        })
    }
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

fn key<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> (FaultKind, &'static str) {
    let fault = outcome.unwrap_err();
    let key = match fault.fields.first() {
        Some(field) => field.message.key,
        None => fault.message.key,
    };
    (fault.kind, key)
}

fn later(actor: &Actor, minutes: i64) -> Actor {
    Actor {
        now: NOW.plus_seconds(minutes * 60),
        ..actor.clone()
    }
}

/// The counter at the end of a number.
fn counter(number: &str) -> u64 {
    number.rsplit('-').next().unwrap().parse().unwrap()
}

both! {
    /// Fifty who announce at the same time get fifty numbers without a gap; the other site counts for itself.
    async fn numbers_have_no_gap_and_no_double(db: TestDb) {
        let gate = Gate::new(db);
        let (desk, keys) = (gate.desk(), &gate.keys);
        let store = &gate.db.store;
        let numbers: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..50)
                .map(|index| {
                    let (desk, typed) = (desk.clone(), gate.typed(&format!("访客{index}")));
                    scope.spawn(move || {
                        store.write_blocking("announce", |c| visit_announce(c, &desk, keys, URL, &typed))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        let seen: BTreeSet<u64> = numbers.iter().map(|number| counter(number)).collect();
        assert_eq!(seen, (1..=50).collect());
        assert!(numbers.iter().all(|number| number.starts_with("V-2026-0000")));
        // What is refused uses no number.
        let mut wrong = gate.typed("李明");
        wrong.set("rack_ids", "999999");
        assert_eq!(key(gate.announce(&desk, &wrong)).1, "visit-fault-rack");
        assert_eq!(gate.announce(&desk, &gate.typed("李明")).unwrap(), "V-2026-000051");

        let other = gate.db.site("sha2");
        let mut there = gate.typed("赵强");
        there.set("site_id", other.to_string());
        there.set("rack_ids", "");
        let number = gate.announce(&desk, &there).unwrap();
        assert_eq!(number, "V-SHA2-2026-000001");
        assert_eq!(gate.visit("v-sha2-2026-000001").visit.number, number);
    }

    /// Two desks check the same person in at the same moment: one does, the other hears who did.
    async fn two_desks_let_one_person_in_once(db: TestDb) {
        let gate = Gate::new(db);
        let number = gate.announce(&gate.desk(), &gate.typed("李明")).unwrap();
        let person = gate.visit(&number).people[0].attendance.id;
        let chosen = fields(&[("person_ids", &person.to_string())]);
        let actors: Vec<Actor> = (0..2)
            .map(|desk| Actor { name: format!("desk-{desk}"), ..gate.desk() })
            .collect();
        let (store, to, whom) = (&gate.db.store, number.as_str(), &chosen);
        let outcomes: Vec<Result<(), Fault>> = std::thread::scope(|scope| {
            let threads: Vec<_> = actors
                .iter()
                .map(|actor| {
                    scope.spawn(move || store.write_blocking("in", |c| check_in(c, actor, to, whom)))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let refused = outcomes.into_iter().find(Result::is_err).unwrap();
        assert_eq!(key(refused), (FaultKind::Conflict, "visit-fault-in-already"));
        assert_eq!(gate.inside(), 1);
        assert_eq!(gate.kinds(&number), ["announced", "approved", "checked_in"]);

        // Out the same way.
        gate.leave(&gate.desk(), &number);
        let twice = gate.db.store.write_blocking("out", |c| check_out(c, &gate.desk(), &number, &chosen));
        assert_eq!(key(twice), (FaultKind::Conflict, "visit-fault-out-already"));
        assert_eq!(gate.kinds(&number).len(), 4);
    }

    /// Outside its window nobody comes in, unless someone who may do so says why.
    async fn the_window_holds_at_the_door(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        let mut typed = gate.typed("李明");
        typed.set("planned_from", "2026-11-22 19:00");
        typed.set("planned_until", "2026-11-22 20:00");
        let number = gate.announce(&desk, &typed).unwrap();
        let technician = gate.db.actor(Role::Technician);
        let early = gate.enter(&technician, &number, &fields(&[("override_reason", "x")]));
        assert_eq!(key(early), (FaultKind::Conflict, "visit-fault-outside-window"));
        let early = gate.enter(&desk, &number, &Fields::new());
        assert_eq!(key(early), (FaultKind::Invalid, "visit-fault-outside-window"));
        assert_eq!(gate.inside(), 0);
        gate.enter(&desk, &number, &fields(&[("override_reason", "备件提前到货")])).unwrap();
        let events = gate.events(&number);
        let entry = events.iter().find(|entry| entry.event == VisitEventKind::Overridden).unwrap();
        assert!(entry.note.contains("window") && entry.note.contains("备件提前到货"));
        // Two hours before its start it opens by itself, and after its end it is shut.
        gate.leave(&desk, &number);
        gate.enter(&later(&technician, 60), &number, &Fields::new()).unwrap();
        gate.leave(&later(&desk, 70), &number);
        let late = gate.enter(&later(&technician, 240), &number, &Fields::new());
        assert_eq!(key(late).1, "visit-fault-outside-window");
    }

    /// An area with a limit is full, and who steps out makes room; an area may want an escort.
    async fn areas_have_room_for_so_many(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        let cage = gate.area("CAGE", &[("occupancy_limit", "1")]);
        let mut typed = gate.typed("李明");
        typed.set("area_ids", cage.to_string());
        let first = gate.announce(&desk, &typed).unwrap();
        typed.set("visitor_name", "赵强");
        let second = gate.announce(&desk, &typed).unwrap();
        assert_eq!(gate.visit(&first).named_areas[0].code, "CAGE");
        gate.enter(&desk, &first, &Fields::new()).unwrap();
        assert_eq!(key(gate.enter(&desk, &second, &Fields::new())), (FaultKind::Invalid, "visit-fault-area-full"));
        let full = gate.db.get(|c| area_occupancy(c, &desk, Some(gate.site)));
        assert_eq!((full[0].inside, full[0].is_full()), (1, true));

        gate.db.put(|c| visit_step_out(c, &desk, &first, &Fields::new()));
        assert_eq!(gate.inside(), 0);
        assert_eq!(gate.visit(&first).visit.state, VisitState::CheckedIn);
        gate.enter(&desk, &second, &Fields::new()).unwrap();
        let back = |pairs: &[(&str, &str)]| {
            let typed = fields(pairs);
            gate.db.store.write_blocking("back", |c| visit_step_in(c, &desk, &first, &typed))
        };
        assert_eq!(key(back(&[])).1, "visit-fault-area-full");
        back(&[("override_reason", "换班")]).unwrap();
        assert_eq!(gate.inside(), 2);
        assert_eq!(
            gate.kinds(&first)[2..],
            ["checked_in", "stepped_out", "overridden", "stepped_in"]
        );

        let vault = gate.area("VAULT", &[("escort_required", "yes")]);
        typed.set("visitor_name", "钱进");
        typed.set("area_ids", vault.to_string());
        let third = gate.announce(&desk, &typed).unwrap();
        assert_eq!(key(gate.enter(&desk, &third, &Fields::new())).1, "visit-fault-escort");
        gate.enter(&desk, &third, &fields(&[("escort_name", "周工")])).unwrap();

        // Codes are one of a kind; an archived area is not offered.
        let boss = gate.boss();
        let mut again = fields(&[("code", "CAGE"), ("name", "x")]);
        again.set("site_id", gate.site.to_string());
        let draft = AreaDraft::parse(&again).unwrap();
        let taken = gate.db.store.write_blocking("x", |c| area_create(c, &boss, &draft).map(|_| ()));
        assert_eq!(key(taken).1, "visit-fault-area-code");
        let refused = gate.db.store.write_blocking("x", |c| area_create(c, &desk, &draft).map(|_| ()));
        assert_eq!(refused.unwrap_err().kind, FaultKind::Forbidden);
        gate.db.put(|c| area_archive(c, &boss, cage, 1, true));
        let stale = gate.db.store.write_blocking("x", |c| area_archive(c, &boss, cage, 1, false));
        assert_eq!(stale.unwrap_err().kind, FaultKind::Stale);
        typed.set("area_ids", cage.to_string());
        assert_eq!(key(gate.announce(&desk, &typed)).1, "visit-fault-area");
    }

    /// A customer's visit is approved by the first rule that fits, and its record names the rule.
    async fn rules_approve_what_nobody_is_asked_for(db: TestDb) {
        let gate = Gate::new(db);
        let (boss, desk, customer) = (gate.boss(), gate.desk(), gate.customer());
        let rule = |name: &str, pairs: &[(&str, &str)]| {
            let mut typed = fields(pairs);
            typed.set("site_id", gate.site.to_string());
            typed.set("name", name);
            let draft = ApprovalRuleDraft::parse(&typed).unwrap();
            gate.db.put(|c| approval_rule_create(c, &boss, &draft))
        };
        rule("A office", &[("weekdays", "1"), ("from_time", "09:00"), ("until_time", "18:00")]);
        let state = |name: &str| {
            let number = gate.announce(&customer, &gate.typed(name)).unwrap();
            (gate.visit(&number).visit.state, number)
        };
        assert_eq!(state("李明").0, VisitState::Announced, "it is Sunday");
        rule("B known", &[("known_person", "yes"), ("own_rack", "yes"), ("escort_required", "yes")]);
        let (first, number) = state("李明");
        assert_eq!(first, VisitState::Announced, "nobody has seen this person yet");
        gate.enter(&desk, &number, &Fields::new()).unwrap();
        gate.leave(&desk, &number);
        let (known, number) = state("李明");
        assert_eq!(known, VisitState::Expected);
        let approved = gate.events(&number).into_iter().find(|entry| entry.event == VisitEventKind::Approved);
        assert_eq!(approved.unwrap().note, "B known");
        assert!(gate.visit(&number).visit.escort_required);
        assert_eq!(state("赵强").0, VisitState::Announced);
        let unseen = gate.db.store.read_blocking(|c| approval_rule_list(c, &customer).map(|_| ()));
        assert_eq!(unseen.unwrap_err().kind, FaultKind::NotFound);
    }

    /// A standing permission approves, allows more than 14 days, holds in its hours, and tells who used it last.
    async fn a_standing_permission_lets_come_again(db: TestDb) {
        let gate = Gate::new(db);
        let (boss, desk, customer) = (gate.boss(), gate.desk(), gate.customer());
        let id = gate.standing(&[("from_time", "08:00"), ("until_time", "17:00")]);
        let number = gate.announce(&customer, &gate.typed("李明")).unwrap();
        let visit = gate.visit(&number).visit;
        assert_eq!((visit.state, visit.standing_permission_id), (VisitState::Expected, Some(id)));
        let mut long = gate.typed("赵强");
        long.set("planned_until", "2027-02-01 18:00");
        assert_eq!(key(gate.announce(&customer, &long)).1, "visit-fault-window-long");
        long.set("standing_permission_id", id.to_string());
        gate.announce(&customer, &long).unwrap();
        long.set("company", "另一家");
        assert_eq!(key(gate.announce(&customer, &long)).1, "visit-fault-standing");

        gate.enter(&desk, &number, &Fields::new()).unwrap();
        let used: (Option<Timestamp>, String) = gate.db.get(|c| {
            Ok(standing_permissions::table
                .find(id)
                .select((standing_permissions::last_used_at, standing_permissions::last_used_by))
                .first(c)?)
        });
        assert_eq!(used, (Some(NOW), "李明".to_owned()));
        gate.leave(&desk, &number);
        let evening = gate.enter(&later(&desk, 90), &number, &Fields::new());
        assert_eq!(key(evening).1, "visit-fault-standing-hours");
        gate.db.put(|c| standing_archive(c, &boss, id, 1, true));
        let gone = gate.enter(&later(&desk, 10), &number, &Fields::new());
        assert_eq!(key(gone).1, "visit-fault-standing-hours");
        // Customers see their own, and change none.
        let other = gate.db.actor_of(Role::CustomerAdmin, Some(gate.db.customer("OTHER")));
        let hidden = gate.db.store.read_blocking(|c| standing_by_id(c, &other, id).map(|_| ()));
        assert_eq!(hidden.unwrap_err().kind, FaultKind::NotFound);
        assert!(gate.db.get(|c| standing_list(c, &other)).is_empty());
        assert_eq!(gate.db.get(|c| standing_by_id(c, &customer, id)).rack_ids, [gate.rack]);
    }

    /// A corrected time stands beside the wrong one; who was inside follows it, and its order is checked.
    async fn a_correction_stands_beside_what_was_wrong(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        let number = gate.announce(&desk, &gate.typed("李明")).unwrap();
        gate.enter(&desk, &number, &Fields::new()).unwrap();
        gate.leave(&later(&desk, 60), &number);
        let entry = |kind: VisitEventKind| {
            gate.events(&number).into_iter().find(|entry| entry.event == kind).unwrap()
        };
        let (came, left) = (entry(VisitEventKind::CheckedIn), entry(VisitEventKind::CheckedOut));
        let correct = |id: String, at: &str| {
            let mut typed = fields(&[("note", "忘记签出"), ("corrected_at", at)]);
            typed.set("event_id", id);
            let actor = later(&desk, 90);
            gate.db.store.write_blocking("x", |c| visit_correct(c, &actor, &number, &typed))
        };
        let wrong = |id: String, at: &str| key(correct(id, at)).1;
        assert_eq!(wrong(left.id.to_string(), "2026-11-22 15:59"), "visit-fault-corrected-order");
        assert_eq!(wrong(left.id.to_string(), "2026-11-22 17:31"), "visit-fault-corrected-future");
        assert_eq!(wrong(came.id.to_string(), "2026-11-22 17:01"), "visit-fault-corrected-order");
        assert_eq!(wrong("999999".to_owned(), "2026-11-22 16:30"), "visit-fault-entry");
        correct(left.id.to_string(), "2026-11-22 16:20").unwrap();
        let at = |minute: i64| NOW.plus_seconds(minute * 60);
        assert_eq!(gate.visit(&number).people[0].attendance.checked_out_at, Some(at(20)));
        assert_eq!(entry(VisitEventKind::CheckedOut).at, at(60), "the wrong entry stays");
        let stays = gate.db.get(|c| visits_at_rack(c, &desk, gate.rack, at(0), at(99)));
        assert_eq!((stays.len(), stays[0].stay.until), (1, Some(at(20))));
        let none = gate.db.get(|c| visits_at_rack(c, &desk, gate.rack, at(30), at(99)));
        assert!(none.is_empty());
        // The latest correction holds.
        correct(left.id.to_string(), "2026-11-22 16:40").unwrap();
        assert_eq!(gate.visit(&number).people[0].attendance.checked_out_at, Some(at(40)));
    }

    /// What was done is written down with its devices, and shown where a device's visits are.
    async fn work_done_is_linked_to_devices(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        let mut typed = gate.typed("李明");
        typed.set("rack_ids", "");
        let number = gate.announce(&desk, &typed).unwrap();
        gate.enter(&desk, &number, &Fields::new()).unwrap();
        gate.leave(&desk, &number);
        let close = |pairs: &[(&str, &str)]| {
            let typed = fields(pairs);
            gate.db.store.write_blocking("close", |c| visit_close(c, &desk, &number, &typed))
        };
        assert_eq!(key(close(&[("device_ids", "999999")])).1, "visit-fault-device");
        assert_eq!(key(close(&[("result", "great")])).1, "fault-choice");
        assert_eq!(gate.visit(&number).visit.state, VisitState::CheckedOut, "a refused closing leaves nothing");
        close(&[
            ("device_ids", &gate.device.to_string()), ("touched", "换盘一块"), ("result", "partly"),
            ("remote_hands_minutes", "25"),
        ]).unwrap();
        let record = gate.visit(&number);
        let work = record.work.unwrap();
        assert_eq!((work.result, work.remote_hands_minutes), (WorkResult::Partly, 25));
        assert_eq!(record.devices[0].name, "srv-1");
        let filter = VisitFilter { device: Some(gate.device), ..VisitFilter::default() };
        let page = coldaisle::base::page::PageRequest::first();
        assert_eq!(gate.db.get(|c| visit_list(c, &desk, &filter, &page)).total, 1);
    }

    /// Visits nobody came to are marked, those nobody left are noted once; a clock that was set changes nothing.
    async fn nobody_came_and_nobody_left(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        let missed = gate.announce(&desk, &gate.typed("李明")).unwrap();
        let stays = gate.announce(&desk, &gate.typed("赵强")).unwrap();
        gate.enter(&desk, &stays, &Fields::new()).unwrap();
        let sweep = |minutes: i64| {
            let at = NOW.plus_seconds(minutes * 60);
            let swept = gate.db.put(|c| visits_sweep(c, at, 4));
            (swept.no_show, swept.overdue)
        };
        assert_eq!(sweep(0), (0, 0));
        assert_eq!(sweep(100_000), (0, 0), "a step forwards is not believed at once");
        assert_eq!(sweep(130), (0, 0), "nor is the step back");
        assert_eq!(sweep(140), (0, 1), "after 18:00 one is still inside");
        assert_eq!(sweep(359), (0, 0));
        assert_eq!(sweep(360), (1, 0), "four hours after the end nobody came");
        assert_eq!(sweep(361), (0, 0));
        assert_eq!(gate.visit(&missed).visit.state, VisitState::NoShow);
        assert_eq!(gate.kinds(&stays).last(), Some(&"overdue"));
        let told: i64 = gate.db.get(|c| {
            Ok(visit_events::table
                .inner_join(visits::table)
                .filter(visit_events::event.eq(VisitEventKind::Overdue))
                .count()
                .get_result(c)?)
        });
        assert_eq!(told, 1);
    }

    /// Twenty people come on one visit; names that hide something are refused at their field.
    async fn twenty_people_and_names_as_they_are_seen(db: TestDb) {
        let gate = Gate::new(db);
        let desk = gate.desk();
        let mut typed = gate.typed("访客1");
        for index in 2..=20 {
            typed.set(format!("visitor_name_{index}"), format!("访客{index}"));
        }
        let number = gate.announce(&desk, &typed).unwrap();
        assert_eq!(gate.visit(&number).people.len(), 20);
        for (name, expected) in [
            ("名".repeat(5000), "fault-too-long"),
            ("李\u{202e}明".to_owned(), "fault-unseen-characters"),
            ("李\u{200b}明".to_owned(), "fault-unseen-characters"),
            ("李\u{7}明".to_owned(), "fault-control-characters"),
        ] {
            let fault = gate.announce(&desk, &gate.typed(&name)).unwrap_err();
            assert_eq!(fault.fields[0].field, "visitor_name");
            assert_eq!(fault.fields[0].message.key, expected);
        }
    }
}
