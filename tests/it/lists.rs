//! Lists: order by any column and key, columns by choice, files of what is shown, saved views, and how many statements
//! a page takes.

use std::sync::atomic::Ordering;

use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::ids::{DeviceId, RackId};
use coldaisle::base::page::{Page, PageRequest};
use coldaisle::facility::{RackFilter, RackSort, rack_list};
use coldaisle::identity::ops::{view_by_id, view_create, view_list, view_remove, view_update};
use coldaisle::identity::{Actor, MOST_VIEWS, Role, ViewDraft, ViewedList};
use coldaisle::inventory::{DeviceFilter, DeviceSort, device_list};
use coldaisle::metering::{PortFilter, PortSort, port_list};
use coldaisle::store::schema::{devices, ports, racks};
use diesel::prelude::*;

use crate::harness::{Caller, NOW, TestDb, TestWeb, both};

/// Seventeen devices with values that are missing, equal and different, some in racks, some of customers.
fn devices_of_all_sorts(db: &TestDb) -> Vec<DeviceId> {
    let owners = [None, Some(db.customer("AAA")), Some(db.customer("BBB"))];
    let room = db.room(db.site("S1"), "Hall");
    let racks: Vec<RackId> = ["A01", "A02"].map(|name| db.rack(room, name)).into();
    let serials = [None, Some("SN-2"), Some("SN-10"), Some("序号")];
    let days = [None, Some("2026-01-31"), Some("2027-01-31")];
    (0..17_usize)
        .map(|n| {
            let id = db.device(&format!("D-{:02}", (n * 7) % 17), owners[n % 3]);
            if n % 4 == 0 {
                db.install(id, racks[n % 2], i64::try_from(n * 4).unwrap());
            }
            let serial = serials[n % 4].map(|text| format!("{text}-{n}"));
            let memory = (n % 5 != 0).then(|| i64::try_from(n % 3).unwrap() * 1024);
            db.put(move |c| {
                diesel::update(devices::table.find(id))
                    .set((
                        devices::serial.eq(serial.clone()),
                        devices::label.eq(["", "x", "y"][n % 3]),
                        devices::warranty_until.eq(days[n % 3]),
                        devices::memory_mib.eq(memory),
                    ))
                    .execute(c)?;
                Ok(())
            });
            id
        })
        .collect()
}

/// Walks a list from its beginning to its end by pages, and back; gives the ids in order.
fn walked<T>(
    what: &str,
    limit: usize,
    id: impl Fn(&T) -> i64,
    page: impl Fn(&PageRequest) -> Page<T>,
) -> Vec<i64> {
    let ask = |after: Option<String>, before: Option<String>| {
        page(&PageRequest {
            after,
            before,
            limit,
        })
    };
    let ids = |page: &Page<T>| page.rows.iter().map(&id).collect::<Vec<_>>();
    let mut at = ask(None, None);
    assert_eq!(at.previous, None, "{what}");
    let mut seen = ids(&at);
    while let Some(next) = at.next.clone() {
        let on = ask(Some(next), None);
        let back = ask(None, on.previous.clone());
        assert_eq!(
            ids(&back),
            ids(&at),
            "{what} by {limit}: back from {seen:?}"
        );
        seen.extend(ids(&on));
        assert!(seen.len() <= 1000, "{what} by {limit} has no end");
        at = on;
    }
    seen
}

fn assert_once(what: &str, seen: &[i64], expected: &[i64]) {
    let mut sorted = seen.to_vec();
    sorted.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(sorted, expected, "{what}: every row once");
}

fn statements(db: &TestDb) -> u64 {
    db.store.figures().statements.load(Ordering::Relaxed)
}

/// Statements that a page takes.
async fn cost(web: &TestWeb, caller: &Caller, path: &str) -> u64 {
    let before = statements(&web.db);
    let page = web.get(caller, path).await;
    assert_eq!(page.status.code, 200, "{path}: {}", page.body);
    statements(&web.db) - before
}

fn view(name: &str, query: &str, is_shared: bool) -> ViewDraft {
    ViewDraft::new(name, query, is_shared).unwrap()
}

both! {
    /// Whatever a list of devices is sorted by, whichever way and by pages of whatever size: every row once, the empty ones
    /// last, and back the same way.
    async fn devices_are_walked_in_any_order(db: TestDb) {
        let ids: Vec<i64> = devices_of_all_sorts(&db).iter().map(|id| id.get()).collect();
        let actor = db.actor(Role::Operations);
        for sort in DeviceSort::ALL {
            for is_descending in [false, true] {
                let filter = DeviceFilter { sort: *sort, is_descending, ..DeviceFilter::default() };
                let mut whole: Option<Vec<i64>> = None;
                for limit in [1, 2, 3, 5, 16, 17, 18] {
                    let what = format!("{sort} {is_descending}");
                    let seen = walked(&what, limit, |row: &coldaisle::inventory::DeviceRow| row.device.id.get(), |page| {
                        db.get(|c| device_list(c, &actor, &filter, page))
                    });
                    assert_once(&what, &seen, &ids);
                    let whole = whole.get_or_insert_with(|| seen.clone());
                    assert_eq!(*whole, seen, "{what} by {limit}");
                }
            }
        }
        let filter = DeviceFilter { sort: DeviceSort::Warranty, is_descending: true, ..DeviceFilter::default() };
        let page = db.get(|c| device_list(c, &actor, &filter, &PageRequest::first()));
        let days: Vec<Option<String>> = page.rows.iter().map(|row| row.device.warranty_until.clone()).collect();
        let first_none = days.iter().position(Option::is_none).unwrap();
        assert!(days[..first_none].windows(2).all(|pair| pair[0] >= pair[1]), "{days:?}");
        assert!(days[first_none..].iter().all(Option::is_none), "none comes last: {days:?}");
        let filter = DeviceFilter { warranty_before: Some("2026-06-01".into()), ..DeviceFilter::default() };
        assert_eq!(db.get(|c| device_list(c, &actor, &filter, &PageRequest::first())).total, 6);
    }

    /// A row that went and one that came while somebody read move nobody's place.
    async fn a_place_in_a_list_outlives_its_row(db: TestDb) {
        let ids = devices_of_all_sorts(&db);
        let actor = db.actor(Role::Operations);
        let filter = DeviceFilter { sort: DeviceSort::Label, ..DeviceFilter::default() };
        let page = |after: Option<String>| {
            let request = PageRequest { after, limit: 5, ..PageRequest::first() };
            db.get(|c| device_list(c, &actor, &filter, &request))
        };
        let first = page(None);
        let second = page(first.next.clone());
        let last = first.rows.last().unwrap().device.id;
        assert!(ids.contains(&last));
        db.put(|c| {
            diesel::update(devices::table.find(last)).set(devices::archived_at.eq(NOW)).execute(c)?;
            Ok(())
        });
        let again = page(first.next);
        let names = |page: &Page<coldaisle::inventory::DeviceRow>| page.rows.iter().map(|row| row.device.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&again), names(&second));
    }

    async fn racks_and_ports_are_walked_in_any_order(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let customer = db.customer("AAA");
        let (one, two) = (db.room(db.site("S1"), "Hall"), db.room(db.site("S2"), "Hall"));
        let mut ids = Vec::new();
        for n in 0..11_i64 {
            let rack = db.rack(if n % 2 == 0 { one } else { two }, &format!("R{:02}", (n * 3) % 11));
            ids.push(rack.get());
            db.put(move |c| {
                diesel::update(racks::table.find(rack))
                    .set((racks::units.eq(42 + n % 3), racks::max_watts.eq((n % 4 != 0).then_some(n * 1000)), racks::customer_id.eq((n % 3 == 0).then_some(customer))))
                    .execute(c)?;
                Ok(())
            });
        }
        for sort in RackSort::ALL {
            for (is_descending, limit) in [(false, 1), (false, 4), (true, 3), (true, 20)] {
                let filter = RackFilter { sort: *sort, is_descending, ..RackFilter::default() };
                let what = format!("racks by {sort}");
                let seen = walked(&what, limit, |row: &coldaisle::facility::RackRow| row.rack.id.get(), |page| db.get(|c| rack_list(c, &actor, &filter, page)));
                assert_once(&what, &seen, &ids);
            }
        }
        let switches = [db.device("SW-1", None), db.device("SW-2", None)];
        let mut ids = Vec::new();
        for n in 0..13_i64 {
            let device = switches[usize::try_from(n % 2).unwrap()];
            let id: coldaisle::base::ids::PortId = db.put(move |c| {
                Ok(diesel::insert_into(ports::table)
                    .values((
                        ports::device_id.eq(device),
                        ports::name.eq(format!("Gi{}", n % 7)),
                        ports::alias.eq(["", "uplink"][usize::try_from(n % 2).unwrap()]),
                        ports::if_index.eq(n),
                        ports::last_seen_at.eq((n % 3 != 0).then(|| NOW.plus_seconds(n % 4))),
                        ports::created_at.eq(NOW),
                        ports::updated_at.eq(NOW),
                    ))
                    .returning(ports::id)
                    .get_result(c)?)
            });
            ids.push(id.get());
        }
        for sort in PortSort::ALL {
            for (is_descending, limit) in [(false, 1), (false, 4), (true, 3), (true, 20)] {
                let filter = PortFilter { sort: *sort, is_descending, ..PortFilter::default() };
                let what = format!("ports by {sort}");
                let seen = walked(&what, limit, |row: &coldaisle::metering::PortRow| row.port.id.get(), |page| db.get(|c| port_list(c, &actor, &filter, page)));
                assert_once(&what, &seen, &ids);
            }
        }
    }

    /// The columns, the order and the filters of the page are those of its file; what a list does not know is refused by name.
    async fn a_file_holds_what_the_page_shows(db: TestDb) {
        devices_of_all_sorts(&db);
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let asked = "?customer=AAA&sort=-name&column=serial&column=memory";
        let file = web.get(&staff, &format!("/devices.csv{asked}")).await;
        let lines: Vec<&str> = file.body.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines[0], "name,serial,memory");
        let names: Vec<&str> = lines[1..].iter().map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(names.len(), 6);
        assert!(names.windows(2).all(|pair| pair[0] > pair[1]), "{names:?}");
        let page = web.get(&staff, &format!("/devices{asked}")).await;
        let mut at = 0;
        for name in names {
            let found = page.body[at..].find(name).unwrap_or_else(|| panic!("{name} is not in its place"));
            at += found;
        }
        assert!(page.body.contains("aria-sort=\"descending\""), "{}", page.body);
        for (path, word) in [
            ("/devices?column=colour", "colour"),
            ("/devices.csv?sort=rowid", "rowid"),
            ("/racks?sort=colour", "colour"),
            ("/ports?column=secret", "secret"),
            ("/devices?warranty_before=soon", "2026"),
        ] {
            let reply = web.get(&staff, path).await;
            assert_eq!(reply.status.code, 422, "{path}");
            assert!(reply.body.contains(word), "{path}: {}", reply.body);
        }
        for path in ["/racks.csv?column=site&column=updated", "/ports.csv?column=seen&sort=-seen", "/racks?sort=-max_watts&column=max_watts", "/ports?sort=alias"] {
            assert_eq!(web.get(&staff, path).await.status.code, 200, "{path}");
        }
        let owner = web.browser(Role::CustomerMember, Some(web.db.get(|c| {
            Ok(coldaisle::store::schema::customers::table
                .filter(coldaisle::store::schema::customers::code.eq("AAA"))
                .select(coldaisle::store::schema::customers::id)
                .first(c)?)
        })));
        assert_eq!(web.get(&owner, "/devices?column=customer").await.status.code, 422, "not a column of theirs");
        let own = web.get(&owner, "/devices.csv?sort=-site").await;
        assert_eq!(own.body.lines().count(), 7, "{}", own.body);
    }

    /// Ten times the rows take not one statement more.
    async fn a_page_takes_as_many_statements_for_fifty_rows_as_for_five(db: TestDb) {
        let room = db.room(db.site("S1"), "Hall");
        let owner = db.customer("AAA");
        let switch = db.device("SW-1", None);
        let fill = |db: &TestDb, from: i64, until: i64| {
            for n in from..until {
                let rack = db.rack(room, &format!("R{n:02}"));
                let device = db.device(&format!("SRV-{n:02}"), Some(owner));
                db.install(device, rack, n % 30);
                db.put(move |c| {
                    diesel::insert_into(ports::table)
                        .values((ports::device_id.eq(switch), ports::name.eq(format!("Gi{n}")), ports::created_at.eq(NOW), ports::updated_at.eq(NOW)))
                        .execute(c)?;
                    Ok(())
                });
            }
        };
        fill(&db, 0, 5);
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let paths = ["/devices", "/devices?sort=-rack&column=rack", "/racks", "/ports", "/differences"];
        let mut few = Vec::new();
        for path in paths {
            cost(&web, &staff, path).await;
            few.push(cost(&web, &staff, path).await);
        }
        fill(&web.db, 5, 50);
        for (path, few) in paths.into_iter().zip(few) {
            let many = cost(&web, &staff, path).await;
            assert_eq!(many, few, "{path}");
            assert!(few <= 40, "{path}: {few} statements");
            assert!(few >= 4, "{path}: they are counted");
        }
    }

    async fn views_are_their_owners_and_shared_with_staff(db: TestDb) {
        let owner = db.actor(Role::Operations);
        let colleague = db.actor(Role::Technician);
        let customer = db.actor(Role::CustomerAdmin);
        let id = db.put(|c| view_create(c, &owner, ViewedList::Devices, &view("Old", "status=planned", false)));
        let names = |actor: &Actor| -> Vec<String> {
            let views = db.get(|c| view_list(c, actor, ViewedList::Devices));
            views.into_iter().map(|view| view.name).collect()
        };
        assert_eq!((names(&owner), names(&colleague)), (vec!["Old".to_owned()], vec![]));
        db.put(|c| view_update(c, &owner, id, 1, &view("Planned", "status=planned", true)));
        assert_eq!((names(&colleague), names(&customer)), (vec!["Planned".to_owned()], vec![]));
        let refused = |outcome: Result<(), Fault>| outcome.unwrap_err().kind;
        let write = |work: &dyn Fn(&mut coldaisle::store::Conn) -> Result<(), Fault>| db.store.write_blocking("test", work);
        assert_eq!(refused(write(&|c| view_update(c, &owner, id, 1, &view("X", "", true)))), FaultKind::Stale);
        assert_eq!(refused(write(&|c| view_remove(c, &colleague, id, 2))), FaultKind::NotFound, "shared, not given away");
        assert_eq!(refused(write(&|c| view_create(c, &owner, ViewedList::Devices, &view("Planned", "", false)).map(drop))), FaultKind::Invalid);
        assert_eq!(refused(write(&|c| view_create(c, &customer, ViewedList::Devices, &view("All", "", true)).map(drop))), FaultKind::Invalid);
        assert_eq!(refused(write(&|c| view_create(c, &customer, ViewedList::Racks, &view("All", "", false)).map(drop))), FaultKind::NotFound);
        db.put(|c| view_create(c, &customer, ViewedList::Devices, &view("Mine", "", false)).map(drop));
        assert_eq!(names(&customer), ["Mine"]);
        for n in 1..MOST_VIEWS {
            db.put(|c| view_create(c, &owner, ViewedList::Ports, &view(&format!("V{n}"), "", false)).map(drop));
        }
        assert_eq!(refused(write(&|c| view_create(c, &owner, ViewedList::Ports, &view("One more", "", false)).map(drop))), FaultKind::Conflict);
        db.put(|c| view_remove(c, &owner, id, 2));
        assert_eq!(db.store.read_blocking(|c| view_by_id(c, &owner, id)).unwrap_err().kind, FaultKind::NotFound);
    }

    /// The present address becomes a view; a view shows each reader what they may see, and only what is known is kept.
    async fn an_address_is_kept_named_shared_and_removed(db: TestDb) {
        devices_of_all_sorts(&db);
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let page = web.get(&staff, "/devices?status=in_stock&sort=-name&column=serial").await;
        assert!(page.body.replace("&#x2f;", "/").contains("/views/new?list=devices"), "{}", page.body);
        let form = web.get(&staff, "/views/new?list=devices&query=status%3Din_stock%26sort%3D-name").await;
        assert_eq!(form.status.code, 200, "{}", form.body);
        let fields = [("list", "devices"), ("name", "Spare parts"), ("query", "sort=-name&status=in_stock&after=7"), ("is_shared", "true")];
        let saved = web.post(&staff, "/views", &fields).await;
        assert_eq!(saved.status.code, 303, "{}", saved.body);
        let there = saved.header("location").unwrap().to_owned();
        assert!(there.starts_with("/devices?status=in_stock&sort=") || there.starts_with("/devices?status=in%5Fstock&sort="), "{there}");
        let shown = web.get(&staff, &there).await;
        assert!(shown.body.contains("Spare parts") && shown.body.contains("aria-current=\"page\""), "{}", shown.body);
        let other = web.browser(Role::Auditor, None);
        assert!(web.get(&other, "/devices").await.body.contains("Spare parts"));
        let stranger = web.browser(Role::CustomerAdmin, Some(web.db.customer("ZZZ")));
        let seen = web.get(&stranger, "/devices").await;
        assert!(!seen.body.contains("Spare parts") && !seen.body.contains("D-01"), "{}", seen.body);
        for (query, word) in [("colour=red", "colour"), ("column=colour", "colour"), ("sort=colour", "colour"), ("rack=first", "first")] {
            let reply = web.post(&staff, "/views", &[("list", "devices"), ("name", "X"), ("query", query)]).await;
            assert_eq!(reply.status.code, 422, "{query}");
            assert!(reply.body.contains(word), "{query}: {}", reply.body);
        }
        let id = web.db.get(|c| {
            let id: coldaisle::base::ids::SavedViewId = coldaisle::store::schema::saved_views::table
                .select(coldaisle::store::schema::saved_views::id)
                .first(c)?;
            Ok(id)
        });
        assert_eq!(web.get(&other, &format!("/views/{id}/edit")).await.status.code, 404, "another's");
        assert_eq!(web.get(&staff, &format!("/views/{id}/edit")).await.status.code, 200);
        let renamed = web.post(&staff, &format!("/views/{id}/edit"), &[("name", "Shelf"), ("query", ""), ("version", "1")]).await;
        assert_eq!(renamed.header("location"), Some("/devices"), "{}", renamed.body);
        assert_eq!(web.get(&staff, &format!("/views/{id}/remove")).await.status.code, 200);
        let gone = web.post(&staff, &format!("/views/{id}/remove"), &[("version", "2")]).await;
        assert_eq!(gone.status.code, 303, "{}", gone.body);
        assert!(!web.get(&staff, "/devices").await.body.contains("Shelf"));
        for (list, path, query) in [("stock", "/stock", "sort=-type"), ("ages", "/devices/ages", "older=5")] {
            let page = web.get(&staff, path).await;
            assert!(page.body.replace("&#x2f;", "/").contains(&format!("/views/new?list={list}")), "{}", page.body);
            let saved = web.post(&staff, "/views", &[("list", list), ("name", "Kept"), ("query", query)]).await;
            assert_eq!(saved.status.code, 303, "{}", saved.body);
            let there = saved.header("location").unwrap().to_owned();
            assert!(there.starts_with(&format!("{path}?")), "{there}");
            assert!(web.get(&staff, &there).await.body.contains("Kept"), "{there}");
            assert!(!web.get(&staff, "/devices").await.body.contains("Kept"), "a view is of one list");
        }
        let chinese = staff.clone().reading_chinese();
        for path in ["/devices", "/racks", "/ports", "/stock", "/devices/ages", "/views/new?list=racks"] {
            assert_eq!(web.get(&chinese, path).await.status.code, 200, "{path}");
        }
    }
}
