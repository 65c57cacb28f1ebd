//! Routes of ports, components and the device type library.

use coldaisle::base::fields::Fields;
use coldaisle::identity::{Permission, Role};
use coldaisle::inventory::{ComponentDraft, PortDraft, component_add, device_port_create};
use rocket::http::Method;

use super::{Line, Rule, World};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let device = db.device("AUTH-PARTS", Some(world.a));
    let actor = db.actor(Role::Operations);
    let fields: Fields = [("kind", "interface"), ("name", "eth0")]
        .into_iter()
        .collect();
    let draft = PortDraft::parse(&fields).unwrap();
    let port = db.put(|c| device_port_create(c, &actor, device, &draft));
    let fields: Fields = [("kind", "disk"), ("slot", "Bay 1")].into_iter().collect();
    let draft = ComponentDraft::parse(&fields).unwrap();
    let component = db.put(|c| component_add(c, &actor, device, &draft));
    let edit = Rule::Needs(Permission::EditDevices);
    let own = Rule::Own(Permission::ViewDevices);
    let path = format!("/devices/{device}");
    let (ports, parts) = (
        format!("/device-ports/{port}"),
        format!("/components/{component}"),
    );
    let api = |path: &str| format!("/api/v1{path}");
    let mut lines = vec![
        Line::get("/device-types/import", "/device-types/import", edit),
        Line::upload("/device-types/import", "/device-types/import", edit),
        Line::post(
            "/devices/<id>/ports/from-type",
            format!("{path}/ports/from-type"),
            edit,
        ),
        Line::get(
            "/api/v1/devices/<id>/ports",
            api(&format!("{path}/ports")),
            own,
        ),
        Line::get(
            "/api/v1/devices/<id>/components",
            api(&format!("{path}/components")),
            own,
        ),
        Line::get("/api/v1/device-ports/<id>", api(&ports), own),
        Line::get("/api/v1/components/<id>", api(&parts), own),
    ];
    for (method, route, path) in [
        (
            Method::Post,
            "/api/v1/devices/<id>/ports",
            format!("{path}/ports"),
        ),
        (
            Method::Post,
            "/api/v1/devices/<id>/components",
            format!("{path}/components"),
        ),
        (Method::Put, "/api/v1/device-ports/<id>", ports.clone()),
        (
            Method::Post,
            "/api/v1/device-ports/<id>/archive",
            format!("{ports}/archive"),
        ),
        (Method::Put, "/api/v1/components/<id>", parts.clone()),
        (
            Method::Post,
            "/api/v1/components/<id>/remove",
            format!("{parts}/remove"),
        ),
    ] {
        lines.push(Line::json(method, route, api(&path), edit));
    }
    for (route, path) in [
        ("/devices/<id>/ports/new", format!("{path}/ports/new")),
        (
            "/devices/<id>/components/new",
            format!("{path}/components/new"),
        ),
        ("/device-ports/<id>/edit", format!("{ports}/edit")),
        ("/device-ports/<id>/archive", format!("{ports}/archive")),
        ("/components/<id>/edit", format!("{parts}/edit")),
        ("/components/<id>/replace", format!("{parts}/replace")),
        ("/components/<id>/remove", format!("{parts}/remove")),
    ] {
        lines.push(Line::get(route, path.clone(), edit));
        lines.push(Line::post(route, path, edit));
    }
    lines
}
