//! Bulks, schedules and consoles for programs: keys, pages of lists, versions, files, and the wall.

use std::collections::BTreeSet;

use coldaisle::base::ids::ConsoleId;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::power::console::ops::{console_open, grant_set, part_append, seat_join};
use coldaisle::power::console::{Recorder, Seat};
use coldaisle::store::schema::audit_entries;
use diesel::prelude::*;
use rocket::http::{Method, Status};
use serde_json::{Value, json};

use super::desk::{Desk, is_silent_about, says};
use crate::harness::{Caller, Reply, TestDb, both};

const BULKS: &str = "/api/v1/power/bulks";
const SCHEDULES: &str = "/api/v1/power/schedules";

impl Desk {
    fn program(&self) -> Caller {
        self.web.program(Role::Operations, None, "write")
    }

    fn program_of_owner(&self) -> Caller {
        let owner = Some(self.room.customer);
        self.web.program(Role::CustomerAdmin, owner, "write")
    }

    fn program_of_stranger(&self) -> Caller {
        let other = Some(self.room.db.customer("OTHER"));
        self.web.program(Role::CustomerAdmin, other, "write")
    }

    fn numbers(&self) -> Vec<i64> {
        self.machines.iter().map(|machine| machine.get()).collect()
    }

    async fn ask(&self, caller: &Caller, key: &str, body: &Value) -> Reply {
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key),
        ];
        self.web
            .send(
                caller,
                Method::Post,
                BULKS,
                &headers,
                Some(body.to_string()),
            )
            .await
    }

    async fn put(&self, caller: &Caller, path: &str, body: &Value) -> Reply {
        self.web.json(caller, Method::Put, path, body).await
    }

    async fn told(&self, caller: &Caller, path: &str, body: &Value) -> Reply {
        self.web.json(caller, Method::Post, path, body).await
    }
}

fn fields(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, Status::UnprocessableEntity, "{}", reply.body);
    let errors = reply.json()["errors"].as_array().unwrap().clone();
    let field = |error: &Value| error["field"].as_str().unwrap().to_owned();
    errors.iter().map(field).collect()
}

fn weekly() -> Value {
    json!({
        "name": "Lab off", "action": "off", "path": "bmc", "reason": "saves power",
        "machines": ["SRV-0001", "SRV-0002"], "rhythm": "weekly", "weekdays": ["mon", "fri"],
        "time": "19:30", "zone": "Asia/Shanghai", "stagger_s": 0, "stop_after": 1,
    })
}

/// The same with other members.
fn with(other: &Value) -> Value {
    let mut body = weekly();
    for (name, value) in other.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// A console that was opened, showed something, and ended.
fn recorded(desk: &Desk) -> ConsoleId {
    let device = desk.room.device;
    let li = desk.room.staff();
    let began = li.now.millis();
    let mut recorder = Recorder::new(began, 1 << 20);
    assert!(recorder.shown(began + 1_500, b"sim login: "));
    let part = recorder.take(began + 1_500, true).unwrap().unwrap();
    desk.room.db.put(|c| {
        let id = console_open(c, &li, device, Seat::Write, "hangs")?;
        seat_join(c, &li, device, id, Seat::Write, "hangs")?;
        part_append(c, id, Some(&part), li.now)?;
        Ok(id)
    })
}

fn replays(desk: &Desk) -> i64 {
    desk.room.db.get(|c| {
        Ok(audit_entries::table
            .filter(audit_entries::action.eq("console.replay"))
            .count()
            .get_result(c)?)
    })
}

both! {
    async fn a_bulk_is_asked_for_once_a_key_and_taken_back(db: TestDb) {
        let desk = Desk::new(db, 3).await;
        desk.lock(desk.machines[1]);
        let program = desk.program();
        let body = json!({"devices": desk.numbers(), "action": "off", "reason": "night", "stagger_s": 1});
        let first = desk.ask(&program, "night-1", &body).await;
        assert_eq!(first.status, Status::Accepted, "{}", first.body);
        let bulk = first.json();
        assert_eq!(bulk["counts"], json!({"queued": 2, "refused": 1}));
        assert_eq!((&bulk["stagger_s"], &bulk["is_settled"], &bulk["schedule_id"]), (&json!(1), &json!(false), &Value::Null));
        assert!(bulk["machines"][1]["refused"].as_str().unwrap().contains("evidence hold"));
        let again = desk.ask(&program, "night-1", &body).await.json();
        assert_eq!((again["id"].clone(), desk.bulks()), (bulk["id"].clone(), 1));
        let other = desk.ask(&program, "night-1", &json!({"devices": desk.numbers(), "action": "on"})).await;
        assert_eq!((other.status, other.json()["code"].clone()), (Status::Conflict, json!("power-refuse-key-reused")));
        let path = format!("{BULKS}/{}", bulk["id"]);
        let stopped = desk.told(&program, &format!("{path}/stop"), &json!({})).await.json();
        assert_eq!((&stopped["counts"], &stopped["stopped_why"]), (&json!({"cancelled": 2, "refused": 1}), &json!("person")));
        assert_eq!(stopped["is_settled"], json!(true));
        let late = desk.told(&program, &format!("{path}/stop"), &json!({})).await;
        assert_eq!((late.status, late.json()["code"].clone()), (Status::Conflict, json!("power-refuse-bulk-begun")));
        let file = desk.web.get(&program, &format!("{path}/result.csv")).await;
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        says(&file, &["SRV-0001,off,cancelled,", "SRV-0002,off,refused,"]);
        desk.work_off().await;
        assert!(desk.room.commands().is_empty());
    }

    async fn what_is_wrong_with_a_bulk_is_named_by_field(db: TestDb) {
        let desk = Desk::new(db, 1).await;
        let program = desk.program();
        for (body, field) in [
            (json!({}), "devices"),
            (json!({"devices": ["SRV-0001"], "action": "off"}), "devices"),
            (json!({"devices": desk.numbers(), "action": "explode"}), "action"),
            (json!({"devices": desk.numbers(), "action": "off", "stagger_s": 601}), "stagger_s"),
            (json!({"devices": desk.numbers(), "action": "off", "stop_after": 0}), "stop_after"),
        ] {
            assert_eq!(fields(&desk.ask(&program, "k", &body).await), [field]);
        }
        let body = json!({"devices": desk.numbers(), "action": "off"});
        assert_eq!(desk.ask(&program, "two words", &body).await.status, Status::UnprocessableEntity);
        let reader = desk.web.program(Role::Operations, None, "read");
        assert_eq!(desk.ask(&reader, "k", &body).await.status, Status::Forbidden);
        let browser = desk.web.browser(Role::Operations, None);
        assert_eq!(desk.ask(&browser, "k", &body).await.status, Status::Forbidden, "a browser without its token");
        assert_eq!(desk.bulks(), 0);
    }

    async fn bulks_are_listed_page_by_page_and_by_schedule(db: TestDb) {
        let desk = Desk::new(db, 1).await;
        let program = desk.program();
        let mut made = Vec::new();
        for number in 0..3 {
            let body = json!({"devices": desk.numbers(), "action": "identify", "identify_seconds": 15});
            let bulk = desk.ask(&program, &format!("key-{number}"), &body).await.json();
            made.insert(0, bulk["id"].clone());
        }
        let first = desk.web.get(&program, &format!("{BULKS}?limit=2")).await.json();
        assert_eq!((&first["total"], &first["items"][0]["setting"]), (&json!(3), &json!("15")));
        assert_eq!(json!([first["items"][0]["id"], first["items"][1]["id"]]), json!(made[..2]));
        let next = first["next"].as_str().unwrap();
        let second = desk.web.get(&program, &format!("{BULKS}?limit=2&after={next}")).await.json();
        assert_eq!((&second["items"][0]["id"], &second["next"]), (&made[2], &Value::Null));
        assert_eq!(second["items"].as_array().unwrap().len(), 1);
        let of_schedule = desk.web.get(&program, &format!("{BULKS}?schedule_id=7")).await.json();
        assert_eq!(of_schedule["total"], json!(0));
    }

    async fn a_second_program_approves(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        desk.protect(desk.machines[0]);
        let (first, second) = (desk.program(), desk.program());
        let body = json!({"devices": desk.numbers(), "action": "off", "stagger_s": 0});
        let bulk = desk.ask(&first, "k", &body).await.json();
        let path = format!("{BULKS}/{}/approve", bulk["id"]);
        let own = desk.told(&first, &path, &json!({})).await;
        assert_eq!((own.status, own.json()["code"].clone()), (Status::Conflict, json!("power-refuse-same-person")));
        let approved = desk.told(&second, &path, &json!({})).await.json();
        assert_eq!(approved["counts"], json!({"queued": 2}));
        let late = desk.told(&second, &path, &json!({})).await;
        assert_eq!(late.json()["code"], json!("power-refuse-not-awaiting"));
        desk.work_off().await;
        let done = desk.web.get(&first, &format!("{BULKS}/{}", bulk["id"])).await.json();
        assert_eq!(done["counts"], json!({"succeeded": 2}));
        // The same of a single intent, and taking one back.
        let path = format!("/api/v1/devices/{}/power", desk.machines[0]);
        let intent = desk.told(&first, &path, &json!({"action": "on", "confirm_unknown_state": true})).await.json();
        assert_eq!(intent["state"], json!("awaiting_approval"), "{intent}");
        let page = format!("/api/v1/power/intents/{}", intent["id"]);
        assert_eq!(desk.told(&first, &format!("{page}/approve"), &json!({})).await.status, Status::Conflict);
        let approved = desk.told(&second, &format!("{page}/approve"), &json!({})).await.json();
        assert_eq!(approved["state"], json!("queued"));
        let taken_back = desk.told(&first, &format!("{page}/cancel"), &json!({})).await.json();
        assert_eq!((&taken_back["state"], &taken_back["is_final"]), (&json!("cancelled"), &json!(true)));
        let late = desk.told(&first, &format!("{page}/cancel"), &json!({})).await;
        assert_eq!(late.json()["code"], json!("power-refuse-not-cancellable"));
    }

    async fn a_schedule_is_made_changed_and_archived(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        let program = desk.program();
        let made = desk.told(&program, SCHEDULES, &weekly()).await;
        assert_eq!(made.status, Status::Created, "{}", made.body);
        let made = made.json();
        assert_eq!((&made["weekdays"], &made["version"]), (&json!(["mon", "fri"]), &json!(1)));
        let path = format!("{SCHEDULES}/{}", made["id"]);
        let change = with(&json!({"time": "7:05", "machines": ["SRV-0002"], "version": 1}));
        let changed = desk.put(&program, &path, &change).await.json();
        assert_eq!((&changed["time"], &changed["machines"], &changed["version"]), (&json!("07:05"), &json!(["SRV-0002"]), &json!(2)));
        let stale = desk.put(&program, &path, &change).await;
        assert_eq!((stale.status, stale.json()["type"].clone()), (Status::Conflict, json!("urn:coldaisle:fault:stale")));
        assert_eq!(fields(&desk.put(&program, &path, &weekly()).await), ["version"]);
        let wrong = with(&json!({"zone": "Mars/Base", "weekdays": [], "time": "25:00", "version": 2}));
        let named: BTreeSet<String> = fields(&desk.put(&program, &path, &wrong).await).into_iter().collect();
        assert_eq!(named, ["time", "weekdays", "zone"].map(str::to_owned).into());
        let paused = desk.told(&program, &format!("{path}/pause"), &json!({"paused": true, "version": 2})).await.json();
        assert_eq!((&paused["paused"], &paused["next_run_at"]), (&json!(true), &Value::Null));
        let archive = format!("{path}/archive");
        assert_eq!(desk.told(&program, &archive, &json!({"archived": true, "version": 2})).await.status, Status::Conflict);
        let gone = desk.told(&program, &archive, &json!({"archived": true, "version": 3})).await.json();
        assert!(gone["archived_at"].is_string() && gone["next_run_at"].is_null(), "{gone}");
        assert_eq!(desk.web.get(&program, SCHEDULES).await.json(), json!([]));
        let back = desk.told(&program, &archive, &json!({"archived": false, "version": 4})).await.json();
        assert!(back["archived_at"].is_null(), "{back}");
        assert_eq!(desk.web.get(&program, SCHEDULES).await.json()[0]["id"], made["id"]);
    }

    async fn the_wall_stands_before_plans_too(db: TestDb) {
        let desk = Desk::new(db, 2).await;
        let (staff, owner, stranger) = (desk.program(), desk.program_of_owner(), desk.program_of_stranger());
        let body = json!({"devices": desk.numbers(), "action": "off"});
        assert_eq!(desk.ask(&stranger, "k", &body).await.status, Status::NotFound);
        assert_eq!(fields(&desk.told(&stranger, SCHEDULES, &weekly()).await), ["machines"]);
        let bulk = desk.ask(&owner, "k", &body).await.json();
        let schedule = desk.told(&owner, SCHEDULES, &weekly()).await.json();
        let (bulk, schedule) = (format!("{BULKS}/{}", bulk["id"]), format!("{SCHEDULES}/{}", schedule["id"]));
        for path in [bulk.clone(), format!("{bulk}/result.csv"), schedule.clone()] {
            assert_eq!(desk.web.get(&owner, &path).await.status, Status::Ok, "{path}");
            assert_eq!(desk.web.get(&stranger, &path).await.status, Status::NotFound, "{path}");
        }
        let version = json!({"version": 1, "archived": true, "paused": true});
        for path in [format!("{bulk}/stop"), format!("{schedule}/pause"), format!("{schedule}/archive")] {
            assert_eq!(desk.told(&stranger, &path, &version).await.status, Status::NotFound, "{path}");
        }
        assert_eq!(desk.put(&stranger, &schedule, &with(&version)).await.status, Status::NotFound);
        assert_eq!(desk.web.get(&stranger, BULKS).await.json()["total"], json!(0));
        assert_eq!(desk.web.get(&stranger, SCHEDULES).await.json(), json!([]));
        // What staff asked for is theirs to see.
        let of_staff = desk.told(&staff, SCHEDULES, &with(&json!({"name": "Ours"}))).await.json();
        assert_eq!(desk.web.get(&owner, &format!("{SCHEDULES}/{}", of_staff["id"])).await.status, Status::NotFound);
        assert_eq!(desk.web.get(&owner, SCHEDULES).await.json().as_array().unwrap().len(), 1);
    }

    async fn consoles_are_listed_and_their_recordings_taken_along(db: TestDb) {
        let desk = Desk::new(db, 1).await;
        let (staff, owner, stranger) = (desk.program(), desk.program_of_owner(), desk.program_of_stranger());
        let id = recorded(&desk);
        let listed = desk.web.get(&staff, "/api/v1/consoles?state=live&q=srv-0001").await.json();
        assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &json!(id.get())));
        let elsewhere = desk.web.get(&staff, "/api/v1/consoles?device_id=4711").await.json();
        assert_eq!(elsewhere["total"], json!(0));
        assert_eq!(fields(&desk.web.get(&staff, "/api/v1/consoles?state=dead").await), ["state"]);
        let path = format!("/api/v1/consoles/{id}");
        let one = desk.web.get(&staff, &path).await.json();
        assert_eq!((&one["machine"], &one["reason"], &one["ended_at"]), (&json!("SRV-0001"), &json!("hangs"), &Value::Null));
        assert_eq!((&one["people"][0]["name"], &one["people"][0]["left_at"]), (&json!("operations"), &Value::Null));
        let cast = one["recording_href"].as_str().unwrap();
        assert_eq!(replays(&desk), 0);
        let file = desk.web.get(&staff, cast).await;
        assert_eq!((file.status, file.header("content-type")), (Status::Ok, Some("application/x-asciicast")));
        let lines: Vec<Value> = file.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&lines[0]["version"], &lines[1]), (&json!(2), &json!([1.5, "o", "sim login: "])));
        assert_eq!(replays(&desk), 1, "who read it is on record");
        // Opened to the owner, it is theirs to see, and nobody else's.
        let paths = [path.as_str(), cast];
        for path in paths {
            assert_eq!(desk.web.get(&owner, path).await.status, Status::NotFound, "{path}");
        }
        let actor = Actor { now: Timestamp::now(), ..desk.room.staff() };
        desk.room.db.put(|c| grant_set(c, &actor, desk.room.device, true));
        for path in paths {
            assert_eq!(desk.web.get(&owner, path).await.status, Status::Ok, "{path}");
            let hidden = desk.web.get(&stranger, path).await;
            assert_eq!(hidden.status, Status::NotFound, "{path}");
            is_silent_about(&hidden, &["SRV-0001", "login"]);
        }
        assert_eq!(desk.web.get(&stranger, "/api/v1/consoles").await.json()["total"], json!(0));
        assert_eq!(replays(&desk), 2);
    }
}
