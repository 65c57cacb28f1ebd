//! Schedules as they are stored.

use chrono_tz::Tz;
use diesel::prelude::*;
use serde::Serialize;

use crate::base::ids::{CustomerId, PowerScheduleId, UserId};
use crate::base::kept::KeptMessage;
use crate::base::time::Timestamp;
use crate::power::model::{Action, Path};
use crate::power::schedule::{Rhythm, Weekdays, When, day};
use crate::power::setting::Setting;
use crate::store::schema::power_schedules;

/// A wish that comes back by the calendar.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = power_schedules)]
pub struct Schedule {
    /// Row id.
    pub id: PowerScheduleId,
    /// Name.
    pub name: String,
    /// What is asked of each machine.
    pub action: Action,
    /// What the action is told, as stored.
    #[diesel(column_name = setting)]
    #[serde(rename = "setting")]
    pub setting_text: String,
    /// Which way.
    pub path: Path,
    /// Why, in the person's words.
    pub reason: String,
    /// Name of the zone.
    pub zone: String,
    /// How often.
    pub rhythm: Rhythm,
    /// The day of a single run, `2026-11-22`.
    pub local_date: String,
    /// Days of weekly runs, as stored.
    pub weekdays: i64,
    /// Minutes after midnight by the wall clock.
    pub minute_of_day: i64,
    /// Time between two starts, milliseconds.
    pub stagger_ms: i64,
    /// So many that did not succeed take back what has not begun.
    pub stop_after: i64,
    /// The customer whose people made it.
    pub customer_id: Option<CustomerId>,
    /// Who answers for it.
    pub owner_user_id: Option<UserId>,
    /// Name of who answers for it.
    pub owner_name: String,
    /// It does not run while this holds.
    pub paused: bool,
    /// When it runs next.
    pub next_run_at: Option<Timestamp>,
    /// When it last ran or should have.
    pub last_run_at: Option<Timestamp>,
    /// What came of it, kept.
    #[serde(skip)]
    pub last_said: String,
    /// Taken out of use.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Schedule {
    /// What the action is told beside its name.
    pub fn setting(&self) -> Setting {
        Setting::from_text(self.action, &self.setting_text)
    }

    /// The days of weekly runs.
    pub fn days(&self) -> Weekdays {
        Weekdays::from_number(self.weekdays)
    }

    /// When it runs; none for a date that can't be read.
    pub fn when(&self) -> Option<When> {
        match self.rhythm {
            Rhythm::Weekly => Some(When::Weekly(self.days())),
            Rhythm::Once => day(&self.local_date).map(When::Once),
        }
    }

    /// The zone of its wall clock; UTC for a name that is no longer known.
    pub fn zone(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }

    /// What came of the last run.
    pub fn last_words(&self) -> Option<KeptMessage> {
        KeptMessage::from_text(&self.last_said)
    }
}
