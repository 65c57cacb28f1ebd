//! Routes of what is lent at the desk.

use coldaisle::access::{
    LoanItemDraft, StaffLendDraft, loan_item_create, loan_to_staff, visit_announce, visit_by_number,
};
use coldaisle::base::fields::Fields;
use coldaisle::identity::{Permission, Role};
use rocket::http::Method;

use super::{Line, Rule, World, record};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let site = db.site("lending");
    let (staff, keys) = (db.actor(Role::Administrator), world.web.web.keyring.clone());
    let item = |number: &str| {
        let fields: Fields = [
            ("site_id", site.to_string()),
            ("kind", "locker".to_owned()),
            ("number", number.to_owned()),
        ]
        .into_iter()
        .collect();
        let draft = LoanItemDraft::parse(&fields).unwrap();
        db.put(|c| loan_item_create(c, &staff, &draft))
    };
    let (there, lent) = (item("L-1"), item("L-2"));
    let draft = StaffLendDraft {
        user_id: staff.user_id.unwrap(),
        due_at: None,
        reason: String::new(),
    };
    let loan = db.put(|c| loan_to_staff(c, &staff, lent, &draft));
    let fields: Fields = [
        ("visitor_name", "Borrower".to_owned()),
        ("purpose", "repair".to_owned()),
        ("planned_from", "2026-11-22 15:00".to_owned()),
        ("planned_until", "2026-11-22 18:00".to_owned()),
        ("site_id", site.to_string()),
        ("customer_id", world.a.to_string()),
    ]
    .into_iter()
    .collect();
    let visit = db.put(|c| visit_announce(c, &staff, &keys, "http://127.0.0.1", &fields));
    let person = db.get(|c| visit_by_number(c, &staff, &visit)).people[0]
        .attendance
        .id;
    let view = Rule::StaffNeeds(Permission::ViewVisits);
    let edit = Rule::Needs(Permission::EditLoanItems);
    let desk = Rule::Needs(Permission::DeskVisits);
    let at = |rest: &str| format!("/loan-items/{there}{rest}");
    let api = |rest: &str| format!("/api/v1/loan-items/{there}{rest}");
    let mut lines = record("/loan-items", there, view, edit);
    lines.extend([
        Line::get("/loan-items", "/loan-items", view),
        Line::get("/loan-items.csv", "/loan-items.csv", view),
        Line::get("/loan-items/new", "/loan-items/new", edit),
        Line::post("/loan-items/new", "/loan-items/new", edit),
        Line::get("/loan-items/<id>", at(""), view),
        Line::get("/loan-items/<id>/edit", at("/edit"), edit),
        Line::post("/loan-items/<id>/edit", at("/edit"), edit),
        Line::get("/loan-items/<id>/archive", at("/archive"), edit),
        Line::post("/loan-items/<id>/archive", at("/archive"), edit),
        Line::get("/loan-items/<id>/lend", at("/lend"), desk),
        Line::post("/loan-items/<id>/lend", at("/lend"), desk),
        Line::get("/loan-items/<id>/lost", at("/lost"), desk),
        Line::post("/loan-items/<id>/lost", at("/lost"), desk),
        Line::post("/loan-items/<id>/found", at("/found"), desk),
        Line::get("/loans", "/loans", view),
        Line::get("/loans.csv", "/loans.csv", view),
        Line::post("/loans/<id>/back", format!("/loans/{loan}/back"), desk),
        Line::get(
            "/visits/<number>/people/<id>/lend",
            format!("/visits/{visit}/people/{person}/lend"),
            desk,
        ),
        Line::post(
            "/visits/<number>/people/<id>/lend",
            format!("/visits/{visit}/people/{person}/lend"),
            desk,
        ),
        Line::get("/api/v1/loan-items/<id>/loans", api("/loans"), view),
        Line::get("/api/v1/loans", "/api/v1/loans", view),
    ]);
    let post = |route: &'static str, path: String| Line::json(Method::Post, route, path, desk);
    lines.extend([
        post("/api/v1/loan-items/<id>/lend", api("/lend")),
        post("/api/v1/loan-items/<id>/lost", api("/lost")),
        post("/api/v1/loan-items/<id>/found", api("/found")),
        post(
            "/api/v1/loans/<id>/back",
            format!("/api/v1/loans/{loan}/back"),
        ),
        post(
            "/api/v1/visits/<number>/people/<id>/lend",
            format!("/api/v1/visits/{visit}/people/{person}/lend"),
        ),
    ]);
    lines
}
