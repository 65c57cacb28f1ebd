//! Bearer tokens for programs: shown once, stored as a hash.

use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ApiTokenId, UserId};
use crate::base::text;
use crate::base::time::Timestamp;
use crate::base::token::{random_token, sha256_hex};
use crate::identity::actor::Actor;
use crate::identity::model::TokenScope;
use crate::identity::permission::Permission;
use crate::identity::rows::{ApiToken, User};
use crate::store::Conn;
use crate::store::schema::{api_tokens, users};

/// How every token starts, so that leaked ones can be found.
const PREFIX: &str = "cold_";
/// Letters kept to recognise a token.
const SHOWN: usize = 12;
/// Last use is written at most this often.
const TOUCH_MS: i64 = 60_000;

/// What a new token shall be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// How long it lives; `None` for ever.
    pub days: Option<i64>,
}

/// Makes a token for the acting user; gives the text that is shown once.
pub fn token_create(c: &mut Conn, actor: &Actor, new: &NewToken) -> Result<String, Fault> {
    refuse_reader(actor)?;
    let user = actor.user_id.ok_or_else(Fault::unauthenticated)?;
    let name = text::required_line("name", &new.name, 80)?;
    if new.days.is_some_and(|days| !(1..=3650).contains(&days)) {
        return Err(Fault::field(
            "days",
            Message::new("fault-range")
                .with("min", 1_i64)
                .with("max", 3650_i64),
        ));
    }
    let token = format!("{PREFIX}{}", random_token()?);
    let id: ApiTokenId = diesel::insert_into(api_tokens::table)
        .values((
            api_tokens::user_id.eq(user),
            api_tokens::name.eq(&name),
            api_tokens::prefix.eq(token.chars().take(SHOWN).collect::<String>()),
            api_tokens::token_hash.eq(sha256_hex(&token)),
            api_tokens::scope.eq(new.scope),
            api_tokens::expires_at.eq(new.days.map(|days| actor.now.plus_seconds(days * 86_400))),
            api_tokens::created_at.eq(actor.now),
        ))
        .returning(api_tokens::id)
        .get_result(c)?;
    let event = Event::new("token.create", "api_token", id.get(), name)
        .for_customer(actor.customer_id)
        .with(json!({"scope": new.scope, "days": new.days}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(token)
}

/// A token that may only read gives out and takes back none: it could make itself a stronger one.
fn refuse_reader(actor: &Actor) -> Result<(), Fault> {
    match actor.scope {
        TokenScope::Read => Err(Fault::forbidden()),
        TokenScope::Write => Ok(()),
    }
}

/// The acting user's tokens, newest first.
pub fn token_list(c: &mut Conn, actor: &Actor) -> Result<Vec<ApiToken>, Fault> {
    let user = actor.user_id.ok_or_else(Fault::unauthenticated)?;
    Ok(api_tokens::table
        .filter(api_tokens::user_id.eq(user))
        .order(api_tokens::id.desc())
        .select(ApiToken::as_select())
        .load(c)?)
}

/// Takes a token back: one's own, or anyone's for those who manage users.
pub fn token_revoke(c: &mut Conn, actor: &Actor, id: ApiTokenId) -> Result<(), Fault> {
    refuse_reader(actor)?;
    let owner: Option<(UserId, String)> = api_tokens::table
        .find(id)
        .select((api_tokens::user_id, api_tokens::name))
        .first(c)
        .optional()?;
    let (owner, name) = owner.ok_or_else(Fault::not_found)?;
    if actor.user_id != Some(owner) && !actor.may(Permission::ManageUsers) {
        return Err(Fault::not_found());
    }
    diesel::update(
        api_tokens::table
            .find(id)
            .filter(api_tokens::revoked_at.is_null()),
    )
    .set(api_tokens::revoked_at.eq(actor.now))
    .execute(c)?;
    audit::record(
        c,
        &actor.author(),
        actor.now,
        Event::new("token.revoke", "api_token", id.get(), name),
    )
}

/// The user and scope of a bearer token; `None` when it is unknown, ended or taken back. The last entry says
/// whether [`token_used`] ought to be called.
pub fn token_user(
    c: &mut Conn,
    token: &str,
    now: Timestamp,
) -> Result<Option<(User, TokenScope, Option<ApiTokenId>)>, Fault> {
    if !token.starts_with(PREFIX) || token.len() > 100 {
        return Ok(None);
    }
    let found: Option<(ApiToken, User)> = api_tokens::table
        .inner_join(users::table)
        .filter(api_tokens::token_hash.eq(sha256_hex(token)))
        .filter(api_tokens::revoked_at.is_null())
        .filter(
            api_tokens::expires_at
                .is_null()
                .or(api_tokens::expires_at.gt(now)),
        )
        .filter(users::disabled_at.is_null())
        .select((ApiToken::as_select(), User::as_select()))
        .first(c)
        .optional()?;
    Ok(found.map(|(token, user)| {
        let old = token
            .last_used_at
            .is_none_or(|used| now.since_millis(used) > TOUCH_MS);
        (user, token.scope, old.then_some(token.id))
    }))
}

/// Notes that a token was used.
pub fn token_used(c: &mut Conn, id: ApiTokenId, now: Timestamp) -> Result<(), Fault> {
    diesel::update(api_tokens::table.find(id))
        .set(api_tokens::last_used_at.eq(now))
        .execute(c)?;
    Ok(())
}
