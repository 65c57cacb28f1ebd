//! Console sessions and the people at them, as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use super::model::EndReason;
use crate::base::ids::{ConsoleId, ConsoleSeatId, CustomerId, DeviceId, UserId};
use crate::base::time::Timestamp;
use crate::store::schema::{console_seats, console_sessions};

/// A console from the first person to the last, and its recording.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = console_sessions)]
pub struct ConsoleSession {
    /// Row id.
    pub id: ConsoleId,
    /// The machine.
    pub device_id: DeviceId,
    /// The machine's owner at the time; none for the operator's own.
    pub customer_id: Option<CustomerId>,
    /// The machine's name at the time.
    pub machine: String,
    /// Who opened it, when it was a user.
    pub opened_by_user_id: Option<UserId>,
    /// Name of who opened it.
    pub opened_by_name: String,
    /// Why, in the person's words.
    pub reason: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its process last wrote.
    pub seen_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// Octets recorded, before compression.
    pub octets: i64,
    /// The recording stops before the end: it was too large.
    pub cut: bool,
}

/// Someone at a console.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = console_seats)]
pub struct ConsoleSeat {
    /// Row id.
    pub id: ConsoleSeatId,
    /// The user, when it was one.
    pub user_id: Option<UserId>,
    /// Name.
    pub name: String,
    /// Network address.
    #[serde(skip)]
    pub remote: String,
    /// Was the one who types for some time.
    pub wrote: bool,
    /// When they sat down.
    pub joined_at: Timestamp,
    /// When they left.
    pub left_at: Option<Timestamp>,
}
