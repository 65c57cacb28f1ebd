//! Events and their rules for programs, and the open ones on the pages of what they are about.

use coldaisle::base::fault::Message;
use coldaisle::base::ids::{CustomerId, DeviceId};
use coldaisle::identity::Role;
use coldaisle::notify::event::{Raise, Severity, Subject};
use coldaisle::notify::ops::events::{event_end, event_raise};
use rocket::http::{Method, Status};
use serde_json::json;

use crate::harness::{Caller, NOW, TestDb, TestWeb, both};
use crate::metering::world::{Switch, at, sample, seen};

fn raise(
    db: &TestDb,
    kind: &'static str,
    subject: (&'static str, i64),
    label: &str,
    customer: Option<CustomerId>,
) {
    let raise = Raise {
        kind,
        subject: Subject {
            kind: subject.0,
            id: subject.1,
        },
        label: label.into(),
        customer,
        severity: Severity::Warning,
        tell_customer: false,
        facts: Message::new("event-target-silent")
            .with("address", "192.0.2.9")
            .with("minutes", 5_usize),
    };
    db.put(|c| event_raise(c, &raise, NOW));
}

async fn asked(web: &TestWeb, caller: &Caller, query: &str) -> Vec<String> {
    let reply = web.get(caller, &format!("/api/v1/events{query}")).await;
    assert_eq!(reply.status, Status::Ok, "{query}: {}", reply.body);
    let json = reply.json();
    let items = json["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["subject"].as_str().unwrap().to_owned())
        .collect()
}

/// A page, with its addresses as they are.
async fn read(web: &TestWeb, caller: &Caller, path: &str) -> String {
    let reply = web.get(caller, path).await;
    assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
    reply.body.replace("&#x2f;", "/")
}

fn device_of(web: &TestWeb, switch: &Switch<'_>) -> DeviceId {
    let staff = web.db.actor(Role::Operations);
    web.db
        .get(|c| coldaisle::metering::target_by_id(c, &staff, switch.target))
        .target
        .device_id
}

both! {
    async fn programs_read_events_page_by_page_and_take_note_once(db: TestDb) {
        let web = TestWeb::new(db).await;
        let (a, b) = (web.db.customer("AAA"), web.db.customer("BBB"));
        let one = Switch::new(&web.db, "SW-1");
        one.poll(&sample(at(0), vec![seen(1, "Gi1", (0, 0))]));
        let other = Switch::new(&web.db, "SW-2");
        let port = one.port_id("Gi1");
        raise(&web.db, "target_silent", ("target", one.target.get()), "SW-1", None);
        raise(&web.db, "port_down", ("port", port.get()), "SW-1 Gi1", Some(a));
        raise(&web.db, "target_silent", ("target", other.target.get()), "SW-2", None);
        raise(&web.db, "hot", ("device", device_of(&web, &one).get()), "SW-1 itself", None);
        raise(&web.db, "errors_rising", ("port", port.get()), "SW-1 Gi1 then", Some(b));
        assert!(web.db.put(|c| event_end(c, "errors_rising", "port", port.get(), at(1))));
        let staff = web.program(Role::Operations, None, "write");
        assert_eq!(asked(&web, &staff, "").await, ["SW-1 itself", "SW-2", "SW-1 Gi1", "SW-1"]);
        assert_eq!(asked(&web, &staff, "?scope=ended").await, ["SW-1 Gi1 then"]);
        assert_eq!(asked(&web, &staff, "?kind=target_silent").await, ["SW-2", "SW-1"]);
        assert_eq!(asked(&web, &staff, &format!("?scope=all&customer={b}")).await, ["SW-1 Gi1 then"]);
        let device = device_of(&web, &one);
        assert_eq!(asked(&web, &staff, &format!("?device={device}")).await, ["SW-1 itself", "SW-1 Gi1", "SW-1"]);
        let wrong = web.get(&staff, "/api/v1/events?scope=later").await;
        assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].as_str()), (Status::UnprocessableEntity, Some("scope")));

        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = web.get(&staff, &format!("/api/v1/events?limit=2{after}")).await.json();
            assert_eq!(page["total"], 4);
            all.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!((all.len(), all.is_sorted_by(|one, two| one > two)), (4, true));

        let admin = web.program(Role::CustomerAdmin, Some(a), "read");
        assert_eq!(asked(&web, &admin, "?scope=all").await, ["SW-1 Gi1"]);
        assert_eq!(asked(&web, &admin, &format!("?scope=all&customer={b}")).await, Vec::<String>::new());

        let path = format!("/api/v1/events/{}", all[3]);
        let before = web.get(&staff, &path).await.json();
        assert_eq!((before["state"].as_str(), before["subject"].as_str()), (Some("open"), Some("SW-1")));
        assert!(before["text"].as_str().unwrap().contains("192.0.2.9"), "{before}");
        let note = json!({"note": "on my way"});
        let noted = web.json(&staff, Method::Post, &format!("{path}/acknowledge"), &note).await;
        let said = noted.json();
        assert_eq!((noted.status, said["state"].as_str(), said["note"].as_str()), (Status::Ok, Some("acknowledged"), Some("on my way")));
        let again = web.json(&staff, Method::Post, &format!("{path}/acknowledge"), &note).await;
        assert_eq!((again.status, again.json()["code"].as_str()), (Status::Conflict, Some("fault-event-acked")));
        assert_eq!(asked(&web, &staff, "?scope=unacked").await, ["SW-1 itself", "SW-2", "SW-1 Gi1"]);
    }

    async fn programs_make_and_change_rules(db: TestDb) {
        let web = TestWeb::new(db).await;
        let staff = web.program(Role::Operations, None, "write");
        let device = web.db.device("SW-1", None);
        let rule = json!({"kind": "port_down", "scope": "device", "scope_id": device.get(), "severity": "critical",
            "raise_minutes": 3, "clear_minutes": 1, "enabled": true});
        let made = web.json(&staff, Method::Post, "/api/v1/rules", &rule).await;
        assert_eq!(made.status, Status::Created, "{}", made.body);
        let mut made = made.json();
        let path = format!("/api/v1/rules/{}", made["id"]);
        let listed = web.get(&staff, "/api/v1/rules").await.json();
        assert!(listed.as_array().unwrap().contains(&made), "{listed}");
        assert_eq!(web.json(&staff, Method::Post, "/api/v1/rules", &rule).await.status, Status::UnprocessableEntity, "one for a place");
        made["raise_minutes"] = json!(9);
        made["enabled"] = json!(false);
        let changed = web.json(&staff, Method::Put, &path, &made).await;
        let json = changed.json();
        assert_eq!((changed.status, json["raise_minutes"].as_i64(), json["enabled"].as_bool()), (Status::Ok, Some(9), Some(false)), "{}", changed.body);
        let stale = web.json(&staff, Method::Put, &path, &made).await;
        assert_eq!((stale.status, web.get(&staff, &path).await.json()), (Status::Conflict, json));
    }

    async fn a_device_s_pages_show_what_is_open_about_it(db: TestDb) {
        let web = TestWeb::new(db).await;
        let a = web.db.customer("AAA");
        let switch = Switch::new(&web.db, "SW-1");
        let device = device_of(&web, &switch);
        raise(&web.db, "target_silent", ("target", switch.target.get()), "SW-1", None);
        let staff = web.browser(Role::Operations, None);
        for path in [format!("/devices/{device}"), format!("/targets/{}", switch.target)] {
            let page = read(&web, &staff, &path).await;
            assert!(page.contains("192.0.2.9") && page.contains(&format!("/events?scope=all&amp;device={device}")), "{path}: {page}");
        }
        for n in 1..=6 {
            raise(&web.db, ["k1", "k2", "k3", "k4", "k5", "k6"][n - 1], ("device", device.get()), "SW-1", Some(a));
        }
        let page = read(&web, &staff, &format!("/devices/{device}")).await;
        assert!(page.contains(&format!("href=\"/events?device={device}\"")), "two more than fit");
        let list = web.get(&staff, &format!("/events?device={device}")).await;
        assert!(list.body.contains("SW-1") && list.body.matches("row-link").count() == 7, "{}", list.body);
        let none = web.get(&staff, "/events?device=4711").await;
        assert!(none.body.contains("#4711"), "what is not there has its number");
    }
}
