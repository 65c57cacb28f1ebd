//! Routes of settings, users, import and export.

use coldaisle::identity::{Permission, Role};

use super::{Line, Rule, World};

pub fn lines(world: &World) -> Vec<Line> {
    let user = world.web.db.user("someone", Role::Technician, None);
    let view = Rule::Needs(Permission::ViewTasks);
    let users = Rule::Needs(Permission::ManageUsers);
    let exchange = Rule::Needs(Permission::ImportExport);
    let gone = Rule::NeedsGone(Permission::ImportExport);
    vec![
        Line::get("/settings", "/settings", view),
        Line::get("/settings/tasks", "/settings/tasks", view),
        Line::post(
            "/settings/tasks/<name>/run",
            "/settings/tasks/nothing/run",
            Rule::NeedsGone(Permission::ManageTasks),
        ),
        Line::get("/settings/mails", "/settings/mails", view),
        Line::post(
            "/settings/mails/<id>/revive",
            "/settings/mails/4711/revive",
            Rule::NeedsGone(Permission::ManageTasks),
        ),
        Line::get(
            "/settings/audit",
            "/settings/audit",
            Rule::Needs(Permission::ViewAudit),
        ),
        Line::get("/settings/users", "/settings/users", users),
        Line::get("/settings/users/new", "/settings/users/new", users),
        Line::post("/settings/users/new", "/settings/users/new", users),
        Line::get(
            "/settings/users/<id>",
            format!("/settings/users/{user}"),
            users,
        ),
        Line::get(
            "/settings/users/<id>/edit",
            format!("/settings/users/{user}/edit"),
            users,
        ),
        Line::post(
            "/settings/users/<id>/edit",
            format!("/settings/users/{user}/edit"),
            users,
        ),
        Line::post(
            "/settings/users/<id>/link",
            format!("/settings/users/{user}/link"),
            users,
        ),
        Line::post(
            "/settings/users/<id>/disable",
            format!("/settings/users/{user}/disable"),
            users,
        ),
        Line::get("/import", "/import", exchange),
        Line::upload("/import", "/import", exchange),
        Line::get("/import/<id>", "/import/NOTHING", gone),
        Line::post("/import/<id>", "/import/NOTHING", gone),
        Line::get(
            "/import/<id>/events",
            "/import/NOTHING/events?within=0",
            gone,
        ),
        Line::get("/export/<file>", "/export/customers.csv", exchange),
    ]
}
