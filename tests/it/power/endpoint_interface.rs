//! How BMCs are reached, for programs: recorded, changed by version, forgotten; secrets go in and never come out.

use coldaisle::facility::outlets_to_switch;
use coldaisle::identity::Role;
use rocket::http::{Method, Status};
use serde_json::json;

use super::desk::{Desk, is_silent_about};
use super::outlets::polled;
use crate::harness::{TestDb, both};

both! {
    async fn a_bmc_is_recorded_changed_and_forgotten(db: TestDb) {
        let desk = Desk::new(db, 1).await;
        let staff = desk.web.program(Role::Operations, None, "write");
        let device = desk.room.db.device("SRV-0900", Some(desk.room.customer));
        let path = format!("/api/v1/devices/{device}/bmc");
        assert_eq!(desk.web.get(&staff, &path).await.status, Status::NotFound);
        let body = json!({"address": "192.0.2.90", "username": "operator", "privilege": "operator"});
        let refused = desk.web.json(&staff, Method::Put, &path, &body).await;
        assert_eq!(refused.status, Status::UnprocessableEntity, "no password: {}", refused.body);
        let mut body = body;
        body["password"] = json!("hard-to-guess");
        body["kg"] = json!("room-key");
        body["suites"] = json!("3");
        body["allow_v15"] = json!(true);
        let made = desk.web.json(&staff, Method::Put, &path, &body).await;
        assert_eq!(made.status, Status::Ok, "{}", made.body);
        is_silent_about(&made, &["hard-to-guess", "room-key"]);
        let made = made.json();
        assert_eq!(
            (&made["address"], &made["port"], &made["suites"], &made["allow_v15"], &made["version"]),
            (&json!("192.0.2.90"), &json!(623), &json!("3"), &json!(true), &json!(1))
        );
        // A change wants the version that was read, and keeps the password that is not named.
        let mut change = json!({"address": "192.0.2.91", "username": "operator", "privilege": "administrator"});
        assert_eq!(desk.web.json(&staff, Method::Put, &path, &change).await.status, Status::UnprocessableEntity);
        change["version"] = json!(7);
        assert_eq!(desk.web.json(&staff, Method::Put, &path, &change).await.status, Status::Conflict);
        change["version"] = json!(1);
        let changed = desk.web.json(&staff, Method::Put, &path, &change).await.json();
        assert_eq!(
            (&changed["address"], &changed["privilege"], &changed["allow_v15"], &changed["version"]),
            (&json!("192.0.2.91"), &json!("administrator"), &json!(false), &json!(2))
        );
        let remove = format!("{path}/remove");
        let stale = desk.web.json(&staff, Method::Post, &remove, &json!({"version": 1})).await;
        assert_eq!(stale.status, Status::Conflict);
        let gone = desk.web.json(&staff, Method::Post, &remove, &json!({"version": 2})).await;
        assert_eq!(gone.status, Status::NoContent);
        assert_eq!(desk.web.get(&staff, &path).await.status, Status::NotFound);
        // What was meant for the one that is gone makes no new one, and the new one is no version of the old one.
        body["version"] = json!(2);
        assert_eq!(desk.web.json(&staff, Method::Put, &path, &body).await.status, Status::Conflict);
        assert_eq!(desk.web.get(&staff, &path).await.status, Status::NotFound);
        body.as_object_mut().unwrap().remove("version");
        let again = desk.web.json(&staff, Method::Put, &path, &body).await;
        assert_eq!(again.json()["version"], json!(3), "{}", again.body);
    }

    async fn a_new_password_is_asked_for_and_followed(db: TestDb) {
        let desk = Desk::new(db, 1).await;
        let staff = desk.web.program(Role::Operations, None, "write");
        let device = desk.room.device;
        let path = format!("/api/v1/devices/{device}/bmc/password");
        assert_eq!(desk.web.get(&staff, &path).await.status, Status::NotFound, "none yet");
        for wrong in [
            json!({"password": "short"}),
            json!({"password": "long-enough-1", "password_again": "long-enough-2"}),
        ] {
            let refused = desk.web.json(&staff, Method::Post, &path, &wrong).await;
            assert_eq!(refused.status, Status::UnprocessableEntity, "{wrong}");
        }
        let body = json!({"password": "long-enough-1", "password_again": "long-enough-1"});
        let asked = desk.web.json(&staff, Method::Post, &path, &body).await;
        assert_eq!(asked.status, Status::Accepted, "{}", asked.body);
        is_silent_about(&asked, &["long-enough"]);
        assert_eq!((&asked.json()["state"], &asked.json()["finished_at"]), (&json!("queued"), &json!(null)));
        assert_eq!(desk.web.json(&staff, Method::Post, &path, &body).await.status, Status::Conflict, "one at a time");
        let settle = format!("{path}/settle");
        let unknown = desk.web.json(&staff, Method::Post, &settle, &json!({"do": "guess"})).await;
        assert_eq!(unknown.status, Status::UnprocessableEntity);
        let early = desk.web.json(&staff, Method::Post, &settle, &json!({"do": "new"})).await;
        assert_eq!(early.status, Status::Conflict, "nothing is unclear");
        assert_eq!(desk.web.get(&staff, &path).await.json()["state"], json!("queued"));
    }

    async fn an_outlet_is_switched_only_after_somebody_looked_at_the_cable(db: TestDb) {
        let desk = Desk::new(db, 1).await;
        let staff = desk.web.program(Role::Operations, None, "write");
        let customer = desk.web.program(Role::CustomerAdmin, Some(desk.room.customer), "write");
        let pdu = polled(&desk.room, "PDU-A", 161, "public", true);
        let machine = desk.room.device;
        let listed = desk.web.get(&staff, &format!("/api/v1/devices/{pdu}/outlets")).await.json();
        let (id, version) = (listed[0]["id"].as_i64().unwrap(), &listed[0]["version"]);
        let path = format!("/api/v1/outlets/{id}");
        let name = desk.web.get(&staff, &format!("/api/v1/devices/{machine}")).await.json()["name"].clone();
        let to_switch = || desk.room.db.get(|c| outlets_to_switch(c, machine))[0].is_confirmed;
        let mut body = json!({"device": name, "supply": "PSU1", "version": version});
        let guessed = desk.web.json(&staff, Method::Put, &path, &body).await;
        assert_eq!((guessed.status, &guessed.json()["confirmed_at"]), (Status::Ok, &json!(null)), "{}", guessed.body);
        assert!(!to_switch(), "nobody has looked");
        assert_eq!(desk.web.get(&customer, &path).await.status, Status::NotFound);
        body["confirmed"] = json!(true);
        let stale = desk.web.json(&staff, Method::Put, &path, &body).await;
        assert_eq!(stale.status, Status::Conflict, "{}", stale.body);
        body["version"] = guessed.json()["version"].clone();
        assert_eq!(desk.web.json(&customer, Method::Put, &path, &body).await.status, Status::NotFound);
        let sure = desk.web.json(&staff, Method::Put, &path, &body).await.json();
        assert!(sure["confirmed_at"].is_string() && sure["supply"] == json!("PSU1"), "{sure}");
        assert!(to_switch());
        assert_eq!(desk.web.get(&customer, &path).await.json()["device"], name);
        let unknown = json!({"device": "nobody", "version": sure["version"]});
        let unknown = desk.web.json(&staff, Method::Put, &path, &unknown).await;
        assert_eq!(unknown.status, Status::UnprocessableEntity);
    }

    async fn a_customer_has_no_business_with_it(db: TestDb) {
        let desk = Desk::new(db, 1).await;
        let owner = desk.web.program(Role::CustomerAdmin, Some(desk.room.customer), "write");
        let path = format!("/api/v1/devices/{}/bmc", desk.room.device);
        let body = json!({"address": "192.0.2.90", "username": "x", "password": "y", "version": 1});
        assert_eq!(desk.web.json(&owner, Method::Put, &path, &body).await.status, Status::NotFound);
        let remove = format!("{path}/remove");
        assert_eq!(desk.web.json(&owner, Method::Post, &remove, &body).await.status, Status::NotFound);
    }
}
