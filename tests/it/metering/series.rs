//! Series of ports and allocations, and who sees what of them.

use coldaisle::base::change::Change;
use coldaisle::base::fault::FaultKind;
use coldaisle::base::ids::PortId;
use coldaisle::base::page::PageRequest;
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::period::Period;
use coldaisle::metering::slot::SlotFlags;
use coldaisle::metering::{
    AllocationFilter, History, LinkDates, PortFilter, PortState, allocation_archive,
    allocation_by_id, allocation_list, allocation_period, allocation_port_add, allocation_port_end,
    allocation_series, csv, history_fill, port_by_id, port_list, port_series,
};

use super::world::{MINUTE, Switch, allocation, at, fields, link, sample, seen};
use crate::harness::{NOW, TestDb, both};

/// An actor some minutes after [`NOW`].
fn later(mut actor: Actor, minutes: i64) -> Actor {
    actor.now = at(minutes);
    actor
}

fn span(from: i64, until: i64) -> Period {
    Period {
        from: at(from),
        until: at(until),
    }
}

/// A switch with two ports, polled every five minutes from 0 to 60: the first at 300 octets a slot, the second at 3,000.
fn running(db: &TestDb) -> Switch<'_> {
    let switch = Switch::new(db, "SW-1");
    for minute in (0..=60).step_by(5) {
        let slots = u64::try_from(minute / 5).unwrap();
        let mut one = seen(1, "Gi1", (slots * 300, slots));
        one.names.alias = Some(format!("alias of minute {minute}"));
        let two = seen(2, "Gi2", (slots * 3_000, slots));
        assert!(switch.poll(&sample(at(minute), vec![one, two])));
    }
    switch
}

both! {
    async fn an_allocation_is_the_sum_within_the_dates_of_its_links(db: TestDb) {
        let switch = running(&db);
        let id = allocation(&db, db.customer("A"), "BGP");
        link(&db, id, switch.port_id("Gi1"), -600, Some(30));
        link(&db, id, switch.port_id("Gi2"), 20, Some(50));
        let staff = later(switch.staff.clone(), 60);
        let series = db.get(|c| allocation_series(c, &staff, id, span(0, 60)));
        let octets: Vec<Option<u64>> = series.slots.iter().map(|slot| slot.in_octets).collect();
        let expected = [300, 300, 300, 300, 3_300, 3_300, 3_000, 3_000, 3_000, 3_000].map(Some);
        assert_eq!(octets, [&expected[..], &[None, None]].concat());
        assert!(series.slots.iter().all(|slot| !slot.flags.contains(SlotFlags::INCOMPLETE)));
        assert_eq!(series.figure.rate.map(|rate| rate.get()), Some(3_300 * 8 / 300));
        assert_eq!(series.committed.map(|rate| rate.get()), Some(100_000_000));
        let month = db.get(|c| allocation_period(c, &staff, id, staff.now));
        assert_eq!(month.asked.from.to_rfc3339(), "2026-11-01T00:00:00.000Z");
        assert_eq!(month.figure.rate, series.figure.rate);
    }

    async fn a_customer_sees_a_port_only_within_the_dates_of_the_own_links(db: TestDb) {
        let switch = running(&db);
        let (a, b) = (db.customer("A"), db.customer("B"));
        let (of_a, of_b) = (allocation(&db, a, "A1"), allocation(&db, b, "B1"));
        let port = switch.port_id("Gi1");
        link(&db, of_a, port, 10, Some(30));
        link(&db, of_b, port, 30, None);
        let customer_a = later(db.actor_of(Role::CustomerAdmin, Some(a)), 60);
        let customer_b = later(db.actor_of(Role::CustomerMember, Some(b)), 60);
        let starts = |actor: &Actor| -> Vec<i64> {
            let series = db.get(|c| port_series(c, actor, port, span(0, 60)));
            assert_eq!(series.summary.slots, series.slots.len(), "figures know no more than the slots");
            series.slots.iter().map(|slot| slot.start.since_millis(NOW) / MINUTE).collect()
        };
        assert_eq!(starts(&customer_a), [10, 15, 20, 25]);
        assert_eq!(starts(&customer_b), [30, 35, 40, 45, 50, 55]);
        let staff = later(switch.staff.clone(), 60);
        assert_eq!(starts(&staff).len(), 12);
        let outside = db.get(|c| port_series(c, &customer_a, port, span(40, 60)));
        assert_eq!((outside.slots.len(), outside.summary.inward.volume_octets), (0, 0));
    }

    async fn whose_link_is_over_sees_nothing_of_the_present(db: TestDb) {
        let switch = running(&db);
        let (a, b) = (db.customer("A"), db.customer("B"));
        let port = switch.port_id("Gi1");
        link(&db, allocation(&db, a, "A1"), port, 10, Some(30));
        link(&db, allocation(&db, b, "B1"), port, 30, None);
        let old = later(db.actor_of(Role::CustomerAdmin, Some(a)), 60);
        let new = later(db.actor_of(Role::CustomerAdmin, Some(b)), 60);
        let seen_by = |actor: &Actor| db.get(|c| port_by_id(c, actor, port));
        let past = seen_by(&old);
        assert_eq!((past.row.is_current, past.row.port.alias.as_str(), past.row.port.state()), (false, "", PortState::Unknown));
        assert_eq!((past.row.rate.inward, past.row.owners.len(), past.links.len()), (None, 0, 1));
        let present = seen_by(&new);
        assert_eq!((present.row.port.alias.as_str(), present.row.port.state()), ("alias of minute 60", PortState::Up));
        assert_eq!(present.row.rate.inward.map(|rate| rate.get()), Some(8));
        assert_eq!(present.row.owners[0].customer, "Customer B");
        let search = |actor: &Actor, query: &str| {
            let filter = PortFilter { query: query.into(), ..PortFilter::default() };
            db.get(|c| port_list(c, actor, &filter, &PageRequest::first())).total
        };
        assert_eq!((search(&old, "minute 60"), search(&new, "minute 60")), (0, 1), "a search tells no more than a page");
        assert_eq!((search(&old, "customer b"), search(&new, "sw-1")), (0, 1));
    }

    async fn nothing_of_others_exists(db: TestDb) {
        let switch = running(&db);
        let (a, b) = (db.customer("A"), db.customer("B"));
        let (of_a, of_b) = (allocation(&db, a, "A1"), allocation(&db, b, "B1"));
        link(&db, of_a, switch.port_id("Gi1"), 0, None);
        link(&db, of_b, switch.port_id("Gi2"), 0, None);
        let planned = switch.port_id("Gi2");
        let actor = later(db.actor_of(Role::CustomerAdmin, Some(a)), 60);
        let kind = |result: Result<(), coldaisle::base::fault::Fault>| result.unwrap_err().kind;
        let read = |work: &dyn Fn(&mut coldaisle::store::Conn) -> Result<(), coldaisle::base::fault::Fault>| kind(db.store.read_blocking(work));
        assert_eq!(read(&|c| port_series(c, &actor, planned, span(0, 60)).map(|_| ())), FaultKind::NotFound);
        assert_eq!(read(&|c| port_by_id(c, &actor, planned).map(|_| ())), FaultKind::NotFound);
        assert_eq!(read(&|c| port_by_id(c, &actor, PortId::new(4711)).map(|_| ())), FaultKind::NotFound);
        assert_eq!(read(&|c| allocation_series(c, &actor, of_b, span(0, 60)).map(|_| ())), FaultKind::NotFound);
        assert_eq!(read(&|c| allocation_by_id(c, &actor, of_b).map(|_| ())), FaultKind::NotFound);
        let ports = db.get(|c| port_list(c, &actor, &PortFilter::default(), &PageRequest::first()));
        assert_eq!(ports.rows.iter().map(|row| row.port.name.as_str()).collect::<Vec<_>>(), ["Gi1"]);
        let filter = AllocationFilter { customer: Some(b), ..AllocationFilter::default() };
        assert_eq!(db.get(|c| allocation_list(c, &actor, &filter, &PageRequest::first())).total, 0);
        assert_eq!(db.get(|c| csv::allocation_export(c, &actor, &AllocationFilter::default())).len(), 1);
        let write = db.store.write_blocking("t", |c| allocation_port_add(c, &actor, of_a, planned, LinkDates { from: at(0), until: None }));
        assert_eq!(write.unwrap_err().kind, FaultKind::NotFound);
        // A link that begins in the future shows nothing yet.
        let future = allocation(&db, a, "A2");
        db.put(|c| {
            let (link, _) = port_by_id(c, &switch.staff, planned)?.links.remove(0);
            allocation_port_end(c, &switch.staff, link.id, Some(at(90)))
        });
        link(&db, future, planned, 90, None);
        assert_eq!(read(&|c| port_by_id(c, &actor, planned).map(|_| ())), FaultKind::NotFound);
        assert_eq!(db.get(|c| port_list(c, &actor, &PortFilter::default(), &PageRequest::first())).total, 1);
    }

    async fn a_port_has_one_owner_at_a_time(db: TestDb) {
        let switch = running(&db);
        let (one, two) = (allocation(&db, db.customer("A"), "A1"), allocation(&db, db.customer("B"), "B1"));
        let port = switch.port_id("Gi1");
        link(&db, one, port, 0, Some(30));
        let add = |from: i64, until: Option<i64>| {
            let dates = LinkDates { from: at(from), until: until.map(at) };
            db.store.write_blocking("t", |c| allocation_port_add(c, &switch.staff, two, port, dates))
        };
        let fault = add(25, None).unwrap_err();
        assert_eq!((fault.fields[0].message.key, fault.fields[0].field.as_ref()), ("fault-port-linked", "from"));
        assert!(add(30, None).is_ok());
        let first = db.get(|c| port_by_id(c, &switch.staff, port)).links[0].0.id;
        let end = |until: Option<i64>| db.store.write_blocking("t", |c| allocation_port_end(c, &switch.staff, first, until.map(at)));
        assert_eq!(end(None).unwrap_err().fields[0].field, "from", "its end may not move over the next one's beginning");
        assert_eq!(end(Some(0)).unwrap_err().fields[0].field, "until");
        assert!(end(Some(20)).is_ok());
        let archive = |id, version| db.store.write_blocking("t", |c| allocation_archive(c, &switch.staff, id, version, true));
        assert_eq!(archive(two, 1).unwrap_err().message.key, "fault-allocation-has-ports");
    }

    async fn what_is_not_settled_is_no_gap(db: TestDb) {
        let switch = running(&db);
        let port = switch.port_id("Gi1");
        let slots = |minutes: i64| {
            let staff = later(switch.staff.clone(), minutes);
            let series = db.get(|c| port_series(c, &staff, port, span(0, 24 * 60)));
            (series.slots.len(), series.summary.gap)
        };
        assert_eq!(slots(64), (12, 0));
        assert_eq!(slots(74), (12, 0), "the device may still answer");
        assert_eq!(slots(100), (20, 8), "it has fallen silent");
    }

    async fn lists_page_by_key_both_ways(db: TestDb) {
        for name in ["SW-2", "SW-1"] {
            let switch = Switch::new(&db, name);
            let ports = (1..=7).map(|n| seen(n, &format!("Gi{n}"), (0, 0))).collect();
            switch.poll(&sample(at(0), ports));
        }
        let staff = db.actor(Role::Operations);
        let page = |after: Option<String>, before: Option<String>| {
            let request = PageRequest { after, before, limit: 5 };
            db.get(|c| port_list(c, &staff, &PortFilter::default(), &request))
        };
        let names = |page: &coldaisle::base::page::Page<coldaisle::metering::PortRow>| {
            page.rows.iter().map(|row| format!("{}/{}", row.device, row.port.name)).collect::<Vec<_>>()
        };
        let first = page(None, None);
        assert_eq!((first.total, first.previous.clone()), (14, None));
        let second = page(first.next.clone(), None);
        assert_eq!(names(&second), ["SW-1/Gi6", "SW-1/Gi7", "SW-2/Gi1", "SW-2/Gi2", "SW-2/Gi3"]);
        let third = page(second.next.clone(), None);
        assert_eq!((third.rows.len(), third.next.clone()), (4, None));
        assert_eq!(names(&page(None, third.previous.clone())), names(&second));
        assert_eq!(names(&page(None, second.previous.clone())), names(&first));
        for (state, total) in [(PortState::Up, 14), (PortState::Missing, 0), (PortState::Unseen, 0)] {
            let filter = PortFilter { state: Some(state), ..PortFilter::default() };
            assert_eq!(db.get(|c| port_list(c, &staff, &filter, &PageRequest::first())).total, total, "{state}");
        }
        let filter = PortFilter { query: "GI7".into(), ..PortFilter::default() };
        assert_eq!(db.get(|c| port_list(c, &staff, &filter, &PageRequest::first())).total, 2);
    }

    async fn csv_goes_in_once_and_comes_out_the_same(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let keyring = Keyring::generate().unwrap();
        db.device("SW-A01-1", None);
        db.customer("MOSSVALE");
        let target = fields(&[
            ("device", "SW-A01-1"), ("address", "127.20.0.1"), ("port", "10161"), ("version", "v3"), ("v3_user", "collector"),
            ("v3_auth_protocol", "SHA"), ("v3_auth_password", "sample-auth-pass"), ("v3_privacy_protocol", "AES"),
            ("v3_privacy_password", "sample-priv-pass"), ("interval_s", "60"), ("port_identity", "if_name"), ("enabled", "yes"),
        ]);
        let allocation = fields(&[
            ("customer", "mossvale"), ("name", "MV-BGP-1"), ("committed_mbps", "2000"), ("burst_mbps", "5000"),
            ("direction_rule", "max_of_p95"), ("gap_rule", "drop"), ("billing_day", "1"), ("time_zone", "Asia/Shanghai"),
            ("active_from", "2024-03-01"), ("note", "两口合计"),
        ]);
        let port = fields(&[
            ("customer", "mossvale"), ("allocation", "MV-BGP-1"), ("device", "SW-A01-1"), ("port", "10GE1/0/1"),
            ("from", "2025-04-10 14:30"), ("until", ""),
        ]);
        for expected in [Change::Created, Change::Unchanged] {
            assert_eq!(db.put(|c| csv::target_import(c, &staff, &keyring, &target)), expected);
            assert_eq!(db.put(|c| csv::allocation_import(c, &staff, &allocation)), expected);
            assert_eq!(db.put(|c| csv::link_import(c, &staff, &port)), expected);
        }
        let unseen = db.get(|c| port_list(c, &staff, &PortFilter::default(), &PageRequest::first()));
        assert_eq!((unseen.rows[0].port.state(), unseen.rows[0].owners.len()), (PortState::Unseen, 1));
        let text = |rows: Vec<Vec<String>>| rows.iter().map(|row| row.join("|")).collect::<Vec<_>>();
        assert_eq!(text(db.get(|c| csv::link_export(c, &staff))), ["MOSSVALE|MV-BGP-1|SW-A01-1|10GE1/0/1|2025-04-10 14:30|"]);
        assert_eq!(
            text(db.get(|c| csv::allocation_export(c, &staff, &AllocationFilter::default()))),
            ["MOSSVALE|MV-BGP-1|2000|5000|max_of_p95|drop|1|Asia/Shanghai|2024-03-01||两口合计"]
        );
        let changed = |row: &coldaisle::base::fields::Fields, name: &str, value: &str| {
            let mut row = row.clone();
            row.set(name, value);
            row
        };
        let ended = changed(&port, "until", "2026-01-01");
        assert_eq!(db.put(|c| csv::link_import(c, &staff, &ended)), Change::Updated);
        let other = changed(&target, "v3_auth_password", "another-auth-pass");
        assert_eq!(db.put(|c| csv::target_import(c, &staff, &keyring, &other)), Change::Updated);
        let silent = changed(&target, "v3_auth_password", "");
        assert_eq!(db.put(|c| csv::target_import(c, &staff, &keyring, &silent)), Change::Unchanged);
        for (row, column) in [
            (changed(&target, "device", "SW-X"), "device"),
            (changed(&target, "address", "here"), "address"),
        ] {
            let fault = db.store.write_blocking("t", |c| csv::target_import(c, &staff, &keyring, &row)).unwrap_err();
            assert_eq!(fault.fields[0].field, column);
        }
        for (row, column) in [
            (changed(&port, "customer", "NOBODY"), "customer"),
            (changed(&port, "allocation", "MV-X"), "allocation"),
            (changed(&port, "device", "SW-X"), "device"),
            (changed(&port, "port", ""), "port"),
            (changed(&port, "from", "then"), "from"),
        ] {
            let fault = db.store.write_blocking("t", |c| csv::link_import(c, &staff, &row)).unwrap_err();
            assert_eq!(fault.fields[0].field, column);
        }
    }

    async fn a_history_goes_on_where_the_live_readings_begin(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let boot = at(-60 * 24 * 60);
        let octets = |at: Timestamp| u64::try_from(at.since_millis(boot)).unwrap() * 125;
        let ports = [seen(1, "Gi1", (0, 0)), seen(2, "Gi2", (0, 0))];
        let history = History {
            period: span(-2 * 24 * 60, 0),
            step_ms: 5 * MINUTE,
            boot,
            ports: &ports,
            octets_at: &|place, at| (octets(at) * (place as u64 + 1), 0),
        };
        assert_eq!(db.put(|c| history_fill(c, &switch.staff, switch.target, &history)), 576);
        assert_eq!(db.put(|c| history_fill(c, &switch.staff, switch.target, &history)), 0, "only where there is nothing");
        let live = |minute: i64| {
            let now = at(minute);
            let ports = vec![seen(1, "Gi1", (octets(now), 0)), seen(2, "Gi2", (octets(now) * 2, 0))];
            let mut sample = sample(now, ports);
            sample.uptime_ms = Some(u64::try_from(now.since_millis(boot)).unwrap());
            switch.poll(&sample)
        };
        assert!(live(3) && live(8));
        let staff = later(switch.staff.clone(), 8);
        let id = switch.port_id("Gi2");
        let series = db.get(|c| port_series(c, &staff, id, span(-24 * 60, 8)));
        let rates: Vec<Option<i64>> = series.slots.iter().map(|slot| slot.in_bps().map(|rate| rate.get())).collect();
        assert_eq!(rates.len(), 289);
        assert!(rates.iter().all(|rate| *rate == Some(2_000_000)), "{rates:?}");
    }

    /// Not a benchmark: it fails when a month is read in a way that grows with the number of ports or polls squared.
    async fn a_month_of_a_big_switch_comes_quickly(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let ports: Vec<_> = (1..=48).map(|n| seen(n, &format!("Gi{n}"), (0, 0))).collect();
        let period = Period { from: at(-30 * 24 * 60), until: NOW };
        let octets = |place: usize, at: Timestamp| {
            let passed = u64::try_from(at.since_millis(period.from)).unwrap() * 1_234;
            (passed * (place as u64 + 1), passed)
        };
        let history = History { period, step_ms: 5 * MINUTE, boot: at(-90 * 24 * 60), ports: &ports, octets_at: &octets };
        let started = std::time::Instant::now();
        assert_eq!(db.put(|c| history_fill(c, &switch.staff, switch.target, &history)), 8_640);
        let filled = started.elapsed();
        let port = switch.port_id("Gi48");
        let started = std::time::Instant::now();
        let series = db.get(|c| port_series(c, &switch.staff, port, period));
        let read = started.elapsed();
        println!("8,640 readings of 48 ports: filled in {filled:?}, one port read in {read:?}");
        assert!((8_637..=8_640).contains(&series.summary.used), "{:?}", series.summary);
        assert!(read < std::time::Duration::from_secs(5), "{read:?}");
    }
}
