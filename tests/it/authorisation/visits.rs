//! Routes of visits and of the desk.

use coldaisle::access::{
    ApprovalRuleDraft, AreaDraft, approval_rule_create, area_create, standing_create,
    standing_draft, visit_announce, visit_by_number,
};
use coldaisle::base::fields::Fields;
use coldaisle::identity::{Permission, Role};
use coldaisle::store::schema::racks;
use diesel::prelude::*;
use rocket::http::Method;

use super::{Line, Rule, World};

pub fn lines(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let site = db.site("visited");
    let room = db.room(site, "Room V");
    let rack = db.rack(room, "V01");
    let owner = world.a;
    db.put(|c| {
        diesel::update(racks::table.find(rack))
            .set(racks::customer_id.eq(owner))
            .execute(c)?;
        Ok(())
    });
    let (staff, keys) = (db.actor(Role::Administrator), world.web.web.keyring.clone());
    let announce = |name: &str| {
        let fields: Fields = [
            ("visitor_name", name.to_owned()),
            ("purpose", "repair".to_owned()),
            ("planned_from", "2026-11-22 15:00".to_owned()),
            ("planned_until", "2026-11-22 18:00".to_owned()),
            ("site_id", site.to_string()),
            ("customer_id", owner.to_string()),
            ("rack_ids", rack.to_string()),
            ("document_kind", "passport".to_owned()),
            ("document_number", format!("E12345{}", name.len())),
        ]
        .into_iter()
        .collect();
        db.put(|c| visit_announce(c, &staff, &keys, "http://127.0.0.1", &fields))
    };
    let visit = announce("Visitor");
    let record = db.get(|c| visit_by_number(c, &staff, &visit));
    let person = record.people[0].person.id;
    let pass = record.visit.pass_code.clone();
    let view = Rule::Needs(Permission::ViewVisits);
    let own = Rule::Own(Permission::ViewVisits);
    let announces = Rule::Needs(Permission::AnnounceVisits);
    let desk = Rule::Needs(Permission::DeskVisits);
    let desk_gone = Rule::NeedsGone(Permission::DeskVisits);
    let at = |rest: &str| format!("/visits/{visit}{rest}");
    let mut lines = vec![
        Line::get("/visits", "/visits", view),
        Line::get("/visits.csv", "/visits.csv", view),
        Line::get("/visits/new", "/visits/new", announces),
        Line::post("/visits/new", "/visits/new", announces),
        Line::get("/visits/pass", format!("/visits/pass?code={pass}"), own),
        Line::get("/visits/<number>", at(""), own),
        Line::get(
            "/visits/<number>/step/<word>",
            at("/step/cancel"),
            Rule::Own(Permission::AnnounceVisits),
        ),
        Line::post("/visits/<number>/step/<word>", at("/step/correct"), desk),
        Line::get(
            "/visits/<number>/people/<id>/reveal",
            at(&format!("/people/{person}/reveal")),
            Rule::Needs(Permission::RevealIdentity),
        ),
        Line::post(
            "/visits/<number>/people/<id>/reveal",
            at(&format!("/people/{person}/reveal")),
            Rule::Needs(Permission::RevealIdentity),
        ),
        Line::post(
            "/visits/<number>/people/<id>/badge",
            at("/people/999999/badge"),
            desk_gone,
        ),
        Line::get("/visits/here", "/visits/here", desk),
        Line::post("/visits/here", "/visits/here", desk),
        Line::get("/visits/walk-in", "/visits/walk-in", desk),
        Line::post("/visits/walk-in", "/visits/walk-in", desk),
        Line::get("/visits/<number>/check-in", at("/check-in"), desk),
        Line::post("/visits/<number>/check-in", at("/check-in"), desk),
        Line::get("/visits/<number>/check-out", at("/check-out"), desk),
        Line::post("/visits/<number>/check-out", at("/check-out"), desk),
        Line::get("/api/v1/visits", "/api/v1/visits", view),
        Line::get(
            "/api/v1/visits/<number>",
            format!("/api/v1/visits/{visit}"),
            own,
        ),
        Line::json(Method::Post, "/api/v1/visits", "/api/v1/visits", announces),
    ];
    for door in ["check-in", "check-out"] {
        let route = if door == "check-in" {
            "/api/v1/visits/<number>/check-in"
        } else {
            "/api/v1/visits/<number>/check-out"
        };
        let path = format!("/api/v1/visits/{visit}/{door}");
        lines.push(Line::json(Method::Post, route, path, desk));
    }
    for door in [
        ("/api/v1/visits/<number>/step-out", "step-out"),
        ("/api/v1/visits/<number>/step-in", "step-in"),
        ("/api/v1/visits/<number>/close", "close"),
        ("/api/v1/visits/<number>/correct", "correct"),
    ] {
        let path = format!("/api/v1/visits/{visit}/{}", door.1);
        lines.push(Line::json(Method::Post, door.0, path, desk));
    }
    lines.extend(rules(world));
    // Who is inside is for staff who see visits, never for customers.
    lines.extend([
        Line::get(
            "/visits/inside",
            "/visits/inside",
            Rule::StaffNeeds(Permission::ViewVisits),
        ),
        Line::get(
            "/visits/inside.csv",
            "/visits/inside.csv",
            Rule::StaffNeeds(Permission::ViewVisits),
        ),
        Line::get(
            "/api/v1/visits/inside",
            "/api/v1/visits/inside",
            Rule::StaffNeeds(Permission::ViewVisits),
        ),
    ]);
    lines
}

/// Areas, rules that approve, standing permissions.
fn rules(world: &World) -> Vec<Line> {
    let db = &world.web.db;
    let site = db.site("ruled");
    let staff = db.actor(Role::Operations);
    let fields: Fields = [
        ("site_id", site.to_string()),
        ("code", "CAGE".to_owned()),
        ("name", "Cage".to_owned()),
        ("company", "Cablers".to_owned()),
        ("customer_id", world.a.to_string()),
        ("valid_from", "2026-01-01".to_owned()),
        ("valid_until", "2027-01-01".to_owned()),
    ]
    .into_iter()
    .collect();
    let draft = AreaDraft::parse(&fields).unwrap();
    let area = db.put(|c| area_create(c, &staff, &draft));
    let draft = ApprovalRuleDraft::parse(&fields).unwrap();
    let rule = db.put(|c| approval_rule_create(c, &staff, &draft));
    let standing = db.put(|c| {
        let draft = standing_draft(c, &fields)?;
        standing_create(c, &staff, &draft)
    });
    let manage = Rule::Needs(Permission::ManageAccess);
    let staff_only = Rule::StaffNeeds(Permission::ViewVisits);
    let mut lines = vec![Line::get(
        "/settings/access",
        "/settings/access",
        staff_only,
    )];
    lines.extend([
        Line::get("/settings/areas/new", "/settings/areas/new", manage),
        Line::post("/settings/areas/new", "/settings/areas/new", manage),
        Line::get(
            "/settings/areas/<id>/edit",
            format!("/settings/areas/{area}/edit"),
            manage,
        ),
        Line::post(
            "/settings/areas/<id>/edit",
            format!("/settings/areas/{area}/edit"),
            manage,
        ),
        Line::get(
            "/settings/areas/<id>/archive",
            format!("/settings/areas/{area}/archive"),
            manage,
        ),
        Line::post(
            "/settings/areas/<id>/archive",
            format!("/settings/areas/{area}/archive"),
            manage,
        ),
        Line::get("/api/v1/areas", "/api/v1/areas", staff_only),
        Line::get(
            "/api/v1/areas/<id>",
            format!("/api/v1/areas/{area}"),
            staff_only,
        ),
        Line::json(Method::Post, "/api/v1/areas", "/api/v1/areas", manage),
        Line::json(
            Method::Put,
            "/api/v1/areas/<id>",
            format!("/api/v1/areas/{area}"),
            manage,
        ),
        Line::json(
            Method::Post,
            "/api/v1/areas/<id>/archive",
            format!("/api/v1/areas/{area}/archive"),
            manage,
        ),
    ]);
    lines.extend([
        Line::get(
            "/settings/approval-rules/new",
            "/settings/approval-rules/new",
            manage,
        ),
        Line::post(
            "/settings/approval-rules/new",
            "/settings/approval-rules/new",
            manage,
        ),
        Line::get(
            "/settings/approval-rules/<id>/edit",
            format!("/settings/approval-rules/{rule}/edit"),
            manage,
        ),
        Line::post(
            "/settings/approval-rules/<id>/edit",
            format!("/settings/approval-rules/{rule}/edit"),
            manage,
        ),
        Line::get(
            "/settings/approval-rules/<id>/archive",
            format!("/settings/approval-rules/{rule}/archive"),
            manage,
        ),
        Line::post(
            "/settings/approval-rules/<id>/archive",
            format!("/settings/approval-rules/{rule}/archive"),
            manage,
        ),
        Line::get(
            "/api/v1/approval-rules",
            "/api/v1/approval-rules",
            staff_only,
        ),
        Line::get(
            "/api/v1/approval-rules/<id>",
            format!("/api/v1/approval-rules/{rule}"),
            staff_only,
        ),
        Line::json(
            Method::Post,
            "/api/v1/approval-rules",
            "/api/v1/approval-rules",
            manage,
        ),
        Line::json(
            Method::Put,
            "/api/v1/approval-rules/<id>",
            format!("/api/v1/approval-rules/{rule}"),
            manage,
        ),
        Line::json(
            Method::Post,
            "/api/v1/approval-rules/<id>/archive",
            format!("/api/v1/approval-rules/{rule}/archive"),
            manage,
        ),
    ]);
    lines.extend([
        Line::get("/settings/standing/new", "/settings/standing/new", manage),
        Line::post("/settings/standing/new", "/settings/standing/new", manage),
        Line::get(
            "/settings/standing/<id>/edit",
            format!("/settings/standing/{standing}/edit"),
            manage,
        ),
        Line::post(
            "/settings/standing/<id>/edit",
            format!("/settings/standing/{standing}/edit"),
            manage,
        ),
        Line::get(
            "/settings/standing/<id>/archive",
            format!("/settings/standing/{standing}/archive"),
            manage,
        ),
        Line::post(
            "/settings/standing/<id>/archive",
            format!("/settings/standing/{standing}/archive"),
            manage,
        ),
        Line::get(
            "/api/v1/standing-permissions",
            "/api/v1/standing-permissions",
            Rule::Needs(Permission::ViewVisits),
        ),
        Line::get(
            "/api/v1/standing-permissions/<id>",
            format!("/api/v1/standing-permissions/{standing}"),
            Rule::Own(Permission::ViewVisits),
        ),
        Line::json(
            Method::Post,
            "/api/v1/standing-permissions",
            "/api/v1/standing-permissions",
            manage,
        ),
        Line::json(
            Method::Put,
            "/api/v1/standing-permissions/<id>",
            format!("/api/v1/standing-permissions/{standing}"),
            manage,
        ),
        Line::json(
            Method::Post,
            "/api/v1/standing-permissions/<id>/archive",
            format!("/api/v1/standing-permissions/{standing}/archive"),
            manage,
        ),
    ]);
    lines
}
