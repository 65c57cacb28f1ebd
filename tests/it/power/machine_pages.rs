//! What pages and the interface for programs show of what machines tell.

use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::ids::{CustomerId, DeviceId};
use coldaisle::base::machine::{Controller, Health, Light, Quantity};
use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::power::BmcDraft;
use coldaisle::power::ops::endpoint_create;
use coldaisle::power::telling::Pace;
use coldaisle::store::schema::{bmc_endpoints, bmc_rotations, devices};
use coldaisle::tasks::Task;
use coldaisle::tasks::bmc_facts::BmcFacts;
use diesel::prelude::*;
use rocket::http::Status;
use tokio_util::sync::CancellationToken;

use super::fake::FakePort;
use super::tells::{entry, product, sensor};
use super::{ADDRESS, endpoint_fields};
use crate::harness::{TestDb, TestWeb, both};

struct Site {
    web: TestWeb,
    port: FakePort,
    device: DeviceId,
    customer: CustomerId,
}

impl Site {
    async fn read(db: TestDb) -> Self {
        let customer = db.customer("ACME");
        let device = db.device("SRV-0001", Some(customer));
        let web = TestWeb::new(db).await;
        let actor = web.db.actor(Role::Administrator);
        let draft = BmcDraft::parse(&endpoint_fields("192.0.2.7")).unwrap();
        web.db.put(|c| {
            endpoint_create(c, &actor, &web.web.keyring, device, &draft)?;
            diesel::update(bmc_endpoints::table)
                .set(bmc_endpoints::last_answer_at.eq(Timestamp::now()))
                .execute(c)?;
            Ok(())
        });
        let port = FakePort::default();
        port.bmc(ADDRESS, |bmc| {
            let tells = &mut bmc.tells;
            tells.watts = Some(248);
            tells.light = Some(Light::On);
            tells.drift_ms = Some(3_600_000);
            tells.sensors = vec![
                sensor("1", Quantity::Temperature, 97.5, Health::Critical),
                sensor("2", Quantity::FanSpeed, 5400.0, Health::Ok),
            ];
            tells.log = (1..=8)
                .map(|id| entry(id, &format!("Entry {id} <b>")))
                .collect();
            tells.parts = vec![product("SN-4711")];
            tells.controller = Some(Controller {
                gateway: "192.0.2.254".into(),
                users: vec!["ADMIN: administrator".into()],
                ..Controller::default()
            });
        });
        let site = Self {
            web,
            port,
            device,
            customer,
        };
        for _ in 0..2 {
            site.again().await;
        }
        site
    }

    async fn again(&self) {
        let pace = Pace {
            sensors_ms: 0,
            log_ms: 0,
            parts_ms: 0,
        };
        let task = BmcFacts::new(
            self.web.db.store.clone(),
            self.web.web.keyring.clone(),
            Arc::new(self.port.clone()),
            Duration::from_secs(1),
            pace,
            4,
        );
        task.activate(CancellationToken::new()).await.unwrap();
    }

    fn page(&self) -> String {
        format!("/devices/{}", self.device)
    }
}

both! {
    async fn the_page_of_a_device_shows_what_it_tells(db: TestDb) {
        let site = Site::read(db).await;
        let staff = site.web.browser(Role::Operations, None);
        let page = site.web.get(&staff, &site.page()).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        let body = page.body.replace("&#x2f;", "/");
        for there in [
            "One sensor is beyond its limit", "97.5", "5400", "248", "class=\"spark\"", "Entry 8 &lt;b", "off by 3600",
            "SN-4711", "192.0.2.254", ">ADMIN<", "/read-again", "/accept", "/bmc/password",
            "Identify light on",
        ] {
            assert!(body.contains(there), "{there}: {body}");
        }
        assert_eq!(body.matches("class=\"spark\"").count(), 2, "temperature and fan");
        assert!(!page.body.contains("Entry 3 "), "only the newest five");
        assert!(!page.body.contains("style="), "the content policy forbids it");
        let customer = site.web.browser(Role::CustomerAdmin, Some(site.customer)).reading_chinese();
        let page = site.web.get(&customer, &site.page()).await;
        assert!(page.body.contains("97.5") && page.body.contains("SN-4711"));
        for hidden in ["192.0.2.254", ">ADMIN<", "/accept", "/bmc/password"] {
            assert!(!page.body.contains(hidden), "{hidden}");
        }
    }

    async fn the_event_log_is_searched_and_saved(db: TestDb) {
        let site = Site::read(db).await;
        let staff = site.web.browser(Role::Operations, None);
        let log = format!("{}/event-log", site.page());
        let page = site.web.get(&staff, &log).await;
        assert!(page.body.contains("Entry 1 ") && page.body.contains("Entry 8 "), "{}", page.body);
        let page = site.web.get(&staff, &format!("{log}?q=entry+3")).await;
        assert!(page.body.contains("Entry 3 ") && !page.body.contains("Entry 4 "));
        let csv = site.web.get(&staff, &format!("{log}.csv?health=faults")).await;
        assert_eq!(csv.body.lines().count(), 9, "{}", csv.body);
        let page = site.web.get(&staff, "/sensors/1").await;
        assert_eq!(page.header("location"), Some(format!("{}#sensors", site.page()).as_str()));
    }

    async fn a_difference_is_taken_over_on_the_page(db: TestDb) {
        let site = Site::read(db).await;
        let staff = site.web.browser(Role::Operations, None);
        let fact: i64 = site.web.db.get(|c| Ok(coldaisle::store::schema::device_facts::table
            .filter(coldaisle::store::schema::device_facts::field.eq("serial"))
            .select(coldaisle::store::schema::device_facts::id)
            .first(c)?));
        let version: i64 = site.web.db.get(|c| Ok(devices::table.find(site.device).select(devices::version).first(c)?));
        let path = format!("{}/facts/{fact}/accept", site.page());
        let reply = site.web.post(&staff, &path, &[("version", &version.to_string())]).await;
        assert_eq!(reply.status, Status::SeeOther, "{}", reply.body);
        let serial: Option<String> = site.web.db.get(|c| Ok(devices::table.find(site.device).select(devices::serial).first(c)?));
        assert_eq!(serial.as_deref(), Some("SN-4711"));
        let reply = site.web.post(&staff, &path, &[("version", &version.to_string())]).await;
        assert_eq!(reply.status, Status::Conflict, "an old version is refused");
    }

    async fn programs_read_sensors_log_parts_and_controller(db: TestDb) {
        let site = Site::read(db).await;
        let staff = site.web.program(Role::Operations, None, "read");
        let api = |what: &str| format!("/api/v1/devices/{}/{what}", site.device);
        let sensors = site.web.get(&staff, &api("sensors")).await.json();
        assert_eq!(sensors["watts"], 248);
        assert_eq!(sensors["items"][0]["value"], 97.5);
        assert_eq!(sensors["items"][0]["health"], "critical");
        assert_eq!(sensors["items"][0]["limits"]["upper_critical"], 95.0);
        let log = site.web.get(&staff, &api("event-log?limit=3")).await.json();
        assert_eq!((log["total"].clone(), log["items"].as_array().unwrap().len()), (8.into(), 3));
        let next = log["next"].as_str().unwrap();
        let log = site.web.get(&staff, &api(&format!("event-log?limit=3&after={next}"))).await.json();
        assert_eq!(log["items"][0]["entry_id"], "5");
        let wrong = site.web.get(&staff, &api("event-log?health=bad")).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        let parts = site.web.get(&staff, &api("parts")).await.json();
        assert_eq!(parts["items"][0]["serial"], "SN-4711");
        assert_eq!(parts["compared"][0]["verdict"], "not_on_record");
        let bmc = site.web.get(&staff, &api("bmc")).await.json();
        assert_eq!(bmc["controller"]["gateway"], "192.0.2.254");
        assert_eq!(bmc["clock_drift_ms"], 3_600_000);
        let customer = site.web.program(Role::CustomerAdmin, Some(site.customer), "read");
        assert_eq!(site.web.get(&customer, &api("bmc")).await.status, Status::NotFound);
        assert_eq!(site.web.get(&customer, &api("parts")).await.json()["compared"], serde_json::json!([]));
    }

    async fn a_new_password_is_asked_for_on_a_page_that_never_sends_it_back(db: TestDb) {
        let site = Site::read(db).await;
        let staff = site.web.browser(Role::Operations, None);
        let path = format!("{}/bmc/password", site.page());
        let wrong = site.web.post(&staff, &path, &[("password", "quiet-river-77"), ("password_again", "quiet")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        assert!(!wrong.body.contains("quiet-river-77"));
        let fields = [("password", "quiet-river-77"), ("password_again", "quiet-river-77")];
        let asked = site.web.post(&staff, &path, &fields).await;
        assert_eq!(asked.status, Status::SeeOther, "{}", asked.body);
        let again = site.web.post(&staff, &path, &fields).await;
        assert_eq!(again.status, Status::Conflict);
        let page = site.web.get(&staff, &path).await;
        assert!(page.body.contains("Queued") && page.body.contains("Asked for by"), "{}", page.body);
        let count: i64 = site.web.db.get(|c| Ok(bmc_rotations::table.count().get_result(c)?));
        assert_eq!(count, 1);
    }
}
