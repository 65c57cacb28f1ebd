//! Routes of customers and contacts.

use coldaisle::base::locale::Locale;
use coldaisle::identity::{Permission, Role};
use coldaisle::tenancy::{ContactDraft, contact_create};
use rocket::http::Method;

use super::{Line, Rule, World, record};
use crate::metering::world::allocation;

pub fn lines(world: &World) -> Vec<Line> {
    let actor = world.web.db.actor(Role::Administrator);
    let draft = ContactDraft {
        name: "Contact".into(),
        title: String::new(),
        phone: String::new(),
        email: String::new(),
        locale: Locale::En,
        may_announce: true,
        receives_notices: true,
        wants_reports: false,
        note: String::new(),
    };
    let contact = world
        .web
        .db
        .put(|c| contact_create(c, &actor, world.a, &draft));
    // A period of it ended in October.
    allocation(&world.web.db, world.a, "reported");
    let view = Rule::Needs(Permission::ViewCustomers);
    let edit = Rule::Needs(Permission::EditCustomers);
    let own = Rule::Own(Permission::ViewNetwork);
    let a = world.a;
    let mut lines = vec![
        Line::get("/customers", "/customers", view),
        Line::get("/customers.csv", "/customers.csv", view),
        Line::get("/customers/new", "/customers/new", edit),
        Line::post("/customers/new", "/customers/new", edit),
        Line::get("/customers/<id>", format!("/customers/{a}"), view),
        Line::get("/customers/<id>/edit", format!("/customers/{a}/edit"), edit),
        Line::post("/customers/<id>/edit", format!("/customers/{a}/edit"), edit),
        Line::get(
            "/customers/<id>/archive",
            format!("/customers/{a}/archive"),
            edit,
        ),
        Line::post(
            "/customers/<id>/archive",
            format!("/customers/{a}/archive"),
            edit,
        ),
        Line::get(
            "/customers/<id>/reports",
            format!("/customers/{a}/reports"),
            own,
        ),
        Line::get(
            "/customers/<id>/reports/<file>",
            format!("/customers/{a}/reports/2026-10.pdf"),
            own,
        ),
        Line::get(
            "/api/v1/customers/<id>/reports",
            format!("/api/v1/customers/{a}/reports"),
            own,
        ),
        Line::get(
            "/api/v1/customers/<id>/reports/<file>",
            format!("/api/v1/customers/{a}/reports/2026-10.pdf"),
            own,
        ),
        Line::get(
            "/customers/<id>/contacts/new",
            format!("/customers/{a}/contacts/new"),
            edit,
        ),
        Line::post(
            "/customers/<id>/contacts/new",
            format!("/customers/{a}/contacts/new"),
            edit,
        ),
        Line::get(
            "/contacts/<id>/edit",
            format!("/contacts/{contact}/edit"),
            edit,
        ),
        Line::post(
            "/contacts/<id>/edit",
            format!("/contacts/{contact}/edit"),
            edit,
        ),
        Line::post(
            "/contacts/<id>/archive",
            format!("/contacts/{contact}/archive"),
            edit,
        ),
        Line::get(
            "/api/v1/customers/<id>/contacts",
            format!("/api/v1/customers/{a}/contacts"),
            view,
        ),
        Line::json(
            Method::Post,
            "/api/v1/customers/<id>/contacts",
            format!("/api/v1/customers/{a}/contacts"),
            edit,
        ),
        Line::get(
            "/api/v1/contacts/<id>",
            format!("/api/v1/contacts/{contact}"),
            view,
        ),
        Line::json(
            Method::Put,
            "/api/v1/contacts/<id>",
            format!("/api/v1/contacts/{contact}"),
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/contacts/<id>/archive",
            format!("/api/v1/contacts/{contact}/archive"),
            edit,
        ),
    ];
    lines.extend(record("/customers", a, view, edit));
    lines
}
