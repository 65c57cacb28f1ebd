//! What else the search box finds: parts by their serial numbers, cables, VLANs, kept units.

use coldaisle::addressing::{VlanDraft, vlan_archive, vlan_create, vlan_update};
use coldaisle::base::fields::Fields;
use coldaisle::cabling::{CableDraft, cable_archive, cable_create};
use coldaisle::facility::{ReservationDraft, reservation_archive, reservation_create};
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{
    ComponentDraft, PortDraft, RemovalDraft, component_add, component_replace, device_port_create,
};
use coldaisle::search::{SearchKind, search_find, search_rebuild_step};
use coldaisle::store::schema::search_terms;
use diesel::prelude::*;
use rocket::http::Status;

use crate::harness::{TestDb, TestWeb, both};

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

fn found(db: &TestDb, actor: &Actor, query: &str) -> Vec<(SearchKind, String)> {
    let groups = db.get(|c| search_find(c, actor, query, 8));
    let hits = groups.into_iter().flat_map(|group| {
        let kind = group.kind;
        group.hits.into_iter().map(move |hit| (kind, hit.label))
    });
    hits.collect()
}

/// Terms of a kind, as they are kept.
fn terms(db: &TestDb, kind: SearchKind) -> Vec<(i64, String, i64)> {
    db.get(|c| {
        Ok(search_terms::table
            .filter(search_terms::kind.eq(kind))
            .order((search_terms::object_id.asc(), search_terms::term.asc()))
            .select((
                search_terms::object_id,
                search_terms::term,
                search_terms::class,
            ))
            .load(c)?)
    })
}

/// The index of a kind is what a rebuild makes.
fn assert_as_rebuilt(db: &TestDb, kind: SearchKind) {
    let kept = terms(db, kind);
    db.put(|c| search_rebuild_step(c, kind, 0, 500).map(|_| ()));
    assert_eq!(kept, terms(db, kind), "{kind}");
}

fn disk(serial: &str) -> ComponentDraft {
    let typed = [("kind", "disk"), ("slot", "Bay 1"), ("serial", serial)];
    ComponentDraft::parse(&fields(&typed)).unwrap()
}

both! {
    async fn the_serial_of_a_part_finds_its_machine_as_long_as_it_is_in(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let (own, other) = (db.customer("OWN"), db.customer("OTHER"));
        let machine = db.device("SRV-7", Some(own));
        let old = db.put(|c| component_add(c, &staff, machine, &disk("ZXK-00012345")));
        let hit = [(SearchKind::Device, "SRV-7".to_owned())];
        for typed in ["ZXK-00012345", "zxk0001", "2345"] {
            assert_eq!(found(&db, &staff, typed), hit, "{typed}");
        }
        // The wall is around parts as it is around machines.
        assert_eq!(found(&db, &db.actor_of(Role::CustomerMember, Some(own)), "zxk0001"), hit);
        assert!(found(&db, &db.actor_of(Role::CustomerMember, Some(other)), "zxk0001").is_empty());
        let out = RemovalDraft { removed_on: "2026-11-22".to_owned(), because: "failed".to_owned() };
        db.put(|c| component_replace(c, &staff, old, 1, &out, &disk("NEW-777")));
        assert!(found(&db, &staff, "zxk0001").is_empty());
        assert_eq!(found(&db, &staff, "new777"), hit);
        assert_as_rebuilt(&db, SearchKind::Device);
    }

    async fn a_cable_is_found_by_its_label_until_it_goes(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let own = db.customer("OWN");
        let machine = db.device("SRV-7", Some(own));
        for name in ["eth0", "eth1"] {
            let port = PortDraft::parse(&fields(&[("kind", "interface"), ("name", name)])).unwrap();
            db.put(|c| device_port_create(c, &staff, machine, &port));
        }
        let typed = [
            ("label", "KBL-000815"), ("bundle", "trunk"), ("device_a", "SRV-7"), ("port_a", "eth0"),
            ("device_b", "SRV-7"), ("port_b", "eth1"),
        ];
        let draft = CableDraft::parse(&fields(&typed)).unwrap();
        let cable = db.put(|c| cable_create(c, &staff, &draft));
        let hit = [(SearchKind::Cable, "KBL-000815".to_owned())];
        for typed in ["kbl", "0815", "trunk 815", "kbl-000815"] {
            assert_eq!(found(&db, &staff, typed), hit, "{typed}");
        }
        assert!(found(&db, &db.actor_of(Role::CustomerMember, Some(own)), "kbl").is_empty());
        assert_as_rebuilt(&db, SearchKind::Cable);
        db.put(|c| cable_archive(c, &staff, cable, 1, true));
        assert!(found(&db, &staff, "kbl").is_empty());
        assert_as_rebuilt(&db, SearchKind::Cable);
    }

    async fn a_vlan_is_found_by_number_and_name(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let site = db.site("SHA1").to_string();
        let draft = |name: &str| VlanDraft::parse(&fields(&[("site_id", &site), ("number", "120"), ("name", name)])).unwrap();
        let (first, second) = (draft("办公网"), draft("storage"));
        let vlan = db.put(|c| vlan_create(c, &staff, &first));
        let hit = [(SearchKind::Vlan, "VLAN 120".to_owned())];
        for typed in ["120", "vlan 120", "vlan120", "办公", "bgw"] {
            assert_eq!(found(&db, &staff, typed), hit, "{typed}");
        }
        db.put(|c| vlan_update(c, &staff, vlan, 1, &second));
        assert!(found(&db, &staff, "bgw").is_empty());
        assert_eq!(found(&db, &staff, "storage"), hit);
        assert_as_rebuilt(&db, SearchKind::Vlan);
        db.put(|c| vlan_archive(c, &staff, vlan, 2, true));
        assert!(found(&db, &staff, "storage").is_empty());
    }

    async fn kept_units_are_found_by_reason_rack_and_customer(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let moss = db.customer("MOSS");
        let rack = db.rack(db.room(db.site("SHA1"), "R1"), "A01");
        let (rack_id, moss_id) = (rack.to_string(), moss.to_string());
        let draft = ReservationDraft::parse(&fields(&[
            ("kind", "reserved"), ("rack_id", &rack_id), ("first_unit", "30"), ("last_unit", "33"),
            ("customer_id", &moss_id), ("reason", "expansion"),
        ])).unwrap();
        let kept = db.put(|c| reservation_create(c, &staff, &draft));
        let hit = [(SearchKind::Reservation, "A01 U30–U33".to_owned())];
        for typed in ["expansion", "moss expan", "expansion a01"] {
            assert_eq!(found(&db, &staff, typed), hit, "{typed}");
        }
        assert!(found(&db, &db.actor_of(Role::CustomerMember, Some(moss)), "expansion").is_empty());
        assert_as_rebuilt(&db, SearchKind::Reservation);
        let web = TestWeb::new(db.clone()).await;
        let person = web.browser(Role::Operations, None);
        let page = web.get(&person, "/search?q=expansion").await;
        assert_eq!(page.status, Status::Ok);
        let body = page.body.replace("&#x2f;", "/");
        assert!(body.contains(&format!("/racks/{rack}#reservations")), "{body}");
        db.put(|c| reservation_archive(c, &staff, kept, 1, true));
        assert!(found(&db, &staff, "expansion").is_empty());
        assert_as_rebuilt(&db, SearchKind::Reservation);
    }
}
