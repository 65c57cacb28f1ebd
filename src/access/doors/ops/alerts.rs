//! Events of what is wrong at doors: begun, taken note of, over.

use super::lingering::NO_EXIT;
use crate::access::doors::model::{DoorAlert, Reported};
use crate::access::doors::rows::Door;
use crate::access::rows::SiteName;
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::notify::event::{Raise, Severity, Subject};
use crate::notify::ops::events::{event_end, event_raise, events_open};
use crate::store::Conn;

/// An alert older than this is on record only: nobody is called for what a controller kept for days.
const TOLD_MS: i64 = 24 * 3_600_000;
/// An alert that somebody took note of is over when it has been quiet for so long …
const QUIET_NOTED_MS: i64 = 12 * 3_600_000;
/// … and one that nobody took note of, after so long.
const QUIET_MS: i64 = 14 * 86_400_000;
/// What alerts at doors are about.
const DOOR: &str = "door";
/// What alerts at doors that are not on record are about.
const SITE: &str = "site";

/// What is wrong, and where.
pub(super) struct AlertAt<'a> {
    /// What is wrong.
    pub alert: DoorAlert,
    /// The door, when it is on record.
    pub door: Option<&'a Door>,
    /// The site.
    pub site: &'a SiteName,
    /// What the controller told.
    pub reported: &'a Reported,
    /// Who had the badge, or empty.
    pub person: String,
}

/// Begins the event of an alert at its door, or keeps the open one. One that somebody has taken note of is over with
/// this: what happens after the note is told anew.
pub(super) fn alert_raise(c: &mut Conn, at: &AlertAt<'_>, now: Timestamp) -> Result<(), Fault> {
    if now.since_millis(at.reported.at) > TOLD_MS {
        return Ok(());
    }
    let zone = at.site.zone()?;
    let kind = at.alert.event_kind();
    let (subject, label) = match at.door {
        Some(door) => (
            Subject {
                kind: DOOR,
                id: door.id.get(),
            },
            door.name.clone(),
        ),
        None => (
            Subject {
                kind: SITE,
                id: at.site.id.get(),
            },
            format!("{} {}", at.site.code, at.reported.door),
        ),
    };
    let noted = events_open(c, &[kind])?.into_iter().any(|event| {
        event.subject_kind == subject.kind
            && event.subject_id == subject.id
            && event.acked_at.is_some()
    });
    if noted {
        event_end(c, kind, subject.kind, subject.id, now)?;
    }
    let facts = Message::new("door-alert-facts")
        .with("alert", at.alert.as_str())
        .with("door", label.as_str())
        .with("badge", at.reported.badge.as_str())
        .with("name", at.person.as_str())
        .with("at", at.reported.at.local_minute(zone));
    let raise = Raise {
        kind,
        subject,
        label,
        customer: None,
        severity: if at.alert == DoorAlert::AfterCheckOut {
            Severity::Critical
        } else {
            Severity::Warning
        },
        tell_customer: false,
        facts,
    };
    event_raise(c, &raise, now).map(drop)
}

/// Ends the alerts that have been quiet for long.
pub(super) fn alerts_settle(c: &mut Conn, now: Timestamp) -> Result<(), Fault> {
    let mut kinds: Vec<&str> = vec![NO_EXIT];
    kinds.extend(DoorAlert::ALL.iter().map(|alert| alert.event_kind()));
    for event in events_open(c, &kinds)? {
        let limit = if event.acked_at.is_some() {
            QUIET_NOTED_MS
        } else {
            QUIET_MS
        };
        if now.since_millis(event.last_seen_at) > limit {
            event_end(c, &event.kind, &event.subject_kind, event.subject_id, now)?;
        }
    }
    Ok(())
}
