//! People who were checked out and whom no door has let out.

use diesel::prelude::*;

use super::passages::last_areas;
use crate::access::rows::SiteName;
use crate::base::fault::{Fault, Message};
use crate::base::ids::VisitPersonId;
use crate::base::time::Timestamp;
use crate::notify::event::{Raise, Severity, Subject};
use crate::notify::ops::events::{event_end, event_raise};
use crate::store::Conn;
use crate::store::schema::{doors, people, visit_people, visits};

/// The event of somebody whom no door has let out.
pub(super) const NO_EXIT: &str = "door_no_exit";
/// What it is about: a person on a visit.
const SUBJECT: &str = "visit_person";
/// From the desk to the street it takes no longer than this.
const WAY_OUT_MS: i64 = 30 * 60_000;
/// Whoever left longer ago is not looked for any more.
const LOOKED_MS: i64 = 24 * 3_600_000;

/// Somebody who was checked out.
type Left = (
    VisitPersonId,
    String,
    String,
    Option<Timestamp>,
    Option<Timestamp>,
);

/// Begins and ends the events of people of a site who were checked out half an hour ago or longer, and whose last
/// passage led in. A site without a door that leads out can't tell.
pub(super) fn lingering_settle(c: &mut Conn, site: &SiteName, now: Timestamp) -> Result<(), Fault> {
    let exits: i64 = doors::table
        .filter(doors::site_id.eq(site.id))
        .filter(doors::to_area_id.is_null())
        .filter(doors::archived_at.is_null())
        .count()
        .get_result(c)?;
    if exits == 0 {
        return Ok(());
    }
    let zone = site.zone()?;
    let left: Vec<Left> = visit_people::table
        .inner_join(visits::table)
        .inner_join(people::table)
        .filter(visits::site_id.eq(site.id))
        .filter(visit_people::checked_out_at.gt(now.plus_millis(-LOOKED_MS)))
        .filter(visit_people::checked_out_at.le(now.plus_millis(-WAY_OUT_MS)))
        .order(visit_people::id.asc())
        .select((
            visit_people::id,
            visits::number,
            people::name,
            visit_people::checked_in_at,
            visit_people::checked_out_at,
        ))
        .load(c)?;
    let ids: Vec<VisitPersonId> = left.iter().map(|(id, ..)| *id).collect();
    let since = left.iter().filter_map(|(.., came, _)| *came).min();
    let inside = last_areas(c, &ids, since.unwrap_or(now))?;
    for (id, number, name, _, gone) in left {
        if !inside.contains_key(&id) {
            event_end(c, NO_EXIT, SUBJECT, id.get(), now)?;
            continue;
        }
        let at = gone.map(|gone| gone.local_minute(zone)).unwrap_or_default();
        let raise = Raise {
            kind: NO_EXIT,
            subject: Subject {
                kind: SUBJECT,
                id: id.get(),
            },
            label: format!("{number} {name}"),
            customer: None,
            severity: Severity::Warning,
            tell_customer: false,
            facts: Message::new("door-no-exit")
                .with("name", name.as_str())
                .with("visit", number.as_str())
                .with("at", at),
        };
        event_raise(c, &raise, now)?;
    }
    Ok(())
}
