//! Several devices changed alike: shown first, written all or none, by the rules of one.

use coldaisle::audit;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::DeviceId;
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{
    BulkDraft, BulkRow, DeviceStatus, SeenDevice, device_by_id, devices_change,
    devices_change_preview,
};
use rocket::http::Method;
use serde_json::json;

use crate::harness::{TestDb, TestWeb, both};

fn draft(pairs: &[(&str, &str)]) -> BulkDraft {
    let fields: Fields = pairs.iter().copied().collect();
    BulkDraft::parse(&fields).unwrap()
}

fn seen(db: &TestDb, actor: &Actor, ids: &[DeviceId]) -> Vec<SeenDevice> {
    let one = |id: &DeviceId| {
        let row = db.get(|c| device_by_id(c, actor, *id));
        SeenDevice {
            id: *id,
            version: row.device.version,
        }
    };
    ids.iter().map(one).collect()
}

fn write(
    db: &TestDb,
    actor: &Actor,
    seen: &[SeenDevice],
    draft: &BulkDraft,
) -> Result<Vec<BulkRow>, Fault> {
    db.store
        .write_blocking("test", |c| devices_change(c, actor, seen, draft))
}

fn history(db: &TestDb, device: DeviceId) -> Vec<(String, String)> {
    let filter = audit::Filter {
        object_kind: Some("device".to_owned()),
        object_id: Some(device.get()),
        limit: 10,
        ..audit::Filter::default()
    };
    let entries = db.get(|c| audit::list(c, &filter));
    entries
        .into_iter()
        .map(|entry| (entry.action, entry.detail))
        .collect()
}

both! {
    async fn all_get_it_with_a_reason_and_each_its_entry(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let owner = db.customer("MOSS");
        let (a, b) = (db.device("A", None), db.device("B", Some(owner)));
        let both = seen(&db, &actor, &[a, b]);
        let owner_text = owner.to_string();
        let wanted = [
            ("set", "customer_id"), ("customer_id", owner_text.as_str()),
            ("set", "warranty_until"), ("warranty_until", "2029-12-31"),
            ("set", "locked"), ("locked", "yes"),
            ("set", "note"), ("note", "contract 7"),
        ];
        let silent = draft(&wanted);
        // Nothing is written by showing it, with or without a reason.
        let shown = db.put(|c| devices_change_preview(c, &actor, &both, &silent));
        assert_eq!(shown.iter().map(|row| row.changes.len()).collect::<Vec<_>>(), [4, 3]);
        assert!(shown.iter().all(|row| row.refusal.is_none()));
        assert!(history(&db, a).is_empty() && history(&db, b).is_empty());
        let no_reason = write(&db, &actor, &both, &silent).unwrap_err();
        assert_eq!(no_reason.fields[0].field, "reason");

        let spoken = draft(&[&wanted[..], &[("reason", "new contract")]].concat());
        assert_eq!(write(&db, &actor, &both, &spoken).unwrap().len(), 2);
        for id in [a, b] {
            let device = db.get(|c| device_by_id(c, &actor, id)).device;
            assert_eq!((device.customer_id, device.warranty_until.as_deref()), (Some(owner), Some("2029-12-31")));
            assert_eq!((device.note.as_str(), device.lock_reason.as_deref()), ("contract 7", Some("new contract")));
            let told = history(&db, id);
            assert_eq!(told.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(), ["device.lock", "device.update"]);
            assert!(told[1].1.contains("new contract"), "{}", told[1].1);
        }
        // What is so already leaves no trace.
        let again = seen(&db, &actor, &[a]);
        let same = draft(&[("set", "locked"), ("locked", "yes"), ("reason", "again")]);
        assert!(write(&db, &actor, &again, &same).unwrap()[0].changes.is_empty());
        assert_eq!(history(&db, a).len(), 2);
        let free = draft(&[("set", "locked"), ("locked", "no"), ("reason", "works are over")]);
        write(&db, &actor, &again, &free).unwrap();
        let (action, detail) = history(&db, a).swap_remove(0);
        assert_eq!(action, "device.unlock");
        assert!(detail.contains("works are over") && detail.contains("new contract"), "{detail}");
    }

    /// One that a rule refuses refuses all, and the rule is the one that a single change meets.
    async fn one_refusal_refuses_all(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let rack = db.rack(db.room(db.site("S"), "R"), "A01");
        let (free, standing) = (db.device("FREE", None), db.device("STANDING", None));
        db.install(standing, rack, 0);
        let both = seen(&db, &actor, &[free, standing]);
        let stored = draft(&[("set", "status"), ("status", "planned"), ("reason", "moving out")]);
        assert_eq!(write(&db, &actor, &both, &stored).unwrap().len(), 2);
        let both = seen(&db, &actor, &[free, standing]);
        let stored = draft(&[("set", "status"), ("status", "in_stock"), ("reason", "moving out")]);
        let shown = db.put(|c| devices_change_preview(c, &actor, &both, &stored));
        let refused: Vec<bool> = shown.iter().map(|row| row.refusal.is_some()).collect();
        assert_eq!(refused, [false, true]);
        let fault = write(&db, &actor, &both, &stored).unwrap_err();
        assert_eq!((fault.kind, fault.message.key), (FaultKind::Conflict, "devices-bulk-refused"));
        let at: Vec<_> = fault.fields.iter().map(|field| (field.field.to_string(), field.message.key)).collect();
        assert_eq!(at, [(format!("devices/{standing}/status"), "inventory-status-without-rack")]);
        let kept = db.get(|c| device_by_id(c, &actor, free)).device;
        assert_eq!(kept.status, DeviceStatus::Planned, "none of them");
        // Two of two units do not fit where one of them stands under the next.
        let above = db.device("ABOVE", None);
        db.install(above, rack, 2);
        let high = db.device_type("server-2u", 4).to_string();
        let higher = draft(&[("set", "device_type_id"), ("device_type_id", &high), ("reason", "was wrong")]);
        let fault = write(&db, &actor, &seen(&db, &actor, &[free, standing]), &higher).unwrap_err();
        let at: Vec<_> = fault.fields.iter().map(|field| field.field.to_string()).collect();
        assert_eq!(at, [format!("devices/{standing}/unit")]);
    }

    async fn one_that_changed_meanwhile_is_named(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let ids = [db.device("A", None), db.device("B", None)];
        let old = seen(&db, &actor, &ids);
        let first = draft(&[("set", "protected"), ("protected", "yes"), ("reason", "first")]);
        write(&db, &actor, &old[1..], &first).unwrap();
        let second = draft(&[("set", "note"), ("note", "x"), ("reason", "second")]);
        let fault = write(&db, &actor, &old, &second).unwrap_err();
        assert_eq!((fault.kind, fault.message.key), (FaultKind::Stale, "devices-bulk-stale"));
        assert_eq!(fault.message.arguments[0].1.to_string(), "B");
        assert!(db.get(|c| device_by_id(c, &actor, ids[0])).device.note.is_empty());
        let gone = SeenDevice { id: DeviceId::new(9_999), version: 1 };
        assert_eq!(write(&db, &actor, &[gone], &second).unwrap_err().kind, FaultKind::NotFound);
        let refused = |role: Role| {
            let actor = db.actor(role);
            write(&db, &actor, &old, &second).unwrap_err().kind
        };
        assert_eq!((refused(Role::Auditor), refused(Role::CustomerAdmin)), (FaultKind::Forbidden, FaultKind::NotFound));
    }

    async fn staff_change_several_on_pages_and_programs_do_the_same(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let rack = db.rack(db.room(db.site("S"), "R"), "A01");
        let (a, b) = (db.device("SRV-A", None), db.device("SRV-B", None));
        db.install(b, rack, 0);
        let texts: Vec<String> = seen(&db, &actor, &[a, b]).into_iter().map(SeenDevice::to_text).collect();
        let carries = |body: &str, text: &str| body.contains(&format!("value=\"{text}\""));
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let list = web.get(&staff, "/devices").await;
        assert!(list.body.contains("name=\"all\""), "{}", list.body);
        let auditor = web.browser(Role::Auditor, None);
        assert!(!web.get(&auditor, "/devices").await.body.contains("name=\"all\""));
        let form = web.get(&staff, &format!("/devices/bulk?id={a}&id={b}&kind=device")).await;
        assert!(texts.iter().all(|text| carries(&form.body, text)), "{}", form.body);
        let found = web.get(&staff, "/devices/bulk?all=yes&status=installed").await;
        assert!(carries(&found.body, &texts[1]) && !carries(&found.body, &texts[0]), "{}", found.body);
        assert_eq!(web.get(&staff, "/devices/bulk").await.status.code, 422);

        let preview = "/devices/bulk/preview";
        let devices = [("seen", texts[0].as_str()), ("seen", texts[1].as_str())];
        let wrong = web.post(&staff, preview, &[&devices[..], &[("set", "status")]].concat()).await;
        assert!(wrong.status.code == 422 && carries(&wrong.body, &texts[1]), "{}", wrong.body);
        let status = [("set", "status"), ("status", "in_stock")];
        let shown = web.post(&staff, preview, &[&devices[..], &status].concat()).await;
        assert_eq!(shown.status.code, 200, "{}", shown.body);
        assert!(!shown.body.contains("name=\"reason\""), "it is refused, so there is nothing to write: {}", shown.body);
        let note = [("set", "note"), ("note", "row 3")];
        let shown = web.post(&staff, preview, &[&devices[..], &note].concat()).await;
        assert!(shown.body.contains("row 3") && shown.body.contains("name=\"reason\""), "{}", shown.body);
        let no_reason = web.post(&staff, "/devices/bulk", &[&devices[..], &note].concat()).await;
        assert_eq!(no_reason.status.code, 422);
        let done = web.post(&staff, "/devices/bulk", &[&devices[..], &note, &[("reason", "told so")]].concat()).await;
        assert_eq!(done.header("location"), Some("/devices"), "{}", done.body);
        let stale = web.post(&staff.clone().reading_chinese(), "/devices/bulk", &[&devices[..], &note, &[("reason", "again")]].concat()).await;
        assert!(stale.status.code == 422 && stale.body.contains("SRV-A"), "{}", stale.body);

        let path = "/api/v1/devices/bulk-change";
        let program = web.program(Role::Operations, None, "write");
        let ids = [format!("{a}-2"), format!("{b}-2")];
        let body = json!({"ids": ids, "set": ["status"], "status": "in_stock"});
        let dry = web.json(&program, Method::Post, &format!("{path}?dry_run=true"), &body).await;
        let told = dry.json();
        assert_eq!((dry.status.code, &told["written"], &told["refused"]), (200, &json!(false), &json!(1)), "{told}");
        assert_eq!(told["devices"][1]["errors"][0]["code"], "inventory-status-without-rack", "{told}");
        assert_eq!(told["devices"][1]["changes"][0], json!({"field": "status", "before": "installed", "after": "in_stock"}));
        let body = json!({"ids": ids, "set": ["status"], "status": "in_stock", "reason": "clear"});
        let refused = web.json(&program, Method::Post, path, &body).await;
        assert_eq!(refused.status.code, 409, "{}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], format!("devices/{b}/status"));
        let body = json!({"ids": ids, "set": ["protected"], "protected": true, "reason": "rent"});
        let done = web.json(&program, Method::Post, path, &body).await;
        assert_eq!(done.json()["written"], true, "{}", done.body);
        let one = web.get(&program, &format!("/api/v1/devices/{a}")).await.json();
        assert_eq!((&one["protected"], &one["version"]), (&json!(true), &json!(3)));
        let reader = web.program(Role::Operations, None, "read");
        assert_eq!(web.json(&reader, Method::Post, path, &body).await.status.code, 403);
    }
}
