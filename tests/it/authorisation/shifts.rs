//! Routes of the shift book.

use coldaisle::base::fields::Fields;
use coldaisle::identity::{Permission, Role};
use coldaisle::shifts::{NoteDraft, shift_note_add};
use rocket::http::Method;

use super::{Line, Rule, World};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let site = db.site("watched");
    let fields: Fields = [
        ("site_id", site.to_string()),
        ("body", "All quiet".to_owned()),
    ]
    .into_iter()
    .collect();
    let draft = NoteDraft::parse(&fields).unwrap();
    let staff = db.actor(Role::Operations);
    let note = db.put(|c| shift_note_add(c, &staff, &draft));
    let reads = Rule::StaffNeeds(Permission::ViewVisits);
    let writes = Rule::Needs(Permission::DeskVisits);
    vec![
        Line::get("/shifts", "/shifts", reads),
        Line::get("/shifts.csv", "/shifts.csv", reads),
        Line::get("/shifts/mine", "/shifts/mine", reads),
        Line::get(
            "/shifts/<id>/correct",
            format!("/shifts/{note}/correct"),
            writes,
        ),
        Line::post("/shifts", "/shifts", writes),
        Line::get("/api/v1/shift-notes", "/api/v1/shift-notes", reads),
        Line::get(
            "/api/v1/shift-notes/<id>",
            format!("/api/v1/shift-notes/{note}"),
            reads,
        ),
        Line::json(
            Method::Post,
            "/api/v1/shift-notes",
            "/api/v1/shift-notes",
            writes,
        ),
    ]
}
