//! Bulks as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::audit::Via;
use crate::base::ids::{CustomerId, PowerBulkId, PowerScheduleId};
use crate::base::time::Timestamp;
use crate::power::model::{Action, Path, Stopped};
use crate::power::setting::Setting;
use crate::store::schema::power_bulks;

/// A wish for several machines.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = power_bulks)]
pub struct Bulk {
    /// Row id.
    pub id: PowerBulkId,
    /// What was asked of each machine.
    pub action: Action,
    /// What the action was told, as stored.
    #[diesel(column_name = setting)]
    pub setting_text: String,
    /// Which way.
    pub path: Path,
    /// Why, in the person's words.
    pub reason: String,
    /// Time between two starts, milliseconds.
    pub stagger_ms: i64,
    /// So many that did not succeed take back what has not begun.
    pub stop_after: i64,
    /// The schedule that asked.
    pub schedule_id: Option<PowerScheduleId>,
    /// The customer whose people asked.
    pub customer_id: Option<CustomerId>,
    /// Name of who asked.
    pub requested_by_name: String,
    /// The way it came in.
    pub via: Via,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// Since when nothing more is begun.
    pub stopped_at: Option<Timestamp>,
    /// Why.
    pub stopped_why: Option<Stopped>,
    /// Name of the person who stopped it.
    pub stopped_by_name: String,
    /// Version.
    pub version: i64,
}

impl Bulk {
    /// What the action was told beside its name.
    pub fn setting(&self) -> Setting {
        Setting::from_text(self.action, &self.setting_text)
    }
}
