//! Server-side sessions: the cookie holds a random token, the database its hash.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::{SessionId, UserId};
use crate::base::time::Timestamp;
use crate::base::token::{random_token, sha256_hex};
use crate::identity::rows::{Session, User};
use crate::store::Conn;
use crate::store::schema::{sessions, users};

/// A session ends after this long without a request.
const IDLE_MS: i64 = 12 * 3_600_000;
/// A session ends after this long whatever happens.
const LIFE_MS: i64 = 7 * 24 * 3_600_000;
/// Last use is written at most this often.
const TOUCH_MS: i64 = 60_000;

/// A live session with its user.
#[derive(Debug, Clone)]
pub struct SessionUser {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub user: User,
}

impl SessionUser {
    /// Whether the last use is old enough to be written again.
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        now.since_millis(self.session.last_seen_at) > TOUCH_MS
    }
}

/// Opens a session; gives the token for the cookie.
pub(super) fn session_create(
    c: &mut Conn,
    user: UserId,
    remote: &str,
    user_agent: &str,
    now: Timestamp,
) -> Result<String, Fault> {
    let token = random_token()?;
    let user_agent: String = user_agent
        .chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect();
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(sha256_hex(&token)),
            sessions::user_id.eq(user),
            sessions::csrf_token.eq(random_token()?),
            sessions::remote.eq(remote),
            sessions::user_agent.eq(user_agent),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(now.plus_millis(LIFE_MS)),
        ))
        .execute(c)?;
    Ok(token)
}

/// The live session of a cookie's token, unless it ended or its user is locked out.
pub fn session_by_token(
    c: &mut Conn,
    token: &str,
    now: Timestamp,
) -> Result<Option<SessionUser>, Fault> {
    let found: Option<(Session, User)> = sessions::table
        .inner_join(users::table)
        .filter(sessions::token_hash.eq(sha256_hex(token)))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now.plus_millis(-IDLE_MS)))
        .filter(users::disabled_at.is_null())
        .select((Session::as_select(), User::as_select()))
        .first(c)
        .optional()?;
    Ok(found.map(|(session, user)| SessionUser { session, user }))
}

/// A session that is still live, for what outlasts a request.
pub fn session_by_id(
    c: &mut Conn,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<SessionUser>, Fault> {
    let found: Option<(Session, User)> = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id))
        .filter(sessions::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select((Session::as_select(), User::as_select()))
        .first(c)
        .optional()?;
    Ok(found.map(|(session, user)| SessionUser { session, user }))
}

/// Notes that a session was used.
pub fn session_touch(c: &mut Conn, id: SessionId, now: Timestamp) -> Result<(), Fault> {
    diesel::update(sessions::table.find(id))
        .set(sessions::last_seen_at.eq(now))
        .execute(c)?;
    Ok(())
}

/// Ends a session.
pub fn session_end(c: &mut Conn, id: SessionId) -> Result<(), Fault> {
    diesel::delete(sessions::table.find(id)).execute(c)?;
    Ok(())
}

/// The live sessions of a user, newest first.
pub fn sessions_of_user(c: &mut Conn, user: UserId, now: Timestamp) -> Result<Vec<Session>, Fault> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now.plus_millis(-IDLE_MS)))
        .order(sessions::last_seen_at.desc())
        .select(Session::as_select())
        .load(c)?)
}

/// Deletes sessions that ended; gives how many.
pub fn sessions_purge(c: &mut Conn, now: Timestamp) -> Result<usize, Fault> {
    Ok(diesel::delete(
        sessions::table.filter(
            sessions::expires_at
                .le(now)
                .or(sessions::last_seen_at.le(now.plus_millis(-IDLE_MS))),
        ),
    )
    .execute(c)?)
}
