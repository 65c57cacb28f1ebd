//! Several ports changed alike: shown first, written all or none, by the rules of one.

use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::ids::PortId;
use coldaisle::base::units::BitsPerSecond;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::{
    PortsDraft, PortsRow, SeenPort, port_by_id, port_expected, ports_change, ports_change_preview,
};
use rocket::http::Method;
use serde_json::json;

use crate::harness::{TestDb, TestWeb, both};

fn draft(pairs: &[(&str, &str)]) -> PortsDraft {
    PortsDraft::parse(&pairs.iter().copied().collect()).unwrap()
}

/// Two ports of a switch.
fn two(db: &TestDb, actor: &Actor) -> [PortId; 2] {
    let switch = db.device("SW-1", None);
    ["Gi1", "Gi2"].map(|name| db.put(|c| port_expected(c, actor, switch, name)))
}

fn seen(db: &TestDb, actor: &Actor, ids: &[PortId]) -> Vec<SeenPort> {
    let one = |id: &PortId| SeenPort {
        id: *id,
        version: db.get(|c| port_by_id(c, actor, *id)).row.port.version,
    };
    ids.iter().map(one).collect()
}

fn write(
    db: &TestDb,
    actor: &Actor,
    seen: &[SeenPort],
    draft: &PortsDraft,
) -> Result<Vec<PortsRow>, Fault> {
    db.store
        .write_blocking("test", |c| ports_change(c, actor, seen, draft))
}

both! {
    async fn ports_get_it_with_a_reason_or_none_of_them(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let ids = two(&db, &actor);
        let wanted = [("set", "speed_mbps"), ("speed_mbps", "1000"), ("set", "is_uplink"), ("is_uplink", "yes")];
        let old = seen(&db, &actor, &ids);
        let shown = db.put(|c| ports_change_preview(c, &actor, &old, &draft(&wanted)));
        assert!(shown.iter().all(|row| row.refusal.is_none() && row.changes.len() == 2));
        assert_eq!(seen(&db, &actor, &ids), old, "showing writes nothing");
        assert_eq!(write(&db, &actor, &old, &draft(&wanted)).unwrap_err().fields[0].field, "reason");
        let spoken = draft(&[&wanted[..], &[("reason", "to the carrier")]].concat());
        assert_eq!(write(&db, &actor, &old, &spoken).unwrap().len(), 2);
        for id in ids {
            let port = db.get(|c| port_by_id(c, &actor, id)).row.port;
            assert_eq!((port.speed_override_bps, port.is_uplink), (Some(BitsPerSecond::new(1_000_000_000)), true));
        }
        let mixed = [seen(&db, &actor, &ids[..1]), vec![old[1]]].concat();
        let back = draft(&[("set", "speed_mbps"), ("speed_mbps", ""), ("reason", "the switch says it")]);
        let fault = write(&db, &actor, &mixed, &back).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Stale);
        assert_eq!(fault.message.arguments[0].1.to_string(), "SW-1 Gi2");
        assert!(db.get(|c| port_by_id(c, &actor, ids[0])).row.port.speed_override_bps.is_some(), "none of them");
        write(&db, &actor, &seen(&db, &actor, &ids), &back).unwrap();
        assert!(db.get(|c| port_by_id(c, &actor, ids[1])).row.port.speed_override_bps.is_none());
        let auditor = db.actor(Role::Auditor);
        assert_eq!(write(&db, &auditor, &old, &back).unwrap_err().kind, FaultKind::Forbidden);
    }

    /// Ticked in the list, shown, written; a program does the same at once.
    async fn ports_are_changed_on_pages_and_by_programs(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let [a, b] = two(&db, &actor);
        let texts: Vec<String> = seen(&db, &actor, &[a, b]).into_iter().map(SeenPort::to_text).collect();
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let list = web.get(&staff, "/ports").await.body;
        assert!(list.contains("action=\"/ports/bulk\"") && list.contains("data-tick"), "{list}");
        let form = web.get(&staff, &format!("/ports/bulk?id={a}&id={b}")).await;
        assert!(form.status.code == 200 && form.body.contains("SW-1 Gi2"), "{}", form.body);
        let sent = [("seen", texts[0].as_str()), ("seen", texts[1].as_str()), ("set", "speed_mbps"), ("speed_mbps", "2500")];
        let shown = web.post(&staff, "/ports/bulk/preview", &sent).await;
        assert!(shown.status.code == 200 && shown.body.contains("→ 2500 Mbps"), "{}", shown.body);
        assert_eq!(web.post(&staff, "/ports/bulk", &sent).await.status.code, 422, "a reason is asked for");
        let written = web.post(&staff, "/ports/bulk", &[&sent[..], &[("reason", "new optics")]].concat()).await;
        assert_eq!(written.header("location"), Some("/ports"), "{}", written.body);

        let program = web.program(Role::Operations, None, "write");
        let version = web.get(&program, &format!("/api/v1/ports/{a}")).await.json()["version"].as_i64().unwrap();
        let body = json!({"ids": [format!("{a}-{version}")], "set": ["is_uplink"], "is_uplink": true, "reason": "to the carrier"});
        let path = "/api/v1/ports/bulk-change";
        let dry = web.json(&program, Method::Post, &format!("{path}?dry_run=true"), &body).await;
        assert_eq!(dry.json()["ports"][0]["changes"][0], json!({"field": "is_uplink", "before": "no", "after": "yes"}), "{}", dry.body);
        let done = web.json(&program, Method::Post, path, &body).await;
        assert_eq!((done.status.code, &done.json()["written"]), (200, &json!(true)), "{}", done.body);
        assert_eq!(web.json(&program, Method::Post, path, &body).await.status.code, 409, "a stale version");
    }
}
