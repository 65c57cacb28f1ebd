//! The page and the interface of what a switch has, from asking for it to ports that are linked.

use std::net::SocketAddr;
use std::sync::Arc;

use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::SnmpHub;
use coldaisle::identity::Role;
use coldaisle::metering::{TargetDraft, port_by_name, target_by_id, target_create};
use coldaisle::sim::switch::{
    Beside, ChassisSpec, NeighbourSpec, SimAccess, SimSwitch, SwitchSpec,
};
use coldaisle::tasks::Task;
use coldaisle::tasks::poller::Poller;
use rocket::http::{Method, Status};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::world::{Switch, allocation, at, link, sample, seen, target_fields};
use crate::harness::{Caller, TestDb, TestWeb, both};

async fn sim(name: &str) -> SimSwitch {
    let boot = Timestamp::from_millis(Timestamp::now().millis() - 86_400_000);
    let spec = SwitchSpec {
        beside: Beside {
            mac: Some([2, 0, 0, 0, 0, 1]),
            neighbours: vec![NeighbourSpec {
                port: "XGigabitEthernet0/0/1".into(),
                mac: [2, 0, 0, 0, 0, 2],
                remote_port: "Eth1/1".into(),
                name: "core-1".into(),
                descr: "<b>bold</b>".into(),
                address: Some([192, 0, 2, 1]),
            }],
            chassis: vec![ChassisSpec {
                serial: "SN-REAL".into(),
                model: "S5735".into(),
                maker: "Huawei".into(),
                revision: "V200".into(),
            }],
        },
        ..SwitchSpec::top_of_rack(name, 5, 4, boot)
    };
    let address: SocketAddr = ([127, 0, 0, 1], 0).into();
    SimSwitch::start(address, spec, SimAccess::community("public-ro"))
        .await
        .unwrap()
}

/// A page's words, with the slash as it is read.
async fn page_of(web: &TestWeb, caller: &Caller, path: &str) -> String {
    web.get(caller, path).await.body.replace("&#x2f;", "/")
}

both! {
    async fn a_switch_is_read_shown_and_taken_over(db: TestDb) {
        let web = TestWeb::new(db).await;
        let switch = sim("real-name").await;
        let mut typed = target_fields();
        typed.set("address", switch.address().ip().to_string());
        typed.set("port", switch.address().port().to_string());
        let (staff, keyring) = (web.db.actor(Role::Operations), web.web.keyring.clone());
        let device = web.db.device("SW-1", None);
        web.db.device("core-1", None);
        let draft = TargetDraft::parse(&typed).unwrap();
        let target = web.db.put(|c| target_create(c, &staff, &keyring, device, &draft));
        let browser = web.browser(Role::Operations, None);
        let page = format!("/targets/{target}/discover");
        let saved = web.post(&browser, &format!("/targets/{target}/take-over"), &[("take_over", "chosen")]).await;
        assert_eq!((saved.status, saved.header("location")), (Status::SeeOther, Some(page.as_str())));
        let asked = web.post(&browser, &format!("/targets/{target}/poll"), &[("back", "discover")]).await;
        assert_eq!(asked.header("location"), Some(page.as_str()));
        let waiting = web.get(&browser, &page).await.body;
        assert!(waiting.contains("the device is being read") && waiting.contains("http-equiv=\"refresh\""), "{waiting}");
        let poller = Poller::new(web.db.store.clone(), keyring, Arc::new(SnmpHub::new())).unwrap();
        poller.activate(CancellationToken::new()).await.unwrap();
        poller.settle().await;
        let there = page_of(&web, &browser, &page).await;
        assert!(there.contains("data-settled") && !there.contains("http-equiv=\"refresh\""));
        for words in ["real-name", "SN-REAL", "Differs from record", "core-1", "Eth1/1", "Ethernet", "Not metered", "02:00:00:00:00:01"] {
            assert!(there.contains(words), "{words} is missing: {there}");
        }
        let port = |name: &str| web.db.get(|c| port_by_name(c, device, name)).unwrap();
        let (gi1, x1) = (port("GigabitEthernet0/0/1"), port("XGigabitEthernet0/0/1"));
        assert!(!gi1.metered && !x1.metered);
        let shown = page_of(&web, &browser, &format!("/ports/{}", x1.id)).await;
        assert!(shown.contains("core-1") && shown.contains("192.0.2.1") && shown.contains("&lt;b&gt;bold"), "{shown}");
        let of_device = web.get(&browser, &format!("/devices/{device}")).await.body;
        assert!(of_device.contains("SN-REAL") && of_device.contains("core-1"), "{of_device}");
        // Nothing ticked; then ticked and linked; then one of them is taken.
        let customer = web.db.customer("AAA");
        let (a1, a2) = (allocation(&web.db, customer, "A1").to_string(), allocation(&web.db, customer, "A2").to_string());
        let (one, two) = (gi1.id.to_string(), x1.id.to_string());
        let none = web.post(&browser, &page, &[("do", "take")]).await;
        assert_eq!(none.status, Status::UnprocessableEntity);
        assert!(none.body.contains("Tick at least one port."));
        let taken = web.post(&browser, &page, &[("do", "take"), ("id", &one), ("allocation_id", &a1), ("from", "2026-11-01")]).await;
        assert_eq!((taken.status, taken.header("location")), (Status::SeeOther, Some(page.as_str())), "{}", taken.body);
        assert!(port("GigabitEthernet0/0/1").metered && !port("XGigabitEthernet0/0/1").metered);
        let twice = web.post(&browser, &page, &[("do", "take"), ("id", &one), ("id", &two), ("allocation_id", &a2), ("from", "2026-11-02")]).await;
        assert_eq!(twice.status, Status::UnprocessableEntity);
        assert!(twice.body.replace("&#x2f;", "/").contains("GigabitEthernet0/0/1 belongs to A1 in this time"), "{}", twice.body);
        assert!(twice.body.contains(&format!("value=\"{two}\" form=\"take\"")) && twice.body.contains("data-tick checked"), "what was ticked stays so");
        assert!(!port("XGigabitEthernet0/0/1").metered, "nothing was changed");
        let stop = web.post(&browser, &page, &[("do", "stop"), ("id", &one)]).await;
        assert!(stop.body.contains("belongs to A1, so it is metered"), "{}", stop.body);
        let narrowed = web.get(&browser, &format!("{page}?unmetered=true")).await.body;
        assert!(!narrowed.contains(&format!("f-port-{one}\"")) && narrowed.contains(&format!("f-port-{two}\"")));
        let chinese = web.get(&web.browser(Role::Operations, None).reading_chinese(), &page).await.body;
        assert!(chinese.contains("与档案不一致") && chinese.contains("计量中"), "{chinese}");
        // While it is read again the page stands still, so that no tick is lost.
        web.post(&browser, &format!("/targets/{target}/poll"), &[("back", "discover")]).await;
        let again = web.get(&browser, &page).await.body;
        assert!(again.contains("the device is being read") && again.contains("data-settled"), "{again}");
        assert!(!again.contains("http-equiv=\"refresh\""), "{again}");
    }

    async fn programs_read_ask_and_meter(db: TestDb) {
        let web = TestWeb::new(db).await;
        let switch = Switch::new(&web.db, "SW-1");
        switch.poll(&sample(at(1), vec![seen(1, "Gi1", (1, 1)), seen(2, "Gi2", (1, 1))]));
        let (one, two) = (switch.port_id("Gi1"), switch.port_id("Gi2"));
        let customer = web.db.customer("AAA");
        link(&web.db, allocation(&web.db, customer, "A1"), one, -600, None);
        let program = web.program(Role::Operations, None, "write");
        let path = |rest: &str| format!("/api/v1/targets/{}{rest}", switch.target);
        let found = web.get(&program, &path("/discovery")).await.json();
        assert_eq!((found["device"].as_str(), found["ports"][0]["name"].as_str()), (Some("SW-1"), Some("Gi1")), "{found}");
        assert_eq!(found["ports"][1]["metered"], true);
        let body = |ids: &[i64], metered: bool| json!({"ports": ids, "metered": metered});
        let both = [one.get(), two.get()];
        let refused = web.json(&program, Method::Patch, &path("/ports"), &body(&both, false)).await;
        assert_eq!((refused.status, refused.json()["errors"][0]["field"].as_str()), (Status::UnprocessableEntity, Some(format!("port-{one}").as_str())));
        let changed = web.json(&program, Method::Patch, &path("/ports"), &body(&both[1..], false)).await;
        assert_eq!((changed.status, changed.json()["changed"].as_i64()), (Status::Ok, Some(1)), "{}", changed.body);
        assert!(!switch.port("Gi2").metered);
        let wrong = web.json(&program, Method::Patch, &path("/ports"), &json!({"ports": both})).await;
        assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].as_str()), (Status::UnprocessableEntity, Some("metered")));
        let asked = web.json(&program, Method::Post, &path("/read-now"), &json!({})).await;
        assert_eq!(asked.status, Status::Accepted);
        let waiting = web.get(&program, &path("/discovery")).await.json();
        assert!(waiting["awaited_since"].is_string(), "{waiting}");
        let row = web.db.get(|c| target_by_id(c, &switch.staff, switch.target)).target;
        assert_eq!(row.names_read_at, None);
        let theirs = web.program(Role::CustomerAdmin, Some(customer), "read");
        assert_eq!(web.get(&theirs, &path("/discovery")).await.status, Status::NotFound);
    }
}
