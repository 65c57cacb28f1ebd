//! Routes of device types and devices.

use coldaisle::identity::Permission;
use rocket::http::Method;

use super::{Line, Rule, World, record};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let device = db.device("AUTH-1", Some(world.a));
    let device_type = db.device_type("auth-type", 2);
    let catalogue = Rule::Needs(Permission::ViewFacility);
    let edit = Rule::Needs(Permission::EditDevices);
    let list = Rule::Needs(Permission::ViewDevices);
    let own = Rule::Own(Permission::ViewDevices);
    let type_path = format!("/device-types/{device_type}");
    let path = format!("/devices/{device}");
    let mut lines = vec![
        Line::get("/device-types", "/device-types", catalogue),
        Line::get("/device-types.csv", "/device-types.csv", catalogue),
        Line::get("/device-types/<id>", type_path.clone(), catalogue),
        Line::get("/devices", "/devices", list),
        Line::get("/devices.csv", "/devices.csv", list),
        Line::get("/devices/<id>", path.clone(), own),
        Line::get("/labels", format!("/labels?kind=device&id={device}"), own),
        Line::get(
            "/labels/sheet.pdf",
            format!("/labels/sheet.pdf?kind=device&id={device}"),
            own,
        ),
        Line::post("/devices/<id>/unlock", format!("{path}/unlock"), edit),
        Line::get("/devices/bulk", format!("/devices/bulk?id={device}"), edit),
        Line::post("/devices/bulk", "/devices/bulk", edit),
        Line::post("/devices/bulk/preview", "/devices/bulk/preview", edit),
        Line::json(
            Method::Post,
            "/api/v1/devices/bulk-change",
            "/api/v1/devices/bulk-change",
            edit,
        ),
        Line::get("/api/v1/devices", "/api/v1/devices", list),
        Line::get("/api/v1/devices/<id>", format!("/api/v1{path}"), own),
        Line::json(Method::Post, "/api/v1/devices", "/api/v1/devices", edit),
        Line::json(
            Method::Put,
            "/api/v1/devices/<id>",
            format!("/api/v1{path}"),
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/undo",
            format!("/api/v1{path}/undo"),
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/devices/<id>/archive",
            format!("/api/v1{path}/archive"),
            edit,
        ),
    ];
    lines.extend(record("/device-types", device_type, catalogue, edit));
    for (route, path) in [
        ("/device-types/new", "/device-types/new".to_owned()),
        ("/device-types/<id>/edit", format!("{type_path}/edit")),
        ("/device-types/<id>/archive", format!("{type_path}/archive")),
        ("/devices/new", "/devices/new".to_owned()),
        ("/devices/<id>/edit", format!("{path}/edit")),
        ("/devices/<id>/move", format!("{path}/move")),
        ("/devices/<id>/lock", format!("{path}/lock")),
        ("/devices/<id>/archive", format!("{path}/archive")),
        ("/devices/<id>/take-back", format!("{path}/take-back")),
    ] {
        lines.push(Line::get(route, path.clone(), edit));
        lines.push(Line::post(route, path, edit));
    }
    lines
}
