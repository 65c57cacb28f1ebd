//! Routes of doors, of badges at them, and of what is handed out of visits.

use coldaisle::access::{DoorDraft, door_create};
use coldaisle::base::fields::Fields;
use coldaisle::identity::{Permission, Role};
use coldaisle::store::schema::racks;
use diesel::prelude::*;
use rocket::http::Method;

use super::{Line, Rule, World, record};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let site = db.site("doored");
    let room = db.room(site, "Room D");
    let rack = db.rack(room, "D01");
    let owner = world.a;
    db.put(|c| {
        diesel::update(racks::table.find(rack))
            .set(racks::customer_id.eq(owner))
            .execute(c)?;
        Ok(())
    });
    let area = db.area(site, "hall");
    let staff = db.actor(Role::Administrator);
    let fields: Fields = [
        ("site_id", site.to_string()),
        ("code", "D1".to_owned()),
        ("name", "Gate".to_owned()),
        ("to_area_id", area.to_string()),
    ]
    .into_iter()
    .collect();
    let door = db.put(|c| door_create(c, &staff, &DoorDraft::parse(&fields)?));
    let view = Rule::Needs(Permission::ViewFacility);
    let edit = Rule::Needs(Permission::EditDoors);
    let send = Rule::Needs(Permission::SendDoorEvents);
    let own = Rule::Own(Permission::ViewVisits);
    let staff_view = Rule::StaffNeeds(Permission::ViewVisits);
    let at = |rest: &str| format!("/doors/{door}{rest}");
    let span = "from=2026-11-01&until=2026-11-23";
    let zip = format!("/visits/evidence.zip?site={site}&{span}");
    let mut lines = vec![
        Line::get("/doors", "/doors", view),
        Line::get("/doors/new", "/doors/new", edit),
        Line::post("/doors/new", "/doors/new", edit),
        Line::get("/doors/<id>", at(""), view),
        Line::get("/doors/<id>/edit", at("/edit"), edit),
        Line::post("/doors/<id>/edit", at("/edit"), edit),
        Line::get("/doors/<id>/archive", at("/archive"), edit),
        Line::post("/doors/<id>/archive", at("/archive"), edit),
        Line::get("/door-events", "/door-events", staff_view),
        Line::get("/door-events.csv", "/door-events.csv", staff_view),
        Line::get("/door-events/upload", "/door-events/upload", send),
        Line::upload("/door-events/upload", "/door-events/upload", send),
        Line::get("/racks/<id>/touched", format!("/racks/{rack}/touched"), own),
        Line::get(
            "/racks/<id>/touched.csv",
            format!("/racks/{rack}/touched.csv"),
            own,
        ),
        Line::get("/visits/evidence", "/visits/evidence", staff_view),
        Line::get("/visits/evidence.zip", zip, staff_view),
        Line::get("/api/v1/door-events", "/api/v1/door-events", staff_view),
        Line::json(
            Method::Post,
            "/api/v1/door-events",
            "/api/v1/door-events",
            send,
        ),
        Line::get(
            "/api/v1/racks/<id>/touched",
            format!("/api/v1/racks/{rack}/touched"),
            own,
        ),
        Line::get(
            "/api/v1/visits/inside/areas",
            "/api/v1/visits/inside/areas",
            staff_view,
        ),
        Line::get(
            "/api/v1/sites/<id>/visits.zip",
            format!("/api/v1/sites/{site}/visits.zip?{span}"),
            staff_view,
        ),
    ];
    lines.extend(record("/doors", door, view, edit));
    lines
}
