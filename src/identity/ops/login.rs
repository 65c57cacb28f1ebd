//! Signing in: limits per name and per address, a lock that passes, an audit entry for each.

use diesel::prelude::*;
use serde_json::json;

use super::sessions::session_create;
use crate::audit::{self, Author, Event, Via};
use crate::base::fault::Fault;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::identity::password::verify_password;
use crate::identity::rows::User;
use crate::store::Conn;
use crate::store::schema::{login_attempts, users};

/// Wrong passwords in a row that lock a name.
const WRONG_TO_LOCK: i64 = 5;
/// How long a name stays locked.
const LOCK_MS: i64 = 15 * 60_000;
/// Failures from one address within the window that make it wait.
const ADDRESS_LIMIT: i64 = 30;
/// The window for an address.
const ADDRESS_WINDOW_MS: i64 = 15 * 60_000;

/// A try to sign in.
#[derive(Debug, Clone)]
pub struct LoginRequest {
    /// Name as typed.
    pub login: String,
    /// Password as typed.
    pub password: Secret,
    /// Address of the client.
    pub remote: String,
    /// The browser.
    pub user_agent: String,
    /// When.
    pub now: Timestamp,
}

/// A try whose password was compared, outside any transaction: the comparison is slow on purpose, and the
/// embedded database has one writer.
#[derive(Debug, Clone)]
pub struct CheckedLogin {
    request: LoginRequest,
    hash: Option<String>,
    fits: bool,
}

impl LoginRequest {
    /// Compares the password with the hash that [`login_hash`] gave.
    pub fn check(self, hash: Option<String>) -> CheckedLogin {
        let fits = verify_password(&self.password, hash.as_deref());
        CheckedLogin {
            request: self,
            hash,
            fits,
        }
    }
}

/// The password hash of a login name, for [`LoginRequest::check`].
pub fn login_hash(c: &mut Conn, login: &str) -> Result<Option<String>, Fault> {
    let found: Option<Option<String>> = users::table
        .filter(users::login.eq(login.trim().to_lowercase()))
        .select(users::password_hash)
        .first(c)
        .optional()?;
    Ok(found.flatten())
}

/// What came of it. Name and password are never told apart.
#[derive(Debug)]
pub enum LoginOutcome {
    /// In; the cookie's token.
    In {
        /// Token for the cookie.
        token: String,
    },
    /// Wrong name or password, or the user is locked out.
    Wrong,
    /// Too many wrong tries with this name; wait until then.
    Locked {
        /// When the lock ends.
        until: Timestamp,
    },
    /// Too many wrong tries from this address.
    Limited,
}

/// Opens a session when the password fits and nothing forbids it.
pub fn login(c: &mut Conn, checked: &CheckedLogin) -> Result<LoginOutcome, Fault> {
    let request = &checked.request;
    let login = request.login.trim().to_lowercase();
    if address_is_limited(c, request)? {
        note(c, request, &login, "limited")?;
        return Ok(LoginOutcome::Limited);
    }
    let user: Option<User> = users::table
        .filter(users::login.eq(&login))
        .select(User::as_select())
        .first(c)
        .optional()?;
    let Some(user) = user else {
        note(c, request, &login, "wrong")?;
        return Ok(LoginOutcome::Wrong);
    };
    if let Some(until) = user.locked_until.filter(|until| *until > request.now) {
        note(c, request, &login, "locked")?;
        return Ok(LoginOutcome::Locked { until });
    }
    if user.disabled_at.is_some() {
        note(c, request, &login, "disabled")?;
        return Ok(LoginOutcome::Wrong);
    }
    // A password changed since it was compared counts as wrong.
    if checked.fits && user.password_hash == checked.hash {
        let_in(c, request, &user)
    } else {
        count_wrong(c, request, &user)
    }
}

fn address_is_limited(c: &mut Conn, request: &LoginRequest) -> Result<bool, Fault> {
    let failures: i64 = login_attempts::table
        .filter(login_attempts::remote.eq(&request.remote))
        .filter(login_attempts::at.gt(request.now.plus_millis(-ADDRESS_WINDOW_MS)))
        .filter(login_attempts::outcome.eq_any(["wrong", "disabled"]))
        .count()
        .get_result(c)?;
    Ok(failures >= ADDRESS_LIMIT)
}

fn let_in(c: &mut Conn, request: &LoginRequest, user: &User) -> Result<LoginOutcome, Fault> {
    diesel::update(users::table.find(user.id))
        .set((
            users::failed_logins.eq(0),
            users::locked_until.eq(None::<Timestamp>),
            users::last_login_at.eq(request.now),
        ))
        .execute(c)?;
    note(c, request, &user.login, "ok")?;
    let token = session_create(
        c,
        user.id,
        &request.remote,
        &request.user_agent,
        request.now,
    )?;
    record(c, request, user, "session.login")?;
    Ok(LoginOutcome::In { token })
}

fn count_wrong(c: &mut Conn, request: &LoginRequest, user: &User) -> Result<LoginOutcome, Fault> {
    let wrong = user.failed_logins + 1;
    let until = (wrong >= WRONG_TO_LOCK).then(|| request.now.plus_millis(LOCK_MS));
    diesel::update(users::table.find(user.id))
        .set((
            users::failed_logins.eq(if until.is_some() { 0 } else { wrong }),
            users::locked_until.eq(until),
        ))
        .execute(c)?;
    note(c, request, &user.login, "wrong")?;
    record(c, request, user, "session.wrong_password")?;
    if until.is_some() {
        record(c, request, user, "user.locked")?;
    }
    Ok(until.map_or(LoginOutcome::Wrong, |until| LoginOutcome::Locked { until }))
}

fn record(
    c: &mut Conn,
    request: &LoginRequest,
    user: &User,
    action: &'static str,
) -> Result<(), Fault> {
    let author = Author {
        user_id: Some(user.id),
        name: user.display_name.clone(),
        via: Via::Web,
        remote: request.remote.clone(),
    };
    let event = Event::new(action, "user", user.id.get(), &user.login)
        .for_customer(user.customer_id)
        .with(json!({"failed_logins": user.failed_logins}));
    audit::record(c, &author, request.now, event)
}

fn note(c: &mut Conn, request: &LoginRequest, login: &str, outcome: &str) -> Result<(), Fault> {
    let login: String = login
        .chars()
        .filter(|letter| !letter.is_control())
        .take(64)
        .collect();
    diesel::insert_into(login_attempts::table)
        .values((
            login_attempts::login.eq(login),
            login_attempts::remote.eq(&request.remote),
            login_attempts::at.eq(request.now),
            login_attempts::outcome.eq(outcome),
        ))
        .execute(c)?;
    Ok(())
}

/// Deletes tries to sign in from before an instant; gives how many.
pub fn login_attempts_purge(c: &mut Conn, before: Timestamp) -> Result<usize, Fault> {
    Ok(diesel::delete(login_attempts::table.filter(login_attempts::at.lt(before))).execute(c)?)
}
