//! Routes of sites, rooms and racks.

use coldaisle::identity::Permission;
use rocket::http::Method;

use super::{Line, Rule, World, record};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let site = db.site("AUTH");
    let room = db.room(site, "Auth");
    let rack = db.rack(room, "A01");
    // A device of customer A stands in it, so that A sees its drawing.
    db.install(db.device("AUTH-DRAWN", Some(world.a)), rack, 20);
    let kept = db.reservation(rack, (1, 2), Some(world.a));
    let view = Rule::Needs(Permission::ViewFacility);
    let edit = Rule::Needs(Permission::EditFacility);
    let mut lines = vec![
        Line::get("/sites", "/sites", view),
        Line::get("/sites.csv", "/sites.csv", view),
        Line::get("/sites/new", "/sites/new", edit),
        Line::post("/sites/new", "/sites/new", edit),
        Line::get("/rooms/new", "/rooms/new", edit),
        Line::post("/rooms/new", "/rooms/new", edit),
        Line::get("/racks", "/racks", view),
        Line::get("/racks.csv", "/racks.csv", view),
        Line::get("/racks/bulk", format!("/racks/bulk?id={rack}"), edit),
        Line::post("/racks/bulk", "/racks/bulk", edit),
        Line::post("/racks/bulk/preview", "/racks/bulk/preview", edit),
        Line::json(
            Method::Post,
            "/api/v1/racks/bulk-change",
            "/api/v1/racks/bulk-change",
            edit,
        ),
        Line::get("/racks/new", "/racks/new", edit),
        Line::post("/racks/new", "/racks/new", edit),
        Line::get("/racks/<id>", format!("/racks/{rack}"), view),
        Line::get("/rooms/<id>", format!("/rooms/{room}"), view),
        Line::post("/rooms/<id>/settle", format!("/rooms/{room}/settle"), edit),
        Line::get(
            "/racks/<id>/reservations/new",
            format!("/racks/{rack}/reservations/new"),
            edit,
        ),
        Line::post(
            "/racks/<id>/reservations/new",
            format!("/racks/{rack}/reservations/new"),
            edit,
        ),
        Line::get(
            "/api/v1/racks/<id>/reservations",
            format!("/api/v1/racks/{rack}/reservations"),
            view,
        ),
        Line::json(
            Method::Post,
            "/api/v1/racks/<id>/reservations",
            format!("/api/v1/racks/{rack}/reservations"),
            edit,
        ),
        Line::get(
            "/api/v1/reservations/<id>",
            format!("/api/v1/reservations/{kept}"),
            view,
        ),
        Line::json(
            Method::Put,
            "/api/v1/reservations/<id>",
            format!("/api/v1/reservations/{kept}"),
            edit,
        ),
        Line::json(
            Method::Delete,
            "/api/v1/reservations/<id>",
            format!("/api/v1/reservations/{kept}"),
            edit,
        ),
        Line::get(
            "/racks/<id>/elevation.svg",
            format!("/racks/{rack}/elevation.svg"),
            Rule::Own(Permission::ViewDevices),
        ),
        Line::get(
            "/api/v1/racks/<id>/elevation.svg",
            format!("/api/v1/racks/{rack}/elevation.svg"),
            Rule::Own(Permission::ViewDevices),
        ),
        Line::post(
            "/racks/<id>/move",
            format!("/racks/{rack}/move"),
            Rule::Needs(Permission::EditDevices),
        ),
        Line::post(
            "/racks/<id>/undo",
            format!("/racks/{rack}/undo"),
            Rule::Needs(Permission::EditDevices),
        ),
    ];
    lines.extend(record("/sites", site, view, edit));
    lines.extend(record("/rooms", room, view, edit));
    lines.extend(record("/racks", rack, view, edit));
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
        (
            "/reservations/<id>/edit",
            "/reservations/<id>/archive",
            format!("/reservations/{kept}"),
        ),
    ] {
        lines.push(Line::get(change, format!("{path}/edit"), edit));
        lines.push(Line::post(change, format!("{path}/edit"), edit));
        lines.push(Line::get(archive, format!("{path}/archive"), edit));
        lines.push(Line::post(archive, format!("{path}/archive"), edit));
    }
    lines
}
