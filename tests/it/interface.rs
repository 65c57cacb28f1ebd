//! The programming interface as a whole: every kind of record, versions in headers, bulk, search, its description.

use coldaisle::identity::Role;
use rocket::http::{Method, Status};
use serde_json::{Value, json};

use crate::harness::{Caller, Reply, TestDb, TestWeb, both};

fn site(name: &str) -> Value {
    json!({"code": "S1", "name": name, "time_zone": "Asia/Shanghai"})
}

/// A change with a header `If-Match`.
async fn change(web: &TestWeb, caller: &Caller, path: &str, tag: &str, body: &Value) -> Reply {
    let headers = [("Content-Type", "application/json"), ("If-Match", tag)];
    let body = Some(body.to_string());
    web.send(caller, Method::Put, path, &headers, body).await
}

async fn made(web: &TestWeb, caller: &Caller, path: &str, body: Value) -> Value {
    let reply = web.json(caller, Method::Post, path, &body).await;
    assert_eq!(reply.status, Status::Created, "{path}: {}", reply.body);
    reply.json()
}

both! {
    async fn a_change_is_done_to_the_version_that_was_read(db: TestDb) {
        let web = TestWeb::new(db).await;
        let program = web.program(Role::Operations, None, "write");
        let new = web.json(&program, Method::Post, "/api/v1/sites", &site("One")).await;
        assert_eq!((new.status, new.header("etag")), (Status::Created, Some("\"1\"")), "{}", new.body);
        let path = format!("/api/v1/sites/{}", new.json()["id"]);
        assert_eq!(web.get(&program, &path).await.header("etag"), Some("\"1\""));
        assert_eq!(web.get(&program, "/api/v1/sites").await.header("etag"), None);

        let second = change(&web, &program, &path, "\"1\"", &site("Two")).await;
        assert_eq!((second.status, second.header("etag")), (Status::Ok, Some("\"2\"")), "{}", second.body);
        for stale in ["\"1\"", "W/\"2\"", "\"02\"", "2", ""] {
            let refused = change(&web, &program, &path, stale, &site("Three")).await;
            assert_eq!(refused.status, Status::PreconditionFailed, "{stale}: {}", refused.body);
            let problem = refused.json();
            assert_eq!(problem["status"], 412);
            assert_eq!(problem["code"], "fault-precondition");
            assert!(problem["detail"].as_str().unwrap().contains("Version 2 "), "{problem}");
        }
        assert_eq!(web.get(&program, &path).await.json()["name"], "Two");
        let any = change(&web, &program, &path, "*", &site("Three")).await;
        assert_eq!((any.status, any.header("etag")), (Status::Ok, Some("\"3\"")), "{}", any.body);
        let listed = change(&web, &program, &path, "\"1\", \"3\"", &site("Four")).await;
        assert_eq!((listed.status, listed.header("etag")), (Status::Ok, Some("\"4\"")), "{}", listed.body);

        let mut body = site("Five");
        body["version"] = json!(3);
        let stale = web.json(&program, Method::Put, &path, &body).await;
        assert_eq!((stale.status, stale.json()["code"].clone()), (Status::Conflict, json!("fault-stale")));
        body["version"] = json!(4);
        let counted = web.json(&program, Method::Put, &path, &body).await;
        assert_eq!((counted.status, counted.header("etag")), (Status::Ok, Some("\"5\"")), "{}", counted.body);
        let neither = web.json(&program, Method::Put, &path, &site("Six")).await;
        assert_eq!(neither.status, Status::UnprocessableEntity);
        assert_eq!(neither.json()["errors"][0]["field"], "version");
        // The header counts, whatever the body says.
        body["version"] = json!(1);
        let header = change(&web, &program, &path, "\"5\"", &body).await;
        assert_eq!(header.status, Status::Ok, "{}", header.body);
        let gone = change(&web, &program, "/api/v1/sites/4711", "*", &site("Six")).await;
        assert_eq!(gone.status, Status::NotFound);
    }

    async fn places_customers_and_devices_are_made_changed_and_archived(db: TestDb) {
        let web = TestWeb::new(db).await;
        let program = web.program(Role::Administrator, None, "write");
        let site = made(&web, &program, "/api/v1/sites", site("One")).await;
        let room = json!({"site_id": site["id"], "name": "Hall", "grid_columns": 12, "grid_rows": 8, "tile_mm": 600});
        let room = made(&web, &program, "/api/v1/rooms", room).await;
        assert_eq!((room["site"].as_str(), room["grid_columns"].as_i64()), (Some("S1"), Some(12)));
        let rack = json!({"room_id": room["id"], "name": "A01", "units": 42, "max_watts": 6600});
        let rack = made(&web, &program, "/api/v1/racks", rack).await;
        let customer = json!({"code": "MOSS", "name": "Moss", "locale": "en"});
        let customer = made(&web, &program, "/api/v1/customers", customer).await;
        let contacts = format!("/api/v1/customers/{}/contacts", customer["id"]);
        let contact = json!({"name": "Li", "locale": "en", "may_announce": true});
        let contact = made(&web, &program, &contacts, contact).await;
        let kind = json!({"manufacturer": "Dell", "model": "R640", "slug": "dell-r640", "height_units": 1, "role": "server"});
        let kind = made(&web, &program, "/api/v1/device-types", kind).await;
        let device = json!({"name": "web-1", "device_type_id": kind["id"], "customer_id": customer["id"]});
        let device = made(&web, &program, "/api/v1/devices", device).await;

        for (list, count) in [
            (format!("/api/v1/racks?room_id={}", room["id"]), 1),
            ("/api/v1/racks?ownership=shared".to_owned(), 0),
            ("/api/v1/racks?archived=true".to_owned(), 0),
            (format!("/api/v1/devices?customer_id={}&status=in_stock", customer["id"]), 1),
            ("/api/v1/devices?role=switch".to_owned(), 0),
            ("/api/v1/devices?q=WEB".to_owned(), 1),
            ("/api/v1/device-types?q=r640".to_owned(), 1),
        ] {
            let reply = web.get(&program, &list).await;
            assert_eq!(reply.status, Status::Ok, "{list}: {}", reply.body);
            assert_eq!(reply.json()["total"], count, "{list}: {}", reply.body);
        }
        let wrong = web.get(&program, "/api/v1/devices?status=lost").await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        assert_eq!(wrong.json()["errors"][0]["field"], "status");
        assert_eq!(web.get(&program, &contacts).await.json()[0]["name"], "Li");

        for (path, id) in [
            ("sites", &site), ("rooms", &room), ("racks", &rack), ("customers", &customer), ("contacts", &contact),
            ("device-types", &kind), ("devices", &device),
        ] {
            let one = web.get(&program, &format!("/api/v1/{path}/{}", id["id"])).await;
            assert_eq!((one.status, one.header("etag")), (Status::Ok, Some("\"1\"")), "{path}: {}", one.body);
        }
        // From the inside out, each with the version that was read.
        for (path, id) in [
            ("racks", &rack), ("rooms", &room), ("sites", &site), ("contacts", &contact), ("devices", &device), ("device-types", &kind),
        ] {
            let path = format!("/api/v1/{path}/{}", id["id"]);
            let archived = web.json(&program, Method::Post, &format!("{path}/archive"), &json!({"archived": true, "version": 1})).await;
            assert_eq!(archived.status, Status::Ok, "{path}: {}", archived.body);
            assert!(archived.json()["archived_at"].is_string(), "{path}: {}", archived.body);
        }
        let racks = web.get(&program, "/api/v1/racks?archived=true").await.json();
        assert_eq!(racks["total"], 1);
    }

    async fn a_bulk_is_done_as_a_whole_or_not_at_all(db: TestDb) {
        let web = TestWeb::new(db).await;
        let program = web.program(Role::Operations, None, "write");
        let send = async |body: Value| web.json(&program, Method::Post, "/api/v1/bulk", &body).await;
        let steps = json!([
            {"kind": "sites", "fields": {"code": "S1", "name": "One", "time_zone": "Asia/Shanghai"}},
            {"kind": "rooms", "fields": {"site": "S1", "name": "Hall"}},
            {"kind": "racks", "fields": {"site": "S1", "room": "Hall", "name": "A01", "units": 42}},
        ]);
        let tried = send(json!({"dry_run": true, "steps": steps})).await;
        assert_eq!(tried.status, Status::Ok, "{}", tried.body);
        assert_eq!((tried.json()["created"].as_i64(), tried.json()["dry_run"].as_bool()), (Some(3), Some(true)));
        assert_eq!(web.get(&program, "/api/v1/sites").await.json(), json!([]));

        let mut broken = steps.clone();
        broken[2]["fields"]["units"] = json!("many");
        broken[1]["fields"]["site"] = json!("S9");
        let refused = send(json!({"steps": broken})).await;
        assert_eq!(refused.status, Status::UnprocessableEntity, "{}", refused.body);
        let fields: Vec<String> = refused.json()["errors"].as_array().unwrap().iter()
            .map(|error| error["field"].as_str().unwrap().to_owned()).collect();
        assert!(fields.iter().any(|field| field == "steps[1].fields.site"), "{fields:?}");
        assert!(fields.iter().any(|field| field.starts_with("steps[2].fields.")), "{fields:?}");
        assert_eq!(web.get(&program, "/api/v1/sites").await.json(), json!([]));

        let done = send(json!({"steps": steps})).await;
        assert_eq!(done.status, Status::Ok, "{}", done.body);
        assert_eq!(done.json()["steps"][2], json!({"kind": "racks", "name": "S1 / Hall / A01", "outcome": "created"}));
        assert_eq!(web.get(&program, "/api/v1/racks").await.json()["total"], 1);
        let again = send(json!({"steps": steps})).await.json();
        assert_eq!(again["unchanged"], 3);

        let auditor = web.program(Role::Auditor, None, "write");
        let body = json!({"steps": steps});
        let refused = web.json(&auditor, Method::Post, "/api/v1/bulk", &body).await;
        assert_eq!(refused.status, Status::Forbidden);
    }

    async fn the_search_stays_within_the_wall(db: TestDb) {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        let device_type = db.device_type("findable", 2);
        let web = TestWeb::new(db).await;
        let writer = web.program(Role::Operations, None, "write");
        let device = json!({"name": "FINDME-1", "device_type_id": device_type.get(), "customer_id": a.get()});
        made(&web, &writer, "/api/v1/devices", device).await;
        let kinds = async |caller: &Caller, path: &str| -> Vec<String> {
            let found = web.get(caller, path).await;
            assert_eq!(found.status, Status::Ok, "{}", found.body);
            let found = found.json();
            let groups = found["groups"].as_array().unwrap().iter();
            groups.map(|group| format!("{} {}", group["kind"].as_str().unwrap(), group["hits"][0]["label"].as_str().unwrap())).collect()
        };
        let staff = web.program(Role::Operations, None, "read");
        assert_eq!(kinds(&staff, "/api/v1/search?q=findme&limit=1").await, ["device FINDME-1"]);
        assert_eq!(kinds(&staff, "/api/v1/search").await, Vec::<String>::new());
        let own = web.program(Role::CustomerAdmin, Some(a), "read");
        assert_eq!(kinds(&own, "/api/v1/search?q=findme").await, ["device FINDME-1"]);
        let other = web.program(Role::CustomerAdmin, Some(b), "read");
        assert_eq!(kinds(&other, "/api/v1/search?q=findme").await, Vec::<String>::new());
    }

    async fn what_no_database_holds_is_refused_before_it_is_asked(db: TestDb) {
        let web = TestWeb::new(db).await;
        let program = web.program(Role::Operations, None, "write");
        for path in [
            "/api/v1/sd/prometheus?customer=%00", "/api/v1/address-holder?address=10.0.0.1&vrf=a%00b", "/api/v1/devices?q=%00",
            "/api/v1/search?q=%00",
        ] {
            assert_eq!(web.get(&program, path).await.status, Status::UnprocessableEntity, "{path}");
        }
        let browser = web.browser(Role::Operations, None);
        for path in [
            "/devices?q=%00", "/devices?customer=a%00", "/racks?q=%00", "/cables?q=a%00b&after=%00", "/search?q=%00", "/customers?q=%00",
            "/devices.csv?q=%00", "/events?q=%00", "/device%00s",
        ] {
            let reply = web.get(&browser, path).await;
            assert!(matches!(reply.status.code, 404 | 422), "{path}: {}", reply.status);
        }
        for path in ["/setup/a%00b", "/welcome/%00", "/login?next=%00", "/devices?q=%00"] {
            let reply = web.get(&Caller::nobody(), path).await;
            assert!(reply.status.code < 500, "{path}: {}", reply.status);
        }
        // Other control characters and broken UTF-8 are texts that nothing has.
        for path in ["/devices?q=%01%1f%7f", "/devices?q=%ff%fe", "/api/v1/devices?q=%0a%ff", "/search?q=%01"] {
            for caller in [&browser, &program] {
                let reply = web.get(caller, path).await;
                assert!(reply.status.code < 500, "{path}: {}", reply.status);
            }
        }
        let site = json!({"code": "S\u{0}", "name": "One", "time_zone": "Asia/Shanghai"});
        let made = web.json(&program, Method::Post, "/api/v1/sites", &site).await;
        assert!(made.status.code < 500, "{}", made.body);
        let steps = json!({"steps": [{"kind": "rooms", "fields": {"site": "S\u{0}", "name": "Hall"}}]});
        let refused = web.json(&program, Method::Post, "/api/v1/bulk", &steps).await;
        assert!(refused.status.code < 500, "{}", refused.body);
    }

    async fn the_description_says_what_every_operation_answers(db: TestDb) {
        let web = TestWeb::new(db).await;
        let description = web.get(&Caller::nobody(), "/api/openapi.json").await.json();
        let mut bare = Vec::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let mut lacks = |what: String| bare.push(format!("{method} {path}: {what}"));
                let responses = operation["responses"].as_object().unwrap();
                for status in ["401", "403", "422"] {
                    if !responses.contains_key(status) {
                        lacks(format!("no {status}"));
                    }
                }
                for (status, response) in responses {
                    if !response["description"].is_string() {
                        lacks(format!("{status} is not described"));
                    }
                }
                if path.contains('{') && !responses.contains_key("404") {
                    lacks("no 404".into());
                }
                if method == "put" && !responses.contains_key("412") {
                    lacks("no 412".into());
                }
                if let Some(body) = operation.get("requestBody")
                    && !body["description"].is_string()
                {
                    lacks("its body is not described".into());
                }
                let named = operation["parameters"].as_array().cloned().unwrap_or_default();
                for place in path.split('/').filter_map(|part| part.strip_prefix('{')) {
                    let name = place.split('}').next().unwrap();
                    if !named.iter().any(|parameter| parameter["name"] == name) {
                        lacks(format!("no parameter {name}"));
                    }
                }
            }
        }
        assert!(bare.is_empty(), "{bare:#?}");
    }
}
