//! Users, sessions and tokens as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use super::model::{Role, Theme, TokenScope, UserLocale};
use super::view::ViewedList;
use crate::base::ids::{ApiTokenId, CustomerId, SavedViewId, SessionId, UserId};
use crate::base::time::Timestamp;
use crate::store::schema::{api_tokens, saved_views, sessions, users};

/// A user.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = users)]
pub struct User {
    /// Row id.
    pub id: UserId,
    /// Name to sign in with.
    pub login: String,
    /// Name to show.
    pub display_name: String,
    /// Mail address or empty.
    pub email: String,
    /// Role.
    pub role: Role,
    /// The customer of a customer's user.
    pub customer_id: Option<CustomerId>,
    /// Wanted language.
    pub locale: UserLocale,
    /// Wanted colours.
    pub theme: Theme,
    /// PHC string; none until the user has set a password.
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// Wrong passwords since the last right one.
    pub failed_logins: i64,
    /// No login until then.
    pub locked_until: Option<Timestamp>,
    /// Locked out for good since.
    pub disabled_at: Option<Timestamp>,
    /// Last login.
    pub last_login_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A signed-in browser.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// Row id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// What every form must carry.
    #[serde(skip)]
    pub csrf_token: String,
    /// Address it was opened from.
    pub remote: String,
    /// Browser it was opened with.
    pub user_agent: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A bearer token, without the token.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = api_tokens)]
pub struct ApiToken {
    /// Row id.
    pub id: ApiTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub name: String,
    /// Its first letters, to recognise it.
    pub prefix: String,
    /// What it may do.
    pub scope: TokenScope,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A list as a person wants it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = saved_views)]
pub struct SavedView {
    /// Row id.
    pub id: SavedViewId,
    /// Whose it is.
    pub user_id: UserId,
    /// The list.
    pub list: ViewedList,
    /// Its name.
    pub name: String,
    /// What follows the `?` of the address.
    pub query: String,
    /// Whether all staff see it.
    pub is_shared: bool,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
