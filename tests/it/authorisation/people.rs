//! Routes of known people, blocks, notices and retention.

use coldaisle::access::{RecordDraft, person_add};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::PersonId;
use coldaisle::identity::{Permission, Role};
use rocket::http::Method;

use super::{Line, Rule, World};
use crate::harness::NOW;

fn person(world: &World, name: &str) -> PersonId {
    let db = &world.web.db;
    let (staff, keys) = (db.actor(Role::Administrator), world.web.web.keyring.clone());
    let fields: Fields = [("name", name), ("company", "Known")].into_iter().collect();
    let draft = RecordDraft::parse(&fields, chrono_tz::UTC, NOW).expect("a draft");
    db.put(|c| person_add(c, &staff, &keys, &draft))
}

pub fn lines(world: &World) -> Vec<Line> {
    let (one, two) = (person(world, "Known One"), person(world, "Known Two"));
    let view = Rule::Needs(Permission::ViewPeople);
    let edit = Rule::Needs(Permission::EditPeople);
    let block = Rule::Needs(Permission::BlockPeople);
    let merge = Rule::Needs(Permission::MergePeople);
    let reveal = Rule::Needs(Permission::RevealIdentity);
    let privacy = Rule::Needs(Permission::ManagePrivacy);
    let edit_gone = Rule::NeedsGone(Permission::EditPeople);
    let block_gone = Rule::NeedsGone(Permission::BlockPeople);
    let privacy_gone = Rule::NeedsGone(Permission::ManagePrivacy);
    let at = |rest: &str| format!("/people/{one}{rest}");
    let api = |rest: &str| format!("/api/v1/people/{one}{rest}");
    let merging = at(&format!("/merge/{two}"));
    let post = Method::Post;
    vec![
        Line::get("/people", "/people", view),
        Line::get("/people.csv", "/people.csv", view),
        Line::get("/people/new", "/people/new", edit),
        Line::post("/people/new", "/people/new", edit),
        Line::get("/people/<id>", at(""), view),
        Line::get("/people/<id>/edit", at("/edit"), edit),
        Line::post("/people/<id>/edit", at("/edit"), edit),
        Line::get("/people/<id>/reveal", at("/reveal"), reveal),
        Line::post("/people/<id>/reveal", at("/reveal"), reveal),
        Line::get("/people/<id>/block", at("/block"), block),
        Line::post("/people/<id>/block", at("/block"), block),
        Line::get(
            "/person-blocks/<id>/lift",
            "/person-blocks/999999/lift",
            block_gone,
        ),
        Line::post(
            "/person-blocks/<id>/lift",
            "/person-blocks/999999/lift",
            block_gone,
        ),
        Line::post("/people/<id>/consents", at("/consents"), edit_gone),
        Line::post(
            "/consents/<id>/withdraw",
            "/consents/999999/withdraw",
            edit_gone,
        ),
        Line::get("/people/alike", "/people/alike", merge),
        Line::get("/people/<id>/merge/<other>", merging.clone(), merge),
        Line::post("/people/<id>/merge/<other>", merging, merge),
        Line::get("/consent-notices", "/consent-notices", view),
        Line::get("/consent-notices/new", "/consent-notices/new", privacy),
        Line::post("/consent-notices/new", "/consent-notices/new", privacy),
        Line::post(
            "/consent-notices/<id>/withdraw",
            "/consent-notices/999999/withdraw",
            privacy_gone,
        ),
        Line::get("/people/privacy", "/people/privacy", view),
        Line::post("/legal-holds", "/legal-holds", privacy),
        Line::post(
            "/legal-holds/<id>/lift",
            "/legal-holds/999999/lift",
            privacy_gone,
        ),
        Line::get("/api/v1/people", "/api/v1/people", view),
        Line::json(post, "/api/v1/people", "/api/v1/people", edit),
        Line::get("/api/v1/people/<id>", api(""), view),
        Line::json(Method::Put, "/api/v1/people/<id>", api(""), edit),
        Line::json(post, "/api/v1/people/<id>/reveal", api("/reveal"), reveal),
        Line::get("/api/v1/people/<id>/reads", api("/reads"), view),
        Line::get("/api/v1/people/<id>/blocks", api("/blocks"), view),
        Line::json(post, "/api/v1/people/<id>/blocks", api("/blocks"), block),
        Line::json(
            post,
            "/api/v1/person-blocks/<id>/lift",
            "/api/v1/person-blocks/999999/lift",
            block,
        ),
        Line::get("/api/v1/people/<id>/consents", api("/consents"), view),
        Line::json(post, "/api/v1/people/<id>/consents", api("/consents"), edit),
        Line::json(
            post,
            "/api/v1/consents/<id>/withdraw",
            "/api/v1/consents/999999/withdraw",
            edit_gone,
        ),
        Line::get("/api/v1/people/alike", "/api/v1/people/alike", view),
        Line::json(post, "/api/v1/people/<id>/merge", api("/merge"), merge),
        Line::get("/api/v1/people/retention", "/api/v1/people/retention", view),
        Line::get("/api/v1/consent-notices", "/api/v1/consent-notices", view),
        Line::json(
            post,
            "/api/v1/consent-notices",
            "/api/v1/consent-notices",
            privacy,
        ),
        Line::json(
            post,
            "/api/v1/consent-notices/<id>/withdraw",
            "/api/v1/consent-notices/999999/withdraw",
            privacy_gone,
        ),
        Line::get("/api/v1/legal-holds", "/api/v1/legal-holds", view),
        Line::json(post, "/api/v1/legal-holds", "/api/v1/legal-holds", privacy),
        Line::json(
            post,
            "/api/v1/legal-holds/<id>/lift",
            "/api/v1/legal-holds/999999/lift",
            privacy_gone,
        ),
    ]
}
