//! Differences between records and devices: found, taken over, set aside for a while, several at once, and seen by staff only.

use coldaisle::base::fault::FaultKind;
use coldaisle::base::ids::DeviceId;
use coldaisle::base::page::PageRequest;
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::facts::{FROM_BMC, FROM_SNMP, MAC, MAKER, MODEL, REVISION, SERIAL};
use coldaisle::inventory::{
    Difference, DifferenceFilter, DifferenceKind, Said, Settle, device_by_id, device_facts_keep,
    difference_list, differences_settle, port_facts_keep, system_name_keep,
};
use coldaisle::store::schema::{device_ports, devices};
use diesel::prelude::*;
use rocket::http::Method;
use serde_json::json;

use crate::harness::{NOW, TestDb, TestWeb, both};

fn say(db: &TestDb, device: DeviceId, source: &str, said: &[Said], minutes: i64) {
    let at = NOW.plus_seconds(minutes * 60);
    db.put(|c| device_facts_keep(c, device, source, said, at));
}

fn open(db: &TestDb, actor: &Actor) -> Vec<Difference> {
    db.get(|c| {
        difference_list(
            c,
            actor,
            &DifferenceFilter::default(),
            &PageRequest::first(),
        )
    })
    .rows
}

fn kinds(found: &[Difference]) -> Vec<(String, &'static str)> {
    found
        .iter()
        .map(|one| (one.device.device.name.clone(), one.kind.as_str()))
        .collect()
}

fn port_on_record(db: &TestDb, device: DeviceId, name: &str) {
    db.put(|c| {
        diesel::insert_into(device_ports::table)
            .values((
                device_ports::device_id.eq(device),
                device_ports::kind.eq("interface"),
                device_ports::name.eq(name),
                device_ports::sort.eq(0),
                device_ports::created_at.eq(NOW),
                device_ports::updated_at.eq(NOW),
            ))
            .execute(c)?;
        Ok(())
    });
}

both! {
    /// What differs is listed, the latest first; what says the same, or is nowhere on record, is not.
    async fn what_differs_is_listed_newest_first(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let (a, b) = (db.device("A", None), db.device("B", None));
        db.put(|c| {
            diesel::update(devices::table.find(a)).set(devices::serial.eq("SN-A")).execute(c)?;
            Ok(())
        });
        say(&db, a, FROM_SNMP, &[(1, SERIAL, "sn-a ".into()), (1, MODEL, "server-1u".into()), (1, MAKER, "Else".into())], 0);
        say(&db, b, FROM_BMC, &[(1, SERIAL, "SN-B".into()), (1, REVISION, "1.2".into()), (1, MAC, "02:00:00:00:00:01".into()), (2, MAC, "02:00:00:00:00:02".into())], 1);
        db.put(|c| system_name_keep(c, a, "a.example.net", NOW.plus_seconds(120)));
        db.put(|c| system_name_keep(c, b, "core-7", NOW.plus_seconds(180)));
        let found = open(&db, &actor);
        assert_eq!(kinds(&found), [("B".to_owned(), "system_name"), ("B".to_owned(), "serial"), ("B".to_owned(), "mac")]);
        // A stack speaks for several chassis: one that fits is enough.
        say(&db, a, FROM_SNMP, &[(1, SERIAL, "SN-X".into()), (2, SERIAL, "SN-A".into())], 5);
        assert_eq!(open(&db, &actor).len(), 3);
        say(&db, a, FROM_SNMP, &[(1, SERIAL, "SN-X".into())], 6);
        assert_eq!(kinds(&open(&db, &actor))[0], ("A".to_owned(), "serial"));
        let only = DifferenceFilter { kind: Some(DifferenceKind::Serial), ..DifferenceFilter::default() };
        let page = |after: Option<String>| {
            let request = PageRequest { after, limit: 1, ..PageRequest::first() };
            db.get(|c| difference_list(c, &actor, &only, &request))
        };
        let first = page(None);
        let second = page(first.next.clone());
        assert_eq!([kinds(&first.rows), kinds(&second.rows)].concat(), [("A".to_owned(), "serial"), ("B".to_owned(), "serial")]);
        assert_eq!(second.next, None);
        // The same said again keeps its place, and the time since when it is said.
        say(&db, a, FROM_SNMP, &[(1, SERIAL, "SN-X".into())], 60);
        assert_eq!(open(&db, &actor)[0].fact.said_at, NOW.plus_seconds(300));
    }

    /// A neighbour that sees a port is heard where ports are on record at all.
    async fn a_port_that_a_neighbour_sees_is_compared_with_those_on_record(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let (bare, full) = (db.device("BARE", None), db.device("FULL", None));
        port_on_record(&db, full, "eth0");
        let keep = |seen: &[(DeviceId, i64, String)]| db.put(|c| port_facts_keep(c, &[7, 8], seen, NOW));
        keep(&[(bare, 7, "eth9".into()), (full, 8, "ETH0".into())]);
        assert!(open(&db, &actor).is_empty());
        keep(&[(full, 8, "eth9".into())]);
        let found = open(&db, &actor);
        assert_eq!(kinds(&found), [("FULL".to_owned(), "port")]);
        let seen = [found[0].seen()];
        db.put(|c| differences_settle(c, &actor, &seen, Settle::Accept, None));
        assert!(open(&db, &actor).is_empty(), "the port is on record now");
        keep(&[]);
        assert!(open(&db, &actor).is_empty());
    }

    async fn several_are_taken_over_at_once_or_none(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let (a, b) = (db.device("A", None), db.device("B", None));
        let macs = |n: i64| vec![(1, SERIAL, format!("SN-{n}")), (1, MAC, format!("02:00:00:00:00:0{n}")), (2, MAC, format!("02:00:00:00:01:0{n}"))];
        say(&db, a, FROM_BMC, &macs(1), 0);
        say(&db, b, FROM_BMC, &macs(2), 0);
        let seen: Vec<_> = open(&db, &actor).iter().map(Difference::seen).collect();
        assert_eq!(seen.len(), 4);
        // One of them says something else by now.
        say(&db, b, FROM_BMC, &macs(3), 1);
        let outcome = db.store.write_blocking("test", |c| differences_settle(c, &actor, &seen, Settle::Accept, None));
        assert_eq!(outcome.unwrap_err().kind, FaultKind::Stale);
        assert_eq!(db.get(|c| device_by_id(c, &actor, a)).device.serial, None, "none of them");
        let seen: Vec<_> = open(&db, &actor).iter().map(Difference::seen).collect();
        assert_eq!(db.put(|c| differences_settle(c, &actor, &seen, Settle::Accept, None)), 4);
        let record = db.get(|c| device_by_id(c, &actor, b)).device;
        assert_eq!(record.serial.as_deref(), Some("SN-3"));
        assert!(record.nics.contains("02:00:00:00:00:03") && record.nics.contains("02:00:00:00:01:03"), "{}", record.nics);
        assert!(open(&db, &actor).is_empty());
        let refused = |seen: &[coldaisle::inventory::Seen], role: Role| {
            let actor = db.actor(role);
            db.store.write_blocking("test", |c| differences_settle(c, &actor, seen, Settle::Accept, None)).unwrap_err().kind
        };
        assert_eq!(refused(&[], Role::Operations), FaultKind::Invalid);
        assert_eq!(refused(&seen, Role::Auditor), FaultKind::Forbidden);
        assert_eq!(refused(&seen, Role::CustomerAdmin), FaultKind::NotFound);
    }

    /// What is set aside until a day comes back after it, although the same is said.
    async fn what_is_set_aside_for_a_while_comes_back(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let device = db.device("A", None);
        say(&db, device, FROM_BMC, &[(1, SERIAL, "SN-1".into())], 0);
        let seen: Vec<_> = open(&db, &actor).iter().map(Difference::seen).collect();
        let past = db.store.write_blocking("test", |c| differences_settle(c, &actor, &seen, Settle::SetAside, Some(NOW)));
        assert_eq!(past.unwrap_err().kind, FaultKind::Invalid);
        let until = NOW.plus_seconds(86_400);
        db.put(|c| differences_settle(c, &actor, &seen, Settle::SetAside, Some(until)));
        let at = |seconds: i64, set_aside: bool| {
            let later = Actor { now: NOW.plus_seconds(seconds), ..actor.clone() };
            let filter = DifferenceFilter { set_aside, ..DifferenceFilter::default() };
            db.get(|c| difference_list(c, &later, &filter, &PageRequest::first())).rows.len()
        };
        assert_eq!((at(86_399, false), at(86_399, true)), (0, 1));
        assert_eq!((at(86_400, false), at(86_400, true)), (1, 0));
        db.put(|c| differences_settle(c, &actor, &seen, Settle::SetAside, None));
        assert_eq!((at(864_000, false), at(864_000, true)), (0, 1), "for good");
        db.put(|c| differences_settle(c, &actor, &seen, Settle::BringBack, None));
        assert_eq!(open(&db, &actor).len(), 1);
        db.put(|c| differences_settle(c, &actor, &seen, Settle::SetAside, None));
        say(&db, device, FROM_BMC, &[(1, SERIAL, "SN-2".into())], 2);
        assert_eq!(open(&db, &actor).len(), 1, "another difference");
    }

    async fn staff_decide_on_pages_and_programs_do_the_same(db: TestDb) {
        let owner = db.customer("MOSS");
        let (a, b) = (db.device("SRV-A", Some(owner)), db.device("SRV-B", None));
        say(&db, a, FROM_BMC, &[(1, SERIAL, "SN-A".into())], 0);
        say(&db, b, FROM_BMC, &[(1, SERIAL, "SN-B".into())], 1);
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Technician, None);
        let page = web.get(&staff, "/differences").await;
        assert!(page.body.contains("SN-A") && page.body.contains("SN-B"), "{}", page.body);
        let auditor = web.browser(Role::Auditor, None);
        let read = web.get(&auditor, "/differences?kind=serial").await;
        assert!(read.body.contains("SN-A") && !read.body.contains("name=\"do\""), "{}", read.body);
        let customer = web.browser(Role::CustomerAdmin, Some(owner));
        assert_eq!(web.get(&customer, "/differences").await.status.code, 404);
        assert_eq!(web.get(&customer, "/api/v1/differences").await.status.code, 404);

        let program = web.program(Role::Operations, None, "write");
        let list = web.get(&program, "/api/v1/differences").await.json();
        let ids: Vec<String> = list["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 2, "{list}");
        assert_eq!((list["items"][0]["said"].as_str(), list["items"][0]["verdict"].as_str()), (Some("SN-B"), Some("not_on_record")));

        let asked = format!("/differences/confirm?do=accept&id={}&id={}", ids[0], ids[1]);
        let dialog = web.get(&staff, &asked).await;
        assert!(dialog.body.contains("SN-A") && dialog.body.contains("SN-B") && dialog.body.contains(&ids[0]), "{}", dialog.body);
        let fields = [("do", "accept"), ("id", ids[0].as_str())];
        let done = web.post(&staff, "/differences/settle", &fields).await;
        assert_eq!(done.header("location"), Some("/differences"), "{}", done.body);
        let stale = web.post(&staff, "/differences/settle", &[("do", "set_aside"), ("id", &ids[1]), ("until", "yesterday")]).await;
        assert_eq!(stale.status.code, 422, "{}", stale.body);

        let settle = "/api/v1/differences/settle";
        let body = json!({"do": "set_aside", "ids": [ids[1]], "until": "2100-01-01"});
        let settled = web.json(&program, Method::Post, settle, &body).await;
        assert_eq!(settled.json()["settled"], 1, "{}", settled.body);
        let left = web.get(&program, "/api/v1/differences").await.json();
        assert_eq!(left["items"].as_array().unwrap().len(), 0, "{left}");
        let aside = web.get(&program, "/api/v1/differences?set_aside=true").await.json();
        assert!(aside["items"][0]["set_aside_until"].as_str().unwrap().starts_with("2099-12-31T16"), "{aside}");
        let gone = web.json(&program, Method::Post, settle, &json!({"do": "accept", "ids": ["7-7-7"]})).await;
        assert_eq!(gone.status.code, 404, "{}", gone.body);
        let wrong = web.json(&program, Method::Post, settle, &json!({"do": "forget", "ids": [ids[1]]})).await;
        assert_eq!(wrong.status.code, 422, "{}", wrong.body);
        assert_eq!(web.get(&staff.clone().reading_chinese(), "/differences?aside=yes").await.status.code, 200);
    }
}
