//! Taking the last change of a device back.

use coldaisle::audit;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::ids::{AuditEntryId, DeviceId};
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{
    DeviceDraft, DeviceStatus, LastChange, LockDraft, PlaceDraft, device_archive, device_by_id,
    device_fields, device_last_change, device_lock, device_move, device_take_back, device_update,
};

use rocket::http::Method;
use serde_json::json;

use crate::harness::{TestDb, TestWeb, both};

fn update(db: &TestDb, actor: &Actor, id: DeviceId, pairs: &[(&str, &str)]) {
    let row = db.get(|c| device_by_id(c, actor, id));
    let mut fields = device_fields(&row);
    for (name, text) in pairs {
        fields.set(*name, *text);
    }
    let draft = DeviceDraft::parse(&fields).unwrap();
    db.put(|c| device_update(c, actor, id, row.device.version, &draft));
}

fn place(pairs: &[(&str, &str)]) -> PlaceDraft {
    PlaceDraft::parse(&pairs.iter().copied().collect()).unwrap()
}

fn last(db: &TestDb, actor: &Actor, id: DeviceId) -> LastChange {
    db.get(|c| device_last_change(c, actor, id))
}

fn back(db: &TestDb, actor: &Actor, last: &LastChange) -> Result<(), Fault> {
    let device = &last.row.device;
    let entry = last.entry.id;
    db.store.write_blocking("test", |c| {
        device_take_back(c, actor, device.id, device.version, entry, "a slip")
    })
}

both! {
    async fn fields_go_back_once_and_forth_again(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let id = db.device("A", None);
        update(&db, &actor, id, &[("label", "Old"), ("warranty_until", "2027-01-01")]);
        update(&db, &actor, id, &[("label", "New"), ("note", "moved soon")]);
        let slip = last(&db, &actor, id);
        assert!(slip.refusal.is_none());
        assert!(slip.fields.contains(&("label".to_owned(), "Old".to_owned(), "New".to_owned())), "{:?}", slip.fields);
        let no_reason = db.store.write_blocking("test", |c| {
            device_take_back(c, &actor, id, slip.row.device.version, slip.entry.id, " ")
        });
        assert_eq!(no_reason.unwrap_err().fields[0].field, "reason");
        back(&db, &actor, &slip).unwrap();
        let device = db.get(|c| device_by_id(c, &actor, id)).device;
        assert_eq!((device.label.as_str(), device.note.as_str()), ("Old", ""));
        assert_eq!(device.warranty_until.as_deref(), Some("2027-01-01"), "what the change left alone stays");
        let told = last(&db, &actor, id);
        assert_eq!(told.entry.action, "device.take_back");
        assert!(told.entry.detail.contains("a slip"), "{}", told.entry.detail);
        assert!(matches!(db.get(audit::verify), audit::Verdict::Whole { .. }));
        // What was seen before is not what would be taken back now.
        assert_eq!(back(&db, &actor, &slip).unwrap_err().kind, FaultKind::Stale);
        back(&db, &actor, &told).unwrap();
        assert_eq!(db.get(|c| device_by_id(c, &actor, id)).device.label, "New");
    }

    async fn a_move_goes_back_while_its_place_is_free(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let rack = db.rack(db.room(db.site("S"), "R"), "A01");
        let (a, b) = (db.device("A", None), db.device("B", None));
        db.install(a, rack, 0);
        let rack = rack.to_string();
        let put = |id: DeviceId, unit: &str| {
            let version = db.get(|c| device_by_id(c, &actor, id)).device.version;
            let place = place(&[("rack_id", rack.as_str()), ("unit", unit), ("face", "front")]);
            db.put(|c| device_move(c, &actor, id, version, &place));
        };
        put(a, "7");
        let moved = last(&db, &actor, a);
        assert!(moved.refusal.is_none());
        put(b, "1");
        let fault = back(&db, &actor, &moved).unwrap_err();
        assert_eq!((fault.kind, fault.fields[0].message.key), (FaultKind::Invalid, "inventory-occupied-by"));
        put(b, "9");
        back(&db, &actor, &moved).unwrap();
        let row = db.get(|c| device_by_id(c, &actor, a));
        assert_eq!(row.position().unwrap().unit.as_deref(), Some("1"));
        assert_eq!(row.device.status, DeviceStatus::Installed);
        // Out of stock and back into it.
        let b_first = last(&db, &actor, b);
        assert!(b_first.refusal.is_none(), "from unit 1 to 9");
        let taken = back(&db, &actor, &b_first).unwrap_err();
        assert_eq!(taken.fields[0].message.key, "inventory-occupied-by");
    }

    async fn what_is_no_change_of_fields_stays(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let id = db.device("A", None);
        let nothing = db.store.read_blocking(|c| device_last_change(c, &actor, id).map(drop));
        assert_eq!(nothing.unwrap_err().message.key, "device-undo-nothing");
        update(&db, &actor, id, &[("note", "x")]);
        let note = last(&db, &actor, id);
        let version = db.get(|c| device_by_id(c, &actor, id)).device.version;
        db.put(|c| device_lock(c, &actor, id, version, &LockDraft { reason: "works".into() }));
        let locked = last(&db, &actor, id);
        assert_eq!(locked.refusal.as_ref().map(|fault| fault.message.key), Some("device-undo-locked"));
        assert_eq!(back(&db, &actor, &locked).unwrap_err().message.key, "device-undo-locked");
        assert_eq!(back(&db, &actor, &note).unwrap_err().kind, FaultKind::Stale);
        let other = db.device("B", None);
        let version = db.get(|c| device_by_id(c, &actor, other)).device.version;
        db.put(|c| device_archive(c, &actor, other, version, true));
        let archived = last(&db, &actor, other);
        assert_eq!(back(&db, &actor, &archived).unwrap_err().kind, FaultKind::Conflict);
        for (role, kind) in [(Role::Auditor, FaultKind::Forbidden), (Role::CustomerAdmin, FaultKind::NotFound)] {
            let actor = db.actor(role);
            let refused = db.store.write_blocking("test", |c| {
                device_take_back(c, &actor, id, 1, AuditEntryId::new(1), "a slip")
            });
            assert_eq!(refused.unwrap_err().kind, kind);
        }
    }

    async fn programs_take_it_back_too(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let id = db.device("SRV-A", None);
        update(&db, &actor, id, &[("label", "Right")]);
        update(&db, &actor, id, &[("label", "Wrong")]);
        let version = db.get(|c| device_by_id(c, &actor, id)).device.version;
        let web = TestWeb::new(db).await;
        let program = web.program(Role::Operations, None, "write");
        let path = format!("/api/v1/devices/{id}/undo");
        let no_reason = web.json(&program, Method::Post, &path, &json!({"version": version})).await;
        assert_eq!(no_reason.status.code, 422, "{}", no_reason.body);
        let stale = json!({"version": version - 1, "reason": "a slip"});
        assert_eq!(web.json(&program, Method::Post, &path, &stale).await.status.code, 409);
        let body = json!({"version": version, "reason": "a slip"});
        let undone = web.json(&program, Method::Post, &path, &body).await;
        assert_eq!(undone.status.code, 200, "{}", undone.body);
        assert_eq!(undone.json()["label"], "Right");
    }

    async fn the_page_of_a_device_offers_it(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let id = db.device("SRV-A", None);
        update(&db, &actor, id, &[("label", "Wrong")]);
        let seen = last(&db, &actor, id);
        let (entry, version) = (seen.entry.id.to_string(), seen.row.device.version.to_string());
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let path = format!("/devices/{id}/take-back");
        let offered = |body: &str| body.replace("&#x2f;", "/").contains(&path);
        assert!(offered(&web.get(&staff, &format!("/devices/{id}")).await.body));
        let auditor = web.browser(Role::Auditor, None);
        assert!(!offered(&web.get(&auditor, &format!("/devices/{id}")).await.body));
        let dialog = web.get(&staff, &path).await;
        assert!(dialog.status.code == 200 && dialog.body.contains("Wrong"), "{}", dialog.body);
        let silent = web.post(&staff, &path, &[("entry", &entry), ("version", &version)]).await;
        assert!(silent.status.code == 422 && silent.body.contains("name=\"reason\""), "{}", silent.body);
        let done = web.post(&staff, &path, &[("entry", &entry), ("version", &version), ("reason", "mistyped")]).await;
        assert_eq!(done.header("location"), Some(format!("/devices/{id}").as_str()), "{}", done.body);
        let page = web.get(&staff, &format!("/devices/{id}")).await;
        assert!(page.body.contains("mistyped"), "{}", page.body);
        let again = web.post(&staff.reading_chinese(), &path, &[("entry", &entry), ("version", &version), ("reason", "again")]).await;
        assert_eq!(again.status.code, 422, "{}", again.body);
    }
}
