//! Areas of sites: kept, chosen for visits, and how full they are.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use crate::access::admission::AreaDraft;
use crate::access::rows::{Area, AreaName, AreaOccupancy};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{AreaId, SiteId, VisitId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{areas, sites, visit_areas, visit_people};

/// Refuses everyone who is not staff that may see visits.
pub(super) fn require_staff(actor: &Actor) -> Result<(), Fault> {
    if actor.role.is_customer() {
        return Err(Fault::not_found());
    }
    actor.require(Permission::ViewVisits)
}

/// Live areas by site and code. Not for customers.
pub fn area_list(c: &mut Conn, actor: &Actor) -> Result<Vec<Area>, Fault> {
    require_staff(actor)?;
    live(c)
}

/// Live areas that a visit may name.
pub fn area_choices(c: &mut Conn, actor: &Actor) -> Result<Vec<Area>, Fault> {
    actor.require(Permission::AnnounceVisits)?;
    live(c)
}

fn live(c: &mut Conn) -> Result<Vec<Area>, Fault> {
    Ok(areas::table
        .filter(areas::archived_at.is_null())
        .order((areas::site_id.asc(), areas::code.asc(), areas::id.asc()))
        .select(Area::as_select())
        .load(c)?)
}

/// One area. Not for customers.
pub fn area_by_id(c: &mut Conn, actor: &Actor, id: AreaId) -> Result<Area, Fault> {
    require_staff(actor)?;
    areas::table
        .find(id)
        .select(Area::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Refuses a site that is not there or archived.
pub(super) fn live_site(c: &mut Conn, id: SiteId) -> Result<(), Fault> {
    let found: Option<SiteId> = sites::table
        .filter(sites::id.eq(id))
        .filter(sites::archived_at.is_null())
        .select(sites::id)
        .first(c)
        .optional()?;
    match found {
        Some(_) => Ok(()),
        None => Err(Fault::field("site_id", Message::new("visit-fault-site"))),
    }
}

fn refuse_taken_code(
    c: &mut Conn,
    site: SiteId,
    code: &str,
    except: Option<AreaId>,
) -> Result<(), Fault> {
    let taken: Vec<AreaId> = areas::table
        .filter(areas::site_id.eq(site))
        .filter(areas::code.eq(code))
        .filter(areas::archived_at.is_null())
        .select(areas::id)
        .load(c)?;
    if taken.iter().all(|id| Some(*id) == except) {
        return Ok(());
    }
    Err(Fault::field("code", Message::new("visit-fault-area-code")))
}

/// Adds an area.
pub fn area_create(c: &mut Conn, actor: &Actor, draft: &AreaDraft) -> Result<AreaId, Fault> {
    actor.require(Permission::ManageAccess)?;
    live_site(c, draft.site_id)?;
    refuse_taken_code(c, draft.site_id, &draft.code, None)?;
    let id: AreaId = diesel::insert_into(areas::table)
        .values((
            areas::site_id.eq(draft.site_id),
            areas::code.eq(&draft.code),
            areas::name.eq(&draft.name),
            areas::occupancy_limit.eq(draft.occupancy_limit),
            areas::escort_required.eq(draft.escort_required),
            areas::created_at.eq(actor.now),
            areas::updated_at.eq(actor.now),
        ))
        .returning(areas::id)
        .get_result(c)?;
    let event = Event::new("area.create", "area", id.get(), &draft.code).with(json!({
        "name": draft.name, "site_id": draft.site_id, "occupancy_limit": draft.occupancy_limit,
        "escort_required": draft.escort_required,
    }));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes an area; `version` is the one that was read. It stays at its site.
pub fn area_update(
    c: &mut Conn,
    actor: &Actor,
    id: AreaId,
    version: i64,
    draft: &AreaDraft,
) -> Result<(), Fault> {
    actor.require(Permission::ManageAccess)?;
    let before = area_by_id(c, actor, id)?;
    if before.site_id != draft.site_id {
        return Err(Fault::field(
            "site_id",
            Message::new("visit-fault-area-site"),
        ));
    }
    refuse_taken_code(c, draft.site_id, &draft.code, Some(id))?;
    let changed = diesel::update(areas::table.find(id).filter(areas::version.eq(version)))
        .set((
            areas::code.eq(&draft.code),
            areas::name.eq(&draft.name),
            areas::occupancy_limit.eq(draft.occupancy_limit),
            areas::escort_required.eq(draft.escort_required),
            areas::version.eq(areas::version + 1),
            areas::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("area.update", "area", id.get(), &draft.code).with(json!({
        "before": {"code": before.code, "name": before.name, "occupancy_limit": before.occupancy_limit,
            "escort_required": before.escort_required},
        "after": {"code": draft.code, "name": draft.name, "occupancy_limit": draft.occupancy_limit,
            "escort_required": draft.escort_required},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives an area, or brings one back. Visits that name it keep it.
pub fn area_archive(
    c: &mut Conn,
    actor: &Actor,
    id: AreaId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::ManageAccess)?;
    let area = area_by_id(c, actor, id)?;
    if !archived {
        refuse_taken_code(c, area.site_id, &area.code, Some(id))
            .map_err(|_| Fault::conflict(Message::new("visit-fault-area-code")))?;
    }
    let changed = diesel::update(areas::table.find(id).filter(areas::version.eq(version)))
        .set((
            areas::archived_at.eq(archived.then_some(actor.now)),
            areas::version.eq(areas::version + 1),
            areas::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "area.archive"
    } else {
        "area.restore"
    };
    let event = Event::new(action, "area", id.get(), area.code);
    audit::record(c, &actor.author(), actor.now, event)
}

/// The live areas of a site that a draft names.
pub(super) fn areas_named(c: &mut Conn, site: SiteId, ids: &[AreaId]) -> Result<Vec<Area>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Area> = areas::table
        .filter(areas::site_id.eq(site))
        .filter(areas::archived_at.is_null())
        .filter(areas::id.eq_any(ids.to_vec()))
        .order(areas::code.asc())
        .select(Area::as_select())
        .load(c)?;
    if found.len() == ids.len() {
        Ok(found)
    } else {
        Err(Fault::field("area_ids", Message::new("visit-fault-area")))
    }
}

/// The areas of a visit, archived ones too.
pub(super) fn areas_of_visit(c: &mut Conn, visit: VisitId) -> Result<Vec<Area>, Fault> {
    Ok(visit_areas::table
        .inner_join(areas::table)
        .filter(visit_areas::visit_id.eq(visit))
        .order(areas::code.asc())
        .select(Area::as_select())
        .load(c)?)
}

/// Areas of visits, by visit.
pub(super) fn area_names_of(
    c: &mut Conn,
    visits: &[VisitId],
) -> Result<HashMap<VisitId, Vec<AreaName>>, Fault> {
    let rows: Vec<(VisitId, (AreaId, String, String))> = visit_areas::table
        .inner_join(areas::table)
        .filter(visit_areas::visit_id.eq_any(visits.to_vec()))
        .order((areas::code.asc(), areas::id.asc()))
        .select((visit_areas::visit_id, (areas::id, areas::code, areas::name)))
        .load(c)?;
    let mut by_visit: HashMap<VisitId, Vec<AreaName>> = HashMap::new();
    for (visit, (id, code, name)) in rows {
        let named = AreaName { id, code, name };
        by_visit.entry(visit).or_default().push(named);
    }
    Ok(by_visit)
}

/// How many are inside now on visits that may enter an area.
pub(super) fn inside_area(c: &mut Conn, area: AreaId) -> Result<i64, Fault> {
    Ok(visit_people::table
        .filter(visit_people::checked_in_at.is_not_null())
        .filter(visit_people::checked_out_at.is_null())
        .filter(visit_people::stepped_out_at.is_null())
        .filter(
            visit_people::visit_id.eq_any(
                visit_areas::table
                    .filter(visit_areas::area_id.eq(area))
                    .select(visit_areas::visit_id),
            ),
        )
        .count()
        .get_result(c)?)
}

/// How full each live area is, of one site or of all. Not for customers.
pub fn area_occupancy(
    c: &mut Conn,
    actor: &Actor,
    site: Option<SiteId>,
) -> Result<Vec<AreaOccupancy>, Fault> {
    let areas = area_list(c, actor)?;
    areas
        .into_iter()
        .filter(|area| site.is_none_or(|site| site == area.site_id))
        .map(|area| -> Result<AreaOccupancy, Fault> {
            let inside = inside_area(c, area.id)?;
            Ok(AreaOccupancy { area, inside })
        })
        .collect()
}
