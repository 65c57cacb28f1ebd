//! Dialogs, the page of an intent, the BMC form, and the interface for programs.

use coldaisle::base::ids::DeviceId;
use coldaisle::identity::{Actor, Role};
use coldaisle::power::ops::{endpoint_create, endpoint_of_device};
use coldaisle::power::{BmcDraft, PowerState};
use coldaisle::store::schema::{bmc_endpoints, customers, devices, power_intents};
use diesel::prelude::*;
use rocket::http::{Method, Status};
use serde_json::json;

use super::endpoint_fields;
use crate::harness::{Caller, Reply, TestDb, TestWeb, both};

struct Site {
    web: TestWeb,
    device: DeviceId,
    staff: Caller,
}

impl Site {
    async fn new(db: TestDb) -> Self {
        let customer = db.customer("ACME");
        let device = db.device("SRV-0001", Some(customer));
        let rack = db.rack(db.room(db.site("SHA1"), "3A"), "A01");
        db.install(device, rack, 40);
        db.put(|c| {
            diesel::update(devices::table.find(device))
                .set(devices::label.eq("CA-00042"))
                .execute(c)?;
            Ok(())
        });
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        Self { web, device, staff }
    }

    fn with_bmc(self) -> Self {
        let actor = self.web.db.actor(Role::Administrator);
        let draft = BmcDraft::parse(&endpoint_fields("192.0.2.7")).unwrap();
        let keyring = &self.web.web.keyring;
        self.web.db.put(|c| {
            endpoint_create(c, &actor, keyring, self.device, &draft)?;
            diesel::update(bmc_endpoints::table)
                .set(bmc_endpoints::power_state.eq(PowerState::On))
                .execute(c)?;
            Ok(())
        });
        self
    }

    fn dialog(&self, action: &str) -> String {
        format!("/devices/{}/power/{action}", self.device)
    }

    fn intents(&self) -> i64 {
        self.web
            .db
            .get(|c| Ok(power_intents::table.count().get_result(c)?))
    }

    async fn ask(&self, caller: &Caller, key: &str, body: &serde_json::Value) -> Reply {
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key),
            ("X-CSRF-Token", caller.csrf.as_str()),
        ];
        let path = format!("/api/v1/devices/{}/power", self.device);
        self.web
            .send(
                caller,
                Method::Post,
                &path,
                &headers,
                Some(body.to_string()),
            )
            .await
    }
}

fn says(reply: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(reply.body.contains(part), "no {part} in {}", reply.body);
    }
}

both! {
    async fn the_dialog_names_the_machine_and_takes_only_its_label(db: TestDb) {
        let site = Site::new(db).await.with_bmc();
        let path = site.dialog("cycle");
        let page = site.web.get(&site.staff, &path).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        says(&page, &["Power-cycle SRV-0001", "CA-00042", "A01 U21", "SHA1", "Customer ACME", "data-confirm-label=\"CA-00042\""]);
        let chinese = site.web.get(&site.staff.clone().reading_chinese(), &path).await;
        says(&chinese, &["断电重启 SRV-0001", "CA-00042", "归属"]);
        let wrong = site.web.post(&site.staff, &path, &[("confirm", "SRV-0002"), ("reason", "hangs & burns")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        says(&wrong, &["Type CA-00042 exactly", "hangs &amp; burns"]);
        assert_eq!(site.intents(), 0);
        let fields = [("confirm", " CA-00042 "), ("reason", "hangs"), ("once", "page-1")];
        let done = site.web.post(&site.staff, &path, &fields).await;
        assert_eq!(done.status, Status::SeeOther, "{}", done.body);
        let intent = done.header("location").unwrap().to_owned();
        let again = site.web.post(&site.staff, &path, &fields).await;
        assert_eq!((again.header("location"), site.intents()), (Some(intent.as_str()), 1));
        let shown = site.web.get(&site.staff, &intent).await;
        says(&shown, &["Queued", "Asked for by", "data-autorefresh", "Take back", "SRV-0001"]);
        assert!(!shown.body.contains("data-settled"));
        let list = site.web.get(&site.staff, "/power?state=live&action=cycle&q=srv-0001").await;
        says(&list, &["Power-cycle", "SRV-0001", "Queued"]);
        let csv = site.web.get(&site.staff, "/power.csv").await;
        says(&csv, &["id,device,action", "SRV-0001,cycle,queued,hangs"]);
    }

    async fn a_refusal_stands_in_the_dialog(db: TestDb) {
        let site = Site::new(db).await;
        let path = site.dialog("on");
        let page = site.web.get(&site.staff, &path).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        let refused = site.web.post(&site.staff, &path, &[("confirm_unknown_state", "true")]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        says(&refused, &["has no BMC on record"]);
        let site = site.with_bmc();
        site.web.db.put(|c| {
            diesel::update(devices::table)
                .set((devices::locked_at.eq(1_i64), devices::lock_reason.eq("evidence hold")))
                .execute(c)?;
            Ok(())
        });
        let refused = site.web.post(&site.staff, &path, &[]).await;
        says(&refused, &["is locked by", "evidence hold"]);
        assert_eq!(site.web.get(&site.staff, &site.dialog("explode")).await.status, Status::NotFound);
    }

    async fn a_protected_machine_is_approved_by_another(db: TestDb) {
        let site = Site::new(db).await.with_bmc();
        site.web.db.put(|c| {
            diesel::update(devices::table).set(devices::protected.eq(true)).execute(c)?;
            Ok(())
        });
        let done = site.web.post(&site.staff, &site.dialog("soft_off"), &[]).await;
        let intent = done.header("location").unwrap_or_else(|| panic!("{}", done.body)).to_owned();
        let own = site.web.get(&site.staff, &intent).await;
        says(&own, &["Awaiting approval", "A second person"]);
        assert!(!own.body.contains("&#x2f;approve"));
        let second = site.web.browser(Role::Operations, None);
        says(&site.web.get(&second, &intent).await, &["&#x2f;approve"]);
        let dialog = site.web.get(&second, &format!("{intent}/approve")).await;
        says(&dialog, &["Approve: Shut down SRV-0001", "CA-00042"]);
        let done = site.web.post(&second, &format!("{intent}/approve"), &[]).await;
        assert_eq!(done.status, Status::SeeOther, "{}", done.body);
        says(&site.web.get(&second, &intent).await, &["Queued"]);
        let dialog = site.web.get(&second, &format!("{intent}/cancel")).await;
        says(&dialog, &["Take back: Shut down SRV-0001"]);
        site.web.post(&second, &format!("{intent}/cancel"), &[]).await;
        says(&site.web.get(&second, &intent).await, &["Cancelled", "data-settled"]);
    }

    async fn a_bmc_is_recorded_and_its_password_never_comes_back(db: TestDb) {
        let site = Site::new(db).await;
        let path = format!("/devices/{}/bmc", site.device);
        let page = site.web.get(&site.staff, &path).await;
        says(&page, &["Record the BMC of SRV-0001", "value=\"623\""]);
        let fields = [("address", "192.0.2.300"), ("port", "623"), ("username", "operator"), ("password", "calvin-77")];
        let wrong = site.web.post(&site.staff, &path, &fields).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        says(&wrong, &["192.0.2.300", "An IP address of one machine"]);
        assert!(!wrong.body.contains("calvin-77"));
        let mut fields = fields;
        fields[0].1 = "192.0.2.30";
        assert_eq!(site.web.post(&site.staff, &path, &fields).await.status, Status::SeeOther);
        let page = site.web.get(&site.staff, &path).await;
        says(&page, &["192.0.2.30", "Leave it empty to keep"]);
        assert!(!page.body.contains("calvin-77"));
        let version = [("version", "1")];
        let gone = site.web.post(&site.staff, &format!("{path}/remove"), &version).await;
        assert_eq!(gone.status, Status::SeeOther);
        let actor: Actor = site.web.db.actor(Role::Administrator);
        assert!(site.web.db.get(|c| endpoint_of_device(c, &actor, site.device)).is_none());
    }

    async fn programs_ask_with_a_key_and_watch(db: TestDb) {
        let site = Site::new(db).await.with_bmc();
        let program = site.web.program(Role::Operations, None, "write");
        let body = json!({"action": "cycle", "reason": "hangs"});
        let first = site.ask(&program, "key-1", &body).await;
        assert_eq!(first.status, Status::Accepted, "{}", first.body);
        let intent = first.json();
        assert_eq!((&intent["action"], &intent["state"], &intent["is_final"]), (&json!("cycle"), &json!("queued"), &json!(false)));
        let location = first.header("location").unwrap().to_owned();
        assert_eq!(location, format!("/api/v1/power/intents/{}", intent["id"]));
        let again = site.ask(&program, "key-1", &body).await;
        assert_eq!((again.status, again.json()["id"].clone()), (Status::Accepted, intent["id"].clone()));
        let other = site.ask(&program, "key-1", &json!({"action": "off", "reason": "hangs"})).await;
        assert_eq!((other.status, other.json()["code"].clone()), (Status::Conflict, json!("power-refuse-key-reused")));
        let busy = site.ask(&program, "key-2", &body).await;
        assert_eq!((busy.status, busy.json()["code"].clone()), (Status::Conflict, json!("power-refuse-live")));
        let shown = site.web.get(&program, &location).await.json();
        assert_eq!(shown["steps"][0]["detail"]["code"], json!("power-detail-requested"));
        let listed = site.web.get(&program, "/api/v1/power/intents?state=live").await.json();
        assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &intent["id"]));
        for (body, field) in [
            (json!({}), "action"),
            (json!({"action": "explode"}), "action"),
            (json!({"action": "on", "reason": "x".repeat(501)}), "reason"),
        ] {
            let wrong = site.ask(&program, "key-3", &body).await;
            assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].clone()), (Status::UnprocessableEntity, json!(field)));
        }
        let wrong = site.web.get(&program, "/api/v1/power/intents?state=maybe").await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        assert_eq!(site.intents(), 1);
    }

    async fn customers_switch_their_own_machines_and_see_nothing_else(db: TestDb) {
        let site = Site::new(db).await.with_bmc();
        let customer = site.web.db.get(|c| {
            Ok(customers::table.filter(customers::code.eq("ACME")).select(customers::id).first(c)?)
        });
        let own = site.web.browser(Role::CustomerAdmin, Some(customer));
        let other = site.web.browser(Role::CustomerAdmin, Some(site.web.db.customer("OTHER")));
        let page = site.web.get(&own, &site.dialog("off")).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        assert!(!page.body.contains("racks"));
        let body = json!({"action": "off"});
        assert_eq!(site.ask(&other, "key-1", &body).await.status, Status::NotFound);
        assert_eq!(site.web.get(&other, &site.dialog("off")).await.status, Status::NotFound);
        let asked = site.ask(&own, "key-1", &body).await;
        assert_eq!(asked.status, Status::Accepted, "{}", asked.body);
        let page = format!("/power/intents/{}", asked.json()["id"]);
        assert_eq!(site.web.get(&own, &page).await.status, Status::Ok);
        assert_eq!(site.web.get(&other, &page).await.status, Status::NotFound);
        let api = format!("/api/v1{page}");
        assert_eq!(site.web.get(&other, &api).await.status, Status::NotFound);
        let listed = site.web.get(&other, "/api/v1/power/intents").await.json();
        assert_eq!(listed["total"], json!(0));
        says(&site.web.get(&other, "/power").await, &["No power action yet"]);
    }
}
