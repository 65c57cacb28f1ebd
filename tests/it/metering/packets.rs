//! Packets, errors and discards from a poll to pages and programs, and line speeds over time.

use coldaisle::base::time::Timestamp;
use coldaisle::base::units::BitsPerSecond;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::packets::PacketCounters;
use coldaisle::metering::period::Period;
use coldaisle::metering::poll::{PortSeen, Sample};
use coldaisle::metering::slot::SlotFlags;
use coldaisle::metering::{packets_now, port_packets, port_series, port_speed_override};
use coldaisle::store::schema::port_speed_changes;
use diesel::prelude::*;
use rocket::http::Status;

use super::sealing::seal_all;
use super::world::{MINUTE, Switch, at, sample, seen};
use crate::harness::{NOW, TestDb, TestWeb, both};

/// A port after so many polls: 3 errors, 1 discard and every third time 30,000 packets more.
fn counted(step: i64) -> PortSeen {
    let step_of = u32::try_from(step).unwrap();
    let wide = (step % 3 == 0).then_some(u64::from(step_of) * 10_000);
    PortSeen {
        packets: PacketCounters {
            in_unicast: wide,
            out_unicast: wide,
            in_errors: Some(7 + step_of * 3),
            out_errors: Some(0),
            in_discards: None,
            out_discards: Some(step_of),
        },
        ..seen(1, "Gi1", (1_000, 1_000))
    }
}

both! {
    async fn packets_are_the_same_before_and_after_their_day_is_finished(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let hours = 30;
        for step in 0..hours * 12 {
            assert!(switch.poll(&sample(at(step * 5), vec![counted(step)])));
        }
        let (staff, port) = (switch.staff.clone(), switch.port_id("Gi1"));
        let asked = Period { from: at(60), until: at(hours * 60 - 60) };
        let before = db.get(|c| port_packets(c, &staff, port, asked));
        let polls = u64::try_from((hours - 2) * 12).unwrap();
        assert_eq!(before.total(2), Some((polls * 3, asked.until.since_millis(asked.from))));
        assert_eq!(before.total(3).map(|(count, _)| count), Some(0));
        assert_eq!(before.total(4), None, "never said");
        assert_eq!(before.total(5).map(|(count, _)| count), Some(polls));
        let packets = before.total(0).unwrap();
        assert!(packets.0.abs_diff(polls * 10_000) <= 30_000, "{packets:?}");
        assert!(before.of[0].iter().all(|passed| passed.length_ms() == 15 * MINUTE));
        assert!(seal_all(&db, at(hours * 60 + 200)) >= 1);
        let after = db.get(|c| port_packets(c, &staff, port, asked));
        assert_eq!(before.of, after.of);
        let last = at((hours * 12 - 1) * 5);
        let rows = vec![switch.port("Gi1")];
        let now = db.get(|c| packets_now(c, &rows, last));
        assert_eq!(now[&port].per_minute(2), Some(1), "3 in five minutes");
        assert!(db.get(|c| packets_now(c, &rows, at(hours * 60 + 600))).is_empty(), "long ago");
    }

    async fn pages_and_programs_have_packets_of_whom_they_concern(db: TestDb) {
        let web = TestWeb::new(db).await;
        let present = Timestamp::now().since_millis(NOW) / MINUTE;
        let switch = Switch::new(&web.db, "SW-1");
        for step in 0..=12_i64 {
            let mut sample = sample(at(present - (12 - step) * 5), vec![counted(step)]);
            sample.uptime_ms = Some(u64::try_from((200 + step * 5) * MINUTE).unwrap());
            assert!(switch.poll(&sample));
        }
        let port = switch.port_id("Gi1");
        let browser = web.browser(Role::Operations, None);
        let page = web.get(&browser, &format!("/ports/{port}")).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        assert!(page.body.contains("id=\"packets\"") && page.body.contains("120\u{2009}000"), "{}", page.body);
        let program = web.program(Role::Operations, None, "read");
        let json = web.get(&program, &format!("/api/v1/ports/{port}/packets?range=day")).await.json();
        assert_eq!(json["in_errors"].as_array().map(Vec::len), Some(12), "{json}");
        assert_eq!(json["in_errors"][0]["count"], 3);
        assert_eq!(json["out_unicast"].as_array().map(Vec::len), Some(4));
        assert_eq!(json["in_discards"].as_array().map(Vec::len), Some(0));
        let long = web.get(&program, &format!("/api/v1/ports/{port}/packets?from=2025-01-01&to=2026-01-01")).await;
        assert_eq!(long.status, Status::UnprocessableEntity, "{}", long.body);
        let metrics = web.get(&program, "/metrics/ports").await;
        assert_eq!(metrics.status, Status::Ok, "{}", metrics.body);
        assert!(metrics.body.contains("coldaisle_port_errors_total{device=\"SW-1\",port=\"Gi1\",direction=\"in\"} 43 "), "{}", metrics.body);
        let customer = web.program(Role::CustomerAdmin, Some(web.db.customer("AAA")), "read");
        assert_eq!(web.get(&customer, "/metrics/ports").await.status, Status::NotFound);
    }

    async fn a_rate_is_judged_by_the_speed_of_its_time(db: TestDb) {
        let switch = Switch::new(&db, "SW-1");
        let speed = |mbps: i64| Some(BitsPerSecond::new(mbps * 1_000_000));
        let poll = |step: i64, mbps: i64, octets: u64| {
            let port = PortSeen { speed: speed(mbps), ..seen(1, "Gi1", (octets, 0)) };
            assert!(switch.poll(&sample(at(step * 5), vec![port])));
        };
        // An hour at 5 Gbit/s on a line of 10, then as long at 0.5 on one of 1, then one impossible leap.
        let mut octets = 0;
        for step in 0..=12 {
            poll(step, 10_000, octets);
            octets += 187_500_000_000;
        }
        octets -= 187_500_000_000;
        for step in 13..=24 {
            octets += 18_750_000_000;
            poll(step, 1_000, octets);
        }
        octets += 187_500_000_000;
        poll(25, 1_000, octets);
        let staff = Actor { now: at(200), ..switch.staff.clone() };
        let port = switch.port_id("Gi1");
        let asked = Period { from: at(0), until: at(125) };
        let suspect = || {
            let series = db.get(|c| port_series(c, &staff, port, asked));
            series.slots.iter().filter(|slot| slot.flags.contains(SlotFlags::SUSPECT)).count()
        };
        assert_eq!(suspect(), 1, "only the leap");
        let kept: Vec<(Option<BitsPerSecond>, Option<BitsPerSecond>)> = db.get(|c| {
            let speeds = (port_speed_changes::before_bps, port_speed_changes::after_bps);
            Ok(port_speed_changes::table.select(speeds).load(c)?)
        });
        assert_eq!(kept, [(speed(10_000), speed(1_000))]);
        // What an operator says holds for all time: the device lied.
        let version = switch.port("Gi1").version;
        db.put(|c| port_speed_override(c, &staff, port, version, speed(1_000)));
        assert_eq!(suspect(), 13);
    }

    async fn what_a_line_carries_as_it_comes_up_is_billed(db: TestDb) {
        // Copper that is down says 10 Mbit/s; the poll that sees it come up does not read speeds, the one after it does.
        let switch = Switch::new(&db, "SW-1");
        let poll = |step: i64, mbps: i64, up: bool, octets: u64, with_names: bool| {
            let port = PortSeen {
                speed: with_names.then(|| BitsPerSecond::new(mbps * 1_000_000)),
                oper_up: Some(up),
                ..seen(1, "Gi1", (octets, 0))
            };
            let sample = Sample { with_names, ..sample(at(step * 5), vec![port]) };
            assert!(switch.poll(&sample));
        };
        poll(0, 1_000, true, 0, true);
        poll(1, 10, false, 0, true);
        poll(2, 0, true, 18_750_000_000, false);
        assert!(switch.row().names_read_at.is_none(), "speeds are read next");
        poll(3, 1_000, true, 37_500_000_000, true);
        poll(4, 0, true, 56_250_000_000, false);
        let staff = Actor { now: at(100), ..switch.staff.clone() };
        let port = switch.port_id("Gi1");
        let series = db.get(|c| port_series(c, &staff, port, Period { from: at(0), until: at(20) }));
        let suspect = series.slots.iter().filter(|slot| slot.flags.contains(SlotFlags::SUSPECT)).count();
        assert_eq!((suspect, series.summary.used), (0, 4), "{:?}", series.slots);
    }
}
