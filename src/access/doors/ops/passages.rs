//! What was told of doors, joined to visits: lists, the passages of a visit, who is in which area.

use std::collections::HashMap;

use diesel::prelude::*;

use super::doors::{area_names, site_names};
use crate::access::doors::model::{DoorAlert, GRACE_MS};
use crate::access::doors::rows::{Door, DoorEvent, DoorEventRow};
use crate::access::ops::{people_inside, visit_row};
use crate::access::rows::PresentPerson;
use crate::base::fault::Fault;
use crate::base::ids::{AreaId, DoorEventId, DoorId, RoomId, SiteId, VisitPersonId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{door_events, doors, people, visit_people, visits};

/// Most rows of a file.
const MOST_ROWS: i64 = 100_000;
/// Most passages of one visit on its page.
const MOST_OF_VISIT: i64 = 500;

/// Which events to list.
#[derive(Debug, Clone, Default)]
pub struct DoorEventFilter {
    /// At this site.
    pub site: Option<SiteId>,
    /// At this door.
    pub door: Option<DoorId>,
    /// At a door into this room.
    pub room: Option<RoomId>,
    /// With this number of a badge.
    pub badge: String,
    /// With this alert.
    pub alert: Option<DoorAlert>,
    /// With any alert.
    pub alerts_only: bool,
    /// Not before this instant.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

type Events<'a> = door_events::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

fn filtered(c: &mut Conn, filter: &DoorEventFilter) -> Result<Events<'static>, Fault> {
    let mut query = door_events::table.into_boxed();
    if let Some(site) = filter.site {
        query = query.filter(door_events::site_id.eq(site));
    }
    if let Some(door) = filter.door {
        query = query.filter(door_events::door_id.eq(door));
    }
    if let Some(room) = filter.room {
        let into: Vec<DoorId> = doors::table
            .filter(doors::room_id.eq(room))
            .select(doors::id)
            .load(c)?;
        query = query.filter(door_events::door_id.eq_any(into));
    }
    let badge = filter.badge.trim();
    if !badge.is_empty() {
        query = query.filter(door_events::badge.eq(badge.to_owned()));
    }
    if let Some(alert) = filter.alert {
        query = query.filter(door_events::alert.eq(alert));
    } else if filter.alerts_only {
        query = query.filter(door_events::alert.is_not_null());
    }
    if let Some(from) = filter.from {
        query = query.filter(door_events::at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(door_events::at.lt(until));
    }
    Ok(query)
}

/// Who passes which door is for staff who see visits, never for customers.
fn require_staff(actor: &Actor) -> Result<(), Fault> {
    if actor.role.is_customer() {
        return Err(Fault::not_found());
    }
    actor.require(Permission::ViewVisits)
}

fn key(event: &DoorEvent) -> String {
    format!("{}.{}", event.at.millis(), event.id)
}

fn read_key(text: &str) -> Option<(Timestamp, DoorEventId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}

/// A page of events, the latest first. Not for customers.
pub fn door_event_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &DoorEventFilter,
    page: &PageRequest,
) -> Result<Page<DoorEventRow>, Fault> {
    require_staff(actor)?;
    let total = filtered(c, filter)?.count().get_result(c)?;
    let limit = page.limit.clamp(1, 1000);
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let after = page.after.as_deref().and_then(read_key);
    let before = page
        .before
        .as_deref()
        .and_then(read_key)
        .filter(|_| after.is_none());
    let mut query = filtered(c, filter)?;
    if let Some((at, id)) = after {
        query = query.filter(
            door_events::at
                .lt(at)
                .or(door_events::at.eq(at).and(door_events::id.lt(id))),
        );
    }
    if let Some((at, id)) = before {
        query = query.filter(
            door_events::at
                .gt(at)
                .or(door_events::at.eq(at).and(door_events::id.gt(id))),
        );
    }
    query = if before.is_some() {
        query.order((door_events::at.asc(), door_events::id.asc()))
    } else {
        query.order((door_events::at.desc(), door_events::id.desc()))
    };
    let mut found: Vec<DoorEvent> = query.limit(wanted).select(DoorEvent::as_select()).load(c)?;
    let more = found.len() > limit;
    found.truncate(limit);
    if before.is_some() {
        found.reverse();
    }
    let (has_previous, has_next) = match (before.is_some(), after.is_some()) {
        (true, _) => (more, true),
        (false, after) => (after, more),
    };
    Ok(Page {
        previous: has_previous.then(|| found.first().map(key)).flatten(),
        next: has_next.then(|| found.last().map(key)).flatten(),
        rows: assembled(c, found)?,
        total,
    })
}

/// Events for a file, the latest first, at most 100,000. Not for customers.
pub fn door_event_export(
    c: &mut Conn,
    actor: &Actor,
    filter: &DoorEventFilter,
) -> Result<Vec<DoorEventRow>, Fault> {
    require_staff(actor)?;
    let found: Vec<DoorEvent> = filtered(c, filter)?
        .order((door_events::at.desc(), door_events::id.desc()))
        .limit(MOST_ROWS)
        .select(DoorEvent::as_select())
        .load(c)?;
    let mut rows = Vec::with_capacity(found.len());
    for part in found.chunks(1000) {
        rows.extend(assembled(c, part.to_vec())?);
    }
    Ok(rows)
}

/// The passages of the people of a visit, oldest first.
pub fn passages_of_visit(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
) -> Result<Vec<DoorEventRow>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let visit = visit_row(c, actor, number)?;
    let there: Vec<VisitPersonId> = visit_people::table
        .filter(visit_people::visit_id.eq(visit.id))
        .select(visit_people::id)
        .load(c)?;
    let found: Vec<DoorEvent> = door_events::table
        .filter(door_events::visit_person_id.eq_any(there))
        .order((door_events::at.asc(), door_events::id.asc()))
        .limit(MOST_OF_VISIT)
        .select(DoorEvent::as_select())
        .load(c)?;
    assembled(c, found)
}

/// Events of people on visits in a time, for evidence. The caller has checked the right.
pub(in crate::access) fn passages_of(
    c: &mut Conn,
    there: &[VisitPersonId],
) -> Result<Vec<DoorEventRow>, Fault> {
    let mut found: Vec<DoorEvent> = Vec::new();
    for part in there.chunks(500) {
        let rows: Vec<DoorEvent> = door_events::table
            .filter(door_events::visit_person_id.eq_any(part.to_vec()))
            .order((door_events::at.asc(), door_events::id.asc()))
            .select(DoorEvent::as_select())
            .load(c)?;
        found.extend(rows);
    }
    found.sort_by_key(|event| (event.at, event.id));
    let mut rows = Vec::with_capacity(found.len());
    for part in found.chunks(1000) {
        rows.extend(assembled(c, part.to_vec())?);
    }
    Ok(rows)
}

/// Events with doors, areas, people and visits: five queries for any number of them.
pub(super) fn assembled(c: &mut Conn, found: Vec<DoorEvent>) -> Result<Vec<DoorEventRow>, Fault> {
    let (areas, sites) = (area_names(c)?, site_names(c)?);
    let wanted: Vec<DoorId> = found.iter().filter_map(|event| event.door_id).collect();
    let rows: Vec<Door> = doors::table
        .filter(doors::id.eq_any(wanted))
        .select(Door::as_select())
        .load(c)?;
    let doors: HashMap<DoorId, Door> = rows.into_iter().map(|door| (door.id, door)).collect();
    let wanted: Vec<VisitPersonId> = found
        .iter()
        .filter_map(|event| event.visit_person_id)
        .collect();
    let rows: Vec<(VisitPersonId, String, String)> = visit_people::table
        .inner_join(visits::table)
        .inner_join(people::table)
        .filter(visit_people::id.eq_any(wanted))
        .select((visit_people::id, people::name, visits::number))
        .load(c)?;
    let people: HashMap<VisitPersonId, (String, String)> = rows
        .into_iter()
        .map(|(id, name, number)| (id, (name, number)))
        .collect();
    let area = |id: Option<AreaId>| id.and_then(|id| areas.get(&id).cloned());
    let mut all = Vec::with_capacity(found.len());
    for event in found {
        let site = sites
            .get(&event.site_id)
            .cloned()
            .ok_or_else(|| Fault::internal(format!("door event {} has no site", event.id)))?;
        let door = event.door_id.and_then(|id| doors.get(&id));
        let who = event.visit_person_id.and_then(|id| people.get(&id));
        all.push(DoorEventRow {
            site,
            door: door.map(|door| door.name.clone()),
            from_area: area(door.and_then(|door| door.from_area_id)),
            to_area: area(door.and_then(|door| door.to_area_id)),
            person: who.map(|(name, _)| name.clone()),
            visit: who.map(|(_, number)| number.clone()),
            event,
        });
    }
    Ok(all)
}

/// The area that each person on a visit went into last since an instant; those who went outside, or through no door,
/// are not there. The caller has checked the right.
pub fn last_areas(
    c: &mut Conn,
    there: &[VisitPersonId],
    since: Timestamp,
) -> Result<HashMap<VisitPersonId, AreaId>, Fault> {
    let rows: Vec<(Option<VisitPersonId>, Option<AreaId>)> = door_events::table
        .inner_join(doors::table)
        .filter(door_events::visit_person_id.eq_any(there.to_vec()))
        .filter(door_events::granted.eq(true))
        .filter(door_events::at.ge(since))
        .order((door_events::at.asc(), door_events::id.asc()))
        .select((door_events::visit_person_id, doors::to_area_id))
        .load(c)?;
    let mut last: HashMap<VisitPersonId, AreaId> = HashMap::new();
    for (person, area) in rows {
        match (person, area) {
            (Some(person), Some(area)) => {
                last.insert(person, area);
            }
            (Some(person), None) => {
                last.remove(&person);
            }
            (None, _) => {}
        }
    }
    Ok(last)
}

/// Who is inside in one area.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AreaPeople {
    /// The area; none for people whom no door has seen.
    pub area_id: Option<AreaId>,
    /// Its name.
    pub area: Option<String>,
    /// Who is there, in the order they came in.
    pub people: Vec<PresentPerson>,
}

/// Who is inside now, by the area that a door let them into last; areas by name, those whom no door has seen at the
/// end. Not for customers.
pub fn people_by_area(
    c: &mut Conn,
    actor: &Actor,
    site: Option<SiteId>,
) -> Result<Vec<AreaPeople>, Fault> {
    let inside = people_inside(c, actor, site)?;
    let names = area_names(c)?;
    let there: Vec<VisitPersonId> = inside.iter().map(|person| person.attendance_id).collect();
    let since = inside
        .iter()
        .map(|person| person.since)
        .min()
        .unwrap_or(actor.now);
    let last = last_areas(c, &there, since.plus_millis(-GRACE_MS))?;
    let mut by_area: HashMap<Option<AreaId>, Vec<PresentPerson>> = HashMap::new();
    for person in inside {
        let area = last.get(&person.attendance_id).copied();
        by_area.entry(area).or_default().push(person);
    }
    let mut all: Vec<AreaPeople> = by_area
        .into_iter()
        .map(|(area_id, people)| AreaPeople {
            area_id,
            area: area_id.and_then(|id| names.get(&id).cloned()),
            people,
        })
        .collect();
    all.sort_by(|a, b| {
        (a.area_id.is_none(), &a.area, a.area_id).cmp(&(b.area_id.is_none(), &b.area, b.area_id))
    });
    Ok(all)
}
