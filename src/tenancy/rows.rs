//! Customers and contacts as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::base::ids::{ContactId, CustomerId};
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::store::schema::{contacts, customers};

/// A customer.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = customers)]
pub struct Customer {
    /// Row id.
    pub id: CustomerId,
    /// Short unique code.
    pub code: String,
    /// Registered name.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// Postal address.
    pub address: String,
    /// Number of the business licence.
    pub licence_number: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Language of mails.
    pub locale: Locale,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A contact.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = contacts)]
pub struct Contact {
    /// Row id.
    pub id: ContactId,
    /// For whom the person may act.
    pub customer_id: CustomerId,
    /// Name.
    pub name: String,
    /// What they are there.
    pub title: String,
    /// Telephone.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// Language of mails.
    pub locale: Locale,
    /// Whether they may announce visits.
    pub may_announce: bool,
    /// Whether they get notices.
    pub receives_notices: bool,
    /// Whether they get the month report by mail.
    pub wants_reports: bool,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
