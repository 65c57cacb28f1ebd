//! Several racks changed alike: shown first, written all or none, by the rules of one.

use coldaisle::audit;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::ids::RackId;
use coldaisle::base::units::Watts;
use coldaisle::facility::{
    Ownership, RacksDraft, RacksRow, SeenRack, rack_archive, rack_by_id, racks_change,
    racks_change_preview,
};
use coldaisle::identity::{Actor, Role};
use coldaisle::store::schema::device_types;
use diesel::prelude::*;
use rocket::http::Method;
use serde_json::json;

use crate::harness::{TestDb, TestWeb, both};

fn draft(pairs: &[(&str, &str)]) -> RacksDraft {
    RacksDraft::parse(&pairs.iter().copied().collect()).unwrap()
}

fn seen(db: &TestDb, actor: &Actor, ids: &[RackId]) -> Vec<SeenRack> {
    let one = |id: &RackId| SeenRack {
        id: *id,
        version: db.get(|c| rack_by_id(c, actor, *id)).rack.version,
    };
    ids.iter().map(one).collect()
}

fn write(
    db: &TestDb,
    actor: &Actor,
    seen: &[SeenRack],
    draft: &RacksDraft,
) -> Result<Vec<RacksRow>, Fault> {
    db.store
        .write_blocking("test", |c| racks_change(c, actor, seen, draft))
}

fn history(db: &TestDb, rack: RackId) -> Vec<String> {
    let filter = audit::Filter {
        object_kind: Some("rack".to_owned()),
        object_id: Some(rack.get()),
        limit: 10,
        ..audit::Filter::default()
    };
    let entries = db.get(|c| audit::list(c, &filter));
    entries.into_iter().map(|entry| entry.detail).collect()
}

both! {
    async fn racks_get_it_with_a_reason_and_each_its_entry(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let owner = db.customer("MOSS");
        let room = db.room(db.site("S1"), "Hall");
        let ids = [db.rack(room, "A01"), db.rack(room, "A02")];
        let owner_text = owner.to_string();
        let wanted = [
            ("set", "owner"), ("owner", owner_text.as_str()),
            ("set", "row_name"), ("row_name", "A"),
            ("set", "max_watts"), ("max_watts", "6000"),
            ("set", "max_weight_kg"), ("max_weight_kg", "850.5"),
            ("set", "note"), ("note", "contract 7"),
        ];
        let both = seen(&db, &actor, &ids);
        let silent = draft(&wanted);
        let shown = db.put(|c| racks_change_preview(c, &actor, &both, &silent));
        assert!(shown.iter().all(|row| row.refusal.is_none() && row.changes.len() >= 4));
        assert!(history(&db, ids[0]).is_empty(), "showing writes nothing");
        let fault = write(&db, &actor, &both, &silent).unwrap_err();
        assert_eq!(fault.fields[0].field, "reason");
        let spoken = draft(&[&wanted[..], &[("reason", "new contract")]].concat());
        assert_eq!(write(&db, &actor, &both, &spoken).unwrap().len(), 2);
        for id in ids {
            let rack = db.get(|c| rack_by_id(c, &actor, id)).rack;
            assert_eq!((rack.ownership, rack.customer_id, rack.row_name.as_str()), (Ownership::Customer, Some(owner), "A"));
            assert_eq!((rack.max_watts, rack.note.as_str()), (Some(Watts::new(6000)), "contract 7"));
            assert_eq!(rack.max_weight_g.unwrap().to_kilograms_text(), "850.5");
            let told = history(&db, id);
            assert!(told.len() == 1 && told[0].contains("new contract"), "{told:?}");
        }
        // Given back, a rack has no customer; what is so already leaves no trace.
        let back = draft(&[("set", "owner"), ("owner", "operator"), ("reason", "moved out")]);
        write(&db, &actor, &seen(&db, &actor, &ids), &back).unwrap();
        let rack = db.get(|c| rack_by_id(c, &actor, ids[1])).rack;
        assert_eq!((rack.ownership, rack.customer_id), (Ownership::Operator, None));
        assert!(write(&db, &actor, &seen(&db, &actor, &ids), &back).unwrap()[0].changes.is_empty());
        assert_eq!(history(&db, ids[1]).len(), 2);
    }

    /// One that a rule refuses refuses all; one that changed meanwhile is named; others have no right.
    async fn one_rack_that_cannot_refuses_all(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let room = db.room(db.site("S1"), "Hall");
        let (free, full, gone) = (db.rack(room, "A01"), db.rack(room, "A02"), db.rack(room, "A03"));
        db.install(db.device("SRV-1", None), full, 0);
        db.put(|c| {
            diesel::update(device_types::table).set(device_types::watts.eq(500)).execute(c)?;
            rack_archive(c, &actor, gone, 1, true)
        });
        let all = seen(&db, &actor, &[free, full, gone]);
        let less = draft(&[("set", "max_watts"), ("max_watts", "100"), ("reason", "one breaker less")]);
        let shown = db.put(|c| racks_change_preview(c, &actor, &all, &less));
        let refused: Vec<bool> = shown.iter().map(|row| row.refusal.is_some()).collect();
        assert_eq!(refused, [false, true, true]);
        let fault = write(&db, &actor, &all, &less).unwrap_err();
        assert_eq!((fault.kind, fault.message.key), (FaultKind::Conflict, "racks-bulk-refused"));
        let at: Vec<String> = fault.fields.iter().map(|field| field.field.to_string()).collect();
        assert_eq!(at, [format!("racks/{full}/max_watts"), format!("racks/{gone}")]);
        assert_eq!(db.get(|c| rack_by_id(c, &actor, free)).rack.max_watts, None, "none of them");

        let old = seen(&db, &actor, &[free, full]);
        let row = draft(&[("set", "row_name"), ("row_name", "B"), ("reason", "numbered anew")]);
        write(&db, &actor, &old[1..], &row).unwrap();
        let fault = write(&db, &actor, &old, &row).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Stale);
        assert_eq!(fault.message.arguments[0].1.to_string(), "A02");
        let refused = |role: Role| {
            let actor = db.actor(role);
            write(&db, &actor, &old, &row).unwrap_err().kind
        };
        assert_eq!((refused(Role::Auditor), refused(Role::CustomerAdmin)), (FaultKind::Forbidden, FaultKind::NotFound));
    }

    /// Ticked in the list, shown, written; a program does the same at once.
    async fn racks_are_changed_on_pages_and_by_programs(db: TestDb) {
        let room = db.room(db.site("S1"), "Hall");
        let (a, b) = (db.rack(room, "A01"), db.rack(room, "A02"));
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let list = web.get(&staff, "/racks").await.body;
        assert!(list.contains("formaction=\"/racks/bulk\"") && list.contains("data-tick"), "{list}");
        assert_eq!(web.get(&staff, "/racks/bulk").await.status.code, 422, "none is ticked");
        let form = web.get(&staff, &format!("/racks/bulk?id={a}&id={b}")).await;
        assert!(form.status.code == 200 && form.body.contains(&format!("value=\"{a}-1\"")), "{}", form.body);
        let (seen_a, seen_b) = (format!("{a}-1"), format!("{b}-1"));
        let sent = [("seen", seen_a.as_str()), ("seen", seen_b.as_str()), ("set", "contracted_watts"), ("contracted_watts", "4400")];
        let wrong = web.post(&staff, "/racks/bulk/preview", &[&sent[..3], &[("contracted_watts", "much")]].concat()).await;
        assert!(wrong.status.code == 422 && wrong.body.contains("A02") && wrong.body.contains("much"), "{}", wrong.body);
        let shown = web.post(&staff, "/racks/bulk/preview", &sent).await;
        assert!(shown.status.code == 200 && shown.body.contains("→ 4400 W"), "{}", shown.body);
        let silent = web.post(&staff, "/racks/bulk", &sent).await;
        assert_eq!(silent.status.code, 422, "a reason is asked for: {}", silent.body);
        let written = web.post(&staff, "/racks/bulk", &[&sent[..], &[("reason", "contract 9")]].concat()).await;
        assert_eq!(written.header("location"), Some("/racks"), "{}", written.body);
        let actor = web.db.actor(Role::Operations);
        assert_eq!(web.db.get(|c| rack_by_id(c, &actor, b)).rack.contracted_watts, Some(Watts::new(4400)));

        let program = web.program(Role::Operations, None, "write");
        let body = json!({"ids": [format!("{a}-2"), format!("{b}-2")], "set": ["owner", "note"], "owner": "shared", "note": "two of us"});
        let path = "/api/v1/racks/bulk-change";
        let dry = web.json(&program, Method::Post, &format!("{path}?dry_run=true"), &body).await;
        assert_eq!(dry.status.code, 200, "{}", dry.body);
        let dry = dry.json();
        assert_eq!((&dry["written"], &dry["refused"], &dry["racks"][1]["changes"][0]["after"]), (&json!(false), &json!(0), &json!("shared")));
        assert_eq!(web.json(&program, Method::Post, path, &body).await.status.code, 422, "no reason");
        let mut said = body.clone();
        said["reason"] = json!("a second tenant");
        let done = web.json(&program, Method::Post, path, &said).await;
        assert_eq!((done.status.code, &done.json()["written"]), (200, &json!(true)), "{}", done.body);
        let stale = web.json(&program, Method::Post, path, &said).await;
        assert_eq!(stale.status.code, 409, "{}", stale.body);
    }
}
