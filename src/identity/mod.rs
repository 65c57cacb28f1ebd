//! Who signs in and what they may do: users, roles, sessions, API tokens, one-time links.

mod actor;
mod model;
pub mod ops;
mod password;
mod permission;
mod rows;
mod view;

pub use actor::{Actor, Wall};
pub use model::{Role, Theme, TokenScope, UserDraft, UserLocale, looks_like_mail};
pub use password::{hash_password, password_fault, verify_password};
pub use permission::{Permission, allows};
pub use rows::{ApiToken, SavedView, Session, User};
pub use view::{MOST_VIEWS, ViewDraft, ViewedList};
