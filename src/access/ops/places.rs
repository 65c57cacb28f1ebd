//! Sites and racks as visits see them.

use diesel::prelude::*;

use crate::access::rows::{RackPlace, SiteName, Visit};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{RackId, SiteId};
use crate::identity::Actor;
use crate::store::Conn;
use crate::store::schema::{devices, racks, rooms, sites};

/// Live sites by code.
pub fn site_choices(c: &mut Conn) -> Result<Vec<SiteName>, Fault> {
    Ok(sites::table
        .filter(sites::archived_at.is_null())
        .order(sites::code.asc())
        .select(SiteName::as_select())
        .load(c)?)
}

/// The site of a visit.
pub(super) fn site_of(c: &mut Conn, visit: &Visit) -> Result<SiteName, Fault> {
    Ok(sites::table
        .find(visit.site_id)
        .select(SiteName::as_select())
        .first(c)?)
}

/// The site that a form names, or the only one there is.
pub(super) fn site_named(c: &mut Conn, fields: &Fields) -> Result<SiteName, Fault> {
    let sites = site_choices(c)?;
    let typed = fields.get("site_id").trim();
    let found = match (typed.parse::<SiteId>(), sites.len()) {
        (Ok(id), _) => sites.into_iter().find(|site| site.id == id),
        (Err(_), 1) if typed.is_empty() => sites.into_iter().next(),
        _ => None,
    };
    found.ok_or_else(|| Fault::field("site_id", Message::new("visit-fault-site")))
}

/// Racks that the actor may announce visits to, by room and name: all of them, or those that a customer owns
/// or has machines in.
pub fn rack_choices(c: &mut Conn, actor: &Actor) -> Result<Vec<RackPlace>, Fault> {
    let mut query = racks::table
        .inner_join(rooms::table)
        .filter(racks::archived_at.is_null())
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        let with_machines: Vec<Option<RackId>> = devices::table
            .filter(devices::customer_id.eq(own))
            .filter(devices::archived_at.is_null())
            .filter(devices::rack_id.is_not_null())
            .select(devices::rack_id)
            .distinct()
            .load(c)?;
        let with_machines: Vec<RackId> = with_machines.into_iter().flatten().collect();
        query = query.filter(
            racks::customer_id
                .eq(own)
                .or(racks::id.eq_any(with_machines)),
        );
    }
    let rows: Vec<(RackId, String, String, SiteId)> = query
        .order((rooms::name.asc(), racks::name.asc(), racks::id.asc()))
        .select((racks::id, racks::name, rooms::name, rooms::site_id))
        .load(c)?;
    Ok(rows.into_iter().map(place).collect())
}

/// Makes a rack's place out of its columns.
pub(super) fn place((id, name, room, site_id): (RackId, String, String, SiteId)) -> RackPlace {
    RackPlace {
        id,
        name,
        room,
        site_id,
    }
}

/// The racks a draft names: all of one site, all of the actor's choice.
pub(super) fn racks_named(
    c: &mut Conn,
    actor: &Actor,
    site: SiteId,
    ids: &[RackId],
) -> Result<Vec<RackPlace>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let chosen: Vec<RackPlace> = rack_choices(c, actor)?
        .into_iter()
        .filter(|rack| rack.site_id == site && ids.contains(&rack.id))
        .collect();
    if chosen.len() == ids.len() {
        Ok(chosen)
    } else {
        Err(Fault::field("rack_ids", Message::new("visit-fault-rack")))
    }
}
