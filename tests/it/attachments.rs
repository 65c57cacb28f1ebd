//! Photos and documents on both databases: what is kept, who sees it, how it is served, and what is swept.

use std::time::{Duration, SystemTime};

use coldaisle::attachments::{
    AttachmentDraft, MOST_ATTACHMENTS, MOST_OCTETS, MediaType, RemarkDraft, Shelf, Stored, Subject,
    attachment_add, attachment_archive, attachment_by_id, attachment_list, attachment_sums,
    attachment_update,
};
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::AttachmentId;
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{DeviceDraft, device_by_id, device_fields, device_update};
use coldaisle::tasks::Task;
use coldaisle::tasks::attachments::AttachmentSweep;
use rocket::http::Method;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::harness::{Caller, Reply, TestDb, TestWeb, both};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

fn draft(name: &str, visible: &str, content: &[u8]) -> Result<AttachmentDraft, Fault> {
    let fields: Fields = [("name", name), ("customer_visible", visible)]
        .into_iter()
        .collect();
    AttachmentDraft::parse(&fields, content.to_vec())
}

fn add(
    db: &TestDb,
    shelf: &Shelf,
    actor: &Actor,
    subject: Subject,
    draft: &AttachmentDraft,
) -> Result<AttachmentId, Fault> {
    let stored = shelf.keep(&draft.content).unwrap();
    db.store
        .write_blocking("t", |c| attachment_add(c, actor, subject, draft, &stored))
}

fn names(db: &TestDb, actor: &Actor, subject: Subject) -> Vec<String> {
    db.get(|c| attachment_list(c, actor, subject))
        .into_iter()
        .map(|there| there.name)
        .collect()
}

/// A form with one file, as browsers send it.
async fn send_file(web: &TestWeb, caller: &Caller, path: &str, name: &str, text: &str) -> Reply {
    let kind = [("Content-Type", "multipart/form-data; boundary=part")];
    let token = &caller.csrf;
    let body = format!(
        "--part\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n\
         --part\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nas delivered\r\n\
         --part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/x-msdownload\r\n\r\n{text}\r\n--part--\r\n"
    );
    web.send(caller, Method::Post, path, &kind, Some(body))
        .await
}

both! {
    /// A customer sees what is shown to them of own devices, and nothing of racks and others.
    async fn the_wall_stands_around_photos(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("a"));
        let staff = db.actor(Role::Operations);
        let (own, other) = (db.customer("AAA"), db.customer("BBB"));
        let device = Subject::Device(db.device("D-1", Some(own)));
        let rack = Subject::Rack(db.rack(db.room(db.site("S1"), "Hall"), "A01"));
        let shown = add(&db, &shelf, &staff, device, &draft("front.png", "yes", PNG).unwrap()).unwrap();
        let hidden = add(&db, &shelf, &staff, device, &draft("back.png", "no", PNG).unwrap()).unwrap();
        let of_rack = add(&db, &shelf, &staff, rack, &draft("rack.png", "yes", PNG).unwrap()).unwrap();
        assert_eq!(names(&db, &staff, device), ["back.png", "front.png"]);
        assert!(!db.get(|c| attachment_by_id(c, &staff, of_rack)).customer_visible, "racks are never shown");
        let theirs = db.actor_of(Role::CustomerAdmin, Some(own));
        assert_eq!(names(&db, &theirs, device), ["front.png"]);
        let stranger = db.actor_of(Role::CustomerAdmin, Some(other));
        for (who, id, there) in [
            (&theirs, shown, true),
            (&theirs, hidden, false),
            (&theirs, of_rack, false),
            (&stranger, shown, false),
        ] {
            let found = db.store.read_blocking(|c| attachment_by_id(c, who, id));
            assert_eq!(found.map_err(|fault| fault.kind).err(), (!there).then_some(FaultKind::NotFound), "{id}");
        }
        let refused = add(&db, &shelf, &theirs, device, &draft("x.png", "yes", PNG).unwrap()).unwrap_err();
        assert_eq!(refused.kind, FaultKind::NotFound);
        // The same content is one file.
        assert_eq!(std::fs::read_dir(shelf.folder()).unwrap().count(), 2, "a picture and the lock");
    }

    async fn photos_are_changed_and_archived_by_their_version(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("a"));
        let staff = db.actor(Role::Operations);
        let device = Subject::Device(db.device("D-1", None));
        let id = add(&db, &shelf, &staff, device, &draft("a.png", "no", PNG).unwrap()).unwrap();
        let fields: Fields = [("name", "b.png"), ("note", "rear")].into_iter().collect();
        let remark = RemarkDraft::parse(&fields).unwrap();
        let change = |version| db.store.write_blocking("t", |c| attachment_update(c, &staff, id, version, &remark));
        change(1).unwrap();
        assert_eq!(change(1).unwrap_err().kind, FaultKind::Stale);
        assert_eq!(names(&db, &staff, device), ["b.png"]);
        let archive = |version, reason| db.store.write_blocking("t", |c| attachment_archive(c, &staff, id, version, reason));
        archive(2, Some("another machine")).unwrap();
        assert!(names(&db, &staff, device).is_empty());
        assert_eq!(db.get(|c| attachment_by_id(c, &staff, id)).archive_reason, "another machine");
        archive(3, None).unwrap();
        assert_eq!(names(&db, &staff, device), ["b.png"]);
        for _ in 1..MOST_ATTACHMENTS {
            add(&db, &shelf, &staff, device, &draft("more.png", "no", PNG).unwrap()).unwrap();
        }
        let fault = add(&db, &shelf, &staff, device, &draft("over.png", "no", PNG).unwrap()).unwrap_err();
        assert_eq!(fault.message.key, "attachments-too-many");
    }

    /// From the form to the file: the content counts and not the name, and what is served can do nothing.
    async fn a_file_goes_in_by_the_form_and_comes_back_harmless(db: TestDb) {
        let device = db.device("D-1", None);
        let web = TestWeb::new(db).await;
        let caller = web.browser(Role::Operations, None);
        let path = format!("/devices/{device}/attachments/new");
        let text = "<script>alert(1)</script>";
        let sent = send_file(&web, &caller, &path, "机柜 A01.jpg", text).await;
        assert_eq!(sent.status.code, 303, "{}", sent.body);
        let staff = web.db.actor(Role::Operations);
        let all = web.db.get(|c| attachment_list(c, &staff, Subject::Device(device)));
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].media_type, all[0].name.as_str()), (MediaType::Text, "机柜 A01.jpg"));
        let page = web.get(&caller, &format!("/devices/{device}")).await;
        assert!(page.body.contains("as delivered"), "{}", page.body);
        let file = web.get(&caller, &format!("/attachments/{}/content", all[0].id)).await;
        assert_eq!(file.body, text);
        for (name, value) in [
            ("content-type", "text/plain; charset=utf-8"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("cache-control", "private"),
        ] {
            assert_eq!(file.header(name), Some(value), "{name}");
        }
        let disposition = file.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment; "), "{disposition}");
        assert!(disposition.is_ascii() && disposition.contains("%E6%9C%BA"), "{disposition}");
        let refused = send_file(&web, &caller, &path, "tool.pdf", "MZ\u{1}\u{2}").await;
        assert_eq!(refused.status.code, 422);
        assert!(refused.body.contains("tool.pdf"), "{}", refused.body);
        let without = send_file(&web, &caller, &path, "", "").await;
        assert_eq!(without.status.code, 422);
    }

    async fn programs_send_list_fetch_and_archive(db: TestDb) {
        let rack = db.rack(db.room(db.site("S1"), "Hall"), "A01");
        let web = TestWeb::new(db).await;
        let program = web.program(Role::Operations, None, "write");
        let path = format!("/api/v1/racks/{rack}/attachments");
        let kind = [("Content-Type", "application/octet-stream")];
        let address = format!("{path}?name=plan.pdf&note=cold");
        let made = web.send(&program, Method::Post, &address, &kind, Some("%PDF-1.4 x".into())).await;
        assert_eq!(made.status.code, 201, "{}", made.body);
        let made = made.json();
        assert_eq!(made["media_type"], "application/pdf");
        assert_eq!(made["note"], "cold");
        let nameless = web.send(&program, Method::Post, &path, &kind, Some("%PDF-1.4 x".into())).await;
        assert_eq!(nameless.status.code, 422);
        let listed = web.get(&program, &path).await.json();
        assert_eq!(listed["total"], 1);
        let one = format!("/api/v1/attachments/{}", made["id"]);
        let file = web.get(&program, &format!("{one}/content")).await;
        assert_eq!(file.octets, b"%PDF-1.4 x");
        assert!(file.header("content-disposition").unwrap().starts_with("inline; "));
        let body = json!({"version": 1, "name": "floor plan.pdf", "note": "warm"});
        let said = web.json(&program, Method::Put, &one, &body).await;
        assert_eq!((said.status.code, said.header("etag")), (200, Some("\"2\"")), "{}", said.body);
        assert_eq!((&said.json()["name"], &said.json()["note"]), (&json!("floor plan.pdf"), &json!("warm")));
        assert_eq!(web.json(&program, Method::Put, &one, &body).await.status.code, 409, "version 1 has gone");
        assert_eq!(web.get(&program, &one).await.header("etag"), Some("\"2\""));
        let body = json!({"version": 2, "archived": "yes"});
        let archive = format!("{one}/archive");
        assert_eq!(web.json(&program, Method::Post, &archive, &body).await.status.code, 422, "a reason is wanted");
        let body = json!({"version": 2, "archived": "yes", "reason": "old"});
        let gone = web.json(&program, Method::Post, &archive, &body).await;
        assert_eq!(gone.status.code, 200, "{}", gone.body);
        assert_eq!(web.get(&program, &path).await.json()["total"], 0);
    }

    /// A file without a row is set aside after a day; one that a row names never does, even an archived one.
    async fn what_no_row_names_is_swept(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("a"));
        let staff = db.actor(Role::Operations);
        let device = Subject::Device(db.device("D-1", None));
        let id = add(&db, &shelf, &staff, device, &draft("a.png", "no", PNG).unwrap()).unwrap();
        db.put(|c| attachment_archive(c, &staff, id, 1, Some("old")));
        let other = draft("b.txt", "no", b"known and fresh").unwrap();
        add(&db, &shelf, &staff, device, &other).unwrap();
        let lost = shelf.keep(b"nobody came back").unwrap();
        let fresh = shelf.keep(b"on its way").unwrap();
        let kept = db.get(|c| attachment_by_id(c, &staff, id)).sha256;
        for sum in [&kept, &lost.sha256] {
            let file = std::fs::OpenOptions::new().write(true).open(shelf.folder().join(sum)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(2 * 86_400)).unwrap();
        }
        let task = AttachmentSweep::new(db.store.clone(), shelf.clone());
        let said = task.activate(CancellationToken::new()).await.unwrap();
        assert_eq!(said.to_string(), "tasks-said-attachments removed=0 aside=1 back=0 kept=1");
        assert_eq!(shelf.set_aside().unwrap(), std::slice::from_ref(&lost.sha256));
        assert_eq!(shelf.read(&lost.sha256).unwrap(), b"nobody came back");
        assert_eq!(shelf.read(&kept).unwrap(), PNG);
        assert_eq!(shelf.read(&fresh.sha256).unwrap(), b"on its way");
        let sums = [kept.clone(), lost.sha256];
        assert_eq!(db.get(|c| attachment_sums(c, &sums)), [kept]);
    }

    /// Another database, or one without what the folder holds, takes nothing away; what a row names again comes back.
    async fn the_folder_of_another_database_is_not_swept(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("a"));
        let task = AttachmentSweep::new(db.store.clone(), shelf.clone());
        let run = || task.activate(CancellationToken::new());
        let age = |sum: &str| {
            let file = std::fs::OpenOptions::new().write(true).open(shelf.folder().join(sum)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(2 * 86_400)).unwrap();
        };
        let strange = shelf.keep(b"of somebody else").unwrap().sha256;
        age(&strange);
        assert_eq!(run().await.unwrap_err().message.key, "tasks-said-attachments-foreign");
        // With a record for as many as have none the folder becomes this database's.
        let staff = db.actor(Role::Operations);
        let device = Subject::Device(db.device("D-1", None));
        add(&db, &shelf, &staff, device, &draft("a.png", "no", PNG).unwrap()).unwrap();
        assert_eq!(run().await.unwrap().to_string(), "tasks-said-attachments removed=0 aside=1 back=0 kept=0");
        let other = AttachmentDraft { content: b"of somebody else".to_vec(), ..draft("b.png", "no", PNG).unwrap() };
        let stored = Stored { sha256: strange.clone() };
        db.put(|c| attachment_add(c, &staff, device, &other, &stored));
        assert_eq!(run().await.unwrap().to_string(), "tasks-said-attachments removed=0 aside=0 back=1 kept=0");
        assert!(shelf.set_aside().unwrap().is_empty());
        // A database that is older than the folder.
        for number in 0..30 {
            age(&shelf.keep(format!("photo {number}").as_bytes()).unwrap().sha256);
        }
        assert_eq!(run().await.unwrap_err().message.key, "tasks-said-attachments-too-many");
        assert_eq!(shelf.contents().unwrap().len(), 32);
        std::fs::write(shelf.folder().join(".database"), "ANOTHER").unwrap();
        assert_eq!(run().await.unwrap_err().message.key, "tasks-said-attachments-foreign");
        assert_eq!(shelf.contents().unwrap().len(), 32);
    }

    /// What one owner saw the next one does not, archived or live; the audit log tells the first.
    async fn a_new_owner_sees_nothing_of_the_old_one(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("a"));
        let staff = db.actor(Role::Operations);
        let (own, other) = (db.customer("AAA"), db.customer("BBB"));
        let id = db.device("D-1", Some(own));
        let device = Subject::Device(id);
        let live = add(&db, &shelf, &staff, device, &draft("live.png", "yes", PNG).unwrap()).unwrap();
        let old = add(&db, &shelf, &staff, device, &draft("old.png", "yes", PNG).unwrap()).unwrap();
        db.put(|c| attachment_archive(c, &staff, old, 1, Some("old")));
        let before = db.actor_of(Role::CustomerAdmin, Some(own));
        let after = db.actor_of(Role::CustomerAdmin, Some(other));
        assert_eq!(names(&db, &before, device), ["live.png"]);
        db.put(|c| {
            let row = device_by_id(c, &staff, id)?;
            let mut fields = device_fields(&row);
            fields.set("customer_id", other.to_string());
            device_update(c, &staff, id, row.device.version, &DeviceDraft::parse(&fields)?)
        });
        db.put(|c| attachment_archive(c, &staff, old, 3, None));
        assert!(names(&db, &after, device).is_empty());
        for id in [live, old] {
            let found = db.store.read_blocking(|c| attachment_by_id(c, &after, id));
            assert_eq!(found.unwrap_err().kind, FaultKind::NotFound);
        }
        // The owner stays: so do the marks.
        let remark = draft("live.png", "yes", PNG).unwrap().remark;
        db.put(|c| attachment_update(c, &staff, live, 2, &remark));
        db.put(|c| {
            let row = device_by_id(c, &staff, id)?;
            let mut fields = device_fields(&row);
            fields.set("note", "moved");
            device_update(c, &staff, id, row.device.version, &DeviceDraft::parse(&fields)?)
        });
        assert_eq!(names(&db, &after, device), ["live.png"]);
    }

    /// Who may not send a file is told so whatever its size: the octets are not read first.
    async fn a_file_is_refused_before_it_is_read(db: TestDb) {
        let own = db.customer("AAA");
        let path = format!("/api/v1/devices/{}/attachments?name=a.pdf", db.device("D-1", Some(own)));
        let web = TestWeb::new(db).await;
        let kind = [("Content-Type", "application/octet-stream")];
        let large = "x".repeat(usize::try_from(MOST_OCTETS).unwrap() + 1);
        for (role, customer, path, status) in [
            (Role::Operations, None, path.as_str(), 422),
            (Role::Auditor, None, path.as_str(), 403),
            (Role::CustomerAdmin, Some(own), path.as_str(), 404),
            (Role::Operations, None, "/api/v1/devices/999/attachments?name=a.pdf", 404),
        ] {
            let program = web.program(role, customer, "write");
            let reply = web.send(&program, Method::Post, path, &kind, Some(large.clone())).await;
            assert_eq!(reply.status.code, status, "{role:?} {path}: {}", reply.body);
        }
    }
}
