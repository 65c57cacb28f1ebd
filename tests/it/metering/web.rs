//! Pages, files and the interface of ports, targets and allocations.

use coldaisle::base::time::Timestamp;
use coldaisle::identity::Role;
use coldaisle::metering::note::{Note, NoteWord};
use coldaisle::metering::poll_measured;
use rocket::http::Status;

use super::world::{MINUTE, Switch, allocation, at, link, measured, sample, seen, target_fields};
use crate::harness::{Caller, NOW, TestDb, TestWeb, both};

/// A switch whose ports were read for an hour up to the present, minutes from [`NOW`].
fn running<'a>(db: &'a TestDb, name: &str) -> (Switch<'a>, i64) {
    let present = Timestamp::now().since_millis(NOW) / MINUTE;
    let switch = Switch::new(db, name);
    for step in (0..=12_i64).rev() {
        let octets = u64::try_from(12 - step).unwrap() * 37_500_000;
        let mut sample = sample(
            at(present - step * 5),
            vec![
                seen(1, "Gi1", (octets, octets / 2)),
                seen(2, "Gi2", (octets, 0)),
            ],
        );
        sample.uptime_ms = Some(u64::try_from((200 - step * 5) * MINUTE).unwrap());
        assert!(switch.poll(&sample));
    }
    (switch, present)
}

both! {
    async fn the_graph_s_endpoint_has_its_shape_and_says_what_is_wrong(db: TestDb) {
        let web = TestWeb::new(db).await;
        let (switch, present) = running(&web.db, "SW-1");
        let port = switch.port_id("Gi1");
        let program = web.program(Role::Operations, None, "read");
        let path = |query: &str| format!("/api/v1/ports/{port}/series{query}");
        let instant = |minutes: i64| at(minutes).to_rfc3339();
        let (from, to) = (instant(present / 5 * 5 - 40), instant(present / 5 * 5 - 10));
        let reply = web.get(&program, &path(&format!("?from={from}&to={to}&points=600"))).await;
        assert_eq!(reply.status, Status::Ok, "{}", reply.body);
        let json = reply.json();
        assert_eq!((json["step_s"].as_i64(), json["zone"].as_str()), (Some(300), Some("Asia/Shanghai")));
        assert_eq!(json["points"].as_array().unwrap().len(), 6, "{json}");
        assert_eq!(json["points"][0]["in_bps"], 1_000_000);
        assert_eq!(json["points"][0]["out_max_bps"], 500_000);
        assert_eq!((json["summary"]["p95_bps"].as_i64(), json["summary"]["slots"].as_i64()), (Some(1_000_000), Some(6)));
        assert!(json["committed_bps"].is_null() && json["points"][0]["flags"].as_array().unwrap().is_empty());
        let reply = web.get(&program, &path(&format!("?from={}&to={to}&points=600", instant(present - 1_000 * 1_440)))).await;
        let json = reply.json();
        assert_eq!(reply.status, Status::Ok, "{}", reply.body);
        let peaks: Vec<i64> = json["points"].as_array().unwrap().iter().filter_map(|point| point["in_max_bps"].as_i64()).collect();
        assert_eq!((json["step_s"].as_i64(), peaks.iter().max()), (Some(3_600), Some(&1_000_000)), "three years are drawn from hours: {json}");
        assert!(json["summary"]["p95_bps"].is_null() && json["summary"]["slots"].as_i64() >= Some(10), "{json}");
        for (query, theme) in [(format!("?from={from}&to={to}"), ""), ("?range=month".to_owned(), "&theme=dark")] {
            let drawn = web.get(&program, &format!("/api/v1/ports/{port}/graph.svg{query}{theme}")).await;
            assert_eq!((drawn.status, drawn.header("content-type")), (Status::Ok, Some("image/svg+xml")), "{}", drawn.body);
            let words = ["<title>SW-1 Gi1</title>", "<polyline", "1.00 Mbps", "Time in Asia/Shanghai"];
            assert!(drawn.body.starts_with("<svg ") && words.iter().all(|part| drawn.body.contains(part)), "{}", drawn.body);
            assert!(!drawn.body.contains("style=") && !drawn.body.contains("<script"), "the strict policy holds");
        }
        for (query, field) in [
            (format!("?from={to}&to={from}"), "to"),
            ("?from=2020-01-01&to=2026-01-01".to_owned(), "from"),
            ("?from=soon&to=2026-01-01".to_owned(), "from"),
            ("?from=2026-01-01".to_owned(), "to"),
            ("?points=0".to_owned(), "points"),
        ] {
            let reply = web.get(&program, &path(&query)).await;
            assert_eq!(reply.status, Status::UnprocessableEntity, "{query}: {}", reply.body);
            assert_eq!(reply.json()["errors"][0]["field"], field, "{query}");
        }
    }

    async fn a_customer_has_the_own_graph_and_nothing_else(db: TestDb) {
        let web = TestWeb::new(db).await;
        let (a, b) = (web.db.customer("AAA"), web.db.customer("BBB"));
        let (switch, present) = running(&web.db, "SW-1");
        let (mine, other) = (switch.port_id("Gi1"), switch.port_id("Gi2"));
        let (of_a, of_b) = (allocation(&web.db, a, "MINE"), allocation(&web.db, b, "OTHER"));
        link(&web.db, of_a, mine, present / 5 * 5 - 30, None);
        link(&web.db, of_b, other, -600, None);
        let reader = web.browser(Role::CustomerMember, Some(a));
        for path in ["/allocations".into(), "/ports".into(), format!("/allocations/{of_a}"), format!("/ports/{mine}"), format!("/ports/{mine}.csv?range=day"), "/ports.csv".into(), "/allocations.csv".into(), "/api/v1/ports".into()] {
            let reply = web.get(&reader, &path).await;
            assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
            for secret in ["OTHER", "Gi2", "BBB", "/targets", "/customers"] {
                assert!(!reply.body.contains(secret), "{secret} in {path}");
            }
        }
        for path in [
            format!("/ports/{other}"), format!("/ports/{other}.csv"), format!("/ports/{other}/edit"), format!("/allocations/{of_b}"),
            format!("/allocations/{of_b}.csv"), format!("/api/v1/ports/{other}"), format!("/api/v1/ports/{other}/series?from=x"),
            format!("/api/v1/allocations/{of_b}/series"), "/targets".into(), "/targets/new".into(), "/allocations/new".into(),
        ] {
            assert_eq!(web.get(&reader, &path).await.status, Status::NotFound, "{path}");
        }
        let csv = web.get(&reader, &format!("/ports/{mine}.csv?range=day")).await.body;
        let rows: Vec<&str> = csv.lines().collect();
        assert!(rows.len() <= 8, "only the slots since the link began: {csv}");
        let series = web.get(&reader, &format!("/api/v1/ports/{mine}/series?range=week")).await.json();
        assert_eq!(series["points"].as_array().unwrap().len(), rows.len() - 1);
    }

    async fn pages_show_state_figures_and_the_way_on(db: TestDb) {
        let web = TestWeb::new(db).await;
        let a = web.db.customer("AAA");
        let (switch, _) = running(&web.db, "SW-1");
        let port = switch.port_id("Gi1");
        let id = allocation(&web.db, a, "BGP");
        link(&web.db, id, port, -600, None);
        let staff = web.browser(Role::Operations, None);
        for chinese in [false, true] {
            let reader = if chinese { staff.clone().reading_chinese() } else { staff.clone() };
            for path in ["/ports".into(), "/targets".into(), "/targets/new".into(), "/allocations".into(), "/allocations/new".into(), format!("/ports/{port}"), format!("/ports/{port}?range=month"), format!("/ports/{port}/edit"), format!("/allocations/{id}"), format!("/allocations/{id}/edit"), format!("/allocations/{id}/archive"), format!("/allocations/{id}/ports/new"), format!("/targets/{}", switch.target), format!("/targets/{}/edit", switch.target)] {
                let reply = web.get(&reader, &path).await;
                assert_eq!(reply.status, Status::Ok, "{path}: {}", reply.body);
                assert!(!reply.body.contains("style="), "{path}");
            }
        }
        let page = web.get(&staff, &format!("/ports/{port}")).await.body.replace("&#x2f;", "/");
        assert!(page.contains(&format!("data-series=\"/api/v1/ports/{port}/series\"")) && page.contains("1.00"), "{page}");
        assert!(page.contains("BGP") && page.contains(&format!("/ports/{port}.csv?range=day")));
        let list = web.get(&staff, "/ports?q=gi1&state=up").await.body;
        assert!(list.contains("Gi1") && !list.contains("Gi2") && list.contains("Mbps"), "{list}");
        let page = web.get(&staff, &format!("/allocations/{id}")).await.body;
        assert!(page.contains("Customer AAA") && page.contains("100"), "{page}");
        let wrong = web.get(&staff, &format!("/ports/{port}?from=2026-01-02&to=2026-01-01")).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
    }

    async fn the_page_of_a_target_says_how_it_fares_in_words(db: TestDb) {
        let web = TestWeb::new(db).await;
        let (switch, present) = running(&web.db, "SW-1");
        let staff = web.browser(Role::Operations, None);
        let path = format!("/targets/{}", switch.target);
        let notes = NoteWord::ALL.iter().map(|word| Note::new(*word).about("Gi7").counted(3, 48)).collect();
        let shown = measured(false, notes);
        let now = at(present);
        web.db.put(|c| poll_measured(c, switch.target, &shown, now));
        for chinese in [false, true] {
            let reader = if chinese { staff.clone().reading_chinese() } else { staff.clone() };
            let page = web.get(&reader, &path).await.body;
            assert!(page.contains("7.00") && page.contains("242") && page.contains("Gi7"), "{page}");
            let stand = page.matches("class=\"notice").count();
            assert!(stand >= NoteWord::ALL.len(), "{stand}: {page}");
            assert!(!page.contains("targets-"), "a key without words: {page}");
        }
        for minute in 1..=4 {
            switch.fail(at(present + minute * 60));
        }
        let page = web.get(&staff, &path).await.body;
        assert!(page.contains("4 failures in a row") && page.contains("tried less often now"), "{page}");
        assert!(page.contains("no answer") && page.contains(&format!("action=\"{path}/poll\"")), "{page}");
        let auditor = web.browser(Role::Auditor, None);
        let page = web.get(&auditor, &path).await.body;
        assert!(!page.contains("/poll") && !page.contains("/edit"), "{page}");
    }

    async fn a_target_is_made_changed_and_polled_from_its_pages(db: TestDb) {
        let web = TestWeb::new(db).await;
        let device = web.db.device("SW-9", None).to_string();
        let staff = web.browser(Role::Operations, None);
        let mut typed: Vec<(String, String)> = target_fields()
            .iter()
            .filter(|(name, _)| *name != "version")
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        typed.push(("device".into(), device));
        typed.push(("snmp_version".into(), "v2c".into()));
        let send = |path: String, change: Vec<(&'static str, String)>| {
            let mut fields = typed.clone();
            for (name, text) in change {
                fields.retain(|(there, _)| there != name);
                fields.push((name.to_owned(), text));
            }
            let (web, staff) = (&web, &staff);
            async move {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
                web.post(staff, &path, &fields).await
            }
        };
        let wrong = send("/targets/new".into(), vec![("address", "here".into())]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        assert!(wrong.body.contains("An IP address") && !wrong.body.contains("public-ro"), "{}", wrong.body);
        let made = send("/targets/new".into(), vec![]).await;
        assert_eq!((made.status, made.header("location")), (Status::SeeOther, Some("/targets/1/discover")), "{}", made.body);
        let again = send("/targets/new".into(), vec![]).await;
        assert!(again.body.contains("already polled"), "{}", again.body);
        let list = web.get(&staff, "/targets").await.body;
        assert!(list.contains("SW-9") && list.contains("Not read yet") && !list.contains("public-ro"), "{list}");
        let edit = list.split("/targets/").find_map(|rest| rest.split_once("/poll")).map(|(id, _)| id.to_owned()).unwrap();
        let page = web.get(&staff, &format!("/targets/{edit}/edit")).await.body;
        assert!(page.contains("127.20.0.1") && !page.contains("public-ro") && page.contains("checked"), "{page}");
        let changed = send(format!("/targets/{edit}/edit"), vec![("version", "1".into()), ("community", String::new()), ("interval_s", "60".into())]).await;
        assert_eq!(changed.status, Status::SeeOther, "{}", changed.body);
        let stale = send(format!("/targets/{edit}/edit"), vec![("version", "1".into()), ("community", String::new())]).await;
        assert!(stale.body.contains("Someone else saved"), "{}", stale.body);
        let poll = web.post(&staff, &format!("/targets/{edit}/poll"), &[]).await;
        assert_eq!(poll.status, Status::SeeOther);
    }

    async fn an_allocation_is_made_linked_ended_and_archived_from_its_pages(db: TestDb) {
        let web = TestWeb::new(db).await;
        let a = web.db.customer("AAA").to_string();
        let switch = Switch::new(&web.db, "SW-1");
        switch.poll(&sample(at(0), vec![seen(1, "Gi1", (0, 0))]));
        let staff = web.browser(Role::Operations, None);
        let made = web.post(&staff, "/allocations/new", &[("customer_id", &a), ("name", "BGP"), ("committed_mbps", "100"), ("active_from", "2026-01-01")]).await;
        assert_eq!(made.status, Status::SeeOther, "{}", made.body);
        let href = made.header("location").unwrap().to_owned();
        let twice = web.post(&staff, "/allocations/new", &[("customer_id", &a), ("name", "BGP"), ("committed_mbps", "fast"), ("active_from", "2026-01-01")]).await;
        assert!(twice.status == Status::UnprocessableEntity && twice.body.contains("value=\"fast\""), "{}", twice.body);
        let nowhere = web.post(&staff, &format!("{href}/ports/new"), &[("device", "SW-1"), ("port", "Gi7"), ("from", "2026-02-01")]).await;
        assert!(nowhere.body.contains("No such port"), "{}", nowhere.body);
        let linked = web.post(&staff, &format!("{href}/ports/new"), &[("device", "SW-1"), ("port", "Gi1"), ("from", "2026-02-01")]).await;
        assert_eq!(linked.status, Status::SeeOther, "{}", linked.body);
        let archive = web.post(&staff, &format!("{href}/archive"), &[("version", "1")]).await;
        assert!(archive.status == Status::Conflict && archive.body.contains("still belong"), "{}", archive.body);
        let page = web.get(&staff, &href).await.body;
        let link = page.split("/allocation-ports/").nth(1).and_then(|rest| rest.split_once("/end")).map(|(id, _)| id.to_owned()).unwrap();
        assert_eq!(web.get(&staff, &format!("/allocation-ports/{link}/end")).await.status, Status::Ok);
        let ended = web.post(&staff, &format!("/allocation-ports/{link}/end"), &[("until", "2026-03-01 10:00")]).await;
        assert_eq!(ended.status, Status::SeeOther, "{}", ended.body);
        let archived = web.post(&staff, &format!("{href}/archive"), &[("version", "1")]).await;
        assert_eq!(archived.status, Status::SeeOther, "{}", archived.body);
        let nobody = web.get(&Caller::nobody(), &href).await;
        assert_eq!(nobody.status, Status::SeeOther);
    }
}
