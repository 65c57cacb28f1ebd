//! The pages and the interface of visits, through the server, in both languages.

use coldaisle::access::rack_choices;
use coldaisle::base::ids::CustomerId;
use coldaisle::identity::Role;
use coldaisle::store::schema::racks;
use diesel::prelude::*;
use rocket::http::{Method, Status};
use serde_json::json;

use crate::harness::{Caller, Reply, TestDb, TestWeb, both};

async fn building(db: TestDb) -> (TestWeb, CustomerId, String) {
    let room = db.room(db.site("s1"), "Room A");
    let acme = db.customer("ACME");
    let rack = db.rack(room, "A01");
    db.put(|c| {
        diesel::update(racks::table.find(rack))
            .set(racks::customer_id.eq(acme))
            .execute(c)?;
        Ok(())
    });
    (TestWeb::new(db).await, acme, rack.to_string())
}

/// Every address of the desk and the list answers in both languages, without a hole in its words.
async fn look(web: &TestWeb, caller: &Caller, path: &str) -> Reply {
    for caller in [caller.clone(), caller.clone().reading_chinese()] {
        let reply = web.get(&caller, path).await;
        assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
        assert!(!reply.body.contains("visit-fault"), "{path} shows a key");
        assert!(!reply.body.contains("style="), "{path} has a style");
    }
    let mut reply = web.get(caller, path).await;
    // The templates escape slashes too.
    reply.body = reply.body.replace("&#x2f;", "/");
    reply
}

fn number_in(reply: &Reply) -> String {
    assert_eq!(reply.status, Status::SeeOther, "{}", reply.body);
    let location = reply.header("location").unwrap();
    location.rsplit('/').next().unwrap().to_owned()
}

both! {
    /// A walk-in with a badge: in, on the board, out, with every page on the way.
    async fn the_desk_walks_through(db: TestDb) {
        let (web, _, _) = building(db).await;
        let desk = web.browser(Role::Technician, None);
        for path in ["/visits", "/visits/here", "/visits/walk-in", "/visits/new", "/visits/inside"] {
            look(&web, &desk, path).await;
        }
        let typed = [
            ("visitor_name", "万晓达"), ("company", "示例布线工程部"), ("purpose", "repair"),
            ("document_kind", "resident_id"), ("document_number", "000000199001010017"), ("badge", "7"),
        ];
        let wrong = web.post(&desk, "/visits/walk-in", &typed).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        assert!(wrong.body.contains("万晓达") && wrong.body.contains("check character"), "what was typed stays");

        let mut right = typed;
        right[4].1 = "000000199001010018";
        let number = number_in(&web.post(&desk, "/visits/walk-in", &right).await);
        let page = look(&web, &desk, &format!("/visits/{number}")).await;
        assert!(page.body.contains("0000**********0018") && !page.body.contains("000000199001010018"));
        assert!(page.body.contains("<path d=\"M"), "the pass is drawn");
        let board = look(&web, &desk, "/visits/inside").await;
        assert!(board.body.contains("万晓达") && !board.body.contains("000000199001010018"));
        let file = web.get(&desk, "/visits/inside.csv").await;
        assert!(file.body.contains("万晓达,示例布线工程部") && file.body.contains(&number));

        let out = format!("/visits/{number}/check-out");
        look(&web, &desk, &out).await;
        let kept = web.post(&desk, &out, &[]).await;
        assert_eq!(kept.status, Status::UnprocessableEntity);
        assert!(kept.body.contains("was not given back"));
        let gone = web.post(&desk, &out, &[("badge_returned_1", "true"), ("note", "换线")]).await;
        assert_eq!(number_in(&gone), number);
        assert!(!web.get(&desk, "/visits/inside").await.body.contains("万晓达"));
        let known = look(&web, &desk, "/visits/walk-in?q=%E4%B8%87%E6%99%93%E8%BE%BE").await;
        assert!(known.body.contains("/visits/walk-in?person=1"));
        let picked = look(&web, &desk, "/visits/walk-in?person=1").await;
        assert!(picked.body.contains("value=\"示例布线工程部\""));
        let again = [("visitor_name", "万晓达"), ("purpose", "repair"), ("person_id", "1")];
        assert_eq!(web.post(&desk, "/visits/walk-in", &again).await.status, Status::SeeOther);
        let list = look(&web, &desk, "/visits?scope=inside&q=A01").await;
        assert!(!list.body.contains(&number));
        let list = web.get(&desk, "/visits.csv").await;
        assert!(list.body.contains(&number) && list.body.contains("0000**********0018"));
    }

    /// A customer announces and cancels; the desk approves by letting in; no one else sees it.
    async fn a_customer_announces_on_the_page(db: TestDb) {
        let (web, acme, rack) = building(db).await;
        let customer = web.browser(Role::CustomerAdmin, Some(acme));
        let other = web.browser(Role::CustomerAdmin, Some(web.db.customer("OTHER")));
        let form = look(&web, &customer, "/visits/new").await;
        assert!(form.body.contains("Room A / A01"));
        assert!(!web.get(&other, "/visits/new").await.body.contains("A01"));
        let soon = coldaisle::base::time::Timestamp::now().plus_seconds(7200);
        let until = soon.local_minute(chrono_tz::Asia::Shanghai);
        let typed = [
            ("visitor_name", "<b>李明</b>"), ("purpose", "repair"), ("rack_ids", rack.as_str()),
            ("planned_from", "2026-11-22 09:00"), ("planned_until", until.as_str()),
        ];
        let mut early = typed;
        early[3].1 = until.as_str();
        let refused = web.post(&customer, "/visits/new", &early).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        assert!(refused.body.contains("href=\"#f-planned_until\"") && refused.body.contains("checked"));
        let from = coldaisle::base::time::Timestamp::now().local_minute(chrono_tz::Asia::Shanghai);
        let mut right = typed;
        right[3].1 = from.as_str();
        let number = number_in(&web.post(&customer, "/visits/new", &right).await);
        let own = look(&web, &customer, &format!("/visits/{number}")).await;
        assert!(own.body.contains("waits for approval") && own.body.contains("&lt;b&gt;李明"));
        assert!(!own.body.contains("/check-in") && !own.body.contains("/racks/"), "no desk, no rack pages");
        assert_eq!(web.get(&other, &format!("/visits/{number}")).await.status, Status::NotFound);
        assert_eq!(web.get(&customer, "/visits/inside").await.status, Status::NotFound);

        let desk = web.browser(Role::Reception, None);
        let here = look(&web, &desk, "/visits/here").await;
        assert!(here.body.contains(&format!("/visits/{number}/check-in")));
        look(&web, &desk, &format!("/visits/{number}/check-in")).await;
        let refuse = format!("/visits/{number}/step/refuse");
        look(&web, &desk, &refuse).await;
        assert_eq!(web.post(&desk, &refuse, &[]).await.status, Status::UnprocessableEntity);
        assert_eq!(number_in(&web.post(&desk, &format!("/visits/{number}/check-in"), &[]).await), number);
        let cancel = web.post(&customer, &format!("/visits/{number}/step/cancel"), &[]).await;
        assert_eq!(cancel.status, Status::UnprocessableEntity, "someone is inside: too late to cancel");
        let actor = web.db.actor(Role::Technician);
        let rack = web.db.get(|c| rack_choices(c, &actor))[0].id;
        let touched = look(&web, &desk, &format!("/visits?rack={rack}&from=2026-11-01")).await;
        assert!(touched.body.contains("Who could touch this rack"));
    }

    /// The same through the interface, and an identity number that needs a right and a reason.
    async fn programs_and_identity_numbers(db: TestDb) {
        let (web, _, rack) = building(db).await;
        let program = web.program(Role::Technician, None, "write");
        let now = coldaisle::base::time::Timestamp::now();
        let body = json!({
            "visitor_name": "李明", "document_number": "000000199001010018", "purpose": "audit",
            "planned_from": now.to_rfc3339(), "planned_until": now.plus_seconds(3600).to_rfc3339(),
            "rack_ids": [rack.parse::<i64>().unwrap()], "escort_required": false,
        });
        let made = web.json(&program, Method::Post, "/api/v1/visits", &body).await;
        assert_eq!(made.status, Status::Created, "{}", made.body);
        let made = made.json();
        let number = made["number"].as_str().unwrap();
        assert_eq!((made["state"].as_str(), made["racks"][0]["name"].as_str()), (Some("expected"), Some("A01")));
        let path = format!("/api/v1/visits/{number}/check-in");
        let inside = web.json(&program, Method::Post, &path, &json!({"badge_1": "9"})).await.json();
        assert_eq!((inside["state"].as_str(), inside["people"][0]["badge"].as_str()), (Some("checked_in"), Some("9")));
        let list = web.get(&program, "/api/v1/visits/inside").await.json();
        assert_eq!((list["total"].as_i64(), list["items"][0]["name"].as_str()), (Some(1), Some("李明")));
        let again = web.json(&program, Method::Post, &path, &json!({})).await;
        assert_eq!(again.status, Status::Conflict);
        let path = format!("/api/v1/visits/{number}/check-out");
        let out = web.json(&program, Method::Post, &path, &json!({"badge_returned_1": true})).await.json();
        assert_eq!(out["state"], "checked_out");
        let listed = web.get(&program, "/api/v1/visits?scope=past&q=%E6%9D%8E").await.json();
        assert_eq!((listed["total"].as_i64(), listed["next"].is_null()), (Some(1), true));
        let reading = web.program(Role::Technician, None, "read");
        assert_eq!(web.json(&reading, Method::Post, "/api/v1/visits", &body).await.status, Status::Forbidden);

        let reception = web.browser(Role::Reception, None);
        let reveal = format!("/visits/{number}/people/1/reveal");
        assert!(!look(&web, &reception, &reveal).await.body.contains("000000199001010018"));
        let shown = web.post(&reception, &reveal, &[("reason", "派出所核查")]).await;
        assert!(shown.body.contains("000000199001010018"));
        let page = look(&web, &reception, &format!("/visits/{number}")).await;
        assert!(page.body.contains("派出所核查") && !page.body.contains("000000199001010018"));
    }
}
