//! Routes of goods passes and holds.

use coldaisle::access::{HoldDraft, HoldKind, HoldSubject, goods_draft, hold_set};
use coldaisle::base::fields::Fields;
use coldaisle::identity::{Permission, Role};
use rocket::http::Method;

use super::{Line, Rule, World};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let site = db.site("goods");
    let owner = world.a;
    let device = db.device("carried", Some(owner));
    let staff = db.actor(Role::Administrator);
    let fields: Fields = [
        ("direction", "in".to_owned()),
        ("site_id", site.to_string()),
        ("customer_id", owner.to_string()),
        ("carrier_name", "Carrier".to_owned()),
        ("description", "Box".to_owned()),
        ("count", "1".to_owned()),
    ]
    .into_iter()
    .collect();
    let pass = db.put(|c| goods_draft(c, &staff, &fields));
    let draft = HoldDraft {
        kind: HoldKind::Evidence,
        reason: "Held".to_owned(),
    };
    let hold = db.put(|c| hold_set(c, &staff, HoldSubject::Device(device), &draft));
    let view = Rule::Needs(Permission::ViewVisits);
    let own = Rule::Own(Permission::ViewVisits);
    let announces = Rule::Needs(Permission::AnnounceVisits);
    let own_announces = Rule::Own(Permission::AnnounceVisits);
    let desk = Rule::Needs(Permission::DeskVisits);
    let sets = Rule::Needs(Permission::SetHolds);
    let sees = Rule::StaffNeeds(Permission::ViewCustomers);
    let at = |rest: &str| format!("/goods/{pass}{rest}");
    let api = |rest: &str| format!("/api/v1/goods/{pass}{rest}");
    let mut lines = vec![
        Line::get("/goods", "/goods", view),
        Line::get("/goods.csv", "/goods.csv", view),
        Line::get("/goods/new", "/goods/new", announces),
        Line::post("/goods/new", "/goods/new", announces),
        Line::get("/goods/<number>", at(""), own),
        Line::get("/goods/<number>/slip", at("/slip"), own),
        Line::get(
            "/goods/<number>/step/<word>",
            at("/step/cancel"),
            own_announces,
        ),
        Line::post("/goods/<number>/step/<word>", at("/step/refuse"), desk),
        Line::get("/holds/<id>/lift", format!("/holds/{hold}/lift"), sets),
        Line::post("/holds/<id>/lift", format!("/holds/{hold}/lift"), sets),
        Line::get("/api/v1/goods", "/api/v1/goods", view),
        Line::json(Method::Post, "/api/v1/goods", "/api/v1/goods", announces),
        Line::get("/api/v1/goods/<number>", api(""), own),
        Line::json(
            Method::Post,
            "/api/v1/goods/<number>/submit",
            api("/submit"),
            own_announces,
        ),
        Line::json(
            Method::Post,
            "/api/v1/goods/<number>/approve",
            api("/approve"),
            desk,
        ),
        Line::json(
            Method::Post,
            "/api/v1/goods/<number>/refuse",
            api("/refuse"),
            desk,
        ),
        Line::json(
            Method::Post,
            "/api/v1/goods/<number>/done",
            api("/done"),
            desk,
        ),
        Line::json(
            Method::Post,
            "/api/v1/goods/<number>/cancel",
            api("/cancel"),
            own_announces,
        ),
        Line::get("/api/v1/holds/<id>", format!("/api/v1/holds/{hold}"), sees),
        Line::json(
            Method::Post,
            "/api/v1/holds/<id>/lift",
            format!("/api/v1/holds/{hold}/lift"),
            sets,
        ),
    ];
    for (page, route, path) in [
        (
            "/devices/<id>/holds/new",
            "/api/v1/devices/<id>/holds",
            format!("/devices/{device}/holds"),
        ),
        (
            "/customers/<id>/holds/new",
            "/api/v1/customers/<id>/holds",
            format!("/customers/{owner}/holds"),
        ),
    ] {
        lines.extend([
            Line::get(page, format!("{path}/new"), sets),
            Line::post(page, format!("{path}/new"), sets),
            Line::get(route, format!("/api/v1{path}"), sees),
            Line::json(Method::Post, route, format!("/api/v1{path}"), sets),
        ]);
    }
    lines
}
