//! What other programs ask for: targets for Prometheus and an inventory for Ansible.

use coldaisle::addressing::Subject;
use coldaisle::base::ids::DeviceId;
use coldaisle::base::seal::Keyring;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::{TargetDraft, target_create};
use coldaisle::power::BmcDraft;
use coldaisle::power::ops::endpoint_create;
use serde_json::Value;

use crate::addressing::Nets;
use crate::harness::{TestDb, TestWeb, both};
use crate::metering::world::target_fields;
use crate::power::endpoint_fields;

/// A server of `MOSS` and a switch of the operator in one rack, each with what reaches it.
struct Reached {
    web: TestWeb,
    customer: coldaisle::base::ids::CustomerId,
}

fn bmc(db: &TestDb, actor: &Actor, device: DeviceId, address: &str) {
    let ring = Keyring::generate().unwrap();
    let draft = BmcDraft::parse(&endpoint_fields(address)).unwrap();
    db.put(|c| endpoint_create(c, actor, &ring, device, &draft).map(drop));
}

async fn reached(db: TestDb) -> Reached {
    let customer = db.customer("MOSS");
    let rack = db.rack(db.room(db.site("S-1"), "Hall 2"), "A01");
    let server = db.device("web-1", Some(customer));
    let switch = db.device("sw-1", None);
    db.device("bare-1", None);
    db.install(server, rack, 2);
    db.install(switch, rack, 8);
    let nets = Nets::new(db.clone());
    nets.prefix("192.0.2.0/24");
    for (address, device) in [
        ("192.0.2.9", "web-1"),
        ("192.0.2.10", "web-1"),
        ("192.0.2.20", "sw-1"),
    ] {
        let id = nets.address(address);
        nets.assign(
            Subject::Address(id),
            &[("device", device), ("from", "2026-01-01")],
        );
    }
    bmc(&db, &nets.actor, server, "198.51.100.7");
    let ring = Keyring::generate().unwrap();
    let draft = TargetDraft::parse(&target_fields()).unwrap();
    db.put(|c| target_create(c, &nets.actor, &ring, switch, &draft).map(drop));
    Reached {
        web: TestWeb::new(db).await,
        customer,
    }
}

fn targets(list: &Value) -> Vec<&str> {
    let groups = list.as_array().unwrap().iter();
    groups
        .map(|group| group["targets"][0].as_str().unwrap())
        .collect()
}

both! {
    async fn prometheus_gets_targets_with_labels_and_no_secrets(db: TestDb) {
        let Reached { web, customer } = reached(db).await;
        let program = web.program(Role::Auditor, None, "read");
        let devices = web.get(&program, "/api/v1/sd/prometheus").await;
        assert_eq!(devices.header("content-type"), Some("application/json"));
        let list = devices.json();
        assert_eq!(targets(&list), ["192.0.2.20", "192.0.2.9"], "by name, the lowest address of each, none without one");
        let labels = &list[1]["labels"];
        for (name, value) in [
            ("device", "web-1"), ("rack", "A01"), ("room", "Hall 2"), ("site", "S-1"), ("customer", "MOSS"),
            ("role", "server"), ("type", "server-1u"), ("status", "installed"),
        ] {
            assert_eq!(labels[format!("__meta_coldaisle_{name}")], value, "{list}");
        }
        let all_text = labels.as_object().unwrap().values().all(Value::is_string);
        assert!(all_text && list[0]["labels"].get("__meta_coldaisle_customer").is_none(), "{list}");

        let snmp = web.get(&program, "/api/v1/sd/prometheus?job=snmp").await;
        assert_eq!(targets(&snmp.json()), ["127.20.0.1:10161"]);
        assert!(!snmp.body.contains("public-ro"), "{}", snmp.body);
        let bmc = web.get(&program, "/api/v1/sd/prometheus?job=bmc").await;
        assert_eq!(targets(&bmc.json()), ["198.51.100.7"]);
        assert!(!bmc.body.contains("calvin") && !bmc.body.contains("operator"), "{}", bmc.body);
        let of_customer = web.get(&program, "/api/v1/sd/prometheus?customer=MOSS&role=server").await;
        assert_eq!(targets(&of_customer.json()), ["192.0.2.9"]);
        let elsewhere = web.get(&program, "/api/v1/sd/prometheus?room=999").await;
        assert!(targets(&elsewhere.json()).is_empty());
        assert_eq!(web.get(&program, "/api/v1/sd/prometheus?job=doors").await.status.code, 422);

        let own = web.program(Role::CustomerMember, Some(customer), "read");
        let seen = web.get(&own, "/api/v1/sd/prometheus").await.json();
        assert_eq!(targets(&seen), ["192.0.2.9"]);
        for job in ["snmp", "bmc"] {
            let hidden = web.get(&own, &format!("/api/v1/sd/prometheus?job={job}")).await;
            assert_eq!(hidden.status.code, 404, "{job}");
        }
        let other = web.program(Role::CustomerMember, Some(web.db.customer("BOLT")), "read");
        assert!(targets(&web.get(&other, "/api/v1/sd/prometheus").await.json()).is_empty());
    }

    /// To a customer another's code answers as one that nobody has, on pages and for programs.
    async fn no_customer_tries_out_codes(db: TestDb) {
        let Reached { web, customer } = reached(db).await;
        web.db.customer("BOLT");
        let program = web.program(Role::CustomerAdmin, Some(customer), "read");
        let browser = web.browser(Role::CustomerAdmin, Some(customer));
        let staff = web.program(Role::Auditor, None, "read");
        for (caller, path) in [
            (&program, "/api/v1/sd/prometheus"),
            (&program, "/api/v1/inventory/ansible"),
            (&browser, "/devices"),
            (&browser, "/devices.csv"),
        ] {
            for (code, status) in [("moss", 200), ("BOLT", 404), ("NOBODY", 404)] {
                let reply = web.get(caller, &format!("{path}?customer={code}")).await;
                assert_eq!(reply.status.code, status, "{path} {code}");
            }
        }
        for (code, status) in [("BOLT", 200), ("NOBODY", 404)] {
            let path = format!("/api/v1/inventory/ansible?customer={code}");
            assert_eq!(web.get(&staff, &path).await.status.code, status, "{code}");
        }
    }

    async fn ansible_gets_groups_and_variables_of_each_host(db: TestDb) {
        let Reached { web, customer } = reached(db).await;
        let program = web.program(Role::Auditor, None, "read");
        let list = web.get(&program, "/api/v1/inventory/ansible").await.json();
        let hosts = |group: &str| -> Vec<String> {
            let hosts = list[group]["hosts"].as_array().cloned().unwrap_or_default();
            hosts.iter().map(|host| host.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(hosts("rack_s_1_hall_2_a01"), ["sw-1", "web-1"]);
        assert_eq!(hosts("room_s_1_hall_2"), ["sw-1", "web-1"]);
        assert_eq!(hosts("site_s_1"), ["sw-1", "web-1"]);
        assert_eq!(hosts("customer_moss"), ["web-1"]);
        assert_eq!(hosts("role_server"), ["bare-1", "sw-1", "web-1"]);
        assert_eq!(hosts("type_server_1u"), ["bare-1", "sw-1", "web-1"]);
        let children: Vec<&str> = list["all"]["children"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert!(children.contains(&"customer_moss") && !children.contains(&"_meta"), "{children:?}");
        let variables = &list["_meta"]["hostvars"]["web-1"];
        for (name, value) in [
            ("ansible_host", "192.0.2.9"), ("coldaisle_address", "192.0.2.9"), ("coldaisle_bmc_address", "198.51.100.7"),
            ("coldaisle_rack", "A01"), ("coldaisle_unit", "2"), ("coldaisle_customer", "MOSS"),
        ] {
            assert_eq!(variables[name], value, "{list}");
        }
        assert!(list["_meta"]["hostvars"]["bare-1"].get("ansible_host").is_none(), "{list}");
        let own = web.program(Role::CustomerAdmin, Some(customer), "read");
        let seen = web.get(&own, "/api/v1/inventory/ansible").await;
        assert!(seen.body.contains("web-1") && !seen.body.contains("sw-1") && !seen.body.contains("198.51.100.7"), "{}", seen.body);
    }
}
