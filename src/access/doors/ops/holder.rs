//! Who had a badge at an instant, and where they stood.

use diesel::prelude::*;

use crate::access::doors::model::{GRACE_MS, Standing};
use crate::access::model::VisitEventKind;
use crate::base::fault::Fault;
use crate::base::ids::{PersonId, SiteId, VisitId, VisitPersonId};
use crate::base::time::Timestamp;
use crate::store::Conn;
use crate::store::schema::{visit_events, visit_people, visits};

/// Who had a badge.
pub(super) struct Holder {
    /// The person on the visit; none when nobody had it.
    pub attendance: Option<VisitPersonId>,
    /// Name for alerts is looked up by this.
    pub person: Option<PersonId>,
    /// Where they stood.
    pub standing: Standing,
}

/// The visit, the person, the badge given back, and when the person left.
type Had = (
    VisitPersonId,
    VisitId,
    PersonId,
    Option<bool>,
    Option<Timestamp>,
);

/// Who had a badge of a site at an instant: the last one it was handed to before.
pub(super) fn holder_of(
    c: &mut Conn,
    site: SiteId,
    badge: &str,
    at: Timestamp,
) -> Result<Holder, Fault> {
    let had: Option<Had> = visit_people::table
        .inner_join(visits::table)
        .filter(visits::site_id.eq(site))
        .filter(visit_people::badge.eq(badge))
        .filter(visit_people::checked_in_at.le(at.plus_millis(GRACE_MS)))
        .order((visit_people::checked_in_at.desc(), visit_people::id.desc()))
        .select((
            visit_people::id,
            visit_people::visit_id,
            visit_people::person_id,
            visit_people::badge_returned,
            visit_people::checked_out_at,
        ))
        .first(c)
        .optional()?;
    let Some((attendance, visit, person, returned, left)) = had else {
        return nobody(c, site, badge);
    };
    let given_back = if returned == Some(true) {
        let later: Option<Timestamp> = visit_events::table
            .filter(visit_events::visit_id.eq(visit))
            .filter(visit_events::person_id.eq(person))
            .filter(visit_events::event.eq(VisitEventKind::BadgeReturned))
            .order(visit_events::at.desc())
            .select(visit_events::at)
            .first(c)
            .optional()?;
        later.or(left)
    } else {
        None
    };
    if given_back.is_some_and(|given_back| given_back.plus_millis(GRACE_MS) < at) {
        return Ok(Holder {
            attendance: None,
            person: None,
            standing: Standing::NotOut,
        });
    }
    Ok(Holder {
        attendance: Some(attendance),
        person: Some(person),
        standing: standing(c, visit, person, at)?,
    })
}

/// A badge that nobody had then: known from another time, or not at all.
fn nobody(c: &mut Conn, site: SiteId, badge: &str) -> Result<Holder, Fault> {
    let ever: Option<VisitPersonId> = visit_people::table
        .inner_join(visits::table)
        .filter(visits::site_id.eq(site))
        .filter(visit_people::badge.eq(badge))
        .select(visit_people::id)
        .first(c)
        .optional()?;
    Ok(Holder {
        attendance: None,
        person: None,
        standing: if ever.is_some() {
            Standing::NotOut
        } else {
            Standing::Unknown
        },
    })
}

/// Whether an entry of the record is that somebody came in (`true`) or left (`false`).
pub(super) const fn movement(kind: VisitEventKind) -> Option<bool> {
    match kind {
        VisitEventKind::CheckedIn | VisitEventKind::SteppedIn => Some(true),
        VisitEventKind::CheckedOut | VisitEventKind::SteppedOut => Some(false),
        _ => None,
    }
}

/// Where a person stood at an instant, by the record of comings and goings. Within the grace of the clocks inside wins.
fn standing(
    c: &mut Conn,
    visit: VisitId,
    person: PersonId,
    at: Timestamp,
) -> Result<Standing, Fault> {
    let record: Vec<(Timestamp, VisitEventKind)> = visit_events::table
        .filter(visit_events::visit_id.eq(visit))
        .filter(visit_events::person_id.eq(person))
        .filter(visit_events::at.le(at.plus_millis(GRACE_MS)))
        .order((visit_events::at.asc(), visit_events::id.asc()))
        .select((visit_events::at, visit_events::event))
        .load(c)?;
    let (mut last, mut near) = (None, false);
    for (when, kind) in record {
        let Some(came) = movement(kind) else { continue };
        let is_near = at.since_millis(when).abs() <= GRACE_MS;
        // Someone who came or left just now was inside a moment ago or will be in a moment.
        near |= is_near;
        last = Some((came, kind));
    }
    Ok(match last {
        None => Standing::Outside,
        Some((came, _)) if came || near => Standing::Inside,
        Some((_, VisitEventKind::CheckedOut)) => Standing::CheckedOut,
        Some(_) => Standing::Outside,
    })
}
