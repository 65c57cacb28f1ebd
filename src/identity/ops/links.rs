//! One-time links: the first administrator of an installation, and users who set their password.

use diesel::prelude::*;

use super::users::{user_by_id, user_count, user_create, user_password_set};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::UserId;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::base::token::{random_token, sha256_hex};
use crate::identity::actor::Actor;
use crate::identity::model::{Role, UserDraft};
use crate::identity::permission::Permission;
use crate::identity::rows::User;
use crate::store::Conn;
use crate::store::schema::{setup_links, users};

/// A link for the first administrator lives one day.
const SETUP_MS: i64 = 24 * 3_600_000;
/// A link for a user lives three days.
const INVITE_MS: i64 = 3 * 24 * 3_600_000;

fn insert(
    c: &mut Conn,
    user: Option<UserId>,
    now: Timestamp,
    life_ms: i64,
) -> Result<String, Fault> {
    let token = random_token()?;
    diesel::insert_into(setup_links::table)
        .values((
            setup_links::token_hash.eq(sha256_hex(&token)),
            setup_links::user_id.eq(user),
            setup_links::created_at.eq(now),
            setup_links::expires_at.eq(now.plus_millis(life_ms)),
        ))
        .execute(c)?;
    Ok(token)
}

/// A link that makes the first administrator; `None` when there are users already. Older links end.
pub fn setup_link_create(c: &mut Conn, now: Timestamp) -> Result<Option<String>, Fault> {
    if user_count(c)? > 0 {
        return Ok(None);
    }
    diesel::delete(setup_links::table.filter(setup_links::user_id.is_null())).execute(c)?;
    insert(c, None, now, SETUP_MS).map(Some)
}

/// Whether a first-administrator link is good and still needed.
pub fn setup_link_valid(c: &mut Conn, token: &str, now: Timestamp) -> Result<bool, Fault> {
    let live: i64 = setup_links::table
        .filter(setup_links::token_hash.eq(sha256_hex(token)))
        .filter(setup_links::user_id.is_null())
        .filter(setup_links::used_at.is_null())
        .filter(setup_links::expires_at.gt(now))
        .count()
        .get_result(c)?;
    Ok(live == 1 && user_count(c)? == 0)
}

/// Makes the first administrator by the link.
pub fn setup_administrator(
    c: &mut Conn,
    token: &str,
    draft: &UserDraft,
    password: &Secret,
    actor: &Actor,
) -> Result<UserId, Fault> {
    if !setup_link_valid(c, token, actor.now)? {
        return Err(Fault::not_found());
    }
    if draft.role != Role::Administrator {
        return Err(Fault::field(
            "role",
            Message::new("fault-choice").with("allowed", "administrator"),
        ));
    }
    let id = user_create(c, actor, draft)?;
    user_password_set(c, actor, id, password)?;
    use_up(c, token, actor.now)?;
    Ok(id)
}

fn use_up(c: &mut Conn, token: &str, now: Timestamp) -> Result<(), Fault> {
    diesel::update(setup_links::table.filter(setup_links::token_hash.eq(sha256_hex(token))))
        .set(setup_links::used_at.eq(now))
        .execute(c)?;
    Ok(())
}

/// A link with which a user sets a password; older links of the user end.
pub fn link_create(c: &mut Conn, actor: &Actor, user: UserId) -> Result<String, Fault> {
    actor.require(Permission::ManageUsers)?;
    let user = user_by_id(c, actor, user)?;
    diesel::delete(setup_links::table.filter(setup_links::user_id.eq(user.id))).execute(c)?;
    let token = insert(c, Some(user.id), actor.now, INVITE_MS)?;
    audit::record(
        c,
        &actor.author(),
        actor.now,
        Event::new("user.link", "user", user.id.get(), user.login),
    )?;
    Ok(token)
}

/// The user a live link belongs to.
pub fn link_user(c: &mut Conn, token: &str, now: Timestamp) -> Result<Option<User>, Fault> {
    Ok(setup_links::table
        .inner_join(users::table)
        .filter(setup_links::token_hash.eq(sha256_hex(token)))
        .filter(setup_links::used_at.is_null())
        .filter(setup_links::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select(User::as_select())
        .first(c)
        .optional()?)
}

/// Sets the password by a link and uses the link up.
pub fn link_password_set(
    c: &mut Conn,
    token: &str,
    password: &Secret,
    remote: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let user = link_user(c, token, now)?.ok_or_else(Fault::not_found)?;
    let mut actor = Actor::task("one-time link", now);
    actor.remote = remote.to_owned();
    actor.user_id = Some(user.id);
    user_password_set(c, &actor, user.id, password)?;
    use_up(c, token, now)
}
