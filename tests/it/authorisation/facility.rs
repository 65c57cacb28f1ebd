//! Routes of sites, rooms and racks.

use coldaisle::identity::Permission;

use super::{Line, Rule, World};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let site = db.site("AUTH");
    let room = db.room(site, "Auth");
    let rack = db.rack(room, "A01");
    let view = Rule::Needs(Permission::ViewFacility);
    let edit = Rule::Needs(Permission::EditFacility);
    let mut lines = vec![
        Line::get("/sites", "/sites", view),
        Line::get("/sites/new", "/sites/new", edit),
        Line::post("/sites/new", "/sites/new", edit),
        Line::get("/rooms/new", "/rooms/new", edit),
        Line::post("/rooms/new", "/rooms/new", edit),
        Line::get("/racks", "/racks", view),
        Line::get("/racks.csv", "/racks.csv", view),
        Line::get("/racks/new", "/racks/new", edit),
        Line::post("/racks/new", "/racks/new", edit),
        Line::get("/racks/<id>", format!("/racks/{rack}"), view),
        Line::get("/api/v1/racks", "/api/v1/racks", view),
        Line::get("/api/v1/racks/<id>", format!("/api/v1/racks/{rack}"), view),
    ];
    for (change, archive, path) in [
        (
            "/sites/<id>/edit",
            "/sites/<id>/archive",
            format!("/sites/{site}"),
        ),
        (
            "/rooms/<id>/edit",
            "/rooms/<id>/archive",
            format!("/rooms/{room}"),
        ),
        (
            "/racks/<id>/edit",
            "/racks/<id>/archive",
            format!("/racks/{rack}"),
        ),
    ] {
        lines.push(Line::get(change, format!("{path}/edit"), edit));
        lines.push(Line::post(change, format!("{path}/edit"), edit));
        lines.push(Line::get(archive, format!("{path}/archive"), edit));
        lines.push(Line::post(archive, format!("{path}/archive"), edit));
    }
    lines
}
