//! The search index and the search box on both databases.

use std::collections::BTreeMap;

use coldaisle::base::fault::Fault;
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{ContactId, CustomerId, DeviceId, RackId, RoomId, SiteId};
use coldaisle::facility::floor::FloorDraft;
use coldaisle::facility::{
    RackDraft, RoomDraft, SiteDraft, rack_archive, rack_by_id, rack_create, rack_update,
    room_create, room_update, site_create, site_update,
};
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{
    DeviceDraft, device_archive, device_by_id, device_create, device_fields, device_update,
};
use coldaisle::metering::port_expected;
use coldaisle::metering::survey::{NeighbourSeen, Part, SurveySeen};
use coldaisle::search::{
    Rank, SearchKind, search_find, search_index_is_current, search_rebuild_step,
};
use coldaisle::store::schema::search_terms;
use coldaisle::tasks::search_index::SearchIndex;
use coldaisle::tenancy::{
    ContactDraft, CustomerDraft, contact_archive, contact_by_id, contact_create, contact_update,
    customer_archive, customer_by_id, customer_create, customer_update,
};
use diesel::prelude::*;
use rocket::http::Status;
use tokio_util::sync::CancellationToken;

use crate::harness::{Caller, NOW, PASSWORD, Reply, TestDb, TestWeb, both};
use crate::metering::world::{Switch, allocation, at, link, sample, seen};

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

/// Everything in the index.
fn index(db: &TestDb) -> Vec<(String, i64, String, i64, Option<i64>)> {
    db.get(|c| {
        Ok(search_terms::table
            .order((
                search_terms::kind.asc(),
                search_terms::object_id.asc(),
                search_terms::term.asc(),
            ))
            .select((
                search_terms::kind,
                search_terms::object_id,
                search_terms::term,
                search_terms::class,
                search_terms::customer_id,
            ))
            .load(c)?)
    })
}

fn rebuild(db: &TestDb) {
    for kind in SearchKind::ALL {
        let mut after = 0;
        while let (Some(last), _) = db.put(|c| search_rebuild_step(c, *kind, after, 3)) {
            after = last;
        }
    }
}

fn assert_as_rebuilt(db: &TestDb, when: &str) {
    let kept = index(db);
    assert!(!kept.is_empty());
    rebuild(db);
    assert_eq!(kept, index(db), "{when}");
}

/// What someone finds: kind and name, in the order shown.
fn found(db: &TestDb, actor: &Actor, query: &str) -> Vec<(SearchKind, String)> {
    let groups = db.get(|c| search_find(c, actor, query, 8));
    let hits = groups.into_iter().flat_map(|group| {
        group
            .hits
            .into_iter()
            .map(move |hit| (group.kind, hit.label))
    });
    hits.collect()
}

fn names(db: &TestDb, actor: &Actor, query: &str) -> Vec<String> {
    let found = found(db, actor, query);
    found.into_iter().map(|(_, name)| name).collect()
}

fn device_draft(db: &TestDb, name: &str, more: &[(&str, &str)]) -> DeviceDraft {
    use coldaisle::store::schema::device_types;
    let known: Option<i64> = db.get(|c| {
        Ok(device_types::table
            .filter(device_types::slug.eq("one-u"))
            .select(device_types::id)
            .first(c)
            .optional()?)
    });
    let of_type = known.unwrap_or_else(|| db.device_type("one-u", 2).get());
    let mut all = fields(&[("name", name), ("status", "in_stock")]);
    all.set("device_type_id", of_type.to_string());
    for (name, text) in more {
        all.set(*name, *text);
    }
    DeviceDraft::parse(&all).unwrap()
}

fn device(db: &TestDb, name: &str, more: &[(&str, &str)]) -> DeviceId {
    let staff = db.actor(Role::Operations);
    let draft = device_draft(db, name, more);
    db.put(|c| device_create(c, &staff, &draft))
}

fn customer_draft(code: &str, name: &str) -> CustomerDraft {
    CustomerDraft::parse(&fields(&[
        ("code", code),
        ("name", name),
        ("locale", "zh-CN"),
    ]))
    .unwrap()
}

fn contact_draft(name: &str) -> ContactDraft {
    let typed = [
        ("name", name),
        ("phone", "+86 21 5555 0123"),
        ("locale", "zh-CN"),
    ];
    ContactDraft::parse(&fields(&typed)).unwrap()
}

fn site_draft(code: &str, name: &str) -> SiteDraft {
    let typed = [
        ("code", code),
        ("name", name),
        ("time_zone", "Asia/Shanghai"),
    ];
    SiteDraft::parse(&fields(&typed)).unwrap()
}

fn rack_draft(room: RoomId, name: &str) -> RackDraft {
    let room = room.to_string();
    RackDraft::parse(&fields(&[
        ("name", name),
        ("units", "42"),
        ("room_id", &room),
    ]))
    .unwrap()
}

both! {
    async fn a_device_is_found_by_all_it_is_known_by(db: TestDb) {
        let staff = db.actor(Role::Operations);
        device(&db, "SRV-0123", &[
            ("label", "云海计费库"), ("serial", "CZ2D1X0ABC"), ("asset_tag", "IT-004711"),
            ("nics", "eno1 00:1B:21:AA:bb:0f"),
        ]);
        for typed in [
            "srv-01", "0123", "ＳＲＶ", "cz2d", "x0abc", "it004711", "4711", "云海", "计费库", "yunhai", "yhjf", "jifeiku",
            "00-1b-21-aa-bb-0f", "001b.21aa.bb0f", "001b21aabb0f", "bb0f", "srv 计费", "yhjf 0123",
        ] {
            assert_eq!(names(&db, &staff, typed), ["SRV-0123"], "{typed}");
        }
        for typed in ["srv-9", "jfyh", "srv 4712", "%", "_", "'", "", "srv\u{0}x", "a.\u{0}b", "\u{10ffff}"] {
            assert_eq!(names(&db, &staff, typed), [] as [&str; 0], "{typed}");
        }
    }

    async fn the_best_come_first_and_at_most_eight_of_a_kind(db: TestDb) {
        let staff = db.actor(Role::Operations);
        device(&db, "web-a01", &[]);
        device(&db, "a01-web", &[]);
        device(&db, "A01", &[]);
        for n in 0..20 {
            device(&db, &format!("a01x-{n:02}"), &[]);
        }
        let groups = db.get(|c| search_find(c, &staff, "a01", 8));
        let hits: Vec<(&str, Rank)> = groups[0].hits.iter().map(|hit| (hit.label.as_str(), hit.rank)).collect();
        assert_eq!((groups.len(), groups[0].total, hits.len()), (1, 23, 8));
        assert_eq!(hits[..3], [("A01", Rank::Exact), ("a01-web", Rank::Beginning), ("a01x-00", Rank::Beginning)]);
        let all = db.get(|c| search_find(c, &staff, "a01", 30));
        assert_eq!(all[0].hits.last().map(|hit| (hit.label.as_str(), hit.rank)), Some(("web-a01", Rank::Inner)));
    }

    /// Words that each fit hundreds of things still find the one that all of them fit.
    async fn common_words_together_find_the_one(db: TestDb) {
        let staff = db.actor(Role::Operations);
        for n in 0..450 {
            device(&db, &format!("node-{n:04}"), &[("label", if n == 447 { "edge blue" } else { "edge" })]);
        }
        assert_eq!(names(&db, &staff, "edge node blue"), ["node-0447"]);
        let many = db.get(|c| search_find(c, &staff, "node edge", 8));
        assert_eq!((many[0].hits.len(), many[0].total, many[0].is_more), (8, 450, false));
    }

    async fn racks_rooms_customers_contacts_ports_and_visits_are_found(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let site = db.put(|c| site_create(c, &staff, &site_draft("SHA1", "上海一号")));
        let room = db.put(|c| room_create(c, &staff, &RoomDraft { site_id: site, name: "三楼机房".into(), floor: FloorDraft::default(), note: String::new() }));
        db.put(|c| rack_create(c, &staff, &rack_draft(room, "B07")));
        let moss = db.put(|c| customer_create(c, &staff, &customer_draft("MOSS", "苔谷科技")));
        db.put(|c| contact_create(c, &staff, moss, &contact_draft("吕晓重")));
        let switch = device(&db, "sw-core-1", &[]);
        db.put(|c| port_expected(c, &staff, switch, "xe-0/0/7"));
        assert_eq!(found(&db, &staff, "B07"), [(SearchKind::Rack, "B07".to_owned())]);
        assert_eq!(found(&db, &staff, "b07 sha1"), [(SearchKind::Rack, "B07".to_owned())]);
        assert_eq!(found(&db, &staff, "sljf"), [(SearchKind::Rack, "B07".to_owned()), (SearchKind::Room, "三楼机房".to_owned())]);
        assert_eq!(found(&db, &staff, "taigu"), [(SearchKind::Customer, "苔谷科技".to_owned()), (SearchKind::Contact, "吕晓重".to_owned())]);
        assert_eq!(names(&db, &staff, "moss"), ["苔谷科技", "吕晓重"]);
        assert_eq!(names(&db, &staff, "lvxiaochong"), ["吕晓重"]);
        assert_eq!(names(&db, &staff, "lxz"), ["吕晓重"]);
        assert_eq!(names(&db, &staff, "5555 0123"), [] as [&str; 0], "a number is typed from its beginning or its end");
        assert_eq!(names(&db, &staff, "550123"), ["吕晓重"]);
        assert_eq!(names(&db, &staff, "xe-0/0/7"), ["sw-core-1 xe-0/0/7"]);
        assert_eq!(names(&db, &staff, "core xe-0"), ["sw-core-1 xe-0/0/7"]);
    }

    /// After any sequence of writes the index is what a rebuild makes of the records.
    async fn the_index_is_always_what_a_rebuild_makes(db: TestDb) {
        for seed in [1_u64, 0x5eed, 0xdead_beef] {
            let mut room = Changes::new(&db, seed);
            for step in 0..60 {
                room.one();
                if step % 20 == 19 {
                    assert_as_rebuilt(&db, &format!("seed {seed:x}, step {step}: {:?}", room.done));
                }
            }
        }
    }

    async fn what_a_switch_says_is_found_and_forgotten_with_it(db: TestDb) {
        let switch = Switch::new(&db, "SW-9");
        let staff = later(&switch.staff, 60);
        let mut port = seen(1, "Gi0/1", (1, 2));
        port.names.alias = Some("uplink to 云海".into());
        switch.poll(&sample(at(0), vec![port.clone(), seen(2, "Gi0/2", (3, 4))]));
        assert_eq!(names(&db, &staff, "yunhai"), ["SW-9 Gi0/1"]);
        assert_eq!(names(&db, &staff, "gi0/2"), ["SW-9 Gi0/2"]);
        port.names.alias = Some("spare".into());
        switch.poll(&sample(at(5), vec![port, seen(2, "Gi0/2", (5, 6))]));
        assert_eq!(names(&db, &staff, "yunhai"), [] as [&str; 0]);
        assert_eq!(names(&db, &staff, "spare"), ["SW-9 Gi0/1"]);
        let neighbour = NeighbourSeen {
            if_index: 2,
            chassis_id_kind: "mac".into(),
            chassis_id: "aa:bb:cc:00:11:22".into(),
            port_id_kind: "interface_name".into(),
            port_id: "eth0".into(),
            system_name: "far-end".into(),
            ..NeighbourSeen::default()
        };
        let survey = |found| SurveySeen { own_chassis_id: None, neighbours: Part::Read(found), unplaced: 0, chassis: Part::Absent };
        db.put(|c| coldaisle::metering::survey_keep(c, switch.target, &survey(vec![neighbour.clone()]), at(6)));
        assert_eq!(names(&db, &staff, "aabb.cc00.1122"), ["SW-9 Gi0/2"]);
        assert_eq!(names(&db, &staff, "far-end"), ["SW-9 Gi0/2"]);
        assert_as_rebuilt_with_device(&db, switch.device);
        db.put(|c| coldaisle::metering::survey_keep(c, switch.target, &survey(vec![]), at(12)));
        assert_eq!(names(&db, &staff, "far-end"), [] as [&str; 0]);
    }

    /// Nobody finds what lists would not show.
    async fn the_wall_and_the_rights_hold(db: TestDb) {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        device(&db, "shared-1", &[("customer_id", &a.to_string()), ("serial", "SHARED-A")]);
        device(&db, "shared-2", &[("customer_id", &b.to_string()), ("serial", "SHARED-B")]);
        device(&db, "shared-3", &[]);
        let switch = Switch::new(&db, "shared-sw");
        switch.poll(&sample(at(0), vec![seen(1, "Gi1", (1, 2)), seen(2, "Gi2", (3, 4))]));
        link(&db, allocation(&db, a, "A1"), switch.port_id("Gi1"), 0, None);
        let own = later(&db.actor_of(Role::CustomerMember, Some(a)), 60);
        assert_eq!(names(&db, &own, "shared"), ["shared-1"]);
        assert_eq!(names(&db, &own, "shared-2"), [] as [&str; 0]);
        assert_eq!(names(&db, &own, "aaa"), [] as [&str; 0], "customers are not for customers");
        let nobodys = Actor { customer_id: None, ..own.clone() };
        assert_eq!(names(&db, &nobodys, "shared"), [] as [&str; 0]);
        assert_eq!(names(&db, &db.actor(Role::Reception), "shared"), [] as [&str; 0], "reception has no devices");
        let staff = db.actor(Role::Technician);
        assert_eq!(names(&db, &staff, "shared-").len(), 5);

        // The index is not believed: a record that changed hands behind its back stays hidden.
        let moved = db.get(|c| device_id(c, "shared-1"));
        db.put(|c| {
            use coldaisle::store::schema::devices;
            diesel::update(devices::table.find(moved)).set(devices::customer_id.eq(b)).execute(c)?;
            Ok(())
        });
        assert_eq!(names(&db, &own, "shared"), [] as [&str; 0]);

        let web = TestWeb::new(db).await;
        let person = web.browser(Role::CustomerAdmin, Some(b));
        let page = web.get(&person, "/search?q=shared").await;
        assert!(page.body.contains("shared-2") && !page.body.contains("shared-3") && !page.body.contains("SHARED-A"), "{}", page.body);
        let offered = web.get(&person, "/search/suggest?q=shared").await;
        assert!(offered.body.contains("shared-2") && !offered.body.contains("shared-3"), "{}", offered.body);
    }

    async fn the_box_offers_and_the_page_groups(db: TestDb) {
        let wanted = device(&db, "SRV-0042", &[("serial", "SN<42>")]);
        device(&db, "SRV-00421", &[]);
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let page = read(&web, &staff, "/search?q=srv-0042").await;
        assert_eq!(page.status, Status::Ok);
        assert!(page.body.contains(&format!("href=\"/devices/{wanted}\"")) && page.body.contains("SN&lt;42&gt;"), "{}", page.body);
        let offered = read(&web, &staff, "/search/suggest?q=srv-0042").await;
        for part in ["role=\"listbox\"", "role=\"option\"", &format!("/devices/{wanted}"), "/search?q=srv-0042"] {
            assert!(offered.body.contains(part), "{part} in {}", offered.body);
        }
        assert!(!offered.body.contains("<html"), "a part of a page");
        // A scanned serial or name opens the one thing it names; a beginning of several is a list.
        let scanned = web.get(&staff, "/search?scan=1&q=SRV-0042").await;
        assert_eq!((scanned.status, scanned.header("location")), (Status::SeeOther, Some(format!("/devices/{wanted}").as_str())));
        assert_eq!(web.get(&staff, "/search?scan=1&q=SRV-004").await.status, Status::Ok);
        let nothing = read(&web, &staff, "/search?q=nowhere").await;
        assert!(nothing.body.contains("/devices?q=nowhere") && nothing.body.contains("/visits?q=nowhere"), "{}", nothing.body);
        let long = format!("/search?q={}", "x".repeat(5000));
        assert_eq!(web.get(&staff, &long).await.status, Status::Ok);
        assert_eq!(web.get(&Caller::nobody(), "/search/suggest?q=a").await.status, Status::SeeOther);
    }

    /// A database from before the index gets one at the first start, and once.
    async fn the_task_makes_the_index_of_an_old_database(db: TestDb) {
        let staff = db.actor(Role::Operations);
        db.device("OLD-1", None);
        assert_eq!(names(&db, &staff, "old"), [] as [&str; 0]);
        assert!(!db.get(search_index_is_current));
        let task = SearchIndex::new(db.store.clone(), std::time::Duration::from_secs(3600));
        let stop = CancellationToken::new();
        assert_eq!(task.check(&stop).await.unwrap().key, "tasks-said-search-index");
        assert_eq!(names(&db, &staff, "old"), ["OLD-1"]);
        assert_eq!(task.check(&stop).await.unwrap().key, "tasks-said-search-index-current");
        // What is in the index and nowhere else goes with the next rebuild.
        db.put(|c| {
            diesel::insert_into(search_terms::table)
                .values((search_terms::kind.eq("device"), search_terms::term.eq("ghost"), search_terms::object_id.eq(999_999_i64), search_terms::class.eq(0_i64)))
                .execute(c)?;
            Ok(())
        });
        rebuild(&db);
        assert!(index(&db).iter().all(|(_, _, term, ..)| term != "ghost"));
    }

    async fn labels_are_sheets_of_what_the_reader_may_see(db: TestDb) {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        let own = device(&db, "SRV-1", &[("customer_id", &a.to_string()), ("serial", "CZ1")]);
        let other = device(&db, "SRV-2", &[("customer_id", &b.to_string())]);
        let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
        db.install(own, rack, 20);
        db.user_with_password("li", Role::Technician, None);
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Technician, None);
        let page = read(&web, &staff, &format!("/labels?kind=device&id={own}&id={other}")).await;
        for part in ["SRV-1", "S/N CZ1 · AAA · R1 · A01 · U11", "SRV-2", "62 mm"] {
            assert!(page.body.contains(part), "{part} in {}", page.body);
        }
        let sheet = web.get(&staff, &format!("/labels/sheet.pdf?kind=device&id={own}&id={other}&stock=a4-2x7&start=14")).await;
        assert_eq!((sheet.status, sheet.header("content-type")), (Status::Ok, Some("application/pdf")));
        assert!(sheet.octets.starts_with(b"%PDF"));
        let pages = String::from_utf8_lossy(&sheet.octets).matches("/MediaBox").count();
        assert_eq!(pages, 2, "the last place of one sheet and the first of the next");
        for asked in [format!("kind=rack&id={rack}&stock=tape-62"), format!("rack={rack}&stock=letter-3x10")] {
            let one = web.get(&staff, &format!("/labels/sheet.pdf?{asked}")).await;
            assert!(one.octets.starts_with(b"%PDF"), "{asked}: {}", one.body);
        }
        let wrong = web.get(&staff, &format!("/labels/sheet.pdf?kind=device&id={own}&stock=a4-2x7&start=15")).await;
        assert!(wrong.body.contains("places 1 to 14"), "{}", wrong.body);
        let customer = web.browser(Role::CustomerMember, Some(a));
        assert_eq!(web.get(&customer, &format!("/labels?kind=device&id={own}")).await.status, Status::Ok);
        for hidden in [format!("kind=device&id={other}"), format!("kind=device&id={own}&id={other}"), format!("kind=rack&id={rack}"), format!("rack={rack}")] {
            assert_eq!(web.get(&customer, &format!("/labels/sheet.pdf?{hidden}")).await.status, Status::NotFound, "{hidden}");
        }
        for odd in ["kind=device&id=x", "kind=nothing&id=1", "kind=device&id=99999"] {
            assert_eq!(web.get(&staff, &format!("/labels?{odd}")).await.status, Status::NotFound, "{odd}");
        }

        // What the code opens: signed out it asks to sign in and comes back.
        let nobody = Caller::nobody();
        let scanned = web.get(&nobody, &format!("/devices/{own}")).await;
        assert_eq!(scanned.header("location"), Some(format!("/login?next=%2Fdevices%2F{own}").as_str()));
        let next = format!("/devices/{own}");
        let back = web.post(&nobody, "/login", &[("login", "li"), ("password", PASSWORD), ("next", &next)]).await;
        assert_eq!((back.status, back.header("location")), (Status::SeeOther, Some(next.as_str())));
    }
}

/// A page with its slashes as people see them.
async fn read(web: &TestWeb, caller: &Caller, path: &str) -> Reply {
    let mut page = web.get(caller, path).await;
    page.body = page.body.replace("&#x2f;", "/");
    page
}

fn later(actor: &Actor, minutes: i64) -> Actor {
    Actor {
        now: NOW.plus_seconds(minutes * 60),
        ..actor.clone()
    }
}

fn device_id(c: &mut coldaisle::store::Conn, name: &str) -> Result<DeviceId, Fault> {
    use coldaisle::store::schema::devices;
    Ok(devices::table
        .filter(devices::name.eq(name))
        .select(devices::id)
        .first(c)?)
}

/// Fixtures put the device in directly, so that only its ports are in the index.
fn assert_as_rebuilt_with_device(db: &TestDb, device: DeviceId) {
    let of_ports = |all: Vec<(String, i64, String, i64, Option<i64>)>| -> Vec<_> {
        all.into_iter()
            .filter(|(kind, ..)| kind == "port")
            .collect()
    };
    let kept = of_ports(index(db));
    rebuild(db);
    assert_eq!(kept, of_ports(index(db)), "ports of {device}");
}

/// Writes by chance, the same for the same seed.
struct Changes<'a> {
    db: &'a TestDb,
    staff: Actor,
    chance: u64,
    seed: u64,
    made: usize,
    site: SiteId,
    room: RoomId,
    racks: Vec<RackId>,
    devices: Vec<DeviceId>,
    customers: Vec<CustomerId>,
    contacts: Vec<ContactId>,
    /// What was done, by kind of change.
    done: BTreeMap<&'static str, usize>,
}

impl<'a> Changes<'a> {
    fn new(db: &'a TestDb, seed: u64) -> Self {
        let staff = db.actor(Role::Operations);
        let site = db.put(|c| site_create(c, &staff, &site_draft(&format!("S{seed:X}"), "北京")));
        let draft = RoomDraft {
            site_id: site,
            name: "一层".into(),
            floor: FloorDraft::default(),
            note: String::new(),
        };
        let room = db.put(|c| room_create(c, &staff, &draft));
        Self {
            db,
            staff,
            chance: seed,
            seed,
            made: 0,
            site,
            room,
            racks: Vec::new(),
            devices: Vec::new(),
            customers: Vec::new(),
            contacts: Vec::new(),
            done: BTreeMap::new(),
        }
    }

    fn next(&mut self, below: usize) -> usize {
        self.chance = self
            .chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.chance >> 33).unwrap() % below.max(1)
    }

    fn name(&mut self) -> String {
        const WORDS: [&str; 6] = [
            "云海",
            "重庆 db",
            "web-",
            "A区",
            "edge.example.net",
            "10.0.0.7",
        ];
        self.made += 1;
        let word = WORDS[self.next(WORDS.len())];
        format!("{word}{:X}-{}", self.seed, self.made)
    }

    fn one(&mut self) {
        let (db, staff) = (self.db, self.staff.clone());
        let name = self.name();
        let what = match self.next(12) {
            0 | 1 => {
                let serial = format!("SN{name}");
                let live = |id: &&CustomerId| {
                    db.get(|c| customer_by_id(c, &staff, **id))
                        .archived_at
                        .is_none()
                };
                let owner = self
                    .customers
                    .iter()
                    .rev()
                    .find(live)
                    .map(ToString::to_string)
                    .unwrap_or_default();
                self.devices.push(device(
                    db,
                    &name,
                    &[
                        ("serial", &serial),
                        ("customer_id", &owner),
                        ("nics", "aabb.ccdd.eeff"),
                    ],
                ));
                "device made"
            }
            2 if !self.devices.is_empty() => {
                let at = self.next(self.devices.len());
                let id = self.devices[at];
                self.device_renamed(id, &name)
            }
            3 if !self.devices.is_empty() => {
                let at = self.next(self.devices.len());
                let id = self.devices[at];
                let row = db.get(|c| device_by_id(c, &staff, id)).device;
                let archived = row.archived_at.is_none();
                db.put(|c| device_archive(c, &staff, id, row.version, archived));
                "device archived or restored"
            }
            4 if !self.devices.is_empty() => {
                let at = self.next(self.devices.len());
                let id = self.devices[at];
                db.put(|c| port_expected(c, &staff, id, &name));
                "port made"
            }
            5 => {
                let room = self.room;
                self.racks
                    .push(db.put(|c| rack_create(c, &staff, &rack_draft(room, &name))));
                "rack made"
            }
            6 if !self.racks.is_empty() => {
                let at = self.next(self.racks.len());
                let id = self.racks[at];
                let row = db.get(|c| rack_by_id(c, &staff, id)).rack;
                if row.archived_at.is_some() || name.len().is_multiple_of(2) {
                    db.put(|c| rack_archive(c, &staff, id, row.version, row.archived_at.is_none()));
                } else {
                    db.put(|c| {
                        rack_update(c, &staff, id, row.version, &rack_draft(row.room_id, &name))
                    });
                }
                "rack changed"
            }
            7 => {
                let (site, room) = (self.site, self.room);
                let version = db
                    .get(|c| coldaisle::facility::room_by_id(c, &staff, room))
                    .room
                    .version;
                let draft = RoomDraft {
                    site_id: site,
                    name,
                    floor: FloorDraft::default(),
                    note: String::new(),
                };
                db.put(|c| room_update(c, &staff, room, version, &draft));
                "room renamed"
            }
            8 => {
                let site = self.site;
                let version = db
                    .get(|c| coldaisle::facility::site_by_id(c, &staff, site))
                    .version;
                let draft = site_draft(&format!("S{:X}", self.seed), &name);
                db.put(|c| site_update(c, &staff, site, version, &draft));
                "site renamed"
            }
            9 => {
                let draft = customer_draft(&format!("C{:X}-{}", self.seed, self.made), &name);
                self.customers
                    .push(db.put(|c| customer_create(c, &staff, &draft)));
                "customer made"
            }
            10 if !self.customers.is_empty() => {
                let at = self.next(self.customers.len());
                let customer = self.customers[at];
                self.contacts
                    .push(db.put(|c| contact_create(c, &staff, customer, &contact_draft(&name))));
                "contact made"
            }
            11 if !self.contacts.is_empty() => {
                let at = self.next(self.contacts.len());
                let id = self.contacts[at];
                self.contact_changed(id, &name)
            }
            _ => "nothing",
        };
        *self.done.entry(what).or_default() += 1;
    }

    fn device_renamed(&self, id: DeviceId, name: &str) -> &'static str {
        let (db, staff) = (self.db, &self.staff);
        let row = db.get(|c| device_by_id(c, staff, id));
        if row.device.archived_at.is_some() {
            return "nothing";
        }
        let mut fields = device_fields(&row);
        fields.set("name", name);
        fields.set("label", "改名");
        let draft = DeviceDraft::parse(&fields).unwrap();
        db.put(|c| device_update(c, staff, id, row.device.version, &draft));
        "device renamed"
    }

    /// Another name for the contact, and then its customer's; now and then the contact goes.
    fn contact_changed(&self, id: ContactId, name: &str) -> &'static str {
        let (db, staff) = (self.db, &self.staff);
        let contact = db.get(|c| contact_by_id(c, staff, id));
        let customer = db.get(|c| customer_by_id(c, staff, contact.customer_id));
        if name.len().is_multiple_of(3) && contact.archived_at.is_none() {
            db.put(|c| contact_archive(c, staff, id, contact.version));
            return "contact archived";
        }
        db.put(|c| contact_update(c, staff, id, contact.version, &contact_draft(name)));
        let owns: bool = self.devices.iter().any(|device| {
            let row = db.get(|c| device_by_id(c, staff, *device)).device;
            row.archived_at.is_none() && row.customer_id == Some(customer.id)
        });
        if owns {
            let draft = customer_draft(&customer.code, name);
            db.put(|c| customer_update(c, staff, customer.id, customer.version, &draft));
            return "customer renamed";
        }
        db.put(|c| {
            customer_archive(
                c,
                staff,
                customer.id,
                customer.version,
                customer.archived_at.is_none(),
            )
        });
        "customer archived or restored"
    }
}
