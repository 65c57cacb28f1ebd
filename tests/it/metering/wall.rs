//! The wall: uplinks, top talkers, and who may look.

use coldaisle::base::fault::FaultKind;
use coldaisle::identity::Role;
use coldaisle::metering::{
    PortState, TalkSpan, Talker, port_mark_uplink, port_speed_override, wall_talkers,
    wall_uplink_count, wall_uplinks,
};
use coldaisle::store::schema::{audit_entries, devices};
use diesel::prelude::*;
use rocket::http::Status;

use super::world::{Switch, allocation, at, link, sample, seen, target_fields};
use crate::harness::{TestDb, TestWeb, both};

/// Octets of a rate in five minutes.
const MBPS: u64 = 37_500_000;

/// Nearly an hour of a switch: Gi1 has 1 Mbps all the time, Gi2 2 Mbps out, Gi3 24 Mbps and nothing for the last half hour.
fn hour(db: &TestDb) -> Switch<'_> {
    let switch = Switch::new(db, "SW-1");
    for step in 0..=11_u64 {
        let ports = vec![
            seen(1, "Gi1", (step * MBPS, step * MBPS / 2)),
            seen(2, "Gi2", (step * MBPS, 2 * step * MBPS)),
            seen(3, "Gi3", (step.min(5) * 24 * MBPS, 0)),
        ];
        let minutes = i64::try_from(step * 5).unwrap() - 55;
        assert!(switch.poll(&sample(at(minutes), ports)));
    }
    switch
}

both! {
    async fn talkers_are_ordered_by_what_is_asked_for(db: TestDb) {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        let switch = hour(&db);
        let (of_a, of_b) = (allocation(&db, a, "A1"), allocation(&db, b, "B1"));
        link(&db, of_a, switch.port_id("Gi1"), -600, None);
        link(&db, of_a, switch.port_id("Gi2"), -600, None);
        link(&db, of_b, switch.port_id("Gi3"), -600, None);
        let staff = db.actor(Role::Operations);
        let names = |talkers: &[Talker]| talkers.iter().map(|row| row.allocation.clone()).collect::<Vec<_>>();
        let now = db.get(|c| wall_talkers(c, &staff, TalkSpan::Now, false, 10));
        assert_eq!(names(&now), ["A1", "B1"]);
        // Both ports together: 2 Mbps in, 2.5 Mbps out, of 100 Mbps.
        assert_eq!(now[0].rate.larger().map(|rate| rate.get()), Some(2_500_000));
        assert_eq!((now[0].percent(), now[1].percent()), (Some(2), Some(0)));
        let hour = db.get(|c| wall_talkers(c, &staff, TalkSpan::Hour, true, 10));
        assert_eq!(names(&hour), ["B1", "A1"]);
        assert_eq!(hour[0].percent(), Some(10), "25 of 55 minutes with 24 Mbps");
        assert_eq!(db.get(|c| wall_talkers(c, &staff, TalkSpan::Hour, true, 1)).len(), 1);
        let mut later = staff.clone();
        later.now = at(25);
        assert!(db.get(|c| wall_talkers(c, &later, TalkSpan::Now, false, 10)).is_empty(), "nothing is known of now");
        let customer = db.actor_of(Role::CustomerAdmin, Some(a));
        let refused = db.store.read_blocking(|c| wall_talkers(c, &customer, TalkSpan::Now, false, 10)).unwrap_err();
        assert_eq!(refused.kind, FaultKind::NotFound);
    }

    async fn an_hour_is_what_is_known_of_it_over_restarts_and_beside_slow_switches(db: TestDb) {
        let a = db.customer("AAA");
        let mut typed = target_fields();
        typed.set("interval_s", "3600");
        let slow = Switch::of(&db, "SW-9", &typed);
        for hours in [-1, 0] {
            assert!(slow.poll(&sample(at(hours * 60), vec![seen(1, "Gi1", (0, 0))])));
        }
        let switch = Switch::new(&db, "SW-1");
        // Half an hour ago it began anew.
        for (minutes, octets, uptime_min) in [(-60, 0, 500), (-30, 6 * MBPS, 530), (-25, 0, 1), (-5, 4 * MBPS, 21), (0, 5 * MBPS, 26)] {
            let mut poll = sample(at(0), vec![seen(1, "Gi1", (octets, 0)), seen(2, "Gi2", (octets, 0))]);
            poll.at = at(minutes - 1);
            poll.uptime_ms = Some(uptime_min * 60_000);
            assert!(switch.poll(&poll));
        }
        let (of, later, of_slow) = (allocation(&db, a, "A1"), allocation(&db, a, "A2"), allocation(&db, a, "A9"));
        link(&db, of, switch.port_id("Gi1"), -600, None);
        link(&db, of_slow, slow.port_id("Gi1"), -600, None);
        // What passed before belongs to another.
        link(&db, later, switch.port_id("Gi2"), -3, None);
        let staff = db.actor(Role::Operations);
        let hour = db.get(|c| wall_talkers(c, &staff, TalkSpan::Hour, false, 10));
        let rates: Vec<(&str, Option<i64>)> = hour.iter().map(|row| (row.allocation.as_str(), row.rate.larger().map(|rate| rate.get()))).collect();
        // 25 minutes of the hour are known; the poll at -61 is not in it.
        assert_eq!(rates, [("A1", Some(1_000_000)), ("A9", Some(0))]);
    }

    async fn impossible_rates_are_last_and_marked(db: TestDb) {
        let a = db.customer("AAA");
        let switch = Switch::new(&db, "SW-1");
        for step in 0..2_u64 {
            let ports = vec![seen(1, "Gi1", (step * MBPS, 0)), seen(2, "Gi2", (step * 5_000 * MBPS, 0))];
            assert!(switch.poll(&sample(at(i64::try_from(step * 5).unwrap() - 5), ports)));
        }
        for (name, port) in [("A1", "Gi1"), ("A2", "Gi2")] {
            link(&db, allocation(&db, a, name), switch.port_id(port), -600, None);
        }
        let staff = db.actor(Role::Operations);
        let now = db.get(|c| wall_talkers(c, &staff, TalkSpan::Now, false, 10));
        let order: Vec<(&str, bool)> = now.iter().map(|row| (row.allocation.as_str(), row.rate.is_suspect)).collect();
        assert_eq!(order, [("A1", false), ("A2", true)]);
    }

    async fn a_silent_switch_says_nothing_of_its_uplinks(db: TestDb) {
        let switch = hour(&db);
        let staff = db.actor(Role::Operations);
        for name in ["Gi1", "Gi2"] {
            let port = switch.port_id(name);
            db.put(|c| port_mark_uplink(c, &staff, port, true));
        }
        let mut later = staff.clone();
        for (minutes, is_silent, state) in [(20, false, PortState::Up), (21, true, PortState::Unknown)] {
            later.now = at(minutes);
            let uplinks = db.get(|c| wall_uplinks(c, &later));
            assert!(uplinks.iter().all(|row| row.is_silent == is_silent && row.state() == state), "{minutes}: {uplinks:?}");
        }
        assert_eq!(db.get(|c| wall_uplink_count(c, &staff)), 2);
        let web = TestWeb::new(db).await;
        let browser = web.browser(Role::Operations, None);
        let (uplinks, talkers) = (web.get(&browser, "/wall?part=uplinks").await.body, web.get(&browser, "/wall?part=talkers").await.body);
        assert!(uplinks.contains("id=\"uplinks\"") && !uplinks.contains("id=\"talkers\"") && uplinks.contains("wall-uplinks"), "{uplinks}");
        assert!(talkers.contains("id=\"talkers\"") && !talkers.contains("id=\"uplinks\""), "{talkers}");
        let archived = at(0);
        web.db.put(|c| Ok(diesel::update(devices::table).set(devices::archived_at.eq(archived)).execute(c)?));
        assert!(web.db.get(|c| wall_uplinks(c, &staff)).is_empty());
        assert_eq!(web.db.get(|c| wall_uplink_count(c, &staff)), 0);
    }

    async fn uplinks_are_those_that_were_marked(db: TestDb) {
        let switch = hour(&db);
        let staff = db.actor(Role::Operations);
        assert!(db.get(|c| wall_uplinks(c, &staff)).is_empty());
        let port = switch.port_id("Gi2");
        db.put(|c| port_mark_uplink(c, &staff, port, true));
        // A speed that stays as it is is no change.
        let version = switch.port("Gi2").version;
        db.put(|c| port_speed_override(c, &staff, port, version, None));
        let said: i64 = db.get(|c| Ok(audit_entries::table.filter(audit_entries::action.eq("port.speed")).count().get_result(c)?));
        assert_eq!(said, 0);
        let uplinks = db.get(|c| wall_uplinks(c, &staff));
        let uplink = &uplinks[0];
        assert_eq!((uplinks.len(), uplink.port.id, uplink.device.as_str(), uplink.port.state()), (1, port, "SW-1", PortState::Up));
        assert_eq!((uplink.rate.larger().map(|rate| rate.get()), uplink.percent()), (Some(2_000_000), Some(0)));
        assert_eq!(uplink.course.len(), 72);
        let known: Vec<i64> = uplink.course.iter().flatten().map(|rate| rate.get()).collect();
        assert!(known.len() == 11 && known.iter().all(|rate| *rate == 2_000_000), "{known:?}");
        let customer = db.actor_of(Role::CustomerAdmin, None);
        assert_eq!(db.store.read_blocking(|c| wall_uplinks(c, &customer)).unwrap_err().kind, FaultKind::NotFound);
        let web = TestWeb::new(db).await;
        let browser = web.browser(Role::Operations, None);
        let form = format!("/ports/{port}/edit");
        assert!(web.get(&browser, &form).await.body.contains("checked"));
        for reader in [&browser, &browser.clone().reading_chinese()] {
            let wall = web.get(reader, "/wall?span=hour&by=percent").await;
            assert_eq!(wall.status, Status::Ok, "{}", wall.body);
            assert!(wall.body.contains("SW-1 Gi2") && wall.body.contains("data-autorefresh") && !wall.body.contains("style="), "{}", wall.body);
        }
    }

    async fn two_are_compared_over_one_axis_and_only_the_own(db: TestDb) {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        let switch = hour(&db);
        let ids = ["Gi1", "Gi2", "Gi3"].map(|name| switch.port_id(name));
        let (of_a, more, of_b) = (allocation(&db, a, "A1"), allocation(&db, a, "A2"), allocation(&db, b, "B1"));
        link(&db, of_a, ids[0], -600, None);
        link(&db, more, ids[1], -600, None);
        link(&db, of_b, ids[2], -600, None);
        let web = TestWeb::new(db).await;
        let own = web.browser(Role::CustomerMember, Some(a));
        let span = format!("from={}&to={}", at(-30).to_rfc3339(), at(0).to_rfc3339());
        let series = |of: String, rest: &str| format!("/api/v1/{of}/series?{span}{rest}");
        let port = |rest: &str| series(format!("ports/{}", ids[0]), rest);
        for with in [ids[1].to_string(), "SW-1%20Gi2".to_owned()] {
            let json = web.get(&own, &port(&format!("&with={with}"))).await.json();
            assert_eq!((json["points"][0]["out_bps"].as_i64(), json["other"]["points"][0]["out_bps"].as_i64()), (Some(500_000), Some(2_000_000)), "{json}");
            assert_eq!((json["other"]["name"].as_str(), json["other"]["summary"]["p95_out_bps"].as_i64()), (Some("SW-1 Gi2"), Some(2_000_000)));
        }
        let alone = web.get(&own, &port("")).await.json();
        assert!(alone.get("other").is_none() && alone.get("shift_ms").is_none(), "{alone}");
        let before = web.get(&own, &port("&against=previous")).await.json();
        assert_eq!(before["other"]["shift_ms"].as_i64(), Some(30 * 60_000));
        assert_eq!(before["other"]["points"][5]["in_bps"].as_i64(), Some(1_000_000), "{before}");
        let both = web.get(&own, &series(format!("allocations/{of_a}"), &format!("&with={more}"))).await.json();
        assert_eq!(both["other"]["name"].as_str(), Some("A2"));
        // What is not theirs is not there, by number and by name.
        for path in [port(&format!("&with={}", ids[2])), port("&with=SW-1%20Gi3"), port("&with=99999"), port("&with=x"), port("&against=soon"), series(format!("allocations/{of_a}"), &format!("&with={of_b}"))] {
            let refused = web.get(&own, &path).await;
            assert_eq!(refused.status, Status::UnprocessableEntity, "{path}: {}", refused.body);
            assert!(!refused.body.contains("Gi3") && !refused.body.contains("BBB"), "{}", refused.body);
        }
        // A page is there without what is not, and says so.
        for path in [format!("/ports/{}?{span}&with={}", ids[0], ids[2]), format!("/allocations/{of_a}?{span}&with={of_b}")] {
            let page = web.get(&own, &path).await;
            assert_eq!(page.status, Status::Ok, "{path}: {}", page.body);
            assert!(page.body.contains("notice-warning") && !page.body.contains("graph-compared") && !page.body.contains("series?with"), "{}", page.body);
        }
        let drawn = web.get(&own, &format!("/api/v1/ports/{}/graph.svg?{span}&with={}", ids[0], ids[1])).await.body;
        assert!(drawn.contains("SW-1 Gi2") && drawn.contains("stroke-dasharray=\"5 3\""), "{drawn}");
        for reader in [&own, &own.clone().reading_chinese()] {
            for path in [format!("/ports/{}?{span}&with={}", ids[0], ids[1]), format!("/allocations/{of_a}?{span}&against=previous"), format!("/allocations/{of_a}?{span}&with={more}")] {
                let page = web.get(reader, &path).await;
                assert_eq!(page.status, Status::Ok, "{path}: {}", page.body);
                assert!(page.body.contains("graph-compared") && page.body.contains("method=\"get\"") && !page.body.contains("Gi3"), "{}", page.body);
            }
        }
    }
    async fn names_with_spaces_are_found(db: TestDb) {
        let switch = Switch::new(&db, "SW 2 hall");
        for step in 0..2_u64 {
            assert!(switch.poll(&sample(at(i64::try_from(step * 5).unwrap() - 5), vec![seen(1, "slot 0 port 1", (step, step))])));
        }
        let id = switch.port_id("slot 0 port 1");
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let span = format!("from={}&to={}", at(-30).to_rfc3339(), at(0).to_rfc3339());
        let json = web.get(&staff, &format!("/api/v1/ports/{id}/series?{span}&with=SW%202%20hall%20slot%200%20port%201")).await.json();
        assert_eq!(json["other"]["name"].as_str(), Some("SW 2 hall slot 0 port 1"), "{json}");
    }
}
