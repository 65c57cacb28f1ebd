//! Events and channels as they are stored.

use chrono_tz::Tz;
use diesel::prelude::*;
use serde::Serialize;

use super::channel::ChannelKind;
use super::event::{Severity, subject_path};
use super::quiet::QuietHours;
use crate::base::ids::{ChannelId, CustomerId, EventId, UserId};
use crate::base::kept::KeptMessage;
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::store::schema::{channels, events};

/// Something that began and, perhaps, ended.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = events)]
pub struct Event {
    /// Row id.
    pub id: EventId,
    /// A word of the room that raised it.
    pub kind: String,
    /// Kind of the thing it is about.
    pub subject_kind: String,
    /// Row of the thing.
    pub subject_id: i64,
    /// Name of the thing when it began.
    pub subject_label: String,
    /// Whose thing it is.
    pub customer_id: Option<CustomerId>,
    /// How bad it is.
    pub severity: Severity,
    /// Whether the customer's contacts are told.
    pub tell_customer: bool,
    /// The facts, a [`KeptMessage`].
    pub facts: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last found to be so.
    pub last_seen_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// When somebody took note.
    pub acked_at: Option<Timestamp>,
    /// Who.
    pub acked_by_user_id: Option<UserId>,
    /// Their name then.
    pub acked_by_name: String,
    /// What they wrote.
    pub ack_note: String,
}

impl Event {
    /// The facts to be worded; `None` for what cannot be read.
    #[must_use]
    pub fn facts(&self) -> Option<KeptMessage> {
        KeptMessage::from_text(&self.facts)
    }

    /// Address of the page of the thing.
    #[must_use]
    pub fn subject_path(&self) -> Option<String> {
        subject_path(&self.subject_kind, self.subject_id)
    }

    /// Stable word of how it stands.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match (self.ended_at, self.acked_at) {
            (Some(_), _) => "ended",
            (None, Some(_)) => "acknowledged",
            (None, None) => "open",
        }
    }
}

/// A way notices go.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = channels)]
pub struct Channel {
    /// Row id.
    pub id: ChannelId,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
    /// Sealed address: mail addresses, or the URL, which is a secret.
    #[serde(skip)]
    pub address_sealed: Vec<u8>,
    /// As much of the address as may be seen.
    pub address_shown: String,
    /// Sealed secret that requests are signed with.
    #[serde(skip)]
    pub signing_sealed: Option<Vec<u8>>,
    /// Language.
    pub locale: Locale,
    /// Only events at least this bad.
    pub min_severity: Severity,
    /// Words of the kinds that go here, with spaces between; all when empty.
    pub event_kinds: String,
    /// Only events of this customer's things.
    pub customer_id: Option<CustomerId>,
    /// First minute of the day at which nobody is to be woken.
    pub quiet_from_minute: Option<i64>,
    /// First minute at which it is over.
    pub quiet_until_minute: Option<i64>,
    /// Days on which quiet hours begin: `1` is Monday.
    pub quiet_days: String,
    /// Zone of these hours.
    pub quiet_zone: String,
    /// Whether critical events go out at once even then.
    pub critical_passes: bool,
    /// Minutes without anybody's note after which it is told again.
    pub escalate_minutes: Option<i64>,
    /// Whether anything goes here.
    pub enabled: bool,
    /// When it was last tested.
    pub tested_at: Option<Timestamp>,
    /// What came of that: a [`KeptMessage`], or empty.
    pub test_outcome: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Channel {
    /// Its quiet hours.
    #[must_use]
    pub fn quiet(&self) -> Option<QuietHours> {
        Some(QuietHours {
            from_minute: self.quiet_from_minute?,
            until_minute: self.quiet_until_minute?,
            days: QuietHours::days_of(&self.quiet_days),
            zone: self.quiet_zone.parse().unwrap_or(Tz::UTC),
        })
    }

    /// Whether an event goes here.
    #[must_use]
    pub fn wants(&self, event: &Event) -> bool {
        let kinds = self.event_kinds.trim();
        self.enabled
            && self.archived_at.is_none()
            && event.severity.reaches(self.min_severity)
            && (kinds.is_empty() || kinds.split(' ').any(|kind| kind == event.kind))
            && (self.customer_id.is_none() || self.customer_id == event.customer_id)
    }
}

/// What people enter of a channel, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Insertable, AsChangeset)]
#[diesel(table_name = channels, treat_none_as_null = true)]
pub(super) struct ChannelColumns {
    pub name: String,
    pub kind: ChannelKind,
    pub locale: Locale,
    pub min_severity: Severity,
    pub event_kinds: String,
    pub customer_id: Option<CustomerId>,
    pub quiet_from_minute: Option<i64>,
    pub quiet_until_minute: Option<i64>,
    pub quiet_days: String,
    pub quiet_zone: String,
    pub critical_passes: bool,
    pub escalate_minutes: Option<i64>,
    pub enabled: bool,
}
