//! Gauges: kept with their reasons, finished days, sums that say what is missing, and the wall.

use std::time::Duration;

use coldaisle::base::fault::FaultKind;
use coldaisle::base::fields::Fields;
use coldaisle::base::gauge::{
    GaugeMissing, GaugePart, GaugeSeen, OutletSeen, OutletState, Quantity,
};
use coldaisle::base::ids::{CustomerId, DeviceId, RackId};
use coldaisle::base::time::Timestamp;
use coldaisle::facility::{
    FeedDraft, OutletDraft, PduDraft, feed_archive, feed_create, outlet_map, outlets_feeding,
    outlets_of_pdu, pdu_of_device, pdu_seen, pdu_update,
};
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{DeviceDraft, device_by_id, device_fields, device_update};
use coldaisle::metering::day::Day;
use coldaisle::metering::gauge::course::Course;
use coldaisle::metering::period::Period;
use coldaisle::metering::{
    Gauge, PowerBasis, PowerOf, SETTLED_MS, gauge_day_ready, gauge_day_seal, gauge_days_expire,
    gauge_days_open, gauge_hours_expire, gauge_series, gauges_keep, gauges_of_device, power_now,
    power_series,
};
use coldaisle::power::telling::draw_seen;
use coldaisle::store::schema::{gauge_blocks, gauge_readings, gauge_rollups};
use coldaisle::tasks::sealer::Sealer;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::world::{MINUTE, at};
use crate::harness::{NOW, TestDb, both};

pub fn watts(part: GaugePart, index: &str, value: Result<i64, GaugeMissing>) -> GaugeSeen {
    GaugeSeen {
        part,
        index: index.to_owned(),
        quantity: Quantity::ActivePower,
        name: Some(format!("{part} {index}")),
        value,
    }
}

pub fn outlet(index: &str, state: OutletState) -> OutletSeen {
    OutletSeen {
        index: index.to_owned(),
        name: Some(format!("Outlet {index}")),
        state,
    }
}

/// A PDU with an inlet and two outlets, read at `at`.
pub fn read_pdu(db: &TestDb, device: DeviceId, at: Timestamp, inlet: i64, outlets: [i64; 2]) {
    let seen = [
        watts(GaugePart::Input, "1", Ok(inlet)),
        watts(GaugePart::Outlet, "1", Ok(outlets[0])),
        watts(GaugePart::Outlet, "2", Ok(outlets[1])),
    ];
    let told = [outlet("1", OutletState::On), outlet("2", OutletState::Off)];
    db.put(|c| {
        pdu_seen(c, device, at, "apc", None, &told)?;
        gauges_keep(c, device, at, &seen, true)
    });
}

/// Says what an outlet of a PDU feeds, an hour before [`NOW`].
pub fn plug(db: &TestDb, pdu: DeviceId, number: i64, device: &str, confirmed: bool) {
    plug_at(db, pdu, number, device, confirmed, at(-60));
}

/// Says at a time what an outlet of a PDU feeds.
pub fn plug_at(
    db: &TestDb,
    pdu: DeviceId,
    number: i64,
    device: &str,
    confirmed: bool,
    now: Timestamp,
) {
    let staff = Actor {
        now,
        ..db.actor(Role::Operations)
    };
    let rows = db.get(|c| outlets_of_pdu(c, &staff, pdu));
    let row = rows.iter().find(|row| row.outlet.number == number).unwrap();
    let fields: Fields = [
        ("device", device),
        ("supply", "PSU1"),
        ("confirmed", if confirmed { "yes" } else { "" }),
    ]
    .into_iter()
    .collect();
    let draft = OutletDraft::parse(&fields).unwrap();
    db.put(|c| outlet_map(c, &staff, row.outlet.id, row.outlet.version, &draft));
}

fn rack(db: &TestDb) -> RackId {
    db.rack(db.room(db.site("s1"), "r1"), "A01")
}

fn now_watts(db: &TestDb, actor: &Actor, of: PowerOf) -> (Option<i64>, usize, PowerBasis) {
    let now = db.get(|c| power_now(c, actor, of));
    (now.watts.map(|watts| watts.get()), now.silent, now.basis)
}

fn gauges(db: &TestDb, device: DeviceId) -> Vec<Gauge> {
    let staff = db.actor(Role::Operations);
    db.get(|c| gauges_of_device(c, &staff, device))
}

fn midnight(days: i64) -> Timestamp {
    Day::of(NOW).plus(days).start()
}

fn seal_all(db: &TestDb, now: Timestamp) -> usize {
    let (mut after, mut finished) = (None, 0);
    loop {
        let open = db.get(|c| gauge_days_open(c, now, after, 2));
        let Some(last) = open.last() else {
            return finished;
        };
        after = Some(*last);
        for of in open {
            let ready = db.get(|c| gauge_day_ready(c, of)).expect("a day with rows");
            assert!(db.put(|c| gauge_day_seal(c, &ready)), "{of:?}");
            finished += 1;
        }
    }
}

both! {
    /// A gauge is made by its first number; what it does not say is missing with the reason, and never 0.
    async fn a_gauge_keeps_why_it_said_nothing(db: TestDb) {
        let pdu = db.device("PDU-1", None);
        let never = watts(GaugePart::Phase, "1", Err(GaugeMissing::NotMeasured));
        let first = [watts(GaugePart::Input, "1", Ok(270)), never.clone()];
        assert!(db.put(|c| gauges_keep(c, pdu, at(-10), &first, true)));
        assert!(!db.put(|c| gauges_keep(c, pdu, at(-10), &first, true)), "the same time twice");
        let known = gauges(&db, pdu);
        assert_eq!(known.len(), 1);
        assert_eq!((known[0].name.as_str(), known[0].missing), ("input 1", None));

        let second = [watts(GaugePart::Input, "1", Err(GaugeMissing::OutOfRange))];
        assert!(db.put(|c| gauges_keep(c, pdu, at(-5), &second, true)));
        assert_eq!(gauges(&db, pdu)[0].missing, Some(GaugeMissing::OutOfRange));
        assert!(db.put(|c| gauges_keep(c, pdu, at(-5).plus_millis(1), &[], false)));
        assert_eq!(gauges(&db, pdu)[0].missing, Some(GaugeMissing::OutOfRange), "not read to its end");
        assert!(db.put(|c| gauges_keep(c, pdu, at(-4), &[], true)));
        assert_eq!(gauges(&db, pdu)[0].missing, Some(GaugeMissing::NoSuch));

        let staff = db.actor(Role::Operations);
        let period = Period { from: at(-15), until: at(0) };
        let (_, course) = db.get(|c| gauge_series(c, &staff, known[0].id, period));
        let values: Vec<Option<i64>> = course.cells.iter().map(|cell| cell.map(|c| c.mean)).collect();
        assert_eq!(values.iter().flatten().collect::<Vec<_>>(), [&270], "{values:?}");
        assert_eq!(now_watts(&db, &staff, PowerOf::Device(pdu)), (None, 1, PowerBasis::Inlets));
    }

    /// Whoever reads does not notice that a day was finished, and late readings join theirs.
    async fn finished_days_read_as_before(db: TestDb) {
        let pdu = db.device("PDU-1", None);
        let staff = db.actor(Role::Operations);
        let keep = |at: Timestamp, n: i64| {
            let seen = [
                watts(GaugePart::Input, "1", Ok(1000 + n * 7919 % 211)),
                watts(GaugePart::Outlet, "1", if n % 5 == 0 { Err(GaugeMissing::NotMeasured) } else { Ok(n) }),
            ];
            assert!(db.put(|c| gauges_keep(c, pdu, at, &seen, true)));
        };
        for n in 0..60 {
            keep(midnight(-2).plus_millis(n * 37 * MINUTE + n), n);
        }
        let late = midnight(-2).plus_millis(11 * MINUTE);
        let period = Period { from: midnight(-2), until: midnight(0) };
        let ids: Vec<_> = gauges(&db, pdu).iter().map(|gauge| gauge.id).collect();
        let courses = || -> Vec<_> {
            ids.iter().map(|id| db.get(|c| gauge_series(c, &staff, *id, period)).1).collect()
        };
        let before = courses();
        let now = midnight(0).plus_millis(SETTLED_MS);
        assert_eq!(seal_all(&db, now.plus_millis(-1)), 1);
        assert_eq!(seal_all(&db, now), 1);
        assert_eq!(seal_all(&db, now), 0);
        let rows: i64 = db.get(|c| Ok(gauge_readings::table.count().get_result(c)?));
        assert_eq!(rows, 0);
        assert_eq!(courses(), before);

        keep(late, 3);
        let with_late = courses();
        assert_ne!(with_late, before);
        assert_eq!(seal_all(&db, now), 1);
        assert_eq!(courses(), with_late);
        let blocks: i64 = db.get(|c| Ok(gauge_blocks::table.count().get_result(c)?));
        assert_eq!(blocks, 4);

        // A long graph is drawn from hours that hold the same readings.
        let long = Period { from: midnight(-60), until: midnight(0) };
        let (_, hours) = db.get(|c| gauge_series(c, &staff, ids[0], long));
        assert_eq!(hours.step_ms, 3_600_000);
        let short = &with_late[0].figures();
        let figures = hours.figures();
        assert_eq!((figures.least, figures.most), (short.least, short.most));

        assert_eq!(db.put(|c| gauge_days_expire(c, Day::of(midnight(-1)), 10)), 1);
        let gone = courses();
        assert!(gone[0].cells[..200].iter().all(Option::is_none));
        assert!(gone[0].cells[288..].iter().any(Option::is_some));
        assert_eq!(db.put(|c| gauge_hours_expire(c, Day::of(midnight(40)), 10)), 2);
        let months: i64 = db.get(|c| Ok(gauge_rollups::table.count().get_result(c)?));
        assert_eq!(months, 0);
    }

    /// A reading that comes between packing and sealing is not lost.
    async fn a_reading_in_between_leaves_the_day_open(db: TestDb) {
        let pdu = db.device("PDU-1", None);
        let seen = [watts(GaugePart::Input, "1", Ok(5))];
        let first = midnight(-2).plus_millis(MINUTE);
        db.put(|c| gauges_keep(c, pdu, first, &seen, true));
        let open = db.get(|c| gauge_days_open(c, NOW, None, 1));
        let ready = db.get(|c| gauge_day_ready(c, open[0])).unwrap();
        db.put(|c| gauges_keep(c, pdu, first.plus_millis(1), &seen, true));
        assert!(!db.put(|c| gauge_day_seal(c, &ready)));
        let task = Sealer::new(db.store.clone(), Duration::from_secs(60));
        let said = task.finish_days(NOW, CancellationToken::new()).await.unwrap();
        assert!(said.to_string().contains("finished=1"), "{said}");
        let rows: i64 = db.get(|c| Ok(gauge_readings::table.count().get_result(c)?));
        assert_eq!(rows, 0);
    }

    /// A rack's power is that of its PDUs, else of the confirmed outlets of its devices; silence is told.
    async fn a_rack_adds_up_its_pdus(db: TestDb) {
        let rack = rack(&db);
        let staff = db.actor(Role::Operations);
        let of = PowerOf::Rack(rack);
        let (one, two) = (db.device("PDU-A", None), db.device("PDU-B", None));
        let server = db.device("web-1", None);
        db.install(server, rack, 1);
        assert_eq!(now_watts(&db, &staff, of), (None, 0, PowerBasis::Nothing));
        read_pdu(&db, one, at(-30), 990, [400, 300]);
        read_pdu(&db, one, at(-5), 1000, [400, 300]);
        plug(&db, one, 1, "web-1", false);
        assert_eq!(now_watts(&db, &staff, of), (None, 0, PowerBasis::Nothing), "not confirmed");
        plug(&db, one, 1, "web-1", true);
        assert_eq!(now_watts(&db, &staff, of), (Some(400), 0, PowerBasis::Outlets));
        db.install(one, rack, 11);
        db.install(two, rack, 13);
        read_pdu(&db, two, at(-6), 500, [1, 2]);
        read_pdu(&db, two, at(-11), 510, [1, 2]);
        assert_eq!(now_watts(&db, &staff, of), (Some(1500), 0, PowerBasis::Inlets));

        let period = Period { from: at(-15), until: at(0) };
        let series = db.get(|c| power_series(c, &staff, of, period));
        let cells: Vec<_> = series.course.cells.iter().flatten().map(|c| (c.mean, c.incomplete)).collect();
        assert_eq!(series.members, 2);
        assert!(cells.contains(&(510, true)), "{cells:?}");
        assert!(cells.contains(&(1500, false)) || cells.contains(&(500, true)), "{cells:?}");
        let later = Actor { now: at(14), ..staff.clone() };
        assert_eq!(now_watts(&db, &later, of), (None, 2, PowerBasis::Inlets), "old numbers are not of now");
    }

    /// A machine that no confirmed outlet measures counts by its BMC, every other one by its outlets: none twice.
    async fn a_machine_counts_once_by_its_outlets_or_by_its_bmc(db: TestDb) {
        let (rack, staff) = (rack(&db), db.actor(Role::Operations));
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        let pdu = db.device("PDU-A", None);
        let (first, second, other) = (db.device("a-1", Some(a)), db.device("a-2", Some(a)), db.device("b-1", Some(b)));
        for (device, unit) in [(first, 1), (second, 3), (other, 5)] {
            db.install(device, rack, unit);
        }
        let draw = |device, watts| {
            let seen = [
                draw_seen(watts),
                // A power supply's own sensor is a part of that.
                GaugeSeen { index: "20.0.9".into(), ..draw_seen(99) },
            ];
            db.put(|c| gauges_keep(c, device, at(-4), &seen, false));
        };
        draw(first, 250);
        draw(second, 200);
        draw(other, 100);
        read_pdu(&db, pdu, at(-5), 1000, [400, 300]);
        let of_rack = |expected| assert_eq!(now_watts(&db, &staff, PowerOf::Rack(rack)), expected);
        of_rack((Some(550), 0, PowerBasis::Bmcs));
        plug(&db, pdu, 1, "a-1", false);
        of_rack((Some(550), 0, PowerBasis::Bmcs));
        plug(&db, pdu, 1, "a-1", true);
        of_rack((Some(400 + 200 + 100), 0, PowerBasis::OutletsAndBmcs));
        let of_a = db.actor_of(Role::CustomerMember, Some(a));
        let now = db.get(|c| power_now(c, &of_a, PowerOf::Customer(a)));
        assert_eq!((now.watts.map(|watts| watts.get()), now.outlets, now.bmcs), (Some(600), 1, 1));
        assert_eq!(now_watts(&db, &of_a, PowerOf::Device(first)), (Some(400), 0, PowerBasis::Outlets));
        assert_eq!(now_watts(&db, &of_a, PowerOf::Device(second)), (Some(200), 0, PowerBasis::Bmcs));
        let period = Period { from: at(-15), until: at(0) };
        let series = db.get(|c| power_series(c, &of_a, PowerOf::Customer(a), period));
        assert_eq!((series.members, series.basis), (2, PowerBasis::OutletsAndBmcs));
        // The rack's own PDU measures all of it.
        db.install(pdu, rack, 11);
        of_rack((Some(1000), 0, PowerBasis::Inlets));
    }

    /// A customer sees the power of outlets that are confirmed to feed their own devices, and nothing else.
    async fn the_wall_stands_around_outlets(db: TestDb) {
        let (a, b): (CustomerId, CustomerId) = (db.customer("AAA"), db.customer("BBB"));
        let pdu = db.device("PDU-A", None);
        let own = db.device("a-1", Some(a));
        db.device("b-1", Some(b));
        read_pdu(&db, pdu, at(-5), 1000, [400, 300]);
        plug(&db, pdu, 1, "a-1", false);
        plug(&db, pdu, 2, "b-1", true);
        let (of_a, of_b) = (db.actor_of(Role::CustomerMember, Some(a)), db.actor_of(Role::CustomerMember, Some(b)));
        assert_eq!(now_watts(&db, &of_a, PowerOf::Customer(a)), (None, 0, PowerBasis::Nothing));
        assert!(db.get(|c| outlets_of_pdu(c, &of_a, pdu)).is_empty());
        plug(&db, pdu, 1, "a-1", true);
        assert_eq!(now_watts(&db, &of_a, PowerOf::Customer(a)), (Some(400), 0, PowerBasis::Outlets));
        assert_eq!(now_watts(&db, &of_b, PowerOf::Customer(b)), (Some(300), 0, PowerBasis::Outlets));
        assert_eq!(now_watts(&db, &of_a, PowerOf::Device(own)), (Some(400), 0, PowerBasis::Outlets));
        let seen = db.get(|c| outlets_of_pdu(c, &of_a, pdu));
        assert_eq!(seen.iter().map(|row| row.outlet.number).collect::<Vec<_>>(), [1]);
        assert_eq!(db.get(|c| outlets_feeding(c, &of_a, own)).len(), 1);

        let period = Period { from: at(-15), until: at(0) };
        for gauge in gauges(&db, pdu) {
            let shown = gauge.part == GaugePart::Outlet && gauge.place == "1";
            let outcome = db.store.read({
                let of_a = of_a.clone();
                move |c| gauge_series(c, &of_a, gauge.id, period)
            }).await;
            assert_eq!(outcome.is_ok(), shown);
            assert!(shown || outcome.is_err_and(|fault| fault.kind == FaultKind::NotFound));
        }
        for of in [PowerOf::Customer(b), PowerOf::Device(pdu), PowerOf::Rack(rack(&db))] {
            let actor = of_a.clone();
            let fault = db.store.read(move |c| power_now(c, &actor, of)).await.unwrap_err();
            assert_eq!(fault.kind, FaultKind::NotFound, "{of:?}");
        }
    }

    /// What an outlet measured for one customer is not for the next one to see.
    async fn the_past_of_an_outlet_stays_with_its_customer(db: TestDb) {
        let (a, b): (CustomerId, CustomerId) = (db.customer("AAA"), db.customer("BBB"));
        let (pdu, server) = (db.device("PDU-A", None), db.device("srv-1", Some(a)));
        let staff = db.actor(Role::Operations);
        read_pdu(&db, pdu, at(-25), 1000, [400, 300]);
        plug_at(&db, pdu, 1, "srv-1", true, at(-60));
        let row = db.get(|c| device_by_id(c, &staff, server));
        let mut typed = device_fields(&row);
        typed.set("customer_id", b.to_string());
        let draft = DeviceDraft::parse(&typed).unwrap();
        db.put(|c| device_update(c, &staff, server, row.device.version, &draft));
        let rows = db.get(|c| outlets_of_pdu(c, &staff, pdu));
        let outlet = &rows[0].outlet;
        assert_eq!((outlet.confirmed_at, outlet.confirmed_by_name.as_str(), outlet.version), (None, "", 3));
        assert_eq!(outlet.mapped_device_id, Some(server));
        let of_b = db.actor_of(Role::CustomerMember, Some(b));
        assert_eq!(now_watts(&db, &of_b, PowerOf::Customer(b)), (None, 0, PowerBasis::Nothing));

        read_pdu(&db, pdu, at(-14), 1000, [401, 300]);
        plug_at(&db, pdu, 1, "srv-1", true, at(-10));
        assert_eq!(now_watts(&db, &of_b, PowerOf::Customer(b)), (None, 1, PowerBasis::Outlets), "measured before");
        read_pdu(&db, pdu, at(-5), 1000, [500, 300]);
        assert_eq!(now_watts(&db, &of_b, PowerOf::Customer(b)), (Some(500), 0, PowerBasis::Outlets));
        let all = gauges(&db, pdu);
        let gauge = all.iter().find(|gauge| gauge.part == GaugePart::Outlet && gauge.place == "1").unwrap().id;
        let period = Period { from: at(-30), until: at(0) };
        let means = |course: &Course| -> Vec<Option<i64>> {
            course.cells.iter().map(|cell| cell.map(|cell| cell.mean)).collect()
        };
        let since = [None, None, None, None, None, Some(500)];
        assert_eq!(means(&db.get(|c| gauge_series(c, &of_b, gauge, period)).1), since);
        for of in [PowerOf::Customer(b), PowerOf::Device(server)] {
            assert_eq!(means(&db.get(|c| power_series(c, &of_b, of, period)).course), since, "{of:?}");
        }
        let whole = [None, Some(400), None, Some(401), None, Some(500)];
        assert_eq!(means(&db.get(|c| gauge_series(c, &staff, gauge, period)).1), whole);
        let long = Period { from: midnight(-60), until: at(0) };
        assert!(means(&db.get(|c| gauge_series(c, &of_b, gauge, long)).1).iter().all(Option::is_none));
        assert!(means(&db.get(|c| gauge_series(c, &staff, gauge, long)).1).iter().any(Option::is_some));
    }

    /// A PDU that does not measure its inlet is added up from its outlets; one that measures nothing is told of.
    async fn a_pdu_that_measures_nothing_is_not_forgotten(db: TestDb) {
        let rack = rack(&db);
        let staff = db.actor(Role::Operations);
        let (one, two) = (db.device("PDU-A", None), db.device("PDU-B", None));
        db.install(one, rack, 11);
        db.install(two, rack, 13);
        let told = [outlet("1", OutletState::On), outlet("2", OutletState::On)];
        let seen = [watts(GaugePart::Outlet, "1", Ok(400)), watts(GaugePart::Outlet, "2", Ok(300))];
        db.put(|c| {
            pdu_seen(c, one, at(-5), "aten_pe", None, &told)?;
            pdu_seen(c, two, at(-5), "apc", None, &told)?;
            gauges_keep(c, one, at(-5), &seen, true)
        });
        assert_eq!(now_watts(&db, &staff, PowerOf::Rack(rack)), (Some(700), 1, PowerBasis::Inlets));
        let period = Period { from: at(-15), until: at(0) };
        let series = db.get(|c| power_series(c, &staff, PowerOf::Rack(rack), period));
        let cells: Vec<_> = series.course.cells.iter().flatten().map(|c| (c.mean, c.incomplete)).collect();
        assert_eq!((series.members, cells), (3, vec![(700, true)]));
    }

    /// A gauge that is gone for good spoils no sum.
    async fn a_gauge_that_is_gone_is_not_missed_for_ever(db: TestDb) {
        let pdu = db.device("PDU-A", None);
        let staff = db.actor(Role::Operations);
        let day = 24 * 60;
        let (one, two) = (watts(GaugePart::Input, "1", Ok(5)), watts(GaugePart::Input, "2", Ok(7)));
        db.put(|c| gauges_keep(c, pdu, at(-2 * day), &[one.clone(), two.clone()], true));
        db.put(|c| gauges_keep(c, pdu, at(-day), std::slice::from_ref(&one), true));
        db.put(|c| gauges_keep(c, pdu, at(-5), std::slice::from_ref(&one), true));
        let of = PowerOf::Device(pdu);
        assert_eq!(now_watts(&db, &staff, of), (Some(5), 1, PowerBasis::Inlets), "it may come back");
        let later = Actor { now: at(1), ..staff.clone() };
        assert_eq!(now_watts(&db, &later, of), (Some(5), 0, PowerBasis::Inlets));
        let period = Period { from: at(-15), until: at(0) };
        let figures = db.get(|c| power_series(c, &staff, of, period)).course.figures();
        assert_eq!((figures.cells - figures.gaps, figures.incomplete), (1, 0));
    }

    /// The number of an outlet is its place among all that are known, also while a unit of a chain is away.
    async fn the_numbers_of_outlets_stay(db: TestDb) {
        let pdu = db.device("PDU-A", None);
        let staff = db.actor(Role::Operations);
        let numbers = || -> Vec<(String, i64)> {
            let rows = db.get(|c| outlets_of_pdu(c, &staff, pdu));
            rows.into_iter().map(|row| (row.outlet.place, row.outlet.number)).collect()
        };
        let say = |minutes: i64, places: &[&str]| {
            let told: Vec<OutletSeen> = places.iter().map(|place| outlet(place, OutletState::On)).collect();
            db.put(|c| pdu_seen(c, pdu, at(minutes), "sentry3", None, &told));
        };
        let expected = |places: &[&str]| -> Vec<(String, i64)> {
            places.iter().map(|place| (*place).to_owned()).zip(1..).collect()
        };
        say(-9, &["1.2", "1.10", "2.1"]);
        assert_eq!(numbers(), expected(&["1.2", "1.10", "2.1"]));
        say(-8, &["2.1"]);
        assert_eq!(numbers(), expected(&["1.2", "1.10", "2.1"]));
        say(-7, &["1.1", "2.1"]);
        assert_eq!(numbers(), expected(&["1.1", "1.2", "1.10", "2.1"]));
    }

    /// To save an outlet as it was takes no confirmation away, and does not renew it.
    async fn an_unchanged_outlet_stays_confirmed(db: TestDb) {
        let pdu = db.device("PDU-A", None);
        let staff = db.actor(Role::Operations);
        db.device("web-1", None);
        read_pdu(&db, pdu, at(-5), 1000, [400, 300]);
        let since = || db.get(|c| outlets_of_pdu(c, &staff, pdu))[0].outlet.confirmed_at;
        plug_at(&db, pdu, 1, "web-1", true, at(-4));
        for confirmed in [false, true] {
            plug_at(&db, pdu, 1, "web-1", confirmed, at(-3));
            assert_eq!(since(), Some(at(-4)), "{confirmed}");
        }
        let row = db.get(|c| outlets_of_pdu(c, &staff, pdu)).remove(0);
        let fields: Fields = [("device", "web-1"), ("supply", "PSU2")].into_iter().collect();
        let draft = OutletDraft::parse(&fields).unwrap();
        db.put(|c| outlet_map(c, &staff, row.outlet.id, row.outlet.version, &draft));
        assert_eq!(since(), None, "another supply is another cable");
    }

    /// What a person said of an outlet stays when the PDU speaks again; an outlet that is gone is not on.
    async fn a_pdu_does_not_undo_what_people_said(db: TestDb) {
        let pdu = db.device("PDU-A", None);
        let staff = db.actor(Role::Operations);
        db.device("web-1", None);
        db.device("web-2", None);
        read_pdu(&db, pdu, at(-5), 1000, [400, 300]);
        plug(&db, pdu, 1, "web-1", true);
        let told = [outlet("1", OutletState::Off)];
        db.put(|c| pdu_seen(c, pdu, at(-4), "apc", Some("looped"), &told));
        let rows = db.get(|c| outlets_of_pdu(c, &staff, pdu));
        assert_eq!(rows[0].outlet.state, OutletState::Off);
        assert_eq!(rows[0].outlet.state_at, at(-4));
        assert!(rows[0].outlet.confirmed_at.is_some());
        assert_eq!(rows[0].plugged.as_ref().map(|device| device.name.as_str()), Some("web-1"));
        assert_eq!(rows[1].outlet.missing_since, None, "it was not read to its end");
        db.put(|c| pdu_seen(c, pdu, at(-3), "apc", None, &told));
        let rows = db.get(|c| outlets_of_pdu(c, &staff, pdu));
        assert_eq!((rows[1].outlet.state, rows[1].outlet.missing_since), (OutletState::Unknown, Some(at(-3))));

        // One supply has one cable, and another device needs another look at the cable.
        let map = |number: usize, device: &str, supply: &str| {
            let fields: Fields = [("device", device), ("supply", supply)].into_iter().collect();
            let (draft, staff) = (OutletDraft::parse(&fields).unwrap(), staff.clone());
            let outlet = rows[number].outlet.clone();
            db.store.write("test", move |c| outlet_map(c, &staff, outlet.id, outlet.version, &draft))
        };
        let fault = map(1, "web-1", "PSU1").await.unwrap_err();
        assert_eq!(fault.fields[0].field, "supply");
        assert_eq!(map(1, "PDU-A", "").await.unwrap_err().fields[0].field, "device");
        assert_eq!(map(1, "nothing", "").await.unwrap_err().fields[0].field, "device");
        map(0, "web-2", "PSU1").await.unwrap();
        assert_eq!(map(0, "web-2", "PSU1").await.unwrap_err().kind, FaultKind::Stale);
        let rows = db.get(|c| outlets_of_pdu(c, &staff, pdu));
        assert_eq!(rows[0].outlet.confirmed_at, None);
    }

    /// A feed adds up its PDUs and is not archived under them.
    async fn a_feed_adds_up_its_pdus(db: TestDb) {
        let staff = db.actor(Role::Operations);
        let room = db.room(db.site("s1"), "r1");
        let fields: Fields = [
            ("room_id", room.to_string()), ("name", "UPS-A".into()), ("side", "a".into()),
            ("phases", "3".into()), ("volts", "230".into()), ("amps", "63".into()),
        ].into_iter().collect();
        let draft = FeedDraft::parse(&fields).unwrap();
        let feed = db.put(|c| feed_create(c, &staff, &draft));
        let again = db.store.write("test", {
            let (staff, draft) = (staff.clone(), draft.clone());
            move |c| feed_create(c, &staff, &draft)
        }).await.unwrap_err();
        assert_eq!(again.fields[0].field, "name");
        let pdu = db.device("PDU-A", None);
        read_pdu(&db, pdu, at(-5), 1000, [400, 300]);
        let version = db.get(|c| pdu_of_device(c, pdu)).unwrap().version;
        let to = PduDraft { feed_id: Some(feed) };
        db.put(|c| pdu_update(c, &staff, pdu, version, &to));
        assert_eq!(now_watts(&db, &staff, PowerOf::Feed(feed)), (Some(1000), 0, PowerBasis::Inlets));
        let fault = db.store.write("test", {
            let staff = staff.clone();
            move |c| feed_archive(c, &staff, feed, 1, true)
        }).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Conflict);
    }
}
