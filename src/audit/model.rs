//! Who did what to what, and how entries are chained.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::base::ids::{AuditEntryId, CustomerId, UserId};
use crate::base::time::Timestamp;
use crate::base::token::hex;

crate::text_enum! {
    /// The way an action came in.
    pub enum Via {
        /// A page in a browser.
        Web = "web",
        /// The programming interface.
        Api = "api",
        /// A command in a terminal.
        Cli = "cli",
        /// A background task.
        Task = "task",
    }
}

/// Who acts, and from where.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user, unless it is a task or nobody yet.
    pub user_id: Option<UserId>,
    /// Name as it was at the time.
    pub name: String,
    /// The way in.
    pub via: Via,
    /// Network address of the client, or empty.
    pub remote: String,
}

/// What happened to which object.
#[derive(Debug, Clone)]
pub struct Event {
    /// Verb with its area, like `rack.create`.
    pub action: &'static str,
    /// Kind of the object, like `rack`.
    pub object_kind: &'static str,
    /// Row id of the object.
    pub object_id: Option<i64>,
    /// Name of the object as it was.
    pub object_label: String,
    /// The customer it concerns.
    pub customer_id: Option<CustomerId>,
    /// What changed, before and after; never a secret.
    pub detail: Value,
}

impl Event {
    /// An event about an object.
    pub fn new(
        action: &'static str,
        object_kind: &'static str,
        object_id: i64,
        label: impl Into<String>,
    ) -> Self {
        Self {
            action,
            object_kind,
            object_id: Some(object_id),
            object_label: label.into(),
            customer_id: None,
            detail: Value::Null,
        }
    }

    /// The same event with the customer it concerns.
    #[must_use]
    pub fn for_customer(mut self, customer: Option<CustomerId>) -> Self {
        self.customer_id = customer;
        self
    }

    /// The same event with what changed.
    #[must_use]
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Which entries to show.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this kind of object.
    pub object_kind: Option<String>,
    /// Only this object (with its kind).
    pub object_id: Option<i64>,
    /// Only actions that start with this.
    pub action: Option<String>,
    /// Only entries by an author whose name contains this.
    pub author: Option<String>,
    /// Entries older than this id.
    pub before: Option<AuditEntryId>,
    /// At most this many.
    pub limit: i64,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry fits the one before.
    Whole {
        /// How many entries there are.
        entries: i64,
        /// Hash of the last one.
        last_hash: String,
    },
    /// The first entry that does not fit.
    Broken {
        /// Its row id.
        id: i64,
        /// What does not fit.
        fault: &'static str,
    },
}

/// The hash that starts the chain.
pub const FIRST_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The parts of an entry that its hash covers, in order.
pub struct Hashed<'a> {
    /// When.
    pub at: Timestamp,
    /// Who, where, what, as stored.
    pub texts: [&'a str; 8],
    /// Row id of the user.
    pub author_user_id: Option<UserId>,
    /// Row id of the object.
    pub object_id: Option<i64>,
    /// Row id of the customer.
    pub customer_id: Option<CustomerId>,
}

impl Hashed<'_> {
    /// SHA-256 over all parts, each with its length, so that no two entries run together.
    pub fn hash(&self) -> String {
        let mut digest = Sha256::new();
        let mut add = |part: &[u8]| {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        };
        add(&self.at.millis().to_be_bytes());
        for text in self.texts {
            add(text.as_bytes());
        }
        for number in [
            self.author_user_id.map(|id| id.get()),
            self.object_id,
            self.customer_id.map(|id| id.get()),
        ] {
            add(number.map(|n| n.to_string()).unwrap_or_default().as_bytes());
        }
        hex(&digest.finalize())
    }
}
