//! Routes of signing in and out, first set-up, one-time links, preferences.

use coldaisle::base::time::Timestamp;
use coldaisle::base::token::sha256_hex;
use coldaisle::identity::Role;
use coldaisle::store::schema::setup_links;
use diesel::prelude::*;

use super::{Line, Rule, World};

pub fn lines(world: &World) -> Vec<Line> {
    let user = world.web.db.user("invited", Role::Technician, None);
    let token = "welcome-token";
    world.web.db.put(|c| {
        diesel::insert_into(setup_links::table)
            .values((
                setup_links::token_hash.eq(sha256_hex(token)),
                setup_links::user_id.eq(user),
                setup_links::created_at.eq(Timestamp::now()),
                setup_links::expires_at.eq(Timestamp::now().plus_seconds(3600)),
            ))
            .execute(c)?;
        Ok(())
    });
    vec![
        Line::get("/setup/<token>", "/setup/anything", Rule::Gone),
        Line::post("/setup/<token>", "/setup/anything", Rule::Gone),
        Line::get("/login", "/login", Rule::Anyone),
        Line::post("/login", "/login", Rule::Anyone),
        Line::post("/logout", "/logout", Rule::SignedIn),
        Line::post("/preferences", "/preferences", Rule::SignedIn),
        Line::post("/preferences/guest", "/preferences/guest", Rule::Anyone),
        Line::get(
            "/welcome/<token>",
            format!("/welcome/{token}"),
            Rule::Anyone,
        ),
        Line::post(
            "/welcome/<token>",
            format!("/welcome/{token}"),
            Rule::Anyone,
        ),
    ]
}
