//! What begins, lasts, is taken note of and ends.

use diesel::prelude::*;
use serde_json::json;

use super::notices::notices_queue;
use crate::audit;
use crate::base::fault::{Fault, Message};
use crate::base::ids::EventId;
use crate::base::kept::KeptMessage;
use crate::base::page::{Page, PageRequest};
use crate::base::text::paragraph;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::notify::event::{EventFilter, EventScope, Raise, Raised, Severity, Transition};
use crate::notify::rows::Event;
use crate::store::Conn;
use crate::store::schema::{events, ports, snmp_targets};

diesel::define_sql_function! {
    /// Lower case, as both databases have it.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// How often the time is written at which an open event was last found to be so.
const TOUCHED_EVERY_MS: i64 = 5 * 60_000;
/// Most rows of a CSV file.
const MOST_ROWS: i64 = 20_000;
/// Longest note.
const LONGEST_NOTE: usize = 500;

/// Raises an event, unless one of the kind about the thing is open: then only the time it was last seen moves, and how
/// bad it is. When the thing belongs to another customer by now, that one ends and a new one begins: neither sees the
/// other's. Notices go into the outbox in the same transaction.
pub fn event_raise(c: &mut Conn, raise: &Raise, now: Timestamp) -> Result<Raised, Fault> {
    if let Some(open) = open_event(c, raise.kind, raise.subject.kind, raise.subject.id)? {
        if open.customer_id == raise.customer {
            still_open(c, &open, raise, now)?;
            return Ok(Raised::Still);
        }
        end(c, open, now)?;
    }
    let id: EventId = diesel::insert_into(events::table)
        .values((
            events::kind.eq(raise.kind),
            events::subject_kind.eq(raise.subject.kind),
            events::subject_id.eq(raise.subject.id),
            events::subject_label.eq(&raise.label),
            events::customer_id.eq(raise.customer),
            events::severity.eq(raise.severity),
            events::tell_customer.eq(raise.tell_customer && raise.customer.is_some()),
            events::facts.eq(KeptMessage::from(&raise.facts).to_text()),
            events::started_at.eq(now),
            events::last_seen_at.eq(now),
            events::acked_by_name.eq(""),
            events::ack_note.eq(""),
        ))
        .returning(events::id)
        .get_result(c)?;
    let event: Event = events::table.find(id).select(Event::as_select()).first(c)?;
    notices_queue(c, &event, Transition::Raised, now)?;
    Ok(Raised::New)
}

fn still_open(c: &mut Conn, open: &Event, raise: &Raise, now: Timestamp) -> Result<(), Fault> {
    let is_due = now.since_millis(open.last_seen_at) >= TOUCHED_EVERY_MS;
    if is_due || open.severity != raise.severity {
        diesel::update(events::table.find(open.id))
            .set((
                events::last_seen_at.eq(now),
                events::severity.eq(raise.severity),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// Ends the open event of a kind about a thing; `false` when there is none.
pub fn event_end(
    c: &mut Conn,
    kind: &str,
    subject_kind: &str,
    subject_id: i64,
    now: Timestamp,
) -> Result<bool, Fault> {
    let Some(open) = open_event(c, kind, subject_kind, subject_id)? else {
        return Ok(false);
    };
    end(c, open, now)?;
    Ok(true)
}

fn end(c: &mut Conn, open: Event, now: Timestamp) -> Result<(), Fault> {
    diesel::update(events::table.find(open.id))
        .set(events::ended_at.eq(now))
        .execute(c)?;
    let ended = Event {
        ended_at: Some(now),
        ..open
    };
    notices_queue(c, &ended, Transition::Ended, now)
}

fn open_event(
    c: &mut Conn,
    kind: &str,
    subject_kind: &str,
    subject_id: i64,
) -> Result<Option<Event>, Fault> {
    Ok(events::table
        .filter(events::kind.eq(kind))
        .filter(events::subject_kind.eq(subject_kind))
        .filter(events::subject_id.eq(subject_id))
        .filter(events::ended_at.is_null())
        .select(Event::as_select())
        .first(c)
        .optional()?)
}

/// The open events of some kinds, for the task that judges them.
pub fn events_open(c: &mut Conn, kinds: &[&str]) -> Result<Vec<Event>, Fault> {
    Ok(events::table
        .filter(events::ended_at.is_null())
        .filter(events::kind.eq_any(kinds.iter().copied()))
        .select(Event::as_select())
        .load(c)?)
}

/// Takes note of an open event, with words for the colleagues.
pub fn event_ack(c: &mut Conn, actor: &Actor, id: EventId, note: &str) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let note = paragraph("note", note, LONGEST_NOTE)?;
    let event = event_by_id(c, actor, id)?;
    if event.ended_at.is_some() {
        return Err(Fault::conflict(Message::new("fault-event-over")));
    }
    if event.acked_at.is_some() {
        return Err(Fault::conflict(Message::new("fault-event-acked")));
    }
    diesel::update(events::table.find(id))
        .set((
            events::acked_at.eq(actor.now),
            events::acked_by_user_id.eq(actor.user_id),
            events::acked_by_name.eq(&actor.name),
            events::ack_note.eq(&note),
        ))
        .execute(c)?;
    let entry = audit::Event::new("event.ack", "event", id.get(), &event.subject_label)
        .for_customer(event.customer_id)
        .with(json!({"kind": event.kind, "note": note}));
    audit::record(c, &actor.author(), actor.now, entry)
}

/// One event on this side of the wall.
pub fn event_by_id(c: &mut Conn, actor: &Actor, id: EventId) -> Result<Event, Fault> {
    actor.require(Permission::ViewDevices)?;
    let found: Option<Event> = events::table
        .find(id)
        .select(Event::as_select())
        .first(c)
        .optional()?;
    found
        .filter(|event| actor.wall().shows(event.customer_id))
        .ok_or_else(Fault::not_found)
}

macro_rules! matching {
    ($filter:expr, $own:expr) => {{
        let filter: &EventFilter = $filter;
        let mut query = events::table.into_boxed();
        query = match filter.scope.unwrap_or(EventScope::Open) {
            EventScope::Open => query.filter(events::ended_at.is_null()),
            EventScope::Unacked => query
                .filter(events::ended_at.is_null())
                .filter(events::acked_at.is_null()),
            EventScope::Ended => query.filter(events::ended_at.is_not_null()),
            EventScope::All => query,
        };
        for only in [$own, filter.customer].into_iter().flatten() {
            query = query.filter(events::customer_id.eq(only));
        }
        if let Some(kind) = &filter.kind {
            query = query.filter(events::kind.eq(kind.clone()));
        }
        if let Some(device) = filter.device {
            let targets = snmp_targets::table
                .filter(snmp_targets::device_id.eq(device))
                .select(snmp_targets::id);
            let of_device = ports::table
                .filter(ports::device_id.eq(device))
                .select(ports::id);
            let is = |kind: &'static str| events::subject_kind.eq(kind);
            query = query.filter(
                is("device")
                    .and(events::subject_id.eq(device.get()))
                    .or(is("target").and(events::subject_id.eq_any(targets)))
                    .or(is("port").and(events::subject_id.eq_any(of_device))),
            );
        }
        if !filter.query.is_empty() {
            let pattern = crate::base::fold::contains_pattern(&filter.query);
            query = query.filter(lower(events::subject_label).like(pattern).escape('\\'));
        }
        query
    }};
}

/// Events, the newest first, a page of them.
pub fn event_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &EventFilter,
    page: &PageRequest,
) -> Result<Page<Event>, Fault> {
    actor.require(Permission::ViewDevices)?;
    let own = actor.wall().customer();
    let total: i64 = matching!(filter, own).count().get_result(c)?;
    let limit = page.limit.clamp(1, 1000);
    let fetch = i64::try_from(limit).unwrap_or(1000) + 1;
    let key = |text: &Option<String>| text.as_deref()?.parse::<i64>().ok().map(EventId::new);
    let (after, before) = (key(&page.after), key(&page.before));
    let query = matching!(filter, own).limit(fetch);
    let mut rows: Vec<Event> = match (after, before) {
        (Some(after), _) => query
            .filter(events::id.lt(after))
            .order(events::id.desc())
            .select(Event::as_select())
            .load(c)?,
        (None, Some(before)) => query
            .filter(events::id.gt(before))
            .order(events::id.asc())
            .select(Event::as_select())
            .load(c)?,
        (None, None) => query
            .order(events::id.desc())
            .select(Event::as_select())
            .load(c)?,
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let back = after.is_none() && before.is_some();
    if back {
        rows.reverse();
    }
    let at = |row: Option<&Event>| row.map(|row| row.id.to_string());
    let (next, previous) = if back {
        (at(rows.last()), at(rows.first().filter(|_| more)))
    } else {
        (
            at(rows.last().filter(|_| more)),
            at(rows.first().filter(|_| after.is_some())),
        )
    };
    Ok(Page {
        next,
        previous,
        rows,
        total,
    })
}

/// Events for a file, the newest first, at most 20,000.
pub fn event_export(
    c: &mut Conn,
    actor: &Actor,
    filter: &EventFilter,
) -> Result<Vec<Event>, Fault> {
    actor.require(Permission::ViewDevices)?;
    let own = actor.wall().customer();
    Ok(matching!(filter, own)
        .order(events::id.desc())
        .limit(MOST_ROWS)
        .select(Event::as_select())
        .load(c)?)
}

/// Removes up to `limit` events that ended before an instant; open ones stay. Gives how many.
pub fn events_expire(c: &mut Conn, before: Timestamp, limit: i64) -> Result<usize, Fault> {
    let old: Vec<EventId> = events::table
        .filter(events::ended_at.lt(before))
        .order(events::id.asc())
        .limit(limit)
        .select(events::id)
        .load(c)?;
    Ok(diesel::delete(events::table.filter(events::id.eq_any(old))).execute(c)?)
}

/// The open events that nobody has taken note of, the worst and oldest first.
pub fn events_waiting(c: &mut Conn, actor: &Actor, limit: i64) -> Result<Vec<Event>, Fault> {
    actor.require(Permission::ViewDevices)?;
    let own = actor.wall().customer();
    let filter = EventFilter {
        scope: Some(EventScope::Unacked),
        ..EventFilter::default()
    };
    let mut worst = Vec::new();
    for severity in Severity::ALL {
        let left = limit - i64::try_from(worst.len()).unwrap_or(limit);
        let mut rows: Vec<Event> = matching!(&filter, own)
            .filter(events::severity.eq(*severity))
            .order((events::started_at.asc(), events::id.asc()))
            .limit(left.max(0))
            .select(Event::as_select())
            .load(c)?;
        worst.append(&mut rows);
    }
    Ok(worst)
}

/// Open events about a thing, for its page.
pub fn events_of(
    c: &mut Conn,
    actor: &Actor,
    subject_kind: &str,
    subject_id: i64,
) -> Result<Vec<Event>, Fault> {
    actor.require(Permission::ViewDevices)?;
    let mut all: Vec<Event> = events::table
        .filter(events::subject_kind.eq(subject_kind))
        .filter(events::subject_id.eq(subject_id))
        .filter(events::ended_at.is_null())
        .select(Event::as_select())
        .load(c)?;
    all.retain(|event| actor.wall().shows(event.customer_id));
    all.sort_by_key(|event| (event.severity.rank(), event.started_at));
    Ok(all)
}
