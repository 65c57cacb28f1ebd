//! The frame of pages: signing in, languages, failures, headers, forms, problem details.

use std::collections::BTreeSet;

use coldaisle::identity::Role;
use rocket::http::{Method, Status};
use serde_json::json;

use crate::harness::{Caller, PASSWORD, TestDb, TestWeb, both};

/// A path with `{}` for whatever a caller fills in.
fn shape(path: &str) -> String {
    let part = |part: &str| match part.contains(['<', '{']) {
        true => "{}".to_owned(),
        false => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

both! {
    async fn a_person_signs_in_and_out(db: TestDb) {
        db.user_with_password("li", Role::Operations, None);
        let web = TestWeb::new(db).await;
        let nobody = Caller::nobody();
        let page = web.get(&nobody, "/customers?q=a").await;
        assert_eq!((page.status, page.header("location")), (Status::SeeOther, Some("/login?next=%2Fcustomers%3Fq%3Da")));
        let wrong = web.post(&nobody, "/login", &[("login", "li"), ("password", "wrong password")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        assert!(wrong.body.contains("do not go together") && wrong.body.contains("value=\"li\""), "{}", wrong.body);
        assert!(!wrong.body.contains("wrong password"), "a password never comes back");
        let fields = [("login", "LI "), ("password", PASSWORD), ("next", "/customers?q=a")];
        let right = web.post(&nobody, "/login", &fields).await;
        assert_eq!((right.status, right.header("location")), (Status::SeeOther, Some("/customers?q=a")));
        let cookie = right.header("set-cookie").expect("a session cookie");
        for part in ["coldaisle_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
    }

    async fn pages_speak_both_languages(db: TestDb) {
        let web = TestWeb::new(db).await;
        let english = web.get(&Caller::nobody(), "/login").await;
        assert!(english.body.contains("<html lang=\"en\"") && english.body.contains("Sign in"), "{}", english.body);
        let chinese = web.get(&Caller::nobody().reading_chinese(), "/login").await;
        assert!(chinese.body.contains("<html lang=\"zh-CN\"") && chinese.body.contains("登录"), "{}", chinese.body);
    }

    async fn every_answer_carries_the_strict_policy(db: TestDb) {
        let web = TestWeb::new(db).await;
        for path in ["/login", "/nowhere", "/static/app.js", "/api/v1/customers", "/healthz"] {
            let reply = web.get(&Caller::nobody(), path).await;
            let policy = reply.header("content-security-policy").unwrap_or_default();
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        }
    }

    async fn failures_are_pages_or_problem_details(db: TestDb) {
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Operations, None);
        let page = web.get(&staff, "/customers/4711").await;
        assert_eq!(page.status, Status::NotFound);
        assert!(page.body.contains("Nothing was changed.") && page.body.contains("nav"), "{}", page.body);
        let program = web.program(Role::Operations, None, "write");
        let missing = web.get(&program, "/api/v1/customers/4711").await;
        assert_eq!(missing.header("content-type"), Some("application/problem+json"));
        let problem = missing.json();
        assert_eq!((problem["status"].as_i64(), problem["code"].as_str()), (Some(404), Some("fault-not-found")));
        let wrong = web.json(&program, Method::Post, "/api/v1/customers", &json!({"code": "a b"})).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        let fields: Vec<_> = wrong.json()["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
        assert_eq!(fields, [json!("code"), json!("name")]);
        let text = web.send(&program, Method::Post, "/api/v1/customers", &[("Content-Type", "application/json")], Some("{".into())).await;
        assert_eq!((text.status, text.json()["code"].as_str()), (Status::UnprocessableEntity, Some("fault-json")));
    }

    async fn what_was_typed_comes_back_with_its_faults(db: TestDb) {
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Finance, None);
        let fields = [("code", "moss<1>"), ("name", "苔谷 & 云"), ("email", "x"), ("locale", "zh-CN")];
        let page = web.post(&staff, "/customers/new", &fields).await;
        assert_eq!(page.status, Status::UnprocessableEntity);
        for part in ["moss&lt;1&gt;", "苔谷 &amp; 云", "Letters, digits, - and _ only.", "A mail address like"] {
            assert!(page.body.contains(part), "{part} in {}", page.body);
        }
    }

    async fn a_customer_is_added_changed_and_archived(db: TestDb) {
        let web = TestWeb::new(db).await;
        let staff = web.browser(Role::Finance, None);
        let new = web.post(&staff, "/customers/new", &[("code", "moss"), ("name", "苔谷"), ("locale", "en")]).await;
        let path = new.header("location").expect("a redirect").to_owned();
        assert_eq!(new.status, Status::SeeOther);
        let edited = [("code", "MOSS"), ("name", "Moss Vale"), ("locale", "en"), ("version", "1")];
        assert_eq!(web.post(&staff, &format!("{path}/edit"), &edited).await.status, Status::SeeOther);
        let stale = web.post(&staff, &format!("{path}/edit"), &edited).await;
        assert_eq!(stale.status, Status::UnprocessableEntity);
        assert!(stale.body.contains("Someone else saved this record"), "{}", stale.body);
        let archived = web.post(&staff, &format!("{path}/archive"), &[("version", "2")]).await;
        assert_eq!(archived.status, Status::SeeOther);
        assert!(web.get(&staff, "/customers?archived=true").await.body.contains("Moss Vale"));
        assert!(!web.get(&staff, "/customers").await.body.contains("Moss Vale"));
    }

    async fn the_description_of_the_interface_has_every_route(db: TestDb) {
        let web = TestWeb::new(db).await;
        let description = web.get(&Caller::nobody(), "/api/openapi.json").await.json();
        let mut described = BTreeSet::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                described.insert(format!("{} {}", method.to_uppercase(), shape(path)));
            }
        }
        let mounted: BTreeSet<String> = web
            .client
            .rocket()
            .routes()
            .filter(|route| route.uri.path().starts_with("/api/v1/"))
            .map(|route| format!("{} {}", route.method, shape(route.uri.path())))
            .collect();
        assert_eq!(described, mounted);
    }
}
