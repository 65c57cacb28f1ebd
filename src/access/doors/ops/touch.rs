//! Who could touch a rack between two instants.

use diesel::prelude::*;

use super::holder::movement;
use super::passages::{DoorEventFilter, door_event_export};
use crate::access::doors::model::{Candidate, CandidateWay};
use crate::access::model::{VisitEventKind, stays};
use crate::access::ops::rack_choices;
use crate::access::rows::{RackPlace, SiteName};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{CustomerId, DeviceId, PersonId, RackId, RoomId, SiteId, VisitId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::ops::{consoles_between, switched_between};
use crate::store::Conn;
use crate::store::schema::{
    devices, people, racks, rooms, sites, visit_events, visit_racks, visits,
};

/// Longest time that is asked about.
const LONGEST_MS: i64 = 366 * 86_400_000;

/// Who could touch a rack.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Touch {
    /// The rack.
    pub rack: RackPlace,
    /// Its site, whose zone the times are in.
    pub site: SiteName,
    /// Who, when and why; the earliest first.
    pub candidates: Vec<Candidate>,
}

/// A rack on this side of the wall, and its site: in whose zone times are asked for.
pub fn touch_place(
    c: &mut Conn,
    actor: &Actor,
    rack: RackId,
) -> Result<(RackPlace, SiteName), Fault> {
    actor.require(Permission::ViewVisits)?;
    let (place, ..) = rack_of(c, actor, rack)?;
    let site: SiteName = sites::table
        .find(place.site_id)
        .select(SiteName::as_select())
        .first(c)?;
    Ok((place, site))
}

/// Who could touch a rack in `from..until`: people who were inside on a visit that names it, or for a customer with
/// machines in it, by the record of comings and goings; passages of doors into its room; and whoever switched its
/// machines or sat at their consoles. A customer sees the own visits and machines, and no doors. Keys that were lent
/// belong here once they are on record.
pub fn touch_candidates(
    c: &mut Conn,
    actor: &Actor,
    rack: RackId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Touch, Fault> {
    actor.require(Permission::ViewVisits)?;
    if until <= from || until.since_millis(from) > LONGEST_MS {
        return Err(Fault::field("until", Message::new("touched-fault-time")));
    }
    let (place, room, owner) = rack_of(c, actor, rack)?;
    let site: SiteName = sites::table
        .find(place.site_id)
        .select(SiteName::as_select())
        .first(c)?;
    let machines = machines_in(c, rack)?;
    let mut candidates = visitors(c, actor, rack, owner, &machines, (from, until))?;
    if !actor.role.is_customer() {
        candidates.extend(passages(c, actor, room, (from, until))?);
    }
    let ids: Vec<DeviceId> = machines.iter().map(|(id, _)| *id).collect();
    if actor.may(Permission::ViewPower) {
        let switched = switched_between(c, actor, &ids, from, until)?;
        candidates.extend(switched.into_iter().map(|row| Candidate {
            way: CandidateWay::Power,
            name: row.name,
            company: String::new(),
            from: row.at,
            until: None,
            visit: None,
            what: format!("{} · {}", row.machine, row.action),
        }));
    }
    if actor.may(Permission::WatchConsole) {
        let attended = consoles_between(c, actor, &ids, from, until)?;
        candidates.extend(attended.into_iter().map(|row| Candidate {
            way: CandidateWay::Console,
            name: row.name,
            company: String::new(),
            from: row.from,
            until: row.until,
            visit: None,
            what: row.machine,
        }));
    }
    candidates.sort_by_key(|candidate| (candidate.from, candidate.way));
    Ok(Touch {
        rack: place,
        site,
        candidates,
    })
}

/// A rack on this side of the wall, its room and its owner.
fn rack_of(
    c: &mut Conn,
    actor: &Actor,
    id: RackId,
) -> Result<(RackPlace, RoomId, Option<CustomerId>), Fault> {
    if actor.role.is_customer() && !rack_choices(c, actor)?.iter().any(|rack| rack.id == id) {
        return Err(Fault::not_found());
    }
    let found: Option<(String, Option<CustomerId>, RoomId, String, SiteId)> = racks::table
        .inner_join(rooms::table)
        .filter(racks::id.eq(id))
        .select((
            racks::name,
            racks::customer_id,
            rooms::id,
            rooms::name,
            rooms::site_id,
        ))
        .first(c)
        .optional()?;
    let (name, owner, room, room_name, site_id) = found.ok_or_else(Fault::not_found)?;
    let place = RackPlace {
        id,
        name,
        room: room_name,
        site_id,
    };
    Ok((place, room, owner))
}

/// Machines that stand in a rack now, and whose they are.
fn machines_in(c: &mut Conn, rack: RackId) -> Result<Vec<(DeviceId, Option<CustomerId>)>, Fault> {
    Ok(devices::table
        .filter(devices::rack_id.eq(rack))
        .select((devices::id, devices::customer_id))
        .load(c)?)
}

/// A visit, its number, and whose it is.
type Visited = (VisitId, String, Option<CustomerId>);

fn visitors(
    c: &mut Conn,
    actor: &Actor,
    rack: RackId,
    owner: Option<CustomerId>,
    machines: &[(DeviceId, Option<CustomerId>)],
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Candidate>, Fault> {
    let naming: Vec<VisitId> = visit_racks::table
        .filter(visit_racks::rack_id.eq(rack))
        .select(visit_racks::visit_id)
        .load(c)?;
    let mut owners: Vec<CustomerId> = machines.iter().filter_map(|(_, owner)| *owner).collect();
    owners.extend(owner);
    owners.sort();
    owners.dedup();
    let mut query = visits::table
        .filter(visits::created_at.lt(until))
        .filter(
            visits::id
                .eq_any(naming.clone())
                .or(visits::customer_id.eq_any(owners)),
        )
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(visits::customer_id.eq(own));
    }
    let found: Vec<Visited> = query
        .order(visits::id.asc())
        .select((visits::id, visits::number, visits::customer_id))
        .load(c)?;
    let mut all = Vec::new();
    for part in found.chunks(500) {
        let ids: Vec<VisitId> = part.iter().map(|(id, ..)| *id).collect();
        let record = movements(c, &ids)?;
        for (id, number, _) in part {
            let way = if naming.contains(id) {
                CandidateWay::VisitToRack
            } else {
                CandidateWay::VisitOfCustomer
            };
            all.extend(
                record
                    .iter()
                    .filter(|own| own.visit == *id)
                    .flat_map(|own| {
                        stays(own.steps.iter().copied())
                            .into_iter()
                            .filter(|stay| stay.touches(from, until))
                            .map(|stay| Candidate {
                                way,
                                name: own.name.clone(),
                                company: own.company.clone(),
                                from: stay.from,
                                until: stay.until,
                                visit: Some(number.clone()),
                                what: String::new(),
                            })
                            .collect::<Vec<_>>()
                    }),
            );
        }
    }
    Ok(all)
}

/// Comings and goings of one person on one visit.
struct Movements {
    visit: VisitId,
    person: PersonId,
    name: String,
    company: String,
    steps: Vec<(Timestamp, bool)>,
}

fn movements(c: &mut Conn, visits: &[VisitId]) -> Result<Vec<Movements>, Fault> {
    let rows: Vec<(VisitId, PersonId, String, String, Timestamp, VisitEventKind)> =
        visit_events::table
            .inner_join(people::table)
            .filter(visit_events::visit_id.eq_any(visits.to_vec()))
            .order((visit_events::at.asc(), visit_events::id.asc()))
            .select((
                visit_events::visit_id,
                people::id,
                people::name,
                people::company,
                visit_events::at,
                visit_events::event,
            ))
            .load(c)?;
    let mut all: Vec<Movements> = Vec::new();
    for (visit, person, name, company, at, kind) in rows {
        let Some(came) = movement(kind) else { continue };
        let own = all
            .iter_mut()
            .find(|own| own.visit == visit && own.person == person);
        match own {
            Some(own) => own.steps.push((at, came)),
            None => all.push(Movements {
                visit,
                person,
                name,
                company,
                steps: vec![(at, came)],
            }),
        }
    }
    Ok(all)
}

/// Who passed a door into the rack's room.
fn passages(
    c: &mut Conn,
    actor: &Actor,
    room: RoomId,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Candidate>, Fault> {
    let filter = DoorEventFilter {
        room: Some(room),
        from: Some(from),
        until: Some(until),
        ..DoorEventFilter::default()
    };
    let rows = door_event_export(c, actor, &filter)?;
    Ok(rows
        .into_iter()
        .filter(|row| row.event.granted)
        .map(|row| {
            let door = row.door.unwrap_or(row.event.door_code);
            Candidate {
                way: CandidateWay::Door,
                name: row.person.unwrap_or_default(),
                company: String::new(),
                from: row.event.at,
                until: None,
                visit: row.visit,
                what: format!("{door} · {}", row.event.badge),
            }
        })
        .collect())
}
