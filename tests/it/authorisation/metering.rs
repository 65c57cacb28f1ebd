//! Routes of ports, targets and allocations.

use coldaisle::identity::Permission;
use coldaisle::metering::allocation_links;
use rocket::http::Method;

use super::{Line, Rule, World};
use crate::metering::world::{Switch, allocation, at, link, sample, seen};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let switch = Switch::new(db, &format!("SW-{}", world.a));
    switch.poll(&sample(at(-60), vec![seen(1, "Gi1", (1, 1))]));
    let (port, target) = (switch.port_id("Gi1"), switch.target);
    let id = allocation(db, world.a, "A1");
    link(db, id, port, -600, None);
    let linked = db.get(|c| allocation_links(c, id))[0].link.id;
    let view = Rule::Needs(Permission::ViewNetwork);
    let edit = Rule::Needs(Permission::EditNetwork);
    let close = Rule::Needs(Permission::ClosePeriods);
    let own = Rule::Own(Permission::ViewNetwork);
    let staff = Rule::StaffNeeds(Permission::ViewNetwork);
    let a = |rest: &str| format!("/allocations/{id}{rest}");
    let p = |rest: &str| format!("/ports/{port}{rest}");
    let t = |rest: &str| format!("/targets/{target}{rest}");
    let api = |path: String| format!("/api/v1{path}");
    vec![
        Line::get("/api/v1/targets", "/api/v1/targets", staff),
        Line::get("/api/v1/targets/<id>", api(t("")), staff),
        Line::json(Method::Post, "/api/v1/targets", "/api/v1/targets", edit),
        Line::json(Method::Put, "/api/v1/targets/<id>", api(t("")), edit),
        Line::json(
            Method::Post,
            "/api/v1/allocations",
            "/api/v1/allocations",
            edit,
        ),
        Line::json(Method::Put, "/api/v1/allocations/<id>", api(a("")), edit),
        Line::json(
            Method::Post,
            "/api/v1/allocations/<id>/archive",
            api(a("/archive")),
            edit,
        ),
        Line::get("/api/v1/allocations/<id>/ports", api(a("/ports")), own),
        Line::json(
            Method::Post,
            "/api/v1/allocations/<id>/ports",
            api(a("/ports")),
            edit,
        ),
        Line::get(
            "/api/v1/allocation-ports/<id>",
            format!("/api/v1/allocation-ports/{linked}"),
            own,
        ),
        Line::json(
            Method::Post,
            "/api/v1/allocation-ports/<id>/end",
            format!("/api/v1/allocation-ports/{linked}/end"),
            edit,
        ),
        Line::get("/ports", "/ports", view),
        Line::get("/ports.csv", "/ports.csv", view),
        Line::get("/ports/bulk", format!("/ports/bulk?id={port}"), edit),
        Line::post("/ports/bulk", "/ports/bulk", edit),
        Line::post("/ports/bulk/preview", "/ports/bulk/preview", edit),
        Line::json(
            Method::Post,
            "/api/v1/ports/bulk-change",
            "/api/v1/ports/bulk-change",
            edit,
        ),
        Line::get("/ports/<id>", p("?range=week"), own),
        Line::get("/ports/<file>", p(".csv"), own),
        Line::get("/ports/<id>/edit", p("/edit"), edit),
        Line::post("/ports/<id>/edit", p("/edit"), edit),
        Line::get("/wall", "/wall?span=hour&by=percent", staff),
        Line::get("/targets", "/targets", staff),
        Line::get("/targets.csv", "/targets.csv", staff),
        Line::get("/targets/new", "/targets/new", edit),
        Line::post("/targets/new", "/targets/new", edit),
        Line::get("/targets/<id>", t(""), staff),
        Line::get("/targets/<id>/edit", t("/edit"), edit),
        Line::post("/targets/<id>/edit", t("/edit"), edit),
        Line::post("/targets/<id>/poll", t("/poll"), edit),
        Line::get("/targets/<id>/discover", t("/discover?up=true"), staff),
        Line::post("/targets/<id>/discover", t("/discover"), edit),
        Line::post("/targets/<id>/take-over", t("/take-over"), edit),
        Line::get(
            "/api/v1/targets/<id>/discovery",
            format!("/api/v1{}", t("/discovery")),
            staff,
        ),
        Line::json(
            Method::Post,
            "/api/v1/targets/<id>/read-now",
            format!("/api/v1{}", t("/read-now")),
            edit,
        ),
        Line::json(
            Method::Patch,
            "/api/v1/targets/<id>/ports",
            format!("/api/v1{}", t("/ports")),
            edit,
        ),
        Line::get("/allocations", "/allocations", view),
        Line::get("/allocations.csv", "/allocations.csv", view),
        Line::get("/allocations/new", "/allocations/new", edit),
        Line::post("/allocations/new", "/allocations/new", edit),
        Line::get("/allocations/<id>", a(""), own),
        Line::get("/allocations/<file>", a(".csv"), own),
        Line::get("/allocations/<id>/edit", a("/edit"), edit),
        Line::post("/allocations/<id>/edit", a("/edit"), edit),
        Line::get("/allocations/<id>/archive", a("/archive"), edit),
        Line::post("/allocations/<id>/archive", a("/archive"), edit),
        Line::get("/allocations/<id>/ports/new", a("/ports/new"), edit),
        Line::post("/allocations/<id>/ports/new", a("/ports/new"), edit),
        Line::get(
            "/allocation-ports/<id>/end",
            format!("/allocation-ports/{linked}/end"),
            edit,
        ),
        Line::post(
            "/allocation-ports/<id>/end",
            format!("/allocation-ports/{linked}/end"),
            edit,
        ),
        Line::get("/allocations/<id>/periods", a("/periods"), own),
        Line::get(
            "/allocations/<id>/periods/<from>",
            a("/periods/2026-10-01"),
            own,
        ),
        Line::get(
            "/allocations/<id>/periods/<from>/evidence.zip",
            a("/periods/2026-10-01/evidence.zip"),
            own,
        ),
        Line::get(
            "/allocations/<id>/periods/<from>/close",
            a("/periods/2026-10-01/close"),
            close,
        ),
        Line::post(
            "/allocations/<id>/periods/<from>/close",
            a("/periods/2026-10-01/close"),
            close,
        ),
        Line::get(
            "/allocations/<id>/periods/<from>/correct",
            a("/periods/2026-10-01/correct"),
            close,
        ),
        Line::post(
            "/allocations/<id>/periods/<from>/correct",
            a("/periods/2026-10-01/correct"),
            close,
        ),
        Line::get(
            "/api/v1/allocations/<id>/usage",
            format!("/api/v1{}", a("/usage")),
            own,
        ),
        Line::get(
            "/api/v1/allocations/<id>/periods",
            format!("/api/v1{}", a("/periods")),
            own,
        ),
        Line::get(
            "/api/v1/allocations/<id>/periods/<from>",
            format!("/api/v1{}", a("/periods/2026-10")),
            own,
        ),
        Line::json(
            Method::Post,
            "/api/v1/allocations/<id>/periods/<from>/close",
            format!("/api/v1{}", a("/periods/2026-10/close")),
            close,
        ),
        Line::json(
            Method::Post,
            "/api/v1/allocations/<id>/periods/<from>/corrections",
            format!("/api/v1{}", a("/periods/2026-10/corrections")),
            close,
        ),
        Line::get(
            "/api/v1/allocations/<id>/periods/<from>/evidence.zip",
            format!("/api/v1{}", a("/periods/2026-10/evidence.zip")),
            own,
        ),
        Line::get("/api/v1/ports", "/api/v1/ports", view),
        Line::get(
            "/api/v1/ports/<id>/packets",
            format!("/api/v1/ports/{port}/packets"),
            own,
        ),
        Line::get("/metrics/ports", "/metrics/ports", staff),
        Line::get("/api/v1/ports/<id>", format!("/api/v1/ports/{port}"), own),
        Line::get(
            "/api/v1/ports/<id>/series",
            format!("/api/v1/ports/{port}/series"),
            own,
        ),
        Line::get(
            "/api/v1/ports/<id>/graph.png",
            format!("/api/v1/ports/{port}/graph.png"),
            own,
        ),
        Line::get(
            "/api/v1/ports/<id>/graph.svg",
            format!("/api/v1/ports/{port}/graph.svg"),
            own,
        ),
        Line::get("/api/v1/allocations", "/api/v1/allocations", view),
        Line::get(
            "/api/v1/allocations/<id>",
            format!("/api/v1/allocations/{id}"),
            own,
        ),
        Line::get(
            "/api/v1/allocations/<id>/series",
            format!("/api/v1/allocations/{id}/series"),
            own,
        ),
        Line::get(
            "/api/v1/allocations/<id>/graph.png",
            format!("/api/v1/allocations/{id}/graph.png"),
            own,
        ),
        Line::get(
            "/api/v1/allocations/<id>/graph.svg",
            format!("/api/v1/allocations/{id}/graph.svg"),
            own,
        ),
    ]
}
