//! What a device does, where that is not what its type says.

use coldaisle::base::change::Change;
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::DeviceId;
use coldaisle::base::page::PageRequest;
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::csv::device_import;
use coldaisle::inventory::{
    DeviceDraft, DeviceFilter, DeviceRole, device_by_id, device_fields, device_list, device_update,
};

use crate::harness::{TestDb, TestWeb, both};

fn set_role(db: &TestDb, actor: &Actor, id: DeviceId, role: &str) {
    let row = db.get(|c| device_by_id(c, actor, id));
    let mut fields = device_fields(&row);
    fields.set("role", role);
    let draft = DeviceDraft::parse(&fields).unwrap();
    db.put(|c| device_update(c, actor, id, row.device.version, &draft));
}

fn named(db: &TestDb, actor: &Actor, role: DeviceRole) -> Vec<String> {
    let filter = DeviceFilter {
        role: Some(role),
        ..DeviceFilter::default()
    };
    let page = db.get(|c| device_list(c, actor, &filter, &PageRequest::first()));
    page.rows.into_iter().map(|row| row.device.name).collect()
}

both! {
    async fn a_device_s_own_role_counts_before_its_type_s(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let (first, _) = (db.device("SRV-A", None), db.device("SRV-B", None));
        let of_type = db.get(|c| device_by_id(c, &actor, first)).role();
        assert_eq!(named(&db, &actor, of_type), ["SRV-A", "SRV-B"]);
        assert!(named(&db, &actor, DeviceRole::Firewall).is_empty());
        set_role(&db, &actor, first, "firewall");
        let row = db.get(|c| device_by_id(c, &actor, first));
        assert_eq!((row.role(), row.device_type.role), (DeviceRole::Firewall, of_type));
        assert_eq!(named(&db, &actor, of_type), ["SRV-B"]);
        assert_eq!(named(&db, &actor, DeviceRole::Firewall), ["SRV-A"]);
        set_role(&db, &actor, first, "");
        assert_eq!(named(&db, &actor, of_type), ["SRV-A", "SRV-B"]);
    }

    async fn a_file_without_the_column_leaves_the_role(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let id = db.device("SRV-A", None);
        set_role(&db, &actor, id, "router");
        let there = db.get(|c| device_by_id(c, &actor, id));
        let typed = [
            ("name", "SRV-A"), ("device_type", there.device_type.slug.as_str()), ("status", there.device.status.as_str()),
            ("label", "new"),
        ];
        let mut line: Fields = typed.into_iter().collect();
        assert_eq!(db.put(|c| device_import(c, &actor, &line)), Change::Updated);
        let row = db.get(|c| device_by_id(c, &actor, id));
        assert_eq!((row.device.label.as_str(), row.device.role), ("new", Some(DeviceRole::Router)));
        line.set("role", "");
        db.put(|c| device_import(c, &actor, &line));
        assert_eq!(db.get(|c| device_by_id(c, &actor, id)).device.role, None);
        line.set("role", "toaster");
        let wrong = db.store.write_blocking("test", |c| device_import(c, &actor, &line));
        assert_eq!(wrong.unwrap_err().fields[0].field, "role");
    }

    async fn the_form_and_programs_know_it(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let id = db.device("SRV-A", None);
        set_role(&db, &actor, id, "storage");
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let form = web.get(&staff, &format!("/devices/{id}/edit")).await;
        assert_eq!(form.status.code, 200, "{}", form.body);
        assert!(form.body.contains("name=\"role\""), "{}", form.body);
        let program = web.program(Role::Operations, None, "read");
        let told = web.get(&program, &format!("/api/v1/devices/{id}")).await.json();
        assert_eq!(told["role"], "storage");
        assert_eq!(told["own_role"], "storage");
    }
}
