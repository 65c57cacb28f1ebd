//! Visits: announced, let in and out, on record, and behind the wall.

use coldaisle::access::*;
use coldaisle::audit::{Verdict, verify};
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{CustomerId, RackId, SiteId};
use coldaisle::base::page::PageRequest;
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::store::schema::{contacts, outbox, people, visit_people};
use diesel::prelude::*;

use crate::harness::{NOW, TestDb, both};

const URL: &str = "https://rooms.example.net";

/// A room with the racks of two customers, and what tests do there.
struct Door {
    db: TestDb,
    keys: Keyring,
    site: SiteId,
    acme: CustomerId,
    own_rack: RackId,
    shared_rack: RackId,
    foreign_rack: RackId,
}

impl Door {
    fn new(db: TestDb) -> Self {
        let site = db.site("s1");
        let room = db.room(site, "Room A");
        let (acme, other) = (db.customer("ACME"), db.customer("OTHER"));
        let own_rack = db.rack(room, "A01");
        let shared_rack = db.rack(room, "A02");
        let foreign_rack = db.rack(room, "A03");
        use coldaisle::store::schema::racks;
        db.put(|c| {
            for (rack, owner) in [(own_rack, acme), (foreign_rack, other)] {
                diesel::update(racks::table.find(rack))
                    .set(racks::customer_id.eq(owner))
                    .execute(c)?;
            }
            Ok(())
        });
        db.install(db.device("srv-1", Some(acme)), shared_rack, 0);
        db.install(db.device("srv-2", Some(other)), shared_rack, 2);
        Self {
            keys: Keyring::generate().unwrap(),
            db,
            site,
            acme,
            own_rack,
            shared_rack,
            foreign_rack,
        }
    }

    fn staff(&self) -> Actor {
        self.db.actor(Role::Technician)
    }

    fn customer(&self) -> Actor {
        self.db.actor_of(Role::CustomerAdmin, Some(self.acme))
    }

    fn fields(&self, name: &str, rack: RackId) -> Fields {
        [
            ("visitor_name", name.to_owned()),
            ("company", "示例布线工程部".to_owned()),
            ("purpose", "repair".to_owned()),
            ("planned_from", "2026-11-22 15:00".to_owned()),
            ("planned_until", "2026-11-22 18:00".to_owned()),
            ("rack_ids", rack.to_string()),
        ]
        .into_iter()
        .collect()
    }

    fn announce(&self, actor: &Actor, fields: &Fields) -> Result<String, Fault> {
        self.db.store.write_blocking("announce", |c| {
            visit_announce(c, actor, &self.keys, URL, fields)
        })
    }

    fn walk_in(&self, actor: &Actor, fields: &Fields) -> Result<String, Fault> {
        self.db
            .store
            .write_blocking("walk-in", |c| walk_in(c, actor, &self.keys, fields))
    }

    fn check_in(&self, actor: &Actor, number: &str, fields: &Fields) -> Result<(), Fault> {
        self.db
            .store
            .write_blocking("in", |c| check_in(c, actor, number, fields))
    }

    fn check_out(&self, actor: &Actor, number: &str, fields: &Fields) -> Result<(), Fault> {
        self.db
            .store
            .write_blocking("out", |c| check_out(c, actor, number, fields))
    }

    fn visit(&self, number: &str) -> VisitRecord {
        let staff = self.staff();
        self.db.get(|c| visit_by_number(c, &staff, number))
    }

    fn inside(&self) -> Vec<String> {
        let staff = self.staff();
        self.db
            .get(|c| people_inside(c, &staff, None))
            .into_iter()
            .map(|person| person.name)
            .collect()
    }

    fn entries(&self, number: &str) -> Vec<&'static str> {
        let staff = self.staff();
        self.db
            .get(|c| visit_events_of(c, &staff, number))
            .into_iter()
            .map(|entry| entry.event.as_str())
            .collect()
    }

    fn count<F: Fn(&VisitRecord) -> bool>(
        &self,
        actor: &Actor,
        filter: &VisitFilter,
        f: F,
    ) -> usize {
        let page = self
            .db
            .get(|c| visit_list(c, actor, filter, &PageRequest::first()));
        assert_eq!(page.total, page.rows.len() as i64);
        page.rows.iter().filter(|row| f(row)).count()
    }
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
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
    /// A customer announces for own racks, waits for approval, and the contact gets the pass.
    async fn a_customer_announces_for_own_racks_only(db: TestDb) {
        let door = Door::new(db);
        let customer = door.customer();
        door.db.put(|c| {
            diesel::insert_into(contacts::table)
                .values((
                    contacts::customer_id.eq(door.acme),
                    contacts::name.eq("王芳"),
                    contacts::email.eq("wang@acme.example"),
                    contacts::locale.eq("zh-CN"),
                    contacts::created_at.eq(NOW),
                    contacts::updated_at.eq(NOW),
                ))
                .execute(c)?;
            Ok(())
        });
        let choices = door.db.get(|c| rack_choices(c, &customer));
        let ids: Vec<_> = choices.iter().map(|rack| rack.id).collect();
        assert_eq!(ids, [door.own_rack, door.shared_rack]);

        let foreign = door.announce(&customer, &door.fields("李明", door.foreign_rack));
        assert_eq!(at_field(foreign), ("rack_ids".into(), "visit-fault-rack"));
        let mut without = door.fields("李明", door.own_rack);
        without.set("rack_ids", "");
        assert_eq!(at_field(door.announce(&customer, &without)), ("rack_ids".into(), "visit-fault-rack-needed"));

        // Whatever customer is typed, it is the own one.
        let mut typed = door.fields("李明", door.shared_rack);
        typed.set("customer_id", "2");
        let number = door.announce(&customer, &typed).unwrap();
        assert_eq!(number, "V-2026-000001");
        let visit = door.visit(&number);
        assert_eq!(visit.customer.unwrap().id, door.acme);
        assert_eq!(visit.visit.state, VisitState::Announced);
        assert_eq!(door.entries(&number), ["announced"]);

        let mails: Vec<String> = door.db.get(|c| {
            Ok(outbox::table.filter(outbox::kind.eq("mail")).select(outbox::payload).load(c)?)
        });
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains("wang@acme.example") && mails[0].contains(&visit.visit.pass_code));
        assert!(mails[0].contains("2026-11-22 15:00") && mails[0].contains("李明"));
    }

    /// What is behind the wall is not there: list, search, page, pass, cancel.
    async fn the_wall_hides_other_customers_visits(db: TestDb) {
        let door = Door::new(db);
        let mut fields = door.fields("李明", door.foreign_rack);
        let other = door.db.actor_of(Role::CustomerAdmin, Some(CustomerId::new(door.acme.get() + 1)));
        let foreign = door.announce(&other, &fields).unwrap();
        fields.set("rack_ids", door.own_rack.to_string());
        let own = door.announce(&door.customer(), &fields).unwrap();
        let operator = door.announce(&door.staff(), &fields).unwrap();
        let customer = door.customer();

        let all = VisitFilter::default();
        assert_eq!(door.count(&customer, &all, |row| row.visit.number == own), 1);
        assert_eq!(door.count(&customer, &all, |_| true), 1);
        assert_eq!(door.count(&door.staff(), &all, |_| true), 3);
        let searched = VisitFilter { query: "李明".into(), ..all };
        assert_eq!(door.count(&customer, &searched, |_| true), 1);
        for number in [&foreign, &operator] {
            let kind = |result: Result<(), Fault>| result.unwrap_err().kind;
            let found = door.db.store.read_blocking(|c| visit_by_number(c, &customer, number).map(|_| ()));
            assert_eq!(kind(found), FaultKind::NotFound);
            let pass = door.visit(number).visit.pass_code;
            let found = door.db.store.read_blocking(|c| visit_by_pass(c, &customer, &pass).map(|_| ()));
            assert_eq!(kind(found), FaultKind::NotFound);
            let cancelled = door.db.store.write_blocking("x", |c| visit_cancel(c, &customer, number, ""));
            assert_eq!(kind(cancelled), FaultKind::NotFound);
        }
        // The desk is not there for customers, nor is the list of who is inside.
        assert_eq!(door.check_in(&customer, &own, &Fields::new()).unwrap_err().kind, FaultKind::NotFound);
        let inside = door.db.store.read_blocking(|c| people_inside(c, &customer, None).map(|_| ()));
        assert_eq!(inside.unwrap_err().kind, FaultKind::NotFound);
        // A person who came for another customer isn't offered.
        assert_eq!(door.db.get(|c| person_search(c, &customer, "李明")).len(), 1);
        assert_eq!(door.db.get(|c| person_search(c, &door.staff(), "李明")).len(), 2);
        door.db.put(|c| visit_cancel(c, &customer, &own, "改期"));
        assert_eq!(door.visit(&own).visit.state, VisitState::Cancelled);
    }

    /// In and out with a badge: who is inside is right at every step, and the record tells each.
    async fn in_and_out_with_a_badge(db: TestDb) {
        let door = Door::new(db);
        let staff = door.staff();
        let mut typed = door.fields("李明", door.own_rack);
        typed.set("visitor_name_2", "赵强");
        let number = door.announce(&staff, &typed).unwrap();
        let people = door.visit(&number).people;
        let (first, second) = (people[0].attendance.id, people[1].attendance.id);

        let badge = |id, badge: &str| fields(&[("person_ids", &format!("{id}")), (&format!("badge_{id}"), badge)]);
        door.check_in(&staff, &number, &badge(first, "17")).unwrap();
        assert_eq!(door.inside(), ["李明"]);
        let taken = door.check_in(&staff, &number, &badge(second, "17"));
        assert_eq!(at_field(taken), (format!("badge_{second}"), "visit-fault-badge-taken"));
        door.check_in(&staff, &number, &badge(second, "18")).unwrap();
        assert_eq!(door.inside(), ["李明", "赵强"]);
        let again = door.check_in(&staff, &number, &badge(first, "19"));
        assert_eq!(at_field(again), (String::new(), "visit-fault-in-already"));

        let kept = door.check_out(&staff, &number, &badge(first, ""));
        assert_eq!(at_field(kept), (format!("badge_note_{first}"), "visit-fault-badge-why"));
        assert_eq!(door.inside().len(), 2);
        let mut lost = badge(first, "");
        lost.set(format!("badge_note_{first}"), "丢失");
        door.check_out(&staff, &number, &lost).unwrap();
        assert_eq!(door.inside(), ["赵强"]);
        assert_eq!(door.visit(&number).visit.state, VisitState::CheckedIn);
        door.check_out(&staff, &number, &fields(&[(&format!("badge_returned_{second}"), "true")])).unwrap();
        assert_eq!(door.visit(&number).visit.state, VisitState::CheckedOut);
        assert!(door.inside().is_empty());

        // The lost badge is with no one else until it is back.
        let other = door.announce(&staff, &door.fields("钱进", door.own_rack)).unwrap();
        let third = door.visit(&other).people[0].attendance.id;
        assert_eq!(at_field(door.check_in(&staff, &other, &badge(third, "17"))).1, "visit-fault-badge-taken");
        door.db.put(|c| badge_return(c, &staff, &number, first));
        door.check_in(&staff, &other, &badge(third, "17")).unwrap();

        assert_eq!(door.entries(&number), [
            "announced", "approved", "checked_in", "checked_in", "checked_out", "checked_out", "badge_returned",
        ]);
        door.db.put(|c| visit_correct(c, &staff, &number, &fields(&[("note", "李明 15:20 离开")])));
        door.db.put(|c| visit_close(c, &staff, &number, &fields(&[("note", "换盘一块")])));
        assert_eq!(door.entries(&number)[7..], ["corrected", "closed"]);
        assert_eq!(at_field(door.check_in(&staff, &number, &Fields::new())).1, "visit-fault-is-closed");
        assert!(matches!(door.db.get(verify), Verdict::Whole { .. }));
    }

    /// Someone at the door is inside in one step; the number of the document is sealed and recognised.
    async fn a_walk_in_is_one_step_and_is_recognised(db: TestDb) {
        let door = Door::new(db);
        let staff = door.staff();
        let typed = fields(&[
            ("visitor_name", "万晓达"), ("company", "示例布线工程部"), ("purpose", "repair"),
            ("document_number", "000000199001010018"), ("badge", "7"),
        ]);
        let mut bare = typed.clone();
        bare.set("document_number", "");
        assert_eq!(at_field(door.walk_in(&staff, &bare)), ("document_number".into(), "visit-fault-document-needed"));
        assert!(door.inside().is_empty(), "a refused walk-in leaves nothing");

        let number = door.walk_in(&staff, &typed).unwrap();
        assert_eq!(door.inside(), ["万晓达"]);
        let visit = door.visit(&number);
        assert!(visit.visit.walk_in && visit.visit.state == VisitState::CheckedIn);
        let person = &visit.people[0].person;
        assert_eq!(person.identity_masked, "0000**********0018");
        assert_eq!(visit.people[0].attendance.badge, "7");
        let sealed: Option<Vec<u8>> = door.db.get(|c| {
            Ok(people::table.find(person.id).select(people::identity_sealed).first(c)?)
        });
        let sealed = sealed.unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("19900101"));
        assert_eq!(door.keys.open("people.identity_sealed", &sealed).unwrap().expose(), "000000199001010018");

        let twice = door.walk_in(&staff, &typed);
        assert_eq!(at_field(twice).1, "visit-fault-inside-already");
        door.check_out(&staff, &number, &fields(&[("badge_returned_1", "yes")])).unwrap();
        let mut renamed = typed.clone();
        renamed.set("visitor_name", "Wanda Walkin");
        let second = door.walk_in(&staff, &renamed).unwrap();
        assert_eq!(door.visit(&second).people[0].person.id, person.id, "the same document is the same person");
        assert_eq!(door.inside(), ["Wanda Walkin"]);

        // Seeing the number in full needs the right and a reason, and is on record.
        let reveal = |actor: &Actor, reason: &str| {
            door.db.store.write_blocking("reveal", |c| {
                identity_reveal(c, actor, &door.keys, &number, person.id, reason)
            })
        };
        assert_eq!(reveal(&staff, "x").unwrap_err().kind, FaultKind::Forbidden);
        let desk = door.db.actor(Role::Reception);
        assert_eq!(at_field(reveal(&desk, " ")), ("reason".into(), "fault-required"));
        assert_eq!(reveal(&desk, "派出所核查").unwrap().expose(), "000000199001010018");
        assert_eq!(door.entries(&number).last(), Some(&"revealed"));
    }

    /// People are recognised by phone and name, or name and company, never against another document.
    async fn known_people_are_not_written_twice(db: TestDb) {
        let door = Door::new(db);
        let staff = door.staff();
        let person = |pairs: &[(&str, &str)]| {
            let mut typed = door.fields("李明", door.own_rack);
            for (name, text) in pairs {
                typed.set(*name, *text);
            }
            let number = door.announce(&staff, &typed).unwrap();
            door.visit(&number).people[0].person.id
        };
        let first = person(&[("phone", "13800000000")]);
        assert_eq!(person(&[("phone", "138 0000 0000"), ("company", "另一家")]), first);
        assert_eq!(person(&[("company", "另一家")]), first);
        assert_ne!(person(&[("phone", "13900000000"), ("company", "另一家")]), first);
        let with_document = person(&[("phone", "13800000000"), ("document_number", "000000199001010018")]);
        assert_eq!(with_document, first, "a document is added to a person without one");
        let other = person(&[("phone", "13800000000"), ("document_kind", "passport"), ("document_number", "E12345678")]);
        assert_ne!(other, first, "another document is another person");
    }

    /// Escort, announced and refused: the rules at the door.
    async fn rules_at_the_door(db: TestDb) {
        let door = Door::new(db);
        let (staff, customer) = (door.staff(), door.customer());
        let mut typed = door.fields("李明", door.own_rack);
        typed.set("escort_required", "yes");
        let escorted = door.announce(&staff, &typed).unwrap();
        assert_eq!(at_field(door.check_in(&staff, &escorted, &Fields::new())), ("escort_name".into(), "visit-fault-escort"));
        door.check_in(&staff, &escorted, &fields(&[("escort_name", "周工")])).unwrap();
        assert_eq!(door.visit(&escorted).visit.escort_name, "周工");

        let asked = door.announce(&customer, &door.fields("赵强", door.own_rack)).unwrap();
        let refuse = |why: &str| door.db.store.write_blocking("x", |c| visit_refuse(c, &staff, &asked, why));
        assert_eq!(at_field(refuse("")), ("note".into(), "fault-required"));
        refuse("维护窗口").unwrap();
        assert_eq!(at_field(door.check_in(&staff, &asked, &Fields::new())).1, "visit-fault-is-refused");

        let waiting = door.announce(&customer, &door.fields("钱进", door.own_rack)).unwrap();
        door.check_in(&staff, &waiting, &Fields::new()).unwrap();
        assert_eq!(door.entries(&waiting), ["announced", "approved", "checked_in"]);

        let mut tomorrow = door.fields("孙丽", door.own_rack);
        tomorrow.set("planned_from", "2026-11-23 09:00");
        tomorrow.set("planned_until", "2026-11-23 10:00");
        let future = door.announce(&staff, &tomorrow).unwrap();
        let gone = door.db.store.write_blocking("x", |c| visit_no_show(c, &staff, &future, ""));
        assert_eq!(at_field(gone).1, "visit-fault-not-begun");
        door.db.put(|c| visit_no_show(c, &later(&staff, 24 * 60), &future, ""));
        let own = door.db.put(|c| own_visit(c, &staff, &door.keys, &Fields::new()));
        assert_eq!(door.visit(&own).people[0].person.name, staff.name);
        door.check_out(&staff, &own, &Fields::new()).unwrap();
        let again = door.db.put(|c| own_visit(c, &staff, &door.keys, &Fields::new()));
        assert_eq!(door.visit(&again).people[0].person.id, door.visit(&own).people[0].person.id);
    }

    /// Who could touch a rack is told stay by stay, also of someone who went out and came again.
    async fn who_could_touch_a_rack(db: TestDb) {
        let door = Door::new(db);
        let staff = door.staff();
        let number = door.announce(&staff, &door.fields("李明", door.own_rack)).unwrap();
        for (minute, come) in [(0, true), (10, false), (30, true)] {
            let actor = later(&staff, minute);
            if come {
                door.check_in(&actor, &number, &Fields::new()).unwrap();
            } else {
                door.check_out(&actor, &number, &Fields::new()).unwrap();
            }
        }
        let at = |minute: i64| NOW.plus_seconds(minute * 60);
        let stays = |rack, from: i64, until: i64| -> Vec<(Timestamp, Option<Timestamp>)> {
            door.db
                .get(|c| visits_at_rack(c, &staff, rack, at(from), at(until)))
                .into_iter()
                .map(|entry| (entry.stay.from, entry.stay.until))
                .collect()
        };
        assert_eq!(stays(door.own_rack, 5, 40), [(at(0), Some(at(10))), (at(30), None)]);
        assert_eq!(stays(door.own_rack, 5, 20), [(at(0), Some(at(10)))]);
        assert!(stays(door.own_rack, 10, 30).is_empty());
        assert!(stays(door.shared_rack, 0, 99).is_empty());
        let present = door.db.get(|c| people_at_rack(c, door.own_rack, at(40)));
        assert_eq!((present.len(), present[0].since, present[0].overdue), (1, at(30), false));
        assert_eq!(present[0].racks, ["Room A / A01"]);
        assert!(door.db.get(|c| people_at_rack(c, door.own_rack, at(300)))[0].overdue);
        assert!(door.db.get(|c| people_at_rack(c, door.shared_rack, at(40))).is_empty());
    }

    /// Lists by scope, rack, device, time and text; pages that join.
    async fn lists_find_what_is_asked_for(db: TestDb) {
        let door = Door::new(db);
        let staff = door.staff();
        let mut numbers = Vec::new();
        for hour in 16..20 {
            let mut typed = door.fields(&format!("访客{hour}"), if hour == 18 { door.shared_rack } else { door.own_rack });
            typed.set("planned_from", format!("2026-11-22 {hour}:30"));
            typed.set("planned_until", format!("2026-11-22 {}:30", hour + 1));
            numbers.push(door.announce(&staff, &typed).unwrap());
        }
        door.check_in(&staff, &numbers[0], &Fields::new()).unwrap();
        let evening = later(&staff, 120); // 18:00 in Shanghai
        let count = |filter: VisitFilter| door.count(&evening, &filter, |_| true);
        let zone = Some(chrono_tz::Asia::Shanghai);
        for (scope, expected) in [
            (VisitScope::Today, 4), (VisitScope::Expected, 3), (VisitScope::Inside, 1),
            (VisitScope::Overdue, 1), (VisitScope::Past, 0), (VisitScope::Announced, 0),
        ] {
            assert_eq!(count(VisitFilter { scope: Some(scope), zone, ..VisitFilter::default() }), expected, "{scope}");
        }
        assert_eq!(count(VisitFilter { rack: Some(door.shared_rack), ..VisitFilter::default() }), 1);
        assert_eq!(count(VisitFilter { query: "SRV-1".into(), ..VisitFilter::default() }), 1);
        assert_eq!(count(VisitFilter { query: "a01".into(), ..VisitFilter::default() }), 3);
        assert_eq!(count(VisitFilter { query: numbers[1].clone(), ..VisitFilter::default() }), 1);
        assert_eq!(count(VisitFilter { query: "100%".into(), ..VisitFilter::default() }), 0);
        let at = |text: &str| Timestamp::parse_in(text, chrono_tz::Asia::Shanghai);
        // The first one is still inside, so it touches any later time.
        assert_eq!(count(VisitFilter { from: at("2026-11-22 19:00"), ..VisitFilter::default() }), 3);
        assert_eq!(count(VisitFilter { until: at("2026-11-22 17:00"), ..VisitFilter::default() }), 1);

        let page = |after: Option<String>, before: Option<String>| {
            let request = PageRequest { after, before, limit: 3 };
            let found = door.db.get(|c| visit_list(c, &staff, &VisitFilter::default(), &request));
            let hosts: Vec<String> = found.rows.iter().map(|row| row.visit.number.clone()).collect();
            (hosts, found.previous, found.next)
        };
        let (first, none, next) = page(None, None);
        assert_eq!((first.as_slice(), none), ([numbers[3].clone(), numbers[2].clone(), numbers[1].clone()].as_slice(), None));
        let (second, back, end) = page(next, None);
        assert_eq!((second, end), (vec![numbers[0].clone()], None));
        assert_eq!(page(None, back).0, first);
        let export = door.db.get(|c| visit_export(c, &staff, &VisitFilter::default()));
        assert_eq!(export.len(), 4);
        // The database itself counts one row per person and visit.
        let rows: i64 = door.db.get(|c| Ok(visit_people::table.count().get_result(c)?));
        assert_eq!(rows, 4);
        assert_eq!(door.db.get(site_choices)[0].id, door.site);
    }
}
