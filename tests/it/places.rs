//! Halves of units, kept units, chassis, the floor, moves and their undoing, and drawings that tell nothing of others.

use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{CustomerId, DeviceId, DeviceTypeId, RackId};
use coldaisle::facility::floor::{Rotation, Spot};
use coldaisle::facility::{RackDraft, RoomDraft, room_by_id, room_update};
use coldaisle::facility::{
    ReservationDraft, occupants, rack_by_id, rack_settle, rack_update, reservation_archive,
    reservation_create, reservation_update, reservations_of_racks,
};
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{
    DeviceDraft, DeviceStatus, PlaceDraft, device_archive, device_by_id, device_create,
    device_move, device_move_back, device_move_last,
};
use coldaisle::store::schema::{device_types, racks, rooms};
use diesel::prelude::*;
use rocket::http::{Method, Status};
use serde_json::json;

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

fn draft(name: &str, device_type: DeviceTypeId, more: &[(&str, &str)]) -> DeviceDraft {
    let mut all = fields(&[("name", name), ("status", "installed")]);
    all.set("device_type_id", device_type.to_string());
    for (name, text) in more {
        all.set(*name, *text);
    }
    DeviceDraft::parse(&all).unwrap()
}

fn create(db: &TestDb, actor: &Actor, draft: &DeviceDraft) -> Result<DeviceId, Fault> {
    db.store
        .write_blocking("t", |c| device_create(c, actor, draft))
}

fn refuse(db: &TestDb, actor: &Actor, draft: &DeviceDraft) -> Fault {
    create(db, actor, draft).unwrap_err()
}

fn place(rack: RackId, more: &[(&str, &str)]) -> PlaceDraft {
    let mut all = fields(more);
    all.set("rack_id", rack.to_string());
    PlaceDraft::parse(&all).unwrap()
}

fn kept(rack: RackId, units: (i64, i64), owner: Option<CustomerId>) -> ReservationDraft {
    let mut all = fields(&[("kind", "reserved")]);
    all.set("rack_id", rack.to_string());
    all.set("first_unit", units.0.to_string());
    all.set("last_unit", units.1.to_string());
    all.set(
        "customer_id",
        owner.map_or_else(String::new, |owner| owner.to_string()),
    );
    ReservationDraft::parse(&all).unwrap()
}

fn turn_type(db: &TestDb, id: DeviceTypeId, half: bool, role: &str) {
    db.put(|c| {
        diesel::update(device_types::table.find(id))
            .set((
                device_types::half_width.eq(half),
                device_types::subdevice_role.eq(role),
            ))
            .execute(c)?;
        Ok(())
    });
}

fn unit_of(db: &TestDb, actor: &Actor, id: DeviceId) -> Option<String> {
    let row = db.get(|c| device_by_id(c, actor, id));
    row.position().and_then(|position| position.unit)
}

both! {
    /// Two of half width share a unit; a third and one of whole width are refused by name.
    async fn half_width_shares_a_unit(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
        let (half, whole) = (db.device_type("half", 2), db.device_type("whole", 2));
        turn_type(&db, half, true, "");
        let at = |name: &str, kind, side: &str| draft(name, kind, &[("rack_id", &rack.to_string()), ("unit", "10"), ("half", side)]);
        create(&db, &actor, &at("H-1", half, "left")).unwrap();
        create(&db, &actor, &at("H-2", half, "right")).unwrap();
        let third = refuse(&db, &actor, &at("H-3", half, "left"));
        assert_eq!(field_of(&third), ("unit", "inventory-occupied-by"));
        assert!(third.to_string().contains("H-1") && !third.to_string().contains("H-2"), "{third}");
        assert_eq!(field_of(&refuse(&db, &actor, &at("H-3", half, ""))), ("half", "inventory-half-wanted"));
        assert_eq!(field_of(&refuse(&db, &actor, &at("W-1", whole, "left"))), ("half", "inventory-half-of-whole"));
        let both = refuse(&db, &actor, &at("W-1", whole, ""));
        assert!(both.to_string().contains("H-1, H-2"), "{both}");
    }

    /// Kept units block others, not their own customer, and nobody once their day is over.
    async fn kept_units_block_others(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
        let (moss, reed) = (db.customer("MOSS"), db.customer("REED"));
        let one = db.device_type("one", 2);
        let at = |name: &str, unit: &str, owner: CustomerId| draft(name, one, &[("rack_id", &rack.to_string()), ("unit", unit), ("customer_id", &owner.to_string())]);
        create(&db, &actor, &at("R-1", "12", reed)).unwrap();
        let write = |draft: &ReservationDraft| db.store.write_blocking("t", |c| reservation_create(c, &actor, draft));
        let stands = write(&kept(rack, (10, 13), Some(moss))).unwrap_err();
        assert_eq!(field_of(&stands), ("first_unit", "reservation-others-stand"));
        assert!(stands.to_string().contains("R-1"), "{stands}");
        let id = write(&kept(rack, (13, 16), Some(moss))).unwrap();
        let twice = write(&kept(rack, (16, 20), Some(reed))).unwrap_err();
        assert_eq!(field_of(&twice), ("first_unit", "reservation-kept-already"));
        assert_eq!(field_of(&write(&kept(rack, (40, 43), None)).unwrap_err()), ("last_unit", "inventory-out-of-rack"));
        let refused = refuse(&db, &actor, &at("R-2", "14", reed));
        assert_eq!(field_of(&refused), ("unit", "inventory-kept-units"));
        assert!(refused.to_string().contains("13–16"), "{refused}");
        create(&db, &actor, &at("M-1", "14", moss)).unwrap();

        let row = db.get(|c| rack_by_id(c, &actor, rack));
        let mut small = RackDraft::from(&row.rack);
        small.units = 15;
        let shrunk = db.store.write_blocking("t", |c| rack_update(c, &actor, rack, 1, &small)).unwrap_err();
        assert_eq!(field_of(&shrunk), ("units", "facility-rack-keeps-units"));

        let mut over = kept(rack, (13, 16), Some(moss));
        over.until_date = Some("2026-11-21".into());
        db.put(|c| reservation_update(c, &actor, id, 1, &over));
        create(&db, &actor, &at("R-2", "15", reed)).unwrap();
        let stale = db.store.write_blocking("t", |c| reservation_archive(c, &actor, id, 1, true)).unwrap_err();
        assert_eq!(stale.kind, FaultKind::Stale);
        db.put(|c| reservation_archive(c, &actor, id, 2, true));
        assert!(db.get(|c| reservations_of_racks(c, &actor, &[rack])).is_empty());
        let back = db.store.write_blocking("t", |c| reservation_archive(c, &actor, id, 3, false)).unwrap_err();
        assert_eq!(field_of(&back), ("first_unit", "reservation-others-stand"), "R-2 stands there now");
    }

    /// Units are rented out one by one in shared racks only, to a customer.
    async fn units_are_rented_in_shared_racks_only(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
        let moss = db.customer("MOSS");
        let mut rented = kept(rack, (1, 20), Some(moss));
        rented.kind = coldaisle::facility::ReservationKind::Rented;
        let write = || db.store.write_blocking("t", |c| reservation_create(c, &actor, &rented));
        assert_eq!(field_of(&write().unwrap_err()), ("kind", "reservation-not-shared"));
        db.put(|c| { diesel::update(racks::table.find(rack)).set(racks::ownership.eq("shared")).execute(c)?; Ok(()) });
        write().unwrap();
    }

    /// A blade stands in a bay, moves with its chassis and weighs in its rack; what makes no sense is refused.
    async fn blades_stand_in_their_chassis(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let room = db.room(db.site("S1"), "R1");
        let (rack, other) = (db.rack(room, "A01"), db.rack(room, "A02"));
        let (box_type, blade_type, plain) = (db.device_type("box", 20), db.device_type("blade", 2), db.device_type("plain", 2));
        turn_type(&db, box_type, false, "parent");
        turn_type(&db, blade_type, false, "child");
        db.put(|c| { diesel::update(device_types::table.find(blade_type)).set((device_types::watts.eq(300), device_types::weight_g.eq(7_000))).execute(c)?; Ok(()) });
        let chassis = create(&db, &actor, &draft("CH-1", box_type, &[("rack_id", &rack.to_string()), ("unit", "1")])).unwrap();
        let bay = |name: &str, kind, holder: DeviceId, bay: &str| draft(name, kind, &[("chassis_id", &holder.to_string()), ("bay", bay)]);
        let blade = create(&db, &actor, &bay("BL-1", blade_type, chassis, "1")).unwrap();
        create(&db, &actor, &bay("BL-2", blade_type, chassis, "2")).unwrap();
        let row = db.get(|c| device_by_id(c, &actor, blade));
        let position = row.position().unwrap();
        assert_eq!((position.chassis.as_deref(), position.bay.as_deref(), position.rack.as_str()), (Some("CH-1"), Some("1"), "A01"));
        let inside = db.get(|c| occupants(c, rack));
        let loads: Vec<_> = inside.iter().map(|one| (one.name.as_str(), one.load().watts.get(), one.load().weight.get())).collect();
        assert_eq!(loads, [("CH-1", 600, 14_000)], "a blade takes no units and weighs in its chassis");

        for (draft, field, key) in [
            (bay("BL-3", blade_type, chassis, "2"), "bay", "inventory-bay-taken"),
            (bay("PL-1", plain, chassis, "3"), "chassis_id", "inventory-no-blade"),
            (bay("BL-3", blade_type, blade, "1"), "chassis_id", "inventory-no-bays"),
            (draft("BL-3", blade_type, &[("rack_id", &rack.to_string()), ("unit", "30")]), "chassis_id", "inventory-blade-wants-bay"),
        ] {
            assert_eq!(field_of(&refuse(&db, &actor, &draft)), (field, key));
        }
        let circle = PlaceDraft { chassis_id: Some(chassis), bay: Some("9".into()), ..PlaceDraft::default() };
        let refused = db.store.write_blocking("t", |c| device_move(c, &actor, chassis, 1, &circle)).unwrap_err();
        assert_eq!(field_of(&refused), ("chassis_id", "inventory-chassis-circle"));

        db.put(|c| device_move(c, &actor, chassis, 1, &place(other, &[("unit", "5")])));
        let carried = db.get(|c| device_by_id(c, &actor, blade));
        assert_eq!((carried.device.rack_id, carried.device.version), (Some(other), 1), "a blade goes along with its chassis");
        let full = db.store.write_blocking("t", |c| device_archive(c, &actor, chassis, 2, true)).unwrap_err();
        assert!(full.to_string().contains("BL-1, BL-2"), "{full}");
    }

    /// The last own move is taken back while nothing changed since; nobody else's, and not into a taken place.
    async fn a_move_is_taken_back(db: TestDb) {
        let (actor, other) = (db.actor(Role::Operations), db.actor(Role::Technician));
        let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
        let one = db.device_type("one", 2);
        let server = create(&db, &actor, &draft("SRV-1", one, &[("rack_id", &rack.to_string()), ("unit", "10")])).unwrap();
        let to = |unit: &str| place(rack, &[("unit", unit), ("face", "front")]);
        assert!(db.get(|c| device_move_last(c, &actor, server)).is_none());
        db.put(|c| device_move(c, &actor, server, 1, &to("20")));
        assert!(db.get(|c| device_move_last(c, &other, server)).is_none(), "it was not theirs");
        let not_theirs = db.store.write_blocking("t", |c| device_move_back(c, &other, server, 2)).unwrap_err();
        assert_eq!(not_theirs.kind, FaultKind::Conflict);
        let (_, before) = db.get(|c| device_move_last(c, &actor, server)).unwrap();
        assert_eq!(before.unit.map(|unit| unit.to_units_text()).as_deref(), Some("10"));
        let stale = db.store.write_blocking("t", |c| device_move_back(c, &actor, server, 1)).unwrap_err();
        assert_eq!(stale.kind, FaultKind::Stale);
        db.put(|c| device_move_back(c, &actor, server, 2));
        assert_eq!(unit_of(&db, &actor, server).as_deref(), Some("10"));
        let twice = db.store.write_blocking("t", |c| device_move_back(c, &actor, server, 3)).unwrap_err();
        assert_eq!(twice.kind, FaultKind::Conflict);

        db.put(|c| device_move(c, &actor, server, 3, &PlaceDraft::default()));
        create(&db, &actor, &draft("SRV-2", one, &[("rack_id", &rack.to_string()), ("unit", "10")])).unwrap();
        let taken = db.store.write_blocking("t", |c| device_move_back(c, &actor, server, 4)).unwrap_err();
        assert!(taken.to_string().contains("SRV-2"), "{taken}");
        let row = db.get(|c| device_by_id(c, &actor, server));
        assert_eq!(row.device.status, DeviceStatus::InStock, "nothing was half done");
    }

    /// Racks share no tile, a floor keeps its racks, and an old version is refused.
    async fn racks_stand_on_tiles(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let room = db.room(db.site("S1"), "R1");
        let (a, b) = (db.rack(room, "A01"), db.rack(room, "A02"));
        let put = |rack, version, x, y, rotation| db.store.write_blocking("t", |c| rack_settle(c, &actor, rack, version, Some(Spot { x, y, rotation })));
        let bare = put(a, 1, 1, 1, Rotation::Up).unwrap_err();
        assert_eq!(field_of(&bare), ("grid_x", "facility-no-plan"));
        db.put(|c| {
            diesel::update(rooms::table.find(room)).set((rooms::grid_columns.eq(6), rooms::grid_rows.eq(4))).execute(c)?;
            diesel::update(racks::table).set((racks::width_mm.eq(600), racks::depth_mm.eq(1200))).execute(c)?;
            Ok(())
        });
        put(a, 1, 2, 2, Rotation::Down).unwrap();
        let taken = put(b, 1, 1, 3, Rotation::Left).unwrap_err();
        assert_eq!(field_of(&taken), ("grid_x", "facility-tiles-taken"));
        assert!(taken.to_string().contains("A01"), "{taken}");
        put(b, 1, 1, 4, Rotation::Left).unwrap();
        assert_eq!(field_of(&put(b, 2, 6, 4, Rotation::Right).unwrap_err()), ("grid_x", "facility-off-the-floor"));
        assert_eq!(put(b, 1, 4, 1, Rotation::Up).unwrap_err().kind, FaultKind::Stale);
        let there = db.get(|c| room_by_id(c, &actor, room)).room;
        let mut less = RoomDraft::from(&there);
        less.floor.rows = 3;
        let lost = db.store.write_blocking("t", |c| room_update(c, &actor, room, 1, &less)).unwrap_err();
        assert_eq!(field_of(&lost), ("grid_columns", "facility-floor-loses"));
    }

    /// A customer's drawing has their own devices in it, and not an octet that tells of another.
    async fn a_drawing_tells_nothing_of_others(db: TestDb) {
        let web = TestWeb::new(db).await;
        let db = &web.db;
        let actor = db.actor(Role::Operations);
        let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
        let (moss, reed) = (db.customer("MOSS"), db.customer("REED"));
        let one = db.device_type("one", 2);
        let (half, box_type) = (db.device_type("secret-half", 2), db.device_type("secret-box", 8));
        turn_type(db, half, true, "");
        turn_type(db, box_type, false, "parent");
        let rack_id = rack.to_string();
        let own = create(db, &actor, &draft("OWN-1", one, &[("rack_id", &rack_id), ("unit", "10"), ("customer_id", &moss.to_string())])).unwrap();
        let reed_id = reed.to_string();
        let others: Vec<DeviceId> = [
            draft("HIDDEN-<1>", one, &[("rack_id", &rack_id), ("unit", "12"), ("customer_id", &reed_id), ("serial", "SN-HIDDEN"), ("label", "LABEL-HIDDEN"), ("asset_tag", "TAG-HIDDEN")]),
            draft("HIDDEN-2", half, &[("rack_id", &rack_id), ("unit", "14"), ("half", "left"), ("customer_id", &reed_id)]),
            draft("HIDDEN-3", box_type, &[("rack_id", &rack_id), ("unit", "20")]),
        ].iter().map(|draft| create(db, &actor, draft).unwrap()).collect();
        db.put(|c| reservation_create(c, &actor, &ReservationDraft { reason: "REASON-HIDDEN".into(), ..kept(rack, (30, 33), Some(reed)) }));
        db.put(|c| reservation_create(c, &actor, &ReservationDraft { reason: "reason-own".into(), ..kept(rack, (36, 37), Some(moss)) }));

        let customer = web.browser(Role::CustomerAdmin, Some(moss));
        for colour in ["status", "customer", "power", "temperature", "age"] {
            for base in ["", "/api/v1"] {
                let reply = web.get(&customer, &format!("{base}/racks/{rack}/elevation.svg?colour={colour}&q=HIDDEN")).await;
                assert_eq!((reply.status, reply.header("content-type")), (Status::Ok, Some("image/svg+xml")));
                let svg = &reply.body;
                assert!(svg.contains("OWN-1") && svg.contains(&format!("/devices/{own}\"")) && svg.contains("reason-own"), "{svg}");
                for secret in ["HIDDEN", "REED", "Customer REED", "secret-", "data-"] {
                    assert!(!svg.contains(secret), "{secret} in {colour}: {svg}");
                }
                for id in &others {
                    assert!(!svg.contains(&format!("/devices/{id}\"")), "{id} in {svg}");
                }
                assert!(svg.matches("Occupied").count() >= 4, "{svg}");
            }
        }
        let stranger = web.browser(Role::CustomerAdmin, Some(db.customer("QUAY")));
        assert_eq!(web.get(&stranger, &format!("/racks/{rack}/elevation.svg")).await.status, Status::NotFound);

        let staff = web.browser(Role::Operations, None);
        let page = web.get(&staff, &format!("/racks/{rack}?q=own&colour=customer")).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        for part in ["HIDDEN-&lt;1&gt;", "is-hit", "One device stands out.", "REASON-HIDDEN", "data-device="] {
            assert!(page.body.contains(part), "{part} in {}", page.body);
        }
        let reception = web.get(&web.browser(Role::Reception, None), &format!("/racks/{rack}")).await;
        assert!(reception.status == Status::Ok && !reception.body.contains("HIDDEN-"), "{}", reception.body);
    }

    /// Moved on the page of the rack, refused with what is in the way, and taken back by the button.
    async fn the_page_of_a_rack_moves_and_undoes(db: TestDb) {
        let web = TestWeb::new(db).await;
        let db = &web.db;
        let actor = db.actor(Role::Operations);
        let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
        let one = db.device_type("one", 2);
        let at = |name: &str, unit: &str| draft(name, one, &[("rack_id", &rack.to_string()), ("unit", unit)]);
        let server = create(db, &actor, &at("SRV-1", "10")).unwrap();
        create(db, &actor, &at("SRV-2", "12")).unwrap();
        let staff = web.browser(Role::Technician, None);
        let id = server.to_string();
        let to = |unit: &'static str, version: &'static str| [("unit", unit), ("face", "rear"), ("version", version)];
        let send = async |unit, version| {
            let mut form: Vec<(&str, &str)> = to(unit, version).to_vec();
            form.push(("device_id", id.as_str()));
            web.post(&staff, &format!("/racks/{rack}/move"), &form).await
        };
        let refused = send("12", "1").await;
        assert_eq!((refused.status, refused.header("location")), (Status::SeeOther, Some(format!("/racks/{rack}").as_str())));
        assert_eq!(unit_of(db, &actor, server).as_deref(), Some("10"));
        let moved = send("20.5", "1").await;
        let back = format!("/racks/{rack}?moved={server}");
        assert_eq!((moved.status, moved.header("location")), (Status::SeeOther, Some(back.as_str())));
        assert_eq!(unit_of(db, &actor, server).as_deref(), Some("20.5"));
        let page = web.get(&staff, &back).await;
        assert!(page.body.contains("put SRV-1 back to U10"), "{}", page.body);
        let others = web.get(&web.browser(Role::Technician, None), &back).await;
        assert!(!others.body.contains("put SRV-1 back"), "the undo is for who moved it");
        let undone = web.post(&staff, &format!("/racks/{rack}/undo"), &[("device_id", id.as_str()), ("version", "2")]).await;
        assert_eq!(undone.status, Status::SeeOther);
        assert_eq!(unit_of(db, &actor, server).as_deref(), Some("10"));
    }

    /// The plan of a room leads to its racks; programs reserve units and let them go.
    async fn rooms_and_reservations_over_the_web(db: TestDb) {
        let web = TestWeb::new(db).await;
        let db = &web.db;
        let room = db.room(db.site("S1"), "R1");
        let rack = db.rack(room, "A01");
        let staff = web.browser(Role::Operations, None);
        let none = web.get(&staff, &format!("/rooms/{room}")).await;
        assert!(none.status == Status::Ok && none.body.contains("no floor plan"), "{}", none.body);
        db.put(|c| {
            diesel::update(rooms::table.find(room)).set((rooms::grid_columns.eq(6), rooms::grid_rows.eq(4), rooms::aisles.eq("cold 1,1 6x1 <A>"))).execute(c)?;
            Ok(())
        });
        let form = [("rack", format!("{rack}:1")), ("grid_x", "3".to_owned()), ("grid_y", "2".to_owned()), ("rotation", "90".to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert_eq!(web.post(&staff, &format!("/rooms/{room}/settle"), &form).await.status, Status::SeeOther);
        for heat in ["fill", "power", "temperature"] {
            let plan = web.get(&staff, &format!("/rooms/{room}?colour={heat}")).await;
            assert!(plan.body.contains("floor-place") && plan.body.contains("Cold aisle &lt;A&gt;"), "{}", plan.body);
            assert!(plan.body.contains(&format!("href=\"/racks/{rack}\"")), "{}", plan.body);
        }
        let edit = web.get(&staff, &format!("/rooms/{room}?edit=1")).await;
        assert!(edit.body.contains(&format!("data-rack=\"{rack}\" data-version=\"2\"")), "{}", edit.body);

        let program = web.program(Role::Operations, None, "write");
        let path = format!("/api/v1/racks/{rack}/reservations");
        let made = web.json(&program, Method::Post, &path, &json!({"first_unit": 4, "last_unit": 6, "reason": "later"})).await;
        assert_eq!(made.status, Status::Created, "{}", made.body);
        let one = format!("/api/v1/reservations/{}", made.json()["id"]);
        let wrong = web.json(&program, Method::Put, &one, &json!({"first_unit": 4, "last_unit": 99, "version": 1})).await;
        assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].clone()), (Status::UnprocessableEntity, json!("last_unit")));
        let changed = web.json(&program, Method::Put, &one, &json!({"first_unit": 4, "last_unit": 9, "version": 1})).await;
        assert_eq!((changed.status, changed.json()["last_unit"].clone()), (Status::Ok, json!(9)));
        let stale = web.json(&program, Method::Delete, &format!("{one}?version=1"), &json!({})).await;
        assert_eq!(stale.status, Status::Conflict);
        let ended = web.json(&program, Method::Delete, &format!("{one}?version=2"), &json!({})).await;
        assert_eq!(ended.status, Status::NoContent);
        assert_eq!(web.get(&program, &path).await.json(), json!([]));
    }
}
