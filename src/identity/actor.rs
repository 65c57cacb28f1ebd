//! The one who acts: handed to every operation, checked there.

use super::model::{Role, TokenScope};
use super::permission::{Permission, allows};
use crate::audit::{Author, Via};
use crate::base::fault::Fault;
use crate::base::ids::{CustomerId, UserId};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;

/// Which customers' records an actor may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    /// Everyone's.
    Open,
    /// Only this customer's.
    Only(CustomerId),
}

impl Wall {
    /// The customer to filter by, when there is a wall.
    pub const fn customer(self) -> Option<CustomerId> {
        match self {
            Self::Open => None,
            Self::Only(customer) => Some(customer),
        }
    }

    /// Whether a record of `owner` is on this side of the wall.
    pub fn shows(self, owner: Option<CustomerId>) -> bool {
        match self {
            Self::Open => true,
            Self::Only(customer) => owner == Some(customer),
        }
    }
}

/// Who acts, with which rights, from where, in which language, and when.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user; `None` for the program itself and commands in a terminal.
    pub user_id: Option<UserId>,
    /// Name to show.
    pub name: String,
    /// Role.
    pub role: Role,
    /// The customer of a customer's user.
    pub customer_id: Option<CustomerId>,
    /// The way in.
    pub via: Via,
    /// Network address of the client.
    pub remote: String,
    /// Language.
    pub locale: Locale,
    /// What the API token allows; `Write` for sessions.
    pub scope: TokenScope,
    /// The instant of the request; operations take no other clock.
    pub now: Timestamp,
}

impl Actor {
    /// The program itself: all rights, for background tasks.
    pub fn task(name: &str, now: Timestamp) -> Self {
        Self::program(name, Via::Task, now)
    }

    /// A person with a shell on the server: all rights.
    pub fn terminal(now: Timestamp) -> Self {
        Self::program("terminal", Via::Cli, now)
    }

    fn program(name: &str, via: Via, now: Timestamp) -> Self {
        Self {
            user_id: None,
            name: name.to_owned(),
            role: Role::Administrator,
            customer_id: None,
            via,
            remote: String::new(),
            locale: Locale::En,
            scope: TokenScope::Write,
            now,
        }
    }

    /// Whether the actor has a right.
    pub fn may(&self, permission: Permission) -> bool {
        let token_allows = self.scope == TokenScope::Write || !permission.changes();
        token_allows && allows(self.role, permission)
    }

    /// Fails unless the actor has a right. For customers a thing they have no right to doesn't exist.
    pub fn require(&self, permission: Permission) -> Result<(), Fault> {
        if self.may(permission) {
            return Ok(());
        }
        let hidden = self.role.is_customer() && !allows(self.role, permission);
        Err(if hidden {
            Fault::not_found()
        } else {
            Fault::forbidden()
        })
    }

    /// The wall this actor stands behind. A customer's user without a customer sees nothing.
    pub fn wall(&self) -> Wall {
        match (self.role.is_customer(), self.customer_id) {
            (false, _) => Wall::Open,
            (true, Some(customer)) => Wall::Only(customer),
            (true, None) => Wall::Only(CustomerId::new(-1)),
        }
    }

    /// The actor as the author of an audit entry.
    pub fn author(&self) -> Author {
        Author {
            user_id: self.user_id,
            name: self.name.clone(),
            via: self.via,
            remote: self.remote.clone(),
        }
    }
}
