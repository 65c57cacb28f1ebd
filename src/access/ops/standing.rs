//! Standing permissions: given, used, looked through once a year, taken back.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::approval::known_customer;
use super::areas::{areas_named, live_site};
use super::places::racks_named;
use crate::access::admission::StandingDraft;
use crate::access::rows::{Person, SiteName, StandingPermission, StandingRecord, Visit};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{AreaId, CustomerId, PersonId, RackId, SiteId, StandingPermissionId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::insert_all;
use crate::store::Conn;
use crate::store::schema::{
    customers, people, sites, standing_areas, standing_permissions, standing_racks, visits,
};

/// Live permissions, those that end first before the others. Customers see their own.
pub fn standing_list(c: &mut Conn, actor: &Actor) -> Result<Vec<StandingRecord>, Fault> {
    actor.require(Permission::ViewVisits)?;
    let mut query = standing_permissions::table
        .filter(standing_permissions::archived_at.is_null())
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(standing_permissions::customer_id.eq(own));
    }
    let found = query
        .order((
            standing_permissions::valid_until.asc(),
            standing_permissions::id.asc(),
        ))
        .select(StandingPermission::as_select())
        .load(c)?;
    records(c, found)
}

/// One permission, behind the wall.
pub fn standing_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: StandingPermissionId,
) -> Result<StandingRecord, Fault> {
    actor.require(Permission::ViewVisits)?;
    let mut query = standing_permissions::table
        .filter(standing_permissions::id.eq(id))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(standing_permissions::customer_id.eq(own));
    }
    let found: Vec<StandingPermission> = query.select(StandingPermission::as_select()).load(c)?;
    records(c, found)?
        .into_iter()
        .next()
        .ok_or_else(Fault::not_found)
}

fn records(c: &mut Conn, found: Vec<StandingPermission>) -> Result<Vec<StandingRecord>, Fault> {
    let ids: Vec<StandingPermissionId> = found.iter().map(|row| row.id).collect();
    let racks: Vec<(StandingPermissionId, RackId)> = standing_racks::table
        .filter(standing_racks::standing_permission_id.eq_any(ids.clone()))
        .order(standing_racks::rack_id.asc())
        .select((
            standing_racks::standing_permission_id,
            standing_racks::rack_id,
        ))
        .load(c)?;
    let areas: Vec<(StandingPermissionId, AreaId)> = standing_areas::table
        .filter(standing_areas::standing_permission_id.eq_any(ids))
        .order(standing_areas::area_id.asc())
        .select((
            standing_areas::standing_permission_id,
            standing_areas::area_id,
        ))
        .load(c)?;
    let of_people: Vec<PersonId> = found.iter().filter_map(|row| row.person_id).collect();
    let names: HashMap<PersonId, String> = people::table
        .filter(people::id.eq_any(of_people))
        .select((people::id, people::name))
        .load(c)?
        .into_iter()
        .collect();
    let owners: Vec<CustomerId> = found.iter().filter_map(|row| row.customer_id).collect();
    let hosts: HashMap<CustomerId, String> = customers::table
        .filter(customers::id.eq_any(owners))
        .select((customers::id, customers::name))
        .load(c)?
        .into_iter()
        .collect();
    Ok(found
        .into_iter()
        .map(|permission| StandingRecord {
            person: permission.person_id.and_then(|id| names.get(&id).cloned()),
            customer: permission
                .customer_id
                .and_then(|id| hosts.get(&id).cloned()),
            rack_ids: of(&racks, permission.id),
            area_ids: of(&areas, permission.id),
            permission,
        })
        .collect())
}

fn of<T: Copy>(rows: &[(StandingPermissionId, T)], id: StandingPermissionId) -> Vec<T> {
    rows.iter()
        .filter(|(of, _)| *of == id)
        .map(|(_, other)| *other)
        .collect()
}

/// The zone of a site, for times that are typed.
pub fn site_zone(c: &mut Conn, id: SiteId) -> Result<chrono_tz::Tz, Fault> {
    sites::table
        .find(id)
        .select(SiteName::as_select())
        .first(c)
        .optional()?
        .ok_or_else(|| Fault::field("site_id", Message::new("visit-fault-site")))
        .and_then(|site: SiteName| site.zone())
}

/// Reads a permission as typed, times in the zone of the site it names.
pub fn standing_draft(c: &mut Conn, fields: &Fields) -> Result<StandingDraft, Fault> {
    let zone = match fields.get("site_id").trim().parse::<SiteId>() {
        Ok(site) => site_zone(c, site)?,
        // The draft says what is wrong with the site.
        Err(_) => chrono_tz::Tz::UTC,
    };
    StandingDraft::parse(fields, zone)
}

fn refuse_wrong(c: &mut Conn, actor: &Actor, draft: &StandingDraft) -> Result<(), Fault> {
    live_site(c, draft.site_id)?;
    known_customer(c, draft.customer_id)?;
    racks_named(c, actor, draft.site_id, &draft.rack_ids)?;
    areas_named(c, draft.site_id, &draft.area_ids)?;
    if let Some(person) = draft.person_id {
        let found: Option<PersonId> = people::table
            .find(person)
            .select(people::id)
            .first(c)
            .optional()?;
        if found.is_none() {
            let message = Message::new("visit-fault-person");
            return Err(Fault::field("person_id", message));
        }
    }
    Ok(())
}

fn open(
    c: &mut Conn,
    id: StandingPermissionId,
    racks: &[RackId],
    areas: &[AreaId],
) -> Result<(), Fault> {
    let rows: Vec<_> = racks
        .iter()
        .map(|rack| {
            (
                standing_racks::standing_permission_id.eq(id),
                standing_racks::rack_id.eq(*rack),
            )
        })
        .collect();
    insert_all!(c, standing_racks::table, rows)?;
    let rows: Vec<_> = areas
        .iter()
        .map(|area| {
            (
                standing_areas::standing_permission_id.eq(id),
                standing_areas::area_id.eq(*area),
            )
        })
        .collect();
    insert_all!(c, standing_areas::table, rows)?;
    Ok(())
}

/// Gives a permission.
pub fn standing_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &StandingDraft,
) -> Result<StandingPermissionId, Fault> {
    actor.require(Permission::ManageAccess)?;
    refuse_wrong(c, actor, draft)?;
    let id: StandingPermissionId = diesel::insert_into(standing_permissions::table)
        .values((
            standing_permissions::site_id.eq(draft.site_id),
            standing_permissions::customer_id.eq(draft.customer_id),
            standing_permissions::person_id.eq(draft.person_id),
            standing_permissions::company.eq(&draft.company),
            standing_permissions::valid_from.eq(draft.valid_from),
            standing_permissions::valid_until.eq(draft.valid_until),
            standing_permissions::weekdays.eq(draft.hours.weekdays),
            standing_permissions::from_minute.eq(draft.hours.from_minute),
            standing_permissions::until_minute.eq(draft.hours.until_minute),
            standing_permissions::escort_required.eq(draft.escort_required),
            standing_permissions::note.eq(&draft.note),
            standing_permissions::created_by_name.eq(&actor.name),
            standing_permissions::created_at.eq(actor.now),
            standing_permissions::updated_at.eq(actor.now),
        ))
        .returning(standing_permissions::id)
        .get_result(c)?;
    open(c, id, &draft.rack_ids, &draft.area_ids)?;
    told(c, actor, id, "standing_permission.create", draft)?;
    Ok(id)
}

/// Changes a permission; `version` is the one that was read.
pub fn standing_update(
    c: &mut Conn,
    actor: &Actor,
    id: StandingPermissionId,
    version: i64,
    draft: &StandingDraft,
) -> Result<(), Fault> {
    actor.require(Permission::ManageAccess)?;
    standing_by_id(c, actor, id)?;
    refuse_wrong(c, actor, draft)?;
    let changed = diesel::update(
        standing_permissions::table
            .find(id)
            .filter(standing_permissions::version.eq(version)),
    )
    .set((
        standing_permissions::site_id.eq(draft.site_id),
        standing_permissions::customer_id.eq(draft.customer_id),
        standing_permissions::person_id.eq(draft.person_id),
        standing_permissions::company.eq(&draft.company),
        standing_permissions::valid_from.eq(draft.valid_from),
        standing_permissions::valid_until.eq(draft.valid_until),
        standing_permissions::weekdays.eq(draft.hours.weekdays),
        standing_permissions::from_minute.eq(draft.hours.from_minute),
        standing_permissions::until_minute.eq(draft.hours.until_minute),
        standing_permissions::escort_required.eq(draft.escort_required),
        standing_permissions::note.eq(&draft.note),
        standing_permissions::version.eq(standing_permissions::version + 1),
        standing_permissions::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    diesel::delete(standing_racks::table.filter(standing_racks::standing_permission_id.eq(id)))
        .execute(c)?;
    diesel::delete(standing_areas::table.filter(standing_areas::standing_permission_id.eq(id)))
        .execute(c)?;
    open(c, id, &draft.rack_ids, &draft.area_ids)?;
    told(c, actor, id, "standing_permission.update", draft)
}

fn told(
    c: &mut Conn,
    actor: &Actor,
    id: StandingPermissionId,
    action: &'static str,
    draft: &StandingDraft,
) -> Result<(), Fault> {
    let event = Event::new(action, "standing_permission", id.get(), &draft.company)
        .for_customer(draft.customer_id)
        .with(json!({
            "site_id": draft.site_id, "person_id": draft.person_id, "company": draft.company,
            "valid_from": draft.valid_from, "valid_until": draft.valid_until,
            "weekdays": draft.hours.days(), "from": draft.hours.from_time(),
            "until": draft.hours.until_time(), "escort_required": draft.escort_required,
            "racks": draft.rack_ids, "areas": draft.area_ids,
        }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Takes a permission back, or gives it again.
pub fn standing_archive(
    c: &mut Conn,
    actor: &Actor,
    id: StandingPermissionId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::ManageAccess)?;
    let record = standing_by_id(c, actor, id)?;
    let changed = diesel::update(
        standing_permissions::table
            .find(id)
            .filter(standing_permissions::version.eq(version)),
    )
    .set((
        standing_permissions::archived_at.eq(archived.then_some(actor.now)),
        standing_permissions::version.eq(standing_permissions::version + 1),
        standing_permissions::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "standing_permission.archive"
    } else {
        "standing_permission.restore"
    };
    let label = record.person.unwrap_or(record.permission.company);
    let event = Event::new(action, "standing_permission", id.get(), label)
        .for_customer(record.permission.customer_id);
    audit::record(c, &actor.author(), actor.now, event)
}

/// What a visit asks of a permission.
pub(super) struct Wanted<'a> {
    /// The permission it names, when it names one.
    pub named: Option<StandingPermissionId>,
    /// The site.
    pub site: &'a SiteName,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// Who comes.
    pub people: &'a [Person],
    /// Racks.
    pub racks: &'a [RackId],
    /// Areas.
    pub areas: &'a [AreaId],
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
}

impl Wanted<'_> {
    fn is_covered(&self, record: &StandingRecord) -> bool {
        let own = &record.permission;
        let whom = |person: &Person| match own.person_id {
            Some(id) => id == person.id,
            None => own.company == person.company,
        };
        own.valid_from <= self.from
            && self.until <= own.valid_until
            && self.people.iter().all(whom)
            && self.racks.iter().all(|rack| record.rack_ids.contains(rack))
            && (record.area_ids.is_empty()
                || self.areas.iter().all(|area| record.area_ids.contains(area)))
    }
}

/// The permission that covers a visit; a fault when the one it names does not.
pub(super) fn standing_for(
    c: &mut Conn,
    wanted: &Wanted<'_>,
) -> Result<Option<StandingPermission>, Fault> {
    let mut query = standing_permissions::table
        .filter(standing_permissions::site_id.eq(wanted.site.id))
        .filter(standing_permissions::archived_at.is_null())
        .into_boxed();
    query = match wanted.customer {
        Some(customer) => query.filter(standing_permissions::customer_id.eq(customer)),
        None => query.filter(standing_permissions::customer_id.is_null()),
    };
    if let Some(named) = wanted.named {
        query = query.filter(standing_permissions::id.eq(named));
    }
    let found = query
        .order(standing_permissions::id.asc())
        .select(StandingPermission::as_select())
        .load(c)?;
    let covering = records(c, found)?
        .into_iter()
        .find(|record| wanted.is_covered(record))
        .map(|record| record.permission);
    if wanted.named.is_some() && covering.is_none() {
        let message = Message::new("visit-fault-standing");
        return Err(Fault::field("standing_permission_id", message));
    }
    Ok(covering)
}

/// The permission a visit came under, as it is now.
pub(super) fn standing_of(
    c: &mut Conn,
    visit: &Visit,
) -> Result<Option<StandingPermission>, Fault> {
    let Some(id) = visit.standing_permission_id else {
        return Ok(None);
    };
    Ok(standing_permissions::table
        .find(id)
        .select(StandingPermission::as_select())
        .first(c)
        .optional()?)
}

/// Notes who came under a permission last.
pub(super) fn standing_used(
    c: &mut Conn,
    id: StandingPermissionId,
    name: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    diesel::update(standing_permissions::table.find(id))
        .set((
            standing_permissions::last_used_at.eq(now),
            standing_permissions::last_used_by.eq(name),
        ))
        .execute(c)?;
    Ok(())
}

/// Says that a visit comes under a permission.
pub(super) fn come_under(
    c: &mut Conn,
    visit: &mut Visit,
    permission: &StandingPermission,
) -> Result<(), Fault> {
    diesel::update(visits::table.find(visit.id))
        .set((
            visits::standing_permission_id.eq(permission.id),
            visits::escort_required.eq(permission.escort_required),
        ))
        .execute(c)?;
    visit.standing_permission_id = Some(permission.id);
    visit.escort_required = permission.escort_required;
    Ok(())
}
