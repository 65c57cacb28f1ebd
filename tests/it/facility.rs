//! Sites, rooms and racks on both databases.

use coldaisle::base::change::Change;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::page::PageRequest;
use coldaisle::facility::floor::FloorDraft;
use coldaisle::facility::{
    RackDraft, RackFilter, RoomDraft, SiteDraft, csv, rack_archive, rack_by_id, rack_create,
    rack_list, rack_update, room_archive, room_create, site_archive, site_create, site_list,
    site_update,
};
use coldaisle::identity::Role;

use crate::harness::{TestDb, both};

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

fn site(code: &str) -> SiteDraft {
    SiteDraft::parse(&fields(&[
        ("code", code),
        ("name", "上海一号"),
        ("time_zone", "Asia/Shanghai"),
    ]))
    .unwrap()
}

fn rack(room: i64, name: &str, more: &[(&str, &str)]) -> RackDraft {
    let mut all = fields(&[("name", name), ("units", "42")]);
    all.set("room_id", room.to_string());
    for (name, text) in more {
        all.set(*name, *text);
    }
    RackDraft::parse(&all).unwrap()
}

fn field_of(fault: &Fault) -> (&str, &str) {
    let first = fault
        .fields
        .first()
        .unwrap_or_else(|| panic!("no field in {fault}"));
    (first.field.as_ref(), first.message.key)
}

both! {
    /// A building from its site to a rack, and back to the archive in the right order only.
    async fn places_are_made_and_archived_from_the_inside_out(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let a = actor.clone();
        let site_id = db.put(|c| site_create(c, &a, &site("SHA1")));
        let room_id = db.put(|c| {
            let draft = RoomDraft { site_id, name: "3A".into(), floor: FloorDraft::default(), note: String::new() };
            room_create(c, &a, &draft)
        });
        let rack_id = db.put(|c| rack_create(c, &a, &rack(room_id.get(), "A01", &[("numbering", "down")])));
        let found = db.get(|c| rack_by_id(c, &a, rack_id));
        assert_eq!((found.rack.name.as_str(), found.room.name.as_str(), found.site.code.as_str()), ("A01", "3A", "SHA1"));
        assert!(found.customer.is_none());

        let twice = db.store.write_blocking("t", |c| site_create(c, &a, &site("SHA1"))).unwrap_err();
        assert_eq!(field_of(&twice), ("code", "fault-code-taken"));
        let twice = db.store.write_blocking("t", |c| rack_create(c, &a, &rack(room_id.get(), "A01", &[]))).unwrap_err();
        assert_eq!(field_of(&twice), ("name", "facility-rack-name-taken"));
        let nowhere = db.store.write_blocking("t", |c| rack_create(c, &a, &rack(9999, "A01", &[]))).unwrap_err();
        assert_eq!(field_of(&nowhere), ("room_id", "facility-no-such-room"));

        let device = db.device("SRV-1", None);
        db.install(device, rack_id, 0);
        for refused in [
            db.store.write_blocking("t", |c| site_archive(c, &a, site_id, 1, true)),
            db.store.write_blocking("t", |c| room_archive(c, &a, room_id, 1, true)),
            db.store.write_blocking("t", |c| rack_archive(c, &a, rack_id, 1, true)),
        ] {
            assert_eq!(refused.unwrap_err().kind, FaultKind::Conflict);
        }
        let other = db.put(|c| rack_create(c, &a, &rack(room_id.get(), "A02", &[])));
        let stale = db.store.write_blocking("t", |c| rack_archive(c, &a, other, 7, true)).unwrap_err();
        assert_eq!(stale.kind, FaultKind::Stale);
        db.put(|c| rack_archive(c, &a, other, 1, true));
        let listed = db.get(|c| rack_list(c, &a, &RackFilter::default(), &PageRequest::first()));
        assert_eq!(listed.total, 1);
    }

    /// A rack never gets smaller than what stands in it, nor its limits lower than what is planned.
    async fn a_rack_keeps_holding_what_stands_in_it(db: TestDb) {
        let actor = db.actor(Role::Technician);
        let room = db.room(db.site("S1"), "R1");
        let rack_id = db.rack(room, "A01");
        db.install(db.device("SRV-9", None), rack_id, 58);
        let update = |version: i64, draft: RackDraft| {
            db.store.write_blocking("t", |c| rack_update(c, &actor, rack_id, version, &draft))
        };
        let small = update(1, rack(room.get(), "A01", &[("units", "29")])).unwrap_err();
        assert_eq!(field_of(&small), ("units", "facility-rack-too-small"));
        assert!(small.to_string().contains("SRV-9"), "{small}");
        update(1, rack(room.get(), "A01", &[("units", "30"), ("max_watts", "1")])).unwrap();
        let stale = update(1, rack(room.get(), "A01", &[("units", "30")])).unwrap_err();
        assert_eq!(stale.kind, FaultKind::Stale);
    }

    /// Customers have no racks pages at all; reception reads and does not write.
    async fn places_are_for_staff(db: TestDb) {
        let room = db.room(db.site("S1"), "R1");
        let rack_id = db.rack(room, "A01");
        let customer = db.actor(Role::CustomerAdmin);
        let hidden = db.store.read_blocking(|c| rack_by_id(c, &customer, rack_id)).unwrap_err();
        assert_eq!(hidden.kind, FaultKind::NotFound);
        let hidden = db.store.read_blocking(|c| site_list(c, &customer)).unwrap_err();
        assert_eq!(hidden.kind, FaultKind::NotFound);
        let reception = db.actor(Role::Reception);
        assert!(db.store.read_blocking(|c| rack_by_id(c, &reception, rack_id)).is_ok());
        let refused = db.store.write_blocking("t", |c| site_update(c, &reception, db.get(|c| site_list(c, &reception))[0].id, 1, &site("S2"))).unwrap_err();
        assert_eq!(refused.kind, FaultKind::Forbidden);
    }

    /// Search finds a rack by its row, its room and its customer; pages go by key.
    async fn racks_are_found(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let customer = db.customer("MOSS");
        let site = db.site("S1");
        let (hall, vault) = (db.room(site, "Hall"), db.room(site, "Vault"));
        for (room, names) in [(hall, ["A01", "A02"]), (vault, ["B01", "B02"])] {
            for name in names {
                db.rack(room, name);
            }
        }
        let a = actor.clone();
        let more = [("ownership", "customer"), ("customer_id", &customer.to_string())];
        db.put(|c| rack_create(c, &a, &rack(vault.get(), "C01", &more)));
        let names = |query: &str, limit: usize, after: Option<String>| {
            let filter = RackFilter { query: query.to_owned(), ..RackFilter::default() };
            let page = db.get(|c| rack_list(c, &a, &filter, &PageRequest { after, limit, ..PageRequest::first() }));
            let names: Vec<String> = page.rows.iter().map(|row| row.rack.name.clone()).collect();
            (names, page.next, page.total)
        };
        assert_eq!(names("vault", 50, None).0, ["B01", "B02", "C01"]);
        assert_eq!(names("moss", 50, None).0, ["C01"]);
        let (first, next, total) = names("", 2, None);
        assert_eq!((first, total), (vec!["A01".to_owned(), "A02".to_owned()], 5));
        assert_eq!(names("", 2, next).0, ["B01", "B02"]);
    }

    /// A row that comes again changes nothing; a changed one updates; a wrong one names its column.
    async fn rows_are_keyed_by_name(db: TestDb) {
        let actor = db.actor(Role::Administrator);
        let a = actor.clone();
        let site_row = fields(&[("code", "SHA1"), ("name", "临港"), ("time_zone", "Asia/Shanghai")]);
        let room_row = fields(&[("site", "SHA1"), ("name", "3A")]);
        let mut rack_row = fields(&[("site", "SHA1"), ("room", "3A"), ("name", "A01"), ("units", "42"), ("max_weight_kg", "1000.5")]);
        let mut changes = Vec::new();
        for _ in 0..2 {
            changes.push(db.put(|c| csv::site_import(c, &a, &site_row)));
            changes.push(db.put(|c| csv::room_import(c, &a, &room_row)));
            changes.push(db.put(|c| csv::rack_import(c, &a, &rack_row)));
        }
        use Change::{Created, Unchanged, Updated};
        assert_eq!(changes, [Created, Created, Created, Unchanged, Unchanged, Unchanged]);
        rack_row.set("note", "靠墙");
        assert_eq!(db.put(|c| csv::rack_import(c, &a, &rack_row)), Updated);
        let exported = db.get(|c| csv::rack_export(c, &a));
        let again: Fields = csv::RACK_COLUMNS.iter().copied().zip(exported[0].iter().map(String::as_str)).collect();
        assert_eq!(db.put(|c| csv::rack_import(c, &a, &again)), Unchanged, "{exported:?}");

        for (column, text) in [("site", "SHA2"), ("room", "3C"), ("units", "many"), ("customer", "NOBODY")] {
            let mut wrong = rack_row.clone();
            wrong.set(column, text);
            let fault = db.store.write_blocking("t", |c| csv::rack_import(c, &a, &wrong)).unwrap_err();
            assert_eq!(field_of(&fault).0, column, "{fault}");
        }
        rack_row.set("ownership", "customer");
        let fault = db.store.write_blocking("t", |c| csv::rack_import(c, &a, &rack_row)).unwrap_err();
        assert_eq!(field_of(&fault).0, "customer");
    }
}
