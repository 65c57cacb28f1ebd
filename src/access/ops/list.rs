//! Finding visits: lists with filters, one visit, all visits at a rack in a time.

use std::collections::HashMap;

use chrono_tz::Tz;
use diesel::prelude::*;

use super::areas::area_names_of;
use super::corrections::{AT_THE_DOOR, corrected_times};
use super::merging::merged_into;
use super::places::place;
use super::work::{devices_of, intents_of, works_of};
use super::{gate, visit_row};
use crate::access::model::{Stay, VisitEventKind, is_overdue, stays};
use crate::access::rows::{
    Attendance, HostName, Person, RackPlace, SiteName, Visit, VisitEvent, VisitRecord, Visitor,
};
use crate::access::state::VisitState;
use crate::base::fault::Fault;
use crate::base::fold::contains_pattern;
use crate::base::ids::{CustomerId, DeviceId, PersonId, RackId, SiteId, VisitEventId, VisitId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{
    customers, devices, people, racks, rooms, sites, visit_devices, visit_events, visit_people,
    visit_racks, visits,
};

crate::text_enum! {
    /// Which visits, by where they stand now.
    pub enum VisitScope {
        /// With a window that touches today.
        Today = "today",
        /// To come.
        Expected = "expected",
        /// Waiting for the operator's answer.
        Announced = "announced",
        /// Someone is inside.
        Inside = "inside",
        /// Someone is inside after the planned end.
        Overdue = "overdue",
        /// Over, one way or another.
        Past = "past",
    }
}

/// Which visits to list.
#[derive(Debug, Clone, Default)]
pub struct VisitFilter {
    /// Part of number, purpose, customer, person, company, phone, rack or device.
    pub query: String,
    /// By where they stand.
    pub scope: Option<VisitScope>,
    /// At this site.
    pub site: Option<SiteId>,
    /// To this rack.
    pub rack: Option<RackId>,
    /// About this device, or to the rack in which it stands.
    pub device: Option<DeviceId>,
    /// Whose window or stay ends after this instant.
    pub from: Option<Timestamp>,
    /// Whose window or stay begins before this instant.
    pub until: Option<Timestamp>,
    /// For this customer.
    pub customer: Option<CustomerId>,
    /// Zone of "today"; UTC when none is given.
    pub zone: Option<Tz>,
}

type Visits<'a> = visits::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

const TO_COME: [VisitState; 2] = [VisitState::Announced, VisitState::Expected];
const OVER: [VisitState; 5] = [
    VisitState::Refused,
    VisitState::CheckedOut,
    VisitState::Closed,
    VisitState::NoShow,
    VisitState::Cancelled,
];

fn filtered(c: &mut Conn, actor: &Actor, filter: &VisitFilter) -> Result<Visits<'static>, Fault> {
    let mut query = visits::table.into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(visits::customer_id.eq(own));
    }
    if let Some(site) = filter.site {
        query = query.filter(visits::site_id.eq(site));
    }
    if let Some(customer) = filter.customer {
        query = query.filter(visits::customer_id.eq(customer));
    }
    if let Some(rack) = filter.rack {
        query = query.filter(
            visits::id.eq_any(
                visit_racks::table
                    .filter(visit_racks::rack_id.eq(rack))
                    .select(visit_racks::visit_id),
            ),
        );
    }
    if let Some(device) = filter.device {
        let (device, rack) = wanted_device(c, actor, device)?;
        query = query.filter(
            visits::id
                .eq_any(
                    visit_racks::table
                        .filter(visit_racks::rack_id.eq(rack))
                        .select(visit_racks::visit_id),
                )
                .or(visits::id.eq_any(
                    visit_devices::table
                        .filter(visit_devices::device_id.eq(device))
                        .select(visit_devices::visit_id),
                )),
        );
    }
    if let Some(from) = filter.from {
        query = query.filter(
            visits::planned_until.ge(from).or(visits::id.eq_any(
                visit_people::table
                    .filter(visit_people::checked_in_at.is_not_null())
                    .filter(
                        visit_people::checked_out_at
                            .is_null()
                            .or(visit_people::checked_out_at.gt(from)),
                    )
                    .select(visit_people::visit_id),
            )),
        );
    }
    if let Some(until) = filter.until {
        query = query.filter(
            visits::planned_from.lt(until).or(visits::id.eq_any(
                visit_people::table
                    .filter(visit_people::checked_in_at.lt(until))
                    .select(visit_people::visit_id),
            )),
        );
    }
    if !filter.query.trim().is_empty() {
        let pattern = contains_pattern(&filter.query);
        let at_device = racks_of_devices(c, actor, &pattern)?;
        query = query.filter(
            visits::search_folded
                .like(pattern)
                .escape('\\')
                .or(visits::id.eq_any(
                    visit_racks::table
                        .filter(visit_racks::rack_id.eq_any(at_device))
                        .select(visit_racks::visit_id),
                )),
        );
    }
    Ok(scoped(query, filter, actor.now))
}

fn scoped<'a>(query: Visits<'a>, filter: &VisitFilter, now: Timestamp) -> Visits<'a> {
    let zone = filter.zone.unwrap_or(Tz::UTC);
    match filter.scope {
        None => query,
        Some(VisitScope::Today) => query
            .filter(visits::planned_from.lt(now.end_of_local_day(zone)))
            .filter(
                visits::planned_until
                    .ge(now.start_of_local_day(zone))
                    .or(visits::state.eq(VisitState::CheckedIn)),
            ),
        Some(VisitScope::Expected) => query
            .filter(visits::state.eq_any(TO_COME))
            .filter(visits::planned_until.ge(now)),
        Some(VisitScope::Announced) => query.filter(visits::state.eq(VisitState::Announced)),
        Some(VisitScope::Inside) => query.filter(visits::state.eq(VisitState::CheckedIn)),
        Some(VisitScope::Overdue) => query
            .filter(visits::state.eq(VisitState::CheckedIn))
            .filter(visits::planned_until.lt(now)),
        Some(VisitScope::Past) => query.filter(
            visits::state.eq_any(OVER).or(visits::state
                .eq_any(TO_COME)
                .and(visits::planned_until.lt(now))),
        ),
    }
}

/// A device and its rack as filters; those of a device that the actor can't see find nothing.
fn wanted_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<(DeviceId, RackId), Fault> {
    let mut query = devices::table.filter(devices::id.eq(device)).into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(own));
    }
    let rack: Option<Option<RackId>> = query.select(devices::rack_id).first(c).optional()?;
    Ok(match rack {
        None => (DeviceId::new(-1), RackId::new(-1)),
        Some(rack) => (device, rack.unwrap_or(RackId::new(-1))),
    })
}

/// Racks with devices whose name, serial or label fits; at most a hundred.
fn racks_of_devices(c: &mut Conn, actor: &Actor, pattern: &str) -> Result<Vec<RackId>, Fault> {
    let mut query = devices::table
        .filter(devices::search_folded.like(pattern).escape('\\'))
        .filter(devices::rack_id.is_not_null())
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(own));
    }
    let racks: Vec<Option<RackId>> = query
        .select(devices::rack_id)
        .distinct()
        .limit(100)
        .load(c)?;
    Ok(racks.into_iter().flatten().collect())
}

/// Key of a row in the order of the list: latest window first.
fn key(visit: &Visit) -> String {
    format!("{}.{}", visit.planned_from.millis(), visit.id)
}

fn read_key(text: &str) -> Option<(Timestamp, VisitId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}

/// A page of visits, the latest window first.
pub fn visit_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &VisitFilter,
    page: &PageRequest,
) -> Result<Page<VisitRecord>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let total = filtered(c, actor, filter)?.count().get_result(c)?;
    let limit = page.limit.clamp(1, 1000);
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX) + 1;
    let after = page.after.as_deref().and_then(read_key);
    let before = page
        .before
        .as_deref()
        .and_then(read_key)
        .filter(|_| after.is_none());
    let mut query = filtered(c, actor, filter)?;
    if let Some((at, id)) = after {
        query = query.filter(
            visits::planned_from
                .lt(at)
                .or(visits::planned_from.eq(at).and(visits::id.lt(id))),
        );
    }
    if let Some((at, id)) = before {
        query = query.filter(
            visits::planned_from
                .gt(at)
                .or(visits::planned_from.eq(at).and(visits::id.gt(id))),
        );
    }
    query = if before.is_some() {
        query.order((visits::planned_from.asc(), visits::id.asc()))
    } else {
        query.order((visits::planned_from.desc(), visits::id.desc()))
    };
    let mut found: Vec<Visit> = query.limit(wanted).select(Visit::as_select()).load(c)?;
    let more = found.len() > limit;
    found.truncate(limit);
    if before.is_some() {
        found.reverse();
    }
    let (has_previous, has_next) = match (before.is_some(), after.is_some()) {
        (true, _) => (more, true),
        (false, after) => (after, more),
    };
    let previous = has_previous.then(|| found.first().map(key)).flatten();
    let next = has_next.then(|| found.last().map(key)).flatten();
    Ok(Page {
        rows: assemble(c, found, actor.now)?,
        next,
        previous,
        total,
    })
}

/// Every visit that fits, for a file; at most 100,000.
pub fn visit_export(
    c: &mut Conn,
    actor: &Actor,
    filter: &VisitFilter,
) -> Result<Vec<VisitRecord>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let found: Vec<Visit> = filtered(c, actor, filter)?
        .order((visits::planned_from.desc(), visits::id.desc()))
        .limit(100_000)
        .select(Visit::as_select())
        .load(c)?;
    let mut records = Vec::with_capacity(found.len());
    for part in found.chunks(1000) {
        records.extend(assemble(c, part.to_vec(), actor.now)?);
    }
    Ok(records)
}

/// One visit by its number.
pub fn visit_by_number(c: &mut Conn, actor: &Actor, number: &str) -> Result<VisitRecord, Fault> {
    actor.require(Permission::ViewVisits)?;
    let visit = visit_row(c, actor, number)?;
    assemble(c, vec![visit], actor.now)?
        .into_iter()
        .next()
        .ok_or_else(Fault::not_found)
}

/// The number of the visit of a pass.
pub fn visit_by_pass(c: &mut Conn, actor: &Actor, code: &str) -> Result<String, Fault> {
    actor.require(Permission::ViewVisits)?;
    let mut query = visits::table
        .filter(visits::pass_code.eq(code.trim().to_uppercase()))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(visits::customer_id.eq(own));
    }
    query
        .select(visits::number)
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// A visit's record of entries, oldest first.
pub fn visit_events_of(
    c: &mut Conn,
    actor: &Actor,
    number: &str,
) -> Result<Vec<VisitEvent>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let visit = visit_row(c, actor, number)?;
    let entries = visit_events::table
        .filter(visit_events::visit_id.eq(visit.id))
        .order((visit_events::at.asc(), visit_events::id.asc()))
        .select(VisitEvent::as_select())
        .load(c)?;
    gate::entries_shown(c, actor, &visit, entries)
}

/// Someone who could touch a rack, and when.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AtRack {
    /// Number of the visit.
    pub number: String,
    /// The visit's customer, when there is one.
    pub customer: Option<String>,
    /// Name of the person.
    pub name: String,
    /// Company or empty.
    pub company: String,
    /// When they were inside.
    pub stay: Stay,
}

/// Someone's coming or going.
struct DoorEntry {
    id: VisitEventId,
    visit: VisitId,
    person: Option<PersonId>,
    at: Timestamp,
    came: bool,
}

fn door_entries(c: &mut Conn, visits: &[VisitId]) -> Result<Vec<DoorEntry>, Fault> {
    type Row = (
        VisitEventId,
        VisitId,
        Option<PersonId>,
        Timestamp,
        VisitEventKind,
    );
    let rows: Vec<Row> = visit_events::table
        .filter(visit_events::visit_id.eq_any(visits.to_vec()))
        .filter(visit_events::event.eq_any(AT_THE_DOOR))
        .order((visit_events::at.asc(), visit_events::id.asc()))
        .select((
            visit_events::id,
            visit_events::visit_id,
            visit_events::person_id,
            visit_events::at,
            visit_events::event,
        ))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(id, visit, person, at, event)| DoorEntry {
            id,
            visit,
            person,
            at,
            came: matches!(event, VisitEventKind::CheckedIn | VisitEventKind::SteppedIn),
        })
        .collect())
}

/// Who could touch a rack in `from..until`: everyone who was inside on a visit to it, stay by stay, from the
/// record of entries.
pub fn visits_at_rack(
    c: &mut Conn,
    actor: &Actor,
    rack: RackId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<AtRack>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let filter = VisitFilter {
        rack: Some(rack),
        ..VisitFilter::default()
    };
    let found: Vec<Visit> = filtered(c, actor, &filter)?
        .filter(visits::created_at.lt(until))
        .order(visits::id.asc())
        .select(Visit::as_select())
        .load(c)?;
    let records = assemble(c, found, actor.now)?;
    let ids: Vec<VisitId> = records.iter().map(|record| record.visit.id).collect();
    let corrected = corrected_times(c, &ids)?;
    let mut entries = door_entries(c, &ids)?;
    for entry in &mut entries {
        if let Some(at) = corrected.get(&entry.id) {
            entry.at = *at;
        }
    }
    entries.sort_by_key(|entry| (entry.at, entry.id));
    let of_entries = entries.iter().filter_map(|entry| entry.person).collect();
    let merged = merged_into(c, of_entries)?;
    let mut there = Vec::new();
    for record in &records {
        let is_on_it = |id: PersonId| record.people.iter().any(|one| one.person.id == id);
        for visitor in &record.people {
            let own = entries
                .iter()
                .filter(|entry| {
                    // Of a record that was merged, unless it is still on the visit itself.
                    let through = |id: PersonId| match merged.get(&id) {
                        Some(into) if !is_on_it(id) => *into,
                        _ => id,
                    };
                    entry.visit == record.visit.id
                        && entry.person.map(through) == Some(visitor.person.id)
                })
                .map(|entry| (entry.at, entry.came));
            there.extend(
                stays(own)
                    .into_iter()
                    .filter(|stay| stay.touches(from, until))
                    .map(|stay| AtRack {
                        number: record.visit.number.clone(),
                        customer: record.customer.as_ref().map(|host| host.name.clone()),
                        name: visitor.person.name.clone(),
                        company: visitor.person.company.clone(),
                        stay,
                    }),
            );
        }
    }
    there.sort_by_key(|entry| entry.stay.from);
    Ok(there)
}

/// Racks of visits, by visit.
pub(super) fn racks_of(
    c: &mut Conn,
    visits: &[VisitId],
) -> Result<HashMap<VisitId, Vec<RackPlace>>, Fault> {
    let rows: Vec<(VisitId, (RackId, String, String, SiteId))> = visit_racks::table
        .inner_join(racks::table.inner_join(rooms::table))
        .filter(visit_racks::visit_id.eq_any(visits.to_vec()))
        .order((rooms::name.asc(), racks::name.asc()))
        .select((
            visit_racks::visit_id,
            (racks::id, racks::name, rooms::name, rooms::site_id),
        ))
        .load(c)?;
    let mut by_visit: HashMap<VisitId, Vec<RackPlace>> = HashMap::new();
    for (visit, rack) in rows {
        by_visit.entry(visit).or_default().push(place(rack));
    }
    Ok(by_visit)
}

/// Visits with site, customer, people, racks, areas and work: as many queries for any number of visits.
fn assemble(c: &mut Conn, found: Vec<Visit>, now: Timestamp) -> Result<Vec<VisitRecord>, Fault> {
    let ids: Vec<VisitId> = found.iter().map(|visit| visit.id).collect();
    let all_sites: Vec<SiteName> = sites::table.select(SiteName::as_select()).load(c)?;
    let sites: HashMap<SiteId, SiteName> =
        all_sites.into_iter().map(|site| (site.id, site)).collect();
    let owners: Vec<CustomerId> = found.iter().filter_map(|visit| visit.customer_id).collect();
    let hosts: Vec<(CustomerId, String, String)> = customers::table
        .filter(customers::id.eq_any(owners))
        .select((customers::id, customers::code, customers::name))
        .load(c)?;
    let mut racks = racks_of(c, &ids)?;
    let mut people = people_of(c, &ids)?;
    let mut areas = area_names_of(c, &ids)?;
    let mut devices = devices_of(c, &ids)?;
    let mut intents = intents_of(c, &ids)?;
    let mut works = works_of(c, &ids)?;
    let mut records = Vec::with_capacity(found.len());
    for visit in found {
        let site = sites
            .get(&visit.site_id)
            .cloned()
            .ok_or_else(|| Fault::internal(format!("visit {} has no site", visit.number)))?;
        let customer = hosts
            .iter()
            .find(|(id, ..)| Some(*id) == visit.customer_id)
            .map(|(id, code, name)| HostName {
                id: *id,
                code: code.clone(),
                name: name.clone(),
            });
        let people = people.remove(&visit.id).unwrap_or_default();
        let inside = people.iter().any(|visitor| visitor.attendance.has_come());
        records.push(VisitRecord {
            overdue: is_overdue(inside, visit.planned_until, now),
            racks: racks.remove(&visit.id).unwrap_or_default(),
            named_areas: areas.remove(&visit.id).unwrap_or_default(),
            devices: devices.remove(&visit.id).unwrap_or_default(),
            power_intent_ids: intents.remove(&visit.id).unwrap_or_default(),
            work: works.remove(&visit.id),
            site,
            customer,
            people,
            visit,
        });
    }
    Ok(records)
}

fn people_of(c: &mut Conn, visits: &[VisitId]) -> Result<HashMap<VisitId, Vec<Visitor>>, Fault> {
    let rows: Vec<(Attendance, Person)> = visit_people::table
        .inner_join(people::table)
        .filter(visit_people::visit_id.eq_any(visits.to_vec()))
        .order(visit_people::id.asc())
        .select((Attendance::as_select(), Person::as_select()))
        .load(c)?;
    let mut by_visit: HashMap<VisitId, Vec<Visitor>> = HashMap::new();
    for (attendance, person) in rows {
        by_visit
            .entry(attendance.visit_id)
            .or_default()
            .push(Visitor {
                inside: attendance.is_inside(),
                attendance,
                person,
            });
    }
    Ok(by_visit)
}
