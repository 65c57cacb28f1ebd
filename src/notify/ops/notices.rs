//! Notices in the outbox: who is told of a transition, when, and what is due.

use std::collections::BTreeMap;

use super::channels::{channels_live, channels_of};
use super::mail_queue;
use crate::base::fault::Fault;
use crate::base::id::Id;
use crate::base::ids::{ChannelId, ContactId, CustomerId, EventId};
use crate::base::kept::KeptMessage;
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::notify::NOTICE_KIND;
use crate::notify::event::{Severity, Transition};
use crate::notify::model::QueuedMail;
use crate::notify::notice::{Destination, QueuedNotice, Told};
use crate::notify::rows::{Channel, Event};
use crate::store::Conn;
use crate::store::outbox::{self, Entry, OutboxEntry};
use crate::store::schema::{channels, contacts, events};
use diesel::prelude::*;

/// Puts a notice for each channel that wants the event, and for the customer's contacts, into the outbox.
pub(super) fn notices_queue(
    c: &mut Conn,
    event: &Event,
    transition: Transition,
    now: Timestamp,
) -> Result<(), Fault> {
    for channel in channels_live(c)? {
        if !channel.wants(event) {
            continue;
        }
        let to = Destination::Channel(channel.id);
        put(c, to, (event, transition), &channel, now, now)?;
        let later = channel
            .escalate_minutes
            .filter(|_| transition == Transition::Raised);
        if let Some(minutes) = later {
            let at = now.plus_millis(minutes.saturating_mul(60_000));
            let step = (event, Transition::Escalated);
            put(c, to, step, &channel, at, now)?;
        }
    }
    if let Some(customer) = event.customer_id.filter(|_| event.tell_customer) {
        for contact in contacts_told(c, customer)? {
            let to = Destination::Contact(contact);
            let key = dedupe(event.id, transition, to);
            let notice = QueuedNotice {
                to,
                told: Told::Event(event.id, transition),
                held: false,
            };
            outbox::put(c, NOTICE_KIND, &notice, Some(&key), now)?;
        }
    }
    Ok(())
}

fn put(
    c: &mut Conn,
    to: Destination,
    (event, transition): (&Event, Transition),
    channel: &Channel,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    let passes = channel.critical_passes && event.severity == Severity::Critical;
    let quiet = channel.quiet().filter(|_| !passes);
    let held_until = quiet.and_then(|quiet| quiet.hold_until(at));
    let notice = QueuedNotice {
        to,
        told: Told::Event(event.id, transition),
        held: held_until.is_some(),
    };
    let key = dedupe(event.id, transition, to);
    let due = held_until.unwrap_or(at);
    outbox::put_for(c, NOTICE_KIND, &notice, Some(&key), now, due)
}

fn dedupe(event: EventId, transition: Transition, to: Destination) -> String {
    let to = match to {
        Destination::Channel(id) => format!("channel-{id}"),
        Destination::Contact(id) => format!("contact-{id}"),
    };
    format!("event-{event}-{}-{to}", transition.as_str())
}

/// The contacts of a customer who want to be told and can be.
fn contacts_told(c: &mut Conn, customer: CustomerId) -> Result<Vec<ContactId>, Fault> {
    Ok(contacts::table
        .filter(contacts::customer_id.eq(customer))
        .filter(contacts::archived_at.is_null())
        .filter(contacts::receives_notices.eq(true))
        .filter(contacts::email.ne(""))
        .select(contacts::id)
        .load(c)?)
}

/// Where notices go, with what is needed to send them.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// A channel.
    Channel(Box<Channel>),
    /// A contact: name, mail address, language.
    Contact(String, String, Locale),
}

/// Notices that are claimed, with what they tell.
#[derive(Debug, Default)]
pub struct ClaimedNotices {
    /// Each entry with its notice, in order.
    pub entries: Vec<(Entry, QueuedNotice)>,
    /// Entries that cannot be read.
    pub unreadable: Vec<Entry>,
    /// Where they go, as far as it is still there and takes any.
    pub recipients: BTreeMap<Destination, Recipient>,
    /// The events, as they are now.
    pub events: BTreeMap<EventId, Event>,
}

/// Takes notices that are due.
pub fn notices_claim(
    c: &mut Conn,
    owner: &str,
    now: Timestamp,
    lease_ms: i64,
    limit: i64,
) -> Result<ClaimedNotices, Fault> {
    let mut claimed = ClaimedNotices::default();
    for entry in outbox::claim(c, NOTICE_KIND, owner, now, lease_ms, limit)? {
        match serde_json::from_str::<QueuedNotice>(&entry.payload) {
            Ok(notice) => claimed.entries.push((entry, notice)),
            Err(_) => claimed.unreadable.push(entry),
        }
    }
    let mut wanted = Vec::new();
    for (_, notice) in &claimed.entries {
        match notice.to {
            Destination::Channel(id) => wanted.push(id),
            Destination::Contact(id) => {
                if let Some(contact) = contact_told(c, id)? {
                    claimed.recipients.insert(notice.to, contact);
                }
            }
        }
        if let Told::Event(id, _) = notice.told
            && !claimed.events.contains_key(&id)
            && let Some(event) = event_told(c, id)?
        {
            claimed.events.insert(id, event);
        }
    }
    for channel in channels_of(c, &wanted)? {
        let to = Destination::Channel(channel.id);
        claimed
            .recipients
            .insert(to, Recipient::Channel(Box::new(channel)));
    }
    Ok(claimed)
}

fn event_told(c: &mut Conn, id: EventId) -> Result<Option<Event>, Fault> {
    Ok(events::table
        .find(id)
        .select(Event::as_select())
        .first(c)
        .optional()?)
}

fn contact_told(c: &mut Conn, id: ContactId) -> Result<Option<Recipient>, Fault> {
    let found: Option<(String, String, Locale)> = contacts::table
        .find(id)
        .filter(contacts::archived_at.is_null())
        .filter(contacts::receives_notices.eq(true))
        .select((contacts::name, contacts::email, contacts::locale))
        .first(c)
        .optional()?;
    Ok(found.map(|(name, email, locale)| Recipient::Contact(name, email, locale)))
}

/// Hands notices to the mailer: its mail and their end are one transaction, so that there is one mail whatever breaks.
pub fn notices_mailed(
    c: &mut Conn,
    ids: &[Id<OutboxEntry>],
    mails: &[QueuedMail],
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(first) = ids.first() else {
        return Ok(());
    };
    for (place, mail) in mails.iter().enumerate() {
        mail_queue(c, mail, Some(&format!("notice-{first}-{place}")), now)?;
    }
    for id in ids {
        outbox::done(c, *id, now)?;
    }
    Ok(())
}

/// Keeps what came of trying a channel.
pub fn channel_tested(
    c: &mut Conn,
    id: ChannelId,
    outcome: &KeptMessage,
    now: Timestamp,
) -> Result<(), Fault> {
    diesel::update(channels::table.find(id))
        .set((
            channels::tested_at.eq(now),
            channels::test_outcome.eq(outcome.to_text()),
        ))
        .execute(c)?;
    Ok(())
}
