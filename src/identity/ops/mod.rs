//! What is done with users, sessions, tokens and one-time links.

mod links;
mod login;
mod sessions;
mod tokens;
mod users;
mod views;

pub use links::{
    link_create, link_password_set, link_user, setup_administrator, setup_link_create,
    setup_link_valid,
};
pub use login::{
    CheckedLogin, LoginOutcome, LoginRequest, login, login_attempts_purge, login_hash,
};
pub use sessions::{
    SessionUser, session_by_id, session_by_token, session_end, session_touch, sessions_of_user,
    sessions_purge,
};
pub use tokens::{NewToken, token_create, token_list, token_revoke, token_used, token_user};
pub use users::{
    user_by_id, user_by_login, user_count, user_create, user_disable, user_list, user_password_set,
    user_preferences_set, user_update,
};
pub use views::{view_by_id, view_create, view_list, view_remove, view_update};
