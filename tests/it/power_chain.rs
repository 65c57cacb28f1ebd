//! The chain of power: boards, what fails with a feed, redundancy, budgets of racks, and the wall before all of it.

use coldaisle::base::fault::FaultKind;
use coldaisle::base::fields::Fields;
use coldaisle::base::gauge::{OutletSeen, OutletState};
use coldaisle::base::ids::{CustomerId, DeviceId, PowerFeedId, PowerPanelId, RackId, RoomId};
use coldaisle::base::page::PageRequest;
use coldaisle::base::seal::Keyring;
use coldaisle::exchange::{self, Context, ImportFile};
use coldaisle::facility::chain::{Effect, Part, Redundancy, Verdict, Why, what_fails};
use coldaisle::facility::{
    FeedDraft, OutletDraft, PanelDraft, PduDraft, RedundancyFilter, chain_around, feed_by_id,
    feed_create, outlet_map, outlets_of_pdu, panel_archive, panel_by_id, panel_create, pdu_seen,
    pdu_update, rack_power, redundancy_list, redundancy_of_device,
};
use coldaisle::identity::{Actor, Role};
use coldaisle::store::schema::{device_types, racks};
use diesel::prelude::*;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::harness::{NOW, TestDb, TestWeb, both};

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

/// A room with the boards LP-A and LP-B, a feed of 2,816 VA from each, and a rack with a PDU on each of them.
struct World {
    db: TestDb,
    staff: Actor,
    room: RoomId,
    rack: RackId,
    panels: [PowerPanelId; 2],
    feeds: [PowerFeedId; 2],
    pdus: [DeviceId; 2],
    moss: CustomerId,
    reed: CustomerId,
}

impl World {
    fn new(db: TestDb) -> Self {
        let staff = db.actor(Role::Operations);
        let room = db.room(db.site("S1"), "R1");
        let rack = db.rack(room, "A01");
        let (moss, reed) = (db.customer("MOSS"), db.customer("REED"));
        let panels = ["LP-A", "LP-B"].map(|name| panel(&db, &staff, room, name));
        let feeds = [("UPS-A", "a", panels[0]), ("UPS-B", "b", panels[1])]
            .map(|(name, side, panel)| feed(&db, &staff, room, (name, side), panel));
        let pdus = [("PDU-A", feeds[0], 80), ("PDU-B", feeds[1], 82)].map(|(name, feed, place)| {
            let pdu = db.device(name, None);
            db.install(pdu, rack, place);
            connect(&db, &staff, pdu, feed);
            pdu
        });
        db.put(|c| {
            diesel::update(device_types::table)
                .set(device_types::watts.eq(500))
                .execute(c)?;
            Ok(())
        });
        let world = Self {
            db,
            staff,
            room,
            rack,
            panels,
            feeds,
            pdus,
            moss,
            reed,
        };
        world.machine("m-dual", moss, &[(0, 1, true), (1, 1, true)], 2);
        world.machine("m-half", moss, &[(0, 2, true), (1, 2, false)], 4);
        world.machine("r-single", reed, &[(0, 3, true)], 6);
        world.machine("r-dark", reed, &[], 8);
        world
    }

    /// A machine in the rack with cords: which PDU, which outlet, and whether somebody has followed it.
    fn machine(
        &self,
        name: &str,
        owner: CustomerId,
        cords: &[(usize, i64, bool)],
        place: i64,
    ) -> DeviceId {
        let device = self.db.device(name, Some(owner));
        self.db.install(device, self.rack, place);
        for (at, (pdu, outlet, confirmed)) in cords.iter().enumerate() {
            let pdu = self.pdus[*pdu];
            plug(
                &self.db,
                &self.staff,
                (pdu, *outlet),
                (name, at + 1),
                *confirmed,
            );
        }
        device
    }

    fn fails(&self, part: Part) -> Vec<(String, Effect, Why)> {
        let chain = self.db.get(|c| chain_around(c, &self.staff, part));
        what_fails(&chain, part)
            .into_iter()
            .map(|of| (of.machine.name.clone(), of.effect, of.why))
            .collect()
    }
}

fn panel(db: &TestDb, staff: &Actor, room: RoomId, name: &str) -> PowerPanelId {
    let mut all = fields(&[("name", name)]);
    all.set("room_id", room.to_string());
    let draft = PanelDraft::parse(&all).unwrap();
    db.put(|c| panel_create(c, staff, &draft))
}

fn feed(
    db: &TestDb,
    staff: &Actor,
    room: RoomId,
    (name, side): (&str, &str),
    panel: PowerPanelId,
) -> PowerFeedId {
    let mut all = fields(&[
        ("name", name),
        ("side", side),
        ("phases", "1"),
        ("volts", "220"),
        ("amps", "16"),
    ]);
    all.set("room_id", room.to_string());
    all.set("panel_id", panel.to_string());
    let draft = FeedDraft::parse(&all).unwrap();
    db.put(|c| feed_create(c, staff, &draft))
}

fn connect(db: &TestDb, staff: &Actor, pdu: DeviceId, feed: PowerFeedId) {
    let seen: Vec<OutletSeen> = (1..=8)
        .map(|number| OutletSeen {
            index: number.to_string(),
            name: None,
            state: OutletState::On,
        })
        .collect();
    let draft = PduDraft {
        feed_id: Some(feed),
    };
    db.put(|c| {
        pdu_seen(c, pdu, NOW, "apc", None, &seen)?;
        pdu_update(c, staff, pdu, 1, &draft)
    });
}

fn plug(
    db: &TestDb,
    staff: &Actor,
    (pdu, outlet): (DeviceId, i64),
    (device, supply): (&str, usize),
    confirmed: bool,
) {
    let rows = db.get(|c| outlets_of_pdu(c, staff, pdu));
    let row = rows.iter().find(|row| row.outlet.number == outlet).unwrap();
    let mut all = fields(&[("device", device)]);
    all.set("supply", format!("PSU{supply}"));
    all.set("confirmed", if confirmed { "yes" } else { "" });
    let draft = OutletDraft::parse(&all).unwrap();
    db.put(|c| outlet_map(c, staff, row.outlet.id, row.outlet.version, &draft));
}

fn value(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

both! {
    /// Each device in the racks of a feed has its effect and its reason, by feed and by board.
    async fn what_fails_is_read_off_the_record(db: TestDb) {
        let world = World::new(db);
        let a = [
            ("m-half".to_owned(), Effect::Lost, Why::OthersUnconfirmed),
            ("r-single".to_owned(), Effect::Lost, Why::OneCord),
            ("m-dual".to_owned(), Effect::Weaker, Why::OneFeedLeft),
            ("r-dark".to_owned(), Effect::Unknown, Why::Unmapped),
        ];
        assert_eq!(world.fails(Part::Feed(world.feeds[0])), a);
        assert_eq!(world.fails(Part::Panel(world.panels[0])), a);
        assert_eq!(world.fails(Part::Pdu(world.pdus[0])), a);
        let b = world.fails(Part::Feed(world.feeds[1]));
        assert_eq!(b[0], ("m-dual".to_owned(), Effect::Weaker, Why::OneFeedLeft));
        assert_eq!(b[2].1, Effect::Untouched);

        // The PDUs themselves, and what draws nothing, are no devices that fail.
        assert!(b.iter().all(|(name, ..)| !name.starts_with("PDU")));
        let other = world.db.device("elsewhere", None);
        world.db.install(other, world.db.rack(world.room, "A02"), 2);
        assert_eq!(world.fails(Part::Feed(world.feeds[0])).len(), 4);

        let customer = world.db.actor_of(Role::CustomerAdmin, Some(world.moss));
        let part = Part::Feed(world.feeds[0]);
        let fault = world.db.store.read_blocking(|c| chain_around(c, &customer, part)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound);
        let reception = world.db.actor(Role::Reception);
        let fault = world.db.store.read_blocking(|c| chain_around(c, &reception, part)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Forbidden);
        let nothing = Part::Feed(PowerFeedId::new(9_999_999));
        let fault = world.db.store.read_blocking(|c| chain_around(c, &world.staff, nothing)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound);
    }

    /// The report has every device that draws power, counts the classes, and narrows.
    async fn redundancy_is_reported(db: TestDb) {
        let world = World::new(db);
        let list = |filter: RedundancyFilter| {
            let (page, counts) = world.db.get(|c| redundancy_list(c, &world.staff, &filter, &PageRequest::first()));
            let rows: Vec<_> = page.rows.into_iter().map(|row| (row.machine.name, row.judged.class, row.feeds)).collect();
            (rows, counts)
        };
        let (rows, counts) = list(RedundancyFilter::default());
        let wanted = [
            ("m-dual".to_owned(), Redundancy::Redundant, vec!["UPS-A".to_owned(), "UPS-B".to_owned()]),
            ("m-half".to_owned(), Redundancy::Single, vec!["UPS-A".to_owned()]),
            ("r-dark".to_owned(), Redundancy::Unknown, Vec::new()),
            ("r-single".to_owned(), Redundancy::Single, vec!["UPS-A".to_owned()]),
        ];
        assert_eq!(rows, wanted);
        assert_eq!((counts[&Redundancy::Single], counts[&Redundancy::Redundant]), (2, 1));
        let of = |filter| list(filter).0.into_iter().map(|(name, ..)| name).collect::<Vec<_>>();
        assert_eq!(of(RedundancyFilter { customer_id: Some(world.reed), ..Default::default() }), ["r-dark", "r-single"]);
        assert_eq!(of(RedundancyFilter { class: Some(Redundancy::Single), ..Default::default() }), ["m-half", "r-single"]);
        let empty = world.db.room(world.db.site("S2"), "R2");
        assert!(of(RedundancyFilter { room_id: Some(empty), ..Default::default() }).is_empty());
        assert_eq!(of(RedundancyFilter { query: "DUAL".into(), ..Default::default() }), ["m-dual"]);
    }

    /// The budget is that of the worst surviving feed; what hangs on one feed goes dark with it.
    async fn a_rack_s_budget_is_its_worst_feed(db: TestDb) {
        let world = World::new(db);
        let power = world.db.get(|c| rack_power(c, &world.staff, world.rack));
        assert_eq!(power.serving().map(|feed| feed.usable).collect::<Vec<_>>(), [2816, 2816]);
        let allocated = power.allocated();
        let worst = allocated.worst.unwrap();
        // Without B, A carries all three that are plugged in; without A, the two single ones are dark.
        assert_eq!((worst.failed, worst.on, worst.own, worst.budget()), (world.feeds[1], world.feeds[0], 1500, 2816));
        assert_eq!((allocated.verdict, allocated.dark, allocated.unknown), (Verdict::Fits, 1000, 1));
        assert_eq!(power.measured(&Default::default()).verdict, Verdict::NoFigures);
        assert_eq!(power.contracted().verdict, Verdict::NoFigures);
        let promise = |watts: i64| world.db.put(|c| {
            diesel::update(racks::table.find(world.rack)).set(racks::contracted_watts.eq(watts)).execute(c)?;
            Ok(())
        });
        promise(3000);
        let contracted = world.db.get(|c| rack_power(c, &world.staff, world.rack)).contracted();
        assert_eq!((contracted.verdict, contracted.worst.unwrap().margin()), (Verdict::Over, -184));

        // A rack beside it on the same feeds leaves less.
        let beside = world.db.rack(world.room, "A02");
        let pdu = world.db.device("PDU-A02-A", None);
        world.db.install(pdu, beside, 80);
        connect(&world.db, &world.staff, pdu, world.feeds[0]);
        let other = world.db.device("other", None);
        world.db.install(other, beside, 2);
        plug(&world.db, &world.staff, (pdu, 1), ("other", 1), true);
        let allocated = world.db.get(|c| rack_power(c, &world.staff, world.rack)).allocated();
        let worst = allocated.worst.unwrap();
        assert_eq!((worst.own, worst.others, worst.budget()), (1500, 500, 2316));
    }

    /// One live board of a name in a room; one with feeds stays, and comes back only to a free name.
    async fn boards_have_names_and_feeds(db: TestDb) {
        let world = World::new(db);
        let write = |id: PowerPanelId, version: i64, archived: bool| {
            world.db.store.write_blocking("t", |c| panel_archive(c, &world.staff, id, version, archived))
        };
        assert_eq!(write(world.panels[0], 1, true).unwrap_err().kind, FaultKind::Conflict);
        let spare = panel(&world.db, &world.staff, world.room, "LP-C");
        let mut twice = fields(&[("name", "LP-C")]);
        twice.set("room_id", world.room.to_string());
        let twice = PanelDraft::parse(&twice).unwrap();
        let fault = world.db.store.write_blocking("t", |c| panel_create(c, &world.staff, &twice)).unwrap_err();
        assert_eq!(fault.fields[0].field, "name");
        write(spare, 1, true).unwrap();
        panel(&world.db, &world.staff, world.room, "LP-C");
        assert_eq!(write(spare, 2, false).unwrap_err().kind, FaultKind::Conflict);
        assert_eq!(write(spare, 1, false).unwrap_err().kind, FaultKind::Conflict);
        assert!(world.db.get(|c| panel_by_id(c, &world.staff, spare)).panel.archived_at.is_some());
    }

    /// The pages show the effect in words, the drawing is XML of its own, and the file has what the page has.
    async fn pages_and_drawings_say_what_fails(db: TestDb) {
        let world = World::new(db);
        let (feed, panel, rack) = (world.feeds[0], world.panels[0], world.rack);
        let web = TestWeb::new(world.db.clone()).await;
        let operations = web.browser(Role::Operations, None);
        for path in [format!("/feeds/{feed}"), format!("/panels/{panel}")] {
            let page = web.get(&operations, &path).await;
            assert_eq!(page.status.code, 200, "{path}: {}", page.body);
            for text in ["m-dual", "r-single", "UPS-B", "<svg class=\"chain\"", "failure.svg"] {
                assert!(page.body.contains(text), "{path}: {text}");
            }
            let lost = web.get(&operations, &format!("{path}?effect=lost")).await;
            let table = lost.body.split("</figure>").nth(1).unwrap();
            assert!(table.contains("r-single") && !table.contains("m-dual"), "{table}");
            let svg = web.get(&operations, &format!("{path}/failure.svg")).await;
            assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
            assert!(svg.body.starts_with("<svg xmlns=") && svg.body.contains("<desc>"), "{}", svg.body);
            assert!(svg.body.contains("m-dual") && !svg.body.contains("style="), "{}", svg.body);
        }
        let pdu = world.pdus[0];
        let page = web.get(&operations, &format!("/devices/{pdu}")).await.body.replace("&#x2f;", "/");
        assert!(page.contains(&format!("href=\"/devices/{pdu}/failure\"")), "{page}");
        let path = format!("/devices/{pdu}/failure");
        let lost = web.get(&operations, &format!("{path}?effect=lost")).await;
        assert_eq!(lost.status.code, 200, "{}", lost.body);
        let (drawn, table) = lost.body.split_once("</figure>").unwrap();
        assert!(drawn.contains("<svg class=\"chain\"") && table.contains("r-single") && !table.contains("m-dual"), "{table}");
        assert!(table.contains("PDU-A · <span class=\"num\">3</span>"), "{table}");
        let svg = web.get(&operations, &format!("{path}.svg")).await;
        assert!(svg.body.starts_with("<svg xmlns=") && svg.body.contains("PDU-A"), "{}", svg.body);
        let single = world.db.get(|c| coldaisle::inventory::device_by_name(c, "r-single")).unwrap().id;
        let none = web.get(&operations, &format!("/devices/{single}/failure")).await;
        assert_eq!(none.status.code, 404, "a server is no PDU");
        for path in ["/panels", "/panels/new", "/feeds", "/feeds/new", "/power/redundancy"] {
            let page = web.get(&operations, path).await;
            assert_eq!(page.status.code, 200, "{path}: {}", page.body);
        }
        let page = web.get(&operations, &format!("/racks/{rack}")).await;
        assert_eq!(page.status.code, 200, "{}", page.body);
        assert!(page.body.contains("id=\"budget\"") && page.body.contains("UPS-A"), "{}", page.body);

        let page = web.get(&operations, "/power/redundancy?class=single").await;
        assert!(page.body.contains("m-half") && !page.body.contains("m-dual"), "{}", page.body);
        let file = web.get(&operations, "/power/redundancy.csv?class=single").await;
        let lines: Vec<&str> = file.body.trim().lines().collect();
        assert_eq!(lines.len(), 3, "{}", file.body);
        assert!(lines[0].contains("device,owner,rack,class"), "{}", file.body);
        assert!(lines[1].starts_with("m-half,Customer MOSS,A01,"), "{}", file.body);

        let reply = web.post(&operations, "/panels/new", &[("room_id", ""), ("name", "")]).await;
        assert_eq!(reply.status.code, 422);
        let room = world.room.to_string();
        let reply = web.post(&operations, "/panels/new", &[("room_id", room.as_str()), ("name", "LP-Z")]).await;
        assert_eq!(reply.status.code, 303, "{}", reply.body);
    }

    /// A customer is told the class of an own device and nothing of what feeds it.
    async fn customers_see_the_class_and_nothing_else(db: TestDb) {
        let world = World::new(db);
        let (feed, rack) = (world.feeds[0], world.rack);
        let own = world.db.get(|c| coldaisle::inventory::device_by_name(c, "m-dual")).unwrap().id;
        let other = world.db.get(|c| coldaisle::inventory::device_by_name(c, "r-single")).unwrap().id;
        assert_eq!(world.db.get(|c| redundancy_of_device(c, own)).unwrap().class, Redundancy::Redundant);
        assert!(world.db.get(|c| redundancy_of_device(c, world.pdus[0])).is_none(), "a PDU draws nothing");
        let web = TestWeb::new(world.db.clone()).await;
        let member = web.browser(Role::CustomerMember, Some(world.moss));
        let page = web.get(&member, &format!("/devices/{own}")).await;
        assert_eq!(page.status.code, 200, "{}", page.body);
        assert!(page.body.contains("A + B"), "{}", page.body);
        for hidden in ["UPS-", "LP-A", "PDU-A", "r-single"] {
            assert!(!page.body.contains(hidden), "{hidden}");
        }
        for path in [
            format!("/devices/{other}"), format!("/feeds/{feed}"), format!("/feeds/{feed}/failure.svg"),
            format!("/panels/{}/failure.svg", world.panels[0]), "/power/redundancy".to_owned(), "/power/redundancy.csv".to_owned(),
            format!("/devices/{}/failure", world.pdus[0]), format!("/api/v1/devices/{}/failure", world.pdus[0]),
            format!("/api/v1/feeds/{feed}/failure"), format!("/api/v1/racks/{rack}/power-budget"), "/api/v1/redundancy".to_owned(),
        ] {
            let reply = web.get(&member, &path).await;
            assert_eq!(reply.status.code, 404, "{path}");
            assert!(!reply.body.contains("r-single"), "{path}");
        }
    }

    /// Boards and feeds are made, changed and archived by programs, and what fails is read.
    async fn the_interface_knows_the_chain(db: TestDb) {
        let world = World::new(db);
        let (room, feed, rack) = (world.room.get(), world.feeds[0], world.rack);
        let web = TestWeb::new(world.db.clone()).await;
        let program = web.browser(Role::Operations, None);
        let made = web.json(&program, Method::Post, "/api/v1/panels", &json!({"room_id": room, "name": "LP-X"})).await;
        assert_eq!(made.status.code, 201, "{}", made.body);
        let panel = value(&made.body)["id"].as_i64().unwrap();
        let path = format!("/api/v1/panels/{panel}");
        let changed = web.json(&program, Method::Put, &path, &json!({"room_id": room, "name": "LP-Y", "version": 1})).await;
        assert_eq!(value(&changed.body)["name"], "LP-Y", "{}", changed.body);
        let stale = web.json(&program, Method::Put, &path, &json!({"room_id": room, "name": "LP-Y", "version": 1})).await;
        assert_eq!(stale.status.code, 409, "{}", stale.body);
        let draft = json!({
            "room_id": room, "name": "UPS-C", "side": "other", "phases": 3, "volts": 230, "amps": 32,
            "panel_id": panel, "max_percent": 75, "contracted_watts": 9000,
        });
        let made = web.json(&program, Method::Post, "/api/v1/feeds", &draft).await;
        assert_eq!(made.status.code, 201, "{}", made.body);
        let made = value(&made.body);
        assert_eq!((made["usable_volt_amperes"].as_i64(), made["panel"].as_str()), (Some(16_560), Some("LP-Y")));
        let own = format!("/api/v1/feeds/{}", made["id"]);
        let wrong = web.json(&program, Method::Put, &own, &json!({"room_id": room, "name": "UPS-C", "side": "other", "phases": 3, "volts": 230, "amps": 32, "panel_id": 9_999_999, "version": 1})).await;
        assert_eq!(wrong.status.code, 422, "{}", wrong.body);
        let kept = web.json(&program, Method::Post, &format!("{path}/archive"), &json!({"archived": true, "version": 2})).await;
        assert_eq!(kept.status.code, 409, "{}", kept.body);
        let gone = web.json(&program, Method::Post, &format!("{own}/archive"), &json!({"archived": true, "version": 1})).await;
        assert_eq!(gone.status.code, 200, "{}", gone.body);
        let gone = web.json(&program, Method::Post, &format!("{path}/archive"), &json!({"archived": true, "version": 2})).await;
        assert_eq!(gone.status.code, 200, "{}", gone.body);

        let failure = value(&web.get(&program, &format!("/api/v1/feeds/{feed}/failure?effect=lost&limit=1")).await.body);
        assert_eq!((failure["effects"]["lost"].as_i64(), failure["devices"]["total"].as_i64()), (Some(2), Some(2)), "{failure}");
        assert_eq!(failure["devices"]["items"][0]["device"], "m-half");
        let next = failure["devices"]["next"].as_str().unwrap();
        let rest = value(&web.get(&program, &format!("/api/v1/feeds/{feed}/failure?effect=lost&limit=1&after={next}")).await.body);
        assert_eq!(rest["devices"]["items"][0]["device"], "r-single", "{rest}");
        let of_pdu = value(&web.get(&program, &format!("/api/v1/devices/{}/failure?effect=weaker", world.pdus[1])).await.body);
        assert_eq!(of_pdu["pdu_device_ids"], json!([world.pdus[1].get()]), "{of_pdu}");
        let weaker = &of_pdu["devices"]["items"][0];
        assert_eq!((weaker["device"].as_str(), weaker["left"][0].as_str()), (Some("m-dual"), Some("UPS-A")), "{weaker}");
        assert_eq!((weaker["outlets"][0]["outlet"].as_i64(), weaker["outlets"][0]["confirmed"].as_bool()), (Some(1), Some(true)));
        let wrong = web.get(&program, &format!("/api/v1/feeds/{feed}/failure?effect=dead")).await;
        assert_eq!(wrong.status.code, 422, "{}", wrong.body);
        let budget = value(&web.get(&program, &format!("/api/v1/racks/{rack}/power-budget")).await.body);
        assert_eq!(budget["allocated"]["worst"]["watts"], 1500, "{budget}");
        assert_eq!(budget["measured"]["verdict"], "no_figures", "{budget}");
        let report = value(&web.get(&program, "/api/v1/redundancy?class=redundant").await.body);
        assert_eq!((report["total"].as_i64(), report["items"][0]["device"].as_str()), (Some(1), Some("m-dual")), "{report}");
    }

    /// A file without the new columns leaves what they hold; with them it says it.
    async fn older_files_of_feeds_still_go_in(db: TestDb) {
        let world = World::new(db);
        let keyring = Keyring::generate().unwrap();
        let actor = Actor::terminal(NOW);
        let import = |kind: &str, text: &str| {
            let kind = exchange::kind(kind).unwrap();
            let name = format!("{}.csv", kind.name);
            let rows = exchange::read(kind, &name, text.as_bytes()).unwrap();
            let context = Context { actor: &actor, keyring: &keyring };
            let files = vec![ImportFile::new(name, kind, rows)];
            exchange::import(&world.db.store, &context, files, false, &|_| ()).unwrap()
        };
        let of = || world.db.get(|c| feed_by_id(c, &world.staff, world.feeds[0])).feed;
        let old = import("power-feeds", "site,room,name,side,phases,volts,amps,note\nS1,R1,UPS-A,a,1,220,32,new breaker\n");
        assert_eq!(old.fault_count, 0, "{:?}", old.faults);
        let feed = of();
        assert_eq!((feed.amps, feed.panel_id, feed.max_percent), (32, Some(world.panels[0]), 80));
        let new = import("power-feeds", "site,room,name,side,phases,volts,amps,panel,max_percent,contracted_watts\nS1,R1,UPS-A,a,1,220,32,LP-B,70,4000\n");
        assert_eq!(new.fault_count, 0, "{:?}", new.faults);
        let feed = of();
        assert_eq!((feed.panel_id, feed.max_percent, feed.contracted_watts.map(|watts| watts.get())), (Some(world.panels[1]), 70, Some(4000)));
        let off = import("power-feeds", "site,room,name,side,phases,volts,amps,panel\nS1,R1,UPS-A,a,1,220,32,\n");
        assert_eq!(off.fault_count, 0, "{:?}", off.faults);
        assert_eq!((of().panel_id, of().max_percent), (None, 70));
        let panels = import("power-panels", "site,room,name,note\nS1,R1,LP-A,left\nS1,R1,LP-N,\n");
        assert_eq!(panels.files.iter().map(|file| (file.1, file.2, file.3)).collect::<Vec<_>>(), [(1, 1, 0)]);
    }
}
