//! Badges at doors: taken in once, joined to visits, alerts, and who could touch a rack.

use coldaisle::access::*;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{AreaId, CustomerId, RackId, SiteId};
use coldaisle::base::page::PageRequest;
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::notify::Event;
use coldaisle::notify::ops::events::{event_ack, events_open};
use coldaisle::store::schema::racks;
use diesel::prelude::*;
use rocket::http::{Method, Status};
use serde_json::json;

use crate::harness::{NOW, TestDb, TestWeb, both};

/// A site with a hall behind a gate, and a rack of a customer in it.
struct Site {
    db: TestDb,
    keys: Keyring,
    site: SiteId,
    hall: AreaId,
    rack: RackId,
    acme: CustomerId,
}

impl Site {
    fn new(db: TestDb) -> Self {
        let site = db.site("s1");
        let room = db.room(site, "Room A");
        let rack = db.rack(room, "A01");
        let acme = db.customer("ACME");
        db.put(|c| {
            diesel::update(racks::table.find(rack))
                .set(racks::customer_id.eq(acme))
                .execute(c)?;
            Ok(())
        });
        let hall = db.area(site, "hall");
        let made = Self {
            keys: Keyring::generate().unwrap(),
            site,
            hall,
            rack,
            acme,
            db,
        };
        made.door("IN", "to_area_id", &[("room_id", room.to_string())]);
        made.door("OUT", "from_area_id", &[]);
        made
    }

    fn staff(&self) -> Actor {
        self.db.actor(Role::Operations)
    }

    fn door(&self, code: &str, way: &str, more: &[(&str, String)]) {
        let mut fields: Fields = [
            ("site_id", self.site.to_string()),
            ("code", code.to_owned()),
            ("name", format!("Gate {code}")),
            (way, self.hall.to_string()),
        ]
        .into_iter()
        .collect();
        for (name, text) in more {
            fields.set(*name, text.clone());
        }
        let staff = self.staff();
        self.db
            .put(|c| door_create(c, &staff, &DoorDraft::parse(&fields)?));
    }

    /// Lets somebody in with a badge; the number of the visit.
    fn walk_in(&self, actor: &Actor, name: &str, badge: &str) -> String {
        let fields: Fields = [
            ("visitor_name", name.to_owned()),
            ("purpose", "repair".to_owned()),
            ("document_kind", "passport".to_owned()),
            (
                "document_number",
                format!("E{:08}", name.len() * 7 + badge.len()),
            ),
            ("badge", badge.to_owned()),
            ("rack_ids", self.rack.to_string()),
        ]
        .into_iter()
        .collect();
        self.db
            .store
            .write_blocking("walk-in", |c| walk_in(c, actor, &self.keys, &fields))
            .unwrap()
    }

    fn check_out(&self, actor: &Actor, number: &str, returned: bool) {
        let visit = self.db.get(|c| visit_by_number(c, actor, number));
        let id = visit.people[0].attendance.id;
        let mut fields = Fields::new();
        if returned {
            fields.set(format!("badge_returned_{id}"), "yes");
        } else {
            fields.set(format!("badge_note_{id}"), "lost");
        }
        self.db.put(|c| check_out(c, actor, number, &fields));
    }

    fn told(&self, actor: &Actor, events: &[(&str, &str, i64, &str)]) -> Vec<EventAnswer> {
        let sites = self.db.get(site_choices);
        let events = events.iter().map(|(door, badge, minute, result)| {
            let fields: Fields = [
                ("door", (*door).to_owned()),
                ("badge", (*badge).to_owned()),
                ("at", minutes(*minute).to_rfc3339()),
                ("result", (*result).to_owned()),
            ]
            .into_iter()
            .collect();
            Reported::parse(&fields, chrono_tz::UTC, actor.now)
        });
        let batch = Batch {
            source: "gate".to_owned(),
            site: sites[0].clone(),
            events: events.collect(),
        };
        self.db.put(|c| door_events_receive(c, actor, &batch))
    }

    fn alerts(&self, actor: &Actor, events: &[(&str, &str, i64, &str)]) -> Vec<Option<DoorAlert>> {
        self.told(actor, events)
            .into_iter()
            .map(|answer| answer.alert)
            .collect()
    }

    fn open(&self, kind: &str) -> Vec<Event> {
        self.db.get(|c| events_open(c, &[kind]))
    }
}

fn minutes(minutes: i64) -> Timestamp {
    NOW.plus_seconds(minutes * 60)
}

fn later(actor: &Actor, after: i64) -> Actor {
    Actor {
        now: minutes(after),
        ..actor.clone()
    }
}

fn words(answers: &[EventAnswer]) -> Vec<&'static str> {
    answers.iter().map(|answer| answer.outcome.word()).collect()
}

both! {
    /// What a controller sends again is known; what it can't mean is refused by itself.
    async fn a_batch_may_be_sent_again(db: TestDb) {
        let site = Site::new(db);
        let staff = site.staff();
        let events = [("IN", "P1", -5, "refused"), ("X9", "P1", -4, "granted"), ("IN", "P1", 11, "granted"), ("IN", "P1", 0, "maybe")];
        let first = site.told(&staff, &events);
        assert_eq!(words(&first), ["recorded", "recorded", "refused", "refused"]);
        assert_eq!(words(&site.told(&staff, &events)), ["known", "known", "refused", "refused"]);
        let all = site.db.get(|c| door_event_list(c, &staff, &DoorEventFilter::default(), &PageRequest::first()));
        assert_eq!(all.total, 2);
        assert_eq!(all.rows[0].door, None, "no door has this code");
        assert_eq!(all.rows[1].door.as_deref(), Some("Gate IN"));
        let fault: Result<_, Fault> = site.db.store.write_blocking("x", |c| {
            let sites = site_choices(c)?;
            let batch = Batch { source: String::new(), site: sites[0].clone(), events: Vec::new() };
            door_events_receive(c, &staff, &batch)
        });
        assert_eq!(fault.unwrap_err().kind, FaultKind::Invalid, "a controller has a name");
    }

    /// A badge is judged by who had it then: nobody ever, nobody now, somebody inside, somebody gone.
    async fn alerts_follow_the_badge(db: TestDb) {
        let site = Site::new(db);
        let staff = site.staff();
        assert_eq!(site.alerts(&staff, &[("IN", "P7", -30, "granted")]), [Some(DoorAlert::UnknownBadge)]);
        let number = site.walk_in(&staff, "Lin", "P7");
        let fine = site.alerts(&later(&staff, 20), &[("IN", "P7", 5, "granted"), ("OUT", "P7", 15, "granted")]);
        assert_eq!(fine, [None, None]);
        assert_eq!(site.alerts(&staff, &[("IN", "P7", -60, "granted")]), [Some(DoorAlert::BadgeNotOut)], "before it was handed out");
        site.check_out(&later(&staff, 60), &number, false);
        let gone = site.alerts(&later(&staff, 90), &[("OUT", "P7", 70, "granted"), ("IN", "P7", 80, "granted"), ("IN", "P7", 81, "refused")]);
        assert_eq!(gone, [None, Some(DoorAlert::AfterCheckOut), Some(DoorAlert::NotCheckedIn)]);
        let open = site.open("door_after_check_out");
        assert_eq!((open.len(), open[0].subject_kind.as_str(), open[0].subject_label.as_str()), (1, "door", "Gate IN"));
        assert!(open[0].facts.contains("Lin"));

        let second = site.walk_in(&later(&staff, 100), "Chen", "P8");
        site.check_out(&later(&staff, 130), &second, true);
        assert_eq!(site.alerts(&later(&staff, 150), &[("IN", "P8", 140, "granted")]), [Some(DoorAlert::BadgeNotOut)]);
        let filter = DoorEventFilter { alerts_only: true, ..DoorEventFilter::default() };
        let listed = site.db.get(|c| door_event_list(c, &staff, &filter, &PageRequest::first()));
        assert_eq!(listed.total, 5);
    }

    /// Somebody who was checked out and whom no door let out is looked for; the way out ends it.
    async fn who_is_not_seen_leaving_is_looked_for(db: TestDb) {
        let site = Site::new(db);
        let staff = site.staff();
        let number = site.walk_in(&staff, "Lin", "P7");
        site.told(&later(&staff, 10), &[("IN", "P7", 5, "granted")]);
        site.check_out(&later(&staff, 60), &number, true);
        site.told(&later(&staff, 70), &[]);
        assert!(site.open("door_no_exit").is_empty(), "on the way out");
        site.told(&later(&staff, 100), &[]);
        let open = site.open("door_no_exit");
        assert_eq!((open.len(), open[0].subject_label.clone()), (1, format!("{number} Lin")));
        site.told(&later(&staff, 110), &[("OUT", "P7", 61, "granted")]);
        assert!(site.open("door_no_exit").is_empty());
    }

    /// Many refusals in a short time are one event; what comes after somebody's note is told anew.
    async fn refusals_are_counted_and_told_anew_after_a_note(db: TestDb) {
        let site = Site::new(db);
        let staff = site.staff();
        site.walk_in(&staff, "Lin", "P7");
        let refused: Vec<(&str, &str, i64, &str)> = (1..=5).map(|minute| ("IN", "P7", minute, "refused")).collect();
        let alerts = site.alerts(&later(&staff, 6), &refused);
        assert_eq!(alerts, [None, None, None, None, Some(DoorAlert::RefusedOften)]);
        assert_eq!(site.alerts(&later(&staff, 7), &[("IN", "P7", 6, "refused")]), [Some(DoorAlert::RefusedOften)]);
        let open = site.open("door_refused_often");
        assert_eq!(open.len(), 1, "one event, however often");
        site.db.put(|c| event_ack(c, &staff, open[0].id, "looking"));
        site.told(&later(&staff, 8), &[("IN", "P7", 7, "refused")]);
        let anew = site.open("door_refused_often");
        assert_eq!((anew.len(), anew[0].acked_at), (1, None));
        assert_ne!(anew[0].id, open[0].id);
        assert!(site.alerts(&later(&staff, 60), &[("IN", "P7", 40, "refused")]) == [None], "long after");
    }

    /// Badges that are not visitors' are on record and raise nothing.
    async fn badges_of_staff_raise_nothing(db: TestDb) {
        let site = Site::new(db);
        let staff = site.staff();
        site.door("LAB", "to_area_id", &[("visitor_badges", "V- G-".to_owned())]);
        let alerts = site.alerts(&staff, &[("LAB", "S-1", -3, "granted"), ("LAB", "V-1", -2, "granted")]);
        assert_eq!(alerts, [None, Some(DoorAlert::UnknownBadge)]);
    }

    /// Passages are joined to visits: on the visit, and who is in which area.
    async fn passages_belong_to_visits(db: TestDb) {
        let site = Site::new(db);
        let staff = site.staff();
        let number = site.walk_in(&staff, "Lin", "P7");
        site.walk_in(&staff, "Chen", "P8");
        let now = later(&staff, 30);
        site.told(&now, &[("IN", "P7", 5, "granted"), ("IN", "P8", 6, "granted"), ("OUT", "P8", 20, "granted")]);
        let passages = site.db.get(|c| passages_of_visit(c, &staff, &number));
        assert_eq!(passages.len(), 1);
        assert_eq!((passages[0].person.as_deref(), passages[0].to_area.as_deref()), (Some("Lin"), Some("Area hall")));
        let areas = site.db.get(|c| people_by_area(c, &now, None));
        let told: Vec<(Option<&str>, Vec<&str>)> = areas
            .iter()
            .map(|area| (area.area.as_deref(), area.people.iter().map(|person| person.name.as_str()).collect()))
            .collect();
        assert_eq!(told, [(Some("Area hall"), vec!["Lin"]), (None, vec!["Chen"])]);
        let customer = site.db.actor_of(Role::CustomerAdmin, Some(site.acme));
        let hidden = site.db.store.read_blocking(|c| people_by_area(c, &customer, None));
        assert_eq!(hidden.unwrap_err().kind, FaultKind::NotFound);
    }

    /// Who could touch a rack: those inside for it in that time, and those who went into its room.
    async fn who_could_touch_a_rack(db: TestDb) {
        let site = Site::new(db);
        let staff = site.staff();
        let number = site.walk_in(&staff, "Lin", "P7");
        site.told(&later(&staff, 10), &[("IN", "P7", 5, "granted"), ("IN", "P9", 6, "granted"), ("IN", "P9", 7, "refused")]);
        site.check_out(&later(&staff, 60), &number, true);
        let ways = |actor: &Actor, from: i64, until: i64| -> Vec<(CandidateWay, String)> {
            let touch = site.db.get(|c| touch_candidates(c, actor, site.rack, minutes(from), minutes(until)));
            touch.candidates.into_iter().map(|row| (row.way, row.name)).collect()
        };
        let lin = || "Lin".to_owned();
        assert_eq!(ways(&staff, -60, 120), [
            (CandidateWay::VisitToRack, lin()), (CandidateWay::Door, lin()), (CandidateWay::Door, String::new()),
        ]);
        assert_eq!(ways(&staff, 30, 40), [(CandidateWay::VisitToRack, lin())], "inside all that time");
        assert!(ways(&staff, 61, 120).is_empty() && ways(&staff, -60, 0).is_empty());
        let owner = site.db.actor_of(Role::CustomerAdmin, Some(site.acme));
        assert!(ways(&owner, -60, 120).is_empty(), "the visit was for the operator");
        let other = site.db.customer("OTHER");
        let other = site.db.actor_of(Role::CustomerAdmin, Some(other));
        let fault = site.db.store.read_blocking(|c| touch_candidates(c, &other, site.rack, NOW, minutes(1)));
        assert_eq!(fault.unwrap_err().kind, FaultKind::NotFound);
    }

    /// A controller sends with a token that may; its answer says what became of each event.
    async fn controllers_send_over_the_interface(db: TestDb) {
        let site = Site::new(db);
        let web = TestWeb::new(site.db).await;
        let at = Timestamp::now().plus_seconds(-60).to_rfc3339();
        let body = json!({"source": "gate-1", "events": [
            {"id": "1", "door": "IN", "badge": "P7", "at": at, "result": "granted"},
            {"id": "2", "door": "IN", "badge": "P7", "at": "never", "result": "granted"},
            7,
        ]});
        let program = web.program(Role::Operations, None, "write");
        let answer = web.json(&program, Method::Post, "/api/v1/door-events", &body).await;
        assert_eq!(answer.status, Status::Ok, "{}", answer.body);
        let said = answer.json();
        assert_eq!((said["recorded"].as_i64(), said["refused"].as_i64()), (Some(1), Some(2)));
        assert_eq!((said["events"][0]["alert"].as_str(), said["events"][1]["field"].as_str()), (Some("unknown_badge"), Some("at")));
        let again = web.json(&program, Method::Post, "/api/v1/door-events", &body).await.json();
        assert_eq!(again["known"].as_i64(), Some(1));
        for (role, scope) in [(Role::Operations, "read"), (Role::Technician, "write")] {
            let refused = web.json(&web.program(role, None, scope), Method::Post, "/api/v1/door-events", &body).await;
            assert_eq!(refused.status, Status::Forbidden);
        }
        let many = json!({"source": "gate-1", "events": vec![json!({}); 1001]});
        let refused = web.json(&program, Method::Post, "/api/v1/door-events", &many).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        let listed = web.get(&program, "/api/v1/door-events?alert=unknown_badge").await.json();
        assert_eq!((listed["total"].as_i64(), listed["items"][0]["door_name"].as_str()), (Some(1), Some("Gate IN")));
    }

    /// The pages of doors in both languages.
    async fn the_pages_of_doors_answer(db: TestDb) {
        let site = Site::new(db);
        let staff = site.staff();
        let number = site.walk_in(&staff, "Lin", "P7");
        site.told(&later(&staff, 10), &[("IN", "P7", 5, "granted"), ("X9", "P1", 6, "refused")]);
        let rack = site.rack;
        let web = TestWeb::new(site.db).await;
        let desk = web.browser(Role::Operations, None);
        let touched = format!("/racks/{rack}/touched?from=2026-11-22&until=2026-11-23");
        let visit = format!("/visits/{number}");
        for path in [
            "/doors", "/doors/1", "/doors/new", "/doors/1/edit", "/door-events", "/door-events?alert=any", "/door-events/upload",
            "/visits/evidence", touched.as_str(), visit.as_str(),
        ] {
            for caller in [desk.clone(), desk.clone().reading_chinese()] {
                let reply = web.get(&caller, path).await;
                assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
                assert!(!reply.body.contains("style="), "{path} has a style");
            }
        }
        assert!(web.get(&desk, &touched).await.body.contains("Lin"));
        assert!(web.get(&desk, &visit).await.body.contains("Gate IN"));
        let file = web.get(&desk, "/door-events.csv").await;
        assert!(file.body.contains("Gate IN") && file.body.contains("unknown_badge"));
        let wrong = web.post(&desk, "/doors/new", &[("code", "IN"), ("name", "Again")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
    }
}

#[test]
fn a_file_is_read_by_site_and_source() {
    let site = |id: i64, code: &str| SiteName {
        id: SiteId::new(id),
        code: code.to_owned(),
        name: code.to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        address: String::new(),
    };
    let sites = [site(1, "A"), site(2, "B")];
    let text = "\u{feff}site,source,door,badge,at,result\r\nA,g,D1,P1,2026-11-22 15:00,granted\r\nB,g,D1,P1,2026-11-22 15:00,granted\r\nA,g,D1,P1,later,granted\r\n";
    let parts = door_file_read(text.as_bytes(), &sites, NOW).unwrap();
    let lines: Vec<&[usize]> = parts.iter().map(|part| part.lines.as_slice()).collect();
    assert_eq!(lines, [&[2_usize, 4][..], &[3][..]]);
    assert!(parts[0].batch.events[0].is_ok() && parts[0].batch.events[1].is_err());
    let event = parts[0].batch.events[0].as_ref().unwrap();
    assert_eq!(event.at, NOW.plus_seconds(-3600), "local time of the site");
    for wrong in [
        "door,badge\r\n",
        "door,badge,at,result\r\nD1,P1,x,granted\r\n",
    ] {
        assert!(door_file_read(wrong.as_bytes(), &sites, NOW).is_err());
    }
}
