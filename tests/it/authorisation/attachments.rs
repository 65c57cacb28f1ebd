//! Routes of photos and documents, the stock room, and devices by age.

use coldaisle::attachments::{AttachmentDraft, Subject, attachment_add};
use coldaisle::base::fields::Fields;
use coldaisle::identity::{Permission, Role};
use rocket::http::Method;

use super::{Line, Rule, World};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let actor = db.actor(Role::Operations);
    let device = db.device("AUTH-PAPERS", Some(world.a));
    let rack = db.rack(db.room(db.site("PAPERS"), "Hall"), "P01");
    let fields: Fields = [("name", "note.txt"), ("customer_visible", "yes")]
        .into_iter()
        .collect();
    let draft = AttachmentDraft::parse(&fields, b"serial on the back".to_vec()).unwrap();
    let stored = world.web.web.shelf.keep(&draft.content).unwrap();
    let paper = db.put(|c| attachment_add(c, &actor, Subject::Device(device), &draft, &stored));
    let see = Rule::Needs(Permission::ViewDevices);
    let edit = Rule::Needs(Permission::EditDevices);
    let racks = Rule::Needs(Permission::EditFacility);
    let own = Rule::Own(Permission::ViewDevices);
    let (devices, racks_path) = (format!("/devices/{device}"), format!("/racks/{rack}"));
    let paper = format!("/attachments/{paper}");
    let api = |path: &str| format!("/api/v1{path}");
    let mut lines = vec![
        Line::get("/stock", "/stock", see),
        Line::get("/stock.csv", "/stock.csv", see),
        Line::get("/api/v1/stock", "/api/v1/stock", see),
        Line::get("/devices/ages", "/devices/ages", see),
        Line::get("/devices/ages.csv", "/devices/ages.csv", see),
        Line::get("/api/v1/devices/ages", "/api/v1/devices/ages", see),
        Line::get("/devices/<id>/stock", format!("{devices}/stock"), edit),
        Line::post("/devices/<id>/stock", format!("{devices}/stock"), edit),
        Line::get("/attachments/<id>/content", format!("{paper}/content"), own),
        Line::get("/api/v1/attachments/<id>", api(&paper), own),
        Line::get(
            "/api/v1/attachments/<id>/content",
            api(&format!("{paper}/content")),
            own,
        ),
        Line::get(
            "/api/v1/devices/<id>/attachments",
            api(&format!("{devices}/attachments")),
            own,
        ),
        Line::get(
            "/api/v1/racks/<id>/attachments",
            api(&format!("{racks_path}/attachments")),
            Rule::Needs(Permission::ViewFacility),
        ),
    ];
    for (route, path, rule) in [
        (
            "/api/v1/devices/<id>/attachments",
            format!("{devices}/attachments"),
            edit,
        ),
        (
            "/api/v1/racks/<id>/attachments",
            format!("{racks_path}/attachments"),
            racks,
        ),
        (
            "/api/v1/attachments/<id>/archive",
            format!("{paper}/archive"),
            edit,
        ),
    ] {
        lines.push(Line::json(Method::Post, route, api(&path), rule));
    }
    lines.push(Line::json(
        Method::Put,
        "/api/v1/attachments/<id>",
        api(&paper),
        edit,
    ));
    for (route, path, rule) in [
        (
            "/devices/<id>/attachments/new",
            format!("{devices}/attachments/new"),
            edit,
        ),
        (
            "/racks/<id>/attachments/new",
            format!("{racks_path}/attachments/new"),
            racks,
        ),
    ] {
        lines.push(Line::get(route, path.clone(), rule));
        lines.push(Line::upload(route, path, rule));
    }
    for (route, path) in [
        ("/attachments/<id>/edit", format!("{paper}/edit")),
        ("/attachments/<id>/archive", format!("{paper}/archive")),
    ] {
        lines.push(Line::get(route, path.clone(), edit));
        lines.push(Line::post(route, path, edit));
    }
    lines
}
