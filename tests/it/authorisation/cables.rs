//! Routes of cables and lines.

use coldaisle::identity::Permission;
use rocket::http::Method;

use super::{Line, Rule, World};
use crate::cabling::Lines;

pub fn lines(world: &World) -> Vec<Line> {
    let lines = Lines::new(world.web.db.clone());
    let db = &lines.db;
    let port = lines.port(db.device("AUTH-CABLED", Some(world.a)), "interface", "eth0");
    lines.port(db.device("AUTH-SWITCH", None), "interface", "eth0");
    let cable = lines.connect(("AUTH-CABLED", "eth0"), ("AUTH-SWITCH", "eth0"), &[]);
    let view = Rule::Needs(Permission::ViewDevices);
    let own = Rule::Own(Permission::ViewDevices);
    let edit = Rule::Needs(Permission::EditDevices);
    let staff = Rule::StaffNeeds(Permission::ViewDevices);
    let path = format!("/cables/{cable}");
    let trace = format!("/device-ports/{port}/trace");
    let api = |path: &str| format!("/api/v1{path}");
    let mut all = vec![
        Line::get("/cables", "/cables", view),
        Line::get("/cables.csv", "/cables.csv", view),
        Line::get("/cables/<id>", path.clone(), own),
        Line::get("/cables/differences", "/cables/differences", staff),
        Line::get("/device-ports/<id>/trace", trace.clone(), own),
        Line::get("/device-ports/<id>/trace.svg", format!("{trace}.svg"), own),
        Line::get("/api/v1/cables", "/api/v1/cables", view),
        Line::get("/api/v1/cables/<id>", api(&path), own),
        Line::get("/api/v1/device-ports/<id>/trace", api(&trace), own),
        Line::json(Method::Post, "/api/v1/cables", "/api/v1/cables", edit),
        Line::json(Method::Put, "/api/v1/cables/<id>", api(&path), edit),
        Line::json(
            Method::Post,
            "/api/v1/cables/<id>/archive",
            api(&format!("{path}/archive")),
            edit,
        ),
    ];
    for (route, path) in [
        ("/cables/new", "/cables/new".to_owned()),
        ("/cables/<id>/edit", format!("{path}/edit")),
        ("/cables/<id>/archive", format!("{path}/archive")),
    ] {
        all.push(Line::get(route, path.clone(), edit));
        all.push(Line::post(route, path, edit));
    }
    all
}
