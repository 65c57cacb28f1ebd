//! Taking in what access controllers tell.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::alerts::{AlertAt, alert_raise, alerts_settle};
use super::holder::holder_of;
use super::lingering::lingering_settle;
use crate::access::doors::model::{
    Batch, DoorAlert, EventAnswer, MOST_EVENTS, Outcome, REFUSED_WITHIN_MS, Reported,
    is_visitor_badge, judge,
};
use crate::access::doors::rows::Door;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{DoorEventId, SiteId};
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{door_events, doors, people};

/// Takes in a batch, event by event: what is known already is counted as that, what can't be is refused by itself. The
/// answers are in the order of the events.
pub fn door_events_receive(
    c: &mut Conn,
    actor: &Actor,
    batch: &Batch,
) -> Result<Vec<EventAnswer>, Fault> {
    actor.require(Permission::SendDoorEvents)?;
    if batch.events.len() > MOST_EVENTS {
        let message = Message::new("door-fault-too-many").with("count", MOST_EVENTS);
        return Err(Fault::field("events", message));
    }
    let source = text::required_line("source", &batch.source, 64)?;
    let doors = doors_of(c, batch.site.id)?;
    let mut answers: Vec<(usize, EventAnswer)> = Vec::with_capacity(batch.events.len());
    let mut told: Vec<(usize, &Reported)> = Vec::new();
    for (index, event) in batch.events.iter().enumerate() {
        match event {
            Ok(reported) => told.push((index, reported)),
            Err(fault) => {
                let answer = EventAnswer {
                    outcome: Outcome::Refused(fault.clone()),
                    alert: None,
                };
                answers.push((index, answer));
            }
        }
    }
    // What a badge did before counts for what it does after.
    told.sort_by_key(|(index, reported)| (reported.at, *index));
    let mut recorded = 0_usize;
    for (index, reported) in told {
        let answer = take(c, actor, batch, &source, &doors, reported)?;
        recorded += usize::from(answer.outcome == Outcome::Recorded);
        answers.push((index, answer));
    }
    lingering_settle(c, &batch.site, actor.now)?;
    alerts_settle(c, actor.now)?;
    if recorded > 0 {
        let event = Event::new(
            "door.receive",
            "site",
            batch.site.id.get(),
            &batch.site.code,
        )
        .with(json!({"source": source, "events": batch.events.len(), "recorded": recorded}));
        audit::record(c, &actor.author(), actor.now, event)?;
    }
    answers.sort_by_key(|(index, _)| *index);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

fn doors_of(c: &mut Conn, site: SiteId) -> Result<HashMap<String, Door>, Fault> {
    let found: Vec<Door> = doors::table
        .filter(doors::site_id.eq(site))
        .select(Door::as_select())
        .load(c)?;
    Ok(found
        .into_iter()
        .map(|door| (door.code.clone(), door))
        .collect())
}

/// Whether an event is on record: under the controller's own name for it, or the same badge did the same at the same
/// door at the same time.
fn is_known(c: &mut Conn, source: &str, key: &str, reported: &Reported) -> Result<bool, Fault> {
    let same: Option<DoorEventId> = door_events::table
        .filter(door_events::content_key.eq(key))
        .select(door_events::id)
        .first(c)
        .optional()?;
    let named: Option<DoorEventId> = match &reported.external_id {
        Some(external) if same.is_none() => door_events::table
            .filter(door_events::source.eq(source))
            .filter(door_events::external_id.eq(external))
            .select(door_events::id)
            .first(c)
            .optional()?,
        _ => None,
    };
    Ok(same.or(named).is_some())
}

fn refusals(c: &mut Conn, site: SiteId, reported: &Reported) -> Result<i64, Fault> {
    let before: i64 = door_events::table
        .filter(door_events::site_id.eq(site))
        .filter(door_events::badge.eq(&reported.badge))
        .filter(door_events::granted.eq(false))
        .filter(door_events::at.gt(reported.at.plus_millis(-REFUSED_WITHIN_MS)))
        .filter(door_events::at.le(reported.at))
        .count()
        .get_result(c)?;
    Ok(before + i64::from(!reported.granted))
}

fn take(
    c: &mut Conn,
    actor: &Actor,
    batch: &Batch,
    source: &str,
    doors: &HashMap<String, Door>,
    reported: &Reported,
) -> Result<EventAnswer, Fault> {
    let site = &batch.site;
    let key = reported.content_key(site.id);
    if is_known(c, source, &key, reported)? {
        return Ok(EventAnswer {
            outcome: Outcome::Known,
            alert: None,
        });
    }
    let door = doors.get(&reported.door);
    let is_visitor =
        door.is_none_or(|door| is_visitor_badge(&door.visitor_badges, &reported.badge));
    let (attendance, person, alert) = if is_visitor {
        let holder = holder_of(c, site.id, &reported.badge, reported.at)?;
        let inward = door.is_none_or(|door| door.to_area_id.is_some());
        let refused = refusals(c, site.id, reported)?;
        let alert: Option<DoorAlert> = judge(reported.granted, inward, holder.standing, refused);
        (holder.attendance, holder.person, alert)
    } else {
        (None, None, None)
    };
    diesel::insert_into(door_events::table)
        .values((
            door_events::site_id.eq(site.id),
            door_events::door_id.eq(door.map(|door| door.id)),
            door_events::door_code.eq(&reported.door),
            door_events::badge.eq(&reported.badge),
            door_events::at.eq(reported.at),
            door_events::received_at.eq(actor.now),
            door_events::granted.eq(reported.granted),
            door_events::source.eq(source),
            door_events::external_id.eq(&reported.external_id),
            door_events::content_key.eq(&key),
            door_events::visit_person_id.eq(attendance),
            door_events::alert.eq(alert),
        ))
        .execute(c)?;
    if let Some(alert) = alert {
        let name: Option<String> = match person {
            Some(person) => people::table
                .find(person)
                .select(people::name)
                .first(c)
                .optional()?,
            None => None,
        };
        let at = AlertAt {
            alert,
            door,
            site,
            reported,
            person: name.unwrap_or_default(),
        };
        alert_raise(c, &at, actor.now)?;
    }
    Ok(EventAnswer {
        outcome: Outcome::Recorded,
        alert,
    })
}
