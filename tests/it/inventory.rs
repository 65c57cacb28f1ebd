//! Device types and devices on both databases.

use std::collections::BTreeMap;
use std::path::Path;

use coldaisle::audit;
use coldaisle::base::change::Change;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{DeviceId, RackId};
use coldaisle::base::page::PageRequest;
use coldaisle::facility;
use coldaisle::facility::occupants;
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{
    DeviceDraft, DeviceFilter, DeviceStatus, DeviceTypeDraft, LockDraft, PlaceDraft, csv,
    device_archive, device_by_id, device_create, device_fields, device_list, device_lock,
    device_move, device_type_by_id, device_type_fields, device_type_update, device_unlock,
    device_update, devices_in_rack,
};
use coldaisle::store::Conn;
use coldaisle::tenancy;

use crate::harness::{TestDb, TestWeb, both};

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

fn field_of(fault: &Fault) -> (&str, &str) {
    let first = fault
        .fields
        .first()
        .unwrap_or_else(|| panic!("no field in {fault}"));
    (first.field.as_ref(), first.message.key)
}

/// A rack and a 1 U type to fill it with.
struct Bench {
    rack: RackId,
    device_type: String,
}

fn bench(db: &TestDb) -> Bench {
    let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
    Bench {
        rack,
        device_type: db.device_type("one-u", 2).to_string(),
    }
}

impl Bench {
    fn draft(&self, name: &str, unit: &str, more: &[(&str, &str)]) -> DeviceDraft {
        let mut all = fields(&[
            ("name", name),
            ("device_type_id", &self.device_type),
            ("status", "installed"),
            ("rack_id", &self.rack.to_string()),
            ("unit", unit),
            ("face", "front"),
        ]);
        for (name, text) in more {
            all.set(*name, *text);
        }
        DeviceDraft::parse(&all).unwrap()
    }
}

fn create(db: &TestDb, actor: &Actor, draft: &DeviceDraft) -> Result<DeviceId, Fault> {
    db.store
        .write_blocking("t", |c| device_create(c, actor, draft))
}

/// How many pairs of devices of a rack are in each other's place.
fn overlaps(db: &TestDb, rack: RackId) -> usize {
    let inside = db.get(|c| occupants(c, rack));
    let mut found = 0;
    for (index, one) in inside.iter().enumerate() {
        for other in &inside[index + 1..] {
            if let (Some(one), Some(other)) = (one.place(), other.place()) {
                found += usize::from(one.overlaps(other));
            }
        }
    }
    found
}

both! {
    /// A device goes in, is refused a taken place with the name of what is there, and moves.
    async fn a_taken_place_is_refused_by_name(db: TestDb) {
        let actor = db.actor(Role::Technician);
        let bench = bench(&db);
        let one = create(&db, &actor, &bench.draft("SRV-1", "10", &[])).unwrap();
        let two = create(&db, &actor, &bench.draft("SRV-2", "11", &[])).unwrap();
        let refused = create(&db, &actor, &bench.draft("SRV-3", "10.5", &[])).unwrap_err();
        assert_eq!(field_of(&refused), ("unit", "inventory-occupied-by"));
        assert!(refused.to_string().contains("SRV-1, SRV-2"), "{refused}");
        let out = create(&db, &actor, &bench.draft("SRV-3", "43", &[])).unwrap_err();
        assert_eq!(field_of(&out), ("unit", "inventory-out-of-rack"));

        let mut moved = device_fields(&db.get(|c| device_by_id(c, &actor, two)));
        moved.set("unit", "10");
        let draft = DeviceDraft::parse(&moved).unwrap();
        let refused = db.store.write_blocking("t", |c| device_update(c, &actor, two, 1, &draft)).unwrap_err();
        assert_eq!(field_of(&refused), ("unit", "inventory-occupied-by"));
        let place = PlaceDraft::parse(&fields(&[("rack_id", &bench.rack.to_string()), ("unit", "12")])).unwrap();
        db.put(|c| device_move(c, &actor, two, 1, &place));
        let row = db.get(|c| device_by_id(c, &actor, two));
        assert_eq!(row.position().unwrap().unit.as_deref(), Some("12"));
        assert_eq!(row.device.version, 2);
        let stale = db.store.write_blocking("t", |c| device_move(c, &actor, two, 1, &place)).unwrap_err();
        assert_eq!(stale.kind, FaultKind::Stale);

        db.put(|c| device_move(c, &actor, one, 1, &PlaceDraft::default()));
        let row = db.get(|c| device_by_id(c, &actor, one));
        assert_eq!((row.device.status, row.place), (DeviceStatus::InStock, None));
        let log = db.get(|c| audit::list(c, &audit::Filter { object_kind: Some("device".into()), object_id: Some(one.get()), limit: 10, ..Default::default() }));
        let actions: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["device.move", "device.create"]);
        assert!(log[0].detail.contains("\"unit\":\"10\""), "{}", log[0].detail);
    }

    /// Many at once want the same unit: one gets it.
    async fn concurrent_writers_never_overlap(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let bench = bench(&db);
        let tasks: Vec<_> = (0..12).map(|n| {
            // Every two of them share a unit or half of one.
            let unit = if n % 2 == 0 { "20" } else { "20.5" };
            let draft = bench.draft(&format!("SRV-{n}"), unit, &[]);
            let actor = actor.clone();
            let store = db.store.clone();
            tokio::spawn(async move { store.write("t", move |c| device_create(c, &actor, &draft)).await })
        }).collect();
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(fault) => assert!(matches!(fault.kind, FaultKind::Invalid | FaultKind::Unavailable), "{fault}"),
            }
        }
        assert_eq!((won, overlaps(&db, bench.rack)), (1, 0));

        let movers: Vec<DeviceId> = (0..8).map(|n| create(&db, &actor, &bench.draft(&format!("MV-{n}"), &(n + 1).to_string(), &[])).unwrap()).collect();
        let place = PlaceDraft::parse(&fields(&[("rack_id", &bench.rack.to_string()), ("unit", "30")])).unwrap();
        let tasks: Vec<_> = movers.into_iter().map(|id| {
            let (actor, place, store) = (actor.clone(), place.clone(), db.store.clone());
            tokio::spawn(async move { store.write("t", move |c| device_move(c, &actor, id, 1, &place)).await })
        }).collect();
        let mut won = 0;
        for task in tasks {
            won += usize::from(task.await.unwrap().is_ok());
        }
        assert_eq!((won, overlaps(&db, bench.rack)), (1, 0));
    }

    /// Names, serial numbers and asset tags are one of a kind; each clash is told at its field.
    async fn what_must_be_unique_is(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let bench = bench(&db);
        let own = [("serial", "SN1"), ("asset_tag", "CA-1")];
        create(&db, &actor, &bench.draft("SRV-1", "1", &own)).unwrap();
        let refused = create(&db, &actor, &bench.draft("SRV-1", "2", &own)).unwrap_err();
        let at: Vec<_> = refused.fields.iter().map(|fault| fault.field.as_ref()).collect();
        assert_eq!(at, ["name", "serial", "asset_tag"]);
        create(&db, &actor, &bench.draft("SRV-2", "2", &[])).unwrap();
        create(&db, &actor, &bench.draft("SRV-3", "3", &[])).unwrap();
    }

    /// What no longer exists can't be referred to, and what another customer rents can't be filled.
    async fn references_are_checked_at_their_fields(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let (mine, other) = (db.customer("MINE"), db.customer("OTHER"));
        let room = db.room(db.site("S1"), "R1");
        let device_type = db.device_type("one-u", 2).to_string();
        let side_type = db.device_type("pdu-0u", 0).to_string();
        let rented = fields(&[("room_id", &room.to_string()), ("name", "C01"), ("units", "42"), ("ownership", "customer"), ("customer_id", &mine.to_string()), ("max_watts", "100")]);
        let draft = facility::RackDraft::parse(&rented).unwrap();
        let rack = db.put(|c| facility::rack_create(c, &actor, &draft));
        let bench = Bench { rack, device_type };
        for (field, key, more) in [
            ("rack_id", "inventory-foreign-rack", ("customer_id", other.to_string())),
            ("rack_id", "inventory-no-such-rack", ("rack_id", "9999".to_owned())),
            ("device_type_id", "inventory-no-such-type", ("device_type_id", "9999".to_owned())),
            ("customer_id", "facility-no-such-customer", ("customer_id", "9999".to_owned())),
            ("unit", "inventory-unit-missing", ("unit", String::new())),
            ("face", "inventory-face-wanted", ("face", "left".to_owned())),
            ("face", "inventory-side-wanted", ("device_type_id", side_type.clone())),
        ] {
            let refused = create(&db, &actor, &bench.draft("SRV-1", "1", &[(more.0, &more.1)])).unwrap_err();
            assert_eq!(field_of(&refused), (field, key), "{more:?}");
        }
        let hung = [("device_type_id", side_type.as_str()), ("face", "left")];
        let with_unit = create(&db, &actor, &bench.draft("PDU-1", "1", &hung)).unwrap_err();
        assert_eq!(field_of(&with_unit), ("unit", "inventory-side-unit"));
        let pdu = create(&db, &actor, &bench.draft("PDU-1", "", &hung)).unwrap();
        let row = db.get(|c| device_by_id(c, &actor, pdu));
        assert_eq!(row.position().unwrap().unit, None);
        create(&db, &actor, &bench.draft("SRV-1", "1", &[("customer_id", &mine.to_string())])).unwrap();
    }

    /// A type neither grows into its neighbours nor turns what stands into what hangs.
    async fn a_type_keeps_fitting_where_its_devices_stand(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let bench = bench(&db);
        create(&db, &actor, &bench.draft("SRV-1", "10", &[])).unwrap();
        create(&db, &actor, &bench.draft("SRV-2", "12", &[])).unwrap();
        let id = bench.device_type.parse().unwrap();
        let set = |version: i64, name: &str, text: &str| {
            let mut all = device_type_fields(&db.get(|c| device_type_by_id(c, &actor, id)));
            all.set(name, text);
            let draft = DeviceTypeDraft::parse(&all).unwrap();
            db.store.write_blocking("t", |c| device_type_update(c, &actor, id, version, &draft))
        };
        for height in ["3", "0"] {
            let refused = set(1, "height_units", height).unwrap_err();
            assert_eq!(field_of(&refused), ("height_units", "inventory-type-no-longer-fits"), "{height}");
        }
        set(1, "height_units", "2").unwrap();
        set(2, "watts", "750").unwrap();
    }

    /// A rack's limits hold against what is planned with.
    async fn power_and_weight_are_limited(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let bench = bench(&db);
        let id = bench.device_type.parse().unwrap();
        let mut heavy = device_type_fields(&db.get(|c| device_type_by_id(c, &actor, id)));
        heavy.set("watts", "400");
        heavy.set("weight_kg", "20");
        let draft = DeviceTypeDraft::parse(&heavy).unwrap();
        db.put(|c| device_type_update(c, &actor, id, 1, &draft));
        let there = db.get(|c| facility::rack_by_id(c, &actor, bench.rack)).rack;
        let limits = |version: i64, watts: &str, weight: &str| {
            let limits = fields(&[("room_id", &there.room_id.to_string()), ("name", "A01"), ("units", "42"), ("max_watts", watts), ("max_weight_kg", weight)]);
            let draft = facility::RackDraft::parse(&limits).unwrap();
            db.store.write_blocking("t", |c| facility::rack_update(c, &actor, bench.rack, version, &draft))
        };
        limits(1, "700", "").unwrap();
        create(&db, &actor, &bench.draft("SRV-1", "1", &[])).unwrap();
        let refused = create(&db, &actor, &bench.draft("SRV-2", "2", &[])).unwrap_err();
        assert_eq!(field_of(&refused), ("rack_id", "inventory-too-much-power"));
        limits(2, "", "39").unwrap();
        let refused = create(&db, &actor, &bench.draft("SRV-2", "2", &[])).unwrap_err();
        assert_eq!(field_of(&refused), ("rack_id", "inventory-too-heavy"));
        let below = limits(3, "399", "39").unwrap_err();
        assert_eq!(field_of(&below), ("max_watts", "facility-rack-draws-more"));
        limits(3, "800", "40").unwrap();
        create(&db, &actor, &bench.draft("SRV-2", "2", &[])).unwrap();
    }

    /// A lock has a reason and one owner; a locked device isn't archived; an archived one comes back into stock.
    async fn locks_and_the_archive(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let bench = bench(&db);
        let id = create(&db, &actor, &bench.draft("SRV-1", "1", &[])).unwrap();
        let lock = LockDraft { reason: "取证中".into() };
        db.put(|c| device_lock(c, &actor, id, 1, &lock));
        let twice = db.store.write_blocking("t", |c| device_lock(c, &actor, id, 2, &lock)).unwrap_err();
        assert_eq!(twice.message.key, "inventory-locked");
        let kept = db.store.write_blocking("t", |c| device_archive(c, &actor, id, 2, true)).unwrap_err();
        assert_eq!(kept.kind, FaultKind::Conflict);
        let row = db.get(|c| device_by_id(c, &actor, id));
        assert_eq!((row.device.lock_reason.as_deref(), row.device.locked_by_user_id), (Some("取证中"), actor.user_id));
        db.put(|c| device_unlock(c, &actor, id, 2));
        db.put(|c| device_archive(c, &actor, id, 3, true));
        assert!(db.get(|c| occupants(c, bench.rack)).is_empty());
        let draft = bench.draft("SRV-1", "1", &[]);
        let refused = db.store.write_blocking("t", |c| device_update(c, &actor, id, 4, &draft)).unwrap_err();
        assert_eq!(refused.message.key, "inventory-archived");
        db.put(|c| device_archive(c, &actor, id, 4, false));
        assert_eq!(db.get(|c| device_by_id(c, &actor, id)).device.status, DeviceStatus::InStock);
    }

    /// Nothing of another customer is found: by id, in lists, by search, in the rack, in the count.
    async fn the_wall_stands_in_every_query(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let acme = db.actor(Role::CustomerMember);
        let other = db.customer("OTHER");
        let bench = bench(&db);
        let own = [("customer_id", acme.customer_id.unwrap().to_string())];
        let own = create(&db, &staff, &bench.draft("OWN-1", "1", &[(own[0].0, &own[0].1)])).unwrap();
        let foreign = create(&db, &staff, &bench.draft("FOREIGN-1", "2", &[("customer_id", &other.to_string()), ("serial", "SECRET9")])).unwrap();
        create(&db, &staff, &bench.draft("OURS-1", "3", &[])).unwrap();
        assert_eq!(db.get(|c| device_by_id(c, &acme, own)).device.name, "OWN-1");
        let hidden = db.store.read_blocking(|c| device_by_id(c, &acme, foreign)).unwrap_err();
        assert_eq!(hidden.kind, FaultKind::NotFound);
        let list = |filter: DeviceFilter| db.get(|c| device_list(c, &acme, &filter, &PageRequest::first()));
        let all = list(DeviceFilter::default());
        assert_eq!((all.total, all.rows.len()), (1, 1));
        for filter in [
            DeviceFilter { query: "secret9".into(), ..DeviceFilter::default() },
            DeviceFilter { customer_id: Some(other), ..DeviceFilter::default() },
            DeviceFilter { query: "OTHER".into(), ..DeviceFilter::default() },
        ] {
            assert_eq!(list(filter.clone()).total, 0, "{filter:?}");
        }
        assert_eq!(list(DeviceFilter { of_operator: true, ..DeviceFilter::default() }).total, 1);
        assert_eq!(list(DeviceFilter { rack_id: Some(bench.rack), ..DeviceFilter::default() }).total, 1);
        let seen = db.get(|c| devices_in_rack(c, &acme, bench.rack));
        assert_eq!(seen.len(), 1);
        let exported = db.get(|c| csv::device_export(c, &acme));
        assert_eq!(exported.len(), 1);
        let refused = db.store.write_blocking("t", |c| device_archive(c, &acme, own, 1, true)).unwrap_err();
        assert_eq!(refused.kind, FaultKind::NotFound);
    }

    /// Lists go on and back by name; search reads name, serial, network card, type and owner.
    async fn lists_page_by_name_and_search_folds(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let customer = db.customer("MOSS");
        let bench = bench(&db);
        for n in 1..=25 {
            let serial = format!("SN-{n:02}");
            create(&db, &actor, &bench.draft(&format!("SRV-{n:02}"), &n.to_string(), &[("serial", &serial)])).unwrap();
        }
        create(&db, &actor, &bench.draft("ZZZ", "30", &[("nics", "02:CA:1D:00:00:07"), ("customer_id", &customer.to_string())])).unwrap();
        let page = |after: Option<&str>, before: Option<&str>| {
            let request = PageRequest { after: after.map(str::to_owned), before: before.map(str::to_owned), limit: 10 };
            db.get(|c| device_list(c, &actor, &DeviceFilter::default(), &request))
        };
        let names = |page: &coldaisle::base::page::Page<coldaisle::inventory::DeviceRow>| page.rows.iter().map(|row| row.device.name.clone()).collect::<Vec<_>>();
        let first = page(None, None);
        assert_eq!((first.rows.len(), first.total, first.previous.clone()), (10, 26, None));
        let second = page(first.next.as_deref(), None);
        assert_eq!(names(&second)[0], "SRV-11");
        let third = page(second.next.as_deref(), None);
        assert_eq!((third.rows.len(), third.next.clone()), (6, None));
        assert_eq!(names(&page(None, third.previous.as_deref())), names(&second));
        assert_eq!(page(None, second.previous.as_deref()).previous, None);
        for (query, count) in [("ｓｒｖ－０７", 1), ("sn-2", 6), ("02:ca:1d:00:00:07", 1), ("one-u", 26), ("moss", 1), ("%", 0), ("_", 0)] {
            let filter = DeviceFilter { query: query.into(), ..DeviceFilter::default() };
            assert_eq!(db.get(|c| device_list(c, &actor, &filter, &PageRequest::first())).total, count, "{query}");
        }
    }

    /// The sample machine room goes in whole; a second time nothing changes, and what is exported is what was read.
    async fn the_sample_goes_in_twice(db: TestDb) {
        let actor = db.actor(Role::Administrator);
        type Import = fn(&mut Conn, &Actor, &Fields) -> Result<Change, Fault>;
        let kinds: [(&str, Import); 7] = [
            ("sites", facility::csv::site_import),
            ("rooms", facility::csv::room_import),
            ("customers", tenancy::csv::customer_import),
            ("contacts", tenancy::csv::contact_import),
            ("racks", facility::csv::rack_import),
            ("device-types", csv::device_type_import),
            ("devices", csv::device_import),
        ];
        let mut counts: Vec<BTreeMap<String, usize>> = Vec::new();
        for _ in 0..2 {
            let mut count = BTreeMap::new();
            for (kind, import) in kinds {
                for (line, row) in rows_of(kind) {
                    let change = db.store.write_blocking("import", |c| import(c, &actor, &row)).unwrap_or_else(|fault| panic!("{kind}.csv:{line}: {fault}"));
                    *count.entry(format!("{kind} {change:?}")).or_insert(0) += 1;
                }
            }
            counts.push(count);
        }
        assert_eq!(counts[0]["devices Created"], 150);
        assert_eq!(counts[0]["racks Created"], 24);
        assert!(counts[0].keys().all(|key| key.ends_with("Created")), "{:?}", counts[0]);
        assert!(counts[1].keys().all(|key| key.ends_with("Unchanged")), "{:?}", counts[1]);
        let exported = db.get(|c| csv::device_export(c, &actor));
        assert_eq!(exported.len(), 150);
        for row in exported {
            let fields: Fields = csv::DEVICE_COLUMNS.iter().copied().zip(row.iter().map(String::as_str)).collect();
            assert_eq!(db.put(|c| csv::device_import(c, &actor, &fields)), Change::Unchanged, "{row:?}");
        }
        let d06 = db.get(|c| device_list(c, &actor, &DeviceFilter { query: "SRV-0110".into(), ..DeviceFilter::default() }, &PageRequest::first()));
        let position = d06.rows[0].position().unwrap();
        assert_eq!((position.rack.as_str(), position.unit.as_deref(), position.last_unit.as_deref()), ("D06", Some("10"), Some("13")));
        assert_eq!(d06.rows[0].device.position_half_units.unwrap().get(), 58, "counted from the top down");
    }

    /// A wrong row names its column, and nothing of it is written.
    async fn wrong_rows_name_their_column(db: TestDb) {
        let actor = db.actor(Role::Administrator);
        let bench = bench(&db);
        create(&db, &actor, &bench.draft("SRV-0", "20", &[])).unwrap();
        let good = fields(&[
            ("name", "SRV-1"), ("device_type", "one-u"), ("status", "installed"), ("site", "S1"),
            ("room", "R1"), ("rack", "A01"), ("unit", "5"), ("face", "front"),
        ]);
        for (column, text, at) in [
            ("device_type", "no-such", "device_type"),
            ("device_type", "", "device_type"),
            ("customer", "NOBODY", "customer"),
            ("site", "S9", "site"),
            ("room", "R9", "room"),
            ("rack", "Z9", "rack"),
            ("rack", "", "rack"),
            ("unit", "20", "unit"),
            ("unit", "0", "unit"),
            ("unit", "five", "unit"),
            ("face", "up", "face"),
            ("status", "in_stock", "status"),
            ("memory_gib", "384 GB", "memory_gib"),
            ("warranty_until", "soon", "warranty_until"),
        ] {
            let mut row = good.clone();
            row.set(column, text);
            let fault = db.store.write_blocking("t", |c| csv::device_import(c, &actor, &row)).unwrap_err();
            assert_eq!(field_of(&fault).0, at, "{column}={text}: {fault}");
        }
        let count = |db: &TestDb| db.get(|c| device_list(c, &actor, &DeviceFilter::default(), &PageRequest::first())).total;
        assert_eq!(count(&db), 1);
        db.put(|c| csv::device_import(c, &actor, &good));
        assert_eq!(count(&db), 2);
    }
}

fn rows_of(kind: &str) -> Vec<(usize, Fields)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("inventory/sample/{kind}.csv"));
    let mut reader = ::csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    reader
        .records()
        .enumerate()
        .map(|(index, record)| {
            let record = record.unwrap();
            let row = header.iter().zip(record.iter()).collect();
            (index + 2, row)
        })
        .collect()
}

both! {
    /// The pages of a rack and its devices: both faces, a taken place, the wall.
    async fn pages_show_a_rack_and_its_devices(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let customer = db.customer("MOSS");
        let bench = bench(&db);
        let own = create(&db, &staff, &bench.draft("SRV-OWN", "10", &[("customer_id", &customer.to_string()), ("label", "moss-db-1"), ("note", "staff only")])).unwrap();
        create(&db, &staff, &bench.draft("SRV-OTHER", "11", &[])).unwrap();
        let rack = bench.rack;
        let web = TestWeb::new(db).await;
        let operations = web.browser(Role::Operations, None);
        let list = web.get(&operations, "/racks").await;
        assert_eq!(list.status.code, 200, "{}", list.body);
        assert!(list.body.contains(&format!("href=\"/racks/{rack}\"")), "{}", list.body);
        let page = web.get(&operations, &format!("/racks/{rack}")).await;
        assert_eq!(page.status.code, 200, "{}", page.body);
        for wanted in ["id=\"front\"", "id=\"rear\"", "SRV-OWN", "SRV-OTHER", &format!("/devices/{own}")] {
            assert!(page.body.contains(wanted), "{wanted}");
        }
        assert!(!page.body.contains("style="), "the policy forbids it");
        let reception = web.browser(Role::Reception, None);
        let page = web.get(&reception, &format!("/racks/{rack}")).await;
        assert!(page.body.contains("Occupied") && !page.body.contains("SRV-O"), "{}", page.body);

        let edit = format!("/devices/{own}/edit");
        let form = web.get(&operations, &edit).await;
        assert!(form.status.code == 200 && form.body.contains("name=\"unit\""), "{}", form.body);
        let row = web.db.get(|c| device_by_id(c, &staff, own));
        let mut typed = device_fields(&row);
        typed.set("unit", "11");
        let pairs: Vec<(&str, &str)> = typed.iter().collect();
        let refused = web.post(&operations, &edit, &pairs).await;
        assert_eq!(refused.status.code, 422);
        assert!(refused.body.contains("SRV-OTHER is in the way") && refused.body.contains("value=\"11\""), "{}", refused.body);
        typed.set("unit", "12");
        let pairs: Vec<(&str, &str)> = typed.iter().collect();
        let saved = web.post(&operations, &edit, &pairs).await;
        assert_eq!(saved.header("location"), Some(format!("/devices/{own}").as_str()), "{}", saved.body);
        let page = web.get(&operations, &format!("/devices/{own}")).await;
        assert!(page.body.contains(&format!("href=\"&#x2f;racks&#x2f;{rack}\"")) && page.body.contains("staff only") && page.body.contains("id=\"history\""), "{}", page.body);

        let owner = web.browser(Role::CustomerMember, Some(customer));
        let page = web.get(&owner, &format!("/devices/{own}")).await;
        assert_eq!(page.status.code, 200, "{}", page.body);
        assert!(page.body.contains("moss-db-1") && page.body.contains("A01"), "{}", page.body);
        // Of the rack they get the drawing, in which others are nameless; its page is the operator's.
        assert!(page.body.contains(&format!("href=\"&#x2f;racks&#x2f;{rack}&#x2f;elevation.svg\"")), "{}", page.body);
        for hidden in [&format!("&#x2f;racks&#x2f;{rack}\""), "href=\"/racks", "staff only", "id=\"history\"", "/edit"] {
            assert!(!page.body.contains(hidden), "a customer reads {hidden}");
        }
        let list = web.get(&owner, "/devices").await;
        assert!(list.body.contains("SRV-OWN") && !list.body.contains("SRV-OTHER"), "{}", list.body);
        let file = web.get(&owner, "/devices.csv").await;
        assert!(file.body.contains("SRV-OWN") && !file.body.contains("SRV-OTHER") && !file.body.contains("staff only"), "{}", file.body);
        for path in ["/devices?status=gone", "/devices?customer=NOBODY"] {
            assert_eq!(web.get(&operations, path).await.status.code, 404, "{path}");
        }
        let chinese = operations.clone().reading_chinese();
        for path in ["/racks", &format!("/racks/{rack}"), "/sites", "/devices", &format!("/devices/{own}"), "/device-types", "/devices/new", "/racks/new"] {
            assert_eq!(web.get(&chinese, path).await.status.code, 200, "{path}");
        }
    }
}
