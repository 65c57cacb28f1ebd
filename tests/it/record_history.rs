//! The history on pages of records: who did what, and what it was before.

use coldaisle::base::fields::Fields;
use coldaisle::cabling::{CableDraft, cable_create, cable_update};
use coldaisle::facility::{PanelDraft, panel_create, panel_update};
use coldaisle::identity::Role;
use coldaisle::inventory::{PortDraft, device_port_create};

use crate::harness::{TestDb, TestWeb, both};

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

both! {
    async fn a_panel_shows_who_changed_it_from_what_to_what(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let room = db.room(db.site("SHA1"), "R1").to_string();
        let draft = |name: &str| PanelDraft::parse(&fields(&[("room_id", &room), ("name", name)])).unwrap();
        let (first, second) = (draft("PP-OLD"), draft("PP-NEW"));
        let panel = db.put(|c| panel_create(c, &staff, &first));
        db.put(|c| panel_update(c, &staff, panel, 1, &second));
        let web = TestWeb::new(db).await;
        let person = web.browser(Role::Operations, None);
        let page = web.get(&person, &format!("/panels/{panel}")).await;
        assert_eq!(page.status.code, 200, "{}", page.body);
        assert!(page.body.contains("id=\"history\""), "{}", page.body);
        assert!(page.body.contains("PP-OLD → PP-NEW"), "{}", page.body);
        assert!(page.body.contains(&staff.author().name), "{}", page.body);
    }

    async fn a_cable_s_history_is_for_staff(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let own = db.customer("OWN");
        let machine = db.device("SRV-7", Some(own));
        for name in ["eth0", "eth1"] {
            let port = PortDraft::parse(&fields(&[("kind", "interface"), ("name", name)])).unwrap();
            db.put(|c| device_port_create(c, &staff, machine, &port));
        }
        let draft = |label: &str| {
            let typed = [
                ("label", label), ("device_a", "SRV-7"), ("port_a", "eth0"), ("device_b", "SRV-7"), ("port_b", "eth1"),
            ];
            CableDraft::parse(&fields(&typed)).unwrap()
        };
        let (first, second) = (draft("KBL-1"), draft("KBL-2"));
        let cable = db.put(|c| cable_create(c, &staff, &first));
        db.put(|c| cable_update(c, &staff, cable, 1, &second));
        let web = TestWeb::new(db).await;
        let person = web.browser(Role::Operations, None);
        let page = web.get(&person, &format!("/cables/{cable}")).await;
        assert!(page.body.contains("KBL-1 → KBL-2"), "{}", page.body);
        let owner = web.browser(Role::CustomerMember, Some(own));
        let page = web.get(&owner, &format!("/cables/{cable}")).await;
        assert!(!page.body.contains("KBL-1 → KBL-2"), "{}", page.body);
    }

    async fn racks_and_device_types_have_a_history(db: TestDb) {
        let rack = db.rack(db.room(db.site("SHA1"), "R1"), "A01");
        let kind = db.device_type("one", 2);
        let web = TestWeb::new(db).await;
        let person = web.browser(Role::Operations, None);
        for path in [format!("/racks/{rack}"), format!("/device-types/{kind}")] {
            let page = web.get(&person, &path).await;
            assert_eq!(page.status.code, 200, "{path}: {}", page.body);
            assert!(page.body.contains("id=\"history\""), "{path}: {}", page.body);
        }
    }
}
