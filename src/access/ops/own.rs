//! A member of staff's own time in the building, as the record of visits tells it.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::access::model::{Stay, VisitEventKind, stays};
use crate::base::fault::Fault;
use crate::base::ids::VisitId;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{people, sites, visit_events, visits};

/// One stay of the reader in a building.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OwnStay {
    /// Number of the visit.
    pub number: String,
    /// Code of the site.
    pub site: String,
    /// Zone of the site.
    pub time_zone: String,
    /// From when until when.
    pub stay: Stay,
    /// Milliseconds of it that lie in the time asked for; up to now while still inside.
    pub in_time_ms: i64,
}

/// Number of a visit, code and zone of its site, and the reader's comings (`true`) and goings.
type Came = (String, String, String, Vec<(Timestamp, bool)>);

/// The reader's stays that touch `from..until`, oldest first. Own visits are signed by the login, so they are found by
/// its name.
pub fn own_stays(
    c: &mut Conn,
    actor: &Actor,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<OwnStay>, Fault> {
    if actor.role.is_customer() {
        return Err(Fault::not_found());
    }
    actor.require(Permission::ViewVisits)?;
    let door = [VisitEventKind::CheckedIn, VisitEventKind::CheckedOut];
    let rows: Vec<(VisitId, String, String, String, Timestamp, VisitEventKind)> =
        visit_events::table
            .inner_join(visits::table.inner_join(sites::table))
            .inner_join(people::table)
            .filter(people::name.eq(&actor.name))
            .filter(people::company.eq(""))
            .filter(people::customer_id.is_null())
            .filter(visit_events::event.eq_any(door))
            .filter(visit_events::at.lt(until))
            .filter(visit_events::at.ge(from.plus_seconds(-14 * 86_400)))
            .order(visit_events::id.asc())
            .select((
                visits::id,
                visits::number,
                sites::code,
                sites::time_zone,
                visit_events::at,
                visit_events::event,
            ))
            .load(c)?;
    let mut by_visit: BTreeMap<VisitId, Came> = BTreeMap::new();
    for (id, number, site, zone, at, kind) in rows {
        let entry = by_visit
            .entry(id)
            .or_insert_with(|| (number, site, zone, Vec::new()));
        entry.3.push((at, kind == VisitEventKind::CheckedIn));
    }
    let mut found = Vec::new();
    for (number, site, time_zone, record) in by_visit.into_values() {
        for stay in stays(record)
            .into_iter()
            .filter(|stay| stay.touches(from, until))
        {
            let end = stay.until.unwrap_or(actor.now).min(until);
            found.push(OwnStay {
                number: number.clone(),
                site: site.clone(),
                time_zone: time_zone.clone(),
                stay,
                in_time_ms: end.since_millis(stay.from.max(from)).max(0),
            });
        }
    }
    found.sort_by_key(|own| own.stay.from);
    Ok(found)
}
