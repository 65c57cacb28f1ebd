//! Routes of saved views, differences, many records at once, and what other programs ask for.

use coldaisle::identity::Permission;
use rocket::http::Method;

use super::{Line, Rule, World};

pub fn lines(_: &World) -> Vec<Line> {
    let list = Rule::Needs(Permission::ViewDevices);
    let staff = Rule::StaffNeeds(Permission::ViewDevices);
    let edit = Rule::Needs(Permission::EditDevices);
    // Views are their owner's; these callers are all somebody else.
    let others = "/views/7";
    vec![
        Line::get("/views/new", "/views/new?list=devices", list),
        Line::post("/views", "/views", Rule::SignedIn),
        Line::get("/views/<id>/edit", format!("{others}/edit"), Rule::Gone),
        Line::post("/views/<id>/edit", format!("{others}/edit"), Rule::Gone),
        Line::get("/views/<id>/remove", format!("{others}/remove"), Rule::Gone),
        Line::post("/views/<id>/remove", format!("{others}/remove"), Rule::Gone),
        Line::get("/differences", "/differences", staff),
        Line::get("/differences.csv", "/differences.csv", staff),
        Line::get(
            "/differences/confirm",
            "/differences/confirm?do=accept",
            edit,
        ),
        Line::post("/differences/settle", "/differences/settle", edit),
        Line::get("/api/v1/differences", "/api/v1/differences", staff),
        Line::json(
            Method::Post,
            "/api/v1/differences/settle",
            "/api/v1/differences/settle",
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/bulk",
            "/api/v1/bulk",
            Rule::Needs(Permission::ImportExport),
        ),
        Line::get(
            "/api/v1/sd/prometheus",
            "/api/v1/sd/prometheus?job=devices",
            list,
        ),
        Line::get(
            "/api/v1/inventory/ansible",
            "/api/v1/inventory/ansible",
            list,
        ),
    ]
}
