//! Users.

use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::UserId;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::identity::actor::Actor;
use crate::identity::model::{Role, Theme, UserDraft, UserLocale};
use crate::identity::password::{hash_password, password_fault};
use crate::identity::permission::Permission;
use crate::identity::rows::User;
use crate::store::Conn;
use crate::store::schema::{sessions, users};

/// How many users there are; none means the installation is new.
pub fn user_count(c: &mut Conn) -> Result<i64, Fault> {
    Ok(users::table.count().get_result(c)?)
}

/// All users by login; for those who manage them.
pub fn user_list(c: &mut Conn, actor: &Actor) -> Result<Vec<User>, Fault> {
    actor.require(Permission::ManageUsers)?;
    Ok(users::table
        .order(users::login.asc())
        .select(User::as_select())
        .load(c)?)
}

/// One user; oneself, or any for those who manage them.
pub fn user_by_id(c: &mut Conn, actor: &Actor, id: UserId) -> Result<User, Fault> {
    if actor.user_id != Some(id) {
        actor.require(Permission::ManageUsers)?;
    }
    find(c, id)
}

/// The user of a login name, for the terminal and the demonstration.
pub fn user_by_login(c: &mut Conn, login: &str) -> Result<Option<User>, Fault> {
    Ok(users::table
        .filter(users::login.eq(login.to_lowercase()))
        .select(User::as_select())
        .first(c)
        .optional()?)
}

fn find(c: &mut Conn, id: UserId) -> Result<User, Fault> {
    users::table
        .find(id)
        .select(User::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

fn refuse_taken_login(c: &mut Conn, login: &str, except: Option<UserId>) -> Result<(), Fault> {
    let taken: Option<UserId> = users::table
        .filter(users::login.eq(login))
        .select(users::id)
        .first(c)
        .optional()?;
    match taken {
        Some(id) if Some(id) != except => {
            Err(Fault::field("login", Message::new("fault-login-taken")))
        }
        _ => Ok(()),
    }
}

/// Adds a user without a password; a one-time link lets them set it.
pub fn user_create(c: &mut Conn, actor: &Actor, draft: &UserDraft) -> Result<UserId, Fault> {
    actor.require(Permission::ManageUsers)?;
    refuse_taken_login(c, &draft.login, None)?;
    let id: UserId = diesel::insert_into(users::table)
        .values((
            users::login.eq(&draft.login),
            users::display_name.eq(&draft.display_name),
            users::email.eq(&draft.email),
            users::role.eq(draft.role),
            users::customer_id.eq(draft.customer_id),
            users::locale.eq(draft.locale),
            users::theme.eq(Theme::Auto),
            users::created_at.eq(actor.now),
            users::updated_at.eq(actor.now),
        ))
        .returning(users::id)
        .get_result(c)?;
    let event = Event::new("user.create", "user", id.get(), &draft.login)
        .for_customer(draft.customer_id)
        .with(json!({"role": draft.role, "display_name": draft.display_name}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a user; `version` is the one that was read.
pub fn user_update(
    c: &mut Conn,
    actor: &Actor,
    id: UserId,
    version: i64,
    draft: &UserDraft,
) -> Result<(), Fault> {
    actor.require(Permission::ManageUsers)?;
    let before = find(c, id)?;
    refuse_taken_login(c, &draft.login, Some(id))?;
    if before.role == Role::Administrator && draft.role != Role::Administrator {
        refuse_last_administrator(c, id)?;
    }
    let changed = diesel::update(users::table.find(id).filter(users::version.eq(version)))
        .set((
            users::login.eq(&draft.login),
            users::display_name.eq(&draft.display_name),
            users::email.eq(&draft.email),
            users::role.eq(draft.role),
            users::customer_id.eq(draft.customer_id),
            users::locale.eq(draft.locale),
            users::version.eq(users::version + 1),
            users::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    if before.role != draft.role || before.customer_id != draft.customer_id {
        diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(c)?;
    }
    let event = Event::new("user.update", "user", id.get(), &draft.login)
        .for_customer(draft.customer_id)
        .with(json!({
            "before": {"login": before.login, "role": before.role, "email": before.email},
            "after": {"login": draft.login, "role": draft.role, "email": draft.email},
        }));
    audit::record(c, &actor.author(), actor.now, event)
}

fn refuse_last_administrator(c: &mut Conn, except: UserId) -> Result<(), Fault> {
    let others: i64 = users::table
        .filter(users::role.eq(Role::Administrator))
        .filter(users::disabled_at.is_null())
        .filter(users::id.ne(except))
        .count()
        .get_result(c)?;
    if others == 0 {
        return Err(Fault::conflict(Message::new("fault-last-administrator")));
    }
    Ok(())
}

/// Locks a user out (and ends the sessions), or lets them in again.
pub fn user_disable(c: &mut Conn, actor: &Actor, id: UserId, disabled: bool) -> Result<(), Fault> {
    actor.require(Permission::ManageUsers)?;
    let user = find(c, id)?;
    if disabled && user.role == Role::Administrator {
        refuse_last_administrator(c, id)?;
    }
    diesel::update(users::table.find(id))
        .set((
            users::disabled_at.eq(disabled.then_some(actor.now)),
            users::locked_until.eq(None::<Timestamp>),
            users::failed_logins.eq(0),
            users::version.eq(users::version + 1),
            users::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if disabled {
        diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(c)?;
    }
    let action = if disabled {
        "user.disable"
    } else {
        "user.enable"
    };
    let event = Event::new(action, "user", id.get(), user.login).for_customer(user.customer_id);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Sets a password and ends all sessions of the user. The caller has checked the old one or a link.
pub fn user_password_set(
    c: &mut Conn,
    actor: &Actor,
    id: UserId,
    password: &Secret,
) -> Result<(), Fault> {
    let user = find(c, id)?;
    if let Some(fault) = password_fault("password", password, &user.login) {
        return Err(fault.into());
    }
    diesel::update(users::table.find(id))
        .set((
            users::password_hash.eq(hash_password(password)?),
            users::failed_logins.eq(0),
            users::locked_until.eq(None::<Timestamp>),
            users::version.eq(users::version + 1),
            users::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(c)?;
    let event =
        Event::new("user.password", "user", id.get(), user.login).for_customer(user.customer_id);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Sets the language and colours of the acting user.
pub fn user_preferences_set(
    c: &mut Conn,
    actor: &Actor,
    locale: Option<UserLocale>,
    theme: Option<Theme>,
) -> Result<(), Fault> {
    let id = actor.user_id.ok_or_else(Fault::unauthenticated)?;
    if let Some(locale) = locale {
        diesel::update(users::table.find(id))
            .set(users::locale.eq(locale))
            .execute(c)?;
    }
    if let Some(theme) = theme {
        diesel::update(users::table.find(id))
            .set(users::theme.eq(theme))
            .execute(c)?;
    }
    Ok(())
}
