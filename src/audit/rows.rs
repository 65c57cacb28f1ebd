//! One entry as it is stored.

use diesel::prelude::*;
use serde::Serialize;

use super::model::{Hashed, Via};
use crate::base::ids::{AuditEntryId, CustomerId, UserId};
use crate::base::time::Timestamp;
use crate::store::schema::audit_entries;

/// One entry of the audit log.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = audit_entries)]
pub struct Entry {
    /// Row id; the order of the chain.
    pub id: AuditEntryId,
    /// When.
    pub at: Timestamp,
    /// Who, when it was a user.
    pub author_user_id: Option<UserId>,
    /// Name of the author at the time.
    pub author_name: String,
    /// The way in.
    pub via: Via,
    /// Network address of the client.
    pub remote: String,
    /// Verb with its area.
    pub action: String,
    /// Kind of the object.
    pub object_kind: String,
    /// Row id of the object.
    pub object_id: Option<i64>,
    /// Name of the object at the time.
    pub object_label: String,
    /// The customer it concerns.
    pub customer_id: Option<CustomerId>,
    /// JSON: what changed.
    pub detail: String,
    /// Hash of the entry before.
    pub previous_hash: String,
    /// Hash of this entry.
    pub entry_hash: String,
}

/// One entry to be stored.
#[derive(Insertable)]
#[diesel(table_name = audit_entries)]
pub struct NewEntry {
    pub at: Timestamp,
    pub author_user_id: Option<UserId>,
    pub author_name: String,
    pub via: Via,
    pub remote: String,
    pub action: &'static str,
    pub object_kind: &'static str,
    pub object_id: Option<i64>,
    pub object_label: String,
    pub customer_id: Option<CustomerId>,
    pub detail: String,
    pub previous_hash: String,
    pub entry_hash: String,
}

impl NewEntry {
    /// Puts the entry's hash in.
    pub fn seal(mut self) -> Self {
        self.entry_hash = Hashed {
            at: self.at,
            texts: [
                &self.author_name,
                self.via.as_str(),
                &self.remote,
                self.action,
                self.object_kind,
                &self.object_label,
                &self.detail,
                &self.previous_hash,
            ],
            author_user_id: self.author_user_id,
            object_id: self.object_id,
            customer_id: self.customer_id,
        }
        .hash();
        self
    }
}

impl Entry {
    /// The hash this entry ought to have.
    pub fn expected_hash(&self) -> String {
        Hashed {
            at: self.at,
            texts: [
                &self.author_name,
                self.via.as_str(),
                &self.remote,
                &self.action,
                &self.object_kind,
                &self.object_label,
                &self.detail,
                &self.previous_hash,
            ],
            author_user_id: self.author_user_id,
            object_id: self.object_id,
            customer_id: self.customer_id,
        }
        .hash()
    }
}
