//! The stock room and devices by age, on both databases.

use coldaisle::base::fields::Fields;
use coldaisle::base::ids::DeviceId;
use coldaisle::base::page::PageRequest;
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::ages::YearCount;
use coldaisle::inventory::{
    DeviceFilter, PlaceDraft, StockDraft, StockRow, device_ages, device_by_id, device_move,
    stock_by_device, stock_counts, stock_list, stock_put,
};
use coldaisle::store::schema::devices;
use diesel::prelude::*;

use crate::harness::{NOW, TestDb, TestWeb, both};

fn place(pairs: &[(&str, String)]) -> PlaceDraft {
    let fields: Fields = pairs
        .iter()
        .map(|(name, text)| (*name, text.clone()))
        .collect();
    PlaceDraft::parse(&fields).unwrap()
}

fn move_to(db: &TestDb, actor: &Actor, id: DeviceId, place: &PlaceDraft) {
    let version = db.get(|c| device_by_id(c, actor, id)).device.version;
    db.put(|c| device_move(c, actor, id, version, place));
}

fn in_stock(db: &TestDb, actor: &Actor, filter: &DeviceFilter) -> Vec<StockRow> {
    db.get(|c| stock_list(c, actor, filter, &PageRequest::first()))
        .rows
}

fn names(rows: &[StockRow]) -> Vec<&str> {
    rows.iter()
        .map(|there| there.row.device.name.as_str())
        .collect()
}

fn dates(db: &TestDb, id: DeviceId, bought: Option<&str>, warranty: Option<&str>) {
    db.put(|c| {
        diesel::update(devices::table.find(id))
            .set((
                devices::purchased_on.eq(bought),
                devices::warranty_until.eq(warranty),
            ))
            .execute(c)?;
        Ok(())
    });
}

both! {
    /// What comes out of a rack is in the stock of its building since then; what goes into one has left it.
    async fn moves_lead_into_stock_and_out_of_it(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let site = db.site("S1");
        let rack = db.rack(db.room(site, "Hall"), "A01");
        let id = db.device("D-1", None);
        let into = place(&[("rack_id", rack.to_string()), ("unit", "3".into()), ("face", "front".into())]);
        move_to(&db, &staff, id, &into);
        let everything = DeviceFilter::default();
        assert!(in_stock(&db, &staff, &everything).is_empty());
        move_to(&db, &staff, id, &place(&[]));
        let rows = in_stock(&db, &staff, &everything);
        assert_eq!(names(&rows), ["D-1"]);
        let stock = rows[0].stock.clone().unwrap();
        assert_eq!((stock.site.as_str(), stock.place.as_str(), stock.since), ("S1", "", NOW));
        let fields: Fields = [("site_id", site.to_string()), ("place", "S2-4".into())].into_iter().collect();
        let draft = StockDraft::parse(&fields).unwrap();
        let version = rows[0].row.device.version;
        db.put(|c| stock_put(c, &staff, id, version, &draft));
        let fault = db.store.write_blocking("t", |c| stock_put(c, &staff, id, version, &draft)).unwrap_err();
        assert_eq!(fault.message.key, "fault-stale");
        let there = db.get(|c| stock_by_device(c, &staff, id)).stock.unwrap();
        assert_eq!((there.place.as_str(), there.since), ("S2-4", NOW));
        move_to(&db, &staff, id, &into);
        assert!(in_stock(&db, &staff, &everything).is_empty());
        let fault = db.store.read_blocking(|c| stock_by_device(c, &staff, id)).unwrap_err();
        assert_eq!(fault.message.key, "stock-not-in-stock");
    }

    async fn the_stock_is_narrowed_counted_and_walled(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let own = db.customer("AAA");
        let (site, other) = (db.site("S1"), db.site("S2"));
        for (name, customer, at) in [("D-1", None, Some(site)), ("D-2", Some(own), Some(other)), ("D-3", Some(own), None)] {
            let id = db.device(name, customer);
            let draft = StockDraft { site_id: at, place: "S".into() };
            db.put(|c| stock_put(c, &staff, id, 1, &draft));
        }
        let at = DeviceFilter { stock_site_id: Some(site), ..DeviceFilter::default() };
        assert_eq!(names(&in_stock(&db, &staff, &at)), ["D-1"]);
        let counts = db.get(|c| stock_counts(c, &staff, &DeviceFilter::default()));
        assert_eq!(counts.iter().map(|one| one.count).collect::<Vec<_>>(), [3]);
        let theirs = db.actor_of(Role::CustomerAdmin, Some(own));
        assert_eq!(names(&in_stock(&db, &theirs, &DeviceFilter::default())), ["D-2", "D-3"]);
        let web = TestWeb::new(db).await;
        let caller = web.browser(Role::Operations, None);
        let page = web.get(&caller, &format!("/stock?site={site}")).await;
        assert_eq!(page.status.code, 200, "{}", page.body);
        assert!(page.body.contains("D-1") && !page.body.contains("D-2"), "{}", page.body);
        let file = web.get(&caller, &format!("/stock.csv?site={site}&column=name&column=stock_place")).await;
        assert_eq!(file.body, "\u{feff}name,stock_place\r\nD-1,S\r\n");
        let customer = web.browser(Role::CustomerAdmin, Some(own));
        let page = web.get(&customer, &format!("/stock?site={site}&customer=AAA")).await;
        assert!(page.body.contains("D-2") && !page.body.contains("D-1"), "{}", page.body);
        let program = web.program(Role::CustomerMember, Some(own), "read");
        let told = web.get(&program, "/api/v1/stock").await.json();
        assert_eq!(told["total"], 2);
        assert_eq!(told["items"][0]["stock_place"], "");
    }

    async fn devices_are_counted_by_warranty_and_year(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let own = db.customer("AAA");
        let today = "2026-11-22";
        for (name, customer, bought, warranty) in [
            ("D-1", None, Some("2018-03-01"), Some("2021-03-01")),
            ("D-2", Some(own), Some("2021-11-22"), Some("2026-11-22")),
            ("D-3", Some(own), Some("2021-01-05"), Some("2026-12-22")),
            ("D-4", None, Some("2026-05-01"), Some("2027-05-01")),
            ("D-5", None, None, None),
        ] {
            dates(&db, db.device(name, customer), bought, warranty);
        }
        let year = |year: &str, count| YearCount { year: year.into(), count };
        let ages = db.get(|c| device_ages(c, &staff, today));
        assert_eq!((ages.ended, ages.within.as_slice(), ages.undated), (1, &[2, 2, 3][..], 1));
        assert_eq!(ages.years, [year("2018", 1), year("2021", 2), year("2026", 1)]);
        let theirs = db.actor_of(Role::CustomerAdmin, Some(own));
        let ages = db.get(|c| device_ages(c, &theirs, today));
        assert_eq!((ages.ended, ages.years), (0, vec![year("2021", 2)]));
        let web = TestWeb::new(db).await;
        let caller = web.browser(Role::Operations, None);
        for path in ["/devices/ages", "/devices/ages?warranty=90&sort=warranty_until", "/devices/ages?older=5&column=age"] {
            let page = web.get(&caller, path).await;
            assert_eq!(page.status.code, 200, "{path}: {}", page.body);
        }
        let file = web.get(&caller, "/devices/ages.csv?year=2021&column=name&column=purchased_on").await;
        assert_eq!(file.body, "\u{feff}name,purchased_on\r\nD-3,2021-01-05\r\nD-2,2021-11-22\r\n");
        assert_eq!(web.get(&caller, "/devices/ages?older=0").await.status.code, 422);
        let program = web.program(Role::Auditor, None, "read");
        let told = web.get(&program, "/api/v1/devices/ages?warranty=ended").await.json();
        assert_eq!(told["devices"]["items"][0]["name"], "D-1");
    }
}
