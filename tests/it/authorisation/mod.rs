//! Every mounted route, called as nobody, as the wrong customer and as each role.
//!
//! A route that is missing in the tables below fails the test; so does a line without a route.

mod addresses;
mod attachments;
mod cables;
mod customers;
mod doors;
mod entry;
mod everyone;
mod facility;
mod gauges;
mod goods;
mod inventory;
mod lists;
mod loans;
mod metering;
mod notices;
mod parts;
mod people;
mod power;
mod settings;
mod shifts;
mod visits;

use std::collections::BTreeSet;

use coldaisle::base::ids::CustomerId;
use coldaisle::identity::{Permission, Role, allows};
use rocket::http::{Method, Status};

use crate::harness::{Caller, Reply, TestDb, TestWeb, both};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anyone, signed in or not.
    Anyone,
    /// Not there for anyone in this world.
    Gone,
    /// Anyone who is signed in.
    SignedIn,
    /// Every role that has the right.
    Needs(Permission),
    /// Like `Needs`, with an address that names nothing: who has the right gets 404.
    NeedsGone(Permission),
    /// Like `Needs`, for staff only: for customers it does not exist, whatever their rights.
    StaffNeeds(Permission),
    /// A record of customer A: every role that has the right; for customer B it does not exist.
    Own(Permission),
}

/// What is sent along.
#[derive(Debug, Clone, Copy)]
pub enum Sent {
    /// Nothing.
    Nothing,
    /// A form with the token and these fields.
    Form(&'static [(&'static str, &'static str)]),
    /// A JSON object.
    Json(&'static str),
    /// A form of several parts with the token and nothing else.
    Upload,
}

/// One route with an example of its use.
#[derive(Debug)]
pub struct Line {
    /// HTTP method.
    pub method: Method,
    /// The route as it is mounted, without its query.
    pub route: &'static str,
    /// An address that it serves.
    pub path: String,
    /// Who may.
    pub rule: Rule,
    /// What is sent along.
    pub sent: Sent,
}

impl Line {
    /// A page or an interface that only reads.
    pub fn get(route: &'static str, path: impl Into<String>, rule: Rule) -> Self {
        Self {
            method: Method::Get,
            route,
            path: path.into(),
            rule,
            sent: Sent::Nothing,
        }
    }

    /// A form, sent without any field but the token.
    pub fn post(route: &'static str, path: impl Into<String>, rule: Rule) -> Self {
        Self {
            method: Method::Post,
            route,
            path: path.into(),
            rule,
            sent: Sent::Form(&[]),
        }
    }

    /// A form with a file, sent without one.
    pub fn upload(route: &'static str, path: impl Into<String>, rule: Rule) -> Self {
        Self {
            method: Method::Post,
            route,
            path: path.into(),
            rule,
            sent: Sent::Upload,
        }
    }

    /// An interface that changes something, sent with an empty object.
    pub fn json(method: Method, route: &'static str, path: impl Into<String>, rule: Rule) -> Self {
        Self {
            method,
            route,
            path: path.into(),
            rule,
            sent: Sent::Json("{}"),
        }
    }
}

/// A record of the programming interface that is listed, read, made, changed and archived.
fn record(base: &'static str, id: impl std::fmt::Display, view: Rule, edit: Rule) -> Vec<Line> {
    let route = |rest: &str| -> &'static str { format!("/api/v1{base}{rest}").leak() };
    let path = format!("/api/v1{base}");
    vec![
        Line::get(route(""), path.clone(), view),
        Line::get(route("/<id>"), format!("{path}/{id}"), view),
        Line::json(Method::Post, route(""), path.clone(), edit),
        Line::json(Method::Put, route("/<id>"), format!("{path}/{id}"), edit),
        Line::json(
            Method::Post,
            route("/<id>/archive"),
            format!("{path}/{id}/archive"),
            edit,
        ),
    ]
}

/// The records that the example addresses name.
pub struct World {
    /// The server.
    pub web: TestWeb,
    /// The customer whose records the lines name.
    pub a: CustomerId,
    /// Another customer.
    pub b: CustomerId,
}

impl World {
    async fn new(db: TestDb) -> Self {
        let (a, b) = (db.customer("AAA"), db.customer("BBB"));
        Self {
            web: TestWeb::new(db).await,
            a,
            b,
        }
    }

    /// All lines of all areas.
    fn lines(&self) -> Vec<Line> {
        let areas = [
            addresses::lines(self),
            attachments::lines(self),
            cables::lines(self),
            customers::lines(self),
            doors::lines(self),
            entry::lines(self),
            everyone::lines(self),
            facility::lines(self),
            gauges::lines(self),
            goods::lines(self),
            inventory::lines(self),
            lists::lines(self),
            loans::lines(self),
            metering::lines(self),
            notices::lines(self),
            parts::lines(self),
            people::lines(self),
            power::lines(self),
            settings::lines(self),
            shifts::lines(self),
            visits::lines(self),
        ];
        areas.into_iter().flatten().collect()
    }
}

/// One kind of caller.
struct Someone {
    name: String,
    caller: Caller,
    role: Option<Role>,
    customer: Option<CustomerId>,
}

fn everyone(world: &World) -> Vec<Someone> {
    let mut all = vec![Someone {
        name: "nobody".into(),
        caller: Caller::nobody(),
        role: None,
        customer: None,
    }];
    for role in Role::ALL {
        let customers = if role.is_customer() {
            vec![Some(world.a), Some(world.b)]
        } else {
            vec![None]
        };
        for customer in customers {
            let side = customer.map_or("", |customer| {
                if customer == world.a {
                    " of A"
                } else {
                    " of B"
                }
            });
            all.push(Someone {
                name: format!("{role}{side}"),
                caller: world.web.browser(*role, customer),
                role: Some(*role),
                customer,
            });
        }
    }
    all
}

/// What a caller must get: let in, or one of these statuses.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    LetIn,
    Refused(&'static [u16]),
}

fn expected(line: &Line, someone: &Someone, world: &World) -> Expected {
    if line.rule == Rule::Gone {
        let unknown = someone.role.is_none();
        return Expected::Refused(if unknown { &[404, 303, 401] } else { &[404] });
    }
    let is_api = line.path.starts_with("/api/");
    let Some(role) = someone.role else {
        return match line.rule {
            Rule::Anyone => Expected::LetIn,
            _ if is_api => Expected::Refused(&[401]),
            _ => Expected::Refused(&[303]),
        };
    };
    match line.rule {
        Rule::Anyone | Rule::SignedIn | Rule::Gone => Expected::LetIn,
        Rule::NeedsGone(right) if allows(role, right) => Expected::Refused(&[404]),
        Rule::StaffNeeds(_) if role.is_customer() => Expected::Refused(&[404]),
        Rule::Needs(right)
        | Rule::NeedsGone(right)
        | Rule::StaffNeeds(right)
        | Rule::Own(right) => {
            let beyond = matches!(line.rule, Rule::Own(_))
                && role.is_customer()
                && someone.customer != Some(world.a);
            match (allows(role, right), role.is_customer()) {
                _ if beyond => Expected::Refused(&[404]),
                (true, _) => Expected::LetIn,
                (false, true) => Expected::Refused(&[404]),
                (false, false) => Expected::Refused(&[403]),
            }
        }
    }
}

async fn call(world: &World, caller: &Caller, line: &Line) -> Reply {
    match line.sent {
        Sent::Nothing => {
            world
                .web
                .send(caller, line.method, &line.path, &[], None)
                .await
        }
        Sent::Form(fields) => world.web.post(caller, &line.path, fields).await,
        Sent::Upload => upload(world, caller, line, &caller.csrf).await,
        Sent::Json(text) => {
            let body = serde_json::from_str(text).expect("JSON in the table");
            world.web.json(caller, line.method, &line.path, &body).await
        }
    }
}

async fn upload(world: &World, caller: &Caller, line: &Line, token: &str) -> Reply {
    let kind = [("Content-Type", "multipart/form-data; boundary=part")];
    let part = format!(
        "--part\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--part--\r\n"
    );
    world
        .web
        .send(caller, line.method, &line.path, &kind, Some(part))
        .await
}

fn is_refusal(reply: &Reply) -> bool {
    let to_login = reply
        .header("location")
        .is_some_and(|to| to.starts_with("/login?next="));
    matches!(reply.status.code, 401 | 403 | 404) || to_login
}

both! {
    async fn every_route_lets_in_whom_it_should_and_no_one_else(db: TestDb) {
        let world = World::new(db).await;
        let lines = world.lines();
        let mut wrong = Vec::new();
        for someone in everyone(&world) {
            for line in &lines {
                // A session that a line ends or changes must not tell the next line something else.
                let caller = match someone.role {
                    Some(role) if !matches!(line.sent, Sent::Nothing) => world.web.browser(role, someone.customer),
                    _ => someone.caller.clone(),
                };
                let reply = call(&world, &caller, line).await;
                let fits = match expected(line, &someone, &world) {
                    Expected::LetIn => !is_refusal(&reply) && reply.status.code < 500,
                    Expected::Refused(statuses) => statuses.contains(&reply.status.code) && is_refusal(&reply),
                };
                if !fits {
                    let want = expected(line, &someone, &world);
                    wrong.push(format!(
                        "{} {} as {}: {} (wanted {want:?}){}",
                        line.method, line.path, someone.name, reply.status.code,
                        if reply.status.code >= 500 { reply.body.clone() } else { String::new() }
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn every_mounted_route_has_a_line(db: TestDb) {
        let world = World::new(db).await;
        let known: BTreeSet<String> =
            world.lines().iter().map(|line| format!("{} {}", line.method, line.route)).collect();
        let mounted: BTreeSet<String> = world
            .web
            .client
            .rocket()
            .routes()
            .map(|route| format!("{} {}", route.method, route.uri.path()))
            .collect();
        let missing: Vec<_> = mounted.difference(&known).collect();
        let stale: Vec<_> = known.difference(&mounted).collect();
        assert!(missing.is_empty(), "routes without a line: {missing:#?}");
        assert!(stale.is_empty(), "lines without a route: {stale:#?}");
    }

    async fn no_form_is_taken_without_its_token(db: TestDb) {
        let world = World::new(db).await;
        for line in world.lines().iter().filter(|line| line.method != Method::Get) {
            let caller = world.web.browser(Role::Administrator, None);
            for token in [None, Some("0".repeat(64)), Some(String::new())] {
                let reply = match line.sent {
                    Sent::Json(text) => {
                        let token = token.clone().unwrap_or_default();
                        let headers = [("Content-Type", "application/json"), ("X-CSRF-Token", token.as_str())];
                        world.web.send(&caller, line.method, &line.path, &headers, Some(text.into())).await
                    }
                    Sent::Upload => {
                        upload(&world, &caller, line, &token.clone().unwrap_or_default()).await
                    }
                    _ => {
                        let fields: Vec<(&str, &str)> = token.iter().map(|token| ("csrf", token.as_str())).collect();
                        world.web.post_raw(&caller, &line.path, &fields).await
                    }
                };
                assert_eq!(reply.status, Status::Forbidden, "{} {}: {}", line.method, line.path, reply.body);
            }
        }
    }

    async fn a_reading_token_changes_nothing(db: TestDb) {
        let world = World::new(db).await;
        let program = world.web.program(Role::Administrator, None, "read");
        for line in world.lines().iter().filter(|line| line.path.starts_with("/api/v1/")) {
            let reply = call(&world, &program, line).await;
            let refused = matches!(reply.status.code, 403 | 422);
            assert_eq!(refused, line.method != Method::Get, "{} {}: {}", line.method, line.path, reply.body);
        }
    }
}
