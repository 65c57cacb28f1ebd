//! Who is inside now.

use std::collections::HashMap;

use diesel::prelude::*;

use super::areas::area_names_of;
use super::list::racks_of;
use crate::access::model::is_overdue;
use crate::access::rows::{Attendance, Person, PresentPerson, SiteName, Visit};
use crate::base::fault::Fault;
use crate::base::ids::{CustomerId, RackId, SiteId, VisitId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{customers, people, sites, visit_people, visit_racks, visits};

/// Everyone who is inside, of one site or of all, in the order they came in. Not for customers.
pub fn people_inside(
    c: &mut Conn,
    actor: &Actor,
    site: Option<SiteId>,
) -> Result<Vec<PresentPerson>, Fault> {
    if actor.role.is_customer() {
        return Err(Fault::not_found());
    }
    actor.require(Permission::ViewVisits)?;
    let mut query = visits::table
        .filter(visits::id.eq_any(inside_ids(c)?))
        .into_boxed();
    if let Some(site) = site {
        query = query.filter(visits::site_id.eq(site));
    }
    let visits = query.select(Visit::as_select()).load(c)?;
    present(c, visits, actor.now)
}

/// Everyone who is inside for a rack now: whoever asks must acknowledge them before switching what stands there.
/// Asks no rights: the caller has checked those of its own doing.
pub fn people_at_rack(
    c: &mut Conn,
    rack: RackId,
    now: Timestamp,
) -> Result<Vec<PresentPerson>, Fault> {
    let visits = visits::table
        .filter(visits::id.eq_any(inside_ids(c)?))
        .filter(
            visits::id.eq_any(
                visit_racks::table
                    .filter(visit_racks::rack_id.eq(rack))
                    .select(visit_racks::visit_id),
            ),
        )
        .select(Visit::as_select())
        .load(c)?;
    present(c, visits, now)
}

fn inside_ids(c: &mut Conn) -> Result<Vec<VisitId>, Fault> {
    Ok(visit_people::table
        .filter(visit_people::checked_in_at.is_not_null())
        .filter(visit_people::checked_out_at.is_null())
        .filter(visit_people::stepped_out_at.is_null())
        .select(visit_people::visit_id)
        .distinct()
        .load(c)?)
}

fn present(c: &mut Conn, visits: Vec<Visit>, now: Timestamp) -> Result<Vec<PresentPerson>, Fault> {
    let ids: Vec<VisitId> = visits.iter().map(|visit| visit.id).collect();
    let mut racks = racks_of(c, &ids)?;
    let areas = area_names_of(c, &ids)?;
    let sites: HashMap<SiteId, SiteName> = sites::table
        .filter(sites::id.eq_any(visits.iter().map(|visit| visit.site_id).collect::<Vec<_>>()))
        .select(SiteName::as_select())
        .load(c)?
        .into_iter()
        .map(|site: SiteName| (site.id, site))
        .collect();
    let owners: Vec<CustomerId> = visits
        .iter()
        .filter_map(|visit| visit.customer_id)
        .collect();
    let customers: HashMap<CustomerId, String> = customers::table
        .filter(customers::id.eq_any(owners))
        .select((customers::id, customers::name))
        .load(c)?
        .into_iter()
        .collect();
    let rows: Vec<(Attendance, Person)> = visit_people::table
        .inner_join(people::table)
        .filter(visit_people::visit_id.eq_any(ids))
        .filter(visit_people::checked_in_at.is_not_null())
        .filter(visit_people::checked_out_at.is_null())
        .filter(visit_people::stepped_out_at.is_null())
        .order((visit_people::checked_in_at.asc(), visit_people::id.asc()))
        .select((Attendance::as_select(), Person::as_select()))
        .load(c)?;
    let mut present = Vec::new();
    for (row, person) in rows {
        let Some(visit) = visits.iter().find(|visit| visit.id == row.visit_id) else {
            continue;
        };
        let (Some(site), Some(since)) = (sites.get(&visit.site_id), row.checked_in_at) else {
            continue;
        };
        let places = racks.entry(visit.id).or_default();
        present.push(PresentPerson {
            attendance_id: row.id,
            number: visit.number.clone(),
            name: person.name,
            company: person.company,
            phone: person.phone,
            customer: visit.customer_id.and_then(|id| customers.get(&id).cloned()),
            site: site.clone(),
            since,
            planned_until: visit.planned_until,
            overdue: is_overdue(true, visit.planned_until, now),
            racks: places
                .iter()
                .map(|rack| format!("{} / {}", rack.room, rack.name))
                .collect(),
            areas: areas.get(&visit.id).cloned().unwrap_or_default(),
            escort: visit.escort_name.clone(),
            badge: row.badge,
        });
    }
    Ok(present)
}
