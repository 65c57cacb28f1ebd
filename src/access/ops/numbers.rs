//! Numbers of visits: none is left out and none is given twice.

use diesel::prelude::*;

use crate::access::model::{site_part, visit_number};
use crate::access::rows::SiteName;
use crate::base::fault::Fault;
use crate::base::ids::SiteId;
use crate::identity::Actor;
use crate::on_engine;
use crate::store::Conn;
use crate::store::portable::one_at_a_time;
use crate::store::schema::{sites, visit_counters};

/// As the first statement of a transaction that announces: whoever announces at the same time waits, so that nobody
/// has to begin anew.
pub(super) fn in_turn(c: &mut Conn) -> Result<(), Fault> {
    one_at_a_time(c, "visit_counters")
}

/// The next number of a site in the year that it is there. It is used up when the caller's transaction is committed,
/// and not before.
pub(super) fn next_number(c: &mut Conn, actor: &Actor, site: &SiteName) -> Result<String, Fault> {
    let year = actor.now.local_year(site.zone()?);
    let row = (
        visit_counters::site_id.eq(site.id),
        visit_counters::year.eq(i64::from(year)),
        visit_counters::last.eq(1_i64),
    );
    on_engine!(c, inner => diesel::insert_into(visit_counters::table)
        .values(row)
        .on_conflict((visit_counters::site_id, visit_counters::year))
        .do_update()
        .set(visit_counters::last.eq(visit_counters::last + 1))
        .execute(inner))?;
    let last: i64 = visit_counters::table
        .filter(visit_counters::site_id.eq(site.id))
        .filter(visit_counters::year.eq(i64::from(year)))
        .select(visit_counters::last)
        .first(c)?;
    let first: Option<SiteId> = sites::table
        .order(sites::id.asc())
        .select(sites::id)
        .first(c)
        .optional()?;
    let part = site_part(&site.code, site.id.get());
    let named = (first != Some(site.id)).then_some(part.as_str());
    Ok(visit_number(named, year, last))
}
